"""Outlines: blocks put together from lines, headings found, labels read, sections and offsets that hold."""

import re

import pytest
from documents import (
    CABINET,
    REPORT_CARE,
    REPORT_GRADES,
    REPORT_HELP,
    REPORT_IMPROVE,
    REPORT_LEADERS,
    REPORT_LEAVERS,
    REPORT_SUMMARY,
    VISIT_CLOSING,
    VISIT_FINDINGS,
    VISIT_HEADLINE,
    VISIT_IMPROVE,
    VISIT_OPENING,
    inspection_report,
    visit_letter,
)
from hypothesis import assume, given
from hypothesis import strategies as st

from assistant.errors import LetterError
from assistant.letters.inspectorates import shipped
from assistant.reading.outline import outline
from assistant.reading.readers.files import read_source
from assistant.reading.readers.lines import Line, Source

PROSE = "The front door answers every contact within a day, and it has done so since the spring of last year."
LONG = f"{PROSE} Callers say that they are heard, and that they are told what happens next."  # no front page has this
KINDS = {*shipped().headings, "letterhead", "introduction", "closing", "sign-off", "notes", "other"}


def of_text(*lines):
    return outline(read_source("a.md", "\n".join(lines).encode()))


def of_lines(*lines, page=1):
    """An outline of set lines, as a PDF gives them; a plain string is body text without space above it."""
    made = [Line(line, page, size=12.0) if isinstance(line, str) else line for line in lines]
    return outline(Source(tuple(made), (), 2, wrapped=True))


def body(text, **changes):
    return Line(text, **({"page": 1, "gap": True, "size": 12.0, "full": False} | changes))


def head(text, **changes):
    return Line(text, **({"page": 1, "gap": True, "size": 14.0, "heading": True} | changes))


def shape(found):
    """Sections as (kind, heading, [(label, words), ...])."""
    return [
        (section.kind, section.heading, [(p.label, found.text[p.start : p.end]) for p in section.paragraphs])
        for section in found.sections
    ]


def paragraphs(found):
    return [found.text[p.start : p.end] for section in found.sections for p in section.paragraphs]


# --- the two layouts in PDF --------------------------------------------------------------------------------------------


def test_a_report_in_sections():
    found = outline(read_source("report.pdf", inspection_report()))
    helped, cared, left, led = (
        ("help and protection", REPORT_HELP, 1),
        ("in care", REPORT_CARE, 4),
        ("care leavers", REPORT_LEAVERS, 6),
        ("leaders", REPORT_LEADERS, 7),
    )
    sections = shape(found)
    assert found.title == "Inspection of Rutland local authority children’s services"
    assert [kind for kind, _, _ in sections] == [
        *("letterhead", "judgements", "introduction", "improve"),
        *("help and protection", "in care", "care leavers", "leaders"),
    ]
    assert sections[1][2] == [(None, f"{area} {grade}") for area, grade in REPORT_GRADES]
    assert sections[2] == ("introduction", "", [(None, REPORT_SUMMARY)])
    assert sections[3] == ("improve", "What needs to improve?", [(None, item) for item in REPORT_IMPROVE])
    for section, (kind, words, first) in zip(sections[4:], (helped, cared, left, led), strict=True):
        assert section[0] == kind
        assert section[2] == [(str(number), text) for number, text in enumerate(words, first)]
    assert sections[4][1] == (
        "The experiences and progress of children who need help and protection: requires improvement to be good"
    )


def test_a_reports_bullets_and_pages():
    found = outline(read_source("report.pdf", inspection_report()))
    improve, helped, cared = found.sections[3:6]
    assert [p.bullet for p in improve.paragraphs] == [True, True]
    assert [(p.page_start, p.page_end) for p in helped.paragraphs] == [(1, 1), (1, 1), (1, 2)]
    assert [(p.page_start, p.page_end) for p in cared.paragraphs] == [(2, 2), (2, 2)]
    assert [p.bullet for p in helped.paragraphs] == [False] * 3


def test_a_visit_letter_in_sections():
    found = outline(read_source("visit.pdf", visit_letter()))
    assert found.title == "Focused visit to Rutland children’s services"
    letterhead, *rest = shape(found)
    assert letterhead[0] == "letterhead"
    assert [words for _, words in letterhead[2]] == [
        "Ofsted Piccadilly Gate Store Street Manchester M1 2WD",
        "T 0300 123 1231 enquiries@ofsted.gov.uk www.gov.uk/ofsted",
        "4 January 2019",
        "Ms Jo Field Director of Children’s Services Rutland County Council",
        "Dear Ms Field",
        "Focused visit to Rutland children’s services",
    ]
    assert rest == [
        ("introduction", "", [(None, words) for words in VISIT_OPENING]),
        ("headline", "Headline findings", [(None, words) for words in VISIT_HEADLINE]),
        ("improve", "What needs to improve in this area of social work practice", [(None, w) for w in VISIT_IMPROVE]),
        ("findings", "Main findings", [(None, words) for words in VISIT_FINDINGS]),
        ("closing", "", [(None, VISIT_CLOSING)]),
        ("sign-off", "", [(None, "Yours sincerely"), (None, "Ada Quill His Majesty’s Inspector")]),
    ]
    cut = found.sections[4].paragraphs[2]
    assert (cut.page_start, cut.page_end) == (1, 2)


@pytest.mark.parametrize("after", ["in the spring.", "heating before", "a solicitor and", "two letters"])
def test_wherever_the_page_breaks_the_paragraph_is_one_or_begins_with_a_sentence(after):
    found = outline(read_source("visit.pdf", visit_letter(after)))
    words = paragraphs(found)
    if after.endswith("."):
        assert [w for w in words if w in VISIT_FINDINGS[2]] == [
            VISIT_FINDINGS[2][: VISIT_FINDINGS[2].index(after) + len(after)],
            VISIT_FINDINGS[2][VISIT_FINDINGS[2].index(after) + len(after) + 1 :],
        ]
    else:
        assert VISIT_FINDINGS[2] in words


# --- blocks --------------------------------------------------------------------------------------------------------------


def test_wrapped_text_is_joined_and_unwrapped_text_is_not():
    assert paragraphs(of_text("Plans are clear", "and short, and", "they are kept.")) == [
        "Plans are clear and short, and they are kept."
    ]
    assert paragraphs(of_text(PROSE * 2, PROSE)) == [PROSE * 2, PROSE]


def test_a_sentence_cut_by_a_gap_goes_on():
    assert paragraphs(of_text("Some inconsistencies remain in", "", "the quality of the work.", "", "Next one.")) == [
        "Some inconsistencies remain in the quality of the work.",
        "Next one.",
    ]


def test_a_bullet_cut_by_a_gap_goes_on_and_the_next_mark_begins_another():
    found = of_text("- Young people saw", "", "nobody for a month.", "- Others did.", "", "■ A third.")
    assert paragraphs(found) == ["Young people saw nobody for a month.", "Others did.", "A third."]
    assert all(p.bullet for section in found.sections for p in section.paragraphs)


def test_a_word_divided_at_a_lines_end_takes_no_space():
    assert paragraphs(of_lines(body("Plans are child-", full=True), "centred and short.")) == [
        "Plans are child-centred and short."
    ]
    assert paragraphs(of_lines(body("In 2018-", full=True), "19 they were short.")) == ["In 2018- 19 they were short."]


def test_a_full_line_goes_on_over_the_page_even_before_a_capital():
    long = "The council has agreed with the police, with the schools and with the health visitors of"
    assert paragraphs(of_lines(body(long, full=True), body("Rutland to meet.", page=2))) == [f"{long} Rutland to meet."]
    assert paragraphs(of_lines(body(f"{long} it.", full=True), body("Rutland met.", page=2))) == [
        f"{long} it.",
        "Rutland met.",
    ]


# --- labels ----------------------------------------------------------------------------------------------------------------


def test_labels_of_every_depth_stand_apart_from_the_words():
    found = of_text(
        "## 3. Detail", "", "- 3.1 The first.", "  - 3.1.1 The deep one.", "  - 3.1.10 Another.", "- 3.2 Last."
    )
    assert shape(found) == [
        (
            "findings",
            "3. Detail",
            [("3.1", "The first."), ("3.1.1", "The deep one."), ("3.1.10", "Another."), ("3.2", "Last.")],
        )
    ]
    assert not any(p.bullet for p in found.sections[0].paragraphs)
    assert "3.1.1 The deep one." in found.text


def test_whole_numbers_are_labels_while_they_count():
    found = of_text("1. First point.", "", "2. Second point.", "", "4. Fourth point.", "", "9. Not the next.")
    assert [(p.label, p.number) for p in found.sections[0].paragraphs] == [("1", 1), ("2", 2), ("4", 3), (None, 4)]


def test_a_number_on_a_line_of_its_own():
    found = of_lines(body("1."), body("First point."), body("2."), body("Second point."))
    assert shape(found)[-1][2] == [("1", "First point."), ("2", "Second point.")]


@pytest.mark.parametrize(
    "words", ["2019 was a good year.", "20 Months passed.", "75% of them work.", "3.5 million is spent."]
)
def test_numbers_that_are_no_labels(words):
    assert shape(of_text(PROSE, "", words))[-1][2] == [(None, PROSE), (None, words)]


def test_a_label_right_below_a_heading():
    found = of_lines(head("Main findings"), body("1. First point.", gap=False), body("2. Second point."))
    assert shape(found)[-1][2] == [("1", "First point."), ("2", "Second point.")]


def test_a_label_without_space_above():
    lines = [body("28. Children see their friends."), body("29. Most trust their worker.", gap=False)]
    numbered = [body(f"{number}. Point.") for number in range(1, 28)]
    assert [label for label, _ in shape(of_lines(*numbered, *lines))[-1][2]][-2:] == ["28", "29"]


def test_a_label_before_a_figure():
    found = of_text(
        "1. First point.", "", "2. 16- and 17-year-olds wait.", "", "3. 224 children are missing.", "", "4. Last."
    )
    assert [p.label for p in found.sections[0].paragraphs] == ["1", "2", "3", "4"]


def test_a_label_with_two_points():
    found = of_lines(body("1. First point."), body("2.. Second point."), body("3. Third point."))
    assert [p.label for p in found.sections[0].paragraphs] == ["1", "2", "3"]


def test_the_numbering_goes_on_behind_a_box_and_with_it_the_section():
    study = head("Practice study: highly effective practice")
    lines = (head("Main findings"), body("1. First point."), study, body("One child was seen."), body("2. Next point."))
    assert shape(of_lines(*lines))[-3:] == [
        ("findings", "Main findings", [("1", "First point.")]),
        ("strengths", "Practice study: highly effective practice", [(None, "One child was seen.")]),
        ("findings", "", [("2", "Next point.")]),
    ]


def test_a_last_lone_label_is_kept():
    assert "1" in of_text(PROSE, "", "1.").text


def test_a_text_of_short_paragraphs_is_not_all_letterhead():
    found = of_text(
        "The flats are warm now.", "", "Young people say so.", "", "The council paid for new boilers in May."
    )
    assert {section.kind for section in found.sections} != {"letterhead"}


# --- headings --------------------------------------------------------------------------------------------------------------


def test_known_headings_without_marks():
    assert [kind for kind, _, _ in shape(of_text("Overview", "", PROSE, "", "Findings", "", PROSE))] == [
        "headline",
        "findings",
    ]


def test_an_unknown_heading_by_its_shape():
    assert shape(of_text(LONG, "", "Life in the flats", "", LONG))[-1] == ("other", "Life in the flats", [(None, LONG)])


@pytest.mark.parametrize(
    "words", ["T 0300 123 1231", "www.gov.uk", "Copy: the chief executive", "In the year 2019", "life"]
)
def test_a_short_line_that_is_no_heading(words):
    assert words in paragraphs(of_text(PROSE, "", words, "", PROSE))


def test_a_heading_over_two_lines():
    found = of_lines(head("The experiences and progress of care"), head("leavers: good", gap=False), body(PROSE))
    assert shape(found)[-1] == ("care leavers", "The experiences and progress of care leavers: good", [(None, PROSE)])


@pytest.mark.parametrize(
    "words", ["Good", "12", "Requires improvement to be good", f"{PROSE} {PROSE}", "It was urgent."]
)
def test_bold_type_that_is_no_heading(words):
    found = of_lines(body(PROSE), head(words, size=12.0), body(PROSE))
    assert words not in [section.heading for section in found.sections]
    assert words in found.text


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("The impact of leaders on social work practice: requires improvement to be good.", "leaders"),
        ("Case study: areas for improvement.", "improve"),
    ],
)
def test_a_known_heading_keeps_its_full_stop(heading, kind):
    assert shape(of_lines(body(PROSE), head(heading), body(PROSE)))[-1] == (kind, heading, [(None, PROSE)])


@pytest.mark.parametrize("grade", ["Requires improvement", "Good", "Inadequate", "Grade 4 (inadequate)"])
def test_the_grade_beside_or_below_a_heading_is_part_of_it(grade):
    heading = head("The experiences and progress of care", page=9), head("leavers", page=9, gap=False)
    found = of_lines(body(LONG), *heading, head(grade, page=9, size=12.0, left=300.0), body(PROSE, page=9))
    words = f"The experiences and progress of care leavers {grade}"
    assert shape(found)[-1] == ("care leavers", words, [(None, PROSE)])


def test_a_minor_heading_divides_its_section():
    def minor(words):
        return head(words, size=12.0, minor=True)

    first, second = body("Act now.", bullet=True), body("Act later.", bullet=True)
    found = of_lines(head("Areas for improvement"), minor("Leadership and management"), first, minor("Pay"), second)
    assert [(kind, heading) for kind, heading, _ in shape(found)][-3:] == [
        ("improve", "Areas for improvement"),
        ("improve", "Leadership and management"),
        ("improve", "Pay"),
    ]
    found = of_lines(body(LONG), head("Life in Rutland"), minor("Pay"), body(PROSE))
    assert shape(found)[-1] == ("other", "Pay", [(None, PROSE)])


def test_a_table_of_contents_makes_no_sections():
    found = of_lines(head("Contents"), body("Findings 3"), body("Recommendations 4"), head("Findings"), body(PROSE))
    assert [(kind, heading) for kind, heading, _ in shape(found)] == [
        ("administration", "Contents"),
        ("findings", "Findings"),
    ]


def test_the_closing_and_the_signature_end_the_findings():
    found = of_text(
        *(
            "Dear Ms Field",
            "",
            "Focused visit to Rutland",
            "",
            PROSE,
            "",
            "Findings",
            "",
            PROSE,
            "",
            PROSE + " Again.",
            "",
        ),
        *("Ofsted will take the findings from this visit into account.", "", "Yours sincerely", "", "Ada Quill"),
    )
    assert [kind for kind, _, _ in shape(found)] == ["letterhead", "introduction", "findings", "closing", "sign-off"]
    assert found.title == "Focused visit to Rutland"


def test_the_issuers_boilerplate_is_set_apart():
    about = "The Office for Standards in Education, Children’s Services and Skills (Ofsted) regulates and inspects."
    assert shape(of_text(LONG, "", about))[-1] == ("notes", "", [(None, about)])


@pytest.mark.parametrize(
    "about",
    [
        "Any complaints about the inspection or the report should be made in writing.",
        "If you are not happy with the inspection or the report, you can complain to Ofsted.",
        "If you would like a copy of this document in a different format, please telephone 0300 123 1231.",
    ],
)
def test_how_to_complain_is_the_issuers_boilerplate(about):
    assert shape(of_text(LONG, "", LONG, "", about))[-1] == ("notes", "", [(None, about)])


def test_an_imprint_behind_the_front_page_ends_at_the_next_heading():
    about = f"Website: www.ofsted.gov.uk This document may be reproduced in whole or in part. {LONG}"
    found = of_lines(head("Inspection of Rutland"), body(about), head("Main findings"), *[body(LONG)] * 4)
    assert [(kind, len(words)) for kind, _, words in shape(found)][-2:] == [("notes", 1), ("findings", 4)]


@pytest.mark.parametrize(
    "closing", ["Ofsted will take", "Ofsted will share", "Ofsted will publish", "We have notified"]
)
def test_what_happens_next_closes_the_findings(closing):
    words = f"{closing} the findings of this visit."
    assert shape(of_text("Findings", "", PROSE, "", words))[-1] == ("closing", "", [(None, words)])


@pytest.mark.parametrize("yours", ["Yours sincerely", "Your sincerely", "Yours faithfully"])
def test_a_signature_begins_with_yours(yours):
    findings = [line for n in range(5) for line in ("", f"{PROSE} On day {n}.")]
    found = of_text("Dear Ms Field", "", "Findings", *findings, "", yours, "", "Ada Quill")
    assert shape(found)[-1] == ("sign-off", "", [(None, yours), (None, "Ada Quill")])


# --- other tables ---------------------------------------------------------------------------------------------------------


def test_an_address_that_runs_into_the_salutation_is_no_title():
    address = ("1 March 2019", "", "Rose Field", "Director of Children's Services", "Rutford RT1 2UF", "Dear Ms Field")
    found = of_text(*address, "", "Focused visit to Rutford", "", "This letter summarises the findings of the visit.")
    assert found.title == "Focused visit to Rutford"
    assert [section.kind for section in found.sections][:2] == ["letterhead", "introduction"]


def test_each_row_of_a_table_is_a_paragraph():
    rows = [body(words, gap=False, row=True) for words in ("Ada Quill Tom Marsh", "Jo Field Sam Stone")]
    found = of_lines(head("Inspection team"), *rows, body("A note below the table.", gap=False))
    assert paragraphs(found) == ["Ada Quill Tom Marsh", "Jo Field Sam Stone", "A note below the table."]


def test_a_cell_that_runs_over_its_line_goes_on():
    found = of_lines(body(PROSE), body("Good A service that meets", row=True), body("what is asked of it.", gap=False))
    assert paragraphs(found)[-1] == "Good A service that meets what is asked of it."


# --- the table of judgements ------------------------------------------------------------------------------------------------


def test_rows_of_the_table_are_joined_over_lines():
    found = of_lines(
        head("Judgement Grade"),
        body("The impact of leaders on social work practice"),
        "with children and families Requires improvement",
        "to be good",
        body("Overall effectiveness Good"),
        body(PROSE),
    )
    assert shape(found)[-2][2] == [
        (
            None,
            "The impact of leaders on social work practice with children and families Requires improvement to be good",
        ),
        (None, "Overall effectiveness Good"),
    ]
    assert shape(found)[-1] == ("introduction", "", [(None, PROSE)])


def test_rows_on_later_pages_stand_below_a_tables_heading():
    rows = (body("The experiences and progress of children", page=12), Line("in care Inadequate", 12, size=12.0))
    with_heading = of_lines(head("Key judgement Judgement grade", page=12), *rows, body(LONG, page=12))
    assert shape(with_heading)[-2][2] == [(None, "The experiences and progress of children in care Inadequate")]
    assert shape(with_heading)[-2][0] == "judgements"
    assert shape(of_lines(body(LONG, page=12), *rows, body(LONG, page=12)))[-1][0] != "judgements"


def test_a_sentence_that_looks_like_a_row_stays_whole():
    words = "Children who need help and protection receive a service that is timely and of good"
    found = of_lines(body(PROSE), body(words, full=True), "quality. Plans are clear.")
    assert paragraphs(found)[-1] == f"{words} quality. Plans are clear."
    assert "judgements" not in [section.kind for section in found.sections]


# --- the shipped letters -----------------------------------------------------------------------------------------------------


CUTS = [
    "supported by the increasingly effective use of management",
    "the lack of input from young people and their key professionals",
    "senior managers are not complacent and have set a target of 75% care leavers",
    "Some inconsistencies remain in the quality of social work practice",
    "The recent, multi-agency, child in need panel is beginning to make",
    "It was noted that the service has appointed additional capacity",
]


@pytest.mark.parametrize("words", CUTS)
def test_sentences_cut_by_page_breaks_are_whole(shipped, words):
    holding = [
        paragraph
        for letter in shipped.values()
        for _, paragraph in letter.paragraphs()
        if words in letter.text[paragraph.start : paragraph.end]
    ]
    assert len(holding) == 1


def test_no_mark_of_the_page_is_left_in_a_paragraph(shipped):
    for letter in shipped.values():
        for section, paragraph in letter.paragraphs():
            words = letter.text[paragraph.start : paragraph.end]
            assert not re.search(r"<|>|\*\*|__|^#|^[-•■*]\s|\s{2}|\n|---", words), words
            assert section.kind in KINDS
            if section.kind not in ("letterhead", "sign-off"):
                assert not words[0].islower(), words


def test_the_running_header_is_in_no_paragraph_of_the_cabinet_report(shipped):
    letter = shipped[CABINET]
    header = (
        "Ofsted Inspection of Local Authority Children's Social Care Services (ILACS) Findings",
        "Cabinet",
        "Date: 4th September 2019",
    )
    assert letter.furniture == header * 5
    for section, paragraph in letter.paragraphs():
        words = letter.text[paragraph.start : paragraph.end]
        assert section.kind == "letterhead" or not any(line in words for line in (header[0], header[2]))
        assert section.kind == "letterhead" or words != "Cabinet"
    assert [letter.text.count(line) for line in header][::2] == [1, 1]


def test_the_cabinet_reports_labels(shipped):
    labels = [paragraph.label for _, paragraph in shipped[CABINET].paragraphs() if paragraph.label]
    assert labels == [
        "1.1",
        "1.2",
        "1.3",
        "2.1",
        "2.2",
        "2.3",
        "2.4",
        "3.1",
        "3.1.1",
        "3.1.2",
        "3.1.3",
        "3.1.4",
        "3.2",
        "3.3",
        "3.4",
        "3.5",
        "3.6",
        "3.7",
        "3.8",
        "3.9",
        "3.10",
        "4.1",
        "5.1",
        "5.2",
        "5.3",
        "5.4",
        "5.5",
        "6.1",
        "6.2",
        "7.1",
        "8.1",
        "9.1",
    ]


@pytest.mark.parametrize(
    ("start", "bullets"),
    [
        ("2011", {"strengths": [False, True, True], "requirements": [True] * 12, "improve": [True] * 3}),
        ("2019-03", {"improve": [True] * 2, "findings": [True] * 9, "headline": [False] * 3}),
        ("2024-07-12", {"coverage": [False, True, True, True, False], "findings": [False] * 17}),
    ],
)
def test_bullets_of_the_shipped_letters(shipped, start, bullets):
    letter = next(letter for file, letter in shipped.items() if file.startswith(start))
    found = {section.kind: [p.bullet for p in section.paragraphs] for section in letter.sections}
    assert {kind: found[kind] for kind in bullets} == bullets


def test_the_press_releases_lines_are_its_paragraphs(shipped):
    letter = shipped["2024-07-swindon-press-release.txt"]
    assert [(section.kind, len(section.paragraphs)) for section in letter.sections] == [("introduction", 19)]


# --- any text ----------------------------------------------------------------------------------------------------------------

LINES = st.sampled_from(
    [
        *(
            "",
            "",
            " ",
            "- ",
            "---",
            "1.",
            "1. One",
            "2. Two",
            "3.1.1 Deep",
            "# Head",
            "## 2. Detail",
            "- item",
            "■ item",
        ),
        *(
            "Dear Sir",
            "Yours sincerely",
            "Her Majesty's Inspector",
            "Contents",
            "Findings 3",
            "Findings",
            "Good",
            "to be good",
        ),
        *(
            "The impact of leaders Good",
            "Overall effectiveness",
            "Judgement Grade",
            "12 July 2024",
            "cut in",
            "the middle",
        ),
        *("Ofsted will take the findings from it.", "Ada Quill", "What needs to improve?", PROSE),
        "The Office for Standards in Education, Children’s Services and Skills (Ofsted) regulates",
    ]
)


@given(st.lists(st.one_of(LINES, st.text(max_size=60)), max_size=30))
def test_any_lines_give_an_outline_that_loses_nothing(lines):
    try:
        source = read_source("a.txt", "\n".join([*lines, "", PROSE]).encode())
    except LetterError:
        return
    lone = [bool(re.fullmatch(r"\d{1,3}\.", line.text)) for line in source.lines]
    assume(not any(one and other for one, other in zip(lone, lone[1:], strict=False)))  # the first would be dropped
    found = outline(source)

    def told(text):
        return "".join(character for character in text if character.isalnum())

    assert told(found.text) == told("".join(line.text for line in source.lines))
    ids = [paragraph.paragraph_id for section in found.sections for paragraph in section.paragraphs]
    assert len(ids) == len(set(ids))
    at = 0
    for section in found.sections:
        assert section.kind in KINDS
        assert section.start == at and section.heading == found.text[at : at + len(section.heading)]
        last = at + len(section.heading)
        for number, paragraph in enumerate(section.paragraphs, 1):
            assert paragraph.number == number
            assert last <= paragraph.start < paragraph.end <= section.end
            assert found.text[paragraph.start : paragraph.end].strip()
            between = found.text[last : paragraph.start].split()
            assert between == ([paragraph.label] if paragraph.label else [])
            last = paragraph.end
        assert not found.text[last : section.end].strip()
        at = section.end
