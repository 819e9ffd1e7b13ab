"""A run of the evaluation made by hand, with everything that a report can show."""

from typing import Any

from eval.baseline import Baseline, Circumstances, Kept
from eval.gate import Change, Verdict
from eval.gold import Evidence, ExpectedScope, Question
from eval.measures import Tally
from eval.particulars import Reading
from eval.results import Results
from eval.score import Given, Outcome

LETTER, OTHER = "2019-03-01-visit", "2011-03-16-inspection"
QUOTE = "The inspectors were Diane Partridge and Marcie Taylor."
HOSTILE = "</details><script>alert(1)</script> | `a` **b** [c](http://d.example) @somebody #1 <img src=x onerror=alert(2)> \x00\x1b"
LONG = "x" * 10_000
UNDER = Circumstances("0123456789ab", "settings1234", "letters12345", "gold12345678", "Linux, 2 processors")


def given(*sentences: str, **more: Any) -> Given:
    quotes = list(sentences) or [QUOTE]
    body = {
        "refused": False,
        "answer": "\n".join(f"{text} [{number}]" for number, text in enumerate(quotes, 1)),
        "sentences": [{"text": text, "citations": [number]} for number, text in enumerate(quotes, 1)],
        "groups": [{"heading": "Ofsted, 1 March 2019", "sentences": list(range(len(quotes)))}],
        "citations": [
            {
                "number": number,
                "letter_id": LETTER,
                "quote": text,
                "start": 0,
                "end": 9,
                "title": "Visit",
                "locator": "para 2",
            }
            for number, text in enumerate(quotes, 1)
        ],
        "retrieved": [{"letter_id": OTHER, "text": "Nothing."}, {"letter_id": LETTER, "text": f"It began.\n{QUOTE}"}],
        "seconds": {"scope": 0.001, "retrieve": 0.02, "write": 0.004, "total": 0.025},
    }
    return Given.model_validate(body | more)


def refused(kind: str = "letters_silent") -> Given:
    nearest = {"number": 1, "letter_id": LETTER, "quote": "They looked at care leavers.", "start": 0, "end": 9}
    body = {"refused": True, "refusal": {"kind": kind, "nearest": [nearest]}, "answer": "No letter says so."}
    return Given.model_validate(body | {"seconds": {"total": 0.5}})


def question(name: str, text: str = "Who inspected in 2019?", **more: Any) -> Question:
    body: dict[str, Any] = {
        "source": "tuning",
        "type": "who",
        "answerable": True,
        "letters": (LETTER,),
        "evidence": (Evidence((LETTER,), QUOTE),),
        "facts": (("Diane Partridge", "Ms Partridge"), ("Marcie Taylor",)),
        "forbidden": ("Lynne Staines",),
    }
    return Question(id=name, question=text, **(body | more))


def unanswerable(name: str, text: str = "And in 2021?", **more: Any) -> Question:
    nothing: dict[str, Any] = {"answerable": False, "letters": (), "evidence": (), "facts": (), "forbidden": ()}
    return question(name, text, **(nothing | {"type": "absent_detail", "refusal": "letters_silent"} | more))


def outcome(asked: Question, answer: Given, *causes: str, writer: str = "extractive", **more: Any) -> Outcome:
    if asked.answerable:
        tallies = {"accuracy": Tally(not causes, 1), "hit@5": Tally(1, 1), "mrr@10": Tally(0.5, 1)}
        tallies |= {"false_refusal_rate": Tally(answer.refused, 1), "citation_validity": Tally(1, 1)}
    else:
        tallies = {"refusal_recall": Tally(answer.refused, 1)}
    return Outcome(asked, answer, causes, more.pop("doubts", ()), tallies, writer, more.pop("judged", ()))


def outcomes(writer: str = "extractive") -> list[Outcome]:
    """Eight questions in two sets: passed, lost, won, must pass, known gaps, refused rightly and wrongly, hostile."""
    missed = "fact missed (Marcie Taylor)"
    scope = ExpectedScope(frozenset({"Swindon"}), frozenset({2019}), None)
    return [
        outcome(question("p-1"), given(QUOTE), writer=writer),
        outcome(question("l-1", "Who came in March?"), given("It was Diane Partridge."), missed, writer=writer),
        outcome(question("w-1", "And the lead?", history=("Who came?",), scope=scope), given(QUOTE), writer=writer),
        outcome(question("m-1", "Who led?", must_pass=True), given("Lynne Staines led."), missed, "forbidden said (Lynne Staines)", writer=writer),
        outcome(question("k-1", "How many were they in all?", known_gap="needs a sum"), refused(), "refused (letters_silent)", writer=writer),
        outcome(question("k-2", "Both names?", known_gap="needed a list"), given(QUOTE), writer=writer),
        outcome(unanswerable("u-1", source="heldout"), refused("no_letter_in_scope"), writer=writer, doubts=("not at 5 of x: y",)),
        outcome(unanswerable("h 1/<b>", f"{HOSTILE}\ud800", source="heldout", type="a<b"), given(HOSTILE, LONG), "should have refused", writer=writer, judged=(HOSTILE,)),
    ]  # fmt: skip


def results(*, two_writers: bool = False, baseline: bool = True, gate: bool = True, fall: bool = True) -> Results:
    """All of them, with a baseline in which `l-1` passed and `w-1` failed."""
    kept = {one.question.id: Kept(one.passed, one.question.answerable, one.question.source) for one in outcomes()}
    kept |= {"l-1": Kept(True, set="tuning"), "w-1": Kept(False, set="tuning"), "m-1": Kept(True, set="tuning")}
    measures = {"tuning": {"accuracy": 0.75, "mrr@10": 0.5, "false_refusal_rate": 0.25}, "gone": {"accuracy": 1.0}}
    before = Baseline(UNDER, "", measures, kept) if baseline else None
    changes = (Change("outcomes", ("l-1", "m-1"), ("w-1",), 1.0, ""),) if baseline else ()
    falls = ("accuracy is 0.500, at least 0.85 is asked", "1 question that must pass failed: m-1") if fall else ()
    everything = [*outcomes(), *(outcomes("language model") if two_writers else [])]
    return Results(
        tuple(everything),
        UNDER,
        reading=Reading(5, {"field_accuracy": Tally(46, 47)}, ("2011: the date",)),
        baseline=before,
        verdict=Verdict(falls, ("grounding: not measured, no question here bears on it",), changes) if gate else None,
        command="python -m eval --gate",
    )


def nothing() -> Results:
    """A run in which no question was asked."""
    return Results((), Circumstances())
