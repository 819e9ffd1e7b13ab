"""Splitting running text into sentences, by offsets, so that a sentence can be quoted where it stands."""

import re

__all__ = ["split_sentences"]

# A full stop, question or exclamation mark (with closing quotes or brackets), then white space and something that
# can begin a sentence. A line break between paragraphs always ends one.
END = re.compile(r"[.!?][\"'”’)\]]*(?=\s+[\"'“‘(\[]?[A-Z0-9])|\n\n")

# A full stop behind these does not end a sentence.
ABBREVIATION = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|No|Nos|para|paras|p|pp|vs|cf|etc|i\.e|e\.g|Cllr|Rev|Sir|approx|fig)"
    r"|\b[A-Z])\.$"
)


def split_sentences(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """Offsets of the sentences of `text[start:end]`, white space trimmed, in order.

    Args:
        text: Any text.
        start: Where to begin.
        end: Where to stop; the text's end by default.

    Returns:
        Half-open spans; together they hold every character that is not white space.
    """
    end = len(text) if end is None else end
    spans = []
    begin = start
    for match in END.finditer(text, start, end):
        if match.group() != "\n\n" and ABBREVIATION.search(text, max(start, match.start() - 8), match.start() + 1):
            continue
        spans.append((begin, match.end()))
        begin = match.end()
    spans.append((begin, end))
    return [trimmed for span in spans if (trimmed := _trim(text, *span))]


def _trim(text: str, start: int, end: int) -> tuple[int, int] | None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end) if start < end else None
