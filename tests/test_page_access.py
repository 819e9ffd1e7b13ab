"""Who may use the page and how much: asked as an honest visitor, as a proxy, and as somebody who wants to get in."""

import asyncio
import json
import logging
import os
import re
import socket
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from browser.page_fakes import FakeAssistant
from click.testing import CliRunner
from fakes import fake_settings, from_root, problem_in
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from running import running

from assistant.cli import main
from assistant.errors import SettingsError
from assistant.page import passwords as passwords_module
from assistant.page.access import Access, adding_allowed, check_opening, local_path
from assistant.page.app import create_app
from assistant.page.callbacks import Callbacks
from assistant.page.connections import Patience
from assistant.page.conversation import Session
from assistant.page.limits import Buckets
from assistant.page.passwords import TRIES, Passwords
from assistant.page.proxies import Proxies, network_of
from assistant.page.questions import QuestionLog
from assistant.page.security import Guard
from assistant.page.server import configured, serve
from assistant.page.sessions import COOKIE, LIFETIME, Sessions
from assistant.records.check import check_json, check_text
from assistant.scope import Filters
from assistant.settings import Settings, load_settings

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


@pytest.fixture(scope="module")
def locked() -> Page:
    return Page(password=PASSWORD, adding_password=ADDING, questions_a_minute=0)


@pytest.fixture
def fresh() -> Page:
    """With a password, and nothing tried yet."""
    return Page(password=PASSWORD)


@pytest.fixture(scope="module")
def proxied() -> Page:
    return Page(user_header="X-Remote-User", adding_users="Ada, grace@example.org", questions_a_minute=2)


# --- opening ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "letters.example.org", "::ffff:127.0.0.1"])
def test_without_a_word_about_who_may_the_page_does_not_open_to_a_network(host):
    settings = Settings(host=host, _env_file=None)
    for refuse in (check_opening, lambda given: create_app(FakeAssistant(), given)):
        with pytest.raises(SettingsError) as caught:
            refuse(settings)
        said = str(caught.value)
        assert host in said and "\n" not in said
        for way in ("ASSISTANT_PASSWORD", "ASSISTANT_USER_HEADER", "ASSISTANT_OPEN_TO_ALL=yes"):
            assert way in said


@pytest.mark.parametrize("way", [{"password": PASSWORD}, {"user_header": "X-Remote-User"}, {"open_to_all": "yes"}])
def test_each_of_the_three_ways_opens_it(way):
    check_opening(Settings(host="0.0.0.0", _env_file=None, **way))


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.1.2.3"])
def test_on_this_computer_nothing_is_needed(host):
    check_opening(Settings(host=host, _env_file=None))


def test_a_name_that_leads_to_the_network_is_refused_once_it_is_bound(monkeypatch):
    bound = SimpleNamespace(getsockname=lambda: ("192.168.1.5", 1))

    @contextmanager
    def listening(host: str, port: int) -> Iterator[object]:
        yield bound

    monkeypatch.setattr("assistant.page.server.listen", listening)
    with pytest.raises(SettingsError, match=r"192\.168\.1\.5"):
        serve(FakeAssistant(), Settings(host="localhost", _env_file=None))


def test_the_command_refuses_before_it_reads_a_letter(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("assistant.engine.Assistant.open", lambda *given: pytest.fail("it was opened"))
    ran = CliRunner().invoke(main, ["serve", "--host", "0.0.0.0", "--index", str(tmp_path / "index")])
    assert ran.exit_code == 1
    assert ran.stderr.count("\n") == 1 and "ASSISTANT_OPEN_TO_ALL" in ran.stderr


def test_open_to_all_asks_nothing_and_lets_nobody_add():
    page = Page(open_to_all=True)
    visitor = page.visitor()
    assert visitor.get("/").status_code == visitor.get("/letters").status_code == 200
    assert visitor.post("/api/v1/ask", json=QUESTION).status_code == 200
    assert visitor.get("/add").status_code == 403
    assert visitor.get("/login").status_code == visitor.get("/logout").status_code == 404
    assert "Sign out" not in visitor.get("/letters").text


# --- on this computer ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def plain() -> Page:
    return Page(host="127.0.0.1", link_base="https://letters.example.gov.uk/x")


@pytest.mark.parametrize("host", ["127.0.0.1:7860", "localhost:7860", "[::1]:7860", "LOCALHOST", "a.localhost",
                                  "letters.example.gov.uk", "LETTERS.example.gov.uk:443"])  # fmt: skip
def test_on_this_computer_nothing_is_asked(plain, host):
    visitor = plain.visitor(PROXY, "http://127.0.0.1:7860")
    for path in ("/", "/letters", "/healthz", "/config"):
        assert visitor.get(path, headers={"host": host}).status_code == 200
    assert visitor.post("/api/v1/ask", json=QUESTION, headers={"host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "evil.example:7860", "127.0.0.1.evil.example", "localhost.evil.example",
                                  "", "[::1", "127.0.0.1@evil.example", "evil.example#127.0.0.1", "0.0.0.0",
                                  "letters.example.gov.uk.evil.example"])  # fmt: skip
@pytest.mark.parametrize("path", ["/", "/letters", "/config", "/healthz", "/add", "/gradio_api/info"])
def test_a_name_that_was_made_to_lead_here_is_refused(plain, host, path):
    visitor = plain.visitor(PROXY, "http://127.0.0.1:7860")
    answer = visitor.get(path, headers={"host": host})
    assert answer.status_code == 421
    assert answer.headers["x-frame-options"] == "DENY"
    asked = len(plain.assistant.asked)
    assert visitor.post("/api/v1/ask", json=QUESTION, headers={"host": host}).status_code == 421
    assert len(plain.assistant.asked) == asked


def test_two_hosts_are_none(plain):
    visitor = plain.visitor(PROXY, "http://127.0.0.1:7860")
    answer = visitor.get("/", headers=[("host", "127.0.0.1"), ("host", "evil.example")])
    assert answer.status_code == 421


def test_a_password_counts_on_this_computer_too():
    page = Page(host="127.0.0.1", password=PASSWORD)
    visitor = page.visitor(PROXY, "http://127.0.0.1:7860")
    assert visitor.get("/letters").status_code == 303
    assert visitor.get("/letters", headers=bearer(PASSWORD)).status_code == 200
    assert visitor.get("/add", headers=bearer(PASSWORD)).status_code == 403


def test_behind_a_proxy_on_this_computer_the_networks_rules_hold():
    page = Page(host="127.0.0.1", user_header="X-Remote-User", questions_a_minute=1)
    ada = page.visitor(PROXY, "http://127.0.0.1:7860", **{"x-remote-user": "Ada", "host": "letters.example.gov.uk"})
    assert ada.get("/letters").status_code == 200, "the proxy passes the public name on"
    assert [ada.post("/api/v1/ask", json=QUESTION).status_code for _ in range(2)] == [200, 429]
    assert ada.get("/add").status_code == 403


# --- the password ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", READING)
def test_nothing_is_read_without_the_password(locked, path):
    visitor = locked.visitor()
    answer = visitor.get(path)
    assert answer.status_code in (303, 401)
    assert "Rutford" not in answer.text and "care leavers" not in answer.text
    if answer.status_code == 303:
        assert from_root(answer.headers["location"]).startswith("/login?next=")
    else:
        assert answer.headers["www-authenticate"] == "Bearer" and answer.json()["error"]
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["//login", "/LOGIN", "/login/", "/login/..", "/login/../letters", "/login;/letters",
                                  "/login%2f..%2fletters", "/%6cetters", "/letters%2f", "/letters/", "/assets/site.css/../../letters",
                                  "/assets/site.css%2f..%2f..%2fletters", "/healthz/../letters", "/healthz/", "/Letters",
                                  "/letters?x=/login", "/logout/../letters", "/favicon.ico/../letters", "/./letters"])  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST", "PUT", "TRACE"])
def test_no_spelling_of_an_address_gets_past_the_password(locked, method, path):
    sent = asyncio.run(raw(locked.app, method, path))
    assert sent.status in (303, 401, 404), sent
    assert b"Rutford" not in sent.body


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


@pytest.mark.parametrize(("method", "path"), [
    ("POST", "/api/v1/ask"), ("POST", "/api/v1/export"), ("POST", "/gradio_api/queue/join"),
    ("GET", "/gradio_api/queue/data?session_hash=x"), ("POST", "/gradio_api/cancel"), ("POST", "/gradio_api/reset"),
    ("GET", "/gradio_api/heartbeat/x"), ("GET", "/config"), ("OPTIONS", "/api/v1/ask"), ("POST", "/add"),
    ("POST", "/add/20250101-000000-00000000/remove"), ("GET", "/add/20250101-000000-00000000.json"),
    ("HEAD", "/gradio_api/info"),
])  # fmt: skip
def test_programs_and_gradios_calls_are_told_in_json(locked, method, path):
    asked = len(locked.assistant.asked)
    answer = locked.visitor().request(method, path, json=QUESTION if method == "POST" else None)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert len(locked.assistant.asked) == asked


def test_what_shows_nothing_of_the_letters_is_open(locked):
    visitor = locked.visitor()
    for path in ("/healthz", "/login", "/logout", "/assets/site.css"):
        assert visitor.get(path).status_code == 200
    page = visitor.get("/login").text
    for address in re.findall(r'(?:href|src)="([^"#]*)"', page.partition("<body>")[0]):
        assert visitor.get(address).status_code == 200, address


def test_the_login_is_a_plain_form_with_a_label(locked):
    page = locked.visitor().get("/login?next=/letters%3Fyear%3D2019").text
    assert '<label for="password">Password</label>' in page
    assert 'autocomplete="current-password"' in page and 'type="password"' in page
    assert 'name="next" value="/letters?year=2019"' in page
    assert "<script" not in page


def test_a_right_password_opens_the_page_that_was_asked_for(locked):
    visitor = locked.visitor()
    asked = visitor.get("/letters?year=2019&authority=Rutford%20%26%20Co")
    form = visitor.get(asked.headers["location"])
    wanted = re.search(r'name="next" value="([^"]*)"', form.text)[1].replace("&amp;", "&")
    answer = sign_in(visitor, PASSWORD, wanted)
    assert answer.headers["location"] == "./letters?year=2019&authority=Rutford%20%26%20Co"
    assert visitor.get(answer.headers["location"]).status_code == 200
    assert visitor.get("/config").status_code == 200
    assert visitor.post("/api/v1/ask", json=QUESTION).json()["sentences"]
    assert "Sign out" in visitor.get("/letters").text and "Sign out" in visitor.get("/config").text


def test_the_cookie_is_for_this_site_and_no_script(locked):
    cookie = sign_in(locked.visitor(), PASSWORD).headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie and f"Max-Age={LIFETIME}" in cookie
    assert "path" not in cookie.lower(), "by default it is for where the login is, and below"
    assert "Secure" not in cookie and PASSWORD not in cookie


@pytest.mark.parametrize(("address", "said", "secure"), [
    (PROXY, "https", True), (PROXY, "http", False), (ELSEWHERE, "https", False), (PROXY, "https, http", False),
])  # fmt: skip
def test_the_cookie_is_for_https_where_a_proxy_that_is_believed_says_so(locked, address, said, secure):
    answer = sign_in(locked.visitor(address), PASSWORD, headers=OURS | {"x-forwarded-proto": said})
    assert ("Secure" in answer.headers["set-cookie"]) is secure


@pytest.mark.parametrize("wanted", ["https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil.example",
                                    "javascript:alert(1)", "/\t/evil.example", "/\n/evil.example", "", "evil", "/login",
                                    "/logout", "/login/", "/login?next=/login", "/" * 5000, " /letters", "///evil.example",
                                    "/\u2028x", "/\x00"])  # fmt: skip
def test_the_way_on_stays_on_this_site(locked, wanted):
    assert sign_in(locked.visitor(), PASSWORD, wanted).headers["location"] == "./"


@given(st.text())
def test_the_way_on_is_always_a_path(wanted):
    found = local_path(wanted)
    assert found.startswith("/") and not found.startswith("//") and "\\" not in found and found.isprintable()


@pytest.mark.parametrize("headers", [{}, {"origin": "https://evil.example"}, {"origin": "null"}, {"origin": "http://[::1"},
                                     OURS | {"sec-fetch-site": "cross-site"}])  # fmt: skip
def test_another_site_can_sign_nobody_in_or_out(fresh, headers):
    visitor = fresh.signed_in()
    assert visitor.post("/logout", headers=headers).status_code == 200
    assert visitor.get("/letters").status_code == 200
    answer = sign_in(fresh.visitor(), PASSWORD, headers=headers)
    assert answer.status_code == 403 and "set-cookie" not in answer.headers


def test_who_signs_out_cannot_go_on_even_with_a_copy_of_the_cookie(fresh):
    visitor, other = fresh.signed_in(), fresh.signed_in()
    copied = visitor.cookies[COOKIE]
    assert "Sign out</button>" in visitor.get("/logout").text
    answer = visitor.post("/logout", headers=OURS)
    assert (answer.status_code, answer.headers["location"]) == (303, "./login")
    assert COOKIE not in visitor.cookies
    thief = fresh.visitor()
    thief.cookies.set(COOKIE, copied)
    assert thief.get("/letters").status_code == 303
    assert other.get("/letters").status_code == 200
    assert "You are not signed in" in thief.get("/logout").text


def test_a_session_ends_after_twelve_hours(fresh):
    visitor = fresh.signed_in()
    fresh.clock.now += LIFETIME - 1
    assert visitor.get("/letters").status_code == 200
    fresh.clock.now += 1
    assert visitor.get("/letters").status_code == 303


def test_a_cookie_that_was_tampered_with_is_worth_nothing(locked):
    cookie = locked.signed_in().cookies[COOKIE]
    name, grant, began, signature = cookie.split(".")
    forged = [
        f"{name}.add.{began}.{signature}",
        f"{name}.{grant}.{int(began) + 1}.{signature}",
        f"x{name}.{grant}.{began}.{signature}",
        f"{name}.{grant}.{began}.{'0' * 64}",
        f"{name}.{grant}.{began}.",
        f"{name}.{grant}.{began}",
        f"{name}.{grant}.{began}.{signature}.{signature}",
        signature,
        "...",
        "",
        "\u00e9",
        Sessions(locked.clock).begin("add"),  # of another process
    ]
    for value in forged:
        sent = asyncio.run(raw(locked.app, "GET", "/letters", ((b"cookie", f"{COOKIE}={value}".encode()),)))
        assert sent.status == 303, value
    assert (
        asyncio.run(raw(locked.app, "GET", "/letters", ((b"cookie", f"a=b; {COOKIE}={cookie}".encode()),))).status
        == 200
    )


def test_programs_send_the_password_with_each_request(locked):
    visitor = locked.visitor()
    assert visitor.post("/api/v1/ask", json=QUESTION, headers=bearer(PASSWORD)).json()["sentences"]
    assert (
        visitor.post("/api/v1/ask", json=QUESTION, headers={"authorization": f"bearer  {PASSWORD}"}).status_code == 200
    )
    for headers in (bearer("wrong"), bearer(""), bearer(f"{PASSWORD} "[:-2]), {"authorization": f"Basic {PASSWORD}"}):
        answer = visitor.post("/api/v1/ask", json=QUESTION, headers=headers)
        assert answer.status_code == 401 and answer.headers["www-authenticate"] == "Bearer"
    two = [("authorization", "Bearer wrong"), ("authorization", f"Bearer {PASSWORD}")]
    for headers in (two, two[::-1]):
        assert visitor.post("/api/v1/ask", json=QUESTION, headers=headers).status_code == 401


def test_an_accent_is_the_same_however_it_was_typed():
    passwords = Passwords(Settings(password="caf\u00e9 caf\u00e9 caf\u00e9", _env_file=None))
    assert asyncio.run(passwords.check("cafe\u0301 cafe\u0301 cafe\u0301", "192.0.2.1")).grant == "read"


# --- guessing --------------------------------------------------------------------------------------------------------


def test_wrong_passwords_are_answered_later_and_later_and_then_not_at_all(fresh):
    visitor = fresh.visitor()
    for _ in range(TRIES):
        answer = sign_in(visitor, "wrong password")
        assert answer.status_code == 401 and "This password is not right" in answer.text
    assert fresh.pauses == sorted(fresh.pauses) and fresh.pauses[0] < fresh.pauses[4] <= fresh.pauses[-1]
    answer = sign_in(visitor, "wrong password")
    assert answer.status_code == 429 and "Too many wrong passwords" in answer.text
    wait = int(answer.headers["retry-after"])
    assert 0 < wait <= 60 and f"{wait} second" in answer.text
    assert len(fresh.pauses) == TRIES
    assert sign_in(visitor, PASSWORD).status_code == 429, "not even the right one is looked at"
    assert visitor.post("/api/v1/ask", json=QUESTION, headers=bearer(PASSWORD)).status_code == 429
    assert sign_in(fresh.visitor(("198.51.100.7", 1)), PASSWORD).status_code == 303, "others are not held up"
    fresh.clock.now += wait
    assert sign_in(visitor, PASSWORD).status_code == 303


def test_a_session_goes_on_while_its_address_may_not_try_passwords(fresh):
    visitor = fresh.signed_in()
    for _ in range(TRIES + 1):
        last = sign_in(fresh.visitor(), "wrong password")
    assert last.status_code == 429
    assert visitor.get("/letters").status_code == 200


def test_bearer_tokens_are_tries_too(fresh):
    visitor = fresh.visitor()
    said = [visitor.post("/api/v1/ask", json=QUESTION, headers=bearer(f"guess {n}")) for n in range(TRIES + 1)]
    assert [answer.status_code for answer in said] == [401] * TRIES + [429]
    assert int(said[-1].headers["retry-after"]) > 0 and said[-1].json()["error"]


def test_right_passwords_are_never_counted(fresh):
    visitor = fresh.visitor()
    for _ in range(3 * TRIES):
        assert visitor.get("/letters", headers=bearer(PASSWORD)).status_code == 200
    assert fresh.pauses == []


def test_guesses_side_by_side_are_counted_before_they_are_looked_at():
    settings = Settings(password=PASSWORD, _env_file=None)

    async def guess() -> list[int]:
        async def pause(_seconds: float) -> None:
            await asyncio.sleep(0)

        passwords = Passwords(settings, Clock(), pause)
        return [one.wait for one in await asyncio.gather(*(passwords.check(f"{n}", "192.0.2.1") for n in range(50)))]

    assert asyncio.run(guess()).count(0) == TRIES


def test_guesses_from_many_addresses_are_counted_together(monkeypatch):
    monkeypatch.setattr(passwords_module, "ALL_TRIES", 30)

    async def pause(_seconds: float) -> None:
        pass

    async def guess() -> list[int]:
        passwords = Passwords(Settings(password=PASSWORD, _env_file=None), Clock(), pause)
        return [(await passwords.check("wrong", f"192.0.2.{n}")).wait for n in range(60)]

    waits = asyncio.run(guess())
    assert waits[:30] == [0] * 30 and all(waits[30:])


def test_an_address_cannot_make_itself_another_one(fresh):
    said = []
    for n in range(TRIES + 1):
        visitor = fresh.visitor(**{"x-forwarded-for": f"198.51.100.{n}"})
        said.append(sign_in(visitor, "wrong password").status_code)
    assert said[-1] == 429


def test_behind_a_proxy_each_address_is_counted_by_itself(fresh):
    for n in range(TRIES + 1):
        forwarded = {"x-forwarded-for": f"10.0.0.{n}, 198.51.100.1"}  # the first was made up by who asks
        last = sign_in(fresh.visitor(PROXY, **forwarded), "wrong password")
    assert last.status_code == 429
    assert sign_in(fresh.visitor(PROXY, **{"x-forwarded-for": "198.51.100.2"}), PASSWORD).status_code == 303


# --- limits and proxies by themselves --------------------------------------------------------------------------------


def test_a_bucket_fills_again_and_remembers_no_more_than_it_may():
    clock = Clock()
    buckets = Buckets(60, 3, most=5, clock=clock)
    assert [buckets.take("a") for _ in range(4)] == [0, 0, 0, 1]
    clock.now += 2
    assert [buckets.take("a") for _ in range(3)] == [0, 0, 1]
    for n in range(1000):
        buckets.take(f"key {n}")
    assert len(buckets) == 5
    clock.now += 3600
    assert [buckets.take("key 999") for _ in range(4)] == [0, 0, 0, 1], "no more than a full bucket"


def test_a_large_wish_is_met_and_paid_for():
    clock = Clock()
    buckets = Buckets(60, 10, clock=clock)
    assert buckets.take("a", 40) == 0
    assert buckets.take("a") == 31
    clock.now += 31
    assert buckets.take("a") == 0


@pytest.mark.parametrize(("peer", "said", "client"), [
    ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
    ("127.0.0.1", "198.51.100.1", "198.51.100.1"),
    ("127.0.0.1", "10.9.9.9, 198.51.100.1", "198.51.100.1"),
    ("127.0.0.1", "198.51.100.1, 10.1.2.3", "198.51.100.1"),
    ("127.0.0.1", "nonsense", "127.0.0.1"),
    ("127.0.0.1", "", "127.0.0.1"),
    ("127.0.0.1", "10.1.1.1, 10.1.1.2", "10.1.1.1"),
    ("::ffff:127.0.0.1", "198.51.100.1", "198.51.100.1"),
])  # fmt: skip
def test_the_address_is_the_nearest_that_is_no_proxy(peer, said, client):
    proxies = Proxies("127.0.0.1, 10.1.0.0/16")
    scope = {"client": (peer, 1), "headers": [(b"x-forwarded-for", said.encode())]}
    assert proxies.client_of(scope) == client


def test_a_network_of_one_household_is_one_address():
    assert network_of("2001:db8:1:2:3::4") == network_of("2001:db8:1:2::ffff") != network_of("2001:db8:1:3::4")
    assert network_of("::ffff:192.0.2.1") == network_of("192.0.2.1") == "192.0.2.1"


# --- a proxy that says who asks --------------------------------------------------------------------------------------


def test_the_proxys_word_is_enough(proxied):
    visitor = proxied.visitor(PROXY, **{"x-remote-user": "Grace"})
    assert visitor.get("/").status_code == visitor.get("/letters").status_code == 200
    assert visitor.get("/login").status_code == 404


@pytest.mark.parametrize("path", [*READING, "/login", "/assets/site.css", "/add", "/nowhere"])
def test_nobody_elses_word_is(proxied, path):
    visitor = proxied.visitor(
        ELSEWHERE, **{"x-remote-user": "Ada", "x-forwarded-for": "127.0.0.1", "x-real-ip": "127.0.0.1"}
    )
    assert visitor.get(path).status_code == 403
    assert proxied.visitor(ELSEWHERE).get("/healthz").status_code == 200


@pytest.mark.parametrize("headers", [
    [], [("x-remote-user", "")], [("x-remote-user", "  ")], [("x-remote-user", "Ada"), ("x-remote-user", "Eve")],
    [("X-Remote-User", "Ada"), ("x-remote-user", "Ada")], [("x_remote_user", "Ada")], [("x-remote_user", "Ada")],
    [("x-remote-user", "A" * 201)], [("x-remote-user", "Ada\u0085")], [("remote-user", "Ada")],
])  # fmt: skip
def test_no_name_or_two_names_are_no_name(proxied, headers):
    sent = [(name.encode(), value.encode()) for name, value in headers]
    visitor = proxied.visitor(PROXY)
    assert visitor.get("/letters", headers=sent).status_code == 403
    assert visitor.post("/api/v1/ask", json=QUESTION, headers=sent).status_code == 403


def test_a_name_beside_one_with_underscores_is_the_proxys(proxied):
    sent = [("x_remote_user", "Ada"), ("x-remote-user", "Eve")]
    assert proxied.visitor(PROXY).get("/letters", headers=sent).status_code == 200
    assert proxied.visitor(PROXY).get("/add", headers=sent).status_code == 403


@pytest.mark.parametrize(("name", "may"), [("Ada", True), ("grace@example.org", True), ("Eve", False), ("ada", False),
                                           ("Ada, Eve", False), ("Ada,", False), ("Eve, Ada", False)])  # fmt: skip
def test_those_who_may_add_are_named(proxied, name, may):
    visitor = proxied.visitor(PROXY, **{"x-remote-user": name})
    answer = visitor.get("/add")
    assert answer.status_code == (200 if may else 403)
    if not may:
        assert "not among those who may add letters" in answer.text
    for path in ("/add", "/add/20250101-000000-00000000/remove", "/add/20250101-000000-00000000/correct"):
        sent = visitor.post(path, data={"all": "1"}, headers=OURS)
        assert (sent.status_code == 403 and "You cannot add letters" in sent.text) is not may


def test_a_proxy_that_is_named_is_believed_and_the_default_no_longer():
    page = Page(user_header="X-Remote-User", proxies="10.0.0.0/8")
    assert page.visitor(("10.2.3.4", 1), **{"x-remote-user": "Ada"}).get("/letters").status_code == 200
    assert page.visitor(PROXY, **{"x-remote-user": "Ada"}).get("/letters").status_code == 403


# --- adding ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("more", [{"password": PASSWORD}, {"user_header": "X-Remote-User"}, {"open_to_all": True},
                                  {"password": PASSWORD, "host": "127.0.0.1"}])  # fmt: skip
def test_on_a_network_nobody_may_add_until_it_is_said_who(tmp_path, more):
    assert not adding_allowed(fake_settings(tmp_path, **{"host": "0.0.0.0"} | more))
    assert adding_allowed(fake_settings(tmp_path, adding="yes", **more))


def test_reading_is_not_adding(locked):
    reader = locked.signed_in()
    answer = reader.get("/add")
    assert answer.status_code == 403 and "Adding letters needs a password of its own" in answer.text
    assert 'href="./login?next=/add"' in answer.text
    form = reader.get("/login?next=/add")
    assert "Adding letters needs its own password" in form.text
    for path in ("/add", "/add/20250101-000000-00000000/remove", "/add/20250101-000000-00000000/correct"):
        assert reader.post(path, data={"all": "1"}, headers=OURS).status_code == 403
    answer = sign_in(reader, ADDING, "/add")
    assert answer.headers["location"] == "./add"
    assert reader.get("/add").status_code == reader.get("/letters").status_code == 200
    assert reader.get("/add/20250101-000000-00000000").status_code == 404
    assert locked.visitor().get("/add", headers=bearer(ADDING)).status_code == 200
    assert locked.visitor().get("/add", headers=bearer(PASSWORD)).status_code == 403


def test_who_gives_another_password_has_one_session(fresh):
    visitor = fresh.signed_in()
    before = visitor.cookies[COOKIE]
    sign_in(visitor, PASSWORD)
    thief = fresh.visitor()
    thief.cookies.set(COOKIE, before)
    assert thief.get("/letters").status_code == 303


def test_where_everybody_reads_some_may_add_with_a_password():
    page = Page(open_to_all=True, adding_password=ADDING)
    assert page.visitor().get("/letters").status_code == 200
    assert page.visitor().get("/add").status_code == 403
    assert page.signed_in(ADDING).get("/add").status_code == 200
    assert "The password is for those who add letters" in page.visitor().get("/login").text
    assert "Sign out" not in page.visitor().get("/letters").text
    assert "Sign out" in page.signed_in(ADDING).get("/add").text


def test_no_means_nobody_whatever_password_they_give():
    page = Page(password=PASSWORD, adding_password=ADDING, adding="no")
    answer = page.signed_in(ADDING).get("/add")
    assert answer.status_code == 403 and "turned off" in answer.text and "Sign in to add" not in answer.text


# --- how many questions ----------------------------------------------------------------------------------------------


def test_each_user_has_their_own_questions(proxied):
    ada, eve = (proxied.visitor(PROXY, **{"x-remote-user": name}) for name in ("Limited", "Eve"))
    assert [ada.post("/api/v1/ask", json=QUESTION).status_code for _ in range(3)] == [200, 200, 429]
    answer = ada.post("/api/v1/ask", json=QUESTION)
    assert 0 < int(answer.headers["retry-after"]) <= 30
    assert "Please ask again in" in problem_in(answer)
    assert eve.post("/api/v1/ask", json=QUESTION).status_code == 200
    assert ada.get("/letters").status_code == 200, "reading is not asking"


def test_sessions_and_addresses_are_counted_by_themselves():
    page = Page(password=PASSWORD, questions_a_minute=1)
    first, second = page.signed_in(), page.signed_in()
    asked = [visitor.post("/api/v1/ask", json=QUESTION).status_code for visitor in (first, first, second)]
    assert asked == [200, 429, 200]
    program = [
        page.visitor().post("/api/v1/ask", json=QUESTION, headers=bearer(PASSWORD)).status_code for _ in range(2)
    ]
    assert program == [200, 429]


def test_where_nobody_has_a_name_addresses_are_counted_and_cannot_be_made_up():
    page = Page(open_to_all=True, questions_a_minute=1)
    asked = [
        page.visitor(address, **{"x-forwarded-for": said}).post("/api/v1/ask", json=QUESTION).status_code
        for address, said in (
            (ELSEWHERE, "198.51.100.1"), (ELSEWHERE, "198.51.100.2"),
            (PROXY, "198.51.100.1"), (PROXY, "198.51.100.1"), (PROXY, "198.51.100.2"),
        )
    ]  # fmt: skip
    assert asked == [200, 429, 200, 429, 200]


def test_a_conversation_in_one_request_counts_as_many_questions():
    page = Page(open_to_all=True, questions_a_minute=5)
    visitor = page.visitor()
    body = QUESTION | {"format": "text", "then": ["what about accommodation?"] * 9}
    assert visitor.post("/api/v1/export", json=body).status_code == 200
    assert visitor.post("/api/v1/ask", json=QUESTION).status_code == 429


def test_a_wrong_question_is_not_counted():
    visitor = Page(open_to_all=True, questions_a_minute=1).visitor()
    assert visitor.post("/api/v1/ask", json={"question": ""}).status_code == 422
    assert visitor.post("/api/v1/ask", json=QUESTION).status_code == 200


def test_on_this_computer_and_without_a_limit_nothing_is_counted():
    for page in (Page(host="127.0.0.1", questions_a_minute=1), Page(open_to_all=True, questions_a_minute=0)):
        visitor = page.visitor()
        assert {visitor.post("/api/v1/ask", json=QUESTION).status_code for _ in range(5)} == {200}


def test_on_the_page_it_is_a_sentence_and_the_question_stays():
    calls = Callbacks(FakeAssistant(), 300)
    [view] = calls.ask(QUESTION["question"], Filters(), Session(), lambda: 7)
    assert "Please ask again in 7 seconds" in view.status and "in the box" in view.chat[-1]["content"]
    assert QUESTION["question"] in view.chat[0]["content"]
    assert view.question is None and f'data-back="{QUESTION["question"]}"' in view.evidence
    assert calls.assistant.asked == []
    [view] = calls.ask_again({"offer": 1}, Session(), lambda: 1)
    assert "again in 1 second." in view.status
    [view] = calls.ask_again({"link": "?q=accommodation"}, Session(), lambda: 1)
    assert "again in 1 second." in view.status
    assert calls.assistant.asked == []


# --- whose conversation ----------------------------------------------------------------------------------------------


@contextmanager
def served(app: object, patience: Patience | None = None, kept_alive: int = 15) -> Iterator[tuple[str, int]]:
    """The application on a real socket, as the product serves it."""
    with running(app, "warning", patience, kept_alive) as listening:
        yield listening.getsockname()


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


def test_two_visitors_never_see_each_others_answers():
    page = Page(user_header="X-Remote-User")
    with served(page.app) as where:
        ada = Browser(where, "one name", **{"x-remote-user": "Ada"})
        eve = Browser(where, "one name", **{"x-remote-user": "Eve"})
        assert "substantial challenge" in ada.ask(QUESTION["question"])
        assert "Saved as" in ada.save()
        assert "no answer to download" in eve.save(), "the state of a conversation is its owner's"
        assert ada.join("question", [QUESTION["question"], [], [], [], None]).status_code == 200
        assert "substantial challenge" not in eve.ask("what do reviews of plans say about training?")
        eve.client.post("/gradio_api/cancel", json={"session_hash": eve.name, "fn_index": 0, "event_id": "x"})
        assert "substantial challenge" in ada.hear()


def test_two_names_in_one_address_are_both_sealed():
    page = Page(user_header="X-Remote-User")
    sent = asyncio.run(raw_owned(page, "GET", "/gradio_api/queue/data?session_hash=a&session%5Fhash=b&x=1", b""))
    assert re.fullmatch(r"session_hash=[0-9a-f]{32}&session_hash=[0-9a-f]{32}&x=1", sent[0]["query_string"].decode())


async def raw_owned(page: Page, method: str, target: str, body: bytes):
    """What the application behind the guard is given."""
    given = []

    async def behind(scope, receive, send):
        given.extend((scope, (await receive()).get("body", b"")))

    guard = Guard(behind, door=page.access)
    guard.app = behind
    scope_headers = ((b"x-remote-user", b"Ada"), (b"content-type", b"application/json"))

    async def app(scope, receive, send):
        await guard({**scope, "client": PROXY}, receive, send)

    answer = await raw(app, method, target, scope_headers, body)
    return given or [answer]


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"session_hash": 1}', b'{"session_hash": null}', b"nonsense",
                                  b"[" * 100_000, b"\xff\xfe"])  # fmt: skip
@pytest.mark.parametrize("path", ["/gradio_api/queue/join", "/gradio_api/queue/join/", "/gradio_api/cancel"])
def test_what_names_no_conversation_is_refused(body, path):
    page = Page(user_header="X-Remote-User")
    [answer] = asyncio.run(raw_owned(page, "POST", path, body))
    assert answer.status == 422


def test_the_last_of_two_names_in_one_body_is_sealed_and_the_other_gone():
    page = Page(user_header="X-Remote-User")
    body = b'{"session_hash": "a", "data": [], "session_hash": "b", "session\\u005fhash": "c"}'
    _, sent = asyncio.run(raw_owned(page, "POST", "/gradio_api/queue/join", body))
    assert re.fullmatch(rb'\{"session_hash": "[0-9a-f]{32}", "data": \[\]\}', sent)


def test_a_limit_is_told_in_the_conversation_of_the_real_page():
    page = Page(user_header="X-Remote-User", questions_a_minute=1)
    with served(page.app) as where:
        ada = Browser(where, "ada", **{"x-remote-user": "Ada"})
        assert "substantial challenge" in ada.ask(QUESTION["question"])
        assert "Please ask again in" in ada.ask(QUESTION["question"])
        assert len(page.assistant.asked) == 1


# --- what was asked --------------------------------------------------------------------------------------------------


class Recorded:
    """A record in a folder, on a day that can be chosen."""

    def __init__(self, folder: Path, days: int = 30) -> None:
        self.folder = folder
        self.day = datetime(2025, 3, 31, 12, tzinfo=UTC)
        self.log = QuestionLog(str(folder), days, lambda: self.day)
        self.assistant = FakeAssistant()

    def ask(self, question: str = QUESTION["question"], filters: Filters | None = None) -> None:
        filters = filters or Filters()
        self.log.record(question, filters, self.assistant.ask(question, filters=filters), 0.12345)

    def lines(self) -> list[dict]:
        return [json.loads(line) for file in sorted(self.folder.iterdir()) for line in file.read_text().splitlines()]


@pytest.fixture
def recorded(tmp_path) -> Recorded:
    return Recorded(tmp_path / "deep" / "asked")


def test_a_line_says_what_was_asked_and_never_by_whom(recorded):
    recorded.ask(filters=Filters(years=(2019,), authorities=("Rutford",), kinds=("focused visit",)))
    recorded.ask("what is said about the weather?")
    assert recorded.lines() == [
        {
            "time": "2025-03-31T12:00:00+00:00",
            "question": QUESTION["question"],
            "filters": {"authority": ["Rutford"], "year": [2019], "kind": ["focused visit"]},
            "refused": None,
            "letters": 1,
            "seconds": 0.123,
        },
        {
            "time": "2025-03-31T12:00:00+00:00",
            "question": "what is said about the weather?",
            "filters": {"authority": [], "year": [], "kind": []},
            "refused": "letters_silent",
            "letters": 0,
            "seconds": 0.123,
        },
    ]


@pytest.mark.skipif(os.name == "nt", reason="Windows knows no modes")
def test_only_its_owner_can_read_it(recorded):
    before = os.umask(0)
    try:
        recorded.ask()
    finally:
        os.umask(before)
    [file] = recorded.folder.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(recorded.folder.stat().st_mode) == 0o700


@pytest.mark.parametrize("question", ['accommodation?\n{"time": "forged"}', "accommodation\r\nx", "accommodation\u2028x\x85",
                                      "accommodation\x00\x1b[31m", "accommodation \ud800"])  # fmt: skip
def test_a_question_stays_on_one_line(recorded, question):
    recorded.ask(question)
    [file] = recorded.folder.iterdir()
    data = file.read_bytes()
    assert data.count(b"\n") == 1 and data.isascii() and b"\x1b" not in data and b"\r" not in data
    assert json.loads(data)["question"] == question


def test_a_file_a_day_until_its_time_is_over(recorded):
    other = recorded.folder / "notes.txt"
    for _ in range(40):
        recorded.ask()
        recorded.day += timedelta(days=1)
    other.write_text("kept")
    assert len(list(recorded.folder.iterdir())) == 41
    recorded.log.tidy()
    left = sorted(file.name for file in recorded.folder.iterdir())
    assert left[0] == "notes.txt" and left[1] == "questions-2025-04-10.jsonl" and len(left) == 31


def test_deleting_at_any_time_is_safe(recorded):
    recorded.log.tidy()
    recorded.ask()
    [file] = recorded.folder.iterdir()
    file.unlink()
    recorded.ask()
    file.unlink()
    recorded.folder.rmdir()
    recorded.ask()
    assert len(recorded.lines()) == 1


def test_a_folder_that_cannot_be_written_is_one_warning_and_no_error(tmp_path, caplog):
    (tmp_path / "file").write_text("in the way")
    recorded = Recorded(tmp_path / "file" / "asked")
    for _ in range(3):
        recorded.ask()
    [line] = caplog.records
    assert "ASSISTANT_QUESTION_LOG" in line.getMessage() and QUESTION["question"] not in line.getMessage()
    assert line.levelno == logging.WARNING
    recorded.log.tidy()


def test_a_full_disk_breaks_no_answer(recorded, monkeypatch, caplog):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("assistant.page.questions.os.write", full)
    recorded.ask()
    assert "No space left on device" in caplog.text
    monkeypatch.undo()
    recorded.ask()
    assert len(recorded.lines()) == 1


@pytest.mark.skipif(os.name == "nt", reason="needs a symbolic link")
def test_a_link_in_its_place_is_not_followed(recorded, tmp_path):
    recorded.folder.mkdir(parents=True)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("")
    (recorded.folder / "questions-2025-03-31.jsonl").symlink_to(elsewhere)
    recorded.ask()
    assert elsewhere.read_text() == ""


def test_the_page_and_the_programs_questions_are_recorded(tmp_path):
    page = Page(user_header="X-Remote-User", question_log=str(tmp_path / "asked"))
    with served(page.app) as where:
        ada = Browser(where, "ada", **{"x-remote-user": "Ada"})
        ada.ask(QUESTION["question"])
        asked = QUESTION | {"year": 2019, "then": ["and reviews of plans?"], "format": "text"}
        assert ada.client.post("/api/v1/export", json=asked).status_code == 200
        assert ada.client.post("/api/v1/ask", json=QUESTION).status_code == 200
    [file] = (tmp_path / "asked").iterdir()
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert [line["question"] for line in lines] == [QUESTION["question"]] * 2 + [
        "and reviews of plans?",
        QUESTION["question"],
    ]
    assert [line["filters"]["year"] for line in lines] == [[], [2019], [2019], []]
    assert "Ada" not in file.read_text() and "127.0.0.1" not in file.read_text()


def test_nothing_is_recorded_unless_it_is_wanted(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    page = Page(open_to_all=True)
    assert page.visitor().post("/api/v1/ask", json=QUESTION).status_code == 200
    page.app.state.questions.tidy()
    assert list(tmp_path.iterdir()) == []


# --- slow and many clients -------------------------------------------------------------------------------------------

SHORT = Patience(head=0.3, body=0.3, silence=0.3, head_bytes=4096, connections=3)
LONG = Patience()


@pytest.fixture(scope="module")
def impatient() -> Iterator[tuple[str, int]]:
    page = Page(host="127.0.0.1")
    page.settings.adding_dir.parent.exists()
    with served(page.app, SHORT, kept_alive=1) as where:
        yield where


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


# --- what is said ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["password", "adding_password"])
@pytest.mark.parametrize("secret", ["s3cret!", "s3cret!\ns3cret!", "s3cret! s3cret! ", "s3cret!s3cret!\x00"])
def test_a_password_that_is_none_is_not_repeated(name, secret, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError) as caught:
        load_settings(**{name: secret})
    assert f"ASSISTANT_{name.upper()}=..." in str(caught.value)
    assert "s3cret" not in str(caught.value) and "\n" not in str(caught.value)


def test_passwords_are_nowhere_in_what_check_says(tmp_path):
    settings = fake_settings(tmp_path / "index", password=PASSWORD, adding_password=ADDING)
    found = check_json(settings)
    said = f"{json.dumps(found)} {check_text(found)} {settings!r} {settings} {settings.model_dump_json()}"
    assert "horse" not in said


def test_a_wrong_password_is_in_no_log(fresh, caplog):
    caplog.set_level(logging.DEBUG)
    visitor = fresh.visitor()
    page = sign_in(visitor, "a typed secret").text
    visitor.get("/letters", headers=bearer("a typed secret"))
    sign_in(visitor, PASSWORD)
    assert "a typed secret" not in caplog.text + page and PASSWORD not in caplog.text


def test_what_a_hostile_browser_sends_forges_no_line_of_the_log(capfd, caplog):
    page = Page(host="127.0.0.1")
    forged = "x\nERROR forged line\r\x1b[31m"
    with served(page.app) as where:
        browser = Browser(where, forged)
        for first, data in (
            ("question", [forged, [forged], [forged], [forged], None]),
            ("format", [forged, forged, [forged], forged, None]),
            ("export-what", [forged]),
            ("nothing", [forged]),
        ):
            browser.events.setdefault("nothing", 99)
            if browser.join(first, data).status_code == 200:
                browser.hear()
        for path in (f"/{forged}", "/letters/%0AERROR%20forged%20line", "/letters?save=%0AERROR+forged+line"):
            browser.client.get(path.replace("\n", "%0A").replace("\r", "%0D").replace("\x1b", "%1B"))
        spoken(where, b"GET / HTTP/1.1\nERROR forged line\r\n\r\n\r\n")
    said = "".join(capfd.readouterr()) + caplog.text
    assert not re.search(r"^ERROR forged", said, re.MULTILINE) and "\x1b" not in said


@pytest.mark.parametrize("started", [False, True])
def test_a_failure_is_logged_on_our_terms(started, caplog):
    said = "what was asked\nERROR forged line"

    async def behind(scope, receive, send):
        if started:
            await send({"type": "http.response.start", "status": 200, "headers": []})
        raise ValueError(said)

    async def ask():
        return await raw(Guard(behind), "GET", "/letters")

    if started:
        with pytest.raises(RuntimeError, match="broke off") as caught:
            asyncio.run(ask())
        assert caught.value.__suppress_context__
    else:
        answer = asyncio.run(ask())
        assert answer.status == 500 and json.loads(answer.body)["error"]
    assert "ValueError" in caplog.text
    assert "forged" not in caplog.text and "what was asked" not in caplog.text


def test_who_goes_away_in_the_middle_of_an_upload_is_no_failure(caplog):
    async def behind(scope, receive, send):
        if (await receive())["type"] == "http.disconnect":
            raise ValueError("the upload broke off")

    async def ask() -> None:
        async def receive():
            return {"type": "http.disconnect"}

        async def send(message):
            pytest.fail("nobody is there")

        await Guard(behind)({"type": "http", "method": "POST", "path": "/add", "headers": []}, receive, send)

    asyncio.run(ask())
    assert caplog.records == []


def test_a_request_that_broke_off_is_not_obeyed():
    got = []

    async def behind(scope, receive, send):
        got.append(await receive())

    async def ask() -> None:
        pieces = iter([
            {"type": "http.request", "body": b"all=1", "more_body": True},
            {"type": "http.disconnect"},
        ])  # fmt: skip

        async def receive():
            return next(pieces)

        async def send(message):
            got.append(message)

        scope = {"type": "http", "method": "POST", "path": "/api/v1/ask", "headers": []}
        await Guard(behind)(scope, receive, send)

    asyncio.run(ask())
    assert got == []
