"""Files: their bytes, and which reader they are for. The content decides that, never the name's extension."""

import re
import stat
from dataclasses import replace
from pathlib import Path

from assistant.errors import LetterError
from assistant.reading.readers.lines import ScanError, Source
from assistant.reading.readers.pdf import read_pdf
from assistant.reading.readers.scan import with_text_layer
from assistant.reading.readers.text import decode, read_text
from assistant.reading.readers.web import is_web, read_web
from assistant.reading.readers.word import read_word

__all__ = ["LARGEST_FILE", "read_file", "read_source", "suffix_of"]

LARGEST_FILE = 100 * 1024 * 1024  # bytes; the largest real inspection report seen has 3 MB
SNIFFED = 100_000  # characters that tell what a text is
ZIP = (b"PK\x03\x04", b"PK\x05\x06")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # Word before 2007, and every encrypted Office file since
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
ARCHIVED = re.compile(r"(?:[\w-]+: .{0,500}\n(?:[ \t].{0,500}\n)*){0,40}?(?:MIME-Version|Content-Type): ", re.I)


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


def read_source(name: str, data: bytes, ocr: bool = False) -> Source:
    """Lines of a document.

    Args:
        name: The file's name, for messages only.
        data: Its bytes.
        ocr: Whether a scan is given a text layer by OCR instead of being refused.

    Raises:
        LetterError: If the content is none of the formats, is encrypted, damaged or has no text.
    """
    if data.startswith(ZIP):
        return read_word(name, data)
    if data.startswith(OLE):
        locked = ENCRYPTED in data
        what = "is an Office file protected by a password; remove it" if locked else "is an old Office file"
        raise LetterError(name, f"{what}; save it as .docx or PDF")
    if data.lstrip()[:5] == b"%PDF-" or b"%PDF-" in data[:1024]:
        return _read_pdf(name, data, ocr)
    text = decode(name, data)[:SNIFFED].lstrip("\ufeff \t\r\n")
    if text.startswith("{\\rtf"):
        raise LetterError(name, "is a rich text file; save it as .docx or PDF")
    if ARCHIVED.match(text):
        raise LetterError(name, "is a web archive or an e-mail; save the page as HTML only, or as PDF")
    if is_web(text):
        return read_web(name, data)
    if text.startswith("<?xml"):
        raise LetterError(name, "is an XML file, not a letter; save the letter as PDF or .docx")
    return read_text(name, data)


def suffix_of(data: bytes) -> str:
    """The ending that fits what a file holds, by the rules of `read_source`: ".pdf", ".docx", ".html" or ".txt".

    Args:
        data: Its bytes; whether it can be read is not looked at.

    Returns:
        The ending; empty for what is neither text nor one of the others.
    """
    if data.startswith(ZIP):
        return ".docx"
    if data.startswith(OLE):
        return ".doc"
    if data.lstrip()[:5] == b"%PDF-" or b"%PDF-" in data[:1024]:
        return ".pdf"
    try:
        text = decode("", data[: 4 * SNIFFED])
    except LetterError:
        return ""
    return ".html" if is_web(text[:SNIFFED].lstrip("\ufeff \t\r\n")) else ".txt"


def _read_pdf(name: str, data: bytes, ocr: bool) -> Source:
    try:
        return read_pdf(name, data)
    except ScanError:
        if not ocr:
            raise
    try:
        return replace(read_pdf(name, with_text_layer(name, data)), ocr=True)
    except ScanError:
        raise LetterError(name, "is a scan in which OCR found no words; fetch a better copy") from None
