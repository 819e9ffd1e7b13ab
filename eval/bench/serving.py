"""Serving: many people at once over HTTP (`eval.load`), beside one."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from eval.bench.figures import Figure

__all__ = ["measure"]

USERS = (1, 5, 20)


def measure(index: Path | None, show: Callable[[str], None]) -> list[Figure]:
    """Ask the page's server with one, five and twenty users.

    Args:
        index: Folder of the index; None for the assistant's own.
        show: Told what begins.

    Raises:
        ValueError: If the server could not be measured.
    """
    show("serving")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "load.json"
        where = ["--index", str(index)] if index else []
        users = [str(number) for number in USERS]
        command = [sys.executable, "-m", "eval.load", "--users", *users, "--json", str(file), *where]
        run = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
        if not file.is_file():
            raise ValueError(run.stderr.strip().splitlines()[-1] if run.stderr.strip() else "no load was measured")
        levels = {level["users"]: level for level in json.loads(file.read_text("utf-8"))["levels"]}
    alone = levels[USERS[0]]
    figures = []
    for users_, level in levels.items():
        ratio = level["a_second"] / alone["a_second"]
        target = 1.5 if users_ == USERS[-1] else None
        figures += [
            Figure("serving", f"answers, {users_} at once", level["a_second"], "a second", ratio, "one alone", target,
                   least=True),
            Figure("serving", f"answer, {users_} at once, p95", level["p95"], "ms"),
        ]  # fmt: skip
    errors = sum(level["errors"] for level in levels.values())
    return [*figures, Figure("serving", "errors", errors, target=0)]
