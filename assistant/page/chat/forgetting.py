"""Conversations are forgotten: when their window was closed, when nobody goes on with them, when there are too many.

Gradio keeps what it knows of each visitor, its parts with all that they show, until ten thousand others have come.
"""

from datetime import datetime, timedelta
from typing import Any

__all__ = ["MOST", "Conversations"]

MOST = 300
"""Conversations that are kept; beyond, the one that was silent longest is forgotten."""
CLOSED = timedelta(minutes=15)  # a laptop that sleeps closes its connection, and may come back
SILENT = timedelta(hours=12)  # as long as somebody stays signed in


class Conversations:
    """What is kept of each visitor's conversation.

    Args:
        page: Gradio's blocks, before they are served.
    """

    def __init__(self, page: Any) -> None:
        page.state_session_capacity = MOST
        self._page = page

    def tidy(self) -> None:
        """Forget those that are over."""
        kept, now = self._page.state_holder, datetime.now()
        for name, used in list(kept.time_last_used.items()):
            session = kept.session_data.get(name)
            if session is None or now - used > (CLOSED if session.is_closed else SILENT):
                kept.session_data.pop(name, None)
                kept.time_last_used.pop(name, None)
