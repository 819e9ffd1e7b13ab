"""What the tools give back, as types: the contract's JSON without what a model has no use for, with addresses.

Each is made from the same dictionaries that the command line and the JSON interface print (`answer`, `records`); what
is not named here is left out: retrieved passages and times would fill a model's context.
"""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, computed_field, model_validator

from assistant.mcp.places import letter_uri, passage_uri

__all__ = [
    "Answered",
    "Found",
    "Judged",
    "Listed",
    "Read",
    "Source",
]


class _Selected(BaseModel):
    """A selection of a dictionary's fields."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Source(_Selected):
    """A citation: the exact words of a letter, and where they stand."""

    number: int = Field(description="The marker [number] in the answer.")
    letter_id: str
    title: str
    issuer: str | None = Field(description="Who is speaking.")
    standing: str = Field(description="inspectorate, council or other: a council's words are not the inspector's.")
    kind: str
    authority: str | None
    published: str | None
    visit_start: str | None
    visit_end: str | None
    locator: str = Field(description="Section, paragraph and page.")
    quote: str = Field(description="Verbatim. Repeat it to the character or not at all.")
    start: int
    end: int
    file_link: str | None = Field(description="The published file, where its address is known.")

    @computed_field(description="Resource that holds these words.")  # type: ignore[prop-decorator]
    @property
    def uri(self) -> str:
        """The address of the quoted words."""
        return passage_uri(self.letter_id, self.start, self.end)


class _Scope(_Selected):
    """Which letters were searched."""

    reading: str = Field(description="How the question was read.")
    searched: int = Field(description="How many letters were searched.")

    @model_validator(mode="before")
    @classmethod
    def _counted(cls, scope: Any) -> Any:
        """Hundreds of identifiers would fill a model's context."""
        return {**scope, "searched": len(scope["letters"])}


class _Refusal(_Selected):
    """Why there is no answer."""

    kind: str = Field(description="no_letter_in_scope, letters_silent, false_premise or out_of_remit.")
    message: str = Field(description="The reason; pass it on.")
    nearest: list[Source] = Field(description="Nearest passages. They do not answer the question.")


class _Sentence(_Selected):
    """A sentence of an answer."""

    text: str
    citations: list[int] = Field(description="Numbers of the citations that it rests on; never without them.")


class _Row(_Selected):
    """A row of a table."""

    cells: list[str]
    citation: int


class _Table(_Selected):
    """What was counted."""

    caption: str
    columns: list[str]
    rows: list[_Row]


class Answered(_Selected):
    """An answer, or a refusal with its reason."""

    question: str
    scope: _Scope
    refused: bool = Field(description="True: the letters do not answer this; say so, with the reason.")
    refusal: _Refusal | None
    answer: str = Field(description="The sentences with their [n] markers, by speaker; or the refusal's message.")
    sentences: list[_Sentence]
    citations: list[Source]
    notes: list[str] = Field(description="Remarks; they hold no finding.")
    table: _Table | None = None
    page: int
    pages: int = Field(description="More than 1: ask again with a higher page for the rest.")
    writer: str = Field(description="extractive, or the language model that worded it.")


class _Hit(_Selected):
    """A passage that was found."""

    rank: int
    letter_id: str
    locator: str
    text: str = Field(description="Verbatim.")
    uri: str = Field(description="Resource that holds the passage.")
    score: float


class Found(_Selected):
    """Passages, best first. None of them is an answer by itself."""

    question: str
    scope: _Scope
    hits: list[_Hit]


class _Judgement(_Selected):
    """A graded area as the letter itself gives it."""

    area: str
    grade: str | None = Field(description="null: not graded, for the reason in note.")
    quote: str
    note: str | None


class _Letter(_Selected):
    """What is known of a letter; null is unknown, never to be guessed."""

    letter_id: str
    title: str
    issuer: str | None
    standing: str
    kind: str
    authority: str | None
    published: str | None
    visit_start: str | None
    visit_end: str | None
    lead_inspector: str | None
    file: str
    url: str | None
    judgements: list[_Judgement]

    @computed_field(description="Resource that holds the whole letter.")  # type: ignore[prop-decorator]
    @property
    def uri(self) -> str:
        """The address of the letter."""
        return letter_uri(self.letter_id)


class Listed(_Selected):
    """A page of the list of letters."""

    letters: list[_Letter]
    total: int = Field(description="How many letters the filters let through, on all pages.")
    page: int
    pages: int


class _Outline(_Selected):
    """A section of a letter."""

    section: int = Field(description="Its number, for read_letter.")
    heading: str
    paragraphs: int
    characters: int


class _Paragraph(_Selected):
    """A paragraph of a letter."""

    section: int
    paragraph: int = Field(description="Its position in the section, for read_letter.")
    locator: str
    text: str = Field(description="Verbatim.")
    uri: str


class Read(_Selected):
    """A letter: its sections, and the paragraphs that were asked for."""

    letter: _Letter
    sections: list[_Outline]
    paragraphs: list[_Paragraph] = Field(description="Empty where no section was asked for.")


class _Cell(_Selected):
    """What an inspection says of one area."""

    area: str
    grade: str | None
    words: str = Field(description="The grade with what must be known of it, or why there is none.")
    quote: str | None = Field(description="The words that prove it, verbatim.")
    number: int | None = Field(description="The marker [number] of the proof in the text.")
    uri: str | None = Field(description="Resource that holds the proof.")


class _Inspection(_Selected):
    """An inspection or a visit."""

    letter_id: str
    date: str | None
    last: str | None
    kind: str
    source: str = Field(
        description="own letter; council: as the council reports it; mention: as a later letter mentions it."
    )
    published: str | None
    cells: list[_Cell]
    others: list[_Cell]


class Judged(_Selected):
    """The judgements of one authority, oldest first."""

    authority: str
    predecessors: list[str]
    successors: list[str]
    rows: list[_Inspection]
