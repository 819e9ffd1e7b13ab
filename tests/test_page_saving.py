"""Files to save: from the page, from the programs' interface and from the list of letters, by one path."""

import base64
import csv
import io
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
import rispy
from browser.page_fakes import FakeAssistant
from fastapi import FastAPI
from fastapi.testclient import TestClient

from assistant.export.formats import FORMATS, LETTER_FORMATS, render
from assistant.export.styles import STYLES
from assistant.export.verify import check_quotes, read_export
from assistant.page.chat.callbacks import Callbacks, SaveWish
from assistant.page.chat.conversation import Session
from assistant.page.frame.saving import options_for, slug
from assistant.questions.scope import Filters
from assistant.settings import Settings

QUESTION = "what is said about accommodation for care leavers?"
NAME = "what-is-said-about-accommodation-for-care-leavers"
FURTHER = "and what is said about training?"
BASE = "https://letters.example.gov.uk"


@pytest.fixture
def calls() -> Callbacks:
    return Callbacks(FakeAssistant(), 300)


def talk(calls: Callbacks, *questions: str) -> Session:
    """The conversation of some questions."""
    session = Session()
    for question in questions:
        session = list(calls.ask(question, Filters(), session))[-1].session
    return session


def saved(calls: Callbacks, session: Session, **wish) -> bytes:
    """What the page would save."""
    carrier, status = calls.save(SaveWish(**wish), session)
    assert status.startswith("Saved as "), status
    return base64.b64decode(re.search(r'data-bytes="([^"]*)"', carrier)[1])


@pytest.fixture(scope="module")
def client():
    from assistant.page.app import create_app

    with TestClient(create_app(FakeAssistant(), Settings(max_question_chars=300, _env_file=None))) as client:
        yield client


# --- the page ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", list(FORMATS))
def test_page_and_interface_save_the_same_bytes(calls, client, name):
    session = talk(calls, QUESTION)
    from_page = saved(calls, session, format_name=name)
    made = render(session.turns[0].answer, name, options_for(calls.assistant))
    assert from_page == (made if isinstance(made, bytes) else made.encode())
    reply = client.post("/api/v1/export", json={"question": QUESTION, "format": name})
    assert reply.status_code == 200
    assert reply.content == from_page
    assert reply.headers["content-disposition"] == f'attachment; filename="{NAME}{FORMATS[name].suffix}"'
    assert reply.headers["content-type"].startswith(FORMATS[name].media_type)


def test_what_is_saved_says_when_and_from_which_letters(calls):
    text = saved(calls, talk(calls, QUESTION), format_name="json").decode()
    assert f'"made": "{date.today().isoformat()}"' in text
    assert '"corpus": "0123456789abcdef"' in text


def test_a_conversation_is_saved_whole_and_the_answer_looked_at_alone(calls):
    session = talk(calls, QUESTION, FURTHER)
    whole = saved(calls, session, format_name="markdown", what="conversation").decode()
    assert QUESTION in whole and FURTHER in whole
    assert "[^1]:" in whole and f"[^{len(session.turns[0].answer.citations) + 1}]:" in whole
    alone = saved(calls, session, format_name="markdown").decode()
    assert QUESTION not in alone and FURTHER in alone


def test_some_sources_are_saved_with_their_numbers(calls):
    session = talk(calls, QUESTION)
    rows = list(csv.DictReader(io.StringIO(
        saved(calls, session, format_name="csv", what="sources", sources=(2,)).decode("utf-8-sig")
    )))  # fmt: skip
    assert [row["number"] for row in rows] == ["2"]
    assert calls.save(SaveWish("csv", what="sources"), session) == ("", "Choose at least one of the sources first.")
    carrier, status = calls.save(SaveWish("csv", what="sources", sources=(99,)), session)
    assert carrier == "" and status.startswith("The answer has no citation 99")


def test_sources_chosen_for_one_answer_do_not_narrow_a_whole_conversation(calls):
    session = talk(calls, QUESTION)
    whole = saved(calls, session, format_name="csv", what="conversation", sources=(2,))
    assert whole == saved(calls, session, format_name="csv")


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        (SaveWish("../../x"), 'There is no format "../../x": choose one of text,'),
        (SaveWish("docx", style="comic"), 'There is no style "comic": choose one of harvard,'),
    ],
)
def test_what_cannot_be_saved_is_said_in_one_line(calls, wish, said):
    carrier, status = calls.save(wish, talk(calls, QUESTION))
    assert carrier == "" and status.startswith(said) and "\n" not in status


def test_there_is_nothing_to_save_before_an_answer(calls):
    assert calls.save(SaveWish("docx"), Session()) == ("", "There is no answer to download yet.")


def test_a_style_is_used(calls):
    session = talk(calls, QUESTION)
    apa = saved(calls, session, format_name="references", style="apa").decode()
    assert apa != saved(calls, session, format_name="references", style="oscola").decode()
    assert "(2019" in apa


# --- where links lead ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "begins"),
    [
        (BASE, BASE),
        (f"{BASE}/", BASE),
        ("http://10.1.2.3:7860", "http://10.1.2.3:7860"),
        ("http://127.0.0.1:7860", ""),  # leads everybody else to their own computer
        ("http://localhost:7860", ""),
        ("http://[::1]:7860", ""),
        ("http://letters.localhost", ""),
        ("", ""),
        ("null", ""),
        ("javascript:alert(1)", ""),
        ("https://x.example/ onerror=1", ""),
        ("http://[broken", ""),
    ],
)
def test_links_begin_where_others_can_open_the_page(address, begins):
    assert options_for(FakeAssistant(), address=address).link_base == begins


def test_the_setting_comes_before_the_address(calls):
    calls.assistant.settings = Settings(link_base=f"{BASE}/", _env_file=None)
    assert options_for(calls.assistant, address="https://other.example").link_base == BASE
    text = saved(calls, talk(calls, QUESTION), format_name="text", address="https://other.example").decode()
    assert f"{BASE}/letters/" in text and "other.example" not in text


@pytest.mark.parametrize("address", ["letters.example", "ftp://x", "https://a b", "https://x/?q=1"])
def test_a_setting_that_is_no_address_is_refused(address):
    with pytest.raises(ValueError, match="begins with http"):
        Settings(link_base=address, _env_file=None)


# --- the programs' interface ---------------------------------------------------------------------------------------


def test_interface_saves_a_conversation(client):
    body = {"question": QUESTION, "then": [FURTHER], "format": "text", "link_base": BASE}
    text = client.post("/api/v1/export", json=body).text
    assert QUESTION in text and FURTHER in text and f"{BASE}/letters/" in text


def test_interface_saves_chosen_citations_that_verify(client, tmp_path):
    body = {"question": QUESTION, "format": "json", "only": [1]}
    reply = client.post("/api/v1/export", json=body)
    assert [citation["number"] for citation in reply.json()["citations"]] == [1]
    file = tmp_path / "export.json"
    file.write_bytes(reply.content)
    checked = check_quotes(read_export(file), FakeAssistant().letters)
    assert [one.status for one in checked] == ["stands"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"question": QUESTION}, 'The field "format" is missing.'),
        ({"question": QUESTION, "format": "pdf"}, 'there is no format "pdf": choose one of text, markdown'),
        ({"question": QUESTION, "format": "docx", "style": "comic"}, 'there is no style "comic"'),
        ({"question": QUESTION, "format": "csv", "only": [77]}, "the answer has no citation 77"),
        ({"question": QUESTION, "format": "csv", "only": [1], "then": [FURTHER]}, '"only" chooses from one answer'),
        ({"question": QUESTION, "format": "csv", "link_base": "nowhere"}, "'nowhere' is no address"),
        ({"question": QUESTION, "format": "csv", "then": ["x" * 301]}, "The question has 301 characters"),
        (
            {"question": QUESTION, "format": "csv", "colour": "red"},
            "There is no field 'colour'; the fields are question",
        ),
        ({"question": "", "format": "csv"}, "Type a question first."),
        ({"question": QUESTION, "format": "csv", "then": ["x" * 290] * 20}, "The earlier questions have"),
    ],
)
def test_interface_says_what_is_wrong_in_one_line(client, body, said):
    reply = client.post("/api/v1/export", json=body)
    assert reply.status_code == 422
    assert said in reply.json()["error"] and "\n" not in reply.json()["error"]


# --- the list of letters -------------------------------------------------------------------------------------------


def test_the_whole_list_that_was_chosen_is_saved(client):
    reply = client.get("/letters", params={"save": "ris", "year": "2019"})
    assert reply.headers["content-disposition"] == 'attachment; filename="letters-2019.ris"'
    held = [letter for letter in FakeAssistant().letters if 2019 in letter.years()]
    assert [entry["title"] for entry in rispy.loads(reply.content.decode())] == [
        " ".join(letter.title.split()) for letter in sorted(held, key=lambda letter: letter.date, reverse=True)
    ]


def test_every_choice_of_the_list_is_a_file(client):
    values = re.findall(r'<option value="([^"]+)"', client.get("/letters").text.partition('id="save"')[2])
    assert len(values) == len(LETTER_FORMATS) - 1 + len(STYLES)
    for value in values:
        reply = client.get("/letters", params={"save": value})
        assert reply.status_code == 200 and reply.headers["content-disposition"].startswith("attachment"), value
        assert len(reply.content) > 100


@pytest.mark.parametrize("save", ["", "docx", "references:comic", "../../etc/passwd", "csv:comic"])
def test_a_list_that_cannot_be_saved_so_is_said_calmly(client, save):
    reply = client.get("/letters", params={"save": save})
    assert reply.status_code == 404
    assert "The list cannot be saved so" in reply.text and "choose one of" in reply.text


def test_one_list_is_saved_at_a_time(monkeypatch):
    import threading

    from assistant.page.frame import saving
    from assistant.page.letters import pages as letters

    monkeypatch.setattr(letters, "PATIENCE", 0.01)
    begun, let = threading.Event(), threading.Event()

    def held(*_, **__):
        begun.set()
        assert let.wait(20)
        return saving.Saved("letters.ris", "text/plain", b"made")

    monkeypatch.setattr(letters, "save_letters", held)
    app = FastAPI()
    letters.add_letters(app, FakeAssistant())
    with TestClient(app) as client, ThreadPoolExecutor(1) as pool:
        first = pool.submit(client.get, "/letters?save=ris")
        assert begun.wait(20)
        second = client.get("/letters?save=ris")
        assert second.status_code == 503 and "Please try again in a few seconds." in second.text
        assert client.get("/letters").status_code == 200
        let.set()
        assert first.result().content == b"made"
        assert client.get("/letters?save=ris").status_code == 200, "there is room again"


def test_nothing_is_offered_where_no_letter_fits(client):
    assert 'id="save"' not in client.get("/letters", params={"q": "zebra"}).text


# --- names of files ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("What did 2019 say?", "what-did-2019-say"),
        ("../../etc/passwd", "etc-passwd"),
        ("Beth am blant? Llŷn", "beth-am-blant-ll-n"),
        ("???", ""),
        ("word " * 30, "-".join(["word"] * 12)),
        ("x" * 100, "x" * 60),
    ],
)
def test_names_of_files_are_plain(words, name):
    assert slug(words) == name
