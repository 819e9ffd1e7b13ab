"""`python -m eval.speed` on the shipped letters under the fake model: what it asks and prints, never how long it took."""

import json
import re
from pathlib import Path

import pytest
from documents import CORPUS
from fakes import MODEL, hashed_words, write_letters

from eval import speed


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    file = tmp_path / "gold.jsonl"
    questions = ["What is said about fostering?", "Which letters mention housing?", "Who inspected?"]
    file.write_text("\n".join(json.dumps({"question": question}) for question in questions), encoding="utf-8")
    return file


@pytest.fixture(autouse=True)
def letters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two letters, the fake model, and an index that is made on opening."""
    folder = write_letters(tmp_path / "letters", {"a.txt": "fostering", "b.txt": "housing"})
    monkeypatch.setenv("ASSISTANT_CORPUS_DIR", str(folder))
    monkeypatch.setenv("ASSISTANT_EMBEDDING_MODEL", MODEL)
    monkeypatch.setenv("ASSISTANT_INDEX_DIR", str(tmp_path / "unused"))
    with hashed_words():
        yield folder


def test_it_prints_the_times_and_the_ratio(gold, tmp_path, capsys):
    index = tmp_path / "index"
    assert speed.main(["--index", str(index), "--gold", str(gold)]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[0] == "3 questions about 2 letters; milliseconds p50 / p95"
    assert [re.fullmatch(r"  (.+?)\s+\d+\.\d / \d+\.\d", line)[1] for line in out[1:4]] == [
        "encoding a question",
        "search",
        "writing the answer",
    ]
    assert re.fullmatch(r"writing, p95, in encodings of a question \(median\): \d+\.\d", out[4])
    assert len(out) == 5
    assert index.is_dir()
    assert not (tmp_path / "unused").exists(), "only the index that is named"


def test_warm_questions_are_asked_before_and_not_counted(gold, tmp_path, capsys, monkeypatch):
    asked: list[str] = []
    counted: list[int] = []
    opened, percentile = speed.open_assistant, speed.percentile

    def watched(*folders):
        assistant = opened(*folders)
        ask = assistant.ask
        assistant.ask = lambda question: asked.append(question) or ask(question)
        return assistant

    monkeypatch.setattr(speed, "open_assistant", watched)

    def counting(values, share):
        counted.append(len(values))
        return percentile(values, share)

    monkeypatch.setattr(speed, "percentile", counting)
    monkeypatch.setattr(speed, "WARM", 2)
    assert speed.main(["--index", str(tmp_path / "index"), "--gold", str(gold), str(gold)]) == 0
    once = [json.loads(line)["question"] for line in gold.read_text().splitlines()]
    assert asked == [*once[:2], *once, *once]
    assert set(counted) == {6}
    assert capsys.readouterr().out.startswith("6 questions about 2 letters")


@pytest.mark.parametrize(
    ("content", "error"),
    [(None, "FileNotFoundError"), ("not json", "JSONDecodeError"), ('{"id": "q1"}', "KeyError")],
)
def test_questions_that_cannot_be_read_end_with_2(tmp_path, capsys, content, error):
    file = tmp_path / "bad.jsonl"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    assert speed.main(["--index", str(tmp_path / "index"), "--gold", str(file)]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(f"{error}: ")


def test_an_index_that_cannot_be_opened_ends_with_2(gold, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("ASSISTANT_CORPUS_DIR", str(tmp_path / "none"))
    assert speed.main(["--index", str(tmp_path / "index"), "--gold", str(gold)]) == 2
    assert "Error: " in capsys.readouterr().err


@pytest.mark.model
def test_indexing_is_measured_beside_the_encoding_of_its_passages(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("ASSISTANT_EMBEDDING_MODEL", "packaged")
    assert speed.main(["--indexing", "--corpus", str(CORPUS)]) == 0
    out = capsys.readouterr().out.splitlines()
    assert re.match(r"5 letters, \d+ passages, \d+\.\d s of reading, embedding and writing$", out[0])
    assert [line.split("  ")[1] for line in out[1:6]] == [
        "letters a second",
        "passages a second",
        "peak memory",
        "index",
        "encoding the passages",
    ]
    assert re.match(r"indexing, in encodings of its passages: \d+\.\d\d$", out[6])
    assert not (tmp_path / "unused").exists()


def test_a_folder_of_letters_goes_with_indexing(capsys):
    with pytest.raises(SystemExit) as caught:
        speed.main(["--corpus", "letters"])
    assert caught.value.code == 2
