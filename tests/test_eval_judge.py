"""A language model as judge, over real sockets: its two marks, and what becomes of nonsense."""

import json

import pytest
from model_server import model_server, page, status

from assistant.errors import AssistantError
from eval.gold import Evidence, Question
from eval.judge import Judge
from eval.measures import Tally
from eval.score import Given, Outcome

QUESTION = Question("q1", "tuning", "Who inspected?", "who", True, ("x",), evidence=(Evidence(("x",), "Ann Lee did"),))
GIVEN = Given.model_validate(
    {
        "refused": False,
        "answer": "Ann Lee [1]",
        "citations": [{"number": 1, "letter_id": "x", "quote": "Ann Lee did", "start": 0, "end": 11}],
    }
)


def outcome(given: Given = GIVEN) -> Outcome:
    return Outcome(QUESTION, given, (), (), {"accuracy": Tally(1, 1)})


def completion(text: str) -> bytes:
    message = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}
    body = {"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [message]}
    return json.dumps(body).encode()


def reply(text: str):  # type: ignore[no-untyped-def]
    return page(completion(text))


def test_both_marks_stand_beside_the_tallies_and_the_prompt_holds_quote_and_reference() -> None:
    with model_server(reply("YES"), reply("4.0\nIt names her.")) as server:
        [judged] = Judge(server.url, "m").judged([outcome()])
        asked = [json.dumps(body) for body in server.asked]
    assert judged.tallies == {"accuracy": Tally(1, 1), "judge_faithful": Tally(1, 1), "judge_right": Tally(0.75, 1)}
    assert judged.judged == ("faithful: yes", "right: 4 of 5: It names her.")
    assert judged.passed
    assert "Ann Lee did" in asked[0] and "Ann Lee did" in asked[1] and "Who inspected?" in asked[1]


def test_refusals_are_not_judged_and_a_judge_that_says_no_fails_no_question() -> None:
    refused = outcome(Given(refused=True, answer="No."))
    with model_server(reply("NO"), reply("1\nWrong.")) as server:
        first, second = Judge(server.url, "m").judged([refused, outcome()])
    assert first == refused
    assert second.tallies["judge_faithful"] == Tally(0, 1)
    assert second.tallies["judge_right"] == Tally(0, 1)
    assert second.passed


def test_words_that_are_no_mark_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    with model_server(reply("YES"), reply("I would rather not say.")) as server:
        [judged] = Judge(server.url, "m").judged([outcome()])
    assert "judge_right" not in judged.tallies


def test_a_judge_that_fails_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_LLM_RETRIES", "0")
    with model_server(status(401)) as server, pytest.raises(AssistantError, match="the judge does not answer"):
        Judge(server.url, "m").judged([outcome()])
