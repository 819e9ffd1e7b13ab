"""Letters as parsed, kept with their passages: one database a generation.

Of every letter an outline (who, what, when, its judgements, what must improve) is held in memory by whoever opens the
index. Its body (the words, the sections, the passages) is read when it is asked for, so that a worker's memory does not
grow with all that was ever written.
"""

import re
import sqlite3
import zlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from functools import cache, lru_cache
from hashlib import blake2b
from pathlib import Path
from threading import Lock
from types import MappingProxyType
from typing import Any, Self

from typing_extensions import override

from assistant.errors import DamagedIndexError
from assistant.letters.letter import Letter, Section, Span
from assistant.stores.passages import Passage, letter_of
from assistant.words.terms import words

__all__ = ["FILE", "KeptLetter", "ParsedLetters", "Passages"]

FILE = "letters.sqlite"
"""Name of the database, in its generation."""

REMEMBERED = 1000  # letters whose bodies are in memory, some 70 kB each
AT_ONCE = 500  # outlines read at a time while they are all gone through
TABLES = """
CREATE TABLE IF NOT EXISTS outlines (letter_id TEXT PRIMARY KEY, passages INTEGER, years TEXT, outline BLOB)
    WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS bodies (letter_id TEXT PRIMARY KEY, digest BLOB, text BLOB, structure BLOB);
CREATE TABLE IF NOT EXISTS words (word TEXT PRIMARY KEY, letters INTEGER) WITHOUT ROWID;
"""
YEAR = re.compile(r"\b\d{4}\b")

Row = tuple[str, int, int, int, tuple[str, ...]]  # passage_id, start, end, n_tokens, paragraph_ids


@dataclass(frozen=True, slots=True)
class _Structure:
    """What of a letter is read only when it is asked for, beside its text; all but the passages as in `Letter`."""

    sections: tuple[Section, ...]
    evidence: Mapping[str, tuple[Span, ...]]
    furniture: tuple[str, ...]
    passages: tuple[Row, ...]


READ_LATER = frozenset(("text", "sections", "evidence", "furniture"))
OUTLINE = tuple(field.name for field in fields(Letter) if field.name not in READ_LATER)


class KeptLetter(Letter):
    """A letter in an index: its outline is at hand, its words and sections are read when they are asked for.

    It goes on being readable when the index has been brought up to date: an answer holds the letters that it quotes.
    """

    __slots__ = ("_bodies", "_years")

    _bodies: "_Bodies"
    _years: str

    @classmethod
    def of(cls, outline: Letter, years: str, bodies: "_Bodies") -> Self:
        """A letter whose body is elsewhere.

        Args:
            outline: The letter but for its body.
            years: Every number of four digits in its words.
            bodies: Where the body is read.
        """
        kept = cls.__new__(cls)
        for name in OUTLINE:
            object.__setattr__(kept, name, getattr(outline, name))
        object.__setattr__(kept, "_bodies", bodies)
        object.__setattr__(kept, "_years", years)
        return kept

    def __getattr__(self, name: str) -> Any:  # it is asked only for what was never set: the body
        if name == "text":
            return self._bodies.text(self.letter_id)
        if name in READ_LATER:
            return getattr(self._bodies.structure(self.letter_id), name)
        raise AttributeError(name)

    @override
    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Letter):
            return NotImplemented
        return self is other or all(getattr(self, f.name) == getattr(other, f.name) for f in fields(Letter))

    @override
    def names_year(self, year: int) -> bool:
        known = getattr(self, "_years", None)  # a copy with other particulars has all its words instead
        return super().names_year(year) if known is None else str(year) in known


@cache
def _adapter(of: type) -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(of)


class ParsedLetters:
    """The letters of one generation.

    Args:
        folder: The generation.
        names: Base names of the files that hold a letter now, by its identifier, the one it was read from first.
        writing: Whether letters are to be kept here; the file is made if missing.

    Raises:
        DamagedIndexError: If they cannot be read.
        OSError: If they are to be written and cannot be.
    """

    def __init__(
        self, folder: Path, names: Mapping[str, Sequence[str]] = MappingProxyType({}), *, writing: bool = False
    ) -> None:
        self._names = names
        self._database = _Database(folder / FILE, writing)
        self._bodies = _Bodies(self._database)

    def letters(self) -> Iterator[tuple[KeptLetter, int]]:
        """Every letter with the number of its passages, in no order.

        Raises:
            DamagedIndexError: If they cannot be read.
        """
        for letter_id, count, years, outline in self._database.outlines():
            yield self._kept(letter_id, years, outline), count

    def letter(self, letter_id: str) -> KeptLetter:
        """One letter.

        Raises:
            DamagedIndexError: If it is not there.
        """
        return self._kept(letter_id, *self._database.outline(letter_id))

    def passages(self, letter: Letter) -> list[Passage]:
        """The passages of a letter, in its order.

        Raises:
            DamagedIndexError: If they are not there.
        """
        return [self._passage(letter, row) for row in self._bodies.structure(letter.letter_id).passages]

    def passage(self, letter: Letter, passage_id: str) -> Passage | None:
        """One passage of a letter, or None if it has none of that name."""
        rows = self._bodies.structure(letter.letter_id).passages
        return next((self._passage(letter, row) for row in rows if row[0] == passage_id), None)

    def words(self) -> frozenset[str]:
        """Every word that a letter holds, in lower case.

        Raises:
            DamagedIndexError: If they cannot be read.
        """
        return frozenset(self._database.words())

    def save(self, letters: Sequence[tuple[Letter, Sequence[Passage]]]) -> None:
        """Keep letters with their passages; none of them may be held already.

        Raises:
            OSError: If there is no room.
        """
        outlines, bodies = [], []
        held: Counter[str] = Counter()
        for letter, passages in letters:
            rows = tuple((p.passage_id, p.start, p.end, p.n_tokens, p.paragraph_ids) for p in passages)
            structure = _Structure(letter.sections, letter.evidence, letter.furniture, rows)
            bare = replace(letter, text="", sections=(), evidence={}, furniture=())
            years = " ".join(sorted(set(YEAR.findall(letter.text))))
            parts = [zlib.compress(part) for part in (letter.text.encode(), _adapter(_Structure).dump_json(structure))]
            digest = blake2b(b"".join(parts), digest_size=16).digest()
            outlines.append((letter.letter_id, len(rows), years, _adapter(Letter).dump_json(bare)))
            bodies.append((letter.letter_id, digest, *parts))
            held.update(_words_of(letter.text))
        self._database.add(outlines, bodies, held)

    def drop(self, letter_ids: Collection[str]) -> None:
        """Forget letters, to the last byte of the file.

        Raises:
            DamagedIndexError: If one is not there.
            OSError: If there is no room.
        """
        held: Counter[str] = Counter()
        for letter_id in letter_ids:
            held.update(_words_of(self._database.text(letter_id)))
        self._database.remove(letter_ids, held)
        self._bodies.forget()

    def hand_over(self, later: "ParsedLetters") -> None:
        """Have letters that were given out read from a later generation, and let go of this one's file.

        Only what the later one no longer holds, or holds otherwise, stays in memory.

        Args:
            later: The letters that came after.
        """
        self._database.hand_over(later._database)

    def close(self) -> None:
        """Write down what was kept, and forget the bodies in memory. Letters given out can still be read."""
        self._database.settle()
        self._bodies.forget()

    def _kept(self, letter_id: str, years: str, outline: bytes) -> KeptLetter:
        try:
            letter: Letter = _adapter(Letter).validate_json(outline)
        except ValueError:
            raise DamagedIndexError(f"{FILE}: {letter_id}") from None
        names = self._names.get(letter_id)
        if names:
            letter = replace(letter, file=names[0], files=tuple(names))
        return KeptLetter.of(letter, years, self._bodies)

    def _passage(self, letter: Letter, row: Row) -> Passage:
        passage_id, start, end, n_tokens, paragraph_ids = row
        sections = self._bodies.structure(letter.letter_id).sections
        section = next(section for section in sections if section.start <= start < section.end)
        text = self._bodies.text(letter.letter_id)[start:end]
        return Passage(
            passage_id,
            letter.letter_id,
            letter.file,
            section.heading,
            section.kind,
            paragraph_ids,
            start,
            end,
            text,
            n_tokens,
        )


class Passages(Mapping[str, Passage]):
    """Every passage of an index by its identifier, read from its letter when it is asked for.

    Args:
        parsed: Where they are kept.
        letters: Every letter by its identifier.
        counts: How many passages each has.
    """

    def __init__(self, parsed: ParsedLetters, letters: Mapping[str, Letter], counts: Mapping[str, int]) -> None:
        self._parsed, self._letters, self.counts = parsed, letters, counts
        self._count = sum(counts.values())

    def of(self, letter_id: str) -> list[Passage]:
        """The passages of one letter, in its order; none for an unknown one."""
        letter = self._letters.get(letter_id)
        return [] if letter is None else self._parsed.passages(letter)

    def __getitem__(self, passage_id: str) -> Passage:
        letter = self._letters.get(letter_of(passage_id))
        found = None if letter is None else self._parsed.passage(letter, passage_id)
        if found is None:
            raise KeyError(passage_id)
        return found

    def __iter__(self) -> Iterator[str]:
        return (passage.passage_id for letter_id in self.counts for passage in self.of(letter_id))

    def __len__(self) -> int:
        return self._count


class _Bodies:
    """Bodies of letters, the last ones read in memory."""

    def __init__(self, database: "_Database") -> None:
        self.text = lru_cache(maxsize=REMEMBERED)(database.text)
        self.structure = lru_cache(maxsize=REMEMBERED)(database.structure)

    def forget(self) -> None:
        self.text.cache_clear()
        self.structure.cache_clear()


class _Database:
    """The file. Several threads may read it; whoever writes it is alone."""

    def __init__(self, file: Path, writing: bool) -> None:
        self._lock = Lock()
        self._writing = writing
        self._later: _Database | None = None
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
                address = f"{file.absolute().as_uri()}?mode=ro&immutable=1"
                self._opened = sqlite3.connect(address, uri=True, check_same_thread=False)
        except sqlite3.Error as error:
            raise (OSError(str(error)) if writing else DamagedIndexError(FILE)) from None

    def __del__(self) -> None:
        with suppress(sqlite3.Error, AttributeError):
            self._opened.close()

    def outlines(self) -> Iterator[tuple[str, int, str, bytes]]:
        """Identifier, number of passages, years, outline."""
        asked = (
            "SELECT letter_id, passages, years, outline FROM outlines WHERE letter_id > ? ORDER BY letter_id LIMIT ?"
        )
        last: str | None = ""
        while last is not None:
            rows = self._read(asked, last, AT_ONCE)
            yield from rows
            last = rows[-1][0] if rows else None

    def outline(self, letter_id: str) -> tuple[str, bytes]:
        """Years and outline."""
        years, outline = self._one("SELECT years, outline FROM outlines WHERE letter_id = ?", letter_id)
        return years, outline

    def text(self, letter_id: str) -> str:
        try:
            return zlib.decompress(self._body(letter_id)[0]).decode()
        except (ValueError, TypeError, zlib.error):
            raise DamagedIndexError(f"{FILE}: {letter_id}") from None

    def structure(self, letter_id: str) -> _Structure:
        try:
            found: _Structure = _adapter(_Structure).validate_json(zlib.decompress(self._body(letter_id)[1]))
        except (ValueError, TypeError, zlib.error):
            raise DamagedIndexError(f"{FILE}: {letter_id}") from None
        return found

    def words(self) -> Iterator[str]:
        return (word for (word,) in self._read("SELECT word FROM words"))

    def add(self, outlines: Iterable[Sequence[Any]], bodies: Iterable[Sequence[Any]], words: Counter[str]) -> None:
        more = "ON CONFLICT (word) DO UPDATE SET letters = letters + excluded.letters"
        self._write(
            ("INSERT INTO outlines VALUES (?, ?, ?, ?)", outlines),
            ("INSERT INTO bodies VALUES (?, ?, ?, ?)", bodies),
            (f"INSERT INTO words VALUES (?, ?) {more}", words.items()),
        )

    def remove(self, letter_ids: Collection[str], words: Counter[str]) -> None:
        ids = [(letter_id,) for letter_id in letter_ids]
        self._write(
            ("DELETE FROM outlines WHERE letter_id = ?", ids),
            ("DELETE FROM bodies WHERE letter_id = ?", ids),
            ("UPDATE words SET letters = letters - ? WHERE word = ?", [(count, word) for word, count in words.items()]),
            ("DELETE FROM words WHERE letters < 1 AND word = ?", [(word,) for word in words]),
        )

    def hand_over(self, later: "_Database") -> None:
        """Read from a later file from now on; where too much has changed since, this one stays open."""
        with suppress(DamagedIndexError):
            there = dict(later._read("SELECT letter_id, digest FROM bodies"))
            own = self._read("SELECT letter_id, digest FROM bodies")
            gone = [letter_id for letter_id, digest in own if there.get(letter_id) != digest]
            if len(gone) <= REMEMBERED:
                left = {letter_id: self._body(letter_id) for letter_id in gone}
                with self._lock:
                    self._left, self._later = left, later
                    self._opened.close()

    def settle(self) -> None:
        """Let go of what is written; a reader goes on."""
        if self._writing:
            with self._lock, suppress(sqlite3.Error):
                self._opened.close()

    def _body(self, letter_id: str) -> tuple[bytes, bytes]:
        """The two parts of a body, compressed; from the latest of the files that were handed over to."""
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


def _words_of(text: str) -> set[str]:
    pieces = set(text.split())  # each once: a tenth of the work
    return {word for piece in pieces for word in words(piece)}
