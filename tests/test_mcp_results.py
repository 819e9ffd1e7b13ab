"""What tools give back as data: chosen fields of the contract's JSON, with addresses."""

import json

import pytest
from pydantic import ValidationError

from assistant.mcp import results
from assistant.mcp.results import Answered, Source

CITATION = {
    "number": 1, "letter_id": "2019 ä", "title": "T", "issuer": "Ofsted", "standing": "inspectorate", "kind": "focused visit",
    "authority": None, "published": None, "visit_start": None, "visit_end": None, "locator": "Findings, para 2", "quote": "Words.",
    "start": 3, "end": 9, "file_link": None, "sha256": "not for a model",
}  # fmt: skip


def test_a_source_knows_its_address_and_leaves_the_rest_out():
    shown = Source.model_validate(CITATION).model_dump(mode="json")
    assert shown["uri"] == "letter://2019%20%C3%A4/passage/3-9"
    assert set(shown) == (set(CITATION) - {"sha256"}) | {"uri"}
    assert shown["quote"] == "Words."


@pytest.mark.parametrize("field", ["quote", "number", "standing", "start"])
def test_a_source_without_its_words_or_its_place_cannot_be_made(field):
    with pytest.raises(ValidationError):
        Source.model_validate({name: value for name, value in CITATION.items() if name != field})


def test_an_answer_says_whether_it_is_one():
    said = {"question": "q", "scope": {"reading": "every letter held", "letters": ["a", "b"]}, "refused": True, "answer": "No.",
            "refusal": {"kind": "letters_silent", "message": "No.", "nearest": [CITATION]}, "sentences": [], "citations": [],
            "notes": [], "page": 1, "pages": 1, "writer": "extractive", "seconds": {"total": 1}, "retrieved": ["long"]}  # fmt: skip
    shown = Answered.model_validate(said).model_dump(mode="json")
    assert shown["refused"] is True and shown["refusal"]["nearest"][0]["quote"] == "Words."
    assert shown["scope"] == {"reading": "every letter held", "searched": 2}
    assert "retrieved" not in shown and "seconds" not in shown and shown["table"] is None
    with pytest.raises(ValidationError):
        Answered.model_validate({name: value for name, value in said.items() if name != "refused"})


@pytest.mark.parametrize("name", results.__all__)
def test_schemas_are_objects_that_require_all_that_is_promised(name):
    schema = getattr(results, name).model_json_schema(mode="serialization")
    assert schema["type"] == "object" and json.dumps(schema)
    assert set(schema["required"]) >= set(schema["properties"]) - {"table"}
