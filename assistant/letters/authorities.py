"""Local authorities responsible for children's services, and how to find their names in text.

The table holds the 153 present authorities of England, the abolished ones whose inspections were published
(with the authorities that succeeded them), and, by short name, the councils of Scotland, Wales and Northern
Ireland. Ofsted inspects England only, so a question about Glasgow is about a place that has no letters.

Source of the English names: the Office for National Statistics' list of counties and unitary authorities,
England. Its names carry forms such as "Bristol, City of"; here the common short name stands. Aliases are the
short forms that people type. The abolished ones and their successors are those of the structural changes
orders of 2008 (Bedfordshire, Cheshire), 2018 (Bournemouth, Poole), 2020 (Northamptonshire) and 2022
(Cumbria). A trust that runs a council's services is found by the council's name in its own ("Sandwell
Children's Trust"). Dorset is one entry: it kept its name in April 2019, when Christchurch left it for
Bournemouth, Christchurch and Poole. Buckinghamshire, North Yorkshire and Somerset kept theirs too when they
became unitary. Replacements that have not taken over yet are not listed.

`find_authorities` compares words, not characters: a name is a run of folded words, so that case, "&",
hyphens and line breaks do not matter, and "York" is never found within "North Yorkshire". Names that are
English words as well ("reading", "bury") count only where the words around them say so.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Final, NamedTuple

from assistant.letters.inspectorates import Inspectorate, in_force

__all__ = ["AUTHORITIES", "Authority", "Mention", "authorities", "authority_named", "find_authorities"]

# Entries stand on lines of their own or between slashes: name | alias; alias | successor; successor
_ENGLAND: Final = """
Barking and Dagenham | Barking; Dagenham
Barnet / Bexley / Brent / Bromley / Camden
City of London | City of London Corporation; Corporation of London
Croydon / Ealing / Enfield / Greenwich / Hackney
Hammersmith and Fulham | Hammersmith; LBHF
Haringey / Harrow / Havering / Hillingdon / Hounslow / Islington
Kensington and Chelsea | Kensington; RBKC
Kingston upon Thames | Kingston
Lambeth / Lewisham / Merton / Newham / Redbridge
Richmond upon Thames | Richmond
Southwark / Sutton / Tower Hamlets / Waltham Forest / Wandsworth / Westminster

Barnsley / Birmingham / Bolton / Bradford / Bury / Calderdale / Coventry / Doncaster / Dudley / Gateshead
Kirklees / Knowsley / Leeds / Liverpool / Manchester
Newcastle upon Tyne | Newcastle
North Tyneside / Oldham / Rochdale / Rotherham / Salford / Sandwell / Sefton / Sheffield / Solihull
South Tyneside
St Helens | St Helen's
Stockport / Sunderland / Tameside / Trafford / Wakefield / Walsall / Wigan / Wirral / Wolverhampton

Cambridgeshire | Cambs
Derbyshire / Devon / East Sussex / Essex
Gloucestershire | Glos
Hampshire | Hants
Hertfordshire | Herts
Kent
Lancashire | Lancs
Leicestershire | Leics
Lincolnshire | Lincs
Norfolk
Nottinghamshire | Notts
Oxfordshire | Oxon
Staffordshire | Staffs
Suffolk / Surrey
Warwickshire | Warks
West Sussex
Worcestershire | Worcs

Bath and North East Somerset | Bath; Bath and NE Somerset; Bath and N.E. Somerset; BANES; B&NES
Bedford
Blackburn with Darwen | Blackburn
Blackpool
Bournemouth, Christchurch and Poole | BCP; Bournemouth, Poole and Christchurch
Bracknell Forest | Bracknell
Brighton and Hove | Brighton
Bristol
Buckinghamshire | Bucks
Central Bedfordshire | Central Beds
Cheshire East
Cheshire West and Chester | Cheshire West; CWAC
Cornwall / Cumberland / Darlington / Derby / Dorset
Durham | County Durham; Co Durham
East Riding of Yorkshire | East Riding; East Yorkshire
Halton / Hartlepool / Herefordshire
Isle of Wight | IOW; Isle of White
Isles of Scilly | Isle of Scilly; Scilly Isles; Scilly
Kingston upon Hull | Hull
Leicester / Luton / Medway / Middlesbrough / Milton Keynes
North East Lincolnshire | NE Lincolnshire; North East Lincs; NE Lincs
North Lincolnshire | North Lincs
North Northamptonshire | North Northants
North Somerset
North Yorkshire | North Yorks
Northumberland / Nottingham / Peterborough / Plymouth / Portsmouth / Reading
Redcar and Cleveland | Redcar
Rutland / Shropshire / Slough / Somerset
South Gloucestershire | South Glos
Southampton
Southend-on-Sea | Southend
Stockton-on-Tees | Stockton
Stoke-on-Trent | Stoke
Swindon
Telford and Wrekin | Telford
Thurrock / Torbay / Warrington
West Berkshire | West Berks
West Northamptonshire | West Northants
Westmorland and Furness
Wiltshire | Wilts
Windsor and Maidenhead | RBWM
Wokingham / York

Bedfordshire | | Bedford; Central Bedfordshire
Bournemouth | | Bournemouth, Christchurch and Poole
Cheshire | | Cheshire East; Cheshire West and Chester
Cumbria | | Cumberland; Westmorland and Furness
Northamptonshire | Northants | North Northamptonshire; West Northamptonshire
Poole | | Bournemouth, Christchurch and Poole
"""

_SCOTLAND: Final = """
Aberdeen / Aberdeenshire / Angus
Argyll and Bute | Argyll
Clackmannanshire
Dumfries and Galloway | Dumfries
Dundee / East Ayrshire / East Dunbartonshire / East Lothian / East Renfrewshire / Edinburgh / Falkirk / Fife
Glasgow
Highland | Highlands
Inverclyde / Midlothian / Moray
Na h-Eileanan Siar | Comhairle nan Eilean Siar; Western Isles; Outer Hebrides
North Ayrshire / North Lanarkshire
Orkney Islands | Orkney
Perth and Kinross | Perth
Renfrewshire
Scottish Borders
Shetland Islands | Shetland
South Ayrshire / South Lanarkshire / Stirling / West Dunbartonshire / West Lothian
"""

_WALES: Final = """
Blaenau Gwent / Bridgend / Caerphilly / Cardiff / Carmarthenshire / Ceredigion / Conwy / Denbighshire
Flintshire / Gwynedd
Isle of Anglesey | Anglesey
Merthyr Tydfil | Merthyr
Monmouthshire / Neath Port Talbot / Newport / Pembrokeshire / Powys / Rhondda Cynon Taf / Swansea / Torfaen
Vale of Glamorgan
Wrexham
"""

# Health and social care trusts run children's services in Northern Ireland, but people name the council.
_NORTHERN_IRELAND: Final = """
Antrim and Newtownabbey | Antrim
Ards and North Down
Armagh City, Banbridge and Craigavon | Armagh
Belfast
Causeway Coast and Glens
Derry City and Strabane | Derry; Londonderry
Fermanagh and Omagh | Fermanagh
Lisburn and Castlereagh | Lisburn
Mid and East Antrim / Mid Ulster
Newry, Mourne and Down | Newry
"""

# Names that hold an authority's name, or are a slip away from one, and mean something else: read as a whole,
# so that nothing is found in them.
_OTHER_THINGS: Final = """
Barking mad / Barking up / Bath and Wells / Bradford-on-Avon / Bury St Edmunds / East Berkshire
Greater Manchester / Liverpool City Region / New Brighton / New Hampshire / New York / Newcastle-under-Lyme
Newport Pagnell / North Berkshire / Reading Recovery / Richmond Hill / South Yorkshire / St Helena
Stockton Heath / Stoke Mandeville / Stoke Newington / Stoke Poges / Sutton Bridge / Sutton Coldfield
Sutton-in-Ashfield / West Yorkshire
"""


def _word_set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Names that are English words too: in lower case, or where a sentence begins, their context must speak.
_ORDINARY: Final = _word_set("barking bath bucks bury highland highlands reading staffs stoke wilts")

# Words, surnames and places that are one slip away from an authority's name and are meant as they stand.
_NEAR_WORDS: Final = _word_set("""
ardagh backwell barbet bardsley barnes barney baronet barret beeley begley beighton belford belton benford
bewley bicknell billingham bilton blackbird blackburne blackfoot blackmoor blackmun blacksburg blackwell
blackwood boldon borton boston botton boulton bouton boxley boyton bracewell bramley branford brickell
bridged brighten brimley bristow broadford brockwell bucknell burnet caden cambria carden cayden cornball
darrington dartington derham dirham dorsey dunder dunham durrington earing ease easing easy eat eating eats
eling elling greenfinch greenish greenwash hackley haldon halston hamilton harlow harrod harrop harton
hatton hayton helton highlander highlanders hilton hockney hollington holton hovering hulton hylton
irvington kennington kingstown kinston leinster lilburn marton melton menton merion meron merson midway
morton murton newman newsham northfleet northlands readings readying reaming reaping rearing redcap redcard
redcat redding rending roading rockdale rotterdam safford samford sanford scally scully seafield seaton
seton sexton shenfield silly sitton slouch sooth sough southard southbank southpark southward southwards
southwick starling sterling stifling stilling stilly stirring stockpot stourport suffield summerland survey
sutherland swinson swinton swirling tilford toray waddington wallington walmington warfield warmington
warrenton washington waterfield watlington welt went wept werrington westerns wet wilshere wingham
wordsworth workington wroxham
""")

_COMPASS: Final = frozenset({"north", "south", "east", "west"})
_SAME_WORD: Final = {"&": "and", "+": "and", "upon": "on", "saint": "st"}

# Misspellings are sought in questions, which are short; a letter spells its own authority correctly.
_FUZZY_CHARACTERS: Final = 2_000
_FUZZY_LETTERS: Final = 6  # shorter names have too many neighbours among English words
_TWO_SLIPS_LETTERS: Final = 9
_SHORTEST_MISSPELT: Final = 4  # within a name of several words: "Wset Sussex", but not "sat Helens"

_TOKEN: Final = re.compile(r"(?<!\d)[^\W\d_]++(?!\d)|[&+]")
_PLAIN_GAP: Final = re.compile(r"[^\S\n]*\n?[^\S\n]*|[-‐‑–_\u00ad\ufffe]\n?")
_COMMA_GAP: Final = re.compile(r"\s*,\s*")

# "Store Street, Manchester M1 2WD" and "6 Cumberland Place, Nottingham NG1 6HJ" (Ofsted's own addresses on
# its letters), "York Road", "Mr Bolton", "the Duke of Edinburgh's Award": no authority is meant.
_ADDRESS_AFTER: Final = re.compile(
    r"[^\S\n]+(?:Street|Road|Lane|Avenue|Terrace|Crescent|House|Wing|Park)\b"
    r"|,?\s+[A-Z]{1,2}\d[A-Z\d]?[^\S\n]*\d[A-Z]{2}\b"
)
_NUMBER_BEFORE: Final = re.compile(r"\d[A-Za-z]?,?[^\S\n]+$")
_BUILDING_AFTER: Final = re.compile(r"[^\S\n]+(?:Place|Square|Close|Drive|Way|Gate|Court)\b")
_TITLE_BEFORE: Final = re.compile(
    r"\b(?:(?:Mrs?|Ms|Miss|Dr|Sir|Dame|Lord|Lady|Baroness|Cllr|Councillor|Professor|Prof)\.?"
    r"|(?i:duke|duchess|earl|marquess)\s+of)\s+$"
)

# What follows "reading" or "bath" when the English word is meant ...
_WORD_AFTER: Final = re.compile(
    r"\s*(?:,|&|/|and|or)\s*(?:writing|maths|mathematics|phonics|spelling|numeracy|arithmetic|comprehension"
    r"|listening|shower\w*|toilet\w*)\b"
    r"|[\s-]+(?:skills?|ages?|abilit\w+|comprehension|books?|lists?|levels?|materials?|schemes?|difficult\w+"
    r"|standards?|attainment|progress|results|outcomes|time|room|water|fears?|between the lines)\b",
    re.IGNORECASE,
)
# ... and, where nothing but its place in the sentence could have made it a name, an object of the verb.
_VERB_AFTER: Final = re.compile(
    r"[\s-]+(?:the|this|that|these|those|a|an|any|all|his|her|its|my|our|your|their|it|them|about|through|up)\b",
    re.IGNORECASE,
)
_WORD_BEFORE: Final = re.compile(
    r"\b(?:(?:writing|phonics|maths|spelling|speaking)\s*(?:,|&|/|and|or)|guided|shared|lip|proof)[\s-]*$"
    r"|(?<!\w)(?:progress|attainment|achievements?|skills?|difficult\w+|struggl\w+|love|importance|pleasure|behind"
    r"|standards?|tests?|confidence|lessons?|teach\w*|learn\w*|thanks?|you|%|points?|gaps?"
    r"|lower|higher|averages?)\s+(?:in|for|of|with|at|to|from)\s+$",
    re.IGNORECASE,
)
_GERUND_BEFORE: Final = re.compile(
    r"\b(?:after|before|when|while|without|finish\w*|start\w*|keep|i['’]?m|am|are)\s+$", re.IGNORECASE
)

# What makes an English word a name: the council's own words beside it ("bury council", "city of bath") ...
_COUNCIL_AFTER: Final = re.compile(
    r"['’]s\b"
    r"|\s+(?:(?:royal|metropolitan|unitary|city|county|borough|district)\s+)*"
    r"(?:council|borough|local authority|authority|children['’]?s['’]?\s+(?:services|social|trust)"
    r"|childrens\s+(?:services|social)|social (?:care|services|work))\b"
    r"|\s+(?:is|was|has|had)\s+(?:been\s+)?(?:last\s+)?(?:judged|graded|rated|inspected|visited|inadequate)\b",
    re.IGNORECASE,
)
_COUNCIL_BEFORE: Final = re.compile(
    r"\b(?:(?:borough|city|county|council|authority) of|compare|versus|vs\.?"
    r"|compar(?:ed?|ing)(?:\s+\S+){1,5}\s+(?:with|to|and)"
    r"|(?:letters?|reports?|inspections?|visits?|findings)\s+(?:on|of|for|about|at|to|in|into))\s+$",
    re.IGNORECASE,
)
# ... or a name's place at the end of a clause ("letters on bury?", "what did ofsted give reading in 2019").
_NAME_BEFORE: Final = re.compile(
    r"(?:\b(?:in|for|of|about|at|from|on|than|regarding|between|give|gave|given|graded?|rated?"
    r"|judged?|inspect(?:ed)?|visit(?:ed)?|did|does|was|is|has|how['’]s"
    r"|(?:visits?|compared|trip|back|relat\w+) to)"
    r"|^\W*(?:and|or|also|now|then|ok|okay))\s+$",
    re.IGNORECASE,
)
_CLAUSE_END: Final = re.compile(
    r"\W*$|[?!.,;:)\]](?!\w)"
    r"|\s+(?:in|since|during|before|after|from|for|by|between)\s+(?:\w+\s+){0,2}['’]?\d{2}(?:\d\d)?\b"
    r"|\s+(?:last|this)\s+(?:year|month|time|week)\b"
    r"|\s+(?:(?:last|first|next)\s+)?(?:published|issued|dated|get|got|receive|do|doing|fare|perform"
    r"|rated|graded|judged|inspected|visited|inadequate)\b",
    re.IGNORECASE,
)
_SENTENCE_START: Final = re.compile(r"(?:^|[.?!:;•*]|\n\s*(?:\n|-))[\s\"'“‘(\[-]*$")
# Between the names of a list; after a bare comma the list must go on or end there.
_BETWEEN_NAMES: Final = re.compile(r"\s*(?:/|&|\+|,?\s*\b(?:and|or|versus|vs\.?|than|against)(?!\w))\s*", re.IGNORECASE)
_BETWEEN_LISTED: Final = re.compile(r"\s*[,;]\s*")
_LIST_GOES_ON: Final = re.compile(r"\s*(?:[,;&/?.!]|and\b|or\b|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Authority:
    """A council that is, or was, responsible for children's services.

    Attributes:
        name: The short common name, "Swindon", "Kingston upon Hull". Unique in `AUTHORITIES`.
        aliases: Other well-known short forms, "Hull". An alias belongs to one authority only.
        nation: "England", "Scotland", "Wales" or "Northern Ireland", or empty for one that an inspectorate's table
            adds. Ofsted's letters are about England.
        successors: Names of the authorities that took over; empty while the authority exists.
    """

    name: str
    aliases: tuple[str, ...] = ()
    nation: str = "England"
    successors: tuple[str, ...] = ()

    @property
    def abolished(self) -> bool:
        """Whether other authorities have taken this one's place."""
        return bool(self.successors)

    @property
    def predecessors(self) -> tuple[str, ...]:
        """Names of the abolished authorities that this one succeeded, in whole or in part."""
        return tuple(other.name for other in AUTHORITIES if self.name in other.successors)  # none is added with any


@dataclass(frozen=True, slots=True)
class Mention:
    """A place in a text that names an authority.

    Attributes:
        authority: The authority named.
        start: Offset of the name's first character in the text.
        end: Offset after its last character; a possessive "'s" and "Council" are left out.
        typed: The name as it stands in the text, `text[start:end]`.
        exact: False where the name is misspelt.
    """

    authority: Authority
    start: int
    end: int
    typed: str
    exact: bool


class _Token(NamedTuple):
    word: str  # folded
    start: int
    end: int


class _Name(NamedTuple):
    words: tuple[str, ...]
    commas: bool  # a comma may stand between its words
    authority: Authority | None  # None: one of the other things


_Distance = Callable[..., int]


class _Match(NamedTuple):
    first: int  # tokens first to last - 1
    last: int
    name: _Name
    exact: bool


def _tokens(text: str) -> list[_Token]:
    """The words and "&" signs of a text, folded; words that hold a digit are left out."""
    found = []
    for match in _TOKEN.finditer(text):
        word = match.group().casefold()
        found.append(_Token(_SAME_WORD.get(word, word), match.start(), match.end()))
    return found


def _words(name: str) -> tuple[str, ...]:
    return tuple(token.word for token in _tokens(name))


def _entries(block: str, nation: str) -> Iterator[Authority]:
    for entry in re.split(r"[/\n]", block):
        if entry.strip():
            name, aliases, successors = (entry + "||").split("|")[:3]
            yield Authority(name.strip(), _listed(aliases), nation, _listed(successors))


def _listed(field: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in field.split(";") if part.strip())


AUTHORITIES: Final[tuple[Authority, ...]] = (
    *_entries(_ENGLAND, "England"),
    *_entries(_SCOTLAND, "Scotland"),
    *_entries(_WALES, "Wales"),
    *_entries(_NORTHERN_IRELAND, "Northern Ireland"),
)
"""England's present and abolished ones, then the councils of the other nations."""


def authorities() -> tuple[Authority, ...]:
    """Every authority known: those of `AUTHORITIES`, and those that the table of an inspectorate adds."""
    return _book(in_force()).authorities


def _spellings(authority: Authority) -> Iterator[_Name]:
    """The names and aliases as words, with the variants that follow a rule."""
    for name in (authority.name, *authority.aliases):
        words, commas = _words(name), "," in name
        yield _Name(words, commas, authority)
        # File names and hurried people leave the "and" out: "telford-wrekin", "Brighton Hove".
        if "and" in words and name == authority.name:
            yield _Name(tuple(word for word in words if word != "and"), commas, authority)
        # "N Yorkshire", "N.E. Lincolnshire"; without these the county of the longer name would be found.
        if words[0] in _COMPASS:
            yield _Name(tuple(word[0] if word in _COMPASS else word for word in words), commas, authority)


@dataclass(frozen=True, slots=True)
class _Book:
    """The names of authorities, as they are looked up."""

    authorities: tuple[Authority, ...]
    by_words: dict[tuple[str, ...], _Name]
    by_first_word: dict[str, list[_Name]]
    by_shape: dict[tuple[int, str], list[_Name]]
    without_spaces: dict[str, _Name]
    longest: int


@cache
def _book(of: tuple[Inspectorate, ...]) -> _Book:
    taken = {authority.name for authority in AUTHORITIES}
    added = tuple(Authority(place.name, place.also, "") for by in of for place in by.places if place.name not in taken)
    every = (*AUTHORITIES, *added)
    names = (
        *(name for authority in every for name in _spellings(authority)),
        *(_Name(_words(thing.name), False, None) for thing in _entries(_OTHER_THINGS, "")),
    )
    return _Book(
        every,
        {name.words: name for name in names},
        _by_first_word(names),
        _by_shape(names),
        {"".join(name.words): name for name in names if name.authority and len(name.words) > 1},
        max(len(name.words) for name in names),
    )


def _by_first_word(names: Sequence[_Name]) -> dict[str, list[_Name]]:
    starting: dict[str, list[_Name]] = defaultdict(list)
    for name in sorted(names, key=lambda name: -len(name.words)):
        starting[name.words[0]].append(name)
    return dict(starting)


def _by_shape(names: Sequence[_Name]) -> dict[tuple[int, str], list[_Name]]:
    """Names that may be misspelt, by number of words and first letter.

    Of the names that are English words only full names, "Reading", are among them: "staffs" has too many
    neighbours.
    """
    shapes: dict[tuple[int, str], list[_Name]] = defaultdict(list)
    for name in names:
        letters = "".join(name.words)
        if name.authority is None or len(letters) < _FUZZY_LETTERS:
            continue
        if letters not in _ORDINARY or letters == name.authority.name.casefold():
            shapes[len(name.words), letters[0]].append(name)
    return dict(shapes)


# What may stand around a name, in the forms that councils, the ONS and people write.
_STYLE: Final = _word_set(
    "the royal london metropolitan borough city county district unitary local authority council corporation"
    " of and lb rb mbc mdc bc cc dc children s childrens services social care trust"
)


def authority_named(name: str) -> Authority | None:
    """The authority that a name stands for.

    Args:
        name: A name or alias. Case, punctuation, "&", "upon" or "on" and the words of style around it do
            not matter: "Royal Borough of Windsor & Maidenhead", "bristol, city of", "Kent County Council".

    Returns:
        The authority, or None where the whole name is not one in the table. Nothing is guessed.
    """
    if any(character.isdigit() for character in name):
        return None
    words, book = _words(name), _book(in_force())
    # The least is taken away first, so that "City of London" is not read as the city of "London".
    for taken in range(len(words)):
        for before in range(taken + 1):
            core = words[before : len(words) - (taken - before)]
            styled = (*words[:before], *words[before + len(core) :])
            if before and words[before - 1] not in {"of", "the", "borough", "lb", "rb"}:
                continue
            found = book.by_words.get(core)
            if found and found.authority and _STYLE.issuperset(styled):
                return found.authority
    return None


def find_authorities(text: str, fuzzy: bool = False, known: Collection[str] = ()) -> tuple[Mention, ...]:
    """Every mention of an authority in a text, in order.

    The longest name wins and mentions never overlap. "North and West Northamptonshire" and "Cheshire East
    and West" are two mentions each. A name in an address, after a title ("Mr Bolton") or within a longer
    name that means something else ("Greater Manchester") is no mention.

    Args:
        text: A question or a letter, of any length.
        fuzzy: Also find misspelt names, in the first 2,000 characters only: names of 6 letters or more with
            one letter added, left out, changed or swapped with the next, and names of 9 letters or more
            with two such slips, the first letter right.
        known: Names of the authorities actually held. Where a misspelling is equally near to several
            authorities, the only known one among them is taken; without one, none.

    Returns:
        The mentions, with offsets into `text`. An abolished authority is given as itself.
    """
    tokens, book = _tokens(text), _book(in_force())
    matches = list(_exact_matches(text, tokens, book))
    if fuzzy:
        matches = _with_misspellings(text, tokens, matches, known, book)
    return tuple(_mentions(text, tokens, matches))


def _gaps_allow(text: str, tokens: Sequence[_Token], commas: bool) -> bool:
    """Whether nothing but spaces, a hyphen, or the name's own punctuation stands between the tokens."""
    for left, right in pairwise(tokens):
        if _PLAIN_GAP.fullmatch(text, left.end, right.start):
            continue
        gap = text[left.end : right.start]
        if (left.word == "st" or len(left.word) == 1) and gap.strip() == ".":
            continue
        if right.word == "s" and gap in {"'", "’"}:
            continue
        if not (commas and _COMMA_GAP.fullmatch(gap)):
            return False
    return True


def _longest_at(text: str, tokens: Sequence[_Token], first: int, book: _Book) -> _Name | None:
    start = tokens[first].start
    if start and text[start - 1] in "'’":  # the "s" of "Ofsted's Gloucestershire letter" is not a South
        return None
    for name in book.by_first_word.get(tokens[first].word, ()):
        run = tokens[first : first + len(name.words)]
        if tuple(token.word for token in run) == name.words and _gaps_allow(text, run, name.commas):
            return name
    return None


def _exact_matches(text: str, tokens: Sequence[_Token], book: _Book) -> Iterator[_Match]:
    first = 0
    while first < len(tokens):
        name = _longest_at(text, tokens, first, book)
        if name is None:
            if shared := _shared_ending(text, tokens, first, book):
                yield _Match(first, first + 1, shared, True)
            first += 1
            continue
        last = first + len(name.words)
        yield _Match(first, last, name, True)
        first = last
        if shared := _shared_beginning(text, tokens, name, last, book):
            yield _Match(last + 1, last + 2, shared, True)
            first = last + 2


def _shared_ending(text: str, tokens: Sequence[_Token], first: int, book: _Book) -> _Name | None:
    """Complete "North" in "North and West Northamptonshire" with the words that follow the other point."""
    words = [token.word for token in tokens[first : first + 3]]
    if len(words) < 3 or words[0] not in _COMPASS or words[1] not in {"and", "or"} or words[2] not in _COMPASS:
        return None
    other = _longest_at(text, tokens, first + 2, book)
    if other is None or not _gaps_allow(text, tokens[first : first + 3], False):
        return None
    return book.by_words.get((words[0], *other.words[1:]))


def _shared_beginning(text: str, tokens: Sequence[_Token], name: _Name, last: int, book: _Book) -> _Name | None:
    """Complete "West" in "Cheshire East and West" with the words before the other point."""
    words = [token.word for token in tokens[last : last + 2]]
    if len(words) < 2 or words[0] not in {"and", "or"} or words[1] not in _COMPASS:
        return None
    if name.words[-1] not in _COMPASS or not _gaps_allow(text, tokens[last - 1 : last + 2], False):
        return None
    return None if _longest_at(text, tokens, last + 1, book) else book.by_words.get((*name.words[:-1], words[1]))


def _mentions(text: str, tokens: Sequence[_Token], matches: Iterable[_Match]) -> list[Mention]:
    """The matches that the text around them lets stand."""
    doubtful: list[Mention] = []
    sure: list[Mention] = []
    for match in matches:
        if match.name.authority is None:
            continue
        start, end = tokens[match.first].start, tokens[match.last - 1].end
        mention = Mention(match.name.authority, start, end, text[start:end], match.exact)
        if _addresses(text, start, end):
            continue
        if match.name.words[0] not in _ORDINARY or len(match.name.words) > 1:
            sure.append(mention)
        elif (verdict := _named(text, start, end)) is not None:
            (sure if verdict else doubtful).append(mention)
    return _joined(text, sure, doubtful)


def _addresses(text: str, start: int, end: int) -> bool:
    """Whether the name belongs to a street, a postal address or a person."""
    if _ADDRESS_AFTER.match(text, end):
        return True
    before = max(0, start - 20)
    if _BUILDING_AFTER.match(text, end) and _NUMBER_BEFORE.search(text, before, start):
        return True
    return text[start].isupper() and _TITLE_BEFORE.search(text, before, start) is not None


def _named(text: str, start: int, end: int) -> bool | None:
    """Whether an English word is used as a name: True, None for no, False where only a neighbour can tell."""
    before = max(0, start - 60)
    within_sentence = not _SENTENCE_START.search(text, before, start)
    if _WORD_AFTER.match(text, end) or _WORD_BEFORE.search(text, before, start):
        return None
    # A capital tells something only within a sentence that is not all capitals.
    if within_sentence and text[start].isupper() and text[start + 1].islower():
        return True
    council = _COUNCIL_AFTER.match(text, end)
    if _VERB_AFTER.match(text, end) or (council and _GERUND_BEFORE.search(text, before, start)):
        return None
    if council or _COUNCIL_BEFORE.search(text, before, start):
        return True
    alone = start < 60 and not text[:start].strip(" \t\n\"'“‘(")
    return bool(_CLAUSE_END.match(text, end) and (alone or _NAME_BEFORE.search(text, before, start)))


def _joined(text: str, sure: list[Mention], doubtful: list[Mention]) -> list[Mention]:
    """Take in the doubtful mentions that a list or comparison joins to a sure one ("leeds and bury")."""
    mentions = sorted([*sure, *doubtful], key=lambda mention: mention.start)
    unsure = {mention.start for mention in doubtful}
    accepted = [mention.start not in unsure for mention in mentions]
    pairs = list(pairwise(range(len(mentions))))
    for near, far in [*pairs, *((b, a) for a, b in reversed(pairs))]:
        if accepted[near] and not accepted[far]:
            left, right = mentions[min(near, far)], mentions[max(near, far)]
            accepted[far] = _in_one_list(text, left, right)
    return [mention for mention, good in zip(mentions, accepted, strict=True) if good]


def _in_one_list(text: str, left: Mention, right: Mention) -> bool:
    if _BETWEEN_NAMES.fullmatch(text, left.end, right.start):
        return True
    return bool(_BETWEEN_LISTED.fullmatch(text, left.end, right.start) and _LIST_GOES_ON.match(text, right.end))


def _with_misspellings(
    text: str, tokens: Sequence[_Token], matches: Sequence[_Match], known: Collection[str], book: _Book
) -> list[_Match]:
    """The matches with the misspelt names added; a misspelt name takes the place of a match within it."""
    # Imported here: a program that seeks no misspellings does not pay for it.
    from rapidfuzz.distance import OSA

    held = {found.name for found in map(authority_named, known) if found}
    near = bisect_left(tokens, _FUZZY_CHARACTERS, key=lambda token: token.start)
    owner = {token: match for match in matches for token in range(match.first, min(match.last, near))}
    found = []
    for first in range(near):
        for length in range(1, min(book.longest, near - first) + 1):
            last = first + length
            inside = [owner[token] for token in range(first, last) if token in owner]
            if any(m.first < first or last < m.last or m.name.authority is None for m in inside):
                continue
            candidate = _nearest(text, tokens[first:last], held, OSA.distance, book)
            if candidate:
                slips, name = candidate
                found.append((-length, slips, _Match(first, last, name, False)))
    kept = list(matches)
    misspelt: list[_Match] = []
    for _, _, match in sorted(found, key=lambda entry: (entry[0], entry[1], entry[2].first)):
        if all(match.last <= other.first or other.last <= match.first for other in misspelt):
            misspelt.append(match)
            kept = [other for other in kept if other.last <= match.first or match.last <= other.first]
    return sorted([*kept, *misspelt], key=lambda match: match.first)


def _nearest(
    text: str, run: Sequence[_Token], held: Collection[str], distance: _Distance, book: _Book
) -> tuple[int, _Name] | None:
    """The one name that the words misspell, with the number of slips; None where there is none or a tie."""
    words = tuple(token.word for token in run)
    if words in book.by_words or not _gaps_allow(text, run, commas=True):
        return None
    if len(words) == 1 and (run_together := book.without_spaces.get(words[0])):
        return 1, run_together
    close = _gaps_allow(text, run, commas=False)
    counted: dict[str, tuple[int, _Name]] = {}
    for name in book.by_shape.get((len(words), words[0][0]), ()):
        slips = _slips(words, name.words, distance) if close or name.commas else None
        if slips is not None and name.authority:
            best = counted.get(name.authority.name)
            if best is None or slips < best[0]:
                counted[name.authority.name] = (slips, name)
    least = min((slips for slips, _ in counted.values()), default=0)
    nearest = {authority: entry for authority, entry in counted.items() if entry[0] == least}
    if len(nearest) > 1:
        nearest = {authority: entry for authority, entry in nearest.items() if authority in held}
    return next(iter(nearest.values())) if len(nearest) == 1 else None


def _slips(typed: Sequence[str], name: Sequence[str], distance: _Distance) -> int | None:
    """How many slips of the keyboard lead from a name to the typed words; None for more than is safe."""
    total = 0
    allowed = _slips_allowed("".join(name))
    for word, meant in zip(typed, name, strict=True):
        if word == meant:
            continue
        # Beside the rest of its name even a proper word is a slip ("Tower Hamlet", but not "went Sussex").
        alone = len(name) == 1 or (len(name) == 2 and meant in _COMPASS)
        if len(meant) < _SHORTEST_MISSPELT or (alone and word in _NEAR_WORDS):
            return None
        # A long later word needs no right beginning: the words before it say enough ("Milton eKynes").
        if word[0] != meant[0] and (meant == name[0] or len(meant) < _FUZZY_LETTERS):
            return None
        limit = min(allowed, max(1, _slips_allowed(meant)))
        slips = distance(word, meant, score_cutoff=limit)
        total += slips
        if slips > limit or total > allowed:
            return None
    return total


def _slips_allowed(letters: str) -> int:
    return (len(letters) >= _FUZZY_LETTERS) + (len(letters) >= _TWO_SLIPS_LETTERS)
