"""Adding letters from the page: what is kept, read, told, corrected and taken out again; and who may."""

import asyncio
import html
import json
import re
import shutil
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest
from documents import FOCUSED, blocks_of, encrypted_pdf, letter_docx, pages, visit_letter
from fakes import CORPUS, fake_settings, from_root, hashed_words, letter_words, shipped_assistant
from fastapi import FastAPI
from fastapi.testclient import TestClient

from assistant.engine import Assistant
from assistant.errors import IndexStateError
from assistant.index.catalogue import Catalogue
from assistant.index.generation import writing
from assistant.index.ready import is_current
from assistant.index.state import load_state
from assistant.index.update import update_index
from assistant.page.adding import additions as additions_module
from assistant.page.adding.additions import MOST_WAITING, Additions
from assistant.page.adding.pages import add_adding, adding_allowed
from assistant.page.adding.upload import Limits, receive
from assistant.page.security.guard import Guard
from assistant.reading.corrections import SIDECAR
from assistant.records.check import check_json

HERE = "http://127.0.0.1:7860"
OURS = {"origin": HERE}
LETTER = letter_words("fostering", year=2021).encode()
PDF = visit_letter()


@pytest.fixture(scope="module")
def shelf(tmp_path_factory) -> Path:
    """An index of the shipped letters, to be copied."""
    folder = tmp_path_factory.mktemp("shelf") / "index"
    with shipped_assistant(folder):
        pass
    return folder


class Desk:
    """The pages over an assistant, and a browser without scripts."""

    def __init__(self, assistant: Assistant, client: TestClient, additions: Additions) -> None:
        self.assistant, self.client, self.additions = assistant, client, additions

    def token(self) -> str:
        found = re.search(r'name="token" value="([^"]+)"', self.client.get("/add").text)
        assert found
        return found[1]

    def send(self, *files: tuple[str, bytes], token: str | None = None, **more):
        parts = [("token", (None, self.token() if token is None else token))]
        parts += [("files", (name, data)) for name, data in files]
        return self.client.post("/add", files=parts, **({"headers": OURS} | more))

    def add(self, *files: tuple[str, bytes]) -> str:
        """Add files, and wait until that is done; the address of what became of them."""
        answer = self.send(*files)
        assert answer.status_code == 303, answer.text
        self.additions.work.join()
        return from_root(answer.headers["location"])

    def post(self, address: str, **fields: str):
        answer = self.client.post(address, data={"token": self.token()} | fields, headers=OURS)
        self.additions.work.join()
        return answer

    def page(self, address: str) -> str:
        answer = self.client.get(address)
        assert answer.status_code == 200, answer.text
        return html.unescape(answer.text)

    def state(self, address: str) -> dict:
        return self.client.get(f"{address}.json").json()

    def files(self) -> set[str]:
        """What lies in the folder of added letters, hidden files aside."""
        return {
            path.name for path in self.additions.folder.rglob("*") if path.is_file() and not path.name.startswith(".")
        }

    def hidden(self) -> list[str]:
        """Folders of unfinished work."""
        return [path.name for path in self.additions.folder.iterdir() if path.name.startswith(".")]


@pytest.fixture
def desk_with(shelf, tmp_path):
    """A desk over a copy of the index, under the settings given."""
    opened = []

    def make(**more) -> Desk:
        folder = tmp_path / f"index{len(opened)}"
        shutil.copytree(shelf, folder)
        settings = fake_settings(folder, **more)
        assistant = Assistant.open(settings)
        app = FastAPI()
        additions = add_adding(app, assistant, settings)
        app.add_middleware(Guard)
        client = TestClient(app, base_url=HERE, client=("127.0.0.1", 50_000), follow_redirects=False)
        opened.append(assistant)
        return Desk(assistant, client, additions)

    with hashed_words():
        yield make
        for assistant in opened:
            assistant.close()


@pytest.fixture
def desk(desk_with) -> Desk:
    return desk_with()


def rows(page: str) -> list[str]:
    """The cards of a page, as plain words."""
    return [words(card) for card in re.findall(r"<article.*?</article>", page, re.DOTALL)]


def words(markup: str) -> str:
    return " ".join(re.sub(r"<option.*?</option>|<[^>]+>", " ", markup).split())


# --- adding ----------------------------------------------------------------------------------------------------------


def test_a_letter_is_added_understood_and_answered(desk):
    assert desk.assistant.ask("what did 2021 say about fostering?").refusal
    address = desk.add(("2021 fostering.txt", LETTER))
    assert re.fullmatch(r"/add/\d{8}-\d{6}-[0-9a-f]{8}", address)
    assert desk.state(address)["state"] == "done"
    page = desk.page(address)
    assert '<h1 id="result" tabindex="-1">1 letter added</h1>' in page
    [row] = rows(page)
    for said in (
        "2021 fostering.txt", "Council Swindon", "Kind Focused visit", "Published 1 March 2021",
        "Visit or inspection 6 to 7 February 2021", "Who is speaking The inspectors",
    ):  # fmt: skip
        assert said in row
    assert "Please check" not in page
    answer = desk.assistant.ask("what did 2021 say about fostering?")
    assert {citation.letter.file for citation in answer.citations} == {"2021 fostering.txt"}
    assert len(desk.assistant.letters) == 6


def test_a_pdf_and_a_word_file(desk):
    word = letter_docx(blocks_of(letter_words("housing").replace("Swindon", "Kent")))
    page = desk.page(desk.add(("visit.pdf", PDF), ("letter.docx", word)))
    assert "Council Rutland" in rows(page)[0] and "Council Kent" in rows(page)[1]
    assert desk.assistant.letter("visit").pages


def test_errors_are_told_file_by_file(desk):
    address = desk.add(
        ("good.txt", LETTER),
        ("damaged.pdf", b"%PDF-1.4 nonsense"),
        ("scan.pdf", pages(2)),
        ("locked.pdf", encrypted_pdf("secret", "owner")),
        ("picture.png", b"\x89PNG"),
        ("empty.txt", b""),
    )
    page = desk.page(address)
    assert "1 of 6 letters added" in page
    failed = words(re.search(r'<section class="files failed".*?</section>', page, re.DOTALL)[0])
    for said in (
        "damaged.pdf The file is a damaged PDF; fetch it again.",
        "scan.pdf The file is a scan: it holds pictures of pages",
        "locked.pdf The file is protected by a password; remove it and add it again.",
        "picture.png The file is none of the kinds that are read here",
        "empty.txt The file is empty; fetch it again.",
    ):
        assert said in failed
    assert "ASSISTANT_" not in page
    assert desk.files() == {"good.txt"}, "what cannot be read is not kept"
    assert desk.hidden() == []


def test_nothing_but_errors_leaves_nothing_behind(desk):
    before = load_state(desk.additions.settings.index_dir)
    address = desk.add(("damaged.pdf", b"%PDF-1.4 nonsense"))
    assert "Nothing was added" in desk.page(address)
    assert desk.files() == set() and desk.hidden() == []
    assert load_state(desk.additions.settings.index_dir) == before


def test_what_is_not_recognised_is_added_with_a_warning(desk):
    minutes = b"Minutes of the allotment society\n\nThe shed is painted green, and the members thank everybody.\n"
    [row] = rows(desk.page(desk.add(("minutes.txt", minutes))))
    assert "Kind Not recognised" in row
    assert "The kind of document was not recognised. It is searched all the same." in row
    assert "No council was recognised" in row and "No date was found" in row
    assert any(hit.passage.file == "minutes.txt" for hit in desk.assistant.search("allotment shed").hits)


def test_the_very_same_file_is_not_added_twice(desk):
    shipped = (CORPUS / FOCUSED).read_bytes()
    address = desk.add(("again.txt", shipped), ("one.txt", LETTER), ("two.txt", LETTER))
    page = desk.page(address)
    assert "again.txt This very file is here already: Focused visit to Swindon" in words(page)
    assert "/letters/2019-03-01-swindon-focused-visit" in page
    assert "two.txt The file is the same as one.txt, which was sent with it." in words(page)
    assert desk.files() == {"one.txt"}
    later = desk.page(desk.add(("three.txt", LETTER)))
    assert "three.txt This very file is here already" in words(later)
    assert desk.files() == {"one.txt"}


def test_a_copy_of_a_letter_is_told(desk):
    copy = (CORPUS / FOCUSED).read_bytes().replace(b"\n\n", b"\n \n")
    assert copy != (CORPUS / FOCUSED).read_bytes()
    address = desk.add(("copy.txt", copy))
    [row] = rows(desk.page(address))
    assert f"The same letter as {FOCUSED}, which is here too. It counts once" in row
    assert len(desk.assistant.letters) == 5
    desk.post(f"{address}/remove", all="1")
    assert desk.assistant.letter(FOCUSED).files == (FOCUSED,)


def test_several_batches_of_the_same_name_live_side_by_side(desk):
    first = desk.add(("letter.txt", LETTER))
    second = desk.add(("letter.txt", letter_words("housing", year=2022).encode()))
    assert first != second
    assert sorted(letter.date[:4] for letter in desk.assistant.letters if letter.file == "letter.txt") == [
        "2021",
        "2022",
    ]
    assert (desk.additions.folder / first[5:] / "letter.txt").read_bytes() == LETTER
    page = desk.page("/add")
    assert f'href=".{first}"' in page and page.index(second) < page.index(first) and "letter.txt" in page


def test_one_piece_of_work_at_a_time_and_the_others_say_that_they_wait(desk, monkeypatch):
    running, go = threading.Event(), threading.Event()
    read = additions_module.read_under

    def slow(*given):
        running.set()
        assert go.wait(20)
        return read(*given)

    monkeypatch.setattr(additions_module, "read_under", slow)
    first = from_root(desk.send(("one.txt", LETTER)).headers["location"])
    second = from_root(desk.send(("two.txt", letter_words("housing").encode())).headers["location"])
    assert running.wait(20)
    assert desk.state(first)["state"] == "reading"
    assert desk.state(second) == {
        "state": "waiting", "done": 0, "total": 0, "says": "Waiting for its turn: other letters are being worked on.",
    }  # fmt: skip
    page = desk.page(second)
    assert "Waiting for its turn" in page and '<noscript><meta http-equiv="refresh"' in page
    busy = desk.client.post(f"{first}/remove", data={"token": desk.token(), "all": "1"}, headers=OURS)
    assert busy.status_code == 409
    assert desk.assistant.ask("care leavers").citations, "questions are answered while files are read"
    go.set()
    desk.additions.work.join()
    assert [desk.state(address)["state"] for address in (first, second)] == ["done", "done"]
    assert "http-equiv" not in desk.page(second)
    assert len(desk.assistant.letters) == 7


def test_too_much_that_waits_is_refused(desk, monkeypatch):
    monkeypatch.setattr(desk.additions.work, "qsize", lambda: MOST_WAITING)
    answer = desk.send(("one.txt", LETTER))
    assert answer.status_code == 503 and "try again in a few minutes" in answer.text
    assert desk.files() == set()


def test_what_was_added_outlives_the_program(desk):
    address = desk.add(("good.txt", LETTER), ("bad.pdf", b"%PDF-1.4 nonsense"))
    settings = desk.additions.settings
    desk.assistant.close()
    assert is_current(settings)
    with Assistant.open(settings) as again:
        app = FastAPI()
        other = add_adding(app, again, settings)
        desk = Desk(again, TestClient(app, base_url=HERE, client=("127.0.0.1", 1), follow_redirects=False), other)
        page = desk.page(address)
        assert "1 of 2 letters added" in page and "bad.pdf" in page
        assert desk.post(f"{address}/remove", all="1").status_code == 303
        assert len(again.letters) == 5


def test_a_rebuilt_index_holds_what_was_added(desk):
    desk.add(("good.txt", LETTER))
    settings = desk.additions.settings
    desk.assistant.close()
    shutil.rmtree(settings.index_dir)
    with Assistant.open(settings) as again:
        assert len(again.letters) == 6
    assert is_current(settings)
    shutil.rmtree(settings.adding_dir)
    assert not is_current(settings)
    with Assistant.open(settings) as again:
        assert len(again.letters) == 5
    assert is_current(settings)
    assert check_json(settings)["problems"] == []


# --- undo ------------------------------------------------------------------------------------------------------------


def test_one_letter_is_taken_out_again(desk):
    address = desk.add(("one.txt", LETTER), ("two.txt", letter_words("housing", year=2022).encode()))
    answer = desk.post(f"{address}/remove", file="1")
    assert (answer.status_code, answer.headers["location"]) == (303, f"../..{address}")
    page = desk.page(address)
    assert len(rows(page)) == 1 and "two.txt" in rows(page)[0]
    assert "Taken out again one.txt" in words(page)
    assert desk.files() == {"two.txt"} and desk.hidden() == []
    assert [letter.file for letter in desk.assistant.letters if letter.date > "2021"][-1] != "one.txt"
    with pytest.raises(Exception, match="no letter"):
        desk.assistant.letter("one")
    assert desk.post(f"{address}/remove", file="1").status_code == 404


def test_all_are_taken_out_again(desk):
    before = desk.assistant.ask("what is said about care leavers?").text
    address = desk.add(("one.txt", LETTER), ("two.txt", letter_words("housing").encode()))
    desk.post(f"{address}/remove", all="1")
    assert "2 letters taken out again" in desk.page(address)
    assert len(desk.assistant.letters) == 5
    assert list(desk.additions.folder.iterdir()) == []
    assert desk.assistant.ask("what is said about care leavers?").text == before
    assert address not in desk.page("/add")
    assert is_current(desk.additions.settings)


# --- correcting ------------------------------------------------------------------------------------------------------

AS_READ = {"authority": "Swindon", "kind": "focused visit", "published": "1 March 2021", "standing": "inspectorate"}


def test_what_was_understood_is_corrected(desk):
    address = desk.add(("one.txt", LETTER))
    answer = desk.post(f"{address}/correct", file="1", **AS_READ | {"authority": "kent", "published": "2/4/2021"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"../..{address}#file-1")
    letter = desk.assistant.letter("one")
    assert (letter.authority, letter.published, letter.kind) == ("Kent", "2021-04-02", "focused visit")
    assert letter.sources["authority"] == letter.sources["published"] == "sidecar"
    [row] = rows(desk.page(address))
    assert "Council Kent corrected" in row and "Published 2 April 2021 corrected" in row
    sidecar = desk.additions.folder / address[5:] / f"one.txt{SIDECAR}"
    assert json.loads(sidecar.read_text()) == {"authority": "Kent", "published": "2021-04-02"}
    answer = desk.assistant.ask("what is said about fostering in Kent?")
    assert {citation.letter.file for citation in answer.citations} == {"one.txt"}
    # a second correction leaves the first one in force, and going back ends both
    desk.post(f"{address}/correct", file="1", **AS_READ | {
        "authority": "Kent", "published": "2 April 2021", "kind": "monitoring visit",
    })  # fmt: skip
    letter = desk.assistant.letter("one")
    assert (letter.authority, letter.kind) == ("Kent", "monitoring visit")
    desk.post(f"{address}/correct", file="1", reset="1")
    letter = desk.assistant.letter("one")
    assert (letter.authority, letter.kind, letter.published) == ("Swindon", "focused visit", "2021-03-01")
    assert not sidecar.exists() and "corrected" not in rows(desk.page(address))[0]


def test_nothing_corrected_is_no_work(desk):
    address = desk.add(("one.txt", LETTER))
    assert desk.post(f"{address}/correct", file="1", **AS_READ).status_code == 303
    assert desk.files() == {"one.txt"}


def test_unknown_is_a_correction_too(desk):
    address = desk.add(("one.txt", LETTER))
    desk.post(f"{address}/correct", file="1", **AS_READ | {"authority": "", "published": "", "kind": "other"})
    letter = desk.assistant.letter("one")
    assert (letter.authority, letter.published, letter.kind) == (None, None, "other")


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("authority", "Atlantis <b>", "This council is not known here."),
        ("published", "31 February 2021", "Write a date such as 1 March 2019"),
        ("published", "soon", "Write a date such as"),
        ("published", "between 1 and 3 March 2019", "Write a date such as"),
        ("kind", "love letter", "Choose one of the kinds."),
        ("standing", "king", "Choose who is speaking."),
    ],
)
def test_a_wrong_correction_is_told_where_it_was_typed(desk, field, value, said):
    address = desk.add(("one.txt", LETTER))
    answer = desk.post(f"{address}/correct", file="1", **AS_READ | {field: value})
    assert answer.status_code == 422
    assert said in html.unescape(answer.text)
    assert "<title>Error: 1 letter added" in answer.text and "<details open>" in answer.text
    assert "Atlantis <b>" not in answer.text
    if field in ("authority", "published"):
        assert f'value="{html.escape(value)}"' in answer.text
    assert desk.assistant.letter("one").authority == "Swindon"
    assert desk.files() == {"one.txt"}


@pytest.mark.parametrize("number", ["0", "2", "-1", "1e3", "", "９", "99999999999"])
def test_only_a_file_of_the_batch_is_corrected_or_removed(desk, number):
    address = desk.add(("one.txt", LETTER))
    for action in ("correct", "remove"):
        assert desk.post(f"{address}/{action}", file=number, **AS_READ).status_code == 404
    assert desk.files() == {"one.txt"}


# --- failures --------------------------------------------------------------------------------------------------------


def failing(error: Exception):
    def fail(*_, **__):
        raise error

    return fail


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (IndexStateError("the index is being written by another process; try again"), "by another program"),
        (OSError(28, "No space left on device", "secret name"), "No space left on device"),
        (RuntimeError("secret detail"), "Something went wrong here"),
    ],
)
def test_a_failure_leaves_everything_as_it_was(desk, monkeypatch, error, said, caplog):
    kept = desk.add(("kept.txt", LETTER))
    before, files = load_state(desk.additions.settings.index_dir), desk.files()
    with monkeypatch.context() as patch:
        patch.setattr(additions_module, "update_index", failing(error))
        address = desk.add(("new.txt", letter_words("housing").encode()))
        assert desk.state(address)["state"] == "failed"
        page = desk.page(address)
        assert said in page and "Nothing was added" in page and "secret" not in page
        desk.post(f"{kept}/remove", all="1")
        assert "Nothing was changed" in desk.page(kept) and len(rows(desk.page(kept))) == 1
        desk.post(f"{kept}/correct", file="1", **AS_READ | {"authority": "Kent"})
        assert desk.state(kept)["state"] == "failed"
    assert "secret" not in caplog.text
    if isinstance(error, OSError):  # whoever runs the page is told which folders to look at
        assert f"kept in {desk.additions.folder}, the index in {desk.additions.settings.index_dir}:" in caplog.text
        assert "OSError (No space left on device), in" in caplog.text
    assert desk.files() == files and desk.hidden() == []
    assert load_state(desk.additions.settings.index_dir) == before
    assert desk.assistant.letter("kept").authority == "Swindon"
    assert is_current(desk.additions.settings)
    desk.post(f"{kept}/remove", all="1")
    assert desk.files() == set()


def test_a_failure_half_way_is_taken_back(desk, monkeypatch):
    real = update_index

    def breaks(*given, **more):
        if more["read"]:
            real(*given, **more)
            raise RuntimeError("after it was written")
        return real(*given, **more)

    monkeypatch.setattr(additions_module, "update_index", breaks)
    desk.add(("new.txt", LETTER))
    assert desk.files() == set()
    assert len(desk.assistant.letters) == 5
    assert is_current(desk.additions.settings)


def test_an_index_in_use_is_told(desk):
    held = []
    change = desk.assistant.changed

    def taken(work):
        def first():
            held.append(writing(desk.additions.settings.index_dir))
            try:
                return work()
            finally:
                held.pop().close()

        return change(first)

    desk.assistant.changed = taken
    address = desk.add(("new.txt", LETTER))
    assert "The letters are in use by another program." in desk.page(address)
    assert desk.files() == set() and len(desk.assistant.letters) == 5


def test_leftovers_of_a_program_that_was_ended_are_cleared(desk):
    folder = desk.additions.folder
    old, new, other = (folder / name for name in (".20200101-000000-00000000", ".20300101-000000-00000000", ".other"))
    for path in (old, new, other):
        path.mkdir(parents=True)
    import os

    for path in (old, other):
        os.utime(path, (0, 0))
    desk.add(("one.txt", LETTER))
    assert not old.exists() and new.exists() and other.exists()


# --- who may ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("adding", "host", "allowed"),
    [
        ("auto", "127.0.0.1", True),
        ("auto", "127.1.2.3", True),
        ("auto", "::1", True),
        ("auto", "localhost", True),
        ("auto", "0.0.0.0", False),
        ("auto", "::", False),
        ("auto", "192.168.1.5", False),
        ("auto", "localhost.example.org", False),
        ("yes", "0.0.0.0", True),
        ("no", "127.0.0.1", False),
    ],
)
def test_by_default_only_on_this_computer(tmp_path, adding, host, allowed):
    assert adding_allowed(fake_settings(tmp_path, adding=adding, host=host)) is allowed


@pytest.mark.parametrize(
    ("more", "said"),
    [({"adding": "no"}, "turned off"), ({"host": "0.0.0.0"}, "on the computer that runs this page")],
)
def test_where_it_is_not_allowed_a_calm_page_says_how_to_allow_it(desk_with, more, said):
    desk = desk_with(**more)
    for answer in (
        desk.client.get("/add"),
        desk.send(("one.txt", LETTER), token="x"),
        desk.client.get("/add/20250101-000000-00000000"),
        desk.client.post("/add/20250101-000000-00000000/remove", data={"all": "1"}, headers=OURS),
    ):
        assert answer.status_code == 403
        assert (
            said in answer.text
            and "ASSISTANT_ADDING=yes" in answer.text
            and "<h1>Letters cannot be added here" in answer.text
        )
    assert not desk.additions.folder.exists()


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example:7860"},
        {"host": "127.0.0.1.evil.example"},
        {"host": ""},
        {"x-forwarded-for": "203.0.113.9"},
        {"forwarded": "for=203.0.113.9"},
        {"x-real-ip": "203.0.113.9"},
    ],
)
def test_a_proxy_or_a_name_that_leads_here_is_not_this_computer(desk, headers):
    assert desk.client.get("/add", headers=headers).status_code == 403
    assert desk.client.get("/add", headers={"host": "localhost:7860"}).status_code == 200
    assert desk.client.get("/add", headers={"host": "[::1]:7860"}).status_code == 200


def test_another_computer_is_not_this_one(desk):
    there = TestClient(desk.client.app, base_url=HERE, client=("203.0.113.9", 50_000))
    assert there.get("/add").status_code == 403


def test_everybody_may_where_the_setting_says_so(desk_with):
    desk = desk_with(adding="yes", host="0.0.0.0")
    page = desk.client.get("/add", headers={"host": "letters.example.org", "x-forwarded-for": "203.0.113.9"})
    assert page.status_code == 200
    assert "everybody who opens this page can ask about them" in " ".join(page.text.split())
    assert "stay on this computer" not in page.text


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "null"},
        {"origin": "https://evil.example"},
        {"origin": "http://127.0.0.1:9999"},
        {"origin": HERE, "sec-fetch-site": "cross-site"},
        {"origin": HERE, "sec-fetch-site": "same-site"},
        {"origin": HERE, "sec-fetch-site": "none"},
    ],
)
def test_what_another_site_sends_is_refused(desk, headers):
    address = desk.add(("one.txt", LETTER))
    token = desk.token()
    assert desk.send(("two.txt", LETTER), token=token, headers=headers).status_code == 403
    for action in ("remove", "correct"):
        answer = desk.client.post(f"{address}/{action}", data={"token": token, "file": "1"}, headers=headers)
        assert answer.status_code == 403
        assert "sent from another page" in answer.text
    assert desk.files() == {"one.txt"}


@pytest.mark.parametrize("headers", [OURS, {"sec-fetch-site": "same-origin"}, OURS | {"sec-fetch-site": "same-origin"}])
def test_what_our_page_sends_is_taken(desk, headers):
    assert desk.send(("one.txt", LETTER), headers=headers).status_code == 303
    desk.additions.work.join()


@pytest.mark.parametrize("token", ["", "wrong", "é"])
def test_without_the_forms_token_nothing_is_written(desk, token, monkeypatch):
    address = desk.add(("one.txt", LETTER))
    answer = desk.send(("two.txt", letter_words("housing").encode()), token=token)
    assert answer.status_code == 403 and "open it again" in answer.text
    answer = desk.client.post(f"{address}/remove", data={"token": token, "all": "1"}, headers=OURS)
    assert answer.status_code == 403
    assert desk.files() == {"one.txt"} and desk.hidden() == []


def test_a_token_behind_the_files_comes_too_late(desk):
    parts = [("files", ("two.txt", LETTER)), ("token", (None, desk.token()))]
    assert desk.client.post("/add", files=parts, headers=OURS).status_code == 403
    assert desk.files() == set() and desk.hidden() == []


@pytest.mark.parametrize(
    "name",
    ["20250101-000000-00000000", "..", "%2e%2e", "x", "20250101-000000-00000000%00", "20250101-000000-0000000g"],
)
def test_a_batch_that_is_not_there_is_a_calm_page(desk, name):
    for answer in (
        desk.client.get(f"/add/{name}"),
        desk.client.post(f"/add/{name}/remove", data={"token": desk.token(), "all": "1"}, headers=OURS),
    ):
        assert answer.status_code == 404


def test_the_whole_page_still_closes_every_other_upload(desk):
    assert desk.client.post("/gradio_api/upload", files={"files": b"x"}).status_code == 404
    assert desk.client.put("/add", content=b"x").status_code == 405


# --- limits ----------------------------------------------------------------------------------------------------------


def test_limits_hold_while_files_are_read(desk_with):
    desk = desk_with(adding_megabytes=1, adding_files=2)
    address = desk.add(
        ("large.txt", b"x" * (2**20 + 1)), ("one.txt", LETTER), ("two.txt", letter_words("housing").encode()),
        ("three.txt", letter_words("adoption").encode()),
    )  # fmt: skip
    page = words(desk.page(address))
    assert "2 of 4 letters added" in page
    assert "large.txt The file is larger than 1 MB; split it." in page
    assert "three.txt The file is one too many: at most 2 are added at once; add it next." in page
    assert desk.files() == {"one.txt", "two.txt"}


def test_a_request_as_a_whole_has_a_limit(desk_with):
    desk = desk_with(adding_megabytes=1, adding_files=1)
    answer = desk.send(("large.txt", b"x" * 2**21))
    assert answer.status_code == 413
    assert "At most 1 file can be added at once, each of at most 1 MB." in answer.text
    many = [(f"{number}.txt", b"x") for number in range(40)]
    answer = desk.send(*many)
    assert answer.status_code == 400 and "Too many files were sent" in answer.text
    assert desk.files() == set() and desk.hidden() == []


def test_nothing_chosen_is_told_in_the_form(desk):
    for answer in (desk.send(), desk.send(("", b""))):
        assert answer.status_code == 422
        assert "Choose at least one file." in answer.text and "<title>Error: Add letters" in answer.text
    answer = desk.send(headers=OURS | {"accept": "application/json"})
    assert (answer.status_code, answer.json()) == (422, {"error": "Choose at least one file."})


def test_a_script_is_answered_in_json(desk):
    answer = desk.send(("one.txt", LETTER), headers=OURS | {"accept": "application/json"})
    assert re.fullmatch(r"\./add/[\d-]+[0-9a-f]{8}", answer.json()["next"])
    answer = desk.send(("one.txt", LETTER), token="no", headers=OURS | {"accept": "application/json"})
    assert answer.status_code == 403 and "open it again" in answer.json()["error"]
    desk.additions.work.join()


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/x-www-form-urlencoded", b"token=x"),
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=", b"x"),
        ("multipart/form-data; boundary=" + "x" * 300, b"x"),
        ("multipart/form-data; boundary=b", b"nonsense"),
        ("multipart/form-data; boundary=b", b'--b\r\nContent-Disposition: form-data; name="token"\r\n\r\ncut off'),
        ("multipart/form-data; boundary=b", b'--b\r\nContent-Disposition: form-data; name="t"\r\n\r\n' + b"x" * 9999),
        ("", b""),
    ],
)
def test_what_is_no_form_is_refused(desk, kind, body):
    answer = desk.client.post("/add", content=body, headers=OURS | {"content-type": kind})
    assert answer.status_code == 400 and "Nothing was added" in answer.text
    assert desk.hidden() == []


def test_a_full_disk_is_told(desk, monkeypatch, caplog):
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=1000))
    page = desk.page(desk.add(("one.txt", LETTER)))
    assert "one.txt The file finds no room on the disk" in words(page)
    begun = failing(OSError(30, "Read-only file system", "secret name"))
    monkeypatch.setattr(Path, "mkdir", begun)
    answer = desk.send(("one.txt", LETTER))
    assert answer.status_code == 507 and "Read-only file system" in answer.text
    assert f"letters cannot be kept in {desk.additions.folder}: OSError (Read-only file system)" in caplog.text
    monkeypatch.undo()
    monkeypatch.setattr("assistant.page.adding.pages.receive", begun)
    caplog.clear()
    assert desk.send(("one.txt", LETTER)).status_code == 507
    assert f"letters cannot be kept in {desk.additions.folder}: OSError (Read-only file system)" in caplog.text
    assert "secret" not in caplog.text


def test_an_upload_that_breaks_off_leaves_nothing(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()

    async def chunks():
        yield b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\nhalf a let'
        raise ConnectionError

    with pytest.raises(ConnectionError):
        asyncio.run(receive(chunks(), "multipart/form-data; boundary=b", folder, Limits(5, 1000), lambda _: True))


# --- names -----------------------------------------------------------------------------------------------------------


def test_no_file_overwrites_another(desk):
    texts = [
        letter_words(topic, year=year).encode()
        for topic, year in (("fostering", 2020), ("housing", 2021), ("adoption", 2022))
    ]
    address = desk.add(("a/letter.txt", texts[0]), ("b/letter.txt", texts[1]), ("LETTER.txt", texts[2]))
    folder = desk.additions.folder / address[5:]
    kept = {path.name: path.read_bytes() for path in folder.iterdir() if not path.name.startswith(".")}
    assert kept == {"letter.txt": texts[0], "letter (2).txt": texts[1], "LETTER (2).txt": texts[2]} or sorted(
        kept.values()
    ) == sorted(texts)
    assert len(rows(desk.page(address))) == 3


def test_hostile_names_and_letters_are_shown_and_never_obeyed(desk):
    body = b"<script>alert(1)</script> ${7*7} {{7*7}}\n\n" + LETTER
    answer = desk.send(('"><img src=x onerror=alert(1)>.txt', body), ("<script>.exe", b"x"))
    desk.additions.work.join()
    page = desk.client.get(answer.headers["location"]).text
    assert "<img" not in page and "<script>" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    assert "49" not in words(re.search(r"<article.*?</article>", page, re.DOTALL)[0])
    assert "style=" not in page and "javascript:" not in page


# --- with everything else --------------------------------------------------------------------------------------------


@pytest.mark.model
def test_with_the_real_model_in_the_whole_application(tmp_path):
    from assistant.page.app import create_app
    from assistant.settings import Settings

    settings = Settings(_env_file=None, index_dir=tmp_path / "index")
    with Assistant.open(settings) as assistant:
        app = create_app(assistant, settings)
        client = TestClient(app, base_url=HERE, client=("127.0.0.1", 50_000), follow_redirects=False)
        desk = Desk(assistant, client, app.state.additions)
        assert client.get("/assets/add.css").headers["content-type"].startswith("text/css")
        assert client.get("/assets/add.js").headers["cache-control"] == "no-cache"
        address = desk.add(("visit.pdf", PDF))
        asked = client.post("/api/v1/ask", json={"question": "what did inspectors find in Rutland?"}).json()
        assert {citation["file"] for citation in asked["citations"]} == {"visit.pdf"}
        desk.post(f"{address}/remove", all="1")
        asked = client.post("/api/v1/ask", json={"question": "what did inspectors find in Rutland?"}).json()
        assert asked["refusal"]["kind"] == "no_letter_in_scope"
    with Catalogue(settings) as catalogue:
        assert len(catalogue.letters) == 5
