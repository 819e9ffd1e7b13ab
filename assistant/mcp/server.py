"""The protocol: tools and letters as a server of the Model Context Protocol, and that server on stdin and stdout.

The engine works in threads, a bounded number of them; the protocol's own loop never waits for it. A request that is
cancelled gives up its place, and its work ends at its next sign of life.
"""

import asyncio
import logging
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, redirect_stdout, suppress
from dataclasses import replace
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, cast

from mcp import types
from mcp.server import Server, ServerRequestContext
from mcp.server.stdio import stdio_server
from mcp.shared.exceptions import MCPError

from assistant.errors import AssistantError, FilterError
from assistant.letters.spoken import describe
from assistant.mcp.places import LETTER, PASSAGE, letter_uri, place_named, where
from assistant.mcp.tools import INSTRUCTIONS, TOOLS, Caller, Result, Tool, checked_arguments
from assistant.system.failures import log_failure

if TYPE_CHECKING:
    from assistant.engine import Assistant

__all__ = ["AT_ONCE", "BusyError", "Runner", "in_threads", "make_server", "serve_stdio"]

log = logging.getLogger(__name__)

Runner = Callable[[Any, Callable[[], Result]], Awaitable[Result]]
"""Does the work of a tool in a thread when its turn comes; it is given the HTTP request, where there is one."""

NAME = "inspection-letters"
AT_ONCE = 4
"""Tools at work at the same time; more take turns at the interpreter's lock, and each comes later."""

LISTED = 100  # letters in a page of the list of resources
FAILED = "Something went wrong here, and it is not the question's fault. Try again in a moment."
TEXT = "text/plain"
READ_ONLY = types.ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)


class BusyError(AssistantError):
    """So many questions wait already that this one is turned away; raised by a `Runner`."""


class _GoneError(Exception):
    """Nobody waits for this result any more."""


def make_server(caller: Caller, run: Runner, may_ask: Callable[[Any], str] = lambda _request: "") -> Server[Any]:
    """A server for chat clients.

    Args:
        caller: Works for every client.
        run: Runs a tool in a thread.
        may_ask: Counts a question; gives back why it may not be asked now, or "". It is given the HTTP request.
    """
    assistant = caller.assistant
    offered = {tool.name: _described(tool) for tool in TOOLS.values()}

    async def list_tools(_: Context, __: Paged) -> types.ListToolsResult:
        return types.ListToolsResult(tools=[*offered.values()])

    async def call_tool(context: Context, params: types.CallToolRequestParams) -> types.CallToolResult:
        tool = TOOLS.get(params.name)
        if tool is None:
            raise MCPError(types.INVALID_PARAMS, f"there is no such tool; the tools are {', '.join(TOOLS)}")
        try:
            arguments = checked_arguments(tool, params.arguments or {})
            refused = may_ask(context.request) if tool.asks else ""
            if refused:
                return _error(refused)
            gone = threading.Event()
            try:
                found = await run(
                    context.request, lambda: tool.run(replace(caller, alive=lambda: _alive(gone)), arguments)
                )
            except asyncio.CancelledError:
                gone.set()
                raise
        except AssistantError as error:
            return _error(str(error))
        except Exception as error:
            log_failure(log, "a tool failed", error)
            return _error(FAILED)
        return _shown(found)

    async def list_resources(_: Context, params: Paged) -> types.ListResourcesResult:
        start = _page(params.cursor if params else None)
        letters = assistant.letters
        more = str(start + LISTED) if start + LISTED < len(letters) else None
        return types.ListResourcesResult(
            resources=[
                types.Resource(
                    uri=letter_uri(letter.letter_id),
                    name=letter.letter_id,
                    title=f"{letter.authority or 'Authority unknown'}: {describe(letter)}",
                    description=letter.title,
                    mime_type=TEXT,
                )
                for letter in letters[start : start + LISTED]
            ],
            next_cursor=more,
        )

    async def list_templates(_: Context, __: Paged) -> types.ListResourceTemplatesResult:
        return types.ListResourceTemplatesResult(resource_templates=TEMPLATES)

    async def read_resource(_: Context, params: types.ReadResourceRequestParams) -> types.ReadResourceResult:
        uri = str(params.uri)
        try:
            place = place_named(uri)
            letter = assistant.letter(place.letter_id)
            words = place.words(letter)
        except AssistantError as error:
            raise MCPError(types.INVALID_PARAMS, _one_line(str(error))) from None
        contents = [types.TextResourceContents(uri=uri, mime_type=TEXT, text=words)]
        if place.span:
            around = where(letter, *place.span)
            contents.append(types.TextResourceContents(uri=f"{uri}#where", mime_type=TEXT, text=around))
        return types.ReadResourceResult(contents=[*contents])

    return Server(
        NAME,
        version=version("inspection-letters-assistant"),
        title="Ask the inspection letters",
        instructions=INSTRUCTIONS,
        get_tool_input_schema=lambda name: offered[name].input_schema if name in offered else None,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
        on_list_resources=list_resources,
        on_list_resource_templates=list_templates,
        on_read_resource=read_resource,
    )


Context = ServerRequestContext[Any]
Paged = types.PaginatedRequestParams | None

TEMPLATES = [
    types.ResourceTemplate(
        uri_template=LETTER,
        name="letter",
        title="A letter",
        description="The whole text of a letter, to which the offsets of its passages count.",
        mime_type=TEXT,
    ),
    types.ResourceTemplate(
        uri_template=PASSAGE,
        name="passage",
        title="Words of a letter",
        description="The quoted words alone, to the character; then who says them, where they stand, and the paragraph "
        "around them.",
        mime_type=TEXT,
    ),
]


def _described(tool: Tool) -> types.Tool:
    return types.Tool(
        name=tool.name,
        title=tool.title,
        description=tool.description,
        input_schema=tool.arguments.model_json_schema(),
        output_schema=tool.results.model_json_schema(mode="serialization"),
        annotations=READ_ONLY,
    )


def _shown(found: Result) -> types.CallToolResult:
    links = [
        types.ResourceLink(uri=link.uri, name=link.name, description=link.description, mime_type=TEXT)
        for link in found.links
    ]
    return types.CallToolResult(
        content=[types.TextContent(text=found.text), *links], structured_content=found.data.model_dump(mode="json")
    )


def _error(message: str) -> types.CallToolResult:
    return types.CallToolResult(content=[types.TextContent(text=_one_line(message))], is_error=True)


def _one_line(message: str) -> str:
    return " ".join(message.split())


def _alive(gone: threading.Event) -> None:
    if gone.is_set():
        raise _GoneError


def _page(cursor: str | None) -> int:
    """Where a page of resources begins."""
    if cursor is None:
        return 0
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 10):
        raise MCPError(types.INVALID_PARAMS, "there is no such page of resources")
    return int(cursor)


# --- stdin and stdout ----------------------------------------------------------------------------------------------


def serve_stdio(opened: "Callable[[], Assistant]") -> None:
    """Serve one chat client on stdin and stdout, until it closes them or the program is interrupted.

    Args:
        opened: Opens the assistant. Whatever it prints goes to stderr: stdout is the protocol's alone.

    Raises:
        AssistantError: If the assistant cannot be opened.
    """
    if sys.stdin is None or sys.stdin.closed:
        raise FilterError("there is no stdin to speak the protocol on; for HTTP use: assistant mcp --http")
    with redirect_stdout(sys.stderr):
        assistant = opened()
    with assistant, suppress(KeyboardInterrupt, BrokenPipeError):
        asyncio.run(_speak(Caller(assistant)))


@contextmanager
def in_threads() -> Iterator[Runner]:
    """Threads for the tools of one client, `AT_ONCE` of them. What still waits when they are left never runs."""
    threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="tool")

    async def run(_: object, work: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(threads, work)

    try:
        yield run
    finally:
        threads.shutdown(wait=False, cancel_futures=True)


async def _speak(caller: Caller) -> None:
    with in_threads() as run:
        server = make_server(caller, run)
        try:
            async with stdio_server(stdin=cast(Any, _Lines())) as (read, write):
                await server.run(read, write, server.create_initialization_options())
        except* (BrokenPipeError, ConnectionResetError):
            pass  # the client is gone


class _Lines:
    """The lines of stdin, read by a thread that nobody has to wait for.

    The library's own reader cannot be ended while it waits for a line, nor can the program: Ctrl+C would do nothing.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._lines: asyncio.Queue[str] = asyncio.Queue()
        threading.Thread(target=self._read, name="stdin", daemon=True).start()

    def _read(self) -> None:
        with suppress(RuntimeError, OSError), open(0, encoding="utf-8", errors="replace", closefd=False) as lines:
            for line in lines:
                self._loop.call_soon_threadsafe(self._lines.put_nowait, line)
        with suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(self._lines.put_nowait, "")

    async def __aiter__(self) -> AsyncIterator[str]:
        while line := await self._lines.get():
            yield line
