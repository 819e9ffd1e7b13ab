"""What a question counts over many letters at once: inspections with a grade, or areas for improvement on a matter."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from typing import Literal

from assistant.letters.dates import MONTHS
from assistant.letters.inspectorates import Inspectorate, grade_names, in_force
from assistant.words.terms import FUNCTION, words

__all__ = ["TO_IMPROVE", "Count", "every_grade", "graded", "leftover", "read_count", "uncountable"]

WHO = r"local authorities|authorit(?:y|ies)|councils?|places|children's services"
WHAT = (
    r"(?:ilacs |sif |full |graded |area send |send )?inspections?|(?:focused |monitoring )?visits?"
    r"|(?:inspection )?(?:reports?|letters?)"
)
ASKED = (
    r"(?:any|how many|how often|how many times|what number of|number of|which|what|list|name|show)(?: me)?"
    r"(?: (?:all|any|every|other|different|of|the|these|our|local|english))*"
)
OFTEN = re.compile(r"\b(?:how often|how many times)\b", re.IGNORECASE)
HOLDS = (
    r"\b(?:judged?|judges|rated|graded|found|marked|described|given|gave|give|gives|gets?|got|awarded|receive[sd]?|were|are"
    r"|was|is|had|have|has|came|went|fell|dropped|slipped|rose|moved|scored|earned|achieved|secured|held|hold|kept|with"
    r"|stayed|remained|ended|called"
)
EACH = re.compile(
    r"\b(?:breakdown|distribution|spread|split|tally)\b.{0,60}\b(?:grades?|judge?ments?|ratings?|outcomes?)\b"
    r"|\bhow many\b.{0,60}\b(?:each|every) (?:grade|judge?ment|rating)\b"
    r"|\bhow many\b.{0,30}\bwhich (?:grade|judge?ment|rating)\b",
    re.IGNORECASE,
)
"""Asks for every grade and how often it was given."""
NOW = re.compile(
    r"\b(?:current(?:ly)?|now|at present|at the moment|today|latest|most recent(?:ly)?|still"
    r"|last (?:full |graded )?(?:inspection|inspected|judged|rated|graded))\b",
    re.IGNORECASE,
)
PRESENT = re.compile(rf"\b(?:{WHO})\b (?:\w+ ){{0,3}}?(?:are|is|have|has)\b(?! been)", re.IGNORECASE)
"""Asks how things stand: "which councils are inadequate"."""
TO_IMPROVE = r"(?:areas? for (?:priority action|improvement|development)|priority actions?|recommendations?)"
"""What a letter lists to be done."""
TOLD = re.compile(
    r"\b(?:told|asked|required|advised|urged|instructed) to"
    r" (?!improve|strengthen|address|tackle|reduce|increase|develop|sort|fix|work|do|take)(?P<do>\w+ .+)"
    r"|\b(?:told|asked|required|advised|needed|needs?|urged|recommended|instructed|had|have|has) to"
    r" (?:improve|strengthen|address|tackle|reduce|increase|develop|sort out|fix|work on|do better (?:on|at|with|in)"
    r"|take (?:priority )?action (?:on|about|over))\s+(?P<matter>.+)"
    rf"|\b{TO_IMPROVE}\b.{{0,30}}?"
    r"\b(?:about|on|regarding|concerning|for|to improve|to do with|in relation to|involv\w+|around)\s+(?P<about>.+)",
    re.IGNORECASE,
)
"""Asks who was told to improve something."""
LISTED = re.compile(
    r"^(?P<before>.*\b(?:letters?|reports?|inspections?) (?:is|was|were|are|list(?:s|ed)?|name[sd]?) )(?P<matter>.+?)"
    r"(?: (?:listed|named|given))?(?: as)? an? areas? for (?:improvement|development|priority action)\b",
    re.IGNORECASE,
)
"""The same the other way round: "in how many reports is supervision an area for improvement"."""
ITEMS = re.compile(rf"\b(?:how many|what number of|number of) {TO_IMPROVE}\b", re.IGNORECASE)
"""Asks how many things were to be improved."""
OF_KIND = r"(?:ofsted|focused|monitoring|ilacs|sif|area|send|joint|targeted|full|graded|unannounced|inspection)"
HELD = re.compile(
    rf"\b(?:how many|number of) (?:{OF_KIND} ){{0,4}}?(?:{WHAT}|jtais?|documents?)\b(?= (?:(?:were|are|was|is) there\b"
    r"|(?:have|has) there been\b|took place|happened"
    r"|(?:were |was |have been |has been )?(?:published|carried out|done|made|held)"
    r"|(?:did|has|have|had|does|do) [\w' -]{2,40}? (?:have|had|get|got|receive[d]?|publish(?:ed)?|undergone?)\b)"
    r"|\s*[?.]?$)",
    re.IGNORECASE,
)
"""Asks how many letters of a kind there are."""
UP = re.compile(
    r"\b(?:improved|went up|gone up|moved up|risen|rose|got better|better (?:grade|judgement|rating))\b", re.IGNORECASE
)
DOWN = re.compile(
    r"\b(?:declined|went down|gone down|moved down|fell|fallen|dropped|got worse|deteriorated|slipped"
    r"|worse (?:grade|judgement|rating))\b",
    re.IGNORECASE,
)
STAYED = re.compile(r"\b(?:stayed|remained)\b", re.IGNORECASE)
SHIFT = re.compile(
    r"\b(?:fell|fallen|dropped|slipped|rose|risen|moved|came out|stayed|remained|went (?:up|down)|improved|declined"
    r"|deteriorated|kept|(?:one|two|three) (?:grades?|steps?|levels?))\b",
    re.IGNORECASE,
)
"""Asks about grades before and after."""
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
LEADING = re.compile(
    r"^(?:(?:the|their|its|on|high|low|poor|weak|better|more|good) )*"
    r"(?:(?:response|approach|oversight|use|work|provision|offer) (?:to|of|on|with|for) (?:the )?)?",
    re.IGNORECASE,
)
"""What leads in to a matter and is none."""
ABOUT = re.compile(r"\b(?:about|on|regarding|concerning|to do with|in relation to)\s+(?P<matter>.+)", re.IGNORECASE)
PRIORITY = re.compile(r"\bpriority\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Words:
    """Words of counting questions that hold a grade.

    Attributes:
        unit: What is counted or listed.
        holds: What says that it has something.
        moved: From one grade to another.
        left: From a grade.
        grade: A grade, or the grades on one side of it: "good or better", "less than good".
        judged: What speaks of grading: "judged", or a grade that is no everyday word.
        known: Words of the counts themselves.
    """

    unit: re.Pattern[str]
    holds: re.Pattern[str]
    moved: re.Pattern[str]
    left: re.Pattern[str]
    grade: re.Pattern[str]
    judged: re.Pattern[str]
    known: frozenset[str]


def _words() -> _Words:
    return _words_of(in_force())


@cache
def _words_of(of: tuple[Inspectorate, ...]) -> _Words:
    given = "|".join(by.said for by in of)
    or_rare = "".join(f"|{grade.as_said}" for by in of for grade in by.grades if not grade.everyday)
    patterns = (
        rf"\b{ASKED} (?:(?P<who>{WHO})|(?P<what>{WHAT}))\b"
        r"|^(?P<body>who|which|how many) (?=(?:was|were|is|are|got|received) "
        rf"(?:(?:judged|rated|graded|found|an?|to be) ){{0,3}}(?:{given}|less than|below)\b)",
        rf"{HOLDS}{or_rare})\b",
        rf"\bfrom (?:(?:an?|being|judged|rated|grade of) )*(?P<before>{given}) "
        r"(?:(?:all the way|straight|right|back|up|down) )*(?:to|into) (?:(?:an?|being|judged|rated) )*"
        rf"(?P<after>{given})\b",
        rf"\b(?:from|out of) (?:being |an? )?(?:{given})\b",
        r"\b(?:(?P<worse>(?:less|lower|worse) than|below|short of|under|not (?:even )?(?:judged |rated )?(?:as )?)\s*)?"
        r"(?:(?P<better>better than|above|higher than)\s+)?"
        rf"(?P<grade>{given})\b"
        r"(?P<behind>\s+(?:or|and)\s+(?:better|above|higher|worse|below|lower)\b)?",
        rf"\b(?:judged?|judges|judge?ments?|rated|ratings?|graded?|grades|scored?{or_rare})\b",
    )
    own = {word for by in of[1:] for name in _called(by) for word in re.findall(r"[\w']+", name.lower())}
    unit, holds, moved, left, grade, judged = (re.compile(pattern, re.IGNORECASE) for pattern in patterns)
    return _Words(unit, holds, moved, left, grade, judged, KNOWN | own)


def _called(by: Inspectorate) -> tuple[str, ...]:
    """What an added inspectorate calls itself, its inspectors, documents and graded areas."""
    names = [*(kind.name for kind in by.kinds), *(area.name for area in by.areas), *by.grade_names]
    return (*by.names, by.inspector, f"{by.inspector}s", *names)


@dataclass(frozen=True, slots=True)
class Count:
    """What is counted.

    Attributes:
        of: "grades": inspections by a grade that they gave; "moves": by the grade before and the grade they gave;
            "improvements": areas for improvement by their matter; "letters": letters of a kind.
        by: "inspections" or "authorities": what the question wants counted or listed; both are always given.
        grades: The grades asked for, best first; all where the question asks how many of each.
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
    text, known = " ".join(PERIOD.sub(" ", text).split()), _words()
    unit = known.unit.search(text)
    body = unit and (unit["who"] or unit["body"])
    by: Literal["inspections", "authorities"] = "authorities" if body else "inspections"
    listed = LISTED.search(text) if unit or OFTEN.search(text) else None
    told = TOLD.search(text, unit.end()) if unit and not unit["body"] and not listed else None
    items = ITEMS.search(text)
    if listed or told or items:
        matter = listed["matter"] if listed else (told["do"] or told["matter"] or told["about"]) if told else ""
        about = ABOUT.search(text, items.end()) if items else None
        matter = about["matter"] if about else "" if items else matter
        named = LEADING.sub("", matter).strip(" ?!.,")
        priority, least = bool(PRIORITY.search(text)), 2 if TWICE.search(text) else 1
        named = " ".join(TWICE.sub(" ", named).split())
        return Count("improvements", by, matter=named, priority=priority, least=least) if named or items else None
    held = HELD.search(text)
    grades = graded(text)
    if held and not grades:
        return Count("letters", by)
    moves = _moves(text) if unit else ()
    if moves or (unit and grades and SHIFT.search(text)):
        return Count("moves", by, moves=moves)
    now = bool(NOW.search(text) or (PRESENT.search(text) and not has_years))
    if EACH.search(text):
        return Count("grades", by, grade_names(), now=now)
    meant = known.judged.search(text) or not leftover(text)  # "good at listening" is no grade
    if grades and meant and ((unit and known.holds.search(text, unit.end())) or OFTEN.search(text)):
        return Count("grades", by, grades, now=now, least=2 if TWICE.search(text) else 1)
    return None


NEGATED = re.compile(
    r"\b(?:not|never|no longer|none|without|except|other than|apart from|neither|nor|but|unless)\b"
    r"|n['\N{RIGHT SINGLE QUOTATION MARK}]t\b",
    re.IGNORECASE,
)
"""Turns a count into that of something else."""
PART = re.compile(
    r"\b(?:spring|summer|autumn|winter|early|late|mid|(?:first|second|latter) half|quarters?"
    r"|(?:this|last|next|past) (?:\w+ )?(?:years?|months?|weeks?))\b",
    re.IGNORECASE,
)
"""A time that is no whole year and no month."""
MONTH = f"(?:{'|'.join(MONTHS)})"
STRETCH = re.compile(
    rf"\b(?:since|after|before|until|till|from|by)\s+(?:\d+ )?{MONTH}\b"
    rf"|\b{MONTH}(?: (?:19|20)\d\d)? (?:and|to|until) {MONTH}\b",
    re.IGNORECASE,
)
"""A stretch between months."""
KNOWN = frozenset(
    """overall effectiveness effectively service services children's child children people young judged judge judges
    judgement judgements judgment judgments rated rating ratings graded grade grades gave given give get gets got
    score scored scores found find finds marked described awarded award received receive receives criticised said
    inspection inspections inspect inspected report reports letter letters visit visits ilacs sif send jtai jtais
    focused monitoring full joint targeted area areas ofsted inspectors inspectorate council councils authority
    authorities local department departments place places total number share proportion percentage many much often
    times time ever any all each every breakdown split spread distribution tally across board more than once twice
    least most recent latest last current currently now present moment today still experiences experience progress
    work impact practice leadership leaders leader management managers help protection care leavers leaver looked
    after went going came come ended stayed kept held had have been outstanding good requires require improvement
    inadequate better worse higher lower above below best worst priority action actions improve improvements
    recommendations recommendation published carried took taken happened there documents document single adoption
    permanence year years between since until before from during list name show tell england english social families
    family whose who which what result results outcome outcomes judging grading begun year's listed issued
    identified told asked made set done undergone improved moved fell dropped slipped rose declined deteriorated
    risen fallen put right""".split()
)
"""Words of the counts themselves. Any other word narrows a question down in a way that the records do not tell."""


def leftover(text: str, used: Collection[str] = ()) -> tuple[str, ...]:
    """Words of a counting question that the records of inspections know nothing of.

    Args:
        text: The question.
        used: Words that the scope has used up.
    """
    scoped = {word.lower() for entry in used for word in re.findall(r"[\w']+", entry)}
    known = _words()
    found = (word.removesuffix("'s") for word in words(known.grade.sub(" ", PERIOD.sub(" ", text))))
    return tuple(
        dict.fromkeys(
            word
            for word in found
            if word not in known.known
            and f"{word}'s" not in known.known
            and word not in scoped
            and not word.isdigit()
            and word not in FUNCTION
        )
    )


def uncountable(text: str, used: Collection[str], matter: bool) -> str | None:
    """Why a question cannot be counted as it is put, as a sentence; None if it can.

    Args:
        text: The question.
        used: Words that the scope has used up.
        matter: Whether it names a matter, whose words are its own.
    """
    if PART.search(text) or STRETCH.search(text):
        return "Counts go by whole years or single months: name these."
    if NEGATED.search(_words().grade.sub(" ", text)):
        return "Counts cannot leave out, or set one condition against another: ask for each by itself."
    rest = () if matter else leftover(text, used)
    if rest:
        quoted = ", ".join(f"\N{LEFT DOUBLE QUOTATION MARK}{word}\N{RIGHT DOUBLE QUOTATION MARK}" for word in rest[:4])
        return f"The records of inspections do not tell {quoted}, so this cannot be counted."
    return None


def _moves(text: str) -> tuple[tuple[str, str], ...]:
    """Pairs of grades, before and after, that a question asks about."""
    known, of = _words(), in_force()
    moved = known.moved.search(text)
    if moved and re.match(r" or ", text[moved.end() :]):
        return ()
    if moved:
        return tuple(
            (before, after)
            for by in of
            if (before := by.grade_of(moved["before"])) and (after := by.grade_of(moved["after"]))
        )
    scales = [by.grade_names for by in of]  # from best to worst
    alone = graded(text) if not re.search(r"\b(?:to|or|and|two|three)\b", text) else ()
    if len(alone) == 1 and STAYED.search(text):
        return ((alone[0], alone[0]),)
    if len(alone) == 1 and known.left.search(text):
        scale = next(scale for scale in scales if alone[0] in scale)
        at = scale.index(alone[0])
        others = scale[at + 1 :] if DOWN.search(text) else scale[:at]
        return tuple((alone[0], other) for other in others)
    if not RATED.search(text) or graded(text):
        return ()
    risen = [(worse, better) for scale in scales for worse in scale for better in scale[: scale.index(worse)]]
    if UP.search(text):
        return tuple(risen)
    if DOWN.search(text):
        return tuple((better, worse) for worse, better in risen)
    return ()


def every_grade(text: str) -> Count:
    """The grades that a question asks for, or all of them, where it does not say that it counts."""
    least = 2 if TWICE.search(text) else 1
    return Count("grades", grades=graded(text) or grade_names(), now=bool(NOW.search(text)), least=least)


def graded(text: str) -> tuple[str, ...]:
    """The grades that a text asks for, best first: one, several, or all on one side of one."""
    found: set[str] = set()
    for match in _words().grade.finditer(text):
        for by in in_force():
            found |= _meant(match, by.grade_of(match["grade"]), by.grade_names)
    return tuple(grade for grade in grade_names() if grade in found)


def _meant(match: re.Match[str], grade: str | None, scale: tuple[str, ...]) -> set[str]:
    """The grades of a scale, from best to worst, that are meant where one of them is named."""
    if grade is None:
        return set()
    at, behind = scale.index(grade), (match["behind"] or "").lower()
    if match["worse"] or match["better"]:
        return set(scale[at + 1 :] if match["worse"] else scale[:at])
    if behind.endswith(("better", "above", "higher")):
        return set(scale[: at + 1])
    return set(scale[at:]) if behind else {grade}
