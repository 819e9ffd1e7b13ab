"""Fetching an address that somebody named: within limits, and going on where it was broken off.

Only what is named is fetched: no link in it, no list that it may be, no page beside it.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from pathlib import Path, PurePosixPath
from typing import Self
from urllib.parse import unquote, urlsplit

from assistant.adding.downloads import Downloads, Head
from assistant.adding.http_client import BY_HAND, LATER, HttpClient, Reply, TryAgain
from assistant.adding.kept import file_name, has_room
from assistant.errors import LetterError
from assistant.reading.corpus import SUFFIXES
from assistant.reading.readers.files import suffix_of

__all__ = ["ACCEPT", "Fetched", "Fetcher"]

IN_ALL = 900  # seconds for a whole document
PROMISED = {
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
}
ACCEPT = (*PROMISED, "text/html;q=0.8", "text/plain;q=0.8", "*/*;q=0.5")
"""The content types that letters have, the best first."""
IN_WORDS = {".pdf": "a PDF", ".docx": "a Word file", ".doc": "an old Word file", ".html": "a web page", ".txt": "text"}
PASSWORD = re.compile(rb"<input\b[^>]{0,500}\btype\s*=\s*[\"']?password\b", re.IGNORECASE)
RANGE = re.compile(r"bytes (\d{1,15})-\d{1,15}/(?:\d{1,15}|\*)")


@dataclass(frozen=True, slots=True)
class Fetched:
    """A document that was fetched.

    Attributes:
        head: What its server said of it.
        file: Where it lies, until `Fetcher.drop`.
        name: A safe name for it.
        redirects: The addresses that were gone on to, in order; none where it was fetched by an earlier run.
    """

    head: Head
    file: Path
    name: str
    redirects: tuple[str, ...] = ()


class Fetcher:
    """Fetches addresses, one after the other.

    Args:
        folder: Keeps what was fetched, and parts of it, until they are dropped.
        megabytes: Largest document.
        client: Asks for them.
    """

    def __init__(self, folder: Path, *, megabytes: int, client: HttpClient | None = None) -> None:
        self.downloads = Downloads(folder)
        self.most = megabytes * 2**20
        self.client = client or HttpClient(ACCEPT)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()
        self.downloads.tidy()

    def fetch(self, address: str, known: Head | None = None) -> Fetched | None:
        """Fetch one address, or go on with it; what an earlier run fetched whole is not fetched again.

        Args:
            address: As `checked_address` gives it.
            known: What its server said when it was fetched before: it is fetched only where it has changed since.

        Returns:
            The document; None where it has not changed.

        Raises:
            LetterError: If it cannot be fetched, or is none that is read; one line with the reason and what to do.
            OSError: If it cannot be written.
        """
        held = self.downloads.whole(address)
        if held:
            return Fetched(*held, _name(held[0], held[1]))
        return self.client.persistently(address, lambda: self._fetch(address, known))

    def drop(self, address: str) -> None:
        """Forget what was fetched of an address."""
        self.downloads.drop(address)

    def _fetch(self, address: str, known: Head | None) -> Fetched | None:
        part = self.downloads.part(address)
        size = part[1].stat().st_size if part else 0
        said: dict[str, str] = {}
        if part and size and part[0].version:
            said = {"Range": f"bytes={size}-", "If-Range": part[0].version}
        elif known:
            said = {"If-None-Match": known.etag, "If-Modified-Since": known.modified}
        headers = {name: value for name, value in said.items() if value}
        with self.client.opened(address, headers) as reply:
            if reply.status == 304:
                return None
            head = _head(address, reply)
            if reply.status == 206 and part and size and _goes_on(reply, size):
                file = part[1]
            elif reply.status in (206, 416):  # another part than the one that was asked for: begin anew
                self.downloads.drop(address)
                raise TryAgain("sends another part of itself than it was asked for", 0)
            else:
                _check_status(address, reply.status)
                file, size = self.downloads.begin(head), 0
            self._receive(address, reply, file, size)
        return self._finished(address, reply.redirects)

    def _receive(self, address: str, reply: Reply, file: Path, size: int) -> None:
        """Write the body to the disk, behind what is there already, counting what comes."""
        length = reply.headers.get("content-length", "")
        if length.isdigit() and size + int(length) > self.most:
            self._refuse(address, self._too_large())
        if not has_room(file.parent, self.most):
            self._refuse(address, "finds no room on the disk; make room and run the same command again")
        until = self.client.clock() + IN_ALL
        with file.open("ab") as out:
            for chunk in reply.pieces:
                size += len(chunk)
                if size > self.most:
                    self._refuse(address, self._too_large())
                out.write(chunk)
                if self.client.clock() > until:
                    raise LetterError(
                        address, f"did not end within {IN_ALL // 60} minutes; {LATER}, which goes on with it"
                    )

    def _finished(self, address: str, redirects: tuple[str, ...]) -> Fetched:
        """The whole, unpacked and looked at."""
        part = self.downloads.part(address)
        assert part
        head, file = part
        if head.encoding:
            try:
                if not self.downloads.unpack(address, self.most):
                    self._refuse(address, self._too_large())
            except ValueError:
                self._refuse(address, f"was sent packed, and damaged; {LATER}")
        reason = _unfit(head, file)
        if reason:
            self._refuse(address, reason)
        name = _name(head, file)
        return Fetched(head, self.downloads.finish(address), name, redirects)

    def _refuse(self, address: str, reason: str) -> None:
        self.downloads.drop(address)
        raise LetterError(address, reason)

    def _too_large(self) -> str:
        return f"is larger than {self.most // 2**20} MB; raise ASSISTANT_ADDING_MEGABYTES, or split it"


# --- what a server said ------------------------------------------------------------------------------------------


def _check_status(address: str, status: int) -> None:
    if status == 200:
        return
    if status in (401, 403, 407, 451):
        reason = f"asks for a log-in, or refuses programs ({status}); {BY_HAND}"
    elif status in (404, 410):
        reason = f"is not there ({status}); check the address"
    else:
        reason = f"was answered with status {status}; open it in a browser to see what it is"
    raise LetterError(address, reason)


def _goes_on(reply: Reply, size: int) -> bool:
    """Whether what comes begins where the part on the disk ends."""
    found = RANGE.fullmatch(reply.headers.get("content-range", ""))
    return found is not None and int(found[1]) == size


def _head(address: str, reply: Reply) -> Head:
    said = {name: reply.headers.get(name, "")[:1000] for name in ("etag", "last-modified", "content-disposition")}
    encoding = reply.headers.get("content-encoding", "").strip().lower()
    if encoding not in ("", "identity", "gzip", "x-gzip"):
        raise LetterError(address, f"is sent packed ({encoding[:20]}), which was not asked for; {BY_HAND}")
    return Head(
        address=address,
        final=reply.redirects[-1] if reply.redirects else address,
        fetched=datetime.now(UTC).isoformat(timespec="seconds"),
        kind=reply.headers.get("content-type", "").partition(";")[0].strip().lower()[:100],
        etag=said["etag"],
        modified=said["last-modified"],
        encoding="gzip" if encoding.endswith("gzip") else "",
        disposition=said["content-disposition"],
    )


def _unfit(head: Head, file: Path) -> str:
    """Why what came is not what was asked for; empty where it may be."""
    data = file.read_bytes()
    found = suffix_of(data)
    if not data.strip(b"\0 \t\r\n"):
        return "sent an empty document; open it in a browser to see what it is"
    if not found:
        return f"is neither text, PDF, Word nor HTML; {BY_HAND}"
    promised = PROMISED.get(head.kind) or PurePosixPath(urlsplit(head.address).path).suffix.lower()
    if promised in (".pdf", ".docx") and found != promised:
        which = " (an error, or a page to log in?)" if found == ".html" else ""
        return f"should be {IN_WORDS[promised]} and is {IN_WORDS[found]}{which}; {BY_HAND}"
    if found == ".html" and PASSWORD.search(data):
        return f"is a page to log in; {BY_HAND}"
    return ""


def _name(head: Head, file: Path) -> str:
    """A safe name: the one that the server gives the file, else the end of an address that has a letter's ending."""
    message = Message()
    message["Content-Disposition"] = " ".join(head.disposition.split())
    parts = [unquote(urlsplit(address).path.rstrip("/").rsplit("/", 1)[-1]) for address in (head.address, head.final)]
    named = [part for part in parts if PurePosixPath(part).suffix.lower() in SUFFIXES]
    given = message.get_filename() or (*named, *filter(None, parts), "letter")[0]
    return file_name(given, suffix=suffix_of(file.read_bytes()) or ".txt")
