"""Asking an OpenAI-compatible server through llama-index: streamed, within time and size, again where that may help.

Whatever goes wrong is one `ModelError` in one line. Nothing that the server says of an error is repeated: it may hold
the key.
"""

import random
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from assistant.errors import ModelError, printable
from assistant.llm.prompt import Prompt, schema
from assistant.settings import Settings
from assistant.system.hosts import is_loopback

__all__ = ["Endpoint"]

LISTING_SECONDS = 3.0  # for `assistant check`
CHARACTERS_A_TOKEN, BYTES_A_TOKEN = 12, 1500  # more than any tokenizer makes of a token, and than its event has
SPARE_BYTES = 256 * 1024  # for headers, comments and the list of models
LONGEST_NAME = 80  # characters of a model's name as shown
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 8.0  # seconds before the first try again, doubled each time
REFUSED_FORMAT = (400, 415, 422, 501)  # what servers answer that cannot hold a model to a schema


class _TooMuch(Exception):
    """More was sent than could be a reply."""


class _TooLate(Exception):
    """The time is up."""


@dataclass(frozen=True, slots=True)
class _Failure:
    """What went wrong: in words, and whether to try again."""

    words: str
    again: bool = False
    format: bool = False  # whether it is the way of asking for JSON that the server does not take
    pause: float | None = None  # seconds that the server asks for


class _Clock:
    """The time that may be taken in all."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    @property
    def left(self) -> float:
        return self._end - time.monotonic()


class Endpoint:
    """A server with a language model.

    Args:
        settings: Its address, key and limits.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._name = settings.llm_model
        self._format = 0  # which of the ways to ask for JSON the server takes, found out by asking

    @property
    def where(self) -> str:
        """The server, for a message."""
        return f"The language model at {self._settings.llm_url}"

    def models(self, seconds: float = LISTING_SECONDS) -> list[str]:
        """Names of the models that the server lists.

        Raises:
            ModelError: If it does not answer within so many seconds, or not so.
        """
        _load()
        clock = _Clock(seconds)
        try:
            with self._client(clock, min(seconds, self._settings.llm_seconds)) as client:
                return [printable(str(model.id)) for model in client.models.list().data or ()]
        except Exception as error:  # whatever third parties raise on what a server may send
            raise ModelError(f"{self.where} {self._failure(error, clock).words}") from None

    @property
    def shown_name(self) -> str:
        """The model's name for a reader; of a file only its name."""
        return re.sub(r"^(?:/|[A-Za-z]:|\\\\).*[/\\]", "", self._name)[:LONGEST_NAME] or "unnamed"

    def model(self) -> str:
        """The model's name: the one set, else the first that the server lists.

        Raises:
            ModelError: If the server lists none or does not answer.
        """
        if not self._name:
            names = self.models(min(self._settings.llm_seconds, self._settings.llm_total_seconds))
            if not names:
                raise ModelError(f"{self.where} lists no model: set ASSISTANT_LLM_MODEL")
            self._name = names[0]
        return self._name

    def ask(self, prompt: Prompt) -> Iterator[str]:
        """The model's reply, piece by piece.

        Raises:
            ModelError: If there is none within the time, it breaks off, or it is too long.
        """
        _load()
        clock = _Clock(self._settings.llm_total_seconds)
        tries = 0
        while True:
            begun = False
            try:
                for piece in self._stream(prompt, clock):
                    begun = True
                    yield piece
                return
            except ModelError:
                raise
            except Exception as error:  # whatever third parties raise on what a server may send
                failure = self._failure(error, clock)
            if failure.format and not begun and self._format < len(FORMATS) - 1:
                self._format += 1
                continue
            pause = self._pause(failure, tries)
            if begun or not failure.again or tries >= self._settings.llm_retries or pause >= clock.left:
                raise ModelError(f"{self.where} {failure.words}")
            tries += 1
            time.sleep(pause)

    @staticmethod
    def _pause(failure: _Failure, tries: int) -> float:
        """As long as the server asks, else doubled each time, with jitter so that many askers do not return at once."""
        if failure.pause is not None:
            return failure.pause
        return float(min(FIRST_PAUSE * 2**tries, LONGEST_PAUSE) * random.uniform(0.75, 1.25))

    def _stream(self, prompt: Prompt, clock: _Clock) -> Iterator[str]:
        from llama_index.core.llms import ChatMessage
        from llama_index.llms.openai_like import OpenAILike

        settings = self._settings
        name = self.model()
        length = 0
        with self._client(clock, settings.llm_seconds) as client:
            model = OpenAILike(
                model=name,
                temperature=0.0,
                max_tokens=settings.llm_answer_tokens,
                context_window=settings.context_tokens + settings.llm_answer_tokens,
                is_chat_model=True,
                max_retries=0,
                api_key="unused",  # the client holds the key
                api_base=settings.llm_url,
                openai_client=client,
            )
            messages = [
                ChatMessage(role="system", content=prompt.system),
                ChatMessage(role="user", content=prompt.user),
            ]
            for part in model.stream_chat(messages, **FORMATS[self._format](prompt)):
                piece = part.delta or ""
                length += len(piece)
                if length > settings.llm_answer_tokens * CHARACTERS_A_TOKEN:
                    raise _TooMuch
                if clock.left <= 0:
                    raise _TooLate
                if piece:
                    yield piece

    def _client(self, clock: _Clock, seconds: float) -> Any:
        """A client that keeps to the time and size; one for each try, since the time that is left differs."""
        import httpx
        from openai import OpenAI

        settings = self._settings
        most = SPARE_BYTES + settings.llm_answer_tokens * BYTES_A_TOKEN

        class Limited(httpx.SyncByteStream):
            def __init__(self, stream: Any) -> None:
                self._stream = stream

            def __iter__(self) -> Iterator[bytes]:
                total = 0
                for chunk in self._stream:
                    total += len(chunk)
                    if total > most:
                        raise _TooMuch
                    if clock.left <= 0:
                        raise _TooLate
                    yield chunk

            def close(self) -> None:
                self._stream.close()

        def limit(response: httpx.Response) -> None:
            if response.headers.get("content-encoding", "identity") != "identity":
                raise _TooMuch  # not asked for, and a few bytes may unfold to any length
            response.stream = Limited(response.stream)

        wait = max(0.05, min(seconds, clock.left))
        # What this computer is asked must not go round by a web proxy (HTTPS_PROXY), which could read it.
        here = is_loopback(urlsplit(settings.llm_url).hostname or "")
        http = httpx.Client(
            timeout=httpx.Timeout(wait),
            headers={"Accept-Encoding": "identity"},
            event_hooks={"response": [limit]},
            trust_env=not here,
        )
        key = settings.llm_key.get_secret_value() or "none"
        return OpenAI(api_key=key, base_url=settings.llm_url, max_retries=0, timeout=http.timeout, http_client=http)

    def _failure(self, error: BaseException, clock: _Clock) -> _Failure:
        """An error in words that hold nothing of what the server said."""
        import httpx
        import openai

        causes = list(_causes(error))
        if any(isinstance(cause, _TooMuch) for cause in causes):
            return _Failure("sent far more than it was asked for: use a server that obeys max_tokens")
        late = any(isinstance(cause, _TooLate | httpx.TimeoutException) for cause in causes)
        if late and clock.left <= 0:
            return _Failure(f"did not finish within {clock.seconds:g} s: raise ASSISTANT_LLM_TOTAL_SECONDS")
        if late:
            return _Failure(f"did not answer within {self._settings.llm_seconds:g} s: raise ASSISTANT_LLM_SECONDS")
        if isinstance(error, openai.APIStatusError):
            # llama-cpp-python's server says 500 where others say 400; the parameter is named in what it says
            other = error.status_code in REFUSED_FORMAT or "response_format" in str(error.body)
            refusal = self._refusal(error.status_code, error.response.headers.get("retry-after", ""))
            return replace(refusal, format=other)
        if any(isinstance(cause, httpx.ConnectError | httpx.UnsupportedProtocol) for cause in causes):
            return _Failure("cannot be reached: start it, or set ASSISTANT_LLM_URL", again=True)
        if any(isinstance(cause, httpx.TransportError) for cause in causes):
            return _Failure("broke off its reply: look at the server's log", again=True)
        kind = type(error).__name__
        return _Failure(f"sent what cannot be read ({kind}): check that ASSISTANT_LLM_URL is OpenAI-compatible")

    def _refusal(self, status: int, wait: str) -> _Failure:
        pause = float(wait) if wait.replace(".", "", 1).isdigit() else None
        if status in (401, 403):
            return _Failure(f"refused the key ({status}): set ASSISTANT_LLM_KEY")
        if status == 404:
            return _Failure(
                f"has no model {self.shown_name!r} (404): set ASSISTANT_LLM_MODEL, or check ASSISTANT_LLM_URL"
            )
        if status == 429:
            return _Failure("is too busy (429): try again later", again=True, pause=pause)
        if status >= 500:
            return _Failure(f"failed ({status}): look at the server's log", again=status != 501, pause=pause)
        if status in (400, 413, 422):
            advice = "lower ASSISTANT_CONTEXT_TOKENS or ASSISTANT_LLM_ANSWER_TOKENS, or check ASSISTANT_LLM_MODEL"
            return _Failure(f"did not take the question ({status}): {advice}")
        return _Failure(f"answered with status {status}: check ASSISTANT_LLM_URL")


def _load() -> None:
    """Import what takes a second or two the first time, before the clock runs."""
    import llama_index.llms.openai_like  # noqa: F401
    import openai  # noqa: F401


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    for _ in range(10):
        if error is None:
            return
        yield error
        error = error.__cause__ or error.__context__


def _by_schema(prompt: Prompt) -> dict[str, Any]:
    named = {"name": "answer", "schema": schema(prompt), "strict": True}
    return {"response_format": {"type": "json_schema", "json_schema": named}}


def _by_object(prompt: Prompt) -> dict[str, Any]:
    return {"response_format": {"type": "json_object", "schema": schema(prompt)}}


FORMATS: tuple[Callable[[Prompt], dict[str, Any]], ...] = (_by_schema, _by_object, lambda _: {})
"""Ways to ask for JSON, the strictest first; a server that refuses one is asked in the next."""
