"""The tables on the terminal, and every failed question with its cause."""

from collections.abc import Mapping, Sequence

from eval.measures import Tally
from eval.results import Results, by_set, by_type, interval, seconds
from eval.score import Outcome, add
from eval.stages import MEASURES, Measure

__all__ = ["aligned", "failures", "table"]


def table(results: Results) -> str:
    """The figures of each gold file side by side, by stage: value, 95 % interval, out of how many."""
    parts = [_reading(results)] if results.reading else []
    groups = by_set(results.outcomes)
    if groups:
        parts.append(_questions(results, groups))
    return "\n\n".join(parts)


def _reading(results: Results) -> str:
    assert results.reading is not None
    rows = [[f"Reading ({results.reading.letters} letters)"]]
    for name, tally in results.reading.tallies.items():
        if tally.of:
            rows.append([f"  {MEASURES[name].label}", _cell(MEASURES[name], [], tally)])
    return "\n".join([aligned(rows), *(f"  {line}" for line in results.reading.wrong)])


def _questions(results: Results, groups: Mapping[str, Sequence[Outcome]]) -> str:
    rows = [["", *(f"{name} ({len(group)} questions)" for name, group in groups.items())]]
    tallies = [add(group) for group in groups.values()]
    stage = ""
    for measure in results.measures:
        if measure.stage != stage:
            stage = measure.stage
            rows.append([stage.capitalize()])
        less = " (less is better)" if measure.less_is_better else ""
        cells = [
            _cell(measure, group, tally.get(measure.name))
            for group, tally in zip(groups.values(), tallies, strict=True)
        ]
        rows.append([f"  {measure.label}{less}", *cells])
    rows += _type_rows("Right, by type", "accuracy", groups)
    rows += _type_rows("Refused, by type", "refusal_recall", groups)
    times = [seconds(group) for group in groups.values()]
    if "cost" in results.stages and any(times):
        rows.append(["Cost: seconds, p50 / p95"])
        for step in dict.fromkeys(name for one in times for name in one):
            cells = [f"{one[step][0]:.3f} / {one[step][1]:.3f}" if step in one else "-" for one in times]
            rows.append([f"  {step}", *cells])
    return aligned(rows)


def _type_rows(heading: str, name: str, groups: Mapping[str, Sequence[Outcome]]) -> list[list[str]]:
    """A row for each type of question that the measure bears on."""
    types = [by_type(one for one in group if name in one.tallies) for group in groups.values()]
    kinds = sorted({kind for one in types for kind in one})
    rows = [
        [f"  {kind}", *(_cell(MEASURES[name], one.get(kind, []), add(one.get(kind, [])).get(name)) for one in types)]
        for kind in kinds
    ]
    return [[heading], *rows] if rows else []


def _cell(measure: Measure, outcomes: Sequence[Outcome], tally: Tally | None) -> str:
    if tally is None or tally.value is None:
        return "-"
    found = interval(measure, outcomes, tally)
    between = f"  [{found[0]:.2f}, {found[1]:.2f}]" if found else ""
    return f"{tally.value:.3f}{between}  " + (f"of {tally.of}" if measure.mean else f"{tally.hits:.0f} of {tally.of}")


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Rows of cells as lines, each column as wide as its widest cell."""
    columns = max(map(len, rows))
    full = [[*row, *[""] * (columns - len(row))] for row in rows]
    widths = [max(len(row[column]) for row in full) for column in range(columns)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in full
    )


def failures(outcomes: Sequence[Outcome]) -> str:
    """Every failed question with its cause, known gaps apart; then what does not hold in any answer."""
    failed = [outcome for outcome in outcomes if not outcome.passed]
    lines = []
    for title, chosen in (
        ("Failed, and must pass", [one for one in failed if one.question.must_pass]),
        ("Failed", [one for one in failed if not (one.question.known_gap or one.question.must_pass)]),
        ("Known gaps, not gating", [one for one in failed if one.question.known_gap]),
        ("Known gaps that now pass", [one for one in outcomes if one.passed and one.question.known_gap]),
    ):
        if chosen:
            lines.append(f"{title}: {len(chosen)}")
        for outcome in chosen:
            question = outcome.question
            lines += [f"  {_name(outcome)} [{question.type}] {question.question}"]
            lines += [f"    {line}" for line in ("; ".join(outcome.causes), question.known_gap) if line]
    lines = lines or ["Every question passed."]
    doubtful = [outcome for outcome in outcomes if outcome.doubts]
    if doubtful:
        what = "Citations, sentences and scopes that do not hold"
        lines.append(f"{what}: {sum(len(one.doubts) for one in doubtful)}")
    lines += [f"  {_name(one)}: {doubt}" for one in doubtful for doubt in one.doubts]
    return "\n".join(lines)


def _name(outcome: Outcome) -> str:
    return outcome.question.id if outcome.writer == "extractive" else f"{outcome.question.id}, {outcome.writer}"
