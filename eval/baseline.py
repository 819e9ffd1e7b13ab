"""The baseline: what became of each question when the figures were accepted last, and under which circumstances."""

import hashlib
import json
import os
import platform
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from assistant.letters.letter import Letter
from eval.gold import GoldError
from eval.score import Outcome, add

__all__ = ["FILE", "Baseline", "Circumstances", "Kept", "circumstances", "keep", "read_baseline", "write_baseline"]

FILE = Path(__file__).parent / "baseline.json"
"""The committed baseline of the shipped letters and questions."""

HASH_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Where figures come from.

    Attributes:
        commit: Of the checkout, "+" behind it where files differ from it; empty without one.
        settings: Hash of the settings that an answer depends on.
        corpus: Hash of the letters' own hashes.
        gold: Hash of the gold files.
        machine: Operating system, processor, Python, number of processors.
    """

    commit: str = ""
    settings: str = ""
    corpus: str = ""
    gold: str = ""
    machine: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of one question's outcome.

    Attributes:
        passed: Whether it passed.
        answerable: Whether the letters hold the answer.
        set: Name of its gold file.
        ndcg: nDCG@10 of its passages, or None where the search was not measured.
        scope: Whether its scope was read rightly, or None where that was not measured.
    """

    passed: bool
    answerable: bool = True
    set: str = ""
    ndcg: float | None = None
    scope: bool | None = None


@dataclass(frozen=True, slots=True)
class Baseline:
    """Outcomes accepted earlier.

    Attributes:
        circumstances: Under which they came about.
        because: Why they were accepted although something had fallen; empty if nothing had.
        measures: Value of each measure by gold file, then by name.
        questions: By identifier.
    """

    circumstances: Circumstances
    because: str = ""
    measures: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    questions: Mapping[str, Kept] = field(default_factory=dict)


def circumstances(settings: Mapping[str, Any], letters: Iterable[Letter], gold: Iterable[Path]) -> Circumstances:
    """Where the figures of this run come from.

    Args:
        settings: What an answer may depend on.
        letters: Every letter asked about.
        gold: The files of the questions.
    """
    files = [file for path in gold for file in (sorted(path.rglob("*")) if path.is_dir() else [path])]
    return Circumstances(
        commit=_commit(),
        settings=_hash([json.dumps(settings, sort_keys=True)]) if settings else "",
        corpus=_hash(sorted(letter.sha256 for letter in letters)),
        gold=_hash([hashlib.sha256(file.read_bytes()).hexdigest() for file in files if file.is_file()]),
        machine=f"{platform.system()} {platform.machine()}, Python {platform.python_version()}, "
        f"{os.cpu_count()} processors",
    )


def _hash(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:HASH_DIGITS]


def _commit() -> str:
    def git(*arguments: str) -> str:
        run = subprocess.run(
            ["git", "-C", str(FILE.parent), *arguments], capture_output=True, text=True, timeout=20, check=True
        )
        return run.stdout.strip()

    try:
        return git("rev-parse", "HEAD")[:HASH_DIGITS] + ("+" if git("status", "--porcelain") else "")
    except (OSError, subprocess.SubprocessError):
        return ""


def keep(outcome: Outcome) -> Kept:
    """What a baseline keeps of an outcome."""
    ndcg, scope = outcome.tallies.get("ndcg@10"), outcome.tallies.get("scope_accuracy")
    return Kept(
        passed=outcome.passed,
        answerable=outcome.question.answerable,
        set=outcome.question.source,
        ndcg=None if ndcg is None else round(ndcg.hits, 6),
        scope=None if scope is None else bool(scope.hits),
    )


def read_baseline(path: Path = FILE) -> Baseline | None:
    """The baseline in a file, or None if there is no such file.

    Raises:
        GoldError: If the file holds none.
    """
    if not path.is_file():
        return None
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
        return Baseline(
            Circumstances(**body["circumstances"]),
            body["because"],
            body["measures"],
            {name: Kept(**row) for name, row in body["questions"].items()},
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        why = f"{type(error).__name__}: {error}"
        raise GoldError([f"{path}: no baseline ({why}); delete it and run again with --accept"]) from None


def write_baseline(
    path: Path, outcomes: Sequence[Outcome], under: Circumstances, because: str = "", before: Baseline | None = None
) -> None:
    """Make these outcomes the baseline, one question a line.

    Args:
        path: The file.
        outcomes: What became of each question.
        under: Where they come from.
        because: Why they are accepted although something fell.
        before: The baseline so far; what it holds of gold files not asked now stays.
    """
    sets = {outcome.question.source for outcome in outcomes}
    questions = {name: kept for name, kept in before.questions.items() if kept.set not in sets} if before else {}
    questions |= {outcome.question.id: keep(outcome) for outcome in outcomes}
    measures = {name: values for name, values in (before.measures if before else {}).items() if name not in sets}
    for name in sorted(sets):
        tallies = add(outcome for outcome in outcomes if outcome.question.source == name)
        measures[name] = {key: round(tally.value, 6) for key, tally in tallies.items() if tally.value is not None}
    head = {"circumstances": asdict(under), "because": because, "measures": dict(sorted(measures.items()))}
    rows = ",\n".join(f"  {json.dumps(name)}: {json.dumps(asdict(kept))}" for name, kept in sorted(questions.items()))
    text = json.dumps(head, indent=1, ensure_ascii=False)[:-2] + f',\n "questions": {{\n{rows}\n }}\n}}\n'
    path.write_text(text, encoding="utf-8")
