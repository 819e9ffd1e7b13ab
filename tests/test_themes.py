"""What the letters say about a matter: of one letter, of several, or set side by side."""

import pytest
from briefs import brief_of, letter_of, refused, said, written

from assistant.answers.refusals import WANTED
from assistant.answers.themes import write_theme
from assistant.letters.letter import Letter

MATTER = "Dental treatment"
ASKED = "what is said about dental treatment?"


def letter(year: int, *paragraphs: str, **changes) -> Letter:
    known = {"published": f"{year}-03-01", "visit_start": f"{year}-02-06", "visit_end": f"{year}-02-07"} | changes
    other = "The recruitment of foster carers goes on in every part of the borough."
    return letter_of(f"visit-{year}", ("findings", "Findings", [*paragraphs, other]), **known)


def cited(draft) -> list[str]:
    return [citation.letter.letter_id for citation in draft.citations]


# --- one letter ----------------------------------------------------------------------------------------------------


def test_the_sentences_stand_as_they_are_in_the_letters_order_and_may_be_reworded():
    first, last = "Dental treatment costs nothing.", "Nurses book dental treatment early."
    draft = written("what is said about nurses and dental treatment?", letter(2019, first, last))
    assert said(draft) == [first, last]
    assert [citation.quote for citation in draft.citations] == [first, last]
    assert draft.free
    assert [sentence.text for sentence in draft.ranked][:2] == [last, first], "the best first"


def test_a_fact_is_answered_in_four_sentences_and_a_theme_in_six():
    words = "hurts matters costs waits helps lasts ends".split()
    sentences = [f"Dental treatment by {number} nurses {word}." for number, word in enumerate(words, 2)]
    assert len(said(written("how many nurses give dental treatment?", letter(2019, *sentences)))) == 4
    draft = written(ASKED, letter(2019, *sentences))
    assert len(said(draft)) == 6
    assert draft.notes == ["1 more passage, not quoted"]


def test_a_matter_on_which_the_letters_are_silent_is_refused_with_what_was_ranked():
    draft = written("what is said about swimming pools?", letter(2019, "Dental treatment comes late."))
    assert refused(draft)[0] == "letters_silent"
    assert not draft.free
    assert draft.ranked


@pytest.mark.parametrize("kind", sorted(WANTED))
def test_a_refusal_names_what_is_asked_and_not_given(kind):
    question = {
        "number": "how many nurses give dental treatment?",
        "percentage": "what percentage of dental treatment is late?",
        "money": "how much money was spent on dental treatment?",
        "age": "how long does dental treatment take?",
        "when": "when did dental treatment begin?",
        "who": "who is the head of dental treatment?",
        "name": "what is the name of the dental treatment programme?",
        "where": "where is dental treatment given?",
        "why": "why is dental treatment slow?",
    }[kind]
    words = "Dental treatment comes with toys and songs."
    found, message, nearest = refused(written(question, letter(2019, words)))
    assert found == "letters_silent"
    assert message.startswith(f"{WANTED[kind].capitalize()} was not found. Searched: Ofsted, focused visit")
    assert message.endswith("The nearest passage is shown; it is not an answer.")
    assert nearest[0] == words


# --- who leads -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("who chairs the dental treatment board?", "The dental treatment board is chaired by the lead member."),
        ("who leads the dental treatment board?", "The dental treatment board is led by the health partners."),
        ("who runs the dental treatment clinic?", "The dental treatment clinic is run by nurses."),
        ("who is the head of dental treatment?", "Ann Other leads the dental treatment team."),
        ("who is the manager of dental treatment?", "Councillor Ann Other spoke of dental treatment."),
    ],
)
def test_who_leads_is_answered_by_a_person_or_an_office(question, sentence):
    plain = "Staff at the dental treatment board, clinic, team and manager level are pleased."
    draft = written(question, letter(2019, plain, sentence))
    assert said(draft) == [sentence]


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("who chairs the dental treatment board?", "The dental treatment board and its members meet monthly."),
        ("who chairs the dental treatment board?", "The dental treatment board is run by nurses."),  # runs, not chairs
        ("who runs the dental treatment clinic?", "Staff run the dental treatment clinic."),
        ("who is the head of dental treatment?", "Dental treatment is praised by Social Care Services."),
    ],
)
def test_who_leads_is_not_answered_by_whoever_is_named(question, sentence):
    _, message, nearest = refused(written(question, letter(2019, sentence)))
    assert message.startswith("Who that is was not found.")
    assert nearest[0] == sentence


def test_who_else_may_be_anybody():
    sentence = "Staff run the dental treatment clinic."
    assert said(written("who works at the dental treatment clinic?", letter(2019, sentence))) == [sentence]


# --- several letters -----------------------------------------------------------------------------------------------


def test_each_letter_that_speaks_is_quoted_oldest_first():
    old = letter(2011, "Dental treatment comes late.")
    silent = letter(2015, "Bicycles are lent to all.")
    new = letter(2019, "Nurses book dental treatment.")
    draft = written(ASKED, old, silent, new)
    assert said(draft) == ["Dental treatment comes late.", "Nurses book dental treatment."]
    assert [group.heading for group in draft.groups] == [
        "Ofsted, focused visit letter, 1 March 2011",
        "Ofsted, focused visit letter, 1 March 2019",
    ]


def test_the_more_letters_speak_the_less_each_says():
    words = "hurts matters costs waits helps lasts ends".split()
    sentences = [f"Dental treatment {word}." for word in words]

    def spoken(letters: int) -> list[int]:
        draft = written(ASKED, *(letter(2010 + n, *sentences) for n in range(letters)))
        return [len(group.sentences) for group in draft.groups]

    assert spoken(2) == [3, 3]
    assert spoken(3) == [2, 2, 2]
    assert spoken(5) == [1] * 5


def test_of_many_letters_six_speak_and_the_others_are_counted():
    years = range(2005, 2016)
    draft = written(ASKED, *(letter(year, f"Dental treatment was {year}'s matter.") for year in years))
    assert len(draft.groups) == 6
    assert "5 more letters, not quoted" in draft.notes
    assert cited(draft) == sorted(cited(draft))


def test_a_year_that_is_only_mentioned_is_said_to_be_no_letters():
    mention = "At the inspection in 2014 dental treatment was late."
    draft = written("what was said about dental treatment in 2014?", letter(2019, mention, "Dental treatment is free."))
    assert said(draft) == [mention], "only what names the year"
    assert draft.notes == ["No letter held is about 2014; this is what the letters held say of it."]


# --- side by side --------------------------------------------------------------------------------------------------

COMPARED = "how has dental treatment changed?"


def test_a_comparison_quotes_each_letter_oldest_first_and_names_the_silent_ones():
    old = letter(2011, "Dental treatment comes late.")
    silent = letter(2015, "Bicycles are lent to all.")
    new = letter(2019, "Nurses book dental treatment.")
    draft = written(COMPARED, old, silent, new)
    assert brief_of(COMPARED, [old, silent, new]).question.compare
    assert cited(draft) == ["visit-2011", "visit-2019"]
    assert draft.notes == ["Nothing on this was found in: Ofsted, focused visit letter, 1 March 2015."]


def test_a_comparison_takes_at_most_three_sentences_of_each():
    words = "hurts matters costs waits helps".split()
    sentences = [f"Dental treatment {word}." for word in words]
    draft = written(COMPARED, letter(2011, *sentences), letter(2019, *sentences))
    assert [len(group.sentences) for group in draft.groups] == [3, 3]
    assert draft.notes == ["4 more passages, not quoted"]


def test_of_a_later_letter_what_has_changed_comes_with_the_best():
    plain = [f"Dental treatment {word}." for word in "hurts matters costs waits helps".split()]
    change = "The wait for dental treatment has improved since the last inspection."
    draft = written(COMPARED, letter(2011, *plain, change), letter(2019, *plain, change))
    (first, last) = (["".join(draft.sentences[i].text) for i in group.sentences] for group in draft.groups)
    assert change in last
    assert change not in first, "the oldest letter has nothing held to have changed from"


def test_a_letter_that_holds_little_of_the_matter_is_silent_in_a_comparison():
    others = [f"Bicycles are lent in ward {number}." for number in range(10)]
    little = letter(2011, "Periodontal chairs are blue.", *others)
    much = letter(2019, "Periodontal and orthodontic maxillofacial surgery is done.")
    question = "compare periodontal and orthodontic maxillofacial surgery in 2011 and 2019"
    draft = written(question, little, much)
    assert brief_of(question, [little, much]).evidence[1].core, "it does name something of it"
    assert cited(draft) == ["visit-2019"]
    assert draft.notes == ["Nothing on this was found in: Ofsted, focused visit letter, 1 March 2011."]


def test_silence_of_all_but_one_is_no_comparison_of_others_words():
    old, new = letter(2011, "Bicycles are lent to all."), letter(2019, "Dental treatment comes late.")
    draft = written("compare dental treatment in 2011 and 2019", old, new)
    assert said(draft) == ["Dental treatment comes late."]
    assert draft.notes == ["Nothing on this was found in: Ofsted, focused visit letter, 1 March 2011."]


# --- sentences that are alike --------------------------------------------------------------------------------------


def test_a_sentence_in_other_words_answers_where_it_is_very_much_alike():
    words = "Teeth are mended in the evening."
    one = letter(2019, words)
    question = "what about orthodontics?"
    assert write_theme(brief_of(question, [one])).refusal
    alike = write_theme(brief_of(question, [one], alike=lambda s: 0.7 if s.text == words else 0.1))
    assert said(alike) == [words]
