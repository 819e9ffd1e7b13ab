"""What the assistant survives: faults done to it on purpose, and what was lost.

    python -m eval.faults                                        # every fault in short, the shipped letters: minutes
    python -m eval.faults --letters DIR --kills 200 --damage 200 # in full, on thirty letters of a folder
    python -m eval.faults --only soak --minutes 30 --index DIR   # 50 people at once while letters are added
    python -m eval.faults --after FILE ... --docs                # into docs/explanation/reliability.md's table

kills: `kill -9` at random moments of indexing, updating, removing, rebuilding. damage: files of the index spoilt at
random. disk: full, or read-only (Linux). sharing: processes that read while one writes. soak: a crowd over HTTP, with
slow clients, dropped connections and cancelled questions among it, while letters come and go.

Nothing is done to any index but those that it makes for itself.
"""

import argparse
import json
import platform
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from assistant.embedding.embedder import Embedder
from assistant.errors import AssistantError
from assistant.settings import load_settings
from eval.faults.damage import damage
from eval.faults.disk import disk
from eval.faults.ground import Ground
from eval.faults.kills import WORK, kills
from eval.faults.outcome import Outcome, table
from eval.faults.sharing import sharing
from eval.faults.soak import soak
from eval.load import LoadError
from eval.marks import merged, read_between, write_between

__all__ = ["main"]

PARTS = ("kills", "damage", "disk", "sharing", "soak")
DEFAULT = PARTS[:-1]
DOCS = Path(__file__).resolve().parent.parent.parent / "docs" / "explanation" / "reliability.md"
BEGIN, END = "<!-- faults: written by python -m eval.faults --docs -->\n", "<!-- end of faults -->\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Try the faults and print the table.

    Returns:
        0 if nothing was lost; 1 if something was; 2 where something needed is missing.
    """
    options = _options(arguments)
    outcomes = _earlier(options.after)
    try:
        if not options.after:
            outcomes += _tried(options)
    except (AssistantError, LoadError, OSError) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 2
    shown = table(outcomes)
    if options.json:
        rows = [asdict(replace(one, seen=Counter())) | {"seen": dict(one.seen)} for one in outcomes]
        options.json.write_text(json.dumps({"machine": platform.platform(), "outcomes": rows}, indent=2) + "\n")
    if options.docs:
        _document(shown)
    print(shown, end="")
    for one in outcomes:
        for line in one.lost:
            print(f"lost, {one.fault}: {line}", file=sys.stderr)
    return int(any(one.lost for one in outcomes))


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m eval.faults", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", nargs="+", choices=PARTS, default=DEFAULT, metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--letters", type=Path, help="folder of the letters; default: the assistant's own")
    parser.add_argument("--most", type=int, default=30, metavar="N", help="most letters (30)")
    parser.add_argument("--kills", type=int, default=8, metavar="N", help="how many (8)")
    parser.add_argument(
        "--work", nargs="+", choices=WORK, default=WORK, metavar="WORK", help=f"killed: {', '.join(WORK)}"
    )
    parser.add_argument("--damage", type=int, default=10, metavar="N", help="how many files (10)")
    parser.add_argument("--disks", type=int, default=4, metavar="N", help="how many full disks (4)")
    parser.add_argument("--seconds", type=float, default=20, metavar="S", help="of reading while it is written (20)")
    parser.add_argument("--minutes", type=float, default=5, metavar="M", help="of the crowd (5)")
    parser.add_argument("--users", type=int, default=50, metavar="N", help="in the crowd (50)")
    parser.add_argument("--index", type=Path, help="for the crowd: a copy of this index is asked; default: its own")
    parser.add_argument("--seed", type=int, default=0, help="of chance (0)")
    parser.add_argument("--after", type=Path, nargs="+", default=(), metavar="FILE", help="what earlier --json hold")
    parser.add_argument("--json", type=Path, help="write what became of them to a file")
    parser.add_argument("--docs", action="store_true", help="write the table into docs/explanation/reliability.md")
    return parser.parse_args(arguments)


def _tried(options: argparse.Namespace) -> list[Outcome]:
    letters = options.letters or load_settings().corpus_dir
    chance = random.Random(options.seed)
    outcomes: list[Outcome] = []
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        if "soak" in options.only:
            outcomes += _soaked(options, Path(folder) / "index")
        if set(options.only) == {"soak"}:
            return outcomes
        models = Path(folder) / "models"
        exported = load_settings(index_dir=Path(folder))
        Embedder(exported).questions(["make the graph once"])
        models.mkdir(exist_ok=True)
        ground = Ground.of(Path(folder) / "ground", letters, options.most, models)
        if "kills" in options.only:
            outcomes += kills(ground, options.kills, chance, _told(), options.work)
        if "damage" in options.only:
            outcomes += damage(ground, options.damage, chance, _told())
        if "disk" in options.only:
            outcomes += disk(letters, options.most, models, options.disks, options.seed, _told())
        if "sharing" in options.only:
            outcomes += sharing(ground, options.seconds, _told())
    return outcomes


def _soaked(options: argparse.Namespace, index: Path) -> list[Outcome]:
    if options.index:
        shutil.copytree(options.index, index)
    return soak(index, options.users, 60 * options.minutes, _told())


def _told() -> Callable[[str], None]:
    """Says how far it is, at most once a second."""
    last = [0.0]

    def told(what: str) -> None:
        if time.monotonic() - last[0] > 1:
            last[0] = time.monotonic()
            print(what, file=sys.stderr, flush=True)

    return told


def _earlier(files: Sequence[Path]) -> list[Outcome]:
    rows: list[dict[str, Any]] = [row for file in files for row in json.loads(file.read_text("utf-8"))["outcomes"]]
    return [Outcome(**row | {"seen": Counter(row["seen"])}) for row in rows]


def _document(shown: str) -> None:
    """Write the table between its marks; faults that were not tried this time stay in it."""
    old, head = read_between(DOCS, BEGIN, END), shown.splitlines()[:2]
    write_between(DOCS, BEGIN, END, merged(old, shown, lambda line: line.startswith("|") and line not in head))


if __name__ == "__main__":
    sys.exit(main())
