"""What a command writes into a page of the docs: the lines between its two marks; the rest is written by hand."""

from collections.abc import Callable
from itertools import groupby
from pathlib import Path

__all__ = ["merged", "read_between", "write_between"]


def read_between(file: Path, begin: str, end: str) -> str:
    """The lines between the marks.

    Args:
        file: A page.
        begin: The line that stands before them, with its end.
        end: The line that stands behind them.

    Raises:
        ValueError: If a mark is missing.
    """
    return _parts(file, begin, end)[1]


def write_between(file: Path, begin: str, end: str, lines: str) -> None:
    """Put other lines between the marks.

    Args:
        file: A page.
        begin: The line that stands before them, with its end.
        end: The line that stands behind them.
        lines: What is to stand there.

    Raises:
        ValueError: If a mark is missing; nothing is written then.
    """
    before, _, after = _parts(file, begin, end)
    file.write_text(f"{before}{begin}{lines}{end}{after}", encoding="utf-8")


def merged(old: str, new: str, begins: Callable[[str], bool]) -> str:
    """A table in which what was measured now replaces what was measured before; the rest stays.

    Args:
        old: The table as it stands.
        new: The table of what was measured now; its head counts.
        begins: Whether a line begins a part; a part's first line is its name, up to the second "|".

    Returns:
        The new head, the parts in their old order, and the new ones behind them.
    """
    head, parts = _split(new, begins)
    return "\n".join([*head, *(line for part in (_split(old, begins)[1] | parts).values() for line in part)]) + "\n"


def _split(table: str, begins: Callable[[str], bool]) -> tuple[list[str], dict[str, list[str]]]:
    number, numbered = 0, []
    for line in table.splitlines():
        number += begins(line)
        numbered.append((number, line))
    parts = [[line for _, line in some] for _, some in groupby(numbered, lambda one: one[0])]
    head = [] if not parts or begins(parts[0][0]) else parts.pop(0)
    return head, {part[0].split("|")[1].strip(): part for part in parts}


def _parts(file: Path, begin: str, end: str) -> tuple[str, str, str]:
    before, begun, rest = file.read_text(encoding="utf-8").partition(begin)
    inside, ended, after = rest.partition(end)
    if not begun or not ended:
        raise ValueError(f"{file}: the marks are missing: {begin.strip()} and {end.strip()}")
    return before, inside, after
