"""Areas for improvement and for priority action as records: each item verbatim, with the list it stands in.

A list is known by its heading; where a document has no such heading (a council's report on an inspection), by the
sentence that leads in. An item is a bullet or a numbered point with all that belongs to it, or, where the marks were
lost and in the tables of area SEND reports, a paragraph. What leads in, subheadings, closing sentences and "There are
no priority actions" are not items.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from assistant.letters.headings import graded_heading, heading_kind
from assistant.letters.inspectorates import OTHER, WHOLE, Inspectorate
from assistant.letters.letter import Improvement, Paragraph, Section
from assistant.reading.outline import Outline

__all__ = ["read_improvements"]

LISTS = {"improve": "area for improvement", "priority": "area for priority action"}
PROSE = re.compile(r"\bstudy\b|\bneed to do better\b", re.IGNORECASE)
"""Headings of prose: a case that shows what must improve, or the findings of an area SEND report."""
BOARD = re.compile(r"\b[A-Z]SCB\b|Safeguarding Children Board|what the inspection judge?ments mean", re.IGNORECASE)
"""Headings from which a report of 2013 to 2017 is about the Local Safeguarding Children Board, another body."""
TABLE = re.compile(r"^Responsible bod(?:y|ies)\s+(?=Areas? for priority action)", re.IGNORECASE)
BODY = r"\b(?:Council|Board|ICB|Trust)(?: \(ICB\))?"
BODY_BEFORE = re.compile(rf"^[^.:]{{4,200}}?{BODY}\s+(?=(?:Leaders|Area leaders|The|Local|Health|Partnership)\b)")
BODY_AFTER = re.compile(rf"(?<=\.)\s[^.:]{{4,200}}{BODY}$")
"""The first column of an area SEND report's table (who must act), where it ran together with the second."""
MODAL = re.compile(r"\b(?:should|must|needs?|continue)\b")
LEAD_IN = re.compile(r"\b(?:should|must|needs? to) (?:take|address|make) the following\b[^.:]*[.:]$", re.IGNORECASE)
LED_IN = re.compile(r"\bimprove|\bareas? (?:for|of) (?:further )?development|\bdo better\b", re.IGNORECASE)
NOTHING = re.compile(
    r"^(?:There (?:are|were) no|No|(?:The inspection|Inspectors) (?:did not (?:find|identify) any|found no))"
    r"\s+(?:\w+\s+)?(?:areas?|actions?|priority)\b|^None\b.{0,20}$",
    re.IGNORECASE,
)
"""There are no priority actions."""
LONGEST_LEAD = 160  # characters of a sentence that can stand for a heading


def read_improvements(outline: Outline, kind: str = "other") -> tuple[Improvement, ...]:
    """The items of the lists that say what must improve, in reading order.

    Recommendations of a SIF report are areas for improvement; those for the Local Safeguarding Children Board,
    which stand in the second part of such a report, are another body's and left out.

    Args:
        outline: The document's text and sections.
        kind: One of the inspectorate's kinds.
    """
    return tuple(_headed(outline, kind)) or tuple(_led_in(outline))


def _headed(outline: Outline, kind: str) -> Iterator[Improvement]:
    """Items of the lists that a heading announces."""
    listed: tuple[str, str] | None = None  # kind and heading of the list that is being read
    parted = False  # whether the list's heading has nothing below it but further headings
    items: list[Improvement] = []
    label: str | None = None  # the last printed number
    for section in outline.sections:
        if kind == "SIF inspection" and items and BOARD.search(section.heading):
            break
        of_kind = _kind_of_list(section, kind)
        if of_kind:
            listed = of_kind, TABLE.sub("", section.heading)
            parted = not section.paragraphs
        elif not (listed and _goes_on(section, kind, label, parted, outline.by)):
            listed = None
        if listed:
            items += _items(outline, section.paragraphs, kind, *listed)
            label = next((p.label for p in reversed(section.paragraphs) if p.label), label)
    yield from items


def _kind_of_list(section: Section, kind: str) -> str | None:
    if PROSE.search(section.heading):
        return None
    if TABLE.match(section.heading):
        return LISTS["priority"]
    if section.kind == "recommendations" and kind == "SIF inspection":
        return LISTS["improve"]
    return LISTS.get(section.kind)


def _goes_on(section: Section, kind: str, label: str | None, parted: bool, by: Inspectorate) -> bool:
    """Whether a section is a part of the list before it: "Within three months:", or a numbering that goes on."""
    subheading = section.kind in {OTHER, *(area.name for area in by.areas)} - {WHOLE}
    if not subheading or PROSE.search(section.heading) or graded_heading(by).match(section.heading):
        return False
    if section.paragraphs and all(p.bullet for p in section.paragraphs):
        return parted or section.heading.endswith(":")
    first = next((p.label for p in section.paragraphs if p.label), "")
    return (
        kind == "SIF inspection"
        and first.isdigit()
        and int(first) == (int(label) + 1 if label and label.isdigit() else 1)
    )


def _items(
    outline: Outline, paragraphs: Sequence[Paragraph], kind: str, of_kind: str, heading: str
) -> list[Improvement]:
    """The items among the paragraphs of a list."""
    items: list[Improvement] = []
    marks: set[str] = set()  # what the items are marked with: "number", "bullet" or "none"
    points: list[str] = []  # the points of an item that ends in a colon and is still open
    cells = kind == "area SEND inspection"
    for at, paragraph in enumerate(paragraphs):
        words = outline.text[paragraph.start : paragraph.end]
        mark = "number" if paragraph.label else "bullet" if paragraph.bullet else "none"
        if graded_heading(outline.by).match(words.rstrip(".")) or (mark == "number" and "bullet" in marks):
            break  # the next section, whose heading its typography does not show
        if items and mark == "none" and words[:1].islower():
            _extend(items, paragraph)
        elif mark == "bullet" and items and ("number" in marks or _open(outline, items[-1], points)):
            points.append(words)
            _extend(items, paragraph)
        elif mark == "none" and marks & {"number", "bullet"}:
            if "bullet" in marks:
                break
        elif not _no_item(words, mark, paragraphs[at + 1 :], cells, outline.by):
            start, end = _without_body(words) if cells and of_kind == LISTS["priority"] else (0, len(words))
            where = paragraph.start + start, paragraph.start + end
            items.append(Improvement(of_kind, heading, paragraph.paragraph_id, *where))
            marks.add(mark)
            points = []
    return items


def _without_body(words: str) -> tuple[int, int]:
    """Where the action begins and ends in a row of a table whose other column names who must act."""
    before, after = BODY_BEFORE.match(words), BODY_AFTER.search(words)
    return before.end() if before else 0, after.start() if after else len(words)


def _extend(items: list[Improvement], paragraph: Paragraph) -> None:
    items[-1] = replace(items[-1], end=paragraph.end)


def _open(outline: Outline, item: Improvement, points: Sequence[str]) -> bool:
    """Whether an item that ends in a colon takes another point: until one ends in a full stop or begins otherwise."""
    words = outline.text[item.start : item.end]
    if not points:
        return words.endswith(":")
    return not points[-1].endswith(".")


def _no_item(words: str, mark: str, following: Sequence[Paragraph], cells: bool, by: Inspectorate) -> bool:
    """Whether a paragraph leads in, says that there is nothing, or is a subheading."""
    short = len(words) <= LONGEST_LEAD
    if LEAD_IN.search(words) or NOTHING.match(words) or (short and heading_kind(words, by) in LISTS):
        return True
    if mark != "none" or cells:
        return mark == "none" and not MODAL.search(words)
    marked = any(p.label or p.bullet for p in following)
    return words.endswith(":") or (marked and not words.endswith("."))


def _led_in(outline: Outline) -> Iterator[Improvement]:
    """Items below a paragraph whose last sentence says that they must improve and ends in a colon."""
    for section in outline.sections:
        for at, paragraph in enumerate(section.paragraphs):
            words = outline.text[paragraph.start : paragraph.end]
            lead = re.split(r"(?<=[.!?])\s+", words)[-1]
            if not (lead.endswith(":") and LED_IN.search(lead)):
                continue
            heading = lead.rstrip(":") if len(lead) <= LONGEST_LEAD else section.heading
            for item in _below(paragraph, section.paragraphs[at + 1 :]):
                yield Improvement(LISTS["improve"], heading, item.paragraph_id, item.start, item.end)


def _below(lead: Paragraph, following: Iterable[Paragraph]) -> Iterator[Paragraph]:
    """The bullets, or the points one level below in the numbering, that follow a paragraph."""
    for paragraph in following:
        below = lead.label and paragraph.label and paragraph.label.startswith(f"{lead.label}.")
        if not (paragraph.bullet or below):
            return
        yield paragraph
