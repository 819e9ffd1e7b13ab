"""One user's conversation: its questions, their answers, and which of them is looked at. Data only."""

from dataclasses import dataclass, field

from assistant.answers.answer import Answer
from assistant.page.asking.progress import Asking
from assistant.questions.scope import Filters

__all__ = ["FOLLOWED", "Session", "Turn", "chosen", "number_up_to"]

FOLLOWED = 10
"""Earlier questions that a follow-up is read with."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and its answer, or the error in words.

    Attributes:
        question: As asked.
        filters: As they were chosen then.
        history: The earlier questions that it was read with, oldest first.
        page: Asked for, of an answer that goes through every letter.
        answer: Or None, while it is waited for and where there was an error.
        problem: The error.
        found: How many passages were found before the answer was written.
    """

    question: str
    filters: Filters = Filters()  # noqa: RUF009  it is frozen
    history: tuple[str, ...] = ()
    page: int = 1
    answer: Answer | None = None
    problem: str = ""
    found: int = 0


@dataclass(frozen=True, slots=True)
class Session:
    """One user's conversation; it lives in that user's state and nowhere else.

    Attributes:
        turns: Oldest first.
        looking_at: The number of the turn whose evidence is shown, from 1; 0 for none.
        asking: The question that is being answered, or None.
    """

    turns: tuple[Turn, ...] = ()
    looking_at: int = 0
    asking: Asking | None = field(default=None, compare=False, repr=False)

    def turn(self, number: object) -> Turn | None:
        """A turn counted from 1, or None if there is none: the number comes from a browser."""
        place = number_up_to(number, len(self.turns))
        return self.turns[place - 1] if place else None

    def answer(self, number: object) -> Answer | None:
        """The answer of a turn counted from 1, or None."""
        turn = self.turn(number)
        return turn.answer if turn else None

    @property
    def history(self) -> tuple[str, ...]:
        """The questions that a follow-up is read with, oldest first: the last one answered and those it was read with.

        A question asked again stands there once: "the one before that" twice would be two letters back.
        """
        last = next((turn for turn in reversed(self.turns) if turn.answer is not None), None)
        return (*last.history, last.question)[-FOLLOWED:] if last else ()


def chosen(filters: Filters) -> tuple[tuple[str, str | int], ...]:
    """What filters hold, one by one in the order in which it is shown: the filter's name and the value."""
    return (
        *(("years", year) for year in filters.years),
        *(("authorities", name) for name in filters.authorities),
        *(("kinds", kind) for kind in filters.kinds),
    )


def number_up_to(value: object, most: int) -> int:
    """A number that a browser sent, if it is a whole one from 1 to `most`; else 0."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= most else 0
