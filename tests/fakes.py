"""Stand-ins for the tests: an embedding model that is a hashed bag of words, and letters made by hand."""

import atexit
import hashlib
import math
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.embedding.encoder import Vectors
from assistant.engine import Assistant
from assistant.letters.letter import Judgement, Letter, Paragraph, Section
from assistant.settings import Settings
from assistant.stores.passages import Passage

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT / "corpus" / "letters"
MODEL = "hashed-words"  # as a setting: no folder of that name, so that no weights are hashed
DIMENSIONS = 32
WINDOW = 256
REAL_QUESTION = "what did 2019 say about care leavers?"


def from_root(written: str) -> str:
    """Markup, or an address, with the addresses that lead to other pages of ours written from the root again."""
    return re.sub(r'(^|\s(?:href|action|src)="|\surl=)(?:\./|(?:\.\./)+)', r"\1/", written)


class FakeEmbedder:
    """A bag of words hashed into 32 dimensions; a token is what stands between white space."""

    made = 0  # how many were made: each stands for some seconds of loading a model

    def __init__(self, settings: Settings) -> None:
        type(self).made += 1
        self.name = settings.embedding_model
        self.window = WINDOW
        self.embedded: list[str] = []

    def count(self, text: str) -> int:
        return len(text.split())

    def passages(self, texts: Sequence[str]) -> Vectors:
        self.embedded += texts
        return self.questions(texts)

    def questions(self, texts: Sequence[str]) -> Vectors:
        return np.array([self._vector(text) for text in texts], np.float32)

    def _vector(self, text: str) -> list[float]:
        if any("\ud800" <= character <= "\udfff" for character in text):
            raise TypeError("TextEncodeInput must be Union[...]")  # as the real tokenizer does
        vector = [0.0] * DIMENSIONS
        for word in text.lower().split():
            spot = hashlib.sha256(word.strip(".,;:?!").encode()).digest()
            vector[spot[0] % DIMENSIONS] += 1.0 if spot[1] % 2 else -1.0
        length = math.sqrt(sum(x * x for x in vector)) or 1.0
        return [x / length for x in vector] if any(vector) else [1.0, *([0.0] * (DIMENSIONS - 1))]


def fake_settings(index_dir: Path, corpus_dir: Path = CORPUS, **more: Any) -> Settings:
    """Settings that name the fake model, whatever the environment says."""
    given = {"index_dir": index_dir, "corpus_dir": corpus_dir, "embedding_model": MODEL} | more
    return Settings(_env_file=None, **given)


def fake_environment(index_dir: Path, corpus_dir: Path = CORPUS, **more: str) -> dict[str, str]:
    """The environment of a child process under the same settings, nothing else of ours in it."""
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith("ASSISTANT_")}
    ours = {"INDEX_DIR": str(index_dir), "CORPUS_DIR": str(corpus_dir), "EMBEDDING_MODEL": MODEL, **more}
    return kept | {f"ASSISTANT_{name}": value for name, value in ours.items()} | {"PYTHONPATH": str(ROOT)}


def letter_words(topic: str, authority: str = "Swindon", year: int = 2019) -> str:
    """A short focused visit letter about one topic, as a text file would hold it."""
    return f"""1 March {year}

Ms Ann Other
Director of Children's Services
{authority} Borough Council

Dear Ms Other

Focused visit to {authority} Borough Council children's services

This letter summarises the findings of a focused visit to {authority} children's services on 6 and 7 February {year}. \
The inspectors were Jane Doe and John Roe, two of Her Majesty's inspectors.

Overview

The quality of {topic} is not yet good enough, and leaders know it.

What needs to improve in this area of social work practice

- The timeliness of {topic}.

Findings

- Managers oversee {topic} with care and take steps where it falls short of what children need.

Yours sincerely

Jane Doe
Her Majesty's Inspector
"""


def write_letters(folder: Path, topics: Mapping[str, str]) -> Path:
    """One letter a file, `{file name: topic}`."""
    for name, topic in topics.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(letter_words(topic), encoding="utf-8")
    return folder


def made_letter(
    letter_id: str,
    *,
    authority: str | None = "Swindon",
    kind: str = "focused visit",
    published: str | None = None,
    visit: tuple[str, str] | None = None,
    standing: str = "inspectorate",
    words: str = "Care leavers are well supported.",
    judgements: tuple[Judgement, ...] = (),
) -> Letter:
    """A letter of one section and one paragraph, without reading any file."""
    text = f"Findings\n\n{words}\n"
    start = text.index(words)
    paragraph = Paragraph("s1p1", None, 1, False, start, start + len(words))
    return Letter(
        letter_id=letter_id,
        file=f"{letter_id}.txt",
        sha256=hashlib.sha256(f"{letter_id}{text}".encode()).hexdigest(),
        title=f"Letter {letter_id}",
        issuer="Ofsted" if standing == "inspectorate" else f"{authority} Borough Council",
        standing=standing,  # type: ignore[arg-type]
        kind=kind,
        framework=None,
        authority=authority,
        published=published,
        published_source="text" if published else None,
        visit_start=visit[0] if visit else None,
        visit_end=visit[1] if visit else None,
        visit_periods=(visit,) if visit else (),
        lead_inspector=None,
        inspectors=(),
        addressee=None,
        judgements=judgements,
        sections=(Section("findings", "Findings", 0, len(text), (paragraph,)),),
        text=text,
        files=(f"{letter_id}.txt",),
    )


def made_passage(letter_id: str, words: str, number: int = 0) -> Passage:
    """A passage by itself; a number for each of a letter."""
    return Passage(
        passage_id=f"{letter_id}:{number}",
        letter_id=letter_id,
        file=f"{letter_id}.txt",
        section="Findings",
        section_kind="findings",
        paragraph_ids=(f"s1p{number + 1}",),
        start=number * 1000,
        end=number * 1000 + len(words),
        text=words,
        n_tokens=len(words.split()),
    )


@contextmanager
def hashed_words() -> Iterator[type[FakeEmbedder]]:
    """The fake model in place of the real one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("assistant.index.catalogue.Embedder", FakeEmbedder)
        patch.setattr("assistant.index.update.Embedder", FakeEmbedder)
        yield FakeEmbedder


@contextmanager
def shipped_assistant(folder: Path, **more: Any) -> Iterator[Assistant]:
    """An assistant over the shipped letters, under the fake model, with an index of its own in a folder."""
    with hashed_words(), Assistant.open(fake_settings(folder, **more)) as assistant:
        yield assistant


@contextmanager
def refused_network() -> Iterator[list[object]]:
    """Every connection beyond this process is refused and noted."""
    tried: list[object] = []

    def refuse(_socket: object, address: object) -> None:
        tried.append(address)
        raise OSError(f"the network was asked for {address}")

    def resolve(host: object, *_: object, **__: object) -> None:
        tried.append(host)
        raise OSError(f"the network was asked for {host}")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", refuse)
        patch.setattr(socket.socket, "connect_ex", refuse)
        patch.setattr(socket, "getaddrinfo", resolve)
        yield tried


@cache
def real_run() -> tuple[Path, subprocess.CompletedProcess[str]]:
    """One `assistant ask` with nothing prepared: the real model, an index made on the way. Some 15 seconds."""
    folder = Path(tempfile.mkdtemp(prefix="assistant-test-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    command = [sys.executable, "-m", "assistant.cli", "ask", REAL_QUESTION, "--json"]
    environment = fake_environment(folder / "index", EMBEDDING_MODEL="packaged")
    done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, timeout=300)
    return folder / "index", done


def problem_in(reply, status=None):
    """The one line of an error as programs read it: a problem of RFC 9457, whole and of the right status."""
    found = reply.json()
    assert reply.headers["content-type"] == "application/problem+json"
    assert set(found) - {"field"} == {"type", "title", "status", "detail", "error"}
    assert found["status"] == reply.status_code and status in (None, reply.status_code)
    assert found["detail"] == found["error"] and 0 < len(found["detail"]) < 400
    assert "\n" not in found["detail"] and "Traceback" not in found["detail"]
    return found["detail"]
