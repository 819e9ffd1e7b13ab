"""PDF with a text layer, by pypdfium2: each line with its page, position, size and weight.

What belongs to the page and not to the letter (running headers, page numbers, footnotes) is set apart here, since
only here its position is known.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from assistant.errors import LetterError
from assistant.reading.readers.lines import BULLET, LEAST_LETTERS, NUMBER, Line, ScanError, Source, clean, letters_in

__all__ = ["read_pdf"]

MOST_PAGES = 2000
FOOT, HEAD = 76.0, 60.0  # points from the lower and upper edge in which running headers and page numbers stand
FOLIO = 100.0  # points from either edge within which a lone number is the page's
LEADING = 1.5  # a step between baselines above this many font sizes is space between paragraphs
MORE = 1.03  # usual steps between baselines, above which a short line ends its paragraph
SHORT = 100  # characters of a line that may be a heading
BOLD = 600  # font weight from which a line is bold
ITALIC = 1 << 6  # the flag of an italic face; where there is none, producers slant the upright one
WIDE = 0.52  # font sizes a character: running text is narrower, so a wider line may have a column's gap in it
NEXT_LINE = 30.0  # points to the next baseline at most, even in a title
DIVIDED = re.compile("[\x02\ufffe]")  # what pdfium writes for a hyphen at a line's end
COLUMN = 1.5  # font sizes between two words that stand in different columns
MINOR_WORDS = 12  # most words of a heading in italics; longer italic text is a quotation


@dataclass(frozen=True, slots=True)
class _Set:
    """A line as set on a page: its baselines (a hyphenated line runs over two), edges, size and face."""

    text: str
    bullet: bool
    top: float
    bottom: float
    left: float
    right: float
    size: float
    bold: bool
    italic: bool
    row: bool


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
        raise ScanError(name, "has no text layer (a scan?); run it through ocrmypdf, or set ASSISTANT_OCR=true")
    return _pdf_source(pages, heights)


def _page_lines(page: Any) -> list[_Set]:
    """The lines of one page in reading order, with their typography."""
    import ctypes

    import pypdfium2.raw as raw

    textpage = page.get_textpage()
    lines: list[_Set] = []
    x, y, matrix = ctypes.c_double(), ctypes.c_double(), raw.FS_MATRIX()
    for offset, piece in _pieces(raw, textpage):
        whole = DIVIDED.sub("-", piece)
        words = clean(BULLET.sub("", whole + " ", count=1))
        if words:
            first = raw.FPDFText_GetCharIndexFromTextIndex(textpage, offset + len(piece) - len(piece.lstrip()))
            last = raw.FPDFText_GetCharIndexFromTextIndex(textpage, offset + len(piece.rstrip()) - 1)
            # The second word speaks for the line: the first may be a bullet or a number in another face.
            middle = raw.FPDFText_GetCharIndexFromTextIndex(textpage, offset + _second_word(piece))
            raw.FPDFText_GetCharOrigin(textpage, first, x, y)
            left, top = x.value, y.value
            raw.FPDFText_GetCharOrigin(textpage, last, x, y)
            right, bottom = x.value, y.value
            bold = all(_is_bold(raw, textpage, index, words) for index in (middle, last))
            # Some producers set 1-point type and scale it.
            scaled = raw.FPDFText_GetMatrix(textpage, middle, matrix)
            scale = (abs(matrix.d) or abs(matrix.b) or 1.0) if scaled else 1.0
            size = round(raw.FPDFText_GetFontSize(textpage, middle) * scale, 1)
            slanted = bool(scaled and matrix.a and abs(matrix.c / matrix.a) > 0.1)
            wide = right - left > WIDE * size * len(words)
            lines.append(
                _Set(
                    text=words,
                    bullet=bool(BULLET.match(whole + " ")),
                    top=top,
                    bottom=bottom,
                    left=left,
                    right=right,
                    size=size,
                    bold=bold,
                    italic=not bold and (slanted or _is_italic(raw, textpage, middle, words)),
                    row=wide and _has_columns(raw, textpage, offset, piece, COLUMN * size),
                )
            )
    textpage.close()
    return _in_reading_order(_whole_lines(lines))


def _pieces(raw: Any, textpage: Any) -> Iterator[tuple[int, str]]:
    """The text of a page by lines, each with its offset.

    pdfium joins a line that ends in a hyphen with what comes next, which makes one word of "child-" and "centred". But
    what comes next may be a footnote, or the other column: then the hyphen ends its line.
    """
    import ctypes

    x, y = ctypes.c_double(), ctypes.c_double()

    def baseline(at: int) -> float:
        raw.FPDFText_GetCharOrigin(textpage, raw.FPDFText_GetCharIndexFromTextIndex(textpage, at), x, y)
        return y.value

    offset = 0
    for piece in textpage.get_text_range(errors="replace").split("\n"):
        begin = 0
        for mark in DIVIDED.finditer(piece, 1, max(1, len(piece.rstrip()) - 1)):
            if not 0 <= baseline(offset + mark.start() - 1) - baseline(offset + mark.end()) < NEXT_LINE:
                yield offset + begin, piece[begin : mark.end()]
                begin = mark.end()
        yield offset + begin, piece[begin:]
        offset += len(piece) + 1


def _is_bold(raw: Any, textpage: Any, index: int, words: str) -> bool:
    """Whether a character is set in a bold face: by its weight, or by its name where the file gives no weight."""
    if raw.FPDFText_GetFontWeight(textpage, index) >= BOLD:
        return True
    name = _font_name(raw, textpage, index)[0] if len(words) <= SHORT else b""
    return any(word in name for word in (b"Bold", b"Black", b"Heavy", b"Demi"))


def _font_name(raw: Any, textpage: Any, index: int) -> tuple[bytes, int]:
    """The name of a character's font, and its flags (PDF 32000-1, table 123)."""
    import ctypes

    flags, name = ctypes.c_int(), ctypes.create_string_buffer(128)
    raw.FPDFText_GetFontInfo(textpage, index, name, 128, flags)
    return name.value, flags.value


def _is_italic(raw: Any, textpage: Any, index: int, words: str) -> bool:
    """Whether a character is set in an italic face, for lines that might be headings."""
    if len(words) > SHORT or not words[0].isupper() or words[-1] in ".,;:":
        return False
    name, flags = _font_name(raw, textpage, index)
    return bool(flags > 0 and flags & ITALIC) or any(word in name for word in (b"Italic", b"Oblique"))


def _has_columns(raw: Any, textpage: Any, offset: int, piece: str, least: float) -> bool:
    """Whether some words of a line stand far apart, as the cells of a table's row do; a page number is no cell."""
    import ctypes

    left, right, low, high = (ctypes.c_double() for _ in range(4))
    letters = len(piece.rstrip("0123456789.- \r"))
    for space in re.finditer(r"(?<=\S)\s+(?=\S)", piece[:letters]):
        before = raw.FPDFText_GetCharIndexFromTextIndex(textpage, offset + space.start() - 1)
        after = raw.FPDFText_GetCharIndexFromTextIndex(textpage, offset + space.end())
        raw.FPDFText_GetCharBox(textpage, before, left, right, low, high)
        end = right.value
        raw.FPDFText_GetCharBox(textpage, after, left, right, low, high)
        if left.value - end > least:
            return True
    return False


def _whole_lines(lines: list[_Set]) -> list[_Set]:
    """Pieces of one line as one: what follows a raised number begins a line of its own in the extraction."""
    whole: list[_Set] = []
    for line in lines:
        before = whole[-1] if whole else None
        if (
            before
            and min(abs(line.top - before.top), abs(line.top - before.bottom)) < 1
            and -1 < line.left - before.right < COLUMN * line.size
            and abs(line.size - before.size) < 1
            and not line.bullet
            and not NUMBER.match(before.text)
        ):
            text = before.text + line.text if line.text[0] in ".,;:)" else f"{before.text} {line.text}"
            bold = before.bold and line.bold
            whole[-1] = replace(
                before, text=text, bottom=line.bottom, right=line.right, bold=bold, row=before.row or line.row
            )
        else:
            whole.append(line)
    return whole


def _second_word(piece: str) -> int:
    indent = len(piece) - len(piece.lstrip())
    match = re.compile(r"\s\w").search(piece, indent)
    return match.end() - 1 if match else indent


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
    sizes: Counter[int] = Counter()
    for page in pages:
        for line in page:
            sizes[round(line.size)] += len(line.text)
    body = sizes.most_common(1)[0][0]
    right, leading = _right_margin(pages), _usual_leading(pages, body)
    patterns = Counter(
        pattern
        for lines, height in zip(pages, heights, strict=True)
        for pattern in {_pattern(line) for line in lines if _in_margin(line, height)}
    )
    lines: list[Line] = []
    furniture: list[str] = []
    for number, (page, height) in enumerate(zip(pages, heights, strict=True), 1):
        before: _Set | None = None
        footnotes = item = False
        for at, line in enumerate(page):
            footnotes = footnotes or _is_footnote(page, at, height, body, 1 < number < len(pages))
            folio = line.text.isdigit() and (line.bottom < FOLIO or line.bottom > height - FOLIO)
            imprint = line.bottom < FOOT and line.size < body - 1 and before is not None and _apart(before, line)
            running = folio or imprint or (_in_margin(line, height) and patterns[_pattern(line)] > 1)
            if footnotes or running or (line.text.isdigit() and line.size < body - 2):
                furniture.append(line.text)
                continue
            gap = before is None or _apart(before, line)
            if before and not item and round(line.size) == body and not line.bold and not lines[-1].full:
                # A sentence that ends before the margin, and a little space: paragraphs, or rows of a table.
                gap |= before.text.endswith((".", ":", ";")) and before.bottom - line.top > MORE * leading
            before, item = line, line.bullet or (item and not gap)
            minor = line.italic and gap and len(line.text.split()) <= MINOR_WORDS
            full = line.right > right - 5 * line.size
            lines.append(
                Line(
                    line.text,
                    number,
                    gap,
                    line.bullet,
                    heading=line.bold or minor,
                    size=line.size,
                    left=line.left,
                    full=full,
                    row=line.row,
                    minor=minor,
                )
            )
    return Source(tuple(lines), tuple(furniture), len(pages), wrapped=True)


def _apart(before: _Set, line: _Set) -> bool:
    """Whether a line does not follow another closely: space between them, or another cell of a table."""
    step = before.bottom - line.top
    size = max(line.size, before.size, 6)
    beside = line.left > before.right + size or line.right < before.left
    return abs(step) > LEADING * size or step < -size / 2 or beside


def _usual_leading(pages: list[list[_Set]], body: int) -> float:
    """The commonest step from one baseline of the body's type to the next."""
    steps = Counter(
        round(before.bottom - line.top, 1)
        for lines in pages
        for before, line in pairwise(lines)
        if round(line.size) == body and 0 < before.bottom - line.top < NEXT_LINE
    )
    return steps.most_common(1)[0][0] if steps else NEXT_LINE


def _right_margin(pages: list[list[_Set]]) -> float:
    rights = sorted(line.right for lines in pages for line in lines)
    return rights[int(len(rights) * 0.9)]


def _in_margin(line: _Set, height: float) -> bool:
    return line.bottom < FOOT or line.bottom > height - HEAD


def _pattern(line: _Set) -> str:
    return re.sub(r"\d+", "#", line.text)


def _is_footnote(page: list[_Set], at: int, height: float, body: float, inner: bool) -> bool:
    """Whether a note at the foot begins here: small type low on the page, begun by its number.

    The number may be raised and so stand by itself, before the line that it belongs to. It may be lost too: then,
    on an inner page (the first has its title, the last its imprint), the type is small to the foot of the page.
    """
    line, following = page[at], page[at + 1] if at + 1 < len(page) else None
    if line.size >= body - 1 or line.bottom >= height / 3:
        return False
    if line.text.isdigit():
        return bool(following and following.size < body - 1 and abs(following.top - line.top) < following.size)
    if re.match(r"^\d{1,2}\s+\S", line.text):
        return True
    begins = at > 0 and page[at - 1].size >= body - 1
    return inner and begins and all(other.size < body - 1 or _in_margin(other, height) for other in page[at:])
