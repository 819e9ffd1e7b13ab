"""The formats that answers and lists of letters can be saved in, and one path to each of them."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from assistant.answers.answer import Answer, answer_json
from assistant.errors import FilterError
from assistant.export.chosen import cited_letters
from assistant.export.documents import html, markdown, plain_text
from assistant.export.options import Options
from assistant.export.references import biblatex, bibtex, csl_json, ris
from assistant.export.styles import checked_style, references
from assistant.export.tables import csv_table, letters_table
from assistant.export.word import docx
from assistant.letters.letter import Letter

__all__ = [
    "FORMATS",
    "LETTER_FORMATS",
    "Format",
    "checked_format",
    "render",
    "render_letters",
]


@dataclass(frozen=True, slots=True)
class Format:
    """A format that answers can be saved in.

    Attributes:
        name: As typed on the command line.
        label: For people.
        suffix: Of a file's name, with the dot.
        media_type: For a download; text formats are UTF-8.
        binary: Whether `render` gives bytes instead of text.
    """

    name: str
    label: str
    suffix: str
    media_type: str
    binary: bool = False


WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
RIS = "application/x-research-info-systems"
CSL = "application/vnd.citationstyles.csl+json"

FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        form.name: form
        for form in (
            Format("text", "Plain text, for an e-mail", ".txt", "text/plain"),
            Format("markdown", "Markdown with footnotes", ".md", "text/markdown"),
            Format("html", "Web page, for printing", ".html", "text/html"),
            Format("docx", "Word document", ".docx", WORD, binary=True),
            Format("ris", "RIS references (EndNote, Mendeley)", ".ris", RIS),
            Format("bibtex", "BibTeX references", ".bib", "application/x-bibtex"),
            Format("biblatex", "BibLaTeX references", ".bib", "application/x-bibtex"),
            Format("csl-json", "CSL-JSON references (Zotero)", ".json", CSL),
            Format("references", "List of references, in a style", ".txt", "text/plain"),
            Format("csv", "Table of citations, for Excel", ".csv", "text/csv"),
            Format("json", "Everything, for programs (JSON)", ".json", "application/json"),
        )
    }
)
"""Every format by its name."""


LETTER_FORMATS = ("ris", "bibtex", "biblatex", "csl-json", "references", "csv")
"""The formats that a list of letters can be saved in."""


def render(answers: Answer | Sequence[Answer], format_name: str, options: Options = Options()) -> str | bytes:
    """An answer, or the answers of a conversation, in one of the `FORMATS`.

    Text is to be written as UTF-8 without changing its line ends (`newline=""`): RIS and CSV have CRLF. CSV
    begins with a byte order mark, without which Excel misreads every letter beyond ASCII.

    Args:
        answers: Answers or refusals, at least one. Of a refusal, documents say why and quote its nearest passages
            as what they are; references are the letters of those passages; the table has no rows. A conversation's
            citations are numbered through, but not in JSON, where each answer stays as it was given.
        format_name: One of the names in `FORMATS`.
        options: What else to say.

    Raises:
        FilterError: If there is no such format or style, or nothing to save.
    """
    several = (answers,) if isinstance(answers, Answer) else tuple(answers)
    if not several:
        raise FilterError("there is no answer to save")
    if options.style:
        checked_style(options.style)
    if format_name in OF_LETTERS and format_name != "csv":
        return OF_LETTERS[format_name](cited_letters(several), options)
    return OF_ANSWERS[checked_format(format_name).name](several, options)


def checked_format(name: str) -> Format:
    """A format of answers by its name.

    Raises:
        FilterError: If there is none; one line with the known ones.
    """
    try:
        return FORMATS[name]
    except KeyError:
        raise FilterError(f'there is no format "{name}": choose one of {", ".join(FORMATS)}') from None


def render_letters(letters: Sequence[Letter], format_name: str, options: Options = Options()) -> str:
    """A list of letters in one of the `LETTER_FORMATS`.

    Args:
        letters: Which; none gives an empty list.
        format_name: One of the names in `LETTER_FORMATS`.
        options: What else to say.

    Raises:
        FilterError: If there is no such format or style.
    """
    try:
        write = OF_LETTERS[format_name]
    except KeyError:
        names = ", ".join(LETTER_FORMATS)
        raise FilterError(f'letters have no format "{format_name}": choose one of {names}') from None
    return write(letters, options)


def _json(answers: Sequence[Answer], options: Options) -> str:
    """One answer as the contract has it; those of a conversation as a list under "answers"."""
    found = [answer_json(answer, link_base=options.link_base) for answer in answers]
    said = {name: value for name, value in (("made", options.made), ("corpus", options.corpus)) if value}
    body = {**found[0], **said} if len(found) == 1 else {"answers": found, **said}
    return json.dumps(body, ensure_ascii=False, indent=2) + "\n"


OF_ANSWERS: Mapping[str, Callable[[Sequence[Answer], Options], str | bytes]] = {
    "text": plain_text,
    "markdown": markdown,
    "html": html,
    "docx": docx,
    "csv": csv_table,
    "json": _json,
}
OF_LETTERS: Mapping[str, Callable[[Sequence[Letter], Options], str]] = {
    "ris": ris,
    "bibtex": bibtex,
    "biblatex": biblatex,
    "csl-json": csl_json,
    "references": references,
    "csv": letters_table,
}
