"""Who may use the page, who may add letters, and how many questions each may ask: decided here for every request.

On this computer alone nothing is asked. Towards a network there is a password, or a proxy that says who asks, or the
explicit word of whoever runs the page that everybody may.
"""

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from assistant.errors import SettingsError
from assistant.page.http.addresses import relative
from assistant.page.http.asgi import Scope
from assistant.page.http.proxies import Proxies, header_values, network_of, peer_of
from assistant.page.security.guard import Turned
from assistant.page.security.keys import Keys
from assistant.page.security.limits import Buckets
from assistant.page.security.ownership import Ownership
from assistant.page.security.passwords import Passwords
from assistant.page.security.sessions import COOKIE, Sessions, SignedIn
from assistant.system.hosts import is_loopback

if TYPE_CHECKING:
    from assistant.settings import Settings

__all__ = ["Access", "Visitor", "adding_allowed", "check_opening", "is_plain", "local_path", "too_many"]

VISITOR = "assistant.visitor"  # under which a request carries who asks
THROUGH_A_PROXY = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip")
PAGES = ("/", "/add", "/authorities", "/compare", "/letters")
BELOW = ("/add/", "/authorities/", "/letters/")
SIGNING = frozenset(("/login", "/logout"))
ALWAYS_OPEN = SIGNING | {"/favicon.ico", "/assets/site.css"}  # they show nothing of the letters
NEEDED = "A password is needed: sign in on the page, or send it, or a program's key, as a bearer token."
SIGNED_OUT = "You are no longer signed in. Sign in on another tab, then try again."  # the open page shows it
LONGEST_NAME = 200  # characters of a user's name
LONGEST_PATH = 4000  # characters of an address to go on to


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks.

    Attributes:
        key: What the limits are counted by, and whom a conversation belongs to: a user, a session, a program, an
            address.
        grant: "read", "add", or "" for who gave no password and no name; where none is asked for, that is enough.
        session: The session of who has signed in.
    """

    key: str = ""
    grant: str = ""
    session: SignedIn | None = None


NOBODY = Visitor()


def is_plain(settings: "Settings") -> bool:
    """Whether nothing says who may use the page: then it is for this computer alone."""
    return not (settings.password or settings.user_header or settings.open_to_all)


def check_opening(settings: "Settings", address: str = "") -> None:
    """Refuse to open the page to a network where nothing says who may use it.

    Args:
        settings: Who may.
        address: That was really bound; by default the host of the settings.

    Raises:
        SettingsError: One line with the ways out.
    """
    host = address or settings.host
    if is_plain(settings) and not is_loopback(host):
        raise SettingsError(
            f"{host} can be reached from other computers, and nothing says who may use the page there: set "
            "ASSISTANT_PASSWORD (a shared password), ASSISTANT_USER_HEADER (a proxy says who asks) or "
            "ASSISTANT_OPEN_TO_ALL=yes; see docs/how-to/serving-a-team.md"
        )


def adding_allowed(settings: "Settings") -> bool:
    """Whether the page offers to add letters to anybody; who in particular may is asked with each request."""
    if settings.adding != "auto":
        return settings.adding == "yes"
    return _adders_named(settings) or (is_plain(settings) and is_loopback(settings.host))


def local_path(wanted: str) -> str:
    """Where to go on after signing in: a path of this site, "/" for anything else.

    Args:
        wanted: As a browser sent it.
    """
    strange = len(wanted) > LONGEST_PATH or "\\" in wanted or not wanted.isprintable()
    if strange or not wanted.startswith("/") or wanted.startswith("//"):
        return "/"
    return "/" if wanted.partition("?")[0].rstrip("/") in ("/login", "/logout") else wanted


def too_many(seconds: int) -> str:
    """What is said to who asks too often."""
    unit = "second" if seconds == 1 else "seconds"
    return f"You have asked a lot of questions within a short time. Please ask again in {seconds} {unit}."


class Access:
    """Decides about every request.

    Args:
        settings: Who may do what.
        passwords: By default those of the settings.
        sessions: By default none yet.
    """

    def __init__(
        self, settings: "Settings", passwords: Passwords | None = None, sessions: Sessions | None = None
    ) -> None:
        self.settings = settings
        self.passwords = Passwords(settings) if passwords is None else passwords
        self.sessions = sessions or Sessions()
        self._keys = Keys(settings)
        self.plain = is_plain(settings)
        self._proxies = Proxies(settings.proxies)
        self._ownership = Ownership(secrets.token_bytes(32))
        self._link_host = urlsplit(settings.link_base).hostname or ""
        most = 0 if self.plain else settings.questions_a_minute
        self._questions = Buckets(most, most) if most else None
        self._adders = frozenset(name.strip() for name in settings.adding_users.split(",") if name.strip())

    # --- every request ---------------------------------------------------------------------------------------

    async def admit(self, scope: Scope) -> Turned | None:
        """Let a request in, and note who asks; or say why not.

        Args:
            scope: Of the request; who asks, the scheme and the believed headers are written into it.
        """
        if self.plain and not self._named_here(scope):
            return Turned(
                421, "The page does not answer to this name. ASSISTANT_LINK_BASE gives it one beside 127.0.0.1."
            )
        address = self._proxies.client_of(scope)
        if self._proxies.is_https(scope):
            scope["scheme"] = "https"
        from_proxy = self._proxies.trust(peer_of(scope))
        if not self.plain:
            scope["headers"] = list(self._proxies.believed(scope))
        if scope["path"] == "/healthz":
            return None
        program, user = self._keys.name_of(scope), ""
        if self.settings.user_header and not program:
            user = self._user(scope) if from_proxy else ""
            if not user:
                return Turned(403, "This page is opened through its sign-in service, not directly.")
        visitor = Visitor(f"key:{program}", "read") if program else await self._visitor(scope, user, address)
        if isinstance(visitor, Turned):
            return visitor
        scope[VISITOR] = visitor
        stranger = self.password_needed and not visitor.grant
        return _unknown(scope) if stranger and scope["path"] not in ALWAYS_OPEN else None

    def opens(self, path: str) -> bool:
        """Whether a path is one of the two for signing in and out, and there is a password. Gradio has such paths too.

        Args:
            path: Of the request.
        """
        return self.signs_in and path in SIGNING

    def own(self, scope: Scope, body: bytes | None) -> tuple[Scope, bytes | None, bool]:
        """A request as one about the visitor's own conversation, whatever name the browser gave it.

        Args:
            scope: Of a request that was let in.
            body: Of a request that has one.

        Returns:
            The request, its body, and whether it can be understood.
        """
        visitor = visitor_of(scope)
        if not visitor.grant:  # who gives no name has nothing but the one that the browser made up
            return scope, body, True
        sealed = None if body is None else self._ownership.body(scope["path"], body, visitor.key)
        return self._ownership.scope(scope, visitor.key), sealed, body is None or sealed is not None

    # --- what somebody may do --------------------------------------------------------------------------------

    def may_add(self, scope: Scope) -> bool:
        """Whether who asks may add letters, correct them and take them out.

        Args:
            scope: Of a request that was let in.
        """
        settings = self.settings
        if settings.adding == "no":
            return False
        if _adders_named(settings):
            return visitor_of(scope).grant == "add"
        return settings.adding == "yes" or (adding_allowed(settings) and _from_here(scope))

    def may_ask(self, scope: Scope, questions: int = 1) -> int:
        """Count questions.

        Args:
            scope: Of a request that was let in.
            questions: How many.

        Returns:
            0 if they may be asked; else seconds to wait.
        """
        return 0 if self._questions is None else self._questions.take(visitor_of(scope).key, questions)

    @property
    def signs_in(self) -> bool:
        """Whether there is a password that can be given on the login page."""
        return bool(self.passwords)

    @property
    def password_needed(self) -> bool:
        """Whether the page cannot be read without a password."""
        return bool(self.settings.password)

    @property
    def adds_by_password(self) -> bool:
        """Whether the password for adding letters lets somebody add some."""
        return bool(self.settings.adding_password) and self.settings.adding != "no"

    def address_of(self, scope: Scope) -> str:
        """The address that asks."""
        return self._proxies.client_of(scope)

    # --- who asks --------------------------------------------------------------------------------------------

    async def _visitor(self, scope: Scope, user: str, address: str) -> Visitor | Turned:
        grant, session = "read" if user else "", None
        given = [one[7:].strip() for one in header_values(scope, "authorization") if one[:7].lower() == "bearer "]
        if given and self.passwords:
            checked = await self.passwords.check(given[0], address) if len(given) == 1 else None
            if checked and checked.wait:
                return Turned(429, "Too many wrong passwords. Please wait.", (("retry-after", str(checked.wait)),))
            if not checked or not checked.grant:
                return Turned(401, "The password is wrong.", (("www-authenticate", "Bearer"),))
            grant = checked.grant
        elif self.passwords:
            session = self._session(scope)
            grant = session.grant if session else grant
        if user in self._adders:
            grant = "add"
        key = f"user:{user}" if user else f"session:{session.name}" if session else f"address:{network_of(address)}"
        return Visitor(key, grant, session)

    def _user(self, scope: Scope) -> str:
        """Who asks, as the proxy says; "" where it says nothing, or two things."""
        found = header_values(scope, self.settings.user_header)
        sound = len(found) == 1 and len(found[0]) <= LONGEST_NAME and found[0].isprintable()
        return found[0] if sound else ""

    def _session(self, scope: Scope) -> SignedIn | None:
        pairs = [one.strip() for value in header_values(scope, "cookie") for one in value.split(";")]
        for pair in pairs:
            name, _, value = pair.partition("=")
            session = self.sessions.read(value) if name == COOKIE else None
            if session:
                return session
        return None

    def _named_here(self, scope: Scope) -> bool:
        """Whether a request is made to this computer by a name of its own.

        Another site's name can be made to lead here. Its pages would then be of one origin with this one, and a browser
        would let them read the letters; but it still says that name.
        """
        arrived = scope.get("server")
        if arrived and not is_loopback(str(arrived[0])):
            return True
        host = _host(scope)
        return is_loopback(host) or (host == self._link_host and bool(host))


def visitor_of(scope: Scope) -> Visitor:
    """Who asks."""
    visitor: Visitor = scope.get(VISITOR, NOBODY)
    return visitor


def _adders_named(settings: "Settings") -> bool:
    return bool(settings.adding_password or settings.adding_users)


def _host(scope: Scope) -> str:
    """The host that a request names, without its port; "" where it names none, or two."""
    found = header_values(scope, "host")
    try:
        return urlsplit(f"//{found[0]}").hostname or "" if len(found) == 1 else ""
    except ValueError:
        return ""


def _from_here(scope: Scope) -> bool:
    """Whether a request was made on this computer, to this computer, by no proxy."""
    if any(header_values(scope, name) for name in THROUGH_A_PROXY):
        return False
    return is_loopback(_host(scope)) and is_loopback(peer_of(scope))


def _unknown(scope: Scope) -> Turned:
    """A browser that opens a page is led to the login; a program is told in JSON."""
    path = scope["path"]
    is_page = path.rstrip("/") in PAGES or path == "/" or path.startswith(BELOW)
    if is_page and scope["method"] in ("GET", "HEAD") and not path.endswith(".json"):
        query = scope["query_string"].decode("latin-1")
        wanted = f"{quote(path)}?{query}" if query else quote(path)
        login = relative(f"/login?next={quote(wanted, safe='')}", scope)
        return Turned(303, "Please sign in.", (("location", login),))
    said = SIGNED_OUT if path.startswith("/gradio_api/") else NEEDED
    return Turned(401, said, (("www-authenticate", "Bearer"),))
