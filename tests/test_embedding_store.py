"""Embeddings that were made before."""

import sqlite3

import numpy as np
import pytest

from assistant.embedding import store as remembered
from assistant.embedding.store import RememberedEmbeddings


class Maker:
    def __init__(self):
        self.asked = []

    def __call__(self, texts):
        self.asked += texts
        return np.array([[float(len(text)), 0.1] for text in texts], np.float32)


@pytest.fixture
def make():
    return Maker()


def test_each_text_is_embedded_once(tmp_path, make):
    store = RememberedEmbeddings(tmp_path, "model")
    first = store.embed(["a", "bb", "a"], make)
    store.close()
    store = RememberedEmbeddings(tmp_path, "model")
    again = store.embed(["bb", "ccc", "a"], make)
    assert make.asked == ["a", "bb", "ccc"]
    assert [vector[0] for vector in again] == [2, 3, 1]
    assert first[0].tolist() == first[2].tolist() == again[2].tolist(), "the same numbers whether made or read"
    assert first[0][1] == pytest.approx(0.1)


def test_another_model_shares_nothing(tmp_path, make):
    RememberedEmbeddings(tmp_path, "model").embed(["a"], make)
    RememberedEmbeddings(tmp_path, "other").embed(["a"], make)
    assert make.asked == ["a", "a"]


def test_what_was_not_used_is_forgotten(tmp_path, make):
    RememberedEmbeddings(tmp_path, "model").embed(["a", "b"], make)
    store = RememberedEmbeddings(tmp_path, "model")
    store.embed(["b"], make)
    store.forget_unused()
    store.embed(["a", "b"], make)
    assert make.asked == ["a", "b", "a"]


def test_a_damaged_store_is_made_again(tmp_path, make):
    (tmp_path / "embeddings.sqlite").write_bytes(b"no database at all" * 500)
    assert RememberedEmbeddings(tmp_path, "model").embed(["a"], make).tolist() == [[1.0, pytest.approx(0.1)]]


def test_many_texts_and_none(tmp_path, make):
    store = RememberedEmbeddings(tmp_path, "model")
    texts = [f"text {n}" for n in range(1203)]
    assert np.array_equal(store.embed(texts, make), store.embed(texts, make))
    assert len(make.asked) == 1203
    assert len(store.embed([], make)) == 0


def test_where_nothing_can_be_written_it_is_made_each_time(tmp_path, make):
    store = RememberedEmbeddings(tmp_path / "nowhere", "model")
    assert store.embed(["a"], make).tolist() == [[1.0, pytest.approx(0.1)]]
    store.close()
    assert not (tmp_path / "nowhere").exists()
    RememberedEmbeddings(tmp_path / "nowhere", "model").embed(["a"], make)
    assert make.asked == ["a", "a"]


def test_another_process_that_writes_is_not_waited_for_long(tmp_path, make, monkeypatch):
    monkeypatch.setattr(remembered, "PATIENCE", 0.05)
    store = RememberedEmbeddings(tmp_path, "model")
    other = sqlite3.connect(tmp_path / "embeddings.sqlite")
    other.execute("BEGIN EXCLUSIVE")
    other.execute("INSERT INTO embeddings VALUES (x'00', x'00')")
    assert store.embed(["a"], make).tolist() == [[1.0, pytest.approx(0.1)]]
    other.rollback()
    assert store.embed(["a"], make).tolist() == [[1.0, pytest.approx(0.1)]]
    assert make.asked == ["a", "a"], "it could not be kept the first time"


def test_each_file_is_a_store_of_its_own(tmp_path, make):
    RememberedEmbeddings(tmp_path, "model").embed(["a"], make)
    RememberedEmbeddings(tmp_path, "model", remembered.SENTENCES).embed(["a"], make)
    assert make.asked == ["a", "a"]


def test_a_file_that_another_process_has_for_itself_is_not_deleted(tmp_path, make, monkeypatch):
    monkeypatch.setattr(remembered, "PATIENCE", 0.05)
    first = RememberedEmbeddings(tmp_path, "model")
    first.embed(["a"], make)
    first.close()
    other = sqlite3.connect(tmp_path / "embeddings.sqlite", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    assert RememberedEmbeddings(tmp_path, "model").embed(["a"], make).tolist() == [[1.0, pytest.approx(0.1)]]
    other.execute("ROLLBACK")
    other.close()
    assert make.asked == ["a", "a"]
    RememberedEmbeddings(tmp_path, "model").embed(["a"], make)
    assert make.asked == ["a", "a"], "what was kept before is still there"
