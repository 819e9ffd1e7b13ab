"""The gate: fixed floors, and the outcomes accepted last time, question by question."""

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.measures import mcnemar
from eval.score import Outcome, add

__all__ = ["BASELINE", "FLOORS", "Verdict", "accept", "judge", "read_baseline", "read_floors"]

FLOORS = Path(__file__).parent / "floors.toml"
BASELINE = Path(__file__).parent / "baseline.json"

CALLED = 0.05  # below this p a fall is called a regression: 6 questions lost and none won, or clearer
FORGIVEN = 1e-9  # 0.1 + 0.2 is not 0.3

Floors = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate says.

    Attributes:
        falls: Why it falls, in words; empty if it holds.
        notes: What could not be judged.
        lost: Questions that passed in the baseline and fail now.
        won: Questions that failed in the baseline and pass now.
        p: Exact McNemar p of that change, or None without a baseline.
    """

    falls: tuple[str, ...]
    notes: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    won: tuple[str, ...] = ()
    p: float | None = None

    @property
    def text(self) -> str:
        """For the terminal."""
        lines = [f"Gate: {'falls' if self.falls else 'holds'}", *(f"  {fall}" for fall in self.falls)]
        lines += [f"  {note}" for note in self.notes]
        if self.p is not None:
            change = f"{len(self.lost)} lost, {len(self.won)} won"
            lines.append(f"  against the baseline: {change} (exact McNemar p = {self.p:.3f})")
        for title, ids in (("lost", self.lost), ("won", self.won)):
            if ids:
                lines.append(f"  {title}: {', '.join(ids)}")
        return "\n".join(lines)

    def as_json(self) -> dict[str, Any]:
        """For the JSON."""
        return {
            "holds": not self.falls,
            "falls": list(self.falls),
            "notes": list(self.notes),
            "lost": list(self.lost),
            "won": list(self.won),
            "p": self.p,
        }


def read_floors(path: Path = FLOORS) -> Floors:
    """The floors ("at_least") and ceilings ("at_most") by name of the measure."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


def read_baseline(path: Path) -> Mapping[str, bool] | None:
    """Whether each question passed when the baseline was accepted, or None if there is none."""
    if not path.is_file():
        return None
    passed: dict[str, bool] = json.loads(path.read_text(encoding="utf-8"))["passed"]
    return passed


def accept(outcomes: Sequence[Outcome], path: Path) -> None:
    """Make these outcomes the baseline; questions not asked now keep what they had."""
    passed = dict(read_baseline(path) or {}) | {one.question.id: one.passed for one in outcomes}
    path.write_text(json.dumps({"passed": dict(sorted(passed.items()))}, indent=1) + "\n", encoding="utf-8")


def judge(outcomes: Sequence[Outcome], floors: Floors, baseline: Mapping[str, bool] | None) -> Verdict:
    """Compare outcomes with the floors and the baseline; known gaps are left out of both."""
    gating = [outcome for outcome in outcomes if not outcome.question.known_gap]
    falls, notes = _against_floors(gating, floors)
    if baseline is None:
        return Verdict(tuple(falls), (*notes, "no baseline yet: --accept makes these outcomes the baseline"))
    known = [outcome for outcome in gating if outcome.question.id in baseline]
    lost = tuple(one.question.id for one in known if baseline[one.question.id] and not one.passed)
    won = tuple(one.question.id for one in known if one.passed and not baseline[one.question.id])
    p = mcnemar(len(lost), len(won))
    if len(lost) > len(won) and p < CALLED:
        falls.append(f"a regression: {len(lost)} questions lost, {len(won)} won")
    return Verdict(tuple(falls), tuple(notes), lost, won, p)


def _against_floors(outcomes: Sequence[Outcome], floors: Floors) -> tuple[list[str], list[str]]:
    tallies = add(outcomes)
    falls, notes = [], []
    for bound, sign in (("at_least", 1), ("at_most", -1)):
        for name, limit in floors.get(bound, {}).items():
            value = tallies[name].value if name in tallies else None
            if value is None:
                notes.append(f"{name}: not measured, no question here bears on it")
            elif sign * (value - limit) < -FORGIVEN:
                falls.append(f"{name} is {value:.3f}, {bound.replace('_', ' ')} {limit:g} is asked")
    return falls, notes
