"""Mending misspelt words of a question against the words that the letters use."""

import math
from collections.abc import Collection
from functools import lru_cache
from typing import Any

from assistant.terms import STOP, WORD, fold

__all__ = ["mended", "uncommon"]

QUESTION_WORDS = {"wen": "when", "wich": "which", "whch": "which", "wat": "what", "hwo": "how", "befor": "before", "wot": "what"}
SHORTEST = 5  # letters: below, a slip turns one word into another too easily
LONG = 8  # letters from which two slips are allowed


COMMON, RARE = 7.5, 12.5  # -ln of a word's share of running English: "think" 5.7, "notice" 9.9, "adoption" 12.5
LEAST = 0.15


@lru_cache(maxsize=20_000)
def uncommon(word: str) -> float:
    """How uncommon a word is in general English, from 0.15 ("think", "done") to 1 ("adoption", "caseloads").

    From the word counts of pyspellchecker's dictionary. It weighs a question's words: a small set of letters alone
    makes "think" look as telling as "adoption".
    """
    frequency = _dictionary().word_frequency
    surprise = math.log(frequency.total_words / (frequency[word] + 1))
    return min(1.0, max(LEAST, (surprise - COMMON) / (RARE - COMMON)))


@lru_cache(maxsize=1)
def _dictionary() -> Any:
    from spellchecker import SpellChecker

    return SpellChecker(language="en")


def mended(question: str, vocabulary: Collection[str], skip: Collection[str] = ()) -> str:
    """A question with its misspelt words put right where the letters have just one near word.

    Args:
        question: As typed.
        vocabulary: Every word of the letters, lower case.
        skip: Words to leave alone (names that are known already), lower case.

    Returns:
        The question, folded to lower case only in the words that were changed. A word that the letters or the
        English dictionary know is never touched.
    """
    out = []
    last = 0
    folded = fold(question)
    for match in WORD.finditer(folded):
        word = match.group()
        near = QUESTION_WORDS.get(word)
        if len(word) >= SHORTEST and word.isalpha() and word not in vocabulary and word not in STOP and word not in skip:
            near = _near(word, vocabulary)
        if near and near != word:
            out.append(question[last : match.start()] + near)
            last = match.end()
    return "".join(out) + question[last:]


def _near(word: str, vocabulary: Collection[str]) -> str | None:
    dictionary = _dictionary()
    if word in dictionary or (word.endswith("s") and word[:-1] in dictionary):
        return None
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    slips = 2 if len(word) >= LONG else 1
    candidates = [
        other for other in vocabulary if other[:1] == word[:1] and abs(len(other) - len(word)) <= slips and other.isalpha()
    ]
    found = process.extract(word, candidates, scorer=OSA.distance, limit=3, score_cutoff=slips)
    if not found or (len(found) > 1 and found[0][1] == found[1][1] and found[0][0].rstrip("s") != found[1][0].rstrip("s")):
        # nothing near, or two words equally near: a common English word may still be meant
        common = dictionary.correction(word)
        return common if common in vocabulary else (found[0][0] if found else None)
    return str(found[0][0])
