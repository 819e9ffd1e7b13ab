"""What is logged when something fails here: what went wrong and where, and nothing of what was asked."""

import logging
import os
import traceback

__all__ = ["log_failure"]


def log_failure(log: logging.Logger, what: str, error: BaseException) -> None:
    """Log a failure by its kind and the lines of the program that it came through.

    Its message is left out, since it may repeat a question or a part of one, and no question is kept on the server.
    What the operating system refused is told in the system's own words, without the name of the file.

    Args:
        log: Of the module in which it was caught.
        what: Went wrong, in a few words.
        error: What was raised; what it was raised from is logged too.
    """
    lines: list[str] = []
    cause: BaseException | None = error
    while cause is not None and len(lines) < 10:
        lines.append(f"{_kind(cause)}, in\n{''.join(traceback.format_tb(cause.__traceback__))}")
        cause = cause.__cause__ or cause.__context__
    log.error("%s: %s", what, "after ".join(lines).rstrip())


def _kind(error: BaseException) -> str:
    number = error.errno if isinstance(error, OSError) else None
    return f"{type(error).__name__} ({os.strerror(number)})" if isinstance(number, int) else type(error).__name__
