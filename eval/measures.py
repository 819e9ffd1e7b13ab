"""The measures, as pure functions: what each is, its range, and where its definition comes from.

Nothing here asks a language model: a figure is the same on every machine.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import ir_measures
from ir_measures import RR, Qrel, ScoredDoc, Success, nDCG

from assistant.letters.dates import MONTHS
from assistant.letters.inspectorates import shipped
from assistant.letters.letter import Letter
from assistant.letters.spoken import describe, spoken_date
from eval.matching import normalise, squeezed

__all__ = [
    "Tally",
    "citation_precision",
    "citation_recall",
    "gains",
    "metadata",
    "ranking",
    "supports",
    "ungrounded",
    "verbatim",
    "word_count",
    "word_limit",
]

GRADES = shipped().grade_names

WORDS_ONE_MATTER = 150
WORDS_SEVERAL = 300
LONG_TYPES = ("list", "compar", "coverage")  # beginnings of words in a question's type
LONG_IF_SEVERAL_LETTERS = "theme"

SUPPORTED = 0.75  # share of a sentence's content words that its quotes must hold: a few may be inflected
LABEL = re.compile(r"^(?:[A-Z][\w' -]{0,40}: |Dated )(?=\S)")  # "Lead inspector: ", "No: ": a template's own words
EMPTY_WORDS = frozenset(
    re.findall(
        r"\w+",
        "a an and are as at be been by for from had has have he her his in is it its of on or our she that "
        "the their them there these they this those to was we were which who will with",
    )
)

SPELT = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
NUMBER_WORDS = {word: str(number) for number, word in enumerate(SPELT, 2)}
NUMBER = re.compile(r"(?<!\d)(?<!\d[.,])\d+(?:[.,]\d+)*%?")
DATE = re.compile(rf"\b\d{{1,2}} (?:{'|'.join(MONTHS)})(?: \d{{4}})?\b", re.IGNORECASE)
ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th)\b")
GRADE = re.compile(rf"\b(?:{'|'.join((*GRADES, 'adequate', 'satisfactory'))})\b")
WORD = re.compile(r"(?<!\w)[^\W\d_][\w'\u2019-]*")
SENTENCE_START = re.compile(r"(?:^|[.!?:;\n]|[\u2022\u25a0\u25fc])[\s\"'\u2018\u201c(\[-]*$")


@dataclass(frozen=True, slots=True)
class Tally:
    """So many of so many; or a sum of values between 0 and 1 over so many questions."""

    hits: float
    of: int

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.hits + other.hits, self.of + other.of)

    @property
    def value(self) -> float | None:
        """The share or mean, 0 to 1, or None of nothing."""
        return self.hits / self.of if self.of else None


def word_count(text: str) -> int:
    """Words of an answer as read: without [n] markers, and only those with a letter or digit in them."""
    return sum(any(map(str.isalnum, word)) for word in re.sub(r"\[\d+\]", " ", text).split())


def word_limit(kind: str, letters: int) -> int:
    """Most words of an answer: 150; 300 for a list, a comparison, coverage, or a theme over several letters.

    Args:
        kind: Type of the question.
        letters: Number of letters that hold its answer.
    """
    words = re.split(r"[^a-z]+", kind.casefold())
    long = any(word.startswith(LONG_TYPES) for word in words)
    if long or (letters > 1 and LONG_IF_SEVERAL_LETTERS in words):
        return WORDS_SEVERAL
    return WORDS_ONE_MATTER


def gains(evidence: Sequence[tuple[frozenset[str], str]], passages: Sequence[tuple[str, str]]) -> list[int]:
    """For each retrieved passage, how many gold quotes it is the first to contain: 0 to all of them.

    By containment of the words and not by a passage's identifier, so that how letters are cut may change.

    Args:
        evidence: Each gold quote: identifiers of the letters that it may come from, and its words.
        passages: Best first: identifier of the letter, and the words.
    """
    wanted = [(letters, squeezed(quote)) for letters, quote in evidence]
    counts = []
    for letter, text in passages:
        words = squeezed(text)
        left = [(letters, quote) for letters, quote in wanted if letter not in letters or quote not in words]
        counts.append(len(wanted) - len(left))
        wanted = left
    return counts


def ranking(found: Sequence[int], wanted: int) -> dict[str, float]:
    """Quality of one ranked list, each between 0 and 1; all 0 where nothing was retrieved.

    hit@k: a gold quote stands in the first k passages. recall@k: share of the gold quotes that do. mrr@10:
    one over the rank of the first such passage, else 0. ndcg@10: Järvelin and Kekäläinen (ACM TOIS 20, 2002),
    a passage's gain being the quotes it is the first to contain; quotes never found count as passages missed.
    hit, mrr and ndcg are ir_measures' Success, RR and nDCG, that is trec_eval's.

    Args:
        found: From `gains`.
        wanted: Number of gold quotes, at least 1.
    """
    missed = wanted - sum(found)
    relevant = [Qrel("q", f"rank {rank}", gain) for rank, gain in enumerate(found) if gain]
    relevant += [Qrel("q", f"missed {number}", 1) for number in range(missed)]
    run = [ScoredDoc("q", f"rank {rank}", -float(rank)) for rank in range(len(found))]
    names = {Success @ 1: "hit@1", Success @ 5: "hit@5", RR @ 10: "mrr@10", nDCG @ 10: "ndcg@10"}
    values = ir_measures.calc_aggregate(list(names), relevant, run)
    return {name: float(values[measure]) for measure, name in names.items()} | {
        f"recall@{k}": sum(found[:k]) / wanted for k in (5, 10)
    }


def supports(quotes: Sequence[str], sentence: str) -> bool:
    """Whether quotes together carry a sentence: this project's stand-in for ALCE's entailment model.

    They do if they hold at least three quarters of its different content words and all of its numbers. A
    template's label ("Lead inspector:") is set aside. Word overlap cannot see a "not": extractive sentences
    equal their quotes, and for others this is a floor, not a proof.
    """
    words = _content(LABEL.sub("", sentence))
    held = _content(" ".join(quotes))
    numbers = {word for word in words if word[0].isdigit()}
    return bool(words and held) and numbers <= held and len(words & held) >= SUPPORTED * len(words)


def verbatim(sentence: str, quotes: Sequence[str]) -> bool:
    """Whether a sentence, a template's label aside, is one stretch of one of its quotes: white space and marks aside.

    What an extractive writer must reach throughout; it notices a dropped "not", which word overlap cannot. A colon
    counts as white space: it stands for the line of a table of judgements, "Care leavers: Good".
    """
    said = squeezed(LABEL.sub("", sentence).replace(":", " "))
    return bool(said) and any(said in squeezed(quote.replace(":", " ")) for quote in quotes)


def citation_recall(sentence: str, quotes: Sequence[str]) -> Tally:
    """ALCE's citation recall of one sentence: 1 of 1 if its citations together support it, else 0 of 1.

    Gao et al., "Enabling Large Language Models to Generate Text with Citations", EMNLP 2023, with `supports`
    (word overlap with the quotes) in place of the entailment model.
    """
    return Tally(float(bool(quotes) and supports(quotes, sentence)), 1)


def citation_precision(sentence: str, quotes: Sequence[str]) -> Tally:
    """ALCE's citation precision of one sentence: how many of its citations are relevant, of all of them.

    None is if the sentence is not supported by all together; otherwise a citation is irrelevant if it does
    not support the sentence alone while the others do without it. Source as for `citation_recall`.
    """
    if not supports(quotes, sentence):
        return Tally(0, len(quotes))
    relevant = sum(
        supports([quote], sentence) or not supports([*quotes[:place], *quotes[place + 1 :]], sentence)
        for place, quote in enumerate(quotes)
    )
    return Tally(relevant, len(quotes))


def _content(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\d+(?:[.,]\d+)*%?|\w+", normalise(text))) - EMPTY_WORDS


def metadata(letter: Letter) -> str:
    """What is known of a letter beside its text, in words: a sentence may say it without quoting it."""
    parts = [letter.title, letter.issuer, letter.kind, letter.framework, letter.authority, letter.file]
    parts += [describe(letter), letter.addressee, letter.lead_inspector, *letter.inspectors]
    for judgement in letter.judgements:
        parts += [judgement.area, judgement.grade, judgement.note]
    for day in (letter.published, letter.visit_start, letter.visit_end, *sum(letter.visit_periods, ())):
        parts += [day, spoken_date(day)]
    return " \n".join(part for part in parts if part)


def ungrounded(sentence: str, evidence: Sequence[str]) -> list[str]:
    """Numbers, percentages, dates, grade words and capitalised names of a sentence that its evidence lacks.

    Grounding is the share of sentences where the list is empty, between 0 and 1. A number must be the same
    whole number ("two" and "2" are); a date must stand as one ("6 May 2019" is not in "6 June and 5 May
    2019"); a word capitalised only because it begins a sentence is no name.

    Args:
        sentence: As answered.
        evidence: The quotes it cites, and the `metadata` of their letters.
    """
    said, held = _comparable(sentence), _comparable(" \n".join(evidence))
    numbers = {match.group() for match in NUMBER.finditer(said)}
    held_numbers = {match.group() for match in NUMBER.finditer(held)}
    missing = sorted(numbers - held_numbers)
    phrases = [match.group() for pattern in (DATE, GRADE) for match in pattern.finditer(said)]
    phrases += [_comparable(name) for name in _names(sentence)]
    for phrase in dict.fromkeys(phrases):
        if not re.search(rf"(?<!\w){re.escape(phrase)}\b", held):
            missing.append(phrase)
    return missing


def _comparable(text: str) -> str:
    """Normalised, "two" as "2", "1st March" as "1 march"."""
    plain = ORDINAL.sub("", normalise(text))
    return re.sub(r"[a-z]+", lambda match: NUMBER_WORDS.get(match.group(), match.group()), plain)


def _names(sentence: str) -> list[str]:
    """Capitalised words, but not one that only begins a sentence: a name there is followed by another."""
    words = list(WORD.finditer(sentence))
    names = []
    for word, following in zip(words, [*words[1:], None], strict=True):
        text = re.sub(r"['\u2019]s?$", "", word.group())
        if not text[:1].isupper() or len(text) < 2:
            continue
        begins = SENTENCE_START.search(sentence, 0, word.start()) is not None
        in_a_name = (
            following is not None
            and following.group()[0].isupper()
            and sentence[word.end() : following.start()] in (" ", "'s ", "\u2019s ")
        )
        if not begins or in_a_name:
            names.append(text)
    return names
