"""The frame of every plain page: the templates, the header, and the policy that a browser is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from assistant.page.frame.assets import asset
from assistant.page.frame.render import TITLE
from assistant.page.frame.saving import Saved
from assistant.page.http.addresses import relative_markup
from assistant.page.http.asgi import Receive, Scope, Send

__all__ = ["Menu", "attachment", "page", "problem", "sealed"]

TEMPLATES = Path(__file__).parent.parent / "templates"
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


class _Relative(HTMLResponse):
    """A page that works below any path: it learns where it stands when it is sent."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.body = relative_markup(bytes(self.body).decode(), scope).encode()
        self.headers["content-length"] = str(len(self.body))
        await super().__call__(scope, receive, send)


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(asset=asset, product=TITLE)
    return environment
