"""Footnotes of a Word document, which python-docx does not write: the part itself, its styles, its references."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph

__all__ = ["Footnotes"]

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
HYPERLINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
# The two that every part begins with: the line above the notes, and the one where a note goes on.
SEPARATORS = (("separator", -1), ("continuationSeparator", 0))


class Footnotes:
    """The footnotes of a document, in the order in which they are added; Word counts them from 1.

    Args:
        document: What they belong to.
    """

    def __init__(self, document: "Document") -> None:
        from docx.opc.packuri import PackURI
        from docx.opc.part import XmlPart
        from docx.oxml.ns import nsdecls
        from docx.oxml.parser import parse_xml

        separators = "".join(
            f'<w:footnote w:type="{kind}" w:id="{number}"><w:p><w:pPr><w:spacing w:after="0" w:line="240"'
            f' w:lineRule="auto"/></w:pPr><w:r><w:{kind}/></w:r></w:p></w:footnote>'
            for kind, number in SEPARATORS
        )
        root = parse_xml(f"<w:footnotes {nsdecls('w', 'r')}>{separators}</w:footnotes>")
        self._part = XmlPart(PackURI("/word/footnotes.xml"), CONTENT_TYPE, root, document.part.package)
        self._root: Any = root
        self._count = 0
        document.part.relate_to(self._part, RELATION)
        _declare_separators(document)
        _add_styles(document)

    def add(self, paragraph: "Paragraph", name: str) -> "Note":
        """Begin a footnote whose mark stands at the end of a paragraph.

        Args:
            paragraph: What it belongs to.
            name: A bookmark around the mark, by which the text can point at it again.
        """
        self._count += 1
        reference = f'<w:footnoteReference w:id="{self._count}"/>'
        mark = f'<w:r><w:rPr><w:rStyle w:val="FootnoteReference"/></w:rPr>{reference}</w:r>'
        bookmark = f'w:id="{self._count}"'
        for xml in (f'<w:bookmarkStart {bookmark} w:name="{name}"/>', mark, f"<w:bookmarkEnd {bookmark}/>"):
            paragraph._p.append(_element(xml))
        note = _element(
            f'<w:footnote w:id="{self._count}"><w:p><w:pPr><w:pStyle w:val="FootnoteText"/></w:pPr><w:r><w:rPr>'
            '<w:rStyle w:val="FootnoteReference"/></w:rPr><w:footnoteRef/></w:r></w:p></w:footnote>'
        )
        self._root.append(note)
        return Note(self._part, note, self._count)


class Note:
    """One footnote.

    Attributes:
        number: As Word counts it.
    """

    def __init__(self, part: Any, element: Any, number: int) -> None:
        self._part = part
        self._element = element
        self.number = number

    def write(self, text: str, italic: bool = False) -> None:
        """Add words to its last paragraph."""
        self._append(_run(text, "<w:i/>" if italic else ""))

    def new_paragraph(self) -> None:
        """Go on in a new paragraph."""
        self._element.append(_element('<w:p><w:pPr><w:pStyle w:val="FootnoteText"/></w:pPr></w:p>'))

    def link(self, text: str, address: str) -> None:
        """Add a link out of the document."""
        self._append(hyperlink(self._part, text, address))

    def _append(self, element: Any) -> None:
        self._element[-1].append(element)


def hyperlink(part: Any, text: str, address: str) -> Any:
    """A link out of a part, as an element to be put into one of its paragraphs."""
    from docx.oxml.ns import qn

    link = _element("<w:hyperlink/>")
    link.set(qn("r:id"), part.relate_to(address, HYPERLINK, is_external=True))
    link.append(_run(text, '<w:color w:val="0B4A8F"/><w:u w:val="single"/>'))
    return link


def point_again(paragraph: "Paragraph", name: str, number: int) -> None:
    """Repeat the mark of a footnote that stands elsewhere, as Word's cross-references do.

    Args:
        paragraph: At whose end.
        name: Of the bookmark around the mark.
        number: Of the footnote, shown until the fields are updated.
    """
    style = '<w:rStyle w:val="FootnoteReference"/>'
    for xml in (
        '<w:fldChar w:fldCharType="begin"/>',
        f'<w:instrText xml:space="preserve"> NOTEREF {name} \\f \\h </w:instrText>',
        '<w:fldChar w:fldCharType="separate"/>',
        f"<w:t>{number}</w:t>",
        '<w:fldChar w:fldCharType="end"/>',
    ):
        paragraph._p.append(_element(f"<w:r><w:rPr>{style}</w:rPr>{xml}</w:r>"))


def _element(xml: str) -> Any:
    from docx.oxml.ns import nsdecls
    from docx.oxml.parser import parse_xml

    opening, rest = xml.split(">", 1) if not xml.split(">", 1)[0].endswith("/") else (xml[:-2], None)
    return parse_xml(f"{opening} {nsdecls('w')}/>" if rest is None else f"{opening} {nsdecls('w')}>{rest}")


def _run(text: str, properties: str) -> Any:
    run = _element(f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve"></w:t></w:r>')
    run[-1].text = text
    return run


def _declare_separators(document: "Document") -> None:
    """The settings name the separators; without them Word mends the file, and says so."""
    from docx.oxml.ns import qn

    numbers = "".join(f'<w:footnote w:id="{number}"/>' for _, number in SEPARATORS)
    settings = document.settings.element
    place = settings.find(qn("w:compat"))
    properties = _element(f"<w:footnotePr>{numbers}</w:footnotePr>")
    if place is None:
        settings.append(properties)
    else:
        place.addprevious(properties)


def _add_styles(document: "Document") -> None:
    """The two styles that Word gives footnotes, by the names that it knows them by."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Pt

    text = document.styles.add_style("footnote text", WD_STYLE_TYPE.PARAGRAPH)
    text.base_style = document.styles["Normal"]
    text.element.set(_w("styleId"), "FootnoteText")
    text.font.size = Pt(9)
    text.paragraph_format.space_after = Pt(2)
    mark = document.styles.add_style("footnote reference", WD_STYLE_TYPE.CHARACTER)
    mark.element.set(_w("styleId"), "FootnoteReference")
    mark.font.superscript = True


def _w(name: str) -> str:
    from docx.oxml.ns import qn

    return qn(f"w:{name}")
