"""What a question counts over many letters at once: inspections with a grade, or areas for improvement on a matter."""

import re
from dataclasses import dataclass
from typing import Literal

from assistant.letters import GRADES

__all__ = ["Count", "every_grade", "graded", "read_count"]

WHO = r"local authorities|authorit(?:y|ies)|councils?|boroughs?|count(?:y|ies)|cit(?:y|ies)|places|children's services"
WHAT = (
    r"(?:ilacs |sif |full |graded |area send |send )?inspections?|(?:focused |monitoring )?visits?"
    r"|(?:inspection )?(?:reports?|letters?)"
)
ASKED = (
    r"(?:any|how many|how often|how many times|what number of|number of|which|what|list|name|show)(?: me)?"
    r"(?: (?:all|any|every|other|different|of|the|these|our|local|english))*"
)
UNIT = re.compile(
    rf"\b{ASKED} (?:(?P<who>{WHO})|(?P<what>{WHAT}))\b"
    r"|^(?P<body>who) (?=(?:was|were|is|are|got|received) (?:(?:judged|rated|graded|found|an?|to be) ){0,3}"
    r"(?:outstanding|good|requir\w+ improvement|inadequate|less than|below)\b)",
    re.IGNORECASE,
)
OFTEN = re.compile(r"\b(?:how often|how many times)\b", re.IGNORECASE)
HOLDS = re.compile(
    r"\b(?:judged?|judges|rated|graded|found|marked|described|given|gave|give|gives|gets?|got|awarded|receive[sd]?|were|are"
    r"|was|is|had|have|has|came|went|fell|dropped|slipped|rose|moved|scored|earned|achieved|secured|held|hold|kept|with"
    r"|stayed|remained|ended|called|requires? improvement)\b",
    re.IGNORECASE,
)
EACH = re.compile(
    r"\b(?:breakdown|distribution|spread|split|tally)\b.{0,60}\b(?:grades?|judge?ments?|ratings?|outcomes?)\b"
    r"|\bhow many\b.{0,60}\b(?:each|every) (?:grade|judge?ment|rating)\b"
    r"|\bhow many\b.{0,30}\bwhich (?:grade|judge?ment|rating)\b",
    re.IGNORECASE,
)
"""Asks for every grade and how often it was given."""
NOW = re.compile(
    r"\b(?:current(?:ly)?|now|at present|at the moment|today|latest|most recent(?:ly)?|still)\b", re.IGNORECASE
)
PRESENT = re.compile(rf"\b(?:{WHO})\b (?:\w+ ){{0,3}}?(?:are|is|have|has)\b(?! been)", re.IGNORECASE)
"""Asks how things stand: "which councils are inadequate"."""
TOLD = re.compile(
    r"\b(?:told|asked|required|advised|urged|instructed) to"
    r" (?!improve|strengthen|address|tackle|reduce|increase|develop|sort|fix|work|do|take)(?P<do>\w+ .+)"
    r"|\b(?:told|asked|required|advised|needed|needs?|urged|recommended|instructed|had|have|has) to"
    r" (?:improve|strengthen|address|tackle|reduce|increase|develop|sort out|fix|work on|do better (?:on|at|with|in)"
    r"|take (?:priority )?action (?:on|about|over))\s+(?P<matter>.+)"
    r"|\b(?:areas? for (?:priority action|improvement|development)|priority actions?|recommendations?)\b.{0,30}?"
    r"\b(?:about|on|regarding|concerning|for|of|to improve|to do with|in relation to|is|was|were|are|involv\w+"
    r"|around)\s+(?P<about>.+)",
    re.IGNORECASE,
)
"""Asks who was told to improve something."""
LISTED = re.compile(
    r"^(?P<before>.*\b(?:letters?|reports?|inspections?) (?:is|was|were|are|list(?:s|ed)?|name[sd]?) )(?P<matter>.+?)"
    r"(?: (?:listed|named|given))?(?: as)? an? areas? for (?:improvement|development|priority action)\b",
    re.IGNORECASE,
)
"""The same the other way round: "in how many reports is supervision an area for improvement"."""
ITEMS = re.compile(
    r"\b(?:how many|what number of|number of)"
    r" (?:areas? for (?:priority action|improvement|development)|priority actions?|recommendations?)\b",
    re.IGNORECASE,
)
"""Asks how many things were to be improved."""
HELD = re.compile(
    rf"\b(?:how many|number of) (?:[\w-]+ ){{0,2}}?(?:{WHAT}|documents?)\b(?= (?:(?:were|are|was|is) there\b"
    r"|(?:have|has) there been\b|took place|happened"
    r"|(?:were |was |have been |has been )?(?:published|carried out|done|made|held)"
    r"|(?:did|has|have|had|does|do) [\w' -]{2,40}? (?:have|had|get|got|receive[d]?|publish(?:ed)?|undergone?)\b)"
    r"|\s*[?.]?$)",
    re.IGNORECASE,
)
"""Asks how many letters of a kind there are."""
MOVED = re.compile(
    r"\bfrom (?:(?:an?|being|judged|rated|grade of) )*(?P<before>outstanding|good|requir\w+ improvement|inadequate) "
    r"(?:(?:all the way|straight|right|back|up|down) )*(?:to|into) (?:(?:an?|being|judged|rated) )*"
    r"(?P<after>outstanding|good|requir\w+ improvement|inadequate)\b",
    re.IGNORECASE,
)
UP = re.compile(
    r"\b(?:improved|went up|gone up|moved up|risen|rose|got better|better (?:grade|judgement|rating))\b", re.IGNORECASE
)
DOWN = re.compile(
    r"\b(?:declined|went down|gone down|moved down|fell|fallen|dropped|got worse|deteriorated|slipped"
    r"|worse (?:grade|judgement|rating))\b",
    re.IGNORECASE,
)
RATED = re.compile(r"\b(?:grades?|judge?ments?|ratings?|rated|graded|judged|overall effectiveness)\b", re.IGNORECASE)
TWICE = re.compile(r"\b(?:more than once|twice|two times|repeatedly|at least twice|several times)\b", re.IGNORECASE)
YEAR = r"(?:19|20)\d\d"
PERIOD = re.compile(
    rf",? *\b(?:(?:in|during|since|between|before|after|from|by|until|over|throughout|across) (?:the )?(?:years? )?)?"
    rf"{YEAR}(?:\s*(?:-|\N{{EN DASH}}|,|to|and|or)\s*(?:{YEAR}|\d\d\b))*(?: (?:on|onwards?)\b)?"
    r"|,? *\b(?:by|from) (?:the )?(?:ofsted|inspectors?|inspectorate)\b",
    re.IGNORECASE,
)
"""When, and by whom: no part of the matter."""
PRIORITY = re.compile(r"\bpriority\b", re.IGNORECASE)

GRADE = re.compile(
    r"\b(?:(?P<worse>(?:less|lower|worse) than|below|short of|under|not (?:even )?(?:judged |rated )?(?:as )?)\s*)?"
    r"(?:(?P<better>better than|above|higher than)\s+)?"
    r"(?P<grade>outstanding|good|requir(?:es|e|ed|ing) improvement(?: to be good)?|inadequate)\b"
    r"(?P<behind>\s+(?:or|and)\s+(?:better|above|higher|worse|below|lower)\b)?",
    re.IGNORECASE,
)
"""A grade, or the grades on one side of it: "good or better", "less than good"."""


@dataclass(frozen=True, slots=True)
class Count:
    """What is counted.

    Attributes:
        of: "grades": inspections by a grade that they gave; "moves": by the grade before and the grade they gave;
            "improvements": areas for improvement by their matter; "letters": letters of a kind.
        by: "inspections" or "authorities": what the question wants counted or listed; both are always given.
        grades: The grades asked for, best first; all four where the question asks how many of each.
        moves: For moves: pairs of the grade before and the grade after.
        now: Whether only the latest inspection of each authority counts.
        least: How many such inspections an authority needs to be counted.
        matter: For improvements: the words that say what was to be improved; all of them if empty.
        priority: For improvements: whether only areas for priority action count.
    """

    of: Literal["grades", "moves", "improvements", "letters"]
    by: Literal["inspections", "authorities"] = "inspections"
    grades: tuple[str, ...] = ()
    moves: tuple[tuple[str, str], ...] = ()
    now: bool = False
    least: int = 1
    matter: str = ""
    priority: bool = False


def read_count(text: str, has_years: bool) -> Count | None:
    """What a question counts over letters, or None if it counts nothing that they record.

    Args:
        text: The question, spelling mended.
        has_years: Whether it names years: "which councils are inadequate" then asks about them, not about now.
    """
    text = " ".join(PERIOD.sub(" ", text).split())
    unit = UNIT.search(text)
    body = unit and (unit["who"] or unit["body"])
    by: Literal["inspections", "authorities"] = "authorities" if body else "inspections"
    listed = LISTED.search(text) if unit or OFTEN.search(text) else None
    told = TOLD.search(text, unit.end()) if unit and not unit["body"] and not listed else None
    items = ITEMS.search(text)
    if listed or told or items:
        matter = listed["matter"] if listed else (told["do"] or told["matter"] or told["about"]) if told else ""
        about = TOLD.search(text, items.start()) if items else None
        matter = (about["about"] or "") if about and not listed and not told else matter
        words = matter.strip(" ?!.,")
        priority = bool(PRIORITY.search(text))
        return Count("improvements", by, matter=words, priority=priority) if words or items else None
    held = HELD.search(text)
    grades = graded(text)
    if held and not grades:
        return Count("letters", by)
    moves = _moves(text) if unit else ()
    if moves:
        return Count("moves", by, moves=moves)
    now = bool(NOW.search(text) or (PRESENT.search(text) and not has_years))
    if EACH.search(text):
        return Count("grades", by, GRADES, now=now)
    if grades and ((unit and HOLDS.search(text, unit.end())) or OFTEN.search(text)):
        return Count("grades", by, grades, now=now, least=2 if TWICE.search(text) else 1)
    return None


def _moves(text: str) -> tuple[tuple[str, str], ...]:
    """Pairs of grades, before and after, that a question asks about."""
    moved = MOVED.search(text)
    if moved:
        before, after = (next(g for g in GRADES if moved[end].lower().startswith(g[:5])) for end in ("before", "after"))
        return ((before, after),)
    if not RATED.search(text) or graded(text):
        return ()
    pairs = [(before, after) for before in GRADES for after in GRADES]
    if UP.search(text):
        return tuple((b, a) for b, a in pairs if GRADES.index(a) < GRADES.index(b))
    if DOWN.search(text):
        return tuple((b, a) for b, a in pairs if GRADES.index(a) > GRADES.index(b))
    return ()


def every_grade(text: str) -> Count:
    """The grades that a question asks for, or all of them, where it does not say that it counts."""
    return Count("grades", grades=graded(text) or GRADES, least=2 if TWICE.search(text) else 1)


def graded(text: str) -> tuple[str, ...]:
    """The grades that a text asks for, best first: one, several, or all on one side of one."""
    found: set[str] = set()
    for match in GRADE.finditer(text):
        name = match["grade"].lower()
        at = next(place for place, grade in enumerate(GRADES) if name.startswith(grade[:5]))
        behind = (match["behind"] or "").lower()
        if match["worse"] or match["better"]:
            found |= set(GRADES[at + 1 :] if match["worse"] else GRADES[:at])
        elif behind.endswith(("better", "above", "higher")):
            found |= set(GRADES[: at + 1])
        elif behind:
            found |= set(GRADES[at:])
        else:
            found.add(GRADES[at])
    return tuple(grade for grade in GRADES if grade in found)
