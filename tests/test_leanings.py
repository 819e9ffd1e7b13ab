"""The words of praise and fault: what each scale hears, and what it does not."""

import pytest

from assistant.answers.leanings import CASE, FAULT, PRAISE, STRONG, WEAK


@pytest.mark.parametrize(
    ("sentence", "plain", "soft"),
    [
        ("Decisions are delayed.", True, True),
        ("Plans are reviewed for a small number of children.", False, True),
        ("Further work is needed.", False, True),
        ("Not all visits are recorded.", True, True),
        ("Children are seen every week.", False, False),
    ],
)
def test_a_soft_fault_is_heard_by_the_long_list_only(sentence, plain, soft):
    assert bool(WEAK.search(sentence)) is plain
    assert bool(FAULT.search(sentence)) is soft


@pytest.mark.parametrize(
    ("sentence", "plain", "soft"),
    [
        ("Social workers know children well.", True, True),
        ("Caseloads have reduced.", False, True),
        ("Children are seen every week.", False, False),
    ],
)
def test_praise(sentence, plain, soft):
    assert bool(STRONG.search(sentence)) is plain
    assert bool(PRAISE.search(sentence)) is soft


def test_what_is_answered_well_is_no_fault_of_those_who_answer():
    sentence = "When children do not come home, they are looked for at once."
    assert FAULT.search(sentence) and not FAULT.search(CASE.sub("", sentence))
