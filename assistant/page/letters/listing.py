"""The list of letters: what each shows of itself, and which of them fit what was chosen. No HTML, no requests."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from assistant.letters.inspectorates import kind_names
from assistant.letters.letter import Letter
from assistant.letters.spoken import spoken_date
from assistant.page.frame.render import STANDING

__all__ = [
    "ORDERS",
    "PAGE",
    "SPEAKERS",
    "Choice",
    "Chooser",
    "Entry",
    "Group",
    "Listing",
    "Wanted",
    "entries_of",
    "fitting",
    "kind_words",
    "listing",
    "wanted_from",
]

PAGE = 50
"""Letters on one page of the list."""
ORDERS = {"newest": "Newest first", "authority": "Authority, A to Z"}
"""The orders of the list, by the word that stands for them in an address; the first is the usual one."""
SPEAKERS = {"inspectors": "inspectorate", "council": "council", "others": "other"}
"""Who speaks, by the word that stands for it in an address."""
LONGEST = 200  # characters of a value in an address; nobody types more


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader chose; an empty text is no choice.

    Attributes:
        q: Words that title, authority or kind hold.
        authority: The local authority.
        year: Of the inspection or the publication.
        kind: One of `letters.inspectorates.kind_names`.
        who: One of `SPEAKERS`.
        sort: One of `ORDERS`.
        page: Of the list, from 1.
    """

    q: str = ""
    authority: str = ""
    year: str = ""
    kind: str = ""
    who: str = ""
    sort: str = "newest"
    page: int = 1

    @property
    def chosen(self) -> dict[str, str]:
        """What narrows the list, by its name in an address."""
        return {name: value for name in NAMES if (value := getattr(self, name))}

    @property
    def address(self) -> str:
        """The list's address with these choices."""
        chosen = self.chosen
        chosen |= {} if self.sort == "newest" else {"sort": self.sort}
        chosen |= {} if self.page == 1 else {"page": str(self.page)}
        return f"/letters?{urlencode(chosen)}" if chosen else "/letters"


NAMES = ("q", "authority", "year", "kind", "who")


def wanted_from(query: Mapping[str, str]) -> Wanted:
    """What an address asks for; what makes no sense is left out, what names nothing that is held is kept."""
    given = {name: " ".join(query.get(name, "")[:LONGEST].split()) for name in NAMES}
    page = query.get("page", "")
    return Wanted(
        **given,
        sort=query.get("sort", "") if query.get("sort") in ORDERS else "newest",
        page=max(1, int(page)) if re.fullmatch(r"[0-9]{1,6}", page) else 1,
    )


@dataclass(frozen=True, slots=True)
class Entry:
    """A letter in the list.

    Attributes:
        letter_id: Its name in addresses.
        title: As printed.
        date: For sorting, ISO; empty if unknown.
        day: In words; empty if unknown.
        inspected: Whether the day is the inspection's, because that of publication is unknown.
        authority: Empty if unknown.
        kind: One of `letters.inspectorates.kind_names`.
        standing: Who speaks, one of `letters.letter.Standing`.
        years: In which it was inspected or published.
        grade: The overall grade that it gives, or empty.
        found_by: Its title, authority and kind as they are searched.
    """

    letter_id: str
    title: str
    date: str
    day: str
    inspected: bool
    authority: str
    kind: str
    standing: str
    years: frozenset[str]
    grade: str
    found_by: str

    @property
    def badge(self) -> str:
        """Who speaks, in a word."""
        return STANDING.get(self.standing, STANDING["other"])

    @property
    def kind_words(self) -> str:
        """The kind as a label."""
        return kind_words(self.kind)


def kind_words(kind: str) -> str:
    """A kind of document as a label: "Focused visit"."""
    return "Other document" if kind == "other" else f"{kind[:1].upper()}{kind[1:]}"


def entries_of(letters: Sequence[Letter]) -> tuple[Entry, ...]:
    """What the list shows of each letter."""
    return tuple(_entry(letter) for letter in letters)


def _entry(letter: Letter) -> Entry:
    overall = next((j.grade for j in letter.judgements if j.area == "overall" and j.grade), "")
    return Entry(
        letter_id=letter.letter_id,
        title=letter.title,
        date=letter.date,
        day=spoken_date(letter.date),
        inspected=bool(letter.date) and not letter.published,
        authority=letter.authority or "",
        kind=letter.kind,
        standing=letter.standing if letter.standing in STANDING else "other",
        years=frozenset(str(year) for year in letter.years()),
        grade=overall,
        found_by=_plain(f"{letter.title} {letter.authority or ''} {kind_words(letter.kind)}"),
    )


def _plain(text: str) -> str:
    """Text as it is searched: no capitals, no accents, straight apostrophes."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return bare.casefold().replace("’", "'")


@dataclass(frozen=True, slots=True)
class Group:
    """Letters under one heading: a year, or an authority."""

    heading: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A value that can be chosen, its label and whether it is."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Chooser:
    """A choice among values, the first of them no choice at all."""

    name: str
    label: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of the list.

    Attributes:
        wanted: What was chosen, the page being one that exists.
        held: Number of letters there are.
        found: Number of letters that fit.
        status: That in words.
        groups: Those of this page.
        choosers: What can be chosen.
        dropping: For each choice made, its words and the address without it.
        pages: Number of pages.
        before: Address of the page before, or empty.
        after: Address of the page after, or empty.
    """

    wanted: Wanted
    held: int
    found: int
    status: str
    groups: tuple[Group, ...]
    choosers: tuple[Chooser, ...]
    dropping: tuple[tuple[str, str], ...]
    pages: int
    before: str
    after: str


def listing(entries: Sequence[Entry], wanted: Wanted) -> Listing:
    """The page of the list that was asked for; behind the last page comes the last one again.

    Args:
        entries: Every letter.
        wanted: What was chosen.
    """
    found = fitting(entries, wanted)
    pages = max(1, -(-len(found) // PAGE))
    wanted = replace(wanted, page=min(wanted.page, pages))
    shown = found[(wanted.page - 1) * PAGE : wanted.page * PAGE]
    return Listing(
        wanted=wanted,
        held=len(entries),
        found=len(found),
        status=_status(len(found), len(entries), wanted, len(shown)),
        groups=_groups(shown, wanted),
        choosers=_choosers(entries, wanted),
        dropping=_dropping(wanted),
        pages=pages,
        before=replace(wanted, page=wanted.page - 1).address if wanted.page > 1 else "",
        after=replace(wanted, page=wanted.page + 1).address if wanted.page < pages else "",
    )


def fitting(entries: Sequence[Entry], wanted: Wanted) -> list[Entry]:
    """The letters that fit what was chosen, those of every page, in the order of the list."""
    found = sorted((entry for entry in entries if _fits(entry, wanted)), key=lambda entry: entry.title)
    found.sort(key=lambda entry: entry.date, reverse=True)
    if wanted.sort == "authority":
        found.sort(key=lambda entry: (not entry.authority, _plain(entry.authority)))
    return found


def _fits(entry: Entry, wanted: Wanted) -> bool:
    return (
        all(word in entry.found_by for word in _plain(wanted.q).split())
        and (not wanted.authority or entry.authority == wanted.authority)
        and (not wanted.year or wanted.year in entry.years)
        and (not wanted.kind or entry.kind == wanted.kind)
        and (not wanted.who or entry.standing == SPEAKERS.get(wanted.who))
    )


def _status(found: int, held: int, wanted: Wanted, shown: int) -> str:
    """How many there are: "1 letter", "12 of 479 letters", "479 letters, 51 to 100 shown"."""
    if not found:
        return "No letter fits" if held else "No letters yet"
    letters = "letter" if held == 1 else "letters"
    count = f"{held:,} {letters}" if found == held else f"{found:,} of {held:,} {letters}"
    first = (wanted.page - 1) * PAGE + 1
    return count if found == shown else f"{count}, {first:,} to {first + shown - 1:,} shown"


def _groups(shown: Sequence[Entry], wanted: Wanted) -> tuple[Group, ...]:
    headed: dict[str, list[Entry]] = {}
    for entry in shown:
        if wanted.sort == "authority":
            heading = entry.authority or "No local authority given"
        else:
            heading = entry.date[:4] or "No date given"
        headed.setdefault(heading, []).append(entry)
    return tuple(Group(heading, tuple(entries)) for heading, entries in headed.items())


def _choosers(entries: Sequence[Entry], wanted: Wanted) -> tuple[Chooser, ...]:
    kinds = {entry.kind for entry in entries}
    standings = {entry.standing for entry in entries}
    authorities = sorted({entry.authority for entry in entries if entry.authority}, key=_plain)
    years = sorted({year for entry in entries for year in entry.years}, reverse=True)
    return (
        _chooser("authority", "Authority", "All authorities", {name: name for name in authorities}, wanted.authority),
        _chooser("year", "Year", "All years", {year: year for year in years}, wanted.year),
        _chooser("kind", "Kind", "All kinds", {k: kind_words(k) for k in kind_names() if k in kinds}, wanted.kind),
        _chooser("who", "Who is speaking", "Everybody", _speakers(standings), wanted.who),
    )


def _speakers(standings: set[str]) -> dict[str, str]:
    return {name: STANDING[standing] for name, standing in SPEAKERS.items() if standing in standings}


def _chooser(name: str, label: str, everything: str, values: Mapping[str, str], chosen: str) -> Chooser:
    """A value that was chosen and that no letter has is listed too: the list says what it was narrowed to."""
    listed = {"": everything, **values}
    if chosen not in listed:
        listed[chosen] = chosen
    return Chooser(name, label, tuple(Choice(value, words, value == chosen) for value, words in listed.items()))


def _dropping(wanted: Wanted) -> tuple[tuple[str, str], ...]:
    words = {
        "q": f"“{wanted.q}”",
        "authority": wanted.authority,
        "year": wanted.year,
        "kind": kind_words(wanted.kind) if wanted.kind in kind_names() else wanted.kind,
        "who": STANDING.get(SPEAKERS.get(wanted.who, ""), wanted.who),
    }
    chosen = [name for name in NAMES if getattr(wanted, name)]
    return tuple((words[name], replace(wanted, page=1, **{name: ""}).address) for name in chosen)
