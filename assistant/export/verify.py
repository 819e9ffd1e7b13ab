"""Whether the quotes of an export still stand in the letters held.

JSON (an answer, several, or a batch's lines), CSV and Markdown are read back. White space, and whether quotation marks
and dashes are straight or typographic, is all that a quote may differ in from the letter: programs that an export
went through change these.
"""

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any, Literal

from assistant.errors import AssistantError, printable
from assistant.export.lines import one_line
from assistant.export.tables import FORMULA
from assistant.letters.letter import Letter

__all__ = ["Checked", "Quoted", "Status", "check_quotes", "read_export", "summary", "verified_json"]

Status = Literal["stands", "moved", "changed", "not held"]
"""At its place in the same file; elsewhere in the letter, or in another file of it; not there; no such letter."""

LARGEST = 100 * 2**20  # bytes of an export
EVIDENCE = re.compile(r"`(?P<letter>[^`\s]+)\s+(?P<start>\d{1,9})-(?P<end>\d{1,9})\s+sha256:(?P<sha256>[0-9a-f]{64})`")
NEEDED = ("letter_id", "sha256", "quote", "start", "end")
# Apostrophes, quotation marks and dashes as "smart" programs change them.
PLAIN_MARKS = str.maketrans("‘’‚“”„–—\u2011", "'''\"\"\"---") | {ord("…"): "..."}
PLACE = re.compile(r"\d{1,9}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quote as an export has it.

    Attributes:
        label: What the export calls it: "1", or in a file of several answers "q2 1".
        letter_id: The letter it is said to stand in.
        sha256: Of the file that the letter was read from.
        quote: The words.
        start: Where they are said to begin in the letter's text.
        end: Where they are said to end.
    """

    label: str
    letter_id: str
    sha256: str
    quote: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Checked:
    """A quote and what has become of it.

    Attributes:
        quoted: The quote.
        status: One of `Status`.
        found: Where it stands now, or None.
        note: What else a reader should know, or empty.
    """

    quoted: Quoted
    status: Status
    found: tuple[int, int] | None = None
    note: str = ""


# --- reading ------------------------------------------------------------------------------------------------------


def read_export(file: Path) -> list[Quoted]:
    """The quotes of an export.

    Raises:
        AssistantError: In one line, if the file cannot be read or is no export that quotes can be checked of.
    """
    name = printable(file.name)
    try:
        if file.is_file() and file.stat().st_size > LARGEST:
            raise AssistantError(f"{name}: is larger than {LARGEST // 2**20} MB; no export is")
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise AssistantError(f"{name}: is no text in UTF-8; give an export in JSON, CSV or Markdown") from None
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise AssistantError(f"{name}: cannot be read ({printable(reason)}); check the path") from None
    try:
        if text.lstrip()[:1] in ("{", "["):
            return list(_of_json(text))
        found = _of_table(text)
        found = list(_of_markdown(text)) if found is None else found
    except (_Unreadable, csv.Error) as error:
        raise AssistantError(f"{name}: {error}; export it again") from None
    if not found and not text.startswith(("letter_id", "number")) and "\n[^" not in text:
        raise AssistantError(f"{name}: is no export that quotes can be checked of; give JSON, CSV or Markdown")
    return found


class _Unreadable(Exception):
    """What is read is no export, and why."""


def _of_json(text: str) -> Iterator[Quoted]:
    try:
        answers = _answers(text)
    except (ValueError, RecursionError):
        raise _Unreadable("is no valid JSON") from None
    many = len(answers) > 1
    for number, answer in enumerate(answers, 1):
        if not isinstance(answer, dict) or not isinstance(answer.get("citations"), list):
            raise _Unreadable('is JSON, but not an answer: it has no "citations"')
        refusal = answer.get("refusal")
        nearest = refusal.get("nearest", []) if isinstance(refusal, dict) else []
        before = f"{one_line(str(answer.get('id', number)))} " if many else ""
        for citation in [*answer["citations"], *(nearest if isinstance(nearest, list) else [])]:
            if not isinstance(citation, dict):
                raise _Unreadable("has a citation that is none")
            yield _quoted(citation, before)


def _answers(text: str) -> list[Any]:
    """The answers of a JSON file: one, a list, those of a conversation, or one a line."""
    try:
        found = json.loads(text)
    except ValueError:
        return [json.loads(line) for line in text.split("\n") if line.strip()]
    if isinstance(found, dict) and isinstance(found.get("answers"), list):
        found = found["answers"]
    return found if isinstance(found, list) else [found]


def _of_table(text: str) -> list[Quoted] | None:
    """The rows of a CSV; None if it is none. Spreadsheets may have saved it with semicolons or tabs."""
    head = text.split("\n", 1)[0]
    for delimiter in ",;\t":
        if set(NEEDED) <= {cell.strip('"\r') for cell in head.split(delimiter)}:
            csv.field_size_limit(LARGEST)
            rows = csv.DictReader(StringIO(text, newline=""), delimiter=delimiter)
            return [_quoted({**row, "quote": _cell(row["quote"])}, "") for row in rows]
    return None


def _cell(text: str | None) -> str:
    """A cell without the apostrophe that keeps a spreadsheet from running it."""
    text = text or ""
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA) else text


def _of_markdown(text: str) -> Iterator[Quoted]:
    """The block quote in front of each piece of evidence, whatever wrapped or indented it."""
    before = 0
    for number, match in enumerate(EVIDENCE.finditer(text), 1):
        lines = [line.strip() for line in text[before : match.start()].split("\n")]
        before = match.end()
        quote: list[str] = []
        for line in reversed(lines):
            if line.startswith(">"):
                quote.insert(0, line.removeprefix(">"))
            elif quote:
                break
        label = next((m[1] for line in reversed(lines) if (m := re.match(r"\\?\[\^?(\d+)\\?\]", line))), str(number))
        words = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", " ".join(quote))
        yield _quoted({**match.groupdict(), "letter_id": match["letter"], "quote": words, "number": label}, "")


def _quoted(row: Mapping[str, Any], before: str) -> Quoted:
    label = before + one_line(str(row.get("number", "?")))
    places = [str(row.get(name)).strip() for name in ("start", "end")]
    words = [word for name in ("letter_id", "sha256", "quote") if isinstance(word := row.get(name), str) and word]
    if not all(PLACE.fullmatch(place) for place in places) or len(words) < 3:
        raise _Unreadable(f"citation {label} lacks one of {', '.join(NEEDED)}")
    return Quoted(label, words[0], words[1], words[2], int(places[0]), int(places[1]))


# --- checking -----------------------------------------------------------------------------------------------------


def check_quotes(quotes: Sequence[Quoted], letters: Sequence[Letter]) -> list[Checked]:
    """What has become of each quote.

    Args:
        quotes: From `read_export`.
        letters: Those held; one that has another identifier now is known by its file's hash.
    """
    by_id = {letter.letter_id: letter for letter in letters}
    by_hash = {letter.sha256: letter for letter in letters}
    return [_checked(quoted, by_id.get(quoted.letter_id) or by_hash.get(quoted.sha256)) for quoted in quotes]


def _checked(quoted: Quoted, letter: Letter | None) -> Checked:
    if letter is None:
        return Checked(quoted, "not held", note=f"no letter {one_line(quoted.letter_id)} is held")
    same = letter.sha256 == quoted.sha256
    words = one_line(quoted.quote)
    if words and _plain(letter.text[quoted.start : quoted.end]) == _plain(words):
        if same:
            return Checked(quoted, "stands", (quoted.start, quoted.end))
        return Checked(quoted, "moved", (quoted.start, quoted.end), "the same words, in another file of the letter")
    pattern = r"\s+".join(re.escape(word) for word in words.split())
    match = re.search(pattern, letter.text) if words else None
    other = "" if same else "; the file is another one"
    if match is None:
        return Checked(quoted, "changed", note=f"these words are not in the letter{other}")
    return Checked(quoted, "moved", match.span(), f"it stands at {match.start()}-{match.end()}{other}")


def _plain(text: str) -> str:
    """Words on one line with plain marks; a dash is one however many hyphens were typed for it."""
    return re.sub("-+", "-", one_line(text).translate(PLAIN_MARKS))


def summary(checked: Sequence[Checked]) -> str:
    """How many quotes there are of each status: "3 quotes: 2 stand, 1 moved"."""
    counts = {status: sum(c.status == status for c in checked) for status in ("stands", "moved", "changed", "not held")}
    words = {"stands": "stand" if counts["stands"] != 1 else "stands", "not held": "of letters not held"}
    parts = [f"{count} {words.get(status, status)}" for status, count in counts.items() if count]
    return f"{len(checked)} quote{'' if len(checked) == 1 else 's'}: {', '.join(parts) or 'nothing to check'}"


def verified_json(name: str, checked: Sequence[Checked]) -> dict[str, Any]:
    """The outcome for a program."""
    return {
        "export": name,
        "stands": all(c.status == "stands" for c in checked),
        "summary": summary(checked),
        "quotes": [
            {
                "citation": c.quoted.label,
                "letter_id": c.quoted.letter_id,
                "status": c.status,
                "start": c.quoted.start,
                "end": c.quoted.end,
                "found_start": c.found[0] if c.found else None,
                "found_end": c.found[1] if c.found else None,
                "note": c.note,
                "quote": c.quoted.quote,
            }
            for c in checked
        ],
    }
