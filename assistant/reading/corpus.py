"""A folder of letters: which files it holds, and each of them read into a `Letter`."""

import hashlib
import os
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from assistant.errors import LetterError, printable
from assistant.letters.authorities import authority_named
from assistant.letters.dates import find_periods
from assistant.letters.inspectorates import kind_names
from assistant.letters.letter import Letter, Source, Span
from assistant.letters.spoken import spoken_date
from assistant.reading.corrections import corrected, given_for, is_date
from assistant.reading.metadata import Metadata, read_metadata
from assistant.reading.outline import Outline, outline
from assistant.reading.readers.files import read_file, read_source
from assistant.reading.readers.lines import plain

__all__ = ["SUFFIXES", "digest", "find_files", "letter_id_of", "read_letter", "refused_files", "shown_name"]

LONGEST_TEXT = 5_000_000  # characters, about 2,000 pages; the longest report seen has 131,000
OCR_WARNING = "read by OCR: words may be misread; check quotes against the page"
SUFFIXES = (".txt", ".md", ".markdown", ".text", ".pdf", ".docx", ".doc", ".html", ".htm")
"""Endings of the files that a folder is searched for; what is in them decides how they are read."""


def find_files(path: Path, *, maybe_none: bool = False) -> list[Path]:
    """The letters in a folder (with its subfolders), or the one file; sorted, hidden files and READMEs left out.

    A link to a letter inside the folder is a letter; what is one in name only is in `refused_files`.

    Args:
        path: The folder or file.
        maybe_none: Whether a folder without letters, or one that is not there, is fine.

    Raises:
        LetterError: If nothing is there, or the folder holds no letter.
    """
    if not os.path.isdir(path):
        if not os.path.exists(path):
            if maybe_none:
                return []
            raise LetterError(str(path), "there is no such file or folder; check the path")
        return [path]  # `read_file` tells whether it is a file
    found, refused = _walk(path)
    if refused and not found and not maybe_none:
        raise refused[0]
    if not found and not maybe_none:
        raise LetterError(str(path), f"the folder holds no letters ({', '.join(SUFFIXES[:5])})")
    return found


def refused_files(path: Path) -> list[LetterError]:
    """What a folder holds that has a letter's name and is none: links that lead out of it, pipes, empty folders.

    What lies in a folder of letters makes nothing outside it be read.
    """
    return _walk(path)[1] if os.path.isdir(path) else []


def _walk(root: Path) -> tuple[list[Path], list[LetterError]]:
    found: list[Path] = []
    refused: list[LetterError] = []
    misnamed: list[Path] = []
    home, folders = Path(os.path.realpath(root)), [root]
    while folders:
        folder = folders.pop()
        try:
            files = [file for file in folder.iterdir() if not file.name.startswith(".")]
        except OSError as error:
            refused.append(LetterError(folder.name, f"the folder cannot be read ({error.strerror}); check permissions"))
            continue
        for file in files:
            named = file.suffix.lower() in SUFFIXES and not file.stem.lower().startswith("readme")
            if os.path.isdir(file) and not file.is_symlink():
                folders.append(file)
                misnamed += [file] * named
            elif named or os.path.isdir(file):
                reason = _refusal(file, home)
                if reason:
                    refused.append(LetterError(file.name, reason))
                elif not os.path.isdir(file):  # what a linked folder holds is found where it lies
                    found.append(file)
    held = {parent for file in found for parent in file.parents}
    refused += [
        LetterError(file.name, "is a folder without letters; remove it") for file in misnamed if file not in held
    ]
    return sorted(found), sorted(refused, key=str)


def _refusal(file: Path, home: Path) -> str | None:
    """Why something that looks like a letter is not to be read, or None."""
    if file.is_symlink():
        if not os.path.exists(file):
            return "is a link that leads nowhere; remove it"
        if not Path(os.path.realpath(file)).is_relative_to(home):
            return "is a link that leads out of the folder; copy what it leads to into the folder"
    if not os.path.isfile(file) and not os.path.isdir(file):
        return "is not a file (a pipe, a socket or a device); remove it"
    return None


def digest(data: bytes) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def shown_name(file: Path) -> str:
    """A file's base name on one line: line breaks, control characters and bytes that are no UTF-8 as escapes."""
    return printable(file.name)


def letter_id_of(file: Path) -> str:
    """A stable identifier from a file's name: lower case, safe in an address."""
    plain = unicodedata.normalize("NFKD", file.stem).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:120] or "letter"


def read_letter(file: Path, *, ocr: bool = False) -> Letter:
    """Read one file into a letter, with what a manifest or a sidecar beside it says.

    Args:
        file: Any of the formats that `readers` know.
        ocr: Whether a scan is read by OCR instead of being refused.

    Raises:
        LetterError: If it cannot be read; one line with the reason and what to do.
    """
    name = shown_name(file)
    data = read_file(file)
    sha256 = digest(data)
    given = given_for(file, sha256)
    source = read_source(name, data, ocr)
    length = sum(len(line.text) for line in source.lines)
    if length > LONGEST_TEXT:
        raise LetterError(name, f"holds {length:,} characters, more than {LONGEST_TEXT:,}; split it")
    outlined = outline(source)
    meta = read_metadata(outlined)
    row = given.added
    published, published_source = _published(meta, row, file)
    visits = meta.visits or _reported_visit(outlined, meta, published)
    authority = meta.authority or _known_authority(row)
    issuer = meta.issuer or plain(str(row.get("issuer") or "")) or None
    if not issuer and meta.standing == "council" and authority:
        issuer = f"{authority} council"
    kind = meta.kind if meta.kind != "other" or row.get("kind") not in kind_names() else str(row["kind"])
    title = outlined.title or plain(str(row.get("title") or ""))
    letter = Letter(
        letter_id=letter_id_of(file),
        file=name,
        sha256=sha256,
        title=title or _made_title(kind, authority, published),
        issuer=issuer,
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
        sections=outlined.sections,
        text=outlined.text,
        pages=source.pages,
        evidence=meta.evidence,
        warnings=(*meta.warnings, *[OCR_WARNING] * source.ocr),
        furniture=source.furniture,
        files=(name,),
        urn=_urn(row),
        url=_url(row),
    )
    return corrected(replace(letter, sources=_sources(letter, meta, outlined, published_source)), given)


def _sources(letter: Letter, meta: Metadata, outlined: Outline, published: Source | None) -> dict[str, Source]:
    """Where each known field was found: what the text does not give came from the manifest."""
    read = {name: bool(getattr(meta, name)) for name in ("issuer", "authority", "lead_inspector", "addressee")}
    read |= {"inspectors": bool(meta.inspectors), "judgements": bool(meta.judgements)}
    read |= {"title": bool(outlined.title), "kind": meta.kind != "other", "framework": bool(meta.framework)}
    read |= {"standing": meta.standing != "other"}
    sources: dict[str, Source] = {}
    for name, from_text in read.items():
        if from_text:
            sources[name] = "text"
        elif getattr(letter, name) and getattr(letter, name) != "other":
            sources[name] = "manifest"
    if letter.visit_start:
        sources["visit"] = "text"
    return sources | ({"published": published} if published else {})


def _published(meta: Metadata, row: Mapping[str, Any], file: Path) -> tuple[str | None, Source | None]:
    if meta.published:
        return meta.published, "text"
    given = str(row.get("published") or "")
    if is_date(given):
        return given, "manifest"
    named = re.findall(r"(?<!\d)((?:19|20)\d\d-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)(?!\d)", file.stem)
    dates = [date for date in named if is_date(date)]
    return (dates[-1], "filename") if dates else (None, None)


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


def _urn(row: Mapping[str, Any]) -> str | None:
    """The inspectorate's number of the provider: digits, so that nothing else passes for it."""
    given = str(row.get("urn") or row.get("ofsted_provider_urn") or "").strip()
    return given if re.fullmatch(r"\d{4,10}", given, re.ASCII) else None


def _url(row: Mapping[str, Any]) -> str | None:
    """The file's public address, as far as it is one that a link can hold as it is."""
    given = str(row.get("url") or row.get("ofsted_url") or "").strip()
    return given if re.fullmatch(r"https?://[^\s\\{}<>\"'`|^]{4,2000}", given, re.ASCII) else None


def _known_authority(row: Mapping[str, Any]) -> str | None:
    known = authority_named(str(row.get("authority") or ""))
    return known.name if known else None


def _made_title(kind: str, authority: str | None, published: str | None) -> str:
    words = f"{kind[:1].upper()}{kind[1:]}" if kind != "other" else "Document"
    about = f" on {authority}" if authority else ""
    return f"{words}{about}{', ' + spoken_date(published) if published else ''}"
