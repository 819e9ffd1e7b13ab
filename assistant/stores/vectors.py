"""The embedding store: a Chroma collection, which llama-index can read as its own."""

import errno
import json
import math
import os
import sqlite3
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from assistant.embedding.encoder import Vectors
from assistant.errors import AssistantError, DamagedIndexError
from assistant.stores.passages import Passage, letter_of

__all__ = ["VectorIndex"]

NAME = "passages"
DATABASE = "chroma.sqlite3"  # as Chroma calls it
SEARCHED = "embedding_fulltext_search"  # its own index of words, which nobody asks here
BATCH = 5000  # Chroma refuses more than 5,461 rows at a time
ONE_BY_ONE = 5000  # passages up to which all are compared: faster than any search
SPARE = 1.5  # of the passages that a filter leaves out, how many more are asked for than its share says
MOST_ASKED = 2000  # passages asked of Chroma at a time; beyond that comparing one by one is faster
AT_ONCE = 2  # passages in Chroma's log from which on it works them in: its least
LETTERS_AT_ONCE = 100
KEPT = 200_000  # vectors kept in memory, of 1.5 kB each
EF_SEARCH = 400  # recall@10 of hard queries 0.605 at Chroma's 100, 0.999 at 400, for 0.4 ms


class VectorIndex:
    """Passages by the nearness of their embeddings.

    Args:
        folder: Where Chroma keeps its files; made if missing.
        sizes: Number of passages of each letter, where passages are to be searched for.

    Raises:
        DamagedIndexError: If Chroma cannot read its files; from every method.
    """

    def __init__(self, folder: Path, sizes: Mapping[str, int] = MappingProxyType({})) -> None:
        self._folder = folder
        self._sizes = sizes
        self._open()
        self._kept: dict[str, tuple[list[str], Vectors]] = {}
        self._deleted = False
        self._reading = threading.Lock()

    def _open(self) -> None:
        os.environ.setdefault("ANONYMIZED_TELEMETRY", "False")
        import chromadb
        from chromadb.config import Settings as ChromaSettings

        self._folder.mkdir(parents=True, exist_ok=True)
        private = ChromaSettings(anonymized_telemetry=False)
        with self._damage():
            self._client: Any = chromadb.PersistentClient(str(self._folder), settings=private)
            self._collection: Any = self._client.get_or_create_collection(
                NAME,
                embedding_function=None,  # the default one would fetch a model
                configuration={"hnsw": {"space": "cosine", "ef_search": EF_SEARCH}},
            )

    @contextmanager
    def _damage(self) -> Iterator[None]:
        """Chroma lets SQLite's errors, its own engine's and the system's through: none of them is a user's fault."""
        try:
            yield
        except (AssistantError, ValueError):
            raise
        except Exception as error:
            if _full(error):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self._folder)) from None
            raise DamagedIndexError(f"{self._folder}: {type(error).__name__}") from None

    def settle(self) -> None:
        """Bring what was written to rest, and let go: who opens it later finds all in place and changes nothing.

        Chroma keeps the last thousand passages in a log and works them in, in memory and on disk, whenever it opens;
        two processes that open it together would write over each other.
        """
        with self._damage():
            self._collection.modify(configuration={"hnsw": {"sync_threshold": AT_ONCE}})  # counts from the next opening
            self.close()
            self._open()
            self._collection.count()
        self.close()
        if self._deleted:
            self._overwrite()

    def _overwrite(self) -> None:
        """Write the database anew: in the old one the words of what was deleted stand until their room is needed.

        They can also be put together again from its index of words, letters and places, until that is merged.
        """
        try:
            with closing(sqlite3.connect(self._folder / DATABASE, isolation_level=None)) as opened:
                with suppress(sqlite3.OperationalError):  # a Python without FTS5
                    opened.execute(f"INSERT INTO {SEARCHED} ({SEARCHED}) VALUES ('optimize')")
                with suppress(sqlite3.OperationalError):  # no room for a second one: it is done with the next removal
                    opened.execute("VACUUM")
        except sqlite3.Error as error:
            raise OSError(str(error)) from None

    def upsert(self, passages: Sequence[Passage], vectors: Sequence[Sequence[float]] | Vectors) -> None:
        """Write passages with their vectors, replacing those with the same identifiers."""
        for at in range(0, len(passages), BATCH):
            some = passages[at : at + BATCH]
            with self._damage():
                self._collection.upsert(
                    ids=[passage.passage_id for passage in some],
                    embeddings=np.asarray(vectors[at : at + BATCH], np.float32),
                    metadatas=[_metadata(passage) for passage in some],
                    documents=[passage.text for passage in some],
                )
        self._kept.clear()

    def held(self, letter_ids: Collection[str]) -> set[str]:
        """Those of some letters of which a passage is in."""
        with self._damage():
            rows = self._collection.get(where={"letter_id": {"$in": sorted(letter_ids)}}, include=[])
        return {letter_of(passage_id) for passage_id in rows["ids"]}

    def get(self, passage_ids: Sequence[str]) -> list[tuple[str, str, str, int, int, str]]:
        """Identifier, letter, heading, offsets and words of passages, in the order asked for; unknown ones left out."""
        if not passage_ids:
            return []
        with self._damage():
            rows = self._collection.get(ids=sorted(set(passage_ids)), include=["documents", "metadatas"])
        found = {}
        for passage_id, text, about in zip(rows["ids"], rows["documents"], rows["metadatas"], strict=True):
            node = json.loads(about["_node_content"])
            places = node["start_char_idx"], node["end_char_idx"]
            found[passage_id] = (passage_id, about["letter_id"], about["section"], *places, text)
        return [found[passage_id] for passage_id in passage_ids if passage_id in found]

    def delete(self, letter_ids: Collection[str]) -> None:
        """Remove every passage of these letters."""
        self._kept.clear()
        self._deleted = True
        with self._damage():
            self._collection.delete(where={"letter_id": {"$in": sorted(letter_ids)}})

    def nearest(
        self, vector: Sequence[float] | Vectors, k: int, letter_ids: Collection[str] | None = None
    ) -> list[tuple[str, float]]:
        """Identifiers of the nearest passages with their cosine similarity (-1 to 1), best first.

        Chroma's own filter costs the more the more passages it lets through (docs/explanation/performance.md). So a few
        letters are compared one by one, exactly; of many letters more is asked for than is wanted, and the others are
        left out.

        Args:
            vector: The question's unit vector.
            k: How many.
            letter_ids: Only passages of these letters; all if None.
        """
        if k < 1 or (letter_ids is not None and not letter_ids):
            return []
        if letter_ids is None:
            found = self._approximate(vector, k)
        else:
            wanted = set(letter_ids)
            found = self._among_all(vector, k, wanted) or self._exact(vector, k, wanted)
        return sorted(found, key=lambda hit: (-hit[1], hit[0]))[:k]

    def warm(self) -> None:
        """Read the vectors of every letter, as far as they are kept in memory: no question has to wait for them."""
        self._fetch(list(self._sizes))

    def _approximate(self, vector: Sequence[float] | Vectors, k: int) -> list[tuple[str, float]]:
        """By Chroma's graph (HNSW), over everything."""
        with self._damage():
            result = self._collection.query(
                query_embeddings=[np.asarray(vector, np.float32)], n_results=k, include=["distances"]
            )
        pairs = zip(result["ids"][0], result["distances"][0], strict=True)
        return [(passage_id, 1 - float(distance)) for passage_id, distance in pairs]

    def _among_all(self, vector: Sequence[float] | Vectors, k: int, wanted: Collection[str]) -> list[tuple[str, float]]:
        """The nearest of many letters, out of more than are wanted; nothing where that would have to be too many."""
        total = sum(self._sizes.values())
        rows = sum(self._sizes.get(letter_id, 0) for letter_id in wanted)
        if rows <= ONE_BY_ONE or rows < k:
            return []
        ask = k + math.ceil(SPARE * k * (total - rows) / rows)
        while ask <= MOST_ASKED:
            hits = self._approximate(vector, min(ask, total))
            found = [hit for hit in hits if letter_of(hit[0]) in wanted]
            if len(found) >= k:
                return found
            ask *= 2
        return []

    def _exact(self, vector: Sequence[float] | Vectors, k: int, wanted: Collection[str]) -> list[tuple[str, float]]:
        """The nearest of some letters, each of their passages compared."""
        question = np.asarray(vector, np.float32)
        letters = [letter for letter in self._fetch(sorted(wanted)) if letter[0]]
        if not letters:
            return []
        scores = np.concatenate([vectors @ question for _, vectors in letters])
        passage_ids = [passage_id for ids, _ in letters for passage_id in ids]
        return [(passage_ids[at], float(scores[at])) for at in np.argsort(-scores, kind="stable")[:k]]

    def _fetch(self, letter_ids: Sequence[str]) -> list[tuple[list[str], Vectors]]:
        """Identifiers and vectors of the passages of letters, from memory or from Chroma."""
        with self._reading:
            missing = [letter_id for letter_id in letter_ids if letter_id not in self._kept]
            for some in (missing[at : at + LETTERS_AT_ONCE] for at in range(0, len(missing), LETTERS_AT_ONCE)):
                with self._damage():
                    rows = self._collection.get(where={"letter_id": {"$in": some}}, include=["embeddings"])
                vectors = np.asarray(rows["embeddings"], np.float32)
                places: dict[str, list[int]] = {letter_id: [] for letter_id in some}
                for at, passage_id in enumerate(rows["ids"]):
                    places.setdefault(letter_of(passage_id), []).append(at)
                for letter_id, own in places.items():
                    if self._sizes and len(own) != self._sizes.get(letter_id, 0):
                        raise DamagedIndexError(f"{self._folder}: passages of {letter_id}")
                    self._kept[letter_id] = [rows["ids"][at] for at in own], vectors[own]
            found = [self._kept[letter_id] for letter_id in letter_ids]
            while sum(len(ids) for ids, _ in self._kept.values()) > KEPT:
                del self._kept[next(iter(self._kept))]
        return found

    @property
    def store(self) -> Any:
        """The same collection as llama-index's vector store, for programs built on it."""
        from llama_index.vector_stores.chroma import ChromaVectorStore

        return ChromaVectorStore(chroma_collection=self._collection)

    def count(self) -> int:
        """How many passages are in."""
        with self._damage():
            return int(self._collection.count())

    def close(self) -> None:
        """Let go of Chroma's files."""
        close = getattr(self._client, "close", None)
        if close:
            close()


def _full(error: Exception) -> bool:
    """Whether an error of Chroma's says that the disk is full: it has no type of its own."""
    return "disk is full" in str(error) or os.strerror(errno.ENOSPC) in str(error)


def _metadata(passage: Passage) -> dict[str, str]:
    """What Chroma keeps beside the words: what filters need, and what llama-index makes a node of.

    llama-index's own `add` leaves a changed text as it was, and keeps three times as much of every node.
    """
    about = {"letter_id": passage.letter_id, "section": passage.section}
    node = {
        "id_": passage.passage_id,
        "metadata": about,
        "start_char_idx": passage.start,
        "end_char_idx": passage.end,
        "relationships": {"1": {"node_id": passage.letter_id, "class_name": "RelatedNodeInfo"}},  # its source
    }
    return {**about, "_node_type": "TextNode", "_node_content": json.dumps(node)}
