"""What every document made from an answer says, in which order, before any format's marks."""

import re
from dataclasses import dataclass

from assistant.answer import Answer
from assistant.citations import Citation, describe
from assistant.scope import Scope

__all__ = ["Block", "Layout", "Line", "Source", "layout", "one_line"]

# What no file may hold: XML forbids most of it, and a terminal obeys the escape character.
CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")

NEAREST = "Nearest passages (these do not answer the question)"
PROOF = "What the letters say (this supports the correction, and does not answer the question)"

STANDING = {"inspectorate": "the inspectorate", "council": "a council"}


def one_line(text: str | None) -> str:
    """Text on one line: white space collapsed, control characters gone."""
    return " ".join(CONTROLS.sub(" ", text or "").split())


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence of the answer and the numbers of its sources."""

    text: str
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """Lines under a heading that says who is speaking; the heading may be empty."""

    heading: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """A citation in words: who is speaking, in what, where, and the quote."""

    number: int
    speaker: str
    title: str
    locator: str
    quote: str


@dataclass(frozen=True, slots=True)
class Layout:
    """A document about an answer; every string is one clean line.

    Attributes:
        question: As asked.
        verdict: Heading of a refusal, or empty.
        message: A refusal's words, or empty.
        blocks: The answer by document; empty for a refusal.
        sources_heading: "Sources", or for a refusal a heading that says these are no answer.
        sources: By number.
        remarks: What was searched, and the answer's notes.
    """

    question: str
    verdict: str
    message: str
    blocks: tuple[Block, ...]
    sources_heading: str
    sources: tuple[Source, ...]
    remarks: tuple[str, ...]


def layout(answer: Answer) -> Layout:
    """Lay out an answer or a refusal."""
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
        blocks=_blocks(answer),
        sources_heading=heading,
        sources=tuple(_source(citation) for citation in (refusal.nearest if refusal else answer.citations)),
        remarks=_remarks(answer),
    )


def _blocks(answer: Answer) -> tuple[Block, ...]:
    """The sentences by group, then any that no group holds: an export loses nothing."""
    grouped = {index for group in answer.groups for index in group.sentences}
    rest = tuple(index for index in range(len(answer.sentences)) if index not in grouped)
    groups = [(one_line(group.heading), group.sentences) for group in answer.groups]
    lines = [Line(one_line(sentence.text), sentence.citations) for sentence in answer.sentences]
    return tuple(
        Block(heading, tuple(lines[index] for index in indices))
        for heading, indices in [*groups, ("", rest)]
        if indices
    )


def _source(citation: Citation) -> Source:
    return Source(
        number=citation.number,
        speaker=one_line(describe(citation.letter)),
        title=one_line(citation.letter.title),
        locator=one_line(citation.locator),
        quote=one_line(citation.quote),
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
