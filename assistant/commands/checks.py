"""Whether all is as it should be: verify, check."""

from pathlib import Path

import click

from assistant.commands.opened import catalogue_of, settings_of
from assistant.commands.options import as_json, located
from assistant.commands.terminal import print_json

__all__ = ["check", "verify"]


@click.command()
@click.argument("export", type=click.Path(path_type=Path))
@as_json
@located
def verify(export: Path, as_json: bool, **where: Path | None) -> None:
    """Check whether the quotes of an EXPORT (JSON, CSV or Markdown) still stand in the letters."""
    from assistant.export.verify import check_quotes, read_export, summary, verified_json

    quotes = read_export(export)
    with catalogue_of(where) as reader:
        checked = check_quotes(quotes, reader.letters)
    if as_json:
        print_json(verified_json(export.name, checked))
    else:
        for one in checked:
            said = f": {one.note}" if one.note else ""
            click.echo(f"[{one.quoted.label}] {one.status}  {one.quoted.letter_id}{said}")
        click.echo(summary(checked))
    if any(one.status != "stands" for one in checked):
        raise SystemExit(1)


@click.command()
@as_json
@located
def check(as_json: bool, **where: Path | None) -> None:
    """Say what settings are in force, what is indexed, and what is wrong."""
    from assistant.records.check import check_json, check_text

    found = check_json(settings_of(where))
    if as_json:
        print_json(found)
    else:
        click.echo(check_text(found))
    if found["problems"]:
        raise SystemExit(1)
