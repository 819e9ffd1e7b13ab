"""Earlier inspections and visits that a document mentions beside its own.

A record is made only where the words tie a date to an inspection of the same authority's children's services: "the
last inspection in July 2023", "the 2018 focused visit", "judged inadequate in 2015". What one sentence says less
exactly than another is left out.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from assistant.letters.dates import find_periods
from assistant.letters.inspectorates import OTHER, Inspectorate
from assistant.letters.letter import EarlierInspection
from assistant.reading.outline import Outline
from assistant.words.sentences import split_sentences

__all__ = ["read_earlier"]

NOT_OURS = re.compile(
    r"\bhomes?\b|\bschools?\b|colleges?|academ|\bpeer\b|\bLGA\b|local government association|police|HMICFRS|\bHMIC\b"
    r"|probation|\bhealth (?:\w+ )?(?:inspection|safeguarding|review)|youth (?:offending|justice)|\bYOS\b|\bYJS\b"
    r"|private fostering"
    r"|(?:fostering|adoption) (?:service|agency|panel|inspection)"
    r"|\bLSCB\b|Safeguarding Children Board|children.s cent|early years|hospital|residential|regulation \d|thematic"
    r"|internal|\bby (?:the )?(?:CQC|Care Quality Commission)\b|\bCQC(?:.s)? (?:\w+ )?(?:inspection|review)|statutory"
    r"|diagnostic|\b(?:next|future|planned|forthcoming|published|publication)\b",
    re.IGNORECASE,
)
"""What else is inspected, other bodies' inspections, and dates that are not an inspection's."""
ANOTHER = re.compile(r"\bpredecessor\b|^The (?:agency|home|unit|school|LSCB|(?:[A-Z]\w+ )*Board)\b")
"""A sentence about an authority that is no more, or about a provider that was named before."""
PROVIDER = re.compile(r"\bhomes?\b|\bunits?\b|\bagency\b|(?:fostering|adoption) service|\bschools?\b", re.IGNORECASE)
CURRENT = re.compile(r"\b(?:this|the current) (?:\w+ )?(?:inspection|visit)|^This letter summarises", re.IGNORECASE)

# --- how words tie a date to an inspection

YEAR = re.compile(r"(?<![\w/.,\N{EN DASH}-])(?:19|20)\d\d(?![\w/\N{EN DASH}-]|[.,]\d)")
IN = "in|of|on|from|during|dated|between|at"
PREPOSITION = re.compile(rf"(?:\b(?:{IN})|,)\s+(?:(?:both|early|late|the|the (?:spring|summer|autumn) of)\s+)?$")
CONNECTIVE = r"(?:since|when|where|while|(?<!looked )after|before|following)"
VERB = re.compile(
    rf"[.;:]|,(?!\s+(?:{IN}|referral|children|care leavers)\b|\s+which\s+(?:was|took)\b)"
    rf"|\b(?:have|has|had|is|are|but|who|found|identified|led|compared|Act|{CONNECTIVE})\b"
)
"""What ends the words that belong to an inspection: a date behind it is another's."""
OPENING = re.compile(r"^(?:In|On|During|Between|At)\s+(?:early\s+|late\s+)?$", re.IGNORECASE)
VERDICT = r"\b(?:judged|graded|rated)\b"
BEHIND = r"\s*[:(\N{EN DASH}-]\s*"  # between date and grade in "January 2018: good"
AND = re.compile(r"^(?:,\s*|\s+)(?:and|or|and again|and then)?\s*(?:in\s+)?$")
LISTED = re.compile(r"^Dates? of (?:the )?(?:previous|last) inspections?\b", re.IGNORECASE)
PRONOUN = re.compile(r"^(?:It|They|Both|All|One|Two|Three|Four|Five|Six|Each)\b")
UNDER = re.compile(r"^,? under the (?:\w+ ){1,4}", re.IGNORECASE)
CLAUSE = re.compile(rf"[,;:(]|\b{CONNECTIVE}\b|\band (?=(?:the|an?) )", re.IGNORECASE)
A_YEAR = re.compile(r"(?:19|20)\d\d")
NAMES = ("nspect", "isit", "JTAI", "ILACS", "SIF", "joint area", "judge", "judgment", "graded", "rated")
"""Parts of words of which any mention of an inspection has one."""
LONGEST = 2000  # characters of a sentence; what is longer is no running text
BESIDE = 30  # characters beside an inspection's name in which its kind may stand

# --- how words say a grade

SAID = re.compile(
    rf"(?:{VERDICT}|\bjudge?ment of\b|\bfound\b[^.;]*\b(?:services|authority|council)\b|\boverall\b"
    rf"|\beffectiveness\b)[^.;]{{0,90}}$"
    rf"|(?:19|20)\d\d{BEHIND}$",
    re.IGNORECASE,
)
"""What stands before a grade that was given."""
GRADED_NEXT = re.compile(
    rf"^(?:The (?:local )?(?:authority|council)|It|Services|They) (?:was|were) {VERDICT}", re.IGNORECASE
)
PART = re.compile(
    r"(?:help and|child) protection|children (?:in care|looked after)|looked.after children|care leavers|leaders"
    r"|leadership|adoption|permanence|front door|\b(?:some|most|many|several) (?:areas|services)|experiences?\b"
    r"|\bthis area\b|\bfor safeguarding\b",
    re.IGNORECASE,
)
"""What names a part of the services: its grade is not the overall one."""
WHICH = re.compile(r"\s*which\b", re.IGNORECASE)
NEAR = 160  # characters between a date and a grade that is stated with it
WHOLE = 45  # characters in which "overall" makes a grade the overall one


@dataclass(frozen=True, slots=True)
class _Words:
    """How documents speak of an inspectorate's inspections and grades.

    Attributes:
        by: Whose they are.
        kinds: Words that say of which kind an inspection was.
        names: Parts of words of which any mention of an inspection has one.
        noun: An inspection, a visit or a judgement.
        before_noun: What follows the date in "the 2019 inspection" and "In 2019 Ofsted carried out a focused visit".
        inspected: "Last inspected".
        judged_before: What stands before the date in "judged good by Ofsted in 2019".
        judged_after: What follows the date in "In 2019 services were judged good".
        grade_behind: The grade behind the date in "January 2018: good".
        grade_said: A grade, also as it is said of the past: "required improvement".
        next: Where the words about a grade end.
    """

    by: Inspectorate
    kinds: tuple[tuple[str, re.Pattern[str]], ...]
    names: tuple[str, ...]
    noun: re.Pattern[str]
    before_noun: re.Pattern[str]
    inspected: re.Pattern[str]
    judged_before: re.Pattern[str]
    judged_after: re.Pattern[str]
    grade_behind: re.Pattern[str]
    grade_said: re.Pattern[str]
    next: re.Pattern[str]

    def kind(self, phrase: str) -> str | None:
        """What kind of inspection some words say."""
        return next((kind for kind, pattern in self.kinds if pattern.search(phrase)), None)

    def ungraded(self, kind: str | None) -> bool:
        """Whether a kind of inspection gives no grades."""
        return kind in self.by.ungraded


@cache
def _words(by: Inspectorate) -> _Words:
    given, named = rf"(?:{by.said})", by.named
    kinds = sorted((kind for kind in by.kinds if kind.name != OTHER), key=lambda kind: kind.general)
    own = [kind for kind in kinds if not kind.mentioned]
    called = "".join(f"|{kind.as_mentioned}" for kind in own)
    noun = (
        rf"(?:\binspections?|\bjoint area reviews?|\bJTAIs?|\bILACS|\bSIF{called}"
        rf"|\b(?:focus(?:s?ed)?|monitoring|assurance|{named}|previous|last)\s+(?:\w+\s+)?visits?"
        rf"|\b{given}['’”]?\s+(?:\w+\s+)?judge?ments?)\b"
        r"(?!\s+(?:Act|framework|team|reports?|letters?)\b)"
    )
    lead = r"^\s+(?:(?!(?:and|or|by|before|after|since|following|until|prior|from|to|when|which|with|for|of|in|at)\b)"
    patterns = (
        noun,
        rf"{lead}[\w'’/-]+\s+){{0,5}}?{noun}",
        rf"\b(?:last|previously|first|{named}|was|were) inspected\b",
        rf"{VERDICT}[^.;]{{0,80}}?\b{given}['’”]?\s+(?:overall\s+)?(?:by (?:{named})\s+)?in\s+$",
        rf"^,?\s[^.;]{{0,120}}?{VERDICT}[^.;]{{0,60}}?\b{given}\b",
        rf"{BEHIND}{given}\b",
        rf"\b(?P<grade>{given})\b(?P<noun>['’”]? (?:\w+ )?judge?ment)?",
        rf"[,;]|\bbut\b|\band (?=that\b|{given}\b)",
    )
    return _Words(
        by,
        tuple((kind.name, re.compile(kind.as_mentioned)) for kind in kinds),
        (*NAMES, *(kind.name[1:] for kind in own)),
        *(re.compile(pattern, re.IGNORECASE) for pattern in patterns),
    )


@dataclass(frozen=True, slots=True)
class _Date:
    """A date in a sentence."""

    iso: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Mention:
    """A date that is tied to an inspection, and the words that tie it."""

    date: _Date
    phrase: str
    kind: str | None
    grade: str | None = None


def read_earlier(
    outline: Outline, own: Sequence[tuple[str, str]], kind: str = "other"
) -> tuple[EarlierInspection, ...]:
    """Inspections and visits that a document mentions and is not itself about, in reading order.

    Args:
        outline: The document's text and sections.
        own: Periods (first day, last day) of the visit or inspection that the document reports.
        kind: What the document is, one of the kinds known: in its own year another kind is another inspection.
    """
    found: list[EarlierInspection] = []
    known = _words(outline.by)
    for section in outline.sections:
        if section.kind in ("sign-off", "notes", "closing"):
            continue
        for paragraph in section.paragraphs:
            if not _may_mention(outline.text[paragraph.start : paragraph.end], known):
                continue
            spans = split_sentences(outline.text, paragraph.start, paragraph.end)
            if section.kind == "letterhead":
                spans = [(start, end) for start, end in spans if LISTED.match(outline.text[start:end])]
            found += _in_paragraph(outline.text, spans, own, kind, known)
    return _most_exact(found)


def _may_mention(words: str, known: _Words) -> bool:
    """Whether some words name both a year and an inspection: most do not, and are passed over quickly."""
    return any(name in words for name in known.names) and bool(A_YEAR.search(words))


def _in_paragraph(
    text: str, spans: Sequence[tuple[int, int]], own: Sequence[tuple[str, str]], kind: str, known: _Words
) -> Iterator[EarlierInspection]:
    sentences = [" ".join(text[start:end].split()) for start, end in spans]
    for at, (start, end) in enumerate(spans):
        words = sentences[at]
        following = sentences[at + 1] if at + 1 < len(sentences) else ""
        if len(words) > LONGEST or not _may_mention(words, known) or ANOTHER.search(words):
            continue
        if PRONOUN.match(words) and PROVIDER.search(" ".join(sentences[:at])):
            continue
        for mention in _graded(words, _mentions(words, known), known):
            if _is_own(mention.date.iso, mention.kind, own, kind):
                continue
            # "... in June 2011. The local authority was judged to be good."
            goes_on = not mention.grade and not known.ungraded(mention.kind) and GRADED_NEXT.match(following)
            grade = _overall(following, known) if goes_on else mention.grade
            last = spans[at + 1][1] if goes_on and grade else end
            yield EarlierInspection(mention.date.iso, mention.kind, grade, start, last)


# --- dates and what they are tied to -----------------------------------------------------------------------------


def _dates(words: str) -> list[_Date]:
    """Every date, month and lone year of a sentence; a period by its first day."""
    found = [_Date(period.first, period.start, period.end) for period in find_periods(words)]
    for year in YEAR.finditer(words):
        if not any(date.start < year.end() and year.start() < date.end for date in found):
            found.append(_Date(year.group(), year.start(), year.end()))
    return sorted(found, key=lambda date: date.start)


def _mentions(words: str, known: _Words) -> list[_Mention]:
    """The dates of a sentence that are an inspection's."""
    mentions: list[_Mention] = []
    begin = 0  # where the words end that belong to the date before
    before: _Date | None = None
    for date in _dates(words):
        tied = _tied(words, date, begin, known)
        listed = before and mentions[-1:] and mentions[-1].date == before and AND.match(words[before.end : date.start])
        if tied is None and listed:  # "in 2012 and 2013"
            tied = mentions[-1].phrase, date.end
        phrase, begin = tied or (None, date.end)
        if phrase is not None and not NOT_OURS.search(phrase) and not CURRENT.search(phrase):
            mentions.append(_Mention(date, phrase, known.kind(phrase)))
        before = date
    return mentions


def _tied(words: str, date: _Date, begin: int, known: _Words) -> tuple[str, int] | None:
    """The words that tie a date to an inspection and where they end; None where it is another date."""
    if LISTED.match(words):
        return words[: date.end], date.end
    left, right = words[begin : date.start], words[date.end :]
    if PREPOSITION.search(left):
        for tie in (known.noun, known.inspected):
            named = list(tie.finditer(left))
            if named and not VERB.search(left, named[-1].end()):
                under = UNDER.match(right)
                end = date.end + (under.end() if under else 0)
                return words[begin + _clause(left, named[-1].start()) : end], end
    comma = right.startswith(",") and bool(OPENING.match(words[: date.start]))
    ahead = known.before_noun.match(right[1:] if comma else right)
    if ahead:
        end = date.end + comma + ahead.end()
        return words[max(begin, date.start - BESIDE) : end + BESIDE], end
    if known.grade_behind.match(right) and known.noun.search(left):
        return words[begin : date.end], date.end
    return _judged(words, date, known)


def _judged(words: str, date: _Date, known: _Words) -> tuple[str, int] | None:
    """The words by which services were judged in a year: "was judged inadequate in 2015"."""
    left, right = words[: date.start], words[date.end :]
    before = known.judged_before.search(left)
    if before:
        return words[_clause(left, before.start()) : date.end], date.end
    behind = known.judged_after.match(right) if OPENING.match(left) else None
    return (words[: date.end + behind.end()], date.end + behind.end()) if behind else None


def _clause(words: str, at: int) -> int:
    """Where the clause that holds a place begins."""
    return max((mark.end() for mark in CLAUSE.finditer(words, 0, at)), default=0)


# --- grades ------------------------------------------------------------------------------------------------------


def _graded(words: str, mentions: Sequence[_Mention], known: _Words) -> Iterator[_Mention]:
    """The mentions, each with the overall grade that is stated with it, if one is."""
    graded = [mention for mention in mentions if not known.ungraded(mention.kind)]
    given: dict[_Date, str] = {}
    for start, end, grade in _grades(words, known) if graded else ():
        before = [mention.date for mention in graded if 0 <= start - mention.date.end <= NEAR]
        behind = [mention.date for mention in graded if 0 <= mention.date.start - end <= NEAR]
        if before or behind:
            given.setdefault(before[-1] if before else behind[0], grade)
    for mention in mentions:
        yield replace(mention, grade=given.get(mention.date))


def _overall(words: str, known: _Words) -> str | None:
    return next((grade for _, _, grade in _grades(words, known)), None)


def _grades(words: str, known: _Words) -> Iterator[tuple[int, int, str]]:
    """Overall grades that a sentence says were given, with where they stand."""
    last = 0
    for match in known.grade_said.finditer(words):
        start, end = match.span()
        past = match["grade"].lower().startswith("required")
        if past or match["noun"] or SAID.search(words[:start]):
            begin = _clause(words, start)
            if WHICH.match(words, begin):
                begin = _clause(words, begin - 1)
            clause = words[max(last, begin) : start] + known.next.split(words[end:])[0]
            beside = words[max(last, start - WHOLE) : start] + words[end : end + len(" overall,")]
            if not PART.search(clause) or re.search(r"\boverall\b", beside, re.IGNORECASE):
                yield start, end, known.by.grade_of(match["grade"]) or ""
        last = end


# --- which are kept ----------------------------------------------------------------------------------------------


def _is_own(date: str, of_kind: str | None, own: Sequence[tuple[str, str]], kind: str) -> bool:
    """Whether a date is the document's own inspection, or after it."""
    another = of_kind is not None and of_kind != kind and len(date) == len("2024")
    for first, last in own:
        if first[: len(date)] <= date <= last and not (another and kind != "council report"):
            return True
    return bool(own) and date > max(last for _, last in own)


def _most_exact(found: Sequence[EarlierInspection]) -> tuple[EarlierInspection, ...]:
    """The mentions that no other says more exactly; the first of those that say the same."""
    kept: list[EarlierInspection] = []
    for at, one in enumerate(found):
        if not any(_covers(other, one, at < place) for place, other in enumerate(found) if place != at):
            kept.append(one)
    return tuple(kept)


def _covers(other: EarlierInspection, one: EarlierInspection, first: bool) -> bool:
    """Whether another mention says all that one says; of two alike the first is kept."""
    visit = other.kind in ("focused visit", "monitoring visit") and one.kind is None
    covers = other.date.startswith(one.date) and one.kind in (None, other.kind) and one.grade in (None, other.grade)
    alike = (other.date, other.kind, other.grade) == (one.date, one.kind, one.grade)
    return covers and not visit and not (alike and first)
