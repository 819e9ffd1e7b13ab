"""Word documents (.docx), by python-docx: paragraphs and tables in document order, with their typography.

Word keeps the numbers of paragraphs as rules and computes them when it prints; they are computed here in the same way,
since a council's report is cited by them. What prints in the margins (headers, footers, notes) is page furniture, but
for a first page's own header, which is the letterhead. The package is checked before anything in it is parsed.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

from assistant.errors import LetterError
from assistant.reading.readers.lines import (
    LEAST_LETTERS,
    Face,
    Line,
    Source,
    closed,
    letters_in,
    numeral,
    paragraph_lines,
    plain,
    row_lines,
    without_repeats,
)

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

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
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
HEADING_STYLE = re.compile(r"^(?:heading \d|title|subtitle)$", re.IGNORECASE)
CONTENTS_STYLE = re.compile(r"^toc (?:\d|heading)$", re.IGNORECASE)
BULLET_STYLE = re.compile(r"^list bullet", re.IGNORECASE)
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


# --- styles ------------------------------------------------------------------------------------------------------


def _number(value: str | None, default: int) -> int:
    return int(value) if value and re.fullmatch(r"-?\d{1,9}", value) else default


def _child(node: Any, *path: str) -> Any:
    """The element at the end of a path of names, or None."""
    for name in path:
        node = None if node is None else node.find(W + name)
    return node


def _value(node: Any, *path: str) -> str | None:
    found = _child(node, *path)
    return None if found is None else found.get(W + "val")


def _on(node: Any, *path: str) -> bool | None:
    """Whether a switch is on, or None where it is not set."""
    found = _child(node, *path)
    return None if found is None else found.get(W + "val") not in ("0", "false", "off")


@dataclass(frozen=True, slots=True)
class _Face:
    """How text is set; None where that is left open."""

    hidden: bool | None = None
    bold: bool | None = None
    italic: bool | None = None
    size: str | None = None  # in half points

    def over(self, under: "_Face") -> "_Face":
        """This face, with what it leaves open as in another one."""
        return _Face(
            under.hidden if self.hidden is None else self.hidden,
            under.bold if self.bold is None else self.bold,
            under.italic if self.italic is None else self.italic,
            under.size if self.size is None else self.size,
        )


@dataclass(frozen=True, slots=True)
class _Style:
    """A style together with those that it is based on."""

    ids: frozenset[str]
    heading: bool
    contents: bool  # an entry of a table of contents
    bullet: bool
    list: str | None  # the list that its paragraphs stand in
    depth: str | None  # and its level
    face: _Face


class _Styles:
    """The styles of a document."""

    def __init__(self, root: Any) -> None:
        self._by_id = {style.get(W + "styleId"): style for style in root.iter(W + "style")}
        self._styles: dict[str | None, _Style] = {}
        self._defaults = _face(_child(root, "docDefaults", "rPrDefault", "rPr"))
        self._paragraph = next(
            (
                key
                for key, style in self._by_id.items()
                if style.get(W + "type") == "paragraph" and style.get(W + "default") in ("1", "true", "on")
            ),
            None,
        )

    def of(self, paragraph: Any) -> _Style:
        """The style of a paragraph."""
        return self.named(_value(paragraph, "pPr", "pStyle") or self._paragraph)

    def named(self, key: str | None) -> _Style:
        """A style by its identifier; one that is not there sets nothing."""
        if key not in self._styles:
            self._styles[key] = self._read(key)
        return self._styles[key]

    def _read(self, key: str | None) -> _Style:
        chain: list[Any] = []
        while (style := self._by_id.get(key)) is not None and style not in chain:
            chain.append(style)
            key = _value(style, "basedOn")
        names = [_value(style, "name") or "" for style in chain]
        outlined = next((value for style in chain if (value := _value(style, "pPr", "outlineLvl"))), None)
        face = _Face()
        for style in chain:
            face = face.over(_face(_child(style, "rPr")))
        return _Style(
            ids=frozenset(style.get(W + "styleId") for style in chain),
            heading=any(HEADING_STYLE.match(name) for name in names) or _number(outlined, 9) < 9,
            contents=any(CONTENTS_STYLE.match(name) for name in names),
            bullet=any(BULLET_STYLE.match(name) for name in names),
            list=next((value for style in chain if (value := _value(style, "pPr", "numPr", "numId"))), None),
            depth=next((value for style in chain if (value := _value(style, "pPr", "numPr", "ilvl"))), None),
            face=face,
        )

    def face(self, run: Any, style: _Style) -> _Face:
        """The face of a run of text in a paragraph of a style."""
        face = style.face.over(self._defaults)
        own = _child(run, "rPr")
        if own is None:
            return face
        named = _value(own, "rStyle")
        return _face(own).over(self.named(named).face.over(face) if named else face)


def _face(properties: Any) -> _Face:
    return _Face(_on(properties, "vanish"), _on(properties, "b"), _on(properties, "i"), _value(properties, "sz"))


# --- numbers of paragraphs ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Level:
    """One level of a list: how it counts and what it prints."""

    start: int = 1
    format: str = "decimal"
    text: str = ""
    restart: int | None = None  # the level, from 1, behind which it begins anew; 0 for never, None for any above
    legal: bool = False  # all levels are printed in digits
    style: str | None = None


@dataclass(frozen=True, slots=True)
class _List:
    """A list's levels, and the key of the count that it shares with its like."""

    count: str
    levels: dict[int, _Level]
    restarts: dict[int, int]  # where this list begins anew: level -> first number


class _Numbers:
    """Counts the paragraphs of each list as they are met."""

    def __init__(self, root: Any, styles: _Styles) -> None:
        self._styles = styles
        self._abstract = {} if root is None else {x.get(W + "abstractNumId"): x for x in root.iter(W + "abstractNum")}
        self._num = {} if root is None else {x.get(W + "numId"): x for x in root.iter(W + "num")}
        self._lists: dict[str, _List | None] = {}
        self._counts: dict[str, dict[int, int]] = {}
        self._begun: set[tuple[str, int]] = set()

    def mark(self, paragraph: Any, style: _Style) -> tuple[str, bool] | None:
        """What is printed before a paragraph, and whether that makes it a list item and no numbered paragraph.

        Args:
            paragraph: It is counted: ask once for each.
            style: Its style.

        Returns:
            The number ("" for a bullet), or None if the paragraph is in no list.
        """
        own = _child(paragraph, "pPr", "numPr")
        direct = _value(own, "numId")
        number = direct or style.list
        listed = self._list(number) if number else None
        if number is None or listed is None:
            return None
        if direct:
            at = _number(_value(own, "ilvl"), 0)
        else:  # a level names its style, or the style its level
            depth = _number(_value(own, "ilvl") or style.depth, 0)
            at = next((at for at, level in listed.levels.items() if level.style in style.ids), depth)
        if at not in listed.levels:
            return None
        count = self._count(number, listed, at)
        level = listed.levels[at]
        if level.format == "bullet":
            return "", True
        printed = plain(_printed(level, listed.levels, count))
        counted = bool(re.search(r"\d", printed))
        return (closed(printed), not counted) if printed else None

    def _count(self, number: str, listed: _List, at: int) -> dict[int, int]:
        count = self._counts.setdefault(listed.count, {})
        if at in listed.restarts and (number, at) not in self._begun:
            count[at] = listed.restarts[at] - 1
        self._begun.add((number, at))
        for above in range(at):  # a level that was left out counts as begun, as Word does
            count.setdefault(above, listed.levels.get(above, _Level()).start)
        count[at] = count[at] + 1 if at in count else listed.levels[at].start
        for below in [level for level in count if level > at]:
            restart = listed.levels.get(below, _Level()).restart
            if restart is None or at < restart:
                del count[below]
        return count

    def _list(self, number: str) -> _List | None:
        if number not in self._lists:
            self._lists[number] = self._read(number)
        return self._lists[number]

    def _read(self, number: str) -> _List | None:
        num = self._num.get(number)
        key = _value(num, "abstractNumId")
        abstract = self._abstract.get(key)
        for _ in range(3):  # a list may take its levels from a style, which names another list
            link = _value(abstract, "numStyleLink")
            if not link:
                break
            key = _value(self._num.get(self._styles.named(link).list), "abstractNumId")
            abstract = self._abstract.get(key)
        if num is None or abstract is None:
            return None
        levels = {_number(level.get(W + "ilvl"), 0): _level(level) for level in abstract.findall(W + "lvl")}
        restarts: dict[int, int] = {}
        for override in num.findall(W + "lvlOverride"):
            at = _number(override.get(W + "ilvl"), 0)
            if (level := override.find(W + "lvl")) is not None:
                levels[at] = _level(level)
            if (start := _value(override, "startOverride")) is not None:
                restarts[at] = _number(start, 1)
        return _List(str(key), levels, restarts)


def _level(node: Any) -> _Level:
    kind = next((found.get(W + "val") for found in node.iter(W + "numFmt")), None)
    restart = _value(node, "lvlRestart")
    return _Level(
        start=_number(_value(node, "start"), 0),  # as the format defines it: a level without a start begins at 0
        format=kind or "decimal",
        text=_value(node, "lvlText") or "",
        restart=None if restart is None else _number(restart, 0),
        legal=bool(_on(node, "isLgl")),
        style=_value(node, "pStyle"),
    )


def _printed(level: _Level, levels: dict[int, _Level], count: dict[int, int]) -> str:
    """A level's text with the numbers of the levels that it names: "%1.%2" is "3.1"."""

    def value(match: re.Match[str]) -> str:
        at = int(match[1]) - 1
        kind = "decimal" if level.legal else levels.get(at, _Level()).format
        return numeral(count.get(at, 0), kind)

    return re.sub(r"%([1-9])", value, level.text)


# --- paragraphs and tables ---------------------------------------------------------------------------------------


_Piece = tuple[str, Face, float]  # characters, their face, their size in points


class _Reader:
    """Walks through a document's elements; tracked insertions are text, deletions are not."""

    def __init__(self, document: "Document") -> None:
        part = document.part
        self._styles = _Styles(document.styles.element)
        related = {relation.reltype.rsplit("/", 1)[-1] for relation in part.rels.values()}
        numbering = part.numbering_part.element if "numbering" in related else None
        self._numbers = _Numbers(numbering, self._styles)
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
            mark = _child(block, "pPr", "rPr")
            if _child(mark, "del") is not None or _child(mark, "moveFrom") is not None:
                carried = pieces
                continue
            carried = []
            lines += self._paragraph(block, style, pieces)
        return lines + paragraph_lines((words, face) for words, face, _ in carried)

    def _paragraph(self, block: Any, style: _Style, pieces: list[_Piece]) -> list[Line]:
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
        outlined = _value(block, "pPr", "outlineLvl")
        heading = style.heading if outlined is None else _number(outlined, 9) < 9
        return paragraph_lines(text, bullet=bullet and not heading, heading=heading, size=_size(pieces))

    def _table(self, table: Any) -> list[Line]:
        lines: list[Line] = []
        for row in _within(table, "tr"):
            if _child(row, "trPr", "del") is None:
                lines += row_lines([self.lines_in(cell) for cell in _within(row, "tc")])
        return lines

    def _pieces(self, node: Any, style: _Style, boxes: list[Any]) -> Iterator[_Piece]:
        """The text of a paragraph; the text boxes that hang on it are put aside."""
        for child in _shown(node):
            if child.tag == W + "r":
                face = self._styles.face(child, style)
                kind: Face = "bold" if face.bold else "italic" if face.italic else ""
                for words in _words(child, boxes):
                    if not face.hidden:
                        yield words, kind, _number(face.size, 0) / 2
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
