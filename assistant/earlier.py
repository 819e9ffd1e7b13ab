"""Earlier inspections and visits that a document mentions beside its own.

A record is made only where the words tie a date to an inspection of the same authority's children's services: "the
last inspection in July 2023", "the 2018 focused visit", "judged inadequate in 2015". Each kept record says something
that no other says more exactly.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.dates import find_periods
from assistant.layouts import GRADE, same_grade
from assistant.letters import GRADES, EarlierInspection
from assistant.outline import Outline
from assistant.sentences import split_sentences

__all__ = ["read_earlier"]

KINDS = (
    ("monitoring visit", r"monitoring (?:\w+ )?visits?"),
    ("focused visit", r"focus+(?:ed)? (?:\w+ )?(?:visits?|inspections?)|assurance visits?"),
    ("JTAI", r"joint targeted area|\bJTAIs?\b"),
    ("area SEND inspection", r"\bSEND\b|special educational needs"),
    (
        "contact and referral inspection",
        r"contact, referral and assessment|unannounced inspection",
    ),
    ("SIF inspection", r"\bsingle (?:inspection|framework)|\bSIF\b"),
    ("ILACS inspection", r"\bILACS\b|inspections? of (?:the )?local authority.{0,3} children.s services"),
)
"""Words that say of which kind an inspection was, the surest first."""
_KINDS = tuple((kind, re.compile(words, re.IGNORECASE)) for kind, words in KINDS)

NOUN = r"(?:inspections?|visits?|JTAIs?|ILACS|SIF)\b(?! Act| framework| team| reports?| outcomes?)"
NOT_OURS = re.compile(
    r"children.s homes?|\bhomes?\b|\bschools?\b|colleges?|academ|peer|\bLGA\b|local government association|police"
    r"|HMICFRS|\bHMIC\b|probation|youth (?:offending|justice)|\bYOS\b|\bYJS\b|fostering (?:service|agency)"
    r"|adoption (?:service|agency)|private fostering|\bLSCB\b|Safeguarding Children Board|children.s cent(?:re|er)"
    r"|early years|hospital|residential|regulation 44|thematic|internal|\bby (?:the )?CQC\b|\bCQC (?:inspection|review)"
    r"|statutory visit|social work(?:er)?s?.? visit|case review|diagnostic",
    re.IGNORECASE,
)
"""What else is inspected, reviewed or visited."""
YEAR = re.compile(r"(?<![\w/.\N{EN DASH}-])(?:19|20)\d\d(?![\w/\N{EN DASH}-]|\.\d)")
BEFORE_DATE = r"(?:\b(?:in|of|on|from|during|dated|between|at)|,)\s+(?:both\s+|early\s+|late\s+|mid-)?$"
STRAIGHT = r"(?:(?!\b(?:have|has|had|is|are|when|while|but|who|found|identified|led|since|Act)\b)[^.;:]){0,160}?"
AFTER_NOUN = re.compile(rf"{NOUN}(?P<gap>{STRAIGHT}){BEFORE_DATE}", re.IGNORECASE)
CARRIED_OUT = re.compile(rf"\b(?:inspected|visited)\b(?P<gap>{STRAIGHT}){BEFORE_DATE}", re.IGNORECASE)
BEFORE_NOUN = re.compile(rf"^\s+(?:(?!and\b|or\b|by\b)[\w'’/-]+\s+){{0,5}}?{NOUN}", re.IGNORECASE)
OPENING_DATE = re.compile(
    rf"^,\s+(?:(?!response|following|after|since|prior|because|to\b)[\w'’/-]+\s+){{0,7}}?{NOUN}", re.IGNORECASE
)
VERDICT = r"\b(?:judged|graded|rated)\b"
GRADED_BEFORE = re.compile(rf"{VERDICT}[^.;]{{0,80}}\b(?:{GRADE})['’”\"]?\s+(?:overall\s+)?(?:by Ofsted\s+)?in\s+$", re.IGNORECASE)
GRADED_AFTER = re.compile(rf"^,?\s[^.;]{{0,120}}?{VERDICT}[^.;]{{0,60}}?\b(?:{GRADE})\b", re.IGNORECASE)
AND = re.compile(r"^(?:,| and| or|, and)\s+(?:again\s+)?(?:in\s+)?$", re.IGNORECASE)
LISTED = re.compile(r"^Dates? of (?:the )?(?:previous|last) inspections?\s*:?\s*", re.IGNORECASE)
THIS = re.compile(r"\b(?:this|the current) (?:inspection|visit)\b|^This letter summarises", re.IGNORECASE)
FOLLOWING = re.compile(r"^(?:The (?:local )?(?:authority|council)|It|They|Services?|The services?) (?:was|were)\b")
PRONOUN = re.compile(r"^(?:It|They|Both|All|One|Two|Three|Four|Five|Six|This|These)\b")

GRADES_SAID = re.compile(
    rf"(?:{VERDICT}|\bfound\b|\bjudge?ment\b|\boverall\b|\beffectiveness\b|\brequired?\b)[^.;]{{0,70}}?"
    rf"(?P<grade>\b(?:{GRADE}|required improvement(?: to be good)?)\b)(?P<after>[^.;,]{{0,60}})",
    re.IGNORECASE,
)
PART = re.compile(
    r"help and protection|children (?:in care|looked after)|looked.after children|care leavers|leaders|leadership"
    r"|adoption|permanence|front door|some (?:areas|services)|experiences? (?:and progress )?of",
    re.IGNORECASE,
)
"""What names a part of the services: its grade is not the overall one."""
NEAR = 160  # characters between a date and the grade that is stated with it
"""@@"""


def read_earlier(outline: Outline, own: Sequence[tuple[str, str]]) -> tuple[EarlierInspection, ...]:
    return ()
