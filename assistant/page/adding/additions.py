"""Letters that are added while the page runs: kept in a folder of their own, read, indexed, corrected and removed.

What is added at once is a batch with a folder of its own, so that no file ever meets another of its name. One piece of
work is done at a time, in the order in which it came; whatever fails leaves the index as it was.
"""

import json
import logging
import queue
import shutil
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from assistant.adding.kept import (
    BATCH_ID,
    AddedFile,
    batch_name,
    clear_left_over,
    read_record,
    staging_folder,
    write_record,
)
from assistant.adding.provenance import Provenance
from assistant.errors import AssistantError, IndexStateError, LetterError
from assistant.index.state import load_state
from assistant.index.update import update_index
from assistant.letters.letter import Letter
from assistant.page.adding.upload import Received
from assistant.reading.corrections import MANIFEST, SIDECAR, given_for
from assistant.reading.workers import read_under
from assistant.system.failures import log_failure
from assistant.system.files import write_whole

if TYPE_CHECKING:
    from assistant.engine import Assistant
    from assistant.settings import Settings

__all__ = ["Additions", "Batch", "BusyError", "Held"]

log = logging.getLogger(__name__)

MOST_WAITING = 20  # pieces of work; beyond, something is wrong
REMEMBERED = 200  # batches kept in memory, beside those on disk
LISTED = 20  # earlier batches that the page offers
IN_USE = "The letters are in use by another program. Nothing was changed; try again when it has ended."
OUR_FAULT = "Something went wrong here. Nothing was changed. Please try again in a moment."
NO_ROOM = "The files cannot be kept ({}). Nothing was changed."

State = Literal["waiting", "reading", "indexing", "done", "failed"]


class BusyError(AssistantError):
    """There is so much to do already that nothing more is taken."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What was added at once, and how far the work on it is.

    Attributes:
        batch_id: Its name: day, time and eight digits, the first four of the moment, the others random.
        files: In the order in which they came.
        state: "waiting" for its turn, "reading" files, "indexing" what they hold, "done" or "failed".
        done: How many are read or indexed.
        total: How many there are.
        problem: Why the last piece of work failed, in a sentence.
    """

    batch_id: str
    files: tuple[AddedFile, ...] = ()
    state: State = "done"
    done: int = 0
    total: int = 0
    problem: str = ""

    @property
    def busy(self) -> bool:
        """Whether something is still to be done."""
        return self.state in ("waiting", "reading", "indexing")

    @property
    def kept(self) -> tuple[AddedFile, ...]:
        """The files that are there."""
        return tuple(file for file in self.files if file.name)

    @property
    def when(self) -> datetime:
        """When it was added."""
        return datetime.strptime(self.batch_id[:15], "%Y%m%d-%H%M%S")


@dataclass(frozen=True, slots=True)
class Held:
    """What became of a file that is kept.

    Attributes:
        letter: As it was understood; None while it is not indexed.
        copies: Names of the other files that hold the same letter.
        read_here: Whether the letter was read from this file, and not from a better copy.
        corrected: Names of the fields that were corrected.
    """

    letter: Letter | None
    copies: tuple[str, ...] = ()
    read_here: bool = True
    corrected: frozenset[str] = frozenset()


class Additions:
    """The batches and the work on them.

    Args:
        assistant: Its index is changed.
        settings: Where the files are kept, and the limits of reading.

    Attributes:
        folder: Where the files are kept.
        work: What is to be done, oldest first.
    """

    def __init__(self, assistant: "Assistant", settings: "Settings") -> None:
        self.assistant = assistant
        self.settings = settings
        self.folder = settings.adding_dir.expanduser().resolve()
        self.work: queue.Queue[tuple[str, Callable[[str], None]]] = queue.Queue()
        self._batches: dict[str, Batch] = {}
        self._lock = threading.Lock()
        self._worker: threading.Thread | None = None

    # --- what there is ---------------------------------------------------------------------------------------

    def batch(self, batch_id: str) -> Batch | None:
        """A batch, or None where there is none of that name: the name comes from a browser."""
        if not BATCH_ID.fullmatch(batch_id):
            return None
        with self._lock:
            held = self._batches.get(batch_id)
        return held or self._recorded(batch_id)

    def earlier(self) -> list[Batch]:
        """The batches of which something is there, newest first."""
        with self._lock:
            names = set(self._batches)
        with suppress(OSError):
            names |= {folder.name for folder in self.folder.iterdir() if BATCH_ID.fullmatch(folder.name)}
        batches = (self.batch(name) for name in sorted(names, reverse=True)[: 2 * LISTED])
        return [batch for batch in batches if batch and (batch.busy or batch.kept)][:LISTED]

    def held(self, batch: Batch) -> dict[str, Held]:
        """What became of each file that is kept, by its name."""
        state = load_state(self.settings.index_dir)
        entries = state.files if state else {}
        letters = {letter.letter_id: letter for letter in self.assistant.letters}
        found = {}
        for file in batch.kept:
            path = self.folder / batch.batch_id / file.name
            entry = entries.get(str(path))
            letter = letters.get(entry.letter_id) if entry else None
            others = state.of(entry.letter_id) if state and entry else {}
            copies = tuple(Path(other).name for other in others if other != str(path))
            found[file.name] = Held(
                letter,
                copies,
                read_here=entry is None or entry.kept == entry.sha256,
                corrected=frozenset(self.corrections(batch, file)),
            )
        return found

    def corrections(self, batch: Batch, file: AddedFile) -> Mapping[str, Any]:
        """The corrections of a file that are in force."""
        with suppress(AssistantError):
            return given_for(self.folder / batch.batch_id / file.name, file.sha256).corrections
        return {}

    def _recorded(self, batch_id: str) -> Batch | None:
        try:
            files = read_record(self.folder / batch_id)
        except (OSError, ValueError):
            return None
        return Batch(batch_id, files)

    # --- what is asked for -----------------------------------------------------------------------------------

    def begin(self) -> tuple[str, Path]:
        """A new batch: its name, and the empty folder into which its files are to be written.

        Raises:
            BusyError: If too much is waiting already.
            OSError: If no folder can be made.
        """
        if self.work.qsize() >= MOST_WAITING:
            raise BusyError("Many letters are being added at the moment. Please try again in a few minutes.")
        clear_left_over(self.folder)
        batch_id = batch_name()
        staging = self._staging(batch_id)
        staging.mkdir(parents=True)
        return batch_id, staging

    def drop(self, batch_id: str) -> None:
        """Forget a batch that was begun, with what was written for it."""
        shutil.rmtree(self._staging(batch_id), ignore_errors=True)

    def add(self, batch_id: str, received: list[Received]) -> None:
        """Read and index the files of a batch that was begun."""
        files = tuple(AddedFile(file.given, file.name, file.sha256, file.problem) for file in received)
        self._ask(Batch(batch_id, files), self._add)

    def remove(self, batch: Batch, names: frozenset[str]) -> None:
        """Take files of a batch out again, and delete them."""
        self._ask(batch, lambda batch_id: self._remove(batch_id, names))

    def correct(self, batch: Batch, name: str, corrections: Mapping[str, Any]) -> None:
        """Correct what was understood of a file; without corrections, what was read counts again."""
        self._ask(batch, lambda batch_id: self._correct(batch_id, name, corrections))

    def _ask(self, batch: Batch, work: Callable[[str], None]) -> None:
        with self._lock:
            while len(self._batches) >= REMEMBERED:
                del self._batches[next(iter(self._batches))]
            self._batches[batch.batch_id] = replace(batch, state="waiting", done=0, total=0, problem="")
            self.work.put((batch.batch_id, work))
            if self._worker is None:
                self._worker = threading.Thread(target=self._run, name="adding letters", daemon=True)
                self._worker.start()

    # --- the work --------------------------------------------------------------------------------------------

    def _run(self) -> None:
        while True:
            batch_id, work = self.work.get()
            try:
                work(batch_id)
                self._set(batch_id, state="done")
            except IndexStateError as error:
                if isinstance(error.__cause__, OSError):
                    self._no_room(batch_id, error.__cause__)
                    continue
                log.warning("letters were not added: %s", error)
                said = IN_USE if "another process" in str(error) else f"Nothing was changed: {error}."
                self._set(batch_id, state="failed", problem=said)
            except AssistantError as error:
                self._set(batch_id, state="failed", problem=str(error))
            except OSError as error:
                self._no_room(batch_id, error)
            except Exception as error:
                log_failure(log, "letters were not changed", error)
                self._set(batch_id, state="failed", problem=OUR_FAULT)
            finally:
                self.work.task_done()

    def _no_room(self, batch_id: str, error: OSError) -> None:
        """Say that nothing can be written; which folders to look at is for the log."""
        where = f"they are kept in {self.folder}, the index in {self.settings.index_dir}"
        log_failure(log, f"letters were not changed; {where}", error)
        self._set(batch_id, state="failed", problem=NO_ROOM.format(error.strerror or "the disk is at fault"))

    def _set(self, batch_id: str, **changes: Any) -> None:
        with self._lock:
            self._batches[batch_id] = replace(self._batches[batch_id], **changes)

    def _staging(self, batch_id: str) -> Path:
        return staging_folder(self.folder, batch_id)

    def _add(self, batch_id: str) -> None:
        staging, final = self._staging(batch_id), self.folder / batch_id
        try:
            files, read = self._read(staging, self._known_apart(staging, self._batches[batch_id]))
            if any(file.name for file in files):
                write_record(staging, files)
                staging.rename(final)
                try:
                    self._index(batch_id, {final / name: letter for name, letter in read.items()})
                except BaseException:
                    shutil.rmtree(final)
                    self._as_it_was(batch_id)
                    raise
            self._set(batch_id, files=files)
        except BaseException:
            self._set(batch_id, files=tuple(replace(file, name="") for file in self._batches[batch_id].files))
            raise
        finally:
            shutil.rmtree(staging, ignore_errors=True)

    def _known_apart(self, staging: Path, batch: Batch) -> Batch:
        """A batch without the files that are here already, byte for byte."""
        state = load_state(self.settings.index_dir)
        seen = {entry.sha256: entry.letter_id for entry in state.files.values()} if state else {}
        first: dict[str, str] = {}
        files = []
        for file in batch.files:
            if file.name and file.sha256 in seen:
                (staging / file.name).unlink()
                file = replace(file, name="", same=seen[file.sha256])
            elif file.name and file.sha256 in first:
                (staging / file.name).unlink()
                file = replace(file, name="", problem=f"is the same as {first[file.sha256]}, which was sent with it")
            elif file.name:
                first[file.sha256] = file.given
            files.append(file)
        return replace(batch, files=tuple(files))

    def _read(self, staging: Path, batch: Batch) -> tuple[tuple[AddedFile, ...], dict[str, Letter | LetterError]]:
        """Read every file in processes of their own; what cannot be read is deleted and says why."""
        read: dict[str, Letter | LetterError] = {}
        problems: dict[str, str] = {}
        self._set(batch.batch_id, state="reading", files=batch.files, total=len(batch.kept))
        for path, outcome in read_under(self.settings, [staging / file.name for file in batch.kept]):
            if isinstance(outcome, LetterError):
                problems[path.name] = outcome.reason
                path.unlink()
            else:
                read[path.name] = outcome
            self._set(batch.batch_id, done=len(read) + len(problems))
        files = tuple(
            replace(file, name="", problem=problems[file.name]) if file.name in problems else file
            for file in batch.files
        )
        return files, read

    def _index(self, batch_id: str, read: Mapping[Path, Letter | LetterError]) -> None:
        """Bring the index in step with the folder. Until it is done, questions are answered without it."""

        def progress(_: str, done: int, total: int) -> None:
            self._set(batch_id, done=done, total=total)

        self._set(batch_id, state="indexing", done=0, total=len(read))
        self.folder.mkdir(parents=True, exist_ok=True)
        self.assistant.changed(lambda: update_index(self.settings, [self.folder], progress=progress, read=read))

    def _as_it_was(self, batch_id: str) -> None:
        """After a failure: in step with a folder that is as it was before."""
        with suppress(AssistantError, OSError):
            self._index(batch_id, {})

    def _remove(self, batch_id: str, names: frozenset[str]) -> None:
        batch, folder = self._batches[batch_id], self.folder / batch_id
        aside = self.folder / f".{batch_id}-removed"
        aside.mkdir(exist_ok=True)
        try:
            for name in names:
                _move(folder, aside, name)
            self._index(batch_id, {})
        except BaseException:
            for name in names:
                _move(aside, folder, name)
            self._as_it_was(batch_id)
            raise
        finally:
            shutil.rmtree(aside, ignore_errors=True)
        files = tuple(replace(f, name="", removed=True) if f.name in names else f for f in batch.files)
        if any(file.name for file in files):
            write_record(folder, files)
        else:
            shutil.rmtree(folder, ignore_errors=True)
        self._set(batch_id, files=files)
        with suppress(AssistantError, OSError):  # where they came from is forgotten with them
            provenance = Provenance(self.folder / MANIFEST)
            provenance.forget_gone()
            provenance.save()

    def _correct(self, batch_id: str, name: str, corrections: Mapping[str, Any]) -> None:
        path = self.folder / batch_id / name
        sidecar = path.with_name(path.name + SIDECAR)
        before = sidecar.read_bytes() if sidecar.exists() else None
        try:
            write_whole(
                sidecar, json.dumps(dict(corrections), ensure_ascii=False, indent=1).encode() if corrections else None
            )
            self._set(batch_id, state="reading", total=1)
            [(_, outcome)] = read_under(self.settings, [path])
            if isinstance(outcome, LetterError):
                raise outcome
            self._index(batch_id, {path: outcome})
        except BaseException:
            write_whole(sidecar, before)
            self._as_it_was(batch_id)
            raise


def _move(source: Path, target: Path, name: str) -> None:
    """Move a file with what is said of it, where it is there."""
    for one in (name, name + SIDECAR):
        if (source / one).exists():
            (source / one).rename(target / one)
