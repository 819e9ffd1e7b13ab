"""One run of the evaluation, whole: what every report is made from."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from eval.baseline import Baseline, Circumstances
from eval.gate import Verdict
from eval.measures import Tally
from eval.particulars import Reading
from eval.score import EXTRACTIVE, Outcome, add
from eval.stages import STAGES, Measure, measures_of
from eval.statistics import bootstrap, percentile, wilson

__all__ = ["TOGETHER", "Results", "by_set", "by_type", "interval", "seconds"]

MANY = 20  # authorities that a bootstrap may draw from

TOGETHER = "together"
"""What all gold files as one are called."""


@dataclass(frozen=True, slots=True)
class Results:
    """What a run found.

    Attributes:
        outcomes: One for each question and writer, in the order of the questions; the extractive writer's first.
        circumstances: Where they come from.
        stages: Those that were measured.
        reading: How the letters were read, if that was measured.
        baseline: The outcomes accepted last time, if there are any and they were compared.
        verdict: Of the gate, if it was asked for.
        command: How to ask for the same again.
    """

    outcomes: tuple[Outcome, ...]
    circumstances: Circumstances
    stages: tuple[str, ...] = tuple(STAGES)
    reading: Reading | None = None
    baseline: Baseline | None = None
    verdict: Verdict | None = None
    command: str = "python -m eval"

    @property
    def writers(self) -> list[str]:
        """Every writer asked, the extractive one first."""
        return list(dict.fromkeys(outcome.writer for outcome in self.outcomes))

    @property
    def measures(self) -> list[Measure]:
        """The measures of these stages that some question bears on, but those of the reading."""
        held = add(self.outcomes)
        return [one for one in measures_of(self.stages) if one.name in held]


def by_set(outcomes: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    """The outcomes of each gold file, and of all together where there are several; each writer apart.

    The names of the sets are the columns of the tables: "heldout", or "heldout, language model" for a second writer.
    """
    groups: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        groups.setdefault(_column(outcome.question.source, outcome.writer), []).append(outcome)
    if len({outcome.question.source for outcome in outcomes}) > 1:
        for outcome in outcomes:
            groups.setdefault(_column(TOGETHER, outcome.writer), []).append(outcome)
    return groups


def _column(source: str, writer: str) -> str:
    return source if writer == EXTRACTIVE else f"{source}, {writer}"


def by_type(outcomes: Iterable[Outcome]) -> dict[str, list[Outcome]]:
    """The outcomes of each type of question, by name."""
    groups: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        groups.setdefault(outcome.question.type, []).append(outcome)
    return dict(sorted(groups.items()))


def interval(measure: Measure, outcomes: Sequence[Outcome], tally: Tally) -> tuple[float, float] | None:
    """95 % interval of a measure: Wilson's for a share, the cluster bootstrap for a mean.

    Questions about one letter share its fate, and those about one authority still more. The bootstrap draws letters (a
    question about several goes with the first of them), or authorities where there are `MANY`. A share over so many
    has the wider of both intervals. None for a mean over fewer than two letters.

    Args:
        measure: Which one.
        outcomes: Of the questions that it was measured on, and others.
        tally: Its value over them.
    """
    measured = [one for one in outcomes if one.tallies.get(measure.name, Tally(0, 0)).of]
    clusters = [one.question.authority for one in measured]
    national = len(set(clusters)) >= MANY
    if not national:
        clusters = [one.question.letters[0] if one.question.letters else "" for one in measured]
    if measure.mean and len(set(clusters)) < 2:
        return None
    values = [one.tallies[measure.name] for one in measured] if measure.mean or national else []
    drawn = bootstrap([one.value or 0.0 for one in values], clusters, [one.of for one in values]) if values else None
    if measure.mean:
        return drawn
    found = wilson(tally.hits, tally.of)
    return (min(found[0], drawn[0]), max(found[1], drawn[1])) if drawn else found


def seconds(outcomes: Iterable[Outcome]) -> Mapping[str, tuple[float, float]]:
    """Seconds by stage, p50 and p95; the total last."""
    times: dict[str, list[float]] = {}
    for outcome in outcomes:
        for stage, taken in outcome.seconds.items():
            times.setdefault(stage, []).append(taken)
    order = sorted(times, key=lambda stage: stage == "total")  # stable: as given, the total last
    return {stage: (percentile(times[stage], 0.5), percentile(times[stage], 0.95)) for stage in order}
