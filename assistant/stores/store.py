"""The seam: what a store of passages can do. Every implementation passes the same tests (`tests/test_stores.py`)."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from assistant.embedding.encoder import Vectors
from assistant.stores.filters import Facts, Filter
from assistant.stores.passages import Passage
from assistant.words.terms import Term

__all__ = ["LARGEST_TEXT", "Found", "Kept", "Row", "Store"]

LARGEST_TEXT = 60_000
"""Most bytes of a passage with its header; Milvus takes 65,535 in a field. A passage of 256 tokens has some 1,500."""

Found = list[tuple[str, float]]
"""Identifiers of passages with their score, best first, ties by identifier. Scores of two stores do not compare."""


@dataclass(frozen=True, slots=True)
class Row:
    """A passage as it is written.

    Attributes:
        passage: The passage.
        text: Its header and its words: what is searched.
        facts: What its letter can be filtered by.

    Raises:
        ValueError: If the text is longer than `LARGEST_TEXT`: no passage of a letter is.
    """

    passage: Passage
    text: str
    facts: Facts

    def __post_init__(self) -> None:
        size = len(self.text.encode())
        if size > LARGEST_TEXT:
            raise ValueError(f"passage {self.passage.passage_id} has {size:,} bytes; at most {LARGEST_TEXT:,} are kept")


@dataclass(frozen=True, slots=True)
class Kept:
    """A passage as a store gives it back.

    Attributes:
        passage_id: Its identifier.
        letter_id: The letter it is from.
        section: Heading of its section.
        start: Offset in the letter's text.
        end: End offset.
        text: The words, without the header.
    """

    passage_id: str
    letter_id: str
    section: str
    start: int
    end: int
    text: str


class Store(Protocol):
    """Passages by the nearness of their embeddings and by BM25.

    What is written is seen by others only when the index is brought into force (see `generation`); a store that is
    open for reading gives the passages of its generation and no others.

    Raises:
        IndexStateError: From every method, if the store cannot be reached or is damaged.
    """

    def upsert(self, rows: Sequence[Row], vectors: Sequence[Sequence[float]] | Vectors) -> None:
        """Write all passages of some letters with their unit vectors, replacing what was held of these letters."""

    def delete(self, letter_ids: Collection[str]) -> None:
        """Remove every passage of these letters; those that are not held are passed over."""

    def settle(self, again: Callable[[], Iterator[list[Row]]]) -> None:
        """Bring what was written to rest, and let go.

        Args:
            again: Gives all rows once more, some at a time, for a store that has to make something of them anew.
        """

    def dense(self, vector: Sequence[float] | Vectors, k: int, within: Filter | None = None) -> Found:
        """The k passages nearest to a unit vector, with their cosine similarity (-1 to 1)."""

    def lexical(self, terms: Sequence[Term], k: int, within: Filter | None = None) -> Found:
        """The k best passages by BM25 over stems; a passage needs one of the terms, and a term counts once."""

    def holding(self, term: Term) -> int:
        """How many passages hold a term or one of its synonyms."""

    def letters_holding(self, term: Term, within: Filter | None = None) -> frozenset[str]:
        """The letters of which some passage holds a term or one of its synonyms."""

    def get(self, passage_ids: Sequence[str]) -> list[Kept]:
        """Passages by their identifiers, in this order; unknown ones are left out."""

    def count(self) -> int:
        """How many passages there are."""

    def warm(self) -> None:
        """Read what the first question would have to wait for."""

    def close(self) -> None:
        """Let go of files and connections."""
