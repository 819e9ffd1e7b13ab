"""Forms of a word that share no stem."""

import pytest

from assistant.words.forms import forms
from assistant.words.terms import stem


@pytest.mark.parametrize(
    ("word", "other"),
    [("pay", "paid"), ("paid", "pays"), ("knives", "knife"), ("went", "going"), ("child", "children"), ("ran", "run")],
)
def test_another_form_is_found_both_ways(word, other):
    assert stem(other) in forms(word)
    assert stem(word) in forms(other)


def test_a_regular_word_has_its_own_stem_alone_and_it_comes_first():
    assert forms("zeppelins") == ("zeppelin",)
    assert forms("paid")[0] == stem("paid")
