"""Refusals: the four kinds, in words that a user can check."""

from dataclasses import replace

import pytest
from briefs import brief_of, letter_of, refused, said, written

from assistant.answers.evidence import Sentence
from assistant.answers.refusals import nearest, out_of_remit, refusal, silent
from assistant.answers.writer import write
from assistant.letters.letter import Letter, Span
from assistant.questions.scope import Filters

ASKED = "what is said about dental treatment?"


def letter(year: int, *paragraphs: str, authority: str = "Swindon", **changes) -> Letter:
    sections = ("findings", "Findings", [*paragraphs, "Bicycles are lent to all of the children."])
    name = f"{authority.lower()}-{year}"
    return letter_of(name, sections, published=f"{year}-03-01", authority=authority, **changes)


# --- no letter in scope --------------------------------------------------------------------------------------------


def test_a_year_of_which_there_is_none_is_refused_with_those_held():
    kind, message, shown = refused(written("what did 2016 say about bicycles?", letter(2011), letter(2019)))
    assert kind == "no_letter_in_scope"
    assert message == (
        "No letter held is about 2016."
        " Held: Ofsted, focused visit letter, 1 March 2011; Ofsted, focused visit letter, 1 March 2019."
    )
    assert shown == []


def test_an_authority_of_which_there_is_none_is_refused_with_the_authorities_held():
    held = letter(2011), letter(2015, authority="Wiltshire"), letter(2019)
    kind, message, _ = refused(written("what about bicycles in Leeds?", *held))
    assert kind == "no_letter_in_scope"
    assert message.startswith("No letter held is about Leeds. Held: 3 letters about 2 authorities (Swindon, Wiltshire")
    assert message.endswith("2011 to 2019.")


def test_of_an_authority_that_is_held_its_own_letters_are_named():
    held = letter(2011), letter(2015, authority="Wiltshire"), letter(2019)
    message = refused(written("what about bicycles in Swindon in 2016?", *held))[1]
    assert message.startswith("No letter held is about 2016. Held: Ofsted, focused visit letter, 1 March 2011; ")
    assert "2015" not in message


def test_filters_that_leave_nothing_are_said_to_be_filters():
    draft = written("what did 2019 say?", letter(2011), letter(2019), filters=Filters(years=(2011,)))
    kind, message, _ = refused(draft)
    assert kind == "no_letter_in_scope"
    assert message.startswith("No letter fits both the question and the filters chosen (")
    assert "Widen the filters." in message
    assert "No letter held is about" not in message


# --- out of remit --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "question",
    ["what do you think of Swindon?", "should I report my neighbour?", "what grade will it get next time?"],
)
def test_opinion_and_advice_are_out_of_remit_whatever_is_held(question):
    for held in ((), (letter(2019),)):
        kind, message, shown = refused(written(question, *held))
        assert (kind, shown) == ("out_of_remit", [])
        assert message == out_of_remit().message
        assert "only reports what the letters say" in message


# --- silent --------------------------------------------------------------------------------------------------------


def test_a_silence_names_four_of_the_letters_searched_and_counts_the_others():
    held = [letter(year) for year in range(2010, 2016)]
    message = silent(brief_of(ASKED, held), "They do not say.").message
    assert message.startswith("They do not say. Searched: Ofsted, focused visit letter, 1 March 2010; ")
    assert message.count("focused visit") == 4
    assert message.endswith("1 March 2013 and 2 more.")
    assert silent(brief_of(ASKED, held[:4]), "No.").message.endswith("1 March 2013.")


def test_the_nearest_passage_is_marked_as_no_answer():
    one = letter(2019)
    place = (one, Span(one.text.index("Bicycles"), one.text.index(" are lent")))
    shown = silent(brief_of(ASKED, [one]), "No.", [place])
    assert shown.message.endswith("The nearest passage is shown; it is not an answer.")
    assert [(citation.number, citation.quote) for citation in shown.nearest] == [(1, "Bicycles")]
    assert "nearest" not in silent(brief_of(ASKED, [one]), "No.").message


def test_the_citations_of_a_refusal_are_numbered():
    one = letter(2019)
    places = [(one, Span(one.text.index(word), one.text.index(word) + len(word))) for word in ("Bicycles", "children")]
    assert [c.number for c in refusal("letters_silent", "No.", places).nearest] == [1, 2]


def test_only_what_holds_something_of_the_question_is_near():
    brief = brief_of("how many nurses give dental treatment?", [letter(2019, "Dental treatment comes late.")])
    (place,) = nearest(brief.evidence)
    assert place[0].text[place[1].start : place[1].end] == "Dental treatment comes late."
    assert nearest(brief_of("what about zeppelins?", [letter(2019)]).evidence) == []


def test_at_most_two_passages_are_near():
    words = [f"Dental treatment {word}." for word in ("hurts", "costs", "waits")]
    assert len(nearest(brief_of(ASKED, [letter(2019, *words)]).evidence)) == 2


@pytest.mark.parametrize(
    ("question", "absent"),
    [
        ("what is said about private fostering?", "“private fostering”"),
        ("what about the MASH and dental treatment?", "“mash”"),
        ("what is said about private fostering or care leavers?", "“private fostering” or “care leavers”"),
    ],
)
def test_a_matter_of_the_field_that_is_not_mentioned_is_named(question, absent):
    kind, message, _ = refused(written(question, letter(2019, "Dental treatment comes late.")))
    assert kind == "letters_silent"
    assert message.startswith(f"The letters searched do not mention {absent}. Searched: ")


def test_a_matter_that_only_another_letter_mentions_is_not_mentioned_in_scope():
    other = letter(2011, "Private fostering is rare.")
    message = refused(written("what did 2019 say about private fostering?", other, letter(2019)))[1]
    assert message.startswith("The letters searched do not mention “private fostering”.")
    assert said(written("what did 2011 say about private fostering?", other, letter(2019)))


def test_a_strange_word_that_no_letter_holds_is_named():
    message = refused(written("what is said about zeppelins?", letter(2019)))[1]
    assert message.startswith("The letters searched do not mention “zeppelins”.")


def test_a_sentence_that_only_names_the_people_is_no_answer():
    """Social workers are whom the question is about; their pensions are what it is about."""
    held = letter(2019, "Social workers know the families well.", "Dental treatment comes late.")
    message = refused(written("what is said about social workers and dentures?", held))[1]
    assert message.startswith("The letters searched do not mention “dentures”.")
    assert said(written("what is said about social workers?", held)) == ["Social workers know the families well."]


def test_another_matter_under_a_word_that_the_letter_holds_is_not_mentioned():
    held = letter(2019, "Young people like their school.", "Dental treatment comes late.")
    message = refused(written("what did inspectors say about school dinners?", held))[1]
    assert message.startswith("The letters searched do not mention “dinners”.")
    elsewhere = letter(2011, "School dinners are warm.")
    assert refused(written("what did 2019 say about school dinners?", held, elsewhere))
    assert said(written("what did 2011 say about school dinners?", held, elsewhere)) == ["School dinners are warm."]
    assert said(written("what did inspectors say about the school situation?", held))


def test_the_people_are_enough_where_a_sentence_says_very_much_the_same():
    held = letter(2019, "Social workers know the families well.")

    def very(sentence: Sentence) -> float:
        return 0.7 if sentence.text.startswith("Social") else 0.0

    question = "do social workers understand relatives?"
    assert "“understand”" in refused(written(question, held))[1]
    assert said(written(question, held, alike=very)) == ["Social workers know the families well."]


def test_a_word_that_stands_somewhere_in_any_form_is_not_said_to_be_missing():
    """The sentences that may answer are fewer than those of the letters: some begin a list, some are of another year."""
    led_in = letter(2019, "The dinners:", "Young people like their school.")
    message = refused(written("what did inspectors say about school dinners?", led_in))[1]
    assert message.startswith("Nothing that answers this was found. Searched: ")
    other = letter(2019, "Young people like their school.", "A knife was found.")
    assert "mention" not in refused(written("what did inspectors say about school knives?", other))[1]
    passing = letter(2019, "The inspection in 2014 was short.", "Young people like their school.", "Dinners are warm.")
    message = refused(written("what was said about school dinners in 2014?", passing))[1]
    assert message.startswith("No letter held is about 2014, and those that mention it do not say.")


def test_a_bare_number_is_no_matter_that_is_not_mentioned():
    message = refused(written("can a child get help at 3 am?", letter(2019, "Children are helped.")))[1]
    assert "“3”" not in message


def test_of_many_letters_it_is_the_passages_that_do_not_mention_it():
    many = [letter(year) for year in range(2005, 2020)]
    message = refused(written("what is said about school zeppelins?", *many))[1]
    assert message.startswith("Nothing that answers this was found.")  # which letters hold it is not known here
    brief = brief_of("what is said about school zeppelins?", many)
    brief.measures = replace(brief.measures, holding=lambda _term, _within: ())
    assert "None of the passages searched mentions “zeppelins”." in refused(write(brief))[1]


def test_a_year_of_which_only_others_have_letters_is_not_said_to_have_none():
    held = letter(2011), letter(2015, authority="Wiltshire")
    message = refused(written("what about bicycles in Swindon in 2015?", *held))[1]
    assert message.startswith("No letter held fits: inspected or published in 2015; Swindon. Held: ")


@pytest.mark.parametrize(
    ("question", "answered"),
    [
        ("which housing association lends the bicycles?", False),
        ("which charity lends the bicycles?", True),
        ("which charity sold the bicycles?", False),
    ],
)
def test_a_body_that_is_asked_for_must_be_named_with_the_matter(question, answered):
    held = letter(2019, "The charity Green Wheels lends the bicycles.", "Great Western is a place.")
    assert bool(written(question, held).sentences) == answered


def test_a_year_that_is_only_mentioned_in_passing_says_nothing_of_the_matter():
    held = letter(2019, "The inspection in 2014 was short.", "The heating is cold.")
    message = refused(written("what was said about heating in 2014?", held))[1]
    assert message.startswith("No letter held is about 2014, and those that mention it do not say.")
    told = letter(2019, "The inspection in 2014 found no heating.")
    assert said(written("what was said about heating in 2014?", told)) == ["The inspection in 2014 found no heating."]


# --- false premises ------------------------------------------------------------------------------------------------


def test_why_with_the_contrary_in_the_letter_is_a_false_premise_and_shown():
    words = "Almost all staff are permanent and have manageable caseloads."
    kind, message, shown = refused(written("why were staff swamped with caseloads?", letter(2011, words)))
    assert kind == "false_premise"
    assert message == (
        f"The question takes something for granted that the letter contradicts: “{words}”"
        " (Ofsted, focused visit letter, 1 March 2011)."
    )
    assert shown == [words]


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("how are caseloads?", "Almost all staff have manageable caseloads."),  # takes nothing for granted
        ("why were staff swamped with caseloads?", "Caseloads are too high because too many staff left."),
        ("why were staff swamped with caseloads?", "Caseloads are manageable because few were too high."),  # both sides
    ],
)
def test_what_is_no_false_premise(question, words):
    draft = written(question, letter(2011, words))
    assert draft.refusal is None or draft.refusal.kind != "false_premise"


def test_a_presumed_failing_that_is_praised_is_a_false_premise_though_why_is_not_asked():
    held = letter(2011, "The dental treatment is effective.")
    kind, _, shown = refused(written("what was wrong with the dental treatment?", held))
    assert (kind, shown) == ("false_premise", ["The dental treatment is effective."])
    both = letter(2011, "The dental treatment is effective.", "Some dental treatment is poor.")
    assert written("what was wrong with the dental treatment?", both).refusal is None
