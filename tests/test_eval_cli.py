"""`python -m eval`: exit codes, streams and files, with the shipped letters and answers that are queued."""

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import IndexStateError, QuestionError
from assistant.letters.letter import Letter
from assistant.reading.corpus import find_files, read_letter
from assistant.settings import Settings
from eval import __main__ as command
from eval.gold import Question
from eval.run import MATTERING, Library
from eval.score import EXTRACTIVE
from eval.stages import MEASURES, STAGES

ROOT = Path(__file__).parent.parent
LETTERS = [read_letter(file) for file in find_files(ROOT / "corpus" / "letters")]
VISIT = next(letter for letter in LETTERS if letter.kind == "focused visit")
QUOTE = "The inspectors were Diane Partridge and Marcie Taylor"
START = VISIT.text.index(QUOTE)

FLOORS = tomllib.loads((ROOT / "eval" / "floors.toml").read_text(encoding="utf-8"))

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
        self.searched: list[str] = []
        self.opened: tuple[Path | None, Path | None] | None = None
        self.closed = False
        self.letters: Sequence[Letter] = LETTERS
        self.writers: Sequence[str] = [EXTRACTIVE]
        self.settings: Mapping[str, Any] = {}

    def answer(self, question: Question, writer: str) -> Mapping[str, Any]:
        self.asked.append((question.question, question.history))
        return self.answers[question.id if writer == EXTRACTIVE else f"{question.id}, {writer}"]

    def search(self, question: Question) -> Mapping[str, Any]:
        self.searched.append(question.id)
        return {"scope": {}, "hits": self.answers[question.id].get("retrieved", []), "seconds": {"search": 0.01}}

    def close(self) -> None:
        self.closed = True

    def open(self, corpus: Path | None, index: Path | None) -> Library:
        self.opened = (corpus, index)
        return self


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    return written(tmp_path / "heldout.jsonl", GOLD)


def run(library: QueuedLibrary, gold: Path, *options: str) -> int:
    """The command with a baseline of the test's own, and the shipped floors."""
    files = ["--baseline", str(gold.parent / "baseline.json"), "--floors", str(ROOT / "eval" / "floors.toml")]
    return command.main(["--gold", str(gold), *files, *options], library.open)


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
    assert f"accuracy is 0.000, at least {FLOORS['at_least']['accuracy']} is asked" in out
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


def test_what_is_worse_is_accepted_only_with_a_reason(gold: Path, capsys: pytest.CaptureFixture[str]) -> None:
    better, worse = QueuedLibrary({"q1": RIGHT, "q2": REFUSED}), QueuedLibrary({"q1": RIGHT, "q2": RIGHT})
    assert run(better, gold, "--accept") == 0
    kept = (gold.parent / "baseline.json").read_text(encoding="utf-8")
    assert run(worse, gold, "--accept") == 1
    err = capsys.readouterr().err
    assert "Not accepted, for this is worse than before (say why with --because):" in err
    assert "  outcomes lost: q2" in err
    assert (gold.parent / "baseline.json").read_text(encoding="utf-8") == kept
    assert run(worse, gold, "--accept", "--because", "the question was wrong") == 0
    body = json.loads((gold.parent / "baseline.json").read_text(encoding="utf-8"))
    assert (body["because"], body["questions"]["q2"]["passed"]) == ("the question was wrong", False)
    assert body["circumstances"]["corpus"] and body["circumstances"]["gold"]
    assert run(better, gold, "--accept", "--because", "nothing is worse") == 0
    assert json.loads((gold.parent / "baseline.json").read_text(encoding="utf-8"))["because"] == ""


def test_questions_of_ones_own_have_a_baseline_beside_them_and_no_floors(
    gold: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    better, worse = QueuedLibrary({"q1": RIGHT, "q2": REFUSED}), QueuedLibrary({"q1": REFUSED, "q2": REFUSED})
    shipped = command.baseline.FILE.read_bytes()
    assert command.main(["--gold", str(gold), "--gate"], worse.open) == 0  # no floor, nothing to compare with
    assert "no baseline yet" in capsys.readouterr().out
    assert command.main(["--gold", str(gold), "--accept"], better.open) == 0
    assert capsys.readouterr().err.endswith(f"accepted: {gold.parent / 'heldout.baseline.json'}\n")
    assert command.main(["--gold", str(gold), "--accept"], worse.open) == 1
    assert "worse than before" in capsys.readouterr().err
    assert command.baseline.FILE.read_bytes() == shipped


def test_a_first_baseline_below_the_floors_wants_a_reason(gold: Path, capsys: pytest.CaptureFixture[str]) -> None:
    worse = QueuedLibrary({"q1": REFUSED, "q2": REFUSED})
    assert run(worse, gold, "--accept") == 1
    assert "Not accepted, for this is worse than is asked (say why with --because):" in capsys.readouterr().err
    assert run(worse, gold, "--accept", "--because", "a beginning") == 0


def test_floors_that_cannot_be_read_are_one_line_and_exit_2(gold: Path, capsys: pytest.CaptureFixture[str]) -> None:
    floors = gold.parent / "mine.toml"
    arguments = ["--gold", str(gold), "--gate", "--floors", str(floors)]
    assert command.main(arguments, QueuedLibrary({}).open) == 2
    asked = f"{floors}: cannot be read (No such file or directory); it has the shape of eval/floors.toml\n"
    assert capsys.readouterr().err.startswith(asked)
    floors.write_text("[at_least]\nacuracy = 1\n", encoding="utf-8")
    assert command.main(arguments, QueuedLibrary({}).open) == 2
    assert capsys.readouterr().err.startswith(f"{floors}: acuracy = 1 is no measure")


def test_a_question_that_cannot_be_asked_is_named_by_file_and_line(
    gold: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    class Choosy(QueuedLibrary):
        def answer(self, question: Question, writer: str) -> Mapping[str, Any]:
            raise QuestionError("the question has 3,000 characters; ask in at most 2,000")

    assert run(Choosy({}), gold) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err == f"{gold}:1: the question has 3,000 characters; ask in at most 2,000\n1 to mend; nothing was scored\n"


def test_every_setting_is_known_to_change_answers_or_not_to() -> None:
    none = """corpus_dir index_dir reading_workers reading_seconds reading_megabytes batch_size store_uri store_token
        store_certificate store_seconds max_question_chars llm_url llm_key llm_seconds llm_total_seconds llm_retries host
        port link_base password api_keys user_header proxies open_to_all questions_a_minute adding adding_password
        adding_users adding_dir adding_megabytes adding_files adding_pause question_log question_log_days mcp
        log_level"""
    assert sorted([*none.split(), *MATTERING]) == sorted(Settings.model_fields)  # a new one goes here or there


def test_stages_by_themselves_neither_answer_nor_need_to(gold: Path, capsys: pytest.CaptureFixture[str]) -> None:
    library = QueuedLibrary({"q1": RIGHT, "q2": REFUSED})
    assert run(library, gold, "--stage", "retrieval") == 0
    assert (library.asked, library.searched) == ([], ["q1", "q2"])
    out = capsys.readouterr().out
    assert "MRR@10" in out and "Answers right" not in out and "Citation" not in out
    assert run(library, gold, "--stage", "refusal") == 0
    out = capsys.readouterr().out
    assert len(library.asked) == 2
    assert "Unanswerable refused" in out and "MRR@10" not in out


def test_the_reading_needs_no_question(gold: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    row = {"document": VISIT.file, "authority": "Swindon", "published": "2019-03-02", "headings": ["Findings", "Nine"]}
    particulars = written(tmp_path / "particulars.jsonl", [row])
    library = QueuedLibrary({})
    assert run(library, gold, "--stage", "reading", "--particulars", str(particulars)) == 0
    assert (library.asked, library.searched) == ([], [])
    out = capsys.readouterr().out
    assert "Particulars read rightly  0.500  [0.09, 0.91]  1 of 2" in out
    assert f"{VISIT.file}: published is '2019-03-01', expected '2019-03-02'" in out
    assert f'{VISIT.file}: no heading "Nine"' in out


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"document": "x.txt"}, ':1: there is no letter "x.txt"'),
        ({"document": VISIT.file, "athority": "Swindon"}, ":1: athority: Extra inputs are not permitted"),
        ({"authority": "Swindon"}, ":1: document: Field required"),
    ],
)
def test_wrong_particulars_are_named_by_file_and_line(
    gold: Path, tmp_path: Path, row: Mapping[str, Any], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    particulars = written(tmp_path / "particulars.jsonl", [row])
    assert run(QueuedLibrary({}), gold, "--particulars", str(particulars)) == 2
    assert f"{particulars}{reason}" in capsys.readouterr().err


def test_a_language_model_stands_beside_the_extractive_writer_and_does_not_gate(
    gold: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = {f"{name}, language model": REFUSED for name in ("q1", "q2")}
    library = QueuedLibrary({"q1": RIGHT, "q2": REFUSED} | model)
    library.writers = [EXTRACTIVE, "language model"]
    assert run(library, gold, "--gate") == 0
    out = capsys.readouterr().out
    assert "heldout (2 questions)" in out and "heldout, language model (2 questions)" in out
    assert "q1, language model [who] Who inspected?\n    refused (no_letter_in_scope)" in out
    assert "Gate: holds" in out


def test_every_report_is_written_where_it_was_asked_for(
    gold: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {name: tmp_path / f"report.{name}" for name in ("json", "html", "junit", "markdown")}
    options = [part for name, file in files.items() for part in (f"--{name}", str(file))]
    assert run(QueuedLibrary({"q1": RIGHT, "q2": RIGHT}), gold, "--gate", *options) == 1
    err = capsys.readouterr().err
    for name, file in files.items():
        assert "q2" in file.read_text(encoding="utf-8"), name
        assert f"written: {file}\n" in err


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


@pytest.mark.parametrize(
    "arguments",
    [
        ["--nonsense"],
        ["--corpus", "/no/such/folder"],
        ["--json", "/no/such/f.json"],
        ["--html", "/no/such/f.html"],
        ["--stage", "guessing"],
        ["--stage", "answer", "--gate"],
        ["--stage", "scope", "--accept"],
        ["--because", "I say so"],
        ["--gold", "eval/gold/heldout.jsonl", "--stage", "reading"],
    ],
)
def test_wrong_usage_exits_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        command.main(arguments, QueuedLibrary({}).open)
    assert caught.value.code == 2


def test_an_error_of_the_assistant_is_one_line_and_exit_1(gold: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def locked(corpus: Path | None, index: Path | None) -> Library:
        raise IndexStateError("the index is in use; close the page first")

    assert command.main(["--gold", str(gold)], locked) == 1
    assert capsys.readouterr().err == "the index is in use; close the page first\n"


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"absent": ["care leavers"]}, f'"care leavers" is said to be absent, but stands in {VISIT.file}'),
        ({"scope": {"letters": ["x.txt"]}}, 'there is no letter "x.txt"'),
        ({"must_pass": True, "known_gap": "too hard"}, "a question that must pass is no known gap"),
        ({"scope": {"years": ["2019"]}}, "scope.years.0: Input should be a valid integer"),
    ],
)
def test_what_a_question_claims_of_the_letters_is_checked(
    gold: Path, more: Mapping[str, Any], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    written(gold, [GOLD[0], GOLD[1] | more])
    assert run(QueuedLibrary({}), gold) == 2
    assert f"{gold}:2: {reason}" in capsys.readouterr().err
    elsewhere = {"absent": ["care leavers"], "scope": {"letters": [LETTERS[0].file]}}
    written(gold, [GOLD[0], GOLD[1] | elsewhere])
    assert "care leavers" not in LETTERS[0].text and run(QueuedLibrary({"q1": RIGHT, "q2": REFUSED}), gold) == 0


def test_the_page_in_the_docs_names_every_measure_option_stage_and_floor(capsys: pytest.CaptureFixture[str]) -> None:
    page = (ROOT / "docs" / "explanation" / "evaluation.md").read_text(encoding="utf-8")
    floors = tomllib.loads((ROOT / "eval" / "floors.toml").read_text(encoding="utf-8"))
    for name in MEASURES:
        assert f"`{name}`" in page, name
    with pytest.raises(SystemExit):
        command.main(["--help"])
    for option in set(re.findall(r"(?<!\S)--[a-z-]+", capsys.readouterr().out)) - {"--help"}:
        assert f"`{option}" in page, option
    for stage in STAGES:
        assert f"`{stage}`" in page, stage
    for bound, limits in floors.items():
        for name, limit in limits.items():
            assert f"| `{name}` | {bound.replace('_', ' ')} {limit:g} |" in page, name
