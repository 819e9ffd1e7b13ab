"""Counts over many letters held against a plain scan of the records, question by question."""
