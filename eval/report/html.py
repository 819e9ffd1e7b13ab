"""Stub."""

from eval.results import Results

__all__ = ["as_html"]


def as_html(results: Results) -> str:
    """Nothing yet."""
    return ""
