"""Reading a language model's reply while it comes: JSON, JSON lines, JSON in a code fence, half a JSON, or prose."""

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from assistant.llm.prompt import KEY
from assistant.words.sentences import split_sentences

__all__ = ["Reply", "Said"]

LONGEST = 6000  # characters of one object or paragraph; what is longer is no sentence
MOST = 40  # sentences read
PREFACE = 2000  # characters in which JSON begins, if the reply is JSON
TEXT = ("text", "sentence", "content", "statement", "claim", "answer", "sentences")
KEYS = ("keys", "key", "passages", "passage", "citations", "sources", "source", "evidence")
THINKING = re.compile(r"<(think|thinking|reasoning)>.*?(?:</\1>|\Z)", re.DOTALL | re.IGNORECASE)
OPENED = re.compile(r"<(think|thinking|reasoning)>", re.IGNORECASE)
OBJECT = re.compile(r'[{\[]\s*["\'{\[]')
MARKS = re.compile(
    rf"(?P<marks>(?:(?<!\s)\s*[\[(](?:keys?:\s*)?{KEY.pattern}(?:[\s,;]+{KEY.pattern})*[\])])+)(?P<stop>[.;!?]?)"
)


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of the model, not yet checked.

    Attributes:
        text: Its words.
        keys: The keys that it names, whether they exist or not.
    """

    text: str
    keys: tuple[str, ...]


class Reply:
    """A reply as it comes in; each sentence is given once, as soon as it is complete."""

    def __init__(self) -> None:
        self._text = ""
        self._json: _Objects | None = None
        self._read = 0  # how far the text has been handed to the reader of objects, or searched for a thought's end
        self._count = 0

    def feed(self, piece: str) -> Iterator[Said]:
        """Take the next piece; yields the sentences that it completes. Prose is read at the end."""
        self._text += piece
        if self._json is None:
            start = OBJECT.search(self._text, 0, PREFACE) if self._without_thoughts() else None
            if start is None:
                return
            self._text, self._read = self._text[start.start() :], 0
            self._json = _Objects()
        fresh, self._read = self._text[self._read :], len(self._text)
        yield from self._counted(self._json.feed(fresh))

    def finish(self) -> Iterator[Said]:
        """What is left when the reply has ended: the sentences of prose."""
        if self._json is not None and (self._json.closed or self._json.open):
            return
        yield from self._counted(_prose(THINKING.sub(" ", self._text)))

    def _without_thoughts(self) -> bool:
        """Cut out a model's loud thinking before its JSON; whether that is over."""
        while opened := OPENED.search(self._text, 0, PREFACE):
            closing = re.compile(f"</{opened[1]}>", re.IGNORECASE)
            closed = closing.search(self._text, max(opened.end(), self._read - len(closing.pattern)))
            if closed is None:
                self._read = len(self._text)
                return False
            self._text, self._read = f"{self._text[: opened.start()]} {self._text[closed.end() :]}", 0
        return True

    def _counted(self, sentences: Iterator[Said]) -> Iterator[Said]:
        for said in sentences:
            if self._count == MOST:
                return
            self._count += 1
            yield said


class _Objects:
    """Finds complete JSON objects in a stream of characters, each character looked at once."""

    def __init__(self) -> None:
        self.closed = 0
        self._depth: list[list[str] | None] = []  # the characters of each open object; None once it holds another
        self._quoted = self._escaped = False

    @property
    def open(self) -> bool:
        return bool(self._depth)

    def feed(self, text: str) -> Iterator[Said]:
        for character in text:
            if character == "{" and not self._quoted:
                if self._depth:
                    self._depth[-1] = None
                self._depth.append([])
            inner = self._depth[-1] if self._depth else None
            if inner is not None and len(inner) < LONGEST:
                inner.append(character)
            if self._quoted:
                self._quoted = self._escaped or character != '"'
                self._escaped = character == "\\" and not self._escaped
            elif character == '"':
                self._quoted = bool(self._depth)
            elif character == "}" and self._depth:
                closed = self._depth.pop()
                self.closed += 1
                if closed:
                    yield from _said("".join(closed))


def _said(text: str) -> Iterator[Said]:
    """The sentences in the text of one JSON object that holds no other; nothing where it cannot be read."""
    body = _loaded(re.sub(r",\s*([}\]])", r"\1", text))
    found = {str(name).lower(): value for name, value in body.items()} if isinstance(body, dict) else {}
    words = next((found[name] for name in TEXT if found.get(name)), ())
    keys: Any = next((found[name] for name in KEYS if name in found), [])
    named = [key for part in (keys if isinstance(keys, list) else [keys]) for key in _listed(part)]
    for part in words if isinstance(words, list) else [words]:
        if isinstance(part, str):
            for said in _prose(part):
                yield Said(said.text, tuple(dict.fromkeys([*named, *said.keys])))


def _loaded(text: str) -> Any:
    """A JSON object, or one as Python prints it, or None."""
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        pass
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None


def _listed(part: Any) -> list[str]:
    """Keys written as text: "k7f3", "[k7f3]" or "k7f3, a1b2"; what is no key is kept to be refused."""
    words = str(part)[:100]
    return KEY.findall(words) or [words]


def _prose(text: str) -> Iterator[Said]:
    """Sentences followed by [key]; what no mark follows names no passage."""
    at = 0
    for match in MARKS.finditer(text):
        keys = tuple(dict.fromkeys(KEY.findall(match["marks"])))
        before = f"{text[at : match.start()].rstrip()}{match['stop']}"
        for sentence in _sentences(before):
            yield Said(sentence, keys)
        at = match.end()
    for sentence in _sentences(text[at:]):
        yield Said(sentence, ())


def _sentences(text: str) -> list[str]:
    plain = re.sub(r"^[^\S\n]*(?:[-*\u2022]|\d+[.)]|```\w*)\s*", "", text, flags=re.MULTILINE)
    found: list[str] = []
    for line in re.split(r"\n{2,}|\n(?=[-*\u2022\dA-Z])", plain):
        joined = " ".join(line.split())[:LONGEST]
        found += [joined[start:end] for start, end in split_sentences(joined)]
    return [sentence for sentence in found if re.search(r"\w", sentence)]
