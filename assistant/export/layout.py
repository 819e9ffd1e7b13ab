"""What every document made from answers says, in which order, before any format's marks."""

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.answers.answer import Answer, parts_of
from assistant.export.chosen import cited_letters, quoted, renumbered
from assistant.export.lines import one_line
from assistant.export.options import Options
from assistant.export.styles import Run, bibliography
from assistant.letters.citations import Citation
from assistant.letters.spoken import describe, spoken_date
from assistant.questions.scope import Scope

__all__ = ["LETTERS_HEADING", "Block", "Document", "Layout", "Line", "Source", "evidence", "laid_out"]

LETTERS_HEADING = "Letters quoted"
"""Above the list of letters."""

NEAREST = "Nearest passages (these do not answer the question)"
PROOF = "What the letters say (this supports the correction, and does not answer the question)"

STANDING = {"inspectorate": "the inspectorate", "council": "a council"}


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence of the answer and the numbers of its sources."""

    text: str
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """Lines under a heading that says who is speaking.

    Attributes:
        heading: May be empty.
        lines: The sentences.
        lead: Words of the letter that lead up to them, with a colon, or empty.
    """

    heading: str
    lines: tuple[Line, ...]
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A citation in words: who is speaking, in what, where, and the quote.

    Attributes:
        number: Its marker.
        speaker: Who is speaking, in which kind of document, when.
        title: Of the letter.
        locator: Section, paragraph and page.
        quote: The words.
        link: Where the assistant opens them, or empty.
        file_link: Where the file is published, or empty.
        evidence: What `assistant verify` checks the quote by.
    """

    number: int
    speaker: str
    title: str
    locator: str
    quote: str
    link: str = ""
    file_link: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """A document about an answer; every string is one clean line.

    Attributes:
        question: As asked.
        verdict: Heading of a refusal, or empty.
        message: A refusal's words, or empty.
        counted: What was counted over many letters, or empty.
        blocks: The answer by document; empty for a refusal.
        sources_heading: "Sources", or for a refusal a heading that says these are no answer.
        sources: By number.
        remarks: What was searched, and the answer's notes.
    """

    question: str
    verdict: str
    message: str
    counted: str
    blocks: tuple[Block, ...]
    sources_heading: str
    sources: tuple[Source, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A document: one answer, or the answers of a conversation.

    Attributes:
        parts: Each question with its answer; sources are numbered through.
        letters: The letters quoted, as references in a style; empty where the format has no such list.
        made: When and from which letters it was made, or empty.
    """

    parts: tuple[Layout, ...]
    letters: tuple[tuple[Run, ...], ...]
    made: str

    @property
    def title(self) -> str:
        """The first question."""
        return self.parts[0].question


def laid_out(answers: Sequence[Answer], options: Options, style: str = "") -> Document:
    """Lay out answers and refusals.

    Args:
        answers: At least one.
        options: What else to say.
        style: Of the list of letters, where the options name none; empty for no list.

    Raises:
        FilterError: If there is no such style.
    """
    style = options.style or style
    return Document(
        parts=tuple(_layout(answer, options) for answer in renumbered(answers)),
        letters=bibliography(cited_letters(answers), style, options) if style else (),
        made=_made(options),
    )


def _made(options: Options) -> str:
    when = f" on {spoken_date(options.made)}" if options.made else ""
    letters = f" from the letters with the fingerprint {one_line(options.corpus)}" if options.corpus else ""
    return f"Made{when}{letters}" if when or letters else ""


def evidence(citation: Citation) -> str:
    """What a quote is checked by: "2019-03-01-swindon-focused-visit 3120-3305 sha256:65d7..."."""
    return f"{citation.letter.letter_id} {citation.start}-{citation.end} sha256:{citation.letter.sha256}"


def _layout(answer: Answer, options: Options) -> Layout:
    refusal = answer.refusal
    correction = refusal is not None and refusal.kind == "false_premise"
    if refusal is None:
        verdict, heading = "", "Sources"
    else:
        verdict, heading = ("Correction", PROOF) if correction else ("No answer", NEAREST)
    return Layout(
        question=one_line(answer.question),
        verdict=verdict,
        message=one_line(refusal.message) if refusal else "",
        counted=one_line(answer.table.caption) if answer.table else "",
        blocks=_blocks(answer),
        sources_heading=heading,
        sources=tuple(_source(citation, options) for citation in quoted(answer)),
        remarks=_remarks(answer),
    )


def _blocks(answer: Answer) -> tuple[Block, ...]:
    """The sentences by who says them; an export loses nothing."""
    return tuple(
        Block(
            one_line(part.heading),
            tuple(Line(one_line(sentence.text), sentence.citations) for sentence in part.sentences),
            f"{one_line(part.lead)}{'' if part.lead.endswith(('.', '?')) else ':'}" if part.lead else "",
        )
        for part in parts_of(answer)
    )


def _source(citation: Citation, options: Options) -> Source:
    return Source(
        number=citation.number,
        speaker=one_line(describe(citation.letter)),
        title=one_line(citation.letter.title),
        locator=one_line(citation.locator),
        quote=one_line(citation.quote),
        link=options.link_base + citation.link if options.link_base else "",
        file_link=citation.file_link or "",
        evidence=evidence(citation),
    )


def _remarks(answer: Answer) -> tuple[str, ...]:
    remarks = [_searched(answer.scope), *answer.notes]
    if answer.writer != "extractive" and not answer.refusal:
        remarks.append(f"Worded by the language model {answer.writer}: check each sentence with its source.")
    return tuple(clean for remark in remarks if (clean := one_line(remark)))


def _searched(scope: Scope) -> str:
    """The scope in words: "Searched: 2 letters; about Swindon; inspected or published in 2019"."""
    count = len(scope.letters)
    parts = ["no letter" if not count else "1 letter" if count == 1 else f"{count} letters"]
    if not all(name in scope.reading for name in scope.authorities):
        parts.append(f"about {', '.join(scope.authorities)}")
    if not all(kind in scope.reading for kind in scope.kinds):
        parts.append(f"of the kind {' or '.join(scope.kinds)}")
    if scope.standing:
        parts.append(f"written by {STANDING.get(scope.standing, scope.standing)}")
    if scope.reading or scope.years:
        parts.append(scope.reading or f"years: {', '.join(map(str, scope.years))}")
    return f"Searched: {'; '.join(parts)}"
