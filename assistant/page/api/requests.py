"""What programs may send: the bodies and the queries of the HTTP interface, and what is wrong with one, in words."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, StrictInt, StrictStr

from assistant.contract.bounds import LONGEST_CHOICE, LONGEST_HISTORY, MOST_CHOICES, MOST_HISTORY
from assistant.export.formats import FORMATS
from assistant.export.styles import STYLES
from assistant.letters.inspectorates import kind_names
from assistant.page.http.problems import Problem, problem

__all__ = ["Ask", "Export", "Listing", "Search", "Which", "history_problem", "invalid"]

LONGEST_ID = 1000  # characters; it is only repeated
MOST_PASSAGES = 1000
LONGEST_STRETCH = 500  # letters of a list at once
NOT_JSON = "The body is not JSON."
QUESTION: dict[str, Any] = {"question": "What did 2019 say about care leavers?"}
WHERE = ("body", "query", "path")


class Earlier(BaseModel):
    """A message of the conversation so far; only the user's are read."""

    model_config = ConfigDict(extra="ignore")

    role: StrictStr
    content: StrictStr


def _listed(value: object) -> object:
    """One value or a list of them, as a list."""
    return [] if value is None else value if isinstance(value, list) else [value]


Choice = Annotated[StrictStr, Field(max_length=LONGEST_CHOICE)]
Words = Annotated[list[Choice], BeforeValidator(_listed), Field(max_length=MOST_CHOICES)]
Years = Annotated[list[StrictInt], BeforeValidator(_listed), Field(max_length=MOST_CHOICES)]
Typed = Annotated[list[Annotated[int, Field(ge=1900, le=9999)]], Field(max_length=MOST_CHOICES)]


class _Asked(BaseModel):
    """A question with its conversation and its filters; a filter is one value or a list."""

    model_config = ConfigDict(extra="forbid")

    question: StrictStr = Field(description="As a person would type it.")
    history: list[StrictStr | Earlier] = Field(
        default_factory=list,
        max_length=MOST_HISTORY,
        description="Earlier questions of the conversation, oldest first.",
    )
    authority: Words = Field(default_factory=list, description='Only these authorities, such as "Swindon".')
    year: Years = Field(default_factory=list, description="Only letters inspected or published in these years.")
    kind: Words = Field(default_factory=list, description=f"Only these kinds of document: {', '.join(kind_names())}.")
    widened: StrictBool = Field(False, description="Whether the limits that the question itself names are set aside.")

    @property
    def earlier(self) -> tuple[str, ...]:
        """The earlier questions, oldest first."""
        users = [m for m in self.history if isinstance(m, str) or m.role == "user"]
        return tuple(m if isinstance(m, str) else m.content for m in users)


class Ask(_Asked):
    """A question. `page` turns the pages of an answer that goes through every letter."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [QUESTION, {"question": "And what has to improve?", "history": ["What about Swindon in 2019?"]}]
        }
    )

    id: Annotated[StrictStr, Field(max_length=LONGEST_ID)] | None = Field(None, description="Repeated in the answer.")
    page: Annotated[StrictInt, Field(ge=1)] = Field(1, description="Page of an answer that has several.")


class Search(_Asked):
    """A question for which passages are ranked, instead of an answer being written."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**QUESTION, "k": 5}]})

    k: Annotated[StrictInt, Field(ge=1, le=MOST_PASSAGES)] = Field(10, description="How many passages.")


class Export(Ask):
    """Questions whose answers come as a file, in one of the `FORMATS`.

    `then` goes on in the same conversation; `only` keeps some citations of the one answer; `style` is one of the
    `STYLES`; `link_base` is where the links to passages begin.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [{**QUESTION, "format": "markdown"}]})

    format: Annotated[StrictStr, Field(max_length=LONGEST_CHOICE)] = Field(description=f"One of {', '.join(FORMATS)}.")
    then: list[StrictStr] = Field(default_factory=list, max_length=MOST_HISTORY, description="Further questions.")
    only: list[StrictInt] = Field(
        default_factory=list, max_length=MOST_CHOICES, description="Only citations with these numbers."
    )
    style: Annotated[StrictStr, Field(max_length=LONGEST_CHOICE)] = Field(
        "", description=f"Style of citing: {', '.join(STYLES)}."
    )
    link_base: Annotated[StrictStr, Field(max_length=LONGEST_ID)] = Field("", description="Where links begin.")


class Which(BaseModel):
    """Letters to be told about; each filter may be repeated."""

    model_config = ConfigDict(extra="forbid")

    authority: Annotated[list[Choice], Field(max_length=MOST_CHOICES)] = Field(
        default_factory=list, description='Only these authorities, such as "Swindon".'
    )
    year: Typed = Field(default_factory=list, description="Only letters inspected or published in these years.")
    kind: Annotated[list[Choice], Field(max_length=MOST_CHOICES)] = Field(
        default_factory=list, description=f"Only these kinds of document: {', '.join(kind_names())}."
    )


class Listing(Which):
    """A stretch of the list of letters."""

    limit: int = Field(100, ge=1, le=LONGEST_STRETCH, description="Most letters.")
    offset: int = Field(0, ge=0, le=10**9, description="Letters to be passed over first.")


def history_problem(earlier: Sequence[str], longest: int) -> str:
    """What is wrong with the earlier questions, in one sentence, or "".

    Args:
        earlier: The questions.
        longest: Most characters of one.
    """
    if any(len(question) > longest for question in earlier):
        return f"An earlier question is longer than {longest:,} characters."
    together, most = sum(map(len, earlier)), LONGEST_HISTORY * longest
    if together > most:
        return f"The earlier questions have {together:,} characters together; please keep them to {most:,}."
    return ""


def invalid(error: Mapping[str, Any], known: Iterable[str]) -> Problem:
    """A validation error as a problem: what is wrong with which field, of those that are known.

    Args:
        error: Of pydantic.
        known: Names of the fields that there are.
    """
    place = [str(part) for part in error["loc"] if part not in WHERE]
    if error["type"] == "json_invalid":
        return problem(422, NOT_JSON)
    if not place:
        return problem(422, 'The body must be a JSON object such as {"question": "What needs to improve?"}.')
    field = place[0]
    if error["type"] == "extra_forbidden":
        return problem(422, f"There is no field {field[:60]!r}; the fields are {', '.join(known)}.", field[:60])
    if error["type"] == "missing" and len(place) == 1:
        return problem(422, f'The field "{field}" is missing.', field)
    return problem(422, f"The field {field!r} is not valid: {error['msg'][:1].lower()}{error['msg'][1:]}.", field)
