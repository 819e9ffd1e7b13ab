"""Gold files: the three shapes that are read, and everything that is refused with its place and reason."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.reading.corpus import find_files, read_letter
from eval.gold import GoldError, Question, check, read
from eval.shelf import Shelf

ROOT = Path(__file__).parent.parent
SHELF = Shelf(read_letter(file) for file in find_files(ROOT / "corpus" / "letters"))
VISIT = "2019-03-01-swindon-focused-visit.txt"
REPORT = "2019-09-04-swindon-cabinet-report.md"
VISIT_ID, REPORT_ID = "2019-03-01-swindon-focused-visit", "2019-09-04-swindon-cabinet-report"
QUOTE = "The inspectors were Diane Partridge and Marcie Taylor"

ROW: dict[str, Any] = {
    "id": "q1",
    "question": "Who inspected?",
    "type": "who",
    "answerable": True,
    "gold_documents": [VISIT],
    "quotes": [{"document": VISIT, "quote": QUOTE}],
    "required_facts": [["Diane Partridge", "D. Partridge"], ["Marcie Taylor"]],
    "forbidden": ["Lynne Staines"],
}


def load(tmp_path: Path, *rows: Any) -> list[Question]:
    file = tmp_path / "gold.jsonl"
    file.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows), encoding="utf-8")
    return check(read([file]), SHELF)


def problems(tmp_path: Path, *rows: Any) -> list[str]:
    with pytest.raises(GoldError) as caught:
        load(tmp_path, *rows)
    return [problem.removeprefix(f"{tmp_path / 'gold.jsonl'}:") for problem in caught.value.problems]


def test_the_contracts_shape(tmp_path: Path) -> None:
    history = [
        "first?",
        {"role": "user", "content": "second?"},
        {"role": "assistant", "content": "an answer"},
    ]
    (question,) = load(tmp_path, ROW | {"history": history, "note": "for people", "known_gap": "hard"})
    assert question.source == "gold"
    assert question.letters == (VISIT_ID,)
    assert question.history == ("first?", "second?")
    assert [one.text for one in question.evidence] == [QUOTE]
    assert question.facts == (("Diane Partridge", "D. Partridge"), ("Marcie Taylor",))
    assert question.known_gap == "hard"


def test_a_quote_may_differ_in_white_space_dashes_and_quotation_marks(tmp_path: Path) -> None:
    printed = "children's services on 6 and 7 February 2019. The inspectors were Diane Partridge and Marcie Taylor"
    typed = printed.replace("'", "\u2019").replace(" ", " \n").replace("services", "ser-\nvices")
    (question,) = load(tmp_path, ROW | {"quotes": [{"document": VISIT, "quote": typed}]})
    assert question.evidence[0].text == printed
    one_word_less = printed.replace("Diane Partridge and ", "Diane Partridge ")
    assert problems(tmp_path, ROW | {"quotes": [{"document": VISIT, "quote": one_word_less}]})


def test_an_anchor_is_resolved_to_the_words_between(tmp_path: Path) -> None:
    anchor = {
        "document": VISIT,
        "page": 1,
        "from": "This letter summarises the findings",
        "to": "two of Her Majesty\u2019s inspectors.",
        "words": 32,
    }
    (question,) = load(tmp_path, ROW | {"quotes": [anchor]})
    words = question.evidence[0].text
    assert words.startswith("This letter summarises the findings of a focused visit")
    assert words.endswith("two of Her Majesty's inspectors") or words.endswith("two of Her Majesty's inspectors.")
    assert problems(tmp_path, ROW | {"quotes": [anchor | {"words": 60}]}) == [
        f"1: quote 1: {VISIT} has no stretch of 60 words "
        'from "This letter summarises the findings" to "two of Her Majesty\u2019s inspectors."'
    ]
    assert "no stretch" in problems(tmp_path, ROW | {"quotes": [anchor | {"from": "This letter condemns"}]})[0]


def test_an_anchor_of_few_words_may_overlap_itself(tmp_path: Path) -> None:
    anchor: dict[str, Any] = {"document": VISIT, "page": None, "from": "The inspectors were Diane Partridge"}
    anchor |= {"to": "Diane Partridge and Marcie Taylor", "words": 8}
    (question,) = load(tmp_path, ROW | {"quotes": [anchor]})
    assert question.evidence[0].text == QUOTE


def test_the_national_shape(tmp_path: Path) -> None:
    row = {
        "id": "n1",
        "type": "compare_years",
        "question": "How did it change?",
        "authority": "swindon",
        "gold_ids": [VISIT, REPORT],
        "answer": "a -> b",
        "nuggets": [["care leavers"], ["Swindon"]],
        "quotes": ["care leavers", "care leavers"],
        "answerable": True,
        "years": [2019, 2019],
    }
    (question,) = load(tmp_path, row)
    assert question.letters == (VISIT_ID, REPORT_ID)
    assert [one.letters for one in question.evidence] == [(VISIT_ID,), (REPORT_ID,)]
    (one,) = load(tmp_path, row | {"gold_ids": [REPORT, VISIT], "quotes": ["care leavers"]})
    assert one.evidence[0].letters == (REPORT_ID, VISIT_ID)
    assert 'in none of the gold documents: "Wiltshire"' in problems(tmp_path, row | {"quotes": ["Wiltshire"]})[0]


def test_a_quote_may_be_a_footnote_or_run_on_into_the_letterhead() -> None:
    letter = SHELF.letter(VISIT)
    assert letter is not None
    (front,) = [section for section in letter.sections if section.kind == "letterhead"]
    head = letter.text[front.start : front.end]
    assert SHELF.find(letter, f"{QUOTE} {head}") == QUOTE
    assert SHELF.find(letter, f"They found nothing {head}") is None
    assert SHELF.find(letter, f"{QUOTE} {head[:8]}") is None
    assert SHELF.find(replace(letter, furniture=("1 A note.", "2")), "A note") == "A note"
    assert SHELF.find(letter, "A note") is None
    assert SHELF.find(letter, " - ") is None


def test_a_quote_may_carry_the_paragraphs_printed_number(tmp_path: Path) -> None:
    letter = SHELF.letter(REPORT)
    assert letter is not None
    label, words = next(
        (paragraph.label, letter.text[paragraph.start : paragraph.end])
        for _, paragraph in letter.paragraphs()
        if paragraph.label and letter.text[paragraph.start].isalpha()
    )
    assert SHELF.find(letter, f"{label}. {words}") == SHELF.find(letter, words) == words.rstrip(".")
    assert SHELF.find(letter, f"99.{label} {words}") is None


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"quotes": [{"document": VISIT, "quote": "They found nothing"}]}, f"quote 1 is not in {VISIT}"),
        ({"quotes": [{"document": REPORT, "quote": QUOTE}]}, f"quote 1 is not in {REPORT}"),
        ({"quotes": [{"document": "x.txt", "quote": QUOTE}]}, 'there is no letter "x.txt"'),
        ({"gold_documents": ["y.pdf"]}, 'there is no letter "y.pdf"'),
        (
            {"required_facts": [["Diane Partridge"], ["Lynne Staines", "Staines"]]},
            "no alternative of required fact 2",
        ),
        ({"forbidden": ["Marcie"]}, 'the forbidden "Marcie" is in a quote'),
        ({"required_facts": []}, "an answerable question needs at least one required fact"),
        ({"gold_documents": []}, "an answerable question needs at least one gold document"),
        ({"quotes": []}, "no alternative of required fact 1"),
        ({"answerable": "yes"}, "answerable: Input should be a valid boolean"),
        ({"required_facts": ["Diane Partridge"]}, "required_facts.0: Input should be a valid list"),
        ({"required_facts": [[]]}, "required_facts.0: List should have at least 1 item"),
        ({"question": "  "}, "question: String should have at least 1 character"),
        ({"refusal": "unwilling"}, "refusal: Input should be 'no_letter_in_scope'"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, change: dict[str, Any], reason: str) -> None:
    found = problems(tmp_path, "", ROW | change)
    assert found
    assert found[0].startswith(f"2: {reason}"), found


def test_a_line_that_is_not_json_and_an_id_given_twice(tmp_path: Path) -> None:
    assert problems(tmp_path, ROW, "{'id': 1}", ROW, "[]") == [
        "2: not JSON: Expecting property name enclosed in double quotes at column 2",
        f'3: the id "q1" was given before, at {tmp_path / "gold.jsonl"}:1',
        "4: not a question: a line is one JSON object, {...}",
    ]


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"forbiden": ["Lynne Staines"]}, 'there is no field "forbiden"; there is "forbidden"'),
        ({"scope": {"year": [2019]}}, 'there is no field "scope.year"; there is "years"'),
        ({"who": "me"}, 'there is no field "who"'),
        ({"answerable": False}, "an unanswerable question has no gold documents"),
        (
            {"refusal": "letters_silent"},
            'an answerable question has no right refusal, and this one has "letters_silent"',
        ),
        ({"gold_documents": [REPORT]}, f'"{VISIT}" is quoted, but is none of the gold documents'),
        ({"forbidden": ["..."]}, '"..." holds no letter and no digit'),
    ],
)
def test_what_would_be_lost_silently_is_refused(tmp_path: Path, more: dict[str, Any], reason: str) -> None:
    assert problems(tmp_path, ROW | more)[0] == f"1: {reason}"


def test_a_misspelt_field_is_named_rather_than_the_one_that_is_missing(tmp_path: Path) -> None:
    row = {name: value for name, value in ROW.items() if name != "answerable"} | {"answereable": True}
    assert problems(tmp_path, row) == ['1: there is no field "answereable"; there is "answerable"']


def test_a_field_that_is_there_twice(tmp_path: Path) -> None:
    twice = json.dumps(ROW)[:-1] + ', "required_facts": [["inspectors"]]}'
    assert problems(tmp_path, twice) == ['1: the field "required_facts" is there twice']


def test_a_file_that_is_missing_or_empty_or_not_text(tmp_path: Path) -> None:
    empty, binary, missing = tmp_path / "empty.jsonl", tmp_path / "binary.jsonl", tmp_path / "missing.jsonl"
    empty.write_text("\n", encoding="utf-8")
    binary.write_bytes(b"{}\n\xff\xfe\x00")
    with pytest.raises(GoldError) as caught:
        read([empty, binary, missing])
    assert list(caught.value.problems) == [
        f"{empty}:1: holds no question",
        f"{binary}:2: cannot be read as UTF-8 text (invalid start byte)",
        f"{missing}: cannot be read (No such file or directory)",
    ]


def test_an_unanswerable_question_needs_no_evidence(tmp_path: Path) -> None:
    (question,) = load(
        tmp_path, {"id": "u", "question": "In 2021?", "answerable": False, "refusal": "no_letter_in_scope"}
    )
    assert (question.refusal, question.type) == ("no_letter_in_scope", "untyped")


def test_the_shipped_questions_are_right() -> None:
    files = sorted((ROOT / "eval" / "gold").glob("*.jsonl"))
    assert files
    questions = check(read(files), SHELF)
    assert {question.answerable for question in questions} == {True, False}


def test_the_question_in_the_docs_is_right(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "how-to" / "writing-questions.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```json\n(.*?)```", page, re.DOTALL)
    (question,) = load(tmp_path, json.loads(example))
    assert question.id == "q-001"
