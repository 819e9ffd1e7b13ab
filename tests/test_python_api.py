"""What other programs import: small, typed, there without a delay, and the same things as the modules hold."""

import subprocess
import sys
from importlib import import_module

import pytest
from fakes import ROOT, shipped_assistant

import assistant
from assistant import Answer, FilterError, Filters, QuestionError, answer_json, render

QUESTION = "What did 2019 say about care leavers?"


def run(script):
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    return done.stdout.split()


def test_nothing_is_imported_before_it_is_asked_for():
    script = "import sys, assistant; print(*(name for name in sys.modules if name.startswith('assistant.')))"
    assert run(script) == []
    assert "assistant.settings" in run(script.replace("; print", "; assistant.load_settings; print"))


@pytest.mark.parametrize("name", assistant.__all__)
def test_each_name_is_what_its_module_holds(name):
    home = assistant._HOME[name]
    assert getattr(assistant, name) is getattr(import_module(f"assistant.{home}"), name)
    assert name in dir(assistant)


def test_the_names_are_those_of_the_type_checker():
    assert sorted(assistant._HOME) == sorted(assistant.__all__) == assistant.__all__
    script = "from assistant import *\nimport assistant\nprint(*(set(assistant.__all__) - set(globals())))"
    assert run(script) == []


def test_what_is_not_there_is_said():
    with pytest.raises(AttributeError, match="no attribute 'Asistant'"):
        assistant.Asistant  # noqa: B018
    with pytest.raises(ImportError):
        from assistant import nothing  # noqa: F401


def test_types_are_for_others_too(tmp_path):
    """A program with a wrong type is told so by the type checker: the package says that it is typed."""
    program = tmp_path / "program.py"
    right = 'from assistant import Assistant, Filters\n\ndef asked(a: Assistant) -> str:\n    return a.ask("x", filters=Filters(years=(2019,))).text\n'
    program.write_text(right + '\nFilters(years="2019")\n')
    done = subprocess.run(  # from here, so that what the type checker found out about the package serves
        [sys.executable, "-m", "mypy", str(program)], capture_output=True, text=True, cwd=ROOT, check=False
    )
    errors = [line for line in done.stdout.splitlines() if "program.py" in line and "error" in line]
    assert len(errors) == 1 and 'incompatible type "str"' in errors[0], done.stdout[-500:]


@pytest.mark.model
def test_asking_from_a_program(tmp_path):
    with shipped_assistant(tmp_path) as asked:
        answer = asked.ask(QUESTION, filters=Filters(years=(2019,)))
        assert isinstance(answer, Answer) and answer.sentences
        for citation in answer.citations:
            assert citation.letter.text[citation.start : citation.end] == citation.quote
        assert answer_json(answer)["question"] == QUESTION
        assert render(answer, "markdown").startswith("#") or answer.citations[0].quote[:20] in render(
            answer, "markdown"
        )
        with pytest.raises(QuestionError):
            asked.ask(" ")
        with pytest.raises(FilterError):
            asked.letter("nowhere")
