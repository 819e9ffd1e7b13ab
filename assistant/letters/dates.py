"""Dates and periods in running text, as ISO strings that may be reduced ("2024-05").

The forms are those of letters ("28 January to 1 February 2019", "5, 6 and 7 March 2018"), of councils' papers
("04/09/2019") and of web pages ("March 1st, 2019", "2019-03-01"). Days before months, as in Britain.
"""

import calendar
import datetime
import re
from dataclasses import dataclass

__all__ = ["MONTHS", "MONTH_NUMBERS", "Period", "find_day_months", "find_periods"]

MONTHS = "January February March April May June July August September October November December".split()
"""Their names, as printed."""
MONTH_NUMBERS = {
    spelt: number for number, name in enumerate(map(str.lower, MONTHS), 1) for spelt in (name, name[:3])
} | {"sept": 9}
"""Month numbers by lower-case name, short forms included."""

WEEKDAY = r"(?:(?:mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur|sun)(?:day)?\.?,?\s+)?"
ORDINAL = r"(?:\s?(?:st|nd|rd|th))?"
DAY = rf"{WEEKDAY}(\d{{1,2}}){ORDINAL}"
MONTH = r"(" + "|".join(sorted(MONTH_NUMBERS, key=len, reverse=True)) + r")\.?"
YEAR = r"((?:19|20)\d\d)"
DASHES = r"-\u2010-\u2014\u2212\u2500"  # hyphens, dashes and what producers of PDF set for them
RANGE = rf"\s*(?:to|until|till|through|[{DASHES}])\s*"
TO = rf"\s*(?:,\s*\d{{1,2}}{ORDINAL}\s*)*,?\s*(?:to|and|until|till|through|&|[{DASHES}])\s*"
OF = r"\s+(?:of\s+)?"
NUMERIC = r"(\d{1,2})/(\d{1,2})/((?:19|20)?\d\d)"
DOTTED = r"(\d{1,2})\.(\d{1,2})\.((?:19|20)\d\d)"  # two digits would make a year of a paragraph's number

# Longest form first: "28 January 2019 to 1 February 2019" before "28 January 2019".
FORMS = (
    ("d m y d m y", rf"{DAY}{OF}{MONTH},?\s+{YEAR}{TO}{DAY}{OF}{MONTH},?\s+{YEAR}"),
    ("d m y d m y", rf"{NUMERIC}{TO}{NUMERIC}"),
    ("d m y d m", rf"{DAY}{OF}{MONTH},?\s+{YEAR}{RANGE}{DAY}{OF}{MONTH}"),
    ("d m d m y", rf"{DAY}{OF}{MONTH}{TO}{DAY}{OF}{MONTH},?\s+{YEAR}"),
    ("d d m y", rf"{DAY}{TO}{DAY}{OF}{MONTH},?\s+{YEAR}"),
    ("d m y", rf"{DAY}{OF}{MONTH},?\s+{YEAR}"),
    ("m d m d y", rf"{WEEKDAY}{MONTH}\s+{DAY}{RANGE}{MONTH}\s+{DAY},?\s+{YEAR}"),
    ("m d d y", rf"{WEEKDAY}{MONTH}\s+{DAY}{TO}{DAY},?\s+{YEAR}"),
    ("m d y", rf"{WEEKDAY}{MONTH}\s+{DAY},?\s+{YEAR}"),
    ("y m d", rf"{YEAR}-(\d\d)-(\d\d)"),
    ("d m y", NUMERIC),
    ("d m y", DOTTED),
    ("m y", rf"{MONTH},?\s+{YEAR}"),
)
PATTERNS = tuple(
    (fields.split(), re.compile(rf"(?<![\w./]){pattern}(?![\w/]|\.\d)", re.IGNORECASE)) for fields, pattern in FORMS
)
ANY_YEAR = re.compile(r"(?:19|20)\d\d|/\d\d")
BEFORE_YEAR, AFTER_YEAR = 120, 60  # characters; the longest form of a period is shorter
BETWEEN = re.compile(r"\b(?:between|from)\s+(?:the\s+)?$", re.IGNORECASE)
LISTED = re.compile(r"\band\b|[&,]", re.IGNORECASE)
# What may stand before a period and share its year: "5 to 9 June and", "5 to 9 and".
SHARING = re.compile(
    rf"(?<![\w./]){DAY}(?:{OF}{MONTH})?(?:{RANGE}{DAY}(?:{OF}{MONTH})?)?\s*(?:,|;|and\b|&)\s*(?:and\s+)?"
    r"(?:(?:again\s+)?(?:from|between|on)\s+)?$",
    re.IGNORECASE,
)
DAY_MONTHS = re.compile(
    rf"(?<![\w./])(?:{DAY}(?:{OF}{MONTH})?{TO})?{DAY}{OF}{MONTH}(?!,?\s+(?:19|20)\d\d)(?!\w)", re.IGNORECASE
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
    """Every date and period in `text[start:end]`, in order; impossible days (31 June) are passed over.

    Days listed by "and" are one period where they follow each other ("15 and 16 February 2011") and several where
    they do not ("15, 16 and 21 July 2025"). What shares the year of the period behind it is found too: "5 to 9 and
    19 to 23 June 2023".
    """
    end = len(text) if end is None else end
    found: list[Period] = []
    taken = bytearray(end - start)  # which characters stand in a period that was found
    for near, far in _around_years(text, start, end):
        for fields, pattern in PATTERNS:
            for match in pattern.finditer(text, near, far):
                if not any(taken[match.start() - start : match.end() - start]):
                    for period in _listed_days(text, fields, match) or _one_period(fields, match):
                        found.append(period)
                        taken[period.start - start : period.end - start] = b"\1" * (period.end - period.start)
    found.sort(key=lambda period: period.start)
    for at in range(len(found) - 1, -1, -1):
        earlier = _sharing_year(text, found[at - 1].end if at else start, found[at])
        if earlier and earlier.end > found[at].start:  # "29," before "30 September and 1 October 2020"
            found[at] = earlier
        elif earlier:
            found.insert(at, earlier)
    return found


def find_day_months(text: str, year: int) -> list[Period]:
    """Days and periods that are printed without a year ("30 and 31 January"), in a given year.

    Args:
        text: Where to look.
        year: The year of the last day.
    """
    found = []
    for match in DAY_MONTHS.finditer(text):
        first_day, first_month, last_day, last_month = match.groups()
        last = (year, _month(last_month), int(last_day))
        first = (year, _month(first_month or last_month), int(first_day or last_day))
        days = _ordered(first, last, crosses=True)
        if days:
            found.append(Period(*days, match.start(), match.end()))
    return found


Day = tuple[int, int, int]  # year, month, day


def _around_years(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The stretches in which a date can stand: nothing is one without a year."""
    stretches: list[tuple[int, int]] = []
    for year in ANY_YEAR.finditer(text, start, end):
        near, far = max(start, year.start() - BEFORE_YEAR), min(end, year.end() + AFTER_YEAR)
        if stretches and near <= stretches[-1][1]:
            stretches[-1] = (stretches[-1][0], far)
        else:
            stretches.append((near, far))
    return stretches


def _one_period(fields: list[str], match: re.Match[str]) -> list[Period]:
    """First and last day from the matched day, month and year groups; a missing part comes from the end."""
    day, month, year = _parts(fields, match)
    if not day:
        reduced = f"{year[0]}-{month[0]:02}"
        return [Period(reduced, reduced, match.start(), match.end())]
    first, last = (year[0], month[0], day[0]), (year[-1], month[-1], day[-1])
    if fields[-1] == "m" and first > last:  # "30 December 2019 to 3 January"
        last = (last[0] + 1, last[1], last[2])
    days = _ordered(first, last, crosses=len(year) == 1 and len(month) == 2)
    return [Period(*days, match.start(), match.end())] if days else []


def _listed_days(text: str, fields: list[str], match: re.Match[str]) -> list[Period]:
    """Days listed by commas and "and" that do not follow each other; nothing where they make one period."""
    if fields not in (["d", "d", "m", "y"], ["d", "m", "d", "m", "y"], ["d", "m", "y", "d", "m", "y"]):
        return []
    second = fields.index("d", 1)  # the group of the last day; what stands before it is the gap
    gap_start, gap_end = match.end(second), match.start(second + 1)
    gap = text[gap_start:gap_end]
    between = BETWEEN.search(text[max(0, match.start() - 15) : match.start()])
    if between or not LISTED.search(gap) or re.search(RANGE, gap):
        return []
    day, month, year = _parts(fields, match)
    inner = [(int(m.group()), gap_start + m.start(), gap_start + m.end()) for m in re.finditer(r"\d{1,2}", gap)]
    spans = [
        ((year[0], month[0], day[0]), match.start(), gap_start),
        *(((year[0], month[0], number), at, end) for number, at, end in inner),
        ((year[-1], month[-1], day[-1]), gap_end, match.end()),
    ]
    listed = [span[0] for span in spans]
    if listed != sorted(listed) or not all(map(_possible, listed)):
        return []
    runs: list[list[tuple[Day, int, int]]] = []
    for span in spans:
        if runs and _next(runs[-1][-1][0]) == span[0]:
            runs[-1].append(span)
        else:
            runs.append([span])
    if len(runs) == 1:
        return []
    return [Period(_iso(run[0][0]), _iso(run[-1][0]), run[0][1], run[-1][2]) for run in runs]


def _sharing_year(text: str, start: int, period: Period) -> Period | None:
    """A period without a year that stands before another and shares its year, and its month where it has none."""
    match = SHARING.search(text, max(start, period.start - 60), period.start) if len(period.first) == 10 else None
    if not match:
        return None
    first_day, first_month, last_day, last_month = match.groups()
    year, month, day = (int(part) for part in period.first.split("-"))
    words_end = max(match.end(group) for group in range(1, 5) if match[group])
    if last_day is None and first_month is None:
        before = (year, month, int(first_day))
        joined = _possible(before) and _next(before) == (year, month, day)
        return Period(_iso(before), period.last, match.start(), period.end) if joined else None
    last = (year, _month(last_month) if last_month else month, int(last_day)) if last_day else None
    named = first_month or (last_month if last_day else None)
    first = (year, _month(named) if named else month, int(first_day))
    last = last or first
    if last > (year, month, day):
        first, last = (year - 1, *first[1:]), (year - 1, *last[1:])
    days = _ordered(first, last, crosses=True)
    return Period(*days, match.start(), words_end) if days and days[1] < period.first else None


def _parts(fields: list[str], match: re.Match[str]) -> tuple[list[int], list[int], list[int]]:
    values = list(zip(fields, match.groups(), strict=True))
    years = [int(value) for field, value in values if field == "y"]
    return (
        [int(value) for field, value in values if field == "d"],
        [_month(value) for field, value in values if field == "m"],
        [year + 2000 if year < 100 else year for year in years],
    )


def _month(words: str) -> int:
    return int(words) if words.isdecimal() else MONTH_NUMBERS[words.casefold()]


def _ordered(first: Day, last: Day, crosses: bool) -> tuple[str, str] | None:
    """Both as ISO dates; with `crosses` the first may lie in the year before ("16 December to 10 January 2020")."""
    if crosses and first > last:
        first = (first[0] - 1, first[1], first[2])
    if not (_possible(first) and _possible(last)) or first > last:
        return None
    return _iso(first), _iso(last)


def _iso(day: Day) -> str:
    return "{:04}-{:02}-{:02}".format(*day)


def _next(day: Day) -> Day:
    following = datetime.date(*day) + datetime.timedelta(days=1)
    return following.year, following.month, following.day


def _possible(date: Day) -> bool:
    year, month, day = date
    return 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]
