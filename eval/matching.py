"""When two texts say the same words: white space, dashes, quotation marks and case never matter."""

import functools
import re
import unicodedata

__all__ = ["holds", "normalise", "squeeze", "squeezed"]

DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u00ad"
QUOTATION_MARKS = "'\"\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u2032\u2033\u00b4`"
MARKS = "*\u23af\u2500\u2022\u25aa\u25a0\u25cf\u25e6\u25fc\ufeff"  # emphasis and bullets: layout, not words
STOPS = " .,;:"
LONG = 6  # words of a phrase that cannot be found by chance inside others
FULL_STOP = "."  # behind a paragraph's number it comes and goes

TAG = re.compile(r"</?[a-z]{1,6}>", re.IGNORECASE)  # <sup>: some of the documents are Markdown
PER_CENT = re.compile(r"\s*(?:%|\bper ?cent\b)")
FOLD = str.maketrans(
    {dash: "-" for dash in DASHES} | {mark: "'" for mark in QUOTATION_MARKS} | {mark: " " for mark in MARKS}
) | {0xAD: None}


def normalise(text: str) -> str:
    """A text on one line, in lower case, with plain dashes and quotation marks, and "%" for "per cent"."""
    folded = unicodedata.normalize("NFKC", TAG.sub("", text)).translate(FOLD).casefold()
    return PER_CENT.sub("%", " ".join(folded.split()))


def holds(text: str, phrase: str) -> bool:
    """Whether a text says a phrase; both are normalised first.

    The phrase must begin where a word begins, so that "adequate" is not found in "inadequate", and a number
    at either end must be the whole number, so that "6" is not found in "16" or "6.5". A word may go on
    ("inspector" is found in "inspectors"), and a stop at the phrase's end is not asked for. A long phrase may
    also be hyphenated otherwise, as line ends do it ("decision- making").
    """
    wanted = normalise(phrase).rstrip(STOPS)
    if not wanted:
        return False
    if len(wanted.split()) >= LONG and squeezed(wanted) in squeezed(text):
        return True
    left = r"(?<![^\W_])(?<!\d[.,])" if wanted[0].isalnum() else ""
    right = r"(?!\d|[.,]\d)" if wanted[-1].isdigit() else ""
    return re.search(left + re.escape(wanted) + right, normalise(text)) is not None


def squeeze(text: str) -> tuple[str, list[int]]:
    """A text without white space, dashes, quotation marks, bullets, full stops and case.

    For finding a quote wherever its lines were broken, and a word whether or not it was hyphenated there.

    Returns:
        The squeezed text, and for each of its characters where it stood: the offset in `text`.
    """
    kept: list[str] = []
    offsets: list[int] = []
    for offset, character in enumerate(text):
        for folded in _folded(character):
            kept.append(folded)
            offsets.append(offset)
    return "".join(kept), offsets


def squeezed(text: str) -> str:
    """The squeezed text alone."""
    return squeeze(text)[0]


@functools.cache  # a letter has tens of thousands of characters, but few different ones
def _folded(character: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", character).casefold() if not _layout(c))


def _layout(character: str) -> bool:
    unseen = unicodedata.category(character).startswith("C")  # fonts' own bullets, soft hyphens
    return character.isspace() or unseen or character in DASHES + QUOTATION_MARKS + MARKS + FULL_STOP
