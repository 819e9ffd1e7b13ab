"""Whether a count is that of the records: each question is answered, and what it counted is held against a plain scan.

A question of `questions.jsonl` says in fields what it asks for; the scan reads those fields and the records, never the
question. For grades the records are the judgements that the letters give, or, where a table of published outcomes is at
hand (`--facts`), that table: then nothing that the assistant read of grades and dates is trusted. For areas for
improvement they are the items of the letters' own lists, searched with patterns written for the question.

An answer is right where it counts exactly the letters that the scan finds: none more, none fewer.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from assistant.answers.answer import Answer
from assistant.letters.inspectorates import shipped
from assistant.letters.letter import Letter

__all__ = ["CountError", "CountQuestion", "Facts", "Outcome", "measure", "read_facts", "read_questions"]

GRADES = shipped().grade_names

HERE = Path(__file__).parent
EARLIEST, LATEST = 1900, 2999
AREAS = {
    "overall": "overall",
    "leaders": "leaders",
    "help_protection": "help and protection",
    "in_care": "in care",
    "care_leavers": "care leavers",
}
"""The areas of the table of outcomes, as `Judgement.area` calls them."""
SAME_AREA = {"looked after": "in care", "in care and care leavers": "in care"}


class CountError(Exception):
    """Questions or facts that cannot be used, and why, in one line."""


class CountQuestion(BaseModel):
    """A question that counts, and what it asks for.

    `area` with `grades`, or with `moves` (pairs of the grade before and after), or `patterns` of which an area for
    improvement must hold each, or `kinds` of letters; `least` times for one authority; years from `first` to `last`, by
    the first day of the inspection or by its publication; `now` where only the latest of each authority counts.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    question: str
    area: str = ""
    grades: tuple[str, ...] = ()
    moves: tuple[tuple[str, str], ...] = ()
    patterns: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    least: int = 1
    first: int | None = None
    last: int | None = None
    basis: Literal["visit", "published"] = "visit"
    now: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """An inspection as the scan reads it: its file, authority, days in ISO form, and grades by area."""

    file: str
    authority: str
    begun: str
    published: str
    grades: Mapping[str, str]


Facts = Sequence[Record]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a question.

    Attributes:
        question: The question.
        expected: Files that the scan found.
        missed: Of these, those that the answer does not count.
        invented: Files that it counts and the scan does not.
        counted: Whether it was understood as a count at all.
    """

    question: CountQuestion
    expected: frozenset[str]
    missed: frozenset[str]
    invented: frozenset[str]
    counted: bool

    @property
    def right(self) -> bool:
        """Whether exactly the same was counted."""
        return self.counted and not self.missed and not self.invented


def read_questions(path: Path = HERE / "questions.jsonl") -> tuple[CountQuestion, ...]:
    """The questions of a file.

    Raises:
        CountError: If a line is no question.
    """
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            found.append(CountQuestion.model_validate_json(line))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"]))
            raise CountError(f"{path.name}, line {number}: {where}: {first['msg']}") from None
    return tuple(found)


def read_facts(path: Path) -> Facts:
    """A table of published outcomes; inspections whose grades it does not tell are left out.

    Args:
        path: JSON, `{"inspections": [{"file", "authority", "published", "inspection_start", "judgements"}]}`: the
            start with the day first and slashes, or null; the judgements a grade, or null, by area.

    Raises:
        CountError: If it is no such table.
    """
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))["inspections"]
        return [
            Record(
                row["file"],
                row["authority"],
                "-".join(reversed((row["inspection_start"] or "").split("/"))),
                row["published"] or "",
                {AREAS[area]: grade for area, grade in row["judgements"].items() if grade in GRADES},
            )
            for row in rows
            if set(row["judgements"].values()) & set(GRADES)
        ]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CountError(f"{path}: no table of outcomes: {error!r}") from None


def measure(
    questions: Sequence[CountQuestion],
    letters: Sequence[Letter],
    ask: Callable[[str], Answer],
    facts: Facts = (),
) -> list[Outcome]:
    """Ask each question and hold what it counted against the scan.

    Args:
        questions: To ask.
        letters: All that are held.
        ask: Answers a question.
        facts: A table of outcomes; what it tells of an inspection is taken from it, and not from the letter.
    """
    names = {name: letter.file for letter in letters for name in (letter.file, *letter.files)}
    table = {names[record.file]: record for record in facts if record.file in names}
    own = [_told(record, table.get(record.file)) for record in _records(letters)]
    there = {record.file for record in own}
    own += [record for file, record in table.items() if file not in there]
    outcomes = []
    for question in questions:
        answer = ask(question.question)
        said = {citation.letter.file for citation in answer.citations} if answer.table else set()
        if question.patterns or question.kinds:
            expected = {letter.file for letter in letters if _listed(question, letter)}
        else:
            expected = {record.file for record in _graded(question, own)}
        refused_count = answer.refusal is not None and not expected and "None of the" in answer.refusal.message
        outcomes.append(
            Outcome(
                question,
                frozenset(expected),
                frozenset(expected - said),
                frozenset(said - expected),
                bool(answer.table) or refused_count,
            )
        )
    return outcomes


def _records(letters: Sequence[Letter]) -> Iterator[Record]:
    """The inspectorate's own letters that give grades."""
    for letter in letters:
        if letter.standing == "inspectorate" and letter.judgements:
            grades = {SAME_AREA.get(j.area, j.area): j.grade for j in letter.judgements if j.grade}
            begun = letter.visit_start or ""
            yield Record(letter.file, letter.authority or "", begun, letter.published or "", grades)


def _told(record: Record, outcome: Record | None) -> Record:
    """A record with what a table of outcomes tells of it: that, not what was read in the letter."""
    return (
        replace(record, begun=outcome.begun, published=outcome.published, grades=outcome.grades) if outcome else record
    )


def _in_years(question: CountQuestion, begun: str, published: str) -> bool:
    if question.first is None and question.last is None:
        return True
    day = published if question.basis == "published" else begun or published
    return bool(day) and (question.first or EARLIEST) <= int(day[:4]) <= (question.last or LATEST)


def _graded(question: CountQuestion, records: Facts) -> list[Record]:
    if question.moves:
        return _moved(question, records)
    inside = [record for record in records if _in_years(question, record.begun, record.published)]
    if question.now:
        inside.sort(key=lambda record: record.begun or record.published)
        inside = list({record.authority: record for record in inside}.values())
    given = [record for record in inside if record.grades.get(question.area) in question.grades]
    often = Counter(record.authority for record in given)
    return [record for record in given if often[record.authority] >= question.least]


def _moved(question: CountQuestion, records: Facts) -> list[Record]:
    last: dict[str, Record] = {}
    found = []
    for record in sorted(records, key=lambda record: record.begun or record.published):
        grade = record.grades.get(question.area)
        if grade is None:
            continue
        before = last.get(record.authority)
        last[record.authority] = record
        moved = before and (before.grades[question.area], grade) in question.moves
        if before and moved and _in_years(question, record.begun, record.published):
            found += [before, record]
    return found


def _listed(question: CountQuestion, letter: Letter) -> bool:
    if letter.standing != "inspectorate" or not _in_years(question, letter.visit_start or "", letter.published or ""):
        return False
    if question.kinds:
        return letter.kind in question.kinds
    items = (letter.text[item.start : item.end] for item in letter.improvements)
    return any(all(re.search(pattern, item, re.IGNORECASE) for pattern in question.patterns) for item in items)
