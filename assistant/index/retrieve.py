"""Retrieval: dense and BM25 ranks over the letters in scope, fused by rank."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from assistant.embedding.encoder import Vectors
from assistant.errors import DamagedIndexError
from assistant.index.catalogue import Index
from assistant.settings import Settings
from assistant.stores.filters import by_letter
from assistant.stores.passages import Hit
from assistant.words.terms import Term

__all__ = ["Retriever", "fuse", "in_turn"]

CANDIDATES = 100  # of each ranking
RRF_K = 60  # Cormack, Clarke and Büttcher, SIGIR 2009: the constant of reciprocal rank fusion


def fuse(rankings: Sequence[tuple[float, Sequence[str]]]) -> list[tuple[str, float]]:
    """Weighted reciprocal rank fusion: score(d) = sum of weight / (60 + rank of d), ranks from 1.

    Args:
        rankings: Weight and identifiers, best first, of each ranking.

    Returns:
        Identifiers with their score, best first, ties by identifier.
    """
    scores: dict[str, float] = {}
    for weight, ranking in rankings:
        for rank, passage_id in enumerate(ranking, 1):
            scores[passage_id] = scores.get(passage_id, 0.0) + weight / (RRF_K + rank)
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))


def in_turn(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """Hits in an order that takes from each letter in turn: the best of each, then the second of each, and so on.

    Args:
        hits: Of the letters that are compared, best first; the letter of the best hit begins.
    """
    by_letter: dict[str, list[Hit]] = {}
    for hit in hits:
        by_letter.setdefault(hit.passage.letter_id, []).append(hit)
    longest = max(map(len, by_letter.values()), default=0)
    return tuple(own[at] for at in range(longest) for own in by_letter.values() if at < len(own))


class Retriever:
    """Ranks passages for a question.

    Args:
        index: What to search.
        settings: The weights of the two rankings.
    """

    def __init__(self, index: Index, settings: Settings) -> None:
        self._index = index
        self._weights = (settings.dense_weight, settings.lexical_weight)

    def search(
        self,
        question: str,
        terms: Sequence[Term],
        k: int,
        letter_ids: Collection[str] | None = None,
        vector: Sequence[float] | Vectors | None = None,
    ) -> tuple[Hit, ...]:
        """The best passages.

        Args:
            question: The words for the embedding.
            terms: The terms for BM25.
            k: How many.
            letter_ids: Only passages of these letters; all if None.
            vector: The question's embedding, where it is known already.
        """
        dense_weight, lexical_weight = self._weights
        within = None if letter_ids is None else by_letter(letter_ids)
        dense: list[tuple[str, float]] = []
        if dense_weight:
            vector = vector if vector is not None else self._index.embedder.questions([question])[0]
            dense = self._index.store.dense(vector, max(k, CANDIDATES), within)
        lexical = self._index.store.lexical(terms, max(k, CANDIDATES), within) if lexical_weight else []
        dense_at = {passage_id: (rank, score) for rank, (passage_id, score) in enumerate(dense, 1)}
        lexical_at = {passage_id: (rank, score) for rank, (passage_id, score) in enumerate(lexical, 1)}
        fused = fuse([(dense_weight, [p for p, _ in dense]), (lexical_weight, [p for p, _ in lexical])])
        hits = []
        for rank, (passage_id, score) in enumerate(fused[:k], 1):
            if passage_id not in self._index.passages:
                raise DamagedIndexError(f"passage {passage_id}")
            hit = Hit(self._index.passages[passage_id], rank, score)
            if passage_id in dense_at:
                hit = replace(hit, dense_rank=dense_at[passage_id][0], dense_score=dense_at[passage_id][1])
            if passage_id in lexical_at:
                hit = replace(hit, lexical_rank=lexical_at[passage_id][0], lexical_score=lexical_at[passage_id][1])
            hits.append(hit)
        return tuple(hits)
