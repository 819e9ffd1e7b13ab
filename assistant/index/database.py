"""The database of the letters of one generation: a file with their outlines, their bodies and their words, as bytes.

What was given out of it can still be read when a later generation has taken its place.
"""

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path, PurePath
from threading import Lock
from typing import Any

from assistant.errors import DamagedIndexError

__all__ = ["FILE", "Database", "address"]

FILE = "letters.sqlite"
"""Its name, in its generation."""

LEFT = 1000  # bodies that stay in memory when a later file does not hold them, some 20 kB each
AT_ONCE = 500  # outlines read at a time while they are all gone through
TABLES = """
CREATE TABLE IF NOT EXISTS outlines (letter_id TEXT PRIMARY KEY, passages INTEGER, years TEXT, outline BLOB)
    WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS bodies (letter_id TEXT PRIMARY KEY, digest BLOB, text BLOB, structure BLOB);
CREATE INDEX IF NOT EXISTS digests ON bodies (letter_id, digest);  -- told without reading the bodies
CREATE TABLE IF NOT EXISTS words (word TEXT PRIMARY KEY, letters INTEGER) WITHOUT ROWID;
"""

Outline = tuple[str, int, str, bytes]  # letter_id, passages, years, outline
Body = tuple[str, bytes, bytes, bytes]  # letter_id, digest, text, structure


class Database:
    """The file of one generation. Several threads may read it; whoever writes it is alone.

    Args:
        file: Where it is.
        writing: Whether it is to be written; it is made if missing.

    Raises:
        DamagedIndexError: If it cannot be read; from every method that reads.
        OSError: If it is to be written and cannot be; from every method that writes.
    """

    def __init__(self, file: Path, *, writing: bool) -> None:
        self._lock = Lock()
        self._writing = writing
        self._later: Database | None = None
        self._left: dict[str, tuple[bytes, bytes]] = {}  # bodies that the later one does not hold
        try:
            if writing:
                self._opened = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
                # Nobody reads it before it is complete; what breaks off is deleted whole.
                for setting in ("journal_mode = OFF", "synchronous = OFF", "secure_delete = ON"):
                    self._opened.execute(f"PRAGMA {setting}")
                self._opened.executescript(TABLES)
            else:
                # It never changes again, so that it needs no lock, and a folder that cannot be written will do.
                read = address(file.absolute(), "mode=ro&immutable=1")
                self._opened = sqlite3.connect(read, uri=True, check_same_thread=False)
        except sqlite3.Error as error:
            raise (OSError(str(error)) if writing else DamagedIndexError(FILE)) from None

    def __del__(self) -> None:
        with suppress(sqlite3.Error, AttributeError):
            self._opened.close()

    def outlines(self) -> Iterator[Outline]:
        """Of every letter its identifier, the number of its passages, its years and its outline; by identifier."""
        columns = "letter_id, passages, years, outline"
        asked = f"SELECT {columns} FROM outlines WHERE letter_id > ? ORDER BY letter_id LIMIT ?"
        last: str | None = ""
        while last is not None:
            rows = self._read(asked, last, AT_ONCE)
            yield from rows
            last = rows[-1][0] if rows else None

    def outline(self, letter_id: str) -> tuple[str, bytes]:
        """Years and outline of a letter.

        Raises:
            DamagedIndexError: If it is not there.
        """
        years, outline = self._one("SELECT years, outline FROM outlines WHERE letter_id = ?", letter_id)
        return years, outline

    def body(self, letter_id: str) -> tuple[bytes, bytes]:
        """The two parts of a body, from the latest of the files that were handed over to.

        Raises:
            DamagedIndexError: If it is not there.
        """
        at = self
        while True:
            with at._lock:
                if letter_id in at._left:
                    return at._left[letter_id]
                later = at._later
                if later is None:
                    text, structure = at._found("SELECT text, structure FROM bodies WHERE letter_id = ?", letter_id)
                    return text, structure
            at = later

    def words(self) -> Iterator[str]:
        """Every word that a letter holds."""
        return (word for (word,) in self._read("SELECT word FROM words"))

    def add(self, outlines: Iterable[Outline], bodies: Iterable[Body], words: Mapping[str, int]) -> None:
        """Keep letters.

        Args:
            outlines: Of each as `outlines` gives them.
            bodies: Of each its identifier, a digest of its body, and the two parts.
            words: How many of them hold each word.
        """
        more = "ON CONFLICT (word) DO UPDATE SET letters = letters + excluded.letters"
        self._write(
            ("INSERT INTO outlines VALUES (?, ?, ?, ?)", outlines),
            ("INSERT INTO bodies VALUES (?, ?, ?, ?)", bodies),
            (f"INSERT INTO words VALUES (?, ?) {more}", words.items()),
        )

    def remove(self, letter_ids: Collection[str], words: Mapping[str, int]) -> None:
        """Overwrite letters.

        Args:
            letter_ids: Which.
            words: How many of them hold each word.
        """
        ids = [(letter_id,) for letter_id in letter_ids]
        self._write(
            ("DELETE FROM outlines WHERE letter_id = ?", ids),
            ("DELETE FROM bodies WHERE letter_id = ?", ids),
            ("UPDATE words SET letters = letters - ? WHERE word = ?", [(count, word) for word, count in words.items()]),
            ("DELETE FROM words WHERE letters < 1 AND word = ?", [(word,) for word in words]),
        )

    def hand_over(self, later: "Database") -> None:
        """Read bodies from a later file from now on; where too much has changed since, this one stays open.

        Args:
            later: The file of a later generation.
        """
        with suppress(DamagedIndexError):
            there = dict(later._read("SELECT letter_id, digest FROM bodies"))
            own = self._read("SELECT letter_id, digest FROM bodies")
            gone = [letter_id for letter_id, digest in own if there.get(letter_id) != digest]
            if len(gone) <= LEFT:
                left = {letter_id: self.body(letter_id) for letter_id in gone}
                with self._lock:
                    self._left, self._later = left, later
                    self._opened.close()

    def settle(self) -> None:
        """Let go of what is written; a reader goes on."""
        if self._writing:
            with self._lock, suppress(sqlite3.Error):
                self._opened.close()

    def _write(self, *statements: tuple[str, Iterable[Sequence[Any]]]) -> None:
        with self._lock:
            try:
                self._opened.execute("BEGIN")
                for statement, rows in statements:
                    self._opened.executemany(statement, rows)
                self._opened.execute("COMMIT")
            except sqlite3.Error as error:
                raise OSError(str(error)) from None

    def _one(self, statement: str, letter_id: str) -> tuple[Any, ...]:
        with self._lock:
            return self._found(statement, letter_id)

    def _found(self, statement: str, letter_id: str) -> tuple[Any, ...]:
        """A row that must be there; the lock is held."""
        rows = self._all(statement, letter_id)
        if not rows:
            raise DamagedIndexError(f"{FILE}: {letter_id}")
        return rows[0]

    def _read(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._all(statement, *values)

    def _all(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        try:
            return self._opened.execute(statement, values).fetchall()
        except sqlite3.Error:
            raise DamagedIndexError(FILE) from None


def address(file: PurePath, how: str) -> str:
    """A database's file as SQLite takes it with options.

    Args:
        file: Its whole path; on Windows it may lie on a share.
        how: The options.
    """
    written = file.as_uri()
    share = not written.startswith("file:///")  # SQLite takes no server there, but one as a part of the path
    return f"{written.replace('file://', 'file:////', 1) if share else written}?{how}"
