"""What "what was said about X Y" is about: the nouns that no sentence on something else can answer for."""

import re
from collections.abc import Sequence

from assistant.words.spelling import is_english
from assistant.words.terms import FUNCTION, Term, words

__all__ = ["heads"]

SAID = (
    r"say|says|said|find|finds|found|think|thinks|thought|anything|something|tell (?:me|us)|comments?|commented"
    r"|mentions?|mentioned|made|make|reported|read|words?|views?|talk"
)
ABOUT = re.compile(
    rf"\b(?:{SAID})\s+(?:(?:us|me|anything|something|much|more)\s+)?(?:about|on|regarding|concerning)\s+(?P<said>[^?,;:]+)"
    r"|\b(?:say|said|think|thought|mention|make|made) of\s+(?P<of>[^?,;:]+)"
    r"|^\s*(?:(?:and|so|ok)\s+)?(?:what|how)\s+about\s+(?P<bare>[^?,;:]+)",
    re.IGNORECASE,
)
"""The words behind "what was said about", up to the next stop."""
BESIDE = re.compile(r"\b(?:and|or)\b", re.IGNORECASE)
"""Of two matters side by side one is enough for an answer: only the first is looked at, and only if it is alone."""
BETWEEN = re.compile(
    r"\b(?:for|in|at|of|by|to|with|from|during|since|before|after|between|on|as|under|like|about|than|within|across"
    r"|through)\b",
    re.IGNORECASE,
)
"""Words between two noun phrases."""
CLAUSE = re.compile(
    r"\b(?:who|that|which|where|when|how|because|is|are|was|were|being|having|have|has)\b", re.IGNORECASE
)
"""Words from which on it is no noun phrase any more."""
LONGEST = 4  # words of a noun phrase; longer ones hold a verb
GENERAL = frozenset(
    """situation side picture issue matter topic aspect story state question area theme subject part condition position
    practice arrangement quality standard level progress performance problem difficulty idea business case stuff one
    impact effect role use approach experience response process provision offer outcome improvement""".split()
)
"""Nouns that name nothing by themselves: "the staffing situation" is answered by what is said of staffing."""


def heads(text: str, own: Sequence[Term]) -> tuple[Term, ...]:
    """The last words of a question's noun phrases of two or more words: "clubs" of "youth clubs for care leavers".

    What is said of young people does not answer a question about youth clubs, and what is said of schools none about
    school dinners: without its head a noun phrase is another matter.

    Args:
        text: The question, spelling mended.
        own: Its terms.

    Returns:
        Those terms that end with such a word; empty where the question does not ask what is said about something, where
        it names two matters side by side, or where the word is general or no English word.
    """
    about = ABOUT.search(text)
    if not about:
        return ()
    matter = about["said"] or about["of"] or about["bare"]
    if BESIDE.search(matter):
        return ()
    last = {term.typed.split()[-1].removesuffix("'s"): term for term in own}
    found = []
    for phrase in BETWEEN.split(CLAUSE.split(matter)[0]):
        content = [word.removesuffix("'s") for word in words(phrase) if word not in FUNCTION]
        if 2 <= len(content) <= LONGEST:
            head = content[-1]
            if head in last and not {head, head.removesuffix("s")} & GENERAL and is_english(head):
                found.append(last[head])
    return tuple(dict.fromkeys(found))
