"""What every reader gives: lines with their typography, and the page furniture set apart."""

import html
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from assistant.errors import LetterError
from assistant.letters.headings import heading_kind
from assistant.letters.inspectorates import in_force

__all__ = [
    "BULLET",
    "EMPTY_BULLET",
    "LEAST_LETTERS",
    "NUMBER",
    "Face",
    "Line",
    "ScanError",
    "Source",
    "clean",
    "closed",
    "letters_in",
    "numeral",
    "paragraph_lines",
    "plain",
    "row_lines",
    "without_repeats",
]

LEAST_LETTERS = 20  # a document with fewer letters of an alphabet says nothing
LONG_LINE = 60  # a line that is longer than this and ends in no full stop goes on in the next
MINOR_WORDS = 12  # most words of a heading in italics; longer italic text is a quotation
REPEATED = 3  # a short line that stands this often in a text is its running header
LONGEST_REPEATED = 120  # characters

Face = Literal["", "bold", "italic"]
"""How words are set: in the face of the text, or in one that sets them off."""


class ScanError(LetterError):
    """A file without a text layer: its pages are pictures, which OCR could read."""


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
        row: Whether it is a whole row of a table, its cells joined by spaces.
        minor: Whether it is a heading within a section, set in italics.
    """

    text: str
    page: int | None = None
    gap: bool = False
    bullet: bool = False
    heading: bool = False
    size: float = 0.0
    left: float = 0.0
    full: bool = True
    row: bool = False
    minor: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """A file as read: its lines in reading order, and the page furniture set apart.

    Attributes:
        lines: In reading order.
        furniture: Running headers, page numbers, footnotes.
        pages: Number of pages, or None.
        wrapped: Whether a paragraph is broken over several lines (false: every line is a paragraph).
        ocr: Whether its words were recognised in pictures of pages, and may be misread.
    """

    lines: tuple[Line, ...]
    furniture: tuple[str, ...]
    pages: int | None
    wrapped: bool
    ocr: bool = False


BULLET = re.compile(r"^\s*(?:[-*+•·▪■◼●◦‣○□─⎯−\x80-\x9f\ue000-\uf8ff]|o(?=\s{2,}))\s+")
"""A mark that begins a list item, with the space behind it."""
EMPTY_BULLET = re.compile(r"^\s*(?:[-*+•·▪■◼●◦‣○□─⎯−\x80-\x9f\ue000-\uf8ff]|[-*_]{3,})\s*$")
"""A line that holds nothing but such a mark, or a rule."""
NUMBER = re.compile(r"^\d{1,3}(?:\.\d{1,3}){0,3}[.)]?$")
"""The printed number of a paragraph and nothing else."""
SENTENCE_END = re.compile(r"[.!?:;][\"'”’)\]]*$")
ROMAN = tuple(
    zip((1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1), "m cm d cd c xc l xl x ix v iv i".split(), strict=True)
)
TAG = re.compile(r"</?(?:su[pb]|b|i|u|em|strong|br|span|p|div)\b[^<>]*>", re.IGNORECASE)


def clean(text: str) -> str:
    """Words as a reader sees them: entities, tags, emphasis marks, soft hyphens and ligatures resolved."""
    text = TAG.sub("", html.unescape(text))
    return plain(re.sub(r"\*\*(?=\S)|(?<=\S)\*\*|(?<!\w)__(?=\S)|(?<=\S)__(?!\w)", "", text))


def plain(text: str) -> str:
    """Words without what nobody sees: soft hyphens, zero-width and direction marks, controls; ligatures resolved.

    Accents are left as the file has them, in one character or two: a quote must be found in the file.
    """
    for ligature, letters in (("ﬁ", "fi"), ("ﬂ", "fl"), ("ﬀ", "ff"), ("ﬃ", "ffi"), ("ﬄ", "ffl")):
        text = text.replace(ligature, letters)
    text = "".join(character if character.isprintable() or character.isspace() else "" for character in text)
    return " ".join(text.split())


def paragraph_lines(
    pieces: Iterable[tuple[str, Face]], *, bullet: bool = False, heading: bool = False, size: float = 0.0
) -> list[Line]:
    """The lines of one paragraph of a format that knows its paragraphs: several only where it holds line breaks.

    In a heading and in a list item a break is a space. Elsewhere it ends a line, as in an address, unless the line is
    long and its sentence unfinished, as where somebody pasted wrapped text.

    Args:
        pieces: Its text as (characters, face); a line break is a newline.
        bullet: Whether it is a list item.
        heading: Whether it is marked up as a heading. If not, a line in bold throughout is one, and a short one in
            italics is one within its section.
        size: Font size in points, or 0.
    """
    lines: list[Line] = []
    gap, carry = True, False
    for words, face in _broken(pieces):
        marked = bool(BULLET.match(words + " "))
        text = plain(BULLET.sub("", words + " ", count=1))
        if not text:
            gap, carry = True, False
            continue
        if lines and (carry or heading or lines[-1].bullet) and not (gap or marked):
            before = lines[-1]
            both = before.heading and (heading or face == "bold")
            lines[-1] = replace(before, text=f"{before.text} {text}", heading=both, minor=False)
        else:
            listed = marked or (bullet and not lines)
            minor = face == "italic" and not listed and not heading and _is_minor(text)
            lines.append(Line(text, None, gap, listed, heading or minor or face == "bold", size, minor=minor))
        carry = len(text) > LONG_LINE and not SENTENCE_END.search(text)
        gap = False
    return lines


def _is_minor(text: str) -> bool:
    return text[0].isupper() and text[-1] not in ".,;:" and len(text.split()) <= MINOR_WORDS


def _broken(pieces: Iterable[tuple[str, Face]]) -> list[tuple[str, Face]]:
    """The text between line breaks, each with the face of all its words; a number may be in another one."""
    texts, faces = [""], [set[Face]()]
    for piece, face in pieces:
        for at, part in enumerate(piece.split("\n")):
            if at:
                texts.append("")
                faces.append(set())
            texts[-1] += part
            if any(character.isalpha() for character in part):
                faces[-1].add(face)
    return [(text, face.pop() if len(face) == 1 else "") for text, face in zip(texts, faces, strict=True)]


def row_lines(cells: Iterable[list[Line]]) -> list[Line]:
    """A row of a table as one line; where cells hold whole paragraphs, the table is layout and they follow each other.

    A first cell with nothing but a number is the number of the paragraph behind it.

    Args:
        cells: The lines of each cell, from left to right.
    """
    filled = [cell for cell in cells if cell]
    if len(filled) > 1 and len(filled[0]) == 1 and NUMBER.match(filled[0][0].text) and letters_in([filled[1][0].text]):
        numbered = replace(filled[1][0], text=f"{closed(filled[0][0].text)} {filled[1][0].text}", bullet=False)
        filled = [[numbered, *filled[1][1:]], *filled[2:]]
    lines = [line for cell in filled for line in cell]
    if len(filled) < 2 or any(line.gap for cell in filled for line in cell[1:]):
        return lines
    bold = all(line.heading for line in lines)
    return [Line(" ".join(line.text for line in lines), gap=True, heading=bold, size=lines[0].size, row=True)]


def closed(number: str) -> str:
    """A paragraph's number as print closes it: "12" is "12.", since "12 children" begins with no such number."""
    return f"{number}." if number.isdigit() else number


def numeral(number: int, kind: str) -> str:
    """A list item's number as its list prints it.

    Args:
        number: Its place in the list.
        kind: As Word calls it: "decimal", "decimalZero", "lowerLetter", "upperRoman", ...; "none" prints nothing.
    """
    if kind in ("none", "bullet"):
        return ""
    if kind == "decimalZero":
        return f"{number:02}"
    if kind.endswith("Letter") and 0 < number <= 26 * 20:  # a ... z, aa, bb ...
        text = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
    elif kind.endswith("Roman") and 0 < number < 4000:
        text = ""
        for value, letters in ROMAN:
            text += letters * (number // value)
            number %= value
    else:
        text = str(number)
    return text.upper() if kind.startswith("upper") else text


def letters_in(texts: Iterable[str]) -> int:
    """How many letters of an alphabet there are in some texts: what tells a text from a scan or from noise."""
    return sum(character.isalpha() for text in texts for character in text)


def without_repeats(lines: Iterable[Line]) -> tuple[list[Line], list[str]]:
    """Lines without the running headers that a conversion left between them, and those headers.

    A running header is a short line that stands three times or more; it stays where it stands first. Rows of tables
    and the headings of the vocabulary may repeat.
    """
    every = list(lines)
    counts = Counter(line.text for line in every if len(line.text) <= LONGEST_REPEATED and not line.row)
    kept: list[Line] = []
    headers: list[str] = []
    seen: set[str] = set()
    cut = False
    for line in every:
        repeats = line.text in seen and not line.row and counts[line.text] >= REPEATED
        if repeats and not any(heading_kind(line.text, by) for by in in_force()):
            headers.append(line.text)
            cut = True
            continue
        seen.add(line.text)
        kept.append(replace(line, gap=True) if cut else line)
        cut = False
    return kept, headers
