"""A letter opened at a citation: the words cited in a `<mark>`, with what stands around them or all of it."""

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.citations import Citation
from assistant.letters import Letter, Paragraph, Section

__all__ = ["Block", "blocks", "letter_html", "reader"]

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


def reader(citation: Citation, position: int, total: int, turn: int, *, whole: bool = False) -> str:
    """The opened letter with its controls.

    Args:
        citation: What is marked.
        position: Its place among the citations shown, from 1.
        total: Number of citations shown.
        turn: Number of the answer in the conversation, from 1.
        whole: Whether the whole letter is shown.
    """
    toggle = (
        f'<button type="button" data-go="#cite-{turn}-{position}">Show only this passage</button>'
        if whole
        else f'<button type="button" data-go="#whole-{turn}-{position}">Show the whole letter</button>'
    )
    return (
        f'<div class="reader">{_steps(position, total, turn)}'
        f'<p class="locator">{_escaped(citation.locator)}</p>'
        f'<div class="letter">{_text(citation, whole)}</div>'
        f'<p class="controls">{toggle}'
        f'<button type="button" data-go="#close-{turn}-{position}">Close the letter</button></p></div>'
    )


def letter_html(letter: Letter, head: str, stamp: int = 0) -> str:
    """A whole letter with nothing marked, for reading.

    Args:
        letter: What to show.
        head: Its title and facts as HTML.
        stamp: Differs each time (see `render.evidence_html`).
    """
    return (
        f'<div class="evidence" data-stamp="{stamp}" data-focus="heading">{head}'
        '<p class="controls"><button type="button" data-go="#library">All documents</button></p>'
        f'<div class="letter">{_all(letter, None)}</div></div>'
    )


def _steps(position: int, total: int, turn: int) -> str:
    """Previous, next, and the way back to the answer."""

    def step(to: int, words: str) -> str:
        off = "" if 1 <= to <= total else " disabled"
        return f'<button type="button" data-go="#cite-{turn}-{to}"{off}>{words}</button>'

    return (
        '<div class="steps" role="group" aria-label="Sources">'
        f"{step(position - 1, 'Previous source')}<span>Source {position} of {total}</span>"
        f'{step(position + 1, "Next source")}<button type="button" data-back="#cite-{turn}-{position}">'
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


def _text(citation: Citation, whole: bool) -> str:
    if whole:
        return _all(citation.letter, citation)
    section = citation.section
    parts = _marked(blocks(citation.letter, section), citation)
    here = next(i for i, block in enumerate(parts) if _touches(block, citation))
    first, last = max(0, here - AROUND), here + AROUND + 1
    chosen = list(parts[first:last])
    if first > 0 and parts[0].heading and parts[0] not in chosen:
        chosen.insert(0, parts[0])
    skipped = first > (1 if parts[0].heading else 0)
    return _section(citation.letter, section, chosen, citation, skipped, len(parts) > last)


def _all(letter: Letter, citation: Citation | None) -> str:
    """Every section; a quote that runs over several, or stands between them, is shown where it begins."""
    html_parts = []
    home = citation and _home(letter, citation)
    for section in letter.sections:
        parts = blocks(letter, section)
        mark = citation if citation and section == home else None
        if citation and mark:
            parts = _marked(parts, citation)
        html_parts.append(_section(letter, section, parts, mark))
    return "".join(html_parts)


def _home(letter: Letter, citation: Citation) -> Section:
    """The section of the letter that the citation names (equal, even where the letter was read again)."""
    same = [s for s in letter.sections if s.start <= citation.start < s.end]
    return same[0] if same else citation.section


def _touches(block: Block, citation: Citation) -> bool:
    return block.start < citation.end and citation.start < block.end


def _marked(parts: Sequence[Block], citation: Citation) -> tuple[Block, ...]:
    """The blocks; those that the quote runs over are made one, so that one `<mark>` holds all of it."""
    touched = [block for block in parts if _touches(block, citation)]
    if len(touched) == 1 and touched[0].start <= citation.start and citation.end <= touched[0].end:
        return tuple(parts)
    first = touched[0] if touched else Block(citation.start, citation.end)
    start = min([citation.start, *(block.start for block in touched)])
    end = max([citation.end, *(block.end for block in touched)])
    joined = Block(start, end, first.label, first.page, heading=first.heading and len(touched) == 1)
    rest = [block for block in parts if block not in touched]
    return tuple(sorted([*rest, joined], key=lambda block: block.start))


def _section(
    letter: Letter,
    section: Section,
    parts: Sequence[Block],
    citation: Citation | None,
    before: bool = False,
    after: bool = False,
) -> str:
    quiet = " quiet" if section.kind in ("letterhead", "sign-off", "notes") else ""
    return f'<div class="section{quiet}">{"".join(_pieces(letter, parts, citation, before, after))}</div>'


def _pieces(
    letter: Letter, parts: Sequence[Block], citation: Citation | None, before: bool, after: bool
) -> Iterator[str]:
    page: int | None = None
    gap = '<p class="gap" aria-hidden="true">…</p>'
    for block in parts:
        words = _words(letter, block, citation)
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
    return f'<div class="{kind}">{label}<p>{words}</p></div>'


def _words(letter: Letter, block: Block, citation: Citation | None) -> str:
    """A block's words, escaped, with the quote in a `<mark>` where it stands."""
    text = letter.text
    if citation is None or not _touches(block, citation):
        return _escaped(text[block.start : block.end])
    before = text[block.start : citation.start]
    after = text[citation.end : block.end]
    mark = f'<mark id="hit" tabindex="-1">{_escaped(citation.quote)}</mark>'
    return f"{_escaped(before)}{mark}{_escaped(after)}"


def _escaped(text: str) -> str:
    return html.escape(text, quote=True)
