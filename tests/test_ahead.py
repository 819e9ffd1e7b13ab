"""Embedding ahead: several workers share the files, each is embedded once, and the update finds all of it done."""

import json
import subprocess
import sys
import time
from contextlib import closing

import pytest
from fakes import FakeEmbedder, fake_environment, fake_settings, write_letters

import assistant.index.ahead
import assistant.index.catalogue
import assistant.index.update
from assistant.errors import LetterError
from assistant.index.ahead import embed_ahead
from assistant.index.catalogue import Index
from assistant.index.update import update_index

TOPICS = {f"letter-{number:02}.txt": f"topic{number} and more" for number in range(40)}
WORKER = """
import json, sys
from dataclasses import asdict
from fakes import FakeEmbedder
import assistant.index.ahead
from assistant.settings import load_settings
assistant.index.ahead.Embedder = FakeEmbedder
assistant.index.ahead.AT_ONCE = 2
print("ready", flush=True)
sys.stdin.readline()
print(json.dumps(asdict(assistant.index.ahead.embed_ahead(load_settings()))), flush=True)
"""


@pytest.fixture
def embedded(monkeypatch) -> list[str]:
    """Every text that the update or the workers in this process embed."""
    texts: list[str] = []

    class Noting(FakeEmbedder):
        def passages(self, some):
            texts.extend(some)
            return super().passages(some)

    for module in (assistant.index.ahead, assistant.index.update, assistant.index.catalogue):
        monkeypatch.setattr(module, "Embedder", Noting)
    return texts


@pytest.fixture
def settings(tmp_path):
    return fake_settings(tmp_path / "index", write_letters(tmp_path / "letters", TOPICS), reading_workers=1)


def worker(settings) -> subprocess.Popen:
    environment = fake_environment(settings.index_dir, settings.corpus_dir, READING_WORKERS="1")
    environment["PYTHONPATH"] += ":" + str(assistant.index.ahead.Path(__file__).parent)
    process = subprocess.Popen(
        [sys.executable, "-c", WORKER], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "ready\n"
    return process


def test_two_processes_share_the_files_and_the_update_embeds_nothing(settings, embedded):
    both = [worker(settings), worker(settings)]
    for process in both:
        process.stdin.write("go\n")
        process.stdin.flush()
    done = [json.loads(process.communicate()[0]) for process in both]
    assert sum(one["files"] for one in done) == len(TOPICS)
    assert all(0 < one["files"] < len(TOPICS) for one in done), "one of them did all"
    assert done[0]["left"] + done[0]["files"] == len(TOPICS)
    report = update_index(settings)
    assert (report.letters, report.failed) == (len(TOPICS), [])
    assert report.passages == sum(one["passages"] for one in done)
    assert embedded == []
    assert not (settings.index_dir / "ahead").exists()


def test_the_index_is_the_same_as_without_it(settings, tmp_path, embedded):
    embed_ahead(settings)
    update_index(settings)
    plain = settings.model_copy(update={"index_dir": tmp_path / "plain"})
    update_index(plain)
    with closing(Index(settings)) as ahead, closing(Index(plain)) as other:
        assert dict(ahead.passages) == dict(other.passages)
        question = FakeEmbedder(settings).questions(["topic7"])[0]
        found, expected = dict(ahead.store.dense(question, 999)), dict(other.store.dense(question, 999))
        assert found == pytest.approx(expected, abs=1e-5)
        assert len(found) == len(ahead.passages)


def test_a_worker_that_was_killed_leaves_its_files_to_others(settings, embedded):
    process = worker(settings)
    process.stdin.write("go\n")
    process.stdin.flush()
    queue = settings.index_dir / "ahead"
    until = time.monotonic() + 30
    while not list(queue.glob("*.claim")) and time.monotonic() < until:
        time.sleep(0.01)
    process.kill()
    process.wait()
    assert list(queue.glob("*.claim"))
    report = embed_ahead(settings)
    assert report.files + report.left == len(TOPICS)
    assert report.files == len(TOPICS), "what the dead one had claimed was left"
    embedded.clear()
    assert update_index(settings).letters == len(TOPICS)
    assert embedded == []


def test_what_is_indexed_already_is_left(settings, embedded):
    update_index(settings)
    assert embed_ahead(settings).files == 0
    write_letters(settings.corpus_dir, {"new.txt": "adoption"})
    assert embed_ahead(settings).files == 1
    assert update_index(settings).added == 1


def test_a_file_that_cannot_be_read_is_said_and_the_others_are_embedded(settings, embedded):
    (settings.corpus_dir / "broken.pdf").write_bytes(b"%PDF-1.7 nothing")
    report = embed_ahead(settings)
    assert (report.files, [one["file"] for one in report.failed]) == (len(TOPICS), ["broken.pdf"])


def test_a_folder_that_does_not_exist(settings, tmp_path):
    with pytest.raises(LetterError, match="nowhere"):
        embed_ahead(settings, [tmp_path / "nowhere"])
