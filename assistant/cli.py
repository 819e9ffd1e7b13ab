"""The command line: a thin skin over the engine.

Results on stdout, progress on stderr; exit 0 done (a refusal is an answer), 1 an error in one line, 2 wrong usage.
Heavy imports wait until a command needs them.
"""

import json
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import wraps
from pathlib import Path
from typing import Any

import click

from assistant.errors import AssistantError

__all__ = ["main"]

HELP = {"help_option_names": ["-h", "--help"]}
FORMATS = ("text", "markdown", "html", "docx", "ris", "bibtex", "biblatex", "csl-json", "references", "csv", "json")
LETTER_FORMATS = ("ris", "bibtex", "biblatex", "csl-json", "references", "csv")
STYLES = ("harvard", "apa", "oscola", "mhra", "committee")
CONCERN_STATES = ("raised again", "reported improved", "unclear", "not mentioned since", "new")


class _Group(click.Group):
    """Turns our errors into one line on stderr and exit 1."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except AssistantError as error:
            click.echo(f"assistant: {error}", err=True)
            ctx.exit(1)
        except BrokenPipeError:  # the reader of our output has gone: `assistant letters | head`
            with suppress(OSError):
                sys.stdout.close()
            ctx.exit(0)


def _shared(function: Callable[..., Any]) -> Callable[..., Any]:
    function = click.option("--index", "index_dir", type=click.Path(path_type=Path), help="Folder of the index.")(
        function
    )
    return click.option("--corpus", "corpus_dir", type=click.Path(path_type=Path), help="Folder of the letters.")(
        function
    )


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The filters as typed; whether they name anything is checked when the letters are known."""

    authorities: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    kinds: tuple[str, ...] = ()
    everything: bool = False

    def filters(self, held: Any) -> Any:
        from assistant.questions.scope import checked_filters

        return replace(checked_filters(self.authorities, self.years, self.kinds, held), widened=self.everything)

    def among(self, held: Any) -> list[Any]:
        """The letters that these filters let through."""
        from assistant.questions.scope import filtered

        return filtered(held, self.filters(held))


def _filtered(function: Callable[..., Any]) -> Callable[..., Any]:
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
        return function(*args, chosen=_Chosen(authorities, years, kinds, everything), **rest)

    command = click.option("--kind", "kinds", multiple=True, help="Only this kind of document (repeatable).")(command)
    command = click.option("--year", "years", multiple=True, type=int, help="Only this year (repeatable).")(command)
    return click.option("--authority", "authorities", multiple=True, help="Only this authority (repeatable).")(command)


_everything = click.option("--everything", is_flag=True, help="Set aside the limits that the question itself names.")
_style = click.option("--style", type=click.Choice(STYLES), help="Style of citing, for lists of letters.")
_link_base = click.option("--link-base", help="Where people open the page: links to passages begin so.")
_output = click.option("-o", "output", type=click.Path(path_type=Path), help="Write to this file.")
_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for a program.")


@click.group(cls=_Group, context_settings=HELP)
@click.version_option(package_name="inspection-letters-assistant", prog_name="assistant")
def main() -> None:
    """Ask inspection letters on children's services; every sentence of an answer is quoted and cited."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, ValueError):
            stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]


@main.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--only", is_flag=True, help="Remove letters that were read from elsewhere.")
@click.option("--rebuild", is_flag=True, help="Make the index anew.")
@click.option(
    "--sentences", is_flag=True, help="Also encode every sentence, so that no question waits for it; takes as long."
)
@_json
@_shared
def index(
    paths: tuple[Path, ...], only: bool, rebuild: bool, sentences: bool, as_json: bool, **where: Path | None
) -> None:
    """Index letters: files are added or replaced, folders synchronised. Default: the corpus."""
    from dataclasses import asdict

    from assistant.index.update import update_index

    with _progress() as progress:
        report = update_index(_settings(where), paths, only=only, rebuild=rebuild, progress=progress)
    if sentences:
        from assistant.engine import Assistant

        with Assistant(_settings(where)) as assistant, _progress() as progress:
            known = assistant.encode_sentences(progress)
        click.echo(f"{known} sentences encoded", err=True)
    if report.damaged:
        click.echo(f"the index was damaged ({report.damaged}) and has been made anew", err=True)
    if as_json:
        _print_json(asdict(report))
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


@main.command()
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@click.option("--to", type=click.Path(path_type=Path), help="Keep them in this folder, beside what is in it.")
@click.option("--update", is_flag=True, help="Ask the addresses of letters that are held for a newer version.")
@click.option("--dry-run", is_flag=True, help="Only say what would be done; nothing is fetched or written.")
@_json
@_shared
def add(
    sources: tuple[str, ...], to: Path | None, update: bool, dry_run: bool, as_json: bool, **where: Path | None
) -> None:
    """Add letters: SOURCE is a file, a web address, or a list of them (.txt, .csv, or a manifest)."""
    from assistant.adding.intake import take_in, taken_json, taken_lines

    with _progress() as progress:
        taken = take_in(_settings(where), sources, to=to, update=update, dry_run=dry_run, progress=progress)
    said, told = taken_lines(taken)
    if as_json:
        _print_json(taken_json(taken))
    else:
        click.echo("\n".join(said))
    for line in told:
        click.echo(line, err=True)
    if taken.failed:
        raise SystemExit(1)


@main.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@_json
@_shared
def embed(paths: tuple[Path, ...], as_json: bool, **where: Path | None) -> None:
    """Embed letters ahead of "index": run it as often as you like, also on machines that share the index's folder."""
    from dataclasses import asdict

    from assistant.index.ahead import embed_ahead

    with _progress() as progress:
        report = embed_ahead(_settings(where), paths, progress)
    if as_json:
        _print_json(asdict(report))
    else:
        click.echo(
            f"{report.files} files, {report.passages} passages embedded in {report.seconds:.1f} s;"
            f" {report.left} were done or are being done by others. Then run: assistant index"
        )
    for failed in report.failed:
        click.echo(f"assistant: {failed['file']}: {failed['error']}", err=True)
    if report.failed:
        raise SystemExit(1)


@main.command()
@click.option("--format", "format_name", type=click.Choice(LETTER_FORMATS), help="As references or as a table.")
@_output
@_style
@_link_base
@_filtered
@_json
@_shared
def letters(
    format_name: str | None,
    output: Path | None,
    style: str | None,
    link_base: str | None,
    chosen: _Chosen,
    as_json: bool,
    **where: Path | None,
) -> None:
    """List the letters with what is known of each."""
    from assistant.records.letters import listed_json
    from assistant.records.output import write_output

    if format_name is None and (output or style or link_base):
        raise click.UsageError("-o, --style and --link-base need --format")
    if format_name is not None and as_json:
        raise click.UsageError("give --format or --json, not both")
    with _reader(where) as reader:
        found = chosen.among(reader.letters)
        if format_name is not None:
            from assistant.export.formats import render_letters
            from assistant.export.options import Options

            options = Options(link_base or _settings(where).link_base, style or "")
            write_output(render_letters(found, format_name, options), output)
            return
    if as_json:
        _print_json({"letters": listed_json(found, reader.passages)})
        return
    for letter in found:
        visit = " to ".join(dict.fromkeys(day for day in (letter.visit_start, letter.visit_end) if day))
        click.echo(
            f"{letter.letter_id}\n    {letter.authority or 'authority unknown'} · {letter.kind} · {letter.standing}"
            f" · published {letter.published or 'unknown'} · visit {visit or 'unknown'}"
        )
    click.echo(f"{len(found)} letters", err=True)


@main.command()
@click.argument("letter")
@_json
@_shared
def show(letter: str, as_json: bool, **where: Path | None) -> None:
    """Show one letter as it was understood: LETTER is an identifier or a file."""
    from assistant.records.letters import letter_json, letter_text

    path = Path(letter)
    if path.is_file():
        from assistant.reading.workers import read_under

        [(_, found)] = read_under(_settings(where), [path])
        if isinstance(found, AssistantError):
            raise found
    else:
        with _reader(where) as reader:
            found = reader.letter(letter)
    if as_json:
        _print_json(letter_json(found, whole=True))
    else:
        click.echo(letter_text(found))


@main.command()
@click.argument("question")
@click.option("-k", "k", default=10, show_default=True, type=click.IntRange(1, 1000), help="How many passages.")
@_filtered
@_everything
@_json
@_shared
def search(question: str, k: int, chosen: _Chosen, as_json: bool, **where: Path | None) -> None:
    """Rank the passages that a question finds."""
    from assistant.records.search import search_json

    with _opened(where) as assistant:
        found = assistant.search(question, filters=chosen.filters(assistant.letters), k=k)
        shown = search_json(found, {letter.letter_id: letter for letter in assistant.letters})
    if as_json:
        _print_json(shown)
        return
    click.echo(f"Read as: {found.scope.reading}", err=True)
    for hit in shown["hits"]:
        dense = f"{hit['dense_rank']} ({hit['dense_score']:.3f})" if hit["dense_rank"] else "-"
        lexical = f"{hit['lexical_rank']} ({hit['lexical_score']:.2f})" if hit["lexical_rank"] else "-"
        click.echo(f"{hit['rank']}. {hit['letter_id']} · {hit['locator']}")
        click.echo(f"   fused {hit['score']:.4f} · by meaning {dense} · by words {lexical} · {hit['why']}")
        click.echo(f"   {' '.join(hit['text'].split())[:300]}")


@main.command()
@click.argument("question", required=False)
@click.option("--format", "format_name", type=click.Choice(FORMATS), default="text", help="How to write the answer.")
@_output
@_style
@_link_base
@click.option("--only", default="", metavar="N,N", help="Only these citations, and the sentences that rest on them.")
@click.option(
    "--then", "further", multiple=True, metavar="QUESTION", help="Go on in the same conversation (repeatable)."
)
@click.option("--batch", type=click.Path(path_type=Path), help="Answer a file of questions, one JSON object a line.")
@click.option(
    "-k", "k", default=10, show_default=True, type=click.IntRange(1, 1000), help="Retrieved passages in the JSON."
)
@click.option("--page", default=1, type=click.IntRange(1), help="Page of an answer that goes through every letter.")
@_filtered
@_everything
@_json
@_shared
def ask(
    question: str | None,
    format_name: str,
    output: Path | None,
    style: str | None,
    link_base: str | None,
    only: str,
    further: tuple[str, ...],
    batch: Path | None,
    k: int,
    page: int,
    chosen: _Chosen,
    as_json: bool,
    **where: Path | None,
) -> None:
    """Answer a question with cited sentences, or say why there is no answer."""
    if (question is None) == (batch is None):
        raise click.UsageError("give one QUESTION, or --batch FILE")
    if batch is not None:
        if chosen != _Chosen():
            raise click.UsageError("a batch file names its own filters, line by line")
        if style or link_base or only or further:
            raise click.UsageError(
                "a batch is written as JSON lines: --style, --link-base, --only and --then are for one"
            )
        from assistant.records.batch import answer_batch

        with _opened(where) as assistant, _progress() as progress:
            answer_batch(assistant, batch, output, k, progress)
        return
    from assistant.export.chosen import only as only_these
    from assistant.export.formats import render
    from assistant.export.options import Options
    from assistant.records.output import write_output

    format_name = "json" if as_json else format_name
    if format_name == "docx" and output is None:
        raise click.UsageError("a Word file needs -o FILE")
    numbers = _numbers(only)
    if numbers and further:
        raise click.UsageError("--only chooses from one answer; leave out --then")
    options = Options(link_base or _settings(where).link_base, style or "")
    with _opened(where) as assistant:
        filters = chosen.filters(assistant.letters)
        asked = (question or "", *further)
        answers = [
            assistant.ask(text, history=asked[:at], filters=filters, k=k, page=page) for at, text in enumerate(asked)
        ]
        if numbers:
            answers = [only_these(answers[0], numbers)]
        if format_name != "text":  # what is read on the screen or in an e-mail need not say when it was made
            options = replace(options, made=_today(), corpus=assistant.index.corpus_hash)
        write_output(render(answers, format_name, options), output)


def _numbers(text: str) -> tuple[int, ...]:
    """The numbers of "1,3"."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not all(part.isascii() and part.isdigit() and len(part) < 7 for part in parts):
        raise click.UsageError("--only takes numbers of citations, such as 1,3")
    return tuple(int(part) for part in parts)


def _today() -> str:
    from datetime import date

    return date.today().isoformat()


@main.command()
@click.argument("export", type=click.Path(path_type=Path))
@_json
@_shared
def verify(export: Path, as_json: bool, **where: Path | None) -> None:
    """Check whether the quotes of an EXPORT (JSON, CSV or Markdown) still stand in the letters."""
    from assistant.export.verify import check_quotes, read_export, summary, verified_json

    quotes = read_export(export)
    with _reader(where) as reader:
        checked = check_quotes(quotes, reader.letters)
    if as_json:
        _print_json(verified_json(export.name, checked))
    else:
        for one in checked:
            said = f": {one.note}" if one.note else ""
            click.echo(f"[{one.quoted.label}] {one.status}  {one.quoted.letter_id}{said}")
        click.echo(summary(checked))
    if any(one.status != "stands" for one in checked):
        raise SystemExit(1)


@main.command()
@click.option("--authority", "authorities", multiple=True, help="Only this authority (repeatable).")
@click.option("--format", "format_name", type=click.Choice(["text", "csv"]), default="text", help="How to write them.")
@_output
@_link_base
@_json
@_shared
def judgements(
    authorities: tuple[str, ...],
    format_name: str,
    output: Path | None,
    link_base: str | None,
    as_json: bool,
    **where: Path | None,
) -> None:
    """The judgements of each inspection of an authority, oldest first, each with the words that prove it."""
    from assistant.answers.timeline import timeline
    from assistant.records.judgements import judgements_json, timeline_text
    from assistant.records.output import write_output

    if as_json and format_name == "csv":
        raise click.UsageError("give --format or --json, not both")
    if link_base and format_name != "csv":
        raise click.UsageError("--link-base needs --format csv")
    with _reader(where) as reader:
        held = _Chosen(authorities).among(reader.letters)
        letters = reader.letters
    if as_json:
        shown = judgements_json(letters, held)
        write_output(json.dumps(shown, ensure_ascii=False, indent=2) + "\n", output)
        return
    found = [timeline(letters, name) for name in sorted({letter.authority for letter in held if letter.authority})]
    if format_name == "csv":
        from assistant.export.options import Options
        from assistant.export.tables import timelines_table

        options = Options(link_base or _settings(where).link_base)
        write_output(timelines_table(found, options), output)
    else:
        text = "\n\n".join(timeline_text(one) for one in found) or "no letter names an authority"
        write_output(text + "\n", output)


@main.command()
@click.option("--authority", required=True, help="Whose.")
@click.option("--state", type=click.Choice(CONCERN_STATES), help="Only those that are so now.")
@_output
@_json
@_shared
def concerns(authority: str, state: str | None, output: Path | None, as_json: bool, **where: Path | None) -> None:
    """What became of each area for improvement: raised again, reported improved, not mentioned since, or unclear."""
    from assistant.letters.spoken import describe
    from assistant.records.concerns import concern_json, concern_text
    from assistant.records.output import write_output

    with _opened(where) as assistant:
        [name] = _Chosen((authority,)).filters(assistant.letters).authorities
        found = [one for one in assistant.concerns(name) if state in (None, one.state)]
    if as_json:
        shown = {"authority": name, "concerns": [concern_json(one) for one in found]}
        write_output(json.dumps(shown, ensure_ascii=False, indent=2) + "\n", output)
        return
    lines, before = [], ""
    for one in found:
        heading = describe(one.letter)
        lines += [heading] if heading != before else []
        lines.append(concern_text(one))
        before = heading
    write_output("\n".join(lines or [f"{name}: no such area for improvement"]) + "\n", output)


@main.command()
@click.argument("letters", nargs=-1, required=True, metavar="LETTER LETTER...")
@click.option("--format", "format_name", type=click.Choice(FORMATS), default="text", help="How to write it.")
@click.option("--quotes", default=2, show_default=True, type=click.IntRange(1, 5), help="Of each letter on a matter.")
@_output
@_style
@_link_base
@_json
@_shared
def compare(
    letters: tuple[str, ...],
    format_name: str,
    quotes: int,
    output: Path | None,
    style: str | None,
    link_base: str | None,
    as_json: bool,
    **where: Path | None,
) -> None:
    """Two to six letters (identifiers or files) side by side, matter by matter, with as many quotes of each."""
    from assistant.answers.comparison import comparison, comparison_answer
    from assistant.export.formats import render
    from assistant.export.options import Options
    from assistant.records.comparison import comparison_json
    from assistant.records.output import write_output

    if format_name == "docx" and output is None:
        raise click.UsageError("a Word file needs -o FILE")
    with _reader(where) as reader:
        found = comparison([reader.letter(name) for name in letters], quotes)
        made = "" if format_name == "text" else _today()
        options = Options(link_base or _settings(where).link_base, style or "", made, reader.corpus_hash)
    if as_json:
        write_output(json.dumps(comparison_json(found), ensure_ascii=False, indent=2) + "\n", output)
    else:
        write_output(render([comparison_answer(found)], format_name, options), output)


@main.command()
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port; 0 takes a free one.")
@_shared
def serve(host: str | None, port: int | None, **where: Path | None) -> None:
    """Open the page (and the JSON interface beside it)."""
    _serve(where, host=host, port=port)


@main.command()
@click.option("--http", "over_http", is_flag=True, help="Over HTTP at /mcp, beside the page; else on stdin and stdout.")
@click.option("--host", help="Address to listen on, with --http.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port, with --http; 0 takes a free one.")
@_shared
def mcp(over_http: bool, host: str | None, port: int | None, **where: Path | None) -> None:
    """Let a chat client use the letters (Model Context Protocol)."""
    from assistant.mcp.installed import check_installed

    check_installed()
    if over_http:
        _serve(where, host=host, port=port, mcp=True)
        return
    if host is not None or port is not None:
        raise click.UsageError("--host and --port need --http")
    from assistant.mcp.server import serve_stdio

    serve_stdio(lambda: _opened(where))


@main.command()
@_json
@_shared
def check(as_json: bool, **where: Path | None) -> None:
    """Say what settings are in force, what is indexed, and what is wrong."""
    from assistant.records.check import check_json, check_text

    found = check_json(_settings(where))
    if as_json:
        _print_json(found)
    else:
        click.echo(check_text(found))
    if found["problems"]:
        raise SystemExit(1)


# --- what the commands share -------------------------------------------------------------------------------------


def _settings(where: dict[str, Path | None], **more: object) -> Any:
    from assistant.settings import load_settings

    return load_settings(**where, **more)


def _serve(where: dict[str, Path | None], **more: object) -> None:
    from assistant.mcp.installed import check_installed
    from assistant.page.security.access import check_opening
    from assistant.page.server import serve as serve_page

    settings = _settings(where, **more)
    check_opening(settings)  # before anything is indexed
    if settings.mcp:
        check_installed()
    with _opened(where, **more) as assistant:
        serve_page(assistant, assistant.settings)


def _opened(where: dict[str, Path | None], **more: object) -> Any:
    from assistant.engine import Assistant

    with _progress() as progress:
        return Assistant.open(_settings(where, **more), progress)


def _reader(where: dict[str, Path | None]) -> Any:
    """The letters alone, without the embedding model."""
    from assistant.index.catalogue import Catalogue
    from assistant.index.ready import opened

    with _progress() as progress:
        return opened(_settings(where), Catalogue, progress)


class _progress:
    """A progress bar on stderr, drawn only when something takes long enough to report."""

    def __init__(self) -> None:
        self._bar: Any = None

    def __enter__(self) -> Callable[[str, int, int], None]:
        return self._step

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def _step(self, what: str, done: int, total: int) -> None:
        if self._bar is None:
            if not total:
                return
            from tqdm import tqdm

            self._bar = tqdm(total=total, file=sys.stderr, unit="", leave=False, dynamic_ncols=True)
        self._bar.total = max(total, 1)
        self._bar.n = done
        self._bar.set_description_str(what)


def _print_json(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


if __name__ == "__main__":
    main()
