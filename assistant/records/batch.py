"""A file of questions in, a file of answers out: one JSON object a line, same order, one process."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.answers.answer import answer_json
from assistant.engine import Assistant
from assistant.errors import AssistantError, QuestionError
from assistant.index.update import Progress
from assistant.questions.question import checked
from assistant.questions.scope import Filters, checked_filters

__all__ = ["Asked", "answer_batch", "history_of", "read_batch"]


@dataclass(frozen=True, slots=True)
class Asked:
    """One line of a batch file."""

    id: str
    question: str
    history: tuple[str, ...]
    filters: Filters


def read_batch(file: Path, assistant: Assistant) -> list[Asked]:
    """The questions of a batch file.

    Raises:
        QuestionError: With file, line and reason, before anything is answered.
    """
    try:
        lines = file.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionError(f"{file}: cannot be read ({error.__class__.__name__}); check the path") from None
    asked = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            asked.append(_asked(row, number, assistant))
        except (ValueError, TypeError, AttributeError, KeyError) as error:
            reason = f"no {error}" if isinstance(error, KeyError) else str(error)
            raise QuestionError(f"{file}:{number}: {reason}") from None
        except AssistantError as error:
            raise QuestionError(f"{file}:{number}: {error}") from None
    return asked


def _asked(row: Any, number: int, assistant: Assistant) -> Asked:
    if not isinstance(row, dict):
        raise TypeError("the line is no JSON object")
    question = row["question"]
    if not isinstance(question, str):
        raise TypeError('"question" must be text')
    checked(question, assistant.settings.max_question_chars)
    given = row.get("id")
    filters = checked_filters(
        _many(row.get("authority")),
        [int(year) for year in _many(row.get("year"))],
        _many(row.get("kind")),
        assistant.letters,
    )
    return Asked(str(number if given is None else given), question, history_of(row.get("history")), filters)


def _many(value: Any) -> list[Any]:
    return [] if value is None else list(value) if isinstance(value, list) else [value]


def history_of(value: Any) -> tuple[str, ...]:
    """Earlier questions, oldest first, from a list of texts or of {"role", "content"} messages (the user's count).

    Raises:
        TypeError: If it is neither.
    """
    questions = []
    if value is not None and not isinstance(value, list):
        raise TypeError('"history" must be a list of questions or of {"role", "content"} messages')
    for item in value or ():
        if isinstance(item, str):
            questions.append(item)
        elif isinstance(item, dict) and isinstance(item.get("content"), str):
            if item.get("role", "user") == "user":
                questions.append(item["content"])
        else:
            raise TypeError('"history" must be a list of questions or of {"role", "content"} messages')
    return tuple(questions)


def answer_batch(assistant: Assistant, file: Path, output: Path | None, k: int, progress: Progress) -> None:
    """Answer every question of a file.

    Raises:
        QuestionError: If the file is not understood; nothing is answered then.
        AssistantError: If the output cannot be written.
    """
    asked = read_batch(file, assistant)
    if output is not None:
        _check_output(file, output)
    rows: list[str] = []
    for done, item in enumerate(asked):
        progress("Answering", done, len(asked))
        rows.append(json.dumps(_answered(assistant, item, k), ensure_ascii=False))
    progress("Answering", len(asked), len(asked))
    _write(rows, output)


def _check_output(file: Path, output: Path) -> None:
    """Whether the answers can be written, before any work is done for them."""
    if output.exists() and output.samefile(file):
        raise AssistantError(f"{output}: is the file of questions; choose another file for the answers")
    try:
        with output.open("a", encoding="utf-8"):
            pass
    except OSError as error:
        raise AssistantError(f"{output}: cannot be written ({error.strerror or error}); choose another file") from None


def _answered(assistant: Assistant, item: Asked, k: int) -> dict[str, Any]:
    answer = assistant.ask(item.question, history=item.history, filters=item.filters, k=k)
    return {**answer_json(answer, item.id)}


def _write(rows: Sequence[str], output: Path | None) -> None:
    from assistant.records.output import write_output

    write_output("".join(f"{row}\n" for row in rows), output)
