"""Answers as server-sent events, over a real connection."""

import json
import threading
from contextlib import contextmanager

import httpx
import pytest
from browser.page_fakes import FakeAssistant
from fakes import problem_in
from fastapi import FastAPI
from running import running

from assistant.errors import FilterError
from assistant.page.api.routes import BUSY, add_api
from assistant.page.asking.room import Room
from assistant.page.chat.callbacks import OUR_FAULT
from assistant.page.server import address

QUESTION = "what is said about accommodation for care leavers?"
PATIENCE = 20
EVENTS = {"accept": "text/event-stream"}


class Telling(FakeAssistant):
    """Tells how far it is, as the real one does; goes on only when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.let = threading.Event()
        self.ended = threading.Event()
        self.stopped = False
        self.failing: Exception | None = None

    def ask(self, question, *, told=lambda _: None, began=lambda _stage, _number: None, **rest):
        try:
            began("search", 2)
            told("A sentence \u2028 of a model.")
            assert self.let.wait(PATIENCE)
            if self.failing:
                raise self.failing
            began("write", 7)
            return super().ask(question, **rest)
        except BaseException as error:
            self.stopped = not isinstance(error, Exception) or type(error).__name__ == "_GoneError"
            raise
        finally:
            self.ended.set()


@contextmanager
def served(assistant, room=None):
    app = FastAPI()
    add_api(app, assistant, 300, room)
    with running(app, "error") as listening, httpx.Client(base_url=address(listening), timeout=PATIENCE) as client:
        yield client


@pytest.fixture
def telling():
    assistant = Telling()
    yield assistant
    assistant.let.set()


def events(lines):
    """Name and data of each event."""
    name = ""
    for line in lines:
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))


def asked(client, body=None):
    return client.stream("POST", "/api/v1/ask", json=body or {"question": QUESTION, "id": "q"}, headers=EVENTS)


def test_the_steps_come_before_the_answer_is_there(telling):
    with served(telling) as client, asked(client) as reply:
        assert reply.headers["content-type"].startswith("text/event-stream")
        assert reply.headers["x-accel-buffering"] == "no"
        coming = events(reply.iter_lines())
        assert next(coming) == ("stage", {"stage": "search", "letters": 2})
        assert next(coming) == ("sentence", {"text": "A sentence \u2028 of a model."})
        telling.let.set()
        assert next(coming) == ("stage", {"stage": "write", "passages": 7})
        name, answer = next(coming)
        assert name == "answer" and next(coming, None) is None
        plain = client.post("/api/v1/ask", json={"question": QUESTION, "id": "q"}).json()
        assert {**answer, "seconds": {}} == {**plain, "seconds": {}} and answer["citations"]


@pytest.mark.parametrize(
    ("error", "status", "says"),
    [(FilterError("no letter is about 'Rutfort'"), 422, "Rutfort"), (RuntimeError("secret"), 500, OUR_FAULT)],
)
def test_an_error_is_the_last_event(telling, error, status, says):
    telling.failing = error
    telling.let.set()
    with served(telling) as client, asked(client) as reply:
        *_, (name, told) = events(reply.iter_lines())
        assert (name, told["status"]) == ("problem", status) and says in told["detail"]
        assert "secret" not in told["detail"]


def test_what_can_be_told_at_once_is_no_stream(telling):
    with served(telling) as client:
        for body, says in (({"question": " "}, "Type a question"), ({"question": "x" * 301}, "301")):
            assert says in problem_in(client.post("/api/v1/ask", json=body, headers=EVENTS), 422)


def test_a_full_room_turns_away_at_once_and_a_place_is_free_again_afterwards(telling):
    with served(telling, Room(at_once=1, waiting=0)) as client:
        with asked(client) as reply:
            coming = events(reply.iter_lines())
            next(coming)
            busy = client.post("/api/v1/ask", json={"question": QUESTION}, headers=EVENTS)
            assert problem_in(busy, 503) == BUSY and busy.headers["retry-after"]
            telling.let.set()
            assert [name for name, _ in coming][-1] == "answer"
        assert client.post("/api/v1/ask", json={"question": QUESTION}).status_code == 200


def test_who_goes_away_is_not_worked_for_any_longer(telling):
    with served(telling, Room(at_once=1, waiting=0)) as client:
        with asked(client) as reply:
            next(events(reply.iter_lines()))
        with pytest.raises(AssertionError):  # the connection is closed; the server sees it when it wants to send
            assert telling.ended.wait(0.2)
        telling.let.set()
        assert telling.ended.wait(PATIENCE)
        assert telling.stopped
        assert client.post("/api/v1/ask", json={"question": QUESTION}).status_code == 200
