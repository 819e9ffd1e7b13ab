"""References read by the programs of TeX themselves: BibTeX sets them in a style, biber holds them against its model."""

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from test_export import AWKWARD, PRESS, REPORT, WELSH, a_letter

from assistant.export.formats import render_letters
from assistant.letters.letter import Letter


def program(name: str, package: str) -> str:
    """A program; CI has it, elsewhere its absence skips by name."""
    found = shutil.which(name)
    if found is None:
        if os.environ.get("CI"):
            pytest.fail(f"{name} is missing: .ci/run installs it")
        pytest.skip(f"{name} is missing: apt-get install {package}")
    return found


def awkward() -> list[Letter]:
    """Letters whose every text is as bad as it gets, one with a title as long as a page, one of no authority."""
    nasty = [
        a_letter(letter_id=f"n{n}", title=text, addressee=text, authority=text)
        for n, text in enumerate([*AWKWARD, WELSH])
    ]
    long = a_letter(letter_id="long", title="Word & deed_ " * 160)
    return [*nasty, long, replace(REPORT, letter_id="report", authority=None), replace(PRESS, letter_id="press")]


UNDATED = a_letter(letter_id="undated", published=None, visit_start=None, visit_end=None)


def warnings(log: str) -> list[str]:
    return [line for line in log.splitlines() if re.search(r"(?i)warn|error", line)]


def set_by_bibtex(folder: Path, letters: Sequence[Letter]) -> tuple[str, list[str]]:
    """The bibliography in BibTeX's plainest style, and its warnings."""
    (folder / "letters.bib").write_text(render_letters(letters, "bibtex"), encoding="utf-8", newline="")
    (folder / "paper.aux").write_text(
        "\\relax\n\\bibstyle{plain}\n\\citation{*}\n\\bibdata{letters}\n", encoding="utf-8"
    )
    command = [program("bibtex", "texlive-binaries texlive-base"), "paper"]
    done = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", errors="replace", timeout=120)
    assert done.returncode == 0, done.stdout
    return (folder / "paper.bbl").read_text(encoding="utf-8"), warnings(done.stdout)


def held_against_the_model(folder: Path, letters: Sequence[Letter]) -> tuple[str, list[str]]:
    """The entries as biber writes them again, and its warnings."""
    (folder / "letters.bib").write_text(render_letters(letters, "biblatex"), encoding="utf-8", newline="")
    command = [program("biber", "biber"), "--tool", "--validate-datamodel", "letters.bib"]
    done = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", errors="replace", timeout=120)
    assert done.returncode == 0, done.stdout
    return (folder / "letters_bibertool.bib").read_text(encoding="utf-8"), warnings(done.stdout)


def test_bibtex_sets_every_letter_without_a_warning(tmp_path, shipped):
    letters = [*shipped.values(), *awkward()]
    made, warned = set_by_bibtex(tmp_path, letters)
    assert warned == []
    assert made.count("\\bibitem") == len(letters)
    assert made.count("{") == made.count("}")


def test_biber_finds_every_field_where_its_model_has_one(tmp_path, shipped):
    letters = [*shipped.values(), *awkward()]
    made, warned = held_against_the_model(tmp_path, letters)
    assert warned == []
    assert len(re.findall(r"^@\w+\{", made, re.MULTILINE)) == len(letters)


def test_a_date_that_is_not_known_is_missed_and_not_made_up(tmp_path):
    made, warned = set_by_bibtex(tmp_path, [UNDATED])
    assert "empty year" in warned[0] and "March" not in made
    made, warned = held_against_the_model(tmp_path, [UNDATED])
    assert "one of 'date, year' must be defined" in warned[0] and "DATE" not in made
