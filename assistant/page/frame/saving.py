"""Answers, conversations and lists of letters as files to save: for the page, the list of letters and programs."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from assistant.answers.answer import Answer
from assistant.answers.comparison import Comparison, comparison_answer
from assistant.answers.timeline import Timeline
from assistant.errors import FilterError
from assistant.export.formats import FORMATS, render, render_letters
from assistant.export.options import Options
from assistant.export.styles import checked_style
from assistant.export.tables import timelines_table
from assistant.letters.letter import Letter
from assistant.system.hosts import is_loopback

if TYPE_CHECKING:
    from assistant.engine import Assistant

__all__ = ["Saved", "options_for", "save_answers", "save_comparison", "save_letters", "save_timelines", "slug"]

LONGEST_NAME = 60  # characters of a file's name, without its ending


@dataclass(frozen=True, slots=True)
class Saved:
    """A file to save.

    Attributes:
        name: Of the file, with its ending: ASCII letters, digits, hyphens and dots only.
        media_type: What it is.
        data: Its content.
    """

    name: str
    media_type: str
    data: bytes


def options_for(assistant: "Assistant", style: str = "", address: str = "") -> Options:
    """What an export made now says beside its content: the date, the letters' fingerprint, where its links lead.

    Args:
        assistant: Whose letters are quoted.
        style: One of `STYLES`, or empty for the format's own.
        address: Where the page was opened. Links begin so where no setting says how; but never with an address that
            leads everybody else to their own computer, nor with anything that is no address.

    Raises:
        FilterError: If there is no such style.
    """
    if style:
        checked_style(style)
    said = Options(assistant.settings.link_base, style, date.today().isoformat(), assistant.index.corpus_hash)
    return said if said.link_base else _linked(said, address)


def _linked(said: Options, address: str) -> Options:
    try:
        host = urlsplit(address).hostname or ""
        return said if not host or is_loopback(host) else replace(said, link_base=address)
    except (FilterError, ValueError):  # it comes from a browser
        return said


def save_answers(answers: Sequence[Answer], format_name: str, options: Options) -> Saved:
    """An answer or a conversation as a file, named after its first question.

    Raises:
        FilterError: If there is no such format, or no answer.
    """
    made = render(answers, format_name, options)
    return _saved(slug(answers[0].question) or "answer", format_name, made)


def save_letters(letters: Sequence[Letter], format_name: str, options: Options, name: str = "letters") -> Saved:
    """A list of letters as a file.

    Raises:
        FilterError: If letters have no such format.
    """
    return _saved(slug(name) or "letters", format_name, render_letters(letters, format_name, options))


def save_comparison(found: Comparison, format_name: str, options: Options) -> Saved:
    """Letters side by side as a file, named after the authorities that they are about.

    Raises:
        FilterError: If there is no such format.
    """
    made = render([comparison_answer(found)], format_name, options)
    places = "-".join(dict.fromkeys(slug(letter.authority or letter.letter_id) for letter in found.letters))
    return _saved(slug(f"compared {places}"), format_name, made)


def save_timelines(found: Sequence[Timeline], name: str, options: Options) -> Saved:
    """The judgements of authorities over time as a table.

    Args:
        found: A timeline of each authority.
        name: What the file is named after.
        options: What it says beside the judgements.
    """
    return Saved(f"{slug(name)}.csv", "text/csv", timelines_table(found, options).encode("utf-8"))


def slug(words: str) -> str:
    """Words as part of a file's name, which any file system takes; cut between two of them."""
    found = re.findall(r"[a-z0-9]+", words.lower())
    while len("-".join(found)) > LONGEST_NAME and len(found) > 1:
        found.pop()
    return "-".join(found)[:LONGEST_NAME]


def _saved(name: str, format_name: str, made: str | bytes) -> Saved:
    form = FORMATS[format_name]
    return Saved(name + form.suffix, form.media_type, made if isinstance(made, bytes) else made.encode("utf-8"))
