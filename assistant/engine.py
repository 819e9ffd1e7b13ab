"""The assistant: opens the index, answers questions, searches. The one door that page, commands and tests use."""

import re
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from threading import Lock
from types import TracebackType
from typing import Self, TypeVar

from assistant.answers.answer import Answer
from assistant.answers.brief import PASSAGES, Brief
from assistant.answers.concerns import Concern, concerns_of
from assistant.answers.draft import Draft
from assistant.answers.evidence import Sentence, sentences_of
from assistant.answers.measures import Measures, Weights
from assistant.answers.writer import write
from assistant.embedding.cache import Embeddings
from assistant.embedding.embedder import Embedder
from assistant.embedding.encoder import Vectors
from assistant.embedding.store import SENTENCES, RememberedEmbeddings
from assistant.errors import FilterError, IndexStateError
from assistant.index.catalogue import Index
from assistant.index.generation import tidy
from assistant.index.ready import opened
from assistant.index.rerank import Reranker
from assistant.index.retrieve import CANDIDATES, Retriever, in_turn
from assistant.index.state import RECORD, encoded_by
from assistant.index.update import Progress
from assistant.letters.letter import Letter
from assistant.llm.rewriter import Rewriter, Rewritten, Told
from assistant.questions.history import context
from assistant.questions.question import Question, checked, understand
from assistant.questions.scope import Filters, Scope, resolve
from assistant.settings import Settings
from assistant.stores.filters import by_letter
from assistant.stores.passages import Hit
from assistant.system.heap import give_back
from assistant.system.turns import Turns
from assistant.words.spelling import mended
from assistant.words.terms import FUNCTION, Term, expand

__all__ = ["Assistant", "Began", "Search"]

Began = Callable[[str, int], None]
"""Receives what begins: "search" with the number of letters in scope, "write" with the number of passages found."""

Changed = TypeVar("Changed")

COMPARED = 8  # letters up to which those that are compared take turns
WARMING = "What do the letters say about care leavers?"
LETTERS_CACHED = 1000  # whose sentences are kept in memory, a few hundred a letter
CACHED = 50_000  # embeddings of sentences, and of questions, kept in memory, of 1.5 kB each
NAMED = 200_000  # passages that hold a word, up to which their letters are told one by one
FEW = 1  # a question with fewer terms of its own than this leans on the one before it


@dataclass(frozen=True, slots=True)
class Search:
    """Ranked passages for a question."""

    question: str
    scope: Scope
    hits: tuple[Hit, ...]


class Assistant:
    """Answers questions about the indexed letters. Safe to use from several threads.

    Attributes:
        settings: In force.
        index: The open index.
        letters: Every letter, oldest first.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._reranker = Reranker(settings) if settings.reranker else None
        self._rewriter = Rewriter(settings) if settings.llm_url else None
        self._embedder: Embedder | None = None  # the same while the letters change
        self._turns = Turns()
        self._opening = Lock()
        self._is_open = False
        self._closed = False
        seen = _record(settings)
        self._go_over(Index(settings), seen)

    def _go_over(self, index: Index, seen: tuple[int, ...]) -> None:
        """Answer from an index from now on, and forget what was worked out from an earlier one."""
        self._release()
        self.index: Index = index
        self._seen = seen
        if self._embedder is None:
            self._embedder = self.index.embedder
            self._question_vectors = Embeddings(self._embedder.questions, CACHED)
            self._sentence_vectors = Embeddings(self._kept_or_encoded, CACHED)
        made_by = encoded_by(self.index.fingerprint)
        self._remembered = RememberedEmbeddings(self.settings.index_dir, made_by, SENTENCES)
        self.letters: tuple[Letter, ...] = self.index.letters
        self._by_id = self.index.by_id
        self._retriever = Retriever(self.index, self.settings)
        self._vocabulary = self.index.words
        self._held = frozenset(letter.authority for letter in self.letters if letter.authority)
        self._sentences = lru_cache(maxsize=LETTERS_CACHED)(lambda letter_id: sentences_of(self._by_id[letter_id]))
        self._weights = Weights(len(self.index.passages), self.index.store.holding)
        self._concerns = lru_cache(maxsize=None)(
            lambda authority: concerns_of(self.letters, authority, self.nearness, self.rarity)
        )
        self._is_open = True

    @classmethod
    def open(cls, settings: Settings, progress: Progress = lambda _what, _done, _all: None) -> Self:
        """Open the index, building the default corpus's first where it is missing or stale.

        Args:
            settings: In force.
            progress: Told of each step of the building.

        Raises:
            AssistantError: If there is nothing to index, or another process is writing the index.
        """
        return opened(settings, cls, progress)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Release the index for good, when the running questions have finished."""
        with self._turns.alone():
            self._closed = True
            self._release()

    def _release(self) -> None:
        if self._is_open:
            self._is_open = False
            self._remembered.close()
            self.index.close()
            tidy(self.settings.index_dir)

    def warm(self) -> None:
        """Read and work out what the first questions would have to wait for; it takes a second or two."""
        with self._in_use():
            self.index.store.warm()
            for letter in self.letters[-LETTERS_CACHED:]:
                self._sentences(letter.letter_id)
            self.ask(WARMING, rewrite=False)

    def encode_sentences(self, progress: Progress = lambda _what, _done, _all: None) -> int:
        """Encode every sentence that an answer may be written from, so that no question waits for it.

        They are kept in the index. A question about a matter measures some ten sentences, which takes longer than all
        the rest of its answer (docs/explanation/performance.md).

        Args:
            progress: Told of each step.

        Returns:
            How many sentences there are.
        """
        known = 0
        with self._in_use():
            for done, letter in enumerate(self.letters):
                progress("Encoding sentences", done, len(self.letters))
                items = [letter.text[item.start : item.end] for item in letter.improvements]
                texts = list(dict.fromkeys([*(sentence.text for sentence in sentences_of(letter)), *items]))
                self._sentence_vectors.of(texts)
                known += len(texts)
            progress("Encoding sentences", len(self.letters), len(self.letters))
        return known

    def _kept_or_encoded(self, texts: Sequence[str]) -> Vectors:
        return self._remembered.embed(texts, self.index.embedder.passages)

    def changed(self, change: Callable[[], Changed]) -> Changed:
        """Let the index be changed while the assistant is in use.

        Questions go on being answered from the letters as they were until `change` is done; then the index is opened
        anew, when the running questions have finished.

        Args:
            change: Brings the index up to date (`update_index`).

        Returns:
            What `change` gives back.

        Raises:
            IndexStateError: If the assistant was closed, or the index cannot be opened again; then every question
                tries once more, and says why it cannot.
        """
        self._raise_if_closed()
        done = change()
        self._follow()
        return done

    def _follow(self) -> None:
        """Open the index anew where its record was written since: by ourselves, or by another process.

        Others are answered from the letters as they were until it is open; if that fails, those stay.

        Raises:
            RuntimeError: If this thread is being answered: it and who opens the index would wait for each other.
        """
        if self._turns.within:
            raise RuntimeError("letters cannot be changed out of a question")
        with self._opening:
            self._open_if_changed()

    def _open_if_changed(self) -> None:
        self._raise_if_closed()
        seen = _record(self.settings)
        if self._seen == seen:
            return
        index = Index(self.settings, self._embedder)
        if self._is_open:
            self.index.hand_over(index)
        with self._turns.alone():
            try:
                self._raise_if_closed()
            except IndexStateError:
                index.close()
                raise
            self._go_over(index, seen)
        give_back()  # the letters as they were, and what an update took

    @contextmanager
    def _in_use(self) -> Iterator[None]:
        """Keep the index open for a question."""
        if not self._turns.within and self._seen != _record(self.settings) and self._opening.acquire(blocking=False):
            try:  # whoever comes while it is being opened is answered from the letters as they were
                self._open_if_changed()
            finally:
                self._opening.release()
        with self._turns.together():
            self._raise_if_closed()
            yield

    def _raise_if_closed(self) -> None:
        if self._closed:
            raise IndexStateError("the assistant is closed")

    def letter(self, letter_id: str) -> Letter:
        """One letter by its identifier, or by the name of one of its files.

        Raises:
            FilterError: If there is no such letter.
        """
        return self.index.letter(letter_id)

    def concerns(self, authority: str) -> tuple[Concern, ...]:
        """What became of each area for improvement and priority action of an authority, oldest letter first.

        Args:
            authority: Its short name, as in `Letter.authority`.

        Raises:
            FilterError: If no letter is about it.
        """
        if authority not in self._held:
            raise FilterError(f"no letter is about {authority!r}; the list of authorities: assistant letters")
        with self._in_use():
            return self._concerns(authority)

    def nearness(self, text: str, sentences: Sequence[Sentence]) -> list[float]:
        """Cosines of sentences with a text, each -1 to 1."""
        vectors = self._sentence_vectors.of([text, *(sentence.text for sentence in sentences)])
        return list(map(float, vectors[1:] @ vectors[0]))

    def search(
        self, question: str, *, history: Sequence[str] = (), filters: Filters = Filters(), k: int = 10
    ) -> Search:
        """The best passages for a question, in its scope.

        Args:
            question: As typed.
            history: Earlier questions of the conversation, oldest first.
            filters: Chosen beside the question.
            k: How many passages.

        Raises:
            QuestionError: If the question is empty or too long.
            FilterError: If a filter names nothing that exists.
        """
        with self._in_use():
            _, scope, asked = self._understand(question, history, filters)
            return Search(question, scope, self._hits(asked, scope, k))

    def understand(
        self, question: str, *, history: Sequence[str] = (), filters: Filters = Filters()
    ) -> tuple[Scope, Question]:
        """Which letters a question is about and what it asks for, without searching.

        Args:
            question: As typed.
            history: Earlier questions of the conversation, oldest first.
            filters: Chosen beside the question.

        Raises:
            QuestionError: If the question is empty or too long.
            FilterError: If a filter names nothing that exists.
        """
        with self._in_use():
            _, scope, asked = self._understand(question, history, filters)
            return scope, asked

    def ask(
        self,
        question: str,
        *,
        history: Sequence[str] = (),
        filters: Filters = Filters(),
        k: int = 10,
        page: int = 1,
        told: Told = lambda _sentence: None,
        began: Began = lambda _stage, _number: None,
        rewrite: bool = True,
    ) -> Answer:
        """Answer a question, or refuse with a reason.

        Args:
            question: As typed.
            history: Earlier questions of the conversation, oldest first.
            filters: Chosen beside the question.
            k: How many retrieved passages to give back with the answer.
            page: Which page of an answer that goes through every letter in scope, from 1; behind the last one comes the
                last again.
            told: Receives each sentence of a language model's answer as soon as it has been checked; the answer that is
                given back may hold fewer of them, and others beside them.
            began: Told of each stage as it begins. What it or `told` raises ends the asking.
            rewrite: Whether a language model words the answer, where the settings name one.

        Raises:
            QuestionError: If the question is empty or too long.
            FilterError: If a filter names nothing that exists.
        """
        with self._in_use():
            return self._asked(question, history, filters, k, page, told, began, rewrite)

    def _asked(
        self,
        question: str,
        history: Sequence[str],
        filters: Filters,
        k: int,
        page: int,
        told: Told,
        began: Began,
        rewrite: bool,
    ) -> Answer:
        started = time.perf_counter()
        text, scope, asked = self._understand(question, history, filters)
        scoped = time.perf_counter()
        began("search", len(scope.letters))
        hits = self._hits(asked, scope, max(k, PASSAGES))
        retrieved = time.perf_counter()
        began("write", len(hits))
        draft = write(Brief(asked, scope, hits, self._measures(asked), self.settings, max(1, page)))
        written, model_seconds = Rewritten(draft), None
        if rewrite and self._rewriter and self._rewriter.suits(asked, draft):
            asked_model = time.perf_counter()
            written = self._rewriter.rewrite(asked, draft, self._evidence_first(draft, hits), self._by_id, told)
            model_seconds = time.perf_counter() - asked_model
        final = written.draft
        hits = self._evidence_first(final, hits)[:k]
        ended = time.perf_counter()
        return Answer(
            question=text,
            scope=scope,
            sentences=tuple(final.sentences),
            citations=tuple(final.citations),
            groups=final.headed,
            notes=tuple(final.notes),
            table=final.table,
            page=final.page,
            pages=final.pages,
            refusal=final.refusal,
            hits=hits,
            writer=written.writer,
            dropped=written.dropped,
            seconds={
                "scope": scoped - started,
                "retrieve": retrieved - scoped,
                "write": ended - retrieved - (model_seconds or 0.0),
                **({} if model_seconds is None else {"model": model_seconds}),
                "total": ended - started,
            },
        )

    def _understand(self, question: str, history: Sequence[str], filters: Filters) -> tuple[str, Scope, Question]:
        text = checked(question, self.settings.max_question_chars)
        mend = self._mend
        mended_text, earlier = (
            mend(text),
            [mend(" ".join(h.encode("utf-8", "replace").decode().split())) for h in history if h.strip()],
        )
        scope = resolve(mended_text, self.letters, history=earlier, filters=filters, few_terms=_few_terms)
        before = " ".join(context(mended_text, earlier, _few_terms))
        return text, scope, understand(mended_text, before, scope.used, len(scope.letters))

    def _mend(self, text: str) -> str:
        return mended(text[: self.settings.max_question_chars], self._vocabulary, {n.lower() for n in self._held})

    def _hits(self, asked: Question, scope: Scope, k: int) -> tuple[Hit, ...]:
        if not scope.letters:
            return ()
        within = None if len(scope.letters) == len(self.letters) else scope.letters
        turns = asked.compare and 1 < len(scope.letters) <= COMPARED
        wide = max(k, CANDIDATES) if turns or scope.sections or self._reranker else k
        hits = self._retriever.search(
            asked.search, asked.terms, wide, within, self._question_vectors.of([asked.search])[0]
        )
        if scope.sections:
            hits = tuple(hit for hit in hits if hit.passage.section_kind in scope.sections) or hits
        if self._reranker:
            hits = self._reranker.ordered(asked.search, hits)
        if turns:
            hits = in_turn(hits)
        return tuple(replace(hit, rank=rank) for rank, hit in enumerate(hits[:k], 1))

    def _evidence_first(self, draft: Draft, hits: Sequence[Hit]) -> tuple[Hit, ...]:
        """The passages that the answer quotes, those of the best sentences, then the others retrieved; ranked anew."""
        found = {hit.passage.passage_id: hit for hit in hits}
        order: dict[str, Hit] = {}
        passages_of = cache(self.index.passages.of)
        for citation in draft.citations:
            own = passages_of(citation.letter.letter_id)
            quoted = [p for p in own if citation.start < p.end and p.start < citation.end]
            # A heading stands in no passage: the first one under it is its evidence.
            for passage in quoted or [p for p in own if p.start >= citation.end][:1]:
                order.setdefault(passage.passage_id, found.get(passage.passage_id, Hit(passage, 1, 0.0)))
        for sentence in draft.ranked:
            own = passages_of(sentence.letter.letter_id)
            holding = next((p for p in own if p.start <= sentence.start < p.end), None)
            if holding:
                order.setdefault(holding.passage_id, found.get(holding.passage_id, Hit(holding, 1, 0.0)))
        for hit in hits:
            order.setdefault(hit.passage.passage_id, hit)
        return tuple(replace(hit, rank=rank) for rank, hit in enumerate(order.values(), 1))

    def _measures(self, asked: Question) -> Measures:
        def similarity(sentences: Sequence[Sentence]) -> list[float]:
            if not sentences:
                return []
            vectors = self._sentence_vectors.of([sentence.text for sentence in sentences])
            return list(map(float, vectors @ self._question_vectors.of([asked.search])[0]))

        return Measures(
            self._by_id,
            self._weights.rarity,
            self._weights.strangeness,
            similarity,
            lambda letter: self._sentences(letter.letter_id),
            lambda authority: self._concerns(authority),
            self._letters_holding,
        )

    def _letters_holding(self, term: Term, within: Collection[str] | None) -> Collection[str] | None:
        store = self.index.store
        if within is not None:
            return store.letters_holding(term, by_letter(within))
        return None if store.holding(term) > NAMED else store.letters_holding(term)

    def rarity(self, term: Term) -> float:
        """Weight of a term among the indexed passages (`Weights.rarity`); 0 if none holds it."""
        return self._weights.rarity(term)

    def strangeness(self, term: Term) -> float:
        """How uncommon a term is in general English, 0.15 to 1, less for one from an earlier question."""
        return self._weights.strangeness(term)


def _record(settings: Settings) -> tuple[int, ...]:
    """What tells one record of an index from another without reading it; empty where there is none."""
    try:
        stat = (settings.index_dir / RECORD).stat()
    except OSError:
        return ()
    return stat.st_mtime_ns, stat.st_ino, stat.st_size


def _few_terms(text: str) -> bool:
    """Whether a text has too few words of its own to stand alone."""
    return len([term for term in expand(text, (), FUNCTION) if not re.fullmatch(r"\d+", term.typed)]) < FEW
