"""What is known of the letters beside their text: the manifest, tables of facts, list questions, labels by hand.

None of it is part of the documents and none of it is shown to the reader. Where a reference disagrees with the
document, `settled.json` says what the document prints, with its words.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from eval.reading.comparing import Anchor

__all__ = [
    "HALVES",
    "KIND_OF_TYPE",
    "LABELS",
    "NOT_JUDGED",
    "SETTLED",
    "Reference",
    "ReferenceFileError",
    "References",
    "half_of",
    "read_references",
]

SETTLED = Path(__file__).parent / "settled.json"
LABELS = Path(__file__).parent / "sif_labels.json"
HALVES = ("tuning", "reporting")
NOT_JUDGED = "not judged"
LIST_TYPE = "list_needs_to_improve"
CARE_LEAVERS_ALONE = "2023-01-01"
"""From this day on inspections under the ILACS framework grade care leavers on their own."""

KIND_OF_TYPE = {
    "letter_focused_visit": "focused visit",
    "letter_monitoring_visit": "monitoring visit",
    "report_ilacs": "ILACS inspection",
    "report_sif_2013_2017": "SIF inspection",
    "jtai": "JTAI",
    "area_send_report": "area SEND inspection",
}
"""The manifest's type in the product's words; every other type is "other"."""


class ReferenceFileError(Exception):
    """A file of references cannot be used; `str()` is one line."""


@dataclass(frozen=True, slots=True)
class Reference:
    """What is known of one file; None: there is no reference.

    Attributes:
        file: Its own name.
        half: One of `HALVES`.
        authority: Name of the authority.
        kind: In the product's words.
        published: ISO date, whether or not the document prints it.
        visit_start: ISO date.
        visit_end: ISO date.
        lead_inspector: Name.
        judgements: Grade, or `NOT_JUDGED`, by area of an ILACS report.
        labels: Grade by area of a SIF report, from labels by hand.
        items: Areas for improvement, as words or as anchors.
        settled: Fields whose reference was settled from the document; such a field may be None because the
            document does not print it.
    """

    file: str
    half: str
    authority: str | None = None
    kind: str | None = None
    published: str | None = None
    visit_start: str | None = None
    visit_end: str | None = None
    lead_inspector: str | None = None
    judgements: Mapping[str, str] | None = None
    labels: Mapping[str, str] | None = None
    items: tuple[str | Anchor, ...] | None = None
    settled: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class References:
    """All references.

    Attributes:
        by_sha256: For each file that is known, by the hash of its bytes.
        missing: Sources that are not there: "manifest", "facts", "lists", "labels".
    """

    by_sha256: Mapping[str, Reference] = field(default_factory=dict)
    missing: frozenset[str] = frozenset()

    def of(self, sha256: str, file: str) -> Reference:
        """What is known of a file; an unknown one is in the half of its name's authority."""
        return self.by_sha256.get(sha256) or Reference(file, half_of(file.partition("__")[0]))


def half_of(authority: str) -> str:
    """The half that an authority's letters are in, by a hash of its name: the same on every machine.

    Args:
        authority: Its name, in any spelling; "&" and other marks become hyphens.
    """
    slug = re.sub(r"[^a-z0-9]+", "-", authority.lower()).strip("-")
    return HALVES[int(hashlib.sha256(slug.encode()).hexdigest(), 16) % 2]


def read_references(
    folder: Path, facts: Path | None, lists: Path | None, labels: Path = LABELS, settled: Path | None = SETTLED
) -> References:
    """Everything that is known of the letters of a folder.

    Args:
        folder: Of the letters; its `manifest.json` says authority, publication date and type.
        facts: Table of the inspections' dates, lead inspectors and judgements, or None.
        lists: Questions (JSON lines) whose `nuggets` are a letter's areas for improvement, or None.
        labels: Grades of SIF reports by SHA-256.
        settled: References settled from the documents, by SHA-256; None to take all as they were given.

    Raises:
        ReferenceFileError: If one of the files is there but cannot be understood.
    """
    manifest = folder / "manifest.json"
    rows = _json(manifest)["documents"] if manifest.is_file() else []
    inspections = {row["file"]: row for row in _json(facts)["inspections"]} if facts and facts.is_file() else {}
    listed = _lists(lists) if lists and lists.is_file() else {}
    labelled = _json(labels) if labels.is_file() else {}
    corrections = _json(settled) if settled and settled.is_file() else {}
    known = {}
    try:
        for row in rows:
            reference = _from_manifest(row)
            if row["file"] in inspections:
                reference = _with_facts(reference, inspections[row["file"]])
            reference = replace(reference, items=listed.get(row["file"]), labels=labelled.get(row["sha256"]))
            known[row["sha256"]] = _settle(reference, corrections.get(row["sha256"], {}))
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ReferenceFileError(f"{folder}: a reference is not understood ({type(error).__name__}: {error})") from None
    present = (("manifest", rows), ("facts", inspections), ("lists", listed), ("labels", labelled))
    return References(known, frozenset(name for name, held in present if not held))


def _json(file: Path) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ReferenceFileError(f"{file}: cannot be read as JSON ({type(error).__name__})") from None


def _lists(file: Path) -> dict[str, tuple[str | Anchor, ...]]:
    """The items of every list question that asks for one letter's areas for improvement, by its file."""
    found: dict[str, tuple[str | Anchor, ...]] = {}
    try:
        for line in file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line) if line.strip() else {}
            if row.get("type") == LIST_TYPE and len(row["gold_ids"]) == 1:
                found[row["gold_ids"][0]] = tuple(group[0] for group in row["nuggets"])
    except (OSError, ValueError, KeyError, IndexError, TypeError) as error:
        raise ReferenceFileError(f"{file}: is no file of list questions ({type(error).__name__})") from None
    return found


def _from_manifest(row: Mapping[str, Any]) -> Reference:
    kind = KIND_OF_TYPE.get(row["type"], "other") if row.get("type") else None
    place = row.get("authority") or row["file"].partition("__")[0]
    return Reference(row["file"], half_of(place), row.get("authority"), kind, row.get("published"))


def _with_facts(reference: Reference, row: Mapping[str, Any]) -> Reference:
    start, end = _iso(row.get("inspection_start")), _iso(row.get("inspection_end"))
    judgements = None
    if reference.kind == "ILACS inspection":
        judgements = _areas(row["judgements"], start or reference.published or "")
    lead = row.get("lead_inspector") or None
    return replace(reference, visit_start=start, visit_end=end, lead_inspector=lead, judgements=judgements)


def _iso(day: str | None) -> str | None:
    """17/03/2025 as 2025-03-17."""
    return "-".join(reversed(day.split("/"))) if day else None


def _areas(row: Mapping[str, str | None], start: str) -> Mapping[str, str] | None:
    """The graded areas in the product's words; before 2023 care leavers were judged jointly."""
    joint = start < CARE_LEAVERS_ALONE and not row.get("care_leavers")
    names = {
        "overall": "overall",
        "leaders": "leaders",
        "help_protection": "help and protection",
        "in_care": "in care and care leavers" if joint else "in care",
        "care_leavers": "care leavers",
    }
    graded = {
        names[name]: NOT_JUDGED if grade.startswith("not_reported") else grade for name, grade in row.items() if grade
    }
    return graded or None


def _settle(reference: Reference, corrections: Mapping[str, Mapping[str, Any]]) -> Reference:
    """The reference with what was settled from the document in its place."""
    fields: dict[str, Any] = {}
    for name, correction in corrections.items():
        value = correction["value"]
        if not correction["why"]:
            raise ValueError(f"{reference.file}: {name} was settled without a reason")
        fields[name] = _settled_items(reference.items, value) if name == "items" else value
    return replace(reference, **fields, settled=frozenset(fields)) if fields else reference


def _settled_items(items: Sequence[str | Anchor] | None, changes: Sequence[Mapping[str, Any]]) -> Any:
    """List items with some of them changed: each change names the item (from 1) or adds one, or drops it.

    A change is {"item": 3, "from": first words, "to": last words, "words": count}; without "item" it adds one,
    without "from" it drops the item.
    """
    kept: dict[int, str | Anchor] = dict(enumerate(items or (), 1))
    for change in changes:
        at = change.get("item") or max(kept, default=0) + 1
        if "from" in change:
            kept[at] = Anchor(change["from"], change["to"], change["words"])
        else:
            del kept[at]
    return tuple(kept[at] for at in sorted(kept))
