"""Embeddings that were made before: kept by text and model, so that nothing is encoded twice.

The files may be deleted at any time; they lie beside the index and are of use to it alone. What cannot be kept (a full
disk, a folder that cannot be written) is encoded again the next time.
"""

import hashlib
import sqlite3
import zlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np

from assistant.embedding.encoder import Vectors

__all__ = ["AHEAD", "PASSAGES", "SENTENCES", "RememberedEmbeddings"]

PASSAGES, SENTENCES = "embeddings.sqlite", "sentences.sqlite"
"""The files: of what is indexed, and of what answers were written from."""

AHEAD = "ahead"
"""Folder of what several processes embedded ahead of an update (`ahead`), a file each."""

AT_ONCE = 500  # keys in one query; SQLite allows 999 variables in its oldest builds
SIGN = 4  # bytes of a checksum behind each vector: SQLite has none of its own
PATIENCE = 1.0  # seconds to wait for another process that writes


class RememberedEmbeddings:
    """A store of embeddings on disk. One thread at a time may use it.

    Args:
        folder: The index.
        model: What the embeddings depend on beside their text: the model's revision and its prompt.
        name: The file.
    """

    def __init__(self, folder: Path, model: str, name: str = PASSAGES) -> None:
        self._model = model.encode()
        self._file = folder / name
        self._used: set[bytes] = set()
        try:
            self._store = self._open(self._file)
        except sqlite3.OperationalError:  # another process has it for itself: not ours to delete
            self._store = self._open(":memory:")
        except sqlite3.DatabaseError:  # damaged: it can be made again
            try:
                self._file.unlink(missing_ok=True)
                self._store = self._open(self._file)
            except (OSError, sqlite3.DatabaseError):
                self._store = self._open(":memory:")

    @staticmethod
    def _open(file: Path | str) -> sqlite3.Connection:
        store = sqlite3.connect(file, timeout=PATIENCE, check_same_thread=False)
        store.execute("PRAGMA synchronous = OFF")  # what a power cut loses is embedded again
        store.execute("CREATE TABLE IF NOT EXISTS embeddings (key BLOB PRIMARY KEY, vector BLOB)")
        return store

    def embed(self, texts: Sequence[str], make: Callable[[Sequence[str]], Vectors]) -> Vectors:
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
            known |= dict(zip(new, made, strict=True))
            rows = [(key, _signed(key, vector.tobytes())) for key, vector in zip(new, made, strict=True)]
            with suppress(sqlite3.DatabaseError), self._store:
                self._store.executemany("INSERT OR REPLACE INTO embeddings VALUES (?, ?)", rows)
        self._used |= set(keys)
        return np.array([known[key] for key in keys], np.float32)

    def _known(self, keys: Sequence[bytes]) -> dict[bytes, Vectors]:
        found: dict[bytes, Vectors] = {}
        for at in range(0, len(keys), AT_ONCE):
            some = keys[at : at + AT_ONCE]
            marks = ",".join("?" * len(some))
            with suppress(sqlite3.DatabaseError):  # another process has it for itself just now, or it is damaged
                rows = self._store.execute(f"SELECT key, vector FROM embeddings WHERE key IN ({marks})", some)
                sound = ((key, kept[:-SIGN]) for key, kept in rows if kept == _signed(key, kept[:-SIGN]))
                found |= {key: np.frombuffer(vector, np.float32) for key, vector in sound}
        return found

    def gather(self) -> None:
        """Take in what was embedded ahead, and delete it there with its claims."""
        queue = self._file.parent / AHEAD
        for other in sorted(queue.glob("*.sqlite")):
            with suppress(sqlite3.DatabaseError):  # damaged: what it held is embedded again
                self._store.execute("ATTACH ? AS other", (str(other),))
                with self._store:
                    self._store.execute("INSERT OR IGNORE INTO embeddings SELECT key, vector FROM other.embeddings")
            with suppress(sqlite3.DatabaseError):
                self._store.execute("DETACH other")
            with suppress(OSError):
                for claim in queue.glob("*.claim"):
                    if claim.read_text("utf-8") == other.stem:
                        claim.unlink(missing_ok=True)
                other.unlink()
        with suppress(OSError):
            queue.rmdir()  # nobody is at work

    def forget_unused(self) -> None:
        """Drop what was not asked for since this store was opened: after a rebuild nothing else is of use."""
        with suppress(sqlite3.DatabaseError):  # a full disk: they stay
            with self._store:
                self._store.execute("CREATE TEMP TABLE used (key BLOB PRIMARY KEY) WITHOUT ROWID")
                self._store.executemany("INSERT INTO used VALUES (?)", [(key,) for key in self._used])
                self._store.execute("DELETE FROM embeddings WHERE key NOT IN (SELECT key FROM used)")
                self._store.execute("DROP TABLE used")
            self._store.execute("VACUUM")

    def close(self) -> None:
        """Let go of the file."""
        with suppress(sqlite3.Error):
            self._store.close()


def _signed(key: bytes, vector: bytes) -> bytes:
    """A vector with its checksum; one that a disk has spoilt is made again."""
    return vector + zlib.crc32(key + vector).to_bytes(SIGN, "big")
