"""Folders in BEIR's shape: over letters by name, with documents of their own, and with slips."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from assistant.letters.letter import Letter
from eval.beir import beir_letters, is_beir, read_beir
from eval.gold import GoldError
from eval.shelf import Shelf

VISIT = "2019-03-01-swindon-focused-visit"
REPORT = "2011-03-16-swindon-unannounced-inspection"


def folder(at: Path, queries: list[object], qrels: str, corpus: list[object] | None = None) -> Path:
    (at / "qrels").mkdir(parents=True)
    (at / "queries.jsonl").write_text("".join(json.dumps(row) + "\n" for row in queries), encoding="utf-8")
    (at / "qrels" / "test.tsv").write_text(qrels, encoding="utf-8")
    if corpus is not None:
        (at / "corpus.jsonl").write_text("".join(json.dumps(row) + "\n" for row in corpus), encoding="utf-8")
    return at


def test_documents_are_letters_by_identifier_or_file_name(tmp_path: Path, shipped: Mapping[str, Letter]) -> None:
    queries = [
        {"_id": "1", "text": "Who led?"},
        {"_id": "2", "text": "What of 2011?"},
        {"_id": "3", "text": "Unjudged"},
    ]
    qrels = f"query-id\tcorpus-id\tscore\n1\t{VISIT}.txt\t1\n1\t{REPORT}\t2\n2\t{REPORT}\t1\n2\t{VISIT}\t0\n"
    found = folder(tmp_path / "mine", queries, qrels)
    assert is_beir(found) and not is_beir(tmp_path)
    questions = read_beir([found], Shelf(shipped.values()))
    assert [(one.id, one.letters) for one in questions] == [
        ("mine-1", (VISIT, REPORT)),
        ("mine-2", (REPORT,)),
    ], "what nobody judged is not asked, and 0 is not relevant"
    assert all(one.answerable and not one.facts and one.source == "mine" for one in questions)
    assert beir_letters([found]) is None


def test_documents_of_its_own_become_files_to_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_INDEX_DIR", str(tmp_path / "index"))
    corpus = [{"_id": "a/1", "title": "On visits", "text": "Visits happen."}, {"_id": "b", "text": "Plans exist."}]
    found = folder(tmp_path / "mine", [{"_id": "q", "text": "?"}], "q\ta/1\t1\n", corpus)
    letters = beir_letters([found])
    assert letters is not None and letters.parent == tmp_path
    texts = {file.name: file.read_text() for file in letters.iterdir()}
    assert texts.pop("b.txt") == "b\n\nPlans exist.\n"
    [(name, text)] = texts.items()
    assert name.startswith("a_1-") and text == "On visits\n\nVisits happen.\n"
    assert beir_letters([found]) == letters, "the same documents lie in the same folder"


@pytest.mark.parametrize(
    ("queries", "qrels", "problem"),
    [
        ([{"_id": "1"}], f"1\t{VISIT}\t1\n", 'queries.jsonl:1: a query needs "_id" and "text"'),
        ([{"_id": "1", "text": "?"}], "1\tnone\t1\n", 'test.tsv:1: there is no letter "none"'),
        ([{"_id": "1", "text": "?"}], f"1\t{VISIT}\n", "test.tsv:1: three cells are wanted"),
        ([{"_id": "1", "text": "?"}], f"1\t{VISIT}\tmuch\n", "test.tsv:1: three cells are wanted"),
        ([{"_id": "1", "text": "?"}], f"2\t{VISIT}\t1\n", 'qrels: there is no query "2"'),
    ],
)
def test_a_slip_is_named_by_file_and_line(
    tmp_path: Path, shipped: Mapping[str, Letter], queries: list[object], qrels: str, problem: str
) -> None:
    found = folder(tmp_path / "mine", queries, qrels)
    with pytest.raises(GoldError) as caught:
        read_beir([found], Shelf(shipped.values()))
    assert any(problem in one for one in caught.value.problems), caught.value.problems


def test_documents_without_text_are_refused(tmp_path: Path) -> None:
    found = folder(tmp_path / "mine", [], "", [{"_id": "a", "text": " "}, 7])
    with pytest.raises(GoldError) as caught:
        beir_letters([found])
    assert [one.partition("corpus.jsonl")[2] for one in caught.value.problems] == [
        ':1: a document needs "_id" and "text"',
        ':2: a document needs "_id" and "text"',
    ]
