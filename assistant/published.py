"""The date of a document itself, where it prints one; never the visit's in its place."""

import re

from assistant.dates import find_periods
from assistant.letters import Section, Span, Standing
from assistant.outline import Outline

__all__ = ["read_published"]

FRONT = 1500  # characters at the start in which a council's paper is dated
CLOSE = 1500  # characters at the end in which a press release may be
FRONT_LINE = 160  # characters of a line of a front page, at most

LABEL = re.compile(
    r"(?:\b(?:published|issued|dated)(?: on)?|\bpublication date|\bdate of (?:letter|issue|report|publication|meeting)"
    r"|\b(?:letter |report |release |meeting )?date(?=\s*[:|])|^date|\bfor immediate release)"
    r"\s*[:|\N{EN DASH}-]?\s*$",
    re.IGNORECASE,
)
ANOTHERS = re.compile(r"\b(?:inspections?|visits?|previous|last|next)\b", re.IGNORECASE)
ANOTHERS_LABEL = re.compile(r"\b(?:inspection|visit|inspected|visited)(?: dates?)?\s*:?$", re.IGNORECASE)
MEETING = re.compile(
    r"\b(?:meeting|cabinet|(?:sub-?)?committee|council|board|panel|scrutiny|commission)\b[^.]{0,80}$", re.IGNORECASE
)


def read_published(outline: Outline, standing: Standing, kind: str) -> tuple[str, Span] | None:
    """The date that stands alone in the letterhead, behind a label, or beside the meeting that a paper went to.

    Args:
        outline: The document.
        standing: Who speaks: the inspectorate dates its letters and reports in their letterhead alone.
        kind: One of `letters.KINDS`.

    Returns:
        An ISO date, which may be reduced to the month, and where it is printed; None where it is not.
    """
    official = standing == "inspectorate" and kind != "press release"
    letter = bool(re.search(r"^Dear\b", outline.text[:FRONT], re.MULTILINE))
    for section in _sections(outline, official, kind):
        before = ""
        for paragraph in section.paragraphs:
            words = outline.text[paragraph.start : paragraph.end]
            for period in find_periods(words):
                lead, rest = words[: period.start], words[period.end :].strip(" .,:;-")
                alone = not lead.strip() and not ANOTHERS_LABEL.search(before)
                labelled = LABEL.search(lead) and not ANOTHERS.search(lead[-40:])
                # "13 January 2025 Jo Field Director of ...": the address ran on behind the date
                address = letter and len(period.first) == 10 and rest[:1].isupper()
                meeting = not official and len(words) < FRONT_LINE and words[-1] != "." and MEETING.search(lead)
                told = (alone and (not rest or address)) or labelled or meeting
                if period.first == period.last and told:
                    return period.first, Span(paragraph.start + period.start, paragraph.start + period.end)
            before = words
    return None


def _sections(outline: Outline, official: bool, kind: str) -> list[Section]:
    """Where a document is dated: the letterhead; the first page of other papers; the end of press releases."""
    front = [section for section in outline.sections[:1] if section.kind == "letterhead"]
    if official:
        return front
    late = len(outline.text) - CLOSE if kind == "press release" else len(outline.text)
    return front + [s for s in outline.sections if s not in front and (s.start < FRONT or s.end > late)]
