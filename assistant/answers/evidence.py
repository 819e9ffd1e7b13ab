"""Sentences as evidence: every sentence of the letters in scope, scored for a question."""

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from assistant.answers.leanings import STRONG, WEAK
from assistant.letters.dates import find_periods
from assistant.letters.letter import Letter, Paragraph, Section
from assistant.questions.answer_type import BODY
from assistant.questions.question import Question
from assistant.words.sentences import split_sentences
from assistant.words.terms import Term, stem, stemmed

__all__ = ["Evidence", "Sentence", "by_letter", "core_terms", "leaning", "score_sentences", "sentences_of", "suits"]

HIDDEN = ("notes",)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a letter with what surrounds it.

    Attributes:
        letter: Its letter.
        section: Its section.
        paragraph: Its paragraph.
        start: Offset in the letter's text.
        end: End offset.
        text: The words.
        whole: The words of the whole paragraph.
        position: Position in its paragraph, from 0.
        speaker: Offsets of the sentence that names who speaks, where a quotation goes on over paragraphs.
    """

    letter: Letter
    section: Section
    paragraph: Paragraph
    start: int
    end: int
    text: str
    whole: str
    position: int
    speaker: tuple[int, int] | None = None

    @property
    def stems(self) -> str:
        """The words stemmed, for matching."""
        return stemmed(self.text)

    @property
    def around(self) -> str:
        """The whole paragraph stemmed."""
        return stemmed(self.whole)

    @property
    def heading(self) -> str:
        """The section's heading stemmed."""
        return stemmed(self.section.heading)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence with its score for a question.

    Attributes:
        sentence: The sentence.
        score: To rank by; higher is better.
        coverage: Share of the question's matter (weighted by rarity) in the sentence itself, 0 to 1.
        nearby: The same with its paragraph and heading counted in.
        core: Whether it, its paragraph or its heading holds one of the question's most telling terms.
        similarity: Cosine of the embeddings, -1 to 1, or None where it was not measured.
        suits: Whether it holds the type of answer asked for (a number, a date, a name).
    """

    sentence: Sentence
    score: float
    coverage: float
    nearby: float
    core: bool
    similarity: float | None
    suits: bool


def sentences_of(letter: Letter) -> tuple[Sentence, ...]:
    """Every sentence of a letter's body, in order."""
    return tuple(_split(letter))


SAID = re.compile(r"\b(?:said|added|adds|commented|explained)\b")


def _split(letter: Letter) -> Iterable[Sentence]:
    said: tuple[int, int] | None = None
    for section, paragraph in letter.paragraphs():
        if section.kind in HIDDEN:
            continue
        whole = letter.text[paragraph.start : paragraph.end]
        spoken = whole[:1] == "\N{LEFT DOUBLE QUOTATION MARK}"
        said = said if spoken else None
        for position, (start, end) in enumerate(split_sentences(letter.text, paragraph.start, paragraph.end)):
            text = letter.text[start:end]
            speaker = said
            if SAID.search(text) and NAME.search(text):
                said, speaker = (start, end), None
            yield Sentence(letter, section, paragraph, start, end, text, whole, position, speaker)


PARAGRAPH, HEADING, HEADED = (
    0.45,
    0.35,
    0.8,
)  # what a term counts that stands only in the paragraph, or only in the heading
LEXICAL, SIMILAR, TYPE, RANK = 0.55, 0.35, 0.15, 0.10  # shares of the score
STANCE = 0.08  # for a sentence that leans the way the question does
STANCE_ALONE = 0.25  # where the leaning is all that is asked
SECTION = {  # findings before framing: what a section adds to the score of its sentences
    "headline": 0.08,
    "overall": 0.06,
    "improve": 0.03,
    "priority": 0.03,
    "introduction": -0.12,
    "purpose": -0.10,
    "coverage": -0.10,
    "closing": -0.10,
    "administration": -0.05,
    "letterhead": -0.15,
    "sign-off": -0.15,
}


def score_sentences(
    question: Question,
    candidates: Sequence[Sentence],
    rarity: Callable[[Term], float],
    absence: float,
    passage_rank: Callable[[Sentence], int | None],
    similarity: Callable[[Sequence[Sentence]], Sequence[float]],
    measured: int,
) -> list[Evidence]:
    """Score sentences for a question, best first.

    Args:
        question: What is asked.
        candidates: The sentences to score.
        rarity: Weight of a term (inverse document frequency); 0 for one that no letter holds.
        absence: Weight of those of the question's words that no letter holds; they count as not covered.
        passage_rank: Rank of the retrieved passage that a sentence stands in, or None.
        similarity: Cosines of sentences with the question.
        measured: For how many of the best by words the cosine is measured: it costs an encoding each.
    """
    weights = {term: rarity(term) for term in question.terms}
    total = sum(weights.values()) or 1.0
    whole = total + absence
    telling = core_terms(question.terms, rarity)
    rough = []
    for sentence in candidates:
        stems, around, heading = places = sentence.stems, sentence.around, sentence.heading
        own = near = 0.0
        for term, weight in weights.items():
            said = term.matched(stems)
            own += weight * said
            near += weight * max(said, PARAGRAPH * term.matched(around), HEADING * term.matched(heading))
        if weights and all(term.matched(heading) for term in weights):
            near = max(near, HEADED * total)  # the section is about just this
        rank = passage_rank(sentence)
        prior = 1 / (1 + math.log2(rank)) if rank else 0.0
        fits = suits(question, sentence)
        score = LEXICAL * near / total + RANK * prior + TYPE * fits + SECTION.get(sentence.section.kind, 0.0)
        if question.stance:
            score += (STANCE if weights else STANCE_ALONE) * question.stance * leaning(sentence)
        core = any(term.matched(place) for term in telling for place in places)
        rough.append((score, own / whole, near / whole, core, fits, sentence))
    rough.sort(key=lambda item: (-item[0], item[5].letter.letter_id, item[5].start))
    cosines = dict(enumerate(similarity([item[5] for item in rough[:measured]])))
    scored = [
        Evidence(sentence, score + SIMILAR * max(0.0, cosines.get(at, 0.0)), own, near, core, cosines.get(at), fits)
        for at, (score, own, near, core, fits, sentence) in enumerate(rough)
    ]
    return sorted(scored, key=lambda e: (-e.score, e.sentence.letter.letter_id, e.sentence.start))


TELLING = 0.6  # share of the weightiest term's weight from which a term is telling


def core_terms(terms: Sequence[Term], rarity: Callable[[Term], float]) -> tuple[Term, ...]:
    """The terms that carry a question: the weightiest, and those nearly as weighty."""
    weights = {term: rarity(term) for term in terms}
    most = max(weights.values(), default=0.0)
    second = sorted(weights.values())[-2] if len(weights) > 1 else most
    return tuple(term for term, weight in weights.items() if weight and weight >= min(TELLING * most, second))


def leaning(sentence: Sentence) -> int:
    """1 where a sentence praises, -1 where it finds fault, 0 where it does both or neither."""
    return bool(STRONG.search(sentence.text)) - bool(WEAK.search(sentence.text))


# --- whether a sentence holds the type of answer -------------------------------------------------------------------

NUMBER_WORDS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand"
).split()
NUMBER = rf"(?:\d[\d,.]*|\b(?:{'|'.join(NUMBER_WORDS)})\b)"
NUMBER_RE = re.compile(NUMBER, re.IGNORECASE)
VAGUE = re.compile(
    r"\b(?:most|almost all|the majority|a minority|minority|for a few|half)(?: of)?\b(?! (?:cases|recent))",
    re.IGNORECASE,
)
UNITS = frozenset(stem(unit) for unit in ("years", "months", "weeks", "days", "hours", "minutes", "times"))
ORDINALS = re.compile(r"\b(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)\b", re.IGNORECASE)
STATED = re.compile(
    r"\b(?P<what>[a-z]+)(?:,? sometimes)?(?: is| are| was| were| of| at| averag\w+| stood at| over| under| up to)+"
    rf"(?: about| around| over)? {NUMBER}",
    re.IGNORECASE,
)
"""A number behind what it counts: "the average caseload is 14"."""
UNIT = re.compile(
    rf"{NUMBER}[\s-]*(?:years?|months?|weeks?|days?|hours?|minutes?|times)\b|\bage[ds]?\b[^.]{{0,20}}{NUMBER}"
    rf"|\b(?:when|once|until|before|from|at|turn\w*|reach\w*)\s+(?:they\s+(?:are|turn|reach)\s+)?"
    r"(?:1\d|2[0-5])\b(?!\s*(?:%|per))"
    r"|\b(?:weekly|monthly|daily|quarterly|annually|yearly|fortnightly|termly)\b"
    r"|\b(?:each|every|per|once an?|a|an) (?:week|fortnight|month|term|year|day)\b"
    r"|\bfor (?:many|several|some) (?:years|months|weeks)\b"
    r"|\bin (?:post|place|operation) since\b",
    re.IGNORECASE,
)
PERCENT = re.compile(r"\d\s?%|\bper\s?cent\b", re.IGNORECASE)
MONEY = re.compile(r"£\s?\d|\d[\d,.]*\s?(?:million|m|k|pounds)\b", re.IGNORECASE)
NAME = re.compile(r"\b[A-Z][a-z'’]+(?:\s+[A-Z][a-z'’]+)+\b")
AGENT = re.compile(r"\bby\s+(?:the\s+|a\s+|an\s+)?[A-Za-z]{3,}|\b[A-Z][a-z]+ (?:said|told|leads?|chairs?)\b")
SHARE = re.compile(
    r"\b(?:majority|minority|most|mostly|all|almost all|nearly all|few|a few|half|third|quarters?|proportion|none)\b",
    re.IGNORECASE,
)
IDENTITY = re.compile(
    r"\bwho(?:'s| is| are| was| were)? (?:the |their |its )?(?:new |current |interim )?"
    r"(?:chief exec\w*|leader of|lead member|cabinet member|head|chair"
    r"|chairs|chairing|leads?|manager|director|boss"
    r"|runs?|heads|name)\b|\bwho (?:sits|sat|serves|served) on\b"
    r"|\bwho(?:'s| is| are| was| were) (?:the|its|their|our|[\w-]+'s) (?:\w+ ){0,4}"
    r"(?:champions?|commissioners?|advisers?|officers?|lado|dcs|members?)\b"
    r"|\bwho (?:chair(?:s|ed)|head(?:s|ed)|runs?|ran|manage[sd]|leads?|led)\b",
    re.IGNORECASE,
)
PERSON = re.compile(
    r"\b(?:Mr|Mrs|Ms|Miss|Dr|Sir|Dame|Lord|Lady|Baroness|Councillor|Cllr|Professor)\.? [A-Z]"
    r"|\b[A-Z][a-z'’]+ [A-Z][a-z'’]+(?:,| is| was| said| has been| (?:leads|chairs|heads|runs))\b"
    r"|\b(?:[Cc]hair|[Dd]irector|[Hh]ead|[Ll]eader|[Mm]anager|[Ii]nspector|by)(?:\s+is|\s+was|,|:)?"
    r" [A-Z][a-z'’]+ [A-Z][a-z'’]+\b"
)
"""A person by name, as letters and council papers name them."""
LED_BY = tuple(
    (re.compile(rf"\b(?:{asked})\b", re.IGNORECASE), re.compile(rf"(?:{told}) by\b", re.IGNORECASE))
    for asked, told in (
        ("chairs?|chaired|leads?|led|heads?|headed", "chaired|headed"),
        ("leads?|led", r"\bled"),
        ("runs?|ran", r"\brun"),
        ("manages?|managed", "managed"),
    )
)
"""An office that answers who leads something: "the board is chaired by the lead member"."""
HELD = r"(?:leader of|chief executive|lead member|cabinet member|mayor|director of (?!children)\w+|chief \w+ officer)"
HOLDER = re.compile(
    rf"\bwho(?:'s| is| was| were| are)? (?:the )?(?:[\w'’]+ ){{0,3}}?(?P<who>{HELD})\b|\b(?P<name>{HELD})\b",
    re.IGNORECASE,
)
"""The holder of an office by its title: no other office's holder answers."""
OFFICE = re.compile(
    r"\b(?:Ofsted|Council|Borough|Service|Services|Board|Department|Committee|Education|Majesty|Offer|Hub|Care|Children"
    r"|Social|Safeguarding|Inspector|The|Team|Report|Author|Officer|Finance|Legal|Section)\b"
)
"""Words of offices and organisations, which are no persons."""
BESIDE = 25  # characters from a name to the word for what it is the name of
ROLE = re.compile(
    r"\b(?:staff|directors?|leaders?|managers?|councillors?|members?|board|panel|team|officers?|workers?"
    r"|nurses?|advocates?|advisers?|chief executive"
    r"|cabinet|practitioners?|partners|parents|inspectors|young people|service)\b",
    re.IGNORECASE,
)
PLACE = re.compile(
    r"\b(?:based|located|situated|held|housed|at)\s+(?:in\s+|at\s+|the\s+)?[A-Z][a-z]+"
    r"|\bout of (?:area|borough|county|city)\b"
)
CAUSE = re.compile(
    r"\b(?:because|due to|owing to|as a result|results? (?:in|from)|resulting|means? that|meant that"
    r"|reflects?|lead(?:s|ing)? to|led to|caused?"
    r"|reasons?|so that|therefore|consequently|in order to|following|barriers?|through|enabl\w+"
    r"|helps?|contribut\w+|leads|this is"
    r"|since(?! (?:then|last|(?:the|its|their|that) (?:\w+ ){0,2}(?:inspection|visit|pandemic)"
    r"|(?:[A-Z]\w+ )?(?:19|20)\d\d))"
    r"|impact\w*|limits?|difficult\w*)\b",
    re.IGNORECASE,
)
WHEN = re.compile(
    r"\b(?:19|20)\d\d\b|\b(?:January|February|March|April|May|June|July|August|September|October|November|December)\b"
    r"|\blast (?:summer|winter|autumn|spring|year|month|week)\b",
)


def suits(question: Question, sentence: Sentence) -> bool:
    """Whether a sentence holds the type of answer asked for; True where no type is asked."""
    text = sentence.text
    if question.ordinals and not all(f" {stem(word)} " in sentence.stems for word in question.ordinals):
        return question.answer_type is None
    match question.answer_type:
        case "number":
            return _counts(question, sentence)
        case "percentage":
            exact = re.search(r"\bper\s?cent|\brate\b", question.text, re.IGNORECASE)
            return bool(PERCENT.search(text) or (not exact and SHARE.search(text)))
        case "money":
            return bool(MONEY.search(text))
        case "age":
            return bool(UNIT.search(text))
        case "when":
            return bool(WHEN.search(text) or find_periods(text))
        case "who":
            if not _office(question, text):
                return False
            if IDENTITY.search(question.text):
                return _person(text, PERSON) or any(
                    ask.search(question.text) and told.search(text) for ask, told in LED_BY
                )
            return bool(sentence.speaker or _person(text) or AGENT.search(text) or ROLE.search(text))
        case "where":
            return bool(PLACE.search(text))
        case "why":
            return bool(CAUSE.search(text))
        case "name":
            body = BODY.search(question.text)
            if body and not _names(body["what"], text):
                return False
            return bool(_person(text)) and _office(question, text)
        case _:
            return True


def _names(what: str, sentence: str) -> bool:
    """Whether a sentence names a body of the sort asked for: its word is part of a name, or stands beside one."""
    kind = stem(what.lower().split()[0])  # a police force is called "Thames Valley Police"
    return any(
        kind in stemmed(sentence[max(0, m.start() - BESIDE) : m.end() + BESIDE]).split()
        for m in NAME.finditer(sentence)
    )


def _office(question: Question, sentence: str) -> bool:
    """Whether a sentence names the very office whose holder is asked for, if one is: a director is no leader."""
    asked = HOLDER.search(question.text)
    office = asked and (asked["who"] or (question.answer_type == "name" and asked["name"]))
    return not office or office.lower() in sentence.lower()


def _person(text: str, pattern: re.Pattern[str] = NAME) -> bool:
    """A capitalised name that is not only the sentence's first word or an office of the field."""
    return any(not OFFICE.search(match.group()) for match in pattern.finditer(text))


def _counts(question: Question, sentence: Sentence) -> bool:
    """A number counts X only where it directly governs X: "6 inspectors"; "most" of them answers "how many of"."""
    asked = question.asked
    if asked and re.search(r"\bhow many of\b", question.text, re.IGNORECASE) and VAGUE.search(sentence.text):
        governed = VAGUE.split(sentence.text, maxsplit=1)[1]
        if asked[-1] in stemmed(governed[:80]).split()[:4]:
            return True
    if not asked:
        return bool(NUMBER_RE.search(sentence.text))
    unit = asked[-1] in UNITS
    stated = STATED.search(sentence.text)
    if stated and not unit and stemmed(stated["what"]).strip().startswith(asked[-1]):
        return True
    for match in NUMBER_RE.finditer(sentence.text):
        if PERCENT.match(sentence.text, match.end() - 1) or match.group().endswith((",", ".")):
            continue  # "since 2016, children ..." counts no children
        following = stemmed(re.split(r"[.;,:]", sentence.text[match.end() : match.end() + 80])[0]).split()[:4]
        if asked[-1] in following and (unit or not UNIT.match(sentence.text, match.start())):
            return True
    ordinal = ORDINALS.search(sentence.text)  # "the second monitoring visit" counts two of them
    return bool(ordinal and asked[-1] in stemmed(sentence.text[ordinal.end() : ordinal.end() + 40]).split()[:3])


def by_letter(evidence: Iterable[Evidence]) -> Mapping[str, list[Evidence]]:
    """Evidence of each letter, in the order given."""
    grouped: dict[str, list[Evidence]] = {}
    for item in evidence:
        grouped.setdefault(item.sentence.letter.letter_id, []).append(item)
    return grouped
