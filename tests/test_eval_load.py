"""`python -m eval.load`: its arithmetic, what it counts, and one tiny real run; never how long anything took."""

import json
import re
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from eval import load
from eval.load import Level, Reply, summary


def test_figures_of_a_level():
    replies = [Reply(200, number / 100) for number in range(1, 101)]
    level = summary(5, replies, 20.0, in_process=[0.1, 0.2, 0.3], healthz=[0.001, 0.002, 0.003])
    assert (level.users, level.answered, level.busy, level.errors) == (5, 100, 0, 0)
    assert level.p50 == pytest.approx(505, abs=5)
    assert level.p95 == pytest.approx(950, abs=10)
    assert level.a_second == pytest.approx(5)
    assert (level.in_process_p50, level.healthz_p50) == (pytest.approx(200), pytest.approx(2))
    assert level.p50_ratio == pytest.approx(2.5, abs=0.03)
    assert level.speed_ratio == pytest.approx(1.0), "five a second, each of which takes a fifth of a second"
    assert level.busy_p95 is None


def test_turned_away_and_failed_are_told_apart_and_not_timed_as_answers():
    replies = [
        Reply(200, 1.0),
        Reply(503, 0.002, wait=5.0),
        Reply(503, 0.004),  # broken, not busy: it does not ask to come back
        Reply(500, 9.0),
        Reply(0, 9.0),
    ]
    level = summary(1, replies, 2.0, [0.5], [0.001])
    assert (level.answered, level.busy, level.errors) == (1, 1, 3)
    assert level.p50 == level.p95 == pytest.approx(1000)
    assert level.busy_p95 == pytest.approx(2)
    assert level.a_second == pytest.approx(0.5)


def test_a_level_without_an_answer_has_no_time():
    level = summary(1, [Reply(503, 0.01, wait=5.0)], 1.0, [0.5], [0.001])
    assert (level.p50, level.p95, level.p50_ratio) == (None, None, None)
    assert level.a_second == level.speed_ratio == 0


class Handler(BaseHTTPRequestHandler):
    """Answers by what the question says; remembers the questions."""

    protocol_version = "HTTP/1.1"
    asked: list[str]

    def do_POST(self):
        question = json.loads(self.rfile.read(int(self.headers["content-length"])))["question"]
        self.asked.append(question)
        status, told = {"busy": (503, "0"), "broken": (503, None), "wrong": (422, None)}.get(question, (200, None))
        self._send(status, told)

    def do_GET(self):
        assert self.path == "/healthz"
        self._send(200, None)

    def _send(self, status, told):
        self.send_response(status)
        if told is not None:
            self.send_header("retry-after", told)
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    Handler.asked = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        yield load.Server(f"http://127.0.0.1:{listening.server_port}", 0, 0.0, "first")
        listening.shutdown()
        thread.join()


def options(*arguments):
    return load._options(arguments)


@pytest.mark.parametrize("users", [1, 3, 20])
def test_every_question_is_asked_once_whoever_asks(server, users):
    supply = iter([f"question {number}" for number in range(40)])
    replies, seconds = load._level(server, users, supply, options("--questions", "30"))
    assert sorted(Handler.asked[1:]) == sorted(f"question {number}" for number in range(30))
    assert [reply.status for reply in replies] == [200] * 30
    assert seconds > 0
    assert next(supply) == "question 30", "the next level goes on where this one ended"


def test_a_level_of_seconds_ends(server):
    endless = iter(lambda: "again", None)
    replies, seconds = load._level(server, 2, endless, options("--seconds", "1"))
    assert seconds >= 1
    assert replies and len(Handler.asked) == 1 + len(replies)


def test_what_each_reply_counts_as(server):
    replies = [server.ask(question) for question in ("so", "busy", "broken", "wrong")]
    assert [(reply.status, reply.wait) for reply in replies] == [(200, None), (503, 0.0), (503, None), (422, None)]
    level = summary(1, replies, 1.0, [1.0], [1.0])
    assert (level.answered, level.busy, level.errors) == (1, 1, 2)


def test_no_server_is_an_error_not_a_crash(server):
    server.url = "http://127.0.0.1:1"
    assert server.ask("so").status == 0


def test_the_table_says_all(capsys):
    level = Level(20, 190, 7, 3, 812.34, 1650.0, 4.0, 24.5, 37.0, 60.0, 1.5, 21.9, 0.91)
    result = {
        "letters": 5,
        "machine": {"cores": 2, "python": "3.11.7", "system": "Linux"},
        "startup": {"healthz": 8.04, "first answer": 8.31},
        "memory": {"first answer": 640, "end": 700, "most": None},
        "levels": [load.asdict(level)],
        "browser": {"answer": 123.4, "layout shift (CLS)": 0.0125},
    }
    lines = load._table(result).splitlines()
    assert lines[0] == "5 letters; 2 cores, Python 3.11.7, Linux"
    assert lines[1] == "start-up: /healthz after 8.0 s, first answer after 8.3 s"
    assert lines[2] == "memory: 640 MB (first answer), 700 MB (end), - MB (most)"
    assert re.findall(r"[\d.]+", lines[5]) == [
        "20",
        "190",
        "7",
        "3",
        "812.3",
        "1650.0",
        "24.5",
        "37.0",
        "60.0",
        "1.5",
        "21.90",
        "0.91",
    ]
    assert "busy" in lines[4] and "errors" in lines[4]
    assert lines[-2:] == ["  answer                         123 ms", "  layout shift (CLS)           0.013"]


def test_the_docs_hold_the_figures_between_their_marks(tmp_path, monkeypatch):
    level = Level(100, 190, 10, 0, 812.34, 1650.0, 4.4, 24.5, 37.0, 60.0, 1.5, 21.9, 0.91)
    result = {
        "letters": 5,
        "machine": {"cores": 2, "python": "3.11.7", "system": "Linux"},
        "startup": {"healthz": 8.04, "first answer": 8.31},
        "memory": {"first answer": 640, "end": 700, "most": 710},
        "levels": [load.asdict(level), load.asdict(level)],
        "browser": None,
    }
    file = tmp_path / "page.md"
    file.write_text(f"# Before\n\n{load.BEGIN}\nold figures\n{load.END}\n# After\n", encoding="utf-8")
    monkeypatch.setattr(load, "DOCS", file)
    for _ in range(2):  # written again, it is the same
        load._document(result)
        text = file.read_text(encoding="utf-8")
        assert text.startswith("# Before\n") and text.endswith("\n# After\n") and "old figures" not in text
        assert text.count("| 100 | 812 | 1650 | 24 | 10 of 200 | 4 | 21.9 |") == 2
        assert "two cores" in text and "710 MB" in text
    file.write_text("no marks", encoding="utf-8")
    with pytest.raises(load.LoadError, match="marks are missing"):
        load._document(result)


def test_the_real_docs_have_the_marks():
    text = load.DOCS.read_text(encoding="utf-8")
    assert text.count(load.BEGIN) == text.count(load.END) == 1
    assert text.index(load.BEGIN) < text.index(load.END)


@pytest.mark.parametrize("arguments", [["--users", "0"], ["--seconds", "5", "--questions", "5"], ["--questions", "x"]])
def test_wrong_usage_ends_with_2(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        load.main(arguments)
    assert ended.value.code == 2


@pytest.mark.parametrize("missing", ["playwright.sync_api", "chromium"])
def test_a_missing_browser_is_said_before_anything_is_measured(missing, monkeypatch, capsys):
    if missing == "chromium":
        monkeypatch.setattr(load.shutil, "which", lambda name: None)
    else:
        monkeypatch.setitem(sys.modules, missing, None)
    monkeypatch.setattr(load, "open_assistant", lambda *_: pytest.fail("nothing is opened"))
    assert load.main(["--browser"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert re.match(r"LoadError: --browser needs (playwright: pip install|Chromium: none of)", captured.err)


def test_a_server_that_does_not_start_is_one_line(tmp_path, monkeypatch):
    monkeypatch.setenv("ASSISTANT_LOG_LEVEL", "LOUD")
    with pytest.raises(load.LoadError, match="does not start: Error: ASSISTANT_LOG_LEVEL=LOUD"), load.served(tmp_path):
        pass


def test_gold_gives_enough_questions_for_the_default_levels():
    questions = load.gold_questions()
    assert len(questions) >= load.WARM + len(load.USERS) * (load.QUESTIONS + load.REFERENCES)
    assert len(set(questions)) > 0.95 * len(questions)


@pytest.mark.model
def test_a_tiny_real_run(tmp_path, monkeypatch, capsys):
    """The product in a process of its own, asked by two users at once; its index is made on the way."""
    for name in ("HOST", "PORT", "CORPUS_DIR", "INDEX_DIR", "EMBEDDING_MODEL"):
        monkeypatch.delenv(f"ASSISTANT_{name}", raising=False)
    monkeypatch.setattr(load, "WARM", 1)
    monkeypatch.setattr(load, "REFERENCES", 2)
    file = tmp_path / "load.json"
    arguments = ["--users", "1", "2", "--questions", "4", "--index", str(tmp_path / "index"), "--json", str(file)]
    assert load.main(arguments) == 0
    result = json.loads(file.read_text())
    assert result["letters"] == 5 and result["browser"] is None
    assert [(level["users"], level["answered"], level["errors"]) for level in result["levels"]] == [
        (1, 4, 0),
        (2, 4, 0),
    ]
    assert all(0 < level["p50"] <= level["p95"] and level["in_process_p50"] > 0 for level in result["levels"])
    assert 0 < result["startup"]["healthz"] < result["startup"]["first answer"]
    assert result["memory"]["end"] is None or result["memory"]["end"] > 100
    assert capsys.readouterr().out.startswith("5 letters; ")
