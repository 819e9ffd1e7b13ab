"""Chat clients over HTTP: the page's own door, limits and record stand in front of the tools."""

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import httpx2
import pytest
from browser.page_fakes import FakeAssistant
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from running import running

from assistant.errors import SettingsError
from assistant.mcp.places import place_named
from assistant.mcp.server import FAILED
from assistant.page.api import mcp as page_mcp
from assistant.page.api.routes import BUSY, Room
from assistant.page.app import create_app
from assistant.settings import Settings

QUESTION = {"question": "what is said about accommodation for care leavers?"}
PASSWORD = "a horse that reads letters"
ERAS = ["auto", "legacy"]
PATIENCE = 20  # seconds that a thread may take on a busy machine
HEAD = {"accept": "application/json, text/event-stream", "content-type": "application/json"}
LIST = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}


@contextmanager
def served(assistant: object | None = None, **given: object) -> Iterator[str]:
    """The page with the tools, on a loopback address; its base."""
    settings = Settings(_env_file=None, **{"mcp": True, "max_question_chars": 300} | given)
    app = create_app(assistant or FakeAssistant(), settings)
    with running(app) as listening:
        yield "http://{}:{}".format(*listening.getsockname()[:2])


def speak(base: str, talk: Callable[[Client], Awaitable[Any]], mode: str = "auto", **headers: str) -> Any:
    async def session() -> Any:
        async with (
            httpx2.AsyncClient(headers=headers, timeout=PATIENCE) as http,
            Client(streamable_http_client(f"{base}/mcp", http_client=http), mode=mode) as client,
        ):
            return await talk(client)

    return asyncio.run(session())


def asks(base: str, mode: str = "auto", **headers: str) -> Any:
    return speak(base, lambda client: client.call_tool("ask", QUESTION), mode, **headers)


def post(base: str, **headers: str) -> httpx.Response:
    return httpx.post(f"{base}/mcp", json=LIST, headers=HEAD | headers)


@pytest.fixture(scope="module")
def open_page() -> Iterator[str]:
    with served() as base:
        yield base


@pytest.mark.parametrize("mode", ERAS)
def test_every_citation_opens_at_its_words(open_page, mode):
    fake = FakeAssistant()

    async def talk(client):
        found = await client.call_tool("ask", QUESTION)
        citations = found.structured_content["citations"]
        return citations, [(await client.read_resource(one["uri"])).contents[0].text for one in citations]

    citations, words = speak(open_page, talk, mode)
    assert len(words) > 1 and words == [citation["quote"] for citation in citations]
    for citation in citations:
        assert place_named(citation["uri"]).words(fake.letter(citation["letter_id"])) == citation["quote"]


@pytest.mark.parametrize("mode", ERAS)
def test_errors_and_refusals_come_through(open_page, mode):
    async def talk(client):
        return [
            await client.call_tool("ask", {"question": "how is the weather?"}),
            await client.call_tool("ask", QUESTION | {"authority": "Leeds"}),
            await client.call_tool("read_letter", {"letter_id": "nope"}),
        ]

    refused, *failed = speak(open_page, talk, mode)
    assert not refused.is_error and refused.structured_content["refused"]
    assert [one.is_error for one in failed] == [True, True]
    assert all(len(one.content[0].text.splitlines()) == 1 for one in failed)


def test_many_at_once(open_page):
    async def talk(client):
        return await asyncio.gather(*(client.call_tool("ask", QUESTION) for _ in range(20)))

    found = speak(open_page, talk)
    assert len({json.dumps(one.structured_content) for one in found}) == 1 and not any(one.is_error for one in found)


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT", "HEAD"])
def test_there_are_no_sessions_to_listen_to_or_to_end(open_page, method):
    answer = httpx.request(method, f"{open_page}/mcp", headers=HEAD)
    assert answer.status_code == 405 and answer.headers["allow"] == "POST"
    assert "mcp-session-id" not in post(open_page).headers


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"host": "evil.example"}, 421),
        ({"host": "evil.example", "origin": "http://evil.example"}, 421),
        ({"content-type": "text/plain"}, 400),
    ],
)
def test_another_sites_page_cannot_ask(open_page, headers, status):
    answer = post(open_page, **headers)
    assert answer.status_code == status, answer.text
    assert "access-control-allow-origin" not in answer.headers
    assert answer.headers["x-content-type-options"] == "nosniff" and answer.headers["cache-control"] == "no-store"


def test_a_page_of_our_own_may(open_page):
    assert post(open_page, origin=open_page).status_code == 200
    assert post(open_page, **{"sec-fetch-site": "same-origin", "origin": open_page}).status_code == 200


def test_a_request_that_is_too_large_is_not_read(open_page):
    assert httpx.post(f"{open_page}/mcp", content=b"x" * 1_000_001, headers=HEAD).status_code == 413


def test_a_password_is_asked_for_here_too():
    fake = FakeAssistant()
    with served(fake, password=PASSWORD) as base:
        assert post(base).status_code == 401
        assert post(base, authorization="Bearer something else").status_code == 401
        assert fake.asked == []
        found = asks(base, authorization=f"Bearer {PASSWORD}")
    assert found.structured_content["citations"] and len(fake.asked) == 1


def test_a_programs_key_opens_it_too():
    with served(password=PASSWORD, api_keys="chats:a-key-of-thirty-two-characters-or-more") as base:
        assert post(base, authorization="Bearer a-key-of-thirty-two-characters-or-else").status_code == 401
        assert post(base, authorization="Bearer a-key-of-thirty-two-characters-or-more").status_code == 200


def test_who_asks_is_what_the_proxy_says():
    with served(user_header="X-Remote-User") as base:
        assert post(base).status_code == 403
        assert post(base, **{"x-remote-user": "ada"}).status_code == 200


def test_questions_are_counted_with_those_of_the_page_and_of_programs():
    fake = FakeAssistant()
    with served(fake, open_to_all=True, questions_a_minute=2) as base:
        assert httpx.post(f"{base}/api/v1/ask", json=QUESTION).status_code == 200
        assert not asks(base).is_error

        async def talk(client):
            return await client.call_tool("ask", QUESTION), await client.call_tool("letters", {})

        turned, listed = speak(base, talk)
        assert httpx.post(f"{base}/api/v1/ask", json=QUESTION).status_code == 429
    assert turned.is_error and turned.content[0].text.startswith("You have asked a lot of questions")
    assert not listed.is_error  # reading is not counted
    assert len(fake.asked) == 2


def test_questions_are_recorded_as_those_of_the_page(tmp_path):
    with served(question_log=str(tmp_path / "log")) as base:
        speak(base, lambda client: client.call_tool("ask", QUESTION | {"year": 2019}))
    [file] = (tmp_path / "log").iterdir()
    [line] = file.read_text().splitlines()
    kept = json.loads(line)
    assert kept["question"] == QUESTION["question"] and kept["filters"]["year"] == [2019] and kept["refused"] is None


def test_nothing_is_recorded_by_default(tmp_path, monkeypatch, caplog):
    monkeypatch.chdir(tmp_path)
    with served() as base:
        asks(base)
    assert list(tmp_path.iterdir()) == [] and "accommodation" not in caplog.text


@pytest.mark.parametrize("mode", ERAS)
def test_a_full_room_says_so_at_once(mode, monkeypatch):
    fake, let = FakeAssistant(), threading.Event()
    inside = threading.Event()
    answer = fake.ask

    def held(question, **rest):
        inside.set()
        assert let.wait(PATIENCE)
        return answer(question, **rest)

    fake.ask = held  # type: ignore[method-assign]
    monkeypatch.setattr("assistant.page.app.Room", lambda _at_once: Room(1, 0))

    async def talk(client):
        first = asyncio.create_task(client.call_tool("ask", QUESTION))
        while not inside.is_set():
            await asyncio.sleep(0.01)
        second = await client.call_tool("ask", QUESTION)
        let.set()
        return await first, second

    with served(fake) as base:
        try:
            first, second = speak(base, talk, mode)
        finally:
            let.set()
    assert not first.is_error
    assert second.is_error and second.content[0].text == BUSY != FAILED


def test_a_client_that_hangs_up_breaks_nothing():
    fake, let = FakeAssistant(), threading.Event()
    answer = fake.ask

    def held(question, **rest):
        assert let.wait(PATIENCE)
        return answer(question, **rest)

    fake.ask = held  # type: ignore[method-assign]
    call = LIST | {"method": "tools/call", "params": {"name": "ask", "arguments": QUESTION}}
    with served(fake) as base:
        try:
            for _ in range(6):
                with pytest.raises(httpx.ReadTimeout):
                    httpx.post(f"{base}/mcp", json=call, headers=HEAD, timeout=httpx.Timeout(PATIENCE, read=0.2))
        finally:
            let.set()
        assert not asks(base).is_error


def test_it_is_not_there_unless_it_is_wanted():
    with served(mcp=False) as base:
        assert post(base).status_code in (404, 405)
        assert b"inspection letters" not in post(base).content


def test_the_page_does_not_start_without_what_it_needs(monkeypatch):
    monkeypatch.setattr("assistant.mcp.installed.find_spec", lambda _name: None)
    with pytest.raises(SettingsError, match="pip install"):
        create_app(FakeAssistant(), Settings(_env_file=None, mcp=True))


def test_the_path_is_the_one_that_the_guard_opens():
    from assistant.page.security.paths import is_open

    assert is_open(page_mcp.PATH) and not is_open(f"{page_mcp.PATH}/other")
