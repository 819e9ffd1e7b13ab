"""The letters for browsers, programs and chat clients: serve, mcp."""

from pathlib import Path

import click

from assistant.commands.opened import assistant_of, settings_of
from assistant.commands.options import located

__all__ = ["mcp", "serve"]


@click.command()
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port; 0 takes a free one.")
@located
def serve(host: str | None, port: int | None, **where: Path | None) -> None:
    """Open the page (and the JSON interface beside it)."""
    _serve(where, host=host, port=port)


@click.command()
@click.option("--http", "over_http", is_flag=True, help="Over HTTP at /mcp, beside the page; else on stdin and stdout.")
@click.option("--host", help="Address to listen on, with --http.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port, with --http; 0 takes a free one.")
@located
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

    serve_stdio(lambda: assistant_of(where))


def _serve(where: dict[str, Path | None], **more: object) -> None:
    from assistant.mcp.installed import check_installed
    from assistant.page.security.access import check_opening
    from assistant.page.server import serve as serve_page

    settings = settings_of(where, **more)
    check_opening(settings)  # before anything is indexed
    if settings.mcp:
        check_installed()
    with assistant_of(where, **more) as assistant:
        serve_page(assistant, assistant.settings)
