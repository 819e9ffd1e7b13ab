"""Letters side by side as JSON."""

from typing import Any

from assistant.answers.comparison import Comparison
from assistant.records.letters import quote_json

__all__ = ["comparison_json"]


def comparison_json(found: Comparison) -> dict[str, Any]:
    """Letters side by side: by matter, of each letter its quotes; an empty list where it says nothing of it."""
    return {
        "letters": [letter.letter_id for letter in found.letters],
        "matters": [
            {
                "matter": matter.name,
                "letters": [
                    {
                        "letter_id": told.letter.letter_id,
                        "quotes": [quote_json(told.letter, quote) for quote in told.quotes],
                    }
                    for told in each
                ],
            }
            for matter, each in found.rows
        ],
    }
