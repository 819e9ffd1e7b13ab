"""Documents for the tests, made on the spot: PDFs in the layouts of real letters, and letters put together by hand.

The situations and the wording are invented; only the authority's name is real.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import MISSING, fields
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import reportlab
from docx import Document as new_document
from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from reportlab.lib.enums import TA_LEFT
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageBreak, PageTemplate, Spacer, Table
from reportlab.platypus import Paragraph as Words

from assistant.letters.letter import Letter, Paragraph, Section

CORPUS = Path(__file__).resolve().parent.parent / "corpus" / "letters"

INSPECTION = "2011-03-16-swindon-unannounced-inspection.txt"
FOCUSED = "2019-03-01-swindon-focused-visit.txt"
CABINET = "2019-09-04-swindon-cabinet-report.md"
MONITORING = "2024-07-12-swindon-monitoring-visit.txt"
PRESS = "2024-07-swindon-press-release.txt"

# --- PDF ---------------------------------------------------------------------------------------------------------

# Fonts that are embedded, with their weight, as in real letters; reportlab brings these along.
registerFont(TTFont("Plain", "Vera.ttf"))
registerFont(TTFont("Bold", "VeraBd.ttf"))

BODY = ParagraphStyle("body", fontName="Plain", fontSize=12, leading=14.4, spaceAfter=10, alignment=TA_LEFT)
SMALL = ParagraphStyle("small", parent=BODY, fontSize=9, leading=11, spaceAfter=0)
NUMBERED = ParagraphStyle(
    "numbered", parent=BODY, leftIndent=21, bulletIndent=0, bulletFontName="Plain", bulletFontSize=12
)
ITEM = ParagraphStyle("item", parent=NUMBERED)
HEADING = ParagraphStyle("heading", parent=BODY, fontName="Bold", fontSize=14, leading=17, spaceBefore=8)
TITLE = ParagraphStyle("title", parent=BODY, fontName="Bold", fontSize=20, leading=24)
BOLD = ParagraphStyle("bold", parent=BODY, fontName="Bold")

Draw = Callable[[Canvas, int], None]


def pdf(story: Iterable[Flowable], furniture: Draw | None = None, encrypt: StandardEncryption | None = None) -> bytes:
    """A PDF of flowing text; `furniture` draws on each page, behind the body in the content's order."""
    out = BytesIO()
    frame = Frame(72, 100, A4[0] - 144, A4[1] - 190, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0)
    page = PageTemplate(
        "page", [frame], onPageEnd=lambda canvas, doc: furniture(canvas, doc.page) if furniture else None
    )
    document = BaseDocTemplate(out, pagesize=A4, pageTemplates=[page], invariant=1, encrypt=encrypt)
    document.build(list(story))
    return out.getvalue()


def pages(count: int, words: str = "") -> bytes:
    """A PDF of that many pages, each with the words or with a drawing alone (a page without a text layer)."""
    out = BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1)
    for _ in range(count):
        canvas.rect(100, 100, 300, 500, fill=1)
        if words:
            canvas.drawString(72, 700, words)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def no_pages() -> bytes:
    """A well-formed PDF whose page tree is empty."""
    objects = (b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [] /Count 0 >>")
    data, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    end = b"trailer\n<< /Size 3 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(data)
    return data + b"xref\n0 3\n0000000000 65535 f \n" + table + end


def encrypted_pdf(user: str, owner: str) -> bytes:
    """A PDF that asks for the user's password, or only guards printing where that is empty."""
    story = [Words("The front door answers contacts from families within a day.", BODY)]
    return pdf(story, encrypt=StandardEncryption(user, owner, strength=128))


REPORT_GRADES = (
    ("The impact of leaders on social work practice with children and families", "Good"),
    (
        "The experiences and progress of children who need help and protection",
        "Requires improvement to be good",
    ),
    ("The experiences and progress of children in care", "Good"),
    ("The experiences and progress of care leavers", "Outstanding"),
    ("Overall effectiveness", "Requires improvement to be good"),
)
REPORT_SUMMARY = (
    "Children in Rutland now wait less long for help than they did. A new team answers the telephone on the day that "
    "somebody worries about a child, and its notes say plainly what was decided and why."
)
REPORT_IMPROVE = (
    "The time that children wait for a first visit after a referral.",
    "The detail of plans, so that parents know what has to change and by when.",
)
REPORT_HELP = (
    "Families who ring the advice line reach a social worker at once. Most calls end in advice that the family can use "
    "the same day, and the worker writes it down for the next person who reads the file.",
    "Strategy meetings bring the police and health visitors together. In a few cases nobody recorded who was to do "
    "what, and the next meeting had to begin again.",
    "When a plan is made, it is written with the child. Some plans still list services and not the changes that "
    "would make the child safe, so that nobody can tell from the file whether the weeks that have gone by since the "
    "last review have made any difference to what happens at home, at school and on the way between the two.",
)
REPORT_CARE = (
    "Children in care live mostly with carers whom they like. They see the same social worker for years.",
    "Health assessments are on time. Children say that the nurse listens.",
)
REPORT_LEAVERS = ("Care leavers keep their personal adviser until they are 25 if they wish to.",)
REPORT_LEADERS = (
    "Leaders read case files each month and talk with the worker about what they have read.",
    "Elected members ask for the figures behind every report, and they come back to what was promised.",
)


def inspection_report() -> bytes:
    """An ILACS-like report: front page with a table of judgements, numbered paragraphs, a running footer."""
    parts = (
        (
            "The experiences and progress of children who need help and protection: requires improvement to be good",
            REPORT_HELP,
        ),
        ("The experiences and progress of children in care: good", REPORT_CARE),
        ("The experiences and progress of care leavers: outstanding", REPORT_LEAVERS),
        ("The impact of leaders on social work practice with children and families: good", REPORT_LEADERS),
    )
    grades = [[Words(area, BODY), Words(grade, BODY)] for area, grade in REPORT_GRADES]
    table = Table([[Words("Judgement", BOLD), Words("Grade", BOLD)], *grades], colWidths=[300, 150], hAlign="LEFT")
    story: list[Flowable] = [
        Words("Inspection of Rutland local authority children’s services", TITLE),
        Words("Inspection dates: 17 to 28 July 2023", BODY),
        Words("Lead inspector: Ada Quill, His Majesty’s Inspector", BODY),
        table,
        Spacer(1, 14),
        Words(REPORT_SUMMARY, BODY),
        Words("What needs to improve?", HEADING),
        *(Words(item, ITEM, bulletText="•") for item in REPORT_IMPROVE),
    ]
    number = 0
    for heading, paragraphs in parts:
        story.append(Words(heading, HEADING))
        for paragraph in paragraphs:
            number += 1
            story.append(Words(paragraph, NUMBERED, bulletText=f"{number}."))
    return pdf(story, _report_footer)


def _report_footer(canvas: Canvas, page: int) -> None:
    canvas.setFont("Plain", 9)
    canvas.drawString(72, 56, "Inspection of Rutland local authority children’s services")
    canvas.drawString(72, 45, "17 to 28 July 2023")
    canvas.drawString(500, 45, str(page))


VISIT_OPENING = (
    "This letter summarises the findings of the focused visit to Rutland children’s services on 11 and 12 December "
    "2018. His Majesty’s Inspectors for this visit were Ada Quill and Tom Marsh.",
    "Inspectors looked at how the council helps young people who leave its care. They read files and met eleven young "
    "people, who spoke frankly.",
)
VISIT_HEADLINE = (
    "Young people in Rutland like their personal advisers and see them often.",
    "Their flats are another matter: some are cold, and one had no lock.",
)
VISIT_IMPROVE = (
    "The condition of the flats in which young people are placed.",
    "Pathway plans, so that they say who does what.",
)
VISIT_FINDINGS = (
    "Personal advisers know the young people well. They remember birthdays, and they turn up when they said they "
    "would.",
    "Pathway plans are written late. A young person of 19 had seen hers once, in the car, on the way to a meeting "
    "about something else.",
    "The council bought twelve flats in the spring. Nobody looked at the heating before the young people moved in, "
    "and it took four months, two letters from a solicitor and a visit by a councillor before the last boiler worked "
    "and the young people could stop wearing their coats indoors in the evening.",
)
VISIT_CLOSING = "Ofsted will take the findings from this focused visit into account when planning the next inspection."


def visit_letter(break_after: str = "and it took four months,") -> bytes:
    """A focused-visit letter whose letterhead is drawn after the body, with a sentence cut by a page break."""
    cut = VISIT_FINDINGS[2].index(break_after) + len(break_after)
    story: list[Flowable] = [
        Spacer(1, 60),
        Words("4 January 2019", BODY),
        Words("Ms Jo Field<br/>Director of Children’s Services<br/>Rutland County Council", BODY),
        Words("Dear Ms Field", BODY),
        Words("Focused visit to Rutland children’s services", BOLD),
        *(Words(paragraph, BODY) for paragraph in VISIT_OPENING),
        Words("Headline findings", HEADING),
        *(Words(paragraph, BODY) for paragraph in VISIT_HEADLINE),
        Words("What needs to improve in this area of social work practice", HEADING),
        *(Words(item, ITEM, bulletText="•") for item in VISIT_IMPROVE),
        Words("Main findings", HEADING),
        *(Words(paragraph, BODY) for paragraph in VISIT_FINDINGS[:2]),
        Words(VISIT_FINDINGS[2][:cut], BODY),
        PageBreak(),
        Words(VISIT_FINDINGS[2][cut + 1 :], BODY),
        Words(VISIT_CLOSING, BODY),
        Words("Yours sincerely", BODY),
        Words("Ada Quill<br/>His Majesty’s Inspector", BODY),
    ]
    return pdf(story, _letterhead)


def _letterhead(canvas: Canvas, page: int) -> None:
    canvas.setFont("Plain", 9)
    if page == 1:
        for line, words in enumerate(("Ofsted", "Piccadilly Gate", "Store Street", "Manchester M1 2WD")):
            canvas.drawString(72, 790 - 11 * line, words)
        for line, words in enumerate(("T 0300 123 1231", "enquiries@ofsted.gov.uk", "www.gov.uk/ofsted")):
            canvas.drawString(300, 790 - 11 * line, words)
    canvas.drawString(500, 45, str(page))


# --- letters by hand -----------------------------------------------------------------------------------------------


def a_letter(sections: Iterable[tuple[str, str, Iterable[str]]], **changes: Any) -> Letter:
    """A letter of sections given as (kind, heading, paragraphs), its text and offsets made from them."""
    text, made = "", []
    for at, (kind, heading, paragraphs) in enumerate(sections, 1):
        begin = len(text)
        text += f"{heading}\n\n" if heading else ""
        units = []
        for number, words in enumerate(paragraphs, 1):
            start = len(text)
            text += f"{words}\n\n"
            units.append(Paragraph(f"s{at}p{number}", None, number, False, start, start + len(words)))
        made.append(Section(kind, heading, begin, len(text), tuple(units)))
    known: dict[str, Any] = {field.name: None for field in fields(Letter) if field.default is MISSING}
    known |= {
        "letter_id": "a-letter",
        "file": "a-letter.txt",
        "sha256": "0" * 64,
        "title": "A letter",
        "standing": "inspectorate",
        "kind": "focused visit",
        "visit_periods": (),
        "inspectors": (),
        "judgements": (),
        "sections": tuple(made),
        "text": text,
        "evidence": {},
        "furniture": (),
        "files": ("a-letter.txt",),
    }
    return Letter(**(known | changes))


# --- the same letter in other formats --------------------------------------------------------------------------------

Block = tuple[str, str]  # ("h2", words), ("item", words), ("p", words): words in Markdown, line breaks kept
LABELLED = re.compile(r"^(\d+(?:\.\d+)+|\d+\.)\s+")


def blocks_of(text: str, headings: Iterable[str] = (), running: Iterable[str] = ()) -> list[Block]:
    """The paragraphs of a plain text or Markdown letter as its author wrote them.

    Args:
        headings: Lines that are headings although nothing marks them.
        running: The running header; it stays where it stands first. A sentence that a page break cut is whole again.
    """
    blocks: list[Block] = []
    seen: set[str] = set()
    for chunk in re.split(r"\n\s*\n|\n(?=\s*[-■] )", text):
        mark = re.match(r"\s*(?:(#+) |[-■]\s+|-+\s*$)", chunk)
        words = chunk[mark.end() :] if mark else chunk
        words = "\n".join(line.strip() for line in words.splitlines() if line.strip())
        plain_words = words.replace("*", "")
        if not words or plain_words in seen:
            continue
        if plain_words in running:
            seen.add(plain_words)
        kind = f"h{len(mark[1])}" if mark and mark[1] else "item" if mark else "h2" if words in headings else "p"
        if kind == "p" and words[0].islower() and blocks:
            blocks[-1] = (blocks[-1][0], f"{blocks[-1][1]} {words}")
        else:
            blocks.append((kind, words))
    return blocks


def letter_docx(blocks: Iterable[Block], bold_headings: bool = False) -> bytes:
    """A Word document in which Word itself numbers the paragraphs ("3.1.1"), as its authors let it."""
    document = new_document()
    levels = add_numbering(document, ("%1.", "%1.%2", "%1.%2.%3"))
    for kind, words in blocks:
        label = LABELLED.match(words.replace("*", ""))
        typed = label[0] if label else ""
        words = words.replace(typed, "", 1)
        heading = kind[0] == "h"
        style = f"Heading {kind[1]}" if heading and not bold_headings else "Normal"
        paragraph = document.add_paragraph(style="List Bullet" if kind == "item" and not typed else style)
        for at, run in enumerate(re.split(r"\*\*", words)):
            for part in re.split(r"(</?sup>)", run):
                if part and not part.startswith(("<sup", "</sup")):
                    added = paragraph.add_run(part)  # a newline in it becomes a line break
                    added.bold = True if at % 2 or (heading and bold_headings) else None
        if typed:
            number_paragraph(paragraph, levels, typed.rstrip(". ").count("."))
    return saved(document)


def letter_html(blocks: Iterable[Block], bold_headings: bool = False) -> bytes:
    """A page of a council's site with that letter in its main part."""
    out = []
    for kind, words in blocks:
        inner = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", words.replace("&", "&amp;")).replace("\n", "<br>\n")
        if kind[0] == "h":
            inner = f"<p><b>{inner}</b></p>" if bold_headings else f"<{kind}>{inner}</{kind}>"
        elif kind == "item" and not LABELLED.match(words):
            inner = f"<ul><li>{inner}</li></ul>"
        else:
            inner = f"<p>{inner}</p>"
        out.append(inner.replace("</ul><ul>", ""))
    return web_page("\n".join(out).replace("</ul>\n<ul>", "\n"))


def web_page(main: str, title: str = "Letter", around: bool = True) -> bytes:
    """A web page in UTF-8 with words in its main part and the usual things around it."""
    before = (
        '<div id="cookie-banner"><p>We use cookies.</p><button>Accept</button></div>'
        '<header><a href="/">Rutland County Council</a><form role="search"><input name="q"><button>Search</button>'
        '</form></header><nav><ul><li><a href="/">Home</a></li><li><a href="/news">News</a></li></ul></nav>'
    )
    after = "<aside><h2>Related</h2><p>Bin collections</p></aside><footer><p>Privacy and accessibility</p></footer>"
    body = f"{before}<main>{main}</main>{after}" if around else main
    head = f'<meta charset="utf-8"><title>{title}</title><style>p {{ color: red }}</style><script>var a = 1</script>'
    return f"<!DOCTYPE html>\n<html lang=en><head>{head}</head><body>{body}</body></html>".encode()


# --- Word ------------------------------------------------------------------------------------------------------------


def saved(document: Document) -> bytes:
    """A Word document's bytes."""
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def add_numbering(document: Document, texts: Iterable[str], formats: str = "decimal", **parts: str) -> int:
    """A list whose levels print those texts; gives its number.

    Args:
        formats: Of each level, apart by spaces; the last holds for the rest.
        parts: More XML for a level ("level0"), before its text, or behind the levels of the list ("num").
    """
    root = document.part.numbering_part.element
    number = 100 + len(root.findall(qn("w:num")))
    kinds = formats.split()
    levels = "".join(
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{kinds[min(at, len(kinds) - 1)]}"/>'
        f'{parts.get(f"level{at}", "")}<w:lvlText w:val="{text}"/></w:lvl>'
        for at, text in enumerate(texts)
    )
    root.insert(0, parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{number}">{levels}</w:abstractNum>'))
    add_list(document, number, number, parts.get("num", ""))
    return number


def add_list(document: Document, number: int, like: int, more: str = "") -> None:
    """A list that counts together with another one."""
    xml = f'<w:num {nsdecls("w")} w:numId="{number}"><w:abstractNumId w:val="{like}"/>{more}</w:num>'
    document.part.numbering_part.element.append(parse_xml(xml))


def number_paragraph(paragraph: Any, number: int, level: int = 0) -> None:
    """Put a paragraph (or a style) into a list."""
    properties = paragraph._element.get_or_add_pPr().get_or_add_numPr()
    properties.get_or_add_ilvl().val = level
    properties.get_or_add_numId().val = number


def with_part(data: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """A zip file with one part changed, or added where it was not."""
    out = BytesIO()
    with ZipFile(BytesIO(data)) as before, ZipFile(out, "w", ZIP_DEFLATED) as after:
        for info in before.infolist():
            content = before.read(info)
            after.writestr(info.filename, change(content) if info.filename == part else content)
        if part not in before.namelist():
            after.writestr(part, change(b""))
    return out.getvalue()


# --- scans -----------------------------------------------------------------------------------------------------------


def scanned(words: Iterable[str]) -> bytes:
    """A PDF whose pages are pictures of words, one page a text."""
    from PIL import Image, ImageDraw, ImageFont
    from reportlab.lib.utils import ImageReader

    vera = Path(reportlab.__file__).parent / "fonts" / "Vera.ttf"
    font = ImageFont.truetype(str(vera), 42)  # 12 points or so at 250 dots an inch
    out = BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1)
    for page in words:
        picture = Image.new("L", (2067, 2923), 255)
        ImageDraw.Draw(picture).multiline_text((200, 250), page, font=font, fill=0, spacing=18)
        canvas.drawImage(ImageReader(picture), 0, 0, *A4)
        canvas.showPage()
    canvas.save()
    return out.getvalue()
