"""A summary for a pull request: the verdict, the main figures before and now, the questions lost and won."""

import re
from collections.abc import Sequence

from eval.report.words import (
    MAIN,
    allowed,
    gating,
    labelled,
    lost_and_won,
    moved,
    newly_failed,
    other_questions,
    plain,
    short,
    shown,
)
from eval.results import TOGETHER, Results, by_set
from eval.score import EXTRACTIVE, Outcome, add
from eval.stages import MEASURES

__all__ = ["LIMIT", "MOST", "as_markdown"]

LIMIT = 6000
"""Characters that the summary stays below."""

MOST = 20
"""Questions that a list names at most."""

FITTING = ((MOST, 6), (15, 6), (10, 4), (5, 3), (2, 2), (0, 1))  # questions and sets: what fits is taken
FALLS, FEW_FALLS = 10, 3
TEXT = 140  # characters of a question
NAME = 40  # characters of a name
LINE = 300  # characters of any other line

# What GitHub or GitLab would make markup or a link of; and what they would make a mention or a reference of even then.
MARKUP = re.compile(r"[\\`*_{}\[\]<>|~&$]|:(?=\S)|(?<=www)\.", re.IGNORECASE)
MENTION = re.compile(r"[@#]")
WORD_JOINER = "\u2060"  # not seen


def as_markdown(results: Results) -> str:
    """The summary, below `LIMIT` characters: where there is too much, the lists name fewer questions.

    Where there is no baseline to compare with, the questions that failed are named in place of those lost and won.
    """
    for most, sets in FITTING:
        text = _summary(results, most, sets)
        if len(text) < LIMIT:
            break
    return allowed(text)


def _summary(results: Results, most: int, sets: int) -> str:
    lost, won = lost_and_won(results)
    must = newly_failed(results)
    compared = results.verdict is not None and bool(results.verdict.changes)
    named = {one.question.id for one in must}
    failed = [one for one in gating(results) if not (one.passed or one.question.known_gap or one.question.id in named)]
    parts = [
        _verdict(results, len(lost), len(won), FALLS if most else FEW_FALLS),
        *([_table(results, sets), other_questions(results)] if results.outcomes else []),
        _questions("Must pass, and newly failed", must, most),
        _questions("Lost: failed now, passed before", lost, most),
        "" if compared else _questions("Failed", failed, most),
        _questions("Won: passed now, failed before", won, most),
        _circumstances(results),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _verdict(results: Results, lost: int, won: int, most: int) -> str:
    verdict = results.verdict
    if verdict is None:
        return "## Evaluation: figures only, no gate was asked for"
    lines = [f"## Evaluation: the gate {'falls' if verdict.falls else 'holds'}"]
    if verdict.changes:
        lines += ["", f"{_count(lost)} lost and {won} won since the outcomes accepted last time."]
    falls = [f"- {_escaped(labelled(fall), LINE)}" for fall in verdict.falls[:most]]
    return "\n".join([*lines, *([""] if falls else []), *falls, *_more(len(verdict.falls) - most)])


def _table(results: Results, most: int) -> str:
    groups = by_set(results.outcomes)
    if len(groups) > most:  # all together first, then as many sets as there is room for
        groups = dict(sorted(groups.items(), key=lambda item: not item[0].startswith(TOGETHER)))
    rows = ["| Measure | Set | Now | Before | Change |", "|---|---|---:|---:|---|"]
    before = results.baseline.measures if results.baseline else {}
    tallies = {name: add(group) for name, group in list(groups.items())[:most]}
    for measure in (MEASURES[name] for name in MAIN):
        label = f"{measure.label} (less is better)" if measure.less_is_better else measure.label
        for name, tally in tallies.items():
            now = tally[measure.name].value if measure.name in tally else None
            old = before.get(name, {}).get(measure.name) if groups[name][0].writer == EXTRACTIVE else None
            if now is not None:
                cells = (shown(measure, now), shown(measure, old), moved(measure, old, now))
                rows.append(f"| {label} | {_escaped(name, NAME)} | {' | '.join(cells)} |")
                label = ""
    return "\n".join([*rows, *(f"\n{line}" for line in _more(len(groups) - most, "sets more"))])


def _questions(title: str, chosen: Sequence[Outcome], most: int) -> str:
    if not chosen:
        return ""
    lines = [f"### {title} ({len(chosen)})", ""]
    for one in chosen[:most]:
        why = f" — {_escaped(plain('; '.join(one.causes)), TEXT)}" if one.causes else ""
        question = _escaped(one.question.question, TEXT)
        lines.append(f"- **{_escaped(one.question.id, NAME)}** {question}{why}")
    return "\n".join([*lines, *_more(len(chosen) - most)])


def _circumstances(results: Results) -> str:
    under = results.circumstances
    named = {"commit": under.commit, "letters": under.corpus, "questions": under.gold, "settings": under.settings}
    said = [f"{name} {value}" for name, value in named.items() if value]
    line = "; ".join([*said, *([under.machine] if under.machine else []), results.command])
    return _escaped(line, LINE)


def _more(number: int, what: str = "more") -> list[str]:
    return [f"- and {number} {what}"] if number > 0 else []


def _count(number: int) -> str:
    return f"{number} question{'' if number == 1 else 's'}"


def _escaped(text: str, most: int) -> str:
    """A text on one line, so short, in which nothing is markup, a mention or a link."""
    marked = MARKUP.sub(r"\\\g<0>", short(allowed(text), most))
    return MENTION.sub(rf"\\\g<0>{WORD_JOINER}", marked)
