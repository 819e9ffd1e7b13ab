"""The writer: which shape an answer takes, and what holds of every answer."""

import re

import pytest
from briefs import letter_of, refused, said, written
from documents import CABINET, FOCUSED, INSPECTION, MONITORING, PRESS
from fakes import shipped_assistant

from assistant.letters.letter import Letter, Span
from eval.measures import word_count

# --- the shape of an answer ----------------------------------------------------------------------------------------

MET = "The inspectors were Jane Doe and John Roe."
CAME = "This letter is about a visit on 6 and 7 February 2019."
SEEN = "Inspectors spoke with 14 care leavers."


def visit(year: int = 2019, *more: str, opening: str = "", **changes) -> Letter:
    came = CAME.replace("2019", str(year))
    sections = (
        ("letterhead", "", [f"1 March {year}", "Ms Ann Other, Director of Children's Services"]),
        ("introduction", "", [came, MET, *([opening] if opening else [])]),
        ("findings", "Findings", [SEEN, *more]),
        ("sign-off", "", ["Copy: Jon Poe, Chief Executive"]),
    )
    known = {"published": f"{year}-03-01", "visit_start": f"{year}-02-06", "visit_end": f"{year}-02-07"}
    letter = letter_of(f"visit-{year}", *sections, **known)
    quotes = {
        "published": f"1 March {year}",
        "addressee": "Ms Ann Other",
        "visit": f"6 and 7 February {year}",
        "inspectors": "Jane Doe",
        "lead_inspector": "Jane Doe",
    }
    evidence = {
        name: (Span(letter.text.index(quote), letter.text.index(quote) + len(quote)),) for name, quote in quotes.items()
    }
    return letter_of(f"visit-{year}", *sections, **known, evidence=evidence, **changes)


@pytest.mark.parametrize(
    ("question", "sentences"),
    [
        ("who were the inspectors?", [MET]),
        ("who was the letter addressed to?", ["Ms Ann Other, Director of Children's Services"]),
        ("who was the letter copied to?", ["Copy: Jon Poe, Chief Executive"]),
        ("when did inspectors visit?", [CAME]),
        ("when was the letter published?", ["Dated 1 March 2019."]),
        ("when did inspectors visit and when was it published?", [CAME, "Dated 1 March 2019."]),
        ("how many care leavers were there?", [SEEN]),
        ("how many inspectors came?", [MET]),  # no number is printed: the names can be counted
    ],
)
def test_a_fact_is_told_by_the_words_that_prove_it(question, sentences):
    draft = written(question, visit())
    assert said(draft) == sentences
    assert [group.heading for group in draft.groups] == ["Ofsted, focused visit letter, 1 March 2019"]


def test_a_printed_number_of_inspectors_comes_before_their_names():
    words = "The visit was carried out by six inspectors."
    draft = written("how many inspectors came?", visit(2019, words))
    assert said(draft) == [words]


def test_facts_of_several_letters_oldest_first_and_no_more_than_eight():
    draft = written("who were the inspectors?", *(visit(year) for year in range(2010, 2020)))
    assert [c.letter.letter_id for c in draft.citations] == [f"visit-{year}" for year in range(2010, 2018)]
    assert draft.notes == ["2 more letters, not quoted"]


def test_of_several_visits_the_one_about_the_matter_that_is_named():
    about = visit(2018, opening="Inspectors looked at private fostering.")
    draft = written("when was the visit about private fostering?", visit(2017), about, visit(2019))
    assert [citation.letter.letter_id for citation in draft.citations] == ["visit-2018"]
    assert len(said(written("when was the visit?", visit(2017), about, visit(2019)))) == 3


def test_the_second_visit_is_not_the_first():
    second = visit(2019, opening="This was the second visit.")
    draft = written("when was the second visit?", visit(2018), second)
    assert [citation.letter.letter_id for citation in draft.citations] == ["visit-2019"]


def test_a_fact_that_the_letters_do_not_print_is_looked_for_in_their_sentences():
    plain = letter_of("plain", ("findings", "Findings", ["The inspectors were at the flats with Jane Doe."]))
    draft = written("who were the inspectors?", plain)
    assert said(draft) == ["The inspectors were at the flats with Jane Doe."]
    assert draft.free


# --- what must not be left unsaid ----------------------------------------------------------------------------------


def test_whom_an_answer_is_not_about_is_said():
    held = letter_of("wilts", ("findings", "Findings", ["Wiltshire lends bicycles."]), authority="Wiltshire")
    draft = written("what about bicycles in Wiltshire and in Leeds?", held)
    assert said(draft) == ["Wiltshire lends bicycles."]
    assert draft.notes == ["No letter held is about Leeds."]


def test_that_only_the_council_says_so_is_said_where_ofsted_was_asked():
    council = {"standing": "council", "issuer": "Swindon Borough Council", "kind": "council report"}
    theirs = letter_of("paper", ("findings", "Findings", ["Bicycles are lent to all."]), **council)
    note = "Only the council's own document says this; no letter of Ofsted's among those searched does."
    ofsted = visit(2019)
    assert note in written("what did Ofsted say about bicycles?", ofsted, theirs).notes
    assert note not in written("what is said about bicycles?", ofsted, theirs).notes
    assert note not in written("what did Ofsted say about bicycles?", theirs).notes, "nothing of Ofsted's is in scope"
    both = visit(2019, "Bicycles are lent to all of the children.")
    assert note not in written("what did Ofsted say about bicycles?", both, theirs).notes


def test_a_refusal_carries_no_notes():
    draft = written("what about zeppelins in Swindon and in Leeds?", visit())
    assert refused(draft)[0] == "letters_silent"
    assert draft.notes == []


# --- what holds of every answer ------------------------------------------------------------------------------------

QUESTIONS = """
what is said about care leavers?
how good is the support for care leavers?
what did 2019 say about accommodation?
is the accommodation of care leavers suitable?
what is said about pathway plans?
why are pathway plans weak?
what did 2024 say about domestic abuse?
how is supervision?
what is said about caseloads?
are caseloads manageable?
how has partnership working changed?
how do 2011 and 2024 compare on early help?
compare management oversight in 2011, 2019 and 2024
what has changed for care leavers since 2011?
what needs to improve?
what are the strengths?
what were the areas for development in 2011?
what was cabinet recommended to do?
what areas did the monitoring visit cover?
which letters mention care leavers?
which documents mention domestic abuse?
which letters mention social workers?
what grade did Swindon get?
what were all the grades in 2019?
what was the grade for care leavers?
who inspected Swindon?
when did inspectors visit?
who was the letter addressed to?
what target was set for care leavers in work by 2022?
how many inspectors came?
who is the leader of Swindon Borough Council?
what did the press release say about the improvement board?
what is said about the recording system?
summarise the monitoring visit
what did the council say about foster carers?
what is wrong?
what is praised?
""".strip().splitlines()
LONG = ("list", "coverage", "compare")


@pytest.fixture(scope="module")
def assistant(tmp_path_factory):
    with shipped_assistant(tmp_path_factory.mktemp("writer") / "index") as assistant:
        yield assistant


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_answer_is_within_its_limit_and_verbatim(assistant, question):
    answer = assistant.ask(question)
    assert answer.refusal is None, answer.refusal
    _, asked = assistant.understand(question)
    long = asked.intent in LONG or asked.compare or len(answer.groups) > 1
    limit = assistant.settings.list_words if long else assistant.settings.answer_words
    assert word_count(answer.text) <= limit, "headings and all"
    quotes = {citation.number: citation.quote for citation in answer.citations}
    for sentence in answer.sentences:
        (number,) = sentence.citations
        fact = sentence.text.removeprefix("Dated ").rstrip(".")
        assert fact in quotes[number] or fact.replace(":", "") in quotes[number], sentence
    headings = [group.heading for group in answer.groups]
    assert all(re.match(r"(?:Ofsted|Swindon Borough Council), ", heading) for heading in headings)
    assert sorted(i for group in answer.groups for i in group.sentences) == list(range(len(answer.sentences)))


def test_the_limits_of_the_settings_hold(tmp_path):
    """A shorter limit gives a shorter answer; only the first sentence is never left out."""
    with shipped_assistant(tmp_path / "index", answer_words=60) as short:
        answers = [
            short.ask(question)
            for question in ("what is said about social workers in 2024?", "how is supervision in 2024?")
        ]
        for answer in answers:
            letters = {citation.letter.letter_id for citation in answer.citations}
            if len(letters) == 1 and len(answer.sentences) > 3:
                assert word_count(answer.text) <= 60
        assert any(note.endswith("more passages, not quoted") for answer in answers for note in answer.notes)


@pytest.mark.parametrize("file", [INSPECTION, FOCUSED, CABINET, MONITORING, PRESS])
def test_each_shipped_document_by_itself_answers_what_it_is_about(shipped, file):
    question = {
        INSPECTION: "what is said about supervision?",
        FOCUSED: "what is said about accommodation?",
        CABINET: "what is said about early help?",
        MONITORING: "what is said about domestic abuse?",
        PRESS: "what is said about foster carers?",
    }[file]
    letter = shipped[file]
    draft = written(question, letter)
    assert draft.free
    assert all(text in letter.text for text in said(draft))
    for group in draft.groups:
        starts = [draft.citations[draft.sentences[place].citations[0] - 1].start for place in group.sentences]
        assert starts == sorted(starts), "in the letter's order under each heading"
    assert word_count(" ".join([*said(draft), *(group.heading for group in draft.groups)])) <= 150
