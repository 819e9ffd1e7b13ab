"""Word documents (.docx), by python-docx: paragraphs and tables in document order, with their typography.

Word keeps the numbers of paragraphs as rules and computes them when it prints; they are computed here in the same way,
since a council's report is cited by them. What prints in the margins (headers, footers, notes) is page furniture, but
for a first page's own header, which is the letterhead. The package is checked before anything in it is parsed.
"""

import re
from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

from assistant.errors import LetterError
from assistant.reading.readers.lines import (
    LEAST_LETTERS,
    Face,
    Line,
    Source,
    letters_in,
    paragraph_lines,
    row_lines,
    without_repeats,
)
from assistant.reading.readers.word_elements import W, element, setting, whole
from assistant.reading.readers.word_numbers import Numbers
from assistant.reading.readers.word_styles import Style, Styles

if TYPE_CHECKING:
    from docx.document import Document

__all__ = ["read_word"]

MOST_PARTS = 5000  # files in the package
MOST_BYTES = 200 * 2**20  # unpacked: pictures and all
MOST_XML = 32 * 2**20  # unpacked, of what is parsed: the text of several thousand pages
MOST_RATIO = 100  # unpacked to packed, of what unpacks to more than 10 MB; real documents have 5 to 30
DAMAGED = "is a damaged Word or zip file; fetch it again, or open it in Word and save it as .docx once more"
DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)

# What a package is by its list of content types, and what to do about it.
OTHER_FILES = (
    (b"wordprocessingml.document.main", ""),
    (b"macroenabled", "is an Office file with macros; save it as .docx without them"),
    (b"wordprocessingml.template", "is a Word template; save it as .docx"),
    (b"spreadsheetml", "is a spreadsheet, not a letter; save the letter as .docx or PDF"),
    (b"presentationml", "is a presentation, not a letter; save the letter as .docx or PDF"),
)

MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
# What holds no text of the document as it stands: properties, codes of fields, tracked deletions.
UNREAD = {
    W + name
    for name in (
        *("pPr", "rPr", "tblPr", "tblGrid", "trPr", "tcPr", "sdtPr", "sdtEndPr", "sectPr", "instrText", "delText"),
        *("delInstrText", "del", "moveFrom", "fldData", "rt", "footnoteReference", "endnoteReference"),
    )
}
SPACES = {W + "tab": " ", W + "br": "\n", W + "cr": "\n", W + "ptab": " ", W + "noBreakHyphen": "-"}
MARGINS = ("header", "footer", "footnotes", "endnotes")  # kinds of parts that print in the margins


def read_word(name: str, data: bytes) -> Source:
    """Lines of a Word document; each is a paragraph, or a line of one that holds line breaks.

    Args:
        name: The file's name, for messages only.
        data: Its bytes.

    Raises:
        LetterError: If it is no Word document, is damaged, protected or unpacks to too much, or has no text.
    """
    try:
        _check_package(name, data)
        document = _opened(data)
        reader = _Reader(document)
        letterhead, furniture = _margins(document, reader)
        lines, repeated = without_repeats(letterhead + reader.lines_in(document.element.body))
    except (LetterError, MemoryError):
        raise
    except Exception:  # python-docx and zipfile raise whatever the broken part makes them
        raise LetterError(name, DAMAGED) from None
    if letters_in(line.text for line in lines) < LEAST_LETTERS:
        raise LetterError(name, "is a Word file without text (pictures of pages?); save it as PDF and run OCR")
    return Source(tuple(lines), (*furniture, *reader.contents, *repeated), None, wrapped=False)


# --- the package -------------------------------------------------------------------------------------------------


def _check_package(name: str, data: bytes) -> None:
    """Refuse what is no Word document, and what would take too much to unpack or parse.

    Raises:
        LetterError: With the reason.
    """
    with ZipFile(BytesIO(data)) as archive:
        parts = archive.infolist()
        xml = [part for part in parts if part.filename.lower().endswith((".xml", ".rels"))]
        size = sum(part.file_size for part in parts)
        if (
            len(parts) > MOST_PARTS
            or size > MOST_BYTES
            or sum(part.file_size for part in xml) > MOST_XML
            or size > max(10 * 2**20, MOST_RATIO * len(data))
        ):
            raise LetterError(name, "unpacks to far more than a letter can hold (a zip bomb?); save it as PDF")
        if any(part.flag_bits & 1 for part in parts):
            raise LetterError(name, "is protected by a password; remove it and index again")
        names = {part.filename for part in parts}
        if "[Content_Types].xml" not in names:
            odt = "mimetype" in names and b"opendocument" in archive.read("mimetype")
            what = "is an OpenDocument file; save it as .docx or PDF" if odt else "is a zip file; unpack it"
            raise LetterError(name, what)
        types = archive.read("[Content_Types].xml").lower()
        what = next((what for kind, what in OTHER_FILES if kind in types), "is no Word document; save it as PDF")
        if what:
            raise LetterError(name, what)
        # The format knows no declarations of entities. python-docx would leave them be; a bomb is all they can be.
        if any(DECLARATION.search(archive.read(part).replace(b"\0", b"")) for part in xml):
            raise LetterError(name, "declares XML entities, which no Word document does; save it as PDF")


def _opened(data: bytes) -> "Document":
    from docx import Document as open_document  # not needed for any other format

    return open_document(BytesIO(data))


def _margins(document: "Document", reader: "_Reader") -> tuple[list[Line], list[str]]:
    """The letterhead (a first page's own header), and the texts of all other headers, footers and notes."""
    from docx.oxml import parse_xml

    first = document.sections[0] if len(document.sections) else None
    own = first is not None and first.different_first_page_header_footer
    head = first.first_page_header if own and first and not first.first_page_header.is_linked_to_previous else None
    letterhead = reader.lines_in(head._element) if head else []
    furniture: list[str] = []
    for relation in document.part.rels.values():
        kind = relation.reltype.rsplit("/", 1)[-1]
        if relation.is_external or kind not in MARGINS or (head and relation.target_part is head.part):
            continue
        root = parse_xml(relation.target_part.blob)
        for note in [root] if kind in ("header", "footer") else root:
            if note.get(W + "type") is None or kind in ("header", "footer"):  # else a rule between text and notes
                furniture += [line.text for line in reader.lines_in(note)]
    return letterhead, furniture


# --- paragraphs and tables ---------------------------------------------------------------------------------------


_Piece = tuple[str, Face, float]  # characters, their face, their size in points


class _Reader:
    """Walks through a document's elements; tracked insertions are text, deletions are not."""

    def __init__(self, document: "Document") -> None:
        part = document.part
        self._styles = Styles(document.styles.element)
        related = {relation.reltype.rsplit("/", 1)[-1] for relation in part.rels.values()}
        numbering = part.numbering_part.element if "numbering" in related else None
        self._numbers = Numbers(numbering, self._styles)
        self.contents: list[str] = []  # entries of a table of contents

    def lines_in(self, container: Any) -> list[Line]:
        """The lines of a body, a cell, a text box or a margin, in document order."""
        lines: list[Line] = []
        carried: list[_Piece] = []  # of a paragraph whose end was deleted: the next one goes on
        for block in _blocks(container):
            if block.tag == W + "tbl":
                lines += self._table(block)
                continue
            boxes: list[Any] = []
            style = self._styles.of(block)
            pieces = carried + list(self._pieces(block, style, boxes))
            for box in boxes:
                lines += self.lines_in(box)
            mark = element(block, "pPr", "rPr")
            if element(mark, "del") is not None or element(mark, "moveFrom") is not None:
                carried = pieces
                continue
            carried = []
            lines += self._paragraph(block, style, pieces)
        return lines + paragraph_lines((words, face) for words, face, _ in carried)

    def _paragraph(self, block: Any, style: Style, pieces: list[_Piece]) -> list[Line]:
        text = [(words, face) for words, face, _ in pieces]
        mark = self._numbers.mark(block, style)  # an empty paragraph is counted too
        if style.contents:
            self.contents += [line.text for line in paragraph_lines(text)]
            return []
        if not any(words.strip() for words, _ in text):
            return []
        bullet = mark[1] if mark else style.bullet
        if mark and mark[0]:
            text.insert(0, (f"{mark[0]} ", text[0][1]))
        outlined = setting(block, "pPr", "outlineLvl")
        heading = style.heading if outlined is None else whole(outlined, 9) < 9
        return paragraph_lines(text, bullet=bullet and not heading, heading=heading, size=_size(pieces))

    def _table(self, table: Any) -> list[Line]:
        lines: list[Line] = []
        for row in _within(table, "tr"):
            if element(row, "trPr", "del") is None:
                lines += row_lines([self.lines_in(cell) for cell in _within(row, "tc")])
        return lines

    def _pieces(self, node: Any, style: Style, boxes: list[Any]) -> Iterator[_Piece]:
        """The text of a paragraph; the text boxes that hang on it are put aside."""
        for child in _shown(node):
            if child.tag == W + "r":
                face = self._styles.face(child, style)
                kind: Face = "bold" if face.bold else "italic" if face.italic else ""
                for words in _words(child, boxes):
                    if not face.hidden:
                        yield words, kind, whole(face.size, 0) / 2
            else:
                yield from self._pieces(child, style, boxes)


def _shown(node: Any) -> Iterator[Any]:
    """The elements within one that hold text; of two forms of the same drawing the newer."""
    for child in node:
        if not isinstance(child.tag, str) or child.tag in UNREAD:
            continue
        if child.tag == MC + "AlternateContent":
            yield from child[:1]
        else:
            yield child


def _words(node: Any, boxes: list[Any]) -> Iterator[str]:
    """The characters of a run."""
    for child in _shown(node):
        if child.tag == W + "t":
            yield " ".join((child.text or "").split("\n"))
        elif child.tag == W + "sym":
            yield chr(int(code, 16)) if re.fullmatch(r"[\dA-Fa-f]{4}", code := child.get(W + "char") or "") else ""
        elif child.tag in SPACES:
            yield SPACES[child.tag]
        elif child.tag == W + "txbxContent":
            boxes.append(child)
        else:
            yield from _words(child, boxes)


def _blocks(container: Any) -> Iterator[Any]:
    """Paragraphs and tables, those within content controls too."""
    for child in _shown(container):
        if child.tag in (W + "p", W + "tbl"):
            yield child
        else:
            yield from _blocks(child)


def _within(node: Any, name: str) -> Iterator[Any]:
    """The rows of a table or the cells of a row, those within content controls too."""
    for child in _shown(node):
        if child.tag == W + name:
            yield child
        elif child.tag not in (W + "tr", W + "tc"):
            yield from _within(child, name)


def _size(pieces: Iterable[_Piece]) -> float:
    """The size that most of a paragraph is set in."""
    sizes: dict[float, int] = {}
    for words, _, size in pieces:
        sizes[size] = sizes.get(size, 0) + len(words.strip())
    return max(sizes, key=lambda size: sizes[size], default=0.0)
