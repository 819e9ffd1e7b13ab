"""What a question names by itself: years that mean letters, and years that are its matter."""

import pytest
from fakes import ROOT

from assistant.letters.inspectorates import use
from assistant.questions.named import plainly, read_named


@pytest.mark.parametrize(
    ("question", "years"),
    [
        # a target year is the question's matter
        ("what target was set for care leavers in work by 2022?", ()),
        ("what is the goal for 2025?", ()),
        ("what did 2019 set as the target for 2022?", (2019,)),
        ("what was due by 2023 in the 2019 letter?", (2019,)),
        # set against another year, both mean letters
        ("were things better by 2023 than in 2018?", (2023, 2018)),
        ("had it improved by 2023 compared with 2018?", (2023, 2018)),
        ("had it improved by 2023 since the inspection of 2018?", (2023, 2018)),
        ("how far had it come by 2023 from where it was in 2018?", (2023, 2018)),
        # what is compared is no year
        ("was it better than in the years before, and what was to be done by 2022?", ()),
        ("is more said of the target for 2022?", ()),
    ],
)
def test_years(question, years):
    assert read_named(question, ("Swindon",)).years == years


@pytest.mark.parametrize(
    ("question", "contrast"),
    [
        ("put the 2011 letter next to the 2019 one", True),
        ("the cabinet paper alongside the letter of March 2019", True),
        ("2011 beside 2019", True),
        ("what did the 2011 letter say?", False),
    ],
)
def test_two_things_side_by_side(question, contrast):
    assert read_named(question, ("Swindon",)).contrast is contrast


@pytest.mark.parametrize(
    ("question", "standing", "kinds"),
    [
        ("what did the council say about the monitoring visit?", "council", ()),
        ("what did the council say in its press release on the monitoring visit?", "council", ("press release",)),
        ("what did Ofsted say about the monitoring visit?", "inspectorate", ("monitoring visit",)),
    ],
)
def test_a_visit_that_the_council_speaks_of_is_its_matter(question, standing, kinds):
    named = read_named(question, ("Swindon",))
    assert (named.standing, named.kinds) == (standing, kinds)


def test_an_added_inspectorates_words_are_understood_as_ofsteds():
    question = "Which follow-up visits and annual review did IFSN reviewers make, and which previews?"
    assert plainly(question) == question
    use(ROOT / "tests" / "nordmark" / "nordmark.toml")
    try:
        assert plainly(question) == "Which visits and inspection did Ofsted inspectors make, and which previews?"
        named = read_named(question, ())
        assert named.kinds == ("annual review", "follow-up visit")
        assert named.issuers == ("Inspectorate of Family Services for Nordmark",) and named.standing == "inspectorate"
    finally:
        use(None)
