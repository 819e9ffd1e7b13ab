"""Lists in a letter: what leads in, and its items in order, each a paragraph or a bullet."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.answers.brief import OPENING, Brief
from assistant.answers.draft import Draft
from assistant.answers.facts import Fact
from assistant.answers.refusals import silent
from assistant.letters.letter import Letter, Paragraph, Section, Span
from assistant.letters.spoken import describe
from assistant.questions.question import Question
from assistant.words.sentences import split_sentences
from assistant.words.terms import Term, stemmed

__all__ = ["ListBlock", "lists_of", "write_lists"]

LETTERS_SHOWN = 2  # the newest, where the lists of all are too long together

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


def write_lists(brief: Brief) -> Draft | None:
    """All items of the lists asked for, in order and verbatim, oldest letter first; None where no letter has one."""
    if brief.scope.mentioned and not brief.dated:
        about = f"No letter held is about {brief.unheld}, and those that mention it give no such list."
        return Draft(refusal=silent(brief, about))
    found: Found = [(letter, blocks) for letter in brief.dated if (blocks := lists_of(letter, brief.question))]
    found = _about_the_matter(brief.question, found)
    own = [entry for entry in found if entry[0].standing == "inspectorate"]
    if brief.scope.standing == "inspectorate" and own:
        found = own
    if not found:
        return None
    draft = Draft()
    if len(found) > 1 and _length(found) > brief.settings.list_words:
        draft.note_more(len(found) - LETTERS_SHOWN, "earlier letter")
        found = found[-LETTERS_SHOWN:]
    cut = _length(found) > brief.settings.list_words
    for letter, lists in found:
        for block in lists:
            items = [_first_sentence(brief, letter, item) if cut else item for item in block.items]
            draft.add(letter, [Fact(item) for item in items], f"{describe(letter)}: {block.lead}")
    if cut:
        draft.note("Only the first sentence of each item is shown; open the letter for the rest.")
    return draft


Found = Sequence[tuple[Letter, Sequence[ListBlock]]]


def _length(found: Found) -> int:
    """Words of all items together."""
    spans = [(letter, item) for letter, blocks in found for block in blocks for item in block.items]
    return sum(len(letter.text[item.start : item.end].split()) for letter, item in spans)


def _first_sentence(brief: Brief, letter: Letter, item: Span) -> Span:
    inside = [s for s in brief.sentences(letter) if item.start <= s.start and s.end <= item.end]
    return Span(inside[0].start, inside[0].end) if inside else item


def _about_the_matter(question: Question, found: Found) -> Found:
    """Where the question names a matter of the field, only the items about it."""
    matter = [term for term in question.own_terms if term.field]
    if not matter:
        return found
    kept = []
    for letter, blocks in found:
        if all(term.matched(stemmed(f"{letter.title} {letter.text[:OPENING]}")) for term in matter):
            kept.append((letter, blocks))  # the whole letter is about it
            continue
        chosen = [ListBlock(block.lead, items) for block in blocks if (items := _naming(letter, block, matter))]
        if chosen:
            kept.append((letter, chosen))
    return kept


def _naming(letter: Letter, block: ListBlock, matter: Sequence[Term]) -> tuple[Span, ...]:
    """The items of a list that name one of the matters."""
    stems = [(item, stemmed(letter.text[item.start : item.end])) for item in block.items]
    return tuple(item for item, words in stems if any(term.matched(words) for term in matter))


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
    r"^(?:In addition, |Also, )?(?:[Ii]nspectors|[Tt]hey|[Tt]he inspection|[Tt]he visit)\b(?: also)?"
    r" (?:looked|reviewed|considered|sampled|evaluated|focused|met|spoke|talked|observed|examined|scrutinised)\b"
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
