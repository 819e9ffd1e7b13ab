"""Places: the address of a letter or of some of its words, as resources of a chat client, and what stands there."""

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote

from assistant.errors import FilterError, printable
from assistant.letters.citations import Citation
from assistant.letters.letter import Letter
from assistant.letters.spoken import describe

__all__ = ["LETTER", "PASSAGE", "Place", "letter_uri", "passage_uri", "place_named", "where"]

LETTER = "letter://{letter_id}"
"""Template of the address of a whole letter."""

PASSAGE = "letter://{letter_id}/passage/{start}-{end}"
"""Template of the address of some words of a letter, by their character offsets in its text."""

ADDRESS = re.compile(r"letter://([^/?#]+)(?:/passage/(\d{1,9})-(\d{1,9}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Place:
    """What an address leads to.

    Attributes:
        letter_id: The letter, or the name of one of its files.
        span: Where the words begin and end in its text; None for the whole letter.
    """

    letter_id: str
    span: tuple[int, int] | None = None

    def words(self, letter: Letter) -> str:
        """The words that stand there, to the character.

        Args:
            letter: The one that the address names.

        Raises:
            FilterError: If the letter's text has no such place.
        """
        if self.span is None:
            return letter.text
        start, end = self.span
        if not start < end <= len(letter.text):
            raise FilterError(
                f"{letter.letter_id} has no passage {start}-{end}: its text has {len(letter.text)} characters"
            )
        return letter.text[start:end]


def letter_uri(letter_id: str) -> str:
    """The address of a whole letter."""
    return f"letter://{quote(letter_id, safe='')}"


def passage_uri(letter_id: str, start: int, end: int) -> str:
    """The address of some words of a letter."""
    return f"{letter_uri(letter_id)}/passage/{start}-{end}"


def place_named(uri: str) -> Place:
    """What an address means.

    Args:
        uri: As a client sent it.

    Raises:
        FilterError: If it is no such address; one line with the two forms.
    """
    found = ADDRESS.fullmatch(uri)
    if not found:
        raise FilterError(f"{printable(uri[:100])!r} is not an address of the letters: they are {LETTER} and {PASSAGE}")
    letter_id, start, end = found.groups()
    return Place(unquote(letter_id), None if start is None else (int(start), int(end)))


def where(letter: Letter, start: int, end: int) -> str:
    """Where some words stand, for reading: who speaks, the section, the page, and the paragraphs around them.

    Args:
        letter: That holds them.
        start: Where they begin.
        end: Where they end.
    """
    touched = [(s, p) for s, p in letter.paragraphs() if p.start < end and start < p.end]
    lines = [describe(letter), letter.title]
    if letter.authority:
        lines.append(f"Authority: {letter.authority}")
    if touched:
        section, paragraph = touched[0]
        words = letter.text[start:end]
        lines.append(f"Place: {Citation(1, letter, section, paragraph, words, start, end).locator}")
        lines += ["", "The whole of it, as printed:"]
        lines += [letter.text[paragraph.start : paragraph.end] for _, paragraph in touched]
    return "\n".join(lines)
