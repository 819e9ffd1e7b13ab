"""The grades that an inspection gave: read from the table on the first pages, and checked against the headings.

An area that the document calls "not judged" has the grade None; an area that the framework grades at that date and
that was not found gives a warning and no record. Nothing is inferred.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from assistant.letters.graded import area_name, graded_areas, same_grade
from assistant.letters.inspectorates import COUNCIL_REPORT, OTHER, WHOLE, Inspectorate, spelt
from assistant.letters.letter import Judgement
from assistant.reading.outline import Outline

__all__ = ["read_judgements"]

NOT_JUDGED = r"not (?:yet )?(?:judged|graded)"
SAID = r"(?:[\s:|\N{EN DASH}-]|\bgraded as\b|\b(?:is|are|was|were)\b|\bjudged(?: to be| as)?\b|\bthat it\b)+"
NUMBERED_GRADE = re.compile(r"^Grade [1-4] \((?P<grade>\w+)\)$", re.IGNORECASE)
"""Reports before November 2013 print "Grade 3 (adequate)" below a heading."""
TABLE_PAGES = 2  # first pages on which the table of a report stands
LONGEST = 300  # characters of a heading or row with its grade
BOARD = "safeguarding"  # the Local Safeguarding Children Board, another body, has its judgement in the same table

JOINT = "judged together: children in care and care leavers"
NONE_GIVEN = "not judged, as the document itself says"
BEFORE_SIF = "printed as {!r}, one of the four grades before November 2013"


@dataclass(frozen=True, slots=True)
class _Unit:
    """A heading or paragraph: where it stands, and whether on the first pages."""

    start: int
    end: int
    page: int | None
    heading: bool
    early: bool


@dataclass(frozen=True, slots=True)
class _Found:
    """A grade where it is printed."""

    judgement: Judgement
    page: int | None
    table: bool


@dataclass(frozen=True, slots=True)
class _Printed:
    """How an inspectorate prints its grades.

    Attributes:
        graded: A graded area and its grade. An area begins as in tables and headings: prose about it seldom does, and
            goes on to a full stop.
        row: A row below the heading of a table, whatever area it names.
        cover: The overall grade on a cover: "Children's services in Derby are good" in reports of 2013 to 2017.
    """

    graded: re.Pattern[str]
    row: re.Pattern[str]
    cover: re.Pattern[str]


@cache
def _printed(by: Inspectorate) -> _Printed:
    begins = spelt(by.tables.areas or [words for area in by.areas for words in (area.words or (area.name,))])
    area = (
        r"(?:key judge?ment:?\s+)?(?:\d(?:\.\d)?\.?\s+)?(?:the\s+)?(?:graded judge?ment (?:about|for|of)\s+)?"
        rf"(?:the\s+)?(?:{begins})\b[^.:;|]{{0,140}}?"
    )
    return _Printed(
        re.compile(rf"^(?P<area>{area}){SAID}(?P<grade>{by.grade}|{NOT_JUDGED})\.?$", re.IGNORECASE),
        re.compile(rf"^(?P<area>[^.;]+?)[\s:|]+(?P<grade>{by.grade}|{NOT_JUDGED})$", re.IGNORECASE),
        re.compile(rf"^(?:{spelt(by.tables.cover)})(?P<grade>{by.grade})\.?$", re.IGNORECASE),
    )


def read_judgements(
    outline: Outline, kind: str, visits: Sequence[tuple[str, str]]
) -> tuple[tuple[Judgement, ...], tuple[str, ...]]:
    """Grades from the table on the first pages, else from headings that close with one; one for each area.

    Args:
        outline: The document's text and sections.
        kind: Of the document; visits, for one, give no grades.
        visits: Periods of the inspection: they tell which areas its framework graded then.

    Returns:
        The judgements in the order of the inspectorate's tables, and warnings: one line for each grade that a heading
        contradicts, and for each area that the framework grades and that was not found.
    """
    by = outline.by
    known = next((one for one in by.kinds if one.name == kind), None)
    framework = (known.framework or kind) if known and known.graded and kind != OTHER else None
    if not (framework or kind in (COUNCIL_REPORT, OTHER)):
        return (), ()
    units = _units(outline)
    found = list(_numbered_grades(outline, units) if kind == OTHER else _grades(outline, units))
    taken: dict[str, _Found] = {}
    for one in sorted(found, key=lambda one: not one.table):
        taken.setdefault(one.judgement.area, one)
    warnings = [*_disagreements(found, taken)]
    if framework:
        first = min((first for first, _ in visits), default=None)
        warnings += [
            f"no grade read for {area}, which {framework} inspections graded at that time"
            for area in graded_areas(kind, first, by)
            if area not in taken
        ]
    order = {area.name: place for place, area in enumerate(by.areas)}
    judgements = sorted((one.judgement for one in taken.values()), key=lambda one: order.get(one.area, len(order)))
    return tuple(judgements), tuple(warnings)


def _units(outline: Outline) -> list[_Unit]:
    """Every heading and paragraph, in reading order."""
    units = []
    page = None
    for section in outline.sections:
        page = section.paragraphs[0].page_start if section.paragraphs else page
        if section.heading:
            units.append(_Unit(section.start, section.start + len(section.heading), page, True, _early(page)))
        for paragraph in section.paragraphs:
            page = paragraph.page_start
            early = section.kind in ("judgements", "letterhead") or _early(page)
            units.append(_Unit(paragraph.start, paragraph.end, page, False, early))
    return units


def _early(page: int | None) -> bool:
    return page is not None and page <= TABLE_PAGES


def _grades(outline: Outline, units: Sequence[_Unit]) -> Iterator[_Found]:
    """Each grade that stands behind the name of its area, on the same line or the next."""
    printed = _printed(outline.by)
    rows = {p.start for section in outline.sections if section.kind == "judgements" for p in section.paragraphs}
    for at, unit in enumerate(units):
        below = units[at + 1 : at + 2]
        for start, end in ((unit.start, unit.end), *((unit.start, other.end) for other in below)):
            words = " ".join(outline.text[start : min(end, start + 2 * LONGEST)].split())
            if len(words) > LONGEST or BOARD in words.lower():
                break
            cover = printed.cover.match(words) if unit.early else None
            row = printed.row.match(words) if start in rows and end == unit.end else None
            match = cover or printed.graded.match(words) or row
            if match:
                area = WHOLE if cover else area_name(match["area"], outline.by)
                judgement = _judgement(area, match["grade"], outline, start, end)
                yield _Found(judgement, unit.page, cover is not None or (unit.early and not unit.heading))
                break


def _judgement(area: str, printed: str, outline: Outline, start: int, end: int) -> Judgement:
    grade = same_grade(printed, outline.by)
    known = grade in outline.by.grade_names
    note = (JOINT if area == "in care and care leavers" else None) if known else NONE_GIVEN
    return Judgement(area, grade if known else None, outline.text[start:end], note, start, end)


def _numbered_grades(outline: Outline, units: Sequence[_Unit]) -> Iterator[_Found]:
    """Grades by number below the heading that they are of, as reports before November 2013 print them."""
    for unit, below in pairwise(units):
        match = NUMBERED_GRADE.match(outline.text[below.start : below.end])
        if match and unit.heading:
            grade = match["grade"].lower()
            quote = outline.text[unit.start : below.end]
            given = grade if grade in outline.by.grade_names else None
            note = None if given else BEFORE_SIF.format(grade)
            area = " ".join(outline.text[unit.start : unit.end].split())
            judgement = Judgement(area, given, quote, note, unit.start, below.end)
            yield _Found(judgement, unit.page, True)


def _disagreements(found: Sequence[_Found], taken: Mapping[str, _Found]) -> Iterator[str]:
    """One line for each area whose grade is printed otherwise in another place."""
    for area, first in taken.items():
        others = (one for one in found if one.judgement.area == area)
        other = next((one for one in others if one.judgement.grade != first.judgement.grade), None)
        if other:
            place, beside, kept = (
                ("table", "heading", "table") if first.table else ("heading", "other heading", "first")
            )
            yield f"{area}: {_said(place, first)}, {_said(beside, other)}; the {kept} is taken"


def _said(place: str, found: _Found) -> str:
    where = f" on page {found.page}" if found.page else ""
    return f"the {place}{where} says {found.judgement.grade or 'not judged'}"
