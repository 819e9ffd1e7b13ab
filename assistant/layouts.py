"""The layouts that are understood: how each kind of document is recognised, what its headings mean, what it grades.

A new layout is added in this file and nowhere else: a row of `LAYOUTS` with the words by which it is known, its
headings in `VOCABULARY`, and its graded areas in `AREAS`. A heading that is not known here is kept as printed, with
kind "other". How lines become sections and paragraphs (`outline`) is the same for all of them.
"""

import re
from dataclasses import dataclass

__all__ = [
    "AREAS",
    "GRADE",
    "GRADED_HEADING",
    "GRADINGS",
    "LAYOUTS",
    "VOCABULARY",
    "Grading",
    "Layout",
    "area_name",
    "graded_areas",
    "heading_kind",
    "heading_words",
    "layout_of",
    "same_grade",
]


@dataclass(frozen=True, slots=True)
class Layout:
    """A kind of document of the inspectorate.

    Attributes:
        kind: One of `letters.KINDS`.
        framework: The framework it is carried out under, or None where the document must say so itself.
        known_by: Pattern of the words by which its title or opening gives it away (any case).
        joint: Whether other inspectorates issue it together with Ofsted.
    """

    kind: str
    framework: str | None
    known_by: str
    joint: bool = False


LAYOUTS: tuple[Layout, ...] = (
    Layout("JTAI", "JTAI", r"joint targeted area inspection", joint=True),
    Layout(
        "area SEND inspection",
        "area SEND",
        r"area send (?:\w+ )?(?:inspection|re-?visit)|local area partnership report"
        r"|joint (?:local )?area (?:send|special educational needs)"
        r"|joint (?:inspection|re-?visit) (?:of|to) the (?:local )?area of",
        joint=True,
    ),
    Layout(
        "contact and referral inspection",
        "contact and referral",
        r"inspection of (?:the )?contact,? (?:and )?referral,? (?:and )?assessment",
    ),
    Layout(
        "monitoring visit",
        None,
        r"monitoring visit (?:to|of|report|letter)"
        r"|\bfindings (?:of|from) (?:the|a|our|this|its) (?:\w+ ){0,3}monitoring visit",
    ),
    Layout(
        "focused visit",
        "ILACS",
        r"focus+ed visit (?:to|of)|findings of (?:a|the) focus+ed visit|\bfocus+ed visit\b",
    ),
    Layout(
        "SIF inspection",
        "SIF",
        r"inspection of services for children in need of help and protection|single inspection framework",
    ),
    # Inspections of before the single framework, and the one that fell outside it: they have no kind of their own.
    Layout(
        "other",
        None,
        r"inspection of (?:safeguarding and )?looked after children(?:.s)? services"
        r"|inspection of (?:safeguarding and )?services for looked after children"
        r"|inspection of local authority arrangements for the protection of children"
        r"|joint area review|inspection of progress made in|inspection of (?:adoption|fostering) (?:support )?services"
        r"|^\W*review of the effectiveness of the local safeguarding children board",
    ),
    Layout(
        "ILACS inspection",
        "ILACS",
        r"inspection of .{0,80}?local\s+authority\s+children.s\s+(?:social care )?services"
        r"|inspection of children.s social care services|inspection of .{0,60} children.s services"
        r"|the impact of leaders on social work practice",
    ),
)
"""A document is what its title, or else its opening, names first; of two names at one place the upper row counts."""
_KNOWN_BY = tuple((layout, re.compile(layout.known_by, re.IGNORECASE | re.DOTALL | re.MULTILINE)) for layout in LAYOUTS)


def layout_of(*texts: str) -> tuple[Layout, re.Match[str]] | None:
    """The layout that the first telling text names first, with the match in it.

    Args:
        texts: The surest first: the title, then the opening, then more of it.
    """
    for text in texts:
        found = [(match.start(), at, match) for at, (_, p) in enumerate(_KNOWN_BY) if (match := p.search(text))]
        if found:
            _, at, match = min(found, key=lambda entry: entry[:2])
            return LAYOUTS[at], match
    return None


AREAS: tuple[tuple[str, str], ...] = (
    ("overall", r"overall (?:effectiveness|judgement)"),
    ("leaders", r"impact of leaders|leadership,? management"),
    ("help and protection", r"need help and protection|in need of help and protection"),
    ("in care and care leavers", r"children in care and care leavers"),
    ("care leavers", r"care leavers"),
    ("looked after", r"children looked after and achieving"),
    ("in care", r"children in care"),
    ("adoption", r"adoption performance"),
)
"""Graded areas: the contract's name, and the words by which tables and headings call it. The first match counts."""


@dataclass(frozen=True, slots=True)
class Grading:
    """Which areas a framework grades in inspections that begin on a day or later.

    Attributes:
        kind: One of `letters.KINDS`.
        framework: Its short name.
        since: First day, as an ISO date.
        areas: Names of `AREAS`.
    """

    kind: str
    framework: str
    since: str
    areas: tuple[str, ...]


GRADINGS: tuple[Grading, ...] = (
    Grading(
        "SIF inspection",
        "SIF",
        "2013-11-01",
        ("overall", "leaders", "help and protection", "looked after", "adoption", "care leavers"),
    ),
    Grading(
        "ILACS inspection",
        "ILACS",
        "2018-01-01",
        ("overall", "leaders", "help and protection", "in care and care leavers"),
    ),
    Grading(
        "ILACS inspection",
        "ILACS",
        "2023-01-01",
        ("overall", "leaders", "help and protection", "in care", "care leavers"),
    ),
    Grading("ILACS inspection", "ILACS", "2026-04-01", ("leaders", "help and protection", "in care", "care leavers")),
)
"""In order of time. The source is Ofsted's frameworks themselves: "Framework and evaluation schedule for the
inspections of services for children in need of help and protection, children looked after and care leavers"
(the single inspection framework, November 2013 to 2017: adoption and care leavers are graded within the looked-after
judgement); "Inspecting local authority children's services" (ILACS, from January 2018: children in care together with
care leavers; from January 2023 each on their own; from April 2026 without overall effectiveness)."""


def graded_areas(kind: str, first_day: str | None) -> tuple[str, ...]:
    """The areas that a kind of inspection graded when it began; without a date, those that it has always graded.

    Args:
        kind: One of `letters.KINDS`.
        first_day: First day of the inspection, as an ISO date that may be reduced to month or year.
    """
    of_kind = [grading for grading in GRADINGS if grading.kind == kind]
    if first_day:
        then = [grading.areas for grading in of_kind if grading.since[: len(first_day)] <= first_day]
        return then[-1] if then else ()
    always = [area for area in of_kind[0].areas if all(area in grading.areas for grading in of_kind)] if of_kind else []
    return tuple(always)


def area_name(words: str) -> str:
    """The contract's name of a graded area, or the words as printed."""
    folded = " ".join(words.lower().split())
    return next((area for area, pattern in AREAS if re.search(pattern, folded)), words.strip())


def same_grade(words: str) -> str:
    """A grade in Ofsted's four words: "Requires improvement to be good" is "requires improvement"."""
    return (
        " ".join(words.lower().split())
        .replace(" to be good", "")
        .replace("require improvement", "requires improvement")
    )


# kind -> patterns of whole headings, lower case, quotes folded, without a closing grade or colon.
VOCABULARY: dict[str, tuple[str, ...]] = {
    "safeguarding board": (
        r"(?:the )?(?:local safeguarding children board|lscb).*",
        r"(?:the )?effectiveness (?:of )?(?:the )?(?:(?:[\w'-]+ ){1,4}safeguarding children board|lscb).*",
        r"(?:key strengths and weaknesses|inspection judge?ments?) (?:of|about) the lscb.*",
    ),
    "headline": (
        r"overview",
        r"headline findings",
        r"summary",
        r"executive summary",
        r"(?:executive )?summary of (?:key )?findings(?: .*)?",
        r"summary for children and young people",
        r"inspection outcome",
        r"what is it like to be a child or young person (?:with )?(?:send|special educational needs).*",
        r".* (?:is|are) (?:good|outstanding|inadequate) because|.* requires? improvement because",
        r"this local authority .* because",
    ),
    "coverage": (
        r"areas? covered by (?:the|this) visit",
        r"information about (?:this|the local authority) (?:inspection|review)",
        r"the inspection",
        r"about (?:the|this) inspection",
        r"(?:the )?inspection team",
        r"(?:other|previous) ofsted inspections?",
    ),
    "improve": (
        r"what needs to improve.*",
        r"what does the local authority need to improve.*",
        r"what needs to improve next.*",
        r"areas for (?:further )?(?:improvement|development).*",
        r"what does the .* need to improve.*",
        r"what does the .* need to do better",
        r"(?:practice|case) study: area(?:s|\(s\))? for (?:priority action and )?improvement",
        r"recommendations for improvement",
        r"priorities for (?:further )?improvement",
    ),
    "priority": (
        r"(?:responsible bod(?:y|ies) )?areas? for priority action.*",
        r"priority actions?.*",
        r"priority and immediate actions?",
    ),
    "strengths": (
        r"(?:key )?strengths",
        r"areas? of strength",
        r"(?:practice|case) study:.*effective practice",
        r"the local authority(?:'s| has the following) strengths",
        r"what is the (?:area |local )?(?:area )?partnership doing that is effective",
    ),
    "requirements": (r"the service meets the requirements of .*",),
    "findings": (
        r"(?:main |key )?findings(?: and evaluation of progress)?",
        r"(?:inspection )?findings\b.*",
        r"evaluation of progress|progress since (?:the|our) last inspection",
        r"detail",
    ),
    "help and protection": (
        r"(?:the )?experiences? and progress of children(?: and young people)? who need help and protection.*",
        r"(?:the )?experiences of children who need help and protection.*",
        r"children who need help and protection.*",
        r"(?:the )?experiences and progress of children in need of help and protection.*",
    ),
    "in care and care leavers": (
        r"(?:the )?experiences? and progress of children in care and care leavers.*",
        r"(?:the )?experiences? and progress of children looked after and .*",
        r"children looked after and achieving permanence.*",
    ),
    "in care": (r"(?:the )?experiences?(?: and progress)? of children in care",),
    "care leavers": (
        r"(?:the )?experiences?(?: and progress)? of care leavers.*",
        r"the graded judge?ment (?:about|for) the experiences? and progress of care leavers.*",
    ),
    "adoption": (r"the graded judge?ment for adoption performance.*", r"adoption performance"),
    "leaders": (
        r"(?:the )?impact of leaders on social work practice.*",
        r"leadership,? (?:and )?management(?: and governance)?.*",
        r"local leadership",
    ),
    "overall": (r"overall effectiveness.*", r"(?:the )?overall judgement.*"),
    "judgements": (r"judgement grade", r"judgements?"),
    "recommendations": (r"recommendations?",),
    "purpose": (
        r"purpose(?: and reasons| of (?:the |this )?(?:report|paper))?",
        r"(?:reasons? for (?:the )?report)",
        r"introduction",
        r"background",
        r"context",
    ),
    "administration": (
        r"alternative options",
        r"implications.*",
        r".*implications(?: \(.*\))?",
        r"diversity impact assessment",
        r"risk management",
        r"consultees",
        r"background papers",
        r"appendices",
        r"key decision.*",
        r"information about (?:this|the) (?:local (?:authority|area)|provider).*",
        r"what the (?:local authority |lscb )?inspection judge?ments mean.*",
        r"the inspection judge?ments and what they mean",
        r"local area partnership details|local authority integrated care boards?|ofsted care quality commission",
        r"contents",
        r"(?:child protection|children (?:and young people )?(?:living|looked after)) in this area",
        r"(?:other )?information about this area",
        r"next steps",
    ),
}
PATTERNS = {kind: re.compile("|".join(f"(?:{p})" for p in ps)) for kind, ps in VOCABULARY.items()}

NOTE_MARK = re.compile(r"(?<=[^\W\d_?:])[?:]?\d$")  # "... this local authority area2"
NUMBER = re.compile(r"^(?:section\s+)?\d{1,2}(?:\.\d{1,2})*[.:)]?\s+", re.IGNORECASE)
GRADE = r"outstanding|good|requires? improvement(?: to be good)?|inadequate"
"""The four grades as documents print them."""

GRADED_HEADING = re.compile(
    rf"^(?P<area>.{{4,160}}?)\s*(?::|\bgraded as:?|\b(?:is|are|was) (?:judged (?:to be |as )?)?|[-\N{{EN DASH}}])"
    rf"\s*(?P<grade>{GRADE})\.?$",
    re.IGNORECASE,
)
"""A section heading that closes with its judgement: "... help and protection: good"."""


def heading_words(heading: str) -> str:
    """A heading folded for comparison: lower case, plain quotes, no number before and no grade or colon after."""
    folded = " ".join(heading.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").split())
    graded = GRADED_HEADING.match(folded)
    folded = graded["area"] if graded else folded
    return NUMBER.sub("", NOTE_MARK.sub("", folded)).strip(" :?.").lower()


def heading_kind(heading: str) -> str | None:
    """What a heading means, or None if the vocabulary does not know it."""
    words = heading_words(heading)
    for kind, pattern in PATTERNS.items():
        if pattern.fullmatch(words):
            return kind
    return None
