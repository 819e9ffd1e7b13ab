"""What a search gives as JSON: every key, and that the words are those of the letters."""

import json

import pytest
from fakes import shipped_assistant

from assistant.records.search import search_json


@pytest.fixture(scope="module")
def assistant(tmp_path_factory):
    with shipped_assistant(tmp_path_factory.mktemp("records") / "index") as assistant:
        yield assistant


def test_search_has_the_contracts_keys(assistant):
    letters = {letter.letter_id: letter for letter in assistant.letters}
    body = search_json(assistant.search("what did 2019 say about care leavers?", k=6), letters)
    assert set(body) == {"question", "scope", "hits"}
    assert set(body["scope"]) >= {"authorities", "years", "reading", "kinds", "letters"}
    assert [hit["rank"] for hit in body["hits"]] == [1, 2, 3, 4, 5, 6]
    for hit in body["hits"]:
        assert set(hit) >= {
            "rank", "letter_id", "file", "section", "locator", "text", "score", "dense_rank", "lexical_rank",
        }  # fmt: skip
        assert hit["text"] in letters[hit["letter_id"]].text
        assert hit["locator"].startswith(hit["section"])
        assert hit["dense_rank"] or hit["lexical_rank"]
    assert json.loads(json.dumps(body)) == body
