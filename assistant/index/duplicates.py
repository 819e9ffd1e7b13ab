"""The same letter in two files: a PDF and its text, or a copy with other bytes."""

import re
from collections.abc import Sequence

from assistant.letters.letter import Letter

__all__ = ["better_copy", "same_letter"]

SHINGLE = 5  # words; Broder, "On the resemblance and containment of documents" (1997), takes runs of words likewise
ALIKE = 0.9
"""Least resemblance of two copies of which one has pages. Among 475 real letters and reports no two of one authority
and kind resemble each other by more than 0.3; the one that was held as PDF and as text resembled itself by 0.98."""
SAME_WORDS = 0.995
"""Least resemblance of two copies of one kind of file: a letter issued again with a corrected sentence is another
version, and both are kept."""


def same_letter(one: Letter, other: Letter) -> bool:
    """Whether two files hold the same letter.

    Args:
        one: A letter.
        other: Another.

    Returns:
        True if they have the same authority, kind and dates as far as both give them, and their words resemble
        each other (Jaccard index of their runs of five words).
    """
    if (one.authority, one.kind, one.standing) != (other.authority, other.kind, other.standing):
        return False
    if _differ(one, other, "published") or _differ(one, other, "visit_start"):
        return False
    least = ALIKE if bool(one.pages) != bool(other.pages) else SAME_WORDS
    lengths = sorted((len(one.text), len(other.text)))
    return lengths[0] > least * 0.8 * lengths[1] and resemblance(one.text, other.text) >= least


def _differ(one: Letter, other: Letter, field: str) -> bool:
    """Whether both print a date, and another one; a date that somebody added or corrected tells nothing."""
    if any(letter.sources.get(field, "text") != "text" for letter in (one, other)):
        return False
    first, second = getattr(one, field), getattr(other, field)
    return bool(first and second and not (first.startswith(second) or second.startswith(first)))


def resemblance(one: str, other: str) -> float:
    """Jaccard index of the runs of five words of two texts, from 0 to 1; case, hyphens and marks aside."""
    first, second = _shingles(one), _shingles(other)
    return len(first & second) / len(first | second) if first and second else float(first == second)


def _shingles(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower().replace("-", ""))
    return {tuple(words[at : at + SHINGLE]) for at in range(max(1, len(words) - SHINGLE + 1))} if words else set()


def better_copy(copies: Sequence[Letter]) -> Letter:
    """The copy to keep: the one with pages, then with the most words; the file's name decides between equals."""
    return min(copies, key=lambda letter: (letter.pages is None, -len(letter.text), letter.file))
