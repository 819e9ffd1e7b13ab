"""Embedding ahead of an update: by several processes, on as many machines as share the index's folder.

The queue is a folder of claims, one for each file by its content: who makes the claim embeds the file. What a worker
embedded lies in a file of its own until the next update gathers it. The queue saves time and decides nothing: what no
worker did, the update does itself.
"""

import os
import secrets
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from assistant.embedding.embedder import Embedder
from assistant.embedding.store import AHEAD, RememberedEmbeddings
from assistant.errors import IndexStateError, LetterError
from assistant.index.generation import locked
from assistant.index.state import encoded_by, fingerprint, load_state
from assistant.index.update import Progress
from assistant.reading.corpus import digest, find_files, shown_name
from assistant.reading.workers import read_under
from assistant.settings import Settings
from assistant.stores.passages import cut_passages, headed

__all__ = ["Embedded", "embed_ahead"]

AT_ONCE = 16  # files claimed at a time: the others are left to other workers
CLAIM, LOCK, UNFINISHED = ".claim", ".lock", ".part"


@dataclass(slots=True)
class Embedded:
    """What one worker did.

    Attributes:
        files: How many it embedded.
        passages: How many passages they have.
        left: How many were done already, or are being done by others.
        failed: Files that cannot be read, with why.
        seconds: How long it took.
    """

    files: int = 0
    passages: int = 0
    left: int = 0
    failed: list[dict[str, str]] = field(default_factory=list)
    seconds: float = 0.0


def embed_ahead(
    settings: Settings, paths: Sequence[Path] = (), progress: Progress = lambda _what, _done, _all: None
) -> Embedded:
    """Read and embed the files that nobody else has claimed, until none is left.

    Args:
        settings: Where the index lies, and under which settings it will be made.
        paths: Files and folders; if there are none, the corpus and what was added.
        progress: Told of each step.

    Raises:
        LetterError: If a path does not exist.
        IndexStateError: If the folder of the index cannot be written.
    """
    started = time.perf_counter()
    added = settings.adding_dir.expanduser().resolve()
    roots = [path.expanduser().resolve() for path in paths or (settings.corpus_dir, added)]
    files = sorted({file.resolve() for root in roots for file in find_files(root, maybe_none=root == added)})
    queue = settings.index_dir / AHEAD
    name = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}"
    report = Embedded()
    made_under = fingerprint(settings)
    state = load_state(settings.index_dir)
    held = {entry.sha256 for entry in state.files.values()} if state and state.fingerprint == made_under else set()
    try:
        queue.mkdir(parents=True, exist_ok=True)
        with closing(locked(queue / f"{name}{LOCK}", exclusive=True, made=True)):
            with closing(RememberedEmbeddings(queue, encoded_by(made_under), f"{name}{UNFINISHED}")) as store:
                _work(settings, _Queue(queue, name, files, held, report, progress), store)
            (queue / f"{name}{UNFINISHED}").replace(queue / f"{name}.sqlite")
    except OSError as error:
        raise IndexStateError(
            f"{queue} cannot be written ({error.strerror or error}); set ASSISTANT_INDEX_DIR"
        ) from None
    finally:
        with suppress(OSError):
            (queue / f"{name}{LOCK}").unlink(missing_ok=True)
    report.seconds = round(time.perf_counter() - started, 3)
    return report


def _work(settings: Settings, queue: "_Queue", store: RememberedEmbeddings) -> None:
    embedder: Embedder | None = None  # loaded only when there is something to embed
    for claimed in queue.claims():
        with closing(read_under(settings, claimed)) as outcomes:
            for file, letter in outcomes:
                if isinstance(letter, LetterError):
                    queue.report.failed.append({"file": shown_name(file), "error": letter.reason})
                    continue
                embedder = embedder or Embedder(settings)
                count = lru_cache(maxsize=1000)(embedder.count)
                most = min(settings.passage_tokens, embedder.window)
                texts = [headed(letter, passage) for passage in cut_passages(letter, count, most)]
                if texts:
                    store.embed(texts, embedder.passages)
                queue.report.files += 1
                queue.report.passages += len(texts)


@dataclass(slots=True)
class _Queue:
    """The files as one worker sees them."""

    folder: Path
    worker: str
    files: Sequence[Path]
    held: set[str]
    report: Embedded
    progress: Progress

    def claims(self) -> Iterator[list[Path]]:
        """Files that are ours, some at a time."""
        claimed: list[Path] = []
        for done, file in enumerate(self.files):
            self.progress("Embedding letters", done, len(self.files))
            with suppress(OSError):  # one that cannot be opened is left to the update, which says why
                sha256 = digest(file.read_bytes())
                if sha256 in self.held or not self._claim(self.folder / f"{sha256[:32]}{CLAIM}"):
                    self.report.left += 1
                    continue
                claimed.append(file)
            if len(claimed) == AT_ONCE:
                yield claimed
                claimed = []
        if claimed:
            yield claimed
        self.progress("Embedding letters", len(self.files), len(self.files))

    def _claim(self, claim: Path) -> bool:
        """Whether a file is ours now: nobody has claimed it, or who did has gone without finishing."""
        try:
            with claim.open("x", encoding="utf-8") as made:
                made.write(self.worker)
        except FileExistsError:
            owner = claim.read_text("utf-8")
            if (self.folder / f"{owner}.sqlite").is_file() or self._at_work(owner):
                return False
            draft = claim.with_suffix(f".{self.worker}")
            draft.write_text(self.worker, encoding="utf-8")
            draft.replace(claim)
        return True

    def _at_work(self, owner: str) -> bool:
        """Whether a worker still runs; one that has only just made its claim may not have written its name yet."""
        if not owner:
            return True
        try:
            held = locked(self.folder / f"{owner}{LOCK}", exclusive=True)
        except OSError:
            return False
        if held is not None:
            held.close()
        return held is None
