"""Web pages: the main part is the letter, what surrounds it is furniture, an error page is no letter."""

import pytest
from documents import VISIT_CLOSING, VISIT_FINDINGS, VISIT_HEADLINE, VISIT_OPENING, web_page
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import LetterError
from assistant.reading.outline import outline
from assistant.reading.readers import web
from assistant.reading.readers.files import read_source
from assistant.reading.readers.web import is_web

PROSE = "The front door answers every contact within a day."
LETTER = "".join(f"<p>{words}</p>" for words in (*VISIT_OPENING, *VISIT_HEADLINE))
WORDS = [*VISIT_OPENING, *VISIT_HEADLINE]


def read(main, **how):
    return read_source("letter.html", web_page(main, **how))


def texts(source):
    return [line.text for line in source.lines]


def after(main):
    """Lines that a piece of HTML behind a letter gives."""
    source = read(LETTER + main)
    assert texts(source)[: len(WORDS)] == WORDS
    return list(source.lines[len(WORDS) :])


# --- what a page is ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "<!DOCTYPE html><html>",
        "<!doctype HTML PUBLIC '-//W3C//DTD HTML 4.01//EN'>",
        "<html lang=en>",
        "<HTML>",
        "<head><title>A</title>",
        "<body bgcolor=white>",
        "<title>Letter</title><p>Words",
        '<meta charset="utf-8">',
        "<!-- saved from url=(0014)about:internet -->\n<html>",
        "<!-- one --> <!-- two --><body>",
        '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml">',
        "<div><p>One.</p><p>Two.</p><p>Three.</p></div>",
        "<h1>Title</h1><p>One.</p><p>Two.</p>",
    ],
)
def test_pages_and_parts_of_pages(text):
    assert is_web(text)


@pytest.mark.parametrize(
    "text",
    [
        "Dear Ms Field\n\n<html> is what a page begins with.",
        "# Title\n\n<p>One.</p><p>Two.</p><p>Three.</p>",
        "<!-- a comment -->\n# Title\n\nWords.",
        '<div align="center">\n\n# Title\n\n</div>\n\nWords.',
        "<headline> we call it",
        "<?xml version='1.0'?><letter><html/></letter>",
        "",
    ],
)
def test_other_texts(text):
    assert not is_web(text)


def test_a_letter_in_html_is_read_whatever_its_name():
    data = web_page(LETTER)
    for name in ("letter.pdf", "letter.txt", "letter"):
        assert texts(read_source(name, data)) == WORDS
    assert read_source("a", data).pages is None and not read_source("a", data).wrapped


# --- the main part -------------------------------------------------------------------------------------------------------


def test_what_surrounds_the_main_part_is_furniture():
    source = read(LETTER)
    assert texts(source) == WORDS
    assert source.furniture == (
        *("We use cookies.", "Accept", "Rutland County Council", "Search", "Home", "News"),
        *("Related", "Bin collections", "Privacy and accessibility"),
    )


AROUND = "<nav>Home</nav><p>Rutland County Council</p>{}<p>Bin collections</p>"


@pytest.mark.parametrize(
    "page",
    [
        f"<main>{LETTER}</main>",
        f'<div role="main">{LETTER}</div>',
        f"<article>{LETTER}</article>",
        f"<main><article>{LETTER}</article></main>",
        f"<article><article>{LETTER}</article></article><main>short</main>",
        f"<main hidden>{LETTER.replace('Young', 'Old')}</main><main>{LETTER}</main>",
    ],
)
def test_one_main_part(page):
    source = read(AROUND.format(page), around=False)
    assert texts(source) == WORDS
    assert "Rutland County Council" in source.furniture and "Bin collections" in source.furniture


@pytest.mark.parametrize(
    "page",
    [
        LETTER,
        f"<main>Short.</main>{LETTER}",
        f"<main>{LETTER}</main><main>{'More words. ' * 30}</main>",
        f"<article>{LETTER}</article><article>{'More words. ' * 30}</article>",
    ],
)
def test_where_none_or_several_parts_are_the_main_one_the_body_is(page):
    found = texts(read(AROUND.format(page), around=False))
    assert found[0] == "Rutland County Council" and found[-1] == "Bin collections"
    assert set(WORDS) < set(found) and "Home" not in found


def test_the_header_of_an_article_is_its_title_and_that_of_the_page_is_not():
    source = read(
        f"<header><p>Rutland County Council</p></header><article><header><h1>A visit to Rutland</h1></header>{LETTER}"
        "<footer>Share this</footer></article>",
        around=False,
    )
    assert texts(source) == ["A visit to Rutland", *WORDS]
    assert source.furniture == ("Rutland County Council", "Share this")


def test_the_pages_title_belongs_to_the_letter_wherever_it_stands():
    page = f"<header><h1>A visit to Rutland</h1></header><main>{LETTER}</main>"
    assert (
        texts(read(page, title="A visit to Rutland - Rutland County Council", around=False))[0] == "A visit to Rutland"
    )
    assert texts(read(page, title="News - Rutland County Council", around=False)) == WORDS


@pytest.mark.parametrize(
    "piece",
    [
        "<script>var a = 1</script>",
        "<style>p { color: red }</style>",
        "<noscript>Turn scripts on.</noscript>",
        "<template><p>Not shown.</p></template>",
        "<p hidden>Not shown.</p>",
        '<p style="display: none">Not shown.</p>',
        '<div style="color:red;VISIBILITY:hidden"><p>Not shown.</p></div>',
        '<span class="govuk-visually-hidden">Not shown.</span>',
        '<p><span class="a sr-only">Not shown.</span></p>',
        "<svg><title>Logo</title></svg>",
        "<!-- Not shown. -->",
        '<iframe src="http://192.0.2.1/">Not shown.</iframe>',
        "<dialog><p>Not shown.</p></dialog>",
        '<img alt="A picture" src="http://192.0.2.1/a.png">',
        "<hr>",
        "<p>&nbsp;</p>",
    ],
)
def test_what_a_browser_does_not_show_is_left_out(piece):
    source = read(LETTER + piece)
    assert texts(source) == WORDS
    assert len(source.furniture) == 9


@pytest.mark.parametrize(
    "piece",
    [
        '<div class="cookie-banner"><p>{}</p></div>',
        '<div id="ccc-cookies"><p>{}</p></div>',
        '<ul class="govuk-breadcrumbs breadcrumb"><li>{}</li></ul>',
        '<a class="skip-link" href="#main">{}</a>',
        "<form><p>{}</p></form>",
        "<button>{}</button>",
        '<div role="navigation">{}</div>',
        '<div role="dialog"><p>{}</p></div>',
        "<aside><p>{}</p></aside>",
        '<section class="footnotes"><p>{}</p></section>',
        '<div class="share-links"><p>{}</p></div>',
    ],
)
def test_banners_forms_and_navigation_are_furniture(piece):
    source = read(LETTER + piece.format("Not the letter."), around=False)
    assert texts(source) == WORDS
    assert source.furniture == ("Not the letter.",)


@pytest.mark.parametrize(
    "page",
    [
        '<form id="aspnetForm">{}</form>',
        '<div class="page cookie-accepted">{}</div>',
        '<div id="share">{}</div>',
        '<div class="social-care-consent-free consent">{}</div>',
    ],
)
def test_what_holds_the_letter_is_no_furniture(page):
    assert texts(read(page.format(LETTER), around=False)) == WORDS


@pytest.mark.parametrize("name", ["social-care", "sharepoint", "cookery", "our-consents"])
def test_names_that_only_look_like_banners(name):
    assert after(f'<div class="{name}"><p>It closes at five.</p></div>')[0].text == "It closes at five."


# --- paragraphs, headings, lists -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "heading",
    [
        *(f"<h{level}>Main findings</h{level}>" for level in range(1, 7)),
        "<p><strong>Main findings</strong></p>",
        "<p><b>Main</b> <b>findings</b></p>",
        '<p style="font-weight: bold">Main findings</p>',
        '<p><span style="font-weight:700">Main findings</span></p>',
        "<div><b><i>Main findings</i></b></div>",
        "<h2>Main<br>findings</h2>",
    ],
)
def test_headings(heading):
    line = after(heading)[0]
    assert (line.text, line.heading, line.minor, line.gap) == ("Main findings", True, False, True)


@pytest.mark.parametrize(
    "words",
    [
        "<p><strong>Wards:</strong> All of them</p>",
        "<p>It <b>closes</b> at five</p>",
        '<p><b><span style="font-weight: normal">Light</span></b></p>',
        "<p>12</p>",
    ],
)
def test_no_headings(words):
    assert not after(words)[0].heading


def test_short_italics_are_a_minor_heading():
    assert [
        (line.heading, line.minor) for line in after(f"<p><em>Life in the flats</em></p><p><i>{PROSE}</i></p>")
    ] == [
        (True, True),
        (False, False),
    ]


def test_list_items_with_lists_and_paragraphs_in_them():
    lines = after(
        "<ul><li>First thing<ul><li>Its part</li></ul></li><li><p>Second thing</p><p>More of it</p></li></ul>"
    )
    assert [(line.text, line.bullet) for line in lines] == [
        ("First thing", True),
        ("Its part", True),
        ("Second thing", True),
        ("More of it", False),
    ]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<ol><li>Note it.<li>Do it.</ol>", [("1. Note it.", False), ("2. Do it.", False)]),
        ("<ol start=12><li>Note it.<li value=20>Do it.</ol>", [("12. Note it.", False), ("20. Do it.", False)]),
        ("<ol reversed><li>Note it.<li>Do it.</ol>", [("2. Note it.", False), ("1. Do it.", False)]),
        ("<ol type=a><li>Note it.<li>Do it.</ol>", [("a. Note it.", True), ("b. Do it.", True)]),
        ('<ol style="list-style-type: upper-roman"><li>Note it.</ol>', [("I. Note it.", True)]),
        ('<ol style="list-style: none"><li>Note it.</ol>', [("Note it.", True)]),
        ("<ol><li>3.1 Note it.<li>3.2 Do it.</ol>", [("3.1 Note it.", False), ("3.2 Do it.", False)]),
        ("<ol><li hidden>No.<li>Note it.</ol>", [("1. Note it.", False)]),
        ("<ol start=x><li value=''>Note it.</ol>", [("1. Note it.", False)]),
        ("<ul><li>• Note it.</ul>", [("Note it.", True)]),
        ("<p>•&nbsp; Note it.</p>", [("Note it.", True)]),
        ("<p>·&nbsp;&nbsp;&nbsp; Note it.</p>", [("Note it.", True)]),
        ("<ol><li><b>Purpose</b></ol>", [("1. Purpose", False)]),
    ],
)
def test_ordered_lists_print_their_numbers(html, expected):
    assert [(line.text, line.bullet) for line in after(html)] == expected


def test_line_breaks():
    lines = after("<p><b>Ms Jo Field</b><br>Director<br/>Rutland<br><br>Dear Ms Field</p>")
    assert [(line.text, line.gap, line.heading) for line in lines] == [
        ("Ms Jo Field", True, True),
        ("Director", False, False),
        ("Rutland", False, False),
        ("Dear Ms Field", True, False),
    ]


def test_source_lines_are_no_lines_unless_they_are_kept():
    assert [line.text for line in after("<p>The council\n  has  agreed</p>")] == ["The council has agreed"]
    kept = after("<pre>Ms Jo Field\nRutland\n\n- One thing.\n- Another.</pre>")
    assert [(line.text, line.bullet) for line in kept] == [
        ("Ms Jo Field", False),
        ("Rutland", False),
        ("One thing.", True),
        ("Another.", True),
    ]


def test_inline_elements_do_not_cut_words():
    line = after(
        '<p>4<sup>th</sup> May, con&shy;<em>fident</em>, R&amp;D &lt; 5<a href="#fn1"></a>, <a href="/x">here</a>.</p>'
    )[0]
    assert line.text == "4th May, confident, R&D < 5, here."


@pytest.mark.parametrize(
    "mark",
    ['<sup><a href="#fn1">1</a></sup>', '<a href="#fn1"><sup>[12]</sup></a>', '<sup><a href="#n">*</a></sup>'],
)
def test_marks_of_footnotes_are_no_words(mark):
    assert after(f"<p>Inspectors met carers{mark} twice.</p>")[0].text == "Inspectors met carers twice."


def test_other_raised_words_are_words():
    words = '<p>On 4<sup>th</sup> May, 5 m<sup>2</sup>, <sup><a href="/a">1</a></sup>.</p>'
    assert after(words)[0].text == "On 4th May, 5 m2, 1."


def test_tags_that_are_never_closed():
    assert [line.text for line in after("<p>One thing.<p>Another<br>one.<ul><li>Item<li>Item two<p>Last")] == [
        *("One thing.", "Another", "one.", "Item", "Item two", "Last"),
    ]


# --- tables --------------------------------------------------------------------------------------------------------------


def test_a_table_of_judgements_is_read_by_rows():
    lines = after(
        "<table><caption>Grades of the year</caption><thead><tr><th>Judgement</th><th>Grade</th></tr></thead><tbody>"
        '<tr><th scope="row">Overall effectiveness</th><td>Good</td></tr>'
        "<tr><td>The impact of leaders</td><td>Requires improvement<br>to be good</td></tr></tbody></table>"
    )
    assert [(line.text, line.row, line.heading) for line in lines] == [
        ("Grades of the year", False, False),
        ("Judgement Grade", True, True),
        ("Overall effectiveness Good", True, False),
        ("The impact of leaders Requires improvement to be good", True, False),
    ]


def test_a_table_for_layout_is_read_cell_by_cell():
    lines = after(
        "<table><tr><td>12.</td><td><p><b>Youth services</b></p><p>The committee met.</p></td></tr>"
        "<tr><td>13.</td><td>It agreed.</td></tr><tr><td colspan=2><p>Only this.</p></td></tr></table>"
    )
    assert [(line.text, line.heading, line.row) for line in lines] == [
        ("12. Youth services", True, False),
        ("The committee met.", False, False),
        ("13. It agreed.", False, False),
        ("Only this.", False, False),
    ]


def test_tables_within_tables_are_read_once():
    lines = after(
        "<table><tr><td>Grades<table><tr><td>2019</td><td>Good</td></tr></table></td><td>End</td></tr></table>"
    )
    assert [line.text for line in lines] == ["Grades", "2019 Good", "End"]


def test_words_between_the_cells_are_not_lost():
    lines = after("<dl><p>The visit</p><dt>Date</dt><dd>6 May 2019</dd></dl><dl><li>Alone</li></dl>")
    assert [line.text for line in lines] == ["The visit", "Date", "6 May 2019", "Alone"]


def test_terms_and_what_is_said_of_them_are_rows():
    lines = after("<dl><dt>Visit</dt><dd>6 May 2019</dd><div><dt>Lead</dt><dd>Ada Quill</dd></div></dl>")
    assert [line.text for line in lines] == ["Visit 6 May 2019", "Lead Ada Quill"]


# --- characters ----------------------------------------------------------------------------------------------------------

CURLY = "The council’s café – which answers – costs £5."


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        ('<meta charset="utf-8">', "utf-8"),
        ("", "utf-8"),
        ("", "utf-8-sig"),
        ("", "utf-16"),
        ("", "utf-16-le"),
        ("", "cp1252"),
        ('<meta charset="windows-1252">', "cp1252"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1">', "cp1252"),
        ('<meta charset="utf-16">', "utf-8"),
        ('<meta charset="base64">', "utf-8"),
        ('<meta charset="no-such-thing">', "utf-8"),
        ('<meta charset="utf-8">', "cp1252"),
        ('<meta charset="macintosh">', "mac-roman"),
    ],
)
def test_encodings(head, encoding):
    page = f"<html><head>{head}</head><body>{LETTER}<p>{CURLY}</p></body></html>"
    assert texts(read_source("a.html", page.encode(encoding)))[-1] == CURLY


def test_an_xhtml_page_in_the_encoding_that_it_declares():
    words = f"<p>{PROSE * 5}</p><p>Dvořák</p>"
    page = f'<?xml version="1.0" encoding="ISO-8859-2"?><!DOCTYPE html><html><body>{words}</body></html>'
    assert texts(read_source("a.html", page.encode("iso-8859-2")))[-1] == "Dvořák"


def test_nul_bytes_and_hidden_marks_are_left_out():
    assert after("<p>The \0front\u202e do\u200bor\u2069.</p>")[0].text == "The front door."


# --- what is refused -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "title",
    [
        "404",
        "404 - File or directory not found.",
        "404 Not Found",
        "Error 404",
        "403 Forbidden",
        "Page not found - GOV.UK",
        "Sorry, the page could not be found",
        "This page is no longer available",
        "Access Denied",
        "Just a moment...",
        "Attention Required! | Cloudflare",
        "Request Rejected",
        "503 Service Unavailable",
        "Sign in to your account",
    ],
)
def test_error_pages(title):
    words = "".join(f"<p>{words}</p>" for words in VISIT_OPENING)
    for page in (web_page(words, title=title), web_page(f"<h1>{title}</h1>{words}")):
        with pytest.raises(LetterError, match="web page that says an error happened") as raised:
            read_source("letter.pdf", page)
        assert str(raised.value).startswith("letter.pdf: ") and ";" in str(raised.value)


@pytest.mark.parametrize(
    "title",
    [
        "Inspection letter of 4 May 2019, reference 40412",
        "Children not found in school: minutes of 3 June",
        "403 children helped in Rutland",
        "Respite places no longer available",
    ],
)
def test_a_letter_with_such_a_word_in_its_title_is_read(title):
    findings = "".join(f"<p>{words} {number}</p>" for number in range(4) for words in VISIT_FINDINGS)
    assert texts(read(f"<h1>{title}</h1>{findings}", title=title))[0] == title


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(b"<html></html>", id="nothing"),
        pytest.param(b"<html><frameset><frame src=a></frameset></html>", id="frames"),
        pytest.param(web_page("<p>You need to enable JavaScript to run this app.</p>"), id="an app"),
        pytest.param(web_page(f"<p>{PROSE}</p>"), id="a sentence"),
        pytest.param(web_page(f"<nav>{LETTER}</nav><p>{PROSE}</p>", around=False), id="navigation alone"),
        pytest.param(b"<!DOCTYPE html>\n", id="a doctype alone"),
        pytest.param(b"<html><body>" + b"<b>x</b>" * 110_000, id="too many tags"),
        pytest.param(b"<html><body><p>" + b"words " * 2_000_000, id="too long"),
    ],
)
def test_pages_without_a_letter(page):
    with pytest.raises(LetterError, match="web page") as raised:
        read_source("letter.pdf", page)
    assert "\n" not in str(raised.value) and ";" in str(raised.value)


@pytest.mark.parametrize("before", ["", LETTER])
def test_a_page_that_the_parser_gives_up_is_refused_and_not_cut_short(before):
    page = f"<html><body>{before}{'<div>' * 300}{'</div>' * 300}{LETTER}</body></html>"
    with pytest.raises(LetterError, match="nested too deep"):
        read_source("letter.html", page.encode())


def test_pictures_saved_in_a_page_do_not_count(monkeypatch):
    monkeypatch.setattr(web, "MOST_BYTES", 10_000)
    picture = f'<img src="data:image/png;base64,{"iVBORw0KGgo" * 5000}">'
    assert texts(read(picture + LETTER)) == WORDS


def test_nothing_is_fetched_and_no_entity_is_read_from_a_file(monkeypatch):
    page = (
        '<!DOCTYPE html [<!ENTITY a SYSTEM "file:///etc/hostname"><!ENTITY b "ha"><!ENTITY c "&b;&b;&b;&b;">]><html>'
        '<head><base href="http://192.0.2.1/"><link rel=stylesheet href="a.css"><script src="b.js"></script></head>'
        f'<body>{LETTER}<p>It closes &a; &c; at five.</p><img src="c.png"><xi:include href="/etc/hostname"/></body></html>'
    )
    read_source("a.html", web_page(LETTER))  # lxml is loaded
    monkeypatch.setattr("builtins.open", lambda *_, **__: pytest.fail("a file was opened"))
    assert "It closes &a; &c; at five." in texts(read_source("a.html", page.encode()))


PAGE = web_page(f"<h1>Findings</h1>{LETTER}<ol><li>{PROSE}</ol><table><tr><td>a<td>b</table>")


@given(
    st.one_of(
        st.text(alphabet=st.sampled_from("<>/=\"'&;! abhilnoprtuv1\n\0"), max_size=300).map(str.encode),
        st.binary(max_size=200),
    ),
    st.integers(0, len(PAGE)),
    st.integers(0, 200),
)
def test_any_page_gives_a_source_or_a_letter_error(new, at, cut):
    try:
        source = read_source("a.html", PAGE[:at] + new + PAGE[at + cut :])
    except LetterError as error:
        assert str(error).startswith("a.html: ")
    else:
        assert source.lines and all(line.text == " ".join(line.text.split()) for line in source.lines)


def test_a_letter_has_its_sections():
    parts = (f"<p>{words}</p>" for words in (*VISIT_FINDINGS, VISIT_CLOSING, "Yours sincerely", "Ada Quill"))
    found = outline(read(f"<p>Dear Ms Field</p><h2>Focused visit</h2>{LETTER}<h3>Main findings</h3>{''.join(parts)}"))
    assert [(section.kind, len(section.paragraphs)) for section in found.sections] == [
        *(("letterhead", 2), ("introduction", 4), ("findings", 3), ("closing", 1), ("sign-off", 2)),
    ]
