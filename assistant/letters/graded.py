"""What an inspection grades: its areas when it began, and areas and grades as the inspectorate's table names them."""

import re
from functools import cache

from assistant.letters.inspectorates import Inspectorate, shipped

__all__ = ["area_name", "graded_areas", "same_grade"]


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
