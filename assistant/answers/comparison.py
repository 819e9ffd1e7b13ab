"""Letters side by side, matter by matter: from each the same number of quotes, and said where it has none.

A quote is the letter's best sentence on the matter by its words: how many of the matter's phrases it holds, whether its
section is about it, whether it judges, and whether another matter has more of it. Nothing is weighed between letters.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.answers.answer import Answer
from assistant.answers.concerns import statements_of
from assistant.answers.draft import Draft
from assistant.answers.evidence import SECTION, Sentence
from assistant.answers.facts import Fact
from assistant.answers.leanings import FAULT, PRAISE
from assistant.answers.matters import MATTERS, Matter
from assistant.errors import FilterError
from assistant.letters.letter import Letter, Span
from assistant.letters.spoken import describe
from assistant.questions.scope import Scope

__all__ = ["MOST", "QUOTES", "Comparison", "Told", "comparison", "comparison_answer", "told_of"]

QUOTES = 2  # of each letter on a matter
MOST = 6  # letters side by side
HEADED, JUDGES = 1.5, 0.5  # what a sentence gains in a section about the matter, and where it judges
ELSEWHERE = 0.4  # what it loses for each phrase more that it holds of another matter
ITEM = 0.5  # what an area for improvement loses: it says what is wanted, a finding says what is
ENOUGH = 3  # phrases beyond which more say nothing more
LISTS = ("improve", "priority")
SHORT, LONG = 8, 45  # words of a sentence that says something and is still read


@dataclass(frozen=True, slots=True)
class Told:
    """What a letter says of a matter.

    Attributes:
        letter: The letter.
        quotes: Its best sentences, the best first; none where it does not speak of the matter.
    """

    letter: Letter
    quotes: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Letters side by side.

    Attributes:
        letters: Oldest first.
        rows: Each matter with what each of the letters says of it, in the letters' order.
    """

    letters: tuple[Letter, ...]
    rows: tuple[tuple[Matter, tuple[Told, ...]], ...]


def comparison(letters: Sequence[Letter], quotes: int = QUOTES) -> Comparison:
    """Set letters side by side.

    Args:
        letters: Two to `MOST`, each once.
        quotes: How many of each letter on a matter; one that has fewer gives what it has.

    Raises:
        FilterError: If they are too few or too many.
    """
    ordered = tuple(
        sorted({one.letter_id: one for one in letters}.values(), key=lambda one: (one.first_day, one.letter_id))
    )
    if not 2 <= len(ordered) <= MOST:
        have = "1 letter" if len(ordered) == 1 else f"{len(ordered)} letters"
        raise FilterError(f"{have} cannot be compared: name two to {MOST}; the list: assistant letters")
    told = [told_of(letter, quotes) for letter in ordered]
    return Comparison(
        ordered, tuple((matter, tuple(one[place] for one in told)) for place, matter in enumerate(MATTERS))
    )


def told_of(letter: Letter, quotes: int = QUOTES) -> list[Told]:
    """What a letter says of each of the `MATTERS`, in their order.

    A sentence stands for one of them, unless nothing else is left for another.
    """
    statements = [one for one in statements_of(letter) if not one.text.rstrip().endswith(":")]
    hits = [[min(matter.hits(one.stems), ENOUGH) for matter in MATTERS] for one in statements]
    ranked: list[tuple[float, int, Sentence]] = []
    for one, found in zip(statements, hits, strict=True):
        for place, matter in enumerate(MATTERS):
            if found[place]:
                ranked.append((_score(one, matter, found[place], max(found)), place, one))
    ranked.sort(key=lambda entry: (-entry[0], entry[2].start))
    chosen: list[list[Sentence]] = [[] for _ in MATTERS]
    used: set[int] = set()
    for _, place, one in ranked:
        if len(chosen[place]) < quotes and one.start not in used:
            chosen[place].append(one)
            used.add(one.start)
    for _, place, one in ranked:  # a matter that others left nothing of shares a sentence with them
        if not chosen[place]:
            chosen[place].append(one)
    return [Told(letter, tuple(Span(one.start, one.end) for one in own)) for own in chosen]


def _score(sentence: Sentence, matter: Matter, own: int, most: int) -> float:
    length = len(sentence.text.split())
    return (
        own
        + HEADED * matter.heads(sentence.heading)
        + JUDGES * bool(FAULT.search(sentence.text) or PRAISE.search(sentence.text))
        - ELSEWHERE * (most - own)
        - ITEM * (sentence.section.kind in LISTS)
        + SECTION.get(sentence.section.kind, 0.0)
        - 0.5 * (not SHORT <= length <= LONG)
    )


def comparison_answer(found: Comparison) -> Answer:
    """A comparison in the shape of an answer, so that it is saved, cited and verified like one."""
    draft = Draft()
    for matter, each in found.rows:
        for told in each:
            facts = [Fact(span) for span in sorted(told.quotes, key=lambda span: span.start)]
            draft.add(told.letter, facts, f"{matter.name}: {describe(told.letter)}")
            if not facts:
                draft.note(f"{matter.name}: not mentioned in {describe(told.letter)}.")
    names = " and ".join(describe(letter) for letter in found.letters)
    scope = Scope(reading="the letters named", letters=tuple(letter.letter_id for letter in found.letters))
    return Answer(
        f"Side by side: {names}",
        scope,
        tuple(draft.sentences),
        tuple(draft.citations),
        tuple(draft.groups),
        tuple(draft.notes),
    )
