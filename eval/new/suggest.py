"""What may answer a question: sentences of the passages found, and the words in them that a right answer has to say."""

import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from textwrap import fill, shorten
from typing import Any

from assistant.letters.citations import Citation
from assistant.letters.dates import MONTHS
from assistant.letters.inspectorates import shipped
from assistant.letters.letter import Letter
from assistant.letters.spoken import describe
from assistant.words.sentences import split_sentences
from assistant.words.terms import FUNCTION, analyse, expand, stemmed
from eval.matching import holds, normalise
from eval.shelf import Shelf

__all__ = ["SUGGESTED", "Sentence", "facts_in", "found_sentences", "listing", "sentences_with", "wrapped"]

GRADES = shipped().grade_names

SUGGESTED = "abcdefghij"
"""The letters that suggested facts are chosen by."""

BEST = 2  # sentences of a further passage that come before all others
SHORTEST = 3  # words: "Yours sincerely" answers nothing
MOST = 60  # sentences that a search for exact words gives
LONGEST_HEADING = 50  # characters of a section's heading behind a sentence
WIDTH = 110


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a letter, or other words of it.

    Attributes:
        letter: The letter.
        start: Where it begins in the letter's text.
        end: Where it ends.
    """

    letter: Letter
    start: int
    end: int

    @property
    def words(self) -> str:
        """As they stand, on one line."""
        return " ".join(self.letter.text[self.start : self.end].split())

    @property
    def locator(self) -> str:
        """Section, paragraph and page."""
        found = self.letter.paragraph_at(self.start)
        if found is None:
            return "heading"
        return Citation(1, self.letter, *found, self.letter.text[self.start : self.end], self.start, self.end).locator

    @property
    def place(self) -> str:
        """The same with no more of a long heading than tells it from others."""
        found = self.letter.paragraph_at(self.start)
        heading = found[0].heading if found else ""
        short = shorten(heading, LONGEST_HEADING, placeholder=" ...")
        return self.locator.replace(heading, short) if heading else self.locator

    @property
    def heading(self) -> str:
        """The letter: file, authority, who is speaking and when."""
        about = f"{self.letter.authority}: " if self.letter.authority else ""
        return f"{self.letter.file} ({about}{describe(self.letter)})"


def found_sentences(found: Mapping[str, Any], shelf: Shelf, question: str) -> list[Sentence]:
    """The sentences of the passages found: all of the best one, then up to two of each other, then the rest.

    Within a passage those come first that hold most of the question's terms or their synonyms; the words that only
    name the letters meant do not count.

    Args:
        found: Passages in the contract's shape.
        shelf: The letters.
        question: What they were searched for.
    """
    scope = found.get("scope", {})
    named = [str(name) for part in ("authorities", "years") for name in scope.get(part, ())]
    terms = expand(question, " ".join(named).lower().split(), FUNCTION)
    best: list[Sentence] = []
    others: list[Sentence] = []
    for hit in found["hits"]:
        letter = shelf.letter(hit["letter_id"])
        start = letter.text.find(hit["text"]) if letter else -1
        if letter is None or start < 0:
            continue
        inside = [one for one in _split(letter, start, start + len(hit["text"])) if one not in (*best, *others)]
        inside = [one for one in inside if len(one.words.split()) >= SHORTEST]
        overlaps = [sum(term.matched(stemmed(one.words)) for term in terms) for one in inside]
        order = sorted(range(len(inside)), key=lambda at: -overlaps[at])
        chosen = [at for at in order[:BEST] if overlaps[at]] if best else order
        best += [inside[at] for at in chosen]
        others += [inside[at] for at in order if at not in chosen]
    return [*best, *others]


def sentences_with(shelf: Shelf, words: str, first: Sequence[str] = ()) -> list[Sentence]:
    """Sentences of any letter that say the words as they are, also in letterheads and signatures; at most 60.

    Args:
        shelf: The letters.
        words: To be found.
        first: Identifiers of the letters that come first.
    """
    letters = [letter for letter in shelf.letters if holds(letter.text, words)]
    letters.sort(key=lambda letter: letter.letter_id not in first)
    every = (one for letter in letters for one in _split(letter, 0, len(letter.text)))
    return [one for one in every if holds(one.words, words)][:MOST]


def _split(letter: Letter, start: int, end: int) -> Iterator[Sentence]:
    for _, paragraph in letter.paragraphs():
        if paragraph.start < end and start < paragraph.end:
            inside = split_sentences(letter.text, max(start, paragraph.start), min(end, paragraph.end))
            yield from (Sentence(letter, *span) for span in inside)


# --- facts ---------------------------------------------------------------------------------------------------------

SPELT = "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|half|third|quarter"
NUMBER = r"\d+(?:[.,]\d+)*"
MONTH = "|".join(MONTHS)
TELLING_WORD = rf"(?!(?i:{'|'.join(map(re.escape, FUNCTION))})\b)[\w'’-]+"
NAME = rf"(?=[A-Z]){TELLING_WORD}"
TELLING = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b(?:\d{{1,2}} (?:and|to) )?\d{{1,2}} (?:{MONTH})(?: \d{{4}})?\b|\b(?:{MONTH}) \d{{4}}\b",
        rf"(?:£\s?)?\b(?i:{NUMBER}|{SPELT})\b(?:%| per ?cent)?(?: of (?:the )?{NUMBER})?(?: {TELLING_WORD})?",
        rf"\b{NAME}(?: {NAME})*",
        rf"(?i)\b(?:{'|'.join(GRADES)})\b",
    )
)
WORD = re.compile(r"[^\W_][\w'’-]*")
LONGEST = 4  # words of a phrase
JOINING = ("of", "and")


def facts_in(quotes: Sequence[str], question: str) -> list[str]:
    """What a right answer may have to say: dates, numbers, names and grades, then other phrases.

    Nothing that the question says itself; a phrase with few of its words comes first.

    Args:
        quotes: The words that answer the question.
        question: As asked.
    """
    asked = set(analyse(question))
    found = [fact for pattern in TELLING for quote in quotes for fact in _telling(pattern, quote)]
    phrases = [phrase for quote in quotes for phrase in _phrases(quote) if not any(fact in phrase for fact in found)]
    found += sorted(phrases, key=lambda phrase: len(set(analyse(phrase)) & asked))
    kept: list[str] = []
    for fact in found:
        says_more = set(analyse(fact)) - asked
        if says_more and not any(normalise(fact) in normalise(one) for one in kept):
            kept.append(fact)
    return kept[: len(SUGGESTED)]


def _telling(pattern: re.Pattern[str], quote: str) -> Iterator[str]:
    for match in pattern.finditer(quote):
        begins = quote[: match.start()].rstrip()[-1:] in ("", *".:?!")
        if not (begins and match.group().istitle() and " " not in match.group()):  # as any sentence begins
            yield match.group()


def _phrases(quote: str) -> Iterator[str]:
    """Runs of two to four words that carry something, "turnover of staff" among them."""
    runs: list[list[re.Match[str]]] = [[]]
    for word in WORD.finditer(quote):
        run = runs[-1]
        telling = word.group().lower() not in FUNCTION
        joined = run and len(run) < LONGEST and quote[run[-1].end() : word.start()] == " "
        if joined and (telling or word.group() in JOINING):
            run.append(word)
        else:
            runs.append([word] if telling else [])
    for run in runs:
        while run and run[-1].group() in JOINING:
            run.pop()
        if len(run) > 1:
            yield quote[run[0].start() : run[-1].end()]


# --- on the terminal -----------------------------------------------------------------------------------------------


def listing(page: Sequence[Sentence], numbered: Sequence[Sentence]) -> str:
    """Some sentences with their numbers, under the headings of their letters.

    Args:
        page: Those to show.
        numbered: All that have a number, in order, from 1.
    """
    lines = []
    heading = ""
    for one in page:
        if one.heading != heading:
            heading = one.heading
            lines.append(heading)
        lines.append(wrapped(f"{one.words} [{one.place}]", f"{numbered.index(one) + 1:4}  "))
    return "\n".join(lines) or "Nothing (more) was found."


def wrapped(text: str, label: str = "  ") -> str:
    """A paragraph behind a label, as wide as the terminal and no wider than can be read."""
    width = min(WIDTH, shutil.get_terminal_size((WIDTH, 24)).columns)
    return fill(text, width, initial_indent=label, subsequent_indent=" " * len(label), break_on_hyphens=False)
