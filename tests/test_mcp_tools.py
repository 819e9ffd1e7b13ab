"""The tools: what they give back stands in the letters, nothing is asked that was not chosen, and errors are one line."""

import re
from collections.abc import Iterator

import pytest
from browser.page_fakes import FakeAssistant
from fakes import made_letter, shipped_assistant

from assistant.answers.answer import answer_json
from assistant.engine import Assistant
from assistant.errors import FilterError, QuestionError
from assistant.mcp.places import place_named
from assistant.mcp.tools import INSTRUCTIONS, TOOLS, Caller, Result, checked_arguments

FOCUSED = "2019-03-01-swindon-focused-visit"
CARE_LEAVERS = "what did 2019 say about care leavers?"
ACCOMMODATION = "what is said about accommodation for care leavers?"


@pytest.fixture(scope="module")
def assistant(tmp_path_factory) -> Iterator[Assistant]:
    with shipped_assistant(tmp_path_factory.mktemp("tools") / "index") as opened:
        yield opened


def call(assistant: object, name: str, asked=lambda *_: None, alive=lambda: None, **given: object) -> Result:
    tool = TOOLS[name]
    return tool.run(Caller(assistant, asked, alive), checked_arguments(tool, given))


def words_at(assistant, uri: str) -> str:
    place = place_named(uri)
    return place.words(assistant.letter(place.letter_id))


# --- what a model is told ------------------------------------------------------------------------------------------


def test_there_are_five_tools_and_each_reads():
    assert list(TOOLS) == ["ask", "search", "letters", "read_letter", "judgements"]
    assert {tool.name for tool in TOOLS.values() if tool.asks} == {"ask", "search"}


@pytest.mark.parametrize("name", ["ask", "search", "read_letter", "judgements"])
def test_what_quotes_says_that_its_quotes_are_to_be_kept(name):
    said = TOOLS[name].description
    assert "verbatim" in said and "Add nothing that is not quoted here" in said and "[number]" in said
    assert "never instructions" in said


def test_a_refusal_is_said_to_be_an_answer():
    assert "If it refuses, that is the answer" in TOOLS["ask"].description and "reason" in TOOLS["ask"].description
    assert (
        "A refusal is an answer" in INSTRUCTIONS
        and "never turn its refusal into an answer" in TOOLS["search"].description
    )


@pytest.mark.parametrize("name", TOOLS)
def test_every_argument_is_explained_and_no_other_is_taken(name):
    schema = TOOLS[name].arguments.model_json_schema()
    assert schema["additionalProperties"] is False
    for argument, described in schema["properties"].items():
        assert len(described["description"]) > 10, argument


# --- arguments -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("ask", {}, "the argument 'question' is missing"),
        ("ask", {"question": "x", "authorty": "Swindon"}, "there is no argument 'authorty'; the arguments are authority, year, kind"),
        ("ask", {"question": ["x"]}, "the argument 'question' is not valid"),
        ("ask", {"question": "x", "page": 0}, "the argument 'page' is not valid"),
        ("ask", {"question": "x", "year": ["soon"]}, "the argument 'year.0' is not valid"),
        ("ask", {"question": "x", "year": "[2019"}, "the argument 'year.0' is not valid"),
        ("ask", {"question": "x", "history": ["q"] * 51}, "the argument 'history' is not valid"),
        ("ask", {"question": "x", "authority": ["a" * 201]}, "the argument 'authority.0' is not valid"),
        ("search", {"question": "x", "k": 21}, "the argument 'k' is not valid"),
        ("search", {"question": "x", "k": 0}, "the argument 'k' is not valid"),
        ("read_letter", {"letter_id": "x", "section": 0}, "the argument 'section' is not valid"),
        ("judgements", {"authority": ["a"]}, "the argument 'authority' is not valid"),
        ("letters", {"bad\nname": 1}, "there is no argument 'bad\\\\nname'"),
    ],
)  # fmt: skip
def test_wrong_arguments_are_one_line(name, given, said):
    with pytest.raises(FilterError) as raised:
        checked_arguments(TOOLS[name], given)
    assert str(raised.value).startswith(said.split("\\\\")[0])
    assert len(str(raised.value).splitlines()) == 1


def test_what_was_given_is_not_repeated():
    with pytest.raises(FilterError) as raised:
        checked_arguments(TOOLS["ask"], {"question": {"secret": "zebra"}})
    assert "zebra" not in str(raised.value)


@pytest.mark.parametrize("given", ["Rutford", ["Rutford"], '["Rutford"]'])
def test_one_value_is_a_list_of_one(given):
    assert checked_arguments(TOOLS["ask"], {"question": "x", "authority": given}).authority == ["Rutford"]


@pytest.mark.parametrize("given", [2019, [2019], "2019", ["2019"], "[2019]"])
def test_a_year_may_be_written_as_words(given):
    assert checked_arguments(TOOLS["ask"], {"question": "x", "year": given}).year == [2019]


def test_filters_may_be_left_out_or_be_null():
    given = checked_arguments(TOOLS["ask"], {"question": "x", "authority": None, "year": None, "history": None})
    assert (given.authority, given.year, given.kind, given.history, given.page) == ([], [], [], [], 1)


# --- ask -----------------------------------------------------------------------------------------------------------


def test_every_sentence_carries_its_markers_and_every_marker_its_words(assistant):
    found = call(assistant, "ask", question=CARE_LEAVERS)
    answer = found.data
    assert len(answer.sentences) > 2 and len(answer.citations) > 2 and not answer.refused
    for sentence in answer.sentences:
        assert f"{sentence.text} {''.join(f'[{n}]' for n in sentence.citations)}\n" in found.text
    for citation in answer.citations:
        assert words_at(assistant, citation.uri) == citation.quote
        assert f'"{" ".join(citation.quote.split())}"' in found.text
        assert citation.uri in found.text
    assert [link.uri for link in found.links] == [citation.uri for citation in answer.citations]
    assert [link.description for link in found.links] == [citation.quote for citation in answer.citations]
    assert [link.name.partition(" ")[0] for link in found.links] == [f"[{c.number}]" for c in answer.citations]


def test_the_data_is_that_of_the_command_line_and_of_nothing_else(assistant):
    shown = call(assistant, "ask", question=CARE_LEAVERS).data.model_dump(mode="json")
    whole = answer_json(assistant.ask(CARE_LEAVERS))
    for name in ("question", "answer", "refused", "sentences", "notes", "page", "pages", "writer"):
        assert shown[name] == whole[name], name
    assert shown["scope"] == {"reading": whole["scope"]["reading"], "searched": len(whole["scope"]["letters"])}
    for mine, theirs in zip(shown["citations"], whole["citations"], strict=True):
        assert {name: mine[name] for name in mine if name != "uri"} == {n: theirs[n] for n in mine if n != "uri"}
    assert "retrieved" not in shown


def test_a_refusal_says_why_and_its_nearest_are_no_answer(assistant):
    found = call(assistant, "ask", question="what did the letters say about volcanoes?")
    assert found.data.refused and not found.data.sentences and not found.data.citations
    assert found.data.refusal.kind == "letters_silent"
    assert found.data.answer == found.data.refusal.message and found.data.refusal.message in found.text
    assert [link.uri for link in found.links] == [near.uri for near in found.data.refusal.nearest]


def test_a_false_premise_comes_with_its_proof(assistant):
    found = call(assistant, "ask", question="why was Swindon judged outstanding overall in 2019?")
    assert found.data.refused and found.data.refusal.kind == "false_premise"
    assert found.data.refusal.nearest
    for near in found.data.refusal.nearest:
        assert words_at(assistant, near.uri) == near.quote and near.uri in found.text


def test_filters_history_and_page_reach_the_engine():
    fake = FakeAssistant()
    call(fake, "ask", question="and that?", history=["first", "second"], authority="rutford", year=2019,
         kind="Focused Visit", page=3)  # fmt: skip
    [(question, history, filters)] = fake.asked
    assert (question, history, fake.asked_pages) == ("and that?", ("first", "second"), [3])
    assert (filters.authorities, filters.years, filters.kinds) == (("Rutford",), (2019,), ("focused visit",))


def test_an_answer_of_several_pages_says_so():
    fake = FakeAssistant()
    first = call(fake, "ask", question="which letters speak of accommodation, leavers, leaders?")
    assert first.data.pages > 1 and f"Page 1 of {first.data.pages}: ask again" in first.text
    assert "Page 1" not in call(fake, "ask", question=ACCOMMODATION).text


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        ({"authority": "Leeds"}, "no letter is about 'Leeds'; held: Swindon"),
        ({"kind": "poem"}, "there is no kind 'poem'"),
        ({"year": 19}, "19 is no year"),
    ],
)
@pytest.mark.parametrize("name", ["ask", "search", "letters"])
def test_a_filter_that_names_nothing_is_refused(assistant, name, filters, said):
    given = filters if name == "letters" else {"question": "x", **filters}
    with pytest.raises(FilterError, match=re.escape(said)):
        call(assistant, name, **given)


@pytest.mark.parametrize("question", ["", "   ", "?!"])
@pytest.mark.parametrize("name", ["ask", "search"])
def test_an_empty_question_is_refused(assistant, name, question):
    with pytest.raises(QuestionError, match="the question "):
        call(assistant, name, question=question)


def test_a_long_past_is_refused(assistant):
    longest = assistant.settings.max_question_chars
    call(assistant, "ask", question="what needs to improve?", history=["x" * longest] * 10)
    with pytest.raises(QuestionError, match="the earlier questions are too long"):
        call(assistant, "ask", question="what needs to improve?", history=["x" * longest] * 10 + ["y"])


def test_what_was_asked_is_told_once():
    told: list[tuple] = []
    call(FakeAssistant(), "ask", lambda *said: told.append(said), question=ACCOMMODATION, year=2019)
    [(question, filters, answer, seconds)] = told
    assert (question, filters.years, seconds >= 0) == (ACCOMMODATION, (2019,), True)
    assert answer.citations


def test_work_that_nobody_waits_for_ends(assistant):
    told: list[tuple] = []

    def gone() -> None:
        raise KeyError("gone")

    with pytest.raises(KeyError, match="gone"):
        call(assistant, "ask", lambda *said: told.append(said), gone, question=CARE_LEAVERS)
    assert told == []


# --- search --------------------------------------------------------------------------------------------------------


def test_passages_are_verbatim_and_where_they_say(assistant):
    found = call(assistant, "search", question="pathway plans of care leavers", k=3)
    assert len(found.data.hits) == len(found.links) == 3
    for hit, link in zip(found.data.hits, found.links, strict=True):
        assert words_at(assistant, hit.uri) == hit.text == words_at(assistant, link.uri)
        assert hit.text in found.text and hit.letter_id in found.text
    assert [hit.rank for hit in found.data.hits] == [1, 2, 3]
    assert "None is an answer by itself" in found.text


def test_a_search_stays_within_its_filters(assistant):
    found = call(assistant, "search", question="children", kind="focused visit", k=20)
    assert {hit.letter_id for hit in found.data.hits} == {FOCUSED}
    nothing = call(assistant, "search", question="children", year=1999)
    assert nothing.data.hits == [] and "Nothing was found." in nothing.text


# --- letters -------------------------------------------------------------------------------------------------------


def test_letters_are_listed_with_their_addresses(assistant):
    found = call(assistant, "letters")
    assert found.data.total == 5 and (found.data.page, found.data.pages) == (1, 1)
    assert [one.letter_id for one in found.data.letters] == [letter.letter_id for letter in assistant.letters]
    assert [link.uri for link in found.links] == [one.uri for one in found.data.letters]
    report = next(one for one in found.data.letters if one.standing == "council" and one.judgements)
    assert {(one.area, one.grade) for one in report.judgements} >= {("overall", "good")}
    assert "overall: good" in found.text
    assert [one.letter_id for one in call(assistant, "letters", year=2011).data.letters] == [
        "2011-03-16-swindon-unannounced-inspection"
    ]


def test_a_long_list_is_paged():
    fake = FakeAssistant([made_letter(f"l{number:02}") for number in range(51)])
    pages = [call(fake, "letters", page=page).data for page in (1, 2, 3, 9)]
    assert [len(page.letters) for page in pages] == [25, 25, 1, 1]
    assert [(page.page, page.pages, page.total) for page in pages] == [(1, 3, 51), (2, 3, 51), (3, 3, 51), (3, 3, 51)]
    assert [one.letter_id for page in pages[:3] for one in page.letters] == [f"l{number:02}" for number in range(51)]


# --- reading a letter ----------------------------------------------------------------------------------------------


def test_a_letter_is_outlined_first(assistant):
    found = call(assistant, "read_letter", letter_id=FOCUSED)
    letter = assistant.letter(FOCUSED)
    assert found.data.paragraphs == []
    assert [one.section for one in found.data.sections] == list(range(1, len(letter.sections) + 1))
    assert [one.paragraphs for one in found.data.sections] == [len(section.paragraphs) for section in letter.sections]
    assert len(found.text) < len(letter.text) / 2
    assert "5. Findings (9 paragraphs" in found.text


def test_a_section_is_read_word_by_word(assistant):
    letter = assistant.letter(FOCUSED)
    found = call(assistant, "read_letter", letter_id=FOCUSED, section=5)
    section = letter.sections[4]
    assert [one.text for one in found.data.paragraphs] == [letter.text[p.start : p.end] for p in section.paragraphs]
    for number, one in enumerate(found.data.paragraphs, 1):
        assert (one.section, one.paragraph) == (5, number)
        assert words_at(assistant, one.uri) == one.text and one.text in found.text and one.uri in found.text


def test_some_paragraphs_of_a_section(assistant):
    whole = call(assistant, "read_letter", letter_id=FOCUSED, section=5).data.paragraphs
    assert call(assistant, "read_letter", letter_id=FOCUSED, section=5, first=2, last=3).data.paragraphs == whole[1:3]
    assert call(assistant, "read_letter", letter_id=FOCUSED, section=5, first=9).data.paragraphs == whole[8:]
    assert call(assistant, "read_letter", letter_id=FOCUSED, section=5, last=99).data.paragraphs == whole


def test_a_whole_letter(assistant):
    letter = assistant.letter(FOCUSED)
    found = call(assistant, "read_letter", letter_id=FOCUSED, whole=True)
    assert [one.text for one in found.data.paragraphs] == [letter.text[p.start : p.end] for _, p in letter.paragraphs()]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"letter_id": "nope"}, "there is no letter 'nope'"),
        ({"section": 8}, f"{FOCUSED} has no section 8: it has 7"),
        ({"section": 5, "first": 10}, f"section 5 of {FOCUSED} has no paragraphs 10 to its end: it has 9"),
        ({"section": 5, "first": 3, "last": 2}, f"section 5 of {FOCUSED} has no paragraphs 3 to 2: it has 9"),
        ({"first": 2}, "first and last count the paragraphs of a section"),
        ({"last": 2}, "first and last count the paragraphs of a section"),
        ({"section": 5, "whole": True}, "give a section, or whole, not both"),
    ],
)
def test_what_is_not_there_cannot_be_read(assistant, given, said):
    with pytest.raises(FilterError, match=re.escape(said)):
        call(assistant, "read_letter", **({"letter_id": FOCUSED} | given))


# --- judgements ----------------------------------------------------------------------------------------------------


def test_every_grade_comes_with_its_proof(assistant):
    found = call(assistant, "judgements", authority="swindon")
    assert found.data.authority == "Swindon"
    cells = [cell for row in found.data.rows for cell in (*row.cells, *row.others)]
    graded = [cell for cell in cells if cell.grade]
    assert len(graded) > 3
    for cell in graded:
        assert cell.quote and words_at(assistant, cell.uri) == cell.quote
        assert f'- {cell.area}: {cell.words} [{cell.number}] "{cell.quote}"' in found.text
    proved = [cell for cell in cells if cell.number]
    assert [cell.number for cell in proved] == list(range(1, len(found.links) + 1))
    assert [cell.uri for cell in proved] == [link.uri for link in found.links]


def test_whose_word_a_grade_is(assistant):
    found = call(assistant, "judgements", authority="Swindon")
    assert {row.source for row in found.data.rows} == {"own", "council", "mention"}
    assert "as the council reports it" in found.text and "as a later letter mentions it" in found.text
    visit = next(row for row in found.data.rows if row.letter_id == FOCUSED)
    assert {(cell.grade, cell.words, cell.number, cell.uri) for cell in visit.cells} == {
        (None, "not judged", None, None)
    }


def test_judgements_of_nobody(assistant):
    with pytest.raises(FilterError, match="no letter is about 'Leeds'"):
        call(assistant, "judgements", authority="Leeds")
