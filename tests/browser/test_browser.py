"""The page as people meet it, in a real browser: with a mouse, with the keyboard, on a phone, in the dark."""

import csv
import io
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
    assert folded(quote) == folded(page.locator("#card-1-2 mark").inner_text())
    page.get_by_role("button", name="Close the letter").click()
    expect(marker(page, 2)).to_be_focused()
    expect(page.locator("mark")).to_have_count(0)


def test_escape_closes_the_letter_where_it_was_opened(open_page, page_url):
    page = open_page(page_url)
    ask(page, QUESTION)
    marker(page, 2).focus()
    page.keyboard.press("Enter")
    expect(page.locator("#card-1-2 mark")).to_be_focused()
    page.keyboard.press("Escape")
    expect(marker(page, 2)).to_be_focused()
    expect(page.locator("mark")).to_have_count(0)
    page.keyboard.press("Escape")  # nothing is open: nothing happens
    expect(marker(page, 2)).to_be_focused()


def test_whole_letter_opens_at_the_words_in_a_tab_of_its_own(open_page, page_url):
    page = open_page(page_url)
    ask(page, QUESTION)
    marker(page, 1).click()
    expect(page.locator("mark")).to_be_focused()
    quote = folded(page.locator("mark").inner_text())
    with page.expect_popup() as waiting:
        page.get_by_role("link", name="The whole letter").click()
    letter = waiting.value
    expect(letter.locator("mark").first).to_be_in_viewport()
    assert folded(letter.locator("mark").first.inner_text()) == quote
    expect(page.locator("mark")).to_have_count(1)  # the conversation stays where it was
    original = page.get_by_role("link", name="The original").evaluate("link => link.href")
    assert original.startswith(f"{page_url}/letters/")
    reply = page.request.get(original)
    assert reply.status == 200 and "care leavers" in reply.text()


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
    offers = page.locator("#welcome .offers button")
    expect(offers).to_have_count(4)
    for question in offers.all_inner_texts():
        fresh = open_page(page_url)
        fresh.get_by_role("button", name=question).click()
        expect(fresh.locator("#chat a.marker").first).to_be_visible()
        expect(fresh.locator("#chat .asked")).to_have_text(question)
        expect(fresh.locator("#chat .asked")).to_be_focused()
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
    expect(page.locator("#welcome .offers button").first).to_be_visible()
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
    page.get_by_role("option", name="2019").click()
    expect(page.get_by_role("button", name="2024, 2019 · all authorities · all kinds")).to_be_visible()
    page.keyboard.press("Backspace")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="2024 · all authorities · all kinds")).to_be_visible()
    ask(page, "What is said about child protection?")
    dates = page.locator("#evidence .facts").all_inner_texts()
    assert dates and all("2024" in text for text in dates)
    chip = page.get_by_role("button", name="Remove the filter 2024")
    chip.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#chat .answer:not(.waiting)")).to_have_count(2)
    expect(line).to_be_visible()  # what is chosen for the next question follows
    expect(page.locator("#chat .answer").last.locator(".chips")).to_have_count(0)
    assert any("2011" in text or "2019" in text for text in page.locator("#evidence .facts").all_inner_texts())


def test_limits_of_a_question_are_set_aside_by_keyboard(open_page, page_url):
    page = open_page(page_url)
    ask(page, QUESTION)
    reading = page.locator("#chat .answer .scope").first
    expect(reading).to_contain_text("Reading “2019” as inspected or published in 2019 · 2 of 5 documents")
    page.get_by_role("textbox", name="Your question").fill("the next one")
    marker(page, 1).last.focus()
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText") == "Search all letters instead":
            break
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Space")
    expect(page.locator("#chat .answer:not(.waiting)")).to_have_count(2)
    again = page.locator("#chat .asked").last
    expect(again).to_contain_text(QUESTION)
    expect(again).to_contain_text("Asked again of all letters")
    expect(again).to_be_focused()
    expect(again).to_be_in_viewport()
    last = page.locator("#chat .answer").last
    expect(last).to_contain_text("Searched all 5 documents")
    expect(page.get_by_role("button", name="Search all letters instead")).to_have_count(1)
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
    page.get_by_role("button", name="Search all letters within my filters instead").click()
    expect(page.locator("#chat .answer:not(.waiting)")).to_have_count(2)
    expect(page.get_by_role("button", name="Remove the filter 2024").last).to_be_visible()
    dates = page.locator("#evidence .facts").all_inner_texts()
    assert dates and all("2024" in text for text in dates)


def test_question_is_asked_again_once(open_page, fake_url, fake):
    page = open_page(fake_url)
    ask(page, "accommodation in 2019?")
    before = len(fake.asked)
    page.get_by_role("button", name="Search all letters instead").dblclick()
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


def test_why_is_disclosed_by_keyboard(open_page, page_url):
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


def test_letters_lead_to_their_own_pages(open_page, page_url):
    page = open_page(page_url)
    link = page.locator(".library a").first
    title = link.inner_text()
    link.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    page.get_by_role("link", name="Ask", exact=True).click()
    expect(page.get_by_role("textbox", name="Your question")).to_be_focused()


# --- while it is being answered -----------------------------------------------------------------------------


def send(page: Page, question: str) -> None:
    page.get_by_role("textbox", name="Your question").fill(question)
    page.get_by_role("button", name="Ask", exact=True).click()


def test_stages_and_checked_sentences_are_shown_while_it_works(open_page, fake_url, fake):
    page = open_page(fake_url)
    with fake.held() as model:
        send(page, "accommodation?")
        expect(status(page)).to_have_text("Searching 3 letters…")
        expect(page.get_by_role("log")).to_have_attribute("aria-busy", "true")
        assert violations(page) == ""
        model.go_on("search")
        expect(status(page)).to_have_text("Writing the answer…")
        expect(page.locator("#chat .early")).to_have_text("The first sentence of a <b>model</b> that was checked.")
        assert violations(page) == ""
        model.go_on("write")
        expect(marker(page, 1)).to_be_visible()
    expect(page.locator("#chat .early")).to_have_count(0)
    expect(page.get_by_role("log")).to_have_attribute("aria-busy", "false")
    expect(page.get_by_role("button", name="Stop")).to_have_count(0)


def test_stop_gives_the_question_back(open_page, fake_url, fake):
    page = open_page(fake_url)
    box = page.get_by_role("textbox", name="Your question")
    with fake.held():
        send(page, "accommodation?")
        expect(status(page)).to_have_text("Searching 3 letters…")
        expect(box).to_have_value("")
        page.get_by_role("button", name="Stop").focus()
        page.keyboard.press("Enter")
        expect(status(page)).to_have_text("Stopped. Your question is in the box again.")
        expect(box).to_have_value("accommodation?")
        expect(box).to_be_focused()
        expect(page.locator("#chat .asked")).to_have_count(0)
        expect(page.locator("#welcome .offers button").first).to_be_visible()
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(marker(page, 1)).to_be_visible()


def test_next_question_waits_in_the_box(open_page, fake_url, fake):
    page = open_page(fake_url)
    box = page.get_by_role("textbox", name="Your question")
    with fake.held() as model:
        send(page, "accommodation?")
        expect(status(page)).to_have_text("Searching 3 letters…")
        box.fill("and training?")
        box.press("Enter")
        expect(status(page)).to_contain_text("Your next question stays in the box")
        page.get_by_role("button", name="Ask", exact=True).click()
        model.let_all_go()
        expect(marker(page, 1)).to_be_visible()
    expect(box).to_have_value("and training?")
    expect(page.locator("#chat .asked")).to_have_count(1)
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator("#chat .asked")).to_have_count(2)
    assert fake.asked[-1][:2] == ("and training?", ("accommodation?",))


def test_stopped_question_does_not_push_out_the_next(open_page, fake_url, fake):
    page = open_page(fake_url)
    box = page.get_by_role("textbox", name="Your question")
    with fake.held():
        send(page, "accommodation?")
        expect(status(page)).to_have_text("Searching 3 letters…")
        box.fill("and training?")
        page.get_by_role("button", name="Stop").click()
        expect(status(page)).to_contain_text("Stopped")
    expect(box).to_have_value("and training?")


def test_question_in_line_is_told_so(open_page, fake_url):
    page = open_page(fake_url)
    expect(page.locator("#welcome .offers button").first).to_be_visible()
    joining, open_now = [], []
    page.route("**/gradio_api/queue/join*", lambda route: route.continue_() if open_now else joining.append(route))
    send(page, "accommodation?")
    expect(status(page)).to_have_text("Other questions are being answered. Yours waits for its turn.")
    open_now.append(True)
    for route in joining:
        route.continue_()
    expect(marker(page, 1)).to_be_visible()
    expect(status(page)).to_have_text(re.compile(r"^\d+ passages? from \d+ letters?$"))


def test_too_long_a_question_is_not_said_to_be_in_line(open_page, fake_url):
    page = open_page(fake_url)
    for _ in range(2):
        send(page, "x" * 301)
        expect(status(page)).to_contain_text("301 characters")
    page.wait_for_function("sent => performance.now() - sent > 1600", arg=page.evaluate("performance.now()"))
    expect(status(page)).to_contain_text("301 characters")


SHIFTS = """() => {
    window.shifts = 0;
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts += entry.value;
    }).observe({type: 'layout-shift'});
}"""


@pytest.mark.parametrize(("width", "height"), [(390, 844), (768, 1024), (1440, 900)])
def test_nothing_jumps_when_an_answer_arrives(open_page, fake_url, fake, width, height):
    page = open_page(fake_url, width=width, height=height)
    page.evaluate(SHIFTS)
    for question in ("accommodation?", "and training opportunities?"):
        before = page.locator("#chat .answer:not(.waiting)").count()
        with fake.held() as model:
            send(page, question)
            expect(status(page)).to_have_text("Searching 3 letters…")
            page.wait_for_function("sent => performance.now() - sent > 600", arg=page.evaluate("performance.now()"))
            model.go_on("search")
            expect(status(page)).to_have_text("Writing the answer…")
            model.go_on("write")
            expect(page.locator("#chat .answer:not(.waiting)")).to_have_count(before + 1)
    assert page.evaluate("window.shifts") < 0.1


# --- the conversation as a whole ----------------------------------------------------------------------------


def test_earlier_questions_are_reached_by_keyboard(open_page, page_url):
    page = open_page(page_url)
    ask(page, QUESTION)
    expect(page.locator(".history")).to_have_count(0)
    ask(page, "And what about their accommodation?")
    expect(page.locator("#evidence .for")).to_contain_text("accommodation")
    page.locator(".history summary").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name=QUESTION)).to_be_visible()
    assert violations(page) == ""
    page.set_viewport_size({"width": 390, "height": 844})
    place = page.locator(".history ol").bounding_box()
    assert place["x"] >= 0 and place["x"] + place["width"] <= 390
    page.set_viewport_size({"width": 1440, "height": 900})
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name=QUESTION)).to_be_hidden()
    expect(page.locator(".history summary")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#chat .asked").first).to_be_focused()
    expect(page.locator("#chat .asked").first).to_be_in_viewport()
    expect(page.locator("#evidence .for")).to_contain_text(QUESTION)
    expect(page.get_by_role("link", name=QUESTION)).to_be_hidden()


def test_link_asks_with_its_filters(open_page, page_url):
    page = open_page(
        page_url, "?q=What+did+it+say+about+care+leavers%3F&year=2019&authority=Swindon&kind=focused%20visit"
    )
    expect(marker(page, 1)).to_be_visible()
    expect(page.get_by_role("button", name="2019 · Swindon · focused visit")).to_be_visible()
    expect(page.locator("#evidence .facts").first).to_contain_text("focused visit")
    facts = page.locator("#evidence .facts").all_inner_texts()
    assert all("focused visit" in text and "2019" in text for text in facts)
    expect(page.locator("#chat .asked")).to_have_text("What did it say about care leavers?")


def test_bad_link_is_one_line(open_page, page_url):
    page = open_page(page_url, "?q=care+leavers&year=1066")
    expect(status(page)).to_contain_text("the year “1066”, and no letter here is of that year")
    box = page.get_by_role("textbox", name="Your question")
    expect(box).to_have_value("care leavers")
    expect(page.locator("#chat .asked")).to_have_count(0)
    box.press("Enter")
    expect(marker(page, 1)).to_be_visible()


def test_copied_link_reproduces_the_answer(open_page, page_url):
    page = open_page(page_url, permissions=["clipboard-read", "clipboard-write"])
    ask(page, QUESTION)
    ask(page, "And what about their accommodation?")
    page.get_by_role("button", name="Copy link").last.click()
    expect(status(page)).to_have_text("The link is copied.")
    link = page.evaluate("navigator.clipboard.readText()")
    assert link.startswith(f"{page_url}/?q=And+what+about+their+accommodation")
    other = open_page(page_url, link.removeprefix(f"{page_url}/"))
    expect(marker(other, 1)).to_be_visible()
    answers = [p.locator("#chat .answer").last.locator(".group").all_inner_texts() for p in (page, other)]
    assert answers[0] == answers[1] != []


def test_link_is_shown_where_it_cannot_be_copied(open_page, page_url):
    page = open_page(page_url)
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    ask(page, QUESTION)
    page.get_by_role("button", name="Copy link").click()
    field = page.get_by_role("textbox", name="Copy this link:")
    expect(field).to_be_focused()
    expect(field).to_have_value(f"{page_url}/?q=What+did+2019+say+about+care+leavers%3F")
    assert page.evaluate("getSelection().toString() || document.activeElement.selectionEnd") != 0
    assert violations(page) == ""


def test_prints_one_answer_with_its_sources(open_page, page_url):
    page = open_page(page_url, scheme="dark")
    ask(page, QUESTION)
    ask(page, "And what about their accommodation?")
    page.evaluate("window.print = () => { window.dispatchEvent(new Event('beforeprint')); window.printed = true; }")
    page.get_by_role("button", name="Print").click()
    assert page.evaluate("window.printed")
    page.emulate_media(media="print")
    expect(page.locator("#chat .asked").first).to_be_hidden()
    expect(page.locator("#chat .asked").last).to_be_visible()
    expect(page.locator(".card blockquote").first).to_be_visible()
    for gone in (page.locator("#asking"), page.locator("#export"), page.get_by_role("link", name="Letters")):
        expect(gone).to_be_hidden()
    expect(page.get_by_role("button")).to_have_count(0)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.locator("#chat .asked h2").last.evaluate("e => getComputedStyle(e).color") == "rgb(0, 0, 0)"


# --- saving ---------------------------------------------------------------------------------------------------


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


def more_choices(page: Page) -> None:
    page.get_by_role("button", name="More choices").click()
    expect(page.get_by_label("Style of the list of letters")).to_be_visible()


def choose(page: Page, label: str, option: str | re.Pattern) -> None:
    page.get_by_label(label).click()
    page.get_by_role("option", name=option).click()


def downloaded(page: Page) -> str:
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download").click()
    return waiting.value.path().read_text(encoding="utf-8-sig")


def test_whole_conversation_is_saved_in_a_style(open_page, page_url):
    page = open_page(page_url)
    ask(page, QUESTION)
    ask(page, "What needed to improve in 2019?")
    choose(page, "Save this answer as", "Markdown with footnotes")
    alone = downloaded(page)
    assert QUESTION not in alone
    more_choices(page)
    page.get_by_label("The whole conversation").check()
    choose(page, "Style of the list of letters", re.compile("APA"))
    whole = downloaded(page)
    assert QUESTION in whole and "What needed to improve in 2019?" in whole
    assert "(2019). *Focused visit" in whole


def test_some_sources_are_saved(open_page, page_url):
    page = open_page(page_url)
    ask(page, QUESTION)
    choose(page, "Save this answer as", "Table of citations")
    more_choices(page)
    expect(page.get_by_label("Which sources")).to_be_hidden()
    page.get_by_label("Some of its sources").check()
    page.get_by_role("button", name="Download").click()
    expect(status(page)).to_have_text("Choose at least one of the sources first.")
    choose(page, "Which sources", re.compile("^2 · Ofsted, focused visit letter, 1 March 2019 · "))
    page.keyboard.press("Escape")
    [row] = csv.DictReader(io.StringIO(downloaded(page)))
    assert row["number"] == "2"
    assert folded(row["quote"]) == folded(quote_of(page, 2))
    ask(page, "What needed to improve in 2019?")  # its sources are others: none of them is chosen
    page.get_by_role("button", name="Download").click()
    expect(status(page)).to_have_text("Choose at least one of the sources first.")
    page.get_by_role("link", name="[1]", exact=True).first.click()  # the first answer is looked at again
    choose(page, "Which sources", re.compile("^1 · "))
    page.keyboard.press("Escape")
    assert QUESTION in downloaded(page)


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
    expect(page.locator(".letter")).to_contain_text("<script>document.title='owned'</script>")
    expect(page.locator(".letter")).to_contain_text("[link](https://evil.example)")
    marker(page, 2).click()
    expect(page.locator(".letter")).to_contain_text("${document.title='owned'}")
    expect(page.locator(".letter")).to_contain_text("{{constructor.constructor")
    assert page.locator("#chat :is(img, script, iframe, form, h1), #evidence :is(img, script, iframe)").count() == 0
    assert page.locator('a[href*="evil"]').count() == 0
    page.get_by_role("button", name="Copy link").click()
    ask(page, "and again?")
    expect(page.locator(".history")).to_contain_text("2 questions")
    page.reload()
    expect(page.locator(".library")).to_contain_text("onerror")
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
    more_choices(page)
    page.get_by_label("Some of its sources").check()
    expect(page.get_by_label("Which sources")).to_be_visible()
    assert violations(page) == ""
    page.get_by_role("button", name="Search all letters instead").click()
    expect(page.locator("#chat .answer:not(.waiting)")).to_have_count(2)
    assert violations(page) == ""
    marker(page, 1).click()
    expect(page.locator("mark")).to_be_focused()
    assert violations(page) == ""
    ask(page, NO_ANSWER)
    assert violations(page) == ""


@pytest.mark.parametrize("scheme", SCHEMES)
def test_accessible_when_it_stops_refuses_or_fails(open_page, fake_url, fake, scheme):
    page = open_page(fake_url, scheme=scheme)
    with fake.held():
        send(page, "accommodation?")
        expect(page.get_by_role("button", name="Stop")).to_be_visible()
        assert violations(page) == ""
        page.get_by_role("button", name="Stop").click()
        expect(status(page)).to_contain_text("Stopped")
        assert violations(page) == ""
    ask(page, "How does the weather change accommodation?")
    assert violations(page) == ""
    with fake.fails_with(RuntimeError("secret")):
        ask(page, "accommodation")
        assert violations(page) == ""


def test_forced_colours_keep_what_colours_say(open_page, page_url):
    page = open_page(page_url, forced_colors="active")
    ask(page, QUESTION)
    marker(page, 1).click()
    expect(page.locator("mark")).to_be_focused()
    for bordered in (marker(page, 2), page.locator(".badge").first, page.locator("#ask")):
        assert bordered.evaluate("e => getComputedStyle(e).borderTopStyle") == "solid"
    assert violations(page) == ""


def test_at_200_per_cent_nothing_covers_the_answer(open_page, page_url):
    page = open_page(page_url, width=720, height=450)
    ask(page, QUESTION)
    assert page.evaluate("document.documentElement.scrollWidth") <= 720
    assert page.locator("#asking").evaluate("e => getComputedStyle(e).position") == "static"
    marker(page, 1).click()
    expect(page.locator("mark")).to_be_in_viewport()


def test_skip_link_leads_to_the_question(open_page, page_url):
    page = open_page(page_url)
    page.get_by_role("button", name="Ask", exact=True).focus()
    page.evaluate("document.activeElement.blur()")
    page.get_by_role("link", name="Skip to your question").focus()
    expect(page.get_by_role("link", name="Skip to your question")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Your question")).to_be_focused()
