"""The evaluation's page in a real browser, from a file: with the network shut off, by keyboard, on a phone, in the dark."""

import json
from collections.abc import Callable, Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
import report_fakes as fakes
from playwright.sync_api import Page, expect

from eval.report.html import as_html

AXE = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")

Opener = Callable[..., Page]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The written page, with everything that it can show."""
    path: Path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(as_html(fakes.results(two_writers=True)), encoding="utf-8")
    return path.as_uri()


@pytest.fixture
def opened(browser: Any, file: str) -> Iterator[Opener]:
    """Opens the page; any request for another file, and any error, fails the test."""
    contexts: list[Any] = []
    wrong: list[str] = []

    def route(found: Any) -> None:
        if found.request.url.partition("#")[0] == file:
            found.continue_()
        else:
            wrong.append(f"request for {found.request.url}")
            found.abort()

    def open_page(behind: str = "", *, width: int = 1280, scheme: str = "light", scripts: bool = True) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            reduced_motion="reduce",
            java_script_enabled=scripts,
            offline=True,
        )
        contexts.append(context)
        context.route("**/*", route)
        page: Page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
        page.on("dialog", lambda dialog: (wrong.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("console", lambda line: wrong.append(f"console: {line.text}"))
        page.goto(file + behind)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert wrong == []


def count(page: Page) -> Any:
    return page.get_by_role("status")


def left(page: Page) -> list[str]:
    return page.locator("details.entry:visible").evaluate_all("all => all.map(one => one.id)")


def tab_to(page: Page, selector: str) -> None:
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            return
    pytest.fail(f"the keyboard never comes to {selector}")


def test_the_page_opens_from_a_file_and_asks_for_nothing_else(opened: Opener) -> None:
    page = opened()
    expect(page.get_by_role("heading", level=1)).to_have_text("How good are the answers?")
    expect(count(page)).to_have_text("16 answers")
    assert page.evaluate("document.documentElement.lang") == "en-GB"
    assert page.evaluate("performance.getEntriesByType('resource').length") == 0
    for role in ("main", "banner", "contentinfo", "navigation", "search"):
        expect(page.get_by_role(role)).to_have_count(1)


def test_filters_work_by_keyboard(opened: Opener) -> None:
    page = opened()
    tab_to(page, "input[name=outcome]")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="Failed")).to_be_checked()
    expect(count(page)).to_have_text("8 of 16 answers")
    assert left(page)[0] == "q-m-1" and "q-p-1" not in left(page)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="Lost")).to_be_checked()
    assert left(page) == ["q-m-1", "q-l-1"]
    tab_to(page, "input[type=search]")
    page.keyboard.type("in   MARCH")
    expect(count(page)).to_have_text("1 of 16 answers")
    assert left(page) == ["q-l-1"]
    page.keyboard.type("x")
    expect(count(page)).to_have_text("0 of 16 answers")
    expect(page.get_by_text("No question fits these filters.")).to_be_visible()
    tab_to(page, "button[type=reset]")
    page.keyboard.press("Enter")
    expect(count(page)).to_have_text("16 answers")
    tab_to(page, "details.entry summary")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(page.locator("#q-m-1").get_by_role("heading", name="What was expected")).to_be_visible()


def test_sets_types_and_writers_are_filtered_together(opened: Opener) -> None:
    page = opened()
    page.get_by_role("combobox", name="Set").select_option("heldout")
    expect(count(page)).to_have_text("4 of 16 answers")
    page.get_by_role("combobox", name="Type").select_option(label="absent detail")
    assert left(page) == ["q-u-1", "q-u-1_1"]
    page.get_by_role("combobox", name="Writer").select_option("language model")
    assert left(page) == ["q-u-1_1"]
    expect(page.locator(".group:visible h3")).to_have_text("Passed 1")
    page.get_by_role("button", name="Open all").click()
    expect(page.locator("#q-u-1_1 .body")).to_be_visible()
    page.get_by_role("button", name="Clear the filters").click()
    expect(count(page)).to_have_text("16 answers")
    expect(page.locator("#q-p-1 .body")).to_be_hidden()
    page.get_by_role("button", name="Close all").click()
    expect(page.locator("details.entry[open]")).to_have_count(0)


def test_a_link_opens_its_question_whatever_the_filters_say(opened: Opener) -> None:
    page = opened("#q-w-1")
    expect(page.locator("#q-w-1 .body")).to_be_visible()
    expect(page.locator("#q-w-1")).to_be_in_viewport()
    expect(page.locator("#q-w-1 > summary")).to_be_focused()
    page.get_by_role("radio", name="Won").check(force=True)
    assert left(page) == ["q-w-1"]
    page.get_by_role("link", name="Who came in March?").click()
    expect(page.locator("#q-l-1 .body")).to_be_visible()
    expect(page.locator("#q-l-1 > summary")).to_be_focused()
    expect(count(page)).to_have_text("16 answers")
    page.locator("#q-l-1").get_by_role("link", name="Quote 1").click()
    expect(page.locator("[id='q-l-1:1']")).to_be_in_viewport()


def test_everything_can_be_read_without_scripts(opened: Opener) -> None:
    page = opened(scripts=False)
    expect(page.locator("details.entry")).to_have_count(16)
    for one in page.locator("details.entry").all():
        expect(one).to_be_visible()
    expect(page.locator("#filters")).to_be_hidden()
    page.locator("#q-l-1 > summary").click()
    expect(page.locator("#q-l-1").get_by_text("It was Diane Partridge.").first).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_accessible_and_never_wider_than_the_window(opened: Opener, width: int, scheme: str) -> None:
    page = opened(width=width, scheme=scheme)
    page.get_by_role("button", name="Open all").click()
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {rules: {'target-size': {enabled: true}}})")
    assert found["passes"]
    violations = [
        f"{rule['id']}: {json.dumps([node['html'][:150] for node in rule['nodes']])}" for rule in found["violations"]
    ]
    assert violations == []


def test_the_dark_page_is_dark(opened: Opener) -> None:
    def ground(scheme: str) -> int:
        colour = opened(scheme=scheme).evaluate("getComputedStyle(document.body).backgroundColor")
        return sum(map(int, colour.removeprefix("rgb(").removesuffix(")").split(",")))

    assert ground("dark") < 200 < 600 < ground("light")


def test_the_filters_are_not_printed(opened: Opener) -> None:
    page = opened()
    page.emulate_media(media="print")
    expect(page.locator("#filters")).to_be_hidden()
    expect(page.locator("#q-m-1 > summary")).to_be_visible()
