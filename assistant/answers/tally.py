"""Counts over every letter in scope: inspections by the grade they gave, areas for improvement by their matter.

The answer lists each inspection that was counted, with its proof, and says what it was counted among. Nothing is
estimated or left out for length, and only inspections whose own letter is held are counted.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from assistant.answers.answer import Table, TableRow
from assistant.answers.brief import Brief
from assistant.answers.coverage import says_what_it_is
from assistant.answers.draft import Draft
from assistant.answers.facts import Fact
from assistant.answers.grades import LETTERS_SHOWN, graded_fact
from assistant.answers.refusals import nearest, refusal, silent, too_broad
from assistant.letters.inspectorates import WHOLE, Inspectorate, area_label, in_force, issued_by
from assistant.letters.letter import Judgement, Letter, Span
from assistant.letters.spoken import describe, spoken_date
from assistant.questions.counts import Count, every_grade, uncountable
from assistant.questions.question import Question
from assistant.words.terms import Term, expand, stem, words

__all__ = ["write_tally"]

JOINT = "in care and care leavers"
LEADS_IN = re.compile(r"^\W*(?:and|but|so|ok|okay|then)\b", re.IGNORECASE)  # a follow-up's "but" sets nothing apart
AREA_OF = {"looked after": "in care"}  # what it was called until 2017
PRIORITY, EITHER = "area for priority action", "area for improvement or priority action"


@dataclass(frozen=True, slots=True)
class Counted:
    """One inspection that is counted.

    Attributes:
        letter: Its letter.
        facts: What is counted in it, with their proofs.
        told: The last cells of its row.
    """

    letter: Letter
    facts: tuple[Fact, ...]
    told: tuple[str, ...]


def write_tally(brief: Brief) -> Draft | None:
    """Count what the question counts, or say why it cannot be counted.

    None where the letters in scope record nothing of the kind, or a grade is asked for that few letters give.
    """
    count = brief.question.count
    if count is None:  # a grade is asked for and many letters give one: each is listed
        if sum(bool(letter.judgements) for letter in brief.letters) <= LETTERS_SHOWN:
            return None
        count = every_grade(brief.question.text)
    found = COUNTED[count.of](brief, count)
    used = (*brief.scope.used, *brief.scope.authorities)
    whole = LEADS_IN.sub("", f"{brief.question.text} {brief.question.before if brief.question.again else ''}")
    why = uncountable(whole, used, bool(count.matter)) if found else None
    if count.of == "moves" and not count.moves:
        why = why or "Say from which grade to which: “from good to inadequate”."
    return Draft(refusal=refusal("letters_silent", why)) if why else found


# --- grades --------------------------------------------------------------------------------------------------------


def _grades(brief: Brief, count: Count) -> Draft | None:
    """The inspections that gave the grades asked for, in each of the areas asked for, among all that graded these."""
    areas = _areas(brief.question)
    letters = [letter for letter in _in_time(brief) if letter.standing == "inspectorate" and letter.judgements]
    by, elsewhere = _by_one(letters, count.grades)
    if by is None:
        return Draft(refusal=refusal("letters_silent", elsewhere))
    count = replace(count, grades=tuple(grade for grade in count.grades if grade in by.grade_names))
    letters = [letter for letter in letters if issued_by(letter) is by]
    if count.now:
        letters = list({letter.authority: letter for letter in sorted(letters, key=_begun)}.values())
    found = [(letter, given) for letter in letters if (given := _all_of(letter, areas))]
    spoken = " and ".join(_spoken(area, by) for area in areas)
    if not found and any(letter.judgements for letter in brief.letters):
        about = f"No letter held is of an inspection{_when(brief)} that graded {spoken}."
        return Draft(refusal=silent(brief, about, _told_elsewhere(brief, areas[0])))
    if not found:
        return None
    fitting = [(letter, given) for letter, given in found if all(one.grade in count.grades for one in given)]
    often = Counter(letter.authority for letter, _ in fitting)
    rows = [_row(letter, given, areas) for letter, given in fitting if often[letter.authority] >= count.least]
    authorities = len({letter.authority for letter, _ in found})
    base = (
        f"{_number(len(found), 'inspection')} of {_number(authorities, 'authority')}{_when(brief)} that graded {spoken}"
    )
    if count.now:
        each = f"each by its latest inspection held{_when(brief)}, if that graded {spoken}"
        base = f"{_number(authorities, 'authority')}, {each}"
    asked = " or ".join(f"“{grade}”" for grade in count.grades) + (" in each" if len(areas) > 1 else "")
    if not rows:
        twice = " more than once to one authority" if count.least > 1 else ""
        return Draft(refusal=silent(brief, f"None of the {base} gave {asked}{twice}."))
    if len(count.grades) == len(by.grades) and len(areas) == 1:
        shares = [f"{sum(given[0].grade == grade for _, given in found)} {grade}" for grade in by.grade_names]
        caption = f"Counted among {base}: {', '.join(shares)}."
    else:
        more = " more than once" if count.least > 1 else ""
        caption = f"{_total(rows, count, 'inspection')} with {asked}{more}, counted among {base}."
    draft = _listed(rows, count, caption, ("Inspection", "First day", "Grade"))
    if count.now and len(letters) > len(found):
        rest = _number(len(letters) - len(found), "authority")
        draft.note(f"Not counted: {rest} whose latest inspection gave no grade of its own for {spoken}.")
    _note_joint(draft, letters, areas[0], count)
    if elsewhere:
        draft.note(elsewhere)
    _note_limits(brief, draft)
    return draft


def _told_elsewhere(brief: Brief, area: str) -> list[tuple[Letter, Span]]:
    """Where a council's own document, which is not counted, gives a grade of an area."""
    given = [(letter, _of_area(letter, area)) for letter in _in_time(brief) if letter.standing != "inspectorate"]
    return [(letter, Span(one.start, one.end)) for letter, one in given if one and one.grade]


def _by_one(letters: Sequence[Letter], grades: Collection[str]) -> tuple[Inspectorate | None, str]:
    """The one inspectorate whose grades can be counted together, and in words what is left out.

    Grades of two inspectorates are never added up: their words mean different things. None where the question does
    not tell which of two is meant, or names grades that none gave; the words then say why nothing is counted.
    """
    there = [by for by in in_force() if any(issued_by(letter) is by for letter in letters)]
    meant = [by for by in there if set(by.grade_names) & set(grades)]
    if len(meant) == 1 or not there:
        by = next(iter(meant), in_force()[0])
        others = " and ".join(other.name for other in there if other is not by)
        return by, f"Not counted: inspections by {others}, with other grades." if others else ""
    scales = "; ".join(f"{by.name}: {', '.join(by.grade_names)}" for by in there)
    if meant:
        return None, f"Grades of different inspectorates cannot be counted together ({scales}): name one of them."
    return None, f"No letter searched gives such a grade; the grades are these: {scales}."


def _spoken(area: str, by: Inspectorate) -> str:
    """An area as a sentence names it."""
    return area_label(area, by, lambda one: one.spoken)


BOTH = re.compile(r"\boverall\b(?:\W+\w+){0,2}?\W+and\b|\band\b(?:\W+\w+){0,3}?\W+overall\b|\bboth\b", re.IGNORECASE)
"""Asks for the overall grade and another; "the overall grade for leaders" asks for one."""


def _areas(question: Question) -> tuple[str, ...]:
    """The graded areas asked about, as they are called since 2017; the whole service where none is named."""
    areas = question.areas or (question.area or WHOLE,)
    if len(areas) > 1 and not BOTH.search(question.text):
        areas = tuple(area for area in areas if area != WHOLE)
    return tuple(dict.fromkeys(AREA_OF.get(area, area) for area in areas))


def _all_of(letter: Letter, areas: Sequence[str]) -> tuple[Judgement, ...]:
    """The judgements of all the areas; none where one of them was not graded."""
    given = tuple(one for area in areas if (one := _of_area(letter, area)) and one.grade)
    return given if len(given) == len(areas) else ()


def _moves(brief: Brief, count: Count) -> Draft | None:
    """The inspections that gave another grade than the one before them, each behind that one.

    The move is made in the later inspection: the time asked for is the time of that one.
    """
    if not count.moves:
        return None
    area = _areas(brief.question)[0]
    held = [letter for letter in brief.measures.letters.values() if letter.standing == "inspectorate"]
    inside = {letter.letter_id for letter in _in_time(brief)}
    rows: list[Counted] = []
    pairs = moved = 0
    issuers = {issued_by(letter) for letter in brief.letters}
    graded = [lt for lt in held if lt.authority and lt.judgements and issued_by(lt) in issuers]
    by, elsewhere = _by_one(graded, {grade for pair in count.moves for grade in pair})
    if by is None:
        return Draft(refusal=refusal("letters_silent", elsewhere))
    count = replace(count, moves=tuple(pair for pair in count.moves if set(pair) <= set(by.grade_names)))
    graded = [letter for letter in graded if issued_by(letter) is by]
    for authority in sorted({letter.authority for letter in graded if letter.authority}):
        own = sorted((letter for letter in graded if letter.authority == authority), key=_begun)
        given = [(letter, j) for letter in own if (j := _of_area(letter, area)) and j.grade]
        for (earlier, before), (later, after) in pairwise(given):
            if later.letter_id not in inside:
                continue
            pairs += 1
            if (before.grade, after.grade) in count.moves:
                moved += 1
                rows += [_row(earlier, (before,), (area,)), _row(later, (after,), (area,))]
    if not pairs:
        return None
    spoken = _spoken(area, by)
    base = f"{_number(pairs, 'inspection')}{_when(brief)} that followed an earlier one held and graded {spoken}"
    told = _direction(count, by.grade_names)
    if not rows:
        return Draft(refusal=silent(brief, f"None of the {base} {told}."))
    bodies = _number(len({row.letter.authority for row in rows}), "authority")
    caption = f"{bodies} {told}: {moved} of the {base}. Each is shown with the inspection before it."
    draft = _listed(rows, replace(count, by="authorities"), caption, ("Inspection", "First day", "Grade"))
    if elsewhere:
        draft.note(elsewhere)
    _note_limits(brief, draft)
    return draft


def _direction(count: Count, scale: Sequence[str]) -> str:
    """What the inspections counted did, in words."""
    before, after = count.moves[0]
    if len(count.moves) == 1:
        return f"stayed “{before}”" if before == after else f"moved from “{before}” to “{after}”"
    left = f" from “{before}”" if len({one for one, _ in count.moves}) == 1 else ""
    return f"moved{left} to a {'better' if scale.index(after) < scale.index(before) else 'worse'} grade"


def _row(letter: Letter, given: Sequence[Judgement], areas: Sequence[str]) -> Counted:
    told = ", ".join(_words(one, area) for one, area in zip(given, areas, strict=True))
    return Counted(letter, tuple(dict.fromkeys(graded_fact(letter, one) for one in given)), (told,))


def _of_area(letter: Letter, area: str) -> Judgement | None:
    """The judgement of an area; one given jointly with care leavers is that of children in care too."""
    by_area = {AREA_OF.get(judgement.area, judgement.area): judgement for judgement in letter.judgements}
    return by_area.get(area) or (by_area.get(JOINT) if area == "in care" else None)


def _begun(letter: Letter) -> str:
    return letter.first_day


def _words(judgement: Judgement, area: str) -> str:
    joint = judgement.area == JOINT and area == "in care"
    return f"{judgement.grade}, jointly with care leavers" if joint else judgement.grade or ""


def _note_joint(draft: Draft, letters: Sequence[Letter], area: str, count: Count) -> None:
    """Until 2022 one grade was given for children in care and care leavers together: that is said, and not counted."""
    if area != "care leavers":
        return
    joint = [j for letter in letters for j in letter.judgements if j.area == JOINT and j.grade in count.grades]
    if joint and not count.now:
        draft.note(
            f"Not counted: {_number(len(joint), 'inspection')} with such a grade for children in care and care leavers"
            " together, without one of their own."
        )


# --- areas for improvement -----------------------------------------------------------------------------------------


def _improvements(brief: Brief, count: Count) -> Draft | None:
    """The areas for improvement on a matter, of every letter in scope that lists any."""
    terms = expand(count.matter, brief.scope.used)
    if count.matter and (not terms or re.search(r"\bor\b", count.matter)):
        about = f"“{count.matter}” is no single matter that could be counted: name one."
        return Draft(refusal=refusal("letters_silent", about))
    letters = [letter for letter in _in_time(brief) if letter.standing == "inspectorate" and letter.improvements]
    if not letters:
        return None
    wanted = PRIORITY if count.priority else EITHER
    items = [
        (letter, item)
        for letter in letters
        for item in letter.improvements
        if item.kind == PRIORITY or not count.priority
    ]
    within = {letter.letter_id for letter in brief.holding(terms)}  # to read every letter takes seconds
    if brief.is_too_much(len(within)):
        return Draft(refusal=too_broad(brief, len(within)))
    rows = []
    said: dict[str, None] = {}
    for letter, item in items:
        if letter.letter_id not in within:
            continue
        ways = _ways(letter.text[item.start : item.end], terms)
        if ways or not terms:
            said |= dict.fromkeys(ways)
            told = (item.kind, " ".join(letter.text[item.start : item.end].split()))
            rows.append(Counted(letter, (Fact(Span(item.start, item.end)),), told))
    often = Counter(authority for _, authority in {(row.letter.letter_id, row.letter.authority) for row in rows})
    rows = [row for row in rows if often[row.letter.authority] >= count.least]
    authorities = _number(len({letter.authority for letter in letters}), "authority")
    when = _when(brief).replace(" in ", " ").strip()
    base = f"{_number(len(items), wanted)} in {_number(len(letters), 'letter')} about {authorities}"
    base += f" ({when})" if when else ""
    if not rows:
        return Draft(refusal=silent(brief, f"None of the {base} names “{count.matter}”.", nearest(brief.evidence)))
    total = _total(rows, count, "letter")
    more = " more than once each" if count.least > 1 else ""
    caption = (
        f"{total}{more}: {len(rows)} of {base} name “{count.matter}”; every one was read." if terms else f"{base}."
    )
    columns: tuple[str, ...] = ("Letter", "First day", "Kind", "In its words")
    if len({row.told[0] for row in rows}) == 1:
        rows = [replace(row, told=row.told[1:]) for row in rows]
        columns = ("Letter", "First day", "In its words")
    draft = _listed(rows, count, caption, columns)
    if said:
        draft.note(f"Counted by its words: {', '.join(f'“{words}”' for words in sorted(said))}.")
    _note_limits(brief, draft)
    return draft


def _ways(text: str, terms: Sequence[Term]) -> list[str]:
    """How an area for improvement says each of the terms, in its own words; empty where it does not say them all."""
    there = words(text)
    stems = [stem(word) for word in there]
    found = []
    for term in terms:
        places = ((way, _place(stems, way)) for way in term.alternatives)
        said = next(((at, len(way)) for way, at in places if at is not None), None)
        if said is None:
            return []
        found.append(" ".join(there[said[0] : sum(said)]))
    return found


def _place(stems: Sequence[str], way: Sequence[str]) -> int | None:
    """Where neighbouring stems stand among others, or None."""
    size = len(way)
    return next((at for at in range(len(stems) - size + 1) if tuple(stems[at : at + size]) == tuple(way)), None)


# --- letters -------------------------------------------------------------------------------------------------------


def _letters(brief: Brief, count: Count) -> Draft | None:
    """The letters of the kinds asked for, each by the sentence that says what it is."""
    letters = [letter for letter in _in_time(brief) if letter.standing == "inspectorate"]
    if brief.is_too_much(len(letters)):
        return Draft(refusal=too_broad(brief, len(letters)))
    rows = [
        Counted(letter, (Fact(Span(said.start, said.end)),), ())
        for letter in letters
        if (said := says_what_it_is(brief.sentences(letter)))
    ]
    if not rows:
        kinds = " or ".join(brief.scope.kinds) or "letter"
        return Draft(refusal=silent(brief, f"No {kinds} is held{_when(brief)}."))
    shares = Counter(row.letter.kind for row in rows).most_common()
    caption = f"{_total(rows, count, 'letter')}{_when(brief)}: {', '.join(_number(n, kind) for kind, n in shares)}."
    draft = _listed(rows, count, caption, ("Letter", "First day"))
    _note_limits(brief, draft)
    return draft


# --- what all share ------------------------------------------------------------------------------------------------


def _in_time(brief: Brief) -> list[Letter]:
    """The letters in scope whose inspection began in the time asked for, oldest first.

    A letter is in scope too where it was only published then; counted by both, an inspection would count in two years.
    """
    scope = brief.scope
    published = scope.basis == "published"
    return [
        one
        for one in brief.dated
        if scope.covers((one.published or "") if published else one.first_day)
        and (not scope.kinds or one.kind in scope.kinds)
    ]


def _when(brief: Brief) -> str:
    """The time asked for, in words that begin with a space, or ""."""
    scope = brief.scope
    published = " published" if scope.basis == "published" else ""
    if scope.first or scope.last:
        return f"{published} {f'from {scope.first} on' if scope.first else f'until {scope.last}'}"
    if scope.months:
        return f"{published} in {' or '.join(map(spoken_date, scope.months))}"
    years = sorted(scope.years)
    run = len(years) > 2 and years == list(range(years[0], years[-1] + 1))
    return f"{published} in {f'{years[0]} to {years[-1]}' if run else ' or '.join(map(str, years))}" if years else ""


def _total(rows: Sequence[Counted], count: Count, noun: str) -> str:
    """Both counts, the one asked for first."""
    letters = _number(len({row.letter.letter_id for row in rows}), noun)
    authorities = _number(len({row.letter.authority for row in rows}), "authority")
    return f"{authorities} ({letters})" if count.by == "authorities" else f"{letters} (of {authorities})"


PLURALS = {
    "authority": "authorities",
    "other": "others",
    "press release": "press releases",
    PRIORITY: "areas for priority action",
    EITHER: "areas for improvement or priority action",
}


def _number(number: int, noun: str) -> str:
    return f"1 {noun}" if number == 1 else f"{number:,} {PLURALS.get(noun, f'{noun}s')}"


def _listed(rows: Sequence[Counted], count: Count, caption: str, columns: tuple[str, ...]) -> Draft:
    """Every row with its proof: by name where authorities are asked for, else oldest first."""
    if count.by == "authorities":
        rows = sorted(rows, key=lambda row: (row.letter.authority or "", row.letter.first_day))
    else:
        rows = sorted(rows, key=lambda row: (row.letter.first_day, row.letter.authority or ""))
    draft = Draft()
    table = []
    for row in rows:
        letter = row.letter
        at = len(draft.sentences)
        draft.add(letter, row.facts, f"{letter.authority or letter.title}: {describe(letter)}")
        day = spoken_date(letter.first_day) or "not known"
        cells = (letter.authority or letter.title, letter.kind, day, *row.told)
        table.append(TableRow(cells, draft.sentences[at].citations[0]))
    draft.table = Table(caption, ("Authority", *columns), tuple(table))
    return draft


COUNTED: Mapping[str, Callable[[Brief, Count], Draft | None]] = {
    "grades": _grades,
    "moves": _moves,
    "improvements": _improvements,
    "letters": _letters,
}


def _note_limits(brief: Brief, draft: Draft) -> None:
    """What a count must not leave unsaid: what it could not know of."""
    draft.note("Only inspections whose own letter is held here are counted; others may have taken place.")
    scope = brief.scope
    limited = scope.basis != "published" and bool(scope.years or scope.first or scope.last)
    if limited:
        draft.note("The year of an inspection is that of its first day.")
    undated = sum(not letter.visit_start for letter in _in_time(brief)) if limited else 0
    if undated:
        draft.note(f"{_number(undated, 'letter')} without a date of the inspection: taken by the date of publication.")
