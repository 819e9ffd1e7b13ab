"""The evidence beside an answer: a card for each citation, one of them opened in its letter. Pure functions."""

from collections.abc import Sequence

from assistant.answers.answer import Answer
from assistant.letters.citations import Citation
from assistant.page.frame.render import facts, safe, shown
from assistant.page.letters.opened import reader

__all__ = ["card", "evidence_html", "nothing_html"]


def evidence_html(answer: Answer, turn: int, opened: int | None = None, *, stamp: int = 0) -> str:
    """The evidence for one answer.

    Args:
        answer: What was answered.
        turn: Its number in the conversation, from 1.
        opened: Position (from 1) of the citation whose letter is open, or None.
        stamp: Differs each time, so that opening the same passage again scrolls to it again.
    """
    citations = shown(answer)
    cards = "".join(
        card(answer, citations, position, turn, opened=position == opened) for position in range(1, len(citations) + 1)
    )
    body = f'<ol class="cards">{cards}</ol>' if cards else '<p class="empty">There is no passage to show.</p>'
    return (
        f'<div class="evidence" data-stamp="{stamp}" data-turn="{turn}" data-focus="{"mark" if opened else "none"}">'
        f'<h2 tabindex="-1">Evidence</h2><p class="for">For: {safe(answer.question)}</p>{body}</div>'
    )


def nothing_html(stamp: int = 0) -> str:
    """The evidence where there is no answer to show any for."""
    return f'<div class="evidence" data-stamp="{stamp}" data-focus="none"><h2 tabindex="-1">Evidence</h2></div>'


def card(answer: Answer, citations: Sequence[Citation], position: int, turn: int, *, opened: bool = False) -> str:
    """One citation: number, letter, date, kind, who speaks, and its quote or the opened letter."""
    citation = citations[position - 1]
    inside = (
        reader(citation, position, len(citations), turn)
        if opened
        else f'<blockquote dir="auto">{safe(citation.quote)}</blockquote>'
        f'<p class="locator">{safe(citation.locator)}</p>'
        f'<button type="button" class="open" data-go="#cite-{turn}-{position}" '
        f'aria-label="Read source {position} in the letter">Read it in the letter</button>'
    )
    return (
        f'<li class="card{" opened" if opened else ""}" id="card-{turn}-{position}">{_not_an_answer(answer)}'
        f'<div class="title"><span class="number" aria-hidden="true">{position}</span>'
        f"<h3>{safe(citation.letter.title)}</h3></div>{facts(citation.letter)}{inside}</li>"
    )


def _not_an_answer(answer: Answer) -> str:
    if not answer.refusal:
        return ""
    words = "Shows the correction" if answer.refusal.kind == "false_premise" else "Nearby, but not an answer"
    return f'<p class="nearby">{words}</p>'
