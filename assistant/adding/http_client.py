"""Asking web servers: politely, one request at a time, and never further than was meant.

There is a pause between two requests to one host; what a site's robots.txt asks programs to leave is left; a busy host
is asked a few times more, as late as it says, and then left alone.
"""

import re
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from assistant.errors import LetterError, SettingsError, printable
from assistant.system.hosts import is_inside, numbers_of

if TYPE_CHECKING:
    import httpx

__all__ = ["BY_HAND", "LATER", "HttpClient", "Reply", "TryAgain", "checked_address", "is_address"]

NAME = "inspection-letters-assistant"
RETRIES = 3  # times that a busy or failing host is asked again for one address
LONGEST_PAUSE = 120  # seconds that a host may ask to be waited for, or that its robots.txt may put between two requests
MOST_REDIRECTS = 5  # as many as a robots.txt may have by RFC 9309
TO_CONNECT, SILENT = 15, 60  # seconds: for a connection, between two pieces
LONGEST_ADDRESS = 2000  # characters: a manifest's "url" has no more
LONGEST_RULES = 512_000  # bytes of a robots.txt that are looked at, by RFC 9309 at least 500 KiB
REDIRECTS = (301, 302, 303, 307, 308)
BUSY = (429, 503)  # the host asks to be left alone
FAILING = (408, 500, 502, 504)
BY_HAND = "open it in a browser, save the letter and add the file"
"""What to do where a program may not, or cannot."""
LATER = "run the same command again later"
"""What to do where it may go better another time."""

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server answers.

    Attributes:
        status: Of HTTP.
        headers: By their names in small letters.
        pieces: The body as it comes, packed where it was sent packed.
        redirects: The addresses that were gone on to, in order.
    """

    status: int
    headers: Mapping[str, str]
    pieces: Iterator[bytes]
    redirects: tuple[str, ...] = ()


class TryAgain(Exception):
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


# --- asking ------------------------------------------------------------------------------------------------------


class HttpClient:
    """Asks for addresses, one after the other.

    Args:
        accept: The content types that are wanted, the best first.
        pause: Seconds between two requests to one host.
        wait: Waits for so many seconds.
        clock: Tells seconds that only grow.
        numbers: Tells the numbers of a host's name.
    """

    def __init__(
        self,
        accept: Sequence[str] = ("*/*",),
        *,
        pause: float = 1.0,
        wait: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        numbers: Callable[[str], Sequence[str]] = numbers_of,
    ) -> None:
        self.accept, self.pause, self.wait, self.clock, self.numbers = accept, pause, wait, clock, numbers
        self._client: httpx.Client | None = None
        self._rules: dict[str, Any] = {}
        self._next: dict[str, float] = {}
        self._closed: dict[str, str] = {}

    def close(self) -> None:
        """Let go of the connections."""
        if self._client:
            self._client.close()

    def persistently(self, address: str, asking: Callable[[], Found]) -> Found:
        """Ask, and where that fails for a while, ask again.

        Args:
            address: What is asked for.
            asking: Asks for it by `opened`.

        Raises:
            LetterError: If it goes on failing. A host that is too busy or cannot be reached is not asked again.
        """
        for tried in range(RETRIES + 1):
            try:
                return asking()
            except TryAgain as again:
                pause = 2.0**tried if again.pause is None else again.pause
                if tried < RETRIES and pause <= LONGEST_PAUSE:
                    self.wait(pause)
                    continue
                if again.closes:
                    self._closed[again.host] = again.reason
                raise LetterError(address, f"{again.reason}; {LATER}") from None
        raise AssertionError

    @contextmanager
    def opened(self, address: str, headers: Mapping[str, str], *, obey: bool = True) -> Iterator[Reply]:
        """The reply of the address, or of the one that it leads to.

        Args:
            address: As `checked_address` gives it.
            headers: Of the request.
            obey: Whether the site's robots.txt counts.

        Raises:
            LetterError: If it may not be asked for, or leads where it may not.
            SettingsError: If the environment names a proxy or certificates that cannot be used.
            TryAgain: If it may go better in a moment.
        """
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
                        headers_said = {name.lower(): value for name, value in response.headers.items()}
                        yield Reply(response.status_code, headers_said, response.iter_raw(), tuple(redirects))
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
            try:
                self._client = httpx.Client(
                    headers={
                        "User-Agent": f"{NAME}/{ours}",
                        "Accept": ", ".join(self.accept),
                        "Accept-Encoding": "identity",  # what is packed may unfold to any length, and has no ranges
                    },
                    timeout=httpx.Timeout(SILENT, connect=TO_CONNECT),
                    # What this computer is asked must not go round by a web proxy (HTTPS_PROXY).
                    mounts={"all://localhost": None, "all://127.0.0.1": None, "all://[::1]": None},
                )
            except (ImportError, OSError, ValueError, httpx.InvalidURL) as error:
                why = "a SOCKS proxy is not spoken" if isinstance(error, ImportError) else printable(str(error))[:100]
                told = "check HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and SSL_CERT_FILE"
                raise SettingsError(f"no web address can be asked for ({why}); {told}") from None
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
                raise TryAgain("cannot be reached", closes=True) from None
            except httpx.ProxyError:
                raise LetterError(at, "is refused by the web proxy; check HTTP_PROXY and HTTPS_PROXY") from None
            except httpx.TimeoutException:
                raise TryAgain(f"sent nothing for {SILENT} seconds") from None
            except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError):
                raise LetterError(at, "is no address that can be asked for; check how it is written") from None
            except httpx.TransportError:
                raise TryAgain("broke off") from None
        except TryAgain as again:
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
            with self.opened(f"{origin}/robots.txt", {}, obey=False) as reply:
                if reply.status >= 500:
                    raise TryAgain(f"failed ({reply.status})")
                for chunk in reply.pieces if reply.status == 200 else ():
                    raw += chunk
                    if len(raw) >= LONGEST_RULES:
                        break
                packed = reply.headers.get("content-encoding", "") in ("gzip", "x-gzip")
        except TryAgain as again:
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
        raise TryAgain(f"is too busy ({status}){when}", pause, closes=True)
    if status in FAILING:
        raise TryAgain(f"failed ({status})")


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
