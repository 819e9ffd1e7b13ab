"""What a document says of itself: who wrote it, about whom, when, who inspected, which grades were given.

Each field is read from the text where the layouts print it, with the span it came from as evidence. Nothing is
guessed: a field that the document does not state is None.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from assistant.authorities import Mention, find_authorities
from assistant.dates import find_periods
from assistant.earlier import read_earlier
from assistant.improvements import read_improvements
from assistant.judgements import read_judgements
from assistant.letters import EarlierInspection, Improvement, Judgement, Section, Span, Standing
from assistant.outline import Outline
from assistant.people import read_addressee, read_inspectors
from assistant.standing import read_speaker
from assistant.visits import read_visits

__all__ = ["Metadata", "read_metadata"]

OPENING = 4000  # characters at the start in which a document says what it is
FRONT = 1500  # characters at the start in which a council's paper says whose it is
CLOSE = 1500  # characters at the end in which a press release may be dated


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
    speaker = read_speaker(outline)
    meta = Metadata(standing=speaker.standing, kind=speaker.kind, framework=speaker.framework)
    meta.evidence.update(speaker.evidence)
    joint = bool(speaker.layout and speaker.layout.joint)
    _authority(outline, meta)
    _issuer(outline, meta, joint or speaker.layout is None or speaker.kind == "other")
    _published(outline, meta)
    _people(outline, meta, joint)
    _visits(outline, meta)
    meta.judgements, meta.warnings = read_judgements(outline, meta.kind, meta.visits)
    meta.improvements = read_improvements(outline, meta.kind)
    meta.earlier = read_earlier(outline, meta.visits)
    return meta


# --- about whom, and by whom ---------------------------------------------------------------------------------------


def _authority(outline: Outline, meta: Metadata) -> None:
    """The authority named in the title; of a council's paper, the council itself; else the one named most often."""
    text = outline.text
    title = outline.title or ""
    at = text.find(title) if title else -1
    named = list(_councils(text, 0, FRONT)) if meta.standing == "council" else []
    found = _most_named(text, at, at + len(title)) if at >= 0 else None
    found = found or (named[0][0] if named else None) or _most_named(text, 0, OPENING)
    found = found or _most_named(text, 0, len(text))
    if found:
        meta.authority = found.authority.name
        meta.evidence["authority"] = (Span(found.start, found.end),)


def _most_named(text: str, start: int, end: int) -> Mention | None:
    """The first mention in `text[start:end]` of the authority that is named there most often.

    Where one of them has succeeded another ("Northamptonshire" in the name of a trust that serves both of its
    successors), the one that exists counts.
    """
    mentions = [_moved(mention, start) for mention in find_authorities(text[start:end])]
    living = {name for mention in mentions for name in (mention.authority.name,) if not mention.authority.abolished}
    mentions = [m for m in mentions if not living & set(m.authority.successors)]
    if not mentions:
        return None
    name = Counter(mention.authority.name for mention in mentions).most_common(1)[0][0]
    return next(mention for mention in mentions if mention.authority.name == name)


def _moved(mention: Mention, by: int) -> Mention:
    return Mention(mention.authority, mention.start + by, mention.end + by, mention.typed, mention.exact)


STYLE = r"(?:(?:Metropolitan|Royal|Borough|City|County|District|Unitary|London)\s+)*"
STYLED_AFTER = re.compile(rf"['\N{{RIGHT SINGLE QUOTATION MARK}}]?s?\s+{STYLE}Council\b")
STYLED_BEFORE = re.compile(rf"\b(?:(?:{STYLE}(?:Borough|City|County|Council)\s+of)(?:\s+the)?|Council of the)\s+$")


def _councils(text: str, start: int, end: int) -> Iterable[tuple[Mention, int, int]]:
    """Mentions of an authority under its council's full name, with where that name begins and ends."""
    for mention in (_moved(found, start) for found in find_authorities(text[start:end])):
        before = STYLED_BEFORE.search(text, max(0, mention.start - 60), mention.start)
        after = STYLED_AFTER.match(text, mention.end)
        if before or after:
            yield mention, before.start() if before else mention.start, after.end() if after else mention.end


# Other inspectorates, as documents name them; the article is no part of the name.
INSPECTORATES = re.compile(
    r"\bOfsted\b|\bCare Quality Commission\b|\bCQC\b"
    r"|\b(?:HMI|HM Inspectorate of|(?:His|Her) Majesty.s Inspectorate of) (?:Constabulary|Probation|Prisons)\b"
    r"(?: and Fire (?:&|and) Rescue Services?)?|\bHMICF?R?S?\b|\bHMIP\b"
)
SAME = (("Care Quality", "CQC"), ("Constabulary", "HMIC"), ("Probation", "HMIP"))


def _issuer(outline: Outline, meta: Metadata, joint: bool) -> None:
    """The inspectorate, with those that inspected with it; or the council under its full name."""
    text = outline.text
    if meta.standing == "inspectorate":
        names = _inspectorates(text) if joint else []
        if not names:
            names = [match for match in [re.search(r"\bOfsted\b", text) or re.search("ofsted", text, re.I)] if match]
        meta.issuer = _listed(["Ofsted", *(m.group() for m in names if m.group().lower() != "ofsted")])
        if names:
            meta.evidence["issuer"] = tuple(Span(match.start(), match.end()) for match in names)
    elif meta.standing == "council" and meta.authority:
        own = [found for found in _councils(text, 0, len(text)) if found[0].authority.name == meta.authority]
        for _, start, end in own[:1]:
            meta.issuer = " ".join(text[start:end].split())
            meta.evidence["issuer"] = (Span(start, end),)


def _inspectorates(text: str) -> list[re.Match[str]]:
    """The inspectorates named in the first sentence that names several, each once; nothing where none does."""
    for sentence in re.finditer(r"[^.\n]+", text):
        found: dict[str, re.Match[str]] = {}
        for match in INSPECTORATES.finditer(text, sentence.start(), sentence.end()):
            key = next((short for name, short in SAME if name in match.group()), match.group()[:4])
            found.setdefault(key, match)
        if len(found) > 1 and "Ofst" in found:
            return list(found.values())
    return []


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


# --- dates ---------------------------------------------------------------------------------------------------------

DATED = re.compile(
    r"(?:^|\b(?:report |first |date |and )?(?:published|issued|dated)(?: on)?|\bpublication date|\bdate of (?:letter|issue|report"
    r"|publication)|^(?:letter |report |release )?date|\bfor immediate release)\s*[:|\N{EN DASH}-]?\s*$",
    re.IGNORECASE,
)
MEETING = re.compile(
    r"\b(?:meeting|cabinet|committee|council|board|panel|scrutiny|held on)\b[^.]{0,80}$|^\W*$", re.IGNORECASE
)
NOT_ITS_OWN = re.compile(r"\b(?:inspection|visit|previous|last|next)\b", re.IGNORECASE)
FRONT_LINE = 160  # characters of a line of the front page of a council's paper


def _published(outline: Outline, meta: Metadata) -> None:
    """The document's own date: on a line of its own in the letterhead, or behind a label; never the visit's."""
    for section in _dated_sections(outline, meta):
        letter = section.kind == "letterhead" and bool(re.search(r"^Dear\b", outline.text[: section.end], re.MULTILINE))
        before = ""
        for paragraph in section.paragraphs:
            words = outline.text[paragraph.start : paragraph.end]
            for period in find_periods(words):
                if period.first == period.last and _own_date(words, period.start, period.end, before, meta, letter):
                    meta.published = period.first
                    span = Span(paragraph.start + period.start, paragraph.start + period.end)
                    meta.evidence["published"] = (span,)
                    return
            before = words


def _dated_sections(outline: Outline, meta: Metadata) -> list[Section]:
    """The letterhead; of what is no report, also the end, where press releases are dated."""
    front = [section for section in outline.sections[:1] if section.kind == "letterhead"]
    if meta.standing != "council":
        return front
    return front + [s for s in outline.sections[1:] if s.start < FRONT or s.end > len(outline.text) - CLOSE]


def _own_date(words: str, start: int, end: int, before: str, meta: Metadata, letter: bool) -> bool:
    """Whether a date in the letterhead is the document's: alone, labelled, or above an address on the same line."""
    lead, rest = words[:start], words[end:].strip(" .,:;-")
    if NOT_ITS_OWN.search(lead) or (
        not lead.strip()
        and NOT_ITS_OWN.search(before)
        and before.rstrip(" :").endswith(("date", "dates", "inspection", "visit"))
    ):
        return False
    if DATED.search(lead):
        return not rest or bool(lead.strip()) or (letter and rest[:1].isupper() and not meta.visits)
    return meta.standing == "council" and not rest and len(words) < FRONT_LINE and bool(MEETING.search(lead))


def _visits(outline: Outline, meta: Metadata) -> None:
    meta.visits, spans = read_visits(outline, meta.standing, meta.published, meta.evidence.get("published", ()))
    if spans:
        meta.evidence["visit"] = spans


# --- people --------------------------------------------------------------------------------------------------------


def _people(outline: Outline, meta: Metadata, joint: bool) -> None:
    if meta.standing == "inspectorate" and meta.kind != "press release":
        lead, inspectors = read_inspectors(outline, joint)
        if lead:
            meta.lead_inspector = lead[0]
            meta.evidence["lead_inspector"] = (lead[1],)
        if inspectors:
            meta.inspectors = tuple(name for name, _ in inspectors)
            meta.evidence["inspectors"] = tuple(span for _, span in inspectors)
    front = outline.sections[0] if outline.sections else None
    addressee = read_addressee(outline, front) if front and front.kind == "letterhead" else None
    if addressee:
        meta.addressee = addressee[0]
        meta.evidence["addressee"] = (addressee[1],)
