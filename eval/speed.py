"""How long things take, each beside a reference measured in the same run: the ratios are what to look at.

    python -m eval.speed                                   # answers: the shipped letters, eval/gold/*.jsonl
    python -m eval.speed --index DIR --gold FILE ...       # other letters and questions
    python -m eval.speed --indexing [--corpus DIR]         # indexing: letters and passages a second, memory, size
    python -m eval.speed --gate                            # `python -m eval --gate`, whole, with a new index

The reference is one encoding of a question by the embedding model (PyTorch, 32-bit floats), asked anew after every
question so that a busy machine slows both alike; for indexing it is the encoding of all its passages and nothing else.
The milliseconds are of the machine.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from assistant.errors import AssistantError
from eval.run import open_assistant, show
from eval.statistics import percentile

__all__ = ["main"]

WARM = 5  # questions asked before the clock counts: the model loads with the first
ENCODINGS = 50  # of a question, for the reference of the gate
GOLD = Path(__file__).parent / "gold"
# In a process of its own, so that its peak is that of the indexing alone.
INDEXER = """
import json, resource, sys
from assistant.cli import main
try:
    main(sys.argv[1:], standalone_mode=False)
finally:
    print(json.dumps({"peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
                      "workers": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss}))
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print.

    Returns:
        0; 2 where the index or the questions cannot be read; 1 where the gate that was timed falls.
    """
    parser = argparse.ArgumentParser(prog="python -m eval.speed", description=__doc__.splitlines()[0])
    parser.add_argument("--index", type=Path, help="folder of the index")
    parser.add_argument("--gold", type=Path, nargs="+", help="questions, JSON lines")
    parser.add_argument("--indexing", action="store_true", help="measure the indexing of --corpus instead")
    parser.add_argument("--corpus", type=Path, help="folder of letters to index; default: the assistant's own")
    parser.add_argument("--gate", action="store_true", help="measure the whole gate instead")
    options = parser.parse_args(arguments)
    if options.corpus and not options.indexing:
        parser.error("--corpus goes with --indexing")
    gold = options.gold or sorted(GOLD.glob("*.jsonl"))
    try:
        if options.indexing:
            return _indexing(options.corpus)
        if options.gate:
            return _gate()
        questions = [json.loads(line)["question"] for path in gold for line in path.read_text("utf-8").splitlines()]
        return _answers(options.index, questions)
    except (AssistantError, OSError, ValueError, KeyError) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 2


def _answers(index: Path | None, questions: Sequence[str]) -> int:
    writing, searching, encoding = [], [], []
    with open_assistant(None, index) as assistant:
        for number, question in enumerate([*questions[:WARM], *questions]):
            seconds = assistant.ask(question).seconds
            started = time.perf_counter()
            assistant.index.embedder.questions([f"{question} {number}"])[0]
            if number >= WARM:
                encoding.append(time.perf_counter() - started)
                writing.append(seconds["write"])
                searching.append(seconds["retrieve"])
                show("asked", number - WARM + 1, len(questions))
        letters = len(assistant.letters)
    unit = percentile(encoding, 0.5)
    print(f"{len(questions)} questions about {letters} letters; milliseconds p50 / p95")
    for name, times in (("encoding a question", encoding), ("search", searching), ("writing the answer", writing)):
        print(f"  {name:22} {1000 * percentile(times, 0.5):8.1f} / {1000 * percentile(times, 0.95):.1f}")
    print(f"writing, p95, in encodings of a question (median): {percentile(writing, 0.95) / unit:.1f}")
    return 0


def _indexing(corpus: Path | None) -> int:
    with tempfile.TemporaryDirectory() as folder:
        done = _index(corpus, Path(folder) / "index")
        size = sum(file.stat().st_size for file in Path(folder).rglob("*") if file.is_file())
        with open_assistant(corpus, Path(folder) / "index") as assistant:
            texts = [passage.text for passage in assistant.index.passages.values()]
            assistant.index.embedder.questions(["warm"])[0]
            started = time.perf_counter()
            assistant.index.embedder.passages(texts)
            reference = time.perf_counter() - started
    seconds, letters, passages = done["seconds"], done["letters"], done["passages"]
    print(f"{letters} letters, {passages} passages, {seconds:.1f} s of reading, embedding and writing")
    print(f"  letters a second       {letters / seconds:8.1f}")
    print(f"  passages a second      {passages / seconds:8.1f}")
    print(
        f"  peak memory            {done['peak'] / 1024:8.0f} MB, and {done['workers'] / 1024:.0f} MB a reading process"
    )
    print(f"  index                  {size / 1e6:8.1f} MB, {size / passages / 1000:.1f} kB a passage")
    print(f"  encoding the passages  {reference:8.1f} s")
    print(f"indexing, in encodings of its passages: {seconds / reference:.2f}")
    return 0


def _index(corpus: Path | None, index: Path) -> dict[str, Any]:
    """What `assistant index --json` reports, and the peak memory in kB (macOS: in bytes)."""
    chosen = ["--corpus", str(corpus)] if corpus else []
    run = subprocess.run(
        [sys.executable, "-c", INDEXER, "index", *chosen, "--index", str(index), "--rebuild", "--json"],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    report, _, memory = run.stdout.strip().rpartition("\n")
    return {**json.loads(report), **json.loads(memory)}


def _gate() -> int:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "eval", "--gate", "--index", str(Path(folder) / "index")]
        started = time.perf_counter()
        run = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
        seconds = time.perf_counter() - started
        with open_assistant(None, Path(folder) / "index") as assistant:
            encoding = []
            for number in range(WARM + ENCODINGS):
                started = time.perf_counter()
                assistant.index.embedder.questions([f"What did inspectors say about care leavers in {number}?"])[0]
                encoding.append(time.perf_counter() - started)
    questions = sum(len(file.read_text("utf-8").splitlines()) for file in GOLD.glob("*.jsonl"))
    verdict = "falls" if run.returncode else "holds"
    print(f"the gate {verdict}: {questions} questions, {seconds:.1f} s with the start and a new index")
    print(f"a question, in encodings of one (median): {seconds / questions / percentile(encoding[WARM:], 0.5):.1f}")
    return int(run.returncode != 0)


if __name__ == "__main__":
    raise SystemExit(main())
