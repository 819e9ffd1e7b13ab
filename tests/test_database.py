"""The database of a generation's letters: where it is found, and what many threads read while it is handed over."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest

from assistant.errors import DamagedIndexError
from assistant.index.database import FILE, Database, address

NAMES = [f"letter-{number}" for number in range(20)]


def written(folder: Path, version: dict[str, bytes]) -> Database:
    """A database of bodies, each of its digest alone, open for reading."""
    folder.mkdir()
    database = Database(folder / FILE, writing=True)
    bodies = [(name, digest, b"text " + digest, b"structure") for name, digest in version.items()]
    database.add([(name, 1, "", b"{}") for name in version], bodies, {"word": len(version)})
    database.settle()
    return Database(folder / FILE, writing=False)


def test_threads_read_on_while_generations_are_handed_over(tmp_path):
    first = written(tmp_path / "0", dict.fromkeys(NAMES, b"0"))
    latest, done = first, []

    def read() -> set[bytes]:
        found = set()
        while not done:
            found |= {first.body(name)[0] for name in NAMES}
        return found

    with ThreadPoolExecutor(4) as pool:
        reading = [pool.submit(read) for _ in range(4)]
        try:
            for number in range(1, 30):  # each changes one letter and drops another
                version = {
                    name: b"0" if at > number else b"%d" % number for at, name in enumerate(NAMES) if at != number
                }
                later = written(tmp_path / str(number), version)
                latest.hand_over(later)
                latest = later
        finally:
            done.append(True)
        assert [one.result() for one in reading] == [{b"text 0"}] * 4
    assert latest.body(NAMES[0])[0] == b"text 29"
    with pytest.raises(sqlite3.ProgrammingError):
        first._opened.execute("SELECT 1")  # its file is let go


@pytest.mark.parametrize(
    ("file", "written_as"),
    [
        (PurePosixPath("/a b/what?#.sqlite"), "file:///a%20b/what%3F%23.sqlite?mode=ro"),
        (PureWindowsPath(r"C:\index\x.sqlite"), "file:///C:/index/x.sqlite?mode=ro"),
        (PureWindowsPath(r"\\server\share\x.sqlite"), "file:////server/share/x.sqlite?mode=ro"),
    ],
)
def test_a_file_is_named_as_sqlite_takes_it(file, written_as):
    assert address(file, "mode=ro") == written_as


def test_a_folder_of_odd_characters_is_read(tmp_path):
    database = written(tmp_path / "what? 100% of #1 é", {"one": b"1"})
    assert database.body("one") == (b"text 1", b"structure")
    with pytest.raises(DamagedIndexError, match="two"):
        database.body("two")
