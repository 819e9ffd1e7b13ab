"""Batches: a line in, a line out, same order; a bad line is named by file and number."""

import json
from pathlib import Path

import pytest
from fakes import REAL_QUESTION, shipped_assistant

from assistant.answers.answer import answer_json
from assistant.errors import AssistantError, QuestionError
from assistant.questions.scope import Filters
from assistant.records.batch import answer_batch, history_of, read_batch


@pytest.fixture(scope="module")
def assistant(tmp_path_factory):
    with shipped_assistant(tmp_path_factory.mktemp("batch") / "index") as assistant:
        yield assistant


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "questions.jsonl"


def silent(_what: str, _done: int, _all: int) -> None:
    """No progress."""


def answered(assistant, file: Path, *rows: object, k: int = 10) -> list[dict]:
    output = file.with_name("answers.jsonl")
    file.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    answer_batch(assistant, file, output, k, silent)
    lines = output.read_bytes().decode("utf-8").split("\n")
    assert lines.pop() == "", "the last line ends too"
    return [json.loads(line) for line in lines]


def refused(assistant, file: Path, text: str) -> str:
    file.write_text(text, encoding="utf-8")
    output = file.with_name("answers.jsonl")
    with pytest.raises(QuestionError) as caught:
        answer_batch(assistant, file, output, 10, silent)
    assert not output.exists()
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_order_and_identifiers_are_kept(assistant, file):
    rows = [{"id": f"q{n}", "question": q} for n, q in enumerate(["who inspected Swindon?", REAL_QUESTION, "Leeds?"])]
    rows.reverse()
    found = answered(assistant, file, *rows)
    assert [row["id"] for row in found] == ["q2", "q1", "q0"]
    assert [row["question"] for row in found] == [row["question"] for row in rows]


def test_an_answer_is_the_engines_answer(assistant, file):
    (found,) = answered(assistant, file, {"id": "q1", "question": REAL_QUESTION}, k=4)
    expected = json.loads(json.dumps(answer_json(assistant.ask(REAL_QUESTION, k=4), "q1")))
    assert found | {"seconds": None} == expected | {"seconds": None}
    assert len(found["retrieved"]) == 4


def test_line_number_stands_in_for_a_missing_identifier(assistant, file):
    assert [row["id"] for row in answered(assistant, file, {"question": "housing?"}, {"question": "care?"})] == [
        "1",
        "2",
    ]


def test_null_identifier_is_a_missing_one(assistant, file):
    assert answered(assistant, file, {"id": None, "question": "housing?"})[0]["id"] == "1"


def test_repeated_questions_are_all_answered(assistant, file):
    rows = [{"id": str(n), "question": "housing?"} for n in range(3)]
    assert [row["id"] for row in answered(assistant, file, *rows)] == ["0", "1", "2"]


def test_history_and_filters_are_used(assistant, file):
    found = answered(
        assistant,
        file,
        {"id": "a", "question": "and in 2024?", "history": [REAL_QUESTION]},
        {
            "id": "b",
            "question": "and in 2024?",
            "history": [{"role": "user", "content": REAL_QUESTION}, {"role": "assistant", "content": "In 2011 ..."}],
        },
        {"id": "c", "question": "care leavers", "year": 2019, "kind": "focused visit", "authority": "swindon"},
        {"id": "d", "question": "care leavers", "year": [2011, 2019], "kind": ["council report"], "authority": None},
    )
    assert found[0]["scope"] == found[1]["scope"]
    assert found[0]["scope"]["years"] == [2024]
    assert found[2]["scope"]["letters"] == ["2019-03-01-swindon-focused-visit"]
    assert found[3]["scope"]["letters"] == ["2019-09-04-swindon-cabinet-report"]


def test_blank_lines_byte_order_mark_and_windows_line_ends(assistant, file):
    file.write_bytes(b'\xef\xbb\xbf{"id": "a", "question": "housing?"}\r\n\r\n   \r\n{"id": "b", "question": "care?"}')
    assert [asked.id for asked in read_batch(file, assistant)] == ["a", "b"]


def test_empty_file(assistant, file):
    assert answered(assistant, file) == []


def test_no_output_file_means_stdout(assistant, file, capsys):
    file.write_text('{"id": "a", "question": "housing?"}\n{"id": "b", "question": "care?"}\n')
    answer_batch(assistant, file, None, 1, silent)
    out, err = capsys.readouterr()
    assert [json.loads(line)["id"] for line in out.splitlines()] == ["a", "b"]
    assert err == ""


GOOD = '{"id": "a", "question": "housing?"}\n'


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("not json", "Expecting value"),
        ('{"id": "b"', "Expecting"),
        ('{"id": "b"}', "question"),
        ('["a", "b"]', "no JSON object"),
        ('"housing?"', "no JSON object"),
        ('{"question": 7}', '"question" must be text'),
        ('{"question": null}', '"question" must be text'),
        ('{"question": "x", "authority": "Leeds"}', "Leeds"),
        ('{"question": "x", "kind": "postcard"}', "postcard"),
        ('{"question": "x", "year": 19}', "four digits"),
        ('{"question": "x", "year": "last"}', "last"),
        ('{"question": "x", "history": [7]}', '"history" must be a list'),
        ('{"question": "x", "history": 7}', ""),
        ('{"question": "x", "authority": 7}', ""),
    ],
)
def test_bad_line_is_named_before_anything_is_answered(assistant, file, line, reason):
    message = refused(assistant, file, f"{GOOD}\n{line}\n{GOOD}")
    assert message.startswith(f"{file}:3: ")
    assert reason in message


@pytest.mark.parametrize("question", ["", "???", "x" * 5000])
def test_question_that_cannot_be_asked_is_named_by_its_line(assistant, file, question):
    assert refused(assistant, file, f"{GOOD}{json.dumps({'question': question})}\n").startswith(f"{file}:2: ")


@pytest.mark.parametrize("history", ["what did 2019 say?", {"role": "user", "content": "x"}])
def test_history_that_is_no_list_is_refused(history):
    with pytest.raises(TypeError, match='"history" must be a list'):
        history_of(history)


@pytest.mark.parametrize("character", ["\u2028", "\u2029", "\x85"])
def test_line_separators_within_a_question(assistant, file, character):
    file.write_text(f'{{"id": "a", "question": "care{character}leavers"}}\n', encoding="utf-8")
    assert [asked.question for asked in read_batch(file, assistant)] == [f"care{character}leavers"]


def test_half_a_character_does_not_end_the_batch(assistant, file):
    file.write_text(f'{GOOD}{{"id": "b", "question": "care leavers \\ud83d"}}\n')
    output = file.with_name("answers.jsonl")
    try:
        answer_batch(assistant, file, output, 1, silent)
    except QuestionError as error:
        assert str(error).startswith(f"{file}:2: ")
    else:
        assert len(output.read_text(encoding="utf-8").splitlines()) == 2


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00x", b""])
def test_file_that_cannot_be_read(assistant, file, content):
    if content is None:
        target = file
    elif content:
        file.write_bytes(content)
        target = file
    else:
        target = file.parent  # a folder
    with pytest.raises(QuestionError, match="cannot be read") as caught:
        read_batch(target, assistant)
    assert str(target) in str(caught.value)


def test_output_that_cannot_be_written(assistant, file):
    file.write_text(GOOD)
    with pytest.raises(AssistantError, match="cannot be written .*choose another file"):
        answer_batch(assistant, file, file.parent / "nowhere" / "answers.jsonl", 1, silent)


def test_progress_is_told(assistant, file):
    told = []
    file.write_text(GOOD * 3)
    answer_batch(assistant, file, file.with_name("out"), 1, lambda *step: told.append(step))
    assert told[-1] == ("Answering", 3, 3)
    assert [step[1] for step in told] == sorted(step[1] for step in told)


def test_history_of():
    assert history_of(None) == history_of([]) == ()
    assert history_of(["a", {"role": "user", "content": "b"}, {"role": "assistant", "content": "c"}]) == ("a", "b")
    assert history_of([{"content": "a"}]) == ("a",)
    for bad in ([7], [None], [{"role": "user"}], [["a"]]):
        with pytest.raises(TypeError):
            history_of(bad)


def test_filters_are_resolved(assistant, file):
    file.write_text('{"question": "x", "authority": ["swindon"], "kind": "Press Release", "year": "2019"}')
    (asked,) = read_batch(file, assistant)
    assert asked.filters == Filters(("Swindon",), (2019,), ("press release",))
