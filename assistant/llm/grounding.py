"""Whether a sentence says no more than the letter: each is checked against one verbatim quote, or it is not shown.

The rule: every word of substance stands in the quote (as the same stem, or an equal way of saying it), in its order,
close together; and what turns, limits or softens the quote's statement turns, limits or softens the sentence's. The
checks only ever refuse: a sentence that is right but worded too freely is lost, and the letter's own sentence comes
instead.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.letters.authorities import find_authorities
from assistant.letters.dates import MONTHS
from assistant.letters.letter import Letter, Span
from assistant.letters.spoken import describe, spoken_date
from assistant.llm.alignment import aligned, altered, clauses_of
from assistant.llm.claims import Token, read_claim
from assistant.llm.vocabulary import ASKED_FOR, CLAUSE, FRAME, LITTLE, PAST, PRESENT, VERBS
from assistant.stores.passages import Passage
from assistant.words.sentences import split_sentences
from assistant.words.terms import fold, words

__all__ = ["Quote", "cleaned", "ground", "objection", "quotes_of"]

FEWEST = 2  # content words of a sentence; fewer claim nothing that could be checked
LONGEST = 700  # characters of one sentence
FITTING = 0.5  # share of a sentence's words in the quote from which its objection is worth telling
TO_IMPROVE = ("improve", "priority")  # sections whose items are not findings but demands
LEANS = re.compile(r"(?:This|These|They|Their|It|Its|Such|He|She|His|Her|Those|Both)\b")
ALONE = re.compile(
    LEANS.pattern + r"|(?:Others?|Some|Many|Most|None|All) (?:do|are|have|is|has|can|will|may)\b|At \d+%"
)
LINK = re.compile(
    r"//|www\.|[^\W\d_]\.[^\W\d_]{2,}|\d+(?:\.\d+){3}|:\d|\]\(|</?\w|&\w+;|&#|javascript:|\w@\w", re.IGNORECASE
)
NUMBERED = re.compile(r"\s*(?:\[\s*\w{1,12}(?:\s*[,;-]\s*\w{1,12})*\s*\]|\(\s*\d\s*\))")
EMPHASIS = re.compile(r"(\*\*|__|`+|(?<!\w)[*_#>]+(?=\S)|(?<=\S)[*_]+(?!\w))")
CHARACTERS = re.compile(r"[\w\s.,;:!?'\"‘’“”()\-–—%£/+]*")
QUOTED = re.compile(r"[“\"]([^“”\"]+)[”\"]|(?<!\w)‘([^‘’]+)’(?!\w)")
YEAR = re.compile(r"\b(?:19|20)\d\d\b")
DATE = re.compile(rf"(?:\b\d{{1,2}} )?(?:\b(?:{'|'.join(MONTHS)}) )?\b(?:19|20)\d\d\b", re.IGNORECASE)
BROKEN = re.compile(
    r"\b(?:a|an|the|and|or|of|in|on|at|to|for|from|by|with|as|that|which|who|whose|their|its|into|than|but)\W*$",
    re.IGNORECASE,
)
NAME = re.compile(r"(?<![.!?] )(?<!^)\b[A-Z][\w'’]+")
SPOKEN = {"inspector": "inspectorate", "inspectors": "inspectorate", "ofsted": "inspectorate", "council": "council"}
VISITED = "visit inspection letter report ofsted inspectors council's council the its this that of to and s".split()


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence of a letter that may carry a sentence of the answer.

    Attributes:
        letter: Its letter.
        section_kind: What the section is that it stands in.
        span: Where it stands; a sentence that leans on the one before takes it along.
    """

    letter: Letter
    section_kind: str
    span: Span

    @property
    def text(self) -> str:
        """The words."""
        return self.letter.text[self.span.start : self.span.end]


def quotes_of(passage: Passage, letter: Letter) -> tuple[Quote, ...]:
    """The sentences of a passage."""
    found = []
    for section, paragraph in letter.paragraphs():
        if paragraph.end <= passage.start or passage.end <= paragraph.start:
            continue
        before: int | None = None
        for start, end in split_sentences(letter.text, paragraph.start, paragraph.end):
            leans = before is not None and LEANS.match(letter.text, start)
            if passage.start <= start and end <= passage.end:
                found.append(Quote(letter, section.kind, Span(before if leans and before is not None else start, end)))
            before = start
    return tuple(found)


def cleaned(text: str) -> str:
    """A sentence without what the model must not write but often does: [1], emphasis, bullets."""
    plain = EMPHASIS.sub("", NUMBERED.sub("", " ".join(text.split())))
    plain = re.sub(r"^(?:[-#>\u2022\u25cf]+|\d+[.)])\s+", "", plain).strip()
    return plain if not plain or plain[-1] in ".!?" else f"{plain.rstrip(',;:')}."


def ground(text: str, quotes: Iterable[Quote]) -> tuple[Quote | None, str]:
    """The quote that carries a sentence, or None and why there is none.

    Args:
        text: The sentence, cleaned.
        quotes: The sentences of the passages that it names.
    """
    reason = _unfit(text)
    if reason:
        return None, reason
    best, told = -1.0, "it names no passage that it was given"
    carrying: list[tuple[float, Quote]] = []
    for quote in quotes:
        share = _share(text, quote)
        if share <= best and share < FITTING:
            continue
        against = objection(text, quote)
        if not against:
            carrying.append((len(read_claim(text)) / max(1, len(read_claim(quote.text))), quote))
        elif share > best:
            best, told = share, against if share >= FITTING else "no sentence of its passage says this"
    if carrying:
        return max(carrying, key=lambda pair: (pair[0], -pair[1].span.start))[1], ""
    return None, told


def objection(text: str, quote: Quote) -> str:
    """Why a quote does not carry a sentence, in words; "" if it does."""
    letter = quote.letter
    quoted = _unquoted(text, quote)
    if quoted:
        return quoted
    if text.endswith("?") is not quote.text.rstrip("\"'”’)").endswith("?"):
        return "it answers what the quote asks" if not text.endswith("?") else "it asks instead of saying"
    rest = _without_frame(text, letter)
    claim = [t for t in read_claim(rest) if not _of_the_letter(t, quote)]
    held = list(read_claim(quote.text))
    if quote.section_kind in TO_IMPROVE and not _asks(held):
        if not _asks(claim):
            return "what must improve is told as if it were so"
        claim = [t for t in claim if t.value not in ASKED_FOR or t.value in {h.value for h in held}]
    if sum(t.kind != "operator" for t in claim) < FEWEST:
        return "it says too little to be checked"
    missing = _missing(claim, held)
    if missing:
        return f"not in the quote: {', '.join(missing[:4])}"
    names = _strange_names(rest, quote)
    if names:
        return f"not in the quote: {', '.join(names[:4])}"
    places = aligned(claim, held)
    if places is None:
        return "its words stand in another order"
    told = clauses_of(claim, held, places)
    return altered(claim, held, places) or _cut_off(text, claim, quote, min(places)) or _halved(text, rest, quote, told)


# --- what a sentence may look like -------------------------------------------------------------------------------


def _unfit(text: str) -> str:
    if not re.search(r"\w", text):
        return "it holds no words"
    if len(text) > LONGEST:
        return "it is too long for one sentence"
    if LINK.search(text):
        return "it holds a link or markup"
    if not CHARACTERS.fullmatch(text) or any(unicodedata.category(c) in ("Cf", "Cc", "Co", "Cs") for c in text):
        return "it holds characters that the letters do not use"
    if len(split_sentences(text)) > 1:
        return "it is more than one sentence"
    if BROKEN.search(text):
        return "it breaks off"
    if ALONE.match(text):
        return "it cannot be understood without the sentence before it"
    return ""


def _unquoted(text: str, quote: Quote) -> str:
    """Words in quotation marks that the letter does not have so."""
    words_held = f" {' '.join(words(quote.text))} "
    for match in QUOTED.finditer(text):
        said = " ".join(words(match[1] or match[2]))
        if f" {said} " not in words_held:
            return "it puts words into quotation marks that the letter does not have so"
    return "it leaves a quotation open" if len(re.findall(r"[“”\"]", text)) % 2 else ""


# --- how it begins: when, and who speaks -------------------------------------------------------------------------


def _without_frame(text: str, letter: Letter) -> str:
    """The sentence without "In March 2019, inspectors found that", where the letter's metadata bears that out."""
    match = FRAME.match(text)
    if not match or not match.group().strip():
        return text
    when, who = match["when"], match["who"]
    if when and not _bears_out(when, letter):
        return text
    if who and SPOKEN.get(who.lower(), letter.standing) != letter.standing:
        return text if not when else text[match.end("when") :]
    return text[match.end() :]


def _bears_out(when: str, letter: Letter) -> bool:
    """Whether every word of "the focused visit of March 2019" is about this letter, its dates as they are."""
    days = (letter.published, letter.visit_start, letter.visit_end, *sum(letter.visit_periods, ()))
    dates = " ; ".join(spoken_date(day) for day in days if day).lower()
    for match in DATE.finditer(when):
        if not re.search(rf"(?<!\d){re.escape(match.group().strip().lower())}\b", dates):
            return False
    known = {*words(describe(letter)), *words(letter.authority or ""), *words(letter.title), *words(dates), *VISITED}
    return all(word in known or word in LITTLE for word in words(DATE.sub("", when)))


def _of_the_letter(token: Token, quote: Quote) -> bool:
    """Whether a word only names whose services the letter is about, where the quote speaks of nobody else's."""
    own = quote.letter.authority or ""
    if token.kind != "word" or token.surface.removesuffix("'s") not in words(own):
        return False
    return all(mention.authority.name == own for mention in find_authorities(quote.text))


def _asks(tokens: Sequence[Token]) -> bool:
    return any(t.value == "must" or t.value in ("improv", "prioriti") for t in tokens)


# --- what it says ----------------------------------------------------------------------------------------------------


def _share(text: str, quote: Quote) -> float:
    claim = [t for t in read_claim(text) if t.kind != "operator"]
    held = {t.value for t in read_claim(quote.text)}
    return sum(t.value in held for t in claim) / max(1, len(claim))


def _missing(claim: Sequence[Token], held: Sequence[Token]) -> list[str]:
    """Words, numbers and grades that the quote lacks, or has in the other voice."""
    there = {(t.kind, t.value, t.passive) for t in held}
    return [t.surface for t in claim if (t.kind, t.value, t.passive) not in there]


def _strange_names(text: str, quote: Quote) -> list[str]:
    """Capitalised words, but the first, that do not stand so in the quote: a stem is not enough for a name."""
    there = {*words(quote.text), *words(quote.letter.authority or ""), *words(quote.letter.issuer or "")}
    plain = {word.removesuffix("'s") for word in there}
    return [
        match.group()
        for match in NAME.finditer(text)
        if fold(match.group()).removesuffix("'s") not in plain | LITTLE and not _spelt_out(match.group(), quote)
    ]


def _spelt_out(name: str, quote: Quote) -> bool:
    """Whether a short form, or a word of the long one, has its equal in the quote."""
    return len(read_claim(name)) != 1 or read_claim(name)[0].surface != fold(name)


def _cut_off(text: str, claim: Sequence[Token], quote: Quote, first: int) -> str:
    """A statement taken without the words that it hangs on: who holds it, or who is quoted with it."""
    spoken = " ".join(quote.text.split())
    held = read_claim(spoken)
    frame = FRAME.match(spoken)
    if frame and frame["who"]:  # "inspectors found that" is the letter speaking
        own = SPOKEN.get(frame["who"].lower()) == quote.letter.standing
        if own or fold(text).startswith(fold(frame.group().strip())):
            rest = read_claim(spoken[frame.end() :])
            held, first = rest, max(0, first - (len(held) - len(rest)))
    if held[first].governed:
        return f"it leaves out what stands before “{held[first].governed}”"
    if not QUOTED.search(text):
        for match in QUOTED.finditer(spoken):
            if aligned(claim, read_claim(match[1] or match[2])):
                return "it says as the letter's what the letter quotes"
    return ""


def _halved(text: str, rest: str, quote: Quote, clauses: set[int]) -> str:
    """A clause cut off before its verb, or told without its time: "overall records" is no statement."""
    told = " ".join(part for at, part in enumerate(CLAUSE.split(fold(" ".join(quote.text.split())))) if at in clauses)
    held, said = set(words(told)), set(words(rest))
    if VERBS & held and not VERBS & said:
        return "it has no verb"
    if PAST & held and not PRESENT & held:
        if PRESENT & said:
            return "it tells of now what the quote tells of then"
        left_out = [year for year in YEAR.findall(told) if year not in text]
        if left_out:
            return f"it leaves out “{left_out[0]}”"
    return ""
