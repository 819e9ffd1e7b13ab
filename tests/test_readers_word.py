"""Word documents: what Word prints is read, with its numbers; what it hides or keeps in the margins is not text."""

import random
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from documents import (
    CABINET,
    CORPUS,
    FOCUSED,
    INSPECTION,
    MONITORING,
    PRESS,
    REPORT_CARE,
    REPORT_GRADES,
    REPORT_HELP,
    REPORT_IMPROVE,
    REPORT_LEADERS,
    REPORT_LEAVERS,
    REPORT_SUMMARY,
    add_list,
    add_numbering,
    blocks_of,
    inspection_report,
    letter_docx,
    letter_html,
    number_paragraph,
    saved,
    web_page,
    with_part,
)
from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import LetterError
from assistant.reading.metadata import read_metadata
from assistant.reading.outline import outline
from assistant.reading.readers import word
from assistant.reading.readers.files import read_source
from assistant.reading.readers.lines import numeral

PROSE = "The front door answers every contact within a day."
MORE = "Callers say that they are heard."


def read(document):
    return read_source("letter.docx", saved(document))


def texts(source):
    return [line.text for line in source.lines]


def with_xml(document, xml):
    """Add a paragraph given as XML; returns it."""
    paragraph = document.add_paragraph()
    for part in parse_xml(f"<w:p {nsdecls('w', 'r')}>{xml}</w:p>"):
        paragraph._element.append(part)
    return paragraph


def run(words):
    return f'<w:r><w:t xml:space="preserve">{words}</w:t></w:r>'


# --- paragraphs --------------------------------------------------------------------------------------------------------


def test_paragraphs_and_tables_in_document_order():
    document = Document()
    document.add_paragraph(PROSE)
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Overall effectiveness", "Good"
    document.add_paragraph(MORE)
    source = read(document)
    assert texts(source) == [PROSE, "Overall effectiveness Good", MORE]
    assert [line.row for line in source.lines] == [False, True, False]
    assert source.pages is None and not source.wrapped and not source.ocr


def test_headings_by_style_by_outline_level_and_by_bold_type():
    document = Document()
    document.add_heading("Findings", 2)
    document.add_heading("A title", 0)
    levelled = document.add_paragraph("By its level")
    levelled._element.get_or_add_pPr().append(parse_xml(f'<w:outlineLvl {nsdecls("w")} w:val="1"/>'))
    mine = document.styles.add_style("Council heading", WD_STYLE_TYPE.PARAGRAPH)
    mine.base_style = document.styles["Heading 3"]
    document.add_paragraph("By the style below its style", style=mine)
    bold = document.add_paragraph()
    bold.add_run("In bold ").bold = True
    bold.add_run("throughout").bold = True
    document.styles.add_style("Loud", WD_STYLE_TYPE.PARAGRAPH).font.bold = True
    document.add_paragraph("Bold by its style", style="Loud")
    assert all(line.heading for line in read(document).lines)


def test_what_is_bold_in_part_is_no_heading():
    document = Document()
    part = document.add_paragraph()
    part.add_run("Wards: ").bold = True
    part.add_run(f"All. {PROSE}")
    document.styles.add_style("Loud", WD_STYLE_TYPE.PARAGRAPH).font.bold = True
    document.add_paragraph(style="Loud").add_run("Light in a bold style").bold = False
    assert not any(line.heading for line in read(document).lines)


def test_short_italics_are_a_minor_heading_and_long_ones_a_quotation():
    document = Document()
    document.add_paragraph().add_run("Life in the flats").italic = True
    document.add_paragraph().add_run(PROSE).italic = True
    assert [(line.heading, line.minor) for line in read(document).lines] == [(True, True), (False, False)]


def test_sizes_come_from_the_run_its_styles_or_the_defaults():
    document = Document()
    document.styles["Normal"].font.size = Pt(12)
    document.add_paragraph(PROSE)
    document.add_paragraph().add_run("Large words").font.size = Pt(20)
    mixed = document.add_paragraph("1")
    mixed.runs[0].font.size = Pt(7)
    mixed.add_run(" note and the rest")
    assert [line.size for line in read(document).lines] == [12, 20, 12]


def test_faces_and_sizes_of_character_styles_and_of_the_whole_document():
    document = Document()
    strong = document.styles.add_style("Strongly", WD_STYLE_TYPE.CHARACTER)
    strong.font.bold, strong.font.size = True, Pt(15)
    document.add_paragraph().add_run("By a style of characters", style=strong)
    document.styles.element.find(qn("w:docDefaults")).find(f".//{qn('w:sz')}").set(qn("w:val"), "17")
    document.add_paragraph(PROSE)
    lines = read(document).lines
    assert [(line.heading, line.size) for line in lines] == [(True, 15), (False, 8.5)]


def test_a_heading_in_a_list_is_a_heading():
    document = Document()
    number_paragraph(document.add_heading("Findings", 2), add_numbering(document, ("•",), "bullet"))
    document.add_paragraph(PROSE)
    assert [(line.bullet, line.heading) for line in read(document).lines] == [(False, True), (False, False)]


def test_list_items_by_style_by_list_and_by_typed_mark():
    document = Document()
    document.add_paragraph("By style.", style="List Bullet")
    bullets = add_numbering(document, ("\uf0b7",), "bullet")
    number_paragraph(document.add_paragraph("By list."), bullets)
    document.add_paragraph("•\tTyped by hand, as in many letters.")
    assert [(line.text, line.bullet) for line in read(document).lines] == [
        ("By style.", True),
        ("By list.", True),
        ("Typed by hand, as in many letters.", True),
    ]


def test_line_breaks_end_lines_of_an_address_and_not_of_a_sentence():
    document = Document()
    document.add_paragraph("Ms Jo Field\nDirector of Children’s Services\n\nDear Ms Field")
    cut = "The council has agreed with the police, the schools and the health visitors of"
    document.add_paragraph(f"{cut}\nRutland to meet.")
    document.add_paragraph("One item\nof a list", style="List Bullet")
    document.add_heading("The experiences of care\nleavers: good", 2)
    assert [(line.text, line.gap) for line in read(document).lines] == [
        ("Ms Jo Field", True),
        ("Director of Children’s Services", False),
        ("Dear Ms Field", True),
        (f"{cut} Rutland to meet.", True),
        ("One item of a list", True),
        ("The experiences of care leavers: good", True),
    ]


def test_a_bold_line_above_the_text_of_its_paragraph_is_its_heading():
    document = Document()
    paragraph = document.add_paragraph()
    paragraph.add_run("Overview\n").bold = True
    paragraph.add_run(PROSE)
    assert [(line.text, line.heading) for line in read(document).lines] == [("Overview", True), (PROSE, False)]


def test_what_is_not_letters_becomes_what_it_prints():
    document = Document()
    with_xml(
        document,
        f"{run('Plans are child')}<w:r><w:noBreakHyphen/></w:r>{run('centred')}<w:r><w:tab/></w:r>{run('and con')}"
        f"<w:r><w:softHyphen/></w:r>{run('fident; R&amp;amp;D costs &amp;lt; 5 in **all**.')}",
    )
    assert texts(read(document)) == ["Plans are child-centred and confident; R&amp;D costs &lt; 5 in **all**."]


def test_hidden_text_field_codes_comments_and_note_marks_are_no_text():
    document = Document()
    paragraph = document.add_paragraph(PROSE)
    paragraph.add_run(" Secret.").font.hidden = True
    with_xml(
        document,
        f'<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>DATE \\@ d</w:instrText></w:r>'
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{run("4 January 2019")}'
        f'<w:r><w:fldChar w:fldCharType="end"/></w:r><w:r><w:footnoteReference w:id="2"/></w:r>',
    )
    document.add_comment(paragraph.runs, text="Is this so?", author="A", initials="A")
    assert texts(read(document)) == [PROSE, "4 January 2019"]


def test_links_and_content_controls_are_read_where_they_stand():
    document = Document()
    with_xml(
        document,
        f'{run("Write to ")}<w:hyperlink r:id="rId999">{run("the council")}</w:hyperlink><w:sdt><w:sdtPr/><w:sdtContent>'
        f"{run(' by Monday.')}</w:sdtContent></w:sdt>",
    )
    block = parse_xml(
        f"<w:sdt {nsdecls('w')}><w:sdtContent><w:p>{run(PROSE)}</w:p><w:tbl><w:tr><w:sdt><w:sdtContent><w:tc>"
        f"<w:p>{run('Grade')}</w:p></w:tc></w:sdtContent></w:sdt></w:tr></w:tbl></w:sdtContent></w:sdt>"
    )
    document.element.body.insert(1, block)
    assert texts(read(document)) == ["Write to the council by Monday.", PROSE, "Grade"]


def test_a_text_box_is_read_once_and_before_its_paragraph():
    document = Document()
    box = f"<w:txbxContent><w:p>{run('Ofsted, Piccadilly Gate')}</w:p></w:txbxContent>"
    drawn = (
        '<w:r><mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
        'xmlns:v="urn:schemas-microsoft-com:vml"><mc:Choice Requires="wps"><w:drawing><wps:txbx xmlns:wps="urn:wps">'
        f"{box}</wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict>"
        "</mc:Fallback></mc:AlternateContent></w:r>"
    )
    with_xml(document, drawn + run("Dear Ms Field"))
    document.add_paragraph(PROSE)
    assert texts(read(document)) == ["Ofsted, Piccadilly Gate", "Dear Ms Field", PROSE]


# --- tracked changes -----------------------------------------------------------------------------------------------------


def test_insertions_are_text_and_deletions_are_not():
    document = Document()
    change = 'w:id="1" w:author="A"'
    with_xml(
        document,
        f"{run('Plans are ')}<w:del {change}><w:r><w:delText>poor</w:delText></w:r></w:del>"
        f"<w:ins {change}>{run('good')}</w:ins><w:moveFrom {change}>{run(' gone')}</w:moveFrom>"
        f"<w:moveTo {change}>{run(' and short')}</w:moveTo>{run('.')}",
    )
    document.add_paragraph(PROSE)
    assert texts(read(document)) == ["Plans are good and short.", PROSE]


def test_a_paragraph_whose_end_was_deleted_goes_on_in_the_next():
    document = Document()
    with_xml(document, f'<w:pPr><w:rPr><w:del w:id="1" w:author="A"/></w:rPr></w:pPr>{run("Plans are short ")}')
    document.add_paragraph("and clear to everybody.")
    document.add_paragraph(PROSE)
    assert texts(read(document)) == ["Plans are short and clear to everybody.", PROSE]


def test_a_deleted_numbered_paragraph_is_not_counted():
    document = Document()
    numbers = add_numbering(document, ("%1.",))
    number_paragraph(document.add_paragraph("First point stands."), numbers)
    with_xml(
        document,
        f'<w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="{numbers}"/></w:numPr>'
        '<w:rPr><w:del w:id="1" w:author="A"/></w:rPr></w:pPr>'
        '<w:del w:id="2" w:author="A"><w:r><w:delText>Gone.</w:delText></w:r></w:del>',
    )
    number_paragraph(document.add_paragraph("Second point stands."), numbers)
    assert texts(read(document)) == ["1. First point stands.", "2. Second point stands."]


def test_a_deleted_row_is_not_read():
    document = Document()
    document.add_paragraph(PROSE)
    table = document.add_table(rows=2, cols=1)
    table.cell(0, 0).text, table.cell(1, 0).text = "Kept", "Deleted"
    table.rows[1]._tr.get_or_add_trPr().append(parse_xml(f'<w:del {nsdecls("w")} w:id="1" w:author="A"/>'))
    assert texts(read(document)) == [PROSE, "Kept"]


# --- numbers of paragraphs -----------------------------------------------------------------------------------------------


def numbered(document, *paragraphs):
    """Number paragraphs given as (list, level); the printed numbers of all in the document."""
    for at, (number, level) in enumerate(paragraphs):
        number_paragraph(document.add_paragraph(f"[{number} {level} {at}]"), number, level)
    document.add_paragraph(PROSE)
    return [line.text.split(" [")[0] for line in read(document).lines if "[" in line.text]


def test_numbers_of_several_levels_begin_anew_below_each_higher_one():
    document = Document()
    one = add_numbering(document, ("%1.", "%1.%2", "%1.%2.%3"))
    levels = (0, 1, 1, 2, 2, 1, 0, 1, 2)
    assert numbered(document, *((one, level) for level in levels)) == [
        *("1.", "1.1", "1.2", "1.2.1", "1.2.2", "1.3", "2.", "2.1", "2.1.1"),
    ]


def test_the_outline_takes_those_numbers_as_labels():
    document = Document()
    one = add_numbering(document, ("%1", "%1.%2"))
    document.add_heading("Recommendations", 2)
    for level in (0, 1, 0):
        number_paragraph(document.add_paragraph("Words that a report would have."), one, level)
    found = outline(read(document))
    assert [(p.label, p.bullet) for p in found.sections[-1].paragraphs] == [("1", False), ("1.1", False), ("2", False)]
    assert all("Words" in found.text[p.start : p.end][:5] for p in found.sections[-1].paragraphs)


def test_a_level_that_was_left_out_counts_as_begun():
    """As Word prints it: a second-level paragraph first is 1.1, and the first-level one behind it is 2."""
    document = Document()
    one = add_numbering(document, ("%1.", "%1.%2"))
    assert numbered(document, (one, 1), (one, 1), (one, 0), (one, 1)) == ["1.1", "1.2", "2.", "2.1"]


def test_lists_that_are_alike_count_together_unless_one_begins_anew():
    document = Document()
    one = add_numbering(document, ("%1.",))
    add_list(document, 501, one)
    add_list(document, 502, one, '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="7"/></w:lvlOverride>')
    other = add_numbering(document, ("%1)",))
    found = numbered(document, (one, 0), (501, 0), (other, 0), (502, 0), (502, 0), (one, 0))
    assert found == ["1.", "2.", "1)", "7.", "8.", "9."]


def test_letters_and_roman_numbers_are_list_items_with_their_mark():
    document = Document()
    one = add_numbering(
        document, ("(%1)", "%2.", "%3)", "Appendix %4"), "lowerLetter lowerRoman upperRoman upperLetter"
    )
    for level in (0, 0, 1, 2, 3):
        number_paragraph(document.add_paragraph("note the report of the council."), one, level)
    assert [(line.text.split(" note")[0], line.bullet) for line in read(document).lines] == [
        *(("(a)", True), ("(b)", True), ("i.", True), ("I)", True), ("Appendix A", True)),
    ]


@pytest.mark.parametrize(
    ("kind", "number", "printed"),
    [
        ("decimal", 12, "12"),
        ("decimalZero", 3, "03"),
        ("lowerLetter", 27, "aa"),
        ("upperLetter", 26, "Z"),
        ("lowerRoman", 49, "xlix"),
        ("upperRoman", 1994, "MCMXCIV"),
        ("none", 5, ""),
        ("chicago", 5, "5"),
        ("lowerRoman", 5000, "5000"),
    ],
)
def test_numerals(kind, number, printed):
    assert numeral(number, kind) == printed


def test_a_level_may_go_on_counting_and_print_others_in_digits():
    document = Document()
    on = add_numbering(document, ("%1.", "%2."), level1='<w:lvlRestart w:val="0"/>')
    first = add_numbering(document, ("%1.", "%2)", "%3:"), level2='<w:lvlRestart w:val="1"/>')
    legal = add_numbering(document, ("%1.", "%1.%2"), "upperRoman decimal", level1="<w:isLgl/>")
    found = numbered(document, (on, 0), (on, 1), (on, 0), (on, 1), (legal, 0), (legal, 1))
    assert found == ["1.", "1.", "2.", "2.", "I.", "1.1"]
    found = numbered(document, *((first, n) for n in (0, 1, 2, 1, 2, 0, 1, 2)))
    assert found[6:] == ["1.", "1)", "1:", "2)", "2:", "2.", "1)", "1:"]


def test_numbers_that_a_style_brings():
    document = Document()
    one = add_numbering(
        document, ("%1.", "%1.%2"), level0='<w:pStyle w:val="Heading1"/>', level1='<w:pStyle w:val="Council"/>'
    )
    paragraph = document.styles.add_style("Council", WD_STYLE_TYPE.PARAGRAPH)
    for style in (document.styles["Heading 1"], paragraph):
        properties = style.element.get_or_add_pPr().get_or_add_numPr()
        properties.get_or_add_numId().val = one
    document.add_paragraph("Purpose", style="Heading 1")
    document.add_paragraph(PROSE, style="Council")
    unnumbered = document.add_paragraph(MORE, style="Council")
    number_paragraph(unnumbered, 0)
    assert [(line.text, line.heading) for line in read(document).lines] == [
        ("1. Purpose", True),
        (f"1.1 {PROSE}", False),
        (MORE, False),
    ]


def test_an_empty_numbered_paragraph_is_counted_as_word_does():
    document = Document()
    one = add_numbering(document, ("%1.",))
    for words in (PROSE, "", MORE):
        number_paragraph(document.add_paragraph(words), one)
    assert texts(read(document)) == [f"1. {PROSE}", f"3. {MORE}"]


@pytest.mark.parametrize("number", [999, -1])
def test_a_list_that_is_not_there_numbers_nothing(number):
    document = Document()
    number_paragraph(document.add_paragraph(PROSE), number)
    assert texts(read(document)) == [PROSE]


# --- tables --------------------------------------------------------------------------------------------------------------


def test_a_layout_table_of_numbers_and_paragraphs():
    document = Document()
    table = document.add_table(rows=2, cols=2)
    for row, (label, words) in zip(table.rows, (("1.1", PROSE), ("12", MORE)), strict=True):
        row.cells[0].text, row.cells[1].text = label, words
    table.cell(0, 1).add_paragraph("A second paragraph of the same cell.")
    source = read(document)
    assert texts(source) == [f"1.1 {PROSE}", "A second paragraph of the same cell.", f"12. {MORE}"]
    assert not any(line.row for line in source.lines)


def test_a_row_of_figures_gets_no_number():
    document = Document()
    document.add_paragraph(PROSE)
    table = document.add_table(rows=1, cols=3)
    for cell, words in zip(table.rows[0].cells, ("25", "30", "45"), strict=True):
        cell.text = words
    assert texts(read(document)) == [PROSE, "25 30 45"]


def test_merged_cells_and_tables_within_tables_are_read_once():
    document = Document()
    document.add_paragraph(PROSE)
    table = document.add_table(rows=2, cols=2)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "Grades of the year"
    table.cell(1, 0).text = "Overall effectiveness"
    inner = table.cell(1, 1).add_table(1, 2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "2019", "Good"
    assert texts(read(document)) == [PROSE, "Grades of the year", "Overall effectiveness 2019 Good"]


def test_the_row_of_column_headings_is_a_heading():
    document = Document()
    document.add_paragraph(PROSE)
    table = document.add_table(rows=2, cols=2)
    for cell, words in zip(table.rows[0].cells, ("Judgement", "Grade"), strict=True):
        cell.paragraphs[0].add_run(words).bold = True
    table.cell(1, 0).paragraphs[0].add_run("Overall effectiveness").bold = True
    table.cell(1, 1).text = "Good\n"
    assert [(line.text, line.heading) for line in read(document).lines[1:]] == [
        ("Judgement Grade", True),
        ("Overall effectiveness Good", False),
    ]


# --- the margins -----------------------------------------------------------------------------------------------------------


def test_headers_footers_and_notes_are_furniture():
    document = Document()
    document.add_paragraph(PROSE)
    section = document.sections[0]
    section.header.paragraphs[0].text = "Report to Cabinet"
    section.footer.paragraphs[0].text = "Page 1 of 9"
    note = (
        f'<w:footnotes {nsdecls("w")}><w:footnote w:type="separator" w:id="0"><w:p>{run("____")}</w:p></w:footnote>'
        f'<w:footnote w:id="2"><w:p><w:r><w:footnoteRef/></w:r>{run("See the annual report.")}</w:p></w:footnote>'
        "</w:footnotes>"
    )
    data = with_part(saved(document), "word/footnotes.xml", lambda _: note.encode())
    data = with_part(
        data,
        "word/_rels/document.xml.rels",
        lambda rels: rels.replace(
            b"</Relationships>",
            b'<Relationship Id="rId77" Target="footnotes.xml" Type="http://schemas.openxmlformats.org/officeDocument'
            b'/2006/relationships/footnotes"/></Relationships>',
        ),
    )
    source = read_source("a.docx", data)
    assert texts(source) == [PROSE]
    assert sorted(source.furniture) == ["Page 1 of 9", "Report to Cabinet", "See the annual report."]


def test_a_first_pages_own_header_is_the_letterhead():
    document = Document()
    section = document.sections[0]
    section.different_first_page_header_footer = True
    section.first_page_header.paragraphs[0].text = "Ofsted, Piccadilly Gate"
    section.header.paragraphs[0].text = "Focused visit to Rutland"
    document.add_paragraph(PROSE)
    source = read(document)
    assert (texts(source), source.furniture) == (["Ofsted, Piccadilly Gate", PROSE], ("Focused visit to Rutland",))


def test_a_table_of_contents_is_furniture():
    document = Document()
    document.styles.add_style("toc 1", WD_STYLE_TYPE.PARAGRAPH)
    document.add_paragraph("Contents", style="TOC Heading")
    document.add_paragraph("Findings\t3", style="toc 1")
    document.add_heading("Findings", 1)
    document.add_paragraph(PROSE)
    source = read(document)
    assert (texts(source), source.furniture) == (["Findings", PROSE], ("Contents", "Findings 3"))


def test_a_running_header_that_a_conversion_left_in_the_text_stays_once():
    document = Document()
    for number in range(3):
        document.add_paragraph("Report to the cabinet of Rutland")
        document.add_paragraph(f"{PROSE} On page {number}.")
    source = read(document)
    assert texts(source) == ["Report to the cabinet of Rutland", *(f"{PROSE} On page {n}." for n in range(3))]
    assert all(line.gap for line in source.lines)
    assert source.furniture == ("Report to the cabinet of Rutland",) * 2


# --- what is refused -------------------------------------------------------------------------------------------------------


def plain_docx():
    document = Document()
    document.add_paragraph(PROSE)
    return saved(document)


def zipped(**parts):
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/"), content)
    return out.getvalue()


def of_type(kind):
    types = f'<Types><Override PartName="/a.xml" ContentType="application/vnd.{kind}+xml"/></Types>'
    return zipped(**{"[Content_Types].xml": types, "a.xml": "<a/>"})


def encrypted_part():
    data = bytearray(plain_docx())
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1  # the flag of the first part in the central directory
    return bytes(data)


OFFICE = "openxmlformats-officedocument"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        pytest.param(plain_docx()[:1000], "damaged Word or zip", id="cut short"),
        pytest.param(b"PK\x03\x04" + bytes(400), "damaged Word or zip", id="a zip in name only"),
        pytest.param(zipped(), "is a zip file", id="an empty zip"),
        pytest.param(zipped(a="b"), "is a zip file", id="any zip"),
        pytest.param(zipped(mimetype="application/vnd.oasis.opendocument.text"), "OpenDocument", id="odt"),
        pytest.param(of_type(f"{OFFICE}.spreadsheetml.sheet.main"), "spreadsheet", id="xlsx"),
        pytest.param(of_type(f"{OFFICE}.presentationml.presentation.main"), "presentation", id="pptx"),
        pytest.param(of_type(f"{OFFICE}.wordprocessingml.template.main"), "template", id="dotx"),
        pytest.param(of_type("ms-word.document.macroEnabled.main"), "macros", id="docm"),
        pytest.param(of_type(f"{OFFICE}.wordprocessingml.document.main"), "damaged Word", id="nothing in it"),
        pytest.param(of_type("visio"), "no Word document", id="another package"),
        pytest.param(encrypted_part(), "password", id="an encrypted zip"),
        pytest.param(with_part(plain_docx(), "word/document.xml", lambda _: b"<a"), "damaged Word", id="broken XML"),
        pytest.param(
            with_part(plain_docx(), "word/document.xml", lambda xml: xml.replace(PROSE.encode(), b"1")),
            "without text",
            id="no words",
        ),
        pytest.param(
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500) + "EncryptedPackage".encode("utf-16-le"),
            "protected by a password",
            id="encrypted docx",
        ),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "old Office file", id="doc"),
    ],
)
def test_refused_in_one_line(data, says):
    with pytest.raises(LetterError, match=says) as raised:
        read_source("letter.docx", data)
    assert str(raised.value).startswith("letter.docx: ")
    assert "\n" not in str(raised.value) and ";" in str(raised.value)


@pytest.mark.parametrize(
    "bomb",
    [
        pytest.param(
            lambda: with_part(plain_docx(), "word/more.xml", lambda _: b" " * (33 * 2**20)), id="too much XML"
        ),
        pytest.param(lambda: zipped(**{f"a{n}": "" for n in range(word.MOST_PARTS + 1)}), id="too many parts"),
        pytest.param(lambda: zipped(a=bytes(11 * 2**20)), id="packed too well"),
        pytest.param(lambda: zipped(a=bytes(5 * 2**20), b=random.Random(1).randbytes(2**20)), id="too much"),
    ],
)
def test_a_bomb_is_refused_before_it_is_unpacked(bomb, monkeypatch):
    data = bomb()
    if len(data) > 2**20:  # of what cannot be packed well
        monkeypatch.setattr(word, "MOST_BYTES", 4 * 2**20)
    monkeypatch.setattr(ZipFile, "open", lambda *_: pytest.fail("a part was unpacked"))
    with pytest.raises(LetterError, match="zip bomb"):
        read_source("letter.docx", data)


def test_entities_are_refused():
    laughs = b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>'
    outside = b'<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
    for declared in (laughs, outside):
        changed = with_part(
            plain_docx(),
            "word/document.xml",
            lambda xml, declared=declared: xml.replace(b"<w:document", declared + b"<w:document").replace(
                PROSE.encode(), PROSE.encode() + b"&a;"
            ),
        )
        with pytest.raises(LetterError, match="entities"):
            read_source("letter.docx", changed)
        wide = with_part(
            changed, "word/document.xml", lambda xml: b"\xff\xfe" + xml.decode().split("?>", 1)[1].encode("utf-16-le")
        )
        with pytest.raises(LetterError, match="entities"):
            read_source("letter.docx", wide)


def test_nothing_outside_the_file_is_fetched(monkeypatch):
    """External templates, pictures and linked documents: `no_network` fails on a connection, this on an opened file."""
    document = Document()
    document.add_paragraph(PROSE)
    for kind, target in (
        ("attachedTemplate", "http://192.0.2.1/a.dotm"),
        ("image", "file:///etc/hostname"),
        ("subDocument", "//192.0.2.1/share/a.docx"),
        ("header", "http://192.0.2.1/header.xml"),
        ("footnotes", "http://192.0.2.1/notes.xml"),
    ):
        document.part.relate_to(
            target, f"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}", is_external=True
        )
    data = saved(document)
    read_source("a.docx", plain_docx())  # python-docx is loaded
    monkeypatch.setattr("builtins.open", lambda *_, **__: pytest.fail("a file was opened"))
    monkeypatch.setattr("io.open", lambda *_, **__: pytest.fail("a file was opened"))
    assert texts(read_source("letter.docx", data)) == [PROSE]


REPORT = letter_docx(blocks_of((CORPUS / CABINET).read_text(encoding="utf-8")))
PARTS = [name for name in ZipFile(BytesIO(REPORT)).namelist() if name.endswith((".xml", ".rels"))]


@given(part=st.sampled_from(PARTS), at=st.floats(0, 1), cut=st.integers(0, 300), new=st.binary(max_size=20))
def test_any_damage_gives_a_source_or_a_letter_error(part, at, cut, new):
    def damaged(xml):
        start = int(at * len(xml))
        return xml[:start] + new + xml[start + cut :]

    try:
        source = read_source("a.docx", with_part(REPORT, part, damaged))
    except LetterError as error:
        assert str(error).startswith("a.docx: ")
    else:
        assert source.lines and all(line.text == " ".join(line.text.split()) for line in source.lines)


# --- the same letter in every format -----------------------------------------------------------------------------------------

HEADER = "Ofsted Inspection of Local Authority Children's Social Care Services (ILACS) Findings"
RUNNING = (HEADER, "Cabinet", "Date: 4<sup>th</sup> September 2019")


def shape(data):
    """Sections as (kind, heading, [(label, bullet, words), ...]), white space folded."""
    found = outline(read_source("letter", data))
    return [
        (
            section.kind,
            section.heading,
            [(p.label, p.bullet, " ".join(found.text[p.start : p.end].split())) for p in section.paragraphs],
        )
        for section in found.sections
    ]


@pytest.mark.parametrize("make", [letter_docx, letter_html], ids=["docx", "html"])
@pytest.mark.parametrize("bold", [False, True], ids=["heading styles", "bold headings"])
@pytest.mark.parametrize(
    ("file", "running"), [(FOCUSED, ()), (CABINET, RUNNING), (MONITORING, ()), (INSPECTION, ()), (PRESS, ())]
)
def test_a_letter_is_the_same_in_every_format(make, bold, file, running):
    data = (CORPUS / file).read_bytes()
    expected = shape(data)
    headings = [heading for _, heading, _ in expected]
    assert shape(make(blocks_of(data.decode(), headings, running), bold)) == expected
    assert sum(len(paragraphs) for _, _, paragraphs in expected) > 5


REPORT_PARTS = (
    (
        "The experiences and progress of children who need help and protection: requires improvement to be good",
        REPORT_HELP,
    ),
    ("The experiences and progress of children in care: good", REPORT_CARE),
    ("The experiences and progress of care leavers: outstanding", REPORT_LEAVERS),
    ("The impact of leaders on social work practice with children and families: good", REPORT_LEADERS),
)
REPORT_FRONT = (
    "Inspection dates: 17 to 28 July 2023",
    "Lead inspector: Ada Quill, His Majesty’s Inspector",
)
REPORT_TITLE = "Inspection of Rutland local authority children’s services"


def report_docx():
    document = Document()
    document.add_heading(REPORT_TITLE, 0)
    for words in REPORT_FRONT:
        document.add_paragraph(words)
    table = document.add_table(rows=0, cols=2)
    for at, row in enumerate((("Judgement", "Grade"), *REPORT_GRADES)):
        for cell, words in zip(table.add_row().cells, row, strict=True):
            cell.paragraphs[0].add_run(words).bold = at == 0
    document.add_paragraph(REPORT_SUMMARY)
    document.add_paragraph().add_run("What needs to improve?").bold = True
    for item in REPORT_IMPROVE:
        document.add_paragraph(item, style="List Bullet")
    numbers = add_numbering(document, ("%1.",))
    for heading, paragraphs in REPORT_PARTS:
        document.add_heading(heading, 2)
        for words in paragraphs:
            number_paragraph(document.add_paragraph(words), numbers)
    return saved(document)


def report_html():
    rows = "".join(f"<tr><td>{area}</td><td>{grade}</td></tr>" for area, grade in REPORT_GRADES)
    improve = "".join(f"<li>{item}</li>" for item in REPORT_IMPROVE)
    out, number = "", 1
    for heading, paragraphs in REPORT_PARTS:
        items = "".join(f"<li><p>{words}</p></li>" for words in paragraphs)
        out += f'<h2>{heading}</h2><ol start="{number}">{items}</ol>'
        number += len(paragraphs)
    return web_page(
        f"<h1>{REPORT_TITLE}</h1>{''.join(f'<p>{words}</p>' for words in REPORT_FRONT)}<table><thead><tr>"
        f"<th>Judgement</th><th>Grade</th></tr></thead><tbody>{rows}</tbody></table><p>{REPORT_SUMMARY}</p>"
        f"<h2>What needs to improve?</h2><ul>{improve}</ul>{out}"
    )


@pytest.mark.parametrize("make", [report_docx, report_html])
def test_a_report_with_a_table_of_judgements_is_the_same_as_its_pdf(make):
    assert shape(make()) == shape(inspection_report())


@pytest.mark.parametrize("make", [report_docx, report_html])
def test_what_a_report_says_of_itself_is_the_same_as_in_its_pdf(make):
    found, expected = (read_metadata(outline(read_source("a", data))) for data in (make(), inspection_report()))
    assert (found.kind, found.authority, found.visits, found.lead_inspector) == (
        "ILACS inspection",
        "Rutland",
        (("2023-07-17", "2023-07-28"),),
        "Ada Quill",
    )
    assert [(j.area, j.grade) for j in found.judgements] == [(j.area, j.grade) for j in expected.judgements]
    assert len(found.judgements) == 5 and len(found.improvements) == 2
