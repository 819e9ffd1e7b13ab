"""What a question names by itself: authorities, years, months, kinds of document, who is speaking."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cache

from assistant.letters.authorities import find_authorities
from assistant.letters.dates import MONTH_NUMBERS
from assistant.letters.inspectorates import (
    COUNCIL_REPORT,
    OTHER,
    PRESS_RELEASE,
    Inspectorate,
    in_force,
    kind_names,
    spelt,
)

__all__ = ["Named", "plainly", "read_named"]


@dataclass(frozen=True, slots=True)
class Named:
    """What one question names.

    Attributes:
        authorities: Short names, in order.
        years: That say which letters are meant, ranges spelt out.
        months: ISO months ("2019-03").
        basis: "visit", "published" or "either": which date the years are read against.
        order: "latest", "earliest" or None.
        kinds: Kinds of document.
        issuers: Names of inspectorates, where the letters of several are known.
        standing: "inspectorate" or "council", where the question asks what one of them says.
        letter_only: Whether it asks about a letter, and nothing else.
        used: Its words that the scope uses up.
        first: First year of "since 2019".
        last: Last year of "before 2019".
        stretch: Those words.
        ranged: Whether the years are a range.
        count: How many letters "the last three" means.
        step: -1 for "the one before that", 1 for "the one after", else 0.
        contrast: Whether two things are set against each other.
        sections: Kinds of section that it asks about.
        vague: Its words that sound like a date and name none.
    """

    """What one question names by itself."""

    authorities: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    months: tuple[str, ...] = ()
    basis: str = "either"  # "visit", "published" or "either"
    order: str | None = None  # "latest", "earliest" or "previous"
    kinds: tuple[str, ...] = ()
    issuers: tuple[str, ...] = ()
    standing: str | None = None
    letter_only: bool = False
    used: tuple[str, ...] = ()
    first: int | None = None  # "since 2019", "after 2019"
    last: int | None = None  # "before 2019", "until 2019"
    stretch: str = ""  # those words
    ranged: bool = False  # "between 2011 and 2019"
    count: int = 1  # "the last three letters"
    step: int = 0  # "the one before that": -1, "the next one": 1
    contrast: bool = False  # two things set against each other
    sections: tuple[str, ...] = ()  # "the headline findings"
    vague: tuple[str, ...] = ()  # "before the pandemic": words that name no year


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
THAN_YEAR = re.compile(r"\b(?:than|from|since|compared (?:with|to))\b[^?]{0,30}\b(?:19|20)\d\d\b", re.IGNORECASE)
MONTH_YEAR = re.compile(
    r"\b(" + "|".join(sorted(MONTH_NUMBERS, key=len, reverse=True)) + r")\.?,?\s+((?:19|20)\d\d)\b", re.IGNORECASE
)
SEASON = re.compile(r"\b(spring|summer|autumn|winter|early|late|mid)[ -]+(?=(?:19|20)\d\d\b)", re.IGNORECASE)
PUBLISHED = re.compile(r"\b(?:published|issued|released|dated)\b", re.IGNORECASE)
VISITED = re.compile(
    r"\b(?:inspected|visited|fieldwork)\b|\b\d{4}\s+(?:[a-z]+\s+){0,3}?(?:inspection|visit)\b"
    r"|\b(?:inspection|visit)s?\s+(?:of|in|from|held in)\s+(?:[a-z]+\s+)?\d{4}",
    re.IGNORECASE,
)
NUMBERS = {"two": 2, "2": 2, "three": 3, "3": 3, "four": 4, "4": 4, "five": 5, "5": 5}
LATEST = re.compile(
    rf"\b(?:(?P<before>{'|'.join(NUMBERS)})\s+)?(?:latest|most recent|newest|last)\s+"
    rf"(?:(?P<behind>{'|'.join(NUMBERS)})\s+)?(?:[a-z-]+\s+){{0,2}}?"
    r"(?:inspection|visit|letter|report|judgement|one|document)s?\b"
    r"|\bmost recently\b|\blatest on\b",
    re.IGNORECASE,
)
EARLIEST = re.compile(
    r"\b(?:first|earliest|oldest)\s+(?:[a-z-]+\s+){0,2}?(?:inspection|visit|letter|report|document)\b", re.IGNORECASE
)
NOUN = r"(?:one|letter|report|visit|inspection|document|paper)"
BACK = re.compile(
    rf"\b{NOUN}\s+(?:just |immediately )?before(?:\s+(?:that|this|it)\b|\s*[?.]?\s*$)|\bthe previous {NOUN}\b",
    re.IGNORECASE,
)
FORWARD = re.compile(
    rf"\b{NOUN}\s+(?:just |immediately )?after(?:\s+(?:that|this|it)\b|\s*[?.]?\s*$)|\bthe (?:next|following) {NOUN}\b",
    re.IGNORECASE,
)
ASKS_DATE = re.compile(r"\bwhen\b|\bwh(?:at|ich) (?:date|day|month|year)", re.IGNORECASE)
VAGUE = re.compile(
    r"\b(?:before|after|since)\s+(?:the\s+)?"
    r"(?:pandemic|covid(?:-19)?|coronavirus|lockdowns?|brexit|austerity|(?:general |local )?elections?|war)\b"
    r"|\b(?:last|this|next)\s+(?:year|month|week|autumn|spring|summer|winter|term)\b"
    r"|\b(?:\d+|a few|several|some|two|three|four|five|ten) years (?:ago|back)\b",
    re.IGNORECASE,
)
SECTIONS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\b(?:headline findings?|overview section|executive summary)\b", re.IGNORECASE), "headline"),
    (re.compile(r"\b(?:main findings|findings section)\b", re.IGNORECASE), "findings"),
    (re.compile(r"\b(?:leadership|leaders|management) section\b|\bsection on leader", re.IGNORECASE), "leaders"),
    (re.compile(r"\bcare leavers?.? section\b|\bsection on care leavers\b", re.IGNORECASE), "care leavers"),
    (re.compile(r"\bhelp and protection section\b|\bsection on help\b", re.IGNORECASE), "help and protection"),
)
COUNCIL_KINDS = (COUNCIL_REPORT, PRESS_RELEASE)
COUNCIL_WORDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        r"\bcabinet(?:'s)? (?:report|paper|was|papers?|reports?|minutes)\b|\bcabinet paper\b|\breport to cabinet\b"
        r"|\b(?:to|told|on|tell) (?:the )?cabinet\b|\bcouncil(?:'s)? report\b|\bcabinet report\b",
        (COUNCIL_REPORT,),
    ),
    (r"\bpress (?:release|statement|office)\b|\bnews release\b", (PRESS_RELEASE,)),
)
CONTRAST = re.compile(
    r"\b(?:compar\w+|differ\w*|between|versus|vs|than|and what|against|as well as|both|each)\b"
    r"|\b(?:next to|beside|alongside)\b",
    re.IGNORECASE,
)
COUNCIL_SAYS = re.compile(
    r"\b(?:what|how) (?:did|does|has|do) the council (?:itself )?(?:say|said|claim|describe|put|tell)", re.I
)
OFSTED_SAYS = re.compile(r"\b(?:ofsted|inspectors?|the inspectorate)\b", re.IGNORECASE)
LETTER_WORD = re.compile(
    r"^(?!.*\b(?:reports?|documents?|papers?|all|council's|publicity|press)\b).*\bletter\b", re.IGNORECASE | re.DOTALL
)


@cache
def _kind_words(of: tuple[Inspectorate, ...]) -> tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]:
    """What questions call kinds of document, and the kinds."""
    found: list[tuple[str, tuple[str, ...]]] = []
    for by in of:
        rows = {kind for row in by.asked_kinds for kind in row.kinds}
        own = (kind for kind in by.kinds if kind.name != OTHER and (kind.asked or kind.name not in rows))
        found += [(kind.as_asked, (kind.name,)) for kind in own]
        found += [(spelt(row.words), row.kinds) for row in by.asked_kinds]
    return tuple((re.compile(words, re.IGNORECASE), kinds) for words, kinds in (*found, *COUNCIL_WORDS))


def plainly(question: str) -> str:
    """A question in the words that questions about Ofsted's letters have, for all that is the same everywhere.

    What an added inspectorate, its inspectors and its inspections are called in the question is what its table says.
    """
    for pattern, plain in _plain_words(in_force()):
        question = pattern.sub(plain, question)
    return question


@cache
def _plain_words(of: tuple[Inspectorate, ...]) -> tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...]:
    """Words of added inspectorates, and what gives those that stand for them."""
    first, *added = of
    found: list[tuple[str, str, str]] = []
    for by in added:
        found.append((by.named, first.name, ""))
        for kind in by.kinds:
            found += [] if kind.name == OTHER else [(kind.as_asked, "inspection" if kind.graded else "visit", "s")]
        found.append((rf"\b{re.escape(by.inspector)}s?\b", first.inspector, "s"))
    return tuple((re.compile(words, re.IGNORECASE), _standing_for(plain, many)) for words, plain, many in found)


def _standing_for(plain: str, many: str) -> Callable[[re.Match[str]], str]:
    """What gives a plain word for one, or behind an "s" for many."""
    return lambda said: plain + many * said.group().lower().endswith("s")


def _issuers(question: str) -> tuple[str, ...]:
    """The inspectorates that a question names, where there are several to choose from."""
    of = in_force()
    return tuple(by.name for by in of if len(of) > 1 and re.search(by.named, question, re.IGNORECASE))


def read_named(question: str, held: Collection[str]) -> Named:
    """What a question names by itself.

    Args:
        question: As asked, spelling mended.
        held: Authorities that letters are about: the nearest of them is meant by a misspelt name.
    """
    used: list[str] = []
    mentions = find_authorities(question, fuzzy=True, known=held)
    for mention in mentions:
        used += re.findall(r"\w+", mention.typed.lower())
    kinds: list[str] = []
    for pattern, found in _kind_words(in_force()):
        for match in pattern.finditer(question):
            used += re.findall(r"\w+", match.group().lower())
            kinds += found
    issuers = _issuers(question)
    used += [word for name in issuers for word in re.findall(r"\w+", name.lower())]
    question = plainly(question)
    years = _years(question)
    months = tuple(f"{match[2]}-{MONTH_NUMBERS[match[1].lower()]:02}" for match in MONTH_YEAR.finditer(question))
    for match in MONTH_YEAR.finditer(question):
        used.append(match[1].lower())
    for match in VAGUE.finditer(question):  # "during the pandemic" is a matter of letters, "before" it is not
        used += re.findall(r"\w+", match.group().lower())
    used += [match[1].lower() for match in SEASON.finditer(question)]
    latest = LATEST.search(question)
    order = "latest" if latest else "earliest" if EARLIEST.search(question) else None
    step = 0 if ASKS_DATE.search(question) else -bool(BACK.search(question)) or int(bool(FORWARD.search(question)))
    basis = "published" if PUBLISHED.search(question) else "visit" if VISITED.search(question) else "either"
    council = COUNCIL_SAYS.search(question)
    standing = "council" if council else "inspectorate" if OFSTED_SAYS.search(question) else None
    if council:  # "what did the council say about the monitoring visit": the visit is the matter
        kinds = [kind for kind in kinds if kind in COUNCIL_KINDS]
    used += [str(year) for year in years]
    alone = len(years) == 1
    since = SINCE.search(question) if alone else None
    before = BEFORE.search(question) if alone and not since else None
    stretch = since or before
    return Named(
        first=_since(since) if since else None,
        last=_until(before) if before else None,
        stretch=stretch.group().lower() if stretch else "",
        ranged=bool(RANGE.search(question)),
        authorities=tuple(dict.fromkeys(mention.authority.name for mention in mentions)),
        years=years,
        months=months,
        basis=basis,
        order=order if not years else None,
        kinds=tuple(sorted(set(kinds), key=kind_names().index)),
        issuers=issuers,
        standing=standing,
        letter_only=bool(LETTER_WORD.search(question)),
        used=tuple(dict.fromkeys(used)),
        count=NUMBERS.get((latest["before"] or latest["behind"] or "").lower(), 1) if latest else 1,
        step=step,
        contrast=bool(CONTRAST.search(question)),
        sections=tuple(kind for pattern, kind in SECTIONS if pattern.search(question)),
        vague=tuple(match.group() for match in VAGUE.finditer(question)),
    )


def _years(question: str) -> tuple[int, ...]:
    """Years that say which letters are meant, ranges spelt out; a target year is the question's matter."""
    compared = THAN_YEAR.search(question)  # "better by 2023 than in 2018" means both years
    matter = set() if compared else {int(match[1]) for match in MATTER_YEAR.finditer(question)}
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
