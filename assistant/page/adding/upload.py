"""Files that come in over HTTP: written to disk piece by piece, under limits that are checked while they are read."""

import hashlib
import unicodedata
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING

from assistant.adding.kept import file_name, free_name, has_room
from assistant.errors import AssistantError, printable

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

__all__ = ["Limits", "Received", "UploadError", "receive"]

LONGEST_SHOWN = 120  # characters of a name as it was given
LONGEST_FIELD = 4096  # bytes of what is no file
PDF = b"%PDF-"
ESCAPED = {"%22": '"', "%0D": " ", "%0A": " "}  # what a browser writes for these in the name of a file


class UploadError(AssistantError):
    """What was sent is not what the form sends, or far more than it may; nothing of it is kept."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may be sent at once.

    Attributes:
        files: Most files.
        file_bytes: Largest file.
    """

    files: int
    file_bytes: int

    @property
    def all_bytes(self) -> int:
        """Largest request, what lies between its files included."""
        return self.files * (self.file_bytes + 10_000) + 100_000


@dataclass(frozen=True, slots=True)
class Received:
    """One file that was sent.

    Attributes:
        given: Its name as it was given, on one line; for messages.
        name: The name under which it is kept; empty where it is not.
        sha256: Of its bytes; empty where it is not kept.
        problem: Why it is not kept: goes on from "The file ..."; empty where it is.
    """

    given: str
    name: str = ""
    sha256: str = ""
    problem: str = ""


async def receive(
    chunks: AsyncIterator[bytes],
    content_type: str,
    folder: Path,
    limits: Limits,
    welcome: Callable[[dict[str, str]], bool],
) -> list[Received] | None:
    """Write the files of a form into a folder.

    Args:
        chunks: The request's body.
        content_type: Its header: `multipart/form-data` with a boundary.
        folder: Where the files are kept; it exists, and holds nothing else.
        limits: A file beyond them is not kept and says so; the others are.
        welcome: Whether to accept anything, given the fields before the first file; else nothing is written.

    Returns:
        A line for each file, in order; None if it was not welcome.

    Raises:
        UploadError: If this is no form, or the request as a whole is too large.
        OSError: If the files cannot be written.
    """
    from python_multipart.exceptions import MultipartParseError
    from python_multipart.multipart import MultipartParser, parse_options_header

    kind, options = parse_options_header(content_type)
    boundary = options.get(b"boundary", b"")
    if kind != b"multipart/form-data" or not 0 < len(boundary) <= 200:
        raise UploadError("this is no form with files")
    form = _Form(folder, limits, welcome)
    parser = MultipartParser(boundary, form.callbacks)
    size = 0
    try:
        async for chunk in chunks:
            size += len(chunk)
            if size > limits.all_bytes:
                raise UploadError("too much was sent at once")
            parser.write(chunk)
        parser.finalize()
    except MultipartParseError:
        raise UploadError("what was sent is damaged") from None
    finally:
        form.close()
    if not form.ended:
        raise UploadError("what was sent is not complete")
    return form.received if form.is_welcome() else None


@dataclass(slots=True)
class _Part:
    """What is being read: a field, or a file."""

    disposition: bytes = b""
    label: str = ""
    value: bytearray = field(default_factory=bytearray)
    is_file: bool = False
    file: Received = Received("")
    out: IO[bytes] | None = None
    size: int = 0
    digest: "hashlib._Hash" = field(default_factory=hashlib.sha256)


class _Form:
    """Takes a form apart as it comes in."""

    def __init__(self, folder: Path, limits: Limits, welcome: Callable[[dict[str, str]], bool]) -> None:
        self.folder, self.limits, self.welcome = folder, limits, welcome
        self.received: list[Received] = []
        self.fields: dict[str, str] = {}
        self.ended = False
        self._accepted: bool | None = None
        self._parts = 0
        self._part = _Part()
        self._header = (bytearray(), bytearray())
        self._taken: set[str] = set()
        self.callbacks: MultipartCallbacks = {
            "on_part_begin": self._begin,
            "on_header_field": lambda data, start, end: self._header[0].extend(data[start:end]),
            "on_header_value": lambda data, start, end: self._header[1].extend(data[start:end]),
            "on_header_end": self._header_end,
            "on_headers_finished": self._headers,
            "on_part_data": self._data,
            "on_part_end": self._end,
            "on_end": self._all,
        }

    def is_welcome(self) -> bool:
        """Asked once, when the first file comes or nothing more does."""
        if self._accepted is None:
            self._accepted = self.welcome(self.fields)
        return self._accepted

    def close(self) -> None:
        """Let go of a file that was not sent to its end."""
        if self._part.out:
            self._part.out.close()

    def _all(self) -> None:
        self.ended = True

    def _begin(self) -> None:
        self._parts += 1
        if self._parts > 3 * self.limits.files + 20:
            raise UploadError("too many files were sent")
        self._part = _Part()

    def _header_end(self) -> None:
        if bytes(self._header[0]).lower() == b"content-disposition":
            self._part.disposition = bytes(self._header[1])
        self._header = (bytearray(), bytearray())

    def _headers(self) -> None:
        from python_multipart.multipart import parse_options_header

        _, options = parse_options_header(self._part.disposition)
        self._part.label = options.get(b"name", b"").decode("utf-8", "replace")
        if b"filename" not in options:
            return
        self._part.is_file = True
        given = options[b"filename"].decode("utf-8", "replace")
        for escape, meant in ESCAPED.items():
            given = given.replace(escape, meant)
        self._part.file = Received(given)

    def _data(self, data: bytes, start: int, end: int) -> None:
        part = self._part
        part.size += end - start
        if not part.is_file:
            if part.size > LONGEST_FIELD:
                raise UploadError("a field of the form is too long")
            part.value += data[start:end]
        elif self.is_welcome() and not part.file.problem:
            if part.out is None:
                self._open(data[start : start + len(PDF)])
            if part.size > self.limits.file_bytes:
                self._refuse(f"is larger than {self.limits.file_bytes // 2**20} MB; split it")
            if part.out:
                part.digest.update(data[start:end])
                part.out.write(data[start:end])

    def _open(self, first: bytes) -> None:
        """Begin to keep a file, under a name that no other has."""
        part, kept = self._part, sum(bool(file.name) for file in self.received)
        if kept >= self.limits.files:
            self._refuse(f"is one too many: at most {self.limits.files} are added at once; add it next")
            return
        if not has_room(self.folder, self.limits.file_bytes):
            self._refuse("finds no room on the disk; make room and add it again")
            return
        name = file_name(part.file.given, suffix=".pdf" if first == PDF else "")
        if not name:
            self._refuse("is none of the kinds that are read here; save it as PDF, Word (.docx), web page or text")
            return
        name = free_name(name, self._taken)
        part.file = replace(part.file, name=name)
        part.out = (self.folder / name).open("xb")

    def _refuse(self, problem: str) -> None:
        """Not to keep the file that is being read; the rest of it is passed over."""
        part = self._part
        if part.out:
            part.out.close()
            part.out = None
            (self.folder / part.file.name).unlink()
        part.file = replace(part.file, name="", problem=problem)

    def _end(self) -> None:
        part = self._part
        if not part.is_file:
            self.fields[part.label] = part.value.decode("utf-8", "replace")
            return
        if not part.size and not part.file.given:  # what a browser sends where nothing was chosen
            return
        if part.out:
            part.out.close()
            part.out = None
            part.file = replace(part.file, sha256=part.digest.hexdigest())
        elif not part.file.problem:
            part.file = replace(part.file, problem="is empty; fetch it again")
        self.received.append(replace(part.file, given=_shown(part.file.given)))


def _shown(given: str) -> str:
    """The name as given, for messages: its last part, on one line, without marks that turn the line around."""
    plain = "".join(character for character in given if unicodedata.category(character) not in ("Cf", "Cs"))
    return printable(" ".join(plain.replace("\\", "/").rsplit("/", 1)[-1].split()))[:LONGEST_SHOWN] or "a file"
