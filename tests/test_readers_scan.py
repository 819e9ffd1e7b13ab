"""Scans: refused by default with the remedy named; read by OCR where that is wanted and the program is installed."""

import os
import shutil
import stat
import sys
import textwrap
from pathlib import Path

import pytest
from documents import VISIT_FINDINGS, VISIT_OPENING, pages, scanned, visit_letter

from assistant.errors import LetterError
from assistant.reading.readers import scan
from assistant.reading.readers.files import read_source
from assistant.settings import Settings

needs_ocr = pytest.mark.skipif(
    not (shutil.which("ocrmypdf") and shutil.which("tesseract")),
    reason="the programs ocrmypdf and tesseract are not installed",
)
posix = pytest.mark.skipif(os.name != "posix", reason="the stand-in for the program is a shell script")


@pytest.fixture(scope="module")
def a_scan():
    first = "\n\n".join(["Dear Ms Field", *(textwrap.fill(words, 62) for words in VISIT_OPENING)])
    return scanned([first, f"Main findings\n\n{textwrap.fill(VISIT_FINDINGS[2], 62)}"])


@pytest.fixture
def program(tmp_path, monkeypatch):
    """Puts a script in the program's place."""

    def put(script):
        file = tmp_path / scan.PROGRAM
        file.write_text(f"#!/bin/sh\n{script}\n")
        file.chmod(file.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
        monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))

    return put


def test_off_by_default():
    assert Settings(_env_file=None).ocr is False


def test_a_scan_is_refused_with_the_remedy(a_scan):
    with pytest.raises(LetterError, match=r"^letter.pdf: has no text layer .*ocrmypdf.*ASSISTANT_OCR=true"):
        read_source("letter.pdf", a_scan)


@needs_ocr
def test_a_scan_is_read(a_scan):
    source = read_source("letter.pdf", a_scan, ocr=True)
    words = " ".join(line.text for line in source.lines)
    assert source.ocr and source.pages == 2
    assert {line.page for line in source.lines} == {1, 2}
    for expected in ("Dear Ms Field", "11 and 12 December 2018", "two letters from a solicitor", "in the evening."):
        assert expected in words


@needs_ocr
def test_a_scan_without_words():
    with pytest.raises(LetterError, match="OCR found no words"):
        read_source("letter.pdf", pages(1), ocr=True)


def test_a_pdf_with_text_is_never_given_to_ocr(program):
    program("echo called >&2; exit 15")
    assert not read_source("letter.pdf", visit_letter(), ocr=True).ocr


def test_a_missing_program_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    with pytest.raises(LetterError, match="ocrmypdf is not installed; install it"):
        read_source("letter.pdf", pages(1), ocr=True)


@posix
@pytest.mark.parametrize(
    ("script", "says"),
    [
        ("exit 3", "tesseract, ghostscript or the English language data is missing"),
        ("exit 8", "password"),
        ("exit 2", "damaged PDF"),
        ("echo one >&2; echo 'No space left' >&2; exit 15", "No space left; check the file"),
        ("exit 15", "status 15"),
        ("exit 0", "status 0"),
        ('for last; do :; done; echo nothing > "$last"', "damaged PDF"),
    ],
)
def test_a_program_that_fails_is_reported_in_one_line(program, script, says):
    program(script)
    with pytest.raises(LetterError, match=says) as raised:
        read_source("letter.pdf", pages(1), ocr=True)
    assert str(raised.value).startswith("letter.pdf: ")
    assert "\n" not in str(raised.value) and ";" in str(raised.value)


@posix
def test_a_program_that_takes_too_long_is_ended(program, monkeypatch):
    monkeypatch.setattr(scan, "LONGEST", 0.2)
    program("exec sleep 60")
    with pytest.raises(LetterError, match="could not read within 0.2 s"):
        read_source("letter.pdf", pages(1), ocr=True)


@posix
def test_a_program_that_cannot_be_run(program):
    program("")
    file = Path(sys.executable).with_name(scan.PROGRAM)
    file.write_bytes(b"#!/no/such/shell\n")
    with pytest.raises(LetterError, match="cannot be run"):
        read_source("letter.pdf", pages(1), ocr=True)


@posix
def test_the_program_gets_the_scan_and_leaves_nothing_behind(program, a_scan, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    (tmp_path / "answer.pdf").write_bytes(visit_letter())
    program(
        f'echo "$@" > {tmp_path}/arguments; for last; do before="$scan"; scan="$last"; done\n'
        f'cp "$before" {tmp_path}/given.pdf; cp {tmp_path}/answer.pdf "$last"'
    )
    source = read_source("letter.pdf", a_scan, ocr=True)
    assert source.ocr and source.pages == 2 and source.lines[0].text == "Ofsted"
    assert (tmp_path / "given.pdf").read_bytes() == a_scan
    assert "--skip-text" in (tmp_path / "arguments").read_text()
    assert not list(tmp_path.glob("assistant-ocr-*"))
