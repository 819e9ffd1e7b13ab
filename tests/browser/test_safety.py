"""What the page lets in and out, in a real browser: no request to anybody else, and no letter or model that runs."""

import json
import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from page_fakes import FOCUSED, FakeAssistant, make_letter
from playwright.sync_api import Page, expect
from watching import complains

from assistant.answers.answer import CitedSentence
from assistant.page.asking.room import AT_ONCE
from assistant.settings import Settings

QUESTION = "What did 2019 say about care leavers?"
NO_ANSWER = "What is the capital of France?"
EVIL = "https://evil.example"


class Visit:
    """A browser window of its own, and everything that leaves it."""

    def __init__(self, browser: Any, url: str) -> None:
        self.url = url
        self.requests: list[str] = []
        self.wrong: list[str] = []
        self.context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
        self.context.on("request", lambda request: self.requests.append(request.url))
        self.context.on("page", self._watch)
        self.context.on("dialog", lambda dialog: (self.wrong.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        # What the policy stops never becomes a request: the page should not even try.
        self.context.add_init_script(
            "addEventListener('securitypolicyviolation', (e) => console.error(`refused: ${e.blockedURI}`), true)"
        )
        self.page: Page = self.context.new_page()

    def _watch(self, page: Page) -> None:
        def listen(line: Any) -> None:
            if complains(line):
                self.wrong.append(f"console: {line.text}")

        page.on("websocket", lambda socket: self.wrong.append(f"web socket to {socket.url}"))
        page.on("console", listen)
        page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))

    def go(self, path: str) -> Page:
        """Open a page of the site."""
        self.page.goto(f"{self.url}{path}")
        expect(self.page.get_by_role("main")).to_be_visible()
        return self.page

    def ask(self, question: str) -> None:
        """Ask, and wait for the answer or the refusal."""
        before = self.page.locator("#chat .answer:not(.waiting)").count()
        box = self.page.get_by_role("textbox", name="Your question")
        box.fill(question)
        box.press("Enter")
        expect(self.page.locator("#chat .answer:not(.waiting)")).to_have_count(before + 1)

    def outside(self) -> list[str]:
        """The requests that went to anybody else."""
        home = urlsplit(self.url).netloc
        return [
            url for url in self.requests if urlsplit(url).scheme in ("http", "https") and urlsplit(url).netloc != home
        ]


@pytest.fixture
def visit(browser) -> Iterator[Any]:
    visits: list[Visit] = []

    def begin(url: str) -> Visit:
        visits.append(Visit(browser, url))
        return visits[-1]

    yield begin
    for one in visits:
        one.context.close()
        assert one.outside() == []
        assert one.wrong == []


# --- nothing leaves -------------------------------------------------------------------------------------------


def test_no_state_asks_anybody_else(visit, page_url):
    """Ask, answered, source opened, whole letter, filters, download, refusal, list of letters, a letter, an address that
    is none."""
    one = visit(page_url)
    page = one.go("/")
    one.ask(QUESTION)
    page.get_by_role("link", name="[1]", exact=True).click()
    expect(page.locator("mark")).to_be_focused()
    page.get_by_role("button", name="All years").click()
    expect(page.get_by_label("Years")).to_be_visible()
    with page.expect_download():
        page.get_by_role("button", name="Download").click()
    one.ask(NO_ANSWER)
    expect(page.locator("#chat .calm")).to_be_visible()
    seen = len(one.requests)
    assert seen > 10
    for path in ("/authorities", "/authorities/Swindon", "/compare", "/letters", "/letters?q=focused&sort=authority"):
        one.go(path)
        assert len(one.requests) > seen
        seen = len(one.requests)
    page.get_by_role("main").get_by_role("heading", level=3).get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=2, name="The letter", exact=True)).to_be_visible()
    assert page.locator("script").count() == 0, "a letter's page runs nothing at all"
    assert len(one.requests) > seen


def test_nothing_of_a_question_stays_in_the_browser(visit, page_url):
    one = visit(page_url)
    page = one.go("/")
    one.ask(QUESTION)
    assert one.context.cookies() == []
    kept = page.evaluate(
        """async () => JSON.stringify([{...localStorage}, {...sessionStorage},
            (await indexedDB.databases()).map((d) => d.name), await caches.keys(),
            (await navigator.serviceWorker?.getRegistrations() ?? []).length])"""
    )
    assert "care leavers" not in kept
    assert json.loads(kept)[2:] == [[], [], 0]
    assert "care" not in page.url
    again = one.go("/")
    expect(again.get_by_role("textbox", name="Your question")).to_have_value("")
    expect(again.locator("#chat .asked")).to_have_count(0)


def leading_outside(page: Page, url: str) -> list[list[str]]:
    """What of a page leads to another site: its address, and what the link says of it; there are links at all."""
    found = page.locator("a[href], form[action], [src]").evaluate_all(
        "all => all.map((e) => [e.href || e.action || e.src, e.rel ?? '']).filter(([a]) => typeof a === 'string')"
    )
    assert found
    return [one for one in found if not one[0].startswith((f"{url}/", "data:image/", "blob:"))]


def test_links_lead_only_within_the_site(visit, page_url, fake_url):
    for url, paths in (
        (page_url, ("/", "/letters", "/authorities", "/authorities/Swindon", "/add")),
        (fake_url, ("/", "/letters", "/letters/2021-05-05-hostile")),
    ):
        one = visit(url)
        for path in paths:
            assert leading_outside(one.go(path), url) == []


def test_only_the_public_address_of_a_letter_leads_elsewhere(visit, serve):
    """It stands on the letter's own page and nowhere else, nothing is asked of it, and it is not told who came."""
    addresses = {
        "published": "https://files.ofsted.gov.uk/v1/file/50061234",
        "runs": "javascript:document.title='owned'//www.example.gov.uk",
        "poses": "https://files.ofsted.gov.uk@evil.example/",
    }
    shelf = [make_letter(name, FOCUSED, url=address) for name, address in addresses.items()]
    with serve(FakeAssistant(shelf), Settings(_env_file=None)) as url:
        one = visit(url)
        page = one.go("/")
        one.ask("what is said about accommodation?")
        page.get_by_role("link", name="[1]", exact=True).first.click()
        expect(page.locator("mark")).to_be_focused()
        assert leading_outside(page, url) == []
        assert leading_outside(one.go("/letters"), url) == []
        led = {name: leading_outside(one.go(f"/letters/{name}"), url) for name in addresses}
        assert led == {"published": [[addresses["published"], "noreferrer noopener external"]], "runs": [], "poses": []}
        expect(page.get_by_role("main")).to_contain_text(addresses["poses"])


# --- nothing in a letter runs -----------------------------------------------------------------------------------


def inert(page: Page, place: str) -> None:
    """Nothing in this place is more than words."""
    inside = page.locator(f"{place} :is(img, script, iframe, object, embed, style, link, base, meta, svg use)")
    assert inside.count() == 0
    assert page.locator(f"{place} [style*='position']").count() == 0
    handlers = page.locator(f"{place} *").evaluate_all(
        "all => all.flatMap((e) => [...e.attributes].map((a) => a.name)).filter((n) => n.startsWith('on'))"
    )
    assert handlers == []
    assert page.locator(f'{place} a[href*="evil"]').count() == 0
    assert page.locator(f'{place} a[href^="javascript"]').count() == 0
    assert page.evaluate("[window.owned, window.ran, document.title.includes('owned')]")[:2] == [None, None]


def test_hostile_letter_on_its_own_page(visit, fake_url):
    one = visit(fake_url)
    page = one.go("/letters/2021-05-05-hostile")
    words = page.get_by_role("main")
    for said in (
        "<script>document.title='owned'</script>",
        "${document.title='owned'}",
        "{{constructor.constructor('alert(1)')()}}",
        "[link](https://evil.example)",
        "<b>Nobody</b>",
        "Hostileshire & <i>Sons</i>",
        "{{7*7}}",
    ):
        expect(words).to_contain_text(said)
    expect(words).not_to_contain_text("49")
    inert(page, "main")
    assert page.title().startswith("<img src=x onerror="), "the title holds the letter's own title as words"


def test_hostile_letter_in_the_list(visit, fake_url):
    one = visit(fake_url)
    page = one.go("/letters")
    expect(page.get_by_role("main")).to_contain_text("<img src=x onerror=")
    expect(page.get_by_role("main")).to_contain_text("Hostileshire & <i>Sons</i>")
    inert(page, "main")
    assert not page.title().startswith("owned")


@pytest.mark.parametrize(
    "query",
    [
        'q="><script>window.owned=1</script>',
        "q=<img src=x onerror=window.owned=1>",
        "q={{7*7}}${7*7}",
        "authority=<script>window.owned=1</script>&year=<b>&kind=x&sort=<i>&page=<u>",
    ],
)
def test_hostile_address(visit, fake_url, query):
    one = visit(fake_url)
    page = one.go(f"/letters?{query}")
    inert(page, "main")
    expect(page.get_by_role("main")).not_to_contain_text("49")


# --- nothing that a model says runs -------------------------------------------------------------------------------

SAID = (
    "<img src=https://evil.example/x.png onerror=\"document.title='owned'\"> is weak.",
    "![picture](https://evil.example/leak.png) and [a link](https://evil.example/go) follow.",
    "${document.title='owned'} {{constructor.constructor('alert(1)')()}} stand here.",
    "<form action=https://evil.example><input name=q></form> <b>bold</b> <style>*{display:none}</style>",
    "```\n<script>window.owned=1</script>\n```",
    "$$\\href{https://evil.example}{x}$$ # not a heading",
)


class Model(FakeAssistant):
    """Words every answer as a language model under attack would."""

    def ask(self, question: str, **rest: Any) -> Any:
        answer = super().ask(question, **rest)
        if not answer.citations:
            return answer
        sentences = tuple(CitedSentence(words, (1,)) for words in SAID)
        group = replace(answer.groups[0], heading=SAID[0], sentences=tuple(range(len(SAID))))
        return replace(answer, sentences=sentences, groups=(group,), notes=SAID, writer=SAID[0])


@pytest.fixture(scope="module")
def model_url(serve) -> Iterator[str]:
    with serve(Model(), Settings(max_question_chars=300, _env_file=None)) as url:
        yield url


def test_hostile_model(visit, model_url):
    one = visit(model_url)
    page = one.go("/")
    title = page.title()
    one.ask("what is said about accommodation?")
    answer = page.locator("#chat .answer")
    for words in (
        "<img src=https://evil.example/x.png",
        "![picture](https://evil.example/leak.png)",
        "[a link](https://evil.example/go)",
        "${document.title='owned'} {{constructor.constructor('alert(1)')()}}",
        "<form action=https://evil.example>",
        "<script>window.owned=1</script>",
        "<b>bold</b>",
    ):
        expect(answer).to_contain_text(words)
    assert page.locator("#chat .answer :is(img, form, input, iframe, script, style, b, h1)").count() == 0
    inert(page, "#chat .answer")
    assert page.title() == title
    page.get_by_role("link", name="[1]", exact=True).first.click()
    expect(page.locator("mark")).to_be_focused()
    assert page.title() == title


# --- other people -----------------------------------------------------------------------------------------------


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """Another site, on another port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>elsewhere</title><p>elsewhere</p>")

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{listening.server_port}"
        listening.shutdown()
        thread.join()


def test_another_site_can_neither_read_nor_frame_the_page(browser, elsewhere, fake_url, fake):
    context = browser.new_context()
    page = context.new_page()
    page.goto(elsewhere)
    before = len(fake.asked)
    ask = """async (url) => {
        const body = JSON.stringify({ question: 'what is said about accommodation?' });
        const headers = { 'content-type': 'application/json' };
        try {
            return (await fetch(url + '/api/v1/ask', { method: 'POST', body, headers })).status;
        } catch (error) {
            return error.name;
        }
    }"""
    assert page.evaluate(ask, fake_url) == "TypeError"
    assert len(fake.asked) == before, "the browser asks first, and is not let in"
    for path in ("/", "/config", "/letters", "/healthz"):
        read = "async (url) => { try { return (await (await fetch(url)).text()).length } catch (e) { return e.name } }"
        assert page.evaluate(read, f"{fake_url}{path}") == "TypeError"
    for path in ("/", "/letters"):
        page.evaluate("(url) => { document.body.innerHTML = ''; const f = document.createElement('iframe');"
                      " f.src = url; document.body.append(f); return new Promise((done) => { f.onload = done; }); }",
                      f"{fake_url}{path}")  # fmt: skip
        frame = page.frames[-1]
        assert frame != page.main_frame
        assert "Ask the inspection letters" not in frame.content()
    context.close()


def test_another_session_is_not_opened_by_asking_for_it(visit, fake_url):
    """A client names its own session: one that names none of its own, or sends a made-up one along, sees nothing."""
    one = visit(fake_url)
    sent: list[dict[str, Any]] = []
    page = one.go("/")
    page.on("request", lambda r: r.url.endswith("/queue/join?") and sent.append(json.loads(r.post_data or "{}")))
    one.ask("what is said about accommodation?")
    page.get_by_role("link", name="[1]", exact=True).click()
    expect(page.locator("mark")).to_be_focused()
    shown = next(body for body in reversed(sent) if (body.get("event_data") or {}).get("action") == "cite")
    quote = page.locator("mark").inner_text()

    def replay(**changed: Any) -> str:
        """What the server sends for the same request under another session."""
        body = shown | changed
        with httpx.Client(base_url=fake_url, timeout=20) as client:
            assert client.post("/gradio_api/queue/join?", json=body).status_code == 200
            told = ""
            with client.stream(
                "GET", "/gradio_api/queue/data", params={"session_hash": body["session_hash"]}
            ) as events:
                for line in events.iter_lines():
                    told += line
                    if "process_completed" in line:
                        return told
            return told

    assert quote in replay(), "the same session: the test does ask what the page asks"
    assert quote not in replay(session_hash="made-up")
    forged = {"turns": [{"question": "x", "answer": quote}], "looking_at": 1}
    assert quote not in replay(session_hash="made-up-too", data=[forged for _ in shown["data"]])


def test_an_uploaded_file_has_nowhere_to_go(visit, fake_url, browser):
    context = browser.new_context()
    page = context.new_page()
    page.goto(fake_url)
    page.get_by_role("textbox", name="Your question").wait_for()
    status = page.evaluate(
        """async () => {
            const form = new FormData();
            form.append('files', new Blob(['x'.repeat(1000)]), 'x.txt');
            return (await fetch('/gradio_api/upload', { method: 'POST', body: form })).status;
        }"""
    )
    assert status == 404
    context.close()


def test_the_question_box_holds_no_more_than_the_server_takes(visit, fake_url, fake):
    """The server counts for itself; a browser that does not is told, in one sentence."""
    one = visit(fake_url)
    page = one.go("/")
    before = len(fake.asked)
    box = page.get_by_role("textbox", name="Your question")
    box.fill("accommodation " * 100)
    box.press("Enter")
    expect(page.get_by_role("status")).to_have_text(re.compile(r"characters"))
    assert len(fake.asked) == before


def test_who_hung_up_is_not_worked_for(serve):
    """Over real HTTP: as many questions as are answered at once are held, one more waits, and one gives up waiting."""
    let, counting = threading.Event(), threading.Lock()
    begun: list[str] = []
    full = threading.Semaphore(0)

    class Held(FakeAssistant):
        def ask(self, question: str, **rest: Any) -> Any:
            with counting:
                begun.append(question)
            full.release()
            assert let.wait(20)
            return super().ask(question, **rest)

    with serve(Held(), Settings(max_question_chars=300, _env_file=None)) as url:
        replies: list[int] = []

        def ask(question: str) -> None:
            reply = httpx.post(f"{url}/api/v1/ask", json={"question": question}, timeout=60)
            replies.append(reply.status_code)

        asking = [threading.Thread(target=ask, args=(f"accommodation {n}?",)) for n in range(AT_ONCE)]
        for thread in asking:
            thread.start()
        assert all(full.acquire(timeout=20) for _ in range(AT_ONCE))
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(f"{url}/api/v1/ask", json={"question": "accommodation, given up?"}, timeout=0.5)
        asking.append(threading.Thread(target=ask, args=("accommodation, at last?",)))
        asking[-1].start()
        assert httpx.get(f"{url}/healthz", timeout=20).status_code == 200
        let.set()
        for thread in asking:
            thread.join(60)
        assert replies == [200] * (AT_ONCE + 1)
        assert sorted(begun) == sorted([*(f"accommodation {n}?" for n in range(AT_ONCE)), "accommodation, at last?"])
