"""The extractive writer: plans the shape of an answer and lets it be filled with the letters' own sentences.

Every statement is a verbatim quote, or a fixed template whose every word of substance stands in its quote. Finding
nothing that answers is a refusal with a reason; each reason is a named check that can be explained to the user.
"""

import re
from collections.abc import Callable, Mapping, Sequence

from assistant.answers.brief import Brief
from assistant.answers.course import write_course
from assistant.answers.coverage import write_coverage, write_letters
from assistant.answers.draft import Draft
from assistant.answers.facts import Fact, addressee, copied, inspectors, previous, published, upcoming, visited
from assistant.answers.grades import false_grade, write_grades
from assistant.answers.lists import write_lists
from assistant.answers.recurring import write_recurring
from assistant.answers.refusals import no_letter, out_of_remit, silent, too_broad
from assistant.answers.relevance import relevant
from assistant.answers.selection import select, with_context
from assistant.answers.tally import write_tally
from assistant.answers.themes import write_theme
from assistant.letters.inspectorates import issued_by
from assistant.letters.letter import Letter, Span
from assistant.questions.intent import Intent
from assistant.questions.question import Question
from assistant.words.terms import Term, analyse, stemmed

__all__ = ["write"]

LETTERS_SHOWN = 8
QUOTATIONS = 2  # sentences of a letter that hold the words quoted
QUOTED = re.compile(r"[\"\u201c]([^\"\u201c\u201d]*\w+\W+\w+[^\"\u201c\u201d]*)[\"\u201d]")
FRAMING = ("introduction", "coverage")  # sections that say what a letter is about

Read = Callable[[Question, Letter], Sequence[Fact]]
FACTS: Mapping[Intent, Read] = {
    "inspectors": inspectors,
    "addressee": addressee,
    "copied": copied,
    "visited": visited,
    "published": published,
    "previous": previous,
    "upcoming": upcoming,
    "dates": lambda question, letter: (*visited(question, letter), *published(question, letter)),
}
"""What a letter's metadata answers."""
SHAPES: Mapping[Intent, Callable[[Brief], Draft | None]] = {
    "count": write_tally,
    "grade": write_grades,
    "list": write_lists,
    "coverage": write_coverage,
    "letters": write_letters,
    "recurring": write_recurring,
}
"""Answers of a shape of their own; where one finds nothing to write, the question is about a theme."""
READ_THROUGH: tuple[Intent, ...] = ("list", "letters")
"""Of these, those that are written from every letter in scope, as are those of `FACTS`."""


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
    return _quoted(brief) or write_course(brief) or _planned(brief) or write_theme(brief)


def _quoted(brief: Brief) -> Draft | None:
    """Words that the question quotes and asks about: who says so, and what the other letters say of the matter."""
    phrases = [(words, stems) for words in QUOTED.findall(brief.question.text) if (stems := tuple(analyse(words)))]
    wanted = [Term(words, (stems,)) for words, stems in phrases]
    within = {lt.letter_id for term in wanted for lt in brief.holding([term])}  # to read every letter takes seconds
    holding = [
        sentence
        for letter in [letter for letter in brief.letters if letter.letter_id in within][: brief.settings.letters_read]
        for sentence in brief.sentences(letter)
        if any(term.matched(sentence.stems) for term in wanted)
    ]
    if not holding:
        return None
    draft = Draft(free=True)
    draft.quote([s for sentence in holding[:QUOTATIONS] for s in with_context(brief, sentence)])
    said = {sentence.letter.letter_id for sentence in holding}
    others = [e for e in brief.evidence if e.sentence.letter.letter_id not in said and relevant(brief.question, e)]
    left = brief.settings.answer_words - draft.words
    if others and left > 0:
        draft.quote(select(brief, draft, others, 1, left))
    return draft


def _planned(brief: Brief) -> Draft | None:
    """An answer of the shape that the question asks for, if the letters in scope hold one."""
    intent = brief.question.intent
    if intent in (*FACTS, *READ_THROUGH) and brief.is_too_much(len(brief.dated)):
        return Draft(refusal=too_broad(brief, len(brief.dated)))
    if intent == "inspectors" and brief.question.answer_type == "number":
        counted = write_theme(brief)  # a printed number first; else the names, which can be counted
        return counted if not counted.refusal else _facts(brief, inspectors) or counted
    if intent in FACTS:
        told = _facts(brief, FACTS[intent])
        if intent == "upcoming" and not told:
            return Draft(refusal=silent(brief, "The letters searched do not say when the inspectors come next."))
        return told
    written = SHAPES[intent](brief) if intent in SHAPES else None
    return written or (write_tally(brief) if intent == "grade" else None)


def _facts(brief: Brief, read: Read) -> Draft | None:
    """What the metadata of the letters in scope says, each statement with the span that proves it."""
    letters = [letter for letter in brief.dated if brief.is_ordinal(letter)]
    found = _on_the_matter(brief, [(letter, facts) for letter in letters if (facts := read(brief.question, letter))])
    draft = Draft()
    for letter, facts in found[:LETTERS_SHOWN]:
        draft.add(letter, facts)
    draft.note_more(len(found) - LETTERS_SHOWN, "letter")
    if found and brief.question.intent in ("visited", "dates") and brief.scope.mentioned:
        _add_later_visit(brief, draft)
    return draft if found else None


def _add_later_visit(brief: Brief, draft: Draft) -> None:
    """An inspection that no letter held is about, but that one of them dates."""
    only = set(brief.scope.mentioning)
    for letter in reversed([letter for letter in brief.letters if letter.letter_id in only]):
        told = [seen for seen in letter.earlier if int(seen.date[:4]) in brief.scope.mentioned]
        if told:
            latest = max(told, key=lambda seen: seen.date)
            draft.add(letter, [Fact(Span(latest.start, latest.end))])
            draft.note("No letter held is about that inspection; this is what a later letter says of it.")
            return


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
    own = [letter for letter in brief.letters if letter.standing == "inspectorate"]
    asked_inspectors = scope.standing == "inspectorate" and own
    if asked_inspectors and voices == {"council"}:
        issuers = " or ".join(dict.fromkeys(issued_by(letter).name for letter in own))
        draft.note(f"Only the council's own document says this; no letter of {issuers}'s among those searched does.")
