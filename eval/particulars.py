"""The reading stage: a letter's particulars, headings and paragraph numbers against what a person read in it.

`python -m eval.reading` measures the same over hundreds of published letters; this is the small table of the letters
that the questions are about, so that a question is never blamed for what was misread.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from assistant.letters.letter import Letter
from eval.gold import GoldError
from eval.matching import squeezed
from eval.measures import Tally
from eval.reading.comparing import same_authority, same_person
from eval.shelf import Shelf

__all__ = ["FILE", "Particulars", "Reading", "measure", "read_particulars"]

FILE = Path(__file__).parent / "particulars.jsonl"
"""Those of the shipped letters."""

PEOPLE = ("lead_inspector", "addressee")


class Particulars(BaseModel):
    """What a person read in a document; what is left out is not compared, null is "not given in the document"."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")

    document: str
    authority: str | None = None
    issuer: str | None = None
    kind: str | None = None
    published: str | None = None
    visit_start: str | None = None
    visit_end: str | None = None
    lead_inspector: str | None = None
    addressee: str | None = None
    inspectors: list[str] | None = None
    judgements: dict[str, str] | None = None
    headings: list[str] | None = None
    labels: list[str] | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """How the letters were read.

    Attributes:
        letters: How many were compared.
        tallies: By name of the measure.
        wrong: What was misread, a line each.
    """

    letters: int
    tallies: dict[str, Tally]
    wrong: tuple[str, ...]


def read_particulars(path: Path) -> list[tuple[str, Particulars]]:
    """Read a file of particulars, one document a line.

    Returns:
        Each with its place, "file:line".

    Raises:
        GoldError: With every line that is wrong.
    """
    rows, problems = [], []
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise GoldError([f"{path}:1: cannot be read as UTF-8 text ({error})"]) from None
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                rows.append((f"{path}:{number}", Particulars.model_validate(json.loads(line))))
            except json.JSONDecodeError as error:
                problems.append(f"{path}:{number}: not JSON: {error.msg} at column {error.colno}")
            except ValidationError as error:
                first = error.errors()[0]
                problems.append(f"{path}:{number}: {'.'.join(map(str, first['loc']))}: {first['msg']}")
    if problems:
        raise GoldError(problems)
    return rows


def measure(rows: Sequence[tuple[str, Particulars]], shelf: Shelf) -> Reading:
    """Compare each document's particulars with what was read.

    Field accuracy is the share of the given fields that are equal: names with case, titles and hyphen spacing aside,
    the judgements as a whole. Headings are found where a section has the heading's words. A letter's numbering is whole
    where the printed paragraph numbers are just those given, in order.

    Raises:
        GoldError: If a document is not there.
    """
    tallies = {name: Tally(0, 0) for name in ("field_accuracy", "headings_found", "numbering_whole")}
    wrong, missing = [], []
    for place, row in rows:
        letter = shelf.letter(row.document)
        if letter is None:
            missing.append(f'{place}: there is no letter "{row.document}"')
            continue
        for name in sorted(row.model_fields_set - {"document", "headings", "labels"}):
            expected, found = getattr(row, name), _read(letter, name)
            same = _same(name, found, expected)
            tallies["field_accuracy"] += Tally(same, 1)
            if not same:
                wrong.append(f"{letter.file}: {name} is {found!r}, expected {expected!r}")
        held = {squeezed(section.heading) for section in letter.sections}
        for heading in row.headings or ():
            tallies["headings_found"] += Tally(squeezed(heading) in held, 1)
            if squeezed(heading) not in held:
                wrong.append(f'{letter.file}: no heading "{heading}"')
        if row.labels is not None:
            labels = [paragraph.label for _, paragraph in letter.paragraphs() if paragraph.label]
            tallies["numbering_whole"] += Tally(labels == row.labels, 1)
            if labels != row.labels:
                wrong.append(f"{letter.file}: paragraphs {', '.join(labels)}, expected {', '.join(row.labels)}")
    if missing:
        raise GoldError(missing)
    return Reading(len(rows), tallies, tuple(wrong))


def _read(letter: Letter, name: str) -> Any:
    if name == "judgements":
        return {judgement.area: judgement.grade for judgement in letter.judgements}
    value = getattr(letter, name)
    return list(value) if name == "inspectors" else value


def _same(name: str, found: Any, expected: Any) -> bool:
    if name == "authority" and expected is not None:
        return same_authority(found, expected)
    if name in PEOPLE:
        return same_person(found, expected)
    if name == "inspectors" and expected is not None:
        return len(found) == len(expected) and all(map(same_person, found, expected))
    return bool(found == expected)
