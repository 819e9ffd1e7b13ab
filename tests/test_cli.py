"""The command line: what goes to stdout, what to stderr, and the exit codes; in process, and as a real process."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from fakes import (
    CORPUS,
    MODEL,
    REAL_QUESTION,
    ROOT,
    fake_environment,
    fake_settings,
    hashed_words,
    letter_words,
    real_run,
    write_letters,
)
from letter_server import gives, letter_server

from assistant.cli import main
from assistant.commands.options import FORMATS
from assistant.export.formats import FORMATS as EXPORTS
from assistant.index.update import update_index

FOCUSED = "2019-03-01-swindon-focused-visit"
COMMANDS = [
    "index",
    "add",
    "embed",
    "letters",
    "show",
    "search",
    "ask",
    "judgements",
    "concerns",
    "compare",
    "verify",
    "serve",
    "mcp",
    "check",
]


@pytest.fixture(scope="module")
def index_dir(tmp_path_factory) -> Path:
    """An index of the shipped letters under the fake model."""
    folder = tmp_path_factory.mktemp("cli") / "index"
    with hashed_words():
        update_index(fake_settings(folder))
    return folder


@pytest.fixture(autouse=True)
def _environment(index_dir, monkeypatch, tmp_path):
    for name in list(os.environ):
        if name.upper().startswith("ASSISTANT_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("ASSISTANT_INDEX_DIR", str(index_dir))
    monkeypatch.setenv("ASSISTANT_CORPUS_DIR", str(CORPUS))
    monkeypatch.setenv("ASSISTANT_EMBEDDING_MODEL", MODEL)
    monkeypatch.chdir(tmp_path)
    with hashed_words():
        yield


def run(*arguments: object) -> Result:
    """One command in this process; whatever it does not catch comes through."""
    return CliRunner().invoke(main, [str(argument) for argument in arguments], catch_exceptions=False)


def done(*arguments: object) -> Result:
    result = run(*arguments)
    assert result.exit_code == 0, result.stderr
    return result


def one_line_error(*arguments: object, code: int = 1) -> str:
    result = run(*arguments)
    assert result.exit_code == code, result.output
    assert result.stdout == ""
    lines = result.stderr.strip().splitlines()
    assert len(lines) == 1, result.stderr
    assert lines[0].startswith("assistant: ")
    return lines[0]


def json_of(*arguments: object) -> dict:
    """Nothing but JSON stands on stdout."""
    return json.loads(done(*arguments, "--json").stdout)


# --- shapes --------------------------------------------------------------------------------------------------------------


def test_letters_json():
    body = json_of("letters")
    assert set(body) == {"letters"}
    assert [letter["letter_id"][:4] for letter in body["letters"]] == ["2011", "2019", "2019", "2024", "2024"]
    for letter in body["letters"]:
        assert set(letter) >= {
            "letter_id", "file", "sha256", "title", "issuer", "standing", "kind", "authority", "published", "visit_start",
            "visit_end", "lead_inspector", "inspectors", "judgements", "passages",
        }  # fmt: skip
        assert "text" not in letter
        assert letter["passages"] > 0


def test_letters_for_people():
    result = done("letters")
    assert FOCUSED in result.stdout
    assert (
        "Swindon · focused visit · inspectorate · published 2019-03-01 · visit 2019-02-06 to 2019-02-07"
        in result.stdout
    )
    assert result.stderr == "5 letters\n"


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        (["--year", 2019], 2),
        (["--year", 2019, "--year", 2011], 3),
        (["--kind", "Press Release"], 1),
        (["--authority", "swindon"], 5),
        (["--authority", "Swindon", "--year", 2024, "--kind", "monitoring visit"], 1),
        (["--year", 1999], 0),
    ],
)
def test_letters_in_scope(filters, count):
    assert len(json_of("letters", *filters)["letters"]) == count


def test_letter_of_a_greeting_only_is_listed(tmp_path):
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "a.txt").write_text("Dear Ms Other\n\nYours sincerely\n\nJane Doe\n")
    body = json_of("letters", "--corpus", tmp_path / "c", "--index", tmp_path / "i")
    assert body["letters"][0]["authority"] is None


def test_show_json_by_identifier_and_by_file():
    by_id, by_name = json_of("show", FOCUSED), json_of("show", f"{FOCUSED}.txt")
    by_path = json_of("show", CORPUS / f"{FOCUSED}.txt")
    assert by_id == by_name == by_path
    assert set(by_id) >= {"sections", "text", "evidence", "furniture"}


def test_show_for_people():
    assert "Diane Partridge" in done("show", FOCUSED).stdout


def test_show_of_a_file_needs_no_index(tmp_path):
    assert "identifier" in done("show", CORPUS / f"{FOCUSED}.txt", "--index", tmp_path / "none").stdout
    assert not (tmp_path / "none").exists()


def test_search_json():
    body = json_of("search", REAL_QUESTION, "-k", 3)
    assert set(body) == {"question", "scope", "hits"}
    assert [hit["rank"] for hit in body["hits"]] == [1, 2, 3]
    assert set(body["hits"][0]) >= {
        "rank", "letter_id", "file", "section", "locator", "text", "score", "dense_rank", "lexical_rank",
    }  # fmt: skip


def test_search_for_people():
    result = done("search", REAL_QUESTION, "-k", 2)
    assert result.stdout.startswith("1. 2019-")
    assert "Read as: inspected or published in 2019" in result.stderr


def test_ask_json():
    body = json_of("ask", REAL_QUESTION)
    assert set(body) >= {
        "question", "scope", "refused", "refusal", "answer", "sentences", "groups", "notes", "page", "pages", "citations",
        "retrieved", "writer", "seconds",
    }  # fmt: skip
    assert "id" not in body
    assert body["refused"] is False
    assert body["writer"] == "extractive"
    shown = json_of("show", body["citations"][0]["letter_id"])
    for citation in body["citations"]:
        assert set(citation) >= {
            "number", "letter_id", "file", "sha256", "title", "issuer", "standing", "kind", "authority", "published",
            "visit_start", "visit_end", "section", "paragraph", "page_start", "page_end", "locator", "quote", "start", "end",
        }  # fmt: skip
        if citation["letter_id"] == shown["letter_id"]:
            assert shown["text"][citation["start"] : citation["end"]] == citation["quote"]
    for hit in body["retrieved"]:
        assert set(hit) == {"rank", "letter_id", "file", "section", "text", "score"}
        assert len(hit["text"]) <= 1500


def test_a_refusal_is_an_answer():
    result = run("ask", "what is said about care leavers in Leeds?", "--json")
    body = json.loads(result.stdout)
    assert result.exit_code == 0
    assert (body["refused"], body["refusal"]["kind"]) == (True, "no_letter_in_scope")
    assert (body["sentences"], body["citations"]) == ([], [])
    assert body["answer"] == body["refusal"]["message"]
    assert set(body["refusal"]) == {"kind", "message", "nearest"}


def test_ask_filters_and_k():
    body = json_of("ask", "what is said about care leavers?", "--year", 2019, "--kind", "focused visit", "-k", 4)
    assert body["scope"]["letters"] == [FOCUSED]
    assert len(body["retrieved"]) == 4


def test_ask_turns_the_pages(tmp_path):
    folder = write_letters(tmp_path / "letters", {f"{n:02}.txt": f"fostering in ward{n}" for n in range(11)})
    question = ["ask", "which letters mention fostering?", "--corpus", folder, "--index", tmp_path / "paged"]
    first, second = json_of(*question), json_of(*question, "--page", 2)
    assert [(body["page"], body["pages"]) for body in (first, second)] == [(1, 2), (2, 2)]
    files = [citation["file"] for body in (first, second) for citation in body["citations"]]
    assert len(files) == len(set(files)) == 11
    assert "page 2 of 2" in done(*question, "--page", 2).stdout


def test_everything_sets_the_limits_of_the_question_aside():
    body = json_of("ask", REAL_QUESTION, "--everything", "-k", 3)
    assert len(body["scope"]["letters"]) == 5
    assert body["scope"]["reading"] == "every letter held; the question's own limits are set aside"
    body = json_of("search", REAL_QUESTION, "--everything", "--year", 2024)
    assert {letter_id[:4] for letter_id in body["scope"]["letters"]} == {"2024"}
    result = done("search", REAL_QUESTION, "--everything", "-k", 1)
    assert "Read as: every letter held; the question's own limits are set aside" in result.stderr


def test_ask_in_words():
    result = done("ask", REAL_QUESTION)
    assert "[1]" in result.stdout
    assert "2019" in result.stdout
    assert result.stderr == ""


@pytest.mark.parametrize("name", FORMATS)
def test_ask_in_every_format(name, tmp_path):
    output = tmp_path / "answer"
    result = done("ask", REAL_QUESTION, "--format", name, "-o", output)
    assert result.stdout == ""
    data = output.read_bytes()
    assert data
    if name not in ("docx", "json"):
        again = done("ask", REAL_QUESTION, "--format", name).stdout_bytes
        assert again.rstrip() == data.rstrip()


def test_states_are_those_of_the_concerns():
    from assistant.answers.concerns import STATES
    from assistant.commands.authorities import CONCERN_STATES

    assert CONCERN_STATES == STATES


def test_formats_are_those_of_the_exports():
    assert set(FORMATS) == set(EXPORTS)


def test_judgements_json():
    body = json_of("judgements")
    assert set(body) == {"inspections", "timelines"}
    assert [one["authority"] for one in body["timelines"]] == ["Swindon"]
    first = [entry["visit_start"] or entry["published"] for entry in body["inspections"]]
    assert first == sorted(first)
    assert any(entry["judgements"] for entry in body["inspections"])
    for entry in body["inspections"]:
        assert set(entry) >= {
            "letter_id", "file", "authority", "framework", "visit_start", "visit_end", "published", "judgements",
        }  # fmt: skip
    assert body == json_of("judgements", "--authority", "Swindon")


def test_judgements_for_people(tmp_path):
    assert "not judged" in done("judgements").stdout
    file = tmp_path / "judgements.csv"
    done("judgements", "--format", "csv", "-o", file, "--link-base", "https://letters.example")
    assert file.read_bytes().startswith(b"\xef\xbb\xbfauthority,date,last,kind,source,overall,leaders,")
    assert run("judgements", "--format", "csv", "--json").exit_code == 2


def test_compare(tmp_path):
    pair = ("2019-03-01-swindon-focused-visit", "2024-07-12-swindon-monitoring-visit")
    body = json_of("compare", *pair)
    assert body["letters"] == list(pair)
    assert len(body["matters"]) == 15
    for row in body["matters"]:
        assert [told["letter_id"] for told in row["letters"]] == list(pair)
        assert all(len(told["quotes"]) <= 2 for told in row["letters"])
    text = done("compare", *pair, "--quotes", "1").stdout
    assert "Care leavers: Ofsted, focused visit letter, 1 March 2019:" in text
    assert "not mentioned in Ofsted" in text
    word = tmp_path / "c.docx"
    done("compare", *pair, "--format", "docx", "-o", str(word))
    assert word.read_bytes()[:2] == b"PK"
    alone = run("compare", pair[0])
    assert alone.exit_code == 1 and "1 letter cannot be compared: name two to 6" in alone.output
    assert run("compare", pair[0], "nowhere").exit_code == 1
    assert run("compare", *pair, "--format", "docx").exit_code == 2


def test_concerns():
    body = json_of("concerns", "--authority", "swindon")
    assert body["authority"] == "Swindon" and body["concerns"]
    for concern in body["concerns"]:
        assert concern["state"] in ("new", "raised again", "reported improved", "unclear", "not mentioned since")
        assert all(one["quotes"] or one["verdict"] == "not mentioned" for one in concern["later"])
    text = done("concerns", "--authority", "Swindon").stdout
    assert "Ofsted, focused visit letter, 1 March 2019" in text and "The quality of pathway planning" in text
    missing = run("concerns", "--authority", "Leeds")
    assert missing.exit_code == 1 and len(missing.stderr.splitlines()) == 1


def test_of_very_many_letters_concerns_says_which_are_compared(monkeypatch):
    monkeypatch.setattr("assistant.answers.concerns.NEWEST", 1)
    first, *others = done("concerns", "--authority", "Swindon").stdout.splitlines()
    assert re.fullmatch(r"the newest 1 of the \d letters about Swindon are compared", first) and others


def test_check_json():
    body = json_of("check")
    assert set(body) >= {"settings", "index", "problems"}
    assert body["index"]["letters"] == 5
    assert body["problems"] == []


def test_check_with_problems_exits_1(tmp_path):
    result = run("check", "--json", "--index", tmp_path / "none")
    assert result.exit_code == 1
    assert "run: assistant index" in json.loads(result.stdout)["problems"][0]


def test_index_json(tmp_path):
    letters = write_letters(tmp_path / "letters", {"a.txt": "housing", "b.txt": "adoption"})
    where = ["--index", tmp_path / "i", "--corpus", letters]
    body = json_of("index", *where)
    assert set(body) >= {
        "letters", "passages", "added", "updated", "unchanged", "removed", "failed", "seconds",
    }  # fmt: skip
    assert (body["letters"], body["added"], body["unchanged"], body["failed"]) == (2, 2, 0, [])
    assert json_of("index", *where)["unchanged"] == 2
    extra = write_letters(tmp_path / "extra", {"c.txt": "missing"}) / "c.txt"
    assert json_of("index", extra, *where)["letters"] == 3
    assert json_of("index", "--only", *where)["removed"] == 1
    assert json_of("index", "--rebuild", *where)["added"] == 2
    assert "2 letters" in done("index", *where).stdout


def test_index_encodes_every_sentence_where_asked(tmp_path):
    letters = write_letters(tmp_path / "letters", {"a.txt": "housing"})
    where = ["--index", tmp_path / "i", "--corpus", letters]
    plain = run("index", *where)
    assert "sentences encoded" not in plain.stderr
    told = run("index", "--sentences", "--json", *where)
    assert re.fullmatch(r"\d+ sentences encoded", told.stderr.strip().splitlines()[-1])
    assert json.loads(told.stdout)["unchanged"] == 1


def test_index_with_a_bad_file_exits_1_and_indexes_the_others(tmp_path):
    letters = write_letters(tmp_path / "letters", {"a.txt": "housing"})
    (letters / "bad.pdf").write_bytes(b"%PDF-1.4 broken")
    result = run("index", "--json", "--index", tmp_path / "i", "--corpus", letters)
    assert result.exit_code == 1
    body = json.loads(result.stdout)
    assert (body["letters"], [failed["file"] for failed in body["failed"]]) == (1, ["bad.pdf"])
    assert set(body["failed"][0]) == {"file", "error"}
    assert result.stderr.splitlines()[-1].startswith("assistant: bad.pdf: ")
    assert [
        letter["file"] for letter in json_of("letters", "--index", tmp_path / "i", "--corpus", letters)["letters"]
    ] == ["a.txt"]


def test_add_a_file_an_address_and_a_list(tmp_path, monkeypatch):
    monkeypatch.setenv("ASSISTANT_ADDING_PAUSE", "0")
    where = ["--index", tmp_path / "i", "--corpus", write_letters(tmp_path / "c", {"a.txt": "fostering"})]
    (tmp_path / "own.txt").write_text(letter_words("housing", "Kent"))
    with letter_server() as server:
        server.has["/b.txt"] = gives(letter_words("adoption", "Leeds").encode(), "text/plain")
        (tmp_path / "list.txt").write_text(f"{server.url}/b.txt\n{server.url}/gone.txt\n")
        sources = ["own.txt", "list.txt"]
        tried = done("add", "--dry-run", *sources, *where)
        assert tried.stdout.splitlines()[-1] == "3 to add" and server.asked == []
        body = json.loads(run("add", "--json", *sources, *where).stdout)
        assert [source["status"] for source in body["sources"]] == ["added", "added", "failed"]
        assert set(body["sources"][0]) == {"source", "where", "status", "file", "letter_id", "redirects", "problem"}
        assert body["index"]["letters"] == 3
        again = run("add", *sources, *where)
        assert again.exit_code == 1 and again.stdout.startswith("2 held, 1 failed; 3 letters, ")
        [told] = [line for line in again.stderr.splitlines() if line.startswith("assistant: ")]
        assert told == f"assistant: list.txt, line 2: {server.url}/gone.txt: is not there (404); check the address"
        kept = tmp_path / "kept"
        assert done("add", "--to", kept, f"{server.url}/b.txt", *where).stdout.startswith("1 held")
        assert done("add", "--update", f"{server.url}/b.txt", *where).stdout.startswith("1 held")
    found = json_of("letters", *where)["letters"]
    assert [letter["url"] for letter in found if letter["letter_id"] == "b"] == [f"{server.url}/b.txt"]
    assert run("add").exit_code == 2


def test_missing_index_is_made_on_the_way(tmp_path):
    letters = write_letters(tmp_path / "letters", {"a.txt": "housing"})
    assert len(json_of("letters", "--index", tmp_path / "i", "--corpus", letters)["letters"]) == 1
    write_letters(letters, {"b.txt": "adoption"})
    assert (
        "adoption" in done("ask", "what is said about adoption?", "--index", tmp_path / "i", "--corpus", letters).stdout
    )


def test_batch(tmp_path):
    questions, answers = tmp_path / "q.jsonl", tmp_path / "a.jsonl"
    rows = [{"id": f"z{9 - n}", "question": q} for n, q in enumerate([REAL_QUESTION, "who inspected?", "Leeds?"])]
    questions.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert done("ask", "--batch", questions, "-o", answers, "-k", 2).stdout == ""
    found = [json.loads(line) for line in answers.read_text(encoding="utf-8").splitlines()]
    assert [row["id"] for row in found] == ["z9", "z8", "z7"]
    assert len(found[0]["retrieved"]) == 2
    result = done("ask", "--batch", questions)
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == ["z9", "z8", "z7"]


# --- errors: one line, exit 1 ------------------------------------------------------------------------------------------------


def test_missing_path(tmp_path):
    assert "no such file or folder" in one_line_error("index", tmp_path / "nowhere", "--index", tmp_path / "i")


def test_missing_corpus(tmp_path):
    for command in (["letters"], ["ask", "x"], ["search", "x"], ["judgements"], ["index"]):
        message = one_line_error(*command, "--corpus", tmp_path / "nowhere", "--index", tmp_path / "i")
        assert "no such file or folder" in message


def test_unknown_kind():
    for command in (["letters"], ["ask", "x"], ["search", "x"]):
        assert "the kinds are: focused visit" in one_line_error(*command, "--kind", "postcard")


def test_unheld_authority():
    for command in (["letters"], ["ask", "x"], ["search", "x"], ["judgements"]):
        assert "held: Swindon" in one_line_error(*command, "--authority", "Leeds")


def test_impossible_year():
    assert "four digits" in one_line_error("letters", "--year", 19)


def test_unknown_letter():
    assert "list them with: assistant letters" in one_line_error("show", "2019-nothing")


def test_file_that_is_no_letter(tmp_path):
    (tmp_path / "bad.pdf").write_bytes(b"%PDF-1.4 broken")
    assert "damaged PDF" in one_line_error("show", tmp_path / "bad.pdf")


@pytest.mark.parametrize(("question", "says"), [("", "is empty"), ("   ", "is empty"), ("???", "holds no words")])
def test_empty_question(question, says):
    for command in ("ask", "search"):
        assert says in one_line_error(command, question)


def test_long_question():
    for command in ("ask", "search"):
        assert "at most 2,000" in one_line_error(command, "x" * 20_000)


def test_bad_batch_line(tmp_path):
    file = tmp_path / "q.jsonl"
    file.write_text('{"id": "a", "question": "housing?"}\n{"id": "b"\n')
    assert f"{file}:2: " in one_line_error("ask", "--batch", file, "-o", tmp_path / "a")
    assert not (tmp_path / "a").exists()
    assert "cannot be read" in one_line_error("ask", "--batch", tmp_path / "nowhere")


def test_unwritable_output(tmp_path):
    assert "choose another file" in one_line_error("ask", "housing?", "-o", tmp_path / "nowhere" / "a.txt")


def test_unknown_setting(monkeypatch):
    monkeypatch.setenv("ASSISTANT_INDEXDIR", "x")
    for command in (["letters"], ["ask", "x"], ["check"], ["index"], ["show", "x"]):
        assert "did you mean ASSISTANT_INDEX_DIR?" in one_line_error(*command)


def test_setting_out_of_bounds(monkeypatch):
    monkeypatch.setenv("ASSISTANT_PORT", "99999")
    assert "ASSISTANT_PORT=99999" in one_line_error("letters")


def test_damaged_index(tmp_path):
    letters = write_letters(tmp_path / "letters", {"a.txt": "housing"})
    where = ["--index", tmp_path / "i", "--corpus", letters]
    done("index", *where)

    def damage() -> None:
        [kept] = (tmp_path / "i").glob("generation-*/letters.sqlite")
        kept.write_text("{")

    damage()
    result = run("check", *where)
    assert result.exit_code == 1 and "damaged" in result.stdout and "run: assistant index" in result.stdout
    for command in (["letters"], ["ask", "housing"], ["search", "x"], ["show", "a"], ["judgements"]):
        damage()
        done(*command, *where)  # made anew without a word: nothing was lost
    damage()
    result = run("index", *where)
    assert result.exit_code == 0 and "was damaged (letters.sqlite) and has been made anew" in result.stderr
    for record in (tmp_path / "i").rglob("state.json"):
        record.write_text("{")
    for command in (["letters"], ["ask", "x"], ["search", "x"], ["show", "a"], ["judgements"], ["index"]):
        assert "damaged" in one_line_error(*command, *where)
    result = run("check", *where)
    assert result.exit_code == 1
    assert "damaged" in result.stdout


def test_index_made_under_other_settings(monkeypatch, tmp_path, index_dir):
    monkeypatch.setenv("ASSISTANT_PASSAGE_TOKENS", "100")
    letters = write_letters(tmp_path / "letters", {"a.txt": "housing"})
    assert "--rebuild" in one_line_error("index", letters)
    assert "other settings" in run("check").stdout


# --- usage: exit 2 -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["ask"],
        ["ask", "x", "--batch", "y"],
        ["ask", "--batch", "y", "--everything"],
        ["ask", "--batch", "y", "--year", "2019"],
        ["letters", "--everything"],
        ["ask", "x", "--format", "papyrus"],
        ["ask", "x", "--format", "docx"],
        ["ask", "x", "-k", "0"],
        ["ask", "x", "--page", "0"],
        ["ask", "x", "y"],
        ["search"],
        ["search", "x", "-k", "many"],
        ["letters", "--year", "last"],
        ["letters", "extra"],
        ["letters", "--nonsense"],
        ["show"],
        ["serve", "--port", "99999"],
    ],
)
def test_wrong_usage(arguments):
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Usage:" in result.stderr


def test_no_command_shows_the_help():
    result = run()
    assert "Commands:" in result.output
    assert all(command in result.output for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_and_option_has_help(command):
    assert done(command, "--help").stdout == done(command, "-h").stdout
    found = main.commands[command]
    assert found.help
    for parameter in found.params:
        if parameter.param_type_name == "option":
            assert parameter.help, f"{command} {parameter.opts}"


def test_every_command_is_known_here():
    assert sorted(main.commands) == sorted(COMMANDS)


# --- as a real process ---------------------------------------------------------------------------------------------------------


def process(
    *arguments: str, cwd: Path, code: str | None = None, **environment: str
) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, *(["-c", code] if code else ["-m", "assistant.cli", *arguments])]
    return subprocess.run(command, env=environment, cwd=cwd, capture_output=True, timeout=120)


HEAVY = (
    "torch",
    "gradio",
    "chromadb",
    "llama_index",
    "transformers",
    "sentence_transformers",
    "tantivy",
    "fastapi",
    "tiktoken",
    "httpx",
    "protego",
)


def test_help_imports_nothing_heavy(tmp_path, index_dir):
    code = f"""
import sys
sys.argv = ["assistant", "--help"]
from assistant.cli import main
try:
    main()
except SystemExit as end:
    assert end.code == 0
print([name for name in {HEAVY} if name in sys.modules], file=sys.stderr)
import assistant.engine, assistant.records.check, assistant.records.batch, assistant.export.formats, assistant.page.server, assistant.index.catalogue
print([name for name in {HEAVY} if name in sys.modules], file=sys.stderr)
"""
    result = process(cwd=tmp_path, code=code, **fake_environment(index_dir))
    assert b"Commands:" in result.stdout
    assert result.stderr.splitlines() == [b"[]", b"[]"]


def test_process_prints_results_only_on_stdout(tmp_path, index_dir):
    environment = fake_environment(index_dir, LOG_LEVEL="DEBUG")
    result = process("letters", "--json", cwd=tmp_path, **environment)
    assert result.returncode == 0, result.stderr
    assert len(json.loads(result.stdout)["letters"]) == 5


def test_process_writes_utf8_whatever_the_locale(tmp_path, index_dir):
    environment = fake_environment(index_dir) | {"LC_ALL": "C", "PYTHONIOENCODING": "ascii"}
    result = process("letters", cwd=tmp_path, **environment)
    assert " \N{MIDDLE DOT} " in result.stdout.decode("utf-8")


def test_process_error_is_one_line_without_a_trace(tmp_path, index_dir):
    result = process("show", "nothing", cwd=tmp_path, **fake_environment(index_dir))
    assert (result.returncode, result.stdout) == (1, b"")
    assert result.stderr.startswith(b"assistant: there is no letter 'nothing'")
    assert result.stderr.count(b"\n") == 1


def test_process_does_not_mind_a_reader_that_goes_away(tmp_path, index_dir):
    command = f"{sys.executable} -m assistant.cli show {FOCUSED} --json | head -c 1"
    result = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        env=fake_environment(index_dir),
        cwd=tmp_path,
        capture_output=True,
        timeout=60,
    )
    assert result.stdout == b"{"
    assert b"Traceback" not in result.stderr


@pytest.mark.model
def test_first_question_on_a_fresh_machine():
    """Index, model and answer in one process, from another folder, with JSON alone on stdout."""
    index_dir, result = real_run()
    assert result.returncode == 0, result.stderr
    body = json.loads(result.stdout)
    assert body["refused"] is False
    assert {citation["letter_id"][:4] for citation in body["citations"]} == {"2019"}
    assert "Traceback" not in result.stderr
    state = json.loads((index_dir / "state.json").read_text())
    assert state["fingerprint"]["revision"] == "53aa51172d142c89"
    assert (index_dir / state["generation"] / "state.json").read_bytes() == (index_dir / "state.json").read_bytes()
    assert not (ROOT / "state.json").exists()
