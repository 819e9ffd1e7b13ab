"""Words as they are matched, and the synonym table in both directions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.synonyms import FIELD_GROUPS, PLAIN_GROUPS
from assistant.terms import STOP, SYNONYM, Term, analyse, expand, fold, stem, stemmed, words

GROUPS = (*FIELD_GROUPS, *PLAIN_GROUPS)


def typed(text: str, used: tuple[str, ...] = ()) -> list[str]:
    return [term.typed for term in expand(text, used)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Care Leavers", ["care", "leavers"]),
        ("children\N{RIGHT SINGLE QUOTATION MARK}s", ["children's"]),
        ("60% of 1,200 (3.1.1)", ["60%", "of", "1,200", "3.1.1"]),
        ("step-down \N{EM DASH} s47", ["step", "down", "s47"]),
        ("", []),
        ("\N{FACE WITH TEARS OF JOY} !!!", []),
    ],
)
def test_words(text, expected):
    assert words(text) == expected


def test_fold_makes_typography_plain():
    assert fold("\N{LEFT DOUBLE QUOTATION MARK}A\N{EN DASH}B\N{RIGHT SINGLE QUOTATION MARK}") == "\"a-b'"


@given(st.text(max_size=200))
def test_analysis_is_one_stem_a_word(text):
    assert len(analyse(text)) == len(words(text))
    assert stemmed(text) == f" {' '.join(analyse(text))} "


@pytest.mark.parametrize(("one", "other"), [("leaver", "leavers"), ("council's", "council"), ("planning", "planned")])
def test_endings_do_not_matter(one, other):
    assert stem(one) == stem(other)


def test_stop_words_and_used_words_are_no_terms():
    assert typed("what did the letter say about it?") == []
    assert typed("what did Swindon say about caseloads in 2019?", ("swindon", "2019")) == ["caseloads"]


def test_terms_come_once_and_in_order():
    assert typed("thresholds, caseloads and thresholds") == ["thresholds", "caseloads"]


def test_longest_phrase_wins():
    assert typed("not in education, employment or training") == ["not in education employment or training"]
    assert typed("children in care council") == ["children in care"]


def test_single_letters_are_no_terms_but_digits_are():
    assert typed("route b or route 9") == ["route", "9"]


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group[0])
def test_every_synonym_finds_every_other(group):
    """The acronym finds the words and the words the acronym."""
    for phrase in group:
        found = expand(phrase)
        if phrase in STOP:
            assert found == ()
            continue
        assert len(found) == 1, f"{phrase!r} is not kept together: {found}"
        assert found[0].alternatives[0] == tuple(analyse(phrase)), "what was typed comes first"
        assert {tuple(analyse(other)) for other in group} <= set(found[0].alternatives)


def test_groups_hold_no_phrase_twice_and_only_lower_case():
    for group in GROUPS:
        assert len(set(group)) == len(group)
        assert all(phrase == phrase.strip().lower() != "" for phrase in group)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("UASC", "unaccompanied asylum-seeking children"),
        ("unaccompanied asylum-seeking children", "UASC"),
        ("MASH", "the multi-agency safeguarding hub"),
        ("the LADO", "the local authority designated officer"),
        ("looked after children", "children in care"),
        ("IRO", "independent reviewing officers"),
    ],
)
def test_synonyms_match_both_ways(asked, said):
    (term,) = expand(asked)
    assert term.matched(stemmed(said)) == SYNONYM
    assert term.matched(stemmed(asked)) == 1.0
    assert term.matched(stemmed("something else")) == 0.0


def test_a_match_is_of_whole_words():
    assert Term("plan", (("plan",),)).matched(stemmed("planet")) == 0.0


@given(st.text(max_size=300))
def test_any_text_can_be_expanded(text):
    terms = expand(text)
    assert len({term.alternatives[0] for term in terms}) == len(terms)
    assert all(term.typed and all(term.alternatives) for term in terms)
