"""Which rows of a Milvus collection are an index's own: the versions of letters that each generation names.

What is about to be written is noted first; what no generation names any more is deleted by `sweep`.
"""

import json
import os
from collections.abc import Iterable, Mapping
from itertools import groupby
from pathlib import Path

from assistant.errors import DamagedIndexError
from assistant.settings import Settings
from assistant.stores.bm25 import Counts
from assistant.stores.connection import calling, connected
from assistant.stores.expressions import among, in_parts
from assistant.system.files import write_whole

__all__ = ["JOURNAL", "RECORD", "note", "read_versions", "sweep", "write_versions"]

RECORD = "milvus.json"
"""The file, in a generation, that names its collection and versions."""
JOURNAL = "milvus.log"
"""The file, in the index, of every version ever written: so what a broken run left is found again."""
COUNTS = "words.json"  # in a generation: what BM25 counts


def read_versions(folder: Path) -> tuple[str, dict[str, str], Counts]:
    """The collection, the version of each letter, and the counts; nothing where a generation begins."""
    record = folder / RECORD
    if not record.is_file():
        return "", {}, Counts()
    try:
        kept, counted = json.loads(record.read_text("utf-8")), json.loads((folder / COUNTS).read_text("utf-8"))
        counts = Counts(counted["passages"], counted["stems"])
        counts.holding.update(counted["holding"])
        return str(kept["collection"]), dict(kept["versions"]), counts
    except (OSError, ValueError, KeyError, TypeError):
        raise DamagedIndexError(str(record)) from None


def write_versions(folder: Path, collection: str, versions: Mapping[str, str], counts: Counts) -> None:
    """Write down what is a generation's own.

    Args:
        folder: The generation.
        collection: Its collection.
        versions: The version of each letter.
        counts: Of all its passages.
    """
    kept = {"collection": collection, "versions": dict(versions)}
    (folder / RECORD).write_text(json.dumps(kept), encoding="utf-8")
    counted = {"passages": counts.passages, "stems": counts.stems, "holding": counts.holding}
    (folder / COUNTS).write_text(json.dumps(counted), encoding="utf-8")


def note(index: Path, lines: Iterable[str]) -> None:
    """Write down what is about to be written to the server, before it is."""
    with (index / JOURNAL).open("a", encoding="utf-8") as journal:
        journal.writelines(f"{line}\n" for line in lines)
        journal.flush()
        os.fsync(journal.fileno())


def sweep(settings: Settings, generations: Iterable[Path]) -> None:
    """Delete from the server what no generation of this index names: earlier versions, and what a broken run left.

    Args:
        settings: Where the index and the server are.
        generations: The folders of all generations that may still be read.

    Raises:
        StoreError: If the server cannot be reached; then nothing is lost, and the next update tries again.
    """
    journal = settings.index_dir / JOURNAL
    if not journal.is_file():
        return
    written = journal.read_text("utf-8")
    noted = dict.fromkeys(tuple(line.split(" ")) for line in written.splitlines())
    alive: set[tuple[str, ...]] = set()
    for generation in generations:
        collection, versions, _ = read_versions(generation)
        alive |= {(collection, ""), *((collection, version) for version in versions.values())}
    dead = [entry for entry in noted if entry not in alive and len(entry) == 2]
    kept = "".join(f"{' '.join(entry)}\n" for entry in noted if entry in alive)
    if kept == written:
        return
    client = connected(settings)
    try:
        for collection, of_it in groupby(sorted(dead), key=lambda entry: entry[0]):
            gone = [version for _, version in of_it]
            with calling(settings) as patience:
                if not client.has_collection(collection, **patience):
                    continue
                if "" in gone:
                    client.drop_collection(collection, **patience)
                    continue
                for some in in_parts(gone):
                    client.delete(collection, filter=among("version", some), **patience)
    finally:
        client.close()
    write_whole(journal, kept.encode())
