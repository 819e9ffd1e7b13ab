"""The index made ready: whether it can answer as it is, and brought up to date before it is opened where it cannot."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from assistant.errors import DamagedIndexError
from assistant.index.state import fingerprint, load_state
from assistant.index.update import Progress, Report, update_index
from assistant.reading.corpus import find_files
from assistant.settings import DEFAULT_CORPUS, Settings

__all__ = ["is_current", "opened", "refresh"]

Opened = TypeVar("Opened")


def is_current(settings: Settings) -> bool:
    """Whether the index can answer as it is: made under these settings, the corpus and what was added unchanged since.

    An index that was made of other letters only (`assistant index PATH --only`) is left as it is, unless the corpus
    was named by a setting.
    """
    state = load_state(settings.index_dir)
    if state is None or state.fingerprint != fingerprint(settings):
        return False
    root = settings.corpus_dir.expanduser().resolve()
    if str(root) not in state.roots:
        return bool(state.roots) and root == DEFAULT_CORPUS.resolve()
    added = settings.adding_dir.expanduser().resolve()
    files = {str(f.resolve()): f for f in (*find_files(root), *find_files(added, maybe_none=True))}
    known = state.files | state.failed
    held = {path for path in known if Path(path).is_relative_to(root) or Path(path).is_relative_to(added)}
    return held == set(files) and all(known[path].holds(file) for path, file in files.items())


def refresh(settings: Settings, progress: Progress = lambda _what, _done, _all: None) -> Report:
    """Make the index one that can answer (`is_current`), whatever it is made of and whatever befell it.

    An index of other letters only stays one: where the corpus is the default one and none of it, its own folders count.

    Args:
        settings: Where it lies, and under which settings it is to be made.
        progress: Told of each step.

    Returns:
        What was done.

    Raises:
        AssistantError: As for `update_index`.
    """
    state = load_state(settings.index_dir)
    corpus = settings.corpus_dir.expanduser().resolve()
    roots = state.roots if state else []
    own = corpus == DEFAULT_CORPUS.resolve() and str(corpus) not in roots
    paths = [Path(root) for root in roots if Path(root).exists()] if own else []
    stale = state is not None and state.fingerprint != fingerprint(settings)
    return update_index(settings, paths, rebuild=stale, progress=progress)


def opened(
    settings: Settings, opening: Callable[[Settings], Opened], progress: Progress = lambda _what, _done, _all: None
) -> Opened:
    """Open the index, making it first where it is missing or stale, and anew where it is damaged.

    Args:
        settings: Where it lies, and under which settings it is to be made.
        opening: Opens it (`Catalogue`, `Assistant`).
        progress: Told of each step of the making.

    Raises:
        AssistantError: As for `update_index`, or if it cannot be opened all the same.
    """
    if not is_current(settings):
        refresh(settings, progress)
    try:
        return opening(settings)
    except DamagedIndexError:
        refresh(settings, progress)
        return opening(settings)
