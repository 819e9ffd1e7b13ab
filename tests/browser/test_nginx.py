"""The page behind the real nginx, below a path that is not its own: in Chromium, as the documentation sets it up."""

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from page_fakes import FakeAssistant
from playwright.sync_api import Page, expect
from running import running
from watching import complains

from assistant.page.app import create_app
from assistant.settings import Settings

DOCS = Path(__file__).parents[2] / "docs" / "how-to" / "serving-a-team.md"
PREFIX = "/letters"  # as in the documentation; a path of ours has the same name, and nginx must not mistake one for the other
PASSWORD = "a horse that reads letters"
ADDING = "a horse that files letters"
QUESTION = "What is said about accommodation for care leavers?"
START = 60  # seconds that a server may take to begin


def location(app_port: int) -> str:
    """The documentation's own block, with the port of the test."""
    [block] = re.findall(
        r"```nginx\n(    location /letters/ \{.*?\n    \})\n```", DOCS.read_text(encoding="utf-8"), re.DOTALL
    )
    assert "127.0.0.1:7860" in block
    return block.replace("127.0.0.1:7860", f"127.0.0.1:{app_port}")


def configuration(folder: Path, port: int, app_port: int) -> Path:
    """nginx with one council's site: something of its own at the root, and the page below its path."""
    file = folder / "nginx.conf"
    temporary = "\n".join(
        f"    {kind}_temp_path {folder / kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    file.write_text(
        f"""daemon off;
worker_processes 1;
pid {folder / "nginx.pid"};
error_log {folder / "error.log"};
events {{}}
http {{
    access_log off;
{temporary}
    server {{
        listen 127.0.0.1:{port};
        location / {{ return 418 "this is the council's own site"; }}
{location(app_port)}
    }}
}}
""",
        encoding="utf-8",
    )
    return file


@pytest.fixture(scope="module")
def nginx() -> str:
    """nginx; a machine without it skips by name, but never under CI."""
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/sbin")
    if found is None:
        reason = "no nginx: it is not installed"
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@pytest.fixture(scope="module")
def url(nginx: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page with two passwords as the product serves it, behind nginx."""
    folder = tmp_path_factory.mktemp("nginx")
    settings = Settings(
        password=PASSWORD, adding_password=ADDING, max_question_chars=300, adding_dir=folder / "added", _env_file=None
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with running(create_app(FakeAssistant(), settings)) as listening:
        file = configuration(folder, port, listening.getsockname()[1])
        command = [nginx, "-c", str(file), "-p", str(folder), "-e", str(folder / "error.log")]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as proxy:
            try:
                _wait(f"http://127.0.0.1:{port}{PREFIX}/healthz", proxy)
                yield f"http://127.0.0.1:{port}"
            finally:
                proxy.terminate()


def _wait(address: str, proxy: "subprocess.Popen[str]") -> None:
    deadline = time.monotonic() + START
    while True:
        assert proxy.poll() is None, proxy.stderr and proxy.stderr.read()
        assert time.monotonic() < deadline, "the page did not start"
        try:
            if httpx.get(address, trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)


@pytest.fixture
def opened(browser: Any, url: str) -> Iterator[Any]:
    """Opens a page below the path; a request beside it, or an answer that is an error, fails the test."""
    contexts: list[Any] = []
    wrong: list[str] = []

    def go(path: str = "/", *, scripts: bool = True) -> Page:
        context = browser.new_context(java_script_enabled=scripts, reduced_motion="reduce")
        contexts.append(context)
        page: Page = context.new_page()
        ours = (f"{url}{PREFIX}/", "data:", "blob:")
        page.on("request", lambda one: one.url.startswith(ours) or wrong.append(one.url))
        page.on("response", lambda one: one.status >= 400 and wrong.append(f"{one.status} {one.url}"))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda line: complains(line) and wrong.append(line.text))
        page.goto(f"{url}{PREFIX}{path}")
        return page

    yield go
    found = list(wrong)  # before the windows close, which cuts off their streams
    for context in contexts:
        context.close()
    assert found == []


def signed_in(opened: Any, path: str = "/", password: str = PASSWORD, **more: Any) -> Page:
    page: Page = opened(path, **more)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    return page


def test_the_root_is_somebody_elses(url):
    assert httpx.get(f"{url}/", trust_env=False).status_code == 418
    assert httpx.get(f"{url}{PREFIX}", trust_env=False).headers["location"].endswith(f"{PREFIX}/")


def test_a_question_is_asked_its_source_opened_and_its_letter_read(opened, url):
    page = signed_in(opened)
    expect(page).to_have_url(f"{url}{PREFIX}/")
    [cookie] = page.context.cookies()
    assert cookie["path"] == PREFIX
    page.get_by_role("textbox", name="Your question").fill(QUESTION)
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator("#chat")).to_contain_text("substantial challenge")
    page.locator('#chat a[href="#cite-1-1"]').click()
    expect(page.locator("#evidence mark").first).to_be_visible()
    whole = page.get_by_role("link", name="The whole letter")
    with page.context.expect_page() as opening:
        whole.click()
    letter = opening.value
    expect(letter.locator("mark").first).to_be_visible()
    assert letter.url.startswith(f"{url}{PREFIX}/letters/")
    assert letter.locator("h1").evaluate("one => getComputedStyle(one).fontFamily") != "", "the style sheet is there"
    letter.get_by_role("link", name="Letters", exact=True).click()
    expect(letter).to_have_url(f"{url}{PREFIX}/letters")
    headers = letter.request.get(f"{url}{PREFIX}/assets/site.css").headers
    assert headers["content-type"].startswith("text/css")


def test_a_link_to_an_answer_asks_it_again(opened, url):
    page = signed_in(opened)
    page.get_by_role("textbox", name="Your question").fill(QUESTION)
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator("#chat")).to_contain_text("substantial challenge")
    address = page.evaluate("new URL(document.querySelector('#chat button[name=copy]').value, location.href).href")
    assert address.startswith(f"{url}{PREFIX}/?q=")
    page.goto(address)
    expect(page.locator("#chat")).to_contain_text("substantial challenge")


@pytest.mark.parametrize("scripts", [True, False])
def test_the_pages_lead_to_one_another(opened, url, scripts):
    page = signed_in(opened, "/letters?year=2019", scripts=scripts)
    expect(page).to_have_url(f"{url}{PREFIX}/letters?year=2019")
    page.get_by_role("link", name="Authorities").click()
    page.get_by_role("link", name="Rutford").first.click()
    expect(page).to_have_url(f"{url}{PREFIX}/authorities/Rutford")
    page.get_by_role("link", name="Sign out").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(f"{url}{PREFIX}/login")
    assert page.context.cookies() == []


def test_a_file_is_sent_and_what_became_of_it_is_shown(opened, url):
    page = signed_in(opened, "/add", ADDING)
    expect(page).to_have_url(f"{url}{PREFIX}/add")
    page.get_by_label("Letters to add").set_input_files(
        [{"name": "one.xyz", "mimeType": "text/plain", "buffer": b"no letter"}]
    )
    page.get_by_role("button", name="Add letters", exact=True).click()
    expect(page).to_have_url(re.compile(rf"{PREFIX}/add/[\d-]+[0-9a-f]{{8}}"))
    expect(page.locator("main")).to_contain_text("one.xyz")


def test_programs_ask_below_the_path(url):
    answer = httpx.post(
        f"{url}{PREFIX}/api/v1/ask",
        json={"question": QUESTION},
        headers={"authorization": f"Bearer {PASSWORD}"},
        trust_env=False,
    )
    assert answer.status_code == 200 and answer.json()["sentences"]
