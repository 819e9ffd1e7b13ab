"""The judgements of inspections, letter by letter and over time, as the contract's JSON and as text."""

from collections.abc import Sequence

from assistant.answers.timeline import NOT_STATED, Cell, Row, Timeline, timeline
from assistant.contract.shapes import CellShape, InspectionShape, JudgementsShape, TimelineShape
from assistant.letters.letter import Letter
from assistant.records.letters import judgement_json

__all__ = ["inspection_json", "judgements_json", "timeline_json", "timeline_text"]


def judgements_json(letters: Sequence[Letter], chosen: Sequence[Letter]) -> JudgementsShape:
    """The judgements of some letters, oldest inspection first, and the timelines of their authorities.

    Args:
        letters: All that are held.
        chosen: Those to be told about.
    """
    in_time = sorted(chosen, key=lambda letter: (letter.first_day, letter.letter_id))
    told = [one for one in in_time if one.judgements or one.kind.endswith(("inspection", "visit"))]
    names = sorted({letter.authority for letter in chosen if letter.authority})
    return {
        "inspections": [inspection_json(letter) for letter in told],
        "timelines": [timeline_json(timeline(letters, name)) for name in names],
    }


def inspection_json(letter: Letter) -> InspectionShape:
    """One row of the timeline of judgements."""
    return {
        "letter_id": letter.letter_id,
        "file": letter.file,
        "authority": letter.authority,
        "kind": letter.kind,
        "framework": letter.framework,
        "visit_start": letter.visit_start,
        "visit_end": letter.visit_end,
        "published": letter.published,
        "judgements": [judgement_json(judgement) for judgement in letter.judgements],
    }


def timeline_json(told: Timeline) -> TimelineShape:
    """The timeline of an authority: each row with its letter, each cell with the words that prove it."""
    return {
        "authority": told.authority,
        "predecessors": list(told.predecessors),
        "successors": list(told.successors),
        "rows": [
            {
                "letter_id": row.letter.letter_id,
                "file": row.letter.file,
                "published": row.letter.published,
                "date": row.date or None,
                "last": row.last or None,
                "kind": row.kind,
                "framework": row.letter.framework if row.source != "mention" else None,
                "source": row.source,
                "cells": [_cell(row, cell) for cell in row.cells],
                "others": [_cell(row, cell) for cell in row.others],
            }
            for row in told.rows
        ],
    }


def _cell(row: Row, cell: Cell) -> CellShape:
    start, end = (cell.proof.start, cell.proof.end) if cell.proof else (None, None)
    return {
        "area": cell.area,
        "grade": cell.grade,
        "words": cell.words,
        "quote": row.letter.text[start:end] if cell.proof else None,
        "start": start,
        "end": end,
        "link": row.link(cell),
    }


def timeline_text(told: Timeline) -> str:
    """The timeline of an authority for a terminal."""
    lines = [told.authority]
    lines += [f"  took over from {', '.join(told.predecessors)}"] if told.predecessors else []
    lines += [f"  replaced by {', '.join(told.successors)}"] if told.successors else []
    for row in told.rows:
        days = " to ".join(dict.fromkeys(day for day in (row.date, row.last) if day)) or "no date given"
        said = {"own": "", "council": ", as the council reports it", "mention": ", as this letter mentions it"}
        lines.append(f"  {days}  {row.kind}{said[row.source]} ({row.letter.letter_id})")
        cells = [cell for cell in (*row.cells, *row.others) if cell.words != NOT_STATED]
        if len({cell.words for cell in cells}) == 1 and len(cells) > 1 and not row.graded:
            lines.append(f"      {cells[0].words}")
        else:
            lines += [f"      {cell.area}: {cell.words}" for cell in cells]
    return "\n".join(lines)
