"""Plain text and Markdown, in UTF-8, UTF-16 or Windows' cp1252, even in a mixture."""

import codecs
import re
from dataclasses import dataclass

from assistant.errors import LetterError
from assistant.reading.readers.lines import (
    BULLET,
    EMPTY_BULLET,
    LEAST_LETTERS,
    Line,
    Source,
    clean,
    letters_in,
    row_lines,
    without_repeats,
)

__all__ = ["decode", "read_text"]

HEADING = re.compile(r"^ {0,3}#{1,6}\s+")
UNDERLINE = re.compile(r"^\s{0,3}(?:={3,}|-{3,})\s*$")
QUOTED = re.compile(r"^ {0,3}>\s?")
BOLD_LINE = re.compile(r"^\s*(?:\*\*[^*]+\*\*|__[^_]+__)\s*$")
ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|>~])")
PICTURE = re.compile(r"!\[[^\]]{0,300}\]\([^)]{0,1000}\)")
LINK = re.compile(r"\[([^\]]{0,300})\]\((?:https?:|mailto:|[#./])[^)\s]{0,1000}\)")
LONGEST_WRAPPED = 110  # a file with longer lines than this is not wrapped: each line is a paragraph
LONGEST_UNDERLINED = 100  # characters of a heading that is underlined

MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
NO_TEXT = "is not text, PDF, Word, HTML or Markdown; save it as one of these"


@dataclass(frozen=True, slots=True)
class _Shown:
    """A line as it is shown, its marks taken off and told."""

    text: str
    heading: bool = False
    bullet: bool = False
    row: bool = False
    rule: bool = False  # it shows no words: a rule, an underline, an empty list item


def read_text(name: str, data: bytes) -> Source:
    """Lines of a plain text or Markdown document.

    Args:
        name: The file's name, for messages only.
        data: Its bytes.

    Raises:
        LetterError: If it is no text.
    """
    raw = decode(name, data).splitlines()
    shown = [_shown(raw, at) for at in range(len(raw))]
    if letters_in(line.text for line in shown) < LEAST_LETTERS:
        raise LetterError(name, "holds no readable text; check that it is the right file")
    wrapped = max(len(line) for line in raw) <= LONGEST_WRAPPED
    lines: list[Line] = []
    gap = True
    for line, source in zip(shown, raw, strict=True):
        if not line.text or line.rule:
            gap = True
            continue
        full = len(source) > 60
        lines.append(Line(line.text, None, gap or line.row, line.bullet, line.heading, full=full, row=line.row))
        gap = line.row
    lines, furniture = without_repeats(lines)
    return Source(tuple(lines), tuple(furniture), None, wrapped)


def _shown(raw: list[str], at: int) -> _Shown:
    line = QUOTED.sub("", raw[at], count=1)
    if EMPTY_BULLET.match(line) or UNDERLINE.match(line):
        return _Shown("", rule=True)
    if line.strip().startswith("|") and line.rstrip().endswith("|"):
        return _row(line, raw[at + 1] if at + 1 < len(raw) else "")
    marked = HEADING.match(line)
    bullet = bool(BULLET.match(line))
    words = line[marked.end() :].rstrip().rstrip("#") if marked else BULLET.sub("", line, count=1)
    heading = bool(marked or _underlined(raw, at)) or (not bullet and bool(BOLD_LINE.match(line)))
    return _Shown(_words(words), heading, bullet)


def _words(line: str) -> str:
    return clean(ESCAPE.sub(r"\1", LINK.sub(r"\1", PICTURE.sub("", line))))


def _underlined(raw: list[str], at: int) -> bool:
    """Whether a line stands alone above a row of hyphens or equals signs."""
    above = raw[at - 1].strip() if at else ""
    below = raw[at + 1] if at + 1 < len(raw) else ""
    return not above and len(raw[at]) <= LONGEST_UNDERLINED and bool(UNDERLINE.match(below))


def _row(line: str, below: str) -> _Shown:
    """A row of a Markdown table as one line; the one above the rule holds the headings of the columns."""
    if _is_rule(line):
        return _Shown("", rule=True)
    cells = [_words(cell) for cell in re.split(r"(?<!\\)\|", line.strip()[1:-1])]
    found = row_lines([[Line(cell, gap=True)] for cell in cells if cell])
    return _Shown(found[0].text if found else "", heading=_is_rule(below), row=True)


def _is_rule(line: str) -> bool:
    return "|" in line and "---" in line and set(line) <= set("|:- \t")


# --- characters --------------------------------------------------------------------------------------------------


def decode(name: str, data: bytes) -> str:
    """The characters of a text file.

    UTF-16 is known by its mark or by its zeros. Of a mixture, what is UTF-8 is kept and each other byte is taken as
    what Windows wrote before UTF-8.

    Args:
        name: The file's name, for messages only.
        data: Its bytes.

    Raises:
        LetterError: If the bytes are no text.
    """
    wide = next((encoding for mark, encoding in MARKS if data.startswith(mark)), None) or _wide(data)
    if wide:
        try:
            return data.decode(wide)
        except UnicodeDecodeError:
            raise LetterError(name, f"damaged {wide.upper()[:6]} text; save it again as UTF-8") from None
    controls = sum(data.count(code) for code in range(32) if code not in (9, 10, 12, 13, 27))
    if controls > len(data) / 50:
        raise LetterError(name, NO_TEXT)
    return data.removeprefix(codecs.BOM_UTF8).decode("utf-8", errors="cp1252-where-not-utf-8")


def _wide(data: bytes) -> str | None:
    """UTF-16 without its mark: in Latin letters every other byte is zero."""
    low, high = data[0:4000:2], data[1:4000:2]
    zeros = [part.count(0) / max(1, len(part)) for part in (low, high)]
    if len(data) < 8 or max(zeros) < 0.7 or min(zeros) > 0.1:
        return None
    return "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", errors="replace"), error.end


codecs.register_error("cp1252-where-not-utf-8", _as_cp1252)
