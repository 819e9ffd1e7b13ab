"""Dates and periods in running text, as ISO strings that may be reduced ("2024-05")."""

import calendar
import re
from dataclasses import dataclass

__all__ = ["MONTH_NUMBERS", "Period", "find_periods"]

MONTH_NAMES = "january february march april may june july august september october november december".split()
MONTH_NUMBERS = {spelt: number for number, name in enumerate(MONTH_NAMES, 1) for spelt in (name, name[:3])} | {
    "sept": 9
}
"""Month numbers by lower-case name, short forms included."""

DAY = r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s+)?(\d{1,2})(?:\s?(?:st|nd|rd|th))?"
MONTH = r"(" + "|".join(sorted(MONTH_NUMBERS, key=len, reverse=True)) + r")\.?"
YEAR = r"((?:19|20)\d\d)"
TO = r"\s*(?:,\s*\d{1,2}(?:st|nd|rd|th)?\s*)*(?:to|and|until|&|-|\N{EN DASH}|\N{EM DASH}|\u2500)\s*"
OF = r"\s+(?:of\s+)?"

# Longest form first: "28 January 2019 to 1 February 2019" before "28 January 2019".
FORMS = (
    ("d m y d m y", rf"{DAY}{OF}{MONTH},?\s+{YEAR}{TO}{DAY}{OF}{MONTH},?\s+{YEAR}"),
    ("d m d m y", rf"{DAY}{OF}{MONTH}{TO}{DAY}{OF}{MONTH},?\s+{YEAR}"),
    ("d d m y", rf"{DAY}{TO}{DAY}{OF}{MONTH},?\s+{YEAR}"),
    ("d m y", rf"{DAY}{OF}{MONTH},?\s+{YEAR}"),
    ("m y", rf"{MONTH},?\s+{YEAR}"),
)
PATTERNS = tuple(
    (fields.split(), re.compile(rf"(?<![\w.]){pattern}(?!\w)", re.IGNORECASE)) for fields, pattern in FORMS
)


@dataclass(frozen=True, slots=True)
class Period:
    """A first and a last day (equal for a single day), or a month, and where the text says so.

    Attributes:
        first: ISO date, full or reduced to the month.
        last: Likewise.
        start: Offset of the words in the text.
        end: End offset.
    """

    first: str
    last: str
    start: int
    end: int


def find_periods(text: str, start: int = 0, end: int | None = None) -> list[Period]:
    """Every date and period in `text[start:end]`, in order; impossible days (31 June) are passed over."""
    end = len(text) if end is None else end
    found: list[Period] = []
    for fields, pattern in PATTERNS:
        for match in pattern.finditer(text, start, end):
            if any(match.start() < period.end and period.start < match.end() for period in found):
                continue
            days = _days(fields, match.groups())
            if days:
                found.append(Period(*days, match.start(), match.end()))
    return sorted(found, key=lambda period: period.start)


def _days(fields: list[str], groups: tuple[str, ...]) -> tuple[str, str] | None:
    """First and last day from the matched day, month and year groups; a missing part comes from the end."""
    day: list[int] = [int(v) for f, v in zip(fields, groups, strict=True) if f == "d"]
    month = [MONTH_NUMBERS[v.casefold()] for f, v in zip(fields, groups, strict=True) if f == "m"]
    year = [int(v) for f, v in zip(fields, groups, strict=True) if f == "y"]
    if not day:
        return f"{year[0]}-{month[0]:02}", f"{year[0]}-{month[0]:02}"
    first, last = (year[0], month[0], day[0]), (year[-1], month[-1], day[-1])
    if not (_possible(first) and _possible(last)):
        return None
    if first > last and len(year) == 1 and len(month) == 2:  # "16 December to 10 January 2020"
        first = (first[0] - 1, first[1], first[2])
    if first > last:
        return None
    return "{:04}-{:02}-{:02}".format(*first), "{:04}-{:02}-{:02}".format(*last)


def _possible(date: tuple[int, int, int]) -> bool:
    year, month, day = date
    return 1 <= day <= calendar.monthrange(year, month)[1]
