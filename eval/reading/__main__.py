"""`python -m eval.reading`: read a folder of letters and print how well it was read, or how fast.

Exit codes: 0 measured, 1 something of ours cannot be used, 2 wrong usage.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from assistant.errors import AssistantError
from assistant.reading.corpus import find_files, read_letter
from eval.bench.reading import benchmark
from eval.reading.reading import measure
from eval.reading.references import HALVES, SETTLED, ReferenceFileError, read_references
from eval.reading.table import as_json, disagreements, table

__all__ = ["main"]

CORPUS = Path(__file__).resolve().parents[2] / "corpus" / "letters"
GOLD = "gold"  # folder beside that of the letters
FACTS, LISTS = "inspection_facts.json", "national_questions.jsonl"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the measure.

    Args:
        argv: Arguments, by default those of the command line.

    Returns:
        The exit code.
    """
    options = _options(argv)
    try:
        text, body = _speed(options) if options.speed else _table(options)
    except (AssistantError, ReferenceFileError) as error:
        print(error, file=sys.stderr)
        return 1
    print(text)
    if options.json:
        options.json.write_text(json.dumps(body, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m eval.reading", description="Measure how well letters are read.")
    add = parser.add_argument
    add("--letters", type=Path, default=CORPUS, metavar="DIR", help="with a manifest.json; default: the shipped ones")
    add("--facts", type=Path, metavar="FILE", help=f"table of facts; default: {FACTS} in DIR/../{GOLD}")
    add("--lists", type=Path, metavar="FILE", help=f"list questions; default: {LISTS} in DIR/../{GOLD}")
    add("--names", choices=("blind", "own"), default="blind", help="read copies named by hash (default), or by name")
    add("--blind-names", dest="names", action="store_const", const="blind", help="the same as --names blind")
    add("--half", choices=HALVES, default="", help="only the letters of this half of the authorities")
    add("--failures", action="store_true", help="list every disagreement below the table")
    add("--as-given", action="store_true", help="leave out what was settled from the documents")
    add("--json", type=Path, metavar="FILE", help="write all figures and disagreements there as well")
    add("--speed", action="store_true", help="measure time and memory instead, beside a plain text dump")
    options = parser.parse_args(argv)
    if not options.letters.is_dir():
        parser.exit(2, f"--letters {options.letters}: there is no such folder\n")
    for name in ("facts", "lists"):
        given = getattr(options, name)
        if given and not given.is_file():
            parser.exit(2, f"--{name} {given}: there is no such file\n")
    if options.json and not options.json.resolve().parent.is_dir():
        parser.exit(2, f"--json {options.json}: there is no such folder\n")
    return options


def _table(options: argparse.Namespace) -> tuple[str, dict[str, Any]]:
    gold = options.letters.resolve().parent / GOLD
    facts, lists = options.facts or gold / FACTS, options.lists or gold / LISTS
    references = read_references(options.letters, facts, lists, settled=None if options.as_given else SETTLED)
    files = find_files(options.letters)
    others = [read_letter(file) for file in find_files(CORPUS)] if CORPUS.is_dir() else []
    checks = measure(files, references, others, blind=options.names == "blind", half=options.half)
    read = {check.file for check in checks}
    settled = {
        one.file: sorted(one.settled) for one in references.by_sha256.values() if one.settled and one.file in read
    }
    names = "neutral" if options.names == "blind" else "their own"
    parts = [
        f"{len(read)} letters under {names} names",
        table(checks, references.missing),
        f"References settled from the documents: {_counted(settled)}",
    ]
    if options.failures:
        parts.append(disagreements(checks))
    head = {"letters": len(read), "names": options.names, "half": options.half or None, "settled": settled}
    return "\n\n".join(parts), {**head, **as_json(checks, references.missing)}


def _counted(settled: Mapping[str, Sequence[str]]) -> str:
    """How many, and of which fields."""
    fields = Counter(field for each in settled.values() for field in each)
    named = ", ".join(f"{field} {count}" for field, count in sorted(fields.items()))
    return f"{fields.total()} of {len(settled)} letters ({named})" if fields else "none"


def _speed(options: argparse.Namespace) -> tuple[str, dict[str, Any]]:
    speed = benchmark(find_files(options.letters))
    return speed.text, speed.as_json()


if __name__ == "__main__":
    sys.exit(main())
