"""Fetching an address that somebody named: politely, within limits, going on where it was broken off.

Only what is named is fetched: no link in it, no list that it may be, no page beside it. One request at a time, with a
pause between two to one host; what a site's robots.txt asks programs not to fetch is left; a busy host is asked a few
times more, as late as it says, and then left alone.
"""

import re
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import unquote, urlsplit

from assistant.corpus import SUFFIXES
from assistant.downloads import Downloads, Head
from assistant.errors import LetterError
from assistant.hosts import is_inside, numbers_of
from assistant.kept import file_name, has_room
from assistant.readers import suffix_of

if TYPE_CHECKING:
    import httpx

__all__ = ["Fetched", "Fetcher", "checked_address", "is_address"]

NAME = "inspection-letters-assistant"
RETRIES = 3  # times that a busy or failing host is asked again for one address
LONGEST_PAUSE = 120  # seconds that a host may ask to be waited for, or that its robots.txt may put between two requests
MOST_REDIRECTS = 5  # as many as a robots.txt may have by RFC 9309
TO_CONNECT, SILENT, IN_ALL = 15, 60, 900  # seconds: for a connection, between two pieces, for a whole document
LONGEST_ADDRESS = 2000  # characters: a manifest's "url" has no more
LONGEST_RULES = 512_000  # bytes of a robots.txt that are looked at, by RFC 9309 at least 500 KiB
REDIRECTS = (301, 302, 303, 307, 308)
BUSY = (429, 503)  # the host asks to be left alone
FAILING = (408, 500, 502, 504)
BY_HAND = "open it in a browser, save the letter and add the file"
LATER = "run the same command again later"
PROMISED = {
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
}
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


class _Again(Exception):
    """To be tried again.

    Args:
        reason: What happened, as the end of a sentence that begins with the address.
        pause: Seconds that the host asks for; None where it names none.
        closes: Whether the host is left alone when it goes on so.

    Attributes:
        host: The one that it happened at.
    """

    def __init__(self, reason: str, pause: float | None = None, *, closes: bool = False) -> None:
        self.reason, self.pause, self.closes, self.host = reason, pause, closes, ""


# --- addresses ---------------------------------------------------------------------------------------------------


def is_address(text: str) -> bool:
    """Whether a text is written as a web address, or as one of another kind (ftp:, file:), and not as a path."""
    return bool(re.match(r"[a-z][a-z0-9+.-]{1,20}://", text.strip(), re.IGNORECASE))


def checked_address(text: str) -> str:
    """An address as it is asked for and kept: every character one that a link can hold, without its fragment.

    Raises:
        LetterError: If it is none that is fetched; one line with the reason.
    """
    import httpx

    given = text.strip()
    shown = given[:200]
    try:
        url = httpx.URL(given).copy_with(fragment=None)
        port = urlsplit(str(url)).port
    except (httpx.InvalidURL, ValueError, UnicodeError):
        raise LetterError(shown, "is no web address; check how it is written") from None
    if url.scheme not in ("http", "https"):
        raise LetterError(shown, "is not fetched; only http:// and https:// are")
    if not url.host or "%" in url.host or port == 0:
        raise LetterError(shown, "names no server; check how it is written")
    if url.userinfo:
        raise LetterError(
            str(url.copy_with(userinfo=b"")), f"is given with a name or password; leave it out, or {BY_HAND}"
        )
    if len(str(url)) > LONGEST_ADDRESS:
        raise LetterError(shown, f"is longer than {LONGEST_ADDRESS:,} characters; {BY_HAND}")
    return re.sub(r"[{}|\\^`'\"<>]", lambda match: f"%{ord(match[0]):02X}", str(url))


def _host(address: str) -> str:
    return urlsplit(address).hostname or ""


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


# --- fetching ----------------------------------------------------------------------------------------------------


class Fetcher:
    """Fetches addresses, one after the other.

    Args:
        folder: Keeps what was fetched, and parts of it, until they are dropped.
        megabytes: Largest document.
        pause: Seconds between two requests to one host.
        wait: Waits for so many seconds.
        clock: Tells seconds that only grow.
        numbers: Tells the numbers of a host's name.
    """

    def __init__(
        self,
        folder: Path,
        *,
        megabytes: int,
        pause: float = 1.0,
        wait: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        numbers: Callable[[str], Sequence[str]] = numbers_of,
    ) -> None:
        self.downloads = Downloads(folder)
        self.most = megabytes * 2**20
        self.pause, self.wait, self.clock, self.numbers = pause, wait, clock, numbers
        self._client: httpx.Client | None = None
        self._rules: dict[str, Any] = {}
        self._next: dict[str, float] = {}
        self._closed: dict[str, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._client:
            self._client.close()
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
        for tried in range(RETRIES + 1):
            try:
                return self._fetch(address, known)
            except _Again as again:
                pause = 2.0**tried if again.pause is None else again.pause
                if tried < RETRIES and pause <= LONGEST_PAUSE:
                    self.wait(pause)
                    continue
                if again.closes:
                    self._closed[again.host] = again.reason
                raise LetterError(address, f"{again.reason}; {LATER}") from None
        raise AssertionError

    def drop(self, address: str) -> None:
        """Forget what was fetched of an address."""
        self.downloads.drop(address)

    def _fetch(self, address: str, known: Head | None) -> Fetched | None:
        part = self.downloads.part(address)
        size = part[1].stat().st_size if part else 0
        headers: dict[str, str] = {}
        if part and size and part[0].version:
            headers = {"Range": f"bytes={size}-", "If-Range": part[0].version}
        elif known:
            headers = {"If-None-Match": known.etag, "If-Modified-Since": known.modified}
        with self._opened(address, {name: value for name, value in headers.items() if value}) as (response, redirects):
            if response.status_code == 304:
                return None
            head = _head(address, response, redirects)
            if response.status_code == 206 and part and size and _goes_on(response, size):
                file = part[1]
            elif response.status_code in (206, 416):  # another part than the one that was asked for: begin anew
                self.downloads.drop(address)
                raise _Again("sends another part of itself than it was asked for", 0)
            else:
                _check_status(address, response.status_code)
                file, size = self.downloads.begin(head), 0
            self._receive(address, response, file, size)
        return self._finished(address, redirects)

    def _receive(self, address: str, response: "httpx.Response", file: Path, size: int) -> None:
        """Write the body to the disk, behind what is there already, counting what comes."""
        length = response.headers.get("content-length", "")
        if length.isdigit() and size + int(length) > self.most:
            self._refuse(address, self._too_large())
        if not has_room(file.parent, self.most):
            self._refuse(address, "finds no room on the disk; make room and run the same command again")
        until = self.clock() + IN_ALL
        with file.open("ab") as out:
            for chunk in response.iter_raw():
                size += len(chunk)
                if size > self.most:
                    self._refuse(address, self._too_large())
                out.write(chunk)
                if self.clock() > until:
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

    # --- requests --------------------------------------------------------------------------------------------

    @contextmanager
    def _opened(
        self, address: str, headers: Mapping[str, str], *, obey: bool = True
    ) -> Iterator[tuple["httpx.Response", tuple[str, ...]]]:
        """The answer of the address, or of the one that it leads to, and by which addresses."""
        at, redirects = address, list[str]()
        while True:
            if _host(at) in self._closed:
                raise LetterError(address, f"was not asked for, since {_host(at)} {self._closed[_host(at)]}; {LATER}")
            if obey:
                self._check_leave(address, at)
            with self._failures(at):
                response = self._send(at, headers)
                try:
                    location = response.headers.get("location", "")
                    if response.status_code not in REDIRECTS or not location:
                        _check_busy(response)
                        yield response, tuple(redirects)
                        return
                finally:
                    response.close()
            at = self._led(address, at, location)
            redirects.append(at)
            if len(redirects) > MOST_REDIRECTS:
                raise LetterError(address, f"leads on more than {MOST_REDIRECTS} times; {BY_HAND}")

    def _led(self, address: str, at: str, location: str) -> str:
        """The address that a redirect leads to, where it may be gone to."""
        import httpx

        try:
            led = checked_address(str(httpx.URL(at).join(location)))
        except (httpx.InvalidURL, LetterError):
            raise LetterError(address, f"leads to what is no web address ({location[:100]}); {BY_HAND}") from None
        if at.startswith("https:") and not led.startswith("https:"):
            raise LetterError(
                address, f"leads from https to http ({led}), where it could be changed on the way; {BY_HAND}"
            )
        # Who named a public address did not ask for what stands in their own network.
        if is_inside(_host(led), self.numbers) and not is_inside(_host(address), self.numbers):
            raise LetterError(
                address, f"leads from a public host into a private network ({led}); name that address if you mean it"
            )
        return led

    def _send(self, at: str, headers: Mapping[str, str]) -> "httpx.Response":
        """One request, when its host may be asked again."""
        host = _host(at)
        early = self._next.get(host, 0) - self.clock()
        if early > 0:
            self.wait(early)
        client = self._opened_client()
        try:
            return client.send(client.build_request("GET", at, headers=dict(headers)), stream=True)
        finally:
            rules = self._rules.get(_origin(at))
            slower = (rules.crawl_delay(NAME) or 0) if rules else 0
            self._next[host] = self.clock() + max(self.pause, min(slower, LONGEST_PAUSE))

    def _opened_client(self) -> "httpx.Client":
        import httpx

        if self._client is None:
            try:
                ours = version(NAME)
            except PackageNotFoundError:
                ours = "0"
            self._client = httpx.Client(
                headers={
                    "User-Agent": f"{NAME}/{ours}",
                    "Accept": ", ".join([*PROMISED, "text/html;q=0.8", "text/plain;q=0.8", "*/*;q=0.5"]),
                    "Accept-Encoding": "identity",  # what is packed may unfold to any length, and has no ranges
                },
                timeout=httpx.Timeout(SILENT, connect=TO_CONNECT),
                # What this computer is asked must not go round by a web proxy (HTTPS_PROXY).
                mounts={"all://localhost": None, "all://127.0.0.1": None, "all://[::1]": None},
            )
        return self._client

    @contextmanager
    def _failures(self, at: str) -> Iterator[None]:
        """Failures of the network in words."""
        import httpx

        try:
            try:
                yield
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                if "CERTIFICATE_VERIFY_FAILED" in str(error):
                    told = (
                        "has a certificate that cannot be verified; where your network has its own, set SSL_CERT_FILE"
                    )
                    raise LetterError(at, told) from None
                raise _Again("cannot be reached", closes=True) from None
            except httpx.ProxyError:
                raise LetterError(at, "is refused by the web proxy; check HTTP_PROXY and HTTPS_PROXY") from None
            except httpx.TimeoutException:
                raise _Again(f"sent nothing for {SILENT} seconds") from None
            except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError):
                raise LetterError(at, "is no address that can be asked for; check how it is written") from None
            except httpx.TransportError:
                raise _Again("broke off") from None
        except _Again as again:
            again.host = again.host or _host(at)
            raise

    # --- robots.txt ------------------------------------------------------------------------------------------

    def _check_leave(self, address: str, at: str) -> None:
        """Refuse what the site's robots.txt asks programs not to fetch."""
        origin = _origin(at)
        if origin not in self._rules:
            self._rules[origin] = self._read_rules(origin)
        if not self._rules[origin].can_fetch(at, NAME):
            raise LetterError(address, f"is not for programs, says {origin}/robots.txt; {BY_HAND}")

    def _read_rules(self, origin: str) -> Any:
        """A site's robots.txt by RFC 9309: one that is not there allows all, a server that fails allows nothing."""
        from protego import Protego

        raw = b""
        try:
            with self._opened(f"{origin}/robots.txt", {}, obey=False) as (response, _):
                if response.status_code >= 500:
                    raise _Again(f"failed ({response.status_code})")
                for chunk in response.iter_raw() if response.status_code == 200 else ():
                    raw += chunk
                    if len(raw) >= LONGEST_RULES:
                        break
                packed = response.headers.get("content-encoding", "") in ("gzip", "x-gzip")
        except _Again as again:
            if again.reason.startswith("failed"):
                again.reason = f"has a robots.txt that {again.reason}, so that it cannot be told what it allows"
            again.closes = True
            raise
        if packed:
            try:
                raw = zlib.decompressobj(wbits=31).decompress(raw, LONGEST_RULES)
            except zlib.error:
                raw = b""
        return Protego.parse(raw[:LONGEST_RULES].decode("utf-8", "replace"))


# --- what a server said ------------------------------------------------------------------------------------------


def _check_busy(response: "httpx.Response") -> None:
    """Come back later, where the server says so."""
    status = response.status_code
    if status in BUSY:
        pause = _seconds(response.headers.get("retry-after", ""))
        when = f" and asks to come back in {_spoken(pause)}" if pause is not None and pause > LONGEST_PAUSE else ""
        raise _Again(f"is too busy ({status}){when}", pause, closes=True)
    if status in FAILING:
        raise _Again(f"failed ({status})")


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


def _seconds(said: str) -> float | None:
    """The seconds of a Retry-After: a number, or a day and time."""
    if re.fullmatch(r"\d{1,9}", said.strip(), re.ASCII):
        return float(said)
    try:
        until = parsedate_to_datetime(said)
    except ValueError:
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (until - datetime.now(UTC)).total_seconds())


def _spoken(seconds: float) -> str:
    return f"{round(seconds / 60)} minutes" if seconds < 7200 else f"{round(seconds / 3600)} hours"


def _goes_on(response: "httpx.Response", size: int) -> bool:
    """Whether what comes begins where the part on the disk ends."""
    found = RANGE.fullmatch(response.headers.get("content-range", ""))
    return bool(found) and int(found[1]) == size  # type: ignore[index]


def _head(address: str, response: "httpx.Response", redirects: Sequence[str]) -> Head:
    said = {name: response.headers.get(name, "")[:1000] for name in ("etag", "last-modified", "content-disposition")}
    encoding = response.headers.get("content-encoding", "").strip().lower()
    if encoding not in ("", "identity", "gzip", "x-gzip"):
        raise LetterError(address, f"is sent packed ({encoding[:20]}), which was not asked for; {BY_HAND}")
    return Head(
        address=address,
        final=redirects[-1] if redirects else address,
        fetched=datetime.now(UTC).isoformat(timespec="seconds"),
        kind=response.headers.get("content-type", "").partition(";")[0].strip().lower()[:100],
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
