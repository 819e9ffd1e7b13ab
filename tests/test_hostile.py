"""Bad input: each file gets one line that names it and says why, or is read well; all others are read."""

import os
import re
import socket
import sys
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from documents import encrypted_pdf, inspection_report, pages, saved, web_page, with_part
from docx import Document
from fakes import letter_words
from hypothesis import example, given
from hypothesis import strategies as st
from invariants import flaws

from assistant.errors import LetterError
from assistant.letters.letter import Letter
from assistant.reading import corpus
from assistant.reading.corpus import find_files, read_letter, refused_files
from assistant.reading.readers import files
from assistant.reading.readers.files import read_file
from assistant.reading.workers import FAULT, read_letters

PROSE = "The front door answers every contact within a day."
posix = pytest.mark.skipif(os.name != "posix", reason="pipes, sockets and file modes are POSIX's")
linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the memory of a process")

# --- PDF ---------------------------------------------------------------------------------------------------------

WORDS = b"BT /F1 12 Tf 72 700 Td (The front door answers every contact within a day.) Tj ET"
FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
PAGE = b"/Resources << /Font << /F1 3 0 R >> >> /MediaBox [0 0 595 842]"


def assembled(*objects: bytes) -> bytes:
    """A PDF of objects numbered from 1; the first is the catalogue."""
    data, offsets = [b"%PDF-1.4\n"], []
    length = len(data[0])
    for number, body in enumerate(objects, 1):
        offsets.append(length)
        data.append(b"%d 0 obj\n%s\nendobj\n" % (number, body))
        length += len(data[-1])
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    data.append(b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table))
    data.append(b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, length))
    return b"".join(data)


def tree(kids: bytes, count: int, *objects: bytes) -> bytes:
    """A PDF whose page tree has these kids; objects 3 and 4 are the font and a page's content."""
    root = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, count)
    return assembled(b"<< /Type /Catalog /Pages 2 0 R >>", root, FONT, stream(WORDS), *objects)


def stream(data: bytes, entries: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), entries, data)


def packed(block: bytes, times: int) -> bytes:
    """A stream that unpacks to a block repeated."""
    packer = zlib.compressobj(9)
    data = b"".join([*(packer.compress(block) for _ in range(times)), packer.flush()])
    return stream(data, b"/Filter /FlateDecode")


def one_page(content: bytes, *objects: bytes) -> bytes:
    """A PDF of one page with a content stream, which is object 6."""
    return tree(b"5 0 R", 1, b"<< /Type /Page /Parent 2 0 R %s /Contents 6 0 R >>" % PAGE, content, *objects)


def many_pages(count: int) -> bytes:
    kids = b" ".join(b"%d 0 R" % (5 + at) for at in range(count))
    return tree(kids, count, *[b"<< /Type /Page /Parent 2 0 R %s /Contents 4 0 R >>" % PAGE] * count)


def deep_tree(levels: int) -> bytes:
    """A page under that many levels of the page tree."""
    nodes = [
        b"<< /Type /Pages /Parent %d 0 R /Kids [%d 0 R] /Count 1 >>" % (4 + n if n else 2, 6 + n) for n in range(levels)
    ]
    return tree(b"5 0 R", 1, *nodes, b"<< /Type /Page /Parent %d 0 R %s /Contents 4 0 R >>" % (4 + levels, PAGE))


def cyclic_tree(count: int) -> bytes:
    """A page tree that leads back to its root and claims that many pages."""
    return tree(b"5 0 R 5 0 R", count, b"<< /Type /Pages /Parent 2 0 R /Kids [2 0 R 5 0 R] /Count %d >>" % count)


def nested_forms(levels: int) -> bytes:
    """A page that draws a form that draws another twice, and so on: the words are drawn 2 ** levels times."""
    form = b"/Type /XObject /Subtype /Form /BBox [0 0 600 800] /Resources << %s /Font << /F1 3 0 R >> >>"
    inner = [stream(b"/X Do /X Do", form % (b"/XObject << /X %d 0 R >>" % (8 + n))) for n in range(levels)]
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 6 0 R /Resources %s >>"
    page %= b"<< /XObject << /X 7 0 R >> /Font << /F1 3 0 R >> >>"
    return tree(b"5 0 R", 1, page, stream(WORDS + b" /X Do"), *inner, stream(WORDS, form % b""))


def one_line() -> bytes:
    return b"The council answers the telephone within a day. " * (2**20 // 48)


REPORT = inspection_report()
XREF = REPORT.rindex(b"startxref")
MB = 2**20

# name -> (bytes, what is said or None where it is read)
HOSTILE: Mapping[str, tuple[bytes, str | None]] = {
    "zero.pdf": (b"", "the file is empty; fetch it again"),
    "nul.txt": (b"\0" * 1000, "the file is empty; fetch it again"),
    "truncated.pdf": (REPORT[: len(REPORT) // 2], "is a damaged PDF"),
    "header.pdf": (REPORT[:1000], "is a damaged PDF"),
    "name.pdf": (b"%PDF-1.7\n", "is a damaged PDF"),
    "xref.pdf": (REPORT.replace(b" 00000 n", b" 99999 n"), None),
    "startxref.pdf": (REPORT[:XREF] + b"startxref\n99999999999\n%%EOF\n", None),
    "encrypted.pdf": (encrypted_pdf("secret", "owner"), "is protected by a password"),
    "scan.pdf": (pages(2), "has no text layer (a scan?)"),
    "2000.pdf": (many_pages(2000), None),
    "2001.pdf": (many_pages(2001), "has 2001 pages, more than 2000; split it"),
    "deep.pdf": (deep_tree(10_000), "is a damaged PDF"),
    "less-deep.pdf": (deep_tree(500), None),
    "cycle.pdf": (cyclic_tree(1), "is a damaged PDF"),
    "long-cycle.pdf": (cyclic_tree(1500), "is a damaged PDF"),
    "self.pdf": (nested_forms(0).replace(b"/XObject << /X 8", b"/XObject << /X 7"), None),
    "dictionaries.pdf": (one_page(stream(WORDS), b"<< /A " * 10_000 + b"1" + b" >>" * 10_000), None),
    "arrays.pdf": (one_page(stream(b"[" * 100_000 + WORDS)), "has no text layer"),
    "states.pdf": (one_page(packed(b"q " * MB, 1)), "has no text layer"),
    "html.pdf": (b"<!DOCTYPE html><html><body><h1>404</h1><p>Not found.</p></body></html>", "web page"),
    "archive.docx": (b"PK\x03\x04" + b"\0" * 100, "Word or zip"),
    "xml.txt": (b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a>&b; words of a letter, it says</a>", "XML"),
    "one-line.txt": (one_line(), None),
    "one-word.txt": (b"a" * MB, None),
    "lines.txt": (b"The council answers.\n" * 30_000, None),
    "paragraphs.txt": (b"".join(b"Team %d answers calls.\n\n" % n for n in range(20_000)), None),
    "bullets.md": (b"The council:\n\n" + b"".join(b"- team %d\n" % n for n in range(20_000)), None),
    "headings.md": (b"".join(b"# Heading %d\n\n" % n for n in range(10_000)), None),
    "hashes.md": (b"#" * MB + b"\n" + PROSE.encode(), None),
    "labels.txt": (b"".join(b"%d. The council answers.\n\n" % n for n in range(10_000)), None),
    "dates.txt": (b"1 May 2019 to " * 500, None),
    "tags.txt": (b"<b " * 100_000 + PROSE.encode(), None),
    "entities.txt": (b"&" * 100_000 + b"amp;" * 10_000 + PROSE.encode(), None),
    "quotes.txt": ("‘The council.’ ".encode() * 20_000, None),
    "dear.txt": (b"Dear " * 100_000 + b"\n\nYours sincerely " * 1000, None),
    "mixed.txt": ("The council’s ".encode() + "front door – open – answers.".encode("cp1252"), None),
    "utf-16.txt": ("The council’s front door answers.".encode("utf-16"), None),
    "half-utf-16.txt": ("The council’s front door answers.".encode("utf-16")[:-1], "damaged UTF-16 text"),
    "nul-inside.txt": (PROSE.encode() + b"\0" + PROSE.encode(), None),
}  # fmt: skip

TWICE = b"/Filter [/FlateDecode /FlateDecode]"
EATS: Mapping[str, Callable[[], bytes]] = {
    "zeros.pdf": lambda: one_page(packed(b"\0" * MB, 400)),
    "twice.pdf": lambda: one_page(stream(zlib.compress(zlib.compress(b"\0" * (400 * MB), 1), 9), TWICE)),
    "words.pdf": lambda: one_page(packed((WORDS + b"\n") * (MB // len(WORDS)), 100)),
    "lines.txt": lambda: b"a line of words\n" * (80 * MB // 16),
}


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    """What became of each file, all of them read in one go with a good one last."""
    folder = tmp_path_factory.mktemp("hostile")
    for name, (data, _) in HOSTILE.items():
        (folder / name).write_bytes(data)
    (folder / "zzz-good.pdf").write_bytes(REPORT)
    files = [*(folder / name for name in HOSTILE), folder / "zzz-good.pdf"]
    return {file.name: outcome for file, outcome in read_letters(files, workers=2, seconds=60)}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_read_or_named_with_the_reason(outcomes, name):
    outcome, says = outcomes[name], HOSTILE[name][1]
    if says is None:
        assert isinstance(outcome, Letter), outcome
        assert list(flaws(outcome)) == []
    else:
        assert isinstance(outcome, LetterError)
        assert str(outcome).startswith(f"{name}: ") and says in outcome.reason
        assert "\n" not in str(outcome) and ";" in outcome.reason


def test_the_good_file_among_them_is_read(outcomes):
    assert len(outcomes["zzz-good.pdf"].judgements) == 5


def test_what_is_read_of_a_broken_file_is_all_there_is(outcomes):
    for name in ("xref.pdf", "startxref.pdf"):
        assert outcomes[name].text == outcomes["zzz-good.pdf"].text
    assert outcomes["2000.pdf"].pages == 2000
    assert outcomes["2000.pdf"].text.count("The front door answers") == 2000
    assert outcomes["less-deep.pdf"].text == "The front door answers every contact within a day.\n"
    assert len(outcomes["one-line.txt"].text.split()) == len(one_line().split())
    assert sum(1 for _ in outcomes["paragraphs.txt"].paragraphs()) == 20_000
    assert outcomes["mixed.txt"].text == "The council’s front door – open – answers.\n"


@linux
@pytest.mark.parametrize("name", EATS)
def test_a_file_that_would_take_all_memory(tmp_path, name):
    bomb, good = tmp_path / name, tmp_path / "good.txt"
    bomb.write_bytes(EATS[name]())
    good.write_text(PROSE)
    (_, outcome), (_, letter) = read_letters([bomb, good], workers=1, seconds=60, megabytes=256)
    assert isinstance(outcome, LetterError)
    assert re.fullmatch(rf"{name}: (?:made its reader crash|needs more than 256 MB|has [\d,]+ ).*;.*", str(outcome))
    assert isinstance(letter, Letter)


def test_a_page_that_draws_its_words_ever_more_often(tmp_path):
    bomb, good = tmp_path / "forms.pdf", tmp_path / "good.txt"
    bomb.write_bytes(nested_forms(40))
    good.write_text(PROSE)
    (_, outcome), (_, letter) = read_letters([bomb, good], workers=1, seconds=4, megabytes=512)
    assert isinstance(outcome, LetterError) and isinstance(letter, Letter)
    assert "made its reader crash" in outcome.reason or "took longer than 4 s" in outcome.reason


def test_what_ocr_read_says_so(tmp_path, monkeypatch):
    file = tmp_path / "scan.pdf"
    file.write_bytes(pages(1))
    monkeypatch.setattr(files, "with_text_layer", lambda name, data: pages(1, PROSE))
    letter = read_letter(file, ocr=True)
    assert letter.text == f"{PROSE}\n"
    assert letter.warnings[-1:] == ("read by OCR: words may be misread; check quotes against the page",)


def test_a_text_longer_than_any_letter(tmp_path, monkeypatch):
    file = tmp_path / "a.txt"
    file.write_text(f"{PROSE}\n\n{PROSE}\n")
    monkeypatch.setattr(corpus, "LONGEST_TEXT", 2 * len(PROSE))
    assert read_letter(file).text
    monkeypatch.setattr(corpus, "LONGEST_TEXT", 2 * len(PROSE) - 1)
    with pytest.raises(LetterError, match="a.txt: holds 100 characters, more than 99; split it"):
        read_letter(file)


# --- packed, nested and drawn without end -----------------------------------------------------------------------------


def object_stream() -> bytes:
    """A PDF whose page lies in a stream of objects that unpacks to 200 MB, with a cross-reference stream."""
    page = b"<< /Type /Page /Parent 2 0 R %s /Contents 4 0 R >>" % PAGE
    head = b"5 0 "
    packer = zlib.compressobj(9)
    data = packer.compress(head + page) + b"".join(packer.compress(b" " * MB) for _ in range(200)) + packer.flush()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [5 0 R] /Count 1 >>",
        FONT,
        stream(WORDS),
        None,
        stream(data, b"/Type /ObjStm /N 1 /First %d /Filter /FlateDecode" % len(head)),
    ]
    out, rows = b"%PDF-1.5\n", [b"\0\0\0\0\0\xff"]
    for number, body in enumerate(objects, 1):
        if body is None:
            rows.append(b"\2" + (6).to_bytes(4) + b"\0")
            continue
        rows.append(b"\1" + len(out).to_bytes(4) + b"\0")
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    rows.append(b"\1" + len(out).to_bytes(4) + b"\0")
    table = stream(b"".join(rows), b"/Type /XRef /Size 8 /W [1 4 1] /Root 1 0 R")
    return out + b"7 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (table, len(out))


def picture(width: int, height: int) -> bytes:
    """A PDF of one page with words and a picture of so many pixels, which is drawn a thousand times."""
    entries = b"/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceRGB /BitsPerComponent 8"
    image = packed(bytes(MB), 20).replace(b"/Filter", entries % (width, height) + b" /Filter", 1)
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 6 0 R /Resources %s >>"
    page %= b"<< /XObject << /X 7 0 R >> /Font << /F1 3 0 R >> >>"
    return tree(b"5 0 R", 1, page, stream(WORDS + b" /X Do" * 1000), image)


def characters_without_end() -> bytes:
    """A PDF whose font maps all its characters to text again and again."""
    ranges = b"100 beginbfrange\n" + b"<0000> <FFFF> <0041>\n" * 100 + b"endbfrange\n"
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 6 0 R >>"
    page = b"<< /Type /Page /Parent 2 0 R %s /Contents 4 0 R >>" % PAGE
    return tree(b"5 0 R", 1, page, packed(ranges, 200)).replace(FONT, font)


def word(change: Callable[[bytes], bytes], part: str = "word/document.xml") -> bytes:
    """A Word document one part of which is changed."""
    document = Document()
    document.add_paragraph(PROSE)
    return with_part(saved(document), part, change)


def nested_tables(levels: int) -> Callable[[bytes], bytes]:
    opened = b"<w:tbl><w:tr><w:tc>" * levels
    closed = b"<w:p/></w:tc></w:tr></w:tbl>" * levels
    return lambda xml: xml.replace(b"<w:body>", b"<w:body>" + opened + closed)


LAUGHS = b"<!DOCTYPE a [%s]>" % b"".join(
    b'<!ENTITY %c "%s">' % (97 + n, b"&%c;" % (96 + n) * 10 if n else b"ha") for n in range(12)
)
LETTER = "".join(f"<p>{part.removeprefix('- ')}</p>" for part in letter_words("fostering").split("\n\n"))


def web(words: str) -> bytes:
    return web_page(f"{words}{LETTER}")


# name -> (bytes, what is said; None where it is read; "..." where either will do, within the limits)
PACKED: Mapping[str, tuple[Callable[[], bytes], str | None]] = {
    "objects.pdf": (object_stream, "..."),
    "picture.pdf": (lambda: picture(100_000, 100_000), None),
    "pixels.pdf": (lambda: picture(2**31 - 1, 2**31 - 1), None),
    "characters.pdf": (characters_without_end, "..."),
    "zip.docx": (lambda: word(lambda _: b" " * (40 * MB)), "zip bomb"),
    "laughs.docx": (
        lambda: word(lambda xml: xml.replace(b"<w:document", LAUGHS + b"<w:document", 1)),
        "declares XML entities",
    ),
    "tables.docx": (lambda: word(nested_tables(20)), None),
    "many-tables.docx": (lambda: word(nested_tables(20_000)), "..."),
    "attributes.docx": (lambda: word(lambda xml: xml.replace(b"<w:body", b"<w:body a='%s'" % (b"a" * 9 * MB), 1)), "..."),
    "outside.docx": (lambda: word(lambda xml: xml.replace(b"word/document.xml", b"../../x.xml"), "_rels/.rels"), "Word"),
    "laughs.html": (lambda: web("&l;").replace(b"<!DOCTYPE html>", LAUGHS.replace(b" a ", b" html ", 1)), None),
    "deep.html": (lambda: web("<div>" * 50_000), "nested too deep"),
    "unclosed.html": (lambda: web("<b>" * 150 + "<p>" * 50_000), None),
    "attributes.html": (lambda: web("<p " + " ".join(f"a{n}=1" for n in range(50_000)) + ">"), "larger than any letter"),
    "few-attributes.html": (lambda: web(f"<p {' '.join(f'a{n}=1' for n in range(400))} title='{'a ' * 5000}'>"), None),
    "comments.html": (lambda: web("<!-- a -- b -->" * 20_000), None),
    "tags.html": (lambda: web("<i>a</i>" * 200_000), "larger than any letter"),
    "cells.html": (lambda: web(f"<table><tr>{'<td>a' * 20_000}</table>"), None),
    "lists.html": (lambda: web("<ol><li>" * 100 + "a" + "</ol>" * 100), None),
}  # fmt: skip


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    """What became of each, all of them read in one go."""
    folder = tmp_path_factory.mktemp("packed")
    for name, (make, _) in PACKED.items():
        (folder / name).write_bytes(make())
    files = [folder / name for name in PACKED]
    return {file.name: outcome for file, outcome in read_letters(files, workers=2, seconds=60, megabytes=1024)}


@pytest.mark.parametrize("name", PACKED)
def test_what_is_packed_or_nested_without_end_is_read_or_named_with_the_reason(unpacked, name):
    outcome, says = unpacked[name], PACKED[name][1]
    if says is None or (says == "..." and isinstance(outcome, Letter)):
        assert isinstance(outcome, Letter), outcome
        assert list(flaws(outcome)) == []
    else:
        assert isinstance(outcome, LetterError)
        assert str(outcome).startswith(f"{name}: ") and ";" in outcome.reason
        assert FAULT not in outcome.reason
        assert says == "..." or says in outcome.reason


def test_nothing_of_an_entity_is_unfolded(unpacked):
    assert "haha" not in unpacked["laughs.html"].text
    assert len(unpacked["laughs.html"].text) < 2 * len(LETTER)


# --- lines that a careless expression would be tried on for ever -------------------------------------------------------

ENDLESS = (
    "1", "1.", "1,", "1 ", "1.1.", "12/", "1 May ", "1 May 2019 ", "1 May 2019 to ", "on 1 and 2 ", "2019-", ". . ",
    "A. ", "Inspector ", "Lead inspector: ", "Jane Doe, ", "Jane Doe and ", "Her Majesty's Inspector ", "Dear Ms ",
    "Council ", "and ", "the council ", "focused visit to ", "inspection of ", "Good ", "good, ", "requires improvement ",
    "Overall effectiveness: ", "was judged ", "in May 2017, ", "area for improvement ", "Page 1 of ", "[", "[a](", "![",
    "(", "“", "‘", "’", "**", "__", "<", "<b ", "&", "&#", "|", "...... 1 ", "; and ", "a@", "a.", "http://", "\\",
)  # fmt: skip
LINE = 50_000  # characters of each, on one line
PLACES = {
    "alone": lambda line: f"{line}\n\n{PROSE}\n",
    "title": lambda line: letter_words("fostering").replace("Focused visit to", f"Focused visit to {line}"),
    "date": lambda line: letter_words("fostering").replace("1 March 2019", line),
    "inspectors": lambda line: letter_words("fostering").replace("Jane Doe and John Roe", line),
    "visit": lambda line: letter_words("fostering").replace("6 and 7 February", line),
    "finding": lambda line: letter_words("fostering").replace("Managers oversee", f"{line} oversee"),
}


@pytest.mark.parametrize("place", PLACES)
def test_a_line_without_end_is_read_wherever_it_stands(tmp_path, place):
    """In a worker's time, which an expression that looks at each character from each other would not keep to."""
    files = []
    for number, words in enumerate(ENDLESS):
        files.append(tmp_path / f"{number}.txt")
        files[-1].write_text(PLACES[place](words * (LINE // len(words))), encoding="utf-8")
    for file, outcome in read_letters(files, workers=2, seconds=60):
        words = ENDLESS[int(file.stem)]
        assert isinstance(outcome, Letter) or "no readable text" in outcome.reason, (words, outcome)


# --- text in any script ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        pytest.param("مفتشون زاروا المجلس وقرأوا الملفات، ثم كتبوا رسالة", id="right to left"),
        pytest.param("The council (המועצה) answers calls within one day", id="both directions"),
        pytest.param("Le\u0301on\u0308 a\u0300\u0301\u0302 answers calls within one day", id="combining characters"),
        pytest.param("Z" + "\u0301\u0316" * 500 + " answers calls within one day", id="many on one letter"),
        pytest.param("検査官は議会を訪れ、ファイルを読み、手紙を書きました。電話にも答えました", id="no spaces"),
        pytest.param("𝐓𝐡𝐞 𝐜𝐨𝐮𝐧𝐜𝐢𝐥 answers 👩‍👩‍👧 calls within one day".replace("\u200d", ""), id="beyond 16 bits"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_any_script_is_kept_word_for_word(tmp_path, words, encoding):
    file = tmp_path / "a.txt"
    file.write_bytes(f"{words}.\n\nSecond paragraph.\n".encode(encoding))
    letter = read_letter(file)
    assert letter.text == f"{words}.\n\nSecond paragraph.\n"
    assert list(flaws(letter)) == []


SPACE = st.sampled_from(["\n", "\n\n", " ", "\r\n\r\n", "\f", "\u2028", "\t"])
PIECES = st.sampled_from(
    [
        "Dear Ms Field", "Yours sincerely", "Headline findings", "What needs to improve", "Main findings",
        "## ", "- ", "• ", "1. ", "2. ", "3.1.2 ", "12", "1.", "**", "<b>", "&amp;", "‘", "’", "(", ")", ":", ";", ".",
        "Overall effectiveness", "Requires improvement to be good", "Inadequate", "Good", "good", "Judgement Grade",
        "The impact of leaders on social work practice with children and families",
        "Overall effectiveness: good", "Inspection dates: 17 to 28 July 2023", "4 January 2019", "31 February 2019",
        "Lead inspector: Ada Quill", "Ada Quill", "His Majesty’s Inspector", "Ofsted", "Rutland County Council",
        "focused visit to Rutland children’s services on 11 and 12 December 2018", "monitoring visit", "Contents",
        "the council was last inspected in May 2017, when it was judged inadequate", "area for priority action",
        "I am copying this letter to", "Report to Cabinet", "press release", "visit in May", "\N{SOFT HYPHEN}", "\ufb01",
        "The council answers every contact within a day, and it writes down what it decided and why it did so.",
    ]
)  # fmt: skip


@given(
    st.one_of(
        st.lists(st.tuples(PIECES, SPACE), max_size=60).map(lambda rows: "".join(a + b for a, b in rows).encode()),
        st.text(min_size=20, max_size=400).map(str.encode),
        st.lists(st.text(max_size=80), max_size=20).map(lambda lines: "\n\n".join(lines).encode("utf-16")),
        st.binary(max_size=300),
        st.builds(lambda at, new: REPORT[:at] + new + REPORT[at + len(new) :], st.integers(0, len(REPORT)), st.binary(max_size=40)),
    )
)  # fmt: skip
@example(b"Dear Ms Field\n\nOverall effectiveness: good\n\n")
def test_any_bytes_give_a_sound_letter_or_a_letter_error(tmp_path, data):
    file = tmp_path / "a.txt"
    file.write_bytes(data)
    try:
        letter = read_letter(file)
    except LetterError as error:
        assert error.file == "a.txt" and error.reason and str(error).isprintable()
    else:
        assert list(flaws(letter)) == []


# --- files that are none -----------------------------------------------------------------------------------------


def write(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(PROSE)


def link(at: Path, to: str, folder: bool = False) -> None:
    try:
        at.symlink_to(to, target_is_directory=folder)
    except OSError:
        pytest.skip("this user may not make symbolic links")


def reasons(folder: Path) -> dict[str, str]:
    return {error.file: error.reason for error in refused_files(folder)}


def test_a_link_inside_the_folder_is_a_letter(tmp_path):
    write(tmp_path, "a.txt", "sub/b.txt")
    link(tmp_path / "link.txt", "sub/b.txt")
    link(tmp_path / "sub" / "up.txt", "../a.txt")
    link(tmp_path / "again", "sub", folder=True)
    assert [file.relative_to(tmp_path).as_posix() for file in find_files(tmp_path)] == [
        "a.txt",
        "link.txt",
        "sub/b.txt",
        "sub/up.txt",
    ]
    assert reasons(tmp_path) == {}


@pytest.mark.parametrize("to", ["../secret.txt", "{root}/secret.txt", "sub/../../secret.txt", "hop.txt"])
def test_a_link_that_leads_out_of_the_folder_is_not_followed(tmp_path, to):
    home = tmp_path / "letters"
    write(tmp_path, "secret.txt", "letters/a.txt", "letters/sub/b.txt")
    link(home / "out.txt", to.format(root=tmp_path))
    if to == "hop.txt":
        link(home / "hop.txt", "../secret.txt")
    assert [file.name for file in find_files(home)] == ["a.txt", "b.txt"]
    assert reasons(home)["out.txt"] == ("is a link that leads out of the folder; copy what it leads to into the folder")


def test_a_linked_folder_outside_is_not_entered_and_said(tmp_path):
    write(tmp_path, "elsewhere/secret.txt", "letters/a.txt")
    link(tmp_path / "letters" / "more", "../elsewhere", folder=True)
    link(tmp_path / "letters" / ".hidden", "../elsewhere", folder=True)
    assert [file.name for file in find_files(tmp_path / "letters")] == ["a.txt"]
    assert list(reasons(tmp_path / "letters")) == ["more"]


def test_links_that_lead_nowhere_and_in_circles(tmp_path):
    write(tmp_path, "a.txt")
    link(tmp_path / "dangling.txt", "none.txt")
    link(tmp_path / "one.txt", "two.txt")
    link(tmp_path / "two.txt", "one.txt")
    link(tmp_path / "up", ".", folder=True)
    link(tmp_path / "notes.csv", "none.csv")
    assert [file.name for file in find_files(tmp_path)] == ["a.txt"]
    nowhere = "is a link that leads nowhere; remove it"
    assert reasons(tmp_path) == dict.fromkeys(("dangling.txt", "one.txt", "two.txt"), nowhere)


def test_a_folder_of_nothing_but_refused_files_says_so(tmp_path):
    link(tmp_path / "out.txt", "none.txt")
    with pytest.raises(LetterError, match=r"out\.txt: is a link that leads nowhere"):
        find_files(tmp_path)


def test_a_link_that_is_named_itself_is_followed(tmp_path):
    write(tmp_path, "letters/a.txt")
    link(tmp_path / "link.txt", "letters/a.txt")
    link(tmp_path / "home", "letters", folder=True)
    assert read_letter(find_files(tmp_path / "link.txt")[0]).text == f"{PROSE}\n"
    assert [file.name for file in find_files(tmp_path / "home")] == ["a.txt"]
    assert reasons(tmp_path / "home") == {}


def test_folders_named_like_letters(tmp_path):
    write(tmp_path, "a.txt", "full.pdf/b.txt", "other.pdf/notes.csv")
    (tmp_path / "empty.pdf").mkdir()
    assert [file.name for file in find_files(tmp_path)] == ["a.txt", "b.txt"]
    assert reasons(tmp_path) == dict.fromkeys(("empty.pdf", "other.pdf"), "is a folder without letters; remove it")
    with pytest.raises(LetterError, match=r"empty\.pdf: cannot be read \(it is a folder"):
        read_file(tmp_path / "empty.pdf")


@posix
def test_pipes_and_sockets_hold_nothing_up(tmp_path, monkeypatch):
    write(tmp_path, "a.txt")
    os.mkfifo(tmp_path / "pipe.txt")
    monkeypatch.chdir(tmp_path)  # a socket's path must be short
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket.txt")
        assert [file.name for file in find_files(tmp_path)] == ["a.txt"]
        reason = "is not a file (a pipe, a socket or a device); remove it"
        assert reasons(tmp_path) == dict.fromkeys(("pipe.txt", "socket.txt"), reason)
        for name in ("pipe.txt", "socket.txt"):
            assert find_files(tmp_path / name) == [tmp_path / name]
            with pytest.raises(LetterError, match="cannot be read"):
                read_file(tmp_path / name)


@posix
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read(tmp_path):
    write(tmp_path, "a.txt", "closed/b.txt", "c.txt")
    (tmp_path / "closed").chmod(0)
    (tmp_path / "c.txt").chmod(0)
    try:
        assert [file.name for file in find_files(tmp_path)] == ["a.txt", "c.txt"]
        assert reasons(tmp_path) == {"closed": "the folder cannot be read (Permission denied); check permissions"}
        with pytest.raises(LetterError, match=r"c\.txt: cannot be read \(Permission denied\); check path and perm"):
            read_file(tmp_path / "c.txt")
    finally:
        (tmp_path / "closed").chmod(0o700)


def test_a_folder_that_may_not_be_listed(tmp_path, monkeypatch):
    write(tmp_path, "a.txt", "closed/b.txt")
    listed = Path.iterdir

    def iterdir(folder):
        if folder.name == "closed":
            raise PermissionError(13, "Permission denied", str(folder))
        return listed(folder)

    monkeypatch.setattr(Path, "iterdir", iterdir)
    assert [file.name for file in find_files(tmp_path)] == ["a.txt"]
    assert reasons(tmp_path) == {"closed": "the folder cannot be read (Permission denied); check permissions"}


def test_a_path_that_is_too_long(tmp_path):
    with pytest.raises(LetterError, match="there is no such file or folder"):
        find_files(tmp_path / ("a" * 5000))


def test_folders_in_folders_without_end(tmp_path):
    deep = tmp_path
    for _ in range(200):
        deep = deep / "d"
    write(tmp_path, "a.txt", str((deep / "b.txt").relative_to(tmp_path)))
    assert [file.name for file in find_files(tmp_path)] == ["a.txt", "b.txt"]


# --- files that change -------------------------------------------------------------------------------------------


class Changing:
    """Writes more into a file each time that it is opened for reading, as often as said."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, times: int) -> None:
        self.times = times
        opened = Path.open

        def open_and_write(file: Path, *args, **kwargs):
            if self.times > 0:
                self.times -= 1
                with opened(file, "ab") as out:
                    out.write(b" More.")
            return opened(file, *args, **kwargs)

        monkeypatch.setattr(Path, "open", open_and_write)


def test_a_file_changed_while_it_is_read_is_read_once_more(tmp_path, monkeypatch):
    write(tmp_path, "a.txt")
    Changing(monkeypatch, times=1)
    assert read_file(tmp_path / "a.txt") == f"{PROSE} More.".encode()


def test_a_file_that_goes_on_changing_is_refused(tmp_path, monkeypatch):
    write(tmp_path, "a.txt")
    Changing(monkeypatch, times=2)
    with pytest.raises(LetterError) as raised:
        read_file(tmp_path / "a.txt")
    assert str(raised.value) == "a.txt: is being changed; index again when it is complete"


def test_a_file_that_grows_beyond_the_limit(tmp_path, monkeypatch):
    write(tmp_path, "a.txt")
    monkeypatch.setattr(files, "LARGEST_FILE", len(PROSE))
    Changing(monkeypatch, times=1)
    with pytest.raises(LetterError, match="larger than"):
        read_file(tmp_path / "a.txt")


def test_no_reader_met_a_fault(outcomes):
    assert not [str(outcome) for outcome in outcomes.values() if FAULT in str(getattr(outcome, "reason", ""))]


# --- what lies beside a letter -----------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [b"[" * 100_000, b"", b"\0", b"\xff\xfe", b"{", b"[]", b'{"kind": "\\ud800"}'])
@pytest.mark.parametrize("beside", ["a.txt.corrections.json", "manifest.json"])
def test_a_hostile_file_of_corrections(tmp_path, beside, data):
    write(tmp_path, "a.txt")
    (tmp_path / beside).write_bytes(data)
    [(_, outcome)] = read_letters([tmp_path / "a.txt"])
    assert isinstance(outcome, Letter if data == b"[]" and beside[0] == "a" else LetterError), outcome
    if isinstance(outcome, LetterError):
        assert FAULT not in outcome.reason
        assert beside in str(outcome) and str(outcome).isprintable()


@posix
def test_a_pipe_in_the_place_of_corrections(tmp_path):
    write(tmp_path, "a.txt")
    for beside in ("a.txt.corrections.json", "manifest.json"):
        os.mkfifo(tmp_path / beside)
    assert read_letter(tmp_path / "a.txt").text == f"{PROSE}\n"
