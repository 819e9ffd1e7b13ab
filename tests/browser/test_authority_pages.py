"""The pages of the authorities in a real browser, over the shipped letters."""

import re
from importlib import resources
from typing import Any

import pytest
from playwright.sync_api import Page, expect

AXE = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")


@pytest.fixture
def open_at(browser: Any, page_url: str):
    contexts = []

    def opened(path: str, width: int = 1280, scheme: str = "light") -> Page:
        context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.goto(f"{page_url}{path}")
        return page

    yield opened
    for context in contexts:
        context.close()


def test_from_the_header_to_a_grade_and_the_words_that_give_it(open_at):
    page = open_at("/")
    page.get_by_role("link", name="Authorities").click()
    expect(page.get_by_role("heading", name="Authorities", level=1)).to_be_visible()
    page.get_by_role("link", name="Swindon").click()
    row = page.get_by_role("row", name=re.compile("1 July 2019"))
    expect(row).to_contain_text("as the council reports it")
    row.get_by_role("link", name="Requires improvement, jointly with care leavers").click()
    expect(page.locator("mark")).to_contain_text(re.compile("requires improvement", re.IGNORECASE))
    expect(page.locator("mark")).to_be_in_viewport()


def test_what_became_of_an_area_for_improvement(open_at):
    page = open_at("/authorities/Swindon")
    page.get_by_role("link", name="What became of areas for improvement").click()
    expect(page.get_by_role("status")).to_contain_text(re.compile(r"\d+ (?:raised again|unclear|not mentioned since)"))
    page.get_by_role("link", name="The quality of pathway planning").click()
    expect(page.locator("mark")).to_contain_text("The quality of pathway planning")


def test_table_is_saved(open_at):
    page = open_at("/authorities/Swindon")
    with page.expect_download() as saving:
        page.get_by_role("link", name="Save as a table, for Excel").click()
    assert saving.value.suggested_filename == "judgements-swindon.csv"
    assert "monitoring visit" in saving.value.path().read_text(encoding="utf-8-sig")


def test_asking_about_an_authority_chooses_it(open_at):
    page = open_at("/authorities/Swindon")
    page.get_by_role("link", name="Ask about Swindon").click()
    expect(page.get_by_role("button", name="All years · Swindon · all kinds")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize(
    "path", ["/authorities", "/authorities/Swindon", "/authorities/Swindon/concerns", "/authorities/Nowhere"]
)
def test_accessible_to_everybody(open_at, path, width, scheme):
    page = open_at(path, width, scheme)
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {rules: {'target-size': {enabled: true}}})")
    assert found["passes"]
    assert [(rule["id"], [node["html"][:120] for node in rule["nodes"]]) for rule in found["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
