"""What a question asks for, its parts put together; questions that are none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import QuestionError
from assistant.questions.question import checked, understand


def asks(question: str, letters: int = 3, before: str = "", used: tuple[str, ...] = ()):
    return understand(question, before, used, letters)


def test_one_letter_is_not_compared_with_itself():
    assert asks("what has changed for care leavers?", letters=1).intent == "theme"
    assert not asks("what has changed for care leavers?", letters=1).compare
    assert asks("what has changed for care leavers?", letters=2).compare


@pytest.mark.parametrize(
    ("question", "stance"),
    [("what was praised?", 1), ("what are the weaknesses?", -1), ("what is wrong?", -1), ("what is said?", 0)],
)
def test_stance(question, stance):
    assert asks(question).stance == stance


def test_ordinals():
    assert asks("what did the third monitoring visit find, and the second?").ordinals == ("third", "second")


def test_terms_are_without_the_words_of_the_scope():
    question = asks("what did Swindon say about caseloads in 2019?", used=("swindon", "2019"))
    assert [term.typed for term in question.terms] == ["caseloads"]


def test_coverage_asks_about_its_matter_only():
    assert [term.typed for term in asks("which letters mention foster carers?").terms] == ["foster carers"]


def test_follow_up_takes_the_terms_of_the_question_before():
    question = asks("and in 2024?", before="what is said about care leavers?", used=("2024",))
    assert [term.typed for term in question.own_terms] == []
    assert "care leavers" in [term.typed for term in question.terms]
    assert all(term.weight < 1 for term in question.terms)
    assert "care leavers" in question.search


def test_what_is_not_meant_is_left_out():
    assert asks("who inspected Swindon, not the date").intent == "inspectors"
    assert "date" not in asks("who inspected Swindon, I don't mean the date").text


# --- questions that are none ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("question", ["", "   ", "\n\t", "?", "...", "\N{PILE OF POO}\N{PILE OF POO}", "\u200b", "()"])
def test_empty_questions(question):
    with pytest.raises(QuestionError, match="(?:is empty|holds no words); ask something, for example"):
        checked(question, 2000)


def test_length():
    assert checked("x" * 2000, 2000) == "x" * 2000
    with pytest.raises(QuestionError, match=r"has 2,001 characters; ask in at most 2,000"):
        checked("x" * 2001, 2000)
    with pytest.raises(QuestionError, match=r"20,000 characters"):
        checked("care!" * 4000, 2000)


def test_white_space_is_folded_and_does_not_count():
    assert checked("  what\n\n needs \t to\u00a0improve? ", 2000) == "what needs to improve?"
    assert checked(f"what{' ' * 5000}now", 2000) == "what now"


@given(st.text(max_size=300), st.text(max_size=100), st.integers(0, 5))
def test_any_text_is_understood(text, before, letters):
    question = understand(text, before, (), letters)
    assert question.own_terms == tuple(term for term in question.terms if term in question.own_terms)


@pytest.mark.parametrize(
    ("question", "compare"),
    [
        ("put 2011 and 2019 side by side", True),
        ("set the 2011 letter next to the one of 2019", True),
        ("read the cabinet paper alongside the visit letter", True),
        (
            "were the plans that social workers write for children in need and on a protection plan better than before?",
            True,
        ),
        ("what is put in place beside the school?", True),
        ("what is said about the side entrance?", False),
    ],
)
def test_side_by_side_is_a_comparison(question, compare):
    assert asks(question).compare is compare
    assert not asks(question, letters=1).compare


def test_grades_of_many_letters_are_counted():
    assert asks("which councils were judged outstanding in 2025?").intent == "count"


def test_a_dated_visit_is_no_visit_to_a_child():
    about = [term.typed for term in asks("how often do social workers visit children?").own_terms]
    assert "visit" in about
    dated = [
        term.typed for term in asks("what did the focused visit to children's services say about housing?").own_terms
    ]
    assert "visit" not in dated


@pytest.mark.parametrize(
    ("question", "lists"),
    [
        ("what did inspectors not like?", ("improve", "priority")),
        ("what isn't working?", ("improve", "priority")),
        ("what did they not do well?", ("improve", "priority")),
        ("what went wrong with pathway plans?", ()),
        ("what did they do well?", ("strengths",)),
    ],
)
def test_a_bare_question_on_weakness_asks_for_what_needs_to_improve(question, lists):
    assert asks(question).lists == lists


def test_another_matter_takes_the_place_of_the_one_before():
    question = asks("and what about their health?", before="how are children in care doing at school?")
    typed = {term.typed for term in question.terms}
    assert "health" in typed and "children in care" in typed and not any("school" in word for word in typed)
