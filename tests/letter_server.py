"""A web server on the loopback that gives letters as a test tells it to, over real sockets.

    python tests/letter_server.py FOLDER [SECONDS]

serves a folder with ranges, dates and tags, each letter in so many seconds, and prints its address: to try `assistant add` by hand.
"""

import hashlib
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from mimetypes import guess_type
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from assistant.adding.downloads import Head
from assistant.adding.fetch import ACCEPT, Fetched, Fetcher
from assistant.adding.http_client import HttpClient, checked_address
from assistant.errors import LetterError

Act = Callable[["Handler"], None]

MODIFIED = "Fri, 01 Mar 2019 09:00:00 GMT"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that came."""

    path: str
    headers: Mapping[str, str]

    @property
    def range(self) -> str:
        return self.headers.get("range", "")


def gives(body: bytes, kind: str = "application/pdf", *, etag: str = "", length: bool = True, **headers: str) -> Act:
    """A document: whole, a part of it, or nothing where it has not changed. Without a tag it has no ranges."""

    def act(handler: "Handler") -> None:
        asked = handler.asked.headers
        said = {"Content-Type": kind, **{name.replace("_", "-"): value for name, value in headers.items()}}
        if etag:
            said |= {"ETag": etag, "Last-Modified": MODIFIED}
        if etag and asked.get("if-none-match") == etag:
            handler.say(304, b"", said)
            return
        start = int(asked["range"].removeprefix("bytes=").rstrip("-")) if etag and "range" in asked else 0
        if start and asked.get("if-range", etag) != etag:
            start = 0
        if start:
            said["Content-Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
        handler.say(206 if start else 200, body[start:], said, length=length)

    return act


def breaks_off(body: bytes, after: int, *, etag: str = '"one"', kind: str = "application/pdf") -> Act:
    """So many bytes of a document, and then the connection is gone."""

    def act(handler: "Handler") -> None:
        handler.send_response(200)
        for name, value in {"Content-Type": kind, "ETag": etag, "Content-Length": str(len(body))}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body[:after])
        handler.wfile.flush()
        handler.close_connection = True

    return act


def says(status: int, body: bytes = b"", kind: str = "text/html", **headers: str) -> Act:
    """A status, with a page."""
    return lambda handler: handler.say(
        status, body, {"Content-Type": kind, **{name.replace("_", "-"): value for name, value in headers.items()}}
    )


def leads(location: str, status: int = 302) -> Act:
    return lambda handler: handler.say(status, b"", {"Location": location})


class LetterServer(ThreadingHTTPServer):
    """What it has by path; an act, or several for one request after the other, the last for all that follow."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.has: dict[str, Act | list[Act]] = {}
        self.asked: list[Asked] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def paths(self) -> list[str]:
        """What was asked for, robots.txt aside."""
        return [asked.path for asked in self.asked if asked.path != "/robots.txt"]

    def handle_error(self, *_: object) -> None:
        """A client that has gone is none of our business."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: LetterServer
    asked: Asked

    def do_GET(self) -> None:
        path = self.path if self.path.startswith("/") else urlsplit(self.path)._replace(scheme="", netloc="").geturl()
        self.asked = Asked(path, {name.lower(): value for name, value in self.headers.items()})
        self.server.asked.append(self.asked)
        acts = self.server.has.get(path, says(404, b"<html><title>Not found</title></html>"))
        if isinstance(acts, list):
            acts = acts.pop(0) if len(acts) > 1 else acts[0]
        acts(self)

    def say(self, status: int, body: bytes, headers: Mapping[str, str], *, length: bool = True) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if length:
            self.send_header("Content-Length", str(len(body)))
        else:
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:  # the client has had enough
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def letter_server() -> Iterator[LetterServer]:
    with LetterServer() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


class Tried:
    """A fetcher that writes down how long it would have waited."""

    def __init__(self, folder: Path, **more: Any) -> None:
        self.waits: list[float] = []
        self.now = 0.0
        self.client = HttpClient(ACCEPT, **{"pause": 0, "wait": self.wait, "clock": lambda: self.now} | more)
        self.fetcher = Fetcher(folder / ".fetching", megabytes=1, client=self.client)

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds

    def __call__(self, address: str, known: Head | None = None) -> Fetched | None:
        return self.fetcher.fetch(checked_address(address), known)

    def refusal(self, address: str) -> str:
        with pytest.raises(LetterError) as error:
            self(address)
        assert error.value.file.startswith(address[:20])
        return error.value.reason


def _slowly(body: bytes, kind: str, seconds: float) -> Act:
    etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'

    def act(handler: Handler) -> None:
        time.sleep(seconds)
        gives(body, kind, etag=etag)(handler)

    return act


if __name__ == "__main__":
    with letter_server() as running:
        seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 0.0
        for file in Path(sys.argv[1]).iterdir():
            running.has[f"/{file.name}"] = _slowly(file.read_bytes(), guess_type(file)[0] or "", seconds)
        print(running.url, flush=True)
        try:
            while True:
                before = len(running.asked)
                time.sleep(1)
                for one in running.asked[before:]:
                    print(unquote(one.path), one.range, one.headers.get("if-none-match", ""), flush=True)
        except KeyboardInterrupt:
            pass
