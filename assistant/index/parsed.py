"""Letters as parsed, kept with their passages: one JSON file a letter."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from assistant.errors import DamagedIndexError
from assistant.letters.letter import Letter
from assistant.stores.passages import Passage

__all__ = ["drop_letters", "load_letter", "save_letter"]

Row = tuple[str, int, int, int, tuple[str, ...]]  # passage_id, start, end, n_tokens, paragraph_ids


@cache
def _adapter() -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(tuple[Letter, list[Row]])


def save_letter(folder: Path, letter: Letter, passages: Iterable[Passage]) -> None:
    """Keep a letter as parsed, with its passages."""
    rows = [(p.passage_id, p.start, p.end, p.n_tokens, p.paragraph_ids) for p in passages]
    file = _file(folder, letter.letter_id)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(_adapter().dump_json((letter, rows)))


def load_letter(folder: Path, letter_id: str, names: Sequence[str] = ()) -> tuple[Letter, list[Passage]]:
    """A letter as parsed, and its passages.

    Args:
        folder: Of the generation.
        letter_id: Which letter.
        names: Base names of the files that hold it now, the one it was read from first.

    Raises:
        DamagedIndexError: If it is not there or damaged.
    """
    file = _file(folder, letter_id)
    try:
        letter, rows = _adapter().validate_json(file.read_bytes())
    except (OSError, ValueError):
        raise DamagedIndexError(file.name) from None
    if names:
        letter = replace(letter, file=names[0], files=tuple(names))
    return letter, list(_passages(letter, rows))


def drop_letters(folder: Path, letter_ids: Collection[str]) -> None:
    """Forget letters as parsed."""
    for letter_id in letter_ids:
        _file(folder, letter_id).unlink(missing_ok=True)


def _file(folder: Path, letter_id: str) -> Path:
    return folder / "letters" / f"{letter_id}.json"


def _passages(letter: Letter, rows: Iterable[Row]) -> Iterator[Passage]:
    for passage_id, start, end, n_tokens, paragraph_ids in rows:
        section = next(section for section in letter.sections if section.start <= start < section.end)
        yield Passage(
            passage_id,
            letter.letter_id,
            letter.file,
            section.heading,
            section.kind,
            paragraph_ids,
            start,
            end,
            letter.text[start:end],
            n_tokens,
        )
