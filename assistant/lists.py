"""Lists in a letter: what leads in, and its items in order, each a paragraph or a bullet."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.letters import Letter, Paragraph, Section, Span
from assistant.question import Question
from assistant.sentences import split_sentences

__all__ = ["ListBlock", "lists_of"]

LEADS = {
    "improve": re.compile(r"improve|development|do better|recommend", re.IGNORECASE),
    "priority": re.compile(r"priority", re.IGNORECASE),
    "strengths": re.compile(r"strength|effective|positive|doing well", re.IGNORECASE),
    "recommendations": re.compile(r"recommend", re.IGNORECASE),
    "coverage": re.compile(
        r"areas? (?:of concern|covered)|reviewed|following areas|looked at|focused on", re.IGNORECASE
    ),
    "requirements": re.compile(r"meets? the requirements", re.IGNORECASE),
}


@dataclass(frozen=True, slots=True)
class ListBlock:
    """A list.

    Attributes:
        lead: The heading or the words before the list.
        items: Its items in order.
    """

    lead: str
    items: tuple[Span, ...]


def lists_of(letter: Letter, question: Question) -> list[ListBlock]:
    """The lists of a letter that a question asks for: by the heading's kind, else by the words that lead in."""
    kinds = question.lists
    recorded = _recorded(letter, kinds)
    if recorded:
        return recorded
    by_heading = [
        ListBlock(section.heading, items)
        for section in letter.sections
        if section.kind in kinds and (items := _items(letter, section))
    ]
    if by_heading:
        return by_heading
    led_in = [
        block
        for section in letter.sections
        if section.kind not in ("letterhead", "sign-off", "notes")
        for block in _led_in(letter, section)
        if any(LEADS[kind].search(_tail(block.lead)) for kind in kinds)
    ]
    return led_in or (_looked_at(letter) if kinds == ("coverage",) else [])


RECORDS = {"improve": "area for improvement", "priority": "area for priority action"}


def _recorded(letter: Letter, kinds: Sequence[str]) -> list[ListBlock]:
    """What an inspectorate's letter lists as areas for improvement or priority action, by the list they stand in."""
    if letter.standing != "inspectorate" or not set(kinds) <= RECORDS.keys():
        return []
    wanted = {RECORDS[kind] for kind in kinds}
    lists: dict[str, list[Span]] = {}
    for item in letter.improvements:
        if item.kind in wanted:
            lists.setdefault(item.heading, []).append(Span(item.start, item.end))
    return [ListBlock(heading, tuple(items)) for heading, items in lists.items()]


LOOKED = re.compile(
    r"^(?:Inspectors|They|The inspection|The visit)\b(?: also)? (?:looked|reviewed|considered|sampled"
    r"|evaluated|focused)\b"
)


def _looked_at(letter: Letter) -> list[ListBlock]:
    """What the inspectors looked at, from the sentences of the opening that say so."""
    spans = [
        Span(start, end)
        for section in letter.sections
        if section.kind == "introduction"
        for paragraph in section.paragraphs
        for start, end in split_sentences(letter.text, paragraph.start, paragraph.end)
        if LOOKED.match(letter.text[start:end])
    ]
    return [ListBlock("What the inspectors looked at", tuple(spans))] if spans else []


def _tail(lead: str) -> str:
    """The last sentence of the words that lead in: it says what the list is."""
    return re.split(r"(?<=[.!?])\s+", lead.strip())[-1]


def _items(letter: Letter, section: Section) -> tuple[Span, ...]:
    """A section's items: its bullets or numbered points with those before them whose mark was lost."""
    paragraphs = list(section.paragraphs)
    marked = [at for at, p in enumerate(paragraphs) if p.bullet or p.label]
    if not marked:
        return tuple(Span(p.start, p.end) for p in paragraphs if not _leads(letter, p))
    kept = [
        p
        for at, p in enumerate(paragraphs)
        if at <= marked[-1] and not _leads(letter, p) and (p.bullet or p.label or at < marked[0])
    ]
    return tuple(Span(p.start, p.end) for p in kept)


def _leads(letter: Letter, paragraph: Paragraph) -> bool:
    return letter.text[paragraph.start : paragraph.end].rstrip().endswith(":")


def _led_in(letter: Letter, section: Section) -> list[ListBlock]:
    """Lists inside a section: a paragraph that ends in a colon and the points that follow it."""
    blocks = []
    paragraphs = list(section.paragraphs)
    for at, paragraph in enumerate(paragraphs):
        if not _leads(letter, paragraph):
            continue
        items = []
        for item in paragraphs[at + 1 :]:
            below = paragraph.label and item.label and item.label.startswith(f"{paragraph.label}.")
            if not (item.bullet or below or (item.label and not paragraph.label)):
                break
            items.append(Span(item.start, item.end))
        if items:
            lead = _tail(letter.text[paragraph.start : paragraph.end]).rstrip(":")
            blocks.append(ListBlock(lead if len(lead) <= 160 else section.heading, tuple(items)))
    return blocks
