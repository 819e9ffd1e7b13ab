"""The embedding store: real Chroma in a temporary folder, vectors whose cosines are known by hand."""

import sqlite3
from contextlib import closing

import numpy as np
import pytest
from fakes import made_passage

from assistant.stores import vectors
from assistant.stores.vectors import BATCH, EF_SEARCH, VectorIndex

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


def test_what_was_deleted_is_in_no_page_of_the_database(tmp_path):
    index = VectorIndex(tmp_path / "chroma")
    index.upsert([made_passage("gone", "zeppelin"), made_passage("stays", "fostering")], [X, Y])
    index.settle()
    index = VectorIndex(tmp_path / "chroma")
    index.delete(["gone"])
    index.settle()
    held = (tmp_path / "chroma" / vectors.DATABASE).read_bytes()
    assert b"fostering" in held and b"zeppelin" not in held
    with closing(sqlite3.connect(tmp_path / "chroma" / vectors.DATABASE)) as opened:
        blocks = [block for (block,) in opened.execute(f"SELECT block FROM {vectors.SEARCHED}_data")]
    assert any(b"fos" in block for block in blocks)
    assert not any(b"zep" in block for block in blocks), "its three letters tell where each stood"


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


# --- many letters, and filters over them ---------------------------------------------------------------------------


LETTERS, EACH = 60, 20


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """1,200 passages of 60 letters with vectors of their own, and the matrix of them."""
    random = np.random.default_rng(3)
    matrix = random.normal(size=(LETTERS * EACH, 24)).astype(np.float32)
    matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
    passages = [made_passage(f"letter-{n:02d}", f"words {n} {at}", at) for n in range(LETTERS) for at in range(EACH)]
    sizes = {f"letter-{n:02d}": EACH for n in range(LETTERS)}
    index = VectorIndex(tmp_path_factory.mktemp("many"), sizes)
    index.upsert(passages, matrix)
    yield index, passages, matrix, random
    index.close()


def nearest_exactly(passages, matrix, vector, k, letters):
    scored = [(float(row @ vector), p.passage_id) for p, row in zip(passages, matrix, strict=True)]
    scored = [(s, name) for s, name in scored if letters is None or name.split(":")[0] in letters]
    return [name for _, name in sorted(scored, key=lambda hit: (-hit[0], hit[1]))[:k]]


@pytest.mark.parametrize("count", [None, 1, 3, 30, 59, 60])
@pytest.mark.parametrize("one_by_one", [0, 100, 5000])
def test_every_way_of_filtering_finds_the_nearest(many, monkeypatch, count, one_by_one):
    index, passages, matrix, random = many
    monkeypatch.setattr(vectors, "ONE_BY_ONE", one_by_one)
    for _ in range(5):
        vector = random.normal(size=24).astype(np.float32)
        vector /= np.linalg.norm(vector)
        scope = None if count is None else {f"letter-{n:02d}" for n in random.choice(LETTERS, count, replace=False)}
        assert names(index.nearest(vector, 10, scope)) == nearest_exactly(passages, matrix, vector, 10, scope)
        scores = [score for _, score in index.nearest(vector, 10, scope)]
        assert scores == pytest.approx(sorted(scores, reverse=True))


def test_a_scope_that_lies_far_from_the_question_is_compared_one_by_one(many, monkeypatch):
    """More would have to be asked for than is allowed: nothing is missed for that."""
    index, passages, matrix, _ = many
    monkeypatch.setattr(vectors, "ONE_BY_ONE", 0)
    monkeypatch.setattr(vectors, "MOST_ASKED", 50)
    vector = matrix[0]
    far = sorted({p.letter_id for p in passages}, key=lambda name: max(matrix[at] @ vector for at in rows(name)))[:4]
    assert names(index.nearest(vector, 20, far)) == nearest_exactly(passages, matrix, vector, 20, far)


def rows(letter: str) -> range:
    first = int(letter.split("-")[1]) * EACH
    return range(first, first + EACH)


def test_a_broad_filter_is_left_to_the_graph(many, monkeypatch):
    index, *_, matrix, _ = many
    monkeypatch.setattr(vectors, "ONE_BY_ONE", 100)
    monkeypatch.setattr(index, "_exact", lambda *_: pytest.fail("every passage was compared"))
    assert len(index.nearest(matrix[5], 10, {f"letter-{n:02d}" for n in range(59)})) == 10


def test_what_is_kept_in_memory_follows_what_is_written(index):
    assert names(index.nearest(X, 1, ["x"])) == ["x:0"]
    index.upsert([made_passage("x", "more", 1)], [BETWEEN])
    assert sorted(names(index.nearest(X, 5, ["x"]))) == ["x:0", "x:1"]
    index.delete(["x"])
    assert index.nearest(X, 5, ["x"]) == []


def test_only_so_many_vectors_are_kept(many, monkeypatch):
    index, *_, matrix, _ = many
    monkeypatch.setattr(vectors, "KEPT", 5 * EACH)
    everything = [f"letter-{n:02d}" for n in range(LETTERS)]
    assert len(index.nearest(matrix[0], 2000, everything)) == LETTERS * EACH
    assert len(index._kept) == 5


def test_warming_reads_every_vector_once(many, monkeypatch):
    index, *_ = many
    index._kept.clear()
    index.warm()
    assert len(index._kept) == LETTERS
    monkeypatch.setattr(index, "_collection", None)  # nothing more is read
    assert len(index.nearest(many[2][0], 10, ["letter-07"])) == 10
