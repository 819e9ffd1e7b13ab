"""Which letters a question is about: a table of questions over letters made by hand."""

import re
from dataclasses import replace

import pytest
from fakes import made_letter
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import FilterError
from assistant.letters.inspectorates import kind_names
from assistant.letters.letter import EarlierInspection
from assistant.questions.history import context
from assistant.questions.scope import Filters, Scope, checked_filters, filtered, resolve
from assistant.words.terms import expand

KINDS = kind_names()

LETTERS = (
    made_letter(
        "sw11", kind="contact and referral inspection", published="2011-03-16", visit=("2011-02-15", "2011-02-16")
    ),
    made_letter(
        "sw19",
        published="2019-03-01",
        visit=("2019-02-06", "2019-02-07"),
        words="The target is 75% by 2022. The last inspection was in 2014.",
    ),
    made_letter(
        "wi19",
        authority="Wiltshire",
        kind="ILACS inspection",
        published="2019-07-29",
        visit=("2019-06-03", "2019-06-14"),
    ),
    made_letter(
        "cab19", kind="council report", standing="council", published="2019-09-04", visit=("2019-06-17", "2019-06-28")
    ),
    made_letter(
        "br23", authority="Bristol", kind="ILACS inspection", published="2024-01-16", visit=("2023-11-27", "2023-12-08")
    ),
    made_letter("sw24", kind="monitoring visit", published="2024-07-12", visit=("2024-05-21", "2024-05-22")),
    made_letter("pr24", kind="press release", standing="council", published="2024-07", visit=("2024-05", "2024-05")),
)
EVERY = tuple(letter.letter_id for letter in LETTERS)
IN_2019 = ("sw19", "wi19", "cab19")
IN_2024 = ("br23", "sw24", "pr24")


def few_terms(text: str) -> bool:
    return len([term for term in expand(text) if not re.fullmatch(r"\d+", term.typed)]) < 2


def scope(question: str, *history: str, **filters: tuple) -> Scope:
    return resolve(question, LETTERS, history=history, filters=Filters(**filters), few_terms=few_terms)


# --- years ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "letters", "reading"),
    [
        # a bare year: inspected then or published then
        ("what did 2019 say about care leavers?", IN_2019, "inspected or published in 2019"),
        ("what did 2023 say?", ("br23",), "inspected or published in 2023"),
        ("what happened in 2024?", IN_2024, "inspected or published in 2024"),
        ("care leavers, 2019 and 2011", ("sw11", *IN_2019), "inspected or published in 2019 and 2011"),
        # the inspection of a year: inspected then
        ("what did the 2019 inspection find?", IN_2019, "inspected in 2019"),
        ("what did the 2023 inspection find?", ("br23",), "inspected in 2023"),
        ("what did the 2024 visit find?", ("sw24", "pr24"), "inspected in 2024"),
        ("what did the inspection in 2024 find?", ("sw24", "pr24"), "inspected in 2024"),
        # published in a year
        ("what was published in 2019?", IN_2019, "published in 2019"),
        ("what was published in 2024?", IN_2024, "published in 2024"),
        # short years
        ("what was said in '19?", IN_2019, "inspected or published in 2019"),
        ("and '24?", IN_2024, "inspected or published in 2024"),
        ("what of \N{RIGHT SINGLE QUOTATION MARK}11", ("sw11",), "inspected or published in 2011"),
        # month and year
        ("the March 2019 letter", ("sw19",), "inspected or published in March 2019"),
        ("the visit in February 2019", ("sw19",), "inspected in February 2019"),
        ("June 2019", ("wi19", "cab19"), "inspected or published in June 2019"),
        ("what was found in May 2024?", ("sw24", "pr24"), "inspected or published in May 2024"),
        ("the Sept 2019 paper", ("cab19",), "inspected or published in September 2019"),
        ("the letter of November 2023", ("br23",), "inspected or published in November 2023"),
        ("March 2018", (), "inspected or published in March 2018"),
        # ranges
        ("between 2011 and 2019", ("sw11", *IN_2019), "inspected or published in 2011 to 2019"),
        ("from 2019 to 2023", (*IN_2019, "br23"), "inspected or published in 2019 to 2023"),
        ("2019-2023", (*IN_2019, "br23"), "inspected or published in 2019 to 2023"),
        ("2019\N{EN DASH}2024", (*IN_2019, *IN_2024), "inspected or published in 2019 to 2024"),
        ("between 2023 and 2019", (*IN_2019, "br23"), "inspected or published in 2019 to 2023"),
        ("between 2012 and 2018", (), "inspected or published in 2012 to 2018"),
        # no year at all
        ("what is said about care leavers?", EVERY, "every letter held"),
    ],
)
def test_years(question, letters, reading):
    found = scope(question)
    assert found.letters == letters
    assert found.reading == reading


@pytest.mark.parametrize(
    ("question", "letters"),
    [
        ("what was said since 2019?", (*IN_2019, *IN_2024)),
        ("since 2020", IN_2024),
        ("after 2019", IN_2024),
        ("before 2019", ("sw11",)),
        ("prior to 2011", ()),
        ("until 2019", ("sw11", *IN_2019)),
        ("up to 2011", ("sw11",)),
        ("since 2030", ()),
    ],
)
def test_since_and_before(question, letters):
    assert scope(question).letters == letters


@pytest.mark.parametrize(
    "words", ["since 2020", "after 2019", "before 2019", "until 2019", "up to 2019", "prior to 2019"]
)
def test_reading_says_since_and_before(words):
    assert scope(f"what was said {words}?").reading == f"inspected or published {words}"


@pytest.mark.parametrize("question", ["what did the letter from 2019 say?", "the findings from 2019"])
def test_letter_from_a_year_is_of_that_year(question):
    assert set(scope(question).letters) <= set(IN_2019)
    assert scope(question).letters


def test_since_an_inspection_of_a_year():
    assert set(IN_2024) <= set(scope("what has improved since the 2019 inspection?").letters)


def test_reading_claims_no_publication_that_was_not():
    found = scope("which letters were published in 2023?")
    assert found.letters == () or found.reading != "published in 2023"


@pytest.mark.parametrize("year", ["1066", "3019", "1850", "2016"])
def test_year_that_nobody_writes_about(year):
    found = scope(f"what happened in {year}?")
    assert (found.letters, found.unheld, found.years) == ((), (year,), (int(year),))


def test_year_whose_inspection_is_only_mentioned():
    found = scope("what happened in 2014?")
    assert (found.letters, found.mentioning, found.mentioned, found.unheld) == (
        ("sw19",),
        ("sw19",),
        (2014,),
        ("2014",),
    )
    assert "no letter held about 2014: only what other letters say of it" in found.reading


def test_year_that_is_only_a_target_of_another_letter():
    found = scope("what did 2022 say?")
    assert (found.letters, found.mentioned, found.unheld) == ((), (), ("2022",))


@pytest.mark.parametrize(
    ("question", "letters"),
    [
        ("what did the 2019 letter say?", ("sw19", "wi19")),
        ("what did the 2019 letters and reports say?", IN_2019),
        ("what did the 2019 papers say?", IN_2019),
    ],
)
def test_letter_is_not_a_paper_of_the_council(question, letters):
    assert scope(question).letters == letters


@pytest.mark.parametrize(
    "question",
    [
        "what is the target by 2022?",
        "the goal for 2022",
        "how many should be in work by 2022?",
        "due in 2022",
        "2,019 children",
        "the cost of \N{POUND SIGN}2019",
        "paragraph 20.19",
        "call 0300 123 2019-1",
    ][:7],
)
def test_numbers_that_are_no_scope(question):
    assert scope(question).letters == EVERY


def test_target_year_beside_a_scope():
    assert scope("what target did 2019 set by 2022?").years == (2019,)


@pytest.mark.parametrize("question", ["the latest 2019 report", "the last inspection in 2019"])
def test_year_goes_before_latest(question):
    assert scope(question).letters == IN_2019


# --- order ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "letters"),
    [
        ("the latest letter on Swindon", ("sw24",)),
        ("Swindon's most recent inspection", ("sw24",)),
        ("what is the latest on care leavers in Swindon?", ("sw24",)),
        ("the first inspection of Swindon", ("sw11",)),
        ("the latest letter", ("wi19", "br23", "sw24")),  # of each authority
        ("the earliest letter", ("sw11", "wi19", "br23")),
        ("the latest council report", ("cab19",)),
        ("the last two paragraphs", EVERY),
    ],
)
def test_latest_and_earliest(question, letters):
    assert scope(question).letters == letters


# --- kinds, and who is speaking -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "letters"),
    [
        ("the focused visit", ("sw19",)),
        ("focussed visits", ("sw19",)),
        ("the monitoring visit", ("sw24",)),
        ("ILACS inspections", ("wi19", "br23")),
        ("the full inspection of Wiltshire", ("wi19",)),
        ("the full inspection of Swindon", ("cab19",)),  # only the council's report of it is held
        ("the unannounced inspection", ("sw11",)),
        ("the press release", ("pr24",)),
        ("the cabinet report", ("cab19",)),
        ("what was the report to cabinet about?", ("cab19",)),
        ("what did the council say?", ("cab19", "pr24")),
        ("how did the council describe 2024?", ("pr24",)),
        ("the press release or the cabinet paper", ("cab19", "pr24")),
    ],
)
def test_kinds(question, letters):
    assert scope(question).letters == letters


def test_ofsted_or_council_is_noted():
    assert scope("what did Ofsted say?").standing == "inspectorate"
    assert scope("what does the council claim?").standing == "council"
    assert scope("what is said of Ofsted's grade?").standing == "inspectorate"
    assert scope("what is said?").standing is None


@pytest.mark.parametrize("question", ["what did the JTAI find?", "what did the area SEND inspection find?"])
def test_reading_claims_no_kind_that_is_not_there(question):
    found = scope(question)
    held = {letter.kind for letter in LETTERS if letter.letter_id in found.letters}
    assert set(found.kinds) & held or found.unheld or "no " in found.reading


# --- authorities ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "letters"),
    [
        ("Wiltshire", ("wi19",)),
        ("what about care leavers in bristol?", ("br23",)),
        ("Swindon and Wiltshire in 2019", IN_2019),
        ("Bristol in 2023", ("br23",)),
        ("Bristol in 2019", ()),
        ("care leavers in Swindan", ("sw11", "sw19", "cab19", "sw24", "pr24")),
    ],
)
def test_authorities(question, letters):
    assert scope(question).letters == letters


def test_unheld_authority_is_named_and_nothing_else_is_searched():
    found = scope("what about care leavers in Leeds?")
    assert (found.letters, found.unheld, found.authorities) == ((), ("Leeds",), ("Leeds",))


def test_held_and_unheld_authority_together():
    found = scope("compare Wiltshire and Leeds")
    assert (found.letters, found.unheld) == (("wi19",), ("Leeds",))


def test_year_of_one_authority_is_not_anothers():
    found = scope("Bristol in 2019")
    assert "2019" in found.unheld


# --- follow-ups ----------------------------------------------------------------------------------------------------------

FIRST = "what did 2019 say about care leavers?"


@pytest.mark.parametrize(
    ("history", "question", "letters"),
    [
        ([FIRST], "and in 2024?", IN_2024),
        ([FIRST], "and in 2011?", ("sw11",)),
        ([FIRST, "and in 2024?"], "and their accommodation?", IN_2024),
        ([FIRST, "and in 2024?"], "and in 2019?", IN_2019),
        ([FIRST], "who wrote it?", IN_2019),
        ([FIRST], "and Wiltshire?", ("wi19",)),
        ([FIRST], "what about Leeds?", ()),
        ([FIRST, "what about Leeds?"], "who wrote it?", ()),
        ([FIRST, "what about Leeds?"], "and Swindon?", ("sw19", "cab19")),
        (["the March 2019 letter"], "who wrote it?", ("sw19",)),
        (["the March 2019 letter"], "and in July 2024?", ("sw24", "pr24")),
        (["care leavers in Bristol"], "what grade did they get?", ("br23",)),
        (["the focused visit to Swindon"], "when was it?", ("sw19",)),
        (["the latest letter on Swindon"], "who signed it?", ("sw24",)),
        ([FIRST], "what does Wiltshire do about recruitment of social workers?", ("wi19",)),
        ([FIRST], "recruitment of social workers in the multi-agency safeguarding hub", EVERY),  # a new matter
        ([], "and in 2024?", IN_2024),
        ([], "who wrote it?", EVERY),
    ],
)
def test_follow_ups(history, question, letters):
    assert scope(question, *history).letters == letters


def test_unheld_authority_stays_in_the_conversation():
    assert scope("and in 2024?", FIRST, "what about Leeds?").unheld[0] == "Leeds"


LOST = "the words since, before and between are sought in the follow-up only"


@pytest.mark.parametrize(
    "first",
    ["care leavers since 2019", "care leavers before 2019", "care leavers after 2019", "care leavers until 2019"],
)
def test_follow_up_keeps_since_and_before(first):
    assert scope("and their housing?", first).letters == scope(first).letters


def test_follow_up_keeps_a_range():
    """Without it a year that a letter mentions (2014) would be all that may answer."""
    first = "care leavers between 2011 and 2019"
    then, before = scope("and their housing?", first), scope(first)
    assert (then.letters, then.mentioned, then.unheld) == (before.letters, before.mentioned, before.unheld)


def test_context_is_the_question_before_and_what_it_leant_on():
    assert context("and in 2024?", [FIRST], few_terms) == (FIRST,)
    assert context("and housing?", [FIRST, "and in 2024?"], few_terms) == ("and in 2024?", FIRST)
    assert context("what is said of recruitment and retention of staff?", [FIRST], few_terms) == ()
    assert context("and in 2024?", [], few_terms) == ()


# --- filters -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "filters", "letters"),
    [
        ("care leavers", {"years": (2019,)}, IN_2019),
        ("care leavers", {"years": (2011, 2023)}, ("sw11", "br23")),
        ("care leavers", {"kinds": ("press release",)}, ("pr24",)),
        ("care leavers", {"authorities": ("Wiltshire", "Bristol")}, ("wi19", "br23")),
        ("care leavers", {"authorities": ("Swindon",), "years": (2019,), "kinds": ("focused visit",)}, ("sw19",)),
        (FIRST, {"years": (2024,)}, ()),
        ("care leavers in Swindon", {"authorities": ("Wiltshire",)}, ()),
        ("the press release", {"kinds": ("focused visit",)}, ()),
        ("compare the cabinet report of 2019 with the letter", {"kinds": ("focused visit",)}, ("sw19",)),
        ("the latest letter", {"years": (2019,)}, ("sw19", "wi19")),
        ("what happened in 2014?", {"years": (2024,)}, ()),
    ],
)
def test_filters(question, filters, letters):
    assert scope(question, **filters).letters == letters


PARTS = st.sampled_from(
    [
        "care leavers", "in 2019", "since 2011", "before 2020", "between 2011 and 2023", "the latest letter", "Swindon",
        "Leeds", "Wiltshire", "in 2014", "compare", "the cabinet report", "the press release", "published in 2024", "JTAI",
        "what did the council say", "and", "March 2019", "the 2023 inspection", "who wrote it?", "'19",
    ]
)  # fmt: skip
QUESTIONS = st.lists(PARTS, min_size=1, max_size=5).map(" ".join)
FILTERS = st.builds(
    Filters,
    authorities=st.lists(st.sampled_from(["Swindon", "Wiltshire", "Bristol"]), unique=True).map(tuple),
    years=st.lists(st.sampled_from([2011, 2019, 2023, 2024, 1066]), unique=True).map(tuple),
    kinds=st.lists(st.sampled_from(KINDS), unique=True, max_size=3).map(tuple),
)


@given(QUESTIONS, st.lists(QUESTIONS, max_size=3), FILTERS)
def test_nothing_ever_widens_a_filter(question, history, filters):
    found = resolve(question, LETTERS, history=history, filters=filters, few_terms=few_terms)
    allowed = [letter.letter_id for letter in filtered(LETTERS, filters)]
    assert list(found.letters) == [name for name in allowed if name in found.letters], "in order, once, within"
    assert found.reading
    assert set(found.mentioning) <= set(found.letters)


@given(st.text(max_size=200), st.lists(st.text(max_size=80), max_size=2))
def test_any_text_has_a_scope(question, history):
    found = resolve(question, LETTERS, history=history, few_terms=few_terms)
    assert set(found.letters) <= set(EVERY)


def test_no_letters_at_all():
    assert resolve("what did 2019 say of Swindon?", ()).letters == ()


def test_json_shape():
    assert scope("the 2019 inspection of Wiltshire", kinds=("ILACS inspection",)).as_json() == {
        "authorities": ["Wiltshire"],
        "years": [2019],
        "reading": "inspected in 2019; ILACS inspection; Wiltshire",
        "kinds": ["ILACS inspection"],
        "standing": None,
        "letters": ["wi19"],
        "why": {"wi19": "about Wiltshire; inspected 3 June 2019 to 14 June 2019"},
    }


def test_the_questions_own_limits_can_be_set_aside():
    found = scope("what did 2019 say about care leavers in Swindon?", widened=True)
    assert (found.letters, found.years, found.authorities) == (EVERY, (), ())
    assert "set aside" in found.reading
    found = scope("what did 2019 say about care leavers?", widened=True, years=(2024,))
    assert (found.letters, found.years) == (IN_2024, (2024,)), "what was chosen beside the question stays"


# --- why a letter is in scope ---------------------------------------------------------------------------------------


def test_every_letter_in_scope_has_a_reason():
    for question in ("care leavers", "care leavers in 2019", "since 2020", "the latest letter", "Swindon", "2014"):
        found = scope(question)
        assert len(found.why) == len(found.letters)
        assert all(found.why)
    assert scope("care leavers").why == ("the question names no limit",) * len(LETTERS)
    assert scope("what happened in 2023?").why == ("inspected 27 November 2023 to 8 December 2023",)
    assert scope("the latest letter on Swindon").why == ("about Swindon; the latest held; written by the inspectorate",)


def test_a_follow_up_keeps_how_many_letters_were_meant():
    first = "what did the last two letters on Swindon say of care leavers?"
    assert scope("and their housing?", first).letters == scope(first).letters == ("sw19", "sw24")
    assert scope("and the latest letter on it?", first).letters == ("sw24",)


# --- the last two, the one before -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "letters"),
    [
        ("what did the last two letters on Swindon say?", ("sw19", "sw24")),
        ("the three most recent letters on Swindon", ("sw11", "sw19", "sw24")),
        ("the last 3 Swindon inspections", ("sw11", "sw19", "sw24")),
        ("the last five letters on Wiltshire", ("wi19",)),
        ("the latest letter on Swindon", ("sw24",)),
    ],
)
def test_the_last_few(question, letters):
    assert scope(question).letters == letters


@pytest.mark.parametrize(
    ("history", "question", "letters"),
    [
        (["the latest letter on Swindon"], "what did the one before that say?", ("sw19",)),
        (["the latest letter on Swindon"], "and the previous letter?", ("sw19",)),
        (["the latest letter on Swindon", "and the previous letter?"], "and the one before?", ("sw11",)),
        (["the latest letter on Swindon", "and the previous letter?"], "and the next one?", ("sw24",)),
        (["the March 2019 letter"], "what did the next visit find?", ("sw24",)),
        (["the 2011 letter on Swindon"], "and the one before that?", ()),
        (["the latest letter on Swindon"], "what did the focused visit before that find?", ("sw19",)),
        ([], "what did the one before that say?", EVERY),
    ],
)
def test_the_one_before_and_the_next(history, question, letters):
    assert scope(question, *history).letters == letters


def test_nothing_before_the_first_letter_is_said():
    found = scope("and the one before that?", "the 2011 letter on Swindon")
    assert found.unheld == ("anything before 16 March 2011",)
    assert found.reading == "the letter before the one asked about; Swindon"


# --- dates that are none ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    ["before the pandemic", "since Covid", "last year", "a few years ago", "after the election"],
)
def test_words_that_name_no_year_are_not_guessed(words):
    found = scope(f"how were care leavers supported {words}?")
    assert found.letters == EVERY and not found.years
    assert f"“{words}” names no year" in found.reading


@pytest.mark.parametrize("question", ["the last year of school", "children leaving care this term", "war"])
def test_words_about_time_that_limit_nothing(question):
    assert scope(question).letters == EVERY


# --- an inspection that a letter only mentions --------------------------------------------------------------------------


def test_a_later_full_inspection_that_is_only_mentioned_is_not_passed_over():
    letters = list(LETTERS)
    seen = EarlierInspection("2023-07", "ILACS inspection", "inadequate", 0, 55)
    at = EVERY.index("sw24")
    letters[at] = replace(letters[at], earlier=(seen,))
    found = resolve("the last full inspection of Swindon", letters)
    assert found.letters == ("cab19", "sw24")
    assert (found.mentioned, found.mentioning) == ((2023,), ("sw24",))
    found = resolve("what did the full inspection of Swindon in 2023 judge?", letters)
    assert (found.letters, found.mentioned, found.mentioning) == (("sw24",), (2023,), ("sw24",))
    assert "no letter held about 2023" in found.reading
    assert resolve("the last focused visit to Swindon", letters).letters == ("sw19",)
    assert resolve("the last full inspection of Wiltshire", letters).letters == ("wi19",)


def test_a_season_before_a_year_belongs_to_the_date():
    assert {"autumn", "2024"} <= set(scope("what was found in autumn 2024?").used)
    assert "autumn" not in scope("is there an autumn fair?").used


# --- sections -------------------------------------------------------------------------------------------------------------


def test_sections_that_a_question_names():
    assert scope("what do the headline findings say?").sections == ("headline",)
    assert scope("the section on care leavers").sections == ("care leavers",)
    assert scope("what is said of leadership?").sections == ()


# --- filters as typed ----------------------------------------------------------------------------------------------------


def test_filters_are_understood_in_any_case():
    found = checked_filters(["wiltshire"], [2019], ["Ilacs Inspection"], LETTERS)
    assert found == Filters(("Wiltshire",), (2019,), ("ILACS inspection",))


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        ((["Leeds"], [], []), "held: Bristol, Swindon, Wiltshire"),
        ((["Nowhere"], [], []), "'Nowhere'"),
        (([], [], ["postcard"]), "the kinds are: focused visit"),
        (([], [19], []), "four digits"),
        (([], [20190], []), "four digits"),
        (([], [-2019], []), "four digits"),
    ],
)
def test_filters_that_name_nothing_are_refused(given, hint):
    with pytest.raises(FilterError) as caught:
        checked_filters(*given, LETTERS)
    assert hint in str(caught.value)
    assert "\n" not in str(caught.value)


def test_no_filter_lets_everything_through():
    assert filtered(LETTERS, Filters()) == list(LETTERS)
