"""An index made large: the letters of one that is here, so many times over, to see what a web worker needs of it.

Only what a worker itself reads is made: the record and the letters as parsed. The passages would be a server's. Each
copy has the authority, the dates and the words of its letter, so that what a question is about grows with the index.
"""

import gc
import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from assistant.errors import AssistantError
from assistant.index.catalogue import Catalogue
from assistant.index.database import FILE
from assistant.index.generation import begin, hold, sealed
from assistant.index.parsed import ParsedLetters
from assistant.index.state import State, fingerprint
from assistant.questions.scope import resolve
from assistant.settings import Settings, load_settings

__all__ = ["QUESTIONS", "Worker", "enlarged", "measured", "measured_apart"]

ROOT = Path(__file__).parent.parent

QUESTIONS = (
    "What do the letters say about care leavers?",
    "What did 2019 say about care leavers?",
    "What does the latest inspection of Leeds say about care leavers?",
)
"""Without a limit, of one year, of one authority."""

READ = 200  # letters whose words are read to see how long one takes


@dataclass(frozen=True, slots=True)
class Worker:
    """What a web worker needs of an index, beside the program and its model.

    Attributes:
        letters: How many there are.
        passages: How many they have.
        memory: Bytes that are kept.
        most: Bytes that opening takes in passing, beyond what was there before.
        opening: Seconds.
        scopes: Seconds to find out which letters a question is about, for each of `QUESTIONS`.
        reading: Seconds to read one letter from the disk.
        disk: Bytes of a generation, with the record.
    """

    letters: int
    passages: int
    memory: int
    most: int
    opening: float
    scopes: tuple[float, ...]
    reading: float
    disk: int


def enlarged(index: Path, folder: Path, letters: int) -> Settings:
    """Make an index of so many letters.

    Args:
        index: The one whose letters are taken.
        folder: Where the new one is made.
        letters: How many, at least as many as are taken.

    Returns:
        The settings that open it.

    Raises:
        AssistantError: If the first cannot be opened.
    """
    state, held = hold(index, fingerprint(load_settings(index_dir=index)))
    with closing(held):
        entries = {entry.letter_id: (path, entry) for path, entry in state.files.items()}
        generation = begin(folder)
        with closing(ParsedLetters(generation, writing=True)):
            pass  # the tables
        with closing(sqlite3.connect(generation / FILE, isolation_level=None)) as opened:
            opened.execute("PRAGMA journal_mode = OFF")
            opened.execute("ATTACH ? AS taken", (str(index / state.generation / FILE),))
            opened.execute("BEGIN")
            opened.execute("INSERT INTO words SELECT * FROM taken.words")
            files = {}
            for number, name in _copies(sorted(entries), letters):
                new = f"{name}-{number}"
                [(outline,)] = opened.execute("SELECT outline FROM taken.outlines WHERE letter_id = ?", (name,))
                row = json.dumps(json.loads(outline) | {"letter_id": new}).encode()
                for table, columns in (("outlines", "passages, years"), ("bodies", "digest, text, structure")):
                    given = [new, row] if table == "outlines" else [new]
                    more = ", ?" * (len(given) - 1)
                    opened.execute(
                        f"INSERT INTO {table} SELECT ?, {columns}{more} FROM taken.{table} WHERE letter_id = ?",
                        (*given, name),
                    )
                path, entry = entries[name]
                files[f"{path}-{number}"] = replace(entry, letter_id=new)
            opened.execute("COMMIT")
            [(passages,)] = opened.execute("SELECT sum(passages) FROM outlines")
    made = State(state.fingerprint, generation.name, passages=passages, files=files)
    made.seal = sealed(generation)
    made.save(folder)
    return load_settings(index_dir=folder)


def _copies(names: Sequence[str], count: int) -> Iterator[tuple[int, str]]:
    """So many letters in turn, each with the number of its copy."""
    for at in range(count):
        yield at // len(names), names[at % len(names)]


def measured(settings: Settings) -> Worker:
    """Open an index as a worker does, and measure it, in this process.

    Args:
        settings: Where it is.

    Raises:
        AssistantError: If it cannot be opened, or the system does not say how much memory is taken.
    """
    gc.collect()
    before = resident()
    started = time.perf_counter()
    with Catalogue(settings) as catalogue:
        opening = time.perf_counter() - started
        gc.collect()
        memory, most = resident() - before, resident(most=True) - before
        scopes = []
        for question in QUESTIONS:
            started = time.perf_counter()
            resolve(question, catalogue.letters)
            scopes.append(time.perf_counter() - started)
        some = catalogue.letters[:: max(1, len(catalogue.letters) // READ)][:READ]
        started = time.perf_counter()
        for letter in some:
            _ = letter.text, letter.sections
        reading = (time.perf_counter() - started) / len(some)
        files = [*catalogue.folder.rglob("*"), settings.index_dir / "state.json"]
        disk = sum(file.stat().st_size for file in files if file.is_file())
        return Worker(
            letters=len(catalogue.letters),
            passages=len(catalogue.passages),
            memory=memory,
            most=most,
            opening=opening,
            scopes=tuple(scopes),
            reading=reading,
            disk=disk,
        )


def measured_apart(folder: Path) -> Worker:
    """The same in a process of its own: the memory it takes is that of the letters alone.

    Args:
        folder: The index.

    Raises:
        AssistantError: If it fails there.
    """
    command = [sys.executable, "-m", "eval.enlarged", str(folder)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise AssistantError(ran.stderr.strip().rpartition("\n")[2] or "the trial was ended")
    row = json.loads(ran.stdout)
    return Worker(**row | {"scopes": tuple(row["scopes"])})


def resident(*, most: bool = False) -> int:
    """Bytes of memory that this process has, or has had at most.

    Raises:
        AssistantError: If the system does not say.
    """
    status = Path("/proc/self/status")
    if not status.is_file():
        raise AssistantError("the memory of a process is measured on Linux only")
    name = "VmHWM" if most else "VmRSS"
    line = next(line for line in status.read_text("ascii").splitlines() if line.startswith(name))
    return int(line.split()[1]) * 1024


if __name__ == "__main__":
    print(json.dumps(asdict(measured(load_settings(index_dir=Path(sys.argv[1]))))))
