"""What people say of a file: manifest rows, sidecars, and the fields that they correct."""

import json

import pytest
from documents import visit_letter

from assistant.errors import LetterError
from assistant.reading.corpus import digest, read_letter


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "visit.pdf"
    path.write_bytes(visit_letter())
    return path


def sidecar(file, said):
    text = said if isinstance(said, str) else json.dumps(said)
    file.with_name(file.name + ".corrections.json").write_text(text, encoding="utf-8")
    return read_letter(file)


def test_a_sidecar_wins_over_the_text_and_says_so(file):
    read = read_letter(file)
    assert (read.published, read.published_source, read.sources["published"]) == ("2019-01-04", "text", "text")
    letter = sidecar(file, {"published": "2019-01-08", "authority": "Kent County Council", "issuer": None})
    assert (letter.published, letter.published_source) == ("2019-01-08", "sidecar")
    assert (letter.authority, letter.issuer) == ("Kent", None)
    assert letter.sources["authority"] == letter.sources["issuer"] == "sidecar"
    assert "authority" not in letter.evidence and "published" not in letter.evidence
    assert (letter.kind, letter.sources["kind"], letter.text) == (read.kind, "text", read.text)


def test_a_manifest_row_may_correct_as_well_as_add(file):
    row = {"sha256": digest(file.read_bytes()), "published": "1999-01-01", "corrections": {"kind": "monitoring visit"}}
    file.with_name("manifest.json").write_text(json.dumps({"documents": [row]}))
    letter = read_letter(file)
    assert (letter.published, letter.published_source) == ("2019-01-04", "text")
    assert (letter.kind, letter.sources["kind"]) == ("monitoring visit", "manifest")


def test_the_sidecar_wins_over_the_manifest(file):
    row = {"sha256": digest(file.read_bytes()), "corrections": {"kind": "monitoring visit", "addressee": "Nobody"}}
    file.with_name("manifest.json").write_text(json.dumps({"documents": [row]}))
    letter = sidecar(file, {"kind": "press release"})
    assert (letter.kind, letter.sources["kind"]) == ("press release", "sidecar")
    assert letter.addressee != "Nobody", "one of them counts, never a mixture"


def test_periods_of_a_visit(file):
    letter = sidecar(file, {"visit_periods": [{"start": "2018-12-03", "end": "2018-12-04"}, {"start": "2018-12-10", "end": "2018-12-11"}]})  # fmt: skip
    assert (letter.visit_start, letter.visit_end) == ("2018-12-03", "2018-12-11")
    assert letter.visit_periods == (("2018-12-03", "2018-12-04"), ("2018-12-10", "2018-12-11"))
    letter = sidecar(file, {"visit_start": "2018-11-30"})
    assert letter.visit_start == "2018-11-30" == letter.visit_periods[0][0]
    assert "visit" not in letter.evidence


def test_a_corrected_judgement_is_quoted_from_the_letter(file):
    words = " ".join(read_letter(file).text.split()[60:70])
    letter = sidecar(file, {"judgements": [{"area": "overall", "grade": "good", "quote": words}]})
    [judgement] = letter.judgements
    assert letter.text[judgement.start : judgement.end] == judgement.quote
    assert judgement.quote.split() == words.split()


def test_a_corrected_improvement_is_a_stretch_of_a_paragraph(file):
    section, paragraph = next(pair for pair in read_letter(file).paragraphs() if pair[0].kind == "findings")
    words = read_letter(file).text[paragraph.start : paragraph.end]
    letter = sidecar(file, {"improvements": [{"kind": "area for priority action", "quote": words}]})
    [item] = letter.improvements
    assert (item.kind, item.heading, item.paragraph_id) == (
        "area for priority action",
        section.heading,
        paragraph.paragraph_id,
    )
    assert letter.text[item.start : item.end] == words


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("{", "no valid JSON"),
        ('["published"]', "corrections"),
        ({"publisht": "2019"}, "publisht"),
        ({"published": "4 January 2019"}, "no date"),
        ({"published": "2019-02-30"}, "no date"),
        ({"authority": "Atlantis"}, "no authority"),
        ({"kind": "postcard"}, "no kind of document"),
        ({"standing": "judge"}, "standing"),
        ({"title": " "}, "title"),
        ({"visit_start": "2020-01-01", "visit_end": "2019-01-01"}, "end before it begins"),
        ({"visit_start": "2030-01-01"}, "end before it begins"),
        ({"judgements": [{"area": "overall", "grade": "superb", "quote": "x"}]}, "grade"),
        ({"judgements": [{"area": "overall", "grade": "good", "quote": "Words of no letter"}]}, "does not stand"),
        ({"improvements": [{"kind": "area for improvement", "quote": "Words of no letter"}]}, "does not stand"),
    ],
)
def test_a_correction_that_cannot_be_taken_is_one_line(file, said, message):
    with pytest.raises(LetterError, match=message) as caught:
        sidecar(file, said)
    assert "visit.pdf.corrections.json" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_is_said_of_a_letter_is_as_plain_as_its_own_words(file):
    """A terminal obeys an escape, and a direction mark turns what stands beside it."""
    letter = sidecar(file, {"title": "Red\x1b[31m \u202eflag", "lead_inspector": "A\u200bda\x07"})
    assert (letter.title, letter.lead_inspector) == ("Red[31m flag", "Ada")
    file.with_name(file.name + ".corrections.json").unlink()
    note = file.with_name("note.txt")
    note.write_text("We welcome the letter about children in care.")
    row = {"sha256": digest(note.read_bytes()), "title": "Wel\x1bcome", "issuer": "The \u202eCouncil"}
    file.with_name("manifest.json").write_text(json.dumps({"documents": [row]}))
    read = read_letter(note)
    assert (read.title, read.issuer) == ("Welcome", "The Council")


def test_a_correction_of_nothing_that_can_be_seen_is_refused(file):
    with pytest.raises(LetterError, match="title"):
        sidecar(file, {"title": "\u200b\u202e"})
