"""What a question takes for granted, against what the letters say."""

import pytest

from assistant.premises import contradicts, faultless

PRAISE = ("The approach to audit is very effective.", "Audits are well moderated.")
MIXED = ("The approach to audit is very effective.", "Some audits are weak.")


@pytest.mark.parametrize(
    ("question", "sentence", "expected"),
    [
        ("Why was supervision so poor?", "Supervision is regular and effective.", True),
        ("Why was supervision so poor?", "Supervision is effective for most and weak for some.", False),
        ("Why are police powers used so often?", "There is a low use of police powers.", True),
        ("Why were the night services so slow?", "The night services respond promptly.", True),
        ("Why were the night services so slow?", "Promptly in most cases, but some are slow.", False),
        ("How were the night services?", "The night services respond promptly.", False),
    ],
)
def test_what_contradicts_a_question(question, sentence, expected):
    assert contradicts(question, sentence) is expected


@pytest.mark.parametrize(
    ("question", "sentences", "expected"),
    [
        ("What was wrong with the audits?", PRAISE, True),
        ("What was wrong with the audits?", MIXED, False),
        ("What was wrong with the audits?", (), False),
        ("What did the audits show?", PRAISE, False),
        ("What are the gaps that led inspectors to criticise the audits?", PRAISE, True),
    ],
)
def test_a_failing_that_is_presumed_and_found_nowhere(question, sentences, expected):
    assert faultless(question, sentences) is expected
