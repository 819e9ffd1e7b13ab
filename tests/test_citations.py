"""Citations: verbatim or impossible; locators as people say them."""

import re

import pytest
from documents import CABINET, FOCUSED, INSPECTION, MONITORING, PRESS, a_letter, inspection_report, visit_letter
from hypothesis import given
from hypothesis import strategies as st

from assistant.letters.citations import Citation
from assistant.letters.letter import Paragraph
from assistant.reading.corpus import read_letter


def cite(letter, words):
    """The citation of words that stand once in a letter."""
    assert letter.text.count(words) == 1
    start = letter.text.index(words)
    section, paragraph = letter.paragraph_at(start)
    return Citation(1, letter, section, paragraph, words, start, start + len(words))


@pytest.mark.parametrize(
    ("file", "words", "locator"),
    [
        (FOCUSED, "limits the usefulness of such plans", "Findings, para 3"),
        (
            FOCUSED,
            "suitability and safety of accommodation for all care leavers.",
            "What needs to improve in this area of social work practice, para 2",
        ),
        (FOCUSED, "The inspectors were Diane Partridge", "Opening, para 1"),
        (FOCUSED, "1 March 2019", "Letterhead"),
        (INSPECTION, "Lynne Staines Her Majesty's Inspector", "Signature"),
        (INSPECTION, "Staff retention is good", "Strengths, para 3"),
        (INSPECTION, "specifically considered in any future inspection", "para 1"),
        (
            CABINET,
            "preparation of care leavers for independent living",
            "Overall Effectiveness of Children's Social Care Services graded as: Good, para 3.1.3",
        ),
        (CABINET, "Thank all staff", "2. Recommendations, para 2.4"),
        (MONITORING, "Some inconsistencies remain in the quality", "Headline findings, para 1"),
        (PRESS, "‘front door’ is safe", "Opening, para 13"),
    ],
)
def test_locators_of_the_shipped_letters(shipped, file, words, locator):
    assert cite(shipped[file], words).locator == locator


@pytest.mark.parametrize(
    ("make", "words", "locator"),
    [
        (visit_letter, "They remember birthdays", "Main findings, para 1, p. 1"),
        (visit_letter, "two letters from a solicitor", "Main findings, para 3, pp. 1-2"),
        (visit_letter, "4 January 2019", "Letterhead, p. 1"),
        (visit_letter, "Yours sincerely", "Signature, p. 2"),
        (
            inspection_report,
            "Children say that the nurse listens.",
            "The experiences and progress of children in care: good, para 5, p. 2",
        ),
    ],
)
def test_locators_with_pages(tmp_path, make, words, locator):
    file = tmp_path / "a.pdf"
    file.write_bytes(make())
    assert cite(read_letter(file), words).locator == locator


def test_every_paragraph_of_the_shipped_letters_can_be_cited_and_found(shipped):
    for letter in shipped.values():
        for section, paragraph in letter.paragraphs():
            quote = letter.text[paragraph.start : paragraph.end]
            citation = Citation(1, letter, section, paragraph, quote, paragraph.start, paragraph.end)
            assert letter.paragraph_at(citation.start) == letter.paragraph_at(citation.end - 1) == (section, paragraph)
            assert citation.locator and not citation.locator.startswith(",")
            assert re.search(r"(?:para \S+|Letterhead|Signature)$", citation.locator)


def test_locators_tell_paragraphs_of_a_named_section_apart(shipped):
    for letter in shipped.values():
        found = [
            (
                section.kind,
                section.heading,
                Citation(1, letter, section, p, letter.text[p.start], p.start, p.start + 1).locator,
            )
            for section, p in letter.paragraphs()
            if section.heading
        ]
        assert len({locator for _, _, locator in found}) == len(found)


@pytest.mark.parametrize(
    ("quote", "start", "end"), [("", 3, 3), ("Plans", 1, 6), ("plans", 0, 5), ("Plans", 0, 6), ("x", 90, 91)]
)
def test_a_quote_that_does_not_stand_there_cannot_be_cited(quote, start, end):
    letter = a_letter([("findings", "Findings", ["Plans are clear."])])
    letter = a_letter([("findings", "", ["Plans are clear."])]) if start == 0 else letter
    section, paragraph = next(letter.paragraphs())
    with pytest.raises(ValueError, match="does not stand at"):
        Citation(1, letter, section, paragraph, quote, start, end)


@given(st.text(min_size=1), st.data())
def test_only_the_very_words_can_be_cited(words, data):
    letter = a_letter([("findings", "", [words])])
    section, paragraph = next(letter.paragraphs())
    start = data.draw(st.integers(0, len(words) - 1))
    end = data.draw(st.integers(start + 1, len(words)))
    assert Citation(1, letter, section, paragraph, words[start:end], start, end).quote == letter.text[start:end]
    with pytest.raises(ValueError, match="does not stand"):
        Citation(1, letter, section, paragraph, words[start:end] + "\N{SNOWMAN}", start, end)


def test_a_citation_without_a_heading_or_pages():
    letter = a_letter([("closing", "", ["Plans are clear."])])
    section, _ = next(letter.paragraphs())
    unit = Paragraph("s1p1", "12", 1, False, 0, 16, 3, 3)
    assert Citation(1, letter, section, unit, "Plans", 0, 5).locator == "para 12, p. 3"
