"""Letters as entries for a reference manager: one for each letter, whatever is quoted of it.

Every format is made from the same `Entry`. What is not known is left out; the day of a visit is never given
as the date of the letter.

RIS is written by rispy (MIT, maintained). BibTeX is written here: the writers of bibtexparser and pybtex
leave the escaping to the caller (or take `$...$` for mathematics and spell out Welsh letters), and that is
the hard part; what remains is joining lines. The tests read the results back with both.
"""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import quote

import rispy  # type: ignore[import-untyped]

from assistant.export.lines import one_line
from assistant.export.options import Options
from assistant.letters.inspectorates import issued_by
from assistant.letters.letter import Letter
from assistant.letters.spoken import spoken_date, spoken_period

__all__ = ["Entry", "biblatex", "bibtex", "citation_keys", "csl_items", "csl_json", "entries", "ris"]

LONGEST_KEY_PART = 40
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(frozen=True, slots=True)
class Entry:
    """A letter as a reference; every string is one clean line, and empty or None where nothing is known.

    Attributes:
        key: The citation key: ASCII letters and digits, unique among the entries.
        letter_id: Which letter it is.
        report: Whether it is an inspectorate's or a council's report or letter, not a press release or other.
        author: Who issued it: a body, not a person.
        recipient: To whom it is written.
        title: As printed.
        genre: Its kind ("Focused visit").
        published: ISO date, full or reduced, or None.
        visit: First and last day of the visit, either of which may be None.
        authority: The local authority that it is about.
        url: Where it is published, or else where the assistant opens it.
        note: The visit's dates in words, the inspectorate's number of the provider, where else it can be opened.
    """

    key: str
    letter_id: str
    report: bool
    author: str
    recipient: str
    title: str
    genre: str
    published: str | None
    visit: tuple[str | None, str | None]
    authority: str
    url: str
    note: str


def entries(letters: Sequence[Letter], options: Options = Options()) -> tuple[Entry, ...]:
    """One entry for each letter, in the order given; a letter given twice has one."""
    held = list({letter.letter_id: letter for letter in letters}.values())
    keys = citation_keys(held)
    return tuple(_entry(letter, keys[letter.letter_id], options) for letter in held)


def _entry(letter: Letter, key: str, options: Options) -> Entry:
    kind = "" if letter.kind == "other" else one_line(letter.kind)
    opened = options.letter_link(letter)
    public = _web_address(letter.url)
    notes = [
        _visit_note(letter),
        f"{issued_by(letter).name} URN {letter.urn}" if letter.urn else "",
        f"Opened by the assistant: {opened}" if opened and public else "",
    ]
    return Entry(
        key=key,
        letter_id=letter.letter_id,
        report=letter.standing != "other" and letter.kind not in ("press release", "other"),
        author=one_line(letter.issuer),
        recipient=one_line(letter.addressee),
        title=one_line(letter.title),
        genre=kind[:1].upper() + kind[1:],
        published=letter.published,
        visit=(letter.visit_start, letter.visit_end),
        authority=one_line(letter.authority),
        url=public or opened,
        note="; ".join(note for note in notes if note),
    )


def _web_address(url: str | None) -> str:
    """An address as every format can hold it: what is no part of one is percent-encoded."""
    return quote(one_line(url), safe="%/:=&?~#+!$,;'@()*[]")


def citation_keys(letters: Sequence[Letter]) -> dict[str, str]:
    """Citation keys by letter, such as "ofsted20190301swindonfocusedvisit".

    A key is made from its letter alone, so that the same letter has the same key in every file. The date is that
    of publication, else of the visit's end: it names the letter and claims nothing. Letters that would share a
    key have a few digits made from their identifiers behind it.
    """
    stems = {letter.letter_id: _key_stem(letter) for letter in letters}
    often = Counter(stems.values())
    return {name: stem if often[stem] == 1 else f"{stem}x{_digits(name)}" for name, stem in stems.items()}


def _key_stem(letter: Letter) -> str:
    kind = "document" if letter.kind == "other" else letter.kind
    issuer, date = _ascii(letter.issuer) or "anon", letter.date.replace("-", "") or "nd"
    return f"{issuer}{date}{_ascii(letter.authority)}{_ascii(kind)}"


def _ascii(text: str | None) -> str:
    """Letters and digits of a text, accents dropped, in lower case."""
    plain = unicodedata.normalize("NFKD", text or "").encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]", "", plain.lower())[:LONGEST_KEY_PART]


def _digits(letter_id: str) -> str:
    return sha256(letter_id.encode("utf-8", "replace")).hexdigest()[:8]


def _visit_note(letter: Letter) -> str:
    """When inspectors were there: "Visit dates: 6 to 7 February 2019"."""
    periods = letter.visit_periods or ((letter.visit_start, letter.visit_end),)
    words = "; ".join(filter(None, (_period(first, last) for first, last in periods)))
    if not words:
        return ""
    if letter.standing != "inspectorate":
        return f"Dates of the inspection or visit reported on: {words}"
    return f"{'Visit' if 'visit' in letter.kind else 'Inspection'} dates: {words}"


def _period(first: str | None, last: str | None) -> str:
    """A period in words, or what is known of it ("from June 2019")."""
    if not (first and last):
        return f"from {spoken_date(first)}" if first else f"until {spoken_date(last)}" if last else ""
    return spoken_period(first, last)


# BibTeX counts braces even behind a backslash: one alone would swallow the rest of the file, so each brings
# an invisible partner. LaTeX has \textbraceleft and \textbraceright too, but reference managers drop them.
TEX = str.maketrans(
    {char: f"\\{char}" for char in "&%$#_"}
    | {
        "{": r"\{\vphantom{\}}",
        "}": r"\vphantom{\{}\}",
        "~": r"{\textasciitilde}",
        "^": r"{\textasciicircum}",
        "\\": r"{\textbackslash}",
    }
)


def _braced(text: str, times: int = 1) -> str:
    """A text as a BibTeX value, or "" for none; two pairs of braces keep a body's name and capitals whole."""
    return f"{'{' * times}{text.translate(TEX)}{'}' * times}" if text else ""


def bibtex(letters: Sequence[Letter], options: Options = Options()) -> str:
    """Letters for BibTeX: `@techreport` and `@misc`."""
    return _bib(entries(letters, options), _bibtex_entry)


def biblatex(letters: Sequence[Letter], options: Options = Options()) -> str:
    """Letters for BibLaTeX: `@report` and `@misc`, with ISO dates."""
    return _bib(entries(letters, options), _biblatex_entry)


def _bib(found: Sequence[Entry], shape: Callable[[Entry], tuple[str, dict[str, str]]]) -> str:
    blocks = []
    for entry in found:
        kind, fields = shape(entry)
        lines = ",\n".join(f"  {name} = {value}" for name, value in fields.items() if value)
        blocks.append(f"@{kind}{{{entry.key},\n{lines}\n}}\n")
    return "\n".join(blocks)


def _bibtex_entry(entry: Entry) -> tuple[str, dict[str, str]]:
    """BibTeX's own styles print year and month; reference managers read the day from `date`."""
    year, month, _ = _date_parts(entry.published)
    genre = "type" if entry.report else "howpublished"
    return "techreport" if entry.report else "misc", {
        "author": _braced(entry.author, 2),
        "title": _braced(entry.title, 2),
        "institution": _braced(entry.author, 2) if entry.report else "",
        genre: _braced(entry.genre),
        "year": _braced(year),
        "month": MONTHS[int(month) - 1] if month else "",
        "date": _braced(entry.published or ""),
        "keywords": _braced(entry.authority, 2),
        "note": _braced(entry.note),
        "url": f"{{{entry.url}}}" if entry.url else "",  # read as it is, not as LaTeX
    }


def _biblatex_entry(entry: Entry) -> tuple[str, dict[str, str]]:
    """BibLaTeX has no field for a report's event (`eventdate` is for proceedings): the note says it."""
    return "report" if entry.report else "misc", {
        "author": _braced(entry.author, 2),
        "title": _braced(entry.title, 2),
        "institution": _braced(entry.author, 2) if entry.report else "",
        "type": _braced(entry.genre),
        "date": _braced(entry.published or ""),
        "keywords": _braced(entry.authority, 2),
        "note": _braced(entry.note),
        "url": f"{{{entry.url}}}" if entry.url else "",
    }


class RisFile(rispy.RisWriter):  # type: ignore[misc]
    """RIS as its specification has it: CRLF line ends and no number before an entry."""

    NEWLINE = "\r\n"

    def set_header(self, count: int) -> str:
        """No header."""
        return ""


def ris(letters: Sequence[Letter], options: Options = Options()) -> str:
    """Letters in RIS: reports as RPRT, all else as GEN, the only type that every program knows."""
    found = [_ris_entry(entry) for entry in entries(letters, options)]
    return RisFile().formats(found) if found else ""


def _ris_entry(entry: Entry) -> dict[str, str | list[str]]:
    """Fields by rispy's names."""
    year, month, day = _date_parts(entry.published)
    fields: dict[str, str | list[str]] = {
        "type_of_reference": "RPRT" if entry.report else "GEN",
        "id": entry.key,
        "authors": [entry.author] if entry.author else [],
        "title": entry.title,
        "year": year,
        "date": f"{year}/{month}/{day}/" if year else "",  # the slashes stand even where a part is unknown
        "publisher": entry.author,
        "type_of_work": entry.genre,
        "keywords": [entry.authority] if entry.authority else [],
        "urls": [entry.url] if entry.url else [],
        "notes": [entry.note] if entry.note else [],
    }
    return {name: value for name, value in fields.items() if value}


def csl_json(letters: Sequence[Letter], options: Options = Options()) -> str:
    """Letters in CSL-JSON, as Zotero and Pandoc read it."""
    return json.dumps(csl_items(letters, options), ensure_ascii=False, indent=2) + "\n"


def csl_items(letters: Sequence[Letter], options: Options = Options()) -> list[dict[str, Any]]:
    """Letters as the items that a CSL processor takes.

    CSL has no type for a press release: as APA has it, that is a report of this genre. The authority is a
    keyword and not the variable "authority", which means a court or an office that issues.
    """
    return [_csl_item(entry) for entry in entries(letters, options)]


def _csl_item(entry: Entry) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "id": entry.key,
        "type": "report" if entry.report or entry.genre or entry.author else "document",
        "title": entry.title,
        "author": [{"literal": entry.author}] if entry.author else [],
        "recipient": [{"literal": entry.recipient}] if entry.recipient else [],
        "publisher": entry.author,
        "genre": entry.genre,
        "issued": _csl_date(entry.published),
        "event-date": _csl_date(*entry.visit),
        "keyword": entry.authority,
        "URL": entry.url,
        "note": entry.note,
    }
    return {name: value for name, value in fields.items() if value}


def _csl_date(*dates: str | None) -> dict[str, list[list[int]]] | None:
    """A date, or a period from the first date to the last."""
    known = list(dict.fromkeys(date for date in dates if date))
    return {"date-parts": [[int(part) for part in date.split("-")] for date in known]} if known else None


def _date_parts(iso: str | None) -> tuple[str, str, str]:
    """Year, month and day as digits; "" for each that is not known."""
    year, month, day, *_ = [*(iso or "").split("-"), "", ""]
    return year, month, day
