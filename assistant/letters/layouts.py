"""The layouts that are understood: how each kind of document is recognised, what its headings mean, what it grades.

The words are those of an inspectorate's table (`inspectorates`); here they are matched. A heading that is not known is
kept as printed, with kind "other". How lines become sections and paragraphs (`outline`) is the same for all of them.
"""

import re
from functools import cache

from assistant.letters.inspectorates import Inspectorate, Kind, shipped, spelt

__all__ = [
    "area_name",
    "graded_areas",
    "graded_heading",
    "heading_kind",
    "heading_words",
    "layout_of",
    "same_grade",
]


def layout_of(*texts: str, by: Inspectorate | None = None) -> tuple[Kind, re.Match[str]] | None:
    """The kind of document that the first telling text names first, with the match in it.

    Args:
        texts: The surest first: the title, then the opening, then more of it.
        by: Whose document it is; Ofsted's by default.
    """
    kinds = _known_by(by or shipped())
    for text in texts:
        found = [
            (match.start(), kind.general, at, match)
            for at, (kind, pattern) in enumerate(kinds)
            if (match := pattern.search(text))
        ]
        if found:
            *_, at, match = min(found, key=lambda entry: entry[:3])
            return kinds[at][0], match
    return None


@cache
def _known_by(by: Inspectorate) -> tuple[tuple[Kind, re.Pattern[str]], ...]:
    return tuple((kind, re.compile(spelt(kind.known_by))) for kind in by.kinds)


def graded_areas(kind: str, first_day: str | None, by: Inspectorate | None = None) -> tuple[str, ...]:
    """The areas that a kind of inspection graded when it began; without a date, those that it has always graded.

    Args:
        kind: One of the inspectorate's kinds.
        first_day: First day of the inspection, as an ISO date that may be reduced to month or year.
        by: Whose inspection it was; Ofsted's by default.
    """
    of_kind = [grading for grading in (by or shipped()).gradings if grading.kind == kind]
    if first_day:
        then = [grading.areas for grading in of_kind if grading.since[: len(first_day)] <= first_day]
        return then[-1] if then else ()
    always = [area for area in of_kind[0].areas if all(area in grading.areas for grading in of_kind)] if of_kind else []
    return tuple(always)


def area_name(words: str, by: Inspectorate | None = None) -> str:
    """The table's name of a graded area, or the words as printed."""
    folded = " ".join(words.lower().split())
    return next((area for area, pattern in _areas(by or shipped()) if pattern.search(folded)), words.strip())


@cache
def _areas(by: Inspectorate) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((area.name, re.compile(area.as_printed)) for area in by.areas)


def same_grade(words: str, by: Inspectorate | None = None) -> str:
    """A grade in the inspectorate's words: "Requires improvement to be good" is "requires improvement"."""
    return (by or shipped()).grade_of(words) or " ".join(words.lower().split())


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
