"""The pages of the letters without a browser: the list, each letter, its files, and what an address cannot reach."""

import hashlib
import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from browser.page_fakes import HOSTILE, hand_made_letters, make_letter
from fakes import CORPUS, from_root, made_letter
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from assistant.index.state import SCHEMA, FileEntry, State
from assistant.letters.letter import Improvement, Judgement, Letter
from assistant.page.frame import assets
from assistant.page.letters.listing import PAGE, Wanted, entries_of, listing, wanted_from
from assistant.page.letters.originals import headers_for, originals
from assistant.page.letters.pages import add_letters
from assistant.page.letters.reading import Fact, asked_words, reading
from assistant.page.security.guard import CONTENT_POLICY, Guard
from assistant.reading.corpus import OCR_WARNING

FOCUSED = "2019-03-01-swindon-focused-visit"
REPORT = "2019-09-04-swindon-cabinet-report"


class Page(HTMLParser):
    """A page as a browser would take it apart."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.ids: list[str] = []
        self.links: dict[str, str] = {}  # words by address
        self.marked = ""
        self.headings: list[str] = []
        self._open: list[tuple[str, str]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.tags.append(tag)
        self.attributes.update(values)
        self.ids += [values["id"]] if "id" in values else []
        if tag in ("a", "mark", "h1", "h2", "h3"):
            self._open.append((tag, from_root(values.get("href", ""))))
            self.headings += [""] if tag.startswith("h") else []

    def handle_endtag(self, tag):
        if self._open and self._open[-1][0] == tag:
            self._open.pop()

    def handle_data(self, data):
        self.text += data
        for tag, address in self._open:
            if tag == "a":
                self.links[address] = self.links.get(address, "") + data
            elif tag == "mark":
                self.marked += data
            else:
                self.headings[-1] += data


class Library:
    """Letters on a shelf, and an index that knows where their files lie."""

    def __init__(self, folder: Path, letters: Sequence[Letter] = ()) -> None:
        self.letters = tuple(letters)
        self.settings = SimpleNamespace(index_dir=folder / "index")
        self.folder = folder
        self.state = State({"schema": SCHEMA})
        self.state.save(self.settings.index_dir)

    def file(self, letter_id: str, name: str, data: bytes, *, folder: str = "letters") -> Path:
        """Write a file and list it as indexed."""
        path = self.folder / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        sha256 = hashlib.sha256(data).hexdigest()
        self.state.files[str(path)] = FileEntry(sha256, len(data), 0, letter_id, sha256)
        self.state.save(self.settings.index_dir)
        return path


def client_of(assistant, **more) -> TestClient:
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    add_letters(app, assistant, **more)
    assets.add_assets(app)
    app.add_middleware(Guard)
    return TestClient(app)


@pytest.fixture
def library(tmp_path, shipped) -> Library:
    """The shipped letters, with their files where they are."""
    library = Library(tmp_path, sorted(shipped.values(), key=lambda letter: letter.date))
    for letter in library.letters:
        path = CORPUS / letter.file
        library.state.files[str(path)] = FileEntry(letter.sha256, path.stat().st_size, 0, letter.letter_id)
    library.state.save(library.settings.index_dir)
    return library


@pytest.fixture
def client(library) -> Iterator[TestClient]:
    with client_of(library) as client:
        yield client


def many(number: int) -> list[Letter]:
    return [
        made_letter(f"letter-{n:03}", authority=f"Town {n % 7}", published=f"20{10 + n % 15:02}-0{1 + n % 9}-11")
        for n in range(number)
    ]


# --- the list ------------------------------------------------------------------------------------


def test_list_names_every_letter_newest_first(client, library):
    page = Page(client.get("/letters").text)
    listed = [address for address in page.links if address.startswith("/letters/")]
    assert listed == [f"/letters/{letter.letter_id}" for letter in reversed(library.letters)]
    for letter in library.letters:
        assert html.unescape(letter.title) in " ".join(page.text.split())
    for words in ("1 March 2019", "July 2024", "Swindon", "Focused visit", "Council report", "Inspectors", "Council"):
        assert words in page.text
    assert [h for h in page.headings if h.isdigit()] == ["2024", "2019", "2011"]
    assert '<p role="status">5 letters</p>' in client.get("/letters").text
    assert "Council report · Reports overall: good" in page.text  # a council grades nobody


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", 5),
        ("?q=focused", 1),
        ("?q=FOCUSED+visit+Swindon", 1),
        ("?q=council+report", 1),
        ("?q=children's", 4),
        ("?q=children’s", 4),
        ("?authority=Swindon", 5),
        ("?authority=Leeds", 0),
        ("?year=2019", 2),
        ("?year=2018", 0),
        ("?year=twenty", 0),
        ("?kind=press+release", 1),
        ("?who=inspectors", 3),
        ("?who=council", 2),
        ("?who=nobody", 0),
        ("?who=council&year=2024", 1),
        ("?q=&authority=&year=&kind=&who=&sort=newest", 5),
        ("?colour=blue", 5),
    ],
)
def test_list_is_narrowed(client, query, found):
    text = client.get(f"/letters{query}").text
    page = Page(text)
    assert len([a for a in page.links if re.fullmatch(r"/letters/[\w-]+", a)]) == found
    if found == 5:
        assert "5 letters" in page.text
    elif found:
        assert f"{found} of 5 letters" in page.text
    else:
        assert "No letter fits" in page.text
        assert page.links["/letters"]


def test_what_was_chosen_stays_chosen_and_can_be_dropped_one_by_one(client):
    text = client.get("/letters?q=visit&year=2019&who=inspectors&sort=authority").text
    for option in ("2019", "inspectors", "authority"):
        assert f'<option value="{option}" selected>' in text
    assert 'name="q" value="visit"' in text
    page = Page(text)
    dropping = {words.replace("×", "").strip(): address for address, words in page.links.items() if "Remove" in words}
    assert dropping == {
        "Remove “visit”": "/letters?year=2019&who=inspectors&sort=authority",
        "Remove 2019": "/letters?q=visit&who=inspectors&sort=authority",
        "Remove Inspectors": "/letters?q=visit&year=2019&sort=authority",
    }
    assert page.links["/letters"].endswith("Clear all")


def test_form_needs_no_script(client):
    text = client.get("/letters").text
    assert '<form class="finder" action="./letters" method="get" role="search"' in text
    assert "<script" not in text
    for name in ("q", "authority", "year", "kind", "who", "sort"):
        assert f'<label for="{name}">' in text
        assert re.search(rf'<(?:input|select)[^>]* id="{name}" name="{name}"', text)


def test_list_in_pages(tmp_path):
    letters = many(2 * PAGE + 3)
    with client_of(Library(tmp_path, letters)) as client:
        pages = [Page(client.get(f"/letters?sort=authority&page={n}").text) for n in (1, 2, 3)]
        listed = [[a for a in page.links if a.startswith("/letters/")] for page in pages]
        assert [len(own) for own in listed] == [PAGE, PAGE, 3]
        assert len({address for own in listed for address in own}) == len(letters)
        assert "103 letters, 51 to 100 shown" in pages[1].text
        assert "/letters?sort=authority" in pages[1].links
        assert "/letters?sort=authority&page=3" in pages[1].links
        assert "Next page" not in pages[2].text
        assert "Previous page" not in pages[0].text
        assert client.get("/letters?page=99").text == client.get("/letters?page=3").text
        assert client.get("/letters?page=-1").text == client.get("/letters?page=x").text == client.get("/letters").text
        narrowed = client.get("/letters?authority=Town+3&page=2")
        assert "15 of 103 letters" in narrowed.text
        turned = Page(client.get("/letters?year=2020&q=letter&page=2").text)
        assert not [address for address, words in turned.links.items() if "Remove" in words and "page=" in address]
        turned = Page(client.get("/letters?q=letter&page=2").text)
        assert turned.links["/letters"].count("Remove") == 1  # what is dropped brings back the first page


def test_list_by_authority():
    letters = [
        made_letter("a", authority="Yorkshire", published="2019-01-01"),
        made_letter("b", authority=None, published="2023-01-01"),
        made_letter("c", authority="Éire", published="2018-01-01"),
        made_letter("d", authority="Yorkshire", published="2021-01-01"),
    ]
    shown = listing(entries_of(letters), Wanted(sort="authority"))
    assert [(g.heading, [e.letter_id for e in g.entries]) for g in shown.groups] == [
        ("Éire", ["c"]),
        ("Yorkshire", ["d", "a"]),
        ("No local authority given", ["b"]),
    ]


def test_undated_letters_come_last_and_inspection_dates_say_so(tmp_path):
    letters = [
        made_letter("undated", authority=None),
        made_letter("visited", visit=("2020-02-03", "2020-02-07")),
        made_letter("month", published="2020-02"),
    ]
    with client_of(Library(tmp_path, letters)) as client:
        page = Page(client.get("/letters").text)
    assert [a.removeprefix("/letters/") for a in page.links if a.startswith("/letters/")] == [
        "visited",
        "month",
        "undated",
    ]
    assert page.headings[-2:] != [] and "No date given" in page.headings
    assert "inspected 7 February 2020" in page.text
    assert "February 2020" in page.text
    assert "no date" in page.text
    assert "No local authority given" in page.text


def test_overall_grade_only_where_the_document_gives_it():
    graded = Judgement("overall", "requires improvement", "x", None, 0, 1)
    other = Judgement("leaders", "good", "x", None, 0, 1)
    silent = Judgement("overall", None, "x", "not judged", 0, 1)
    letters = [made_letter(f"l{n}", judgements=(one,)) for n, one in enumerate((graded, other, silent))]
    assert [entry.grade for entry in entries_of(letters)] == ["requires improvement", "", ""]


def test_nothing_indexed(tmp_path):
    with client_of(Library(tmp_path)) as client:
        text = client.get("/letters").text
        assert "There are no letters here yet." in text
        assert "<form" not in text
        assert "/add" not in text
    with client_of(Library(tmp_path), adding=True) as client:
        assert Page(client.get("/letters").text).links["/add"] == "Add lettersAdd letters"


def test_letters_that_were_added_meanwhile_are_listed(tmp_path):
    library = Library(tmp_path, [made_letter("one")])
    with client_of(library) as client:
        assert client.get("/letters/two").status_code == 404
        library.letters = (made_letter("one"), made_letter("two"))
        assert client.get("/letters/two").status_code == 200
        assert "2 letters" in client.get("/letters").text
        library.letters = ()
        assert client.get("/letters/one").status_code == 404


@given(st.dictionaries(st.sampled_from(["q", "authority", "year", "kind", "who", "sort", "page", "x"]), st.text()))
def test_any_address_gives_a_list(query):
    wanted = wanted_from(query)
    shown = listing(entries_of(hand_made_letters()), wanted)
    assert 1 <= shown.wanted.page <= shown.pages
    assert shown.found == sum(len(group.entries) for group in shown.groups)
    assert shown.wanted.sort in ("newest", "authority")
    again = {name: values[0] for name, values in parse_qs(urlsplit(wanted.address).query).items()}
    assert wanted_from(again) == wanted


# --- one letter ----------------------------------------------------------------------------------


def test_letter_says_what_it_is(client):
    page = Page(client.get(f"/letters/{FOCUSED}").text)
    words = " ".join(page.text.split())
    for said in ("Focused visit to Swindon", "Ofsted, focused visit letter, 1 March 2019", "Inspectors"):
        assert said in words
    for fact in ("Written byOfsted", "KindFocused visit", "Local authoritySwindon", "Published1 March 2019"):
        assert fact in words
    assert "Visited6 to 7 February 2019" in words
    assert "Areas for improvement" in page.headings
    assert "Areas for priority action" not in page.headings
    assert "Judgements" not in page.headings


def test_letter_shows_all_its_words(client, library):
    for letter in library.letters:
        page = Page(client.get(f"/letters/{letter.letter_id}").text)
        shown = "".join(page.text.split())
        for section, paragraph in letter.paragraphs():
            assert "".join(letter.text[paragraph.start : paragraph.end].split()) in shown
            assert page.ids.count(f"p-{paragraph.paragraph_id}") == 1
            assert "".join(section.heading.split()) in shown
        assert len(page.ids) == len(set(page.ids))
        for address in page.links:
            if address.startswith("#"):
                assert address[1:] in page.ids


def test_every_listed_improvement_leads_to_its_paragraph(client, shipped):
    letter = shipped[f"{FOCUSED}.txt"]
    text = client.get(f"/letters/{FOCUSED}").text
    assert letter.improvements
    for item in letter.improvements:
        assert f'<a href="#p-{item.paragraph_id}">' in text
        assert html.escape(letter.text[item.start : item.end], quote=False).replace("'", "&#39;") in text


def test_judgements_with_the_words_that_prove_them(client, shipped):
    letter = shipped[f"{REPORT}.md"]
    page = Page(client.get(f"/letters/{REPORT}").text)
    assert letter.judgements
    assert "Judgements that it reports" in page.headings  # the council's paper judges nobody
    for judgement in letter.judgements:
        address = f"/letters/{REPORT}?at={judgement.start}-{judgement.end}#hit"
        assert page.links[address] == " ".join(judgement.quote.split())
        marked = Page(client.get(address).text).marked
        assert marked == judgement.quote


def test_joint_and_missing_grades_are_told():
    text = "Care leavers were judged together with children in care: good. Adoption was not judged at all here."
    judgements = (
        Judgement("in care and care leavers", "good", text[:62], "judged together: both", 0, 62),
        Judgement("adoption", None, text[63:], "not judged, as the document itself says", 63, len(text)),
    )
    shown = reading(made_letter("x", words=text, judgements=judgements))
    assert [(g.area, g.grade, g.given, g.note) for g in shown.grades] == [
        ("Children in care and care leavers", "Good", True, "judged together: both"),
        ("Adoption", "Not judged", False, "not judged, as the document itself says"),
    ]


def test_priority_and_improvement_are_never_merged():
    letter = make_letter("x", "# What needs to improve\n- Plans.\n- Reviews.")
    first, second = (p for _, p in letter.paragraphs())
    letter = replace(
        letter,
        improvements=(
            Improvement("area for priority action", "h", first.paragraph_id, first.start, first.end),
            Improvement("area for improvement", "h", second.paragraph_id, second.start, second.end),
        ),
    )
    shown = reading(letter)
    assert [item.text for item in shown.priority] == ["Plans."]
    assert [(item.text, item.anchor, item.place, item.heading) for item in shown.improve] == [
        ("Reviews.", f"p-{second.paragraph_id}", "Paragraph 2", "What needs to improve")
    ]


@pytest.mark.parametrize(
    ("warning", "said"),
    [
        (
            "published: printed as 2019-01-21, before the visit of 2019-12-18",
            "The document gives its date as 21 January 2019, before the visit of 18 December 2019. "
            "One of them must be a misprint.",
        ),
        (
            "no grade read for in care, which ILACS inspections graded at that time",
            "No grade was found for “Children in care”, although inspections graded it at that time. "
            "Look in the original.",
        ),
        (
            "overall: the table on page 3 says good, the heading on page 9 says inadequate; the table is taken",
            "Overall effectiveness: the table on page 3 says good, the heading on page 9 says inadequate. "
            "The grade of the table is shown here.",
        ),
        (
            "leaders: the heading says good, the other heading says not judged; the first is taken",
            "Leadership: the heading says good, the other heading says not judged. The first of them is shown here.",
        ),
        (OCR_WARNING, "Read by OCR: words may be misread; check quotes against the page."),
        ("seen on 2020-05-01", "Seen on 1 May 2020."),
    ],
)
def test_warnings_in_plain_words(warning, said):
    assert reading(replace(made_letter("x"), warnings=(warning,))).warnings == (said,)


def test_where_facts_come_from_that_the_text_does_not_give():
    letter = replace(
        made_letter("x", published="2019-03-01"),
        published_source="filename",
        sources={"published": "filename", "authority": "manifest", "kind": "sidecar"},
    )
    facts = {fact.label: fact for fact in reading(letter).facts}
    assert facts["Published"].note == "from the file’s name"
    assert facts["Local authority"].note == "from the list kept with the files"
    assert facts["Kind"].note == "corrected by hand"
    assert facts["Written by"].note == ""


def published_at(url: str | None) -> Fact | None:
    facts = reading(replace(made_letter("x"), url=url)).facts
    return next((fact for fact in facts if fact.label == "Published at"), None)


@pytest.mark.parametrize(
    "url",
    [
        "https://files.ofsted.gov.uk/v1/file/50061234",
        "http://www.example.gov.uk:8080/letters/one%20two.pdf?version=2#page=3",
        "HTTPS://example.gov.uk",
    ],
)
def test_where_it_is_published_is_a_link_that_tells_nobody_where_it_was_followed(tmp_path, url):
    letter = replace(made_letter("x"), url=url, urn="80538")
    assert published_at(url) == Fact("Published at", url, link=url)
    with client_of(Library(tmp_path, [letter])) as client:
        text = client.get("/letters/x").text
    assert f'<a href="{html.escape(url)}" rel="noreferrer noopener external">{html.escape(url)}</a>' in text
    assert "<dt>Ofsted number (URN)</dt><dd><bdi>80538</bdi></dd>" in text


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)//www.example.gov.uk",
        "data:text/html,<p>",
        "file:///etc/passwd",
        "ftp://example.gov.uk/x.pdf",
        "//example.gov.uk/x.pdf",
        "/letters",
        "example.gov.uk",
        "https:example.gov.uk",
        "https:///example.gov.uk",
        "https://localhost/x",
        "https://ofsted.gov.uk@evil.example/x",
        "https://example.gov.uk\\@evil.example",
        "https://example.gov.uk/one two",
        "https://example.gov.uk/\nx",
        "https://example.gov.uk/\u202egnp.exe",
        "https://\u043efsted.gov.uk/",
        'https://example.gov.uk/"onmouseover=alert(1)',
        " https://example.gov.uk",
        "https://example.gov.uk\n",
    ],
)
def test_any_other_address_stays_words(tmp_path, url):
    assert published_at(url) == Fact("Published at", url, link="")
    with client_of(Library(tmp_path, [replace(made_letter("x"), url=url)])) as client:
        text = client.get("/letters/x").text
    assert 'rel="noreferrer' not in text
    assert f"<dt>Published at</dt><dd><bdi>{url}</bdi></dd>" in html.unescape(text)


@pytest.mark.parametrize("missing", [None, ""])
def test_without_an_address_or_a_number_neither_is_mentioned(missing):
    labels = {fact.label for fact in reading(replace(made_letter("x"), url=missing, urn=missing)).facts}
    assert not labels & {"Published at", "Ofsted number (URN)"}


def test_people_and_days():
    letter = replace(
        made_letter("x", visit=("2024-09-30", "2024-10-11")),
        lead_inspector="A Lead",
        inspectors=("A Lead", "B Other", "C Third"),
        addressee="Ms Director",
        visit_periods=(("2024-09-30", "2024-10-04"), ("2024-10-07", "2024-10-11"), ("2024-11", "2024-11")),
    )
    facts = {fact.label: fact.value for fact in reading(letter).facts}
    assert facts["Lead inspector"] == "A Lead"
    assert facts["Other inspectors"] == "B Other, C Third"
    assert facts["Addressed to"] == "Ms Director"
    assert facts["Visited"] == "30 September to 4 October 2024; 7 to 11 October 2024; November 2024"
    bare = {fact.label: fact.value for fact in reading(made_letter("y", authority=None)).facts}
    assert bare["Published"] == "Date not known"
    assert bare["Local authority"] == "None recognised"
    assert not {"Visited", "Lead inspector", "Other inspectors", "Addressed to"} & set(bare)


def test_asking_about_a_letter_names_its_limits(client):
    page = Page(client.get(f"/letters/{FOCUSED}").text)
    address = next(address for address, words in page.links.items() if words == "Ask about this letter")
    assert urlsplit(address).path == "/"
    assert parse_qs(urlsplit(address).query) == {
        "q": ["What needs to improve?"],
        "year": ["2019"],
        "authority": ["Swindon"],
        "kind": ["focused visit"],
    }
    bare = reading(made_letter("x", authority=None)).ask
    assert parse_qs(urlsplit(bare).query) == {"q": ["What were the main findings?"], "kind": ["focused visit"]}


def test_neighbours_are_about_the_same_authority(tmp_path):
    letters = [
        made_letter("a1", authority="A", published="2019-01-01"),
        made_letter("b1", authority="B", published="2019-06-01"),
        made_letter("a2", authority="A", published="2020-01-01"),
        made_letter("a3", authority="A", published="2021-01-01"),
        made_letter("n1", authority=None, published="2020-06-01"),
        made_letter("n2", authority=None, published="2020-07-01"),
    ]
    with client_of(Library(tmp_path, letters)) as client:

        def beside(letter_id: str) -> dict[str, str]:
            text = client.get(f"/letters/{letter_id}").text
            return dict(re.findall(r'<a rel="(prev|next)" class="\w+" href="\.\./letters/(\w+)"', text))

        assert beside("a1") == {"next": "a2"}
        assert beside("a2") == {"prev": "a1", "next": "a3"}
        assert beside("a3") == {"prev": "a2"}
        assert beside("b1") == beside("n1") == {}


# --- the words that a link marks -----------------------------------------------------------------


def test_marked_words_are_exactly_those_asked_for(client, library):
    for letter in library.letters:
        first, second = [p for _, p in letter.paragraphs()][2:4]
        spans = [
            (first.start, first.end),
            (first.start + 3, first.end - 3),
            (first.start + 5, second.start + 7),  # over two paragraphs
            (letter.sections[-1].start, letter.sections[-1].start + max(1, len(letter.sections[-1].heading))),
            (0, len(letter.text)),
        ]
        for start, end in spans:
            page = Page(client.get(f"/letters/{letter.letter_id}?at={start}-{end}").text)
            assert page.marked == letter.text[start:end]
            assert page.ids.count("hit") == 1
            assert page.tags.count("mark") == 1
            assert page.links["#hit"]
            assert len(page.ids) == len(set(page.ids))
            for address in page.links:
                if address.startswith("#"):
                    assert address[1:] in page.ids, "a paragraph inside the mark can no longer be reached"


@given(data=st.data())
def test_any_stretch_is_marked_whole_and_nothing_is_lost(data, shipped):
    letter = data.draw(st.sampled_from(list(shipped.values())))
    start = data.draw(st.integers(0, len(letter.text) - 1))
    end = data.draw(st.integers(start + 1, len(letter.text)))
    shown = reading(letter, f"{start}-{end}")
    units = [unit for part in shown.parts for unit in part.units]
    marked = [unit for unit in units if unit.marked]
    if not letter.text[start:end].strip():
        assert shown.lost and not marked
        return
    assert len(marked) == 1
    assert "".join(words.text for words in marked[0].marked) == letter.text[start:end]
    whole = "".join(u.before + "".join(w.text for w in u.marked) + u.after for u in units)
    plain = "".join(u.before for part in reading(letter).parts for u in part.units)
    assert set("".join(plain.split())) <= set("".join(whole.split()))
    assert len("".join(whole.split())) >= len("".join(plain.split()))
    assert [u.start for u in units] == sorted(u.start for u in units)


@pytest.mark.parametrize(
    "at",
    [
        "5-5",
        "9-3",
        "-1-4",
        "1-",
        "-",
        "abc",
        "1-2-3",
        "0x1-0x9",
        "0-9999999",
        "٣-٩",
        "٣-9",
        "3-٩",
        "1e2-3e2",
        " 1-4",
        "1_0-20",
        "²-9",
    ],
)
def test_only_checked_numbers_mark_anything(client, at):
    answer = client.get(f"/letters/{FOCUSED}?at={quote(at)}")
    assert answer.status_code == 200
    assert "<mark" not in answer.text
    assert "could not be found" in answer.text


def test_white_space_alone_is_no_quote():
    letter = make_letter("x", "# H\nOne.\nTwo.")
    gap = letter.text.index("\n\n")
    assert asked_words(letter, f"{gap}-{gap + 2}") is None
    assert asked_words(letter, "") is None


def test_letter_without_a_mark_has_none(client):
    text = client.get(f"/letters/{FOCUSED}").text
    assert "<mark" not in text
    assert "could not be found" not in text
    assert "#hit" not in text


def test_original_opens_at_the_page_of_the_marked_words(tmp_path):
    body = "# One\nFirst words.\nSecond words."
    letter = replace(make_letter("x", body, page=7), file="x.pdf", files=("x.pdf", "x copy.txt"), pages=9)
    start = letter.text.index("Second")
    with client_of(Library(tmp_path, [letter])) as client:
        links = Page(client.get(f"/letters/x?at={start}-{start + 6}").text).links
        assert links["/letters/x/file/x.pdf#page=7"].startswith("Open the original (PDF, page 7)")
        links = Page(client.get("/letters/x").text).links
        assert links["/letters/x/file/x.pdf"] == "Open the original (PDF, 9 pages)"
        assert links["/letters/x/file/x%20copy.txt"] == "Open the original (text)"
        assert links["/letters/x/file/x.pdf#page=7"] == "p. 7Page 7 of the original"


# --- hostile and odd letters ---------------------------------------------------------------------


def odd_letters() -> tuple[Letter, ...]:
    return (
        make_letter(
            "hostile",
            HOSTILE,
            title="<script>alert(1)</script> ${7*7} {{7*7}}",
            issuer="\"><img src=x onerror=alert(1)>",
            authority="A & <b>B</b>",
            addressee="<svg onload=alert(1)>",
            warnings=("<iframe src=//evil.example>",),
            url="javascript:alert(1)//evil.example",
            urn="<b>80538</b>",
            file='"><script>.pdf',
            files=('"><script>.pdf', "a b#?%41.html", "..\\x.txt"),
            judgements=(Judgement("<i>area</i>", "good", "# <img", "<u>note</u>", 0, 6),),
        ),
        make_letter("rtl", "# פרק ראשון\nמילים שנכתבות מימין לשמאל.", title="מכתב", authority=None),
        make_letter("long", "# H\nWords.", title="Very long " * 60, inspectors=tuple(f"Person {n}" for n in range(40))),
        make_letter("none", "No heading at all.", title="", issuer=None, authority=None, published=None, visit_start=None,
                    visit_end=None, visit_periods=(), lead_inspector=None, inspectors=()),
        replace(made_letter("empty"), sections=(), text="", improvements=()),
    )  # fmt: skip


@pytest.fixture
def odd(tmp_path) -> Iterator[TestClient]:
    with client_of(Library(tmp_path, odd_letters())) as client:
        yield client


@pytest.mark.parametrize("path", ["", "/hostile", "/hostile?at=0-40", "?q=<script>alert(1)</script>&year=%22%3E<b>"])
def test_markup_in_a_letter_stays_words(odd, path):
    text = odd.get(f"/letters{path}").text
    page = Page(text)
    assert not {"script", "img", "svg", "iframe", "b", "i", "u"} & set(page.tags)
    assert not {name for name in page.attributes if name.startswith("on")} - {"on"}
    assert not {"style", "src", "srcdoc"} & page.attributes
    assert "{{7*7}}" in page.text or "q=" in path
    assert "49" not in page.text
    assert "//evil.example" not in "".join(page.links)


@pytest.mark.parametrize("letter_id", ["rtl", "long", "none", "empty"])
def test_odd_letters_have_a_page(odd, letter_id):
    answer = odd.get(f"/letters/{letter_id}")
    assert answer.status_code == 200
    assert Page(answer.text).tags.count("h1") == 1
    assert 'dir="auto"' in answer.text


def test_names_of_files_are_safe_in_addresses():
    for original in originals(odd_letters()[0]):
        assert re.fullmatch(r"/letters/hostile/file/[\w%.-]+", original.address)


# --- the files -----------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_original_text_is_shown_as_text(client, method):
    answer = client.request(method, f"/letters/{FOCUSED}/file/{FOCUSED}.txt")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["content-disposition"].startswith("inline")
    assert answer.headers["x-content-type-options"] == "nosniff"
    policies = answer.headers.get_list("content-security-policy")
    assert any(policy.startswith("sandbox") for policy in policies)
    assert CONTENT_POLICY in policies
    if method == "GET":
        assert answer.content == (CORPUS / f"{FOCUSED}.txt").read_bytes()


@pytest.mark.parametrize(
    ("name", "data", "media_type", "shown"),
    [
        ("a.pdf", b"%PDF-1.7 ...", "application/pdf", True),
        ("A.PDF", b"junk %PDF-1.4", "application/pdf", True),
        ("a.pdf", b"<html><script>1</script>", "application/octet-stream", False),
        ("a.txt", "Wörter".encode(), "text/plain; charset=utf-8", True),
        ("a.md", "W\xf6rter".encode("cp1252"), "text/plain; charset=windows-1252", True),
        ("a.txt", "Wörter".encode("utf-16"), "text/plain; charset=utf-16", True),
        ("a.txt", b"<html><script>1</script>", "text/plain; charset=utf-8", True),
        ("a.html", b"<html>", "application/octet-stream", False),
        ("a.htm", b"<html>", "application/octet-stream", False),
        ("a.docx", b"PK", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", False),
        ("a.svg", b"<svg onload=1>", "application/octet-stream", False),
        ("a", b"?", "application/octet-stream", False),
    ],
)
def test_how_each_format_is_handed_out(name, data, media_type, shown):
    headers = headers_for(name, data)
    assert headers["content-type"] == media_type
    assert headers["content-disposition"] == f"{'inline' if shown else 'attachment'}; filename*=utf-8''{name}"
    assert ("content-security-policy" in headers) is (media_type != "application/pdf")


def test_name_of_a_file_cannot_break_a_header():
    headers = headers_for('a"\r\nset-cookie: x=1;é.txt', b"x")
    assert headers["content-disposition"].isascii()
    assert not re.search(r'[\r\n"]', headers["content-disposition"])


@pytest.mark.parametrize(
    "name",
    [
        "nothing.txt",
        "state.json",
        f"{REPORT}.md",  # another letter's
        "..%2F..%2Findex%2Fstate.json",
        "..%5Cstate.json",
        "%2Fetc%2Fpasswd",
        "%2e%2e",
        f"{FOCUSED}.txt%00.pdf",
        f"{FOCUSED}.TXT",
        f".%2F{FOCUSED}.txt",
        "a" * 5000,
    ],
)
def test_nothing_but_the_letters_own_files_is_handed_out(client, name):
    answer = client.get(f"/letters/{FOCUSED}/file/{name}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "Ask the inspection letters" in answer.text
    assert name not in answer.text


def test_file_that_is_gone(tmp_path):
    library = Library(tmp_path, [made_letter("x")])
    path = library.file("x", "x.txt", b"words")
    with client_of(library) as client:
        assert client.get("/letters/x/file/x.txt").content == b"words"
        path.unlink()
        answer = client.get("/letters/x/file/x.txt")
        assert answer.status_code == 404
        assert "The original is not here" in answer.text
        assert Page(answer.text).links["/letters/x"] == "Read the letter"
        path.mkdir()
        assert client.get("/letters/x/file/x.txt").status_code == 404


def test_file_that_has_changed(tmp_path):
    library = Library(tmp_path, [made_letter("x")])
    path = library.file("x", "x.txt", b"words")
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")
    with client_of(library) as client:
        path.write_bytes(b"other")
        answer = client.get("/letters/x/file/x.txt")
        assert answer.status_code == 409
        assert "has changed since it was read" in answer.text
        assert "other" not in answer.text.replace("/letters/other", "")
        path.unlink()
        path.symlink_to(secret)
        answer = client.get("/letters/x/file/x.txt")
        assert answer.status_code == 409
        assert b"secret" not in answer.content


def test_same_name_in_two_folders(tmp_path):
    library = Library(tmp_path, [made_letter("x"), replace(made_letter("y"), files=("x.txt",))])
    first = library.file("x", "x.txt", b"one", folder="a")
    library.file("x", "x.txt", b"two", folder="b")
    library.file("y", "x.txt", b"three", folder="c")
    with client_of(library) as client:
        assert client.get("/letters/x/file/x.txt").content == b"one"
        first.unlink()
        assert client.get("/letters/x/file/x.txt").content == b"two"
        assert client.get("/letters/y/file/x.txt").content == b"three"


def test_file_with_an_odd_name(tmp_path):
    name = "Brief & „Bericht“ #1 100%.txt"
    library = Library(tmp_path, [replace(made_letter("x"), file=name, files=(name,))])
    library.file("x", name, b"words")
    with client_of(library) as client:
        address = next(a for a in Page(client.get("/letters/x").text).links if "/file/" in a)
        answer = client.get(address)
    assert answer.content == b"words"
    assert answer.headers["content-disposition"] == f"inline; filename*=utf-8''{quote(name, safe='')}"


def test_file_that_the_letter_does_not_name_is_not_handed_out(tmp_path):
    library = Library(tmp_path, [made_letter("x")])
    library.file("x", "x.txt", b"words")
    library.file("x", "new.txt", b"indexed since these letters were opened")
    with client_of(library) as client:
        assert client.get("/letters/x/file/x.txt").status_code == 200
        assert client.get("/letters/x/file/new.txt").status_code == 404


@pytest.mark.parametrize("damage", ["missing", "broken"])
def test_index_without_a_record_hands_nothing_out(tmp_path, damage):
    library = Library(tmp_path, [made_letter("x")])
    library.file("x", "x.txt", b"words")
    record = library.settings.index_dir / "state.json"
    record.unlink() if damage == "missing" else record.write_text("{")
    with client_of(library) as client:
        assert client.get("/letters/x/file/x.txt").status_code == 404


# --- every page ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/letters", 200),
        (f"/letters/{FOCUSED}", 200),
        ("/letters/nothing-here", 404),
        ("/letters/a/b/c", 404),
        (f"/letters/{FOCUSED}/file", 404),
        (f"/letters/nothing/file/{FOCUSED}.txt", 404),
    ],
)
def test_pages_share_their_frame_and_answer_head(client, path, status):
    answer = client.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert client.head(path).status_code == status
    page = Page(answer.text)
    assert page.links["/"].startswith("Ask the inspection letters")
    assert page.links["/letters"].startswith("Letters")
    assert page.links["#main"] == "Skip to the content"
    assert page.tags.count("main") == page.tags.count("h1") == 1
    assert "<title>" in answer.text and '<html lang="en-GB">' in answer.text
    assert not re.search(r"https?://", re.sub(r"<p class=\"words\".*?</p>", "", answer.text, flags=re.DOTALL))


def test_policy_of_the_pages_runs_no_script(client):
    own = client.get("/letters").headers.get_list("content-security-policy")
    assert CONTENT_POLICY in own
    stricter = next(policy for policy in own if policy != CONTENT_POLICY)
    assert "default-src 'none'" in stricter
    assert "script-src" not in stricter and "unsafe" not in stricter


def test_list_with_a_slash_leads_to_the_list(client):
    answer = client.get("/letters/?year=2019", follow_redirects=False)
    assert answer.status_code == 308
    assert answer.headers["location"] == "../letters?year=2019"


def test_style_sheet_may_be_kept_as_long_as_it_stays_the_same(client):
    address = re.search(r'href="(\./assets/site\.css\?v=\w+)"', client.get("/letters").text)
    assert address
    kept = client.get(address[1])
    assert kept.headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in kept.headers["cache-control"]
    bare = client.get("/assets/site.css?v=older")
    assert bare.content == kept.content
    assert bare.headers["cache-control"] == "no-cache"
    again = client.get("/assets/site.css", headers={"if-none-match": bare.headers["etag"]})
    assert again.status_code == 304 and again.content == b""
    assert client.head("/assets/site.css").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/assets/site.py",
        "/assets/..%2Fsite.py",
        "/assets/..%2Ftemplates%2Fbase.html",
        "/assets/%2Fetc%2Fpasswd",
        "/assets/site.css%00",
        "/assets/",
    ],
)
def test_only_assets_are_assets(client, path):
    assert client.get(path).status_code == 404


def test_no_field_of_an_address_names_a_file(client):
    for field in ("file", "path", "name"):
        answer = client.get(f"/assets/site.css?{field}=/etc/passwd")
        assert answer.content.startswith(b"/* The plain pages")


def test_templates_and_styles_are_packaged():
    import tomllib

    from fakes import ROOT

    packaged = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"][
        "package-data"
    ]
    assert {"assets/*", "templates/*"} <= set(packaged["assistant.page"])


def test_style_sheets_share_their_colours():
    sheets = [(assets.FOLDER / name).read_text(encoding="utf-8") for name in ("page.css", "site.css")]
    light, dark = ([dict(re.findall(r"(--[\w-]+): (#\w{6});", part)) for part in _schemes(sheet)] for sheet in sheets)
    assert light == dark
    assert all(len(scheme) >= 11 for scheme in light)


def _schemes(sheet: str) -> list[str]:
    """The first two blocks that set the ground: the light one and the dark one."""
    return re.findall(r"\{[^{}]*--ground:[^{}]*\}", sheet)[:2]


def test_in_the_whole_application_the_pages_come_before_gradio():
    from browser.page_fakes import FakeAssistant

    from assistant.page.app import create_app
    from assistant.settings import Settings

    with TestClient(create_app(FakeAssistant(), Settings(adding="no", _env_file=None))) as client:
        assert "3 letters" in client.get("/letters").text
        assert client.get("/letters/2019-03-01-rutford-focused-visit").status_code == 200
        assert client.get("/letters/nothing").status_code == 404
        assert "Add letters" not in client.get("/letters").text
        assert client.get("/assets/site.css").headers["content-type"] == "text/css; charset=utf-8"
        script = re.search(r'src="\.(/assets/[^"]+\.js)"', client.get("/").text)
        assert script and client.get(script[1]).status_code == 200  # Gradio's own assets are still there
        assert client.get("/letters").headers["cache-control"] == "no-store"
