"""Words made from the letters that are really there: the sentence at the top and the questions offered.

No authority, year or theme is written down here; a corpus about other places offers other questions.
"""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from assistant.letters.inspectorates import area_label, issued_by
from assistant.letters.letter import Letter

__all__ = ["examples", "headline", "theme"]

NAMED_AUTHORITIES = 3  # more are counted, not named
OFFERED = 4

# Words that hold inspection letters together and so are nobody's theme.
COMMON = frozenset(
    re.findall(
        r"\w+",
        """
    a about above after all also although always an and any are areas as at authority be because
    been before being between but by can clear council councils could director do does during each
    effective effectively ensure ensuring experience experiences few findings first focused for from
    good greater had has have he health her high his how however i if impact improve improved
    improvement improving in including increased increasingly inspection inspections inspector
    inspectors into is it its leader leaders letter local made make many may means meet more most
    mostly much need needed needs new no not number of ofsted often on one only or other others our
    over overview own people plan plans practice practitioners progress provide provided quality
    range receive recent risk senior service services she should since small social some staff
    strong such support supported supporting swift taken team teams than that the their them these
    they this those through time timely to too under understanding up use used using very visit was
    way we well were what when where whether which while who will with within work worker workers
    working would year years yet young you your
        """,
    )
)
LEAST = 3  # times a pair of words must occur to be a theme
WORD = re.compile(r"[a-z]+(?:[-'’][a-z]+)*")


def headline(letters: Sequence[Letter]) -> str:
    """What is known here, from the letters: "5 documents about Swindon, 2011 to 2024"."""
    if not letters:
        return "no documents yet"
    authorities = sorted({letter.authority for letter in letters if letter.authority})
    years = sorted({year for letter in letters for year in letter.years()})
    about = ""
    if len(authorities) > NAMED_AUTHORITIES:
        about = f" about {len(authorities)} local authorities"
    elif authorities:
        about = f" about {_listed(authorities)}"
    when = "" if not years else f", {years[0]}" if years[0] == years[-1] else f", {years[0]} to {years[-1]}"
    return f"{len(letters):,} document{'' if len(letters) == 1 else 's'}{about}{when}"


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def examples(letters: Sequence[Letter]) -> tuple[str, ...]:
    """Up to four questions that these letters can answer, each of another sort.

    Args:
        letters: The letters indexed, oldest first.
    """
    if not letters:
        return ()
    several = len({letter.authority for letter in letters if letter.authority}) > 1
    reports = [letter for letter in letters if letter.standing == "inspectorate"] or list(letters)
    sorts = (_said, _to_improve, _judged, _since, _led, _covered, _about)
    found = (question for sort in sorts if (question := sort(reports, letters, several)))
    return tuple(dict.fromkeys(found))[:OFFERED]


def _said(reports: Sequence[Letter], letters: Sequence[Letter], several: bool) -> str:
    """A year and its theme: "What did 2019 say about care leavers?"."""
    best = max(reports, key=_weight)
    subject, year = theme(best), _year(best)
    return f"What did {year} say about {subject}{_in(best, several)}?" if subject and year else ""


def _to_improve(reports: Sequence[Letter], letters: Sequence[Letter], several: bool) -> str:
    asking = [x for x in reports if any(s.kind in ("improve", "priority") and s.paragraphs for s in x.sections)]
    if not asking:
        return ""
    last = asking[-1]
    year = _year(last)
    return f"What needed to improve{_in(last, several)}{f' in {year}' if year else ''}?"


def _judged(reports: Sequence[Letter], letters: Sequence[Letter], several: bool) -> str:
    graded = [letter for letter in letters if any(j.grade for j in letter.judgements)]
    if not graded:
        return ""
    areas = [judgement.area for judgement in graded[-1].judgements if judgement.grade]
    by = issued_by(graded[-1])
    area = "leadership" if "leaders" in areas else area_label(areas[0], by, lambda one: one.spoken)
    return f"How was {area} judged in each inspection{f' of {graded[-1].authority}' if several else ''}?"


def _since(reports: Sequence[Letter], letters: Sequence[Letter], several: bool) -> str:
    """A theme that two letters about the same place share, and the year of the earlier one."""
    for late in reversed(reports):
        for early in reports:
            same = early.authority == late.authority and early.date < late.date
            subject = theme(early) if same else ""
            if subject and subject in _running(late) and _year(early):
                return f"Has the work on {subject} got better since {_year(early)}{_in(late, several)}?"
    return ""


def _led(reports: Sequence[Letter], letters: Sequence[Letter], several: bool) -> str:
    led = [letter for letter in reports if letter.lead_inspector and letter.kind != "other" and _year(letter)]
    if not led:
        return ""
    first = led[0]
    return f"Who was the lead inspector of the {_year(first)} {first.kind}{_in(first, several)}?"


def _covered(reports: Sequence[Letter], letters: Sequence[Letter], several: bool) -> str:
    subject = next((t for x in reversed(reports) if (t := theme(x))), "")
    return f"Which letters mention {subject}?" if subject and len(letters) > 1 else ""


def _about(reports: Sequence[Letter], letters: Sequence[Letter], several: bool) -> str:
    last = reports[-1]
    return f"What were the main findings{_in(last, several)}{f' in {_year(last)}' if _year(last) else ''}?"


def _in(letter: Letter, several: bool) -> str:
    return f" in {letter.authority}" if several and letter.authority else ""


def _year(letter: Letter) -> int:
    years = letter.visit_years() or letter.published_years()
    return max(years) if years else 0


def _weight(letter: Letter) -> tuple[int, str]:
    pairs = _pairs(letter)
    return (max(pairs.values(), default=0), letter.date)


def theme(letter: Letter) -> str:
    """What a letter talks about most: the commonest pair of words that not every letter uses, or ""."""
    pairs = _pairs(letter)
    if not pairs:
        return ""
    words, times = max(pairs.items(), key=lambda pair: (pair[1], pair[0]))
    return words if times >= LEAST else ""


def _pairs(letter: Letter) -> Counter[str]:
    place = set(WORD.findall((letter.authority or "").lower()))
    pairs: Counter[str] = Counter()
    for section, paragraph in letter.paragraphs():
        if section.kind in ("letterhead", "sign-off", "notes", "administration"):
            continue
        words = WORD.findall(letter.text[paragraph.start : paragraph.end].lower())
        for first, second in pairwise(words):
            if not {first, second} & (COMMON | place) and min(len(first), len(second)) > 2:
                pairs[f"{first} {second}"] += 1
    return pairs


def _running(letter: Letter) -> str:
    return " ".join(letter.text.lower().split())
