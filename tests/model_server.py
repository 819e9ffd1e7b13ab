"""An OpenAI-compatible server on the loopback that says what a test tells it to, over real sockets.

    python tests/model_server.py

starts one that is half honest, and prints its address for ASSISTANT_LLM_URL, so that `python -m eval` can measure what
becomes of that.
"""

import json
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from assistant.words.sentences import split_sentences

Act = Callable[["Handler"], None]


def said(*sentences: tuple[str, Sequence[str]]) -> str:
    """Sentences and their keys as the JSON that is asked for."""
    return json.dumps({"sentences": [{"text": text, "keys": list(keys)} for text, keys in sentences]})


def stream(text: str, size: int = 7) -> Act:
    """A whole reply, in pieces."""

    def act(handler: "Handler") -> None:
        handler.begin()
        for start in range(0, len(text), size):
            handler.piece(text[start : start + size])
        handler.end()

    return act


def stalled(text: str, seconds: float = 5.0) -> Act:
    """The beginning of a reply, and then nothing."""

    def act(handler: "Handler") -> None:
        handler.begin()
        handler.piece(text)
        handler.server.closing.wait(seconds)

    return act


def dripping(seconds: float = 5.0) -> Act:
    """Signs of life for ever, and no word of a reply."""

    def act(handler: "Handler") -> None:
        handler.begin()
        until = time.monotonic() + seconds
        while time.monotonic() < until and not handler.server.closing.wait(0.05):
            handler.raw(b": still here\n\n")

    return act


def broken(text: str) -> Act:
    """The beginning of a reply, and then the connection is gone."""

    def act(handler: "Handler") -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream")
        handler.send_header("Content-Length", "100000")
        handler.end_headers()
        handler.piece(text)

    return act


def status(code: int, body: str = "no", **headers: str) -> Act:
    """An error."""

    def act(handler: "Handler") -> None:
        handler.answer(code, json.dumps({"error": {"message": body}}).encode(), **headers)

    return act


def page(body: bytes, **headers: str) -> Act:
    """Anything at all, with status 200."""

    def act(handler: "Handler") -> None:
        handler.answer(200, body, **headers)

    return act


def flood(megabytes: int, piece: bytes) -> Act:
    """So much of something."""

    def act(handler: "Handler") -> None:
        handler.begin()
        block = piece * (65536 // len(piece))
        for _ in range(megabytes * 16):
            handler.raw(block)
            handler.server.sent += len(block)

    return act


PASSAGE = re.compile(r'<passage key="(\w+)" from="([^"]*)">\n(.*?)\n</passage>', re.DOTALL)


def answering(write: Callable[[dict[str, str]], str]) -> Act:
    """A reply made from the passages that were sent, `{key: words}`."""

    def act(handler: "Handler") -> None:
        sent = handler.server.asked[-1]["messages"][1]["content"]
        stream(write({key: words for key, _, words in PASSAGE.findall(sent)}), 11)(handler)

    return act


def half_honest(handler: "Handler") -> None:
    """What a fluent model with little respect for its passages might say: copied, shortened, and made up."""
    sent = handler.server.asked[-1]["messages"][1]["content"]
    asked = set(sent.rsplit("Question:", 1)[1].lower().split())
    found = []
    for number, (key, _, words) in enumerate(PASSAGE.findall(sent)[:6]):
        sentences = [words[start:end] for start, end in split_sentences(words)]
        near = max(sentences, key=lambda sentence: len(asked & set(sentence.lower().split())))
        short = re.split(r", (?:and|but|which|so) |; ", near)[0].rstrip(".")
        found.append((near if number % 2 else f"{short}.", [key]))
        turned = re.sub(r"\b(?:not|some|most|few|starting to) ", "", near, count=1, flags=re.IGNORECASE)
        lie = re.sub(r"\d+", "47", turned).replace("good", "outstanding")
        if number % 2:
            found.append((lie if lie != near else f"{near[:-1]} in all 14 cases in Leeds.", [key]))
    stream(said(*found), 11)(handler)


class Server(ThreadingHTTPServer):
    """Does as it is told, and notes what it was asked."""

    daemon_threads = True
    acts: list[Act] | Act
    models: Sequence[str]

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.closing = threading.Event()
        self.models = ("tiny-model", "other-model")
        self.acts = []
        self.sent = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def handle_error(self, *_: object) -> None:
        """A client that has gone is none of our business."""


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.keys.append(self.headers.get("Authorization"))
        models = [{"id": name, "object": "model"} for name in self.server.models]
        self.answer(200, json.dumps({"object": "list", "data": models}).encode())

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.keys.append(self.headers.get("Authorization"))
        self.server.asked.append(body)
        acts = self.server.acts
        if not callable(acts):
            act = acts.pop(0) if len(acts) > 1 else acts[0]
            act(self)
        else:
            acts(self)

    def answer(self, code: int, body: bytes, **headers: str) -> None:
        self.send_response(code)
        for name, value in ({"Content_Type": "application/json"} | headers).items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def begin(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True

    def piece(self, text: str) -> None:
        delta = {"choices": [{"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": None}]}
        event = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", **delta}
        self.raw(f"data: {json.dumps(event)}\n\n".encode())

    def raw(self, data: bytes) -> None:
        self.wfile.write(data)
        self.wfile.flush()

    def end(self) -> None:
        self.raw(b"data: [DONE]\n\n")

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def model_server(*acts: Act) -> Iterator[Server]:
    """A server that does these things in turn; the last one for ever."""
    server = Server()
    server.acts = list(acts)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.closing.set()
        server.shutdown()
        server.server_close()
        thread.join(5)


if __name__ == "__main__":
    with model_server(half_honest) as running:
        print(running.url, flush=True)
        threading.Event().wait()
