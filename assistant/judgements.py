"""The grades that an inspection gave: read from the table on the first pages, and checked against the headings.

An area that the document calls "not judged" has the grade None; an area that the framework grades at that date and
that was not found gives a warning and no record. Nothing is inferred.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from assistant.layouts import AREAS, GRADE, GRADINGS, area_name, graded_areas, same_grade
from assistant.letters import GRADES, Judgement
from assistant.outline import Outline

__all__ = ["read_judgements"]

KNOWN = [area for area, _ in AREAS]
NOT_JUDGED = r"not (?:yet )?(?:judged|graded)"
AREA = (
    r"(?:key judge?ment:?\s+)?(?:\d(?:\.\d)?\.?\s+)?(?:the\s+)?(?:graded judge?ment (?:about|for|of)\s+)?(?:the\s+)?"
    r"(?:overall (?:effectiveness|judgement)|impact of leaders|leadership,? management|experiences?\b"
    r"|children (?:who|in|looked|leaving)|adoption performance|care leavers)\b[^.:;|]{0,140}?"
)
"""How a graded area begins in tables and headings: prose about it seldom does, and goes on to a full stop."""
SAID = r"(?:[\s:|\N{EN DASH}-]|\bgraded as\b|\b(?:is|are|was|were)\b|\bjudged(?: to be| as)?\b|\bthat it\b)+"
GRADED = re.compile(rf"^(?P<area>{AREA}){SAID}(?P<grade>{GRADE}|{NOT_JUDGED})\.?$", re.IGNORECASE)
ROW = re.compile(rf"^(?P<area>[^.;]+?)[\s:|]+(?P<grade>{GRADE}|{NOT_JUDGED})$", re.IGNORECASE)
COVER = re.compile(
    r"^(?:The overall judgement is(?: that children.s services?)?|Children.s services(?: in .{2,80}?)?)\s+(?:are |is )?"
    rf"(?P<grade>{GRADE})\.?$",
    re.IGNORECASE,
)
"""The overall grade on the cover of reports of 2013 to 2017: "Children's services in Derby are good"."""
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


def read_judgements(
    outline: Outline, kind: str, visits: Sequence[tuple[str, str]]
) -> tuple[tuple[Judgement, ...], tuple[str, ...]]:
    """Grades from the table on the first pages, else from headings that close with one; one for each area.

    Args:
        outline: The document's text and sections.
        kind: One of `letters.KINDS`: visits, JTAI and area SEND inspections give no grades.
        visits: Periods of the inspection: they tell which areas its framework graded then.

    Returns:
        The judgements in the order of `layouts.AREAS`, and warnings: one line for each grade that a heading
        contradicts, and for each area that the framework grades and that was not found.
    """
    framework = next((grading.framework for grading in GRADINGS if grading.kind == kind), None)
    if not (framework or kind in ("council report", "other")):
        return (), ()
    units = _units(outline)
    found = list(_numbered_grades(outline, units) if kind == "other" else _grades(outline, units))
    taken: dict[str, _Found] = {}
    for one in sorted(found, key=lambda one: not one.table):
        taken.setdefault(one.judgement.area, one)
    warnings = [*_disagreements(found, taken)]
    if framework:
        first = min((first for first, _ in visits), default=None)
        warnings += [
            f"no grade read for {area}, which {framework} inspections graded at that time"
            for area in graded_areas(kind, first)
            if area not in taken
        ]
    judgements = sorted((one.judgement for one in taken.values()), key=_order)
    return tuple(judgements), tuple(warnings)


def _order(judgement: Judgement) -> int:
    return KNOWN.index(judgement.area) if judgement.area in KNOWN else len(KNOWN)


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
    rows = {p.start for section in outline.sections if section.kind == "judgements" for p in section.paragraphs}
    for at, unit in enumerate(units):
        below = units[at + 1 : at + 2]
        for start, end in ((unit.start, unit.end), *((unit.start, other.end) for other in below)):
            words = " ".join(outline.text[start : min(end, start + 2 * LONGEST)].split())
            if len(words) > LONGEST or BOARD in words.lower():
                break
            cover = COVER.match(words) if unit.early else None
            match = cover or GRADED.match(words) or (ROW.match(words) if start in rows and end == unit.end else None)
            if match:
                area = "overall" if cover else area_name(match["area"])
                judgement = _judgement(area, match["grade"], outline, start, end)
                yield _Found(judgement, unit.page, cover is not None or (unit.early and not unit.heading))
                break


def _judgement(area: str, printed: str, outline: Outline, start: int, end: int) -> Judgement:
    grade = same_grade(printed)
    known = grade in GRADES
    note = (JOINT if area == "in care and care leavers" else None) if known else NONE_GIVEN
    return Judgement(area, grade if known else None, outline.text[start:end], note, start, end)


def _numbered_grades(outline: Outline, units: Sequence[_Unit]) -> Iterator[_Found]:
    """Grades by number below the heading that they are of, as reports before November 2013 print them."""
    for unit, below in pairwise(units):
        match = NUMBERED_GRADE.match(outline.text[below.start : below.end])
        if match and unit.heading:
            grade = match["grade"].lower()
            quote = outline.text[unit.start : below.end]
            note = None if grade in GRADES else BEFORE_SIF.format(grade)
            area = " ".join(outline.text[unit.start : unit.end].split())
            judgement = Judgement(area, grade if grade in GRADES else None, quote, note, unit.start, below.end)
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
