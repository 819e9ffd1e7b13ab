"""`kill -9` at random moments of indexing, updating, removing and rebuilding."""

import os
import random
import shutil
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from assistant.embedding.store import PASSAGES
from assistant.errors import IndexStateError
from assistant.index.update import update_index
from eval.faults.contents import Contents, contents, left_over
from eval.faults.ground import Ground
from eval.faults.outcome import Outcome

__all__ = ["WORK", "kills"]

WORK = ("index", "update", "remove", "rebuild")
"""What is interrupted: a first index, an update of everything that can change, the removal of letters, a rebuild."""


def kills(
    ground: Ground, trials: int, chance: random.Random, told: Callable[[str], None], works: Sequence[str] = WORK
) -> list[Outcome]:
    """Kill a command at random moments between its first write and its end, and look at what it left.

    What is left must be the index as it was before or as it is after, never between; and the next `assistant index`
    must make of it what a fresh index is, with nothing left over.

    Args:
        ground: Where.
        trials: How often, over all kinds of work.
        chance: Gives the moments.
        told: Is told how far it is.
        works: Of `WORK`.
    """
    outcomes = []
    for at, work in enumerate(works):
        outcome = Outcome(f"`kill -9` during: {work}")
        first, last = _times(ground, work)
        for trial in range(trials // len(works) + (at < trials % len(works))):
            _prepare(ground, work)
            _killed(ground, work, chance.uniform(first, last))
            outcome.add(*_left(ground, work))
            told(f"{work}: {trial + 1} killed")
        outcomes.append(outcome)
    return outcomes


def _prepare(ground: Ground, work: str) -> None:
    ground.start_from("nothing" if work == "index" else "before")
    ground.lay_out("after")
    if work == "remove":
        ground.lay_out("before")
        for name in sorted(path.name for path in ground.letters.iterdir())[::2]:
            (ground.letters / name).unlink()


def _command(work: str) -> tuple[str, ...]:
    return ("index", "--rebuild") if work == "rebuild" else ("index",)


def _times(ground: Ground, work: str) -> tuple[float, float]:
    """Seconds from the start of a command to its first write, and to its end."""
    _prepare(ground, work)
    there = set(ground.index.iterdir())
    started, first = time.perf_counter(), None
    process = ground.start(*_command(work))
    while process.poll() is None:
        if first is None and set(ground.index.glob("generation-*")) - there:
            first = time.perf_counter() - started
        time.sleep(0.005)
    process.communicate()
    last = time.perf_counter() - started
    return (first or last) * 0.9, last


def _killed(ground: Ground, work: str, seconds: float) -> None:
    process = ground.start(*_command(work))
    time.sleep(seconds)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def _left(ground: Ground, work: str) -> tuple[str, list[str]]:
    """What a killed command left, and what is wrong with it."""
    settings, lost = ground.settings, []
    before = None if work == "index" else ground.right["before"]
    begun = bool(left_over(settings)) if ground.index.exists() else False
    try:
        found = contents(settings)
    except IndexStateError as error:
        found = None
        if "there is no index" not in str(error):
            lost.append(f"{work}: {error}")
    update_index(settings)
    healed = contents(settings)
    fresh = ground.right["after"] if work != "remove" else _fresh(ground)
    done = found is not None and not found.differs(fresh)
    stood = not found.differs(before) if found and before else found is before
    if not (done or stood):
        lost.append(f"{work}: half of it was in force")
    lost += [f"{work}: {part} not those of a fresh index" for part in healed.differs(fresh)]
    lost += [f"{work}: {name} was left over" for name in left_over(settings)]
    seen = "done already" if done else "as it was before, in the middle" if begun else "as it was before"
    return seen, lost


def _fresh(ground: Ground) -> Contents:
    """The contents of an index that is made at once of the letters as they are."""
    if "removed" not in ground.right:
        settings = ground.settings
        other = settings.model_copy(update={"index_dir": ground.folder / "fresh"})
        other.index_dir.mkdir()
        # The same embeddings: encoded in another batch they differ in the sixth decimal, and when rounded by more.
        shutil.copy(ground.index / PASSAGES, other.index_dir)
        update_index(other)
        ground.right["removed"] = contents(other)
    return ground.right["removed"]
