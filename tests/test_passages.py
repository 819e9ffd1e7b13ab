"""Passages: they cover every paragraph, keep to one section, and fit, whatever counts the tokens."""

import math
from collections import Counter

import pytest
from documents import CABINET, FOCUSED, a_letter, inspection_report
from hypothesis import given
from hypothesis import strategies as st

from assistant.reading.corpus import read_letter
from assistant.stores.passages import SHORT_CHARS, UNINDEXED, cut_passages, header

LONG = "One sentence stands for a paragraph that is long enough to be found on its own. " * 3


def words(text):
    """A token is what stands between white space, and two are special."""
    return len(text.split()) + 2


def cut(letter, most=60, count=words):
    return list(cut_passages(letter, count, most))


def check(letter, count, most):
    """Everything that the docstring promises."""
    passages = cut(letter, most, count)
    assert len({passage.passage_id for passage in passages}) == len(passages)
    at = 0
    covered = set()
    for passage in passages:
        assert passage.start >= at, "in reading order, without overlap"
        at = passage.end
        assert passage.text and passage.text == letter.text[passage.start : passage.end]
        covered.update(range(passage.start, passage.end))
        (section,) = (s for s in letter.sections if s.start <= passage.start and passage.end <= s.end)
        assert (passage.section, passage.section_kind) == (section.heading, section.kind)
        assert section.kind not in UNINDEXED
        touched = [p.paragraph_id for p in section.paragraphs if p.start < passage.end and passage.start < p.end]
        assert list(passage.paragraph_ids) == touched and touched
        assert passage.n_tokens == count(f"{header(letter, section)}\n{passage.text}")
        assert passage.n_tokens <= most
        assert (passage.letter_id, passage.file) == (letter.letter_id, letter.file)
    for section, paragraph in letter.paragraphs():
        missed = [letter.text[at] for at in range(paragraph.start, paragraph.end) if at not in covered]
        if section.kind in UNINDEXED:
            assert len(missed) == paragraph.end - paragraph.start
        else:
            assert not "".join(missed).strip()
    return passages


# --- properties --------------------------------------------------------------------------------------------------------------

CHARACTERS = st.characters(exclude_categories=("Cs", "Cc"))
UNIT = st.one_of(
    st.text(CHARACTERS, min_size=1, max_size=300),
    st.lists(
        st.sampled_from(["Plans", "are", "late.", "Mr.", "“No”", "x" * 90, "A", "14."]), min_size=1, max_size=60
    ).map(" ".join),
).map(lambda text: " ".join(text.split()) or "x")
KIND = st.sampled_from(["findings", "improve", "letterhead", "sign-off", "notes", "introduction", "other"])
HEADING = st.sampled_from(["", "Findings", "What needs to improve"])
LETTER = st.builds(a_letter, st.lists(st.tuples(KIND, HEADING, st.lists(UNIT, max_size=5)), max_size=4))


def weighted(weights):
    """A count in which characters weigh what a drawn table says: subwords of any kind."""
    return lambda text: 2 + math.ceil(sum(weights[ord(character) % len(weights)] for character in text))


COUNT = st.one_of(
    st.just(words),
    st.just(len),
    st.just(lambda text: len(text.encode("utf-8"))),
    st.integers(2, 9).map(lambda size: lambda text: 2 + math.ceil(len(text) / size)),
    st.lists(st.floats(0, 4), min_size=1, max_size=7).map(weighted),
)


@given(LETTER, COUNT, st.integers(8, 300))
def test_passages_cover_the_letter_and_fit(letter, count, room):
    # A limit below the header and one character cannot be kept by anyone.
    heads = [count(f"{header(letter, section)}\n") for section in letter.sections]
    check(letter, count, max(heads, default=0) + room)


@pytest.mark.parametrize("most", [40, 64, 128, 256, 8192])
def test_the_shipped_letters_in_passages(shipped, most):
    for letter in shipped.values():
        passages = check(letter, words, most)
        assert len(passages) >= 10


def test_a_report_in_pdf_in_passages(tmp_path):
    file = tmp_path / "report.pdf"
    file.write_bytes(inspection_report())
    letter = read_letter(file)
    passages = check(letter, words, 256)
    found = Counter(paragraph_id for passage in passages for paragraph_id in passage.paragraph_ids)
    assert set(found) == {p.paragraph_id for section, p in letter.paragraphs() if section.kind not in UNINDEXED}


# --- what is joined and what is cut --------------------------------------------------------------------------------------------


def test_short_neighbours_are_joined_and_long_ones_are_not():
    letter = a_letter([("findings", "", ["First item.", "Second item.", LONG, "Third item."])])
    assert [passage.paragraph_ids for passage in cut(letter, 500)] == [("s1p1", "s1p2"), ("s1p3",), ("s1p4",)]


def test_a_paragraph_that_carries_on_a_finding_is_joined_to_it():
    leaning = "This means that it says too little when it stands on its own, however long it is. " * 3
    letter = a_letter([("findings", "", [LONG, leaning, LONG]), ("improve", "Next", [leaning])])
    assert [p.paragraph_ids for p in cut(letter, 500)] == [("s1p1", "s1p2"), ("s1p3",), ("s2p1",)]
    assert next(p.paragraph_ids for p in cut(letter, 70)) == ("s1p1",), "only where both fit"


def test_joining_of_leaning_paragraphs_can_be_left_out_but_not_that_of_short_ones():
    leaning = "This means that it says too little when it stands on its own, however long it is. " * 3
    letter = a_letter([("findings", "", [LONG, leaning, "Short.", "However, short too."])])
    apart = list(cut_passages(letter, words, 500, join_leaning=False))
    assert [p.paragraph_ids for p in apart] == [("s1p1",), ("s1p2",), ("s1p3", "s1p4")]
    assert list(cut_passages(letter, words, 500, join_leaning=True)) == cut(letter, 500)


def test_what_is_short():
    just, not_quite = "x" * SHORT_CHARS, "x" * (SHORT_CHARS - 1)
    letter = a_letter([("findings", "", [not_quite, not_quite, just])])
    assert [passage.paragraph_ids for passage in cut(letter, 500)] == [("s1p1", "s1p2"), ("s1p3",)]


def test_short_neighbours_that_do_not_fit_together_stay_apart():
    letter = a_letter([("findings", "", ["One two three four.", "Five six seven eight.", "Nine."])])
    most = words(f"{header(letter, letter.sections[0])}\nOne two three four.") + 2
    assert [passage.paragraph_ids for passage in check(letter, words, most)] == [("s1p1",), ("s1p2", "s1p3")]


def test_a_passage_never_crosses_a_section():
    letter = a_letter([("findings", "One", ["Short."]), ("improve", "Two", ["Short too."])])
    assert [(passage.section, passage.text) for passage in cut(letter)] == [("One", "Short."), ("Two", "Short too.")]


def test_a_long_paragraph_is_cut_between_sentences():
    sentences = [f"Sentence number {number} has exactly eight words in it." for number in range(6)]
    letter = a_letter([("findings", "", [" ".join(sentences)])])
    most = words(f"{header(letter, letter.sections[0])}\n") + 2 * 9
    assert [passage.text for passage in check(letter, words, most)] == [
        " ".join(sentences[at : at + 2]) for at in (0, 2, 4)
    ]


def test_a_giant_sentence_is_cut_between_words():
    letter = a_letter([("findings", "", ["word " * 99 + "end"])])
    passages = check(letter, words, 20)
    assert " ".join(passage.text for passage in passages) == "word " * 99 + "end"


def test_a_giant_word_is_cut_anywhere():
    letter = a_letter([("findings", "", ["x" * 1000])])
    passages = check(letter, len, 100)
    assert "".join(passage.text for passage in passages) == "x" * 1000


def test_the_issuers_boilerplate_is_not_indexed():
    assert "notes" in UNINDEXED
    letter = a_letter([("notes", "", ["The Office regulates."]), ("findings", "", ["Plans are clear."])])
    assert [passage.text for passage in cut(letter)] == ["Plans are clear."]


def test_nothing_gives_no_passage():
    assert cut(a_letter([])) == cut(a_letter([("findings", "Findings", [])])) == []


# --- headers and identifiers -----------------------------------------------------------------------------------------------------


def test_headers_of_the_shipped_letters(shipped):
    letter = shipped[FOCUSED]
    (findings,) = (section for section in letter.sections if section.kind == "findings")
    assert header(letter, findings) == "Swindon · focused visit · 7 February 2019 · Findings"
    assert header(shipped[CABINET], shipped[CABINET].sections[0]) == "Swindon · council report · 12 July 2019"


def test_a_header_leaves_out_what_is_unknown():
    letter = a_letter([("findings", "", [])], kind="other")
    assert header(letter, letter.sections[0]) == "other"


def test_a_passages_identifier_changes_with_the_letters_content():
    sections = [("findings", "", ["Plans are clear."])]
    one, two = (cut(a_letter(sections, sha256=digit * 64))[0] for digit in "12")
    assert one.passage_id != two.passage_id
    assert one.passage_id == cut(a_letter(sections, sha256="1" * 64))[0].passage_id
