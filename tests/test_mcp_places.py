"""Addresses of letters and passages: they lead to the words that they were made for, and anything else is one line."""

import pytest
from fakes import made_letter
from hypothesis import example, given
from hypothesis import strategies as st

from assistant.errors import FilterError
from assistant.mcp.places import Place, letter_uri, passage_uri, place_named, where

WORDS = "Care leavers are well supported."


@example("a/b?c#d%25 \u00e4", 3, 9)
@given(st.text(min_size=1, max_size=40).filter(lambda t: t.isprintable()), st.integers(0, 10**8), st.integers(0, 10**8))
def test_an_address_leads_back_to_what_it_was_made_of(letter_id, start, end):
    assert place_named(letter_uri(letter_id)) == Place(letter_id)
    assert place_named(passage_uri(letter_id, start, end)) == Place(letter_id, (start, end))


@pytest.mark.parametrize(
    "uri",
    [
        "", "letter://", "letter:///", "http://a", "LETTER://a", "letter://a/", "letter://a?x=1", "letter://a#here", "letter://a/passage",
        "letter://a/passage/5", "letter://a/passage/5-", "letter://a/passage/-1-5", "letter://a/passage/١-٢", "letter://a/passage/1-2/3",
        "letter://a/passage/1-2 ", "letter://a/passage/0000000001-2", "xletter://a", "line\nbreak", "a" * 5000,
    ],
)  # fmt: skip
def test_anything_else_is_refused_in_one_line(uri):
    with pytest.raises(FilterError) as raised:
        place_named(uri)
    said = str(raised.value)
    assert "letter://{letter_id}/passage/{start}-{end}" in said
    assert len(said.splitlines()) == 1 and len(said) < 400


def test_the_words_are_those_of_the_letter_to_the_character():
    letter = made_letter("a", words=WORDS)
    at = letter.text.index(WORDS)
    assert Place("a", (at, at + len(WORDS))).words(letter) == WORDS
    assert Place("a", (at, at + 1)).words(letter) == "C"
    assert Place("a", (0, len(letter.text))).words(letter) == letter.text == Place("a").words(letter)


@pytest.mark.parametrize("span", [(5, 5), (6, 5), (0, 10_000), (0, 0)])
def test_a_place_that_the_letter_has_not_is_refused(span):
    letter = made_letter("a", words=WORDS)
    with pytest.raises(FilterError, match=f"a has no passage {span[0]}-{span[1]}: its text has {len(letter.text)}"):
        Place("a", span).words(letter)
    with pytest.raises(FilterError):
        Place("a", (0, len(letter.text) + 1)).words(letter)


def test_where_says_who_speaks_and_shows_the_paragraph(shipped):
    letter = shipped["2019-03-01-swindon-focused-visit.txt"]
    quote = "Care leavers benefit from"
    at = letter.text.index(quote)
    section, paragraph = letter.paragraph_at(at)
    lines = where(letter, at, at + len(quote)).splitlines()
    assert lines[0] == "Ofsted, focused visit letter, 1 March 2019"
    assert letter.title in lines and "Authority: Swindon" in lines
    assert f"Place: {section.heading}, para {paragraph.name}" in lines
    assert lines[-1] == letter.text[paragraph.start : paragraph.end]
    assert len(lines[-1]) > len(quote)


def test_where_shows_every_paragraph_that_is_touched_and_no_other(shipped):
    letter = shipped["2019-03-01-swindon-focused-visit.txt"]
    section = next(s for s in letter.sections if s.heading == "Findings")
    first, second, third = section.paragraphs[:3]
    shown = where(letter, first.end - 3, second.start + 3)
    assert letter.text[first.start : first.end] in shown and letter.text[second.start : second.end] in shown
    assert letter.text[third.start : third.end] not in shown
    exact = where(letter, second.start, second.end)
    assert letter.text[first.start : first.end] not in exact and letter.text[third.start : third.end] not in exact


def test_where_of_a_heading_names_no_place():
    letter = made_letter("a", words=WORDS, authority=None)
    shown = where(letter, 0, 8)
    assert "Place" not in shown and "Authority" not in shown and letter.title in shown
