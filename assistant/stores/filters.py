"""Which letters a search is confined to: a small tree of conditions, the same for every store.

Each store compiles it into its own terms; `matches` is what it means.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from assistant.letters.letter import Letter

__all__ = ["Among", "Between", "Both", "Either", "Facts", "Filter", "by_letter", "enclosing", "facts_of", "matches"]

MOST_VALUES = 200  # of a field that are named one by one in a filter that encloses many letters


@dataclass(frozen=True, slots=True)
class Facts:
    """What can be filtered by, the same for all passages of a letter.

    Attributes:
        letter_id: The letter.
        authority: Its short name; empty if unknown.
        kind: Kind of document.
        visited: Last day of the visit as a number, 20190207; what is not known of it is 0.
        published: Likewise.
    """

    letter_id: str
    authority: str = ""
    kind: str = ""
    visited: int = 0
    published: int = 0


@dataclass(frozen=True, slots=True)
class Among:
    """Letters whose field has one of some values; none if there are no values."""

    field: Literal["letter_id", "authority", "kind"]
    values: frozenset[str]


@dataclass(frozen=True, slots=True)
class Between:
    """Letters whose date lies between two days, both included: 20190101 to 20191231."""

    field: Literal["visited", "published"]
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Both:
    """Letters that meet every condition; all letters if there is none."""

    parts: tuple["Filter", ...]


@dataclass(frozen=True, slots=True)
class Either:
    """Letters that meet at least one condition; none if there is none."""

    parts: tuple["Filter", ...]


Filter = Among | Between | Both | Either
"""A condition, or several."""


def matches(facts: Facts, condition: Filter) -> bool:
    """Whether a letter meets a condition."""
    match condition:
        case Among(field, values):
            return getattr(facts, field) in values
        case Between(field, first, last):
            return bool(first <= getattr(facts, field) <= last)
        case Both(parts):
            return all(matches(facts, part) for part in parts)
        case Either(parts):
            return any(matches(facts, part) for part in parts)


def by_letter(letter_ids: Iterable[str]) -> Among:
    """Only these letters."""
    return Among("letter_id", frozenset(letter_ids))


def enclosing(several: Iterable[Facts]) -> Both:
    """A short condition that all of some letters meet, and perhaps others: what they have in common.

    For stores that cannot be sent the names of a hundred thousand letters with each question.
    """
    all_of = list(several)
    parts: list[Filter] = []
    for named in (
        Among("authority", frozenset(facts.authority for facts in all_of)),
        Among("kind", frozenset(facts.kind for facts in all_of)),
    ):
        if len(named.values) <= MOST_VALUES:
            parts.append(named)
    visited, published = [facts.visited for facts in all_of], [facts.published for facts in all_of]
    if all_of:
        parts += [
            Between("visited", min(visited), max(visited)),
            Between("published", min(published), max(published)),
        ]
    return Both(tuple(parts))


def facts_of(letter: Letter) -> Facts:
    """What a letter can be filtered by."""
    visited, published = letter.visit_end or letter.visit_start, letter.published
    return Facts(letter.letter_id, letter.authority or "", letter.kind, _number(visited), _number(published))


def _number(day: str | None) -> int:
    """An ISO date, as exact as it is known, as a number that sorts as it does."""
    return int(f"{(day or '').replace('-', '')}00000000"[:8])
