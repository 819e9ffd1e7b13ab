"""Which lists of a letter a question asks for."""

import pytest

from assistant.questions.listed import lists_named


@pytest.mark.parametrize(
    ("question", "kinds"),
    [
        ("what needs to improve?", {"improve"}),
        ("what were the priority actions?", {"priority"}),
        ("what are the strengths?", {"strengths"}),
        ("what did the report recommend?", {"recommendations"}),
        ("what is said about housing?", set()),
    ],
)
def test_lists(question, kinds):
    assert kinds <= set(lists_named(question))
    assert bool(kinds) == bool(lists_named(question))


@pytest.mark.parametrize(
    ("question", "kinds"),
    [
        ("where is there room for improvement?", ("improve", "priority")),
        ("what is on the to-do list?", ("improve", "priority")),
        ("could do better: what?", ("improve", "priority")),
        ("what was cabinet invited to endorse?", ("recommendations",)),
        ("what are members being asked to agree?", ("recommendations",)),
        ("what is on the waiting list?", ()),
    ],
)
def test_lists_in_other_words(question, kinds):
    assert lists_named(question) == kinds
