"""What the console of a browser says that no page should make it say."""

from typing import Any

LEAVING = ("AbortError", "Connection errored out")
"""What Gradio says of the streams that it cuts off itself when its page is left, at whatever moment that is."""


def complains(line: Any) -> bool:
    """Whether a line of the console is an error, other than that a page is being left."""
    return line.type == "error" and not any(words in line.text for words in LEAVING)
