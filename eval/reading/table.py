"""The table of the reading: a row for each measure, the two halves side by side, targets and what misses them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eval.measures import Tally
from eval.reading.checks import Check
from eval.reading.references import HALVES
from eval.statistics import wilson

__all__ = ["ROWS", "Row", "as_json", "disagreements", "table"]

MISSED = "missed"
NO_REFERENCE = "no reference"


@dataclass(frozen=True, slots=True)
class Row:
    """A measure.

    Attributes:
        name: In the JSON.
        label: In the table.
        target: Least share that is asked for, or with `faults` the largest; None where none is.
        source: Which references it needs: "manifest", "facts", "lists", "labels", or "" for none.
        faults: Whether it counts faults: less is better.
        sampled: Whether its parts are independent enough for an interval.
    """

    name: str
    label: str
    target: float | None
    source: str = ""
    faults: bool = False
    sampled: bool = True

    def met(self, tally: Tally) -> bool | None:
        """Whether a figure reaches the target; None where there is no figure or no target."""
        if self.target is None or tally.value is None:
            return None
        return tally.value <= self.target if self.faults else tally.value >= self.target


ROWS = (
    Row("read", "files read", 1.0),
    Row("authority", "authority", 0.99, "manifest"),
    Row("kind", "kind", 0.99, "manifest"),
    Row("published", "publication date, where printed", 0.99, "manifest"),
    Row("published_null", "publication date null, where not printed", 0.99, "manifest"),
    Row("visit_start", "inspection start", 0.98, "facts"),
    Row("visit_end", "inspection end", 0.98, "facts"),
    Row("lead_inspector", "lead inspector", 0.98, "facts"),
    Row("ilacs: overall", "ILACS overall", 0.995, "facts"),
    Row("ilacs: leaders", "ILACS leaders", 0.995, "facts"),
    Row("ilacs: help and protection", "ILACS help and protection", 0.995, "facts"),
    Row("ilacs: in care and care leavers", "ILACS in care and care leavers, jointly (to 2022)", 0.995, "facts"),
    Row("ilacs: in care", "ILACS in care (from 2023)", 0.995, "facts"),
    Row("ilacs: care leavers", "ILACS care leavers (from 2023)", 0.995, "facts"),
    Row("ilacs_invented", "ILACS grades invented (less is better)", 0.0, "facts", faults=True),
    Row("sif", "SIF judgements", 0.995, "labels"),
    Row("sif_invented", "SIF grades invented (less is better)", 0.0, "labels", faults=True),
    Row("not_judged", "areas not judged, told from unread", 0.995),
    Row("numbering_ilacs", "ILACS paragraph numbers gap-free", 0.98),
    Row("numbering_sif", "SIF paragraph numbers gap-free", 0.98),
    Row("items_recall", "areas for improvement, recall", 0.98, "lists"),
    Row("items_precision", "areas for improvement, precision", 0.98, "lists"),
    Row("clean_letters", "letters without page furniture in paragraphs", 1.0),
    Row("furniture", "  hits in paragraphs (less is better)", 0.0, faults=True, sampled=False),
    Row("unaccounted", "characters unaccounted for or doubled (less is better)", 0.002, faults=True, sampled=False),
    Row("accounted_letters", "  letters with at most 0.2 % of them", None),
    Row("pair_body", "same letter as PDF and text: headings and paragraphs", 1.0, sampled=False),
    Row("pair_all", "  and those of the letterhead", None, sampled=False),
)
"""Every row, in the table's order."""


def _tallies(checks: Sequence[Check], row: Row) -> dict[str, Tally]:
    """The row's figure for each half and for all."""
    mine = [check for check in checks if check.row == row.name]
    halves = {half: [check.tally for check in mine if check.half == half] for half in HALVES}
    return {name: sum(given, Tally(0, 0)) for name, given in (*halves.items(), ("all", [c.tally for c in mine]))}


def table(checks: Sequence[Check], missing: frozenset[str]) -> str:
    """The figures: each half and all with their counts, a 95 % interval for all, the target, what misses it.

    Args:
        checks: Of every letter.
        missing: References that are not there.
    """
    rows = [["", *HALVES, "all", "95 % interval", "target", ""]]
    for row in ROWS:
        tallies = _tallies(checks, row)
        if row.source in missing:
            rows.append([row.label, NO_REFERENCE if row.source != "labels" else "no labels"])
            continue
        total = tallies["all"]
        cells = [_cell(tallies[name]) for name in (*HALVES, "all")]
        low, high = wilson(total.hits, total.of)
        interval = f"[{low:.3f}, {high:.3f}]" if row.sampled and total.of else ""
        mark = MISSED if row.met(total) is False else ""
        rows.append([row.label, *cells, interval, _target(row), mark])
    return _aligned(rows)


def _cell(tally: Tally) -> str:
    return "-" if tally.value is None else f"{_digits(tally.value)} ({tally.hits:.0f}/{tally.of})"


def _digits(value: float) -> str:
    """Three digits behind the point, more where a small share would vanish."""
    return f"{value:.5f}" if 0 < value < 0.01 else f"{value:.3f}"


def _target(row: Row) -> str:
    if row.target is None:
        return ""
    return f"{'<=' if row.faults else '>='} {row.target:g}"


def _aligned(rows: Sequence[Sequence[str]]) -> str:
    columns = max(map(len, rows))
    full = [[*row, *[""] * (columns - len(row))] for row in rows]
    widths = [max(len(row[column]) for row in full) for column in range(columns)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in full
    )


def disagreements(checks: Sequence[Check]) -> str:
    """Everything that is wrong, row by row and letter by letter."""
    lines = []
    for row in ROWS:
        wrong = [check for check in checks if check.row == row.name and check.notes]
        if wrong:
            lines.append(f"{row.label.strip()}: {len(wrong)} letters")
        for check in wrong:
            lines.append(f"  {check.file} [{check.half}]")
            lines += [f"    {note}" for note in check.notes]
    return "\n".join(lines) or "Nothing disagrees."


def as_json(checks: Sequence[Check], missing: frozenset[str]) -> dict[str, Any]:
    """The table and every disagreement, for a program."""
    return {
        "rows": {row.name: _row_json(row, _tallies(checks, row), row.source in missing) for row in ROWS},
        "disagreements": [
            {"row": check.row, "file": check.file, "half": check.half, "notes": list(check.notes)}
            for check in checks
            if check.notes
        ],
    }


def _row_json(row: Row, tallies: Mapping[str, Tally], no_reference: bool) -> dict[str, Any]:
    total = tallies["all"]
    low, high = wilson(total.hits, total.of) if row.sampled and total.of else (None, None)
    figures = {name: {"value": one.value, "hits": one.hits, "of": one.of} for name, one in tallies.items()}
    met = None if no_reference else row.met(total)
    return {"label": row.label.strip(), "target": row.target, "less_is_better": row.faults, **figures} | {
        "low": low,
        "high": high,
        "met": met,
        "no_reference": no_reference,
    }
