"""The mutants: each one changes answers and leaves nothing behind, and the command says what the gate caught."""

import json
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest
from fakes import shipped_assistant

from assistant.answers.answer import answer_json
from eval import mutants, mutation
from eval.mutants import MUTANTS, Mutant, applied
from eval.mutation import Result, main

QUESTIONS = {
    "What needs to improve for care leavers, according to the March 2019 letter?": (),
    "What did inspectors think still had to be worked on in 2011? All of it please": (),
    "What did Swindon get overall at the July 2019 inspection?": (),
    "What is the latest Ofsted judgement on Swindon children's services that we know of?": (),
    "When was the focused visit?": (),
    "Who signed the 2024 monitoring visit letter?": (),
    "pathwey plans for care leevers 2019, whats wrong with them": (),
    "Were assessments being done any quicker by the 2019 inspection than back in 2011?": (),
    "Compare management oversight in 2011 and 2024": (),
    "Who is the head of the virtual school?": (),
    "and in 2024?": ("What did the 2011 letter say about permanent staff?",),
    "What did Ofsted find when they went to Wiltshire on a focused visit?": (),
    "Why was the local offer for care leavers criticised as badly written?": (),
    "Should people vote for Jim Robbins after all this?": (),
    "What did the leader of the council say in the July 2024 press release?": (),
}
"""Each with its history: together they take every way through the product that a mutant breaks."""

NAMED = {mutant.name: mutant for mutant in MUTANTS}
QUOTE = "The inspectors were Diane Partridge and Marcie Taylor, two of Her Majesty's inspectors"
GOLD = (
    {
        "id": "q1",
        "question": "Who inspected care leavers' services in February 2019?",
        "type": "who",
        "answerable": True,
        "gold_documents": ["2019-03-01-swindon-focused-visit.txt"],
        "quotes": [{"document": "2019-03-01-swindon-focused-visit.txt", "quote": QUOTE}],
        "required_facts": [["Marcie Taylor"], ["Her Majesty's inspectors"]],
    },
    {"id": "q2", "question": "Should people vote for Jim Robbins?", "type": "remit", "answerable": False},
)
NO_CHANGE = Mutant("no-change", "nothing", "not at all", lambda _assistant: nullcontext())
GONE = Mutant("gone", "a check that is no more", "its name", mutants._replaced({"questions.scope.no_such_name": None}))


@pytest.fixture(scope="module")
def assistant(tmp_path_factory):
    with shipped_assistant(tmp_path_factory.mktemp("mutation") / "index") as assistant:
        yield assistant


def answers(assistant, questions=QUESTIONS):
    """What is answered to each question, without the times."""
    given = {text: answer_json_now(assistant.ask(text, history=QUESTIONS[text])) for text in questions}
    return {text: {key: value for key, value in one.items() if key != "seconds"} for text, one in given.items()}


def answer_json_now(answer):
    """By its module, as the product does it: a mutant may stand there."""
    return sys.modules["assistant.answers.answer"].answer_json(answer)


@pytest.fixture(scope="module")
def unbroken(assistant):
    return answers(assistant)


def product(assistant):
    """What every name of the product stands for, and every attribute of the open assistant's parts."""
    modules = {name: module for name, module in sys.modules.items() if name.split(".")[0] == "assistant"}
    parts = {"": assistant, "index": assistant.index, "retriever": assistant._retriever}
    classes = {f"{name}.{one}": vars(kind) for name, module in modules.items() for one, kind in vars(module).items()
               if isinstance(kind, type) and kind.__module__ == name}  # fmt: skip
    held = {name: vars(module) for name, module in {**modules, **parts}.items()} | classes
    return {(name, key): id(value) for name, names in held.items() for key, value in names.items()}


# --- the mutants -------------------------------------------------------------------------------------------------


def test_there_are_enough_and_each_says_what_it_breaks():
    assert len(MUTANTS) >= 16
    assert len(NAMED) == len(MUTANTS), "a name was given twice"
    for mutant in MUTANTS:
        assert mutant.name == mutant.name.lower().replace(" ", "-")
        assert mutant.broken and mutant.how
        assert "|" not in mutant.broken + mutant.how, "these are cells of a Markdown table"


@pytest.mark.parametrize("name", NAMED)
def test_each_changes_answers_and_leaves_the_product_as_it_was(name, assistant, unbroken):
    before, letters, known = product(assistant), assistant.letters, dict(assistant._by_id)
    with applied(NAMED[name], assistant):
        broken = answers(assistant)
    changed = [text for text in QUESTIONS if broken[text] != unbroken[text]]
    assert changed
    assert product(assistant) == before
    assert assistant.letters is letters and assistant._by_id == known
    assert answers(assistant, changed) == {text: unbroken[text] for text in changed}


def test_the_product_is_mended_when_a_question_fails(assistant, unbroken):
    before = product(assistant)
    with pytest.raises(ZeroDivisionError), applied(NAMED["standing-swapped"], assistant):
        raise ZeroDivisionError
    assert product(assistant) == before
    assert answers(assistant) == unbroken


def said(assistant, name, question):
    with applied(NAMED[name], assistant):
        return assistant.ask(question)


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("grades-swapped", "Good: it is inadequate.", "Inadequate: it is good."),
        ("negation-dropped", "It is not yet good, nothing is.", "It is yet good, nothing is."),
        ("number-wrong", "9 of 12", "10 of 12"),
        ("date-wrong", "On 12 December and 3 May 2019 it may be; in March 2020.",
         "On 12 January and 3 June 2019 it may be; in April 2020."),
        ("sentences-cut-short", "a b c d e f g h i j k l m n", "a b c d e f g h i j k l"),
        ("inspectors-swapped", "Diane Partridge led Marcie Taylor", "Marcie Taylor led Diane Partridge"),
    ],
)  # fmt: skip
def test_sentences_are_said_otherwise(assistant, name, text, expected):
    from assistant.answers import draft

    with applied(NAMED[name], assistant):
        assert draft.CitedSentence(text, (1,)).text == expected


def test_lists_lack_their_last_item_and_sentences_their_citations(assistant):
    question = "What did inspectors think still had to be worked on in 2011? All of it please"
    whole = assistant.ask(question)
    cut = said(assistant, "lists-cut-short", question)
    assert [one.text for one in cut.sentences] == [one.text for one in whole.sentences[:-1]]
    bare = said(assistant, "citations-off", question)
    assert [one.text for one in bare.sentences] == [one.text for one in whole.sentences]
    assert not any(one.citations for one in bare.sentences)


def test_citations_are_moved_and_named_otherwise(assistant):
    answer = assistant.ask("What did inspectors think still had to be worked on in 2011?")
    right = answer_json(answer)["citations"]
    with applied(NAMED["citation-off-by-one"], assistant):
        assert [one["start"] - 1 for one in answer_json_now(answer)["citations"]] == [one["start"] for one in right]
    with applied(NAMED["letters-swapped"], assistant):
        assert {one["letter_id"] for one in answer_json_now(answer)["citations"]} == {assistant.letters[-1].letter_id}


# --- the command -------------------------------------------------------------------------------------------------


@pytest.fixture
def run(assistant, tmp_path):
    """The command over two questions, with floors of the test's own and no baseline."""

    def run(*options, mutants=MUTANTS, floors="[at_least]\naccuracy = 1\ncitation_validity = 1\n", gold=GOLD):
        (tmp_path / "gold.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in gold), encoding="utf-8")
        (tmp_path / "floors.toml").write_text(floors, encoding="utf-8")
        files = ("--gold", tmp_path / "gold.jsonl", "--floors", tmp_path / "floors.toml")
        arguments = [str(one) for one in (*files, "--baseline", tmp_path / "none.json", *options)]
        return main(arguments, lambda _corpus, _index: nullcontext(assistant), mutants)

    return run


def test_caught_mutants_exit_with_0(run, tmp_path, capsys):
    table, body = tmp_path / "table.md", tmp_path / "body.json"
    names = ("citation-off-by-one", "citations-off")
    floors = "[at_least]\naccuracy = 1\ncitation_validity = 1\n[at_most]\nuncited_sentences = 0\n"
    assert run("--only", *names, "--markdown", table, "--json", body, floors=floors) == 0
    out, err = capsys.readouterr()
    assert "2 of 2 mutants caught" in out
    assert "floor of citation_validity" in out
    assert "1 of 2: citation-off-by-one: floor of citation_validity" in err
    rows = table.read_text(encoding="utf-8").splitlines()
    assert rows[0].startswith("| mutant | what is broken | how |")
    assert rows[2].startswith(
        "| `citation-off-by-one` | citations point one character too far | start and end plus 1 | 1 |"
    )
    first, second = json.loads(body.read_text(encoding="utf-8"))["mutants"]
    assert first["figures"]["citation_validity"] == [1.0, 0.0]
    assert first["rules"] == ["floor of citation_validity"]
    assert first["falls"] == ["citation_validity is 0.000, at least 1 is asked"]
    assert (first["changed"], first["of"], first["lost"]) == (1, 2, [])
    assert second["rules"] == ["floor of uncited_sentences"]


def test_a_survivor_exits_with_1_and_is_named(run, capsys):
    assert run("--only", "refusal-of-another-kind", "citation-off-by-one") == 1
    out = capsys.readouterr().out
    assert "1 of 2 mutants caught; not caught: refusal-of-another-kind" in out
    assert "NOT CAUGHT" in out


def test_questions_lost_are_named(run, tmp_path, capsys):
    body = tmp_path / "body.json"
    gold = (GOLD[0] | {"must_pass": True}, GOLD[1])
    assert run("--only", "sentences-cut-short", "--json", body, gold=gold) == 0
    (result,) = json.loads(body.read_text(encoding="utf-8"))["mutants"]
    assert result["lost"] == ["q1"]
    assert result["rules"] == ["floor of accuracy", "must pass (1)"]
    assert result["figures"]["accuracy"] == [1.0, 0.0]
    assert "1: q1" in capsys.readouterr().out


def test_a_mutant_that_changes_nothing_is_an_error(run, capsys):
    assert run(mutants=[NO_CHANGE, NAMED["citation-off-by-one"]]) == 2
    assert "no answer changed, so these break nothing: no-change\n" in capsys.readouterr().err


def test_a_mutant_whose_target_has_gone_is_an_error(run, capsys):
    assert run(mutants=[GONE]) == 2
    assert "gone no longer fits the product: AttributeError" in capsys.readouterr().err


def test_the_unbroken_product_must_hold_first(run, capsys):
    quotes = [{"document": GOLD[0]["gold_documents"][0], "quote": "The inspectors were Diane Partridge"}]
    wrong = GOLD[0] | {"quotes": quotes, "required_facts": [["Diane Partridge"]], "forbidden": ["Marcie Taylor"]}
    assert run(gold=[wrong, GOLD[1]]) == 2
    out, err = capsys.readouterr()
    assert "the unbroken product does not hold, so nothing was broken:\naccuracy is 0.000, at least 1 is asked" in err
    assert out == ""


def test_wrong_gold_floors_and_names_exit_with_2(run, capsys):
    assert run(gold=[GOLD[0] | {"gold_documents": ["x.txt"]}]) == 2
    assert 'gold.jsonl:1: there is no letter "x.txt"' in capsys.readouterr().err
    assert run(floors="[at_least]\nnonsense = 1\n") == 2
    assert "nonsense = 1 is no measure" in capsys.readouterr().err
    for options in (("--only", "nonsense"), ("--json", "/no/such/folder/file.json")):
        with pytest.raises(SystemExit) as stopped:
            run(*options)
        assert stopped.value.code == 2


def test_the_list_asks_nothing(capsys):
    def opener(_corpus: Path | None, _index: Path | None):
        raise AssertionError("was opened")

    assert main(["--list"], opener) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(NAMED)


# --- what is said of a result --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fall", "rule"),
    [
        ("accuracy is 0.812, at least 0.85 is asked", "floor of accuracy"),
        ("12 questions that must pass failed: a, b", "must pass (12)"),
        ("a regression of outcomes (9 lost, 1 won, p = 0.021): a, b", "regression of outcomes"),
        ("a regression of search (9 lost, 1 won, p = 0.016)", "regression of search"),
        ("the gold check finds 1 to mend: gold.jsonl:1: ...", "the gold check finds 1 to mend"),
    ],
)
def test_what_caught_it_is_said_in_a_few_words(fall, rule):
    assert mutation._rule(fall) == rule


def test_a_row_of_the_table():
    figures = {"accuracy": (0.9, 0.5), "hit@1": (0.7, 0.5), "hit@5": (0.9, 0.8), "mrr@10": (0.8, 0.79)}
    lost = ("a", "b", "c", "d", "e")
    floors = [f"floor of {name}" for name in ("accuracy", "hit@1", "hit@5", "mrr@10", "grounding")]
    rules = (*floors, "must pass (2)", "regression of outcomes", "regression of search")
    result = Result("name", "what", "how", 7, 9, rules, (), figures, lost, (), 1.0)
    assert mutation._cells(result) == [
        "name",
        "what",
        "how",
        "7",
        "5: a, b, c and 2 more",
        "must pass (2); floor of accuracy, hit@1, hit@5 and 2 more; regression of outcomes, search",
        "accuracy 0.900 → 0.500; hit@1 0.700 → 0.500; hit@5 0.900 → 0.800",
    ]


def test_a_survivor_is_said_to_be_one():
    result = Result("name", "what", "how", 7, 9, (), (), {}, (), (), 1.0)
    assert mutation._cells(result)[3:] == ["7", "0", "NOT CAUGHT", ""]
    assert mutation._summary([result]) == "0 of 1 mutants caught; not caught: name"
