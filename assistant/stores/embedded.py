"""The store of one machine: Chroma for the embeddings, tantivy for BM25, both in a folder."""

import shutil
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Self

from typing_extensions import override

from assistant.embedding.encoder import Vectors
from assistant.errors import DamagedIndexError, IndexStateError
from assistant.stores.filters import Among, Facts, Filter, matches
from assistant.stores.lexical import LexicalIndex
from assistant.stores.store import Found, Kept, Row, Store
from assistant.stores.vectors import VectorIndex
from assistant.words.terms import Term

__all__ = ["EmbeddedStore"]


class EmbeddedStore(Store):
    """Passages in Chroma and tantivy (see `store.Store` for what the methods do).

    Args:
        folder: Where both keep their files; made if missing.
        letters: What each letter can be filtered by, where passages are to be searched for.
        sizes: Number of passages of each letter, likewise.

    Raises:
        DamagedIndexError: If the files cannot be read, or the two do not hold the same number of passages.
    """

    def __init__(
        self,
        folder: Path,
        letters: Mapping[str, Facts] = MappingProxyType({}),
        sizes: Mapping[str, int] = MappingProxyType({}),
    ) -> None:
        self._folder, self._letters = folder, letters
        self._deleted = False
        self.vectors = VectorIndex(folder / "chroma", sizes)
        try:
            self.words = LexicalIndex(folder / "lexical")
            if sizes and not self.vectors.count() == self.words.count() == sum(sizes.values()):
                raise DamagedIndexError(str(folder))
        except BaseException:
            self.vectors.close()
            raise

    @classmethod
    def of(cls, store: Store) -> Self:
        """A store as an embedded one, for what measures Chroma and tantivy themselves.

        Raises:
            IndexStateError: If it is another one.
        """
        if isinstance(store, cls):
            return store
        raise IndexStateError("this is measured on the embedded store: unset ASSISTANT_STORE")

    @override
    def upsert(self, rows: Sequence[Row], vectors: Sequence[Sequence[float]] | Vectors) -> None:
        if not rows:
            return
        self.delete(self.vectors.held({row.passage.letter_id for row in rows}))
        self.vectors.upsert([row.passage for row in rows], vectors)
        if not self._deleted:  # else it is made anew
            self.words.add([(row.passage, row.text) for row in rows])

    @override
    def delete(self, letter_ids: Collection[str]) -> None:
        if letter_ids:
            self._deleted = True
            self.vectors.delete(letter_ids)

    @override
    def settle(self, again: Callable[[], Iterator[list[Row]]]) -> None:
        """Bring Chroma to rest, and make the BM25 index anew after letters were removed.

        Until its segments are merged, tantivy counts deleted passages in every frequency: the same letters would be
        ranked otherwise according to what was there before.
        """
        if self._deleted:
            del self.words  # no system deletes files that are open
            shutil.rmtree(self._folder / "lexical")
            self.words = LexicalIndex(self._folder / "lexical")
            for rows in again():
                self.words.add([(row.passage, row.text) for row in rows])
        self.vectors.settle()

    @override
    def dense(self, vector: Sequence[float] | Vectors, k: int, within: Filter | None = None) -> Found:
        return self.vectors.nearest(vector, k, self._meeting(within))

    @override
    def lexical(self, terms: Sequence[Term], k: int, within: Filter | None = None) -> Found:
        return self.words.best(terms, k, self._meeting(within))

    @override
    def holding(self, term: Term) -> int:
        return self.words.holding(term)

    @override
    def letters_holding(self, term: Term, within: Filter | None = None) -> frozenset[str]:
        meeting = self._meeting(within)
        holding = self.words.letters_holding(term)
        return holding if meeting is None else holding.intersection(meeting)

    @override
    def get(self, passage_ids: Sequence[str]) -> list[Kept]:
        return [Kept(*row) for row in self.vectors.get(passage_ids)]

    @override
    def count(self) -> int:
        return self.vectors.count()

    @override
    def warm(self) -> None:
        self.vectors.warm()

    @override
    def close(self) -> None:
        self.vectors.close()

    def _meeting(self, within: Filter | None) -> Collection[str] | None:
        """The letters that meet a condition; all if None."""
        match within:
            case None:
                return None
            case Among("letter_id", values):
                return values
        return {letter_id for letter_id, facts in self._letters.items() if matches(facts, within)}
