"""The checks of a letter's structure: each finds what is planted, and finds nothing in what is clean."""

import os
from dataclasses import replace
from pathlib import Path

import pytest
from documents import CORPUS, FOCUSED, a_letter
from hypothesis import given
from hypothesis import strategies as st

from assistant.letters.letter import Letter
from assistant.reading.corpus import read_letter
from eval.reading.structure import misplaced_furniture, numbering_gaps, paragraph_shapes, unaccounted

PARAGRAPHS = (
    "Families who ring the advice line reach a social worker at once. In 2023, 14% of the calls led to a visit; from "
    "January to March 2024 it was one call in five. Managers listen in twice a month.",
    "Children aged 3 and 4 are seen at nursery. Those in key stage 2 are seen at school, and most of the 16- and "
    "17-year-olds choose a café. Since 12 July 2023, when the team moved, nobody has waited longer than 2 weeks.",
    "Inspectors visited between 3 and 7 March 2025 and met 4 children. Plans under section 20 of the Children Act "
    "1989 are reviewed on time, usually by the same reviewing officer; children like that, and say so.",
    "‘She comes when she says,’ one young person told inspectors. Personal advisers know the local offer well. They "
    "help with rent, with college forms and, in 2 cases seen, with a driving test.",
)
"""Real-looking paragraphs with dates, ages and numbers of their own; the situations are invented."""
LINES = (
    "Inspection of Rutland local authority children’s services 17 to 28 July 2023 4",
    "Inspection of Rutland local authority children’s services, 17 to 28 July 2023",
    "17 July 2023 to 28 July 2023 4",
    "17 to 28 July 2023 3",
    "Area SEND inspection report: Rutland Local Area Partnership",
    "Inspection report: Rutland children’s services, July 2023",
    "Focused visit to Rutland children’s services",
    "Page 3 of 12",
    "Page 3",
    "P a g e 3",
    "– 3 –",
    "Piccadilly Gate Store Street Manchester M1 2WD",
    "Aviation House",
    "125 Kingsway London WC2B 6SE",
    "T 0300 123 1231",
    "Textphone 0161 618 8524",
    "0300 123 1231",
    "enquiries@ofsted.gov.uk",
    "www.gov.uk/ofsted",
    "www.ofsted.gov.uk",
    "© Crown copyright 2023",
    "Ofsted is proud to use recycled paper",
    "OFFICIAL-SENSITIVE",
)
"""What stands on real pages beside the letter's words, and nowhere in them."""


def letter_of(*paragraphs: str, pages: tuple[int, int] = (3, 3), kind: str = "findings", **changes) -> Letter:
    made = a_letter([("letterhead", "", ["Dear Ms Field"]), (kind, "Main findings", paragraphs)], **changes)
    first, last = pages
    placed = tuple(
        replace(section, paragraphs=tuple(replace(p, page_start=first, page_end=last) for p in section.paragraphs))
        for section in made.sections
    )
    return replace(made, sections=placed, title="Focused visit to Rutland children’s services", pages=12)


def numbered(*labels: str | None, kind: str = "findings") -> Letter:
    made = letter_of(*(f"Words of paragraph {at}." for at, _ in enumerate(labels)), kind=kind)
    front, body = made.sections
    pairs = zip(body.paragraphs, labels, strict=True)
    return replace(made, sections=(front, replace(body, paragraphs=tuple(replace(p, label=one) for p, one in pairs))))


# --- numbering -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("labels", [["1"], ["1", "2", "3"], [None, "1", None, "2"], ["1", "1.1", "1.2", "2"]])
def test_numbers_without_a_gap(labels):
    assert numbering_gaps(numbered(*labels)) == ()


@pytest.mark.parametrize(
    ("labels", "gaps"),
    [
        (["1", "3"], ("1 is followed by 3",)),
        (["2", "3"], ("nothing is followed by 2",)),
        (["1", "2", "2", "3"], ("2 is followed by 2",)),
        (["1", "2", "1", "2"], ("2 is followed by 1",)),
        (["1", "4", "9"], ("1 is followed by 4", "4 is followed by 9")),
        ([None, None], ("no paragraph is numbered",)),
    ],
)
def test_gaps_and_repeats_in_the_numbers(labels, gaps):
    assert numbering_gaps(numbered(*labels)) == gaps


def test_the_numbers_in_a_table_of_judgements_do_not_count():
    report = numbered("1", "2")
    table = numbered("1", "2", "2.1", "3", kind="judgements")
    assert numbering_gaps(replace(report, sections=(*table.sections, *report.sections))) == ()


# --- page furniture ------------------------------------------------------------------------------------------------


def gaps_of(text: str) -> list[int]:
    """Offsets of every space between two words."""
    return [at for at, character in enumerate(text) if character == " "]


def planted(text: str, line: str, at: int) -> str:
    return f"{text[:at]} {line} {text[at:].lstrip()}".strip()


@pytest.mark.parametrize("pages", [(3, 3), (3, 4)])
@pytest.mark.parametrize("text", PARAGRAPHS)
def test_clean_paragraphs_have_none(text, pages):
    assert misplaced_furniture(letter_of(text, pages=pages)) == ()
    assert misplaced_furniture(letter_of(text, pages=pages), [text]) == ()


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("text", PARAGRAPHS)
def test_every_line_is_found_at_the_start_at_the_end_and_between_any_two_words(text, line):
    for at in (0, len(text), *gaps_of(text)):
        found = misplaced_furniture(letter_of(planted(text, line, at)))
        assert found, planted(text, line, at)
        assert all(one.paragraph_id == "s2p1" for one in found)


@pytest.mark.parametrize("text", PARAGRAPHS)
def test_a_page_number_is_found_at_the_page_break_wherever_it_is(text):
    for at in gaps_of(text):
        broken = letter_of(planted(text, "3", at), pages=(3, 4))
        found = misplaced_furniture(broken, ["The page before.", text[:at], text[at:]])
        assert "3" in [one.words for one in found], broken.text


@pytest.mark.parametrize("text", PARAGRAPHS)
def test_the_dates_of_a_running_header_are_found_at_the_page_break(text):
    for at in gaps_of(text):
        broken = letter_of(planted(text, "17 to 28 July 2023", at), pages=(3, 4))
        assert misplaced_furniture(broken, [text[:at], text[at:]]), broken.text


def test_a_page_number_is_found_at_a_paragraphs_ends_and_without_the_plain_text():
    text = "Most plans are clear. Some still list services that nobody has offered."
    for broken in (f"3 {text}", f"{text} 3", text.replace("services", "services 3")):
        found = misplaced_furniture(letter_of(broken, pages=(3, 4)))
        assert [(one.words, one.reason) for one in found] == [("3", "page number")]
    assert misplaced_furniture(letter_of(text.replace("services", "services 9"), pages=(3, 4))) == ()
    assert misplaced_furniture(letter_of("3")) != ()


def test_an_address_that_a_sentence_gives_is_its_own():
    text = "The council should send its statement to plans@ofsted.gov.uk by 6 July 2023, and publish it after that."
    assert misplaced_furniture(letter_of(text)) == ()


def test_the_letterhead_and_a_table_of_whom_to_write_to_hold_addresses():
    address = "Rutland County Council Catmose Street Oakham LE15 6HP"
    assert misplaced_furniture(letter_of(address)) == ()
    assert misplaced_furniture(letter_of(PARAGRAPHS[0], "© Crown copyright 2023", kind="notes")) == ()


# --- every character -----------------------------------------------------------------------------------------------

PAGES = (
    "Main findings\r\n1. Plans are child\x02centred and\r\nshort.\r\n■ They are kept.\r\nRutland, July 2023 1",
    "2.Nobody waits, says Café Rouge’s o\ufb03ce.\r\nRutland, July 2023 2",
)


def read(*paragraphs: str, furniture=("Rutland, July 2023 1", "Rutland, July 2023 2")) -> Letter:
    return replace(letter_of(*paragraphs, furniture=furniture), text="Main findings\n\n" + "\n\n".join(paragraphs))


def test_every_character_is_in_the_text_or_in_the_furniture():
    account = unaccounted(
        read("1 Plans are child-centred and short.", "They are kept.", "2 Nobody waits, says Café Rouge’s office."),
        PAGES,
    )
    assert (account.missing, account.doubled) == ((), ())
    told = "Main findings 1 Plans are child centred and short. They are kept. 2 Nobody waits, says Café Rouge’s office."
    both = "Rutland, July 2023 1 Rutland, July 2023 2"
    assert account.characters == len(f"{told} {both}".replace(" ", ""))


def test_what_is_lost_and_what_is_doubled():
    lost = unaccounted(read("1 Plans are child-centred and short.", "They are kept."), PAGES)
    assert sorted(lost.missing) == sorted("2 Nobody waits, says Café Rouge’s office.".split())
    assert lost.missing_characters == sum(map(len, lost.missing)) and lost.doubled_characters == 0
    words = "They are kept."
    twice = unaccounted(
        read("1 Plans are child-centred and short.", words, words, "2 Nobody waits, says Café Rouge’s office."), PAGES
    )
    assert (twice.missing, sorted(twice.doubled)) == ((), sorted(words.split()))
    assert twice.doubled_characters == len("Theyarekept.")


def test_furniture_that_was_not_listed_is_missing():
    account = unaccounted(
        read(
            "1 Plans are child-centred and short.",
            "They are kept.",
            "2 Nobody waits, says Café Rouge’s office.",
            furniture=("Rutland, July 2023 1",),
        ),
        PAGES,
    )
    assert sorted(account.missing) == ["2", "2023", "July", "Rutland,"]


@given(st.text(st.characters(exclude_categories=["C"]), max_size=80))
def test_a_text_accounts_for_itself(words):
    made = replace(letter_of("Words."), text=words, furniture=())
    account = unaccounted(made, [words])
    assert (account.missing, account.doubled) == ((), ())


# --- shape ---------------------------------------------------------------------------------------------------------


def test_shapes_fold_white_space_and_quotes_and_nothing_else():
    one, other = letter_of("Children’s plans\nare  ‘short’."), letter_of("Children's plans are 'short'.", pages=(1, 2))
    assert paragraph_shapes(one) == paragraph_shapes(other)
    assert paragraph_shapes(one)[1] == ("findings", "Main findings", ((None, False, "Children's plans are 'short'."),))
    for changed in (letter_of("Children’s plans are short."), letter_of("Children’s plans", "are ‘short’.")):
        assert paragraph_shapes(changed) != paragraph_shapes(one)


def test_the_same_letter_read_from_a_pdf_and_from_text():
    """But for its letterhead, whose two columns the text file has run together."""
    folder = os.environ.get("ASSISTANT_TEST_LETTERS")
    if not folder:
        pytest.skip("ASSISTANT_TEST_LETTERS names no folder of letters")
    pdf = Path(folder) / "swindon__focused_visit__2019-03-01.pdf"
    if not pdf.exists():
        pytest.skip(f"{pdf.name} is not in {folder}")
    shapes = paragraph_shapes(read_letter(pdf))
    assert shapes[1:] == paragraph_shapes(read_letter(CORPUS / FOCUSED))[1:]
    assert [kind for kind, _, _ in shapes] == [
        *("letterhead", "introduction", "headline", "improve", "findings", "closing", "sign-off")
    ]
