"""What an answer is written from: the question, the letters in scope, the passages found, and what measures them."""

import re
from collections.abc import Sequence
from functools import cached_property

from assistant.answers.evidence import Evidence, Sentence, score_sentences
from assistant.answers.measures import Measures
from assistant.letters.letter import Letter
from assistant.questions.answer_type import BODY
from assistant.questions.question import Question
from assistant.questions.scope import Scope
from assistant.settings import Settings
from assistant.stores.passages import Hit
from assistant.words.terms import Term

__all__ = ["Brief"]

FEW_LETTERS = 12  # up to here every sentence in scope is a candidate; beyond, those of the passages retrieved
PASSAGES = 40  # retrieved passages whose sentences are candidates in a large scope
MEASURED = 8  # sentences whose similarity is measured: each costs an encoding, and 24 gained nothing
OPENING = 2500  # characters in which a letter says the how-manieth visit it is
ABSENT = 3.0  # weight of a word that no letter holds, beside weights of up to 5 for the rarest that some do
DETAILS = ("who", "when", "number", "percentage", "money", "age", "where", "name", "why")  # what a sentence must hold


class Brief:
    """One question with everything that an answer to it may rest on.

    Attributes:
        question: What is asked.
        scope: Which letters may answer.
        hits: The passages retrieved from them, best first.
        measures: Letters and measures.
        settings: Longest answers, in words, and the most letters that are read through for one.
        page: Which page of an answer that goes through every letter, from 1.
    """

    def __init__(
        self, question: Question, scope: Scope, hits: Sequence[Hit], measures: Measures, settings: Settings, page: int
    ) -> None:
        self.question, self.scope, self.hits = question, scope, hits
        self.measures, self.settings, self.page = measures, settings, page

    @cached_property
    def letters(self) -> list[Letter]:
        """The letters in scope, oldest first."""
        return [self.measures.letters[letter_id] for letter_id in self.scope.letters]

    @cached_property
    def dated(self) -> list[Letter]:
        """Those in scope for themselves, not because they mention a year that no letter is about."""
        mentioning = set(self.scope.mentioning)
        return [letter for letter in self.letters if letter.letter_id not in mentioning]

    @cached_property
    def is_unheld(self) -> bool:
        """Whether no letter at all, of whatever authority, year or kind, is about any one thing that is not there."""
        held = self.measures.letters.values()
        years = {str(year) for letter in held for year in letter.years()}
        there = years | {letter.kind for letter in held} | {letter.authority for letter in held}
        return not any(part in there for name in self.scope.unheld for part in re.split(r", | or ", name))

    @cached_property
    def unheld(self) -> str:
        """What the question names and no letter is about, in words; with the authority where others' letters are."""
        names = " or ".join(self.scope.unheld)
        whose = " and ".join(self.scope.authorities)
        return names if self.is_unheld or not whose else f"{names} in {whose}"

    @cached_property
    def absent(self) -> list[Term]:
        """The question's own terms that no letter at all holds."""
        return [term for term in self.question.own_terms if self.measures.rarity(term) == 0]

    def is_too_much(self, letters: int) -> bool:
        """Whether so many letters are more than are read through for one answer: others wait meanwhile."""
        return letters > self.settings.letters_read

    def holding(self, terms: Sequence[Term]) -> list[Letter]:
        """The letters in scope that may hold all of some terms, oldest first; the others do not."""
        within = None if len(self.letters) == len(self.measures.letters) else self.scope.letters
        held = [found for term in terms if (found := self.measures.holding(term, within)) is not None]
        return [letter for letter in self.letters if all(letter.letter_id in found for found in held)]

    def sentences(self, letter: Letter) -> Sequence[Sentence]:
        """The sentences of a letter, in order."""
        return self.measures.sentences(letter)

    @cached_property
    def evidence(self) -> list[Evidence]:
        """Every sentence that may answer, scored, best first."""
        candidates = self._candidates()
        ranks: dict[tuple[str, int], int] = {}
        for hit in self.hits:
            for sentence in candidates:
                if (
                    sentence.letter.letter_id == hit.passage.letter_id
                    and hit.passage.start <= sentence.start < hit.passage.end
                ):
                    ranks.setdefault((hit.passage.letter_id, sentence.start), hit.rank)
        weight = ABSENT if self.question.answer_type in DETAILS else ABSENT / 2
        return score_sentences(
            self.question,
            candidates,
            self.measures.rarity,
            weight * sum(self.measures.strangeness(term) for term in self.absent),
            lambda s: ranks.get((s.letter.letter_id, s.start)),
            self.measures.similarity,
            MEASURED * (2 if self.question.compare else 1),
        )

    def _candidates(self) -> list[Sentence]:
        question = self.question
        candidates = self._searched()
        if not question.terms and not question.stance and question.answer_type is None:
            # "summarise the letter": what it says of itself first
            candidates = [s for s in candidates if s.section.kind in ("headline", "overall")] or candidates
        named = question.answer_type == "name" and not BODY.search(question.text)
        if named or (question.answer_type is None and not question.own_terms):
            # addresses and signatures are no findings; "Parishes affected" stands among them
            candidates = [s for s in candidates if s.section.kind not in ("letterhead", "sign-off")] or candidates
        # "... in the following areas:" says nothing without its items
        candidates = [s for s in candidates if not s.text.rstrip().endswith(":")] or candidates
        if self.scope.sections:
            candidates = [s for s in candidates if s.section.kind in self.scope.sections] or candidates
        if self.scope.mentioned:
            years = [str(year) for year in self.scope.mentioned]
            only = set(self.scope.mentioning)
            candidates = [
                s for s in candidates if s.letter.letter_id not in only or any(year in s.text for year in years)
            ]
        return candidates

    def _searched(self) -> list[Sentence]:
        """Every sentence of a few letters; of many those in the passages retrieved."""
        if len(self.letters) <= FEW_LETTERS:
            return [s for letter in self.letters for s in self.sentences(letter)]
        spans: dict[str, list[tuple[int, int]]] = {}
        for hit in self.hits[:PASSAGES]:
            spans.setdefault(hit.passage.letter_id, []).append((hit.passage.start, hit.passage.end))
        return [
            s
            for letter in self.letters
            if letter.letter_id in spans
            for s in self.sentences(letter)
            if any(start <= s.start < end for start, end in spans[letter.letter_id])
        ]

    @cached_property
    def is_few(self) -> bool:
        """Whether every sentence in scope is a candidate."""
        return len(self.letters) <= FEW_LETTERS

    def is_ordinal(self, letter: Letter) -> bool:
        """Whether a letter says that it is the "second" or "third" visit that the question asks about."""
        opening = letter.text[:OPENING].lower()
        return all(re.search(rf"\b{word}\b", opening) for word in self.question.ordinals)
