"""What people say of a file beside its own words: rows of a manifest, and sidecars with corrections.

A manifest's row adds what the document does not say (a press release without a date). A correction replaces what was
read, wherever it was read from: under "corrections" in the row, or in a sidecar beside the file,
`letter.pdf.corrections.json`. Every value keeps its source.
"""

import datetime
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StringConstraints, ValidationError

from assistant.errors import LetterError
from assistant.letters.authorities import authority_named
from assistant.letters.inspectorates import grade_names, kind_names
from assistant.letters.letter import Improvement, Judgement, Letter, Source, Standing
from assistant.reading.readers.lines import plain

__all__ = ["MANIFEST", "SIDECAR", "Given", "corrected", "given_for", "is_date", "manifest_of", "read_manifest"]

MANIFEST = "manifest.json"
"""Stands beside the files that it speaks of, or in the folder above them."""
LARGEST = 2**20  # bytes of a file of corrections
SIDECAR = ".corrections.json"
"""Put behind the whole name of the file that it corrects."""
ISO_DATE = re.compile(r"^(?:19|20)\d\d(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?$")


@dataclass(frozen=True, slots=True)
class Given:
    """What is said of one file.

    Attributes:
        added: Fields that count where the document says nothing: published, authority, title, issuer, kind.
        corrections: Fields that replace what was read; checked.
        source: Where the corrections stand.
        file: Name of that file, for messages.
    """

    added: Mapping[str, Any] = field(default_factory=dict)
    corrections: Mapping[str, Any] = field(default_factory=dict)
    source: Source = "manifest"
    file: str = ""

    def version(self) -> str:
        """A text that changes when anything said of the file changes; empty where nothing is."""
        said = [dict(self.added), dict(self.corrections)]
        return json.dumps(said, sort_keys=True) if any(said) else ""


def given_for(file: Path, sha256: str) -> Given:
    """What the manifest and the sidecar of a file say of it.

    Args:
        file: The letter's file; its folder, or the one above, may hold a manifest.
        sha256: Of its bytes: by it the manifest knows the file.

    Raises:
        LetterError: If one of them cannot be understood.
    """
    row, name = dict(read_manifest(file.parent).get(sha256, {})), MANIFEST
    corrections = row.pop("corrections", {})
    source: Source = "manifest"
    sidecar = file.with_name(file.name + SIDECAR)
    if os.path.isfile(sidecar):  # unlike `is_file`, no for a name that is too long
        corrections, source, name = _json(sidecar), "sidecar", sidecar.name
    return Given(row, _checked(corrections, name) if corrections else {}, source, name)


def read_manifest(folder: Path) -> Mapping[str, Mapping[str, Any]]:
    """The rows, by SHA-256, of `manifest.json` in a folder or else in the one above it; none is fine.

    The manifest is `{"documents": [{"sha256": ..., "published"?, "authority"?, "title"?, "issuer"?, "kind"?,
    "corrections"?: {...}}]}`.

    Raises:
        LetterError: If it cannot be understood.
    """
    manifest = manifest_of(folder)
    return _rows(manifest, manifest.stat().st_mtime_ns) if manifest else {}


def manifest_of(folder: Path) -> Path | None:
    """The manifest that counts for the files of a folder: its own, or else that of the folder above."""
    places = (folder / MANIFEST, folder.parent / MANIFEST)
    return next((manifest for manifest in places if manifest.is_file()), None)


@lru_cache(maxsize=64)
def _rows(manifest: Path, _mtime_ns: int) -> Mapping[str, Mapping[str, Any]]:
    try:
        return {row["sha256"]: row for row in json.loads(manifest.read_text(encoding="utf-8"))["documents"]}
    except (ValueError, KeyError, TypeError, OSError, RecursionError) as error:
        raise LetterError(str(manifest), f"is no manifest ({type(error).__name__}); see corpus/README.md") from None


def _json(file: Path) -> Any:
    try:
        if file.stat().st_size > LARGEST:
            raise LetterError(file.name, f"is larger than {LARGEST // 2**20} MB; corrections are short")
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise LetterError(file.name, f"is no valid JSON ({type(error).__name__}); see corpus/README.md") from None


# --- checking a correction ---------------------------------------------------------------------------------------


def is_date(text: str) -> bool:
    """Whether a text is an ISO date, full or reduced ("2024-07", "2024"), of a day that exists."""
    try:
        datetime.date.fromisoformat(text + {4: "-01-01", 7: "-01"}.get(len(text), ""))
    except ValueError:
        return False
    return bool(ISO_DATE.match(text))


def _day(text: str) -> str:
    if not is_date(text):
        raise ValueError(f"{text!r} is no date; write 2024-07-12, 2024-07 or 2024")
    return text


def _kind(text: str) -> str:
    if text not in kind_names():
        raise ValueError(f"{text!r} is no kind of document; one of: {', '.join(kind_names())}")
    return text


def _grade(text: str) -> str:
    if text not in grade_names():
        raise ValueError(f"{text!r} is no grade; one of: {', '.join(grade_names())}")
    return text


def _authority(text: str) -> str:
    known = authority_named(text)
    if known is None:
        raise ValueError(f"{text!r} is no authority that is known here")
    return known.name


def _visible(value: object) -> object:
    """Words as a letter's own are read: without what a terminal obeys or what turns a line around."""
    return plain(value) if isinstance(value, str) else value


Words = Annotated[str, BeforeValidator(_visible), StringConstraints(strip_whitespace=True, min_length=1)]
Date = Annotated[str, AfterValidator(_day)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Period(_Strict):
    start: Date
    end: Date


class _JudgementRow(_Strict):
    area: Words
    grade: Annotated[str, AfterValidator(_grade)] | None
    quote: Words
    note: Words | None = None


class _ImprovementRow(_Strict):
    kind: Literal["area for improvement", "area for priority action"]
    quote: Words


class _Corrections(_Strict):
    """The fields that may be corrected; those that are left out stay as read."""

    title: Words = ""
    issuer: Words | None = None
    standing: Standing = "other"
    kind: Annotated[str, AfterValidator(_kind)] = "other"
    framework: Words | None = None
    authority: Annotated[str, AfterValidator(_authority)] | None = None
    published: Date | None = None
    visit_start: Date | None = None
    visit_end: Date | None = None
    visit_periods: list[_Period] = []
    lead_inspector: Words | None = None
    inspectors: list[Words] = []
    addressee: Words | None = None
    judgements: list[_JudgementRow] = []
    improvements: list[_ImprovementRow] = []


def _checked(corrections: Any, name: str) -> Mapping[str, Any]:
    try:
        return _Corrections.model_validate(corrections).model_dump(exclude_unset=True)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "corrections"
        raise LetterError(name, f"{where}: {first['msg']}; see corpus/README.md") from None


# --- applying it -------------------------------------------------------------------------------------------------


def corrected(letter: Letter, given: Given) -> Letter:
    """A letter with the corrections in the place of what was read.

    Args:
        letter: As read.
        given: What is said of its file.

    Returns:
        The letter; a corrected field has its source, and no longer any evidence in the text.

    Raises:
        LetterError: If a corrected judgement or improvement quotes words that the letter does not hold, or a visit
            would end before it begins.
    """
    if not given.corrections:
        return letter
    fields = dict(given.corrections)
    if "judgements" in fields:
        fields["judgements"] = tuple(_judgement(row, letter, given.file) for row in fields["judgements"])
    if "improvements" in fields:
        fields["improvements"] = tuple(_improvement(row, letter, given.file) for row in fields["improvements"])
    if "inspectors" in fields:
        fields["inspectors"] = tuple(fields["inspectors"])
    fields |= _visit(fields, letter, given.file)
    if "published" in fields:
        fields["published_source"] = given.source if fields["published"] else None
    touched = {"visit" if name.startswith("visit_") else name for name in fields}
    return replace(
        letter,
        **fields,
        evidence={name: spans for name, spans in letter.evidence.items() if name not in touched},
        sources={**letter.sources, **{name: given.source for name in fields if name != "published_source"}},
    )


def _visit(fields: Mapping[str, Any], letter: Letter, file: str) -> dict[str, Any]:
    """The three fields of a visit agree, whichever of them are corrected."""
    if not {"visit_start", "visit_end", "visit_periods"} & set(fields):
        return {}
    periods = tuple((row["start"], row["end"]) for row in fields.get("visit_periods", ()))
    start = fields.get("visit_start", min((first for first, _ in periods), default=letter.visit_start))
    end = fields.get("visit_end", max((last for _, last in periods), default=letter.visit_end))
    if any(last < first for first, last in (*periods, (start or "", end or "9"))):
        raise LetterError(file, f"the visit would end before it begins ({start} to {end})")
    periods = periods or (((start, end or start),) if start else ())
    return {"visit_start": start, "visit_end": end, "visit_periods": periods}


def _judgement(row: Mapping[str, Any], letter: Letter, file: str) -> Judgement:
    start, end = _found(row["quote"], letter, file)
    return Judgement(row["area"], row["grade"], letter.text[start:end], row.get("note"), start, end)


def _improvement(row: Mapping[str, Any], letter: Letter, file: str) -> Improvement:
    start, end = _found(row["quote"], letter, file)
    at = letter.paragraph_at(start)
    if at is None:
        raise LetterError(file, f"{row['quote'][:60]!r} stands in no paragraph of the letter")
    return Improvement(row["kind"], at[0].heading, at[1].paragraph_id, start, end)


def _found(quote: str, letter: Letter, file: str) -> tuple[int, int]:
    match = re.search(r"\s+".join(re.escape(word) for word in quote.split()), letter.text)
    if match is None:
        raise LetterError(file, f"{quote[:60]!r} does not stand in the letter; quote its own words")
    return match.start(), match.end()
