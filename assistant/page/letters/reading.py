"""One letter as its page shows it: its facts in words, its judgements, its text with the words that a link marks."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from urllib.parse import urlencode

from assistant.letters.citations import passage_link
from assistant.letters.inspectorates import Inspectorate, area_label, issued_by, kind_called
from assistant.letters.letter import Letter, Paragraph, Section
from assistant.letters.spoken import describe, spoken_date, spoken_period
from assistant.page.frame.render import STANDING
from assistant.page.letters.listing import kind_words
from assistant.page.letters.opened import blocks
from assistant.page.letters.spans import around, touched, touches

__all__ = [
    "Asked",
    "Fact",
    "Grade",
    "Item",
    "Part",
    "Reading",
    "Unit",
    "Words",
    "asked_words",
    "reading",
]

QUIET = ("letterhead", "sign-off", "notes")  # addresses and courtesies
SOURCES = {
    "manifest": "from the list kept with the files",
    "sidecar": "corrected by hand",
    "filename": "from the file’s name",
}
"""Where a fact comes from that does not stand in the text."""
ISO_DATE = re.compile(r"\b\d{4}-\d\d(?:-\d\d)?\b")
PRINTED_EARLY = re.compile(r"published: printed as (\S+), before the visit of (\S+)")
NO_GRADE = re.compile(r"no grade read for (.+), which (.+) inspections graded at that time")
OTHER_GRADES = re.compile(r"([^:]+): (the .+); the (\w+) is taken")
WEB_ADDRESS = re.compile(r"https?://[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d{1,5})?(?:[/?#][!-~]*)?", re.IGNORECASE)
"""An address that may become a link: plain characters, a host with a dot, no name or password before it."""
LONGEST_TITLE = 110  # characters of a title that is set large


@dataclass(frozen=True, slots=True)
class Asked:
    """The words that a link marks: `text[start:end]`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Words:
    """Marked words, and where a paragraph begins with them its name.

    Attributes:
        text: The words.
        anchor: The name of the paragraph or heading that begins here, or empty.
        bullet: Whether that is a list item.
    """

    text: str
    anchor: str = ""
    bullet: bool = False


@dataclass(frozen=True, slots=True)
class Unit:
    """A heading or a paragraph; several where marked words run over them.

    Attributes:
        start: Offset in the letter's text.
        end: End offset.
        anchor: Its name in the page.
        label: The paragraph's number, or empty.
        page: The page that it begins on.
        heading: Whether it is a heading.
        bullet: Whether it was printed as a list item.
        before: Its words; where some are marked, those before them.
        marked: The marked ones.
        after: Those after them.
    """

    start: int
    end: int
    anchor: str
    label: str = ""
    page: int | None = None
    heading: bool = False
    bullet: bool = False
    before: str = ""
    marked: tuple[Words, ...] = ()
    after: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A section of the letter.

    Attributes:
        units: Its heading and paragraphs.
        quiet: Whether it holds addresses, signatures or notes.
    """

    units: tuple[Unit, ...]
    quiet: bool


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of what is known: a label, what is known, a note on it, and the web address that it leads to."""

    label: str
    value: str
    note: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Grade:
    """A judgement.

    Attributes:
        area: What was judged.
        grade: In words.
        given: Whether a grade was given.
        note: What a reader must know, or empty.
        quote: The words that prove it.
        link: Where they stand in the page.
    """

    area: str
    grade: str
    given: bool
    note: str
    quote: str
    link: str


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that must improve.

    Attributes:
        text: The words.
        anchor: The name of their paragraph in the page.
        place: That paragraph in words.
        heading: Of the section that it stands in, or empty.
    """

    text: str
    anchor: str
    place: str
    heading: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A letter's page.

    Attributes:
        letter: Which.
        by: Who wrote it, what and when, on one line.
        badge: Who speaks, in a word.
        facts: What is known of it.
        grades: Its judgements.
        reported: Whether it only reports judgements that others made.
        priority: Its areas for priority action.
        improve: Its areas for improvement.
        warnings: What a reader must know of how it was read.
        contents: Its headings and their names in the page.
        parts: Its text.
        asked: The words that are marked, or None.
        page: The page that they stand on, where the file has pages.
        lost: Whether words were to be marked that are not there.
        ask: The address that asks about this letter.
        long_title: Whether its title is too long to be set large.
    """

    letter: Letter
    by: str
    badge: str
    facts: tuple[Fact, ...]
    grades: tuple[Grade, ...]
    reported: bool
    priority: tuple[Item, ...]
    improve: tuple[Item, ...]
    warnings: tuple[str, ...]
    contents: tuple[tuple[str, str], ...]
    parts: tuple[Part, ...]
    asked: Asked | None
    page: int | None
    lost: bool
    ask: str
    long_title: bool


def asked_words(letter: Letter, at: str) -> Asked | None:
    """The words that an address names as "START-END"; None where that is no stretch of this letter's words."""
    match = re.fullmatch(r"([0-9]{1,9})-([0-9]{1,9})", at)
    if not match:
        return None
    start, end = int(match[1]), int(match[2])
    return Asked(start, end) if start < end <= len(letter.text) and letter.text[start:end].strip() else None


def reading(letter: Letter, at: str = "") -> Reading:
    """All that a letter's page shows.

    Args:
        letter: The letter.
        at: What the address wants to have marked ("120-185"), or nothing.
    """
    asked = asked_words(letter, at)
    units = [_units(letter, number, section) for number, section in enumerate(letter.sections, 1)]
    contents = [(unit.anchor, unit.before) for own in units for unit in own if unit.heading]
    return Reading(
        letter=letter,
        by=describe(letter),
        badge=STANDING.get(letter.standing, STANDING["other"]),
        facts=tuple(_facts(letter)),
        grades=tuple(_grades(letter)),
        reported=letter.standing != "inspectorate",
        priority=_items(letter, "area for priority action"),
        improve=_items(letter, "area for improvement"),
        warnings=tuple(_plain_warning(warning, issued_by(letter)) for warning in letter.warnings),
        contents=tuple((anchor, " ".join(words.split())) for anchor, words in contents),
        parts=_parts(letter, units, asked),
        asked=asked,
        page=_page_of(units, asked),
        lost=bool(at) and asked is None,
        ask=_ask(letter),
        long_title=len(letter.title) > LONGEST_TITLE,
    )


# --- the text ------------------------------------------------------------------------------------------------------


def _units(letter: Letter, number: int, section: Section) -> list[Unit]:
    """The heading and the paragraphs of a section, each with its name in the page."""
    shown = blocks(letter, section)
    names = iter(section.paragraphs)
    return [
        Unit(
            block.start,
            block.end,
            f"s-{number}" if block.heading else _anchor(next(names).paragraph_id),
            block.label,
            block.page,
            block.heading,
            block.bullet,
            letter.text[block.start : block.end],
        )
        for block in shown
    ]


def _anchor(paragraph_id: str) -> str:
    return f"p-{paragraph_id}"


def _parts(letter: Letter, units: Sequence[Sequence[Unit]], asked: Asked | None) -> tuple[Part, ...]:
    """The sections; what marked words run over is made one unit, so that one mark holds all of them."""
    under = touched((unit for own in units for unit in own), asked) if asked else []
    joined = _joined(letter, under, asked) if asked else None
    parts: list[Part] = []
    page: int | None = None
    for section, own in zip(letter.sections, units, strict=True):
        kept = [unit for unit in own if unit not in under]
        if joined and section.start <= joined.start < section.end:
            kept = sorted([*kept, joined], key=lambda unit: unit.start)
            joined = None
        if kept:
            parts.append(Part(_first_on_page(kept, page), section.kind in QUIET))
            page = next((unit.page for unit in reversed(kept) if unit.page), page)
    if joined:  # in no section at all
        parts.append(Part((joined,), quiet=False))
    return tuple(parts)


def _joined(letter: Letter, under: Sequence[Unit], asked: Asked) -> Unit:
    first = under[0] if under else Unit(asked.start, asked.end, anchor="")
    start, end = around(under, asked)
    begun = under[1:]
    cuts = [asked.start, *(unit.start for unit in begun), asked.end]
    pieces = [letter.text[near:far] for near, far in pairwise(cuts)]
    named = [Words(piece, unit.anchor, unit.bullet) for piece, unit in zip(pieces[1:], begun, strict=True)]
    return replace(
        first,
        start=start,
        end=end,
        heading=first.heading and len(under) == 1,
        before=letter.text[start : asked.start],
        marked=(Words(pieces[0]), *named),
        after=letter.text[asked.end : end],
    )


def _first_on_page(units: Sequence[Unit], page: int | None) -> tuple[Unit, ...]:
    """The units, their page told only where another one begins."""
    told = []
    for unit in units:
        told.append(replace(unit, page=None) if unit.page == page else unit)
        page = unit.page or page
    return tuple(told)


def _page_of(units: Sequence[Sequence[Unit]], asked: Asked | None) -> int | None:
    if asked is None:
        return None
    return next((unit.page for own in units for unit in own if unit.page and touches(unit, asked)), None)


# --- what is known -------------------------------------------------------------------------------------------------


def _facts(letter: Letter) -> Iterable[Fact]:
    kind = kind_words(letter.kind)
    yield Fact("Written by", letter.issuer or "Not named in the document", _source(letter, "issuer"))
    yield Fact("Kind", kind, _source(letter, "kind") or kind_called(letter.kind, lambda one: one.means))
    authority = letter.authority or "None recognised"
    yield Fact("Local authority", authority, _source(letter, "authority") if letter.authority else "")
    if letter.urn:
        yield Fact(f"{issued_by(letter).name} number (URN)", letter.urn)
    published = spoken_date(letter.published) or "Date not known"
    yield Fact("Published", published, _source(letter, "published") if letter.published else "")
    if letter.url:
        yield Fact("Published at", letter.url, link=_web_address(letter.url))
    visits = _visits(letter)
    if visits:
        label = "Visited" if "visit" in letter.kind else "Inspected"
        label = label if letter.standing == "inspectorate" else "Inspection it reports on"
        yield Fact(label, visits, _source(letter, "visit"))
    if letter.lead_inspector:
        yield Fact("Lead inspector", letter.lead_inspector, _source(letter, "lead_inspector"))
    others = [name for name in letter.inspectors if name != letter.lead_inspector]
    if others:
        yield Fact("Other inspectors" if letter.lead_inspector else "Inspectors", ", ".join(others))
    if letter.addressee:
        yield Fact("Addressed to", letter.addressee, _source(letter, "addressee"))


def _web_address(text: str) -> str:
    """An address as it may stand in a link; empty for anything but a plain one of the web."""
    return text if WEB_ADDRESS.fullmatch(text) and not set(text) & set("\"'<>\\`") else ""


def _source(letter: Letter, name: str) -> str:
    source = letter.sources.get(name) or (letter.published_source if name == "published" else None) or "text"
    return "" if source == "text" else SOURCES.get(source, SOURCES["sidecar"])


def _visits(letter: Letter) -> str:
    """The days of the visit or the inspection: "6 to 7 February 2019, and 4 March 2019"."""
    periods = letter.visit_periods or ((letter.visit_start, letter.visit_end),)
    return "; ".join(filter(None, (spoken_period(first, last) for first, last in periods)))


def _grades(letter: Letter) -> Iterable[Grade]:
    for judgement in letter.judgements:
        grade = judgement.grade or "not judged"
        yield Grade(
            area=area_label(judgement.area, issued_by(letter)),
            grade=f"{grade[:1].upper()}{grade[1:]}",
            given=judgement.grade is not None,
            note=judgement.note or "",
            quote=" ".join(judgement.quote.split()),
            link=passage_link(letter, judgement.start, judgement.end),
        )


def _items(letter: Letter, kind: str) -> tuple[Item, ...]:
    places = {paragraph.paragraph_id: (section, paragraph) for section, paragraph in letter.paragraphs()}
    return tuple(
        _item(letter.text[item.start : item.end], *places[item.paragraph_id])
        for item in letter.improvements
        if item.kind == kind
    )


def _item(text: str, section: Section, paragraph: Paragraph) -> Item:
    return Item(text, _anchor(paragraph.paragraph_id), f"Paragraph {paragraph.name}", " ".join(section.heading.split()))


def _plain_warning(warning: str, by: Inspectorate) -> str:
    """A warning of the reading as a sentence for a reader."""
    if match := PRINTED_EARLY.fullmatch(warning):
        printed, visit = spoken_date(match[1]), spoken_date(match[2])
        return f"The document gives its date as {printed}, before the visit of {visit}. One of them must be a misprint."
    if match := NO_GRADE.fullmatch(warning):
        area = area_label(match[1], by)
        return f"No grade was found for “{area}”, although inspections graded it at that time. Look in the original."
    if match := OTHER_GRADES.fullmatch(warning):
        area = area_label(match[1], by)
        taken = "first of them" if match[3] == "first" else f"grade of the {match[3]}"
        return f"{area}: {match[2]}. The {taken} is shown here."
    said = ISO_DATE.sub(lambda date: spoken_date(date.group()), warning).strip().rstrip(".")
    return f"{said[:1].upper()}{said[1:]}."


def _ask(letter: Letter) -> str:
    """The address that asks what must improve, or where the letter lists nothing what it found, of this letter."""
    question = "What needs to improve?" if letter.improvements else "What were the main findings?"
    limits = {"year": letter.date[:4], "authority": letter.authority or "", "kind": letter.kind}
    return f"/?{urlencode({'q': question} | {name: value for name, value in limits.items() if value})}"
