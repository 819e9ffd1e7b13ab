"""The options that several commands have, and what is made of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assistant.commands.opened import settings_of

if TYPE_CHECKING:
    from assistant.export.options import Options
    from assistant.letters.letter import Letter
    from assistant.questions.scope import Filters

__all__ = [
    "FORMATS",
    "LETTER_FORMATS",
    "STYLES",
    "Chosen",
    "Written",
    "as_json",
    "everything",
    "filtered",
    "located",
    "output",
    "written",
]

# Those of `export`, said again: the help then needs nothing of it. Tests hold the two equal.
FORMATS = ("text", "markdown", "html", "docx", "ris", "bibtex", "biblatex", "csl-json", "references", "csv", "json")
LETTER_FORMATS = ("ris", "bibtex", "biblatex", "csl-json", "references", "csv")  # of a list of letters
STYLES = ("harvard", "apa", "oscola", "mhra", "committee")  # of citing

Command = Callable[..., Any]


def as_json(function: Command) -> Command:
    """--json, as `as_json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON for a program.")(function)


def output(function: Command) -> Command:
    """-o, as `output`."""
    return click.option("-o", "output", type=click.Path(path_type=Path), help="Write to this file.")(function)


def everything(function: Command) -> Command:
    """--everything, which `filtered` takes along."""
    told = "Set aside the limits that the question itself names."
    return click.option("--everything", is_flag=True, help=told)(function)


def located(function: Command) -> Command:
    """--corpus and --index; the command is given them together, as `where`."""
    function = click.option("--index", "index_dir", type=click.Path(path_type=Path), help="Folder of the index.")(
        function
    )
    return click.option("--corpus", "corpus_dir", type=click.Path(path_type=Path), help="Folder of the letters.")(
        function
    )


@dataclass(frozen=True, slots=True)
class Chosen:
    """The filters as typed; whether they name anything is checked when the letters are known."""

    authorities: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    kinds: tuple[str, ...] = ()
    everything: bool = False

    def filters(self, held: "Sequence[Letter]") -> "Filters":
        """The filters, in the letters' own words.

        Raises:
            FilterError: If one of them names nothing.
        """
        from assistant.questions.scope import checked_filters

        return replace(checked_filters(self.authorities, self.years, self.kinds, held), widened=self.everything)

    def among(self, held: "Sequence[Letter]") -> "list[Letter]":
        """The letters that these filters let through."""
        from assistant.questions.scope import filtered

        return filtered(held, self.filters(held))


def filtered(function: Command) -> Command:
    """The filters as options; the command is given them together, as `chosen`."""

    @wraps(function)
    def command(
        *args: Any,
        authorities: tuple[str, ...],
        years: tuple[int, ...],
        kinds: tuple[str, ...],
        everything: bool = False,
        **rest: Any,
    ) -> Any:
        return function(*args, chosen=Chosen(authorities, years, kinds, everything), **rest)

    command = click.option("--kind", "kinds", multiple=True, help="Only this kind of document (repeatable).")(command)
    command = click.option("--year", "years", multiple=True, type=int, help="Only this year (repeatable).")(command)
    return click.option("--authority", "authorities", multiple=True, help="Only this authority (repeatable).")(command)


@dataclass(frozen=True, slots=True)
class Written:
    """How and where to write what was found, as typed."""

    format_name: str = ""
    output: Path | None = None
    style: str | None = None
    link_base: str | None = None

    @property
    def made(self) -> str:
        """Today as an ISO date; empty for text: what is read on the screen or in an e-mail need not say it."""
        return "" if self.format_name == "text" else date.today().isoformat()

    def check_output(self) -> None:
        """Refuse to write a Word file to the screen.

        Raises:
            click.UsageError: If no file is named for it.
        """
        if self.format_name == "docx" and self.output is None:
            raise click.UsageError("a Word file needs -o FILE")

    def options(self, where: dict[str, Path | None], made: str = "", corpus: str = "") -> "Options":
        """What the export says beside what was found.

        Raises:
            AssistantError: If the link base is no web address, or the settings are wrong.
        """
        from assistant.export.options import Options

        return Options(self.link_base or settings_of(where).link_base, self.style or "", made, corpus)

    def write(self, content: str | bytes) -> None:
        """Write it to the file, or to stdout.

        Raises:
            AssistantError: If the file cannot be written.
        """
        from assistant.records.output import write_output

        write_output(content, self.output)


def written(
    formats: Sequence[str],
    told: str,
    *beside: Callable[[Command], Command],
    default: str | None = "text",
    styled: bool = True,
) -> Callable[[Command], Command]:
    """--format, -o, --style and --link-base as options; the command is given them together, as `written`.

    Args:
        formats: Those that the command can write.
        told: What the help says of them.
        beside: Options of the command's own that its help shows after the format.
        default: The format where none is typed.
        styled: Whether there is a list of letters to cite in a style.
    """
    style = click.option("--style", type=click.Choice(STYLES), help="Style of citing, for lists of letters.")
    options: list[Callable[[Command], Command]] = [
        click.option("--format", "format_name", type=click.Choice(formats), default=default, help=told),
        *beside,
        output,
        *([style] if styled else []),
        click.option("--link-base", help="Where people open the page: links to passages begin so."),
    ]

    def decorated(function: Command) -> Command:
        @wraps(function)
        def command(
            *args: Any,
            format_name: str | None,
            output: Path | None,
            link_base: str | None,
            style: str | None = None,
            **rest: Any,
        ) -> Any:
            return function(*args, written=Written(format_name or "", output, style, link_base), **rest)

        whole: Command = command
        for option in reversed(options):
            whole = option(whole)
        return whole

    return decorated
