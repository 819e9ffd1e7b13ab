"""The headings that these documents use, and what each kind of section holds.

A new layout's headings are added to `VOCABULARY` and nowhere else. A heading that is not known here is kept as
printed, with kind "other".
"""

import re

__all__ = ["GRADED_HEADING", "VOCABULARY", "heading_kind", "heading_words"]

# kind -> patterns of whole headings, lower case, quotes folded, without a closing grade or colon.
VOCABULARY: dict[str, tuple[str, ...]] = {
    "headline": (
        r"overview",
        r"headline findings",
        r"summary",
        r"(?:executive )?summary of (?:key )?findings(?: .*)?",
        r"summary of findings",
        r"inspection outcome",
        r"what is it like to be a child or young person with (?:send|special educational needs).*",
        r".* is (?:good|outstanding|inadequate) because|this local authority .* because",
    ),
    "coverage": (
        r"areas? covered by (?:the|this) visit",
        r"information about this inspection",
        r"the inspection",
        r"about the inspection",
        r"(?:the )?inspection team",
        r"(?:other|previous) ofsted inspections",
    ),
    "improve": (
        r"what needs to improve.*",
        r"what does the local authority need to improve.*",
        r"what needs to improve next.*",
        r"areas for (?:further )?(?:improvement|development).*",
        r"what does the .* need to improve.*",
        r"what does the .* need to do better",
        r"(?:practice|case) study: areas? for improvement",
        r"recommendations for improvement",
    ),
    "priority": (r"areas? for priority action.*", r"priority actions?.*", r"priority and immediate actions?"),
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
        r"evaluation of progress",
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
    "in care": (r"(?:the )?experiences? and progress of children in care",),
    "care leavers": (
        r"(?:the )?experiences? and progress of care leavers.*",
        r"the graded judge?ment (?:about|for) the experiences? and progress of care leavers.*",
    ),
    "leaders": (
        r"(?:the )?impact of leaders on social work practice.*",
        r"leadership,? (?:and )?management(?: and governance)?.*",
        r"local leadership",
    ),
    "overall": (r"overall effectiveness.*", r"(?:the )?overall judgement.*"),
    "judgements": (r"judgement grade", r"judgements?"),
    "recommendations": (r"recommendations?",),
    "purpose": (r"purpose(?: and reasons)?", r"(?:reasons? for (?:the )?report)", r"introduction", r"background"),
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
        r"what the inspection judgements mean.*",
        r"local area partnership details|inspection team",
        r"contents",
        r"(?:child protection|children living|children looked after) in this area",
        r"other information about this area",
        r"next steps",
    ),
}
PATTERNS = {kind: re.compile("|".join(f"(?:{p})" for p in ps)) for kind, ps in VOCABULARY.items()}

NUMBER = re.compile(r"^(?:section\s+)?\d{1,2}(?:\.\d{1,2})*[.:)]?\s+", re.IGNORECASE)
GRADE = r"outstanding|good|requires? improvement(?: to be good)?|inadequate"
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
    return NUMBER.sub("", folded).strip(" :?.").lower()


def heading_kind(heading: str) -> str | None:
    """What a heading means, or None if the vocabulary does not know it."""
    words = heading_words(heading)
    for kind, pattern in PATTERNS.items():
        if pattern.fullmatch(words):
            return kind
    return None
