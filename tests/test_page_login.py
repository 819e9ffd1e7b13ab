"""Signing in and out, and that nothing is read before."""

import asyncio
import re

import pytest
from fakes import from_root
from hypothesis import given
from hypothesis import strategies as st
from visiting import (
    ADDING,
    ELSEWHERE,
    OURS,
    PASSWORD,
    PROXY,
    QUESTION,
    READING,
    Page,
    bearer,
    raw,
    sign_in,
)

from assistant.page.security.access import local_path
from assistant.page.security.passwords import Passwords
from assistant.page.security.sessions import COOKIE, LIFETIME, Sessions
from assistant.settings import Settings


@pytest.fixture(scope="module")
def locked() -> Page:
    return Page(password=PASSWORD, adding_password=ADDING, questions_a_minute=0)


@pytest.fixture
def fresh() -> Page:
    """With a password, and nothing tried yet."""
    return Page(password=PASSWORD)


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
