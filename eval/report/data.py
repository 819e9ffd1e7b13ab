"""Everything as JSON, for programs."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from eval.measures import Tally
from eval.results import Results, by_set, by_type, interval, seconds
from eval.score import Outcome, add
from eval.stages import Measure, measures_of

__all__ = ["as_json"]

PASSED = Measure("passed", "answer", "Passed")


def as_json(results: Results) -> dict[str, Any]:
    """The figures of each set, every question's outcome, the reading, the gate, and where all that comes from."""
    return {
        "circumstances": asdict(results.circumstances),
        "stages": list(results.stages),
        "reading": results.reading
        and {
            "letters": results.reading.letters,
            "measures": {name: _tally(tally) for name, tally in results.reading.tallies.items()},
            "wrong": list(results.reading.wrong),
        },
        "sets": {name: _set(results, group) for name, group in by_set(results.outcomes).items()},
        "questions": [_question(outcome) for outcome in results.outcomes],
        "gate": results.verdict.as_json() if results.verdict else None,
    }


def _set(results: Results, outcomes: Sequence[Outcome]) -> dict[str, Any]:
    tallies = add(outcomes)
    return {
        "questions": len(outcomes),
        "measures": {
            one.name: _tally(tallies[one.name]) | _bounds(one, outcomes, tallies[one.name])
            for one in measures_of(results.stages)
            if one.name in tallies
        },
        "passed_by_type": {
            kind: _tally(passed) | _bounds(PASSED, chosen, passed)
            for kind, chosen in by_type(outcomes).items()
            if (passed := Tally(sum(one.passed for one in chosen), len(chosen)))
        },
        "seconds": {stage: {"p50": p50, "p95": p95} for stage, (p50, p95) in seconds(outcomes).items()},
    }


def _tally(tally: Tally) -> dict[str, Any]:
    return {"value": tally.value, "hits": tally.hits, "of": tally.of}


def _bounds(measure: Measure, outcomes: Sequence[Outcome], tally: Tally) -> dict[str, Any]:
    low, high = interval(measure, outcomes, tally) or (None, None)
    return {"low": low, "high": high}


def _question(one: Outcome) -> dict[str, Any]:
    return {
        "id": one.question.id,
        "set": one.question.source,
        "writer": one.writer,
        "type": one.question.type,
        "question": one.question.question,
        "answerable": one.question.answerable,
        "must_pass": one.question.must_pass,
        "known_gap": one.question.known_gap,
        "passed": one.passed,
        "causes": list(one.causes),
        "doubts": list(one.doubts),
        "judged": list(one.judged),
        "answer": one.given.answer,
        "measures": {name: tally.value for name, tally in one.tallies.items()},
        "seconds": dict(one.seconds),
    }
