"""The frame around every page, in a real browser: one head, one left edge, and nothing that moves."""

from typing import Any

import pytest
from playwright.sync_api import Page

WIDTHS = (390, 768, 1280, 1440, 1920)
PARTS = {  # the product's name, the links beside it, and where the content begins
    "/": ("#header h1", "#header nav a", "#welcome .lead"),
    "/letters": ("header.site .product", "header.site nav a", "main h1"),
    "/add": ("header.site .product", "header.site nav a", "main h1"),
}
SHIFTS = """() => {
  window.shifted = 0;
  const add = (one) => { window.shifted += one.value; };
  const observer = new PerformanceObserver((list) => list.getEntries().forEach(add));
  observer.observe({ type: "layout-shift", buffered: true });
}"""


def opened(browser: Any, url: str, path: str, width: int) -> Page:
    page: Page = browser.new_page(viewport={"width": width, "height": 900}, reduced_motion="reduce")
    page.add_init_script(f"({SHIFTS})()")
    page.goto(f"{url}{path}")
    page.locator(PARTS[path][2]).wait_for()
    return page


def boxes(page: Page, selector: str) -> list[tuple[int, ...]]:
    found = page.locator(selector).evaluate_all(
        "all => all.map((e) => e.getBoundingClientRect()).map((b) => [b.x, b.y, b.width, b.height].map(Math.round))"
    )
    assert found
    return [tuple(one) for one in found]


@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_has_the_same_head_over_the_left_edge_of_its_content(browser, page_url, width):
    heads = {}
    for path, (name, links, content) in PARTS.items():
        page = opened(browser, page_url, path, width)
        [product], beginning = boxes(page, name), boxes(page, content)[0]
        assert product[0] == beginning[0], path
        assert page.locator(name).inner_text() == "Ask the inspection letters"
        heads[path] = [product, *boxes(page, links)]
        page.close()
    assert heads["/letters"] == heads["/add"] == heads["/"]


@pytest.mark.parametrize("path", PARTS)
@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_moves_while_a_page_comes(browser, page_url, path, width):
    page = opened(browser, page_url, path, width)
    page.locator("#evidence h2" if path == "/" else "footer p").wait_for()
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestIdleCallback(done)))")
    assert page.evaluate("window.shifted") < 0.1  # what is good, as docs/reference/page.md says
    page.close()


@pytest.mark.parametrize("width", [320, 390])
def test_words_in_the_empty_question_box_are_not_cut_off(browser, page_url, width):
    page = opened(browser, page_url, "/", width)
    needed, there = page.locator("#question textarea").evaluate(
        """(box) => {
            const style = getComputedStyle(box), ruler = document.createElement("span");
            Object.assign(ruler.style, { font: style.font, whiteSpace: "nowrap", position: "absolute" });
            ruler.textContent = box.placeholder;
            document.body.append(ruler);
            const needed = ruler.getBoundingClientRect().width;
            ruler.remove();
            return [needed, box.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight)];
        }"""
    )
    assert 0 < needed <= there
    page.close()
