"""The letters for chat clients, by the Model Context Protocol.

    places     addresses of letters and of passages in them, and what stands there
    results    what the tools give back, as types
    tools      what a model can ask for, and how it is told not to lose the citations
    server     the protocol, over stdin and stdout; `page.mcp` has it over HTTP

The protocol's own library is imported by `server` and `page.mcp` only, when it is wanted: it is an optional dependency.
"""

from importlib.util import find_spec

from assistant.errors import SettingsError

__all__ = ["check_installed"]


def check_installed() -> None:
    """See whether the protocol's library is there.

    Raises:
        SettingsError: If it is not; one line that says how to install it.
    """
    if find_spec("mcp") is None:
        raise SettingsError(
            "chat clients need a library that is not installed; install it with: "
            "pip install -c constraints.txt -e '.[mcp]'"
        )
