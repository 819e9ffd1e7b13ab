"""Answers as files: documents to read, references for a reference manager, tables, and the contract's JSON.

    layout       what every document says, worked out once
    documents    text, markdown, html
    word         docx
    references   ris, bibtex, biblatex, csl-json: one entry for each letter cited
    tables       csv: one row for each citation

The same answer always gives the same bytes: no export holds the time it was made.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from assistant.answer import Answer, answer_json
from assistant.errors import FilterError
from assistant.export.documents import html, markdown, plain_text
from assistant.export.references import biblatex, bibtex, csl_json, ris
from assistant.export.tables import csv_table
from assistant.export.word import docx

__all__ = ["FORMATS", "Format", "plain_text", "render"]


@dataclass(frozen=True, slots=True)
class Format:
    """A format that an answer can be saved in.

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
            Format("csv", "Table of citations, for Excel", ".csv", "text/csv"),
            Format("json", "Everything, for programs (JSON)", ".json", "application/json"),
        )
    }
)
"""Every format by its name."""


def render(answer: Answer, format_name: str) -> str | bytes:
    """An answer in one of the `FORMATS`.

    Text is to be written as UTF-8 without changing its line ends (`newline=""`): RIS and CSV have CRLF. CSV
    begins with a byte order mark, without which Excel misreads every letter beyond ASCII.

    Args:
        answer: An answer or a refusal. Of a refusal, documents say why and quote its nearest passages as
            what they are; references are the letters of those passages; the table has no rows.
        format_name: One of the names in `FORMATS`.

    Raises:
        FilterError: If there is no such format.
    """
    try:
        write = RENDERERS[format_name]
    except KeyError:
        names = ", ".join(FORMATS)
        raise FilterError(f'there is no format "{format_name}": choose one of {names}') from None
    return write(answer)


def _json(answer: Answer) -> str:
    return json.dumps(answer_json(answer), ensure_ascii=False, indent=2) + "\n"


RENDERERS: Mapping[str, Callable[[Answer], str | bytes]] = {
    "text": plain_text,
    "markdown": markdown,
    "html": html,
    "docx": docx,
    "ris": ris,
    "bibtex": bibtex,
    "biblatex": biblatex,
    "csl-json": csl_json,
    "csv": csv_table,
    "json": _json,
}
