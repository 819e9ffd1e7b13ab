"""Letters as parsed, kept with their passages: one database a generation.

Of every letter an outline (who, what, when, its judgements, what must improve) is held in memory by whoever opens the
index. Its body (the words, the sections, the passages) is read when it is asked for, so that a worker's memory does not
grow with all that was ever written.
"""

import re
import zlib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cache, lru_cache, partial
from hashlib import blake2b
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self

from typing_extensions import override

from assistant.errors import DamagedIndexError
from assistant.index.database import FILE, Database
from assistant.letters.letter import Letter, Section, Span
from assistant.stores.passages import Passage, letter_of
from assistant.words.terms import words

__all__ = ["KeptLetter", "ParsedLetters", "Passages"]

REMEMBERED = 1000  # letters whose bodies are in memory, some 70 kB each
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
        self._database = Database(folder / FILE, writing=writing)
        self._bodies = _Bodies(self._database)

    def letters(self) -> Iterator[tuple[KeptLetter, int]]:
        """Every letter with the number of its passages, by identifier.

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
            text = zlib.compress(letter.text.encode())
            about = zlib.compress(_adapter(_Structure).dump_json(structure))
            digest = blake2b(text + about, digest_size=16).digest()
            outlines.append((letter.letter_id, len(rows), years, _adapter(Letter).dump_json(bare)))
            bodies.append((letter.letter_id, digest, text, about))
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
            held.update(_words_of(_text(self._database, letter_id)))
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

    def __init__(self, database: Database) -> None:
        self.text = lru_cache(maxsize=REMEMBERED)(partial(_text, database))
        self.structure = lru_cache(maxsize=REMEMBERED)(partial(_structure, database))

    def forget(self) -> None:
        self.text.cache_clear()
        self.structure.cache_clear()


def _text(database: Database, letter_id: str) -> str:
    try:
        return zlib.decompress(database.body(letter_id)[0]).decode()
    except (ValueError, TypeError, zlib.error):
        raise DamagedIndexError(f"{FILE}: {letter_id}") from None


def _structure(database: Database, letter_id: str) -> _Structure:
    try:
        found: _Structure = _adapter(_Structure).validate_json(zlib.decompress(database.body(letter_id)[1]))
    except (ValueError, TypeError, zlib.error):
        raise DamagedIndexError(f"{FILE}: {letter_id}") from None
    return found


def _words_of(text: str) -> set[str]:
    pieces = set(text.split())  # each once: a tenth of the work
    return {word for piece in pieces for word in words(piece)}
