"""What the documentation says is there, is there."""

import re
from pathlib import Path

import pytest

from assistant.cli import main
from assistant.settings import Settings

ROOT = Path(__file__).parent.parent
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "corpus" / "README.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]


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
    table = (ROOT / "docs" / "reference" / "settings.md").read_text()
    for name, field in Settings.model_fields.items():
        row = re.search(rf"^\| `ASSISTANT_{name.upper()}` \| ([^|]*)\| ([^|]*)\|", table, re.MULTILINE)
        assert row, f"docs/reference/settings.md lacks ASSISTANT_{name.upper()}"
        if isinstance(field.default, int | float):
            assert f"{field.default:,}" in row[1] or str(field.default) in row[1], name
        bounds = [
            limit for one in field.metadata for sort in ("ge", "le") if (limit := getattr(one, sort, None)) is not None
        ]
        for limit in bounds:
            assert re.search(rf"\b{limit:,}\b", row[2]), f"{name}: {limit:,} is missing among its bounds"
    assert set(re.findall(r"ASSISTANT_([A-Z_]+)`", table)) - {"PORT=8080"} <= {n.upper() for n in Settings.model_fields}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\((?!https?:)([^)#\s]+)", page.read_text()):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"


@pytest.mark.model
def test_the_python_of_the_docs_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("ASSISTANT_INDEX_DIR", str(tmp_path / "index"))
    monkeypatch.chdir(ROOT)
    scope: dict[str, object] = {}
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "how-to" / "python.md").read_text(), re.DOTALL)
    for block in blocks:  # one after the other, as they are read
        exec(block, scope)
    said = capsys.readouterr().out
    assert len(blocks) == 3 and "care leavers" in said and "para" in said
    assert len(scope["hits"]) == len(scope["nodes"]) == 5 and len(scope["paragraphs"]) > 20
    assert scope["as_markdown"].count("And what has to improve?") >= 1 and scope["report"].letters == 5


@pytest.mark.model
def test_the_readmes_python_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("ASSISTANT_INDEX_DIR", str(tmp_path / "index"))
    block = re.search(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert block
    scope: dict[str, object] = {}
    exec(block[1], scope)
    assert "care leavers" in capsys.readouterr().out
    assert len(scope["nodes"]) == 5


def test_the_readmes_figures_are_the_baselines(capsys, tmp_path):
    """`python -m eval.figures` wrote them, and would write the same again."""
    from eval.figures import main as figures

    assert figures(["--check"]) == 0, capsys.readouterr().err
    other = tmp_path / "README.md"
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    other.write_text(re.sub(r" of \d+;", " of 9999;", text), encoding="utf-8")
    assert figures(["--check"], other) == 1
    assert "run python -m eval.figures" in capsys.readouterr().err
    assert figures([], other) == 0
    assert other.read_text(encoding="utf-8") == text
    other.write_text("no marks", encoding="utf-8")
    assert figures([], other) == 2


def test_the_model_cards_figures_are_the_baselines(capsys, tmp_path):
    from eval.figures import CARD, failures
    from eval.figures import main as figures

    card = tmp_path / "card.md"
    text = CARD.read_text(encoding="utf-8")
    assert failures() in text
    card.write_text(re.sub(r"\| who \| \d+ of", "| who | 99 of", text), encoding="utf-8")
    assert figures(["--check"], card=card) == 1 and str(card) in capsys.readouterr().err
    assert figures([], card=card) == 0
    assert card.read_text(encoding="utf-8") == text
    card.write_text(text.replace("<!-- end of failures -->", ""), encoding="utf-8")
    assert figures(["--check"], card=card) == 2


def test_every_question_of_the_baseline_is_in_the_cards_tables_once():
    from eval.baseline import read_baseline
    from eval.figures import FILE, failures

    baseline = read_baseline(FILE)
    assert baseline
    by_type = failures().partition("By the letter that holds the answer")[0]
    counted = re.findall(r"(\d+) of (\d+)", by_type)
    assert sum(int(of) for _, of in counted) == len(baseline.questions)
    assert sum(int(passed) for passed, _ in counted) == sum(kept.passed for kept in baseline.questions.values())


def test_what_the_model_card_says_of_cost_stands_where_it_is_measured():
    card = (ROOT / "docs" / "explanation" / "model-card.md").read_text(encoding="utf-8")
    cost = " ".join(card.partition("## What it costs to run")[2].partition("\n## ")[0].split())
    measured = (ROOT / "docs" / "explanation" / "performance.md").read_text(encoding="utf-8")
    measured += (ROOT / "docs" / "reference" / "page.md").read_text(encoding="utf-8")
    figures = re.findall(r"[\d,.]+ (?:s|ms|MB)\b", cost)
    assert len(figures) == 5
    for figure in figures:
        assert figure in measured, figure


def test_the_model_card_names_the_weights_that_are_let_in():
    from assistant.embedding.embedder import PACKAGED_SHA256

    assert PACKAGED_SHA256 in (ROOT / "docs" / "explanation" / "model-card.md").read_text(encoding="utf-8")


def test_every_target_of_the_makefile_is_there_without_make():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    [targets] = re.findall(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    page = (ROOT / "docs" / "how-to" / "installing.md").read_text(encoding="utf-8")
    for target in targets.split():
        assert f"| `make {target}` |" in page, f"docs/how-to/installing.md lacks make {target}"


def test_the_files_for_services_and_hooks_can_be_read():
    """By the formats' own readers; what the words mean is checked by systemd-analyze and hadolint, where they are."""
    import configparser

    import yaml

    unit = configparser.ConfigParser(strict=False, interpolation=None, delimiters="=")
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(ROOT / "deploy" / "letters-assistant.service", encoding="utf-8")
    assert unit["Service"]["ExecStart"].endswith("/bin/assistant serve") and unit["Service"]["NoNewPrivileges"] == "yes"
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    assert [repo["repo"] for repo in hooks] == ["local"], "a hook that is fetched"
    container = (ROOT / "deploy" / "Containerfile").read_text(encoding="utf-8")
    for source in re.findall(r"^COPY (?!--)(.+) \S+$", container, re.MULTILINE):
        assert all((ROOT / name).exists() for name in source.split()), source
