"""What the assistant gives back: an answer whose every sentence is cited, or a refusal that says why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from assistant.contract.shapes import AnswerShape, CitationShape
from assistant.letters.citations import Citation
from assistant.letters.letter import Letter
from assistant.letters.spoken import describe
from assistant.questions.scope import Scope
from assistant.stores.passages import Hit

__all__ = [
    "Answer",
    "CitedSentence",
    "Dropped",
    "Group",
    "Part",
    "Refusal",
    "RefusalKind",
    "Table",
    "TableRow",
    "answer_json",
    "citation_json",
    "parts_of",
]

RefusalKind = Literal["no_letter_in_scope", "letters_silent", "false_premise", "out_of_remit"]

LONGEST_RETRIEVED = 1500  # characters of a retrieved passage in the JSON: the contract's limit


@dataclass(frozen=True, slots=True)
class CitedSentence:
    """A sentence of an answer and the numbers of the citations it rests on.

    Raises:
        ValueError: If it has no citation: an answer never holds an unsupported sentence.
    """

    text: str
    citations: tuple[int, ...]

    def __post_init__(self) -> None:
        if not self.citations or not self.text.strip():
            raise ValueError("a sentence needs words and at least one citation")


@dataclass(frozen=True, slots=True)
class Group:
    """Sentences of one document under a heading that says who is speaking; indices into the sentences."""

    heading: str
    sentences: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Dropped:
    """A sentence of a language model that is not shown, and why not.

    Attributes:
        text: Its words, cut to a few hundred characters. They were not borne out: they are never part of the answer.
        reason: Which check it failed.
    """

    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there is no answer, in words, and the nearest thing that the letters do say.

    Attributes:
        kind: One of the four named kinds.
        message: Complete sentences for the user.
        nearest: Citations that are not an answer but may help, or that prove a correction.
    """

    kind: RefusalKind
    message: str
    nearest: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of a table: its cells in words, and the number of the citation that proves it."""

    cells: tuple[str, ...]
    citation: int


@dataclass(frozen=True, slots=True)
class Table:
    """What was counted, row by row, beside the sentences that prove it.

    Attributes:
        caption: How many there are, and among how many they were counted; no finding of a letter.
        columns: The cells' headings.
        rows: Every one that was counted.
    """

    caption: str
    columns: tuple[str, ...]
    rows: tuple[TableRow, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer or a refusal, with everything needed to check it.

    Attributes:
        question: As asked.
        scope: Which letters were searched and why.
        sentences: In the order to be read; empty for a refusal.
        citations: Numbered from 1 in that order.
        groups: The sentences by document.
        notes: Remarks that carry no finding ("3 more passages, not quoted").
        page: Which page this is of an answer that goes through every letter, from 1; not always the one asked for,
            because behind the last there is none.
        pages: How many there are; 1 for any other answer.
        refusal: Or None.
        hits: The passages retrieved, best first.
        writer: "extractive", or the language model's name.
        dropped: What a language model said that is not shown.
        seconds: By stage: "scope", "retrieve", "write", "total"; "model" too where a language model was asked.
        table: What was counted over many letters, or None.

    Raises:
        ValueError: If a sentence points at a citation that does not exist, both or neither of
            sentences and refusal are given, or the page is not one of the pages.
    """

    question: str
    scope: Scope
    sentences: tuple[CitedSentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    groups: tuple[Group, ...] = ()
    notes: tuple[str, ...] = ()
    page: int = 1
    pages: int = 1
    refusal: Refusal | None = None
    hits: tuple[Hit, ...] = ()
    writer: str = "extractive"
    dropped: tuple[Dropped, ...] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)
    table: Table | None = None

    def __post_init__(self) -> None:
        if bool(self.sentences) == bool(self.refusal):
            raise ValueError("an answer has sentences or a refusal, never both or neither")
        known = {citation.number for citation in self.citations}
        if any(number not in known for sentence in self.sentences for number in sentence.citations):
            raise ValueError("a sentence cites a number that has no citation")
        if not 1 <= self.page <= self.pages:
            raise ValueError("an answer's page is one of its pages")

    @property
    def text(self) -> str:
        """Plain text: the sentences with [n] markers under their headings, or the refusal's message.

        Where something was counted, what was counted comes first.
        """
        if self.refusal:
            return self.refusal.message
        blocks = [self.table.caption] if self.table else []
        for group in self.groups:
            lines = [
                f"{self.sentences[i].text} {''.join(f'[{n}]' for n in self.sentences[i].citations)}"
                for i in group.sentences
            ]
            blocks.append("\n".join([f"{group.heading}:", *lines] if group.heading else lines))
        return "\n\n".join(blocks)


@dataclass(frozen=True, slots=True)
class Part:
    """Sentences of an answer as they are shown, under who says them.

    Attributes:
        heading: Who speaks, in which kind of document, when; empty where the part before has the same, or none.
        lead: Words of the letter that lead up to what is quoted ("The areas to improve are"), or empty.
        letter: The one letter that all of them are from, or None.
        sentences: In the order to be read.
    """

    heading: str
    lead: str
    letter: Letter | None
    sentences: tuple[CitedSentence, ...]


def parts_of(answer: Answer) -> tuple[Part, ...]:
    """An answer as it is shown: its groups, then any sentence that no group holds, so that nothing is lost."""
    cited = {citation.number: citation.letter for citation in answer.citations}
    grouped = {index for group in answer.groups for index in group.sentences}
    rest = tuple(index for index in range(len(answer.sentences)) if index not in grouped)
    parts: list[Part] = []
    before = ""
    for heading, indices in [*((group.heading, group.sentences) for group in answer.groups), ("", rest)]:
        sentences = tuple(answer.sentences[index] for index in indices)
        if not sentences:
            continue
        letters = {cited[n].letter_id: cited[n] for sentence in sentences for n in sentence.citations if n in cited}
        only = next(iter(letters.values())) if len(letters) == 1 else None
        speaker = describe(only) if only else ""
        lead = ""
        for name in (speaker, f"{only.authority}: {speaker}") if only else ():
            if heading.startswith(f"{name}: "):
                heading, lead = name, heading.removeprefix(f"{name}: ").rstrip().removesuffix(":")
        parts.append(Part("" if heading == before else heading, lead, only, sentences))
        before = heading
    return tuple(parts)


def citation_json(citation: Citation, link_base: str = "") -> CitationShape:
    """A citation in the shape of the contract; its link begins with the base, an address without a slash at its end."""
    letter = citation.letter
    return {
        "number": citation.number,
        "letter_id": letter.letter_id,
        "file": letter.file,
        "sha256": letter.sha256,
        "title": letter.title,
        "issuer": letter.issuer,
        "standing": letter.standing,
        "kind": letter.kind,
        "authority": letter.authority,
        "published": letter.published,
        "published_source": letter.published_source,
        "visit_start": letter.visit_start,
        "visit_end": letter.visit_end,
        "section": citation.section.heading,
        "paragraph": citation.paragraph.name,
        "page_start": citation.paragraph.page_start,
        "page_end": citation.paragraph.page_end,
        "locator": citation.locator,
        "quote": citation.quote,
        "start": citation.start,
        "end": citation.end,
        "link": link_base + citation.link,
        "file_link": citation.file_link,
    }


def answer_json(answer: Answer, question_id: str | None = None, link_base: str = "") -> AnswerShape:
    """An answer in the shape of the contract; `id` and `table` only where there is one, links below the base."""
    refusal = answer.refusal
    body: AnswerShape = {
        "question": answer.question,
        "scope": answer.scope.as_json(),
        "refused": refusal is not None,
        "refusal": {
            "kind": refusal.kind,
            "message": refusal.message,
            "nearest": [citation_json(citation, link_base) for citation in refusal.nearest],
        }
        if refusal
        else None,
        "answer": answer.text,
        "sentences": [{"text": s.text, "citations": list(s.citations)} for s in answer.sentences],
        "groups": [{"heading": g.heading, "sentences": list(g.sentences)} for g in answer.groups],
        "notes": list(answer.notes),
        "page": answer.page,
        "pages": answer.pages,
        "citations": [citation_json(citation, link_base) for citation in answer.citations],
        "retrieved": [
            {
                "rank": hit.rank,
                "letter_id": hit.passage.letter_id,
                "file": hit.passage.file,
                "section": hit.passage.section,
                "text": hit.passage.text[:LONGEST_RETRIEVED],
                "score": round(hit.score, 6),
            }
            for hit in answer.hits
        ],
        "writer": answer.writer,
        "dropped": [{"text": dropped.text, "reason": dropped.reason} for dropped in answer.dropped],
        "seconds": {stage: round(seconds, 6) for stage, seconds in answer.seconds.items()},
    }
    if answer.table:
        body["table"] = {
            "caption": answer.table.caption,
            "columns": list(answer.table.columns),
            "rows": [{"cells": list(row.cells), "citation": row.citation} for row in answer.table.rows],
        }
    return body if question_id is None else {"id": question_id, **body}
