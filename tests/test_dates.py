"""Dates and periods: every form the letters print, none that cannot be, and offsets that hold."""

import datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assistant.letters.dates import MONTH_NUMBERS, find_day_months, find_periods
from assistant.letters.spoken import spoken_date

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
        ("1 March, 2019", "2019-03-01", "2019-03-01"),
        ("01 March 2019", "2019-03-01", "2019-03-01"),
        ("March 1st, 2019", "2019-03-01", "2019-03-01"),
        ("March 1, 2019", "2019-03-01", "2019-03-01"),
        ("July 1 to 12, 2019", "2019-07-01", "2019-07-12"),
        ("July 29 - August 2, 2019", "2019-07-29", "2019-08-02"),
        ("01/03/2019", "2019-03-01", "2019-03-01"),
        ("04/09/19", "2019-09-04", "2019-09-04"),
        ("1.3.2019", "2019-03-01", "2019-03-01"),
        ("01/07/2019 - 12/07/2019", "2019-07-01", "2019-07-12"),
        ("2019-03-01", "2019-03-01", "2019-03-01"),
        ("Fri 1 March 2019", "2019-03-01", "2019-03-01"),
        ("28 November to 9 December 2022", "2022-11-28", "2022-12-09"),
        ("30 January \N{EN DASH} 3 February 2023", "2023-01-30", "2023-02-03"),
        ("12 December 2022 to 13 January 2023", "2022-12-12", "2023-01-13"),
        ("31 October 2022 to 4 November", "2022-10-31", "2022-11-04"),
        ("30 December 2022 to 4 January", "2022-12-30", "2023-01-04"),
        ("between 9 and 21 July 2025", "2025-07-09", "2025-07-21"),
        ("29, 30 September and 1 October 2020", "2020-09-29", "2020-10-01"),
        ("on 30 November and 1 December 2021", "2021-11-30", "2021-12-01"),
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


@pytest.mark.parametrize(
    ("words", "periods"),
    [
        ("15, 16 and 21 July 2025", [("2025-07-15", "2025-07-16"), ("2025-07-21", "2025-07-21")]),
        ("9 and 21 July 2025", [("2025-07-09", "2025-07-09"), ("2025-07-21", "2025-07-21")]),
        ("1 July and 4 August 2019", [("2019-07-01", "2019-07-01"), ("2019-08-04", "2019-08-04")]),
        ("3 May 2016 and 4 June 2019", [("2016-05-03", "2016-05-03"), ("2019-06-04", "2019-06-04")]),
        ("5 to 9 June and 19 to 23 June 2023", [("2023-06-05", "2023-06-09"), ("2023-06-19", "2023-06-23")]),
        ("5 - 9 and 12 - 16 June 2023", [("2023-06-05", "2023-06-09"), ("2023-06-12", "2023-06-16")]),
        ("12 to 16 December and 9 to 13 January 2023", [("2022-12-12", "2022-12-16"), ("2023-01-09", "2023-01-13")]),
        ("10 and 11 October and 3 November 2022", [("2022-10-10", "2022-10-11"), ("2022-11-03", "2022-11-03")]),
    ],
)
def test_days_apart_are_several_periods(words, periods):
    assert [(p.first, p.last) for p in find_periods(f"Inspectors came on {words}.")] == periods


@pytest.mark.parametrize("words", ["the year 2018/19", "section 3.1.19", "24/7", "version 3/4/5", "1/2/2019/7"])
def test_numbers_that_are_no_dates(words):
    assert find_periods(words) == []


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        ("on 30 and 31 January.", "2018-01-30", "2018-01-31"),
        ("on 13 July.", "2018-07-13", "2018-07-13"),
        ("30 November to 1 December", "2018-11-30", "2018-12-01"),
        ("30 December to 4 January", "2017-12-30", "2018-01-04"),
    ],
)
def test_days_printed_without_a_year(words, first, last):
    (period,) = find_day_months(words, 2018)
    assert (period.first, period.last) == (first, last)


@pytest.mark.parametrize("words", ["30 and 31 January 2018", "in January", "31 June", "30 May, 2019"])
def test_no_day_without_a_year(words):
    assert find_day_months(words, 2018) == []


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
        "/",
        ".",
        "12/07/2019",
        "between",
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
    for period in find_day_months(text, 2019):
        assert text[period.start : period.end].strip() == text[period.start : period.end]
        assert datetime.date.fromisoformat(period.first) <= datetime.date.fromisoformat(period.last)


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
