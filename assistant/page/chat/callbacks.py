"""What the page does when something is pressed, without a word of Gradio: data in, a `View` out.

Nothing here trusts the browser: which passage to open is checked against the user's own conversation, and the
question's length is counted here.
"""

import base64
import html
import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from assistant.answers.answer import Answer
from assistant.engine import Began
from assistant.errors import AssistantError
from assistant.export.chosen import only
from assistant.letters.letter import Letter
from assistant.llm.rewriter import Told
from assistant.page.asking.log import QuestionLog
from assistant.page.asking.progress import Asking, Progress
from assistant.page.chat.answer_view import (
    Shelf,
    answer_html,
    problem_html,
    progress_words,
    question_html,
    waiting_html,
)
from assistant.page.chat.conversation import Session, Turn, chosen, number_up_to
from assistant.page.chat.evidence_view import evidence_html, nothing_html
from assistant.page.chat.examples import examples, headline
from assistant.page.chat.link import linked
from assistant.page.frame import render
from assistant.page.frame.saving import Saved, options_for, save_answers
from assistant.page.security.access import too_many
from assistant.questions.scope import Filters, filtered
from assistant.system.failures import log_failure

if TYPE_CHECKING:
    from assistant.engine import Assistant

__all__ = ["OUR_FAULT", "Callbacks", "SaveWish", "View", "question_problem"]

log = logging.getLogger(__name__)

OUR_FAULT = "Something went wrong here, and it is not your question's fault. Please try again in a moment."
"""What a user reads when we have failed."""
STOPPED = "Stopped. Your question is in the box again."


def _at_once() -> int:
    """No wait: whoever asks here is not counted."""
    return 0


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows.

    Attributes:
        session: The conversation behind it.
        chat: Its messages.
        evidence: HTML of the evidence; None leaves it as it is.
        status: The status sentence, plain text.
        history: HTML of the list of questions.
        question: What stands in the question box; None leaves it as it is.
        filters: What is chosen beside the question box; None leaves it as it is.
    """

    session: Session
    chat: tuple[Mapping[str, str], ...]
    evidence: str | None
    status: str
    history: str = ""
    question: str | None = None
    filters: Filters | None = None


@dataclass(frozen=True, slots=True)
class SaveWish:
    """What is to be saved, and how. It comes from a browser: nothing in it needs to be there.

    Attributes:
        format_name: One of `FORMATS`.
        what: "answer", the one whose evidence is shown; "sources", some of it; "conversation", all answers.
        sources: Numbers of its citations, where only some are wanted.
        style: One of `STYLES`, or empty for the format's own.
        address: Where the page was opened.
    """

    format_name: str
    what: str = "answer"
    sources: tuple[int, ...] = ()
    style: str = ""
    address: str = ""


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
        assistant: Answers; shared by all users. Its letters may change while the page is open.
        longest: Most characters of a question.
        record: Of what was asked; by default none.
    """

    def __init__(self, assistant: "Assistant", longest: int, record: QuestionLog | None = None) -> None:
        self.assistant = assistant
        self.longest = longest
        self.record = record or QuestionLog()
        self._known: tuple[Sequence[Letter], Shelf] = ((), Shelf())

    @property
    def shelf(self) -> Shelf:
        """The letters as they are now, and questions that they answer."""
        letters, shelf = self.assistant.letters, self._known[1]
        if self._known[0] is not letters:
            shelf = Shelf({letter.letter_id: letter for letter in letters}, examples(letters))
            self._known = (letters, shelf)
        return shelf

    # The empty page, and the links that lead to it

    def start(self) -> View:
        """The empty page, and what "New conversation" goes back to."""
        return View(Session(), (), render.library_html(self.assistant.letters, _stamp()), "", question="")

    def welcome(self) -> str:
        """What the empty page says, as HTML."""
        model = bool(self.assistant.settings.llm_url)
        return render.welcome_html(headline(self.assistant.letters), self.shelf.offers, model)

    # Asking

    def ask(
        self, question: str, filters: Filters, session: Session, wait: Callable[[], int] = _at_once
    ) -> Iterator[View]:
        """Answer a question: the page with the question on it, how far its answer is, then the page with the answer.

        Args:
            question: As typed.
            filters: Chosen beside it.
            session: The user's conversation.
            wait: Counts the question; seconds until another may be asked, or 0.
        """
        problem = question_problem(question, self.longest)
        if problem:
            yield replace(self.view(session), status=problem, question=question)
            return
        yield from self._ask(Turn(question.strip(), filters, session.history), session, wait, question="")

    def ask_again(
        self, wish: Mapping[str, Any], session: Session, wait: Callable[[], int] = _at_once
    ) -> Iterator[View]:
        """Ask what a control on the page asks for; what stands in the question box stays as it was.

        Args:
            wish: What the browser asks for. `link`: the question of a link. `offer`: one of the questions offered, from
                1. `turn`: a question of the conversation, from 1, without the limits that it names; with `page`,
                another page of its answer; with `drop`, without one of the filters chosen, from 1, or without any, 0.
                What is not there changes nothing.
            session: The user's conversation.
            wait: Counts the question; seconds until another may be asked, or 0.
        """
        if "link" in wish:
            yield from self._ask_linked(str(wish["link"]), session, wait)
            return
        turn = session.turn(wish.get("turn"))
        again, filters = None, None
        if "offer" in wish:
            again = self._offered(wish["offer"], session)
        elif turn and "page" in wish:
            again = self._paged(turn, wish["page"])
        elif turn and "drop" in wish:
            again = self._without(turn, wish["drop"])
            filters = again.filters if again else None
        elif turn:
            again = self._widened(turn)
        if again is None:
            yield self.view(session)
            return
        yield from self._ask(again, session, wait, filters=filters)

    def _ask_linked(self, query: str, session: Session, wait: Callable[[], int]) -> Iterator[View]:
        found = linked(query, self.assistant.letters, self.longest)
        if found.problem or not found.turn.question:
            view = replace(self.view(session), question=found.turn.question, filters=found.turn.filters)
            yield replace(view, status=found.problem)
            return
        yield from self._ask(found.turn, session, wait, filters=found.turn.filters)

    def _offered(self, wanted: object, session: Session) -> Turn | None:
        """One of the questions that the page offers."""
        offers = self.shelf.offers
        place = number_up_to(wanted, len(offers))
        return Turn(offers[place - 1], history=session.history) if place else None

    def _paged(self, turn: Turn, wanted: object) -> Turn | None:
        """A turn with another page of its answer, to be asked; None where there is no such page."""
        if turn.answer is None:
            return None
        page = number_up_to(wanted, turn.answer.pages)
        return replace(turn, page=page, answer=None) if page and page != turn.answer.page else None

    def _without(self, turn: Turn, wanted: object) -> Turn | None:
        """A turn without one of its filters, or without any, to be asked; None where there is no such filter."""
        held = chosen(turn.filters)
        if wanted == 0 and not isinstance(wanted, bool) and held:
            return replace(turn, filters=Filters(widened=turn.filters.widened), page=1, answer=None)
        place = number_up_to(wanted, len(held))
        if not place:
            return None
        left = held[: place - 1] + held[place:]
        filters = Filters(
            authorities=tuple(str(value) for name, value in left if name == "authorities"),
            years=tuple(int(value) for name, value in left if name == "years"),
            kinds=tuple(str(value) for name, value in left if name == "kinds"),
            widened=turn.filters.widened,
        )
        return replace(turn, filters=filters, page=1, answer=None)

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

    def _ask(
        self,
        turn: Turn,
        session: Session,
        wait: Callable[[], int],
        question: str | None = None,
        filters: Filters | None = None,
    ) -> Iterator[View]:
        seconds = wait()
        if seconds:
            yield self._with(replace(turn, problem=f"{too_many(seconds)} Your question is in the box."), session)
            return
        asking = Asking(lambda told, began: self._ask_now(turn, told, began))
        asking.start()
        try:
            waiting = self._waiting(turn, replace(session, asking=asking))
            yield replace(waiting(Progress()), question=question, filters=filters)
            for progress in asking.steps():
                yield waiting(progress)
            yield self._ended(turn, asking, session)
        finally:
            asking.stop()

    def _ask_now(self, turn: Turn, told: Told, began: Began) -> Answer:
        started = time.perf_counter()
        answer = self.assistant.ask(
            turn.question, history=turn.history, filters=turn.filters, page=turn.page, told=told, began=began
        )
        self.record.record(turn.question, turn.filters, answer, time.perf_counter() - started)
        return answer

    def _waiting(self, turn: Turn, session: Session) -> Callable[[Progress], View]:
        """Makes the page of a question on its way; the evidence stays as it is until there is other."""
        before = self.view(session)
        asked = {"role": "user", "content": question_html(turn)}
        history = render.history_html([*(earlier.question for earlier in session.turns), turn.question])

        def waiting(progress: Progress) -> View:
            reply = {"role": "assistant", "content": waiting_html(progress)}
            chat = (*before.chat, asked, reply)
            return replace(before, chat=chat, evidence=None, status=progress_words(progress), history=history)

        return waiting

    def _ended(self, turn: Turn, asking: Asking, session: Session) -> View:
        """The page when the waiting is over: with the answer, with an error, or as it was where it was stopped."""
        session = replace(session, asking=None)
        if asking.stopped:
            view = self.view(session)
            return replace(view, status=STOPPED, evidence=_put_back(view.evidence, turn.question))
        try:
            answered = self._answered(turn, asking)
            return self._with(answered, session)
        except Exception as error:  # an answer that cannot be shown must not leave the page waiting
            log_failure(log, "an answer could not be shown", error)
            return self._with(replace(turn, problem=OUR_FAULT), session)

    def _answered(self, turn: Turn, asking: Asking) -> Turn:
        try:
            return replace(turn, answer=asking.answer(), found=asking.found)
        except AssistantError as error:
            return replace(turn, problem=_sentence(str(error)))
        except Exception as error:
            log_failure(log, "a question failed", error)
            return replace(turn, problem=OUR_FAULT)

    def _with(self, turn: Turn, session: Session) -> View:
        turns = (*session.turns, turn)
        view = self.view(Session(turns, len(turns)))
        return replace(view, evidence=_put_back(view.evidence, turn.question)) if turn.problem else view

    def stop(self, session: Session) -> None:
        """Stop waiting for the answer that is on its way; the question is put back into its box."""
        if session.asking:
            session.asking.stop()

    # What the page shows

    def view(self, session: Session) -> View:
        """The page for a conversation, with the evidence that it looks at."""
        numbered = enumerate(session.turns, 1)
        chat = tuple(message for number, turn in numbered for message in self._messages(turn, number))
        answer = session.answer(session.looking_at)
        last = session.turns[-1] if session.turns else None
        if answer:
            evidence = evidence_html(answer, session.looking_at, stamp=_stamp())
        else:
            evidence = nothing_html(_stamp()) if last else render.library_html(self.assistant.letters, _stamp())
        status = last.problem if last and last.problem else render.status_words(answer) if answer else ""
        history = render.history_html([turn.question for turn in session.turns])
        return View(session, chat, evidence, status, history)

    def _messages(self, turn: Turn, number: int) -> Sequence[Mapping[str, str]]:
        """The conversation's messages for a turn: the question, then the answer or the error."""
        if turn.answer:
            reply = answer_html(turn, number, replace(self.shelf, wider=self._wider(turn)))
        else:
            reply = problem_html(turn.problem)
        return {"role": "user", "content": question_html(turn)}, {"role": "assistant", "content": reply}

    def show(self, wish: Mapping[str, Any], session: Session) -> tuple[Session, str]:
        """The evidence after a citation or a control in it was pressed.

        Args:
            wish: What the browser asks for: `action` ("cite", "close", "turn") with `turn`, and `n` for the first.
                Anything that is not there leaves the evidence as it was.
            session: The user's conversation.
        """
        action, turn, position = wish.get("action"), wish.get("turn"), wish.get("n")
        answer = session.answer(turn)
        if answer is None or not isinstance(turn, int) or action not in ("cite", "close", "turn"):
            return session, self.view(session).evidence or ""
        opened = number_up_to(position, len(render.shown(answer))) if action == "cite" else 0
        panel = evidence_html(answer, turn, opened or None, stamp=_stamp())
        return replace(session, looking_at=turn), panel

    def save(self, wish: SaveWish, session: Session) -> tuple[str, str]:
        """What was answered as a file: HTML that carries it to the browser, and the status sentence.

        The bytes travel in the page itself, so that no copy of a question stays on the server's disk.
        """
        answer = session.answer(session.looking_at)
        if answer is None:
            return "", "There is no answer to download yet."
        answers = [turn.answer for turn in session.turns if turn.answer] if wish.what == "conversation" else [answer]
        try:
            if wish.what == "sources":
                if not wish.sources:
                    return "", "Choose at least one of the sources first."
                answers = [only(answer, wish.sources)]
            saved = save_answers(answers, wish.format_name, options_for(self.assistant, wish.style, wish.address))
        except AssistantError as error:
            return "", _sentence(str(error))
        except Exception as error:
            log_failure(log, "an export failed", error)
            return "", OUR_FAULT
        return _carrier(saved), f"Saved as {saved.name}"


def _put_back(evidence: str | None, question: str) -> str:
    """The evidence with a question that the page puts back into its box, if nothing else was typed meanwhile."""
    return (evidence or "").replace("<div ", f'<div data-back="{html.escape(question, quote=True)}" ', 1)


def _carrier(saved: Saved) -> str:
    encoded = base64.b64encode(saved.data).decode()
    fields = {"name": saved.name, "type": saved.media_type, "bytes": encoded, "stamp": str(_stamp())}
    attributes = " ".join(f'data-{key}="{html.escape(value, quote=True)}"' for key, value in fields.items())
    return f"<span {attributes}></span>"


def _sentence(message: str) -> str:
    """An error's line as a sentence: a capital first and a full stop last."""
    line = " ".join(message.split())
    return f"{line[:1].upper()}{line[1:]}{'' if line.endswith(('.', '!', '?')) else '.'}"


def _stamp() -> int:
    return time.monotonic_ns()
