"""The connection to a Milvus server: opened, called with patience, and its errors turned into one line."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from assistant.errors import StoreError
from assistant.settings import Settings

__all__ = ["calling", "connected", "is_file", "reached", "shown"]

OLDEST_SERVER = (2, 5)  # the first with a function for BM25
LITE_OPTIONS = {"grpc.keepalive_time_ms": 3_600_000}  # Lite's server takes a client's usual signs of life for an attack


def connected(settings: Settings) -> Any:
    """A client of the server that the settings name.

    Raises:
        StoreError: If it cannot be reached, refuses the token, or is too old.
    """
    try:
        from pymilvus import MilvusClient
    except ImportError:
        raise StoreError("Milvus needs its library: pip install 'inspection-letters-assistant[milvus]'") from None
    logging.getLogger("pymilvus").setLevel(logging.CRITICAL)  # each error comes to us
    more: dict[str, Any] = {"grpc_options": LITE_OPTIONS} if is_file(settings.store_uri) else {}
    if settings.store_certificate:
        more |= {"secure": True, "server_pem_path": str(settings.store_certificate)}
    with calling(settings) as patience:
        client = MilvusClient(
            uri=settings.store_uri, token=settings.store_token.get_secret_value(), dedicated=True, **more, **patience
        )
        version = str(client.get_server_version(**patience))
    numbers = re.search(r"(\d+)\.(\d+)", version)
    if numbers and not is_file(settings.store_uri) and (int(numbers[1]), int(numbers[2])) < OLDEST_SERVER:
        client.close()
        oldest = ".".join(map(str, OLDEST_SERVER))
        raise StoreError(f"the store at {shown(settings)} is Milvus {version}; it takes {oldest} or newer")
    return client


@contextmanager
def calling(settings: Settings) -> Iterator[dict[str, float]]:
    """Around a call to the server: gives the patience to call it with, and turns its errors into one line.

    Raises:
        StoreError: If the call fails.
    """
    import grpc
    from pymilvus.exceptions import MilvusException

    try:
        yield {"timeout": settings.store_seconds}
    except (MilvusException, grpc.RpcError, OSError) as error:
        raise StoreError(_reason(settings, error), unloaded="load" in str(error).lower()) from None


def _reason(settings: Settings, error: Exception) -> str:
    """What went wrong, where, and what to do, in one line."""
    causes = [error, *(cause for cause in (error.__cause__, error.__context__) if cause and cause is not error)]
    said = " ".join(" ".join(str(getattr(one, "message", "") or one) for one in causes).split())
    where, low = shown(settings), said.lower()
    if "auth" in low or "permission" in low or "token" in low or "unauthenticated" in low:
        return f"the store at {where} refuses the token: set ASSISTANT_STORE_TOKEN"
    if "certificate" in low or "ssl" in low or "handshake" in low:
        return f"the store at {where} has no certificate that is trusted: set ASSISTANT_STORE_CERTIFICATE"
    if "open local milvus failed" in low:
        return f"the store in {where} is in use by another process: one at a time may use a file; run a server for more"
    away = ("unavailable", "connect", "deadline", "timeout", "timed out", "refused", "resolution", "closed channel")
    if any(word in low for word in away):
        return f"the store at {where} does not answer: is it running, is ASSISTANT_STORE_URI right? Then try again"
    return f"the store at {where} failed ({said:.200}); try again"


def shown(settings: Settings) -> str:
    """The address without a password that may stand in it."""
    return re.sub(r"//[^/@]*@", "//", settings.store_uri)


def is_file(uri: str) -> bool:
    """Whether an address is that of a file: Milvus Lite's."""
    return "://" not in uri


def reached(settings: Settings) -> str:
    """Which Milvus answers, in words.

    Args:
        settings: Where it is.

    Raises:
        StoreError: If it cannot be reached, refuses the token, or is too old.
    """
    client = connected(settings)
    try:
        with calling(settings) as patience:
            return f"Milvus {client.get_server_version(**patience)} at {shown(settings)}"
    finally:
        client.close()
