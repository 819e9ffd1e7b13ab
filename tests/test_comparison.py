"""Letters side by side: as many quotes of each, no sentence twice, and said where there is none."""

import pytest
from briefs import letter_of
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.answers.comparison import QUOTES, comparison, comparison_answer, told_of
from assistant.answers.matters import MATTERS
from assistant.errors import FilterError
from assistant.export.formats import render
from assistant.letters.letter import Letter
from assistant.letters.spoken import describe
from assistant.words.terms import stemmed

EARLIER = letter_of(
    "earlier",
    ("letterhead", "Letter", ["Director of children's services, Civic Offices."]),
    (
        "findings",
        "Findings",
        [
            "Care leavers wait too long for a personal adviser.",
            "Pathway plans for care leavers are not good enough.",
            "Care leavers like the drop-in centre, which opens twice a week.",
            "Leaders know the service well.",
            "We found that:",
        ],
    ),
    ("improve", "What needs to improve", ["The health of care leavers."]),
    visit_start="2019-02-06",
    published="2019-03-01",
)
LATER = letter_of(
    "later",
    (
        "findings",
        "Findings",
        ["Early help is timely.", "Staff turnover and caseloads have fallen since the last visit."],
    ),
    visit_start="2024-02-06",
    published="2024-03-01",
)


def told(letter: Letter, name: str) -> list[str]:
    place = next(place for place, matter in enumerate(MATTERS) if matter.name == name)
    return [letter.text[quote.start : quote.end] for quote in told_of(letter)[place].quotes]


def test_there_are_fifteen_matters_and_each_knows_its_own_words():
    assert len(MATTERS) == 15 == len({matter.name for matter in MATTERS})
    assert all(matter.phrases and matter.hits(stemmed(matter.words.split("|")[0])) for matter in MATTERS)


def test_the_best_sentences_by_their_words():
    assert told(EARLIER, "Care leavers") == [
        "Care leavers wait too long for a personal adviser.",
        "Pathway plans for care leavers are not good enough.",
    ]
    assert told(EARLIER, "Leadership") == ["Leaders know the service well."]
    assert told(LATER, "Workforce and caseloads") == ["Staff turnover and caseloads have fallen since the last visit."]


def test_a_matter_that_is_not_mentioned_has_no_quote():
    assert told(EARLIER, "Early help") == []
    assert told(LATER, "Care leavers") == []


def test_an_item_is_quoted_where_nothing_else_is_said():
    assert told(EARLIER, "Health") == ["The health of care leavers."]


def test_letters_stand_in_the_order_of_their_inspections():
    found = comparison([LATER, EARLIER, LATER])
    assert found.letters == (EARLIER, LATER)
    assert [matter.name for matter, _ in found.rows] == [matter.name for matter in MATTERS]
    assert all([one.letter for one in each] == [EARLIER, LATER] for _, each in found.rows)


@pytest.mark.parametrize(("letters", "words"), [([EARLIER], "1 letter cannot"), ([], "0 letters cannot")])
def test_too_few_letters_are_said(letters, words):
    with pytest.raises(FilterError, match=words):
        comparison(letters)


def test_too_many_letters_are_said():
    many = [letter_of(f"l{n}", ("findings", "F", ["Leaders know."])) for n in range(7)]
    with pytest.raises(FilterError, match="7 letters cannot be compared: name two to 6"):
        comparison(many)


def test_it_is_saved_like_an_answer():
    found = comparison([EARLIER, LATER])
    answer = comparison_answer(found)
    assert f"Early help: not mentioned in {describe(EARLIER)}." in answer.notes
    assert all(
        sentence.text == citation.quote for sentence, citation in zip(answer.sentences, answer.citations, strict=True)
    )
    text = str(render([answer], "text"))
    assert f"Care leavers: {describe(EARLIER)}:" in text
    for format_name in ("docx", "html", "markdown", "csv", "ris"):
        assert render([answer], format_name)


WORDS = st.sampled_from("leaders care leavers school health partners early help audits not good missing homes".split())


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(WORDS, min_size=3, max_size=9), min_size=1, max_size=8), st.integers(1, 4))
def test_never_more_than_asked_and_always_the_letters_own_words(sentences, quotes):
    letter = letter_of("any", ("findings", "Findings", [" ".join(words).capitalize() + "." for words in sentences]))
    for matter, one in zip(MATTERS, told_of(letter, quotes), strict=True):
        assert len(one.quotes) <= quotes
        assert all(matter.hits(stemmed(letter.text[quote.start : quote.end])) for quote in one.quotes)


def test_equal_evidence_by_default():
    assert QUOTES == 2
