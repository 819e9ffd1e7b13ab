"""A file is written whole or not at all, and where asked lies on the disk before it takes the place of what was."""

import os
from pathlib import Path

import pytest

from assistant.system.files import write_whole


def test_what_cannot_be_written_stays_as_it_was(tmp_path, monkeypatch):
    file = tmp_path / "a.json"
    write_whole(file, b"one")
    with monkeypatch.context() as full:
        full.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError("full")))
        with pytest.raises(OSError, match="full"):
            write_whole(file, b"two")
    assert file.read_bytes() == b"one"
    write_whole(file, b"two")
    assert [one.name for one in tmp_path.iterdir()] == ["a.json"] and file.read_bytes() == b"two"


def test_nothing_deletes_the_file_and_may_find_none(tmp_path):
    file = tmp_path / "a.json"
    write_whole(file, b"one")
    write_whole(file, None)
    write_whole(file, None)
    assert not file.exists()


@pytest.mark.parametrize(("lasting", "before"), [(True, [b"one"]), (False, [])])
def test_what_is_to_last_is_on_the_disk_before_it_counts(tmp_path, monkeypatch, lasting, before):
    file, synced = tmp_path / "a.json", []
    write_whole(file, b"one")

    def sync(number: int) -> None:
        assert os.fstat(number).st_size == len(b"second"), "not all of it was handed over"
        synced.append(file.read_bytes())

    monkeypatch.setattr("os.fsync", sync)
    write_whole(file, b"second", lasting=lasting)
    assert synced == before and file.read_bytes() == b"second"
