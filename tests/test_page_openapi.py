"""The interface for programs against its own description: schemathesis makes requests from it, good ones and bad ones."""

import re
import shutil
import subprocess
import zipfile

import pytest
import schemathesis
from fakes import ROOT, problem_in, shipped_assistant
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from pydantic import ConfigDict, TypeAdapter, with_config
from running import running
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from assistant.contract.shapes import AnswerShape, JudgementsShape, LettersShape, SearchShape, WholeLetterShape
from assistant.page.app import create_app
from assistant.page.server import address

pytestmark = pytest.mark.model

WHERE = "/api/v1/openapi.json"
QUESTION = "What did 2019 say about care leavers?"
HERE = {"host": "127.0.0.1"}  # the page answers to no other name here
LETTER = "2019-03-01-swindon-focused-visit"


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    with shipped_assistant(tmp_path_factory.mktemp("index")) as assistant:
        yield create_app(assistant, assistant.settings)


@pytest.fixture(scope="module")
def client(app):
    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        yield client


OPERATIONS = (
    "POST /ask",
    "POST /search",
    "POST /export",
    "GET /letters",
    "GET /letters/{letter_id}",
    "GET /judgements",
)


EVERY_WAY = [(operation, mode) for operation in OPERATIONS for mode in GenerationMode]
EVERY_WAY.remove(("GET /letters/{letter_id}", GenerationMode.NEGATIVE))  # any text may be a name


@pytest.mark.parametrize(("operation", "mode"), EVERY_WAY, ids=str)
def test_whatever_is_sent_is_answered_as_described(app, operation, mode):
    described = schemathesis.openapi.from_asgi(WHERE, app, headers=HERE)
    method, _, path = operation.partition(" ")

    @settings(max_examples=40, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
    @given(described[f"/api/v1{path}"][method].as_strategy(generation_mode=mode))
    def check(case):
        # Which authorities and formats there are, no type tells: a name that is none of them is refused in words.
        case.call_and_validate(headers=HERE, excluded_checks=[positive_data_acceptance])

    check()


def strictly(shape):
    """A validator that finds a field too many as well."""
    return TypeAdapter(with_config(ConfigDict(extra="forbid", strict=True))(shape))


def test_each_answer_has_the_shape_that_is_described(client):
    reply = client.post("/api/v1/ask", json={"question": QUESTION, "id": "a"})
    answer = strictly(AnswerShape).validate_json(reply.content)
    assert answer["id"] == "a" and answer["citations"] and not answer["refused"]
    refused = client.post("/api/v1/ask", json={"question": "What did 1997 say about care leavers?"})
    assert strictly(AnswerShape).validate_json(refused.content)["refusal"]["message"]
    counted = client.post("/api/v1/ask", json={"question": "How many letters are there about Swindon?"})
    assert strictly(AnswerShape).validate_json(counted.content)["table"]["rows"]


def test_search_ranks_passages_of_the_letters_asked_for(client):
    body = {"question": "care leavers", "k": 3, "year": 2019, "kind": "focused visit"}
    found = strictly(SearchShape).validate_json(client.post("/api/v1/search", json=body).content)
    assert [hit["rank"] for hit in found["hits"]] == [1, 2, 3]
    assert {hit["letter_id"] for hit in found["hits"]} == {LETTER}
    text = client.get(f"/api/v1/letters/{LETTER}").json()["text"]
    assert all(hit["text"] in text for hit in found["hits"])


def test_letters_are_listed_a_stretch_at_a_time(client):
    whole = strictly(LettersShape).validate_json(client.get("/api/v1/letters").content)
    assert whole["total"] == len(whole["letters"]) == 5 and all(one["passages"] for one in whole["letters"])
    stretch = client.get("/api/v1/letters", params={"limit": 2, "offset": 1}).json()
    assert [one["letter_id"] for one in stretch["letters"]] == [one["letter_id"] for one in whole["letters"][1:3]]
    assert (stretch["total"], stretch["limit"], stretch["offset"]) == (5, 2, 1)
    chosen = client.get("/api/v1/letters", params={"year": [2019], "kind": ["focused visit"]}).json()
    assert [one["letter_id"] for one in chosen["letters"]] == [LETTER] and chosen["total"] == 1


def test_a_letter_holds_the_words_of_each_citation(client):
    answer = client.post("/api/v1/ask", json={"question": QUESTION}).json()
    for citation in answer["citations"]:
        reply = client.get(f"/api/v1/letters/{citation['letter_id']}")
        letter = strictly(WholeLetterShape).validate_json(reply.content)
        assert letter["text"][citation["start"] : citation["end"]] == citation["quote"]
        assert letter["sha256"] == citation["sha256"]


def test_judgements_are_proved(client):
    found = strictly(JudgementsShape).validate_json(client.get("/api/v1/judgements?authority=swindon").content)
    cells = [
        (row, cell) for told in found["timelines"] for row in told["rows"] for cell in row["cells"] if cell["grade"]
    ]
    assert cells and {told["authority"] for told in found["timelines"]} == {"Swindon"}
    for row, cell in cells:
        text = client.get(f"/api/v1/letters/{row['letter_id']}").json()["text"]
        assert text[cell["start"] : cell["end"]] == cell["quote"]


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("/letters/nowhere", 404, "There is no letter of this name"),
        ("/letters/..%2F..%2Fetc%2Fpasswd", 404, "There is no letter of this name"),
        ("/letters?limit=0", 422, "'limit'"),
        ("/letters?limit=501", 422, "'limit'"),
        ("/letters?offset=-1", 422, "'offset'"),
        ("/letters?year=soon", 422, "'year'"),
        ("/letters?yaer=2019", 422, "'yaer'"),
        ("/letters?kind=novel", 422, "'novel'"),
        ("/judgements?authority=Nowhere", 422, "'Nowhere'"),
        ("/judgements?limit=3", 422, "'limit'"),
        ("/nothing", 404, "There is nothing at this address."),
    ],
)
def test_what_is_asked_for_wrongly_is_told_in_a_sentence(client, path, status, says):
    assert says in problem_in(client.get(f"/api/v1{path}"), status)


@pytest.mark.parametrize("body", [{}, {"question": ""}, {"question": "x", "k": 0}, {"question": "x", "page": 2}])
def test_search_refuses_what_it_does_not_know(client, body):
    problem_in(client.post("/api/v1/search", json=body), 422)


@pytest.mark.parametrize("method", ["DELETE", "GET", "PATCH", "PUT"])
def test_another_method_is_told_which_there_are(client, method):
    reply = client.request(method, "/api/v1/ask")
    assert "does not take" in problem_in(reply, 405) and reply.headers["allow"] == "POST"


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
def test_each_call_that_the_docs_show_works(app, tmp_path):
    pages = (ROOT / "docs" / name for name in ("reference/api.md", "how-to/exports.md"))
    blocks = [
        one
        for page in pages
        for one in re.findall(r"```sh\n(curl .*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    ]
    assert len(blocks) == 6
    with running(app) as listening:
        for block in blocks:
            calls = block.replace("http://127.0.0.1:7860", address(listening)).replace(
                "curl ", "curl --fail-with-body "
            )
            done = subprocess.run(["bash", "-ec", calls], cwd=tmp_path, capture_output=True, text=True, timeout=60)
            saved = not done.stdout and "-o brief.docx" in block
            assert done.returncode == 0 and (saved or "care leavers" in done.stdout), (block, done.stdout, done.stderr)
    assert zipfile.is_zipfile(tmp_path / "answer.docx") and zipfile.is_zipfile(tmp_path / "brief.docx")


def test_the_description_is_whole(client):
    described = client.get(WHERE).json()
    assert described["openapi"].startswith("3.1") and described["info"]["version"]
    assert {
        f"{method.upper()} {path.removeprefix('/api/v1')}"
        for path, ways in described["paths"].items()
        for method in ways
    } == set(OPERATIONS)
    for ways in described["paths"].values():
        for told in ways.values():
            assert told["summary"] and "200" in told["responses"] and "422" in told["responses"]
            errors = {status: one["content"] for status, one in told["responses"].items() if status >= "400"}
            assert all(set(content) == {"application/problem+json"} for content in errors.values()), told["summary"]
    for name in ("Ask", "Search", "Export"):
        assert described["components"]["schemas"][name]["examples"]
    assert set(described["components"]["securitySchemes"]) == {"bearer", "key"}


def test_each_example_of_the_description_works(client):
    described = client.get(WHERE).json()
    for name in ("Ask", "Search", "Export"):
        for example in described["components"]["schemas"][name]["examples"]:
            reply = client.post(f"/api/v1/{name.lower()}", json=example)
            assert reply.status_code == 200, (name, example, reply.text[:200])
    [said] = described["components"]["schemas"]["Problem"]["examples"]
    assert set(said) == {"type", "title", "status", "detail", "error"}
