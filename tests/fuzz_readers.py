"""A mutation fuzzer of the readers: damages real documents and reads them in workers, under limits.

    python tests/fuzz_readers.py --seconds 300 letters/*.pdf

Without files it takes the shipped letters, as text, Word and HTML, and the tests' own PDFs.
Sound are a letter without flaws (see `invariants`) and a `LetterError` of the readers' own. Everything else is printed
and kept: exceptions that no reader should raise, flawed letters, crashes, and files that took too long or too much
memory. The same seed gives the same mutants.
"""

import argparse
import random
import re
import sys
import tempfile
import time
import zlib
from collections import Counter
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from documents import CORPUS, blocks_of, inspection_report, letter_docx, letter_html, visit_letter
from invariants import flaws

from assistant.errors import LetterError
from assistant.reading.workers import FAULT, read_letters

BATCH = 100  # mutants read in one go
STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
NUMBERS = (
    b"0",
    b"-1",
    b"1",
    b"65536",
    b"2147483647",
    b"-2147483648",
    b"4294967296",
    b"99999999999999999999",
    b"0.0001",
)
TOKENS = (
    b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\r", b"\n\n", b"\f", b"\t" * 50, b" " * 5000, b"(" * 300, b"<b>", b"</p>", b"<!--",
    b"<table><tr><td>", b"&#x110000;", b"&#0;", b"&nbsp;", b"**", b"- ", b"1. ", b"1.1.1 ", b"999. ", b"# ", b"\xc2\xad",
    b"\xe2\x80\x8f", b"\xcc\x81" * 50, b"\xed\xa0\x80", b"Dear Ms Field\n", b"Yours sincerely\n", b"\n\nMain findings\n\n",
    b" 31 February 2019 ", b" 1 to 0 May 2019 ", b" Overall effectiveness: good ", b"\nContents\n", b"stream\n", b" obj\n",
    b"endobj\n", b" R ", b"/Kids [2 0 R]", b"/Filter /FlateDecode", b"[" * 500, b"<<" * 500, b"BT ", b" ET ", b" Tj ", b" Do ",
)  # fmt: skip


def flipped(data: bytes, others: list[bytes], rng: random.Random) -> bytes:
    """Some bytes changed."""
    out = bytearray(data)
    for _ in range(rng.choice((1, 3, 10, 100))):
        out[rng.randrange(len(out))] ^= 1 << rng.randrange(8)
    return bytes(out)


def cut(data: bytes, others: list[bytes], rng: random.Random) -> bytes:
    """The end gone, the beginning gone, or a piece in the middle."""
    a, b = sorted(rng.randrange(len(data) + 1) for _ in range(2))
    return rng.choice((data[:a], data[b:], data[:a] + data[b:]))


def repeated(data: bytes, others: list[bytes], rng: random.Random) -> bytes:
    """A piece said again, once or many times."""
    a = rng.randrange(len(data))
    piece = data[a : a + rng.choice((5, 50, 500, 5000))]
    return data[:a] + piece * rng.choice((2, 10, 200)) + data[a:]


def spliced(data: bytes, others: list[bytes], rng: random.Random) -> bytes:
    """A piece of another document put in or in place of what stood there."""
    other = rng.choice(others)
    a, b = rng.randrange(len(data)), rng.randrange(len(other))
    size = rng.choice((20, 200, 2000, 20_000))
    return data[:a] + other[b : b + size] + data[a + rng.choice((0, size)) :]


def renumbered(data: bytes, others: list[bytes], rng: random.Random) -> bytes:
    """Some numbers become the ones that programs trip over."""
    places = [match.span() for match in re.finditer(rb"\d+", data[:3_000_000])]
    for start, end in sorted(rng.sample(places, min(len(places), rng.choice((1, 3, 20)))), reverse=True):
        data = data[:start] + rng.choice(NUMBERS) + data[end:]
    return data


def sprinkled(data: bytes, others: list[bytes], rng: random.Random) -> bytes:
    """Words of the formats and of letters where they do not belong."""
    for _ in range(rng.choice((1, 3, 10))):
        at = rng.randrange(len(data) + 1)
        data = data[:at] + rng.choice(TOKENS) + data[at:]
    return data


def recoded(data: bytes, others: list[bytes], rng: random.Random) -> bytes:
    """In another encoding, as a whole or from some place on."""
    at = rng.choice((0, rng.randrange(len(data))))
    text = data[at:].decode("utf-8", errors="replace")
    return data[:at] + text.encode(rng.choice(("utf-16", "utf-16-le", "utf-32", "cp1252", "utf-7")), errors="replace")


def streams_swapped(data: bytes, others: list[bytes], rng: random.Random) -> bytes:
    """A PDF's stream in the place of another, of the same or another PDF."""
    here, there = list(STREAM.finditer(data)), list(STREAM.finditer(rng.choice((data, *others))))
    if not here or not there:
        return flipped(data, others, rng)
    old, new = rng.choice(here), rng.choice(there)
    return data[: old.start(1)] + new[1] + data[old.end(1) :]


def stream_changed(data: bytes, others: list[bytes], rng: random.Random) -> bytes:
    """A PDF's stream unpacked, changed and packed again: what bit flips in packed data hardly reach."""
    streams = list(STREAM.finditer(data))
    rng.shuffle(streams)
    for old in streams[:20]:
        try:
            inner = zlib.decompress(old[1])
        except zlib.error:
            continue
        if inner:
            change = rng.choice((flipped, cut, repeated, renumbered, sprinkled))
            return data[: old.start(1)] + zlib.compress(change(inner, [inner], rng)) + data[old.end(1) :]
    return flipped(data, others, rng)


def part_changed(data: bytes, others: list[bytes], rng: random.Random) -> bytes:
    """A file of a Word package changed, left out or exchanged for another one."""
    try:
        with ZipFile(BytesIO(data)) as package:
            parts = {name: package.read(name) for name in package.namelist()}
    except Exception:  # damaged by an earlier change: zipfile raises all kinds
        return flipped(data, others, rng)
    names = [name for name in parts if parts[name]] or [*parts]
    name = rng.choice([name for name in names if name.endswith("document.xml")] + names)
    change = rng.choice((flipped, cut, repeated, spliced, renumbered, sprinkled, None))
    if change:
        parts[name] = change(parts[name], list(parts.values()), rng)
    else:
        parts[name] = parts[rng.choice(names)]
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as package:
        for name, part in parts.items():
            package.writestr(name, part)
    return out.getvalue()


Change = Callable[[bytes, list[bytes], random.Random], bytes]
ANY: tuple[Change, ...] = (flipped, cut, repeated, spliced, renumbered, sprinkled)


def mutant(data: bytes, others: list[bytes], rng: random.Random) -> bytes:
    """A document with one to three changes that suit its format."""
    changes = ANY
    if data.startswith(b"%PDF"):
        changes = (*ANY, streams_swapped, *[stream_changed] * 4)
    elif data.startswith(b"PK"):
        changes = (flipped, cut, *[part_changed] * 6)
    else:
        changes = (*ANY, recoded)
    for _ in range(rng.choice((1, 1, 2, 3))):
        if not data:
            break
        data = rng.choice(changes)(data, others, rng)
    return data[:20_000_000]


def own_seeds() -> list[tuple[str, bytes]]:
    """Documents of every format, with the suffix of each."""
    seeds = [(".pdf", inspection_report()), (".pdf", visit_letter())]
    for file in sorted(CORPUS.iterdir()):
        blocks = blocks_of(file.read_text(encoding="utf-8"))
        seeds += [(file.suffix, file.read_bytes()), (".docx", letter_docx(blocks)), (".html", letter_html(blocks))]
    return seeds


def main() -> int:
    """Damage and read documents for some time; 1 if anything was found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--limit", type=int, default=20, help="seconds that reading one mutant may take")
    parser.add_argument("--keep", type=Path, default=Path("fuzz-found"), help="where mutants that broke something go")
    given = parser.parse_args()
    rng = random.Random(given.seed)
    seeds = [(file.suffix, file.read_bytes()) for file in given.files] or own_seeds()
    until, counts = time.monotonic() + given.seconds, Counter[str]()
    while time.monotonic() < until:
        with tempfile.TemporaryDirectory() as folder:
            files = []
            for at in range(BATCH):
                suffix, data = rng.choice(seeds)
                others = [other for kind, other in rng.sample(seeds, min(3, len(seeds))) if kind == suffix] or [data]
                files.append(Path(folder, f"{given.seed}-{sum(counts.values()) + at}{suffix}"))
                files[-1].write_bytes(mutant(data, others, rng))
            for file, outcome in read_letters(files, workers=given.workers, seconds=given.limit):
                broken = []
                if not isinstance(outcome, LetterError):
                    broken = list(flaws(outcome))
                elif re.search(rf"{FAULT}|took longer|made its reader crash|needs more than", outcome.reason):
                    broken = [outcome.reason]
                counts["broken" if broken else type(outcome).__name__] += 1
                if broken:
                    given.keep.mkdir(exist_ok=True)
                    (given.keep / file.name).write_bytes(file.read_bytes())
                    print(f"{file.name}: {'; '.join(broken)[:500]}", flush=True)
    print(", ".join(f"{count} {what}" for what, count in sorted(counts.items())))
    return int(counts["broken"] > 0)


if __name__ == "__main__":
    sys.exit(main())
