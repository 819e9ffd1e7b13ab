"""Spans of a letter's text, and those that marked words run over."""

from collections.abc import Iterable
from typing import Protocol, TypeVar

__all__ = ["Span", "around", "touched", "touches"]


class Span(Protocol):
    """Anything with a place in a letter's text: a paragraph, a heading, a quote."""

    @property
    def start(self) -> int:
        """Offset in the text."""

    @property
    def end(self) -> int:
        """End offset."""


Spans = TypeVar("Spans", bound=Span)


def touches(span: Span, words: Span) -> bool:
    """Whether words stand in a span, in part or whole."""
    return span.start < words.end and words.start < span.end


def touched(spans: Iterable[Spans], words: Span) -> list[Spans]:
    """The spans that words run over, in order."""
    return [span for span in spans if touches(span, words)]


def around(spans: Iterable[Span], words: Span) -> tuple[int, int]:
    """Where the words and the spans that they run over begin and end together: one mark can hold all of them."""
    whole = [words, *spans]
    return min(span.start for span in whole), max(span.end for span in whole)
