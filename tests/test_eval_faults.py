"""The trials of faults: in short, with the real stores, the real commands and real processes; and that they can fail."""

import json
import random
import shutil
import sqlite3
import zlib
from collections import Counter
from contextlib import closing

import pytest
from fakes import CORPUS, hashed_words, real_run, write_letters

from assistant.errors import IndexStateError
from assistant.index.database import FILE
from assistant.index.generation import sealed
from assistant.index.state import load_state
from assistant.index.update import update_index
from assistant.stores.lexical import LexicalIndex
from eval.faults import __main__ as faults
from eval.faults import damage as damage_module
from eval.faults.contents import contents, left_over
from eval.faults.damage import damage
from eval.faults.disk import disk
from eval.faults.ground import Ground
from eval.faults.kills import WORK, kills
from eval.faults.outcome import Outcome, table
from eval.faults.sharing import chroma_alone, sharing
from eval.faults.soak import soak

SILENT = lambda _: None  # noqa: E731


@pytest.fixture(scope="module")
def ground(tmp_path_factory) -> Ground:
    index, _ = real_run()
    return Ground.of(tmp_path_factory.mktemp("ground"), CORPUS, 30, index / "models")


def nothing_lost(outcomes: list[Outcome]) -> None:
    for outcome in outcomes:
        assert outcome.lost == [], outcome.fault
        assert outcome.tried or outcome.skipped, outcome.fault


# --- the trials ------------------------------------------------------------------------------------------------------


@pytest.mark.model
def test_killed_at_any_moment_nothing_is_lost(ground):
    outcomes = kills(ground, len(WORK), random.Random(), SILENT)
    nothing_lost(outcomes)
    assert [outcome.tried for outcome in outcomes] == [1] * len(WORK)


@pytest.mark.model
def test_whatever_file_is_spoilt_the_answers_are_the_same(ground):
    nothing_lost(damage(ground, len(damage_module.KINDS), random.Random(), SILENT))


@pytest.mark.model
def test_processes_that_share_an_index_answer_from_one_state_or_another(ground):
    outcomes = sharing(ground, 6, SILENT)
    nothing_lost(outcomes)
    assert all(outcome.tried > 1 for outcome in outcomes)


@pytest.mark.model
def test_full_and_read_only_disks(ground):
    outcomes = disk(CORPUS, 5, real_run()[0] / "models", 2, 1, SILENT)
    nothing_lost(outcomes)


def test_what_chroma_alone_does_to_a_second_process(tmp_path):
    """Why nothing is ever written where another process reads; should Chroma mend it, this says so."""
    outcome = chroma_alone(tmp_path / "alone", 5)
    assert outcome.reference and outcome.tried == 5
    assert any("Error finding id" in seen for seen in outcome.seen), outcome.seen


@pytest.mark.model
def test_a_crowd_for_a_moment(tmp_path):
    index, _ = real_run()
    shutil.copytree(index, tmp_path / "index")
    outcomes = soak(tmp_path / "index", 20, 15, SILENT)
    nothing_lost(outcomes)
    api, page, letters, company, *_ = outcomes
    assert api.seen["answered"] and page.seen["answered"] and company.tried
    assert letters.tried >= 1 and "p95" in api.note


# --- that they can fail ----------------------------------------------------------------------------------------------


@pytest.fixture
def small(tmp_path):
    """A small index under a fake model."""
    with hashed_words():
        from fakes import fake_settings

        settings = fake_settings(
            tmp_path / "index", write_letters(tmp_path / "letters", {"a.txt": "one", "b.txt": "two"})
        )
        update_index(settings)
        yield settings


def reseal(settings) -> None:
    """As if what is there now had been written so."""
    state = load_state(settings.index_dir)
    state.seal = sealed(settings.index_dir / state.generation)
    state.save(settings.index_dir)


def test_equal_indexes_have_equal_contents(small, tmp_path):
    other = small.model_copy(update={"index_dir": tmp_path / "other"})
    update_index(other)
    assert contents(small).differs(contents(other)) == []


def test_a_changed_letter_changes_the_contents(small, tmp_path):
    before = contents(small)
    write_letters(tmp_path / "letters", {"a.txt": "six"})
    update_index(small)
    after = contents(small)
    assert after.differs(before) == [*before.parts, "vectors"]


@pytest.mark.parametrize("part", ["words", "letters"])
def test_what_is_wrong_in_one_part_is_seen_in_that_part(small, part):
    before = contents(small)
    generation = small.index_dir / load_state(small.index_dir).generation
    if part == "words":
        count = LexicalIndex(generation / "lexical").count()
        shutil.rmtree(generation / "lexical")
        from test_lexical import made_passage

        LexicalIndex(generation / "lexical").add([(made_passage(f"x{n}", "other"), "other") for n in range(count)])
    else:
        with closing(sqlite3.connect(generation / FILE)) as opened, opened:
            [(text,)] = opened.execute("SELECT text FROM bodies WHERE letter_id = 'a'")
            other = zlib.decompress(text).replace(b"Findings", b"Fyndings")
            opened.execute("UPDATE bodies SET text = ? WHERE letter_id = 'a'", (zlib.compress(other),))
    reseal(small)
    after = contents(small)
    assert part in after.differs(before) and "files" not in after.differs(before)


def test_what_is_left_over_is_named(small):
    assert left_over(small) == []
    (small.index_dir / "generation-0").mkdir()
    assert left_over(small) == ["generation-0"]


def test_no_index_has_no_contents(small, tmp_path):
    with pytest.raises(IndexStateError):
        contents(small.model_copy(update={"index_dir": tmp_path / "nowhere"}))


# --- the report ------------------------------------------------------------------------------------------------------


def outcome(**more) -> Outcome:
    return Outcome("a fault", 3, Counter({"well": 2, "said": 1}), **more)


def test_table_says_what_was_lost():
    rows = table(
        [outcome(), outcome(lost=["a letter", "two"]), outcome(reference=True), Outcome("x", skipped="no Linux")]
    )
    assert rows.splitlines()[2:] == [
        "| a fault | 3 | 2 × well; 1 × said | nothing |",
        "| a fault | 3 | 2 × well; 1 × said | **2: a letter** |",
        "| a fault | 3 | 2 × well; 1 × said |  |",
        "| x | not | no Linux |  |",
    ]


@pytest.mark.parametrize(("lost", "status"), [([], 0), (["a letter"], 1)])
def test_what_was_lost_is_the_exit_status(tmp_path, capsys, monkeypatch, lost, status):
    monkeypatch.setattr(faults, "_tried", lambda _: [outcome(lost=lost)])
    assert faults.main(["--json", str(tmp_path / "one.json")]) == status
    captured = capsys.readouterr()
    assert ("lost, a fault: a letter" in captured.err) is bool(lost)
    assert json.loads((tmp_path / "one.json").read_text())["outcomes"][0]["seen"] == {"well": 2, "said": 1}
    monkeypatch.setattr(faults, "_tried", lambda _: pytest.fail("tried again"))
    monkeypatch.setattr(faults, "DOCS", tmp_path / "page.md")
    old = "old\n| fault | tried | what became of it | lost |\n|---|---|---|---|\n| a fault | 1 | - | - |\n| another | 2 | - | - |\n"
    faults.DOCS.write_text(f"before\n{faults.BEGIN}{old}{faults.END}after\n")
    assert faults.main(["--after", str(tmp_path / "one.json"), "--docs"]) == status
    written = faults.DOCS.read_text()
    assert written.startswith("before\n") and written.endswith("after\n") and "old" not in written
    assert written.count("| a fault |") == written.count("| a fault | 3 |") == 1
    assert written.count("| another | 2 | - | - |") == 1, "what was not tried this time stays"


def test_what_cannot_be_measured_is_one_line(tmp_path, capsys):
    assert faults.main(["--only", "kills", "--letters", str(tmp_path / "nowhere")]) == 2
    assert "no such file or folder" in capsys.readouterr().err
