"""What every reader gives: lines with their typography, and the page furniture set apart."""

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["BULLET", "EMPTY_BULLET", "LEAST_LETTERS", "Line", "Source", "clean", "letters_in"]

LEAST_LETTERS = 20  # a document with fewer letters of an alphabet says nothing


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a document.

    Attributes:
        text: Its words, markup and ligatures resolved, white space folded.
        page: From 1, or None for formats without pages.
        gap: Whether blank space stands above it.
        bullet: Whether it begins a list item (the mark itself is left out).
        heading: Whether its typography says heading: marked up so, or set in bold.
        size: Font size in points, or 0 where there is none.
        left: Left edge in points, or 0.
        full: Whether it runs to the right margin, so that its paragraph may go on.
    """

    text: str
    page: int | None = None
    gap: bool = False
    bullet: bool = False
    heading: bool = False
    size: float = 0.0
    left: float = 0.0
    full: bool = True


@dataclass(frozen=True, slots=True)
class Source:
    """A file as read: its lines in reading order, and the page furniture set apart.

    Attributes:
        lines: In reading order.
        furniture: Running headers, page numbers, footnotes.
        pages: Number of pages, or None.
        wrapped: Whether a paragraph is broken over several lines (false: every line is a paragraph).
    """

    lines: tuple[Line, ...]
    furniture: tuple[str, ...]
    pages: int | None
    wrapped: bool


BULLET = re.compile(r"^\s*(?:[-*+•▪■◼●◦‣○□─⎯−\uf0b7\uf0a7\uf06e\uf0d8]|o(?=\s{2,}))\s+")
"""A mark that begins a list item, with the space behind it."""
EMPTY_BULLET = re.compile(r"^\s*(?:[-*+•▪■◼●◦‣○□─⎯−\uf0b7\uf0a7\uf06e\uf0d8]|[-*_]{3,})\s*$")
"""A line that holds nothing but such a mark, or a rule."""
TAG = re.compile(r"</?(?:su[pb]|b|i|u|em|strong|br|span|p|div)\b[^<>]*>", re.IGNORECASE)


def clean(text: str) -> str:
    """Words as a reader sees them: entities, tags, emphasis marks, soft hyphens and ligatures resolved."""
    text = TAG.sub("", html.unescape(text))
    text = re.sub(r"\*\*(?=\S)|(?<=\S)\*\*|(?<!\w)__(?=\S)|(?<=\S)__(?!\w)", "", text)
    text = text.replace("\N{SOFT HYPHEN}", "").replace("\ufeff", "").replace("\u200b", "")
    for ligature, letters in (("ﬁ", "fi"), ("ﬂ", "fl"), ("ﬀ", "ff"), ("ﬃ", "ffi"), ("ﬄ", "ffl")):
        text = text.replace(ligature, letters)
    text = "".join(character if character.isprintable() or character.isspace() else "" for character in text)
    return " ".join(text.split())


def letters_in(texts: Iterable[str]) -> int:
    """How many letters of an alphabet there are in some texts: what tells a text from a scan or from noise."""
    return sum(character.isalpha() for text in texts for character in text)
