"""`python -m eval new`: what it suggests, what it writes, and that it writes nothing that does not check."""

import json
import os
import re
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from documents import CORPUS, FOCUSED, MONITORING
from fakes import ROOT

from assistant.errors import IndexStateError, QuestionError
from assistant.letters.letter import Letter
from assistant.reading.corpus import find_files, read_letter
from eval import __main__ as command
from eval.gold import Question, Row, check, read
from eval.new.interview import KINDS
from eval.new.suggest import facts_in, found_sentences, sentences_with
from eval.run import Library, open_library
from eval.score import EXTRACTIVE
from eval.shelf import Shelf

LETTERS = [read_letter(file) for file in find_files(CORPUS)]
SHELF = Shelf(LETTERS)
VISIT = next(letter for letter in LETTERS if letter.file == FOCUSED)
MONITORED = next(letter for letter in LETTERS if letter.file == MONITORING)
INSPECTORS = "The inspectors were Diane Partridge and Marcie Taylor"
FIGURE = "At 60%, this is"
REFUSED: dict[str, Any] = {"refused": True, "refusal": {"kind": "letters_silent"}, "answer": "They do not say."}
WHO = ["Who inspected?", "--quote", f"{FOCUSED}: {INSPECTORS}", "--fact", "Diane Partridge", "--fact", "Marcie Taylor"]


def passage(letter: Letter, words: str) -> dict[str, str]:
    """The whole paragraph that holds the words, as a search gives it."""
    found = letter.paragraph_at(letter.text.index(words))
    assert found
    return {"letter_id": letter.letter_id, "file": letter.file, "text": letter.text[found[1].start : found[1].end]}


class FoundLibrary:
    """The shipped letters; every search finds two passages, every answer is a refusal."""

    def __init__(self) -> None:
        self.letters: Sequence[Letter] = LETTERS
        self.writers: Sequence[str] = [EXTRACTIVE]
        self.settings: Mapping[str, Any] = {}
        self.searched: list[tuple[str, tuple[str, ...]]] = []
        self.asked: list[Question] = []
        self.opened: tuple[Path | None, Path | None] | None = None
        self.closed = False
        self.given: Mapping[str, Any] = REFUSED
        self.hits = [passage(VISIT, INSPECTORS), passage(VISIT, FIGURE)]

    def search(self, question: Question) -> Mapping[str, Any]:
        if len(question.question) > 200:
            raise QuestionError("the question is too long")
        self.searched.append((question.question, question.history))
        return {
            "scope": {"authorities": ["Swindon"], "years": [2019], "letters": [VISIT.letter_id]},
            "hits": self.hits,
        }

    def answer(self, question: Question, writer: str) -> Mapping[str, Any]:
        assert writer == EXTRACTIVE
        self.asked.append(question)
        return self.given

    def close(self) -> None:
        self.closed = True

    def open(self, corpus: Path | None, index: Path | None) -> Library:
        self.opened = (corpus, index)
        return self


class Terminal:
    """Stands in for stdin, and types prepared lines; when they run out, Ctrl-C or Ctrl-D."""

    def __init__(self, lines: Sequence[str], end: type[BaseException]) -> None:
        self.lines = list(lines)
        self.end = end
        self.prompts: list[str] = []

    def isatty(self) -> bool:
        return True

    def input(self, prompt: str = "") -> str:
        self.prompts.append(prompt)
        if not self.lines:
            raise self.end
        return self.lines.pop(0)


Type = Callable[..., Terminal]


@pytest.fixture
def library() -> FoundLibrary:
    return FoundLibrary()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "questions.jsonl"


@pytest.fixture
def at_terminal(monkeypatch: pytest.MonkeyPatch) -> Type:
    def typed(*lines: str, end: type[BaseException] = EOFError) -> Terminal:
        terminal = Terminal(lines, end)
        monkeypatch.setattr("sys.stdin", terminal)
        monkeypatch.setattr("builtins.input", terminal.input)
        return terminal

    return typed


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """In an empty folder, so that a default file would be seen."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    yield


def run(library: FoundLibrary, *arguments: str, gold: Path | None = None) -> int:
    return command.main(["new", *arguments, *(["--gold", str(gold)] if gold else [])], library.open)


def rows(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def checked(file: Path) -> list[Question]:
    """As `python -m eval` reads it."""
    return check(read([file]), SHELF)


# --- by options ------------------------------------------------------------------------------------------------------


def test_a_question_by_options_is_one_checked_line(library: FoundLibrary, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(library, *WHO, "--forbid", "Lynne Staines", "--note", "both", "--index", "there") == 0
    file = Path("my-questions.jsonl")
    assert rows(file) == [
        {
            "id": "q-001",
            "question": "Who inspected?",
            "type": "who",
            "answerable": True,
            "gold_documents": [FOCUSED],
            "quotes": [{"document": FOCUSED, "quote": INSPECTORS}],
            "required_facts": [["Diane Partridge"], ["Marcie Taylor"]],
            "forbidden": ["Lynne Staines"],
            "note": "both",
        }
    ]
    assert file.read_bytes().endswith(b"}\n")
    question = checked(file)[0]
    assert question.letters == (VISIT.letter_id,)
    assert library.asked == [question]
    assert library.opened == (None, Path("there"))
    assert library.closed
    out = capsys.readouterr().out
    assert "written: my-questions.jsonl:1: q-001" in out
    assert "The assistant fails it today:\n  refused (letters_silent)\n" in out


def test_a_question_that_the_assistant_passes_is_told_apart(
    library: FoundLibrary, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    start = VISIT.text.index(INSPECTORS)
    cited = {"number": 1, "letter_id": VISIT.letter_id, "quote": INSPECTORS, "start": start}
    library.given = {
        "refused": False,
        "answer": INSPECTORS,
        "sentences": [{"text": INSPECTORS, "citations": [1]}],
        "citations": [cited | {"end": start + len(INSPECTORS)}],
    }
    assert run(library, *WHO, gold=file) == 0
    assert "The assistant passes it today.\n" in capsys.readouterr().out
    library.given = library.given | {"sentences": [{"text": "Diane Partridge.", "citations": [1]}]}
    assert run(library, *WHO, "--must-pass", gold=file) == 0
    out = capsys.readouterr().out
    assert "fails it today:\n  fact missed (Marcie Taylor)\n" in out
    assert "the gate falls" in out
    assert checked(file)[1].must_pass


def test_an_unanswerable_question(library: FoundLibrary, file: Path) -> None:
    words = ["And in 2021?", "--history", "What of 2019?", "--unanswerable", "letters_silent", "--absent", "adoption"]
    assert run(library, *words, "--scope", "--type", "silent", gold=file) == 0
    assert rows(file) == [
        {
            "id": "q-001",
            "question": "And in 2021?",
            "type": "silent",
            "answerable": False,
            "history": ["What of 2019?"],
            "gold_documents": [],
            "quotes": [],
            "required_facts": [],
            "forbidden": [],
            "refusal": "letters_silent",
            "scope": {"authorities": ["Swindon"], "years": [2019], "letters": [FOCUSED]},
            "absent": ["adoption"],
        }
    ]
    assert library.searched == [("And in 2021?", ("What of 2019?",))]
    question = checked(file)[0]
    assert question.refusal == "letters_silent"
    assert question.scope and question.scope.letters == {VISIT.letter_id}


def test_any_refusal_may_be_right(library: FoundLibrary, file: Path) -> None:
    assert run(library, "What of Leeds?", "--unanswerable", "any", gold=file) == 0
    assert checked(file)[0].refusal is None


def test_sentences_are_picked_by_the_number_of_the_suggestion(
    library: FoundLibrary, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    question = "What share of care leavers is in work?"
    assert run(library, question, "--suggest", "--json", gold=file) == 0
    body = json.loads(capsys.readouterr().out)
    assert not file.exists()
    assert body["id"] == "q-001"
    assert body["scope"] == {"authorities": ["Swindon"], "years": [2019], "letters": [FOCUSED]}
    assert [one["number"] for one in body["quotes"]] == list(range(1, len(body["quotes"]) + 1))
    wanted = next(one for one in body["quotes"] if one["quote"].startswith("At 60%"))
    assert wanted["document"] == FOCUSED
    assert "para" in wanted["locator"]
    assert "60%" in wanted["facts"]
    assert all(SHELF.find(VISIT, one["quote"]) for one in body["quotes"])
    assert run(library, question, "--pick", str(wanted["number"]), "--fact", "60%|sixty per cent", gold=file) == 0
    assert rows(file)[0]["quotes"] == [{"document": FOCUSED, "quote": wanted["quote"]}]
    assert checked(file)[0].facts == (("60%", "sixty per cent"),)


def test_suggestions_as_text(library: FoundLibrary, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(library, "What share of care leavers is in work?", "--suggest", gold=file) == 0
    out = capsys.readouterr().out
    assert "The assistant searches: Swindon, 2019; 1 of 5 letters" in out
    assert f"{FOCUSED} (Swindon: Ofsted, focused visit letter, 1 March 2019)\n   1  " in out
    assert "At 60%" in out
    assert not file.exists()
    assert library.asked == []


def test_an_anchor_names_the_ends_and_the_checker_finds_the_words(library: FoundLibrary, file: Path) -> None:
    assert run(library, *WHO, "--anchor", gold=file) == 0
    assert rows(file)[0]["quotes"] == [
        {
            "document": FOCUSED,
            "page": None,
            "from": "The inspectors were Diane Partridge",
            "to": "Diane Partridge and Marcie Taylor",
            "words": 8,
        }
    ]
    assert checked(file)[0].evidence[0].text == INSPECTORS


def test_an_anchor_that_would_find_other_words_is_refused(
    library: FoundLibrary, file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = [f"In the year to March, {share} of the care leavers were in work." for share in ("40%", "60%")]
    letter = tmp_path / "letter.txt"
    letter.write_text("\n\n".join(["1 March 2019", "Findings", *said]), encoding="utf-8")
    library.letters = [read_letter(letter)]
    arguments = ["How many work?", "--fact", "60%", "--anchor", "--quote"]
    assert run(library, *arguments, f"letter.txt: {said[1]}", gold=file) == 2
    assert 'no anchor finds "In the year to March, 60%' in capsys.readouterr().err
    assert not file.exists()
    assert run(library, *arguments, f"letter.txt: {said[1][7:]}", gold=file) == 0
    found = check(read([file]), Shelf(library.letters))[0].evidence[0].text
    assert found == "year to March, 60% of the care leavers were in work"


# --- identifiers and the file ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("held", "wanted"),
    [([], "q-001"), (["t-001", "h-07", "h-09"], "h-10"), (["h-2", "h-11", "h-3"], "h-12"), (["first"], "q-001"),
     (["q-999"], "q-1000")],
)  # fmt: skip
def test_the_next_id_goes_on_with_the_files_own(
    library: FoundLibrary, file: Path, held: list[str], wanted: str
) -> None:
    file.write_text("".join(json.dumps({"id": i, "question": "?", "answerable": False}) + "\n" for i in held))
    assert run(library, *WHO, gold=file) == 0
    assert [row["id"] for row in rows(file)] == [*held, wanted]


def test_a_last_line_without_its_end_is_kept_whole(library: FoundLibrary, file: Path) -> None:
    first = json.dumps({"id": "a-1", "question": "Was it “good”?", "answerable": False}, ensure_ascii=False)
    file.write_bytes(first.encode())
    file.chmod(0o640)
    assert run(library, *WHO, gold=file) == 0
    assert file.read_text(encoding="utf-8").split("\n")[0] == first
    assert [row["id"] for row in rows(file)] == ["a-1", "a-2"]
    assert len(checked(file)) == 2
    assert file.stat().st_mode & 0o777 == 0o640
    assert os.listdir(file.parent) == [file.name]


def test_a_link_stays_a_link(library: FoundLibrary, file: Path, tmp_path: Path) -> None:
    target = tmp_path / "kept.jsonl"
    file.symlink_to(target)
    assert run(library, *WHO, gold=file) == 0
    assert file.is_symlink()
    assert len(checked(target)) == 1


def test_an_interrupt_while_writing_loses_nothing(
    library: FoundLibrary, file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(library, *WHO, gold=file) == 0
    before = file.read_bytes()

    def interrupted(_number: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("os.fsync", interrupted)
    assert run(library, *WHO, gold=file) == 1
    assert file.read_bytes() == before
    assert os.listdir(file.parent) == [file.name]
    assert capsys.readouterr().err == "nothing was written\n"


def test_a_file_that_cannot_be_written_is_one_line(
    library: FoundLibrary, file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(_number: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    assert run(library, *WHO, gold=file) == 1
    assert capsys.readouterr().err == f"{file}: cannot be written (No space left on device); give another --gold\n"
    assert not file.exists()
    assert library.closed


# --- what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ([*WHO, "--id", "a-1"], ':2: the id "a-1" was given before, at '),
        ([*WHO, "--forbid", "Marcie Taylor"], ':2: the forbidden "Marcie Taylor" is in a quote'),
        ([*WHO, "--fact", "Lynne Staines"], ":2: no alternative of required fact 3 is in the quotes"),
        ([*WHO, "--fact", " | "], ":2: required_facts.2: List should have at least 1 item"),
        (["Why?", "--quote", f"{FOCUSED}: not so", "--fact", "so"], f'the text of {FOCUSED} does not hold "not so"'),
        (["Why?", "--quote", "x.txt: not so", "--fact", "so"], 'there is no letter "x.txt"'),
        (["Why?", "--quote", f"{FOCUSED[:-1]}: so", "--fact", "so"], f'; there is "{FOCUSED}"'),
        (["Why?", "--pick", "99", "--fact", "so"], "--pick 99: the suggestions are numbered from 1 to "),
        (["Why?", "--unanswerable", "any", "--absent", "Marcie Taylor"], ':2: "Marcie Taylor" is said to be absent'),
        (["Why \udcff?", "--unanswerable", "any"], ":2: question: Input should be a valid string"),
    ],
)
def test_what_does_not_check_is_one_line_and_not_written(
    library: FoundLibrary, file: Path, arguments: list[str], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text('{"id": "a-1", "question": "?", "answerable": false}\n')
    before = file.read_bytes()
    assert run(library, *arguments, gold=file) == 2
    lines = capsys.readouterr().err.splitlines()
    assert reason in lines[0]
    assert lines[1:] == ["nothing was written"]
    assert file.read_bytes() == before
    assert library.asked == []
    assert library.closed


def test_a_file_that_holds_something_else_is_refused_before_anything_is_opened(
    library: FoundLibrary, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text("a letter\n")
    assert run(library, *WHO, gold=file) == 2
    assert f"{file}:1: not JSON" in capsys.readouterr().err
    assert library.opened is None
    assert file.read_text() == "a letter\n"


@pytest.mark.parametrize(
    "arguments",
    [
        [],  # no terminal
        ["Who inspected?", "--fact", "Marcie Taylor"],
        ["--suggest"],
        ["Why?", "--json"],
        ["--pick", "1"],
        ["Why?", "--unanswerable", "perhaps"],
        [*WHO, "--unanswerable", "any"],
        [*WHO, "--corpus", "no-such-folder"],
        [*WHO, "--gold", "."],
        [*WHO, "--gold", "no-such-folder/questions.jsonl"],
    ],
)
def test_wrong_usage_exits_2_and_opens_nothing(library: FoundLibrary, arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        run(library, *arguments)
    assert caught.value.code == 2
    assert library.opened is None
    assert os.listdir() == []


def test_an_error_of_the_assistant_is_one_line_and_exit_1(capsys: pytest.CaptureFixture[str]) -> None:
    def locked(corpus: Path | None, index: Path | None) -> Library:
        raise IndexStateError("the index is in use; close the page first")

    assert command.main(["new", *WHO], locked) == 1
    assert capsys.readouterr().err == "the index is in use; close the page first\n"


# --- at a terminal ---------------------------------------------------------------------------------------------------


def test_an_interview(library: FoundLibrary, file: Path, at_terminal: Type, capsys: pytest.CaptureFixture[str]) -> None:
    question = "What share of care leavers is in work?"
    assert run(library, question, "--suggest", "--json") == 0
    quotes = json.loads(capsys.readouterr().out)["quotes"]
    number = next(one["number"] for one in quotes if one["quote"].startswith("At 60%"))
    letter = "abcdefghij"[quotes[number - 1]["facts"].index("60%")]
    terminal = at_terminal(
        "", "?", question,
        "y", "-", "",  # asked before it: taken back
        "y",  # the scope
        "1 99", "1", f"{number}", "",  # the first is taken out again
        "nine in ten", f"{letter} | three fifths", question.split()[1], "",
        "60%", "nine in ten", "",
        "how_many",
        "maybe", "y",
        "a trap",
        "two words", "x-7", "y",
        "",
    )  # fmt: skip
    assert run(library, gold=file) == 0
    assert terminal.lines == []
    assert rows(file) == [
        {
            "id": "x-7",
            "question": question,
            "type": "how_many",
            "answerable": True,
            "gold_documents": [FOCUSED],
            "quotes": [{"document": FOCUSED, "quote": quotes[number - 1]["quote"]}],
            "required_facts": [["60%", "three fifths"]],
            "forbidden": ["nine in ten"],
            "scope": {"authorities": ["Swindon"], "years": [2019], "letters": [FOCUSED]},
            "must_pass": True,
            "note": "a trap",
        }
    ]
    assert len(checked(file)) == 1
    out = capsys.readouterr().out
    assert "As somebody would ask it" in out  # "?"
    assert "there is no sentence 99" in out
    assert "1 is taken out again" in out
    assert out.count("not in the sentences") == 2
    assert "a right answer may say it" in out
    assert f"written: {file}:1: x-7" in out
    assert terminal.prompts[-1] == "\nNext question [leave]: "


def test_n_where_words_are_asked_for_means_none_and_y_is_asked_again(
    library: FoundLibrary, file: Path, at_terminal: Type, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = at_terminal("y", "n", "Has Leeds been inspected?", "n", "", "n", "2", "n", "n", "n", "y", "n", "y", "n")
    assert run(library, gold=file) == 0
    assert terminal.lines == []
    (row,) = rows(file)
    assert (row["question"], row["type"]) == ("Has Leeds been inspected?", "unanswerable")
    assert {"history", "absent", "note"}.isdisjoint(row)
    out = capsys.readouterr().out
    assert "As somebody would ask it" in out and "For people: why it is hard" in out


def test_an_interview_about_what_no_letter_says(
    library: FoundLibrary, file: Path, at_terminal: Type, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = at_terminal(
        "What did they say about adoption?", "", "",
        "f adoption", "s fostering", "m", "n",
        "7", "2",
        "Marcie Taylor", "adoption", "",
        "", "", "", "",
    )  # fmt: skip
    assert run(library, gold=file) == 0
    assert terminal.lines == []
    row = rows(file)[0]
    assert (row["answerable"], row["refusal"], row["absent"]) == (False, "letters_silent", ["adoption"])
    assert row["type"] == "unanswerable"
    assert "scope" not in row and "must_pass" not in row and "note" not in row
    assert [asked for asked, _ in library.searched] == ["What did they say about adoption?", "fostering"]
    out = capsys.readouterr().out
    assert "Nothing (more) was found." in out
    assert f"this stands in {FOCUSED}: The inspectors were" in out
    assert len(checked(file)) == 1


def test_sentences_with_exact_words_are_found_in_letters_that_the_search_left_out(
    library: FoundLibrary, file: Path, at_terminal: Type, capsys: pytest.CaptureFixture[str]
) -> None:
    at_terminal("Who came in 2024?", "", "", "f Nick Bennison", end=KeyboardInterrupt)
    assert run(library, gold=file) == 1
    out, err = capsys.readouterr()
    assert f"{MONITORING} (Swindon" in out
    assert "Christine Kennet and Nick Bennison" in out
    assert err == "nothing was written\n"
    assert not file.exists()


def test_a_right_scope_can_be_said(library: FoundLibrary, file: Path, at_terminal: Type) -> None:
    at_terminal("Who?", "", "n", "Swindon, Leeds", "last year", "2019 2024", "n", "1", "", "", "", "", "")
    assert run(library, gold=file) == 0
    assert rows(file)[0]["scope"] == {"authorities": ["Swindon", "Leeds"], "years": [2019, 2024]}


def test_only_what_the_options_leave_out_is_asked_for(library: FoundLibrary, file: Path, at_terminal: Type) -> None:
    terminal = at_terminal("Marcie Taylor", "", "", "", "", "", "", "")
    options = ["--quote", f"{FOCUSED}: {INSPECTORS}", "--history", "Hello?", "--scope", "--id", "z"]
    assert run(library, "Who inspected?", *options, gold=file) == 0
    asked = [prompt.split(" [")[0].strip() for prompt in terminal.prompts]
    assert asked == ["Fact 1:", "Fact 2", "Forbidden", "Type", "Must it pass? y or n", "Note",
                     "Write it as z? y, n, or another id", "Next question"]  # fmt: skip
    assert rows(file)[0]["type"] == "follow_up"


@pytest.mark.parametrize("end", [EOFError, KeyboardInterrupt])
@pytest.mark.parametrize("steps", range(11))
def test_leaving_at_any_prompt_writes_nothing(
    library: FoundLibrary,
    file: Path,
    at_terminal: Type,
    end: type[BaseException],
    steps: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines = ["Who inspected?", "", "", "1", "", "a", "", "", "", "", ""]
    at_terminal(*lines[:steps], end=end)
    assert run(library, gold=file) == 1
    assert capsys.readouterr().err == "nothing was written\n"
    assert os.listdir(file.parent) == []
    assert library.closed


def test_leaving_the_second_question_keeps_the_first(
    library: FoundLibrary, file: Path, at_terminal: Type, capsys: pytest.CaptureFixture[str]
) -> None:
    first = ["Who inspected?", "", "", "1", "", "a", "", "", "", "", "", ""]
    at_terminal(*first, "And when?", "", end=KeyboardInterrupt)
    assert run(library, gold=file) == 1
    assert capsys.readouterr().err == "nothing more was written\n"
    assert len(checked(file)) == 1
    at_terminal(*first)  # Ctrl-D where the next question is asked for
    assert run(library, gold=file) == 0
    assert [row["id"] for row in rows(file)] == ["q-001", "q-002"]


def test_a_question_that_is_not_wanted_is_not_written(
    library: FoundLibrary, file: Path, at_terminal: Type, capsys: pytest.CaptureFixture[str]
) -> None:
    at_terminal("Who inspected?", "", "", "1", "", "a", "", "", "", "", "", "n", "")
    assert run(library, gold=file) == 1
    out, err = capsys.readouterr()
    assert "not written" in out
    assert err == "nothing was written\n"
    assert not file.exists()


def test_a_question_that_is_too_long_is_asked_for_again(
    library: FoundLibrary, file: Path, at_terminal: Type, capsys: pytest.CaptureFixture[str]
) -> None:
    at_terminal("Who " * 80, "", "Who inspected?", end=KeyboardInterrupt)
    assert run(library, gold=file) == 1
    assert "the question is too long" in capsys.readouterr().out
    assert library.searched == [("Who inspected?", ())]


# --- sentences -------------------------------------------------------------------------------------------------------


def test_the_best_passage_comes_whole_then_two_sentences_of_each_other() -> None:
    words = (FIGURE, "The range of available accommodation", "The sufficiency and suitability")
    hits = [passage(VISIT, one) for one in words]
    found = found_sentences({"hits": hits}, SHELF, "Is there accommodation for care leavers?")
    places = [next(at for at, hit in enumerate(hits) if one.words in hit["text"]) for one in found]
    whole, rest = places.count(0), len(places) - places.count(0) - 4
    assert whole > 2 and rest > 0
    assert places[: whole + 4] == [0] * whole + [1, 1, 2, 2]
    assert "accommodation" in found[whole].words


def test_exact_words_are_looked_for_in_the_letters_meant_first() -> None:
    everywhere = sentences_with(SHELF, "care leavers")
    assert len({one.letter.file for one in everywhere}) > 1
    last = everywhere[-1].letter
    again = sentences_with(SHELF, "care leavers", [last.letter_id])
    assert again[0].letter is last
    assert len(again) == len(everywhere)
    assert all("care leavers" in one.words.lower() for one in again)


# --- facts -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quote", "wanted"),
    [
        ("Six inspectors came on 21 and 22 May 2024.", ["21 and 22 May 2024", "Six inspectors"]),
        ("At 60%, this is a low figure.", ["60%", "low figure"]),
        ("Contact was good in 18 of the 24 cases.", ["18 of the 24 cases", "good"]),
        ("The inspectors were Diane Partridge and Marcie Taylor.", ["Diane Partridge", "Marcie Taylor"]),
        ("However, the turnover of staff is high.", ["turnover of staff"]),
        ("It spent £1.5 million on the Family Safeguarding Service.", ["£1.5 million", "Family Safeguarding Service"]),
    ],
)
def test_suggested_facts(quote: str, wanted: list[str]) -> None:
    assert facts_in([quote], "Who?") == wanted


def test_what_the_question_says_is_no_suggestion() -> None:
    assert facts_in(["Care leavers in Swindon are well supported."], "Are care leavers in Swindon supported?") == []


# --- the page about it -----------------------------------------------------------------------------------------------


def test_the_page_names_every_field_and_every_kind_of_refusal() -> None:
    page = (ROOT / "docs" / "how-to" / "writing-questions.md").read_text(encoding="utf-8")
    table = page[page.index("| field | holds |") : page.index("## When a fact is said")]
    named = {"documents": "gold_documents", "facts": "required_facts"}
    for name in Row.model_fields:
        assert f"`{named.get(name, name)}`" in table, name
    for kind in set(KINDS) - {"any"}:
        assert f"`{kind}`" in table, kind


def test_the_pages_example_checks(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "how-to" / "writing-questions.md").read_text(encoding="utf-8")
    example = re.search(r"```json\n(.*)\n```", page)
    assert example
    file = tmp_path / "example.jsonl"
    file.write_text(example[1], encoding="utf-8")
    assert checked(file)[0].facts == (("60%", "sixty per cent"),)


def test_the_pages_commands_are_understood(library: FoundLibrary, at_terminal: Type) -> None:
    page = (ROOT / "docs" / "how-to" / "writing-questions.md").read_text(encoding="utf-8")
    Path("my-letters").mkdir()
    library.hits.reverse()
    commands = re.findall(r"^\.venv/bin/python -m eval (new .*(?:\n    .*)*)", page, re.MULTILINE)
    assert len(commands) >= 4
    for line in commands:
        at_terminal()
        code = command.main(shlex.split(line.replace("\\\n", " ")), library.open)
        assert code == (1 if line == "new --corpus my-letters" else 0), line  # that one asks, and nobody answers
    assert checked(Path("my-questions.jsonl"))[0].forbidden == ("75%",)


# --- with the assistant itself ---------------------------------------------------------------------------------------


@pytest.mark.model
def test_with_the_assistant_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("ASSISTANT_INDEX_DIR", raising=False)
    where = ["--index", str(tmp_path / "index"), "--gold", "mine.jsonl"]
    question = "Who were the inspectors of the 2019 visit?"
    assert command.main(["new", question, "--suggest", "--json", *where], open_library) == 0
    body = json.loads(capsys.readouterr().out)
    assert body["scope"]["authorities"] == []
    assert 2019 in body["scope"]["years"]
    named = next(one for one in body["quotes"] if "Marcie Taylor" in one["quote"])
    assert {"Diane Partridge", "Marcie Taylor"} <= set(named["facts"])
    facts = ["--fact", "Diane Partridge", "--fact", "Marcie Taylor"]
    picked = ["--pick", str(named["number"]), "--scope", "--anchor"]
    assert command.main(["new", question, *picked, *facts, *where], open_library) == 0
    assert "The assistant passes it today." in capsys.readouterr().out
    assert command.main(["--gold", "mine.jsonl", "--index", str(tmp_path / "index")], open_library) == 0
    assert "Every question passed." in capsys.readouterr().out
