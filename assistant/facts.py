"""Facts that a letter's metadata holds, each as a statement with the span that proves it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.dates import find_periods
from assistant.letters import Judgement, Letter, Span
from assistant.question import Question
from assistant.sentences import split_sentences
from assistant.terms import stemmed

__all__ = ["Fact", "addressee", "copied", "grades", "inspectors", "judged", "previous", "published", "visited"]


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


def previous(question: Question, letter: Letter) -> Sequence[Fact]:
    """When the inspectors had come before: the sentences that date an earlier inspection or visit, closest first."""
    found = []
    for section, paragraph in letter.paragraphs():
        if section.kind in ("letterhead", "sign-off", "notes"):
            continue
        for start, end in split_sentences(letter.text, paragraph.start, paragraph.end):
            words = letter.text[start:end]
            stems = stemmed(words)
            if EARLIER.search(words) and find_periods(words):
                kin = bool(
                    re.search(rf"\b(?:last|previous)\b[^.]{{0,40}}{re.escape(letter.kind)}", words, re.IGNORECASE)
                )
                about = sum(term.matched(stems) for term in question.own_terms)
                found.append((-about, not kin, start, Fact(Span(start, end))))
    found = [entry for entry in found if entry[:2] == min(other[:2] for other in found)]
    return [fact for *_, fact in sorted(found, key=lambda entry: entry[:3])[:2]]


def published(question: Question, letter: Letter) -> Sequence[Fact]:
    """The letter's own date, where the text prints it; a council's paper answers only when it is asked for itself."""
    if letter.standing == "council" and not ABOUT_COUNCIL_PAPER.search(question.text):
        return []
    spans = letter.evidence.get("published", ())
    return [Fact(span, f"Dated {letter.text[span.start : span.end]}.") for span in spans[:1]]


def judged(question: Question, letter: Letter) -> list[Judgement]:
    """The judgements that a question asks about: the area's own, else the one that covers it together with another."""
    area = question.area or ("overall" if not _wants_all(question) else None)
    if area is None:
        short = bool(SHORT_OF.search(question.text))
        return [j for j in letter.judgements if not question.claimed or (question.claimed == j.grade) != short]
    exact = [judgement for judgement in letter.judgements if judgement.area == area]
    if not exact and area in ("in care", "care leavers", "looked after", "in care and care leavers"):
        exact = [j for j in letter.judgements if j.area in ("in care and care leavers", "looked after", "in care")]
    if not exact and area == "in care and care leavers":
        exact = [j for j in letter.judgements if j.area in ("in care", "care leavers")]
    return exact[: 2 if area == "in care and care leavers" else 1]


def grades(question: Question, letter: Letter) -> Sequence[Fact]:
    """The grade of the area asked about; of every area where the question asks for all."""
    return [_grade(letter, judgement) for judgement in judged(question, letter)]


SHORT_OF = re.compile(r"\b(?:short of|below|not|less than|worse than|except|other than|lower than)\b", re.IGNORECASE)


def _wants_all(question: Question) -> bool:
    words = question.text.lower()
    return any(
        word in words
        for word in (
            "grades",
            "judgements",
            "areas were",
            "areas are",
            "areas was",
            "which of the",
            "each area",
            "all the",
            "every area",
            "ratings",
        )
    )


def _grade(letter: Letter, judgement: Judgement) -> Fact:
    """The area and its grade ("Overall effectiveness: good"), both cut from the quote: it may be a row of a table."""
    span = Span(judgement.start, judgement.end)
    if not judgement.grade or ":" in judgement.quote:
        return Fact(span)
    at = judgement.quote.lower().rfind(judgement.grade)
    area, grade = judgement.quote[:at].strip(), judgement.quote[at:].strip()
    plain = not area or area.endswith((" is", " are")) or grade.lower().startswith("require improvement")
    return Fact(span, f"{judgement.quote.rstrip('.')}." if plain else f"{area}: {grade}.")
