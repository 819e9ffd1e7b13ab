"""Connections that end when nobody speaks: a time limit for the head and the body of a request, and a bound on all.

uvicorn waits for ever for a request that has begun, or for the first one of a connection. A few hundred such clients
would hold the server.
"""

import asyncio
from dataclasses import dataclass
from typing import Any, ClassVar

from uvicorn.protocols.http.auto import AutoHTTPProtocol

__all__ = ["Patience", "protocol"]

UPLOADS = ("/add",)  # may take as long as they need, as long as something comes


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a client is waited for.

    Attributes:
        head: Seconds until a request's head is complete, from the connection's beginning or the head's first byte.
        body: Seconds until its body is complete.
        silence: Seconds between two pieces of an upload.
        head_bytes: Largest head.
        connections: Most connections; the next one is closed at once.
    """

    head: float = 30
    body: float = 30
    silence: float = 30
    head_bytes: int = 64 * 1024
    connections: int = 700


def protocol(patience: Patience) -> type[asyncio.Protocol]:
    """A protocol for uvicorn, with time limits.

    Args:
        patience: The limits.
    """
    return type("Impatient", (_Impatient,), {"patience": patience})


class _Impatient(AutoHTTPProtocol):  # type: ignore[misc, valid-type]  # one of two, by what is installed
    """Closes the connection of a client that takes too long. What is waited for is looked at after each piece."""

    patience: ClassVar[Patience]

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._timer: asyncio.TimerHandle | None = None
        self._awaited: tuple[int, str] = (0, "")
        self._head_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:
        super().connection_made(transport)
        if len(self.connections) > self.patience.connections:
            transport.abort()
        else:
            self._look(b"")

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if not self.transport.is_closing():
            self._look(data)

    def connection_lost(self, error: Exception | None) -> None:
        self._stop()
        super().connection_lost(error)

    def _look(self, data: bytes) -> None:
        """Begin to wait for what is to come next, or go on waiting for it."""
        part = self._part()
        awaited = (id(self.cycle), part)
        if awaited != self._awaited or part == "upload":
            self._stop()
            self._awaited, self._head_bytes = awaited, 0
            if part:
                self._start(part)
        if part == "head":
            self._head_bytes += len(data)
            if self._head_bytes > self.patience.head_bytes:
                self.transport.close()

    def _part(self) -> str:
        """What of a request is being waited for: "head", "body", "upload", or "" while it is answered."""
        if self.cycle is None or self.cycle.response_complete:
            return "head"
        if not self.cycle.more_body:
            return ""
        return "upload" if self.cycle.scope["path"] in UPLOADS else "body"

    def _start(self, part: str) -> None:
        limits = {"head": self.patience.head, "body": self.patience.body, "upload": self.patience.silence}
        self._timer = self.loop.call_later(limits[part], self._late, part)

    def _stop(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None

    def _late(self, part: str) -> None:
        if self._part() != part:
            return  # it was answered early; from then on the limit of a connection without a request holds
        if part != "head" and self.flow.read_paused:
            self._start(part)  # it is we who do not read
        elif not self.transport.is_closing():
            self.transport.close()
