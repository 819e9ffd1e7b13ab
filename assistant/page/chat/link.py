"""Links that ask a question again: `/?q=...&year=2019&authority=Swindon&kind=focused%20visit`.

A link holds what the answer depends on: the question, the filters, and the earlier questions where it is a follow-up.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, urlencode

from assistant.errors import FilterError
from assistant.letters.letter import Letter
from assistant.page.chat.conversation import FOLLOWED, Turn
from assistant.questions.scope import Filters, checked_filters

__all__ = ["Linked", "link_for", "linked", "years_of"]

MOST_FIELDS = 600  # values in a link: there are some 150 authorities
SHOWN = 60  # characters of a value that is repeated in a message


@dataclass(frozen=True, slots=True)
class Linked:
    """What a link asks for.

    Attributes:
        turn: To be asked; its question is empty where the link only chooses filters.
        problem: What is wrong with the link, one sentence, or "". Then nothing is asked.
    """

    turn: Turn
    problem: str = ""


def link_for(turn: Turn) -> str:
    """The address, below the page's own, that asks a turn's question again."""
    filters = turn.filters
    fields: list[tuple[str, object]] = [("q", turn.question)]
    fields += [("year", year) for year in filters.years]
    fields += [("authority", name) for name in filters.authorities]
    fields += [("kind", kind) for kind in filters.kinds]
    fields += [("after", question) for question in turn.history]
    fields += [("widened", "yes")] if filters.widened else []
    fields += [("page", turn.page)] if turn.page > 1 else []
    return f"/?{urlencode(fields)}"


def linked(query: str, letters: Sequence[Letter], longest: int) -> Linked:
    """Read a link.

    Args:
        query: What follows the question mark, or begins with it. Fields that mean nothing here are left alone.
        letters: Those that are held; a filter must be true of one of them.
        longest: Most characters of a question.
    """
    try:
        fields = parse_qs(query.removeprefix("?"), max_num_fields=MOST_FIELDS)
    except ValueError:
        return Linked(Turn(""), "This link asks for too much at once. Please type the question instead.")
    question = " ".join(fields.get("q", [""])[0].split())
    turn = Turn(question[:longest], history=_earlier(fields.get("after", []), longest))
    if len(question) > longest:
        return Linked(turn, f"The question in this link has {len(question):,} characters; the most is {longest:,}.")
    try:
        filters = _filters(fields, letters)
    except FilterError as error:
        return Linked(turn, f"This link asks for {error}. Choose again below your question and press Ask.")
    page = fields.get("page", ["1"])[0]
    return Linked(replace(turn, filters=filters, page=int(page) if page.isdecimal() and len(page) < 5 else 1))


def years_of(letters: Sequence[Letter]) -> set[int]:
    """The years in which letters were published or their inspections took place."""
    return {year for letter in letters for year in letter.years()}


def _earlier(questions: Sequence[str], longest: int) -> tuple[str, ...]:
    return tuple(" ".join(question.split())[:longest] for question in questions)[-FOLLOWED:]


def _filters(fields: dict[str, list[str]], letters: Sequence[Letter]) -> Filters:
    held = years_of(letters)
    for year in fields.get("year", []):
        if not (year.isdecimal() and len(year) == 4 and int(year) in held):
            raise FilterError(f"the year “{_short(year)}”, and no letter here is of that year")
    authorities, kinds = fields.get("authority", []), fields.get("kind", [])
    for name in authorities:
        if not _known(letters, authorities=[name]):
            raise FilterError(f"the authority “{_short(name)}”, and no letter here is about it")
    for kind in kinds:
        if not _known(letters, kinds=[kind]):
            raise FilterError(f"the kind of document “{_short(kind)}”, and no letter here is one")
    found = checked_filters(authorities, [int(year) for year in fields.get("year", [])], kinds, letters)
    return replace(
        found,
        authorities=tuple(dict.fromkeys(found.authorities)),
        years=tuple(dict.fromkeys(found.years)),
        kinds=tuple(dict.fromkeys(found.kinds)),
        widened=fields.get("widened", [""])[0] == "yes",
    )


def _known(letters: Sequence[Letter], authorities: Sequence[str] = (), kinds: Sequence[str] = ()) -> bool:
    try:
        found = checked_filters(authorities, (), kinds, letters)
    except FilterError:
        return False
    held = {letter.kind for letter in letters}
    return all(kind in held for kind in found.kinds)


def _short(value: str) -> str:
    line = " ".join(value.split())
    return line if len(line) <= SHOWN else f"{line[:SHOWN]}…"
