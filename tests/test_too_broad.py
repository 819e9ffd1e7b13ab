"""Answers that are read out of each letter: of too many they ask for less instead of keeping everybody waiting."""

from dataclasses import replace

import pytest
from briefs import brief_of, letter_of, refused, said

from assistant.answers.brief import Brief
from assistant.answers.draft import Draft
from assistant.answers.writer import write
from assistant.letters.letter import Improvement, Letter

MOST = 10  # the least that the setting allows


def letters(number: int, authority: str = "Leeds") -> list[Letter]:
    """Letters that all want the same improved and all mention the dentist."""
    made = []
    for at in range(number):
        words = "The quality of supervision."
        letter = letter_of(
            f"{authority.lower()}-{at:02}",
            ("introduction", "", ["This letter summarises the findings of the visit to Leeds."]),
            ("findings", "Findings", ["Dental treatment comes late."]),
            ("improve", "What needs to improve", [f"- {words}"]),
            authority=authority,
            published=f"{2010 + at // 12}-{at % 12 + 1:02}-05",
            visit_start=f"{2010 + at // 12}-{at % 12 + 1:02}-01",
            kind="focused visit",
        )
        at_words = letter.text.index(words)
        item = Improvement("area for improvement", "What needs to improve", "p", at_words, at_words + len(words))
        made.append(replace(letter, improvements=(item,)))
    return made


def asked(question: str, held: list[Letter], **given) -> Draft:
    return write(brief_of(question, held, letters_read=MOST, **given))


READ_THROUGH = [
    "Which letters mention dental treatment?",
    "How many letters mention dental treatment?",
    "Which authorities were told to improve supervision?",
    "How many focused visits are there?",
    "Which letters are there?",
    "What needs to improve?",
    "Who led the inspections?",
]


@pytest.mark.parametrize("question", READ_THROUGH)
def test_of_too_many_letters_it_says_how_many_and_asks_for_less(question):
    kind, message, nearest = refused(asked(question, letters(MOST + 1)))
    assert (kind, nearest) == ("letters_silent", [])
    assert f"{MOST + 1} letters would have to be read" in message and f"no more than {MOST} are" in message
    assert message.endswith("Name an authority, a year or a kind of inspection.")


@pytest.mark.parametrize("question", READ_THROUGH)
def test_so_many_are_read_and_a_part_of_more_is(question):
    few = asked(question, letters(MOST))
    assert few.refusal is None or "read one by one" not in few.refusal.message
    part = asked(f"{question[:-1]} in Leeds in 2010?", [*letters(3), *letters(MOST, "Bradford")])
    assert part.refusal is None or "read one by one" not in part.refusal.message


def test_of_many_letters_only_those_that_may_mention_it_count():
    held = letters(MOST + 5)
    silent = letter_of("silent", ("findings", "Findings", ["Bicycles are lent to all."]), authority="Leeds")
    brief = brief_of("Which letters mention bicycles?", [*held, silent], letters_read=MOST)
    measures = replace(brief.measures, holding=lambda _term, _within: {"silent"})
    draft = write(Brief(brief.question, brief.scope, (), measures, brief.settings, 1))
    assert said(draft) == ["Bicycles are lent to all."]


def test_who_holds_a_word_is_asked_within_the_scope():
    seen = []

    def holding(_term, within):
        seen.append(within)

    held = [*letters(2), *letters(2, "Bradford")]
    for question in ("Which letters mention the dentist's treatment?", "Which letters about Leeds mention treatment?"):
        brief = brief_of(question, held)
        write(Brief(brief.question, brief.scope, (), replace(brief.measures, holding=holding), brief.settings, 1))
    assert list(dict.fromkeys(seen)) == [None, ("leeds-00", "leeds-01")]
