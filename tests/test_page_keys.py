"""Programs with keys of their own: let in beside passwords and user names, each under its own name, and to read only."""

import pytest
from browser.page_fakes import FakeAssistant
from fakes import problem_in
from fastapi.testclient import TestClient
from pydantic import ValidationError

from assistant.page.app import create_app
from assistant.settings import Settings, load_settings

PASSWORD = "four words nobody guesses"
REPORTS, NEWSROOM = "reports-J4kq9wZ7bX2mVt5cR8yN", "newsroom-Hs6fL3dP0aQe1uTg7iOk"
KEYS = f"reports:{REPORTS}, newsroom:{NEWSROOM}"
QUESTION = {"question": "what is said about accommodation for care leavers?"}
ELSEWHERE = ("203.0.113.7", 4321)


def page(**given):
    settings = Settings(_env_file=None, host="0.0.0.0", **given)
    app = create_app(FakeAssistant(), settings)

    def visitor(address=ELSEWHERE, **headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return TestClient(app, base_url="http://letters.example.org", client=address, headers=named)

    return visitor


@pytest.fixture(scope="module")
def locked():
    return page(password=PASSWORD, api_keys=KEYS, questions_a_minute=0)


@pytest.fixture(scope="module")
def proxied():
    return page(user_header="X-Remote-User", api_keys=KEYS)


WAYS = [{"authorization": f"Bearer {REPORTS}"}, {"authorization": f"bearer  {REPORTS} "}, {"x_api_key": NEWSROOM}]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", ["locked", "proxied"])
def test_a_key_lets_a_program_in(request, kind, way):
    program = request.getfixturevalue(kind)(**way)
    answer = program.post("/api/v1/ask", json=QUESTION)
    assert answer.status_code == 200 and answer.json()["citations"]
    assert program.get("/letters").status_code == 200


@pytest.mark.parametrize(
    "way",
    [
        {},
        {"x_api_key": REPORTS[:-1]},
        {"x_api_key": "reports"},
        {"x_api_key": f"reports:{REPORTS}"},
        {"x_api_key": ""},
        {"authorization": f"Basic {REPORTS}"},
        {"authorization": REPORTS},
    ],
)
def test_without_a_key_that_is_known_nobody_is(locked, proxied, way):
    assert "key" in problem_in(locked(**way).post("/api/v1/ask", json=QUESTION), 401)
    assert "sign-in service" in problem_in(proxied(**way).post("/api/v1/ask", json=QUESTION), 403)


def test_two_different_keys_are_none(locked):
    both = locked(x_api_key=NEWSROOM, authorization=f"Bearer {REPORTS}")
    assert both.post("/api/v1/ask", json=QUESTION).status_code == 401
    twice = locked(x_api_key=REPORTS, authorization=f"Bearer {REPORTS}")
    assert twice.post("/api/v1/ask", json=QUESTION).status_code == 200


def test_a_password_still_counts_and_a_key_is_no_password(locked):
    assert locked(authorization=f"Bearer {PASSWORD}").post("/api/v1/ask", json=QUESTION).status_code == 200
    origin = {"origin": "http://letters.example.org"}
    assert locked().post("/login", data={"password": REPORTS, "next": "/"}, headers=origin).status_code != 303


def test_a_program_may_not_add_letters():
    program = page(password=PASSWORD, adding_password="another four words here", api_keys=KEYS)(x_api_key=REPORTS)
    assert program.get("/add", follow_redirects=False).status_code in (303, 403)
    sent = program.post("/add", files={"files": ("a.txt", b"words")}, headers={"origin": "http://letters.example.org"})
    assert sent.status_code in (401, 403)


def test_each_program_has_its_own_count_of_questions():
    visitor = page(password=PASSWORD, api_keys=KEYS, questions_a_minute=1)
    reports, newsroom = visitor(x_api_key=REPORTS), visitor(x_api_key=NEWSROOM)
    assert reports.post("/api/v1/ask", json=QUESTION).status_code == 200
    assert "Please ask again in" in problem_in(reports.post("/api/v1/ask", json=QUESTION), 429)
    elsewhere = visitor(("198.51.100.9", 1), x_api_key=REPORTS)
    assert elsewhere.post("/api/v1/ask", json=QUESTION).status_code == 429, "it is the key's, not the address's"
    assert newsroom.post("/api/v1/ask", json=QUESTION).status_code == 200


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        (REPORTS, "a name before a colon"),
        (f":{REPORTS}", "a name before a colon"),
        (f"two words:{REPORTS}", "a name before a colon"),
        ("reports:short", "at least 24"),
        ("reports:a key with white space in it, long", "at least 24"),
        (f"reports:{REPORTS}, reports:{NEWSROOM}", "the same name"),
        (f"reports:{REPORTS}, newsroom:{REPORTS}", "the same key"),
    ],
)
def test_keys_that_are_none_are_refused_and_not_repeated(monkeypatch, keys, says):
    with pytest.raises(ValidationError, match=says):
        Settings(_env_file=None, password=PASSWORD, api_keys=keys)
    monkeypatch.setenv("ASSISTANT_PASSWORD", PASSWORD)
    monkeypatch.setenv("ASSISTANT_API_KEYS", keys)
    with pytest.raises(Exception, match="ASSISTANT_API_KEYS=\\.\\.\\.: ") as caught:
        load_settings()
    assert REPORTS not in str(caught.value) and "white space in it" not in str(caught.value)


def test_keys_need_a_door_that_they_open():
    for given in ({}, {"open_to_all": True}):
        with pytest.raises(ValidationError, match="API_KEYS needs"):
            Settings(_env_file=None, api_keys=KEYS, **given)


def test_no_keys_are_no_door():
    assert Settings(_env_file=None).named_keys() == {}
    assert page(password=PASSWORD)(x_api_key="").get("/letters", follow_redirects=False).status_code == 303
