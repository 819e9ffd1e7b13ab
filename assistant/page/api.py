"""The interface for programs: `POST /api/v1/ask`, `POST /api/v1/export` and `GET /healthz`."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, StrictInt, StrictStr

from assistant import export
from assistant.answer import Answer, answer_json
from assistant.errors import AssistantError, FilterError, QuestionError
from assistant.page.access import Access, too_many
from assistant.page.callbacks import OUR_FAULT, question_problem
from assistant.page.failures import log_failure
from assistant.page.questions import QuestionLog
from assistant.page.saving import options_for, save_answers
from assistant.page.site import attachment
from assistant.scope import checked_filters

if TYPE_CHECKING:
    from assistant.engine import Assistant
    from assistant.settings import Settings

__all__ = ["RETRY_AFTER", "WAITING", "Ask", "Overloaded", "Room", "add_api", "at_once"]

log = logging.getLogger(__name__)

AT_ONCE = 4  # answers computed at the same time; more take turns at the interpreter's lock and each comes later
AT_ONCE_WITH_MODEL = 16  # where a language model words the answers: most of the time is spent waiting for it
WAITING = 64  # questions that may wait for their turn; the next one is told at once to come back
RETRY_AFTER = 5  # seconds: about as long as a full room takes to empty on two cores
NOT_JSON = "The body is not JSON."
BUSY = "Too many questions are being asked at the moment. Please ask again in a few seconds."
MOST_HISTORY = 50  # earlier questions; a conversation that long has changed its subject
LONGEST_HISTORY = 10  # times the longest question, together: reading all of fifty longest ones takes some seconds
MOST_CHOICES = 500  # values of one filter; there are some 150 authorities
LONGEST_CHOICE = 200  # characters of one of them
LONGEST_ID = 1000  # characters; it is only repeated


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


class Ask(BaseModel):
    """A question as it comes in; a filter is one value or a list.

    `widened` sets the question's own limits aside; `page` turns the pages of an answer that goes through every letter.
    """

    model_config = ConfigDict(extra="forbid")

    question: StrictStr
    id: Annotated[StrictStr, Field(max_length=LONGEST_ID)] | None = None
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


class Export(Ask):
    """Questions whose answers come as a file, in one of the `export.FORMATS`.

    `then` goes on in the same conversation; `only` keeps some citations of the one answer; `style` is one of the
    `export.STYLES`; `link_base` is where the links to passages begin.
    """

    format: Annotated[StrictStr, Field(max_length=LONGEST_CHOICE)]
    then: list[StrictStr] = Field(default_factory=list, max_length=MOST_HISTORY)
    only: list[StrictInt] = Field(default_factory=list, max_length=MOST_CHOICES)
    style: Annotated[StrictStr, Field(max_length=LONGEST_CHOICE)] = ""
    link_base: Annotated[StrictStr, Field(max_length=LONGEST_ID)] = ""


BODIES: Mapping[str, type[Ask]] = {"/api/v1/ask": Ask, "/api/v1/export": Export}


def at_once(settings: "Settings") -> int:
    """How many answers are computed at the same time: by the JSON interface, and as many by the page."""
    return AT_ONCE_WITH_MODEL if settings.llm_url else AT_ONCE


class Overloaded(Exception):
    """So many questions wait already that this one is turned away."""


class Room:
    """A bounded number of answers computed at the same time, each in a thread, and a bounded number of waiting ones.

    The bound keeps a crowd from taking all threads and from waiting without end; the event loop is never blocked, so
    that the page's other routes go on answering.

    Args:
        at_once: Most answers computed at the same time.
        waiting: Most questions that wait for their turn, first come, first served.
    """

    def __init__(self, at_once: int = AT_ONCE, waiting: int = WAITING) -> None:
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="answer")
        self._free = asyncio.Semaphore(at_once)
        self._most = at_once + waiting
        self._inside = 0  # changed on the event loop only

    async def run(self, request: Request, work: Callable[[], Response]) -> Response:
        """Do the work of a request when its turn comes.

        Args:
            request: Whoever hung up while waiting is not worked for.
            work: Makes the response.

        Raises:
            Overloaded: At once, if there is no room to wait; and if nobody waits for the response any more.
        """
        if self._inside >= self._most:
            raise Overloaded
        self._inside += 1
        try:
            async with self._free:
                if await request.is_disconnected():
                    raise Overloaded
                return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._inside -= 1


def add_api(
    app: FastAPI,
    assistant: "Assistant",
    longest: int,
    room: Room | None = None,
    access: Access | None = None,
    record: QuestionLog | None = None,
) -> None:
    """Add the routes, and the rule that every error is one line of JSON.

    Args:
        app: The application.
        assistant: Answers the questions; called from several threads.
        longest: Most characters of a question.
        room: How many questions are answered at the same time and how many may wait; by default a room of their own.
        access: Counts each visitor's questions; by default nobody's are.
        record: Of what was asked; by default none.
    """
    router = APIRouter()
    answers, record = room or Room(), record or QuestionLog()

    @router.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    async def in_turn(body: Ask, questions: Sequence[str], request: Request, work: Callable[[], Response]) -> Response:
        problems = (question_problem(question, longest) for question in questions)
        problem = next(filter(None, problems), "") or _history_problem((*body.earlier, *questions[:-1]), longest)
        if problem:
            return _error(422, problem)
        wait = access.may_ask(request.scope, len(questions)) if access else 0
        if wait:
            return _error(429, too_many(wait), {"retry-after": str(wait)})
        try:
            return await answers.run(request, lambda: _or_error(work))
        except Overloaded:
            return _error(503, BUSY, {"retry-after": str(RETRY_AFTER)})

    @router.post("/api/v1/ask")
    async def ask(body: Ask, request: Request) -> Response:
        return await in_turn(body, [body.question], request, lambda: _answered(assistant, body, record))

    @router.post("/api/v1/export")
    async def save(body: Export, request: Request) -> Response:
        return await in_turn(body, [body.question, *body.then], request, lambda: _exported(assistant, body, record))

    app.include_router(router)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(400, _unreadable)


def _history_problem(earlier: Sequence[str], longest: int) -> str:
    """What is wrong with the earlier questions, in one sentence, or ""."""
    if any(len(question) > longest for question in earlier):
        return f"An earlier question is longer than {longest:,} characters."
    together, most = sum(map(len, earlier)), LONGEST_HISTORY * longest
    if together > most:
        return f"The earlier questions have {together:,} characters together; please keep them to {most:,}."
    return ""


def _or_error(work: Callable[[], Response]) -> Response:
    """What the work makes, or its error in one line."""
    try:
        return work()
    except AssistantError as error:
        return _error(422 if isinstance(error, (QuestionError, FilterError)) else 503, str(error))
    except Exception as error:
        log_failure(log, "a question failed", error)
        return _error(500, OUR_FAULT)


def _answered(assistant: "Assistant", body: Ask, record: QuestionLog) -> Response:
    return JSONResponse(answer_json(_answers(assistant, body, [body.question], record)[0], body.id))


def _exported(assistant: "Assistant", body: Export, record: QuestionLog) -> Response:
    if body.only and body.then:
        raise FilterError('"only" chooses from one answer; leave out "then"')
    export.checked_format(body.format)  # before anything is answered
    options = options_for(assistant, body.style)
    options = replace(options, link_base=body.link_base) if body.link_base else options
    answers = _answers(assistant, body, [body.question, *body.then], record)
    answers = [export.only(answers[0], body.only)] if body.only else answers
    return attachment(save_answers(answers, body.format, options))


def _answers(assistant: "Assistant", body: Ask, questions: Sequence[str], record: QuestionLog) -> list[Answer]:
    """The answers of a conversation, each question read with those before it."""
    filters = replace(checked_filters(body.authority, body.year, body.kind, assistant.letters), widened=body.widened)
    answers = []
    for at, question in enumerate(questions):
        began = time.perf_counter()
        history = (*body.earlier, *questions[:at])
        answers.append(assistant.ask(question, history=history, filters=filters, page=body.page))
        record.record(question, filters, answers[-1], time.perf_counter() - began)
    return answers


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    errors: Sequence[Any] = error.errors() if isinstance(error, RequestValidationError) else ()
    known = BODIES.get(request.url.path, Ask).model_fields
    return _error(422, _in_words(errors[0], known) if errors else "The request cannot be read.")


async def _unreadable(request: Request, _: Exception) -> JSONResponse:
    """A body that no reader of JSON gets through: nested without end, or not even text."""
    if request.url.path.startswith("/api/"):
        return _error(422, NOT_JSON)
    return _error(400, "The request cannot be read.")


def _error(status: int, message: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    return JSONResponse({"error": " ".join(message.split())}, status_code=status, headers=headers)


def _in_words(error: Any, known: Iterable[str]) -> str:
    """A validation error as one line: what is wrong with which field, of those that are known."""
    place = [str(part) for part in error["loc"] if part != "body"]
    if error["type"] == "json_invalid":
        return NOT_JSON
    if not place:
        return 'The body must be a JSON object such as {"question": "What needs to improve?"}.'
    field = place[0]
    if error["type"] == "extra_forbidden":
        return f"There is no field {field[:60]!r}; the fields are {', '.join(known)}."
    if error["type"] == "missing" and len(place) == 1:
        return f'The field "{field}" is missing.'
    return f"The field {field!r} is not valid: {error['msg'][:1].lower()}{error['msg'][1:]}."
