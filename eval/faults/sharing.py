"""Several processes at one index: one that writes again and again, others that open it, and one that stays open."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from assistant.engine import Assistant
from assistant.index.update import update_index
from assistant.settings import ROOT, load_settings
from eval.faults.ground import QUESTIONS, Ground
from eval.faults.outcome import Outcome

__all__ = ["answers_of", "chroma_alone", "reader", "sharing"]

READERS = 2  # that open the index again and again
READER = "import sys; from eval.faults.sharing import reader; reader(*sys.argv[1:])"

ALONE = """
import sys, chromadb
collection = chromadb.PersistentClient(sys.argv[1]).get_collection("passages", embedding_function=None)
collection.query(query_embeddings=[[1.0] * 8], n_results=3, where={"letter": "a"})
print("open", flush=True)
for line in sys.stdin:
    try:
        found = collection.query(query_embeddings=[[1.0] * 8], n_results=3, where={"letter": "a"})
        print("answered", flush=True)
    except Exception as error:
        print(f"{type(error).__name__}: {error}".splitlines()[0], flush=True)
"""
"""A second process with Chroma's own folder open, asking under a filter whenever it is told to."""


def sharing(ground: Ground, seconds: float, told: Callable[[str], None]) -> list[Outcome]:
    """Update an index again and again while other processes answer from it.

    Every answer must be word for word the one of a state that the letters were in: never an error, never a mixture.

    Args:
        ground: Where.
        seconds: For how long.
        told: Is told how far it is.
    """
    ground.lay_out("after")
    ground.start_from("before")
    update_index(ground.settings)
    right = {"after": answers_of(Assistant(ground.settings))}
    ground.lay_out("before")
    update_index(ground.settings)
    right["before"] = answers_of(Assistant(ground.settings))
    writing = Outcome("updates by one process while others read")
    staying = Outcome("answers of a process that stayed open meanwhile")
    opening = Outcome("answers of processes that opened it anew each time")
    readers = [_Reader(ground, number, "open" if number else "stay") for number in range(1 + READERS)]
    for one in readers:
        one.wait()
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        ground.lay_out("after" if writing.tried % 2 == 0 else "before")
        try:
            update_index(ground.settings)
            writing.add("done")
        except Exception as error:
            writing.add("failed", [f"{type(error).__name__}: {error}"])
        told(f"{writing.tried} updates")
    states = {answers: f"of the letters {which}" for which, answers in right.items()}
    for one, outcome in zip(readers, (staying, *[opening] * READERS), strict=True):
        for line in one.stopped():
            outcome.add(states.get(line, "otherwise"), [] if line in states else [_differs(line, states)])
    return [chroma_alone(ground.folder / "alone"), writing, staying, opening]


def _differs(line: str, right: Iterable[str]) -> str:
    """Where answers leave the most alike of the right ones."""
    at = max(next((at for at, (a, b) in enumerate(zip(line, one, strict=False)) if a != b), 0) for one in right)
    return f"... {line[max(0, at - 60) : at + 100]}"


class _Reader:
    """A process that reads the index until it is stopped."""

    def __init__(self, ground: Ground, number: int, how: str) -> None:
        self._stop, self._said = ground.folder / f"stop-{number}", ground.folder / f"said-{number}"
        command = [sys.executable, "-c", READER, str(ground.letters), str(ground.index), how, str(self._stop)]
        with self._said.open("w") as out:
            self._process = subprocess.Popen(command, cwd=ROOT, stdout=out, text=True)

    def wait(self) -> None:
        """Until it has answered once."""
        while self._process.poll() is None and not self._said.stat().st_size:
            time.sleep(0.05)

    def stopped(self) -> list[str]:
        """What it said, line by line."""
        self._stop.touch()
        self._process.wait()
        return self._said.read_text(encoding="utf-8").splitlines()


def chroma_alone(folder: Path, times: int = 20) -> Outcome:
    """For comparison: what a second process is given by Chroma's own folder while a first one writes into it.

    Args:
        folder: For Chroma.
        times: How often it is asked, each time after more was written.
    """
    import chromadb

    collection = chromadb.PersistentClient(str(folder)).create_collection("passages", embedding_function=None)

    def write(at: int) -> None:
        ids = [f"{at}-{number}" for number in range(200)]
        vectors: list[Sequence[float]] = [[1.0, number / 200, at / 20, 0, 0, 0, 0, 1.0] for number in range(200)]
        collection.upsert(ids=ids, embeddings=vectors, metadatas=[{"letter": "a"} for _ in ids])

    write(0)
    outcome = Outcome("for comparison, Chroma alone: filtered queries of a second process", reference=True)
    command = [sys.executable, "-c", ALONE, str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as second:
        assert second.stdin and second.stdout
        second.stdout.readline()
        for at in range(1, times + 1):
            write(at)
            second.stdin.write("ask\n")
            second.stdin.flush()
            outcome.add(second.stdout.readline().strip())
        second.stdin.close()
    return outcome


def answers_of(assistant: Assistant) -> str:
    """The answers to all questions on one line, with the letters that they were asked of."""
    with assistant:
        return _stable(assistant)


def _asked(assistant: Assistant) -> str:
    rows = []
    for question in QUESTIONS:
        answer = assistant.ask(question)
        quotes = [(c.letter.letter_id, c.letter.sha256[:8], c.quote) for c in answer.citations]
        rows.append([len(answer.scope.letters), answer.text, quotes])
    return json.dumps(rows)


def reader(corpus: str, index: str, how: str, stop: str) -> None:
    """Answer until told to stop, a line of answers each time. Run in a process of its own.

    Args:
        corpus: Folder of the letters.
        index: Folder of the index.
        how: "stay" open, or "open" it anew each time.
        stop: A file whose being there ends it.
    """
    settings = load_settings(corpus_dir=Path(corpus), index_dir=Path(index))
    stayed = Assistant(settings) if how == "stay" else None
    while not Path(stop).exists():
        try:
            print(_stable(stayed) if stayed else answers_of(Assistant(settings)), flush=True)
        except Exception as error:
            print(f"{type(error).__name__}: {error}", flush=True)


def _stable(assistant: Assistant) -> str:
    """Answers to all questions that no change of the letters came between."""
    while True:
        before = assistant.index
        found = _asked(assistant)
        if assistant.index is before:
            return found
