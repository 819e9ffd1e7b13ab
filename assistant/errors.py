"""The assistant's errors: one tree, one line each.

    AssistantError
    ├── LetterError        a file cannot be read as a letter
    ├── IndexStateError    the index is missing, locked or made under other settings
    │   ├── DamagedIndexError   a file of it is not as it was written
    │   └── StoreError          the server that keeps the passages cannot be used
    ├── QuestionError      the question is empty or too long
    ├── FilterError        a filter or an option names nothing that exists
    ├── ModelError         the language model cannot be asked, or its reply cannot be used
    └── SettingsError      a setting is unknown or out of bounds

A message says what happened, where, and what to do. They are caught in two places only: the command line's
group and the page's callbacks. Finding nothing is not an error but a `Refusal` (see `answer`).
"""

import unicodedata

__all__ = [
    "AssistantError",
    "DamagedIndexError",
    "FilterError",
    "IndexStateError",
    "LetterError",
    "ModelError",
    "QuestionError",
    "SettingsError",
    "StoreError",
    "printable",
]


def printable(text: str) -> str:
    """A text on one line and fit for UTF-8, since a file may have any name.

    Line breaks, control characters and bytes that are no UTF-8 become escapes.
    """
    return "".join(
        character
        if character.isprintable() or unicodedata.category(character) == "Zs"
        else character.encode("unicode_escape").decode()
        for character in text
    )


class AssistantError(Exception):
    """Base of every error that the assistant raises on purpose; `str()` is one line for a person."""


class LetterError(AssistantError):
    """A file cannot be read as a letter.

    Args:
        file: Name of the file, as the user gave it.
        reason: Why, and what to do about it.
    """

    def __init__(self, file: str, reason: str) -> None:
        self.file = printable(file)
        self.reason = printable(reason)
        super().__init__(f"{self.file}: {self.reason}")


class IndexStateError(AssistantError):
    """The index is missing, in use by another process, damaged, or made under other settings."""


class DamagedIndexError(IndexStateError):
    """A file of the index is missing or not as it was written: the next `assistant index` makes it anew.

    Args:
        what: The file, or what is wrong with the index.
    """

    def __init__(self, what: str) -> None:
        self.what = printable(what)
        super().__init__(f"the index is damaged ({self.what}); run: assistant index")


class StoreError(IndexStateError):
    """The server that keeps the passages cannot be reached, refuses the token, or is not what is needed.

    Args:
        message: What happened, where, and what to do.
        unloaded: Whether the server only has to be told to read its collection again.
    """

    def __init__(self, message: str, *, unloaded: bool = False) -> None:
        super().__init__(message)
        self.unloaded = unloaded


class QuestionError(AssistantError):
    """The question is empty or longer than the limit."""


class FilterError(AssistantError):
    """A filter, an option or an identifier names nothing that exists."""


class ModelError(AssistantError):
    """The language model cannot be asked, or its reply cannot be used; the extractive answer is given instead."""


class SettingsError(AssistantError):
    """A setting is unknown or its value is out of bounds."""
