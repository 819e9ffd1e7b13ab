"""Which sentences make an answer about a matter, and what they bring along."""

import pytest
from briefs import brief_of, letter_of, said, written
from hypothesis import given
from hypothesis import strategies as st

from assistant.answers.brief import Brief
from assistant.answers.draft import Draft
from assistant.answers.selection import select
from assistant.letters.letter import Letter

DENTAL = "what is said about dental treatment?"
ELSEWHERE = "The recruitment of foster carers goes on in every part of the borough."


def findings(*paragraphs: str) -> Letter:
    return letter_of("visit", ("findings", "Findings", [*paragraphs, ELSEWHERE]))


def chosen(brief: Brief, most: int = 6, words: int = 150, draft: Draft | None = None) -> list[str]:
    return [s.text for s in select(brief, draft or Draft(), brief.evidence, most, words)]


# --- what a sentence leans on --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "leaning",
    [
        "This has cut the wait for dental treatment.",
        "These have cut the wait for dental treatment.",
        "They have cut the wait for dental treatment.",
        "It has cut the wait for dental treatment.",
        "However, dental treatment comes late.",
        "As a result, dental treatment comes late.",
        "For example, dental treatment comes late.",
    ],
)
def test_a_sentence_that_leans_on_the_one_before_brings_it(leaning):
    before = "The council opened two clinics in the spring."
    assert said(written(DENTAL, findings(f"{before} {leaning}"))) == [before, leaning]


@pytest.mark.parametrize(
    "words",
    [
        "Dental treatment comes late.",
        "Theatre visits and dental treatment come late.",  # "The..." and "Thea..." are no "They"
        "Children say that this delays dental treatment.",
    ],
)
def test_a_sentence_that_stands_alone_comes_alone(words):
    assert said(written(DENTAL, findings(f"The council opened two clinics in the spring. {words}"))) == [words]


def test_nothing_is_brought_from_another_paragraph():
    words = "This has cut the wait for dental treatment."
    assert said(written(DENTAL, findings("The council opened two clinics in the spring.", words))) == [words]


def test_a_quotation_brings_its_speaker():
    opening = "Councillor Ann Other said: “We are glad of the visit."
    more = "“Our staff now book dental treatment within a week.”"
    letter = findings(opening, more)
    assert said(written(DENTAL, letter)) == [opening, more]
    assert said(written(DENTAL, findings("The council wrote back.", more))) == [more]


# --- no strength without the weakness behind it --------------------------------------------------------------------

PRAISE = "Dental treatment is timely and effective for most children."


@pytest.mark.parametrize(
    "turn",
    [
        "However, a third of them wait in pain.",
        "But a third of them wait in pain.",
        "Despite this, a third of them wait in pain.",
        "For some, the wait is a year.",
        "A small number wait a year.",
    ],
)
def test_praise_brings_its_however(turn):
    assert said(written("how is dental treatment?", findings(f"{PRAISE} {turn}"))) == [PRAISE, turn]
    assert said(written("is dental treatment timely?", findings(f"{PRAISE} {turn}"))) == [PRAISE, turn]


@pytest.mark.parametrize(
    ("question", "first", "second"),
    [
        ("how is dental treatment?", PRAISE, "A third of them wait in pain."),  # turns nothing
        ("how is dental treatment?", "Dental treatment comes late.", "However, the wait is a week."),  # no praise
        ("what is good about dental treatment?", PRAISE, "However, a third of them wait in pain."),  # praise is asked
        ("when did dental treatment begin?", "Dental treatment improved in 2019.", "However, a third wait in pain."),
    ],
)
def test_only_praise_brings_a_turn_and_only_where_both_may_answer(question, first, second):
    assert said(written(question, findings(f"{first} {second}"))) == [first]


def test_the_turn_may_stand_in_another_paragraph_and_is_not_brought():
    letter = findings(PRAISE, "However, a third of them wait in pain.")
    assert said(written("how is dental treatment?", letter)) == [PRAISE]


def test_behind_praise_the_best_fault_even_where_the_words_run_out():
    """A general question is answered with both sides, not with the praise that scores best twice."""
    more = (
        "Dental treatment that is effective and timely is booked by the nurses, and dental treatment is recorded too."
    )
    fault = "In some schools dental treatment is limited, and nobody had asked the children what they thought of it."
    letter = findings(PRAISE, more, fault)
    general = brief_of("how is dental treatment?", [letter])
    assert chosen(general, most=2) == [PRAISE, fault]
    assert fault not in chosen(brief_of("what is good about dental treatment?", [letter]), most=2)


# --- how much ------------------------------------------------------------------------------------------------------


def test_what_was_said_is_not_said_again():
    once = "Dental treatment in the borough is booked by nurses within a week."
    again = "Dental treatment in the whole borough is booked by nurses within a week."
    other = "Dental treatment is free."
    assert sorted(said(written(DENTAL, findings(once, again, other)))) == sorted([once, other])


def test_a_passage_that_would_be_too_much_is_counted():
    sentences = [f"Dental treatment {words}." for words in ("comes late", "costs nothing", "hurts", "matters to us")]
    draft = Draft()
    assert len(chosen(brief_of(DENTAL, [findings(*sentences)]), most=3, draft=draft)) == 3
    assert draft.notes == ["1 more passage, not quoted"]
    draft = Draft()
    assert len(chosen(brief_of(DENTAL, [findings(*sentences)]), most=4, draft=draft)) == 4
    assert draft.notes == []


def test_the_heading_counts_as_words():
    sentences = ["Dental treatment comes late.", "Dental treatment costs nothing."]
    brief = brief_of(DENTAL, [findings(*sentences)])  # 8 words under "Ofsted, focused visit letter, undated" (5)
    assert len(chosen(brief, words=13)) == 2
    assert len(chosen(brief, words=12)) == 1


def test_the_best_sentence_comes_whatever_its_length():
    long = f"Dental treatment comes late {'and late ' * 200}indeed."
    draft = written(DENTAL, findings(long))
    assert said(draft) == [long]


def test_what_scores_far_less_is_no_support():
    best = "Dental treatment and orthodontic treatment come late."
    draft = written("what about dental and orthodontic treatment?", findings(best, "Treatment is free."))
    assert said(draft) == [best]


WORDS = st.sampled_from("dental treatment care nurse wait however this good late children the".split())
SENTENCES = st.lists(WORDS, min_size=1, max_size=25).map(lambda found: f"{' '.join(found).capitalize()}.")


@given(st.lists(st.lists(SENTENCES, min_size=1, max_size=4), min_size=1, max_size=6), st.integers(40, 120))
def test_an_answer_never_has_more_words_than_allowed(paragraphs, words):
    letter = findings(*(" ".join(sentences) for sentences in paragraphs))
    brief = brief_of("how is dental treatment?", [letter])
    taken = chosen(brief, words=words)
    heading = 5
    # The first is never left out; it may bring what it leans on and its "however": three sentences of 25 words.
    assert sum(len(text.split()) for text in taken) + heading <= max(words, 75 + heading)
    assert all(text in letter.text for text in taken)
