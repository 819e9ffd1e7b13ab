"""Embeddings that were made before: kept by text and model, so that a rebuilt index embeds only what is new.

The file may be deleted at any time; it lies beside the index and is of use to it alone.
"""

import hashlib
import sqlite3
from array import array
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

__all__ = ["RememberedEmbeddings"]

FILE = "embeddings.sqlite"
AT_ONCE = 500  # keys in one query; SQLite allows 999 variables in its oldest builds


class RememberedEmbeddings:
    """A store of embeddings on disk.

    Args:
        folder: The index.
        model: What the embeddings depend on beside their text: the model's revision and its prompt.
    """

    def __init__(self, folder: Path, model: str) -> None:
        self._model = model.encode()
        self._file = folder / FILE
        try:
            self._store = self._open()
        except sqlite3.DatabaseError:  # damaged: it can be made again
            self._file.unlink(missing_ok=True)
            self._store = self._open()

    def _open(self) -> sqlite3.Connection:
        store = sqlite3.connect(self._file)
        store.execute("PRAGMA synchronous = OFF")  # what a power cut loses is embedded again
        store.execute("CREATE TABLE IF NOT EXISTS embeddings (key BLOB PRIMARY KEY, vector BLOB)")
        store.execute("CREATE TEMP TABLE used (key BLOB PRIMARY KEY) WITHOUT ROWID")
        return store

    def embed(
        self, texts: Sequence[str], make: Callable[[Sequence[str]], Sequence[Sequence[float]]]
    ) -> list[list[float]]:
        """The embeddings of texts, in order: known ones from disk, the others made and kept.

        Args:
            texts: To embed.
            make: Embeds those that are not known.
        """
        keys = [hashlib.sha256(self._model + b"\0" + text.encode("utf-8", "surrogatepass")).digest() for text in texts]
        known = self._known(keys)
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if new:
            made = make(list(new.values()))
            rows = [(key, array("f", vector).tobytes()) for key, vector in zip(new, made, strict=True)]
            known |= {key: _floats(vector) for key, vector in rows}  # as they will be read again
            with self._store:
                self._store.executemany("INSERT OR REPLACE INTO embeddings VALUES (?, ?)", rows)
        with self._store:
            self._store.executemany("INSERT OR IGNORE INTO used VALUES (?)", [(key,) for key in keys])
        return [known[key] for key in keys]

    def _known(self, keys: Sequence[bytes]) -> dict[bytes, list[float]]:
        found: dict[bytes, list[float]] = {}
        for at in range(0, len(keys), AT_ONCE):
            some = keys[at : at + AT_ONCE]
            marks = ",".join("?" * len(some))
            rows = self._store.execute(f"SELECT key, vector FROM embeddings WHERE key IN ({marks})", some)
            found |= {key: _floats(vector) for key, vector in rows}
        return found

    def forget_unused(self) -> None:
        """Drop what was not asked for since this store was opened: after a rebuild nothing else is of use."""
        with self._store:
            self._store.execute("DELETE FROM embeddings WHERE key NOT IN (SELECT key FROM used)")
        self._store.execute("VACUUM")

    def close(self) -> None:
        """Let go of the file."""
        with suppress(sqlite3.Error):
            self._store.close()


def _floats(vector: bytes) -> list[float]:
    return array("f", vector).tolist()
