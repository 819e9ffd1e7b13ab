"""`python -m eval.counts --index DIR`: hold counts over many letters against a scan of the records.

The index holds the published letters; a table of outcomes (`--facts`) is optional. Exit codes: 0 every count is exact,
1 one is not, or something cannot be used, 2 wrong usage.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from assistant.errors import AssistantError
from eval.bench.counting import speeds
from eval.counts.measure import CountError, Outcome, measure, read_facts, read_questions


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m eval.counts", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--index", type=Path, required=True, help="folder of an index of the published letters")
    parser.add_argument("--facts", type=Path, help="a table of published outcomes, to judge grades by")
    parser.add_argument("--speed", action="store_true", help="print how long it takes, beside a plain scan, instead")
    given = parser.parse_args(arguments)
    from assistant.engine import Assistant
    from assistant.settings import load_settings

    try:
        facts = read_facts(given.facts) if given.facts else ()
        questions = read_questions()
        with Assistant.open(load_settings(index_dir=given.index)) as assistant:
            if given.speed:
                _print_speeds(speeds(assistant, questions))
                return 0
            outcomes = measure(questions, assistant.letters, assistant.ask, facts)
    except (AssistantError, CountError, OSError) as error:
        print(f"eval.counts: {error}", file=sys.stderr)
        return 1
    for one in outcomes:
        print(_line(one))
    right = sum(one.right for one in outcomes)
    print(f"{right} of {len(outcomes)} counts exact")
    return 0 if right == len(outcomes) else 1


def _print_speeds(found: Sequence[tuple[str, float]]) -> None:
    scan = found[0][1]
    for what, seconds in found:
        print(f"{seconds * 1000:9.1f} ms {seconds / scan:9.1f} times the scan  {what}")


def _line(one: Outcome) -> str:
    said = "exact" if one.right else "WRONG" if one.counted else "NOT COUNTED"
    lines = [f"{one.question.id:6} {said:12} {len(one.expected):4}  {one.question.question}"]
    lines += [f"       missed: {', '.join(sorted(one.missed))}"] * bool(one.missed and one.counted)
    lines += [f"       invented: {', '.join(sorted(one.invented))}"] * bool(one.invented)
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
