"""How long an answer takes beyond the search for its passages, beside encoding a question, measured in the same run.

    python -m eval.speed                                   # the shipped letters, eval/gold/*.jsonl
    python -m eval.speed --index DIR --gold FILE ...       # other letters and questions

The reference is one encoding of a question by the embedding model (PyTorch, 32-bit floats), asked anew after every
question so that a busy machine slows both alike. The ratio is what to look at; the milliseconds are of the machine.
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from assistant.errors import AssistantError
from eval.run import open_assistant, show
from eval.statistics import percentile

__all__ = ["main"]

WARM = 5  # questions asked before the clock counts: the model loads with the first


def main(arguments: Sequence[str] | None = None) -> int:
    """Ask every question, print the times and the ratio.

    Returns:
        0; 2 where the index or the questions cannot be read.
    """
    parser = argparse.ArgumentParser(prog="python -m eval.speed", description=__doc__.splitlines()[0])
    parser.add_argument("--index", type=Path, help="folder of the index")
    parser.add_argument("--gold", type=Path, nargs="+", help="questions, JSON lines")
    options = parser.parse_args(arguments)
    gold = options.gold or sorted((Path(__file__).parent / "gold").glob("*.jsonl"))
    try:
        questions = [json.loads(line)["question"] for path in gold for line in path.read_text("utf-8").splitlines()]
        assistant = open_assistant(None, options.index)
    except (AssistantError, OSError, ValueError, KeyError) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 2
    writing, searching, encoding = [], [], []
    with assistant:
        for number, question in enumerate([*questions[:WARM], *questions]):
            seconds = assistant.ask(question).seconds
            started = time.perf_counter()
            assistant.index.embedder.question(f"{question} {number}")
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


if __name__ == "__main__":
    raise SystemExit(main())
