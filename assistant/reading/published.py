"""The date of a document itself, where it prints one; never the visit's in its place."""

import re

from assistant.letters.dates import Period, find_periods
from assistant.letters.letter import Section, Span, Standing
from assistant.reading.outline import Outline
from assistant.reading.standing import DEAR

__all__ = ["read_published"]

FRONT = 1500  # characters at the start in which a council's paper is dated
CLOSE = 1500  # characters at the end in which a press release may be
LONGEST_DATE = 40  # characters of a paragraph that is a date and nothing else
OWN_PLACES = ("sign-off", "closing", "notes")  # sections behind the body
NEARBY = 400  # characters around a date that are looked at
LABEL_WITHIN = 15  # characters of a paragraph within which "Published 4 June 2021" begins
FRONT_LINE = 160  # characters of a line of a front page, at most

LABEL = re.compile(
    r"(?:\b(?:published|issued|dated|posted|released)(?: on)?|\bpublication date"
    r"|\bdate of (?:letter|issue|report|publication|meeting)"
    r"|\b(?:letter |report |release |meeting )?date(?=\s*[:|])|^date|\bfor immediate release)"
    r"\s*[:|\N{EN DASH}-]?\s*$",
    re.IGNORECASE,
)
ANOTHERS = re.compile(r"\b(?:inspections?|visits?|previous|last|next)\b", re.IGNORECASE)
ANOTHERS_LABEL = re.compile(
    r"^(?:dates? of )?(?:the |this )?(?:\w+ )?(?:inspection|visit|inspected|visited)(?: dates?)?\s*:?$", re.IGNORECASE
)
GOES_ON = re.compile(r"(?:\b(?:to|and|until|from|between|on)|[,&-])\s*$")  # the paragraph before: a list of dates
# Where a letterhead was run together: "www.gov.uk/ofsted 13 January 2025 Jo Field Director of ..."
BESIDE_ADDRESS = re.compile(r"(?:gov\.uk(?:/ofsted)?|\b\d{4}|\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})\s*$")
MEETING = re.compile(
    r"\b(?:meeting|cabinet|(?:sub-?)?committee|council|board|panel|scrutiny|commission)\b[^.]{0,80}$", re.IGNORECASE
)


TIME_BEFORE = re.compile(r"^\W*(?:\d{1,2}[.:]\d\d\s*(?:[ap]\.?m\.?)?)?\W*$", re.IGNORECASE)
TIME_AFTER = re.compile(
    r"^(?:at|in|from)?\b[\s,]*\d{1,2}(?:[.:]\d\d)?\s*(?:[ap]\.?m\.?|hours)?\b.{0,60}$", re.IGNORECASE
)


def read_published(outline: Outline, standing: Standing, kind: str) -> tuple[str, Span] | None:
    """The date that stands alone in the letterhead, behind a label, or beside the meeting that a paper went to.

    Args:
        outline: The document.
        standing: Who speaks: the inspectorate dates its letters and reports in their letterhead alone.
        kind: Of the document.

    Returns:
        An ISO date, which may be reduced to the month, and where it is printed; None where it is not.
    """
    official = standing == "inspectorate" and kind != "press release"
    dear = DEAR.search(outline.text[:FRONT])
    for section in _sections(outline, official, kind):
        before = ""
        for paragraph in section.paragraphs:
            words = outline.text[paragraph.start : paragraph.end]
            for period in find_periods(words):
                at = paragraph.start + period.start
                front = section.kind == "letterhead" or not official or bool(dear and at < dear.start())
                if period.first == period.last and _own(words, period, before, bool(dear), official, front):
                    return period.first, Span(at, paragraph.start + period.end)
            before = words
    return _alone_elsewhere(outline) if official and dear else None


def _own(words: str, period: Period, before: str, letter: bool, official: bool, front: bool) -> bool:
    """Whether a date in a paragraph is the document's: alone, behind a label, or beside a meeting."""
    skipped = max(0, period.start - NEARBY)
    lead, rest = words[skipped : period.start], words[period.end : period.end + NEARBY].strip(" .,:;-")
    label = LABEL.search(lead)
    if label:
        colon = label.group().rstrip().endswith(":")
        plain = colon or skipped + label.start() <= LABEL_WITHIN  # "the letter was published on ..." is another's date
        return plain and not ANOTHERS.search(lead[-40:]) and (front or colon or len(words) < FRONT_LINE)
    if not front:
        return False
    if not lead.strip() and (ANOTHERS_LABEL.search(before) or GOES_ON.search(before)):
        return False
    if letter and len(period.first) == 10 and BESIDE_ADDRESS.search(lead) and rest[:1].isupper():
        return True
    if not lead.strip() and (not rest or (letter and rest[:1].isupper())):
        return True
    if official or len(words) > FRONT_LINE or words.endswith("."):
        return False
    return bool(MEETING.search(lead) or (TIME_BEFORE.match(lead) and (not rest or TIME_AFTER.match(rest))))


def _alone_elsewhere(outline: Outline) -> tuple[str, Span] | None:
    """The one date that stands alone in a letter whose letterhead has none: some are printed behind the body."""
    found = []
    for section, paragraph in ((s, p) for s in outline.sections for p in s.paragraphs):
        if section.kind in OWN_PLACES and paragraph.end - paragraph.start < LONGEST_DATE:
            words = outline.text[paragraph.start : paragraph.end]
            found += [
                (period.first, Span(paragraph.start + period.start, paragraph.start + period.end))
                for period in find_periods(words)
                if not words[: period.start].strip() and not words[period.end :].strip(" .")
            ]
    return found[0] if len(found) == 1 else None


def _sections(outline: Outline, official: bool, kind: str) -> list[Section]:
    """Where a document is dated: on its first page, and a press release at its end."""
    late = len(outline.text) - CLOSE if kind == "press release" and not official else len(outline.text)
    return [s for s in outline.sections if s.start < FRONT or s.end > late]
