"""What became of a fault that was tried, again and again."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

__all__ = ["Outcome", "table"]


@dataclass(slots=True)
class Outcome:
    """One kind of fault.

    Attributes:
        fault: What was done.
        tried: How often.
        seen: How often which of the permitted ends came about.
        lost: What should not have happened, a line each; empty is what is wanted.
        skipped: Why it was not tried, where it was not.
        reference: Whether it is no fault of ours but something to compare with.
        note: Figures beside it.
    """

    fault: str
    tried: int = 0
    seen: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    skipped: str = ""
    reference: bool = False
    note: str = ""

    def add(self, seen: str, lost: Sequence[str] = ()) -> None:
        """Count one trial."""
        self.tried += 1
        self.seen[seen] += 1
        self.lost += lost


def table(outcomes: Sequence[Outcome]) -> str:
    """The outcomes as a Markdown table."""
    rows = ["| fault | tried | what became of it | lost |", "|---|---|---|---|"]
    for one in outcomes:
        seen = "; ".join(f"{count} × {what}" for what, count in one.seen.most_common())
        seen = f"{seen}; {one.note}" if one.note else seen
        lost = f"**{len(one.lost)}: {one.lost[0]}**" if one.lost else "nothing"
        lost = "" if one.skipped or one.reference else lost
        rows.append(f"| {one.fault} | {one.tried or 'not'} | {one.skipped or seen} | {lost} |")
    return "\n".join(rows) + "\n"
