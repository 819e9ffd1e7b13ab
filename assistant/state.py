"""What an index folder holds beside its two stores: the record of what is in it, the letters as parsed, and a lock.

A letter's entry is written last: an interrupted run leaves the letter listed as pending, and the next `index` removes
what it left and writes it again.
"""

import json
import os
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from assistant.corpus import digest, shown_name
from assistant.corrections import given_for
from assistant.embed import model_revision
from assistant.errors import IndexStateError, LetterError
from assistant.letters import Letter
from assistant.passages import Passage
from assistant.settings import Settings

__all__ = [
    "SCHEMA",
    "FileEntry",
    "State",
    "difference",
    "drop_letters",
    "encoded_by",
    "fingerprint",
    "load_letter",
    "load_state",
    "lock",
    "save_letter",
    "wipe",
]

SCHEMA = 10
"""Version of the index folder and of how letters are read: a change makes every index stale."""


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One indexed file.

    Attributes:
        sha256: Of its bytes.
        size: In bytes.
        mtime_ns: When it was last changed, in nanoseconds.
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
        roots: Files and folders that were indexed, absolute.
        files: Indexed files by absolute path.
        failed: Files that could not be read.
        pending: Letters being written or removed, with the paths that hold them.
    """

    fingerprint: dict[str, Any]
    roots: list[str] = field(default_factory=list)
    files: dict[str, FileEntry] = field(default_factory=dict)
    failed: dict[str, FileEntry] = field(default_factory=dict)
    pending: dict[str, list[str]] = field(default_factory=dict)

    def save(self, folder: Path) -> None:
        """Write it, whole or not at all. File names that are no Unicode are kept by escapes."""
        _write(folder / "state.json", json.dumps(asdict(self), indent=1))

    def letter_ids(self) -> list[str]:
        """Every indexed letter, sorted."""
        return sorted({entry.letter_id for entry in self.files.values()})

    def names(self, letter_id: str) -> tuple[str, ...]:
        """Base names of all files that hold a letter; the one that it was read from first."""
        entries = sorted((entry.sha256 != entry.kept, path) for path, entry in self.of(letter_id).items())
        return tuple(dict.fromkeys(shown_name(Path(path)) for _, path in entries))

    def of(self, letter_id: str) -> dict[str, FileEntry]:
        """The files that hold a letter, by path."""
        return {path: entry for path, entry in self.files.items() if entry.letter_id == letter_id}


def fingerprint(settings: Settings) -> dict[str, Any]:
    """What an index depends on beside the letters; an index of another fingerprint is refused."""
    return {
        "schema": SCHEMA,
        "model": settings.embedding_model,
        "revision": model_revision(settings),
        "query_prompt": settings.query_prompt,
        "passage_prompt": settings.passage_prompt,
        "passage_tokens": settings.passage_tokens,
    }


def encoded_by(made_under: Mapping[str, Any]) -> str:
    """What of a fingerprint decides the embedding of a text."""
    return f"{made_under['model']} {made_under['revision']} {made_under['passage_prompt']}"


def difference(old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    """In which settings two fingerprints differ, in words."""
    return ", ".join(f"{key}: {old.get(key)!r} then, {new[key]!r} now" for key in new if old.get(key) != new[key])


def load_state(folder: Path) -> State | None:
    """The record of an index, or None where there is no index.

    Raises:
        IndexStateError: If it is damaged.
    """
    file = folder / "state.json"
    try:
        loaded = json.loads(file.read_text(encoding="utf-8"))
        if loaded["fingerprint"].get("schema") != SCHEMA:  # of another version: only what was indexed still counts
            files = {path: _old_entry(entry) for path, entry in loaded["files"].items()}
            return State(loaded["fingerprint"], roots=list(loaded.get("roots", [])), files=files)
        loaded["files"] = {path: _entry(entry) for path, entry in loaded["files"].items()}
        loaded["failed"] = {path: _entry(entry) for path, entry in loaded["failed"].items()}
        if not all(isinstance(paths, list) for paths in loaded["pending"].values()):
            raise TypeError
        return State(**loaded)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise IndexStateError(f"the index is damaged ({file}); run: assistant index --rebuild") from None


def _entry(row: Mapping[str, Any]) -> FileEntry:
    entry = FileEntry(**row)
    texts = (entry.sha256, entry.letter_id, entry.kept, entry.said, entry.about)
    if not (all(isinstance(text, str) for text in texts) and isinstance(entry.size + entry.mtime_ns, int)):
        raise TypeError
    return entry


def _old_entry(row: Mapping[str, Any]) -> FileEntry:
    return FileEntry(str(row.get("sha256")), 0, 0, str(row.get("letter_id", "")))


def wipe(folder: Path) -> None:
    """Empty an index folder of all that an index consists of, and of nothing else."""
    for name in ("chroma", "lexical", "letters"):
        shutil.rmtree(folder / name, ignore_errors=True)
    (folder / "state.json").unlink(missing_ok=True)


# --- letters as parsed -------------------------------------------------------------------------------------------

Row = tuple[str, int, int, int, tuple[str, ...]]  # passage_id, start, end, n_tokens, paragraph_ids


@cache
def _adapter() -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(tuple[Letter, list[Row]])


def save_letter(folder: Path, letter: Letter, passages: Iterable[Passage]) -> None:
    """Keep a letter as parsed, with its passages."""
    rows = [(p.passage_id, p.start, p.end, p.n_tokens, p.paragraph_ids) for p in passages]
    _write(_letter_file(folder, letter.letter_id), str(_adapter().dump_json((letter, rows)).decode()))


def load_letter(folder: Path, letter_id: str, names: Sequence[str] = ()) -> tuple[Letter, list[Passage]]:
    """A letter as parsed, and its passages.

    Args:
        folder: The index.
        letter_id: Which letter.
        names: Base names of the files that hold it now, the one it was read from first.

    Raises:
        IndexStateError: If it is not there or damaged.
    """
    file = _letter_file(folder, letter_id)
    try:
        letter, rows = _adapter().validate_json(file.read_bytes())
    except (OSError, ValueError):
        raise IndexStateError(f"the index is damaged ({file.name}); run: assistant index --rebuild") from None
    if names:
        letter = replace(letter, file=names[0], files=tuple(names))
    return letter, list(_passages(letter, rows))


def drop_letters(folder: Path, letter_ids: Collection[str]) -> None:
    """Forget letters as parsed."""
    for letter_id in letter_ids:
        _letter_file(folder, letter_id).unlink(missing_ok=True)


def _letter_file(folder: Path, letter_id: str) -> Path:
    return folder / "letters" / f"{letter_id}.json"


def _passages(letter: Letter, rows: Iterable[Row]) -> Iterator[Passage]:
    for passage_id, start, end, n_tokens, paragraph_ids in rows:
        section = next(section for section in letter.sections if section.start <= start < section.end)
        yield Passage(
            passage_id,
            letter.letter_id,
            letter.file,
            section.heading,
            section.kind,
            paragraph_ids,
            start,
            end,
            letter.text[start:end],
            n_tokens,
        )


def _write(file: Path, text: str) -> None:
    """Write a file whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(".tmp")
    with draft.open("w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(file)


# --- lock --------------------------------------------------------------------------------------------------------


def lock(folder: Path, *, exclusive: bool) -> Any:
    """The index's lock: the operating system drops it when its owner ends, however that happens.

    Raises:
        IndexStateError: If the folder cannot be used, or another process holds the lock.
    """
    import portalocker

    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / "lock").open("a+")
    except OSError as error:
        reason = "it is a file, not a folder" if folder.is_file() else error.strerror
        raise IndexStateError(f"{folder} cannot be used for the index ({reason}); set ASSISTANT_INDEX_DIR") from None
    kind = portalocker.LockFlags.EXCLUSIVE if exclusive else portalocker.LockFlags.SHARED
    try:
        portalocker.lock(file, kind | portalocker.LockFlags.NON_BLOCKING)
    except (portalocker.LockException, portalocker.AlreadyLocked):
        with suppress(OSError):
            file.close()
        doing = "is being read (is the page running? stop it first)" if exclusive else "is being written"
        raise IndexStateError(f"the index in {folder} {doing}; try again when the other process has ended") from None
    return file
