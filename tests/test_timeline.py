"""Timelines of judgements: no blank cell, no grade carried over, every grade with its proof, and the page that shows them."""

import csv
import io
import re
from dataclasses import replace
from types import SimpleNamespace

import pytest
from fakes import from_root, made_letter
from fastapi import FastAPI
from fastapi.testclient import TestClient

from assistant.answers.concerns import NEWEST, Concern, Echo
from assistant.answers.timeline import COLUMNS, Timeline, timeline, timelines
from assistant.export.options import Options
from assistant.export.tables import timelines_table
from assistant.letters.letter import EarlierInspection, Improvement, Judgement, Letter, Span
from assistant.page.frame import assets
from assistant.page.letters.authorities import add_authorities
from assistant.page.letters.chart import chart
from assistant.page.security.guard import Guard
from assistant.records.judgements import timeline_json, timeline_text

AREAS = {"overall": "good", "leaders": "good", "help and protection": "good"}
JOINT = {**AREAS, "in care and care leavers": "requires improvement"}
APART = {**AREAS, "in care": "outstanding", "care leavers": "inadequate"}


def inspection(letter_id: str, grades: dict[str, str | None], visit=("2019-07-01", "2019-07-12"), **more) -> Letter:
    """A letter whose words are the grades, one sentence for each."""
    words = " ".join(f"The {area} judgement is {grade}." for area, grade in grades.items())
    letter = made_letter(letter_id, kind=more.pop("kind", "ILACS inspection"), visit=visit, words=words, **more)
    judgements = []
    for area, grade in grades.items():
        quote = f"The {area} judgement is {grade}."
        start = letter.text.index(quote)
        judgements.append(Judgement(area, grade, quote, None, start, start + len(quote)))
    return replace(letter, judgements=tuple(judgements))


def mention(letter: Letter, date: str, grade: str | None, words: str, kind: str | None = None) -> Letter:
    """The same letter, saying something of an earlier inspection."""
    text = letter.text + words
    seen = EarlierInspection(date, kind, grade, len(letter.text), len(text))
    return replace(letter, text=text, earlier=(*letter.earlier, seen))


def words(found: Timeline) -> list[list[str]]:
    return [[cell.words for cell in row.cells] for row in found.rows]


# --- cells ---------------------------------------------------------------------------------------------------------


def test_areas_judged_together_are_shown_so_and_the_grade_is_not_carried_over():
    found = timeline([inspection("a", JOINT)], "Swindon")
    assert words(found) == [
        [
            "good",
            "good",
            "good",
            "requires improvement, jointly with care leavers",
            "judged jointly with children in care",
        ]
    ]
    [row] = found.rows
    assert [cell.grade for cell in row.cells] == ["good", "good", "good", "requires improvement", None]
    joint = "The in care and care leavers judgement is requires improvement."
    for cell in row.cells[3:]:
        assert row.letter.text[cell.proof.start : cell.proof.end] == joint


def test_care_leavers_have_a_grade_of_their_own_since_2023():
    found = timeline([inspection("a", APART, ("2023-07-17", "2023-07-28"))], "Swindon")
    assert words(found) == [["good", "good", "good", "outstanding", "inadequate"]]


def test_looked_after_children_are_in_care_and_adoption_stands_beside():
    grades = {**AREAS, "looked after": "good", "care leavers": "outstanding", "adoption": "inadequate"}
    found = timeline([inspection("a", grades, ("2014-03-11", "2014-04-02"), kind="SIF inspection")], "Swindon")
    [row] = found.rows
    assert [cell.words for cell in row.cells] == ["good", "good", "good", "good", "outstanding"]
    assert [(cell.area, cell.words) for cell in row.others] == [("adoption", "inadequate")]


def test_no_overall_grade_since_april_2026():
    grades = {area: grade for area, grade in APART.items() if area != "overall"}
    found = timeline([inspection("a", grades, ("2026-05-11", "2026-05-22"))], "Swindon")
    assert found.rows[0].cells[0].words == "no overall grade since April 2026"
    before = timeline([inspection("a", grades, ("2025-05-11", "2025-05-22"))], "Swindon")
    assert before.rows[0].cells[0].words == "not found in the letter"


@pytest.mark.parametrize("kind", ["focused visit", "monitoring visit", "JTAI", "contact and referral inspection"])
def test_visits_are_not_judged(kind):
    found = timeline([made_letter("a", kind=kind, visit=("2021-02-01", "2021-02-02"))], "Swindon")
    assert words(found) == [["not judged"] * 5]
    assert not found.rows[0].graded


def test_an_inspection_whose_grades_were_not_found_says_so():
    found = timeline([made_letter("a", kind="ILACS inspection", visit=("2021-02-01", "2021-02-12"))], "Swindon")
    assert words(found) == [["not found in the letter"] * 5]


def test_no_cell_is_blank_and_every_grade_stands_where_its_proof_says(shipped):
    for found in timelines(list(shipped.values())):
        for row in found.rows:
            assert [cell.area for cell in row.cells] == list(COLUMNS)
            for cell in (*row.cells, *row.others):
                assert cell.words
                if cell.grade:
                    quote = row.letter.text[cell.proof.start : cell.proof.end].lower()
                    assert cell.grade in quote, (cell, quote)


# --- rows ----------------------------------------------------------------------------------------------------------


def test_rows_stand_in_time_and_those_without_a_date_last():
    letters = [
        inspection("c", JOINT, ("2019-07-01", "2019-07-12")),
        made_letter("b", visit=("2019-07-01", "2019-07-02")),
        made_letter("none"),
        made_letter("a", published="2018-05-18"),
    ]
    assert [row.letter.letter_id for row in timeline(letters, "Swindon").rows] == ["a", "b", "c", "none"]


def test_a_councils_report_counts_only_while_the_letter_itself_is_not_held():
    letter = inspection("letter", JOINT)
    report = inspection("report", JOINT, standing="council", kind="council report")
    assert [(row.letter.letter_id, row.source) for row in timeline([report], "Swindon").rows] == [("report", "council")]
    assert [row.letter.letter_id for row in timeline([letter, report], "Swindon").rows] == ["letter"]


def test_an_inspection_that_is_only_mentioned_is_a_row_of_its_own_once():
    visit = made_letter("visit", visit=("2024-05-21", "2024-05-22"))
    visit = mention(visit, "2023", "inadequate", "It was judged inadequate in 2023.")
    later = mention(
        made_letter("later", visit=("2025-05-21", "2025-05-22")), "2023-07", "inadequate", "Inadequate in July 2023."
    )
    found = timeline([visit, later], "Swindon")
    assert [(row.date, row.source, row.letter.letter_id) for row in found.rows] == [
        ("2023-07", "mention", "later"), ("2024-05-21", "own", "visit"), ("2025-05-21", "own", "later"),
    ]  # fmt: skip
    assert words(found)[0] == ["inadequate", *["not stated"] * 4]
    held = inspection("own", APART, ("2023-07-17", "2023-07-28"))
    assert [row.source for row in timeline([visit, later, held], "Swindon").rows] == ["own"] * 3


def test_a_mention_of_a_part_of_the_services_is_no_overall_grade():
    letter = mention(
        inspection("a", JOINT), "2009-11", "good", "The inspection of safeguarding arrangements in 2009 was good."
    )
    row = timeline([letter], "Swindon").rows[0]
    assert row.cells[0].words == "not stated"
    assert [(cell.area, cell.words) for cell in row.others] == [("safeguarding", "good")]


def test_predecessors_are_kept_apart_and_named():
    old = made_letter("old", authority="Northamptonshire", visit=("2019-06-01", "2019-06-12"))
    new = made_letter("new", authority="North Northamptonshire", visit=("2022-10-03", "2022-10-14"))
    found = timeline([old, new], "North Northamptonshire")
    assert found.predecessors == ("Northamptonshire",) and len(found.rows) == 1
    gone = timeline([old, new], "Northamptonshire")
    assert gone.successors == ("North Northamptonshire", "West Northamptonshire") and len(gone.rows) == 1
    assert timeline([new], "North Northamptonshire").predecessors == ()
    assert [one.authority for one in timelines([old, new])] == ["North Northamptonshire", "Northamptonshire"]


# --- in words, as records, as a table ------------------------------------------------------------------------------


def test_records_prove_each_grade():
    letter = inspection("a", JOINT)
    body = timeline_json(timeline([letter], "Swindon"))
    [row] = body["rows"]
    assert row["source"] == "own" and row["date"] == "2019-07-01" and row["last"] == "2019-07-12"
    for cell in row["cells"]:
        assert letter.text[cell["start"] : cell["end"]] == cell["quote"]
        assert cell["link"] == f"/letters/a?at={cell['start']}-{cell['end']}#hit"


def test_text_is_short_where_nothing_was_graded():
    text = timeline_text(
        timeline([made_letter("v", visit=("2021-02-01", "2021-02-02")), inspection("a", JOINT)], "Swindon")
    )
    assert text.count("not judged") == 1
    assert "care leavers: judged jointly with children in care" in text


def test_table_has_a_row_for_each_inspection():
    letters = [inspection("a", JOINT), inspection("=b", APART, ("2023-07-17", "2023-07-28"), authority="=Evil()")]
    text = timelines_table(timelines(letters), Options("https://letters.example"))
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [row["authority"] for row in rows] == ["'=Evil()", "Swindon"]
    assert rows[1]["care leavers"] == "judged jointly with children in care"
    assert rows[1]["link"] == "https://letters.example/letters/a"


# --- the page ------------------------------------------------------------------------------------------------------


def client_of(letters, **more) -> TestClient:
    assistant = SimpleNamespace(
        **more,
        letters=tuple(letters),
        settings=SimpleNamespace(link_base=""),
        index=SimpleNamespace(corpus_hash="0" * 16),
    )
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    add_authorities(app, assistant)
    assets.add_assets(app)
    app.add_middleware(Guard)
    return TestClient(app)


def test_page_of_an_authority_links_each_grade_to_its_words():
    letter = inspection("a", JOINT)
    with client_of([letter, made_letter("v", visit=("2021-02-01", "2021-02-02"))]) as client:
        page = from_root(client.get("/authorities/Swindon").text)
        cell = timeline([letter], "Swindon").rows[0].cells[0]
        assert f'href="/letters/a?at={cell.proof.start}-{cell.proof.end}#hit" class="grade">Good</a>' in page
        assert "Judged jointly with children in care" in page and "Not judged" in page
        assert "<script" not in page
        saved = client.get("/authorities/Swindon?save=csv")
        assert saved.headers["content-disposition"] == 'attachment; filename="judgements-swindon.csv"'
        assert saved.content.count(b"\r\n") == 3
        assert client.get("/authorities?save=csv").headers["content-disposition"].endswith('"judgements.csv"')


def test_list_of_authorities_shows_the_last_overall_grade():
    letters = [
        inspection("a", JOINT),
        inspection("b", {**APART, "overall": "inadequate"}, ("2023-07-17", "2023-07-28")),
    ]
    with client_of([*letters, made_letter("v", authority="Rutford & <b>Sons")]) as client:
        page = client.get("/authorities").text
    assert re.search(r"Swindon</bdi></a></th><td[^>]*>2</td><td[^>]*><span class=\"grade\">Inadequate</span>", page)
    assert "none in these letters" in page and "<b>Sons" not in page


def test_an_authority_that_is_not_here_and_no_letters_at_all_are_said_in_words():
    with client_of([inspection("a", JOINT)]) as client:
        missing = client.get("/authorities/Nowhere")
        assert missing.status_code == 404 and "There is no such authority here" in missing.text
        assert client.get("/authorities/..%2F..%2Fetc").status_code == 404
    with client_of([]) as client:
        assert "No letter here is about an authority yet." in client.get("/authorities").text


def test_what_became_of_an_authority_is_said():
    old = inspection("old", JOINT, authority="Northamptonshire")
    new = inspection("new", APART, ("2022-10-03", "2022-10-14"), authority="North Northamptonshire")
    with client_of([old, new]) as client:
        assert 'Took over from <a href="/authorities/Northamptonshire">' in from_root(
            client.get("/authorities/North%20Northamptonshire").text
        )
        gone = from_root(client.get("/authorities/Northamptonshire").text)
        assert "This council no longer exists." in gone
        assert (
            '<a href="/authorities/North%20Northamptonshire">' in gone and "<bdi>West Northamptonshire</bdi>." in gone
        )


def test_chart_stands_only_where_there_is_a_course_to_show():
    one = inspection("a", JOINT)
    assert chart(timeline([one], "Swindon").rows) is None
    two = inspection("b", {**APART, "overall": "inadequate"}, ("2023-07-17", "2023-07-28"))
    drawn = chart(timeline([one, two], "Swindon").rows)
    assert [mark.words for mark in drawn.marks] == ["July 2019: good", "July 2023: inadequate"]
    assert drawn.marks[0].x < drawn.marks[1].x and drawn.marks[0].y < drawn.marks[1].y
    same = replace(two, visit_start="2019-07-01")
    assert len(chart(timeline([one, same], "Swindon").rows).marks) == 2  # on one day: no division by nothing


def test_page_of_concerns_shows_both_quotes_and_folds_what_is_unclear():
    first, later = inspection("a", JOINT), inspection("b", APART, ("2023-07-17", "2023-07-28"))
    item = Improvement("area for improvement", "What needs to improve", "s1p1", 10, 40)
    first = replace(first, improvements=(item,))
    spans = (Span(10, 20),)
    concern = Concern(
        first, item, (Echo(later, "raised again", spans, 1.0), Echo(later, "unclear", spans, 0.7), Echo(later, "not mentioned", (), 0))
    )  # fmt: skip
    asked = []
    with client_of([first, later], concerns=lambda name: asked.append(name) or (concern,)) as client:
        page = from_root(client.get("/authorities/Swindon/concerns").text)
        client.get("/authorities/Swindon/concerns")
        assert 'href="/authorities/Swindon/concerns"' in from_root(client.get("/authorities/Swindon").text)
        assert client.get("/authorities/Nowhere/concerns").status_code == 404
    assert set(asked) == {"Swindon"}
    assert "<strong>Raised again</strong> (fair confidence)" in page
    assert "1 raised again" in page and f'href="/letters/b?at=10-20#hit">{later.text[10:20].strip()}' in page
    assert "Unclear in 1 letter: show the nearest words" in page and "Not mentioned: " in page
    assert 'href="/letters/a?at=10-40#hit"' in page


def test_of_very_many_letters_the_page_says_which_are_compared():
    many = [inspection(f"n{at:02}", JOINT, (f"20{at:02}-07-17", f"20{at:02}-07-28")) for at in range(1, NEWEST + 2)]
    item = Improvement("area for improvement", "What needs to improve", "s1p1", 10, 40)
    concern = Concern(replace(many[-1], improvements=(item,)), item, ())
    for held, said in ((many, True), (many[1:], False)):
        with client_of(held, concerns=lambda _: (concern,)) as client:
            page = client.get("/authorities/Swindon/concerns").text
        assert (f"The newest {NEWEST} of the {NEWEST + 1} letters about it are compared." in page) == said


def test_no_area_for_improvement_is_said():
    with client_of([inspection("a", JOINT)], concerns=lambda _: ()) as client:
        assert "No letter here lists an area for improvement" in client.get("/authorities/Swindon/concerns").text
        assert "/concerns" not in client.get("/authorities/Swindon").text
