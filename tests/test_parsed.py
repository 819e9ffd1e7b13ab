"""Letters as parsed: what is kept of them, read late, handed over, forgotten, and damaged."""

import gc
import pickle
import sqlite3
import sys
from contextlib import closing
from copy import copy, deepcopy
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from fakes import CORPUS

from assistant.errors import DamagedIndexError
from assistant.index import database, parsed
from assistant.index.database import FILE
from assistant.index.parsed import KeptLetter, ParsedLetters, Passages
from assistant.letters.letter import Letter
from assistant.reading.corpus import find_files, read_letter
from assistant.stores.passages import Passage, cut_passages

LETTERS = {letter.letter_id: letter for letter in map(read_letter, find_files(CORPUS))}
ONE, OTHER, *_ = LETTERS


def cut(letter: Letter) -> list[Passage]:
    return list(cut_passages(letter, lambda text: len(text.split()), 120))


def kept_in(folder: Path, *letters: Letter) -> ParsedLetters:
    """Letters kept in a new generation, open for reading."""
    folder.mkdir()
    with closing(ParsedLetters(folder, writing=True)) as writing:
        writing.save([(letter, cut(letter)) for letter in letters])
    return ParsedLetters(folder)


def bodies_read(monkeypatch) -> list[str]:
    """Fills with what is read of bodies from now on."""
    found: list[str] = []
    for part in ("text", "structure"):
        whole = getattr(parsed, f"_{part}")

        def read(database, letter_id, part=part, whole=whole):
            found.append(f"{part} of {letter_id}")
            return whole(database, letter_id)

        monkeypatch.setattr(parsed, f"_{part}", read)
    return found


def open_files(name: str) -> int:
    if not sys.platform.startswith("linux"):
        pytest.skip("open files are told by Linux")
    return sum(name in str(link.readlink()) for link in Path("/proc/self/fd").iterdir() if link.is_symlink())


def test_a_letter_comes_back_as_it_was_read(tmp_path):
    kept = kept_in(tmp_path / "one", *LETTERS.values())
    found = {letter.letter_id: (letter, count) for letter, count in kept.letters()}
    assert found.keys() == LETTERS.keys()
    for letter_id, (letter, count) in found.items():
        own = LETTERS[letter_id]
        assert asdict(letter) == asdict(own)
        assert letter == own and own == letter and letter == kept.letter(letter_id)
        assert kept.passages(letter) == cut(own) and len(cut(own)) == count
    assert kept.letter(ONE) != kept.letter(OTHER)
    assert kept.letter(ONE) != "letter"


def test_a_copy_with_other_particulars_stands_alone(tmp_path):
    kept = kept_in(tmp_path / "one", LETTERS[ONE])
    other = replace(kept.letter(ONE), authority="Leeds")
    assert (other.authority, other.text) == ("Leeds", LETTERS[ONE].text)
    assert other.names_year(2019) == LETTERS[ONE].names_year(2019) and not other.names_year(1066)


@pytest.mark.parametrize("copied", [copy, deepcopy, lambda letter: pickle.loads(pickle.dumps(letter))])
def test_a_copy_needs_no_index(tmp_path, copied):
    kept = kept_in(tmp_path / "one", LETTERS[ONE]).letter(ONE)
    other = copied(kept)
    assert other == LETTERS[ONE] == kept
    assert other.names_year(2019) == LETTERS[ONE].names_year(2019) and not other.names_year(1066)


def test_what_is_not_asked_for_is_not_read(tmp_path, monkeypatch):
    kept_in(tmp_path / "one", *LETTERS.values())
    read = bodies_read(monkeypatch)
    kept = ParsedLetters(tmp_path / "one")
    letters = {letter.letter_id: letter for letter, _ in kept.letters()}
    one = letters[ONE]
    assert (one.judgements, one.improvements, one.years()) == (
        LETTERS[ONE].judgements,
        LETTERS[ONE].improvements,
        LETTERS[ONE].years(),
    )
    assert one.names_year(2019) == LETTERS[ONE].names_year(2019) and not one.names_year(1066)
    assert read == []
    assert one.text and one.text
    assert read == [f"text of {ONE}"]
    assert one.sections and one.evidence is not None and kept.passages(one)
    assert read == [f"text of {ONE}", f"structure of {ONE}"]
    with pytest.raises(AttributeError):
        _ = one.weather


@pytest.mark.parametrize("letter_id", LETTERS)
def test_a_year_is_told_without_the_words(tmp_path, letter_id):
    kept = kept_in(tmp_path / "one", LETTERS[letter_id]).letter(letter_id)
    told = {year for year in range(1900, 2100) if kept.names_year(year)}
    assert told == {year for year in range(1900, 2100) if LETTERS[letter_id].names_year(year)} != set()


def test_only_so_many_bodies_stay_in_memory(tmp_path, monkeypatch):
    kept_in(tmp_path / "one", *LETTERS.values())
    monkeypatch.setattr(parsed, "REMEMBERED", 1)
    read = bodies_read(monkeypatch)
    kept = ParsedLetters(tmp_path / "one")
    for _ in range(2):
        for letter_id in (ONE, OTHER):
            assert kept.letter(letter_id).text == LETTERS[letter_id].text
    assert len(read) == 4


def test_names_of_files_are_those_of_today(tmp_path):
    kept_in(tmp_path / "one", LETTERS[ONE])
    named = ParsedLetters(tmp_path / "one", {ONE: ("b.pdf", "a.txt")}).letter(ONE)
    assert (named.file, named.files) == ("b.pdf", ("b.pdf", "a.txt"))


def test_passages_are_found_by_their_names(tmp_path):
    kept = kept_in(tmp_path / "one", *LETTERS.values())
    by_id = {letter.letter_id: letter for letter, _ in kept.letters()}
    passages = Passages(kept, by_id, {letter.letter_id: count for letter, count in kept.letters()})
    every = {passage.passage_id: passage for letter in LETTERS.values() for passage in cut(letter)}
    assert dict(passages) == every and len(passages) == len(every)
    assert [p.passage_id for p in passages.of(ONE)] == [p.passage_id for p in cut(LETTERS[ONE])]
    for unknown in ("", "nothing", f"{ONE}:1:x", "other:1:x"):
        assert unknown not in passages
    assert passages.of("other") == []


def test_words_are_those_of_the_letters_that_are_there(tmp_path):
    one = replace(LETTERS[ONE], text="Fostering, housing: zeppelin’s")
    other = replace(LETTERS[OTHER], text="housing adoption")
    with closing(ParsedLetters(tmp_path, writing=True)) as kept:
        kept.save([(one, []), (other, [])])
        assert kept.words() == {"fostering", "housing", "zeppelin's", "adoption"}
        kept.drop([ONE])
        assert kept.words() == {"housing", "adoption"}
        assert [letter.letter_id for letter, _ in kept.letters()] == [OTHER]
        with pytest.raises(DamagedIndexError):
            kept.letter(ONE)
    assert b"zeppelin" not in (tmp_path / FILE).read_bytes()


def test_what_answers_hold_is_read_from_the_generation_in_force(tmp_path):
    """The file of the earlier one would stay on the disk as long as a window with an answer is open."""
    first, gone = kept_in(tmp_path / "one", *LETTERS.values()), LETTERS[OTHER]
    held = [first.letter(ONE), first.letter(OTHER)]
    latest = first
    for name in ("two", "three", "four"):
        later = kept_in(tmp_path / name, *(letter for letter in LETTERS.values() if letter is not gone))
        latest.hand_over(later)
        latest.close()
        latest = later
    assert [letter.text for letter in held] == [LETTERS[ONE].text, gone.text]
    assert [letter.sections for letter in held] == [LETTERS[ONE].sections, gone.sections]
    assert first.passages(held[1]) == cut(gone)
    assert open_files(str(tmp_path / "one")) == open_files(str(tmp_path / "three")) == 0
    assert open_files(str(tmp_path / "four")) == 1


def test_a_letter_that_changed_stays_as_it_was_for_who_holds_it(tmp_path):
    first = kept_in(tmp_path / "one", LETTERS[ONE])
    held = first.letter(ONE)
    later = kept_in(tmp_path / "two", replace(LETTERS[ONE], text=LETTERS[ONE].text.replace("the", "teh")))
    first.hand_over(later)
    assert held.text == LETTERS[ONE].text != later.letter(ONE).text


def test_where_nearly_all_has_changed_the_earlier_file_stays_open(tmp_path, monkeypatch):
    first = kept_in(tmp_path / "one", LETTERS[ONE], LETTERS[OTHER])
    held = first.letter(ONE)
    monkeypatch.setattr(database, "LEFT", 1)
    first.hand_over(kept_in(tmp_path / "two"))
    first.close()
    assert held.text == LETTERS[ONE].text and open_files(str(tmp_path / "one")) == 1
    del first, held
    gc.collect()
    assert open_files(str(tmp_path / "one")) == 0


DAMAGES = [
    "UPDATE bodies SET text = x'00', structure = x'00'",
    "UPDATE bodies SET text = 5, structure = NULL",
    "DELETE FROM bodies",
    "DROP TABLE bodies",
]


@pytest.mark.parametrize("statement", DAMAGES)
def test_a_body_that_cannot_be_read_is_said(tmp_path, statement):
    kept_in(tmp_path / "one", LETTERS[ONE])
    with closing(sqlite3.connect(tmp_path / "one" / FILE)) as opened, opened:
        opened.execute(statement)
    letter: KeptLetter = ParsedLetters(tmp_path / "one").letter(ONE)
    for read in (lambda: letter.text, lambda: letter.sections):
        with pytest.raises(DamagedIndexError, match="run: assistant index"):
            read()


@pytest.mark.parametrize("statement", ["UPDATE outlines SET outline = x'7b'", "DROP TABLE outlines"])
def test_an_outline_that_cannot_be_read_is_said(tmp_path, statement):
    kept_in(tmp_path / "one", LETTERS[ONE])
    with closing(sqlite3.connect(tmp_path / "one" / FILE)) as opened, opened:
        opened.execute(statement)
    with pytest.raises(DamagedIndexError):
        list(ParsedLetters(tmp_path / "one").letters())


def test_no_file_is_damage_and_a_folder_that_cannot_be_written_is_said(tmp_path):
    with pytest.raises(DamagedIndexError):
        ParsedLetters(tmp_path)
    with pytest.raises(OSError, match="unable to open"):
        ParsedLetters(tmp_path / "nowhere", writing=True)
