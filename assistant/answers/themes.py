"""What the letters say about a matter: of one letter, of several, or set side by side."""

import re
from collections.abc import Sequence

from assistant.answers.brief import Brief
from assistant.answers.draft import Draft
from assistant.answers.evidence import Evidence, Sentence, by_letter
from assistant.answers.refusals import NOTHING, nearest, silence, silent
from assistant.answers.relevance import supports
from assistant.answers.selection import SUPPORT, select
from assistant.letters.spoken import describe

__all__ = ["write_theme"]

FACT_SENTENCES, THEME_SENTENCES, COMPARED_SENTENCES = 4, 6, 3
OF_SEVERAL = {1: THEME_SENTENCES, 2: 3, 3: 2}  # sentences of each, by how many letters speak; of more letters one
LETTERS_SHOWN = 6
SHORTEST = 45  # words for each of several letters at least
COMPARED = 0.5  # share of the best score that a letter's best sentence needs in a comparison
CHANGED = re.compile(
    r"\bsince (?:the|its|their|that|our) (?:\w+ ){0,3}(?:inspection|visit|time)|\bno longer\b|\bcontinue[sd]? to\b"
    r"|\bremains?\b|\b(?:has|have) (?:\w+ )?(?:improved|strengthened|declined|deteriorated|increased|reduced"
    r"|decreased|sustained|progressed)\b",
    re.IGNORECASE,
)
"""What a letter says has changed or stayed as it was."""
RANKED = 20  # sentences that order the passages which come with an answer


def write_theme(brief: Brief) -> Draft:
    """The sentences that answer, or why none does."""
    evidence = brief.evidence
    refusal = silence(brief, evidence)
    if refusal:
        return Draft(refusal=refusal, ranked=_ranked(evidence))
    draft = Draft(free=True, ranked=_ranked(evidence))
    kind = brief.question.answer_type
    if brief.question.compare:
        _compare(brief, draft, evidence)
    elif kind in (None, "yes-no", "why") and len(brief.letters) > 1:
        _several(brief, draft, evidence)
    else:
        most = THEME_SENTENCES if kind in (None, "why", "yes-no") else FACT_SENTENCES
        draft.quote(select(brief, draft, evidence, most, brief.settings.answer_words))
    if not draft.sentences:
        return Draft(refusal=silent(brief, NOTHING, nearest(evidence)), ranked=_ranked(evidence))
    if brief.scope.mentioned:
        draft.note(f"No letter held is about {brief.unheld}; this is what the letters held say of it.")
    return draft


def _ranked(evidence: Sequence[Evidence]) -> list[Sentence]:
    return [item.sentence for item in evidence[:RANKED]]


def _compare(brief: Brief, draft: Draft, evidence: Sequence[Evidence]) -> None:
    """The same number of sentences from each letter, oldest first; of a later one what it says has changed."""
    grouped = by_letter(evidence)
    best = evidence[0].score
    shown = brief.letters[-LETTERS_SHOWN:]
    draft.note_more(len(brief.letters) - len(shown), "earlier letter")
    each = brief.settings.list_words // max(1, len(shown))
    silent_ones = []
    for letter in shown:
        own = [e for e in grouped.get(letter.letter_id, []) if supports(brief.question, e)]
        if own and own[0].score >= best * COMPARED:
            changed = _change_second(own) if letter is not shown[0] else own
            draft.quote(select(brief, draft, changed, COMPARED_SENTENCES, each))
        else:
            silent_ones.append(letter)
    for letter in silent_ones:
        draft.note(f"Nothing on this was found in: {describe(letter)}.")


def _change_second(evidence: Sequence[Evidence]) -> list[Evidence]:
    """Behind the best sentence the best that says what has changed, if it is near enough."""
    first = evidence[0]
    for item in evidence:
        if CHANGED.search(item.sentence.text) and item.score >= SUPPORT * first.score:
            return [first, *([item] if item is not first else []), *(e for e in evidence[1:] if e is not item)]
    return list(evidence)


def _several(brief: Brief, draft: Draft, evidence: Sequence[Evidence]) -> None:
    """The best sentences of each letter that has something to say, oldest letter first."""
    grouped = by_letter(evidence)
    best = evidence[0].score
    speaking = [own for own in grouped.values() if own[0].score >= best * SUPPORT and supports(brief.question, own[0])]
    most_letters = brief.settings.list_words // SHORTEST
    draft.note_more(len(speaking) - most_letters, "letter")
    speaking = (speaking or [list(evidence)])[:most_letters]
    each = max(SHORTEST, brief.settings.answer_words // len(speaking))
    most = OF_SEVERAL.get(len(speaking), 1)
    chosen = [select(brief, draft, own, most, each, floor=best) for own in speaking]
    for sentences in sorted(chosen, key=lambda s: s[0].letter.date):
        draft.quote(sentences)
