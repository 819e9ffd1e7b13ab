"""Seals: damage to a file is seen, whatever it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.system.seal import broken, seal


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "a.txt").write_bytes(b"words of a letter")
    (tmp_path / "deep" / "b.bin").write_bytes(bytes(range(256)) * 100)
    (tmp_path / "lock").write_bytes(b"")
    return tmp_path


def test_what_is_as_it_was_is_sound(folder):
    assert broken(folder, seal(folder)) == ""
    assert sorted(seal(folder, without=("lock",))) == ["a.txt", "deep/b.bin"]


def test_what_may_change_is_not_looked_at(folder):
    sealed = seal(folder, without=("lock",))
    (folder / "lock").write_bytes(b"x")
    (folder / "new").write_bytes(b"x")
    assert broken(folder, sealed) == ""


@given(st.data())
def test_one_changed_bit_is_seen(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("sealed")
    content = data.draw(st.binary(min_size=1, max_size=300))
    (folder / "file").write_bytes(content)
    sealed = seal(folder)
    place, bit = data.draw(st.integers(0, len(content) - 1)), data.draw(st.integers(0, 7))
    (folder / "file").write_bytes(content[:place] + bytes([content[place] ^ 1 << bit]) + content[place + 1 :])
    assert broken(folder, sealed) == "file"


@pytest.mark.parametrize("spoil", ["cut", "longer", "gone", "folder"])
def test_any_other_damage_is_seen(folder, spoil):
    sealed, file = seal(folder), folder / "deep" / "b.bin"
    content = file.read_bytes()
    file.unlink()
    if spoil == "folder":
        file.mkdir()
    elif spoil != "gone":
        file.write_bytes(content[:-1] if spoil == "cut" else content + b"\0")
    assert broken(folder, sealed) == "deep/b.bin"
