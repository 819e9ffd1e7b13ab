"""The page without a browser: the application's answers, its guard, its words and its HTML."""

import html
import json
import os
import re
import signal
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from browser.page_fakes import FOCUSED, HOSTILE, REPORT, FakeAssistant, hand_made_letters, make_letter
from fakes import problem_in
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from assistant.answers.answer import Answer, CitedSentence, Dropped, Group, Refusal, Table, TableRow
from assistant.errors import AssistantError, FilterError, IndexStateError
from assistant.letters.citations import Citation
from assistant.letters.letter import Judgement
from assistant.page.asking.progress import Asking, Progress
from assistant.page.chat.answer_view import Shelf, answer_html, problem_html, question_html, waiting_html
from assistant.page.chat.callbacks import OUR_FAULT, STOPPED, Callbacks, question_problem
from assistant.page.chat.conversation import Session, Turn
from assistant.page.chat.evidence_view import evidence_html
from assistant.page.chat.examples import examples, headline, theme
from assistant.page.chat.link import link_for, linked
from assistant.page.frame import render
from assistant.page.letters.opened import original, reader
from assistant.page.security.guard import HEADERS, Guard
from assistant.page.security.paths import is_open
from assistant.page.server import address, listen
from assistant.questions.scope import Filters, Scope
from assistant.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
LONGEST = 300
QUESTION = "what is said about accommodation for care leavers?"
PAGED_QUESTION = "which letters of 2019 mention accommodation, reviews or training?"


@pytest.fixture(scope="module")
def fake() -> FakeAssistant:
    return FakeAssistant()


@pytest.fixture(scope="module")
def app(fake):
    from assistant.page.app import create_app

    return create_app(fake, Settings(max_question_chars=LONGEST, _env_file=None))


@pytest.fixture(scope="module")
def client(app):
    with TestClient(app) as client:
        yield client


@pytest.fixture
def calls() -> Callbacks:
    return Callbacks(FakeAssistant(), LONGEST)


def asked(calls: Callbacks, question: str, session: Session | None = None, filters: Filters | None = None):
    """The last view of a question."""
    return list(calls.ask(question, filters or Filters(), session or Session()))[-1]


class Inert(HTMLParser):
    """Collects the elements and attributes of HTML, as a browser would see them."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.words = ""

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)

    def handle_data(self, data):
        self.words += data


def parsed(markup: str) -> Inert:
    parser = Inert()
    parser.feed(markup)
    return parser


def marked(markup: str) -> list[str]:
    return [html.unescape(words) for words in re.findall(r"<mark[^>]*>(.*?)</mark>", markup, re.DOTALL)]


# --- the application --------------------------------------------------------------------


def test_health(client):
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok"}


@pytest.mark.parametrize("path", ["/", "/healthz", "/config", "/nowhere", "/gradio_api/upload"])
def test_every_answer_carries_the_headers(client, path):
    headers = client.get(path).headers
    for name, value in HEADERS.items():
        assert headers[name] == value


def test_policy_runs_nothing_inline_and_nothing_from_outside():
    policy = dict(part.split(" ", 1) for part in HEADERS["content-security-policy"].split("; "))
    assert policy["script-src"] == "'self' 'unsafe-eval'"
    assert policy["img-src"] == "'self' data: blob:"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["default-src"] == policy["connect-src"] == "'self'"
    assert not re.search(r"https?:|\*", HEADERS["content-security-policy"])


def test_page_holds_no_inline_script_and_no_outside_address(client):
    page = client.get("/", headers={"accept-encoding": "gzip, br"})
    assert page.status_code == 200
    assert len(page.content) == int(page.headers["content-length"])
    assert '<script type="module"' in page.text
    assert not re.findall(r"<script(?![^>]*\ssrc=)[^>]*>", page.text)
    assert not re.findall(r"https?://", page.text)


def test_program_files_are_kept_and_answers_are_not(client):
    script = re.search(r'src="\.(/assets/[^"]+\.js)"', client.get("/").text)
    assert script
    assert client.get(script[1]).headers.get("cache-control") != "no-store"
    assert client.get("/").headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/gradio_api/upload"),
        ("POST", "/gradio_api/upload/"),
        ("GET", "/gradio_api/upload_progress?upload_id=1"),
        ("GET", "/gradio_api/file=/etc/passwd"),
        ("GET", "/gradio_api/file/etc/passwd"),
        ("GET", "/gradio_api/proxy=https://example.org/"),
        ("POST", "/gradio_api/run/ask"),
        ("POST", "/gradio_api/api/ask"),
        ("POST", "/gradio_api/call/ask"),
        ("POST", "/gradio_api/component_server"),
        ("POST", "/gradio_api/vibe-edit"),
        ("POST", "/gradio_api/process_recording"),
        ("GET", "/gradio_api/runs"),
        ("GET", "/monitoring"),
        ("POST", "/login"),
        ("GET", "/docs"),
        ("GET", "/openapi.json"),
        ("POST", "//gradio_api/upload"),
        ("GET", "/assets/../gradio_api/file=/etc/passwd"),
    ],
)
def test_what_the_page_does_not_need_is_closed(client, method, path):
    answer = client.request(method, path, files={"files": b"x"} if method == "POST" else None)
    assert answer.status_code == 404
    assert "root:" not in answer.text


def test_closed_means_closed_whatever_the_spelling():
    assert is_open("/gradio_api/queue/join") and is_open("/gradio_api/queue/join/")
    assert not is_open("/gradio_api/queue/join/more")
    assert not is_open("/GRADIO_API/upload")


def test_other_sites_are_not_let_in(client):
    answer = client.post(
        "/api/v1/ask",
        json={"question": QUESTION},
        headers={"origin": "https://evil.example", "cookie": "a=b"},
    )
    assert "access-control-allow-origin" not in answer.headers
    config = client.get("/config", headers={"origin": "https://evil.example"})
    assert "access-control-allow-origin" not in config.headers


def test_nothing_is_reported_or_recorded(client):
    config = client.get("/config").json()
    assert config["analytics_enabled"] is False
    assert not config.get("run_history")
    assert not config.get("is_space")
    assert config["footer_links"] == []


def test_many_can_ask_at_once(app):
    mounted = next(route.app for route in app.routes if hasattr(getattr(route, "app", None), "get_blocks"))
    handlers = [fn for fn in mounted.get_blocks().fns.values() if fn.fn is not None]
    assert handlers
    assert all(fn.concurrency_limit is None or fn.concurrency_limit > 1 for fn in handlers if fn.queue)
    assert all(fn.api_visibility == "private" for fn in handlers)


# --- the JSON interface -----------------------------------------------------------------


def test_ask_gives_the_contract(client):
    answer = client.post("/api/v1/ask", json={"question": QUESTION})
    assert answer.status_code == 200
    body = answer.json()
    assert {"question", "scope", "refused", "refusal", "answer", "sentences", "groups", "citations"} <= set(body)
    assert "id" not in body
    assert body["refused"] is False and body["citations"]
    letters = {letter.letter_id: letter for letter in hand_made_letters()}
    for citation in body["citations"]:
        text = letters[citation["letter_id"]].text
        assert text[citation["start"] : citation["end"]] == citation["quote"]


@pytest.mark.parametrize(
    ("given_", "history", "filters"),
    [
        ({}, (), Filters()),
        ({"year": 2019, "authority": "Rutford"}, (), Filters(("Rutford",), (2019,))),
        (
            {"year": [2019, 2021], "kind": ["focused visit"]},
            (),
            Filters((), (2019, 2021), ("focused visit",)),
        ),
        (
            {"authority": "rutford", "kind": "Focused Visit"},
            (),
            Filters(("Rutford",), (), ("focused visit",)),
        ),
        ({"year": None, "authority": [], "kind": None}, (), Filters()),
        ({"widened": False}, (), Filters()),
        ({"widened": True, "year": 2019}, (), Filters(years=(2019,), widened=True)),
        ({"history": ["first?", "second?"]}, ("first?", "second?"), Filters()),
        (
            {"history": [{"role": "user", "content": "first?"}, {"role": "assistant", "content": "so"}]},
            ("first?",),
            Filters(),
        ),
    ],
)
def test_ask_passes_history_and_filters(client, fake, given_, history, filters):
    assert client.post("/api/v1/ask", json={"question": QUESTION} | given_).status_code == 200
    assert fake.asked[-1] == (QUESTION, history, filters)


@pytest.mark.parametrize(("given_", "page"), [({}, 1), ({"page": 1}, 1), ({"page": 2}, 2), ({"page": 99}, 3)])
def test_ask_turns_the_pages(client, fake, given_, page):
    body = client.post("/api/v1/ask", json={"question": PAGED_QUESTION} | given_).json()
    assert fake.asked_pages[-1] == given_.get("page", 1)
    assert (body["page"], body["pages"]) == (page, 3)
    whole = client.post("/api/v1/ask", json={"question": QUESTION, "page": 2}).json()
    assert (whole["page"], whole["pages"]) == (1, 1)


def test_ask_repeats_an_id(client):
    assert client.post("/api/v1/ask", json={"question": QUESTION, "id": "q7"}).json()["id"] == "q7"


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("not json", "not JSON"),
        ("[1]", "JSON object"),
        ("{}", '"question" is missing'),
        ('{"question": 3}', "'question'"),
        ('{"question": "  "}', "Type a question"),
        (json.dumps({"question": "x" * (LONGEST + 1)}), f"{LONGEST + 1}"),
        (json.dumps({"question": "x", "history": ["x" * (LONGEST + 1)]}), "earlier question"),
        (json.dumps({"question": "x", "history": ["x"] * 51}), "'history'"),
        (json.dumps({"question": "x", "year": "2019"}), "'year'"),
        (json.dumps({"question": "x", "year": True}), "'year'"),
        (json.dumps({"question": "x", "widened": "yes"}), "'widened'"),
        (json.dumps({"question": "x", "page": 0}), "'page'"),
        (json.dumps({"question": "x", "page": "2"}), "'page'"),
        (json.dumps({"question": "x", "page": True}), "'page'"),
        (json.dumps({"question": "x", "yaer": 2019}), "'yaer'"),
        (json.dumps({"question": "x", "authority": "Nowhere"}), "'Nowhere'"),
        (json.dumps({"question": "x", "kind": "novel"}), "'novel'"),
        (json.dumps({"question": "too odd"}), "cannot be read"),
    ],
)
def test_ask_refuses_in_one_clear_line(client, body, says):
    answer = client.post("/api/v1/ask", content=body, headers={"content-type": "application/json"})
    assert says in problem_in(answer, 422)


def test_ask_says_what_is_wrong_with_us(client, fake, caplog):
    with fake.fails_with(IndexStateError("the index is missing;\nrun: assistant index")):
        answer = client.post("/api/v1/ask", json={"question": QUESTION})
    assert problem_in(answer, 503) == "the index is missing; run: assistant index"
    with fake.fails_with(FilterError("there is no authority 'Rutfort'")):
        assert client.post("/api/v1/ask", json={"question": QUESTION}).status_code == 422
    with fake.fails_with(RuntimeError("secret path /srv/letters")):
        answer = client.post("/api/v1/ask", json={"question": QUESTION})
    assert problem_in(answer, 500) == OUR_FAULT
    assert "secret path" not in caplog.text and "RuntimeError, in" in caplog.text


def test_ask_only_by_post(client):
    assert client.get("/api/v1/ask").status_code in (404, 405)


def test_oversized_requests_are_refused_before_they_are_read(client):
    def endless():
        for _ in range(30):
            yield b"x" * 100_000

    answer = client.post("/api/v1/ask", content=endless())
    assert answer.status_code == 413
    assert "larger" in answer.json()["error"]


def test_guard_closes_web_sockets():
    import asyncio

    sent = []

    async def run() -> None:
        async def send(message):
            sent.append(message)

        async def receive():
            return {"type": "websocket.connect"}

        async def behind(scope, receive, send):
            raise AssertionError("nothing gets through")

        await Guard(behind)({"type": "websocket", "path": "/"}, receive, send)

    asyncio.run(run())
    assert [message["type"] for message in sent] == ["websocket.close"]


# --- serving ----------------------------------------------------------------------------


def test_taken_port_is_one_line():
    with listen("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        assert address(first) == f"http://127.0.0.1:{port}"
        with pytest.raises(AssistantError, match=f"port {port}") as raised:
            listen("127.0.0.1", port)
    assert "\n" not in str(raised.value) and "--port" in str(raised.value)


def test_unknown_address_is_one_line():
    with pytest.raises(AssistantError, match="--host"):
        listen("no such host", 0)


@pytest.mark.parametrize(
    ("bound", "shown"),
    [
        (("0.0.0.0", 80), "http://127.0.0.1:80"),
        (("::", 80, 0, 0), "http://[::1]:80"),
        (("fe80::1", 80), "http://[fe80::1]:80"),
    ],
)
def test_address_can_be_opened(bound, shown):
    assert address(SimpleNamespace(getsockname=lambda: bound)) == shown  # type: ignore[arg-type]


def test_app_py_reports_an_error_in_one_line(tmp_path):
    done = subprocess.run(
        [sys.executable, str(ROOT / "app.py")],
        env=os.environ | {"ASSISTANT_PRT": "1", "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1 and "ASSISTANT_PRT" in done.stderr
    assert done.stdout == ""


def test_serve_says_where_and_stops_when_told(tmp_path):
    code = (
        "from browser.page_fakes import FakeAssistant\n"
        "from assistant.page.server import serve\n"
        "from assistant.settings import Settings\n"
        "serve(FakeAssistant(), Settings(port=0, _env_file=None))\n"
    )
    paths = os.pathsep.join((str(ROOT), str(ROOT / "tests")))
    with subprocess.Popen(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": paths},
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as running:
        try:
            line = running.stderr.readline()
            url = re.fullmatch(r"Open (http://127\.0\.0\.1:\d+) in a browser \(Ctrl\+C stops it\)\.\n", line)
            assert url, line
            with httpx.stream("GET", f"{url[1]}/gradio_api/heartbeat/abc", timeout=30) as tab:
                assert tab.status_code == 200  # an open browser tab, which must not keep it from stopping
                assert httpx.get(f"{url[1]}/healthz", timeout=30).status_code == 200
                running.send_signal(signal.SIGINT)
                assert running.wait(timeout=30) == 0
            assert "Traceback" not in running.stderr.read()
            assert running.stdout.read() == ""
        finally:
            running.kill()


def test_gradio_is_not_imported_with_the_package():
    code = "import sys, assistant.page; sys.exit('gradio' in sys.modules or 'fastapi' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, timeout=60).returncode == 0


# --- words and HTML ---------------------------------------------------------------------


def cite(letter, words: str, number: int = 1) -> Citation:
    start = letter.text.index(words)
    section, paragraph = letter.paragraph_at(start)
    return Citation(number, letter, section, paragraph, words, start, start + len(words))


def answered(answer: Answer, letters=(), number: int = 1, **shelf) -> str:
    """An answer's HTML in a conversation."""
    held = {letter.letter_id: letter for letter in letters}
    return answer_html(Turn(answer.question, answer=answer), number, Shelf(held, **shelf))


def hostile_answer() -> Answer:
    letter = hand_made_letters()[2]
    citation = cite(letter, HOSTILE.splitlines()[1])
    return Answer(
        "<img src=x onerror=alert(1)> ${1} {{2}}",
        Scope(reading="<b>odd</b>", letters=(letter.letter_id,), why=("<img src=x onerror=1>",)),
        (CitedSentence(citation.quote, (1,)),),
        (citation,),
        (Group("<i>Somebody</i>", (0,)),),
        notes=("<script>1</script>",),
        writer="<u>model</u>",
        dropped=(Dropped("<img src=y onerror=alert(2)>", "<b>it holds markup</b>"),),
    )


def test_hostile_text_stays_words():
    answer = hostile_answer()
    filters = Filters(authorities=("<img src=x onerror=2>",), widened=True)
    turn = Turn(answer.question, filters, page=2, answer=answer)
    letters = hand_made_letters()
    shelf = Shelf({letter.letter_id: letter for letter in letters}, ("<img src=x onerror=3>",), wider=True)
    refused = replace(
        turn, answer=replace(answer, sentences=(), groups=(), refusal=Refusal("letters_silent", "<b>No</b>"))
    )
    pieces = [
        question_html(turn),
        answer_html(turn, 1, shelf),
        evidence_html(answer, 1),
        evidence_html(answer, 1, 1),
        answer_html(refused, 1, shelf),
        render.library_html(letters),
        problem_html("<img src=x onerror=1>"),
        waiting_html(Progress("write", 3, ("<img src=x onerror=4>",))),
        render.welcome_html("<img src=x onerror=5>", ("<img src=x onerror=6>",), model=True),
        render.history_html(["<img src=x onerror=7>"] * 2),
    ]
    allowed = {
        "a",
        "blockquote",
        "br",
        "button",
        "details",
        "div",
        "h2",
        "h3",
        "h4",
        "li",
        "mark",
        "ol",
        "p",
        "span",
        "strong",
        "summary",
        "ul",
    }
    for piece in pieces:
        seen = parsed(piece)
        assert seen.tags <= allowed
        assert not any(name.startswith("on") or name in ("src", "style") for name in seen.attributes)
    assert "onerror" in parsed(pieces[3]).words and "${document" in parsed(pieces[3]).words


def test_chat_messages_are_one_line():
    """An empty line would end the HTML block, and what follows would be read as Markdown."""
    for piece in (question_html(Turn("one\n\n# two")), answered(hostile_answer())):
        assert "\n" not in piece


@given(st.text(max_size=200))
def test_safe_text_comes_back_as_it_was(text):
    assert parsed(render.safe(text)).tags == set()
    assert html.unescape(render.safe(text)) == " ".join(text.split())


def test_answer_names_who_speaks_and_links_each_source(calls):
    view = asked(calls, QUESTION)
    answer = view.session.turns[0].answer
    reply = view.chat[1]["content"]
    for citation in answer.citations:
        assert f'href="#cite-1-{citation.number}"' in reply
        assert f">[{citation.number}]</a>" in reply
    assert ">Inspectors</span>" in reply and ">Council</span>" in reply
    assert "3 more passages say something near this." in reply
    assert "Searched all 3 documents" in reply
    assert "no language model was used" in reply
    assert view.status == f"{len(answer.citations)} passages from 2 letters"


def test_scope_and_writer_are_said_in_words():
    reply = parsed(answered(hostile_answer(), hand_made_letters())).words
    assert "Read as: <b>odd</b> · 1 of 3 documents" in reply
    assert "Worded by the language model <u>model</u>" in reply


@pytest.mark.parametrize(
    ("question", "used", "reading", "says"),
    [
        (
            "What did 2019 say?",
            ("2019",),
            "published in 2019",
            "Reading “2019” as published in 2019 · 2 of 3 documents",
        ),
        (
            "What about Rutford's visits after March 2019?",
            ("rutford", "march", "2019"),
            "inspected in March 2019; Rutford",
            "Reading “Rutford's” and “March 2019” as inspected in March 2019; Rutford · ",
        ),
        ("And then?", ("2019",), "published in 2019", "Read as: published in 2019 · 2 of 3 documents"),
        ("What is said?", (), "every letter held", "Searched 2 of 3 documents"),
        ("In 2019?", ("2019",), "every letter held; the question's own limits are set aside", "Searched 2 of 3"),
        ("In 2019?", ("2019",), "only 2024 (chosen)", "Searched 2 of 3 documents"),
    ],
)
def test_limits_of_a_question_are_said_in_its_own_words(question, used, reading, says):
    answer = replace(hostile_answer(), scope=Scope(reading=reading, used=used, letters=("a", "b")))
    held = {letter.letter_id: letter for letter in hand_made_letters()}
    assert says in parsed(answer_html(Turn(question, answer=answer), 1, Shelf(held))).words


def test_words_that_lead_up_to_a_list_stand_under_who_says_them():
    letter = hand_made_letters()[0]
    one = cite(letter, "The quality of pathway planning so that it is more meaningful for care leavers.")
    two = cite(letter, "Senior leaders know their strengths and weaknesses well.", 2)
    name = "Ofsted, focused visit letter, 1 March 2019"
    groups = (Group(f"{name}: What needs to improve, which is", (0,)), Group(name, (1,)))
    sentences = tuple(CitedSentence(c.quote, (c.number,)) for c in (one, two))
    reply = answered(Answer("?", Scope(), sentences, (one, two), groups))
    assert reply.count("<h3") == 1 and f"<span>{name}</span></h3>" in reply
    assert '<p class="lead-in">What needs to improve, which is:</p>' in reply


def test_what_was_counted_is_a_table_with_a_marker_in_each_row():
    table = Table("2 <b>of</b> 3.", ("Authority", "Grade"), (TableRow(("Rut<i>ford", "good"), 1),))
    reply = answered(replace(hostile_answer(), table=table))
    assert '<p class="counted">2 &lt;b&gt;of&lt;/b&gt; 3.</p>' in reply
    assert '<th scope="col">Authority</th>' in reply
    assert re.search(r'<td>Rut&lt;i&gt;ford</td><td>good <a class="marker" href="#cite-1-1"', reply)


def test_sentences_outside_any_group_are_still_shown():
    answer = hostile_answer()
    loose = Answer(answer.question, answer.scope, answer.sentences, answer.citations)
    assert "[1]</a>" in answered(loose)


def test_one_is_not_a_plural():
    assert render.counted(1, "passage") == "1 passage"
    assert render.counted(1200, "passage") == "1,200 passages"


@pytest.mark.parametrize(
    ("kind", "card", "pointer"),
    [
        ("letters_silent", "not an answer", "They are not an answer"),
        ("false_premise", "Shows the correction", "behind this"),
    ],
)
def test_refusal_is_calm_and_its_passages_are_no_answer(kind, card, pointer):
    letter = hand_made_letters()[0]
    near = (cite(letter, "Senior leaders know their strengths and weaknesses well."),)
    answer = Answer("?", Scope(), refusal=Refusal(kind, "The letters say nothing about this.", near))
    reply = answered(answer)
    assert "The letters say nothing about this." in reply and pointer in reply
    assert "#cite-" not in reply
    evidence = evidence_html(answer, 1)
    assert card in evidence and "Senior leaders know" in evidence
    assert render.status_words(answer) == "No answer; 1 passage nearby"


def test_refusal_with_nothing_near():
    answer = Answer("?", Scope(), refusal=Refusal("out_of_remit", "That is not what these letters are about."))
    assert render.status_words(answer) == "No answer"
    assert "There is no passage to show." in evidence_html(answer, 1)
    assert "nearest" not in answered(answer)


@pytest.mark.parametrize(
    ("kind", "wider", "filters", "there", "absent"),
    [
        ("letters_silent", True, Filters(), ["Search all letters instead", "other words"], ["offer", "drop"]),
        ("letters_silent", False, Filters(years=(2019,)), ["Search without my filters", "First?"], ["widen"]),
        ("no_letter_in_scope", False, Filters(), ['href="./letters"'], ["widen", "drop", "offer"]),
        ("out_of_remit", True, Filters(years=(2019,)), ["First?", "Second?"], ["widen", "Third?", "without"]),
        ("false_premise", True, Filters(), [], ["You could try", "offer"]),
    ],
)
def test_refusal_says_what_can_be_tried_instead(kind, wider, filters, there, absent):
    answer = Answer("?", Scope(), refusal=Refusal(kind, "No."))
    shelf = Shelf(offers=("First?", "Second?", "Third?"), wider=wider)
    reply = answer_html(Turn("?", filters, answer=answer), 1, shelf)
    calm = reply[: reply.index('<div class="foot">')]
    assert all(words in calm for words in there) and not any(words in calm for words in absent)


def test_card_says_all_that_identifies_a_source(calls):
    view = asked(calls, QUESTION)
    words = parsed(view.evidence).words
    council = next(c for c in view.session.turns[0].answer.citations if c.letter.standing == "council")
    for part in (council.letter.title, "4 September 2019", "council report", "Rutford", "Council"):
        assert part in words
    assert council.locator in words and "p. 3" in council.locator
    assert council.quote in words


def test_undated_letters_say_so():
    letter = make_letter("x", HOSTILE, published=None, visit_end=None)
    assert "no date given" in render.facts(letter)
    assert "inspected 7 February 2019" in render.facts(make_letter("x", HOSTILE, published=None))


# --- the opened letter ------------------------------------------------------------------


def test_mark_holds_exactly_the_quote():
    seen = 0
    for letter in hand_made_letters():
        for section, paragraph in letter.paragraphs():
            start, end = paragraph.start, paragraph.end
            for span in ((start, end), (start, start + 9), (end - 9, end), (start + 3, end - 3)):
                citation = Citation(1, letter, section, paragraph, letter.text[slice(*span)], *span)
                assert marked(reader(citation, 1, 1, 1)) == [citation.quote]
                seen += 1
    assert seen > 40


@given(st.data())
def test_mark_holds_a_quote_over_several_paragraphs_or_a_heading(data):
    letter = data.draw(st.sampled_from(hand_made_letters()))
    section = data.draw(st.sampled_from(letter.sections))
    start = data.draw(st.integers(section.start, section.end - 2))
    end = data.draw(st.integers(start + 1, section.end - 1))
    citation = Citation(1, letter, section, section.paragraphs[0], letter.text[start:end], start, end)
    assert marked(reader(citation, 1, 1, 1)) == [citation.quote]


def test_reader_shows_the_paragraphs_around_and_their_labels():
    letter = hand_made_letters()[0]
    page = reader(cite(letter, "Reviews of pathway plans"), 2, 3, 4)
    words = parsed(page).words
    assert "Findings" in words and "Paragraph 2" in words
    assert "Care leavers are supported" in words and "The sufficiency of accommodation" in words
    assert "Senior leaders know" not in words
    assert "Source 2 of 3" in words
    assert 'data-go="#cite-4-1"' in page and 'data-go="#cite-4-3"' in page and 'data-go="#close-4-2"' in page


def test_reader_says_where_it_left_something_out():
    letter = make_letter("long", "# Findings\n" + "\n".join(f"Paragraph number {n} here." for n in range(1, 10)))
    middle = reader(cite(letter, "Paragraph number 5 here."), 1, 1, 1)
    assert middle.count("…") == 2 and "<h4>Findings</h4>" in middle
    assert reader(cite(letter, "Paragraph number 1 here."), 1, 1, 1).count("…") == 1
    assert reader(cite(letter, "Paragraph number 3 here."), 1, 1, 1).count("…") == 1


def test_whole_letter_and_original_are_one_click_away():
    letter = hand_made_letters()[0]
    citation = cite(letter, "Reviews of pathway plans")
    page = reader(citation, 1, 1, 1)
    assert f'href="./letters/{letter.letter_id}?at={citation.start}-{citation.end}#hit" target="_blank"' in page
    assert f'href="./letters/{letter.letter_id}/file/{letter.letter_id}.txt" target="_blank"' in page
    assert page.count("opens in a new tab") == 2


def test_original_opens_at_its_page():
    letter = make_letter("a b", REPORT, file="the report #1.PDF", page=3)
    address, words = original(cite(letter, "The council accepts"))
    assert (address, words) == ("/letters/a%20b/file/the%20report%20%231.PDF#page=3", "The original PDF, page 3")
    text = make_letter("a", REPORT, file="a.docx", page=3)
    assert original(cite(text, "The council accepts")) == ("/letters/a/file/a.docx", "The original")


def test_steps_stop_at_both_ends():
    citation = cite(hand_made_letters()[0], "Reviews of pathway plans")
    assert reader(citation, 1, 1, 1).count("disabled") == 2
    assert reader(citation, 1, 2, 1).count("disabled") == 1


# --- what the controls do ---------------------------------------------------------------


def test_question_is_on_the_page_before_its_answer(calls):
    first, last = list(calls.ask(QUESTION, Filters(), Session()))
    assert "Reading the question…" in first.chat[1]["content"] and first.status == "Reading the question…"
    assert first.session == Session() and first.session.asking and first.question == "" and first.evidence is None
    assert "#cite-1-1" in last.chat[1]["content"] and len(last.session.turns) == 1
    assert last.session.asking is None and last.question is None  # what is typed meanwhile stays


def test_stages_are_said_and_checked_sentences_shown(calls):
    with calls.assistant.held() as model:
        views = calls.ask(QUESTION, Filters(), Session())
        assert next(views).status == "Reading the question…"
        searching = next(views)
        assert searching.status == "Searching 3 letters…"
        model.go_on("search")
        writing = next(views)
        assert writing.status == "Writing the answer…" and "Searching" not in str(writing.chat)
        assert "<p>The first sentence of a &lt;b&gt;model&lt;/b&gt; that was checked.</p>" in writing.chat[1]["content"]
        model.go_on("write")
        last = list(views)[-1]
    assert "#cite-1-1" in last.chat[1]["content"] and "The first sentence" not in str(last.chat)
    assert "passages that came closest to the question were read" in last.chat[1]["content"]


def test_stopping_ends_the_waiting_and_gives_the_question_back(calls):
    before = asked(calls, "training").session
    with calls.assistant.held():
        views = calls.ask("accommodation & <plans>?", Filters(), before)
        calls.stop(next(views).session)
        last = list(views)[-1]
        assert last.session == before and last.session.asking is None and len(last.chat) == 2
        assert last.status == STOPPED
        assert 'data-back="accommodation &amp; &lt;plans&gt;?"' in last.evidence
    calls.stop(last.session)  # nothing is being answered: nothing happens
    assert asked(calls, QUESTION, last.session).session.turns[1].answer


def test_stopped_question_is_given_up_at_its_next_sign_of_life():
    import threading

    may_go, seen = threading.Event(), []

    def ask(told, began):
        began("search", 1)
        assert may_go.wait(60)
        seen.append("awake")
        told("too late")
        seen.append("never")

    asking = Asking(ask)
    asking.start()
    asking.stop()
    assert list(asking.steps()) == [] and asking.stopped
    may_go.set()
    for thread in threading.enumerate():
        if thread.name == "asking":
            thread.join(60)
    assert seen in ([], ["awake"])
    with pytest.raises(RuntimeError, match="no answer"):
        asking.answer()


YEAR_QUESTION = "what did 2021 say about accommodation or hostile plans?"
WIDEN = 'name="widen" value="{}"'


def widened(calls: Callbacks, turn: object, session: Session):
    """The last view after the button under an answer."""
    return list(calls.ask_again({"turn": turn}, session))[-1]


def test_limits_of_a_question_are_set_aside_with_one_click(calls):
    before = asked(calls, YEAR_QUESTION)
    assert WIDEN.format(1) in before.chat[1]["content"]
    assert ">Search all letters instead</button>" in before.chat[1]["content"]
    waiting, after = list(calls.ask_again({"turn": 1}, before.session))
    assert waiting.session == before.session and waiting.status == "Reading the question…"
    assert "Reading the question…" in waiting.chat[3]["content"]
    assert calls.assistant.asked[-1] == (YEAR_QUESTION, (), Filters(widened=True))
    assert after.session.turns[0] == before.session.turns[0] and len(after.session.turns) == 2
    assert after.session.looking_at == 2 and "#cite-2-1" in after.chat[3]["content"]
    words = parsed(after.chat[3]["content"]).words
    assert "Searched all 3 documents" in words
    assert "Asked again of all letters" in after.chat[2]["content"] and "again" not in after.chat[0]["content"]
    assert 'name="widen"' not in after.chat[3]["content"]
    assert waiting.question is after.question is None  # what is being typed stays


def test_filters_chosen_stay_when_limits_are_set_aside(calls):
    filters = Filters(authorities=("Rutford",), kinds=("council report", "focused visit"))
    before = asked(calls, "what did 2021 say about accommodation?", filters=filters)
    assert before.session.turns[0].answer.refusal
    assert ">Search all letters within my filters instead</button>" in before.chat[1]["content"]
    after = widened(calls, 1, before.session)
    assert calls.assistant.asked[-1][2] == Filters(filters.authorities, (), filters.kinds, widened=True)
    assert len(after.session.turns[1].answer.scope.letters) == 2
    assert "Letters outside the filters that you chose are left out." in after.chat[3]["content"]


@pytest.mark.parametrize(
    ("question", "filters"),
    [(QUESTION, Filters()), (QUESTION, Filters(years=(2019,))), ("what did 2019 say?", Filters(years=(2019,)))],
)
def test_no_button_where_it_would_change_nothing(calls, question, filters):
    view = asked(calls, question, filters=filters)
    assert 'name="widen"' not in str(view.chat)
    assert widened(calls, 1, view.session).session == view.session
    assert len(calls.assistant.asked) == 1


def test_follow_up_asked_again_keeps_its_history_and_stands_there_once(calls):
    session = asked(calls, "and in 2021?", asked(calls, QUESTION).session).session
    session = asked(calls, "training", session).session
    session = widened(calls, 2, session).session
    assert calls.assistant.asked[-1] == ("and in 2021?", (QUESTION,), Filters(widened=True))
    asked(calls, "and then?", session)
    assert calls.assistant.asked[-1] == ("and then?", (QUESTION, "and in 2021?"), Filters())


@pytest.mark.parametrize("turn", [None, 0, -1, 2, True, "1", 1.0, 10**30, [1], {}])
def test_turns_that_are_not_there_cannot_be_asked_again(calls, turn):
    session = asked(calls, YEAR_QUESTION).session
    view = widened(calls, turn, session)
    assert view.session == session and view.question is None and len(view.chat) == 2
    assert len(calls.assistant.asked) == 1


def test_failure_when_asked_again_is_one_sentence(calls):
    session = asked(calls, YEAR_QUESTION).session
    with calls.assistant.fails_with(RuntimeError("secret path")):
        view = widened(calls, 1, session)
    assert view.status == OUR_FAULT and view.question is None and "secret" not in str(view)
    assert widened(calls, 2, view.session).session == view.session  # there is no answer to widen
    assert widened(calls, 1, view.session).session.turns[2].answer


def turned(calls: Callbacks, turn: object, page: object, session: Session):
    """The last view after a button that turns the page."""
    return list(calls.ask_again({"turn": turn, "page": page}, session))[-1]


def page_buttons(view, turn: int) -> list[tuple[str, str]]:
    """The buttons under a turn's answer that turn its pages: value and words."""
    return re.findall(r'name="page" value="([\d-]+)">([^<]+)<', view.chat[2 * turn - 1]["content"])


def test_pages_are_turned_forth_and_back(calls):
    first = asked(calls, PAGED_QUESTION)
    assert page_buttons(first, 1) == [("1-2", "Show the next letters")]
    waiting, second = list(calls.ask_again({"turn": 1, "page": 2}, first.session))
    assert waiting.session == first.session and "Reading the question…" in waiting.chat[3]["content"]
    assert page_buttons(second, 2) == [("2-1", "Show the letters before"), ("2-3", "Show the next letters")]
    assert second.session.turns[0] == first.session.turns[0] and second.session.looking_at == 2
    assert "Page 2" in second.chat[2]["content"] and "Page" not in second.chat[0]["content"]
    third = turned(calls, 2, 3, second.session)
    assert page_buttons(third, 3) == [("3-2", "Show the letters before")]
    back = turned(calls, 2, 1, third.session)
    assert "Page" not in back.chat[6]["content"]
    answers = [turn.answer for turn in back.session.turns]
    assert [answer.page for answer in answers] == [1, 2, 3, 1] and answers[3].sentences == answers[0].sentences
    quoted = [sentence.text for answer in answers[:3] for sentence in answer.sentences]
    assert len(quoted) == len(set(quoted)) == 5
    assert waiting.question is back.question is None  # what is being typed stays


def test_pages_keep_filters_and_history(calls):
    filters = Filters(authorities=("Rutford",))
    session = asked(calls, PAGED_QUESTION, asked(calls, QUESTION).session, filters).session
    session = turned(calls, 2, 2, session).session
    assert calls.assistant.asked[-1] == calls.assistant.asked[-2] == (PAGED_QUESTION, (QUESTION,), filters)
    assert calls.assistant.asked_pages == [1, 1, 2]
    asked(calls, "and then?", session)
    assert calls.assistant.asked[-1] == ("and then?", (QUESTION, PAGED_QUESTION), Filters())
    assert calls.assistant.asked_pages[-1] == 1


def test_limits_set_aside_begin_at_the_first_page_and_stay_aside(calls):
    session = turned(calls, 1, 2, asked(calls, PAGED_QUESTION).session).session
    session = widened(calls, 2, session).session
    view = turned(calls, 3, 2, session)
    assert [(turn.filters.widened, turn.page) for turn in view.session.turns[2:]] == [(True, 1), (True, 2)]
    assert "Asked again of all letters · Page 2" in view.chat[6]["content"]


@pytest.mark.parametrize("page", [None, 0, 1, -1, 4, True, "2", 2.0, 10**30, [2], {}])
def test_pages_that_are_not_there_cannot_be_asked_for(calls, page):
    session = asked(calls, PAGED_QUESTION).session
    view = turned(calls, 1, page, session)
    assert view.session == session and view.question is None and len(view.chat) == 2
    assert len(calls.assistant.asked) == 1


@pytest.mark.parametrize("turn", [None, 0, 2, 3, True, "1"])
def test_pages_of_an_answer_that_has_one_or_is_not_there_cannot_be_turned(calls, turn):
    session = asked(calls, PAGED_QUESTION).session
    session = asked(calls, QUESTION, session).session
    with calls.assistant.fails_with(RuntimeError("secret path")):
        view = turned(calls, 1, 2, session)
    assert view.status == OUR_FAULT and page_buttons(view, 2) == page_buttons(view, 3) == []
    assert turned(calls, turn, 2, view.session).session == view.session
    assert turned(calls, 1, 2, view.session).session.turns[3].answer.page == 2


def test_a_page_outside_its_answer_cannot_be_made():
    answer = hostile_answer()
    for page, pages in ((0, 1), (2, 1), (0, 0)):
        with pytest.raises(ValueError, match="page"):
            replace(answer, page=page, pages=pages)


def test_what_a_language_model_said_in_vain_is_folded_away():
    reply = answered(hostile_answer(), hand_made_letters())
    folded = reply[reply.index('<details class="why">') :]
    assert "&lt;img src=y onerror=alert(2)&gt;<br>Not shown: &lt;b&gt;it holds markup&lt;/b&gt;" in folded
    assert "The language model &lt;u&gt;model&lt;/u&gt; put the passages into words" in folded
    assert "that is not shown:" not in answered(replace(hostile_answer(), dropped=()))


def test_why_names_each_document_with_its_reason(calls):
    letters = hand_made_letters()
    first, second = letters[:2]
    why = ("about Rutford; published 1 March 2019", "about Rutford; council report")
    scope = Scope(reading="Rutford", letters=(first.letter_id, second.letter_id), why=why)
    reply = answered(Answer("?", scope, refusal=Refusal("letters_silent", "No.")), letters)
    disclosed = reply[reply.index("<details") :]
    assert disclosed.startswith('<details class="why"><summary>Why this answer</summary><p>2 documents searched:</p>')
    assert f"<li>{html.escape(first.title)}<br>About Rutford, published 1 March 2019</li>" in disclosed
    assert "<li>Cabinet report on the inspection, 4 September 2019<br>About Rutford, council report</li>" in disclosed
    assert "same reason" not in disclosed and " more</p>" not in disclosed
    assert "None of them answers the question." in disclosed and "copied" not in disclosed


def test_reason_that_all_share_is_given_once(calls):
    words = parsed(asked(calls, QUESTION).chat[1]["content"]).words
    assert words.count("the question names no limit") == 1
    assert "3 documents searched, all for the same reason: the question names no limit." in words
    assert "The sentences are copied from the letters" in words
    one = parsed(asked(calls, YEAR_QUESTION).chat[1]["content"]).words
    assert "1 document searched:" in one and "Published 2021, <i>so</i>" in one


def test_long_scope_names_twelve_and_those_quoted_among_them():
    letters = [make_letter(f"letter-{n:02}", FOCUSED, title=f"Letter {n}") for n in range(40)]
    citation = cite(letters[30], "Senior leaders know their strengths and weaknesses well.")
    scope = Scope(letters=tuple(x.letter_id for x in letters), why=tuple(f"reason {n}" for n in range(40)))
    reply = answered(Answer("?", scope, (CitedSentence(citation.quote, (1,)),), (citation,)), letters)
    assert re.findall(r"<br>Reason (\d+)", reply) == [*map(str, range(11)), "30"]
    assert "<p>and 28 more</p>" in reply and "40 documents searched:" in reply


def test_where_nothing_was_searched_why_says_so():
    reply = answered(Answer("?", Scope(), refusal=Refusal("no_letter_in_scope", "No.")), hand_made_letters())
    assert "<p>No letter was searched.</p></details>" in reply


def test_filters_are_chips_and_each_can_be_taken_away(calls):
    filters = Filters(("Rutford",), (2019, 2021), ("focused visit",))
    view = asked(calls, "accommodation", filters=filters)
    chips = re.findall(
        r'name="drop" value="1-(\d)"><span class="hidden">Remove the filter </span>([^<]+)<', str(view.chat)
    )
    assert chips == [("1", "2019"), ("2", "2021"), ("3", "Rutford"), ("4", "focused visit")]
    for place, left in (
        (1, replace(filters, years=(2021,))),
        (3, replace(filters, authorities=())),
        (4, replace(filters, kinds=())),
        (0, Filters()),
    ):
        waiting, after = list(calls.ask_again({"turn": 1, "drop": place}, view.session))
        assert calls.assistant.asked[-1] == ("accommodation", (), left)
        assert waiting.filters == left and after.filters is None  # the choosers follow
        assert after.session.turns[1].filters == left


@pytest.mark.parametrize("drop", [None, -1, 2, True, False, "1", 1.0, 10**30, [1], {}])
def test_filters_that_are_not_there_cannot_be_taken_away(calls, drop):
    session = asked(calls, "accommodation", filters=Filters(years=(2019,))).session
    view = list(calls.ask_again({"turn": 1, "drop": drop}, session))[-1]
    assert view.session == session and len(calls.assistant.asked) == 1


def test_offered_questions_are_asked_and_no_others(calls):
    offers = examples(calls.assistant.letters)
    view = list(calls.ask_again({"offer": 2}, Session()))[-1]
    assert view.session.turns[0].question == offers[1]
    for wrong in (0, 9, "1", None, True):
        assert list(calls.ask_again({"offer": wrong}, Session()))[-1].session == Session()


def test_questions_so_far_are_listed(calls):
    assert render.history_html(["one?"]) == ""
    view = asked(calls, "and <b>since</b>?", asked(calls, QUESTION).session)
    assert view.history.startswith('<details class="history"><summary>2 questions so far</summary>')
    assert f'<a href="#turn-1">{QUESTION}</a>' in view.history
    assert '<a href="#turn-2">and &lt;b&gt;since&lt;/b&gt;?</a>' in view.history
    now, panel = calls.show({"action": "turn", "turn": 1, "n": 0}, view.session)
    assert now.looking_at == 1 and QUESTION in panel and marked(panel) == []


def test_letters_added_later_are_offered_at_once():
    assistant = FakeAssistant(hand_made_letters()[:1])
    calls = Callbacks(assistant, LONGEST)
    assert "1 document about Rutford" in calls.welcome()
    assistant.letters = hand_made_letters()
    assert "3 documents" in calls.welcome() and len(calls.shelf.held) == 3


def test_welcome_says_what_this_is_and_what_it_cannot_do(calls):
    words = parsed(calls.welcome()).words
    assert "3 documents about Hostileshire & <i>Sons</i> and Rutford, 2019 to 2021" in words
    assert "no language model is used" in words and "gives no opinion or advice" in words
    for offer in examples(calls.assistant.letters):
        assert offer in words
    calls.assistant.settings = Settings(llm_url="http://127.0.0.1:9", _env_file=None)
    words = parsed(calls.welcome()).words
    assert "put into words by a language model" in words and "no language model" not in words


# --- links ------------------------------------------------------------------------------


def test_link_asks_the_same_question_again(calls):
    filters = Filters(("Hostileshire & <i>Sons</i>", "Rutford"), (2019, 2021), ("focused visit",))
    first = asked(calls, "training & more?").session
    view = asked(calls, "and 100 % of accommodation #1?", first, filters)
    link = html.unescape(re.findall(r'name="copy" value="([^"]+)"', view.chat[3]["content"])[0])
    assert link == f".{link_for(view.session.turns[1])}" and link.startswith(
        "./?q=and+100+%25+of+accommodation+%231%3F&year=2019"
    )
    again = list(calls.ask_again({"link": link[2:]}, Session()))
    assert calls.assistant.asked[-1] == calls.assistant.asked[-2]
    assert again[0].filters == filters and again[-1].session.turns[0].history == ("training & more?",)


def test_link_keeps_what_was_set_aside_and_the_page(calls):
    session = turned(calls, 1, 2, asked(calls, PAGED_QUESTION).session).session
    session = widened(calls, 2, session).session
    for turn in session.turns:
        found = linked(link_for(turn)[1:], calls.assistant.letters, LONGEST)
        assert found.problem == "" and found.turn == replace(turn, answer=None, found=0)


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("?q=x&year=1999", "asks for the year “1999”, and no letter here is of that year"),
        ("?q=x&year=2019&year=20x9", "the year “20x9”"),
        ("?q=x&authority=Nowhere", "the authority “Nowhere”"),
        ("?q=x&kind=JTAI", "the kind of document “JTAI”"),
        ("?q=x&kind=<b>novel</b>" + "y" * 500, "the kind of document “<b>novel</b>yyy"),
        ("?q=" + "x" * (LONGEST + 1), f"has {LONGEST + 1} characters"),
        ("?" + "&".join(["q=x"] * 700), "asks for too much"),
    ],
)
def test_bad_links_are_one_clear_line_and_ask_nothing(calls, query, says):
    views = list(calls.ask_again({"link": query}, Session()))
    assert len(views) == 1 and calls.assistant.asked == [] and views[0].session == Session()
    assert says in views[0].status and len(views[0].status) < 220 and "\n" not in views[0].status
    assert len(views[0].question) <= LONGEST


def test_link_with_filters_only_chooses_them(calls):
    view = list(calls.ask_again({"link": "?year=2019&authority=rutford&kind=Focused+Visit&utm=1"}, Session()))[-1]
    assert view.filters == Filters(("Rutford",), (2019,), ("focused visit",))
    assert view.status == "" and view.chat == () and calls.assistant.asked == []


@given(st.text(max_size=300))
def test_no_link_breaks_anything(query):
    found = linked(query, hand_made_letters(), LONGEST)
    assert len(found.turn.question) <= LONGEST and "\n" not in found.problem


# --- the conversation -------------------------------------------------------------------


def test_follow_up_goes_with_the_earlier_questions(calls):
    first = asked(calls, QUESTION)
    second = asked(calls, "and since?", first.session, Filters(years=(2019,)))
    assert calls.assistant.asked[-1] == ("and since?", (QUESTION,), Filters(years=(2019,)))
    assert "#cite-2-1" in second.chat[3]["content"] and "#cite-1-1" in second.chat[1]["content"]


def test_two_sessions_do_not_see_each_other(calls):
    one, other = asked(calls, QUESTION), asked(calls, "training opportunities")
    assert calls.assistant.asked[-1][1] == ()
    assert QUESTION not in str(other.chat) + str(other.evidence) and "training" not in one.chat[0]["content"]
    assert calls.show({"action": "cite", "turn": 2, "n": 1}, one.session)[0] == one.session


@pytest.mark.parametrize("question", ["", "  \n", "x" * (LONGEST + 1)])
def test_unusable_question_stays_in_the_box(calls, question):
    view = asked(calls, question)
    assert view.question == question and view.chat == () and view.status == question_problem(question, LONGEST)
    assert calls.assistant.asked == []


def test_our_errors_are_one_calm_sentence(calls, caplog):
    view = asked(calls, "too odd")
    assert view.status == "This question cannot be read; say it in other words."
    assert 'data-back="too odd"' in view.evidence and view.question is None
    with calls.assistant.fails_with(RuntimeError("secret path")):
        view = asked(calls, QUESTION, view.session)
    assert view.status == OUR_FAULT and "secret" not in str(view)
    assert "secret path" not in caplog.text and "RuntimeError, in" in caplog.text
    again = asked(calls, QUESTION, view.session)
    assert calls.assistant.asked[-1][1] == () and "#cite-3-1" in again.chat[5]["content"]


def test_answer_that_cannot_be_shown_does_not_leave_the_page_waiting(calls, monkeypatch):
    monkeypatch.setattr("assistant.page.chat.callbacks.answer_html", lambda *_, **__: 1 / 0)
    view = asked(calls, QUESTION)
    assert view.status == OUR_FAULT and "waiting" not in str(view.chat)


def test_show_opens_a_passage_of_any_turn(calls):
    session = asked(calls, "training", asked(calls, QUESTION).session).session
    now, panel = calls.show({"action": "cite", "turn": 1, "n": 2}, session)
    quote = session.turns[0].answer.citations[1].quote
    assert now.looking_at == 1 and marked(panel) == [quote] and 'data-focus="mark"' in panel
    assert marked(calls.show({"action": "close", "turn": 1, "n": 2}, session)[1]) == []


def test_opening_the_same_passage_again_is_news(calls):
    session = asked(calls, QUESTION).session
    wish = {"action": "cite", "turn": 1, "n": 1}
    assert calls.show(wish, session)[1] != calls.show(wish, session)[1]


@pytest.mark.parametrize(
    "wish",
    [
        {},
        {"action": "cite"},
        {"action": "cite", "turn": 0, "n": 1},
        {"action": "cite", "turn": -1, "n": 1},
        {"action": "cite", "turn": True, "n": 1},
        {"action": "cite", "turn": "1", "n": 1},
        {"action": "cite", "turn": 1, "n": "<b>"},
        {"action": "cite", "turn": 1, "n": 999},
        {"action": "cite", "turn": 10**30, "n": [1]},
        {"action": "delete", "turn": 1, "n": 1},
        {"action": ["cite"], "turn": {}, "n": None},
    ],
)
def test_wishes_for_what_is_not_there_do_no_harm(calls, wish):
    session = asked(calls, QUESTION).session
    now, panel = calls.show(wish, session)
    assert now.turns == session.turns
    assert marked(panel) == [] and panel.startswith('<div class="evidence"')


def test_letters_are_listed_before_asking(calls):
    start = calls.start()
    assert start.chat == () and "Documents" in start.evidence and start.question == ""
    assert 'href="./letters/2019-03-01-rutford-focused-visit"' in start.evidence


def test_long_library_is_counted_not_listed():
    letters = [make_letter(f"letter {n}", HOSTILE) for n in range(20)]
    page = render.library_html(letters)
    assert page.count('href="./letters/letter%20') == 12 and ">All 20 letters</a>" in page
    assert "no letter here yet" in render.library_html([])


@pytest.mark.parametrize("adding", [False, True])
def test_header_leads_to_the_other_pages(adding):
    header = render.header_html(adding)
    assert '<a href="./" aria-current="page">Ask</a><a href="./letters">Letters</a>' in header
    assert ('<a href="./add">Add letters</a>' in header) is adding


# --- words made from the letters --------------------------------------------------------


def test_headline_counts_names_and_years():
    letters = hand_made_letters()
    assert headline(letters) == "3 documents about Hostileshire & <i>Sons</i> and Rutford, 2019 to 2021"
    assert headline(letters[:1]) == "1 document about Rutford, 2019"
    many = [make_letter(str(n), HOSTILE, authority=f"Place {n}") for n in range(5)]
    assert headline(many) == "5 documents about 5 local authorities, 2019"
    assert headline([]) == "no documents yet"


def test_examples_are_made_from_these_letters():
    offered = examples(hand_made_letters()[:2])
    assert len(offered) == 4 == len(set(offered))
    assert "What did 2019 say about care leavers?" in offered
    assert all(question.endswith("?") for question in offered)
    assert examples(()) == ()


def test_examples_follow_the_corpus():
    body = "# Findings\n" + "\n".join("Foster carers in Nowhere wait. Foster carers ask for help." for _ in range(4))
    grade = Judgement("leaders", "good", "Foster carers", None, 10, 23)
    letters = [
        make_letter(f"n{year}", body, authority=place, published=f"{year}-01-01", visit_start=f"{year}-01-01",
                    visit_end=f"{year}-01-02", visit_periods=(), judgements=(grade,))
        for year, place in ((2031, "Nowhere"), (2034, "Nowhere"), (2035, "Elsewhere"))
    ]  # fmt: skip
    assert theme(letters[0]) == "foster carers"
    offered = " ".join(examples(letters))
    assert "foster carers" in offered and "leadership" in offered and "203" in offered
    assert "Nowhere" in offered or "Elsewhere" in offered
    assert not re.search(r"Swindon|care leavers|2019", offered)


def test_no_engineers_words():
    calls = Callbacks(FakeAssistant(), LONGEST)
    view = asked(calls, QUESTION)
    shown = (
        view.evidence
        + str(view.chat)
        + view.status
        + calls.start().evidence
        + calls.welcome()
        + asked(calls, "weather").chat[1]["content"]
        + " ".join(examples(calls.assistant.letters))
    )
    assert not re.search(
        r"\b(RAG|chunks?|embeddings?|tokens?|index|retriev\w+|vectors?|prompts?|scope|scores?)\b", parsed(shown).words
    )
