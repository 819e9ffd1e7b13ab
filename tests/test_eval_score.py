"""One answer against one question: the causes and the tallies."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.letters.spoken import describe
from assistant.reading.corpus import read_letter
from eval.gold import Evidence, ExpectedScope, Question
from eval.measures import Tally
from eval.report.text import failures
from eval.score import Given, add, score
from eval.shelf import Shelf
from eval.stages import MEASURES

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
    scope=ExpectedScope(frozenset({"swindon"}), frozenset({2019}), frozenset({VISIT.letter_id})),
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
    scope = {"authorities": ["Swindon"], "years": [2019], "letters": [VISIT.letter_id]}
    headed = [{"heading": describe(VISIT), "sentences": [0]}]
    outcome = score(WHO, answer(f"{QUOTE}.", scope=scope, groups=headed), SHELF)
    assert outcome.passed
    bad = {"false_refusal_rate", "uncited_sentences", "wrong_letter_rate", "year_leak"}
    values = {name: tally.value for name, tally in outcome.tallies.items()}
    others = ("reading", "refusal", "judge")
    assert values == {
        name: 0.0 if name in bad else 1.0
        for name, one in MEASURES.items()
        if one.stage not in others or name == "false_refusal_rate"
    }


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


def test_a_heading_names_the_letter_cited_below_it() -> None:
    right = [{"heading": f"{describe(VISIT)}: Findings", "sentences": [0]}]
    wrong = [{"heading": describe(REPORT), "sentences": [0]}]
    assert score(WHO, answer(QUOTE, groups=right), SHELF).tallies["headings_right"] == Tally(1, 1)
    outcome = score(WHO, answer(QUOTE, groups=wrong), SHELF)
    assert outcome.tallies["headings_right"] == Tally(0, 1)
    assert outcome.doubts == (f"the heading names another letter: {describe(REPORT)}",)
    nobody = [{"heading": "Of whom?", "sentences": [7]}]
    assert score(WHO, answer(QUOTE, groups=nobody), SHELF).tallies["headings_right"] == Tally(0, 0)


def test_only_the_extractive_writer_is_held_to_the_letter() -> None:
    turned = QUOTE.replace("The inspectors were", "Inspectors:")
    assert score(WHO, answer(turned.replace("and", "or")), SHELF).tallies["verbatim"] == Tally(0, 1)
    assert score(WHO, answer(QUOTE), SHELF).tallies["verbatim"] == Tally(1, 1)
    assert score(WHO, answer("Two people inspected.", writer="some model"), SHELF).tallies["verbatim"] == Tally(0, 0)


# --- stages by themselves ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "doubt"),
    [
        ({"years": [2018, 2019]}, "scope: years 2018, 2019; expected 2019"),
        ({"authorities": []}, "scope: authorities none; expected swindon"),
        (
            {"letters": [REPORT.letter_id, VISIT.file]},
            f"scope: letters {REPORT.letter_id}, {VISIT.letter_id}; expected {VISIT.letter_id}",
        ),
    ],
)
def test_a_scope_read_otherwise_is_named(part: dict[str, Any], doubt: str) -> None:
    scope = {"authorities": ["Swindon"], "years": [2019], "letters": [VISIT.file]}
    assert score(WHO, answer(QUOTE, scope=scope), SHELF).tallies["scope_accuracy"] == Tally(1, 1)
    outcome = score(WHO, answer(QUOTE, scope=scope | part), SHELF)
    assert outcome.tallies["scope_accuracy"] == Tally(0, 1)
    assert outcome.doubts == (doubt,)
    assert outcome.passed, "a right answer from a scope read otherwise is right"
    assert score(WHO, answer(QUOTE, scope=scope | part), SHELF, ["scope"]).causes == (doubt,)
    assert score(WHO, answer(QUOTE, scope=scope | part), SHELF, ["answer"]).doubts == ()


def test_what_a_scope_leaves_out_is_not_compared() -> None:
    year = replace(WHO, scope=ExpectedScope(years=frozenset({2019})))
    given = answer(QUOTE, scope={"authorities": ["Derby"], "years": [2019], "letters": []})
    assert score(year, given, SHELF).tallies["scope_accuracy"] == Tally(1, 1)
    assert "scope_accuracy" not in score(replace(WHO, scope=None), given, SHELF).tallies


def test_the_search_alone_passes_with_evidence_in_the_first_ten() -> None:
    found = {"letter_id": VISIT.letter_id, "text": VISIT.text[:1500]}
    other = {"letter_id": REPORT.letter_id, "text": REPORT.text[:1500]}
    held = {"letter_id": VISIT.letter_id, "text": QUOTE}
    late = score(WHO, answer("", retrieved=[other] * 9 + [held]), SHELF, ["retrieval"])
    assert (late.passed, late.tallies["mrr@10"]) == (True, Tally(0.1, 1))
    assert set(late.tallies) == {name for name, one in MEASURES.items() if one.stage == "retrieval"}
    never = score(WHO, answer("", retrieved=[other] * 10), SHELF, ["retrieval"])
    assert never.causes == ("no evidence among the first 10 passages",)
    assert score(NOBODY, answer("", retrieved=[found]), SHELF, ["retrieval"]).tallies == {}


def test_a_question_without_facts_measures_the_search_by_whole_documents() -> None:
    whole = Question("b1", "beir", "Visits?", "beir", True, letters=(VISIT.letter_id,))
    whole = replace(whole, evidence=(Evidence((VISIT.letter_id,), ""),))
    passages = [{"letter_id": one.letter_id, "text": "any words"} for one in (REPORT, VISIT, VISIT)]
    outcome = score(whole, answer(QUOTE, retrieved=passages), SHELF)
    assert outcome.passed
    assert (outcome.tallies["mrr@10"], outcome.tallies["recall@5"]) == (Tally(0.5, 1), Tally(1, 1))
    assert "accuracy" not in outcome.tallies
    assert not score(whole, answer(QUOTE, retrieved=passages[:1]), SHELF).passed


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
