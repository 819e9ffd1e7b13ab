"""Earlier inspections: dates that the words tie to an inspection of the same services, with kind and grade if said."""

import json
import time

import pytest
from documents import CABINET, FOCUSED, INSPECTION, MONITORING, PRESS
from fakes import ROOT
from hypothesis import given
from hypothesis import strategies as st

from assistant.letters.inspectorates import kind_names, shipped
from assistant.reading.earlier import read_earlier
from assistant.reading.outline import outline
from assistant.reading.readers.files import read_source
from assistant.reading.readers.lines import Line, Source

GRADES = shipped().grade_names
KINDS = kind_names()

PROSE = (
    "Families in Rutland wait less long than they did, and the notes that social workers write say plainly what was "
    "decided at each meeting, by whom, and what is to happen before the next one."
)
OWN = (("2024-05-21", "2024-05-22"),)
RI = "requires improvement"


def of(*paragraphs, own=OWN, kind="focused visit"):
    outlined = outline(read_source("a.txt", "\n\n".join([PROSE, *paragraphs]).encode()))
    return outlined.text, read_earlier(outlined, own, kind)


def read(*paragraphs, **context):
    """What was read: date, kind and grade; each span is a sentence of a paragraph."""
    text, found = of(*paragraphs, **context)
    for one in found:
        assert text[one.start : one.end] == text[one.start : one.end].strip()
        assert one.date[:4] in text[one.start : one.end]
    return [(one.date, one.kind, one.grade) for one in found]


# --- the shipped letters -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "earlier"),
    [
        (INSPECTION, {("2009-07", "contact and referral inspection", None)}),
        (FOCUSED, set()),
        (CABINET, {("2014", None, None), ("2018-04", "focused visit", None)}),
        (
            MONITORING,
            {
                ("2023-07", None, "inadequate"),
                ("2023-07", "ILACS inspection", None),
                ("2024-02", "monitoring visit", None),
            },
        ),
        (PRESS, {("2023-07", "ILACS inspection", None)}),
    ],
)
def test_the_shipped_letters(shipped, file, earlier):
    letter = shipped[file]
    assert {(one.date, one.kind, one.grade) for one in letter.earlier} == earlier
    assert all(letter.paragraph_at(one.start) for one in letter.earlier)


# --- dates tied to an inspection --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "earlier"),
    [
        ("Much has changed since the last inspection in July 2023.", ("2023-07", None, None)),
        ("Much has changed since the last inspection, in July 2023, and staff stay.", ("2023-07", None, None)),
        ("Since the 2019 inspection, much has changed.", ("2019", None, None)),
        ("The December 2019 inspection found weaknesses.", ("2019-12", None, None)),
        ("This follows the inspection of 2014.", ("2014", None, None)),
        ("This was found at the focused visit on the 11 and 12 July 2018.", ("2018-07-11", "focused visit", None)),
        ("A focused visit to the front door in May 2019 found delay.", ("2019-05", "focused visit", None)),
        ("The focused assurance visit in October 2020 found delay.", ("2020-10", "focused visit", None)),
        ("In 2020, Ofsted conducted a focused visit.", ("2020", "focused visit", None)),
        (
            "Since the last monitoring visit, which took place in February 2024, staff stay.",
            ("2024-02", "monitoring visit", None),
        ),
        ("The joint targeted area inspection (JTAI) in July 2018 found delay.", ("2018-07", "JTAI", None)),
        ("Following the single inspection in 2016, plans changed.", ("2016", "SIF inspection", None)),
        ("Since the last ILACS inspection in 2022, plans changed.", ("2022", "ILACS inspection", None)),
        (
            "The previous inspection in 2015 under the single inspection framework was hard.",
            ("2015", "SIF inspection", None),
        ),
        ("Services were last inspected by Ofsted in 2017.", ("2017", None, None)),
        (
            "The last inspection of Rutland’s arrangements for the protection of children was in September 2012.",
            ("2012-09", None, None),
        ),
        (
            "The previous inspection of contact, referral and assessment arrangements in July 2009 found delay.",
            ("2009-07", "contact and referral inspection", None),
        ),
        (
            "The inspection of special educational needs and/or disabilities (SEND) in October 2017 found delay.",
            ("2017-10", "area SEND inspection", None),
        ),
    ],
)
def test_an_earlier_inspection(words, earlier):
    assert read(words) == [earlier]


@pytest.mark.parametrize(
    "words",
    [
        "A new director came in July 2023.",
        "Since the last inspection, leaders have restructured the service in 2022.",
        "The inspection was carried out under section 136 of the Education and Inspections Act 2006.",
        "The report published in May 2022 said so.",
        "The inspection report of May 2022 said so.",
        "The children’s home was judged good at its last inspection in April 2023.",
        "The school’s last inspection in 2021 was good.",
        "The peer review inspection in 2022 helped.",
        "The inspection of the youth offending service in 2016 helped.",
        "The previous inspection of Rutland’s adoption service was in June 2011.",
        "The LSCB was judged inadequate in 2014 at its inspection in May 2014.",
        "The last safeguarding inspection undertaken by the CQC in 2014 helped.",
        "The next inspection in 2023 will be short.",
        "Visits to children rose in 2022.",
        "Of 115 children, 31% were seen at the time of the inspection compared to 23% in 2015.",
    ],
)
def test_other_dates_and_other_inspections(words):
    assert read(words) == []


def test_what_it_in_the_next_sentence_stands_for():
    assert (
        read("The local authority operates one children’s home. It was judged good at its last inspection in 2021.")
        == []
    )
    assert read("The local authority changed its plans. They were praised at the inspection in 2021.") != []


def test_several_in_one_sentence():
    words = "Since the last inspection in 2019, and the focused visits in May 2021 and June 2022, staff stay."
    assert read(words) == [("2019", None, None), ("2021-05", "focused visit", None), ("2022-06", "focused visit", None)]
    assert read("Focused visits in 2019 and 2020 raised concerns.") == [
        ("2019", "focused visit", None),
        ("2020", "focused visit", None),
    ]


def test_the_kind_is_that_of_the_nearest_name():
    words = "They built on the findings of the focused visit and the joint targeted area inspection in 2018."
    assert read(words) == [("2018", "JTAI", None)]


def test_the_front_pages_line_of_earlier_inspections():
    lines = (
        "Area SEND inspection of Rutland",
        "Inspection dates: 21 to 22 May 2024",
        "Date of previous inspection: 27 to 31 March 2017",
    )
    made = [Line(line, 1, gap=True, heading=not at, size=12.0, full=False) for at, line in enumerate(lines)]
    source = Source((*made, Line(PROSE, 1, gap=True, size=12.0)), (), 1, wrapped=True)
    found = read_earlier(outline(source), OWN, "area SEND inspection")
    assert [one.date for one in found] == ["2017-03-27"]


# --- the document's own -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        "This letter summarises the findings of the focused visit to Rutland on 21 and 22 May 2024.",
        "The inspection in May 2024 found much good work.",
        "At the time of this inspection in 2023, few children waited.",
        "A focused visit in June 2025 is to follow.",
    ],
)
def test_its_own_visit_is_left_out(words):
    assert read(words) == []


def test_another_kind_in_its_own_year_is_another():
    words = "The focused visit in 2024 found delay."
    assert read(words) == []
    assert read(words, kind="ILACS inspection") == [("2024", "focused visit", None)]


def test_a_document_that_gives_no_visit_of_its_own():
    assert read("The inspection in May 2024 found much good work.", own=()) == [("2024-05", None, None)]


# --- grades -----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "grade"),
    [
        ("At the last inspection in July 2023, services were judged inadequate.", "inadequate"),
        ("The local authority was judged inadequate in July 2023.", "inadequate"),
        ("In July 2023, the local authority was judged by Ofsted to be inadequate.", "inadequate"),
        ("Since the last inspection in July 2023, when services were judged to be good overall, staff stay.", "good"),
        ("The last inspection, in July 2023, judged all services as requiring improvement to be good.", RI),
        ("At the last inspection in July 2023, children’s services required improvement to be good.", RI),
        (
            "Since the inspection in July 2023, when overall effectiveness was ‘requires improvement to be good’, staff stay.",
            RI,
        ),
        ("Since the outstanding judgement at the last inspection in July 2023, staff stay.", "outstanding"),
        ("Since a judgement of inadequate at the inspection in July 2023, staff stay.", "inadequate"),
        ("Rutland’s last inspection (July 2023: good) is some time ago.", "good"),
        (
            "Since the last inspection in July 2023, where Rutland was judged good in help and protection and "
            "outstanding overall, staff stay.",
            "outstanding",
        ),
        (
            "At the last inspection in July 2023, services were judged good overall but they required improvement in "
            "respect of the experiences of care leavers.",
            "good",
        ),
        ("At the last inspection in July 2023, help and protection was judged to be good.", None),
        ("At the last inspection in July 2023, services for care leavers required improvement.", None),
        ("Tangible progress is evident in adoption, which was judged inadequate at the inspection in July 2023.", None),
        ("Good progress has been made since the last inspection in July 2023.", None),
        ("Services are now good, and have improved since the inspection in July 2023.", None),
    ],
)
def test_the_grade_that_is_stated_with_it(words, grade):
    assert [(date, found) for date, _, found in read(words)] == [("2023-07", grade)]


def test_a_grade_in_the_next_sentence():
    text, found = of("The last inspection was in June 2011. The local authority was judged to be good. Staff stay.")
    assert [(one.date, one.grade) for one in found] == [("2011-06", "good")]
    assert text[found[0].start : found[0].end].endswith("judged to be good.")
    text, found = of("The last inspection was in June 2011. The local authority was judged to be adequate.")
    assert [(one.date, one.grade) for one in found] == [("2011-06", None)]
    assert text[found[0].start : found[0].end].endswith("June 2011.")


def test_a_visit_has_no_grade():
    words = "At the inspection in 2019 services were judged inadequate, and the focused visit in 2021 found more delay."
    assert read(words) == [("2019", None, "inadequate"), ("2021", "focused visit", None)]


# --- one record for what several sentences say -----------------------------------------------------------------------------------------


def test_what_another_sentence_says_more_exactly_is_left_out():
    paragraphs = (
        "Much has changed since the inspection in 2019.",
        "At the ILACS inspection in July 2019, plans were thin.",
        "Since the last inspection in 2019, staff stay.",
    )
    assert read(*paragraphs) == [("2019-07", "ILACS inspection", None)]


def test_a_visit_does_not_stand_for_an_inspection():
    paragraphs = ("Since the inspection in 2019, staff stay.", "The focused visit in 2019 found delay.")
    assert read(*paragraphs) == [("2019", None, None), ("2019", "focused visit", None)]


def test_different_grades_are_different_records():
    paragraphs = ("Rutland was judged good in 2015.", "Rutland was judged inadequate in 2018.")
    assert read(*paragraphs) == [("2015", None, "good"), ("2018", None, "inadequate")]


# --- labels and bad input ------------------------------------------------------------------------------------------------------------


def test_the_labels_are_well_formed():
    labels = json.loads((ROOT / "eval" / "reading" / "earlier_labels.json").read_text(encoding="utf-8"))
    assert len(labels) >= 20
    for sha256, rows in labels.items():
        assert len(sha256) == 64
        for row in rows:
            assert set(row) == {"date", "kind", "grade"}
            assert row["kind"] in {None, *KINDS} and row["grade"] in {None, *GRADES}


def test_the_shipped_letters_agree_with_their_labels(shipped):
    labels = json.loads((ROOT / "eval" / "reading" / "earlier_labels.json").read_text(encoding="utf-8"))
    for letter in shipped.values():
        wanted = {(row["date"], row["kind"], row["grade"]) for row in labels[letter.sha256]}
        assert {(one.date, one.kind, one.grade) for one in letter.earlier} == wanted


def test_a_sentence_without_end_costs_no_time():
    begin = time.monotonic()
    of("judged good at the inspection in July 2023, found services overall " * 5000)
    assert time.monotonic() - begin < 5


@given(
    st.lists(
        st.sampled_from(
            "inspection|focused visit|in|July 2023|2019|judged|good|inadequate|overall|(|)|:|and|,|.|Ofsted|the last".split(
                "|"
            )
        ),
        max_size=25,
    )
)
def test_any_words_give_spans_that_hold(words):
    read(" ".join(words))
