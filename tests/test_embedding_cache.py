"""Embeddings kept in memory: each text once, several questions in one batch."""

import threading

import numpy as np
import pytest

from assistant.embedding.cache import Embeddings


class Maker:
    """Encodes a text as its length; can be held until it is told to go on."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.entered, self.go_on = threading.Semaphore(0), threading.Event()
        self.go_on.set()

    def __call__(self, texts):
        self.batches.append(list(texts))
        self.entered.release()
        assert self.go_on.wait(30)
        if any(text == "bad" for text in texts):
            raise TypeError("not a text")
        return np.array([[float(len(text)), 1.0] for text in texts], np.float32)


@pytest.fixture
def maker():
    return Maker()


def test_each_text_is_encoded_once_and_given_in_order(maker):
    kept = Embeddings(maker, 100)
    assert kept.of(["a", "ccc", "a"])[:, 0].tolist() == [1, 3, 1]
    assert kept.of(["bb", "ccc"])[:, 0].tolist() == [2, 3]
    assert maker.batches == [["a", "ccc"], ["bb"]]
    assert len(kept.of([])) == 0


def test_too_many_are_forgotten_and_made_again(maker):
    kept = Embeddings(maker, 2)
    for text in ("a", "bb", "ccc", "dddd"):
        assert kept.of([text])[0][0] == len(text)
    assert kept.of(["a", "dddd"])[:, 0].tolist() == [1, 4]
    assert maker.batches == [["a"], ["bb"], ["ccc"], ["dddd"], ["a"]]


def waiting(kept: Embeddings, texts: list[str], results: dict[str, object]) -> threading.Thread:
    def ask() -> None:
        try:
            results[texts[0]] = kept.of(texts)[:, 0].tolist()
        except TypeError as error:
            results[texts[0]] = error

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    return thread


def held_up(maker: Maker, kept: Embeddings, asked: list[list[str]]) -> dict[str, object]:
    """The first text holds the model until all the others wait."""
    results: dict[str, object] = {}
    maker.go_on.clear()
    threads = [waiting(kept, ["first"], results)]
    assert maker.entered.acquire(timeout=30)
    threads += [waiting(kept, texts, results) for texts in asked]
    every = {text for texts in asked for text in texts}
    for _ in range(3000):
        if every <= kept._wanted.keys():
            break
        threading.Event().wait(0.01)
    maker.go_on.set()
    for thread in threads:
        thread.join(30)
    return results


def test_what_waits_is_one_batch(maker):
    kept = Embeddings(maker, 100)
    results = held_up(maker, kept, [["aa"], ["bbb", "aa"], ["cccc"]])
    assert results == {"first": [5], "aa": [2], "bbb": [3, 2], "cccc": [4]}
    assert maker.batches[0] == ["first"]
    assert [sorted(batch) for batch in maker.batches[1:]] == [["aa", "bbb", "cccc"]]


def test_a_text_that_cannot_be_encoded_is_the_fault_of_its_own_question_only(maker):
    kept = Embeddings(maker, 100)
    results = held_up(maker, kept, [["bad"], ["fine"], ["good"]])
    assert isinstance(results["bad"], TypeError)
    assert (results["first"], results["fine"], results["good"]) == ([5], [4], [4])
