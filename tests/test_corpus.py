"""The corpus: which files are letters, what the manifest adds, and every shipped file kept word for word."""

import html
import json
import re

import pytest
from documents import CABINET, CORPUS, MONITORING, PRESS, inspection_report, visit_letter
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import LetterError
from assistant.reading.corpus import digest, find_files, letter_id_of, read_letter
from assistant.reading.corrections import read_manifest

PROSE = (
    "Young people in Rutland like their personal advisers and see them often, at home and in town, and they say that "
    "the flats they live in are warm, quiet and close to the college."
)


def write(folder, name, data=PROSE):
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data if isinstance(data, bytes) else data.encode())
    return file


# --- files ---------------------------------------------------------------------------------------------------------------


def test_a_folder_gives_its_letters_sorted(tmp_path):
    for name in ("b.TXT", "a.md", "sub/c.pdf", "sub/deep/d.docx", "e.html"):
        write(tmp_path, name)
    for name in (
        *("README.md", "readme.txt", "manifest.json", "notes.csv", ".hidden.txt", ".git/a.txt", "picture.png", "noend"),
    ):
        write(tmp_path, name)
    found = [file.relative_to(tmp_path).as_posix() for file in find_files(tmp_path)]
    assert found == ["a.md", "b.TXT", "e.html", "sub/c.pdf", "sub/deep/d.docx"]


def test_a_file_is_taken_whatever_its_name(tmp_path):
    file = write(tmp_path, "letter.odd")
    assert find_files(file) == [file]


def test_a_hidden_parent_does_not_hide_the_folder(tmp_path):
    file = write(tmp_path, ".data/letters/a.txt")
    assert find_files(tmp_path / ".data" / "letters") == [file]


def test_a_missing_path(tmp_path):
    with pytest.raises(LetterError, match=r"none: there is no such file or folder; check the path"):
        find_files(tmp_path / "none")


def test_a_folder_without_letters(tmp_path):
    write(tmp_path, "README.md")
    with pytest.raises(LetterError, match=r"holds no letters \(\.txt, \.md"):
        find_files(tmp_path)


def test_the_shipped_folder():
    assert [file.name for file in find_files(CORPUS)] == sorted(file.name for file in CORPUS.iterdir())
    assert len(find_files(CORPUS)) == 5


# --- identifiers -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "letter_id"),
    [
        ("2019-03-01-swindon-focused-visit.txt", "2019-03-01-swindon-focused-visit"),
        ("Focused Visit (Final) – v2.PDF", "focused-visit-final-v2"),
        ("Brontë & Söhne.md", "bronte-sohne"),
        ("???.txt", "letter"),
        ("字.txt", "letter"),
        ("a/b/../c_d.txt", "c-d"),
        ("x" * 300 + ".txt", "x" * 120),
    ],
)
def test_a_letters_identifier(tmp_path, name, letter_id):
    assert letter_id_of(tmp_path / name) == letter_id


@given(st.text(st.characters(exclude_characters="/\\\0", exclude_categories=("Cs",)), min_size=1, max_size=60))
def test_any_name_gives_an_identifier_fit_for_an_address(name):
    from pathlib import PurePosixPath

    assert re.fullmatch(r"[a-z0-9][a-z0-9-]{0,119}", letter_id_of(PurePosixPath("folder") / name))


def with_row(file, row):
    """The file, with a manifest beside it that says something of it."""
    rows = {"documents": [{"sha256": digest(file.read_bytes()), **row}]}
    file.with_name("manifest.json").write_text(json.dumps(rows), encoding="utf-8")
    return file


# --- manifest ----------------------------------------------------------------------------------------------------------------


def test_a_manifest_beside_the_files_or_above_them(tmp_path):
    rows = {"documents": [{"sha256": "ab", "published": "2024-07"}]}
    write(tmp_path, "manifest.json", json.dumps(rows))
    folder = tmp_path / "letters"
    folder.mkdir()
    assert read_manifest(tmp_path) == read_manifest(folder) == {"ab": rows["documents"][0]}
    write(folder, "manifest.json", '{"documents": []}')
    assert read_manifest(folder) == {}


def test_a_folder_without_a_manifest(tmp_path):
    assert read_manifest(tmp_path / "a" / "b") == {}


@pytest.mark.parametrize("data", ["", "{", "[]", "{}", '{"documents": [{}]}', '{"documents": 5}', '"x"', b"\xff\xfe\0"])
def test_a_manifest_that_is_none(tmp_path, data):
    write(tmp_path, "manifest.json", data)
    with pytest.raises(LetterError, match=r"manifest\.json: is no manifest"):
        read_manifest(tmp_path)


def test_the_shipped_manifest_lists_the_shipped_files():
    rows = read_manifest(CORPUS)
    assert {digest(file.read_bytes()): file.name for file in find_files(CORPUS)} == {
        sha256: row["file"] for sha256, row in rows.items()
    }
    assert {row["file"]: row["bytes"] for row in rows.values()} == {
        file.name: file.stat().st_size for file in find_files(CORPUS)
    }


def test_the_manifest_gives_what_the_text_does_not(tmp_path):
    file = write(tmp_path, "note.txt")
    row = {"published": "2023-05-04", "authority": "Rutland", "title": "A note", "issuer": "A charity", "kind": "other"}
    letter = read_letter(with_row(file, row))
    assert (letter.published, letter.published_source) == ("2023-05-04", "manifest")
    assert (letter.title, letter.issuer, letter.authority) == ("A note", "A charity", "Rutland")


def test_the_text_wins_over_the_manifest(tmp_path):
    file = write(tmp_path, "visit.pdf", visit_letter())
    row = {"published": "1999-01-01", "authority": "Kent", "title": "No", "issuer": "No", "kind": "JTAI"}
    letter = read_letter(with_row(file, row))
    assert (letter.published, letter.published_source) == ("2019-01-04", "text")
    assert (letter.authority, letter.issuer, letter.kind) == ("Rutland", "Ofsted", "focused visit")
    assert letter.title == "Focused visit to Rutland children’s services"


@pytest.mark.parametrize("published", ["04/05/2023", "2023-13", "2023-05-32", "soon", "", None, 2023.5])
def test_a_date_in_the_manifest_that_is_none(tmp_path, published):
    file = write(tmp_path, "note.txt")
    letter = read_letter(with_row(file, {"published": published}))
    assert (letter.published, letter.published_source) == (None, None)


@pytest.mark.parametrize("name", ["2023-02-31-note.txt", "note.txt"])
def test_a_day_that_no_month_has(tmp_path, name):
    file = write(tmp_path, name)
    row = {} if name.startswith("2") else {"published": "2023-02-31"}
    assert read_letter(with_row(file, row)).published != "2023-02-31"


# --- reading -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "published"),
    [
        ("2024-07-12-swindon.txt", "2024-07-12"),
        ("swindon__focused_visit__2019-03-01.txt", "2019-03-01"),
        ("2024-07-note.txt", "2024-07"),
        ("2018-11-visit-2019-01-04.txt", "2019-01-04"),
        ("note-12345-67.txt", None),
        ("120192-07-12.txt", None),
        ("2019.txt", None),
    ],
)
def test_a_date_in_the_files_name(tmp_path, name, published):
    letter = read_letter(write(tmp_path, name))
    assert (letter.published, letter.published_source) == (published, "filename" if published else None)


def test_a_report_that_prints_no_date_of_its_own(tmp_path):
    letter = read_letter(write(tmp_path, "report.pdf", inspection_report()))
    assert (letter.published, letter.published_source) == (None, None)
    assert (letter.visit_start, letter.visit_end, letter.date) == ("2023-07-17", "2023-07-28", "2023-07-28")
    assert letter.years() == {2023}


def test_a_letter_of_two_years(tmp_path):
    letter = read_letter(write(tmp_path, "visit.pdf", visit_letter()))
    assert (letter.visit_years(), letter.published_years(), letter.years()) == ({2018}, {2019}, {2018, 2019})
    assert letter.pages == 2
    assert (letter.letter_id, letter.file, letter.files) == ("visit", "visit.pdf", ("visit.pdf",))
    assert letter.sha256 == digest((tmp_path / "visit.pdf").read_bytes())


@pytest.mark.parametrize(
    ("name", "words", "visit"),
    [
        ("2024-07-note.txt", "after inspectors’ latest visit to the council in May to see progress", "2024-05"),
        ("2024-02-note.txt", "after inspectors’ latest visit to the council in November to see progress", "2023-11"),
        ("2024-07-note.txt", "after inspectors came to the council in May to see progress", None),
        ("note.txt", "after inspectors’ latest visit to the council in May to see progress", None),
    ],
)
def test_a_press_releases_visit_is_a_month_of_its_year_or_the_one_before(tmp_path, name, words, visit):
    said = f"Councillor Ann Moor, Leader of Rutland County Council, said {words}: “{PROSE}”"
    letter = read_letter(write(tmp_path, name, said))
    assert letter.kind == "press release"
    assert (letter.visit_start, letter.visit_end) == (visit, visit)


def test_a_title_is_made_where_none_is_printed(tmp_path):
    said = f"Councillor Ann Moor, Leader of Rutland County Council, said: “{PROSE}”"
    assert read_letter(write(tmp_path, "2024-07-note.txt", said)).title == "Press release on Rutland, July 2024"
    assert read_letter(write(tmp_path, "note.txt", PROSE.replace("Rutland", "town"))).title == "Document"


@pytest.mark.parametrize("name", ["a.txt", "b.pdf", "c.docx"])
def test_what_cannot_be_read_says_which_file(tmp_path, name):
    with pytest.raises(LetterError, match=f"^{name}: "):
        read_letter(write(tmp_path, name, b"PK\x03\x04" + bytes(100)))


# --- the shipped letters, word for word ----------------------------------------------------------------------------------------

HEADER = [
    "Ofsted Inspection of Local Authority Children's Social Care Services (ILACS) Findings",
    "Cabinet",
    "Date: 4th September 2019",
]


def words_of_the_file(file):
    """The words of a shipped file by rules of this test's own: marks and all but the first running header away."""
    seen, kept = set(), []
    for line in (CORPUS / file).read_text(encoding="utf-8").splitlines():
        plain = re.sub(r"</?sup>|\*\*|^\s*#+\s|^\s*[-■](?=\s)|^---$", "", html.unescape(line)).strip()
        if file == CABINET and plain in HEADER:
            if plain in seen:
                continue
            seen.add(plain)
        kept += plain.split()
    return kept


def test_a_shipped_letters_text_is_its_file_word_for_word(shipped):
    for file, letter in shipped.items():
        assert letter.text.split() == words_of_the_file(file), file


def test_every_paragraph_stands_in_its_file(shipped):
    for file, letter in shipped.items():
        flat = " ".join(words_of_the_file(file))
        count = 0
        for section, paragraph in letter.paragraphs():
            words = letter.text[paragraph.start : paragraph.end]
            assert words and words == words.strip() and words in flat
            assert section.start <= paragraph.start < paragraph.end <= section.end
            assert (paragraph.page_start, paragraph.page_end) == (None, None)
            count += 1
        assert count > 15
        assert letter.sha256 == digest((CORPUS / file).read_bytes())


def test_sections_follow_each_other_and_paragraphs_do_not_overlap(shipped):
    for letter in shipped.values():
        spans = [(paragraph.start, paragraph.end) for _, paragraph in letter.paragraphs()]
        assert all(one[1] < other[0] for one, other in zip(spans, spans[1:], strict=False))
        starts = [section.start for section in letter.sections]
        assert starts == sorted(set(starts)) and starts[0] == 0
        for section in letter.sections:
            assert letter.text[section.start :].startswith(section.heading)


def test_no_section_ends_behind_the_text(shipped):
    assert all(section.end <= len(letter.text) for letter in shipped.values() for section in letter.sections)


def test_titles_of_sections(shipped):
    assert [section.heading for section in shipped[MONITORING].sections if section.heading] == [
        "Areas covered by the visit",
        "Headline findings",
        "Findings and evaluation of progress",
    ]
    assert [section.heading for section in shipped[PRESS].sections] == [""]
