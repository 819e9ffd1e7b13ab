"""An answer on its way, as server-sent events: what is being done, a language model's sentences, then the answer."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable
from typing import Any

from fastapi import Request
from fastapi.responses import StreamingResponse

from assistant.engine import Began
from assistant.llm.rewriter import Told
from assistant.page.asking.room import Overloaded, Room

__all__ = ["EVENTS", "streamed", "wants_events"]

EVENTS = "text/event-stream"
"""The media type."""
SILENCE = 15  # seconds after which a comment shows proxies and clients that the answer is still being worked on
NUMBERED = {"search": "letters", "write": "passages"}  # what the number of a stage counts
HEADERS = {"x-accel-buffering": "no"}  # nginx would hold the events back until the last one

Event = tuple[str, Any]


class _GoneError(Exception):
    """Nobody reads the events any more."""


def wants_events(request: Request) -> bool:
    """Whether a request asks for events instead of one answer.

    Args:
        request: Names what it accepts.
    """
    return any(one.partition(";")[0].strip() == EVENTS for one in request.headers.get("accept", "").split(","))


async def streamed(
    room: Room, request: Request, work: Callable[[Told, Began], Event], failed: Callable[[Exception], Event]
) -> StreamingResponse:
    """Answer with events while the answer is being made. The last one is what `work` gives back.

    Args:
        room: In which the work is done when its turn comes.
        request: Whoever goes away while events are sent is not worked for any longer.
        work: Makes the last event; it is given what tells the others.
        failed: Makes the last event of what was raised, `Overloaded` where the room was full after all.
    """
    events: asyncio.Queue[Event] = asyncio.Queue()
    loop, gone = asyncio.get_running_loop(), threading.Event()

    def tell(name: str, data: Any) -> None:
        if gone.is_set():
            raise _GoneError
        loop.call_soon_threadsafe(events.put_nowait, (name, data))

    def told(sentence: str) -> None:
        tell("sentence", {"text": sentence})

    def began(stage: str, number: int) -> None:
        tell("stage", {"stage": stage, NUMBERED[stage]: number})

    async def run() -> Event:
        try:
            return await room.run(request, lambda: work(told, began))
        except Exception as error:
            return failed(Overloaded() if isinstance(error, _GoneError) else error)

    task = asyncio.create_task(run())
    return StreamingResponse(_written(events, task, gone), media_type=EVENTS, headers=HEADERS)


async def _written(
    events: asyncio.Queue[Event], task: asyncio.Task[Event], gone: threading.Event
) -> AsyncIterator[str]:
    try:
        while True:
            coming = asyncio.create_task(events.get())
            done, _ = await asyncio.wait({task, coming}, timeout=SILENCE, return_when=asyncio.FIRST_COMPLETED)
            if coming in done:
                yield _event(*coming.result())
                continue
            coming.cancel()
            if task in done:
                break
            yield ": still working\n\n"
        while not events.empty():
            yield _event(*events.get_nowait())
        yield _event(*task.result())
    finally:
        gone.set()


def _event(name: str, data: Any) -> str:
    """One event. JSON in ASCII has nothing that any client takes for the end of a line."""
    return f"event: {name}\ndata: {json.dumps(data)}\n\n"
