"""Scope: which letters a question is about, and why. Deterministic, and said in words.

Years are read against the visit **and** the publication: "2019" means letters inspected in or published in 2019,
"the 2019 inspection" those inspected then, "published in 2019" those published then.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from assistant.contract.shapes import ScopeShape
from assistant.errors import FilterError
from assistant.letters.authorities import AUTHORITIES, authority_named
from assistant.letters.inspectorates import issued_by, kind_names
from assistant.letters.letter import Letter
from assistant.letters.spoken import spoken_date
from assistant.questions.counts import read_count
from assistant.questions.history import with_history
from assistant.questions.named import Named, plainly, read_named

__all__ = ["Filters", "Scope", "checked_filters", "filtered", "resolve"]


@dataclass(frozen=True, slots=True)
class Filters:
    """What the user chose beside the question; they narrow the scope, never widen it.

    Attributes:
        authorities: Only letters about these.
        years: Only letters inspected or published in these.
        kinds: Only these kinds of document.
        widened: Whether the limits that the question itself names are set aside, at the user's wish.
    """

    authorities: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    kinds: tuple[str, ...] = ()
    widened: bool = False


@dataclass(frozen=True, slots=True)
class Scope:
    """Which letters a question is about.

    Attributes:
        authorities: Named in the question, its history or the filters.
        years: Likewise.
        months: ISO months ("2019-03") named in the question.
        reading: In words, how the question was read ("inspected or published in 2019").
        kinds: Kinds of document asked for.
        letters: Identifiers of the letters in scope, oldest first.
        standing: "inspectorate" or "council" where the question asks for one of them.
        mentioned: Years that no letter in scope is about but that these letters name: only sentences that name
            such a year may answer.
        mentioning: Those of `letters` that are in scope only because they name such a year.
        unheld: What the question named and no letter is about, in words ("Leeds", "2016").
        narrowed: Whether filters left letters out that the question names.
        used: Words of the question that the scope has used up.
        why: For each of `letters`, in words, why it is in scope.
        basis: Which date the years are read against: "visit", "published" or "either".
        first: First year of "since 2019", or None.
        last: Last year of "until 2019", or None.
        sections: Kinds of section that the question asks about; all if empty.
    """

    authorities: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    reading: str = ""
    kinds: tuple[str, ...] = ()
    letters: tuple[str, ...] = ()
    standing: str | None = None
    months: tuple[str, ...] = ()
    mentioned: tuple[int, ...] = ()
    mentioning: tuple[str, ...] = ()
    unheld: tuple[str, ...] = ()
    narrowed: bool = False
    used: tuple[str, ...] = ()
    why: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    basis: str = "either"
    first: int | None = None
    last: int | None = None

    def covers(self, day: str) -> bool:
        """Whether an ISO date, as exact as it is known, lies in the time asked for; any does where none is asked."""
        if not self.years:
            return True
        if not day:
            return False
        year = int(day[:4])
        if self.first or self.last:
            return (self.first or year) <= year <= (self.last or year)
        of_year = [month for month in self.months if month.startswith(str(year))]
        return year in self.years and (not of_year or day[:7] in of_year)

    def as_json(self) -> ScopeShape:
        """The scope in the shape of the contract."""
        return {
            "authorities": list(self.authorities),
            "years": list(self.years),
            "reading": self.reading,
            "kinds": list(self.kinds),
            "standing": self.standing,
            "letters": list(self.letters),
            "why": dict(zip(self.letters, self.why, strict=False)),
        }


# --- which letters -------------------------------------------------------------------------------------------------


def resolve(
    question: str,
    letters: Sequence[Letter],
    *,
    history: Sequence[str] = (),
    filters: Filters = Filters(),
    few_terms: Callable[[str], bool] = lambda _text: False,
) -> Scope:
    """Which letters a question is about.

    Args:
        question: As asked (spelling mended).
        letters: All that are indexed, oldest first.
        history: Earlier questions, oldest first.
        filters: Chosen beside the question.
        few_terms: Whether a question has too few words of its own to stand alone.

    Returns:
        The scope; its `letters` are empty where nothing matches, and `unheld` says what was not there.

    """
    held = sorted({letter.authority for letter in letters if letter.authority})
    named = read_named(question, held)
    if filters.widened:
        pool = filtered(letters, filters)
        return Scope(
            authorities=filters.authorities,
            years=filters.years,
            kinds=filters.kinds,
            reading=f"{_reading(Named(), filters, ())}; the question's own limits are set aside",
            letters=tuple(letter.letter_id for letter in pool),
            narrowed=len(pool) < len(letters),
            used=named.used,
            why=("the question's own limits are set aside",) * len(pool),
        )
    earlier: list[Named] = []
    for text in history:
        earlier.append(with_history(read_named(text, held), text, earlier, few_terms(text)))
    if named.step and history:
        before = resolve(history[-1], letters, history=history[:-1], filters=filters, few_terms=few_terms)
        if before.letters:
            return _stepped(named, before, letters, filters)
    named = with_history(named, question, earlier, few_terms(question))
    if read_count(plainly(question), bool(named.years)):
        named = replace(named, order=None)  # "the latest inspections": of each authority the latest that gave a grade
    allowed = pool = filtered(letters, filters)
    unheld: list[str] = []
    authorities = filters.authorities or named.authorities
    if named.authorities:
        there = {letter.authority for letter in pool} | {
            other.name for other in AUTHORITIES if set(other.successors) & set(named.authorities)
        } & {letter.authority for letter in pool}
        unheld += [name for name in named.authorities if name not in there]
        pool = [letter for letter in pool if letter.authority in named.authorities]
    if named.issuers:
        pool = [letter for letter in pool if issued_by(letter).name in named.issuers]
        unheld += [] if pool else [f"an inspection by {_and(named.issuers, 'or')}"]
    whole = pool
    pool, mentioned, mentioning, gone = _in_years(named, pool)
    unheld += gone if whole else []  # where no letter is about the place, the year is no reason
    if named.kinds and named.years and named.contrast:
        # "the March 2019 letter and what cabinet was told": the letters of the date and those of the kind
        same_years = [lt for lt in whole if lt.kind in named.kinds and lt.years() & set(named.years)]
        chosen = {letter.letter_id for letter in (*pool, *same_years)}
        pool = [letter for letter in whole if letter.letter_id in chosen]
    else:
        pool, missing = _of_kind(named, pool)
        unheld += missing
        if missing and named.years:  # an inspection that no letter held is about, but some mention
            pool = [letter for letter in whole if _mentions_kind(letter, named)]
            mentioning = {letter.letter_id for letter in pool}
            mentioned = list(named.years) if pool else []
    pool = _ordered(named, pool)
    mentioning &= {letter.letter_id for letter in pool}
    mentioned = mentioned if mentioning else []
    if named.order == "latest" and named.kinds:
        later = _later_mentions(named, pool, allowed)
        latest = {letter.letter_id for letter in pool}
        pool = [letter for letter in allowed if letter.letter_id in latest | later.keys()]
        mentioning |= later.keys() - latest
        mentioned = sorted({*mentioned, *later.values()})
    return Scope(
        authorities=tuple(authorities),
        years=tuple(dict.fromkeys((*named.years, *filters.years))),
        months=named.months,
        reading=_reading(named, filters, mentioned),
        kinds=tuple(dict.fromkeys((*named.kinds, *filters.kinds))),
        letters=tuple(letter.letter_id for letter in pool),
        standing=named.standing,
        mentioned=tuple(mentioned),
        mentioning=tuple(sorted(mentioning)),
        unheld=tuple(unheld),
        narrowed=len(allowed) < len(letters),
        used=named.used,
        why=tuple(_why(letter, named, letter.letter_id in mentioning) for letter in pool),
        sections=named.sections,
        basis=named.basis,
        first=named.first,
        last=named.last,
    )


def _stepped(named: Named, before: Scope, letters: Sequence[Letter], filters: Filters) -> Scope:
    """The letters just before or after those of the question before: "what did the one before that say?"."""
    by_id = {letter.letter_id: letter for letter in letters}
    from_there = [by_id[letter_id] for letter_id in before.letters if letter_id not in before.mentioning]
    chosen: list[Letter] = []
    for authority in dict.fromkeys(letter.authority for letter in from_there):
        own = [letter for letter in from_there if letter.authority == authority]
        others = [
            letter
            for letter in filtered(letters, filters)
            if letter.authority == authority
            and (not named.kinds or letter.kind in named.kinds)
            and letter.standing == own[0].standing
        ]
        if named.step < 0:
            chosen += [letter for letter in others if letter.date < own[0].date][-1:]
        else:
            chosen += [letter for letter in others if letter.date > own[-1].date][:1]
    chosen.sort(key=letters.index)
    direction = "before" if named.step < 0 else "after"
    about = " and ".join(dict.fromkeys(letter.authority or "" for letter in from_there))
    return Scope(
        authorities=before.authorities,
        reading=f"the letter {direction} the one asked about{f'; {about}' if about.strip() else ''}",
        kinds=named.kinds,
        letters=tuple(letter.letter_id for letter in chosen),
        standing=named.standing,
        unheld=() if chosen else (f"anything {direction} {spoken_date(from_there[0].date)}",) if from_there else (),
        narrowed=len(filtered(letters, filters)) < len(letters),
        used=(*named.used, *before.used),
        why=tuple(f"the one {direction} that of the question before" for _ in chosen),
        sections=named.sections,
    )


def _later_mentions(named: Named, pool: Sequence[Letter], letters: Sequence[Letter]) -> dict[str, int]:
    """Letters that mention an inspection of the kinds asked that is later than the latest one held, with its year."""
    found: dict[str, int] = {}
    for latest in pool:
        for letter in letters:
            for seen in letter.earlier:
                if letter.authority == latest.authority and seen.kind in named.kinds and seen.date > latest.date:
                    found[letter.letter_id] = max(int(seen.date[:4]), found.get(letter.letter_id, 0))
    return found


def _why(letter: Letter, named: Named, mentions: bool) -> str:
    """Why a letter is in scope, in words: the facts of the letter that the question's limits meet."""
    reasons = []
    if named.authorities:
        reasons.append(f"about {letter.authority}")
    if mentions:
        reasons.append("mentions an inspection of that year")
    elif named.years or named.stretch:
        asked = set(named.years)
        if letter.visit_start and named.basis != "published" and (letter.visit_years() & asked or named.stretch):
            days = dict.fromkeys(spoken_date(day) for day in (letter.visit_start, letter.visit_end) if day)
            reasons.append(f"inspected {' to '.join(days)}")
        visited = any(reason.startswith("inspected") for reason in reasons)
        dated = letter.published_years() & asked or named.stretch
        if letter.published and dated and not (named.basis == "visit" and visited):
            reasons.append(f"published {spoken_date(letter.published)}")
    if named.issuers:
        reasons.append(f"about an inspection by {issued_by(letter).name}")
    if named.order:
        reasons.append(f"the {named.order} held" if named.count == 1 else f"among the {named.order} {named.count} held")
    if named.kinds:
        reasons.append(letter.kind)
    if named.standing == "council" or named.letter_only:
        reasons.append("written by the council" if letter.standing == "council" else "written by the inspectorate")
    return "; ".join(reasons) or "the question names no limit"


def checked_filters(
    authorities: Sequence[str], years: Sequence[int], kinds: Sequence[str], letters: Sequence[Letter]
) -> Filters:
    """Filters as typed, with short forms and case of authorities and kinds resolved.

    Raises:
        FilterError: If one names an authority that no letter is about, an unknown kind, or no year.
    """
    held = sorted({letter.authority for letter in letters if letter.authority})
    names = []
    for name in authorities:
        known = authority_named(name)
        found = (
            known.name if known and known.name in held else next((h for h in held if h.lower() == name.lower()), None)
        )
        if found is None:
            raise FilterError(
                f"no letter is about {name!r}; held: {', '.join(held[:12])}{', ...' if held[12:] else ''}"
            )
        names.append(found)
    folded = {kind.lower(): kind for kind in kind_names()}
    for kind in kinds:
        if kind.lower() not in folded:
            raise FilterError(f"there is no kind {kind!r}; the kinds are: {', '.join(kind_names())}")
    for year in years:
        if not 1000 <= year <= 9999:
            raise FilterError(f"{year} is no year; write four digits, such as 2019")
    return Filters(tuple(names), tuple(years), tuple(folded[kind.lower()] for kind in kinds))


def filtered(letters: Iterable[Letter], filters: Filters) -> list[Letter]:
    """The letters that filters let through, in order."""
    return [
        letter
        for letter in letters
        if (not filters.authorities or letter.authority in filters.authorities)
        and (not filters.years or letter.years() & set(filters.years))
        and (not filters.kinds or letter.kind in filters.kinds)
    ]


def _in_years(named: Named, pool: list[Letter]) -> tuple[list[Letter], list[int], set[str], list[str]]:
    """Letters of the years asked; years only mentioned, and by which letters; years that are not there at all."""
    if named.first is not None:
        first = named.first
        return [letter for letter in pool if any(year >= first for year in letter.years())], [], set(), []
    if named.last is not None:
        last = named.last
        return [letter for letter in pool if any(year <= last for year in letter.years())], [], set(), []
    if not named.years:
        return pool, [], set(), []
    chosen: set[str] = set()
    mentioned: list[int] = []
    mentioning: set[str] = set()
    gone: list[str] = []
    for year in named.years:
        found = _of_year(named, year, pool)
        chosen |= {letter.letter_id for letter in found}
        if not found and (not named.ranged or year in (named.years[0], named.years[-1])):
            gone.append(str(year))
            naming = {letter.letter_id for letter in pool if _names_inspection(letter, year)}
            mentioning |= naming
            mentioned += [year] if naming else []
    kept = chosen | mentioning
    return [letter for letter in pool if letter.letter_id in kept], mentioned, mentioning - chosen, gone


def _names_inspection(letter: Letter, year: int) -> bool:
    """Whether a letter speaks of an inspection of a year: the two stand in one sentence."""
    if any(seen.date.startswith(str(year)) for seen in letter.earlier):
        return True
    return letter.names_year(year) and bool(  # the pattern alone takes a third of a second over 480 letters
        re.search(
            rf"\b(?:inspect|visit|judged|judgement)\w*\b[^.]{{0,140}}\b{year}\b|\b{year}\b[^.]{{0,60}}\b(?:inspect|visit|judged)\w*",
            letter.text,
            re.IGNORECASE,
        )
    )


def _mentions_kind(letter: Letter, named: Named) -> bool:
    """Whether a letter mentions an inspection of the years and kinds asked that it is not itself about."""
    return any(
        int(seen.date[:4]) in named.years and (seen.kind is None or seen.kind in named.kinds) for seen in letter.earlier
    )


def _of_year(named: Named, year: int, pool: Sequence[Letter]) -> list[Letter]:
    months = [month for month in named.months if month.startswith(str(year))]
    by_visit = [letter for letter in pool if year in letter.visit_years()]
    by_date = [letter for letter in pool if year in letter.published_years()]
    found = {
        "visit": by_visit or by_date,
        "published": by_date,
        "either": [letter for letter in pool if year in letter.years()],
    }[named.basis]
    if months:
        visits = [letter for letter in found if any(_touches(letter, month) for month in months)]
        dated = [letter for letter in found if any((letter.published or "").startswith(month) for month in months)]
        exact = {
            "visit": visits or dated,
            "published": dated or visits,
            "either": [letter for letter in found if letter in visits or letter in dated],
        }[named.basis]
        return exact
    return found


def _touches(letter: Letter, month: str) -> bool:
    periods = letter.visit_periods or ((letter.visit_start, letter.visit_end),)
    return any((first or "")[:7] <= month <= (last or "")[:7] for first, last in periods if first and last)


def _of_kind(named: Named, pool: list[Letter]) -> tuple[list[Letter], list[str]]:
    """Letters of the kinds asked for, and the kinds of which there is none."""
    if named.kinds and pool:
        of_kind = [letter for letter in pool if letter.kind in named.kinds]
        if set(named.kinds) >= {"ILACS inspection", "council report"}:
            of_kind = [letter for letter in of_kind if letter.standing == "inspectorate"] or of_kind
        return of_kind, [] if of_kind else [_and([f"{kind}" for kind in named.kinds], "or")]
    if named.standing == "council":
        return [letter for letter in pool if letter.standing == "council"] or pool, []
    if named.letter_only:
        return [letter for letter in pool if letter.standing == "inspectorate"] or pool, []
    return pool, []


def _ordered(named: Named, pool: list[Letter]) -> list[Letter]:
    if named.order and pool:
        dated = [letter for letter in pool if letter.standing == "inspectorate"] or pool
        per_authority: dict[str | None, list[Letter]] = {}
        for letter in sorted(dated, key=lambda letter: letter.date, reverse=named.order == "latest"):
            per_authority.setdefault(letter.authority, []).append(letter)
        chosen = {letter.letter_id for own in per_authority.values() for letter in own[: named.count]}
        return [letter for letter in pool if letter.letter_id in chosen]
    return pool


def _reading(named: Named, filters: Filters, mentioned: Sequence[int]) -> str:
    parts = []
    if named.stretch:
        parts.append(f"inspected or published {named.stretch}")
    elif named.years or filters.years:
        verb = {"visit": "inspected in", "published": "published in", "either": "inspected or published in"}[
            named.basis
        ]
        whole = [str(year) for year in named.years if not any(m.startswith(str(year)) for m in named.months)]
        dates = [*(spoken_date(month) for month in named.months), *whole]
        if len(dates) > 4:
            dates = [f"{dates[0]} to {dates[-1]}"]
        if dates:
            parts.append(f"{verb} {_and(dates)}")
        if filters.years:
            parts.append(f"only {_and([str(year) for year in filters.years])} (chosen)")
    if mentioned:
        parts.append(f"no letter held about {_and([str(y) for y in mentioned])}: only what other letters say of it")
    if named.order:
        parts.append(f"the {named.order} letter" if named.count == 1 else f"the {named.order} {named.count} letters")
    if named.issuers:
        parts.append(f"by {_and(named.issuers)}")
    if named.kinds or filters.kinds:
        parts.append(_and(list(dict.fromkeys((*named.kinds, *filters.kinds))), "or"))
    if named.authorities or filters.authorities:
        parts.append(_and(list(dict.fromkeys((*named.authorities, *filters.authorities)))))
    parts = parts or ["every letter held"]
    return "; ".join([*parts, *(f"“{words}” names no year, so it limits nothing" for words in named.vague)])


def _and(items: Sequence[str], word: str = "and") -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {word} {items[-1]}" if items else ""
