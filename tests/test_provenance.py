"""Where letters came from, in the manifest that is read with them."""

import json
from pathlib import Path

import pytest
from fakes import letter_words

from assistant.adding.downloads import Head
from assistant.adding.provenance import Provenance
from assistant.errors import LetterError
from assistant.reading.corpus import digest, read_letter
from assistant.reading.corrections import read_manifest

A, B = "https://letters.example/a.txt", "https://letters.example/b.txt"
HEAD = Head(A, "https://cdn.example/a.txt", "2026-01-02T03:04:05+00:00", "text/plain", '"one"', "some day")


@pytest.fixture
def letter(tmp_path) -> Path:
    file = tmp_path / "20260102-030405-00000000" / "a.txt"
    file.parent.mkdir()
    file.write_text(letter_words("housing"), encoding="utf-8")
    return file


def noted(letter: Path, head: Head | None = HEAD, **given: str) -> Provenance:
    provenance = Provenance(letter.parent.parent / "manifest.json")
    data = letter.read_bytes()
    provenance.note(letter, digest(data), len(data), given, head)
    provenance.save()
    return provenance


def rows(provenance: Provenance) -> list[dict]:
    return json.loads(provenance.file.read_text(encoding="utf-8"))["documents"]


def test_a_letter_knows_where_it_came_from(letter):
    provenance = noted(letter, issuer="Ofsted")
    sha256 = digest(letter.read_bytes())
    assert rows(provenance) == [
        {
            "url": A,
            "issuer": "Ofsted",
            "file": "20260102-030405-00000000/a.txt",
            "sha256": sha256,
            "bytes": letter.stat().st_size,
            "sources": [
                {
                    "address": A,
                    "final": "https://cdn.example/a.txt",
                    "fetched": "2026-01-02T03:04:05+00:00",
                    "content_type": "text/plain",
                    "etag": '"one"',
                    "last_modified": "some day",
                }
            ],
        }
    ]
    assert read_letter(letter).url == A
    origin = Provenance(provenance.file).of(A)
    assert origin and (origin.head, origin.file, origin.sha256) == (HEAD, letter, sha256)
    assert Provenance(provenance.file).of(B) is None


def test_two_addresses_of_the_same_file_share_a_row(letter):
    noted(letter)
    provenance = noted(letter, Head(B, B))
    [row] = rows(provenance)
    assert row["url"] == A and [source["address"] for source in row["sources"]] == [A, B]
    assert provenance.of(A).file == provenance.of(B).file == letter


def test_an_address_that_gives_another_file_gives_the_old_one_no_longer(letter):
    noted(letter)
    other = letter.with_name("b.txt")
    other.write_text(letter_words("adoption"), encoding="utf-8")
    provenance = noted(other)
    assert provenance.of(A).file == other
    assert [len(row["sources"]) for row in rows(provenance)] == [0, 1]


def test_what_has_gone_or_changed_is_not_held(letter):
    provenance = noted(letter)
    letter.write_text("shorter", encoding="utf-8")
    assert provenance.of(A) is None
    letter.unlink()
    assert provenance.of(A) is None
    provenance.forget_gone()
    provenance.save()
    assert not provenance.file.exists(), "it has nothing left to say"


def test_what_somebody_wrote_by_hand_stays(letter):
    manifest = letter.parent.parent / "manifest.json"
    sha256 = digest(letter.read_bytes())
    by_hand = [{"sha256": sha256, "title": "By hand"}, {"sha256": "0" * 64, "file": "elsewhere.pdf", "title": "Other"}]
    manifest.write_text(json.dumps({"note": "ours", "documents": by_hand}))
    provenance = noted(letter, urn="12345")
    provenance.forget_gone()
    provenance.save()
    said = json.loads(manifest.read_text())
    assert said["note"] == "ours" and said["documents"][1] == by_hand[1]
    assert said["documents"][0]["title"] == "By hand" and said["documents"][0]["urn"] == "12345"
    assert read_manifest(letter.parent)[sha256]["url"] == A


def test_what_somebody_wrote_into_a_row_of_ours_outlives_the_file(letter):
    provenance = noted(letter)
    [row] = rows(provenance)
    provenance.file.write_text(json.dumps({"documents": [{**row, "corrections": {"title": "By hand"}}]}))
    letter.unlink()
    provenance = Provenance(provenance.file)
    provenance.forget_gone()
    provenance.save()
    assert [(row["corrections"], "sources" in row) for row in rows(provenance)] == [({"title": "By hand"}, False)]


def test_what_was_said_of_a_file_goes_over_to_its_next_version(letter):
    noted(letter, urn="80123")
    letter.write_text(letter_words("adoption"), encoding="utf-8")
    [row] = rows(noted(letter))
    assert row["urn"] == "80123" and row["sha256"] == digest(letter.read_bytes())


def test_a_list_that_is_corrected_corrects_what_it_said(letter):
    noted(letter, title="First")
    assert rows(noted(letter, title="Second"))[0]["title"] == "Second"


def test_where_there_is_nothing_to_say_no_manifest_is_made(tmp_path):
    provenance = Provenance(tmp_path / "manifest.json")
    provenance.save()
    assert not provenance.file.exists()


def test_a_manifest_that_says_the_same_is_not_written_again(letter):
    provenance = noted(letter)
    before = provenance.file.stat().st_mtime_ns
    Provenance(provenance.file).save()
    assert provenance.file.stat().st_mtime_ns == before


@pytest.mark.parametrize("text", ["", "{", "[]", '{"documents": [3]}', '{"documents": [{"title": "no digest"}]}'])
def test_a_manifest_that_cannot_be_understood_is_never_written_over(tmp_path, text):
    file = tmp_path / "manifest.json"
    file.write_text(text)
    with pytest.raises(LetterError, match="is no manifest"):
        Provenance(file)
    assert file.read_text() == text


def test_a_file_elsewhere_is_named_by_its_whole_path(letter, tmp_path_factory):
    other = tmp_path_factory.mktemp("elsewhere") / "b.txt"
    other.write_bytes(letter.read_bytes())
    provenance = Provenance(letter.parent.parent / "manifest.json")
    provenance.note(other, digest(other.read_bytes()), other.stat().st_size, {}, HEAD)
    provenance.save()
    assert rows(provenance)[0]["file"] == str(other) and provenance.of(A).file == other
