"""Citations as a table, and letters as one."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

from assistant.answers.answer import Answer, citation_json
from assistant.answers.timeline import COLUMNS as AREAS
from assistant.answers.timeline import Timeline
from assistant.export.chosen import renumbered
from assistant.export.options import Options
from assistant.letters.citations import Citation
from assistant.letters.letter import Letter

__all__ = [
    "COLUMNS",
    "FORMULA",
    "LETTER_COLUMNS",
    "TIMELINE_COLUMNS",
    "csv_table",
    "letters_table",
    "timelines_table",
]

COLUMNS = (
    *("number", "letter_id", "file", "sha256", "title", "issuer", "standing", "kind", "authority"),
    *("published", "published_source", "visit_start", "visit_end"),
    *("section", "paragraph", "page_start", "page_end", "locator", "quote", "start", "end"),
    *("link", "file_link"),
    *("sentences", "question"),
)
"""The keys of a citation in the contract's JSON, then the sentences that cite it, one to a line, and the question."""

LETTER_COLUMNS = (
    *("letter_id", "file", "sha256", "title", "issuer", "standing", "kind", "framework", "authority", "addressee"),
    *("published", "published_source", "visit_start", "visit_end", "pages", "urn", "url", "link"),
)
"""What is known of a letter, and where the assistant opens it."""

TIMELINE_COLUMNS = (
    *("authority", "date", "last", "kind", "source", *AREAS, "others"),
    *("letter_id", "file", "published", "link"),
)
"""An inspection: when, of which kind, whose word it is, and what it says of each area."""

BYTE_ORDER_MARK = "\ufeff"
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a cell begins with that a spreadsheet would run."""


def csv_table(answers: Sequence[Answer], options: Options = Options()) -> str:
    """One row for each citation, as RFC 4180 has it, behind a byte order mark for Excel.

    A cell that a spreadsheet would run as a formula is made text by an apostrophe in front. A refusal has no
    citations, so it gives no row: its nearest passages are not an answer, and no row could say so.
    """
    rows = [_row(answer, citation, options) for answer in renumbered(answers) for citation in answer.citations]
    return _table(COLUMNS, rows)


def letters_table(letters: Sequence[Letter], options: Options = Options()) -> str:
    """One row for each letter, in the same form."""
    rows = []
    for letter in letters:
        link = options.letter_link(letter)
        rows.append([link if column == "link" else getattr(letter, column) for column in LETTER_COLUMNS])
    return _table(LETTER_COLUMNS, rows)


def timelines_table(timelines: Sequence[Timeline], options: Options = Options()) -> str:
    """One row for each inspection of each authority, the areas side by side in words, in the same form."""
    rows = []
    for timeline in timelines:
        for row in timeline.rows:
            others = "; ".join(f"{cell.area}: {cell.words}" for cell in row.others)
            letter = (row.letter.letter_id, row.letter.file, row.letter.published, options.letter_link(row.letter))
            words = [cell.words for cell in row.cells]
            rows.append([timeline.authority, row.date, row.last, row.kind, row.source, *words, others, *letter])
    return _table(TIMELINE_COLUMNS, rows)


def _table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    buffer = StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return BYTE_ORDER_MARK + buffer.getvalue()


def _row(answer: Answer, citation: Citation, options: Options) -> list[object]:
    values: dict[str, object] = {
        **citation_json(citation, options.link_base),
        "sentences": "\n".join(s.text for s in answer.sentences if citation.number in s.citations),
        "question": answer.question,
    }
    return [values[column] for column in COLUMNS]


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text
