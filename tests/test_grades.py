"""Grades: those that a letter gives, and those that it only mentions, never mixed."""

from dataclasses import replace

import pytest
from briefs import brief_of, letter_of, refused, said, written
from documents import CABINET, MONITORING

from assistant.answers.grades import false_grade, judged
from assistant.letters.letter import EarlierInspection, Letter

OVERALL = "Overall effectiveness Good"
LEADERS = "The impact of leaders on social work practice with children and families Good"
HELP = "The experiences and progress of children who need help and protection Requires improvement to be good"
CARE = "The experiences and progress of children in care Good"
HELPED = HELP.replace("protection R", "protection: R") + "."
LEAVERS = "The experiences and progress of care leavers Outstanding"
JOINT = "The experiences and progress of children in care and care leavers Requires improvement to be good"
JOINED = JOINT.replace("leavers R", "leavers: R") + "."
TOGETHER = {"in care and care leavers": ("requires improvement", JOINT)}
APART = {"in care": ("good", CARE), "care leavers": ("outstanding", LEAVERS)}
OF_2023 = "This was the second monitoring visit since the local authority was judged inadequate in July 2023."


def report(year: int = 2019, care=APART, overall: str = OVERALL, **changes) -> Letter:
    """An inspection report with its table of grades."""
    grades = {
        "overall": (overall.split(" ", 2)[2].lower().removesuffix(" to be good"), overall),
        "leaders": ("good", LEADERS),
        "help and protection": ("requires improvement", HELP),
        **care,
    }
    rows = [quote for _, quote in grades.values()]
    known = {"kind": "ILACS inspection", "published": f"{year}-07-29", "visit_start": f"{year}-06-03"} | changes
    findings = "Care leavers keep their personal adviser until they are 25. Adoption is seldom planned."
    return letter_of(
        f"report-{year}", ("judgements", "", rows), ("findings", "Findings", [findings]), grades=grades, **known
    )


def visit(year: int = 2024, told: str = OF_2023, grade: str = "inadequate", **changes) -> Letter:
    """A monitoring visit's letter, which mentions an inspection."""
    opening = ["This letter summarises the findings of the monitoring visit to Swindon.", told]
    known = {"kind": "monitoring visit", "published": f"{year}-07-12", "visit_start": f"{year}-05-21"} | changes
    mention = [("2023-07", None, grade, told)] if grade else []
    return letter_of(f"visit-{year}", ("introduction", "", opening), earlier=mention, **known)


# --- what a letter gives -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("what grade did Swindon get?", "Overall effectiveness: Good."),
        ("was the overall effectiveness judged inadequate?", "Overall effectiveness: Good."),
        ("what grade did leaders get?", f"{LEADERS[:-5]}: Good."),
        ("what was the grade for children in care?", f"{CARE[:-5]}: Good."),
        ("what was the grade for care leavers?", f"{LEAVERS[:-12]}: Outstanding."),
        ("what was the grade for help and protection?", HELPED),
    ],
)
def test_the_grade_of_the_area_asked_about_is_given_with_its_proof(question, answer):
    draft = written(question, report())
    assert said(draft) == [answer]
    assert draft.citations[0].quote.lower() in answer.lower().replace(":", "")
    assert draft.groups[0].heading == "Ofsted, ILACS inspection report, 29 July 2019"
    assert draft.notes == []


def test_a_grade_that_is_told_in_a_sentence_stays_as_it_stands():
    told = "The overall effectiveness of services in Swindon is good"
    letter = letter_of("told", ("findings", "Findings", [told]), grades={"overall": ("good", told)})
    assert said(written("what grade did Swindon get?", letter)) == [f"{told}."]
    row = "Overall effectiveness: Good"
    letter = letter_of("row", ("findings", "Findings", [row]), grades={"overall": ("good", row)})
    assert said(written("what grade did Swindon get?", letter)) == [row]


def test_all_grades_in_the_reports_order():
    answer = said(written("what were all the grades?", report()))
    assert [sentence.split(": ")[-1] for sentence in answer] == [
        "Good.",
        "Good.",
        "Requires improvement to be good.",
        "Good.",
        "Outstanding.",
    ]


def test_the_areas_of_one_grade_and_those_short_of_it():
    good = said(written("which areas were judged good?", report()))
    assert good == ["Overall effectiveness: Good.", f"{LEADERS[:-5]}: Good.", f"{CARE[:-5]}: Good."]
    short = said(written("which areas were judged less than good?", report()))
    assert HELPED in short
    assert not set(good) & set(short)


def test_an_area_that_is_not_graded_is_refused():
    kind, message, nearest = refused(written("what was the grade for adoption?", report()))
    assert kind == "letters_silent"
    assert message.startswith("Ofsted, ILACS inspection report, 29 July 2019: no grade is given for adoption.")
    assert nearest == []


def test_the_newest_eight_reports_oldest_first():
    letters = [report(year) for year in range(2010, 2020)]
    draft = written("what grade did Swindon get?", *letters)
    assert [citation.letter.letter_id for citation in draft.citations] == [f"report-{n}" for n in range(2012, 2020)]
    assert draft.notes == ["2 more earlier inspections, not quoted"]


def test_a_councils_grade_is_labelled(shipped):
    draft = written("what grade did Swindon get?", shipped[CABINET])
    assert said(draft) == ["Overall Effectiveness of Children's Social Care Services graded as: Good"]
    assert draft.groups[0].heading.startswith("Swindon Borough Council, council report")
    assert draft.notes == ["The grade is given here as the council reported it."]


# --- judged together -----------------------------------------------------------------------------------------------


def test_a_joint_grade_is_given_with_a_note():
    draft = written("what was the grade for care leavers?", report(care=TOGETHER))
    assert said(draft) == [JOINED]
    assert draft.notes == ["Judged together with others: no grade of their own is given for care leavers."]


@pytest.mark.parametrize("words", ["on their own", "alone", "only", "separately", "their own grade"])
def test_a_joint_grade_is_no_grade_of_their_own(words):
    kind, message, nearest = refused(written(f"what was the grade for care leavers, {words}?", report(care=TOGETHER)))
    assert kind == "letters_silent"
    assert "no grade of their own is given for care leavers." in message
    assert nearest == [JOINT]


def test_a_grade_of_their_own_is_given_where_there_is_one():
    draft = written("what was the grade for care leavers, on their own?", report())
    assert said(draft) == [f"{LEAVERS[:-12]}: Outstanding."]
    assert draft.notes == []


def test_both_where_one_report_joins_them_and_another_does_not():
    draft = written("what was the grade for care leavers alone?", report(2018, TOGETHER), report(2019, APART))
    assert said(draft) == [JOINED, f"{LEAVERS[:-12]}: Outstanding."]


def test_two_areas_asked_for_as_one():
    question = "what was the grade for children in care and care leavers?"
    assert said(written(question, report(care=TOGETHER))) == [JOINED]
    assert said(written(question, report()))[0] == f"{CARE[:-5]}: Good."


def test_looked_after_children_are_those_in_care():
    before = {"looked after": ("good", "The experiences and progress of children looked after Good")}
    letter = report(2014, before)
    assert [j.area for j in judged(brief_of("the grade for children in care", [letter]).question, letter)] == [
        "looked after"
    ]


# --- a visit has none ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "question", ["what grade did the monitoring visit give?", "how was it graded at the visit in 2024?"]
)
def test_a_visit_gives_no_grade(question):
    kind, message, _ = refused(written(question, visit()))
    assert kind == "letters_silent"
    assert message.startswith("A monitoring visit gives no grade: Ofsted judges only at full inspections.")


@pytest.mark.parametrize(
    "question",
    ["what grade did Swindon get?", "what grade had led to the monitoring visit?", "what grade preceded the visit?"],
)
def test_the_inspections_grade_is_shown_where_not_the_visits_own_is_asked_for(question):
    draft = written(question, visit())
    assert said(draft) == [OF_2023]
    assert draft.notes == ["The letters searched give no grade of their own; this is what they say of one."]


def test_a_visit_that_mentions_no_grade():
    kind, message, _ = refused(written("what grade did Swindon get?", visit(told="It was the second visit.", grade="")))
    assert (kind, message.split(":")[0]) == ("letters_silent", "A monitoring visit gives no grade")


def test_of_two_inspections_mentioned_the_later_one():
    first = "Swindon was judged good at the inspection in 2018."
    letter = visit()
    letter = letter_of(
        "both",
        ("introduction", "", [OF_2023, first]),
        earlier=[("2023-07", None, "inadequate", OF_2023), ("2018", None, "good", first)],
        kind="monitoring visit",
        published=letter.published,
    )
    assert said(written("what grade did Swindon get?", letter)) == [OF_2023]


def test_of_an_area_only_what_names_it():
    leaders = "At the inspection in 2022, leaders were judged inadequate."
    letter = visit(told=leaders, grade="")
    assert said(written("what grade did leaders get?", letter)) == [leaders]
    assert refused(written("what was the grade for care leavers?", letter))[0] == "letters_silent"


def test_where_only_a_council_speaks_it_is_no_visit_without_a_grade():
    words = "The council was judged inadequate at the inspection last summer."
    letter = visit(told=words, standing="council", issuer="Swindon Borough Council", kind="press release")
    draft = written("what grade did Swindon get?", letter)
    assert said(draft) == [words]
    assert draft.free, "its own sentences, not a grade of a report"


# --- a letter's later mention of a judgement -----------------------------------------------------------------------

LATER = "The report of the later judgement is not held; a later letter speaks of it."


def test_a_later_judgement_that_a_letter_mentions_stands_behind_those_held():
    draft = written("what grade did Swindon get?", report(2019), visit(2024))
    assert said(draft) == ["Overall effectiveness: Good.", OF_2023]
    assert [group.heading for group in draft.groups] == [
        "Ofsted, ILACS inspection report, 29 July 2019",
        "Ofsted, monitoring visit letter, 12 July 2024",
    ]
    assert draft.notes == [LATER]


def test_a_judgement_that_is_held_is_not_mentioned_again():
    draft = written("what grade did Swindon get?", report(2023), visit(2024))
    assert said(draft) == ["Overall effectiveness: Good."]
    assert draft.notes == []


@pytest.mark.parametrize(
    ("question", "grades"),
    [
        ("what grade did Swindon get in 2019?", 1),
        ("what grade did Swindon get in 2019 and 2024?", 1),
        ("what was the grade for care leavers?", 1),
    ],
)
def test_a_year_or_an_area_is_asked_for_and_no_later_one(question, grades):
    draft = written(question, report(2019), visit(2024))
    assert len(said(draft)) == grades
    assert LATER not in draft.notes


def test_of_several_authorities_no_later_judgement_is_added():
    other = replace(visit(2024), authority="Wiltshire")
    draft = written("what grade did they get?", report(2019), other)
    assert LATER not in draft.notes


def test_a_councils_mention_is_not_ofsteds():
    press = visit(2024, standing="council", kind="press release")
    assert said(written("what grade did Swindon get?", report(2019), press)) == ["Overall effectiveness: Good."]


def test_a_year_that_no_letter_is_about_beside_one_that_is():
    draft = written("what grade did Swindon get in 2019 and in 2023?", report(2019), visit(2024))
    assert said(draft) == ["Overall effectiveness: Good.", OF_2023]
    assert "No letter held is about 2023; this is what a letter held says of it." in draft.notes


def test_the_shipped_letters_tell_of_2019_and_of_2023(shipped):
    draft = written("what grade did Swindon get?", shipped[CABINET], shipped[MONITORING])
    assert said(draft)[1] == OF_2023
    assert LATER in draft.notes


# --- a grade taken for granted -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "proof"),
    [
        ("why was Swindon judged inadequate?", OVERALL),
        ("why was Swindon judged outstanding overall?", OVERALL),
        ("why were leaders judged inadequate?", LEADERS),
        ("why was help and protection judged good?", HELP),
    ],
)
def test_a_false_grade_is_refused_with_the_proof(question, proof):
    kind, message, nearest = refused(written(question, report()))
    assert kind == "false_premise"
    assert f"“{proof}” (Ofsted, ILACS inspection report, 29 July 2019)" in message
    assert nearest == [proof]


@pytest.mark.parametrize(
    "question",
    [
        "why was Swindon judged good?",
        "why was help and protection judged to require improvement?",
        "why was adoption judged inadequate?",  # not graded at all
        "was Swindon judged inadequate?",  # asks, and takes nothing for granted
    ],
)
def test_a_grade_that_is_not_contradicted(question):
    draft = written(question, report())
    assert draft.refusal is None or draft.refusal.kind != "false_premise"


def test_a_grade_of_another_year_contradicts_nothing():
    letters = report(2014, overall="Overall effectiveness Inadequate"), report(2019)
    asked = brief_of("why was Swindon judged inadequate in 2014?", letters)
    assert false_grade(asked) is None
    assert false_grade(brief_of("why was Swindon judged inadequate in 2019?", letters)) is not None


def test_a_grade_that_any_letter_bears_out_is_no_false_premise():
    draft = written("why was Swindon judged inadequate?", report(2019), visit(2024))
    assert draft.refusal is None or draft.refusal.kind != "false_premise"


@pytest.mark.parametrize(
    "question",
    [
        "why did inspectors rate planning inadequate at the 2024 monitoring visit?",
        "why was Swindon judged good in 2024?",
        "what made Ofsted grade supervision outstanding in the 2024 letter?",
    ],
)
def test_a_grade_of_a_visit_is_a_false_premise(question):
    """The letter mentions one that an inspection gave a year before."""
    kind, message, nearest = refused(written(question, visit(2024)))
    assert kind == "false_premise"
    assert "A monitoring visit gives no grade: Ofsted judges only at full inspections." in message
    assert nearest == [OF_2023]


@pytest.mark.parametrize(
    "question",
    [
        "why was Swindon judged inadequate before the 2024 visit?",
        "according to the 2024 letter, why was Swindon judged inadequate?",
        "why was Swindon judged inadequate?",
        "why was the planning inadequate in 2024?",
    ],
)
def test_a_grade_of_another_time_or_a_finding_is_none(question):
    draft = written(question, visit(2024))
    assert draft.refusal is None or draft.refusal.kind != "false_premise"


def test_a_mention_bears_out_only_the_time_that_it_tells_of():
    later = report(2025)
    mentioning = replace(later, earlier=(EarlierInspection("2023-07", None, "inadequate", 0, 5),))
    assert refused(written("why was Swindon judged inadequate in 2025?", mentioning))[0] == "false_premise"
    borne_out = written("why was Swindon judged inadequate in 2023?", mentioning)
    assert borne_out.refusal is None or borne_out.refusal.kind != "false_premise"
