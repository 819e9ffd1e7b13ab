"""A conversation is its owner's, whatever name a browser gives it."""

import asyncio
import re

import pytest
from visiting import PROXY, QUESTION, Browser, Page, raw, served

from assistant.page.security.guard import Guard


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
