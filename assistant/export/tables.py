"""An answer's citations as a table."""

import csv
from io import StringIO

from assistant.answer import Answer, citation_json
from assistant.citations import Citation

__all__ = ["COLUMNS", "csv_table"]

COLUMNS = (
    *("number", "letter_id", "file", "sha256", "title", "issuer", "standing", "kind", "authority"),
    *("published", "published_source", "visit_start", "visit_end"),
    *("section", "paragraph", "page_start", "page_end", "locator", "quote", "start", "end"),
    "sentences",
)
"""The keys of a citation in the contract's JSON, then the sentences that cite it, one to a line."""

BYTE_ORDER_MARK = "\ufeff"
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_table(answer: Answer) -> str:
    """One row for each citation, as RFC 4180 has it, behind a byte order mark for Excel.

    A cell that a spreadsheet would run as a formula is made text by an apostrophe in front. A refusal has no
    citations, so it gives the header alone: its nearest passages are not an answer, and no row could say so.
    """
    buffer = StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for citation in answer.citations:
        writer.writerow([_cell(value) for value in _row(answer, citation)])
    return BYTE_ORDER_MARK + buffer.getvalue()


def _row(answer: Answer, citation: Citation) -> list[object]:
    values = citation_json(citation)
    values["sentences"] = "\n".join(s.text for s in answer.sentences if citation.number in s.citations)
    return [values[column] for column in COLUMNS]


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text
