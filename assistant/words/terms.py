"""Words as they are matched, and a question's terms with their synonyms.

Lower case, plain quotes, stemmed, without stop words. The lexical index and the sentence ranking share this one
analyser, so that both see alike.
"""

import re
import threading
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import snowballstemmer

from assistant.words.synonyms import FIELD_GROUPS, PEOPLE, PLAIN_GROUPS, SPOKEN

__all__ = ["FUNCTION", "STOP", "Term", "analyse", "entry", "expand", "fold", "stem", "stemmed", "ways", "words"]

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
    youngster youngsters kid kids
    service services according come came coming happen happened look looked looking back talk talked regarding
    concerning exactly actually currently wich wen wat whats hows wheres think thinking date dates year years time
    times somewhere material paperwork roughly kindly summarise summary briefing together putting recall vague
    vaguely remember dig explain explained information info details detail told update quick question answer list
    item items bit full describe describes described overview anyone everybody number percentage proportion share
    amount total long often old opinion opinions view views attitude shifted compare compared comparing comparison
    differ differs different difference versus vs against rather""".split()
)
"""Words that carry no matter of their own in a question about these letters."""

STEMS = {
    "missing": "missing",  # "missing children" are no "missed opportunities"
    "authority": "authority",  # no "author"
    "authorities": "authority",
    "personal": "personal",  # no "person"
    "personally": "personal",
    "timely": "timeli",  # as "timeliness", not as "time"
    "careful": "careful",  # not as "care"
    "carefully": "careful",
    "allowance": "allowance",  # money, not what is allowed
    "allowances": "allowance",
    "interpreter": "interpreter",  # people, not what is interpreted or "translates into" something
    "interpreters": "interpreter",
    "translator": "translator",
    "translators": "translator",
    "translation": "translation",
    "translations": "translation",
}
"""Words that the stemmer would take for others."""
_stemmer = snowballstemmer.stemmer("english")
_stemming = threading.Lock()


class _Stems(dict[str, str]):
    """Stems of the words met so far: a look-up in a dictionary costs a tenth of a call.

    The stemmer works on one word at a time, in itself: two threads at once would give each other's letters for stems.
    """

    def __missing__(self, word: str) -> str:
        plain = word.removesuffix("'s").removesuffix("'")
        with _stemming:
            found = STEMS.get(plain) or str(_stemmer.stemWord(plain))
            if len(self) < WORDS_KEPT:
                self[word] = found
        return found


WORDS_KEPT = 200_000  # every word of some thousand letters, and no more of what people type
_stems = _Stems()


def stem(word: str) -> str:
    """The stem of one lower-case word (Snowball's English stemmer)."""
    return _stems[word]


PLAIN = {"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-"}


def fold(text: str) -> str:
    """Text in lower case with plain quotation marks and dashes."""
    text = text.lower()
    if not text.isascii():
        for printed, plain in PLAIN.items():  # a third of what `str.translate` takes
            text = text.replace(printed, plain)
    return text


WELLBEING = re.compile(r"\bwell[- ]being\b")  # letters write it in all three ways


def words(text: str) -> list[str]:
    """The words of a text, folded, in order."""
    folded = fold(text)
    return WORD.findall(WELLBEING.sub("wellbeing", folded) if "being" in folded else folded)


def analyse(text: str) -> list[str]:
    """The stems of a text's words, in order; stop words are kept (phrases need them)."""
    return list(map(_stems.__getitem__, words(text)))


@dataclass(frozen=True, slots=True)
class Term:
    """Something that a question asks about.

    Attributes:
        typed: As the user wrote it (spelling corrected), lower case.
        alternatives: Ways of saying it, each as neighbouring stems; the typed one first.
        field: Whether it is a matter of the field, such as "care leavers".
        weight: 1, or less for a word that comes from an earlier question.
        people: Whether it only names whom the question is about, such as "social workers".
    """

    typed: str
    alternatives: tuple[tuple[str, ...], ...]
    field: bool = False
    weight: float = 1.0
    people: bool = False

    def matched(self, stemmed: str) -> float:
        """How well a `stemmed` text matches: 1 for the typed words, `SYNONYM` for another way, else 0."""
        for position, alternative in enumerate(self.alternatives):
            if f" {' '.join(alternative)} " in stemmed:
                return 1.0 if position == 0 else SYNONYM
        return 0.0


SYNONYM = 0.8  # a synonym counts a little less than the word itself
LONGEST_PHRASE = 6  # words
ARTICLES = frozenset(("a", "an", "the"))  # "look after a parent" is as good as "look after parent" in a question


@lru_cache(maxsize=100_000)
def stemmed(text: str) -> str:
    """A text's stems in order, each between spaces, so that neighbouring stems are found as a substring."""
    return f" {' '.join(analyse(text))} "


Key = tuple[str, ...]


def ways() -> Mapping[Key, tuple[Key, ...]]:
    """The synonym table: for each entry, as stems without articles, the other ways of saying the same, as stems."""
    return _table()


def entry(term: Term) -> Key:
    """A term as it is looked up in the synonym table: the stems of its words without articles."""
    return tuple(stem for stem in term.alternatives[0] if stem not in ARTICLES)


def _key(phrase: str) -> Key:
    """A phrase as it is looked up: the stems of its words without articles."""
    return tuple(stem(word) for word in words(phrase) if word not in ARTICLES)


@lru_cache(maxsize=1)
def _table() -> dict[Key, tuple[Key, ...]]:
    """For each phrase of the synonym tables the other ways of saying the same, as stems."""
    table: dict[Key, tuple[Key, ...]] = {}
    groups = [(group, group) for group in (*FIELD_GROUPS, *PLAIN_GROUPS)]
    for said, written in (*groups, *SPOKEN):
        others = tuple(tuple(analyse(phrase)) for phrase in written)
        for phrase in said:
            key = _key(phrase)
            table[key] = tuple(dict.fromkeys((*table.get(key, ()), *(other for other in others if other != key))))
    return table


@lru_cache(maxsize=1)
def _field() -> frozenset[Key]:
    return frozenset(_key(phrase) for group in FIELD_GROUPS for phrase in group)


@lru_cache(maxsize=1)
def _people() -> frozenset[Key]:
    return frozenset(_key(phrase) for phrase in PEOPLE)


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
    tokens = words(text.replace("A&E", "emergency department"))
    places = [place for place, token in enumerate(tokens) if token not in ARTICLES]
    stems = [stem(tokens[place]) for place in places]
    table = _table()
    terms: dict[Key, Term] = {}
    at = 0
    while at < len(places):
        first = tokens[places[at]]
        # "how did they look after children?" is no question about looked-after children
        verb = first in ("look", "looks", "looking") and stems[at + 1 : at + 2] == ["after"]
        size = _phrase_at(stems, at, table)
        size = 1 if verb and _is_field(stems[at : at + size]) else size
        key = tuple(stems[at : at + size])
        typed = tokens[places[at] : places[at + size - 1] + 1]
        if size > 1 or (
            first.removesuffix("'s") not in stop and stems[at] not in left and (len(first) > 1 or first.isdigit())
        ):
            said = tuple(stem(token) for token in typed)
            alternatives = tuple(dict.fromkeys((said, key, *table.get(key, ()))))
            terms.setdefault(key, Term(" ".join(typed), alternatives, key in _field(), people=key in _people()))
        at += size
    return tuple(terms.values())


def _is_field(stems: Sequence[str]) -> bool:
    return tuple(stems) in _field()


def _phrase_at(stems: Sequence[str], at: int, table: Mapping[Key, object]) -> int:
    """How many words from `at` on make the longest phrase of the table; 1 where none does."""
    sizes = range(min(LONGEST_PHRASE, len(stems) - at), 1, -1)
    return next((size for size in sizes if tuple(stems[at : at + size]) in table), 1)
