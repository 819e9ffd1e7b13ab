"""What became of an authority: judgements, concerns."""

import json
from pathlib import Path

import click

from assistant.commands.opened import assistant_of, catalogue_of
from assistant.commands.options import Chosen, Written, as_json, located, output, written

__all__ = ["CONCERN_STATES", "concerns", "judgements"]

# Those of `answers.concerns`, said again: the help then needs nothing of it. A test holds the two equal.
CONCERN_STATES = ("raised again", "reported improved", "unclear", "not mentioned since", "new")


@click.command()
@click.option("--authority", "authorities", multiple=True, help="Only this authority (repeatable).")
@written(("text", "csv"), "How to write them.", styled=False)
@as_json
@located
def judgements(authorities: tuple[str, ...], written: Written, as_json: bool, **where: Path | None) -> None:
    """The judgements of each inspection of an authority, oldest first, each with the words that prove it."""
    from assistant.answers.timeline import timeline
    from assistant.records.judgements import judgements_json, timeline_text

    if as_json and written.format_name == "csv":
        raise click.UsageError("give --format or --json, not both")
    if written.link_base and written.format_name != "csv":
        raise click.UsageError("--link-base needs --format csv")
    with catalogue_of(where) as reader:
        held = Chosen(authorities).among(reader.letters)
        letters = reader.letters
    if as_json:
        written.write(json.dumps(judgements_json(letters, held), ensure_ascii=False, indent=2) + "\n")
        return
    found = [timeline(letters, name) for name in sorted({letter.authority for letter in held if letter.authority})]
    if written.format_name == "csv":
        from assistant.export.tables import timelines_table

        written.write(timelines_table(found, written.options(where)))
    else:
        text = "\n\n".join(timeline_text(one) for one in found) or "no letter names an authority"
        written.write(text + "\n")


@click.command()
@click.option("--authority", required=True, help="Whose.")
@click.option("--state", type=click.Choice(CONCERN_STATES), help="Only those that are so now.")
@output
@as_json
@located
def concerns(authority: str, state: str | None, output: Path | None, as_json: bool, **where: Path | None) -> None:
    """What became of each area for improvement: raised again, reported improved, not mentioned since, or unclear."""
    from assistant.answers.concerns import NEWEST, comparable
    from assistant.letters.spoken import describe
    from assistant.records.concerns import concern_json, concern_text
    from assistant.records.output import write_output

    with assistant_of(where) as assistant:
        [name] = Chosen((authority,)).filters(assistant.letters).authorities
        held = len(comparable(assistant.letters, name))
        found = [one for one in assistant.concerns(name) if state in (None, one.state)]
    if as_json:
        shown = {"authority": name, "concerns": [concern_json(one) for one in found]}
        write_output(json.dumps(shown, ensure_ascii=False, indent=2) + "\n", output)
        return
    lines = [f"the newest {NEWEST} of the {held} letters about {name} are compared"] if held > NEWEST else []
    before = ""
    for one in found:
        heading = describe(one.letter)
        lines += [heading] if heading != before else []
        lines.append(concern_text(one))
        before = heading
    write_output("\n".join(lines if found else [*lines, f"{name}: no such area for improvement"]) + "\n", output)
