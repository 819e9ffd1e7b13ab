"""`python -m eval`: exit codes, streams and files, with the shipped letters and answers that are queued."""

import json
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from assistant.corpus import find_files, read_letter
from assistant.errors import IndexStateError
from assistant.letters import Letter
from eval import __main__ as command
from eval.report import MEASURES
from eval.run import Library

ROOT = Path(__file__).parent.parent
LETTERS = [read_letter(file) for file in find_files(ROOT / "corpus" / "letters")]
VISIT = next(letter for letter in LETTERS if letter.kind == "focused visit")
QUOTE = "The inspectors were Diane Partridge and Marcie Taylor"
START = VISIT.text.index(QUOTE)

GOLD = [
    {
        "id": "q1",
        "question": "Who inspected?",
        "type": "who",
        "answerable": True,
        "history": ["What of 2019?"],
        "gold_documents": [VISIT.file],
        "quotes": [{"document": VISIT.file, "quote": QUOTE}],
        "required_facts": [["Diane Partridge"]],
        "forbidden": [],
    },
    {"id": "q2", "question": "And in 2021?", "type": "year", "answerable": False},
]
RIGHT: dict[str, Any] = {
    "refused": False,
    "refusal": None,
    "answer": f"{QUOTE} [1]",
    "sentences": [{"text": QUOTE, "citations": [1]}],
    "groups": [{"heading": "", "sentences": [0]}],
    "citations": [
        {"number": 1, "letter_id": VISIT.letter_id, "quote": QUOTE, "start": START, "end": START + len(QUOTE)}
    ],
    "retrieved": [{"letter_id": VISIT.letter_id, "text": QUOTE}],
    "seconds": {"retrieve": 0.01, "total": 0.02},
}
REFUSED: dict[str, Any] = {
    "refused": True,
    "refusal": {"kind": "no_letter_in_scope"},
    "answer": "There is none.",
}


class QueuedLibrary:
    """The shipped letters, and answers by question."""

    def __init__(self, answers: Mapping[str, Mapping[str, Any]]) -> None:
        self.answers = answers
        self.asked: list[tuple[str, Sequence[str]]] = []
        self.opened: tuple[Path | None, Path | None] | None = None
        self.closed = False
        self.letters: Sequence[Letter] = LETTERS

    def answer(self, question_id: str, question: str, history: Sequence[str]) -> Mapping[str, Any]:
        self.asked.append((question, history))
        return self.answers[question_id]

    def close(self) -> None:
        self.closed = True

    def open(self, corpus: Path | None, index: Path | None) -> Library:
        self.opened = (corpus, index)
        return self


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    return written(tmp_path / "heldout.jsonl", GOLD)


def run(library: QueuedLibrary, gold: Path, *options: str) -> int:
    """The command with a baseline of the test's own."""
    return command.main(["--gold", str(gold), *options], library.open, gold.parent / "baseline.json")


def written(file: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return file


def test_every_question_is_asked_with_its_history(gold: Path, capsys: pytest.CaptureFixture[str]) -> None:
    library = QueuedLibrary({"q1": RIGHT, "q2": REFUSED})
    assert run(library, gold, "--gate", "--index", "there") == 0
    assert library.asked == [("Who inspected?", ("What of 2019?",)), ("And in 2021?", ())]
    assert library.opened == (None, Path("there"))
    assert library.closed
    out, err = capsys.readouterr()
    assert "heldout (2 questions)" in out
    assert "Every question passed." in out
    assert "Gate: holds" in out
    assert err == "asked: 2 of 2\n"


def test_the_gate_falls_with_exit_1_and_names_what_failed(
    gold: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    library = QueuedLibrary({"q1": REFUSED, "q2": RIGHT})
    report = tmp_path / "report.json"
    assert run(library, gold) == 0  # no gate was asked for
    assert run(library, gold, "--gate", "--json", str(report)) == 1
    out = capsys.readouterr().out
    assert "q1 [who] Who inspected?\n    refused (no_letter_in_scope)" in out
    assert "q2 [year] And in 2021?\n    should have refused" in out
    assert "accuracy is 0.000, at least 0.85 is asked" in out
    body = json.loads(report.read_text(encoding="utf-8"))
    assert body["gate"]["holds"] is False
    assert body["sets"]["heldout"]["measures"]["refusal_recall"]["value"] == 0
    assert body["sets"]["heldout"]["seconds"]["total"] == {"p50": 0.02, "p95": 0.02}
    assert [one["causes"] for one in body["questions"]] == [
        ["refused (no_letter_in_scope)"],
        ["should have refused"],
    ]


def test_accepted_outcomes_name_the_questions_lost_later(gold: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(QueuedLibrary({"q1": RIGHT, "q2": REFUSED}), gold, "--accept") == 0
    assert run(QueuedLibrary({"q1": RIGHT, "q2": RIGHT}), gold, "--gate") == 1
    assert "lost: q2" in capsys.readouterr().out


def test_answers_may_come_from_a_file(gold: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    library = QueuedLibrary({})
    answers = written(tmp_path / "answers.jsonl", [REFUSED | {"id": "q2"}, RIGHT | {"id": "q1"}])
    assert run(library, gold, "--answers", str(answers), "--gate") == 0
    assert library.asked == []
    written(answers, [RIGHT | {"id": "q1"}])
    assert run(library, gold, "--answers", str(answers)) == 2
    assert f'{answers}: no answer to "q2"' in capsys.readouterr().err


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", ":3: not JSON: Expecting property name enclosed in double quotes"),
        (json.dumps(GOLD[1]), ':3: the id "q2" was given before'),
        (json.dumps(GOLD[0] | {"id": "q3", "gold_documents": ["x.txt"]}), ':3: there is no letter "x.txt"'),
        (
            json.dumps(GOLD[0] | {"id": "q3", "quotes": [{"document": VISIT.file, "quote": "Not so."}]}),
            f':3: quote 1 is not in {VISIT.file}: "Not so."',
        ),
    ],
)
def test_wrong_gold_is_named_by_file_and_line_and_nothing_is_scored(
    gold: Path, line: str, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    gold.write_text(gold.read_text(encoding="utf-8") + line + "\n", encoding="utf-8")
    library = QueuedLibrary({})
    assert run(library, gold) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"{gold}{reason}")
    assert err.endswith("1 to mend; nothing was scored\n")
    assert library.asked == []


@pytest.mark.parametrize("arguments", [["--nonsense"], ["--corpus", "/no/such/folder"], ["--json", "/no/such/f.json"]])
def test_wrong_usage_exits_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        command.main(arguments, QueuedLibrary({}).open)
    assert caught.value.code == 2


def test_an_error_of_the_assistant_is_one_line_and_exit_1(gold: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def locked(corpus: Path | None, index: Path | None) -> Library:
        raise IndexStateError("the index is in use; close the page first")

    assert command.main(["--gold", str(gold)], locked) == 1
    assert capsys.readouterr().err == "the index is in use; close the page first\n"


def test_the_page_in_the_docs_names_every_measure_option_and_floor() -> None:
    page = (ROOT / "docs" / "evaluation.md").read_text(encoding="utf-8")
    floors = tomllib.loads((ROOT / "eval" / "floors.toml").read_text(encoding="utf-8"))
    for name in MEASURES:
        assert f"`{name}`" in page, name
    for option in ("--gold", "--answers", "--json", "--gate", "--accept", "--corpus", "--index"):
        assert f"`{option}" in page, option
    for bound, limits in floors.items():
        for name, limit in limits.items():
            assert f"| `{name}` | {bound.replace('_', ' ')} {limit:g} |" in page, name
