"""Which sentences make an answer about a matter: the best, those that support it, and what they lean on."""

import re
from collections.abc import Sequence

from assistant.answers.brief import Brief
from assistant.answers.draft import Draft, heading_of
from assistant.answers.evidence import Evidence, Sentence, leaning
from assistant.answers.relevance import relevant, supports
from assistant.questions.question import Question

__all__ = ["SUPPORT", "select", "with_context"]

SUPPORT = 0.65  # a further sentence must score this share of the best one
LOOKED_AT = 60  # of the best sentences
OTHER_SIDE = 40  # of them, for one that leans the other way
SAME = 0.75  # share of a sentence's words from which it repeats another
TURNS = re.compile(
    r"^(?:However|But|Nevertheless|Nonetheless|Yet|Despite this|That said"
    r"|For (?:some|a (?:few|minority|small number))|A (?:few|minority|small number))\b"
)
"""Words that turn what was said before: no strength is quoted without the weakness behind it."""
LEANS = re.compile(
    r"^(?:This|These|They|Their|It|Its|Such|However|In such|In these|In response|As a result"
    r"|Consequently"
    r"|He|She|Equally|Therefore|For instance|For example|At \d+)\b"
)


def select(
    brief: Brief, draft: Draft, evidence: Sequence[Evidence], most: int, words: int, floor: float | None = None
) -> list[Sentence]:
    """The best sentence and those that support it, with what they lean on; what is left out is noted.

    Args:
        brief: What is asked.
        draft: Takes the note.
        evidence: Best first.
        most: How many sentences.
        words: How many words; the best sentence comes whatever its length.
        floor: A score of another letter's to measure the support by, where that is lower than the best one's here.
    """
    question = brief.question
    fitting = [e for e in evidence if e.suits and relevant(question, e)] or list(evidence)
    ranked = fitting if question.answer_type else _balanced(brief, evidence)
    least = SUPPORT * (ranked[0].score if floor is None else min(floor, ranked[0].score / SUPPORT))
    chosen: list[Sentence] = []
    left_out = 0
    for item in ranked[:LOOKED_AT]:
        if chosen and (item.score < least or not supports(question, item) or _repeats(item.sentence, chosen)):
            continue
        taken = with_context(brief, item.sentence)
        if chosen and (_length([*chosen, *taken]) > words or len(chosen) >= most):
            left_out += item.score >= least
            continue
        chosen += [s for s in taken if s not in chosen]
    draft.note_more(left_out, "passage")
    return chosen


def _length(sentences: Sequence[Sentence]) -> int:
    """Words of sentences and of the headings above them, which are the reader's time too."""
    said = {(s.letter.letter_id, s.start): s.text for s in sentences}
    headings = {(s.letter.letter_id, heading_of(s.letter, s.section, s.paragraph)) for s in sentences}
    return sum(len(text.split()) for text in (*said.values(), *(heading for _, heading in headings)))


def _balanced(brief: Brief, evidence: Sequence[Evidence]) -> list[Evidence]:
    """For a general question: behind the best sentence the best that leans the other way, if it is near enough."""
    first = evidence[0]
    lean = leaning(first.sentence)
    if not _general(brief.question) or not lean:
        return list(evidence)
    for other in evidence[1:OTHER_SIDE]:
        if leaning(other.sentence) == -lean and other.score >= SUPPORT * first.score:
            return [first, other, *(e for e in evidence[1:] if e is not other)]
    return list(evidence)


def with_context(brief: Brief, sentence: Sentence) -> list[Sentence]:
    """A sentence that leans on the one before it brings it along, a quotation its speaker, praise its "however"."""
    own = brief.sentences(sentence.letter)
    if sentence.speaker:
        return [*(s for s in own if (s.start, s.end) == sentence.speaker), sentence]
    beside = {s.position: s for s in own if s.paragraph == sentence.paragraph}
    before = beside.get(sentence.position - 1) if LEANS.match(sentence.text) else None
    behind = beside.get(sentence.position + 1)
    if behind and not (_general(brief.question) and TURNS.match(behind.text) and leaning(sentence) > 0):
        behind = None
    return [s for s in (before, sentence, behind) if s]


def _general(question: Question) -> bool:
    """Whether a question leaves open whether praise or fault answers it."""
    return question.answer_type in (None, "yes-no") and not question.stance


def _repeats(sentence: Sentence, chosen: Sequence[Sentence]) -> bool:
    """Whether most of a sentence's words were said already."""
    words = set(sentence.stems.split())
    return any(len(words & set(other.stems.split())) > SAME * len(words) for other in chosen)
