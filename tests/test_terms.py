"""Words as they are matched, and the synonym table in both directions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.words.synonyms import FIELD_GROUPS, PLAIN_GROUPS
from assistant.words.terms import STOP, SYNONYM, Term, analyse, expand, fold, stem, stemmed, words

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


# --- phrases as people type them -----------------------------------------------------------------------------------


def test_articles_are_skipped_where_a_phrase_is_looked_up():
    (with_article,) = expand("care for the parent")
    (without,) = expand("care for parent")
    assert with_article.typed == "care for the parent"
    assert with_article.alternatives[0] == tuple(analyse("care for the parent")), "what was typed comes first"
    assert set(without.alternatives[1:]) <= set(with_article.alternatives)
    assert with_article.matched(stemmed("young carers")) == SYNONYM


def test_an_article_in_front_or_behind_is_no_part_of_a_term():
    assert typed("the care leavers and a personal adviser") == ["care leavers", "personal adviser"]
    assert typed("a the an") == []


def test_missing_children_are_no_missed_opportunities():
    assert stem("missing") == "missing"
    (term,) = expand("missing")
    assert term.matched(stemmed("children who go missing")) == 1.0
    assert term.matched(stemmed("opportunities were missed")) == 0.0
    assert expand("missed")[0].matched(stemmed("go missing")) == 0.0


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("social workers", True),
        ("social worker", True),
        ("children in care", True),
        ("care leavers", True),
        ("the parents", True),
        ("staff", True),
        ("pathway plans", False),
        ("caseloads", False),
        ("police", False),
    ],
)
def test_people_are_whom_a_question_is_about(text, people):
    (term,) = expand(text)
    assert term.people is people


@pytest.mark.parametrize("text", ["A&E", "the A&E?", "in A&E departments"])
def test_typed_a_and_e_is_the_emergency_department(text):
    found = [term for term in expand(text) if term.matched(stemmed("children seen at the emergency department"))]
    assert found
    assert "e" not in [term.typed for term in expand(text)]
    assert expand("A&E")[0].typed == "emergency department"


def test_looking_after_is_what_people_do_and_looked_after_is_who_they_are():
    assert "look after children" not in typed("how did they look after children?")
    assert typed("looked after children") == ["looked after children"]
    assert expand("looked after children")[0].field


def test_youngsters_and_kids_are_no_matter_of_their_own():
    assert typed("what about the kids and youngsters, that kid and the youngster?") == []


def test_threads_that_stem_together_do_not_mix_their_words(monkeypatch):
    """What came of it was kept, and counted in every later answer."""
    import sys
    from concurrent.futures import ThreadPoolExecutor

    from assistant.words import terms

    some = [
        f"{word}{ending}"
        for word in ("region", "nation", "relation", "operat", "social", "care")
        for ending in ("alisation", "ally", "fulness", "ational", "iveness", "ing", "ed", "alities", "ations", "ements")
    ] * 40
    alone = terms._Stems()
    right = [alone[word] for word in some]
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for _ in range(5):
            together = terms._Stems()
            with ThreadPoolExecutor(4) as pool:
                found = list(pool.map(lambda stems: [stems[word] for word in some], [together] * 4))
            assert found == [right] * 4
    finally:
        sys.setswitchinterval(before)
