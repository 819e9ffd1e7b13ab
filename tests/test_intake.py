"""Taking letters in: files, addresses and lists, from being named to being asked about; and what goes wrong on the way."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from documents import FOCUSED, blocks_of, letter_docx, visit_letter
from fakes import CORPUS, ROOT, fake_environment, fake_settings, hashed_words, letter_words, shipped_assistant
from letter_server import gives, leads, letter_server, says

from assistant.adding.fetch import Fetcher
from assistant.adding.http_client import HttpClient
from assistant.adding.intake import FETCHING, Taken, take_in, taken_json, taken_lines
from assistant.engine import Assistant
from assistant.errors import IndexStateError, LetterError
from assistant.index.catalogue import Catalogue
from assistant.index.generation import writing
from assistant.index.ready import is_current
from assistant.index.state import load_state
from assistant.index.update import update_index
from assistant.page.adding.additions import Additions
from assistant.reading.corpus import digest
from assistant.reading.corrections import SIDECAR

PDF = visit_letter()
PAGE = b"<!doctype html><html><title>News</title><body><h1>News</h1>" + b"".join(
    b"<p>The council has bus number %d, which goes to the market and back every day but Sunday.</p>" % n
    for n in range(30)
)


def words(topic: str, authority: str = "Kent", year: int = 2020) -> bytes:
    return letter_words(topic, authority, year).encode()


@pytest.fixture(scope="module")
def shelf(tmp_path_factory) -> Path:
    """An index of the shipped letters, to be copied."""
    folder = tmp_path_factory.mktemp("shelf") / "index"
    with shipped_assistant(folder):
        pass
    return folder


class Desk:
    """Somebody at the command line, with an index of the shipped letters and a web server to fetch from."""

    def __init__(self, folder: Path, server) -> None:
        self.folder, self.server = folder, server
        self.settings = fake_settings(folder / "index", adding_files=3)
        self.home = self.settings.adding_dir

    def add(self, *names: object, **more) -> Taken:
        given = {
            "fetcher": lambda place: Fetcher(place, megabytes=1, client=HttpClient(pause=0, wait=lambda _: None))
        } | more
        return take_in(self.settings, [str(name) for name in names], **given)

    def statuses(self, *names: object, **more) -> list[str]:
        return [outcome.status for outcome in self.add(*names, **more).outcomes]

    def file(self, name: str, content: bytes | str) -> Path:
        file = self.folder / name
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return file

    def gives(self, path: str, body: bytes, kind: str = "text/plain", **more) -> str:
        self.server.has[path] = gives(body, kind, **({"etag": f'"{digest(body)[:8]}"'} | more))
        return self.server.url + path

    def letters(self) -> dict[str, object]:
        with Catalogue(self.settings) as catalogue:
            return {letter.letter_id: letter for letter in catalogue.letters}

    def kept(self) -> dict[str, bytes]:
        """The files that are there for good, by name."""
        files = [file for file in self.home.rglob("[!.]*") if file.is_file() and file.name != "manifest.json"]
        return {file.name: file.read_bytes() for file in files if FETCHING not in file.parts}

    def rows(self) -> list[dict]:
        return json.loads((self.home / "manifest.json").read_text(encoding="utf-8"))["documents"]

    def nothing_is_left_over(self) -> bool:
        return not [path for path in self.home.iterdir() if path.name.startswith(".")]


@pytest.fixture
def desk(shelf, tmp_path):
    shutil.copytree(shelf, tmp_path / "index")
    with hashed_words(), letter_server() as server:
        yield Desk(tmp_path, server)


# --- files ---------------------------------------------------------------------------------------------------------------


def test_a_file_is_copied_and_asked_about(desk):
    file = desk.file("Kent visit.txt", words("fostering"))
    taken = desk.add(file)
    [outcome] = taken.outcomes
    assert (outcome.status, outcome.letter_id, outcome.problem) == ("added", "kent-visit", "")
    assert Path(outcome.file).read_bytes() == file.read_bytes() and Path(outcome.file).is_relative_to(desk.home)
    assert (taken.index.letters, taken.index.added) == (6, 1)
    file.unlink()
    assert is_current(desk.settings) and desk.letters()["kent-visit"].authority == "Kent"
    assert desk.nothing_is_left_over() and not (desk.home / "manifest.json").exists(), "it came from nowhere"


def test_what_is_added_is_on_the_page_as_if_it_had_been_added_there(desk):
    desk.add(desk.file("a.txt", words("fostering")), desk.file("b.txt", words("housing", "Leeds")))
    with Assistant.open(desk.settings) as assistant:
        additions = Additions(assistant, desk.settings)
        [batch] = additions.earlier()
        assert [file.given for file in batch.kept] == ["a.txt", "b.txt"]
        assert {held.letter.authority for held in additions.held(batch).values()} == {"Kent", "Leeds"}
        additions.remove(batch, frozenset({"a.txt"}))
        additions.work.join()
        assert "a" not in {letter.letter_id for letter in assistant.letters}


def test_the_very_same_file_is_not_kept_twice(desk):
    file = desk.file("again.txt", (CORPUS / FOCUSED).read_bytes())
    taken = desk.add(file)
    assert (taken.outcomes[0].status, taken.outcomes[0].letter_id) == ("held", FOCUSED.removesuffix(".txt"))
    assert desk.kept() == {} and taken.index.letters == 5
    desk.add(desk.file("new.txt", words("fostering")))
    assert desk.statuses(desk.file("copy.txt", words("fostering"))) == ["held"]


def test_the_same_letter_in_another_file_is_told(desk):
    text = words("fostering")
    taken = desk.add(desk.file("a.txt", text), desk.file("b.docx", letter_docx(blocks_of(text.decode()))))
    assert taken.index.letters == 6 and taken.index.duplicates
    assert any(line.startswith("same letter: ") for line in taken_lines(taken)[1])


def test_files_of_one_name_and_of_odd_names_stand_beside_each_other(desk):
    (desk.folder / "other").mkdir()
    names = ["letter.txt", "other/LETTER.txt", "README.txt", "ünï cøde\u202e.txt", "con.txt"]
    files = [desk.file(name, words(f"topic {at}", year=2015 + at)) for at, name in enumerate(names)]
    assert desk.statuses(*files) == ["added"] * 5
    assert sorted(desk.kept()) == sorted(
        ["letter.txt", "LETTER (2).txt", "letter-README.txt", "ünï cøde.txt", "letter-con.txt"]
    )
    assert len(load_state(desk.settings.index_dir).letter_ids()) == 10


def test_a_bad_file_stops_no_other(desk):
    taken = desk.add(
        desk.file("a.txt", words("fostering")),
        desk.file("scan.pdf", b"%PDF-1.4\n%%EOF"),
        desk.file("empty.txt", b""),
        desk.file("image.png", b"\x89PNG" + bytes(range(32)) * 50),
        desk.file("large.txt", b"x" * (2**20 * 51)),
        desk.folder / "gone.pdf",
        desk.folder,
    )
    assert [outcome.status for outcome in taken.outcomes] == ["added", *["failed"] * 6] and taken.failed
    for outcome in taken.outcomes[1:]:
        assert outcome.problem and "\n" not in outcome.problem and not outcome.file
    assert "is larger than 50 MB" in taken.outcomes[4].problem
    assert list(desk.kept()) == ["a.txt"] and desk.nothing_is_left_over()
    done, beside = taken_lines(taken)
    assert done == ["added: a", "1 added, 6 failed; 6 letters, " + done[-1].split("letters, ")[1]]
    assert len(beside) == 6 and all(line.startswith("assistant: ") and "\n" not in line for line in beside)


# --- addresses -----------------------------------------------------------------------------------------------------------


def test_a_letter_from_an_address_knows_where_it_came_from(desk):
    desk.server.has["/a"] = leads("/files/visit.pdf")
    final = desk.gives("/files/visit.pdf", PDF, "application/pdf")
    taken = desk.add(f"{desk.server.url}/a")
    [outcome] = taken.outcomes
    assert (outcome.status, outcome.redirects) == ("added", (final,))
    assert f"{desk.server.url}/a leads to {final}" in taken_lines(taken)[1]
    assert desk.letters()[outcome.letter_id].url == f"{desk.server.url}/a"
    [row] = desk.rows()
    [source] = row["sources"]
    assert (row["sha256"], row["bytes"], row["url"]) == (digest(PDF), len(PDF), f"{desk.server.url}/a")
    assert (source["final"], source["content_type"], source["etag"]) == (
        final,
        "application/pdf",
        f'"{digest(PDF)[:8]}"',
    )
    assert source["fetched"].endswith("+00:00") and source["last_modified"]
    assert taken_json(taken)["sources"][0]["redirects"] == [final]
    assert desk.nothing_is_left_over() and is_current(desk.settings)


def test_a_second_run_asks_for_nothing(desk):
    addresses = [desk.gives(f"/{n}.txt", words(f"topic {n}", year=2015 + n)) for n in range(7)]
    addresses.append(desk.gives("/held.txt", (CORPUS / FOCUSED).read_bytes()))
    listed = desk.file("list.txt", "\n".join(addresses))
    taken = desk.add(listed)
    assert [outcome.status for outcome in taken.outcomes] == [*["added"] * 7, "held"] and taken.index.letters == 12
    assert len([folder for folder in desk.home.iterdir() if folder.is_dir()]) == 3, "batches of three"
    asked = len(desk.server.asked)
    before = (desk.home / "manifest.json").stat().st_mtime_ns
    again = desk.add(listed)
    assert [outcome.status for outcome in again.outcomes] == ["held"] * 8
    assert len(desk.server.asked) == asked, "not even for robots.txt"
    assert (desk.home / "manifest.json").stat().st_mtime_ns == before and again.index.unchanged == 7


def test_a_letter_that_was_taken_out_is_fetched_again_when_it_is_named_again(desk):
    address = desk.gives("/a.txt", words("fostering"))
    desk.add(address)
    with Assistant.open(desk.settings) as assistant:
        additions = Additions(assistant, desk.settings)
        [batch] = additions.earlier()
        additions.remove(batch, frozenset({"a.txt"}))
        additions.work.join()
    assert not (desk.home / "manifest.json").exists(), "where it came from is forgotten with it"
    assert desk.statuses(address) == ["added"]


def test_update_fetches_only_what_has_changed_and_puts_it_in_its_place(desk):
    same = desk.gives("/same.txt", words("fostering"))
    changed = desk.gives("/changed.txt", words("housing", "Leeds", 2018))
    first = desk.add(same, changed)
    kept = Path(first.outcomes[1].file)
    kept.with_name(kept.name + SIDECAR).write_text('{"lead_inspector": "By Hand"}')
    desk.gives("/changed.txt", words("adoption", "Leeds", 2018))
    taken = desk.add(same, changed, update=True)
    assert [outcome.status for outcome in taken.outcomes] == ["held", "updated"]
    assert taken.outcomes[1].file == str(kept) and b"adoption" in kept.read_bytes()
    letter = desk.letters()[first.outcomes[1].letter_id]
    assert "adoption" in letter.text and letter.lead_inspector == "By Hand" and letter.url == changed
    assert len(desk.rows()) == 2 and taken.index.letters == 7
    asked = [asked.headers.get("if-none-match") for asked in desk.server.asked if asked.path == "/same.txt"]
    assert asked == [None, f'"{digest(words("fostering"))[:8]}"']
    assert desk.statuses(same, changed, update=True) == ["held", "held"]


def test_a_newer_version_that_is_no_letter_leaves_the_letter_as_it_was(desk):
    address = desk.gives("/a.txt", words("fostering"))
    kept = Path(desk.add(address).outcomes[0].file)
    desk.gives("/a.txt", PAGE, "text/html")
    assert desk.statuses(address, update=True) == ["failed"]
    assert kept.read_bytes() == words("fostering") and desk.statuses(address) == ["held"]


def test_two_addresses_of_one_file_are_one_letter(desk):
    one, two = desk.gives("/one.txt", words("fostering")), desk.gives("/two.txt", words("fostering"))
    taken = desk.add(one, two)
    assert [outcome.status for outcome in taken.outcomes] == ["added", "held"]
    assert taken.outcomes[0].letter_id == taken.outcomes[1].letter_id and list(desk.kept()) == ["one.txt"]
    assert [source["address"] for source in desk.rows()[0]["sources"]] == [one, two]
    assert desk.statuses(two, one) == ["held", "held"]


def test_two_addresses_of_one_file_that_is_no_letter_fail_both(desk):
    addresses = [desk.gives(f"/{name}.html", PAGE, "text/html") for name in ("a", "b")]
    assert desk.statuses(*addresses) == ["failed", "failed"]
    assert desk.nothing_is_left_over() and desk.kept() == {}


@pytest.mark.parametrize(
    ("path", "body", "kind", "why"),
    [
        ("/news", PAGE, "text/html", "is a web page in which no letter was recognised"),
        ("/a.pdf", PAGE, "text/html", "should be a PDF and is a web page"),
        ("/scan.pdf", b"%PDF-1.4\n%%EOF", "application/pdf", ""),
        ("/short.txt", b"hello", "text/plain", ""),
    ],
)
def test_what_an_address_gives_and_is_no_letter_leaves_nothing(desk, path, body, kind, why):
    [outcome] = desk.add(desk.gives(path, body, kind)).outcomes
    assert outcome.status == "failed" and outcome.problem and why in outcome.problem
    assert desk.kept() == {} and desk.nothing_is_left_over() and len(desk.letters()) == 5


def test_the_same_page_is_taken_from_a_file(desk):
    assert desk.statuses(desk.file("news.html", PAGE)) == ["added"], "whoever saved it has looked at it"


# --- lists ---------------------------------------------------------------------------------------------------------------


def test_a_list_goes_on_past_what_is_wrong(desk):
    lines = [
        "# two letters, and what is not",
        desk.gives("/a.txt", words("fostering")),
        f"{desk.server.url}/missing.pdf  # moved",
        "ftp://h.example/x",
        "gone.pdf",
        desk.gives("/b.txt", words("housing", "Leeds")),
    ]
    desk.server.has["/busy.txt"] = says(429)
    taken = desk.add(desk.file("list.txt", "\n".join(lines)))
    assert [outcome.status for outcome in taken.outcomes] == ["added", "failed", "failed", "failed", "added"]
    told = [line for line in taken_lines(taken)[1] if line.startswith("assistant: ")]
    assert (
        told[0] == f"assistant: list.txt, line 3: {desk.server.url}/missing.pdf: is not there (404); check the address"
    )
    assert told[1].startswith("assistant: list.txt, line 4: ftp://h.example/x: is not fetched")
    assert told[2].startswith("assistant: list.txt, line 5: gone.pdf: there is no such file")


def test_what_a_table_says_counts_where_the_letter_does_not(desk):
    text = words("fostering").replace(b"1 March 2020", b"").decode()
    address = desk.gives("/a.txt", text.encode())
    table = f"url;published;urn;issuer\n{address};2020-04-05;80123;Ofsted\n"
    [outcome] = desk.add(desk.file("list.csv", table)).outcomes
    letter = desk.letters()[outcome.letter_id]
    assert (letter.published, letter.published_source, letter.urn) == ("2020-04-05", "manifest", "80123")
    asked = len(desk.server.asked)
    desk.add(desk.file("list.csv", table.replace("2020-04-05", "2020-04-06")))
    assert desk.letters()[outcome.letter_id].published == "2020-04-06" and len(desk.server.asked) == asked


def test_what_a_table_says_of_a_file_goes_with_it(desk):
    desk.file("a.txt", words("fostering"))
    [outcome] = desk.add(desk.file("list.csv", "file,urn\na.txt,80123\n")).outcomes
    assert desk.letters()[outcome.letter_id].urn == "80123"


def test_a_list_with_digests_takes_the_very_files_that_it_means(desk):
    rows = [
        {"url": desk.gives("/a.txt", words("fostering")), "sha256": digest(words("fostering"))},
        {"url": desk.gives("/b.txt", words("housing", "Leeds")), "sha256": "0" * 64},
    ]
    taken = desk.add(desk.file("manifest.json", json.dumps({"documents": rows})))
    assert [outcome.status for outcome in taken.outcomes] == ["added", "failed"]
    assert "is not the file that its list means" in taken.outcomes[1].problem and desk.nothing_is_left_over()


# --- another folder ------------------------------------------------------------------------------------------------------


def test_letters_can_be_kept_in_a_folder_of_ones_own(desk):
    own = desk.folder / "ours"
    own.mkdir()
    (own / "mine.txt").write_bytes(words("housing", "Leeds"))
    address = desk.gives("/a.txt", words("fostering"))
    taken = desk.add(address, desk.file("mine.txt", words("adoption", "Bristol")), to=own)
    assert [outcome.status for outcome in taken.outcomes] == ["added", "added"]
    assert sorted(file.name for file in own.iterdir()) == ["a.txt", "manifest.json", "mine (2).txt", "mine.txt"]
    assert taken.index.added == 3 and desk.letters()["a"].url == address
    assert not desk.home.exists() and is_current(desk.settings)
    assert desk.statuses(address, to=own) == ["held"]
    (own / "a.txt").unlink()
    assert update_index(desk.settings, [own]).removed == 1, "a folder that is kept in step"


def test_a_file_that_lies_there_already_is_indexed_where_it_is(desk):
    own = desk.folder / "ours"
    own.mkdir()
    (own / "mine.txt").write_bytes(words("housing", "Leeds"))
    taken = desk.add(own / "mine.txt", to=own)
    assert [(outcome.status, outcome.letter_id) for outcome in taken.outcomes] == [("held", "mine")]
    assert [file.name for file in own.iterdir()] == ["mine.txt"]


def test_a_manifest_in_the_folder_above_stays_the_one_that_counts(desk):
    own = desk.folder / "corpus" / "letters"
    own.mkdir(parents=True)
    (own / "release.txt").write_bytes(words("housing").replace(b"1 March 2020", b""))
    rows = [{"sha256": digest((own / "release.txt").read_bytes()), "published": "2020-07", "note": "by hand"}]
    (own.parent / "manifest.json").write_text(json.dumps({"documents": rows}))
    address = desk.gives("/a.txt", words("fostering", "Leeds"))
    assert desk.statuses(address, to=own) == ["added"]
    assert not (own / "manifest.json").exists()
    letters = desk.letters()
    assert (letters["a"].url, letters["release"].published) == (address, "2020-07")


def test_a_folder_in_which_nothing_was_added_is_not_indexed(desk):
    taken = desk.add(desk.folder / "gone.pdf", to=desk.folder / "new")
    assert taken.index is None and taken.failed
    assert json.loads(json.dumps(taken_json(taken)))["index"] is None


# --- only trying ---------------------------------------------------------------------------------------------------------


def test_a_dry_run_asks_for_nothing_and_writes_nothing(desk):
    held = desk.gives("/held.txt", words("fostering"))
    desk.add(held)
    asked, state = len(desk.server.asked), (desk.settings.index_dir / "state.json").read_bytes()
    new = desk.file("new.txt", words("housing", "Leeds"))
    names = [held, desk.gives("/new.txt", PDF), new, CORPUS / FOCUSED, "gone.pdf"]
    taken = desk.add(*names, dry_run=True)
    assert [outcome.status for outcome in taken.outcomes] == ["held", "to add", "to add", "held", "failed"]
    assert taken_lines(taken)[0][-1] == "2 to add, 2 held, 1 failed"
    assert len(desk.server.asked) == asked and (desk.settings.index_dir / "state.json").read_bytes() == state
    assert len(desk.kept()) == 1


def test_a_dry_run_makes_no_folder(desk):
    desk.add("https://letters.example/a.pdf", dry_run=True)
    assert not desk.home.exists()


# --- faults --------------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(os.name == "nt", reason="no process groups to kill")
def test_killed_half_way_it_goes_on_and_asks_for_nothing_twice(desk, tmp_path):
    addresses = [desk.gives(f"/{n}.txt", words(f"topic {n}", year=2010 + n)) for n in range(12)]
    listed = desk.file("list.txt", "\n".join(addresses))
    environment = fake_environment(desk.settings.index_dir, ADDING_PAUSE="0.05", ADDING_FILES="4")
    command = [sys.executable, "-m", "assistant.cli", "add", str(listed)]
    child = subprocess.Popen(
        command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        until = time.monotonic() + 60
        while len(desk.server.paths()) < 7 and time.monotonic() < until and child.poll() is None:
            time.sleep(0.01)
    finally:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
    before = desk.server.paths()
    assert 7 <= len(before) < 12, "in the middle of it"
    taken = desk.add(listed)
    assert {outcome.status for outcome in taken.outcomes} <= {"added", "held"} and taken.index.letters == 17
    paths = desk.server.paths()
    assert sorted(set(paths)) == sorted(f"/{n}.txt" for n in range(12))
    assert len(paths) <= 13, "at most the one that was on its way is asked for again"
    assert sorted(desk.kept()) == sorted(f"{n}.txt" for n in range(12))


def test_two_runs_do_not_meet(desk):
    (desk.home / FETCHING).mkdir(parents=True)
    held = writing(desk.home / FETCHING)
    try:
        with pytest.raises(LetterError, match="another command is adding letters here"):
            desk.add(desk.file("a.txt", words("fostering")))
    finally:
        held.close()
    assert desk.statuses(desk.folder / "a.txt") == ["added"]


def test_what_was_added_is_kept_when_the_index_is_in_use(desk):
    file = desk.file("a.txt", words("fostering"))
    desk.add(desk.file("b.txt", words("housing", "Leeds")))
    held = writing(desk.settings.index_dir)
    try:
        with pytest.raises(IndexStateError, match="another process"):
            desk.add(file)
    finally:
        held.close()
    assert "a.txt" in desk.kept() and "a" not in desk.letters()
    update_index(desk.settings)
    assert "a" in desk.letters() and is_current(desk.settings)


def test_a_full_disk_is_one_line(desk, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shutil.copyfile", full)
    with pytest.raises(LetterError, match="letters cannot be kept here .No space left on device.") as error:
        desk.add(desk.file("a.txt", words("fostering")))
    assert "\n" not in str(error.value) and desk.kept() == {}
    monkeypatch.undo()
    assert desk.nothing_is_left_over() or desk.statuses(desk.folder / "a.txt") == ["added"]


def test_a_manifest_that_is_none_stops_it_before_anything_is_fetched(desk):
    desk.home.mkdir()
    (desk.home / "manifest.json").write_text("{")
    with pytest.raises(LetterError, match="is no manifest"):
        desk.add(desk.gives("/a.txt", words("fostering")))
    assert desk.server.asked == []


def test_an_assistant_without_any_letters_begins_with_what_is_added(desk, tmp_path):
    desk.settings = fake_settings(tmp_path / "empty", corpus_dir=tmp_path / "nowhere")
    desk.home = desk.settings.adding_dir
    assert desk.statuses(desk.file("a.txt", words("fostering"))) == ["added"]
    assert list(desk.letters()) == ["a"]


def test_an_index_that_is_not_there_is_made_with_the_corpus(desk, tmp_path):
    desk.settings = fake_settings(tmp_path / "new")
    taken = desk.add(desk.file("a.txt", words("fostering")))
    assert taken.index.letters == 6 and is_current(desk.settings)
