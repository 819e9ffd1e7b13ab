"""How often somebody may do something: a token bucket for each, in a bounded memory."""

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

__all__ = ["Buckets"]

MOST_KEYS = 10_000  # about 2 MB; who was seen longest ago is forgotten first, and begins with a full bucket


class Buckets:
    """A token bucket for each key. It is full at first, and tokens come back evenly.

    Args:
        a_minute: Tokens that come back within a minute, above 0.
        burst: Tokens that a full bucket holds, at least 1.
        most: Keys that are remembered.
        clock: Seconds that only go forward.
    """

    def __init__(
        self, a_minute: float, burst: int, most: int = MOST_KEYS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rate = a_minute / 60
        self._burst = burst
        self._most = most
        self._clock = clock
        self._held: OrderedDict[str, tuple[float, float]] = OrderedDict()  # tokens, and when they were counted
        self._lock = threading.Lock()  # the page asks from several threads

    def take(self, key: str, count: int = 1) -> int:
        """Take tokens, if there is at least one. More than there are become a debt, so that a large wish can be met.

        Args:
            key: Whose bucket.
            count: Tokens, at least 1.

        Returns:
            0 if they were taken; else whole seconds until there is a token again, and nothing was taken.
        """
        with self._lock:
            tokens = self._tokens(key)
            if tokens < 1:
                return max(1, math.ceil((1 - tokens) / self._rate))
            self._keep(key, tokens - count)
            return 0

    def give_back(self, key: str) -> None:
        """Put one token back, as if it had not been taken."""
        with self._lock:
            self._keep(key, min(self._burst, self._tokens(key) + 1))

    def taken(self, key: str) -> int:
        """How many tokens are missing from a bucket, in whole ones."""
        with self._lock:
            return math.ceil(self._burst - self._tokens(key))

    def __len__(self) -> int:
        """How many keys are remembered."""
        return len(self._held)

    def _tokens(self, key: str) -> float:
        tokens, counted = self._held.get(key, (float(self._burst), 0.0))
        return min(self._burst, tokens + (self._clock() - counted) * self._rate)

    def _keep(self, key: str, tokens: float) -> None:
        self._held[key] = (tokens, self._clock())
        self._held.move_to_end(key)
        if len(self._held) > self._most:
            self._held.popitem(last=False)
