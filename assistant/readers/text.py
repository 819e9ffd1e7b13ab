"""Plain text and Markdown, in UTF-8, UTF-16 or Windows' cp1252."""

import re
from collections import Counter

from assistant.errors import LetterError
from assistant.layouts import heading_kind
from assistant.readers.lines import BULLET, EMPTY_BULLET, LEAST_LETTERS, Line, Source, clean, letters_in

__all__ = ["decode", "read_text"]

HEADING = re.compile(r"^ {0,3}#{1,6}\s+")
LONGEST_WRAPPED = 110  # a file with longer lines than this is not wrapped: each line is a paragraph
REPEATED = 3  # a short line that stands this often in a text is its running header


def read_text(name: str, data: bytes) -> Source:
    """Lines of a plain text or Markdown document.

    Args:
        name: The file's name, for messages only.
        data: Its bytes.

    Raises:
        LetterError: If it is no text.
    """
    text = decode(name, data)
    raw = text.splitlines()
    shown = [(clean(_unmarked(line)), line) for line in raw]
    if letters_in(line for line, _ in shown) < LEAST_LETTERS:
        raise LetterError(name, "holds no readable text; check that it is the right file")
    counts = Counter(words for words, _ in shown if 0 < len(words) <= 120)
    wrapped = max(len(line) for line in raw) <= LONGEST_WRAPPED
    lines: list[Line] = []
    furniture: list[str] = []
    seen: set[str] = set()
    gap = True
    for words, line in shown:
        if not words or EMPTY_BULLET.match(line):
            gap = True
            continue
        if counts[words] >= REPEATED and words in seen and not heading_kind(words):
            furniture.append(words)
            gap = True
            continue
        seen.add(words)
        bullet = bool(BULLET.match(line))
        lines.append(Line(words, None, gap, bullet, bool(HEADING.match(line)), full=len(line) > 60))
        gap = False
    return Source(tuple(lines), tuple(furniture), None, wrapped)


def _unmarked(line: str) -> str:
    heading = HEADING.match(line)
    return line[heading.end() :].rstrip().rstrip("#") if heading else BULLET.sub("", line, count=1)


def decode(name: str, data: bytes) -> str:
    """The characters of a text file.

    Raises:
        LetterError: If the bytes are no text.
    """
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            return data.decode("utf-16")
        except UnicodeDecodeError:
            raise LetterError(name, "damaged UTF-16 text; save it again as UTF-8") from None
    if b"\0" in data:
        raise LetterError(name, "is not text, PDF or Markdown; save it as one of these")
    controls = sum(data.count(code) for code in range(32) if code not in (9, 10, 12, 13, 27))
    if controls > len(data) / 50:
        raise LetterError(name, "is not text, PDF or Markdown; save it as one of these")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")  # what Windows wrote before UTF-8
