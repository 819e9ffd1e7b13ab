"""Taking letters in: what is named is fetched or copied, kept with where it came from, read, and indexed.

Letters are kept as those are that are added on the page, in the same folder (or in one that is named). Whatever is
complete when a run is broken off is not fetched again by the next; what is only half there is never read.
"""

import shutil
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack, closing, suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from assistant.adding.downloads import Head
from assistant.adding.fetch import ACCEPT, Fetcher
from assistant.adding.http_client import HttpClient
from assistant.adding.kept import (
    AddedFile,
    batch_name,
    clear_left_over,
    file_name,
    free_name,
    staging_folder,
    write_record,
)
from assistant.adding.provenance import Provenance
from assistant.adding.sources import Named, read_sources
from assistant.errors import IndexStateError, LetterError
from assistant.index.catalogue import Catalogue
from assistant.index.generation import writing
from assistant.index.ready import opened
from assistant.index.state import load_state
from assistant.index.update import Progress, Report, update_index
from assistant.letters.letter import Letter
from assistant.reading.corpus import digest, find_files
from assistant.reading.corrections import MANIFEST, manifest_of
from assistant.reading.readers.files import read_file, suffix_of
from assistant.reading.workers import read_under
from assistant.settings import Settings

__all__ = ["Outcome", "Status", "Taken", "take_in", "taken_json", "taken_lines"]

FETCHING = ".fetching"  # what is not yet a letter: a hidden folder is searched for none
NOT_A_LETTER = "is a web page in which no letter was recognised; if it is one, save it and add the file"

Status = Literal["added", "updated", "held", "failed", "to add"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one letter that was named.

    Attributes:
        source: As it was named.
        where: The list that named it, and the line.
        status: "added"; "updated" where its address gave another version; "held" where it was here already; "failed";
            "to add" where it was only tried.
        file: Where it is kept.
        letter_id: Its letter; empty where there is none.
        redirects: The addresses that its own led to.
        problem: Why it failed, and what to do.
    """

    source: str
    where: str = ""
    status: Status = "failed"
    file: str = ""
    letter_id: str = ""
    redirects: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of all that was named.

    Attributes:
        outcomes: One for each, in order.
        index: What was done to the index; None where nothing was to be done.
    """

    outcomes: tuple[Outcome, ...]
    index: Report | None = None

    @property
    def failed(self) -> bool:
        """Whether anything was not done that should have been."""
        return self.count("failed") > 0 or bool(self.index and self.index.failed)

    def count(self, status: Status) -> int:
        """How many have a status."""
        return sum(outcome.status == status for outcome in self.outcomes)


def taken_json(taken: Taken) -> dict[str, Any]:
    """The same for programs."""
    rows = [{**asdict(outcome), "redirects": list(outcome.redirects)} for outcome in taken.outcomes]
    return {"sources": rows, "index": asdict(taken.index) if taken.index else None}


def taken_lines(taken: Taken) -> tuple[list[str], list[str]]:
    """The same for people: what was done, and what they are to know beside it (redirects, copies, failures)."""
    done, beside = [], []
    for outcome in taken.outcomes:
        if outcome.status not in ("failed", "held"):
            done.append(f"{outcome.status}: {outcome.letter_id or outcome.source}")
        beside += [f"{outcome.source} leads to {led}" for led in outcome.redirects[-1:]]
        if outcome.problem:
            where = f"{outcome.where}: " if outcome.where else ""
            beside.append(f"assistant: {where}{outcome.source}: {outcome.problem}")
    counts = [f"{taken.count(status)} {status}" for status in ("added", "updated", "to add", "held", "failed")]
    told = ", ".join(count for count in counts if not count.startswith("0 ")) or "nothing was named"
    if taken.index:
        letters = "1 letter" if taken.index.letters == 1 else f"{taken.index.letters} letters"
        told = f"{told}; {letters}, {taken.index.passages} passages in the index"
        beside += [f"same letter: {same['file']} is {same['letter_id']}" for same in taken.index.duplicates]
        beside += [f"assistant: {failed['file']}: {failed['error']}" for failed in taken.index.failed]
    return [*done, told], beside


def take_in(
    settings: Settings,
    names: Iterable[str],
    *,
    to: Path | None = None,
    update: bool = False,
    dry_run: bool = False,
    progress: Progress = lambda _what, _done, _all: None,
    fetcher: Callable[[Path], Fetcher] | None = None,
) -> Taken:
    """Add letters that are named: files, web addresses, and lists of them.

    Args:
        settings: Where the letters are kept, how large one may be, and the index.
        names: Paths and addresses.
        to: A folder to keep them in, instead of that of the letters added on the page.
        update: Whether addresses whose letters are held are asked for a newer version.
        dry_run: Only say what would be done: nothing is fetched, written or indexed.
        progress: Told of each step.
        fetcher: Makes what fetches addresses, given the folder for it; for tests.

    Returns:
        What became of each. One that fails does not stop the others.

    Raises:
        LetterError: If letters cannot be kept in the folder, or another run is adding to it.
        IndexStateError: As for `update_index`. What was added is kept, and indexed the next time.
    """
    home = (to or settings.adding_dir).expanduser().resolve()
    # Batches lie one folder below, and find the manifest above them; in a folder that is named, whatever counts there.
    manifest = (manifest_of(home) if to else None) or home / MANIFEST
    named = read_sources(names)
    try:
        if dry_run:
            return Taken(tuple(_foreseen(settings, named, Provenance(manifest))))
        if settings.corpus_dir.expanduser().exists() or load_state(settings.index_dir):
            opened(settings, Catalogue, progress).close()  # what is added comes to what there is
        with ExitStack() as held:
            (home / FETCHING).mkdir(parents=True, exist_ok=True)
            held.enter_context(closing(_alone(home)))
            clear_left_over(home)
            made = fetcher or (lambda folder: _fetcher(settings, folder))
            intake = _Intake(settings, home, held.enter_context(made(home / FETCHING)), Provenance(manifest))
            intake.batches, intake.update, intake.progress = to is None, update, progress
            intake.run(named)
        report = _indexed(settings, home, progress, intake.read)
    except OSError as error:
        raise LetterError(
            str(home), f"letters cannot be kept here ({error.strerror or error}); make room or check permissions"
        ) from error
    return Taken(tuple(_with_letters(settings, intake.outcomes)), report)


def _fetcher(settings: Settings, folder: Path) -> Fetcher:
    client = HttpClient(ACCEPT, pause=settings.adding_pause)
    return Fetcher(folder, megabytes=settings.adding_megabytes, client=client)


def _alone(home: Path) -> Any:
    """The right to add to a folder; two runs would fetch everything twice."""
    try:
        return writing(home / FETCHING, patience=0)
    except IndexStateError as error:
        if "another process" in str(error):
            raise LetterError(
                str(home), "another command is adding letters here; try again when it has ended"
            ) from None
        raise LetterError(str(home), "letters cannot be kept here; check permissions") from None


def _indexed(
    settings: Settings, home: Path, progress: Progress, read: Mapping[Path, Letter | LetterError]
) -> Report | None:
    if not find_files(home, maybe_none=True) and home != settings.adding_dir.expanduser().resolve():
        return None
    return update_index(settings, [home], progress=progress, read=read)


def _foreseen(settings: Settings, named: Iterable[Named], provenance: Provenance) -> Iterable[Outcome]:
    """What would become of each, as far as it can be told without asking for anything."""
    held = _held(settings)
    for one in named:
        outcome = Outcome(one.place, one.where, problem=one.problem)
        if one.address:
            origin = provenance.of(one.address)
            outcome = replace(outcome, status="held" if origin else "to add", file=str(origin.file) if origin else "")
        elif one.path:
            try:
                file = held.get(digest(read_file(one.path)))
                outcome = replace(outcome, status="held" if file else "to add", file=str(file or ""))
            except LetterError as error:
                outcome = replace(outcome, problem=error.reason)
        yield outcome


def _held(settings: Settings) -> dict[str, Path]:
    """The indexed files by the SHA-256 of their bytes."""
    state = load_state(settings.index_dir)
    files = state.files.items() if state else ()
    return {entry.sha256: Path(path) for path, entry in files if Path(path).is_file()}


def _with_letters(settings: Settings, outcomes: Iterable[Outcome]) -> Iterable[Outcome]:
    state = load_state(settings.index_dir)
    files = state.files if state else {}
    for outcome in outcomes:
        entry = files.get(outcome.file)
        yield replace(outcome, letter_id=entry.letter_id) if entry else outcome


@dataclass(frozen=True, slots=True)
class _Arrived:
    """A document that is here, and not yet among the letters.

    Attributes:
        number: Of its outcome.
        named: As it was named.
        sha256: Of its bytes.
        file: Where it lies.
        name: A safe name for it.
        head: What its server said; None for a file.
        replaces: The letter's file of which it is another version; None for a new one.
        redirects: The addresses that its own led to.
    """

    number: int
    named: Named
    sha256: str
    file: Path
    name: str
    head: Head | None = None
    replaces: Path | None = None
    redirects: tuple[str, ...] = ()


@dataclass(slots=True)
class _Intake:
    """One run, with the right to add to the folder."""

    settings: Settings
    home: Path
    fetcher: Fetcher
    provenance: Provenance
    batches: bool = True
    update: bool = False
    progress: Progress = lambda _what, _done, _all: None
    outcomes: list[Outcome] = field(default_factory=list)
    read: dict[Path, Letter | LetterError] = field(default_factory=dict)
    arrived: list[_Arrived] = field(default_factory=list)
    held: dict[str, Path] = field(default_factory=dict)

    def run(self, named: list[Named]) -> None:
        self.held = _held(self.settings)
        self.outcomes = [Outcome(one.place, one.where, problem=one.problem) for one in named]
        doing = "Fetching letters" if any(one.address for one in named) else "Copying letters"
        for number, one in enumerate(named):
            self.progress(doing, number, len(named))
            try:
                if not one.problem:
                    self._take(number, one)
            except LetterError as error:
                # Of a robots.txt or of an address further on, its own address has to be said as well.
                other = (
                    "" if error.file in (one.address, one.place, getattr(one.path, "name", "")) else f"{error.file} "
                )
                self._say(number, problem=f"{other}{error.reason}")
            if len(self.arrived) >= self.settings.adding_files:
                self._settle()
        self._settle()
        self.provenance.forget_gone()
        self.provenance.save()

    def _say(self, number: int, **changes: Any) -> None:
        self.outcomes[number] = replace(self.outcomes[number], **changes)

    def _take(self, number: int, named: Named) -> None:
        if not named.path:
            self._fetch(number, named)
            return
        if named.path.is_relative_to(self.home):  # it lies where letters are kept, and is indexed there
            self._say(number, status="held", file=str(named.path))
            return
        data = read_file(named.path)
        most = self.settings.adding_megabytes
        if len(data) > most * 2**20:
            raise LetterError(
                named.path.name, f"is larger than {most} MB; raise ASSISTANT_ADDING_MEGABYTES, or split it"
            )
        name = file_name(named.path.name, suffix=suffix_of(data))
        if not name:
            raise LetterError(named.path.name, "is neither text, PDF, Word nor HTML; save it as one of these")
        self._arrive(_Arrived(number, named, digest(data), named.path, name))

    def _fetch(self, number: int, named: Named) -> None:
        origin = self.provenance.of(named.address)
        if origin and not self.update:
            if named.given:
                self.provenance.note(origin.file, origin.sha256, origin.file.stat().st_size, named.given, origin.head)
            self._say(number, status="held", file=str(origin.file))
            return
        fetched = self.fetcher.fetch(named.address, origin.head if origin else None)
        sha256 = digest(fetched.file.read_bytes()) if fetched else ""
        if fetched is None or (origin and sha256 == origin.sha256):
            assert origin
            self._say(number, status="held", file=str(origin.file))
            self.fetcher.drop(named.address)
            return
        inside = origin is not None and origin.file.is_relative_to(self.home)
        self._arrive(
            _Arrived(
                number,
                named,
                sha256,
                fetched.file,
                fetched.name,
                fetched.head,
                origin.file if origin and inside else None,
                fetched.redirects,
            )
        )

    def _arrive(self, new: _Arrived) -> None:
        """Wait with others to be read, unless the very same bytes are here."""
        if new.named.sha256 and new.named.sha256 != new.sha256:
            self._drop(new)
            raise LetterError(new.named.place, f"is not the file that its list means: its SHA-256 is {new.sha256}")
        held = self.held.get(new.sha256)
        if held:
            self._note(new, held)
            self._say(new.number, status="held", file=str(held), redirects=new.redirects)
            self._drop(new)
            return
        same = next((other for other in self.arrived if other.sha256 == new.sha256), None)
        if same:
            self._settle()  # so that it is known where the first one is kept, if it is a letter
            if new.sha256 in self.held:
                self._arrive(new)
            else:
                problem = self.outcomes[same.number].problem
                self._drop(new)
                self._say(new.number, problem=problem)
            return
        self._say(new.number, redirects=new.redirects)
        self.arrived.append(new)

    def _note(self, new: _Arrived, file: Path) -> None:
        if new.head or new.named.given:
            self.provenance.note(file, new.sha256, new.file.stat().st_size, new.named.given, new.head)

    def _drop(self, new: _Arrived) -> None:
        if new.head:
            self.fetcher.drop(new.head.address)

    # --- among the letters -----------------------------------------------------------------------------------

    def _settle(self) -> None:
        """Read what has arrived, and put what are letters where letters lie."""
        arrived, self.arrived = self.arrived, []
        if not arrived:
            return
        batch_id = batch_name()
        staging = staging_folder(self.home, batch_id)
        final = self.home / batch_id if self.batches else self.home
        staging.mkdir(parents=True)
        try:
            staged = self._copied(arrived, staging, final)
            self.provenance.save()  # it is read with the letters
            letters = self._letters(staged)
            kept = [(new, place) for new, place in staged if new.number in letters]
            for new, place in kept:
                if new.replaces or not self.batches:
                    place.replace(new.replaces or final / place.name)
            fresh = [AddedFile(new.name, place.name, new.sha256) for new, place in kept if not new.replaces]
            if fresh and self.batches:
                write_record(staging, fresh)
                staging.rename(final)
            for new, place in kept:
                target = new.replaces or final / place.name
                self.held[new.sha256] = target
                if new.replaces:
                    self._note(new, target)
                elif self.provenance.file.parent == self.home:  # else its row was not where it was read
                    self.read[target] = letters[new.number]
                self._say(new.number, status="updated" if new.replaces else "added", file=str(target))
            self.provenance.forget_gone()
            self.provenance.save()
            for new in arrived:
                self._drop(new)
        finally:
            shutil.rmtree(staging, ignore_errors=True)

    def _copied(self, arrived: list[_Arrived], staging: Path, final: Path) -> list[tuple[_Arrived, Path]]:
        """Each in the staging folder, under the name that it is to have."""
        taken = {path.name.casefold() for path in final.iterdir()} if final.is_dir() else set()
        staged = []
        for new in arrived:
            place = staging / free_name(new.name, taken)
            shutil.copyfile(new.file, place)
            staged.append((new, place))
            if not new.replaces:
                self._note(new, final / place.name)
        return staged

    def _letters(self, staged: list[tuple[_Arrived, Path]]) -> dict[int, Letter]:
        """What can be read as a letter, by number; what cannot is deleted and says why."""
        letters = {}
        outcomes = read_under(self.settings, [place for _, place in staged])
        for done, ((new, place), (_, outcome)) in enumerate(zip(staged, outcomes, strict=True)):
            self.progress("Reading letters", done, len(staged))
            problem = ""
            if isinstance(outcome, LetterError):
                problem = outcome.reason if outcome.file == place.name else str(outcome)
            elif new.head and outcome.kind == "other" and suffix_of(place.read_bytes()) == ".html":
                problem = NOT_A_LETTER  # a server gives a page for anything: a notice, a search, a log-in
            if isinstance(outcome, LetterError) or problem:
                self._say(new.number, problem=problem)
                with suppress(OSError):
                    place.unlink()
            else:
                letters[new.number] = outcome
        return letters
