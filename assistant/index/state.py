"""The record of an index: what is in it, under which settings it was made, which generation of its stores is in force.

It is written last and whole: what an update had not finished is in no record, and the next one begins again. A copy of
it lies in the generation, in case the first is damaged.
"""

import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from assistant.embedding.embedder import model_revision
from assistant.errors import IndexStateError, LetterError
from assistant.letters.inspectorates import version as table_version
from assistant.reading.corpus import digest, shown_name
from assistant.reading.corrections import given_for
from assistant.settings import Settings
from assistant.stores.opened import made_of
from assistant.system.files import write_whole

__all__ = [
    "OURS",
    "RECORD",
    "SCHEMA",
    "FileEntry",
    "State",
    "difference",
    "encoded_by",
    "fingerprint",
    "load_state",
    "settled_time",
]

SCHEMA = 13
"""Version of the index folder and of how letters are read: a change makes every index stale."""

OURS = ("schema", "libraries", "inspectorate")
"""What of a fingerprint is how letters are read: an index that differs in these alone is made anew without asking."""

RECORD = "state.json"
"""The file."""

LIBRARIES = ("chromadb", "tantivy")  # whose files an index consists of: each version reads its own
DAMAGE = (OSError, ValueError, KeyError, TypeError, AttributeError)
SETTLED = 2_000_000_000  # nanoseconds: the coarsest clock of a file system (FAT) ticks every two seconds


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One indexed file.

    Attributes:
        sha256: Of its bytes.
        size: In bytes.
        mtime_ns: When it was last changed, in nanoseconds, as `settled_time` gives it.
        letter_id: The letter that it holds.
        kept: SHA-256 of the file that the letter was read from: another one where this file is a copy of it.
        said: What a manifest or sidecar says of it, as `Given.version` gives it.
        about: Authority and kind of its letter: only letters that share both can be copies of each other.
    """

    sha256: str
    size: int
    mtime_ns: int
    letter_id: str = ""
    kept: str = ""
    said: str = ""
    about: str = ""

    def holds(self, file: Path) -> bool:
        """Whether a file is as it was: same size and time of change, else the same content; and nothing new is said."""
        try:
            stat = file.stat()
            if self.size != stat.st_size:
                return False
            if self.mtime_ns != stat.st_mtime_ns and self.sha256 != digest(file.read_bytes()):
                return False
            return self.said == given_for(file, self.sha256).version()
        except (OSError, LetterError):
            return False


@dataclass(slots=True)
class State:
    """What is in an index.

    Attributes:
        fingerprint: What it was made under (see `fingerprint`).
        generation: Name of the folder that holds its stores; empty where there is none yet.
        seal: Digests of that folder's files, by their path.
        passages: How many there are.
        saved: How often this record was written.
        roots: Files and folders that were indexed, absolute.
        files: Indexed files by absolute path.
        failed: Files that could not be read.
    """

    fingerprint: dict[str, Any]
    generation: str = ""
    seal: dict[str, str] = field(default_factory=dict)
    passages: int = 0
    saved: int = 0
    roots: list[str] = field(default_factory=list)
    files: dict[str, FileEntry] = field(default_factory=dict)
    failed: dict[str, FileEntry] = field(default_factory=dict)

    def save(self, folder: Path) -> None:
        """Write it, whole or not at all, into its generation and then into the index, which brings both into force.

        File names that are no Unicode are kept by escapes.

        Raises:
            OSError: If it cannot be written.
        """
        self.saved += 1
        row = asdict(self)
        text = json.dumps({"checksum": _checksum(row), **row}, indent=1).encode()
        for place in dict.fromkeys((folder / self.generation, folder)):
            place.mkdir(parents=True, exist_ok=True)
            write_whole(place / RECORD, text, lasting=True)

    def letter_ids(self) -> list[str]:
        """Every indexed letter, sorted."""
        return sorted({entry.letter_id for entry in self.files.values()})

    def names(self) -> dict[str, tuple[str, ...]]:
        """Base names of all files that hold a letter, by its identifier; the one that it was read from first."""
        named: dict[str, list[str]] = {}
        for path, entry in sorted(self.files.items(), key=lambda held: (held[1].sha256 != held[1].kept, held[0])):
            named.setdefault(entry.letter_id, []).append(shown_name(Path(path)))
        return {letter_id: tuple(dict.fromkeys(names)) for letter_id, names in named.items()}

    def of(self, letter_id: str) -> dict[str, FileEntry]:
        """The files that hold a letter, by path."""
        return {path: entry for path, entry in self.files.items() if entry.letter_id == letter_id}


def fingerprint(settings: Settings) -> dict[str, Any]:
    """What an index depends on beside the letters; an index of another fingerprint is refused."""
    own = settings.inspectorate
    return {
        "schema": SCHEMA,
        "libraries": _libraries(),
        "store": made_of(settings),
        **({"inspectorate": table_version(own)} if own else {}),
        "model": settings.embedding_model,
        "revision": model_revision(settings),
        "query_prompt": settings.query_prompt,
        "passage_prompt": settings.passage_prompt,
        "passage_tokens": settings.passage_tokens,
    }


@cache
def _libraries() -> str:
    return ", ".join(f"{name} {version(name)}" for name in LIBRARIES)


def encoded_by(made_under: Mapping[str, Any]) -> str:
    """What of a fingerprint decides the embedding of a text."""
    return f"{made_under['model']} {made_under['revision']} {made_under['passage_prompt']}"


def difference(old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    """In which settings two fingerprints differ, in words."""
    return ", ".join(
        f"{key}: {old.get(key)!r} then, {new.get(key)!r} now" for key in {**new, **old} if old.get(key) != new.get(key)
    )


def load_state(folder: Path) -> State | None:
    """The record of an index, or None where there is no index. Where it is damaged, its copy counts.

    Raises:
        IndexStateError: If both are damaged: what was indexed can no longer be told.
    """
    file = folder / RECORD
    try:
        return _loaded(file)
    except FileNotFoundError:
        if not folder.is_dir():
            return None
        damaged = False
    except DAMAGE:
        damaged = True
    copies = []
    for copy in folder.glob(f"*/{RECORD}"):
        try:
            copies.append(_loaded(copy))
        except DAMAGE:
            damaged = True
    if copies:
        return max(copies, key=lambda state: state.saved)
    if damaged:
        raise IndexStateError(
            f"the index is damaged ({file}); run: assistant index --rebuild, with the folders that it was made of"
        )
    return None


def _loaded(file: Path) -> State:
    loaded = json.loads(file.read_text(encoding="utf-8"))
    if loaded["fingerprint"].get("schema") != SCHEMA:  # of another version: only what was indexed still counts
        files = {path: _old_entry(entry) for path, entry in loaded["files"].items()}
        return State(loaded["fingerprint"], roots=list(loaded.get("roots", [])), files=files)
    if loaded.pop("checksum") != _checksum(loaded):
        raise ValueError
    loaded["files"] = {path: _entry(entry) for path, entry in loaded["files"].items()}
    loaded["failed"] = {path: _entry(entry) for path, entry in loaded["failed"].items()}
    return State(**loaded)


def _checksum(row: Mapping[str, Any]) -> str:
    return hashlib.blake2b(json.dumps(row).encode(), digest_size=16).hexdigest()


def _entry(row: Mapping[str, Any]) -> FileEntry:
    entry = FileEntry(**row)
    texts = (entry.sha256, entry.letter_id, entry.kept, entry.said, entry.about)
    if not (all(isinstance(text, str) for text in texts) and isinstance(entry.size + entry.mtime_ns, int)):
        raise TypeError
    return entry


def _old_entry(row: Mapping[str, Any]) -> FileEntry:
    return FileEntry(str(row.get("sha256")), 0, 0, str(row.get("letter_id", "")))


def settled_time(mtime_ns: int) -> int:
    """A file's time of change where it can tell a later change from this one, else 0.

    What was changed a moment ago could change again within the same tick of the clock, and what was changed in the
    future, by a clock that was set back, says nothing: such a file is compared by its content.
    """
    return mtime_ns if time.time_ns() - mtime_ns > SETTLED else 0
