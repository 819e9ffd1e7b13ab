"""PDF with a text layer, by pypdfium2: each line with its page, position, size and weight.

What belongs to the page and not to the letter (running headers, page numbers, footnotes) is set apart here, since
only here its position is known.
"""

import re
import statistics
from collections import Counter
from dataclasses import dataclass
from typing import Any

from assistant.errors import LetterError
from assistant.readers.lines import BULLET, LEAST_LETTERS, Line, Source, clean, letters_in

__all__ = ["read_pdf"]

MOST_PAGES = 2000
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


def read_pdf(name: str, data: bytes) -> Source:
    """Lines of a PDF document.

    Args:
        name: The file's name, for messages only.
        data: Its bytes.

    Raises:
        LetterError: If it is damaged, protected by a password, too long, or has no text layer.
    """
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
    if letters_in(line.text for lines in pages for line in lines) < LEAST_LETTERS:
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
