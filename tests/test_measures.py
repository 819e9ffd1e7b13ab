"""How much terms weigh: the rarer among the passages and in English the more, nothing where none holds them."""

import math
from dataclasses import replace

import pytest

from assistant.answers.measures import KNOWN, Weights
from assistant.words.terms import expand

[PLAIN] = expand("zeppelins")


def weights(holding: int, of: int = 100) -> Weights:
    return Weights(of, lambda _term: holding)


def test_a_term_that_no_passage_holds_weighs_nothing():
    assert weights(0).rarity(PLAIN) == 0 < weights(1).rarity(PLAIN)


def test_the_fewer_hold_it_the_more_it_weighs():
    found = [weights(holding).rarity(PLAIN) for holding in (1, 10, 50, 100)]
    assert found == sorted(found, reverse=True) and found[-1] > 0
    assert weights(10).rarity(PLAIN) == pytest.approx(math.log(1 + 90.5 / 10.5) * weights(10).strangeness(PLAIN))


def test_a_term_with_synonyms_weighs_more_and_one_of_an_earlier_question_less():
    known = replace(PLAIN, alternatives=(*PLAIN.alternatives, "airship"))
    assert weights(1).rarity(known) == KNOWN * weights(1).rarity(PLAIN)
    assert weights(1).rarity(replace(PLAIN, weight=0.2)) == pytest.approx(0.2 * weights(1).rarity(PLAIN))


def test_common_english_is_not_strange_and_a_term_of_the_field_always_is():
    common = replace(PLAIN, typed="thing")
    assert weights(1).strangeness(common) < weights(1).strangeness(PLAIN) == 1
    assert weights(1).strangeness(replace(common, field=True)) == 1


def test_passages_are_counted_once_for_each_term():
    asked = []
    counting = Weights(100, lambda term: len(asked.append(term) or asked))
    assert counting.rarity(PLAIN) == counting.rarity(PLAIN) and asked == [PLAIN]
