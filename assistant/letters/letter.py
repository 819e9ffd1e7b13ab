"""A letter as the assistant understands it: metadata, sections, numbered paragraphs, one clean text.

Every offset is a character offset into `Letter.text`; spans are half open, `[start, end)`. Dates are ISO
strings and may be reduced to what is known: "2024-05-21", "2024-05" or "2024". Unknown is None, never a guess.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

__all__ = [
    "EarlierInspection",
    "Improvement",
    "Judgement",
    "Letter",
    "Paragraph",
    "Section",
    "Source",
    "Span",
    "Standing",
]

Standing = Literal["inspectorate", "council", "other"]
Source = Literal["text", "manifest", "sidecar", "filename"]
"""Where a field of a letter's metadata was found."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a letter's text, `text[start:end]`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A numbered paragraph, a bullet or an unnumbered paragraph: the unit that a citation points at.

    Attributes:
        paragraph_id: Unique in its letter, such as "s3p4".
        label: The number as printed ("12", "3.1.1"), or None.
        number: Position in its section, from 1.
        bullet: Whether it was printed as a list item.
        start: Where its words begin in the letter's text, after any printed number.
        end: Where they end.
        page_start: First page, from 1, or None for formats without pages.
        page_end: Last page.
    """

    paragraph_id: str
    label: str | None
    number: int
    bullet: bool
    start: int
    end: int
    page_start: int | None = None
    page_end: int | None = None

    @property
    def name(self) -> str:
        """The printed number, or else the position in the section."""
        return self.label or str(self.number)


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and the paragraphs under it.

    Attributes:
        kind: What the heading means (see `layouts`): "findings", "improve", "letterhead", ... or "other".
        heading: As printed, on one line; empty for text before the first heading.
        start: Offset of the heading in the letter's text.
        end: Offset behind the last paragraph.
        paragraphs: In reading order.
    """

    kind: str
    heading: str
    start: int
    end: int
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """A graded area of an inspection, as the document itself gives it.

    Attributes:
        area: "overall", "leaders", "help and protection", "in care", "in care and care leavers",
            "care leavers", "looked after", or the area as printed.
        grade: One of the inspectorate's (`inspectorates`), or None with the reason in `note`.
        quote: The words it was read from, `text[start:end]`.
        note: What a reader must know ("judged jointly with ..."), or None.
        start: Offset of the quote.
        end: End of the quote.
    """

    area: str
    grade: str | None
    quote: str
    note: str | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Improvement:
    """One item of what must improve, as the document itself lists it.

    Attributes:
        kind: "area for improvement" or "area for priority action": never merged.
        heading: Of the list that it stands in, as printed.
        paragraph_id: The paragraph that holds it.
        start: Where its words begin in the letter's text.
        end: Where they end.
    """

    kind: str
    heading: str
    paragraph_id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class EarlierInspection:
    """An inspection or visit that a document mentions beside the one it is about.

    Attributes:
        date: As exact as it is stated: "2023-07-28", "2023-07" or "2023".
        kind: One of the inspectorate's, or None where the words do not say.
        grade: The overall grade that is stated with it, one of the inspectorate's, or None.
        start: Where the sentence that mentions it begins in the letter's text.
        end: Where it ends.
    """

    date: str
    kind: str | None
    grade: str | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Letter:
    """One document: an inspectorate's letter or report, or a council's paper about one.

    Attributes:
        letter_id: Stable name, made from the file's name.
        file: Base name of the file it was read from.
        sha256: Of the file's bytes, in hexadecimal.
        title: As printed.
        issuer: Who wrote it ("Ofsted", "Swindon Borough Council"), or None.
        standing: Whether the inspectorate, a council or somebody else is speaking.
        kind: One of `letters.inspectorates.kind_names`.
        framework: "ILACS", "SIF", "JTAI", "area SEND", "contact and referral" or None.
        authority: Short name of the local authority that it is about, or None.
        published: Date of the letter.
        published_source: Where that date was found, or None.
        visit_start: First day of the visit or inspection that it is, or reports on.
        visit_end: Last day.
        visit_periods: All periods as (first, last), where the fieldwork had several.
        lead_inspector: Of an inspection report, or the signatory of a letter.
        inspectors: Everyone named as an inspector, the lead first.
        addressee: To whom a letter is written.
        judgements: Those that the document itself gives.
        improvements: Areas for improvement and for priority action, in reading order.
        earlier: Inspections and visits that it mentions beside its own, in reading order.
        sections: In reading order; "letterhead" and "sign-off" included.
        text: The clean text that all offsets refer to.
        pages: Number of pages, or None for formats without pages.
        evidence: For each metadata field read from the text, the spans that it came from.
        sources: For each known field, where it was found; a correction by hand names its file.
        warnings: What a reader should know: a table and a heading that disagree, a grade that was not found.
        furniture: Running headers, page numbers and footnotes that were left out of the text.
        files: Base names of all files that hold this letter; `file` first.
        urn: The inspectorate's number of the authority as a provider, where a manifest gives it.
        url: Public web address of the file, where a manifest gives it.
    """

    letter_id: str
    file: str
    sha256: str
    title: str
    issuer: str | None
    standing: Standing
    kind: str
    framework: str | None
    authority: str | None
    published: str | None
    published_source: Source | None
    visit_start: str | None
    visit_end: str | None
    visit_periods: tuple[tuple[str, str], ...]
    lead_inspector: str | None
    inspectors: tuple[str, ...]
    addressee: str | None
    judgements: tuple[Judgement, ...]
    sections: tuple[Section, ...]
    text: str
    pages: int | None = None
    improvements: tuple[Improvement, ...] = ()
    earlier: tuple[EarlierInspection, ...] = ()
    evidence: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)
    sources: Mapping[str, Source] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    furniture: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    urn: str | None = None
    url: str | None = None

    def paragraphs(self) -> Iterator[tuple[Section, Paragraph]]:
        """Every paragraph with its section, in reading order."""
        for section in self.sections:
            for paragraph in section.paragraphs:
                yield section, paragraph

    def paragraph_at(self, offset: int) -> tuple[Section, Paragraph] | None:
        """The paragraph that holds a character offset, with its section, or None between paragraphs."""
        for section in self.sections:
            if section.start <= offset < section.end:
                for paragraph in section.paragraphs:
                    if paragraph.start <= offset < paragraph.end:
                        return section, paragraph
        return None

    def years(self) -> frozenset[int]:
        """Years in which it was inspected or published: what "2019" in a question may mean."""
        return self.visit_years() | self.published_years()

    def names_year(self, year: int) -> bool:
        """Whether a year stands somewhere in its words."""
        return re.search(rf"\b{year}\b", self.text) is not None

    def visit_years(self) -> frozenset[int]:
        """Years of the visit or inspection, of every period where there were several."""
        dates = [self.visit_start, self.visit_end, *(day for period in self.visit_periods for day in period)]
        return frozenset(int(day[:4]) for day in dates if day)

    def published_years(self) -> frozenset[int]:
        """The year of publication, or nothing where it is unknown."""
        return frozenset({int(self.published[:4])}) if self.published else frozenset()

    @property
    def date(self) -> str:
        """The date to sort by: publication, else the visit's last day, else empty."""
        return self.published or self.visit_end or self.visit_start or ""

    @property
    def first_day(self) -> str:
        """When its inspection began, to stand in the order of events: else the date to sort by."""
        return self.visit_start or self.date
