"""Letters that come in: index, add, embed."""

from pathlib import Path

import click

from assistant.commands.opened import settings_of
from assistant.commands.options import as_json, located
from assistant.commands.terminal import Progress, print_json

__all__ = ["add", "embed", "index"]


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--only", is_flag=True, help="Remove letters that were read from elsewhere.")
@click.option("--rebuild", is_flag=True, help="Make the index anew.")
@click.option(
    "--sentences", is_flag=True, help="Also encode every sentence, so that no question waits for it; takes as long."
)
@as_json
@located
def index(
    paths: tuple[Path, ...], only: bool, rebuild: bool, sentences: bool, as_json: bool, **where: Path | None
) -> None:
    """Index letters: files are added or replaced, folders synchronised. Default: the corpus."""
    from dataclasses import asdict

    from assistant.index.update import update_index

    with Progress() as progress:
        report = update_index(settings_of(where), paths, only=only, rebuild=rebuild, progress=progress)
    if sentences:
        from assistant.engine import Assistant

        with Assistant(settings_of(where)) as assistant, Progress() as progress:
            known = assistant.encode_sentences(progress)
        click.echo(f"{known} sentences encoded", err=True)
    if report.damaged:
        click.echo(f"the index was damaged ({report.damaged}) and has been made anew", err=True)
    if as_json:
        print_json(asdict(report))
    else:
        letters_held = "1 letter" if report.letters == 1 else f"{report.letters} letters"
        click.echo(
            f"{letters_held}, {report.passages} passages: {report.added} added, {report.updated} updated,"
            f" {report.unchanged} unchanged, {report.removed} removed in {report.seconds:.1f} s"
        )
        for same in report.duplicates:
            click.echo(f"same letter: {same['file']} is {same['letter_id']}", err=True)
    for failed in report.failed:
        click.echo(f"assistant: {failed['file']}: {failed['error']}", err=True)
    if report.failed:
        raise SystemExit(1)


@click.command()
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@click.option("--to", type=click.Path(path_type=Path), help="Keep them in this folder, beside what is in it.")
@click.option("--update", is_flag=True, help="Ask the addresses of letters that are held for a newer version.")
@click.option("--dry-run", is_flag=True, help="Only say what would be done; nothing is fetched or written.")
@as_json
@located
def add(
    sources: tuple[str, ...], to: Path | None, update: bool, dry_run: bool, as_json: bool, **where: Path | None
) -> None:
    """Add letters: SOURCE is a file, a web address, or a list of them (.txt, .csv, or a manifest)."""
    from assistant.adding.intake import take_in, taken_json, taken_lines

    with Progress() as progress:
        taken = take_in(settings_of(where), sources, to=to, update=update, dry_run=dry_run, progress=progress)
    said, told = taken_lines(taken)
    if as_json:
        print_json(taken_json(taken))
    else:
        click.echo("\n".join(said))
    for line in told:
        click.echo(line, err=True)
    if taken.failed:
        raise SystemExit(1)


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@as_json
@located
def embed(paths: tuple[Path, ...], as_json: bool, **where: Path | None) -> None:
    """Embed letters ahead of "index": run it as often as you like, also on machines that share the index's folder."""
    from dataclasses import asdict

    from assistant.index.ahead import embed_ahead

    with Progress() as progress:
        report = embed_ahead(settings_of(where), paths, progress)
    if as_json:
        print_json(asdict(report))
    else:
        click.echo(
            f"{report.files} files, {report.passages} passages embedded in {report.seconds:.1f} s;"
            f" {report.left} were done or are being done by others. Then run: assistant index"
        )
    for failed in report.failed:
        click.echo(f"assistant: {failed['file']}: {failed['error']}", err=True)
    if report.failed:
        raise SystemExit(1)
