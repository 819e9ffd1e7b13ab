"""`python -m eval.ablation`: what each part of the search contributes, on gold questions that hold evidence.

Every row is one way of ranking passages; from row 5 on each adds one thing to the row above it, and the last row is
what the product does. Exit codes: 0 measured, 1 the assistant cannot be opened, 2 wrong gold or usage.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from assistant.engine import COMPARED, Assistant
from assistant.errors import AssistantError
from assistant.index.retrieve import CANDIDATES, fuse, in_turn
from assistant.questions.question import Question as Asked
from assistant.questions.question import understand
from assistant.questions.scope import Scope
from assistant.stores.passages import Hit
from assistant.words.terms import STOP, Term, stem
from eval.gold import GoldError, Question, check, read
from eval.measures import gains, ranking
from eval.report.text import aligned
from eval.results import TOGETHER
from eval.run import PASSAGES, open_assistant, show
from eval.shelf import Shelf
from eval.statistics import bootstrap, percentile, randomisation
from eval.variants import Variants

__all__ = ["ROWS", "Ablation", "Outcome", "Row", "main", "separate_words"]

GOLD = Path(__file__).parent / "gold"

COLUMNS = {
    "letter_hit@1": "letter hit@1",
    "hit@5": "evidence hit@5",
    "recall@5": "evidence recall@5",
    "mrr@10": "passage MRR@10",
    "ndcg@10": "nDCG@10",
    "wrong_letter_rate": "wrong letter first",
}
"""Every measure's name in the JSON and in the table, in the table's order."""

COMPARED_BY = ("mrr@10", "recall@5")  # measures that the rows are tested by

Opener = Callable[[Path | None, Path | None], Assistant]


@dataclass(frozen=True, slots=True)
class Row:
    """One way of ranking passages.

    Attributes:
        name: As the table has it.
        weights: Of the dense and the BM25 ranks; those of the settings if None.
        headers: Whether passages are searched with their headers.
        scope: Whether only letters in the question's scope are searched, without the words that the scope has used up.
        synonyms: Whether words are looked for with their synonyms, and phrases of the field as phrases.
        joined: Whether a paragraph that carries on a finding is joined to the one before it.
        turns: Whether letters that are compared take turns.
    """

    name: str
    weights: tuple[float, float] | None = None
    headers: bool = True
    scope: bool = False
    synonyms: bool = False
    joined: bool = False
    turns: bool = False


ROWS = (
    Row("BM25", weights=(0, 1), headers=False),
    Row("dense", weights=(1, 0), headers=False),
    Row("BM25 + headers", weights=(0, 1)),
    Row("dense + headers", weights=(1, 0)),
    Row("fusion of 3 and 4, equal weights", weights=(1, 1)),
    Row("fusion, weights of the settings"),
    Row("+ scope", scope=True),
    Row("+ synonyms", scope=True, synonyms=True),
    Row("+ joining", scope=True, synonyms=True, joined=True),
    Row("+ equal turns", scope=True, synonyms=True, joined=True, turns=True),
)
"""The rows, from 1; the last is the product."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the rows did on one question.

    Attributes:
        question: The question.
        rows: By number of the row: its measures, and "seconds".
    """

    question: Question
    rows: Mapping[int, Mapping[str, float]]


class Ablation:
    """Ranks passages in the way of any row.

    Args:
        assistant: The product.
        variants: Its index, and the other ones.
    """

    def __init__(self, assistant: Assistant, variants: Variants) -> None:
        self._assistant, self._variants = assistant, variants
        settings = assistant.settings
        self._weights = (settings.dense_weight, settings.lexical_weight)

    def search(self, row: Row, scope: Scope, asked: Asked, vector: Sequence[float]) -> tuple[Hit, ...]:
        """The best passages, as `Assistant.search` gives them for the last row.

        Args:
            row: How to rank.
            scope: The question's, used by rows with a scope.
            asked: What is searched for.
            vector: Its embedding.
        """
        if row.scope and not scope.letters:
            return ()
        everywhere = not row.scope or len(scope.letters) == len(self._assistant.letters)
        terms = asked.terms if row.synonyms else separate_words(asked.terms)
        hits = self._ranked(row, vector, terms, None if everywhere else scope.letters)
        if row.scope and scope.sections:
            hits = tuple(hit for hit in hits if hit.passage.section_kind in scope.sections) or hits
        if row.turns and asked.compare and 1 < len(scope.letters) <= COMPARED:
            hits = in_turn(hits)
        return tuple(replace(hit, rank=rank) for rank, hit in enumerate(hits[:PASSAGES], 1))

    def _ranked(
        self, row: Row, vector: Sequence[float], terms: Sequence[Term], letter_ids: Sequence[str] | None
    ) -> tuple[Hit, ...]:
        stores = self._variants.get(headers=row.headers, joined=row.joined)
        dense_weight, lexical_weight = row.weights or self._weights
        dense = stores.nearest(vector, CANDIDATES, letter_ids) if dense_weight else []
        lexical = stores.lexical.best(terms, CANDIDATES, letter_ids) if lexical_weight else []
        fused = fuse([(dense_weight, [p for p, _ in dense]), (lexical_weight, [p for p, _ in lexical])])
        best = enumerate(fused[:CANDIDATES], 1)
        return tuple(Hit(stores.passages[passage_id], rank, score) for rank, (passage_id, score) in best)

    def measured(self, question: Question, rows: Mapping[int, Row]) -> Outcome:
        """One question in the way of each row."""
        started = time.perf_counter()
        scope, asked = self._assistant.understand(question.question, history=question.history)
        scoped = time.perf_counter()
        # Without a scope the question must say itself who and when: none of its words, and nothing of the question
        # that it follows up, may be left out.
        alone = understand(asked.text, asked.before, (), len(self._assistant.letters))
        alone = replace(alone, search=f"{asked.text} {asked.before}".strip())
        unscoped = time.perf_counter()
        vectors = {text: self._embedded(text) for text in (asked.search, alone.search)}
        found = {}
        for number, row in rows.items():
            reading = asked if row.scope else alone
            vector, embedding = vectors[reading.search]
            before = time.perf_counter()
            hits = self.search(row, scope, reading, vector)
            seconds = time.perf_counter() - before + (scoped - started if row.scope else unscoped - scoped)
            dense_weight, _ = row.weights or self._weights
            found[number] = {**_measures(question, hits), "seconds": seconds + (embedding if dense_weight else 0.0)}
        return Outcome(question, found)

    def _embedded(self, text: str) -> tuple[list[float], float]:
        """A question's embedding, and the seconds it took: they count in every row that uses it."""
        started = time.perf_counter()
        vector = self._assistant.index.embedder.questions([text])[0]
        return vector, time.perf_counter() - started


def separate_words(terms: Sequence[Term]) -> tuple[Term, ...]:
    """Terms without synonyms, and each phrase that only the table of synonyms makes one as its single words."""
    found: dict[str, Term] = {}
    for term in terms:
        typed = term.typed.split()
        for word in [word for word in typed if word not in STOP] or typed:
            found.setdefault(stem(word), Term(word, ((stem(word),),), weight=term.weight))
    return tuple(found.values())


def _measures(question: Question, hits: Sequence[Hit]) -> dict[str, float]:
    evidence = [(frozenset(one.letters), one.text) for one in question.evidence]
    passages = [(hit.passage.letter_id, hit.passage.text) for hit in hits]
    ranked = ranking(gains(evidence, passages), len(evidence))
    right = bool(passages) and passages[0][0] in question.letters
    first = {"letter_hit@1": float(right), "wrong_letter_rate": float(bool(passages) and not right)}
    return {name: value for name, value in (ranked | first).items() if name in COLUMNS}


# --- the table ---------------------------------------------------------------------------------------------------


def _sets(outcomes: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    """The outcomes of each gold file, and of all together where there are several."""
    groups: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        groups.setdefault(outcome.question.source, []).append(outcome)
    return groups if len(groups) == 1 else groups | {TOGETHER: list(outcomes)}


def _values(outcomes: Sequence[Outcome], number: int, name: str) -> list[float]:
    return [outcome.rows[number][name] for outcome in outcomes]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _figures(outcomes: Sequence[Outcome], rows: Mapping[int, Row]) -> list[dict[str, Any]]:
    """Each row's means, and how much better the last row is."""
    last = max(rows)
    clusters = [outcome.question.letters[0] for outcome in outcomes]
    figures = []
    for number, row in rows.items():
        means = {name: _mean(_values(outcomes, number, name)) for name in COLUMNS}
        seconds = percentile(_values(outcomes, number, "seconds"), 0.5)
        behind = {}
        for name in COMPARED_BY if number != last else ():
            pairs = zip(_values(outcomes, last, name), _values(outcomes, number, name), strict=True)
            differences = [ours - theirs for ours, theirs in pairs]
            low, high = bootstrap(differences, clusters)
            p = randomisation(differences)
            behind[name] = {"difference": _mean(differences), "low": low, "high": high, "p": p}
        figures.append({"row": number, "name": row.name, "measures": means, "seconds_p50": seconds, "behind": behind})
    return figures


def _table(name: str, outcomes: Sequence[Outcome], figures: Sequence[Mapping[str, Any]]) -> str:
    letters = len({letter_id for outcome in outcomes for letter_id in outcome.question.letters})
    cells = [["", "", *COLUMNS.values(), "ms p50"]]
    for one in figures:
        values = [f"{one['measures'][measure]:.3f}" for measure in COLUMNS]
        cells.append([str(one["row"]), one["name"], *values, f"{1000 * one['seconds_p50']:.1f}"])
    parts = [f"{name}: {len(outcomes)} questions about {letters} letters", aligned(cells)]
    if len(figures) > 1:
        parts.append(_comparison(figures))
    return "\n\n".join(parts)


def _comparison(figures: Sequence[Mapping[str, Any]]) -> str:
    heads = [cell for name in COMPARED_BY for cell in (COLUMNS[name], "95 % interval", "p")]
    cells = [["", f"Row {figures[-1]['row']} less this row", *heads]]
    for one in figures[:-1]:
        row = [str(one["row"]), one["name"]]
        for name in COMPARED_BY:
            test = one["behind"][name]
            p = "<0.001" if test["p"] < 0.001 else f"{test['p']:.3f}"
            row += [f"{test['difference']:+.3f}", f"[{test['low']:+.3f}, {test['high']:+.3f}]", p]
        cells.append(row)
    return aligned(cells)


def _as_json(sets: Mapping[str, Sequence[Mapping[str, Any]]], outcomes: Sequence[Outcome]) -> dict[str, Any]:
    questions = [
        {
            "id": one.question.id,
            "set": one.question.source,
            "type": one.question.type,
            "letter": one.question.letters[0],
            "rows": {str(number): dict(values) for number, values in one.rows.items()},
        }
        for one in outcomes
    ]
    return {"sets": {name: list(figures) for name, figures in sets.items()}, "questions": questions}


# --- the command -------------------------------------------------------------------------------------------------


def main(argv: Sequence[str] | None = None, opener: Opener = open_assistant) -> int:
    """Run the ablation.

    Args:
        argv: Arguments, by default those of the command line.
        opener: Opens the product, from a folder of letters and of the index.

    Returns:
        The exit code.
    """
    options = _options(argv)
    try:
        outcomes = _outcomes(options, opener)
    except GoldError as error:
        print("\n".join(error.problems), file=sys.stderr)
        print(f"{len(error.problems)} to mend; nothing was measured", file=sys.stderr)
        return 2
    except AssistantError as error:
        print(error, file=sys.stderr)
        return 1
    groups = _sets(outcomes)
    sets = {name: _figures(group, options.rows) for name, group in groups.items()}
    print("\n\n\n".join(_table(name, groups[name], figures) for name, figures in sets.items()))
    if options.json:
        text = json.dumps(_as_json(sets, outcomes), indent=1, ensure_ascii=False)
        options.json.write_text(text + "\n", encoding="utf-8")
    return 0


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m eval.ablation", description="Measure what each part of search adds.")
    add = parser.add_argument
    add("--gold", type=Path, action="extend", nargs="+", metavar="FILE", help="default: eval/gold/*.jsonl")
    add("--rows", type=_rows, default=_rows(""), metavar="N,N", help="only these rows, such as 3,4,7,10; default: all")
    add("--json", type=Path, metavar="FILE", help="write all figures and each question's there as well")
    add("--corpus", type=Path, metavar="DIR", help="folder of letters; default: the assistant's own")
    add("--index", type=Path, metavar="DIR", help="folder of the index; default: the assistant's own")
    options = parser.parse_args(argv)
    options.gold = options.gold or sorted(GOLD.glob("*.jsonl"))
    if options.corpus and not options.corpus.is_dir():
        parser.error(f"--corpus {options.corpus}: there is no such folder")
    if options.json and not options.json.resolve().parent.is_dir():
        parser.error(f"--json {options.json}: there is no such folder")
    return options


def _rows(text: str) -> dict[int, Row]:
    """Rows by their numbers, in order; all if none is named."""
    numbered = dict(enumerate(ROWS, 1))
    try:
        chosen = {int(number) for number in text.split(",")} if text else set(numbered)
    except ValueError:
        chosen = {0}
    if not chosen <= set(numbered):
        raise argparse.ArgumentTypeError(f"write numbers from 1 to {len(ROWS)} with commas between them, not {text!r}")
    return {number: row for number, row in numbered.items() if number in chosen}


def _outcomes(options: argparse.Namespace, opener: Opener) -> list[Outcome]:
    gold = read(options.gold)
    with opener(options.corpus, options.index) as assistant:
        questions = [one for one in check(gold, Shelf(assistant.letters)) if one.answerable and one.evidence]
        if not questions:
            raise GoldError([f"{options.gold[0]}:1: no answerable question holds a quote"])
        if assistant.settings.reranker:
            print("ASSISTANT_RERANKER is set; no row uses the cross-encoder", file=sys.stderr)
        with Variants(assistant.index, assistant.settings, show) as variants:
            for row in options.rows.values():  # so that no question's time holds the embedding of passages
                variants.get(headers=row.headers, joined=row.joined)
            ablation = Ablation(assistant, variants)
            outcomes = []
            for number, question in enumerate(questions, 1):
                outcomes.append(ablation.measured(question, options.rows))
                show("searched", number, len(questions))
    return outcomes


if __name__ == "__main__":
    sys.exit(main())
