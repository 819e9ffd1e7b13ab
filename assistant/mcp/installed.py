"""Whether the library of the Model Context Protocol is there: it is an optional dependency."""

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
