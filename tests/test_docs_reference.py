"""The pages that the program writes about itself are what it would write today."""

import re
import typing

import pytest
from fakes import ROOT
from scripts import script

import assistant
from assistant.cli import main
from assistant.contract import shapes
from assistant.mcp.tools import TOOLS
from assistant.page.api.requests import Export

reference = script("docs_reference")
MADE = [name for name in reference.PAGES if name != "licences.md"]


def written(name: str) -> str:
    return (reference.FOLDER / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", MADE)
def test_the_page_is_what_would_be_written(name):
    assert written(name) == reference.page(name), f"docs/reference/{name}: run python .ci/docs_reference.py"


def test_every_command_and_option_is_there():
    page = written("commands.md")
    for name, command in main.commands.items():
        part = page.partition(f"\n## assistant {name}\n")[2].partition("\n## ")[0]
        for one in command.params:
            assert one.param_type_name == "argument" or f"`{one.opts[0]}" in part, (name, one.opts)
        assert part.count("\n- `") == sum(one.param_type_name == "option" for one in command.params) + 1  # --help


def test_every_shape_and_field_is_there_and_says_what_it_holds():
    page = written("json.md")
    for name in shapes.__all__:
        part = page.partition(f"\n## {name.removesuffix('Shape')}\n")[2].partition("\n## ")[0]
        assert part, name
        for field in vars(getattr(shapes, name))["__annotations__"]:
            assert f"| `{field}` |" in part or "It has the fields of" in part, (name, field)
    assert "| `page_start` | whole number or null | First page" in page
    assert "| `id` | text; may be missing | As the question gave it. |" in page


def test_types_are_said_in_words():
    assert not re.search(r"\b(?:str|int|bool|NotRequired|dict)\b", written("json.md"))
    hints = typing.get_type_hints(shapes.HitShape)
    assert hints["why"] == str | None and "| `why` | text or null |" in written("json.md")


def test_every_call_tool_and_name_is_there():
    http = written("http.md")
    for name in Export.model_fields:
        assert f"| `{name}` |" in http.partition("## POST /api/v1/export")[2].partition("\n## ")[0]
    assert "whole number, 1 to 1,000; 10 by default" in http and "## GET /api/v1/letters/{letter_id}" in http
    for name in TOOLS:
        assert f"\n## {name}\n" in written("tools.md")
    for name in assistant.__all__:
        assert f"\n## {name}\n" in written("python.md")
    assert "ask(question: str, *, history: Sequence[str]=()" in written("python.md")


def test_a_page_that_is_out_of_date_is_found_and_written(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(reference, "FOLDER", tmp_path)
    monkeypatch.setattr(reference, "PAGES", {"commands.md": reference.commands})
    assert reference.main(["--check"]) == 1
    assert "docs/reference/commands.md" in capsys.readouterr().err
    assert reference.main([]) == 0 and reference.main(["--check"]) == 0
    assert (tmp_path / "commands.md").read_text(encoding="utf-8") == written("commands.md")


def test_the_licences_are_those_of_the_pinned_versions():
    """Of whatever is installed here: another system has a few packages more or less."""
    pinned = dict(
        (reference.canonical(name), version)
        for name, _, version in (
            line.partition("==") for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
        )
    )
    rows = {
        reference.canonical(name): (version.partition("+")[0], said)
        for name, version, said in re.findall(
            r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \|", written("licences.md"), re.MULTILINE
        )
        if version != "version"
    }
    assert len(rows) > 100
    for name, (version, _) in rows.items():
        assert pinned.get(name, version) == version, f"{name}: run make reference"
    for name, (_, version, said) in reference.licences_said().items():
        if name in rows and rows[name][0] == version.partition("+")[0]:
            assert rows[name][1] == said.strip().splitlines()[0].replace("|", "or"), name
    missing = {
        name
        for name in set().union(*map(reference.needed, reference.FOR))
        if not re.match(r"nvidia-|triton$|cuda-", name)
    } - set(rows)
    assert not missing, f"docs/reference/licences.md lacks {sorted(missing)}: run make reference"
