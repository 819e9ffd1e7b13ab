"""Areas for improvement and what became of them, as JSON and as text."""

from typing import Any

from assistant.answers.concerns import Concern, Echo
from assistant.letters.citations import passage_link
from assistant.letters.spoken import describe
from assistant.records.letters import quote_json

__all__ = ["concern_json", "concern_text"]


def concern_json(concern: Concern) -> dict[str, Any]:
    """An area for improvement and what each later letter says of it."""
    return {
        "letter_id": concern.letter.letter_id,
        "kind": concern.item.kind,
        "text": concern.text,
        "start": concern.item.start,
        "end": concern.item.end,
        "link": passage_link(concern.letter, concern.item.start, concern.item.end),
        "state": concern.state,
        "later": [
            {
                "letter_id": one.letter.letter_id,
                "verdict": one.verdict,
                "confidence": one.confidence or None,
                "score": round(one.score, 3),
                "quotes": [quote_json(one.letter, quote) for quote in one.quotes],
            }
            for one in concern.later
        ],
    }


def concern_text(concern: Concern) -> str:
    """An area for improvement and what became of it, for a terminal."""
    lines = [f"  {concern.state.upper()}: {' '.join(concern.text.split())}"]
    for one in concern.later:
        for number, quote in enumerate(one.quotes):
            words = " ".join(one.letter.text[quote.start : quote.end].split())
            lines.append(f"      {describe(one.letter)}: {_verdict(one) if not number else 'but also'}: “{words}”")
    return "\n".join(lines)


def _verdict(one: Echo) -> str:
    return f"{one.verdict} ({one.confidence} confidence)" if one.confidence else one.verdict
