"""The contract's JSON: every key, and that the offsets are those of the text."""

import json
import sys

import pytest
from fakes import shipped_assistant
from model_server import model_server
from pydantic import SecretStr

from assistant.errors import AssistantError
from assistant.letters.inspectorates import kind_names, shipped
from assistant.records.check import check_json, check_text
from assistant.records.judgements import inspection_json
from assistant.records.letters import letter_json, letter_text
from assistant.records.output import write_output
from assistant.records.search import search_json

GRADES = shipped().grade_names
KINDS = kind_names()

LETTER_KEYS = {
    "letter_id", "file", "sha256", "title", "issuer", "standing", "kind", "authority", "published", "visit_start",
    "visit_end", "lead_inspector", "inspectors", "judgements",
}  # fmt: skip


@pytest.fixture(scope="module")
def assistant(tmp_path_factory):
    with shipped_assistant(tmp_path_factory.mktemp("records") / "index") as assistant:
        yield assistant


def test_letters_have_the_contracts_keys(assistant):
    for letter in assistant.letters:
        body = letter_json(letter)
        assert set(body) >= LETTER_KEYS | {"published_source", "visit_periods", "files"}
        assert "text" not in body
        assert body["kind"] in KINDS
        assert body["standing"] in ("inspectorate", "council", "other")
        assert body["files"][0] == body["file"]
        for judgement in body["judgements"]:
            assert set(judgement) == {"area", "grade", "quote", "note"}
            assert judgement["grade"] in (*GRADES, None)
            assert judgement["grade"] or judgement["note"]
        assert json.loads(json.dumps(body)) == body


def test_whole_letter_has_offsets_into_its_text(assistant):
    for letter in assistant.letters:
        body = letter_json(letter, whole=True)
        text = body["text"]
        assert set(body) >= LETTER_KEYS | {"sections", "text"}
        paragraphs = [paragraph for section in body["sections"] for paragraph in section["paragraphs"]]
        assert len({paragraph["paragraph_id"] for paragraph in paragraphs}) == len(paragraphs) > 5
        for section in body["sections"]:
            assert text[section["start"] : section["end"]].strip().startswith(section["heading"].split(" ")[0])
            for paragraph in section["paragraphs"]:
                assert set(paragraph) == {
                    "paragraph_id", "label", "number", "bullet", "page_start", "page_end", "start", "end",
                }  # fmt: skip
                assert section["start"] <= paragraph["start"] < paragraph["end"] <= section["end"]
                assert text[paragraph["start"] : paragraph["end"]].strip()
        for spans in body["evidence"].values():
            for span in spans:
                assert span["quote"] == text[span["start"] : span["end"]] != ""
        assert json.loads(json.dumps(body)) == body


def test_letter_in_a_terminal(assistant):
    letter = assistant.letter("2019-03-01-swindon-focused-visit")
    shown = letter_text(letter)
    for words in (
        letter.title,
        letter.letter_id,
        "Swindon",
        "focused visit",
        "2019-03-01",
        "Diane Partridge",
        "[findings]",
    ):
        assert words in shown
    for _, paragraph in letter.paragraphs():
        assert letter.text[paragraph.start : paragraph.end] in shown


def test_inspections_have_the_contracts_keys(assistant):
    for letter in assistant.letters:
        assert set(inspection_json(letter)) >= {
            "letter_id", "file", "authority", "framework", "visit_start", "visit_end", "published", "judgements",
        }  # fmt: skip


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


def test_output_to_a_file_is_as_given(tmp_path):
    for content, written in [("a\r\nb", b"a\r\nb"), (b"\x00\xff", b"\x00\xff"), ("\N{POUND SIGN}", b"\xc2\xa3")]:
        write_output(content, tmp_path / "out")
        assert (tmp_path / "out").read_bytes() == written


def test_output_to_stdout_ends_in_a_line_end(capsysbinary):
    write_output("words", None)
    write_output("line\n", None)
    write_output(b"\x01", None)
    sys.stdout.flush()
    out, err = capsysbinary.readouterr()
    assert sorted(out) == sorted(b"words\nline\n\x01")
    assert err == b""


@pytest.mark.parametrize("target", ["nowhere/out.txt", "."])
def test_output_that_cannot_be_written_is_one_line(tmp_path, target):
    with pytest.raises(AssistantError, match="cannot be written") as caught:
        write_output("x", tmp_path / target)
    assert "\n" not in str(caught.value)


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


# --- the language model ----------------------------------------------------------------------------------------------


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
    import sqlite3
    from contextlib import closing

    from fakes import fake_settings, hashed_words, write_letters

    from assistant.index.update import update_index

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
