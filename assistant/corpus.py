"""A folder of letters: which files it holds, what its manifest adds, and each file read into a `Letter`."""

import datetime
import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from assistant.authorities import authority_named
from assistant.citations import spoken_date
from assistant.dates import find_periods
from assistant.errors import LetterError
from assistant.letters import KINDS, Letter, Source, Span
from assistant.metadata import Metadata, read_metadata
from assistant.outline import Outline, outline
from assistant.readers import read_file, read_source

__all__ = ["digest", "find_files", "letter_id_of", "read_letter", "read_manifest"]

MANIFEST = "manifest.json"
SUFFIXES = (".txt", ".md", ".markdown", ".text", ".pdf", ".docx", ".doc", ".html", ".htm")
ISO_DATE = re.compile(r"^(?:19|20)\d\d(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?$")


def find_files(path: Path) -> list[Path]:
    """The letters in a folder (with its subfolders), or the one file; sorted, hidden files and READMEs left out.

    Raises:
        LetterError: If nothing is there, or the folder holds no letter.
    """
    if path.is_file():
        return [path]
    if not path.exists():
        raise LetterError(str(path), "there is no such file or folder; check the path")
    found = sorted(
        file
        for file in path.rglob("*")
        if file.is_file()
        and file.suffix.lower() in SUFFIXES
        and not file.stem.lower().startswith("readme")
        and not any(part.startswith(".") for part in file.relative_to(path).parts)
    )
    if not found:
        raise LetterError(str(path), f"the folder holds no letters ({', '.join(SUFFIXES[:5])})")
    return found


def digest(data: bytes) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def letter_id_of(file: Path) -> str:
    """A stable identifier from a file's name: lower case, safe in an address."""
    plain = unicodedata.normalize("NFKD", file.stem).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:120] or "letter"


def read_manifest(folder: Path) -> Mapping[str, Mapping[str, Any]]:
    """What a manifest says of the files, by their SHA-256: `manifest.json` in the folder or the one above it.

    The manifest is `{"documents": [{"sha256": ..., "published"?, "authority"?, "title"?, "issuer"?, "kind"?}]}`;
    what it gives is taken where the text gives nothing. A folder without one is fine.

    Raises:
        LetterError: If the manifest is there but cannot be understood.
    """
    for file in (folder / MANIFEST, folder.parent / MANIFEST):
        if file.is_file():
            try:
                rows = json.loads(file.read_text(encoding="utf-8"))["documents"]
                return {row["sha256"]: row for row in rows}
            except (ValueError, KeyError, TypeError, OSError) as error:
                raise LetterError(str(file), f"is no manifest ({type(error).__name__}); see corpus/README.md") from None
    return {}


def read_letter(file: Path, manifest: Mapping[str, Mapping[str, Any]] | None = None) -> Letter:
    """Read one file into a letter.

    Args:
        file: Plain text, Markdown, or PDF with a text layer.
        manifest: Rows by SHA-256, as `read_manifest` gives them.

    Raises:
        LetterError: If it cannot be read; one line with the reason and what to do.
    """
    data = read_file(file)
    sha256 = digest(data)
    source = read_source(file.name, data)
    outlined = outline(source)
    meta = read_metadata(outlined)
    row = (manifest or {}).get(sha256, {})
    published, published_source = _published(meta, row, file)
    visits = meta.visits or _reported_visit(outlined, meta, published)
    authority = meta.authority or _known_authority(row)
    council = meta.standing == "council"
    kind = meta.kind if meta.kind != "other" or row.get("kind") not in KINDS else str(row["kind"])
    return Letter(
        letter_id=letter_id_of(file),
        file=file.name,
        sha256=sha256,
        title=outlined.title or str(row.get("title") or "") or _made_title(kind, authority, published),
        issuer=meta.issuer or row.get("issuer") or (f"{authority} council" if council and authority else None),
        standing=meta.standing,
        kind=kind,
        framework=meta.framework,
        authority=authority,
        published=published,
        published_source=published_source,
        visit_start=min((first for first, _ in visits), default=None),
        visit_end=max((last for _, last in visits), default=None),
        visit_periods=visits,
        lead_inspector=meta.lead_inspector,
        inspectors=meta.inspectors,
        addressee=meta.addressee,
        judgements=meta.judgements,
        improvements=meta.improvements,
        earlier=meta.earlier,
        warnings=meta.warnings,
        sections=outlined.sections,
        text=outlined.text,
        pages=source.pages,
        evidence=meta.evidence,
        furniture=source.furniture,
        files=(file.name,),
    )


def _published(meta: Metadata, row: Mapping[str, Any], file: Path) -> tuple[str | None, Source | None]:
    if meta.published:
        return meta.published, "text"
    given = str(row.get("published") or "")
    if _is_date(given):
        return given, "manifest"
    named = re.findall(r"(?<!\d)((?:19|20)\d\d-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)(?!\d)", file.stem)
    dates = [date for date in named if _is_date(date)]
    return (dates[-1], "filename") if dates else (None, None)


def _is_date(text: str) -> bool:
    """Whether a text is an ISO date, full or reduced, of a day that exists."""
    try:
        datetime.date.fromisoformat(text + {4: "-01-01", 7: "-01"}.get(len(text), ""))
    except ValueError:
        return False
    return bool(ISO_DATE.match(text))


def _reported_visit(outlined: Outline, meta: Metadata, published: str | None) -> tuple[tuple[str, str], ...]:
    """A press release says "visit in May": that month in the year of its own date, or the year before."""
    if meta.kind != "press release" or not published or len(published) < 7:
        return ()
    match = re.search(r"\bvisit\b[^.]{0,60}?\bin ([A-Z][a-z]+)\b(?! \d)", outlined.text)
    months = find_periods(f"{match[1]} {published[:4]}") if match else []
    if not match or not months:
        return ()
    month = months[0].first
    if month > published[:7]:
        month = f"{int(published[:4]) - 1}-{month[5:]}"
    meta.evidence["visit"] = (Span(match.start(1), match.end(1)),)
    return ((month, month),)


def _known_authority(row: Mapping[str, Any]) -> str | None:
    known = authority_named(str(row.get("authority") or ""))
    return known.name if known else None


def _made_title(kind: str, authority: str | None, published: str | None) -> str:
    words = f"{kind[:1].upper()}{kind[1:]}" if kind != "other" else "Document"
    about = f" on {authority}" if authority else ""
    return f"{words}{about}{', ' + spoken_date(published) if published else ''}"
