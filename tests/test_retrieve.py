"""Fusion of the two rankings by hand-worked numbers, and the retriever over a small index."""

from pathlib import Path

import pytest
from fakes import FakeEmbedder, fake_settings, hashed_words, write_letters
from hypothesis import given
from hypothesis import strategies as st

from assistant.index.catalogue import Index
from assistant.index.retrieve import Retriever, fuse, in_turn
from assistant.index.update import update_index
from assistant.stores.passages import Hit, Passage
from assistant.words.terms import expand


def test_fusion_by_hand():
    # a: 1/61 + 1/62; b: 1/62 + 1/61; c: 1/63
    assert fuse([(1.0, ["a", "b"]), (1.0, ["b", "a", "c"])]) == [
        ("a", pytest.approx(1 / 61 + 1 / 62)),
        ("b", pytest.approx(1 / 62 + 1 / 61)),
        ("c", pytest.approx(1 / 63)),
    ]


def test_weights_decide():
    assert [name for name, _ in fuse([(0.5, ["dense"]), (1.0, ["words"])])] == ["words", "dense"]
    assert dict(fuse([(0.5, ["a"]), (1.0, ["b", "a"])]))["a"] == pytest.approx(0.5 / 61 + 1 / 62)


def test_nothing_to_fuse():
    assert fuse([]) == fuse([(1.0, [])]) == []


@given(st.lists(st.tuples(st.floats(0.1, 5), st.lists(st.sampled_from("abcdef"), unique=True)), max_size=4))
def test_fusion_holds_each_name_once_best_first(rankings):
    fused = fuse(rankings)
    assert {name for name, _ in fused} == {name for _, names in rankings for name in names}
    assert fused == sorted(fused, key=lambda item: (-item[1], item[0]))


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    folder = tmp_path_factory.mktemp("retrieve")
    write_letters(folder / "letters", {"a.txt": "fostering", "b.txt": "adoption", "c.txt": "housing"})
    settings = fake_settings(folder / "index", folder / "letters")
    with hashed_words():
        update_index(settings)
        with Index(settings) as index:
            yield index


def retriever(index, **weights) -> Retriever:
    return Retriever(index, fake_settings(Path("unused"), **weights))


def test_hits_are_ranked_and_explained(index):
    question = "how good is the quality of adoption?"
    hits = retriever(index).search(question, expand(question), 5)
    assert [hit.rank for hit in hits] == [1, 2, 3, 4, 5]
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert hits[0].passage.letter_id == "b"
    assert "adoption" in hits[0].passage.text
    for hit in hits:
        expected = (0.5 / (60 + hit.dense_rank) if hit.dense_rank else 0) + (
            1.0 / (60 + hit.lexical_rank) if hit.lexical_rank else 0
        )
        assert hit.score == pytest.approx(expected)
        assert (hit.dense_score is None) == (hit.dense_rank is None)
        assert (hit.lexical_score is None) == (hit.lexical_rank is None)


def test_scope_holds_for_both_rankings(index):
    hits = retriever(index).search("adoption", expand("adoption"), 50, ["a", "c"])
    assert {hit.passage.letter_id for hit in hits} == {"a", "c"}


def test_weight_zero_leaves_a_ranking_out(index, monkeypatch):
    words_only = retriever(index, dense_weight=0).search("adoption", expand("adoption"), 50)
    assert {hit.passage.letter_id for hit in words_only} == {"b"}
    assert all(hit.dense_rank is None for hit in words_only)
    dense_only = retriever(index, lexical_weight=0).search("adoption", expand("adoption"), 50)
    assert all(hit.lexical_rank is None for hit in dense_only)
    assert len(dense_only) == len(index.passages)
    monkeypatch.setattr(FakeEmbedder, "questions", lambda *_: pytest.fail("embedded for nothing"))
    retriever(index, dense_weight=0).search("adoption", expand("adoption"), 5)


def test_known_vector_is_not_made_again(index, monkeypatch):
    vector = index.embedder.questions(["adoption"])[0]
    expected = retriever(index).search("adoption", expand("adoption"), 5)
    monkeypatch.setattr(FakeEmbedder, "questions", lambda *_: pytest.fail("embedded twice"))
    assert retriever(index).search("adoption", expand("adoption"), 5, vector=vector) == expected


def test_more_asked_than_there_is(index):
    assert len(retriever(index).search("adoption", expand("adoption"), 1000)) == len(index.passages)


def test_letters_take_turns_in_the_order_of_their_best():
    def hit(letter: str, number: int) -> Hit:
        return Hit(Passage(f"{letter}{number}", letter, letter, "", "findings", (), 0, 1, "x", 1), number, 1 / number)

    ranked = [hit("b", 1), hit("b", 2), hit("a", 3), hit("b", 4), hit("c", 5), hit("a", 6)]
    assert [found.passage.passage_id for found in in_turn(ranked)] == ["b1", "a3", "c5", "b2", "a6", "b4"]
    assert in_turn([]) == ()
