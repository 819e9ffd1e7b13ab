"""How long it takes to go through every letter, beside a plain scan of the same records in the same run.

The scan looks at each judgement and searches each area for improvement for one word: what no answer can do without.
The milliseconds are of the machine; the ratios are what to look at.
"""

import re
import time
from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise

from assistant.answers.comparison import comparison
from assistant.answers.timeline import timelines
from assistant.engine import Assistant
from assistant.letters.letter import Letter
from eval.counts.measure import CountQuestion
from eval.statistics import percentile

__all__ = ["speeds"]

TIMES = 5  # of each, behind one that warms up


def speeds(assistant: Assistant, questions: Sequence[CountQuestion]) -> list[tuple[str, float]]:
    """What was done and the median of its seconds; the plain scan first.

    Args:
        assistant: Open.
        questions: That count.
    """
    letters = assistant.letters
    by_authority: dict[str, list[Letter]] = {}
    for letter in letters:
        if letter.authority and letter.standing == "inspectorate":
            by_authority.setdefault(letter.authority, []).append(letter)
    most = max(by_authority, key=lambda name: len(by_authority[name]))
    pairs = list(pairwise(by_authority[most]))
    asked = sorted(_median(partial(assistant.ask, one.question)) for one in questions)
    first = _seconds(lambda: assistant.concerns(most))
    return [
        ("plain scan of the records", _median(lambda: _scan(letters))),
        (f"timelines of {len(by_authority)} authorities", _median(lambda: timelines(letters))),
        ("a count, median of the questions", percentile(asked, 0.5)),
        ("a count, the slowest of the questions", asked[-1]),
        *([("two letters side by side", _median(lambda: comparison(pairs[0])))] if pairs else []),
        (f"concerns of {most} ({len(by_authority[most])} letters), the first time", first),
        ("the same, warm", _median(lambda: assistant.concerns(most))),
    ]


def _scan(letters: Sequence[Letter]) -> int:
    grades = sum(judgement.grade == "inadequate" for letter in letters for judgement in letter.judgements)
    items = (letter.text[item.start : item.end] for letter in letters for item in letter.improvements)
    return grades + sum(bool(re.search("supervis", item, re.IGNORECASE)) for item in items)


def _median(work: Callable[[], object]) -> float:
    work()
    return percentile(sorted(_seconds(work) for _ in range(TIMES)), 0.5)


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
