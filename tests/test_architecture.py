"""The page for whoever changes the program says what is so."""

import re

from fakes import ROOT
from test_layers import HOMES, LINE

PAGE = (ROOT / "docs" / "explanation" / "architecture.md").read_text(encoding="utf-8")


def test_the_rooms_are_the_import_line():
    rows = re.findall(r"^\| \*\*assistant(?:/([\w/]+))?\*\* \| ([^|]+) \|", PAGE, re.MULTILINE)
    folders = [(room.replace("/", "."), re.findall(r"`(\w+)`", modules)) for room, modules in rows]
    shown = [f"{room}.{name}".strip(".") for room, names in folders for name in names]
    missing = sorted(set(LINE) - set(shown))
    assert not missing, f"docs/explanation/architecture.md: put {', '.join(missing)} into a room"
    assert shown == LINE, (
        "docs/explanation/architecture.md: the modules stand in another order than in tests/test_layers.py"
    )
    assert len(rows) > 5


def test_frameworks_stand_where_it_says():
    for framework, home in (("chromadb", "stores.vectors"), ("tantivy", "stores.lexical"), ("gradio", "page.app")):
        assert home in HOMES[framework] and f"`{home}`" in PAGE


def test_every_file_that_contributing_names_is_there():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    table = text.partition("| you want to")[2].partition("\n\n")[0]
    named = re.findall(r"`([\w./-]+/[\w.-]+|\w+\.(?:py|md|toml|txt))`", table)
    assert len(named) > 15
    for name in named:
        assert (ROOT / name).exists(), f"CONTRIBUTING.md names {name}"
