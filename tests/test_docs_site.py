"""The documentation builds as a site, asks nothing of anybody, and every link of it leads somewhere."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fakes import ROOT
from scripts import script

builder = script("docs_site")
CONFIG = tomllib.loads((ROOT / "zensical.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("docs") / "site"
    builder.build(folder)
    return folder


def named(nav: Any) -> Iterator[str]:
    """The pages that the menu names, in its order."""
    if isinstance(nav, str):
        yield nav
    else:
        for inner in nav.values() if isinstance(nav, dict) else nav:
            yield from named(inner)


def test_every_page_is_built_and_stands_in_the_menu_once(site):
    menu = list(named(CONFIG["nav"]))
    pages = {file.relative_to(ROOT / "docs").as_posix() for file in (ROOT / "docs").rglob("*.md")}
    pages |= {name for name in builder.BESIDE.values() if name.endswith(".md")}
    assert sorted(menu) == sorted(pages)
    for name in menu:
        assert (site / name).with_suffix(".html").is_file()
    for name in ("project/licence.txt", "project/Containerfile", "search.js", "404.html"):
        assert (site / name).is_file()


def test_what_was_built_is_whole_and_fetches_nothing(site):
    assert builder.broken_links(site) == [] and builder.outside(site) == []
    page = (site / "tutorial.html").read_text(encoding="utf-8")
    assert "iframe-worker.js" in page and '<html lang="en"' in page


def written(folder: Path, body: str, name: str = "page.html") -> Path:
    (folder / name).write_text(f"<html><body><h1 id='top'>A</h1>{body}</body></html>", encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ("gone.html", "no such file"),
        ("../page.html", "no such file"),
        ("page.html#gone", "no such anchor"),
        ("#gone", "no such anchor"),
        ("http://[ADDRESS]", "no address of the web"),
        ("https:///path", "no address of the web"),
        ("https://nodots", "no address of the web"),
        ("javascript:alert()", "neither of this site nor of the web"),
        ("//host.example/a.js", "neither of this site nor of the web"),
        ("page.html#top", None),
        ("#top", None),
        ("./", None),
        ("https://example.org/a#b", None),
    ],
)
def test_a_link_that_leads_nowhere_is_found(tmp_path, link, said):
    written(written(tmp_path, f"<a href='{link}'>x</a>"), "", "index.html")
    found = builder.broken_links(tmp_path)
    assert found == [] if said is None else len(found) == 1 and said in found[0] and found[0].startswith("page.html: ")


@pytest.mark.parametrize(
    "body",
    [
        "<script src='https://host.example/a.js'></script>",
        "<img src='//host.example/a.png'>",
        "<iframe src='http://h'>",
    ],
)
def test_what_would_be_fetched_from_elsewhere_is_found(tmp_path, body):
    assert len(builder.outside(written(tmp_path, body))) == 1
    assert builder.outside(written(tmp_path, "<a href='https://host.example'>a link is followed by people</a>")) == []
    (tmp_path / "a.css").write_text("@import 'https://host.example/a.css'; b {background: url(//h/x.png)}")
    assert len(builder.outside(tmp_path)) == 2


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The smallest one that the builder takes."""
    for name in (*builder.BESIDE, "docs/index.md", "docs/how-to/a.md"):
        file = tmp_path / "checkout" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"# {name}\n", encoding="utf-8")
    return tmp_path / "checkout"


def test_links_are_turned_to_where_the_pages_lie_on_the_site(checkout, tmp_path):
    (checkout / "docs/how-to/a.md").write_text(
        "[b](../../corpus/README.md#x) [c](../../LICENSE) [d](#a) [e](https://e.org)"
    )
    (checkout / "CHANGELOG.md").write_text("[a](docs/how-to/a.md)")
    builder.lay_out(tmp_path / "out", checkout)
    text = (tmp_path / "out/how-to/a.md").read_text()
    assert text == "[b](../project/letters.md#x) [c](../project/licence.txt) [d](#a) [e](https://e.org)"
    assert (tmp_path / "out/project/changes.md").read_text() == "[a](../how-to/a.md)"


def test_a_link_to_what_the_site_does_not_have_is_said(checkout, tmp_path):
    (checkout / "docs/how-to/a.md").write_text("[code](../../assistant/cli.py)")
    with pytest.raises(builder.SiteError, match=r"docs/how-to/a.md: ../../assistant/cli.py is not on the site"):
        builder.lay_out(tmp_path / "out", checkout)


def test_zensical_is_strict_about_links_and_anchors(checkout, tmp_path):
    (checkout / "zensical.toml").write_text('[project]\nsite_name = "A"\n')
    (checkout / "docs/how-to/a.md").write_text("# A\n\n[nowhere](../index.md#gone)\n")
    with pytest.raises(builder.SiteError, match="gone"):
        builder.build(tmp_path / "site", checkout)
    assert not (tmp_path / "site").exists()


def test_how_to_install_what_is_missing(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(builder.sys, "executable", "/bin/false")
    assert builder.main([str(tmp_path / "site")]) == 1
    monkeypatch.undo()
    fake = tmp_path / "zensical"
    fake.mkdir()
    (fake / "__init__.py").write_text("raise ModuleNotFoundError('No module named zensical')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert builder.main([str(tmp_path / "site")]) == 1
    assert "pip install -c constraints.txt -e '.[docs]'" in capsys.readouterr().err
