"""What was graded when, and areas and grades by the table's names."""

import pytest

from assistant.letters.graded import area_name, graded_areas, same_grade
from assistant.letters.inspectorates import shipped

ILACS, SIF = "ILACS inspection", "SIF inspection"
GRADES = shipped().grade_names


@pytest.mark.parametrize(
    ("kind", "day", "areas"),
    [
        (SIF, "2014-06-03", {"overall", "leaders", "help and protection", "looked after", "adoption", "care leavers"}),
        (ILACS, "2018-01-15", {"overall", "leaders", "help and protection", "in care and care leavers"}),
        (ILACS, "2022-12-12", {"overall", "leaders", "help and protection", "in care and care leavers"}),
        (ILACS, "2023-01-09", {"overall", "leaders", "help and protection", "in care", "care leavers"}),
        (ILACS, "2026-03-30", {"overall", "leaders", "help and protection", "in care", "care leavers"}),
        (ILACS, "2026-04-01", {"leaders", "help and protection", "in care", "care leavers"}),
        (ILACS, "2023", {"overall", "leaders", "help and protection", "in care", "care leavers"}),
        (ILACS, None, {"leaders", "help and protection"}),
        (ILACS, "2017-06-01", set()),
        ("focused visit", "2019-02-06", set()),
    ],
)
def test_graded_areas_by_the_frameworks_dates(kind, day, areas):
    assert set(graded_areas(kind, day)) == areas


@pytest.mark.parametrize(
    ("words", "area"),
    [
        ("Overall effectiveness", "overall"),
        ("The impact of leaders on social work practice with children and families", "leaders"),
        ("Leadership, management and governance", "leaders"),
        ("The experiences and progress of children who need help and protection", "help and protection"),
        ("Children in need of help and protection", "help and protection"),
        ("The experiences and progress of children in care and care leavers", "in care and care leavers"),
        ("The experiences and progress of children in care", "in care"),
        ("The experiences and progress of care leavers", "care leavers"),
        ("Children looked after and achieving permanence", "looked after"),
        ("Adoption performance", "adoption"),
        ("The canteen", "The canteen"),
    ],
)
def test_area_names(words, area):
    assert area_name(words) == area


@pytest.mark.parametrize(
    "printed", ["Outstanding", "GOOD", "Requires  improvement to be good", "requires improvement", "Inadequate"]
)
def test_grades_in_ofsteds_four_words(printed):
    assert same_grade(printed) in GRADES
