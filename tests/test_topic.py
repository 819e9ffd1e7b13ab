"""The nouns without which what is said is about something else."""

import pytest

from assistant.questions.question import understand
from assistant.questions.topic import heads


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("What did inspectors say about youth clubs?", ["clubs"]),
        ("Is there anything on school dinners for care leavers", ["dinners", "care leavers"]),
        ("What about the care leavers' minibus?", ["minibus"]),
        ("What was made of driving lessons, and when?", ["lessons"]),
        ("What did they say about clubs?", []),  # one word: its own weight decides
        ("What was said about clubs and school dinners?", []),  # two matters: one is enough
        ("What was said about the staffing situation?", []),  # names nothing
        ("What was said about the familly servis?", []),  # misspelt
        ("Are youth clubs good?", []),  # does not ask what is said about something
        ("What is said about the part that members play?", []),
        ("When did the report of the full inspection come out?", []),
    ],
)
def test_heads(text, expected):
    question = understand(text, "", (), 2)
    assert [term.typed for term in question.heads] == expected
    assert heads(text, question.own_terms) == question.heads
