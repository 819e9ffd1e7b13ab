"""The way through the page by keyboard, exactly as docs/explanation/accessibility.md tells it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from documents import visit_letter
from playwright.sync_api import Page, expect

from assistant.settings import Settings

DOCS = Path(__file__).resolve().parents[2] / "docs" / "explanation" / "accessibility.md"
QUESTION = "What did 2019 say about care leavers?"
LETTER = {"name": "visit.pdf", "mimeType": "application/pdf", "buffer": visit_letter()}
FAR = 80  # presses of Tab after which something is not reachable

# What a screen reader would call the element that has the focus, as far as this page needs it.
NAME = """() => {
  const element = document.activeElement;
  const label = element.labels?.length ? element.labels[0].innerText : null;
  const name = element.getAttribute('aria-label') ?? label ?? element.innerText ?? '';
  return element === document.body ? '' : name.replace(/\\s+/g, ' ').trim();
}"""

# Whether anybody can see where the focus is: an outline around the element, or around the field that it is a part of.
OUTLINED = """() => {
  for (let element = document.activeElement, up = 0; element && up < 5; element = element.parentElement, up += 1) {
    const style = getComputedStyle(element);
    if (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2) return true;
  }
  return false;
}"""


@dataclass
class Reader:
    """Somebody who has only a keyboard."""

    page: Page
    url: str
    seen: dict[str, Any] = field(default_factory=dict)

    @property
    def at(self) -> str:
        """The name of what has the focus."""
        return str(self.page.evaluate(NAME))

    def go(self, key: str, name: str) -> None:
        """Press a key until something of this name has the focus, and see that it has."""
        passed = []
        for _ in range(FAR):
            self.page.keyboard.press(key)
            passed.append(self.at)
            if re.fullmatch(name, passed[-1]):
                assert self.page.evaluate(OUTLINED), f"nobody can see that {passed[-1]!r} has the focus"
                return
        raise AssertionError(f"{key} does not lead to {name!r}, but past {list(dict.fromkeys(passed))}")

    def press(self, key: str) -> None:
        """One key."""
        self.page.keyboard.press(key)

    def lands(self, path: str) -> None:
        """Wait for another page of the site."""
        self.page.wait_for_url(f"{self.url}{path}")
        expect(self.page.get_by_role("main")).to_be_visible()


STEPS: list[tuple[str, Callable[[Reader], None]]] = []


def step(words: str) -> Callable[[Callable[[Reader], None]], None]:
    """A step, in the words of the docs."""
    return lambda taken: STEPS.append((words, taken))


@step(
    'Open the page and press Tab until you come to "Skip to your question", the first link on it; press Enter. You are '
    "in the question box. (You are there from the start, too: you can type at once.)"
)
def skip(reader: Reader) -> None:
    box = reader.page.get_by_role("textbox", name="Your question")
    expect(box).to_be_focused()
    reader.go("Tab", "Skip to your question")
    assert reader.page.evaluate("document.querySelector('a') === document.activeElement"), "the first link"
    reader.press("Enter")
    expect(box).to_be_focused()


@step(
    "Type your question and press Enter. When the answer has come, the status line says how many passages it quotes "
    "from how many letters."
)
def ask(reader: Reader) -> None:
    reader.page.keyboard.type(QUESTION)
    reader.press("Enter")
    expect(reader.page.get_by_role("status")).to_have_text(re.compile(r"^\d+ passages? from \d+ letters?"))


@step('Press Shift and Tab until you come to the first source of the answer, "[1]".')
def first_source(reader: Reader) -> None:
    expect(reader.page.get_by_role("textbox", name="Your question")).to_be_focused()
    reader.go("Shift+Tab", r"\[?1\]?|Source 1\b.*")


@step("Press Enter. The letter opens beside the answer, and you are at the words that are quoted.")
def opened(reader: Reader) -> None:
    reader.press("Enter")
    expect(reader.page.locator("mark")).to_be_focused()
    reader.seen["first"] = reader.at
    assert len(reader.seen["first"]) > 20
    expect(reader.page.locator("mark")).to_be_in_viewport()


@step(
    'Press Shift and Tab until you come to "Next source", and press Enter. You are at the words of the second source.'
)
def next_source(reader: Reader) -> None:
    reader.go("Shift+Tab", "Next source")
    reader.press("Enter")
    mark = reader.page.locator("mark")
    expect(mark).not_to_have_text(reader.seen["first"])
    expect(mark).to_be_focused()
    expect(mark).to_be_in_viewport()


@step('Press Escape. You are back in the answer, at the marker of the source that you read: "[2]".')
def back_to_the_marker(reader: Reader) -> None:
    reader.press("Escape")
    marker = re.compile(r"^(\[?2\]?$|Source 2\b)")
    expect(reader.page.get_by_role("log").locator(":focus")).to_have_accessible_name(marker)
    assert reader.page.evaluate(OUTLINED)


@step(
    'Press Tab until you come to "Download", and press Enter. The answer is saved with its sources; the status line says '
    'under which name. ("Save this answer as", just before it, chooses another format with the arrow keys.)'
)
def export(reader: Reader) -> None:
    reader.go("Tab", "Download")
    with reader.page.expect_download() as waiting:
        reader.press("Enter")
    name = waiting.value.suggested_filename
    assert waiting.value.path().stat().st_size > 1000
    expect(reader.page.get_by_role("status")).to_contain_text(name)
    reader.go("Shift+Tab", "Save this answer as.*")
    reader.press("ArrowDown")
    expect(reader.page.get_by_role("option").first).to_be_visible()
    reader.press("Escape")


@step(
    'Press Shift and Tab until you come to the link "Letters" at the top, and press Enter. You are on the list of all '
    "letters."
)
def letters(reader: Reader) -> None:
    reader.go("Shift+Tab", "Letters")
    reader.press("Enter")
    reader.lands("/letters")


@step(
    'Press Tab until you come to "Skip to the content", and press Enter; then press Tab until you come to the first '
    "letter's title, and press Enter. You are on that letter's page."
)
def a_letter(reader: Reader) -> None:
    first = reader.page.get_by_role("main").get_by_role("heading", level=3).first.inner_text()
    first = " ".join(first.split())
    reader.go("Tab", "Skip to the content")
    reader.press("Enter")
    expect(reader.page.get_by_role("main")).to_be_focused()
    reader.go("Tab", re.escape(first))
    reader.press("Enter")
    reader.page.wait_for_url(f"{reader.url}/letters/*")
    assert first.startswith(reader.page.get_by_role("heading", level=1).inner_text())


@step('Press Tab until you come to "All letters", and press Enter. You are back on the list.')
def back_to_the_list(reader: Reader) -> None:
    reader.go("Tab", "All letters")
    reader.press("Enter")
    reader.lands("/letters")


@step('Press Tab until you come to the link "Ask" at the top, and press Enter. You are back where questions are asked.')
def back_to_asking(reader: Reader) -> None:
    reader.go("Tab", "Ask")
    reader.press("Enter")
    reader.lands("/")
    expect(reader.page.get_by_role("textbox", name="Your question")).to_be_focused()


@step(
    'Where letters can be added: press Shift and Tab until you come to the link "Add letters" at the top, and press '
    "Enter. You are where they are added."
)
def adding(reader: Reader) -> None:
    reader.go("Shift+Tab", "Add letters")
    reader.press("Enter")
    reader.lands("/add")


@step(
    'Press Tab until you come to "Letters to add", press Enter, and choose a letter in the window of your system. Its '
    "name then stands below."
)
def choose(reader: Reader) -> None:
    reader.page.on("filechooser", lambda _: None)  # from now on no window of the system opens
    reader.go("Tab", "Letters to add")
    with reader.page.expect_file_chooser() as chooser:
        reader.press("Enter")
    chooser.value.set_files([LETTER])
    expect(reader.page.get_by_role("list", name="Chosen files")).to_contain_text("visit.pdf")


@step(
    'Press Tab until you come to the button "Add letters", and press Enter. When it is done, you are at the heading '
    "that says how many letters were added."
)
def send(reader: Reader) -> None:
    reader.go("Tab", "Add letters")
    assert reader.page.evaluate("document.activeElement.tagName") == "BUTTON"
    reader.press("Enter")
    heading = reader.page.get_by_role("heading", level=1)
    expect(heading).to_have_text("1 letter added")
    expect(heading).to_be_focused()


@step(
    'To correct what was understood, press Tab until you come to "Correct this", and press Enter; press Tab until '
    'you come to "Council", write another one, and press Enter. You are at that letter, and the council is marked as '
    "corrected."
)
def correct(reader: Reader) -> None:
    reader.go("Tab", "Correct this.*")
    reader.press("Enter")
    reader.go("Tab", "Council")
    reader.page.keyboard.type("Kent")
    reader.press("Enter")
    letter = reader.page.get_by_role("article")
    expect(letter).to_contain_text("Kent corrected")
    expect(letter).to_be_focused()


@step(
    'To take the letter out again, press Tab until you come to "Undo: remove it", and press Enter. The heading says '
    "that it was taken out, and you are at it."
)
def undo(reader: Reader) -> None:
    reader.go("Tab", "Undo: remove it.*")
    reader.press("Enter")
    heading = reader.page.get_by_role("heading", level=1)
    expect(heading).to_have_text("1 letter taken out again")
    expect(heading).to_be_focused()


@pytest.fixture(scope="module")
def own_url(tmp_path_factory: pytest.TempPathFactory, serve: Any) -> Iterator[str]:
    """The product as it ships, over an index that only this file changes."""
    from assistant.engine import Assistant

    settings = Settings(index_dir=tmp_path_factory.mktemp("keyboard") / "index", _env_file=None)
    with Assistant.open(settings) as assistant, serve(assistant, settings) as url:
        yield url


def told() -> Iterator[str]:
    """The steps as the docs tell them."""
    section = DOCS.read_text(encoding="utf-8").partition("\n## Using the page by keyboard\n")[2].partition("\n## ")[0]
    for number, found in enumerate(re.finditer(r"^(\d+)\. (.+)$", section, re.MULTILINE), 1):
        assert int(found[1]) == number
        yield found[2]


def test_the_docs_tell_the_steps_that_are_taken_here():
    assert list(told()) == [words for words, _ in STEPS]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_whole_way_by_keyboard_alone(open_page, own_url, scheme):
    reader = Reader(open_page(own_url, scheme=scheme), own_url)
    for words, taken in STEPS:
        try:
            taken(reader)
        except AssertionError as error:
            raise AssertionError(f"{words}\n{error}") from error
