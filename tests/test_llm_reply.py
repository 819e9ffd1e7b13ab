"""Replies as they come: every shape that models answer in, whole, cut off, or none at all."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.llm.reply import MOST, Reply, Said

ONE = Said("Care leavers are supported.", ("k7f3",))
TWO = Said("Plans are late.", ("a1b2", "c3d4"))
ROWS = [{"text": ONE.text, "keys": list(ONE.keys)}, {"text": TWO.text, "keys": list(TWO.keys)}]
WHOLE = json.dumps({"sentences": ROWS})


def read(text: str, size: int = 5) -> list[Said]:
    reply = Reply()
    found = [said for start in range(0, len(text), size) for said in reply.feed(text[start : start + size])]
    return [*found, *reply.finish()]


@pytest.mark.parametrize("size", [1, 3, 1000])
@pytest.mark.parametrize(
    "text",
    [
        WHOLE,
        json.dumps({"sentences": ROWS}, indent=2),
        json.dumps(ROWS),
        "\n".join(json.dumps(row) for row in ROWS),
        f"```json\n{WHOLE}\n```",
        f"Here is the answer:\n\n```\n{WHOLE}\n```\nI hope this helps! {{}}",
        f"<think>I should say {{'text': 'nothing'}} first.</think>\n{WHOLE}",
        f"<think>{WHOLE.replace('supported', 'ignored')}</think>{WHOLE}",
        str({"sentences": ROWS}),
        json.dumps({"answer": {"items": [{"sentence": ONE.text, "key": "k7f3"}, {"claim": TWO.text, "sources": "a1b2, c3d4"}]}}),
        json.dumps({"sentences": [f"{ONE.text} [k7f3]", "Plans are late [a1b2][c3d4]."]}),
        json.dumps({"answer": f"{ONE.text} [k7f3] Plans are late [a1b2, c3d4]."}),
        f"{ONE.text} [k7f3] Plans are late [a1b2] [c3d4].",
        f"{ONE.text} (k7f3)\n\nPlans are late (key: a1b2, c3d4).",
        f"- {ONE.text} [k7f3]\n- {TWO.text} [a1b2, c3d4]\n",
        "1. Care leavers are supported [k7f3].\n2. Plans are late [a1b2; c3d4].",
        WHOLE.replace('"]}', '",]}'),
    ],
    ids=range(17),
)  # fmt: skip
def test_shapes(text, size):
    assert read(text, size) == [ONE, TWO]


def test_each_sentence_comes_as_soon_as_it_is_complete():
    reply = Reply()
    cut = WHOLE.index("}") + 1
    assert list(reply.feed(WHOLE[: cut - 1])) == []
    assert list(reply.feed(WHOLE[cut - 1 : cut])) == [ONE]
    assert list(reply.feed(WHOLE[cut:])) == [TWO]
    assert list(reply.finish()) == []


@pytest.mark.parametrize("cut", range(1, len(WHOLE)))
def test_half_a_json_gives_its_whole_sentences(cut):
    found = read(WHOLE[:cut])
    assert found in ([], [ONE], [ONE, TWO])
    assert len(found) == WHOLE[:cut].count("}") - (cut == len(WHOLE)) or cut > len(WHOLE) - 3


def test_prose_without_a_mark_names_no_passage():
    assert read("Care leavers are supported. Plans are late [a1b2]. And so on.") == [
        Said("Care leavers are supported.", ("a1b2",)),
        Said("Plans are late.", ("a1b2",)),
        Said("And so on.", ()),
    ]


@pytest.mark.parametrize("text", ["", "   ", "{}", "[]", "{" * 5000, "[" * 5000, "}" * 50, "```"])
def test_nothing_is_nothing(text):
    assert read(text) == []


@pytest.mark.parametrize("text", ["null", '{"text": 3}', '{"keys": ["k7f3"]}', "I cannot help with that."])
def test_what_is_no_answer_names_no_passage(text):
    assert all(said.keys == () for said in read(text))


def test_two_sentences_in_one_are_told_apart():
    assert [said.text for said in read('{"text": "One is so. Two is not.", "keys": ["k7f3"]}')] == [
        "One is so.",
        "Two is not.",
    ]


def test_what_is_no_key_is_kept_to_be_refused():
    (said,) = read('{"text": "One is so.", "keys": ["[1]", "k7f3", "Overview"]}')
    assert said.keys == ("[1]", "k7f3", "Overview")


def test_no_more_than_so_many():
    assert len(read(json.dumps(ROWS * 100), 500)) == MOST


def test_long_replies_are_read_in_one_go():
    for text in ("word " * 40_000, '{"text": "' * 20_000, "{" * 200_000, WHOLE * 2000, "<think>" + "x " * 50_000):
        assert len(read(text, 64)) <= MOST


@given(st.text(), st.integers(1, 9))
def test_any_text_is_read(text, size):
    for said in read(text, size):
        assert said.text.strip()


@given(st.integers(1, 60))
def test_pieces_make_no_difference(size):
    assert read(f"Well: ```json\n{WHOLE}```", size) == [ONE, TWO]
