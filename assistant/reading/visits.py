"""When the inspectors came: the periods of the visit or inspection that a document is, or reports on.

A document names many dates: its own, those of earlier inspections, of plans. What counts is what it says of a date:
the label "Inspection dates" first, then the sentence that sums the letter up, then any sentence in which the
inspection took place or somebody carried it out.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from assistant.letters.dates import Period, find_day_months, find_periods
from assistant.letters.letter import Span, Standing
from assistant.reading.outline import Outline

__all__ = ["read_visits"]

OPENING = 4000  # characters at the start in which the inspectorate says when it came
RUNNING = 40  # characters; what is shorter may be a heading, a label or a cell of a table
BEFORE, AFTER = 260, 220  # characters around a date that are looked at

LABEL = re.compile(
    r"(?:\b(?:(?:inspection|visit|fieldwork|on-?site) dates?|dates? of (?:the |this )?(?:\w+ ){0,3}(?:inspection|visit)"
    r"|dates? (?:inspected|visited))[\s:|\N{EN DASH}-]*|\b(?:inspection|visit|fieldwork|inspected|visited)\s*[:|]\s*)"
    r"(?:from\s+|between\s+)?$",
    re.IGNORECASE,
)
NOT_THIS = re.compile(r"\b(?:previous|last|next|prior|earlier)\b", re.IGNORECASE)
NOUN = r"(?:re-?inspection|inspection|visit|re-?visit|review|fieldwork|JTAI)s?"
SUMMED_UP = re.compile(
    rf"\b(?:this|the) (?:letter|report)\b[^.]{{0,120}}?\b{NOUN}\b|\bfindings (?:of|from)\b[^.]{{0,120}}?\b{NOUN}\b",
    re.IGNORECASE,
)
THIS_VISIT = re.compile(
    rf"\b(?:this|the|our|a|an|its)\s(?:[\w’'-]+\s){{0,8}}{NOUN}\b"
    rf"(?=[^.]*\b(?:took place|was|were|conducted|undertaken|carried out|completed|held|on|between|from)\b)"
    rf"|\b{NOUN}\b[^.]{{0,120}}\b(?:took place|conducted|undertaken|carried out|completed|held)\b",
    re.IGNORECASE,
)
CARRIED_OUT = re.compile(
    rf"\b(?:undertook|carried out|conducted|inspected|visited|completed)\b[^.]{{0,80}}?"
    rf"(?:\b{NOUN}\b|\bchildren.s\b|\bauthority\b|\bcouncil\b|\bservices\b)|^[^.]{{0,100}}\b(?:inspected|visited)\b"
    r"|\binspectors?\b[^.]{0,40}\bon[- ]site\b",
    re.IGNORECASE,
)
VISIT_AFTER = re.compile(rf"^[^.]{{0,60}}\b{NOUN}\b", re.IGNORECASE)
WHO_CAME = re.compile(r"\b(?:ofsted|inspectors?|inspectorates?|commission|(?:was|were) inspected)\b", re.IGNORECASE)
EARLIER = re.compile(
    r"\b(?:previous|last|earlier|since|prior|following|after|before|until|judged|dated|published"
    r"|report(?:ed)? (?:published|in))\b[^.:]{0,60}$",
    re.IGNORECASE,
)
# What a council reports on; in the inspectorate's own words the most recent inspection is the one before.
LATEST = re.compile(
    rf"(?<!since the )(?<!since its )\b(?:recent|latest)\s+(?:[\w-]+\s+){{0,3}}{NOUN}\b[^.,]{{0,40}}$", re.IGNORECASE
)
# "The report says that the last inspection ..."; but "the sixth and last visit" is this one.
ANOTHER = re.compile(rf"(?<!and )\b(?:previous|last|earlier|prior)\s+(?:[\w-]+\s+){{0,2}}{NOUN}$", re.IGNORECASE)
SENTENCE_END = re.compile(r"(?<=[.!?])[\"'”’)]?\s+(?=[\"'“‘(]?[A-Z\d])")
CUT = re.compile(r"\b(?:to|of|the|and|in|on|a|by|with|for|from|between|at|children.s)$", re.IGNORECASE)
WEEKS = re.compile(
    r"\b(?:(?P<count>two|three|four)[- ]weeks? (?:\w+ ){0,3})?(?:weeks? )?(?:commencing|beginning|starting)"
    r"(?: on)?\s*:?\s*$|\bw/c\s*:?\s*$|\b(?:the )?week of\s*$",
    re.IGNORECASE,
)
COUNTED = {"two": 2, "three": 3, "four": 4}
JOINED = re.compile(
    r"(?:[\s,;&]|\b(?:and|then|again|from|between|on|in|plus|also|with|an?|further|additional|return|visit|days?|weeks?)\b)*",
    re.IGNORECASE,
)

Visit = tuple[str, str]


def read_visits(
    outline: Outline, standing: Standing, published: str | None, taken: Sequence[Span]
) -> tuple[tuple[Visit, ...], tuple[Span, ...]]:
    """Periods as (first day, last day) and where the text says so.

    Args:
        outline: The document.
        standing: Who speaks: the inspectorate says when it came at the start, others anywhere and less exactly.
        published: The date of the document, which gives days that are printed without a year theirs.
        taken: Spans of dates that mean something else.
    """
    own = standing == "inspectorate"
    text = outline.text[:OPENING] if own else outline.text
    free = [p for p in find_periods(text) if not any(s.start < p.end and p.start < s.end for s in taken)]
    found = _said(text, [period for period in free if len(period.first) == 10], own)
    if not found and published and len(published) >= 7:
        found = _said(text, _without_year(text, published), True)
    if not found and standing == "council":
        found = _said(text, [period for period in free if len(period.first) < 10], own)
    visits = tuple(_whole_weeks(text, period) for period in found)
    return visits, tuple(Span(period.start, period.end) for period in found)


def _said(text: str, periods: list[Period], own: bool) -> list[Period]:
    """The first period of those that the text speaks of most plainly, with those that follow it by "and"."""
    best, rank = None, 9
    for period in periods:
        plain = _rank(text, period, own)
        if plain is not None and plain < rank:
            best, rank = period, plain
    if best is None:
        return []
    found = [best]
    for period in periods:
        between = text[found[-1].end : period.start]
        if period.start >= found[-1].end and len(between) < 60 and JOINED.fullmatch(between):
            found.append(period)
    return found


def _rank(text: str, period: Period, own: bool) -> int | None:
    """How plainly a period is said to be the visit's: 0 most; None where it is not."""
    before = text[max(0, period.start - BEFORE) : period.start]
    label = LABEL.search(before)
    if label:
        return None if NOT_THIS.search(before, max(0, label.start() - 30)) else 0
    after = _sentence_after(text[period.end : period.end + AFTER])
    ranks = (_rank_in(sentence, after, own) for sentence in _sentences_before(before))
    return next((rank for rank in ranks if rank is not None), None)


def _rank_in(sentence: str, after: str, own: bool) -> int | None:
    if not own and LATEST.search(sentence):
        return 1
    summed_up = SUMMED_UP.search(sentence)
    if EARLIER.search(sentence, summed_up.end() if summed_up else 0):
        return None
    if summed_up and ANOTHER.search(summed_up.group()):
        return None
    if summed_up:
        return 1
    came = bool(WHO_CAME.search(sentence + after))
    if THIS_VISIT.search(sentence):
        return 2 if own or came else 3
    if came and (CARRIED_OUT.search(after) or CARRIED_OUT.search(sentence)):
        return 3
    return 4 if came and VISIT_AFTER.search(after) else None


def _sentences_before(before: str) -> Iterator[str]:
    """What stands in a sentence before a date, then the same over a paragraph's end that may have cut it."""
    *earlier, sentence = before.split("\n\n")
    yield SENTENCE_END.split(sentence)[-1]
    if earlier and (CUT.search(earlier[-1]) or _runs_on(earlier[-1])):
        yield SENTENCE_END.split(f"{earlier[-1]} {sentence}")[-1]


def _sentence_after(after: str) -> str:
    sentence, *later = after.split("\n\n")
    if later and _runs_on(sentence):
        sentence = f"{sentence} {later[0]}"
    return re.split(r"[.!?](?:\s|$)", sentence)[0]


def _runs_on(words: str) -> bool:
    """Whether a paragraph is running text that was cut, and neither a sentence's end nor a heading or label."""
    return len(words) >= RUNNING and not re.search(r"[.:;!?][\"'”’)]?\s*$", words)


def _without_year(text: str, published: str) -> list[Period]:
    """Days that are printed without a year, in the year before the document's date at most."""
    year = int(published[:4])
    dated = find_day_months(text, year)
    before = {period.start: period for period in find_day_months(text, year - 1)}
    return [period if period.last <= published else before.get(period.start, period) for period in dated]


def _whole_weeks(text: str, period: Period) -> Visit:
    """Of "the week commencing 3 June 2019" the first day is known, and the last to the month."""
    weeks = WEEKS.search(text[max(0, period.start - 60) : period.start])
    if not weeks or period.first != period.last or len(period.first) != 10:
        return period.first, period.last
    days = 7 * COUNTED.get((weeks["count"] or "").lower(), 1) - 3
    return period.first, (date.fromisoformat(period.first) + timedelta(days=days)).isoformat()[:7]
