"""The grades that an inspection report gives: read from its table, and checked against its headings."""

import re

from assistant.layouts import AREAS, GRADE, GRADED_HEADING, area_name, same_grade
from assistant.letters import Judgement
from assistant.outline import Outline

__all__ = ["read_judgements"]

ROW = re.compile(rf"^(?P<area>.+?)[\s:]+(?:is\s+)?(?P<grade>{GRADE})$", re.IGNORECASE)
COVER = re.compile(
    rf"^(?:Children.s services(?: in .{{2,80}}?)?|The overall judgement is) (?:are |is )?(?P<grade>{GRADE})\.?$",
    re.IGNORECASE,
)
"""The overall grade on the cover of reports of 2013 to 2017: "Children's services in Derby are good"."""
JOINT = "judged together: children in care and care leavers"


def read_judgements(outline: Outline) -> tuple[tuple[Judgement, ...], tuple[str, ...]]:
    """Grades from the table on the front page, else from headings that close with one; one for each area.

    Args:
        outline: The document's text and sections.

    Returns:
        The judgements in the order of `layouts.AREAS`, and warnings: one line for each disagreement.
    """
    found: dict[str, Judgement] = {}

    def take(pattern: re.Pattern[str], start: int, end: int) -> None:
        match = pattern.match(outline.text[start:end])
        if match:
            area = area_name(match["area"])
            if area not in found and "safeguarding" not in area.lower():
                note = JOINT if area == "in care and care leavers" else None
                found[area] = Judgement(area, same_grade(match["grade"]), outline.text[start:end], note, start, end)

    for section in outline.sections:
        if section.kind == "judgements":
            for paragraph in section.paragraphs:
                take(ROW, paragraph.start, paragraph.end)
    if "overall" not in found:
        for section in outline.sections[:3]:
            for paragraph in section.paragraphs:
                match = COVER.match(outline.text[paragraph.start : paragraph.end])
                if match and "overall" not in found:
                    quote = outline.text[paragraph.start : paragraph.end]
                    found["overall"] = Judgement(
                        "overall", same_grade(match["grade"]), quote, None, paragraph.start, paragraph.end
                    )
    known = [area for area, _ in AREAS]
    for section in outline.sections:
        heading_end = section.start + len(section.heading)
        if section.heading and area_name(section.heading) in known:
            take(GRADED_HEADING, section.start, heading_end)

    def order(judgement: Judgement) -> int:
        return known.index(judgement.area) if judgement.area in known else len(known)

    return tuple(sorted(found.values(), key=order)), ()
