"""The mutants: ways of breaking the product, each by changing named attributes of it in this process."""

import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, get_args
from unittest.mock import patch

from assistant.answers.answer import Answer, CitedSentence, Refusal, RefusalKind, citation_json
from assistant.answers.brief import Brief
from assistant.answers.draft import Draft
from assistant.answers.evidence import Evidence, Sentence
from assistant.answers.lists import ListBlock, lists_of
from assistant.answers.refusals import silence
from assistant.answers.selection import TURNS
from assistant.answers.themes import _compare
from assistant.answers.writer import FACTS
from assistant.engine import Assistant
from assistant.index.retrieve import fuse
from assistant.letters.citations import Citation
from assistant.letters.dates import MONTHS
from assistant.letters.letter import Letter
from assistant.letters.spoken import describe
from assistant.questions.named import Named, read_named
from assistant.questions.question import Question as Asked
from assistant.questions.scope import Filters, Scope
from assistant.stores.embedded import EmbeddedStore
from assistant.stores.lexical import LexicalIndex
from assistant.stores.passages import headed
from assistant.words import terms
from eval.variants import Variants

__all__ = ["MUTANTS", "Mutant", "applied"]

Broken = AbstractContextManager[object]
Break = Callable[[Assistant], Broken]


@dataclass(frozen=True, slots=True)
class Mutant:
    """One way of breaking the product.

    Attributes:
        name: On the command line.
        broken: What goes wrong, in the user's words.
        how: What is changed, in the programmer's.
        breaks: Changes an open assistant for as long as its context lasts.
    """

    name: str
    broken: str
    how: str
    breaks: Break


@contextmanager
def applied(mutant: Mutant, assistant: Assistant) -> Iterator[None]:
    """Break an assistant, and mend it again.

    Args:
        mutant: How.
        assistant: An open one; what it remembers of stems, synonyms, sentences and frequencies is forgotten both times.
    """
    try:
        with mutant.breaks(assistant):
            _forget(assistant)
            yield
    finally:
        _forget(assistant)


CLEAR = (  # held here: a mutant may stand in their place
    terms._stems.clear,
    terms.stemmed.cache_clear,
    terms._table.cache_clear,
    terms._field.cache_clear,
    terms._people.cache_clear,
)


def _forget(assistant: Assistant) -> None:
    for clear in (*CLEAR, assistant._sentences.cache_clear, assistant._weights.frequency.cache_clear):
        clear()


# --- ways of changing the product -----------------------------------------------------------------------------------


def _replaced(by_name: Mapping[str, object]) -> Break:
    """Module-level names of the product ("draft.describe"), each with what stands in its place."""

    @contextmanager
    def breaks(_assistant: Assistant) -> Iterator[None]:
        with ExitStack() as stack:
            for name, value in by_name.items():
                stack.enter_context(patch(f"assistant.{name}", value))
            yield

    return breaks


def _said(alter: Callable[[str], str]) -> Break:
    """Every sentence said otherwise than it is quoted."""
    return _replaced({"answers.draft.CitedSentence": lambda text, numbers: CitedSentence(alter(text), numbers)})


def _cited(alter: Callable[[tuple[int, ...], int], tuple[int, ...]]) -> Break:
    """Every sentence citing other numbers: `alter` is given its own and how many there are."""

    def made(**parts: Any) -> Answer:
        count = len(parts["citations"])
        sentences = tuple(replace(one, citations=alter(one.citations, count)) for one in parts["sentences"])
        return Answer(**parts | {"sentences": sentences})

    return _replaced({"engine.Answer": made})


def _read(alter: Callable[[Letter], Letter]) -> Break:
    """Every letter misread."""

    @contextmanager
    def breaks(assistant: Assistant) -> Iterator[None]:
        letters = tuple(map(alter, assistant.letters))
        known = {letter.letter_id: letter for letter in letters}
        with patch.object(assistant, "letters", letters), patch.dict(assistant._by_id, known):
            yield

    return breaks


def _never(*_: object, **__: object) -> None:
    """In place of a check: it finds nothing."""


NOTHING = re.compile(r"(?!)")  # matches nowhere


# --- search ---------------------------------------------------------------------------------------------------------


def _weighted(dense: float, lexical: float) -> Break:
    def breaks(assistant: Assistant) -> Broken:
        own = assistant._retriever._weights
        return patch.object(assistant._retriever, "_weights", (dense * own[0], lexical * own[1]))

    return breaks


@contextmanager
def _without_headers(assistant: Assistant) -> Iterator[None]:
    """The same passages indexed as they stand, in a temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        settings = assistant.settings.model_copy(update={"index_dir": Path(folder)})
        with Variants(assistant.index, settings, _never) as variants:
            bare = variants.get(headers=False, joined=True)
            store = EmbeddedStore.of(assistant.index.store)
            with (
                patch.object(store.vectors, "nearest", bare.nearest),
                patch.object(store, "words", bare.lexical),
            ):
                yield


class _Unstemmed:
    """A stemmer that leaves every word as it is."""

    def stemWord(self, word: str) -> str:
        return word


@contextmanager
def _without_stems(assistant: Assistant) -> Iterator[None]:
    """Words as they stand in letters, questions and tables, and in a BM25 index of them in a temporary folder."""
    index, by_id = assistant.index, assistant._by_id
    with tempfile.TemporaryDirectory() as folder, patch("assistant.words.terms._stemmer", _Unstemmed()):
        _forget(assistant)
        lexical = LexicalIndex(Path(folder))
        found = [(passage, by_id[passage.letter_id]) for passage in index.passages.values()]
        lexical.add([(one, headed(letter, one)) for one, letter in found])
        with patch.object(EmbeddedStore.of(index.store), "words", lexical):
            yield


def _without_synonyms() -> dict[terms.Key, tuple[terms.Key, ...]]:
    return {phrase: () for phrase in TABLE()}


TABLE = terms._table


def _in_order_retrieved(assistant: Assistant) -> Broken:
    return patch.object(assistant, "_evidence_first", lambda _draft, hits: tuple(hits))


def _backwards(assistant: Assistant) -> Broken:
    ordered = assistant._evidence_first
    return patch.object(assistant, "_evidence_first", lambda draft, hits: ordered(draft, hits)[::-1])


def _unmended(assistant: Assistant) -> Broken:
    return patch.object(assistant, "_mend", lambda text: text)


# --- scope ----------------------------------------------------------------------------------------------------------


def _naming_no_authority(question: str, held: Sequence[str]) -> Named:
    return replace(read_named(question, held), authorities=())


def _without_history(assistant: Assistant) -> Broken:
    understand = assistant._understand
    return patch.object(assistant, "_understand", lambda question, _history, filters: understand(question, (), filters))


def _comparing_another(assistant: Assistant) -> Broken:
    """In a comparison the first of the letters is another one, where there is another."""
    understand = assistant._understand

    def misunderstood(question: str, history: Sequence[str], filters: Filters) -> tuple[str, Scope, Asked]:
        text, scope, asked = understand(question, history, filters)
        others = [letter_id for letter_id in assistant._by_id if letter_id not in scope.letters]
        if asked.compare and others:
            scope = replace(scope, letters=(others[0], *scope.letters[1:]))
        return text, scope, asked

    return patch.object(assistant, "_understand", misunderstood)


# --- refusals -------------------------------------------------------------------------------------------------------

KINDS: tuple[RefusalKind, ...] = get_args(RefusalKind)
OTHER_KIND = dict(zip(KINDS, (*KINDS[1:], KINDS[0]), strict=True))


def _never_silent(brief: Brief, evidence: Sequence[Evidence]) -> Refusal | None:
    return None if evidence else silence(brief, evidence)


def _of_another_kind(kind: RefusalKind, message: str, nearest: tuple[Citation, ...] = ()) -> Refusal:
    return Refusal(OTHER_KIND[kind], message, nearest)


# --- answers --------------------------------------------------------------------------------------------------------

MONTH = re.compile(rf"(?<=\d )(?:{'|'.join(MONTHS)})\b|\b(?:{'|'.join(MONTHS)})(?= \d{{4}})")


def _swap(one: str, other: str) -> Callable[[str], str]:
    """Two words in each other's place; a capital stays where it was."""
    place = {one: other, other: one}
    pattern = re.compile(rf"\b(?:{one}|{other})\b", re.IGNORECASE)

    def swapped(found: re.Match[str]) -> str:
        word = place[found.group().lower()]
        return word.capitalize() if found.group()[0].isupper() else word

    return lambda text: pattern.sub(swapped, text)


def _next_month(text: str) -> str:
    return MONTH.sub(lambda found: MONTHS[(MONTHS.index(found.group()) + 1) % 12], text)


def _one_more(text: str) -> str:
    return re.sub(r"\d+", lambda found: str(int(found.group()) + 1), text, count=1)


def _without_last_item(letter: Letter, question: Asked) -> list[ListBlock]:
    return [replace(block, items=block.items[:-1] or block.items) for block in lists_of(letter, question)]


def _one_sided(brief: Brief, draft: Draft, evidence: Sequence[Evidence]) -> None:
    newest = [item for item in evidence if item.sentence.letter.letter_id == brief.letters[-1].letter_id]
    _compare(brief, draft, newest or evidence)


def _alone(_brief: Brief, sentence: Sentence) -> list[Sentence]:
    return [sentence]


def _without_turns(_assistant: Assistant) -> Broken:
    quote = Draft.quote

    def quoted(draft: Draft, sentences: Sequence[Sentence]) -> None:
        quote(draft, [one for one in sentences if not TURNS.match(one.text)] or sentences)

    return patch.object(Draft, "quote", quoted)


def _names_swapped(assistant: Assistant) -> Broken:
    """The first two inspectors of each letter in each other's place in every sentence."""
    pairs = [letter.inspectors[:2] for letter in assistant.letters if len(letter.inspectors) > 1]
    place = {name: other for one, two in pairs for name, other in ((one, two), (two, one))}
    names = re.compile("|".join(map(re.escape, place)) or NOTHING.pattern)
    return _said(lambda text: names.sub(lambda found: place[found.group()], text))(assistant)


@contextmanager
def _twice_as_long(assistant: Assistant) -> Iterator[None]:
    own = assistant.settings
    settings = own.model_copy(update={"answer_words": 2 * own.answer_words, "list_words": 2 * own.list_words})
    sentences = {
        "answers.themes.FACT_SENTENCES": 8,
        "answers.themes.THEME_SENTENCES": 12,
        "answers.themes.COMPARED_SENTENCES": 6,
        "answers.themes.OF_SEVERAL": {1: 12, 2: 6, 3: 4},
    }
    limits = _replaced({**sentences, "answers.selection.SUPPORT": 0.3})
    with patch.object(assistant, "settings", settings), limits(assistant):
        yield


@contextmanager
def _under_another_heading(assistant: Assistant) -> Iterator[None]:
    ids = list(assistant._by_id)
    another = dict(zip(ids, (*ids[1:], ids[0]), strict=True))

    def described(letter: Letter) -> str:
        return describe(assistant._by_id[another[letter.letter_id]])

    with _replaced({"answers.draft.describe": described, "answers.lists.describe": described})(assistant):
        yield


def _second_inspector_leads(letter: Letter) -> Letter:
    if len(letter.inspectors) < 2:
        return letter
    first, second, *others = letter.inspectors
    spans = letter.evidence["inspectors"]
    evidence = {**letter.evidence, "lead_inspector": spans[1:2], "inspectors": (spans[1], spans[0], *spans[2:])}
    return replace(letter, lead_inspector=second, inspectors=(second, first, *others), evidence=evidence)


def _of_the_other_standing(letter: Letter) -> Letter:
    if letter.standing == "inspectorate":
        return replace(letter, standing="council", issuer=f"{letter.authority} Borough Council")
    return replace(letter, standing="inspectorate", issuer="Ofsted")


# --- citations ------------------------------------------------------------------------------------------------------


def _shown(alter: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> Break:
    """Every citation shown otherwise: `alter` is given its JSON, and gives what differs."""

    def shown(citation: Citation, *options: Any) -> dict[str, Any]:
        body = citation_json(citation, *options)
        return {**body, **alter(body)}

    return _replaced({"answers.answer.citation_json": shown})


def _one_further(body: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"start": body["start"] + 1, "end": body["end"] + 1}


def _retyped(body: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"quote": " ".join(body["quote"].translate(str.maketrans(terms.PLAIN)).split())}


def _letters_swapped(assistant: Assistant) -> Broken:
    """Citations of the oldest and of the newest letter name each other."""
    first, last = assistant.letters[0], assistant.letters[-1]
    names = {
        one.letter_id: {"letter_id": other.letter_id, "file": other.file}
        for one, other in ((first, last), (last, first))
    }
    return _shown(lambda body: names.get(body["letter_id"], {}))(assistant)


@contextmanager
def _uncited(_assistant: Assistant) -> Iterator[None]:
    """Sentences without citations, the check that forbids them off."""
    with (
        patch.object(CitedSentence, "__post_init__", _never),
        patch("assistant.answers.draft.CitedSentence", lambda text, _numbers: CitedSentence(text, ())),
    ):
        yield


MUTANTS = (
    Mutant("embedding-off", "passages are ranked by their words alone", "weight of the embedding 0", _weighted(0, 1)),
    Mutant("bm25-off", "passages are ranked by their embedding alone", "weight of BM25 0", _weighted(1, 0)),
    Mutant(
        "ranking-reversed",
        "the worst of the candidate passages come first",
        "the fused ranking turned round",
        _replaced({"index.retrieve.fuse": lambda rankings: fuse(rankings)[::-1]}),
    ),
    Mutant(
        "header-off", "passages do not say whose they are", "passages indexed without their header", _without_headers
    ),
    Mutant("stemming-off", "only the same form of a word is found", "a stemmer that changes nothing", _without_stems),
    Mutant(
        "synonyms-off",
        "only the question's own words are found",
        "the table of synonyms empty",
        _replaced({"words.terms._table": _without_synonyms}),
    ),
    Mutant("spelling-off", "misspelt words stay as they are", "no spelling correction", _unmended),
    Mutant(
        "evidence-not-first",
        "the passages that the answer quotes do not come first",
        "passages in the order retrieved",
        _in_order_retrieved,
    ),
    Mutant("passages-reversed", "the passages behind an answer begin with the worst", "their order turned", _backwards),
    Mutant(
        "years-ignored",
        "letters of other years answer",
        "the scope's filter of years lets all through",
        _replaced({"questions.scope._in_years": lambda _named, pool: (pool, [], set(), [])}),
    ),
    Mutant(
        "authorities-ignored",
        "letters about other authorities answer",
        "a question names no authority",
        _replaced({"questions.scope.read_named": _naming_no_authority}),
    ),
    Mutant(
        "kinds-ignored",
        "documents of other kinds answer",
        "the scope's filter of kinds lets all through",
        _replaced({"questions.scope._of_kind": lambda _named, pool: (pool, [])}),
    ),
    Mutant(
        "latest-ignored",
        '"the latest letter" means every letter',
        "the scope's choice by date lets all through",
        _replaced({"questions.scope._ordered": lambda _named, pool: pool}),
    ),
    Mutant("history-ignored", "follow-ups are read alone", "earlier questions left out", _without_history),
    Mutant(
        "comparison-of-another",
        "a comparison quotes an inspection that was not asked about",
        "its first letter replaced by another",
        _comparing_another,
    ),
    Mutant(
        "silence-off",
        "what no letter answers is answered",
        "no refusal for want of evidence",
        _replaced({"answers.themes.silence": _never_silent}),
    ),
    Mutant(
        "relevance-zero",
        "any sentence is good enough",
        "the thresholds of relevance 0",
        _replaced(
            {
                "answers.relevance.NEAR": 0.0,
                "answers.relevance.LITTLE": 0.0,
                "answers.relevance.ALIKE": -1.0,
                "answers.relevance.VERY_ALIKE": -1.0,
                "answers.refusals.NEAR": 0.0,
                "answers.refusals.VERY_ALIKE": -1.0,
            }
        ),
    ),
    Mutant(
        "relevance-huge",
        "refuses whenever in doubt",
        "the thresholds of relevance out of reach",
        _replaced({"answers.relevance.NEAR": 0.9, "answers.relevance.ALIKE": 2.0, "answers.relevance.VERY_ALIKE": 2.0}),
    ),
    Mutant(
        "answer-type-off",
        "a question of who, when or how many is answered without one",
        "every sentence holds the type asked for",
        _replaced({"answers.evidence.suits": lambda _question, _sentence: True}),
    ),
    Mutant(
        "premises-off",
        "what a question wrongly takes for granted is not put right",
        "no check of premises",
        _replaced({"answers.refusals.contradicts": _never, "answers.writer.false_grade": _never}),
    ),
    Mutant(
        "remit-off",
        "opinions and private lives are looked for",
        "no question is out of remit",
        _replaced({"questions.intent.REMIT": NOTHING}),
    ),
    Mutant(
        "refusal-of-another-kind",
        "refusals give a wrong reason",
        "each kind of refusal called by the next one's name",
        _replaced({"answers.refusals.Refusal": _of_another_kind}),
    ),
    Mutant(
        "lists-cut-short",
        "lists lack their last item",
        "the last item of each left out",
        _replaced({"answers.lists.lists_of": _without_last_item}),
    ),
    Mutant(
        "grades-swapped",
        "good is called inadequate",
        "the two words in each other's place in every sentence",
        _said(_swap("good", "inadequate")),
    ),
    Mutant(
        "grade-of-another-area",
        "the grade given is that of another area",
        "the last judgement of a letter whatever is asked",
        _replaced({"answers.grades.judged": lambda _question, letter: list(letter.judgements[-1:])}),
    ),
    Mutant(
        "dates-confused",
        "asked when inspectors came, says when the letter was published",
        "the two facts in each other's place",
        _replaced({"answers.writer.FACTS": {**FACTS, "visited": FACTS["published"], "published": FACTS["visited"]}}),
    ),
    Mutant("date-wrong", "dates are a month late", "the next month in every sentence", _said(_next_month)),
    Mutant("number-wrong", "numbers are one too high", "the first number of every sentence plus 1", _said(_one_more)),
    Mutant(
        "negation-dropped",
        '"not" is left out',
        "the word taken out of every sentence",
        _said(lambda text: re.sub(r"\bnot ", "", text)),
    ),
    Mutant(
        "sentences-cut-short",
        "sentences break off",
        "twelve words of each",
        _said(lambda text: " ".join(text.split()[:12])),
    ),
    Mutant(
        "context-off",
        "sentences come without those that they lean on",
        "each sentence alone",
        _replaced({"answers.selection.with_context": _alone, "answers.writer.with_context": _alone}),
    ),
    Mutant(
        "however-not-brought",
        'praise does not bring along the "however" behind it',
        "no sentence is known to turn what was said",
        _replaced({"answers.selection.TURNS": NOTHING}),
    ),
    Mutant("however-dropped", 'what begins with "However" is left out', "such sentences not quoted", _without_turns),
    Mutant(
        "comparison-one-sided",
        "a comparison quotes the newest letter only",
        "the evidence of the others left out",
        _replaced({"answers.themes._compare": _one_sided}),
    ),
    Mutant("answers-too-long", "answers are twice as long", "limits of words and sentences doubled", _twice_as_long),
    Mutant(
        "inspectors-misread",
        "the second inspector is taken for the lead",
        "the two in each other's place in the letter as read",
        _read(_second_inspector_leads),
    ),
    Mutant(
        "inspectors-swapped",
        "the lead inspector's name is given as the second's, and the reverse",
        "the two names in each other's place in every sentence",
        _names_swapped,
    ),
    Mutant(
        "standing-swapped",
        "the council's words are called the inspectors', and the reverse",
        "standing and issuer of every letter as read",
        _read(_of_the_other_standing),
    ),
    Mutant(
        "heading-of-another",
        "sentences stand under the heading of another letter",
        "every letter described as the next one",
        _under_another_heading,
    ),
    Mutant(
        "citation-off-by-one",
        "citations point one character too far",
        "start and end plus 1",
        _shown(_one_further),
    ),
    Mutant(
        "quotes-retyped",
        "quotes are not letter for letter",
        "quotation marks made straight, line breaks made spaces",
        _shown(_retyped),
    ),
    Mutant("letters-swapped", "citations name the wrong letter", "the oldest and the newest swapped", _letters_swapped),
    Mutant(
        "citations-shuffled",
        "sentences cite each other's quotes",
        "every number replaced by the next one's",
        _cited(lambda numbers, count: tuple(number % count + 1 for number in numbers)),
    ),
    Mutant(
        "citations-superfluous",
        "sentences cite a quote that they do not need",
        "every sentence cites the next quote as well",
        _cited(lambda numbers, count: tuple(dict.fromkeys((*numbers, numbers[-1] % count + 1)))),
    ),
    Mutant("citations-off", "sentences have no citation", "every sentence's numbers taken away", _uncited),
)
"""Every mutant, in the order in which a question passes through the product."""
