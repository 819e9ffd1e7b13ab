"""Concerns that come back: what later letters say of a matter that a letter wanted improved.

A concern is an item of a list of areas for improvement or priority action. In each later letter about the same
authority the sentences nearest to it are looked for, by their terms (weighed by rarity, synonyms counted) and by the
likeness of their embeddings. The nearest that finds fault, or that is itself such an item, against the nearest that
praises decides: raised again, reported improved, not mentioned, or unclear where they are too close or too far.
Every verdict comes with its quotes. The thresholds were set on the tuning half of `eval/concerns`; `python -m
eval.concerns` measures both halves.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.answers.evidence import Sentence, sentences_of
from assistant.answers.leanings import CASE, FAULT, PRAISE
from assistant.letters.letter import Improvement, Letter, Span
from assistant.words.terms import Term, expand

__all__ = [
    "NEWEST",
    "STATES",
    "Concern",
    "Echo",
    "Near",
    "Rarity",
    "Verdict",
    "comparable",
    "concerns_of",
    "echo",
    "statements_of",
]

Verdict = Literal["raised again", "reported improved", "unclear", "not mentioned"]
Near = Callable[[str, Sequence[Sentence]], Sequence[float]]
"""Cosines of sentences with a text, each -1 to 1."""
Rarity = Callable[[Term], float]
"""Weight of a term: 0 for one that no letter holds."""

NEWEST = 20
"""Letters about one authority that are compared, the newest: each concern is looked for in each letter after it."""
STATES = ("raised again", "reported improved", "unclear", "not mentioned since", "new")
"""What a concern can be now (`Concern.state`), the most pressing first."""

MEASURED = 8  # sentences of a letter, the nearest by their terms, whose likeness is measured beside its items
COVERED = 0.5  # weight of the share of the concern's terms that a sentence holds, beside the cosine
LISTED = 0.1  # for a sentence that is itself an area for improvement
ENOUGH = 0.78  # score from which a sentence is about the same matter
SURE = 1.05  # score from which hardly any pair of letters about different authorities meets
FAR = 0.62  # score below which the nearest sentence is about another
AGAINST_PRAISE = 0.05  # a fault may be so much farther than praise: letters praise first, and then come to the point
AGAINST_NEITHER = 0.1  # a fault or praise may be so much farther than what is neither
ASIDE = frozenset(("letterhead", "sign-off", "notes", "closing"))
SEND = "area SEND inspection"  # of other bodies together: it neither raises nor answers a matter of the others
ENDED = re.compile(r"[.!?:;”\"’')]$")


@dataclass(frozen=True, slots=True)
class Echo:
    """What a later letter says of a concern.

    Attributes:
        letter: The later one.
        verdict: In a word.
        quotes: Of that letter: what the verdict rests on first. Where it raises the matter again and praises too, both;
            where it is unclear, the nearest sentence; where it is not mentioned, none.
        score: How near the first quote, or the nearest sentence, is to the concern: from 0 to about 1.6.
    """

    letter: Letter
    verdict: Verdict
    quotes: tuple[Span, ...]
    score: float

    @property
    def confidence(self) -> str:
        """How sure a clear verdict is, in a word: "high" or "fair"; empty for one that is not clear.

        What each means is measured by `python -m eval.concerns`.
        """
        if self.verdict not in ("raised again", "reported improved"):
            return ""
        return "high" if self.score >= SURE else "fair"


@dataclass(frozen=True, slots=True)
class Concern:
    """A matter that a letter wanted improved, and what became of it.

    Attributes:
        letter: The letter.
        item: Its record.
        later: What each later letter says, oldest first.
    """

    letter: Letter
    item: Improvement
    later: tuple[Echo, ...]

    @property
    def text(self) -> str:
        """The item as printed."""
        return self.letter.text[self.item.start : self.item.end]

    @property
    def state(self) -> str:
        """The verdict of the last letter that speaks clearly; else "unclear", "not mentioned since", or "new"."""
        verdicts = [one.verdict for one in self.later]
        clear = [one for one in verdicts if one in ("raised again", "reported improved")]
        if clear:
            return clear[-1]
        return "unclear" if "unclear" in verdicts else "not mentioned since" if verdicts else "new"


def comparable(letters: Iterable[Letter], authority: str) -> list[Letter]:
    """The inspectorate's dated letters about an authority, oldest first: of these the `NEWEST` are compared.

    Args:
        letters: All that are held.
        authority: Its short name.
    """
    own = [one for one in letters if one.authority == authority and one.standing == "inspectorate" and one.first_day]
    return sorted(own, key=lambda one: (one.first_day, one.letter_id))


def concerns_of(letters: Sequence[Letter], authority: str, near: Near, rarity: Rarity) -> tuple[Concern, ...]:
    """Every concern of an authority's `NEWEST` letters with what became of it, oldest first, in the order of its list.

    Args:
        letters: All that are held.
        authority: Its short name.
        near: Measures likeness.
        rarity: Weighs terms.
    """
    own = comparable(letters, authority)[-NEWEST:]
    statements = {one.letter_id: statements_of(one) for one in own}
    found = []
    for letter in own:
        for item in letter.improvements:
            text = letter.text[item.start : item.end]
            later = [
                one for one in own if one.first_day > letter.first_day and (one.kind == SEND) == (letter.kind == SEND)
            ]
            found.append(Concern(letter, item, _echoes(text, later, statements, near, rarity)))
    return tuple(found)


def statements_of(letter: Letter) -> tuple[Sentence, ...]:
    """The sentences of a letter that can speak of a concern: no headings, no letterhead, no closing."""
    items = letter.improvements
    return tuple(
        one
        for one in sentences_of(letter)
        if one.section.kind not in ASIDE and (ENDED.search(one.text) or _listed(one, items))
    )


def echo(concern: str, letter: Letter, statements: Sequence[Sentence], near: Near, rarity: Rarity) -> Echo:
    """What a letter says of a concern.

    Args:
        concern: The words of the item.
        letter: A later letter about the same authority.
        statements: Its own, from `statements_of`.
        near: Measures likeness.
        rarity: Weighs terms.
    """
    return _echoes(concern, [letter], {letter.letter_id: statements}, near, rarity)[0]


def _echoes(
    concern: str, later: Sequence[Letter], statements: Mapping[str, Sequence[Sentence]], near: Near, rarity: Rarity
) -> tuple[Echo, ...]:
    """What each of the later letters says; likeness is measured at once, which embeds faster than letter by letter."""
    weights = {term: rarity(term) for term in expand(concern)}
    total = sum(weights.values()) or 1.0
    close: list[tuple[Letter, Sentence, float, bool]] = []
    for letter in later:
        covered = [
            (sum(weight for term, weight in weights.items() if term.matched(one.stems)) / total, one)
            for one in statements[letter.letter_id]
        ]
        covered.sort(key=lambda entry: -entry[0])
        for place, (share, one) in enumerate(covered):
            item = _listed(one, letter.improvements)
            if place < MEASURED or item:
                close.append((letter, one, share, item))
    cosines = near(concern, [one for _, one, _, _ in close])
    scored: dict[str, list[tuple[float, Sentence]]] = {letter.letter_id: [] for letter in later}
    items: dict[str, set[int]] = {letter.letter_id: set() for letter in later}
    for cosine, (letter, one, share, item) in zip(cosines, close, strict=True):
        scored[letter.letter_id].append((cosine + COVERED * share + LISTED * item, one))
        if item:
            items[letter.letter_id].add(one.start)
    return tuple(_judged(letter, scored[letter.letter_id], items[letter.letter_id]) for letter in later)


def _judged(letter: Letter, scored: Sequence[tuple[float, Sentence]], items: set[int]) -> Echo:
    best: dict[str, tuple[float, Span]] = {}
    for score, sentence in scored:
        at_fault = sentence.start in items or FAULT.search(CASE.sub("", sentence.text))
        side = "fault" if at_fault else "praise" if PRAISE.search(sentence.text) else "neither"
        if side not in best or score > best[side][0]:
            best[side] = (score, Span(sentence.start, sentence.end))
    none = (-1.0, Span(0, 0))
    (fault, blamed), (praise, praised) = best.get("fault", none), best.get("praise", none)
    beyond = best.get("neither", none)[0] - AGAINST_NEITHER
    if fault >= max(ENOUGH, praise - AGAINST_PRAISE, beyond):
        return Echo(letter, "raised again", (blamed, praised) if praise >= ENOUGH else (blamed,), fault)
    if praise >= max(ENOUGH, fault, beyond):
        return Echo(letter, "reported improved", (praised,), praise)
    score, nearest = max(best.values(), key=lambda one: one[0], default=none)
    if score < FAR:
        return Echo(letter, "not mentioned", (), max(score, 0.0))
    return Echo(letter, "unclear", (nearest,), score)


def _listed(sentence: Sentence, items: Sequence[Improvement]) -> bool:
    """Whether a sentence is part of an area for improvement or priority action."""
    return any(item.start <= sentence.start < item.end for item in items)
