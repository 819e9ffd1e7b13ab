"""A crowd over HTTP for as long as is wanted, with the bad company that a server has, while letters come and go.

Most ask the JSON interface, some hold conversations on the page, as their browsers would. Some send their question a
byte at a time, some read their answer as slowly, some hang up as soon as they have asked. All the while a letter is
added, asked about, and taken out again. Every answer is checked: it must be the one to its own question, with quotes
that stand, character for character, in the letter that they name.
"""

import html
import json
import os
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from assistant.index.catalogue import Catalogue
from assistant.reading.corpus import read_letter
from assistant.settings import load_settings
from eval.faults.outcome import Outcome
from eval.load import Server, gold_questions, served
from eval.statistics import percentile

__all__ = ["soak"]

ON_THE_PAGE, SLOW, HASTY = 8, 3, 3  # of the crowd: conversations; a byte at a time; hanging up
PATIENCE = 120  # seconds for anything
WARM_UP = 0.2  # share of the time before memory counts
FLAT = 0.1  # by how much memory may differ, the last third of the rest against the first
SAMPLE = 5  # seconds between two looks at the memory
PAUSE = 10  # seconds between two changes of the letters
REST = 10  # seconds after which whoever has gone should hold nothing
SPARE = 16  # files and threads that may be open beside those before the crowd came: pools that grew
PLAIN = re.compile(r"[A-Za-z0-9 ,?-]{20,200}")  # questions that look the same in HTML
LETTER = """Kent County Council

Focused visit to Kent children's services

This letter summarises the findings of a focused visit to Kent children's services on 4 and 5 March 2025.

Inspectors looked at the local authority's arrangements for {topic}.

Findings

1. The {topic} programme is well led, and young people value it.

2. Managers do not yet review the {topic} programme often enough.

What needs to improve in this area of practice

- the frequency of reviews of the {topic} programme
"""


def soak(index: Path, users: int, seconds: float, told: Callable[[str], None]) -> list[Outcome]:
    """Let a crowd ask for some time.

    Args:
        index: Of the default corpus, and of other letters perhaps; letters are added to it: a copy, please.
        users: How many at once, the bad company included.
        seconds: For how long.
        told: Is told how far it is.

    Raises:
        LoadError: If the server does not start.
    """
    added = index.with_name("added")
    with served(index, ASSISTANT_ADDING_DIR=str(added), ASSISTANT_ADDING="auto") as server:
        with Catalogue(load_settings(index_dir=index)) as catalogue:
            texts = {letter.sha256: letter.text for letter in catalogue.letters}
        return _Crowd(server, texts, users, seconds).run(told)


class _Crowd:
    """All who ask at once, and what became of it."""

    def __init__(self, server: Server, texts: dict[str, str], users: int, seconds: float) -> None:
        self.server, self.texts, self.seconds = server, texts, seconds
        self.where = urlsplit(server.url)
        self.until = 0.0
        self.api = Outcome("questions to the JSON interface")
        self.page = Outcome("questions in conversations on the page")
        self.letters = Outcome("letters added, asked about and taken out meanwhile")
        self.company = Outcome("slow clients and dropped connections")
        self.times: list[float] = []
        self.memory: list[tuple[float, int]] = []
        self._book = threading.Lock()
        self._topics = count()
        plain = sorted({question for question in gold_questions() if PLAIN.fullmatch(question)})
        apart = [q for q in plain if not any(q in other for other in plain if other != q)]
        self.own = [apart[at::ON_THE_PAGE] for at in range(ON_THE_PAGE)]
        self.supply = gold_questions()
        askers = users - ON_THE_PAGE - SLOW - HASTY
        self.roles: list[tuple[Callable[[int], None], int]] = [
            *((self._ask, at) for at in range(askers)),
            *((self._converse, at) for at in range(ON_THE_PAGE)),
            *((self._dawdle, at) for at in range(SLOW)),
            *((self._hang_up, at) for at in range(HASTY)),
            (self._change, 0),
            (self._watch, 0),
        ]

    def run(self, told: Callable[[str], None]) -> list[Outcome]:
        """Let them, and look at what is left when they have gone."""
        before = self._open()
        started = time.monotonic()
        self.until = started + self.seconds
        threads = [threading.Thread(target=self._role, args=role, daemon=True) for role in self.roles]
        for thread in threads:
            thread.start()
        while time.monotonic() < self.until:
            time.sleep(min(SAMPLE, self.seconds))
            told(f"{time.monotonic() - started:.0f} s, {self.api.tried} answers, {self.memory[-1:]} MB")
        for thread in threads:
            thread.join(PATIENCE)
        stuck = sum(thread.is_alive() for thread in threads)
        if stuck:
            self.api.lost.append(f"{stuck} of the crowd still wait")
        time.sleep(REST)
        return [self.api, self.page, self.letters, self.company, self._memory(started), self._released(before)]

    def _role(self, role: Callable[[int], None], number: int) -> None:
        while time.monotonic() < self.until:
            try:
                role(number)
            except Exception as error:
                self._add(self.api, "failed", [f"{role.__name__}: {type(error).__name__}: {error}"])
                time.sleep(1)

    def _add(self, outcome: Outcome, seen: str, lost: list[str] | None = None) -> None:
        with self._book:
            outcome.add(seen, lost or [])

    # --- those who ask ---------------------------------------------------------------------------------------

    def _ask(self, number: int) -> None:
        """Question after question to the JSON interface."""
        with self._client() as client:
            for turn in count():
                if time.monotonic() > self.until:
                    return
                question = self.supply[(turn * 41 + number * 7) % len(self.supply)]
                started = time.perf_counter()
                reply = client.post("/api/v1/ask", json={"question": question, "id": f"{number}-{turn}"})
                taken = time.perf_counter() - started
                if reply.status_code == 503 and reply.headers.get("retry-after"):
                    self._add(self.api, "told to come back")
                    time.sleep(float(reply.headers["retry-after"]))
                    continue
                lost = self._wrong(reply, question, f"{number}-{turn}")
                with self._book:
                    self.times.append(taken)
                self._add(self.api, "answered" if not lost else "wrong", lost)

    def _wrong(self, reply: httpx.Response, question: str, own: str) -> list[str]:
        """What is wrong with an answer."""
        if reply.status_code != 200:
            return [f"{question!r}: {reply.status_code} {reply.text[:100]}"]
        answer: dict[str, Any] = reply.json()
        lost = []
        if (answer["id"], answer["question"]) != (own, question):
            lost.append(f"{question!r} was answered with {answer['question']!r}: sessions were mixed")
        for citation in answer["citations"]:
            text = self.texts.get(citation["sha256"])
            if text is None:
                lost.append(f"{citation['letter_id']}: cited, and not among the letters")
            elif text[citation["start"] : citation["end"]] != citation["quote"]:
                lost.append(f"{citation['letter_id']}: a quote that does not stand there")
        return lost

    def _converse(self, number: int) -> None:
        """A conversation on the page of some turns, with questions that nobody else has; then the window is closed."""
        own = self.own[number]
        others = [question for at, questions in enumerate(self.own) if at != number for question in questions]
        with self._client() as client:
            page = _Page(client, f"soak-{number}-{time.monotonic_ns()}")
            state: list[str] = []
            for question in own[number : number + 3] or own[:3]:
                said = page.ask(question)
                lost = [] if question in said else [f"page: no answer to {question!r}: {said[-200:]}"]
                lost += [f"page: {other!r} was asked by somebody else" for other in others if other in said]
                self._add(self.page, "answered" if not lost else "wrong", lost)
                state.append(question)
                if time.monotonic() > self.until:
                    return
            page.leave(own[-1])  # asks, and closes the window before the answer has come
            self._add(self.page, "left before the answer came")

    # --- bad company -----------------------------------------------------------------------------------------

    def _dawdle(self, number: int) -> None:
        """A question a byte at a time until the server has had enough; or an answer read as slowly."""
        with self._socket() as connection:
            body = self._request(self.supply[number])
            if number % 2:
                connection.sendall(body)
                for _ in range(20):
                    if time.monotonic() > self.until or not connection.recv(1):
                        break
                    time.sleep(1)
                self._add(self.company, "read a byte a second, and left")
                return
            for at in range(len(body)):
                try:
                    connection.sendall(body[at : at + 1])
                    connection.settimeout(1)
                    if not connection.recv(1):
                        break
                except TimeoutError:
                    pass
                except OSError:
                    break
                if time.monotonic() > self.until:
                    return
            self._add(self.company, "sent a byte a second, and was cut off")

    def _hang_up(self, number: int) -> None:
        """A question, and nobody there for the answer."""
        with self._socket() as connection:
            connection.sendall(self._request(self.supply[(number * 17 + self.company.tried) % len(self.supply)]))
            time.sleep(0.05 * number)
        self._add(self.company, "hung up after asking")
        time.sleep(1)

    def _request(self, question: str) -> bytes:
        body = json.dumps({"question": question}).encode()
        head = f"POST /api/v1/ask HTTP/1.1\r\nHost: {self.where.netloc}\r\nContent-Type: application/json\r\n"
        return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body

    # --- letters come and go -----------------------------------------------------------------------------------

    def _change(self, _: int) -> None:
        """Add a letter, ask about it, take it out, ask again."""
        topic = f"Harbour{next(self._topics)}light"
        name, data = f"kent-{topic}.txt", LETTER.format(topic=topic).encode()
        self._know(name, data)
        question = f"What do inspectors say about the {topic} programme?"
        with self._client() as client:
            started = time.perf_counter()
            address = self._sent(client, "/add", files=[("files", (name, data))])
            self._wait(client, address)
            taken = time.perf_counter() - started
            there = self._told(client, question)
            lost = [] if topic in there["answer"] and there["citations"] else [f"{name} was added and is not answered"]
            self._sent(client, f"{address}/remove", data={"all": "1"})
            self._wait(client, address)
            gone = self._told(client, question)
            lost += [f"{name} was taken out and is still cited"] if name in json.dumps(gone) else []
            self._add(self.letters, "added in under 10 s" if taken < 10 else "added in 10 s or more", lost)
        time.sleep(min(PAUSE, max(0.0, self.until - time.monotonic())))

    @staticmethod
    def _told(client: httpx.Client, question: str) -> dict[str, Any]:
        """An answer, asked for again where the server is too busy."""
        while True:
            reply = client.post("/api/v1/ask", json={"question": question})
            if reply.status_code != 503:
                answer: dict[str, Any] = reply.raise_for_status().json()
                return answer
            time.sleep(float(reply.headers.get("retry-after", 5)))

    def _know(self, name: str, data: bytes) -> None:
        """Read a letter here too, so that quotes from it can be checked."""
        own = Path(os.environ.get("TMPDIR", "/tmp")) / name
        own.write_bytes(data)
        try:
            letter = read_letter(own)
        finally:
            own.unlink()
        self.texts[letter.sha256] = letter.text

    def _sent(self, client: httpx.Client, address: str, **what: Any) -> str:
        form = client.get("/add" if address == "/add" else address.removesuffix("/remove")).text
        token = re.search(r'name="token" value="([^"]+)"', form)
        fields = {"token": token[1] if token else ""} | dict(what.pop("data", {}))
        headers = {"origin": self.server.url, "sec-fetch-site": "same-origin"}
        reply = client.post(address, data=fields, headers=headers, **what)
        if reply.status_code != 303:
            raise ValueError(f"{address}: {reply.status_code}")
        return str(reply.headers["location"])

    @staticmethod
    def _wait(client: httpx.Client, address: str) -> None:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            state = client.get(f"{address}.json").json()["state"]
            if state in ("done", "failed"):
                if state == "failed":
                    raise ValueError(f"{address}: {state}")
                return
            time.sleep(0.1)
        raise TimeoutError(address)

    # --- what it takes -----------------------------------------------------------------------------------------

    def _watch(self, _: int) -> None:
        now, _most = self.server.memory()
        if now is not None:
            self.memory.append((time.monotonic(), now))
        time.sleep(SAMPLE)

    def _memory(self, started: float) -> Outcome:
        """Whether the memory stays flat once all is warm."""
        outcome = Outcome("memory of the server, first to last third after warming up")
        counted = [megabytes for at, megabytes in self.memory if at - started > WARM_UP * self.seconds]
        third = len(counted) // 3
        if not third:
            outcome.skipped = "too short to tell, or the system does not say"
            return outcome
        first, last = (sum(part) / third for part in (counted[:third], counted[-third:]))
        change = last / first - 1
        lost = [f"it went from {first:.0f} to {last:.0f} MB"] if abs(change) > FLAT else []
        outcome.add(f"{first:.0f} to {last:.0f} MB ({change:+.1%})", lost)
        return outcome

    def _open(self) -> tuple[int, int]:
        """Files and sockets that the server has open, and its threads; (0, 0) where the system does not say."""
        try:
            files = len(os.listdir(f"/proc/{self.server.pid}/fd"))
            return files, len(os.listdir(f"/proc/{self.server.pid}/task"))
        except OSError:
            return 0, 0

    def _released(self, before: tuple[int, int]) -> Outcome:
        outcome = Outcome("open files and threads of the server when all had gone")
        after = self._open()
        lost = [f"{was} before, {now} after" for was, now in zip(before, after, strict=True) if now > was + SPARE]
        outcome.add(f"{after[0]} and {after[1]} ({before[0]} and {before[1]} before)", lost)
        if self.times:
            times = f"p50 {percentile(self.times, 0.5):.2f} s, p95 {percentile(self.times, 0.95):.2f} s"
            self.api.note = f"{times}, {len(self.times) / self.seconds:.0f} a second"
        return outcome

    def _client(self) -> httpx.Client:
        return httpx.Client(base_url=self.server.url, timeout=PATIENCE)

    def _socket(self) -> socket.socket:
        return socket.create_connection((self.where.hostname or "", self.where.port or 80), timeout=PATIENCE)


class _Page:
    """What the page's script says to Gradio for one visitor, by hand."""

    def __init__(self, client: httpx.Client, name: str) -> None:
        self._client, self._name = client, name
        config: Mapping[str, Any] = client.get("/config").json()
        parts = {part["id"]: part["props"].get("elem_id") for part in config["components"]}
        self._event = next(
            event["id"]
            for event in config["dependencies"]
            if event["inputs"] and parts[event["inputs"][0]] == "question"
        )

    def ask(self, question: str) -> str:
        """Ask, and give back all that the page is told until the answer is there."""
        self._join(question)
        said = "".join(self._heard())
        return html.unescape(said)

    def leave(self, question: str) -> None:
        """Ask, and close the window."""
        self._join(question)
        for _ in self._heard():
            return

    def _join(self, question: str) -> None:
        body = {"data": [question, [], [], [], None], "fn_index": self._event, "session_hash": self._name}
        self._client.post("/gradio_api/queue/join", json=body).raise_for_status()

    def _heard(self) -> Iterator[str]:
        with self._client.stream("GET", "/gradio_api/queue/data", params={"session_hash": self._name}) as stream:
            for line in stream.iter_lines():
                yield f"{line}\n"
                if "close_stream" in line:
                    return
