"""Counts held against a plain scan: what is right, what is missed, and a table of outcomes that is taken instead."""

import json

import pytest
from briefs import INSPECTIONS, written

from assistant.answers.answer import Answer
from assistant.questions.scope import Scope
from eval.counts.measure import CountError, CountQuestion, measure, read_facts, read_questions


def ask(question: str) -> Answer:
    draft = written(question, *INSPECTIONS)
    parts = (tuple(draft.sentences), tuple(draft.citations), tuple(draft.groups), tuple(draft.notes))
    return Answer(question, Scope(), *parts, refusal=draft.refusal, table=draft.table)


def question(words: str, **fields) -> CountQuestion:
    return CountQuestion.model_validate({"id": "q", "question": words} | fields)


@pytest.mark.parametrize(
    "asked",
    [
        question("how many inspections judged leaders inadequate?", area="leaders", grades=["inadequate"]),
        question("which councils are outstanding?", area="overall", grades=["outstanding"], now=True),
        question("which councils went from good to inadequate?", area="overall", moves=[["good", "inadequate"]]),
        question("how many inspections were there in 2022?", kinds=["ILACS inspection"], first=2022, last=2022),
        question("which councils were told to improve supervision?", patterns=["supervis"]),
        question(
            "how many inspections rated leaders as requires improvement?",
            area="leaders",
            grades=["requires improvement"],
        ),
        question(
            "which councils were judged inadequate more than once?", area="overall", grades=["inadequate"], least=2
        ),
        question(
            "which inspections published in 2023 were good?",
            area="overall",
            grades=["good"],
            first=2023,
            last=2023,
            basis="published",
        ),
    ],
)
def test_the_same_is_counted(asked):
    outcome = measure([asked], INSPECTIONS, ask)[0]
    assert outcome.right, outcome


def test_what_is_missed_and_invented_is_named():
    outcome = measure([question("which councils are good?", area="overall", grades=["inadequate"])], INSPECTIONS, ask)[
        0
    ]
    assert not outcome.right
    assert outcome.missed and not outcome.invented  # no council is good by its latest inspection
    outcome = measure(
        [question("which inspections were good?", area="overall", grades=["inadequate"])], INSPECTIONS, ask
    )[0]
    assert outcome.invented == {"halton-2022-12-05.txt"}


def test_a_question_that_is_no_count_is_wrong():
    outcome = measure([question("what was said about supervision?", patterns=["supervis"])], INSPECTIONS, ask)[0]
    assert not outcome.counted and not outcome.right


def test_a_table_of_outcomes_is_believed_more_than_the_letters(tmp_path):
    row = {
        "file": "halton-2022-12-05.txt",
        "authority": "halton",
        "published": "2023-02-01",
        "inspection_start": "05/12/2022",
    }
    grades = {
        "overall": "outstanding",
        "leaders": "good",
        "help_protection": None,
        "in_care": None,
        "care_leavers": None,
    }
    path = tmp_path / "facts.json"
    path.write_text(json.dumps({"inspections": [row | {"judgements": grades}]}))
    outcome = measure(
        [question("which inspections were good?", area="overall", grades=["good"])], INSPECTIONS, ask, read_facts(path)
    )[0]
    assert outcome.invented == {"halton-2022-12-05.txt"}


def test_a_table_that_is_none_is_said(tmp_path):
    path = tmp_path / "facts.json"
    path.write_text("[]")
    with pytest.raises(CountError, match="no table of outcomes"):
        read_facts(path)


def test_the_questions_can_be_read_and_a_wrong_one_is_named(tmp_path):
    questions = read_questions()
    assert len(questions) >= 40
    assert len({one.id for one in questions}) == len(questions)
    path = tmp_path / "questions.jsonl"
    path.write_text('{"id": "x"}\n')
    with pytest.raises(CountError, match="questions.jsonl, line 1: question: Field required"):
        read_questions(path)
