"""What a command works with: settings, letters, the assistant; `where` is what --index and --corpus name."""

from pathlib import Path
from typing import TYPE_CHECKING

from assistant.commands.terminal import Progress

if TYPE_CHECKING:
    from assistant.engine import Assistant
    from assistant.index.catalogue import Catalogue
    from assistant.settings import Settings

__all__ = ["assistant_of", "catalogue_of", "settings_of"]


def settings_of(where: dict[str, Path | None], **more: object) -> "Settings":
    """The settings in force, with what was typed put over them.

    Raises:
        SettingsError: If one of them is unknown or out of its bounds.
    """
    from assistant.settings import load_settings

    return load_settings(**where, **more)


def assistant_of(where: dict[str, Path | None], **more: object) -> "Assistant":
    """The assistant, opened; missing letters are indexed first.

    Raises:
        AssistantError: If the settings are wrong, or there are no letters, or the index cannot be used.
    """
    from assistant.engine import Assistant

    with Progress() as progress:
        return Assistant.open(settings_of(where, **more), progress)


def catalogue_of(where: dict[str, Path | None]) -> "Catalogue":
    """The letters alone, without the embedding model.

    Raises:
        AssistantError: If the settings are wrong, or there are no letters, or the index cannot be used.
    """
    from assistant.index.catalogue import Catalogue
    from assistant.index.ready import opened

    with Progress() as progress:
        return opened(settings_of(where), Catalogue, progress)
