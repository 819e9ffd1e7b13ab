"""How long things take and what they need, beside references measured in the same run: the ratios are the result.

    python -m eval.bench                                   # the shipped letters: everything but --sizes, in minutes
    python -m eval.bench --letters DIR ... --gold FILE ... # other letters, with an index of their own; other questions
    python -m eval.bench --only asking starting --index DIR
    python -m eval.bench --only searching --sizes 24000 100000
    python -m eval.bench --only gate                       # `python -m eval --gate`, whole, with a new index
    python -m eval.bench --json FILE --docs                # for a program; into docs/explanation/performance.md
    python -m eval.bench --only --after FILE ... --docs    # what earlier runs measured

Indexing: the first index by stage, beside the bare encoding of its passages and llama-index's pipeline with Chroma.
Updating: nothing changed, a letter more, a letter gone, on a copy of an index, beside reading and copying its files.
Asking: a warm assistant, new questions and the same once more, beside one encoding of a question by PyTorch.
Searching: under filters, for so many passages: real ones under other names and dates where there are fewer.
Starting: commands from a cold shell. Serving: 1, 5 and 20 people at once over HTTP (see `python -m eval.load`).

Milliseconds are of the machine, and of how busy it is; the ratios hold elsewhere.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from assistant.errors import AssistantError
from eval.bench import asking, indexing, searching, serving, starting, updating
from eval.bench.figures import Figure, table
from eval.marks import merged, read_between, write_between

__all__ = ["main"]

PARTS = ("indexing", "updating", "asking", "searching", "starting", "serving", "gate")
DEFAULT = PARTS[:-1]
ROOT = Path(__file__).resolve().parent.parent.parent
DOCS = ROOT / "docs" / "explanation" / "performance.md"
BEGIN, END = "<!-- bench: written by python -m eval.bench --docs -->\n", "<!-- end of bench -->\n"
GOLD = ROOT / "eval" / "gold"
SEARCHED = 40  # questions searched for under each filter


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print.

    Returns:
        0; 1 where the gate that was timed falls; 2 where letters, an index or questions cannot be read.
    """
    options = _options(arguments)
    try:
        figures = [*_earlier(options.after), *_measured(options)]
        if options.json:
            options.json.write_text(json.dumps({**_machine(), "figures": [_row(one) for one in figures]}, indent=2))
        if options.docs:
            _document(figures)
    except (AssistantError, OSError, ValueError, KeyError, subprocess.CalledProcessError) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 2
    print(table(figures))
    return int(any(one.name == GATE_FALLS for one in figures))


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m eval.bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", nargs="*", choices=PARTS, default=DEFAULT, metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--after", type=Path, nargs="+", default=(), metavar="FILE", help="figures of earlier --json")
    parser.add_argument("--letters", type=Path, nargs="+", help="files and folders; default: the assistant's own")
    parser.add_argument("--index", type=Path, help="an index to ask; default: one of the letters, made for it")
    parser.add_argument("--gold", type=Path, nargs="+", help="questions, JSON lines")
    parser.add_argument("--questions", type=int, default=150, metavar="N", help="most questions of each file")
    parser.add_argument("--sizes", type=int, nargs="+", default=(), metavar="N", help="passages to search among")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    parser.add_argument("--docs", action="store_true", help="write the figures into docs/explanation/performance.md")
    return parser.parse_args(arguments)


def _measured(options: argparse.Namespace) -> list[Figure]:
    from assistant.settings import load_settings

    gold = options.gold or sorted(GOLD.glob("*.jsonl"))
    drawn = [question for file in gold for question in asking.questions_of(file, options.questions)]
    with tempfile.TemporaryDirectory() as folder:
        index = options.index
        if options.letters and not index:
            index = Path(folder) / "index"
        figures: list[Figure] = []
        if "indexing" in options.only:
            figures += indexing.measure(options.letters or [load_settings().corpus_dir], _show)
        if options.letters and not options.index and set(options.only) - {"indexing", "gate"}:
            _index(options.letters, index)
        if "updating" in options.only:
            figures += updating.measure(index or load_settings().index_dir, _show)
        if "asking" in options.only:
            figures += asking.measure(index, gold, options.questions, _show)
        if "searching" in options.only and options.sizes:
            figures += searching.measure(index, drawn[:SEARCHED], options.sizes, _show)
        if "starting" in options.only:
            figures += starting.measure(index or load_settings().index_dir, _show)
        if "serving" in options.only:
            figures += serving.measure(index, _show)
        if "gate" in options.only:
            figures += _gate()
    return figures


def _show(what: str) -> None:
    print(f"{what} ...", file=sys.stderr, flush=True)


def _index(letters: Sequence[Path], index: Path) -> None:
    from assistant.index.update import update_index
    from assistant.settings import load_settings

    _show("indexing for what follows")
    update_index(load_settings(index_dir=index), letters, only=True)


GATE_FALLS = "the gate falls"


def _gate() -> list[Figure]:
    _show("the gate")
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "eval", "--gate", "--index", str(Path(folder) / "index")]
        started = time.perf_counter()
        run = subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
        seconds = time.perf_counter() - started
    questions = sum(len(file.read_text("utf-8").splitlines()) for file in GOLD.glob("*.jsonl"))
    verdict = GATE_FALLS if run.returncode else "the gate holds"
    return [Figure("gate", verdict, seconds, "s"), Figure("gate", "a question", 1000 * seconds / questions, "ms")]


def _earlier(files: Sequence[Path]) -> list[Figure]:
    rows = [row for file in files for row in json.loads(file.read_text("utf-8"))["figures"]]
    return [Figure(**{name: value for name, value in row.items() if name != "met"}) for row in rows]


def _row(figure: Figure) -> dict[str, object]:
    return asdict(figure) | {"met": figure.met}


def _machine() -> dict[str, object]:
    return {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.system()}


def _document(figures: Sequence[Figure]) -> None:
    """Write the table between its marks; what was not measured this time stays in it.

    Raises:
        ValueError: If the marks are missing.
    """
    machine = _machine()
    about = f"{machine['cores']} cores, Python {machine['python']}, {machine['system']}.\n\n"
    shown = merged(read_between(DOCS, BEGIN, END), about + table(figures), lambda line: line.startswith("| **"))
    write_between(DOCS, BEGIN, END, shown)


if __name__ == "__main__":
    raise SystemExit(main())
