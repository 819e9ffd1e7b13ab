"""The gate: floors, questions that must pass, and paired tests against the outcomes accepted last time."""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from eval.baseline import FILE, Baseline, Circumstances, Kept, keep
from eval.gold import GoldError
from eval.measures import Tally
from eval.score import Outcome, add
from eval.stages import JUDGE, MEASURES
from eval.statistics import mcnemar, randomisation

__all__ = ["FLOORS", "GOLD", "Change", "Verdict", "fallen", "goes_by", "judge", "read_floors"]

FLOORS = Path(__file__).parent / "floors.toml"
"""The floors of the shipped questions."""

GOLD = Path(__file__).parent / "gold"
"""The folder of the shipped questions."""

CALLED = 0.05  # below this p a change is called a regression or an improvement: 6 outcomes lost and none won
FORGIVEN = 1e-9  # 0.1 + 0.2 is not 0.3

Floors = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Change:
    """How the same questions fare beside the baseline.

    Attributes:
        name: What was compared: "outcomes", "scopes" or "search".
        lost: Identifiers of the questions that fare worse now.
        won: Those that fare better.
        p: Of the paired test: exact McNemar for outcomes and scopes, randomisation of nDCG@10 for the search.
        called: "regression", "improvement", or empty where chance may have made the change.
    """

    name: str
    lost: tuple[str, ...]
    won: tuple[str, ...]
    p: float
    called: str

    @property
    def text(self) -> str:
        """For people."""
        test = "randomisation of nDCG@10" if self.name == "search" else "exact McNemar"
        verdict = f": {'an' if self.called == 'improvement' else 'a'} {self.called}" if self.called else ""
        return f"{self.name}: {len(self.lost)} lost, {len(self.won)} won ({test}, p = {self.p:.3f}){verdict}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate says.

    Attributes:
        falls: Why it falls, in words; empty if it holds.
        notes: What could not be judged, and what else is to be known.
        changes: Against the baseline; empty without one.
    """

    falls: tuple[str, ...]
    notes: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()

    @property
    def text(self) -> str:
        """For the terminal."""
        lines = [f"Gate: {'falls' if self.falls else 'holds'}", *(f"  {fall}" for fall in self.falls)]
        lines += [f"  {note}" for note in self.notes]
        for change in self.changes:
            lines.append(f"  against the baseline, {change.text}")
            if change.name != "search":
                pairs = (("lost", change.lost), ("won", change.won))
                lines += [f"    {title}: {', '.join(ids)}" for title, ids in pairs if ids]
        return "\n".join(lines)

    def as_json(self) -> dict[str, Any]:
        """For the JSON; the questions lost and won are those of the outcomes."""
        outcomes = next((one for one in self.changes if one.name == "outcomes"), None)
        return {
            "holds": not self.falls,
            "falls": list(self.falls),
            "notes": list(self.notes),
            "lost": list(outcomes.lost) if outcomes else [],
            "won": list(outcomes.won) if outcomes else [],
            "p": outcomes.p if outcomes else None,
            "changes": [asdict(change) for change in self.changes],
        }


def goes_by(gold: Sequence[Path]) -> tuple[Path, Path | None]:
    """What the gate goes by unless other files are named: the baseline, and the floors if there are any.

    The shipped questions have the shipped ones. For questions of one's own these say nothing, and a baseline of theirs
    must not get into the shipped one: it lies beside the first file of questions.

    Args:
        gold: The files of the questions.
    """
    if all(path.resolve().parent == GOLD.resolve() for path in gold):
        return FILE, FLOORS
    return gold[0].parent / f"{gold[0].resolve().stem}.baseline.json", None


def read_floors(path: Path | None = FLOORS) -> Floors:
    """The floors ("at_least") and ceilings ("at_most") by name of the measure; none without a file.

    Raises:
        GoldError: If the file cannot be read, names a measure that does not exist, or a bound that is no number.
    """
    if path is None:
        return {}
    try:
        return _read_floors(path)
    except OSError as error:
        raise GoldError([f"{path}: cannot be read ({error.strerror}); it has the shape of eval/floors.toml"]) from None
    except ValueError as error:
        raise GoldError([f"{path}: {error}"]) from None


def _read_floors(path: Path) -> Floors:
    floors = tomllib.loads(path.read_text(encoding="utf-8"))
    for bound, limits in floors.items():
        if bound not in ("at_least", "at_most") or not isinstance(limits, dict):
            raise ValueError(f"[{bound}] is neither [at_least] nor [at_most]")
        for name, limit in limits.items():
            if name not in MEASURES or not isinstance(limit, int | float):
                raise ValueError(f"{name} = {limit} is no measure with a number (see docs/explanation/evaluation.md)")
    return floors


def judge(
    outcomes: Sequence[Outcome],
    floors: Floors,
    baseline: Baseline | None,
    now: Circumstances = Circumstances(),
    reading: Mapping[str, Tally] | None = None,
) -> Verdict:
    """Compare outcomes with the floors and the baseline; known gaps are left out of both.

    Args:
        outcomes: What became of each question.
        floors: The least and the most that a measure may be.
        baseline: The outcomes accepted last time.
        now: Where these outcomes come from.
        reading: The tallies of the stage "reading", where it was measured.
    """
    gating = [outcome for outcome in outcomes if not outcome.question.known_gap]
    falls, notes = _against_floors(add(gating) | dict(reading or {}), floors)
    missed = [one.question.id for one in gating if one.question.must_pass and not one.passed]
    if missed:
        falls.append(f"{_count(len(missed), 'question')} that must pass failed: {', '.join(missed)}")
    closed = [one.question.id for one in outcomes if one.question.known_gap and one.passed]
    if closed:
        notes.append(f"known gaps that pass now, and may gate: {', '.join(closed)}")
    if baseline is None:
        return Verdict(tuple(falls), (*notes, "no baseline yet: --accept makes these outcomes the baseline"))
    before = asdict(baseline.circumstances)
    differ = [what for what in ("corpus", "gold", "settings") if before[what] and before[what] != asdict(now)[what]]
    if differ and now != Circumstances():
        notes.append(f"not as in the baseline: {', '.join(differ)}")
    changes = _changes([one for one in gating if one.question.id in baseline.questions], baseline)
    for change in changes:
        if change.called == "regression":
            shown = [] if change.name == "search" else [": ", ", ".join(change.lost)]
            fell = f"{len(change.lost)} lost, {len(change.won)} won, p = {change.p:.3f}"
            falls.append("".join([f"a regression of {change.name} ({fell})", *shown]))
    return Verdict(tuple(falls), tuple(notes), tuple(changes))


def _changes(outcomes: Sequence[Outcome], baseline: Baseline) -> list[Change]:
    pairs = [(one.question.id, baseline.questions[one.question.id], keep(one)) for one in outcomes]
    return [
        _change("outcomes", [(name, float(old.passed), float(new.passed)) for name, old, new in pairs]),
        _change("scopes", _both(pairs, lambda kept: None if kept.scope is None else float(kept.scope))),
        _change("search", _both(pairs, lambda kept: kept.ndcg)),
    ]


def _both(
    pairs: Sequence[tuple[str, Kept, Kept]], value: Callable[[Kept], float | None]
) -> list[tuple[str, float, float]]:
    found = [(name, value(old), value(new)) for name, old, new in pairs]
    return [(name, old, new) for name, old, new in found if old is not None and new is not None]


def _change(name: str, values: Sequence[tuple[str, float, float]]) -> Change:
    lost = tuple(one for one, old, new in values if new < old - FORGIVEN)
    won = tuple(one for one, old, new in values if new > old + FORGIVEN)
    total = sum(new - old for _, old, new in values)
    p = randomisation([new - old for _, old, new in values]) if name == "search" else mcnemar(len(lost), len(won))
    called = "" if p >= CALLED else "regression" if total < 0 else "improvement"
    return Change(name, lost, won, p, called)


def fallen(verdict: Verdict, outcomes: Sequence[Outcome], baseline: Baseline | None) -> list[str]:
    """Whatever is worse than in the baseline, called a regression or not: `--accept` wants a reason for it.

    Args:
        verdict: On these outcomes.
        outcomes: What became of each question.
        baseline: The outcomes accepted last time; the figures are compared of gold files whose questions are the same.
    """
    worse = list(verdict.falls)
    for change in verdict.changes:
        if change.lost and change.name != "search":
            worse.append(f"{change.name} lost: {', '.join(change.lost)}")
    for source, before in (baseline.measures if baseline else {}).items():
        asked = {one.question.id for one in outcomes if one.question.source == source}
        if baseline is None or asked != {name for name, kept in baseline.questions.items() if kept.set == source}:
            continue  # other questions: their figures say nothing about a fall
        for name, tally in add(one for one in outcomes if one.question.source == source).items():
            if name in before and tally.value is not None and MEASURES[name].stage != JUDGE:  # a judge never gates
                gain = (tally.value - before[name]) * (-1 if MEASURES[name].less_is_better else 1)
                if gain < -1e-6:
                    worse.append(f"{name} of {source}: {before[name]:.3f} before, {tally.value:.3f} now")
    return list(dict.fromkeys(worse))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _against_floors(tallies: Mapping[str, Tally], floors: Floors) -> tuple[list[str], list[str]]:
    falls, notes = [], []
    for bound, sign in (("at_least", 1), ("at_most", -1)):
        for name, limit in floors.get(bound, {}).items():
            value = tallies[name].value if name in tallies else None
            if value is None:
                notes.append(f"{name}: not measured, no question here bears on it")
            elif sign * (value - limit) < -FORGIVEN:
                falls.append(f"{name} is {value:.3f}, {bound.replace('_', ' ')} {limit:g} is asked")
    return falls, notes
