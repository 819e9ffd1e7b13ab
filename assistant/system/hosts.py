"""Hosts: which of them are always this computer, and which stand in a network that the public cannot reach."""

import ipaddress
import socket
from collections.abc import Callable, Sequence

__all__ = ["is_inside", "is_loopback", "numbers_of"]


def is_loopback(host: str) -> bool:
    """Whether a host, by name or number, is always the computer that asks for it."""
    bare = host.strip("[]").lower()
    try:
        return ipaddress.ip_address(bare).is_loopback
    except ValueError:
        return bare == "localhost" or bare.endswith(".localhost")


def numbers_of(host: str) -> Sequence[str]:
    """The numbers under which a host can be reached, as far as this computer knows any."""
    try:
        return [str(row[4][0]) for row in socket.getaddrinfo(host.strip("[]"), None, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError):  # behind a web proxy, names of the world outside may not be known here
        return []


def is_inside(host: str, numbers: Callable[[str], Sequence[str]] = numbers_of) -> bool:
    """Whether a host is this computer, or stands in a private network.

    Args:
        host: By name or number.
        numbers: Tells the numbers of a name; with none, it is taken for one of the world outside.
    """
    bare = host.strip("[]")
    if is_loopback(bare):
        return True
    try:
        return not _is_public(bare)
    except ValueError:
        return any(not _is_public(number.partition("%")[0]) for number in numbers(bare))


def _is_public(number: str) -> bool:
    address = ipaddress.ip_address(number)
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_global
