"""Grades and graded areas that questions name."""

import pytest

from assistant.questions.grading import areas_named, claims


@pytest.mark.parametrize(
    ("question", "area"),
    [
        ("what grade did leaders get?", "leaders"),
        ("the grade for help and protection", "help and protection"),
        ("the grade for care leavers", "care leavers"),
        ("the grade for children in care", "in care"),
        ("the grade for children in care and care leavers", "in care and care leavers"),
        ("overall effectiveness", "overall"),
        ("what grade did Swindon get?", None),
    ],
)
def test_graded_areas(question, area):
    assert next(iter(areas_named(question)), None) == area


@pytest.mark.parametrize(
    ("question", "grade"),
    [
        ("why was Swindon judged inadequate?", "inadequate"),
        ("why was it rated Requires Improvement?", "requires improvement"),
        ("how was it judged?", None),
    ],
)
def test_grades_taken_for_granted(question, grade):
    assert next(iter(claims(question)), None) == grade


def test_several_areas_of_one_question():
    assert areas_named("what grade did leaders get and what did care leavers get?") == ("leaders", "care leavers")
    assert areas_named("what grade for children in care and care leavers?") == ("in care and care leavers",)
