"""Letters, dates and periods in the words that people use."""

import re

import pytest
from documents import CABINET, FOCUSED, INSPECTION, MONITORING, PRESS, a_letter

from assistant.letters.inspectorates import kind_names
from assistant.letters.spoken import describe, spoken_date, spoken_period

KINDS = kind_names()


@pytest.mark.parametrize(
    ("iso", "spoken"),
    [
        ("2019-03-01", "1 March 2019"),
        ("2024-12-31", "31 December 2024"),
        ("2024-07", "July 2024"),
        ("2024", "2024"),
        ("", ""),
        (None, ""),
    ],
)
def test_spoken_dates(iso, spoken):
    assert spoken_date(iso) == spoken


def test_descriptions_of_the_shipped_letters(shipped):
    assert {file: describe(letter) for file, letter in shipped.items()} == {
        INSPECTION: "Ofsted, contact, referral and assessment inspection letter, 16 March 2011",
        FOCUSED: "Ofsted, focused visit letter, 1 March 2019",
        CABINET: "Swindon Borough Council, council report, 4 September 2019",
        MONITORING: "Ofsted, monitoring visit letter, 12 July 2024",
        PRESS: "Swindon Borough Council, press release, July 2024",
    }


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_described(kind):
    words = describe(a_letter([], kind=kind, issuer="Ofsted", visit_end="2023-07-28"))
    assert re.fullmatch(r"Ofsted, [\w ,]*(?:letter|report|release|document), inspected 28 July 2023", words)


def test_what_is_unknown_is_said_to_be():
    assert describe(a_letter([], kind="other")) == "Issuer unknown, document, undated"


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("2019-02-06", "2019-02-07", "6 to 7 February 2019"),
        ("2019-06-28", "2019-07-02", "28 June to 2 July 2019"),
        ("2018-12-30", "2019-01-02", "30 December 2018 to 2 January 2019"),
        ("2019-05", "2019-05-03", "May 2019 to 3 May 2019"),
        ("2019-05-03", "2019-05-03", "3 May 2019"),
        ("2019-05-03", None, "3 May 2019"),
        (None, "2019", "2019"),
        (None, None, ""),
    ],
)
def test_a_period_says_once_what_both_days_share(first, last, words):
    assert spoken_period(first, last) == words
