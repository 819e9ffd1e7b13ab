"""One page to look at: the figures, what changed, and every answer with its quotes. It asks for no other file."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from eval.matching import holds, squeezed
from eval.measures import Tally
from eval.report.marks import highlighted
from eval.report.words import (
    KINDS,
    MAIN,
    allowed,
    begun,
    in_words,
    labelled,
    lost_and_won,
    moved,
    other_questions,
    plain,
    short,
    shown,
)
from eval.results import TOGETHER, Results, by_set, by_type, interval
from eval.score import Given, Outcome, Quoted, Sentence, add
from eval.stages import JUDGE, MEASURES, STAGES, Measure
from eval.statistics import percentile

__all__ = ["MEANINGS", "as_html"]

HERE = Path(__file__).parent

MEANINGS = {
    "field_accuracy": "Names, dates, grades and the like, read from the letters as a person read them.",
    "headings_found": "Headings that a person sees in a letter and the assistant found too.",
    "numbering_whole": "No numbered paragraph was lost or doubled.",
    "scope_accuracy": "The authorities, years and letters searched are just those that the question names.",
    "hit@1": "The first passage found holds words that answer the question.",
    "hit@5": "At least one of the first five passages found holds words that answer the question.",
    "recall@5": "Of all the places that answer a question, the part found in the first five passages; 1 is best.",
    "recall@10": "The same in the first ten passages.",
    "mrr@10": "How high up the first passage with an answer stands: 1 for first place, 0.5 for second, and so on.",
    "ndcg@10": "How near the order of the first ten passages is to the best possible one; 1 is best.",
    "wrong_letter_rate": "The first passage found is from a letter that does not hold the answer.",
    "year_leak": "Passages found in letters of other years than the one asked about.",
    "accuracy": "Answered, every expected fact said, nothing wrong said, and not too long.",
    "fact_recall": "Of all the facts that the answers should say, those they say.",
    "documents_right": "Answers that quote only letters which hold the answer.",
    "grounding": "Sentences whose every number, date, grade and name stands in the words they quote.",
    "citation_validity": "Quotes that stand in the letter, letter for letter, where the answer says they do.",
    "citation_recall": "Sentences that the words they quote bear out.",
    "verbatim": "Sentences that stand in their quote word for word, a label such as “Lead inspector:” aside.",
    "headings_right": "Headings that name the letter from which the quotes below them come.",
    "citation_precision": "Quotes that a sentence needs.",
    "uncited_sentences": "Sentences that name no source.",
    "refusal_recall": "Questions that no letter answers, and the assistant says so.",
    "false_refusal_rate": "Questions that a letter answers, and the assistant wrongly says that none does.",
    "refusal_kind": "Refusals that give the right reason.",
    "judge_faithful": "A language model finds that the quotes bear out the answer.",
    "judge_right": "A language model's mark for the answer; 1 is best.",
}
"""Each measure in a sentence that needs no knowledge of the field."""

STAGE_NAMES = {"cost": "Time", JUDGE: "A language model's opinion"}
STAGE_QUESTIONS = {**STAGES, JUDGE: "What does a language model think? (never part of the gate)"}
STEPS = {"scope": "Reading the question", "retrieve": "Finding passages", "write": "Writing the answer"}
STEPS |= {"model": "Waiting for the language model", "total": "All together"}

SETS = {
    "heldout": "nobody studied these questions while the assistant was improved, so they tell most about new ones.",
    "tuning": "the assistant was improved with these questions in sight, so it does better on them.",
}
"""What the shipped files of questions are for, by name."""

GROUPS = {
    "must": "Failed, and must pass",
    "failed": "Failed",
    "gap": "Known gaps",
    "closed": "Known gaps that pass now",
    "passed": "Passed",
}
"""What became of a question, in the order of the page."""

BEGINNING = 110  # characters shown of a passage found
BINS = 24  # bars of a histogram
NEAR = 20  # per cent of a histogram's width that a mark's label may take
ROUND = (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)  # where an axis may end, times a power of ten


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as shown.

    Attributes:
        text: "90.0%", or "-".
        count: "396 of 440".
        between: Its 95 % interval, "86.8% to 92.4%"; empty without one.
        at: Where it stands between 0 and 100, or None.
        low: Where the interval begins, or None.
        high: Where it ends, or None.
    """

    text: str
    count: str = ""
    between: str = ""
    at: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """A measure of a set before and now."""

    measure: Measure
    before: float
    now: float
    was: str
    text: str
    change: str
    way: str


@dataclass(frozen=True, slots=True)
class Histogram:
    """How long a step took.

    Attributes:
        title: Of the step.
        bars: From the left, width and height of each, in per cent of the drawing.
        marks: Name, place in per cent, and on which side the name stands.
        end: Where the axis ends, in words.
        p50: In words.
        p95: In words.
        beyond: How many took longer than the axis goes: they are in its last bar.
    """

    title: str
    bars: tuple[tuple[float, float, float], ...]
    marks: tuple[tuple[str, float, str], ...]
    end: str
    p50: str
    p95: str
    beyond: int


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage found, and the numbers of the expected quotes that stand in it."""

    letter: str
    beginning: str
    holds: tuple[int, ...]
    wrong: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """A question with its answer.

    Attributes:
        anchor: What a link to it names.
        outcome: How it went.
        group: One of `GROUPS`.
        keys: What the filter of outcomes finds it by.
        badges: Class and words.
        blocks: Headings of the answer and the sentences under each, facts highlighted.
        sources: The citations with their words, facts highlighted, and what a link to each names.
        nearest: Those of a refusal.
        numbers: Of the citations that there are.
        facts: Whether each expected fact was said, and its alternatives.
        forbidden: Whether each forbidden phrase was said, and the phrase.
        quotes: What proves the answer: letters, words with the facts highlighted, and whether they were found.
        passages: Those found, best first.
        causes: Why it failed, in plain words.
        others: The same question answered by other writers: anchor, writer, whether it passed.
    """

    anchor: str
    outcome: Outcome
    group: str
    keys: str
    badges: tuple[tuple[str, str], ...]
    blocks: tuple[tuple[Markup, tuple[tuple[Markup, tuple[int, ...]], ...]], ...]
    sources: tuple[tuple[Quoted, Markup, str], ...]
    nearest: tuple[Quoted, ...]
    numbers: frozenset[int]
    facts: tuple[tuple[bool, tuple[str, ...]], ...]
    forbidden: tuple[tuple[bool, str], ...]
    quotes: tuple[tuple[tuple[str, ...], Markup, bool], ...]
    passages: tuple[Passage, ...]
    causes: tuple[str, ...]
    others: tuple[tuple[str, str, bool], ...]


def as_html(results: Results) -> str:
    """The page.

    Args:
        results: What a run found.

    Returns:
        A whole HTML document that asks for no other file.
    """
    writers = results.writers
    groups = by_set(results.outcomes)
    shares = _shares(results, groups)
    lost, won = lost_and_won(results)
    first = writers[0] if writers else ""
    anchors = _anchors(results.outcomes)
    entries = _entries(results, anchors, {id(one) for one in lost}, {id(one) for one in won})
    page = (
        _environment()
        .get_template("page.html")
        .render(
            results=results,
            writers=writers,
            first=first,
            groups=groups,
            shares=shares,
            tiles=_tiles(results, groups),
            stages=_stages(results),
            reading=_reading(results),
            types=_types(results, groups),
            compared=_compared(results),
            warning=other_questions(results),
            histograms=_histograms(results),
            crossed=_crossed(results),
            by_writer={
                name: {writer: columns[_of_writer(results, groups, writer)] for writer in writers}
                for name, columns in shares.items()
            },
            lost=[(anchors[id(one)], one) for one in lost],
            won=[(anchors[id(one)], one) for one in won],
            must=[(one.anchor, one.outcome) for one in entries if one.group == "must" and one.outcome.writer == first],
            entries=entries,
            tally=Counter(key for entry in entries for key in entry.keys.split()),
            grouped={name: [one for one in entries if one.group == name] for name in GROUPS},
        )
    )
    return allowed(page)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"begun": begun, "in_words": in_words, "labelled": labelled}
    environment.globals |= {
        "style": Markup((HERE / "page.css").read_text(encoding="utf-8")),
        "script": Markup((HERE / "page.js").read_text(encoding="utf-8")),
        "MEANINGS": MEANINGS,
        "SETS": SETS,
        "KINDS": KINDS,
        "GROUPS": GROUPS,
        "STAGE_NAMES": STAGE_NAMES,
        "STAGE_QUESTIONS": STAGE_QUESTIONS,
        "TOGETHER": TOGETHER,
    }
    return environment


# --- figures ---------------------------------------------------------------------------------------------------------


def _figure(measure: Measure, outcomes: Sequence[Outcome], tally: Tally | None) -> Figure:
    if tally is None or tally.value is None:
        return Figure("-")
    found = interval(measure, outcomes, tally)
    count = f"mean of {tally.of:,}" if measure.mean else f"{tally.hits:,.0f} of {tally.of:,}"
    at = _percent(tally.value)
    if found is None:
        return Figure(shown(measure, tally.value), count, at=at)
    low, high = (min(1.0, max(0.0, one)) for one in found)
    between = f"{shown(measure, low)} to {shown(measure, high)}"
    return Figure(shown(measure, tally.value), count, between, at, _percent(low), _percent(high))


def _percent(value: float) -> float:
    return round(100 * value, 2)


def _shares(results: Results, groups: Mapping[str, Sequence[Outcome]]) -> dict[str, dict[str, Figure]]:
    """By measure, then by column."""
    tallies = {name: add(group) for name, group in groups.items()}
    return {
        measure.name: {name: _figure(measure, group, tallies[name].get(measure.name)) for name, group in groups.items()}
        for measure in results.measures
    }


def _stages(results: Results) -> dict[str, list[Measure]]:
    stages: dict[str, list[Measure]] = {}
    for measure in results.measures:
        stages.setdefault(measure.stage, []).append(measure)
    return stages


def _of_writer(results: Results, groups: Mapping[str, Sequence[Outcome]], writer: str) -> str:
    """The column of everything that a writer answered: its last one."""
    return [name for name, group in groups.items() if group[0].writer == writer][-1]


def _tiles(results: Results, groups: Mapping[str, Sequence[Outcome]]) -> list[tuple[Measure, str, list[str]]]:
    """The main measures, each with its overall column and those of the sets, of the first writer."""
    if not results.outcomes:
        return []
    measured = {measure.name for measure in results.measures}
    overall = _of_writer(results, groups, results.writers[0])
    sets = [name for name, group in groups.items() if group[0].writer == results.writers[0] and name != overall]
    return [(MEASURES[name], overall, sets) for name in MAIN if name in measured]


def _reading(results: Results) -> list[tuple[Measure, Figure]]:
    tallies = results.reading.tallies if results.reading else {}
    return [(MEASURES[name], _figure(MEASURES[name], [], tally)) for name, tally in tallies.items() if tally.of]


def _types(
    results: Results, groups: Mapping[str, Sequence[Outcome]]
) -> list[tuple[str, list[tuple[str, dict[str, Figure]]]]]:
    """Two tables: answered rightly and rightly refused, by type of question and writer; the weakest type first."""
    tables = []
    for title, name in (
        ("Questions that a letter answers: answered rightly", "accuracy"),
        ("Questions that no letter answers: rightly refused", "refusal_recall"),
    ):
        rows: dict[str, dict[str, Figure]] = {}
        for writer in results.writers:
            chosen = [one for one in results.outcomes if one.writer == writer and name in one.tallies]
            for kind, outcomes in by_type(chosen).items():
                figure = _figure(MEASURES[name], outcomes, add(outcomes).get(name))
                rows.setdefault(kind, {})[writer] = figure
        first = results.writers[:1]
        order = sorted(rows, key=lambda kind: [rows[kind][one].at or 0.0 for one in first if one in rows[kind]])
        if rows:
            tables.append((title, [(kind, rows[kind]) for kind in order]))
    return tables


def _compared(results: Results) -> dict[str, list[Moved]]:
    """By set: each measure that the baseline has as well, of the gating writer."""
    compared: dict[str, list[Moved]] = {}
    writers = results.writers
    for name, before in (results.baseline.measures if results.baseline else {}).items():
        chosen = [o for o in results.outcomes if o.question.source == name and o.writer == writers[0]]
        tallies = add(chosen)
        rows = [
            _moved(measure, before[measure.name], now)
            for measure in results.measures
            if measure.name in before and measure.name in tallies
            if (now := tallies[measure.name].value) is not None
        ]
        if rows:
            compared[name] = rows
    return compared


def _moved(measure: Measure, old: float, now: float) -> Moved:
    change = moved(measure, old, now)
    way = next((way for way in ("better", "worse") if way in change), "same")
    return Moved(measure, _percent(old), _percent(now), shown(measure, old), shown(measure, now), change, way)


def _crossed(results: Results) -> list[tuple[str, list[int]]]:
    """For each further writer: questions that both, only the first, only this one and neither got right."""
    passed = {(one.writer, one.question.source, one.question.id): one.passed for one in results.outcomes}
    crossed = []
    first, *others = results.writers or [""]
    for writer in others:
        pairs = Counter(
            (passed[first, source, name], now)
            for (who, source, name), now in passed.items()
            if who == writer and (first, source, name) in passed
        )
        order = ((True, True), (True, False), (False, True), (False, False))
        crossed.append((writer, [pairs[pair] for pair in order]))
    return crossed


# --- time ------------------------------------------------------------------------------------------------------------


def _histograms(results: Results) -> dict[str, list[Histogram]]:
    """By writer: one for each step, the total last."""
    drawn = {}
    for writer in results.writers if "cost" in results.stages else ():
        times: dict[str, list[float]] = {}
        for outcome in results.outcomes:
            for step, taken in outcome.seconds.items() if outcome.writer == writer else ():
                if math.isfinite(taken) and taken >= 0:
                    times.setdefault(step, []).append(taken)
        order = sorted(times, key=lambda step: step == "total")
        if order:
            drawn[writer] = [_histogram(STEPS.get(step, in_words(step).capitalize()), times[step]) for step in order]
    return drawn


def _histogram(title: str, taken: Sequence[float]) -> Histogram:
    end = _rounded_up(percentile(taken, 0.99))
    counts = Counter(min(int(BINS * one / end), BINS - 1) for one in taken)
    most, wide = max(counts.values()), 100 / BINS
    bars = tuple(
        (round(wide * (at + 0.05), 2), round(wide * 0.9, 2), max(1.0, round(100 * count / most, 1)))
        for at, count in sorted(counts.items())
    )
    p50, p95 = percentile(taken, 0.5), percentile(taken, 0.95)
    left, right = (min(100.0, round(100 * one / end, 2)) for one in (p50, p95))
    # The first name stands on the left of its line and the second on the right, so that they never meet.
    marks = (
        ("p50", left, "before-line" if left > NEAR else ""),
        ("p95", right, "before-line" if right > 100 - NEAR and right - left > NEAR else ""),
    )
    beyond = sum(one > end for one in taken)
    return Histogram(title, bars, marks, _spoken(end), _spoken(p50), _spoken(p95), beyond)


def _rounded_up(value: float) -> float:
    if value <= 0:
        return 0.001
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in ROUND if step * power >= value * (1 - 1e-9))


def _spoken(seconds: float) -> str:
    if seconds >= 1:
        return f"{seconds:.3g} s"
    return f"{1000 * seconds:.3g} ms" if seconds >= 0.001 else f"{1000 * seconds:.1g} ms"


# --- questions -------------------------------------------------------------------------------------------------------


def _anchors(outcomes: Iterable[Outcome]) -> dict[int, str]:
    """A name for each outcome that a link can hold, the same in every run with these questions."""
    anchors: dict[int, str] = {}
    taken: set[str] = set()
    writers: dict[str, int] = {}
    for outcome in outcomes:
        behind = writers.setdefault(outcome.writer, len(writers))
        name = "q-" + re.sub(r"[^A-Za-z0-9._-]+", "-", outcome.question.id)[:80] + (f"_{behind}" if behind else "")
        unique, number = name, 2
        while unique in taken:
            unique, number = f"{name}_again{number}", number + 1
        taken.add(unique)
        anchors[id(outcome)] = unique
    return anchors


def _entries(results: Results, anchors: Mapping[int, str], lost: set[int], won: set[int]) -> list[Entry]:
    same: dict[tuple[str, str], list[Outcome]] = {}
    for outcome in results.outcomes:
        same.setdefault((outcome.question.source, outcome.question.id), []).append(outcome)
    entries = []
    for outcome in results.outcomes:
        marks = [mark for mark, held in (("lost", id(outcome) in lost), ("won", id(outcome) in won)) if held]
        others = same[outcome.question.source, outcome.question.id]
        beside = tuple((anchors[id(one)], one.writer, one.passed) for one in others if one is not outcome)
        entries.append(_entry(outcome, anchors[id(outcome)], marks, beside))
    return entries


def _entry(outcome: Outcome, anchor: str, marks: Sequence[str], others: tuple[tuple[str, str, bool], ...]) -> Entry:
    question, given = outcome.question, outcome.given
    facts = [fact for group in question.facts for fact in group]
    said = (
        "" if given.refused else "\n".join([*(one.heading for one in given.groups), *(s.text for s in given.sentences)])
    )
    missed = outcome.missed
    passages = tuple(_passages(outcome))
    found = {number for passage in passages for number in passage.holds}
    if question.known_gap:
        group = "closed" if outcome.passed else "gap"
    else:
        group = "passed" if outcome.passed else "must" if question.must_pass else "failed"
    badges = [("pass", "Passed") if outcome.passed else ("fail", "Failed")]
    badges += [(mark, mark.capitalize()) for mark in marks]
    badges += [("gap", "Known gap")] if question.known_gap else []
    badges += [("must", "Must pass")] if question.must_pass else []
    keys = [badges[0][1].lower(), *marks, *(("gap",) if question.known_gap else ())]
    keys += [name for name, held in (("must", question.must_pass), ("doubt", outcome.doubts)) if held]
    return Entry(
        anchor=anchor,
        outcome=outcome,
        group=group,
        keys=" ".join(keys),
        badges=tuple(badges),
        blocks=tuple(
            (
                highlighted(heading, facts, question.forbidden),
                tuple((highlighted(one.text, facts, question.forbidden), one.citations) for one in sentences),
            )
            for heading, sentences in _blocks(given)
        ),
        sources=tuple(
            (one, highlighted(one.quote, facts, question.forbidden), name)
            for one, name in zip(given.citations, _names(anchor, given.citations), strict=True)
        ),
        nearest=given.refusal.nearest if given.refusal else (),
        numbers=frozenset(one.number for one in given.citations),
        facts=tuple((group_ not in missed, group_) for group_ in question.facts),
        forbidden=tuple((holds(said, words), words) for words in question.forbidden),
        quotes=tuple(
            (one.letters, highlighted(one.text, facts), number in found)
            for number, one in enumerate(question.evidence, 1)
        ),
        passages=passages,
        causes=tuple(plain(cause) for cause in outcome.causes),
        others=others,
    )


def _names(anchor: str, citations: Sequence[Quoted]) -> list[str]:
    """What a link to each citation names; of two with one number, only the first has a name."""
    numbers = [one.number for one in citations]
    return [f"{anchor}:{one}" if numbers.index(one) == place else "" for place, one in enumerate(numbers)]


def _blocks(given: Given) -> list[tuple[str, list[Sentence]]]:
    """The sentences under their headings; those under none first, and an answer without sentences as its lines."""
    if given.refused:
        return []
    if not given.sentences:
        lines = [Sentence(text=line) for line in given.answer.splitlines() if line.strip()]
        return [("", lines)] if lines else []
    grouped = {index for group in given.groups for index in group.sentences}
    blocks = [("", [one for index, one in enumerate(given.sentences) if index not in grouped])]
    for group in given.groups:
        known = [given.sentences[index] for index in group.sentences if 0 <= index < len(given.sentences)]
        blocks.append((group.heading, known))
    return [(heading, sentences) for heading, sentences in blocks if heading or sentences]


def _passages(outcome: Outcome) -> Iterable[Passage]:
    question = outcome.question
    for found in outcome.given.retrieved:
        held = tuple(
            number
            for number, one in enumerate(question.evidence, 1)
            if found.letter_id in one.letters and _squeezed(one.text) in _squeezed(found.text)
        )
        wrong = bool(question.letters) and found.letter_id not in question.letters
        yield Passage(found.letter_id or found.file, short(found.text[: 3 * BEGINNING], BEGINNING), held, wrong)


_squeezed = lru_cache(maxsize=8192)(squeezed)
