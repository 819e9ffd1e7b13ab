"""The index: passages in Chroma (embeddings, through llama-index) and tantivy (BM25), and a record of what is in.

Layout of the index folder, all of it rebuildable from the letters:

    state.json   fingerprint, files with their hashes, letters being written
    letters/     one JSON file a letter: the letter as parsed and its passages
    chroma/      the embedding store
    lexical/     the BM25 index
    lock         held shared by readers, exclusively by the one process that writes

A letter's entry in `state.json` is written last: an interrupted run leaves the letter listed as pending, and the
next `index` removes what it left and writes it again.
"""

import json
import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Self

from assistant.corpus import digest, find_files, read_letter, read_manifest
from assistant.embed import Embedder, model_revision
from assistant.errors import FilterError, IndexStateError, LetterError
from assistant.letters import Letter, Section
from assistant.lexical import LexicalIndex
from assistant.passages import Passage, cut_passages, header
from assistant.readers import LARGEST_FILE
from assistant.settings import DEFAULT_CORPUS, Settings
from assistant.vectors import VectorIndex

__all__ = ["Catalogue", "Index", "Progress", "Report", "fingerprint", "is_current", "update_index"]

SCHEMA = 6  # of the index folder and of how letters are read: a change makes every index stale
BATCH_LETTERS = 8  # letters written between two saved states: what an interrupted run has to do again

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much is done and how much there is."""


@dataclass(slots=True)
class Report:
    """What an update did: the contract's `assistant index --json`."""

    letters: int = 0
    passages: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    failed: list[dict[str, str]] = field(default_factory=list)
    duplicates: list[dict[str, str]] = field(default_factory=list)
    seconds: float = 0.0


@dataclass(slots=True)
class _State:
    fingerprint: dict[str, Any]
    roots: list[str] = field(default_factory=list)  # files and folders that were indexed, absolute
    files: dict[str, dict[str, Any]] = field(default_factory=dict)  # absolute path -> sha256, size, mtime, letter_id
    failed: dict[str, dict[str, Any]] = field(default_factory=dict)  # the same for files that could not be read
    pending: dict[str, list[str]] = field(default_factory=dict)  # letters being written or removed: id -> their paths

    def save(self, folder: Path) -> None:
        _write(folder / "state.json", json.dumps(asdict(self), indent=1, ensure_ascii=False))


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


# --- reading -----------------------------------------------------------------------------------------------------


class Catalogue:
    """The indexed letters and passages, without the means to search them. Holds a shared lock until `close`.

    Attributes:
        letters: Every indexed letter, oldest first.
        passages: Every passage by its identifier.
        fingerprint: What the index was made under.
        corpus_hash: One hash over all files, for exports and results.

    Raises:
        IndexStateError: If there is no index, it is being written, or it was made under other settings.
    """

    def __init__(self, settings: Settings) -> None:
        folder = settings.index_dir
        self._lock = _lock(folder, exclusive=False)
        try:
            state = _load_state(folder)
            if state is None:
                raise IndexStateError(f"there is no index in {folder}; run: assistant index")
            if state.fingerprint != fingerprint(settings):
                raise IndexStateError(
                    f"the index in {folder} was made under other settings"
                    f" ({_difference(state.fingerprint, fingerprint(settings))}); run: assistant index --rebuild"
                )
            if state.pending:
                raise IndexStateError(f"indexing into {folder} was interrupted; run: assistant index")
            self.fingerprint = state.fingerprint
            self.corpus_hash = digest("".join(sorted(f["sha256"] for f in state.files.values())).encode())[:16]
            stored = [_load_letter(folder, letter_id, _names(state, letter_id)) for letter_id in _letter_ids(state)]
            self.letters = tuple(sorted((s[0] for s in stored), key=lambda letter: (letter.date, letter.letter_id)))
            self.passages: Mapping[str, Passage] = {p.passage_id: p for _, ps in stored for p in ps}
        except BaseException:
            self._lock.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def letter(self, name: str) -> Letter:
        """One letter by its identifier or by the name of one of its files.

        Raises:
            FilterError: If there is no such letter.
        """
        for letter in self.letters:
            if name == letter.letter_id or name in letter.files:
                return letter
        raise FilterError(f"there is no letter {name!r}; list them with: assistant letters")

    def close(self) -> None:
        """Release the index for a process that wants to write it."""
        self._lock.close()


class Index(Catalogue):
    """An index open for questions.

    Attributes:
        embedder: The model that made the vectors.
        vectors: The embedding store.
        lexical: The BM25 index.

    Raises:
        IndexStateError: As for `Catalogue`.
    """

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        try:
            self.embedder = Embedder(settings)
            self.vectors = VectorIndex(settings.index_dir / "chroma")
            self.lexical = LexicalIndex(settings.index_dir / "lexical")
            if not self.vectors.count() == self.lexical.count() == len(self.passages):
                raise IndexStateError(
                    f"the index in {settings.index_dir} is incomplete; run: assistant index --rebuild"
                )
        except BaseException:
            self._lock.close()
            raise

    def close(self) -> None:
        """Release the index for a process that wants to write it."""
        self.vectors.close()
        super().close()


def is_current(settings: Settings) -> bool:
    """Whether the index can answer as it is: made under these settings, and the corpus's files unchanged since.

    An index that was made of other letters only (`assistant index PATH --only`) is left as it is, unless the corpus
    was named by a setting.
    """
    state = _load_state(settings.index_dir)
    if state is None or state.pending or state.fingerprint != fingerprint(settings):
        return False
    root = settings.corpus_dir.expanduser().resolve()
    if str(root) not in state.roots:
        return bool(state.roots) and root == DEFAULT_CORPUS.resolve()
    files = {str(file.resolve()): file for file in find_files(root)}
    known = state.files | state.failed
    inside = {path for path in known if _inside(Path(path), root)}
    return inside == set(files) and all(_unchanged(known[path], file) for path, file in files.items())


def _inside(path: Path, root: Path) -> bool:
    return path == root or root in path.parents


def _unchanged(entry: Mapping[str, Any], file: Path) -> bool:
    """Same size and time of change; else the content decides."""
    with suppress(OSError):
        stat = file.stat()
        if entry["size"] == stat.st_size and entry["mtime_ns"] == stat.st_mtime_ns:
            return True
        return bool(entry["size"] == stat.st_size and entry["sha256"] == digest(file.read_bytes()))
    return False


# --- writing -----------------------------------------------------------------------------------------------------


def update_index(
    settings: Settings,
    paths: Sequence[Path] = (),
    *,
    only: bool = False,
    rebuild: bool = False,
    progress: Progress = lambda _what, _done, _all: None,
) -> Report:
    """Bring the index up to date with files and folders.

    Args:
        settings: Where the index lies, and under which settings it is made.
        paths: Files (added or replaced) and folders (synchronised); the default corpus if there are none.
        only: Also remove what was read from elsewhere.
        rebuild: Make the index anew.
        progress: Told of each step.

    Returns:
        What was done. A file that cannot be read is in `failed`, and all others are indexed.

    Raises:
        LetterError: If a path does not exist or a folder holds no letter; nothing is changed then.
        IndexStateError: If another process uses the index, or it was made under other settings.
    """
    started = time.perf_counter()
    roots = [path.expanduser().resolve() for path in paths or (settings.corpus_dir,)]
    wanted = {str(file.resolve()): file for root in roots for file in find_files(root)}
    folder = settings.index_dir
    lock = _lock(folder, exclusive=True)
    try:
        try:
            state = _load_state(folder)
        except IndexStateError:
            if not rebuild:
                raise
            state = None  # what was indexed can no longer be told; the paths given are
        if state and not rebuild and state.fingerprint != fingerprint(settings):
            if state.fingerprint.get("schema") == SCHEMA and paths:
                raise IndexStateError(
                    f"the index in {folder} was made under other settings"
                    f" ({_difference(state.fingerprint, fingerprint(settings))}); add --rebuild to make it anew"
                )
            rebuild = True
        if state is None or rebuild:
            elsewhere = state.roots if state and not only else []  # what was read from elsewhere is read again
            if state and not only:
                wanted |= {path: Path(path) for path in (*state.files, *state.failed) if Path(path).is_file()}
            _wipe(folder)
            state = _State(fingerprint(settings), roots=elsewhere)
        update = _Update(settings, state, progress)
        state.roots = list(dict.fromkeys([*([] if only else state.roots), *map(str, roots)]))
        try:
            update.run(roots, wanted, only)
        finally:
            update.close()
        report = update.report
    finally:
        lock.close()
    report.seconds = round(time.perf_counter() - started, 3)
    return report


class _Update:
    """One run of `update_index`, with the lock held.

    A letter is its content: files with the same bytes share one letter, and a letter goes when its last file has
    gone or changed.
    """

    def __init__(self, settings: Settings, state: _State, progress: Progress) -> None:
        self.settings, self.state, self.progress = settings, state, progress
        self.folder = settings.index_dir
        self.report = Report()
        self.vectors = VectorIndex(self.folder / "chroma")
        self.lexical = LexicalIndex(self.folder / "lexical")
        self._embedder: Embedder | None = None
        self._manifests: dict[Path, Mapping[str, Mapping[str, Any]]] = {}

    @property
    def embedder(self) -> Embedder:
        """Loaded only when there is something to embed: it takes seconds."""
        if self._embedder is None:
            self._embedder = Embedder(self.settings)
        return self._embedder

    def close(self) -> None:
        self.vectors.close()

    def run(self, roots: Sequence[Path], wanted: Mapping[str, Path], only: bool) -> None:
        wanted = {**wanted, **self._heal()}
        folders = [root for root in roots if root.is_dir()]
        gone = [
            path
            for path in self.state.files
            if path not in wanted and (only or any(_inside(Path(path), folder) for folder in folders))
        ]
        self._apply({path: None for path in gone}, [])
        self.report.removed = len(gone)
        for path in [path for path in self.state.failed if path in wanted or not Path(path).is_file()]:
            del self.state.failed[path]
        changed = [path for path, file in wanted.items() if not self._same(path, file)]
        self.report.unchanged = len(wanted) - len(changed)
        for start in range(0, len(changed), BATCH_LETTERS):
            self.progress("Reading and indexing letters", start, len(changed))
            self._batch({path: wanted[path] for path in changed[start : start + BATCH_LETTERS]})
        self.progress("Reading and indexing letters", len(changed), len(changed))
        self.report.letters = len(_letter_ids(self.state))
        self.report.passages = self.vectors.count()
        self.state.save(self.folder)

    def _same(self, path: str, file: Path) -> bool:
        entry = self.state.files.get(path)
        if entry is None or not _unchanged(entry, file):
            return False
        entry["mtime_ns"] = file.stat().st_mtime_ns
        return True

    def _heal(self) -> dict[str, Path]:
        """Take out what an interrupted run left half done; gives back the files to be read again."""
        pending = self.state.pending
        if not pending:
            return {}
        self._delete(pending)
        paths = [path for paths in pending.values() for path in paths]
        paths += [path for path, entry in self.state.files.items() if entry["letter_id"] in pending]
        self.state.files = {p: e for p, e in self.state.files.items() if e["letter_id"] not in pending}
        self.state.pending = {}
        self.state.save(self.folder)
        return {path: Path(path) for path in paths if Path(path).is_file()}

    def _batch(self, files: Mapping[str, Path]) -> None:
        """Read some files and bring the index up to what they hold."""
        by_hash = {entry["sha256"]: entry["letter_id"] for entry in self.state.files.values()}
        entries: dict[str, dict[str, Any] | None] = {}
        new: list[Letter] = []
        for path, file in files.items():
            try:
                letter = self._read(file)
                stat = file.stat()
            except (LetterError, OSError) as error:
                reason = error.reason if isinstance(error, LetterError) else str(error.strerror)
                self.report.failed.append({"file": file.name, "error": reason})
                self._fail(path, file)
                continue
            if letter.sha256 in by_hash:
                self.report.duplicates.append({"file": file.name, "letter_id": by_hash[letter.sha256]})
            else:
                going = {path: None for path in files} | entries
                letter = self._named(letter, going, [other.letter_id for other in new])
                by_hash[letter.sha256] = letter.letter_id
                new.append(letter)
            entries[path] = {
                "sha256": letter.sha256,
                "size": stat.st_size,
                "mtime_ns": stat.st_mtime_ns,
                "letter_id": by_hash[letter.sha256],
            }
        self.report.updated += sum(path in self.state.files for path in entries)
        self.report.added += sum(path not in self.state.files for path in entries)
        self._apply(entries, new)

    def _read(self, file: Path) -> Letter:
        if file.parent not in self._manifests:
            self._manifests[file.parent] = read_manifest(file.parent)
        return read_letter(file, self._manifests[file.parent])

    def _named(self, letter: Letter, going: Mapping[str, object], new: Sequence[str]) -> Letter:
        """The letter under an identifier of its own: a second file of the same name takes a piece of its hash."""
        taken = {entry["letter_id"] for path, entry in self.state.files.items() if path not in going} | set(new)
        kept = {e["letter_id"] for e in going.values() if isinstance(e, dict)}
        if letter.letter_id in taken | kept:
            return replace(letter, letter_id=f"{letter.letter_id}-{letter.sha256[:8]}")
        return letter

    def _fail(self, path: str, file: Path) -> None:
        """A file that cannot be read: remembered, and what it held before it broke stays answered."""
        with suppress(OSError):
            stat = file.stat()
            sha256 = digest(file.read_bytes()) if stat.st_size < LARGEST_FILE else ""
            self.state.failed[path] = {"sha256": sha256, "size": stat.st_size, "mtime_ns": stat.st_mtime_ns}

    def _apply(self, entries: Mapping[str, dict[str, Any] | None], new: Sequence[Letter]) -> None:
        """Replace the entries of some paths (None: gone), write new letters, remove those that no path holds."""
        files = {path: entry for path, entry in {**self.state.files, **entries}.items() if entry is not None}
        before = set(_letter_ids(self.state))
        after = {entry["letter_id"] for entry in files.values()}
        written = {letter.letter_id for letter in new}
        touched = (before - after) | written
        if touched:
            self.state.pending = {
                letter_id: [path for path, entry in files.items() if entry["letter_id"] == letter_id]
                for letter_id in sorted(touched)
            }
            self.state.save(self.folder)
            self._delete(touched & (before | written))
            self._write(new)
        self.state.files = files
        self.state.pending = {}
        self.state.save(self.folder)

    def _delete(self, letter_ids: Iterable[str]) -> None:
        ids = sorted(letter_ids)
        if ids:
            self.vectors.delete(ids)
            self.lexical.delete(ids)
            for letter_id in ids:
                _letter_file(self.folder, letter_id).unlink(missing_ok=True)

    def _write(self, letters: Sequence[Letter]) -> None:
        if not letters:
            return
        most = min(self.settings.passage_tokens, self.embedder.window)
        passages = [(letter, list(cut_passages(letter, self.embedder.count, most))) for letter in letters]
        flat = [(letter, passage) for letter, found in passages for passage in found]
        headed = [f"{header(letter, section_of(letter, p))}\n{p.text}" for letter, p in flat]
        if flat:
            self.vectors.upsert([p for _, p in flat], self.embedder.passages(headed))
            self.lexical.add([(p, text) for (_, p), text in zip(flat, headed, strict=True)])
        for letter, found in passages:
            _write(_letter_file(self.folder, letter.letter_id), _letter_json(letter, found))


def section_of(letter: Letter, passage: Passage) -> Section:
    """The section that a passage stands in."""
    return next(section for section in letter.sections if section.start <= passage.start < section.end)


# --- files -------------------------------------------------------------------------------------------------------


def _letter_ids(state: _State) -> list[str]:
    return sorted({entry["letter_id"] for entry in state.files.values()})


def _letter_file(folder: Path, letter_id: str) -> Path:
    return folder / "letters" / f"{letter_id}.json"


Row = tuple[str, int, int, int, tuple[str, ...]]  # passage_id, start, end, n_tokens, paragraph_ids


@cache
def _adapter() -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(tuple[Letter, list[Row]])


def _letter_json(letter: Letter, passages: Sequence[Passage]) -> str:
    rows = [(p.passage_id, p.start, p.end, p.n_tokens, p.paragraph_ids) for p in passages]
    return str(_adapter().dump_json((letter, rows)).decode())


def _load_letter(folder: Path, letter_id: str, names: tuple[str, ...]) -> tuple[Letter, list[Passage]]:
    file = _letter_file(folder, letter_id)
    try:
        letter, rows = _adapter().validate_json(file.read_bytes())
    except (OSError, ValueError):
        raise IndexStateError(f"the index is damaged ({file.name}); run: assistant index --rebuild") from None
    first = letter.file if letter.file in names or not names else names[0]
    letter = replace(letter, file=first, files=(first, *(name for name in names if name != first)))
    return letter, list(_passages(letter, rows))


def _names(state: _State, letter_id: str) -> tuple[str, ...]:
    """Base names of all files that hold a letter."""
    return tuple(sorted({Path(p).name for p, entry in state.files.items() if entry["letter_id"] == letter_id}))


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


def _load_state(folder: Path) -> _State | None:
    file = folder / "state.json"
    try:
        loaded = json.loads(file.read_text(encoding="utf-8"))
        if loaded["fingerprint"].get("schema") != SCHEMA:  # of another version: only what was indexed still counts
            return _State(loaded["fingerprint"], roots=list(loaded.get("roots", [])), files=dict(loaded["files"]))
        state = _State(**loaded)
        if not all(isinstance(part, dict) for part in (state.fingerprint, state.files, state.failed, state.pending)):
            raise TypeError
        return state
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise IndexStateError(f"the index is damaged ({file}); run: assistant index --rebuild") from None


def _difference(old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    return ", ".join(f"{key}: {old.get(key)!r} then, {new[key]!r} now" for key in new if old.get(key) != new[key])


def _wipe(folder: Path) -> None:
    for name in ("chroma", "lexical", "letters"):
        shutil.rmtree(folder / name, ignore_errors=True)
    (folder / "state.json").unlink(missing_ok=True)


def _write(file: Path, text: str) -> None:
    """Write a file whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(".tmp")
    with draft.open("w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(file)


def _lock(folder: Path, *, exclusive: bool) -> Any:
    """The index's lock: the operating system drops it when its owner ends, however that happens."""
    import portalocker

    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / "lock").open("a+")
    except OSError as error:
        raise IndexStateError(
            f"{folder} cannot be used for the index ({error.strerror}); set ASSISTANT_INDEX_DIR"
        ) from None
    kind = portalocker.LockFlags.EXCLUSIVE if exclusive else portalocker.LockFlags.SHARED
    try:
        portalocker.lock(file, kind | portalocker.LockFlags.NON_BLOCKING)
    except (portalocker.LockException, portalocker.AlreadyLocked):
        file.close()
        doing = "is being read (is the page running? stop it first)" if exclusive else "is being written"
        raise IndexStateError(f"the index in {folder} {doing}; try again when the other process has ended") from None
    return file
