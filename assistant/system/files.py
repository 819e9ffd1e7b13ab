"""Files that are never half written: whoever reads one finds what it was before, or all of what it became."""

import os
from pathlib import Path

__all__ = ["write_whole"]


def write_whole(file: Path, content: bytes | None, *, lasting: bool = False) -> None:
    """Write a file whole or not at all; None deletes it.

    Args:
        file: What to write; its folder is there.
        content: What it is to hold.
        lasting: Whether it is on the disk, not only on its way there, before it takes the place of what was.

    Raises:
        OSError: If it cannot be written; it is as it was then.
    """
    if content is None:
        file.unlink(missing_ok=True)
        return
    draft = file.with_name(f".{file.name}.tmp")  # hidden: no letter, whatever reads the folder meanwhile
    with draft.open("wb") as out:
        out.write(content)
        if lasting:
            out.flush()
            os.fsync(out.fileno())
    draft.replace(file)
