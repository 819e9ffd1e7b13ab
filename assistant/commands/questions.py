"""Questions to the letters: search, ask."""

from dataclasses import replace
from pathlib import Path

import click

from assistant.commands.opened import assistant_of
from assistant.commands.options import FORMATS, Chosen, Written, as_json, everything, filtered, located, written
from assistant.commands.terminal import Progress, print_json

__all__ = ["ask", "search"]


@click.command()
@click.argument("question")
@click.option("-k", "k", default=10, show_default=True, type=click.IntRange(1, 1000), help="How many passages.")
@filtered
@everything
@as_json
@located
def search(question: str, k: int, chosen: Chosen, as_json: bool, **where: Path | None) -> None:
    """Rank the passages that a question finds."""
    from assistant.records.search import search_json

    with assistant_of(where) as assistant:
        found = assistant.search(question, filters=chosen.filters(assistant.letters), k=k)
        shown = search_json(found, {letter.letter_id: letter for letter in assistant.letters})
    if as_json:
        print_json(shown)
        return
    click.echo(f"Read as: {found.scope.reading}", err=True)
    for hit in shown["hits"]:
        dense = f"{hit['dense_rank']} ({hit['dense_score']:.3f})" if hit["dense_rank"] else "-"
        lexical = f"{hit['lexical_rank']} ({hit['lexical_score']:.2f})" if hit["lexical_rank"] else "-"
        click.echo(f"{hit['rank']}. {hit['letter_id']} · {hit['locator']}")
        click.echo(f"   fused {hit['score']:.4f} · by meaning {dense} · by words {lexical} · {hit['why']}")
        click.echo(f"   {' '.join(hit['text'].split())[:300]}")


@click.command()
@click.argument("question", required=False)
@written(FORMATS, "How to write the answer.")
@click.option("--only", default="", metavar="N,N", help="Only these citations, and the sentences that rest on them.")
@click.option(
    "--then", "further", multiple=True, metavar="QUESTION", help="Go on in the same conversation (repeatable)."
)
@click.option("--batch", type=click.Path(path_type=Path), help="Answer a file of questions, one JSON object a line.")
@click.option(
    "-k", "k", default=10, show_default=True, type=click.IntRange(1, 1000), help="Retrieved passages in the JSON."
)
@click.option("--page", default=1, type=click.IntRange(1), help="Page of an answer that goes through every letter.")
@filtered
@everything
@as_json
@located
def ask(
    question: str | None,
    written: Written,
    only: str,
    further: tuple[str, ...],
    batch: Path | None,
    k: int,
    page: int,
    chosen: Chosen,
    as_json: bool,
    **where: Path | None,
) -> None:
    """Answer a question with cited sentences, or say why there is no answer."""
    if (question is None) == (batch is None):
        raise click.UsageError("give one QUESTION, or --batch FILE")
    if batch is not None:
        if chosen != Chosen():
            raise click.UsageError("a batch file names its own filters, line by line")
        if written.style or written.link_base or only or further:
            raise click.UsageError(
                "a batch is written as JSON lines: --style, --link-base, --only and --then are for one"
            )
        from assistant.records.batch import answer_batch

        with assistant_of(where) as assistant, Progress() as progress:
            answer_batch(assistant, batch, written.output, k, progress)
        return
    from assistant.export.chosen import only as only_these
    from assistant.export.formats import render

    if as_json:
        written = replace(written, format_name="json")
    written.check_output()
    numbers = _numbers(only)
    if numbers and further:
        raise click.UsageError("--only chooses from one answer; leave out --then")
    options = written.options(where)
    with assistant_of(where) as assistant:
        filters = chosen.filters(assistant.letters)
        asked = (question or "", *further)
        answers = [
            assistant.ask(text, history=asked[:at], filters=filters, k=k, page=page) for at, text in enumerate(asked)
        ]
        if numbers:
            answers = [only_these(answers[0], numbers)]
        if written.made:
            options = replace(options, made=written.made, corpus=assistant.index.corpus_hash)
        written.write(render(answers, written.format_name, options))


def _numbers(text: str) -> tuple[int, ...]:
    """The numbers of "1,3"."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not all(part.isascii() and part.isdigit() and len(part) < 7 for part in parts):
        raise click.UsageError("--only takes numbers of citations, such as 1,3")
    return tuple(int(part) for part in parts)
