"""Facts that a letter's metadata holds, each as a statement with the span that proves it."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from assistant.letters.dates import find_periods
from assistant.letters.letter import Letter, Span
from assistant.questions.question import Question
from assistant.words.sentences import split_sentences
from assistant.words.terms import stemmed

__all__ = ["Fact", "addressee", "copied", "inspectors", "previous", "published", "upcoming", "visited"]


@dataclass(frozen=True, slots=True)
class Fact:
    """A statement and its proof.

    Attributes:
        span: Where the proof stands in the letter's text.
        text: The statement, of a fixed form whose every slot stands in the proof; None if the quote speaks for itself.
    """

    span: Span
    text: str | None = None


def _sentence_at(letter: Letter, span: Span) -> Span:
    """The sentence that holds a span; for the letterhead and a signature the paragraph."""
    found = letter.paragraph_at(span.start)
    if not found:
        return span
    section, paragraph = found
    if section.kind in ("letterhead", "sign-off"):
        return Span(paragraph.start, paragraph.end)
    for start, end in split_sentences(letter.text, paragraph.start, paragraph.end):
        if start <= span.start < end:
            return Span(start, end)
    return Span(paragraph.start, paragraph.end)


def inspectors(question: Question, letter: Letter) -> Sequence[Fact]:
    """Who inspected: the sentence that names them, or the lead's line."""
    spans = letter.evidence.get("lead_inspector" if _wants_lead(question) else "inspectors", ())
    sentences = dict.fromkeys(_sentence_at(letter, span) for span in spans)
    return [Fact(span) for span in list(sentences)[:3]]


ABOUT_COUNCIL_PAPER = re.compile(
    r"\b(?:cabinet|council(?:'s)? (?:report|paper)|press|statement|release)\b", re.IGNORECASE
)


def _wants_lead(question: Question) -> bool:
    return any(word in question.text.lower() for word in ("lead", "led", "signed", "wrote", "written", "author"))


def addressee(question: Question, letter: Letter) -> Sequence[Fact]:
    """To whom the letter is written, with the office printed behind the name."""
    return [Fact(_sentence_at(letter, span)) for span in letter.evidence.get("addressee", ())]


def copied(question: Question, letter: Letter) -> Sequence[Fact]:
    """Who else received the letter."""
    facts = []
    for section, paragraph in letter.paragraphs():
        if section.kind in ("sign-off", "closing"):
            words = letter.text[paragraph.start : paragraph.end].lower()
            if words.startswith(("copy", "cc", "copied")) or "copying this letter" in words:
                facts.append(Fact(Span(paragraph.start, paragraph.end)))
    return facts


def visited(question: Question, letter: Letter) -> Sequence[Fact]:
    """When the inspectors came: the sentence or the line that says so."""
    if letter.kind == "press release" and not letter.visit_start:
        return []
    spans = dict.fromkeys(_sentence_at(letter, span) for span in letter.evidence.get("visit", ()))
    return [Fact(span) for span in list(spans)[:1]]


EARLIER = re.compile(
    r"\b(?:inspection|visit) in\b|\b(?:last|previous|earlier|first)\b[^.]{0,40}?\b(?:inspection"
    r"|visit)\b|\bsince\b[^.]{0,60}\b(?:inspection|visit|judged)\b",
    re.IGNORECASE,
)


def _sentences(letter: Letter, hidden: Collection[str]) -> Iterator[tuple[Span, str]]:
    """The sentences of a letter with their places, but for the kinds of section that are hidden."""
    for section, paragraph in letter.paragraphs():
        if section.kind not in hidden:
            for start, end in split_sentences(letter.text, paragraph.start, paragraph.end):
                yield Span(start, end), letter.text[start:end]


def previous(question: Question, letter: Letter) -> Sequence[Fact]:
    """When the inspectors had come before: the sentences that date an earlier inspection or visit, closest first."""
    kind = re.compile(rf"\b(?:last|previous)\b[^.]{{0,40}}{re.escape(letter.kind)}", re.IGNORECASE)
    found = []
    for span, words in _sentences(letter, ("letterhead", "sign-off", "notes")):
        if EARLIER.search(words) and find_periods(words):
            stems = stemmed(words)
            about = sum(term.matched(stems) for term in question.own_terms)
            found.append((-about, not kind.search(words), span.start, Fact(span)))
    found = [entry for entry in found if entry[:2] == min(other[:2] for other in found)]
    return [fact for *_, fact in sorted(found, key=lambda entry: entry[:3])[:2]]


COMING = re.compile(
    r"\b(?:next|future|further|monitoring|re-?)\s?(?:full |local area |area )?(?:re-?)?(?:inspections?|visits?)\b"
    r"|\b(?:will|to) (?:return|be (?:re-?)?inspected|re-?inspect)\b|\bplanned (?:inspection|visit)\b",
    re.IGNORECASE,
)
AHEAD = re.compile(r"\b(?:will|would|next|future|within|planned|due|usually)\b", re.IGNORECASE)


def upcoming(question: Question, letter: Letter) -> Sequence[Fact]:
    """When the inspectors mean to come again: the sentences that speak of a next inspection or visit."""
    if letter.standing != "inspectorate":
        return []
    told = _sentences(letter, ("letterhead", "notes"))
    found = [Fact(span) for span, words in told if COMING.search(words) and AHEAD.search(words)]
    return found[:2]


def published(question: Question, letter: Letter) -> Sequence[Fact]:
    """The letter's own date, where the text prints it; a council's paper answers only when it is asked for itself."""
    if letter.standing == "council" and not ABOUT_COUNCIL_PAPER.search(question.text):
        return []
    spans = letter.evidence.get("published", ())
    return [Fact(span, f"Dated {letter.text[span.start : span.end]}.") for span in spans[:1]]
