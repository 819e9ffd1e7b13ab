"""Sentences: split where a reader would, by offsets that lose nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.words.sentences import split_sentences


def split(text):
    return [text[start:end] for start, end in split_sentences(text)]


@pytest.mark.parametrize(
    "sentences",
    [
        ["One sentence."],
        ["Plans are late.", "Children wait."],
        ["Did anybody ask?", "Nobody did!", "They should."],
        ["Staff said: “It is better.”", "It is."],
        ["(Some were late.)", "Most were not."],
        ["Mr. Gilbert spoke with Dr. Lee.", "They agreed."],
        ["See para. 4 and p. 12 of the report.", "It is long."],
        ["Inspectors met J. Smith there.", "He spoke."],
        ["Advisers help with rent, i.e. Housing Benefit.", "That works."],
        ["It rose to 4.5 per cent in 2019.", "75% of them work."],
        ["It ended in 2022.", "‘Front door’ work began."],
        ["A heading without a full stop", "A paragraph after it."],
    ],
)
def test_split(sentences):
    joined = sentences[0]
    for before, sentence in zip(sentences, sentences[1:], strict=False):
        joined += (" " if before.rstrip("”)")[-1] in ".?!" else "\n\n") + sentence
    assert split(joined) == sentences


def test_a_line_break_inside_a_paragraph_does_not_end_a_sentence():
    assert split("Plans are\nlate. Children\nwait.") == ["Plans are\nlate.", "Children\nwait."]


def test_a_full_stop_before_a_small_letter_does_not_end_one():
    assert split("Visit www.gov.uk. and then e.g. this one.") == ["Visit www.gov.uk. and then e.g. this one."]


@pytest.mark.parametrize("text", ["", " ", "\n\n\n"])
def test_nothing(text):
    assert split_sentences(text) == []


def test_only_the_stretch_asked_for():
    text = "One. Two. Three. Four."
    assert [text[start:end] for start, end in split_sentences(text, 5, 16)] == ["Two.", "Three."]
    assert split_sentences(text, 5, 5) == []


PROSE = st.lists(
    st.sampled_from(["Mr.", "plans", "Late.", "“So?”", "(No.)", "4.", "\n\n", " ", "A.", "e.g.", "!"])
).map(" ".join)


@given(st.one_of(st.text(), PROSE), st.data())
def test_every_character_that_is_not_white_space_is_in_one_sentence(text, data):
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    spans = split_sentences(text, start, end)
    covered = [at for first, last in spans for at in range(first, last)]
    assert covered == sorted(set(covered))
    assert set(covered) <= set(range(start, end))
    assert all(text[at].isspace() for at in set(range(start, end)) - set(covered))
    for first, last in spans:
        assert first < last and text[first:last] == text[first:last].strip()


def test_the_shipped_letters_split_into_sentences_that_begin_like_one(shipped):
    for letter in shipped.values():
        for _, paragraph in letter.paragraphs():
            words = letter.text[paragraph.start : paragraph.end]
            spans = split_sentences(letter.text, paragraph.start, paragraph.end)
            assert "".join("".join(letter.text[a:b].split()) for a, b in spans) == "".join(words.split())
            for start, _ in spans[1:]:
                assert not letter.text[start].islower()
