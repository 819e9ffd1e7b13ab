"""What a question takes for granted, and sentences that contradict it."""

import re
from collections.abc import Sequence

__all__ = ["contradicts", "faultless"]

# Words that take a side; each pair contradicts the other.
HIGH = re.compile(
    r"\b(?:so many|many|so often|frequent\w*|high(?:er)?|lots? of|rising|increas\w+|large|too many|more|rose|risen"
    r"|soar\w*|(?:push|pushed|went|gone|going|shot|crept|driven|drove)\b.{0,40}\bup)\b",
    re.IGNORECASE,
)
LOW = re.compile(
    r"\b(?:low(?:er)?|few|fewer|little|reduc\w+|small (?:number|proportion|minority)s?|rare(?:ly)?|minimal|less)\b",
    re.IGNORECASE,
)
FAULT = re.compile(
    r"\b(?:wrong|weak\w*|poor(?:ly)?|bad(?:ly)?|criticis\w*|fail\w*|inadequate|ineffective|worse\w*|insensitive"
    r"|declin\w+|not|lack\w*|insufficient\w*|unsafe)\b",
    re.IGNORECASE,
)
MERIT = re.compile(
    r"\b(?:effective\w*|robust|well|good|strong\w*|excellent|outstanding|praised?|positive\w*"
    r"|sensitive|success\w*|improved|clear)\b",
    re.IGNORECASE,
)
SLOW = re.compile(r"\b(?:slow\w*|late|delay\w*|drift|wait\w*)\b", re.IGNORECASE)
FAST = re.compile(r"\b(?:prompt\w*|timely|quick\w*|swift\w*|immediate\w*|without delay)\b", re.IGNORECASE)
HEAVY = re.compile(
    r"\b(?:swamped|overload\w*|overwork\w*|overwhelm\w*|snowed under|stretched|too (?:many|high|much)|understaffed)\b",
    re.IGNORECASE,
)
LIGHT = re.compile(r"\b(?:manageable|reasonable|low|sufficient capacity|enough time)\b", re.IGNORECASE)
PRESUMES = re.compile(
    r"\bwhat (?:was|is|were|went|had gone|has gone) (?:so )?wrong\b|\bgiven that\b"
    r"|\bthat (?:made|led) (?:the )?(?:inspectors|ofsted)\b",
    re.IGNORECASE,
)
"""A question that takes a failing for granted without asking why."""
NOT_MATTER = re.compile(r"\b(?:more about|as well|well,)", re.IGNORECASE)


def contradicts(question: str, sentence: str) -> bool:
    """Whether a sentence says the opposite of what a question takes for granted.

    The question speaks of a failing where the sentence only praises, of "many" where it says "low", or the reverse.
    """
    asked = NOT_MATTER.sub(" ", question)
    return any(
        bool(one.search(asked) and other.search(sentence)) and not (other.search(asked) or one.search(sentence))
        for one, other in ((HIGH, LOW), (LOW, HIGH), (FAULT, MERIT), (MERIT, FAULT), (SLOW, FAST), (HEAVY, LIGHT))
    )


def faultless(question: str, sentences: Sequence[str]) -> bool:
    """Whether a question presumes a failing and none of the sentences about the matter names any.

    Args:
        question: What is asked.
        sentences: The nearest ones, best first.
    """
    praised = any(MERIT.search(sentence) for sentence in sentences)
    return bool(PRESUMES.search(question)) and praised and not any(FAULT.search(sentence) for sentence in sentences)
