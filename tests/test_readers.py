"""Readers: bytes to lines. Content decides, furniture is set apart, and what is no letter is refused in one line."""

import re
import time
from io import BytesIO
from zipfile import ZipFile

import pytest
from documents import (
    BODY,
    REPORT_HELP,
    VISIT_FINDINGS,
    Draw,
    encrypted_pdf,
    inspection_report,
    no_pages,
    pages,
    pdf,
    visit_letter,
)
from hypothesis import example, given
from hypothesis import strategies as st
from reportlab.platypus import PageBreak
from reportlab.platypus import Paragraph as Words

from assistant.errors import LetterError
from assistant.reading.readers import files
from assistant.reading.readers import pdf as pdf_reader
from assistant.reading.readers.files import read_file, read_source, suffix_of
from assistant.reading.readers.lines import Source, clean

PROSE = "The front door answers every contact within a day."


def texts(source):
    return [line.text for line in source.lines]


# --- cleaning ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("4<sup>th</sup> September", "4th September"),
        ("H<SUB>2</SUB>O", "H2O"),
        ("**1. Purpose** and __reasons__", "1. Purpose and reasons"),
        ("graded as: **Good**", "graded as: Good"),
        ("R&amp;D &lt; 5", "R&D < 5"),
        ("a  b\tc\u00a0d", "a b c d"),
        ("con\u00adfident", "confident"),
        ("o\ufb03ce \ufb01nds \ufb02ats", "office finds flats"),
        ("\ufeffDear\u200b Lisa", "Dear Lisa"),
        ("be\x02ll", "bell"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("file_name__here", "file_name__here"),
        ("‘curly’ “quotes”", "‘curly’ “quotes”"),
        ("5 < 6 and 7 > 3", "5 < 6 and 7 > 3"),
    ],
)
def test_clean(raw, words):
    assert clean(raw) == words


@given(st.text())
def test_clean_folds_white_space_and_leaves_nothing_unprintable(text):
    words = clean(text)
    assert words == " ".join(words.split())
    assert words.isprintable()


# --- plain text and Markdown -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "mark", ["-", "*", "+", "•", "▪", "■", "◼", "●", "◦", "‣", "\uf0b7", "\uf02d", "\uf06e", "\x83"]
)
def test_every_bullet_mark_is_taken_off(mark):
    source = read_source("a.txt", f"{PROSE}\n\n{mark} First thing.\n{mark}  Second thing.\n".encode())
    assert [(line.text, line.bullet) for line in source.lines[1:]] == [("First thing.", True), ("Second thing.", True)]


def test_a_minus_sign_is_a_bullet():
    source = read_source("a.txt", f"{PROSE}\n\n\N{MINUS SIGN} First thing.\n".encode())
    assert (source.lines[1].text, source.lines[1].bullet) == ("First thing.", True)


def test_a_hyphen_inside_or_before_a_word_is_no_bullet():
    source = read_source("a.txt", f"{PROSE}\n\n-year-old children\n\nwell-known".encode())
    assert [(line.text, line.bullet) for line in source.lines[1:]] == [
        ("-year-old children", False),
        ("well-known", False),
    ]


def test_gaps_and_empty_bullets():
    source = read_source("a.txt", f"{PROSE}\nSecond.\n\n- \n---\n■\n\nThird.".encode())
    assert [(line.text, line.gap) for line in source.lines] == [(PROSE, True), ("Second.", False), ("Third.", True)]


def test_markdown_headings_lose_their_marks():
    source = read_source("a.txt", f"# **Title** #\n\n## 3. Detail\n\n{PROSE}\n\n#hashtag".encode())
    assert [(line.text, line.heading) for line in source.lines] == [
        ("Title", True),
        ("3. Detail", True),
        (PROSE, False),
        ("#hashtag", False),
    ]


def test_a_running_header_stays_once():
    page = "# Report to Cabinet\n\nDate: 4<sup>th</sup> May\n\n---\n\n{}\n\n"
    source = read_source("a.md", "".join(page.format(f"{PROSE} On page {n}.") for n in range(4)).encode())
    assert texts(source) == ["Report to Cabinet", "Date: 4th May", *(f"{PROSE} On page {n}." for n in range(4))]
    assert source.furniture == ("Report to Cabinet", "Date: 4th May") * 3


def test_a_heading_that_three_parts_share_is_no_running_header():
    part = "## {}\n\n### Strengths\n\nThe {} team answers every call within a day.\n\n"
    source = read_source("a.md", "".join(part.format(name, name) for name in ("Police", "Health", "School")).encode())
    assert texts(source).count("Strengths") == 3


def test_wrapped_or_one_line_a_paragraph():
    assert read_source("a.txt", f"{PROSE}\n{PROSE}".encode()).wrapped
    assert not read_source("a.txt", f"{PROSE * 4}\n{PROSE}".encode()).wrapped


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends(encoding, newline):
    words = ["The council’s front door – which answers – is open.", "Café visits cost £5."]
    source = read_source("a.txt", newline.join(words).encode(encoding))
    assert texts(source) == words
    assert source.pages is None and source.furniture == ()


def test_big_endian_utf_16():
    assert texts(read_source("a.txt", b"\xfe\xff" + PROSE.encode("utf-16-be"))) == [PROSE]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32"])
def test_wide_characters_with_and_without_their_mark(encoding):
    words = ["The council’s front door is open.", "Café visits cost £5."]
    assert texts(read_source("a.txt", "\r\n".join(words).encode(encoding))) == words


def test_a_mixture_of_utf_8_and_cp1252_keeps_both():
    data = "The council’s café".encode() + b" \x96 it\x92s open \x96 costs " + "£5 naïvely".encode() + b" or \xa36."
    assert texts(read_source("a.txt", data)) == ["The council’s café – it’s open – costs £5 naïvely or £6."]


def test_a_utf_8_mark_before_a_mixture_is_no_character():
    assert texts(read_source("a.txt", b"\xef\xbb\xbfThe council\x92s front door.")) == ["The council’s front door."]


def test_a_mark_before_a_heading_does_not_hide_it():
    source = read_source("a.md", f"# Findings\n\n{PROSE}".encode("utf-8-sig"))
    assert (source.lines[0].text, source.lines[0].heading) == ("Findings", True)


def test_stray_nul_bytes_are_left_out():
    data = (PROSE * 3).encode()
    assert texts(read_source("a.txt", data[:70] + b"\0" + data[70:])) == [PROSE * 3]


def test_marks_that_turn_or_hide_text_are_left_out():
    turned = "The \u202efront\u202c do\u200bor \u2066answers\u2069 every\u200f contact\u2060 within a day.\ufeff"
    assert texts(read_source("a.txt", turned.encode())) == [PROSE]


def test_combining_characters_stay_as_the_file_has_them():
    both = "Zoe\u0308 Field and Zoë Field answer the telephone."
    assert texts(read_source("a.txt", both.encode())) == [both]


def test_a_table_in_markdown_is_read_by_rows():
    rows = ["| Judgement | Grade |", "|:---|---:|", "| Overall effectiveness | **Good** |", "| 2.1 | Note the report |"]
    source = read_source("a.md", "\n".join([PROSE * 3, "", *rows, "", PROSE]).encode())
    assert [(line.text, line.heading, line.row) for line in source.lines[1:4]] == [
        ("Judgement Grade", True, True),
        ("Overall effectiveness Good", False, True),
        ("2.1 Note the report", False, True),
    ]


def test_headings_by_underline_and_by_bold_type():
    source = read_source("a.md", f"Findings\n--------\n\n**Life in the flats**\n\n**Wards:** All\n\n{PROSE}\n".encode())
    assert [(line.text, line.heading) for line in source.lines] == [
        ("Findings", True),
        ("Life in the flats", True),
        ("Wards: All", False),
        (PROSE, False),
    ]


def test_a_rule_below_a_paragraph_makes_no_heading_of_its_last_line():
    source = read_source("a.txt", f"{PROSE}\nIt closes at five.\n------\n".encode())
    assert not any(line.heading for line in source.lines)


def test_links_pictures_and_escapes_leave_their_words():
    text = "1\\. See [the report](https://www.gov.uk/a_b) for *all* of it.\n\n![](_page_0_Picture_1.jpeg)\n\n> Quoted words."
    assert texts(read_source("a.md", text.encode())) == ["1. See the report for *all* of it.", "Quoted words."]


# --- what is refused ---------------------------------------------------------------------------------------------------


def zipped():
    out = BytesIO()
    with ZipFile(out, "w") as archive:
        archive.writestr("a.txt", PROSE)
    return out.getvalue()


PAGE = f"<html><body><h1>404</h1><p>{PROSE}</p></body></html>".encode()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        pytest.param(b"", "no readable text", id="nothing"),
        pytest.param(b" \n\t\r\n", "no readable text", id="white space"),
        pytest.param(b"-----\n1 2 3\n", "no readable text", id="no words"),
        pytest.param(PROSE.encode() + bytes(50), "is not text", id="NUL bytes"),
        pytest.param(b"\xff\xfea", "UTF-16", id="half a UTF-16 character"),
        pytest.param(PAGE, "web page", id="HTML"),
        pytest.param(b"\xef\xbb\xbf\r\n  <!DOCTYPE HTML>" + PAGE, "web page", id="HTML with a doctype"),
        pytest.param(b'<?xml version="1.0"?>' + PAGE, "web page", id="XHTML"),
        pytest.param(zipped(), "zip file", id="zip"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old Office", id="doc"),
        pytest.param(b"%PDF-1.7\n" + PROSE.encode(), "damaged PDF", id="PDF in name only"),
        pytest.param(inspection_report()[:2000], "damaged PDF", id="half a PDF"),
        pytest.param(inspection_report()[:-40], "damaged PDF", id="PDF without its end"),
        pytest.param(encrypted_pdf("secret", "owner"), "password", id="encrypted PDF"),
        pytest.param(pages(2), "no text layer", id="scan"),
        pytest.param(no_pages(), "damaged PDF|password", id="PDF without pages"),
    ],
)
def test_refused_in_one_line_with_the_name(data, says):
    with pytest.raises(LetterError, match=says) as raised:
        read_source("letter.pdf", data)
    assert str(raised.value).startswith("letter.pdf: ")
    assert "\n" not in str(raised.value)
    assert ";" in str(raised.value)  # what happened; what to do


@pytest.mark.xfail(strict=True, reason="PDFium keeps its last error, and sets none for a PDF without pages")
def test_a_pdf_without_pages_is_not_called_encrypted():
    with pytest.raises(LetterError, match="password"):
        read_source("locked.pdf", encrypted_pdf("secret", "owner"))
    with pytest.raises(LetterError, match="damaged PDF"):
        read_source("letter.pdf", no_pages())


@pytest.mark.parametrize(
    "before", [b"<!-- saved from url=(0014)about:internet -->\n", b"<head><title>Not found</title></head>"]
)
def test_a_web_page_that_begins_otherwise(before):
    with pytest.raises(LetterError):
        read_source("letter.pdf", before + PAGE)


@pytest.mark.parametrize(
    "text",
    [
        "From: <Saved by a browser>\nSubject: Letter\nMIME-Version: 1.0\nContent-Type: multipart/related\n\n",
        "Received: from a\n\tby b\nMIME-Version: 1.0\n\n",
    ],
)
def test_a_web_archive_and_an_e_mail_are_refused(text):
    with pytest.raises(LetterError, match="web archive or an e-mail"):
        read_source("letter.html", (text + PROSE).encode())


def test_xml_is_refused():
    with pytest.raises(LetterError, match="XML"):
        read_source("letter.txt", f'<?xml version="1.0"?>\n<letter>{PROSE}</letter>'.encode())


def test_rich_text_is_refused():
    with pytest.raises(LetterError):
        read_source("letter.txt", rb"{\rtf1\ansi\deff0 {\fonttbl{\f0 Times;}}\f0\fs24 " + PROSE.encode() + rb"\par}")


def test_bytes_that_are_no_text_are_refused():
    with pytest.raises(LetterError):
        read_source("letter.txt", bytes(range(1, 256)) * 8)


def test_most_pages(monkeypatch):
    data = pages(3, PROSE)
    assert read_source("a.pdf", data).pages == 3
    monkeypatch.setattr(pdf_reader, "MOST_PAGES", 2)
    with pytest.raises(LetterError, match="3 pages, more than 2"):
        read_source("a.pdf", data)


def test_a_pdf_that_only_guards_printing_is_read():
    assert texts(read_source("a.pdf", encrypted_pdf("", "owner"))) == [
        "The front door answers contacts from families within a day."
    ]


def test_content_decides_not_the_name():
    assert read_source("a.txt", visit_letter()).pages == 2
    assert read_source("a.pdf", PROSE.encode()).pages is None
    assert read_source("a.txt", b"\n\n" + visit_letter()).pages == 2


BROKEN = inspection_report()


@given(
    st.one_of(
        st.binary(max_size=400),
        st.builds(
            bytes.__add__, st.sampled_from([b"%PDF-1.4\n", b"PK\x03\x04", b"\xff\xfe", b"<html", b"# "]), st.binary()
        ),
        st.builds(
            lambda at, cut, new: BROKEN[:at] + new + BROKEN[at + cut :],
            st.integers(0, len(BROKEN)),
            st.integers(0, 300),
            st.binary(max_size=20),
        ),
        st.text().map(lambda text: text.encode("utf-16", "surrogatepass")),
        st.text(min_size=30).map(lambda text: text.encode("utf-8", "surrogatepass")),
    )
)
@example(b"\xff\xfe" + b"a\0" * 30)
def test_any_bytes_give_a_source_or_a_letter_error(data):
    try:
        source = read_source("a.pdf", data)
    except LetterError as error:
        assert str(error).startswith("a.pdf: ")
    else:
        assert isinstance(source, Source)
        assert source.lines and all(line.text and line.text == clean(line.text) for line in source.lines)
        assert source.pages is None or all(1 <= (line.page or 0) <= source.pages for line in source.lines)


# --- files ---------------------------------------------------------------------------------------------------------------


def test_read_file(tmp_path):
    file = tmp_path / "a.txt"
    file.write_bytes(b"\xef\xbb\xbf words")
    assert read_file(file) == b"\xef\xbb\xbf words"


@pytest.mark.parametrize("data", [b"", b" \r\n\t", b"\0" * 100])
def test_an_empty_file(tmp_path, data):
    file = tmp_path / "a.txt"
    file.write_bytes(data)
    with pytest.raises(LetterError, match="a.txt: the file is empty"):
        read_file(file)


def test_a_missing_file_and_a_folder(tmp_path):
    with pytest.raises(LetterError, match="none.txt: cannot be read .*No such file"):
        read_file(tmp_path / "none.txt")
    with pytest.raises(LetterError, match="cannot be read"):
        read_file(tmp_path)


def test_a_file_that_is_too_large(tmp_path, monkeypatch):
    file = tmp_path / "a.txt"
    file.write_text(PROSE)
    monkeypatch.setattr(files, "LARGEST_FILE", 10)
    with pytest.raises(LetterError, match="larger than"):
        read_file(file)


# --- PDF -----------------------------------------------------------------------------------------------------------------


def test_typography_of_a_report():
    source = read_source("report.pdf", inspection_report())
    by_text = {line.text: line for line in source.lines}
    title = by_text["Inspection of Rutland local authority"]
    heading = by_text["What needs to improve?"]
    body = by_text["1. Families who ring the advice line reach a social worker at once. Most"]
    assert (title.size, heading.size, body.size) == (20, 14, 12)
    assert (title.heading, heading.heading, body.heading) == (True, True, False)
    assert (title.gap, heading.gap, body.gap) == (True, True, True)
    assert [line.text for line in source.lines if line.bullet] == [
        "The time that children wait for a first visit after a referral.",
        "The detail of plans, so that parents know what has to change and by",
    ]
    assert source.pages == 2 and source.wrapped
    assert {line.page for line in source.lines} == {1, 2}


def test_the_running_footer_is_furniture():
    source = read_source("report.pdf", inspection_report())
    assert set(source.furniture) == {
        "Inspection of Rutland local authority children’s services",
        "17 to 28 July 2023 1",
        "17 to 28 July 2023 2",
    }
    assert not any(re.fullmatch(r"17 to 28 July 2023( \d)?", line.text) for line in source.lines)


def test_a_letterhead_drawn_last_is_read_first():
    source = read_source("visit.pdf", visit_letter())
    assert texts(source)[:4] == ["Ofsted", "Piccadilly Gate", "Store Street", "Manchester M1 2WD"]
    assert texts(source)[4:8] == ["T 0300 123 1231", "enquiries@ofsted.gov.uk", "www.gov.uk/ofsted", "4 January 2019"]


def test_every_word_of_a_pdf_is_in_a_line_or_in_the_furniture():
    for data, words in ((inspection_report(), REPORT_HELP), (visit_letter(), VISIT_FINDINGS)):
        joined = " ".join(texts(read_source("a.pdf", data)))
        for paragraph in words:
            assert paragraph in joined


def two_pages(furniture: Draw) -> bytes:
    return pdf([Words(PROSE, BODY), PageBreak(), Words("It closes at five.", BODY)], furniture)


@pytest.mark.parametrize("height", [30, 45, 70, 800])
def test_page_numbers_in_the_margin_are_furniture(height):
    source = read_source("a.pdf", two_pages(lambda canvas, page: canvas.drawString(300, height, str(page))))
    assert (texts(source), source.furniture) == ([PROSE, "It closes at five."], ("1", "2"))


def test_page_numbers_above_the_margin_are_furniture():
    source = read_source("a.pdf", two_pages(lambda canvas, page: canvas.drawString(517, 89, str(page))))
    assert (texts(source), source.furniture) == ([PROSE, "It closes at five."], ("1", "2"))


def test_words_in_the_margin_that_stand_on_one_page_only_are_kept():
    source = read_source(
        "a.pdf", two_pages(lambda canvas, page: canvas.drawString(72, 60, "Enclosed: " + "ab"[page - 1]))
    )
    assert texts(source) == [PROSE, "Enclosed: a", "It closes at five.", "Enclosed: b"]


def test_a_footnote_is_furniture():
    def note(canvas, page):
        canvas.setFont("Helvetica", 8)
        canvas.drawString(72, 110, f"{page} A note in small type that explains page {page}.")

    body = [Words(words, BODY) for words in REPORT_HELP]
    source = read_source("a.pdf", pdf([*body, PageBreak(), *body], note))
    assert source.furniture == tuple(f"{n} A note in small type that explains page {n}." for n in (1, 2))
    assert " ".join(texts(source)) == " ".join(REPORT_HELP * 2)


LINES = tuple(f"{PROSE} It does so every day of the week, on line {n}." for n in range(1, 4))


def drawn(*marks, pages=3):
    """A PDF of three pages whose middle one is set by hand, each mark as (left, height, words, font, size)."""

    def draw(canvas, page):
        for left, height, words, font, size in marks if page == 2 else ():
            canvas.setFont(font, size)
            canvas.drawString(left, height, words)

    body = [Words(line, BODY) for line in LINES[:1]]
    return read_source("a.pdf", pdf([*body, *([PageBreak(), *body] * (pages - 1))], draw))


def test_a_footnote_whose_number_is_raised_is_furniture():
    source = drawn((72, 123, "1", "Plain", 5), (78, 116, "A note on that", "Plain", 8), (72, 106, "word.", "Plain", 8))
    assert source.furniture == ("1", "A note on that", "word.")
    assert texts(source) == [*texts(drawn())]


def test_a_footnote_that_lost_its_number_is_furniture_on_an_inner_page():
    marks = ((72, 120, "A note on that", "Plain", 8), (72, 110, "word.", "Plain", 8))
    assert drawn(*marks).furniture == ("A note on that", "word.")
    assert drawn(*marks, pages=2).furniture == ()  # the last page ends with the imprint
    under = (72, 95, "The body goes on below the small type.", "Plain", 12)
    assert drawn(*marks, under).furniture == ()


def test_a_footnote_below_a_divided_word():
    source = drawn((72, 200, "There is oversight at every decision-", "Plain", 12), (72, 80, "1 A note.", "Plain", 8))
    assert source.furniture == ("1 A note.",)
    assert "There is oversight at every decision-" in texts(source)


def test_small_type_at_the_foot_of_a_page_is_no_part_of_the_letter():
    source = drawn((72, 40, "Ofsted is proud to use recycled paper", "Plain", 8))
    assert source.furniture == ("Ofsted is proud to use recycled paper",)


def test_what_follows_a_raised_number_is_on_the_same_line():
    marks = (
        (72, 200, "They use the premium", "Plain", 12),
        (204, 204, "3", "Plain", 7),
        (212, 200, "funding well.", "Plain", 12),
    )
    lines = [line for line in drawn(*marks).lines if "premium" in line.text]
    assert [line.text for line in lines] == ["They use the premium3 funding well."]


def test_words_that_stand_far_apart_are_a_row_of_a_table():
    marks = ((72, 200, "Ada Quill, lead inspector", "Plain", 12), (330, 200, "Tom Marsh, inspector", "Plain", 12))
    by_text = {line.text: line for line in drawn(*marks, (72, 300, "Ada Quill, lead", "Plain", 12)).lines}
    assert by_text["Ada Quill, lead inspector Tom Marsh, inspector"].row
    assert not by_text["Ada Quill, lead"].row


def test_an_entry_of_a_table_of_contents_is_no_row():
    marks = ((72, 200, "Main findings", "Plain", 12), (450, 200, "12", "Plain", 12))
    assert [line.row for line in drawn(*marks).lines if line.text == "Main findings 12"] == [False]


def test_another_cell_is_set_apart():
    left = tuple((72, 300 - 14 * n, words, "Plain", 12) for n, words in enumerate(("The council", "and the board")))
    right = tuple((250, 300 - 14 * n, words, "Plain", 12) for n, words in enumerate(("Leaders should act", "at once.")))
    below = (72, 258, "A board", "Plain", 12)
    gaps = {line.text: line.gap for line in drawn(*left, *right, below).lines}
    assert [gaps[words] for words in ("The council", "and the board")] == [True, False]
    assert [gaps[words] for words in ("Leaders should act", "at once.", "A board")] == [True, False, True]


@pytest.mark.parametrize("words", ["Quality of practice", "Care leavers"])
def test_a_line_in_italics_is_a_minor_heading(words):
    line = next(line for line in drawn((72, 300, words, "Helvetica-Oblique", 12)).lines if line.text == words)
    assert (line.heading, line.minor) == (True, True)
    close = ((72, 200, "A story told in", "Plain", 12), (72, 186, words, "Helvetica-Oblique", 12))
    line = next(line for line in drawn(*close).lines if line.text == words)
    assert (line.heading, line.minor) == (False, False)


def test_a_hyphen_at_the_end_of_a_line_stays_in_its_word():
    source = read_source("a.pdf", pdf([Words("Plans are child-<br/>centred, and they are short and clear.", BODY)]))
    assert "child-centred" in " ".join(texts(source)).replace("- ", "-")


def test_a_heading_full_of_spaces_does_not_hold_everything_up():
    line = "# a" + " " * 700 + "b" + " " * 700 + "c"
    begun = time.process_time()
    read_source("a.md", f"{line}\n\n{PROSE}".encode())
    assert time.process_time() - begun < 0.2


@pytest.mark.parametrize(
    ("data", "suffix"),
    [
        (b"%PDF-1.7\n", ".pdf"),
        (b"\r\n junk %PDF-1.4", ".pdf"),
        (b"PK\x03\x04...", ".docx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".doc"),
        (b"\xef\xbb\xbf \n<!DOCTYPE html><html>", ".html"),
        ("<html>words".encode("utf-16"), ".html"),
        (b"Dear Ms Other\n", ".txt"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(32)) * 40, ""),
    ],
)
def test_what_a_file_holds_has_its_ending(data, suffix):
    assert suffix_of(data) == suffix
