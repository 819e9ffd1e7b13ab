"""The wheel: it holds all that the product reads, and works from a folder that is no checkout."""

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes import CORPUS, ROOT

BUILD = "from setuptools import build_meta; print(build_meta.build_wheel('..'))"
LETTER = "2019-03-01-swindon-focused-visit.txt"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The wheel's content, as pip would put it among the installed packages."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    for name in ("assistant", "eval"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    subprocess.run([sys.executable, "-c", BUILD], cwd=source, check=True, capture_output=True)
    [wheel] = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(folder / "installed")
    yield folder / "installed"


def run(installed: Path, where: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The installed command line, with nothing of this checkout in its way."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ASSISTANT_")}
    environment |= {"PYTHONPATH": str(installed), "PYTHONSAFEPATH": "1", "PYTHONUTF8": "1"}
    command = [sys.executable, "-c", "import sys; from assistant.cli import main; main()", *words]
    return subprocess.run(command, cwd=where, env=environment, capture_output=True, encoding="utf-8", timeout=300)


@pytest.mark.parametrize("package", ["assistant", "eval"])
def test_every_file_of_the_packages_is_in_it(installed, package):
    files = {
        file.relative_to(ROOT)
        for file in (ROOT / package).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts and file.suffix != ".md"
    }
    assert len(files) > 50
    assert {file for file in files if not (installed / file).is_file()} == set()


def test_there_is_nothing_else_in_it(installed):
    assert {path.name.partition("-")[0] for path in installed.iterdir()} == {
        "assistant", "eval", "inspection_letters_assistant"
    }  # fmt: skip


@pytest.mark.parametrize("words", [["ask", "what needs to improve?"], ["letters"], ["index"], ["serve", "--port", "0"]])
def test_without_letters_one_line_says_what_to_do(installed, tmp_path, words):
    done = run(installed, tmp_path, *words)
    assert done.returncode == 1 and done.stdout == ""
    [line] = done.stderr.splitlines()
    assert str(tmp_path / "corpus" / "letters") in line
    assert "assistant index FOLDER" in line and "ASSISTANT_CORPUS_DIR" in line
    assert list(tmp_path.iterdir()) == [], "nothing is left behind"


@pytest.mark.model
def test_letters_named_once_are_answered_from(installed, tmp_path):
    letters, here = tmp_path / "letters", tmp_path / "here"
    letters.mkdir(), here.mkdir()
    shutil.copy(CORPUS / LETTER, letters)
    done = run(installed, here, "index", str(letters))
    assert done.returncode == 0, done.stderr
    done = run(installed, here, "ask", "what needs to improve?")
    assert done.returncode == 0, done.stderr
    assert "focused visit letter, 1 March 2019" in done.stdout
    assert (here / ".index").is_dir()
