"""What "how many" counts: the noun behind it, as stems."""

import re

from assistant.letters.dates import MONTH_NUMBERS
from assistant.words.terms import STOP, stem, words

__all__ = ["counted"]

HOW_MANY = re.compile(r"\b(?:how (?:many|few)|number of)\s+(?:of\s+(?:the\s+)?)?((?:[\w'-]+\s*){1,4})", re.IGNORECASE)
BEHIND = frozenset(
    "did were was are is have had do does in on at has there got spoke met told felt left went came took".split()
)
"""Words that follow a noun and are no part of it."""


def counted(text: str) -> tuple[str, ...]:
    """The noun that "how many" counts, as stems; empty where nothing is counted."""
    match = HOW_MANY.search(text)
    if not match:
        return ()
    found: list[str] = []
    for word in words(match[1]):
        if found and word in STOP:
            break
        if word[:3] in MONTH_NUMBERS or word.isdigit():
            break
        if word in BEHIND:
            break
        found.append(word)
    return tuple(
        stem(word) for word in found if word not in STOP or word in ("children", "inspectors", "people", "times")
    )
