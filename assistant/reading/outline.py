"""From lines to sections and paragraphs, and the one clean text that every offset refers to.

How the layouts are told apart: a letter has "Dear ..." within its first lines, with the letterhead before it and a
signature behind; a report has a front page (title, dates, table of judgements) before its first section.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache

from assistant.letters.headings import graded_heading, heading_kind
from assistant.letters.inspectorates import Inspectorate, shipped, spelt, written_by
from assistant.letters.letter import Paragraph, Section
from assistant.reading.readers.lines import Line, Source

__all__ = ["Outline", "outline"]

CONTENTS = re.compile(r"^(?:Table of )?contents$", re.IGNORECASE)
DEAR = re.compile(r"^Dear\b.{2,100}$")
YOURS = re.compile(r"^Yours? (?:sincerely|faithfully|truly)\b", re.IGNORECASE)
LABEL = re.compile(r"^(\d{1,3}(?:\.\d{1,3}){0,3})(?:[.)]{1,2}\s*|(?<=\.\d)\s+|(?<=\.\d\d)\s+)(?=[A-Z\"'“‘(]|\d)")
LONE_LABEL = re.compile(r"^(\d{1,3})\.$")
TERMINAL = re.compile(r"[.!?:;][\"'”’)\]]*$")
LONGEST_ROW = 5  # lines of a table row
STUDY = re.compile(r"^(?:practice|case) study\b", re.IGNORECASE)
HEADING_WORDS = 30  # most words of a heading set in bold; longer bold text is emphasis
SHAPED_WORDS = 10  # most words of a heading known by nothing but its shape
DEAR_WITHIN = 60  # lines
NUMBERED_HEADING = re.compile(r"^1[.)]?\s+[A-Z]")  # "1. Purpose of report"
SENTENCE_END = re.compile(r"[a-z0-9)][.!?][\"'”’]?$")
FRONT_WORDS = 12  # of a sentence that ends the front of a document without pages
FRONT_CHARS = 150  # a paragraph longer than this ends the front page


@dataclass(frozen=True, slots=True)
class _Words:
    """What lines of an inspectorate's documents are known by.

    Attributes:
        by: Whose words they are.
        graded: A heading that closes with its grade.
        no_heading: A lone grade, a lone number.
        inspector: The line of an inspector who signs.
        notes: How notes about the inspectorate begin.
        closing: How the paragraph about what happens next begins.
        row: How the row of a table of judgements begins.
        row_grade: How it ends.
        table: The heading of such a table.
        alone: A grade alone on its line.
    """

    by: Inspectorate
    graded: re.Pattern[str]
    no_heading: re.Pattern[str]
    inspector: re.Pattern[str]
    notes: re.Pattern[str]
    closing: re.Pattern[str]
    row: re.Pattern[str]
    row_grade: re.Pattern[str]
    table: re.Pattern[str]
    alone: re.Pattern[str]

    def kind(self, heading: str) -> str | None:
        """What a heading means, or None."""
        return heading_kind(heading, self.by)


@cache
def _words(by: Inspectorate) -> _Words:
    standing, tables = by.standing_words, by.tables
    areas = [words for area in by.areas for words in (area.words or (area.name,))]
    return _Words(
        by,
        graded_heading(by),
        re.compile(rf"^(?:[^A-Za-z]*|{by.grade})$", re.IGNORECASE),
        re.compile(rf"^.{{0,60}}(?:{spelt(standing.sign_off or by.own.inspectors)})\W*$"),
        re.compile(rf"^(?:{spelt(standing.notes)})"),
        re.compile(rf"^(?:{spelt(standing.closing)})"),
        re.compile(rf"^(?:\d(?:\.\d)?\.?\s+)?(?:{spelt(tables.rows or tables.areas or areas)})", re.IGNORECASE),
        re.compile(rf"\b(?:{by.grade})$", re.IGNORECASE),
        re.compile(rf"^(?:{spelt(tables.headings)})$", re.IGNORECASE),
        re.compile(rf"^(?:{spelt(tables.alone) if tables.alone else by.grade})$", re.IGNORECASE),
    )


@dataclass(slots=True)
class _Block:
    """A heading, bullet, table row or paragraph being put together from its lines."""

    kind: str  # "heading", "bullet", "row" or "text"
    lines: list[Line]
    label: str | None = None
    hang: float | None = None  # left edge of the second line, where it is indented
    text: str = ""

    def add(self, line: Line) -> None:
        if len(self.lines) == 1 and self.kind != "heading" and line.left > self.lines[0].left + 5:
            self.hang = line.left
        self.lines.append(line)
        # A word divided at the line's end keeps its hyphen and takes no space.
        self.text += line.text if self.text.endswith("-") and line.text[:1].islower() else f" {line.text}"

    @property
    def size(self) -> float:
        return self.lines[0].size


@dataclass(frozen=True, slots=True)
class Outline:
    """The clean text of a document and its sections.

    Attributes:
        text: All its words.
        sections: In reading order.
        title: As printed on the front page or after "Dear".
        by: The inspectorate by whose table it is read.
    """

    text: str
    sections: tuple[Section, ...]
    title: str | None
    by: Inspectorate = field(default_factory=shipped)


def outline(source: Source) -> Outline:
    """Sections, paragraphs and the clean text of a document.

    Args:
        source: Its lines.

    Returns:
        The outline; every line of the source is in its text.
    """
    by = written_by("\n".join(line.text for line in source.lines))
    known = _words(by)
    blocks = _blocks(_table_rows(source.lines, known), source.wrapped, known)
    headed = _with_headings(blocks, source, known)
    title, sections = _sections(headed, known)
    return Outline(*_text(sections), title=title, by=by)


# --- blocks ------------------------------------------------------------------------------------------------------


def _table_rows(lines: tuple[Line, ...], known: _Words) -> list[tuple[Line, bool]]:
    """Rows of judgement tables, on the first page or below a table's heading, as one line; the flag marks them."""
    out: list[tuple[Line, bool]] = []
    at = 0
    while at < len(lines):
        below = bool(out) and (out[-1][1] or bool(known.table.match(out[-1][0].text)))
        row = _row_at(lines, at, known) if below or lines[at].page == 1 else None
        if row:
            text = " ".join(line.text for line in lines[at : at + row])
            out.append((replace(lines[at], text=text, gap=True), True))
            at += row
        else:
            out.append((lines[at], False))
            at += 1
    return out


def _row_at(lines: tuple[Line, ...], at: int, known: _Words) -> int | None:
    """How many lines from `at` on make one row that ends in a grade, or None."""
    if not known.row.match(lines[at].text):
        return None
    text = ""
    for count, line in enumerate(lines[at : at + LONGEST_ROW], 1):
        if known.row.match(line.text) and text and not text.endswith((" of", " and")):
            return None  # the next row begins before this one had a grade
        text = f"{text} {line.text}".strip()
        if ":" in text:
            return None
        if known.row_grade.search(text):
            following = lines[at + count].text.strip() if at + count < len(lines) else ""
            if following.lower() == "to be good":
                return count + 1
            return None if following[:1].islower() else count  # "... of good / quality" is running text
    return None


def _blocks(lines: list[tuple[Line, bool]], wrapped: bool, known: _Words) -> list[_Block]:
    blocks: list[_Block] = []
    counter = 0  # the last whole-number label, so that "20 Months" in running text is not taken for one
    pending: str | None = None
    for line, row in lines:
        lone = LONE_LABEL.match(line.text)
        if lone and int(lone[1]) in (1, counter + 1, counter + 2):
            pending, counter = lone[1], int(lone[1])
            continue
        last = blocks[-1] if blocks else None
        label, rest = (pending, line.text) if pending else _label(line, counter, last)
        if last and not (row or label or line.bullet) and _continues(last, line, wrapped, known):
            last.add(line)
            continue
        if label and label.isdigit():
            counter = int(label)
        kind = "row" if row else "bullet" if line.bullet else "heading" if line.heading and not pending else "text"
        blocks.append(
            _Block(kind, [line], label if kind != "heading" else None, text=rest if kind != "heading" else line.text)
        )
        pending = None
    if pending:  # a number at the very end
        blocks.append(_Block("text", [lines[-1][0]], text=f"{pending}."))
    return blocks


def _label(line: Line, counter: int, last: _Block | None) -> tuple[str | None, str]:
    """The printed number that begins a line, where it carries on the numbering, and the words behind it."""
    match = LABEL.match(line.text)
    if not match:
        return None, line.text
    label = match[1]
    begins = line.gap or line.bullet or last is None or last.kind == "heading" or bool(TERMINAL.search(last.text))
    expected = "." in label or int(label) in ((1, counter + 1, counter + 2) if line.gap else (1, counter + 1))
    return (label, line.text[match.end() :]) if begins and expected else (None, line.text)


def _continues(last: _Block, line: Line, wrapped: bool, known: _Words) -> bool:
    """Whether a line goes on with the block before it, over line and page breaks."""
    before = last.lines[-1]
    if last.kind == "row":
        return False
    if line.heading or last.kind == "heading":
        both = line.heading and last.kind == "heading" and line.minor == before.minor
        if not (both and wrapped and line.page == before.page):
            return False
        alike = abs(line.size - before.size) < 1 and not line.gap
        return alike or bool(known.alone.match(line.text))  # the grade may stand beside or below the heading
    turned = line.page != before.page
    if abs(line.size - before.size) > 2.5 or ((line.row or before.row) and not line.text[:1].islower()):
        return False
    if wrapped and not line.gap:
        return True
    if last.hang is not None and abs(line.left - last.hang) < 4 and (turned or not TERMINAL.search(last.text)):
        return True
    if TERMINAL.search(last.text) or DEAR.match(last.text) or YOURS.match(last.text):
        return False
    # A sentence that a page break cut: what follows begins small, or the line before was full.
    return line.text[:1].islower() or (turned and line.page is not None and before.full and len(last.text) > 60)


# --- headings ----------------------------------------------------------------------------------------------------


def _with_headings(blocks: list[_Block], source: Source, known: _Words) -> list[_Block]:
    body = _body_size(blocks)
    contents = False
    for at, block in enumerate(blocks):
        words = len(block.text.split())
        contents = bool(CONTENTS.match(block.text) or (contents and re.search(r"\s\d{1,3}$", block.text)))
        if contents and not CONTENTS.match(block.text):
            block.kind = "text"  # an entry of the table of contents, not the heading itself
        elif block.kind == "heading":
            stopped = block.text.endswith((".", ";")) and not (known.kind(block.text) or known.graded.match(block.text))
            if words > HEADING_WORDS or stopped or known.no_heading.match(block.text):
                block.kind = "text"
        elif block.kind == "text" and words <= HEADING_WORDS and not block.text.endswith((".", ";", ":", ",")):
            named = block.label is None and (known.kind(block.text) or known.graded.match(block.text))
            large = body and block.size > body * 1.25
            shaped = source.pages is None and (named or _shaped(blocks, at, known))
            if shaped or large or (named and block.lines[0].gap):
                block.kind = "heading"
    return blocks


def _body_size(blocks: list[_Block]) -> float:
    sizes: dict[float, int] = {}
    for block in blocks:
        for line in block.lines:
            sizes[line.size] = sizes.get(line.size, 0) + len(line.text)
    return max(sizes, key=lambda size: sizes[size], default=0.0)


def _shaped(blocks: list[_Block], at: int, known: _Words) -> bool:
    """A short line with space around it, no full stop, above something longer: a heading by its shape."""
    block = blocks[at]
    following = blocks[at + 1] if at + 1 < len(blocks) else None
    return (
        block.label is None
        and len(block.text.split()) <= SHAPED_WORDS
        and block.text[:1].isupper()
        and ":" not in block.text
        and not re.search(r"\d{4}|@|www|\d{3}", block.text)
        and block.lines[0].gap
        and following is not None
        and following.lines[0].gap
        and len(following.text) > len(block.text)
        and not (DEAR.match(block.text) or YOURS.match(block.text) or known.inspector.match(block.text))
    )


# --- sections ----------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Part:
    kind: str
    heading: str = ""
    blocks: list[_Block] = field(default_factory=list)


def _sections(blocks: list[_Block], known: _Words) -> tuple[str | None, list[_Part]]:
    lines = 0
    for at, block in enumerate(blocks):
        if _is_salutation(block) and lines <= DEAR_WITHIN:
            front, rest = _Part("letterhead", "", blocks[: at + 1]), blocks[at + 1 :]
            title = _letter_title(rest, known)
            front.blocks += rest[: title[1]]
            return title[0], [front, *_body(rest[title[1] :], known)]
        lines += len(block.lines)
    count = next((at for at, block in enumerate(blocks) if _ends_front(block, known)), None)
    if count is None:  # a short note: its first full sentence ends the front
        count = next((at for at, block in enumerate(blocks) if TERMINAL.search(block.text)), 0)
    title_text = _front_title(blocks[:count] or blocks[:1])
    front = _Part("letterhead", "", blocks[:count])
    return title_text, [front, *_body(blocks[count:], known)]


def _is_salutation(block: _Block) -> bool:
    """Whether a block is "Dear Ms Smith", or an address that ends with it because no space was left between them."""
    return bool(DEAR.match(block.text) or DEAR.match(block.lines[-1].text.strip()))


def _letter_title(blocks: list[_Block], known: _Words) -> tuple[str | None, int]:
    """The title that follows "Dear ...": short blocks before the first full sentence, and how many they are."""
    count = 0
    while count < min(3, len(blocks)) and not TERMINAL.search(blocks[count].text) and len(blocks[count].text) < 250:
        if known.kind(blocks[count].text):
            break
        count += 1
    return " ".join(block.text for block in blocks[:count]) or None, count


def _ends_front(block: _Block, known: _Words) -> bool:
    if block.kind == "heading":
        return bool(known.kind(block.text) or known.table.match(block.text) or NUMBERED_HEADING.match(block.text))
    if block.lines[0].page is None and len(block.text.split()) >= FRONT_WORDS and SENTENCE_END.search(block.text):
        return True  # Word files and web pages have no front page: their text begins with its first sentence
    return block.kind == "row" or (len(block.text) > FRONT_CHARS and bool(TERMINAL.search(block.text)))


def _front_title(front: list[_Block]) -> str | None:
    """The largest type of the front page, else its first heading."""
    if not front:
        return None
    largest = max(block.size for block in front)
    if largest:
        return " ".join(block.text for block in front if block.size == largest)[:300] or None
    return next((block.text for block in front if block.kind == "heading"), None)


def _body(blocks: list[_Block], known: _Words) -> Iterator[_Part]:
    part = _Part("introduction")
    section = part.kind  # of the heading above a minor heading
    numbered, label = part.kind, 0  # the section of the last printed whole number, and that number
    for at, block in enumerate(blocks):
        late = at > len(blocks) * 0.6
        if late and (YOURS.match(block.text) or (len(block.text) < 90 and known.inspector.match(block.text))):
            signed = _is_name(blocks[at - 1]) and not YOURS.match(block.text) and part.blocks[-1:] == [blocks[at - 1]]
            name = [part.blocks.pop()] if signed else []
            yield part
            part = _Part("sign-off", "", name + blocks[at:])
            yield from _about(part, known)
            return
        if known.notes.match(block.text) and part.kind != "notes":
            yield part
            part = _Part("notes")
            if late:
                yield _Part("notes", "", blocks[at:])
                return
        if block.kind == "heading":
            yield part
            kind = "judgements" if known.table.match(block.text) else known.kind(block.text) or "other"
            section = section if block.lines[0].minor else kind
            part = _Part(section, block.text)
            continue
        if block.label and block.label.isdigit():
            if STUDY.match(part.heading) and int(block.label) == label + 1 > 1:
                yield part  # the numbering goes on behind a box, and with it the section that the box stands in
                part = _Part(numbered)
            numbered, label = part.kind, int(block.label)
        if known.closing.match(block.text) and part.kind != "closing":
            yield part
            part = _Part("closing")
        if (block.kind == "row") != (part.kind == "judgements"):
            yield part
            part = _Part("judgements") if block.kind == "row" else _Part("introduction")
        part.blocks.append(block)
    yield part


def _is_name(block: _Block) -> bool:
    return block.kind == "text" and bool(re.fullmatch(r"(?:[A-Z][\w'’.-]+ ?){2,4}", block.text))


def _about(part: _Part, known: _Words) -> Iterator[_Part]:
    """A report's signature may be followed by the issuer's boilerplate."""
    for at, block in enumerate(part.blocks):
        if known.notes.match(block.text):
            yield _Part("sign-off", "", part.blocks[:at])
            yield _Part("notes", "", part.blocks[at:])
            return
    yield part


# --- text --------------------------------------------------------------------------------------------------------


def _text(parts: list[_Part]) -> tuple[str, tuple[Section, ...]]:
    pieces: list[str] = []
    length = 0
    sections: list[Section] = []

    def write(words: str, separator: str = "\n\n") -> tuple[int, int]:
        nonlocal length
        pieces.append(words + separator)
        start = length
        length += len(words) + len(separator)
        return start, start + len(words)

    for part in parts:
        if not part.blocks and not part.heading:
            continue
        begin = length
        if part.heading:
            write(part.heading)
        paragraphs: list[Paragraph] = []
        for block in part.blocks:
            if block.label:
                write(block.label, " ")
            start, end = write(block.text)
            paragraphs.append(
                Paragraph(
                    paragraph_id=f"s{len(sections) + 1}p{len(paragraphs) + 1}",
                    label=block.label,
                    number=len(paragraphs) + 1,
                    bullet=block.kind == "bullet" and not block.label,
                    start=start,
                    end=end,
                    page_start=block.lines[0].page,
                    page_end=block.lines[-1].page,
                )
            )
        sections.append(Section(part.kind, part.heading, begin, length, tuple(paragraphs)))
    text = "".join(pieces).rstrip("\n") + "\n"
    if sections:
        sections[-1] = replace(sections[-1], end=len(text))
    return text, tuple(sections)
