"""How people put a matter and how letters write it: the lines of the thesaurus, and that it works one way only."""

import re
from pathlib import Path

import pytest

from assistant.words import synonyms
from assistant.words.synonyms import FIELD_GROUPS, PLAIN_GROUPS, SPOKEN
from assistant.words.terms import ARTICLES, LONGEST_PHRASE, STOP, SYNONYM, expand, stem, stemmed, words

FILE = Path(synonyms.__file__).with_name("plain_english.txt")
ROWS = [
    (number, row)
    for number, row in enumerate(FILE.read_text(encoding="utf-8").splitlines(), 1)
    if row.strip() and not row.startswith("#")
]
LINES = [(number, said, written) for (number, _), (said, written) in zip(ROWS, SPOKEN, strict=True)]
SIDE = re.compile(r"[^|=>\s][^|=>]*(?: \| [^|=>\s][^|=>]*)*")
"""Phrases, apart by " | "."""


def key_of(phrase: str) -> tuple[str, ...]:
    """A phrase as it is looked up: its stems without articles."""
    return tuple(stem(word) for word in words(phrase) if word not in ARTICLES)


LOOKED_UP = {
    key_of(phrase) for group in (*FIELD_GROUPS, *PLAIN_GROUPS, *(said for said, _ in SPOKEN)) for phrase in group
}


def test_every_line_is_well_formed():
    faults = []
    for number, row in ROWS:
        sides = row.split(" => ")
        if len(sides) != 2 or "  " in row or row != row.strip() or not all(map(SIDE.fullmatch, sides)):
            faults.append(f"line {number}: {row}")
    assert len(ROWS) > 500
    assert faults == []


def test_phrases_are_lower_case_short_and_given_once():
    assert LONGEST_PHRASE == 6
    faults = [
        f"line {number}: {phrase}"
        for number, *sides in LINES
        for side in sides
        for phrase in side
        if phrase != phrase.lower() or not 1 <= len(words(phrase)) <= LONGEST_PHRASE or side.count(phrase) > 1
    ]
    assert faults == []


def test_what_people_say_is_kept_together_as_one_term():
    faults = [
        f"line {number}: {phrase}"
        for number, said, _ in LINES
        for phrase in said
        if phrase in STOP or [key_of(term.typed) for term in expand(phrase)] != [key_of(phrase)]
    ]
    assert faults == []


def test_a_question_with_the_one_finds_a_sentence_with_the_other():
    faults = [
        f"line {number}: {phrase} => {other}"
        for number, said, written in LINES
        for phrase in said
        for other in written
        if key_of(other) != key_of(phrase)  # not the same words but for an article
        and not any(
            term.matched(stemmed(f"Inspectors wrote of {other} at length.")) >= SYNONYM for term in expand(phrase)
        )
    ]
    assert faults == []


def test_a_question_in_the_letters_words_is_not_widened():
    """A phrase that only ever stands on the right means itself and nothing that people say."""
    only_written = {phrase for _, written in SPOKEN for phrase in written if key_of(phrase) not in LOOKED_UP}
    assert len(only_written) > 500
    everything_said = {tuple(map(stem, words(phrase))) for said, _ in SPOKEN for phrase in said}
    for phrase in only_written:
        for term in expand(phrase):
            if key_of(term.typed) == key_of(phrase):
                assert not everything_said & set(term.alternatives[1:]), phrase


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ("do the kids get stuck in limbo?", "Some children experience drift and delay."),
        ("do social workers have the time to dig deeper?", "Leaders promote professional curiosity."),
        ("who is on the at-risk register?", "Children subject of a child protection plan are seen."),
    ],
)
def test_plain_english_finds_the_letters_words_and_not_the_reverse(asked, sentence):
    assert any(term.matched(stemmed(sentence)) == SYNONYM for term in expand(asked))
    spoken = [phrase for said, _ in SPOKEN for phrase in said if f" {phrase}" in asked and " " in phrase]
    assert spoken
    for term in expand(sentence):
        assert term.matched(stemmed(asked)) == 0.0
