"""What a question asks for: a fact, a list, a comparison, a grade, which letters mention something, ..."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.errors import QuestionError
from assistant.questions.answer_type import AnswerType, answer_type_of
from assistant.questions.counted import counted
from assistant.questions.counts import Count, graded, leftover, read_count
from assistant.questions.grading import areas_named, claims
from assistant.questions.intent import COMPARE, COVERAGE, RECURRING, RESOLVED, Intent, intent_of
from assistant.questions.listed import WEAKNESSES, lists_named
from assistant.questions.named import plainly
from assistant.questions.topic import heads
from assistant.words.terms import FUNCTION, Term, expand

__all__ = ["Question", "checked", "understand"]


@dataclass(frozen=True, slots=True)
class Question:
    """A question understood.

    Attributes:
        text: As asked, spelling mended.
        search: With what a follow-up leaves unsaid put behind it.
        before: The earlier questions that a follow-up leans on, or "".
        intent: The shape of the answer.
        answer_type: What an answering sentence must hold, or None.
        terms: What it is about, the scope's words taken out.
        own_terms: Those of its own words, without the history's.
        asked: For "how many X": the stems of X.
        lists: For a list: the kinds of section that hold it.
        area: For a grade: the graded area, or None.
        areas: All of them, where several are asked for.
        claimed: A grade that the question takes for granted.
        compare: Whether two or more letters are set against each other.
        stance: 1 where strengths are asked for, -1 where weaknesses are, else 0.
        ordinals: "third", "next": words that an answering sentence must hold.
        count: What is counted over many letters, or None.
        again: Whether the count is that of the question before, of another time, place or grade.
        course: Whether it asks whether things got better or worse as a whole.
        heads: "clubs" of "what was said about youth clubs": nouns without which there is no answer.
    """

    text: str
    search: str
    intent: Intent
    answer_type: AnswerType | None
    terms: tuple[Term, ...]
    own_terms: tuple[Term, ...]
    asked: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    area: str | None = None
    areas: tuple[str, ...] = ()
    claimed: str | None = None
    compare: bool = False
    stance: int = 0
    ordinals: tuple[str, ...] = ()
    count: Count | None = None
    again: bool = False
    course: bool = False
    heads: tuple[Term, ...] = ()
    before: str = ""


def checked(question: str, longest: int) -> str:
    """The question without surrounding white space.

    Raises:
        QuestionError: If it is empty or longer than `longest` characters.
    """
    question = " ".join(question.encode("utf-8", "replace").decode("utf-8").split())  # no half surrogate pairs
    if not re.search(r"\w", question):
        what = "holds no words" if question else "is empty"
        raise QuestionError(f"the question {what}; ask something, for example: what needs to improve?")
    if len(question) > longest:
        raise QuestionError(f"the question has {len(question):,} characters; ask in at most {longest:,}")
    return question


INSTEAD = re.compile(
    r"^\s*(?:and |but |so )?(?:what|how) about\b|^\s*and (?:for |on |their |the )?[\w' -]{3,40}\??$", re.IGNORECASE
)
"""A follow-up that puts another matter in the place of the one before."""
ANOTHER = re.compile(
    r"^\W*(?:(?:and|but|so|ok|okay|then|what about|how about|how many|which|in|for)\b\W*)+"
    r"(?:(?!\b(?:did|do|does|who)\b).){0,50}$"
    r"|^\W*(?:19|20)\d\d\W*$",
    re.IGNORECASE,
)
"""Asks the same of another time or place."""
NOT_MEANT = re.compile(r"[,;(]?\s*(?:i )?(?:do not|don't|not) (?:mean|want|just|the date)\b.*$", re.IGNORECASE)
ORDINAL = re.compile(r"\b(?:next|average|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)\b", re.IGNORECASE)
NEGATIVE = re.compile(
    r"\b(?:wrong|problems?|weak(?:ness(?:es)?)?|concerns?|concerned|worr(?:y|ies|ied)|criticis\w*|bad"
    r"|badly|poor(?:ly)?|fail\w*|shortcoming\w*"
    r"|gaps?|issues?|not working|pulled up|difficult\w*|struggl\w*|lacking|missing from|barriers?)\b",
    re.IGNORECASE,
)
POSITIVE = re.compile(
    r"\b(?:strengths?|well|good|prais\w*|positives?|success\w*|pleased|best|working well|proud|impress\w*)\b",
    re.IGNORECASE,
)
BROAD = frozenset("summarise summary overview describe letter letters report reports document documents".split())
"""Words of a question about a letter as a whole; they are no matter to look for."""
VISITING = re.compile(
    r"\b(?:child|children|famil(?:y|ies)|social workers?)\b.{0,30}\bvisit|\bvisit\w* (?:to )?(?:child"
    r"|children|famil)",
    re.IGNORECASE,
)
DATED_VISIT = re.compile(r"\b(?:(?:19|20)\d\d|focused|monitoring|ofsted)(?:'s)? visits?\b", re.IGNORECASE)
NOT_GOOD = re.compile(
    r"(?:\b(?:not|never|nothing)\b|n't\b).{0,25}\b(?:well|good|work(?:ing|s|ed)?|lik(?:e|ed)|strong|right|great)\b",
    re.IGNORECASE,
)
"""Merit denied: "what did they not do well"."""
COURSE = re.compile(
    r"^\W*(?:(?:so|and|but|ok) )?(?:how )?(?:has|have|had|is|are|did|does|do|was|were)\b.{0,80}"
    r"\b(?:better|worse|improv\w+|declin\w+|deteriorat\w+|backwards|downhill|progress\w*|fared?|recover\w*|slipp\w+"
    r"|turned (?:itself |things )?around)\b",
    re.IGNORECASE,
)
"""Asks whether things got better or worse."""
AS_A_WHOLE = frozenset(
    """better worse get got getting improve improved improves improving improvement improvements decline declined
    declining deteriorate deteriorated deteriorating backwards downhill progress progressed progressing fare fared
    recover recovered recovering slipped slipping turned around since doing gone going become becoming used
    overall generally whole done department performance performing""".split()
)
"""Words of such a question that are no matter of their own."""
IMPLIED = {"grade": "judged", "published": "published"}  # what a question of an intent asks, in the letters' word
OWN_ENOUGH = 2  # terms of its own with which a follow-up leans but lightly on the question before it
LEANING, LIGHTLY = 0.7, 0.2


def _only_changes(text: str, used: Sequence[str]) -> bool:
    """Whether a follow-up names nothing but another time, authority, grade or graded area."""
    return bool(ANOTHER.search(text)) and not leftover(text, used)


def _counted_again(text: str, count: Count | None) -> Count | None:
    """The count of the question before, with the grades that the follow-up puts in the place of its own.

    Not that of letters: a follow-up of another year does not take over of which kind they were.
    """
    if count and count.of == "letters":
        return None
    other = graded(text)
    return replace(count, grades=other) if count and count.of == "grades" and other else count


def understand(text: str, before: str, used: Sequence[str], n_letters: int) -> Question:
    """What a question asks for.

    Args:
        text: The question, spelling mended.
        before: The earlier questions that a follow-up leans on, or "".
        used: Words that the scope has used up.
        n_letters: How many letters are in scope: one letter alone cannot be compared.
    """
    text, before = plainly(text), plainly(before)
    text = NOT_MEANT.sub("", text) or text
    answer_type = answer_type_of(text)
    coverage = COVERAGE.search(text)
    if coverage:  # "which letters mention" is no matter of the question
        rest = f"{text[: coverage.start()]} {coverage['of'] or coverage['at'] or ''} {text[coverage.end() :]}"
    matter = rest if coverage else text
    own = expand(matter, used)
    if not own and not before:  # "who said there is still a long way to go": only common words, so these must do
        own = expand(matter, used, FUNCTION | BROAD)
    weight = LIGHTLY if len(own) >= OWN_ENOUGH else LEANING
    stance = -1 if NOT_GOOD.search(text) else bool(POSITIVE.search(text)) - bool(NEGATIVE.search(text))
    if stance:  # "what weaknesses were found" asks for a leaning, not for the word
        own = tuple(t for t in own if not (POSITIVE if stance > 0 else NEGATIVE).fullmatch(t.typed))
    if VISITING.search(DATED_VISIT.sub("", text)):
        own = (*own, *expand("visit", (), frozenset()))
    known = {term.alternatives[0] for term in own}
    inherited = [replace(term, weight=weight) for term in expand(before, used) if term.alternatives[0] not in known]
    if INSTEAD.search(text) and any(not term.people for term in own):  # "and what about their health?"
        inherited = [term for term in inherited if term.people]
    search = f"{text} {before}".strip() if weight == LEANING else text
    asking = text if own or not before else search  # "and who was with her?" asks what the question before asked
    if asking != text:
        answer_type = answer_type or answer_type_of(before)
    lists = lists_named(asking)
    bare = stance < 0 and not (lists or before or expand(NOT_GOOD.sub(" ", matter), used))
    if stance < 0 and answer_type is None and (bare or lists == ("strengths",)):
        lists = WEAKNESSES  # "what did they not do well", "what went wrong": what the letter lists to improve
    areas = areas_named(text)
    has_years = any(re.fullmatch(r"\d{4}", word) for word in used)
    count = read_count(text, has_years)
    again = False
    if count is None and before and answer_type_of(text) in (None, "number") and _only_changes(text, used):
        count = _counted_again(text, read_count(before, has_years))  # "and in 2023?"
        again, areas = bool(count), areas or (areas_named(before) if count else ())
    intent = intent_of(asking, answer_type, bool(lists), n_letters)
    intent = "count" if count and intent not in ("remit", "coverage") else intent
    if RECURRING.search(text) and intent not in ("remit", "coverage", "count") and n_letters > 1:
        intent, stance = "recurring", 1 if RESOLVED.search(text) else -1
    terms = (*own, *inherited, *expand(IMPLIED.get(intent, "")))
    general = all(set(term.typed.split()) <= AS_A_WHOLE for term in terms)
    return Question(
        text=text,
        search=search,
        intent=intent,
        answer_type=answer_type,
        terms=terms,
        own_terms=own,
        asked=counted(text),
        lists=lists,
        area=next(iter(areas), None),
        areas=areas,
        claimed=next(iter(claims(text)), None),
        compare=bool(COMPARE.search(text)) and n_letters > 1,
        stance=stance,
        ordinals=tuple(dict.fromkeys(match.group().lower() for match in ORDINAL.finditer(text))),
        count=count,
        again=again,
        course=bool(COURSE.search(text)) and general and n_letters > 1 and intent in ("theme", "compare"),
        heads=heads(text, own),
        before=before,
    )
