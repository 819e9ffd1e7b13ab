"""Headings: what each means in whichever layout, folded words, and those that close with a judgement."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.letters.headings import graded_heading, heading_kind, heading_words
from assistant.letters.inspectorates import shipped

HELP = "The experiences and progress of children who need help and protection"


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("Overview", "headline"),
        ("Headline findings", "headline"),
        ("Headline Findings", "headline"),
        ("Areas covered by the visit", "coverage"),
        ("What needs to improve in this area of social work practice", "improve"),
        ("What needs to improve in this area of social work practice:", "improve"),
        ("What needs to improve?", "improve"),
        ("Areas for development", "improve"),
        ("Areas for improvement", "improve"),
        ("Areas for priority action", "priority"),
        ("Area for priority action", "priority"),
        ("Strengths", "strengths"),
        ("The service meets the requirements of statutory guidance in the following areas", "requirements"),
        ("Findings", "findings"),
        ("Main findings", "findings"),
        ("Findings and evaluation of progress", "findings"),
        ("3. Detail", "findings"),
        (f"{HELP}: good", "help and protection"),
        (f"{HELP} is good", "help and protection"),
        (f"{HELP}: requires improvement to be good", "help and protection"),
        ("The Experiences of children who need help and protection graded as: Good", "help and protection"),
        ("The experience and progress of Children in Care and Care Leavers", "in care and care leavers"),
        ("The experiences and progress of children in care: outstanding", "in care"),
        ("The experiences and progress of care leavers: inadequate", "care leavers"),
        ("The impact of leaders on social work practice with children and families: good", "leaders"),
        ("Overall Effectiveness of Children's Social Care Services graded as: Good", "overall"),
        ("1. Purpose and Reasons", "purpose"),
        ("2. Recommendations", "recommendations"),
        ("7. Background Papers", "administration"),
        ("Legal and Human Rights Implications", "administration"),
        ("9. Key Decision/Decision in Cabinet Work Programme", "administration"),
        ("Executive summary", "headline"),
        ("Children’s services in Rutland require improvement because:", "headline"),
        ("Information about this local authority area2", "administration"),
        ("What the local authority inspection judgements mean", "administration"),
        ("Responsible body Areas for priority action", "priority"),
        ("Practice study: area(s) for improvement", "improve"),
        ("The graded judgement for adoption performance is that it is good", "adoption"),
        ("Section 2: The effectiveness of the Local Safeguarding Children Board", "safeguarding board"),
        ("The LSCB requires improvement because:", "safeguarding board"),
    ],
)
def test_each_layouts_headings(heading, kind):
    assert heading_kind(heading) == kind


@pytest.mark.parametrize(
    "words",
    [
        "",
        "Dear Ms Field",
        "The findings were shared",
        "Yours sincerely",
        "Good",
        "Overviews",
        "Young people said that what needs to improve is the heating.",
    ],
)
def test_what_is_no_known_heading(words):
    assert heading_kind(words) is None


def test_priority_action_is_never_merged_with_improvement():
    for words in ("Areas for priority action", "Priority actions", "Area for priority action: placements"):
        assert heading_kind(words) == "priority"


@pytest.mark.parametrize(
    ("heading", "words"),
    [
        ("3. Detail", "detail"),
        ("5.1  Financial  Implications", "financial implications"),
        ("What needs to improve?", "what needs to improve"),
        ("Children\N{RIGHT SINGLE QUOTATION MARK}s lives: good", "children's lives"),
        (f"{HELP}: Requires improvement to be good", HELP.lower()),
    ],
)
def test_words_are_folded(heading, words):
    assert heading_words(heading) == words


@pytest.mark.parametrize(
    ("heading", "grade"),
    [
        (f"{HELP}: good", "good"),
        (f"{HELP} is outstanding", "outstanding"),
        (f"{HELP} \N{EN DASH} inadequate", "inadequate"),
        (f"{HELP} graded as: Requires Improvement to be Good", "Requires Improvement to be Good"),
        (f"{HELP}: requires improvement", "requires improvement"),
    ],
)
def test_a_heading_that_closes_with_its_judgement(heading, grade):
    match = graded_heading().match(heading)
    assert match and match["area"] == HELP and match["grade"] == grade


@pytest.mark.parametrize("heading", [HELP, "Good", "Plans are good enough", f"{HELP}: goodness"])
def test_a_heading_without_a_judgement(heading):
    assert graded_heading().match(heading) is None


def test_no_kind_is_unreachable():
    literal = re.compile(r"[a-z' ]+")
    for kind, patterns in shipped().headings.items():
        plain = [pattern for pattern in patterns if literal.fullmatch(pattern)]
        if plain:
            assert kind in {heading_kind(pattern) for pattern in plain}, kind


@given(st.text())
def test_any_text_gives_a_kind_or_none(text):
    assert heading_kind(text) in {None, *shipped().headings}
    assert heading_words(text) == heading_words(f"  {text}  ")
