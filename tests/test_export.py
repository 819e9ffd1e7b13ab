"""Exports: what they say, and that other programs read back exactly what was written."""

import csv
import json
import os
import re
import shutil
import subprocess
import warnings
from dataclasses import MISSING, fields, replace
from html.parser import HTMLParser
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pybtex.database  # type: ignore[import-untyped]
import pytest
import rispy  # type: ignore[import-untyped]
from bibtexparser.entrypoint import parse_string
from bibtexparser.middlewares import LatexDecodingMiddleware
from docx import Document
from docx.oxml.ns import qn
from docx.oxml.parser import parse_xml
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from pylatexenc.latex2text import LatexNodes2Text  # type: ignore[import-untyped]

from assistant.answers.answer import Answer, CitedSentence, Group, Refusal, Table, TableRow, answer_json, citation_json
from assistant.errors import FilterError
from assistant.export.chosen import only, renumbered
from assistant.export.documents import plain_text as text_of
from assistant.export.formats import FORMATS, render
from assistant.export.lines import one_line
from assistant.export.references import citation_keys
from assistant.export.tables import COLUMNS
from assistant.letters.citations import Citation
from assistant.letters.letter import Letter, Paragraph, Section
from assistant.questions.scope import Scope
from assistant.stores.passages import Hit, Passage

SNAPSHOTS = Path(__file__).parent / "snapshots"
DOCUMENTS = ("text", "markdown", "html", "docx", "json")
REFERENCES = ("ris", "bibtex", "biblatex", "csl-json")


def a_letter(quote: str = "Plans are clear.", **changes: Any) -> Letter:
    """A letter whose whole text is one paragraph of findings."""
    paragraph = Paragraph("s1p1", "4", 1, False, 0, len(quote), 2, 2)
    known: dict[str, Any] = {
        "letter_id": "2019-03-01-swindon-focused-visit",
        "file": "2019-03-01-swindon-focused-visit.txt",
        "sha256": "ab" * 32,
        "title": "Focused visit to Swindon Borough Council children's services",
        "issuer": "Ofsted",
        "standing": "inspectorate",
        "kind": "focused visit",
        "framework": "ILACS",
        "authority": "Swindon",
        "published": "2019-03-01",
        "published_source": "text",
        "visit_start": "2019-02-06",
        "visit_end": "2019-02-07",
        "visit_periods": (("2019-02-06", "2019-02-07"),),
        "lead_inspector": None,
        "inspectors": (),
        "judgements": (),
        "sections": (Section("findings", "Findings", 0, len(quote), (paragraph,)),),
        "text": quote,
    }
    others: dict[str, Any] = {field.name: None for field in fields(Letter) if field.default is MISSING}
    return Letter(**(others | {"evidence": {}, "furniture": ()} | known | changes))


def cite(number: int, letter: Letter) -> Citation:
    section = letter.sections[0]
    return Citation(number, letter, section, section.paragraphs[0], letter.text, 0, len(letter.text))


def an_answer(*letters: Letter, **changes: Any) -> Answer:
    """An answer with a sentence for each letter, in a group of its own."""
    letters = letters or (a_letter(),)
    known: dict[str, Any] = {
        "question": "what did 2019 say about care leavers?",
        "scope": Scope(
            ("Swindon",),
            (2019,),
            "inspected or published in 2019",
            letters=tuple(x.letter_id for x in letters),
        ),
        "sentences": tuple(CitedSentence(x.text, (n,)) for n, x in enumerate(letters, 1)),
        "citations": tuple(cite(n, x) for n, x in enumerate(letters, 1)),
        "groups": tuple(Group(f"Document {n}", (n - 1,)) for n in range(1, len(letters) + 1)),
    }
    return Answer(**(known | changes))


def plain_text(answer: Answer, width: int | None = None) -> str:
    return text_of([answer], width=width)


def a_refusal(kind: Any = "letters_silent", nearest: tuple[Citation, ...] | None = None) -> Answer:
    return Answer(
        question="what is the budget for 2030?",
        scope=Scope(letters=("a", "b")),
        refusal=Refusal(
            kind,
            "The letters say nothing about that.",
            (cite(1, a_letter()),) if nearest is None else nearest,
        ),
    )


REPORT = a_letter(
    "Cabinet is asked to note the judgements.\nIt is <b>not</b> “closed”.",
    letter_id="2019-09-04-swindon-cabinet-report",
    file="2019-09-04-swindon-cabinet-report.md",
    title="Ofsted Inspection: findings & next steps",
    issuer="Swindon Borough Council",
    standing="council",
    kind="council report",
    published="2019-09-04",
    visit_start="2019-07-01",
    visit_end="2019-07-12",
    visit_periods=(),
)
PRESS = a_letter(
    "=Progress has been made.",
    letter_id="2024-07-swindon-press-release",
    file="2024-07-swindon-press-release.txt",
    title="Progress at Swindon",
    issuer="Swindon Borough Council",
    standing="council",
    kind="press release",
    published="2024-07",
    published_source="filename",
    visit_start=None,
    visit_end=None,
    visit_periods=(),
)
WHOLE = replace(
    an_answer(a_letter(), REPORT, PRESS, notes=("3 more passages",)),
    sentences=(
        CitedSentence("Plans are clear.", (1,)),
        CitedSentence("Plans are clear.", (1, 2)),
        CitedSentence("=Progress has been made.", (3,)),
    ),
    groups=(
        Group("Ofsted, focused visit letter, 1 March 2019", (0,)),
        Group("Swindon Borough Council, council report, 4 September 2019", (1,)),
        Group("Swindon Borough Council, press release, July 2024", (2,)),
    ),
    hits=(Hit(Passage("p1", REPORT.letter_id, REPORT.file, "Findings", "findings", (), 0, 5, "Cabin", 9), 1, 0.5),),
    seconds={"total": 0.08},
)

WELSH = "Ymweliad â gwasanaethau plant yn Nhŷ Gŵyr: Ŵyn, Ŷd, naïf, ò, ì"
AWKWARD = [
    r"100% & $5 #1 a_b {c} ~d ^e \f",
    "unbalanced { brace",
    "} {",
    r"\{ \& \textbf{x} \\",
    "$x$ and $$y$$",
    "\"double\" 'single' “curly” ``tex''",
    "two\nlines\r\nand\ta tab, and\n\na paragraph",
    WELSH,
    "Inspection " * 181 + "of 2,000",
    "<script>alert(1)</script> &amp; <img src=x>",
    "@article{x, title = {y}}",
    "TY  - JOUR\nER  - \n",
    "a, b and c",
    "# 1. - [link](http://example.com) *x* `y` | z",
    "=HYPERLINK(1)",
    "\x1b[31mred\x00 \x0cpage",
    "% comment",
]


# --- The list of formats


def test_every_format_is_listed_and_rendered() -> None:
    assert list(FORMATS) == [
        *("text", "markdown", "html", "docx", "ris", "bibtex", "biblatex", "csl-json", "references", "csv", "json")
    ]
    for name, form in FORMATS.items():
        assert form.name == name and form.suffix.startswith(".") and "/" in form.media_type and form.label
        for answer in (WHOLE, a_refusal(), a_refusal(nearest=())):
            assert isinstance(render(answer, name), bytes if form.binary else str)


def test_unknown_format_names_the_known_ones() -> None:
    with pytest.raises(FilterError, match=r'"pdf".*text, markdown, html, docx, ris.*json'):
        render(WHOLE, "pdf")


# --- Snapshots: run with UPDATE_SNAPSHOTS=1 to renew them, then read the difference


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "docx"])
@pytest.mark.parametrize(("title", "answer"), [("answer", WHOLE), ("refusal", a_refusal())])
def test_snapshot(name: str, title: str, answer: Answer) -> None:
    path = SNAPSHOTS / f"export_{title}_{name}{FORMATS[name].suffix}"
    made = render(answer, name)
    assert isinstance(made, str)
    made = made.replace("\r\n", "\n")  # line ends have a test of their own, and Git may change a file's
    if os.environ.get("UPDATE_SNAPSHOTS"):
        path.write_text(made, encoding="utf-8", newline="\n")
    assert path.read_text(encoding="utf-8") == made


@pytest.mark.parametrize("name", FORMATS)
def test_same_answer_same_file(name: str) -> None:
    assert render(WHOLE, name) == render(WHOLE, name)


# --- Documents


def docx_text(data: bytes) -> str:
    """Every paragraph, then every footnote."""
    body = [paragraph.text for paragraph in Document(BytesIO(data)).paragraphs]
    return "\n".join([*body, *docx_notes(data)])


def docx_notes(data: bytes) -> list[str]:
    """The words of each footnote, as python-docx finds the part."""
    part = next(
        relation.target_part
        for relation in Document(BytesIO(data)).part.rels.values()
        if relation.reltype.endswith("/footnotes")
    )
    notes = parse_xml(part.blob).findall(qn("w:footnote"))
    return ["".join(t.text or "" for t in note.iter(qn("w:t"))) for note in notes if note.get(qn("w:type")) is None]


def words(answer: Answer, name: str) -> str:
    """A document as a reader sees it."""
    made = render(answer, name)
    if isinstance(made, bytes):
        return docx_text(made)
    return html_text(made) if name == "html" else made


class Visible(HTMLParser):
    """The text of a page's body, and every tag and attribute used."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text: list[str] = []
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self._hidden = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs
        self._hidden = tag in ("style", "title")

    def handle_endtag(self, tag: str) -> None:
        self._hidden = False

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.text.append(data)


def seen(page: str) -> Visible:
    parser = Visible()
    parser.feed(page)
    return parser


def html_text(page: str) -> str:
    return "".join(seen(page).text)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_documents_hold_the_whole_answer(name: str) -> None:
    text = words(WHOLE, name)
    for wanted in (
        "what did 2019 say about care leavers?",
        "Ofsted, focused visit letter, 1 March 2019",
        "Swindon Borough Council, press release, July 2024",
        "Plans are clear.",
        "para 4, p. 2",
        "3 more passages",
        "inspected or published in 2019",
    ):
        assert wanted in text, wanted


@pytest.mark.parametrize("name", DOCUMENTS)
@pytest.mark.parametrize("kind", ["letters_silent", "false_premise", "no_letter_in_scope", "out_of_remit"])
def test_a_refusal_is_no_answer(name: str, kind: str) -> None:
    text = words(a_refusal(kind), name)
    assert "The letters say nothing about that." in text
    assert "Plans are clear." in text
    if name == "json":
        assert json.loads(text)["refused"] is True
        return
    assert "not answer the question" in text
    assert text.index("not answer the question") < text.index("Plans are clear.")
    assert "Sources" not in text
    assert ("Correction" if kind == "false_premise" else "No answer") in text


@pytest.mark.parametrize("name", ["text", "markdown", "html", "docx"])
def test_a_refusal_without_passages_has_no_list(name: str) -> None:
    assert "Nearest" not in words(a_refusal(nearest=()), name)


def test_sentences_outside_every_group_are_kept() -> None:
    assert "- Plans are clear. [1]" in plain_text(an_answer(groups=()))


def test_a_language_model_is_named() -> None:
    assert "language model tiny-llm" in plain_text(an_answer(writer="tiny-llm"))
    assert "language model" not in plain_text(an_answer())


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (Scope(), "Searched: no letter"),
        (Scope(letters=("a",)), "Searched: 1 letter"),
        (
            Scope(("Swindon", "Bedford"), (2019,), "", ("focused visit", "JTAI"), ("a", "b"), "council"),
            "Searched: 2 letters; about Swindon, Bedford; of the kind focused visit or JTAI; "
            "written by a council; years: 2019",
        ),
    ],
)
def test_scope_in_words(scope: Scope, expected: str) -> None:
    assert expected in plain_text(an_answer(scope=scope)).splitlines()


def test_text_wraps_for_a_terminal_and_only_there() -> None:
    long = a_letter("Leaders know their services well and act on what they learn. " * 10)
    answer = an_answer(long)
    wrapped = plain_text(answer, width=72).splitlines()
    assert max(map(len, wrapped)) <= 72
    assert one_line(" ".join(wrapped)) == one_line(plain_text(answer))
    assert f'    "{one_line(long.text)}"' in plain_text(answer).splitlines()


def test_text_has_no_terminal_commands() -> None:
    text = plain_text(an_answer(a_letter("\x1b]0;owned\x07 \x9b31m words")))
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", text)


def test_markdown_footnotes_are_all_defined_once() -> None:
    text = str(render(WHOLE, "markdown"))
    defined = re.findall(r"^\[\^(\d+)\]:", text, re.M)
    assert defined == ["1", "2", "3"]
    assert set(re.findall(r"\[\^(\d+)\](?!:)", text)) == set(defined)
    assert "Plans are clear.[^1][^2]" in text


def markdown_words(source: str) -> str:
    """What a CommonMark reader shows, and nothing but text and the marks that we write."""
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(source)
    inline = [child for token in tokens for child in token.children or []]
    allowed = {"text", "softbreak", "em_open", "em_close", "strong_open", "strong_close", "text_special", "code_inline"}
    assert {child.type for child in inline} <= allowed
    block = {"heading", "paragraph", "bullet_list", "list_item", "blockquote", "inline"}
    assert {re.sub("_(open|close)$", "", token.type) for token in tokens} <= block
    return one_line(" ".join("".join(c.content for c in t.children or []) for t in tokens if t.children))


@pytest.mark.parametrize("nasty", AWKWARD)
def test_markdown_shows_text_as_it_is(nasty: str) -> None:
    refusal = a_refusal(nearest=(cite(1, a_letter(nasty, title=nasty)),))
    text = markdown_words(str(render(replace(refusal, question=nasty), "markdown")))
    assert text.count(one_line(nasty)) == 4  # question, title, quote, and the list of letters


@given(st.text(st.characters(codec="utf-8"), min_size=1).filter(lambda text: one_line(text) != ""))
def test_markdown_shows_any_text_as_it_is(text: str) -> None:
    shown = markdown_words(str(render(a_refusal(nearest=(cite(1, a_letter(text)),)), "markdown")))
    assert one_line(text) in shown


@pytest.mark.parametrize("nasty", AWKWARD)
def test_html_shows_text_as_it_is_and_asks_for_nothing(nasty: str) -> None:
    answer = an_answer(a_letter(nasty, title=nasty, issuer=nasty), question=nasty, notes=(nasty,))
    page = seen(str(render(answer, "html")))
    assert "".join(page.text).count(one_line(nasty)) >= 5
    assert page.tags <= set(
        "html head meta title style body main h1 h2 p ul ol li a cite br blockquote footer strong i".split()
    )
    for name, value in page.attributes:
        assert name not in ("src", "style", "srcset", "data") and not name.startswith("on")
        assert name != "href" or re.fullmatch(r"#source-\d+", value or "")  # no address is known here
    assert "url(" not in str(render(answer, "html")) and "@import" not in str(render(answer, "html"))


def test_html_links_reach_their_sources() -> None:
    page = seen(str(render(WHOLE, "html")))
    ids = [value for name, value in page.attributes if name == "id"]
    links = [(value or "")[1:] for name, value in page.attributes if name == "href"]
    assert ids == ["source-1", "source-2", "source-3"]
    assert links == ["source-1", "source-1", "source-2", "source-3"]
    assert ("lang", "en-GB") in page.attributes


def test_docx_sources_are_footnotes() -> None:
    data = render(WHOLE, "docx")
    assert isinstance(data, bytes)
    body = Document(BytesIO(data)).element.body
    assert [mark.get(qn("w:id")) for mark in body.iter(qn("w:footnoteReference"))] == ["1", "2", "3"]
    names = [mark.get(qn("w:name")) for mark in body.iter(qn("w:bookmarkStart"))]
    assert names == ["_Ref_source_1", "_Ref_source_2", "_Ref_source_3"]
    again = [field.text for field in body.iter(qn("w:instrText"))]
    assert again == [" NOTEREF _Ref_source_1 \\f \\h "]  # the second sentence cites the first source too
    notes = docx_notes(data)
    assert len(notes) == 3
    assert notes[1] == (
        " Swindon Borough Council, council report, 4 September 2019. Ofsted Inspection: findings & next steps. "
        "Findings, para 4, p. 2. “Cabinet is asked to note the judgements. It is <b>not</b> “closed”.”"
    )
    with ZipFile(BytesIO(data)) as package:
        kinds = package.read("[Content_Types].xml").decode()
        assert 'PartName="/word/footnotes.xml"' in kinds
        assert "w:footnotePr" in package.read("word/settings.xml").decode()


@pytest.mark.parametrize("nasty", AWKWARD)
def test_docx_holds_text_as_it_is(nasty: str) -> None:
    data = render(an_answer(a_letter(nasty, title=nasty), question=nasty, notes=(nasty,)), "docx")
    assert isinstance(data, bytes)
    assert docx_text(data).count(one_line(nasty)) >= 5


def test_docx_is_for_british_paper_and_readers() -> None:
    data = render(WHOLE, "docx")
    assert isinstance(data, bytes)
    document = Document(BytesIO(data))
    width, height = document.sections[0].page_width, document.sections[0].page_height
    assert width and height and (round(width.mm), round(height.mm)) == (210, 297)
    assert [p.text for p in document.paragraphs if p.style and p.style.name == "Heading 1"] == [WHOLE.question]


def test_docx_names_no_time_and_no_program() -> None:
    data = render(WHOLE, "docx")
    assert isinstance(data, bytes)
    with ZipFile(BytesIO(data)) as package:
        assert package.testzip() is None
        assert {info.date_time for info in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = package.read("docProps/core.xml").decode()
        assert 'w:lang w:val="en-GB"' in package.read("word/styles.xml").decode()
    assert "python-docx" not in core and "dcterms" not in core.split(">", 2)[2]
    assert Document(BytesIO(data)).core_properties.title == "what did 2019 say about care leavers?"


# --- References


def read_bibtexparser(text: str) -> dict[str, dict[str, str]]:
    """Entries by key as bibtexparser reads them: type and fields, LaTeX turned back into text."""
    library = parse_string(text)
    assert not library.failed_blocks, library.failed_blocks
    library = parse_string(text, append_middleware=[LatexDecodingMiddleware()])
    return {
        entry.key: {"ENTRYTYPE": entry.entry_type} | {f.key: unbraced(str(f.value)) for f in entry.fields}
        for entry in library.entries
    }


def unbraced(value: str) -> str:
    return re.sub(r"^\{(.*)\}$", r"\1", value)


def read_pybtex(text: str) -> dict[str, dict[str, str]]:
    """The same as pybtex reads them: an independent parser, and pylatexenc on the raw value."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        data = pybtex.database.parse_string(text, "bibtex")
    latex = LatexNodes2Text(keep_comments=True, math_mode="verbatim")
    found = {}
    for key, entry in data.entries.items():
        fields = {"ENTRYTYPE": entry.type}
        authors = entry.persons.get("author", [])
        if authors:
            assert len(authors) == 1 and not authors[0].first_names
            fields["author"] = latex.latex_to_text(str(authors[0]))
        fields |= {name: latex.latex_to_text(value) for name, value in entry.fields.items()}
        found[key] = fields
    return found


def read_ris(text: str) -> list[dict[str, Any]]:
    return list(rispy.loads(text))


LETTERS = (a_letter(), REPORT, PRESS)
FOCUSED_VISIT = {
    "author": "Ofsted",
    "title": "Focused visit to Swindon Borough Council children's services",
    "institution": "Ofsted",
    "type": "Focused visit",
    "date": "2019-03-01",
    "keywords": "Swindon",
    "note": "Visit dates: 6 to 7 February 2019",
}
COUNCIL_REPORT = {
    "author": "Swindon Borough Council",
    "title": "Ofsted Inspection: findings & next steps",
    "institution": "Swindon Borough Council",
    "type": "Council report",
    "date": "2019-09-04",
    "keywords": "Swindon",
    "note": "Dates of the inspection or visit reported on: 1 to 12 July 2019",
}
PRESS_RELEASE = {
    "author": "Swindon Borough Council",
    "title": "Progress at Swindon",
    "date": "2024-07",
    "keywords": "Swindon",
}
KEYS = (
    "ofsted20190301swindonfocusedvisit",
    "swindonboroughcouncil20190904swindoncouncilreport",
    "swindonboroughcouncil202407swindonpressrelease",
)


def test_bibtex_field_for_field() -> None:
    expected = {
        KEYS[0]: {"ENTRYTYPE": "techreport", **FOCUSED_VISIT, "year": "2019", "month": "mar"},
        KEYS[1]: {"ENTRYTYPE": "techreport", **COUNCIL_REPORT, "year": "2019", "month": "sep"},
        KEYS[2]: {
            **{"ENTRYTYPE": "misc", **PRESS_RELEASE, "howpublished": "Press release"},
            **{"year": "2024", "month": "jul"},
        },
    }
    text = str(render(WHOLE, "bibtex"))
    assert read_bibtexparser(text) == expected
    months = {"mar": "March", "sep": "September", "jul": "July"}  # pybtex knows BibTeX's own names of months
    assert read_pybtex(text) == {key: {**fields, "month": months[fields["month"]]} for key, fields in expected.items()}


def test_biblatex_field_for_field() -> None:
    expected = {
        KEYS[0]: {"ENTRYTYPE": "report", **FOCUSED_VISIT},
        KEYS[1]: {"ENTRYTYPE": "report", **COUNCIL_REPORT},
        KEYS[2]: {"ENTRYTYPE": "misc", **PRESS_RELEASE, "type": "Press release"},
    }
    text = str(render(WHOLE, "biblatex"))
    assert read_bibtexparser(text) == expected
    assert read_pybtex(text) == expected


def test_ris_field_for_field() -> None:
    assert read_ris(str(render(WHOLE, "ris"))) == [
        {
            "type_of_reference": "RPRT",
            "id": KEYS[0],
            "authors": ["Ofsted"],
            "title": FOCUSED_VISIT["title"],
            "year": "2019",
            "date": "2019/03/01/",
            "publisher": "Ofsted",
            "type_of_work": "Focused visit",
            "keywords": ["Swindon"],
            "notes": [FOCUSED_VISIT["note"]],
        },
        {
            "type_of_reference": "RPRT",
            "id": KEYS[1],
            "authors": ["Swindon Borough Council"],
            "title": COUNCIL_REPORT["title"],
            "year": "2019",
            "date": "2019/09/04/",
            "publisher": "Swindon Borough Council",
            "type_of_work": "Council report",
            "keywords": ["Swindon"],
            "notes": [COUNCIL_REPORT["note"]],
        },
        {
            "type_of_reference": "GEN",
            "id": KEYS[2],
            "authors": ["Swindon Borough Council"],
            "title": PRESS_RELEASE["title"],
            "year": "2024",
            "date": "2024/07//",
            "publisher": "Swindon Borough Council",
            "type_of_work": "Press release",
            "keywords": ["Swindon"],
        },
    ]


def test_ris_lines() -> None:
    text = str(render(WHOLE, "ris"))
    assert "\n" not in text.replace("\r\n", "")
    lines = text.split("\r\n")
    assert lines[0] == "TY  - RPRT" and lines[-2:] == ["ER  - ", ""]
    assert all(line == "" or re.match(r"[A-Z][A-Z0-9]  - ", line) for line in lines)
    assert [line[:2] for line in lines].count("TY") == [line[:2] for line in lines].count("ER") == 3


def test_csl_field_for_field() -> None:
    assert json.loads(str(render(WHOLE, "csl-json"))) == [
        {
            "id": KEYS[0],
            "type": "report",
            "title": FOCUSED_VISIT["title"],
            "author": [{"literal": "Ofsted"}],
            "publisher": "Ofsted",
            "genre": "Focused visit",
            "issued": {"date-parts": [[2019, 3, 1]]},
            "event-date": {"date-parts": [[2019, 2, 6], [2019, 2, 7]]},
            "keyword": "Swindon",
            "note": FOCUSED_VISIT["note"],
        },
        {
            "id": KEYS[1],
            "type": "report",
            "title": COUNCIL_REPORT["title"],
            "author": [{"literal": "Swindon Borough Council"}],
            "publisher": "Swindon Borough Council",
            "genre": "Council report",
            "issued": {"date-parts": [[2019, 9, 4]]},
            "event-date": {"date-parts": [[2019, 7, 1], [2019, 7, 12]]},
            "keyword": "Swindon",
            "note": COUNCIL_REPORT["note"],
        },
        {
            "id": KEYS[2],
            "type": "report",
            "title": PRESS_RELEASE["title"],
            "author": [{"literal": "Swindon Borough Council"}],
            "publisher": "Swindon Borough Council",
            "genre": "Press release",
            "issued": {"date-parts": [[2024, 7]]},
            "keyword": "Swindon",
        },
    ]


def titles(answer: Answer, name: str) -> list[list[str]]:
    """The titles in a reference file, once for each independent reader."""
    text = str(render(answer, name))
    if name == "ris":
        return [[entry["title"] for entry in read_ris(text)]]
    if name == "csl-json":
        return [[entry["title"] for entry in json.loads(text)]]
    return [[entry["title"] for entry in read(text).values()] for read in (read_bibtexparser, read_pybtex)]


@pytest.mark.parametrize("name", REFERENCES)
@pytest.mark.parametrize("nasty", AWKWARD)
def test_awkward_titles_survive(name: str, nasty: str) -> None:
    answer = an_answer(a_letter(title=nasty), replace(REPORT, title=f"{nasty} again"))
    for found in titles(answer, name):
        assert [straight(title) for title in found] == [
            straight(one_line(nasty)),
            straight(one_line(f"{nasty} again")),
        ]


def straight(text: str) -> str:
    """Quotes and the circumflex as typed: LaTeX has its own, which is typography and no loss."""
    return re.sub("[\u2018\u2019`]", "'", re.sub("``|''|[“”]", '"', text)).replace("\u02c6", "^")


@given(st.text(st.characters(codec="utf-8", exclude_characters="'`\"-?!\u2018\u2019“”"), min_size=1, max_size=40))
def test_any_title_survives_bibtex(title: str) -> None:
    answer = an_answer(a_letter(title=f"A{title}Z"), REPORT)
    text = str(render(answer, "bibtex"))
    first, _ = read_bibtexparser(text).values()
    assert straight(first["title"]) == straight(one_line(f"A{title}Z"))
    assert len(read_pybtex(text)) == 2


@pytest.mark.parametrize("name", ["bibtex", "biblatex"])
@pytest.mark.parametrize("nasty", AWKWARD)
def test_bibtex_braces_balance(name: str, nasty: str) -> None:
    """BibTeX counts every brace, escaped or not; one too many swallows the rest of the file."""
    text = str(render(an_answer(a_letter(title=nasty, issuer=nasty, kind="other")), name))
    assert text.count("{") == text.count("}")
    assert not re.search(r"(?<!\\)[&%$#_~^]", text)


def test_only_ascii_in_keys() -> None:
    letter = a_letter(issuer="Cyngor Gŵyr & Co. {x}", authority="Ynys Môn")
    assert citation_keys([letter]) == {letter.letter_id: "cyngorgwyrcox20190301ynysmonfocusedvisit"}


def test_keys_are_of_the_letter_and_not_of_its_company() -> None:
    letters = [a_letter(letter_id=f"l{n:02}", published=f"2019-03-{n:02}") for n in range(1, 29)]
    keys = citation_keys(letters)
    assert keys["l01"] == KEYS[0] and len(set(keys.values())) == 28
    assert citation_keys(letters[::-1]) == keys
    for letter in letters:
        assert citation_keys([letter]) == {letter.letter_id: keys[letter.letter_id]}


def test_keys_that_collide_get_digits_whatever_the_order() -> None:
    letters = [a_letter(letter_id=f"l{n}") for n in range(40)]
    keys = citation_keys(letters)
    assert len(set(keys.values())) == 40 and citation_keys(letters[::-1]) == keys
    assert all(re.fullmatch(f"{KEYS[0]}x[0-9a-f]{{8}}", key) for key in keys.values())
    assert citation_keys(letters[:2]) == {name: keys[name] for name in ("l0", "l1")}


@pytest.mark.parametrize("name", REFERENCES)
def test_one_entry_for_each_letter_however_often_cited(name: str) -> None:
    answer = an_answer(a_letter(), a_letter(), REPORT, a_letter())
    for found in titles(answer, name):
        assert found == [a_letter().title, REPORT.title]


@pytest.mark.parametrize("name", REFERENCES)
def test_references_of_a_refusal_are_the_nearest_letters(name: str) -> None:
    for found in titles(a_refusal(), name):
        assert found == [a_letter().title]
    for found in titles(a_refusal(nearest=()), name):
        assert found == []


def test_what_is_not_known_is_left_out() -> None:
    nothing: dict[str, Any] = {"issuer": None, "authority": None, "published": None, "published_source": None}
    nothing |= {"visit_start": None, "visit_end": None, "visit_periods": ()}
    answer = an_answer(a_letter(**nothing, kind="other", standing="other", title="A paper"))
    key = "anonnddocument"
    for name in ("bibtex", "biblatex"):
        expected = {key: {"ENTRYTYPE": "misc", "title": "A paper"}}
        assert read_bibtexparser(str(render(answer, name))) == expected
        assert read_pybtex(str(render(answer, name))) == expected
    assert json.loads(str(render(answer, "csl-json"))) == [{"id": key, "type": "document", "title": "A paper"}]
    assert read_ris(str(render(answer, "ris"))) == [{"type_of_reference": "GEN", "id": key, "title": "A paper"}]


def test_a_visit_s_date_is_never_the_date_of_issue() -> None:
    answer = an_answer(a_letter(published=None, published_source=None))
    key = KEYS[0].replace("20190301", "20190207")  # a key names the letter and claims nothing
    fields = read_bibtexparser(str(render(answer, "bibtex")))[key]
    assert {"year", "month", "date"}.isdisjoint(fields)
    assert fields["note"] == FOCUSED_VISIT["note"]
    assert "date" not in read_bibtexparser(str(render(answer, "biblatex")))[key]
    assert {"year", "date"}.isdisjoint(read_ris(str(render(answer, "ris")))[0])
    (entry,) = json.loads(str(render(answer, "csl-json")))
    assert "issued" not in entry and "event-date" in entry


@pytest.mark.parametrize(
    ("published", "parts", "ris", "fields"),
    [
        ("2024-07-12", [2024, 7, 12], "2024/07/12/", {"year": "2024", "month": "jul", "date": "2024-07-12"}),
        ("2024-07", [2024, 7], "2024/07//", {"year": "2024", "month": "jul", "date": "2024-07"}),
        ("2024", [2024], "2024///", {"year": "2024", "date": "2024"}),
    ],
)
def test_reduced_dates_stay_reduced(published: str, parts: list[int], ris: str, fields: dict[str, str]) -> None:
    answer = an_answer(a_letter(published=published))
    (entry,) = json.loads(str(render(answer, "csl-json")))
    assert entry["issued"] == {"date-parts": [parts]}
    assert read_ris(str(render(answer, "ris")))[0]["date"] == ris
    (found,) = read_bibtexparser(str(render(answer, "bibtex"))).values()
    assert {name: found[name] for name in ("year", "month", "date") if name in found} == fields


@pytest.mark.parametrize(
    ("kind", "start", "end", "periods", "note"),
    [
        ("focused visit", "2019-02-06", "2019-02-06", (), "Visit dates: 6 February 2019"),
        ("ILACS inspection", "2019-06-28", "2019-07-02", (), "Inspection dates: 28 June to 2 July 2019"),
        ("JTAI", "2019-12-30", "2020-01-03", (), "Inspection dates: 30 December 2019 to 3 January 2020"),
        ("monitoring visit", "2024-06", "2024-07", (), "Visit dates: June to July 2024"),
        ("monitoring visit", "2024-07", "2024-07-12", (), "Visit dates: July 2024 to 12 July 2024"),
        ("monitoring visit", "2019", "2020", (), "Visit dates: 2019 to 2020"),
        ("focused visit", "2019-02-06", None, (), "Visit dates: from 6 February 2019"),
        ("focused visit", None, "2019-02-07", (), "Visit dates: until 7 February 2019"),
        (
            *("SIF inspection", "2019-02-06", "2019-03-12"),
            (("2019-02-06", "2019-02-07"), ("2019-03-11", "2019-03-12")),
            "Inspection dates: 6 to 7 February 2019; 11 to 12 March 2019",
        ),
    ],
)
def test_visit_in_words(kind: str, start: str, end: str, periods: Any, note: str) -> None:
    letter = a_letter(kind=kind, visit_start=start, visit_end=end, visit_periods=periods)
    (entry,) = json.loads(str(render(an_answer(letter), "csl-json")))
    assert entry["note"] == note


# --- Tables and JSON


def rows(answer: Answer) -> list[dict[str, str]]:
    text = str(render(answer, "csv"))
    assert text.startswith("\ufeff") and not text.startswith("\ufeff\ufeff")
    return list(csv.DictReader(StringIO(text[1:], newline=""), strict=True))


def test_csv_columns_are_those_of_the_contract() -> None:
    assert (*citation_json(cite(1, a_letter())), "sentences", "question") == COLUMNS


def test_csv_has_a_row_for_each_citation() -> None:
    found = rows(WHOLE)
    assert [row["number"] for row in found] == ["1", "2", "3"]
    for row, citation in zip(found, WHOLE.citations, strict=True):
        for name, value in citation_json(citation).items():
            text = "" if value is None else str(value)
            assert row[name].removeprefix("'" if text.startswith("=") else "") == text, name
    assert [row["sentences"] for row in found] == [
        "Plans are clear.\nPlans are clear.",
        "Plans are clear.",
        "'=Progress has been made.",
    ]


@pytest.mark.parametrize("start", list("=+-@\t\r\n＝＋－＠"))
def test_csv_runs_no_formula(start: str) -> None:
    quote = f'{start}1+1, "x"\r\ny'
    (row,) = rows(an_answer(a_letter(quote, title=quote)))
    assert row["quote"] == row["title"] == row["sentences"] == f"'{quote}"


@pytest.mark.parametrize("nasty", AWKWARD)
def test_csv_keeps_words_to_the_letter(nasty: str) -> None:
    (row,) = rows(an_answer(a_letter(nasty)))
    assert row["quote"].removeprefix("'") == nasty


def test_csv_line_ends() -> None:
    text = str(render(WHOLE, "csv"))
    assert text.endswith("\r\n") and text.count("\r\n") == 4
    assert rows(a_refusal()) == []
    assert str(render(a_refusal(), "csv")).count("\r\n") == 1


def test_json_is_the_contract_s() -> None:
    text = str(render(WHOLE, "json"))
    assert json.loads(text) == answer_json(WHOLE)
    assert text.endswith("}\n") and "“closed”" in text


# --- Pandoc: a third reader, where it is installed


def pandoc(text: str, source: str, target: str, *more: str) -> str:
    program = shutil.which("pandoc")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("pandoc is missing: .ci/run installs it")
        pytest.skip("pandoc is missing: apt-get install pandoc")
    command = [program, "-f", source, "-t", target, "--wrap=none", *more]
    done = subprocess.run(command, input=text, capture_output=True, encoding="utf-8", timeout=60, check=True)
    assert done.stderr == ""
    return done.stdout


@pytest.mark.parametrize("name", ["bibtex", "biblatex", "csl-json"])
def test_pandoc_reads_the_references(name: str) -> None:
    nasty = replace(REPORT, title=f"{AWKWARD[0]} | <x> {WELSH}")
    text = str(render(an_answer(a_letter(), nasty, PRESS), name))
    found = {entry["id"]: entry for entry in json.loads(pandoc(text, name.replace("-", ""), "csljson"))}
    assert list(found) == list(KEYS)
    first = found[KEYS[0]]
    assert first["author"] == [{"literal": "Ofsted"}]
    assert first["genre"] == "Focused visit" and first["publisher"] == "Ofsted"
    assert first["issued"]["date-parts"][0][:2] == [2019, 3]
    assert straight(first["title"]) == FOCUSED_VISIT["title"]
    if name != "csl-json":  # there a title is markup for Pandoc
        shown = re.sub("<[^>]*nocase[^>]*>|</span>", "", found[KEYS[1]]["title"])
        assert shown == one_line(nasty.title)


@pytest.mark.parametrize("name", ["bibtex", "biblatex", "csl-json"])
def test_pandoc_makes_a_bibliography_without_a_warning(name: str) -> None:
    letters = [replace(a_letter(), letter_id=f"n{n}", title=nasty, addressee=nasty) for n, nasty in enumerate(AWKWARD)]
    text = str(render(an_answer(*letters, REPORT, PRESS), name))
    made = pandoc(text, name.replace("-", ""), "plain", "--citeproc")
    assert len(re.split(r"\n{2,}", made.strip())) == len(AWKWARD) + 2
    assert "Swindon Borough Council" in made and "2024" in made


def test_pandoc_finds_the_footnotes_of_the_word_file(tmp_path: Path) -> None:
    data = render(WHOLE, "docx")
    assert isinstance(data, bytes)
    file = tmp_path / "brief.docx"
    file.write_bytes(data)
    made = pandoc("", "docx", "markdown-smart", str(file))
    assert re.findall(r"^\[\^(\d)\]:", made, re.M) == ["1", "2", "3"]


@pytest.mark.parametrize("dialect", ["markdown", "gfm"])
def test_pandoc_shows_markdown_as_it_is(dialect: str) -> None:
    for nasty in AWKWARD:
        answer = a_refusal(nearest=(cite(1, a_letter(nasty)),))
        shown = pandoc(str(render(answer, "markdown")), f"{dialect}-smart", "plain")
        assert one_line(nasty) in one_line(shown)


def test_pandoc_finds_every_footnote() -> None:
    page = pandoc(str(render(WHOLE, "markdown")), "markdown", "html")
    assert len(re.findall(r'<li id="fn\d', page)) == 4  # Pandoc repeats a note that is cited twice
    assert page.count("<blockquote>") == 4


def test_what_was_counted_comes_first_in_every_document():
    rows = (TableRow(("Swindon", "good"), 1), TableRow(("Leeds", "good"), 2))
    answer = an_answer(a_letter(), REPORT, table=Table("2 of <3> inspections.", ("Authority", "Grade"), rows))
    assert "\n\n2 of <3> inspections.\n\nDocument 1:" in plain_text(answer)
    assert answer.text.startswith("2 of <3> inspections.\n\nDocument 1:")
    assert "<p>2 of &lt;3&gt; inspections.</p>" in str(render(answer, "html"))
    assert "2 of \\<3\\> inspections." in str(render(answer, "markdown"))
    assert answer_json(answer)["table"]["rows"][1] == {"cells": ["Leeds", "good"], "citation": 2}
    assert "table" not in answer_json(an_answer())
    kept = only(answer, [2])
    assert kept.table and [row.citation for row in kept.table.rows] == [2]
    moved = renumbered([an_answer(), answer])[1]
    assert moved.table and [row.citation for row in moved.table.rows] == [2, 3]
