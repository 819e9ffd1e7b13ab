"""Guessing passwords: what it costs, and whom it is counted for."""

import asyncio

import pytest
from visiting import (
    PASSWORD,
    PROXY,
    QUESTION,
    Clock,
    Page,
    bearer,
    sign_in,
)

from assistant.page.security import passwords as passwords_module
from assistant.page.security.passwords import TRIES, Passwords
from assistant.settings import Settings


@pytest.fixture
def fresh() -> Page:
    """With a password, and nothing tried yet."""
    return Page(password=PASSWORD)


def test_wrong_passwords_are_answered_later_and_later_and_then_not_at_all(fresh):
    visitor = fresh.visitor()
    for _ in range(TRIES):
        answer = sign_in(visitor, "wrong password")
        assert answer.status_code == 401 and "This password is not right" in answer.text
    assert fresh.pauses == sorted(fresh.pauses) and fresh.pauses[0] < fresh.pauses[4] <= fresh.pauses[-1]
    answer = sign_in(visitor, "wrong password")
    assert answer.status_code == 429 and "Too many wrong passwords" in answer.text
    wait = int(answer.headers["retry-after"])
    assert 0 < wait <= 60 and f"{wait} second" in answer.text
    assert len(fresh.pauses) == TRIES
    assert sign_in(visitor, PASSWORD).status_code == 429, "not even the right one is looked at"
    assert visitor.post("/api/v1/ask", json=QUESTION, headers=bearer(PASSWORD)).status_code == 429
    assert sign_in(fresh.visitor(("198.51.100.7", 1)), PASSWORD).status_code == 303, "others are not held up"
    fresh.clock.now += wait
    assert sign_in(visitor, PASSWORD).status_code == 303


def test_a_session_goes_on_while_its_address_may_not_try_passwords(fresh):
    visitor = fresh.signed_in()
    for _ in range(TRIES + 1):
        last = sign_in(fresh.visitor(), "wrong password")
    assert last.status_code == 429
    assert visitor.get("/letters").status_code == 200


def test_bearer_tokens_are_tries_too(fresh):
    visitor = fresh.visitor()
    said = [visitor.post("/api/v1/ask", json=QUESTION, headers=bearer(f"guess {n}")) for n in range(TRIES + 1)]
    assert [answer.status_code for answer in said] == [401] * TRIES + [429]
    assert int(said[-1].headers["retry-after"]) > 0 and said[-1].json()["error"]


def test_right_passwords_are_never_counted(fresh):
    visitor = fresh.visitor()
    for _ in range(3 * TRIES):
        assert visitor.get("/letters", headers=bearer(PASSWORD)).status_code == 200
    assert fresh.pauses == []


def test_guesses_side_by_side_are_counted_before_they_are_looked_at():
    settings = Settings(password=PASSWORD, _env_file=None)

    async def guess() -> list[int]:
        async def pause(_seconds: float) -> None:
            await asyncio.sleep(0)

        passwords = Passwords(settings, Clock(), pause)
        return [one.wait for one in await asyncio.gather(*(passwords.check(f"{n}", "192.0.2.1") for n in range(50)))]

    assert asyncio.run(guess()).count(0) == TRIES


def test_guesses_from_many_addresses_are_counted_together(monkeypatch):
    monkeypatch.setattr(passwords_module, "ALL_TRIES", 30)

    async def pause(_seconds: float) -> None:
        pass

    async def guess() -> list[int]:
        passwords = Passwords(Settings(password=PASSWORD, _env_file=None), Clock(), pause)
        return [(await passwords.check("wrong", f"192.0.2.{n}")).wait for n in range(60)]

    waits = asyncio.run(guess())
    assert waits[:30] == [0] * 30 and all(waits[30:])


def test_an_address_cannot_make_itself_another_one(fresh):
    said = []
    for n in range(TRIES + 1):
        visitor = fresh.visitor(**{"x-forwarded-for": f"198.51.100.{n}"})
        said.append(sign_in(visitor, "wrong password").status_code)
    assert said[-1] == 429


def test_behind_a_proxy_each_address_is_counted_by_itself(fresh):
    for n in range(TRIES + 1):
        forwarded = {"x-forwarded-for": f"10.0.0.{n}, 198.51.100.1"}  # the first was made up by who asks
        last = sign_in(fresh.visitor(PROXY, **forwarded), "wrong password")
    assert last.status_code == 429
    assert sign_in(fresh.visitor(PROXY, **{"x-forwarded-for": "198.51.100.2"}), PASSWORD).status_code == 303
