"""What became of areas for improvement, asked in the conversation."""

from dataclasses import replace

import pytest
from briefs import brief_of, letter_of, refused, said

from assistant.answers.brief import Brief
from assistant.answers.concerns import NEWEST, Concern, Echo
from assistant.answers.draft import Draft
from assistant.answers.recurring import PAGE_CONCERNS, write_recurring
from assistant.answers.writer import write
from assistant.letters.letter import Improvement, Letter, Span
from assistant.questions.question import understand

ITEMS = ("The quality of supervision.", "Pathway plans for care leavers.", "Dental care.")
LATER = ("Supervision remains weak.", "Pathway plans are good now.")


def letters() -> tuple[Letter, Letter]:
    first = letter_of(
        "first", ("improve", "What needs to improve:", ITEMS), visit_start="2019-02-06", published="2019-03-01"
    )
    records = tuple(
        Improvement(
            "area for improvement",
            "What needs to improve:",
            "p",
            first.text.index(item),
            first.text.index(item) + len(item),
        )
        for item in ITEMS
    )
    later = letter_of("later", ("findings", "Findings", LATER), visit_start="2022-02-06", published="2022-03-01")
    return replace(first, improvements=records), later


def asked(question: str, times: int = 1, page: int = 1) -> Draft:
    first, later = letters()
    verdicts = (("raised again", 1.2), ("reported improved", 0.9), ("not mentioned", 0.1))
    concerns = []
    for place, (item, (verdict, score)) in enumerate(zip(first.improvements, verdicts, strict=True)):
        at = later.text.index(LATER[place]) if place < len(LATER) else 0
        quotes = (Span(at, at + len(LATER[place])),) if place < len(LATER) else ()
        concerns.append(Concern(first, item, (Echo(later, verdict, quotes, score),)))
    brief = brief_of(question, [first, later], page=page)
    measures = replace(brief.measures, concerns=lambda authority: concerns * times if authority == "Swindon" else ())
    return write(Brief(brief.question, brief.scope, (), measures, brief.settings, page))


@pytest.mark.parametrize(
    "question",
    [
        "what concerns keep coming back?",
        "Which areas for improvement were raised again?",
        "have any problems come back since 2019?",
        "are there recurring weaknesses?",
    ],
)
def test_what_was_raised_again_stands_with_both_quotes(question):
    draft = asked(question)
    assert said(draft) == ["The quality of supervision.", "Supervision remains weak."]
    assert [group.heading for group in draft.groups] == [
        "Ofsted, focused visit letter, 1 March 2019: What needs to improve",
        "Ofsted, focused visit letter, 1 March 2022: raised again, high confidence",
    ]
    assert draft.notes[0].startswith(
        "Of 3 areas for improvement or priority action in the letters searched, 1 was raised again."
    )


def test_what_was_put_right():
    draft = asked("which problems have been put right?")
    assert said(draft) == ["Pathway plans for care leavers.", "Pathway plans are good now."]
    assert draft.groups[1].heading.endswith(": reported improved, fair confidence")


def test_the_matter_that_is_asked_about_limits_it():
    assert said(asked("did the problems with supervision come back?"))[0] == "The quality of supervision."
    message = refused(asked("did the problems with pathway plans come back?"))[1]
    assert message.startswith("None of the 3 areas for improvement")


def test_it_comes_in_pages():
    draft = asked("what concerns keep coming back?", times=PAGE_CONCERNS + 1, page=2)
    assert (draft.page, draft.pages) == (2, 2)
    assert "Page 2 of 2, the latest first." in draft.notes


def test_one_authority_at_a_time():
    first, later = letters()
    other = replace(first, letter_id="other", authority="Leeds")
    brief = brief_of("what concerns keep coming back?", [first, other, later])
    message = refused(write(brief))[1]
    assert message.startswith(
        "What became of areas for improvement is found for one authority at a time; name one of the 2."
    )


def test_without_any_list_it_is_a_theme():
    _, later = letters()
    assert write_recurring(brief_of("what concerns keep coming back?", [later])) is None


@pytest.mark.parametrize(
    "question", ["what are inspectors concerned about?", "what problems were found?", "what needs to improve?"]
)
def test_what_does_not_ask_about_coming_back(question):
    assert understand(question, "", (), 5).intent != "recurring"


def of_many(question: str, number: int) -> Draft:
    """Asked of so many letters, one a month from 2010 on, each with the same area for improvement."""
    first, _ = letters()
    many = [
        replace(first, letter_id=f"n{at:02}", visit_start=f"{2010 + at // 12}-{at % 12 + 1:02}-06", published=None)
        for at in range(number)
    ]
    brief = brief_of(question, many)
    compared = [Concern(one, one.improvements[0], ()) for one in many[-NEWEST:]]
    measures = replace(brief.measures, concerns=lambda _authority: compared)
    return write(Brief(brief.question, brief.scope, (), measures, brief.settings, 1))


def test_of_very_many_letters_it_says_which_are_compared():
    _, message, _ = refused(of_many("what concerns keep coming back?", NEWEST))
    assert message.startswith(
        f"None of the {NEWEST} areas for improvement or priority action in the letters searched is"
    )
    _, message, _ = refused(of_many("what concerns keep coming back?", NEWEST + 4))
    assert f"in the letters searched that are among the newest {NEWEST} is" in message


def test_letters_that_are_not_compared_are_said_to_be_so():
    _, message, _ = refused(of_many("which problems of 2010 keep coming back?", NEWEST + 12))
    assert message.startswith(
        f"What became of areas for improvement is found for the newest {NEWEST} of the 32 letters"
    )
    assert "about Swindon; none of those searched is among them." in message
