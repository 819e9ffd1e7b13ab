"""What a release needs is looked at before anything is built."""

import subprocess
from pathlib import Path

import pytest
from scripts import script

release = script("release")

IN_ORDER = (
    "# Changelog\n\n## [Unreleased]\n\n## [1.2.0] - 2026-01-31\n\n### Added\n\n- A thing.\n\n## [1.1.0] - 2025-12-01\n"
)


def git(folder: Path, *words: str) -> None:
    who = [
        "-c",
        "user.name=A",
        "-c",
        "user.email=a@example.org",
        "-c",
        "commit.gpgsign=false",
        "-c",
        "tag.gpgsign=false",
    ]
    subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q")
    (tmp_path / "CHANGELOG.md").write_text(IN_ORDER, encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\nversion = "1.2.0"\n', encoding="utf-8")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "all")
    return tmp_path


def test_nothing_stands_in_the_way(project):
    assert release.problems(project, "1.2.0") == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("## [1.2.0]", "## [1.3.0]", "newest version is 1.3.0, that of pyproject.toml 1.2.0"),
        ("## [Unreleased]\n", "## [Unreleased]\n\n- Another thing.\n", "what stands under Unreleased"),
        (" - 2026-01-31", "", "has no date"),
        (IN_ORDER, "# Changelog\n", "newest version is none"),
    ],
)
def test_a_changelog_that_says_something_else(project, old, new, said):
    (project / "CHANGELOG.md").write_text(IN_ORDER.replace(old, new), encoding="utf-8")
    git(project, "commit", "-qam", "changed")
    [line] = release.problems(project, "1.2.0")
    assert said in line


def test_a_changed_file_a_tag_and_no_version(project):
    (project / "new.py").touch()
    [line] = release.problems(project, "1.2.0")
    assert "1 files are changed or new" in line
    (project / "new.py").unlink()
    git(project, "tag", "-a", "v1.2.0", "-m", "1.2.0")
    [line] = release.problems(project, "1.2.0")
    assert "v1.2.0 is tagged already" in line
    assert "no version by semver.org" in release.problems(project, "1.2")[0]


def test_nothing_is_built_before_all_is_in_order(project, capsys):
    (project / "new.py").touch()
    assert release.main(project) == 1
    assert "changed or new" in capsys.readouterr().err
    assert not (project / "dist").exists()
