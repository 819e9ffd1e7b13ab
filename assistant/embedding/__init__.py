"""Texts as vectors: the model, and the embeddings that are kept."""
