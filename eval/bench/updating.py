"""Updating: what a change of the letters costs, since an update writes a new generation of the whole index.

On a copy of an index, beside reading every file of it once and beside copying them: an update compares each file with
its seal, and copies the stores.
"""

import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from assistant.index.catalogue import Catalogue
from assistant.index.state import load_state
from assistant.index.update import update_index
from assistant.settings import Settings, load_settings
from eval.bench.figures import Figure

__all__ = ["measure"]

TIMES = 3
NEW_NAME = "Anyborough"  # no authority: a letter about it is a copy of none


def measure(index: Path, show: Callable[[str], None]) -> list[Figure]:
    """Update a copy of an index three times each: nothing changed, a letter more, that letter gone. The median counts.

    Args:
        index: An index that is in step with its letters.
        show: Told what begins.
    """
    show("updating")
    with tempfile.TemporaryDirectory() as folder:
        own, more = Path(folder) / "index", Path(folder) / "more"
        shutil.copytree(index, own)
        more.mkdir()
        settings = load_settings(index_dir=own, adding_dir=more)  # of its kind, which may be empty
        with Catalogue(settings) as held:
            text = _another(held)
            size = f"{len(held.letters)} letters, {len(held.passages):,} passages"
        spent: dict[str, list[float]] = {"same": [], "more": [], "gone": [], "read": [], "copied": []}
        for number in range(TIMES):
            spent["read"].append(_read(own))
            spent["copied"].append(_copied(own, Path(folder) / "copy"))
            spent["same"].append(_updated(settings))
            file = more / f"more-{number}.txt"
            file.write_text(f"{text}\nNumber {number}\n", encoding="utf-8")
            spent["more"].append(_updated(settings))
            file.unlink()
            spent["gone"].append(_updated(settings))
    took = {what: sorted(times)[TIMES // 2] for what, times in spent.items()}
    part, read, copied = f"updating, {size}", "reading every file once", "copying every file"
    return [
        Figure(part, "nothing changed", took["same"], "s", took["same"] / took["read"], read),
        Figure(part, "one letter more", took["more"], "s", took["more"] / took["copied"], copied),
        Figure(part, "one letter gone", took["gone"], "s", took["gone"] / took["copied"], copied),
        Figure(part, read, took["read"], "s"),
        Figure(part, copied, took["copied"], "s"),
    ]


def _another(held: Catalogue) -> str:
    """The words of a letter as long as the middle one of an index, under another name."""
    letter = sorted(held.letters, key=lambda letter: len(letter.text))[len(held.letters) // 2]
    return letter.text.replace(letter.authority or "\0", NEW_NAME)


def _updated(settings: Settings) -> float:
    """Seconds that it takes to bring the index in step with all its folders."""
    state = load_state(settings.index_dir)
    roots = [Path(root) for root in state.roots] if state else []
    started = time.perf_counter()
    update_index(settings, [*(root for root in roots if root != settings.adding_dir), settings.adding_dir])
    return time.perf_counter() - started


def _read(folder: Path) -> float:
    started = time.perf_counter()
    for file in folder.rglob("*"):
        if file.is_file():
            file.read_bytes()
    return time.perf_counter() - started


def _copied(folder: Path, target: Path) -> float:
    started = time.perf_counter()
    shutil.copytree(folder, target)
    spent = time.perf_counter() - started
    shutil.rmtree(target)
    return spent
