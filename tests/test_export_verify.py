"""Checking an export: what stands, what has moved, what was changed, and files that are no export."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_export import AWKWARD, REPORT, WHOLE, a_letter, a_refusal, an_answer, pandoc

from assistant.answers.answer import Answer, answer_json
from assistant.errors import AssistantError
from assistant.export.formats import render
from assistant.export.lines import one_line
from assistant.export.verify import check_quotes, read_export, summary, verified_json
from assistant.letters.letter import Letter

FORMATS = ("json", "csv", "markdown")
HELD = tuple(citation.letter for citation in WHOLE.citations)


def saved(folder: Path, answer: Answer | list[Answer], name: str) -> Path:
    made = render(answer, name)
    assert isinstance(made, str)
    file = folder / f"export.{name}"
    file.write_bytes(made.encode())
    return file


def statuses(file: Path, letters: tuple[Letter, ...] = HELD) -> list[str]:
    return [checked.status for checked in check_quotes(read_export(file), letters)]


@pytest.mark.parametrize("name", FORMATS)
def test_an_export_just_made_stands(tmp_path, name):
    assert statuses(saved(tmp_path, WHOLE, name)) == ["stands"] * 3


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("nasty", AWKWARD)
def test_any_words_are_read_back(tmp_path, name, nasty):
    letter = a_letter(nasty)
    answer = an_answer(letter)
    [quoted] = read_export(saved(tmp_path, answer, name))
    assert one_line(quoted.quote) == one_line(nasty)
    assert (quoted.letter_id, quoted.sha256, quoted.start, quoted.end) == (
        letter.letter_id,
        letter.sha256,
        0,
        len(nasty),
    )
    assert statuses(saved(tmp_path, answer, name), (letter,)) == ["stands"]


@given(st.text(st.characters(codec="utf-8"), min_size=1).filter(lambda text: one_line(text) != ""))
def test_any_markdown_is_read_back(tmp_path_factory, text):
    file = saved(tmp_path_factory.mktemp("any"), an_answer(a_letter(text)), "markdown")
    assert [one_line(quoted.quote) for quoted in read_export(file)] == [one_line(text)]


@pytest.mark.parametrize("name", FORMATS)
def test_what_has_become_of_the_letters(tmp_path, name):
    first, second, third = (replace(letter, sha256=f"{n}0" * 32) for n, letter in enumerate(HELD))
    file = saved(tmp_path, an_answer(first, second, third), name)
    moved = replace(first, text=f"A new line.\n\n{first.text}")
    changed = replace(second, text="Cabinet is asked to forget.", sha256="cd" * 32)
    outcome = check_quotes(read_export(file), (moved, changed))
    assert [checked.status for checked in outcome] == ["moved", "changed", "not held"]
    assert outcome[0].found == (13, 29) and "13-29" in outcome[0].note
    assert "another one" in outcome[1].note and third.letter_id in outcome[2].note
    assert summary(outcome) == "3 quotes: 1 moved, 1 changed, 1 of letters not held"
    told = verified_json("x.json", outcome)
    assert told["stands"] is False
    assert [(row["status"], row["found_start"]) for row in told["quotes"]] == [
        ("moved", 13),
        ("changed", None),
        ("not held", None),
    ]


@pytest.mark.parametrize("name", FORMATS)
def test_words_that_were_changed_in_the_export_are_found_out(tmp_path, name):
    file = saved(tmp_path, WHOLE, name)
    quote = "Plans are clear."
    text = file.read_text(encoding="utf-8")
    where = {"json": '"quote": "', "csv": "", "markdown": "> "}[name]
    if name == "csv":
        text = text.replace(f",{quote},0,16", ",Plans are unclear.,0,16")
    else:
        text = text.replace(where + quote, f"{where}Plans are unclear.")
    file.write_text(text, encoding="utf-8")
    assert statuses(file) == ["changed", "stands", "stands"]


def test_the_same_words_in_another_file_have_moved_and_a_renamed_letter_is_known(tmp_path):
    file = saved(tmp_path, an_answer(a_letter()), "json")
    assert statuses(file, (a_letter(sha256="00" * 32),)) == ["moved"]
    assert statuses(file, (a_letter(letter_id="renamed"),)) == ["stands"]


def test_offsets_beyond_the_text_do_not_stand_and_do_no_harm(tmp_path):
    body = answer_json(an_answer(a_letter()))
    body["citations"][0] |= {"start": 90, "end": 106}
    file = tmp_path / "x.json"
    file.write_text(json.dumps(body), encoding="utf-8")
    assert statuses(file, (a_letter(),)) == ["moved"]
    body["citations"][0]["start"] = -16
    file.write_text(json.dumps(body), encoding="utf-8")
    with pytest.raises(AssistantError, match="citation 1 lacks"):
        read_export(file)


@pytest.mark.parametrize("dialect", ["markdown", "gfm"])
def test_markdown_stands_behind_pandoc(tmp_path, dialect):
    letter = a_letter("The young people’s plan - \"good\" - isn't *new*; it says that they don't know. " * 4)
    answer = an_answer(letter, REPORT)
    file = tmp_path / "again.md"
    file.write_text(pandoc(str(render(answer, "markdown")), "markdown", dialect), encoding="utf-8")
    assert statuses(file, (letter, REPORT)) == ["stands", "stands"]


@pytest.mark.parametrize("ends", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_that_a_spreadsheet_saved_again_stands(tmp_path, delimiter, ends):
    import csv
    from io import StringIO

    rows = list(csv.reader(StringIO(str(render(WHOLE, "csv")).lstrip("\ufeff"), newline="")))
    out = StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    file = tmp_path / "again.csv"
    file.write_bytes(out.getvalue().replace("\r\n", ends if ends != "\r" else "\r\n").encode())
    assert statuses(file) == ["stands"] * 3


def test_several_answers_and_the_lines_of_a_batch(tmp_path):
    answers = [WHOLE, a_refusal(), an_answer(REPORT)]
    held = (*HELD, a_letter())
    conversation = saved(tmp_path, answers, "json")
    assert statuses(conversation, held) == ["stands"] * 5
    lines = tmp_path / "answers.jsonl"
    rows = [json.dumps(answer_json(answer, f"q{n}"), ensure_ascii=False) for n, answer in enumerate(answers, 1)]
    lines.write_text("\n".join(rows) + "\n\n", encoding="utf-8")
    assert [quoted.label for quoted in read_export(lines)] == ["q1 1", "q1 2", "q1 3", "q2 1", "q3 1"]
    assert statuses(lines, held) == ["stands"] * 5
    listed = tmp_path / "list.json"
    listed.write_text(f"[{','.join(rows)}]", encoding="utf-8")
    assert statuses(listed, held) == ["stands"] * 5


@pytest.mark.parametrize("name", FORMATS)
def test_a_refusal_may_have_nothing_to_check(tmp_path, name):
    file = saved(tmp_path, a_refusal(nearest=()), name)
    if name == "markdown":
        with pytest.raises(AssistantError, match="no export that quotes can be checked of"):
            read_export(file)
        return
    assert read_export(file) == []
    assert summary([]) == "0 quotes: nothing to check"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no export"),
        (b"hello", "no export"),
        (b"PK\x03\x04\xff\xfe", "no text in UTF-8"),
        (b"{", "no valid JSON"),
        (b"[" * 100_000, "no valid JSON"),
        (b"{}", "not an answer"),
        (b"[1]", "not an answer"),
        (b'{"citations": 1}', "not an answer"),
        (b'{"citations": [1]}', "a citation that is none"),
        (b'{"citations": [{"number": 7}]}', "citation 7 lacks one of letter_id"),
        (b'{"citations": [{"letter_id": "a", "sha256": "b", "quote": "c", "start": true, "end": 1}]}', "lacks"),
        (b'{"a": 1}\n{"b": ', "no valid JSON"),
        (b"letter_id,sha256,quote,start,end\na,b", "lacks"),
        (b"TY  - RPRT\r\nER  - \r\n", "no export"),
    ],
)
def test_what_is_no_export_is_refused_in_one_line(tmp_path, content, reason):
    file = tmp_path / "x"
    file.write_bytes(content)
    with pytest.raises(AssistantError, match=reason) as told:
        read_export(file)
    assert "\n" not in str(told.value) and str(told.value).startswith("x: ")


def test_a_file_that_cannot_be_read_is_said_in_one_line(tmp_path):
    for file in (tmp_path, tmp_path / "none.json", tmp_path / ("n" * 300)):
        with pytest.raises(AssistantError, match="cannot be read"):
            read_export(file)
