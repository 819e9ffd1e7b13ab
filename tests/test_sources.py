"""What is named to be added: files, addresses, lists of them; and what is wrong with each, in one line."""

import json
from pathlib import Path

import pytest
from fakes import letter_words
from hypothesis import given
from hypothesis import strategies as st

from assistant.adding.sources import read_sources

A, B = "https://letters.example/a.pdf", "https://letters.example/b.pdf"


@pytest.fixture
def folder(tmp_path) -> Path:
    (tmp_path / "letter.txt").write_text(letter_words("housing"))
    (tmp_path / "two words.pdf").write_bytes(b"%PDF-1.4")
    return tmp_path


def listed(folder: Path, text: str | bytes, name: str = "list.txt") -> list:
    file = folder / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_sources([str(file)])


def test_a_file_and_an_address_are_what_they_are(folder):
    [file, address] = read_sources([str(folder / "letter.txt"), f"{A}#page=2"])
    assert file.path == folder / "letter.txt" and not file.address and not file.problem
    assert address.address == A and address.path is None and address.place == f"{A}#page=2"


def test_whatever_is_named_twice_is_there_once(folder, monkeypatch):
    monkeypatch.chdir(folder)
    found = read_sources(["letter.txt", str(folder / "letter.txt"), A, f"{A}#x", "./letter.txt"])
    assert [one.place for one in found] == ["letter.txt", A]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("nothing.pdf", "there is no such file; a web address begins with https:// or http://"),
        ("www.gov.uk/letter.pdf", "there is no such file; a web address begins with"),
        (".", "is a folder; to keep the index in step with it: assistant index FOLDER"),
        ("ftp://h.example/a.pdf", "only http:// and https:// are"),
        ("https://jo:secret@h.example/", "is given with a name or password"),
        ("nul\0byte.pdf", "no"),
        ("", "is a folder"),
    ],
)
def test_what_is_nothing_says_so_and_stops_nobody(folder, monkeypatch, name, why):
    monkeypatch.chdir(folder)
    wrong, right = read_sources([name, "letter.txt"])
    assert why in wrong.problem and "\n" not in wrong.problem
    assert not right.problem


def test_lines_of_a_list_with_remarks(folder):
    found = listed(
        folder,
        f"# letters of 2019\r\n\r\n{A}\r\n   {B}   # the second visit\r\nletter.txt\r\ntwo words.pdf\r\ngone.pdf\r\n",
    )
    assert [one.address or (one.path and one.path.name) for one in found] == [A, B, "letter.txt", "two words.pdf", None]
    assert [one.where for one in found] == [f"list.txt, line {n}" for n in (3, 4, 5, 6, 7)]
    assert found[-1].problem.startswith("there is no such file")
    assert found[-1].shown == "list.txt, line 7: gone.pdf"


def test_paths_are_taken_from_the_folder_of_the_list(folder, monkeypatch, tmp_path_factory):
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    assert listed(folder, "letter.txt\n")[0].path == folder / "letter.txt"
    assert listed(folder, f"{folder / 'letter.txt'}\n")[0].path == folder / "letter.txt"


@pytest.mark.parametrize("text", [letter_words("housing"), "# nothing\n", f"See {A}\nand more words\nof a letter\n"])
def test_a_letter_is_no_list(folder, text):
    [one] = listed(folder, text)
    assert one.path == folder / "list.txt" and not one.problem


def test_an_empty_file_is_told(folder):
    assert listed(folder, "\n\n")[0].problem == "the file is empty; fetch it again"


def test_a_list_of_files_that_are_all_gone_is_a_list(folder):
    found = listed(folder, "gone.pdf\nalso gone.pdf\nletter.docx\n")
    assert len(found) == 3 and all("no such file" in one.problem for one in found)


@pytest.mark.parametrize("parted", [",", ";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_rows_of_a_table(folder, parted, mark):
    rows = [
        ["URL", "Title", "Authority", "Published", "Kind", "remark"],
        [A, "Visit", "kent", "2019-03", "focused visit", "x"],
        ["", "", "", "", "", ""],
        ["letter.txt", "", "", "", "", ""],
        [B, "", "", "1 March 2019", "", ""],
        ["", "no place", "", "", "", ""],
    ]
    text = mark + "\r\n".join(parted.join(row) for row in rows) + "\r\n"
    found = listed(folder, text, "list.csv")
    assert found[0].given == {"title": "Visit", "authority": "kent", "published": "2019-03", "kind": "focused visit"}
    assert found[0].address == A and found[0].where == "list.csv, line 2"
    assert found[1].path == folder / "letter.txt" and found[1].given == {}
    assert "published '1 March 2019' is no date; write 2024-07-12" in found[2].problem
    assert found[3].problem == 'says no "url" and no "file"; write where the letter is'
    assert found[3].place == "list.csv, line 6"


@pytest.mark.parametrize(
    ("column", "value", "why"),
    [
        ("kind", "visit", "is no kind of document; one of: focused visit"),
        ("authority", "Atlantis", "is no authority that is known here"),
        ("published", "2019-02-30", "is no date"),
        ("urn", "80x", "is no number of Ofsted's"),
        ("title", "x" * 400, "is longer than 300 characters"),
        ("sha256", "abc", "sha256 has 64 digits"),
    ],
)
def test_a_slip_in_a_table_is_told(folder, column, value, why):
    [one] = listed(folder, f"url,{column}\n{A},{value}\n", "list.csv")
    assert why in one.problem


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("list.csv", "title,authority\nx,y\n", 'has no column "url"'),
        ("list.csv", "", "is empty"),
        ("list.csv", "url\n", "is a list with nothing in it"),
        ("list.csv", f'url,title\n{A},"torn\n', "is a damaged table"),
        ("list.csv", b"\x89PNG" + bytes(range(32)) * 9, "is not text"),
        ("list.json", "{", "is no list"),
        ("list.json", "[]", "is no list"),
        ("list.json", '{"documents": [1]}', "is no list"),
        ("list.json", '{"documents": []}', "is a list with nothing in it"),
    ],
)
def test_a_list_that_is_none_is_told_in_one_line(folder, name, text, why):
    [one] = listed(folder, text, name)
    assert why in one.problem and one.path is None and "\n" not in one.problem


def test_a_manifest_is_a_list(folder):
    sha256 = "AB" * 32
    rows = [
        {"url": A, "sha256": sha256, "title": "A", "bytes": 7, "urn": 80123, "sources": [{}]},
        {"file": "letter.txt"},
    ]
    found = listed(folder, json.dumps({"note": "x", "documents": rows}), "manifest.json")
    assert found[0].address == A and found[0].sha256 == sha256.lower()
    assert found[0].given == {"title": "A", "urn": "80123"} and found[0].where == "manifest.json, document 1"
    assert found[1].path == folder / "letter.txt"


def test_too_many_and_too_large_lists_are_refused(folder, monkeypatch):
    monkeypatch.setattr("assistant.adding.sources.MOST_ENTRIES", 2)
    [one] = listed(folder, "".join(f"https://h.example/{n}\n" for n in range(3)))
    assert "lists 3 letters, more than 2; split it" in one.problem
    monkeypatch.setattr("assistant.adding.sources.LONGEST_LIST", 10)
    [one] = listed(folder, "url\nhttps://h.example/\n", "list.csv")
    assert "too large for a list" in one.problem
    [letter] = listed(folder, "https://h.example/\n" * 3)
    assert letter.path, "a text file of that size is a letter, or will say so itself"


@given(text=st.text(max_size=300), name=st.sampled_from(["l.txt", "l.csv", "l.json", "l"]))
def test_no_list_breaks_anything(tmp_path_factory, text, name):
    file = tmp_path_factory.mktemp("lists") / name
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    for one in read_sources([str(file), text]):
        assert bool(one.problem) + bool(one.address) + bool(one.path) == 1
        assert "\n" not in one.problem + one.place
