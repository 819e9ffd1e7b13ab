"""The pages of the authorities in a real browser, over the shipped letters."""

import re
from importlib import resources
from typing import Any

import pytest
from playwright.sync_api import Page, expect

AXE = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")


PAIR = "/compare?letter=2019-03-01-swindon-focused-visit&letter=2024-07-12-swindon-monitoring-visit"


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


def test_two_letters_are_set_side_by_side_and_saved(open_at):
    page = open_at("/authorities/Swindon")
    page.get_by_role("checkbox", name=re.compile("Focused visit, 6 February 2019")).check()
    page.get_by_role("checkbox", name=re.compile("Monitoring visit, .*2024")).check()
    page.get_by_role("button", name="Set the ticked letters side by side").click()
    expect(page.get_by_role("heading", name="Letters side by side")).to_be_visible()
    row = page.get_by_role("row", name=re.compile("^Care leavers"))
    expect(row).to_contain_text("Not mentioned")  # in 2024
    with page.expect_download() as saving:
        page.get_by_role("link", name="Save as a Word document").click()
    assert saving.value.suggested_filename == "compared-swindon.docx"
    row.get_by_role("link").first.click()
    expect(page.locator("mark")).to_be_in_viewport()


def test_letters_to_compare_are_chosen_in_a_form(open_at):
    page = open_at("/compare")
    expect(page.get_by_role("status")).to_contain_text("Choose two letters")
    page.get_by_label("First letter").select_option(index=1)
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("status")).to_contain_text("Choose a second letter")
    page.get_by_label("Add a letter").select_option(index=1)
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("table")).to_be_visible()
    page.get_by_role("link", name=re.compile("^Remove")).first.click()
    expect(page.get_by_role("status")).to_contain_text("Choose a second letter")


def test_a_letter_that_is_not_here_is_said(open_at):
    page = open_at("/compare?letter=nowhere")
    expect(page.get_by_role("heading", level=1)).to_have_text("A letter is not here")
    page.get_by_role("link", name="Choose letters to compare").click()
    expect(page.get_by_label("First letter")).to_be_visible()


def test_the_authority_page_says_what_is_wanted_and_goes_through_the_matters(open_at):
    page = open_at("/authorities/Swindon")
    expect(page.get_by_role("heading", name="What the latest letter wants improved")).to_be_visible()
    expect(page.get_by_role("heading", name="Matter by matter")).to_be_visible()
    page.get_by_role("row", name=re.compile("^Leadership")).get_by_role("link").first.click()
    expect(page.locator("mark")).to_be_in_viewport()


def test_what_was_counted_is_a_table_in_the_conversation(open_at):
    page = open_at("/")
    box = page.get_by_role("textbox", name="Your question")
    box.fill("How many areas for improvement were there in 2019?")
    box.press("Enter")
    expect(page.locator("#chat .counted")).to_contain_text("areas for improvement")
    table = page.get_by_role("table")
    expect(table.get_by_role("columnheader").first).to_have_text("Authority")
    table.get_by_role("link", name="[1]", exact=True).click()
    expect(page.locator("mark")).to_be_visible()


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
    "path",
    ["/authorities", "/authorities/Swindon", "/authorities/Swindon/concerns", "/authorities/Nowhere", "/compare", PAIR],
)
def test_accessible_to_everybody(open_at, path, width, scheme):
    page = open_at(path, width, scheme)
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {rules: {'target-size': {enabled: true}}})")
    assert found["passes"]
    assert [(rule["id"], [node["html"][:120] for node in rule["nodes"]]) for rule in found["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
