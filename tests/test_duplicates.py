"""The same letter in two files: recognised by its words, kept once."""

from dataclasses import replace

import pytest
from documents import a_letter
from fakes import fake_settings, hashed_words

from assistant.index.catalogue import Catalogue
from assistant.index.duplicates import better_copy, resemblance, same_letter
from assistant.index.update import update_index
from assistant.reading.corpus import read_letter

WORDS = " ".join(f"word{n} says something of its own number {n}." for n in range(80))


def letter(text=WORDS, **changes):
    made = a_letter([("findings", "Findings", [text])])
    facts = {
        "authority": "Rutland",
        "kind": "focused visit",
        "visit_start": "2019-01-08",
        "published": "2019-02-01",
        "sources": {},
    }
    return replace(made, **(facts | changes))


def test_resemblance_is_the_jaccard_index_of_runs_of_five_words():
    assert resemblance("a b c d e f", "a b c d e f") == 1
    assert resemblance("a b c d e f", "A b. c-d e f") < 1  # "cd" is another word
    assert resemblance("a b c d e f", "A, b c d\ne f!") == 1
    assert resemblance("a b c d e f", "a b c d e x") == pytest.approx(1 / 3)  # abcde shared, two of their own
    assert resemblance("", "") == 1
    assert resemblance("a", "") == 0


def test_copies_in_two_formats_may_differ_in_a_few_words():
    printed, typed = letter(pages=4), letter(WORDS.replace("word7 says", "word7 said"))
    assert same_letter(printed, typed) and same_letter(typed, printed)


def test_a_letter_issued_again_with_a_changed_sentence_is_another_version():
    first, again = letter(pages=4), letter(WORDS.replace("word7 says", "word7 said"), pages=4)
    assert not same_letter(first, again)
    assert same_letter(first, replace(first, letter_id="another", sha256="0" * 64))


@pytest.mark.parametrize(
    "change",
    [
        {"authority": "Kent"},
        {"kind": "monitoring visit"},
        {"standing": "council"},
        {"visit_start": "2020-01-08"},
        {"published": "2019-02-02"},
    ],
)
def test_letters_about_other_things_are_never_the_same(change):
    assert not same_letter(letter(pages=4), letter(**change))


@pytest.mark.parametrize("change", [{"visit_start": None}, {"published": None}, {"published": "2019-02"}])
def test_a_date_that_only_one_gives_is_no_difference(change):
    assert same_letter(letter(pages=4), letter(**change))


def test_the_copy_with_pages_is_kept():
    printed, typed = letter(pages=4, file="b.pdf"), letter(WORDS + " more", file="a.txt")
    assert better_copy([typed, printed]) is better_copy([printed, typed]) is printed


# --- in the index ----------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _fake_model():
    with hashed_words():
        yield


@pytest.fixture
def folder(tmp_path):
    from documents import visit_letter

    folder = tmp_path / "letters"
    folder.mkdir()
    (folder / "visit.pdf").write_bytes(visit_letter())
    read = read_letter(folder / "visit.pdf")
    (folder / "the-same.txt").write_text(read.text, encoding="utf-8")
    return folder


@pytest.fixture
def settings(tmp_path, folder):
    return fake_settings(tmp_path / "index", folder)


def shelf(settings):
    with Catalogue(settings) as catalogue:
        return [(one.letter_id, one.file, one.files, one.pages) for one in catalogue.letters]


BOTH = [("visit", "visit.pdf", ("visit.pdf", "the-same.txt"), 2)]


@pytest.mark.parametrize("first", ["visit.pdf", "the-same.txt"])
def test_whichever_comes_first_the_file_with_pages_is_kept(settings, folder, first):
    update_index(settings, [folder / first])
    report = update_index(settings)
    assert shelf(settings) == BOTH
    assert report.duplicates == [{"file": "the-same.txt", "letter_id": "visit", "kept": "visit.pdf"}]
    assert (report.letters, report.added, report.failed) == (1, 1, [])
    assert update_index(settings).unchanged == 2


def test_the_copy_answers_when_the_better_one_has_gone(settings, folder):
    update_index(settings)
    assert shelf(settings) == BOTH
    (folder / "visit.pdf").unlink()
    report = update_index(settings)
    assert shelf(settings) == [("the-same", "the-same.txt", ("the-same.txt",), None)]
    assert (report.letters, report.removed) == (1, 1)


def test_a_better_copy_that_becomes_another_letter_leaves_the_other(settings, folder):
    update_index(settings)
    (folder / "visit.pdf").write_text("Councillor Anna Example, Leader of Kent County Council, said: " + WORDS)
    update_index(settings)
    assert sorted(row[1] for row in shelf(settings)) == ["the-same.txt", "visit.pdf"]


def test_a_letter_is_found_by_the_name_of_its_copy(settings):
    update_index(settings)
    with Catalogue(settings) as catalogue:
        for name in ("visit", "visit.pdf", "the-same.txt", "the-same"):
            assert catalogue.letter(name).letter_id == "visit"


def test_a_changed_correction_is_taken_over(settings, folder):
    update_index(settings)
    note = folder / "visit.pdf.corrections.json"
    note.write_text('{"published": "2019-02-28"}')
    assert update_index(settings).updated == 1
    with Catalogue(settings) as catalogue:
        assert {one.published for one in catalogue.letters if one.file == "visit.pdf"} == {"2019-02-28"}
    note.unlink()
    update_index(settings)
    assert shelf(settings) == BOTH


def test_a_broken_correction_leaves_the_letter_as_it_was(settings, folder):
    update_index(settings)
    (folder / "visit.pdf.corrections.json").write_text("{")
    report = update_index(settings)
    assert [failed["file"] for failed in report.failed] == ["visit.pdf"]
    assert "corrections.json" in report.failed[0]["error"]
    assert shelf(settings) == BOTH
