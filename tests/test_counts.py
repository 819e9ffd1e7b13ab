"""What a question counts, and the counts themselves against letters whose numbers are known."""

from dataclasses import replace

import pytest
from briefs import INSPECTIONS as HELD
from briefs import refused, said, written

from assistant.answers.answer import Table
from assistant.letters.inspectorates import shipped
from assistant.letters.letter import EarlierInspection
from assistant.questions.counts import Count, graded, read_count
from assistant.questions.question import understand

GRADES = shipped().grade_names


def table(question: str) -> Table:
    draft = written(question, *HELD)
    assert draft.refusal is None, draft.refusal
    assert draft.table is not None
    assert [sentence.citations[0] for sentence in draft.sentences]
    return draft.table


def rows(question: str) -> list[tuple[str, str]]:
    """Authority and first day of each row."""
    return [(row.cells[0], row.cells[2]) for row in table(question).rows]


# --- what is counted -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("how many inspections judged leaders inadequate in 2023?", Count("grades", "inspections", ("inadequate",))),
        (
            "which councils are good or better?",
            Count("grades", "authorities", ("outstanding", "good"), now=True),
        ),
        ("breakdown of overall grades in 2019", Count("grades", "inspections", GRADES)),
        (
            "which authorities were told in 2022-2024 to improve care leavers' accommodation?",
            Count("improvements", "authorities", matter="care leavers' accommodation"),
        ),
        (
            "in how many reports is supervision an area for improvement?",
            Count("improvements", "inspections", matter="supervision"),
        ),
        (
            "how many councils went from inadequate to good?",
            Count("moves", "authorities", moves=(("inadequate", "good"),)),
        ),
        ("how many focused visits were there in 2022?", Count("letters", "inspections")),
        ("what was said about supervision?", None),
        ("is the service good?", None),
        ("which letters mention supervision?", None),
        ("what needs to improve?", None),
        ("how many inspectors were there?", None),
        ("what was Bradford told to improve?", None),
    ],
)
def test_what_is_counted(question, expected):
    assert read_count(question, has_years=any(digit in question for digit in "12")) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("good or better", GRADES[:2]),
        ("less than good", GRADES[2:]),
        ("better than requires improvement", GRADES[:2]),
        ("inadequate or requiring improvement", GRADES[2:]),
        ("requires improvement or worse", GRADES[2:]),
        ("nothing", ()),
    ],
)
def test_grades_on_one_side(text, expected):
    assert graded(text) == expected


def test_an_opinion_is_no_count():
    assert understand("which council do you think is inadequate?", "", (), 9).intent == "remit"


# --- the counts ----------------------------------------------------------------------------------------------------


def test_inspections_are_counted_among_those_that_graded_the_area():
    found = table("how many inspections judged leaders inadequate?")
    assert found.caption == (
        "3 inspections (of 2 authorities) with “inadequate”, counted among 7 inspections of 4 authorities"
        " that graded leaders."
    )
    assert found.columns == ("Authority", "Inspection", "First day", "Grade")


def test_the_year_is_that_of_the_first_day_so_that_nothing_counts_twice():
    assert rows("which inspections were good in 2022?") == [("Halton", "5 December 2022")]
    message = refused(written("which inspections were good in 2023?", *HELD))[1]
    assert message.startswith(
        "No letter held is of an inspection in 2023 that graded overall effectiveness. Searched: "
    )
    assert rows("which inspections published in 2023 were good?") == [("Halton", "5 December 2022")]


def test_now_is_the_latest_inspection_of_each_and_none_where_that_gave_no_such_grade():
    """Leeds was outstanding in 2022; its inspection of 2026 gave no overall grade, so it is not called outstanding."""
    assert rows("which councils are outstanding?") == [("Derby", "21 March 2022")]
    draft = written("which councils are outstanding?", *HELD)
    assert (
        "Not counted: 1 authority whose latest inspection gave no grade of its own for overall effectiveness."
        in draft.notes
    )
    assert rows("which councils are inadequate?") == [("Bradford", "21 November 2022"), ("Halton", "13 May 2024")]


def test_each_grade_and_how_often():
    assert table("breakdown of overall grades").caption.endswith(
        ": 2 outstanding, 1 good, 0 requires improvement, 3 inadequate."
    )


def test_several_areas_must_all_hold():
    assert rows("which inspections were outstanding overall and for leaders?") == [("Leeds", "21 February 2022")]
    assert rows("which inspections were outstanding overall?") == [
        ("Leeds", "21 February 2022"),
        ("Derby", "21 March 2022"),
    ]
    assert len(rows("which inspections had an overall grade of good for leaders?")) == 2  # asks for leaders


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("which councils have not been judged inadequate?", "Counts cannot leave out"),
        ("which councils had outstanding leaders but were judged good overall?", "Counts cannot leave out"),
        ("which councils were judged inadequate last year?", "Counts go by whole years"),
        ("which councils have been rated inadequate since March 2022?", "Counts go by whole years"),
        ("which councils in Yorkshire are inadequate?", "The records of inspections do not tell “yorkshire”"),
        (
            "how many inspections found that supervision was inadequate?",
            "The records of inspections do not tell “supervision”",
        ),
        ("which councils moved up two grades from inadequate?", "Say from which grade to which"),
        ("which councils were told to improve supervision or housing?", "“supervision or housing” is no single matter"),
    ],
)
def test_what_cannot_be_counted_is_said(question, words):
    assert refused(written(question, *HELD))[1].startswith(words)


@pytest.mark.parametrize(
    "question", ["which councils are good at listening to children?", "which visits found good supervision?"]
)
def test_good_at_something_is_no_grade(question):
    assert read_count(question, has_years=False) is None


def test_moves_out_of_a_grade_and_none():
    assert rows("which councils fell from good?") == [("Halton", "5 December 2022"), ("Halton", "13 May 2024")]
    assert rows("which councils stayed inadequate?") == [
        ("Bradford", "17 September 2018"),
        ("Bradford", "21 November 2022"),
    ]


def test_only_letters_of_the_kind_are_counted():
    visit = replace(HELD[0], letter_id="visit", kind="focused visit", visit_start="2019-02-06", published="2019-03-01")
    mentions = replace(HELD[1], earlier=(EarlierInspection("2022-02", "focused visit", None, 0, 7),))
    message = refused(written("how many focused visits were there in 2022?", visit, mentions))[1]
    assert message.startswith("No focused visit is held in 2022.")


def test_to_be_good_is_no_grade_of_good():
    assert graded("which councils require improvement to be good?") == ("requires improvement",)
    assert read_count("which councils require improvement to be good?", has_years=False)


def test_more_than_once():
    assert rows("which councils were judged inadequate more than once?") == [
        ("Bradford", "17 September 2018"),
        ("Bradford", "21 November 2022"),
    ]


def test_moves_show_the_inspection_before():
    assert rows("which councils went from good to inadequate?") == [
        ("Halton", "5 December 2022"),
        ("Halton", "13 May 2024"),
    ]
    message = refused(written("which councils went from inadequate to good?", *HELD))[1]
    assert message.startswith(
        "None of the 2 inspections that followed an earlier one held and graded overall effectiveness"
    )


def test_areas_for_improvement_name_the_words_they_were_counted_by():
    draft = written("which councils were told to improve care leavers' accommodation?", *HELD)
    assert said(draft) == ["Housing for care leavers.", "Accommodation for care leavers."]
    assert draft.notes[0] == "Counted by its words: “accommodation”, “care leavers”, “housing”."
    assert draft.table and draft.table.caption.startswith("2 authorities (2 letters): 2 of 5 areas for improvement")


def test_how_many_areas_for_improvement():
    assert table("how many areas for improvement were there in 2022?").caption.startswith("2 areas for improvement")


def test_none_is_a_refusal_that_says_among_how_many():
    message = refused(written("how many inspections rated leaders as requires improvement?", *HELD))[1]
    assert message.startswith(
        "None of the 7 inspections of 4 authorities that graded leaders gave “requires improvement”. Searched: "
    )


def test_letters_by_kind():
    assert (
        table("how many inspections were there in 2022?").caption
        == "4 letters (of 4 authorities) in 2022: 4 ILACS inspections."
    )


# --- a count that goes on ------------------------------------------------------------------------------------------

FIRST = "how many councils were judged inadequate in 2018?"


@pytest.mark.parametrize(
    ("question", "before", "expected"),
    [
        ("and in 2022?", FIRST, Count("grades", "authorities", ("inadequate",))),
        ("what about 2022?", FIRST, Count("grades", "authorities", ("inadequate",))),
        ("but in 2022?", FIRST, Count("grades", "authorities", ("inadequate",))),
        ("and outstanding?", FIRST, Count("grades", "authorities", ("outstanding",))),
        ("and in 2022?", "which councils were inadequate in 2018?", Count("grades", "authorities", ("inadequate",))),
        ("and why?", FIRST, None),
        ("what did leaders do?", FIRST, None),
        ("and supervision?", FIRST, None),
        ("and in 2022?", "how many monitoring visits were there in 2018?", None),
        ("and in 2022?", "what is said about supervision in 2018?", None),
    ],
)
def test_a_follow_up_takes_the_count_over(question, before, expected):
    assert understand(question, before, ("2018", "2022"), 9).count == expected


def test_it_takes_the_area_over_too():
    before = "how many inspections judged leaders inadequate in 2018?"
    assert understand("and in 2022?", before, ("2018", "2022"), 9).areas == ("leaders",)
    assert understand("and for care leavers?", before, ("2018",), 9).areas == ("care leavers",)


def test_what_could_not_be_counted_is_not_counted_in_another_year_either():
    before = "how many councils in the north were judged inadequate in 2018?"
    message = refused(written("and in 2022?", *HELD, before=before))[1]
    assert "do not tell “north”" in message
    assert said(written("and in 2022?", *HELD, before=FIRST)) == ["Overall effectiveness: inadequate."]
