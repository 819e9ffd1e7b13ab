"""An answer as a Word document."""

from io import BytesIO
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from assistant.answer import Answer
from assistant.export.layout import Line, Source, layout

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph

__all__ = ["docx"]

LONGEST_PROPERTY = 255  # characters of a document property: the format's limit
NO_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can hold


def docx(answer: Answer) -> bytes:
    """An answer as a Word document; the markers link to a numbered list of sources."""
    from docx import Document as new_document  # not needed by any other command

    page = layout(answer)
    document = new_document()
    _set_properties(document, page.question)
    _set_page(document)
    document.add_heading(page.question, level=1)
    if page.message:
        document.add_paragraph().add_run(f"{page.verdict}.").bold = True
        document.add_paragraph(page.message)
    for block in page.blocks:
        if block.heading:
            document.add_heading(block.heading, level=2)
        for line in block.lines:
            _add_line(document, line)
    if page.sources:
        document.add_heading(page.sources_heading, level=2)
    for source in page.sources:
        _add_source(document, source)
    for remark in page.remarks:
        document.add_paragraph().add_run(remark).italic = True
    buffer = BytesIO()
    document.save(buffer)
    return _timeless(buffer.getvalue())


def _add_line(document: "Document", line: Line) -> None:
    paragraph = document.add_paragraph(f"{line.text} ", style="List Bullet")
    for number in line.numbers:
        _add_link(paragraph, f"[{number}]", f"source_{number}")


def _add_source(document: "Document", source: Source) -> None:
    """A source; its number is typed, not counted by Word, so that deleting one never renumbers the others."""
    from docx.shared import Cm

    paragraph = document.add_paragraph()
    paragraph.paragraph_format.keep_with_next = True
    _add_bookmark(paragraph, f"source_{source.number}", source.number)
    paragraph.add_run(f"[{source.number}] ").bold = True
    paragraph.add_run(source.speaker)
    if source.title:
        paragraph.add_run(". ")
        paragraph.add_run(source.title).italic = True
    if source.locator:
        paragraph.add_run(f". {source.locator}")
    document.add_paragraph(source.quote, style="Quote").paragraph_format.left_indent = Cm(1)


def _add_link(paragraph: "Paragraph", text: str, anchor: str) -> None:
    """A link inside the document; python-docx has no call for it."""
    from docx.oxml.ns import qn
    from docx.oxml.parser import OxmlElement

    link = OxmlElement("w:hyperlink")
    link.set(qn("w:anchor"), anchor)
    link.append(paragraph.add_run(text)._r)
    paragraph._p.append(link)


def _add_bookmark(paragraph: "Paragraph", name: str, identifier: int) -> None:
    from docx.oxml.ns import qn
    from docx.oxml.parser import OxmlElement

    for tag in ("w:bookmarkStart", "w:bookmarkEnd"):
        mark = OxmlElement(tag)
        mark.set(qn("w:id"), str(identifier))
        if tag == "w:bookmarkStart":
            mark.set(qn("w:name"), name)
        paragraph._p.append(mark)


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
