"""`python -m eval.figures`: writes the figures of the accepted baselines into the README, so that nobody types them.

python -m eval.figures            # rewrites the part between the two marks
python -m eval.figures --check    # exit 1 if it is not what the baselines say
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from eval.baseline import FILE, Baseline, Kept, read_baseline
from eval.gold import GoldError
from eval.marks import read_between, write_between
from eval.stages import MEASURES
from eval.statistics import wilson

__all__ = ["figures", "main"]

README = Path(__file__).parent.parent / "README.md"
NATIONAL = FILE.with_name("baseline_national.json")
THEMATIC = FILE.with_name("baseline_thematic.json")
BEGIN, END = "<!-- figures: written by python -m eval.figures -->\n", "<!-- end of figures -->\n"

SHARES = ("accuracy", "refusal_recall", "false_refusal_rate")  # with counts: what a reader looks at first
OTHERS = ("scope_accuracy", "hit@5", "citation_validity", "uncited_sentences", "grounding")
LABELS = {
    "accuracy": "right answers among the answerable",
    "refusal_recall": "refused among the unanswerable",
    "false_refusal_rate": "refused among the answerable (less is better)",
    "scope_accuracy": "searched in the right letters",
    "hit@5": "evidence among the first five passages",
    "citation_validity": "quotes verbatim at their place",
    "uncited_sentences": "sentences without a citation (less is better)",
    "grounding": "sentences whose numbers, dates and names stand in their quote",
}


def main(argv: Sequence[str] | None = None, readme: Path = README) -> int:
    """Rewrite the figures in the README, or look whether they are right.

    Returns:
        0; 1 if `--check` finds other figures; 2 if a baseline or the marks in the README are missing.
    """
    parser = argparse.ArgumentParser("python -m eval.figures", description="Write the figures into the README.")
    parser.add_argument("--check", action="store_true", help="only look whether they are those of the baselines")
    options = parser.parse_args(argv)
    try:
        new = figures()
        told = read_between(readme, BEGIN, END)
    except GoldError as error:
        print("\n".join(error.problems), file=sys.stderr)
        return 2
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    if options.check:
        if new != told:
            print(f"{readme}: not the figures of the baselines; run python -m eval.figures", file=sys.stderr)
        return int(new != told)
    write_between(readme, BEGIN, END, new)
    return 0


def figures(shipped: Path = FILE, national: Path = NATIONAL, thematic: Path = THEMATIC) -> str:
    """The tables as Markdown: the shipped letters, then others' letters.

    Raises:
        GoldError: If a baseline is missing or is none.
    """
    own, plain, words = map(_baseline, (shipped, national, thematic))
    first = _table(own, [("held out", ["heldout"]), ("tuning", ["tuning"])])
    columns = [
        (plain, "plain questions", ["national_questions"]),
        (words, "in other words, not looked at", ["reporting", "unanswerable_reporting"]),
        (words, "in other words, tuning", ["tuning", "unanswerable_tuning"]),
    ]
    second = _rows([(_head(one, title, sets), _cells(one, sets)) for one, title, sets in columns])
    return f"\nThe five shipped letters:\n\n{first}\nOver 475 published letters and these five:\n\n{second}\n"


def _baseline(path: Path) -> Baseline:
    found = read_baseline(path)
    if found is None:
        raise GoldError([f"{path}: there is no baseline; docs/explanation/evaluation.md says how to make it"])
    return found


def _table(baseline: Baseline, columns: Sequence[tuple[str, Sequence[str]]]) -> str:
    return _rows([(_head(baseline, title, sets), _cells(baseline, sets)) for title, sets in columns])


def _rows(columns: Sequence[tuple[str, dict[str, str]]]) -> str:
    lines = ["| | " + " | ".join(head for head, _ in columns) + " |", "|---" * (len(columns) + 1) + "|"]
    for name in (*SHARES, *OTHERS):
        cells = [cells.get(name, "-") for _, cells in columns]
        if set(cells) != {"-"}:
            lines.append(f"| {LABELS[name]} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _head(baseline: Baseline, title: str, sets: Sequence[str]) -> str:
    return f"{title} ({sum(kept.set in sets for kept in baseline.questions.values())} questions)"


def _cells(baseline: Baseline, sets: Sequence[str]) -> dict[str, str]:
    """Each figure as text; one of several sets is that of the set which measures it."""
    cells = {}
    for name in (*SHARES, *OTHERS):
        held = [one for one in sets if name in baseline.measures.get(one, {})]
        if not held:
            continue
        values = [baseline.measures[one][name] for one in held]
        worst = max(values) if MEASURES[name].less_is_better else min(values)
        cells[name] = f"{worst:.3f}"
        if name in SHARES:
            of = sum(kept.answerable != (name == "refusal_recall") for kept in _of(baseline, held))
            low, high = wilson(round(worst * of), of)
            cells[name] += f" ({round(worst * of)} of {of}; {low:.2f} to {high:.2f})"
    return cells


def _of(baseline: Baseline, sets: Sequence[str]) -> list[Kept]:
    return [kept for kept in baseline.questions.values() if kept.set in sets]


if __name__ == "__main__":
    sys.exit(main())
