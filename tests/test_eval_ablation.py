"""The ablation: the last row is the product, and each row differs from the one above in what its name says."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fakes import FakeEmbedder, fake_settings, hashed_words, letter_words, made_passage, shipped_assistant

from assistant.engine import COMPARED, Assistant
from assistant.questions.question import understand
from assistant.words.terms import expand
from eval.ablation import ROWS, Ablation, main, separate_words
from eval.gold import Evidence, Question
from eval.run import PASSAGES
from eval.variants import ExactVectors, Variants

ROOT = Path(__file__).parent.parent
NAMED = {row.name: row for row in ROWS}
LEANING = "However, managers of {place} do not yet check that plans are followed. " * 5
FINDING = "Visits to children are made in time by social workers whom they know well. " * 5


def quiet(_what: str, _done: int, _all: int) -> None:
    pass


def written(folder: Path, places: tuple[str, ...] = ("Swindon", "Leeds")) -> Path:
    """A letter of two years about each place, each with a paragraph that leans on the one before it."""
    folder.mkdir(parents=True, exist_ok=True)
    for place in places:
        for year in (2019, 2021):
            words = letter_words("fostering", place, year)
            more = f"- {FINDING.strip()}\n\n- {LEANING.format(place=place).strip()}\n\nYours sincerely"
            (folder / f"{place.lower()}-{year}.txt").write_text(words.replace("Yours sincerely", more))
    return folder


@pytest.fixture(scope="module")
def assistant(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ablation")
    settings = fake_settings(folder / "index", written(folder / "letters"))
    with hashed_words(), Assistant.open(settings) as assistant:
        yield assistant


@pytest.fixture(scope="module")
def ablation(assistant):
    with Variants(assistant.index, assistant.settings, quiet) as variants:
        yield Ablation(assistant, variants)


def found(ablation, assistant, name, question):
    """The hits of a row, its question read with its scope."""
    scope, asked = assistant.understand(question)
    if not NAMED[name].scope:
        asked = understand(asked.text, asked.before, (), len(assistant.letters))
    return ablation.search(NAMED[name], scope, asked, assistant.index.embedder.questions([asked.search])[0])


# --- the last row ------------------------------------------------------------------------------------------------


def test_the_last_row_is_what_the_product_does(tmp_path):
    gold = [json.loads(line) for file in (ROOT / "eval" / "gold").glob("*.jsonl") for line in file.open()]
    gold += [{"id": f"sections {year}", "question": f"What do the headline findings of {year} say of planning?"}
             for year in (2011, 2019, 2024)]  # fmt: skip
    compared = sections = nothing = 0
    with (
        shipped_assistant(tmp_path / "index") as assistant,
        Variants(assistant.index, assistant.settings, quiet) as variants,
    ):
        ablation = Ablation(assistant, variants)
        for row in (*gold[:-3:3], *gold[-3:]):
            history = [turn if isinstance(turn, str) else turn["content"] for turn in row.get("history", [])]
            scope, asked = assistant.understand(row["question"], history=history)
            vector = assistant.index.embedder.questions([asked.search])[0]
            ours = ablation.search(ROWS[-1], scope, asked, vector)
            product = assistant.search(row["question"], history=history, k=PASSAGES).hits
            assert [hit.passage for hit in ours] == [hit.passage for hit in product], row["id"]
            assert [hit.score for hit in ours] == [hit.score for hit in product], row["id"]
            compared += asked.compare and 1 < len(scope.letters) <= COMPARED
            sections += bool(scope.sections)
            nothing += not ours
    assert compared > 5 and sections > 2 and nothing > 2, "every way through the search was taken"


def test_each_row_adds_one_thing_to_the_one_above():
    for above, below in zip(ROWS[5:], ROWS[6:], strict=False):
        changed = [name for name in ("weights", "headers", "scope", "synonyms", "joined", "turns")
                   if getattr(above, name) != getattr(below, name)]  # fmt: skip
        assert len(changed) == 1, below.name
        assert getattr(below, changed[0]) is True
    last = ROWS[-1]
    assert last.weights is None
    assert last.headers and last.scope and last.synonyms and last.joined and last.turns


# --- what each row does ------------------------------------------------------------------------------------------


def test_headers_make_passages_findable_by_who_and_when(ablation, assistant):
    bare = found(ablation, assistant, "BM25", "Leeds")
    headed = found(ablation, assistant, "BM25 + headers", "Leeds")
    assert {hit.passage.letter_id for hit in bare} == {hit.passage.letter_id for hit in headed}
    assert all("Leeds" in hit.passage.text for hit in bare)
    assert any("Leeds" not in hit.passage.text for hit in headed)


def test_one_ranking_alone_and_both_fused(ablation, assistant):
    question = "are visits to children made in time?"
    scope, asked = assistant.understand(question)
    vector = assistant.index.embedder.questions([question])[0]
    with Variants(assistant.index, assistant.settings, quiet) as variants:
        stores = variants.get(headers=True, joined=False)
        dense = [name for name, _ in stores.nearest(vector, 100, None)]
        words = [name for name, _ in stores.lexical.best(separate_words(asked.terms), 100)]
    score = {name: sum(1 / (61 + ranked.index(name)) for ranked in (dense, words) if name in ranked) for name in dense}
    expected = {
        "BM25 + headers": words[:10],
        "dense + headers": dense[:10],
        "fusion of 3 and 4, equal weights": sorted(score, key=lambda name: (-score[name], name))[:10],
    }
    assert len({tuple(names) for names in expected.values()}) == 3
    for name, best in expected.items():
        assert [hit.passage.passage_id for hit in found(ablation, assistant, name, question)] == best, name


def test_scope_leaves_other_letters_out(ablation, assistant):
    question = "what did the 2019 visit to Leeds say about visits to children?"
    assert {hit.passage.letter_id for hit in found(ablation, assistant, "+ scope", question)} == {"leeds-2019"}
    without = found(ablation, assistant, "fusion, weights of the settings", question)
    assert len({hit.passage.letter_id for hit in without}) > 2
    assert found(ablation, assistant, "+ scope", "what was said of Leeds in 1066?") == ()


def test_joining_keeps_a_leaning_paragraph_with_its_finding(ablation, assistant):
    question = "do managers check that plans are followed?"
    apart, together = (
        found(ablation, assistant, name, question)[0].passage.text for name in ("+ synonyms", "+ joining")
    )
    assert apart.startswith("However")
    assert together.startswith("Visits to children") and apart in together


def test_compared_letters_take_turns(ablation, assistant):
    question = "how did visits to children in Leeds change between 2019 and 2021?"
    assert assistant.understand(question)[1].compare
    letters = [hit.passage.letter_id for hit in found(ablation, assistant, "+ equal turns", question)]
    assert letters[:6] == ["leeds-2019", "leeds-2021"] * 3


def test_words_by_themselves_have_no_synonyms():
    terms = expand("do care leavers in Leeds get a LADO?")
    assert any(len(term.alternatives) > 1 for term in terms)
    plain = separate_words(terms)
    assert [term.typed for term in plain] == ["care", "leavers", "leeds", "lado"]
    assert {term.alternatives for term in plain} == {((stem,),) for stem in ("care", "leaver", "leed", "lado")}
    assert separate_words(plain) == plain
    # "looked after": both words are too common to look for, but something must be looked for
    only_common = expand("looked after")
    assert [term.typed for term in separate_words(only_common)] == ["looked", "after"]


# --- measuring ---------------------------------------------------------------------------------------------------

WHO = Question("q", "tuning", "are visits to children in Leeds made in time?", "theme", True, letters=("leeds-2021",))


def test_a_questions_figures_by_hand(ablation):
    """The finding is word for word the same in four letters: only the year in the question tells which is meant."""
    question = replace(
        WHO,
        question="what did the 2021 letter about Leeds say of visits to children made in time?",
        evidence=(Evidence(("leeds-2021",), FINDING.strip()), Evidence(("leeds-2021",), "no passage says this")),
    )
    rows = dict(enumerate(ROWS, 1))
    figures = ablation.measured(question, {7: rows[7], 10: rows[10]}).rows
    for number in (7, 10):
        assert figures[number]["letter_hit@1"] == 1
        assert figures[number]["wrong_letter_rate"] == 0
        assert figures[number]["hit@5"] == 1
        assert figures[number]["recall@5"] == 0.5
        assert figures[number]["mrr@10"] == 1
        assert 0 < figures[number]["seconds"] < 10


def test_the_first_passage_of_another_letter_is_a_wrong_letter(ablation):
    elsewhere = replace(WHO, letters=("swindon-2019",), evidence=(Evidence(("swindon-2019",), FINDING.strip()),))
    (figures,) = ablation.measured(elsewhere, {7: ROWS[6]}).rows.values()
    assert (figures["letter_hit@1"], figures["wrong_letter_rate"], figures["mrr@10"]) == (0, 1, 0)
    nothing = replace(elsewhere, question="what was said of Leeds in 1066?")
    (figures,) = ablation.measured(nothing, {7: ROWS[6]}).rows.values()
    assert (figures["letter_hit@1"], figures["wrong_letter_rate"], figures["mrr@10"]) == (0, 0, 0)


def test_without_a_scope_a_follow_up_is_searched_with_what_it_follows(ablation, assistant, monkeypatch):
    asked = []
    embed = FakeEmbedder.questions
    monkeypatch.setattr(FakeEmbedder, "questions", lambda self, texts: asked.extend(texts) or embed(self, texts))
    follow_up = replace(
        WHO,
        question="and how many social workers do children there trust?",
        history=("What did the 2021 visit to Leeds find?",),
        evidence=(Evidence(("leeds-2021",), FINDING.strip()),),
    )
    ablation.measured(follow_up, {4: ROWS[3], 7: ROWS[6]})
    assert asked == [follow_up.question, f"{follow_up.question} {follow_up.history[0]}"]


# --- embeddings of their own -------------------------------------------------------------------------------------


def test_exact_vectors_by_hand():
    passages = [made_passage("b", "x"), made_passage("a", "x"), made_passage("a", "y", 1)]
    exact = ExactVectors(passages, np.array([[1, 0], [1, 0], [0.6, 0.8]], dtype=np.float32))
    assert exact.nearest([1, 0], 2) == [("a:0", 1.0), ("b:0", 1.0)]
    assert exact.nearest([0, 1], 1) == [("a:1", pytest.approx(0.8))]
    assert exact.nearest([1, 0], 9, ["a", "elsewhere"]) == [("a:0", 1.0), ("a:1", pytest.approx(0.6))]
    assert exact.nearest([1, 0], 9, ["elsewhere"]) == exact.nearest([1, 0], 9, []) == []


def test_the_products_own_stores_are_used_as_they_are(assistant):
    embedded = len(assistant.index.embedder.embedded)
    with Variants(assistant.index, assistant.settings, quiet) as variants:
        searchable = variants.get(headers=True, joined=True)
    assert searchable.passages is assistant.index.passages
    assert searchable.lexical is assistant.index.store.words
    assert len(assistant.index.embedder.embedded) == embedded


def test_each_text_is_embedded_once_for_all_runs(tmp_path):
    settings = fake_settings(tmp_path / "index", written(tmp_path / "letters", ("Leeds",)))
    told: list[tuple[str, int, int]] = []

    def embedded(*, headers: bool) -> list[str]:
        with (
            Assistant.open(settings) as assistant,
            Variants(assistant.index, settings, lambda *news: told.append(news)) as variants,
        ):
            before = len(assistant.index.embedder.embedded)
            first = variants.get(headers=headers, joined=False)
            assert variants.get(headers=headers, joined=False) is first
            assert told[-1][1] == told[-1][2] == first.lexical.count() == len(first.passages)
            assert len(first.passages) > len(assistant.index.passages)
            return assistant.index.embedder.embedded[before:]

    with hashed_words():
        bare = embedded(headers=False)
        assert bare and not any(text.startswith("Leeds · ") for text in bare)
        apart = embedded(headers=True)  # only what the product has joined: all else it has embedded itself
        assert all(text.startswith("Leeds · ") for text in apart)
        assert {text.partition("\n")[2][:7] for text in apart} == {"Visits ", "However"}
        assert embedded(headers=False) == embedded(headers=True) == []
        (tmp_path / "letters" / "leeds-2019.txt").write_text(letter_words("adoption", "Leeds", 2019))
        changed = embedded(headers=False)
        assert changed and all("adoption" in text or text not in bare for text in changed)


# --- the command -------------------------------------------------------------------------------------------------


@pytest.fixture
def gold(tmp_path):
    rows = [
        {
            "id": f"q{year}{place}",
            "question": f"Are visits to children in {place} made in time, going by the {year} letter?",
            "answerable": True,
            "gold_documents": [f"{place.lower()}-{year}.txt"],
            "quotes": [{"document": f"{place.lower()}-{year}.txt", "quote": FINDING.strip()}],
            "required_facts": [["in time"]],
        }
        for place in ("Leeds", "Swindon")
        for year in (2019, 2021)
    ]
    rows.append({"id": "none", "question": "What about Mars?", "answerable": False})
    file = tmp_path / "tuning.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return file


def opener(tmp_path):
    def opened(corpus, index):
        return Assistant.open(fake_settings(index, corpus))

    return opened


def run(tmp_path, *options):
    given = ["--corpus", str(written(tmp_path / "letters")), "--index", str(tmp_path / "index"), *options]
    with hashed_words():
        return main(given, opener(tmp_path))


def test_the_table_and_the_figures(tmp_path, gold, capsys):
    report = tmp_path / "report.json"
    assert run(tmp_path, "--gold", str(gold), "--json", str(report)) == 0
    out, err = capsys.readouterr()
    assert out.startswith("tuning: 4 questions about 4 letters\n")
    for number, row in enumerate(ROWS, 1):
        assert f"\n{number:<2}  {row.name}  " in out
    assert "Row 10 less this row" in out
    assert "searched: 4 of 4" in err
    body = json.loads(report.read_text())
    rows = {one["row"]: one for one in body["sets"]["tuning"]}
    assert list(rows) == list(range(1, 11))
    assert rows[10]["measures"]["letter_hit@1"] == rows[10]["measures"]["mrr@10"] == 1
    assert rows[10]["behind"] == {}
    for number in range(1, 10):
        for name, test in rows[number]["behind"].items():
            assert test["difference"] == pytest.approx(rows[10]["measures"][name] - rows[number]["measures"][name])
            assert test["low"] <= test["difference"] + 1e-9 and test["difference"] <= test["high"] + 1e-9
            assert 0 < test["p"] <= 1
    assert rows[1]["behind"]["mrr@10"]["difference"] > 0, "without headers the four letters cannot be told apart"
    assert [one["id"] for one in body["questions"]] == ["q2019Leeds", "q2021Leeds", "q2019Swindon", "q2021Swindon"]
    assert body["questions"][0]["letter"] == "leeds-2019"
    assert body["questions"][0]["rows"]["10"]["mrr@10"] == 1


def test_chosen_rows_need_only_their_own_embeddings(tmp_path, gold, capsys):
    assert run(tmp_path, "--gold", str(gold), "--rows", "9,10") == 0
    assert "embedding" not in capsys.readouterr().err
    assert run(tmp_path, "--gold", str(gold), "--rows", "10,3") == 0
    out, err = capsys.readouterr()
    assert "embedding passages with headers, not joined" in err and "without" not in err
    assert "\n3   BM25 + headers" in out and "\n4   " not in out
    assert run(tmp_path, "--gold", str(gold), "--rows", "10") == 0
    assert "less this row" not in capsys.readouterr().out


def test_two_gold_files_are_shown_apart_and_together(tmp_path, gold, capsys):
    other = tmp_path / "reporting.jsonl"
    other.write_text(gold.read_text().replace('"q20', '"r20').replace('"none"', '"nothing"'))
    assert run(tmp_path, "--gold", str(gold), str(other), "--rows", "9,10") == 0
    out = capsys.readouterr().out
    assert [line for line in out.splitlines() if ": " in line] == [
        "tuning: 4 questions about 4 letters",
        "reporting: 4 questions about 4 letters",
        "together: 8 questions about 4 letters",
    ]


@pytest.mark.parametrize("rows", ["0", "11", "3,x", "3,,4", "-1"])
def test_wrong_rows_are_refused(rows, capsys):
    with pytest.raises(SystemExit) as caught:
        main([f"--rows={rows}"])
    assert caught.value.code == 2
    assert "write numbers from 1 to 10" in capsys.readouterr().err


def test_wrong_gold_measures_nothing(tmp_path, gold, capsys):
    gold.write_text(gold.read_text().replace("Visits to children", "Visits to nobody", 1))
    assert run(tmp_path, "--gold", str(gold)) == 2
    out, err = capsys.readouterr()
    assert out == "" and f"{gold}:1: quote 1 is not in leeds-2019.txt" in err
    gold.write_text('{"id": "none", "question": "What about Mars?", "answerable": false}\n')
    assert run(tmp_path, "--gold", str(gold)) == 2
    assert "no answerable question holds a quote" in capsys.readouterr().err


def test_the_docs_name_every_row():
    page = (ROOT / "docs" / "explanation" / "evaluation.md").read_text(encoding="utf-8")
    section = page.partition("## Ablation")[2].partition("\n## ")[0]
    for number, row in enumerate(ROWS, 1):
        assert f"| {number} | {row.name} |" in section
    for option in ("--rows", "--json", "--corpus", "--index", "--gold"):
        assert option in section
