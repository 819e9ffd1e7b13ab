"""The store that the settings name."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from assistant.errors import DamagedIndexError
from assistant.settings import Settings
from assistant.stores.embedded import EmbeddedStore
from assistant.stores.filters import Facts
from assistant.stores.store import Store

__all__ = ["lost", "made_of", "open_store", "own_folder", "reached", "sweep"]

EMBEDDED = ("chroma", "lexical")  # folders of a generation
SCHEMA = 1  # of a server's collection: an index with another one is made anew


def open_store(
    settings: Settings,
    folder: Path,
    letters: Mapping[str, Facts] = MappingProxyType({}),
    sizes: Mapping[str, int] = MappingProxyType({}),
) -> Store:
    """The store that the settings name, of one generation.

    Args:
        settings: Which store, and where it is.
        folder: The generation.
        letters: What each letter can be filtered by, where passages are to be searched for.
        sizes: Number of passages of each letter, likewise.

    Raises:
        IndexStateError: If it cannot be opened.
    """
    if settings.store == "embedded":
        return EmbeddedStore(folder, letters, sizes)
    from assistant.stores.milvus import MilvusStore

    return MilvusStore(settings, folder, letters)


def made_of(settings: Settings) -> str:
    """What of a store an index depends on: a server's rows and counts are made with the synonym table."""
    if settings.store == "embedded":
        return settings.store
    from assistant.stores.bm25 import table_digest

    return f"{settings.store} {SCHEMA} {table_digest()}"


def own_folder(settings: Settings) -> tuple[str, ...]:
    """What of a generation the store writes to even when it is only read."""
    return EMBEDDED if settings.store == "embedded" else ()


def lost(settings: Settings, folder: Path) -> str:
    """What a server no longer holds of a generation; empty if it holds all of it.

    Args:
        settings: Which store, and where it is.
        folder: The generation.

    Raises:
        StoreError: If the server cannot be reached.
    """
    if settings.store == "embedded":
        return ""
    try:
        open_store(settings, folder).close()
    except DamagedIndexError as error:
        return error.what
    return ""


def reached(settings: Settings) -> str:
    """Where passages are kept, in words.

    Args:
        settings: Which store, and where it is.

    Raises:
        StoreError: If it is on a server that cannot be reached or used.
    """
    if settings.store == "embedded":
        return "embedded: Chroma and tantivy, in the index's folder"
    from assistant.stores import connection

    return connection.reached(settings)


def sweep(settings: Settings, generations: Iterable[Path]) -> None:
    """Delete from a server what no generation of an index names any more.

    Args:
        settings: Which store, and where it is.
        generations: The folders of all generations that may still be read.

    Raises:
        StoreError: If the server cannot be reached; nothing is lost then.
    """
    if settings.store == "milvus":
        from assistant.stores import versions

        versions.sweep(settings, generations)
