"""Turns at something shared, and an assistant whose index is changed while it is asked."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing

import pytest
from fakes import fake_settings, hashed_words, write_letters

from assistant import engine
from assistant.engine import Assistant
from assistant.errors import DamagedIndexError, IndexStateError
from assistant.index.catalogue import Index
from assistant.index.generation import discard, writing
from assistant.index.parsed import ParsedLetters
from assistant.index.update import update_index
from assistant.questions.scope import Filters
from assistant.system.turns import Turns

PATIENCE = 20  # seconds; never waited for where all is well


class Crowd:
    """Threads that can be stopped at a place and let go on."""

    def __init__(self) -> None:
        self.pool = ThreadPoolExecutor(8)
        self.happened: list[str] = []
        self._go = {}

    def gate(self, name: str) -> Callable[[], None]:
        """A place at which a thread says that it is there, and waits."""
        there, go = threading.Event(), threading.Event()
        self._go[name] = (there, go)

        def stop() -> None:
            self.happened.append(name)
            there.set()
            assert go.wait(PATIENCE)

        return stop

    def reached(self, name: str) -> None:
        assert self._go[name][0].wait(PATIENCE), name

    def let(self, name: str) -> None:
        self._go[name][1].set()


@pytest.fixture
def crowd():
    crowd = Crowd()
    yield crowd
    for _, go in crowd._go.values():
        go.set()
    crowd.pool.shutdown()


def together(turns: Turns, then: Callable[[], None]) -> None:
    with turns.together():
        then()


def alone(turns: Turns, then: Callable[[], None]) -> None:
    with turns.alone():
        then()


def waits(turns: Turns) -> None:
    """Until somebody waits to be alone."""
    until = time.monotonic() + PATIENCE
    while not turns._waiting:
        assert time.monotonic() < until, "nobody waits"
        time.sleep(0.005)


def test_many_are_together(crowd):
    turns = Turns()
    everybody = threading.Barrier(5)
    for done in [crowd.pool.submit(together, turns, lambda: everybody.wait(PATIENCE)) for _ in range(5)]:
        done.result(PATIENCE)


def test_one_is_alone(crowd):
    turns = Turns()
    inside = []

    def enter() -> None:
        inside.append(1)
        assert len(inside) == 1
        inside.pop()

    for done in [crowd.pool.submit(alone, turns, enter) for _ in range(50)]:
        done.result(PATIENCE)


def test_who_waits_to_be_alone_goes_before_who_comes_later(crowd):
    turns = Turns()
    first = crowd.pool.submit(together, turns, crowd.gate("reads"))
    crowd.reached("reads")
    changing = crowd.pool.submit(alone, turns, crowd.gate("changes"))
    waits(turns)
    later = crowd.pool.submit(together, turns, lambda: crowd.happened.append("reads later"))
    crowd.let("reads")
    first.result(PATIENCE)
    crowd.reached("changes")
    assert not later.done()
    crowd.let("changes")
    later.result(PATIENCE)
    changing.result(PATIENCE)
    assert crowd.happened == ["reads", "changes", "reads later"]


def test_who_is_inside_may_enter_again_though_somebody_waits(crowd):
    turns = Turns()

    def nested() -> None:
        crowd.pool.submit(alone, turns, lambda: None)
        waits(turns)
        together(turns, lambda: crowd.happened.append("inside"))

    crowd.pool.submit(together, turns, nested).result(PATIENCE)
    assert crowd.happened == ["inside"]


def test_who_is_inside_cannot_be_alone():
    turns = Turns()
    with turns.together(), pytest.raises(RuntimeError), turns.alone():
        pass
    with turns.alone():
        pass


def test_a_failure_frees_the_others():
    turns = Turns()
    for use in (turns.together, turns.alone):
        with pytest.raises(KeyError), use():
            raise KeyError
    with turns.alone():
        pass
    with turns.together():
        pass


# --- the assistant ---------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path):
    return write_letters(tmp_path / "letters", {"one.txt": "fostering"})


@pytest.fixture
def assistant(tmp_path, folder):
    with hashed_words(), Assistant.open(fake_settings(tmp_path / "index", folder)) as assistant:
        yield assistant


def test_what_was_added_is_answered(assistant, folder):
    before = assistant.letters
    assert assistant.ask("what is said about adoption?").refusal
    write_letters(folder, {"two.txt": "adoption"})
    report = assistant.changed(lambda: update_index(assistant.settings))
    assert (report.added, report.unchanged) == (1, 1)
    assert len(before) == 1 and len(assistant.letters) == 2
    answer = assistant.ask("what is said about adoption?")
    assert {citation.letter.file for citation in answer.citations} == {"two.txt"}
    assert {hit.passage.file for hit in assistant.search("adoption", k=1).hits} == {"two.txt"}
    assert assistant.letter("two").file == "two.txt"
    (folder / "two.txt").unlink()
    assistant.changed(lambda: update_index(assistant.settings))
    assert assistant.ask("what is said about adoption?").refusal


def test_questions_go_on_while_letters_are_changed(assistant, folder, crowd, monkeypatch):
    write_letters(folder, {"two.txt": "adoption"})
    asked, asks = assistant._asked, crowd.gate("asking")
    monkeypatch.setattr(assistant, "_asked", lambda *given: (asks(), asked(*given))[1])
    first: Future = crowd.pool.submit(assistant.ask, "fostering?")
    crowd.reached("asking")
    monkeypatch.setattr(assistant, "_asked", asked)
    writes = crowd.gate("changing")
    changing = crowd.pool.submit(assistant.changed, lambda: (update_index(assistant.settings), writes()))
    crowd.reached("changing")
    crowd.let("asking")
    assert first.result(PATIENCE).citations, "a question waited for a change"
    crowd.let("changing")
    changing.result(PATIENCE)
    assert assistant.ask("adoption?").citations


@pytest.mark.parametrize("noticed_by", ["a question", "the change"])
def test_questions_go_on_while_the_changed_letters_are_opened(assistant, folder, crowd, monkeypatch, noticed_by):
    write_letters(folder, {"two.txt": "adoption"})
    opens, opened = crowd.gate("opening"), engine.Index
    monkeypatch.setattr(engine, "Index", lambda *given: (opens(), opened(*given))[1])
    if noticed_by == "a question":
        update_index(assistant.settings)
        first = crowd.pool.submit(lambda: assistant.ask("what is said about adoption?").citations)
    else:
        first = crowd.pool.submit(lambda: assistant.changed(lambda: update_index(assistant.settings)))
    crowd.reached("opening")
    assert assistant.ask("what is said about fostering?").citations, "a question waited"
    assert assistant.ask("what is said about adoption?").refusal, "from letters that are not yet open"
    crowd.let("opening")
    assert first.result(PATIENCE)
    assert assistant.ask("what is said about adoption?").citations


def test_an_assistant_closed_while_letters_are_opened_stays_closed(assistant, folder, crowd, monkeypatch):
    write_letters(folder, {"two.txt": "adoption"})
    opens, made, opened = crowd.gate("opening"), [], engine.Index
    monkeypatch.setattr(engine, "Index", lambda *given: (opens(), made.append(opened(*given)))[1] or made[0])
    changing = crowd.pool.submit(lambda: assistant.changed(lambda: update_index(assistant.settings)))
    crowd.reached("opening")
    assistant.close()
    crowd.let("opening")
    with pytest.raises(IndexStateError, match="closed"):
        changing.result(PATIENCE)
    with closing(writing(assistant.settings.index_dir)):  # nobody reads a generation any more
        assert discard(assistant.settings.index_dir, "") == []


def test_what_another_process_indexed_is_answered(assistant, folder):
    assert assistant.ask("what is said about adoption?").refusal
    write_letters(folder, {"two.txt": "adoption"})
    update_index(assistant.settings)
    assert assistant.ask("what is said about adoption?").citations
    assert len(assistant.letters) == 2


@pytest.mark.parametrize("then", ["asked", "closed"])
def test_what_was_taken_out_does_not_stay_on_the_disk(assistant, folder, then):
    write_letters(folder, {"two.txt": "adoption"})
    assistant.changed(lambda: update_index(assistant.settings))
    (folder / "two.txt").unlink()
    update_index(assistant.settings)  # by another process: this one still reads what was
    assert len(list(assistant.settings.index_dir.glob("generation-*"))) == 2
    assistant.ask("what is said about fostering?") if then == "asked" else assistant.close()
    [generation] = assistant.settings.index_dir.glob("generation-*")
    files = [file for file in generation.rglob("*") if file.is_file() and file.suffix != ".bin"]  # those hold vectors
    assert [file.name for file in files if b"adoption" in file.read_bytes()] == []
    with closing(ParsedLetters(generation)) as kept:
        assert [letter.letter_id for letter, _ in kept.letters()] == ["one"]
        assert "fostering" in kept.words() and "adoption" not in kept.words()


def test_tidying_up_stays_out_of_the_way_of_who_writes(assistant, folder):
    write_letters(folder, {"two.txt": "adoption"})
    update_index(assistant.settings)
    with closing(writing(assistant.settings.index_dir)):
        begun = assistant.settings.index_dir / "generation-begun"
        begun.mkdir()
        assert assistant.ask("what is said about adoption?").citations
        assert begun.is_dir()


def test_the_index_is_opened_anew_between_questions_only(assistant, folder, crowd, monkeypatch):
    asked, asks = assistant._asked, crowd.gate("asking")
    monkeypatch.setattr(assistant, "_asked", lambda *given: (asks(), asked(*given))[1])
    first: Future = crowd.pool.submit(assistant.ask, "fostering?")
    crowd.reached("asking")
    write_letters(folder, {"two.txt": "adoption"})
    update_index(assistant.settings)
    second: Future = crowd.pool.submit(assistant.search, "adoption")
    waits(assistant._turns)
    assert len(assistant.letters) == 1 and not second.done()
    crowd.let("asking")
    assert first.result(PATIENCE).citations
    assert {hit.passage.file for hit in second.result(PATIENCE).hits} == {"one.txt", "two.txt"}


def test_a_failing_change_leaves_the_assistant_as_it_was(assistant):
    def fail() -> None:
        raise ValueError("no")

    before = assistant.ask("fostering?").text
    with pytest.raises(ValueError, match="no"):
        assistant.changed(fail)
    assert assistant.ask("fostering?").text == before


def test_an_index_that_cannot_be_opened_again_says_so_at_each_question(assistant):
    record = assistant.settings.index_dir / "state.json"
    before = record.read_bytes()
    moved = record.parent.rename(record.parent.with_name("elsewhere"))
    with pytest.raises(IndexStateError, match="there is no index"):
        assistant.ask("fostering?")
    with pytest.raises(IndexStateError, match="there is no index"):
        assistant.ask("fostering?")
    assert [letter.file for letter in assistant.letters] == ["one.txt"]
    moved.rename(record.parent)
    assert record.read_bytes() == before
    assert assistant.ask("fostering?").citations


def test_an_index_whose_words_cannot_be_read_leaves_the_one_before(assistant, folder, monkeypatch):
    write_letters(folder, {"two.txt": "adoption"})
    words = ParsedLetters.words

    def damaged(_kept) -> frozenset[str]:
        raise DamagedIndexError("letters.sqlite")

    monkeypatch.setattr(ParsedLetters, "words", damaged)
    for change in (lambda: update_index(assistant.settings), lambda: None):
        with pytest.raises(DamagedIndexError):
            assistant.changed(change)
        assert [letter.file for letter in assistant.letters] == ["one.txt"]
    monkeypatch.setattr(ParsedLetters, "words", words)
    assert assistant.ask("what is said about adoption?").citations


def test_letters_are_not_changed_out_of_a_question(assistant, folder, crowd, monkeypatch):
    """Who opens them waits for the question: it must not wait in turn."""
    write_letters(folder, {"two.txt": "adoption"})

    def began(_stage: str, _number: int) -> None:
        update_index(assistant.settings)
        opening = crowd.pool.submit(assistant.ask, "what is said about adoption?")
        waits(assistant._turns)
        try:
            assistant.changed(lambda: None)
        finally:
            openings.append(opening)

    openings: list[Future] = []
    asking = crowd.pool.submit(assistant.ask, "what is said about fostering?", began=began)
    with pytest.raises(RuntimeError, match="out of a question"):
        asking.result(PATIENCE)
    assert openings[0].result(PATIENCE).citations


def test_a_closed_assistant_is_changed_no_more(assistant):
    assistant.close()
    with pytest.raises(IndexStateError, match="closed"):
        assistant.changed(lambda: pytest.fail("it was changed"))
    with pytest.raises(IndexStateError, match="closed"):
        assistant.ask("fostering?")
    with Index(assistant.settings):
        pass


def test_questions_of_many_threads_while_letters_come_and_go(assistant, folder, crowd):
    stop = threading.Event()
    errors = []

    def ask() -> None:
        while not stop.is_set():
            try:
                answer = assistant.ask("what is said about fostering?", filters=Filters())
                assert answer.citations
            except Exception as error:
                errors.append(error)
                return

    asking = [crowd.pool.submit(ask) for _ in range(4)]
    for number in range(3):
        write_letters(folder, {f"more{number}.txt": f"adoption in ward{number}"})
        assistant.changed(lambda: update_index(assistant.settings))
        assert len(assistant.letters) == 2 + number
    stop.set()
    for one in asking:
        one.result(PATIENCE)
    assert errors == []
