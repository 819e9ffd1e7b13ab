"""A real Chromium, and the page on a free port of this machine: over the shipped corpus, or over a fake."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from page_fakes import FakeAssistant
from running import running
from watching import complains

from assistant.page.server import address
from assistant.settings import Settings

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
PATIENCE = 20_000  # milliseconds that an answer may take on a busy machine


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a browser, so that it can be chosen or left out."""
    for item in items:
        if item.path.parent.name == "browser":
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="module")  # no longer: while it runs, no other test could start an event loop
def browser() -> Iterator[Any]:
    """Chromium; a machine without it skips by name, but never under CI."""
    found = next((path for name in CHROMIUM if (path := shutil.which(name))), None)
    if found is None:
        reason = f"no Chromium: none of {', '.join(CHROMIUM)} is installed"
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=FLAGS.split())
        yield chromium
        chromium.close()


@contextmanager
def served(assistant: Any, settings: Settings) -> Iterator[str]:
    """The page on a free loopback port, in a thread."""
    from assistant.page.app import create_app

    with running(create_app(assistant, settings)) as listening:
        yield address(listening)


@pytest.fixture(scope="session")
def serve() -> Any:
    """`served`, for a test that brings its own assistant."""
    return served


@pytest.fixture(scope="session")
def page_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The product as it ships: the real assistant over the shipped corpus."""
    from assistant.engine import Assistant

    settings = Settings(index_dir=tmp_path_factory.mktemp("index") / "index", _env_file=None)
    with Assistant.open(settings) as assistant, served(assistant, settings) as url:
        yield url


@pytest.fixture(scope="session")
def fake() -> FakeAssistant:
    """Letters made by hand, among them a hostile one."""
    return FakeAssistant()


@pytest.fixture(scope="session")
def fake_url(fake: FakeAssistant) -> Iterator[str]:
    """The page over the fake."""
    with served(fake, Settings(max_question_chars=300, _env_file=None)) as url:
        yield url


@pytest.fixture
def open_page(browser: Any) -> Iterator[Any]:
    """Opens the page in a session of its own; a request or an error that should not be fails the test."""
    contexts: list[Any] = []
    wrong: list[str] = []

    def watch(page: Any, url: str) -> None:
        def outside(request: Any) -> None:
            if not request.url.startswith((f"{url}/", "data:", "blob:")):
                wrong.append(f"request to {request.url}")

        page.on("request", outside)
        page.on("websocket", lambda socket: wrong.append(f"web socket to {socket.url}"))
        page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
        page.on("dialog", lambda dialog: (wrong.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("console", lambda line: complains(line) and wrong.append(f"console: {line.text}"))
        page.on("response", lambda reply: reply.status >= 400 and wrong.append(f"{reply.status} {reply.url}"))

    def opened(
        url: str, query: str = "", *, width: int = 1440, height: int = 900, scheme: str = "light", **more: Any
    ) -> Any:
        size = {"width": width, "height": height}
        context = browser.new_context(viewport=size, color_scheme=scheme, reduced_motion="reduce", **more)
        contexts.append(context)
        page = context.new_page()
        watch(page, url)
        page.goto(f"{url}/{query}")
        page.get_by_role("textbox", name="Your question").wait_for()
        return page

    yield opened
    found = list(wrong)  # before the windows close, which cuts off their streams
    for context in contexts:
        context.close()
    assert found == []
