"""Exports from the command line: formats, styles, links, conversations, and `assistant verify`."""

import csv
import json
import os
import shutil
import subprocess
from pathlib import Path

import pypdfium2
import pytest
import rispy  # type: ignore[import-untyped]
from test_cli import REAL_QUESTION, _environment, done, index_dir, run  # noqa: F401  (fixtures)

from assistant.commands.options import LETTER_FORMATS, STYLES

BASE = "https://letters.example.org"


@pytest.mark.parametrize("name", ["json", "csv", "markdown"])
def test_what_was_just_asked_stands(name, tmp_path):
    export = tmp_path / f"answer.{name}"
    done("ask", REAL_QUESTION, "--format", name, "-o", export, "--link-base", BASE)
    result = done("verify", export)
    assert result.stdout.splitlines()[0].startswith("[1] stands  2019-")
    assert result.stdout.splitlines()[-1].endswith("stand")
    told = json.loads(done("verify", export, "--json").stdout)
    assert told["stands"] and {row["status"] for row in told["quotes"]} == {"stands"}


def test_a_batch_can_be_verified_and_a_change_is_found_out(tmp_path):
    questions, answers = tmp_path / "q.jsonl", tmp_path / "a.jsonl"
    questions.write_text(json.dumps({"id": "x", "question": REAL_QUESTION}) + "\n")
    done("ask", "--batch", questions, "-o", answers)
    assert "[x 1] stands" in done("verify", answers).stdout or "[1] stands" in done("verify", answers).stdout
    body = json.loads(answers.read_text())
    body["citations"][0]["quote"] = "Everything is outstanding."
    answers.write_text(json.dumps(body))
    result = run("verify", answers)
    assert result.exit_code == 1
    assert "changed" in result.stdout.splitlines()[0] and "1 changed" in result.stdout.splitlines()[-1]


def test_what_cannot_be_verified_is_one_line(tmp_path):
    other = tmp_path / "other.ris"
    other.write_text("TY  - RPRT\r\nER  - \r\n")
    for file in (other, tmp_path, tmp_path / "none"):
        result = run("verify", file)
        assert result.exit_code == 1 and result.stdout == ""
        assert len(result.stderr.splitlines()) == 1 and result.stderr.startswith("assistant: ")
    assert run("verify").exit_code == 2


@pytest.mark.parametrize("style", STYLES)
def test_references_in_each_style(style):
    text = done("ask", REAL_QUESTION, "--format", "references", "--style", style).stdout
    assert "Ofsted" in text and "2019" in text and len(text.splitlines()) == 2


@pytest.mark.parametrize("name", LETTER_FORMATS)
def test_letters_in_each_format(name, tmp_path):
    output = tmp_path / "letters"
    assert done("letters", "--format", name, "-o", output).stdout == ""
    text = output.read_bytes().decode("utf-8-sig")
    assert text.count("2024") >= 2
    if name == "ris":
        assert len(rispy.loads(text)) == 5
    if name == "csv":
        assert len(list(csv.DictReader(text.splitlines()))) == 5
    one = done("letters", "--year", 2011, "--format", name, "--link-base", BASE).stdout
    assert f"{BASE}/letters/2011-03-16-swindon-unannounced-inspection" in one


def test_a_conversation_and_chosen_citations(tmp_path):
    found = json.loads(done("ask", REAL_QUESTION, "--then", "what did 2024 say about them?", "--format", "json").stdout)
    assert [answer["question"] for answer in found["answers"]] == [REAL_QUESTION, "what did 2024 say about them?"]
    assert found["made"] and found["corpus"]
    part = json.loads(done("ask", REAL_QUESTION, "--only", "1, 2", "--json").stdout)
    assert [citation["number"] for citation in part["citations"]] == [1, 2]
    result = run("ask", REAL_QUESTION, "--only", "99")
    assert result.exit_code == 1 and "no citation 99" in result.stderr and len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("ask", "x", "--format", "pdf"),
        ("ask", "x", "--style", "chicago"),
        ("ask", "x", "--only", "one"),
        ("ask", "x", "--only", "1", "--then", "y"),
        ("ask", "--batch", "q.jsonl", "--style", "apa"),
        ("letters", "--format", "docx"),
        ("letters", "--format", "ris", "--json"),
        ("letters", "--style", "apa"),
    ],
)
def test_wrong_usage(arguments):
    result = run(*arguments)
    assert result.exit_code == 2
    if "--format" in arguments and arguments[-1] in ("pdf", "docx"):
        assert "'bibtex'" in result.stderr


def test_a_path_that_cannot_be_written_and_a_wrong_base_are_one_line(tmp_path):
    for more in (("-o", tmp_path / "no" / "folder"), ("--link-base", "letters.example.org")):
        for command in (("ask", REAL_QUESTION), ("letters", "--format", "ris")):
            result = run(*command, *more)
            assert result.exit_code == 1 and len(result.stderr.splitlines()) == 1, result.stderr


def test_libreoffice_opens_the_brief_with_its_footnotes(tmp_path):
    program = shutil.which("soffice")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("LibreOffice is missing: .ci/run installs it")
        pytest.skip("LibreOffice is missing: apt-get install libreoffice-writer")
    brief = tmp_path / "brief.docx"
    done("ask", REAL_QUESTION, "--format", "docx", "-o", brief, "--link-base", BASE)
    profile = f"-env:UserInstallation={Path(tmp_path / 'profile').as_uri()}"
    command = [program, profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(brief)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    with pypdfium2.PdfDocument(tmp_path / "brief.pdf") as pdf:
        text = "\n".join(page.get_textpage().get_text_bounded() for page in pdf)
    assert "Letters quoted" in text and "Open the passage" in text and "fingerprint" in text
    assert text.index("Letters quoted") < text.index("Open the passage"), "the notes stand at the foot of the page"
