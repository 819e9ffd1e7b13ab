"""What holds of every letter, whatever it was read from."""

import datetime
import re
from collections.abc import Iterator

from assistant.letters.inspectorates import kind_names, shipped
from assistant.letters.letter import Letter, Paragraph

GRADES = shipped().grade_names
KINDS = kind_names()


def flaws(letter: Letter) -> Iterator[str]:
    """Everything that is wrong in a letter's offsets, quotes and values; nothing where it is sound."""
    text = letter.text
    if not text.endswith("\n") or text != text.strip() + "\n":
        yield "the text does not begin with a word and end with one line end"
    if not text.replace("\n", "").isprintable():
        yield "the text holds what cannot be printed"
    yield from _sections(letter)
    yield from _quotes(letter)
    yield from _values(letter)


def _sections(letter: Letter) -> Iterator[str]:
    text, at = letter.text, 0
    names: set[str] = set()
    for section in letter.sections:
        if section.start != at:
            yield f"section {section.heading!r} begins at {section.start}, the one before ends at {at}"
        at = section.end
        if not text.startswith(section.heading, section.start):
            yield f"section {section.heading!r} does not begin with its heading"
        end = section.start + len(section.heading)
        for number, paragraph in enumerate(section.paragraphs, 1):
            yield from _paragraph(letter, paragraph, text[end : paragraph.start])
            if not end <= paragraph.start < paragraph.end <= section.end:
                yield f"{paragraph.paragraph_id} lies outside its section or over the one before"
            if paragraph.number != number or paragraph.paragraph_id in names:
                yield f"{paragraph.paragraph_id} is counted wrongly"
            names.add(paragraph.paragraph_id)
            end = paragraph.end
        if text[end : section.end].strip():
            yield f"words behind the last paragraph of {section.heading!r}: {text[end : section.end]!r}"
    if at != len(text):
        yield f"the last section ends at {at} of {len(text)}"


def _paragraph(letter: Letter, paragraph: Paragraph, before: str) -> Iterator[str]:
    name, words = paragraph.paragraph_id, letter.text[paragraph.start : paragraph.end]
    if words != words.strip() or "\n" in words:
        yield f"{name} is not one line without space around it"
    if before.strip() != (paragraph.label or ""):
        yield f"{name} has {before!r} before it and the label {paragraph.label!r}"
    first, last = paragraph.page_start, paragraph.page_end
    if letter.pages is None:
        if (first, last) != (None, None):
            yield f"{name} has pages in a format without them"
    elif first is None or last is None or not 1 <= first <= last <= letter.pages:
        yield f"{name} stands on pages {first} to {last} of {letter.pages}"


def _quotes(letter: Letter) -> Iterator[str]:
    length = len(letter.text)
    for judgement in letter.judgements:
        if letter.text[judgement.start : judgement.end] != judgement.quote or not judgement.quote:
            yield f"the quote of {judgement.area!r} is not what stands at its offsets"
        if judgement.grade not in GRADES and not (judgement.grade is None and judgement.note):
            yield f"the grade of {judgement.area!r} is {judgement.grade!r}"
    places = {paragraph.paragraph_id: (section, paragraph) for section, paragraph in letter.paragraphs()}
    for item in letter.improvements:
        section, place = places[item.paragraph_id]
        # An item may go on in the paragraphs below.
        if not (place.start <= item.start < place.end and item.start < item.end <= section.end):
            yield f"an improvement at {item.start} lies outside {item.paragraph_id}"
    for earlier in letter.earlier:
        if not 0 <= earlier.start < earlier.end <= length:
            yield f"an earlier inspection at {earlier.start} to {earlier.end} of {length}"
    for name, spans in letter.evidence.items():
        if not all(0 <= span.start < span.end <= length for span in spans):
            yield f"the evidence of {name} lies outside the text"


def _values(letter: Letter) -> Iterator[str]:
    if letter.kind not in KINDS:
        yield f"the kind is {letter.kind!r}"
    days = [letter.published, letter.visit_start, letter.visit_end]
    days += [day for period in letter.visit_periods for day in period]
    days += [earlier.date for earlier in letter.earlier]
    for day in filter(None, days):
        try:
            datetime.date.fromisoformat(day + {4: "-01-01", 7: "-01"}.get(len(day), ""))
        except ValueError:
            yield f"{day!r} is no date"
    for period in letter.visit_periods:
        if period[0] > period[1]:
            yield f"the period {period} ends before it begins"
    for name in ("title", "issuer", "authority", "lead_inspector", "addressee"):
        value = getattr(letter, name)
        if value is not None and (not value.strip() or not value.isprintable()):
            yield f"{name} is {value!r}"
    if not letter.letter_id or not re.fullmatch(r"[a-z0-9-]+", letter.letter_id):
        yield f"the identifier is {letter.letter_id!r}"
