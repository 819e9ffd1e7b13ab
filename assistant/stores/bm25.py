"""BM25 over words that a server keeps: tokens that survive any analyser, counts of all passages, scores.

A server finds candidates by its own BM25; they are scored here, by the formula and with the rounding of lengths that
tantivy uses. So both stores rank alike, whatever a server makes of phrases, of synonyms, of frequencies by segment.

Tokens: a server's analyser splits at what is no letter or digit. What a stem may hold beside them is written with "z",
as is "z" itself ("size": "sizze", "3.5": "3zb5"). The phrases of the synonym table become tokens of their own behind
"zy" ("care leaver": "zycarezyleaver"), so that a phrase is found like a word.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b

from assistant.words.terms import SYNONYM, Term, analyse, entry, ways

__all__ = ["Counts", "Way", "body", "has_token", "score", "table_digest", "token"]

K1, B = 1.2, 0.75  # Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009; tantivy's values
EXACT_LENGTH = 40  # stems: longer passages are rounded down, to four binary digits beyond 24, as tantivy does
WRITTEN = str.maketrans({"z": "zz", "'": "za", ".": "zb", ",": "zc", "%": "zd"})
PHRASE = "zy"  # begins the token of a phrase and stands between its words; "z" itself is "zz"
ENTRY = "="  # begins what is counted for an entry of the synonym table: passages that hold it or a synonym

Way = tuple[str, ...]
"""One way of saying something: neighbouring stems."""


def token(way: Way) -> str:
    """The token of a stem, or of a phrase."""
    written = [stem.translate(WRITTEN) for stem in way]
    return written[0] if len(way) == 1 else PHRASE + PHRASE.join(written)


def has_token(way: Way) -> bool:
    """Whether a server knows a way of saying something: words all, phrases if they stand in the synonym table."""
    return len(way) == 1 or way in _entries()


def body(text: str) -> str:
    """What a server indexes of a passage: the tokens of its stems in order, then those of the phrases in it."""
    stems = analyse(text)
    return " ".join([*(token((stem,)) for stem in stems), *(token(way) for way in _found(stems) if len(way) > 1)])


def _stems(kept: str) -> list[str]:
    """The stems' tokens of a `body`, without the phrases behind them."""
    return [one for one in kept.split() if not one.startswith(PHRASE)]


@lru_cache(maxsize=1)
def _entries() -> dict[Way, tuple[Way, ...]]:
    """For each way of saying something that the synonym table knows, the entries that it is a way of."""
    found: dict[Way, list[Way]] = {}
    for key, others in ways().items():
        for way in (key, *others):
            found.setdefault(way, []).append(key)
    return {way: tuple(dict.fromkeys(keys)) for way, keys in found.items()}


def table_digest() -> str:
    """A digest of the synonym table: what `body` and `Counts` hold of passages depends on it."""
    return blake2b(repr(sorted(ways().items())).encode(), digest_size=8).hexdigest()


@lru_cache(maxsize=1)
def _by_first() -> dict[str, list[Way]]:
    found: dict[str, list[Way]] = {}
    for way in sorted(_entries()):
        found.setdefault(way[0], []).append(way)
    return found


def _found(stems: Sequence[str]) -> Iterator[Way]:
    """Every way of saying something that the table knows and a text has, once for each place."""
    known = _by_first()
    for at, stem in enumerate(stems):
        for way in known.get(stem, ()):
            if tuple(stems[at : at + len(way)]) == way:
                yield way


@dataclass(slots=True)
class Counts:
    """What BM25 needs to know of all passages together.

    Attributes:
        passages: How many there are.
        stems: How many stems they have in all.
        holding: For each stem's token, and each entry of the synonym table, how many passages hold it.
    """

    passages: int = 0
    stems: int = 0
    holding: Counter[str] = field(default_factory=Counter)

    def add(self, bodies: Iterable[str], sign: int = 1) -> None:
        """Count passages, or with sign -1 take them out again.

        Args:
            bodies: What `body` gives of each.
            sign: 1 or -1.
        """
        for kept in bodies:
            stems = _stems(kept)
            self.passages += sign
            self.stems += sign * len(stems)
            for one in {*stems, *_entry_names(kept, stems)}:
                self.holding[one] += sign
                if not self.holding[one]:
                    del self.holding[one]

    def of(self, term: Term) -> int | None:
        """How many passages hold a term or one of its synonyms; None for a phrase that is not counted."""
        key = entry(term)
        if len(term.alternatives) > 1 and key in ways():
            return self.holding[ENTRY + token(key)]
        if len(term.alternatives) == 1 and len(term.alternatives[0]) == 1:
            return self.holding[token(term.alternatives[0])]
        return None

    def rarity(self, way: Way) -> float:
        """Inverse document frequency ln(1 + (N - n + 0.5) / (n + 0.5)); of a phrase, the sum of its words'."""
        held = [self.holding[token((stem,))] for stem in way]
        return sum(math.log(1 + (self.passages - n + 0.5) / (n + 0.5)) for n in held)


@lru_cache(maxsize=1)
def _tokens() -> dict[str, tuple[str, ...]]:
    """For the token of each way of saying something, what is counted for the entries that it is a way of."""
    return {token(way): tuple(ENTRY + token(key) for key in keys) for way, keys in _entries().items()}


def _entry_names(kept: str, stems: Sequence[str]) -> Iterator[str]:
    known = _tokens()
    phrases = kept.split()[len(stems) :]
    for one in {*stems, *phrases}:
        yield from known.get(one, ())


def score(terms: Sequence[Term], kept: str, counts: Counts) -> float:
    """BM25 of a passage: of each term its best alternative, a synonym times `words.terms.SYNONYM`; 0 if it holds none.

    Args:
        terms: What is asked for.
        kept: The passage's `body`.
        counts: Of all passages.
    """
    stems = _stems(kept)
    text = f" {' '.join(stems)} "
    average = counts.stems / max(1, counts.passages)
    length = K1 * (1 - B + B * _rounded(len(stems)) / average) if average else K1
    total = 0.0
    for term in terms:
        best = 0.0
        for place, way in enumerate(term.alternatives):
            written = " ".join(token((stem,)) for stem in way)
            often = _often(text, f" {written} ")
            if often:
                worth = counts.rarity(way) * (K1 + 1) * often / (often + length)
                best = max(best, worth * (SYNONYM if place else 1.0))
        total += best
    return total


def _often(text: str, written: str) -> int:
    """How often words stand in a text; neighbours share the space between them."""
    often, at = 0, text.find(written)
    while at >= 0:
        often, at = often + 1, text.find(written, at + 1)
    return often


def _rounded(length: int) -> int:
    if length < EXACT_LENGTH:
        return length
    beyond = length - 24
    dropped = beyond.bit_length() - 4
    return 24 + (beyond >> dropped << dropped)
