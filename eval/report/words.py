"""Figures and names in plain words, and what changed: for the reports that people and CI read."""

import re
from collections.abc import Sequence

from eval.results import Results
from eval.score import Outcome
from eval.stages import MEASURES, Measure

__all__ = [
    "KINDS",
    "MAIN",
    "allowed",
    "begun",
    "gating",
    "in_words",
    "labelled",
    "lost_and_won",
    "moved",
    "newly_failed",
    "other_questions",
    "plain",
    "short",
    "shown",
]

MAIN = (
    "accuracy",
    "refusal_recall",
    "false_refusal_rate",
    "citation_validity",
    "grounding",
    "hit@5",
    "scope_accuracy",
)
"""The measures that say most, in the order of the summaries."""

KINDS = {
    "no_letter_in_scope": "no letter of that place or time",
    "letters_silent": "the letters do not say",
    "false_premise": "the question takes for granted what is not so",
    "out_of_remit": "not a matter for these letters",
}
"""The kinds of refusal in plain words."""

# What XML 1.0 has no way to write, and the control characters that HTML forbids.
NOT_ALLOWED = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\U00010000-\U0010ffff]")
REPLACEMENT = "\ufffd"
MINUS = "\u2212"

SAME = 5e-7  # a baseline keeps six decimals


def allowed(text: str) -> str:
    """A text with a replacement character for each that neither XML nor HTML may hold."""
    return NOT_ALLOWED.sub(REPLACEMENT, text)


def in_words(name: str) -> str:
    """A name of a type or kind without underscores."""
    return name.replace("_", " ")


def begun(text: str) -> str:
    """A text with a capital letter at its beginning; the rest as it is."""
    return text[:1].upper() + text[1:]


def labelled(sentence: str) -> str:
    """A sentence of the gate, with the label of a measure for its name: "accuracy is 0.8" as "Answers right: 0.8"."""
    name, found, rest = sentence.partition(" is ")
    if not found or name not in MEASURES:
        name, found, rest = sentence.partition(": ")
    return f"{MEASURES[name].label}: {rest}" if found and name in MEASURES else begun(sentence)


def plain(reason: str) -> str:
    """A cause of failure with the kinds of refusal in plain words."""
    for kind, words in KINDS.items():
        reason = reason.replace(kind, words)
    return reason


def short(text: str, most: int) -> str:
    """A text on one line of so many characters at most, with an ellipsis where some are left out."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def shown(measure: Measure, value: float | None) -> str:
    """A value for people: a share as "90.0%", a mean as "0.835", "-" for none."""
    if value is None:
        return "-"
    return f"{value:.3f}" if measure.mean else f"{100 * value:.1f}%"


def moved(measure: Measure, before: float | None, now: float | None) -> str:
    """A change for people: "+1.2 points (better)"; means without "points"; "no change"; "-" if one is unknown."""
    if before is None or now is None:
        return "-"
    change = now - before
    if abs(change) < SAME:
        return "no change"
    said = f"{change:+.3f}" if measure.mean else f"{100 * change:+.1f} points"
    return f"{said.replace('-', MINUS)} ({'better' if (change > 0) != measure.less_is_better else 'worse'})"


def lost_and_won(results: Results) -> tuple[list[Outcome], list[Outcome]]:
    """The questions that the gate found to fail now and not before, and the other way about; the gating writer's."""
    verdict = results.verdict
    change = next((one for one in verdict.changes if one.name == "outcomes"), None) if verdict else None
    if change is None:
        return [], []
    return _named(results, change.lost), _named(results, change.won)


def newly_failed(results: Results) -> list[Outcome]:
    """Questions that must pass, fail, and are not known to have failed before; the gating writer's."""
    before = results.baseline.questions if results.baseline else {}
    return [
        one
        for one in gating(results)
        if one.question.must_pass and not one.passed
        if one.question.id not in before or before[one.question.id].passed
    ]


def other_questions(results: Results) -> str:
    """A warning where the gold files are not those of the baseline, so that a measure may move without the product."""
    before = results.baseline.circumstances.gold if results.baseline else ""
    if before in ("", results.circumstances.gold):
        return ""
    return "The questions are not those of before: a change here may come from them. Lost and won count the same ones."


def gating(results: Results) -> list[Outcome]:
    """What became of the questions with the writer that the gate looks at, the first."""
    first = results.outcomes[0].writer if results.outcomes else ""
    return [one for one in results.outcomes if one.writer == first]


def _named(results: Results, names: Sequence[str]) -> list[Outcome]:
    by_id = {one.question.id: one for one in gating(results)}
    return [by_id[name] for name in names if name in by_id]
