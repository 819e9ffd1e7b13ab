"""Signing in, signing out and asking too often, in a real browser: by keyboard, without scripts, in the dark."""

import re
from collections.abc import Iterator
from importlib import resources
from typing import Any

import pytest
from page_fakes import FakeAssistant
from playwright.sync_api import Page, expect
from running import running
from watching import complains

from assistant.page.app import create_app
from assistant.page.server import address
from assistant.settings import Settings

AXE = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
SCHEMES = ("light", "dark")
PASSWORD = "a horse that reads letters"
ADDING = "a horse that files letters"
QUESTION = "What is said about accommodation for care leavers?"
REFUSED = re.compile(r"status of (401|403)|^Response$")
"""What the browser itself says of an answer that was meant, and Gradio of a stream that was answered so."""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The page with two passwords, as the product serves it."""
    settings = Settings(
        password=PASSWORD, adding_password=ADDING, questions_a_minute=2, max_question_chars=300, _env_file=None
    )
    with running(create_app(FakeAssistant(), settings)) as listening:
        yield address(listening)


@pytest.fixture
def opened(browser: Any, url: str) -> Iterator[Any]:
    """Opens a page in a session of its own; a request elsewhere or an error of a script fails the test."""
    contexts: list[Any] = []
    wrong: list[str] = []

    def go(path: str = "/", *, width: int = 1280, scheme: str = "light", scripts: bool = True) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            java_script_enabled=scripts,
            reduced_motion="reduce",
        )
        contexts.append(context)
        page: Page = context.new_page()
        page.on("request", lambda one: one.url.startswith((url, "data:", "blob:")) or wrong.append(one.url))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda line: complains(line) and not REFUSED.search(line.text) and wrong.append(line.text))
        page.goto(f"{url}{path}")
        return page

    yield go
    found = list(wrong)
    for context in contexts:
        context.close()
    assert found == []


def signed_in(opened: Any, path: str = "/", password: str = PASSWORD, **more: Any) -> Page:
    page: Page = opened(path, **more)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    return page


def findings(page: Page) -> list[str]:
    """What axe-core finds."""
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {rules: {'target-size': {enabled: true}}})")
    assert found["passes"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found["violations"]]


def ask(page: Page, question: str) -> None:
    page.get_by_role("textbox", name="Your question").fill(question)
    page.get_by_role("button", name="Ask", exact=True).click()


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", [320, 1280])
def test_the_pages_for_signing_in_and_out_have_no_barrier(opened, scheme, width):
    page = opened("/login", scheme=scheme, width=width)
    assert findings(page) == []
    page.get_by_label("Password").fill("a wrong password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("This password is not right")
    expect(page).to_have_title(re.compile("^Error: "))
    assert findings(page) == []
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    assert findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("scripts", [True, False])
def test_signing_in_by_keyboard_leads_to_the_page_that_was_asked_for(opened, url, scripts):
    page = opened("/letters?year=2019", scripts=scripts)
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    expect(page.get_by_label("Password")).to_be_focused()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Sign in")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{url}/letters?year=2019")
    page.get_by_role("link", name="Sign out").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.goto(f"{url}/letters")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_who_signed_in_asks_and_who_asks_too_often_is_told_and_keeps_the_question(opened):
    page = signed_in(opened)
    ask(page, QUESTION)
    expect(page.locator("#chat .answer")).to_have_count(1)
    expect(page.locator("#chat")).to_contain_text("substantial challenge")
    ask(page, QUESTION)
    expect(page.locator("#chat .answer, #chat .problem")).to_have_count(2)
    third = "And what about the reviews of pathway plans?"
    ask(page, third)
    expect(page.locator("#status")).to_contain_text("Please ask again in")
    expect(page.locator("#chat")).to_contain_text("You have asked a lot of questions")
    expect(page.get_by_role("textbox", name="Your question")).to_have_value(third)
    assert findings(page) == []


def test_who_may_only_read_is_led_to_the_other_password(opened, url):
    page = signed_in(opened, "/letters")
    page.get_by_role("link", name="Add letters").click()
    expect(page.get_by_role("heading", name="You cannot add letters")).to_be_visible()
    assert findings(page) == []
    page.get_by_role("link", name="Sign in to add letters").click()
    page.get_by_label("Password").fill(ADDING)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{url}/add")
    expect(page.get_by_label("Letters to add")).to_be_visible()


def test_a_session_that_is_over_is_said_and_the_question_stays(opened):
    page = opened()
    with page.expect_response(re.compile("/queue/data")):  # the page is whole: none of its streams is still to open
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
    page.get_by_role("textbox", name="Your question").wait_for()
    page.context.clear_cookies()
    ask(page, QUESTION)
    expect(page.locator("#status")).to_contain_text("You are no longer signed in")
    page.wait_for_timeout(2000)  # the page's own word about a question that waits would come now
    expect(page.locator("#status")).to_contain_text("You are no longer signed in")
    expect(page.get_by_role("textbox", name="Your question")).to_have_value(QUESTION)
