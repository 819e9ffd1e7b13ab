"""The thresholds from which a sentence is about what is asked."""

import pytest
from briefs import brief_of, letter_of

from assistant.answers.evidence import Evidence
from assistant.answers.relevance import ALIKE, LITTLE, NEAR, VERY_ALIKE, relevant, supports

LETTER = letter_of("visit", ("findings", "Findings", ["Dental treatment comes late."]))
BRIEF = brief_of("what about dental treatment?", [LETTER])
BROAD = brief_of("summarise the letter", [LETTER])


def evidence(nearby: float = 0.0, core: bool = False, similarity: float | None = None) -> Evidence:
    return Evidence(BRIEF.evidence[0].sentence, 1.0, nearby, nearby, core, similarity, True)


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (evidence(NEAR, core=True), True),
        (evidence(NEAR - 0.01, core=True), False),
        (evidence(NEAR, core=False), False),  # much of the question, nothing telling
        (evidence(LITTLE, similarity=ALIKE), True),
        (evidence(LITTLE, similarity=ALIKE - 0.01), False),
        (evidence(LITTLE - 0.01, similarity=ALIKE), False),
        (evidence(similarity=VERY_ALIKE), True),
        (evidence(similarity=VERY_ALIKE - 0.01), False),
        (evidence(), False),
    ],
)
def test_relevant(item, expected):
    assert relevant(BRIEF.question, item) is expected


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (evidence(core=True), True),
        (evidence(NEAR), False),
        (evidence(similarity=VERY_ALIKE), True),
        (evidence(similarity=VERY_ALIKE - 0.01), False),
    ],
)
def test_supports(item, expected):
    assert supports(BRIEF.question, item) is expected


def test_any_sentence_is_about_a_question_without_a_matter():
    assert BROAD.question.terms == ()
    assert relevant(BROAD.question, evidence())
    assert supports(BROAD.question, evidence())
