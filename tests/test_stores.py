"""One contract for every store: what is written, found, filtered, removed, and never mixed.

Milvus Lite stands in for a server: the same calls, but another implementation, which says nothing of a cluster's recall
or speed. With ASSISTANT_TEST_MILVUS set to an address (and ASSISTANT_TEST_MILVUS_TOKEN), the same tests run there too.
"""

import math
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from fakes import fake_settings
from hypothesis import HealthCheck, given
from hypothesis import settings as trying
from hypothesis import strategies as st

from assistant.embedding.encoder import Vectors
from assistant.stores.filters import Among, Between, Both, Either, Facts, Filter, by_letter, enclosing, matches
from assistant.stores.opened import open_store, sweep
from assistant.stores.passages import Passage
from assistant.stores.store import LARGEST_TEXT, Row, Store
from assistant.words.terms import Term, analyse, expand

pytest.importorskip("pymilvus", reason="Milvus's library is not installed")

SIZE = 16  # dimensions
WORDS = """care leavers pathway plans social workers caseloads neglect missing children return interviews foster
carers placements sufficiency thresholds partners strategy meetings supervision managers oversight quality voice
permanence delay court assessments visits health education personal advisers housing 30% 3.5 council's size zone""".split()
AUTHORITIES = ("Swindon", "Leeds", "Kingston upon Thames", 'O"Brien\\Shire', "Côte d’Or", "")
KINDS = ("focused visit", "ILACS inspection", "monitoring visit")


def made(letters: int = 100, each: int = 2, seed: int = 7) -> tuple[list[Row], Vectors]:
    """Passages of made-up words, by many authorities, kinds and years, with unit vectors."""
    random = np.random.default_rng(seed)
    rows = []
    for number in range(letters):
        year = 2014 + number % 10
        facts = Facts(
            f"letter-{number:03}",
            AUTHORITIES[number % len(AUTHORITIES)],
            KINDS[number % len(KINDS)],
            year * 10_000 + 305 if number % 7 else 0,
            year * 10_000 + 412 if number % 5 else 0,
        )
        for place in range(each):
            words = " ".join(random.choice(WORDS, size=int(random.integers(5, 70))))
            rows.append(row(facts, place, words))
    vectors = random.normal(size=(len(rows), SIZE)).astype(np.float32)
    return rows, vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def row(facts: Facts, place: int, words: str) -> Row:
    start, name = place * 1000, facts.letter_id
    passage = Passage(
        f"{name}:{start}-{start + len(words)}:{place:08x}", name, f"{name}.txt", "Findings", "findings",
        ("s1p1",), start, start + len(words), words, 9,
    )  # fmt: skip
    return Row(passage, f"{facts.authority} · {facts.kind}\n{words}", facts)


class Shelf:
    """An index's folder with generations of a store, opened as the product opens them."""

    def __init__(self, settings) -> None:
        self.settings, self.names = settings, iter(range(99))
        self.opened: list[Store] = []
        self._rows: dict[Path, list[Row]] = {}

    def write(
        self, rows: Sequence[Row], vectors: Vectors, earlier: Path | None = None, gone: Sequence[str] = ()
    ) -> Path:
        """A new generation: an earlier one, without some letters, with others written."""
        folder = self.settings.index_dir / f"generation-{next(self.names)}"
        folder.mkdir(parents=True)
        if earlier:
            shutil.copytree(earlier, folder, dirs_exist_ok=True)
        store = open_store(self.settings, folder)
        kept = {}
        try:
            store.delete(list(gone))
            store.upsert(rows, vectors)
            kept = {one.passage.passage_id: one for one in (*self.rows_of(earlier), *rows)}
            lost = {*gone, *(one.facts.letter_id for one in rows)}
            new = {one.passage.passage_id for one in rows}
            kept = {name: one for name, one in kept.items() if name in new or one.facts.letter_id not in lost}
            store.settle(lambda: iter([list(kept.values())]))
        finally:
            store.close()
        self._rows[folder] = list(kept.values())
        return folder

    def rows_of(self, folder: Path | None) -> list[Row]:
        return self._rows.get(folder, []) if folder else []

    def open(self, folder: Path) -> Store:
        rows = self.rows_of(folder)
        facts = {one.facts.letter_id: one.facts for one in rows}
        sizes: dict[str, int] = {}
        for one in rows:
            sizes[one.facts.letter_id] = sizes.get(one.facts.letter_id, 0) + 1
        store = open_store(self.settings, folder, facts, sizes)
        self.opened.append(store)
        return store

    def close(self) -> None:
        for store in self.opened:
            store.close()


STORES = ["embedded", "lite", *(["server"] if os.environ.get("ASSISTANT_TEST_MILVUS") else [])]


def settings_of(kind: str, folder: Path):
    where = {
        "embedded": {},
        "lite": {"store": "milvus", "store_uri": str(folder / "lite.db")},
        "server": {
            "store": "milvus",
            "store_uri": os.environ.get("ASSISTANT_TEST_MILVUS", ""),
            "store_token": os.environ.get("ASSISTANT_TEST_MILVUS_TOKEN", ""),
        },
    }[kind]
    return fake_settings(folder / "index", **where)


@pytest.fixture(params=STORES)
def shelf(request, tmp_path) -> Iterator[Shelf]:
    shelf = Shelf(settings_of(request.param, tmp_path))
    yield shelf
    shelf.close()
    sweep(shelf.settings, [])


@pytest.fixture(scope="module", params=STORES)
def held(request, tmp_path_factory) -> Iterator[SimpleNamespace]:
    """A store with all made passages, open for reading."""
    shelf = Shelf(settings_of(request.param, tmp_path_factory.mktemp("held")))
    rows, vectors = made()
    store = shelf.open(shelf.write(rows, vectors))
    yield SimpleNamespace(store=store, rows=rows, vectors=vectors)
    shelf.close()
    sweep(shelf.settings, [])


# --- the references ------------------------------------------------------------------------------------------------


def nearest(rows: Sequence[Row], vectors: Vectors, question: Vectors, k: int, within: Filter | None) -> list[str]:
    scores = vectors @ question
    found = [
        (-float(score), one.passage.passage_id)
        for one, score in zip(rows, scores, strict=True)
        if within is None or matches(one.facts, within)
    ]
    return [name for _, name in sorted(found)[:k]]


def rounded(length: int) -> int:
    """The lengths that tantivy can write down: all to 40, then 8 in each doubling beyond 24."""
    lengths = list(range(40)) + [24 + base * step for base in (2**n for n in range(1, 20)) for step in range(8, 16)]
    return max(one for one in lengths if one <= length)


def bm25(rows: Sequence[Row], terms: Sequence[Term], within: Filter | None) -> dict[str, float]:
    """BM25 by the formula, over stems: a phrase is worth the sum of its words, a synonym four fifths."""
    texts = {one.passage.passage_id: analyse(one.text) for one in rows}
    average = sum(map(len, texts.values())) / len(texts)
    scores = {}
    for one in rows:
        stems = texts[one.passage.passage_id]
        total = 0.0
        for term in terms:
            ways = []
            for place, way in enumerate(term.alternatives):
                often = sum(tuple(stems[at : at + len(way)]) == way for at in range(len(stems)))
                rare = 0.0
                for stem in way:
                    n = sum(stem in other for other in texts.values())
                    rare += math.log(1 + (len(texts) - n + 0.5) / (n + 0.5))
                if often:
                    spread = often + 1.2 * (0.25 + 0.75 * rounded(len(stems)) / average)
                    ways.append((0.8 if place else 1.0) * rare * 2.2 * often / spread)
            total += max(ways, default=0.0)
        if total and (within is None or matches(one.facts, within)):
            scores[one.passage.passage_id] = total
    return scores


def assert_ranked(found: Sequence[str], scores: dict[str, float], k: int) -> None:
    """The k best, in order; equal ones in any order, since the engines count in single precision."""
    best = sorted(scores, key=lambda name: (-scores[name], name))[:k]
    assert len(found) == len(set(found)) == len(best)
    for name, expected in zip(found, best, strict=True):
        assert scores[name] == pytest.approx(scores[expected], rel=1e-5), (name, expected)


# --- finding ---------------------------------------------------------------------------------------------------------

FILTERS = {
    "none": None,
    "one authority": Among("authority", frozenset(["Leeds"])),
    "several authorities": Among("authority", frozenset(["Leeds", "Kingston upon Thames"])),
    "names with quotation marks": Among("authority", frozenset(['O"Brien\\Shire', "Côte d’Or"])),
    "no authority known": Among("authority", frozenset([""])),
    "a kind": Among("kind", frozenset(["focused visit"])),
    "a year of visits": Between("visited", 20170101, 20171231),
    "years": Between("published", 20150101, 20191231),
    "inspected or published": Either(
        (Between("visited", 20180101, 20181231), Between("published", 20180101, 20181231))
    ),
    "all at once": Both((Among("kind", frozenset(KINDS[:2])), Between("visited", 20150101, 20221231))),
    "one letter in a hundred": by_letter(["letter-003"]),
    "all but one in a hundred": by_letter(f"letter-{number:03}" for number in range(1, 100)),
    "a letter that is not held": by_letter(["letter-999"]),
    "no letter": by_letter([]),
    "no way": Either(()),
    "no condition": Both(()),
    "nothing meets it": Between("visited", 19000101, 19991231),
}


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize("k", [1, 10, 500])
def test_dense_ranks_are_those_of_comparing_all(held, name, k):
    question = held.vectors[11] * 0.6 + held.vectors[40] * 0.8
    question /= np.linalg.norm(question)
    found = held.store.dense(question, k, FILTERS[name])
    assert [name for name, _ in found] == nearest(held.rows, held.vectors, question, k, FILTERS[name])
    assert all(-1.001 <= score <= 1.001 for _, score in found)


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize(
    "question",
    ["care leavers", "social workers caseloads", "pathway plans 30%", "3.5 zone size council's", "neglect", "zebra"],
)
def test_lexical_ranks_are_those_of_the_formula(held, name, question):
    terms = expand(question)
    found = held.store.lexical(terms, 10, FILTERS[name])
    assert_ranked([name for name, _ in found], bm25(held.rows, terms, FILTERS[name]), 10)


def test_letters_that_are_too_many_to_be_named_one_by_one(held, monkeypatch):
    """A server is told what they have in common; what it gives beside them is left out here."""
    from assistant.stores import milvus

    monkeypatch.setattr(milvus, "NAMED", 3)
    odd = by_letter(f"letter-{number:03}" for number in range(1, 100, 2))
    found = [name for name, _ in held.store.dense(held.vectors[8], 30, odd)]
    assert found == nearest(held.rows, held.vectors, held.vectors[8], 30, odd)
    terms = expand("care leavers")
    assert_ranked([name for name, _ in held.store.lexical(terms, 30, odd)], bm25(held.rows, terms, odd), 30)


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6), st.integers(1, 30))
@trying(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_question_is_ranked_by_the_formula(held, words, k):
    terms = expand(" ".join(words))
    found = [name for name, _ in held.store.lexical(terms, k)]
    assert_ranked(found, bm25(held.rows, terms, None), k)


def test_nothing_is_asked_for(held):
    assert held.store.lexical((), 5) == []
    assert held.store.lexical(expand("neglect"), 0) == []
    assert held.store.dense(held.vectors[0], 0) == []


@pytest.mark.parametrize("words", ["neglect", "care leavers", "social workers", "zebra", "looked after children"])
def test_how_many_passages_hold_a_term(held, words):
    (term,) = expand(words)
    holding = {
        one.passage.passage_id: one.facts.letter_id
        for one in held.rows
        if any(f" {' '.join(way)} " in f" {' '.join(analyse(one.text))} " for way in term.alternatives)
    }
    assert held.store.holding(term) == len(holding)
    letters = set(holding.values())
    assert held.store.letters_holding(term) == letters
    several = {one.facts.letter_id for one in held.rows[::3]}
    assert held.store.letters_holding(term, by_letter(several)) == letters & several
    assert held.store.letters_holding(term, by_letter(())) == set()
    kind = {one.facts.letter_id for one in held.rows if one.facts.kind == KINDS[0]}
    assert held.store.letters_holding(term, Among("kind", frozenset(KINDS[:1]))) == letters & kind


def test_a_phrase_that_no_table_knows_is_found_as_it_stands(held):
    texts = {one.passage.passage_id: analyse(one.text) for one in held.rows}
    first = next(iter(texts.values()))
    way = tuple(first[5:8])
    holding = {name for name, stems in texts.items() if f" {' '.join(way)} " in f" {' '.join(stems)} "}
    term = Term("as typed", (way,))
    assert held.store.letters_holding(term) == {name.split(":")[0] for name in holding}
    assert held.store.holding(term) == len(holding) > 0


def test_passages_are_given_back_as_they_were_written(held):
    wanted = [held.rows[at].passage for at in (50, 3, 3, 17)]
    found = held.store.get([wanted[0].passage_id, "unknown:0-1:0", *(one.passage_id for one in wanted[1:])])
    assert [(one.passage_id, one.letter_id, one.section, one.start, one.end, one.text) for one in found] == [
        (one.passage_id, one.letter_id, one.section, one.start, one.end, one.text) for one in wanted
    ]
    assert held.store.get([]) == []
    assert held.store.count() == len(held.rows)


# --- writing ---------------------------------------------------------------------------------------------------------


def found_by(store: Store, words: str, k: int = 99, within: Filter | None = None) -> set[str]:
    return {name for name, _ in store.lexical(expand(words), k, within)}


def test_an_empty_store_answers_nothing(shelf):
    store = shelf.open(shelf.write([], np.zeros((0, SIZE), np.float32)))
    assert store.count() == 0
    assert store.dense(np.ones(SIZE, np.float32), 3) == []
    assert store.lexical(expand("neglect"), 3) == []
    assert store.holding(expand("neglect")[0]) == 0
    assert store.letters_holding(expand("neglect")[0]) == frozenset()
    assert store.get(["a:0-1:0"]) == []
    store.warm()


def test_writing_again_changes_nothing(shelf):
    rows, vectors = made(6)
    first = shelf.write(rows, vectors)
    once = shelf.open(first)
    twice = shelf.open(shelf.write(rows, vectors, first))
    assert twice.count() == once.count() == len(rows)
    for words in WORDS:
        terms = expand(words)
        assert [name for name, _ in twice.lexical(terms, 50)] == [name for name, _ in once.lexical(terms, 50)]
        assert [twice.holding(term) for term in terms] == [once.holding(term) for term in terms]


def test_what_is_said_of_a_letter_is_replaced(shelf):
    rows, vectors = made(6)
    first = shelf.write(rows, vectors)
    moved = [replace(one, facts=replace(one.facts, authority="Luton", visited=20200101)) for one in rows[:4]]
    second = shelf.write(moved, vectors[:4], first)
    store = shelf.open(second)
    luton = Among("authority", frozenset(["Luton"]))
    assert {name for name, _ in store.dense(vectors[0], 99, luton)} == {one.passage.passage_id for one in moved}
    assert len(store.dense(vectors[0], 99, Between("visited", 20200101, 20200101))) == 4
    assert len(store.dense(vectors[0], 99, Among("authority", frozenset([rows[0].facts.authority])))) == 0
    assert store.count() == len(rows)


def test_changed_words_take_the_place_of_the_old(shelf):
    facts = Facts("a", "Swindon")
    vectors = np.eye(SIZE, dtype=np.float32)
    first = shelf.write([row(facts, 0, "neglect is rare"), row(facts, 1, "adoption is quick")], vectors[:2])
    store = shelf.open(shelf.write([row(facts, 0, "caseloads are high")], vectors[2:3], first))
    assert (store.count(), found_by(store, "neglect"), found_by(store, "adoption")) == (1, set(), set())
    assert len(found_by(store, "caseloads")) == 1
    assert store.holding(expand("neglect")[0]) == 0


def test_removed_letters_are_gone_and_rank_no_others(shelf):
    rows, vectors = made(12)
    gone = ["letter-002", "letter-005", "never held"]
    store = shelf.open(shelf.write([], vectors[:0], shelf.write(rows, vectors), gone))
    left = [(one, vector) for one, vector in zip(rows, vectors, strict=True) if one.facts.letter_id not in gone]
    assert store.count() == len(left)
    terms = expand("care leavers neglect")
    kept = [one for one, _ in left]
    assert_ranked([name for name, _ in store.lexical(terms, 20)], bm25(kept, terms, None), 20)
    found = [name for name, _ in store.dense(vectors[9], 99)]
    assert found == nearest(kept, np.array([vector for _, vector in left]), vectors[9], 99, None)


def test_readers_of_two_generations_see_their_own(shelf):
    """Whoever opened the earlier one before the update goes on reading it, and never sees the later one's."""
    facts, other = Facts("a", "Swindon"), Facts("b", "Leeds")
    vectors = np.eye(SIZE, dtype=np.float32)
    first = shelf.write([row(facts, 0, "neglect is rare"), row(other, 0, "adoption is quick")], vectors[:2])
    before = shelf.open(first)
    second = shelf.write([row(facts, 0, "caseloads are high")], vectors[2:3], first, ["b"])
    after = shelf.open(second)
    for _ in range(2):
        assert (found_by(before, "caseloads"), len(found_by(before, "neglect adoption"))) == (set(), 2)
        assert (found_by(after, "neglect adoption"), len(found_by(after, "caseloads"))) == (set(), 1)
        assert len(before.dense(vectors[0], 9)) == 2
        assert len(after.dense(vectors[0], 9)) == 1
        sweep(shelf.settings, [first, second])  # both are still read: nothing of theirs goes


def test_a_run_that_broke_off_leaves_nothing_that_is_seen(shelf):
    """A third of a batch is written, then all stops: the next run makes it whole, and what is left over goes."""
    rows, vectors = made(6)
    first = shelf.write(rows[:8], vectors[:8])
    folder = shelf.settings.index_dir / "generation-broken"
    shutil.copytree(first, folder)
    store = open_store(shelf.settings, folder)
    store.upsert(rows[8:20], vectors[8:20])
    store.close()  # never settled
    shutil.rmtree(folder)
    seen = shelf.open(first)
    assert {name for name, _ in seen.dense(vectors[9], 99)} == {one.passage.passage_id for one in rows[:8]}
    second = shelf.write(rows[8:], vectors[8:], first)
    sweep(shelf.settings, [second])
    store = shelf.open(second)
    assert [name for name, _ in store.dense(vectors[9], 99)] == nearest(rows, vectors, vectors[9], 99, None)


def test_a_text_of_five_megabytes_is_refused_before_anything_is_written():
    facts = Facts("a")
    with pytest.raises(ValueError, match=f"at most {LARGEST_TEXT:,} are kept"):
        row(facts, 0, "word " * 1_000_000)


# --- conditions ------------------------------------------------------------------------------------------------------

condition: Callable[[], st.SearchStrategy] = lambda: st.recursive(  # noqa: E731
    st.one_of(
        st.builds(Among, st.just("authority"), st.frozensets(st.sampled_from(AUTHORITIES), max_size=3)),
        st.builds(Among, st.just("kind"), st.frozensets(st.sampled_from(KINDS), max_size=2)),
        st.builds(
            lambda first, years: Between("visited", first * 10_000, (first + years) * 10_000),
            st.integers(2013, 2024),
            st.integers(0, 4),
        ),
    ),
    lambda inner: st.one_of(
        st.builds(lambda parts: Both(tuple(parts)), st.lists(inner, max_size=3)),
        st.builds(lambda parts: Either(tuple(parts)), st.lists(inner, max_size=3)),
    ),
    max_leaves=5,
)


@given(condition())
@trying(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_condition_means_the_same_to_every_store(held, within):
    found = [name for name, _ in held.store.dense(held.vectors[5], 99, within)]
    assert found == nearest(held.rows, held.vectors, held.vectors[5], 99, within)


@given(st.sets(st.integers(0, 99), min_size=1))
def test_what_encloses_some_letters_leaves_none_of_them_out(numbers):
    facts = {one.facts.letter_id: one.facts for one in made()[0]}
    some = [facts[f"letter-{number:03}"] for number in numbers]
    assert all(matches(one, enclosing(some)) for one in some)
