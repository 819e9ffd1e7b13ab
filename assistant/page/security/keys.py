"""Keys for programs: each program has its own, so that one can be taken away without the others noticing."""

import hashlib
from typing import TYPE_CHECKING

from assistant.page.http.asgi import Scope
from assistant.page.http.proxies import header_values

if TYPE_CHECKING:
    from assistant.settings import Settings

__all__ = ["Keys"]


class Keys:
    """Recognises the keys of the settings in requests.

    They are long and random (the settings see to it), so guessing needs no limit of its own, and a digest is compared,
    so how long the comparison takes tells nothing of a key.

    Args:
        settings: Hold the keys.
    """

    def __init__(self, settings: "Settings") -> None:
        self._names = {_digest(key): name for name, key in settings.named_keys().items()}

    def name_of(self, scope: Scope) -> str:
        """Whose key a request brings, as a bearer token or in `X-API-Key`; "" where it brings none that is known.

        Args:
            scope: Of the request.
        """
        given = list(header_values(scope, "x-api-key"))
        given += [one[7:] for one in header_values(scope, "authorization") if one[:7].lower() == "bearer "]
        names = {self._names.get(_digest(one.strip()), "") for one in given}
        return names.pop() if len(names) == 1 else ""


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()
