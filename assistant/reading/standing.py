"""Who is speaking in a document, and what kind of document it is.

A council's paper may quote Ofsted for pages, and Ofsted's letter is addressed to a council, so neither name decides.
What decides is what stands at the front before anybody is quoted: a council's papers open with their committee, ward,
author and portfolio; the inspectorate's with its letterhead, its dates of inspection or its first sentence. Only then
do the signature and the spokesperson speak.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from assistant.letters.inspectorates import COUNCIL_REPORT, OTHER, PRESS_RELEASE, Inspectorate, Kind, spelt
from assistant.letters.layouts import layout_of
from assistant.letters.letter import Span, Standing
from assistant.reading.outline import Outline

__all__ = ["DEAR", "Speaker", "read_speaker"]

OPENING = 4000  # characters at the start in which a document says what it is
FRONT = 2500  # characters at the start in which a document says whose it is
CLOSE = 2500  # characters at the end in which a letter is signed
SHORT = 150  # a line of a front page or a heading is no longer than this; running text is

DEAR = re.compile(r"(?:^|\s)Dear (?=[A-Z]|local|colleague)")
"""How a letter greets, also where a letterhead was run together with it."""
YOURS = re.compile(r"^(?:Yours? (?:sincerely|faithfully|truly)|Kind regards)\b", re.IGNORECASE | re.MULTILINE)

# A council's papers: labels of the cover sheet, words of its front page, and headings that no inspector writes.
LABEL = re.compile(
    r"\b(?:report (?:to|of|from|by|author|title|status)|author(?:\(s\)|s)?|wards?(?: \w+)?|parish(?:es)?(?: affected)?"
    r"|agenda item(?: no\.?)?|item no\.?|portfolio(?: holder)?|lead (?:cabinet )?(?:member|officer)|decision[- ]maker"
    r"|(?:key|type of|date of) decision|contact (?:officer|details)|(?:date of )?meeting(?: date)?|committee"
    r"|directorate|cabinet member|exempt(?:ion| information)?|classification|forward plan(?: ref(?:erence)?)?)"
    r"\b[^:\n]{0,40}:",
    re.IGNORECASE,
)
PAPER = re.compile(
    r"\b(?:cabinet(?! (?:member|lead|office))|(?:sub-?)?committee|executive board|corporate parenting (?:board|panel)"
    r"|(?:overview and )?scrutiny(?: (?:(?:sub-?)?committee|panel|board|commission))?"
    r"|(?:(?:full|county|city|borough|district|town) )?council meeting|agenda item|minutes|wards? affected"
    r"|report (?:of|by) the (?:\w+ ){0,3}director|report author|apologies(?: for absence)?|declarations? of interests?"
    r"|in attendance|for (?:decision|information|noting))\b",
    re.IGNORECASE,
)
PERSON_ADDRESSED = re.compile(
    r"\b(?:Chair|Councillor|Cllr|Mr|Mrs|Ms|Dr|Chief (?:Executive|Constable)|Commissioner|Director,)\b"
)
MEETING_TOLD = re.compile(
    r"\b(?:(?:the )?(?:committee|panel|cabinet(?: member)?|chair(?:man)?|leader|executive|board)|members|councillors?) "
    r"(?:[^.\n]{0,80}? )?(?:noted|resolved|agreed|asked|thanked|received|provided|pointed out|opened|welcomed|are asked"
    r"|is asked)\b",
    re.IGNORECASE,
)
PAPERS_HEADING = re.compile(
    r"\bimplications\b|^(?:\d[\d.]* )?(?:background papers|alternative options|reasons? for recommendations?|consultees"
    r"|apologies(?: for absence)?|declarations? of interests?|minutes of the (?:previous|last) meeting)\b",
    re.IGNORECASE,
)
MINUTES = re.compile(
    r"^(?:draft |confirmed )?minutes\b|\bapologies for absence\b|\bit was resolved\b", re.IGNORECASE | re.MULTILINE
)
POSITION = re.compile(
    r"\b(?:position statement|self[- ](?:evaluation|assessment)|improvement plan|action plan|briefing (?:note|paper)"
    r"|annual report|(?:our )?response to (?:the )?ofsted)\b",
    re.IGNORECASE,
)
SENDER = re.compile(r"^From:[^\n]*\b(?:Council|Borough)\b", re.MULTILINE)
NEWS = re.compile(r"\b(?:news|press|media) (?:release|statement)\b", re.IGNORECASE)
COUNCIL_NAMED = re.compile(r"\b[A-Z]\w+ (?:[A-Z]\w+ )*Council\b|\bBorough of [A-Z]\w+")
OFFICER = re.compile(
    r"\b(?:Director of (?:Children|People|Education)|Chief Executive|Leader of the Council|Cabinet Member|Councillor"
    r"|Cllr|Lead Member|Head of (?:Service|Children))\b"
)

SPOKESPERSON = re.compile(
    r"\b(?:Councillor|Cllr|Leader of|Cabinet Member|Lead Member|Director of Children|Chief Executive"
    r"|[Ss]pokes(?:man|woman|person))\b.{0,160}?\b(?:said|says|added|commented)\b"
    r"|\b(?:said|says|added) (?:Councillor|Cllr)\b",
    re.DOTALL,
)
COUNCIL_SPEAKS = re.compile(r"\b(?:Councillor|Cllr|Leader of|Cabinet Member|Lead Member)\b")
NEWSPAPER = re.compile(r"Local Democracy Report|^By [A-Z][a-z]+ [A-Z]\w+\W*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Words:
    """An inspectorate's own words, where they stand outside a quotation.

    Attributes:
        first_page: On a first page.
        last_page: At the end of its reports.
        signed: Behind the name of who signs for it.
        press: At the top of its press releases.
        frameworks: For each, its words, and whether monitoring visits follow inspections under it.
    """

    first_page: re.Pattern[str]
    last_page: re.Pattern[str]
    signed: re.Pattern[str]
    press: re.Pattern[str]
    frameworks: tuple[tuple[str, re.Pattern[str], bool], ...]


@cache
def _words(by: Inspectorate) -> _Words:
    own = by.own
    return _Words(
        re.compile(spelt(own.first_page)),
        re.compile(spelt(own.last_page)),
        re.compile(spelt((*own.inspectors, *own.signed_by))),
        re.compile(spelt(own.press)),
        tuple((row.name, re.compile(spelt(row.words)), row.followed_up) for row in by.frameworks),
    )


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who speaks in a document and what it is.

    Attributes:
        standing: Whether the inspectorate, a council or somebody else is speaking.
        kind: One of the kinds known.
        framework: The framework of the inspection that it is or reports on, or None.
        layout: The inspectorate's kind of document, or None for papers of others.
        evidence: The spans that each of standing, kind and framework was read from.
    """

    standing: Standing = "other"
    kind: str = "other"
    framework: str | None = None
    layout: Kind | None = None
    evidence: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)


def read_speaker(outline: Outline) -> Speaker:
    """Standing, kind and framework of a document.

    Args:
        outline: Its text and sections.
    """
    text = outline.text
    own = _inspectorates_own(text, outline.by)
    before = _before_the_letter(text, own)
    found = _council_paper(outline, before) or _press_release(outline, before) or _covering_note(outline, before)
    if found:
        return found
    return _inspectorates(outline, own) if own else _council_letter(text)


def _before_the_letter(text: str, own: re.Match[str] | None) -> str:
    """What a cover may say: all that stands before the inspectorate's own words and before "Dear"."""
    dear = DEAR.search(text, 0, OPENING)
    if own and own.start() > FRONT and not dear:
        return ""  # known by its close: the whole of it is the inspectorate's
    return text[: min([len(text), *(match.start() for match in (own, dear) if match)])]


def _span(match: re.Match[str]) -> tuple[Span, ...]:
    return (Span(match.start(), match.end()),)


# --- the inspectorate ----------------------------------------------------------------------------------------------


def _inspectorates_own(text: str, by: Inspectorate) -> re.Match[str] | None:
    """The first words that only the inspectorate writes, where it writes them."""
    words = _words(by)
    if first := words.first_page.search(text[:FRONT]):
        return first
    close = max(0, len(text) - CLOSE)
    dear, yours = DEAR.search(text, 0, OPENING), YOURS.search(text, close)
    if dear and (signed := words.signed.search(text, yours.start() if yours else close)):
        return signed
    return words.last_page.search(text, close) if layout_of(text[:SHORT], by=by) else None


def _inspectorates(outline: Outline, own: re.Match[str]) -> Speaker:
    text = outline.text
    front = outline.sections[0] if outline.sections else None
    front_text = text[front.start : min(front.end, OPENING)] if front and front.kind == "letterhead" else ""
    known = layout_of(outline.title or "", front_text, text[:1500], text[:OPENING], by=outline.by)
    evidence = {"standing": _span(own)}
    if known is None:
        return Speaker("inspectorate", evidence=evidence)
    layout, match = known
    if layout.name == OTHER:
        return Speaker("inspectorate", layout=layout, evidence=evidence)
    evidence["kind"] = _spans_of(match.group(), text) or _span(own)
    framework = layout.framework
    if framework:
        evidence["framework"] = evidence["kind"]
    elif named := _framework_named(text, outline.by, followed_up=True):  # of the inspection that it follows
        framework, evidence["framework"] = named
    return Speaker("inspectorate", layout.name, framework, layout, evidence)


def _spans_of(words: str, text: str) -> tuple[Span, ...]:
    """Where some words stand in a text, whatever the white space between them."""
    found = re.search(r"\s+".join(re.escape(word) for word in words.split()), text)
    return _span(found) if found else ()


def _framework_named(text: str, by: Inspectorate, *, followed_up: bool = False) -> tuple[str, tuple[Span, ...]] | None:
    for framework, pattern, followed in _words(by).frameworks:
        if (followed or not followed_up) and (named := pattern.search(text)):
            return framework, _span(named)
    return None


# --- councils and others --------------------------------------------------------------------------------------------


def _council_paper(outline: Outline, before: str) -> Speaker | None:
    """A paper for a council's meeting, or its minutes, by two different marks of such papers."""
    if NEWSPAPER.search(before):
        return None
    marks = list(_papers_marks(outline, before[:FRONT]))
    if len({mark for mark, _ in marks}) < 2:
        return None
    spans = tuple(span for _, span in marks[:2])
    if MINUTES.search(before, 0, FRONT):  # no report, so without a kind of its own
        return Speaker("council", evidence={"standing": spans})
    evidence = {"standing": spans, "kind": spans}
    framework = None
    if named := _framework_named(outline.text, outline.by):
        framework, evidence["framework"] = named
    return Speaker("council", COUNCIL_REPORT, framework, evidence=evidence)


def _papers_marks(outline: Outline, before: str) -> Iterator[tuple[str, Span]]:
    """Labels of a cover sheet, words of its short lines, and the headings that only a council's papers have."""
    for label in LABEL.finditer(before):
        yield label.group().lower(), Span(label.start(), label.end())
    letter, told = DEAR.search(outline.text, 0, FRONT), None
    for line in re.finditer(r"[^\n]+", before):
        quoted = re.search(r"[“”\"]|\bsaid\b", line.group())
        addressed = letter and PERSON_ADDRESSED.search(line.group())
        if len(line.group()) <= SHORT and not quoted and not addressed:
            for word in PAPER.finditer(before, line.start(), line.end()):
                yield word.group().lower(), Span(word.start(), word.end())
                told = told or MEETING_TOLD.search(before)
    if told:
        yield "told", Span(told.start(), told.end())
    for section in () if letter else outline.sections:
        if PAPERS_HEADING.search(section.heading):
            yield section.heading.lower(), Span(section.start, section.start + len(section.heading))


def _press_release(outline: Outline, before: str) -> Speaker | None:
    """A press release, by the inspectorate's press office or by a council's spokesperson."""
    if NEWSPAPER.search(before):
        return None
    own = _words(outline.by).press.search(before)
    if own and not COUNCIL_SPEAKS.search(outline.text):
        return Speaker("inspectorate", PRESS_RELEASE, evidence=dict.fromkeys(("standing", "kind"), _span(own)))
    said = SPOKESPERSON.search(before)
    if not said and COUNCIL_NAMED.search(before, 0, FRONT):
        said = NEWS.search(before, 0, FRONT)
    return (
        Speaker("council", PRESS_RELEASE, evidence=dict.fromkeys(("standing", "kind"), _span(said))) if said else None
    )


def _covering_note(outline: Outline, before: str) -> Speaker | None:
    """A council's position statement, briefing or message, by its first lines."""
    position, named = POSITION.search(before, 0, 400), COUNCIL_NAMED.search(before, 0, 600)
    if position and named:
        evidence = {"standing": _span(named), "kind": _span(position)}
        framework = None
        if told := _framework_named(before, outline.by):
            framework, evidence["framework"] = told
        return Speaker("council", COUNCIL_REPORT, framework, evidence=evidence)
    sender = SENDER.search(before, 0, 600)
    return Speaker("council", evidence={"standing": _span(sender)}) if sender else None


def _council_letter(text: str) -> Speaker:
    """A council's letter, by who signed it; else somebody else's document."""
    yours = YOURS.search(text, max(0, len(text) - CLOSE))
    signed = OFFICER.search(text, yours.end()) if yours and DEAR.search(text, 0, OPENING) else None
    return Speaker("council", evidence={"standing": _span(signed)}) if signed else Speaker()
