"""Starting: the command line from a cold shell, beside a Python that does nothing."""

import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from eval.bench.figures import Figure

__all__ = ["measure"]

TIMES = 5
ASKED = "What did 2019 say about care leavers?"
MODEL = "from assistant.embedding.embedder import Embedder; from assistant.settings import load_settings; "
LOAD = MODEL + "Embedder(load_settings(index_dir={!r})).questions(['x'])"


def measure(index: Path, show: Callable[[str], None]) -> list[Figure]:
    """Start each command five times; the median counts.

    Args:
        index: Folder of an index.
        show: Told what begins.
    """
    show("starting")
    run = "from assistant.cli import main; main()"
    bare = _median([sys.executable, "-c", "pass"])
    usage = _median([sys.executable, "-c", run, "--help"])
    ask = _median([sys.executable, "-c", run, "ask", ASKED, "--index", str(index)])
    load = _median([sys.executable, "-c", LOAD.format(str(index))])
    return [
        Figure("starting", "assistant --help", usage, "s", usage / bare, "python -c pass"),
        Figure("starting", "assistant --help, less python -c pass", usage - bare, "s", target=0.5),
        Figure("starting", "assistant ask, from a cold shell", ask, "s", ask / load, "loading the model and no more"),
        Figure("starting", "loading the model and no more", load, "s"),
        Figure("starting", "python -c pass", bare, "s"),
    ]


def _median(command: Sequence[str]) -> float:
    spent = []
    for _ in range(TIMES + 1):  # the first reads the files
        started = time.perf_counter()
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
        spent.append(time.perf_counter() - started)
    return sorted(spent[1:])[TIMES // 2]
