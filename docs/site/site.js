// What the theme leaves out for people who use a keyboard or a screen reader (tests/browser/test_docs_pages.py looks).
const mended = () => {
  for (const wrap of document.querySelectorAll(".md-typeset__scrollwrap, .md-typeset pre > code")) {
    const scrolls = wrap.scrollWidth > wrap.clientWidth;
    if (scrolls && !wrap.hasAttribute("tabindex")) wrap.tabIndex = 0; // so that arrow keys can move it
  }
  for (const corner of document.querySelectorAll(".md-typeset th:empty")) {
    corner.replaceWith(document.createElement("td")); // an empty corner heads nothing
  }
  for (const bar of document.querySelectorAll("nav.md-code__nav:not([role])")) {
    bar.setAttribute("role", "none"); // a button beside an example is no way through the site
  }
};
new MutationObserver(mended).observe(document.body, { childList: true, subtree: true });
addEventListener("resize", mended);
mended();
