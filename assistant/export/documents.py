"""Answers as plain text, as Markdown with footnotes and as a web page that stands alone."""

import re
from collections.abc import Sequence
from html import escape
from textwrap import fill

from assistant.answers.answer import Answer
from assistant.export.layout import LETTERS_HEADING, Block, Layout, Line, Source, laid_out
from assistant.export.options import Options
from assistant.export.styles import COMMITTEE, Run

__all__ = ["html", "markdown", "plain_text"]


RULE = "\n\n" + "-" * 20 + "\n\n"  # between the questions of a conversation


def plain_text(answers: Sequence[Answer], options: Options = Options(), width: int | None = None) -> str:
    """Answers as plain text, for an e-mail or a terminal.

    Args:
        answers: Of one question or of a conversation.
        options: Letters are listed only in a style that is asked for.
        width: Wrap at this many characters, for a terminal. By default each sentence and quote is one
            line, so that e-mail programs wrap it and a search finds it whole.
    """
    document = laid_out(answers, options)
    parts = [RULE.join(_text_part(page, width) for page in document.parts)]
    if document.letters:
        parts += [f"{LETTERS_HEADING}:", *(_wrapped(_words(runs), "- ", width) for runs in document.letters)]
    if document.made:
        parts.append(_wrapped(document.made, "", width))
    return "\n\n".join(parts) + "\n"


def _text_part(page: Layout, width: int | None) -> str:
    parts = [_wrapped(page.question, "Question: ", width)]
    if page.message:
        parts.append(_wrapped(page.message, f"{page.verdict}: ", width, hang=0))
    if page.counted:
        parts.append(_wrapped(page.counted, "", width))
    for block in page.blocks:
        lines = [_wrapped(f"{line.text} {_markers(line.numbers)}", "- ", width) for line in block.lines]
        above = [f"{block.heading}:" if block.heading else "", block.lead]
        lines = [_wrapped(words, "", width) for words in above if words] + lines
        parts.append("\n".join(lines))
    if page.sources:
        parts.append(_wrapped(page.sources_heading, "", width))
        parts += [_text_source(source, width) for source in page.sources]
    parts.append("\n".join(_wrapped(remark, "", width) for remark in page.remarks))
    return "\n\n".join(parts)


def _words(runs: Sequence[Run]) -> str:
    return "".join(run.text for run in runs)


def _text_source(source: Source, width: int | None) -> str:
    label = f"[{source.number}] "
    indent = " " * len(label)
    lines = [_wrapped(source.speaker, label, width)]
    lines += [_wrapped(text, indent, width) for text in (source.title, source.locator) if text]
    lines.append(_wrapped(f'"{source.quote}"', indent, width))
    lines += [indent + address for address in (source.link, source.file_link) if address]
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


def markdown(answers: Sequence[Answer], options: Options = Options()) -> str:
    """Answers as Markdown; each source is a footnote, as GitHub and Pandoc read them.

    Behind each quote stands in code what `assistant verify` checks it by: unlike a comment, that is left alone by
    every program that turns Markdown into something else.
    """
    document = laid_out(answers, options, COMMITTEE)
    parts = [part for page in document.parts for part in _markdown_part(page)]
    if document.letters:
        parts.append(f"## {LETTERS_HEADING}")
        parts.append("\n".join(f"- {_markdown_runs(runs)}" for runs in document.letters))
    if document.made:
        parts.append(f"*{_escaped(document.made)}*")
    parts += [
        f"[^{source.number}]: {_markdown_source(source, '    ')}"
        for page in document.parts
        for source in page.sources
        if not page.message
    ]
    return "\n\n".join(parts) + "\n"


def _markdown_part(page: Layout) -> list[str]:
    parts = [f"# {_escaped(page.question)}"]
    if page.message:
        parts += [f"**{page.verdict}**", _escaped(page.message)]
    if page.counted:
        parts.append(_escaped(page.counted))
    for block in page.blocks:
        if block.heading:
            parts.append(f"## {_escaped(block.heading)}")
        if block.lead:
            parts.append(_escaped(block.lead))
        parts.append("\n".join(_markdown_line(line) for line in block.lines))
    if page.message and page.sources:
        # Nothing in a refusal points at a source, and a footnote that nothing points at is not shown.
        parts.append(f"## {_escaped(page.sources_heading)}")
        parts += [f"\\[{source.number}\\] {_markdown_source(source)}" for source in page.sources]
    return parts + [f"*{_escaped(remark)}*" for remark in page.remarks]


def _markdown_line(line: Line) -> str:
    return f"- {_escaped(line.text)}{''.join(f'[^{number}]' for number in line.numbers)}"


def _markdown_source(source: Source, indent: str = "") -> str:
    """A source in paragraphs; those behind the first are indented where they belong to a footnote."""
    title = f"*{_escaped(source.title)}*" if source.title else ""
    where = ". ".join(part for part in (_escaped(source.speaker), title, _escaped(source.locator)) if part)
    links = [f"[{words}](<{address}>)" for words, address in _addresses(source)]
    return f"\n\n{indent}".join([where, f"> {_escaped(source.quote)}", " ".join([*links, f"`{source.evidence}`"])])


def _addresses(source: Source) -> list[tuple[str, str]]:
    """What a source can be opened by: the words of a link and where it leads."""
    found = [("Open the passage", source.link), ("Open the published file", source.file_link)]
    return [(words, address) for words, address in found if address]


def _markdown_runs(runs: Sequence[Run]) -> str:
    """A reference; white space moves out of what is italic, where Markdown would not see the mark's end."""
    parts = []
    for number, run in enumerate(runs):
        words = run.text.strip()
        before, _, after = run.text.partition(words) if words else (run.text, "", "")
        safe = INLINE.sub(r"\\\g<0>", words) if number else _escaped(words)
        parts.append(f"{before}*{safe}*{after}" if run.italic and words else f"{before}{safe}{after}")
    return "".join(parts)


STYLE = """
body { font: 1rem/1.5 Arial, Helvetica, sans-serif; max-width: 42rem; margin: 2rem auto; padding: 0 1rem;
       color: #111; background: #fff; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; line-height: 1.25; } h2 { font-size: 1.125rem; margin-top: 2rem; }
a { color: #0b4a8f; } ol { list-style: none; padding: 0; }
li { margin-bottom: .75rem; } li:target { outline: 3px solid #0b4a8f; outline-offset: 4px; }
blockquote { margin: .25rem 0 0; padding-left: 1rem; border-left: 4px solid #767676; }
.remark { font-size: .875rem; } footer { margin-top: 2rem; border-top: 1px solid #767676; }
@media print {
  body { margin: 0; max-width: none; font-size: 11pt; } a { color: inherit; text-decoration: none; }
  h1, h2 { break-after: avoid; } li, blockquote { break-inside: avoid; }
}
"""

# Belt and braces: everything is escaped, and should that ever fail, the page may load and run nothing.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def html(answers: Sequence[Answer], options: Options = Options()) -> str:
    """Answers as a web page that stands alone: no script, no outside request, fit for printing."""
    document = laid_out(answers, options, COMMITTEE)
    body = [part for page in document.parts for part in _html_part(page)]
    if document.letters:
        items = "\n".join(f"<li>{_html_runs(runs)}</li>" for runs in document.letters)
        body.append(f"<h2>{LETTERS_HEADING}</h2>\n<ol>\n{items}\n</ol>")
    made = f"\n<footer>\n<p>{escape(document.made)}</p>\n</footer>" if document.made else ""
    return (
        '<!DOCTYPE html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{escape(document.title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(body)
        + f"\n</main>{made}\n</body>\n</html>\n"
    )


def _html_part(page: Layout) -> list[str]:
    body = [f"<h1>{escape(page.question)}</h1>"]
    if page.message:
        body.append(f"<p><strong>{escape(page.verdict)}.</strong> {escape(page.message)}</p>")
    if page.counted:
        body.append(f"<p>{escape(page.counted)}</p>")
    body += [_html_block(block) for block in page.blocks]
    body += _html_sources(page)
    return body + [f'<p class="remark">{escape(remark)}</p>' for remark in page.remarks]


def _html_runs(runs: Sequence[Run]) -> str:
    return "".join(f"<i>{escape(run.text)}</i>" if run.italic else escape(run.text) for run in runs)


def _html_block(block: Block) -> str:
    heading = f"<h2>{escape(block.heading)}</h2>\n" if block.heading else ""
    heading += f"<p>{escape(block.lead)}</p>\n" if block.lead else ""
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
        + f"\n<blockquote>{escape(source.quote)}</blockquote>{_html_links(source)}</li>"
        for source in page.sources
    )
    return [f"<h2>{escape(page.sources_heading)}</h2>\n<ol>\n{items}\n</ol>"]


def _html_links(source: Source) -> str:
    """Links out of the page; a browser sends along nothing of where they were followed."""
    links = [f'<a href="{escape(address)}" rel="noreferrer">{words}</a>' for words, address in _addresses(source)]
    return f"\n<p>{' · '.join(links)}</p>" if links else ""
