"""Follow-ups: what a question leaves unsaid because the question before it said it."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from assistant.questions.named import Named

__all__ = ["context", "with_history"]

FOLLOW_UP = re.compile(
    r"^\s*(?:and|but|so|what about|how about|or|also|then|ok|okay)\b"
    r"|\b(?:it|its|they|them|their|he|she|him|her|the one|the same|both|either)\b"
    r"|\b(?:that|this|those|these)\s*(?:$|[?.,]|(?:visit|inspection|letter|report|paper|time|point|year|one|stage)\b)"
    r"|\b(?:there|then)\s*(?:$|[?.,])|\bthe (?:report|letter|visit|inspection|document|paper)\b",
    re.IGNORECASE,
)


def with_history(named: Named, question: str, earlier: Sequence[Named], few_terms: bool) -> Named:
    """What a question names, with what a follow-up leaves unsaid taken from the question before it.

    Args:
        named: What the question names by itself.
        question: As asked.
        earlier: What the earlier questions name, oldest first, each with what it took from the one before.
        few_terms: Whether it has too few words of its own to stand alone.
    """
    if not earlier or not (FOLLOW_UP.search(question) or few_terms or _is_short(named, question)):
        return named
    before = earlier[-1]
    months = named.months
    years = named.years or before.years
    if not months and not named.years:
        months = before.months
    return replace(
        named,
        authorities=named.authorities or before.authorities,
        years=years,
        months=months,
        basis=named.basis if named.years else before.basis,
        first=named.first if named.years else before.first,
        last=named.last if named.years else before.last,
        stretch=named.stretch if named.years else before.stretch,
        ranged=named.ranged if named.years else before.ranged,
        order=named.order or (before.order if not named.years else None),
        count=named.count if named.order else before.count,
        kinds=named.kinds or (before.kinds if not named.years and not named.authorities else ()),
        standing=named.standing or before.standing,
        letter_only=named.letter_only or (before.letter_only and not named.years),
        used=(*named.used, *before.used),
    )


SHORT = 8  # words
EVERYWHERE = re.compile(
    r"\b(?:all|any|every|each|nationally|which) (?:the )?(?:letters?|councils?|authorit\w+|reports?)?\b", re.I
)


def _is_short(named: Named, question: str) -> bool:
    """A short question that names no letter is about those of the question before: "who was the inspector?"."""
    alone = named.authorities or named.years or named.kinds or named.order or named.standing
    return not alone and len(question.split()) <= SHORT and not EVERYWHERE.search(question)


def context(question: str, history: Sequence[str], few_terms: Callable[[str], bool]) -> tuple[str, ...]:
    """The earlier questions that a follow-up leans on, latest first; none for a question that stands alone.

    Args:
        question: As asked.
        history: Earlier questions, oldest first.
        few_terms: Whether a text has too few words of its own to stand alone.
    """
    if not history or not (FOLLOW_UP.search(question) or few_terms(question)):
        return ()
    return (history[-1], *context(history[-1], history[:-1], few_terms))
