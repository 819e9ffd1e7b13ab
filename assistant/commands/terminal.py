"""What a terminal is shown: results on stdout, progress on stderr."""

import json
import sys
from collections.abc import Callable
from typing import Any

import click

__all__ = ["Progress", "print_json"]


class Progress:
    """A progress bar on stderr, drawn only when something takes long enough to report."""

    def __init__(self) -> None:
        self._bar: Any = None

    def __enter__(self) -> Callable[[str, int, int], None]:
        return self._step

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def _step(self, what: str, done: int, total: int) -> None:
        if self._bar is None:
            if not total:
                return
            from tqdm import tqdm

            self._bar = tqdm(total=total, file=sys.stderr, unit="", leave=False, dynamic_ncols=True)
        self._bar.total = max(total, 1)
        self._bar.n = done
        self._bar.set_description_str(what)


def print_json(value: object) -> None:
    """Print a value for a program."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))
