"""Slow clients, many clients, and clients that never end."""

import asyncio
import re
import socket
import threading
from collections.abc import Iterator

import httpx
import pytest
from visiting import ELSEWHERE, PATIENCE, PROXY, Page, heard, raw, served, spoken

from assistant.page.http.connections import Patience
from assistant.page.security.guard import Guard
from assistant.page.server import configured

SHORT = Patience(head=0.3, body=0.3, silence=0.3, head_bytes=4096, connections=3)
LONG = Patience()


@pytest.fixture(scope="module")
def impatient() -> Iterator[tuple[str, int]]:
    page = Page(host="127.0.0.1")
    page.settings.adding_dir.parent.exists()
    with served(page.app, SHORT, kept_alive=1) as where:
        yield where


HEAD = b"POST /api/v1/ask HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 500\r\n"


@pytest.mark.parametrize("pieces", [(), (b"GET / HTTP/1.1\r\nHost: 127",), (HEAD,), (HEAD, b"\r\n"), (HEAD, b"\r\n{"),
                                    (HEAD, b"Expect: 100-continue\r\n\r\n")])  # fmt: skip
def test_who_does_not_go_on_is_let_go(impatient, pieces):
    _, said = spoken(impatient, *pieces)
    assert b" 200 " not in said


def test_a_drop_now_and_then_does_not_buy_time(impatient):
    with socket.create_connection(impatient, timeout=PATIENCE) as connection:
        for drops in range(200):
            try:
                connection.sendall(b"X-Drop: 1\r\n" if drops else b"GET / HTTP/1.1\r\n")
            except OSError:
                break
            threading.Event().wait(0.05)
        else:
            pytest.fail("the server never let go")


def test_a_body_in_drops_is_cut_off_and_half_of_it_is_not_obeyed(impatient):
    with socket.create_connection(impatient, timeout=PATIENCE) as connection:
        connection.sendall(HEAD + b"\r\n")
        for _ in range(200):
            try:
                connection.sendall(b" ")
            except OSError:
                break
            threading.Event().wait(0.05)
        else:
            pytest.fail("the server never let go")


def test_the_second_request_of_a_connection_has_a_limit_too(impatient):
    with socket.create_connection(impatient, timeout=PATIENCE) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert b'"ok"' in connection.recv(65536)
        connection.sendall(b"GET /healthz HTTP/1.1\r\n")
        assert heard(connection) == b""


def test_a_head_without_end_is_cut_off():
    app = Page(host="127.0.0.1").app
    with (
        served(app, Patience(head_bytes=4096)) as where,
        socket.create_connection(where, timeout=PATIENCE) as connection,
    ):
        connection.sendall(b"GET / HTTP/1.1\r\nX-Long: ")
        with pytest.raises((ConnectionResetError, BrokenPipeError)):
            for _ in range(5_000):
                connection.sendall(b"x" * 4096)


def test_an_idle_connection_ends(impatient):
    _, said = spoken(impatient, b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    assert b'"ok"' in said


def test_a_silent_upload_ends_and_a_slow_one_does_not(tmp_path):
    page = Page(host="127.0.0.1", adding_dir=tmp_path / "added", index_dir=tmp_path / "index")
    form = httpx.get
    with served(page.app, Patience(head=0.3, body=0.3, silence=0.6)) as where:
        base = f"http://127.0.0.1:{where[1]}"
        token = re.search(r'name="token" value="([^"]+)"', form(f"{base}/add").text)[1]
        start = (
            f'--x\r\nContent-Disposition: form-data; name="token"\r\n\r\n{token}\r\n'
            '--x\r\nContent-Disposition: form-data; name="files"; filename="a.exe"\r\n\r\n'
        ).encode()
        end = b"\r\n--x--\r\n"
        head = (
            f"POST /add HTTP/1.1\r\nHost: 127.0.0.1:{where[1]}\r\nOrigin: {base}\r\n"
            f"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {len(start) + 20 + len(end)}\r\n\r\n"
        ).encode()
        _, said = spoken(where, head, start)
        assert said == b""
        with socket.create_connection(where, timeout=PATIENCE) as connection:
            connection.sendall(head + start)
            for _ in range(20):  # longer in all than any limit
                threading.Event().wait(0.05)
                connection.sendall(b"x")
            connection.sendall(end)
            assert b" 303 " in connection.recv(65536)


def test_there_is_a_bound_on_connections(impatient):
    held = [socket.create_connection(impatient, timeout=PATIENCE) for _ in range(SHORT.connections)]
    _, said = spoken(impatient, b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    assert said == b""
    for connection in held:
        assert heard(connection) == b""
        connection.close()
    _, said = spoken(impatient, b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    assert b'"ok"' in said


def test_a_hundred_people_have_room():
    config = configured(object())
    assert config.limit_concurrency >= 100 * 6
    assert LONG.connections > config.limit_concurrency
    assert not config.proxy_headers and not config.access_log and config.ws == "none"
    assert config.timeout_keep_alive > 0


def test_what_only_a_proxy_may_say_is_dropped_from_anybody_else():
    page = Page(open_to_all=True)
    forged = {"x-forwarded-host": "evil.example", "x-forwarded-proto": "https"}
    assert "evil.example" not in page.visitor(ELSEWHERE, **forged).get("/config").text
    seen = []

    async def behind(scope, receive, send):
        seen.append({name.decode() for name, _ in scope["headers"]} & forged.keys())

    for where in (ELSEWHERE, PROXY):

        async def app(scope, receive, send, where=where):
            await Guard(behind, door=page.access)({**scope, "client": where}, receive, send)

        asyncio.run(raw(app, "GET", "/letters", tuple((k.encode(), v.encode()) for k, v in forged.items())))
    assert seen == [set(), forged.keys()]


def test_the_server_leaves_the_peers_address_as_it_is():
    page = Page(user_header="X-Remote-User", proxies="192.0.2.1")
    with served(page.app) as where:
        forged = {"x-forwarded-for": "192.0.2.1", "x-remote-user": "Ada"}
        assert httpx.get(f"http://127.0.0.1:{where[1]}/letters", headers=forged).status_code == 403
