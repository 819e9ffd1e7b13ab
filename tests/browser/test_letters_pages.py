"""The pages of the letters in a real browser: without a script, by keyboard, on a phone, in the dark, on paper."""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from importlib import resources
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import FastAPI, Response
from page_fakes import FOCUSED, hand_made_letters, make_letter
from playwright.sync_api import Page, expect
from running import running

from assistant.index.state import SCHEMA, FileEntry, State
from assistant.letters.letter import Improvement, Judgement, Letter
from assistant.page.frame.assets import add_assets
from assistant.page.letters.pages import add_letters
from assistant.page.security.guard import Guard
from assistant.page.server import address

AXE = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
SCHEMES = ("light", "dark")
RICH = "2019-07-12-rutford-ilacs"
HOSTILE = "2021-05-05-hostile"
RTL = "2020-01-01-rtl"


def rich_letter() -> Letter:
    """An inspection report with all that a page can show."""
    letter = make_letter(
        RICH,
        FOCUSED + "# Leaders\n" + "\n".join(f"- Finding number {n} about leaders, with more words." * 9 for n in range(30)),
        title="Inspection of Rutford local authority children’s services",
        kind="ILACS inspection",
        published="2019-07-12",
        published_source="manifest",
        sources={"published": "manifest"},
        inspectors=("Ada Byron", "Mary Somerville"),
        addressee="Ms Director",
        warnings=("no grade read for in care, which ILACS inspections graded at that time",),
        page=2,
    )  # fmt: skip
    items = [p for section, p in letter.paragraphs() if section.kind == "improve"]
    quote = "Senior leaders know their strengths and weaknesses well."
    start = letter.text.index(quote)
    return replace(
        letter,
        file=f"{RICH}.pdf",
        files=(f"{RICH}.pdf", f"{RICH}.txt", f"{RICH}.docx"),
        pages=2,
        judgements=(
            Judgement("overall", "good", quote, None, start, start + len(quote)),
            Judgement("care leavers", None, quote, "not judged, as the document says", start, start + len(quote)),
        ),
        improvements=(
            Improvement("area for priority action", "h", items[0].paragraph_id, items[0].start, items[0].end),
            Improvement("area for improvement", "h", items[1].paragraph_id, items[1].start, items[1].end),
        ),
    )


def shelf() -> tuple[Letter, ...]:
    """Enough letters for two pages, among them the hostile one and one written from right to left."""
    more = [
        make_letter(f"2018-0{1 + n % 9}-01-town-{n}", FOCUSED, authority=f"Town {n % 5}", published=f"2018-0{1 + n % 9}-01")
        for n in range(60)
    ]  # fmt: skip
    rtl = make_letter(RTL, "# פרק\nמילים שנכתבות מימין לשמאל.", title="מכתב", authority=None, published=None)
    return (*more, *hand_made_letters(), rich_letter(), rtl)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The pages of the letters on a free loopback port."""
    folder = tmp_path_factory.mktemp("letters")
    state = State({"schema": SCHEMA})
    for suffix, data in ((".pdf", b"%PDF-1.4 words"), (".txt", b"The <b>words</b> as sent."), (".docx", b"PK words")):
        path = folder / f"{RICH}{suffix}"
        path.write_bytes(data)
        state.files[str(path)] = FileEntry(hashlib.sha256(data).hexdigest(), len(data), 0, RICH)
    state.save(folder / "index")
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    library: Any = SimpleNamespace(
        letters=shelf(),
        settings=SimpleNamespace(index_dir=folder / "index", link_base=""),
        index=SimpleNamespace(corpus_hash="0123456789abcdef"),
    )
    add_letters(app, library, adding=True)
    add_assets(app)
    app.add_api_route("/favicon.ico", lambda: Response(status_code=204))
    app.add_middleware(Guard)
    with running(app) as listening:
        yield address(listening)


@pytest.fixture
def open_at(browser: Any, site: str) -> Iterator[Any]:
    """Opens an address; a request, an error or an answer that should not be fails the test."""
    contexts: list[Any] = []
    wrong: list[str] = []

    def opened(path: str, *, width: int = 1280, scheme: str = "light", status: int = 200, script: bool = True) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 844},
            color_scheme=scheme,
            reduced_motion="reduce",
            java_script_enabled=script,
        )
        contexts.append(context)
        page: Page = context.new_page()
        page.on("request", lambda r: r.url.startswith(f"{site}/") or wrong.append(f"request to {r.url}"))
        page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
        page.on("dialog", lambda dialog: (wrong.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        if status == 200:
            page.on("console", lambda line: line.type == "error" and wrong.append(f"console: {line.text}"))
        answer = page.goto(f"{site}{path}")
        assert answer is not None and answer.status == status
        return page

    yield opened
    for context in contexts:
        context.close()
    assert wrong == []


def at(letter: Letter, words: str) -> str:
    """The address that marks words of a letter."""
    start = letter.text.index(words)
    return f"/letters/{letter.letter_id}?at={start}-{start + len(words)}#hit"


# --- the list ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("script", [True, False])
def test_narrowing_the_list(open_at, script):
    page = open_at("/letters", script=script)
    expect(page.get_by_role("status")).to_have_text("65 letters, 1 to 50 shown")
    page.get_by_label("Authority", exact=True).select_option("Rutford")
    page.get_by_label("Who is speaking").select_option("Inspectors")
    page.get_by_role("button", name="Show letters").click()
    expect(page.get_by_role("status")).to_have_text("2 of 65 letters")
    expect(page.get_by_label("Authority", exact=True)).to_have_value("Rutford")
    page.get_by_role("link", name="Remove Inspectors").click()
    expect(page.get_by_role("status")).to_have_text("3 of 65 letters")
    page.get_by_label("Words in the title").fill("cabinet")
    page.get_by_label("Words in the title").press("Enter")
    expect(page.get_by_role("status")).to_have_text("1 of 65 letters")
    expect(page.locator(".entries .badge")).to_have_text("Council")
    page.get_by_label("Year").select_option("2018")
    page.get_by_role("button", name="Show letters").click()
    expect(page.get_by_role("status")).to_have_text("No letter fits")
    page.get_by_role("link", name="show all letters").click()
    expect(page.get_by_role("status")).to_have_text("65 letters, 1 to 50 shown")


def test_the_list_is_saved_as_it_was_narrowed(open_at):
    page = open_at("/letters?authority=Rutford")
    count = page.locator(".entries li").count()
    page.get_by_label(f"Save these {count} letters as").select_option(label="Table, for Excel")
    with page.expect_download() as saving:
        page.get_by_role("button", name="Download").click()
    assert saving.value.suggested_filename == "letters-rutford.csv"
    rows = saving.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert len(rows) == count + 1
    expect(page.get_by_role("heading", name="Letters", level=1)).to_be_visible()


def test_turning_pages(open_at):
    page = open_at("/letters?sort=authority")
    expect(page.locator(".entries li")).to_have_count(50)
    page.get_by_role("link", name="Next page").click()
    expect(page.get_by_role("status")).to_have_text("65 letters, 51 to 65 shown")
    expect(page.locator(".entries li")).to_have_count(15)
    expect(page.get_by_role("link", name="Next page")).to_have_count(0)
    expect(page.get_by_role("heading", level=2).last).to_have_text("No local authority given")
    page.get_by_role("link", name="Previous page").click()
    expect(page.get_by_role("link", name="Previous page")).to_have_count(0)


def test_from_the_list_to_a_letter_by_keyboard_alone(open_at):
    page = open_at("/letters")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    expect(page.get_by_role("link", name="Skip to the content")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_label("Words in the title")).to_be_focused()
    page.keyboard.type("ilacs")
    for name in ("Authority", "Year", "Kind", "Who is speaking", "Order"):
        page.keyboard.press("Tab")
        expect(page.get_by_label(name, exact=True)).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Show letters")).to_be_focused()
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("1 of 65 letters")
    entry = page.locator(".entries a")
    for _ in range(30):
        page.keyboard.press("Tab")
        if entry.evaluate("(link) => link === document.activeElement"):
            break
    expect(entry).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(rich_letter().title)


# --- one letter -------------------------------------------------------------------------------------------


def test_cited_words_are_marked_in_view_and_have_the_focus(open_at):
    letter = rich_letter()
    words = "Reviews of pathway plans are mostly held with the young person."
    for script in (True, False):
        page = open_at(at(letter, words), script=script, width=390)
        mark = page.locator("mark")
        expect(mark).to_have_text(words)
        expect(mark).to_be_in_viewport()
        if script:
            expect(mark).to_be_focused()
    page = open_at(at(letter, words).removesuffix("#hit"))
    expect(page.locator("mark")).not_to_be_in_viewport()
    page.get_by_role("link", name="Go to the highlighted words").click()
    expect(page.locator("mark")).to_be_in_viewport()


def test_marked_words_over_several_paragraphs(open_at):
    letter = rich_letter()
    start = letter.text.index("held with the young person")
    end = letter.text.index("substantial challenge")
    page = open_at(f"/letters/{RICH}?at={start}-{end}#hit")
    expect(page.locator("mark")).to_have_count(1)
    assert "".join(page.locator("mark").inner_text().split()).replace("•", "") == "".join(
        letter.text[start:end].split()
    )


def test_judgement_leads_to_its_proof_and_improvement_to_its_paragraph(open_at):
    page = open_at(f"/letters/{RICH}")
    row = page.get_by_role("row", name=re.compile("Overall effectiveness"))
    expect(row.get_by_role("cell").first).to_have_text("Good")
    row.get_by_role("link").click()
    expect(page.locator("mark")).to_have_text("Senior leaders know their strengths and weaknesses well.")
    expect(page.locator("mark")).to_be_in_viewport()
    section = page.get_by_role("region", name="Areas for improvement")
    section.get_by_role("link", name="Paragraph 2").click()
    paragraph = page.locator(".paragraph:target")
    expect(paragraph).to_contain_text("The assessment of suitability")
    expect(paragraph).to_be_in_viewport()


def test_contents_stay_beside_the_text_and_lead_to_it(open_at):
    page = open_at(f"/letters/{RICH}")
    contents = page.get_by_role("navigation", name="Contents of the letter")
    contents.get_by_role("link", name="Leaders").click()
    expect(page.get_by_role("heading", name="Leaders", level=3)).to_be_in_viewport()
    expect(contents).to_be_in_viewport()
    narrow = open_at(f"/letters/{RICH}", width=768)
    nav, text = narrow.locator(".contents").bounding_box(), narrow.locator(".text").bounding_box()
    assert nav and text and nav["y"] + nav["height"] <= text["y"]


def test_files_open_or_are_saved(open_at):
    page = open_at(f"/letters/{RICH}")
    page.get_by_role("link", name="Open the original (text)").click()
    expect(page.locator("body")).to_have_text("The <b>words</b> as sent.")
    page.go_back()
    with page.expect_download() as saving:
        page.get_by_role("link", name="Save the original (Word)").click()
    assert saving.value.suggested_filename == f"{RICH}.docx"
    link = page.get_by_role("link", name="Open the original (PDF, 2 pages)")
    answer = page.request.get(link.evaluate("link => link.href"))
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].startswith("inline")


def test_letters_about_the_same_authority_follow_each_other(open_at):
    page = open_at(f"/letters/{RICH}")
    others = page.get_by_role("navigation", name="Other letters about Rutford")
    others.get_by_role("link", name="Earlier letter about Rutford").click()
    expect(page).to_have_url(re.compile("2019-03-01-rutford-focused-visit$"))
    page.get_by_role("link", name="Later letter about Rutford").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(rich_letter().title)


def test_hostile_letter_is_only_words(open_at):
    for path in ("/letters?q=onerror", f"/letters/{HOSTILE}", f"/letters/{HOSTILE}?at=0-90#hit"):
        page = open_at(path)
        expect(page.locator("main")).to_contain_text("${document.title='owned'} {{7*7}}")
        assert page.title().endswith("Ask the inspection letters")
        assert page.locator("main :is(script, img, b, i, style)").count() == 0
        assert page.evaluate("typeof window.owned") == "undefined"


def test_right_to_left_words_stand_to_the_right(open_at):
    page = open_at(f"/letters/{RTL}")
    assert page.locator("h1").evaluate("(e) => getComputedStyle(e).direction") == "rtl"
    assert page.locator(".words").first.evaluate("(e) => getComputedStyle(e).direction") == "rtl"
    assert page.locator("main").evaluate("(e) => getComputedStyle(e).direction") == "ltr"


def test_letter_that_is_not_there(open_at):
    page = open_at("/letters/nothing", status=404)
    expect(page.get_by_role("heading", level=1)).to_have_text("There is no such letter here")
    page.get_by_role("link", name="See all letters").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Letters")


# --- for everybody ----------------------------------------------------------------------------------------

STATES = {
    "list": "/letters",
    "second page": "/letters?sort=authority&page=2",
    "narrowed": "/letters?authority=Rutford&q=visit&year=2019",
    "nothing fits": "/letters?q=zzz",
    "letter": f"/letters/{RICH}",
    "marked": f"/letters/{RICH}?at=20-400#hit",
    "lost": f"/letters/{RICH}?at=9-1",
    "hostile": f"/letters/{HOSTILE}",
    "right to left": f"/letters/{RTL}",
    "no letter": "/letters/nothing",
    "no file": f"/letters/{RICH}/file/nothing.pdf",
}


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("state", STATES)
def test_accessible_to_everybody(open_at, state, width, scheme):
    page = open_at(STATES[state], width=width, scheme=scheme, status=404 if state.startswith("no ") else 200)
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {rules: {'target-size': {enabled: true}}})")
    assert len(found["passes"]) > 10
    assert [
        f"{rule['id']}: {json.dumps([n['html'][:150] for n in rule['nodes']])}" for rule in found["violations"]
    ] == []


@pytest.mark.parametrize("width", [320, 390, 640, 768, 1280])
def test_no_sideways_scrolling(open_at, width):
    for state, path in STATES.items():
        page = open_at(path, width=width, status=404 if state.startswith("no ") else 200)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, state


def test_lines_are_not_too_long_to_read(open_at):
    page = open_at(f"/letters/{RICH}", width=1920)
    for place in (".words", ".items p[dir]", "footer p"):
        width, character = page.locator(place).last.evaluate(
            """(element) => {
                const ruler = document.createElement('span');
                ruler.textContent = '0'.repeat(10);
                element.append(ruler);
                const one = ruler.getBoundingClientRect().width / 10;
                ruler.remove();
                return [element.getBoundingClientRect().width, one];
            }"""
        )
        assert width / character <= 82


def test_dark_follows_the_reader(open_at):
    def ground(scheme: str) -> Any:
        return open_at("/letters", scheme=scheme).evaluate("getComputedStyle(document.body).backgroundColor")

    assert ground("light") == "rgb(246, 247, 249)"
    assert ground("dark") == "rgb(18, 22, 28)"


def test_letter_prints_as_a_clean_sheet(open_at):
    page = open_at(f"/letters/{RICH}", scheme="dark")
    page.emulate_media(media="print")
    for hidden in ("header.site", "footer.site", ".actions", ".contents", ".beside", ".back"):
        expect(page.locator(hidden).first).to_be_hidden()
    for shown in ("h1", ".facts-list", "table", ".text", ".source"):
        expect(page.locator(shown).first).to_be_visible()
    expect(page.locator(".source")).to_contain_text("Source: Ofsted, ILACS inspection report, 12 July 2019.")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.locator("h1").evaluate("(e) => getComputedStyle(e).color") == "rgb(0, 0, 0)"


def test_letters_of_the_product_itself(browser: Any, page_url: str):
    """From the list to a shipped letter, to its file, and back to a question about it."""
    context = browser.new_context(viewport={"width": 1280, "height": 844})
    page = context.new_page()
    page.goto(f"{page_url}/letters")
    expect(page.get_by_role("status")).to_have_text("5 letters")
    page.get_by_role("link", name=re.compile("^Focused visit to Swindon")).click()
    file = page.get_by_role("link", name="Open the original (text)").evaluate("link => link.href")
    answer = page.request.get(file)
    assert answer.ok and "Focused visit to Swindon" in answer.text()
    page.get_by_role("link", name="Ask about this letter").click()
    expect(page.get_by_role("textbox", name="Your question")).to_be_visible()
    expect(page.get_by_text("What needs to improve?").first).to_be_visible()
    context.close()
