"""Where a request really comes from: what a reverse proxy says of it, believed only from the proxies that are named."""

import ipaddress
from collections.abc import Iterable

from assistant.page.http.asgi import Scope

__all__ = ["Proxies", "header_values", "network_of", "peer_of"]

FORWARDED = frozenset(
    (b"forwarded", b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-port", b"x-forwarded-proto", b"x-real-ip")
)
UNKNOWN = "unknown"

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def header_values(scope: Scope, name: str) -> list[str]:
    """Every value of a header, in order; a name with an underscore for a hyphen is another name.

    Args:
        scope: Of the request.
        name: In any case.
    """
    wanted = name.lower().encode("latin-1")
    return [_text(value).strip(" \t") for key, value in scope["headers"] if key.lower() == wanted]


def peer_of(scope: Scope) -> str:
    """The address at the other end of the connection; "unknown" where there is none, as behind a Unix socket."""
    client = scope.get("client")
    return str(client[0]) if client else UNKNOWN


def network_of(address: str) -> str:
    """What an address is counted by: itself, or its network of 64 bits, since one computer has all of an IPv6 one."""
    found = _address(address)
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.IPv6Network((int(found) >> 64 << 64, 64)))
    return str(found) if found else UNKNOWN


class Proxies:
    """The proxies that are believed.

    Args:
        named: Their addresses or networks, with commas between them.
    """

    def __init__(self, named: str) -> None:
        self._networks = [ipaddress.ip_network(one.strip(), strict=False) for one in named.split(",") if one.strip()]

    def trust(self, address: str) -> bool:
        """Whether an address is a proxy's."""
        found = _address(address)
        return found is not None and any(found in network for network in self._networks)

    def client_of(self, scope: Scope) -> str:
        """The address that asks: the nearest that is no proxy's, or the peer's where the proxies say nothing sound."""
        nearest = peer_of(scope)
        said = [one.strip() for one in ",".join(header_values(scope, "x-forwarded-for")).split(",")]
        while said and self.trust(nearest):
            before = said.pop()
            if _address(before) is None:
                break
            nearest = before
        return nearest

    def is_https(self, scope: Scope) -> bool:
        """Whether the browser's own connection is encrypted, as far as a proxy can say so."""
        said = header_values(scope, "x-forwarded-proto")
        return scope.get("scheme") == "https" or (said == ["https"] and self.trust(peer_of(scope)))

    def believed(self, scope: Scope) -> Iterable[tuple[bytes, bytes]]:
        """The request's headers, without what only a proxy may say if it comes from none."""
        headers: list[tuple[bytes, bytes]] = scope["headers"]
        if self.trust(peer_of(scope)):
            return headers
        return [(name, value) for name, value in headers if name.lower() not in FORWARDED]


def _text(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _address(text: str) -> Address | None:
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return mapped or found
