"""Passages, and where they are kept and searched: by their embeddings, and by their words."""
