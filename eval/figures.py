"""`python -m eval.figures`: writes the figures of the accepted baselines into the README and the model card.

So nobody types them:

python -m eval.figures            # rewrites the parts between marks
python -m eval.figures --check    # exit 1 if they are not what the baselines say
"""

import argparse
import json
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from eval.baseline import FILE, Baseline, Kept, read_baseline
from eval.gold import GoldError
from eval.marks import read_between, write_between
from eval.stages import MEASURES
from eval.statistics import wilson

__all__ = ["failures", "figures", "main"]

README = Path(__file__).parent.parent / "README.md"
CARD = Path(__file__).parent.parent / "docs" / "explanation" / "model-card.md"
GOLD = tuple(Path(__file__).parent / folder for folder in ("gold", "thematic"))
NATIONAL = FILE.with_name("baseline_national.json")
THEMATIC = FILE.with_name("baseline_thematic.json")
BEGIN, END = "<!-- figures: written by python -m eval.figures -->\n", "<!-- end of figures -->\n"
FAILURES = "<!-- failures: written by python -m eval.figures -->\n", "<!-- end of failures -->\n"

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


def main(argv: Sequence[str] | None = None, readme: Path = README, card: Path = CARD) -> int:
    """Rewrite the figures in the README and the model card, or look whether they are right.

    Args:
        argv: Options; by default those of the command line.
        readme: The README.
        card: The model card.

    Returns:
        0; 1 if `--check` finds other figures; 2 if a baseline or the marks in a page are missing.
    """
    parser = argparse.ArgumentParser("python -m eval.figures", description="Write the figures into the pages.")
    parser.add_argument("--check", action="store_true", help="only look whether they are those of the baselines")
    options = parser.parse_args(argv)
    try:
        main_tables = figures()
        parts = [(readme, (BEGIN, END), main_tables), (card, (BEGIN, END), main_tables), (card, FAILURES, failures())]
        stale = [part for part in parts if read_between(part[0], *part[1]) != part[2]]
    except GoldError as error:
        print("\n".join(error.problems), file=sys.stderr)
        return 2
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    if options.check:
        for page in dict.fromkeys(page for page, _, _ in stale):
            print(f"{page}: not the figures of the baselines; run python -m eval.figures", file=sys.stderr)
        return int(bool(stale))
    for page, marks, new in stale:
        write_between(page, *marks, new)
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


def failures(shipped: Path = FILE, thematic: Path = THEMATIC, gold: Sequence[Path] = GOLD) -> str:
    """What fails how often, as Markdown: by what is asked, and by the letters that hold the answer.

    Args:
        shipped: Baseline of the shipped letters.
        thematic: Baseline of questions over others' letters.
        gold: The folders with the questions of both, which say of what type each is.

    Raises:
        GoldError: If a baseline is missing or is none.
    """
    own, words = map(_baseline, (shipped, thematic))
    asked = [_questions(folder) for folder in gold]
    tables = [
        "What is asked of the five shipped letters, and how often the answer is right:\n",
        _shares(own, asked[0], lambda one: _TYPES.get(one["type"], "") if one["answerable"] else ""),
        "What they do not answer, and how often that is noticed:\n",
        _shares(own, asked[0], lambda one: "" if one["answerable"] else _SILENT.get(one["type"], "other")),
        "By the letter that holds the answer, where one letter does:\n",
        _shares(own, asked[0], lambda one: _years(one["gold_documents"])),
        "By the kind of document, in other words than the letters', over 475 published letters and these five:\n",
        _shares(words, asked[1], lambda one: _kind(one["gold_documents"])),
        "The same questions by the year of the document:\n",
        _shares(words, asked[1], lambda one: _era(one["gold_documents"])),
    ]
    return "\n" + "\n".join(tables) + "\n"


_TYPES = {
    "who": "who",
    "when": "when",
    "how_many": "how many",
    "grade": "a grade",
    "list": "a list",
    "theme": "what is said of a matter",
    "year_scoped": "the same, of one year",
    "comparison": "a comparison of letters or years",
    "yes_no": "yes or no",
    "negation": "whether something is so that is not",
    "why": "why",
    "attribution": "who said it",
    "coverage": "which letters speak of it",
    "follow_up": "a follow-up to an earlier question",
    "misspelt": "misspelt",
}  # in the order of the table
_SILENT = {
    "absent_detail": "a number, name or date that no letter gives",
    "absent_theme": "a matter that no letter speaks of",
    "false_premise": "something that the letters deny is taken for granted",
    "visit_grade": "the grade of a visit, which has none",
    "year_without_letter": "a year without a letter",
    "other_authority": "another council",
    "out_of_remit": "opinion, advice, private life",
}
_KINDS = {
    "focused_visit": "focused or monitoring visit",
    "ilacs_or_sif": "full inspection (ILACS, SIF)",
    "joint_area": "joint targeted area inspection (JTAI)",
    "send": "area SEND inspection",
}  # by what stands in the names of the published files
ERAS = ((2018, "before 2018"), (2023, "2018 to 2022"), (9999, "2023 and later"))
_SETS = {"unanswerable_reporting": "reporting", "unanswerable_tuning": "tuning"}


def _questions(folder: Path) -> dict[str, dict[str, Any]]:
    rows = [json.loads(line) for file in sorted(folder.glob("*.jsonl")) for line in file.open(encoding="utf-8")]
    return {row["id"]: row for row in rows}


def _years(documents: Sequence[str]) -> str:
    """The year in the names of the documents, where it is one."""
    found = {year for name in documents for year in re.findall(r"^\d{4}", name)}
    return f"a letter or paper of {found.pop()}" if len(found) == 1 else ""


def _kind(documents: Sequence[str]) -> str:
    """The kind in the names of the documents, where it is one."""
    found = {name.split("__")[1] for name in documents if name.count("__") > 1}
    return next((words for part, words in _KINDS.items() if len(found) == 1 and part in min(found)), "")


def _era(documents: Sequence[str]) -> str:
    """The stretch of years in the names of the documents, where it is one."""
    years = {int(year) for name in documents for year in re.findall(r"__(\d{4})-", name)}
    found = {next(words for limit, words in ERAS if year < limit) for year in years}
    return found.pop() if len(found) == 1 else ""


def _shares(
    baseline: Baseline, asked: Mapping[str, Mapping[str, Any]], group: Callable[[Mapping[str, Any]], str]
) -> str:
    """A table with a row for each group of questions and a column for each set; no group: not counted."""
    counts: dict[str, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for name, kept in baseline.questions.items():
        if name in asked and (row := group(asked[name])):
            counts[row][_SETS.get(kept.set, kept.set)].append(kept.passed)
    sets = sorted({name for row in counts.values() for name in row}, key=lambda name: name == "tuning")
    order = [*_TYPES.values(), *_SILENT.values(), *_KINDS.values(), *(words for _, words in ERAS)]
    rows = sorted(counts, key=lambda row: (order.index(row) if row in order else len(order), row))
    heads = {"heldout": "held out", "reporting": "not looked at"}
    lines = [f"| | {' | '.join(heads.get(name, name) for name in sets)} |", "|---" * (len(sets) + 1) + "|"]
    lines += [f"| {row} | {' | '.join(_share(counts[row].get(name, ())) for name in sets)} |" for row in rows]
    return "\n".join(lines) + "\n"


def _share(passed: Iterable[bool]) -> str:
    outcomes = list(passed)
    return f"{sum(outcomes)} of {len(outcomes)}" if outcomes else "-"


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
