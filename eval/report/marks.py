"""Where a text says a phrase, so that it can be highlighted: the same sense of "says" as `eval.matching.holds`."""

import functools
import re
from collections.abc import Iterable, Sequence

from markupsafe import Markup

from eval.matching import DASHES, MARKS, QUOTATION_MARKS, STOPS, normalise

__all__ = ["highlighted", "spans"]

SPACE = rf"[\s{re.escape(MARKS)}]"
WRITTEN = {
    " ": f"{SPACE}+",
    "-": rf"[{re.escape(DASHES)}]{SPACE}*",
    "'": f"[{re.escape(QUOTATION_MARKS)}]",
    "%": r"\s*(?:%|\bper ?cent\b)",
}
"""How a character of a normalised phrase may stand in a text; a hyphen also at the end of a line."""


def spans(text: str, phrase: str) -> list[tuple[int, int]]:
    """Where a phrase stands in a text, from and to; whatever the case, line breaks, dashes and quotation marks."""
    pattern = _pattern(phrase)
    return [found.span() for found in pattern.finditer(text)] if pattern else []


def highlighted(text: str, wanted: Iterable[str], unwanted: Iterable[str] = ()) -> Markup:
    """A text as HTML, escaped, with <mark> around every wanted phrase and <mark class="bad"> around unwanted ones."""
    bad = _joined([span for phrase in unwanted for span in spans(text, phrase)])
    good = _joined([span for phrase in wanted for span in spans(text, phrase)])
    good = [one for one in good if not any(one[0] < end and start < one[1] for start, end in bad)]
    parts, at = [], 0
    for start, end, opening in sorted([*((*one, "<mark>") for one in good), *((*one, BAD) for one in bad)]):
        parts += [Markup.escape(text[at:start]), Markup(opening), Markup.escape(text[start:end]), Markup("</mark>")]
        at = end
    return Markup("").join([*parts, Markup.escape(text[at:])])


BAD = '<mark class="bad">'


@functools.lru_cache(maxsize=4096)
def _pattern(phrase: str) -> re.Pattern[str] | None:
    wanted = normalise(phrase).rstrip(STOPS)
    if not wanted:
        return None
    # As in `holds`: from where a word begins, and a whole number where it begins or ends with one.
    left = r"(?<![^\W_])(?<!\d[.,])" if wanted[0].isalnum() else ""
    right = r"(?!\d|[.,]\d)" if wanted[-1].isdigit() else ""
    body = "".join(WRITTEN.get(character) or re.escape(character) for character in wanted)
    return re.compile(left + body + right, re.IGNORECASE)


def _joined(found: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans in order, those that overlap as one."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
