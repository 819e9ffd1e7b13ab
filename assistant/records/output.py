"""Where what a command gives goes: a file, or stdout."""

import sys
from pathlib import Path

from assistant.errors import AssistantError

__all__ = ["write_output"]


def write_output(content: str | bytes, output: Path | None) -> None:
    """Write an export to a file, or to stdout.

    Raises:
        AssistantError: If the file cannot be written.
    """
    if output is None:
        if isinstance(content, bytes):
            sys.stdout.buffer.write(content)
        else:
            sys.stdout.write(content if content.endswith("\n") else f"{content}\n")
        return
    data = content if isinstance(content, bytes) else content.encode("utf-8")
    try:
        output.write_bytes(data)
    except OSError as error:
        raise AssistantError(f"{output}: cannot be written ({error.strerror or error}); choose another file") from None
