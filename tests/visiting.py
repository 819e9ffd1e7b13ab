"""The whole application under some settings, and visitors of it: honest ones, proxies, and those who want to get in."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import httpx
from browser.page_fakes import FakeAssistant
from fastapi.testclient import TestClient
from running import running

from assistant.page.app import create_app
from assistant.page.http.connections import Patience
from assistant.page.security.access import Access
from assistant.page.security.passwords import Passwords
from assistant.page.security.sessions import Sessions
from assistant.settings import Settings

PASSWORD = "a horse that reads letters"
ADDING = "a horse that files letters"
BASE = "http://letters.example.org"
OURS = {"origin": BASE}
QUESTION = {"question": "what is said about accommodation for care leavers?"}
ELSEWHERE = ("203.0.113.9", 50_000)
PROXY = ("127.0.0.1", 50_000)
READING = ("/", "/letters", "/authorities", "/compare", "/config", "/theme.css", "/gradio_api/info", "/manifest.json",
           "/letters/2019-03-01-rutford-focused-visit", "/assets/page.js", "/static/js/x.js", "/robots.txt")  # fmt: skip
PATIENCE = 20  # seconds that a thread or a socket may take on a busy machine


class Clock:
    """Time that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


class Page:
    """The whole application under some settings, and visitors of it."""

    def __init__(self, **given: object) -> None:
        self.settings = Settings(_env_file=None, **{"host": "0.0.0.0", "max_question_chars": 300} | given)
        self.clock, self.pauses = Clock(), []
        self.assistant = FakeAssistant()
        self.access = Access(self.settings, Passwords(self.settings, self.clock, self._pause), Sessions(self.clock))
        self.app = create_app(self.assistant, self.settings, self.access)

    async def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)

    def visitor(self, address: tuple[str, int] = ELSEWHERE, base: str = BASE, **headers: str) -> TestClient:
        return TestClient(self.app, base_url=base, client=address, follow_redirects=False, headers=headers)

    def signed_in(self, password: str = PASSWORD, address: tuple[str, int] = ELSEWHERE) -> TestClient:
        visitor = self.visitor(address)
        assert sign_in(visitor, password).status_code == 303
        return visitor


def sign_in(visitor: TestClient, password: str, wanted: str = "/", headers: dict[str, str] = OURS):
    return visitor.post("/login", data={"password": password, "next": wanted}, headers=headers)


def bearer(password: str) -> dict[str, str]:
    return {"authorization": f"Bearer {password}"}


@contextmanager
def served(app: object, patience: Patience | None = None, kept_alive: int = 15) -> Iterator[tuple[str, int]]:
    """The application on a real socket, as the product serves it."""
    with running(app, "warning", patience, kept_alive) as listening:
        yield listening.getsockname()


async def raw(app, method: str, target: str, headers: tuple[tuple[bytes, bytes], ...] = (), body: bytes = b""):
    """A request whose path nobody made tidy on the way."""
    from urllib.parse import unquote

    path, _, query = target.partition("?")
    answer = SimpleNamespace(status=0, headers={}, body=b"")
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
        "path": unquote(path), "raw_path": path.encode(), "query_string": query.encode(), "root_path": "",
        "headers": [(b"host", b"letters.example.org"), *headers], "client": ELSEWHERE, "server": ("192.0.2.1", 80),
    }  # fmt: skip

    async def receive():
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message):
        if message["type"] == "http.response.start":
            answer.status = message["status"]
            answer.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        answer.body += message.get("body", b"")

    await app(scope, receive, send)
    return answer


class Browser:
    """What the page's script says to Gradio, by hand."""

    def __init__(self, where: tuple[str, int], name: str, **headers: str) -> None:
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{where[1]}", headers=headers, timeout=PATIENCE)
        self.name = name
        config = self.client.get("/config").json()
        parts = {part["id"]: part["props"].get("elem_id") for part in config["components"]}
        self.events = {
            parts.get(event["inputs"][0]): event["id"] for event in config["dependencies"] if event["inputs"]
        }

    def join(self, first: str, data: list[object]) -> httpx.Response:
        """Begin what belongs to the control whose first input is named."""
        body = {"data": data, "fn_index": self.events[first], "session_hash": self.name}
        return self.client.post("/gradio_api/queue/join", json=body)

    def hear(self) -> str:
        """All that is said to this conversation, until it is over."""
        said = ""
        with self.client.stream("GET", "/gradio_api/queue/data", params={"session_hash": self.name}) as stream:
            for line in stream.iter_lines():
                said += f"{line}\n"
                if "close_stream" in line:
                    break
        return said

    def ask(self, question: str) -> str:
        assert self.join("question", [question, [], [], [], None]).status_code == 200
        return self.hear()

    def save(self) -> str:
        assert self.join("format", ["json", "answer", [], "", None]).status_code == 200
        return self.hear()


def spoken(where: tuple[str, int], *pieces: bytes) -> tuple[socket.socket, bytes]:
    """A connection on which something was said, and what came back until the server closed it."""
    with socket.create_connection(where, timeout=PATIENCE) as connection:
        for piece in pieces:
            connection.sendall(piece)
        return connection, heard(connection)


def heard(connection: socket.socket) -> bytes:
    """All that comes until the server closes the connection; longer than patience fails the test."""
    said = b""
    while True:
        try:
            piece = connection.recv(65536)
        except ConnectionResetError:
            return said
        if not piece:
            return said
        said += piece
