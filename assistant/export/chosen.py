"""Which part of which answers is exported: a whole conversation, some citations, the letters behind them."""

from collections.abc import Sequence
from dataclasses import replace

from assistant.answers.answer import Answer, CitedSentence, Group
from assistant.errors import FilterError
from assistant.letters.citations import Citation
from assistant.letters.letter import Letter

__all__ = ["cited_letters", "only", "quoted", "renumbered"]


def quoted(answer: Answer) -> tuple[Citation, ...]:
    """The citations that an answer shows: its own, or those nearest to a refusal."""
    return answer.refusal.nearest if answer.refusal else answer.citations


def cited_letters(answers: Sequence[Answer]) -> list[Letter]:
    """Each letter that the answers show a quote of, once, in the order of the citations."""
    return list({c.letter.letter_id: c.letter for answer in answers for c in quoted(answer)}.values())


def only(answer: Answer, numbers: Sequence[int]) -> Answer:
    """An answer with some of its citations, under their own numbers, and the sentences that rest on these.

    Args:
        answer: An answer or a refusal.
        numbers: Of the citations to keep.

    Raises:
        FilterError: If a number is not one of the answer's, or no sentence would be left.
    """
    known = {citation.number for citation in quoted(answer)}
    for number in numbers:
        if number not in known:
            have = f"its citations are {', '.join(map(str, sorted(known)))}" if known else "it has none"
            raise FilterError(f"the answer has no citation {number}: {have}")
    kept = tuple(citation for citation in quoted(answer) if citation.number in numbers)
    if answer.refusal:
        return replace(answer, refusal=replace(answer.refusal, nearest=kept))
    places: dict[int, int] = {}
    sentences: list[CitedSentence] = []
    for place, sentence in enumerate(answer.sentences):
        left = tuple(number for number in sentence.citations if number in numbers)
        if left:
            places[place] = len(sentences)
            sentences.append(CitedSentence(sentence.text, left))
    if not sentences:
        raise FilterError("no sentence of the answer rests on these citations alone: choose others")
    groups = [Group(g.heading, tuple(places[i] for i in g.sentences if i in places)) for g in answer.groups]
    table = answer.table and replace(
        answer.table, rows=tuple(row for row in answer.table.rows if row.citation in numbers)
    )
    return replace(
        answer,
        sentences=tuple(sentences),
        citations=kept,
        groups=tuple(group for group in groups if group.sentences),
        table=table,
    )


def renumbered(answers: Sequence[Answer]) -> tuple[Answer, ...]:
    """The answers of a conversation with their citations numbered through, so that no number stands for two."""
    made, before = [], 0
    for answer in answers:
        highest = max((citation.number for citation in quoted(answer)), default=0)
        made.append(_shifted(answer, before) if before else answer)
        before += highest
    return tuple(made)


def _shifted(answer: Answer, by: int) -> Answer:
    moved = tuple(replace(citation, number=citation.number + by) for citation in quoted(answer))
    if answer.refusal:
        return replace(answer, refusal=replace(answer.refusal, nearest=moved))
    sentences = tuple(CitedSentence(s.text, tuple(n + by for n in s.citations)) for s in answer.sentences)
    table = answer.table and replace(
        answer.table, rows=tuple(replace(row, citation=row.citation + by) for row in answer.table.rows)
    )
    return replace(answer, sentences=sentences, citations=moved, table=table)
