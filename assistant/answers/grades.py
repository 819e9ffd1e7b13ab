"""Grades: those that a letter gives, and those that it only mentions, never mixed."""

import re
from collections.abc import Sequence

from assistant.answers.answer import Refusal
from assistant.answers.brief import Brief
from assistant.answers.draft import Draft
from assistant.answers.evidence import Sentence, core_terms
from assistant.answers.facts import Fact
from assistant.answers.refusals import nearest, refusal, silent
from assistant.letters.inspectorates import Inspectorate, in_force, issued_by
from assistant.letters.letter import Judgement, Letter, Span
from assistant.letters.spoken import describe
from assistant.questions.grading import claims
from assistant.questions.question import Question

__all__ = ["LETTERS_SHOWN", "false_grade", "graded_fact", "judged", "write_grades"]

LETTERS_SHOWN = 8
"""Letters whose grades are shown one by one; of more they are counted (`tally`)."""
WHOLE = (None, "overall")  # areas of a question about the service as a whole
JUDGED = re.compile(r"\b(?:judged|graded|rated|judgement)\b", re.IGNORECASE)
INSPECTION = re.compile(r"\b(?:inspection|inspected)\b", re.IGNORECASE)
EARLIER_GRADE = re.compile(r"\b(?:led to|prompted|triggered|before|preceded|followed|reason for)\b", re.IGNORECASE)
RATES = re.compile(
    r"\b(?:judg(?:e|es|ed|ing|ement|ment)|grad(?:e|es|ed|ing)|rat(?:e|es|ed|ing)|mark(?:s|ed)?|scor(?:e|es|ed|ing))\b",
    re.IGNORECASE,
)
ANOTHER_TIME = re.compile(
    r"\b(?:led to|prompted|triggered|before|preceded|followed|reason for the|previous(?:ly)?|earlier|last|first|since"
    r"|after|from|no longer|still|used to|had been|originally|once|not|again|says?|said|according)\b|n['’]t\b",
    re.IGNORECASE,
)
"""Speaks of the grade of another inspection than the one whose time is asked for, or of none."""
OWN_VISIT = re.compile(r"\b(?P<kind>focuss?ed|monitoring) (?:visits?|inspections?)\b", re.IGNORECASE)
VISIT_WORD = re.compile(r"\b(?:focused|monitoring|unannounced) |\bvisit\b", re.IGNORECASE)
ALONE = re.compile(r"\b(?:just|only|alone|separate(?:ly)?|on (?:its|their) own|(?:its|their) own)\b", re.IGNORECASE)


def false_grade(brief: Brief) -> Refusal | None:
    """A grade that the question takes for granted and the letters in scope contradict, or that none of them can give.

    A grade that a letter only mentions bears the question out where it was given in the time asked for.
    """
    question = brief.question
    if not question.claimed or question.answer_type != "why":
        return None
    given = [(letter, judgement) for letter in brief.letters for judgement in judged(question, letter)]
    sure = len(set(claims(question.text))) == 1 and not ANOTHER_TIME.search(question.text)
    mentioned = [
        seen.grade for letter in brief.letters for seen in letter.earlier if not sure or brief.scope.covers(seen.date)
    ]
    if question.claimed in (*(judgement.grade for _, judgement in given), *mentioned):
        return None
    for letter, judgement in given:
        if judgement.grade:
            return refusal(
                "false_premise",
                f"The question takes it that the grade was {question.claimed}. The letters say otherwise:"
                f" “{judgement.quote}” ({describe(letter)}).",
                [(letter, Span(judgement.start, judgement.end))],
            )
    return _graded_visit(brief) if sure else None


def _graded_visit(brief: Brief) -> Refusal | None:
    """A grade said to come from a visit, which gives none; where a letter finds the matter so, it may answer."""
    question = brief.question
    own = [letter for letter in brief.dated if letter.standing == "inspectorate"]
    if not own or not all(map(_never_graded, own)) or not RATES.search(question.text):
        return None
    matter = core_terms([term for term in question.own_terms if not claims(term.typed)], brief.measures.rarity)
    for letter in own:
        seen = {(mention.start, mention.end) for mention in letter.earlier}
        for sentence in brief.sentences(letter):
            found = question.claimed in claims(sentence.text) and (sentence.start, sentence.end) not in seen
            if found and any(term.matched(sentence.stems) for term in matter):
                return None
    told = _mention(brief, own)
    places = [(told.letter, Span(told.start, told.end))] if told else nearest(brief.evidence)
    about = f"The question takes it that a grade was given. {_gives_none(own[0].kind, issued_by(own[0]))}"
    return refusal("false_premise", about, places)


def write_grades(brief: Brief) -> Draft | None:
    """The grade of the area asked about from each letter that gives one; else what a letter says of one, or a refusal.

    None where the letters in scope neither grade nor are of a kind that never does.
    """
    question = brief.question
    if SEND.search(question.text):
        return _send_outcome(brief)
    graded = [letter for letter in brief.dated if letter.judgements]
    if not graded:
        return _ungraded(brief)
    found = [(letter, own) for letter in graded if (own := judged(question, letter))]
    if len(found) > LETTERS_SHOWN and len({letter.authority for letter, _ in found}) > 1:
        return None  # too many to show in full: they are counted
    shared = [
        letter
        for letter, own in found
        if question.area not in (*WHOLE, "in care and care leavers") and own[0].area != question.area
    ]
    if not found or (ALONE.search(question.text) and len(shared) == len(found)):
        area = question.area or "overall"
        shown = "overall effectiveness" if area == "overall" else area
        alone = " of their own" if shared else ""
        places = [(letter, Span(own[0].start, own[0].end)) for letter, own in found[-1:]]
        return Draft(refusal=silent(brief, f"{describe(graded[-1])}: no grade{alone} is given for {shown}.", places))
    draft = Draft()
    for letter, own in found[-LETTERS_SHOWN:]:
        draft.add(letter, [graded_fact(letter, judgement) for judgement in own])
        if letter.standing == "council":
            draft.note("The grade is given here as the council reported it.")
    draft.note_more(len(found) - LETTERS_SHOWN, "earlier inspection")
    if len({issued_by(letter) for letter, _ in found[-LETTERS_SHOWN:]}) > 1:
        draft.note("These grades are of different inspectorates: they cannot be set against each other.")
    if shared:
        draft.note(f"Judged together with others: no grade of their own is given for {question.area}.")
    _add_mention(brief, draft, found[-1][0])
    return draft


OUTCOME = re.compile(r"\b(?:results?|outcomes?|verdicts?|findings?)\b", re.IGNORECASE)
SEND = re.compile(r"\bSEND\b|\bspecial (?:educational )?needs\b")


def _send_outcome(brief: Brief) -> Draft:
    """An area SEND report gives an outcome in words: the answer to what came out, and no answer to which grade."""
    draft = Draft()
    for letter in brief.letters:
        if letter.kind == "area SEND inspection":
            told = [s for s in brief.sentences(letter) if "outcome" in s.section.heading.lower()]
            draft.quote(told[:1])
    if draft.sentences and OUTCOME.search(brief.question.text) and not brief.question.claimed:
        return draft
    about = "Area SEND inspections give an outcome in words, not a grade, and other reports do not grade this."
    return Draft(refusal=silent(brief, about, [(c.letter, Span(c.start, c.end)) for c in draft.citations]))


def _ungraded(brief: Brief) -> Draft | None:
    """Only visits, which give no grade: what they say of an inspection's, unless the visit's own grade is asked for."""
    own = [letter for letter in brief.dated if letter.standing == "inspectorate"]
    visit = OWN_VISIT.search(brief.question.text)
    if not own and visit:
        about = _gives_none(f"{visit['kind'].lower()} visit", in_force()[0])
        return Draft(refusal=silent(brief, about, nearest(brief.evidence)))
    if not own or any(not _never_graded(letter) for letter in own):
        return None
    asks_visit = brief.scope.kinds or VISIT_WORD.search(brief.question.text)
    told = None if asks_visit and not EARLIER_GRADE.search(brief.question.text) else _mention(brief, own)
    if not told:
        about = _gives_none(own[0].kind, issued_by(own[0]))
        return Draft(refusal=silent(brief, about, nearest(brief.evidence)))
    draft = Draft()
    draft.quote([told])
    draft.note("The letters searched give no grade of their own; this is what they say of one.")
    return draft


def _never_graded(letter: Letter) -> bool:
    """Whether a letter is of a kind that gives neither a grade nor an outcome."""
    return any(kind.name == letter.kind and not kind.graded and not kind.outcome for kind in issued_by(letter).kinds)


def _gives_none(kind: str, by: Inspectorate) -> str:
    """That a kind of visit gives no grade, and when its inspectorate gives one."""
    when = f": {by.name} judges only at {by.grades_at}" if by.grades_at else ""
    return f"A{'n' * (kind[:1] in 'aeiou')} {kind} gives no grade{when}."


def _add_mention(brief: Brief, draft: Draft, newest: Letter) -> None:
    """Behind the grades that letters give, one that a letter only speaks of: of an inspection whose report is not held.

    That is the inspection of a year asked for, or where no year is asked for a later one than those held.
    """
    scope = brief.scope
    if scope.mentioned:
        only = set(scope.mentioning)
        told = _mention(brief, [letter for letter in brief.letters if letter.letter_id in only], scope.mentioned)
        note = f"No letter held is about {brief.unheld}; this is what a letter held says of it."
    elif scope.years or brief.question.area not in WHOLE or len({letter.authority for letter in brief.letters}) > 1:
        return
    else:
        later = [letter for letter in brief.letters if letter.date > newest.date]
        told = _mention(brief, later, after=newest.date)
        note = "The report of the later judgement is not held; a later letter speaks of it."
    if told:
        draft.quote([told])
        draft.note(note)


def _mention(brief: Brief, letters: Sequence[Letter], years: Sequence[int] = (), after: str = "") -> Sentence | None:
    """The sentence of the newest letter that tells the grade of another inspection, the latest of those it tells.

    Args:
        brief: The question; where it asks about one area the sentence must name it.
        letters: Oldest first; only the inspectorate's are read.
        years: Only of an inspection in one of these.
        after: Only of an inspection after this ISO date.
    """
    for letter in reversed(letters):
        if letter.standing != "inspectorate":
            continue
        sentences = {(s.start, s.end): s for s in brief.sentences(letter)}
        if brief.question.area in WHOLE:
            seen = [
                (mention.date, sentence)
                for mention in letter.earlier
                if mention.grade and mention.date > after and (not years or int(mention.date[:4]) in years)
                if (sentence := sentences.get((mention.start, mention.end)))
            ]
            if seen:
                return max(seen, key=lambda entry: entry[0])[1]
        for sentence in sentences.values():
            if _tells_grade(brief.question, sentence.text) and not years and not after:
                return sentence
    return None


def _tells_grade(question: Question, text: str) -> bool:
    """Whether a sentence speaks of an inspection's judgement and its grade, and of the area asked about."""
    telling = claims(text) and JUDGED.search(text) and INSPECTION.search(text)
    named = (area.as_asked for by in in_force() for area in by.areas if area.name == question.area)
    area = next(named, "") if question.area not in WHOLE else ""
    return bool(telling) and bool(re.search(area, text))


def judged(question: Question, letter: Letter) -> list[Judgement]:
    """The judgements that a question asks about: an area's own, else the one that covers it together with another."""
    if question.areas:
        return list(dict.fromkeys(j for area in question.areas for j in _of_area(letter, area)))
    if not _wants_all(question):
        return _of_area(letter, "overall")
    if not question.claimed:
        return list(letter.judgements)
    scale = issued_by(letter).grade_names
    wanted: tuple[str, ...] = (question.claimed,)
    if question.claimed in scale and SHORT_OF.search(question.text):
        wanted = scale[scale.index(question.claimed) + 1 :]
    return [judgement for judgement in letter.judgements if judgement.grade in wanted]


def _of_area(letter: Letter, area: str) -> list[Judgement]:
    exact = [judgement for judgement in letter.judgements if judgement.area == area]
    if not exact and area == "in care and care leavers":
        exact = [j for j in letter.judgements if j.area in ("in care", "care leavers")]
    if not exact and area in ("in care", "care leavers", "looked after", "in care and care leavers"):
        exact = [j for j in letter.judgements if j.area in ("in care and care leavers", "looked after", "in care")]
    return exact[: 2 if area == "in care and care leavers" else 1]


SHORT_OF = re.compile(r"\b(?:short of|below|not|less than|worse than|except|other than|lower than)\b", re.IGNORECASE)


def _wants_all(question: Question) -> bool:
    words = question.text.lower()
    return any(
        word in words
        for word in (
            "grades",
            "judgements",
            "areas were",
            "areas are",
            "areas was",
            "area was",
            "areas got",
            "area got",
            "areas require",
            "areas need",
            "which of the",
            "each area",
            "all the",
            "every area",
            "ratings",
        )
    )


def graded_fact(letter: Letter, judgement: Judgement) -> Fact:
    """The area and its grade ("Overall effectiveness: good"), both cut from the quote: it may be a row of a table."""
    span = Span(judgement.start, judgement.end)
    if not judgement.grade or ":" in judgement.quote:
        return Fact(span)
    at = judgement.quote.lower().rfind(judgement.grade)
    area, grade = judgement.quote[:at].strip(), judgement.quote[at:].strip()
    plain = not area or area.endswith((" is", " are")) or grade.lower().startswith("require improvement")
    return Fact(span, f"{judgement.quote.rstrip('.')}." if plain else f"{area}: {grade}.")
