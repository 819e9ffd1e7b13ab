"""Adding letters in a real browser: with and without scripts, by keyboard, on a phone, in the dark."""

import re
import threading
from collections.abc import Iterator
from importlib import resources
from typing import Any

import pytest
from documents import visit_letter
from fakes import letter_words
from page_fakes import FakeAssistant
from playwright.sync_api import Page, expect
from running import running
from test_safety import Visit
from watching import complains

from assistant.page.adding import additions as additions_module
from assistant.page.server import address
from assistant.settings import Settings

pytestmark = pytest.mark.model

AXE = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
SCHEMES = ("light", "dark")
PDF = {"name": "visit.pdf", "mimeType": "application/pdf", "buffer": visit_letter()}
BAD = {"name": "bad.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 nonsense"}
MINUTES = {
    "name": "minutes.txt",
    "mimeType": "text/plain",
    "buffer": b"Minutes of the allotment society\n\nThe shed is painted green, and everybody is thanked.\n",
}


@pytest.fixture(scope="module")
def page_of(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Any]]:
    """The product over the shipped letters, with the real model: its address, and what works behind adding."""
    from assistant.engine import Assistant
    from assistant.page.app import create_app

    settings = Settings(index_dir=tmp_path_factory.mktemp("adding") / "index", adding_megabytes=1, _env_file=None)
    with Assistant.open(settings) as assistant:
        app = create_app(assistant, settings)
        with running(app) as listening:
            yield address(listening), app.state.additions


@pytest.fixture
def additions(page_of: tuple[str, Any]) -> Iterator[Any]:
    """Everything that a test added is taken out again."""
    made = page_of[1]
    yield made
    made.work.join()
    for batch in made.earlier():
        made.remove(batch, frozenset(file.name for file in batch.kept))
    made.work.join()
    assert len(made.assistant.letters) == 5


@pytest.fixture
def open_add(browser: Any, page_of: tuple[str, Any], additions: Any) -> Iterator[Any]:
    """Opens `/add` in a session of its own; a request or an error that should not be fails the test."""
    contexts: list[Any] = []
    wrong: list[str] = []
    url = page_of[0]

    def opened(path: str = "/add", *, width: int = 1280, scheme: str = "light", scripts: bool = True) -> Any:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            reduced_motion="reduce",
            java_script_enabled=scripts,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda r: r.url.startswith((f"{url}/", "data:", "blob:")) or wrong.append(r.url))
        page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
        page.on("dialog", lambda dialog: (wrong.append(dialog.message), dialog.dismiss()))
        page.on(
            "console",
            lambda m: complains(m) and not re.search("422|404", m.text) and wrong.append(f"console: {m.text}"),
        )
        page.goto(f"{url}{path}")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert wrong == []


def choose(page: Page, *files: Any) -> None:
    page.get_by_label("Letters to add").set_input_files(list(files))


def send(page: Page) -> None:
    page.get_by_role("button", name="Add letters", exact=True).click()


def add(page: Page, *files: Any) -> None:
    """Add files, and wait until what became of them is there."""
    choose(page, *files)
    send(page)
    expect(page).to_have_url(re.compile(r"/add/[\d-]+[0-9a-f]{8}\?done#result$"))


def card(page: Page, title: str) -> Any:
    return page.get_by_role("article", name=title)


def fact(page: Page, title: str, label: str) -> Any:
    named = page.locator("dt").get_by_text(label, exact=True)
    return card(page, title).locator("dl > div", has=named).locator("dd")


def flaws(page: Page) -> list[str]:
    """What axe-core finds."""
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {rules: {'target-size': {enabled: true}}})")
    return [f"{rule['id']}: {node['html']}" for rule in found["violations"] for node in rule["nodes"]]


VISIT = "Focused visit to Rutland children’s services"


def test_a_pdf_and_a_bad_file_are_added_corrected_asked_about_and_taken_out(open_add, page_of):
    page = open_add()
    add(page, PDF, BAD, MINUTES)
    expect(page.get_by_role("heading", level=1)).to_have_text("2 of 3 letters added")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    expect(page.get_by_role("region", name="Not added")).to_contain_text("bad.pdf The file is a damaged PDF")
    expect(fact(page, VISIT, "Council")).to_have_text("Rutland")
    expect(fact(page, VISIT, "Published")).to_have_text("4 January 2019")
    expect(card(page, "Minutes of the allotment society")).to_contain_text("The kind of document was not recognised.")
    # corrected
    minutes = card(page, "Minutes of the allotment society")
    minutes.get_by_text("Correct this").click()
    minutes.get_by_label("Council").fill("swindon")
    minutes.get_by_label("Kind of document").select_option("Council report")
    minutes.get_by_label("Published").fill("5 May 2020")
    minutes.get_by_label("Who is speaking").select_option("The council")
    minutes.get_by_role("button", name="Save").click()
    expect(fact(page, "Minutes of the allotment society", "Council")).to_have_text("Swindon corrected")
    expect(fact(page, "Minutes of the allotment society", "Published")).to_have_text("5 May 2020 corrected")
    expect(minutes).to_be_focused()
    # asked about
    page.get_by_role("link", name="Ask a question").click()
    box = page.get_by_role("textbox", name="Your question")
    box.fill("What did inspectors find in Rutland in December 2018?")
    box.press("Enter")
    expect(page.get_by_role("link", name="[1]", exact=True).first).to_be_visible()
    expect(page.locator("body")).to_contain_text("Rutland")
    # and taken out
    page.goto(f"{page_of[0]}/add")
    page.get_by_role("region", name="Added before").get_by_role("link").click()
    page.get_by_role("button", name=f"Undo: remove it {VISIT}").click()
    expect(page.get_by_role("region", name="Taken out again")).to_contain_text("visit.pdf")
    expect(page.get_by_role("article")).to_have_count(1)
    page.get_by_role("button", name="Undo: remove it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("2 letters taken out again")


def test_without_scripts(open_add):
    page = open_add(scripts=False)
    choose(page, PDF, BAD)
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("1 of 2 letters added")  # the page calls itself up again
    page.get_by_text("Correct this").click()
    page.get_by_label("Council").fill("Kent")
    page.get_by_role("button", name="Save").click()
    expect(fact(page, VISIT, "Council")).to_have_text("Kent corrected")
    page.get_by_text("Correct this").click()
    page.get_by_role("button", name="Go back to what was read").click()
    expect(fact(page, VISIT, "Council")).to_have_text("Rutland")
    page.get_by_role("button", name="Undo: remove it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("1 letter taken out again")


def test_by_keyboard_alone(open_add):
    page = open_add()
    page.on("filechooser", lambda _: None)  # from now on no dialog of the system opens
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_label("Letters to add")).to_be_focused()
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files([PDF])
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Add letters", exact=True)).to_be_focused()
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    expect(page.get_by_role("heading", level=1)).to_have_text("1 letter added")
    for _ in range(4):  # ask, add more, the letter, correct
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Council")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("Atlantis")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Council")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Council")).to_be_focused()
    expect(page.get_by_label("Council")).to_have_accessible_description(re.compile("This council is not known here"))
    expect(page).to_have_title(re.compile("^Error: "))
    page.keyboard.press("Control+a")
    page.keyboard.type("Kent")
    page.keyboard.press("Enter")
    expect(fact(page, VISIT, "Council")).to_have_text("Kent corrected")
    page.get_by_role("button", name="Undo: remove it").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("1 letter taken out again")


def test_nothing_is_sent_to_anybody_else_while_letters_are_added(browser, page_of, additions):
    one = Visit(browser, page_of[0])
    page = one.go("/add")
    seen = len(one.requests)
    add(page, PDF, BAD)
    expect(page.get_by_role("heading", level=1)).to_have_text("1 of 2 letters added")
    assert any(url.endswith("/add") for url in one.requests[seen:]), "what is watched does see the files leave"
    card(page, VISIT).get_by_text("Correct this").click()
    page.get_by_label("Council").fill("Kent")
    page.get_by_role("button", name="Save").click()
    expect(fact(page, VISIT, "Council")).to_have_text("Kent corrected")
    page.get_by_role("button", name="Undo: remove it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("1 letter taken out again")
    assert one.context.cookies() == []
    one.leaving = True
    one.context.close()
    assert one.outside() == []
    assert one.wrong == []


def offered(page: Page, label: str) -> list[str]:
    """What a list of the filters offers."""
    page.get_by_label(label).click()
    expect(page.get_by_role("option").first).to_be_visible()
    found = page.get_by_role("option").all_inner_texts()
    page.keyboard.press("Escape")
    expect(page.get_by_role("option")).to_have_count(0)
    return [" ".join(text.replace("✓", "").split()) for text in found]


def test_what_was_added_can_be_chosen_where_questions_are_asked(open_add):
    def choices() -> tuple[list[str], list[str]]:
        page = open_add("/")
        expect(page.get_by_role("button", name="All years")).to_be_visible()
        page.get_by_role("button", name="All years").click()
        return offered(page, "Authorities"), offered(page, "Years")

    before = choices()
    assert "Rutland" not in before[0] and "2018" not in before[1]
    page = open_add()
    add(page, PDF)
    authorities, years = choices()
    assert authorities == sorted([*before[0], "Rutland"])
    assert years == sorted({*before[1], "2018", "2019"}, reverse=True)
    page.get_by_role("button", name="Undo: remove it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("1 letter taken out again")
    assert choices() == before


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", [390, 1280])
def test_where_letters_cannot_be_added_the_page_that_says_so_is_accessible(browser, serve, scheme, width):
    settings = Settings(adding="no", _env_file=None)
    with serve(FakeAssistant(), settings) as url:
        page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        answer = page.goto(f"{url}/add")
        assert answer.status == 403
        expect(page.get_by_role("heading", level=1)).to_have_text("Letters cannot be added here")
        assert flaws(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.get_by_role("link", name="Ask a question").click()
        expect(page.get_by_role("textbox", name="Your question")).to_be_visible()
        expect(page.get_by_role("link", name="Add letters")).to_have_count(0)
        page.close()


def test_files_are_dropped(open_add):
    page = open_add()
    words = letter_words("fostering", year=2021)
    drop = page.evaluate_handle(
        """words => { const data = new DataTransfer();
        data.items.add(new File([words], "dropped.txt", {type: "text/plain"})); return data; }""",
        words,
    )
    page.dispatch_event("#drop", "dragenter", {"dataTransfer": drop})
    expect(page.locator("#drop")).to_have_class(re.compile("over"))
    page.dispatch_event("#drop", "drop", {"dataTransfer": drop})
    expect(page.get_by_role("list", name="Chosen files").get_by_role("listitem")).to_have_text(
        re.compile("^dropped.txt")
    )
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("1 letter added")


def test_what_cannot_be_sent_is_said_before_it_is_sent(open_add):
    page = open_add()
    send(page)
    alert = page.locator("[role=alert]")
    expect(alert).to_have_text("Choose at least one file.")
    expect(page.get_by_label("Letters to add")).to_be_focused()
    choose(page, {"name": "large.txt", "mimeType": "text/plain", "buffer": b"x" * (2**20 + 1)})
    expect(alert).to_have_text("large.txt is larger than 1 MB. Choose the others without it.")
    choose(page, *[{"name": f"{n}.txt", "mimeType": "text/plain", "buffer": b"x"} for n in range(51)])
    expect(alert).to_have_text("You chose 51 files. At most 50 can be added at once.")
    choose(page, PDF)
    expect(alert).to_have_text("")
    expect(page).to_have_url(re.compile("/add$"))


def test_what_the_server_refuses_is_said_in_the_form(open_add):
    page = open_add()
    page.route("**/add", lambda route: route.fulfill(status=200, json={"error": "Please open it again."}))
    choose(page, PDF)
    send(page)
    expect(page.get_by_role("alert")).to_have_text("Please open it again.")
    expect(page.get_by_role("button", name="Add letters", exact=True)).to_be_enabled()


@pytest.fixture
def held_back(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Reading waits until it is let go."""
    go, read = threading.Event(), additions_module.read_under

    def slow(*given: Any) -> Any:
        assert go.wait(60)
        return read(*given)

    monkeypatch.setattr(additions_module, "read_under", slow)
    yield go
    go.set()


def test_progress_is_shown_and_outlives_a_reload(open_add, held_back):
    page = open_add()
    choose(page, PDF)
    send(page)
    status = page.get_by_role("status")
    expect(status).to_have_text("Reading: 0 of 1 file done.")
    expect(page.get_by_role("progressbar", name="How far it is")).to_be_visible()
    page.reload()
    expect(status).to_have_text("Reading: 0 of 1 file done.")
    other = open_add()
    choose(other, MINUTES)
    send(other)
    expect(other.get_by_role("status")).to_have_text("Waiting for its turn: other letters are being worked on.")
    assert flaws(page) == flaws(other) == []
    held_back.set()
    for each in (page, other):
        expect(each.get_by_role("heading", level=1)).to_have_text("1 letter added")


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_inaccessible_in_any_state(open_add, scheme, width):
    page = open_add(scheme=scheme, width=width)
    page.get_by_text("What happens with them").click()
    assert flaws(page) == []
    send(page)
    expect(page.get_by_role("alert")).not_to_be_empty()
    assert flaws(page) == []
    page.locator("#add-form").evaluate("form => form.submit()")  # as without a script: the server says what is wrong
    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.get_by_label("Letters to add")).to_have_attribute("aria-invalid", "true")
    assert flaws(page) == []
    choose(page, PDF, BAD, MINUTES)
    assert flaws(page) == []
    add(page, PDF, BAD, MINUTES)
    assert flaws(page) == []
    card(page, VISIT).get_by_text("Correct this").click()
    page.get_by_label("Council").first.fill("Atlantis")
    card(page, VISIT).get_by_role("button", name="Save").click()
    expect(page.get_by_text("This council is not known here.")).to_be_visible()
    assert flaws(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_role("button", name="Undo all of these").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("2 letters taken out again")
    assert flaws(page) == []
    page.goto(page.url.partition("/add")[0] + "/add/20250101-000000-00000000")
    expect(page.get_by_role("heading", level=1)).to_have_text("There is nothing here")
    assert flaws(page) == []
