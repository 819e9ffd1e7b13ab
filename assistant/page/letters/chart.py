"""The overall grades of an authority over time, as a chart to be drawn."""

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.answers.timeline import Row
from assistant.letters.inspectorates import issued_by
from assistant.letters.spoken import spoken_date

__all__ = ["Chart", "Mark", "chart"]

WIDTH, ROW, TOP, LEFT, RIGHT, BELOW = 720, 44, 14, 170, 24, 30  # of the chart, in its own units


@dataclass(frozen=True, slots=True)
class Mark:
    """An overall grade in the chart: where it stands, and its words.

    Attributes:
        x: From the left.
        y: From the top.
        words: For who cannot see the place: "July 2019: good".
        label: The year.
    """

    x: float
    y: float
    words: str
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    """The overall grades over time, to be drawn. The table below it says the same and more.

    Attributes:
        width: Of the drawing.
        height: Of the drawing.
        left: Where the grades' words end and the marks begin.
        levels: Words and height of each grade, the best first.
        marks: Oldest first.
        line: The marks' places, as SVG's `points`.
    """

    width: int
    height: int
    left: int
    levels: tuple[tuple[str, float], ...]
    marks: tuple[Mark, ...]
    line: str


def chart(rows: Sequence[Row]) -> Chart | None:
    """The overall grades of inspections over time; None where fewer than two are known with a date.

    One chart has one scale: where several inspectorates gave grades, that of the newest.

    Args:
        rows: Of a timeline, oldest first.
    """
    graded = [(row, row.cells[0].grade) for row in rows if row.date and row.cells[0].grade]
    scale = issued_by(graded[-1][0].letter).grade_names if graded else ()
    graded = [(row, grade) for row, grade in graded if grade in scale]
    if len(graded) < 2:
        return None
    heights = {grade: TOP + ROW * (place + 0.5) for place, grade in enumerate(scale)}
    times = [_years(row.date) for row, _ in graded]
    first, last = min(times), max(times)
    reach = (last - first) or 1.0
    marks = []
    for (row, grade), time in zip(graded, times, strict=True):
        x = LEFT + 24 + (WIDTH - LEFT - RIGHT - 48) * (time - first) / reach
        words = f"{spoken_date(row.date[:7])}: {grade}"
        marks.append(Mark(round(x, 1), heights[grade or ""], words, row.date[:4]))
    return Chart(
        WIDTH,
        TOP + ROW * len(scale) + BELOW,
        LEFT,
        tuple(heights.items()),
        tuple(marks),
        " ".join(f"{mark.x},{mark.y}" for mark in marks),
    )


def _years(date: str) -> float:
    """A date as a number of years; one that names no month is the middle of its year."""
    parts = [int(part) for part in date.split("-")]
    month = parts[1] if len(parts) > 1 else 7
    return parts[0] + (month - 1) / 12 + ((parts[2] - 1) / 365 if len(parts) > 2 else 0)
