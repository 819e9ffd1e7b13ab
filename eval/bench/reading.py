"""How fast a folder is read, side by side with a plain text dump of the same files in the same run."""

import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdfium2

from assistant.errors import LetterError
from assistant.reading.corpus import read_letter
from assistant.reading.workers import read_letters
from eval.reading.reading import plain_pages

__all__ = ["Speed", "benchmark"]

MOST_RATIO = 4.0  # of our time to the plain dump's
MOST_SECONDS = 60.0  # with parallel processes
MOST_MEGABYTES = 1024.0
WORKERS = 2


@dataclass(frozen=True, slots=True)
class Speed:
    """What a benchmark measured.

    Attributes:
        files: How many were read.
        failed: How many could not be.
        plain: CPU seconds of the plain text dump, in one process.
        single: CPU seconds of our reading, in one process.
        parallel: Seconds on the clock of our reading, in worker processes.
        workers: How many of them.
        parent: Peak memory of the process that asks, in MB.
        child: Peak memory of the largest worker, in MB.
    """

    files: int
    failed: int
    plain: float
    single: float
    parallel: float
    workers: int
    parent: float | None
    child: float | None

    @property
    def ratio(self) -> float:
        """Our reading to the plain dump."""
        return self.single / self.plain if self.plain else float("inf")

    @property
    def memory(self) -> float | None:
        """All processes together, if all peaked at once, in MB."""
        return None if self.parent is None or self.child is None else self.parent + self.workers * self.child

    @property
    def text(self) -> str:
        """For the terminal."""
        lines = [
            f"{self.files} files, {self.failed} not readable",
            f"plain text dump, one process: {self.plain:.2f} s of CPU",
            f"our reading, one process: {self.single:.2f} s of CPU",
            f"ratio: {self.ratio:.2f} {_mark(self.ratio, MOST_RATIO)}",
            f"our reading, {self.workers} worker processes: {self.parallel:.2f} s on the clock "
            f"{_mark(self.parallel, MOST_SECONDS)}",
        ]
        if self.memory is None:
            return "\n".join([*lines, "peak memory: not measured on this system"])
        lines.append(f"peak memory: {self.memory:.0f} MB {_mark(self.memory, MOST_MEGABYTES)}")
        lines.append(
            f"  this process {self.parent:.0f} MB, the largest worker {self.child:.0f} MB, each counted at its peak"
        )
        return "\n".join(lines)

    def as_json(self) -> dict[str, Any]:
        """For a program."""
        return {
            "files": self.files,
            "failed": self.failed,
            "plain_cpu_seconds": self.plain,
            "single_cpu_seconds": self.single,
            "ratio": self.ratio,
            "workers": self.workers,
            "parallel_seconds": self.parallel,
            "parent_megabytes": self.parent,
            "child_megabytes": self.child,
            "megabytes": self.memory,
            "targets": {"ratio": MOST_RATIO, "seconds": MOST_SECONDS, "megabytes": MOST_MEGABYTES},
        }


def _mark(value: float, most: float) -> str:
    return f"(at most {most:g})" + ("" if value <= most else " missed")


def benchmark(files: Sequence[Path]) -> Speed:
    """Read all files three times: as plain text, by us in this process, and by us in worker processes.

    The workers come first: a process's peak memory never falls, and a worker's begins with that of the process that
    starts it. The first two are counted in seconds of CPU, so that other work on the machine does not disturb their
    ratio; only PDFs are in them, since only these have a plain dump.
    """
    begin = time.perf_counter()
    failed = sum(isinstance(letter, LetterError) for _, letter in read_letters(files, workers=WORKERS))
    parallel = time.perf_counter() - begin
    parent, child = _peaks()
    plain = [file for file in files if _is_pdf(file)]
    _timed(_dump, plain[:1])  # the libraries are loaded before the clock starts
    _timed(_read, plain[:1])
    return Speed(
        files=len(files),
        failed=failed,
        plain=_timed(_dump, plain),
        single=_timed(_read, plain),
        parallel=parallel,
        workers=min(WORKERS, len(files)),
        parent=parent,
        child=child,
    )


def _is_pdf(file: Path) -> bool:
    with file.open("rb") as stream:
        return b"%PDF-" in stream.read(1024)


def _timed(do: Callable[[Path], object], files: Sequence[Path]) -> float:
    begin = time.process_time()
    for file in files:
        do(file)
    return time.process_time() - begin


def _dump(file: Path) -> None:
    with suppress(pypdfium2.PdfiumError):
        plain_pages(file)


def _read(file: Path) -> None:
    with suppress(LetterError):
        read_letter(file)


def _peaks() -> tuple[float | None, float | None]:
    """Peak memory of this process and of its largest child so far, in MB; None where the system does not tell."""
    try:
        import resource
    except ImportError:  # Windows
        return None, None
    unit = 2**20 if sys.platform == "darwin" else 2**10
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return own / unit, child / unit
