"""Letters as they are held: letters, show, compare."""

import json
from pathlib import Path

import click

from assistant.commands.opened import catalogue_of, settings_of
from assistant.commands.options import FORMATS, LETTER_FORMATS, Chosen, Written, as_json, filtered, located, written
from assistant.commands.terminal import print_json
from assistant.errors import AssistantError

__all__ = ["compare", "letters", "show"]


@click.command()
@written(LETTER_FORMATS, "As references or as a table.", default=None)
@filtered
@as_json
@located
def letters(written: Written, chosen: Chosen, as_json: bool, **where: Path | None) -> None:
    """List the letters with what is known of each."""
    from assistant.records.letters import listed_json

    if not written.format_name and (written.output or written.style or written.link_base):
        raise click.UsageError("-o, --style and --link-base need --format")
    if written.format_name and as_json:
        raise click.UsageError("give --format or --json, not both")
    with catalogue_of(where) as reader:
        found = chosen.among(reader.letters)
        if written.format_name:
            from assistant.export.formats import render_letters

            written.write(render_letters(found, written.format_name, written.options(where)))
            return
    if as_json:
        print_json({"letters": listed_json(found, reader.passages.counts)})
        return
    for letter in found:
        visit = " to ".join(dict.fromkeys(day for day in (letter.visit_start, letter.visit_end) if day))
        click.echo(
            f"{letter.letter_id}\n    {letter.authority or 'authority unknown'} · {letter.kind} · {letter.standing}"
            f" · published {letter.published or 'unknown'} · visit {visit or 'unknown'}"
        )
    click.echo(f"{len(found)} letters", err=True)


@click.command()
@click.argument("letter")
@as_json
@located
def show(letter: str, as_json: bool, **where: Path | None) -> None:
    """Show one letter as it was understood: LETTER is an identifier or a file."""
    from assistant.records.letters import letter_json, letter_text

    path = Path(letter)
    if path.is_file():
        from assistant.reading.workers import read_under

        [(_, read)] = read_under(settings_of(where), [path])
        if isinstance(read, AssistantError):
            raise read
        found = read
    else:
        with catalogue_of(where) as reader:
            found = reader.letter(letter)
    if as_json:
        print_json(letter_json(found, whole=True))
    else:
        click.echo(letter_text(found))


@click.command()
@click.argument("letters", nargs=-1, required=True, metavar="LETTER LETTER...")
@written(
    FORMATS,
    "How to write it.",
    click.option(
        "--quotes", default=2, show_default=True, type=click.IntRange(1, 5), help="Of each letter on a matter."
    ),
)
@as_json
@located
def compare(letters: tuple[str, ...], quotes: int, written: Written, as_json: bool, **where: Path | None) -> None:
    """Two to six letters (identifiers or files) side by side, matter by matter, with as many quotes of each."""
    from assistant.answers.comparison import comparison, comparison_answer
    from assistant.export.formats import render
    from assistant.records.comparison import comparison_json

    written.check_output()
    with catalogue_of(where) as reader:
        found = comparison([reader.letter(name) for name in letters], quotes)
        options = written.options(where, written.made, reader.corpus_hash)
    if as_json:
        written.write(json.dumps(comparison_json(found), ensure_ascii=False, indent=2) + "\n")
    else:
        written.write(render([comparison_answer(found)], written.format_name, options))
