"""What the headings of documents mean, by the words of an inspectorate's table (`inspectorates`).

A heading that is not known is kept as printed, with kind "other".
"""

import re
from functools import cache

from assistant.letters.inspectorates import Inspectorate, shipped, spelt

__all__ = ["graded_heading", "heading_kind", "heading_words"]

NOTE_MARK = re.compile(r"(?<=[^\W\d_?:])[?:]?\d$")  # "... this local authority area2"
NUMBER = re.compile(r"^(?:section\s+)?\d{1,2}(?:\.\d{1,2})*[.:)]?\s+", re.IGNORECASE)


@cache
def graded_heading(by: Inspectorate | None = None) -> re.Pattern[str]:
    """The pattern of a section heading that closes with its judgement: "... help and protection: good"."""
    return re.compile(
        rf"^(?P<area>.{{4,160}}?)\s*(?::|\bgraded as:?|\b(?:is|are|was) (?:judged (?:to be |as )?)?|[-\N{{EN DASH}}])"
        rf"\s*(?P<grade>{(by or shipped()).grade})\.?$",
        re.IGNORECASE,
    )


def heading_words(heading: str, by: Inspectorate | None = None) -> str:
    """A heading folded for comparison: lower case, plain quotes, no number before and no grade or colon after.

    Args:
        heading: As printed.
        by: Whose grades may stand behind it; Ofsted's by default.
    """
    folded = " ".join(heading.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").split())
    graded = graded_heading(by).match(folded)
    folded = graded["area"] if graded else folded
    return NUMBER.sub("", NOTE_MARK.sub("", folded)).strip(" :?.").lower()


def heading_kind(heading: str, by: Inspectorate | None = None) -> str | None:
    """What a heading means, or None if no vocabulary knows it.

    Args:
        heading: As printed.
        by: Whose document it stands in; what its table does not name is understood as in Ofsted's.
    """
    by = by or shipped()
    words = heading_words(heading, by)
    return next((kind for kind, pattern in _headings(by) if pattern.fullmatch(words)), None)


@cache
def _headings(by: Inspectorate) -> tuple[tuple[str, re.Pattern[str]], ...]:
    tables = (by,) if by is shipped() else (by, shipped())
    return tuple((kind, re.compile(spelt(words))) for table in tables for kind, words in table.headings.items())
