"""What a question takes for granted, against what the letters say."""

import pytest

from assistant.answers.premises import contradicts, faultless

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


@pytest.mark.parametrize(
    ("question", "sentence", "expected"),
    [
        # swamped and manageable
        ("Why were social workers swamped?", "Caseloads are manageable.", True),
        ("Why were staff overworked?", "Staff have reasonable workloads.", True),
        ("Why are caseloads too high?", "Caseloads are low.", True),
        ("Why were social workers swamped?", "Caseloads are manageable for most, too high for a few.", False),
        ("Why were caseloads manageable?", "Staff are overloaded.", False),  # only a failing is taken for granted
        ("Why were social workers glad?", "Caseloads are manageable.", False),
        # high and low, either way
        ("Why is turnover so low?", "There are many changes of social worker.", True),
        ("Why do so many staff leave?", "Few staff leave.", True),
        ("Why do so many staff leave?", "Few staff leave, but more did last year.", False),
        # merit and fault, either way
        ("Why is supervision so good?", "Supervision is weak.", True),
        ("Why is supervision so good?", "Supervision is effective.", False),
        # words that are of no side
        ("Could you say more about staff?", "Few staff leave.", False),
        ("Well, why do staff stay, and managers as well?", "Supervision is weak.", False),
        ("Why was supervision poor?", "", False),
    ],
)
def test_each_pair_of_contraries(question, sentence, expected):
    assert contradicts(question, sentence) is expected


@pytest.mark.parametrize(
    "question",
    [
        "What went wrong with the audits?",
        "What was so wrong about the audits?",
        "What is it in the audits that made Ofsted worry?",
    ],
)
def test_words_that_presume_a_failing(question):
    assert faultless(question, PRAISE)
    assert not faultless(question, ("The audits are done each month.",)), "nobody praises them"
    assert not faultless(question, MIXED)
