"""Makes the README's pictures of the page, light and dark, from the shipped letters: python docs/images/make.py.

It needs Chromium and the development dependencies; nothing outside this machine is asked for anything.
"""

import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from playwright.sync_api import Browser, sync_playwright

from assistant.engine import Assistant
from assistant.page.app import create_app
from assistant.page.server import address, listen
from assistant.settings import Settings

HERE = Path(__file__).parent
QUESTION = "What did 2019 say about care leavers?"
SIZE = {"width": 1440, "height": 900}
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PATIENCE = 60  # seconds that the server may take to start


def main() -> int:
    """Make both pictures.

    Returns:
        0, or 1 where there is no Chromium.
    """
    found = next((path for name in CHROMIUM if (path := shutil.which(name))), None)
    if found is None:
        print(f"no Chromium: install one of {', '.join(CHROMIUM)}", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder, _served(Path(folder)) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        for scheme in ("light", "dark"):
            picture = HERE / f"page-{scheme}.png"
            _photograph(browser, url, scheme, picture)
            print(picture)
        browser.close()
    return 0


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    """The page over the shipped letters, on a free port of this machine."""
    settings = Settings(index_dir=folder / "index", _env_file=None)
    with Assistant.open(settings) as assistant, listen("127.0.0.1", 0) as listening:
        config = uvicorn.Config(create_app(assistant, settings), log_level="warning", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        deadline = time.monotonic() + PATIENCE
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.05)
        yield address(listening)
        server.should_exit = True
        thread.join(PATIENCE)


def _photograph(browser: Browser, url: str, scheme: str, picture: Path) -> None:
    """One answer with the letter open at its first source."""
    context = browser.new_context(viewport=SIZE, color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(url)
    box = page.get_by_role("textbox", name="Your question")
    box.fill(QUESTION)
    box.press("Enter")
    page.get_by_role("link", name="[1]", exact=True).click()
    page.locator("mark").wait_for()
    page.evaluate("window.scrollTo(0, 0)")
    page.mouse.move(0, 0)
    page.screenshot(path=picture)
    context.close()


if __name__ == "__main__":
    sys.exit(main())
