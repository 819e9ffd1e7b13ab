"""How questions speak of grades: whether they ask for one, and which grades and graded areas they name."""

import re
from dataclasses import dataclass
from functools import cache

from assistant.letters.inspectorates import WHOLE, Inspectorate, in_force
from assistant.questions.answer_type import AnswerType

__all__ = ["areas_named", "asks_grade", "claims"]

GRADE_WORDS = re.compile(
    r"\bgrad(?:e|es|ed|ing|ings)\b|\bjudge(?:d|ment|ments)\b|\b(?:ofsted|inspectors?|they) judges?\b"
    r"|\bverdicts?\b"
    r"|\bwhat (?:was|is|were) the (?:result|outcome) (?:of|in|at|from) (?:the |that |this )?(?:\w+ ){0,2}inspection\b"
    r"|\brat(?:ed|ing|ings)\b|\boverall effectiveness\b|\b(?:what|which) marks?\b"
    r"|\b(?:get|got|given|receive[d]?|awarded|score[d]?) (?:overall|by ofsted)\b|\bofsted (?:grade"
    r"|score)\b|\bscored?\b",
    re.IGNORECASE,
)
GRADING = re.compile(r"\b(?:judge|grade|rat(?:ed|ing)|score)", re.IGNORECASE)
"""Speaks of grading, so that an everyday word is a grade."""
AIM = re.compile(r"(?<=improvement) to be good\b", re.IGNORECASE)
"""Part of a grade's full name, and no grade of its own."""
RANKED = re.compile(
    r"\b(?:came|come|comes) (?:off|out) (?:the )?(?:better|best|worse|worst)\b"
    r"|\bdid (?:the )?(?:better|best|worse|worst)\b"
    r"|\bwhich (?:\w+ ){0,4}(?:better|best|worse|worst|stronger|strongest|weaker|weakest)\b",
    re.IGNORECASE,
)
"""Sets graded areas against each other."""


@dataclass(frozen=True, slots=True)
class _Grading:
    """How questions speak of grades.

    Attributes:
        grade: A grade by its name.
        sure: Words that can only mean a grade.
        doubtful: Grades of added inspectorates that are everyday words too.
        areas: For each inspectorate its graded areas, by their words.
    """

    grade: re.Pattern[str]
    sure: re.Pattern[str]
    doubtful: frozenset[str]
    areas: tuple[tuple[tuple[str, re.Pattern[str]], ...], ...]


@cache
def _grading(of: tuple[Inspectorate, ...]) -> _Grading:
    grades = [grade for by in of for grade in by.grades]
    sure = (grade.as_sure for grade in grades)
    names = (re.escape(grade.name) for grade in grades)
    return _Grading(
        re.compile(rf"\b(?:{'|'.join(names)})\b", re.IGNORECASE),
        re.compile("|".join(sure)),
        frozenset(grade.name for by in of[1:] for grade in by.grades if grade.everyday),
        tuple(
            # The service as a whole comes last: "the overall grade for leaders" is that of leaders.
            tuple(
                (area.name, re.compile(rf"\b(?:{area.as_asked})"))
                for area in sorted(by.areas, key=lambda area: area.name == WHOLE)
            )
            for by in of
        ),
    )


def claims(text: str) -> tuple[str, ...]:
    """The grades that a text names, in order."""
    grading = _grading(in_force())
    found = tuple(match.group().lower() for match in grading.grade.finditer(AIM.sub("", text)))
    return found if GRADING.search(text) else tuple(grade for grade in found if grade not in grading.doubtful)


def areas_named(text: str) -> tuple[str, ...]:
    """The graded areas that a text names, the longest names first; what one has used up is no other's."""
    found: dict[str, None] = {}
    for areas in _grading(in_force()).areas:
        rest = text
        for area, names in areas:
            left = names.sub(" ", rest)
            if left != rest:
                found[area] = None
                rest = left
    return tuple(found)


def asks_grade(text: str, answer_type: AnswerType | None) -> bool:
    """Whether a question asks for a grade.

    Args:
        text: The question, spelling mended.
        answer_type: What an answering sentence must hold: "why was it inadequate" asks for no grade.
    """
    if GRADE_WORDS.search(text) and answer_type in (None, "yes-no", "who"):
        return True
    if len(areas_named(text)) > 1 and RANKED.search(text):
        return True
    if len(set(claims(text))) > 1 and answer_type != "why":
        return True  # "from outstanding down to inadequate, where did it land"
    return bool(_grading(in_force()).sure.search(text)) and answer_type in (None, "yes-no")
