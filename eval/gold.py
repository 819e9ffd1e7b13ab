"""Gold questions: read from JSON lines, checked against the letters, refused with file, line and reason.

Three shapes of evidence are read: `{"document", "quote"}`; an anchor `{"document", "page", "from", "to",
"words"}` for documents whose text is not to be copied; and a bare string, with `gold_ids` and `nuggets` in
place of `gold_documents` and `required_facts` (the national set). A folder in BEIR's shape is read by `eval.beir`.
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from assistant.letters.letter import Letter
from assistant.letters.spoken import describe
from eval.matching import holds
from eval.shelf import Shelf

__all__ = ["Evidence", "ExpectedScope", "GoldError", "Question", "Row", "check", "read"]

RefusalKind = Literal["no_letter_in_scope", "letters_silent", "false_premise", "out_of_remit"]
Words = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]

NATIONAL = ("authority", "year", "years", "answer", "expected_count", "near_doc")  # what only the national set has


class GoldError(Exception):
    """The gold questions cannot be used.

    Args:
        problems: One line each: "file:line: reason".
    """

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problems))


class _Model(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")  # "forbiden" must not be lost silently


class Quote(_Model):
    """Words of a document."""

    document: Words
    quote: Words


class Anchor(_Model):
    """Where words of a document begin and end."""

    document: Words
    page: int | None = None
    first: Words = Field(alias="from")
    last: Words = Field(alias="to")
    words: int = Field(ge=1)


class Message(_Model):
    """An earlier turn of the conversation."""

    role: str
    content: str


class GoldScope(_Model):
    """What a question restricts the search to; a part that is left out is not compared."""

    authorities: list[Words] | None = None
    years: list[int] | None = None
    letters: list[Words] | None = None


class Row(_Model):
    """A line of a gold file, as written."""

    id: Words
    question: Words
    answerable: bool
    type: str = ""
    history: list[str | Message] = []
    documents: list[Words] = Field([], validation_alias=AliasChoices("gold_documents", "gold_ids"))
    quotes: list[Quote | Anchor | Words] = []
    facts: list[Annotated[list[Words], Field(min_length=1)]] = Field(
        [], validation_alias=AliasChoices("required_facts", "nuggets")
    )
    forbidden: list[Words] = []
    refusal: RefusalKind | None = None
    scope: GoldScope | None = None
    absent: list[Words] = []
    must_pass: bool = False
    known_gap: Words | None = None
    note: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _national(cls, row: Any) -> Any:
        """The national set names the authority and the years of a question in fields of their own."""
        if not isinstance(row, dict) or "scope" in row or "authority" not in row:
            return row
        years = row.get("years") or [row[name] for name in ("year",) if row.get(name)]
        scope = {"authorities": [row["authority"]]} | ({"years": years} if years else {})
        return {name: value for name, value in row.items() if name not in NATIONAL} | {"scope": scope}


@dataclass(frozen=True, slots=True)
class Evidence:
    """Words that answer a question, in any of the letters named by identifier; no words: any passage of theirs."""

    letters: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class ExpectedScope:
    """What a right reading of a question searches; None where that is not said.

    Attributes:
        authorities: Names.
        years: Of inspection or publication.
        letters: Identifiers.
    """

    authorities: frozenset[str] | None = None
    years: frozenset[int] | None = None
    letters: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A checked gold question.

    Attributes:
        id: Unique in the run.
        source: Name of its gold file without the ending ("heldout").
        question: What is asked.
        type: Kind of question ("list", "comparison", ...), for the table.
        answerable: Whether the letters hold the answer.
        history: Earlier questions, oldest first.
        letters: Identifiers of the letters that hold the answer.
        authority: Whom the question is about: of the first of these letters, or as its scope names it; or empty.
        evidence: Words of theirs that prove it.
        facts: Groups of alternatives; an answer must say one of each group. Without any, the question measures the
            search alone.
        forbidden: What an answer must not say.
        refusal: The kind of refusal that is right, or None.
        scope: What is to be searched, or None.
        must_pass: Whether the gate falls when this one question fails.
        known_gap: Why the question is known to fail and does not gate, or None.
        note: For people.
        place: Where it is written, "file:line"; empty where it has no line of its own.
    """

    id: str
    source: str
    question: str
    type: str
    answerable: bool
    history: tuple[str, ...] = ()
    letters: tuple[str, ...] = ()
    authority: str = ""
    evidence: tuple[Evidence, ...] = ()
    facts: tuple[tuple[str, ...], ...] = ()
    forbidden: tuple[str, ...] = ()
    refusal: str | None = None
    scope: ExpectedScope | None = None
    must_pass: bool = False
    known_gap: str | None = None
    note: str | None = None
    place: str = ""


def read(paths: Sequence[Path]) -> list[tuple[str, Row]]:
    """Read gold files.

    Returns:
        Each row with its place, "file:line".

    Raises:
        GoldError: With every line that is not a question, every identifier given twice, every empty file.
    """
    rows: list[tuple[str, Row]] = []
    problems: list[str] = []
    seen: dict[str, str] = {}
    for path in paths:
        before = len(rows) + len(problems)
        try:
            lines = path.read_text(encoding="utf-8-sig").split("\n")
        except OSError as error:
            problems.append(f"{path}: cannot be read ({error.strerror})")
            continue
        except UnicodeDecodeError as error:
            at = path.read_bytes().count(b"\n", 0, error.start) + 1
            problems.append(f"{path}:{at}: cannot be read as UTF-8 text ({error.reason})")
            continue
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            place = f"{path}:{number}"
            try:
                row = Row.model_validate(json.loads(line, object_pairs_hook=_once))
            except json.JSONDecodeError as error:
                problems.append(f"{place}: not JSON: {error.msg} at column {error.colno}")
            except _Twice as error:
                problems.append(f"{place}: {error}")
            except ValidationError as error:
                problems.append(f"{place}: {_reason(error)}")
            else:
                if row.id in seen:
                    problems.append(f'{place}: the id "{row.id}" was given before, at {seen[row.id]}')
                seen.setdefault(row.id, place)
                rows.append((place, row))
        if len(rows) + len(problems) == before:
            problems.append(f"{path}:1: holds no question")
    if problems:
        raise GoldError(problems)
    return rows


class _Twice(ValueError):
    """A field is there twice, and JSON would keep the last one without a word."""


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    twice = [name for name, count in Counter(name for name, _ in pairs).items() if count > 1]
    if twice:
        raise _Twice(f'the field "{twice[0]}" is there twice')
    return dict(pairs)


def _reason(error: ValidationError) -> str:
    # An unknown field first: a misspelt one is also missing, and its right name is what helps.
    first = min(error.errors(), key=lambda one: one["type"] != "extra_forbidden")
    where = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        near = get_close_matches(str(first["loc"][-1]), _FIELDS, n=1)
        return f'there is no field "{where}"' + (f'; there is "{near[0]}"' if near else "")
    if not where:
        return "not a question: a line is one JSON object, {...}"
    return f"{where}: {first['msg']}"


_FIELDS = sorted(
    {
        str(name)
        for model in (Row, Quote, Anchor, GoldScope)
        for field, info in model.model_fields.items()
        for name in (info.validation_alias.choices if isinstance(info.validation_alias, AliasChoices) else [field])
    }
)


def check(rows: Sequence[tuple[str, Row]], shelf: Shelf) -> list[Question]:
    """Check every row against the letters.

    Raises:
        GoldError: With everything that is wrong, a line each.
    """
    problems: list[str] = []
    questions = [_checked(place, row, shelf, problems) for place, row in rows]
    if problems:
        raise GoldError(problems)
    return questions


def _checked(place: str, row: Row, shelf: Shelf, problems: list[str]) -> Question:
    wrong: list[str] = []
    letters = [letter for name in row.documents if (letter := _known(name, shelf, wrong))]
    found = [_evidence(row, index, letters, shelf, wrong) for index in range(len(row.quotes))]
    evidence = [one for one in found if one]
    scope = _scope(row, shelf, wrong)
    if not wrong:
        wrong = [*_contradictions(row), *_facts_wrong(row, letters, evidence), *_absent_wrong(row, scope, shelf)]
    problems.extend(f"{place}: {reason}" for reason in dict.fromkeys(wrong))
    return Question(
        id=row.id,
        source=Path(place.rpartition(":")[0]).stem,
        question=row.question,
        type=row.type or "untyped",
        answerable=row.answerable,
        history=tuple(
            turn if isinstance(turn, str) else turn.content
            for turn in row.history
            if isinstance(turn, str) or turn.role == "user"
        ),
        letters=tuple(dict.fromkeys(letter.letter_id for letter in letters)),
        authority=next((letter.authority for letter in letters if letter.authority), _named(scope)),
        evidence=tuple(dict.fromkeys(evidence)),
        facts=tuple(tuple(group) for group in row.facts),
        forbidden=tuple(row.forbidden),
        refusal=row.refusal,
        scope=scope,
        must_pass=row.must_pass,
        known_gap=row.known_gap,
        note=row.note,
        place=place,
    )


def _scope(row: Row, shelf: Shelf, wrong: list[str]) -> ExpectedScope | None:
    if row.scope is None:
        return None
    authorities, years, names = row.scope.authorities, row.scope.years, row.scope.letters
    letters = None if names is None else [letter for name in names if (letter := _known(name, shelf, wrong))]
    return ExpectedScope(
        None if authorities is None else frozenset(authorities),
        None if years is None else frozenset(years),
        None if letters is None else frozenset(letter.letter_id for letter in letters),
    )


def _named(scope: ExpectedScope | None) -> str:
    return min(scope.authorities) if scope and scope.authorities else ""


def _absent_wrong(row: Row, scope: ExpectedScope | None, shelf: Shelf) -> list[str]:
    """What is said to be absent, and yet stands in a letter that the question is about."""
    about = shelf.letters if scope is None or scope.letters is None else list(map(shelf.letter, scope.letters))
    return [
        f'"{words}" is said to be absent, but stands in {letter.file}'
        for words in row.absent
        for letter in about
        if letter and holds(letter.text, words)
    ]


def _known(name: str, shelf: Shelf, wrong: list[str]) -> Letter | None:
    letter = shelf.letter(name)
    if letter is None:
        wrong.append(f'there is no letter "{name}"')
    return letter


def _evidence(row: Row, index: int, letters: Sequence[Letter], shelf: Shelf, wrong: list[str]) -> Evidence | None:
    quote = row.quotes[index]
    if isinstance(quote, str):
        held = {letter.letter_id: words for letter in letters if (words := shelf.find(letter, quote))}
        # As many quotes as letters: one each, in order (both letters of a comparison may say the same words).
        if len(letters) == len(row.quotes) and letters[index].letter_id in held:
            held = {letters[index].letter_id: held[letters[index].letter_id]}
        if held:
            return Evidence(tuple(held), next(iter(held.values())))
        if letters or not row.documents:
            wrong.append(f'quote {index + 1} is in none of the gold documents: "{quote[:60]}"')
        return None
    letter = _known(quote.document, shelf, wrong)
    if letter is None:
        return None
    if isinstance(quote, Anchor):
        words = shelf.between(letter, quote.first, quote.last, quote.words, quote.page)
        if words is None:
            wrong.append(
                f"quote {index + 1}: {quote.document} has no stretch of {quote.words} words "
                f'from "{quote.first}" to "{quote.last}"'
            )
    else:
        words = shelf.find(letter, quote.quote)
        if words is None:
            wrong.append(f'quote {index + 1} is not in {quote.document}: "{quote.quote[:60]}"')
    return None if words is None else Evidence((letter.letter_id,), words)


def _contradictions(row: Row) -> list[str]:
    """What the fields of a question say against each other, or do not say at all."""
    wrong = []
    if row.must_pass and row.known_gap:
        wrong.append("a question that must pass is no known gap")
    if row.answerable and row.refusal:
        wrong.append(f'an answerable question has no right refusal, and this one has "{row.refusal}"')
    if not row.answerable:
        named = (("gold documents", row.documents), ("quotes", row.quotes), ("required facts", row.facts))
        wrong += [f"an unanswerable question has no {name}" for name, given in named if given]
    quoted = [quote.document for quote in row.quotes if row.documents and not isinstance(quote, str)]
    wrong += [f'"{name}" is quoted, but is none of the gold documents' for name in quoted if name not in row.documents]
    phrases = [*(words for group in row.facts for words in group), *row.forbidden, *row.absent]
    wrong += [f'"{words}" holds no letter and no digit' for words in phrases if not any(map(str.isalnum, words))]
    return wrong


def _facts_wrong(row: Row, letters: Sequence[Letter], evidence: Sequence[Evidence]) -> list[str]:
    """A fact is looked for in sentences and headings, so it must stand in a quote or a letter's heading."""
    quotes = [found.text for found in evidence]
    said = [*quotes, *map(describe, letters)]
    said += [quote if isinstance(quote, str) else quote.quote for quote in row.quotes if not isinstance(quote, Anchor)]
    wrong = [
        f"no alternative of required fact {number} is in the quotes: {group}"
        for number, group in enumerate(row.facts, 1)
        if not any(holds(text, fact) for text in said for fact in group)
    ]
    wrong += [
        f'the forbidden "{words}" is in a quote'
        for words in row.forbidden
        if any(holds(text, words) for text in quotes)
    ]
    if row.answerable:
        named = (("gold document", letters), ("quote", evidence), ("required fact", row.facts))
        wrong += [f"an answerable question needs at least one {name}" for name, given in named if not given]
    return wrong
