"""Setting a sentence's words beside a quote's: in which order they stand there, and what is changed on the way."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from assistant.llm.claims import Token
from assistant.llm.vocabulary import BOUNDS, KEPT, NEGATIONS, WHOLES

__all__ = ["aligned", "altered", "clauses_of"]

Way = tuple[int, int, int]
"""How a token's place is reached: steps back, words passed over, the place before it."""
DENSITY = 0.3  # share of the quote's words between the first and the last taken that must be taken
MOVED = 3  # words in each of two parts that may have changed places, where a sentence has more than twice as many
SCOPE = 4  # tokens behind a "not" that it may be about


def aligned(claim: Sequence[Token], held: Sequence[Token]) -> list[int] | None:
    """Where each token of a sentence stands in the quote, in order; None where the order is another.

    Two parts that have changed places as a whole are allowed, since "when X, Y" may be "Y when X"; less is not:
    "leaders support workers" and "workers support leaders" have the same words.
    """
    places = [[at for at, h in enumerate(held) if _same(token, h)] for token in claim]
    if not all(places):
        return None
    best = [dict.fromkeys(places[0], (0, 0, -1))]
    for options in places[1:]:
        best.append(_next(best[-1], options))
    place = min(best[-1], key=lambda p: best[-1][p][:2])
    if best[-1][place][0] > 1:
        return None
    found = [place]
    for row in reversed(best[1:]):
        place = row[place][2]
        found.append(place)
    found.reverse()
    if len(set(found)) < len(found):  # one word of the quote carries one of the sentence
        return None
    turn = next((at + 1 for at, (one, two) in enumerate(pairwise(found)) if two <= one), None)
    if turn is not None and (min(turn, len(found) - turn) < MOVED or len(found) <= 2 * MOVED):
        return None
    return found


def _next(before: Mapping[int, Way], options: Sequence[int]) -> dict[int, Way]:
    """The best way to each place of a token, from those to the token before it.

    The places are gone through once forwards and once back, each with the best of what lies behind: a word that a
    flood of words repeats would else be tried against each of its repetitions.
    """
    ways = sorted(before.items())
    found: dict[int, Way] = {}
    best, at = None, 0
    for place in options:
        while at < len(ways) and ways[at][0] < place:
            one, (back, passed, _) = ways[at]
            best = min(best or (back, passed - one, one), (back, passed - one, one))
            at += 1
        if best:
            found[place] = (best[0], best[1] + place - 1, best[2])
    best, at = None, len(ways) - 1
    for place in reversed(options):
        while at >= 0 and ways[at][0] >= place:
            one, (back, passed, _) = ways[at]
            best = min(best or (back + 1, passed + one, one), (back + 1, passed + one, one))
            at -= 1
        if best:
            way = (best[0], best[1] - place + 1, best[2])
            found[place] = min(found.get(place, way), way)
    return found


def _same(token: Token, held: Token) -> bool:
    return (token.kind, token.value, token.passive) == (held.kind, held.value, held.passive)


def altered(claim: Sequence[Token], held: Sequence[Token], places: Sequence[int]) -> str:
    """What a sentence does to the quote beyond shortening it."""
    taken = set(places)
    for one, two in pairwise(places):
        for passed in held[one + 1 : two]:
            if passed.kind == "grade" or (passed.kind == "number" and passed.surface != "one"):
                return f"it passes over “{passed.surface}”"
        clause = held[two].clause
        first = next((at for at, h in enumerate(held) if h.clause == clause and h.kind != "operator"), two)
        if held[one].clause != clause and first < two and first not in taken:
            return f"it says of something else what is said of “{held[first].surface}”"
    lean = {t.side for t in claim if t.side} if not any(t.value in NEGATIONS for t in claim) else set()
    for at in range(min(places), max(places) + 1):
        if at not in taken and lean and held[at].side and held[at].side not in lean:
            return f"it passes over “{held[at].surface}”"
    if len(taken) < DENSITY * sum(max(part) - min(part) + 1 for part in _parts(places)):
        return "its words stand too far apart in the quote"
    return _operators(claim, held, places) or _negations(claim, held, places)


def _parts(places: Sequence[int]) -> list[list[int]]:
    parts: list[list[int]] = [[]]
    for one, two in pairwise([-1, *places]):
        if two <= one:
            parts.append([])
        parts[-1].append(two)
    return parts


def _operators(claim: Sequence[Token], held: Sequence[Token], places: Sequence[int]) -> str:
    """What limits or softens the clauses that the sentence is taken from must be in it."""
    said = {t.value for t in claim if t.kind == "operator"}
    clauses = clauses_of(claim, held, places)
    for at, token in enumerate(held):
        if token.kind != "operator" or token.clause not in clauses or at in places:
            continue
        needed = token.value in KEPT or (token.value == "when" and token.opens)
        beside = any(p in places and held[p].kind == "number" for p in (at - 2, at - 1, at + 1, at + 2))
        if (needed or (token.value in BOUNDS and beside)) and token.value not in said:
            return f"it leaves out “{token.surface}”"
    return ""


def clauses_of(claim: Sequence[Token], held: Sequence[Token], places: Sequence[int]) -> set[int]:
    """The fewest clauses that hold the sentence's words."""
    wanted = {t.value for t in claim}
    chosen = {held[place].clause for place in places}
    for clause in sorted(chosen, key=lambda c: sum(held[place].clause == c for place in places)):
        others = {t.value for t in held if t.clause in chosen - {clause}}
        if wanted <= others:
            chosen = chosen - {clause}
    return chosen


def _negations(claim: Sequence[Token], held: Sequence[Token], places: Sequence[int]) -> str:
    """A "not" is about the same words on both sides."""
    for at, token in enumerate(claim):
        if token.value in NEGATIONS and token.kind == "operator":
            following = next((t for t in claim[at + 1 :] if t.kind != "operator"), None)
            near = [t.value for t in held[places[at] + 1 : places[at] + 1 + SCOPE]]
            if following and following.value not in near:
                return f"“{token.surface}” is about something else in the quote"
            whole = next((h for h in held[places[at] + 1 : places[at] + 3] if h.value in WHOLES), None)
            if whole and not any(t.value == whole.value for t in claim):  # "not always" is not "not"
                return f"it leaves out “{whole.surface}”"
    aligned = {place: at for at, place in enumerate(places)}
    for place, token in enumerate(held):
        if token.value not in NEGATIONS or token.kind != "operator" or place in aligned:
            continue
        behind = [p for p in range(place + 1, min(len(held), place + 1 + SCOPE)) if held[p].clause == token.clause]
        if any(p in aligned for p in behind):
            return f"it leaves out “{token.surface}”"
    return ""
