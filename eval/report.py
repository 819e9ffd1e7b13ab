"""The table on the terminal, every failed question with its cause, and the same as JSON."""

from collections.abc import Mapping, Sequence
from typing import Any

from eval.measures import Tally, percentile, wilson
from eval.score import Outcome, add

__all__ = ["MEASURES", "TOGETHER", "aligned", "as_json", "by_source", "failures", "table"]

MEASURES = {
    "accuracy": "Answers right",
    "fact_recall": "Facts found",
    "refusal_recall": "Unanswerable refused",
    "false_refusal_rate": "Answerable refused (less is better)",
    "refusal_kind": "Refusals of the right kind",
    "citation_validity": "Quotes verbatim at their place",
    "citation_recall": "Citation recall",
    "citation_precision": "Citation precision",
    "uncited_sentences": "Sentences without citation (less is better)",
    "grounding": "Sentences grounded",
    "documents_right": "Only right letters cited",
    "hit@1": "Evidence first",
    "hit@5": "Evidence in the first 5",
    "recall@5": "Recall in the first 5",
    "recall@10": "Recall in the first 10",
    "mrr@10": "MRR@10",
    "ndcg@10": "nDCG@10",
    "wrong_letter_rate": "Wrong letter first (less is better)",
    "year_leak": "Passages of other years (less is better)",
}
"""Every measure's name in the JSON and in the table, in the table's order."""

MEANS = ("recall@5", "recall@10", "mrr@10", "ndcg@10")  # means of values, not shares: no Wilson interval
TOGETHER = "together"
"""What all gold files as one are called."""


def by_source(outcomes: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    """The outcomes of each gold file, and of all together where there are several."""
    groups: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        groups.setdefault(outcome.question.source, []).append(outcome)
    return groups if len(groups) == 1 else groups | {TOGETHER: list(outcomes)}


def table(outcomes: Sequence[Outcome]) -> str:
    """The figures of each gold file side by side: value, 95 % interval, out of how many."""
    groups = by_source(outcomes)
    rows = [["", *(f"{name} ({len(group)} questions)" for name, group in groups.items())]]
    tallies = [add(group) for group in groups.values()]
    rows += [[label, *(_cell(name, one.get(name)) for one in tallies)] for name, label in MEASURES.items()]
    rows += _type_rows("Right, by type", "accuracy", groups)
    rows += _type_rows("Refused, by type", "refusal_recall", groups)
    if any(outcome.seconds for outcome in outcomes):
        rows.append(["Seconds, p50 / p95"])
        for stage in _stages(outcomes):
            times = [_times(group, stage) for group in groups.values()]
            rows.append([f"  {stage}", *(f"{one[0]:.3f} / {one[1]:.3f}" if one else "-" for one in times)])
    return aligned(rows)


def _type_rows(heading: str, name: str, groups: Mapping[str, Sequence[Outcome]]) -> list[list[str]]:
    """A row for each type of question that the measure bears on."""
    rows = []
    everything = [outcome for group in groups.values() for outcome in group]
    for kind in sorted({one.question.type for one in everything if name in one.tallies}):
        cells = [_cell(name, _of_type(group, kind).get(name)) for group in groups.values()]
        rows.append([f"  {kind}", *cells])
    return [[heading], *rows] if rows else []


def _of_type(outcomes: Sequence[Outcome], kind: str) -> dict[str, Tally]:
    return add(outcome for outcome in outcomes if outcome.question.type == kind)


def _cell(name: str, tally: Tally | None) -> str:
    if tally is None or tally.value is None:
        return "-"
    if name in MEANS:
        return f"{tally.value:.3f}  of {tally.of}"
    low, high = wilson(tally.hits, tally.of)
    return f"{tally.value:.3f}  [{low:.2f}, {high:.2f}]  {tally.hits:.0f} of {tally.of}"


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Rows of cells as lines, each column as wide as its widest cell."""
    columns = max(map(len, rows))
    full = [[*row, *[""] * (columns - len(row))] for row in rows]
    widths = [max(len(row[column]) for row in full) for column in range(columns)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in full
    )


def _stages(outcomes: Sequence[Outcome]) -> list[str]:
    stages = dict.fromkeys(stage for outcome in outcomes for stage in outcome.seconds)
    return sorted(stages, key=lambda stage: stage == "total")  # stable: as given, the total last


def _times(outcomes: Sequence[Outcome], stage: str) -> tuple[float, float] | None:
    values = [outcome.seconds[stage] for outcome in outcomes if stage in outcome.seconds]
    return (percentile(values, 0.5), percentile(values, 0.95)) if values else None


def failures(outcomes: Sequence[Outcome]) -> str:
    """Every failed question with its cause, known gaps apart; then what does not hold in any answer."""
    failed = [outcome for outcome in outcomes if not outcome.passed]
    lines = []
    for title, chosen in (
        ("Failed", [one for one in failed if not one.question.known_gap]),
        ("Known gaps, not gating", [one for one in failed if one.question.known_gap]),
        ("Known gaps that now pass", [one for one in outcomes if one.passed and one.question.known_gap]),
    ):
        if chosen:
            lines.append(f"{title}: {len(chosen)}")
        for outcome in chosen:
            why = "; ".join(outcome.causes) or outcome.question.known_gap
            question = outcome.question
            lines += [f"  {question.id} [{question.type}] {question.question}", f"    {why}"]
    lines = lines or ["Every question passed."]
    doubtful = [outcome for outcome in outcomes if outcome.doubts]
    if doubtful:
        lines.append(f"Citations and sentences that do not hold: {sum(len(one.doubts) for one in doubtful)}")
    lines += [f"  {one.question.id}: {doubt}" for one in doubtful for doubt in one.doubts]
    return "\n".join(lines)


def as_json(outcomes: Sequence[Outcome], gate: Mapping[str, Any] | None) -> dict[str, Any]:
    """Everything in the table and every question's outcome."""
    return {
        "sets": {name: _set_json(group) for name, group in by_source(outcomes).items()},
        "questions": [
            {
                "id": one.question.id,
                "set": one.question.source,
                "type": one.question.type,
                "question": one.question.question,
                "answerable": one.question.answerable,
                "passed": one.passed,
                "causes": list(one.causes),
                "doubts": list(one.doubts),
                "known_gap": one.question.known_gap,
                "measures": {name: tally.value for name, tally in one.tallies.items()},
                "seconds": dict(one.seconds),
            }
            for one in outcomes
        ],
        "gate": gate,
    }


def _set_json(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    tallies = add(outcomes)
    types = sorted({outcome.question.type for outcome in outcomes})
    times = {stage: _times(outcomes, stage) for stage in _stages(outcomes)}
    return {
        "questions": len(outcomes),
        "measures": {name: _tally_json(name, tallies[name]) for name in MEASURES if name in tallies},
        "passed_by_type": {
            kind: _tally_json("", Tally(sum(one.passed for one in chosen), len(chosen)))
            for kind in types
            if (chosen := [one for one in outcomes if one.question.type == kind])
        },
        "seconds": {stage: {"p50": pair[0], "p95": pair[1]} for stage, pair in times.items() if pair},
    }


def _tally_json(name: str, tally: Tally) -> dict[str, Any]:
    low, high = (None, None) if name in MEANS or not tally.of else wilson(tally.hits, tally.of)
    return {"value": tally.value, "hits": tally.hits, "of": tally.of, "low": low, "high": high}
