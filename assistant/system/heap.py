"""What a program that runs for months keeps of the memory it no longer uses.

glibc gives every thread a heap of its own and returns little of it: a server took half as much again after its letters
had changed forty times, none of it in use (docs/explanation/reliability.md). Elsewhere (macOS, Windows, musl) nothing
is done.
"""

import ctypes
import sys
from functools import cache
from typing import Any

__all__ = ["give_back", "share"]

ARENA_MAX = -8  # M_ARENA_MAX of glibc's malloc.h
ARENAS = 2  # instead of eight a core: what fifty threads freed lay in the pieces of sixteen heaps


@cache
def _glibc() -> Any:
    """The C library where it is glibc, or None."""
    if not sys.platform.startswith("linux"):
        return None
    try:
        library = ctypes.CDLL("libc.so.6")
        return library if library.gnu_get_libc_version and library.mallopt and library.malloc_trim else None
    except (OSError, AttributeError):
        return None


def share() -> None:
    """Have all threads share two heaps: to be called before there are many threads."""
    if _glibc():
        _glibc().mallopt(ARENA_MAX, ARENAS)


def give_back() -> None:
    """Return to the system what is free now; it takes some ten milliseconds."""
    if _glibc():
        _glibc().malloc_trim(0)
