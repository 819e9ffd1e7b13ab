"""All that an index holds, for comparing it with a fresh one: two equal ones answer alike."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Self

import numpy as np

from assistant.embedding.encoder import Vectors
from assistant.index.catalogue import Index
from assistant.index.state import load_state
from assistant.settings import Settings
from assistant.stores.embedded import EmbeddedStore
from assistant.words.terms import expand

__all__ = ["Contents", "contents", "left_over"]

LASTING = {"state.json", "lock", "models", "embeddings.sqlite", "sentences.sqlite"}
NEAR = 1e-5  # of a vector's number: Chroma scales vectors to their length, and the last bit comes out as it likes
DECIMALS = 4  # of a score
WORDS = 400  # asked of the BM25 index, spread over the alphabet


@dataclass(frozen=True, slots=True)
class Contents:
    """What an index holds.

    Attributes:
        parts: A digest of each part: "files", "letters", "passages", "stored" (with each vector), "words".
        vectors: In the order of their passages' identifiers: shape (passages, dimensions).
    """

    parts: Mapping[str, str]
    vectors: Vectors

    def differs(self, other: Self) -> list[str]:
        """The parts in which two indexes differ."""
        found = [part for part, digest in self.parts.items() if other.parts[part] != digest]
        same = self.vectors.shape == other.vectors.shape and np.allclose(self.vectors, other.vectors, rtol=0, atol=NEAR)
        return found if same else [*found, "vectors"]


def contents(settings: Settings) -> Contents:
    """All that an index holds.

    Raises:
        IndexStateError: If there is no index, or it cannot be read.
    """
    model: Any = object()  # nothing is encoded here
    with Index(settings, model) as index:
        state = load_state(settings.index_dir)
        files = {path: (e.sha256, e.letter_id, e.kept, e.said) for path, e in state.files.items()} if state else {}
        store = EmbeddedStore.of(index.store)
        rows = store.vectors.store._collection.get(include=["documents", "metadatas", "embeddings"])
        order = sorted(range(len(rows["ids"])), key=lambda at: rows["ids"][at])
        stored = [(rows["ids"][at], rows["documents"][at], rows["metadatas"][at]["letter_id"]) for at in order]
        words = sorted({word for passage in index.passages.values() for word in passage.text.lower().split()})
        asked = words[:: max(1, len(words) // WORDS)]
        found = {word: store.words.best(expand(word), len(index.passages)) for word in asked}
        parts = {
            "files": _digest(sorted(files.items())),
            "letters": _digest([asdict(letter) for letter in index.letters]),
            "passages": _digest(sorted((name, asdict(p)) for name, p in index.passages.items())),
            "stored": _digest(stored),
            "words": _digest({word: [(name, round(score, DECIMALS)) for name, score in found[word]] for word in found}),
        }
        return Contents(parts, np.asarray(rows["embeddings"], np.float32)[order])


def left_over(settings: Settings) -> list[str]:
    """What lies in the index's folder and belongs to nothing in force."""
    state = load_state(settings.index_dir)
    kept = LASTING | ({state.generation} if state else set())
    return sorted(path.name for path in Path(settings.index_dir).iterdir() if path.name not in kept)


def _digest(value: object) -> str:
    return sha256(json.dumps(value, default=str).encode("utf-8", "surrogatepass")).hexdigest()[:16]
