"""Searching under filters, up to more passages than there are: real ones under other names and dates.

A copy keeps its letter's words and is moved as far as its header moves it: the vector of a passage whose authority and
date were replaced, less the vector it had, both encoded by the model for a sample and added to the others.
"""

import tempfile
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from assistant.embedding.encoder import Vectors
from assistant.engine import Assistant
from assistant.index.retrieve import CANDIDATES
from assistant.stores.embedded import EmbeddedStore
from assistant.stores.lexical import LexicalIndex
from assistant.stores.passages import Passage, headed
from assistant.stores.vectors import VectorIndex
from assistant.words.terms import expand
from eval.bench.figures import Figure, peak_megabytes
from eval.run import open_assistant
from eval.statistics import percentile

__all__ = ["measure"]

SEED = 11
MOVED = 300  # passages encoded under another name and date
SHARES = (0.01, 0.1, 0.5, 0.99)
AT_ONCE = 5000  # passages written at a time
WHERE = 8  # questions asked with Chroma's own filter: they take long


def measure(
    index: Path | None, questions: Sequence[str], sizes: Sequence[int], show: Callable[[str], None]
) -> list[Figure]:
    """Search so many passages, unfiltered and under filters that let through 1, 10, 50 and 99 % of the letters.

    Args:
        index: Folder of the index whose passages are copied; None for the assistant's own.
        questions: What is searched for.
        sizes: Numbers of passages.
        show: Told what begins.
    """
    figures: list[Figure] = []
    with open_assistant(None, index) as assistant:
        vectors = _vectors(assistant)
        moves = _moves(assistant, vectors)
        asked = [(assistant.index.embedder.questions([text])[0], expand(text)) for text in questions]
        started = time.perf_counter()
        for number, text in enumerate(questions):
            assistant.index.embedder.questions([f"{text} {number}"])
        encoding = (time.perf_counter() - started) / len(questions)
        for size in sizes:
            show(f"writing {size:,} passages")
            with tempfile.TemporaryDirectory() as folder:
                figures += _searched(Path(folder), assistant, vectors, moves, asked, encoding, size, show)
    return figures


def _vectors(assistant: Assistant) -> dict[str, Vectors]:
    kept = EmbeddedStore.of(assistant.index.store).vectors._fetch([letter.letter_id for letter in assistant.letters])
    return {name: vector for names, vectors in kept for name, vector in zip(names, vectors, strict=True)}


def _moves(assistant: Assistant, vectors: dict[str, Vectors]) -> Vectors:
    """How far another name and date in its header moves a passage: shape (sample, dimensions)."""
    random = Random(SEED)
    names = random.sample(sorted(vectors), min(MOVED, len(vectors)))
    letters = {letter.letter_id: letter for letter in assistant.letters}
    others = sorted({letter.authority for letter in assistant.letters if letter.authority})
    texts = []
    for name in names:
        passage = assistant.index.passages[name]
        letter = letters[passage.letter_id]
        moved = replace(letter, authority=random.choice(others), visit_end=f"{random.randint(1990, 2009)}-06-15")
        texts.append(headed(moved, passage))
    there = np.array([vectors[name] for name in names], np.float32)
    return np.asarray(assistant.index.embedder.passages(texts) - there, np.float32)


def _searched(
    folder: Path,
    assistant: Assistant,
    vectors: dict[str, Vectors],
    moves: Vectors,
    asked: Sequence[tuple[Vectors, Any]],
    encoding: float,
    size: int,
    show: Callable[[str], None],
) -> list[Figure]:
    random = np.random.default_rng(SEED)
    sizes: dict[str, int] = {}
    store, lexical = VectorIndex(folder / "chroma", sizes), LexicalIndex(folder / "lexical")
    rows: list[tuple[Passage, Vectors]] = []
    matrix = np.empty((size, moves.shape[1]), np.float32)
    names: list[str] = []
    own = sorted(vectors)
    spent = 0.0
    for number in range(size):
        copy, at = divmod(number, len(own))
        passage, vector = assistant.index.passages[own[at]], vectors[own[at]]
        if copy:
            vector = vector + moves[random.integers(len(moves))]
            vector = vector / np.linalg.norm(vector)
        letter_id = f"{passage.letter_id}~{copy}"
        rest = passage.passage_id[len(passage.letter_id) :]
        passage = replace(passage, passage_id=f"{letter_id}{rest}", letter_id=letter_id)
        sizes[letter_id] = sizes.get(letter_id, 0) + 1
        matrix[number] = vector
        names.append(passage.passage_id)
        rows.append((passage, vector))
        if len(rows) == AT_ONCE or number == size - 1:
            started = time.perf_counter()
            store.upsert([one for one, _ in rows], np.array([vector for _, vector in rows]))
            lexical.add([(one, one.text) for one, _ in rows])
            spent += time.perf_counter() - started
            rows = []
    disk = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6
    show(f"searching {size:,} passages")
    part = f"searching {size:,} passages"
    everything = sorted(sizes)
    scopes = {share: set(random.choice(everything, max(1, round(share * len(everything))), False)) for share in SHARES}
    found: list[Figure] = []
    base = 0.0
    few = min(CANDIDATES, size)
    exact = _times(lambda vector, _terms: np.argpartition(matrix @ vector, -few)[-few:], asked)
    for share in (None, *SHARES):
        scope = None if share is None else scopes[share]

        def by_meaning(vector: Vectors, _terms: Any, scope: set[str] | None = scope) -> object:
            return store.nearest(vector, CANDIDATES, scope)

        def both(vector: Vectors, terms: Any, scope: set[str] | None = scope) -> None:
            store.nearest(vector, CANDIDATES, scope)
            lexical.best(terms, CANDIDATES, scope)

        def by_where(vector: Vectors, _terms: Any, scope: set[str] | None = scope) -> None:
            _by_where(store, vector, scope or ())

        dense = _times(by_meaning, asked)
        times = _times(both, asked)
        half, most = percentile(times, 0.5), percentile(times, 0.95)
        base = base or most
        name = "no filter" if share is None else f"a filter that lets {share:.0%} through"
        target = 2 if share == 0.99 else None
        found += [
            Figure(part, f"{name}, p50", 1000 * half, "ms", half / (encoding + percentile(exact, 0.5)),
                   "encoding the question and comparing all, median"),
            Figure(part, f"{name}, p95", 1000 * most, "ms", most / base, "no filter, p95", target),
            Figure(part, f"{name}, of it by meaning, p95", 1000 * percentile(dense, 0.95), "ms"),
            Figure(part, f"{name}, recall@10", _recall(store, matrix, names, asked, scope), target=0.99, least=True),
        ]  # fmt: skip
        if scope is not None and share != 0.5:
            where = _times(by_where, asked[:WHERE])
            found.append(Figure(part, f"{name}, Chroma's own, p50", 1000 * percentile(where, 0.5), "ms"))
    found += [
        Figure(part, "encoding the question", 1000 * encoding, "ms"),
        Figure(part, "comparing all one by one, p50", 1000 * percentile(exact, 0.5), "ms"),
        Figure(part, "writing both indexes", spent, "s"),
        Figure(part, "on disk", disk, "MB"),
        Figure(part, "peak memory, the letters and a matrix of all vectors with it", peak_megabytes(), "MB"),
    ]
    store.close()
    return found


def _times(search: Callable[[Vectors, Any], object], asked: Sequence[tuple[Vectors, Any]]) -> list[float]:
    spent = []
    search(*asked[0])  # warm
    for vector, terms in asked:
        started = time.perf_counter()
        search(vector, terms)
        spent.append(time.perf_counter() - started)
    return spent


def _by_where(store: VectorIndex, vector: Vectors, scope: Collection[str]) -> None:
    store._collection.query(
        query_embeddings=[vector],
        n_results=CANDIDATES,
        where={"letter_id": {"$in": sorted(scope)}},
        include=["distances"],
    )


def _recall(
    store: VectorIndex,
    matrix: Vectors,
    names: Sequence[str],
    asked: Sequence[tuple[Vectors, Any]],
    scope: set[str] | None,
) -> float:
    """Share of the scores of the ten exactly nearest that the search reaches: copies tie, so names would not do."""
    inside = np.array([scope is None or name.rsplit(":", 2)[0] in scope for name in names])
    shares = []
    for vector, _ in asked:
        scores = np.where(inside, matrix @ vector, -2.0)
        least = np.sort(scores)[-10] - 1e-5
        got = [score for _, score in store.nearest(vector, CANDIDATES, scope)[:10]]
        shares.append(sum(score >= least for score in got) / min(10, int(inside.sum())))
    return float(np.mean(shares))
