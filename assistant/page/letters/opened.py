"""A letter opened at a citation: the words cited in a `<mark>`, with what stands around them."""

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from assistant.letters.citations import Citation, letter_link
from assistant.letters.letter import Letter, Paragraph, Section
from assistant.page.frame.render import DIRECTIONS
from assistant.page.http.addresses import relative
from assistant.page.letters.spans import around, touched, touches

__all__ = ["Block", "blocks", "original", "reader"]

AROUND = 2  # paragraphs shown before and after the one cited: enough to judge it, little enough to read


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of a letter that is shown as one: a heading or a paragraph.

    Attributes:
        start: Offset in the letter's text.
        end: End offset.
        label: The paragraph's number, or "" for a heading.
        page: The page that it begins on, or None.
        heading: Whether it is a heading.
        bullet: Whether it was printed as a list item.
    """

    start: int
    end: int
    label: str = ""
    page: int | None = None
    heading: bool = False
    bullet: bool = False


def reader(citation: Citation, position: int, total: int, turn: int) -> str:
    """The opened letter with its controls.

    Args:
        citation: What is marked.
        position: Its place among the citations shown, from 1.
        total: Number of citations shown.
        turn: Number of the answer in the conversation, from 1.
    """
    address, words = original(citation)
    return (
        f'<div class="reader">{_steps(position, total, turn)}'
        f'<p class="locator">{_escaped(citation.locator)}</p>'
        f'<div class="letter">{_text(citation)}</div>'
        f'<p class="controls">{_away(citation.link, "The whole letter")}{_away(address, words)}'
        f'<button type="button" data-go="#close-{turn}-{position}">Close the letter</button></p></div>'
    )


def original(citation: Citation) -> tuple[str, str]:
    """The address of the file that the letter was read from, at the page where it has pages, and what it is called."""
    letter, page = citation.letter, citation.paragraph.page_start
    address = f"{letter_link(letter)}/file/{quote(letter.file, safe='')}"
    if letter.file.lower().endswith(".pdf") and page is not None:
        return f"{address}#page={page}", f"The original PDF, page {page}"
    return address, "The original"


def _away(address: str, words: str) -> str:
    """A link that leaves the conversation where it is."""
    new = '<span class="hidden"> (opens in a new tab)</span>'
    return f'<a class="away" href="{_escaped(relative(address))}" target="_blank" rel="noopener">{words}{new}</a>'


def _steps(position: int, total: int, turn: int) -> str:
    """Previous, next, and the way back to the answer."""

    def step(to: int, words: str) -> str:
        off = "" if 1 <= to <= total else " disabled"
        more = '<span class="hidden"> source</span>'
        return f'<button type="button" data-go="#cite-{turn}-{to}"{off}>{words}{more}</button>'

    return (
        '<div class="steps" role="group" aria-label="Sources">'
        f"{step(position - 1, 'Previous')}<span>Source {position} of {total}</span>"
        f'{step(position + 1, "Next")}<button type="button" data-back-to="{turn}-{position}">'
        "Back to the answer</button></div>"
    )


def blocks(letter: Letter, section: Section) -> tuple[Block, ...]:
    """The heading and the paragraphs of a section, in order."""
    found = [Block(p.start, p.end, p.name, _page(p), heading=False, bullet=p.bullet) for p in section.paragraphs]
    first = found[0].start if found else section.end
    end = section.start + len(section.heading)
    if section.heading and not letter.text.startswith(section.heading, section.start):
        end = section.start + len(letter.text[section.start : first].rstrip())  # printed over several lines
    if section.heading and section.start < end <= first:
        found.insert(0, Block(section.start, end, heading=True))
    return tuple(found)


def _page(paragraph: Paragraph) -> int | None:
    return paragraph.page_start


def _text(citation: Citation) -> str:
    parts = _marked(blocks(citation.letter, citation.section), citation)
    here = next(i for i, block in enumerate(parts) if touches(block, citation))
    first, last = max(0, here - AROUND), here + AROUND + 1
    chosen = list(parts[first:last])
    if first > 0 and parts[0].heading and parts[0] not in chosen:
        chosen.insert(0, parts[0])
    skipped = first > (1 if parts[0].heading else 0)
    return _section(citation, chosen, skipped, len(parts) > last)


def _marked(parts: Sequence[Block], citation: Citation) -> tuple[Block, ...]:
    """The blocks; those that the quote runs over are made one, so that one `<mark>` holds all of it."""
    under = touched(parts, citation)
    if len(under) == 1 and under[0].start <= citation.start and citation.end <= under[0].end:
        return tuple(parts)
    first = under[0] if under else Block(citation.start, citation.end)
    joined = Block(*around(under, citation), first.label, first.page, heading=first.heading and len(under) == 1)
    rest = [block for block in parts if block not in under]
    return tuple(sorted([*rest, joined], key=lambda block: block.start))


def _section(citation: Citation, parts: Sequence[Block], before: bool, after: bool) -> str:
    quiet = " quiet" if citation.section.kind in ("letterhead", "sign-off", "notes") else ""
    return f'<div class="section{quiet}">{"".join(_pieces(citation, parts, before, after))}</div>'


def _pieces(citation: Citation, parts: Sequence[Block], before: bool, after: bool) -> Iterator[str]:
    page: int | None = None
    gap = '<p class="gap" aria-hidden="true">…</p>'
    for block in parts:
        words = _words(citation, block)
        if block.heading:
            yield f"<h4>{words}</h4>"
        if before and (block.heading or block is parts[0]):
            yield gap
            before = False
        if not block.heading:
            printed = f"p. {block.page}" if block.page is not None and block.page != page else ""
            page = block.page
            yield _paragraph(block, words, printed)
    if after:
        yield gap


def _paragraph(block: Block, words: str, printed: str) -> str:
    spoken = f'<span class="aside"><span class="hidden">Paragraph </span>{_escaped(block.label)}'
    page = f' <span class="page">{printed}</span>' if printed else ""
    kind = "paragraph bullet" if block.bullet else "paragraph"
    label = f"{spoken}{page}</span>" if block.label else ""
    return f'<div class="{kind}">{label}<p dir="auto">{words}</p></div>'


def _words(citation: Citation, block: Block) -> str:
    """A block's words, escaped, with the quote in a `<mark>` where it stands."""
    text = citation.letter.text
    if not touches(block, citation):
        return _escaped(text[block.start : block.end])
    before = text[block.start : citation.start]
    after = text[citation.end : block.end]
    mark = f'<mark id="hit" tabindex="-1">{_escaped(citation.quote)}</mark>'
    return f"{_escaped(before)}{mark}{_escaped(after)}"


def _escaped(text: str) -> str:
    return html.escape(text.translate(DIRECTIONS), quote=True)
