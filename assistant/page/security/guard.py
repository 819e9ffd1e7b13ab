"""What guards the page: the headers, the closed routes and the largest request.

Written as plain ASGI, since Starlette's base class for middleware would buffer the answers' stream.
"""

import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from assistant.page.http.asgi import Application, Message, Receive, Scope, Send
from assistant.page.http.problems import PROBLEM, problem
from assistant.page.security.paths import LASTING_FOLDERS, STREAMED, is_open
from assistant.system.failures import log_failure

__all__ = ["HEADERS", "LARGEST_REQUEST", "Door", "Guard", "Turned", "same_site"]

log = logging.getLogger(__name__)


LARGEST_REQUEST = 1_000_000  # bytes: a question of 100,000 characters, escaped, with its history

CONTENT_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-eval'",  # Gradio compiles its templates; nothing inline ever runs
        "style-src 'self' 'unsafe-inline'",  # Gradio's components carry style attributes
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)

HEADERS = {
    "content-security-policy": CONTENT_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",  # with none at all, browsers would not say where a form was sent from
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
"""Sent with every response."""

OWN = frozenset((b"content-security-policy",))  # a response's own is sent too: browsers obey both, so it only narrows


# Gradio's page carries its configuration inline as well as at `/config`, and addresses of its makers for link
# previews. The policy above refuses to run the first; both are left out, so that nothing has to be refused.
UNUSED = re.compile(rb"<script(?![^>]*\ssrc=)[^>]*>.*?</script>|<meta\s[^>]*https?://[^>]*>", re.DOTALL)
# It names the manifest of an app to install, which this is not, and no icon: browsers would look for both at the root.
MANIFEST = re.compile(rb'<link\s+rel="manifest"[^>]*>')
# Where Gradio believes that it is served. It cannot know the path that a proxy took off; without a word of it, the
# browser takes the address that it opened the page at.
ROOT = re.compile(rb'"root":"https?://[^"]*"')
Rewriting = tuple[tuple[re.Pattern[bytes], bytes], ...]
REWRITTEN: Mapping[str, Rewriting] = {  # what of a response is written anew, by the request's path
    "/": ((UNUSED, b""), (MANIFEST, b'<link rel="icon" href="./favicon.ico">')),
    "/config": ((ROOT, b'"root":""'),),
}


def same_site(headers: Mapping[str, str]) -> bool:
    """Whether a form was sent from a page of ours: browsers say so, in one header or the other.

    Args:
        headers: Of the request.
    """
    fetched = headers.get("sec-fetch-site")
    if fetched is not None:
        return fetched == "same-origin"
    try:
        origin = urlsplit(headers.get("origin", "")).netloc
    except ValueError:
        return False
    return bool(origin) and origin.lower() == headers.get("host", "").lower()


@dataclass(frozen=True, slots=True)
class Turned:
    """Why a request is turned away.

    Attributes:
        status: Of the response.
        message: One sentence.
        headers: More headers of the response.
    """

    status: int
    message: str
    headers: tuple[tuple[str, str], ...] = ()


class Door(Protocol):
    """Decides who is let in."""

    async def admit(self, scope: Scope) -> Turned | None:
        """Let a request in, or say why not."""

    def opens(self, path: str) -> bool:
        """Whether a path is part of the page where there is a door."""

    def own(self, scope: Scope, body: bytes | None) -> tuple[Scope, bytes | None, bool]:
        """A request as one about the visitor's own conversation, and whether it can be understood."""


class Guard:
    """Middleware that adds the headers, closes what the page does not need and refuses oversized requests.

    Args:
        app: The application behind it.
        largest: Most bytes of a request's body.
        door: Decides who is let in, before anything is read; by default everybody is.
    """

    def __init__(self, app: Application, largest: int = LARGEST_REQUEST, door: Door | None = None) -> None:
        self.app = app
        self.largest = largest
        self.door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif scope["type"] == "http":
            await self._http(dict(scope), receive, _with_headers(scope["path"], send))
        else:  # no web sockets here
            await send({"type": "websocket.close", "code": 1008})

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        turned = await self.door.admit(scope) if self.door else None
        if turned is None and not is_open(scope["path"]) and not (self.door and self.door.opens(scope["path"])):
            turned = Turned(404, "There is nothing at this address.")
        if turned:
            await _refuse(send, turned)
            return
        whole = scope["method"] == "POST" and scope["path"] not in STREAMED
        body = None
        if whole:
            body, fits = await _read(receive, self.largest)
            if body is None:
                return  # whoever sent it is gone, and half of it is not what was meant
            if not fits:
                await _refuse(send, Turned(413, f"The request is larger than {self.largest:,} bytes."))
                return
        if self.door:
            scope, body, understood = self.door.own(scope, body)
            if not understood:
                await _refuse(send, Turned(422, "The request cannot be read."))
                return
        if scope["path"] in REWRITTEN and scope["method"] == "GET":
            send = _rewritten(REWRITTEN[scope["path"]], send)
            headers = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
            scope = {**scope, "headers": headers}  # compressed, it could not be read here
        await self._answer(scope, receive if body is None else _replay(body, receive), send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the application answer. What it fails with is logged here, without the words of who asked."""
        started = ended = gone = False

        async def received() -> Message:
            nonlocal gone
            message = await receive()
            gone = gone or message["type"] == "http.disconnect"
            return message

        async def sent(message: Message) -> None:
            nonlocal started, ended
            started = True
            ended = message["type"] == "http.response.body" and not message.get("more_body")
            await send(message)

        try:
            await self.app(scope, received, sent)
        except Exception as error:
            if gone and not started:
                return  # whoever sent something went away in the middle of it, and nobody waits for an answer
            log_failure(log, "a request failed", error)
            if not started:
                await _refuse(send, Turned(500, "Something went wrong here. Please try again in a moment."))
            elif not ended:
                raise RuntimeError("an answer broke off") from None  # so that the server closes the connection


def _with_headers(path: str, send: Send) -> Send:
    lasting = path.startswith(LASTING_FOLDERS)

    async def wrapped(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept_by_caches = lasting and message["status"] < 400
            added = HEADERS if kept_by_caches else HEADERS | {"cache-control": "no-store"}
            names = {name.encode() for name in added} - OWN
            kept = [(name, value) for name, value in message.get("headers", ()) if name.lower() not in names]
            new = [(name.encode(), value.encode()) for name, value in added.items()]
            message = {**message, "headers": [*kept, *new]}
        await send(message)

    return wrapped


def _rewritten(rewriting: Rewriting, send: Send) -> Send:
    """Hold a response back until it is complete, and send it with what the patterns match replaced."""
    start: Message = {}
    page = bytearray()

    async def wrapped(message: Message) -> None:
        nonlocal start
        if message["type"] == "http.response.start":
            start = message
            return
        if message["type"] != "http.response.body":
            await send(message)
            return
        page.extend(message.get("body", b""))
        if message.get("more_body"):
            return
        body = bytes(page)
        for pattern, replacement in rewriting:
            body = pattern.sub(replacement, body)
        kept = [(name, value) for name, value in start.get("headers", ()) if name.lower() != b"content-length"]
        await send({**start, "headers": [*kept, (b"content-length", str(len(body)).encode())]})
        await send({"type": "http.response.body", "body": body})

    return wrapped


async def _read(receive: Receive, largest: int) -> tuple[bytes | None, bool]:
    """The body, and whether it is within the limit; reading stops there, whatever length was announced.

    None where the connection ended before the body did.
    """
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None, False
        body += message.get("body", b"")
        if len(body) > largest:
            return b"", False
        if not message.get("more_body"):
            return bytes(body), True


def _replay(body: bytes, receive: Receive) -> Receive:
    """A channel that gives the body once and then whatever follows (the disconnection)."""
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


async def _refuse(send: Send, turned: Turned) -> None:
    body = json.dumps(problem(turned.status, turned.message)).encode()
    headers = [(b"content-type", PROBLEM.encode()), (b"content-length", str(len(body)).encode())]
    headers += [(name.encode(), value.encode()) for name, value in turned.headers]
    await send({"type": "http.response.start", "status": turned.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
