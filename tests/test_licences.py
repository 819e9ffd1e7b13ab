"""Every dependency may be used and passed on by anybody: permissive, or protective of its own files only."""

import json
import re
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, distribution

import pytest
from packaging.requirements import Requirement

OURS = "inspection-letters-assistant"
FINE = re.compile(
    r"apache|mit\b|bsd|isc|psf|python software foundation|mozilla|mpl|hpnd|zlib|cc0|unlicense|public domain|zpl"
    r"|academic free|0bsd|cnri|bsl-1|blueoak",
    re.IGNORECASE,
)
BINDING = re.compile(r"\b(?:a?gpl|lgpl|gnu|sspl|busl|commons clause|non-?commercial|proprietary)\b", re.IGNORECASE)


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def needed(extra: str = "") -> set[str]:
    """Everything that is installed with the assistant."""
    found: set[str] = set()
    waiting = [(OURS, extra)]
    while waiting:
        name, extra = waiting.pop()
        try:
            requires = distribution(name).requires or ()
        except PackageNotFoundError:
            continue
        found.add(canonical(name))
        for one in map(Requirement, requires):
            if (one.marker is None or one.marker.evaluate({"extra": extra})) and canonical(one.name) not in found:
                waiting += [(one.name, ""), *((one.name, more) for more in one.extras)]
    return found - {OURS}


@pytest.fixture(scope="module")
def licences() -> dict[str, str]:
    command = [sys.executable, "-m", "piplicenses", "--format=json", "--from=mixed", "--with-system"]
    rows = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return {canonical(row["Name"]): row["License"] for row in rows}


def test_the_tree_of_dependencies_is_found():
    assert {"chromadb", "gradio", "torch", "tantivy", "numpy", "starlette"} <= needed()
    assert "ruff" not in needed() and "ruff" in needed("test")


def test_every_dependency_has_a_licence_that_binds_nobody(licences):
    for name in sorted(needed() | needed("mcp") | needed("docs")):
        said = licences.get(name, "")
        assert FINE.search(said), f"{name}: {said[:100] or 'no licence'}"
        choices = re.split(r"\bOR\b|;", said)
        assert not all(BINDING.search(choice) for choice in choices), f"{name}: {said[:100]}"


@pytest.mark.parametrize("said", ["GNU General Public License v3 (GPLv3)", "AGPL-3.0-only", "LGPL-2.1", "UNKNOWN", ""])
def test_what_would_bind_is_seen(said):
    assert BINDING.search(said.replace("v3", "")) or not FINE.search(said)
