"""Scope: which letters a question is about, and why. Deterministic, and said in words.

Years are read against the visit **and** the publication: "2019" means letters inspected in or published in 2019,
"the 2019 inspection" those inspected then, "published in 2019" those published then.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from assistant.authorities import AUTHORITIES, authority_named, find_authorities
from assistant.citations import spoken_date
from assistant.dates import MONTH_NUMBERS
from assistant.errors import FilterError
from assistant.letters import KINDS, Letter

__all__ = ["Filters", "Scope", "checked_filters", "context", "filtered", "resolve"]


@dataclass(frozen=True, slots=True)
class Filters:
    """What the user chose beside the question; they narrow the scope, never widen it."""

    authorities: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    kinds: tuple[str, ...] = ()


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

    def as_json(self) -> Mapping[str, Any]:
        """The scope in the shape of the contract."""
        return {
            "authorities": list(self.authorities),
            "years": list(self.years),
            "reading": self.reading,
            "kinds": list(self.kinds),
            "standing": self.standing,
            "letters": list(self.letters),
        }


# --- what a question names -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Named:
    """What one question names by itself."""

    authorities: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    months: tuple[str, ...] = ()
    basis: str = "either"  # "visit", "published" or "either"
    order: str | None = None  # "latest", "earliest" or "previous"
    kinds: tuple[str, ...] = ()
    standing: str | None = None
    letter_only: bool = False
    used: tuple[str, ...] = ()
    first: int | None = None  # "since 2019", "after 2019"
    last: int | None = None  # "before 2019", "until 2019"
    stretch: str = ""  # those words
    ranged: bool = False  # "between 2011 and 2019"


YEAR = re.compile(
    r"(?<![\d,.£#])(?:'|\N{RIGHT SINGLE QUOTATION MARK})(\d\d)\b|(?<![\d,.£#/-])((?:19|20)\d\d)(?![\d,]*\d)"
)
ODD_YEAR = re.compile(r"\b(?:in|during|since|for|year|of|did)\s+([1-3]\d{3})\b")
RANGE = re.compile(
    r"\b(?:between|from)\s+((?:19|20)\d\d)\s+(?:and|to|until|till)\s+((?:19|20)\d\d)"
    r"|\b((?:19|20)\d\d)\s*(?:-|\N{EN DASH}|to)\s*((?:19|20)\d\d)\b",
    re.IGNORECASE,
)
SINCE = re.compile(
    r"\b(?P<word>since|after)\s+(?:the\s+)?(?P<year>(?:19|20)\d\d)\b"
    r"|\bfrom\s+(?P<onward>(?:19|20)\d\d)\s+(?:on|onwards?|to (?:now|date|today))\b",
    re.IGNORECASE,
)
BEFORE = re.compile(
    r"\b(?P<word>before|until|up to|prior to)\s+(?P<year>(?:19|20)\d\d)\b(?!\s*(?:inspection|visit|letter))",
    re.IGNORECASE,
)
MATTER_YEAR = re.compile(
    r"\b(?:by|target (?:for|of)|due (?:in|by)|goal for|aim for)\s+((?:19|20)\d\d)\b", re.IGNORECASE
)
MONTH_YEAR = re.compile(
    r"\b(" + "|".join(sorted(MONTH_NUMBERS, key=len, reverse=True)) + r")\.?,?\s+((?:19|20)\d\d)\b", re.IGNORECASE
)
PUBLISHED = re.compile(r"\b(?:published|issued|released|dated)\b", re.IGNORECASE)
VISITED = re.compile(
    r"\b(?:inspected|visited|fieldwork)\b|\b\d{4}\s+(?:[a-z]+\s+){0,3}?(?:inspection|visit)\b"
    r"|\b(?:inspection|visit)s?\s+(?:of|in|from|held in)\s+(?:[a-z]+\s+)?\d{4}",
    re.IGNORECASE,
)
LATEST = re.compile(
    r"\b(?:latest|most recent|newest|last)\s+(?:[a-z-]+\s+){0,2}?(?:inspection|visit|letter|report"
    r"|judgement|one|document)s?\b"
    r"|\bmost recently\b|\blatest on\b",
    re.IGNORECASE,
)
EARLIEST = re.compile(
    r"\b(?:first|earliest|oldest)\s+(?:[a-z-]+\s+){0,2}?(?:inspection|visit|letter|report|document)\b", re.IGNORECASE
)
KIND_WORDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"\bfocus+ed[ -](?:visits?|inspections?|letters?)\b", ("focused visit",)),
    (r"\bmonitoring[ -](?:visits?|inspections?|letters?)\b", ("monitoring visit",)),
    (r"\bILACS\b|\bfull (?:[\w-]+ ){0,3}?inspections?\b", ("ILACS inspection", "SIF inspection", "council report")),
    (r"\bSIF\b|\bsingle inspection\b", ("SIF inspection",)),
    (r"\bJTAI\b|\bjoint targeted\b", ("JTAI",)),
    (r"\bSEND (?:area )?inspection\b|\barea SEND\b", ("area SEND inspection",)),
    (r"\bunannounced\b|\bcontact,? (?:and )?referral\b", ("contact and referral inspection",)),
    (
        r"\bcabinet(?:'s)? (?:report|paper|was|papers?|reports?|minutes)\b|\bcabinet paper\b|\breport to cabinet\b"
        r"|\b(?:to|told|on|tell) (?:the )?cabinet\b|\bcouncil(?:'s)? report\b|\bcabinet report\b",
        ("council report",),
    ),
    (r"\bpress (?:release|statement|office)\b|\bnews release\b", ("press release",)),
)
KIND_PATTERNS = tuple((re.compile(words, re.IGNORECASE), kinds) for words, kinds in KIND_WORDS)
CONTRAST = re.compile(
    r"\b(?:compar\w+|differ\w*|between|versus|vs|than|and what|against|as well as|both|each)\b", re.IGNORECASE
)
COUNCIL_SAYS = re.compile(
    r"\b(?:what|how) (?:did|does|has|do) the council (?:itself )?(?:say|said|claim|describe|put|tell)", re.I
)
OFSTED_SAYS = re.compile(r"\b(?:ofsted|inspectors?|the inspectorate)\b", re.IGNORECASE)
LETTER_WORD = re.compile(
    r"^(?!.*\b(?:reports?|documents?|papers?|all|council's|publicity|press)\b).*\bletter\b", re.IGNORECASE | re.DOTALL
)


def _named(question: str, held: Collection[str]) -> _Named:
    used: list[str] = []
    mentions = find_authorities(question, fuzzy=True, known=held)
    for mention in mentions:
        used += re.findall(r"\w+", mention.typed.lower())
    years = _years(question)
    months = tuple(f"{match[2]}-{MONTH_NUMBERS[match[1].lower()]:02}" for match in MONTH_YEAR.finditer(question))
    for match in MONTH_YEAR.finditer(question):
        used.append(match[1].lower())
    kinds: list[str] = []
    for pattern, found in KIND_PATTERNS:
        for match in pattern.finditer(question):
            used += re.findall(r"\w+", match.group().lower())
            kinds += found
    order = "latest" if LATEST.search(question) else "earliest" if EARLIEST.search(question) else None
    basis = "published" if PUBLISHED.search(question) else "visit" if VISITED.search(question) else "either"
    council = COUNCIL_SAYS.search(question)
    standing = "council" if council else "inspectorate" if OFSTED_SAYS.search(question) else None
    used += [str(year) for year in years]
    alone = len(years) == 1
    since = SINCE.search(question) if alone else None
    before = BEFORE.search(question) if alone and not since else None
    stretch = since or before
    return _Named(
        first=_since(since) if since else None,
        last=_until(before) if before else None,
        stretch=stretch.group().lower() if stretch else "",
        ranged=bool(RANGE.search(question)),
        authorities=tuple(dict.fromkeys(mention.authority.name for mention in mentions)),
        years=years,
        months=months,
        basis=basis,
        order=order if not years else None,
        kinds=tuple(dict.fromkeys(kinds)),
        standing=standing,
        letter_only=bool(LETTER_WORD.search(question)),
        used=tuple(dict.fromkeys(used)),
    )


def _years(question: str) -> tuple[int, ...]:
    """Years that say which letters are meant, ranges spelt out; a target year is the question's matter."""
    matter = {int(match[1]) for match in MATTER_YEAR.finditer(question)}
    years: list[int] = []
    for match in RANGE.finditer(question):
        first, last = (int(group) for group in match.groups() if group)
        years += range(min(first, last), min(max(first, last), min(first, last) + 60) + 1)
    for match in YEAR.finditer(question):
        years.append(int(match[2]) if match[2] else _century(int(match[1])))
    years += [int(match[1]) for match in ODD_YEAR.finditer(question)]
    return tuple(dict.fromkeys(year for year in years if year not in matter))


def _since(match: re.Match[str]) -> int:
    return int(
        match["onward"] or int(match["year"]) + (match["word"].lower() == "after" and "the" not in match.group())
    )


def _until(match: re.Match[str]) -> int:
    return int(match["year"]) - (match["word"].lower() in ("before", "prior to"))


def _century(short: int) -> int:
    return 2000 + short if short < 70 else 1900 + short


# --- follow-ups ----------------------------------------------------------------------------------------------------

FOLLOW_UP = re.compile(
    r"^\s*(?:and|but|so|what about|how about|or|also|then|ok|okay)\b"
    r"|\b(?:it|its|they|them|their|he|she|him|her|the one|the same|both|either)\b"
    r"|\b(?:that|this|those|these)\s*(?:$|[?.,]|(?:visit|inspection|letter|report|paper|time|point|year|one|stage)\b)"
    r"|\b(?:there|then)\s*(?:$|[?.,])|\bthe (?:report|letter|visit|inspection|document|paper)\b",
    re.IGNORECASE,
)


def _with_history(named: _Named, question: str, earlier: Sequence[_Named], few_terms: bool) -> tuple[_Named, bool]:
    """What a follow-up leaves unsaid comes from the question before it; says whether it is one."""
    if not earlier or not (FOLLOW_UP.search(question) or few_terms):
        return named, False
    before = earlier[-1]
    months = named.months
    years = named.years or before.years
    if not months and not named.years:
        months = before.months
    return (
        replace(
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
            kinds=named.kinds or (before.kinds if not named.years and not named.authorities else ()),
            standing=named.standing or before.standing,
            letter_only=named.letter_only or (before.letter_only and not named.years),
            used=(*named.used, *before.used),
        ),
        True,
    )


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
    named = _named(question, held)
    earlier: list[_Named] = []
    for text in history:
        earlier.append(_with_history(_named(text, held), text, earlier, few_terms(text))[0])
    named, _ = _with_history(named, question, earlier, few_terms(question))
    pool = filtered(letters, filters)
    unheld: list[str] = []
    authorities = filters.authorities or named.authorities
    if named.authorities:
        there = {letter.authority for letter in pool} | {
            other.name for other in AUTHORITIES if set(other.successors) & set(named.authorities)
        } & {letter.authority for letter in pool}
        unheld += [name for name in named.authorities if name not in there]
        pool = [letter for letter in pool if letter.authority in named.authorities]
    whole = pool
    pool, mentioned, mentioning, gone = _in_years(named, pool)
    unheld += gone if whole else []  # where no letter is about the place, the year is no reason
    if named.kinds and named.years and CONTRAST.search(question):
        # "the March 2019 letter and what cabinet was told": the letters of the date and those of the kind
        same_years = [lt for lt in whole if lt.kind in named.kinds and lt.years() & set(named.years)]
        chosen = {letter.letter_id for letter in (*pool, *same_years)}
        pool = [letter for letter in whole if letter.letter_id in chosen]
    else:
        pool, missing = _of_kind(named, pool)
        unheld += missing
    pool = _ordered(named, pool)
    mentioning &= {letter.letter_id for letter in pool}
    mentioned = mentioned if mentioning else []
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
        narrowed=len(filtered(letters, filters)) < len(letters),
        used=named.used,
    )


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
    folded = {kind.lower(): kind for kind in KINDS}
    for kind in kinds:
        if kind.lower() not in folded:
            raise FilterError(f"there is no kind {kind!r}; the kinds are: {', '.join(KINDS)}")
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


def _in_years(named: _Named, pool: list[Letter]) -> tuple[list[Letter], list[int], set[str], list[str]]:
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
    return bool(
        re.search(
            rf"\b(?:inspect|visit|judged|judgement)\w*\b[^.]{{0,140}}\b{year}\b|\b{year}\b[^.]{{0,60}}\b(?:inspect|visit|judged)\w*",
            letter.text,
            re.IGNORECASE,
        )
    )


def _of_year(named: _Named, year: int, pool: Sequence[Letter]) -> list[Letter]:
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


def _of_kind(named: _Named, pool: list[Letter]) -> tuple[list[Letter], list[str]]:
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


def _ordered(named: _Named, pool: list[Letter]) -> list[Letter]:
    if named.order and pool:
        dated = [letter for letter in pool if letter.standing == "inspectorate"] or pool
        per_authority: dict[str | None, Letter] = {}
        for letter in sorted(dated, key=lambda letter: letter.date, reverse=named.order == "latest"):
            per_authority.setdefault(letter.authority, letter)
        chosen = {letter.letter_id for letter in per_authority.values()}
        return [letter for letter in pool if letter.letter_id in chosen]
    return pool


def _reading(named: _Named, filters: Filters, mentioned: Sequence[int]) -> str:
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
        parts.append(f"the {named.order} letter")
    if named.kinds or filters.kinds:
        parts.append(_and(list(dict.fromkeys((*named.kinds, *filters.kinds))), "or"))
    if named.authorities or filters.authorities:
        parts.append(_and(list(dict.fromkeys((*named.authorities, *filters.authorities)))))
    return "; ".join(parts) or "every letter held"


def _and(items: Sequence[str], word: str = "and") -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {word} {items[-1]}" if items else ""
