"""Answers as a Word document, with real footnotes."""

from collections.abc import Sequence
from io import BytesIO
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from assistant.answers.answer import Answer
from assistant.export.footnotes import Footnotes, Note, hyperlink, point_again
from assistant.export.layout import LETTERS_HEADING, Layout, Line, Source, laid_out
from assistant.export.options import Options
from assistant.export.styles import COMMITTEE

if TYPE_CHECKING:
    from docx.document import Document

__all__ = ["docx"]

LONGEST_PROPERTY = 255  # characters of a document property: the format's limit
NO_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can hold


def docx(answers: Sequence[Answer], options: Options = Options()) -> bytes:
    """Answers as a Word document: each source is a footnote, the letters quoted are listed at the end.

    Word numbers the notes as they come, and a source that is cited again is pointed at again. The passages nearest
    to a refusal are listed in the text, because nothing there points at them.
    """
    from docx import Document as new_document  # not needed by any other command

    laid = laid_out(answers, options, COMMITTEE)
    document = new_document()
    _set_properties(document, laid.title)
    _set_page(document)
    footnotes = Footnotes(document)
    for page in laid.parts:
        _add_part(document, page, footnotes)
    if laid.letters:
        document.add_heading(LETTERS_HEADING, level=2)
    for runs in laid.letters:
        paragraph = document.add_paragraph(style="List Bullet")
        for run in runs:
            paragraph.add_run(run.text).italic = run.italic or None
    if laid.made:
        document.add_paragraph().add_run(laid.made).italic = True
    buffer = BytesIO()
    document.save(buffer)
    return _timeless(buffer.getvalue())


def _add_part(document: "Document", page: Layout, footnotes: Footnotes) -> None:
    document.add_heading(page.question, level=1)
    if page.message:
        document.add_paragraph().add_run(f"{page.verdict}.").bold = True
        document.add_paragraph(page.message)
    if page.counted:
        document.add_paragraph(page.counted)
    sources = {source.number: source for source in page.sources}
    noted: dict[int, int] = {}
    for block in page.blocks:
        if block.heading:
            document.add_heading(block.heading, level=2)
        if block.lead:
            document.add_paragraph(block.lead).paragraph_format.keep_with_next = True
        for line in block.lines:
            _add_line(document, line, sources, noted, footnotes)
    listed = [source for number, source in sources.items() if number not in noted]
    if listed:
        document.add_heading(page.sources_heading, level=2)
    for source in listed:
        _add_source(document, source)
    for remark in page.remarks:
        document.add_paragraph().add_run(remark).italic = True


def _add_line(
    document: "Document", line: Line, sources: dict[int, Source], noted: dict[int, int], footnotes: Footnotes
) -> None:
    paragraph = document.add_paragraph(line.text, style="List Bullet")
    for place, number in enumerate(line.numbers):
        if place:
            paragraph.add_run(", ").font.superscript = True
        if number in noted:
            point_again(paragraph, f"_Ref_source_{number}", noted[number])
        else:
            note = footnotes.add(paragraph, f"_Ref_source_{number}")
            noted[number] = note.number
            _write(note, sources[number])


def _write(note: Note, source: Source) -> None:
    """A source as a footnote: who, what, where; the words; where they can be opened."""
    note.write(f" {source.speaker}. ")
    if source.title:
        note.write(source.title, italic=True)
        note.write(". ")
    note.write(f"{source.locator}. " if source.locator else "")
    note.write(f"\u201c{source.quote}\u201d")
    for words, address in (("Open the passage", source.link), ("Open the published file", source.file_link)):
        if address:
            note.write(" ")
            note.link(words, address)


def _add_source(document: "Document", source: Source) -> None:
    """A passage that no sentence rests on, with its number typed."""
    from docx.shared import Cm

    paragraph = document.add_paragraph()
    paragraph.paragraph_format.keep_with_next = True
    paragraph.add_run(f"[{source.number}] ").bold = True
    paragraph.add_run(source.speaker)
    if source.title:
        paragraph.add_run(". ")
        paragraph.add_run(source.title).italic = True
    if source.locator:
        paragraph.add_run(f". {source.locator}")
    words = document.add_paragraph(source.quote, style="Quote")
    words.paragraph_format.left_indent = Cm(1)
    for text, address in (("Open the passage", source.link), ("Open the published file", source.file_link)):
        if address:
            words.add_run(" ")
            words._p.append(hyperlink(document.part, text, address))


def _set_properties(document: "Document", title: str) -> None:
    """British English for the spelling checker, the question as title, and nothing of python-docx's own."""
    from docx.oxml.ns import qn

    properties = document.core_properties
    properties.title = title[:LONGEST_PROPERTY]
    properties.author = properties.comments = properties.last_modified_by = ""
    properties.language = "en-GB"
    for name in ("dcterms:created", "dcterms:modified"):
        for element in properties._element.findall(qn(name)):
            properties._element.remove(element)
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "en-GB")


def _set_page(document: "Document") -> None:
    """A4, and headings in black: the template has American letter and a blue too pale for WCAG."""
    from docx.shared import Mm, RGBColor

    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(25)
    for level in (1, 2):
        document.styles[f"Heading {level}"].font.color.rgb = RGBColor(0, 0, 0)


def _timeless(package: bytes) -> bytes:
    """The same package without the time it was made: the same answer gives the same bytes."""
    buffer = BytesIO()
    with ZipFile(BytesIO(package)) as source, ZipFile(buffer, "w", compression=ZIP_DEFLATED) as target:
        for name in source.namelist():
            info = ZipInfo(name, date_time=NO_TIME)
            info.compress_type = ZIP_DEFLATED
            target.writestr(info, source.read(name))
    return buffer.getvalue()
