"""The JSON interface: `POST /api/v1/ask` and `GET /healthz`."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, StrictInt, StrictStr

from assistant.answer import answer_json
from assistant.errors import AssistantError, FilterError, QuestionError
from assistant.page.callbacks import OUR_FAULT, question_problem
from assistant.scope import checked_filters

if TYPE_CHECKING:
    from assistant.engine import Assistant

__all__ = ["Ask", "add_api"]

log = logging.getLogger(__name__)

MOST_HISTORY = 50  # earlier questions; a conversation that long has changed its subject
MOST_CHOICES = 500  # values of one filter; there are some 150 authorities


class Earlier(BaseModel):
    """A message of the conversation so far; only the user's are read."""

    model_config = ConfigDict(extra="ignore")

    role: StrictStr
    content: StrictStr


def _listed(value: object) -> object:
    """One value or a list of them, as a list."""
    return [] if value is None else value if isinstance(value, list) else [value]


Words = Annotated[list[StrictStr], BeforeValidator(_listed), Field(max_length=MOST_CHOICES)]
Years = Annotated[list[StrictInt], BeforeValidator(_listed), Field(max_length=MOST_CHOICES)]


class Ask(BaseModel):
    """A question as it comes in; a filter is one value or a list.

    `widened` sets the question's own limits aside; `page` turns the pages of an answer that goes through every letter.
    """

    model_config = ConfigDict(extra="forbid")

    question: StrictStr
    id: StrictStr | None = None
    history: list[StrictStr | Earlier] = Field(default_factory=list, max_length=MOST_HISTORY)
    authority: Words = Field(default_factory=list)
    year: Years = Field(default_factory=list)
    kind: Words = Field(default_factory=list)
    widened: StrictBool = False
    page: Annotated[StrictInt, Field(ge=1)] = 1

    @property
    def earlier(self) -> tuple[str, ...]:
        """The earlier questions, oldest first."""
        users = [m for m in self.history if isinstance(m, str) or m.role == "user"]
        return tuple(m if isinstance(m, str) else m.content for m in users)


def add_api(app: FastAPI, assistant: "Assistant", longest: int) -> None:
    """Add the routes, and the rule that every error is one line of JSON.

    Args:
        app: The application.
        assistant: Answers the questions; called from several threads.
        longest: Most characters of a question.
    """
    router = APIRouter()

    @router.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @router.post("/api/v1/ask")
    def ask(body: Ask) -> JSONResponse:
        problem = question_problem(body.question, longest)
        if problem or any(len(question) > longest for question in body.earlier):
            return _error(422, problem or f"An earlier question is longer than {longest:,} characters.")
        try:
            filters = checked_filters(body.authority, body.year, body.kind, assistant.letters)
            filters = replace(filters, widened=body.widened)
            answer = assistant.ask(body.question, history=body.earlier, filters=filters, page=body.page)
        except AssistantError as error:
            return _error(422 if isinstance(error, (QuestionError, FilterError)) else 503, str(error))
        except Exception:
            log.exception("a question failed")
            return _error(500, OUR_FAULT)
        return JSONResponse(answer_json(answer, body.id))

    app.include_router(router)
    app.add_exception_handler(RequestValidationError, _invalid)


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    errors: Sequence[Any] = error.errors() if isinstance(error, RequestValidationError) else ()
    return _error(422, _in_words(errors[0]) if errors else "The request cannot be read.")


def _error(status: int, message: str) -> JSONResponse:
    return JSONResponse({"error": " ".join(message.split())}, status_code=status)


def _in_words(error: Any) -> str:
    """A validation error as one line: what is wrong with which field."""
    place = [str(part) for part in error["loc"] if part != "body"]
    if error["type"] == "json_invalid":
        return "The body is not JSON."
    if not place:
        return 'The body must be a JSON object such as {"question": "What needs to improve?"}.'
    field = place[0]
    if error["type"] == "extra_forbidden":
        known = ", ".join(Ask.model_fields)
        return f"There is no field {field[:60]!r}; the fields are {known}."
    if error["type"] == "missing" and place == ["question"]:
        return 'The field "question" is missing.'
    return f"The field {field!r} is not valid: {error['msg'][:1].lower()}{error['msg'][1:]}."
