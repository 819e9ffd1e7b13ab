"""An answer as plain text, as Markdown with footnotes and as a web page that stands alone."""

import re
from html import escape
from textwrap import fill

from assistant.answer import Answer
from assistant.export.layout import Block, Layout, Line, Source, layout

__all__ = ["html", "markdown", "plain_text"]


def plain_text(answer: Answer, width: int | None = None) -> str:
    """An answer as plain text, for an e-mail or a terminal.

    Args:
        answer: An answer or a refusal.
        width: Wrap at this many characters, for a terminal. By default each sentence and quote is one
            line, so that e-mail programs wrap it and a search finds it whole.
    """
    page = layout(answer)
    parts = [_wrapped(page.question, "Question: ", width)]
    if page.message:
        parts.append(_wrapped(page.message, f"{page.verdict}: ", width, hang=0))
    for block in page.blocks:
        lines = [_wrapped(f"{line.text} {_markers(line.numbers)}", "- ", width) for line in block.lines]
        if block.heading:
            lines.insert(0, _wrapped(f"{block.heading}:", "", width))
        parts.append("\n".join(lines))
    if page.sources:
        parts.append(_wrapped(page.sources_heading, "", width))
        parts += [_text_source(source, width) for source in page.sources]
    parts.append("\n".join(_wrapped(remark, "", width) for remark in page.remarks))
    return "\n\n".join(parts) + "\n"


def _text_source(source: Source, width: int | None) -> str:
    label = f"[{source.number}] "
    indent = " " * len(label)
    lines = [_wrapped(source.speaker, label, width)]
    lines += [_wrapped(text, indent, width) for text in (source.title, source.locator) if text]
    lines.append(_wrapped(f'"{source.quote}"', indent, width))
    return "\n".join(lines)


def _wrapped(text: str, label: str, width: int | None, hang: int | None = None) -> str:
    """Text behind a label, further lines indented by the label's length; words are never cut."""
    if width is None:
        return label + text
    return fill(
        text,
        width=max(width, 20),
        initial_indent=label,
        subsequent_indent=" " * (len(label) if hang is None else hang),
        break_long_words=False,
        break_on_hyphens=False,
    )


def _markers(numbers: tuple[int, ...]) -> str:
    return "".join(f"[{number}]" for number in numbers)


# Characters that mean something inside a line of Markdown: CommonMark, GitHub's (~ | $) or Pandoc's (^ @).
INLINE = re.compile(r"[\\`*_\[\]<>&~|$^@]")
# What would begin a heading, a list, a rule, a definition or a setext underline at the start of a block.
OPENING = re.compile(r"(?=[#+\-=:%(])")
NUMBERING = re.compile(r"(\w+)(?=[.)](?:\s|$))")


def _escaped(text: str) -> str:
    """Text that Markdown shows as it is, wherever it stands."""
    text = INLINE.sub(r"\\\g<0>", text)
    if OPENING.match(text):
        return "\\" + text
    return NUMBERING.sub(r"\1\\", text, count=1) if NUMBERING.match(text) else text


def markdown(answer: Answer) -> str:
    """An answer as Markdown; each source is a footnote, as GitHub and Pandoc read them."""
    page = layout(answer)
    parts = [f"# {_escaped(page.question)}"]
    if page.message:
        parts += [f"**{page.verdict}**", _escaped(page.message)]
    for block in page.blocks:
        if block.heading:
            parts.append(f"## {_escaped(block.heading)}")
        parts.append("\n".join(_markdown_line(line) for line in block.lines))
    if page.message and page.sources:
        # Nothing in a refusal points at a source, and a footnote that nothing points at is not shown.
        parts.append(f"## {_escaped(page.sources_heading)}")
        parts += [
            f"\\[{source.number}\\] {_markdown_source(source)}\n\n> {_escaped(source.quote)}" for source in page.sources
        ]
    parts += [f"*{_escaped(remark)}*" for remark in page.remarks]
    if not page.message:
        parts += [
            f"[^{source.number}]: {_markdown_source(source)}\n\n    > {_escaped(source.quote)}"
            for source in page.sources
        ]
    return "\n\n".join(parts) + "\n"


def _markdown_line(line: Line) -> str:
    return f"- {_escaped(line.text)}{''.join(f'[^{number}]' for number in line.numbers)}"


def _markdown_source(source: Source) -> str:
    title = f"*{_escaped(source.title)}*" if source.title else ""
    return ". ".join(part for part in (_escaped(source.speaker), title, _escaped(source.locator)) if part)


STYLE = """
body { font: 1rem/1.5 Arial, Helvetica, sans-serif; max-width: 42rem; margin: 2rem auto; padding: 0 1rem;
       color: #111; background: #fff; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; line-height: 1.25; } h2 { font-size: 1.125rem; margin-top: 2rem; }
a { color: #0b4a8f; } ol { list-style: none; padding: 0; }
li { margin-bottom: .75rem; } li:target { outline: 3px solid #0b4a8f; outline-offset: 4px; }
blockquote { margin: .25rem 0 0; padding-left: 1rem; border-left: 4px solid #767676; }
footer { margin-top: 2rem; border-top: 1px solid #767676; }
@media print {
  body { margin: 0; max-width: none; font-size: 11pt; } a { color: inherit; text-decoration: none; }
  h1, h2 { break-after: avoid; } li, blockquote { break-inside: avoid; }
}
"""

# Belt and braces: everything is escaped, and should that ever fail, the page may load and run nothing.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def html(answer: Answer) -> str:
    """An answer as a web page that stands alone: no script, no outside request, fit for printing."""
    page = layout(answer)
    body = [f"<h1>{escape(page.question)}</h1>"]
    if page.message:
        body.append(f"<p><strong>{escape(page.verdict)}.</strong> {escape(page.message)}</p>")
    body += [_html_block(block) for block in page.blocks]
    body += _html_sources(page)
    remarks = "\n".join(f"<p>{escape(remark)}</p>" for remark in page.remarks)
    return (
        '<!DOCTYPE html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{escape(page.question)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(body)
        + f"\n</main>\n<footer>\n{remarks}\n</footer>\n</body>\n</html>\n"
    )


def _html_block(block: Block) -> str:
    heading = f"<h2>{escape(block.heading)}</h2>\n" if block.heading else ""
    items = "\n".join(
        f"<li>{escape(line.text)} "
        + "".join(f'<a href="#source-{number}">[{number}]</a>' for number in line.numbers)
        + "</li>"
        for line in block.lines
    )
    return f"{heading}<ul>\n{items}\n</ul>"


def _html_sources(page: Layout) -> list[str]:
    """The sources; their numbers are text, so that copying or printing never loses them."""
    if not page.sources:
        return []
    items = "\n".join(
        f'<li id="source-{source.number}">[{source.number}] {escape(source.speaker)}'
        + (f"<br>\n<cite>{escape(source.title)}</cite>" if source.title else "")
        + (f"<br>\n{escape(source.locator)}" if source.locator else "")
        + f"\n<blockquote>{escape(source.quote)}</blockquote></li>"
        for source in page.sources
    )
    return [f"<h2>{escape(page.sources_heading)}</h2>\n<ol>\n{items}\n</ol>"]
