"""What the page does when something is pressed, without a word of Gradio: data in, a `View` out.

Nothing here trusts the browser: which passage to open is checked against the user's own conversation, and the
question's length is counted here.
"""

import base64
import html
import logging
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from assistant.answer import Answer
from assistant.errors import AssistantError
from assistant.page import render
from assistant.page.reader import letter_html
from assistant.scope import Filters, filtered

if TYPE_CHECKING:
    from assistant.engine import Assistant

__all__ = ["OUR_FAULT", "Callbacks", "Session", "Turn", "View", "question_problem"]

log = logging.getLogger(__name__)

OUR_FAULT = "Something went wrong here, and it is not your question's fault. Please try again in a moment."
"""What a user reads when we have failed."""
FOLLOWED = 10  # earlier questions that a follow-up is read with


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
    """

    question: str
    filters: Filters
    history: tuple[str, ...]
    page: int = 1
    answer: Answer | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Session:
    """One user's conversation; it lives in that user's state and nowhere else.

    Attributes:
        turns: Oldest first.
        looking_at: The number of the turn whose evidence is shown, from 1; 0 for none.
    """

    turns: tuple[Turn, ...] = ()
    looking_at: int = 0

    def turn(self, number: object) -> Turn | None:
        """A turn counted from 1, or None if there is none: the number comes from a browser."""
        place = _number(number, len(self.turns))
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


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows.

    Attributes:
        session: The conversation behind it.
        chat: Its messages.
        evidence: HTML of the evidence.
        status: The status sentence, plain text.
        question: What stands in the question box; None leaves it as it is.
    """

    session: Session
    chat: tuple[Mapping[str, str], ...]
    evidence: str
    status: str
    question: str | None = ""


def question_problem(question: str, longest: int) -> str:
    """What is wrong with a question, in one sentence, or ""."""
    if not question.strip():
        return "Type a question first."
    if len(question) > longest:
        return f"The question has {len(question):,} characters; please keep it to {longest:,}."
    return ""


class Callbacks:
    """The page's actions over one assistant.

    Args:
        assistant: Answers; shared by all users.
        longest: Most characters of a question.
    """

    def __init__(self, assistant: "Assistant", longest: int) -> None:
        self.assistant = assistant
        self.longest = longest
        self._held = {letter.letter_id: letter for letter in assistant.letters}

    def start(self) -> View:
        """The empty page, and what "New conversation" goes back to."""
        return View(Session(), (), render.library_html(self.assistant.letters, _stamp()), "")

    def ask(self, question: str, filters: Filters, session: Session) -> Iterator[View]:
        """Answer a question: first the page with the question on it, then the page with the answer."""
        problem = question_problem(question, self.longest)
        if problem:
            yield replace(self.view(session), status=problem, question=question)
            return
        yield from self._ask(Turn(question.strip(), filters, session.history), session)

    def ask_again(self, wish: Mapping[str, Any], session: Session) -> Iterator[View]:
        """Ask a question of the conversation again: for another page, or with the limits that it names set aside.

        The filters chosen and the questions before it stay as they were, and so does what stands in the question box.

        Args:
            wish: What the browser asks for: `turn`, counted from 1, and `page` where it wants another page of that
                answer. A page that the answer has not, or limits that cannot be set aside, change nothing.
            session: The user's conversation.
        """
        turn = session.turn(wish.get("turn"))
        again = turn and (self._paged(turn, wish["page"]) if "page" in wish else self._widened(turn))
        if again is None:
            yield replace(self.view(session), question=None)
            return
        for view in self._ask(again, session):
            yield replace(view, question=None)

    def _paged(self, turn: Turn, wanted: object) -> Turn | None:
        """A turn with another page of its answer, to be asked; None where there is no such page."""
        if turn.answer is None:
            return None
        page = _number(wanted, turn.answer.pages)
        return replace(turn, page=page, answer=None) if page and page != turn.answer.page else None

    def _widened(self, turn: Turn) -> Turn | None:
        """A turn without the limits that its question names, to be asked; None where that changes nothing."""
        if not self._wider(turn):
            return None
        return replace(turn, filters=replace(turn.filters, widened=True), page=1, answer=None)

    def _wider(self, turn: Turn) -> bool:
        """Whether the limits that a question names keep letters out that its filters let through."""
        if turn.answer is None or turn.filters.widened:
            return False
        return len(filtered(self.assistant.letters, turn.filters)) > len(turn.answer.scope.letters)

    def _ask(self, turn: Turn, session: Session) -> Iterator[View]:
        pending = Session((*session.turns, turn), session.looking_at)
        yield replace(self.view(pending), session=session, status="Reading the letters…")
        try:
            yield self._with(self._answered(turn), session)
        except Exception:  # an answer that cannot be shown must not leave the page waiting
            log.exception("an answer could not be shown")
            yield self._with(replace(turn, problem=OUR_FAULT), session)

    def _with(self, turn: Turn, session: Session) -> View:
        turns = (*session.turns, turn)
        return self.view(Session(turns, len(turns)), asked_again=turn.question if turn.problem else "")

    def _answered(self, turn: Turn) -> Turn:
        try:
            answer = self.assistant.ask(turn.question, history=turn.history, filters=turn.filters, page=turn.page)
            return replace(turn, answer=answer)
        except AssistantError as error:
            return replace(turn, problem=_sentence(str(error)))
        except Exception:
            log.exception("a question failed")
            return replace(turn, problem=OUR_FAULT)

    def view(self, session: Session, asked_again: str = "") -> View:
        """The page for a conversation, with the evidence that it looks at."""
        numbered = enumerate(session.turns, 1)
        chat = tuple(message for number, turn in numbered for message in self._messages(turn, number))
        answer = session.answer(session.looking_at)
        last = session.turns[-1] if session.turns else None
        if answer:
            evidence = render.evidence_html(answer, session.looking_at, stamp=_stamp())
        elif last and last.problem:
            evidence = '<div class="evidence" data-focus="none"><h2 tabindex="-1">Evidence</h2></div>'
        else:
            evidence = self.start().evidence
        status = last.problem if last and last.problem else render.status_words(answer) if answer else ""
        return View(session, chat, evidence, status, asked_again)

    def _messages(self, turn: Turn, number: int) -> Sequence[Mapping[str, str]]:
        """The chat's messages for a turn: the question, then the answer, the error or the wait for it."""
        if turn.answer:
            reply = render.answer_html(turn.answer, number, self._held, wider=self._wider(turn))
        else:
            reply = render.problem_html(turn.problem) if turn.problem else render.waiting_html()
        question = render.question_html(turn.question, widened=turn.filters.widened, page=turn.page)
        return {"role": "user", "content": question}, {"role": "assistant", "content": reply}

    def show(self, wish: Mapping[str, Any], session: Session) -> tuple[Session, str]:
        """The evidence after a citation, a letter or a control in it was pressed.

        Args:
            wish: What the browser asks for: `action` ("cite", "whole", "close", "letter", "library") with
                `turn` and `n`, or `letter`. Anything that is not there leaves the evidence as it was.
            session: The user's conversation.
        """
        action, turn, position = wish.get("action"), wish.get("turn"), wish.get("n")
        if action == "library":
            return session, render.library_html(self.assistant.letters, _stamp())
        if action == "letter":
            return session, self._letter(wish.get("letter"))
        answer = session.answer(turn)
        if answer is None or not isinstance(turn, int) or action not in ("cite", "whole", "close"):
            return session, self.view(session).evidence
        there = isinstance(position, int) and 1 <= position <= len(render.shown(answer))
        opened = position if there and action != "close" else None
        panel = render.evidence_html(answer, turn, opened, whole=action == "whole", stamp=_stamp())
        return replace(session, looking_at=turn), panel

    def _letter(self, letter_id: object) -> str:
        try:
            letter = self.assistant.letter(str(letter_id)[:200])
        except AssistantError:
            return self.start().evidence
        head = f'<h2 tabindex="-1">{render.safe(letter.title)}</h2>{render.facts(letter)}'
        return letter_html(letter, head, _stamp())

    def save(self, format_name: str, session: Session) -> tuple[str, str]:
        """The answer looked at as a file: HTML that carries it to the browser, and the status sentence.

        The bytes travel in the page itself, so that no copy of a question stays on the server's disk.
        """
        from assistant import export

        answer = session.answer(session.looking_at)
        if answer is None:
            return "", "There is no answer to download yet."
        try:
            form = export.FORMATS[format_name]
            made = export.render(answer, format_name)
        except (AssistantError, KeyError):
            return "", "That format is not available. Please choose another."
        except Exception:
            log.exception("an export failed")
            return "", OUR_FAULT
        data = made if isinstance(made, bytes) else made.encode("utf-8")
        name = f"{_slug(answer.question)}{form.suffix if form.suffix.startswith('.') else '.' + form.suffix}"
        return _carrier(name, form.media_type, data), f"Saved as {name}"


def _number(value: object, most: int) -> int:
    """A number that a browser sent, if it is a whole one from 1 to `most`; else 0."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= most else 0


def _carrier(name: str, media_type: str, data: bytes) -> str:
    encoded = base64.b64encode(data).decode()
    fields = {"name": name, "type": media_type, "bytes": encoded, "stamp": str(_stamp())}
    attributes = " ".join(f'data-{key}="{html.escape(value, quote=True)}"' for key, value in fields.items())
    return f"<span {attributes}></span>"


def _slug(question: str) -> str:
    words = re.findall(r"[a-z0-9]+", question.lower())
    return "-".join(words)[:60].strip("-") or "answer"


def _sentence(message: str) -> str:
    """An error's line as a sentence: a capital first and a full stop last."""
    line = " ".join(message.split())
    return f"{line[:1].upper()}{line[1:]}{'' if line.endswith(('.', '!', '?')) else '.'}"


def _stamp() -> int:
    return time.monotonic_ns()
