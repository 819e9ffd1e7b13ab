"""Opens the page: `python app.py` (the same as `assistant serve`)."""

import sys

from assistant.engine import Assistant
from assistant.errors import AssistantError
from assistant.page.security.access import check_opening
from assistant.page.server import serve
from assistant.settings import load_settings


def main() -> int:
    """Serve until interrupted; an error of ours is one line and exit 1."""
    try:
        settings = load_settings()
        check_opening(settings)  # before anything is indexed
        with Assistant.open(settings, _say) as assistant:
            serve(assistant, settings)
    except AssistantError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        pass
    return 0


def _say(what: str, done: int, _total: int) -> None:
    """Tell what takes its time before the page opens."""
    if done == 0:
        print(f"{what} ...", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
