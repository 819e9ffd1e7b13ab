"""A gold question in the making, what is at hand to make it, and how it gets into its file."""

import json
import os
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from textwrap import shorten
from typing import Any

from pydantic import ValidationError

from assistant.errors import AssistantError
from assistant.letters.spoken import describe
from eval.gold import GoldError, Question, Row, check, read
from eval.matching import squeezed
from eval.new.suggest import Sentence
from eval.run import Library
from eval.score import EXTRACTIVE, Given, Outcome, score
from eval.shelf import Shelf

__all__ = ["ANY", "Desk", "Draft", "alternatives"]

ANY = "any"
"""The kind of refusal of an unanswerable question for which every kind is right."""

FIRST_ID = ("q-", "001")  # prefix and number in a new file
ANCHOR = 5  # words at each end of an anchor
SHOWN = 60  # characters of a quote in an error


@dataclass(slots=True)
class Draft:
    """A question in the making; what is empty has not been said.

    Attributes:
        question: What is asked.
        history: Asked before it, oldest first.
        quotes: Words that answer it.
        facts: Groups of alternatives.
        forbidden: What only a wrong answer says.
        unanswerable: The right kind of refusal, or `ANY`; empty where the letters hold the answer.
        absent: Words that stand in no letter.
        scope: What is to be searched.
        type: Kind of question.
        must_pass: Whether the gate falls with it.
        note: For people.
        id: Its identifier; by default the next free one.
    """

    question: str = ""
    history: list[str] = field(default_factory=list)
    quotes: list[Sentence] = field(default_factory=list)
    facts: list[list[str]] = field(default_factory=list)
    forbidden: list[str] = field(default_factory=list)
    unanswerable: str = ""
    absent: list[str] = field(default_factory=list)
    scope: dict[str, Any] | None = None
    type: str = ""
    must_pass: bool = False
    note: str = ""
    id: str = ""

    @property
    def said(self) -> list[str]:
        """Where a fact may stand: the quotes, and the headings of their letters."""
        return [*(one.words for one in self.quotes), *(describe(one.letter) for one in self.quotes)]

    def guessed_type(self) -> str:
        """A type that suits it."""
        asked = self.question.lower()
        if self.history:
            return "follow_up"
        if not self.quotes:
            return "unanswerable"
        for words, name in (("how m", "how_many"), ("who", "who"), ("when", "when")):
            if asked.startswith(words):
                return name
        return "comparison" if len({one.letter.letter_id for one in self.quotes}) > 1 else "theme"


@dataclass(slots=True)
class Desk:
    """What is at hand.

    Attributes:
        library: The letters, and somebody to ask.
        shelf: The letters by name.
        file: Where questions are added.
        anchors: Whether quotes are named by their ends instead of being copied.
        rows: The questions that the file holds.
        written: How many have been added.
    """

    library: Library
    shelf: Shelf
    file: Path
    anchors: bool
    rows: list[tuple[str, Row]]
    written: int = 0

    @staticmethod
    def rows_of(file: Path) -> list[tuple[str, Row]]:
        """The questions of a file, none where it is missing or empty.

        Raises:
            GoldError: If it holds anything else.
        """
        return read([file]) if file.exists() and file.read_bytes().strip() else []

    def search(self, question: str, history: Sequence[str] = ()) -> Mapping[str, Any]:
        """The passages that the assistant finds and what it searched, in the contract's shape."""
        asked = Question(id="", source="", question=question, type="", answerable=True, history=tuple(history))
        return self.library.search(asked)

    def next_id(self) -> str:
        """One more than the highest number with the prefix of the file's last question."""
        last = re.fullmatch(r"(.*?)(\d+)", self.rows[-1][1].id) if self.rows else None
        prefix, digits = (last[1], last[2]) if last else FIRST_ID
        numbers = [re.fullmatch(rf"{re.escape(prefix)}(\d+)", row.id) for _, row in self.rows]
        highest = max((int(one[1]) for one in numbers if one), default=0)
        return f"{prefix}{highest + 1:0{len(digits)}}"

    def scope(self, found: Mapping[str, Any]) -> dict[str, Any]:
        """What was searched, as a gold question says it; without the letters where it was all of them."""
        searched = found["scope"]
        files = [letter.file for name in searched["letters"] if (letter := self.shelf.letter(name))]
        named = {"authorities": list(searched["authorities"]), "years": list(searched["years"])}
        return named if len(files) == len(self.shelf.letters) else named | {"letters": files}

    def searched(self, found: Mapping[str, Any]) -> str:
        """The same for a person."""
        searched = found["scope"]
        limits = ", ".join(map(str, (*searched["authorities"], *searched["years"])))
        count = f"{len(searched['letters'])} of {len(self.shelf.letters)} letters"
        return "; ".join(part for part in (searched.get("reading") or limits, count) if part)

    def evidence(self, one: Sentence) -> dict[str, Any]:
        """A quote as a gold question holds it, or an anchor.

        Raises:
            GoldError: If the checker would not find the anchor's words again.
        """
        if not self.anchors:
            return {"document": one.letter.file, "quote": one.words}
        words = one.words.split()
        first, last = " ".join(words[:ANCHOR]), " ".join(words[-ANCHOR:])
        count = sum(any(map(str.isalnum, word)) for word in words)
        found = one.letter.paragraph_at(one.start)
        page = found[1].page_start if found else None
        again = self.shelf.between(one.letter, first, last, count, page)
        if again is None or squeezed(again) != squeezed(one.words):
            raise GoldError([f'no anchor finds "{shorten(one.words, SHOWN)}" again: choose another sentence'])
        return {"document": one.letter.file, "page": page, "from": first, "to": last, "words": count}

    def row(self, draft: Draft) -> dict[str, Any]:
        """A question as a line of a gold file holds it.

        Raises:
            GoldError: If the checker would not find an anchor's words again.
        """
        row: dict[str, Any] = {
            "id": draft.id or self.next_id(),
            "question": draft.question,
            "type": draft.type or draft.guessed_type(),
            "answerable": not draft.unanswerable,
            "history": draft.history,
            "gold_documents": list(dict.fromkeys(one.letter.file for one in draft.quotes)),
            "quotes": [self.evidence(one) for one in draft.quotes],
            "required_facts": draft.facts,
            "forbidden": draft.forbidden,
            "refusal": "" if draft.unanswerable == ANY else draft.unanswerable,
            "scope": draft.scope,
            "absent": draft.absent,
            "must_pass": draft.must_pass,
            "note": draft.note,
        }
        always = ("answerable", "gold_documents", "quotes", "required_facts", "forbidden")
        return {name: value for name, value in row.items() if value or name in always}

    def write(self, draft: Draft) -> tuple[str, Question]:
        """Check a question and add it to the file.

        Returns:
            Its place, "file:line", and the checked question.

        Raises:
            GoldError: If it does not check.
            AssistantError: If the file cannot be written.
        """
        self.rows = self.rows_of(self.file)  # another window may have added some
        line = json.dumps(self.row(draft), ensure_ascii=False)
        place = f"{self.file}:{_lines(self.file) + 1}"
        row = _validated(place, line, self.rows)
        question = check([(place, row)], self.shelf)[0]
        _append(self.file, line)
        self.rows.append((place, row))
        self.written += 1
        return place, replace(question, source=self.file.stem)

    def today(self, question: Question) -> Outcome:
        """How the assistant does on a question."""
        given = Given.model_validate(self.library.answer(question, EXTRACTIVE))
        return score(question, given, self.shelf)


def alternatives(fact: str) -> list[str]:
    """A group of facts as it is typed, "60% | three fifths"."""
    return [words.strip() for words in fact.split("|") if words.strip()]


def _validated(place: str, line: str, rows: Sequence[tuple[str, Row]]) -> Row:
    try:
        row = Row.model_validate(json.loads(line))
    except ValidationError as error:
        first = error.errors()[0]
        raise GoldError([f"{place}: {'.'.join(map(str, first['loc']))}: {first['msg']}"]) from None
    for before, other in rows:
        if other.id == row.id:
            raise GoldError([f'{place}: the id "{row.id}" was given before, at {before}'])
    return row


def _lines(file: Path) -> int:
    """How many lines a file has, the last one whether or not it ends."""
    body = file.read_bytes() if file.exists() else b""
    return body.count(b"\n") + (body[-1:] not in (b"", b"\n"))


def _append(file: Path, line: str) -> None:
    """Add a line in one step: whatever happens, the file keeps what it held, and gets the whole line or nothing."""
    target = file.resolve()  # a link stays a link
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        before = target.read_bytes() if target.exists() else b""
        if before and not before.endswith(b"\n"):
            before += b"\n"
        try:
            with beside.open("wb") as out:
                out.write(before + line.encode("utf-8") + b"\n")
                out.flush()
                os.fsync(out.fileno())
            if target.exists():
                shutil.copymode(target, beside)
            os.replace(beside, target)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise AssistantError(f"{file}: cannot be written ({error.strerror or error}); give another --gold") from None
