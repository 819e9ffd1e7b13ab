"""Questions in BEIR's shape (Thakur and others, NeurIPS 2021): a folder with `queries.jsonl` and `qrels/*.tsv`.

The documents are those of its `corpus.jsonl`, or without that file letters which are named by their file or identifier.
Such a collection says which documents answer a query and nothing else: the search is measured, by whole documents.
"""

import csv
import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from assistant.settings import load_settings
from eval.gold import Evidence, GoldError, Question
from eval.shelf import Shelf

__all__ = ["beir_letters", "is_beir", "read_beir"]

TYPE = "beir"


def is_beir(path: Path) -> bool:
    """Whether a path is a folder of queries and judgements in BEIR's shape."""
    return (path / "queries.jsonl").is_file() and (path / "qrels").is_dir()


def beir_letters(folders: Iterable[Path]) -> Path | None:
    """The documents of `corpus.jsonl` as text files in a folder beside the index, or None where no folder has any.

    Each document's title is its first line. A document's name is made of its identifier.

    Raises:
        GoldError: If a line is no document.
    """
    lines = [
        (file, *line) for folder in folders if (file := folder / "corpus.jsonl").is_file() for line in _lines(file)
    ]
    if not lines:
        return None
    texts, problems = {}, []
    for file, number, row in lines:
        if not isinstance(row, dict) or not str(row.get("_id") or "").strip() or not str(row.get("text") or "").strip():
            problems.append(f'{file}:{number}: a document needs "_id" and "text"')
        else:
            texts[_file(str(row["_id"]))] = f"{row.get('title') or row['_id']}\n\n{row['text']}\n"
    if problems:
        raise GoldError(problems)
    digest = hashlib.sha256("\0".join(f"{name}\0{text}" for name, text in sorted(texts.items())).encode()).hexdigest()
    target = load_settings().index_dir.with_name(f".beir-{digest[:12]}")
    target.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (target / name).write_text(text, encoding="utf-8")
    return target


def read_beir(folders: Sequence[Path], shelf: Shelf) -> list[Question]:
    """The queries that have judgements, each answered by any passage of a document judged above 0.

    Raises:
        GoldError: With every line that is wrong, every document and query that is not there.
    """
    questions, problems = [], []
    for folder in folders:
        relevant: dict[str, list[str]] = {}
        for file in sorted((folder / "qrels").glob("*.tsv")):
            for number, (query, document, judged) in _judgements(file):
                letter = shelf.letter(document) or shelf.letter(_file(document)) or shelf.letter(Path(document).stem)
                if letter is None:
                    problems.append(f'{file}:{number}: there is no letter "{document}"')
                elif judged > 0:
                    relevant.setdefault(query, []).append(letter.letter_id)
        file = folder / "queries.jsonl"
        for number, row in _lines(file):
            if not isinstance(row, dict) or "_id" not in row or not str(row.get("text") or "").strip():
                problems.append(f'{file}:{number}: a query needs "_id" and "text"')
                continue
            letters = tuple(dict.fromkeys(relevant.pop(str(row["_id"]), ())))
            if letters:
                evidence = tuple(Evidence((name,), "") for name in letters)
                identifier = f"{folder.name}-{row['_id']}"
                questions.append(
                    Question(identifier, folder.name, str(row["text"]), TYPE, True, letters=letters, evidence=evidence)
                )
        problems += [f'{folder / "qrels"}: there is no query "{query}"' for query in relevant]
    if problems:
        raise GoldError(problems)
    return questions


def _lines(file: Path) -> list[tuple[int, Any]]:
    rows, problems = [], []
    try:
        lines = file.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise GoldError([f"{file}:1: cannot be read as UTF-8 text ({error})"]) from None
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                rows.append((number, json.loads(line)))
            except json.JSONDecodeError as error:
                problems.append(f"{file}:{number}: not JSON: {error.msg} at column {error.colno}")
    if problems:
        raise GoldError(problems)
    return rows


def _judgements(file: Path) -> list[tuple[int, tuple[str, str, float]]]:
    rows, problems = [], []
    with file.open(encoding="utf-8-sig", newline="") as opened:
        for number, cells in enumerate(csv.reader(opened, delimiter="\t", quoting=csv.QUOTE_NONE), 1):
            if (number == 1 and cells[:1] == ["query-id"]) or not cells:
                continue
            try:
                query, document, judged = cells
                rows.append((number, (query, document, float(judged))))
            except ValueError:
                problems.append(f"{file}:{number}: three cells are wanted: query-id, corpus-id, score")
    if problems:
        raise GoldError(problems)
    return rows


def _file(identifier: str) -> str:
    """A file's name for a document: its identifier as far as a file may be called so, and apart from all others."""
    plain = re.sub(r"[^\w.-]+", "_", identifier).strip("._") or "document"
    digest = "" if plain == identifier else f"-{hashlib.sha256(identifier.encode()).hexdigest()[:8]}"
    return f"{plain[:80]}{digest}.txt"
