"""The record of what was asked."""

import json
import logging
import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from browser.page_fakes import FakeAssistant
from visiting import QUESTION, Browser, Page, served

from assistant.page.asking.log import QuestionLog
from assistant.questions.scope import Filters


class Recorded:
    """A record in a folder, on a day that can be chosen."""

    def __init__(self, folder: Path, days: int = 30) -> None:
        self.folder = folder
        self.day = datetime(2025, 3, 31, 12, tzinfo=UTC)
        self.log = QuestionLog(str(folder), days, lambda: self.day)
        self.assistant = FakeAssistant()

    def ask(self, question: str = QUESTION["question"], filters: Filters | None = None) -> None:
        filters = filters or Filters()
        self.log.record(question, filters, self.assistant.ask(question, filters=filters), 0.12345)

    def lines(self) -> list[dict]:
        return [json.loads(line) for file in sorted(self.folder.iterdir()) for line in file.read_text().splitlines()]


@pytest.fixture
def recorded(tmp_path) -> Recorded:
    return Recorded(tmp_path / "deep" / "asked")


def test_a_line_says_what_was_asked_and_never_by_whom(recorded):
    recorded.ask(filters=Filters(years=(2019,), authorities=("Rutford",), kinds=("focused visit",)))
    recorded.ask("what is said about the weather?")
    assert recorded.lines() == [
        {
            "time": "2025-03-31T12:00:00+00:00",
            "question": QUESTION["question"],
            "filters": {"authority": ["Rutford"], "year": [2019], "kind": ["focused visit"]},
            "refused": None,
            "letters": 1,
            "seconds": 0.123,
        },
        {
            "time": "2025-03-31T12:00:00+00:00",
            "question": "what is said about the weather?",
            "filters": {"authority": [], "year": [], "kind": []},
            "refused": "letters_silent",
            "letters": 0,
            "seconds": 0.123,
        },
    ]


@pytest.mark.skipif(os.name == "nt", reason="Windows knows no modes")
def test_only_its_owner_can_read_it(recorded):
    before = os.umask(0)
    try:
        recorded.ask()
    finally:
        os.umask(before)
    [file] = recorded.folder.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(recorded.folder.stat().st_mode) == 0o700


@pytest.mark.parametrize("question", ['accommodation?\n{"time": "forged"}', "accommodation\r\nx", "accommodation\u2028x\x85",
                                      "accommodation\x00\x1b[31m", "accommodation \ud800"])  # fmt: skip
def test_a_question_stays_on_one_line(recorded, question):
    recorded.ask(question)
    [file] = recorded.folder.iterdir()
    data = file.read_bytes()
    assert data.count(b"\n") == 1 and data.isascii() and b"\x1b" not in data and b"\r" not in data
    assert json.loads(data)["question"] == question


def test_a_file_a_day_until_its_time_is_over(recorded):
    other = recorded.folder / "notes.txt"
    for _ in range(40):
        recorded.ask()
        recorded.day += timedelta(days=1)
    other.write_text("kept")
    assert len(list(recorded.folder.iterdir())) == 41
    recorded.log.tidy()
    left = sorted(file.name for file in recorded.folder.iterdir())
    assert left[0] == "notes.txt" and left[1] == "questions-2025-04-10.jsonl" and len(left) == 31


def test_deleting_at_any_time_is_safe(recorded):
    recorded.log.tidy()
    recorded.ask()
    [file] = recorded.folder.iterdir()
    file.unlink()
    recorded.ask()
    file.unlink()
    recorded.folder.rmdir()
    recorded.ask()
    assert len(recorded.lines()) == 1


def test_a_folder_that_cannot_be_written_is_one_warning_and_no_error(tmp_path, caplog):
    (tmp_path / "file").write_text("in the way")
    recorded = Recorded(tmp_path / "file" / "asked")
    for _ in range(3):
        recorded.ask()
    [line] = caplog.records
    assert "ASSISTANT_QUESTION_LOG" in line.getMessage() and QUESTION["question"] not in line.getMessage()
    assert line.levelno == logging.WARNING
    recorded.log.tidy()


def test_a_full_disk_breaks_no_answer(recorded, monkeypatch, caplog):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("assistant.page.asking.log.os.write", full)
    recorded.ask()
    assert "No space left on device" in caplog.text
    monkeypatch.undo()
    recorded.ask()
    assert len(recorded.lines()) == 1


@pytest.mark.skipif(os.name == "nt", reason="needs a symbolic link")
def test_a_link_in_its_place_is_not_followed(recorded, tmp_path):
    recorded.folder.mkdir(parents=True)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("")
    (recorded.folder / "questions-2025-03-31.jsonl").symlink_to(elsewhere)
    recorded.ask()
    assert elsewhere.read_text() == ""


def test_the_page_and_the_programs_questions_are_recorded(tmp_path):
    page = Page(user_header="X-Remote-User", question_log=str(tmp_path / "asked"))
    with served(page.app) as where:
        ada = Browser(where, "ada", **{"x-remote-user": "Ada"})
        ada.ask(QUESTION["question"])
        asked = QUESTION | {"year": 2019, "then": ["and reviews of plans?"], "format": "text"}
        assert ada.client.post("/api/v1/export", json=asked).status_code == 200
        assert ada.client.post("/api/v1/ask", json=QUESTION).status_code == 200
    [file] = (tmp_path / "asked").iterdir()
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert [line["question"] for line in lines] == [QUESTION["question"]] * 2 + [
        "and reviews of plans?",
        QUESTION["question"],
    ]
    assert [line["filters"]["year"] for line in lines] == [[], [2019], [2019], []]
    assert "Ada" not in file.read_text() and "127.0.0.1" not in file.read_text()


def test_nothing_is_recorded_unless_it_is_wanted(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    page = Page(open_to_all=True)
    assert page.visitor().post("/api/v1/ask", json=QUESTION).status_code == 200
    page.app.state.questions.tidy()
    assert list(tmp_path.iterdir()) == []
