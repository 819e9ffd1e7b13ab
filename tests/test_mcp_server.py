"""The protocol, asked by its own client library: in this process, and on stdin and stdout of a real one."""

import asyncio
import io
import json
import logging
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import jsonschema
import pytest
from browser.page_fakes import FakeAssistant, Holding
from fakes import CORPUS, fake_environment, made_letter, real_run, shipped_assistant, write_letters
from mcp import Client, MCPError, StdioServerParameters, UriTemplate

from assistant.engine import Assistant
from assistant.errors import FilterError, IndexStateError
from assistant.mcp.places import LETTER, PASSAGE, letter_uri, passage_uri
from assistant.mcp.server import AT_ONCE, in_threads, make_server, serve_stdio
from assistant.mcp.tools import INSTRUCTIONS, TOOLS, Caller
from assistant.reading.corpus import read_letter

FOCUSED = "2019-03-01-swindon-focused-visit"
CARE_LEAVERS = "what did 2019 say about care leavers?"
ACCOMMODATION = "what is said about accommodation for care leavers?"
ERAS = ["auto", "legacy"]  # since 2026 each request stands alone; before, a handshake began it
PATIENCE = 20  # seconds that a thread or a process may take on a busy machine


@pytest.fixture(scope="module")
def assistant(tmp_path_factory) -> Iterator[Assistant]:
    with shipped_assistant(tmp_path_factory.mktemp("server") / "index") as opened:
        yield opened


def speak(served: Caller | object, talk: Callable[[Client], Awaitable[Any]], mode: str = "auto", **more: Any) -> Any:
    """What a client gets of a server in this process."""

    async def session() -> Any:
        with in_threads() as run:
            caller = served if isinstance(served, Caller) else Caller(served)
            async with Client(make_server(caller, run, **more), mode=mode) as client:
                return await talk(client)

    return asyncio.run(session())


def refusal(served: object, ask: Callable[[Client], Awaitable[Any]], mode: str = "auto") -> MCPError:
    """The protocol's error that a client gets."""

    async def talk(client):
        with pytest.raises(MCPError) as raised:
            await ask(client)
        return raised.value

    return speak(served, talk, mode)


async def until(condition: Callable[[], bool]) -> None:
    for _ in range(PATIENCE * 100):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came to that")


# --- what is offered -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ERAS)
def test_the_tools_are_offered_as_reading_only(assistant, mode):
    async def talk(client):
        return client.instructions, (await client.list_tools()).tools

    said, tools = speak(assistant, talk, mode)
    assert said == INSTRUCTIONS
    assert [tool.name for tool in tools] == list(TOOLS)
    for tool in tools:
        hints = tool.annotations
        assert (hints.read_only_hint, hints.destructive_hint, hints.idempotent_hint, hints.open_world_hint) == (
            True,
            False,
            True,
            False,
        )
        assert tool.description == TOOLS[tool.name].description
        for schema in (tool.input_schema, tool.output_schema):
            jsonschema.Draft202012Validator.check_schema(schema)
            assert schema["type"] == "object"
        assert tool.input_schema["additionalProperties"] is False


@pytest.mark.parametrize("mode", ERAS)
@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("ask", {"question": CARE_LEAVERS}),
        ("ask", {"question": "what did the letters say about volcanoes?"}),
        ("search", {"question": "pathway plans", "k": 2}),
        ("letters", {"year": 2019}),
        ("read_letter", {"letter_id": FOCUSED, "section": 5}),
        ("judgements", {"authority": "Swindon"}),
    ],
)
def test_what_a_tool_gives_keeps_to_its_schema(assistant, mode, name, given):
    async def talk(client):
        [schema] = [tool.output_schema for tool in (await client.list_tools()).tools if tool.name == name]
        return schema, await client.call_tool(name, given)

    schema, found = speak(assistant, talk, mode)
    assert not found.is_error
    jsonschema.validate(found.structured_content, schema)
    text, *links = found.content
    assert text.type == "text" and text.text
    assert {link.type for link in links} <= {"resource_link"}
    for link in links:
        assert link.uri.startswith("letter://") and link.mime_type == "text/plain" and link.description


# --- citations as resources ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ERAS)
def test_every_citation_opens_at_its_words(assistant, mode):
    async def talk(client):
        found = await client.call_tool("ask", {"question": CARE_LEAVERS})
        links = [block.uri for block in found.content if block.type == "resource_link"]
        citations = found.structured_content["citations"]
        assert links == [citation["uri"] for citation in citations] and len(links) > 2
        return citations, [(await client.read_resource(uri)).contents for uri in links]

    citations, opened = speak(assistant, talk, mode)
    for citation, (words, around) in zip(citations, opened, strict=True):
        letter = assistant.letter(citation["letter_id"])
        assert words.text == citation["quote"] == letter.text[citation["start"] : citation["end"]]
        assert words.uri == citation["uri"] and words.mime_type == "text/plain"
        assert f"Place: {citation['locator']}" in around.text and citation["title"] in around.text
        assert citation["quote"] in around.text


def test_a_letter_is_a_resource(assistant):
    async def talk(client):
        return (await client.read_resource(letter_uri(FOCUSED))).contents

    [whole] = speak(assistant, talk)
    assert whole.text == assistant.letter(FOCUSED).text


def test_the_templates_make_the_addresses(assistant):
    async def talk(client):
        return (await client.list_resource_templates()).resource_templates

    assert [template.uri_template for template in speak(assistant, talk)] == [LETTER, PASSAGE]
    assert UriTemplate.parse(LETTER).expand({"letter_id": "a b"}) == letter_uri("a b")
    assert UriTemplate.parse(PASSAGE).expand({"letter_id": "a", "start": "3", "end": "9"}) == passage_uri("a", 3, 9)


@pytest.mark.parametrize("mode", ERAS)
def test_every_letter_is_listed_once_over_the_pages(mode):
    async def talk(client):
        found, cursor, pages = [], None, 0
        while True:
            page = await client.list_resources(cursor=cursor)
            found, pages, cursor = found + page.resources, pages + 1, page.next_cursor
            if cursor is None:
                return found, pages

    letters = [made_letter(f"l{number:03}") for number in range(200)]
    found, pages = speak(FakeAssistant(letters), talk, mode)
    assert pages == 2
    assert [one.uri for one in found] == [letter_uri(letter.letter_id) for letter in letters]
    assert found[0].title == "Swindon: Ofsted, focused visit letter, undated"


@pytest.mark.parametrize("cursor", ["x", "-1", "٣", "1" * 10, ""])
def test_a_page_of_resources_that_is_none(cursor):
    said = refusal(FakeAssistant(), lambda client: client.list_resources(cursor=cursor))
    assert said.message == "there is no such page of resources"


# --- errors --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ERAS)
@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("ask", {"question": " "}, "the question is empty; ask something"),
        ("ask", {"question": "x", "authority": "Leeds"}, "no letter is about 'Leeds'; held: Swindon"),
        ("ask", {"question": "x", "speaker": "Ofsted"}, "there is no argument 'speaker'"),
        ("ask", {}, "the argument 'question' is missing"),
        ("search", {"question": "x" * 3000}, "the question has 3,000 characters"),
        ("read_letter", {"letter_id": "nope"}, "there is no letter 'nope'"),
        ("letters", {"kind": "poem"}, "there is no kind 'poem'"),
        ("judgements", {"authority": "Leeds"}, "no letter is about 'Leeds'"),
    ],
)
def test_an_error_is_one_line_and_the_next_question_is_answered(assistant, mode, name, given, said):
    async def talk(client):
        return await client.call_tool(name, given), await client.call_tool("ask", {"question": CARE_LEAVERS})

    failed, after = speak(assistant, talk, mode)
    assert failed.is_error and not after.is_error
    [block] = failed.content
    assert block.text.startswith(said) and len(block.text.splitlines()) == 1
    assert failed.structured_content is None


@pytest.mark.parametrize("mode", ERAS)
def test_a_tool_that_there_is_not(assistant, mode):
    said = refusal(assistant, lambda client: client.call_tool("write", {}), mode)
    assert said.message == "there is no such tool; the tools are ask, search, letters, read_letter, judgements"


@pytest.mark.parametrize("mode", ERAS)
@pytest.mark.parametrize(
    ("uri", "said"),
    [
        ("letter://nope", "there is no letter 'nope'"),
        (f"letter://{FOCUSED}/passage/5-5", f"{FOCUSED} has no passage 5-5"),
        (f"letter://{FOCUSED}/passage/1-999999", f"{FOCUSED} has no passage 1-999999"),
        ("file:///etc/passwd", "'file:///etc/passwd' is not an address of the letters"),
        ("letter://../../etc/passwd", "'letter://../../etc/passwd' is not an address"),
    ],
)
def test_a_resource_that_there_is_not(assistant, mode, uri, said):
    error = refusal(assistant, lambda client: client.read_resource(uri), mode)
    assert error.message.startswith(said) and len(error.message.splitlines()) == 1
    assert error.code == -32602


def test_what_goes_wrong_here_is_said_without_its_words(caplog):
    fake = FakeAssistant()
    fake.failing = ZeroDivisionError("quintessential zebra")

    async def talk(client):
        return await client.call_tool("ask", {"question": ACCOMMODATION})

    with caplog.at_level(logging.DEBUG):
        found = speak(fake, talk)
    assert found.is_error and found.content[0].text.startswith("Something went wrong here")
    assert "zebra" not in found.content[0].text and "ZeroDivisionError" not in found.content[0].text
    ours = "".join(record.getMessage() for record in caplog.records if record.name.startswith("assistant"))
    assert "ZeroDivisionError" in ours and "zebra" not in caplog.text and "accommodation" not in ours
    logged = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert len(logged) == 1 and "accommodation" not in logged[0]


def test_who_may_not_ask_is_told_so_and_may_still_read():
    fake = FakeAssistant()

    async def talk(client):
        return [await client.call_tool(*call) for call in (
            ("ask", {"question": ACCOMMODATION}), ("search", {"question": ACCOMMODATION}), ("letters", {}),
        )]  # fmt: skip

    asked, searched, listed = speak(fake, talk, may_ask=lambda _request: "Please ask again in 5 seconds.")
    assert asked.is_error and searched.is_error and not listed.is_error
    assert asked.content[0].text == "Please ask again in 5 seconds."
    assert fake.asked == []


# --- many at once, and none any more -------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ERAS)
def test_a_bounded_number_is_at_work_and_all_are_answered(mode):
    held = Holding()

    async def talk(client):
        calls = [asyncio.create_task(client.call_tool("ask", {"question": ACCOMMODATION})) for _ in range(3 * AT_ONCE)]
        await until(lambda: held.inside == AT_ONCE)
        listed = await client.list_tools()  # the protocol's own loop goes on meanwhile
        held.let.set()
        return listed, await asyncio.gather(*calls)

    listed, found = speak(held, talk, mode)
    assert len(listed.tools) == len(TOOLS)
    assert held.most == AT_ONCE and len(held.asked) == 3 * AT_ONCE
    assert len({one.content[0].text for one in found}) == 1 and not any(one.is_error for one in found)


@pytest.mark.parametrize("mode", ERAS)
def test_a_cancelled_question_ends_and_breaks_nothing(mode):
    held, told = Holding(), []

    async def talk(client):
        calls = [asyncio.create_task(client.call_tool("ask", {"question": ACCOMMODATION})) for _ in range(AT_ONCE + 2)]
        await until(lambda: held.inside == AT_ONCE)
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)
        await client.list_tools()
        held.let.set()
        await until(lambda: held.inside == 0)
        return await client.call_tool("ask", {"question": ACCOMMODATION})

    after = speak(Caller(held, lambda *said: told.append(said)), talk, mode)
    assert not after.is_error and after.structured_content["citations"]
    assert len(told) == 1  # those that were cancelled ended before they were answered
    assert len(held.asked) == AT_ONCE + 1  # and those that waited for a thread never began


def test_what_is_printed_while_the_index_opens_goes_to_stderr(capsys, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO())

    def opened():
        print("a library's greeting")
        raise IndexStateError("another process writes the index")

    with pytest.raises(IndexStateError, match="another process"):
        serve_stdio(opened)
    said = capsys.readouterr()
    assert said.out == "" and said.err == "a library's greeting\n"


def test_without_a_stdin_nothing_is_opened(monkeypatch):
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(FilterError, match="assistant mcp --http"):
        serve_stdio(lambda: pytest.fail("it was opened"))


# --- a real process ------------------------------------------------------------------------------------------------


def message(method: str, number: int | None = None, **params: Any) -> bytes:
    head = {"jsonrpc": "2.0", "method": method} | ({} if number is None else {"id": number})
    return json.dumps(head | {"params": params}).encode() + b"\n"


OPENING = message(
    "initialize", 1, protocolVersion="2025-11-25", capabilities={}, clientInfo={"name": "test", "version": "1"}
)
COMMAND = [sys.executable, "-m", "assistant.cli", "mcp"]


@pytest.fixture(scope="module")
def indexed(tmp_path_factory) -> dict[str, str]:
    """The environment of a process that has an index by the real model already."""
    source, done = real_run()
    assert done.returncode == 0, done.stderr
    index = tmp_path_factory.mktemp("real") / "index"
    shutil.copytree(source, index)
    return fake_environment(index, EMBEDDING_MODEL="packaged")


@pytest.mark.model
@pytest.mark.parametrize("mode", ERAS)
def test_a_client_on_stdin_and_stdout(indexed, mode):
    ours = {name: value for name, value in indexed.items() if name.startswith(("ASSISTANT_", "PYTHON"))}
    letter = read_letter(CORPUS / f"{FOCUSED}.txt")

    async def talk():
        server = StdioServerParameters(command=COMMAND[0], args=COMMAND[1:], env=ours)
        async with Client(server, mode=mode) as client:
            found = await client.call_tool("ask", {"question": CARE_LEAVERS, "kind": "focused visit"})
            citations = found.structured_content["citations"]
            assert len(citations) > 1 and {citation["letter_id"] for citation in citations} == {FOCUSED}
            for citation in citations:
                words, around = (await client.read_resource(citation["uri"])).contents
                assert words.text == citation["quote"] == letter.text[citation["start"] : citation["end"]]
                assert citation["locator"] in around.text
            refused = await client.call_tool("ask", {"question": "what did the letters say about volcanoes?"})
            assert not refused.is_error and refused.structured_content["refused"]
            failed = await client.call_tool("ask", {"question": ""})
            assert failed.is_error
            many = await asyncio.gather(*(client.call_tool("ask", {"question": CARE_LEAVERS}) for _ in range(8)))
            assert len({json.dumps(one.structured_content) for one in many}) == 1 and not any(o.is_error for o in many)

    asyncio.run(talk())


@pytest.mark.model
def test_stdout_is_the_protocols_alone_while_an_index_is_made(tmp_path):
    """And when stdin ends, the process ends."""
    corpus = write_letters(tmp_path / "letters", {"a.txt": "pathway plans"})
    environment = fake_environment(tmp_path / "index", corpus, EMBEDDING_MODEL="packaged")
    said = [OPENING, message("notifications/initialized"), message("tools/list", 2), b"no JSON\n", b"\xff\xfe\n", b"\n",
            message("tools/call", 3, name="letters", arguments={})]  # fmt: skip
    with subprocess.Popen(
        COMMAND, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        try:
            running.stdin.write(b"".join(said))
            running.stdin.flush()
            lines = []
            while not any(b'"id":3' in line for line in lines):
                lines.append(running.stdout.readline())
                assert lines[-1], running.stderr.read().decode()
            rest, errors = running.communicate(timeout=PATIENCE)
        finally:
            running.kill()
    assert running.returncode == 0
    answers = [json.loads(line) for line in [*lines, *rest.splitlines()]]
    assert all(answer["jsonrpc"] == "2.0" for answer in answers)
    by_id = {answer["id"]: answer["result"] for answer in answers if answer.get("id")}
    assert by_id[3]["structuredContent"]["total"] == 1 and len(by_id[2]["tools"]) == len(TOOLS)
    assert b"Traceback" not in errors


@pytest.mark.model
@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize("end", ["interrupt", "client gone"])
def test_it_ends_without_a_word(indexed, end):
    with subprocess.Popen(
        COMMAND, env=indexed, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        try:
            running.stdin.write(OPENING)
            running.stdin.flush()
            assert json.loads(running.stdout.readline())["id"] == 1
            if end == "interrupt":
                running.send_signal(signal.SIGINT)  # while it waits for a line
            else:
                running.stdout.close()
                running.stdin.write(message("tools/list", 2))
                running.stdin.close()
            assert running.wait(PATIENCE) == 0
            assert running.stderr.read() == b""
        finally:
            running.kill()
