"""The page below a path of somebody else's name: every address it writes stays there."""

import html
import re
from urllib.parse import urljoin, urlsplit

import pytest
from browser.page_fakes import FakeAssistant
from fastapi.testclient import TestClient

from assistant.page.app import create_app
from assistant.page.http.addresses import relative, relative_markup
from assistant.page.security.sessions import COOKIE
from assistant.settings import Settings

BASE = "https://council.example"
PREFIX = "/children/letters"  # its last part is a path of ours too
PASSWORD = "a horse that reads letters"
ADDING = "a horse that files letters"
LINKS = re.compile(r'\s(?:href|src|action)="([^"#][^"]*)"')


class Proxy:
    """Takes its path off and passes the rest on, as a proxy would; anything else is not ours."""

    def __init__(self, app) -> None:
        self.app = app

    async def __call__(self, scope, receive, send):
        if scope["type"] == "http":
            assert scope["path"].startswith(f"{PREFIX}/"), f"{scope['path']} leaves the path that is ours"
            scope = {**scope, "path": scope["path"][len(PREFIX) :], "raw_path": scope["raw_path"][len(PREFIX) :]}
        await self.app(scope, receive, send)


@pytest.fixture(scope="module")
def assistant():
    return FakeAssistant()


def visitor(assistant, **given) -> TestClient:
    settings = Settings(_env_file=None, host="0.0.0.0", max_question_chars=300, **given)
    return TestClient(Proxy(create_app(assistant, settings)), base_url=BASE)


def addresses(answer) -> set[str]:
    """Every address in a page, as a browser would resolve it."""
    return {urljoin(str(answer.url), html.unescape(link)) for link in LINKS.findall(answer.text)}


@pytest.mark.parametrize(
    ("path", "written"),
    [("/", "./letters/x"), ("/letters", "./letters/x"), ("/letters/y", "../letters/x"), ("/add/z/remove", "../../letters/x"),
     ("/authorities/A%2FB", "../letters/x")],
)  # fmt: skip
def test_an_address_is_relative_to_the_page_it_stands_on(path, written):
    scope = {"path": path.replace("%2F", "/"), "raw_path": path.encode()}
    assert relative("/letters/x", scope) == written
    assert urljoin(f"{BASE}{PREFIX}{path}", written) == f"{BASE}{PREFIX}/letters/x"
    assert relative("/letters/x") == "./letters/x"
    assert relative("/", scope) == written.removesuffix("letters/x")


def test_a_server_that_keeps_no_raw_path_serves_too():
    assert relative("/add", {"path": "/letters/x"}) == "../add"
    assert relative("/add", {"path": "/letters/x", "raw_path": b"/letters/x?at=/1/2"}) == "../add"


def test_only_addresses_of_ours_are_rewritten():
    kept = '<a href="#main">/letters</a> <a href="https://x.example/">x</a> <a href="//x.example">x</a> <p title="/a">'
    words = "&quot; href=&quot;/letters&quot; src=/x"
    scope = {"path": "/letters/x"}
    assert relative_markup(f"{kept}{words}", scope) == f"{kept}{words}"
    assert relative_markup('<a href="/add">', scope) == '<a href="../add">'
    assert relative_markup('content="3; url=/add/x"', scope) == 'content="3; url=../add/x"'


def test_every_link_of_every_page_stays_below_the_path(assistant):
    """A crawl from the front page: pages, forms, style sheets, scripts, pictures, originals, files to save."""
    with visitor(assistant, open_to_all=True, adding="yes") as client:
        config = client.get(f"{PREFIX}/config").json()
        front = " ".join(str(one["props"].get("value")) for one in config["components"])
        found = {urljoin(f"{BASE}{PREFIX}/", html.unescape(link)) for link in LINKS.findall(front)}
        assert found >= {f"{BASE}{PREFIX}/{name}" for name in ("", "letters", "authorities", "add")}
        seen = set()
        while found - seen:
            address = min(found - seen)
            seen.add(address)
            if urlsplit(address).netloc != "council.example":
                continue
            answer = client.get(address)
            known = "/file/" not in address and "%2F" not in address  # the fake has no files; no council has a slash
            assert answer.status_code < 400 or not known, f"{answer.status_code} {address}"
            if answer.headers["content-type"].startswith("text/html"):
                found |= {one.partition("#")[0] for one in addresses(answer)}
        paths = {urlsplit(one).path.removeprefix(PREFIX) for one in seen}
        assert {"/", "/letters", "/authorities", "/compare", "/add", "/favicon.ico", "/assets/site.css"} <= paths
        assert {"/letters/2019-03-01-rutford-focused-visit", "/authorities/Rutford", "/assets/add.js"} <= paths
        assert len(seen) > 25


@pytest.mark.parametrize(
    "path", ["/letters/nothing", "/letters/a/b/c", "/authorities/Nowhere", "/compare?letter=nothing"]
)
def test_what_is_not_there_says_so_and_leads_on(assistant, path):
    with visitor(assistant, open_to_all=True) as client:
        answer = client.get(f"{PREFIX}{path}")
        assert answer.status_code == 404
        assert f"{BASE}{PREFIX}/letters" in addresses(answer)
        assert all(client.get(address).status_code == 200 for address in addresses(answer))


def test_gradio_is_told_no_place_so_that_it_takes_the_browsers(assistant):
    """Its client joins `root`, or where that is empty the page's own address, with each path that it asks for."""
    with visitor(assistant, open_to_all=True) as client:
        answer = client.get(f"{PREFIX}/config", headers={"x-forwarded-host": "evil.example"})
        assert answer.json()["root"] == "" and answer.json()["components"]
        assert "evil.example" not in answer.text and "council.example" not in answer.text
        shell = client.get(f"{PREFIX}/").text
        assert "manifest" not in shell and shell.count('<link rel="icon" href="./favicon.ico">') == 1


def test_signing_in_and_out_below_a_path(assistant):
    with visitor(assistant, password=PASSWORD) as client:
        asked = client.get(f"{PREFIX}/letters?year=2019")
        assert asked.status_code == 200 and urlsplit(str(asked.url)).path == f"{PREFIX}/login"
        assert f"{BASE}{PREFIX}/login" in addresses(asked)
        form = {"password": PASSWORD, "next": "/letters?year=2019"}
        answer = client.post(f"{PREFIX}/login", data=form, headers={"origin": BASE})
        assert str(answer.url) == f"{BASE}{PREFIX}/letters?year=2019" and answer.status_code == 200
        [cookie] = [one for one in client.cookies.jar if one.name == COOKIE]
        assert cookie.path == PREFIX, "what else the council serves under its name does not get it"
        answer = client.post(f"{PREFIX}/logout", headers={"origin": BASE})
        assert str(answer.url) == f"{BASE}{PREFIX}/login"
        assert COOKIE not in client.cookies


def test_a_list_with_a_slash_and_adding_lead_back_below_the_path(assistant):
    with visitor(assistant, password=PASSWORD, adding_password=ADDING) as client:
        client.post(f"{PREFIX}/login", data={"password": ADDING}, headers={"origin": BASE})
        assert str(client.get(f"{PREFIX}/letters/?year=2019").url) == f"{BASE}{PREFIX}/letters?year=2019"
        token = re.search(r'name="token" value="([^"]+)"', client.get(f"{PREFIX}/add").text)
        assert token
        sent = {"token": (None, token[1]), "files": ("empty.txt", b"nothing")}
        answer = client.post(f"{PREFIX}/add", files=sent, headers={"origin": BASE})
        assert re.fullmatch(rf"{PREFIX}/add/[\d-]+[0-9a-f]{{8}}", urlsplit(str(answer.url)).path)
