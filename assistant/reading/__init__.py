"""From lines to a letter: sections, metadata, judgements, each with its place; each file in a process of its own."""
