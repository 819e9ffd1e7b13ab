"""What all tests share: the five shipped letters, hypothesis' settings, and no network but this machine's own."""

import os
import signal
import socket
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from documents import CORPUS
from hypothesis import HealthCheck, settings

from assistant.letters.letter import Letter
from assistant.reading.corpus import find_files, read_letter

settings.register_profile(
    "here", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
settings.register_profile("ci", settings.get_profile("here"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI", "").lower() == "true" else "here")


# Whoever runs the tests in the background ignores Ctrl+C, and the programs that they start would do so too.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def shipped() -> Mapping[str, Letter]:
    """The shipped letters by file name, read with their manifest."""
    return {file.name: read_letter(file) for file in find_files(CORPUS)}


@pytest.fixture(scope="session", autouse=True)
def no_network() -> Iterator[None]:
    """Fail, by the address, whatever in this process connects beyond the loopback."""
    connect = socket.socket.connect

    def guarded(this: socket.socket, address: Any) -> None:
        if this.family in (socket.AF_INET, socket.AF_INET6):
            host = str(address[0])
            if host not in ("localhost", "::1") and not host.startswith("127."):
                raise AssertionError(f"a test connects to {host}")
        connect(this, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield
