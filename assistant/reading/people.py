"""Who inspected, who signed, and to whom a letter is written: names with the spans they stand at."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from assistant.letters.inspectorates import Inspectorate, spelt
from assistant.letters.letter import Span
from assistant.reading.outline import Outline

__all__ = ["Named", "read_addressee", "read_inspectors"]

Named = tuple[str, Span]
"""A person's name as printed, on one line, and where it stands."""

OPENING = 4000  # characters at the start in which a letter says who visited
CLOSE = 2500  # characters at the end in which it is signed
NEAR = 400  # characters behind a label within which its names stand

# Words with a capital that are no part of a name.
NO_NAME = (
    "Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Her|His|Majesty|HMI|SHMI|HMIs|Judgement|Inspectors?|Inspectorate|Probation|Constabulary|Managing|Executive"
    "|Bi-Borough|Deputy|Ofsted|CQC|Senior|Regulatory|Contracted|Seconded|Associate|Additional|Shadow|Designate|Team"
    "|Lead|Reporting|Social|Care|Quality|Commission|Council|Borough|Services?|Children|Director|Group|Corporate"
    "|Interim|Acting|Strategic|Statutory|Joint|Chief|County|City|London|Royal|Yours|Dear|Education|Regional|National"
    "|Assistant|Head(?= of)|Town(?= Hall)|The|This|Copy|January|February|March|July|September|October|November|December"
)
UPPER, LOWER = r"A-Z\u00c0-\u00de\u0100-\u017f", r"a-z\u00df-\u00ff\u0100-\u017f"
WORD = rf"(?!(?:{NO_NAME})\b)[{UPPER}](?:[{LOWER}'’])[\w'’-]*"
PARTICLE = r"(?:de|van|von|der|la|le|di|da|al|el|ap|bin)"
NAME = rf"{WORD}(?: +(?:{WORD}|[A-Z]\.?(?=\s)|{PARTICLE}(?= ))){{1,3}}"
HONORIFIC = r"(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Sir|Dame|Lord|Lady|Councillor|Cllr)\.?\s+"
PERSON = re.compile(NAME)


# Plain text that keeps the lines of a page may end one within a name: "... were Ada" / "Quill, HMI, and ...".
BREAK = re.compile(rf"\n\n(?=[{UPPER}][\w'’-]+(?:,| and\b| HMI\b|$))", re.MULTILINE)
CUT_LINE = re.compile(rf"[^\n]{{60}}(?<=[{LOWER},])$")


def _uncut(text: str) -> str:
    """The text with such a break closed; offsets stay."""
    return BREAK.sub(lambda m: "  " if CUT_LINE.search(text, max(0, m.start() - 60), m.start()) else m.group(), text)


@dataclass(frozen=True, slots=True)
class _Titles:
    """What an inspectorate calls those who inspect.

    Attributes:
        names: Its own names.
        label: "Inspectors:", behind a role.
        agency: Somebody of one of several inspectorates: "Jo Field, Ofsted HMI".
        team_heading: The heading of such a team.
        team: How a sentence begins that says who visited.
        visiting: What such a sentence speaks of.
        signed: Who signs, by the title.
        led: Who signs as the lead.
    """

    names: tuple[str, ...]
    label: re.Pattern[str]
    agency: re.Pattern[str]
    team_heading: re.Pattern[str]
    team: re.Pattern[str]
    visiting: re.Pattern[str]
    signed: re.Pattern[str]
    led: re.Pattern[str]


@cache
def _titles(by: Inspectorate) -> _Titles:
    called, small = rf"[{by.inspector[0].upper()}{by.inspector[0].lower()}]{by.inspector[1:]}", by.inspector.lower()
    issuers = f"{by.named}|{spelt(words for ways in by.partners.values() for words in ways)}"
    inspectors = spelt(by.own.inspectors)
    return _Titles(
        by.names,
        re.compile(rf"{called}s?(?P<colon>\s*:)?"),
        re.compile(
            rf"(?P<name>{NAME}),?\s+(?P<role>(?:HMI,?\s+)?(?:{issuers})\b(?:,?\s*\b(?:HMI|[Ll]ead|{called})\b)*)"
        ),
        re.compile(rf"Inspection [Tt]eam(?=\s+(?:{by.named})|$)", re.MULTILINE),
        re.compile(
            rf"\b{small}s?\b[^.]{{0,60}}?\b(?:were|was|are|is|consisted of|comprised|:)(?=\W)(?P<names>[^.]*)"
            r"|\b(?:carried out|conducted|undertaken|led) by\b(?P<by>[^.]*)",
            re.IGNORECASE,
        ),
        re.compile(rf"\b(?:inspect|HMI|majesty|visit|{small})", re.IGNORECASE),
        re.compile(rf"(?P<name>{NAME})(?:\s*,?\s*\(?Lead {called}\)?)?[\s,]*(?:{inspectors})"),
        re.compile(rf"(?P<name>{NAME})[\s,]*(?:{inspectors})?[\s,(]*Lead {called}\b"),
    )


def read_inspectors(outline: Outline, joint: bool) -> tuple[Named | None, tuple[Named, ...]]:
    """The lead inspector and everybody named as an inspector, the lead first.

    Args:
        outline: A document of the inspectorate.
        joint: Whether several inspectorates issue it: their directors sign it, and none of them led the inspection.

    Returns:
        The lead inspector of a report, or the signatory of a letter, or None; and all inspectors.
    """
    text = _uncut(outline.text)
    titles = _titles(outline.by)
    labelled = list(_labelled(text, titles))
    team = [*(named for _, named in labelled), *_agencies_team(text, titles), *_visits_team(text, outline, titles)]
    lead = next((named for role, named in labelled if role == "lead"), None) or _agencies_lead(text, titles)
    signed = _signatory(outline, titles.led) or (None if joint else _signatory(outline, titles.signed))
    lead = lead or signed or (team[0] if team else None)
    everybody = [named for named in (lead, *team, signed) if named]
    inspectors: list[Named] = []
    for name, span in everybody:
        if not any(name in known or known in name for known, _ in inspectors):
            inspectors.append((name, span))
    return lead, tuple(inspectors)


# --- reports -------------------------------------------------------------------------------------------------------

ROLE = re.compile(
    r"\b(?P<role>(?:(?:Deputy|Joint) )?[Ll]ead|Reporting|Deputy|Team|Additional|Shadow|Regulatory|Associate|Contracted"
    r"|Seconded|Supporting|Other|Trainee|Senior) $"
)
LONGEST_ROLE = 20
ONE_PERSON = re.compile(rf"\s*(?:{HONORIFIC})?{NAME}")
# The list of a role ends at the next label, at the paragraph's end, or at a sentence's.
LIST_END = re.compile(r"(?<!,)(?<! and)\n\n|\.\s|\b[A-Z][a-z]+(?: [a-z]+){0,3}\s*:|$")


def _labelled(text: str, titles: _Titles) -> Iterator[tuple[str, Named]]:
    """Names behind "Lead inspector:", "Team inspectors:" and the like, with the role."""
    letter = SALUTATION.search(text, 0, OPENING)  # where "Lead inspector" follows its name, in the signature
    for label in titles.label.finditer(text):
        role = ROLE.search(text, max(0, label.start() - LONGEST_ROLE), label.start())
        if not role:
            continue
        leads = role["role"].lower() in ("lead", "reporting")
        if not label["colon"]:  # "Reporting inspector Jo Field" on a line of its own
            alone = role.start() == 0 or text[role.start() - 1] == "\n"
            if letter or not (alone and leads and ONE_PERSON.match(text, label.end())):
                continue
        end = LIST_END.search(text, _past_space(text, label.end()))
        far = min(end.start() if end else len(text), label.end() + NEAR)
        for name in PERSON.finditer(text, label.end(), far):
            yield "lead" if leads else role["role"].lower(), _named(name)


def _past_space(text: str, start: int) -> int:
    """The first character behind white space: a label may stand in one cell of a table and its names in the next."""
    while start < len(text) and text[start].isspace():
        start += 1
    return start


def _agencies(text: str, titles: _Titles) -> list[re.Match[str]]:
    heading = next(iter([*titles.team_heading.finditer(text)][-1:]), None)
    return list(titles.agency.finditer(text, heading.end(), heading.end() + 3 * NEAR)) if heading else []


def _agencies_team(text: str, titles: _Titles) -> list[Named]:
    """The team of an inspection by several inspectorates: "Jo Field, Ofsted HMI"."""
    return [_named(match, "name") for match in _agencies(text, titles)]


def _agencies_lead(text: str, titles: _Titles) -> Named | None:
    """The inspectorate's own lead inspector: it leads the inspections that it carries out with others."""
    own = [match for match in _agencies(text, titles) if any(name in match["role"] for name in titles.names)]
    leads = [match for match in own if "lead" in match["role"].lower()]
    return _named(leads[0], "name") if leads else None


# --- letters -------------------------------------------------------------------------------------------------------

YOURS = re.compile(r"\bYours? (?:sincerely|faithfully|truly)\b", re.IGNORECASE)


def _visits_team(text: str, outline: Outline, titles: _Titles) -> Iterator[Named]:
    """Names in the sentences of a letter's introduction that say who visited."""
    end = min(OPENING, _introduction_end(outline))
    for match in titles.team.finditer(text, 0, end):
        group = "names" if match["names"] is not None else "by"
        if titles.visiting.search(text, max(0, match.start() - 200), match.end(group)):
            for name in PERSON.finditer(text, match.start(group), match.end(group)):
                yield _named(name)


def _introduction_end(outline: Outline) -> int:
    """Where a letter's findings begin: from there on people are not named as its inspectors."""
    ends = [section.start for section in outline.sections if section.kind not in ("letterhead", "introduction")]
    return ends[0] if ends else len(outline.text)


def _signatory(outline: Outline, role: re.Pattern[str]) -> Named | None:
    """Who signed a letter in a role."""
    text = outline.text
    starts = [section.start for section in outline.sections if section.kind == "sign-off"]
    if not starts:
        close = [match.start() for match in YOURS.finditer(text, max(0, len(text) - CLOSE))]
        starts = close[-1:]
    for start in starts:
        signed = role.search(text, start)
        if signed:
            return _named(signed, "name")
    return None


def _named(match: re.Match[str], group: str | int = 0) -> Named:
    return " ".join(match[group].split()), Span(match.start(group), match.end(group))


# --- the addressee -------------------------------------------------------------------------------------------------

SALUTATION = re.compile(
    rf"(?:^|(?<= ))Dear (?P<who>(?P<title>{HONORIFIC})?(?P<name>[^,:\n]{{2,120}}?))"
    rf"(?:\s*[,:]?$|[,:]?\s+(?=(?:Focus+ed|Monitoring|Annual|Joint|Inspection|This|The)\b))",
    re.MULTILINE,
)
OFFICE = (
    r"(?:Interim|Acting|Group|Corporate|Strategic|Executive|Statutory|Deputy|Joint|Managing|Bi-Borough)?\s*"
    r"(?:Director|Chief|Head|Assistant|Strategic|Service|DCS)\b"
)
BODY = re.compile(r"\b(?:partnership|board|partners|colleagues?)\b", re.IGNORECASE)


IN_OFFICE = re.compile(rf"(?:{HONORIFIC})?{NAME}?(?=,?\s+{OFFICE})")
LONG_NAME = re.compile(rf"(?:{HONORIFIC})?(?P<name>{WORD}(?: +(?:{WORD}|[A-Z]\.?(?=\s)|{PARTICLE}(?= ))){{1,4}})")
SHORT_NAME = re.compile(rf"(?:{HONORIFIC})?(?P<name>{WORD}(?: +{PARTICLE}(?= ))? +{WORD})")


def read_addressee(outline: Outline, dated: Span | None = None) -> Named | None:
    """To whom a letter is written: the person that "Dear ..." greets, under the full name of the address.

    A letter to several agencies greets their partnership; that is the addressee then.

    Args:
        outline: The letter.
        dated: Where it is dated: an address may follow the date on its line.
    """
    text = outline.text
    dear = SALUTATION.search(text, 0, OPENING)
    if dear is None:
        return None
    if BODY.search(dear["who"]):
        return _named(dear, "who")
    starts = [0, *(match.end() for match in re.finditer(r"\n\n", text[: dear.start()]))]
    starts += [_past_space(text, dated.end)] if dated else []
    for start in sorted(starts):
        length = _name_length(text[start : dear.start()].split("\n\n")[0], dear) if start < dear.start() else 0
        if length:
            return text[start : start + length], Span(start, start + length)
    return None


def _name_length(words: str, dear: re.Match[str]) -> int:
    """How many characters at the start of an address are the name; 0 where it begins with none.

    "Dear Ms Field" ends the name at the surname, "Dear Jo" after the word behind; else it ends before an office.
    """
    short, long = SHORT_NAME.match(words), LONG_NAME.match(words)
    known = " ".join(dear["name"].split()).casefold()
    if short and not dear["title"] and short["name"].casefold().startswith(f"{known} "):
        return short.end()
    at = long["name"].casefold().find(f" {known}") if long else -1
    if long and at >= 0:
        return long.start("name") + at + 1 + len(known)
    office = IN_OFFICE.match(words)
    return office.end() if office else 0
