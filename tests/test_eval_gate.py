"""The gate over several outcomes: floors, questions that must pass, paired tests, and what a baseline keeps."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from eval.baseline import Baseline, Circumstances, Kept, circumstances, keep, read_baseline, write_baseline
from eval.gate import FLOORS, Change, Verdict, fallen, judge, read_floors
from eval.gold import GoldError, Question
from eval.measures import Tally
from eval.report.text import failures, table
from eval.results import Results
from eval.score import Given, Outcome
from eval.stages import MEASURES

NOTHING = Given(refused=False, answer="")


def outcome(name: str, passed: bool, known_gap: str | None = None, ndcg: float = 1.0, **more: object) -> Outcome:
    question = replace(Question(name, "tuning", "?", "who", answerable=True, known_gap=known_gap), **more)
    tallies = {"accuracy": Tally(passed, 1), "ndcg@10": Tally(ndcg, 1), "scope_accuracy": Tally(1, 1)}
    return Outcome(question, NOTHING, () if passed else ("fact missed (x)",), (), tallies)


def baseline(passed: dict[str, bool], ndcg: float = 1.0, scope: bool = True) -> Baseline:
    return Baseline(
        Circumstances(), questions={name: Kept(one, True, "tuning", ndcg, scope) for name, one in passed.items()}
    )


def changes(verdict: Verdict) -> dict[str, Change]:
    return {one.name: one for one in verdict.changes}


def test_the_gate_falls_below_a_floor_and_above_a_ceiling() -> None:
    outcomes = [outcome(str(number), number > 0) for number in range(10)]
    nothing = baseline({})
    assert judge(outcomes, {"at_least": {"accuracy": 0.9}}, nothing).falls == ()
    assert judge(outcomes, {"at_least": {"accuracy": 0.91}}, nothing).falls == (
        "accuracy is 0.900, at least 0.91 is asked",
    )
    assert judge(outcomes, {"at_most": {"accuracy": 0.5}}, nothing).falls == (
        "accuracy is 0.900, at most 0.5 is asked",
    )
    assert judge(outcomes, {"at_least": {"grounding": 1}}, nothing).notes == (
        "grounding: not measured, no question here bears on it",
    )


def test_the_reading_has_floors_too() -> None:
    verdict = judge([], {"at_least": {"field_accuracy": 1}}, None, reading={"field_accuracy": Tally(9, 10)})
    assert verdict.falls == ("field_accuracy is 0.900, at least 1 is asked",)


def test_known_gaps_are_listed_and_do_not_gate() -> None:
    outcomes = [outcome("a", True), outcome("b", False, "needs arithmetic"), outcome("c", True, "needs arithmetic")]
    verdict = judge(outcomes, {"at_least": {"accuracy": 1.0}}, baseline({"a": True, "b": True}))
    assert verdict.falls == ()
    assert changes(verdict)["outcomes"].lost == ()
    assert verdict.notes == ("known gaps that pass now, and may gate: c",)
    shown = failures(outcomes)
    assert "Known gaps, not gating: 1\n  b [who] ?\n    fact missed (x)\n    needs arithmetic" in shown
    assert "Known gaps that now pass: 1\n  c [who] ?" in shown
    assert not shown.startswith("Failed")


def test_one_question_that_must_pass_is_enough_to_fall() -> None:
    outcomes = [outcome("a", True, must_pass=True), outcome("b", False, must_pass=True), outcome("c", False)]
    assert judge(outcomes, {}, None).falls == ("1 question that must pass failed: b",)
    assert failures(outcomes).startswith("Failed, and must pass: 1\n  b [who] ?")
    assert judge([outcomes[0], outcomes[2]], {}, None).falls == ()


def test_a_regression_is_called_from_six_questions_lost_and_none_won() -> None:
    names = [str(number) for number in range(8)]
    before = baseline(dict.fromkeys(names, True))
    six = judge([outcome(name, int(name) >= 6) for name in names], {}, before)
    assert six.falls == ("a regression of outcomes (6 lost, 0 won, p = 0.031): 0, 1, 2, 3, 4, 5",)
    assert changes(six)["outcomes"].p == pytest.approx(2 / 64)
    assert "lost: 0, 1, 2, 3, 4, 5" in six.text
    five = judge([outcome(name, int(name) >= 5) for name in names], {}, before)
    assert (five.falls, len(changes(five)["outcomes"].lost)) == ((), 5)
    better = judge([outcome(name, True) for name in names], {}, baseline(dict.fromkeys(names, False)))
    assert (better.falls, changes(better)["outcomes"].called) == ((), "improvement")
    assert ": an improvement" in better.text


def test_the_search_and_the_scope_are_compared_by_themselves() -> None:
    names = [str(number) for number in range(8)]
    before = baseline(dict.fromkeys(names, True), ndcg=0.9)
    search = judge([outcome(name, True, ndcg=0.8) for name in names], {}, before)
    assert search.falls == ("a regression of search (8 lost, 0 won, p = 0.008)",)
    assert judge([outcome(name, True, ndcg=0.95) for name in names], {}, before).falls == ()
    wrong = [replace(outcome(name, True), tallies={"scope_accuracy": Tally(0, 1)}) for name in names]
    assert judge(wrong, {}, before).falls == (
        "a regression of scopes (8 lost, 0 won, p = 0.008): 0, 1, 2, 3, 4, 5, 6, 7",
    )
    unmeasured = [replace(one, tallies={}) for one in wrong]
    assert changes(judge(unmeasured, {}, before))["scopes"].lost == ()


def test_what_differs_from_the_baselines_circumstances_is_said() -> None:
    before = Baseline(Circumstances(settings="a", corpus="b", gold="c"))
    now = Circumstances(settings="x", corpus="b", gold="y")
    assert judge([], {}, before, now).notes == ("not as in the baseline: gold, settings",)


def test_accepting_wants_a_reason_for_whatever_is_worse() -> None:
    floors = {"at_least": {"accuracy": 0.1}}  # the other figures are compared without a floor of theirs
    before = baseline({"a": True, "b": False})
    before = replace(before, measures={"tuning": {"accuracy": 0.5, "false_refusal_rate": 0.0, "judge_right": 1.0}})

    def worse(*outcomes: Outcome) -> list[str]:
        return fallen(judge(outcomes, floors, before), outcomes, before)

    assert worse(outcome("a", True), outcome("b", True)) == []
    assert worse(outcome("a", False), outcome("b", True)) == ["outcomes lost: a"]
    assert worse(outcome("a", False), outcome("b", False)) == [
        "accuracy is 0.000, at least 0.1 is asked",
        "outcomes lost: a",
        "accuracy of tuning: 0.500 before, 0.000 now",
    ]
    refused = replace(outcome("a", True), tallies={"false_refusal_rate": Tally(1, 4)})
    assert worse(refused) == [], "other questions than those of the baseline"
    assert "false_refusal_rate of tuning: 0.000 before, 0.250 now" in worse(refused, outcome("b", False))
    doubted = replace(outcome("b", True), tallies={"judge_right": Tally(0, 1)})
    assert not [one for one in worse(outcome("a", True), doubted) if "judge" in one], "a judge never gates"


def test_a_baseline_keeps_what_became_of_each_question(tmp_path: Path) -> None:
    file = tmp_path / "baseline.json"
    assert read_baseline(file) is None
    under = Circumstances("abc", "s", "c", "g", "a machine")
    write_baseline(file, [outcome("b", False), outcome("a", True, ndcg=0.25)], under, because="a better corpus")
    found = read_baseline(file)
    assert found is not None
    assert (found.circumstances, found.because) == (under, "a better corpus")
    assert list(found.questions) == ["a", "b"]
    assert found.questions["a"] == Kept(True, True, "tuning", 0.25, True) == keep(outcome("a", True, ndcg=0.25))
    assert found.measures == {"tuning": {"accuracy": 0.5, "ndcg@10": 0.625, "scope_accuracy": 1.0}}
    assert len(file.read_text().splitlines()) == len(json.loads(file.read_text())["questions"]) + 19


def test_a_baseline_keeps_the_sets_that_were_not_asked_and_forgets_questions_that_are_gone(tmp_path: Path) -> None:
    file = tmp_path / "baseline.json"
    write_baseline(file, [outcome("a", True), outcome("gone", True)], Circumstances())
    write_baseline(file, [outcome("h", False, source="heldout")], Circumstances(), before=read_baseline(file))
    write_baseline(file, [outcome("a", False)], Circumstances(), before=read_baseline(file))
    found = read_baseline(file)
    assert found is not None
    assert {name: kept.passed for name, kept in found.questions.items()} == {"a": False, "h": False}
    assert set(found.measures) == {"heldout", "tuning"}


@pytest.mark.parametrize("text", ["{", "[]", '{"passed": {"a": true}}', '{"circumstances": {"x": 1}}'])
def test_what_is_no_baseline_is_refused_by_its_name(tmp_path: Path, text: str) -> None:
    file = tmp_path / "baseline.json"
    file.write_text(text)
    with pytest.raises(GoldError, match=r"baseline.json: no baseline \(.*delete it and run again with --accept"):
        read_baseline(file)


def test_circumstances_change_with_what_they_are_about(tmp_path: Path) -> None:
    gold = tmp_path / "gold.jsonl"
    gold.write_text("1")
    first = circumstances({"a": 1}, [], [gold])
    assert first == circumstances({"a": 1}, [], [gold])
    assert circumstances({"a": 2}, [], [gold]).settings != first.settings
    gold.write_text("2")
    assert circumstances({"a": 1}, [], [gold]).gold != first.gold
    assert circumstances({}, [], []).settings == ""
    assert "processors" in first.machine and "/" not in first.machine


def test_the_floors_name_measures_that_exist() -> None:
    floors = read_floors()
    assert set(floors) == {"at_least", "at_most"}
    assert {name for bound in floors.values() for name in bound} <= set(MEASURES)
    assert floors["at_least"]["citation_validity"] == 1.0
    assert floors["at_most"]["uncited_sentences"] == 0


@pytest.mark.parametrize("text", ["[at_last]\naccuracy = 1", "[at_least]\naccurracy = 1", '[at_most]\naccuracy = "1"'])
def test_floors_with_a_slip_are_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / FLOORS.name
    file.write_text(text)
    with pytest.raises(GoldError, match=r"floors.toml: "):
        read_floors(file)


def test_the_table_shows_each_file_and_all_together_by_stage() -> None:
    slow = Given(refused=True, answer="", seconds={"total": 0.25})
    held = Outcome(Question("h1", "heldout", "?", "when", True), slow, ("refused",), (), {"accuracy": Tally(0, 1)})
    lines = table(Results((outcome("a", True), held), Circumstances())).splitlines()
    assert lines[0].split("  ")[-1] == "together (2 questions)"
    assert lines[lines.index("Answer") + 1].endswith("0.500  [0.09, 0.91]  1 of 2")
    assert lines[lines.index("Cost: seconds, p50 / p95") + 1].endswith("0.250 / 0.250")
    assert "Citation" not in lines, "no question bears on it"


def test_two_writers_stand_side_by_side() -> None:
    model = replace(outcome("a", False), writer="language model")
    header, *rows = table(Results((outcome("a", True), model), Circumstances())).splitlines()
    assert header.split() == "tuning (1 questions) tuning, language model (1 questions)".split()
    right = next(row for row in rows if "Answers right" in row)
    assert [word for word in right.split() if "." in word and "[" not in word and "]" not in word] == ["1.000", "0.000"]
    assert "  a, language model [who] ?" in failures([outcome("a", True), model])
