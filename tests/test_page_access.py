"""Who may use the page and how much: asked as an honest visitor, as a proxy, and as somebody who wants to get in."""

import asyncio
import json
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from browser.page_fakes import FakeAssistant
from click.testing import CliRunner
from fakes import fake_settings, problem_in
from visiting import (
    ADDING,
    ELSEWHERE,
    OURS,
    PASSWORD,
    PROXY,
    QUESTION,
    READING,
    Browser,
    Page,
    bearer,
    raw,
    served,
    sign_in,
    spoken,
)

from assistant.cli import main
from assistant.errors import SettingsError
from assistant.page.app import create_app
from assistant.page.chat.callbacks import Callbacks
from assistant.page.chat.conversation import Session
from assistant.page.security.access import adding_allowed, check_opening
from assistant.page.security.guard import Guard
from assistant.page.security.sessions import COOKIE
from assistant.page.server import serve
from assistant.questions.scope import Filters
from assistant.records.check import check_json, check_text
from assistant.settings import Settings, load_settings


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


# --- opening ----------------------------------------------------------------------------------------------------------


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


# --- on this computer -------------------------------------------------------------------------------------------------


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


# --- a proxy that says who asks ---------------------------------------------------------------------------------------


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


# --- adding -----------------------------------------------------------------------------------------------------------


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


# --- how many questions -----------------------------------------------------------------------------------------------


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


# --- what is said -----------------------------------------------------------------------------------------------------


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
