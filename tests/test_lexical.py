"""BM25 over stems: what matches, in what order, within which letters."""

from pathlib import Path

import pytest
from fakes import made_passage
from hypothesis import HealthCheck, given
from hypothesis import settings as bounds
from hypothesis import strategies as st

from assistant.stores.lexical import LexicalIndex
from assistant.words.terms import Term, expand

TEXTS = {
    "a": "Care leavers have personal advisers. Care leavers value them.",
    "b": "Managers audit the work of social workers, and care leavers were consulted.",
    "c": "Young people leaving care need somewhere to live.",
    "d": "Foster carers are supported well.",
    "e": "The house is warm.",
}


@pytest.fixture(scope="module")
def index(tmp_path_factory) -> LexicalIndex:
    index = LexicalIndex(tmp_path_factory.mktemp("lexical"))
    index.add([(made_passage(letter, words), words) for letter, words in TEXTS.items()])
    return index


def best(index: LexicalIndex, question: str, k: int = 10, within: list[str] | None = None) -> list[str]:
    return [name.split(":")[0] for name, _ in index.best(expand(question), k, within)]


CARE_LEAVERS = [Term("care leavers", (("care", "leaver"),))]


def test_more_of_a_word_comes_first(index):
    assert [name for name, _ in index.best(CARE_LEAVERS, 10)] == ["a:0", "b:0"]


def test_stems_match_whatever_the_ending(index):
    assert best(index, "auditing") == best(index, "Audits") == ["b"]


def test_synonyms_match_and_count_less(index):
    hits = dict(index.best(expand("care leavers"), 10))
    assert {"a:0", "b:0", "c:0"} <= set(hits)
    own = Term("leaving care", (("leav", "care"),))
    other = Term("x", (("nowher",), ("leav", "care")))
    ((_, full),) = index.best([own], 10)
    ((_, less),) = index.best([other], 10)
    assert less == pytest.approx(0.8 * full)


def test_phrase_is_matched_as_neighbours_only(index):
    assert best(index, "foster carers") == ["d"]
    assert index.best([Term("carers foster", (("carer", "foster"),))], 10) == []


def test_scores_fall_and_ties_go_by_identifier(tmp_path):
    index = LexicalIndex(tmp_path)
    index.add([(made_passage(name, "alike words"), "alike words") for name in ("z", "a", "m")])
    hits = index.best(expand("alike"), 10)
    assert [name for name, _ in hits] == ["a:0", "m:0", "z:0"]
    assert len({score for _, score in hits}) == 1


def test_k_cuts(index):
    assert [name for name, _ in index.best(CARE_LEAVERS, 1)] == ["a:0"]
    assert best(index, "care leavers", k=0) == []


def test_only_letters_in_scope(index):
    assert best(index, "care leavers", within=["b", "d"]) == ["b"]
    assert best(index, "care leavers", within=[]) == []
    assert best(index, "care leavers", within=["nowhere"]) == []


def test_scope_does_not_change_a_score(index):
    whole = dict(index.best(expand("care leavers"), 10))
    part = dict(index.best(expand("care leavers"), 10, ["b"]))
    assert part["b:0"] == pytest.approx(whole["b:0"])


def test_nothing_to_look_for(index):
    assert index.best([], 10) == []
    assert best(index, "zebra") == []


def test_holding_counts_passages_with_the_term_or_a_synonym(index):
    (term,) = expand("care leavers")
    assert index.holding(term) == 3
    (term,) = expand("zebra")
    assert index.holding(term) == 0


def test_identifiers_are_matched_whole(tmp_path):
    index = LexicalIndex(tmp_path)
    index.add([(made_passage(name, "kept words"), "kept words") for name in ("2019-a", "2019-a-b", "2019")])
    assert [name for name, _ in index.best(expand("kept"), 9, ["2019-a"])] == ["2019-a:0"]


@pytest.mark.parametrize(
    "question",
    [
        'body:care AND NOT "leavers"',
        "care^9 +leavers -house",
        "passage_id:*",
        "care~2 lea*rs [a TO z]",
        "(((",
        "\\",
        "a\0b",
    ],
)
def test_query_syntax_is_only_words(index: LexicalIndex, question: str):
    assert set(best(index, question)) <= set(TEXTS)
    assert best(index, f"{question} warm house", within=["e"]) == ["e"]


@bounds(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(question=st.text(max_size=60), within=st.lists(st.sampled_from(sorted(TEXTS)), unique=True))
def test_any_text_is_answered_from_the_scope(index, question, within):
    hits = index.best(expand(question), 10, within)
    assert {name.split(":")[0] for name, _ in hits} <= set(within)
    assert [score for _, score in hits] == sorted((score for _, score in hits), reverse=True)


def test_folder_is_made(tmp_path: Path):
    assert LexicalIndex(tmp_path / "deep" / "down").count() == 0


def test_letters_that_hold_a_term_or_another_way_of_saying_it(index):
    assert index.letters_holding(CARE_LEAVERS[0]) == {"a", "b"}
    (term,) = expand("house")
    assert "e" in index.letters_holding(term)
    assert index.letters_holding(Term("zeppelin", (("zeppelin",),))) == frozenset()
