"""Every measure against numbers worked out by hand."""

from pathlib import Path

import pytest

from assistant.reading.corpus import read_letter
from eval import measures, statistics
from eval.matching import holds, normalise, squeeze
from eval.measures import Tally

CORPUS = Path(__file__).parent.parent / "corpus" / "letters"


def test_normalising_forgets_layout_only() -> None:
    assert (
        normalise("The \u201cFront\u00a0Door\u201d \u2014\n 60 per cent, don\u2019t \ufb01x")
        == "the 'front door' - 60%, don't fix"
    )
    assert normalise("12<sup>th</sup> **August**") == "12th august"
    assert normalise("sixty percentages") == "sixty percentages"


@pytest.mark.parametrize(
    ("text", "phrase", "said"),
    [
        ("They Met\nSIX\u2010monthly.", "met six-monthly", True),
        ("judged inadequate", "adequate", False),
        ("two inspectors", "inspector", True),
        ("16 inspectors", "6 inspectors", False),
        ("grew by 6.5", "6", False),
        ("grew by 6.5", "5", False),
        ("on 6 and 7 February", "6", True),
        ("60 per cent", "60%", True),
        ("Plans improved, slowly", "plans improved.", True),
        ("the quality of decision-making by all managers", "The quality of decision- making by all.", True),
        ("multi-agency", "multi agency", False),
        ("a 160% rise", "60%", False),
        ("anything", " ", False),
    ],
)
def test_a_phrase_is_found_by_whole_beginnings_and_whole_numbers(text: str, phrase: str, said: bool) -> None:
    assert holds(text, phrase) is said


def test_squeezing_keeps_track_of_where_each_character_stood() -> None:
    text = "■ Multi-\nagency \u201cwork\u201d."
    assert squeeze(text) == ("multiagencywork", [2, 3, 4, 5, 6, 9, 10, 11, 12, 13, 14, 17, 18, 19, 20])


def test_wilson() -> None:
    # 8 of 10: (0.8 + z²/20 ± z √(0.016 + z²/400)) / (1 + z²/10), z² = 3.84146
    assert statistics.wilson(8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert statistics.wilson(0, 10) == pytest.approx((0.0, 0.2775), abs=1e-4)
    assert statistics.wilson(10, 10) == pytest.approx((0.7225, 1.0), abs=1e-4)
    assert statistics.wilson(0, 0) == (0.0, 1.0)


def test_mcnemar() -> None:
    assert statistics.mcnemar(6, 0) == 2 / 64
    assert statistics.mcnemar(5, 1) == 2 * (1 + 6) / 64
    assert statistics.mcnemar(1, 5) == statistics.mcnemar(5, 1)
    assert statistics.mcnemar(3, 3) == 1.0
    assert statistics.mcnemar(0, 0) == 1.0


def test_percentile_is_the_nearest_rank() -> None:
    values = [float(value) for value in range(20, 0, -1)]
    assert statistics.percentile(values, 0.5) == 10
    assert statistics.percentile(values, 0.95) == 19
    assert statistics.percentile([7.0], 0.95) == 7


def test_words_are_counted_as_read() -> None:
    assert measures.word_count("Ofsted, 1 March 2019:\n- It is so. [1] [12]\nAnd [so]") == 9


@pytest.mark.parametrize(
    ("kind", "letters", "limit"),
    [
        ("who", 1, 150),
        ("who", 3, 150),
        ("list", 1, 300),
        ("list_needs_to_improve", 1, 300),
        ("comparison", 2, 300),
        ("compare_years", 2, 300),
        ("coverage", 1, 300),
        ("theme", 1, 150),
        ("theme", 2, 300),
        ("specialist", 1, 150),
    ],
)
def test_word_limit(kind: str, letters: int, limit: int) -> None:
    assert measures.word_limit(kind, letters) == limit


def test_gains_count_each_quote_once_and_only_in_its_letter() -> None:
    evidence = [
        (frozenset({"a"}), "Pathway plans"),
        (frozenset({"a"}), "Safe homes"),
        (frozenset({"b"}), "Good"),
    ]
    passages = [
        ("b", "pathway plans, safe homes"),  # the words, but of another letter
        ("a", "■ Path-\nway plans and \u2018safe homes\u2019"),
        ("a", "safe homes again"),
        ("b", "It is good."),
    ]
    assert measures.gains(evidence, passages) == [0, 2, 0, 1]
    assert measures.gains(evidence, []) == []


def test_ranking() -> None:
    # Gains 0, 2, 0, 1 and one of the four quotes never found.
    # DCG = 2 / log2(3) + 1 / log2(5) = 1.26186 + 0.43068; ideal = 2 + 1 / log2(3) + 1 / log2(4) = 3.13093.
    assert measures.ranking([0, 2, 0, 1], 4) == pytest.approx(
        {"hit@1": 0, "hit@5": 1, "mrr@10": 0.5, "ndcg@10": 0.54059, "recall@5": 0.75, "recall@10": 0.75},
        abs=1e-5,
    )
    late = measures.ranking([0] * 5 + [1] + [0] * 4 + [1], 2)
    assert late["hit@5"] == 0
    assert (late["recall@5"], late["recall@10"]) == (0, 0.5)
    assert late["mrr@10"] == pytest.approx(1 / 6)
    assert measures.ranking([0] * 10 + [1], 1)["mrr@10"] == 0
    assert set(measures.ranking([1], 1).values()) == {1.0}


def test_an_answerable_question_without_results_scores_nothing() -> None:
    assert measures.ranking([], 2) == dict.fromkeys(
        ("hit@1", "hit@5", "mrr@10", "ndcg@10", "recall@5", "recall@10"), 0.0
    )


def test_quotes_support_a_sentence_by_three_quarters_of_its_words_and_every_number() -> None:
    quote = "Staff turnover fell to 12% and morale is high."
    assert measures.supports([quote], quote)
    assert measures.supports([quote], "Turnover fell to 12 per cent.")
    assert not measures.supports([quote], "Turnover fell to 13%.")
    assert measures.supports([quote], "Staff turnover fell sharply.")  # 3 of 4 content words
    assert not measures.supports([quote], "Staff turnover rose sharply.")  # 2 of 4
    assert measures.supports(["Diane Partridge"], "Lead inspector: Diane Partridge")
    assert not measures.supports([], "Anything")
    assert not measures.supports([quote], "And it was.")  # nothing to support


def test_citation_recall_and_precision_by_alces_definitions() -> None:
    sentence = "Caseloads fell and morale rose."
    whole, first, second = sentence, "Caseloads fell", "morale rose"
    assert measures.citation_recall(sentence, [first, second]) == Tally(1, 1)
    assert measures.citation_recall(sentence, [first]) == Tally(0, 1)
    assert measures.citation_recall(sentence, []) == Tally(0, 1)
    assert measures.citation_precision(sentence, [first, second]) == Tally(2, 2)  # neither can be spared
    assert measures.citation_precision(sentence, [whole, first]) == Tally(1, 2)  # the second adds nothing
    assert measures.citation_precision(sentence, [first]) == Tally(0, 1)  # unsupported: none counts
    assert measures.citation_precision(sentence, []) == Tally(0, 0)


@pytest.mark.parametrize(
    ("sentence", "missing"),
    [
        ("The visit took place on 6 and 7 February 2019.", []),
        ("Two of six plans were good.", []),
        ("2 of 6 plans were good.", []),
        ("Three of six plans were good.", ["3"]),
        ("The plans were outstanding.", ["outstanding"]),
        ("Plans were adequate.", ["adequate"]),
        ("It rose to 60 per cent.", []),
        ("It rose to 60.", ["60"]),
        ("It rose to 61%.", ["61%"]),
        ("On 9 March 2019 Marcie Taylor came.", ["9", "9 march 2019"]),
        ("On 6 March 2019 it rose.", ["6 march 2019"]),  # its parts are there, but not the date
        ("There was Marcie Smith.", ["smith"]),
        ("Jane Taylor came.", ["jane"]),
        ("Plans rose. Homes fell: They came.", []),  # capitals that only begin a sentence
        ("Lead inspector: Marcie Taylor\u2019s.", []),
        ("Written from M1 2WD, Ms Brown.", ["m1", "ms", "brown"]),
        ("That was Ofsted\u2019s view.", ["ofsted"]),
    ],
)
def test_grounding(sentence: str, missing: list[str]) -> None:
    quotes = [
        "Marcie Taylor visited on 6 and 7 February 2019. Two of six plans were good and none inadequate;",
        "it rose to 60% by 1st March 2019.",
    ]
    assert measures.ungrounded(sentence, quotes) == missing


def test_a_letters_metadata_grounds_what_no_quote_says() -> None:
    letter = read_letter(CORPUS / "2019-03-01-swindon-focused-visit.txt")
    sentence = "Ofsted, focused visit of 6 to 7 February 2019 to Swindon, published on 1 March 2019."
    assert measures.ungrounded(sentence, [measures.metadata(letter)]) == []
    assert measures.ungrounded("Published on 7 March 2019 in Wiltshire.", [measures.metadata(letter)]) == [
        "7 march 2019",
        "wiltshire",
    ]


def test_tallies_add_up() -> None:
    assert Tally(1, 2) + Tally(0.5, 1) == Tally(1.5, 3)
    assert Tally(1, 2).value == 0.5
    assert Tally(0, 0).value is None


def test_the_bootstrap_draws_whole_clusters() -> None:
    # Of two clusters, each of two draws gives A twice, once or never: a quarter, a half, a quarter of all draws.
    assert statistics.bootstrap([1, 0], ["a", "b"]) == (0, 1)
    assert statistics.bootstrap([0.5, -0.25], ["a", "b"]) == (-0.25, 0.5)
    # The questions of a cluster come together, and a cluster of three counts three times.
    assert statistics.bootstrap([1, 0.25, 0.25, 0], ["a", "a", "a", "b"]) == (0, 0.5)
    assert statistics.bootstrap([0.2, 0.2, 0.2], ["a", "b", "c"]) == pytest.approx((0.2, 0.2))
    assert statistics.bootstrap([0.2, 0.4], ["a", "a"]) == statistics.bootstrap([], []) == (-1, 1), (
        "nothing can be said"
    )


def test_the_bootstraps_interval_is_that_of_the_normal_distribution_for_many_clusters() -> None:
    # 400 questions, half of them +1 and half 0: mean 0.5, standard error 0.5 / 20
    low, high = statistics.bootstrap([1, 0] * 200, [str(number) for number in range(400)])
    assert low == pytest.approx(0.5 - 1.96 * 0.025, abs=0.005)
    assert high == pytest.approx(0.5 + 1.96 * 0.025, abs=0.005)
    # Pairs of the same fate: half as many draws, so wider by the square root of two.
    low, high = statistics.bootstrap([1, 1, 0, 0] * 100, [str(number // 2) for number in range(400)])
    assert high - low == pytest.approx(2 * 1.96 * 0.5 / 200**0.5, abs=0.01)


def test_paired_randomisation_by_hand() -> None:
    # Sums of +-1 +-2 +-0.5: 3.5, 2.5, -0.5, -1.5 and the same with the other sign; 2.5 or more: 4 of 8.
    assert statistics.randomisation([1, 2, -0.5]) == 0.5
    assert statistics.randomisation([1, 1, 1]) == 0.25
    assert statistics.randomisation([0.1] * 3 + [0] * 50) == 0.25, "no difference has no sign, and 0.1 is not exact"
    assert statistics.randomisation([0.5, -0.5]) == 1
    assert statistics.randomisation([0, 0]) == statistics.randomisation([]) == 1


@pytest.mark.parametrize(("won", "lost"), [(5, 1), (1, 5), (6, 6), (14, 0), (10, 4)])
def test_paired_randomisation_of_outcomes_is_mcnemars_test(won: int, lost: int) -> None:
    assert statistics.randomisation([1] * won + [-1] * lost) == pytest.approx(statistics.mcnemar(lost, won))


def test_many_differences_are_drawn_from_near_the_exact_p_and_never_0() -> None:
    assert statistics.randomisation([1] * 20 + [-1] * 10) == pytest.approx(statistics.mcnemar(10, 20), abs=0.01)
    assert statistics.randomisation([1] * 100) == 1 / 20_001


def test_a_sentence_is_word_for_word_one_stretch_of_a_quote() -> None:
    quote = "Decisions are not always\nrecorded \u2013 and managers know it."
    assert measures.verbatim("Decisions are not always recorded - and managers know it.", [quote])
    assert measures.verbatim("Lead inspector: Diane Partridge", ["Diane Partridge and Marcie Taylor"])
    assert measures.verbatim("Dated 1 March 2019.", ["1 March 2019"])
    row = "The experiences and progress of children who need help and protection Good"
    assert measures.verbatim("The experiences and progress of children who need help and protection: Good.", [row])
    assert not measures.verbatim("The experiences and progress of care leavers: Good.", [row])
    assert not measures.verbatim("Decisions are always recorded - and managers know it.", [quote])
    assert not measures.verbatim("Decisions are not always recorded.", ["Decisions are not", "always recorded."])
    assert not measures.verbatim("Yes: ", [quote]) and not measures.verbatim("Decisions", [])
