"""The layouts that are understood: how each kind of document is recognised, by the words of an inspectorate's table.

How lines become sections and paragraphs (`outline`) is the same for all of them.
"""

import re
from functools import cache

from assistant.letters.inspectorates import Inspectorate, Kind, shipped, spelt

__all__ = ["layout_of"]


def layout_of(*texts: str, by: Inspectorate | None = None) -> tuple[Kind, re.Match[str]] | None:
    """The kind of document that the first telling text names first, with the match in it.

    Args:
        texts: The surest first: the title, then the opening, then more of it.
        by: Whose document it is; Ofsted's by default.
    """
    kinds = _known_by(by or shipped())
    for text in texts:
        found = [
            (match.start(), kind.general, at, match)
            for at, (kind, pattern) in enumerate(kinds)
            if (match := pattern.search(text))
        ]
        if found:
            *_, at, match = min(found, key=lambda entry: entry[:3])
            return kinds[at][0], match
    return None


@cache
def _known_by(by: Inspectorate) -> tuple[tuple[Kind, re.Pattern[str]], ...]:
    return tuple((kind, re.compile(spelt(kind.known_by))) for kind in by.kinds)
