"""The command line: a thin skin over the engine.

Results on stdout, progress on stderr; exit 0 done (a refusal is an answer), 1 an error in one line, 2 wrong usage.
Heavy imports wait until a command needs them.
"""

import sys
from contextlib import suppress
from typing import Any

import click

from assistant.commands import authorities, checks, indexing, letters, questions, serving
from assistant.errors import AssistantError

__all__ = ["main"]

HELP = {"help_option_names": ["-h", "--help"]}


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


@click.group(cls=_Group, context_settings=HELP)
@click.version_option(package_name="inspection-letters-assistant", prog_name="assistant")
def main() -> None:
    """Ask inspection letters on children's services; every sentence of an answer is quoted and cited."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, ValueError):
            stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]


for command in (  # in the order of the reference page
    *(indexing.index, indexing.add, indexing.embed),
    *(letters.letters, letters.show),
    *(questions.search, questions.ask),
    checks.verify,
    *(authorities.judgements, authorities.concerns),
    letters.compare,
    *(serving.serve, serving.mcp),
    checks.check,
):
    main.add_command(command)


if __name__ == "__main__":
    main()
