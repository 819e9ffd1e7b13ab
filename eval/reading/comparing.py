"""When what was read is what the reference says: names, printed dates, graded areas, list items, whole letters.

Each function is pure and stands by itself. None of them uses the reader's own rules: a mistake of the reader must not
be able to agree with itself.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from assistant.letters.letter import Judgement

__all__ = [
    "Anchor",
    "alike",
    "folded_item",
    "graded",
    "invented",
    "match_items",
    "printed_date",
    "same_authority",
    "same_blocks",
    "same_person",
]

NEARLY = 0.9  # one item may hold another that is at least so much of its length
SLACK = 20  # an anchor's count of words may be off by one, or one in so many: tools divide words differently
SHINGLE = 5  # words of a run by which texts are compared

MONTHS = "January February March April May June July August September October November December".split()
DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
QUOTES = {"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u00ab": '"', "\u00bb": '"'}
FOLD = str.maketrans({dash: "-" for dash in DASHES} | QUOTES | {"\N{SOFT HYPHEN}": None})
DATE = re.compile(
    rf"(?<!\d)(?P<day>\d{{1,2}})\s?(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<month>{'|'.join(MONTHS)}),?\s+(?P<year>(?:19|20)\d\d)(?!\d)",
    re.IGNORECASE,
)
DATE_LINE = re.compile(r"|date|(?:(?:report|letter|date|age group: all) )?published(?: on)?", re.IGNORECASE)
"""What may stand beside a date of publication on its line."""
MARKS = "\u2022\u2023\u23af\u2500\u25a0\u25a1\u25aa\u25cb\u25cf\u25e6\u25fc\ue000-\uf8ff"  # of bullets
HONORIFIC = re.compile(r"^(?:mr|mrs|ms|miss|dr|professor|sir|dame)\.? ")
POST = re.compile(r"[,(]?\s*\b(?:hmi|(?:her|his) majesty's inspector)\b.*$")


@dataclass(frozen=True, slots=True)
class Anchor:
    """An item of a document whose words are not to be copied: how it begins, how it ends, how many words it has."""

    first: str
    last: str
    words: int


# --- names -----------------------------------------------------------------------------------------------------------


def same_authority(found: str | None, wanted: str) -> bool:
    """Whether two names are of the same authority: case, "and", "&", commas and hyphens aside."""
    return found is not None and _authority_words(found) == _authority_words(wanted)


def _authority_words(name: str) -> list[str]:
    """The words that tell authorities apart: "County Durham" is "durham"."""
    return [word for word in re.findall(r"[a-z]+", name.lower().replace("'", "")) if word not in ("and", "county")]


def same_person(found: str | None, wanted: str | None) -> bool:
    """Whether two names are of the same person: case, accents, space at hyphens, title and post aside."""
    return _person(found) == _person(wanted)


def _person(name: str | None) -> str:
    plain = "".join(
        mark for mark in unicodedata.normalize("NFKD", (name or "").translate(FOLD)) if not unicodedata.combining(mark)
    )
    words = re.sub(r"\s*-\s*", "-", " ".join(plain.lower().split()))
    return HONORIFIC.sub("", POST.sub("", words)).strip(" .,")


# --- dates -----------------------------------------------------------------------------------------------------------


def printed_date(front: str, published: str) -> str | None:
    """The date of publication that a document prints on its first page, or None if it prints none.

    Args:
        front: Plain text of the first page.
        published: When it was published, from another source (ISO).

    Returns:
        That date where it stands on the page. Otherwise the first date that stands alone on its line, or behind
        "Published" or "Date", and ends no period that began on the line above: then document and source disagree.
    """
    if any(_iso(match) == published for match in DATE.finditer(front)):
        return published
    lines = [" ".join(line.split()) for line in front.splitlines()]
    for at, line in enumerate(lines):
        match = DATE.search(line)
        if match is None:
            continue
        rest = f"{line[: match.start()]} {line[match.end() :]}".strip(" .,:;-")
        runs_on = at > 0 and re.search(r"(?:\bto|\band|[-,\u2013])$", lines[at - 1])
        if DATE_LINE.fullmatch(rest) and not runs_on:
            return _iso(match)
    return None


def _iso(match: re.Match[str]) -> str:
    month = [name.lower() for name in MONTHS].index(match["month"].lower()) + 1
    return f"{match['year']}-{month:02}-{int(match['day']):02}"


# --- judgements ------------------------------------------------------------------------------------------------------


def graded(found: Sequence[Judgement], area: str) -> str | None:
    """The grade given to an area; None where it has none, or two that differ."""
    grades = {judgement.grade for judgement in found if judgement.area == area}
    return grades.pop() if len(grades) == 1 else None


def invented(found: Sequence[Judgement], wanted: Mapping[str, str]) -> tuple[str, ...]:
    """Areas that were given a grade although the reference grades no such area."""
    return tuple(
        f"{judgement.area}: {judgement.grade}"
        for judgement in found
        if judgement.grade and judgement.area not in wanted
    )


# --- areas for improvement -------------------------------------------------------------------------------------------


def folded_item(words: str) -> str:
    """An item in lower case with plain quotes, without white space, dashes, bullet marks and a stop at its end."""
    plain = unicodedata.normalize("NFKC", words).translate(FOLD).lower()
    return re.sub(rf"[\s\-{MARKS}]", "", plain).rstrip(".;,")


def match_items(found: Sequence[str], wanted: Sequence[str | Anchor]) -> tuple[list[str], list[str | Anchor]]:
    """Pair the items that were read with those of the reference, each with one at most.

    Two items are the same if their folded words are equal, or one holds the other and that is at least nine
    tenths of its length. An anchor is the item that begins and ends so and has so many words.

    Returns:
        The items that are left over on either side.
    """
    left = list(found)
    missing: list[str | Anchor] = []
    for equal in (True, False):  # equal ones first, so that a near one does not take another's place
        missing = []
        for item in wanted:
            match = next((one for one in left if _same_item(one, item, equal)), None)
            if match is None:
                missing.append(item)
            else:
                left.remove(match)
        wanted = missing
    return left, missing


def _same_item(found: str, wanted: str | Anchor, equal: bool) -> bool:
    one = folded_item(found)
    if isinstance(wanted, Anchor):
        ends = one.startswith(folded_item(wanted.first)) and one.endswith(folded_item(wanted.last))
        return ends and abs(len(found.split()) - wanted.words) <= max(1, wanted.words // SLACK)
    other = folded_item(wanted)
    if equal or one == other:
        return one == other
    shorter, longer = sorted((one, other), key=len)
    return shorter in longer and len(shorter) >= NEARLY * len(longer)


# --- whole letters ---------------------------------------------------------------------------------------------------


def alike(one: str, other: str) -> float:
    """Jaccard index, 0 to 1, of the runs of five words of two texts: near 1 for the same letter in two formats."""
    first, second = _runs(one), _runs(other)
    return len(first & second) / len(first | second) if first and second else 0.0


@lru_cache(maxsize=32)  # a letter is compared with several others
def _runs(text: str) -> frozenset[tuple[str, ...]]:
    words = re.findall(r"[^\W_]+", text.translate(FOLD).lower())
    return frozenset(tuple(words[at : at + SHINGLE]) for at in range(len(words) - SHINGLE + 1))


def same_blocks(one: Sequence[str], other: Sequence[str]) -> tuple[int, tuple[str, ...]]:
    """How many blocks (headings, paragraphs) of two readings are the same, in the same order.

    White space and the shapes of quotes and dashes are set aside: a text file often has plain ones.

    Returns:
        The count, and every block that has no like, marked with the reading it is of ("-" the first, "+" the second).
    """
    first, second = ([" ".join(block.translate(FOLD).split()) for block in side] for side in (one, other))
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    same, alone = 0, []
    for tag, start, end, begin, stop in matcher.get_opcodes():
        if tag == "equal":
            same += end - start
        else:
            alone += [f"- {block}" for block in first[start:end]] + [f"+ {block}" for block in second[begin:stop]]
    return same, tuple(alone)
