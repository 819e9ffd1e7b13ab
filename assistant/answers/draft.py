"""An answer being written: sentences, citations and groups, numbered as they come."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from assistant.answers.answer import CitedSentence, Group, Refusal, Table
from assistant.answers.evidence import Sentence
from assistant.answers.facts import Fact
from assistant.letters.citations import Citation
from assistant.letters.letter import Letter, Paragraph, Section, Span
from assistant.letters.spoken import describe

__all__ = ["Draft", "cite", "heading_of"]


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
    table: Table | None = None
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
        """Write sentences as they stand, by letter in the order given, within a letter in its own order.

        An item of a list stands under the words that lead in to it: what a letter wants improved is no finding.
        """
        grouped: dict[tuple[str, str], list[Sentence]] = {}
        places = {s.letter.letter_id: place for place, s in reversed(list(enumerate(sentences)))}
        for sentence in sorted(sentences, key=lambda s: (places[s.letter.letter_id], s.start)):
            heading = heading_of(sentence.letter, sentence.section, sentence.paragraph)
            grouped.setdefault((sentence.letter.letter_id, heading), []).append(sentence)
        for (_, heading), own in grouped.items():
            self.add(own[0].letter, [Fact(Span(s.start, s.end)) for s in own], heading)

    def note(self, words: str) -> None:
        """Add a remark that carries no finding, once."""
        if words not in self.notes:
            self.notes.append(words)

    def note_more(self, count: int, noun: str) -> None:
        """Note what was left out; what was left out in several places is said once."""
        if count <= 0:
            return
        said = re.compile(rf"(\d+) more {noun}s?, not quoted")
        for note in [note for note in self.notes if said.fullmatch(note)]:
            count += int(note.split()[0])
            self.notes.remove(note)
        self.note(f"{count} more {noun}{'s' if count > 1 else ''}, not quoted")

    def _cite(self, letter: Letter, span: Span) -> int:
        for citation in self.citations:
            if (citation.letter.letter_id, citation.start, citation.end) == (letter.letter_id, span.start, span.end):
                return citation.number
        citation = cite(letter, span, len(self.citations) + 1)
        self.citations.append(citation)
        return citation.number

    @property
    def headed(self) -> tuple[Group, ...]:
        """The groups; where the letters quoted are about several authorities, each heading names its own."""
        about = {citation.letter.authority for citation in self.citations if citation.letter.authority}
        return tuple(self._named(group) for group in self.groups) if len(about) > 1 else tuple(self.groups)

    def _named(self, group: Group) -> Group:
        number = self.sentences[group.sentences[0]].citations[0]
        name = self.citations[number - 1].letter.authority
        return replace(group, heading=f"{name}: {group.heading}") if name and name not in group.heading else group

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


LONGEST_LEAD = 160  # characters of a heading
LISTED = ("improve", "priority")  # sections whose every paragraph is an item


def heading_of(letter: Letter, section: Section, paragraph: Paragraph) -> str:
    """Who is speaking, and for the item of a list the words that lead in to it."""
    lead = _lead(letter, section, paragraph)
    return f"{describe(letter)}: {lead}" if lead else describe(letter)


def _lead(letter: Letter, section: Section, paragraph: Paragraph) -> str:
    if section.kind in LISTED:
        return section.heading
    if not (paragraph.bullet or paragraph.label):
        return ""
    for before in reversed([p for p in section.paragraphs if p.start < paragraph.start]):
        words = letter.text[before.start : before.end].rstrip()
        if words.endswith(":"):
            lead = re.split(r"(?<=[.!?])\s+", words)[-1].rstrip(":")
            return lead if len(lead) <= LONGEST_LEAD and _below(before, paragraph) else ""
        if bool(before.bullet) != bool(paragraph.bullet):
            return ""
    return ""


def _below(lead: Paragraph, item: Paragraph) -> bool:
    """Whether a paragraph is an item of the list that another leads in to: by its bullet, or by its number."""
    numbered = item.label and (not lead.label or item.label.startswith(f"{lead.label}."))
    return bool(item.bullet or numbered)
