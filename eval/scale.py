"""`python -m eval.scale`: what a million passages and more would take, reckoned from an index that is here.

python -m eval.scale --index DIR          # an embedded index of some hundred letters
python -m eval.scale --index DIR --docs   # also writes the table into docs/how-to/scale.md

What a web worker needs is measured at each size: the letters are written as many times over as it takes, and opened in
a process of its own. What the server needs is arithmetic, from what was measured here once.
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
from tempfile import TemporaryDirectory

from assistant.embedding.embedder import Embedder
from assistant.errors import AssistantError
from assistant.index.catalogue import Index
from assistant.index.generation import hold
from assistant.index.state import fingerprint
from assistant.settings import load_settings
from assistant.stores.bm25 import body
from assistant.stores.milvus import LINKS
from assistant.stores.passages import headed
from eval.enlarged import Worker, enlarged, measured_apart
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
        encoding: Passages encoded in a second, on all cores.
        workers: What a web worker was measured to need, for each of the sizes.
    """

    letters: int
    passages: int
    dimensions: int
    text: float
    body: float
    tokens: float
    lexical: float
    encoding: float
    workers: tuple[Worker, ...] = ()


def measured(folder: Path, millions: Sequence[float] = MILLIONS) -> Sizes:
    """Open an embedded index and measure it.

    Args:
        folder: The index.
        millions: Passages of the indexes that are made of it, to see what a web worker needs.

    Raises:
        AssistantError: If it cannot be opened.
    """
    settings = load_settings(index_dir=folder)
    embedder = Embedder(settings)
    with closing(Index(settings, embedder)) as index:
        by_id = index.by_id
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
        encoding=encoding,
        workers=tuple(_worker(folder, round(number * 1e6 / count * len(by_id))) for number in millions),
    )


def _worker(folder: Path, letters: int) -> Worker:
    """What a web worker needs of an index of so many letters, measured in a process of its own."""
    with TemporaryDirectory(prefix="large-", dir=folder.parent) as made:
        enlarged(folder, Path(made), letters)
        return measured_apart(Path(made))


def table(sizes: Sizes, millions: Sequence[float] = MILLIONS) -> str:
    """What so many million passages take, as a table in Markdown.

    Args:
        sizes: What was measured.
        millions: For which sizes.
    """
    head = ["", *(f"{number:g} million" for number in millions)]
    rows = [[name, *(reckon(number * 1e6) for number in millions)] for name, reckon in _rows(sizes)]
    rows += [[name, *map(told, sizes.workers)] for name, told in WORKER.items() if len(sizes.workers) == len(millions)]
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


def _hours(rate: float, passages: float) -> str:
    return f"{passages / rate / 3600:,.1f} h"


def _gb(size: float) -> str:
    return f"{size / 1e9:,.1f} GB"


def _size(size: float) -> str:
    return _gb(size) if size >= 1e9 else f"{size / 1e6:,.0f} MB"


WORKER: dict[str, Callable[[Worker], str]] = {
    "**memory of each web worker for its letters**, measured": lambda worker: f"**{_size(worker.memory)}**",
    "the most while it opens the index, measured": lambda worker: _size(worker.most),
    "opening the index, measured": lambda worker: f"{worker.opening:.0f} s",
    "which letters a question is about, no limit, measured": lambda worker: f"{worker.scopes[0]:.2f} s",
    "the same of one year, measured": lambda worker: f"{worker.scopes[1]:.2f} s",
    "the same of one authority, measured": lambda worker: f"{worker.scopes[2]:.2f} s",
    "one letter read from the disk, measured": lambda worker: f"{worker.reading * 1e3:.1f} ms",
    "the folder of the index, measured": lambda worker: _size(worker.disk),
}
"""What is told of each web worker."""


def _lines(sizes: Sizes, millions: Sequence[float]) -> Iterator[str]:
    yield "\n"
    yield (
        f"Reckoned from {sizes.letters:,} letters with {sizes.passages:,} passages, on {platform.machine()} with"
        f" {os.cpu_count()} cores.\n\n"
    )
    yield table(sizes, millions)
    yield "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure an index and print what more would take.

    Returns:
        0; 1 if the index cannot be measured.
    """
    parser = argparse.ArgumentParser("python -m eval.scale", description="What a million passages and more would take.")
    parser.add_argument("--index", type=Path, required=True, metavar="DIR", help="an embedded index of many letters")
    parser.add_argument(
        "--millions",
        type=float,
        nargs="+",
        default=MILLIONS,
        metavar="N",
        help="so many million passages; 20 take 8 GB of disk and 5 of memory for a moment",
    )
    parser.add_argument("--docs", action="store_true", help="also write the table into the docs")
    options = parser.parse_args(arguments)
    try:
        written = "".join(_lines(measured(options.index, options.millions), options.millions))
        if options.docs:
            write_between(DOCS, BEGIN, END, written)
    except (AssistantError, ValueError) as error:
        print(f"eval.scale: {error}", file=sys.stderr)
        return 1
    print(written.strip())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
