"""`python -m eval.bench`: what it measures and prints, never how long it took."""

import json
import re
from pathlib import Path

import pytest
from fakes import MODEL, hashed_words, letter_words, write_letters

from assistant.index.state import load_state
from assistant.index.update import update_index
from assistant.settings import load_settings
from eval.bench import __main__ as bench
from eval.bench import asking, figures, searching, serving, updating
from eval.bench.figures import Figure, table


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    file = tmp_path / "gold.jsonl"
    questions = ["What is said about fostering?", "Which letters mention housing?", "Who inspected?"]
    file.write_text("\n".join(json.dumps({"question": question}) for question in questions), encoding="utf-8")
    return file


@pytest.fixture
def letters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two letters under the fake model, with an index that is made on opening."""
    folder = write_letters(tmp_path / "letters", {"a.txt": "fostering", "b.txt": "housing"})
    monkeypatch.setenv("ASSISTANT_CORPUS_DIR", str(folder))
    monkeypatch.setenv("ASSISTANT_EMBEDDING_MODEL", MODEL)
    monkeypatch.setenv("ASSISTANT_INDEX_DIR", str(tmp_path / "index"))
    with hashed_words():
        yield folder


def names(found: list[Figure]) -> list[str]:
    return [one.name for one in found]


def silent(_what: str) -> None:
    pass


@pytest.mark.parametrize(
    ("figure", "met"),
    [
        (Figure("p", "n", 3, target=4), True),
        (Figure("p", "n", 5, target=4), False),
        (Figure("p", "n", 0.99, target=0.99, least=True), True),
        (Figure("p", "n", 0.98, target=0.99, least=True), False),
        (Figure("p", "n", 100, "ms", ratio=3.9, target=4), True),
        (Figure("p", "n", 1, "ms", ratio=4.1, target=4), False),
        (Figure("p", "n", 1), None),
    ],
)
def test_a_target_is_of_the_ratio_where_there_is_one(figure, met):
    assert figure.met is met


def test_the_table_says_what_was_missed():
    lines = table(
        [Figure("asking", "p50", 12.34, "ms", 5, "an encoding", 4), Figure("asking", "p95", 20000, "ms")]
    ).splitlines()
    assert lines[2:] == [
        "| **asking** | | | | |",
        "| p50 | 12.3 ms | 5 | an encoding | ≤ 4: missed |",
        "| p95 | 20,000 ms | | | |",
    ]


def test_memory_is_measured_in_megabytes():
    assert 20 < figures.peak_megabytes() < 100_000


def test_questions_are_drawn_the_same_each_time(gold):
    assert sorted(asking.questions_of(gold, 10)) == sorted(json.loads(line)["question"] for line in gold.open())
    assert asking.questions_of(gold, 2) == asking.questions_of(gold, 2)
    assert len(asking.questions_of(gold, 2)) == 2


@pytest.mark.parametrize(
    ("content", "error"),
    [(None, "FileNotFoundError"), ("not json", "JSONDecodeError"), ('{"id": "q1"}', "KeyError")],
)
def test_questions_that_cannot_be_read_end_with_2(letters, tmp_path, capsys, content, error):
    file = tmp_path / "bad.jsonl"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    assert bench.main(["--only", "asking", "--gold", str(file)]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(f"{error}: ")


def test_letters_that_are_not_there_end_with_2(gold, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("ASSISTANT_CORPUS_DIR", str(tmp_path / "none"))
    monkeypatch.setenv("ASSISTANT_INDEX_DIR", str(tmp_path / "index"))
    assert bench.main(["--only", "searching", "--sizes", "10", "--gold", str(gold)]) == 2
    assert "Error: " in capsys.readouterr().err


def test_asking_measures_new_questions_and_known_ones(letters, gold, monkeypatch):
    encoded = []
    monkeypatch.setattr(asking, "_reference", lambda: encoded.append)
    found = asking.measure(None, [gold], 10, silent)
    parts = list(dict.fromkeys(one.part for one in found))
    name = f"{gold.parent.name}/gold"
    assert parts == [
        f"asking, 2 letters, 3 questions of {name}, new",
        f"asking, 2 letters, 3 questions of {name}, asked once more",
        "searching",
    ]
    assert names(found)[:6] == [
        "answer, p50",
        "answer, p95",
        "of it understanding, p50",
        "of it searching, p50",
        "of it writing, p50",
        "the reference, p50",
    ]
    assert [one.target for one in found[:2]] == [4, 8]
    assert len(encoded) == 2 * 2 * 3, "the reference is measured before each half"
    recall = found[-1]
    assert (recall.value, recall.met) == (1.0, True)
    assert re.match(r"recall@10, \d+ passages, 3 questions", recall.name)


def test_what_was_encoded_before_is_no_help_to_a_new_question(letters, gold, monkeypatch, tmp_path):
    monkeypatch.setattr(asking, "_reference", lambda: lambda _text: None)
    asking.measure(None, [gold], 10, silent)
    kept = tmp_path / "index" / "sentences.sqlite"
    before = kept.read_bytes()
    asking.measure(None, [gold], 10, silent)
    assert kept.read_bytes() == before


def test_searching_copies_passages_up_to_the_size_and_filters_them(letters, gold):
    found = searching.measure(None, asking.questions_of(gold, 10), [50], silent)
    assert {one.part for one in found} == {"searching 50 passages"}
    for share in ("no filter", "a filter that lets 1% through", "a filter that lets 99% through"):
        assert f"{share}, p95" in names(found)
    recalls = [one for one in found if one.name.endswith("recall@10")]
    assert len(recalls) == 5
    assert all(one.value == 1.0 for one in recalls), recalls
    (target,) = [one for one in found if one.target == 2]
    assert target.name == "a filter that lets 99% through, p95"
    assert target.beside == "no filter, p95"


def test_serving_reads_the_levels_of_the_load(tmp_path, monkeypatch):
    def load(command, **_):
        file = Path(command[command.index("--json") + 1])
        levels = [{"users": n, "a_second": 10.0 + n, "p95": 5.0, "errors": 0} for n in serving.USERS]
        file.write_text(json.dumps({"levels": levels}))
        return type("Run", (), {"stderr": "", "returncode": 0})

    monkeypatch.setattr(serving.subprocess, "run", load)
    found = serving.measure(tmp_path, silent)
    assert [one.ratio for one in found if one.unit == "a second"] == pytest.approx([1, 15 / 11, 30 / 11])
    assert [one.met for one in found if one.target is not None] == [True, True]


def test_a_server_that_does_not_start_is_one_line(tmp_path, monkeypatch, capsys):
    failed = type("Run", (), {"stderr": "LoadError: the server did not start\n", "returncode": 2})
    monkeypatch.setattr(serving.subprocess, "run", lambda *_, **__: failed)
    assert bench.main(["--only", "serving", "--index", str(tmp_path)]) == 2
    assert capsys.readouterr().err.endswith("ValueError: LoadError: the server did not start\n")


def test_figures_go_into_the_docs_and_to_programs(tmp_path, monkeypatch, capsys):
    page = tmp_path / "performance.md"
    page.write_text(f"# Before\n\n{bench.BEGIN}old\n{bench.END}\nAfter\n", encoding="utf-8")
    monkeypatch.setattr(bench, "DOCS", page)
    monkeypatch.setattr(bench.starting, "measure", lambda *_: [Figure("starting", "ask", 1.5, "s", 3, "loading", 4)])
    assert bench.main(["--only", "starting", "--docs", "--json", str(tmp_path / "f.json")]) == 0
    shown = capsys.readouterr().out
    assert shown.strip() in page.read_text(encoding="utf-8")
    assert "old" not in page.read_text(encoding="utf-8")
    told = json.loads((tmp_path / "f.json").read_text())
    assert told["figures"][0] == {
        "part": "starting", "name": "ask", "value": 1.5, "unit": "s", "ratio": 3, "beside": "loading", "target": 4,
        "least": False, "met": True,
    }  # fmt: skip
    page.write_text("no marks", encoding="utf-8")
    assert bench.main(["--only", "starting", "--docs"]) == 2
    assert "the marks are missing" in capsys.readouterr().err


def test_updating_leaves_the_index_as_it_was(letters, tmp_path):
    update_index(load_settings())
    before = load_state(tmp_path / "index")
    found = updating.measure(tmp_path / "index", silent)
    assert names(found)[:3] == ["nothing changed", "one letter more", "one letter gone"]
    assert found[0].part.startswith("updating, 2 letters, ")
    assert load_state(tmp_path / "index") == before


@pytest.mark.model
def test_indexing_beside_its_references(tmp_path, monkeypatch, capsys):
    folder = tmp_path / "letters"
    folder.mkdir()
    (folder / "a.txt").write_text(letter_words("fostering"), encoding="utf-8")
    for name in ("CORPUS_DIR", "INDEX_DIR", "EMBEDDING_MODEL"):
        monkeypatch.delenv(f"ASSISTANT_{name}", raising=False)
    assert bench.main(["--only", "indexing", "--letters", str(folder)]) == 0
    out = capsys.readouterr().out
    assert re.search(r"1 letters, \d passages: the first index", out)
    for stage in ("loading the model", "cutting", "encoding", "writing Chroma", "writing tantivy", "the rest"):
        assert f"| of it {stage}" in out
    assert "| ≤ 0.5: " in out
