"""Every dependency may be used and passed on by anybody: permissive, or protective of its own files only."""

import re

import pytest
from scripts import script

reference = script("docs_reference")

FINE = re.compile(
    r"apache|mit\b|bsd|isc|psf|python software foundation|mozilla|mpl|hpnd|zlib|cc0|unlicense|public domain|zpl"
    r"|academic free|0bsd|cnri|bsl-1|blueoak",
    re.IGNORECASE,
)
BINDING = re.compile(r"\b(?:a?gpl|lgpl|gnu|sspl|busl|commons clause|non-?commercial|proprietary)\b", re.IGNORECASE)


@pytest.fixture(scope="module")
def licences() -> dict[str, str]:
    return {name: said for name, (_, _, said) in reference.licences_said().items()}


def test_the_tree_of_dependencies_is_found():
    assert {"chromadb", "gradio", "torch", "tantivy", "numpy", "starlette"} <= reference.needed()
    assert "ruff" not in reference.needed() and "ruff" in reference.needed("test")


def test_every_dependency_has_a_licence_that_binds_nobody(licences):
    for name in sorted(reference.needed() | reference.needed("mcp") | reference.needed("docs")):
        said = licences.get(name, "")
        assert FINE.search(said), f"{name}: {said[:100] or 'no licence'}"
        choices = re.split(r"\bOR\b|;", said)
        assert not all(BINDING.search(choice) for choice in choices), f"{name}: {said[:100]}"


@pytest.mark.parametrize("said", ["GNU General Public License v3 (GPLv3)", "AGPL-3.0-only", "LGPL-2.1", "UNKNOWN", ""])
def test_what_would_bind_is_seen(said):
    assert BINDING.search(said.replace("v3", "")) or not FINE.search(said)
