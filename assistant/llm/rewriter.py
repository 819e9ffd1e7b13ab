"""The language-model writer: puts an extractive answer into the model's words, as far as these hold.

The extractive answer is always there first. What the model says of it is checked sentence by sentence; what fails is
left out, and the letter's own sentence stands in for it. Where too little is left, or the model cannot be asked, the
extractive answer is given as it is, with a note.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from assistant.answers.answer import Dropped
from assistant.answers.draft import Draft, heading_of
from assistant.answers.facts import Fact
from assistant.errors import AssistantError, printable
from assistant.letters.citations import Citation
from assistant.letters.letter import Letter, Span
from assistant.letters.spoken import describe
from assistant.llm.claims import finds_fault, praises, read_claim
from assistant.llm.endpoint import Endpoint
from assistant.llm.grounding import Quote, cleaned, ground, quotes_of
from assistant.llm.prompt import Prompt, prompt_for
from assistant.llm.reply import Reply, Said
from assistant.questions.question import Question
from assistant.settings import Settings
from assistant.stores.passages import Hit

__all__ = ["Rewriter", "Rewritten", "Told"]

Told = Callable[[str], None]
"""Receives a sentence that has been checked."""

SHAPES = (None, "yes-no", "why")  # types of answer that may be reworded; a number or a name is given as it stands
HELD = 0.5  # share of the model's sentences that must hold
SAME_MATTER = 0.5  # share of a sentence's words that make another be about the same
SIDES = (finds_fault, praises)  # what a quote may say that must not be lost of it
LONGEST_SHOWN, MOST_SHOWN = 300, 20  # characters of a dropped sentence, and how many are kept


@dataclass(frozen=True, slots=True)
class Rewritten:
    """An answer after the language model.

    Attributes:
        draft: In the model's words, or the extractive one with a note.
        writer: The model's name, or "extractive".
        dropped: What the model said that is not shown, and why.
    """

    draft: Draft
    writer: str = "extractive"
    dropped: tuple[Dropped, ...] = ()


@dataclass(frozen=True, slots=True)
class _Kept:
    """A sentence that holds, and the quote that carries it."""

    text: str
    letter: Letter
    span: Span

    def same(self, other: "_Kept") -> bool:
        return (self.letter.letter_id, self.span) == (other.letter.letter_id, other.span)

    def covers(self, citation: Citation) -> bool:
        same = self.letter.letter_id == citation.letter.letter_id
        return same and self.span.start < citation.end and citation.start < self.span.end


@dataclass(slots=True)
class _Heard:
    """What has come from the model so far; the server's key is not told again, even by a server that says it."""

    secret: str = ""
    kept: list[_Kept] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)

    def drop(self, text: str, reason: str) -> None:
        if len(self.dropped) < MOST_SHOWN:
            shown = printable(" ".join(text.encode("utf-8", "replace").decode().split()))
            shown = shown.replace(self.secret, "(key)") if self.secret else shown
            self.dropped.append(Dropped(shown[:LONGEST_SHOWN], reason))


class Rewriter:
    """Words answers through a language model. Safe to use from several threads.

    Args:
        settings: The server, its limits and the longest answers.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._endpoint = Endpoint(settings)

    @staticmethod
    def suits(question: Question, draft: Draft) -> bool:
        """Whether an answer may be reworded: sentences chosen from the text, on a matter and not for a fact."""
        answered = bool(draft.sentences) and draft.refusal is None
        return answered and draft.free and question.answer_type in SHAPES

    def rewrite(
        self,
        question: Question,
        draft: Draft,
        hits: Sequence[Hit],
        letters: Mapping[str, Letter],
        told: Told = lambda _sentence: None,
    ) -> Rewritten:
        """The answer in the model's words, or as it was.

        Args:
            question: What is asked.
            draft: The extractive answer; it is not changed.
            hits: Passages of its letters, those that it quotes first.
            letters: By identifier.
            told: Receives each sentence that has been checked and holds, as soon as it is complete.
        """
        heard = _Heard(self._settings.llm_key.get_secret_value())
        speaking = {citation.letter.letter_id for citation in draft.citations}
        given = [hit for hit in hits if hit.passage.letter_id in speaking]
        words = self._settings.list_words if len(draft.groups) > 1 else self._settings.answer_words
        try:
            prompt = prompt_for(question.search, given, letters, words, self._settings)
            self._hear(prompt, letters, heard, told)
        except AssistantError as error:
            return _as_it_was(draft, f"{error}. This is the extractive answer.", heard)
        if not heard.kept and not heard.dropped:
            return _as_it_was(draft, f"{self._endpoint.where} wrote nothing. This is the extractive answer.", heard)
        name = self._endpoint.shown_name
        written = _composed(draft, heard, words)
        if written is None:
            note = f"Too little of what the language model {name} wrote stands in the letters; this is the extractive"
            return _as_it_was(draft, f"{note} answer.", heard)
        return Rewritten(written, name, _unshown(heard.dropped, written))

    def _hear(self, prompt: Prompt, letters: Mapping[str, Letter], heard: _Heard, told: Told) -> None:
        reply = Reply()
        quotes = {key: quotes_of(passage, letters[passage.letter_id]) for key, passage in prompt.passages.items()}
        for piece in self._endpoint.ask(prompt):
            for said in reply.feed(piece):
                _check(said, quotes, heard, told)
        for said in reply.finish():
            _check(said, quotes, heard, told)


def _check(said: Said, quotes: Mapping[str, Sequence[Quote]], heard: _Heard, told: Told) -> None:
    known = [key for key in said.keys if key in quotes]
    text = cleaned(said.text)
    if not known:
        heard.drop(said.text, "it names no passage that it was given")
        return
    quote, reason = ground(text, [quote for key in known for quote in quotes[key]])
    if quote is None:
        heard.drop(said.text, reason)
    elif any(_alike(text, kept.text) for kept in heard.kept):
        heard.drop(said.text, "it repeats what was said")
    else:
        heard.kept.append(_Kept(text, quote.letter, quote.span))
        told(text)


def _as_it_was(draft: Draft, note: str, heard: _Heard) -> Rewritten:
    draft.note(note)
    unused = [Dropped(kept.text[:LONGEST_SHOWN], "the extractive answer is given instead") for kept in heard.kept]
    return Rewritten(draft, dropped=_unshown([*heard.dropped, *unused], draft))


def _unshown(dropped: Sequence[Dropped], draft: Draft) -> tuple[Dropped, ...]:
    """What was dropped but for what is shown all the same, since the letter says it in these words."""
    shown = {" ".join(sentence.text.split()) for sentence in draft.sentences}
    return tuple(one for one in dropped if one.text not in shown)[:MOST_SHOWN]


def _alike(one: str, two: str) -> bool:
    """Whether all words of a sentence stand in another."""
    return {t.value for t in read_claim(one)} <= {t.value for t in read_claim(two)}


# --- the answer of what holds ------------------------------------------------------------------------------------


def _composed(draft: Draft, heard: _Heard, most: int) -> Draft | None:
    """The sentences that hold, with those of the extractive answer that must not be lost; None where too few do."""
    kept = heard.kept
    repeated = sum(dropped.reason.startswith("it repeats") for dropped in heard.dropped)
    if not kept or len(kept) < HELD * (len(kept) + len(heard.dropped) - repeated):
        return None
    cited = {citation.number: citation for citation in draft.citations}
    lead = [cited[number] for number in draft.sentences[0].citations]
    if not any(sentence.covers(citation) for sentence in kept for citation in lead):
        return None
    kept = [_whole(sentence, kept) for sentence in kept]
    kept = kept + _put_back(draft, kept, heard.dropped)
    kept = _shortened(kept, most, lead)
    if sum(len(sentence.text.split()) for sentence in kept) > most:
        return None
    return _draft(draft, kept)


def _whole(sentence: _Kept, kept: Sequence[_Kept]) -> _Kept:
    """The quote itself, where it finds fault or praises and neither the sentence nor another one from it does."""
    quote = sentence.letter.text[sentence.span.start : sentence.span.end]
    if all(any(side(one.text) for one in kept if one.same(sentence)) or not side(quote) for side in SIDES):
        return sentence
    return _Kept(" ".join(quote.split()), sentence.letter, sentence.span)


def _put_back(draft: Draft, kept: Sequence[_Kept], dropped: Sequence[Dropped]) -> list[_Kept]:
    """Sentences of the extractive answer that the model left out and that must stand.

    Those that find fault, those of a letter of which nothing is left, and those on the matter of one that failed.
    """
    cited = {citation.number: citation for citation in draft.citations}
    speaking = {sentence.letter.letter_id for sentence in kept}
    failed = [{t.value for t in read_claim(one.text) if t.kind != "operator"} for one in dropped]
    back = []
    for sentence in draft.sentences:
        citation = cited[sentence.citations[0]]
        if any(one.covers(citation) for one in kept):
            continue
        words = {t.value for t in read_claim(sentence.text) if t.kind != "operator"}
        same = any(len(words & other) >= SAME_MATTER * max(1, len(other)) for other in failed)
        if finds_fault(sentence.text) or citation.letter.letter_id not in speaking or same:
            back.append(_Kept(sentence.text, citation.letter, Span(citation.start, citation.end)))
    return back


def _shortened(kept: Sequence[_Kept], most: int, lead: Sequence[Citation]) -> list[_Kept]:
    """Without the last sentences that may go: not the leading one, none that finds fault, no letter's only one."""
    left = list(kept)
    for sentence in reversed(kept):
        if sum(len(one.text.split()) for one in left) <= most:
            break
        alone = sum(one.letter.letter_id == sentence.letter.letter_id for one in left) == 1
        if not (alone or finds_fault(sentence.text) or any(sentence.covers(citation) for citation in lead)):
            left.remove(sentence)
    return left


def _draft(draft: Draft, kept: Sequence[_Kept]) -> Draft:
    """An answer with the same notes; letters in the order of the extractive one."""
    written = Draft(notes=list(draft.notes), page=draft.page, pages=draft.pages, ranked=list(draft.ranked))
    order = dict.fromkeys(citation.letter.letter_id for citation in draft.citations)
    for letter_id in order:
        groups: dict[str, list[_Kept]] = {}
        for sentence in kept:
            if sentence.letter.letter_id == letter_id:
                groups.setdefault(_heading(sentence), []).append(sentence)
        for heading, own in groups.items():
            written.add(own[0].letter, [Fact(sentence.span, sentence.text) for sentence in own], heading)
    return written


def _heading(sentence: _Kept) -> str:
    place = sentence.letter.paragraph_at(sentence.span.start)
    return heading_of(sentence.letter, *place) if place else describe(sentence.letter)
