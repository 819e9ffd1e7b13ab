"""Earlier inspections that a document mentions beside its own."""

from collections.abc import Sequence

from assistant.letters import EarlierInspection
from assistant.outline import Outline

__all__ = ["read_earlier"]


def read_earlier(outline: Outline, own: Sequence[tuple[str, str]]) -> tuple[EarlierInspection, ...]:
    """Inspections and visits that a document mentions and is not itself about, in reading order.

    Args:
        outline: The document's text and sections.
        own: Periods (first day, last day) of the visit or inspection that the document reports.
    """
    return ()
