"""Mending: misspelt words yes, correct English never."""

import random

import pytest
from spellchecker import SpellChecker

from assistant.letters.authorities import AUTHORITIES
from assistant.words.spelling import mended
from assistant.words.terms import fold, words


@pytest.fixture(scope="module")
def vocabulary(shipped) -> frozenset[str]:
    return frozenset(word for letter in shipped.values() for word in words(letter.text))


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("acomodation for care leevers", "accommodation for care leavers"),
        ("what about pathway planing?", "what about pathway planning?"),
        ("emplyment of care leavrs", "employment of care leavers"),
        ("wat did ofstead say", "what did ofsted say"),
        ("wich housng is there, wen?", "which housing is there, when?"),
        ("What about SAFTEY?", "What about safety?"),
    ],
)
def test_misspelt_words_are_mended(vocabulary, typed, right):
    # "planing" is an English word, so it may stay
    assert mended(typed, vocabulary).replace("planing", "planning") == right


def test_what_is_right_stays_to_the_character(vocabulary):
    question = "  What did \N{LEFT SINGLE QUOTATION MARK}Ofsted\N{RIGHT SINGLE QUOTATION MARK} say\u00a0of  CARE leavers\N{EM DASH}in 2019?\n"
    assert mended(question, vocabulary) == question


def test_no_word_of_the_dictionary_is_touched(vocabulary):
    dictionary = sorted(w for w in SpellChecker(language="en").word_frequency.words() if w.isalpha() and len(w) > 4)
    assert len(dictionary) > 50_000
    for word in random.Random(2019).sample(dictionary, 3000):
        assert mended(word, vocabulary) == word


def test_no_word_of_the_letters_is_touched(vocabulary):
    text = " ".join(sorted(vocabulary))
    assert mended(text, vocabulary) == text


def test_no_authority_is_touched(vocabulary):
    for authority in AUTHORITIES:
        assert mended(f"what about {authority.name}?", vocabulary) == f"what about {authority.name}?"


BRITISH = """behaviour colour centre organisation counselling neighbour paediatric traumatised cheque kerb defence offence
centred prioritise prioritisation minimise stabilise stabilised anonymised triaged radicalisation wellbeing programme
favourable enrolment fulfil skilful labelled travelled ageing catalogue grey licence practise enquiry whilst learnt
specialise utilise mobilise finalised formalised standardised""".split()


def test_no_british_spelling_is_touched(vocabulary):
    assert {word: mended(word, vocabulary) for word in BRITISH if mended(word, vocabulary) != word} == {}


@pytest.mark.parametrize("question", ["", "\N{PILE OF POO}", "plant yng ngofal", "12345 67890", "\0\udcff"])
def test_anything_can_be_mended(vocabulary, question):
    assert fold(mended(question, vocabulary)) == fold(question)


def test_unknown_words_are_mended_in_no_time(vocabulary, monkeypatch):
    """A question of 2,000 characters may hold a hundred of them."""

    def slow(*_):
        raise AssertionError("every word within two slips is made: some hundred thousand")

    monkeypatch.setattr(SpellChecker, "_SpellChecker__edit_distance_alt", slow)
    assert mended("northumberlandish", vocabulary) == "northumberlandish"


def test_names_to_leave_alone():
    assert mended("swindan", {"swindon"}) == "swindon"
    assert mended("swindan", {"swindon"}, {"swindan"}) == "swindan"


def test_short_words_and_far_words_stay(vocabulary):
    assert mended("kare xylofonez", vocabulary) == "kare xylofonez"
