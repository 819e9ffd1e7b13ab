"""The frame of every plain page: the templates, and the style sheets under addresses that change with their content."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from assistant.page.frame.render import TITLE
from assistant.page.frame.saving import Saved
from assistant.page.http.addresses import relative_markup
from assistant.page.http.asgi import Receive, Scope, Send

__all__ = ["READ", "Menu", "add_assets", "asset", "attachment", "page", "problem", "sealed"]

HERE = Path(__file__).parent.parent
MEDIA_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".png": "image/png"}
READ = ["GET", "HEAD"]
"""The methods of whatever changes nothing."""
LASTING = "public, max-age=31536000, immutable"  # the address holds the content's hash
ASKED_EACH_TIME = "no-cache"
POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
"""Of these pages, beside that of the whole site: no script at all, and no style but the style sheet's."""


@dataclass(frozen=True, slots=True)
class Menu:
    """Where the header of a page leads to.

    Attributes:
        adding: To the adding of letters.
        leaving: To signing out.
        shown: To anything at all.
    """

    adding: bool = False
    leaving: bool = False
    shown: bool = True


NO_MENU = Menu()


def add_assets(app: FastAPI) -> None:
    """Add `/assets/NAME` for each of our own style sheets, scripts and pictures, in front of Gradio's own.

    Args:
        app: The application.
    """
    for name in _assets():
        app.add_api_route(f"/assets/{name}", _send, methods=READ)


def asset(name: str) -> str:
    """The address of a style sheet or a script, with its content's hash: browsers may keep what it leads to.

    Like every address it is written from the root, and made relative where it is sent (`addresses`).

    Args:
        name: Of a file in `assets`.
    """
    return f"/assets/{name}?v={_assets()[name][1]}"


def page(template: str, status: int = 200, menu: Menu = NO_MENU, **values: Any) -> HTMLResponse:
    """A page made from a template; whatever is put into it is escaped, and addresses of ours become relative.

    Args:
        template: Its file in `templates`.
        status: Of the response.
        menu: Where the header leads to.
        values: What it shows. `current` ("letters", "add") is the link of the header that leads here, or, with
            `within`, to what this page is a part of.
    """
    shown = {"menu": menu, "current": "", "within": False} | values
    return _Relative(_templates().get_template(template).render(shown), status)


def problem(
    status: int, title: str, lines: Sequence[str], *, link: tuple[str, str] | None = None, menu: Menu = NO_MENU
) -> HTMLResponse:
    """A page that says calmly what is not there.

    Args:
        status: Of the response.
        title: What is wrong, in a few words.
        lines: More about it, each a sentence or two.
        link: The address and the words of a link beside that to all letters.
        menu: Where the header leads to.
    """
    values = {"title": title, "lines": lines, "link": link}
    return page("problem.html", status, menu, **values, current="letters", within=True)


def attachment(saved: Saved) -> Response:
    """A file as what a browser saves instead of showing it.

    Args:
        saved: The file.
    """
    text = saved.media_type.startswith("text/")
    media_type = f"{saved.media_type}; charset=utf-8" if text else saved.media_type
    headers = {"content-disposition": f'attachment; filename="{saved.name}"'}
    return Response(saved.data, media_type=media_type, headers=headers)


def sealed(response: Response) -> Response:
    """A page of plain HTML, under a policy of its own: no script at all, and no style but the style sheet's."""
    response.headers["content-security-policy"] = POLICY
    return response


def _send(request: Request) -> Response:
    """One of our own files. Its route holds its name: nothing of a request leads to a file."""
    name = request.url.path.rpartition("/")[2]
    data, digest = _assets()[name]
    named = request.query_params.get("v") == digest
    headers = {"cache-control": LASTING if named else ASKED_EACH_TIME, "etag": f'"{digest}"'}
    if request.headers.get("if-none-match", "").removeprefix("W/") == headers["etag"]:
        return Response(status_code=304, headers=headers)
    return Response(data, media_type=MEDIA_TYPES[Path(name).suffix], headers=headers)


class _Relative(HTMLResponse):
    """A page that works below any path: it learns where it stands when it is sent."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.body = relative_markup(bytes(self.body).decode(), scope).encode()
        self.headers["content-length"] = str(len(self.body))
        await super().__call__(scope, receive, send)


@cache
def _assets() -> dict[str, tuple[bytes, str]]:
    """The content and its hash of each file that a page may ask for."""
    files = [file for file in sorted((HERE / "assets").iterdir()) if file.suffix in MEDIA_TYPES]
    return {file.name: (data := file.read_bytes(), hashlib.sha256(data).hexdigest()[:16]) for file in files}


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(asset=asset, product=TITLE)
    return environment
