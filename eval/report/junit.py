"""Stub."""

from eval.results import Results

__all__ = ["as_junit"]


def as_junit(results: Results) -> str:
    """Nothing yet."""
    return ""
