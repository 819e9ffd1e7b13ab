"""Letters as JSON and in a terminal: every key, and that the offsets are those of the text."""

import json

import pytest
from fakes import made_letter, shipped_assistant

from assistant.letters.inspectorates import kind_names, shipped
from assistant.records.letters import letter_json, letter_text, listed_json

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


def test_a_letter_that_has_just_gone_has_no_passages():
    gone, held = made_letter("gone"), made_letter("held")
    assert [row["passages"] for row in listed_json([gone, held], {"held": 3})] == [0, 3]
