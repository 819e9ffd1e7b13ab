"""Seals: the digest of every file of a folder that nothing changes any more, so that damage is seen before it is read.

A disk that rots, a copy that broke off, a hand that slipped: whatever happened to a byte, what was read from it would
be shown as a council's or an inspector's words.
"""

import hashlib
from collections.abc import Collection, Mapping
from pathlib import Path

__all__ = ["broken", "seal"]


def seal(folder: Path, without: Collection[str] = ()) -> dict[str, str]:
    """The digest of each file below a folder, by its path from there.

    Args:
        folder: What to seal.
        without: Names of files that may change.

    Returns:
        BLAKE2b in 64 hexadecimal digits, by path with slashes.

    Raises:
        OSError: If a file cannot be read.
    """
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name not in without)
    return {path.relative_to(folder).as_posix(): _digest(path) for path in files}


def broken(folder: Path, sealed: Mapping[str, str]) -> str:
    """The first file that is no longer as it was sealed, by its path from the folder; empty if all are."""
    for name, digest in sealed.items():
        try:
            if _digest(folder / name) != digest:
                return name
        except OSError:
            return name
    return ""


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, lambda: hashlib.blake2b(digest_size=32)).hexdigest()
