"""An application on a real socket of this machine, as the product serves it, while a test lasts."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from assistant.page.http.connections import Patience
from assistant.page.server import configured, listen

START = 60  # seconds that a server may take to begin, and to end


@contextmanager
def running(
    app: object, log_level: str = "warning", patience: Patience | None = None, kept_alive: int = 15
) -> Iterator[socket.socket]:
    """A server in a thread of its own; the socket that it listens on."""
    with listen("127.0.0.1", 0) as listening:
        server = uvicorn.Server(configured(app, log_level, patience, kept_alive))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        deadline = time.monotonic() + START
        while not server.started:
            assert thread.is_alive() and time.monotonic() < deadline, "the server did not start"
            time.sleep(0.02)
        try:
            yield listening
        finally:
            server.should_exit = True
            thread.join(START)
        assert not thread.is_alive(), "the server did not end"
