"""Addresses of our own pages, written relative to the page that they stand on.

So the same page works at the root of a name and below any path of it (`https://council.example/letters/`), and nothing
has to be told where that is: the proxy takes its path off, and the browser puts it back.
"""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from assistant.page.http.asgi import Scope

__all__ = ["relative", "relative_markup", "served_at"]

# An attribute of a template that leads to a page of ours. What comes from a letter cannot look like one: its quotation
# marks are escaped. A refresh's address follows "url=".
OURS = re.compile(r'((?:\s(?:href|action|src)="|\surl=)/)(?!/)')


def relative(address: str, scope: Scope | None = None) -> str:
    """An address of ours as a page writes it.

    Args:
        address: Below the address that the assistant is served at, such as "/letters/x"; it begins with one slash.
        scope: Of the request that is answered; by default one for the front page.
    """
    return f"{_upwards(scope)}{address[1:]}"


def relative_markup(markup: str, scope: Scope) -> str:
    """A page's markup with every address of ours relative to that page.

    Args:
        markup: Whose links, forms, scripts and style sheets are written as "/letters".
        scope: Of the request that is answered.
    """
    return OURS.sub(lambda found: f"{found[1][:-1]}{_upwards(scope)}", markup)


def served_at(origin: str, headers: Mapping[str, str], path: str = "/") -> str:
    """Where the assistant is served, as far as a request of its own page tells: what absolute links begin with.

    Args:
        origin: Scheme and host, as the server or the browser says.
        headers: Of the request. The page that it was sent from names the path that a proxy took off.
        path: Of that page, as we see it.
    """
    origin = origin.rstrip("/")
    try:
        sent_from, own = urlsplit(headers.get("referer", "")), urlsplit(origin)
    except ValueError:
        return origin
    ours = bool(own.netloc) and sent_from.netloc == own.netloc and sent_from.path.endswith(path)
    return f"{origin}{sent_from.path.removesuffix(path)}" if ours else origin


def _upwards(scope: Scope | None) -> str:
    """From the page of a request to the front page. A slash that is written as %2F is part of a name."""
    if scope is None:
        return "./"
    path = scope.get("raw_path") or str(scope["path"]).encode()
    return "../" * (path.partition(b"?")[0].count(b"/") - 1) or "./"
