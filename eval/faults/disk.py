"""A disk that is full, and one that cannot be written: a small one in memory, mounted for the purpose (Linux only)."""

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from assistant.errors import IndexStateError
from assistant.settings import ROOT
from eval.faults.contents import contents, left_over
from eval.faults.ground import Ground
from eval.faults.outcome import Outcome

__all__ = ["disk"]

FULL, READ_ONLY = "a full disk while the index is updated", "an index that can only be read"
MOST_FREE = 1.0  # times what the index takes: nearly all that an update needs
INSIDE = "import sys; from eval.faults.disk import inside; sys.exit(inside(sys.argv[1:]))"


def disk(letters: Path, most: int, models: Path, trials: int, seed: int, told: Callable[[str], None]) -> list[Outcome]:
    """Update an index on a disk with little room left, and ask one that was mounted read-only.

    A full disk must end in one line, with the index as it was, and in the index of a fresh one as soon as there is
    room again; an index that can only be read must be answered from as ever.

    Args:
        letters: Real letters.
        most: How many of them.
        models: The embedding model's exported graph.
        trials: How often, with how much room is chance's.
        seed: Of chance.
        told: Is told how far it is.
    """
    if not shutil.which("unshare") or subprocess.run(["unshare", "-rm", "true"], capture_output=True).returncode:
        why = "needs Linux's `unshare -rm`"
        return [Outcome(FULL, skipped=why), Outcome(READ_ONLY, skipped=why)]
    told("a disk of its own ...")
    command = [
        "unshare",
        "-rm",
        sys.executable,
        "-c",
        INSIDE,
        str(letters),
        str(most),
        str(models),
        str(trials),
        str(seed),
    ]
    made = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if made.returncode:
        return [Outcome(FULL, 1, lost=[made.stderr.strip().splitlines()[-1]])]
    rows: list[dict[str, Any]] = json.loads(made.stdout.splitlines()[-1])
    found = []
    for row in rows:
        outcome = Outcome(row["fault"], row["tried"], lost=row["lost"])
        outcome.seen.update(row["seen"])
        found.append(outcome)
    return found


def inside(arguments: list[str]) -> int:
    """The trials themselves, where mounting is permitted; prints them as JSON.

    Args:
        arguments: Letters, how many, models, trials, seed.
    """
    letters, most, models, trials, seed = arguments
    mounted = Path(os.environ.get("TMPDIR", "/tmp")) / f"faults-{os.getpid()}"
    mounted.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2g", "faults", str(mounted)], check=True)
    try:
        ground = Ground.of(mounted, Path(letters), int(most), Path(models))
        outcomes = [_full(ground, mounted, int(trials), random.Random(int(seed))), _read_only(ground, mounted)]
    finally:
        subprocess.run(["umount", "-l", str(mounted)], check=False)
        mounted.rmdir()
    rows = [{"fault": o.fault, "tried": o.tried, "seen": dict(o.seen), "lost": o.lost} for o in outcomes]
    print(json.dumps(rows))
    return 0


def _full(ground: Ground, mounted: Path, trials: int, chance: random.Random) -> Outcome:
    outcome = Outcome(FULL)
    filler = mounted / "filler"
    for _ in range(trials):
        ground.start_from("before")
        ground.lay_out("after")
        size = sum(file.stat().st_size for file in ground.index.rglob("*") if file.is_file())
        _fill(filler, mounted, int(size * MOST_FREE * chance.random()))
        told = ground.run("index")
        lost = [] if told.one_line or not told.status else [f"full disk: {told.err.strip().splitlines()[-1:]}"]
        try:
            found = contents(ground.settings)
            if found.differs(ground.right["after" if not told.status else "before"]):
                lost.append("full disk: the index is not as it was")
        except IndexStateError as error:
            lost.append(f"full disk: {error}")
        ground.lay_out("before" if told.status else "after")
        asked, _ = ground.ask()
        if asked.status and not asked.one_line:
            lost.append(f"full disk, asked: {asked.err.strip().splitlines()[-1:]}")
        filler.unlink()
        ground.lay_out("after")
        again = ground.run("index")
        if again.status or contents(ground.settings).differs(ground.right["after"]) or left_over(ground.settings):
            lost.append(f"room again: not the index of a fresh one {again.err.strip().splitlines()[-1:]}")
        outcome.add("one line, the index as it was" if told.status else "room enough", lost)
    return outcome


def _fill(filler: Path, mounted: Path, free: int) -> None:
    """Leave so many bytes free."""
    with filler.open("wb") as out:
        left = shutil.disk_usage(mounted).free - free
        for _ in range(left // 2**20):
            out.write(bytes(2**20))
        out.write(bytes(left % 2**20))


def _read_only(ground: Ground, mounted: Path) -> Outcome:
    outcome = Outcome(READ_ONLY)
    ground.start_from("before")
    ground.lay_out("before")
    _, right = ground.ask()
    subprocess.run(["mount", "--bind", str(ground.index), str(ground.index)], check=True)
    subprocess.run(["mount", "-o", "remount,bind,ro", str(ground.index)], check=True)
    told, answers = ground.ask()
    outcome.add("the same answers", [] if answers == right else [f"read only: {told.err.strip().splitlines()[-1:]}"])
    changed = ground.run("index", "--rebuild")
    outcome.add(
        "one line when it was to be written", [] if changed.one_line else [f"read only: {changed.err.strip()[-200:]}"]
    )
    subprocess.run(["umount", str(ground.index)], check=True)
    return outcome
