"""What `assistant check` says of settings, index and language model."""

import json
import sqlite3
from contextlib import closing

import pytest
from fakes import fake_settings, hashed_words, shipped_assistant, write_letters
from model_server import model_server
from pydantic import SecretStr

from assistant.index.update import update_index
from assistant.records.check import check_json, check_text


@pytest.fixture(scope="module")
def assistant(tmp_path_factory):
    with shipped_assistant(tmp_path_factory.mktemp("records") / "index") as assistant:
        yield assistant


def test_check_of_a_sound_index(assistant):
    found = check_json(assistant.settings)
    assert found["problems"] == []
    assert (found["index"]["letters"], found["index"]["passages"]) == (5, len(assistant.index.passages))
    assert 0 < found["index"]["longest_passage_tokens"] <= 256
    assert set(found["settings"]) == set(type(assistant.settings).model_fields)
    assert found["language_model"]["passages_that_fit"] > 5
    assert json.loads(json.dumps(found)) == found
    assert check_text(found).endswith("Problems\n  none")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"passage_tokens": 100}, "other settings"),
        ({"token_encoding": "nope"}, "no such encoding"),
        ({"index_dir": "missing"}, "there is no index"),
        ({"corpus_dir": "missing"}, "run: assistant index"),
    ],
)
def test_check_names_what_is_wrong(assistant, tmp_path, change, problem):
    change = {name: tmp_path / value if name.endswith("_dir") else value for name, value in change.items()}
    found = check_json(assistant.settings.model_copy(update=change))
    assert any(problem in line for line in found["problems"]), found["problems"]
    assert problem in check_text(found)


def checked(assistant, **more):
    found = check_json(assistant.settings.model_copy(update=more))
    assert "secret" not in f"{found} {check_text(found)}"
    assert json.loads(json.dumps(found)) == found
    return found


def test_check_of_no_language_model(assistant):
    found = checked(assistant)
    assert found["language_model"]["writer"] == "extractive"
    assert found["settings"]["llm_key"] == "not set"
    assert "no language model is used" in check_text(found)


def test_check_goes_through_the_database_and_shows_no_password(tmp_path):
    with hashed_words():
        secret = SecretStr("four or five words")
        letters = write_letters(tmp_path / "letters", {"a.txt": "one"})
        settings = fake_settings(tmp_path / "index", letters, password=secret)
        update_index(settings)
        found = check_json(settings)
        assert found["problems"] == [] and found["settings"]["password"] == "set"
        assert "five words" not in str(found)
        [database] = settings.index_dir.glob("generation-*/chroma/chroma.sqlite3")
        with closing(sqlite3.connect(database)) as opened, opened:
            opened.execute("UPDATE embedding_metadata SET string_value = 'other words' WHERE key = 'chroma:document'")
        assert check_json(settings)["problems"] == [
            "the index is damaged (chroma/chroma.sqlite3); run: assistant index"
        ]


def test_check_of_a_language_model_that_answers(assistant):
    with model_server() as server:
        found = checked(assistant, llm_url=server.url, llm_key=SecretStr("sk-secret"))
        assert found["problems"] == []
        assert found["settings"]["llm_key"] == "set"
        assert found["language_model"]["writer"] == "tiny-model"
        assert found["language_model"]["models"] == ["tiny-model", "other-model"]
        assert f"tiny-model: asked at {server.url}" in check_text(found)
        assert checked(assistant, llm_url=server.url, llm_model="other-model")["problems"] == []
        (problem,) = checked(assistant, llm_url=server.url, llm_model="no-model")["problems"]
        assert problem == "The language model's server does not list 'no-model'; it lists: tiny-model, other-model"
        server.models = ()
        assert "lists no model" in checked(assistant, llm_url=server.url)["problems"][0]


def test_check_of_a_language_model_that_does_not_answer(assistant):
    (problem,) = checked(assistant, llm_url="http://127.0.0.1:9/v1", llm_key=SecretStr("sk-secret"))["problems"]
    assert problem.startswith("The language model at http://127.0.0.1:9/v1 cannot be reached")
    assert problem.endswith("Until then answers are extractive.")
