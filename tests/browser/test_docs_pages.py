"""The documentation as people read it: from a folder, by keyboard and screen reader, without a request to anybody."""

from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from scripts import script

AXE = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
PAGES = ("index", "explanation/model-card", "reference/json", "how-to/serving-a-team")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("docs") / "site"
    script("docs_site").build(folder)
    return folder


@pytest.fixture
def opened(browser: Any, site: Path) -> Iterator[Any]:
    """Opens a page of the folder; anything fetched from elsewhere, and any error, fails the test."""
    wrong: list[str] = []
    contexts = []

    def go(name: str, scheme: str = "light", width: int = 1280) -> Any:
        context = browser.new_context(
            color_scheme=scheme, viewport={"width": width, "height": 900}, reduced_motion="reduce"
        )
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda one: one.url.startswith((site.as_uri(), "data:")) or wrong.append(one.url))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda line: line.type == "error" and wrong.append(line.text))
        page.goto((site / f"{name}.html").as_uri())
        return page

    yield go
    found = list(wrong)
    for context in contexts:
        context.close()
    assert found == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 375])
@pytest.mark.parametrize("name", PAGES)
def test_the_pages_have_no_barrier(opened, name, width, scheme):
    page = opened(name, scheme, width)
    page.wait_for_selector(".md-content h1")
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {preload: false, rules: {'target-size': {enabled: true}}})")
    assert found["passes"]
    assert [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_search_works_from_a_folder(opened):
    from playwright.sync_api import expect

    page = opened("index")
    page.get_by_role("button", name="Search").first.click()
    page.locator("dialog input").fill("systemd")
    found = page.locator("dialog a", has_text="service").first
    expect(found).to_be_visible()
    found.click()
    expect(page).to_have_title("Install it - Ask the inspection letters")


def test_the_colours_can_be_chosen(opened):
    page = opened("index")
    body = page.locator("body")
    before = body.get_attribute("data-md-color-scheme")
    page.locator("form[data-md-component=palette] label:visible").first.click()
    page.locator("form[data-md-component=palette] label:visible").first.click()
    assert before == "default" and body.get_attribute("data-md-color-scheme") == "slate"
