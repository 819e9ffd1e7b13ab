"""Turns at something shared: many use it together, or one changes it alone."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["Turns"]


class Turns:
    """A readers-writer lock. One who waits to be alone goes before all who come later, so that nobody starves them."""

    def __init__(self) -> None:
        self._turn = threading.Condition()
        self._together = 0
        self._waiting = 0
        self._alone = False
        self._mine = threading.local()

    @property
    def within(self) -> bool:
        """Whether this thread is using it."""
        return bool(getattr(self._mine, "inside", False))

    @contextmanager
    def together(self) -> Iterator[None]:
        """Use it beside others; within itself it may be entered again."""
        if self.within:  # to wait here for those who wait for us would be for ever
            yield
            return
        with self._turn:
            self._turn.wait_for(lambda: not self._alone and not self._waiting)
            self._together += 1
        self._mine.inside = True
        try:
            yield
        finally:
            self._mine.inside = False
            with self._turn:
                self._together -= 1
                self._turn.notify_all()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Use it when all others have finished; those who come meanwhile wait.

        Raises:
            RuntimeError: If this thread is using it already: it would wait for itself.
        """
        if self.within:
            raise RuntimeError("who uses it cannot be alone with it")
        with self._turn:
            self._waiting += 1
            try:
                self._turn.wait_for(lambda: not self._alone and not self._together)
                self._alone = True
            finally:
                self._waiting -= 1
                self._turn.notify_all()
        try:
            yield
        finally:
            with self._turn:
                self._alone = False
                self._turn.notify_all()
