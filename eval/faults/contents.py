"""All that an index holds, for comparing it with a fresh one: two equal ones answer alike."""

import json
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

from assistant.index import Index
from assistant.settings import Settings
from assistant.state import load_state
from assistant.terms import expand

__all__ = ["contents", "left_over"]

LASTING = {"state.json", "lock", "models", "embeddings.sqlite", "sentences.sqlite"}
DECIMALS = 4  # of a vector's numbers: encoded in another batch they differ in the sixth
WORDS = 400  # asked of the BM25 index, spread over the alphabet


def contents(settings: Settings) -> dict[str, str]:
    """A digest of each part: "files", "letters", "passages", "vectors", "words".

    Raises:
        IndexStateError: If there is no index, or it cannot be read.
    """
    model: Any = object()  # nothing is encoded here
    with Index(settings, model) as index:
        state = load_state(settings.index_dir)
        files = {path: (e.sha256, e.letter_id, e.kept, e.said) for path, e in state.files.items()} if state else {}
        rows = index.vectors.store._collection.get(include=["documents", "metadatas", "embeddings"])
        vectors = sorted(
            (name, text, meta["letter_id"], [round(float(x), DECIMALS) + 0.0 for x in vector])
            for name, text, meta, vector in zip(
                rows["ids"], rows["documents"], rows["metadatas"], rows["embeddings"], strict=True
            )
        )
        words = sorted({word for passage in index.passages.values() for word in passage.text.lower().split()})
        asked = words[:: max(1, len(words) // WORDS)]
        found = {word: index.lexical.best(expand(word), len(index.passages)) for word in asked}
        return {
            "files": _digest(sorted(files.items())),
            "letters": _digest([asdict(letter) for letter in index.letters]),
            "passages": _digest(sorted((name, asdict(p)) for name, p in index.passages.items())),
            "vectors": _digest(vectors),
            "words": _digest({word: [(name, round(score, DECIMALS)) for name, score in found[word]] for word in found}),
        }


def left_over(settings: Settings) -> list[str]:
    """What lies in the index's folder and belongs to nothing in force."""
    state = load_state(settings.index_dir)
    kept = LASTING | ({state.generation} if state else set())
    return sorted(path.name for path in Path(settings.index_dir).iterdir() if path.name not in kept)


def _digest(value: object) -> str:
    return sha256(json.dumps(value, default=str).encode("utf-8", "surrogatepass")).hexdigest()[:16]
