"""A conversation belongs to whoever began it, although Gradio lets the browser choose its name.

Gradio hands the state and the answers of a conversation to whoever names it. So the name that comes from a browser is
replaced by one made from it and from who asks, with a secret of this process: whoever sends another visitor's name
names an empty conversation of their own.
"""

import hashlib
import hmac
import json
from urllib.parse import parse_qsl, urlencode

from assistant.page.http.asgi import Scope

__all__ = ["Ownership"]

BODIES = frozenset(("/gradio_api/queue/join", "/gradio_api/cancel"))
QUERIES = frozenset(("/gradio_api/queue/data",))
FOLDER = "/gradio_api/heartbeat/"
FIELD = "session_hash"


class Ownership:
    """Makes the names of conversations those of one visitor.

    Args:
        key: A secret.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    def scope(self, scope: Scope, owner: str) -> Scope:
        """A request whose address names the owner's own conversation.

        Args:
            scope: Of the request.
            owner: Who asks, as the visitor's key.
        """
        path = str(scope["path"])
        if path.rstrip("/") in QUERIES:
            fields = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
            sealed = [(name, self._name(value, owner) if name == FIELD else value) for name, value in fields]
            return {**scope, "query_string": urlencode(sealed).encode()}
        if path.startswith(FOLDER):
            path = FOLDER + self._name(path.removeprefix(FOLDER), owner)
            return {**scope, "path": path, "raw_path": path.encode()}
        return scope

    def body(self, path: str, body: bytes, owner: str) -> bytes | None:
        """A body that names the owner's own conversation; None if it is not what the page sends.

        Args:
            path: Of the request.
            body: As it came.
            owner: Who asks, as the visitor's key.
        """
        if path.rstrip("/") not in BODIES:
            return body
        try:
            said = json.loads(body)
        except (ValueError, RecursionError):
            return None
        if not isinstance(said, dict) or not isinstance(said.get(FIELD), str):
            return None
        return json.dumps({**said, FIELD: self._name(said[FIELD], owner)}).encode()

    def _name(self, name: str, owner: str) -> str:
        said = f"{owner}\n{name}".encode("utf-8", "surrogatepass")
        return hmac.new(self._key, said, hashlib.sha256).hexdigest()[:32]
