"""Chat clients over HTTP: the tools at `/mcp`, behind the page's own door.

Each request stands alone, without a session: whoever may open the page may use it, is counted with the same limits and
recorded, or not, in the same way, and nothing is kept that would have to be bounded or ended.
"""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, Request, Response
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings

from assistant.mcp.server import BusyError, make_server
from assistant.mcp.tools import Caller, Result
from assistant.page.api.routes import BUSY
from assistant.page.asking.log import QuestionLog
from assistant.page.asking.room import Overloaded, Room
from assistant.page.http.asgi import Receive, Scope, Send
from assistant.page.security.access import Access, too_many
from assistant.page.security.guard import LARGEST_REQUEST, same_site

if TYPE_CHECKING:
    from assistant.engine import Assistant

__all__ = ["PATH", "add_mcp"]

PATH = "/mcp"
"""Where chat clients are answered."""


def add_mcp(app: FastAPI, assistant: "Assistant", room: Room, access: Access, record: QuestionLog) -> None:
    """Add the route, and what it needs while the application runs.

    Args:
        app: The application.
        assistant: Answers the questions; called from several threads.
        room: How many questions are answered at the same time and how many may wait.
        access: Counts each visitor's questions.
        record: Of what was asked.
    """

    def may_ask(request: Any) -> str:
        wait = access.may_ask(request.scope)
        return too_many(wait) if wait else ""

    async def run(request: Any, work: Callable[[], Result]) -> Result:
        try:
            return await room.run(request, work)
        except Overloaded:
            raise BusyError(BUSY) from None

    manager = StreamableHTTPSessionManager(
        make_server(Caller(assistant, record.record), run, may_ask),
        json_response=True,
        stateless=True,
        # Which names the page answers to is decided by `Access`, before this is reached.
        security_settings=TransportSecuritySettings(enable_dns_rebinding_protection=False),
        max_request_body_size=LARGEST_REQUEST,
    )
    app.router.add_route(PATH, _Route(manager.handle_request))  # type: ignore[arg-type]
    app.router.lifespan_context = lambda _: manager.run()


class _Route:
    """The route as plain ASGI, closed to other sites' pages: a browser says in which page a script runs."""

    def __init__(self, answer: Callable[[Scope, Receive, Send], Awaitable[None]]) -> None:
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Request(scope).headers
        if ("origin" in headers or "sec-fetch-site" in headers) and not same_site(headers):
            await Response("Another site's page cannot ask here.", 403)(scope, receive, send)
        elif scope["method"] != "POST":  # clients ask so for a stream of news, and for the end of a session
            await Response("Only POST is answered here.", 405, {"allow": "POST"})(scope, receive, send)
        else:
            await self._answer(scope, receive, send)
