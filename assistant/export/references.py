"""The letters that an answer cites, as entries for a reference manager.

Every format is made from the same `Entry`. What is not known is left out; the day of a visit is never given
as the date of the letter.

RIS is written by rispy (MIT, maintained). BibTeX is written here: the writers of bibtexparser and pybtex
leave the escaping to the caller (or take `$...$` for mathematics and spell out Welsh letters), and that is
the hard part; what remains is joining lines. The tests read the results back with both.
"""

import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count, product
from string import ascii_lowercase
from typing import Any

import rispy  # type: ignore[import-untyped]

from assistant.answer import Answer
from assistant.citations import spoken_date
from assistant.export.layout import one_line
from assistant.letters import Letter

__all__ = ["Entry", "biblatex", "bibtex", "citation_keys", "csl_json", "entries", "ris"]

LONGEST_KEY_PART = 40
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(frozen=True, slots=True)
class Entry:
    """A letter as a reference; every string is one clean line, and empty or None where nothing is known.

    Attributes:
        key: The citation key: ASCII letters and digits, unique among the entries.
        report: Whether it is an inspectorate's or a council's report or letter, not a press release or other.
        author: Who issued it: a body, not a person.
        title: As printed.
        genre: Its kind ("Focused visit").
        published: ISO date, full or reduced, or None.
        visit: First and last day of the visit, either of which may be None.
        note: The visit's dates in words.
    """

    key: str
    report: bool
    author: str
    title: str
    genre: str
    published: str | None
    visit: tuple[str | None, str | None]
    note: str


def entries(answer: Answer) -> tuple[Entry, ...]:
    """One entry for each letter cited, in the order of the citations; of a refusal, for each one nearest."""
    citations = answer.refusal.nearest if answer.refusal else answer.citations
    letters = list({citation.letter.letter_id: citation.letter for citation in citations}.values())
    keys = citation_keys(letters)
    return tuple(_entry(letter, keys[letter.letter_id]) for letter in letters)


def _entry(letter: Letter, key: str) -> Entry:
    kind = "" if letter.kind == "other" else one_line(letter.kind)
    return Entry(
        key=key,
        report=letter.standing != "other" and letter.kind not in ("press release", "other"),
        author=one_line(letter.issuer),
        title=one_line(letter.title),
        genre=kind[:1].upper() + kind[1:],
        published=letter.published,
        visit=(letter.visit_start, letter.visit_end),
        note=_visit_note(letter),
    )


def citation_keys(letters: Sequence[Letter]) -> dict[str, str]:
    """Citation keys by letter, such as "ofsted2019swindonfocusedvisit".

    Letters that would share a key get "a", "b" and so on by date, whatever order they are cited in. The year
    is that of publication, else of the visit: it names the letter and claims nothing.
    """
    groups: dict[str, list[Letter]] = defaultdict(list)
    for letter in sorted(letters, key=lambda letter: (letter.date, letter.letter_id)):
        groups[_key_stem(letter)].append(letter)
    taken = set(groups)
    keys = {}
    for stem, group in groups.items():
        suffixes = iter([""]) if len(group) == 1 else _suffixes()
        for letter in group:
            key = next(stem + suffix for suffix in suffixes if not suffix or stem + suffix not in taken)
            taken.add(key)
            keys[letter.letter_id] = key
    return keys


def _key_stem(letter: Letter) -> str:
    kind = "document" if letter.kind == "other" else letter.kind
    issuer, year = _ascii(letter.issuer) or "anon", letter.date[:4] or "nd"
    return f"{issuer}{year}{_ascii(letter.authority)}{_ascii(kind)}"


def _ascii(text: str | None) -> str:
    """Letters and digits of a text, accents dropped, in lower case."""
    plain = unicodedata.normalize("NFKD", text or "").encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]", "", plain.lower())[:LONGEST_KEY_PART]


def _suffixes() -> Iterator[str]:
    """The strings a, b, ... z, aa, ab and so on, without end."""
    for length in count(1):
        for letters in product(ascii_lowercase, repeat=length):
            yield "".join(letters)


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
    """A period in words; what both dates share is said once ("28 June to 2 July 2019")."""
    if not (first and last):
        return f"from {spoken_date(first)}" if first else f"until {spoken_date(last)}" if last else ""
    if first == last:
        return spoken_date(first)
    begin, end = spoken_date(first).split(), spoken_date(last).split()
    if len(begin) == len(end):
        while begin[-1] == end[len(begin) - 1]:
            begin.pop()
    return f"{' '.join(begin)} to {' '.join(end)}"


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


def bibtex(answer: Answer) -> str:
    """The letters cited, for BibTeX: `@techreport` and `@misc`."""
    return _bib(answer, _bibtex_entry)


def biblatex(answer: Answer) -> str:
    """The letters cited, for BibLaTeX: `@report` and `@misc`, with ISO dates."""
    return _bib(answer, _biblatex_entry)


def _bib(answer: Answer, shape: Callable[[Entry], tuple[str, dict[str, str]]]) -> str:
    blocks = []
    for entry in entries(answer):
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
        "note": _braced(entry.note),
    }


def _biblatex_entry(entry: Entry) -> tuple[str, dict[str, str]]:
    """BibLaTeX has no field for a report's event (`eventdate` is for proceedings): the note says it."""
    return "report" if entry.report else "misc", {
        "author": _braced(entry.author, 2),
        "title": _braced(entry.title, 2),
        "institution": _braced(entry.author, 2) if entry.report else "",
        "type": _braced(entry.genre),
        "date": _braced(entry.published or ""),
        "note": _braced(entry.note),
    }


class RisFile(rispy.RisWriter):  # type: ignore[misc]
    """RIS as its specification has it: CRLF line ends and no number before an entry."""

    NEWLINE = "\r\n"

    def set_header(self, count: int) -> str:
        """No header."""
        return ""


def ris(answer: Answer) -> str:
    """The letters cited, in RIS: reports as RPRT, all else as GEN, the only type that every program knows."""
    found = [_ris_entry(entry) for entry in entries(answer)]
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
        "notes": [entry.note] if entry.note else [],
    }
    return {name: value for name, value in fields.items() if value}


def csl_json(answer: Answer) -> str:
    """The letters cited, in CSL-JSON; having no type for a press release, it says so in `genre`."""
    return json.dumps([_csl_entry(entry) for entry in entries(answer)], ensure_ascii=False, indent=2) + "\n"


def _csl_entry(entry: Entry) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "id": entry.key,
        "type": "report",
        "title": entry.title,
        "author": [{"literal": entry.author}] if entry.author else [],
        "publisher": entry.author,
        "genre": entry.genre,
        "issued": _csl_date(entry.published),
        "event-date": _csl_date(*entry.visit),
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
