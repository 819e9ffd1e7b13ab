"""Whether a letter's structure was read rightly: its numbering, its page furniture, every character, its shape.

Nothing here uses the reader's own rules. The checks look at the finished letter and at a plain extraction of the same
file, so that a mistake in the reader cannot hide itself.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from assistant.letters.letter import Letter, Paragraph

__all__ = [
    "Account",
    "Misplaced",
    "SectionShape",
    "misplaced_furniture",
    "numbering_gaps",
    "paragraph_shapes",
    "unaccounted",
]


@dataclass(frozen=True, slots=True)
class Misplaced:
    """Words of the page that stand in a paragraph of the letter.

    Attributes:
        paragraph_id: Where.
        words: What looks like page furniture.
        reason: Which kind of it: "page number", "running header", ...
    """

    paragraph_id: str
    words: str
    reason: str


@dataclass(frozen=True, slots=True)
class Account:
    """What became of the characters of a plain extraction; white space, hyphens and bullet marks set aside.

    Attributes:
        characters: How many there are.
        missing: Words that are neither in the letter's text nor in its furniture, each as often as it is missing.
        doubled: Words that are there more often than in the plain extraction.
    """

    characters: int
    missing: tuple[str, ...]
    doubled: tuple[str, ...]

    @property
    def missing_characters(self) -> int:
        """Characters of the missing words."""
        return sum(len(word) for word in self.missing)

    @property
    def doubled_characters(self) -> int:
        """Characters of the doubled words."""
        return sum(len(word) for word in self.doubled)


SectionShape = tuple[str, str, tuple[tuple[str | None, bool, str], ...]]
"""A section's kind, heading and paragraphs, each paragraph as its label, whether it is a bullet, and its words."""


# --- numbering -----------------------------------------------------------------------------------------------------


def numbering_gaps(letter: Letter) -> tuple[str, ...]:
    """Where the printed numbers of the paragraphs do not run 1, 2, 3, ...

    The numbers of the rows in a table of judgements ("1.", "2.1") are not paragraphs and do not count.

    Args:
        letter: A report whose paragraphs are numbered throughout.

    Returns:
        One line for each break ("45 is followed by 47"), and one if no paragraph has a number at all.
    """
    labels = [
        int(paragraph.label)
        for section, paragraph in letter.paragraphs()
        if section.kind != "judgements" and (paragraph.label or "").isdigit() and paragraph.label
    ]
    if not labels:
        return ("no paragraph is numbered",)
    pairs = zip([0, *labels], labels, strict=False)
    return tuple(f"{before or 'nothing'} is followed by {label}" for before, label in pairs if label != before + 1)


# --- page furniture ------------------------------------------------------------------------------------------------

NOT_BODY = ("letterhead", "judgements", "sign-off", "notes")  # where addresses, dates and imprints belong
MONTH = r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
DAY = rf"\d{{1,2}}(?:st|nd|rd|th)?(?: {MONTH})?(?: \d{{4}})?"
PERIOD = rf"\b{DAY} ?(?:to|and|[–-]) ?\d{{1,2}}(?:st|nd|rd|th)? {MONTH} \d{{4}}"
FURNITURE = tuple(
    (reason, re.compile(pattern))
    for reason, pattern in (
        ("running header", rf"\b(?:[Ss]ervices|[Pp]artnership|[Cc]ouncil|[Aa]uthority|Area),? {PERIOD}"),
        ("running header", rf"{PERIOD} \d{{1,3}}\b(?!%|[.,]\d)"),
        ("running header", rf"(?:^|[.!?]['\"’”)]* ){PERIOD}(?=$| [A-Z])"),
        ("running header", r"\b(?:SEND|ILACS|targeted area) inspection report:"),
        ("running header", rf"\bInspection report:? [A-Z][^.]{{2,80}}? {MONTH} \d{{4}}"),
        ("page number", r"\b[Pp] ?a ?g ?e \d{1,3}\b(?:(?: of|/) \d{1,3})?(?!, para|\.\d)"),
        ("page number", r"(?:^| )[–|-] ?\d{1,3} ?[–|-](?= |$)"),
        ("address", r"\b(?:Piccadilly Gate|Store St(?:reet)?|Aviation House|Clive House|Petty France)\b"),
        ("address", r"\b[A-Z]{1,2}\d{1,2}[A-Z]? \d[A-Z]{2}\b"),
        ("telephone", r"\b(?:T|Tel|Telephone|Textphone|Text phone|F|Fax)\b[.:]? ?\+?\(?0\d{2,4}\)?[\d ]{5,9}\d"),
        ("telephone", r"(?<![\d,.])\(?0\d{2,4}\)? \d{3,4} \d{3,4}\b"),
        ("e-mail or web address", r"(?:\bE:? )?\b[\w.-]+@[\w-]+\.[\w.]+"),
        ("e-mail or web address", r"(?:\bW:? )?\bwww\.(?:gov\.uk/ofsted|(?:reports\.)?ofsted\.gov\.uk)(?![\w/])"),
        ("imprint", r"© Crown [Cc]opyright|INVESTORS? IN PEOPLE|\brecycled paper\b|\bOFFICIAL(?:[ -]SENSITIVE)?\b"),
    )
)
"""What stands on a page beside the letter's own words."""
WHOM = ("address", "telephone", "e-mail or web address")
CONTACT = re.compile(r"\b(?:send|sent|write|contact|available|obtainable|email)\b[^.]{0,120}\W$", re.IGNORECASE)
"""A sentence that itself gives an address to write to."""
REPORT_TITLE = re.compile(r"\b(?:inspection|visit|review|report)\b", re.IGNORECASE)
NUMBERED = re.compile(
    rf"(?:{MONTH}|ages?|aged|years?|stages?|sections?|parts?|steps?|tiers?|levels?|paragraphs?|regulations?|schedules?"
    r"|phases?|waves?|bands?|articles?|chapters?|priority|recommendations?|or|and|to|[–-])$",
    re.IGNORECASE,
)
"""A word after which a number belongs to the sentence: "aged 3", "section 20", "5 March"."""
COUNTED = re.compile(
    rf"(?:{MONTH}|to|and|or|per|of|out|%|[–(-]|\d.*|years?|months?|weeks?|days?|hours?|minutes?|children|young|people"
    r"|care|cases|families|adopt\w+|foster|carers|homes|schools|places|referrals|staff|additional|further|more|other|live|had|have|were|are)\b",
    re.IGNORECASE,
)
"""A word before which a number counts something."""


def misplaced_furniture(letter: Letter, plain: Sequence[str] = ()) -> tuple[Misplaced, ...]:
    """Letterhead, running headers and footers, page numbers and imprints inside the body's paragraphs.

    A page's number stands at the edge of its page. So a bare number is taken for one where it begins or ends a
    paragraph, or stands inside a paragraph that goes over a page, is (one more or less than) the number of that page,
    and the sentence has no use for it. A sentence that has a use for it stands so on one page of the plain text.

    Args:
        letter: A letter with its pages.
        plain: The plain text of each of its pages, where there is one: it settles the numbers inside paragraphs.
    """
    pages = [" ".join(page.split()) for page in plain]
    return tuple(
        Misplaced(paragraph.paragraph_id, words, reason)
        for section, paragraph in letter.paragraphs()
        if section.kind not in NOT_BODY and section.heading.lower() not in ("contents", "table of contents")
        for reason, words in _furniture_in(letter.text[paragraph.start : paragraph.end], paragraph, letter.title, pages)
    )


def _furniture_in(text: str, paragraph: Paragraph, title: str, pages: Sequence[str]) -> Iterator[tuple[str, str]]:
    prose = _is_prose(text)
    for reason, pattern in FURNITURE:
        if prose or reason not in WHOM:  # a table of whom to write to is no furniture
            for match in pattern.finditer(text):
                if reason not in WHOM or not CONTACT.search(text[: match.start()]):
                    yield reason, match.group().strip()
    if pages and paragraph.page_start != paragraph.page_end:
        for match in re.finditer(PERIOD, text):
            if not _stands(pages, text, match.start(), match.end()):
                yield "running header", match.group()
    if text.isdigit():
        yield "page number", text
    if len(title.split()) >= 4 and REPORT_TITLE.search(title) and title in text:
        yield "title", title
    for number in _page_numbers(text, paragraph, pages):
        yield "page number", number


def _is_prose(text: str) -> bool:
    """Running text: more words begin small than do not."""
    words = text.split()
    return sum(word[0].islower() for word in words) * 2 > len(words)


def _page_numbers(text: str, paragraph: Paragraph, pages: Sequence[str]) -> Iterator[str]:
    """Bare numbers that are the page's own, at a paragraph's ends or at the page break within it."""
    first, last = paragraph.page_start, paragraph.page_end
    if first is None or last is None:
        return
    own = {str(page) for page in range(max(1, first - 1), last + 2)}
    for match in re.finditer(r"(?<!\S)\d+(?!\S)", text):
        edge = match.start() == 0 or match.end() == len(text)
        if match.group() not in own or match.group() == text or not (edge or last > first):
            continue
        if pages and not edge:
            useful = _stands(pages, text, match.start(), match.end())
        else:
            useful = bool(NUMBERED.search(text[: match.start()].rstrip()) or COUNTED.match(text, match.end() + 1))
        if not useful:
            yield match.group()


def _stands(pages: Sequence[str], text: str, start: int, end: int) -> bool:
    """Whether words stand on one page between the words that they stand between in a paragraph."""
    before = text.rfind(" ", 0, max(0, start - 1)) + 1
    after = text.find(" ", end + 1)
    words = text[before : after if after > 0 else len(text)]
    return any(words in page for page in pages)


# --- every character -----------------------------------------------------------------------------------------------

HYPHENS = re.compile("[-\N{HYPHEN}\N{NON-BREAKING HYPHEN}\x02\ufffe]")
MARKS = re.compile("[•▪■◼●◦‣○□─⎯−➢✓\x80-\x9f\ue000-\uf8ff]")
UNSEEN = re.compile("[\N{SOFT HYPHEN}\u200b\ufeff]")
LONE_MARK = re.compile(r"(?<!\S)[o*+](?!\S)")
BEFORE_POINT = re.compile(r"\s+(?=[.,;:)](?!\S))")  # a raised number parts a word from its full stop
LABEL = re.compile(r"(?<!\S)(\d{1,3}(?:\.\d{1,3})*)[.)]{1,2}(?=\s|[A-Z‘“'\"(]|$)")


def unaccounted(letter: Letter, plain: Sequence[str]) -> Account:
    """Which words of a plain extraction the letter has lost, and which it has twice.

    Words are compared as a multiset, since the reader may put a page's parts into their reading order and sets the
    furniture apart: what is lost or doubled is whole lines, and these do not cancel out word by word. A hyphen parts
    words on both sides, so that a divided word is the same two words; bullet marks, and the point behind a
    paragraph's number, are layout.

    Args:
        letter: The letter as read.
        plain: The plain text of each of its pages, as the PDF library gives it.
    """
    there = _words(plain)
    told = _words([letter.text, *letter.furniture])
    return Account(
        characters=sum(len(word) * count for word, count in there.items()),
        missing=tuple((there - told).elements()),
        doubled=tuple((told - there).elements()),
    )


def _words(texts: Iterable[str]) -> Counter[str]:
    """Words of some texts with their counts, hyphens, bullet marks and the points of paragraph numbers set aside."""
    words: Counter[str] = Counter()
    for text in texts:
        folded = HYPHENS.sub(" ", UNSEEN.sub("", unicodedata.normalize("NFKC", text)))
        folded = BEFORE_POINT.sub("", LONE_MARK.sub(" ", MARKS.sub(" ", folded)))
        words.update(LABEL.sub(r"\1 ", folded).split())
    return words


# --- shape ---------------------------------------------------------------------------------------------------------


STRAIGHT = str.maketrans("‘’“”", "''\"\"")


def paragraph_shapes(letter: Letter) -> tuple[SectionShape, ...]:
    """Sections and paragraphs without offsets and pages: equal for equal letters of two formats.

    White space is folded, and so are quotation marks and apostrophes, which plain text often has straight.

    Args:
        letter: The letter as read.
    """
    return tuple(
        (
            section.kind,
            _folded(section.heading),
            tuple((p.label, p.bullet, _folded(letter.text[p.start : p.end])) for p in section.paragraphs),
        )
        for section in letter.sections
    )


def _folded(text: str) -> str:
    return " ".join(text.translate(STRAIGHT).split())
