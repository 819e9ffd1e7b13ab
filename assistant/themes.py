"""What the letters say about a matter: of one letter, of several, or set side by side."""

from collections.abc import Sequence

from assistant.brief import Brief
from assistant.citations import describe
from assistant.draft import Draft
from assistant.evidence import Evidence, Sentence, by_letter
from assistant.refusals import nearest, silence, silent
from assistant.relevance import supports
from assistant.selection import SUPPORT, select

__all__ = ["write_theme"]

FACT_SENTENCES, THEME_SENTENCES, COMPARED_SENTENCES = 4, 6, 3
OF_SEVERAL = {1: THEME_SENTENCES, 2: 3, 3: 2}  # sentences of each, by how many letters speak; of more letters one
LETTERS_SHOWN = 8
SHORTEST = 45  # words for each of several letters at least
COMPARED = 0.5  # share of the best score that a letter's best sentence needs in a comparison
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
        draft.quote(select(brief, draft, evidence, most, brief.settings.answer_words - _heading(evidence)))
    if not draft.sentences:
        about = "The letters in scope say nothing that answers this."
        return Draft(refusal=silent(brief, about, nearest(evidence)), ranked=_ranked(evidence))
    if brief.scope.mentioned:
        draft.note(f"No letter held is about {brief.unheld}; this is what the letters held say of it.")
    return draft


def _ranked(evidence: Sequence[Evidence]) -> list[Sentence]:
    return [item.sentence for item in evidence[:RANKED]]


def _heading(evidence: Sequence[Evidence]) -> int:
    """Words of the heading above the sentences, which are the reader's time too."""
    return len(describe(evidence[0].sentence.letter).split())


def _compare(brief: Brief, draft: Draft, evidence: Sequence[Evidence]) -> None:
    """The same number of sentences from each letter, oldest first."""
    grouped = by_letter(evidence)
    best = evidence[0].score
    shown = brief.letters[:LETTERS_SHOWN]
    each = brief.settings.list_words // max(1, len(shown))
    silent_ones = []
    for letter in shown:
        own = [e for e in grouped.get(letter.letter_id, []) if supports(brief.question, e)]
        if own and own[0].score >= best * COMPARED:
            draft.quote(select(brief, draft, own, COMPARED_SENTENCES, each - _heading(own)))
        else:
            silent_ones.append(letter)
    for letter in silent_ones:
        draft.note(f"Nothing on this was found in: {describe(letter)}.")


def _several(brief: Brief, draft: Draft, evidence: Sequence[Evidence]) -> None:
    """The best sentences of each letter that has something to say, oldest letter first."""
    grouped = by_letter(evidence)
    best = evidence[0].score
    speaking = [own for own in grouped.values() if own[0].score >= best * SUPPORT and supports(brief.question, own[0])]
    speaking = (speaking or [list(evidence)])[:LETTERS_SHOWN]
    each = max(SHORTEST, brief.settings.answer_words // len(speaking))
    most = OF_SEVERAL.get(len(speaking), 1)
    chosen = [select(brief, draft, own, most, each - _heading(own), floor=best) for own in speaking]
    for sentences in sorted(chosen, key=lambda s: s[0].letter.date):
        draft.quote(sentences)
