"""`python -m eval.mutation`: break the product in many ways, one at a time, and see that the gate catches each.

A gate is worth what it stops. Each mutant changes named attributes of the product in this process, all gold questions
are asked anew, and what `python -m eval --gate` would say is noted. Nothing on disk is changed.

Exit codes: 0 every mutant is caught, 1 one survives; 2 the unbroken product falls, a mutant changes no answer or no
longer fits the product, or wrong gold or usage.
"""

import argparse
import json
import re
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from assistant.answers import answer
from assistant.engine import Assistant
from assistant.errors import AssistantError
from eval import baseline, particulars
from eval.gate import GOLD, Floors, goes_by, judge, read_floors
from eval.gold import GoldError, Question, Row, check, read
from eval.measures import Tally
from eval.mutants import MUTANTS, Mutant, applied
from eval.report.text import aligned
from eval.run import PASSAGES, open_assistant
from eval.score import Given, Outcome, add, score
from eval.shelf import Shelf
from eval.stages import MEASURES

__all__ = ["Result", "main"]

MOVED = 3  # figures shown of each mutant, those that moved most
NAMED = 3  # lost questions, and floors, named of each mutant

Opener = Callable[[Path | None, Path | None], Assistant]


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one mutant.

    Attributes:
        name: Of the mutant.
        broken: What goes wrong.
        how: What was changed.
        changed: How many answers differ from those of the unbroken product, times aside.
        of: How many questions were asked.
        rules: What the gate caught it by; empty if it survives.
        falls: The same in the gate's own words.
        figures: Every measure that moved, with its value before and after; the one that moved most first.
        lost: Identifiers of the questions that passed before.
        won: Of those that pass only now.
        seconds: It took.
    """

    name: str
    broken: str
    how: str
    changed: int
    of: int
    rules: tuple[str, ...]
    falls: tuple[str, ...]
    figures: Mapping[str, tuple[float, float]]
    lost: tuple[str, ...]
    won: tuple[str, ...]
    seconds: float


# --- asking ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Run:
    """All gold questions asked once: answers without their times, outcomes, the gate's figures, why it falls."""

    answers: tuple[Mapping[str, Any], ...]
    outcomes: tuple[Outcome, ...]
    figures: Mapping[str, Tally]
    falls: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Gate:
    """What `python -m eval --gate` goes by."""

    rows: Sequence[tuple[str, Row]]
    references: Sequence[tuple[str, particulars.Particulars]]
    floors: Floors
    before: baseline.Baseline | None

    def run(self, assistant: Assistant, questions: Sequence[Question] = ()) -> _Run:
        """Ask and judge.

        Args:
            assistant: Broken or not.
            questions: As checked against the unbroken letters, for an assistant that is broken.
        """
        shelf = Shelf(assistant.letters)
        unfit: tuple[str, ...] = ()
        try:
            questions = check(self.rows, shelf)
        except GoldError as error:
            if not questions:
                raise
            unfit = (f"the gold check finds {len(error.problems)} to mend: {error.problems[0]}",)
        given = [_asked(assistant, question) for question in questions]
        outcomes = [score(question, one, shelf) for question, one in zip(questions, given, strict=True)]
        reading = particulars.measure(self.references, shelf).tallies if self.references else {}
        falls = (*unfit, *judge(outcomes, self.floors, self.before, reading=reading).falls)
        gating = [one for one in outcomes if not one.question.known_gap]
        answers = tuple(one.model_dump(exclude={"seconds"}) for one in given)
        return _Run(answers, tuple(outcomes), add(gating) | reading, falls)


def _asked(assistant: Assistant, question: Question) -> Given:
    found = assistant.ask(question.question, history=question.history, k=PASSAGES, rewrite=False)
    return Given.model_validate(answer.answer_json(found, question.id))  # by its module: a mutant may stand there


def _result(mutant: Mutant, assistant: Assistant, gate: _Gate, unbroken: _Run) -> Result:
    started = time.perf_counter()
    with applied(mutant, assistant):
        run = gate.run(assistant, [outcome.question for outcome in unbroken.outcomes])
    pairs = list(zip(unbroken.outcomes, run.outcomes, strict=True))
    gating = [(one.question.id, one.passed, other.passed) for one, other in pairs if not one.question.known_gap]
    return Result(
        name=mutant.name,
        broken=mutant.broken,
        how=mutant.how,
        changed=sum(one != other for one, other in zip(unbroken.answers, run.answers, strict=True)),
        of=len(run.answers),
        rules=tuple(map(_rule, run.falls)),
        falls=run.falls,
        figures=_moved(unbroken.figures, run.figures),
        lost=tuple(name for name, before, after in gating if before and not after),
        won=tuple(name for name, before, after in gating if after and not before),
        seconds=round(time.perf_counter() - started, 1),
    )


def _rule(fall: str) -> str:
    """A fall of the gate in a few words."""
    first = fall.split()[0]
    if first in MEASURES:
        return f"floor of {first}"
    if "that must pass" in fall:
        return f"must pass ({first})"
    return re.split(r" \(|: ", fall.removeprefix("a "))[0]


def _moved(before: Mapping[str, Tally], after: Mapping[str, Tally]) -> dict[str, tuple[float, float]]:
    values = {name: (tally.value, after[name].value) for name, tally in before.items() if name in after}
    moved = {
        name: (old, new) for name, (old, new) in values.items() if old is not None and new is not None and old != new
    }
    return dict(sorted(moved.items(), key=lambda item: -abs(item[1][1] - item[1][0])))


# --- reports --------------------------------------------------------------------------------------------------------

NOT_CAUGHT = "NOT CAUGHT"
HEAD = ("mutant", "what is broken", "how", "answers changed", "questions lost", "caught by", "moved most")


def _cells(result: Result) -> list[str]:
    """A row of the table."""
    named = f": {_some(result.lost)}" if result.lost else ""
    figures = list(result.figures.items())[:MOVED]
    return [
        result.name,
        result.broken,
        result.how,
        str(result.changed),
        f"{len(result.lost)}{named}",
        _caught(result.rules),
        "; ".join(f"{name} {before:.3f} → {after:.3f}" for name, (before, after) in figures),
    ]


def _caught(rules: Sequence[str]) -> str:
    """By what a mutant was caught, floors and regressions together."""
    parts = []
    for sort in ("floor of ", "regression of "):
        names = [rule.removeprefix(sort) for rule in rules if rule.startswith(sort)]
        parts += [f"{sort}{_some(names)}"] if names else []
    others = [rule for rule in rules if not rule.startswith(("floor of ", "regression of "))]
    return "; ".join([*others, *parts]) or NOT_CAUGHT


def _some(names: Sequence[str]) -> str:
    """The first few names."""
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"{', '.join(names[:NAMED])}{more}"


def _markdown(results: Sequence[Result]) -> str:
    rows = [[f"`{cells[0]}`", *cells[1:]] for cells in map(_cells, results)]
    lines = [HEAD, ["---"] * len(HEAD), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in lines)


def _summary(results: Sequence[Result]) -> str:
    survivors = [result.name for result in results if not result.rules]
    caught = f"{len(results) - len(survivors)} of {len(results)} mutants caught"
    return f"{caught}; not caught: {', '.join(survivors)}" if survivors else caught


class _NothingShown(Exception):
    """Nothing can be said about the gate."""


# --- the command ----------------------------------------------------------------------------------------------------


def main(
    argv: Sequence[str] | None = None, opener: Opener = open_assistant, mutants: Sequence[Mutant] = MUTANTS
) -> int:
    """Break the product, ask, and print what the gate says.

    Args:
        argv: Arguments, by default those of the command line.
        opener: Opens the product, from a folder of letters and of the index.
        mutants: The ways of breaking it.

    Returns:
        The exit code.
    """
    options = _options(argv, mutants)
    chosen = [mutant for mutant in mutants if not options.only or mutant.name in options.only]
    if options.list:
        print(aligned([[mutant.name, mutant.broken, mutant.how] for mutant in chosen]))
        return 0
    try:
        gate = _gate(options)
        with opener(None, options.index) as assistant:
            results = _results(gate, assistant, chosen)
    except (AssistantError, GoldError, _NothingShown) as error:
        print(error, file=sys.stderr)
        return 2
    _write(results, options)
    unchanged = [result.name for result in results if not result.changed]
    if unchanged:
        print(f"no answer changed, so these break nothing: {', '.join(unchanged)}", file=sys.stderr)
        return 2
    return 0 if all(result.rules for result in results) else 1


def _gate(options: argparse.Namespace) -> _Gate:
    floors = read_floors(options.floors)
    references = particulars.read_particulars(particulars.FILE) if options.shipped else []
    return _Gate(read(options.gold), references, floors, baseline.read_baseline(options.baseline))


def _results(gate: _Gate, assistant: Assistant, mutants: Sequence[Mutant]) -> list[Result]:
    print("asking the unbroken product", file=sys.stderr)
    unbroken = gate.run(assistant)
    if unbroken.falls:
        raise _NothingShown("\n".join(["the unbroken product does not hold, so nothing was broken:", *unbroken.falls]))
    results = []
    for number, mutant in enumerate(mutants, 1):
        try:
            results.append(_result(mutant, assistant, gate, unbroken))
        except Exception as error:  # whatever a name that has gone, or a call that has changed, leads to
            raise _NothingShown(f"{mutant.name} no longer fits the product: {type(error).__name__}: {error}") from error
        print(f"{number} of {len(mutants)}: {mutant.name}: {_caught(results[-1].rules)}", file=sys.stderr)
    return results


def _write(results: Sequence[Result], options: argparse.Namespace) -> None:
    print(aligned([HEAD, *map(_cells, results)]), _summary(results), sep="\n\n")
    if options.markdown:
        options.markdown.write_text(f"{_markdown(results)}\n\n{_summary(results)}\n", encoding="utf-8")
    if options.json:
        body = {"mutants": [asdict(result) for result in results]}
        options.json.write_text(json.dumps(body, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _options(argv: Sequence[str] | None, mutants: Sequence[Mutant]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m eval.mutation", description="Break the product, and see whether the gate catches it."
    )
    add = parser.add_argument
    add("--index", type=Path, metavar="DIR", help="folder of the index; default: the assistant's own")
    add("--gold", type=Path, action="extend", nargs="+", metavar="FILE", help="default: eval/gold/*.jsonl")
    add("--baseline", type=Path, metavar="FILE", help="default: that of python -m eval")
    add("--floors", type=Path, metavar="FILE", help="default: those of python -m eval")
    add("--only", action="extend", nargs="+", metavar="NAME", help="only these mutants")
    add("--list", action="store_true", help="say what is broken and how, and ask nothing")
    add("--markdown", type=Path, metavar="FILE", help="write the table as Markdown as well")
    add("--json", type=Path, metavar="FILE", help="write all figures and the questions lost and won as well")
    options = parser.parse_args(argv)
    options.shipped = not options.gold
    options.gold = options.gold or sorted(GOLD.glob("*.jsonl"))
    kept, floors = goes_by(options.gold)
    options.baseline, options.floors = options.baseline or kept, options.floors or floors
    unknown = set(options.only or ()) - {mutant.name for mutant in mutants}
    if unknown:
        parser.error(f"there is no mutant {', '.join(sorted(unknown))}; --list names them")
    for name in ("markdown", "json"):
        file = getattr(options, name)
        if file and not file.resolve().parent.is_dir():
            parser.error(f"--{name} {file}: there is no such folder")
    return options


if __name__ == "__main__":
    sys.exit(main())
