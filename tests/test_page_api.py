"""The JSON interface under load, and what guards every route: asked over HTTP, without a browser."""

import asyncio
import json
import logging
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from browser.page_fakes import FakeAssistant, Holding
from fakes import REAL_QUESTION, ROOT, fake_environment, problem_in
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient
from starlette.responses import JSONResponse
from starlette.routing import Mount

from assistant.contract.bounds import LONGEST_HISTORY, MOST_HISTORY
from assistant.errors import IndexStateError
from assistant.page.api.routes import add_api
from assistant.page.asking.room import AT_ONCE, AT_ONCE_WITH_MODEL, RETRY_AFTER, Overloaded, Room, at_once
from assistant.page.security.guard import HEADERS, LARGEST_REQUEST
from assistant.settings import Settings

LONGEST = 300
QUESTION = "what is said about accommodation for care leavers?"
PATIENCE = 20  # seconds that a thread may take on a busy machine
SECRET = "quintessential-zebra-crossing"  # in no letter, setting or program


@pytest.fixture
def held() -> Iterator[Holding]:
    assistant = Holding()
    yield assistant
    assistant.let.set()


def api(assistant, room: Room | None = None) -> httpx.AsyncClient:
    """The interface by itself, in this process."""
    app = FastAPI()
    add_api(app, assistant, LONGEST, room)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")


async def until(condition) -> None:
    """Wait, letting all others go on, until something is so."""

    async def look() -> None:
        while not condition():
            await asyncio.sleep(0.001)

    await asyncio.wait_for(look(), PATIENCE)


def asking(client: httpx.AsyncClient, question: str = QUESTION) -> asyncio.Task:
    return asyncio.create_task(client.post("/api/v1/ask", json={"question": question}, timeout=None))


# --- too many at once ---------------------------------------------------------------------------------------


def test_so_many_are_answered_so_many_wait_and_the_next_is_told_at_once(held):
    async def run() -> None:
        async with api(held, room := Room(at_once=2, waiting=3)) as client:
            asked = [asking(client) for _ in range(5)]
            await until(lambda: room._inside == 5 and held.inside == 2)
            turned_away = await client.post("/api/v1/ask", json={"question": QUESTION})
            assert turned_away.status_code == 503
            assert turned_away.headers["retry-after"] == str(RETRY_AFTER)
            assert "Please ask again in a few seconds." in problem_in(turned_away)
            assert not any(task.done() for task in asked), "those who wait go on waiting"
            assert (await client.get("/healthz")).json() == {"status": "ok"}, "the event loop is free"
            held.let.set()
            assert [(await task).status_code for task in asked] == [200] * 5
            assert held.most == 2
            assert (await asking(client)).status_code == 200, "there is room again"

    asyncio.run(run())


def test_first_come_first_served(held):
    async def run() -> None:
        async with api(held, room := Room(at_once=1, waiting=9)) as client:
            asked = []
            for number in range(6):
                asked.append(asking(client, f"{QUESTION} {number}"))
                await until(lambda: room._inside == len(asked))
            held.let.set()
            await asyncio.gather(*asked)

    asyncio.run(run())
    assert [question for question, _, _ in held.asked] == [f"{QUESTION} {number}" for number in range(6)]


def test_a_wrong_question_needs_no_room(held):
    async def run() -> None:
        async with api(held, room := Room(at_once=1, waiting=0)) as client:
            first = asking(client)
            await until(lambda: room._inside == 1)
            assert (await asking(client)).status_code == 503
            assert (await asking(client, " ")).status_code == 422
            held.let.set()
            assert (await first).status_code == 200

    asyncio.run(run())


@pytest.mark.parametrize(("error", "status"), [(RuntimeError("broken"), 500), (IndexStateError("no index"), 503)])
def test_a_failed_answer_leaves_its_place(error, status):
    async def run() -> None:
        assistant = FakeAssistant()
        async with api(assistant, Room(at_once=1, waiting=0)) as client:
            with assistant.fails_with(error):
                for _ in range(3):
                    failed = await asking(client)
                    assert failed.status_code == status
                    assert "retry-after" not in failed.headers, "that is for those who may simply come back"
            assert (await asking(client)).status_code == 200

    asyncio.run(run())


def request(hung_up: bool) -> Request:
    async def receive():
        if not hung_up:
            await asyncio.Event().wait()
        return {"type": "http.disconnect"}

    return Request({"type": "http", "method": "POST", "path": "/", "headers": []}, receive)


def test_who_hung_up_is_not_worked_for():
    async def run() -> list[str]:
        room, let, done = Room(at_once=1, waiting=9), threading.Event(), []

        def work(name):
            assert let.wait(PATIENCE)
            done.append(name)
            return JSONResponse(name)

        def ask(name, hung_up=False):
            return asyncio.create_task(room.run(request(hung_up), lambda: work(name)))

        first, gone, last = ask("first"), ask("gone", hung_up=True), ask("last")
        await until(lambda: room._inside == 3)
        let.set()
        results = await asyncio.gather(first, gone, last, return_exceptions=True)
        assert isinstance(results[1], Overloaded)
        assert room._inside == 0
        return done

    assert asyncio.run(run()) == ["first", "last"]


def test_a_request_that_is_cancelled_leaves_its_place(held):
    async def run() -> None:
        room = Room(at_once=1, waiting=1)

        def ask():
            def work():
                held.let.wait(PATIENCE)
                return JSONResponse("answer")

            return asyncio.create_task(room.run(request(False), work))

        running, waiting = ask(), ask()
        await until(lambda: room._inside == 2)
        waiting.cancel()
        await until(waiting.done)
        last = ask()
        held.let.set()
        assert [(await task).status_code for task in (running, last)] == [200, 200]
        assert room._inside == 0

    asyncio.run(run())


def test_more_at_once_where_a_language_model_is_waited_for():
    assert at_once(Settings(_env_file=None)) == AT_ONCE
    assert at_once(Settings(llm_url="http://127.0.0.1:9/v1", _env_file=None)) == AT_ONCE_WITH_MODEL > AT_ONCE


def test_the_product_has_the_bound(held):
    from assistant.page.app import create_app

    with TestClient(create_app(held, Settings(max_question_chars=LONGEST, _env_file=None))) as client:
        replies: list[int] = []
        asked = [
            threading.Thread(
                target=lambda: replies.append(client.post("/api/v1/ask", json={"question": QUESTION}).status_code)
            )
            for _ in range(2 * AT_ONCE)
        ]
        for thread in asked:
            thread.start()
        full = threading.Event()
        while held.inside < AT_ONCE and not full.wait(0.01):
            assert any(thread.is_alive() for thread in asked)
        assert client.get("/healthz").status_code == 200
        held.let.set()
        for thread in asked:
            thread.join(PATIENCE)
    assert replies == [200] * (2 * AT_ONCE)
    assert held.most == AT_ONCE


# --- every route ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def fake() -> FakeAssistant:
    return FakeAssistant()


@pytest.fixture(scope="module")
def app(fake, tmp_path_factory):
    from assistant.page.app import create_app

    folder = tmp_path_factory.mktemp("index") / "index"
    return create_app(fake, Settings(index_dir=folder, max_question_chars=LONGEST, _env_file=None))


@pytest.fixture(scope="module")
def client(app) -> Iterator[TestClient]:
    with TestClient(app, raise_server_exceptions=False, follow_redirects=False) as client:
        yield client


def every_route(app) -> list[tuple[str, str]]:
    """Method and path of each route of ours and of Gradio's, with something in the place of each parameter."""
    found = set()
    for route in app.routes:
        if isinstance(route, Mount):
            found |= {(method, f"{route.path}{path}") for method, path in every_route(route.app)}
        elif hasattr(route, "original_router"):  # how newer versions of FastAPI hold what was included
            found |= set(every_route(route.original_router))
        elif hasattr(route, "methods"):
            path = re.sub(r"\{[^}]*\}", "x", route.path)
            found |= {(method, path) for method in (route.methods or {"GET"}) - {"HEAD"}}
    return sorted(found)


STREAMS = ("/gradio_api/heartbeat", "/gradio_api/queue/data", "/gradio_api/startup-events")  # without an end


def test_every_route_carries_the_headers(app, client):
    routes = [(method, path) for method, path in every_route(app) if not path.startswith(STREAMS)]
    assert ("POST", "/api/v1/ask") in routes and ("POST", "/gradio_api/upload") in routes and len(routes) > 30
    for method, path in [*routes, ("GET", "/nowhere"), ("OPTIONS", "/api/v1/ask")]:
        headers = client.request(method, path).headers
        for name, value in HEADERS.items():
            # A page may carry a second, stricter policy: browsers keep to both.
            assert value in headers.get_list(name), f"{method} {path}: {name}"


def test_headers_say_what_they_should():
    policy = dict(part.split(" ", 1) for part in HEADERS["content-security-policy"].split("; "))
    assert "'unsafe-inline'" not in policy["script-src"]
    assert policy["object-src"] == policy["frame-ancestors"] == "'none'"
    assert policy["base-uri"] == policy["form-action"] == "'self'"
    assert HEADERS["x-content-type-options"] == "nosniff"
    assert HEADERS["x-frame-options"] == "DENY"
    assert HEADERS["referrer-policy"] in ("no-referrer", "same-origin"), "no address leaves for another site"


def test_what_gradio_offers_beside_the_page_is_closed(app, client):
    """By the list of its own routes, so that a new version's new route is closed as well."""
    used = {
        "/", "/config", "/favicon.ico", "/manifest.json", "/robots.txt", "/theme.css", "/gradio_api/app_id",
        "/gradio_api/cancel", "/gradio_api/info", "/gradio_api/queue/data", "/gradio_api/queue/join",
        "/gradio_api/reset", "/gradio_api/startup-events", "/gradio_api/theme.css", "/gradio_api/heartbeat/x",
        "/assets/x", "/static/x", "/svelte/x",
    }  # fmt: skip
    gradio = next(route for route in app.routes if isinstance(route, Mount) and hasattr(route.app, "get_blocks"))
    unused = [(method, path) for method, path in every_route(gradio.app) if path.rstrip("/") not in used - {"/"}]
    unused = [(method, path) for method, path in unused if path.strip("/")]
    assert {"/gradio_api/upload", "/gradio_api/proxy=x", "/gradio_api/file=x"} <= {path for _, path in unused}
    for method, path in unused:
        reply = client.request(method, path)
        assert reply.status_code == 404, f"{method} {path}"
        assert problem_in(reply) == "There is nothing at this address."


@pytest.mark.parametrize("path", ["/", "/healthz", "/config", "/api/v1/ask", "/gradio_api/queue/join"])
def test_no_other_site_may_read_an_answer(client, path):
    for headers in (
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "https://evil.example", "cookie": "a=b"},
    ):
        for method in ("GET", "POST"):
            reply = client.request(
                method, path, headers=headers, json={"question": QUESTION} if method == "POST" else None
            )
            assert "access-control-allow-origin" not in reply.headers
            assert "access-control-allow-credentials" not in reply.headers
        asked = headers | {"access-control-request-method": "POST", "access-control-request-headers": "content-type"}
        before = client.options(path, headers=asked)
        assert before.status_code == 400
        assert before.headers.get("access-control-allow-origin") in (None, "")


def test_no_cookie_is_set(client):
    """Nothing follows a visitor, and there is nothing that another site could ride on."""
    for path in ("/", "/healthz", "/config"):
        assert "set-cookie" not in client.get(path).headers


def test_answers_are_kept_by_no_cache(client):
    for reply in (client.post("/api/v1/ask", json={"question": QUESTION}), client.get("/config"), client.get("/")):
        assert reply.headers["cache-control"] == "no-store"


# --- sizes ----------------------------------------------------------------------------------------------------


def one_line(reply: httpx.Response, status: int) -> str:
    return problem_in(reply, status)


def post(client: TestClient, body: str | bytes, **headers: str) -> httpx.Response:
    return client.post("/api/v1/ask", content=body, headers={"content-type": "application/json"} | headers)


def test_question_as_long_as_is_allowed_and_no_longer(client):
    assert client.post("/api/v1/ask", json={"question": "w" * LONGEST}).status_code == 200
    assert f"{LONGEST + 1}" in one_line(client.post("/api/v1/ask", json={"question": "w" * (LONGEST + 1)}), 422)


def test_ten_megabytes_are_not_read(client, fake):
    before = len(fake.asked)
    body = json.dumps({"question": QUESTION, "id": "x" * 10_000_000})
    assert f"{LARGEST_REQUEST:,}" in one_line(post(client, body), 413)
    lying = post(client, body, **{"content-length": "10"})
    assert lying.status_code in (400, 413)
    assert len(fake.asked) == before


@pytest.mark.parametrize(
    "body",
    [
        "[" * 100_000,
        "[" * 100_000 + "]" * 100_000,
        '{"question":' * 50_000 + '"x"' + "}" * 50_000,
        '{"question": "x", "history": ' + "[" * 100_000 + "]" * 100_000 + "}",
        '{"question": "x", "year": ' + "9" * 100_000 + "}",
        '{"question": "x", "year": 1e999}',
        '{"question": NaN}',
        "\x00" * 1000,
        b"\xff\xfe\xfd",
        "",
    ],
    ids=["open", "lists", "objects", "history", "digits", "infinite", "nan", "zeros", "bytes", "empty"],
)
def test_json_that_is_meant_to_break_is_refused_in_one_line(client, fake, body):
    before = len(fake.asked)
    one_line(post(client, body), 422)
    assert len(fake.asked) == before
    assert client.get("/healthz").status_code == 200


def test_history_is_bounded_in_number_and_in_length(client, fake):
    before = len(fake.asked)
    assert "'history'" in one_line(client.post("/api/v1/ask", json={"question": "x", "history": ["x"] * 10_000}), 422)
    messages = [{"role": "user", "content": "x"}] * 10_000
    assert "'history'" in one_line(client.post("/api/v1/ask", json={"question": "x", "history": messages}), 422)
    assert len(fake.asked) == before
    full = ["w" * LONGEST] * LONGEST_HISTORY
    assert client.post("/api/v1/ask", json={"question": QUESTION, "history": full}).status_code == 200
    assert "together" in one_line(client.post("/api/v1/ask", json={"question": "x", "history": [*full, "w"]}), 422)
    short = ["w" * (LONGEST_HISTORY * LONGEST // MOST_HISTORY)] * MOST_HISTORY
    assert client.post("/api/v1/ask", json={"question": QUESTION, "history": short}).status_code == 200


def test_filters_are_bounded(client):
    for field in ("authority", "kind"):
        one_line(client.post("/api/v1/ask", json={"question": "x", field: ["x"] * 10_000}), 422)
        one_line(client.post("/api/v1/ask", json={"question": "x", field: "x" * 500_000}), 422)
    one_line(client.post("/api/v1/ask", json={"question": "x", "year": list(range(10_000))}), 422)


@pytest.mark.parametrize("path", ["/gradio_api/queue/join", "/gradio_api/reset", "/gradio_api/cancel"])
def test_gradios_own_routes_refuse_large_requests_too(client, path):
    reply = client.post(path, content=b"x" * (LARGEST_REQUEST + 1), headers={"content-type": "application/json"})
    one_line(reply, 413)


# --- what is not kept -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [RuntimeError(SECRET), KeyError(SECRET), ValueError(f"cannot read {SECRET}")])
def test_a_failure_is_logged_without_the_question(client, fake, caplog, error):
    caplog.set_level(logging.DEBUG, "assistant")
    with fake.fails_with(error):
        reply = client.post("/api/v1/ask", json={"question": SECRET})
    assert reply.status_code == 500 and SECRET not in reply.text
    assert SECRET not in caplog.text
    assert type(error).__name__ in caplog.text and "in ask" in caplog.text, "what went wrong, and where"


@pytest.mark.model
def test_no_question_is_kept_on_the_server(tmp_path):
    """The product at its default settings: neither its log nor any file that it can write holds a word asked."""
    environment = fake_environment(tmp_path / "index", EMBEDDING_MODEL="packaged", HOST="127.0.0.1", PORT="0")
    environment |= {"HOME": str(tmp_path), "TMPDIR": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "app.py")],
        env=environment, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    said: list[str] = []
    try:
        for line in process.stderr:
            said.append(line)
            if found := re.search(r"http://\S+", line):
                break
        assert found, said
        with httpx.Client(base_url=found[0], timeout=120) as client:
            asked = [
                {"question": f"{REAL_QUESTION} {SECRET}"},
                {"question": SECRET, "history": [f"and {SECRET}?"]},
                {"question": SECRET, "authority": SECRET},
                {"question": f"{SECRET} " * 500},
                {SECRET: SECRET},
            ]
            assert [client.post("/api/v1/ask", json=body).status_code for body in asked] == [200, 200, 422, 422, 422]
            assert client.get(f"/?q={SECRET}").status_code == 200
            assert client.get(f"/{SECRET}").status_code == 404
            page = {"data": [SECRET, [], [], [], None], "fn_index": 0, "session_hash": SECRET}
            client.post("/gradio_api/queue/join", json=page)
    finally:
        process.send_signal(signal.SIGINT if os.name != "nt" else signal.SIGTERM)
        out, error = process.communicate(timeout=60)
    assert SECRET not in "".join(said) + out + error
    held = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert any("index" in file.parts for file in held), "it was looked for where it would be"
    assert [file for file in held if SECRET.encode() in file.read_bytes()] == []
    assert list(Path(tmp_path).rglob(f"*{SECRET}*")) == []
