"""The interface for programs, below `/api/v1/`: answers, passages, letters, judgements, files; and `/healthz`."""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, FastAPI, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from pydantic import BaseModel

from assistant.answers.answer import Answer, answer_json
from assistant.contract.shapes import AnswerShape, JudgementsShape, LettersShape, SearchShape, WholeLetterShape
from assistant.errors import AssistantError, FilterError, QuestionError
from assistant.export.chosen import only
from assistant.export.formats import FORMATS, checked_format
from assistant.page.api.openapi import described, problems
from assistant.page.api.requests import Ask, Export, Listing, Search, Which, history_problem, invalid
from assistant.page.api.streaming import EVENTS, streamed, wants_events
from assistant.page.asking.log import QuestionLog
from assistant.page.asking.room import RETRY_AFTER, Overloaded, Room
from assistant.page.chat.callbacks import OUR_FAULT, question_problem
from assistant.page.frame.saving import options_for, save_answers
from assistant.page.frame.site import attachment
from assistant.page.http.problems import PROBLEM, Problem, problem
from assistant.page.security.access import Access, too_many
from assistant.questions.scope import Filters, checked_filters, filtered
from assistant.records.judgements import judgements_json
from assistant.records.letters import letter_json, listed_json
from assistant.records.search import search_json
from assistant.system.failures import log_failure

if TYPE_CHECKING:
    from assistant.engine import Assistant
    from assistant.letters.letter import Letter

__all__ = ["BUSY", "PREFIX", "add_api"]

log = logging.getLogger(__name__)

PREFIX = "/api/v1"
"""Begins the address of everything but `/healthz`."""
BUSY = "Too many questions are being asked at the moment. Please ask again in a few seconds."
"""What is said to who cannot even wait."""
METHODS = ["DELETE", "GET", "HEAD", "PATCH", "POST", "PUT", "TRACE"]
NO_LETTER = f"There is no letter of this name; {PREFIX}/letters lists them."
NO_ADDRESS = "There is nothing at this address."
BODIES: dict[str, type[BaseModel]] = {
    f"{PREFIX}/ask": Ask,
    f"{PREFIX}/search": Search,
    f"{PREFIX}/export": Export,
    f"{PREFIX}/letters": Listing,
    f"{PREFIX}/judgements": Which,
}
AS_FILE = {form.media_type: {"schema": {"type": "string", "format": "binary"}} for form in FORMATS.values()}
AS_EVENTS = {
    EVENTS: {
        "schema": {"type": "string"},
        "example": 'event: stage\ndata: {"stage": "search", "letters": 5}\n\nevent: answer\ndata: {...}\n\n',
    }
}


def add_api(
    app: FastAPI,
    assistant: "Assistant",
    longest: int,
    room: Room | None = None,
    access: Access | None = None,
    record: QuestionLog | None = None,
) -> None:
    """Add the routes, and the rule that every error is a problem of one sentence.

    Args:
        app: The application.
        assistant: Answers the questions; called from several threads.
        longest: Most characters of a question.
        room: How many questions are answered at the same time and how many may wait; by default a room of their own.
        access: Counts each visitor's questions; by default nobody's are.
        record: Of what was asked; by default none.
    """
    router = APIRouter(prefix=PREFIX)
    answers, record = room or Room(), record or QuestionLog()

    def turned_away(earlier: Sequence[str], questions: Sequence[str], request: Request) -> Response | None:
        """Why nothing is done for a request, as far as that can be told at once."""
        wrong = (question_problem(question, longest) for question in questions)
        said = next(filter(None, wrong), "") or history_problem((*earlier, *questions[:-1]), longest)
        if said:
            return _sent(problem(422, said))
        wait = access.may_ask(request.scope, len(questions)) if access else 0
        if wait:
            return _sent(problem(429, too_many(wait)), {"retry-after": str(wait)})
        return _busy() if answers.full else None

    async def in_turn(
        earlier: Sequence[str], questions: Sequence[str], request: Request, work: Callable[[], Response]
    ) -> Response:
        refused = turned_away(earlier, questions, request)
        if refused:
            return refused
        try:
            return await answers.run(request, lambda: _or_problem(work))
        except Overloaded:
            return _busy()

    @app.get("/healthz", include_in_schema=False)
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @router.post(
        "/ask",
        summary="Answer a question with cited sentences, or say why there is no answer",
        description=f"With `Accept: {EVENTS}` the answer comes as server-sent events: `stage`, `sentence` (of a "
        "language model, checked), and at the end `answer` or `problem`.",
        responses={200: {"model": AnswerShape, "content": AS_EVENTS}, **problems(401, 422, 429, 500, 503)},
    )
    async def ask(body: Ask, request: Request) -> Response:
        if not wants_events(request):
            return await in_turn(
                body.earlier, [body.question], request, lambda: JSONResponse(_answered(assistant, body, record))
            )
        refused = turned_away(body.earlier, [body.question], request)
        if refused:
            return refused
        return await streamed(
            answers,
            request,
            lambda told, began: ("answer", _answered(assistant, body, record, told=told, began=began)),
            lambda error: ("problem", _said(error)),
        )

    @router.post(
        "/search",
        summary="Rank the passages that a question finds",
        responses={200: {"model": SearchShape}, **problems(401, 422, 429, 500, 503)},
    )
    async def search(body: Search, request: Request) -> Response:
        return await in_turn(body.earlier, [body.question], request, lambda: _found(assistant, body))

    @router.post(
        "/export",
        summary="Answers as a file",
        responses={
            200: {"content": AS_FILE, "description": "The file, in the format asked for"},
            **problems(401, 422, 429, 500, 503),
        },
    )
    async def save(body: Export, request: Request) -> Response:
        questions = [body.question, *body.then]
        return await in_turn(body.earlier, questions, request, lambda: _exported(assistant, body, record))

    @router.get(
        "/letters",
        summary="List the letters, oldest first",
        responses={200: {"model": LettersShape}, **problems(401, 422, 500, 503)},
    )
    def letters(which: Annotated[Listing, Query()]) -> Response:
        return _or_problem(lambda: JSONResponse(_listed(assistant, which)))

    @router.get(
        "/letters/{letter_id:path}",
        summary="One letter as it was understood, with its text",
        responses={200: {"model": WholeLetterShape}, **problems(401, 404, 422, 500, 503)},
    )
    def letter(letter_id: str) -> Response:
        def work() -> Response:
            try:
                return JSONResponse(letter_json(assistant.letter(letter_id), whole=True))
            except FilterError:
                return _sent(problem(404, NO_LETTER, "letter_id"))

        return _or_problem(work)

    @router.get(
        "/judgements",
        summary="The judgements of each inspection, oldest first, each with the words that prove it",
        responses={200: {"model": JudgementsShape}, **problems(401, 422, 500, 503)},
    )
    def judgements(which: Annotated[Which, Query()]) -> Response:
        return _or_problem(lambda: JSONResponse(judgements_json(assistant.letters, _chosen(assistant, which))))

    @router.get("/openapi.json", include_in_schema=False)
    def openapi() -> dict[str, Any]:
        return described(router, _version())

    known = [route for route in router.routes if isinstance(route, APIRoute)]

    @router.api_route("/{rest:path}", methods=METHODS, include_in_schema=False)
    def nothing(request: Request) -> Response:
        """Without this, Gradio's own routes would answer, which begin at the same place."""
        path: str = request.scope["path"]
        allowed = sorted({method for one in known if one.path_regex.fullmatch(path) for method in one.methods or ()})
        if allowed:
            said = f"This address does not take {request.method}."
            return _sent(problem(405, said), {"allow": ", ".join(allowed)})
        return _sent(problem(404, NO_ADDRESS))

    app.include_router(router)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(400, _unreadable)


def _or_problem(work: Callable[[], Response]) -> Response:
    """What the work makes, or its error as a problem."""
    try:
        return work()
    except Exception as error:
        return _sent(_said(error))


def _said(error: Exception) -> Problem:
    if isinstance(error, Overloaded):
        return problem(503, BUSY)
    if isinstance(error, AssistantError):
        return problem(422 if isinstance(error, (QuestionError, FilterError)) else 503, str(error))
    log_failure(log, "a question failed", error)
    return problem(500, OUR_FAULT)


def _answered(assistant: "Assistant", body: Ask, record: QuestionLog, **tellers: Any) -> AnswerShape:
    return answer_json(_answers(assistant, body, [body.question], record, **tellers)[0], body.id)


def _found(assistant: "Assistant", body: Search) -> Response:
    found = assistant.search(body.question, history=body.earlier, filters=_filters(assistant, body), k=body.k)
    return JSONResponse(search_json(found, {letter.letter_id: letter for letter in assistant.letters}))


def _exported(assistant: "Assistant", body: Export, record: QuestionLog) -> Response:
    if body.only and body.then:
        raise FilterError('"only" chooses from one answer; leave out "then"')
    checked_format(body.format)  # before anything is answered
    options = options_for(assistant, body.style)
    options = replace(options, link_base=body.link_base) if body.link_base else options
    answers = _answers(assistant, body, [body.question, *body.then], record)
    answers = [only(answers[0], body.only)] if body.only else answers
    return attachment(save_answers(answers, body.format, options))


def _answers(
    assistant: "Assistant", body: Ask, questions: Sequence[str], record: QuestionLog, **tellers: Any
) -> list[Answer]:
    """The answers of a conversation, each question read with those before it."""
    filters = _filters(assistant, body)
    answers = []
    for at, question in enumerate(questions):
        began = time.perf_counter()
        history = (*body.earlier, *questions[:at])
        answers.append(assistant.ask(question, history=history, filters=filters, page=body.page, **tellers))
        record.record(question, filters, answers[-1], time.perf_counter() - began)
    return answers


def _filters(assistant: "Assistant", body: Ask | Search) -> Filters:
    return replace(checked_filters(body.authority, body.year, body.kind, assistant.letters), widened=body.widened)


def _chosen(assistant: "Assistant", which: Which) -> "list[Letter]":
    held = assistant.letters
    return filtered(held, checked_filters(which.authority, which.year, which.kind, held))


def _listed(assistant: "Assistant", which: Listing) -> LettersShape:
    found = _chosen(assistant, which)
    stretch = found[which.offset : which.offset + which.limit]
    return {
        "letters": listed_json(stretch, assistant.index.passages.counts),
        "total": len(found),
        "offset": which.offset,
        "limit": which.limit,
    }


def _sent(found: Problem, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse(found, status_code=found["status"], headers=headers, media_type=PROBLEM)


def _busy() -> Response:
    return _sent(problem(503, BUSY), {"retry-after": str(RETRY_AFTER)})


def _version() -> str:
    try:
        return version("inspection-letters-assistant")
    except PackageNotFoundError:  # run from a folder, without having been installed
        return "0"


async def _invalid(request: Request, error: Exception) -> Response:
    errors: Sequence[Any] = error.errors() if isinstance(error, RequestValidationError) else ()
    known = BODIES.get(request.scope["path"], Ask).model_fields
    return _sent(invalid(errors[0], known) if errors else problem(422, "The request cannot be read."))


async def _unreadable(request: Request, _: Exception) -> Response:
    """A body that no reader of JSON gets through: nested without end, or not even text."""
    if request.scope["path"].startswith("/api/"):
        return _sent(problem(422, "The body is not JSON."))
    return _sent(problem(400, "The request cannot be read."))
