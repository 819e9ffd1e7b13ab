"""Asking a server: what comes, what goes wrong, how long it takes, what is never said."""

import gzip
import logging
from pathlib import Path

import pytest
from fakes import fake_settings
from model_server import broken, dripping, flood, model_server, page, stalled, status, stream

from assistant.errors import ModelError
from assistant.llm.endpoint import Endpoint
from assistant.llm.prompt import Prompt

KEY = "sk-very-secret-1234"
PROMPT = Prompt("Answer.", "Question: what?", {}, 10)


def endpoint(url: str, **more) -> Endpoint:
    given = {"llm_url": url, "llm_seconds": 10, "llm_total_seconds": 30, "llm_retries": 1, "llm_key": KEY} | more
    return Endpoint(fake_settings(Path("unused"), **given))


def failed(asked: Endpoint) -> str:
    with pytest.raises(ModelError) as caught:
        list(asked.ask(PROMPT))
    message = str(caught.value)
    assert "\n" not in message and KEY not in message
    assert message.startswith("The language model at http://127.0.0.1:")
    return message


def test_a_reply_comes_in_pieces_and_the_request_is_as_set():
    with model_server(stream("care leavers are supported", 4)) as server:
        pieces = list(endpoint(server.url, llm_model="mine", llm_answer_tokens=77).ask(PROMPT))
        assert "".join(pieces) == "care leavers are supported" and len(pieces) > 3
        (asked,) = server.asked
    assert (asked["model"], asked["max_tokens"], asked["stream"], asked["temperature"]) == ("mine", 77, True, 0.0)
    assert [m["role"] for m in asked["messages"]] == ["system", "user"]
    assert asked["response_format"]["type"] == "json_schema"
    assert server.keys == [f"Bearer {KEY}"]


def test_no_key_means_no_key_of_somebody_elses(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-another-service")
    monkeypatch.setenv("OPENAI_API_BASE", "http://127.0.0.1:9/v1")
    with model_server(stream("x")) as server:
        assert list(endpoint(server.url, llm_key="").ask(PROMPT)) == ["x"]
        assert set(server.keys) == {"Bearer none"}


def test_the_first_model_is_taken_where_none_is_set():
    with model_server(stream("x")) as server:
        asked = endpoint(server.url)
        list(asked.ask(PROMPT))
        assert asked.model() == server.asked[0]["model"] == "tiny-model"
        server.models = ()
        assert "lists no model: set ASSISTANT_LLM_MODEL" in failed(endpoint(server.url))


@pytest.mark.parametrize("code", [400, 422, 501, 500])
def test_a_server_that_knows_no_schema_is_asked_in_another_way(code):
    no = status(code, "body response_format type: Input should be 'text'" if code == 500 else "no")
    with model_server(no, no, stream("plain")) as server:
        asked = endpoint(server.url, llm_retries=0)
        assert "".join(asked.ask(PROMPT)) == "plain"
        kinds = [body.get("response_format", {}).get("type") for body in server.asked]
        assert kinds == ["json_schema", "json_object", None]
        list(asked.ask(PROMPT))
        assert "response_format" not in server.asked[-1], "what was found out is remembered"
        assert len(server.asked) == 4


def test_a_busy_server_is_asked_again():
    with model_server(status(429), stream("then")) as server:
        assert "".join(endpoint(server.url).ask(PROMPT)) == "then"
    with model_server(status(503), status(500), stream("then")) as server:
        assert "".join(endpoint(server.url, llm_retries=2).ask(PROMPT)) == "then"
        assert len(server.asked) == 3


def test_the_server_may_say_when(monkeypatch):
    waited: list[float] = []
    monkeypatch.setattr("assistant.llm.endpoint.time.sleep", waited.append)
    with model_server(status(429, Retry_After="2"), stream("then")) as server:
        assert "".join(endpoint(server.url).ask(PROMPT)) == "then"
    assert waited == [2.0]
    with model_server(status(429, Retry_After="3600")) as server:
        assert "too busy (429)" in failed(endpoint(server.url, llm_retries=5))
        assert len(server.asked) == 1, "an hour is longer than it may take: not asked again"
    assert waited == [2.0]


def test_pauses_grow_and_differ(monkeypatch):
    waited: list[float] = []
    monkeypatch.setattr("assistant.llm.endpoint.time.sleep", waited.append)
    with model_server(status(500)) as server:
        failed(endpoint(server.url, llm_retries=4, llm_total_seconds=60))
        assert len(server.asked) == 5
    assert len(waited) == 4
    for pause, expected in zip(waited, (0.5, 1.0, 2.0, 4.0), strict=True):
        assert 0.75 * expected <= pause <= 1.25 * expected
    assert len({round(pause / expected, 6) for pause, expected in zip(waited, (0.5, 1, 2, 4), strict=True)}) > 1


@pytest.mark.parametrize(
    ("act", "words", "times"),
    [
        (status(401, f"Incorrect API key provided: {KEY}"), "refused the key (401): set ASSISTANT_LLM_KEY", 1),
        (status(403), "refused the key (403)", 1),
        (status(404), "has no model 'tiny-model' (404): set ASSISTANT_LLM_MODEL", 1),
        (status(429), "is too busy (429): try again later", 2),
        (status(500, f"Traceback {KEY}"), "failed (500): look at the server's log", 2),
        (status(400, "too long"), "lower ASSISTANT_CONTEXT_TOKENS", 3),
        (status(301, Location="http://127.0.0.1:9/"), "answered with status 301", 1),
        (stalled('{"sentences": ['), "did not answer within 0.5 s: raise ASSISTANT_LLM_SECONDS", 1),
        (dripping(), "did not finish within 1 s: raise ASSISTANT_LLM_TOTAL_SECONDS", 1),
        (broken('{"sentences": ['), "broke off its reply", 1),
        (flood(40, b"x"), "sent far more than it was asked for", 1),
        (flood(40, b": comment\n\n"), "sent far more than it was asked for", 1),
        (page(b'data: {"a": \n\n', Content_Type="text/event-stream"), "cannot be read (JSONDecodeError)", 1),
        (page(gzip.compress(b"x" * 10_000_000), Content_Encoding="gzip"), "sent far more", 1),
        (page(b'data: {"error": {"message": "sk-very"}}\n\n', Content_Type="text/event-stream"), "cannot be read", 1),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_goes_wrong_is_one_line(act, words, times):
    with model_server(act) as server:
        short = {"llm_seconds": 0.5} if "0.5 s" in words else {"llm_total_seconds": 1} if "1 s" in words else {}
        message = failed(endpoint(server.url, **short))
        assert words in message
        assert len(server.asked) == times
        assert server.sent < 20_000_000, "it read on"


def test_a_long_reply_is_cut_off_by_its_characters():
    with model_server(stream("word " * 5000, 500)) as server:
        assert "sent far more" in failed(endpoint(server.url, llm_answer_tokens=50))


def test_nobody_there():
    message = failed(endpoint("http://127.0.0.1:9/v1"))
    assert (
        message == "The language model at http://127.0.0.1:9/v1 cannot be reached: start it, or set ASSISTANT_LLM_URL"
    )


def test_a_page_that_is_no_server_of_models_says_nothing():
    with model_server(page(b"<html>hello</html>", Content_Type="text/html")) as server:
        assert list(endpoint(server.url).ask(PROMPT)) == []


def test_the_list_of_models():
    with model_server() as server:
        assert endpoint(server.url).models() == ["tiny-model", "other-model"]
    with pytest.raises(ModelError, match="cannot be reached"):
        endpoint("http://127.0.0.1:9/v1").models()


def test_the_key_is_not_logged(caplog):
    caplog.set_level(logging.DEBUG)
    with model_server(stream("x")) as server:
        list(endpoint(server.url).ask(PROMPT))
    assert caplog.text and KEY not in caplog.text


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_a_server_elsewhere_is_reached_through_the_web_proxy(monkeypatch, name):
    """A name that no resolver knows is answered all the same: by what stands in for the proxy."""
    with model_server(stream("care leavers are supported", 4)) as proxy:
        monkeypatch.setenv(name, proxy.url.removesuffix("/v1"))
        asked = endpoint("http://models.invalid/v1", llm_model="mine")
        assert "".join(asked.ask(PROMPT)) == "care leavers are supported"
        assert len(proxy.asked) == 1


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_server_on_this_computer_is_never_asked_through_a_proxy(monkeypatch, host):
    with model_server(stream("from the proxy", 4)) as proxy, model_server(stream("from here", 4)) as server:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url.removesuffix("/v1"))
        asked = endpoint(server.url.replace("127.0.0.1", host), llm_model="mine")
        assert "".join(asked.ask(PROMPT)) == "from here"
        assert proxy.asked == []
