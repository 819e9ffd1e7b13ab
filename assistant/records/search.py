"""Ranked passages as the contract's JSON."""

from collections.abc import Mapping

from assistant.contract.shapes import SearchShape
from assistant.engine import Search
from assistant.letters.citations import Citation
from assistant.letters.letter import Letter
from assistant.stores.passages import Passage

__all__ = ["search_json"]


def search_json(search: Search, letters: Mapping[str, Letter]) -> SearchShape:
    """Ranked passages in the shape of the contract, with both scores and why each letter is in scope."""
    why = dict(zip(search.scope.letters, search.scope.why, strict=False))
    return {
        "question": search.question,
        "scope": search.scope.as_json(),
        "hits": [
            {
                "rank": hit.rank,
                "letter_id": hit.passage.letter_id,
                "file": hit.passage.file,
                "section": hit.passage.section,
                "locator": _locator(letters[hit.passage.letter_id], hit.passage),
                "text": hit.passage.text,
                "score": round(hit.score, 6),
                "dense_rank": hit.dense_rank,
                "lexical_rank": hit.lexical_rank,
                "dense_score": None if hit.dense_score is None else round(hit.dense_score, 6),
                "lexical_score": None if hit.lexical_score is None else round(hit.lexical_score, 6),
                "why": why.get(hit.passage.letter_id),
            }
            for hit in search.hits
        ],
    }


def _locator(letter: Letter, passage: Passage) -> str:
    found = letter.paragraph_at(passage.start)
    return Citation(1, letter, *found, passage.text, passage.start, passage.end).locator if found else passage.section
