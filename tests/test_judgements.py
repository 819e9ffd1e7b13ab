"""Judgements: table and headings read apart and compared, "not judged" told from unread, nothing invented."""

import json
import time

import pytest
from documents import CABINET, REPORT_GRADES, inspection_report
from fakes import ROOT
from hypothesis import given
from hypothesis import strategies as st

from assistant.letters.graded import graded_areas
from assistant.letters.inspectorates import shipped
from assistant.reading.judgements import read_judgements
from assistant.reading.outline import outline
from assistant.reading.readers.files import read_source
from assistant.reading.readers.lines import Line, Source

GRADES = shipped().grade_names

PROSE = (
    "Families in Rutland wait less long than they did, and the notes that social workers write say plainly what was "
    "decided at each meeting, by whom, and what is to happen before the next one."
)
LEADERS = "The impact of leaders on social work practice with children and families"
HELP = "The experiences and progress of children who need help and protection"
CARE = "The experiences and progress of children in care"
LEAVERS = "The experiences and progress of care leavers"
JOINT = "The experiences and progress of children in care and care leavers"

ILACS, SIF = "ILACS inspection", "SIF inspection"
IN_2019, IN_2024, IN_2026 = (
    (("2019-07-01", "2019-07-12"),),
    (("2024-06-03", "2024-06-14"),),
    (("2026-05-11", "2026-05-22"),),
)


def made(*pages):
    """An outline of pages of lines; "# " marks a heading."""
    lines = []
    for number, page in enumerate(pages, 1):
        for text in page:
            heading = text.startswith("# ")
            lines.append(Line(text.removeprefix("# "), number, gap=True, heading=heading, size=12.0, full=False))
    return outline(Source(tuple(lines), (), len(pages), wrapped=True))


def report(*rows, headings=(), front=("# Inspection of Rutland local authority children’s services",)):
    """A report: a front page with a table, and the headings on page 3, each above a paragraph."""
    body = [line for heading in headings for line in (f"# {heading}", PROSE)]
    return made([*front, "# Judgement Grade", *rows, PROSE], [PROSE], [PROSE, *body])


def read(outlined, kind=ILACS, visits=()):
    judgements, warnings = read_judgements(outlined, kind, visits)
    for judgement in judgements:
        assert outlined.text[judgement.start : judgement.end] == judgement.quote
        assert judgement.grade in GRADES or (judgement.grade is None and judgement.note)
    return {judgement.area: judgement.grade for judgement in judgements}, warnings


# --- the table and the headings ------------------------------------------------------------------------------------------


def test_a_report_in_pdf():
    outlined = outline(read_source("a.pdf", inspection_report()))
    grades, warnings = read(outlined, ILACS, (("2023-07-17", "2023-07-28"),))
    assert grades == {
        "overall": "requires improvement",
        "leaders": "good",
        "help and protection": "requires improvement",
        "in care": "good",
        "care leavers": "outstanding",
    }
    assert warnings == ()
    quotes = {judgement.quote for judgement in read_judgements(outlined, ILACS, ())[0]}
    assert quotes == {f"{area} {grade}" for area, grade in REPORT_GRADES}


def test_they_come_in_the_order_of_the_areas():
    rows = (f"{LEAVERS} Good", f"{CARE} Good", f"{HELP} Good", f"{LEADERS} Good", "Overall effectiveness Good")
    found, _ = read_judgements(report(*rows), ILACS, ())
    order = [area.name for area in shipped().areas]
    assert [judgement.area for judgement in found] == sorted((j.area for j in found), key=order.index)
    assert len(found) == 5


def test_a_heading_that_says_otherwise_is_reported_and_the_table_taken():
    outlined = report(
        f"{HELP} Good",
        "Overall effectiveness Good",
        headings=(f"{HELP}: requires improvement to be good", "Overall effectiveness: good"),
    )
    grades, warnings = read(outlined)
    assert grades == {"overall": "good", "help and protection": "good"}
    disagreement = (
        "help and protection: the table on page 1 says good, the heading on page 3 says requires improvement; "
        "the table is taken"
    )
    assert [line for line in warnings if "says" in line] == [disagreement]


def test_headings_that_disagree_where_there_is_no_table():
    outlined = made([PROSE], [PROSE], [PROSE, f"# {HELP}: good", PROSE, f"# {HELP}: inadequate", PROSE])
    grades, warnings = read(outlined)
    assert grades == {"help and protection": "good"}
    assert any("the first is taken" in line and "inadequate" in line for line in warnings)


@pytest.mark.parametrize(
    "printed",
    [
        f"{HELP}: good",
        f"{HELP} is good",
        f"{HELP} – good",
        f"{HELP} graded as: Good",
        f"{HELP} are judged to be good",
        f"{HELP}: Good.",
        f"{HELP} Good",
        f"1. {HELP} Good",
        f"{HELP} | Good",
    ],
)
def test_ways_to_print_a_grade(printed):
    assert read(made([PROSE, f"# {printed}", PROSE]))[0] == {"help and protection": "good"}


def test_a_grade_on_the_line_below_its_area():
    outlined = made([PROSE, f"# {CARE}", "Requires improvement to be good", PROSE])
    assert read(outlined)[0] == {"in care": "requires improvement"}


@pytest.mark.parametrize(
    "printed",
    [
        "Services for children are good",
        "Good",
        "The canteen: good",
        "Leaders say that the experiences and progress of care leavers are good",
        f"{HELP} are good. Managers know why they are good",
        "The effectiveness of the Local Safeguarding Children Board (LSCB): good",
        f"{PROSE} {PROSE} {HELP}: good",
    ],
)
def test_prose_is_no_judgement(printed):
    assert read(made([PROSE], [PROSE], [PROSE, printed, PROSE]))[0] == {}


@pytest.mark.parametrize(
    "kind", ["focused visit", "monitoring visit", "JTAI", "area SEND inspection", "press release", "other"]
)
def test_what_gives_no_grades_has_none(kind):
    assert read_judgements(report(f"{HELP} Good", "Overall effectiveness Good"), kind, IN_2019) == ((), ())


def test_a_councils_report_has_those_that_it_quotes_and_lacks_none(shipped):
    letter = shipped[CABINET]
    assert {judgement.area for judgement in letter.judgements} == {
        "overall",
        "leaders",
        "help and protection",
        "in care and care leavers",
    }
    assert letter.warnings == ()
    assert read(report(f"{HELP} Good"), "council report", IN_2019) == ({"help and protection": "good"}, ())


# --- what a framework grades ---------------------------------------------------------------------------------------------


def test_gradings_are_in_order_of_time_and_of_known_areas():
    for kind in {grading.kind for grading in shipped().gradings}:
        since = [grading.since for grading in shipped().gradings if grading.kind == kind]
        assert since == sorted(since)
    known = {area.name for area in shipped().areas}
    assert all(set(grading.areas) <= known for grading in shipped().gradings)


def test_an_area_that_was_not_read_is_told_and_never_invented():
    grades, warnings = read(report(f"{HELP} Good", f"{LEADERS} Good", "Overall effectiveness Good"), ILACS, IN_2024)
    assert set(grades) == {"overall", "leaders", "help and protection"}
    assert [line.split(",")[0] for line in warnings] == ["no grade read for in care", "no grade read for care leavers"]


def test_nothing_is_missed_that_the_framework_does_not_grade():
    rows = (f"{LEADERS} Outstanding", f"{HELP} Good", f"{CARE} Good", f"{LEAVERS} Good")
    grades, warnings = read(report(*rows), ILACS, IN_2026)
    assert warnings == () and "overall" not in grades
    joint = (f"{LEADERS} Good", f"{HELP} Good", f"{JOINT} Good", "Overall effectiveness Good")
    assert read(report(*joint), ILACS, IN_2019)[1] == ()


def test_judged_together_says_so():
    found, _ = read_judgements(report(f"{JOINT} Good"), ILACS, IN_2019)
    assert [(judgement.area, judgement.note) for judgement in found] == [
        ("in care and care leavers", "judged together: children in care and care leavers")
    ]


def test_not_judged_is_what_the_document_says():
    outlined = made(
        ["# Children’s services in Rutland are good", "1. Children who need help and protection Good"],
        ["# 2. Children looked after and achieving permanence", "Not Judged", "2.1 Adoption performance Not Judged"],
        [PROSE],
    )
    found, warnings = read_judgements(outlined, SIF, (("2016-04-11", "2016-04-28"),))
    none = {judgement.area: judgement.note for judgement in found if judgement.grade is None}
    assert none == dict.fromkeys(("looked after", "adoption"), "not judged, as the document itself says")
    assert [line.split(",")[0] for line in warnings] == ["no grade read for leaders", "no grade read for care leavers"]


# --- covers and older reports ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "grade"),
    [
        (["Children’s services in Rutland are good"], "good"),
        (["# Children’s services in the London Borough of Sutton are outstanding."], "outstanding"),
        (["Children’s services require improvement to be good"], "requires improvement"),
        (["Children’s services in Rutland requires improvement to be good"], "requires improvement"),
        (["The overall judgement is inadequate"], "inadequate"),
        (["The overall judgement is that children’s services are good"], "good"),
        (["# The overall judgement is that children’s service requires", "improvement."], "requires improvement"),
        (["The overall judgement is good news for families"], None),
    ],
)
def test_the_overall_grade_on_the_cover(lines, grade):
    outlined = made(["# Inspection of services for children in need of help and protection", *lines], [PROSE])
    assert read(outlined, SIF)[0].get("overall") == grade


def test_grades_by_number_of_reports_before_the_single_inspection_framework():
    outlined = made(
        ["Inspection of looked after children services", PROSE],
        ["# Capacity to improve", "Grade 3 (adequate)", PROSE, "# Quality of provision", "Grade 4 (inadequate)", PROSE],
    )
    found, _ = read_judgements(outlined, "other", ())
    assert [(judgement.area, judgement.grade) for judgement in found] == [
        ("Capacity to improve", None),
        ("Quality of provision", "inadequate"),
    ]
    assert "adequate" in found[0].note and found[1].note is None


# --- labels and bad input ------------------------------------------------------------------------------------------------------


def test_the_labels_of_sif_reports_name_known_areas_and_grades():
    labels = json.loads((ROOT / "eval" / "reading" / "sif_labels.json").read_text(encoding="utf-8"))
    assert len(labels) >= 10
    areas = set(graded_areas(SIF, "2014"))
    for sha256, grades in labels.items():
        assert len(sha256) == 64 and set(grades) == areas
        assert set(grades.values()) <= {*GRADES, "not judged"}


@pytest.mark.parametrize("words", ["overall effectiveness" + " -" * 50_000, "experiences " + "good " * 50_000])
def test_long_runs_cost_no_time(words):
    begin = time.monotonic()
    read(made([words, PROSE]))
    assert time.monotonic() - begin < 5


@given(
    st.lists(
        st.sampled_from([HELP, CARE, "Good", ":", "is", "Inadequate", "Not judged", "\n", "2.1", "—"]), max_size=12
    )
)
def test_any_words_give_quotes_that_hold(words):
    read(made([" ".join(words) or PROSE, PROSE], [PROSE]))
