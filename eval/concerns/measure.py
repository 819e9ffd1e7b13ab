"""How often the verdicts on concerns are those of a person who read both letters.

A label says of an item of an earlier letter what a later letter about the same authority says of the matter: "raised
again", "reported improved", "both" (better, and still wanting), "not mentioned" or "unclear" (a careful reader could
not defend one of the others). The letters are not part of this project, so labels hold anchors instead of words.

The measures, each with its Wilson interval:

    again_precision     of the verdicts "raised again": labels "raised again" or "both"
    again_recall        of the labels "raised again": verdicts "raised again"
    improved_precision  of the verdicts "reported improved": labels "reported improved" or "both"
    improved_recall     of the labels "reported improved": verdicts "reported improved"
    proof               of the right ones of these verdicts: the first quote overlaps a passage that the person marked
    sure                of the clear verdicts of high confidence: labels that bear them out
    shuffled            of the same concerns held against a letter about another authority: verdicts "raised again"
    shuffled_sure       of the same: verdicts "raised again" of high confidence

The last two are a control: two letters about different authorities cannot raise the same concern again, though they
often have the same one.
"""

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.answers.concerns import Echo, Near, Rarity, echo, statements_of
from assistant.answers.evidence import Sentence
from assistant.letters.letter import Letter
from eval.gold import Anchor
from eval.shelf import Shelf
from eval.statistics import wilson

__all__ = ["HALVES", "Label", "LabelError", "Measured", "Share", "measure", "read_labels"]

HERE = Path(__file__).parent
HALVES = ("tuning", "heldout")
SEED = 20261122  # of the control
AGAIN, IMPROVED, BOTH = "raised again", "reported improved", "both"


class LabelError(Exception):
    """Labels that cannot be used, and why, in one line."""


class Label(BaseModel):
    """What a person who read both letters says.

    `sampled` is "random" for pairs drawn by chance, which alone give rates as they are, and "chosen" for pairs that
    were looked for because the matter comes back.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    sampled: Literal["random", "chosen"]
    authority: str
    earlier: Anchor
    later_document: str
    label: Literal["raised again", "reported improved", "both", "not mentioned", "unclear"]
    later: tuple[Anchor, ...] = Field(default=())
    note: str = ""


@dataclass(frozen=True, slots=True)
class Share:
    """Hits of so many, with its 95 % interval."""

    hits: int
    of: int

    @property
    def value(self) -> float:
        """The share, 0 of nothing."""
        return self.hits / self.of if self.of else 0.0

    def __str__(self) -> str:
        low, high = wilson(self.hits, self.of)
        return f"{self.value:.3f} ({self.hits} of {self.of}; {low:.2f} to {high:.2f})"


@dataclass(frozen=True, slots=True)
class Measured:
    """One half.

    Attributes:
        shares: By the measure's name.
        table: Number of pairs by verdict and label.
        wrong: Identifiers of the pairs whose verdict "raised again" or "reported improved" is not the label.
    """

    shares: dict[str, Share]
    table: Counter[tuple[str, str]]
    wrong: tuple[str, ...]


def read_labels(half: str) -> tuple[Label, ...]:
    """The labels of one of the `HALVES`.

    Raises:
        LabelError: If a line is no label.
    """
    labels = []
    for number, line in enumerate((HERE / f"{half}.jsonl").read_text(encoding="utf-8").splitlines(), 1):
        try:
            labels.append(Label.model_validate_json(line))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"]))
            raise LabelError(f"{half}.jsonl, line {number}: {where}: {first['msg']}") from None
    return tuple(labels)


def measure(labels: Sequence[Label], letters: Iterable[Letter], near: Near, rarity: Rarity) -> Measured:
    """Hold the verdicts against the labels.

    Args:
        labels: Of one half.
        letters: Those that the labels are about, and more.
        near: Measures likeness.
        rarity: Weighs terms.

    Raises:
        LabelError: If a letter or the words of an anchor are not there.
    """
    shelf = Shelf(letters)
    held = sorted({_letter(shelf, label).letter_id for label in labels})
    chance = random.Random(SEED)
    statements: dict[str, Sequence[Sentence]] = {}

    def say(concern: str, letter: Letter) -> Echo:
        if letter.letter_id not in statements:
            statements[letter.letter_id] = statements_of(letter)
        return echo(concern, letter, statements[letter.letter_id], near, rarity)

    table: Counter[tuple[str, str]] = Counter()
    wrong, proofs, sure, shuffled = [], [], [], []
    for label in labels:
        concern, letter = _words(shelf, label.earlier), _letter(shelf, label)
        found = say(concern, letter)
        table[found.verdict, label.label] += 1
        if found.confidence == "high":
            sure.append(label.label in (found.verdict, BOTH))
        if found.verdict in (AGAIN, IMPROVED):
            if label.label in (found.verdict, BOTH):
                proofs.append(_proved(shelf, label, found))
            else:
                wrong.append(label.id)
        others = [one for name in held if (one := shelf.letter(name)) and one.authority != letter.authority]
        other = chance.choice(others)
        shuffled.append(say(concern, other))
    shares = {
        "again_precision": _precision(table, AGAIN),
        "again_recall": _recall(table, AGAIN),
        "improved_precision": _precision(table, IMPROVED),
        "improved_recall": _recall(table, IMPROVED),
        "proof": Share(sum(proofs), len(proofs)),
        "sure": Share(sum(sure), len(sure)),
        "shuffled": Share(sum(one.verdict == AGAIN for one in shuffled), len(shuffled)),
        "shuffled_sure": Share(
            sum(one.verdict == AGAIN and one.confidence == "high" for one in shuffled), len(shuffled)
        ),
    }
    return Measured(shares, table, tuple(wrong))


def _precision(table: Counter[tuple[str, str]], verdict: str) -> Share:
    said = {label: count for (given, label), count in table.items() if given == verdict}
    return Share(said.get(verdict, 0) + said.get(BOTH, 0), sum(said.values()))


def _recall(table: Counter[tuple[str, str]], label: str) -> Share:
    return Share(table[label, label], sum(count for (_, known), count in table.items() if known == label))


def _letter(shelf: Shelf, label: Label) -> Letter:
    found = shelf.letter(label.later_document)
    if found is None:
        raise LabelError(f"{label.id}: there is no letter {label.later_document} in the index")
    return found


def _words(shelf: Shelf, anchor: Anchor) -> str:
    letter = shelf.letter(anchor.document)
    words = shelf.between(letter, anchor.first, anchor.last, anchor.words, anchor.page) if letter else None
    if words is None:
        raise LabelError(f'{anchor.document}: no words from "{anchor.first}" to "{anchor.last}"')
    return words


def _proved(shelf: Shelf, label: Label, found: Echo) -> bool:
    """Whether the first quote overlaps what the person marked."""
    quote = found.letter.text[found.quotes[0].start : found.quotes[0].end]
    marked = [_words(shelf, anchor) for anchor in label.later]
    return any(quote in words or words in quote for words in marked)
