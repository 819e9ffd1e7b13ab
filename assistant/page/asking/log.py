"""The record of what was asked, where whoever runs the page wants one: a line of JSON a question, a file a day."""

import json
import logging
import os
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from assistant.answers.answer import Answer
from assistant.questions.scope import Filters

__all__ = ["QuestionLog"]

log = logging.getLogger(__name__)

NAME = re.compile(r"questions-(\d{4}-\d\d-\d\d)\.jsonl")


def _now() -> datetime:
    return datetime.now(UTC)


class QuestionLog:
    """Writes what was asked, never by whom.

    Nothing is held open, so that files or the whole folder can be deleted at any time. What cannot be written is
    left out: an answer never fails for it.

    Args:
        folder: Where the files lie; empty writes nothing.
        days: How many days a file is kept.
        now: The time.
    """

    def __init__(self, folder: str = "", days: int = 30, now: Callable[[], datetime] = _now) -> None:
        self._folder = Path(folder).expanduser() if folder else None
        self._days = days
        self._now = now
        self._warned = False

    def __bool__(self) -> bool:
        """Whether anything is written."""
        return self._folder is not None

    def record(self, question: str, filters: Filters, answer: Answer, seconds: float) -> None:
        """Write a line.

        Args:
            question: As it was asked.
            filters: That were chosen beside it.
            answer: What was answered.
            seconds: That it took.
        """
        if self._folder is None:
            return
        now = self._now()
        line = {
            "time": now.isoformat(timespec="seconds"),
            "question": question,
            "filters": {"authority": filters.authorities, "year": filters.years, "kind": filters.kinds},
            "refused": answer.refusal.kind if answer.refusal else None,
            "letters": len({citation.letter.letter_id for citation in answer.citations}),
            "seconds": round(seconds, 3),
        }
        try:
            self._write(self._folder, f"questions-{now:%Y-%m-%d}.jsonl", f"{json.dumps(line)}\n".encode())
        except OSError as error:
            self._warn(error)
        else:
            self._warned = False

    def tidy(self) -> None:
        """Delete the files whose time is over; other files in the folder are left alone."""
        if self._folder is None:
            return
        oldest = f"{self._now() - timedelta(days=self._days):%Y-%m-%d}"
        try:
            for file in self._folder.iterdir():
                found = NAME.fullmatch(file.name)
                if found and found[1] < oldest:
                    file.unlink(missing_ok=True)
        except FileNotFoundError:
            pass  # nothing was asked yet, or all of it was deleted
        except OSError as error:
            self._warn(error)

    def _write(self, folder: Path, name: str, line: bytes) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0)
        out = os.open(folder / name, flags, 0o600)
        try:
            os.write(out, line)  # at once: lines of several threads do not mix
        finally:
            os.close(out)

    def _warn(self, error: OSError) -> None:
        if not self._warned:
            self._warned = True
            log.warning(
                "questions are not recorded in ASSISTANT_QUESTION_LOG: %s; make room, or let the page write there",
                error.strerror or type(error).__name__,
            )
