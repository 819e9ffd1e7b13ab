"""The reports that people and CI look at: what they show, and that nothing in a question can break them."""

import re
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from typing import get_args

import pytest
import report_fakes as fakes
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from eval.gate import Change, Verdict
from eval.gold import RefusalKind
from eval.matching import holds
from eval.measures import Tally
from eval.report.html import MEANINGS, as_html
from eval.report.junit import as_junit
from eval.report.markdown import LIMIT, as_markdown
from eval.report.marks import highlighted, spans
from eval.report.words import KINDS, MAIN, allowed, labelled, moved, newly_failed, short, shown
from eval.results import Results
from eval.stages import MEASURES

VOID = {"meta", "br", "img", "input", "link", "hr"}
WRITTEN = (as_html, as_junit, as_markdown)


class Parsed(HTMLParser):
    """Elements with their attributes and all their text; every element must be closed where it belongs."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[int, str] = {}
        self._open: list[int] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(set(names)) == len(names), tag
        if tag != "mark":  # elements stand apart, marked words do not
            self.handle_data(" ")
        self.elements.append((tag, dict(attrs)))
        self.texts[len(self.elements) - 1] = ""
        if tag not in VOID:
            self._open.append(len(self.elements) - 1)

    def handle_endtag(self, tag: str) -> None:
        assert self.elements[self._open.pop()][0] == tag, f"</{tag}> closes something else"

    def handle_data(self, data: str) -> None:
        for place in self._open:
            self.texts[place] += data

    def all(self, tag: str, name: str = "") -> list[str]:
        """Texts of the elements of a tag, and a class."""
        return [
            " ".join(self.texts[place].split())
            for place, (found, attributes) in enumerate(self.elements)
            if found == tag and (not name or name in (attributes.get("class") or "").split())
        ]

    def by_id(self, name: str) -> str:
        (place,) = [place for place, (_, attributes) in enumerate(self.elements) if attributes.get("id") == name]
        return " ".join(self.texts[place].split())


@pytest.fixture(scope="module")
def page() -> Parsed:
    return Parsed(as_html(fakes.results()))


# --- the page --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("run", [fakes.results(), fakes.results(two_writers=True), fakes.nothing()])
def test_the_page_asks_for_nothing_and_every_link_leads_somewhere(run):
    text = as_html(run)
    parsed = Parsed(text)
    ids = Counter(attributes["id"] for _, attributes in parsed.elements if "id" in attributes)
    assert [name for name, times in ids.items() if times > 1] == []
    for tag, attributes in parsed.elements:
        assert tag not in {"link", "iframe", "object", "embed", "base", "img"}
        assert not {"src", "srcset", "action", "data", "poster", "background"} & set(attributes)
        assert not [name for name in attributes if name.startswith("on")]
        if "href" in attributes:
            assert (attributes["href"] or "")[:1] == "#" and (attributes["href"] or "")[1:] in ids
    assert not re.search(r"(?:src|href)\s*=\s*[\"']?(?:https?:)?//", text)
    assert not re.search(r"@import|url\(", text)
    assert sum(tag == "script" for tag, _ in parsed.elements) == 1
    assert "default-src 'none'" in text


def test_words_of_a_question_are_never_markup(page):
    assert "<script>alert(1)" in page.by_id("q-h-1-b-")
    assert not [tag for tag, attributes in page.elements if tag == "img" or "onerror" in attributes]


def test_the_verdict_says_why_and_links_what_was_lost_and_won(page):
    assert "The gate falls" in page.all("h2")
    falls = page.all("ul", "falls")[0]
    assert falls.startswith("Answers right: 0.500, at least 0.85 is asked")
    assert page.all("ul", "moved") == ["m-1 Who led?", "l-1 Who came in March? m-1 Who led?", "w-1 And the lead?"]
    links = [attributes["href"] for tag, attributes in page.elements if tag == "a"]
    assert links.count("#q-l-1") == 2  # from the verdict, and from the question itself
    assert "1 question lost" not in page.all("section", "verdict")[0]
    assert "2 questions lost and 1 won" in page.all("section", "verdict")[0]
    assert "Sentences grounded: not measured" in page.all("section", "verdict")[0]
    assert "Known gaps do not count here" in page.all("section", "verdict")[0]


def test_a_gate_that_holds_and_none_at_all():
    holds_now = Parsed(as_html(fakes.results(fall=False)))
    assert "The gate holds" in holds_now.all("h2")
    assert holds_now.all("ul", "falls") == []
    unasked = Parsed(as_html(fakes.results(gate=False, baseline=False)))
    assert "No verdict was asked for" in unasked.all("h2")
    assert "Before and now" not in unasked.all("h2")
    assert "Before and now" in holds_now.all("h2")


def test_the_main_figures_stand_with_their_interval(page):
    tiles = page.all("article", "tile")
    assert len(tiles) == sum(
        name in {"accuracy", "refusal_recall", "false_refusal_rate", "citation_validity", "hit@5"} for name in MAIN
    )
    right = next(tile for tile in tiles if tile.startswith("Answers right"))
    assert "50.0%" in right and "3 of 6" in right
    assert "18.8% to 81.2%" in right  # Wilson's interval of 3 of 6
    assert "Answered, every expected fact said" in right


def test_the_shipped_sets_are_explained_and_others_are_not():
    text = as_html(fakes.results())
    assert text.count("nobody studied these questions") == 1
    own = replace(fakes.results(), outcomes=fakes.results().outcomes[:1])
    assert own.outcomes[0].question.source == "tuning" and "nobody studied" not in as_html(own)


def test_measures_stand_by_stage_with_a_column_for_each_set(page):
    heads = page.all("thead")[-1]
    assert heads == "Measure tuning 6 questions heldout 2 questions All together 8 questions"
    assert [text.split()[0] for text in page.all("tr", "stage")] == [
        "Reading",
        "Retrieval",
        "Answer",
        "Citation",
        "Refusal",
    ]
    row = next(text for text in page.all("tr") if text.startswith("MRR@10") and "mean of" in text)
    assert "0.500" in row and "mean of 6" in row and "– not measured" in row  # heldout has no answerable question


def test_types_are_plotted_weakest_first_with_whiskers():
    run = fakes.results()
    other = fakes.outcome(fakes.question("t-1", type="year_scoped"), fakes.refused(), "refused (letters_silent)")
    page = Parsed(as_html(replace(run, outcomes=(*run.outcomes, other))))
    rows = [text.split()[0] for text in page.all("table", "plot")[0].split("%")]
    assert rows[0] == "Type" and "Year scoped 0.0% 0 of 1 Who 50.0% 3 of 6" in page.all("table", "plot")[0]
    styles = [attributes["style"] for tag, attributes in page.elements if attributes.get("class") == "range"]
    assert "left:18.76%;right:18.76%" in styles
    assert all(0 <= float(number) <= 100 for style in styles for number in re.findall(r"[\d.]+", style or ""))


def test_before_and_now_stand_side_by_side(page):
    changed = [text for text in page.all("tr", "worse") + page.all("tr", "better")]
    assert changed == ["Answers right Before 75.0% → now 50.0% −25.0 points (worse)", "Answerable refused less is better Before 25.0% → now 16.7% −8.3 points (better)"]  # fmt: skip
    assert page.all("tr", "same") == ["MRR@10 Before 0.500 → now 0.500 no change"]
    assert "gone" not in page.all("h3"), "a set that was not asked has no before and now"


@pytest.mark.parametrize("written", [as_html, as_markdown])
def test_other_questions_than_before_are_told(written):
    run = fakes.results()
    assert run.baseline
    other = replace(run.baseline, circumstances=replace(fakes.UNDER, gold="other"))
    assert "The questions are not those of before" in written(replace(run, baseline=other))
    assert "The questions are not those of before" not in written(run)
    assert "The questions are not those of before" not in written(fakes.results(baseline=False))


def test_times_are_drawn_with_p50_and_p95(page):
    figures = page.all("figcaption")
    assert figures[0] == "Reading the question half within 1 ms, 19 of 20 within 1 ms"
    assert figures[-1] == "All together half within 25 ms, 19 of 20 within 500 ms"
    names = [
        (attributes["class"] or "").split()[0]
        for tag, attributes in page.elements
        if tag == "span" and (attributes.get("class") or "").startswith("p")
    ]
    assert names == ["p50", "p95"] * 4
    assert "How long it takes" not in Parsed(as_html(replace(fakes.results(), stages=("answer",)))).all("h2")


def test_failed_questions_come_first(page):
    names = [
        attributes["id"]
        for tag, attributes in page.elements
        if tag == "details" and "entry" in (attributes.get("class") or "")
    ]
    assert names == ["q-m-1", "q-l-1", "q-h-1-b-", "q-k-1", "q-k-2", "q-p-1", "q-w-1", "q-u-1"]
    groups = [text for text in page.all("h3") if text.split(" ")[0] in {"Failed,", "Failed", "Known", "Passed"}]
    assert groups == ["Failed, and must pass 1", "Failed, and must pass 1", "Failed 2", "Known gaps 1", "Known gaps that pass now 1", "Passed 3"]  # fmt: skip
    keys = {attributes["id"]: attributes["data-keys"] for tag, attributes in page.elements if "data-keys" in attributes}
    assert keys["q-m-1"] == "failed lost must"
    assert keys["q-k-2"] == "passed gap"
    assert keys["q-w-1"] == "passed won"
    assert keys["q-u-1"] == "passed doubt"


def test_a_question_shows_the_answer_beside_what_was_expected(page):
    text = page.by_id("q-m-1")
    assert "Why it failed fact missed (Marcie Taylor) forbidden said (Lynne Staines)" in text
    assert "Missed: Diane Partridge or Ms Partridge" in text
    assert "But it does: Lynne Staines" in text
    assert "From this letter 2019-03-01-visit" in text
    assert "2019-03-01-visit · among the passages found" in text.replace("visit among", "visit · among")
    assert "2011-03-16-inspection another letter Nothing." in text
    assert "2019-03-01-visit holds what was expected It began." in text
    assert "Lynne Staines led. Visit, para 2" in text
    assert "Lynne Staines" in page.all("mark", "bad")
    assert {"Diane Partridge", "Marcie Taylor"} <= set(page.all("mark"))
    refusal = page.by_id("q-u-1")
    assert "Refused: no letter of that place or time No letter says so." in refusal
    assert "A refusal, because: the letters do not say." in refusal
    assert "They looked at care leavers." in refusal
    assert "What does not hold not at 5 of x: y" in refusal
    follow = page.by_id("q-w-1")
    assert "Asked before, in the same conversation Who came?" in follow
    assert "authorities: Swindon years: 2019" in follow
    assert "needs a sum" in page.by_id("q-k-1")
    assert "What the language-model judge says" in page.by_id("q-h-1-b-")


def test_sentences_outside_all_groups_and_citations_that_do_not_exist_are_shown():
    odd = fakes.given("Diane Partridge.", "And so on.", groups=[{"heading": "Of one", "sentences": [1, 7]}])
    odd = odd.model_copy(
        update={"sentences": (odd.sentences[0].model_copy(update={"citations": (1, 9)}), odd.sentences[1])}
    )
    twice = fakes.given("One.", "Two.").model_copy(update={"citations": fakes.given("One.").citations * 2})
    bare = fakes.given().model_copy(update={"sentences": (), "groups": (), "citations": ()})
    search = bare.model_copy(update={"answer": ""})
    found = [fakes.outcome(fakes.question(f"o-{at}"), one) for at, one in enumerate((odd, twice, bare, search))]
    page = Parsed(as_html(replace(fakes.results(), outcomes=tuple(found))))
    assert "Diane Partridge. Quote 1 9: no such quote Of one And so on. Quote 2" in page.by_id("q-o-0")
    assert page.by_id("q-o-1:1").startswith("One.")
    assert f"{fakes.QUOTE} [1]" in page.by_id("q-o-2")
    assert "only the search was measured" in page.by_id("q-o-3")


def test_the_same_words_in_another_letter_are_not_what_was_expected():
    found = [{"letter_id": letter, "text": fakes.QUOTE.upper()} for letter in (fakes.OTHER, fakes.LETTER)]
    one, both = (fakes.outcome(fakes.question("e-1"), fakes.given(retrieved=found[:size])) for size in (1, 2))
    text = Parsed(as_html(replace(fakes.results(), outcomes=(one,)))).by_id("q-e-1")
    assert "not among the passages found" in text and "holds what was expected" not in text
    text = Parsed(as_html(replace(fakes.results(), outcomes=(both,)))).by_id("q-e-1")
    assert text.index("another letter") < text.index("holds what was expected")
    assert "not among the passages found" not in text


def test_two_writers_stand_side_by_side():
    run = fakes.results(two_writers=True)
    worse = replace(run.outcomes[8], causes=("fact missed (x)",), tallies={"accuracy": Tally(0, 1)})
    page = Parsed(as_html(replace(run, outcomes=(*run.outcomes[:8], worse, *run.outcomes[9:]))))
    assert "Writers side by side" in page.all("h2")
    both = page.all("section", "writers")[0]
    assert "Answers right extractive: 50.0% 3 of 6 language model: 33.3% 2 of 6" in both
    assert (
        "Right by both extractive and language model: 3. By extractive alone: 1. By language model alone: 0. By neither: 4."
        in both
    )
    assert "language model: failed" in page.by_id("q-p-1")
    assert "extractive: passed" in page.by_id("q-p-1_1")
    assert "Writers side by side" not in Parsed(as_html(fakes.results())).all("h2")


def test_links_to_questions_stay_apart():
    names = ["a b", "a-b", "a/b", "ä", "ö", "x" * 200, "x" * 201]
    found = tuple(fakes.outcome(fakes.question(name), fakes.given()) for name in names)
    page = Parsed(as_html(replace(fakes.results(), outcomes=found)))
    ids = [str(attributes["id"]) for tag, attributes in page.elements if "data-keys" in attributes]
    assert len(set(ids)) == len(names)
    assert ids[0] == "q-a-b" and max(map(len, ids)) < 100


def test_a_run_without_questions_is_a_page_too():
    page = Parsed(as_html(fakes.nothing()))
    assert "No question was asked." in page.all("p")
    assert page.all("h2") == ["No verdict was asked for", "Every question", "Where these figures come from"]


def test_circumstances_and_command_are_given(page):
    shown_there = page.all("dl", "from")[0]
    for words in (
        "0123456789ab",
        "settings1234",
        "letters12345",
        "gold12345678",
        "2 processors",
        "python -m eval --gate",
    ):
        assert words in shown_there


def test_seven_hundred_questions_stay_below_five_megabytes():
    passage = {"letter_id": fakes.LETTER, "text": "These are words of a letter. " * 40}
    sentence = "Care leavers have a say in how the services that they use are run, inspectors found. "
    answer = fakes.given(*[sentence * 2] * 5, retrieved=[passage] * 10)
    found = tuple(fakes.outcome(fakes.question(f"n-{number}"), answer, "too long") for number in range(700))
    assert len(as_html(replace(fakes.results(), outcomes=found)).encode()) < 5_000_000


def test_every_measure_and_kind_of_refusal_has_plain_words():
    assert set(MEANINGS) == set(MEASURES)
    assert set(KINDS) == set(get_args(RefusalKind))
    assert set(MAIN) <= set(MEASURES)
    assert all(text.endswith(".") for text in MEANINGS.values())


# --- marks -----------------------------------------------------------------------------------------------------------


def test_a_phrase_is_found_as_the_measures_find_it():
    assert spans("Inspectors were Diane\nPartridge.", "diane partridge.") == [(16, 31)]
    assert spans("It was 71 per cent, not 71%.", "71%") == [(7, 18), (24, 27)]
    assert spans("judged inadequate", "adequate") == []
    assert spans("16, 6.5 and 6 of them", "6") == [(12, 13)]
    assert spans("decision-\n making\u2019s", "decision-making's") == [(0, 19)]
    assert spans("anything", " .") == []


@settings(max_examples=300)
@given(st.text("ab1 -.%,\n\u2013\u2022", max_size=30), st.text("ab1 -.%\u2019", max_size=6))
def test_what_is_marked_is_what_the_text_says(text, phrase):
    text = re.sub(
        "([-\u2013])[\\s\u2022]+", r"\1", text
    )  # a hyphen at a line's end is marked, a measure joins it only in long phrases
    assert bool(spans(text, phrase)) == holds(text, phrase)


def test_marks_are_escaped_and_never_overlap():
    assert highlighted("a <b & c d", ["<b &", "b & c"], []) == "a <mark>&lt;b &amp; c</mark> d"
    assert highlighted("good or bad", ["good or"], ["or bad"]) == 'good <mark class="bad">or bad</mark>'
    assert highlighted("<i>", [], []) == "&lt;i&gt;"


# --- what the reports share ------------------------------------------------------------------------------------------


def test_figures_in_words():
    accuracy, mrr, refused = MEASURES["accuracy"], MEASURES["mrr@10"], MEASURES["false_refusal_rate"]
    assert [shown(accuracy, 0.9), shown(mrr, 0.8354), shown(accuracy, None)] == ["90.0%", "0.835", "-"]
    assert moved(accuracy, 0.5, 0.512) == "+1.2 points (better)"
    assert moved(refused, 0.1, 0.05) == "\u22125.0 points (better)"
    assert moved(mrr, 0.5, 0.4) == "\u22120.100 (worse)"
    assert moved(accuracy, 0.5, 0.5000001) == "no change"
    assert moved(accuracy, None, 0.5) == "-"
    assert labelled("accuracy is 0.8, at least 0.85 is asked") == "Answers right: 0.8, at least 0.85 is asked"
    assert labelled("a regression of outcomes (6 lost)") == "A regression of outcomes (6 lost)"
    assert short("one  two three", 9) == "one two…" and len(short(fakes.LONG, 50)) == 50


def test_what_must_pass_fails_newly_only_where_it_did_not_fail_before():
    assert [one.question.id for one in newly_failed(fakes.results())] == ["m-1"]
    assert [one.question.id for one in newly_failed(fakes.results(baseline=False))] == ["m-1"]
    run = fakes.results()
    assert run.baseline
    failed = replace(run.baseline, questions={"m-1": fakes.Kept(False)})
    assert newly_failed(replace(run, baseline=failed)) == []


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(exclude_categories=()), max_size=40))
@pytest.mark.parametrize("written", WRITTEN)
def test_no_character_can_break_a_report(written, text):
    asked = fakes.question(text or "?", text, type=text, source=text, known_gap=text or None, note=text, history=(text,), facts=((text or "x",),))  # fmt: skip
    verdict = Verdict((text, f"accuracy is {text}"), (text,), (Change("outcomes", (text or "?",), (), 1.0, ""),))
    found = (
        fakes.outcome(asked, fakes.given(), text or "wrong", judged=(text,)),
        fakes.outcome(replace(asked, known_gap=None), fakes.given(), text),
    )
    made = written(replace(fakes.results(), outcomes=found, verdict=verdict, command=text))
    assert allowed(made) == made
    made.encode("utf-8")
    if written is as_html:
        Parsed(made)
    if written is as_junit:
        ET.fromstring(made.encode())


# --- JUnit -----------------------------------------------------------------------------------------------------------


def test_junit_has_a_suite_for_each_set_and_writer_and_the_gates():
    root = ET.fromstring(as_junit(fakes.results(two_writers=True)))
    assert [suite.get("name") for suite in root] == ["tuning", "heldout", "tuning, language model", "heldout, language model", "gate"]  # fmt: skip
    for element in (root, *root):
        cases = list(element.iter("testcase"))
        assert int(element.get("tests", "")) == len(cases) > 0
        assert int(element.get("failures", "")) == sum(case.find("failure") is not None for case in cases)
        assert int(element.get("skipped", "")) == sum(case.find("skipped") is not None for case in cases)
        assert float(element.get("time", "")) == pytest.approx(sum(float(case.get("time", "")) for case in cases))
        assert element.get("errors") == "0"
    tuning = root[0]
    assert (tuning.get("tests"), tuning.get("failures"), tuning.get("skipped")) == ("6", "2", "1")
    assert tuning.find("properties/property[@name='commit']").get("value") == "0123456789ab"


def test_junit_gives_causes_and_answers_and_skips_known_gaps():
    cases = {
        str(case.get("name")).split()[0]: case for case in ET.fromstring(as_junit(fakes.results())).iter("testcase")
    }
    failed = cases["m-1"].find("failure")
    assert failed.get("message") == "fact missed (Marcie Taylor); forbidden said (Lynne Staines)"
    assert failed.get("type") == "must pass"
    assert "answer:\nLynne Staines led. [1]" in failed.text
    assert cases["k-1"].find("skipped").get("message") == "known gap: needs a sum"
    assert cases["k-1"].find("failure") is None
    assert list(cases["k-2"]) == [], "a known gap that passes has passed"
    assert cases["u-1"].find("system-out").text == "not at 5 of x: y"
    assert (cases["p-1"].get("classname"), cases["p-1"].get("time")) == ("tuning.who", "0.025")
    hostile = cases["h"].get("name")
    assert "<script>alert(1)</script>" in hostile and "\ufffd" in hostile and len(hostile) <= 200


def test_junit_tells_the_gates_falls():
    falls = ET.fromstring(as_junit(fakes.results()))[-1]
    assert [case.get("name") for case in falls.iter("testcase")] == ["Answers right: 0.500, at least 0.85 is asked", "1 question that must pass failed: m-1"]  # fmt: skip
    assert falls.get("failures") == "2"
    kept = ET.fromstring(as_junit(fakes.results(fall=False)))[-1]
    assert (kept.get("name"), kept.get("tests"), kept.get("failures")) == ("gate", "1", "0")
    assert "gate" not in [suite.get("name") for suite in ET.fromstring(as_junit(fakes.results(gate=False)))]
    assert ET.fromstring(as_junit(fakes.nothing())).get("tests") == "0"


# --- Markdown --------------------------------------------------------------------------------------------------------


def rendered(text: str) -> Parsed:
    return Parsed(MarkdownIt("commonmark").enable("table").render(text))


def test_markdown_compares_now_with_before():
    text = as_markdown(fakes.results())
    assert text.startswith("## Evaluation: the gate falls\n\n2 questions lost and 1 won")
    assert "| Answers right | tuning | 50.0% | 75.0% | \u221225.0 points (worse) |" in text
    assert "|  | together | 50.0% | - | - |" in text
    assert "| Answerable refused (less is better) | tuning | 16.7% | 25.0% | \u22128.3 points (better) |" in text
    assert "### Must pass, and newly failed (1)\n\n- **m-1** Who led? — fact missed (Marcie Taylor); forbidden" in text
    assert "### Lost: failed now, passed before (2)\n\n- **l-1** Who came in March? — fact missed" in text
    assert "### Won: passed now, failed before (1)\n\n- **w-1** And the lead?\n" in text
    assert text.splitlines()[-1].startswith("commit 0123456789ab; letters letters12345; questions gold12345678")
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert {line.count("|") for line in rows} == {6}
    assert rendered(text).all("h2") == ["Evaluation: the gate falls"]


def test_markdown_without_gate_baseline_or_questions():
    assert as_markdown(fakes.results(fall=False)).startswith("## Evaluation: the gate holds\n")
    bare = as_markdown(fakes.results(gate=False, baseline=False))
    assert bare.startswith("## Evaluation: figures only")
    assert "| Answers right | tuning | 50.0% | - | - |" in bare
    assert "### Must pass, and newly failed (1)\n\n- **m-1**" in bare
    assert "### Failed (2)\n\n- **l-1** Who came in March? — fact missed" in bare
    assert "Lost" not in bare and "k-1" not in bare
    assert "|" not in as_markdown(fakes.nothing())


def lost(texts: list[str], **more: object) -> Results:
    found = tuple(fakes.outcome(fakes.question(f"n-{at}", text), fakes.given(), text) for at, text in enumerate(texts))
    verdict = Verdict((), (), (Change("outcomes", tuple(one.question.id for one in found), (), 0.0, "regression"),))
    return replace(fakes.results(), outcomes=found, verdict=verdict, **more)


def test_markdown_escapes_what_a_question_says():
    text = as_markdown(lost([fakes.HOSTILE, "see www.d.example, http://d.example or a@d.example | #12 *x*\n\n# y"]))
    page = rendered(text)
    tags = Counter(tag for tag, _ in page.elements)
    assert set(tags) == {"h2", "h3", "p", "ul", "li", "strong", "table", "thead", "tbody", "tr", "th", "td"}
    assert tags["strong"] == 2, "only the identifiers"
    assert tags["li"] == 2
    said = "".join(page.texts.values())
    assert not re.search(r"[@#]\w", said), "no mention and no reference"
    assert not re.search(r"(?<!\\)://|www\.", text), "no bare address becomes a link"
    assert "</details><script>alert(1)</script> | `a` **b** [c]" in page.all("li")[0]


@pytest.mark.parametrize("count", [20, 21, 500])
def test_markdown_names_twenty_questions_and_counts_the_others(count):
    text = as_markdown(lost(["Who?"] * count))
    assert text.count("\n- **n-") == 20
    assert (f"\n- and {count - 20} more\n" in text) == (count > 20)


def test_markdown_stays_short_whatever_it_is_given():
    worst = "*|@" * 3_000
    run = lost([f"{worst} {number}" for number in range(100)], command=worst)
    sets = [
        replace(one, question=replace(one.question, source=f"{number}{worst}", must_pass=True))
        for number, one in enumerate(run.outcomes)
    ]
    text = as_markdown(replace(run, outcomes=tuple(sets), verdict=replace(run.verdict, falls=(worst,) * 50)))
    assert len(text) < LIMIT
    assert "- and 47 more" in text and "sets more" in text
    assert "### Lost: failed now, passed before (100)" in text
    assert "| Answers right | together |" in text, "all together is the set that stays"
