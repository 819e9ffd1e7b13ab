"""An answer being written: sentences, citations and groups, numbered as they come."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from assistant.answer import CitedSentence, Group, Refusal
from assistant.citations import Citation, describe
from assistant.evidence import Sentence
from assistant.facts import Fact
from assistant.letters import Letter, Span

__all__ = ["Draft", "cite"]


@dataclass(slots=True)
class Draft:
    """An answer being written: sentences, citations and groups, numbered as they come.

    `page` of `pages` is written where the answer goes through every letter. `free` says that its sentences were chosen
    from the text, so that a language model may put them into its words; facts, lists and refusals are never free.
    """

    sentences: list[CitedSentence] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    page: int = 1
    pages: int = 1
    refusal: Refusal | None = None
    free: bool = False
    ranked: list[Sentence] = field(default_factory=list)

    def add(self, letter: Letter, facts: Sequence[Fact], heading: str | None = None) -> None:
        """Write facts of one letter under a heading that says who is speaking."""
        indices = []
        for fact in facts:
            number = self._cite(letter, fact.span)
            indices.append(len(self.sentences))
            self.sentences.append(CitedSentence(fact.text or self.citations[number - 1].quote, (number,)))
        if indices:
            self.groups.append(Group(heading if heading is not None else describe(letter), tuple(indices)))

    def quote(self, sentences: Sequence[Sentence]) -> None:
        """Write sentences as they stand, by letter in the order given, within a letter in its own order."""
        grouped: dict[str, list[Sentence]] = {}
        for sentence in sentences:
            grouped.setdefault(sentence.letter.letter_id, []).append(sentence)
        for own in grouped.values():
            spans = [Fact(Span(s.start, s.end)) for s in sorted(own, key=lambda s: s.start)]
            self.add(own[0].letter, spans)

    def note(self, words: str) -> None:
        """Add a remark that carries no finding, once."""
        if words not in self.notes:
            self.notes.append(words)

    def note_more(self, count: int, noun: str) -> None:
        """Note what was left out; what was left out in several places is said once."""
        if count <= 0:
            return
        said = re.compile(rf"(\d+) more {noun}s?")
        for note in [note for note in self.notes if said.fullmatch(note)]:
            count += int(note.split()[0])
            self.notes.remove(note)
        self.note(f"{count} more {noun}{'s' if count > 1 else ''}")

    def _cite(self, letter: Letter, span: Span) -> int:
        for citation in self.citations:
            if (citation.letter.letter_id, citation.start, citation.end) == (letter.letter_id, span.start, span.end):
                return citation.number
        citation = cite(letter, span, len(self.citations) + 1)
        self.citations.append(citation)
        return citation.number

    @property
    def words(self) -> int:
        """Words written so far."""
        return sum(len(sentence.text.split()) for sentence in self.sentences)


def cite(letter: Letter, span: Span, number: int) -> Citation:
    """A citation of a span; a heading is cited with the first paragraph under it."""
    found = letter.paragraph_at(span.start)
    if found is None:
        section = next(s for s in letter.sections if s.start <= span.start < s.end)
        later = [s for s in letter.sections if s.start >= section.start and s.paragraphs]
        found = section, (later[0] if later else letter.sections[0]).paragraphs[0]
    return Citation(number, letter, *found, letter.text[span.start : span.end], span.start, span.end)
