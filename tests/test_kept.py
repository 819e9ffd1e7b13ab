"""How added letters are kept: names that are safe, folders, and their records."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.adding.kept import (
    BATCH_ID,
    AddedFile,
    batch_name,
    file_name,
    free_name,
    has_room,
    read_record,
    staging_folder,
    write_record,
)
from assistant.reading.corpus import SUFFIXES, find_files
from assistant.reading.corrections import SIDECAR


@pytest.mark.parametrize(
    ("given_", "name"),
    [
        ("letter.pdf", "letter.pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("..\\..\\boot.txt", "boot.txt"),
        ("/etc/shadow.txt", "shadow.txt"),
        ("C:\\letters\\a.PDF", "a.PDF"),
        ("a\0b.txt", "ab.txt"),
        ("a\r\nb.txt", "ab.txt"),
        ("\u202efdp.txt", "fdp.txt"),
        ("a\u200b\ufeffb.txt", "ab.txt"),
        ("CON.txt", "letter-CON.txt"),
        ("nul .foo.txt", "letter-nul .foo.txt"),
        ("com1.pdf", "letter-com1.pdf"),
        ("README.txt", "letter-README.txt"),
        (".hidden.txt", "hidden.txt"),
        (".txt", "letter.txt"),
        ("...", ""),
        ("", ""),
        ("..", ""),
        ('a<b>:"c|d?*.txt', "a-b---c-d--.txt"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
        ("\N{PILE OF POO}" * 300 + ".pdf", "\N{PILE OF POO}" * 29 + ".pdf"),
        ("manifest.json", ""),
        ("letter.pdf.corrections.json", ""),
        ("program.exe", ""),
        ("letter.txt/", ""),
    ],
)
def test_names_are_made_safe(given_, name):
    assert file_name(given_) == name


def test_a_pdf_is_one_whatever_it_is_called():
    assert file_name("50004567", suffix=".pdf") == "50004567.pdf"
    assert file_name("letter.aspx", suffix=".pdf") == "letter.aspx.pdf"
    assert file_name("", suffix=".pdf") == "letter.pdf"


@given(st.text(max_size=400), st.sampled_from(["", *SUFFIXES]), st.booleans())
def test_any_name_is_safe(tmp_path, text, suffix, is_pdf):
    name = file_name(text + suffix, suffix=".pdf" if is_pdf else "")
    if not name:
        return
    assert Path(name).name == name and name not in (".", "..") and not name.startswith(".")
    assert name.isprintable() or all(c.isprintable() or c == " " for c in name)
    assert len(f"{name} (99)".encode()) + len(SIDECAR) < 255
    assert Path(name).suffix.lower() in SUFFIXES
    file = tmp_path / name
    file.write_bytes(b"x")
    assert find_files(tmp_path) == [file], "a folder of letters is searched for it"
    file.unlink()


def test_a_name_is_given_to_one_file_only():
    taken: set[str] = set()
    assert [free_name(name, taken) for name in ("a.pdf", "A.pdf", "a.pdf", "b.pdf")] == [
        "a.pdf", "A (2).pdf", "a (3).pdf", "b.pdf",
    ]  # fmt: skip


def test_batches_have_names_in_order_and_are_hidden_until_they_are_whole(tmp_path):
    names = [batch_name() for _ in range(3)]
    assert all(BATCH_ID.fullmatch(name) for name in names) and len(set(names)) == 3
    assert [name[:20] for name in names] == sorted(name[:20] for name in names)
    folder = staging_folder(tmp_path, names[0])
    folder.mkdir()
    (folder / "letter.txt").write_text("words")
    assert find_files(tmp_path, maybe_none=True) == []


def test_a_record_is_read_as_it_was_written(tmp_path):
    files = (AddedFile("a b.pdf", "a b.pdf", "0" * 64), AddedFile("x", problem="is empty"), AddedFile("y", same="z"))
    write_record(tmp_path, files)
    assert read_record(tmp_path) == files
    assert find_files(tmp_path, maybe_none=True) == []


def test_a_part_of_the_disk_stays_free(tmp_path, monkeypatch):
    assert has_room(tmp_path, 1)
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=512 * 2**20 + 9))
    assert has_room(tmp_path, 9) and not has_room(tmp_path, 10)
