"""`python -m eval.scale`: what a million passages and more would take, reckoned from an index that is here.

python -m eval.scale --index DIR          # an embedded index of some hundred letters
python -m eval.scale --index DIR --docs   # also writes the table into docs/how-to/scale.md

Nothing of this was run at that size. What is measured is measured on this machine, once; what follows is arithmetic.
"""

import argparse
import math
import os
import platform
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from assistant.embedding.embedder import Embedder
from assistant.errors import AssistantError
from assistant.index.catalogue import Catalogue, Index
from assistant.index.generation import hold
from assistant.index.state import fingerprint
from assistant.settings import load_settings
from assistant.stores.bm25 import body
from assistant.stores.milvus import LINKS
from assistant.stores.passages import headed
from eval.marks import write_between

__all__ = ["Sizes", "main", "table"]

DOCS = Path(__file__).parent.parent / "docs" / "how-to" / "scale.md"
BEGIN, END = "<!-- sizes: written by python -m eval.scale -->\n", "<!-- end of sizes -->\n"
MILLIONS = (1, 5, 20)
SAMPLE = 1_000  # passages, spread over the letters, that are encoded to see how fast it goes
POSTING = 8  # bytes of a token in a sparse vector: its number and its weight
LINK = 4  # bytes of a link in the graph, of which the lowest level has twice LINKS a vector
FULL = 0.9  # of the query nodes' memory may be taken up: Milvus's published limit
NODE = 64  # gigabytes of memory of the query nodes reckoned with
COPIES = 2  # on disk: while segments are merged, both the old and the new ones are there


@dataclass(frozen=True, slots=True)
class Sizes:
    """What was measured of an index.

    Attributes:
        letters: How many it holds.
        passages: How many it holds.
        dimensions: Of a vector.
        text: Bytes of the words of a passage, mean.
        body: Bytes of what is searched of a passage, mean.
        tokens: Different tokens of a passage, mean.
        lexical: Bytes of the BM25 index, for each passage.
        worker: Bytes of memory that a web worker needs for each letter, where a server keeps the passages.
        opening: Seconds that opening takes for each letter.
        encoding: Passages encoded in a second, on all cores.
    """

    letters: int
    passages: int
    dimensions: int
    text: float
    body: float
    tokens: float
    lexical: float
    worker: float
    opening: float
    encoding: float


def measured(folder: Path) -> Sizes:
    """Open an embedded index and measure it.

    Args:
        folder: The index.

    Raises:
        AssistantError: If it cannot be opened.
    """
    settings = load_settings(index_dir=folder)
    embedder = Embedder(settings)
    embedder.passages(["warm"])  # the model is the same however many letters there are
    before, started = _resident(), time.perf_counter()
    with Catalogue(settings):  # what a worker holds itself; the rest is the server's
        opening = time.perf_counter() - started
        grown = _resident() - before
    with closing(Index(settings, embedder)) as index:
        by_id = {letter.letter_id: letter for letter in index.letters}
        passages = list(index.passages.values())
        texts = [headed(by_id[passage.letter_id], passage) for passage in passages]
        bodies = [body(text) for text in texts]
        sample = texts[:: max(1, len(texts) // SAMPLE)]
        started = time.perf_counter()
        dimensions = embedder.passages(sample).shape[1]
        encoding = len(sample) / (time.perf_counter() - started)
        state, held = hold(folder, fingerprint(settings))
        held.close()
        files = [file for file in (folder / state.generation / "lexical").rglob("*") if file.is_file()]
    count = len(passages)
    return Sizes(
        letters=len(by_id),
        passages=count,
        dimensions=int(dimensions),
        text=sum(len(passage.text.encode()) for passage in passages) / count,
        body=sum(len(one.encode()) for one in bodies) / count,
        tokens=sum(len(set(one.split())) for one in bodies) / count,
        lexical=sum(file.stat().st_size for file in files) / count,
        worker=grown / len(by_id),
        opening=opening / len(by_id),
        encoding=encoding,
    )


def table(sizes: Sizes, millions: Sequence[int] = MILLIONS) -> str:
    """What so many million passages take, as a table in Markdown.

    Args:
        sizes: What was measured.
        millions: For which sizes.
    """
    head = ["", *(f"{number} million" for number in millions)]
    rows = [[name, *(reckon(number * 1e6) for number in millions)] for name, reckon in _rows(sizes)]
    lines = [head, ["---", *("---:" for _ in millions)], *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _rows(sizes: Sizes) -> Iterator[tuple[str, Callable[[float], str]]]:
    """What is reckoned, and how from a number of passages."""
    vector = 4 * sizes.dimensions
    graph = 2 * LINKS * LINK
    sparse = POSTING * sizes.tokens
    memory = vector + graph + sparse + sizes.lexical
    disk = COPIES * (2 * vector + graph + sparse + sizes.lexical + sizes.text + sizes.body)
    letters = sizes.letters / sizes.passages
    yield "letters, as long as those measured", lambda n: f"{n * letters:,.0f}"
    yield f"vectors ({sizes.dimensions} dimensions, {vector:,} bytes each)", lambda n: _gb(n * vector)
    yield f"their graph (HNSW, {LINKS} links, {graph} bytes each)", lambda n: _gb(n * graph)
    yield f"BM25's sparse vectors ({sparse:.0f} bytes each)", lambda n: _gb(n * sparse)
    yield f"words that can be looked up ({sizes.lexical:.0f} bytes each)", lambda n: _gb(n * sizes.lexical)
    yield "**memory of the query nodes, one copy**", lambda n: f"**{_gb(n * memory)}**"
    yield f"query nodes of {NODE} GB, {FULL:.0%} full", lambda n: f"{math.ceil(n * memory / FULL / (NODE * 1e9))}"
    yield f"text ({sizes.text:.0f} bytes each)", lambda n: _gb(n * sizes.text)
    yield "object storage, with room for merging", lambda n: _gb(n * disk)
    for machines in (1, 8, 32):
        such = f"{machines} machine{'s' * (machines > 1)} such as this"
        yield f"embedding, {such} ({sizes.encoding:.0f} passages a second)", partial(_hours, sizes.encoding * machines)
    yield (
        f"**memory of each web worker** ({sizes.worker / 1e3:.0f} kB a letter)",
        lambda n: f"**{_gb(n * letters * sizes.worker)}**",
    )
    yield "its start", lambda n: f"{n * letters * sizes.opening / 60:,.1f} min"


def _hours(rate: float, passages: float) -> str:
    return f"{passages / rate / 3600:,.1f} h"


def _gb(size: float) -> str:
    return f"{size / 1e9:,.1f} GB"


def _resident() -> int:
    """Bytes of memory that this process has."""
    status = Path("/proc/self/statm")
    if not status.is_file():
        raise AssistantError("the memory of a process is measured on Linux only")
    return int(status.read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _lines(sizes: Sizes) -> Iterator[str]:
    yield "\n"
    yield (
        f"Reckoned from {sizes.letters:,} letters with {sizes.passages:,} passages, on {platform.machine()} with"
        f" {os.cpu_count()} cores.\n\n"
    )
    yield table(sizes)
    yield "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure an index and print what more would take.

    Returns:
        0; 1 if the index cannot be measured.
    """
    parser = argparse.ArgumentParser("python -m eval.scale", description="What a million passages and more would take.")
    parser.add_argument("--index", type=Path, required=True, metavar="DIR", help="an embedded index of many letters")
    parser.add_argument("--docs", action="store_true", help="also write the table into the docs")
    options = parser.parse_args(arguments)
    try:
        written = "".join(_lines(measured(options.index)))
        if options.docs:
            write_between(DOCS, BEGIN, END, written)
    except (AssistantError, ValueError) as error:
        print(f"eval.scale: {error}", file=sys.stderr)
        return 1
    print(written.strip())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
