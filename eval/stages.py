"""The stages of an answer and the measures of each: names, labels and which way is better."""

from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["ASKED", "JUDGE", "MEASURES", "STAGES", "Measure", "measures_of"]

STAGES = {
    "reading": "Are the letters' particulars read rightly?",
    "scope": "Are the right authorities, years and letters searched?",
    "retrieval": "Is the evidence among the passages found?",
    "answer": "Is the answer right?",
    "citation": "Do the citations hold?",
    "refusal": "Is what no letter answers refused, and nothing else?",
    "cost": "How long does it take?",
}
"""The stages by name, in the order in which an answer passes through them, with the question each one answers."""

ASKED = ("answer", "citation", "refusal")
"""The stages that need an answer: for the others the letters, the scope or the search are enough."""

JUDGE = "judge"
"""What the columns of a language-model judge belong to: reported where one is asked for, never gating."""


@dataclass(frozen=True, slots=True)
class Measure:
    """What a figure is called and how it is to be read.

    Attributes:
        name: In the JSON and in the floors.
        stage: One of `STAGES`, or `JUDGE`.
        label: In the tables.
        less_is_better: Whether a smaller figure is the better one.
        mean: Whether it is a mean of values between 0 and 1 and no share: it has no Wilson interval.
    """

    name: str
    stage: str
    label: str
    less_is_better: bool = False
    mean: bool = False


MEASURES = {
    one.name: one
    for one in (
        Measure("field_accuracy", "reading", "Particulars read rightly"),
        Measure("headings_found", "reading", "Headings found"),
        Measure("numbering_whole", "reading", "Letters whose paragraph numbers have no gap"),
        Measure("scope_accuracy", "scope", "Scope read rightly"),
        Measure("hit@1", "retrieval", "Evidence first"),
        Measure("hit@5", "retrieval", "Evidence in the first 5"),
        Measure("recall@5", "retrieval", "Recall in the first 5", mean=True),
        Measure("recall@10", "retrieval", "Recall in the first 10", mean=True),
        Measure("mrr@10", "retrieval", "MRR@10", mean=True),
        Measure("ndcg@10", "retrieval", "nDCG@10", mean=True),
        Measure("wrong_letter_rate", "retrieval", "Wrong letter first", less_is_better=True),
        Measure("year_leak", "retrieval", "Passages of other years", less_is_better=True),
        Measure("accuracy", "answer", "Answers right"),
        Measure("fact_recall", "answer", "Facts found"),
        Measure("documents_right", "answer", "Only right letters cited"),
        Measure("grounding", "answer", "Sentences grounded"),
        Measure("citation_validity", "citation", "Quotes verbatim at their place"),
        Measure("verbatim", "citation", "Sentences word for word in their quote"),
        Measure("headings_right", "citation", "Headings that name the letter cited"),
        Measure("citation_recall", "citation", "Citation recall"),
        Measure("citation_precision", "citation", "Citation precision"),
        Measure("uncited_sentences", "citation", "Sentences without citation", less_is_better=True),
        Measure("refusal_recall", "refusal", "Unanswerable refused"),
        Measure("false_refusal_rate", "refusal", "Answerable refused", less_is_better=True),
        Measure("refusal_kind", "refusal", "Refusals of the right kind"),
        Measure("judge_faithful", JUDGE, "Judge: the quotes carry the answer"),
        Measure("judge_right", JUDGE, "Judge: the answer is right", mean=True),
    )
}
"""Every measure by name, in the order of the tables."""


def measures_of(stages: Iterable[str]) -> list[Measure]:
    """The measures of some stages, in the order of the tables; the judge's are always among them."""
    chosen = {*stages, JUDGE}
    return [one for one in MEASURES.values() if one.stage in chosen]
