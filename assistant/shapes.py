"""The shapes of the JSON that commands, the HTTP interface and other programs' interfaces give out.

The functions named `..._json` fill them in, and schemas are made from them. What is unknown is null.
"""

from typing import NotRequired

from typing_extensions import TypedDict  # pydantic cannot read the standard library's before Python 3.12

__all__ = [
    "AnswerShape",
    "CellShape",
    "CitationShape",
    "DroppedShape",
    "EarlierShape",
    "GroupShape",
    "HitShape",
    "ImprovementShape",
    "InspectionShape",
    "JudgementShape",
    "JudgementsShape",
    "LetterShape",
    "LettersShape",
    "ListedLetterShape",
    "ParagraphShape",
    "PeriodShape",
    "QuoteShape",
    "RefusalShape",
    "RetrievedShape",
    "RowShape",
    "ScopeShape",
    "SearchShape",
    "SectionShape",
    "SentenceShape",
    "TableRowShape",
    "TableShape",
    "TimelineShape",
    "WholeLetterShape",
]


class ScopeShape(TypedDict):
    """Which letters a question was read to be about, and why each of them."""

    authorities: list[str]
    years: list[int]
    reading: str
    kinds: list[str]
    standing: str | None
    letters: list[str]
    why: dict[str, str]


class CitationShape(TypedDict):
    """A verbatim quote and where it stands: `quote` equals `text[start:end]` of its letter."""

    number: int
    letter_id: str
    file: str
    sha256: str
    title: str
    issuer: str | None
    standing: str
    kind: str
    authority: str | None
    published: str | None
    published_source: str | None
    visit_start: str | None
    visit_end: str | None
    section: str
    paragraph: str
    page_start: int | None
    page_end: int | None
    locator: str
    quote: str
    start: int
    end: int
    link: str
    file_link: str | None


class RefusalShape(TypedDict):
    """Why there is no answer, with the passages that come nearest, or that prove a premise false."""

    kind: str
    message: str
    nearest: list[CitationShape]


class SentenceShape(TypedDict):
    """A sentence of an answer, and the numbers of the citations that it rests on."""

    text: str
    citations: list[int]


class GroupShape(TypedDict):
    """Sentences (by position, from 0) under a heading, which carries no finding."""

    heading: str
    sentences: list[int]


class RetrievedShape(TypedDict):
    """A passage that was found for a question: best evidence first."""

    rank: int
    letter_id: str
    file: str
    section: str
    text: str
    score: float


class DroppedShape(TypedDict):
    """A sentence of a language model that was not let through, and why."""

    text: str
    reason: str


class TableRowShape(TypedDict):
    """A row of a table, and the number of the citation that proves it."""

    cells: list[str]
    citation: int | None


class TableShape(TypedDict):
    """What was counted or listed."""

    caption: str
    columns: list[str]
    rows: list[TableRowShape]


class AnswerShape(TypedDict):
    """An answer, or a refusal: then `answer` repeats its message, and there are no sentences or citations."""

    id: NotRequired[str]
    question: str
    scope: ScopeShape
    refused: bool
    refusal: RefusalShape | None
    answer: str
    sentences: list[SentenceShape]
    groups: list[GroupShape]
    notes: list[str]
    page: int
    pages: int
    citations: list[CitationShape]
    retrieved: list[RetrievedShape]
    writer: str
    dropped: list[DroppedShape]
    seconds: dict[str, float]
    table: NotRequired[TableShape]


class HitShape(TypedDict):
    """A ranked passage, with its places and scores by meaning (dense) and by words (lexical)."""

    rank: int
    letter_id: str
    file: str
    section: str
    locator: str
    text: str
    score: float
    dense_rank: int | None
    lexical_rank: int | None
    dense_score: float | None
    lexical_score: float | None
    why: str | None


class SearchShape(TypedDict):
    """Ranked passages for a question."""

    question: str
    scope: ScopeShape
    hits: list[HitShape]


class JudgementShape(TypedDict):
    """A graded area, as the letter itself gives it; without a grade, `note` says why."""

    area: str
    grade: str | None
    quote: str
    note: str | None


class PeriodShape(TypedDict):
    """First and last day of a stay on site."""

    start: str
    end: str


class LetterShape(TypedDict):
    """What is known of a letter; `sources` says of each field where it was found."""

    letter_id: str
    file: str
    sha256: str
    title: str
    issuer: str | None
    standing: str
    kind: str
    framework: str | None
    authority: str | None
    published: str | None
    published_source: str | None
    visit_start: str | None
    visit_end: str | None
    lead_inspector: str | None
    addressee: str | None
    pages: int | None
    urn: str | None
    url: str | None
    files: list[str]
    inspectors: list[str]
    visit_periods: list[PeriodShape]
    judgements: list[JudgementShape]
    sources: dict[str, str]
    warnings: list[str]


class ListedLetterShape(LetterShape):
    """A letter in a list, with the number of its passages."""

    passages: int


class LettersShape(TypedDict):
    """Letters, oldest first; `total` counts those before and behind this stretch of the list too."""

    letters: list[ListedLetterShape]
    total: int
    offset: int
    limit: int


class QuoteShape(TypedDict):
    """Words of a letter and where they stand in its text."""

    quote: str
    start: int
    end: int


class ImprovementShape(QuoteShape):
    """An area for improvement or a priority action."""

    kind: str
    heading: str
    paragraph_id: str | None


class EarlierShape(QuoteShape):
    """An earlier inspection that a letter mentions."""

    date: str | None
    kind: str | None
    grade: str | None


class ParagraphShape(TypedDict):
    """A paragraph; `label` is its number as printed."""

    paragraph_id: str
    label: str | None
    number: int
    bullet: bool
    page_start: int | None
    page_end: int | None
    start: int
    end: int


class SectionShape(TypedDict):
    """A heading and the paragraphs below it."""

    kind: str
    heading: str
    start: int
    end: int
    paragraphs: list[ParagraphShape]


class WholeLetterShape(LetterShape):
    """A letter as it was understood, with its text, into which every `start` and `end` counts characters."""

    improvements: list[ImprovementShape]
    earlier_inspections: list[EarlierShape]
    evidence: dict[str, list[QuoteShape]]
    sections: list[SectionShape]
    furniture: list[str]
    text: str


class InspectionShape(TypedDict):
    """An inspection or visit, with the judgements of its letter."""

    letter_id: str
    file: str
    authority: str | None
    kind: str
    framework: str | None
    visit_start: str | None
    visit_end: str | None
    published: str | None
    judgements: list[JudgementShape]


class CellShape(TypedDict):
    """What an inspection says of an area: a grade with its proof, or in words why there is none."""

    area: str
    grade: str | None
    words: str
    quote: str | None
    start: int | None
    end: int | None
    link: str


class RowShape(TypedDict):
    """An inspection in a timeline; `source` says whose word it is: "own", "council" or "mention"."""

    letter_id: str
    file: str
    published: str | None
    date: str | None
    last: str | None
    kind: str
    framework: str | None
    source: str
    cells: list[CellShape]
    others: list[CellShape]


class TimelineShape(TypedDict):
    """The inspections of an authority, oldest first."""

    authority: str
    predecessors: list[str]
    successors: list[str]
    rows: list[RowShape]


class JudgementsShape(TypedDict):
    """The judgements letter by letter, and as a timeline of each authority."""

    inspections: list[InspectionShape]
    timelines: list[TimelineShape]
