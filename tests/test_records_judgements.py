"""Judgements as JSON: every key."""

import pytest
from fakes import shipped_assistant

from assistant.records.judgements import inspection_json


@pytest.fixture(scope="module")
def assistant(tmp_path_factory):
    with shipped_assistant(tmp_path_factory.mktemp("records") / "index") as assistant:
        yield assistant


def test_inspections_have_the_contracts_keys(assistant):
    for letter in assistant.letters:
        assert set(inspection_json(letter)) >= {
            "letter_id", "file", "authority", "framework", "visit_start", "visit_end", "published", "judgements",
        }  # fmt: skip
