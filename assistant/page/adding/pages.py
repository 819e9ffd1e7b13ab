"""The pages on which letters are added, checked, corrected and taken out again: plain HTML that needs no script."""

import hmac
import logging
import re
import secrets
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from assistant.adding.kept import AddedFile
from assistant.letters.authorities import authorities, authority_named
from assistant.letters.dates import find_periods
from assistant.letters.inspectorates import kind_names
from assistant.letters.letter import Letter
from assistant.letters.spoken import spoken_date, spoken_period
from assistant.page.adding.additions import Additions, Batch, BusyError, Held
from assistant.page.adding.upload import Limits, UploadError, receive
from assistant.page.frame.render import STANDING, counted
from assistant.page.frame.site import Menu, page
from assistant.page.http.addresses import relative
from assistant.page.security.access import Access, adding_allowed, is_plain
from assistant.page.security.guard import same_site
from assistant.reading.corpus import SUFFIXES
from assistant.reading.corrections import is_date
from assistant.system.failures import log_failure
from assistant.system.hosts import is_loopback

if TYPE_CHECKING:
    from assistant.engine import Assistant
    from assistant.settings import Settings

__all__ = ["add_adding"]

log = logging.getLogger(__name__)

SCAN = (
    "is a scan: it holds pictures of pages and no words that can be searched. Find a copy with words, or ask whoever"
    " runs this page to have scans read"
)
SETTING = re.compile(r",? or (?:give more (?:time )?with|turn) ASSISTANT_\w+(?: off)?")
SPEAKERS = {"inspectorate": "The inspectors", "council": "The council", "other": "Somebody else"}
NOT_HERE = "It is kept, but cannot be searched. Remove it, and add it once more."
STALE = "This page is older than the program that answers it. Please open it again and send the form once more."


def add_adding(app: FastAPI, assistant: "Assistant", settings: "Settings", access: Access | None = None) -> Additions:
    """Add the routes below `/add`.

    Args:
        app: The application.
        assistant: Its index is changed.
        settings: Who may add, how much, and where it is kept.
        access: Knows who asks; by default by the settings alone.

    Returns:
        What works behind them.
    """
    additions = Additions(assistant, settings)
    pages = _Pages(additions, settings, access or Access(settings))
    app.add_api_route("/add", pages.form, methods=["GET"])
    app.add_api_route("/add", pages.receive, methods=["POST"])
    app.add_api_route("/add/{batch_id}.json", pages.progress, methods=["GET"])
    app.add_api_route("/add/{batch_id}", pages.batch, methods=["GET"])
    app.add_api_route("/add/{batch_id}/remove", pages.remove, methods=["POST"])
    app.add_api_route("/add/{batch_id}/correct", pages.correct, methods=["POST"])
    return additions


class _Refused(Exception):
    """A request that is answered by a page with a sentence."""

    def __init__(self, status: int, title: str, text: str, *more: str) -> None:
        self.status, self.title, self.lines = status, title, (text, *more)


class _Pages:
    """What each address answers. Whoever may add letters may also correct them and take them out."""

    def __init__(self, additions: Additions, settings: "Settings", access: Access) -> None:
        self.additions, self.settings, self.access = additions, settings, access
        self.menu = Menu(adding_allowed(settings), access.signs_in)
        self.limits = Limits(settings.adding_files, settings.adding_megabytes * 2**20)
        self.token = secrets.token_urlsafe(32)  # in every form; another site cannot read it

    # --- what is answered ------------------------------------------------------------------------------------

    def form(self, request: Request) -> Response:
        try:
            self._check(request)
        except _Refused as refused:
            return self._refusal(request, refused)
        return self._form()

    async def receive(self, request: Request) -> Response:
        try:
            self._check(request, posted=True)
            batch_id = await self._receive(request)
        except _Refused as refused:
            return self._refusal(request, refused)
        if batch_id is None:
            problem = "Choose at least one file."
            if _wants_json(request):
                return JSONResponse({"error": problem}, status_code=422)
            return await run_in_threadpool(self._form, problem, 422)
        address = relative(f"/add/{batch_id}", request.scope)
        return JSONResponse({"next": address}) if _wants_json(request) else RedirectResponse(address, 303)

    def progress(self, request: Request, batch_id: str) -> Response:
        try:
            batch = self._batch(request, batch_id)
        except _Refused as refused:
            return JSONResponse({"error": refused.lines[0]}, status_code=refused.status)
        said = {"state": batch.state, "done": batch.done, "total": batch.total, "says": _progress(batch)}
        return JSONResponse(said)

    def batch(self, request: Request, batch_id: str) -> Response:
        try:
            batch = self._batch(request, batch_id)
        except _Refused as refused:
            return self._refusal(request, refused)
        return self._result(batch)

    async def remove(self, request: Request, batch_id: str) -> Response:
        try:
            batch, fields = await self._asked(request, batch_id)
            files = batch.kept if "all" in fields else (_named(batch, fields),)
        except _Refused as refused:
            return self._refusal(request, refused)
        self.additions.remove(batch, frozenset(file.name for file in files))
        return RedirectResponse(relative(f"/add/{batch_id}", request.scope), 303)

    async def correct(self, request: Request, batch_id: str) -> Response:
        try:
            batch, fields = await self._asked(request, batch_id)
            file = _named(batch, fields)
        except _Refused as refused:
            return self._refusal(request, refused)
        held = (await run_in_threadpool(self.additions.held, batch))[file.name]
        if held.letter and held.read_here:
            said = {} if "reset" in fields else dict(self.additions.corrections(batch, file))
            wanted, problems = ({}, {}) if "reset" in fields else _corrections(fields, held.letter)
            if problems:
                return await run_in_threadpool(self._result, batch, {file.name: (fields, problems)}, 422)
            if wanted or "reset" in fields:
                self.additions.correct(batch, file.name, said | wanted)
        address = f"/add/{batch_id}#file-{batch.files.index(file) + 1}"
        return RedirectResponse(relative(address, request.scope), 303)

    # --- who may ---------------------------------------------------------------------------------------------

    def _check(self, request: Request, *, posted: bool = False) -> None:
        """Refuse who may not add, and what another site sends."""
        if not self.access.may_add(request.scope):
            raise _Refused(403, *_not_here(self.settings))
        if posted and not same_site(request.headers):
            raise _Refused(403, "Nothing was changed", "This was sent from another page than this one.")

    def _welcome(self, fields: Mapping[str, str]) -> bool:
        return hmac.compare_digest(fields.get("token", "").encode(), self.token.encode())

    def _batch(self, request: Request, batch_id: str) -> Batch:
        self._check(request)
        batch = self.additions.batch(batch_id)
        if batch is None:
            raise _Refused(404, "There is nothing here", "These letters are not here, or were taken out again.")
        return batch

    async def _asked(self, request: Request, batch_id: str) -> tuple[Batch, dict[str, str]]:
        """The batch that a form is about, and the form's fields."""
        self._check(request, posted=True)
        body = (await request.body()).decode("utf-8", "replace")
        try:
            fields = {name: values[-1] for name, values in parse_qs(body, True, max_num_fields=50).items()}
        except ValueError:
            fields = {}
        if not self._welcome(fields):
            raise _Refused(403, "Nothing was changed", STALE)
        batch = await run_in_threadpool(self._batch, request, batch_id)
        if batch.busy:
            raise _Refused(409, "Nothing was changed", "These letters are being worked on. Try again in a moment.")
        return batch, fields

    async def _receive(self, request: Request) -> str | None:
        """Write what is sent to the disk; the batch's name, or None where there was no file."""
        if int(request.headers.get("content-length") or 0) > self.limits.all_bytes:
            raise _Refused(413, "Nothing was added", _too_much(self.settings))
        try:
            batch_id, folder = self.additions.begin()
        except BusyError as busy:
            raise _Refused(503, "Nothing was added", str(busy)) from None
        except OSError as error:
            log_failure(log, f"letters cannot be kept in {self.additions.folder}", error)
            raise _Refused(507, "Nothing was added", _not_kept(error)) from None
        received = None
        try:
            kind = request.headers.get("content-type", "")
            received = await receive(request.stream(), kind, folder, self.limits, self._welcome)
        except UploadError as error:
            said = str(error)
            raise _Refused(
                400, "Nothing was added", f"{said[:1].upper()}{said[1:]}.", _too_much(self.settings)
            ) from None
        except OSError as error:
            log_failure(log, f"letters cannot be kept in {self.additions.folder}", error)
            raise _Refused(507, "Nothing was added", _not_kept(error)) from None
        finally:
            if not received:
                self.additions.drop(batch_id)
        if received is None:
            raise _Refused(403, "Nothing was added", STALE)
        if not received:
            return None
        self.additions.add(batch_id, received)
        return batch_id

    # --- pages -----------------------------------------------------------------------------------------------

    def _form(self, problem: str = "", status: int = 200) -> HTMLResponse:
        earlier = [
            {"address": f"/add/{batch.batch_id}", "when": _moment(batch), "what": _contents(batch)}
            for batch in self.additions.earlier()
        ]
        return self._page(
            "add.html",
            status,
            token=self.token,
            problem=problem,
            limits=self.limits,
            megabytes=self.settings.adding_megabytes,
            accepted=",".join(SUFFIXES),
            here=self.access.plain and is_loopback(self.settings.host),
            chosen_few=bool(self.settings.adding_password or self.settings.adding_users),
            model=_foreign_model(self.settings),
            earlier=earlier,
        )

    def _result(
        self,
        batch: Batch,
        typed: Mapping[str, tuple[Mapping[str, str], Mapping[str, str]]] | None = None,
        status: int = 200,
    ) -> HTMLResponse:
        held = {} if batch.busy else self.additions.held(batch)
        numbered = list(enumerate(batch.files, 1))
        rows = [
            _row(number, file, held[file.name], *(typed or {}).get(file.name, ({}, {})))
            for number, file in numbered
            if file.name in held
        ]
        titles = {letter.letter_id: letter.title for letter in self.additions.assistant.letters}
        return self._page(
            "added.html",
            status,
            token=self.token,
            batch=batch,
            title=_title(batch),
            when=_moment(batch),
            says=_progress(batch),
            rows=rows,
            wrong=any(row["problems"] for row in rows),
            same=[(file.given, titles.get(file.same, file.same), file.same) for file in batch.files if file.same],
            failed=[(file.given, _because(file.problem)) for file in batch.files if file.problem],
            removed=[file.given for file in batch.files if file.removed],
            authorities=_authorities(),
            kinds=kind_names(),
            speakers=SPEAKERS,
        )

    def _refusal(self, request: Request, refused: _Refused) -> Response:
        if _wants_json(request):
            return JSONResponse({"error": " ".join(refused.lines)}, status_code=refused.status)
        may = self.access.may_add(request.scope)
        sign_in = not may and self.access.adds_by_password
        values = {"title": refused.title, "lines": refused.lines, "again": may, "sign_in": sign_in}
        return self._page("add_message.html", refused.status, **values)

    def _page(self, template: str, status: int, **values: Any) -> HTMLResponse:
        return page(template, status, self.menu, current="add", **values)


# --- requests --------------------------------------------------------------------------------------------------------


def _wants_json(request: Request) -> bool:
    return request.headers.get("accept", "").startswith("application/json")


def _named(batch: Batch, fields: Mapping[str, str]) -> AddedFile:
    """The file that a form is about, by its number."""
    number = fields.get("file", "")
    if re.fullmatch(r"[1-9]\d{0,3}", number) and int(number) <= len(batch.files):
        file = batch.files[int(number) - 1]
        if file.name:
            return file
    raise _Refused(404, "Nothing was changed", "This letter is not here, or was taken out again.")


def _corrections(fields: Mapping[str, str], letter: Letter) -> tuple[dict[str, Any], dict[str, str]]:
    """What a form changes of a letter's metadata, and what is wrong with it, by field."""
    typed = {
        name: " ".join(fields.get(name, "").split())[:200] for name in ("authority", "kind", "published", "standing")
    }
    found: dict[str, Any] = {}
    problems: dict[str, str] = {}
    known = authority_named(typed["authority"]) if typed["authority"] else None
    if typed["authority"] and known is None:
        problems["authority"] = "This council is not known here. Choose one from the list, or leave it empty."
    day = _day(typed["published"]) if typed["published"] else None
    if typed["published"] and day is None:
        problems["published"] = "Write a date such as 1 March 2019, March 2019 or 2019, or leave it empty."
    if typed["kind"] not in kind_names():
        problems["kind"] = "Choose one of the kinds."
    if typed["standing"] not in SPEAKERS:
        problems["standing"] = "Choose who is speaking."
    wanted = {
        "authority": known.name if known else None,
        "kind": typed["kind"],
        "published": day,
        "standing": typed["standing"],
    }
    if not problems:
        found = {name: value for name, value in wanted.items() if value != getattr(letter, name)}
    return found, problems


def _day(text: str) -> str | None:
    """A date as people write it, as ISO, full or reduced; None if it is none."""
    if is_date(text):
        return text
    for period in find_periods(text):
        if (period.start, period.end) == (0, len(text)) and period.first == period.last and is_date(period.first):
            return period.first
    return None


# --- words -----------------------------------------------------------------------------------------------------------


def _not_here(settings: "Settings") -> tuple[str, ...]:
    title, yes = "Letters cannot be added here", "set ASSISTANT_ADDING=yes and start the page again"
    if settings.adding == "no":
        return title, "Adding letters is turned off.", f"Whoever runs this page can allow it: {yes}."
    if settings.adding_password:
        return "You cannot add letters", "Adding letters needs a password of its own."
    if settings.adding_users:
        return (
            "You cannot add letters",
            "Your name is not among those who may add letters here.",
            "Whoever runs this page can add it.",
        )
    if not is_plain(settings):
        return (
            title,
            "Nobody was given the right to add letters.",
            "Whoever runs this page can give it to some (ASSISTANT_ADDING_PASSWORD or ASSISTANT_ADDING_USERS), or to "
            f"everybody who may open it: {yes}.",
        )
    return (
        title,
        "Letters can be added on the computer that runs this page, and nowhere else.",
        f"Whoever runs it can allow it for everybody who may open the page: {yes}.",
    )


def _foreign_model(settings: "Settings") -> str:
    """The host of a language model on another computer, to which passages of the letters go; empty for none."""
    host = urlsplit(settings.llm_url).hostname or ""
    return "" if is_loopback(host) else host


def _too_much(settings: "Settings") -> str:
    most = counted(settings.adding_files, "file")
    return f"At most {most} can be added at once, each of at most {settings.adding_megabytes} MB."


def _not_kept(error: OSError) -> str:
    return f"The files cannot be kept on this computer ({error.strerror or 'the disk is at fault'})."


def _title(batch: Batch) -> str:
    """What the page says first."""
    if batch.busy:
        return "Working on your letters"
    if batch.state == "failed":
        return "Nothing was changed" if batch.kept else "Nothing was added"
    kept, problems = len(batch.kept), sum(bool(file.problem) for file in batch.files)
    if kept and problems:
        return f"{kept} of {counted(kept + problems, 'letter')} added"
    if kept:
        return f"{counted(kept, 'letter')} added"
    removed = sum(file.removed for file in batch.files)
    return f"{counted(removed, 'letter')} taken out again" if removed else "Nothing was added"


def _progress(batch: Batch) -> str:
    """How far the work is, in a sentence."""
    if batch.state == "waiting":
        return "Waiting for its turn: other letters are being worked on."
    if batch.state == "reading":
        return f"Reading: {batch.done} of {counted(batch.total, 'file')} done."
    if batch.state == "indexing":
        return "Making them ready to be searched. Until this is done, questions are answered without them."
    return batch.problem or f"{_title(batch)}."


def _contents(batch: Batch) -> str:
    if batch.busy:
        return "being worked on"
    names = [file.given for file in batch.kept]
    more = f" and {len(names) - 2} more" if len(names) > 2 else ""
    return f"{', '.join(names[:2])}{more}"


def _moment(batch: Batch) -> str:
    return f"{spoken_date(batch.when.date().isoformat())}, {batch.when:%H:%M}"


def _because(problem: str) -> str:
    """Why a file was not added, in a sentence without the names of settings."""
    said = SCAN if "no text layer" in problem else SETTING.sub("", problem)
    said = said.replace("index again", "add it again").replace("index that", "add that")
    said = said.removeprefix("the file ").strip()
    return f"The file {'is ' if said.startswith('larger') else ''}{said.rstrip('.')}."


@cache
def _authorities() -> tuple[str, ...]:
    return tuple(sorted(authority.name for authority in authorities() if authority.nation in ("England", "")))


def _row(
    number: int, file: AddedFile, held: Held, typed: Mapping[str, str], problems: Mapping[str, str]
) -> dict[str, Any]:
    """What the page shows of one file that is there."""
    letter = held.letter
    row: dict[str, Any] = {"number": number, "file": file, "held": held, "letter": letter, "problems": problems}
    if letter is None:
        return row | {"title": file.given, "facts": [], "badge": None, "copies": (), "warnings": [NOT_HERE]}
    facts = [
        ("Council", letter.authority or "Not recognised", "authority"),
        ("Kind", f"{letter.kind[:1].upper()}{letter.kind[1:]}" if letter.kind != "other" else "Not recognised", "kind"),
        ("Published", spoken_date(letter.published) or "Not found", "published"),
        ("Visit or inspection", spoken_period(letter.visit_start, letter.visit_end) or "Not found", "visit"),
        ("Who is speaking", SPEAKERS[letter.standing], "standing"),
    ]
    values = {
        "authority": letter.authority or "",
        "kind": letter.kind,
        "published": spoken_date(letter.published),
        "standing": letter.standing,
    }
    return row | {
        "title": letter.title,
        "facts": [(label, value, name in held.corrected) for label, value, name in facts],
        "badge": (letter.standing, STANDING[letter.standing]),
        "warnings": _warnings(letter, held),
        "copies": held.copies,
        "values": values | {name: typed[name] for name in values if name in typed},
    }


def _warnings(letter: Letter, held: Held) -> list[str]:
    """What a reader should look at."""
    found = []
    if letter.kind == "other":
        found.append("The kind of document was not recognised. It is searched all the same.")
    if not letter.authority:
        found.append("No council was recognised: questions that name a council pass this document over.")
    if not letter.date:
        found.append("No date was found: questions that name a year pass this document over.")
    return [*found, *(f"{warning[:1].upper()}{warning[1:].rstrip('.')}." for warning in letter.warnings)]
