"""The page as people meet it, in a real browser: with a mouse, with the keyboard, on a phone, in the dark."""

import json
import re
from importlib import resources
from typing import Any

import pytest
from playwright.sync_api import Page, expect

QUESTION = "What did 2019 say about care leavers?"
NO_ANSWER = "What is the capital of France?"
SCHEMES = ("light", "dark")


def ask(page: Page, question: str) -> None:
    """Type a question, press Enter, and wait until its answer or refusal is there."""
    before = page.locator("#chat .answer:not(.waiting)").count()
    box = page.get_by_role("textbox", name="Your question")
    box.fill(question)
    box.press("Enter")
    expect(page.locator("#chat .answer:not(.waiting)")).to_have_count(before + 1)


def marker(page: Page, number: int, turn: int = 1) -> Any:
    return page.locator(f'#chat a[href="#cite-{turn}-{number}"]')


def quote_of(page: Page, number: int, turn: int = 1) -> str:
    """The words on a source's card, without the quotation marks that the style sheet adds."""
    return page.locator(f"#card-{turn}-{number} blockquote").inner_text()


def folded(text: str) -> str:
    return " ".join(text.split())


def status(page: Page) -> Any:
    return page.get_by_role("status")


# --- asking and checking ----------------------------------------------------------------------------------


def test_question_answer_source(open_page, page_url):
    page = open_page(page_url)
    ask(page, QUESTION)
    expect(page.get_by_role("link", name="[1]", exact=True)).to_be_visible()
    expect(status(page)).to_have_text(re.compile(r"^\d+ passages? from \d+ letters?$"))
    quote = quote_of(page, 1)
    page.get_by_role("link", name="[1]", exact=True).click()
    mark = page.locator("mark")
    expect(mark).to_be_visible()
    assert folded(mark.inner_text()) == folded(quote)
    expect(mark).to_be_focused()
    expect(mark).to_be_in_viewport()
    assert len(page.locator(".letter").inner_text()) > len(quote) + 100


def test_every_quote_stands_in_its_letter(open_page, page_url):
    page = open_page(page_url)
    ask(page, "What needed to improve in 2019?")
    count = page.locator(".card").count()
    assert count >= 4
    quotes = [folded(quote_of(page, n)) for n in range(1, count + 1)]
    for number, quote in enumerate(quotes, 1):
        marker(page, number).first.click()
        expect(page.locator(f"#card-1-{number} mark")).to_be_focused()
        assert folded(page.locator("mark").inner_text()) == quote


def test_all_by_keyboard(open_page, page_url):
    page = open_page(page_url)
    page.keyboard.type("What did 2019 say")  # the box has the focus from the start
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("about care leavers?")
    assert page.get_by_role("textbox", name="Your question").input_value().count("\n") == 1
    page.keyboard.press("Enter")
    first = marker(page, 1)
    expect(first).to_be_visible()
    for _ in range(40):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.getAttribute('href')") == "#cite-1-1":
            break
    expect(first).to_be_focused()
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(page.locator("#card-1-1 mark")).to_be_focused()
    for _ in range(10):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.innerText") == "Back to the answer":
            break
    page.keyboard.press("Enter")
    expect(first).to_be_focused()


def test_walking_through_the_sources(open_page, page_url):
    page = open_page(page_url)
    ask(page, QUESTION)
    page.get_by_role("button", name="Read source 1 in the letter").click()
    expect(page.get_by_role("button", name="Previous source")).to_be_disabled()
    page.get_by_role("button", name="Next source").click()
    expect(page.locator("#card-1-2 mark")).to_be_focused()
    expect(page.locator("mark")).to_have_count(1)
    quote = page.locator("mark").inner_text()
    short = len(page.locator(".letter").inner_text())
    page.get_by_role("button", name="Show the whole letter").click()
    expect(page.get_by_role("button", name="Show only this passage")).to_be_visible()
    expect(page.locator("mark")).to_have_text(quote)
    expect(page.locator("mark")).to_be_in_viewport()
    assert len(page.locator(".letter").inner_text()) > short
    page.get_by_role("button", name="Close the letter").click()
    expect(page.get_by_role("button", name="Read source 2 in the letter")).to_be_focused()
    expect(page.locator("mark")).to_have_count(0)


def test_same_source_again_scrolls_again(open_page, page_url):
    page = open_page(page_url)
    ask(page, QUESTION)
    marker(page, 1).click()
    expect(page.locator("mark")).to_be_focused()
    page.locator("#evidence").evaluate("panel => panel.scrollTo(0, 100000)")
    page.get_by_role("textbox", name="Your question").focus()
    marker(page, 1).click()
    expect(page.locator("mark")).to_be_focused()
    expect(page.locator("mark")).to_be_in_viewport()


def test_each_offered_question_is_answered(open_page, page_url):
    page = open_page(page_url)
    offers = page.locator("#offered button")
    expect(offers).to_have_count(4)
    for question in offers.all_inner_texts():
        fresh = open_page(page_url)
        fresh.get_by_role("button", name=question).click()
        expect(fresh.locator("#chat a.marker").first).to_be_visible()
        expect(fresh.locator("#chat .asked")).to_have_text(question)
        fresh.close()


def test_follow_up_and_new_conversation(open_page, page_url):
    page = open_page(page_url)
    ask(page, QUESTION)
    ask(page, "And what about their accommodation?")
    expect(marker(page, 1, turn=2)).to_be_visible()
    expect(page.locator("#evidence .for")).to_contain_text("accommodation")
    marker(page, 1, turn=1).click()
    expect(page.locator("#card-1-1 mark")).to_be_focused()
    expect(page.locator("#evidence .for")).to_contain_text(QUESTION)
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator("#chat .asked")).to_have_count(0)
    expect(page.locator("#offered button").first).to_be_visible()
    expect(page.get_by_role("textbox", name="Your question")).to_be_focused()
    expect(page.get_by_role("button", name="Download")).to_have_count(0)


def test_earlier_questions_go_along_and_stay_with_their_user(open_page, fake_url, fake):
    one, other = open_page(fake_url), open_page(fake_url)
    ask(one, "the accommodation?")
    ask(other, "training opportunities?")
    ask(one, "and the reviews?")
    assert [(q, history) for q, history, _ in fake.asked[-3:]] == [
        ("the accommodation?", ()),
        ("training opportunities?", ()),
        ("and the reviews?", ("the accommodation?",)),
    ]
    assert "accommodation" not in other.locator("#chat").inner_text().split("\n")[0]
    expect(other.locator("#chat .asked")).to_have_count(1)


def test_refusal_is_calm_and_says_why(open_page, page_url):
    page = open_page(page_url)
    ask(page, NO_ANSWER)
    expect(page.locator("#chat .calm")).to_be_visible()
    expect(status(page)).to_have_text(re.compile(r"^No answer"))
    expect(page.locator("#chat a.marker")).to_have_count(0)


def test_nearest_passages_are_marked_as_no_answer(open_page, fake_url):
    page = open_page(fake_url)
    ask(page, "How does the weather change accommodation?")
    cards = page.locator(".card")
    assert cards.count() > 0
    for card in cards.all():
        expect(card).to_contain_text("not an answer")
    page.get_by_role("button", name="Read source 1 in the letter").click()
    expect(page.locator("mark")).to_be_focused()


def test_filters_narrow_the_answer(open_page, page_url):
    page = open_page(page_url)
    line = page.get_by_role("button", name="All years, all authorities, all kinds")
    expect(line).to_be_visible()
    line.click()
    years = page.get_by_label("Years")
    years.click()
    page.get_by_role("option", name="2024").click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="2024 · all authorities · all kinds")).to_be_visible()
    ask(page, "What is said about child protection?")
    dates = page.locator("#evidence .facts").all_inner_texts()
    assert dates and all("2024" in text for text in dates)
    expect(page.locator("#chat .answer .small").first).to_contain_text("2024")


def test_limits_of_a_question_are_set_aside_by_keyboard(open_page, page_url):
    page = open_page(page_url)
    ask(page, QUESTION)
    reading = page.locator("#chat .answer .small").first
    expect(reading).to_contain_text("inspected or published in 2019 · 2 documents")
    page.get_by_role("textbox", name="Your question").fill("the next one")
    marker(page, 1).last.focus()
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText") == "Search every letter instead":
            break
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Space")
    expect(page.locator("#chat .answer:not(.waiting)")).to_have_count(2)
    again = page.locator("#chat .asked").last
    expect(again).to_contain_text(QUESTION)
    expect(again).to_contain_text("Asked again without its own limits")
    expect(again).to_be_focused()
    expect(again).to_be_in_viewport()
    last = page.locator("#chat .answer").last
    expect(last).to_contain_text("the question's own limits are set aside · 5 documents")
    expect(page.get_by_role("button", name="Search every letter instead")).to_have_count(1)
    expect(page.get_by_role("textbox", name="Your question")).to_have_value("the next one")
    expect(status(page)).to_have_text(re.compile(r"^\d+ passages? from \d+ letters?$"))
    marker(page, 1, turn=2).first.click()
    expect(page.locator("#card-2-1 mark")).to_be_focused()


def test_filters_stay_when_limits_are_set_aside(open_page, page_url):
    page = open_page(page_url)
    page.get_by_role("button", name="All years").click()
    page.get_by_label("Years").click()
    page.get_by_role("option", name="2024").click()
    page.keyboard.press("Escape")
    ask(page, "What did 2019 say about child protection?")
    expect(page.locator("#chat .calm")).to_be_visible()
    page.get_by_role("button", name="Search every letter within your filters instead").click()
    expect(page.locator("#chat .answer:not(.waiting)")).to_have_count(2)
    expect(page.locator("#chat .answer").last).to_contain_text("only 2024 (chosen)")
    dates = page.locator("#evidence .facts").all_inner_texts()
    assert dates and all("2024" in text for text in dates)


def test_question_is_asked_again_once(open_page, fake_url, fake):
    page = open_page(fake_url)
    ask(page, "accommodation in 2019?")
    before = len(fake.asked)
    page.get_by_role("button", name="Search every letter instead").dblclick()
    expect(page.locator("#chat .answer:not(.waiting)")).to_have_count(2)
    ask(page, "and training?")
    assert [(question, history) for question, history, _ in fake.asked[before:]] == [
        ("accommodation in 2019?", ()),
        ("and training?", ("accommodation in 2019?",)),
    ]
    assert [filters.widened for _, _, filters in fake.asked[before:]] == [True, False]
    expect(page.locator("#chat .asked")).to_have_count(3)
    expect(page.get_by_role("textbox", name="Your question")).to_be_focused()


def test_pages_are_turned_by_keyboard(open_page, fake_url, fake):
    page = open_page(fake_url)
    ask(page, "which letters mention accommodation, reviews or training?")
    expect(page.get_by_role("button", name="Show the letters before")).to_have_count(0)
    page.get_by_role("textbox", name="Your question").fill("the next one")
    marker(page, 2).last.focus()
    page.keyboard.press("Tab")
    following = page.get_by_role("button", name="Show the next letters")
    expect(following).to_be_focused()
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(page.locator("#chat .answer:not(.waiting)")).to_have_count(2)
    again = page.locator("#chat .asked").last
    expect(again).to_contain_text("Page 2")
    expect(again).to_be_focused()
    expect(again).to_be_in_viewport()
    expect(page.locator("#chat .answer").last).to_contain_text("Page 2 of 3.")
    expect(page.get_by_role("textbox", name="Your question")).to_have_value("the next one")
    marker(page, 1, turn=2).click()
    expect(page.locator("#card-2-1 mark")).to_be_focused()
    assert violations(page) == ""
    page.get_by_role("button", name="Show the letters before").click()
    expect(page.locator("#chat .answer:not(.waiting)")).to_have_count(3)
    expect(page.locator("#chat .answer").last).to_contain_text("Page 1 of 3.")
    assert fake.asked_pages[-3:] == [1, 2, 1]
    assert len(set(fake.asked[-3:])) == 1


def test_documents_in_scope_are_disclosed_by_keyboard(open_page, page_url):
    page = open_page(page_url)
    ask(page, QUESTION)
    reasons = page.locator("#chat .why li")
    expect(reasons.first).to_be_hidden()
    page.locator("#chat .why summary").focus()
    page.keyboard.press("Enter")
    expect(reasons).to_have_count(2)
    expect(reasons.first).to_be_visible()
    expect(reasons.first).to_contain_text("published 1 March 2019")
    ask(page, "And what about their accommodation?")
    expect(reasons.first).to_be_visible()


def test_letters_can_be_read_without_a_question(open_page, page_url):
    page = open_page(page_url)
    page.locator(".letter-link").first.click()
    expect(page.locator("#evidence h2")).to_be_focused()
    assert len(page.locator(".letter").inner_text()) > 2000
    page.get_by_role("button", name="All documents").click()
    expect(page.locator(".letter-link").first).to_be_visible()


@pytest.mark.parametrize(
    ("label", "suffix", "holds"),
    [("BibTeX references", ".bib", "@"), ("Markdown with footnotes", ".md", "2019")],
)
def test_download(open_page, page_url, label, suffix, holds):
    page = open_page(page_url)
    ask(page, QUESTION)
    page.get_by_label("Save this answer as").click()
    page.get_by_role("option", name=label).click()
    for _ in range(2):  # a second one must not need a second click
        with page.expect_download() as waiting:
            page.get_by_role("button", name="Download").click()
        name = waiting.value.suggested_filename
        text = waiting.value.path().read_text(encoding="utf-8")
        assert name == f"what-did-2019-say-about-care-leavers{suffix}"
        assert holds in text and "wind" in text
    expect(status(page)).to_have_text(f"Saved as {name}")


def test_word_comes_first(open_page, page_url):
    page = open_page(page_url)
    ask(page, QUESTION)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download").click()
    assert waiting.value.suggested_filename.endswith(".docx")
    assert waiting.value.path().read_bytes().startswith(b"PK")


# --- what goes wrong --------------------------------------------------------------------------------------


def test_too_long_a_question_stays_in_the_box(open_page, fake_url):
    page = open_page(fake_url)
    box = page.get_by_role("textbox", name="Your question")
    box.fill("x" * 301)
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(status(page)).to_contain_text("301 characters")
    assert box.input_value() == "x" * 301
    expect(page.locator("#chat .asked")).to_have_count(0)


def test_failure_is_one_sentence_and_not_the_end(open_page, fake_url, fake):
    page = open_page(fake_url)
    with fake.fails_with(RuntimeError("secret")):
        ask(page, "accommodation")
        expect(status(page)).to_contain_text("Something went wrong here")
    assert "secret" not in page.content() and "Traceback" not in page.content()
    ask(page, "accommodation")
    expect(page.locator("#chat a.marker").first).to_be_visible()


def test_hostile_letter_and_question_are_only_words(open_page, fake_url):
    page = open_page(fake_url)
    title = page.title()
    ask(
        page,
        "hostile <img src=x onerror=\"document.title='owned'\"> ${document.title='owned'} {{7*7}}\n\n# big",
    )
    expect(page.locator("#chat .asked")).to_contain_text("<img src=x")
    number = page.locator("#chat a.marker").count()
    assert number >= 3
    for n in range(1, number + 1):
        marker(page, n).click()
        expect(page.locator(f"#card-1-{n} mark")).to_be_focused()
    page.get_by_role("button", name="Show the whole letter").click()
    expect(page.locator(".letter")).to_contain_text("<script>document.title='owned'</script>")
    expect(page.locator(".letter")).to_contain_text("${document.title='owned'}")
    expect(page.locator(".letter")).to_contain_text("{{constructor.constructor")
    expect(page.locator(".letter")).to_contain_text("[link](https://evil.example)")
    assert page.locator("#chat :is(img, script, iframe, form, h1), #evidence :is(img, script, iframe)").count() == 0
    assert page.locator('a[href*="evil"]').count() == 0
    page.reload()
    page.locator(".letter-link").first.click()
    expect(page.locator(".letter")).to_contain_text("onerror")
    assert page.title() == title
    assert page.evaluate("typeof window.owned") == "undefined"


def test_inline_script_never_runs(open_page, fake_url, browser):
    """The policy itself: even markup that got through everything else would do nothing."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(fake_url)
    page.get_by_role("textbox", name="Your question").wait_for()
    page.evaluate(
        """() => {
            const box = document.createElement('div');
            box.innerHTML = '<img src="data:,x" onerror="ran = 1"><a href="javascript:ran=1">x</a>';
            document.body.append(box);
            const script = document.createElement('script');
            script.textContent = 'window.ran = 1';
            document.body.append(script);
            box.querySelector('a').click();
        }"""
    )
    page.wait_for_timeout(300)
    assert page.evaluate("window.ran") is None
    context.close()


# --- for everybody ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [320, 390, 768])
def test_no_sideways_scrolling(open_page, page_url, width):
    page = open_page(page_url, width=width, height=844)

    def fits() -> None:
        assert page.evaluate("document.documentElement.scrollWidth") <= width

    fits()
    ask(page, QUESTION)
    page.locator("#chat .why summary").click()
    fits()
    marker(page, 1).click()
    expect(page.locator("mark")).to_be_focused()
    expect(page.locator("mark")).to_be_in_viewport()
    page.get_by_role("button", name="Show the whole letter").click()
    page.get_by_role("button", name="All years").click()
    expect(page.get_by_label("Years")).to_be_visible()
    fits()


def test_phone_stacks_conversation_over_evidence(open_page, page_url):
    page = open_page(page_url, width=390, height=844)
    ask(page, QUESTION)
    talk, proof = (
        page.locator("#conversation").bounding_box(),
        page.locator("#evidence-column").bounding_box(),
    )
    assert talk and proof and proof["y"] >= talk["y"] + talk["height"]
    wide = open_page(page_url)
    talk, proof = (
        wide.locator("#conversation").bounding_box(),
        wide.locator("#evidence-column").bounding_box(),
    )
    assert talk and proof and proof["x"] >= talk["x"] + talk["width"]


def test_lines_are_not_too_long_to_read(open_page, page_url):
    page = open_page(page_url, width=1920, height=1000)
    ask(page, QUESTION)
    marker(page, 1).click()
    expect(page.locator("mark")).to_be_focused()
    for place in ("#chat .answer", ".letter p"):
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
        assert width / character <= 75


def test_one_main_one_title_one_status(open_page, page_url):
    page = open_page(page_url)
    ask(page, QUESTION)
    for role in ("main", "status", "log"):
        expect(page.get_by_role(role)).to_have_count(1)
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    expect(page.get_by_role("button", name="Download")).to_have_count(1)
    assert page.evaluate("document.documentElement.lang") == "en"


AXE = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")


def violations(page: Page) -> str:
    """axe-core's findings, one line each: nothing at all on a page that everybody can use."""
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {rules: {'target-size': {enabled: true}}})")
    assert found["passes"]
    return "\n".join(
        f"{rule['id']}: {rule['help']}\n  {json.dumps([node['html'][:150] for node in rule['nodes']])}"
        for rule in found["violations"]
    )


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", [390, 1440])
def test_accessible_to_everybody(open_page, page_url, scheme, width):
    page = open_page(page_url, scheme=scheme, width=width)
    assert page.evaluate("document.body.classList.contains('dark')") is (scheme == "dark")
    assert violations(page) == ""
    page.get_by_role("button", name="All years").click()
    expect(page.get_by_label("Years")).to_be_visible()
    assert violations(page) == ""
    ask(page, QUESTION)
    page.locator("#chat .why summary").click()
    assert violations(page) == ""
    page.get_by_role("button", name="Search every letter instead").click()
    expect(page.locator("#chat .answer:not(.waiting)")).to_have_count(2)
    assert violations(page) == ""
    marker(page, 1).click()
    expect(page.locator("mark")).to_be_focused()
    assert violations(page) == ""
    page.get_by_role("button", name="Show the whole letter").click()
    expect(page.get_by_role("button", name="Show only this passage")).to_be_visible()
    assert violations(page) == ""
    ask(page, NO_ANSWER)
    assert violations(page) == ""
