"""Lists: every item in order and verbatim, whole where they fit, and about one matter where one is asked for."""

from dataclasses import replace

import pytest
from briefs import brief_of, letter_of, refused, said, written
from documents import CABINET, FOCUSED, INSPECTION, MONITORING
from hypothesis import given
from hypothesis import strategies as st

from assistant.answers.lists import lists_of
from assistant.letters.letter import Improvement, Letter
from eval.measures import word_count

ASKED = "what needs to improve?"
HEADING = "What needs to improve in this area of social work practice"
FLATS, PLANS, NURSES = (
    "The condition of the flats in which young people are placed.",
    "Pathway plans, so that they say who does what.",
    "The number of nurses.",
)


def letter(year: int, *items: str, kind: str = "improve", heading: str = HEADING, **changes) -> Letter:
    sections = (
        ("introduction", "", ["This letter is about children in need."]),
        (kind, heading, [f"- {item}" for item in items]),
        ("findings", "Findings", ["Flats are cold."]),
    )
    return letter_of(f"visit-{year}", *sections, **({"published": f"{year}-03-01"} | changes))


def lead(year: int, heading: str = HEADING) -> str:
    return f"Ofsted, focused visit letter, 1 March {year}: {heading}"


# --- whole lists ---------------------------------------------------------------------------------------------------


def test_every_item_in_order_and_verbatim_under_who_says_so():
    draft = written(ASKED, letter(2019, FLATS, PLANS, NURSES))
    assert said(draft) == [FLATS, PLANS, NURSES]
    assert [citation.quote for citation in draft.citations] == [FLATS, PLANS, NURSES]
    assert [group.heading for group in draft.groups] == [lead(2019)]
    assert not draft.free
    assert draft.notes == []


def test_the_lists_of_several_letters_oldest_first():
    draft = written(ASKED, letter(2011, NURSES), letter(2015), letter(2019, FLATS, PLANS))
    assert said(draft) == [NURSES, FLATS, PLANS]
    assert [group.heading for group in draft.groups] == [lead(2011), lead(2019)]


def test_where_all_are_too_long_the_newest_two_and_how_many_are_left():
    letters = [letter(year, f"{year} {'word ' * 20}end.") for year in (2011, 2013, 2015, 2019)]
    draft = written(ASKED, *letters, list_words=85)
    assert [text[:4] for text in said(draft)] == ["2015", "2019"]
    assert draft.notes == ["2 more earlier letters, not quoted"]
    assert len(said(written(ASKED, *letters, list_words=300))) == 4


def test_where_two_are_still_too_long_the_first_sentence_of_each_item():
    items = [f"{name} is late. {'More words ' * 20}follow." for name in ("Help", "Care", "Post")]
    draft = written(ASKED, letter(2015, *items), letter(2019, *items), list_words=100)
    assert said(draft) == ["Help is late.", "Care is late.", "Post is late."] * 2
    assert draft.notes == ["Only the first sentence of each item is shown; open the letter for the rest."]
    assert said(written(ASKED, letter(2019, *items), list_words=150)) == [item for item in items]


def test_a_letter_without_a_list_is_read_as_a_theme():
    plain = letter_of("plain", ("findings", "Findings", ["The heating needs to improve in the winter."]))
    draft = written("what must be done to improve the heating?", plain)
    assert brief_of("what must be done to improve the heating?", [plain]).question.intent == "list"
    assert said(draft) == ["The heating needs to improve in the winter."]
    assert draft.free


def test_a_year_that_is_only_mentioned_has_no_list():
    mention = letter(2019, FLATS)
    mention = replace(
        mention, text=mention.text.replace("Flats are cold.", "The inspection in 2014 told of cold flats.")
    )
    kind, message, _ = refused(written("what needed to improve in 2014?", mention))
    assert kind == "letters_silent"
    assert message.startswith("No letter held is about 2014, and those that mention it give no such list.")


# --- about one matter ----------------------------------------------------------------------------------------------


def behind(opening: str, *items: str, year: int = 2019) -> Letter:
    """A letter whose list stands far behind its opening."""
    words = [opening, *("The weather was good." for _ in range(150))]
    sections = (("introduction", "", words), ("improve", HEADING, [f"- {item}" for item in items]))
    return letter_of(f"visit-{year}", *sections, published=f"{year}-03-01")


def test_of_a_list_only_the_items_about_the_matter():
    one = behind("This letter is about children in need.", FLATS, PLANS, NURSES)
    assert said(written("what needs to improve about pathway plans?", one)) == [PLANS]
    assert said(written(ASKED, one)) == [FLATS, PLANS, NURSES]


def test_the_whole_list_where_the_letter_itself_is_about_the_matter():
    one = behind("This letter is about children in need.", FLATS, PLANS, NURSES)
    assert said(written("what needs to improve for children in need?", one)) == [FLATS, PLANS, NURSES]


def test_letters_whose_lists_do_not_name_the_matter_are_left_out():
    held = behind("This is a letter.", FLATS, year=2015), behind("This is another.", PLANS)
    draft = written("what needs to improve about pathway plans?", *held)
    assert said(draft) == [PLANS]


# --- which list ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("what are the strengths?", "strengths"),
        ("what were the areas covered?", "coverage"),
        ("what were the recommendations?", "recommendations"),
        ("what were the priority actions?", "priority"),
        (ASKED, "improve"),
    ],
)
def test_the_list_of_the_kind_asked_for(question, kind):
    kinds = ("strengths", "coverage", "recommendations", "priority", "improve")
    sections = [(name, f"The {name}", [f"- One {name}.", f"- Two {name}."]) for name in kinds]
    draft = written(question, letter_of("visit", *sections))
    wanted = [kind] if kind != "improve" else ["priority", "improve"]
    assert said(draft) == [f"{number} {name}." for name in wanted for number in ("One", "Two")]


def test_areas_for_improvement_and_for_priority_action_are_never_merged():
    one = letter(2019, FLATS, PLANS)
    paragraphs = [paragraph for _, paragraph in one.paragraphs()][1:3]
    kinds = (("area for improvement", "To improve"), ("area for priority action", "Priority actions"))
    recorded = tuple(
        Improvement(kind, heading, paragraph.paragraph_id, paragraph.start, paragraph.end)
        for (kind, heading), paragraph in zip(kinds, paragraphs, strict=True)
    )
    one = replace(one, improvements=recorded)
    both = written(ASKED, one)
    assert [(group.heading.split(": ")[1], len(group.sentences)) for group in both.groups] == [
        ("To improve", 1),
        ("Priority actions", 1),
    ]
    assert said(written("what were the priority actions?", one)) == [PLANS]


def test_ofsteds_own_list_before_the_councils_where_ofsted_is_asked():
    theirs = letter(2019, NURSES, standing="council", issuer="Swindon Borough Council", kind="improve")
    ours = letter(2018, FLATS)
    assert said(written("what did Ofsted say needs to improve?", ours, theirs)) == [FLATS]
    assert said(written(ASKED, ours, theirs)) == [FLATS, NURSES]


def test_a_list_inside_a_section_is_known_by_the_words_that_lead_in():
    opening = "We were glad to come. The areas that need to improve further are:"
    paragraphs = [
        opening,
        f"- {FLATS}",
        f"- {PLANS}",
        "The visit ended in March.",
        "We saw these rooms:",
        f"- {NURSES}",
    ]
    draft = written(ASKED, letter_of("visit", ("findings", "Findings", paragraphs)))
    assert said(draft) == [FLATS, PLANS]
    assert (
        draft.groups[0].heading == "Ofsted, focused visit letter, undated: The areas that need to improve further are"
    )


def test_items_whose_mark_was_lost_before_the_first_mark_belong_to_the_list():
    paragraphs = ["The council should look at:", FLATS, f"- {PLANS}", f"- {NURSES}", "This closes the list."]
    letter = letter_of("visit", ("improve", HEADING, paragraphs))
    assert said(written(ASKED, letter)) == [FLATS, PLANS, NURSES]
    unmarked = letter_of("visit", ("improve", HEADING, ["The council should look at:", FLATS, PLANS]))
    assert said(written(ASKED, unmarked)) == [FLATS, PLANS]


def test_what_inspectors_looked_at_is_told_by_the_opening_where_no_list_is():
    looked = "Inspectors looked at pathway plans."
    too = "They also met young people."
    opening = f"This letter is about a visit. {looked} {too} The weather was good."
    letter = letter_of("visit", ("introduction", "", [opening]), ("findings", "Findings", ["They reviewed nothing."]))
    draft = written("what did inspectors look at?", letter)
    assert said(draft) == [looked, too]
    assert draft.groups[0].heading.endswith(": What the inspectors looked at")


# --- the shipped letters -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "question", "first", "count"),
    [
        (FOCUSED, ASKED, "The quality of pathway planning", 2),
        (INSPECTION, "what are the areas for development?", "Decisions on initial contacts", 3),
        (INSPECTION, "what are the strengths?", "Children's views are taken into account", 3),
        (MONITORING, "what areas did the visit cover?", "Child in need and child protection planning", 3),
        (CABINET, "what is cabinet recommended to do?", "Take note of the judgements", 4),
    ],
)
def test_the_shipped_lists(shipped, file, question, first, count):
    draft = written(question, shipped[file])
    assert len(said(draft)) == count
    assert draft.sentences[0].text.startswith(first)
    letter = shipped[file]
    places = [citation.start for citation in draft.citations]
    assert places == sorted(places)
    (block,) = lists_of(letter, brief_of(question, [letter]).question)
    assert said(draft) == [letter.text[item.start : item.end] for item in block.items], "whole"


# --- any list ------------------------------------------------------------------------------------------------------

ITEMS = st.lists(st.integers(1, 60), min_size=1, max_size=6)


@given(st.lists(ITEMS, min_size=1, max_size=4), st.integers(40, 300))
def test_a_list_is_whole_or_says_what_is_missing(letters, words):
    held = [
        letter(2011 + at, *(f"Item {at}{n} begins. More {'words ' * size}follow." for n, size in enumerate(sizes)))
        for at, sizes in enumerate(letters)
    ]
    draft = written(ASKED, *held, list_words=words)
    texts = said(draft)
    shown = [one for one in held if any(c.letter is one for c in draft.citations)]
    assert shown == held[-len(shown) :], "none but the oldest are left out"
    left = len(held) - len(shown)
    assert (f"{left} more earlier letter{'s' if left > 1 else ''}, not quoted" in draft.notes) == (left > 0)
    cut = any(note.startswith("Only the first sentence") for note in draft.notes)
    assert len(texts) == sum(len(one.sections[1].paragraphs) for one in shown)
    assert all(text.endswith("begins.") for text in texts) == cut
    if not cut:
        assert word_count(" ".join(texts)) <= words
