"""What is kept of an address while it is fetched, from one run to the next."""

import gzip
import json
import os

import pytest

from assistant.adding.downloads import LEFT_OVER, Downloads, Head
from assistant.reading.corpus import find_files

A, B = "https://h.example/a.pdf", "https://h.example/b.pdf"


@pytest.fixture
def downloads(tmp_path) -> Downloads:
    return Downloads(tmp_path / ".fetching")


def test_a_part_becomes_the_whole(downloads, tmp_path):
    assert downloads.part(A) is None and downloads.whole(A) is None
    head = Head(A, A, etag='"one"')
    file = downloads.begin(head)
    file.write_bytes(b"half")
    assert downloads.part(A) == (head, file) and downloads.whole(A) is None
    assert Downloads(downloads.folder).part(A) == (head, file), "for the next run as well"
    whole = downloads.finish(A)
    assert downloads.whole(A) == (head, whole) and downloads.part(A) is None
    assert whole.read_bytes() == b"half" and downloads.whole(B) is None
    assert find_files(tmp_path, maybe_none=True) == [], "nothing of it is a letter"
    downloads.begin(head)
    assert downloads.whole(A) is None and downloads.part(A)[1].read_bytes() == b"", "begun anew"
    downloads.drop(A)
    downloads.drop(A)
    assert list(downloads.folder.iterdir()) == []


@pytest.mark.parametrize(
    ("etag", "modified", "promise"),
    [('"one"', "day", '"one"'), ('W/"one"', "day", "day"), ("", "day", "day"), ('W/"one"', "", ""), ("", "", "")],
)
def test_only_a_strong_tag_or_a_date_promises_the_same_bytes(etag, modified, promise):
    assert Head(A, etag=etag, modified=modified).version == promise


@pytest.mark.parametrize("said", [b"", b"{", b"[]", b"{}", b'{"address": 3}', b"\xff"])
def test_what_is_damaged_is_as_if_it_were_not_there(downloads, said):
    downloads.begin(Head(A))
    [beside] = downloads.folder.glob("*.json")
    beside.write_bytes(said)
    assert downloads.part(A) is None
    downloads.begin(Head(A))
    row = json.loads(beside.read_bytes())
    beside.write_text(json.dumps({**row, "address": B}))
    assert downloads.part(A) is None, "of another address"


@pytest.mark.parametrize("size", [0, 1, 2**16, 2**16 + 1, 3 * 2**16])
def test_what_is_packed_is_unpacked_up_to_a_size(downloads, size):
    content = os.urandom(size // 2) + bytes(size - size // 2)
    downloads.begin(Head(A)).write_bytes(gzip.compress(content))
    assert size == 0 or not downloads.unpack(A, size - 1)
    assert gzip.decompress(downloads.part(A)[1].read_bytes()) == content, "too large: left as it came"
    assert downloads.unpack(A, size)
    assert downloads.part(A)[1].read_bytes() == content
    assert len(list(downloads.folder.iterdir())) == 2


def test_what_is_not_packed_or_torn_is_an_error(downloads):
    for content in (b"no gzip", gzip.compress(b"x" * 100)[:-9], b""):
        downloads.begin(Head(A)).write_bytes(content)
        with pytest.raises(ValueError):
            downloads.unpack(A, 1000)
        assert downloads.part(A)[1].read_bytes() == content


def test_the_folder_goes_when_nothing_is_left_to_go_on_with(downloads):
    downloads.tidy()
    downloads.begin(Head(A))
    downloads.begin(Head(B))
    downloads.tidy()
    assert downloads.part(A) and downloads.part(B)
    stem = downloads.part(A)[1].stem
    for file in downloads.folder.glob(f"{stem}.*"):
        old = file.stat().st_mtime - LEFT_OVER - 1
        os.utime(file, (old, old))
    downloads.tidy()
    assert downloads.part(A) is None, "nobody came back for it"
    assert downloads.part(B), "what is younger stays"
    downloads.drop(B)
    downloads.drop(A)
    (downloads.folder / "lock").touch()
    downloads.tidy()
    assert not downloads.folder.exists()
