"""What the documentation says is there, is there."""

import json
import re
from pathlib import Path

import pytest

from assistant.cli import main
from assistant.settings import Settings

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "corpus" / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_every_command_is_in_the_readme():
    readme = (ROOT / "README.md").read_text()
    for name in main.commands:
        assert re.search(rf"assistant {name}\b", readme), f"README.md does not show: assistant {name}"


def test_every_command_that_the_docs_show_exists():
    shown = {
        name for page in PAGES for name in re.findall(r"^\.venv/bin/assistant (\w+)", page.read_text(), re.MULTILINE)
    }
    assert shown and shown <= set(main.commands)


def test_every_setting_is_documented_with_its_default():
    table = (ROOT / "docs" / "settings.md").read_text()
    for name, field in Settings.model_fields.items():
        row = re.search(rf"^\| `ASSISTANT_{name.upper()}` \| ([^|]*)\|", table, re.MULTILINE)
        assert row, f"docs/settings.md lacks ASSISTANT_{name.upper()}"
        if isinstance(field.default, int | float):
            assert f"{field.default:,}" in row[1] or str(field.default) in row[1], name
    assert set(re.findall(r"ASSISTANT_([A-Z_]+)`", table)) - {"PORT=8080"} <= {n.upper() for n in Settings.model_fields}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\((?!https?:)([^)#\s]+)", page.read_text()):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"


@pytest.mark.model
def test_the_readmes_python_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("ASSISTANT_INDEX_DIR", str(tmp_path / "index"))
    block = re.search(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert block
    scope: dict[str, object] = {}
    exec(block[1], scope)
    assert "care leavers" in capsys.readouterr().out
    assert len(scope["nodes"]) == 5


def test_the_readmes_figures_are_the_baselines():
    """The table repeats the outcomes that `python -m eval --accept` wrote down."""
    passed = json.loads((ROOT / "eval" / "baseline.json").read_text())["passed"]
    readme = (ROOT / "README.md").read_text()
    for column, file in enumerate(("heldout", "tuning")):
        gold = [json.loads(line) for line in (ROOT / "eval" / "gold" / f"{file}.jsonl").read_text().splitlines()]
        for answerable, label in ((True, "right answers"), (False, "refused among the unanswerable")):
            outcomes = [passed[row["id"]] for row in gold if row["answerable"] is answerable]
            row = re.search(rf"^\| {label}[^|]*\|([^|]*)\|([^|]*)\|", readme, re.MULTILINE)
            assert row and f"({sum(outcomes)} of {len(outcomes)})" in row[column + 1], (file, label)
