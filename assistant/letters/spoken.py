"""Letters and their dates as people speak of them: "Ofsted, focused visit letter, 1 March 2019"."""

from assistant.letters.dates import MONTHS
from assistant.letters.inspectorates import OTHER, kind_called
from assistant.letters.letter import Letter

__all__ = ["describe", "spoken_date", "spoken_period"]


def spoken_date(iso: str | None) -> str:
    """An ISO date, full or reduced, as people write it: "1 March 2019", "July 2024", "2024" or ""."""
    if not iso:
        return ""
    parts = [int(part) for part in iso.split("-")]
    words = [str(parts[0])]
    if len(parts) > 1:
        words.insert(0, MONTHS[parts[1] - 1])
    if len(parts) > 2:
        words.insert(0, str(parts[2]))
    return " ".join(words)


def spoken_period(first: str | None, last: str | None) -> str:
    """A period in words; what both days share is said once ("28 June to 2 July 2019")."""
    if not (first and last) or first == last:
        return spoken_date(first or last)
    begin, end = spoken_date(first).split(), spoken_date(last).split()
    if len(begin) == len(end):
        while begin[-1] == end[len(begin) - 1]:
            begin.pop()
    return f"{' '.join(begin)} to {' '.join(end)}"


def describe(letter: Letter) -> str:
    """Who is speaking, in words: "Ofsted, focused visit letter, 1 March 2019"."""
    noun = "document" if letter.kind == OTHER else kind_called(letter.kind) or letter.kind
    if letter.published:
        when = spoken_date(letter.published)
    elif letter.visit_end:
        when = f"inspected {spoken_date(letter.visit_end)}"
    else:
        when = "undated"
    return ", ".join(part for part in (letter.issuer or "Issuer unknown", noun, when) if part)
