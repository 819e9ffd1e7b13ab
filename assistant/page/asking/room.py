"""How many answers are computed at the same time, and how many questions may wait for their turn."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from fastapi import Request

if TYPE_CHECKING:
    from assistant.settings import Settings

__all__ = ["AT_ONCE", "RETRY_AFTER", "WAITING", "Overloaded", "Room", "at_once"]

Done = TypeVar("Done")

AT_ONCE = 4
"""Answers computed at the same time; more take turns at the interpreter's lock and each comes later."""
AT_ONCE_WITH_MODEL = 16  # where a language model words the answers: most of the time is spent waiting for it
WAITING = 64
"""Questions that may wait for their turn; the next one is told at once to come back."""
RETRY_AFTER = 5
"""Seconds: about as long as a full room takes to empty on two cores."""


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

    @property
    def full(self) -> bool:
        """Whether the next question would be turned away."""
        return self._inside >= self._most

    async def run(self, request: Request, work: Callable[[], Done]) -> Done:
        """Do the work of a request when its turn comes.

        Args:
            request: Whoever hung up while waiting is not worked for.
            work: Makes the response.

        Raises:
            Overloaded: At once, if there is no room to wait; and if nobody waits for the response any more.
        """
        if self.full:
            raise Overloaded
        self._inside += 1
        try:
            async with self._free:
                if await request.is_disconnected():
                    raise Overloaded
                return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._inside -= 1
