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
    """Short names; empty: no limit."""
    years: list[int]
    """Inspected or published in one of them; empty: no limit."""
    reading: str
    """How the question was read, in words."""
    kinds: list[str]
    """Kinds of document; empty: no limit."""
    standing: str | None
    """Whose words count: "inspectorate", "council" or "other"; null: anybody's."""
    letters: list[str]
    """Identifiers of the letters that were searched."""
    why: dict[str, str]
    """For each of these, why it was."""


class CitationShape(TypedDict):
    """A verbatim quote and where it stands: `quote` equals `text[start:end]` of its letter."""

    number: int
    """From 1; the [1] in the answer."""
    letter_id: str
    """Stable name of the letter."""
    file: str
    """Base name of its file."""
    sha256: str
    """Of the file's bytes."""
    title: str
    """As printed."""
    issuer: str | None
    """Who wrote it."""
    standing: str
    """Who speaks: "inspectorate", "council" or "other"."""
    kind: str
    """Of document, such as "focused visit"."""
    authority: str | None
    """That it is about."""
    published: str | None
    """ISO date, reduced where no more is known: "2024-07"."""
    published_source: str | None
    """Where that date was found: "text", "manifest", "sidecar" or "filename"."""
    visit_start: str | None
    """First day of the visit."""
    visit_end: str | None
    """Last day."""
    section: str
    """Heading that the quote stands under."""
    paragraph: str
    """Its number as printed, else its place in the section."""
    page_start: int | None
    """First page, from 1; null for formats without pages."""
    page_end: int | None
    """Last page."""
    locator: str
    """Section, paragraph and page as one would write them."""
    quote: str
    """Verbatim."""
    start: int
    """Where it begins in the letter's text, in characters."""
    end: int
    """Where it ends."""
    link: str
    """Address of the passage on the page."""
    file_link: str | None
    """Public address of the file at the quoted page, where a manifest gives it."""


class RefusalShape(TypedDict):
    """Why there is no answer, with the passages that come nearest, or that prove a premise false."""

    kind: str
    """"no_letter_in_scope", "letters_silent", "false_premise" or "out_of_remit"."""
    message: str
    """The reason, in sentences."""
    nearest: list[CitationShape]
    """What the letters do say."""


class SentenceShape(TypedDict):
    """A sentence of an answer, and the numbers of the citations that it rests on."""

    text: str
    """As shown."""
    citations: list[int]
    """Numbers of citations; never empty."""


class GroupShape(TypedDict):
    """Sentences (by position, from 0) under a heading, which carries no finding."""

    heading: str
    """Who says it, and when."""
    sentences: list[int]
    """Positions in the answer's `sentences`."""


class RetrievedShape(TypedDict):
    """A passage that was found for a question: best evidence first."""

    rank: int
    """From 1."""
    letter_id: str
    file: str
    section: str
    """Heading of its section."""
    text: str
    """At most 1,500 characters, verbatim."""
    score: float
    """For comparing within one answer only."""


class DroppedShape(TypedDict):
    """A sentence of a language model that was not let through, and why."""

    text: str
    """What the model wrote."""
    reason: str
    """Which check it failed."""


class TableRowShape(TypedDict):
    """A row of a table, and the number of the citation that proves it."""

    cells: list[str]
    """One a column."""
    citation: int | None
    """Number of a citation of the answer."""


class TableShape(TypedDict):
    """What was counted or listed."""

    caption: str
    """What was counted, and among what."""
    columns: list[str]
    rows: list[TableRowShape]


class AnswerShape(TypedDict):
    """An answer, or a refusal: then `answer` repeats its message, and there are no sentences or citations."""

    id: NotRequired[str]
    """As the question gave it."""
    question: str
    """As asked."""
    scope: ScopeShape
    """Which letters were searched."""
    refused: bool
    """Whether there is no answer."""
    refusal: RefusalShape | None
    """Then why."""
    answer: str
    """Plain text with [1] [2] markers."""
    sentences: list[SentenceShape]
    """Each with its citations."""
    groups: list[GroupShape]
    """The sentences by who says them."""
    notes: list[str]
    """Remarks that carry no finding."""
    page: int
    """Of an answer that goes through every letter, from 1."""
    pages: int
    """How many there are."""
    citations: list[CitationShape]
    """Numbered in the order of reading."""
    retrieved: list[RetrievedShape]
    """Passages found, best first."""
    writer: str
    """"extractive", or the language model's name."""
    dropped: list[DroppedShape]
    """What a language model said and is not shown."""
    seconds: dict[str, float]
    """That each stage took: "scope", "retrieve", "write", "total", "model"."""
    table: NotRequired[TableShape]
    """What was counted, where something was."""


class HitShape(TypedDict):
    """A ranked passage, with its places and scores by meaning (dense) and by words (lexical)."""

    rank: int
    """From 1."""
    letter_id: str
    file: str
    section: str
    """Heading of its section."""
    locator: str
    """Section, paragraph and page as one would write them."""
    text: str
    """The passage, verbatim."""
    score: float
    """Of the fused ranking; for comparing within one search only."""
    dense_rank: int | None
    """Place by meaning."""
    lexical_rank: int | None
    """Place by words."""
    dense_score: float | None
    """Cosine similarity, -1 to 1."""
    lexical_score: float | None
    """BM25."""
    why: str | None
    """How the letter came to be searched."""


class SearchShape(TypedDict):
    """Ranked passages for a question."""

    question: str
    """As asked."""
    scope: ScopeShape
    """Which letters were searched."""
    hits: list[HitShape]
    """Best first."""


class JudgementShape(TypedDict):
    """A graded area, as the letter itself gives it; without a grade, `note` says why."""

    area: str
    """Such as "overall" or "leaders", or as printed."""
    grade: str | None
    """"outstanding", "good", "requires improvement" or "inadequate"."""
    quote: str
    """The words that it was read from."""
    note: str | None
    """What a reader must know; the reason where there is no grade."""


class PeriodShape(TypedDict):
    """First and last day of a stay on site."""

    start: str
    end: str


class LetterShape(TypedDict):
    """What is known of a letter; `sources` says of each field where it was found."""

    letter_id: str
    """Stable name, made from the file's name."""
    file: str
    """Base name of the file that it was read from."""
    sha256: str
    """Of the file's bytes, in hexadecimal."""
    title: str
    """As printed."""
    issuer: str | None
    """Who wrote it."""
    standing: str
    """Who speaks: "inspectorate", "council" or "other"."""
    kind: str
    """Of document, such as "focused visit"."""
    framework: str | None
    """"ILACS", "SIF", "JTAI", "area SEND" or "contact and referral"."""
    authority: str | None
    """Short name of the council that it is about."""
    published: str | None
    """ISO date, reduced where no more is known: "2024-07"."""
    published_source: str | None
    """Where that date was found."""
    visit_start: str | None
    """First day of the visit that it is, or reports on."""
    visit_end: str | None
    """Last day."""
    lead_inspector: str | None
    """Of an inspection report, or who signed a letter."""
    addressee: str | None
    """To whom it is written."""
    pages: int | None
    """Null for formats without pages."""
    urn: str | None
    """Ofsted's number of the council, where a manifest gives it."""
    url: str | None
    """Public address of the file, where a manifest gives it."""
    files: list[str]
    """Base names of all files that hold this letter."""
    inspectors: list[str]
    """Everybody named as one, the lead first."""
    visit_periods: list[PeriodShape]
    """All of them, where there were several."""
    judgements: list[JudgementShape]
    """Those that the document itself gives."""
    sources: dict[str, str]
    """For each known field, where it was found."""
    warnings: list[str]
    """What a reader should know of how it was read."""


class ListedLetterShape(LetterShape):
    """A letter in a list, with the number of its passages."""

    passages: int


class LettersShape(TypedDict):
    """Letters, oldest first; `total` counts those before and behind this stretch of the list too."""

    letters: list[ListedLetterShape]
    total: int
    offset: int
    """How many stand before this stretch."""
    limit: int
    """The most that a stretch holds."""


class QuoteShape(TypedDict):
    """Words of a letter and where they stand in its text."""

    quote: str
    start: int
    """Where it begins in the letter's text, in characters."""
    end: int
    """Where it ends."""


class ImprovementShape(QuoteShape):
    """An area for improvement or a priority action."""

    kind: str
    """"area for improvement" or "area for priority action"."""
    heading: str
    """Of the list that it stands in."""
    paragraph_id: str | None
    """Of the paragraph that holds it."""


class EarlierShape(QuoteShape):
    """An earlier inspection that a letter mentions."""

    date: str | None
    """As exact as it is stated."""
    kind: str | None
    """Of document, where the words say."""
    grade: str | None
    """The overall grade that is stated with it."""


class ParagraphShape(TypedDict):
    """A paragraph; `label` is its number as printed."""

    paragraph_id: str
    """Unique in its letter."""
    label: str | None
    """The number as printed."""
    number: int
    """Position in its section, from 1."""
    bullet: bool
    """Whether it was printed as a list item."""
    page_start: int | None
    """First page, from 1; null for formats without pages."""
    page_end: int | None
    """Last page."""
    start: int
    """Where its words begin in the letter's text."""
    end: int
    """Where they end."""


class SectionShape(TypedDict):
    """A heading and the paragraphs below it."""

    kind: str
    """What the heading means, such as "findings"."""
    heading: str
    """As printed; empty before the first one."""
    start: int
    end: int
    paragraphs: list[ParagraphShape]


class WholeLetterShape(LetterShape):
    """A letter as it was understood, with its text, into which every `start` and `end` counts characters."""

    improvements: list[ImprovementShape]
    """What must improve, item by item."""
    earlier_inspections: list[EarlierShape]
    """That it mentions beside its own."""
    evidence: dict[str, list[QuoteShape]]
    """For each field read from the text, the words."""
    sections: list[SectionShape]
    furniture: list[str]
    """Running headers, page numbers and footnotes left out of the text."""
    text: str
    """The clean text."""


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
    """The grade, or why there is none."""
    quote: str | None
    """The proof."""
    start: int | None
    end: int | None
    link: str
    """Address of the proof on the page."""


class RowShape(TypedDict):
    """An inspection in a timeline; `source` says whose word it is: "own", "council" or "mention"."""

    letter_id: str
    file: str
    published: str | None
    date: str | None
    """First day of the inspection."""
    last: str | None
    """Its last day."""
    kind: str
    framework: str | None
    source: str
    """"own": its own letter; "council": a council's report; "mention": a later letter."""
    cells: list[CellShape]
    """One an area, in the same order in each row."""
    others: list[CellShape]
    """Further areas that were graded, such as "adoption"."""


class TimelineShape(TypedDict):
    """The inspections of an authority, oldest first."""

    authority: str
    predecessors: list[str]
    """Authorities that it came from."""
    successors: list[str]
    """Authorities that took its place."""
    rows: list[RowShape]


class JudgementsShape(TypedDict):
    """The judgements letter by letter, and as a timeline of each authority."""

    inspections: list[InspectionShape]
    """Oldest first."""
    timelines: list[TimelineShape]
    """One an authority."""
