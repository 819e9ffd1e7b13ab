"""What a document says of itself: who wrote it, about whom, when, who inspected, which grades were given.

Each field is read from the text where the layouts print it, with the span it came from as evidence. Nothing is
guessed: a field that the document does not state is None.
"""

import re
from collections import Counter
from dataclasses import dataclass, field

from assistant.authorities import find_authorities
from assistant.dates import Period, find_periods
from assistant.headings import GRADE, GRADED_HEADING
from assistant.letters import Judgement, Section, Span, Standing
from assistant.outline import Outline

__all__ = ["Metadata", "area_name", "read_metadata", "same_grade"]

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
    evidence: dict[str, tuple[Span, ...]] = field(default_factory=dict)


def read_metadata(outline: Outline) -> Metadata:
    """Every field that a document's text gives.

    Args:
        outline: Its text and sections.
    """
    meta = Metadata()
    front = outline.sections[0] if outline.sections else None
    meta.standing, meta.kind = _standing_and_kind(outline)
    meta.framework = _framework(meta.kind, outline.text)
    _authority(outline, meta)
    if meta.standing == "inspectorate":
        meta.issuer = "Ofsted"
    elif meta.standing == "council" and meta.authority:
        meta.issuer = _council_name(outline.text, meta.authority)
    if front and front.kind == "letterhead":
        _published(outline, front, meta)
        _addressee(outline, front, meta)
    _visits(outline, meta)
    if meta.standing == "inspectorate":
        _inspectors(outline, meta)
    meta.judgements = _judgements(outline, meta)
    return meta


# --- who is speaking, and what kind of document it is --------------------------------------------------------------

KIND_WORDS: tuple[tuple[str, str], ...] = (
    ("JTAI", r"joint targeted area inspection"),
    ("area SEND inspection", r"area send (?:full )?inspection|local area partnership report|joint local area send"),
    ("contact and referral inspection", r"inspection of (?:the )?contact, referral and assessment"),
    (
        "monitoring visit",
        r"monitoring visit (?:to|of)|this letter summarises the findings of the .{0,20}monitoring visit",
    ),
    ("focused visit", r"focus+ed visit (?:to|of)|findings of (?:a|the) focus+ed visit|\bfocused visit\b"),
    (
        "SIF inspection",
        r"inspection of services for children in need of help and protection|single inspection framework",
    ),
    (
        "ILACS inspection",
        r"inspection of .{0,80}?local\s+authority\s+children.s\s+(?:social care )?services"
        r"|inspection of children.s social care services|inspection of .{0,60} children.s services"
        r"|the impact of leaders on social work practice",
    ),
)
KIND_PATTERNS = tuple((kind, re.compile(words, re.IGNORECASE | re.DOTALL)) for kind, words in KIND_WORDS)
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


def _standing_and_kind(outline: Outline) -> tuple[Standing, str]:
    front = outline.sections[0] if outline.sections else None
    front_text = outline.text[front.start : front.end] if front and front.kind == "letterhead" else ""
    letter = bool(re.search(r"^Dear\b", front_text, re.MULTILINE))
    if not letter and len(COUNCIL_FRONT.findall(front_text)) >= 2:
        return "council", "council report"
    opening = outline.text[:OPENING]
    if INSPECTORATE.search(opening) or INSPECTORATE.search(outline.text[-2500:]):
        head = f"{outline.title or ''}\n{front_text[-600:]}"
        for text in (head, opening[:1500], opening):
            for kind, pattern in KIND_PATTERNS:
                if pattern.search(text):
                    return "inspectorate", kind
        return "inspectorate", "other"
    if not letter and SPOKESPERSON.search(outline.text):
        return "council", "press release"
    return "other", "other"


def _framework(kind: str, text: str) -> str | None:
    frameworks = {
        "ILACS inspection": "ILACS",
        "focused visit": "ILACS",
        "SIF inspection": "SIF",
        "JTAI": "JTAI",
        "area SEND inspection": "area SEND",
        "contact and referral inspection": "contact and referral",
    }
    if kind in ("monitoring visit", "council report") and re.search(r"\bILACS\b", text):
        return "ILACS"
    return frameworks.get(kind)


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


def _council_name(text: str, authority: str) -> str | None:
    """The council's full name where the text gives it."""
    named = re.search(
        rf"{re.escape(authority)}\s+(?:(?:Metropolitan|Borough|City|County|District|London)\s+)*Council", text
    )
    return " ".join(named.group().split()) if named else None


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


# --- judgements --------------------------------------------------------------------------------------------------

ROW = re.compile(rf"^(?P<area>.+?)[\s:]+(?:is\s+)?(?P<grade>{GRADE})$", re.IGNORECASE)
COVER = re.compile(
    rf"^(?:Children.s services(?: in .{{2,80}}?)?|The overall judgement is) (?:are |is )?(?P<grade>{GRADE})\.?$",
    re.IGNORECASE,
)
"""The overall grade on the cover of reports of 2013 to 2017: "Children's services in Derby are good"."""
AREAS: tuple[tuple[str, str], ...] = (
    ("overall", r"overall (?:effectiveness|judgement)"),
    ("leaders", r"impact of leaders|leadership,? management"),
    ("help and protection", r"need help and protection|in need of help and protection"),
    ("in care and care leavers", r"children in care and care leavers"),
    ("care leavers", r"care leavers"),
    ("looked after", r"children looked after and achieving"),
    ("in care", r"children in care"),
    ("adoption", r"adoption performance"),
)
JOINT = "judged together: children in care and care leavers"


def area_name(words: str) -> str:
    """The contract's name of a graded area, or the words as printed."""
    folded = " ".join(words.lower().split())
    return next((area for area, pattern in AREAS if re.search(pattern, folded)), words.strip())


def same_grade(words: str) -> str:
    """A grade in Ofsted's four words: "Requires improvement to be good" is "requires improvement"."""
    return (
        " ".join(words.lower().split())
        .replace(" to be good", "")
        .replace("require improvement", "requires improvement")
    )


def _judgements(outline: Outline, meta: Metadata) -> tuple[Judgement, ...]:
    """Grades from the table on the front page, else from headings that close with one; one for each area."""
    if meta.kind not in ("ILACS inspection", "SIF inspection", "council report"):
        return ()
    found: dict[str, Judgement] = {}

    def take(pattern: re.Pattern[str], start: int, end: int) -> None:
        match = pattern.match(outline.text[start:end])
        if match:
            area = area_name(match["area"])
            if area not in found and "safeguarding" not in area.lower():
                note = JOINT if area == "in care and care leavers" else None
                found[area] = Judgement(area, same_grade(match["grade"]), outline.text[start:end], note, start, end)

    for section in outline.sections:
        if section.kind == "judgements":
            for paragraph in section.paragraphs:
                take(ROW, paragraph.start, paragraph.end)
    if "overall" not in found:
        for section in outline.sections[:3]:
            for paragraph in section.paragraphs:
                match = COVER.match(outline.text[paragraph.start : paragraph.end])
                if match and "overall" not in found:
                    quote = outline.text[paragraph.start : paragraph.end]
                    found["overall"] = Judgement(
                        "overall", same_grade(match["grade"]), quote, None, paragraph.start, paragraph.end
                    )
    known = [area for area, _ in AREAS]
    for section in outline.sections:
        heading_end = section.start + len(section.heading)
        if section.heading and area_name(section.heading) in known:
            take(GRADED_HEADING, section.start, heading_end)

    def order(judgement: Judgement) -> int:
        return known.index(judgement.area) if judgement.area in known else len(known)

    return tuple(sorted(found.values(), key=order))
