"""`python -m eval.reading`: each score on small inputs worked by hand, the references, the table and the command."""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from documents import CORPUS, FOCUSED, a_letter, inspection_report, visit_letter

from assistant.letters.letter import Improvement, Judgement, Letter
from assistant.reading.corpus import digest, read_letter
from eval.bench.reading import Speed
from eval.measures import Tally
from eval.reading.__main__ import main
from eval.reading.checks import Check, check_letter, check_pair, is_pair
from eval.reading.comparing import (
    Anchor,
    alike,
    folded_item,
    graded,
    invented,
    match_items,
    printed_date,
    same_authority,
    same_blocks,
    same_person,
)
from eval.reading.reading import measure, plain_pages
from eval.reading.references import (
    LABELS,
    NOT_JUDGED,
    SETTLED,
    Reference,
    ReferenceFileError,
    References,
    half_of,
    read_references,
)
from eval.reading.table import ROWS, as_json, disagreements, table

ROOT = Path(__file__).parent.parent


# --- comparing -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("found", "wanted", "same"),
    [
        ("Telford and Wrekin", "telford & wrekin", True),
        ("Bournemouth, Christchurch and Poole", "bournemouth-christchurch-poole", True),
        ("St Helens", "st helen's", True),
        ("County Durham", "durham", True),
        ("Yorkshire", "north yorkshire", False),
        ("South Tyneside", "north tyneside", False),
        (None, "dorset", False),
    ],
)
def test_the_same_authority(found: str | None, wanted: str, same: bool) -> None:
    assert same_authority(found, wanted) is same


@pytest.mark.parametrize(
    ("found", "wanted", "same"),
    [
        ("Ada-may Quill", "Ada -may Quill", True),
        ("Ada O\u2019Quill", "Ms Ada O'Quill, His Majesty's Inspector", True),
        ("Máire Quill", "Maire Quill HMI", True),
        ("Ada Quill", "Ada Quilt", False),
        ("Quill", "Ada Quill", False),
        (None, "Ada Quill", False),
        ("Ada Quill", None, False),
        (None, None, True),
    ],
)
def test_the_same_person(found: str | None, wanted: str | None, same: bool) -> None:
    assert same_person(found, wanted) is same


@pytest.mark.parametrize(
    ("front", "printed"),
    [
        ("Store Street\n4 January 2019 \nMs Field\nvisit on 11 December 2018", "2019-01-04"),
        ("Report published: 4th January, 2019", "2019-01-04"),
        ("8 January 2019\nDear Ms Field\nvisit on 11 December 2018", "2019-01-08"),  # another date than the reference
        ("Report published: 8 January 2019", "2019-01-08"),
        ("Inspection dates: 3 to 14 December 2018\nLead inspector: Ada Quill", None),
        ("Inspection dates: 3 December 2018 to\n14 December 2018", None),
        ("on 23 October 2018", None),
        ("14 January 2019 is when they came", None),
        ("4 January 20195", None),
        ("", None),
    ],
)
def test_the_date_that_a_first_page_prints(front: str, printed: str | None) -> None:
    assert printed_date(front, "2019-01-04") == printed


def judged(area: str, grade: str | None, note: str | None = None) -> Judgement:
    return Judgement(area, grade, "quote", note, 0, 5)


def test_a_grade_counts_only_where_it_is_the_only_one() -> None:
    found = [judged("overall", "good"), judged("leaders", "good"), judged("leaders", "inadequate")]
    assert graded(found, "overall") == "good"
    assert graded(found, "leaders") is None
    assert graded(found, "in care") is None


def test_grades_of_areas_that_the_reference_lacks_are_invented() -> None:
    found = [judged("overall", "good"), judged("in care", "good"), judged("care leavers", None, "judged jointly")]
    assert invented(found, {"overall": "inadequate"}) == ("in care: good",)  # wrong is not the same as invented
    assert invented(found, {"overall": "good", "in care": "good"}) == ()


def test_items_are_folded() -> None:
    assert folded_item("◼ The child\u2019s plan, decision- making.") == "thechild'splan,decisionmaking"


TEN = "one two three four five six seven eight nine ten"


@pytest.mark.parametrize(
    ("found", "wanted", "left", "missing"),
    [
        (["The pre-\nproceedings stage."], ["the pre- proceedings stage"], [], []),
        ([TEN], [f"{TEN} x"], [], []),  # holds it, nearly as long
        ([TEN], [f"{TEN} eleven twelve"], [TEN], [f"{TEN} eleven twelve"]),  # too much is missing
        (["a plan", "a plan"], ["a plan"], ["a plan"], []),  # a doubled item is left over
        (["a plan"], ["a plan", "a plan"], [], ["a plan"]),
        ([f"{TEN} x", TEN], [TEN, f"{TEN} x"], [], []),  # the equal one first, whatever the order
        (["Plans, so that they are kept up to date."], [Anchor("Plans, so that", "up to date.", 9)], [], []),
        (["Plans, so that they are kept up to date."], [Anchor("Plans, so that", "up to date.", 12)], 1, 1),
        (["Plans."], [Anchor("Plans, so that", "up to date.", 1)], 1, 1),
        ([], ["a plan"], [], ["a plan"]),
    ],
)
def test_items_are_paired_one_to_one(found: Any, wanted: Any, left: Any, missing: Any) -> None:
    given = match_items(found, wanted)
    if left == 1:
        assert tuple(map(len, given)) == (1, 1)
    else:
        assert given == (left, missing)


def test_likeness_is_by_runs_of_words() -> None:
    assert alike(TEN, TEN.replace(" ", "\n").upper()) == 1.0
    assert alike(TEN, f"{TEN} eleven twelve") == 0.75  # six runs of eight
    assert alike(TEN, "ten nine eight seven six five four") == 0.0
    assert alike("too short", "too short") == 0.0


def test_blocks_that_have_no_like_are_named_with_their_side() -> None:
    assert same_blocks(["Heading", "child\u2019s  plan"], ["Heading", "child's\nplan"]) == (2, ())
    same, alone = same_blocks(["a", "b", "c"], ["a", "b c"])
    assert same == 1
    assert alone == ("- b", "- c", "+ b c")


# --- checks ----------------------------------------------------------------------------------------------------------


def checks_of(letter: Letter, known: Reference, pages: Sequence[str] | None = None) -> Mapping[str, Tally]:
    found: dict[str, Tally] = {}
    for check in check_letter(letter, pages, known):
        found[check.row] = found.get(check.row, Tally(0, 0)) + check.tally
    return found


def known_of(**fields: Any) -> Reference:
    return Reference("a.pdf", "tuning", **fields)


RIGHT, WRONG = Tally(1, 1), Tally(0, 1)


def test_fields_are_right_or_wrong_and_unknown_ones_are_not_counted() -> None:
    letter = a_letter([("letterhead", "", ["4 January 2019"])], authority="Rutland", published="2019-01-04")
    known = known_of(authority="rutland", kind="JTAI", published="2019-01-04", lead_inspector="Ada Quill")
    found = checks_of(letter, known)
    assert found["authority"] == RIGHT
    assert found["kind"] == WRONG
    assert found["published"] == RIGHT
    assert found["lead_inspector"] == WRONG
    assert not {"visit_start", "visit_end", "items_recall", "sif", "ilacs_invented"} & set(found)
    assert checks_of(letter, known_of()).keys() == {"clean_letters", "furniture"}


@pytest.mark.parametrize(
    ("printed", "read", "source", "row", "tally"),
    [
        ("4 January 2019", "2019-01-04", "text", "published", RIGHT),
        ("4 January 2019", None, None, "published", WRONG),
        ("4 January 2019", "2018-12-12", "text", "published", WRONG),  # the visit's date in its place
        ("8 January 2019", "2019-01-08", "text", "published", WRONG),  # until it is settled
        ("An undated page", None, None, "published_null", RIGHT),
        ("An undated page", "2018-12-12", "text", "published_null", WRONG),
        ("An undated page", "2019-01-04", "filename", "published_null", RIGHT),  # a name is no printed date
    ],
)
def test_a_publication_date_is_asked_only_where_it_is_printed(
    printed: str, read: str | None, source: Any, row: str, tally: Tally
) -> None:
    letter = a_letter([("letterhead", "", ["x"])], published=read, published_source=source)
    found = checks_of(letter, known_of(published="2019-01-04"), [printed, "4 January 2019 on the second page"])
    assert {name: one for name, one in found.items() if name.startswith("published")} == {row: tally}


def test_a_settled_reference_may_say_that_nothing_is_printed() -> None:
    letter = a_letter([("letterhead", "", ["x"])], lead_inspector="Ada Quill", published="2019-01-08")
    known = known_of(settled=frozenset({"lead_inspector", "published"}), published="2019-01-08")
    found = checks_of(letter, known)
    assert found["lead_inspector"] == WRONG
    assert found["published"] == RIGHT


def test_judgements_area_by_area() -> None:
    wanted = {"overall": NOT_JUDGED, "leaders": "good", "in care": "good", "care leavers": "outstanding"}
    letter = a_letter(
        [("x", "", ["x"])],
        judgements=(judged("leaders", "good"), judged("in care and care leavers", "good"), judged("in care", "good")),
    )
    found = checks_of(letter, known_of(judgements=wanted))
    assert found["ilacs: leaders"] == found["ilacs: in care"] == found["not_judged"] == RIGHT
    assert found["ilacs: care leavers"] == WRONG
    assert found["ilacs_invented"] == Tally(1, 3)
    assert "ilacs: overall" not in found
    sif = checks_of(letter, known_of(labels={"leaders": "inadequate", "in care": "good"}))
    assert sif["sif"] == Tally(1, 2)
    assert sif["sif_invented"] == Tally(1, 3)


@pytest.mark.parametrize(
    ("changes", "tally"),
    [
        ({}, RIGHT),
        ({"judgements": (judged("overall", None, "not judged since 2026"),)}, RIGHT),
        ({"judgements": (judged("overall", None),)}, WRONG),
        ({"judgements": (judged("overall", "good"),)}, WRONG),
        ({"warnings": ("no grade read for overall",)}, WRONG),  # unread
    ],
)
def test_not_judged_is_told_from_unread(changes: Mapping[str, Any], tally: Tally) -> None:
    letter = a_letter([("x", "", ["x"])], **changes)
    assert checks_of(letter, known_of(judgements={"overall": NOT_JUDGED}))["not_judged"] == tally


def test_only_areas_for_improvement_are_compared_with_the_items() -> None:
    items = ("The condition of the flats.", "Pathway plans.", "Visits on time.")
    letter = a_letter([("improve", "What needs to improve", items)])
    paragraphs = letter.sections[0].paragraphs
    kinds = ("area for improvement", "area for improvement", "area for priority action")
    improvements = tuple(
        Improvement(kind, "What needs to improve", one.paragraph_id, one.start, one.end)
        for kind, one in zip(kinds, paragraphs, strict=True)
    )
    letter = a_letter([("improve", "What needs to improve", items)], improvements=improvements)
    found = checks_of(letter, known_of(items=(items[0], items[2], "Supervision.")))
    assert found["items_recall"] == Tally(1, 3)
    assert found["items_precision"] == Tally(1, 2)


def test_numbers_furniture_and_lost_words_are_counted() -> None:
    page = "Families wait less long than they did and say so plainly to whoever asks them about it."
    letter = a_letter([("findings", "Findings", [f"{page} Piccadilly Gate"])], kind="ILACS inspection")
    found = checks_of(letter, known_of(), [f"Findings {page} Piccadilly Gate and ten more words"])
    assert found["numbering_ilacs"] == WRONG  # none of its paragraphs has a number
    assert found["clean_letters"] == WRONG
    assert found["furniture"] == Tally(1, 1)
    assert found["unaccounted"].hits == len("andtenmorewords")
    assert found["accounted_letters"] == WRONG


def test_the_same_letter_in_two_formats() -> None:
    body = [f"{TEN} {place}" for place in ("here", "there", "everywhere")]
    one = a_letter([("letterhead", "", ["Ofsted Store Street"]), ("findings", "Findings", body)])
    two = a_letter([("letterhead", "", ["Ofsted", "Store Street"]), ("findings", "Findings", body)])
    three = a_letter([("letterhead", "", ["Ofsted"]), ("findings", "Findings", [" ".join(body[:2]), body[2]])])
    assert is_pair(one, two)
    assert not is_pair(one, a_letter([("findings", "", ["Something else that is as long as this sentence is."])]))
    tallies = {check.row: check.tally for check in check_pair(one, two, known_of())}
    assert tallies == {"pair_body": Tally(4, 4), "pair_all": Tally(5, 7)}
    body_check = next(check for check in check_pair(one, three, known_of()) if check.row == "pair_body")
    assert body_check.tally == Tally(2, 4)
    assert len(body_check.notes) == 3


# --- references ------------------------------------------------------------------------------------------------------


def test_halves_are_by_authority_and_fixed() -> None:
    assert [half_of(name) for name in ("dorset", "swindon", "Kingston upon Hull")] == ["tuning", "reporting", "tuning"]
    assert half_of("bournemouth, christchurch & poole") == half_of("bournemouth-christchurch-poole")
    assert References().of("0" * 64, "dorset__focused_visit__2019.pdf").half == "tuning"


def library(folder: Path, **files: Any) -> Path:
    """A folder of letters with its references beside it: JSON by name of the file without its ending."""
    letters, gold = folder / "letters", folder / "gold"
    letters.mkdir()
    gold.mkdir()
    places = {"manifest": letters / "manifest.json", "facts": gold / "inspection_facts.json"}
    places |= {"labels": folder / "labels.json", "settled": folder / "settled.json"}
    for name, body in files.items():
        if name == "lists":
            lines = "".join(json.dumps(row) + "\n" for row in body)
            (gold / "national_questions.jsonl").write_text(lines, encoding="utf-8")
        else:
            places[name].write_text(json.dumps(body), encoding="utf-8")
    return letters


def row_of(file: str, kind: str, sha256: str = "a" * 64, published: str = "2023-08-30") -> dict[str, Any]:
    return {"file": file, "authority": "rutland", "published": published, "type": kind, "sha256": sha256}


def facts_of(file: str, start: str, end: str, **judgements: str | None) -> dict[str, Any]:
    return {
        "file": file,
        "inspection_start": start,
        "inspection_end": end,
        "lead_inspector": "",
        "judgements": judgements,
    }


def references_of(folder: Path) -> Reference:
    letters = folder / "letters"
    found = read_references(
        letters,
        folder / "gold" / "inspection_facts.json",
        folder / "gold" / "national_questions.jsonl",
        folder / "labels.json",
        folder / "settled.json",
    )
    return found.by_sha256["a" * 64]


def test_care_leavers_are_joint_until_2022(tmp_path: Path) -> None:
    grades = {"overall": "good", "in_care": "good", "care_leavers": None}
    before, after = tmp_path / "before", tmp_path / "after"
    for folder, year, leavers in ((before, 2022, None), (after, 2023, "outstanding")):
        folder.mkdir()
        library(
            folder,
            manifest={"documents": [row_of("a.pdf", "report_ilacs")]},
            facts={
                "inspections": [
                    facts_of("a.pdf", f"05/09/{year}", f"16/09/{year}", **(grades | {"care_leavers": leavers}))
                ]
            },
        )
    known = references_of(before)
    assert known.judgements == {"overall": "good", "in care and care leavers": "good"}
    assert (known.visit_start, known.visit_end, known.lead_inspector) == ("2022-09-05", "2022-09-16", None)
    assert references_of(after).judgements == {"overall": "good", "in care": "good", "care leavers": "outstanding"}


def test_every_source_is_read_and_a_missing_one_is_named(tmp_path: Path) -> None:
    question = {"type": "list_needs_to_improve", "gold_ids": ["a.pdf"], "nuggets": [["First."], ["Second."]]}
    letters = library(
        tmp_path,
        manifest={"documents": [row_of("a.pdf", "jar")]},
        lists=[question, {"type": "list_needs_to_improve", "gold_ids": ["a.pdf", "b.pdf"], "nuggets": [["x"]]}],
        labels={"a" * 64: {"overall": "good"}},
        settled={"a" * 64: {"published": {"value": "2023-09-01", "why": 'letterhead: "1 September 2023"'}}},
    )
    known = references_of(tmp_path)
    assert known.kind == "other"
    assert known.items == ("First.", "Second.")
    assert known.labels == {"overall": "good"}
    assert (known.published, known.settled) == ("2023-09-01", {"published"})
    as_given = read_references(letters, None, None, settled=None)
    assert as_given.by_sha256["a" * 64].published == "2023-08-30"
    assert {"facts", "lists"} <= as_given.missing
    assert "manifest" in read_references(tmp_path, None, None).missing


def test_settled_items_change_single_items(tmp_path: Path) -> None:
    added = {"from": "Fourth", "to": "end.", "words": 5}
    changes = [{"item": 1}, {"item": 2, "from": "Second", "to": "whole.", "words": 7}, added]
    library(
        tmp_path,
        manifest={"documents": [row_of("a.pdf", "jtai")]},
        lists=[{"type": "list_needs_to_improve", "gold_ids": ["a.pdf"], "nuggets": [["One."], ["Two."], ["Three."]]}],
        settled={"a" * 64: {"items": {"value": changes, "why": "as printed"}}},
    )
    assert references_of(tmp_path).items == (Anchor("Second", "whole.", 7), "Three.", Anchor("Fourth", "end.", 5))


@pytest.mark.parametrize(
    "files",
    [
        {"manifest": {"documents": [{"authority": "rutland"}]}},
        {"manifest": {"documents": [row_of("a.pdf", "jtai")]}, "lists": [{"type": "list_needs_to_improve"}]},
        {
            "manifest": {"documents": [row_of("a.pdf", "jtai")]},
            "settled": {"a" * 64: {"kind": {"value": "JTAI", "why": ""}}},
        },
    ],
)
def test_references_that_are_not_understood_are_an_error_of_one_line(tmp_path: Path, files: dict[str, Any]) -> None:
    library(tmp_path, **files)
    with pytest.raises(ReferenceFileError) as caught:
        references_of(tmp_path)
    assert "\n" not in str(caught.value)


def test_the_shipped_references_are_well_formed() -> None:
    settled = json.loads(SETTLED.read_text(encoding="utf-8"))
    fields = {"authority", "kind", "published", "visit_start", "visit_end", "lead_inspector", "items"}
    for sha256, corrections in settled.items():
        assert len(sha256) == 64
        assert set(corrections) <= fields
        for correction in corrections.values():
            assert set(correction) == {"value", "why"} and correction["why"]
    longest = max(
        len(row.get("from", "").split()) for c in settled.values() for row in c.get("items", {"value": []})["value"]
    )
    assert longest <= 9  # anchors, not the words themselves
    if LABELS.is_file():
        grades = {
            grade for areas in json.loads(LABELS.read_text(encoding="utf-8")).values() for grade in areas.values()
        }
        assert grades <= {"outstanding", "good", "requires improvement", "inadequate", NOT_JUDGED}


# --- the table -------------------------------------------------------------------------------------------------------


def test_the_table_shows_halves_counts_targets_and_what_misses_them() -> None:
    checks = [
        *(Check("authority", f"{n}.pdf", "tuning", Tally(1, 1)) for n in range(3)),
        Check("authority", "4.pdf", "reporting", Tally(0, 1), ("'rutland' expected, None read",)),
        Check("kind", "4.pdf", "reporting", Tally(1, 1)),
        Check("furniture", "4.pdf", "reporting", Tally(0, 40)),
        Check("unaccounted", "4.pdf", "reporting", Tally(3, 1000)),
    ]
    rows = {line[:30].strip(): line for line in table(checks, frozenset({"facts"})).splitlines()}
    authority = rows["authority"].split("  ")
    assert {"1.000 (3/3)", "0.000 (0/1)", "0.750 (3/4)", "[0.301, 0.954]", ">= 0.99", "missed"} <= {
        cell.strip() for cell in authority
    }
    assert "missed" not in rows["kind"] and "-" in rows["kind"]
    assert rows["inspection start"].endswith("no reference")
    assert "missed" not in next(line for name, line in rows.items() if "hits in paragraphs" in name)
    doubted = next(line for name, line in rows.items() if name.startswith("characters"))
    assert "0.00300 (3/1000)" in doubted and doubted.endswith("missed")
    assert disagreements(checks) == "authority: 1 letters\n  4.pdf [reporting]\n    'rutland' expected, None read"
    body = as_json(checks, frozenset({"facts"}))
    assert body["rows"]["authority"]["reporting"] == {"value": 0, "hits": 0, "of": 1}
    assert body["rows"]["authority"]["met"] is False
    assert body["rows"]["kind"]["met"] is True
    assert body["rows"]["visit_start"]["met"] is None
    assert disagreements([]) == "Nothing disagrees."


def test_every_row_that_a_check_can_give_is_in_the_table() -> None:
    letter = read_letter(CORPUS / FOCUSED)
    wanted = {area: "good" for area in ("overall", "leaders", "help and protection", "in care", "care leavers")}
    known = known_of(
        authority="swindon",
        kind="ILACS inspection",
        published="2019-03-01",
        visit_start="2019-02-06",
        visit_end="2019-02-07",
        lead_inspector="x",
        judgements={**wanted, "in care and care leavers": NOT_JUDGED},
        labels=wanted,
        items=("x",),
    )
    given = {check.row for check in check_letter(letter, ["x"], known)} | {"read"}
    given |= {check.row for check in check_pair(letter, letter, known)}
    assert given <= {row.name for row in ROWS}


# --- reading a folder ------------------------------------------------------------------------------------------------

REPORT = "rutland__inspection__2023-08-30.pdf"
LETTER = "rutland__focused_visit__2019-01-04.pdf"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A report, a letter and a broken file, with their references; the report's published date is not printed."""
    report, letter = inspection_report(), visit_letter()
    question = {
        "type": "list_needs_to_improve",
        "gold_ids": [LETTER],
        "nuggets": [["The condition of the flats in which young people are placed."], ["Supervision of the staff."]],
    }
    letters = library(
        tmp_path,
        manifest={
            "documents": [
                row_of(REPORT, "report_ilacs", digest(report)),
                row_of(LETTER, "letter_focused_visit", digest(letter), "2019-01-04"),
            ]
        },
        facts={
            "inspections": [
                facts_of(
                    REPORT,
                    "17/07/2023",
                    "28/07/2023",
                    overall="requires improvement",
                    leaders="good",
                    help_protection="good",  # the report says requires improvement
                    in_care="good",
                    care_leavers="outstanding",
                )
            ]
        },
        lists=[question],
    )
    (letters / REPORT).write_bytes(report)
    (letters / LETTER).write_bytes(letter)
    (letters / "broken.pdf").write_bytes(b"%PDF-1.4 and nothing else")
    return letters


def test_the_command_prints_the_table(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = tmp_path / "report.json"
    assert main(["--letters", str(folder), "--blind-names", "--failures", "--json", str(report)]) == 0
    out = capsys.readouterr().out
    assert out.startswith("3 letters under neutral names")
    assert "'good' expected, 'requires improvement' read" in out
    assert f"{REPORT} [reporting]" in out
    body = json.loads(report.read_text(encoding="utf-8"))
    rows = {name: (row["all"]["hits"], row["all"]["of"]) for name, row in body["rows"].items()}
    assert rows["read"] == (2, 3)
    assert rows["authority"] == rows["kind"] == (2, 2)
    assert rows["published"] == (1, 1)
    assert rows["published_null"] == (1, 1)
    assert rows["visit_start"] == rows["visit_end"] == (1, 1)
    assert rows["lead_inspector"] == (0, 0)  # the table of facts leaves it empty
    assert rows["ilacs: help and protection"] == (0, 1)
    assert rows["ilacs: care leavers"] == (1, 1)
    assert rows["numbering_ilacs"] == (1, 1)
    assert (rows["items_recall"], rows["items_precision"]) == ((1, 2), (1, 2))
    assert rows["clean_letters"] == (2, 2)
    assert body["rows"]["unaccounted"]["met"] is True
    assert body["settled"] == {}
    failed = next(one for one in body["disagreements"] if one["row"] == "read")
    assert failed["file"] == "broken.pdf"


@pytest.mark.parametrize("blind", [True, False])
def test_neither_manifest_nor_name_reaches_the_reader(
    folder: Path, blind: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Path] = []

    def read_letters(files: Sequence[Path]) -> list[tuple[Path, Letter]]:
        seen.extend(files)
        assert not any(beside.suffix == ".json" for file in files for beside in file.parent.parent.rglob("*"))
        return [(file, read_letter(file)) for file in files]

    monkeypatch.setattr("eval.reading.reading.read_letters", read_letters)
    references = read_references(folder, None, None)
    found = {check.row: check.tally for check in measure([folder / REPORT], references, blind=blind)}
    assert found["published_null"] == RIGHT
    sha256 = digest((folder / REPORT).read_bytes())
    assert [file.name for file in seen] == [f"{sha256}.pdf" if blind else REPORT]


def test_a_half_is_read_alone(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "dorset__note.txt").write_bytes((CORPUS / FOCUSED).read_bytes())
    (folder / "broken.pdf").unlink()
    assert main(["--letters", str(folder), "--half", "tuning"]) == 0
    assert capsys.readouterr().out.startswith("1 letters")
    assert main(["--letters", str(folder), "--half", "reporting"]) == 0
    assert capsys.readouterr().out.startswith("2 letters")


def test_the_shipped_letters_have_no_references(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    out = capsys.readouterr().out
    assert out.startswith("5 letters")
    assert "1.000 (5/5)" in out
    assert out.count("no reference") >= 10


def test_the_benchmark_measures_both_readings(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = tmp_path / "speed.json"
    assert main(["--letters", str(folder), "--speed", "--json", str(report)]) == 0
    body = json.loads(report.read_text(encoding="utf-8"))
    assert (body["files"], body["failed"]) == (3, 1)
    assert body["ratio"] == pytest.approx(body["single_cpu_seconds"] / body["plain_cpu_seconds"])
    assert body["parallel_seconds"] > 0
    assert "ratio: " in capsys.readouterr().out


def test_a_benchmark_says_what_it_misses() -> None:
    slow = Speed(files=2, failed=0, plain=1.0, single=5.0, parallel=61.0, workers=2, parent=100.0, child=500.0)
    assert slow.ratio == 5.0
    assert slow.memory == 1100.0
    assert slow.text.count("missed") == 3
    quick = Speed(files=2, failed=0, plain=1.0, single=4.0, parallel=60.0, workers=2, parent=None, child=None)
    assert "missed" not in quick.text
    assert quick.memory is None


def test_only_a_pdf_has_a_plain_extraction(folder: Path) -> None:
    pages = plain_pages(folder / LETTER)
    assert pages is not None and "Focused visit to Rutland" in " ".join(pages[0].split())
    assert plain_pages(CORPUS / FOCUSED) is None


@pytest.mark.parametrize(
    "arguments",
    [
        ["--letters", "/no/such/folder"],
        ["--facts", "/no/such/facts.json"],
        ["--json", "/no/such/folder/x.json"],
    ],
)
def test_wrong_usage_is_one_line_and_exit_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1 and arguments[1].split("/x.json")[0] in err


def test_bad_references_and_an_empty_folder_are_one_line_and_exit_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--letters", str(tmp_path)]) == 1
    (tmp_path / "manifest.json").write_text("{", encoding="utf-8")
    assert main(["--letters", str(tmp_path)]) == 1
    assert capsys.readouterr().err.count("\n") == 2


def test_the_page_in_the_docs_names_every_option() -> None:
    page = (ROOT / "docs" / "explanation" / "evaluation.md").read_text(encoding="utf-8")
    assert "python -m eval.reading" in page
    for option in ("--letters", "--facts", "--lists", "--names", "--half", "--failures", "--as-given", "--speed"):
        assert f"`{option}" in page, option


# --- real letters ----------------------------------------------------------------------------------------------------

REAL = os.environ.get("ASSISTANT_TEST_LETTERS", "")


@pytest.mark.skipif(not REAL, reason="ASSISTANT_TEST_LETTERS names no folder of real letters")
def test_real_letters_reach_every_target(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    assert main(["--letters", REAL, "--json", str(report)]) == 0
    rows = json.loads(report.read_text(encoding="utf-8"))["rows"]
    assert [name for name, row in rows.items() if row["met"] is False] == []
