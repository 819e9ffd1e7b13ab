"""A measured figure, its ratio to a reference of the same run, and the table of them."""

import resource
import sys
from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["Figure", "peak_megabytes", "table"]


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the report.

    Attributes:
        part: What was measured together: "indexing", "asking" ...
        name: What it is.
        value: The figure, in `unit`.
        unit: "s", "ms", "MB", "a second", or "" for a share or a count.
        ratio: To the reference, or None where the figure is one itself.
        beside: The reference, in words.
        target: What the ratio (a value without one: itself) should be: at most, or with `least` at least.
        least: Whether the target is a lower bound.
    """

    part: str
    name: str
    value: float
    unit: str = ""
    ratio: float | None = None
    beside: str = ""
    target: float | None = None
    least: bool = False

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None where there is none."""
        if self.target is None:
            return None
        measured = self.value if self.ratio is None else self.ratio
        return measured >= self.target if self.least else measured <= self.target


def table(figures: Iterable[Figure]) -> str:
    """The figures as a Markdown table."""
    lines = ["| | figure | ratio | beside | target |", "|---|--:|--:|---|---|"]
    part = ""
    for one in figures:
        if one.part != part:
            part = one.part
            lines.append(f"| **{part}** | | | | |")
        ratio = "" if one.ratio is None else f"{one.ratio:.3g}"
        target = ""
        if one.target is not None:
            target = f"{'≥' if one.least else '≤'} {one.target:g}: {'met' if one.met else 'missed'}"
        value = f"{one.value:,.0f}" if one.value >= 1000 else f"{one.value:.3g}"
        lines.append(f"| {one.name} | {value} {one.unit} | {ratio} | {one.beside} | {target} |".replace("  ", " "))
    return "\n".join(lines)


def peak_megabytes(*, children: bool = False) -> float:
    """The largest resident set of this process, or of one that it started, in MB."""
    peak = resource.getrusage(resource.RUSAGE_CHILDREN if children else resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)
