"""Who has signed in: a cookie that this process has signed, and that is worth nothing to another one."""

import hashlib
import hmac
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["COOKIE", "LIFETIME", "Sessions", "SignedIn"]

COOKIE = "letters_session"
"""The cookie's name."""
LIFETIME = 12 * 3600
"""Seconds until somebody has to sign in again: a working day."""
MOST_ENDED = 10_000  # sessions that are remembered as ended; a password is needed to make one


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session.

    Attributes:
        name: Random; no two sessions share it.
        grant: What the password given allows: "read" or "add".
        began: When, in seconds since 1970.
    """

    name: str
    grant: str
    began: int


class Sessions:
    """Begins, recognises and ends sessions.

    Args:
        clock: Seconds since 1970.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._key = secrets.token_bytes(32)  # of this process alone: who restarts the page signs everybody out
        self._ended: OrderedDict[str, None] = OrderedDict()

    def begin(self, grant: str) -> str:
        """A new session, as the value of its cookie.

        Args:
            grant: "read" or "add".
        """
        said = f"{secrets.token_urlsafe(16)}.{grant}.{int(self._clock())}"
        return f"{said}.{self._signature(said)}"

    def read(self, value: str) -> SignedIn | None:
        """The session of a cookie; None if it is not ours, too old or ended.

        Args:
            value: As the browser sent it.
        """
        said, _, signature = value.rpartition(".")
        if not hmac.compare_digest(self._signature(said).encode(), signature.encode("utf-8", "replace")):
            return None
        name, grant, began = said.split(".")
        if name in self._ended or not 0 <= self._clock() - int(began) < LIFETIME:
            return None
        return SignedIn(name, grant, int(began))

    def end(self, session: SignedIn) -> None:
        """Sign out: the cookie is refused from now on, whoever has a copy of it."""
        self._ended[session.name] = None
        if len(self._ended) > MOST_ENDED:
            self._ended.popitem(last=False)

    def _signature(self, said: str) -> str:
        return hmac.new(self._key, said.encode("utf-8", "replace"), hashlib.sha256).hexdigest()
