"""Headings: what each printed heading means, whatever its number, grade, quotes or colon."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.letters.inspectorates import kind_names, shipped
from assistant.letters.layouts import graded_heading, heading_kind, heading_words, layout_of

KINDS = kind_names()

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


# --- which layout a document has -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Focused visit to Rutland children’s services", "focused visit"),
        ("Focussed visit: Rutland County Council", "focused visit"),
        ("Monitoring visit of Sandwell Metropolitan Borough Council children’s services", "monitoring visit"),
        ("Inspection of Rutland local\n\nauthority children’s services", "ILACS inspection"),
        ("Derbyshire County Council\nInspection of children’s social care services", "ILACS inspection"),
        (
            "Re-inspection of services for children in need of help and protection, children looked after and care "
            "leavers and Review of the effectiveness of the Local Safeguarding Children Board",
            "SIF inspection",
        ),
        ("Joint targeted area inspection of the multi-agency response to abuse in Bury", "JTAI"),
        ("Area SEND inspection of Bexley Local Area Partnership", "area SEND inspection"),
        ("Area SEND monitoring inspection of Torbay Local Area Partnership", "area SEND inspection"),
        ("Joint local area SEND inspection in Bury", "area SEND inspection"),
        ("Joint area SEND revisit in Bury", "area SEND inspection"),
        (
            "Annual unannounced inspection of contact, referral and assessment arrangements within Kent County Council "
            "children’s services",
            "contact and referral inspection",
        ),
        ("Inspection of safeguarding and looked after children services", "other"),
        ("Inspection of looked after children services", "other"),
        ("Inspection of local authority arrangements for the protection of children", "other"),
    ],
)
def test_the_title_names_the_layout(title, kind):
    known = layout_of(title)
    assert known and known[0].name == kind


def test_what_is_named_first_counts():
    """A document names the visits and inspections before it after its own."""
    opening = "This letter summarises the findings of the focused visit to Rutland, the first since the monitoring visit of May."
    assert (found := layout_of(opening)) and found[0].name == "focused visit"
    opening = "Findings of the monitoring visit to Bury, which follows the joint targeted area inspection of Bury."
    assert (found := layout_of(opening)) and found[0].name == "monitoring visit"


def test_the_surest_text_counts_before_the_next():
    known = layout_of("", "A letter", "Monitoring visit to Bury", "Focused visit to Bury")
    assert known and (known[0].name, known[1].group()) == ("monitoring visit", "Monitoring visit to")


@pytest.mark.parametrize("text", ["", "A letter about the weather", "The visit of an aunt"])
def test_no_layout(text):
    assert layout_of(text) is None


def test_only_joint_inspections_have_several_issuers():
    assert {kind.name for kind in shipped().kinds if kind.joint} == {"JTAI", "area SEND inspection"}
    assert {kind.name for kind in shipped().kinds} <= set(KINDS)
