"""One answer against one question: the causes and the tallies; then the gate over several."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.corpus import read_letter
from eval.gate import accept, judge, read_baseline, read_floors
from eval.gold import Evidence, Question
from eval.measures import Tally
from eval.report import MEASURES, failures, table
from eval.score import Given, Outcome, add, score
from eval.shelf import Shelf

CORPUS = Path(__file__).parent.parent / "corpus" / "letters"
VISIT = read_letter(CORPUS / "2019-03-01-swindon-focused-visit.txt")
REPORT = read_letter(CORPUS / "2011-03-16-swindon-unannounced-inspection.txt")
SHELF = Shelf([VISIT, REPORT])
QUOTE = "The inspectors were Diane Partridge and Marcie Taylor"
ELSEWHERE = "Lynne Staines"

WHO = Question(
    id="q1",
    source="tuning",
    question="Who inspected in 2019?",
    type="who",
    answerable=True,
    letters=(VISIT.letter_id,),
    evidence=(Evidence((VISIT.letter_id,), QUOTE),),
    facts=(("Diane Partridge", "Ms Partridge"), ("Marcie Taylor",)),
    forbidden=("Lynne Staines",),
)
NOBODY = Question(
    id="q2",
    source="tuning",
    question="And in 2021?",
    type="year",
    answerable=False,
    refusal="no_letter_in_scope",
)


def citation(number: int, quote: str, shift: int = 0) -> dict[str, Any]:
    letter = next(one for one in (VISIT, REPORT) if quote in one.text)
    start = letter.text.index(quote) + shift
    place = {"letter_id": letter.letter_id, "file": letter.file, "start": start, "end": start + len(quote)}
    return {"number": number, "quote": quote, **place}


def answer(*sentences: str, quotes: tuple[str, ...] = (QUOTE,), **more: Any) -> Given:
    numbers = list(range(1, len(quotes) + 1))
    body: dict[str, Any] = {
        "refused": False,
        "answer": " ".join(f"{text} [1]" for text in sentences),
        "sentences": [{"text": text, "citations": numbers} for text in sentences],
        "citations": [citation(number, quote) for number, quote in zip(numbers, quotes, strict=True)],
        "retrieved": [{"letter_id": VISIT.letter_id, "text": VISIT.text[:1500]}],
    }
    return Given.model_validate(body | more)


def refusal(kind: str, nearest: list[Mapping[str, Any]] | None = None) -> Given:
    return Given.model_validate(
        {"refused": True, "refusal": {"kind": kind, "nearest": nearest or []}, "answer": "Diane Partridge"}
    )


def test_a_right_answer_passes_with_every_measure_full() -> None:
    outcome = score(WHO, answer(f"{QUOTE}."), SHELF)
    assert outcome.passed
    bad = {"false_refusal_rate", "uncited_sentences", "wrong_letter_rate", "year_leak"}
    values = {name: tally.value for name, tally in outcome.tallies.items()}
    assert values == {name: 0.0 if name in bad else 1.0 for name in MEASURES if not name.startswith("refusal")}


def test_a_fact_may_stand_in_a_heading_but_not_in_a_refusal() -> None:
    said = answer("The inspectors were Diane Partridge.", groups=[{"heading": "Marcie Taylor\u2019s visit"}])
    assert score(WHO, said, SHELF).passed
    refused = score(WHO, refusal("letters_silent"), SHELF)
    assert refused.causes == ("refused (letters_silent)",)
    assert refused.tallies["fact_recall"] == Tally(0, 2)
    assert refused.tallies["false_refusal_rate"] == Tally(1, 1)
    assert "documents_right" not in refused.tallies
    assert refused.tallies["hit@1"] == Tally(0, 1)


@pytest.mark.parametrize(
    ("given", "causes"),
    [
        (answer("The inspectors were Diane Partridge."), ("fact missed (Marcie Taylor)",)),
        (
            answer("It was Lynne Staines.", quotes=(ELSEWHERE,)),
            (
                f"wrong letter ({REPORT.letter_id})",
                "fact missed (Diane Partridge / Ms Partridge)",
                "fact missed (Marcie Taylor)",
                "forbidden said (Lynne Staines)",
            ),
        ),
        (answer(QUOTE, *["word"] * 142), ()),
        (answer(QUOTE, *["word"] * 143), ("too long (151 words, 150 allowed)",)),
    ],
)
def test_causes(given: Given, causes: tuple[str, ...]) -> None:
    assert score(WHO, given, SHELF).causes == causes


def test_an_unanswerable_question_is_to_be_refused_for_the_right_reason() -> None:
    right = score(NOBODY, refusal("no_letter_in_scope"), SHELF)
    other = score(NOBODY, refusal("letters_silent"), SHELF)
    answered = score(NOBODY, answer(QUOTE), SHELF)
    assert (right.passed, other.passed) == (True, True)
    assert answered.causes == ("should have refused",)
    total = add([right, other, answered])
    assert total["refusal_recall"] == Tally(2, 3)
    assert total["refusal_kind"] == Tally(1, 2)
    assert "accuracy" not in total


def test_a_quote_must_stand_at_its_offsets() -> None:
    moved = answer(QUOTE, citations=[citation(1, QUOTE), citation(2, QUOTE, shift=1)])
    assert score(WHO, moved, SHELF).tallies["citation_validity"] == Tally(1, 2)
    assert score(WHO, moved, SHELF).passed
    place = citation(2, QUOTE, shift=1)["start"]
    assert score(WHO, moved, SHELF).doubts == (f"not at {place} of {VISIT.letter_id}: {QUOTE}",)
    assert f"that do not hold: 1\n  q1: not at {place}" in failures([score(WHO, moved, SHELF)])
    unknown = {**citation(1, QUOTE), "letter_id": "none", "file": "none.txt"}
    assert score(NOBODY, refusal("false_premise", [unknown]), SHELF).tallies["citation_validity"] == Tally(0, 1)
    empty = {**citation(1, QUOTE), "quote": "", "end": citation(1, QUOTE)["start"]}
    assert score(WHO, answer(QUOTE, citations=[empty]), SHELF).tallies["citation_validity"] == Tally(0, 1)


def test_a_sentence_without_a_citation_that_exists_is_counted() -> None:
    given = answer(QUOTE, sentences=[{"text": QUOTE, "citations": [1]}, {"text": "So said Ofsted.", "citations": [9]}])
    assert score(WHO, given, SHELF).tallies["uncited_sentences"] == Tally(1, 2)
    assert score(WHO, given, SHELF).doubts == (
        "no citation: So said Ofsted.",
        "not grounded (ofsted): So said Ofsted.",
    )


def test_the_wrong_letter_first_and_passages_of_other_years() -> None:
    found = [{"letter_id": one.letter_id, "text": one.text[:1500]} for one in (REPORT, VISIT, REPORT)]
    tallies = score(WHO, answer(QUOTE, retrieved=found), SHELF).tallies
    assert tallies["wrong_letter_rate"] == Tally(1, 1)
    assert tallies["year_leak"] == Tally(2, 3)  # 2019 is asked, two passages are of 2011
    assert (tallies["hit@1"], tallies["hit@5"], tallies["mrr@10"]) == (
        Tally(0, 1),
        Tally(1, 1),
        Tally(0.5, 1),
    )
    nothing = score(WHO, answer(QUOTE, retrieved=[]), SHELF).tallies
    assert (nothing["wrong_letter_rate"], nothing["hit@5"]) == (Tally(0, 1), Tally(0, 1))


def test_citing_another_letter_as_well_is_not_right() -> None:
    both = answer(f"{QUOTE}.", quotes=(QUOTE, "Swindon Borough Council"))
    beside = {**citation(2, ELSEWHERE)}
    assert score(WHO, both, SHELF).tallies["documents_right"] == Tally(1, 1)
    given = answer(QUOTE, citations=[citation(1, QUOTE), beside])
    assert score(WHO, given, SHELF).tallies["documents_right"] == Tally(0, 1)


def outcome(name: str, passed: bool, known_gap: str | None = None) -> Outcome:
    question = Question(name, "tuning", "?", "who", answerable=True, known_gap=known_gap)
    return Outcome(question, () if passed else ("fact missed (x)",), (), {"accuracy": Tally(passed, 1)}, {})


def test_the_gate_falls_below_a_floor_and_above_a_ceiling() -> None:
    outcomes = [outcome(str(number), number > 0) for number in range(10)]
    assert judge(outcomes, {"at_least": {"accuracy": 0.9}}, {}).falls == ()
    assert judge(outcomes, {"at_least": {"accuracy": 0.91}}, {}).falls == ("accuracy is 0.900, at least 0.91 is asked",)
    assert judge(outcomes, {"at_most": {"accuracy": 0.5}}, {}).falls == ("accuracy is 0.900, at most 0.5 is asked",)
    assert judge(outcomes, {"at_least": {"grounding": 1}}, {}).notes == (
        "grounding: not measured, no question here bears on it",
    )


def test_known_gaps_are_listed_and_do_not_gate() -> None:
    outcomes = [
        outcome("a", True),
        outcome("b", False, "needs arithmetic"),
        outcome("c", True, "needs arithmetic"),
    ]
    verdict = judge(outcomes, {"at_least": {"accuracy": 1.0}}, {"a": True, "b": True})
    assert (verdict.falls, verdict.lost) == ((), ())
    shown = failures(outcomes)
    assert "Known gaps, not gating: 1\n  b [who] ?" in shown
    assert "Known gaps that now pass: 1\n  c [who] ?" in shown
    assert not shown.startswith("Failed")


def test_a_regression_is_called_from_six_questions_lost_and_none_won() -> None:
    names = [str(number) for number in range(8)]
    baseline = dict.fromkeys(names, True)
    six = judge([outcome(name, int(name) >= 6) for name in names], {}, baseline)
    assert six.falls == ("a regression: 6 questions lost, 0 won",)
    assert six.lost == ("0", "1", "2", "3", "4", "5")
    assert six.p == pytest.approx(2 / 64)
    five = judge([outcome(name, int(name) >= 5) for name in names], {}, baseline)
    assert (five.falls, len(five.lost)) == ((), 5)
    better = judge([outcome(name, True) for name in names], {}, dict.fromkeys(names, False))
    assert (better.falls, len(better.won)) == ((), 8)


def test_accepting_keeps_questions_that_were_not_asked(tmp_path: Path) -> None:
    file = tmp_path / "baseline.json"
    assert read_baseline(file) is None
    accept([outcome("a", True), outcome("b", False)], file)
    accept([outcome("b", True)], file)
    assert read_baseline(file) == {"a": True, "b": True}


def test_the_floors_name_measures_that_exist() -> None:
    floors = read_floors()
    assert set(floors) == {"at_least", "at_most"}
    assert {name for bound in floors.values() for name in bound} <= set(MEASURES)
    assert floors["at_least"]["citation_validity"] == 1.0
    assert floors["at_most"]["uncited_sentences"] == 0


def test_the_table_shows_each_file_and_all_together() -> None:
    other = Question("h1", "heldout", "?", "when", answerable=True)
    lines = table([outcome("a", True), Outcome(other, ("refused",), (), {"accuracy": Tally(0, 1)}, {"total": 0.25})])
    header, first = lines.splitlines()[:2]
    assert header.split("  ")[-1] == "together (2 questions)"
    assert first.startswith("Answers right")
    assert first.endswith("0.500  [0.09, 0.91]  1 of 2")
    assert "0.250 / 0.250" in lines


# --- a question about one grade ------------------------------------------------------------------------------------

GRADE = Question(
    id="g1",
    source="tuning",
    question="How was help and protection judged?",
    type="grade",
    answerable=True,
    letters=(VISIT.letter_id,),
    evidence=(Evidence((VISIT.letter_id,), QUOTE),),
    facts=(("requires improvement", "RI"),),
)


def causes_of(question: Question, *sentences: str, **more: Any) -> tuple[str, ...]:
    return tuple(one for one in score(question, answer(*sentences, **more), SHELF).causes if "other grade" in one)


def test_a_dump_of_all_grades_does_not_answer_a_question_about_one() -> None:
    right = "Help and protection requires improvement to be good."
    dump = ["Overall: good.", right, "Leaders: outstanding.", "Children in care: inadequate."]
    assert causes_of(GRADE, right) == ()
    assert causes_of(GRADE, *dump) == (
        "other grade said (outstanding)",
        "other grade said (good)",
        "other grade said (inadequate)",
    )
    assert not score(GRADE, answer(*dump), SHELF).passed


def test_to_be_good_is_no_other_grade_but_good_is() -> None:
    assert causes_of(GRADE, "It Requires Improvement To Be Good.") == ()
    assert causes_of(GRADE, "It requires improvement to be good, and leaders are good.") == ("other grade said (good)",)


def test_only_questions_about_one_grade_are_held_to_it() -> None:
    said = ["It requires improvement.", "Leaders are good."]
    several = replace(GRADE, facts=(("requires improvement",), ("good",)))
    assert causes_of(several, *said) == ()
    assert causes_of(replace(GRADE, type="theme"), *said) == ()
    assert causes_of(replace(GRADE, type="grade_area"), *said) == ("other grade said (good)",)
    assert causes_of(replace(GRADE, facts=(("2019",),)), *said) == (), "no grade is asked for"


def test_a_heading_names_no_grade() -> None:
    heading = [{"heading": "Good practice in Swindon"}]
    assert causes_of(GRADE, "It requires improvement.", groups=heading) == ()
