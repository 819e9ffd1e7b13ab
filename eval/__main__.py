"""`python -m eval`: ask every gold question and print the figures.

Exit codes: 0 all well, 1 the gate falls or the assistant cannot be opened, 2 wrong gold or usage.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from assistant.errors import AssistantError
from eval.gate import BASELINE, accept, judge, read_baseline, read_floors
from eval.gold import GoldError, check, read
from eval.report import as_json, failures, table
from eval.run import Library, ask_all, open_library, read_answers
from eval.score import Outcome, score
from eval.shelf import Shelf

__all__ = ["main"]

GOLD = Path(__file__).parent / "gold"

Opener = Callable[[Path | None, Path | None], Library]


def main(argv: Sequence[str] | None = None, opener: Opener = open_library, baseline: Path = BASELINE) -> int:
    """Run the evaluation.

    Args:
        argv: Arguments, by default those of the command line.
        opener: Opens the letters and the assistant, from a folder of letters and of the index.
        baseline: File of the outcomes accepted last time.

    Returns:
        The exit code.
    """
    options = _options(argv)
    try:
        outcomes = _outcomes(options, opener)
    except GoldError as error:
        print("\n".join(error.problems), file=sys.stderr)
        print(f"{len(error.problems)} to mend; nothing was scored", file=sys.stderr)
        return 2
    except AssistantError as error:
        print(error, file=sys.stderr)
        return 1
    print(table(outcomes), failures(outcomes), sep="\n\n")
    verdict = judge(outcomes, read_floors(), read_baseline(baseline)) if options.gate else None
    if verdict:
        print(f"\n{verdict.text}")
    if options.json:
        body = as_json(outcomes, verdict.as_json() if verdict else None)
        options.json.write_text(json.dumps(body, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    if options.accept:
        accept(outcomes, baseline)
    return 1 if verdict and verdict.falls else 0


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m eval", description="Measure the assistant by gold questions.")
    add = parser.add_argument
    add("--gold", type=Path, action="extend", nargs="+", metavar="FILE", help="default: eval/gold/*.jsonl")
    add("--answers", type=Path, metavar="FILE", help="measure these answers (JSON lines) instead of asking")
    add("--json", type=Path, metavar="FILE", help="write all figures and outcomes there as well")
    add("--gate", action="store_true", help="compare with the floors and the baseline; exit 1 on a fall")
    add("--accept", action="store_true", help="make these outcomes the baseline")
    add("--corpus", type=Path, metavar="DIR", help="folder of letters; default: the assistant's own")
    add("--index", type=Path, metavar="DIR", help="folder of the index; default: the assistant's own")
    options = parser.parse_args(argv)
    options.gold = options.gold or sorted(GOLD.glob("*.jsonl"))
    if not options.gold:
        parser.error(f"no gold file in {GOLD}; name one with --gold")
    if options.corpus and not options.corpus.is_dir():
        parser.error(f"--corpus {options.corpus}: there is no such folder")
    if options.json and not options.json.resolve().parent.is_dir():
        parser.error(f"--json {options.json}: there is no such folder")
    return options


def _outcomes(options: argparse.Namespace, opener: Opener) -> list[Outcome]:
    rows = read(options.gold)
    library = opener(options.corpus, options.index)
    try:
        shelf = Shelf(library.letters)
        questions = check(rows, shelf)
        answers = read_answers(options.answers, questions) if options.answers else ask_all(library, questions)
    finally:
        library.close()
    return [score(question, given, shelf) for question, given in zip(questions, answers, strict=True)]


if __name__ == "__main__":
    sys.exit(main())
