"""Asking: every gold question through the assistant, or answers read from a file in the contract's shape."""

import json
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from pydantic import ValidationError

from assistant.errors import QuestionError
from assistant.letters.letter import Letter
from eval.gold import GoldError, Question
from eval.score import EXTRACTIVE, Given

if TYPE_CHECKING:
    from assistant.engine import Assistant

__all__ = [
    "LANGUAGE_MODEL",
    "MATTERING",
    "Library",
    "ask_all",
    "open_assistant",
    "open_library",
    "read_answers",
    "show",
]

LANGUAGE_MODEL = "language model"
"""The writer that words answers anew, where the settings name one."""

MATTERING = (
    "inspectorate",
    "ocr",
    "embedding_model",
    "query_prompt",
    "passage_prompt",
    "passage_tokens",
    "dense_weight",
    "lexical_weight",
    "reranker",
    "store",
    "answer_words",
    "letters_read",
    "list_words",
    "llm_model",
    "llm_answer_tokens",
    "context_tokens",
    "token_encoding",
)
"""The settings that an answer depends on: how letters are read, what is found, chosen and worded."""

PASSAGES = 10  # retrieved for each question: what recall@10 and nDCG@10 look at
STEP = 25  # steps between two lines of progress


class Library(Protocol):
    """The letters and somebody to ask about them."""

    @property
    def letters(self) -> Sequence[Letter]:
        """All letters."""

    @property
    def writers(self) -> Sequence[str]:
        """Those that can be asked: `EXTRACTIVE` first, then the language model that the settings name, if any."""

    @property
    def settings(self) -> Mapping[str, Any]:
        """What an answer may depend on, by name."""

    def answer(self, question: Question, writer: str) -> Mapping[str, Any]:
        """An answer in the contract's shape."""

    def search(self, question: Question) -> Mapping[str, Any]:
        """The passages found, in the contract's shape, with the seconds."""

    def close(self) -> None:
        """Let go of the index."""


class AssistantLibrary:
    """The product itself."""

    def __init__(self, corpus: Path | None, index: Path | None) -> None:
        self._assistant = open_assistant(corpus, index)
        self._by_id = {letter.letter_id: letter for letter in self._assistant.letters}

    @property
    def letters(self) -> Sequence[Letter]:
        """All letters."""
        return self._assistant.letters

    @property
    def writers(self) -> Sequence[str]:
        """The extractive one, and the language model where there is one."""
        return (EXTRACTIVE, LANGUAGE_MODEL) if self._assistant.settings.llm_url else (EXTRACTIVE,)

    @property
    def settings(self) -> Mapping[str, Any]:
        """The settings that an answer depends on; no address, limit or key is among them."""
        every = self._assistant.settings.model_dump(mode="json", exclude_none=True)
        return {name: value for name, value in every.items() if name in MATTERING}

    def answer(self, question: Question, writer: str) -> Mapping[str, Any]:
        """An answer in the contract's shape."""
        from assistant.answers.answer import answer_json

        answer = self._assistant.ask(
            question.question, history=question.history, k=PASSAGES, rewrite=writer != EXTRACTIVE
        )
        return answer_json(answer, question.id)

    def search(self, question: Question) -> Mapping[str, Any]:
        """The passages found, in the contract's shape, with the seconds."""
        from assistant.records.search import search_json

        started = time.perf_counter()
        found = self._assistant.search(question.question, history=question.history, k=PASSAGES)
        seconds = time.perf_counter() - started
        return search_json(found, self._by_id) | {"seconds": {"scope and retrieve": seconds}}

    def close(self) -> None:
        """Let go of the index."""
        self._assistant.close()


def show(what: str, done: int, every: int) -> None:
    """Tell on stderr how far something has come, now and then."""
    if done == every or done % STEP == 0:
        print(f"{what}: {done} of {every}", file=sys.stderr)


def open_assistant(corpus: Path | None, index: Path | None) -> "Assistant":
    """Open the product on its own letters, or on other ones with an index of their own.

    Raises:
        AssistantError: If it cannot be opened.
    """
    # Here, because it takes seconds, and bad gold should not have to wait for it.
    from assistant.engine import Assistant
    from assistant.settings import load_settings

    # Other letters never go into the index in use: an empty name gives each folder of letters an index of its own.
    settings = load_settings(corpus_dir=corpus, index_dir=index or ("" if corpus else None))
    if corpus:
        print(f"index of {corpus}: {settings.index_dir}", file=sys.stderr)
    return Assistant.open(settings, progress=show)


def open_library(corpus: Path | None, index: Path | None) -> Library:
    """Open the assistant on its own letters, or on other ones with an index of their own.

    Raises:
        AssistantError: If it cannot be opened.
    """
    return AssistantLibrary(corpus, index)


def ask_all(
    library: Library, questions: Sequence[Question], writer: str = EXTRACTIVE, search_only: bool = False
) -> list[Given]:
    """Ask every question, in order, with its history; progress goes to stderr.

    Args:
        library: Whom to ask.
        questions: What to ask.
        writer: One of the library's.
        search_only: Whether nothing is answered, only the scope read and the passages found.

    Raises:
        GoldError: If a question cannot be asked at all.
    """
    answers = []
    for number, question in enumerate(questions, 1):
        try:
            answers.append(_asked(library, question, writer, search_only))
        except QuestionError as error:  # too long, say: the question is wrong, not the assistant
            raise GoldError([f"{question.place or question.id}: {error}"]) from None
        show("asked" if writer == EXTRACTIVE else f"asked, {writer}", number, len(questions))
    return answers


def _asked(library: Library, question: Question, writer: str, search_only: bool) -> Given:
    if not search_only:
        return Given.model_validate(library.answer(question, writer))
    found = library.search(question)
    return Given(refused=False, answer="", scope=found["scope"], retrieved=found["hits"], seconds=found["seconds"])


def read_answers(path: Path, questions: Sequence[Question]) -> list[Given]:
    """Answers from a JSON lines file, in the order of the questions.

    Raises:
        GoldError: If the file cannot be read, a line is no answer, or a question has none or two.
    """
    given: dict[str, Given] = {}
    problems: list[str] = []
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise GoldError([f"{path}:1: cannot be read as UTF-8 text ({error})"]) from None
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            answer = Given.model_validate(json.loads(line))
        except json.JSONDecodeError as error:
            problems.append(f"{path}:{number}: not JSON: {error.msg} at column {error.colno}")
        except ValidationError as error:
            first = error.errors()[0]
            problems.append(f"{path}:{number}: {'.'.join(map(str, first['loc']))}: {first['msg']}")
        else:
            if answer.id in given:
                problems.append(f'{path}:{number}: a second answer to "{answer.id}"')
            given[answer.id] = answer
    if not problems:
        problems = [f'{path}: no answer to "{one.id}"' for one in questions if one.id not in given]
    if problems:
        raise GoldError(problems)
    return [given[question.id] for question in questions]
