"""From a file's bytes to lines with their typography: plain text, Markdown and PDF with a text layer.

The content decides, never the file's extension. What belongs to the page and not to the letter (running headers,
page numbers, footnotes) is set apart here, since only here its position is known.
"""

import html
import re
import statistics
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import LetterError
from assistant.headings import heading_kind

__all__ = ["Line", "Source", "read_file", "read_source"]

LARGEST_FILE = 100 * 1024 * 1024  # bytes; the largest real inspection report seen has 3 MB
MOST_PAGES = 2000


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a document.

    Attributes:
        text: Its words, markup and ligatures resolved, white space folded.
        page: From 1, or None for formats without pages.
        gap: Whether blank space stands above it.
        bullet: Whether it begins a list item (the mark itself is left out).
        heading: Whether its typography says heading: marked up so, or set in bold.
        size: Font size in points, or 0 where there is none.
        left: Left edge in points, or 0.
        full: Whether it runs to the right margin, so that its paragraph may go on.
    """

    text: str
    page: int | None = None
    gap: bool = False
    bullet: bool = False
    heading: bool = False
    size: float = 0.0
    left: float = 0.0
    full: bool = True


@dataclass(frozen=True, slots=True)
class Source:
    """A file as read: its lines in reading order, and the page furniture set apart.

    Attributes:
        lines: In reading order.
        furniture: Running headers, page numbers, footnotes.
        pages: Number of pages, or None.
        wrapped: Whether a paragraph is broken over several lines (false: every line is a paragraph).
    """

    lines: tuple[Line, ...]
    furniture: tuple[str, ...]
    pages: int | None
    wrapped: bool


def read_file(path: Path) -> bytes:
    """A file's bytes.

    Raises:
        LetterError: If it is missing, unreadable, empty or too large.
    """
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise LetterError(path.name, f"larger than {LARGEST_FILE // 2**20} MB; split it")
        data = path.read_bytes()
    except OSError as error:
        raise LetterError(
            path.name, f"cannot be read ({error.strerror or error}); check path and permissions"
        ) from None
    if not data.strip(b"\0 \t\r\n"):
        raise LetterError(path.name, "the file is empty; fetch it again")
    return data


def read_source(name: str, data: bytes) -> Source:
    """Lines of a document.

    Args:
        name: The file's name, for messages only.
        data: Its bytes.

    Raises:
        LetterError: If the content is none of the formats, is encrypted, damaged or has no text.
    """
    if data.lstrip()[:5] == b"%PDF-" or b"%PDF-" in data[:1024]:
        return _read_pdf(name, data)
    start = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml", b"<head", b"<!--", b"<body")):
        raise LetterError(name, "is a web page, not a letter (often an error page saved as one); fetch the PDF again")
    if data[:4] == b"PK\x03\x04":
        raise LetterError(name, "is a Word or zip file; save it as PDF, .txt or .md")
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise LetterError(name, "is an old Office file; save it as PDF, .txt or .md")
    if start.startswith(b"{\\rtf"):
        raise LetterError(name, "is a rich text file; save it as PDF, .txt or .md")
    return _read_text(name, data)


# --- plain text and Markdown -------------------------------------------------------------------------------------

BULLET = re.compile(r"^\s*(?:[-*+•▪■◼●◦‣○□─⎯−\uf0b7\uf0a7\uf06e\uf0d8]|o(?=\s{2,}))\s+")
EMPTY_BULLET = re.compile(r"^\s*(?:[-*+•▪■◼●◦‣○□─⎯−\uf0b7\uf0a7\uf06e\uf0d8]|[-*_]{3,})\s*$")
HEADING = re.compile(r"^ {0,3}#{1,6}\s+")
TAG = re.compile(r"</?(?:su[pb]|b|i|u|em|strong|br|span|p|div)\b[^<>]*>", re.IGNORECASE)
LONGEST_WRAPPED = 110  # a file with longer lines than this is not wrapped: each line is a paragraph
REPEATED = 3  # a short line that stands this often in a text is its running header


def clean(text: str) -> str:
    """Words as a reader sees them: entities, tags, emphasis marks, soft hyphens and ligatures resolved."""
    text = TAG.sub("", html.unescape(text))
    text = re.sub(r"\*\*(?=\S)|(?<=\S)\*\*|(?<!\w)__(?=\S)|(?<=\S)__(?!\w)", "", text)
    text = text.replace("\N{SOFT HYPHEN}", "").replace("\ufeff", "").replace("\u200b", "")
    for ligature, letters in (("ﬁ", "fi"), ("ﬂ", "fl"), ("ﬀ", "ff"), ("ﬃ", "ffi"), ("ﬄ", "ffl")):
        text = text.replace(ligature, letters)
    text = "".join(character if character.isprintable() or character.isspace() else "" for character in text)
    return " ".join(text.split())


def _read_text(name: str, data: bytes) -> Source:
    text = _decode(name, data)
    raw = text.splitlines()
    shown = [(clean(_unmarked(line)), line) for line in raw]
    if sum(character.isalpha() for line, _ in shown for character in line) < 20:
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


def _decode(name: str, data: bytes) -> str:
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


# --- PDF ---------------------------------------------------------------------------------------------------------

FOOT, HEAD = 76.0, 60.0  # points from the lower and upper edge in which running headers and page numbers stand
FOLIO = 100.0  # points from either edge within which a lone number is the page's
LEADING = 1.5  # a step between baselines above this many font sizes is space between paragraphs
BOLD = 600  # font weight from which a line is bold


@dataclass(frozen=True, slots=True)
class _Set:
    """A line as set on a page: its baselines (a hyphenated line runs over two), edges, size and weight."""

    text: str
    bullet: bool
    top: float
    bottom: float
    left: float
    right: float
    size: float
    bold: bool


def _read_pdf(name: str, data: bytes) -> Source:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
        count = len(document)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise LetterError(name, "is protected by a password; remove it and index again") from None
        raise LetterError(name, "is a damaged PDF; fetch it again") from None
    try:
        if count > MOST_PAGES:
            raise LetterError(name, f"has {count} pages, more than {MOST_PAGES}; split it")
        pages, heights = [], []
        for page in document:
            pages.append(_page_lines(page))
            heights.append(page.get_height())
    except pypdfium2.PdfiumError:
        raise LetterError(name, "is a damaged PDF; fetch it again") from None
    finally:
        document.close()
    if sum(character.isalpha() for lines in pages for line in lines for character in line.text) < 20:
        raise LetterError(name, "has no text layer (a scan?); run it through OCR, for example ocrmypdf, first")
    return _pdf_source(pages, heights)


def _page_lines(page: Any) -> list[_Set]:
    """The lines of one page in reading order, with their typography."""
    import ctypes

    import pypdfium2.raw as raw

    textpage = page.get_textpage()
    text = textpage.get_text_range(errors="replace")
    lines: list[_Set] = []
    x, y = ctypes.c_double(), ctypes.c_double()
    offset = 0
    for piece in text.split("\n"):
        # pdfium writes U+0002 for a hyphen at a line's end: "child\x02centred" is one hyphenated word.
        whole = piece.replace("\x02", "-").replace("\ufffe", "-")
        words = clean(BULLET.sub("", whole + " ", count=1))
        if words:
            first = raw.FPDFText_GetCharIndexFromTextIndex(textpage, offset + len(piece) - len(piece.lstrip()))
            last = raw.FPDFText_GetCharIndexFromTextIndex(textpage, offset + len(piece.rstrip()) - 1)
            # The second word speaks for the line: the first may be a bullet or a number in another face.
            middle = raw.FPDFText_GetCharIndexFromTextIndex(textpage, offset + _second_word(piece))
            raw.FPDFText_GetCharOrigin(textpage, first, x, y)
            left, top = x.value, y.value
            raw.FPDFText_GetCharOrigin(textpage, last, x, y)
            bold = all(raw.FPDFText_GetFontWeight(textpage, index) >= BOLD for index in (middle, last))
            size = raw.FPDFText_GetFontSize(textpage, middle) * _scale(raw, textpage, middle)
            bullet = bool(BULLET.match(whole + " "))
            lines.append(_Set(words, bullet, top, y.value, left, x.value, round(size, 1), bold))
        offset += len(piece) + 1
    textpage.close()
    return _in_reading_order(lines)


def _scale(raw: Any, textpage: Any, index: int) -> float:
    """Vertical scale of the text matrix: some producers set 1-point type and scale it."""
    matrix = raw.FS_MATRIX()
    if raw.FPDFText_GetMatrix(textpage, index, matrix):
        return abs(float(matrix.d)) or abs(float(matrix.b)) or 1.0
    return 1.0


def _second_word(piece: str) -> int:
    match = re.search(r"\S+\s+(?=\w)", piece)
    return match.end() if match else len(piece) - len(piece.lstrip())


def _in_reading_order(lines: list[_Set]) -> list[_Set]:
    """Runs of lines that go down the page, sorted by where they begin: some letterheads come after the body."""
    runs: list[list[_Set]] = []
    for line in lines:
        if not runs or line.top > runs[-1][-1].bottom + 2 * max(line.size, 8):
            runs.append([])
        runs[-1].append(line)
    # A run that begins beside another (the second column of a table) stays behind it.
    runs.sort(key=lambda run: -round(run[0].top / 12))
    return [line for run in runs for line in run]


def _pdf_source(pages: list[list[_Set]], heights: list[float]) -> Source:
    body = statistics.mode(round(line.size) for lines in pages for line in lines for _ in range(len(line.text)))
    right = _right_margin(pages)
    patterns = Counter(
        pattern
        for lines, height in zip(pages, heights, strict=True)
        for pattern in {_pattern(line) for line in lines if _in_margin(line, height)}
    )
    lines: list[Line] = []
    furniture: list[str] = []
    for number, (page, height) in enumerate(zip(pages, heights, strict=True), 1):
        before: _Set | None = None
        footnotes = False
        for line in page:
            footnotes = footnotes or _is_footnote(line, height, body)
            folio = line.text.isdigit() and (line.bottom < FOLIO or line.bottom > height - FOLIO)
            running = folio or (_in_margin(line, height) and patterns[_pattern(line)] > 1)
            if footnotes or running or (line.text.isdigit() and line.size < body - 2):
                furniture.append(line.text)
                continue
            gap = before is None or abs(before.bottom - line.top) > LEADING * max(line.size, before.size, 6)
            before = line
            full = line.right > right - 5 * line.size
            lines.append(Line(line.text, number, gap, line.bullet, line.bold, line.size, line.left, full))
    return Source(tuple(lines), tuple(furniture), len(pages), wrapped=True)


def _right_margin(pages: list[list[_Set]]) -> float:
    rights = sorted(line.right for lines in pages for line in lines)
    return rights[int(len(rights) * 0.9)]


def _in_margin(line: _Set, height: float) -> bool:
    return line.bottom < FOOT or line.bottom > height - HEAD


def _pattern(line: _Set) -> str:
    return re.sub(r"\d+", "#", line.text)


def _is_footnote(line: _Set, height: float, body: float) -> bool:
    """A note at the foot: small type in the lower third, begun by its number."""
    return line.size < body - 1 and line.bottom < height / 3 and bool(re.match(r"^\d{1,2}\s+\S", line.text))
