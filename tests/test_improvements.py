"""Areas for improvement and for priority action: each item verbatim and in order, and nothing that is no item."""

import re

import pytest
from documents import CABINET, FOCUSED, INSPECTION, MONITORING, PRESS, VISIT_IMPROVE, visit_letter

from assistant.reading.improvements import read_improvements
from assistant.reading.outline import outline
from assistant.reading.readers.files import read_source
from assistant.reading.readers.lines import Line, Source

PROSE = (
    "Families in Rutland wait less long than they did, and the notes that social workers write say plainly what was "
    "decided at each meeting, by whom, and what is to happen before the next one."
)
IMPROVE = "# What needs to improve?"
PRIORITY = "# Areas for priority action"
AREA, ACTION = "area for improvement", "area for priority action"
ILACS, SIF, JTAI, SEND = "ILACS inspection", "SIF inspection", "JTAI", "area SEND inspection"


def made(*texts):
    """An outline of lines: "# " marks a heading, "* " a bullet."""
    lines = [
        Line(
            re.sub(r"^[#*] ", "", text),
            3,
            gap=True,
            bullet=text.startswith("* "),
            heading=text.startswith("# "),
            size=12.0,
            full=False,
        )
        for text in (PROSE, *texts)
    ]
    return outline(Source(tuple(lines), (), 5, wrapped=True))


def items(*texts, kind=ILACS):
    outlined = made(*texts)
    found = read_improvements(outlined, kind)
    places = {p.paragraph_id: p for section in outlined.sections for p in section.paragraphs}
    for item in found:
        assert places[item.paragraph_id].start <= item.start < item.end <= len(outlined.text)
    return [outlined.text[item.start : item.end] for item in found]


def kinds(*texts, kind=ILACS):
    return [(item.kind, item.heading) for item in read_improvements(made(*texts), kind)]


# --- the shipped letters -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "beginnings"),
    [
        (INSPECTION, ["Decisions on initial contacts", "Significant improvements", "Assessments for teenagers"]),
        (FOCUSED, ["The quality of pathway planning", "The assessment of suitability"]),
        (CABINET, ["The extent to which plans", "The Sufficiency of", "The timeliness and", "Health histories, so"]),
        (MONITORING, []),
        (PRESS, []),
    ],
)
def test_the_shipped_letters_lists(shipped, file, beginnings):
    letter = shipped[file]
    found = [letter.text[item.start : item.end] for item in letter.improvements]
    assert len(found) == len(beginnings)
    assert all(words.startswith(start) for words, start in zip(found, beginnings, strict=True))
    assert {item.kind for item in letter.improvements} <= {AREA}


def test_a_visit_letter_in_pdf():
    outlined = outline(read_source("a.pdf", visit_letter()))
    found = read_improvements(outlined, "focused visit")
    assert [outlined.text[item.start : item.end] for item in found] == list(VISIT_IMPROVE)
    assert {item.heading for item in found} == {"What needs to improve in this area of social work practice"}


# --- lists --------------------------------------------------------------------------------------------------------------------


def test_bullets_in_order_under_their_heading():
    texts = (
        IMPROVE,
        "* The time that children wait.",
        "* The detail of plans.",
        "# Main findings",
        "* Visits are made.",
    )
    assert items(*texts) == ["The time that children wait.", "The detail of plans."]
    assert kinds(*texts) == [(AREA, "What needs to improve?")] * 2


def test_priority_action_is_never_merged_with_improvement():
    texts = (PRIORITY, "* Visits to children at risk.", IMPROVE, "* The detail of plans.")
    assert kinds(*texts) == [(ACTION, "Areas for priority action"), (AREA, "What needs to improve?")]


@pytest.mark.parametrize(
    "lead",
    [
        "The local authority should:",
        "The local authority needs to take swift and decisive action to address the following areas of weakness:",
        "In addition, the following areas for improvement were identified at this visit:",
    ],
)
def test_what_leads_in_is_no_item(lead):
    assert items(IMPROVE, lead, "* The detail of plans.", "* The time of visits.") == [
        "The detail of plans.",
        "The time of visits.",
    ]


@pytest.mark.parametrize(
    "words",
    [
        "There are no priority actions.",
        "There are no priority actions following this focused visit.",
        "There are no areas of priority and immediate action.",
        "The inspection did not find any areas for priority and immediate action.",
        "None were identified.",
    ],
)
def test_no_action_is_no_item(words):
    assert items(PRIORITY, words) == []


def test_an_item_may_begin_with_there_are_no():
    words = "There are no foster carers within the county for older children."
    assert items(IMPROVE, f"* {words}", "* Plans.") == [words, "Plans."]


def test_a_closing_sentence_is_no_item():
    closing = "Any areas for development identified above will be specifically considered in any future inspection."
    assert items("# Areas for development", "* The detail of plans.", closing) == ["The detail of plans."]


def test_prose_behind_the_list_is_no_item():
    assert items(IMPROVE, "* The detail of plans.", PROSE, "1. Visits are made.", "2. Plans are made.") == [
        "The detail of plans."
    ]


def test_a_section_whose_heading_is_set_as_text_ends_the_list():
    graded = "The experiences and progress of children who need help and protection requires improvement to be good."
    assert items(IMPROVE, "* The detail of plans.", graded, "1. Visits are made.") == ["The detail of plans."]


def test_paragraphs_without_marks_are_items():
    texts = ("Plans are not sufficiently effective.", "Supervision is regular but not reflective enough to help.")
    assert items(IMPROVE, *texts) == list(texts)


def test_a_first_item_whose_mark_was_lost():
    assert items("# Areas for development", "Visits are late.", "* Plans are thin.") == [
        "Visits are late.",
        "Plans are thin.",
    ]


# --- points of an item --------------------------------------------------------------------------------------------------------


def test_points_below_a_bullet_belong_to_it():
    texts = (
        IMPROVE,
        "* Oversight and monitoring of:",
        "* the pre-proceedings process",
        "* private fostering.",
        "* Caseloads in the assessment team.",
    )
    assert items(*texts) == [
        "Oversight and monitoring of:\n\nthe pre-proceedings process\n\nprivate fostering.",
        "Caseloads in the assessment team.",
    ]


def test_points_below_a_number_belong_to_it():
    texts = (
        "# Recommendations",
        "1. Improve plans by ensuring that:",
        "* they are short",
        "* they are read",
        "2. Visit.",
    )
    assert items(*texts, kind=SIF) == ["Improve plans by ensuring that:\n\nthey are short\n\nthey are read", "Visit."]


def test_an_item_that_a_page_break_cut_goes_on():
    assert items(IMPROVE, "* The detail of plans for children who", "live away from home.", "* Visits.") in (
        ["The detail of plans for children who live away from home.", "Visits."],
        ["The detail of plans for children who\n\nlive away from home.", "Visits."],
    )


# --- reports of 2013 to 2017 ------------------------------------------------------------------------------------------------------


def test_recommendations_of_a_sif_report_are_areas_for_improvement():
    texts = ("# Recommendations", "1. Reduce caseloads.", "2. Improve plans.", "# Summary for children", "* Hello.")
    assert items(*texts, kind=SIF) == ["Reduce caseloads.", "Improve plans."]
    assert kinds(*texts, kind=SIF) == [(AREA, "Recommendations")] * 2
    assert items(*texts, kind="council report") == []


def test_subheadings_are_no_items_and_do_not_end_the_list():
    texts = (
        "# What does the local authority need to improve?",
        "# Priority and immediate action",
        "# Leadership, management and governance",
        "1. Review unallocated cases.",
        "2. Reduce caseloads.",
        "# Areas for improvement",
        "Training",
        "3. Train staff.",
        "Care leavers",
        "4. Visit care leavers.",
        "# The local authority’s strengths",
        "5. Staff are kind.",
    )
    assert items(*texts, kind=SIF) == [
        "Review unallocated cases.",
        "Reduce caseloads.",
        "Train staff.",
        "Visit care leavers.",
    ]
    assert [kind for kind, _ in kinds(*texts, kind=SIF)] == [ACTION, ACTION, AREA, AREA]


def test_the_boards_recommendations_are_another_bodys():
    texts = ("# Recommendations", "1. Improve plans.", "# The Local Safeguarding Children Board is good", PROSE)
    assert items(*texts, "# Recommendations", "2. Hold meetings.", kind=SIF) == ["Improve plans."]


def test_steps_by_date_are_one_list():
    texts = (
        "# Areas for improvement",
        "1. In order to improve services in Rutland, the local authority should take the following action.",
        "# Immediately:",
        "* ensure that plans are made",
        "# Within three months:",
        "* ensure that plans are read",
        "# Outcomes for children",
        "* Children thrive.",
    )
    assert items(*texts, kind="other") == ["ensure that plans are made", "ensure that plans are read"]


# --- several agencies -------------------------------------------------------------------------------------------------------------


def test_a_jtais_list_in_parts():
    texts = (
        "# Areas for improvement",
        "# Identifying risk at the front door",
        "* Calls are answered late.",
        "# Leadership and management",
        "* Data are not shared.",
        "# Case study: area for improvement",
        "A child waited.",
        "# Next steps",
    )
    assert items(*texts, kind=JTAI) == ["Calls are answered late.", "Data are not shared."]


def test_a_case_study_is_no_list():
    assert items("# Practice study: area for improvement", "* A child waited for a year.", kind=JTAI) == []


def test_an_area_send_reports_tables():
    texts = (
        "# What does the area partnership need to do better?",
        PROSE,
        "# Areas for priority action",
        "# Responsible body Areas for priority action",
        "Rutland Council and NHS Rutland Integrated Care Board",
        "Leaders should act with urgency to improve:",
        "* annual reviews",
        "* plans.",
        "Rutland Council and Rutland ICB Leaders across the partnership should improve waiting times.",
        "# Areas for improvement",
        "Leaders should share their data.",
    )
    assert items(*texts, kind=SEND) == [
        "Leaders should act with urgency to improve:\n\nannual reviews\n\nplans.",
        "Leaders across the partnership should improve waiting times.",
        "Leaders should share their data.",
    ]
    assert [kind for kind, _ in kinds(*texts, kind=SEND)] == [ACTION, ACTION, AREA]
    assert {heading for _, heading in kinds(*texts, kind=SEND)} == {
        "Areas for priority action",
        "Areas for improvement",
    }


# --- lists that a sentence announces --------------------------------------------------------------------------------------------------


def test_a_councils_list_of_what_must_improve():
    texts = (
        "# 3. Detail",
        "3.1 The report is good. The areas that need to improve further are:",
        "3.1.1 The detail of plans",
        "3.1.2 Health histories",
        "3.2 Progress is reported.",
    )
    assert items(*texts, kind="council report") == ["The detail of plans", "Health histories"]
    assert kinds(*texts, kind="council report") == [(AREA, "The areas that need to improve further are")] * 2


def test_a_list_with_a_heading_goes_before_one_that_a_sentence_announces():
    texts = ("The areas that need to improve are:", "* Visits.", IMPROVE, "* Plans.")
    assert items(*texts) == ["Plans."]


def test_other_lists_are_none_of_these():
    assert items("Inspectors looked at the following:", "* plans", "* visits") == []
