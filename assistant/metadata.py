"""What a document says of itself: who wrote it, about whom, when, who inspected, which grades were given.

Each field is read from the text where the layouts print it, with the span it came from as evidence. Nothing is
guessed: a field that the document does not state is None.
"""

import re
from collections import Counter
from dataclasses import dataclass, field

from assistant.authorities import find_authorities
from assistant.dates import Period, find_periods
from assistant.earlier import read_earlier
from assistant.improvements import read_improvements
from assistant.judgements import read_judgements
from assistant.layouts import Layout, layout_of
from assistant.letters import EarlierInspection, Improvement, Judgement, Section, Span, Standing
from assistant.outline import Outline

__all__ = ["Metadata", "read_metadata"]

CLOSE = 2500  # characters at the end in which a letter is signed
OPENING = 4000  # characters at the start in which a document says what it is

NO_NAME = (
    "Her|His|Majesty|HMI|Judgement|Inspectors?|Probation|Managing|Executive|Bi-Borough|Deputy|Ofsted|Senior|Regulatory|Social|Care|Quality|Commission|Council|Borough"
    "|Service|Services|Children|Director|Group|Corporate|Interim|Chief|County|City|London|Yours|Education|Dear|The"
    "|January|February|March|April|May|June|July|August|September|October|November|December"
)
WORD = rf"(?!(?:{NO_NAME})\b)[A-Z\u00c0-\u00de](?:[a-z\u00df-\u00ff'’])[\w'’-]*"
NAME = rf"{WORD}(?: +(?:{WORD}|[A-Z]\.?(?=\s)|de|van|von|der|la|le)){{1,3}}"
HONORIFIC = r"(?:Mr|Mrs|Ms|Miss|Dr|Professor|Sir|Dame|Councillor|Cllr)\.?\s+"
ROLE = (
    r"(?:Interim|Acting|Group|Corporate|Strategic|Executive|Statutory|Deputy|Joint)?\s*"
    r"(?:Director|Chief|Head|Assistant|Strategic|Service|DCS)\b"
)


@dataclass(slots=True)
class Metadata:
    """The fields of a `Letter` that are read from its text, and the spans they came from."""

    issuer: str | None = None
    standing: Standing = "other"
    kind: str = "other"
    framework: str | None = None
    authority: str | None = None
    published: str | None = None
    visits: tuple[tuple[str, str], ...] = ()
    lead_inspector: str | None = None
    inspectors: tuple[str, ...] = ()
    addressee: str | None = None
    judgements: tuple[Judgement, ...] = ()
    improvements: tuple[Improvement, ...] = ()
    earlier: tuple[EarlierInspection, ...] = ()
    warnings: tuple[str, ...] = ()
    evidence: dict[str, tuple[Span, ...]] = field(default_factory=dict)


def read_metadata(outline: Outline) -> Metadata:
    """Every field that a document's text gives.

    Args:
        outline: Its text and sections.
    """
    meta = Metadata()
    front = outline.sections[0] if outline.sections else None
    layout = _who_and_what(outline, meta)
    if meta.kind == "council report" and (named := re.search(r"\bILACS\b", outline.text)):
        meta.framework = "ILACS"
        meta.evidence["framework"] = (Span(named.start(), named.end()),)
    _authority(outline, meta)
    _issuer(outline, meta)
    if front and front.kind == "letterhead":
        _published(outline, front, meta)
        _addressee(outline, front, meta)
    _visits(outline, meta)
    if meta.standing == "inspectorate":
        _inspectors(outline, meta)
    if meta.kind == "council report" or (layout and layout.graded):
        meta.judgements, meta.warnings = read_judgements(outline)
    meta.improvements = read_improvements(outline)
    meta.earlier = read_earlier(outline, meta.visits)
    return meta


# --- who is speaking, and what kind of document it is --------------------------------------------------------------

COUNCIL_FRONT = re.compile(
    r"\b(?:cabinet|committee|council meeting|scrutiny|executive board|wards(?: affected)?:|agenda item"
    r"|report (?:of|to|author)|author:|portfolio holder)\b",
    re.IGNORECASE,
)
INSPECTORATE = re.compile(
    r"enquiries@ofsted|gov\.uk/ofsted|(?:her|his) majesty.s inspector|this letter summarises the findings"
    r"|lead inspector:|ofsted produces this report|joint targeted area inspection of",
    re.IGNORECASE,
)
SPOKESPERSON = re.compile(r"\b(?:Councillor|Cllr|Leader of|Cabinet Member)\b.{0,160}\bsaid\b", re.DOTALL)


def _who_and_what(outline: Outline, meta: Metadata) -> Layout | None:
    """Standing, kind and framework; gives the layout of an inspectorate's document."""
    text = outline.text
    front = outline.sections[0] if outline.sections else None
    front_text = text[front.start : front.end] if front and front.kind == "letterhead" else ""
    letter = bool(re.search(r"^Dear\b", front_text, re.MULTILINE))
    council = list(COUNCIL_FRONT.finditer(front_text))
    if front and not letter and len(council) >= 2:
        meta.standing, meta.kind = "council", "council report"
        spans = tuple(Span(front.start + match.start(), front.start + match.end()) for match in council[:2])
        meta.evidence["standing"] = meta.evidence["kind"] = spans
        return None
    opening, close = text[:OPENING], max(0, len(text) - CLOSE)
    own = INSPECTORATE.search(opening) or INSPECTORATE.search(text, close)
    if own:
        meta.standing = "inspectorate"
        meta.evidence["standing"] = (Span(own.start(), own.end()),)
        known = layout_of(f"{outline.title or ''}\n{front_text[-600:]}", opening[:1500], opening)
        if known is None:
            return None
        layout, match = known
        meta.kind, meta.framework = layout.kind, layout.framework
        meta.evidence["kind"] = _spans_of(match.group(), text)
        named = re.search(r"\bILACS\b", text)
        if layout.framework:
            meta.evidence["framework"] = meta.evidence["kind"]
        elif named:
            meta.framework = "ILACS"
            meta.evidence["framework"] = (Span(named.start(), named.end()),)
        return layout
    said = SPOKESPERSON.search(text)
    if said and not letter:
        meta.standing, meta.kind = "council", "press release"
        meta.evidence["standing"] = meta.evidence["kind"] = (Span(said.start(), said.end()),)
    return None


def _spans_of(words: str, text: str) -> tuple[Span, ...]:
    """Where some words stand in a text, whatever the white space between them."""
    found = re.search(r"\s+".join(re.escape(word) for word in words.split()), text)
    return (Span(found.start(), found.end()),) if found else ()


def _authority(outline: Outline, meta: Metadata) -> None:
    """The authority named in the title, else in the opening, else most often."""
    title = outline.title or ""
    at = outline.text.find(title) if title else -1
    for start, end in ((at, at + len(title)), (0, OPENING), (0, len(outline.text))):
        if start < 0:
            continue
        mentions = find_authorities(outline.text[start:end])
        if mentions:
            name = Counter(mention.authority.name for mention in mentions).most_common(1)[0][0]
            first = next(mention for mention in mentions if mention.authority.name == name)
            meta.authority = name
            meta.evidence["authority"] = (Span(start + first.start, start + first.end),)
            return


def _issuer(outline: Outline, meta: Metadata) -> None:
    """The inspectorate, or the council under its full name where the text gives it."""
    if meta.standing == "inspectorate":
        meta.issuer = "Ofsted"
        named = re.search(r"\bOfsted\b", outline.text)
    elif meta.standing == "council" and meta.authority:
        styles = r"(?:(?:Metropolitan|Borough|City|County|District|London)\s+)*"
        named = re.search(rf"{re.escape(meta.authority)}\s+{styles}Council", outline.text)
        meta.issuer = " ".join(named.group().split()) if named else None
    else:
        return
    if named:
        meta.evidence["issuer"] = (Span(named.start(), named.end()),)


# --- dates -------------------------------------------------------------------------------------------------------


def _published(outline: Outline, front: Section, meta: Metadata) -> None:
    """The date that stands on its own line of the letterhead, or behind "Date:"; never the visit's."""
    for paragraph in front.paragraphs:
        words = outline.text[paragraph.start : paragraph.end]
        for period in find_periods(words):
            rest = (words[: period.start] + words[period.end :]).strip(" .,:;-").lower()
            if period.first == period.last and rest in (
                "",
                "date",
                "report published",
                "published",
                "date published",
                "publication date",
            ):
                meta.published = period.first
                start = paragraph.start + period.start
                meta.evidence["published"] = (Span(start, paragraph.start + period.end),)
                return


VISIT = re.compile(
    r"\b(?:inspection dates?|dates? of (?:the )?inspection)\b"
    r"|\b(?:this|the|a|recent|latest)\b[^.]{0,160}?\b(?:inspection|visit)\b|\bconducted\b"
    r"|\bundertaken\b|\btook place\b",
    re.IGNORECASE,
)
CARRIED_OUT = re.compile(r"\b(?:undertook|carried out|conducted|inspected|visited)\b", re.IGNORECASE)
EARLIER = re.compile(
    r"\b(?:previous|last|earlier|since|prior|judged|report(?:ed)? (?:published|in))\b[^.:]{0,60}$", re.IGNORECASE
)


def _visits(outline: Outline, meta: Metadata) -> None:
    """The period of the visit or inspection: the first date in the opening that the text gives for it."""
    text = outline.text[:OPENING]
    taken = meta.evidence.get("published", ())
    best: list[Period] = []
    for period in find_periods(text):
        if any(span.start < period.end and period.start < span.end for span in taken):
            continue
        before = text[max(0, period.start - 220) : period.start]
        sentence = re.split(r"(?<=[.!?])\s+(?=[A-Z])|\n\n", before)[-1]
        after = re.split(r"\.\s", text[period.end : period.end + 220])[0]
        said = VISIT.search(sentence) or CARRIED_OUT.search(after)
        if said and not EARLIER.search(sentence) and len(period.first) == 10:
            best.append(period)
            break
    if best:
        more = _joined_periods(text, best[0])
        meta.visits = tuple((period.first, period.last) for period in more)
        meta.evidence["visit"] = tuple(Span(period.start, period.end) for period in more)


def _joined_periods(text: str, first: Period) -> list[Period]:
    """Further periods that follow the first by "and" or a comma alone."""
    periods = [first]
    for period in find_periods(text, first.end, min(len(text), first.end + 120)):
        between = text[periods[-1].end : period.start].strip().lower()
        if len(period.first) == 10 and between in ("and", ",", "and from", "then", ";", "&", "and again on"):
            periods.append(period)
    return periods


# --- people ------------------------------------------------------------------------------------------------------

LEAD = re.compile(rf"\bLead inspectors?\s*:?\s*(?:{HONORIFIC})?(?P<name>{NAME})")
TEAM = re.compile(
    r"\b(?:inspectors?(?: for this visit)?|inspection team|visit)\s+(?:were|was|consisted of|comprised)\b[^.]*\.",
    re.IGNORECASE,
)
TEAM_LIST = re.compile(r"\bTeam inspectors?\s*:\s*(?P<names>[^\n]+)")
SIGNED = re.compile(rf"(?P<name>{NAME})\s*,?\s*(?:Her|His) Majesty.s Inspector")


def _inspectors(outline: Outline, meta: Metadata) -> None:
    text = outline.text
    names: dict[str, Span] = {}

    def take(match: re.Match[str], group: str | int, base: int = 0) -> None:
        name = " ".join(match[group].split())
        if not any(name in known or known in name for known in names):
            names[name] = Span(base + match.start(group), base + match.end(group))

    for lead in list(LEAD.finditer(text))[:1]:
        take(lead, "name")
    opening = text[:OPENING]
    for team in list(TEAM.finditer(opening))[:2]:
        for person in re.finditer(NAME, team.group()):
            take(person, 0, team.start())
    for members in list(TEAM_LIST.finditer(text))[:1]:
        for person in re.finditer(NAME, members["names"]):
            take(person, 0, members.start("names"))
    for section in outline.sections:
        if section.kind == "sign-off":
            signed = SIGNED.search(re.sub(r"\s", " ", text[section.start : section.end]))
            if signed:
                take(signed, "name", section.start)
    if names:
        meta.inspectors = tuple(names)
        meta.lead_inspector = meta.inspectors[0]
        meta.evidence["lead_inspector"] = (names[meta.lead_inspector],)
        meta.evidence["inspectors"] = tuple(names.values())


def _addressee(outline: Outline, front: Section, meta: Metadata) -> None:
    for paragraph in front.paragraphs:
        words = outline.text[paragraph.start : paragraph.end]
        match = re.match(rf"(?:{HONORIFIC})?(?P<name>{NAME}?),?\s+{ROLE}", words)
        if match:
            start, end = paragraph.start + match.start(), paragraph.start + match.end("name")
            meta.addressee = outline.text[start:end]
            meta.evidence["addressee"] = (Span(start, end),)
            return
