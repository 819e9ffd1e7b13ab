"""Mending misspelt words of a question against the words that the letters use."""

import math
from collections.abc import Collection
from functools import lru_cache
from typing import Any

from assistant.words.terms import STOP, WORD, fold

__all__ = ["is_english", "mended", "uncommon"]

QUESTION_WORDS = {
    "wen": "when",
    "wich": "which",
    "whch": "which",
    "wat": "what",
    "hwo": "how",
    "befor": "before",
    "wot": "what",
}
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
    count = max(frequency[form] for form in _spellings(word))
    surprise = math.log(frequency.total_words / (count + 1))
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
        if (
            len(word) >= SHORTEST
            and word.isalpha()
            and word not in vocabulary
            and word not in STOP
            and word not in skip
        ):
            near = _near(word, vocabulary)
        if near and near != word:
            out.append(question[last : match.start()] + near)
            last = match.end()
    return "".join(out) + question[last:]


def _near(word: str, vocabulary: Collection[str]) -> str | None:
    """The one word of the letters that is a slip away, if the word is no English word itself."""
    if is_english(word):
        return None
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    slips = 2 if len(word) >= LONG else 1
    near = [w for w in vocabulary if w[:1] == word[:1] and abs(len(w) - len(word)) <= slips and w.isalpha()]
    found = process.extract(word, near, scorer=OSA.distance, limit=4, score_cutoff=slips)
    best = [other for other, distance, _ in found if distance == found[0][1]]
    if len({other.rstrip("s") for other in best}) != 1:
        return None  # nothing near, or several words equally near: better unmended than turned into another word
    return str(min(best, key=len))


AMERICAN = (
    ("ise", "ize"),
    ("isation", "ization"),
    ("ising", "izing"),
    ("ised", "ized"),
    ("our", "or"),
    ("lled", "led"),
)


@lru_cache(maxsize=20_000)
def _spellings(word: str) -> tuple[str, ...]:
    """A word, its singular, and its American forms: the dictionary's spelling is American."""
    forms = [word, *(word[: -len(end)] for end in ("s", "es") if word.endswith(end))]
    forms += [form.replace(british, american) for form in forms for british, american in AMERICAN if british in form]
    forms += [form.replace("ll", "l") for form in forms if "ll" in form]
    forms += [form.replace("ae", "e") for form in forms if "ae" in form]
    return tuple(dict.fromkeys(forms))


def is_english(word: str) -> bool:
    """Whether the dictionary knows a lower-case word, in British or American spelling."""
    dictionary = _dictionary()
    return any(form in dictionary for form in _spellings(word))
