"""Areas for improvement and for priority action as records: each item verbatim, with the list it stands in."""

from assistant.letters import Improvement
from assistant.outline import Outline

__all__ = ["read_improvements"]


def read_improvements(outline: Outline) -> tuple[Improvement, ...]:
    """The items under the headings that say what must improve, in reading order.

    Args:
        outline: The document's text and sections.
    """
    kinds = {"improve": "area for improvement", "priority": "area for priority action"}
    return tuple(
        Improvement(kinds[section.kind], section.heading, paragraph.paragraph_id, paragraph.start, paragraph.end)
        for section in outline.sections
        if section.kind in kinds
        for paragraph in section.paragraphs
    )
