"""Files of the index that were spoilt: a changed byte, a cut, nothing left, gone, noise."""

import random
from collections.abc import Callable
from pathlib import Path

from assistant.index.update import update_index
from eval.faults.contents import contents, left_over
from eval.faults.ground import Ground
from eval.faults.outcome import Outcome

__all__ = ["KINDS", "damage"]


def _flip(file: Path, chance: random.Random) -> None:
    data = bytearray(file.read_bytes())
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    file.write_bytes(data)


def _cut(file: Path, chance: random.Random) -> None:
    file.write_bytes(file.read_bytes()[: chance.randrange(file.stat().st_size)])


def _noise(file: Path, chance: random.Random) -> None:
    file.write_bytes(chance.randbytes(file.stat().st_size))


def _empty(file: Path, _: random.Random) -> None:
    file.write_bytes(b"")


def _delete(file: Path, _: random.Random) -> None:
    file.unlink()


KINDS: dict[str, Callable[[Path, random.Random], None]] = {
    "a changed bit": _flip,
    "cut off": _cut,
    "noise": _noise,
    "emptied": _empty,
    "deleted": _delete,
}
"""What is done to a file."""


def damage(ground: Ground, trials: int, chance: random.Random, told: Callable[[str], None]) -> list[Outcome]:
    """Spoil a file of the index at random, ask, and index again.

    The answers must be those of before (the index was made anew, or what was spoilt did not matter) or there must be
    none and one line that says why; the next `assistant index` must make of it what a fresh index is; and the letters
    must be as they were.

    Args:
        ground: Where.
        trials: How often, over all kinds of damage.
        chance: Chooses the file and the place.
        told: Is told how far it is.
    """
    ground.lay_out("before")
    ground.start_from("before")
    _, right = ground.ask()
    outcomes = []
    for at, (kind, spoil) in enumerate(KINDS.items()):
        outcome = Outcome(f"a file of the index: {kind}")
        for trial in range(trials // len(KINDS) + (at < trials % len(KINDS))):
            ground.start_from("before")
            files = sorted(file for file in ground.index.rglob("*") if file.is_file() and file.stat().st_size)
            file = chance.choice(_by_kind(files, ground.index, chance))
            spoil(file, chance)
            outcome.add(*_asked(ground, right, f"{kind}, {file.relative_to(ground.index)}"))
            told(f"{kind}: {trial + 1} tried")
        outcomes.append(outcome)
    return outcomes


def _by_kind(files: list[Path], index: Path, chance: random.Random) -> list[Path]:
    """The files of one kind, each kind as likely as another: most files are letters, most bytes are Chroma's."""
    kinds: dict[tuple[str, ...], list[Path]] = {}
    for file in files:
        inside = file.relative_to(index).parts
        kinds.setdefault((*inside[1:-1][:1], file.suffix), []).append(file)
    return kinds[chance.choice(sorted(kinds))]


def _asked(ground: Ground, right: str, what: str) -> tuple[str, list[str]]:
    lost = []
    told, answers = ground.ask()
    if told.one_line and "damaged" in told.err:
        seen = "said in one line"
    elif answers == right:
        seen = "the same answers"
    else:
        seen = "otherwise"
        lost.append(f"{what}: {told.err.strip().splitlines()[-1:] or 'another answer'}")
    settings = ground.settings
    try:
        update_index(settings)
        differing = contents(settings).differs(ground.right["before"])
        lost += [f"{what}: {part} not those of a fresh index" for part in differing]
        lost += [f"{what}: {name} was left over" for name in left_over(settings)]
    except Exception as error:
        lost.append(f"{what}: {type(error).__name__}: {error}")
    if not ground.letters_are("before"):
        lost.append(f"{what}: the letters were touched")
    return seen, lost
