"""What is named to be added: files and web addresses, each by itself or in a list.

A list is a text file of one address or path a line, a table (.csv) with a column "url", or a manifest (.json) whose
rows have one. What a table or a manifest says of a letter beside that goes with it. A list is always a file: an
address gives one letter, and nothing in a letter is followed.
"""

import csv
import io
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assistant.adding.http_client import checked_address, is_address
from assistant.errors import LetterError, printable
from assistant.letters.authorities import authority_named
from assistant.letters.inspectorates import kind_names
from assistant.reading.corpus import SUFFIXES
from assistant.reading.corrections import is_date
from assistant.reading.readers.files import read_file
from assistant.reading.readers.lines import plain
from assistant.reading.readers.text import decode

__all__ = ["GIVEN", "Named", "read_sources"]

GIVEN = ("title", "authority", "published", "issuer", "kind", "urn")
"""What a list may say of a letter, as a row of a manifest does: it counts where the letter does not say it itself."""

PLACES = ("url", "address", "file", "path")  # columns that say where a letter is; the first that is not empty counts
LISTED = (".csv", ".json")  # endings of files that are always lists: no letter has them
MOST_ENTRIES = 20_000
LONGEST_LIST = 20 * 2**20  # bytes
LONGEST_LINE = 4000  # characters of a line that may be an address or a path
LONGEST_VALUE = 300  # characters of what is said of a letter
COMMENT = re.compile(r"(?:^|\s+)#.*")  # an address may hold a "#" in its midst
DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Named:
    """One letter that was named.

    Attributes:
        place: As it was named: a path or an address.
        where: The list that it stands in, and in which line; empty for one that was named by itself.
        address: To be fetched; empty for a file.
        path: The file; None for an address.
        given: What the list says of it (`GIVEN`).
        sha256: What its bytes have to be, where the list says it.
        problem: Why it cannot be added; empty where it may be.
    """

    place: str
    where: str = ""
    address: str = ""
    path: Path | None = None
    given: Mapping[str, str] = field(default_factory=dict)
    sha256: str = ""
    problem: str = ""

    @property
    def shown(self) -> str:
        """Where it was named, and what, for a message."""
        return f"{self.where}: {self.place}" if self.where else self.place


def read_sources(names: Iterable[str]) -> list[Named]:
    """What is named on the command line, lists taken apart; whatever is named twice stands there once.

    Args:
        names: Paths and addresses, in order.

    Returns:
        Each with what was said of it; what is wrong with one does not stop the others.
    """
    found: dict[object, Named] = {}
    for name in names:
        for one in _named(name):
            found.setdefault(one.problem + one.place if one.problem else one.address or one.path, one)
    return list(found.values())


def _named(name: str) -> Iterator[Named]:
    path = Path(name)
    if not is_address(name) and os.path.isfile(path):  # unlike `is_file`, no for a name that is too long
        try:
            listed = _listed(path)
        except LetterError as error:
            yield Named(name, problem=error.reason)
            return
        if listed is not None:
            yield from listed
            return
    yield _one(name, Path(), "")


def _one(place: str, folder: Path, where: str, row: Mapping[str, str] | None = None) -> Named:
    """One entry, checked; a path is taken from the folder that its list lies in."""
    place = place.strip()
    shown = printable(place)[:LONGEST_VALUE]
    try:
        given = _given(row or {})
        sha256 = _digest(row or {})
        if is_address(place):
            return Named(shown, where, checked_address(place), None, given, sha256)
        path = folder / place
        if os.path.isdir(path):
            raise LetterError(shown, "is a folder; to keep the index in step with it: assistant index FOLDER")
        if not os.path.exists(path):
            raise LetterError(shown, "there is no such file; a web address begins with https:// or http://")
        return Named(shown, where, "", path.resolve(), given, sha256)
    except (LetterError, OSError, ValueError) as error:
        reason = error.reason if isinstance(error, LetterError) else "is no path that can be read; check it"
        return Named(shown, where, problem=reason)


def _given(row: Mapping[str, str]) -> dict[str, str]:
    """What a row says of its letter, checked as far as it can be: a slip would be passed over in silence later."""
    given = {name: plain(row.get(name, "")).strip() for name in GIVEN}
    given = {name: value for name, value in given.items() if value}
    for name, value in given.items():
        wrong = {
            "published": not is_date(value) and "is no date; write 2024-07-12, 2024-07 or 2024",
            "kind": value not in kind_names() and f"is no kind of document; one of: {', '.join(kind_names())}",
            "authority": authority_named(value) is None and "is no authority that is known here",
            "urn": not re.fullmatch(r"\d{4,10}", value, re.ASCII) and "is no number of Ofsted's; it has digits only",
        }.get(name) or (len(value) > LONGEST_VALUE and f"is longer than {LONGEST_VALUE} characters")
        if wrong:
            raise LetterError("", f"{name} {value[:60]!r} {wrong}")
    return given


def _digest(row: Mapping[str, str]) -> str:
    said = row.get("sha256", "").strip().lower()
    if said and not DIGEST.fullmatch(said):
        raise LetterError("", "sha256 has 64 digits from 0 to 9 and a to f")
    return said


# --- lists -------------------------------------------------------------------------------------------------------


def _listed(path: Path) -> list[Named] | None:
    """What a list holds; None where the file is no list but a letter."""
    suffix = path.suffix.lower()
    if suffix not in (*LISTED, ".txt", ".text", ""):
        return None
    if path.stat().st_size > LONGEST_LIST:
        if suffix in LISTED:
            raise LetterError(path.name, f"is larger than {LONGEST_LIST // 2**20} MB, too large for a list; split it")
        return None
    data = read_file(path)
    try:
        text = decode(path.name, data)
    except LetterError:
        if suffix in LISTED:
            raise
        return None
    if suffix == ".csv":
        entries = list(_table(path, text))
    elif suffix == ".json":
        entries = list(_manifest(path, text))
    else:
        lines = _lines(path, text)
        if lines is None:
            return None
        entries = lines
    if not entries:
        raise LetterError(path.name, "is a list with nothing in it; write an address or a path on each line")
    if len(entries) > MOST_ENTRIES:
        raise LetterError(path.name, f"lists {len(entries):,} letters, more than {MOST_ENTRIES:,}; split it")
    return entries


def _lines(path: Path, text: str) -> list[Named] | None:
    """The entries of a text file of which most lines are addresses or files; None for any other: it is a letter."""
    lines = [(number, COMMENT.sub("", line).strip()) for number, line in enumerate(text.splitlines(), 1)]
    lines = [(number, line) for number, line in lines if line]
    places = sum(_is_place(line, path.parent) for _, line in lines)
    if 2 * places <= len(lines):
        return None
    return [_one(line, path.parent, f"{path.name}, line {number}") for number, line in lines]


def _is_place(line: str, folder: Path) -> bool:
    if len(line) > LONGEST_LINE:
        return False
    if is_address(line) or Path(line).suffix.lower() in SUFFIXES:  # also one that is missing: that is said then
        return not re.search(r"://.*\s", line)
    return os.path.isfile(folder / line)


def _table(path: Path, text: str) -> Iterator[Named]:
    """The rows of a table, parted as its first line shows: in some countries Excel writes semicolons."""
    first = text.partition("\n")[0]
    parted = max(",;\t", key=first.count)
    try:
        rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=parted, strict=True)
        columns = [_column(name) for name in rows.fieldnames or ()]
        if not set(PLACES) & set(columns):
            raise LetterError(path.name, 'has no column "url" (or "file"); name the columns in the first line')
        rows.fieldnames = columns
        for row in rows:
            said = {name: value for name, value in row.items() if isinstance(name, str) and isinstance(value, str)}
            if any(value.strip() for value in said.values()):
                yield _row(said, path, f"{path.name}, line {rows.line_num}")
    except csv.Error as error:
        raise LetterError(path.name, f"is a damaged table ({error}); save it again as CSV") from None


def _column(name: str | None) -> str:
    return (name or "").strip().lstrip("\ufeff").lower()


def _manifest(path: Path, text: str) -> Iterator[Named]:
    try:
        rows = json.loads(text)["documents"]
        if not isinstance(rows, Sequence) or not all(isinstance(row, Mapping) for row in rows):
            raise TypeError
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        told = f'is no list ({type(error).__name__}): a manifest is {{"documents": [{{"url": ...}}]}}'
        raise LetterError(path.name, told) from None
    for number, row in enumerate(rows, 1):
        yield _row({name: _word(value) for name, value in row.items()}, path, f"{path.name}, document {number}")


def _word(value: Any) -> str:
    return str(value) if isinstance(value, str | int) else ""


def _row(row: Mapping[str, str], path: Path, where: str) -> Named:
    place = next((row[name] for name in PLACES if row.get(name, "").strip()), "")
    if not place:
        return Named(where, problem='says no "url" and no "file"; write where the letter is')
    return _one(place, path.parent, where, row)
