"""Dates and periods: every form the letters print, none that cannot be, and offsets that hold."""

import datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assistant.citations import spoken_date
from assistant.dates import MONTH_NUMBERS, find_periods

ISO = r"^\d{4}-\d{2}(?:-\d{2})?$"


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        ("1 March 2019", "2019-03-01", "2019-03-01"),
        ("1st March 2019", "2019-03-01", "2019-03-01"),
        ("4th September 2019", "2019-09-04", "2019-09-04"),
        ("the 12th of August 2019", "2019-08-12", "2019-08-12"),
        ("Friday 12 July 2024", "2024-07-12", "2024-07-12"),
        ("12 JULY 2024", "2024-07-12", "2024-07-12"),
        ("12 Jul. 2024", "2024-07-12", "2024-07-12"),
        ("3 Sept 2012", "2012-09-03", "2012-09-03"),
        ("29 February 2024", "2024-02-29", "2024-02-29"),
        ("15 and 16 February 2011", "2011-02-15", "2011-02-16"),
        ("between 1st and 12th July 2019", "2019-07-01", "2019-07-12"),
        ("17 to 28 July 2023", "2023-07-17", "2023-07-28"),
        ("17\N{EN DASH}28 July 2023", "2023-07-17", "2023-07-28"),
        ("6 March 2017\N{EN DASH}30 March 2017", "2017-03-06", "2017-03-30"),
        ("5, 6 and 7 March 2018", "2018-03-05", "2018-03-07"),
        ("Monday 4 March to Friday 8 March 2024", "2024-03-04", "2024-03-08"),
        ("30 September to 11 October 2024", "2024-09-30", "2024-10-11"),
        ("28 January 2019 to 1 February 2019", "2019-01-28", "2019-02-01"),
        ("16 December to 10 January 2020", "2019-12-16", "2020-01-10"),
        ("in July 2023", "2023-07", "2023-07"),
        ("June 2024", "2024-06", "2024-06"),
    ],
)
def test_each_printed_form(words, first, last):
    (period,) = find_periods(f"Inspectors came {words}, and then left.")
    assert (period.first, period.last) == (first, last)


@pytest.mark.parametrize(
    "words",
    [
        "31 June 2020",
        "29 February 2023",
        "0 May 2020",
        "45 March 2019",
        "30 to 31 February 2019",
        "31 to 30 March 2019",
    ],
)
def test_impossible_days_give_no_day(words):
    assert all(len(p.first) < 10 or words.endswith(words[p.start : p.end]) for p in find_periods(words))
    assert not any(p.start == 0 for p in find_periods(words))


@pytest.mark.parametrize("words", ["", "section 47", "60% in 2019", "May", "1 2 3", "12 people in 2024", "v1.2 May"])
def test_no_date(words):
    assert find_periods(words) == []


def test_several_in_order_each_with_its_words():
    text = "Dates: 8 July 2019 to 12 July 2019 and 7 August 2019 to 8 August 2019; published in September 2019."
    found = find_periods(text)
    assert [(p.first, p.last) for p in found] == [
        ("2019-07-08", "2019-07-12"),
        ("2019-08-07", "2019-08-08"),
        ("2019-09", "2019-09"),
    ]
    assert [text[p.start : p.end] for p in found] == [
        "8 July 2019 to 12 July 2019",
        "7 August 2019 to 8 August 2019",
        "September 2019",
    ]


def test_only_the_stretch_asked_for():
    text = "On 1 March 2019 and later, on 2 April 2020, and on 3 May 2021."
    (period,) = find_periods(text, 20, 45)
    assert text[period.start : period.end] == "2 April 2020"
    assert find_periods(text, 0, 12) == []  # "On 1 March 2": cut before its year


TOKENS = st.sampled_from(
    [
        *MONTH_NUMBERS,
        "1",
        "31",
        "30th",
        "2019",
        "2024",
        "1999",
        "2100",
        "to",
        "and",
        "-",
        "–",
        ",",
        "of",
        "Monday",
        " ",
        "\n",
    ]
)


@given(st.one_of(st.text(), st.lists(TOKENS).map(" ".join), st.lists(TOKENS).map("".join)))
@example("32 to 31 June 2019")
@example("٣ May 20١٩")
def test_any_text_gives_real_dates_at_true_offsets(text):
    found = find_periods(text)
    assert found == sorted(found, key=lambda period: period.start)
    for period in found:
        assert 0 <= period.start < period.end <= len(text)
        assert text[period.start : period.end].strip() == text[period.start : period.end]
        assert period.first <= period.last
        for day in (period.first, period.last):
            datetime.date.fromisoformat(day if len(day) == 10 else f"{day}-01")
    for one, other in zip(found, found[1:], strict=False):
        assert one.end <= other.start


@given(st.dates(datetime.date(1900, 1, 1), datetime.date(2099, 12, 31)))
def test_a_spoken_date_is_found_again(day):
    spoken = spoken_date(day.isoformat())
    (period,) = find_periods(f"Published on {spoken}.")
    assert (period.first, period.last) == (day.isoformat(), day.isoformat())


def test_a_long_s_does_not_crash():
    find_periods("1 \N{LATIN SMALL LETTER LONG S}eptember 2019")


def test_box_drawing_dash_joins_a_period():
    (period,) = find_periods("Inspection date: 20 June 2017 \N{BOX DRAWINGS LIGHT HORIZONTAL} 13 July 2017")
    assert (period.first, period.last) == ("2017-06-20", "2017-07-13")
