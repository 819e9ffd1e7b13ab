"""A question answered in a thread of its own, so that the page can tell how far it is and stop waiting."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from assistant.answers.answer import Answer
from assistant.engine import Began
from assistant.llm.rewriter import Told

__all__ = ["BRIEF", "Asking", "Progress"]

BRIEF = 0.15
"""Seconds that a stage must last to be worth a word: most answers are there before anybody could read it."""


class _StoppedError(Exception):
    """Nobody waits for this answer any more."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an answer has come.

    Attributes:
        stage: "read", "search" or "write".
        number: What the stage works on: the letters that are searched, or the passages that were found.
        said: Sentences of a language model that have been checked.
    """

    stage: str = "read"
    number: int = 0
    said: tuple[str, ...] = ()


class Asking:
    """One question on its way to its answer.

    Args:
        ask: Asks the question; it is given the two functions that the assistant tells its progress to.
    """

    def __init__(self, ask: Callable[[Told, Began], Answer]) -> None:
        self._ask = ask
        self._changed = threading.Condition()
        self._progress = Progress()
        self._answer: Answer | None = None
        self._error: Exception | None = None
        self._stopped = False

    def start(self) -> None:
        """Begin to answer."""
        threading.Thread(target=self._run, name="asking", daemon=True).start()

    def stop(self) -> None:
        """Wait no longer. What runs ends at its next sign of life; its answer is thrown away."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    @property
    def stopped(self) -> bool:
        """Whether nobody waits for the answer any more."""
        return self._stopped

    @property
    def found(self) -> int:
        """How many passages the answer was written from; 0 while that is not known."""
        return self._progress.number if self._progress.stage == "write" else 0

    def steps(self) -> Iterator[Progress]:
        """Each stage that lasts, until there is an answer or an error, or until it is stopped."""
        shown = Progress()
        while self._lasts(shown):
            shown = self._progress
            yield shown

    def _lasts(self, shown: Progress) -> bool:
        """Wait for another stage than the one shown; False if everything is over by the time it could be read."""
        with self._changed:
            self._changed.wait_for(lambda: self._over or self._progress != shown)
            return not self._changed.wait_for(lambda: self._over, BRIEF)

    def answer(self) -> Answer:
        """The answer, once the steps have ended and if nobody stopped it.

        Raises:
            Exception: Whatever went wrong.
        """
        if self._error is not None:
            raise self._error
        if self._answer is None:
            raise RuntimeError("there is no answer yet")
        return self._answer

    @property
    def _over(self) -> bool:
        return self._stopped or self._answer is not None or self._error is not None

    def _run(self) -> None:
        try:
            answer = self._ask(self._told, self._began)
        except _StoppedError:
            return
        except Exception as error:
            with self._changed:
                self._error = error
                self._changed.notify_all()
            return
        with self._changed:
            self._answer = answer
            self._changed.notify_all()

    def _told(self, sentence: str) -> None:
        self._now(replace(self._progress, said=(*self._progress.said, sentence)))

    def _began(self, stage: str, number: int) -> None:
        self._now(replace(self._progress, stage=stage, number=number))

    def _now(self, progress: Progress) -> None:
        with self._changed:
            if self._stopped:
                raise _StoppedError
            self._progress = progress
            self._changed.notify_all()
