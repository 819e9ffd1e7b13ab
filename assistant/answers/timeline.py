"""The judgements of authorities over time: each inspection and visit a row, each graded area a cell with its proof.

A cell never is blank and never carries a grade over: where an inspection gave none it says why ("not judged",
"judged jointly with children in care"). A row says whose word it is: the inspectorate's own letter, a council's
report of an inspection whose letter is not held, or a mention of one in a later letter.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.letters.authorities import AUTHORITIES
from assistant.letters.citations import letter_link, passage_link
from assistant.letters.graded import graded_areas
from assistant.letters.inspectorates import WHOLE, Inspectorate, issued_by, shipped
from assistant.letters.letter import EarlierInspection, Judgement, Letter, Span

__all__ = ["COLUMNS", "NOT_STATED", "Cell", "Row", "Timeline", "timeline", "timelines"]

COLUMNS = (WHOLE, "leaders", "help and protection", "in care", "care leavers")
"""The areas that are shown, in the order of Ofsted's tables. "In care" holds what was "looked after" until 2017."""
JOINT = "in care and care leavers"
COLUMN_OF = {"looked after": "in care", JOINT: "in care"}

NOT_JUDGED = "not judged"
JOINT_IN_CARE = "jointly with care leavers"
JOINT_CARE_LEAVERS = "judged jointly with children in care"
NO_OVERALL = "no overall grade since April 2026"
NOT_GRADED_THEN = "not graded at that time"
NOT_ITS_OWN = "no area that this inspectorate grades"
NOT_FOUND = "not found in the letter"
NOT_STATED = "not stated"
"""What a mention does not tell."""

PART = re.compile(
    r"\bsafeguarding\b|\bprotection of children\b|\bchild protection\b|\blooked[- ]after\b", re.IGNORECASE
)
"""What inspections before 2013 were of, one at a time: their grade was not one of all services."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What an inspection says of one area.

    Attributes:
        area: One of `COLUMNS`, or another area as printed ("adoption").
        grade: One of the inspectorate's, or None.
        words: What is shown: the grade with what must be known of it, or why there is none.
        proof: Where it stands in the row's letter; None where nothing is said.
    """

    area: str
    grade: str | None
    words: str
    proof: Span | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """An inspection or a visit.

    Attributes:
        letter: That proves it.
        date: Its first day, else the day of publication, as exact as it is known; empty if unknown.
        last: Its last day, or empty.
        kind: One of the kinds known, or "inspection" where a mention does not say of which kind.
        source: "own" letter; "council", which reports it; "mention" in the letter of a later inspection.
        cells: One for each of `COLUMNS`, in that order.
        others: Further areas that were graded ("adoption"), or that a mention speaks of ("safeguarding").
    """

    letter: Letter
    date: str
    last: str
    kind: str
    source: Literal["own", "council", "mention"]
    cells: tuple[Cell, ...]
    others: tuple[Cell, ...] = ()

    def link(self, cell: Cell) -> str:
        """Where the assistant opens the cell's proof, below its own address; or the letter, where there is no proof."""
        if cell.proof:
            return passage_link(self.letter, cell.proof.start, cell.proof.end)
        return letter_link(self.letter)

    @property
    def graded(self) -> bool:
        """Whether it gives any grade."""
        return any(cell.grade for cell in (*self.cells, *self.others))


@dataclass(frozen=True, slots=True)
class Timeline:
    """The inspections of an authority.

    Attributes:
        authority: Its short name.
        rows: Oldest first; those without a date at the end.
        predecessors: Abolished authorities that it succeeded and letters are held about: their history is their own.
        successors: The authorities that took its place; empty while it exists.
    """

    authority: str
    rows: tuple[Row, ...]
    predecessors: tuple[str, ...] = ()
    successors: tuple[str, ...] = ()


def timelines(letters: Sequence[Letter]) -> tuple[Timeline, ...]:
    """The timeline of every authority that letters are about, by name."""
    return tuple(
        timeline(letters, name) for name in sorted({letter.authority for letter in letters if letter.authority})
    )


def timeline(letters: Sequence[Letter], authority: str) -> Timeline:
    """The timeline of one authority.

    Args:
        letters: All that are held: those about others say which predecessors there are.
        authority: Its short name, as in `Letter.authority`.
    """
    held = {letter.authority for letter in letters}
    mine = [letter for letter in letters if letter.authority == authority]
    rows = [_own(letter) for letter in mine if letter.standing == "inspectorate"]
    for letter in mine:
        if letter.standing == "council" and letter.judgements and not _known(rows, letter.visit_start or "", True):
            rows.append(_row(letter, "council"))
    rows += _mentioned(mine, rows)
    rows.sort(key=lambda row: (not row.date, row.date, row.last, row.letter.letter_id))
    listed = next((one for one in AUTHORITIES if one.name == authority), None)
    return Timeline(
        authority,
        tuple(rows),
        tuple(name for name in (listed.predecessors if listed else ()) if name in held),
        listed.successors if listed else (),
    )


def _own(letter: Letter) -> Row:
    if letter.judgements:
        return _row(letter, "own")
    expected = graded_areas(letter.kind, letter.visit_start, issued_by(letter))
    words = NOT_FOUND if expected else NOT_JUDGED
    cells = tuple(Cell(column, None, words) for column in COLUMNS)
    return Row(letter, letter.first_day, letter.visit_end or "", letter.kind, "own", cells)


def _row(letter: Letter, source: Literal["own", "council"]) -> Row:
    by_area = {COLUMN_OF.get(judgement.area, judgement.area): judgement for judgement in letter.judgements}
    joint = next((judgement for judgement in letter.judgements if judgement.area == JOINT), None)
    by = issued_by(letter)
    expected = graded_areas(letter.kind, letter.visit_start, by)
    cells = [_cell(column, by_area.get(column), joint, expected, by) for column in COLUMNS]
    others = tuple(
        Cell(area, judgement.grade, judgement.grade or NOT_JUDGED, Span(judgement.start, judgement.end))
        for area, judgement in by_area.items()
        if area not in COLUMNS
    )
    return Row(letter, letter.first_day, letter.visit_end or "", letter.kind, source, tuple(cells), others)


def _cell(
    column: str, found: Judgement | None, joint: Judgement | None, expected: Sequence[str], by: Inspectorate
) -> Cell:
    if column == "care leavers" and found is None and joint:
        return Cell(column, None, JOINT_CARE_LEAVERS, Span(joint.start, joint.end))
    if found is None:
        return Cell(column, None, _missing(column, expected, by))
    words = found.grade or NOT_JUDGED
    if found.area == JOINT and found.grade:
        words = f"{words}, {JOINT_IN_CARE}"
    return Cell(column, found.grade, words, Span(found.start, found.end))


def _missing(column: str, expected: Sequence[str], by: Inspectorate) -> str:
    """Why an inspection that gave grades gave none for an area."""
    if column not in {COLUMN_OF.get(area.name, area.name) for area in by.areas}:
        return NOT_ITS_OWN
    known = {COLUMN_OF.get(area, area) for area in expected}
    if not expected or column in known:
        return NOT_FOUND
    return NO_OVERALL if column == WHOLE and by is shipped() else NOT_GRADED_THEN


def _mentioned(letters: Iterable[Letter], rows: Sequence[Row]) -> list[Row]:
    """Graded inspections that later letters mention and no letter is held of; each once, as exact as it is told."""
    found: dict[str, tuple[Letter, EarlierInspection]] = {}
    for letter in letters:
        for seen in letter.earlier:
            if not seen.grade or _known(rows, seen.date, False):
                continue
            same = next((day for day in found if _overlap(day, seen.date)), None)
            if same is None or len(seen.date) > len(same):
                found.pop(same or "", None)
                found[seen.date] = (letter, seen)
    return [_mention(letter, seen) for letter, seen in found.values()]


def _mention(letter: Letter, seen: EarlierInspection) -> Row:
    """A mention's grade is the overall one, unless its words say that only a part of the services was inspected."""
    proof = Span(seen.start, seen.end)
    part = PART.search(letter.text, seen.start, seen.end)
    told = Cell(part[0].lower() if part else WHOLE, seen.grade, seen.grade or "", proof)
    cells = tuple(told if told.area == column else Cell(column, None, NOT_STATED) for column in COLUMNS)
    return Row(letter, seen.date, "", seen.kind or "inspection", "mention", cells, (told,) if part else ())


def _known(rows: Iterable[Row], date: str, exact: bool) -> bool:
    """Whether one of the inspections that gave grades began, ended or was published then, to the day if `exact`."""
    for row in rows:
        days = (row.date, row.last, row.letter.published or "")
        if row.graded and date and any(day == date if exact else _overlap(day, date) for day in days):
            return True
    return False


def _overlap(one: str, other: str) -> bool:
    """Whether two dates, each as exact as it is known, may be the same."""
    return bool(one and other) and (one.startswith(other) or other.startswith(one))
