"""Whether things got better: the grades over time, and no sentence that only holds the word."""

from dataclasses import replace

import pytest
from briefs import INSPECTIONS, inspection, letter_of, said, written

BRADFORD = [one for one in INSPECTIONS if one.authority == "Bradford"]
ORDER = "Grades in order of time: what they come to is for the reader."
ASIDE = letter_of(
    "bradford-2020",
    ("headline", "Headline findings", ["Progress has been poor.", "The visit took two days."]),
    ("findings", "Findings", ["Pay is better elsewhere."]),
    authority="Bradford",
    kind="focused visit",
    visit_start="2023-06-01",
    published="2023-07-01",
)


@pytest.mark.parametrize(
    "question",
    [
        "Has Bradford got better?",
        "has it improved?",
        "Are things getting worse in Bradford?",
        "How has Bradford fared over time?",
        "Is Bradford doing better than it used to?",
        "Did things get better between 2018 and 2022?",
    ],
)
def test_the_grades_come_in_order_of_time(question):
    draft = written(question, *BRADFORD)
    assert said(draft) == ["Overall effectiveness: inadequate."] * 2
    assert ORDER in draft.notes


def test_behind_them_comes_what_a_newer_visit_sums_up():
    assert said(written("Has Bradford got better?", *BRADFORD, ASIDE))[2:] == ["Progress has been poor."]
    older = replace(ASIDE, visit_start="2020-06-01", published="2020-07-01")
    assert len(said(written("Has Bradford got better?", BRADFORD[0], older, BRADFORD[1]))) == 2


def test_where_no_overall_grade_is_given_those_of_the_areas_stand():
    leeds = [one for one in INSPECTIONS if one.authority == "Leeds"]
    told = said(written("Has Leeds got better?", *sorted(leeds, key=lambda one: one.first_day)))
    assert told == ["Overall effectiveness: outstanding.", "The impact of leaders: outstanding."]


@pytest.mark.parametrize(
    ("question", "before"),
    [
        ("Has supervision in Bradford got better?", ""),
        ("has it got better?", "what is said about supervision in Bradford?"),
        ("what has got better in Bradford?", ""),
    ],
)
def test_of_a_matter_the_grades_say_nothing(question, before):
    draft = written(question, *BRADFORD, ASIDE, before=before)
    assert ORDER not in draft.notes


def test_one_grade_is_no_course_and_two_authorities_are_no_one():
    other = inspection("Derby", "2023-03-21", "good", "good")
    assert ORDER not in written("Has Bradford got better?", BRADFORD[0], ASIDE).notes
    assert ORDER not in written("have they got better?", *BRADFORD, other).notes


def test_the_shipped_letters_tell_of_both_grades(shipped):
    draft = written("Has Swindon got better?", *sorted(shipped.values(), key=lambda one: one.date))
    assert said(draft)[0] == "Overall Effectiveness of Children's Social Care Services graded as: Good"
    assert "judged inadequate in July 2023" in said(draft)[1]
    assert "The grade is given here as the council reported it." in draft.notes
