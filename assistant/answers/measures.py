"""What evidence is measured with: how much terms weigh, and how near a sentence is to a question."""

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant.answers.concerns import Concern
from assistant.answers.evidence import Sentence, sentences_of
from assistant.letters.letter import Letter
from assistant.words.spelling import uncommon
from assistant.words.terms import Term

__all__ = ["Measures", "Weights"]

KNOWN = 2.0  # weight of a term of the synonym table, beside other words: it is what a question is about
REMEMBERED = 20_000  # terms


@dataclass(frozen=True, slots=True)
class Measures:
    """What evidence is measured with.

    Attributes:
        letters: Every letter by identifier.
        rarity: Weight of a term (inverse document frequency); 0 for one that no letter holds.
        strangeness: How uncommon a term is in general English, 0 to 1.
        similarity: Cosines of sentences with the question.
        sentences: The sentences of a letter.
        concerns: What became of each area for improvement of an authority.
        holding: Identifiers of the letters, of all or of those given, that hold a term; None where that is not known.
    """

    letters: Mapping[str, Letter]
    rarity: Callable[[Term], float]
    strangeness: Callable[[Term], float]
    similarity: Callable[[Sequence[Sentence]], Sequence[float]]
    sentences: Callable[[Letter], Sequence[Sentence]] = sentences_of
    concerns: Callable[[str], Sequence[Concern]] = lambda _authority: ()
    holding: Callable[[Term, Collection[str] | None], Collection[str] | None] = lambda _term, _within: None


class Weights:
    """How much terms weigh among indexed passages.

    Args:
        passages: How many there are.
        holding: How many of them hold a term or one of its synonyms.
    """

    def __init__(self, passages: int, holding: Callable[[Term], int]) -> None:
        self._passages, self._holding = passages, holding
        self.frequency = lru_cache(maxsize=REMEMBERED)(self._frequency)

    def rarity(self, term: Term) -> float:
        """Weight of a term: inverse document frequency ln(1 + (N - n + 0.5) / (n + 0.5)) times how uncommon it is.

        The first factor is BM25's (Robertson and Zaragoza, 2009); n counts the passages that hold the term or one of
        its synonyms. 0 if no passage does. A term of the synonym table counts `KNOWN` times as much.
        """
        known = KNOWN if len(term.alternatives) > 1 else 1.0
        return known * self.frequency(term) * self.strangeness(term)

    def strangeness(self, term: Term) -> float:
        """How uncommon a term is in general English, 0.15 to 1, less for one from an earlier question."""
        return term.weight * (1.0 if term.field else max(uncommon(word) for word in term.typed.split()))

    def _frequency(self, term: Term) -> float:
        holding = self._holding(term)
        return math.log(1 + (self._passages - holding + 0.5) / (holding + 0.5)) if holding else 0.0
