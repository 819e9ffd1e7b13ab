"""Passages indexed in other ways than the product's, for the ablation."""

import shutil
import tempfile
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from assistant.embedding.store import PASSAGES, RememberedEmbeddings
from assistant.index.catalogue import Index
from assistant.index.state import encoded_by, fingerprint
from assistant.index.update import Progress
from assistant.settings import Settings
from assistant.stores.embedded import EmbeddedStore
from assistant.stores.lexical import LexicalIndex
from assistant.stores.passages import Passage, cut_passages, headed

__all__ = ["ExactVectors", "Searchable", "Variants"]

FOLDER = "ablation"  # in the index's folder: the embeddings, which take minutes to make
BATCH = 500  # passages embedded between two reports of progress

Nearest = Callable[[Sequence[float], int, Collection[str] | None], list[tuple[str, float]]]


@dataclass(frozen=True, slots=True)
class Searchable:
    """Passages and the two ways of ranking them.

    Attributes:
        passages: Every passage by its identifier.
        nearest: Ranks by embedding, as `VectorIndex.nearest` does.
        lexical: Ranks by BM25.
    """

    passages: Mapping[str, Passage]
    nearest: Nearest
    lexical: LexicalIndex


class ExactVectors:
    """Passages by the nearness of their embeddings, each of them compared.

    Args:
        passages: What to rank.
        vectors: Their unit vectors, a row each.
    """

    def __init__(self, passages: Sequence[Passage], vectors: NDArray[np.float32]) -> None:
        order = sorted(range(len(passages)), key=lambda at: passages[at].passage_id)
        self._ids = [passages[at].passage_id for at in order]
        self._vectors = vectors[order]
        rows: dict[str, list[int]] = {}
        for row, at in enumerate(order):
            rows.setdefault(passages[at].letter_id, []).append(row)
        self._rows = {letter_id: np.array(found) for letter_id, found in rows.items()}

    def nearest(
        self, vector: Sequence[float], k: int, letter_ids: Collection[str] | None = None
    ) -> list[tuple[str, float]]:
        """Identifiers of the nearest passages with their cosine similarity, best first, ties by identifier.

        Args:
            vector: The question's unit vector.
            k: How many.
            letter_ids: Only passages of these letters; all if None.
        """
        rows = np.arange(len(self._ids))
        if letter_ids is not None:
            found = [self._rows[letter_id] for letter_id in letter_ids if letter_id in self._rows]
            rows = np.sort(np.concatenate(found)) if found else rows[:0]
        similarity = self._vectors[rows] @ np.asarray(vector, dtype=np.float32)
        best = np.argsort(-similarity, kind="stable")[:k]
        return [(self._ids[rows[at]], float(similarity[at])) for at in best]


class Variants:
    """The product's index, and its letters indexed in other ways.

    Args:
        index: The product's.
        settings: Under which it was made.
        progress: Told of the embedding.
    """

    def __init__(self, index: Index, settings: Settings, progress: Progress) -> None:
        self._index, self._settings, self._progress = index, settings, progress
        self._made: dict[tuple[bool, bool], Searchable] = {}
        self._lexical = tempfile.TemporaryDirectory()
        own, folder = settings.index_dir / PASSAGES, settings.index_dir / FOLDER
        folder.mkdir(exist_ok=True)
        if own.is_file() and not (folder / PASSAGES).is_file():
            shutil.copy(own, folder / PASSAGES)  # most passages with headers are the product's own
        self._remembered = RememberedEmbeddings(folder, encoded_by(fingerprint(settings)))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._remembered.close()
        self._lexical.cleanup()

    def get(self, *, headers: bool, joined: bool) -> Searchable:
        """Passages with or without headers in what is searched, leaning paragraphs joined or not.

        Joined passages with headers are the product's own, in its own stores. Others are embedded once and their
        embeddings kept in a folder in the index's; their BM25 index is made anew.
        """
        if headers and joined:
            index = self._index
            store = EmbeddedStore.of(index.store)
            return Searchable(index.passages, store.vectors.nearest, store.words)
        if (headers, joined) not in self._made:
            self._made[headers, joined] = self._indexed(headers, joined)
        return self._made[headers, joined]

    def _indexed(self, headers: bool, joined: bool) -> Searchable:
        embedder = self._index.embedder
        most = min(self._settings.passage_tokens, embedder.window)
        passages: list[Passage] = []
        texts: list[str] = []
        for letter in self._index.letters:
            for passage in cut_passages(letter, embedder.count, most, join_leaning=joined):
                passages.append(passage)
                texts.append(headed(letter, passage) if headers else passage.text)
        name = f"{'with' if headers else 'without'} headers, {'joined' if joined else 'not joined'}"
        lexical = LexicalIndex(Path(self._lexical.name) / name)
        lexical.add(list(zip(passages, texts, strict=True)))
        by_id = {passage.passage_id: passage for passage in passages}
        return Searchable(by_id, ExactVectors(passages, self._embedded(texts, name)).nearest, lexical)

    def _embedded(self, texts: Sequence[str], name: str) -> NDArray[np.float32]:
        parts = []
        for start in range(0, len(texts), BATCH):
            some = texts[start : start + BATCH]
            parts.append(np.array(self._remembered.embed(some, self._index.embedder.passages), dtype=np.float32))
            self._progress(f"embedding passages {name}", start + len(some), len(texts))
        return np.concatenate(parts)
