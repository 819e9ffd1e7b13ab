"""Bibliographic records: what CSL allows, what comes back from a reference manager, and what is chosen for export."""

import csv
import json
from dataclasses import asdict, replace
from io import StringIO
from typing import Any

import pytest
import rispy  # type: ignore[import-untyped]
from docx import Document
from test_export import (
    PRESS,
    REPORT,
    WHOLE,
    a_letter,
    a_refusal,
    an_answer,
    docx_notes,
    read_bibtexparser,
    read_pybtex,
    rows,
)

from assistant.answers.answer import Answer, answer_json
from assistant.commands.options import FORMATS as TYPED
from assistant.commands.options import LETTER_FORMATS as LETTERS_TYPED
from assistant.errors import FilterError
from assistant.export.chosen import only
from assistant.export.formats import FORMATS, LETTER_FORMATS, render, render_letters
from assistant.export.options import Options
from assistant.export.references import Entry, citation_keys, csl_items, entries
from assistant.export.tables import LETTER_COLUMNS
from assistant.reading.corpus import read_letter

ADDRESS = "https://files.example.org/v1/file/50175284"
KNOWN = a_letter(addressee="Director of Children’s Services", urn="80428", url=ADDRESS)

# What the schema of CSL-JSON (csl-data.json) says of the variables that we write.
TYPES = {"report", "document"}
TEXTS = {"title", "publisher", "genre", "keyword", "URL", "note"}
NAMES = {"author", "recipient"}
DATES = {"issued", "event-date"}
LIMITS = ((1000, 9999), (1, 12), (1, 31))


def check_csl(item: dict[str, Any]) -> None:
    assert set(item) <= {"id", "type"} | TEXTS | NAMES | DATES
    assert isinstance(item["id"], str) and item["id"] and item["type"] in TYPES
    assert all(isinstance(item[name], str) and item[name] for name in TEXTS & set(item))
    for name in NAMES & set(item):
        assert item[name] and all(set(one) == {"literal"} and one["literal"] for one in item[name])
    for name in DATES & set(item):
        assert set(item[name]) == {"date-parts"} and 1 <= len(item[name]["date-parts"]) <= 2
        for parts in item[name]["date-parts"]:
            assert 1 <= len(parts) <= 3 and all(isinstance(part, int) for part in parts)
            assert all(low <= part <= high for part, (low, high) in zip(parts, LIMITS, strict=False))


def from_ris(row: dict[str, Any]) -> dict[str, Any]:
    """The fields of an entry that RIS holds, as rispy reads them."""
    return {
        "key": row["id"],
        "report": row["type_of_reference"] == "RPRT",
        "author": (row.get("authors") or [""])[0],
        "title": row.get("title", ""),
        "genre": row.get("type_of_work", ""),
        "published": "-".join(part for part in row.get("date", "").split("/") if part) or None,
        "authority": (row.get("keywords") or [""])[0],
        "url": (row.get("urls") or [""])[0],
        "note": (row.get("notes") or [""])[0],
    }


def from_csl(item: dict[str, Any]) -> dict[str, Any]:
    def dates(name: str) -> list[str]:
        parts = item.get(name, {}).get("date-parts", [])
        return ["-".join(f"{number:02}" for number in numbers) for numbers in parts]

    return {
        "key": item["id"],
        "author": item.get("author", [{"literal": ""}])[0]["literal"],
        "recipient": item.get("recipient", [{"literal": ""}])[0]["literal"],
        "title": item.get("title", ""),
        "genre": item.get("genre", ""),
        "published": (dates("issued") or [None])[0],
        "visit": dates("event-date"),
        "authority": item.get("keyword", ""),
        "url": item.get("URL", ""),
        "note": item.get("note", ""),
    }


def check_round_trip(letters: list[Any]) -> None:
    wanted = [asdict(entry) for entry in entries(letters)]
    back = [from_ris(row) for row in rispy.loads(render_letters(letters, "ris"))]
    assert back == [{name: entry[name] for name in back[0]} for entry in wanted]
    items = json.loads(render_letters(letters, "csl-json"))
    for item, entry in zip(items, wanted, strict=True):
        check_csl(item)
        entry["visit"] = list(dict.fromkeys(day for day in entry["visit"] if day))
        found = from_csl(item)
        assert found == {name: entry[name] for name in found}


def test_no_field_is_lost_on_the_way(shipped):
    check_round_trip(
        [*shipped.values(), KNOWN, REPORT, PRESS, a_letter(letter_id="x", published="2024", visit_end=None)]
    )


def test_what_a_manifest_adds_is_in_every_format():
    text = {name: str(render_letters([KNOWN], name)) for name in LETTER_FORMATS}
    for name in LETTER_FORMATS:
        assert ADDRESS in text[name], name
        assert name == "references" or "80428" in text[name], name
    [item] = csl_items([KNOWN])
    assert item["recipient"] == [{"literal": "Director of Children’s Services"}] and item["URL"] == ADDRESS
    assert item["note"] == "Visit dates: 6 to 7 February 2019; Ofsted URN 80428"
    for name in ("bibtex", "biblatex"):
        for read in (read_bibtexparser, read_pybtex):
            [fields] = read(text[name]).values()
            assert fields["url"] == ADDRESS and fields["keywords"].strip("{}") == "Swindon"


def test_the_public_address_goes_before_the_assistants_own():
    [entry] = entries([KNOWN], Options("https://letters.example.org"))
    assert entry.url == ADDRESS
    assert entry.note.endswith(f"Opened by the assistant: https://letters.example.org/letters/{KNOWN.letter_id}")
    [entry] = entries([a_letter()], Options("https://letters.example.org"))
    assert entry.url == f"https://letters.example.org/letters/{KNOWN.letter_id}" and "assistant" not in entry.note


@pytest.mark.parametrize("name", ["bibtex", "biblatex"])
@pytest.mark.parametrize("url", ["https://a.example/x_%7B~1?a=b&c=#d", 'https://a.example/{x}\\y z"w'])
def test_addresses_are_safe_in_bibtex(name, url):
    text = str(render_letters([a_letter(url=url)], name))
    assert text.count("{") == text.count("}")
    for read in (read_bibtexparser, read_pybtex):
        assert len(read(text)) == 1
    assert "https://a.example/" in text


@pytest.mark.parametrize(
    ("row", "urn", "url"),
    [
        ({}, None, None),
        ({"urn": 80428, "url": ADDRESS}, "80428", ADDRESS),
        ({"ofsted_provider_urn": "80428", "ofsted_url": ADDRESS}, "80428", ADDRESS),
        ({"urn": "not known", "url": "ask the library"}, None, None),
        ({"urn": "1", "url": "javascript:alert(1)"}, None, None),
        ({"url": "https://a.example/<b>"}, None, None),
    ],
)
def test_urn_and_address_come_from_the_manifest_or_are_left_out(tmp_path, row, urn, url):
    from hashlib import sha256

    file = tmp_path / "letter.txt"
    file.write_text("Ofsted\n\n1 March 2019\n\nDear Director\n\nFocused visit to Swindon\n\nPlans are clear.\n")
    manifest = {"documents": [{"sha256": sha256(file.read_bytes()).hexdigest(), **row}]}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    letter = read_letter(file)
    assert (letter.urn, letter.url) == (urn, url)


# --- Links


def test_links_open_the_passage_and_the_page():
    answer = an_answer(KNOWN)
    opened = f"https://letters.example.org/letters/{KNOWN.letter_id}?at=0-16#hit"
    for name in ("text", "markdown", "html", "docx", "csv", "json"):
        made = render(answer, name, Options("https://letters.example.org/"))
        if isinstance(made, bytes):
            from io import BytesIO

            [part] = [r.target_part for r in Document(BytesIO(made)).part.rels.values() if "footnotes" in r.reltype]
            targets = [relation.target_ref for relation in part.rels.values()]
            assert targets == [opened, f"{ADDRESS}#page=2"]
            assert docx_notes(made)[0].endswith("Open the passage Open the published file")
            continue
        assert opened in made and f"{ADDRESS}#page=2" in made, name


def test_without_an_address_only_programs_are_told_the_path():
    answer = an_answer(a_letter())
    assert answer_json(answer)["citations"][0]["link"] == f"/letters/{KNOWN.letter_id}?at=0-16#hit"
    assert answer_json(answer)["citations"][0]["file_link"] is None
    assert rows(answer)[0]["link"].startswith("/letters/")
    for name in ("text", "markdown", "html"):
        assert "/letters/" not in str(render(answer, name))


@pytest.mark.parametrize(
    "base", ["letters.example.org", "javascript:alert(1)", "https://a b", 'https://x/"><b>', "https://x/?q"]
)
def test_a_base_of_links_is_a_web_address(base):
    with pytest.raises(FilterError, match="no address to begin links with"):
        Options(base)


# --- Parts of an answer, conversations, lists of letters


def test_the_command_line_knows_the_formats():
    assert tuple(FORMATS) == TYPED and LETTER_FORMATS == LETTERS_TYPED


def test_chosen_citations_keep_their_numbers_and_their_sentences():
    part = only(WHOLE, [2, 3])
    assert [citation.number for citation in part.citations] == [2, 3]
    assert [(s.text, s.citations) for s in part.sentences] == [
        ("Plans are clear.", (2,)),
        ("=Progress has been made.", (3,)),
    ]
    assert [(group.heading[:7], group.sentences) for group in part.groups] == [("Swindon", (0,)), ("Swindon", (1,))]
    assert only(WHOLE, [1, 2, 3]) == WHOLE
    assert only(a_refusal(), [1]) == a_refusal()
    for name in FORMATS:
        assert render(part, name)


def test_a_citation_that_does_not_exist_is_said():
    with pytest.raises(FilterError, match=r"no citation 4: its citations are 1, 2, 3"):
        only(WHOLE, [1, 4])
    with pytest.raises(FilterError, match="no citation 1: it has none"):
        only(a_refusal(nearest=()), [1])


CONVERSATION: list[Answer] = [WHOLE, a_refusal(), an_answer(REPORT, PRESS)]


@pytest.mark.parametrize("name", FORMATS)
def test_a_conversation_is_one_file(name):
    made = render(CONVERSATION, name)
    if name in ("ris", "bibtex", "biblatex", "csl-json", "references", "docx"):
        return
    text = str(made)
    if name == "json":
        assert json.loads(text) == {"answers": [answer_json(answer) for answer in CONVERSATION]}
    elif name == "csv":
        found = list(csv.DictReader(StringIO(text[1:], newline="")))
        assert [row["number"] for row in found] == ["1", "2", "3", "5", "6"]
        assert {row["question"] for row in found} == {WHOLE.question}
    else:
        assert text.count(WHOLE.question) >= 2 and "what is the budget for 2030?" in text
        assert {"markdown": "[^6]:", "html": 'id="source-6"', "text": "[6] "}[name] in text


def test_a_conversation_lists_each_letter_once():
    items = json.loads(str(render(CONVERSATION, "csl-json")))
    assert [item["id"] for item in items] == list(citation_keys([a_letter(), REPORT, PRESS]).values())
    data = render(CONVERSATION, "docx")
    assert isinstance(data, bytes) and len(docx_notes(data)) == 5


def test_nothing_is_no_conversation():
    with pytest.raises(FilterError, match="no answer to save"):
        render([], "text")


def test_a_table_of_letters():
    text = render_letters([KNOWN, replace(PRESS, title="=HYPERLINK(1)")], "csv", Options("https://letters.example.org"))
    first, second = csv.DictReader(StringIO(text.removeprefix("\ufeff"), newline=""))
    assert tuple(first) == LETTER_COLUMNS
    assert (first["urn"], first["url"], first["authority"]) == ("80428", ADDRESS, "Swindon")
    assert first["link"] == f"https://letters.example.org/letters/{KNOWN.letter_id}"
    assert second["title"] == "'=HYPERLINK(1)" and second["published"] == "2024-07"


def test_letters_have_no_other_formats():
    with pytest.raises(FilterError, match='no format "docx": choose one of ris, bibtex'):
        render_letters([KNOWN], "docx")


def test_date_and_fingerprint_are_said_where_they_are_given():
    options = Options(made="2025-11-22", corpus="0123abcd")
    for name in ("text", "markdown", "html"):
        assert "Made on 22 November 2025 from the letters with the fingerprint 0123abcd" in str(
            render(WHOLE, name, options)
        )
    body = json.loads(str(render(WHOLE, "json", options)))
    assert (body["made"], body["corpus"]) == ("2025-11-22", "0123abcd")


def test_an_entry_is_made_of_clean_lines():
    nasty = "a\nb\x00c"
    [entry] = entries([a_letter(title=nasty, issuer=nasty, addressee=nasty, url=None)])
    assert isinstance(entry, Entry)
    assert (entry.title, entry.author, entry.recipient) == ("a b c",) * 3
