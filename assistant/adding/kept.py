"""How letters that are added are kept: what is added at once in a folder of its own, under names that are safe.

So no file ever meets another of its name. The page and the command line keep them alike, in the same folder.
"""

import re
import secrets
import shutil
import time
import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from assistant.reading.corpus import SUFFIXES

if TYPE_CHECKING:
    from pydantic import TypeAdapter

__all__ = [
    "BATCH_ID",
    "AddedFile",
    "batch_name",
    "clear_left_over",
    "file_name",
    "free_name",
    "has_room",
    "read_record",
    "staging_folder",
    "write_record",
]

BATCH_ID = re.compile(r"\d{8}-\d{6}-[0-9a-f]{8}")
"""The name of the folder of what was added at once."""

RECORD = ".batch.json"  # a hidden file is no letter
LEFT_OVER = 86_400  # seconds after which a hidden folder is one that was never finished
LONGEST_NAME = 120  # bytes of a kept name: with what stands beside it, it must fit into 255
KEPT_FREE = 512 * 2**20  # bytes that must stay free on the disk
RESERVED = frozenset("con prn aux nul clock$".split()) | {f"{p}{n}" for p in ("com", "lpt") for n in "123456789¹²³"}
FORBIDDEN = dict.fromkeys(map(ord, '<>:"|?*'), "-")  # in the names of files, on Windows


@dataclass(frozen=True, slots=True)
class AddedFile:
    """One file of what was added at once.

    Attributes:
        given: Its name as it was given.
        name: The name under which it is kept; empty where it is not, or no longer.
        sha256: Of its bytes.
        problem: Why it was not added: goes on from "The file ...".
        same: The letter that held the very same file before; this one was not kept.
        removed: Whether it was added and taken out again.
    """

    given: str
    name: str = ""
    sha256: str = ""
    problem: str = ""
    same: str = ""
    removed: bool = False


# --- folders -----------------------------------------------------------------------------------------------------


def batch_name() -> str:
    """A new name: day, time and eight digits, the first four of the moment, so that they stand in the order of time."""
    now = time.time()
    moment = f"{int(now % 1 * 65_536):04x}"
    return f"{time.strftime('%Y%m%d-%H%M%S', time.localtime(now))}-{moment}{secrets.token_hex(2)}"


def staging_folder(home: Path, batch_id: str) -> Path:
    """Where the files of a batch lie until all of them are there: hidden, so that it is no folder of letters."""
    return home / f".{batch_id}"


def clear_left_over(home: Path) -> None:
    """Delete what was never finished, such as when a program was ended in the middle of it."""
    with suppress(OSError):
        for folder in home.iterdir():
            hidden = BATCH_ID.match(folder.name[1:]) and folder.name.startswith(".")
            if hidden and time.time() - folder.stat().st_mtime > LEFT_OVER:
                shutil.rmtree(folder, ignore_errors=True)


@cache
def _records() -> "TypeAdapter[tuple[AddedFile, ...]]":
    from pydantic import TypeAdapter

    return TypeAdapter(tuple[AddedFile, ...])


def read_record(folder: Path) -> tuple[AddedFile, ...]:
    """What a batch's folder says of its files.

    Raises:
        OSError: If it says nothing.
        ValueError: If what it says cannot be understood.
    """
    return _records().validate_json((folder / RECORD).read_bytes())


def write_record(folder: Path, files: Sequence[AddedFile]) -> None:
    """Say in a batch's folder what its files are.

    Raises:
        OSError: If it cannot be written.
    """
    (folder / RECORD).write_bytes(_records().dump_json(tuple(files)))


def has_room(folder: Path, size: int) -> bool:
    """Whether a file of so many bytes leaves a part of the disk free.

    Raises:
        OSError: If the folder is not there.
    """
    return shutil.disk_usage(folder).free >= KEPT_FREE + size


# --- names -------------------------------------------------------------------------------------------------------


def free_name(name: str, taken: set[str]) -> str:
    """A name that no other file of a folder has, whatever its case; it is then taken too.

    Args:
        name: A safe name (see `file_name`).
        taken: The names of the others, case-folded.
    """
    path, number = PurePosixPath(name), 1
    while name.casefold() in taken:
        number += 1
        name = f"{path.stem} ({number}){path.suffix}"
    taken.add(name.casefold())
    return name


def file_name(given: str, *, suffix: str = "") -> str:
    """The name under which a file is kept: safe on every system, and one that a folder of letters is searched for.

    Args:
        given: As a browser, a web server or a list sent it: anything.
        suffix: The ending for a name whose own is none that is read, where the content says which.

    Returns:
        A name without a path, or "" where its ending is none that is read.
    """
    text = unicodedata.normalize("NFC", given).replace("\\", "/").rsplit("/", 1)[-1]
    text = "".join(character for character in text if unicodedata.category(character)[0] != "C")
    text = " ".join(text.translate(FORBIDDEN).split()).strip(". ")
    path = PurePosixPath(text or "letter")
    if path.suffix.lower() in SUFFIXES:
        stem, suffix = path.stem, path.suffix
    elif f".{text.lower()}" in SUFFIXES:  # a name that was nothing but its ending
        stem, suffix = "letter", f".{text.lower()}"
    elif suffix:
        stem = path.name
    else:
        return ""
    stem = stem.strip(". ") or "letter"
    if stem.lower().startswith("readme") or stem.split(".")[0].strip().lower() in RESERVED:
        stem = f"letter-{stem}"  # the one is passed over in a folder of letters, the other is a device
    while len(f"{stem}{suffix}".encode()) > LONGEST_NAME:
        stem = stem[:-1].rstrip(". ")
    return f"{stem}{suffix}"
