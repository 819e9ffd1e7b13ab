"""What a server and an application hand each other (ASGI), as types."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

__all__ = ["Application", "Message", "Receive", "Scope", "Send"]

# A request, or the life of the application: its headers, its path, who sent it.
Scope = MutableMapping[str, Any]
# A piece of a request or of a response.
Message = MutableMapping[str, Any]
# Waits for the next piece of a request.
Receive = Callable[[], Awaitable[Message]]
# Sends the next piece of a response.
Send = Callable[[Message], Awaitable[None]]
# What answers requests.
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
