"""A sentence read as a claim: its content words, numbers and grades, and the words that turn, limit or soften them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from assistant.llm.vocabulary import (
    AUXILIARIES,
    CLAUSE,
    EQUAL,
    GOVERNED,
    GRADE,
    GRADES_READ,
    LEANING,
    LITTLE,
    NEGATIONS,
    NUMBERS,
    OPERATORS,
    PARTICIPLES,
    RELATIVE,
    UNLIKE,
)
from assistant.words.terms import fold, stem

__all__ = ["Token", "finds_fault", "praises", "read_claim"]

Kind = Literal["word", "number", "grade", "operator"]


@dataclass(frozen=True, slots=True)
class Token:
    """A word or phrase that carries a part of a claim.

    Attributes:
        kind: What it is.
        value: What it is compared by: a stem, a number in digits, a grade, a kind of operator.
        surface: As written, lower case.
        clause: Which clause it stands in, from 0.
        passive: Whether it is a participle behind a form of "be".
        opens: Whether it is the first of its clause.
        governed: The nearest word in front ("that", ":") that makes its clause hang on what stands before; "" if none.
        side: 1 for a word that praises, -1 for one that finds fault, else 0.
    """

    kind: Kind
    value: str
    surface: str
    clause: int
    passive: bool = False
    opens: bool = False
    governed: str = ""
    side: int = 0


def _equal_phrases() -> tuple[re.Pattern[str], dict[str, str]]:
    same = {fold(phrase): fold(group[0]) for group in EQUAL for phrase in group[1:]}
    longest = sorted(same, key=len, reverse=True)
    words = "|".join(rf"(?<!\w){re.escape(phrase)}(?!\w)" for phrase in longest if phrase != "%")
    return re.compile(words), same


EQUALS, SAME = _equal_phrases()
PART = re.compile(
    r"(?P<number>(?<![\w.])£?\d+(?:,\d{3})*(?:\.\d+)?(?:st|nd|rd|th)?(?:\s?%|\sper cent\b)?)"
    rf"|\b(?P<grade>{GRADE.pattern})\b"
    rf"|\b(?:{'|'.join(f'(?P<op{n}>{words})' for n, words in enumerate(OPERATORS.values()))})\b"
    r"|(?P<word>[^\W_]+(?:'[^\W_]+)*)"
)
KINDS = tuple(OPERATORS)
MONTH = re.compile(r"(?:\d|\bin|\bsince|\bduring|\bof)\s+may\b|\bmay\s+\d")


@lru_cache(maxsize=4096)
def read_claim(text: str) -> tuple[Token, ...]:
    """The tokens of a sentence, in order; words that claim nothing are left out."""
    plain = EQUALS.sub(lambda match: SAME[match.group()], fold(" ".join(text.split())))
    return tuple(_tokens(plain))


def _tokens(plain: str) -> Iterator[Token]:
    ends = [match.start() for match in CLAUSE.finditer(plain)]
    months = {match.group().index("may") + match.start() for match in MONTH.finditer(plain)}
    governors = list(GOVERNED.finditer(plain))
    clause, opened, at, governed, listed = 0, -1, 0, "", ""
    for match in PART.finditer(plain):
        while clause < len(ends) and match.start() >= ends[clause]:
            listed = "" if plain[ends[clause]] in ".!?" else listed  # a colon's hold lasts to the end of its sentence
            clause, governed = clause + 1, ""
        while at < len(governors) and governors[at].start() < match.start():
            word = governors[at].group()
            listed = word if word == ":" else listed
            governed = word if word != ":" and opened == clause else governed
            at += 1
        if governed in RELATIVE and "," in plain[governors[at - 1].end() : match.start()]:
            governed = ""
        kind, value = _named(match, match.start() in months)
        if not value:
            continue
        surface = match.group()
        passive = _passive(plain, match)
        yield Token(kind, value, surface, clause, passive, clause != opened, governed or listed, _side(surface))
        opened = clause


def _named(match: re.Match[str], month: bool) -> tuple[Kind, str]:
    group, surface = match.lastgroup or "", match.group()
    if month:
        return "number", "may"
    if group == "number":
        return "number", re.sub(r"[,\s]|(?<=\.\d)0+$", "", surface.replace("per cent", "%"))
    if group == "grade":
        return "grade", next((name for start, name in GRADES_READ.items() if surface.startswith(start)), surface)
    if group.startswith("op"):
        return "operator", KINDS[int(group[2:])]
    if surface in NUMBERS:
        return "number", NUMBERS[surface]
    if surface in LITTLE:
        return "word", ""
    base = surface.removesuffix("'s").removesuffix("'")
    return "word", f"={base}" if base in UNLIKE else stem(base)


def _passive(plain: str, match: re.Match[str]) -> bool:
    surface = match.group()
    if not (surface.endswith("ed") or surface in PARTICIPLES):
        return False
    return any(word in AUXILIARIES for word in plain[max(0, match.start() - 40) : match.start()].split()[-3:])


def _side(surface: str) -> int:
    found = LEANING.fullmatch(surface)
    return 0 if not found else 1 if found["praise"] else -1


def finds_fault(text: str) -> bool:
    """Whether a sentence finds fault: a word of fault, or a turned word of praise."""
    return -1 in _leanings(text)


def praises(text: str) -> bool:
    """Whether a sentence praises."""
    return 1 in _leanings(text)


def _leanings(text: str) -> set[int]:
    tokens = read_claim(text)
    leanings = set()
    for at, token in enumerate(tokens):
        if token.value in NEGATIONS:
            leanings.add(-1)
        if token.side:
            turned = any(t.value in NEGATIONS and t.clause == token.clause for t in tokens[max(0, at - 3) : at])
            leanings.add(-1 if turned or token.side < 0 else 1)
    return leanings
