"""The passwords of the page, and how often wrong ones may be tried."""

import asyncio
import hashlib
import hmac
import time
import unicodedata
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.page.http.proxies import network_of
from assistant.page.security.limits import Buckets

if TYPE_CHECKING:
    from assistant.settings import Settings

__all__ = ["Checked", "Passwords"]

TRIES, TRIES_A_MINUTE = 10, 6  # of one address
ALL_TRIES, ALL_TRIES_A_MINUTE = 200, 120  # of all addresses together: twenty that try side by side
EVERYBODY = "everybody"
SHORTEST_PAUSE, LONGEST_PAUSE = 0.25, 4.0  # seconds before a wrong password is answered; each one doubles it


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of a password.

    Attributes:
        grant: What it allows: "read", "add", or "" where it is wrong or was not looked at.
        wait: Seconds to wait before another try; 0 if it was looked at.
    """

    grant: str = ""
    wait: int = 0


class Passwords:
    """Compares passwords with those of the settings.

    Args:
        settings: Hold the passwords.
        clock: Seconds that only go forward.
        pause: Waits for so many seconds.
    """

    def __init__(
        self,
        settings: "Settings",
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        said = {"read": settings.password, "add": settings.adding_password}
        self._grants = {grant: _digest(word.get_secret_value()) for grant, word in said.items() if word}
        self._tries = Buckets(TRIES_A_MINUTE, TRIES, clock=clock)
        self._all = Buckets(ALL_TRIES_A_MINUTE, ALL_TRIES, clock=clock)
        self._pause = pause

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self._grants)

    async def check(self, given: str, address: str) -> Checked:
        """Compare a password. A wrong one is answered late, and after a few of them no other is looked at for a while.

        A right one counts nowhere, so that programs may send theirs with every request.

        Args:
            given: What somebody typed.
            address: Theirs.
        """
        key = network_of(address)
        wait = self._tries.take(key)
        if wait:
            return Checked(wait=wait)
        wait = self._all.take(EVERYBODY)
        if wait:
            self._tries.give_back(key)
            return Checked(wait=wait)
        digest = _digest(given)
        found = [grant for grant, word in self._grants.items() if hmac.compare_digest(word, digest)]
        if found:
            self._tries.give_back(key)
            self._all.give_back(EVERYBODY)
            return Checked(found[0])
        await self._pause(min(LONGEST_PAUSE, SHORTEST_PAUSE * 2 ** (self._tries.taken(key) - 1)))
        return Checked()


def _digest(word: str) -> bytes:
    """A password as bytes of one length, however its accents were typed."""
    return hashlib.sha256(unicodedata.normalize("NFC", word).encode("utf-8", "surrogatepass")).digest()
