"""The files that letters were read from, as they are handed out: only what is indexed, and only as it was indexed."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from assistant.errors import IndexStateError, LetterError
from assistant.index.state import load_state
from assistant.letters.citations import letter_link
from assistant.letters.letter import Letter
from assistant.reading.corpus import digest, shown_name
from assistant.reading.readers.files import read_file

__all__ = ["ChangedError", "GoneError", "Original", "headers_for", "original_bytes", "originals"]

WORDS = {
    ".pdf": "PDF",
    ".docx": "Word",
    ".html": "web page",
    ".htm": "web page",
    ".md": "text",
    ".markdown": "text",
    ".txt": "text",
    ".text": "text",
}
TEXT = (".txt", ".text", ".md", ".markdown")
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
WIDE = (b"\xff\xfe", b"\xfe\xff")  # the marks of UTF-16
SEALED = "sandbox; default-src 'none'"
"""The policy of a file: whatever stands in it runs nothing and asks for nothing.

A PDF does without: Safari shows an empty window instead of a PDF under it, and a PDF reaches nothing of a page anyway.
"""


class GoneError(Exception):
    """The file is not where it was when it was indexed."""


class ChangedError(Exception):
    """The file is not what it was when it was indexed."""


@dataclass(frozen=True, slots=True)
class Original:
    """A link to a file that a letter was read from.

    Attributes:
        name: Its base name.
        kind: In words, with its pages where it has some: "PDF, 12 pages".
        address: Where it is handed out.
        opens: Whether a browser shows it; else it is saved.
        paged: Whether `#page=N` leads to the page that the letter's paragraphs name.
    """

    name: str
    kind: str
    address: str
    opens: bool
    paged: bool


def originals(letter: Letter) -> tuple[Original, ...]:
    """The files that hold a letter, the one that it was read from first."""
    return tuple(_original(letter, name) for name in letter.files or (letter.file,))


def _original(letter: Letter, name: str) -> Original:
    suffix = Path(name).suffix.lower()
    kind = WORDS.get(suffix, "file")
    paged = suffix == ".pdf" and name == letter.file and bool(letter.pages)
    pages = f", {letter.pages} page{'' if letter.pages == 1 else 's'}" if paged else ""
    opens = suffix == ".pdf" or suffix in TEXT
    address = f"{letter_link(letter)}/file/{quote(name, safe='')}"
    return Original(name, f"{kind}{pages}", address, opens, paged)


def original_bytes(index: Path, letter: Letter, name: str) -> bytes:
    """A file's bytes, just as they were indexed.

    Args:
        index: The index's folder, which knows where the file lies.
        letter: A letter that it holds.
        name: Its base name, one of the letter's `files`.

    Raises:
        GoneError: If it is none of the letter's files, or cannot be read.
        ChangedError: If it holds something else now.
    """
    if name not in (letter.files or (letter.file,)):
        raise GoneError(name)
    try:
        state = load_state(index)
    except IndexStateError:
        raise GoneError(name) from None
    entries = state.of(letter.letter_id) if state else {}
    changed = False
    for path, entry in entries.items():
        if shown_name(Path(path)) == name:
            try:
                data = read_file(Path(path))
            except LetterError:
                continue
            if digest(data) == entry.sha256:
                return data
            changed = True
    raise ChangedError(name) if changed else GoneError(name)


def headers_for(name: str, data: bytes) -> dict[str, str]:
    """The headers under which a file is handed out: PDF and text are shown, anything else is saved.

    Args:
        name: Its base name.
        data: Its bytes; a file that is called a PDF and is none is saved.
    """
    suffix = Path(name).suffix.lower()
    pdf = suffix == ".pdf" and b"%PDF-" in data[:1024]
    text = suffix in TEXT
    media_type = (
        "application/pdf" if pdf else f"text/plain; charset={_encoding(data)}" if text else "application/octet-stream"
    )
    if suffix == ".docx":
        media_type = WORD
    shown = "inline" if pdf or text else "attachment"
    headers = {
        "content-type": media_type,
        "content-disposition": f"{shown}; filename*=utf-8''{quote(name, safe='')}",
        "x-content-type-options": "nosniff",
    }
    return headers if pdf else headers | {"content-security-policy": SEALED}


def _encoding(data: bytes) -> str:
    if data.startswith(WIDE):
        return "utf-16"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "windows-1252"
    return "utf-8"
