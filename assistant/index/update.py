"""Bringing the index up to date: which files are new, changed or gone, and what that means for the letters.

All is written into a new generation, which is in force when the record of the index names it, at the very end.
"""

import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import Self

from assistant.embedding.embedder import Embedder
from assistant.embedding.store import RememberedEmbeddings
from assistant.errors import IndexStateError, LetterError, StoreError, printable
from assistant.index.duplicates import better_copy, same_letter
from assistant.index.generation import begin, damage, discard, sealed, writing
from assistant.index.parsed import ParsedLetters
from assistant.index.register import Register
from assistant.index.state import (
    OURS,
    SCHEMA,
    FileEntry,
    State,
    difference,
    encoded_by,
    fingerprint,
    load_state,
    settled_time,
)
from assistant.letters.inspectorates import use
from assistant.letters.letter import Letter
from assistant.reading.corpus import digest, find_files, refused_files, shown_name
from assistant.reading.corrections import given_for, read_manifest
from assistant.reading.readers.files import LARGEST_FILE
from assistant.reading.workers import read_under
from assistant.settings import Settings
from assistant.stores.filters import facts_of
from assistant.stores.opened import lost, open_store, sweep
from assistant.stores.passages import Passage, cut_passages, headed
from assistant.stores.store import Row

__all__ = ["Progress", "Report", "update_index"]

READ_AGAIN = 200  # letters whose words are in memory while the BM25 index is made anew
BATCH_LETTERS = 8  # letters written at a time: their vectors are in memory

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much is done and how much there is."""


@dataclass(slots=True)
class Report:
    """What an update did: the contract's `assistant index --json`.

    `damaged` names the file of the index that was not as it was written, for which the index was made anew.
    """

    letters: int = 0
    passages: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    failed: list[dict[str, str]] = field(default_factory=list)
    duplicates: list[dict[str, str]] = field(default_factory=list)
    damaged: str = ""
    seconds: float = 0.0


def update_index(
    settings: Settings,
    paths: Sequence[Path] = (),
    *,
    only: bool = False,
    rebuild: bool = False,
    progress: Progress = lambda _what, _done, _all: None,
    read: Mapping[Path, Letter | LetterError] = MappingProxyType({}),
) -> Report:
    """Bring the index up to date with files and folders.

    Args:
        settings: Where the index lies, and under which settings it is made.
        paths: Files (added or replaced) and folders (synchronised); if there are none, the default corpus and what was
            added from the page. The folder of the latter may be empty.
        only: Also remove what was read from elsewhere.
        rebuild: Make the index anew.
        progress: Told of each step.
        read: What was read already, by absolute path; these files are not read again.

    Returns:
        What was done. A file that cannot be read is in `failed`, and all others are indexed.

    Raises:
        LetterError: If a path does not exist, a folder holds no letter, or a manifest cannot be understood; nothing
            is changed then.
        IndexStateError: If another process writes the index, it was made under other settings, or it cannot be
            written; the index is as it was before then.
    """
    started = time.perf_counter()
    use(settings.inspectorate)
    added = settings.adding_dir.expanduser().resolve()
    roots = [path.expanduser().resolve() for path in paths or (settings.corpus_dir,)]
    if not paths and not roots[0].exists():  # installed from a wheel, the assistant brings no letters along
        more = "name the folder that holds your letters: assistant index FOLDER (or ASSISTANT_CORPUS_DIR)"
        reason = f"there is no such file or folder; {more}"
        raise LetterError(str(roots[0]), reason)
    if not paths and added not in roots:
        roots.append(added)  # also where it is no longer there: what it held goes
    wanted = {str(file.resolve()): file for root in roots for file in find_files(root, maybe_none=root == added)}
    for folder in {file.parent for file in wanted.values()}:
        read_manifest(folder)
    folder = settings.index_dir
    with ExitStack() as held:
        held.enter_context(closing(writing(folder)))
        state, wanted, damaged = _begin(settings, roots, wanted, paths_given=bool(paths), only=only, rebuild=rebuild)
        update = held.enter_context(_Update(settings, state, progress, read))
        update.report.damaged = damaged
        try:
            update.run(roots, wanted, only)
        except OSError as error:
            reason = f"{folder}: {error.strerror or error}"
            raise IndexStateError(f"the index cannot be written ({reason}); it is as it was before") from error
        refused = [error for root in roots for error in refused_files(root)]
        update.report.failed += [{"file": error.file, "error": error.reason} for error in refused]
        left = discard(folder, state.generation)
        with suppress(StoreError):  # what is no longer needed on a server is deleted after the next update
            sweep(settings, left)
    report = update.report
    report.seconds = round(time.perf_counter() - started, 3)
    return report


def _begin(
    settings: Settings,
    roots: Sequence[Path],
    wanted: dict[str, Path],
    *,
    paths_given: bool,
    only: bool,
    rebuild: bool,
) -> tuple[State, dict[str, Path], str]:
    """The state to go on from, the files to be in step with, and what of the index was damaged.

    A new index reads again what the old one held.
    """
    folder, made_under, damaged = settings.index_dir, fingerprint(settings), ""
    try:
        state = load_state(folder)
    except IndexStateError:
        if not rebuild:
            raise
        state = None  # what was indexed can no longer be told; the paths given are
    if state and not rebuild and state.fingerprint != made_under:
        ours = all(state.fingerprint.get(key) == value or key in OURS for key, value in made_under.items())
        if paths_given and not ours and state.fingerprint.get("schema") == SCHEMA:
            raise IndexStateError(
                f"the index in {folder} was made under other settings"
                f" ({difference(state.fingerprint, made_under)}); add --rebuild to make it anew"
            )
        rebuild = True
    if state and not rebuild:
        damaged = damage(folder, state, thorough=True) or lost(settings, folder / state.generation)
        rebuild = bool(damaged)
    if state is None or rebuild:
        elsewhere = state.roots if state and not only else []  # what was read from elsewhere is read again
        if state and not only:
            wanted |= {path: Path(path) for path in (*state.files, *state.failed) if Path(path).is_file()}
        state = State(made_under, roots=elsewhere, saved=state.saved if state else 0)
    there = [str(root) for root in roots if root.exists()]
    state.roots = list(dict.fromkeys([*([] if only else state.roots), *there]))
    return state, wanted, damaged


class _Update:
    """One run of `update_index`, with the lock held.

    A letter is its words: files that hold the same letter share it, it is read from the best of them, and it goes
    when the last of them has gone or changed.
    """

    def __init__(
        self, settings: Settings, state: State, progress: Progress, read: Mapping[Path, Letter | LetterError]
    ) -> None:
        self.settings, self.state, self.progress, self.read = settings, state, progress, read
        self.folder = settings.index_dir
        self.generation = self.folder / state.generation
        self.report = Report()
        self._rebuilt = not state.generation
        self.register = Register(state.files)
        self._kept = set(state.letter_ids())
        self._begun: Path | None = None
        self._opened = ExitStack()
        self._embedder: Embedder | None = None
        self._parsed: ParsedLetters | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Let go; what was begun and not brought into force is deleted."""
        self._opened.close()
        if self._begun and self.state.generation != self._begun.name:
            shutil.rmtree(self._begun, ignore_errors=True)

    def _begin(self) -> None:
        """Go on in a generation of our own: nobody reads it yet."""
        if self._begun is None:
            self._begun = self.generation = begin(self.folder, self.state.generation)
            self.remembered = RememberedEmbeddings(self.folder, encoded_by(self.state.fingerprint))
            self._opened.callback(self.remembered.close)
            self.remembered.gather()
            self.store = open_store(self.settings, self.generation)
            self._opened.callback(self.store.close)
            self._parsed = ParsedLetters(self.generation, writing=True)
            self._opened.callback(self._parsed.close)

    def _finish(self) -> None:
        """Bring all into force."""
        self.report.letters = len(self.state.letter_ids())
        if self._begun:
            self.state.passages = self.store.count()
            self.store.settle(self._again)
            self.parsed.close()
            if self._rebuilt:
                self.remembered.forget_unused()
            self.state.generation, self.state.seal = self._begun.name, sealed(self._begun)
        self.report.passages = self.state.passages
        self.state.save(self.folder)

    def _again(self) -> Iterator[list[Row]]:
        """Every row once more, of some letters at a time."""
        ids = iter(self.state.letter_ids())
        while some := list(islice(ids, READ_AGAIN)):
            letters = [self.parsed.letter(letter_id) for letter_id in some]
            yield [row for letter in letters for row in _rows(letter, self.parsed.passages(letter))]

    @property
    def parsed(self) -> ParsedLetters:
        """The letters as they are now: until something changes, those of the generation in force."""
        if self._parsed is None:
            self._parsed = ParsedLetters(self.generation)
        return self._parsed

    @property
    def embedder(self) -> Embedder:
        """Loaded only when there is something to embed: it takes seconds."""
        if self._embedder is None:
            self._embedder = Embedder(self.settings)
        return self._embedder

    def run(self, roots: Sequence[Path], wanted: Mapping[str, Path], only: bool) -> None:
        if self._rebuilt:
            self._begin()
        folders = [root for root in roots if not root.is_file()]
        gone = [
            path
            for path in self.state.files
            if path not in wanted and (only or any(Path(path).is_relative_to(folder) for folder in folders))
        ]
        self._drop(gone)
        self.report.removed = len(gone)
        for path in [path for path in self.state.failed if path in wanted or not Path(path).is_file()]:
            del self.state.failed[path]
        known = self.state.files
        changed = {path: file for path, file in wanted.items() if path not in known or not known[path].holds(file)}
        for path in wanted.keys() - changed.keys():
            known[path] = replace(known[path], mtime_ns=settled_time(wanted[path].stat().st_mtime_ns))
        self.report.unchanged = len(wanted) - len(changed)
        self._take(changed)
        orphans = self._orphans()
        self._drop(orphans)
        self._take(orphans, again=True)
        self._finish()

    def _orphans(self) -> dict[str, Path]:
        """Copies whose better copy, from which the letter was read, has gone: they are read themselves."""
        files = self.state.files
        read_from = {(entry.letter_id, entry.sha256) for entry in files.values()}
        lost = [path for path, entry in files.items() if (entry.letter_id, entry.kept) not in read_from]
        return {path: Path(path) for path in lost}

    def _take(self, files: Mapping[str, Path], again: bool = False) -> None:
        """Read files and bring the index up to what they hold, a batch at a time."""
        stats = {}
        for path, file in files.items():
            with suppress(OSError):
                stats[path] = file.stat()  # before it is read: a change behind our back is seen the next time
        outcomes = self._read(files)
        done = 0
        while batch := list(islice(outcomes, BATCH_LETTERS)):
            self.progress("Reading and indexing letters", done, len(files))
            new: list[Letter] = []
            for path, outcome in batch:
                if isinstance(outcome, LetterError):
                    name = shown_name(files[path])
                    error = outcome.reason if outcome.file == printable(name) else str(outcome)
                    self.report.failed.append({"file": name, "error": error})
                    self._fail(path, files[path])
                else:
                    size, mtime_ns = stats[path].st_size, settled_time(stats[path].st_mtime_ns)
                    said = _said(files[path], outcome.sha256)
                    entry = FileEntry(outcome.sha256, size, mtime_ns, said=said, about=_about(outcome))
                    if not again:
                        self.report.updated += path in self.state.files
                        self.report.added += path not in self.state.files
                    self._place(path, entry, outcome, new)
            self._apply(new)
            done += len(batch)
        if files:
            self.progress("Reading and indexing letters", len(files), len(files))

    def _read(self, files: Mapping[str, Path]) -> Iterator[tuple[str, Letter | LetterError]]:
        """Every file's letter or error, in order, read in processes of their own under limits."""
        unread = [file for path, file in files.items() if Path(path) not in self.read]
        with closing(read_under(self.settings, unread)) as outcomes:  # an interruption ends the workers at once
            for path in files:
                yield path, self.read[Path(path)] if Path(path) in self.read else next(outcomes)[1]

    def _place(self, path: str, entry: FileEntry, letter: Letter, new: list[Letter]) -> None:
        """Give a file its entry: a letter of its own, or a copy of one that is held; the better copy is kept."""
        held = self._held_copy(path, entry, letter, new)
        before = self.state.files.get(path)
        stale = held is not None and before is not None and before.kept == before.sha256 == held.sha256
        if held is None or stale or better_copy([held, letter]) is letter:
            named = self._named(path, letter, held)
            if held is not None:
                for other, copy in self.register.of(held.letter_id, without=path).items():
                    self.register.put(other, replace(copy, letter_id=named.letter_id, kept=letter.sha256))
                    self._report_copy(other, named)
                new[:] = [other for other in new if other.letter_id != held.letter_id]
            new.append(named)
            held = named
        else:
            self._report_copy(path, held)
        self.register.put(path, replace(entry, letter_id=held.letter_id, kept=held.sha256))

    def _held_copy(self, path: str, entry: FileEntry, letter: Letter, new: Sequence[Letter]) -> Letter | None:
        """The letter held already that a newly read one is a copy of, or None."""
        by_id = {other.letter_id: other for other in new}
        for letter_id in dict.fromkeys(other.letter_id for other in self.register.alike(entry, without=path)):
            held = by_id[letter_id] if letter_id in by_id else self.parsed.letter(letter_id)
            if held.sha256 == letter.sha256 or same_letter(held, letter):
                return held
        return None

    def _report_copy(self, path: str, kept: Letter) -> None:
        self.report.duplicates.append({"file": shown_name(Path(path)), "letter_id": kept.letter_id, "kept": kept.file})

    def _named(self, path: str, letter: Letter, held: Letter | None) -> Letter:
        """The letter under an identifier of its own: a second file of the same name takes a piece of its hash."""
        its_own = held is not None and held.letter_id == letter.letter_id
        if not its_own and self.register.of(letter.letter_id, without=path):
            return replace(letter, letter_id=f"{letter.letter_id}-{letter.sha256[:8]}")
        return letter

    def _fail(self, path: str, file: Path) -> None:
        """A file that cannot be read: remembered, and what it held before it broke stays answered."""
        with suppress(OSError):
            stat = file.stat()
            sha256 = digest(file.read_bytes()) if file.is_file() and stat.st_size < LARGEST_FILE else ""
            self.state.failed[path] = FileEntry(sha256, stat.st_size, stat.st_mtime_ns, said=_said(file, sha256))

    def _drop(self, paths: Iterable[str]) -> None:
        """Strike out files, and remove the letters that no other file holds."""
        for path in paths:
            self.register.drop(path)
        self._apply([])

    def _apply(self, new: Sequence[Letter]) -> None:
        """Write new letters, and remove those that no file holds any more or that are read anew."""
        written = {letter.letter_id for letter in new}
        touched = (self.register.emptied() | written) & self._kept
        if touched or written:
            self._begin()
            self._delete(touched)
            self._write(new)
        self._kept = (self._kept - touched) | written

    def _delete(self, letter_ids: Iterable[str]) -> None:
        ids = sorted(letter_ids)
        if ids:
            self.store.delete(ids)
            self.parsed.drop(ids)

    def _write(self, letters: Sequence[Letter]) -> None:
        if not letters:
            return
        passages = self._cut(letters)
        rows = [row for letter, found in passages for row in _rows(letter, found)]
        if rows:
            self.store.upsert(rows, self.remembered.embed([row.text for row in rows], self.embedder.passages))
        self.parsed.save(passages)

    def _cut(self, letters: Sequence[Letter]) -> list[tuple[Letter, list[Passage]]]:
        most = min(self.settings.passage_tokens, self.embedder.window)
        count = lru_cache(maxsize=1000)(self.embedder.count)  # the same stretch is asked for again and again
        return [(letter, list(cut_passages(letter, count, most))) for letter in letters]


def _rows(letter: Letter, passages: Iterable[Passage]) -> list[Row]:
    facts = facts_of(letter)
    return [Row(passage, headed(letter, passage), facts) for passage in passages]


def _about(letter: Letter) -> str:
    return f"{letter.authority or ''}|{letter.kind}"


def _said(file: Path, sha256: str) -> str:
    try:
        return given_for(file, sha256).version()
    except LetterError as error:
        return str(error)
