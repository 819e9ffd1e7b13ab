"""The embedding store: real Chroma in a temporary folder, vectors whose cosines are known by hand."""

import pytest
from fakes import made_passage

from assistant.vectors import BATCH, EF_SEARCH, VectorIndex

X, Y, Z = [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]
BETWEEN = [0.6, 0.8, 0.0]


@pytest.fixture
def index(tmp_path):
    index = VectorIndex(tmp_path / "chroma")
    index.upsert([made_passage("x", "ex"), made_passage("y", "why"), made_passage("b", "between")], [X, Y, BETWEEN])
    yield index
    index.close()


def names(hits) -> list[str]:
    return [name for name, _ in hits]


def test_nearest_first_with_true_cosines(index):
    hits = index.nearest(Y, 3)
    assert names(hits) == ["y:0", "b:0", "x:0"]
    assert [score for _, score in hits] == pytest.approx([1.0, 0.8, 0.0], abs=1e-5)


def test_opposite_vectors_have_a_negative_cosine(index):
    assert dict(index.nearest([-1.0, 0.0, 0.0], 3))["x:0"] == pytest.approx(-1.0, abs=1e-4)


def test_only_letters_in_scope(index):
    assert names(index.nearest(Y, 3, ["x", "b"])) == ["b:0", "x:0"]
    assert names(index.nearest(Y, 3, ["x"])) == ["x:0"]
    assert index.nearest(Y, 3, []) == []
    assert index.nearest(Y, 3, ["nowhere"]) == []


def test_more_asked_than_there_is(index):
    assert len(index.nearest(Y, 1000)) == 3


def test_ties_go_by_identifier(tmp_path):
    index = VectorIndex(tmp_path)
    index.upsert([made_passage(name, name) for name in ("z", "a", "m")], [X, X, X])
    assert names(index.nearest(X, 3)) == ["a:0", "m:0", "z:0"]


def test_upsert_replaces_words_vector_and_metadata(index):
    index.upsert([made_passage("x", "other words")], [Z])
    assert index.count() == 3
    row = index._collection.get(ids=["x:0"], include=["documents", "metadatas", "embeddings"])
    assert row["documents"] == ["other words"]
    assert [round(float(value), 3) for value in row["embeddings"][0]] == Z
    assert names(index.nearest(Z, 1)) == ["x:0"]


def test_llama_index_reads_the_text_back(index):
    from llama_index.core.vector_stores.types import VectorStoreQuery

    (node,) = index.store.query(VectorStoreQuery(query_embedding=X, similarity_top_k=1)).nodes
    assert (node.text, node.metadata["letter_id"], node.start_char_idx) == ("ex", "x", 0)


def test_deleting_a_letter_takes_all_its_passages(index):
    index.upsert([made_passage("x", "more", number) for number in range(1, 4)], [X, Y, Z])
    index.delete(["x", "never-there"])
    assert sorted(names(index.nearest(X, 10))) == ["b:0", "y:0"]


def test_empty_index(tmp_path):
    index = VectorIndex(tmp_path)
    assert (index.count(), index.nearest(X, 5)) == (0, [])
    index.upsert([], [])
    assert index.count() == 0


def test_what_is_written_is_there_next_time(index, tmp_path):
    index.close()
    again = VectorIndex(tmp_path / "chroma")
    assert names(again.nearest(X, 1)) == ["x:0"]
    again.close()


def test_more_rows_than_chroma_takes_at_once(tmp_path):
    count = BATCH + 500
    assert count > 5461
    index = VectorIndex(tmp_path)
    index.upsert(
        [made_passage("x", "w", number) for number in range(count)], [[1.0, number / count] for number in range(count)]
    )
    assert index.count() == count
    index.close()


@pytest.mark.filterwarnings("ignore:legacy embedding function config")
def test_space_and_reach_of_the_search(index):
    hnsw = index._collection.configuration["hnsw"]
    assert (hnsw["space"], hnsw["ef_search"]) == ("cosine", EF_SEARCH)


def test_vectors_and_passages_must_pair(index):
    with pytest.raises(ValueError, match="Unequal lengths"):
        index.upsert([made_passage("q", "q")], [X, Y])
