"""Generations: the stores of an index as they were after one update, in a folder that is never changed again.

An update writes a new generation beside the one in force, and the record of the index names it when all is done. So
whatever ends an update (a kill, a full disk, a power cut) leaves the index as it was, and whoever reads goes on
reading what it opened. One process writes at a time; any number read.

What one Chroma writes, another that has it open would answer wrongly from, and even one that only reads writes to what
was not yet brought to rest: see `VectorIndex.settle`.
"""

import secrets
import shutil
import sqlite3
import time
from collections.abc import Mapping
from contextlib import closing, suppress
from hashlib import blake2b
from pathlib import Path
from typing import Any

from assistant.errors import DamagedIndexError, IndexStateError
from assistant.index.database import address
from assistant.index.state import State, difference, load_state
from assistant.system.seal import broken, seal

__all__ = ["begin", "damage", "discard", "hold", "locked", "sealed", "tidy", "writing"]

PREFIX = "generation-"
LOCK = "lock"
CHROMA = "chroma/chroma.sqlite3"
TABLES = ("collections", "segments", "embeddings", "embedding_metadata", "embeddings_queue", "max_seq_id")
BEFORE_GENERATIONS = ("chroma", "lexical", "letters")  # where indexes up to schema 10 had their stores
PATIENCE, PAUSE = 2.0, 0.05  # seconds
TRIES = 20  # to open what another process replaces at that very moment


def begin(folder: Path, earlier: str = "") -> Path:
    """A new generation, a copy of an earlier one or empty. Nobody reads it before it is in force.

    Args:
        folder: The index.
        earlier: Name of the generation to begin with.

    Raises:
        OSError: If there is no room for it.
    """
    new = folder / f"{PREFIX}{secrets.token_hex(4)}"
    try:
        if earlier:
            shutil.copytree(folder / earlier, new, ignore=shutil.ignore_patterns("state.json"))
        else:
            new.mkdir(parents=True)
        (new / LOCK).touch()
    except BaseException:
        shutil.rmtree(new, ignore_errors=True)
        raise
    return new


def sealed(generation: Path) -> dict[str, str]:
    """The seal of a generation that is complete: of its files, and of what is in Chroma's database.

    That database is no file that stays the same: each Chroma that opens it leaves a line in it.
    """
    files = seal(generation, without=(LOCK, "state.json", Path(CHROMA).name))
    return {**files, CHROMA: _rows(generation / CHROMA)} if (generation / CHROMA).exists() else files


def damage(folder: Path, state: State, *, thorough: bool = False) -> str:
    """What of the generation in force is not as it was written; empty if all is.

    Args:
        folder: The index.
        state: Its record.
        thorough: Also go through Chroma's database, row by row. Without it, what is missing there is noticed when it
            is looked for.
    """
    files = {name: digest for name, digest in state.seal.items() if name != CHROMA}
    database = folder / state.generation / CHROMA
    found = broken(folder / state.generation, files)
    if found or CHROMA not in state.seal:
        return found
    if not database.is_file() or (thorough and state.seal[CHROMA] != _rows(database)):
        found = CHROMA
    return found


def _rows(database: Path) -> str:
    """A digest of all that Chroma's database says of passages; empty where it is damaged."""
    digest = blake2b(digest_size=32)
    try:
        with closing(sqlite3.connect(address(database.absolute(), "mode=ro"), uri=True)) as opened:
            if opened.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                return ""
            for table in TABLES:
                for row in opened.execute(f"SELECT * FROM {table} ORDER BY rowid"):
                    digest.update(repr(row).encode("utf-8", "surrogatepass"))
    except (sqlite3.Error, OSError):
        return ""
    return digest.hexdigest()


def hold(folder: Path, made_under: Mapping[str, Any]) -> tuple[State, Any]:
    """The record of an index, and its generation kept from being deleted until what is given back is closed.

    Args:
        folder: The index.
        made_under: The fingerprint that it must have.

    Raises:
        IndexStateError: If there is no index, or it was made under other settings.
        DamagedIndexError: If its generation is not there.
    """
    generation = ""
    for _ in range(TRIES):
        state = load_state(folder)
        if state is None:
            raise IndexStateError(f"there is no index in {folder}; run: assistant index")
        if state.fingerprint != made_under:
            raise IndexStateError(
                f"the index in {folder} was made under other settings"
                f" ({difference(state.fingerprint, made_under)}); run: assistant index --rebuild"
            )
        generation = state.generation
        try:
            held = locked(folder / generation / LOCK, exclusive=False)
        except OSError:
            continue
        if held is not None:
            now = load_state(folder)
            if now is not None and now.generation == generation:
                return now, held
            held.close()
    raise DamagedIndexError(str(folder / generation))


def discard(folder: Path, kept: str) -> list[Path]:
    """Delete all generations but one, as far as nobody reads them; they are tried again after the next update.

    Args:
        folder: The index; its lock is held.
        kept: Name of the generation in force.

    Returns:
        Those that are still there.
    """
    for name in BEFORE_GENERATIONS:
        shutil.rmtree(folder / name, ignore_errors=True)
    for other in folder.glob(f"{PREFIX}*"):
        if other.name == kept:
            continue
        held = None
        with suppress(OSError):
            held = locked(other / LOCK, exclusive=True)
            if held is None:
                continue  # somebody reads it
        shutil.rmtree(other, ignore_errors=True)
        if held is not None:
            held.close()
    return list(folder.glob(f"{PREFIX}*"))


def tidy(folder: Path) -> None:
    """Delete what is no longer in force and read by nobody, unless the index is being written just now.

    For whoever has let go of a generation: what was taken out of the letters should not lie on the disk any longer.

    Args:
        folder: The index.
    """
    with suppress(IndexStateError):
        state = load_state(folder)
        if state and any(other.name != state.generation for other in folder.glob(f"{PREFIX}*")):
            with closing(writing(folder, patience=0)):
                now = load_state(folder)
                if now and now.generation:
                    discard(folder, now.generation)


def writing(folder: Path, patience: float = PATIENCE) -> Any:
    """The right to write an index: the operating system takes it back when its owner ends, however that happens.

    Args:
        folder: The index.
        patience: Seconds to wait for another process that only tidies up.

    Raises:
        IndexStateError: If the folder cannot be used, or another process writes the index.
    """
    until = time.monotonic() + patience
    try:
        folder.mkdir(parents=True, exist_ok=True)
        held = locked(folder / LOCK, exclusive=True, made=True)
        while held is None and time.monotonic() < until:
            time.sleep(PAUSE)
            held = locked(folder / LOCK, exclusive=True, made=True)
    except OSError as error:
        reason = "it is a file, not a folder" if folder.is_file() else error.strerror
        raise IndexStateError(f"{folder} cannot be used for the index ({reason}); set ASSISTANT_INDEX_DIR") from None
    if held is None:
        raise IndexStateError(f"the index in {folder} is being written by another process; try again when it has ended")
    return held


def locked(file: Path, *, exclusive: bool, made: bool = False) -> Any:
    """A lock on a file, or None where another process has it. It is let go with `close`, and when its owner ends.

    Args:
        file: What is locked.
        exclusive: Nobody else may have it; else others may share it.
        made: Make the file if it is missing.

    Raises:
        OSError: If the file cannot be opened.
    """
    import portalocker

    opened = file.open("a+" if made else "r+" if exclusive else "r")
    kind = portalocker.LockFlags.EXCLUSIVE if exclusive else portalocker.LockFlags.SHARED
    try:
        portalocker.lock(opened, kind | portalocker.LockFlags.NON_BLOCKING)
    except (portalocker.LockException, portalocker.AlreadyLocked):
        with suppress(OSError):
            opened.close()
        return None
    return opened
