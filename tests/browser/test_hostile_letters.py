"""Letters that attack whoever reads them, in a real browser and on the command line: they are words and nothing else.

Two letters are files, read and indexed as any other. A third is put together by hand with characters that the readers
leave out, so that a page does not rely on them.
"""

import os
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from documents import web_page
from fakes import fake_environment, fake_settings, hashed_words, letter_words
from page_fakes import FakeAssistant, make_letter
from playwright.sync_api import Page, expect

from assistant.engine import Assistant
from assistant.export.formats import FORMATS, LETTER_FORMATS, render, render_letters
from assistant.settings import Settings

posix = pytest.mark.skipif(os.name != "posix", reason="only POSIX allows these names of files")

QUESTION = "what is said about hostile foster homes?"
RUNS = "window.owned=1"
WORDS = (
    f"<script>{RUNS}</script> Hostile foster homes hold scripts.",
    f"<img src=https://evil.example/x.png onerror={RUNS}> Hostile foster homes hold pictures.",
    f"<svg/onload={RUNS}><a href=javascript:{RUNS}>Hostile</a> foster homes hold drawings.",
    f"${{{RUNS}}} {{{{{RUNS}}}}} {{% {RUNS} %}} Hostile foster homes hold 7*7 templates.",
    f"[A link](javascript:{RUNS}) and ![a picture](https://evil.example/leak) of hostile foster homes.",
    f"Hostile foster homes hold \" onmouseover={RUNS} ' quotes and `code` and $$x$$ and # signs.",
    "Hostile \x1b[31mfoster\x1b[0m homes\x07 hold \x1b]0;owned\x07colours \x9b31m.",
    "Hostile foster homes \u202eare written\u202c back\u200bwards \u2067and\u2069 un\u2060seen.",
    f"Hostile foster homes hold {'W' * 3000} words.",
    "H\u043estile f\u043ester h\u043emes l\u043e\u043ek alike; hostile foster homes do not.",
)
BARE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
NAME = f"2019-03-01-<img src=x onerror={RUNS}>\x1b[31m\u202e${{7*7}}\n.txt"
HEBREW = "\u05d9\u05dc\u05d3\u05d9\u05dd hostile \u05d1\u05d8\u05d5\u05d7\u05d9\u05dd."


def hostile_text() -> str:
    """A text file with hostile findings, and a hostile title and heading."""
    findings = "".join(f"- {words}\n\n" for words in WORDS)
    honest = letter_words("hostile foster homes").replace("- Managers", f"{findings}- Managers")
    return honest.replace("Overview\n", f"Overview <script>{RUNS}</script> ${{{RUNS}}}\n").replace(
        "Focused visit to Swindon Borough Council children's services\n",
        f"Focused visit to Swindon Borough Council <img src=x onerror={RUNS}> children's services\n",
    )


def hostile_page() -> bytes:
    """The same as a web page whose entities stand for the markup, of another year."""
    escaped = hostile_text().replace("2019", "2021").replace("&", "&amp;").replace("<", "&lt;").replace("\x1b", "")
    parts = re.sub("[\x00-\x08\x0b-\x1f]", "", escaped).split("\n\n")
    body = "".join(
        f"<h2>{p}</h2>" if p.startswith(("Overview", "Findings", "What needs")) else f"<p>{p}</p>" for p in parts
    )
    return web_page(f"{body}<script>{RUNS}</script><img src=x onerror={RUNS}>")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("hostile") / "letters"
    home.mkdir()
    (home / NAME).write_text(hostile_text(), encoding="utf-8")
    (home / "2021-03-01-swindon.html").write_bytes(hostile_page())
    return home


@pytest.fixture(scope="module")
def hostile(folder: Path) -> Iterator[Assistant]:
    with hashed_words(), Assistant.open(fake_settings(folder.parent / "index", folder)) as assistant:
        assert len(assistant.letters) == 2
        yield assistant


@pytest.fixture(scope="module")
def hostile_url(serve: Any, hostile: Assistant) -> Iterator[str]:
    with serve(hostile, hostile.settings) as url:
        yield url


def inert(page: Page, place: str) -> None:
    """Nothing in this place is more than words, and nothing has run."""
    inside = f"{place} :is(img, script, iframe, object, embed, style, link, base, form[action*=evil], svg [onload])"
    assert page.locator(inside).count() == 0
    handlers = page.locator(f"{place} *").evaluate_all(
        "all => all.flatMap((e) => [...e.attributes].map((a) => a.name)).filter((n) => n.startsWith('on'))"
    )
    assert handlers == []
    assert (
        page.locator(f"{place} :is(a, form)").evaluate_all(
            "all => all.map((e) => e.href || e.action).filter((a) => !a.startsWith(location.origin))"
        )
        == []
    )
    assert page.evaluate("window.owned === undefined && !document.title.startsWith('owned')")
    assert not BARE.search(page.locator(place).inner_text().replace("\n", " "))


def wide(page: Page) -> bool:
    """Whether the page scrolls sideways, as a word that is not broken would make it."""
    return page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1")


@posix
def test_the_conversation_and_its_evidence(open_page, hostile_url):
    page = open_page(hostile_url)
    box = page.get_by_role("textbox", name="Your question")
    box.fill(QUESTION)
    box.press("Enter")
    expect(page.locator("#chat .answer:not(.waiting)")).to_be_visible()
    expect(page.locator("#chat .answer")).to_contain_text("ostile foster homes")
    for position in range(page.locator("#evidence .card, .evidence .card").count()):
        inert(page, "#chat .answer")
        inert(page, ".evidence")
        page.locator(f"#chat a.marker >> nth={position}").click()
        expect(page.locator("mark#hit")).to_be_focused()
    assert not wide(page)


@posix
@pytest.mark.parametrize(
    "path", ["/letters", "/letters?q=hostile", "/authorities", "/authorities/Swindon", "/authorities/Swindon/concerns"]
)
def test_the_lists_and_an_authority(open_page, hostile_url, path):
    page = open_page(hostile_url)
    page.goto(f"{hostile_url}{path}")
    expect(page.get_by_role("main")).to_be_visible()
    inert(page, "main")
    assert not wide(page)


@posix
def test_the_letters_own_pages_show_every_word(open_page, hostile_url, hostile):
    page = open_page(hostile_url)
    for letter in hostile.letters:
        page.goto(f"{hostile_url}/letters/{letter.letter_id}")
        main = page.get_by_role("main")
        expect(main.get_by_role("heading", level=2, name="The letter", exact=True)).to_be_visible()
        inert(page, "main")
        assert not wide(page)
        shown = " ".join(main.inner_text().split())
        for _, paragraph in letter.paragraphs():
            assert " ".join(letter.text[paragraph.start : paragraph.end].split()) in shown, "quotes stand as they are"
        assert page.locator("script").count() == 0


@posix
def test_letters_side_by_side(open_page, hostile_url, hostile):
    page = open_page(hostile_url)
    chosen = "&".join(f"letter={letter.letter_id}" for letter in hostile.letters)
    page.goto(f"{hostile_url}/compare?{chosen}")
    expect(page.get_by_role("main").get_by_role("table")).to_be_visible()
    inert(page, "main")
    assert not wide(page)


@posix
def test_a_saved_page_opens_as_words(browser, hostile, tmp_path):
    answer = hostile.ask(QUESTION)
    assert answer.citations
    file = tmp_path / "answer.html"
    file.write_text(str(render(answer, "html")), encoding="utf-8")
    context = browser.new_context()
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    inside = page.locator("main :is(img, script, svg, iframe, form)")
    assert inside.count() == 0 and page.evaluate("window.owned === undefined")
    assert asked == [file.as_uri()]
    expect(page.locator("main")).to_contain_text("ostile foster homes")
    context.close()


@posix
def test_no_export_holds_a_control_or_direction_character(hostile):
    answer = hostile.ask(QUESTION)
    saved = {name: render(answer, name) for name in FORMATS}
    saved |= {f"list as {name}": render_letters(hostile.letters, name) for name in LETTER_FORMATS}
    for name, data in saved.items():
        text = unpacked(data) if isinstance(data, bytes) else data.removeprefix("\ufeff")
        assert not BARE.search(text.replace("\r\n", "\n")), name
        assert "<script>" not in text or name not in ("html", "docx"), name


def unpacked(data: bytes) -> str:
    with ZipFile(BytesIO(data)) as package:
        return "".join(package.read(name).decode() for name in package.namelist() if name.endswith((".xml", ".rels")))


@posix
@pytest.mark.parametrize(
    "command",
    [
        ["letters"],
        ["letters", "--json"],
        ["show", "{letter}"],
        ["show", "{file}"],
        ["search", QUESTION],
        ["ask", QUESTION],
        ["ask", QUESTION, "--format", "markdown"],
        ["judgements"],
        ["compare", "{letter}", "{other}"],
        ["index", "{folder}"],
    ],
    ids=lambda command: " ".join(command[:1] + command[2:]),
)
def test_the_terminal_gets_no_control_character(hostile, folder, command):
    """Not of a letter, and not of the name of its file."""
    from click.testing import CliRunner

    from assistant.cli import main

    names = {"letter": hostile.letters[0].letter_id, "other": hostile.letters[1].letter_id}
    names |= {"file": str(folder / NAME), "folder": str(folder)}
    args = [part.format(**names) if part.startswith("{") else part for part in command]
    settings = fake_environment(folder.parent / "own", folder)
    with hashed_words():
        done = CliRunner().invoke(main, args, env=settings)
    assert done.exit_code == 0, done.output
    assert not BARE.search(done.stdout.replace("\n", " "))
    assert not BARE.search(done.stderr.replace("\n", " ").replace("\r", " ")), "but for what draws the progress bar"


# --- characters that turn what stands around them ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def turning_url(serve: Any) -> Iterator[str]:
    """Letters as no reader makes them: with the characters that turn a line round, and none that end it."""
    body = f"# Findings\u202e\n- {HEBREW}\n- Hostile \u202ehomes.\n- Hostile \u2069\u202ehomes \u2067.\n"
    letters = [
        make_letter(
            "2019-turning", body, title="Turning \u202eletter", issuer="Ofs\u202eted", authority="Rut\u2067ford"
        ),
        make_letter("2020-hebrew", body.replace("\u202e", ""), title=HEBREW, issuer=HEBREW, published="2020-03-01"),
    ]
    with serve(FakeAssistant(letters), Settings(_env_file=None)) as url:  # type: ignore[call-arg]
        yield url


ORDER = """(place) => [...document.querySelectorAll(place)].map((element) => {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    const lefts = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode())
        for (let at = 0; at < node.length; at++) {
            const range = document.createRange();
            range.setStart(node, at);
            range.setEnd(node, at + 1);
            const box = range.getBoundingClientRect();
            if (box.width) lefts.push(box.left);
        }
    return lefts.every((left, at) => !at || left >= lefts[at - 1]);
})"""
"""For each element in a place, whether its characters stand from left to right."""

STOPS = """(place) => [...document.querySelectorAll(place)].filter((e) => /[\\u05d0-\\u05ea]/.test(e.textContent)).map((e) => {
    const range = document.createRange(), text = e.firstChild;
    range.setStart(text, text.length - 1);
    range.setEnd(text, text.length);
    return range.getBoundingClientRect().left <= e.getBoundingClientRect().left + 1;
})"""
"""For each Hebrew sentence in a place, whether its full stop stands at its end, which is on the left."""


def test_words_cannot_turn_what_stands_around_them(open_page, turning_url):
    page = open_page(turning_url)
    box = page.get_by_role("textbox", name="Your question")
    box.fill("what is said about hostile homes?")
    box.press("Enter")
    expect(page.locator("#chat a.marker")).to_have_count(6)
    assert page.evaluate(ORDER, "#chat a.marker") == [True] * 6
    assert page.evaluate(STOPS, "#chat .group p > [dir]") == [True] * 2
    assert all(page.evaluate(ORDER, ".evidence :is(.badge, .number, .locator, .open)"))
    page.locator("#chat a.marker").first.click()
    expect(page.locator("mark#hit")).to_be_focused()
    assert all(page.evaluate(ORDER, ".evidence :is(.steps, .controls) :is(button, a)"))


def test_a_title_cannot_turn_the_list_or_the_letters_page(open_page, turning_url):
    page = open_page(turning_url)
    page.goto(f"{turning_url}/letters")
    expect(page.get_by_role("main").get_by_role("heading", level=3)).to_have_count(2)
    assert all(page.evaluate(ORDER, "main :is(.when, .badge, label, button, option)"))
    for name in ("2019-turning", "2020-hebrew"):
        page.goto(f"{turning_url}/letters/{name}")
        expect(page.get_by_role("main").get_by_role("heading", level=1)).to_be_visible()
        assert all(page.evaluate(ORDER, "main :is(.badge, dt, .label, .actions a, .back a)"))
