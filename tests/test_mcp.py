"""`assistant mcp` before anything is served: what is missing or not allowed is one line."""

import importlib.util
import json
import os
import re

import pytest
from click.testing import CliRunner
from fakes import ROOT

from assistant.cli import main
from assistant.errors import SettingsError
from assistant.mcp.installed import check_installed
from assistant.mcp.tools import TOOLS


@pytest.fixture(autouse=True)
def _environment(monkeypatch, tmp_path):
    for name in list(os.environ):
        if name.upper().startswith("ASSISTANT_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("ASSISTANT_INDEX_DIR", str(tmp_path / "index"))  # there is none: nothing may ask for one
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def missing(monkeypatch) -> None:
    """As if the protocol's library was not installed."""
    find = importlib.util.find_spec
    monkeypatch.setattr("assistant.mcp.installed.find_spec", lambda name: None if name == "mcp" else find(name))


def one_line(*arguments: str) -> str:
    result = CliRunner().invoke(main, arguments, catch_exceptions=False)
    assert result.exit_code == 1 and result.stdout == ""
    [line] = result.stderr.splitlines()
    assert line.startswith("assistant: ")
    return line


def test_it_is_installed_here():
    check_installed()


@pytest.mark.usefixtures("missing")
@pytest.mark.parametrize("arguments", [["mcp"], ["mcp", "--http"], ["serve"]])
def test_how_to_install_what_is_missing(arguments, monkeypatch):
    monkeypatch.setenv("ASSISTANT_MCP", "yes")
    assert one_line(*arguments).endswith("install it with: pip install -c constraints.txt -e '.[mcp]'")
    with pytest.raises(SettingsError):
        check_installed()


def test_it_opens_to_a_network_as_the_page_does():
    said = one_line("mcp", "--http", "--host", "0.0.0.0")
    assert "0.0.0.0 can be reached from other computers" in said and "ASSISTANT_PASSWORD" in said


@pytest.mark.parametrize("given", [["--host", "127.0.0.1"], ["--port", "0"]])
def test_an_address_is_for_http(given):
    result = CliRunner().invoke(main, ["mcp", *given])
    assert result.exit_code == 2 and "--host and --port need --http" in result.stderr


def test_the_docs_configuration_is_json_and_their_tools_are_ours():
    page = (ROOT / "docs" / "how-to" / "mcp.md").read_text(encoding="utf-8")
    local, remote = (json.loads(block)["mcpServers"] for block in re.findall(r"```json\n(.*?)```", page, re.DOTALL))
    assert local["inspection-letters"]["args"] == ["mcp"] and "mcp" in main.commands
    assert remote["inspection-letters"]["url"].endswith("/mcp")
    rows = dict(re.findall(r"^\| `(\w+)` \| ([^|]*) \|", page, re.MULTILINE))
    assert list(rows) == list(TOOLS)
    for name, takes in rows.items():
        assert set(re.findall(r"`(\w+)`", takes)) == set(TOOLS[name].arguments.model_fields), name
