"""Serving the page on an address and a port."""

import contextlib
import itertools
import logging
import socket
import sys
import threading
import time
from typing import TYPE_CHECKING

import uvicorn

from assistant.errors import AssistantError
from assistant.page.http.connections import Patience, protocol
from assistant.page.security.access import check_opening
from assistant.system.heap import share

if TYPE_CHECKING:
    from assistant.engine import Assistant
    from assistant.page.asking.log import QuestionLog
    from assistant.page.chat.forgetting import Conversations
    from assistant.settings import Settings

__all__ = ["configured", "listen", "serve"]

BACKLOG = 128  # connections that may wait while the application is being made
KEPT_ALIVE = 15  # seconds that a connection without a request stays open
REQUESTS = 600  # at the same time: a hundred users, with as many connections as a browser opens to one server
TIDIED = 60  # minutes between two looks for recorded questions whose time is over; for conversations it is one
GRACE = 2  # seconds for running answers when the page is stopped; open browser tabs would hold it for ever


def serve(assistant: "Assistant", settings: "Settings") -> None:
    """Serve the page and the JSON interface until interrupted.

    Args:
        assistant: An open assistant; it stays open when this returns.
        settings: The address and port, and the limits of the page.

    Raises:
        AssistantError: If the address or port cannot be used, or may not be without saying who may use the page.
    """
    check_opening(settings)
    share()
    with listen(settings.host, settings.port) as listening:
        check_opening(settings, str(listening.getsockname()[0]))  # a name may lead anywhere
        from assistant.page.app import create_app

        app = create_app(assistant, settings)
        config = configured(app, settings.log_level.lower())
        threading.Thread(target=_warm, args=(assistant,), name="warming", daemon=True).start()
        kept = (app.state.questions, app.state.conversations)
        threading.Thread(target=_tidy, args=kept, name="tidying", daemon=True).start()
        print(f"Open {address(listening)} in a browser (Ctrl+C stops it).", file=sys.stderr, flush=True)
        if settings.mcp:
            print(f"Chat clients ask at {address(listening)}/mcp", file=sys.stderr, flush=True)
        with contextlib.suppress(KeyboardInterrupt):  # uvicorn raises it again once it has stopped
            _Server(config).run(sockets=[listening])


def configured(
    app: object, log_level: str = "warning", patience: Patience | None = None, kept_alive: int = KEPT_ALIVE
) -> uvicorn.Config:
    """How uvicorn serves the page: with time limits, and without believing any header about who asks.

    Args:
        app: The application.
        log_level: Of the server's log.
        patience: The time limits for clients; by default the product's.
        kept_alive: Seconds that a connection without a request stays open.
    """
    return uvicorn.Config(
        app,  # type: ignore[arg-type]
        http=protocol(patience or Patience()),
        ws="none",
        log_level=log_level,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=REQUESTS,
        timeout_keep_alive=kept_alive,
        timeout_graceful_shutdown=GRACE,
    )


def _tidy(questions: "QuestionLog", conversations: "Conversations") -> None:
    for minute in itertools.count():
        conversations.tidy()
        if minute % TIDIED == 0:
            questions.tidy()
        time.sleep(60)


def _warm(assistant: "Assistant") -> None:
    with contextlib.suppress(AssistantError):  # the next question says what is wrong
        assistant.warm()


class _Server(uvicorn.Server):
    """Stops quietly: an open browser tab that has to be cut off is no error."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        await super().shutdown(sockets)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; 0 takes a free port.

    Raises:
        AssistantError: If the port is taken, or the address is not this machine's.
    """
    try:
        family, kind, _, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        listening = socket.socket(family, kind)
    except OSError as error:
        raise AssistantError(f"{host}: not an address of this machine; choose another with --host") from error
    try:
        if sys.platform != "win32":  # there it would let two programs share one port
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(where)
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        reason = (error.strerror or str(error)).lower()
        raise AssistantError(
            f"cannot listen on {host}, port {port}: {reason}; stop the program that uses it or choose "
            "another port with --port (0 takes a free one)"
        ) from error
    return listening


def address(listening: socket.socket) -> str:
    """The address to open in a browser."""
    host, port = listening.getsockname()[:2]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{shown}:{port}"
