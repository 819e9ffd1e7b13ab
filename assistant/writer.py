"""The extractive writer: plans the shape of an answer and lets it be filled with the letters' own sentences.

Every statement is a verbatim quote, or a fixed template whose every word of substance stands in its quote. Finding
nothing that answers is a refusal with a reason; each reason is a named check that can be explained to the user.
"""

from collections.abc import Callable, Mapping, Sequence

from assistant.brief import Brief
from assistant.coverage import write_coverage
from assistant.draft import Draft
from assistant.facts import Fact, addressee, copied, inspectors, previous, published, visited
from assistant.grades import false_grade, write_grades
from assistant.letters import Letter
from assistant.lists import write_lists
from assistant.question import Intent, Question
from assistant.refusals import no_letter, out_of_remit
from assistant.terms import stemmed
from assistant.themes import write_theme

__all__ = ["write"]

LETTERS_SHOWN = 8
FRAMING = ("introduction", "coverage")  # sections that say what a letter is about

Read = Callable[[Question, Letter], Sequence[Fact]]
FACTS: Mapping[Intent, Read] = {
    "inspectors": inspectors,
    "addressee": addressee,
    "copied": copied,
    "visited": visited,
    "published": published,
    "previous": previous,
    "dates": lambda question, letter: (*visited(question, letter), *published(question, letter)),
}
"""What a letter's metadata answers."""
SHAPES: Mapping[Intent, Callable[[Brief], Draft | None]] = {
    "grade": write_grades,
    "list": write_lists,
    "coverage": write_coverage,
}
"""Answers of a shape of their own; where one finds nothing to write, the question is about a theme."""


def write(brief: Brief) -> Draft:
    """Write an answer or a refusal."""
    draft = _write(brief)
    if draft.sentences:
        _note_limits(brief, draft)
    return draft


def _write(brief: Brief) -> Draft:
    if brief.question.intent == "remit":
        return Draft(refusal=out_of_remit())
    if not brief.letters:
        return Draft(refusal=no_letter(brief))
    premise = false_grade(brief)
    if premise:
        return Draft(refusal=premise)
    return _planned(brief) or write_theme(brief)


def _planned(brief: Brief) -> Draft | None:
    """An answer of the shape that the question asks for, if the letters in scope hold one."""
    intent = brief.question.intent
    if intent == "inspectors" and brief.question.answer_type == "number":
        told = write_theme(brief)  # a printed number first; else the names, which can be counted
        return told if not told.refusal else _facts(brief, inspectors) or told
    if intent in FACTS:
        return _facts(brief, FACTS[intent])
    return SHAPES[intent](brief) if intent in SHAPES else None


def _facts(brief: Brief, read: Read) -> Draft | None:
    """What the metadata of the letters in scope says, each statement with the span that proves it."""
    letters = [letter for letter in brief.dated if brief.is_ordinal(letter)]
    found = _on_the_matter(brief, [(letter, facts) for letter in letters if (facts := read(brief.question, letter))])
    draft = Draft()
    for letter, facts in found[:LETTERS_SHOWN]:
        draft.add(letter, facts)
    draft.note_more(len(found) - LETTERS_SHOWN, "letter")
    return draft if found else None


def _on_the_matter(brief: Brief, found: list[tuple[Letter, Sequence[Fact]]]) -> list[tuple[Letter, Sequence[Fact]]]:
    """Of several letters those whose opening is about what the question names ("the visit about care leavers")."""
    if len(found) < 2:
        return found
    matter = [term for term in brief.question.own_terms if term.field]
    held = []
    for letter, _ in found:
        framing = (s.text for s in brief.sentences(letter) if s.section.kind in FRAMING)
        opening = stemmed(f"{letter.title} {' '.join(framing)}")
        held.append(sum(term.matched(opening) > 0 for term in matter))
    return [entry for entry, count in zip(found, held, strict=True) if count == max(held)]


def _note_limits(brief: Brief, draft: Draft) -> None:
    """What an answer must not leave unsaid: whom it is not about, and that only the council is speaking."""
    scope = brief.scope
    if scope.unheld and not any("No letter held" in note for note in draft.notes):
        draft.note(f"No letter held is about {brief.unheld}.")
    voices = {citation.letter.standing for citation in draft.citations}
    asked_ofsted = scope.standing == "inspectorate" and any(lt.standing == "inspectorate" for lt in brief.letters)
    if asked_ofsted and voices == {"council"}:
        draft.note("Only the council's own document says this; no letter of Ofsted's in scope does.")
