"""What an answering sentence must hold: a table of questions."""

import pytest

from assistant.questions.answer_type import answer_type_of


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("who chairs the board?", "who"),
        ("when was it introduced?", "when"),
        ("in what year did it begin?", "when"),
        ("how many children were seen?", "number"),
        ("how many social workers left?", "number"),
        ("what percentage of care leavers are in work?", "percentage"),
        ("what proportion have a plan?", "percentage"),
        ("how much money was spent?", "money"),
        ("how much did it cost?", "money"),
        ("how old must they be?", "age"),
        ("where do care leavers live?", "where"),
        ("what is the name of the recording system?", "name"),
        ("did they meet care leavers?", "yes-no"),
        ("is there enough accommodation?", "yes-no"),
        ("why were plans weak?", "why"),
        ("what is said about care leavers?", None),
        ("care leavers", None),
        ("who was in charge when the plan was written?", "who"),  # the first question word decides
        ("when was the person who leads appointed?", "when"),
    ],
)
def test_answer_types(question, kind):
    assert answer_type_of(question) == kind


@pytest.mark.parametrize(
    ("question", "answer_type"),
    [
        ("When a child was in danger in 2022, did the police come quickly?", "yes-no"),
        ("When children go missing, who speaks to them?", "who"),
        ("If a child runs away, how many days pass before somebody asks why?", "number"),
        ("When did inspectors visit, and what did they find?", "when"),
        ("When was the letter published?", "when"),
    ],
)
def test_a_clause_before_the_question_is_not_the_question(question, answer_type):
    assert answer_type_of(question) == answer_type


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("what is the new recording system called?", "name"),
        ("what was it called?", "name"),
        ("which school is it?", "name"),
        ("is the so called pledge kept?", "yes-no"),
        ("what are the calls for help about?", None),
        ("what was the rate of re-referrals?", "percentage"),
        ("what is the current proportion of agency staff?", "percentage"),
        ("what percentage are in work?", "percentage"),
        ("how much of the budget was spent?", "money"),
        ("how much of the work is done?", "percentage"),
    ],
)
def test_names_and_shares_that_are_asked_for(question, kind):
    assert answer_type_of(question) == kind


@pytest.mark.parametrize(
    ("text", "answer_type"),
    [
        ("The council's chief executive in 2024 - name please", "name"),
        ("What's the Director of Finance called?", "name"),
        ("How much is it costing?", "money"),
        ("how much rent do care leavers get charged", "money"),
        ("Percentage of plans finished on time in 2019?", "percentage"),
        ("What pushed caseloads up in 2019?", "why"),
        ("What reason is given for the delay?", "why"),
        ("How much support do care leavers get?", None),
    ],
)
def test_what_an_answer_must_hold(text, answer_type):
    assert answer_type_of(text) == answer_type
