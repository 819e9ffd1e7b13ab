"""Web pages (HTML), by lxml: the words of the main part, its headings, lists and tables.

Nothing is fetched and no script is run. What surrounds the main part (navigation, banners, forms, footers) is page
furniture; what a browser does not show is left out.
"""

import codecs
import re
from dataclasses import dataclass, replace
from typing import Any

from assistant.errors import LetterError
from assistant.reading.readers.lines import (
    NUMBER,
    Face,
    Line,
    Source,
    numeral,
    paragraph_lines,
    plain,
    row_lines,
    without_repeats,
)
from assistant.reading.readers.text import decode

__all__ = ["is_web", "read_web"]

MOST_BYTES = 10 * 2**20  # of a page without the pictures that were saved in it
MOST_TAGS = 200_000
MOST_ATTRIBUTES = 500  # of one tag; the parser compares each with all before it
LEAST_WORDS = 40  # a page with fewer in its main part holds no letter
LONGEST_ERROR = 300  # words; a page with more is no error page, whatever its title says

COMMENTS = re.compile(r"^(?:\s|<!--.{0,4000}?-->|<\?.{0,400}?\?>)+", re.DOTALL)
PAGE = re.compile(r"<(?:!doctype\s+html|html|head|body|title|meta|base)\b", re.IGNORECASE)
FRAGMENT = re.compile(
    r"<(?:main|article|section|header|nav|div|p|h[1-6]|table|[uo]l|script|style|link)\b", re.IGNORECASE
)
CLOSED = re.compile(r"</(?:p|div|h[1-6]|li|td|section|article|main)\s*>", re.IGNORECASE)
CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_.:-]{3,20})""")
ENCODINGS = re.compile(r"iso8859-\d{1,2}|cp125\d|koi8-[ru]|mac-roman|cp1252")
PICTURE = re.compile(r"data:[\w/+.;=-]{0,80}base64,[A-Za-z0-9+/=%]+")
LONG_TAG = re.compile(r"<[A-Za-z][^<>]{1000,}")
VALUE = re.compile(r"\"[^\"]*\"|'[^']*'|=[^\s\"']+")
ATTRIBUTE = re.compile(r"[^\s/=\"']+")
ERROR = re.compile(
    r"^\W*(?:error\W+)?(?:40\d|41\d|429|50\d)\b|\b(?:error|http)\W+(?:40\d|50\d)\b|^\W*not found\b"
    r"|\b(?:page|file|document) (?:was |is |could )?not (?:be )?found\b"
    r"|\b(?:page|site|service) (?:is )?(?:no longer|temporarily|currently) (?:exists|available|unavailable)"
    r"|\b(?:access (?:is |was )?denied|forbidden|just a moment|attention required|service unavailable|bad gateway"
    r"|request (?:rejected|blocked)|are you (?:a )?human|captcha|(?:sign|log) ?in to (?:your )?account"
    r"|down for maintenance)\b",
    re.IGNORECASE,
)

UNSEEN = set(
    "script style noscript template svg math iframe object canvas audio video map datalist dialog head".split()
)
AROUND = set("nav footer aside button select textarea label option legend".split())
ROLES = set("navigation banner contentinfo complementary search dialog alertdialog doc-endnotes doc-footnote".split())
AROUND_NAMES = re.compile(
    r"(?:^|[\s_-])(?:cookies?|consent|breadcrumbs?|skip-?(?:to|links?)|pagination|share|footnotes?)(?:$|[\s_-])",
    re.IGNORECASE,
)
HIDDEN_NAMES = set("visually-hidden visuallyhidden sr-only screen-reader-text element-invisible".split())
HIDDEN_NAMES |= {f"govuk-{name}" for name in HIDDEN_NAMES}
HIDDEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|(?<![\w-])opacity\s*:\s*0(?![\d.]*[1-9])", re.IGNORECASE
)
BOLD_STYLE = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.IGNORECASE)
LIGHT_STYLE = re.compile(r"font-weight\s*:\s*(?:normal|[1-5]00)", re.IGNORECASE)
ITALIC_STYLE = re.compile(r"font-style\s*:\s*(?:italic|oblique)", re.IGNORECASE)
UPRIGHT_STYLE = re.compile(r"font-style\s*:\s*normal", re.IGNORECASE)
HEADINGS = {f"h{level}" for level in range(1, 7)}
BLOCKS = HEADINGS | set(
    "html body main article section header footer nav aside div p ul ol li dl dt dd table caption colgroup thead tbody "
    "tfoot tr td th blockquote pre address hr form fieldset details summary figure figcaption center".split()
)
KEPT_STYLE = re.compile(r"white-space\s*:\s*(?:pre|break-spaces)", re.IGNORECASE)
LIST_STYLE = re.compile(r"list-style(?:-type)?\s*:\s*([\w-]+)", re.IGNORECASE)
NUMERALS = {
    "1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman",
    "lower-alpha": "lowerLetter", "lower-latin": "lowerLetter", "upper-alpha": "upperLetter",
    "upper-latin": "upperLetter", "lower-roman": "lowerRoman", "upper-roman": "upperRoman",
    "decimal-leading-zero": "decimalZero", "none": "none",
}  # fmt: skip
NOTE_MARK = re.compile(r"^\[?(?:\d{1,3}|[a-z*†‡])\]?$")  # of a footnote


def is_web(text: str) -> bool:
    """Whether a text is the source of a web page, or of a part of one.

    Args:
        text: Its beginning will do.
    """
    start = COMMENTS.sub("", text[:5000])
    if PAGE.match(start):
        return True
    return bool(FRAGMENT.match(start)) and len(CLOSED.findall(text)) >= 3


def read_web(name: str, data: bytes) -> Source:
    """Lines of a web page; each is a paragraph, a list item, a row of a table, or a line of one with line breaks.

    Args:
        name: The file's name, for messages only.
        data: Its bytes.

    Raises:
        LetterError: If it is too large or nested too deep, is an error page, or has no letter in it.
    """
    root = _parsed(name, PICTURE.sub("", _characters(name, data)))
    body = root.find("body")
    body = root if body is None else body
    lengths: dict[Any, int] = {}
    _measure(body, lengths)
    main = _main_part(body, lengths)
    page = _Page(lengths, {main, _only_title(root, lengths)}, _surroundings(body, main, lengths))
    page.read(body, furniture=main is not body)
    lines, headers = without_repeats(page.lines)
    words = sum(len(line.text.split()) for line in lines)
    heads = [_title(root), *(line.text for line in lines[:3] if line.heading)]
    if words < LONGEST_ERROR and any(ERROR.search(head) for head in heads):
        raise LetterError(name, "is a web page that says an error happened, not a letter; fetch the letter again")
    if words < LEAST_WORDS:
        raise LetterError(name, "is a web page without a letter in it; fetch the letter itself")
    return Source(tuple(lines), (*(line.text for line in page.furniture), *headers), None, wrapped=False)


def _characters(name: str, data: bytes) -> str:
    """The text of a page: in the encoding that it names, where that is one of the web's, else as any text."""
    found = CHARSET.search(data[:4096])
    if found and not data.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")) and b"\0" not in data[:4096]:
        try:
            known = codecs.lookup(found[1].decode()).name
        except LookupError:
            known = ""
        known = "cp1252" if known in ("iso8859-1", "ascii") else known  # as browsers take them
        if ENCODINGS.fullmatch(known):
            return data.decode(known, errors="replace")
    return decode(name, data)


def _parsed(name: str, text: str) -> Any:
    from lxml import etree

    if len(text) > MOST_BYTES or text.count("<") > MOST_TAGS or _most_attributes(text) > MOST_ATTRIBUTES:
        raise LetterError(name, "is a web page larger than any letter; save the letter itself, as PDF or text")
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True)
    try:
        root = etree.fromstring(text.replace("\0", "").encode("utf-8", "replace"), parser)
    except etree.LxmlError:
        root = None
    if any(error.type_name in ("ERR_RESOURCE_LIMIT", "ERR_INTERNAL_ERROR") for error in parser.error_log):
        raise LetterError(name, "is a web page that is nested too deep to be read; save it as PDF")
    if root is None:
        raise LetterError(name, "is a web page without a letter in it; fetch the letter itself")
    return root


def _most_attributes(text: str) -> int:
    """About how many attributes the fullest of the long tags has; their values are none."""
    return max((len(ATTRIBUTE.findall(VALUE.sub("", tag))) for tag in LONG_TAG.findall(text)), default=0)


# --- the main part -----------------------------------------------------------------------------------------------


def _measure(node: Any, lengths: dict[Any, int]) -> int:
    """Write down how many words stand in an element and in each within it; hidden ones are left out."""
    count = len((node.text or "").split())
    for child in node:
        if isinstance(child.tag, str) and not _hidden(child):
            count += _measure(child, lengths)
        count += len((child.tail or "").split())
    lengths[node] = count
    return count


def _hidden(node: Any) -> bool:
    return (
        node.tag in UNSEEN
        or node.get("hidden") is not None
        or bool(HIDDEN_STYLE.search(node.get("style") or ""))
        or bool(HIDDEN_NAMES & set((node.get("class") or "").lower().split()))
    )


def _main_part(body: Any, lengths: dict[Any, int]) -> Any:
    """The one `main`, or else the one `article`, that holds enough to be a letter; else the whole body."""
    for wanted in (
        {node for node in lengths if node.tag == "main" or node.get("role") == "main"},
        {node for node in lengths if node.tag == "article"},
    ):
        outer = [node for node in wanted if not any(above in wanted for above in node.iterancestors())]
        if len(outer) == 1 and lengths[outer[0]] >= LEAST_WORDS:
            return outer[0]
    return body


def _surroundings(body: Any, main: Any, lengths: dict[Any, int]) -> set[Any]:
    """The elements that are page furniture by what they are, or by what they are called unless they hold the letter."""
    most = lengths[main] / 2
    return {
        node
        for node in lengths
        if node not in (body, main) and (_is_around(node) or (lengths[node] <= most and _is_called_so(node)))
    }


def _is_around(node: Any) -> bool:
    if node.tag == "header":  # that of an article, unlike that of the page, holds its title
        return not any(above.tag in ("main", "article") for above in node.iterancestors())
    return node.tag in AROUND or node.get("role") in ROLES


def _is_called_so(node: Any) -> bool:
    """Forms too, since some sites wrap the whole page in one."""
    if node.tag in HEADINGS or node.tag in ("p", "li", "td"):
        return False
    names = f"{node.get('id') or ''} {node.get('class') or ''}"
    return node.tag == "form" or bool(AROUND_NAMES.search(names))


def _title(root: Any) -> str:
    title = root.find(".//title")
    return plain("".join(title.itertext())) if title is not None else ""


def _only_title(root: Any, lengths: dict[Any, int]) -> Any:
    """The page's only `h1`, where it is the page's title: it belongs to the letter wherever it stands, or None."""
    heads = [node for node in lengths if node.tag == "h1"]
    words = plain("".join(heads[0].itertext())) if len(heads) == 1 else ""
    return heads[0] if words and _title(root).startswith(words) else None


# --- paragraphs, lists and tables --------------------------------------------------------------------------------


@dataclass(slots=True)
class _Item:
    """What is printed before a list item's first paragraph: a number, or nothing for a bullet."""

    mark: str
    used: bool = False


@dataclass(frozen=True, slots=True)
class _Place:
    """What the elements around a piece of text make of it."""

    furniture: bool
    heading: bool = False
    face: Face = ""
    kept: bool = False  # line breaks of the source are printed
    item: _Item | None = None


class _Page:
    """Collects the lines of a page, element by element."""

    def __init__(self, lengths: dict[Any, int], letter: set[Any], around: set[Any]) -> None:
        self.lines: list[Line] = []
        self.furniture: list[Line] = []
        self._lengths, self._letter, self._around = lengths, letter, around
        self._pieces: list[tuple[str, Face]] = []
        self._marks: dict[Any, str] = {}

    def read(self, body: Any, *, furniture: bool) -> None:
        """Collect all lines of a page; `furniture` says what stands directly in its body."""
        place = _Place(furniture)
        self._inside(body, place)
        self._end(place)

    def _inside(self, node: Any, place: _Place) -> None:
        self._text(node.text, place)
        for child in node:
            if child.tag == "br":
                self._pieces.append(("\n", place.face))
            elif isinstance(child.tag, str) and not _hidden(child) and not _is_note_mark(child):
                self._element(child, place)
            self._text(child.tail, place)

    def _text(self, text: str | None, place: _Place) -> None:
        if text:
            words = text.replace("\r\n", "\n") if place.kept else re.sub(r"[ \t\r\n\f]+", " ", text)
            self._pieces.append((words, place.face))

    def _element(self, node: Any, place: _Place) -> None:
        inner = replace(
            place,
            furniture=node in self._around or (place.furniture and node not in self._letter),
            heading=place.heading or node.tag in HEADINGS,
            face=_face(node, place.face),
            kept=place.kept or node.tag == "pre" or bool(KEPT_STYLE.search(node.get("style") or "")),
        )
        if node.tag not in BLOCKS and inner.furniture == place.furniture:
            self._inside(node, inner)
            return
        self._end(place)
        cells = self._cells(node)
        if cells:
            self._rows(cells, inner)
            return
        if node.tag == "ol":
            self._marks |= _numbered(node)
        elif node.tag == "li":
            inner = replace(inner, item=_Item(self._marks.get(node, "")))
        self._inside(node, inner)
        self._end(inner)

    def _cells(self, node: Any) -> list[Any]:
        """The cells of a table's row, or the terms of a list with what is said of each, where they hold all words."""
        tags = {"tr": ("td", "th"), "dl": ("dt", "dd")}.get(node.tag)
        if tags is None:
            return []
        cells = [
            cell for cell in node.iter(*tags) if cell in self._lengths and next(cell.iterancestors(node.tag)) is node
        ]
        return cells if sum(self._lengths[cell] for cell in cells) == self._lengths[node] else []

    def _rows(self, cells: list[Any], place: _Place) -> None:
        """Add a row of a table, or a row for each term of a list."""
        before, found = self.lines, self.furniture if place.furniture else self.lines
        row: list[list[Line]] = []
        said = False
        for cell in cells:
            if said and cell.tag == "dt":
                found += row_lines(row)
                row = []
            said = cell.tag == "dd"
            self.lines = []
            self._element(cell, replace(place, furniture=False, item=None))
            row.append(self.lines)
        self.lines = before
        found += row_lines(row)

    def _end(self, place: _Place) -> None:
        """End the paragraph that is being collected, if there is one."""
        pieces, self._pieces = self._pieces, []
        words = plain("".join(piece for piece, _ in pieces))
        if not words:
            return
        bullet, item = False, place.item
        if item and not item.used:
            item.used = True
            numbered = NUMBER.match(words.split()[0]) is not None  # typed, whatever the list prints
            bullet = not numbered and not item.mark[:1].isdigit()
            if item.mark and not numbered:
                pieces.insert(0, (f"{item.mark} ", pieces[0][1]))
        lines = paragraph_lines(pieces, bullet=bullet, heading=place.heading)
        (self.furniture if place.furniture else self.lines).extend(lines)


def _face(node: Any, around: Face) -> Face:
    """The face of an element's words; `around` is that of the element that holds it."""
    style = node.get("style") or ""
    if node.tag in ("b", "strong", "th") or BOLD_STYLE.search(style):
        return "bold"
    if around == "bold" and not LIGHT_STYLE.search(style):
        return "bold"
    if node.tag in ("i", "em", "cite") or ITALIC_STYLE.search(style):
        return "italic"
    return "" if around == "bold" or UPRIGHT_STYLE.search(style) else around


def _is_note_mark(node: Any) -> bool:
    """Whether an element is the raised number that leads to a footnote."""
    if node.tag != "sup" or not NOTE_MARK.match("".join(node.itertext()).strip()):
        return False
    links = [*node.iter("a"), node.getparent()]
    return any(link.tag == "a" and (link.get("href") or "").startswith("#") for link in links)


def _numbered(node: Any) -> dict[Any, str]:
    """What an ordered list prints before each of its items."""
    style = LIST_STYLE.search(node.get("style") or "")
    kind = NUMERALS.get(style[1].lower() if style else node.get("type") or "1", "decimal")
    items = [child for child in node if child.tag == "li" and not _hidden(child)]
    step = -1 if node.get("reversed") is not None else 1
    number = _whole(node.get("start"), 1 if step > 0 else len(items))
    marks: dict[Any, str] = {}
    for item in items:
        number = _whole(item.get("value"), number)
        printed = numeral(number, kind)
        marks[item] = f"{printed}." if printed else ""
        number += step
    return marks


def _whole(value: str | None, default: int) -> int:
    return int(value) if value and re.fullmatch(r"\s*-?\d{1,6}\s*", value) else default
