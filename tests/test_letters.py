"""Letters: finding a paragraph, years, dates, and the round trip through JSON."""

import string

import pytest
from documents import CABINET, a_letter, inspection_report, visit_letter
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from assistant.letters.inspectorates import kind_names, shipped
from assistant.letters.letter import Judgement, Letter, Paragraph, Section, Span
from assistant.reading.corpus import read_letter

GRADES = shipped().grade_names
KINDS = kind_names()

TWO = [("letterhead", "", ["Dear Ms Field"]), ("findings", "Findings", ["Plans are clear.", "They are short."])]


@pytest.mark.parametrize(
    ("words", "paragraph_id"),
    [("Dear", "s1p1"), ("Plans", "s2p1"), ("clear.", "s2p1"), ("They", "s2p2"), ("short.", "s2p2"), ("Findings", None)],
)
def test_the_paragraph_at_an_offset(words, paragraph_id):
    letter = a_letter(TWO)
    for offset in range(letter.text.index(words), letter.text.index(words) + len(words)):
        found = letter.paragraph_at(offset)
        assert (found[1].paragraph_id if found else None) == paragraph_id
        assert found is None or found[1] in found[0].paragraphs


@pytest.mark.parametrize("offset", [-1, 13, 14, 10_000])
def test_between_and_behind_paragraphs_there_is_none(offset):
    assert a_letter(TWO).paragraph_at(offset) is None


def test_paragraphs_in_reading_order():
    letter = a_letter(TWO)
    assert [(section.kind, paragraph.paragraph_id) for section, paragraph in letter.paragraphs()] == [
        ("letterhead", "s1p1"),
        ("findings", "s2p1"),
        ("findings", "s2p2"),
    ]


def test_a_paragraphs_name_is_its_label_or_its_place():
    assert Paragraph("s1p4", "3.1.1", 4, False, 0, 1).name == "3.1.1"
    assert Paragraph("s1p4", None, 4, False, 0, 1).name == "4"


@pytest.mark.parametrize(
    ("dates", "visited", "published", "date"),
    [
        ({}, set(), set(), ""),
        ({"published": "2019-01-04"}, set(), {2019}, "2019-01-04"),
        ({"visit_start": "2018-12-11", "visit_end": "2018-12-12", "published": "2019-01"}, {2018}, {2019}, "2019-01"),
        ({"visit_start": "2024-05", "visit_end": "2024-05"}, {2024}, set(), "2024-05"),
        ({"visit_start": "2022"}, {2022}, set(), "2022"),
        (
            {
                "visit_start": "2022-12-05",
                "visit_end": "2024-02-15",
                "visit_periods": (
                    ("2022-12-05", "2022-12-09"),
                    ("2023-06-01", "2023-06-02"),
                    ("2024-02-14", "2024-02-15"),
                ),
            },
            {2022, 2023, 2024},
            set(),
            "2024-02-15",
        ),
    ],
)
def test_years_and_the_date_to_sort_by(dates, visited, published, date):
    letter = a_letter([], **dates)
    assert (letter.visit_years(), letter.published_years(), letter.date) == (visited, published, date)
    assert letter.years() == visited | published


def test_the_cabinet_report_belongs_to_one_year(shipped):
    assert shipped[CABINET].years() == {2019}


def test_a_letter_cannot_be_changed():
    letter = a_letter(TWO)
    with pytest.raises(AttributeError):
        letter.title = "Another"  # type: ignore[misc]
    assert not hasattr(letter, "__dict__")


# --- JSON --------------------------------------------------------------------------------------------------------------------

TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=40)
SPAN = st.builds(Span, st.integers(0, 99), st.integers(0, 99))
PAGE = st.none() | st.integers(1, 2000)
PARAGRAPH = st.builds(
    Paragraph,
    TEXT,
    st.none() | st.text(string.digits + ".", min_size=1, max_size=6),
    st.integers(1, 500),
    st.booleans(),
    st.integers(0, 9999),
    st.integers(0, 9999),
    PAGE,
    PAGE,
)
SECTION = st.builds(
    Section, TEXT, TEXT, st.integers(0, 99), st.integers(0, 99), st.lists(PARAGRAPH, max_size=3).map(tuple)
)
JUDGEMENT = st.builds(
    Judgement, TEXT, st.none() | st.sampled_from(GRADES), TEXT, st.none() | TEXT, st.integers(0), st.integers(0)
)
DATE = st.none() | st.dates().map(lambda day: day.isoformat())
LETTER = st.builds(
    Letter,
    letter_id=TEXT,
    file=TEXT,
    sha256=TEXT,
    title=TEXT,
    issuer=st.none() | TEXT,
    standing=st.sampled_from(["inspectorate", "council", "other"]),
    kind=st.sampled_from(KINDS),
    framework=st.none() | TEXT,
    authority=st.none() | TEXT,
    published=DATE,
    published_source=st.sampled_from([None, "text", "manifest", "filename"]),
    visit_start=DATE,
    visit_end=DATE,
    visit_periods=st.lists(st.tuples(TEXT, TEXT), max_size=2).map(tuple),
    lead_inspector=st.none() | TEXT,
    inspectors=st.lists(TEXT, max_size=2).map(tuple),
    addressee=st.none() | TEXT,
    judgements=st.lists(JUDGEMENT, max_size=2).map(tuple),
    sections=st.lists(SECTION, max_size=2).map(tuple),
    text=TEXT,
    pages=PAGE,
    evidence=st.dictionaries(TEXT, st.lists(SPAN, max_size=2).map(tuple), max_size=2),
    furniture=st.lists(TEXT, max_size=2).map(tuple),
    files=st.lists(TEXT, max_size=2).map(tuple),
)
ADAPTER = TypeAdapter(Letter)


@given(LETTER)
def test_any_letter_survives_json(letter):
    assert ADAPTER.validate_json(ADAPTER.dump_json(letter)) == letter
    assert ADAPTER.validate_python(ADAPTER.dump_python(letter)) == letter


def test_real_letters_survive_json(shipped, tmp_path):
    read = list(shipped.values())
    for make in (inspection_report, visit_letter):
        file = tmp_path / f"{make.__name__}.pdf"
        file.write_bytes(make())
        read.append(read_letter(file))
    for letter in read:
        assert ADAPTER.validate_json(ADAPTER.dump_json(letter)) == letter
    assert len(read) == 7


def test_a_letter_of_another_shape_is_refused():
    with pytest.raises(ValueError, match="standing"):
        ADAPTER.validate_python({**ADAPTER.dump_python(a_letter(TWO)), "standing": "press"})
