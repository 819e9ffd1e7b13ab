"""Which letters mention something: every letter is scanned, and the answer comes in pages."""

import pytest
from briefs import letter_of, refused, said, written

from assistant.letters.letter import Letter

ASKED = "which letters mention dental treatment?"


def letter(year: int, *paragraphs: str, **changes) -> Letter:
    sections = ("findings", "Findings", [*paragraphs, "Bicycles are lent to all."])
    return letter_of(f"visit-{year}", sections, published=f"{year}-03-01", **changes)


def test_one_sentence_of_each_letter_that_mentions_it_oldest_first():
    long = "Dental treatment is booked by nurses, who write the day into the file."
    held = letter(2011, "Dental treatment comes late."), letter(2015), letter(2019, long, "We saw dental treatment.")
    draft = written(ASKED, *held)
    assert said(draft) == ["Dental treatment comes late.", "We saw dental treatment."], "the shortest of each"
    assert [group.heading[-12:] for group in draft.groups] == ["1 March 2011", "1 March 2019"]
    assert draft.notes == ["2 of 3 letters mention it; every one was read through."]
    assert (draft.page, draft.pages) == (1, 1)
    assert not draft.free


def test_all_of_what_is_asked_must_be_mentioned():
    apart = letter(2011, "Dental surgery.", "Occupational treatment.")
    together = letter(2015, "Dental checks are late. Treatment is later.")
    draft = written(ASKED, apart, together)
    assert [citation.letter.letter_id for citation in draft.citations] == ["visit-2015"]


def test_a_sentence_that_holds_all_before_one_whose_paragraph_does():
    whole = "Dental treatment is late for nearly everybody who has asked for it."
    draft = written(ASKED, letter(2019, "Dental checks. Much treatment.", whole))
    assert said(draft) == [whole]


@pytest.mark.parametrize("question", ["which letters mention zeppelins?", "which letters mention adoption?"])
def test_what_no_letter_mentions_is_refused_with_how_many_were_searched(question):
    kind, message, nearest = refused(written(question, letter(2011), letter(2019)))
    assert kind == "letters_silent"
    assert message.startswith("It was found in none of the 2 letters searched. Searched: Ofsted, focused visit letter")
    assert nearest == []


def test_a_matter_of_the_field_that_is_absent_is_not_outweighed_by_another():
    kind, message, _ = refused(
        written("which letters mention private fostering and dental treatment?", letter(2019, "Dental treatment."))
    )
    assert (kind, message[:12]) == ("letters_silent", "It was found")


def test_only_the_letters_of_the_years_asked_for_are_scanned():
    held = letter(2011, "Dental treatment comes late."), letter(2019, "We saw dental treatment.")
    draft = written("which letters of 2019 mention dental treatment?", *held)
    assert said(draft) == ["We saw dental treatment."]
    assert draft.notes[0].startswith("1 of 1 letters")


# --- pages ---------------------------------------------------------------------------------------------------------


def many(count: int, words: int = 0) -> list[Letter]:
    return [letter(1990 + n, f"Dental treatment {'very ' * words}{n}.") for n in range(count)]


def test_ten_letters_a_page_each_letter_once():
    held = many(23)
    pages = [written(ASKED, *held, page=number) for number in (1, 2, 3)]
    assert [(draft.page, draft.pages, len(said(draft))) for draft in pages] == [(1, 3, 10), (2, 3, 10), (3, 3, 3)]
    assert [c.letter.letter_id for draft in pages for c in draft.citations] == [one.letter_id for one in held]
    assert [draft.notes[1] for draft in pages] == [
        "Letters 1 to 10 of 23, oldest first: page 1 of 3.",
        "Letters 11 to 20 of 23, oldest first: page 2 of 3.",
        "Letters 21 to 23 of 23, oldest first: page 3 of 3.",
    ]
    assert all(draft.notes[0].startswith("23 of 23 letters") for draft in pages)


def test_behind_the_last_page_is_the_last_page():
    draft = written(ASKED, *many(11), page=99)
    assert (draft.page, draft.pages, len(said(draft))) == (2, 2, 1)
    assert written(ASKED, *many(10), page=2).pages == 1


def test_long_sentences_fill_a_page_sooner():
    draft = written(ASKED, *many(6, words=80), list_words=300)
    assert (draft.pages, len(said(draft))) == (2, 3)
    draft = written(ASKED, *many(2, words=500), list_words=300)
    assert (draft.pages, len(said(draft))) == (2, 1), "one alone is shown whatever its length"
