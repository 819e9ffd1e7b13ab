"""What a document says of itself: who wrote it, about whom, when, who inspected, which grades were given.

Each field is read from the text where the layouts print it, with the span it came from as evidence. Nothing is
guessed: a field that the document does not state is None.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from assistant.letters.authorities import Mention, find_authorities
from assistant.letters.inspectorates import OTHER, PRESS_RELEASE, Inspectorate, spelt
from assistant.letters.letter import EarlierInspection, Improvement, Judgement, Span, Standing
from assistant.reading.earlier import read_earlier
from assistant.reading.improvements import read_improvements
from assistant.reading.judgements import read_judgements
from assistant.reading.outline import Outline
from assistant.reading.people import read_addressee, read_inspectors
from assistant.reading.published import read_published
from assistant.reading.standing import read_speaker
from assistant.reading.visits import read_visits

__all__ = ["Metadata", "read_metadata"]

OPENING = 4000  # characters at the start in which a document says what it is
FRONT = 600  # characters at the start in which a council's paper says whose it is


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
    _issuer(outline, meta, joint or speaker.layout is None or speaker.kind == OTHER)
    _dates(outline, meta)
    _people(outline, meta, joint)
    meta.judgements, meta.warnings = read_judgements(outline, meta.kind, meta.visits)
    meta.warnings += _dated_before_visit(meta)
    meta.improvements = read_improvements(outline, meta.kind)
    meta.earlier = read_earlier(outline, meta.visits, meta.kind)
    return meta


# --- about whom, and by whom ---------------------------------------------------------------------------------------


def _authority(outline: Outline, meta: Metadata) -> None:
    """The council whose paper it is; else the authority in the title; else the one that is named most often."""
    text = outline.text
    title = outline.title or ""
    at = text.find(title) if title else -1
    found = None
    if meta.standing == "council":
        found = next((mention for mention, _, _ in _councils(text, 0, FRONT)), None)
    if not found and at >= 0:
        found = _most_named(text, at, at + len(title))
    found = found or _most_named(text, 0, OPENING) or _most_named(text, 0, len(text))
    if found:
        meta.authority = found.authority.name
        meta.evidence["authority"] = (Span(found.start, found.end),)


def _most_named(text: str, start: int, end: int) -> Mention | None:
    """The first mention in `text[start:end]` of the authority that is named there most often.

    Where one of them has succeeded another ("Northamptonshire" in the name of a trust that serves both of its
    successors), the one that exists counts.
    """
    mentions = [_moved(mention, start) for mention in find_authorities(text[start:end])]
    living = {mention.authority.name for mention in mentions}
    mentions = [mention for mention in mentions if not living & set(mention.authority.successors)]
    if not mentions:
        return None
    name = Counter(mention.authority.name for mention in mentions).most_common(1)[0][0]
    return next(mention for mention in mentions if mention.authority.name == name)


def _moved(mention: Mention, by: int) -> Mention:
    return Mention(mention.authority, mention.start + by, mention.end + by, mention.typed, mention.exact)


STYLE = r"(?:(?:Metropolitan|Royal|Borough|City|County|District|Unitary|London)\s+)*"
STYLED_AFTER = re.compile(rf"['\N{{RIGHT SINGLE QUOTATION MARK}}]?s?\s+{STYLE}Council\b", re.IGNORECASE)
STYLED_BEFORE = re.compile(
    rf"\b(?:(?:{STYLE}(?:Borough|City|County|Council)\s+of)(?:\s+the)?|Council of the)\s+$", re.IGNORECASE
)


def _councils(text: str, start: int, end: int) -> Iterator[tuple[Mention, int, int]]:
    """Mentions of an authority under its council's full name, with where that name begins and ends."""
    for mention in (_moved(found, start) for found in find_authorities(text[start:end])):
        before = STYLED_BEFORE.search(text, max(0, mention.start - 60), mention.start)
        after = STYLED_AFTER.match(text, mention.end)
        if before or after:
            yield mention, before.start() if before else mention.start, after.end() if after else mention.end


@cache
def _partners(by: Inspectorate) -> tuple[re.Pattern[str], Mapping[str, re.Pattern[str]]]:
    """Any inspectorate that issues documents with another, as documents name it, and the other one's partners."""
    named = f"{by.named}|{spelt(words for ways in by.partners.values() for words in ways)}"
    return re.compile(named), {name: re.compile(spelt(ways)) for name, ways in by.partners.items()}


def _issuer(outline: Outline, meta: Metadata, joint: bool) -> None:
    """The inspectorate, with those that inspected with it; or the council under its full name."""
    text = outline.text
    if meta.standing == "inspectorate":
        by = outline.by
        names = _inspectorates(text, by) if joint else []
        name = re.search(by.named, text) or re.search(by.named.replace(r"\b", ""), text, re.IGNORECASE)
        if not names and name:
            names = [name]
        known = {name.casefold() for name in by.names}
        meta.issuer = _listed(
            [by.name, *(said for m in names if (said := " ".join(m.group().split())).casefold() not in known)]
        )
        spans = tuple(Span(match.start(), match.end()) for match in names)
        meta.evidence["issuer"] = spans or meta.evidence["standing"]
    elif meta.standing == "council" and meta.authority:
        own = [found for found in _councils(text, 0, len(text)) if found[0].authority.name == meta.authority]
        for _, start, end in own[:1]:
            meta.issuer = " ".join(text[start:end].split())
            meta.evidence["issuer"] = (Span(start, end),)


def _inspectorates(text: str, by: Inspectorate) -> list[re.Match[str]]:
    """The inspectorates named in the first sentence that names several, each once; nothing where none does."""
    anyone, partners = _partners(by)
    for sentence in re.finditer(r"[^.]+", text):
        found: dict[str, re.Match[str]] = {}
        for match in anyone.finditer(text, sentence.start(), sentence.end()):
            key = next((name for name, pattern in partners.items() if pattern.fullmatch(match.group())), by.name)
            found.setdefault(key, match)
        if len(found) > 1 and by.name in found:
            return [_in_full(text, by.partners.get(key, ()), match) for key, match in found.items()]
    return []


def _in_full(text: str, ways: tuple[str, ...], match: re.Match[str]) -> re.Match[str]:
    """A partner under its full name, which its table gives first of several, where that stands anywhere."""
    return (re.search(spelt(ways[:1]), text) if len(ways) > 1 else None) or match


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


# --- dates ---------------------------------------------------------------------------------------------------------


def _dates(outline: Outline, meta: Metadata) -> None:
    published = read_published(outline, meta.standing, meta.kind)
    if published:
        meta.published = published[0]
        meta.evidence["published"] = (published[1],)
    meta.visits, spans = read_visits(outline, meta.standing, meta.published, meta.evidence.get("published", ()))
    if spans:
        meta.evidence["visit"] = spans


def _dated_before_visit(meta: Metadata) -> tuple[str, ...]:
    """A warning where a document is dated before the visit that it reports: a misprint that only a reader can mend."""
    first = min((first for first, _ in meta.visits), default="")
    if not meta.published or meta.standing != "inspectorate" or first <= meta.published:
        return ()
    return (f"published: printed as {meta.published}, before the visit of {first}",)


# --- people --------------------------------------------------------------------------------------------------------


def _people(outline: Outline, meta: Metadata, joint: bool) -> None:
    if meta.standing == "inspectorate" and meta.kind != PRESS_RELEASE:
        lead, inspectors = read_inspectors(outline, joint)
        if lead:
            meta.lead_inspector = lead[0]
            meta.evidence["lead_inspector"] = (lead[1],)
        if inspectors:
            meta.inspectors = tuple(name for name, _ in inspectors)
            meta.evidence["inspectors"] = tuple(span for _, span in inspectors)
    addressee = read_addressee(outline, next(iter(meta.evidence.get("published", ())), None))
    if addressee:
        meta.addressee = addressee[0]
        meta.evidence["addressee"] = (addressee[1],)
