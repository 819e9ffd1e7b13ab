"""From a file's bytes to lines with their typography, one module a format.

The content decides which, never the file's extension.
"""

import stat
from pathlib import Path

from assistant.errors import LetterError
from assistant.readers.lines import Source
from assistant.readers.pdf import read_pdf
from assistant.readers.text import read_text

__all__ = ["LARGEST_FILE", "read_file", "read_source"]

LARGEST_FILE = 100 * 1024 * 1024  # bytes; the largest real inspection report seen has 3 MB


def read_file(path: Path) -> bytes:
    """A file's bytes.

    Raises:
        LetterError: If it is missing, no regular file, unreadable, empty, too large, or written to while it is read.
    """
    try:
        data = _steady_bytes(path) or _steady_bytes(path)
    except OSError as error:
        why = error.strerror or error
        raise LetterError(path.name, f"cannot be read ({why}); check path and permissions") from None
    if data is None:
        raise LetterError(path.name, "is being changed; index again when it is complete")
    if not data.strip(b"\0 \t\r\n"):
        raise LetterError(path.name, "the file is empty; fetch it again")
    return data


def _steady_bytes(path: Path) -> bytes | None:
    """The bytes of a file, or None if it was changed meanwhile."""
    before = path.stat()
    if not stat.S_ISREG(before.st_mode):  # to open a pipe would be to wait for somebody to write into it
        raise LetterError(path.name, "cannot be read (it is a folder, a pipe or a device); give a file")
    if before.st_size > LARGEST_FILE:
        raise LetterError(path.name, f"larger than {LARGEST_FILE // 2**20} MB; split it")
    with path.open("rb") as file:
        data = file.read(LARGEST_FILE + 1)
    after = path.stat()
    same = (before.st_ino, before.st_size, before.st_mtime_ns) == (after.st_ino, len(data), after.st_mtime_ns)
    return data if same else None


def read_source(name: str, data: bytes) -> Source:
    """Lines of a document.

    Args:
        name: The file's name, for messages only.
        data: Its bytes.

    Raises:
        LetterError: If the content is none of the formats, is encrypted, damaged or has no text.
    """
    if data.lstrip()[:5] == b"%PDF-" or b"%PDF-" in data[:1024]:
        return read_pdf(name, data)
    start = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml", b"<head", b"<!--", b"<body")):
        raise LetterError(name, "is a web page, not a letter (often an error page saved as one); fetch the PDF again")
    if data[:4] == b"PK\x03\x04":
        raise LetterError(name, "is a Word or zip file; save it as PDF, .txt or .md")
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise LetterError(name, "is an old Office file; save it as PDF, .txt or .md")
    if start.startswith(b"{\\rtf"):
        raise LetterError(name, "is a rich text file; save it as PDF, .txt or .md")
    return read_text(name, data)
