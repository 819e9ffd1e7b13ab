"""Words as they are matched, and a question's terms with their synonyms.

Lower case, plain quotes, stemmed, without stop words. The lexical index and the sentence ranking share this one
analyser, so that both see alike.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import snowballstemmer

from assistant.synonyms import FIELD_GROUPS, PLAIN_GROUPS

__all__ = ["FUNCTION", "STOP", "Term", "analyse", "expand", "fold", "stem", "stemmed", "words"]

WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)?(?:[.,]\d+)*%?")
FUNCTION = frozenset(
    """a about above after again all also am an and any are as at be because been before being below between both but
    by can could did do does doing down during each else ever every few for from further get gets getting give given
    go going got had has have having he her here hers him his how however i if in into is it its itself just like
    made make makes many may me might more most much must my no nor not now of off on once one only or other our out
    over own people per please put really said same say saying says see she should so some still such take taken tell
    than that the their them then there these they this those through to too under until up upon us very
    was we well were what when where which while who whom whose why will with would yet you your
    anything something nothing anyone someone isn't don't didn't wasn't weren't hasn't haven't there's what's that's
    it's let's i'm i'd i've ll ve re d m t s""".split()
)
"""Words that only hold a sentence together."""

STOP = FUNCTION | frozenset(
    """average rate rates main key biggest major thing things way want know find found mention mentions mentioned
    mentioning ofsted inspector inspectors inspection inspections inspect inspected letter letters report reports
    reported reporting visit visits visited document documents paper papers council authority local children child
    service services according come came coming happen happened look looked looking back talk talked regarding
    concerning exactly actually currently wich wen wat whats hows wheres think thinking date dates year years time
    times somewhere material paperwork roughly kindly summarise summary briefing together putting recall vague
    vaguely remember dig explain explained information info details detail told update quick question answer list
    item items bit full describe describes described overview anyone everybody number percentage proportion share
    amount total long often old opinion opinions view views attitude shifted compare compared comparing comparison
    differ differs different difference versus vs against rather""".split()
)
"""Words that carry no matter of their own in a question about these letters."""

_stemmer = snowballstemmer.stemmer("english")


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """The stem of one lower-case word (Snowball's English stemmer)."""
    stemmed: str = _stemmer.stemWord(word.removesuffix("'s").removesuffix("'"))
    return stemmed


PLAIN = str.maketrans("‘’“”–—", "''\"\"--")


def fold(text: str) -> str:
    """Text in lower case with plain quotation marks and dashes."""
    return text.lower().translate(PLAIN)


def words(text: str) -> list[str]:
    """The words of a text, folded, in order."""
    return WORD.findall(fold(text))


def analyse(text: str) -> list[str]:
    """The stems of a text's words, in order; stop words are kept (phrases need them)."""
    return [stem(word) for word in words(text)]


@dataclass(frozen=True, slots=True)
class Term:
    """Something that a question asks about.

    Attributes:
        typed: As the user wrote it (spelling corrected), lower case.
        alternatives: Ways of saying it, each as neighbouring stems; the typed one first.
        field: Whether it is a matter of the field, such as "care leavers".
        weight: 1, or less for a word that comes from an earlier question.
    """

    typed: str
    alternatives: tuple[tuple[str, ...], ...]
    field: bool = False
    weight: float = 1.0

    def matched(self, stemmed: str) -> float:
        """How well a `stemmed` text matches: 1 for the typed words, `SYNONYM` for another way, else 0."""
        for position, alternative in enumerate(self.alternatives):
            if f" {' '.join(alternative)} " in stemmed:
                return 1.0 if position == 0 else SYNONYM
        return 0.0


SYNONYM = 0.8  # a synonym counts a little less than the word itself
LONGEST_PHRASE = 6  # words


def stemmed(text: str) -> str:
    """A text's stems in order, each between spaces, so that neighbouring stems are found as a substring."""
    return f" {' '.join(analyse(text))} "


@lru_cache(maxsize=1)
def _table() -> dict[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Each alternative of the synonym table, as stems, with the others of its groups."""
    table: dict[tuple[str, ...], tuple[tuple[str, ...], ...]] = {}
    for group in (*FIELD_GROUPS, *PLAIN_GROUPS):
        keys = tuple(dict.fromkeys(tuple(analyse(phrase)) for phrase in group))
        for key in keys:
            others = tuple(other for other in keys if other != key)
            table[key] = tuple(dict.fromkeys((*table.get(key, ()), *others)))
    return table


@lru_cache(maxsize=1)
def _field() -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(analyse(phrase)) for group in FIELD_GROUPS for phrase in group)


def expand(text: str, used: Iterable[str] = (), stop: Collection[str] = STOP) -> tuple[Term, ...]:
    """The terms of a question, phrases of the synonym table kept together.

    Args:
        text: The question.
        used: Words that the scope has used up already; they are no matter of the question.
        stop: Words that are no terms.

    Returns:
        One term for each content word or known phrase, in order, without repeats.
    """
    left = {stem(word) for word in used}
    tokens = words(text)
    stems = [stem(token) for token in tokens]
    table = _table()
    terms: dict[tuple[str, ...], Term] = {}
    at = 0
    while at < len(tokens):
        # "how did they look after children?" is no question about looked-after children
        verb = tokens[at] in ("look", "looks", "looking") and stems[at + 1 : at + 2] == ["after"]
        size = 1 if verb else _phrase_at(stems, at, table)
        key = tuple(stems[at : at + size])
        phrase = " ".join(tokens[at : at + size])
        if size > 1 or (
            phrase.removesuffix("'s") not in stop and stems[at] not in left and (len(phrase) > 1 or phrase.isdigit())
        ):
            terms.setdefault(key, Term(phrase, (key, *table.get(key, ())), key in _field()))
        at += size
    return tuple(terms.values())


def _phrase_at(stems: list[str], at: int, table: Mapping[tuple[str, ...], object]) -> int:
    """How many words from `at` on make the longest phrase of the table; 1 where none does."""
    sizes = range(min(LONGEST_PHRASE, len(stems) - at), 1, -1)
    return next((size for size in sizes if tuple(stems[at : at + size]) in table), 1)
