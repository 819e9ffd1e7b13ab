"""Stub."""

from eval.results import Results

__all__ = ["as_markdown"]


def as_markdown(results: Results) -> str:
    """Nothing yet."""
    return ""
