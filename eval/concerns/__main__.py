"""`python -m eval.concerns --index DIR`: hold the verdicts on concerns against the labels, both halves.

The index holds the published letters that the labels are about: `assistant index FOLDER --index DIR` makes it.
Exit codes: 0 measured, 1 something cannot be used, 2 wrong usage.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from assistant.errors import AssistantError
from eval.concerns.measure import HALVES, LabelError, Measured, measure, read_labels

LABELS = ("raised again", "both", "reported improved", "unclear", "not mentioned")
VERDICTS = ("raised again", "reported improved", "unclear", "not mentioned")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m eval.concerns", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--index", type=Path, required=True, help="folder of an index of the published letters")
    parser.add_argument("--json", type=Path, help="write the figures to a file")
    given = parser.parse_args(arguments)
    from assistant.engine import Assistant
    from assistant.settings import load_settings

    try:
        labels = {half: read_labels(half) for half in HALVES}
        with Assistant.open(load_settings(index_dir=given.index)) as assistant:
            found = {
                half: measure(labels[half], assistant.letters, assistant.nearness, assistant.rarity) for half in HALVES
            }
        if given.json:
            given.json.write_text(json.dumps({half: _json(one) for half, one in found.items()}, indent=2) + "\n")
    except (AssistantError, LabelError, OSError) as error:
        print(f"eval.concerns: {error}", file=sys.stderr)
        return 1
    for half, one in found.items():
        print(_text(half, one))
    return 0


def _text(half: str, found: Measured) -> str:
    lines = [half, *(f"  {name:20} {share}" for name, share in found.shares.items())]
    lines += [f"  {'verdict, label':20} " + "".join(f"{label:>18}" for label in LABELS)]
    lines += [
        f"  {verdict:20} " + "".join(f"{found.table[verdict, label]:18}" for label in LABELS) for verdict in VERDICTS
    ]
    return "\n".join([*lines, f"  wrong: {', '.join(found.wrong) or 'none'}", ""])


def _json(found: Measured) -> dict[str, object]:
    return {
        "shares": {name: {"hits": share.hits, "of": share.of} for name, share in found.shares.items()},
        "table": [[verdict, label, count] for (verdict, label), count in sorted(found.table.items())],
        "wrong": list(found.wrong),
    }


if __name__ == "__main__":
    sys.exit(main())
