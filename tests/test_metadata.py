"""Metadata: what each document says of itself, the span it was read from, and nothing guessed."""

import os
from pathlib import Path

import pytest
from documents import CABINET, FOCUSED, INSPECTION, MONITORING, PRESS, REPORT_GRADES, inspection_report, visit_letter
from hypothesis import given
from hypothesis import strategies as st

from assistant.letters.dates import find_periods
from assistant.letters.inspectorates import kind_names, shipped
from assistant.reading.corpus import find_files
from assistant.reading.metadata import read_metadata
from assistant.reading.outline import outline
from assistant.reading.readers.files import read_source
from assistant.reading.readers.lines import Line, Source

GRADES = shipped().grade_names
KINDS = kind_names()

PROSE = (
    "Young people in Rutland like their personal advisers and see them often, at home and in town, and they say that "
    "the flats they live in are warm, quiet and close to the college."
)


def of_bytes(data):
    found = outline(read_source("a.pdf", data))
    return found, read_metadata(found)


def of_text(*paragraphs):
    return of_bytes("\n\n".join([*paragraphs, PROSE]).encode())[1]


def a_visit(
    opening, *, letterhead="4 January 2019", addressee="Ms Jo Field Director of Children’s Services", signed=""
):
    parts = (
        "Ofsted enquiries@ofsted.gov.uk",
        letterhead,
        addressee,
        "Dear Ms Field",
        "Focused visit to Rutland children’s services",
        opening,
        *[PROSE] * 8,
        "Yours sincerely",
        signed,
    )
    return of_bytes("\n\n".join(parts).encode())[1]


# --- the shipped letters ---------------------------------------------------------------------------------------------

TABLE = {
    INSPECTION: {
        "kind": "contact and referral inspection",
        "framework": "contact and referral",
        "issuer": "Ofsted",
        "standing": "inspectorate",
        "visit_start": "2011-02-15",
        "visit_end": "2011-02-16",
        "published": "2011-03-16",
        "published_source": "text",
        "lead_inspector": "Lynne Staines",
        "inspectors": ("Lynne Staines",),
        "addressee": "Mr John Gilbert",
        "title": "Annual unannounced inspection of contact, referral and assessment arrangements within Swindon "
        "Borough Council children's services",
    },
    FOCUSED: {
        "kind": "focused visit",
        "framework": "ILACS",
        "issuer": "Ofsted",
        "standing": "inspectorate",
        "visit_start": "2019-02-06",
        "visit_end": "2019-02-07",
        "published": "2019-03-01",
        "published_source": "text",
        "lead_inspector": "Diane Partridge",
        "inspectors": ("Diane Partridge", "Marcie Taylor"),
        "addressee": "Mr David Haley",
        "title": "Focused visit to Swindon Borough Council children's services",
    },
    CABINET: {
        "kind": "council report",
        "framework": "ILACS",
        "issuer": "Swindon Borough Council",
        "standing": "council",
        "visit_start": "2019-07-01",
        "visit_end": "2019-07-12",
        "published": "2019-09-04",
        "published_source": "text",
        "lead_inspector": None,
        "inspectors": (),
        "addressee": None,
        "title": "Ofsted Inspection of Local Authority Children's Social Care Services (ILACS) Findings",
    },
    MONITORING: {
        "kind": "monitoring visit",
        "framework": "ILACS",
        "issuer": "Ofsted",
        "standing": "inspectorate",
        "visit_start": "2024-05-21",
        "visit_end": "2024-05-22",
        "published": "2024-07-12",
        "published_source": "text",
        "lead_inspector": "Christine Kennet",
        "inspectors": ("Christine Kennet", "Nick Bennison"),
        "addressee": "Ms Lisa Arthey",
        "title": "Monitoring visit to Swindon children's services",
    },
    PRESS: {
        "kind": "press release",
        "framework": None,
        "issuer": "Swindon Borough Council",
        "standing": "council",
        "visit_start": "2024-05",
        "visit_end": "2024-05",
        "published": "2024-07",
        "published_source": "manifest",
        "lead_inspector": None,
        "inspectors": (),
        "addressee": None,
        "title": "Press release on Ofsted's monitoring visit of May 2024",
    },
}


def test_the_table_covers_the_corpus(shipped):
    assert set(shipped) == set(TABLE)


@pytest.mark.parametrize("file", TABLE)
def test_the_shipped_letters_metadata(shipped, file):
    letter = shipped[file]
    assert {name: getattr(letter, name) for name in TABLE[file]} == TABLE[file]
    assert letter.authority == "Swindon"
    assert letter.visit_periods == ((letter.visit_start, letter.visit_end),)
    assert (letter.pages, letter.files) == (None, (file,))


@pytest.mark.parametrize("file", [INSPECTION, FOCUSED, MONITORING, PRESS])
def test_what_gives_no_judgement_has_none(shipped, file):
    assert shipped[file].judgements == ()


def test_the_cabinet_reports_judgements(shipped):
    letter = shipped[CABINET]
    assert {judgement.area: judgement.grade for judgement in letter.judgements} == {
        "overall": "good",
        "leaders": "good",
        "help and protection": "good",
        "in care and care leavers": "requires improvement",
    }
    notes = {judgement.area: judgement.note for judgement in letter.judgements if judgement.note}
    assert list(notes) == ["in care and care leavers"]
    for judgement in letter.judgements:
        assert letter.text[judgement.start : judgement.end] == judgement.quote
        assert "graded as:" in judgement.quote


@pytest.mark.parametrize("file", TABLE)
def test_every_field_read_from_the_text_has_its_words(shipped, file):
    letter = shipped[file]
    words = {name: [letter.text[span.start : span.end] for span in spans] for name, spans in letter.evidence.items()}
    assert words["authority"] == ["Swindon"]
    assert all(quotes and all(quotes) for quotes in words.values())
    assert ("published" in words) == (letter.published_source == "text")
    assert words.get("inspectors", []) == list(letter.inspectors)
    assert words.get("lead_inspector", [None]) == [letter.lead_inspector]
    assert words.get("addressee", [None]) == [letter.addressee]
    assert words["visit"]


@pytest.mark.parametrize("file", TABLE)
def test_every_known_field_of_a_shipped_letter_has_evidence_that_says_it(shipped, file):
    letter = shipped[file]
    words = {name: [letter.text[span.start : span.end] for span in spans] for name, spans in letter.evidence.items()}
    known = {"standing", "kind", "authority", "visit"} | {
        name
        for name in ("issuer", "published", "framework", "lead_inspector", "inspectors", "addressee")
        if getattr(letter, name) and letter.sources[name] == "text"
    }
    assert set(words) == known
    assert words.get("issuer", [letter.issuer]) == [letter.issuer]
    assert words["authority"] == [letter.authority]
    for name in ("lead_inspector", "addressee"):
        assert words.get(name, []) == [value for value in [getattr(letter, name)] if value]
    assert words.get("inspectors", []) == list(letter.inspectors)
    if "framework" in words:
        named = {"ILACS": "ILACS", "contact and referral": "contact, referral"}[letter.framework]
        assert any(named in quote or quote.lower().startswith(letter.kind) for quote in words["framework"])
    (period,) = find_periods(f"{words['visit'][0]} {letter.visit_start[:4]}")[:1]
    assert period.first == letter.visit_start
    if "published" in words:
        assert [period.first for period in find_periods(words["published"][0])] == [letter.published]


# --- PDF ---------------------------------------------------------------------------------------------------------------


def test_a_report_in_pdf():
    found, meta = of_bytes(inspection_report())
    assert (meta.kind, meta.framework, meta.standing, meta.issuer) == (
        "ILACS inspection",
        "ILACS",
        "inspectorate",
        "Ofsted",
    )
    assert (meta.authority, meta.published, meta.addressee) == ("Rutland", None, None)
    assert meta.visits == (("2023-07-17", "2023-07-28"),)
    assert (meta.lead_inspector, meta.inspectors) == ("Ada Quill", ("Ada Quill",))
    assert {judgement.area: judgement.grade for judgement in meta.judgements} == {
        "overall": "requires improvement",
        "leaders": "good",
        "help and protection": "requires improvement",
        "in care": "good",
        "care leavers": "outstanding",
    }
    quotes = {judgement.quote for judgement in meta.judgements}
    assert quotes == {f"{area} {grade}" for area, grade in REPORT_GRADES}
    assert all(found.text[j.start : j.end] == j.quote and j.note is None for j in meta.judgements)


def test_a_visit_letter_in_pdf():
    _, meta = of_bytes(visit_letter())
    assert (meta.kind, meta.framework, meta.standing, meta.issuer) == (
        "focused visit",
        "ILACS",
        "inspectorate",
        "Ofsted",
    )
    assert (meta.authority, meta.published, meta.addressee) == ("Rutland", "2019-01-04", "Ms Jo Field")
    assert meta.visits == (("2018-12-11", "2018-12-12"),)  # inspected in one year, published in the next
    assert (meta.lead_inspector, meta.inspectors) == ("Ada Quill", ("Ada Quill", "Tom Marsh"))
    assert meta.judgements == ()


# --- kinds and standing ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Focused visit to Rutland children’s services", "focused visit"),
        ("Focussed visit to Rutland children’s services", "focused visit"),
        ("Monitoring visit to Rutland children’s services", "monitoring visit"),
        ("Joint targeted area inspection of Rutland", "JTAI"),
        (
            "Annual unannounced inspection of contact, referral and assessment arrangements",
            "contact and referral inspection",
        ),
        ("Inspection of Rutland local authority children’s services", "ILACS inspection"),
        ("A matter of no known kind", "other"),
    ],
)
def test_the_title_of_a_letter_tells_its_kind(title, kind):
    meta = of_text("enquiries@ofsted.gov.uk", "4 January 2019", "Dear Ms Field", title, "We came and we saw.")
    assert (meta.standing, meta.kind) == ("inspectorate", kind)
    assert meta.kind in KINDS


def test_a_letter_that_mentions_a_monitoring_visit_is_not_one():
    assert a_visit("This letter follows the monitoring visit to Rutland in May 2018.").kind == "focused visit"


def test_a_council_report_by_its_front_page():
    meta = of_text("Progress on placements", "Cabinet", "Report author: Director of Children’s Services", "Wards: All")
    assert (meta.standing, meta.kind) == ("council", "council report")


def test_a_press_release_by_its_spokesperson():
    meta = of_text("Councillor Ann Moor, Leader of Rutland County Council, said: “We have more to do.”")
    assert (meta.standing, meta.kind, meta.issuer) == ("council", "press release", "Rutland County Council")


def test_a_text_of_nobody_in_particular_claims_nothing():
    meta = of_text(
        "The weather in the hills was fine on every day of the week, and nobody wrote of anything else at all."
    )
    assert (meta.standing, meta.kind, meta.issuer, meta.framework) == ("other", "other", None, None)
    assert (meta.published, meta.visits, meta.lead_inspector, meta.addressee) == (None, (), None, None)
    assert (meta.inspectors, meta.judgements) == ((), ())


# --- dates -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line", ["4 January 2019", "Date: 4th January 2019", "Published: 4 January 2019", "4 January 2019."]
)
def test_the_date_of_a_letter_stands_alone(line):
    assert a_visit("We visited.", letterhead=line).published == "2019-01-04"


@pytest.mark.parametrize("line", ["Inspection dates: 3 to 7 June 2019", "Your letter of 3 June 2019", "June and July"])
def test_other_dates_of_the_letterhead_are_not_the_letters(line):
    assert a_visit("We visited.", letterhead=line).published is None


def test_a_printed_date_of_publication():
    meta = of_text(
        "Rutland County Council", "Inspection date: 6 March 2017 – 30 March 2017", "Report published: 13 June 2017"
    )
    assert meta.published == "2017-06-13"


@pytest.mark.parametrize(
    ("opening", "visits"),
    [
        ("Here are the findings of the focused visit on 11 and 12 December 2018.", [("2018-12-11", "2018-12-12")]),
        ("Our visit, conducted on 3 June 2019, went well.", [("2019-06-03", "2019-06-03")]),
        (
            "Inspection dates: 8 to 12 July 2019 and 7 to 8 August 2019.",
            [("2019-07-08", "2019-07-12"), ("2019-08-07", "2019-08-08")],
        ),
        ("The last inspection was in July 2016. This visit took place on 3 June 2019.", [("2019-06-03", "2019-06-03")]),
        ("We plan to come again in June.", []),
    ],
)
def test_the_period_of_the_visit(opening, visits):
    assert a_visit(opening).visits == tuple(visits)


def test_an_earlier_inspection_is_not_this_visit():
    meta = a_visit("This is the second visit since the council was judged inadequate on 3 July 2017. We came by train.")
    assert meta.visits == ()


def test_a_period_that_stands_before_its_verb():
    opening = "Between 21 and 25 January 2019, Ofsted and the Care Quality Commission undertook a joint inspection."
    assert a_visit(opening).visits == (("2019-01-21", "2019-01-25"),)


# --- people --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("opening", "names"),
    [
        ("The inspectors were Ada Quill and Tom Marsh, two of Her Majesty's inspectors.", ("Ada Quill", "Tom Marsh")),
        ("His Majesty’s Inspectors for this visit were Ada Quill and Tom Marsh.", ("Ada Quill", "Tom Marsh")),
        (
            "The inspectors were Ada Quill, HMI, Tom Marsh, HMI, and Jo van Dyke, HMI.",
            ("Ada Quill", "Tom Marsh", "Jo van Dyke"),
        ),
        ("The inspectors were Anne-Marie O’Neill and Zoë Lee.", ("Anne-Marie O’Neill", "Zoë Lee")),
        ("Lead inspector: Ada Quill", ("Ada Quill",)),
        ("Nobody is named.", ()),
    ],
)
def test_inspectors(opening, names):
    meta = a_visit(opening)
    assert meta.inspectors == names
    assert meta.lead_inspector == (names[0] if names else None)


def test_the_signatory_is_named_once():
    meta = a_visit("The inspectors were Ada Quill and Tom Marsh.", signed="Ada Quill\nHis Majesty’s Inspector")
    assert meta.inspectors == ("Ada Quill", "Tom Marsh")
    assert a_visit("We visited.", signed="Ada Quill\nHis Majesty’s Inspector").inspectors == ("Ada Quill",)


def test_the_inspectors_title_is_no_name():
    opening = "The visit was carried out by Her Majesty’s Inspectors Ada Quill and Tom Marsh."
    meta = a_visit(f"{opening} The inspectors were Her Majesty’s Inspectors Ada Quill and Tom Marsh.")
    assert meta.inspectors == ("Ada Quill", "Tom Marsh")


def test_an_agency_is_no_part_of_a_name():
    meta = a_visit(
        "We visited.", signed="HMI Constabulary HMI Probation\n\nWendy Hill Her Majesty’s Inspector of Constabulary"
    )
    assert meta.lead_inspector in (None, "Wendy Hill")


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Ms Jo Field Director of Children’s Services Rutland County Council", "Ms Jo Field"),
        ("Jo Field, Interim Director of Children’s Services", "Jo Field"),
        ("Mr John Gilbert Group Director Children's Services", "Mr John Gilbert"),
        ("Catmose House Oakham", None),
    ],
)
def test_addressees(line, name):
    assert a_visit("We visited.", addressee=line).addressee == name


@pytest.mark.parametrize(
    "role",
    [
        "Managing Director",
        "Bi-Borough Executive Director of Children’s Services",
        "OBE Director of Children’s Services",
        "Rutland County Council Catmose House Oakham",
        "Children and Family Services Director",
    ],
)
def test_an_addressees_role_is_no_part_of_the_name(role):
    assert a_visit("We visited.", addressee=f"Jo Field {role}").addressee == "Jo Field"


# --- judgements -------------------------------------------------------------------------------------------------------------------


def a_report(*rows, framework="Inspection of Rutland local authority children’s services"):
    lines = [framework, "Lead inspector: Ada Quill", "Judgement Grade", *rows, PROSE]
    made = [Line(line, 1, gap=True, heading=line == "Judgement Grade", size=12.0, full=False) for line in lines]
    return read_metadata(outline(Source(tuple(made), (), 2, wrapped=True)))


def test_children_in_care_and_care_leavers_judged_together():
    meta = a_report(
        "The experiences and progress of children in care and care leavers Good", "Overall effectiveness Good"
    )
    grades = {judgement.area: (judgement.grade, bool(judgement.note)) for judgement in meta.judgements}
    assert grades == {"overall": ("good", False), "in care and care leavers": ("good", True)}


SIF = "Inspection of services for children in need of help and protection, children looked after and care leavers"


def test_the_single_inspection_frameworks_grid():
    meta = a_report(
        "1. Children who need help and protection Inadequate",
        "2. Children looked after and achieving permanence Requires improvement",
        "2.1 Adoption performance Good",
        "2.2 Experiences and progress of care leavers Outstanding",
        "3. Leadership, management and governance Good",
        framework=SIF,
    )
    assert (meta.kind, meta.framework) == ("SIF inspection", "SIF")
    assert {judgement.area: judgement.grade for judgement in meta.judgements} == {
        "help and protection": "inadequate",
        "looked after": "requires improvement",
        "adoption": "good",
        "care leavers": "outstanding",
        "leaders": "good",
    }


def test_require_improvement_in_the_plural():
    meta = a_report("1. Children who need help and protection Require improvement", framework=SIF)
    assert [judgement.grade for judgement in meta.judgements] == ["requires improvement"]


def test_the_overall_sentence_of_a_single_framework_report():
    meta = a_report(
        "Children’s services in Rutland require improvement",
        "1. Children who need help and protection Good",
        framework=SIF,
    )
    assert {judgement.area: judgement.grade for judgement in meta.judgements}["overall"] == "requires improvement"


def test_the_table_wins_over_the_headings_and_each_area_is_given_once():
    _, meta = of_bytes(inspection_report())
    areas = [judgement.area for judgement in meta.judgements]
    assert len(areas) == len(set(areas)) == 5


def test_a_grade_in_running_text_is_no_judgement():
    meta = a_visit("The council says that overall effectiveness is good. We came on 3 June 2019 to see.")
    assert meta.judgements == ()


# --- any text ------------------------------------------------------------------------------------------------------------------------

WORDS = st.characters(exclude_categories=("Cs", "Cc"))  # control characters are no text
PIECES = st.sampled_from(
    [
        *(
            "Dear Ms Field",
            "4 January 2019",
            "enquiries@ofsted.gov.uk",
            "Focused visit to Rutland",
            "Lead inspector: Ada Quill",
        ),
        *(
            "The inspectors were Ada Quill and Tom Marsh.",
            "Yours sincerely",
            "Judgement Grade",
            "Overall effectiveness Good",
        ),
        *(
            "Cabinet",
            "Wards: All",
            "Councillor Ann Moor said: “Yes.”",
            "Inspection dates: 8 to 12 July 2019",
            "Rutland",
        ),
        *("The visit took place on 3 and 4 May 2018.", "His Majesty’s Inspector", "Swindon Borough Council", PROSE),
    ]
)


@given(st.lists(st.one_of(PIECES, st.text(WORDS, max_size=80)), max_size=25))
def test_any_text_gives_fields_whose_words_stand_in_it(pieces):
    found, meta = of_bytes("\n\n".join([*pieces, PROSE]).encode())
    assert meta.kind in KINDS
    for name, spans in meta.evidence.items():
        for span in spans:
            assert found.text[span.start : span.end].strip(), name
    for judgement in meta.judgements:
        assert found.text[judgement.start : judgement.end] == judgement.quote and judgement.grade in GRADES
    assert meta.lead_inspector == (meta.inspectors[0] if meta.inspectors else None)
    assert all(first <= last for first, last in meta.visits)
    assert meta.standing == "inspectorate" or not meta.inspectors


# --- misprints, and real letters ----------------------------------------------------------------------------------------------------


def test_a_letter_dated_before_its_visit_is_reported_as_printed():
    opening = "This letter summarises the findings of the focused visit to Rutland on 18 and 19 December 2019."
    meta = a_visit(opening, letterhead="21 January 2019")
    assert (meta.published, meta.visits) == ("2019-01-21", (("2019-12-18", "2019-12-19"),))
    assert meta.warnings == ("published: printed as 2019-01-21, before the visit of 2019-12-18",)
    assert a_visit(opening, letterhead="21 January 2020").warnings == ()


def test_a_year_that_was_not_printed_is_the_letters_own_or_the_one_before():
    opening = "This letter summarises the findings of a focused visit to Rutland on 10 and 11 December."
    assert a_visit(opening, letterhead="14 January 2020").visits == (("2019-12-10", "2019-12-11"),)
    assert a_visit(opening, letterhead="20 December 2019").visits == (("2019-12-10", "2019-12-11"),)
    assert a_visit(opening, letterhead="").visits == ()


def test_a_misprinted_date_is_no_date():
    assert a_visit("We visited.", letterhead="6 November 20205").published is None


@pytest.mark.parametrize(
    ("signature", "name"),
    [
        ("Ada Quill\nHer Majesty’s Inspector", "Ada Quill"),
        ("Ada Quill\n\nSenior HMI", "Ada Quill"),
        ("Ben Hall\nRegional Director, East Midlands", "Ben Hall"),
        ("Ada Quill (Lead Inspector)\nHis Majesty's Inspector", "Ada Quill"),
        ("Wendy Hill\nHer Majesty’s Inspector of Constabulary", None),
    ],
)
def test_who_signed(signature, name):
    assert a_visit("We visited.", signed=signature).lead_inspector == name


def test_the_signatory_leads_whatever_the_order_of_names():
    meta = a_visit("The inspectors were Tom Marsh, Ada Quill and Jo Reed.", signed="Ada Quill\nHis Majesty’s Inspector")
    assert (meta.lead_inspector, meta.inspectors) == ("Ada Quill", ("Ada Quill", "Tom Marsh", "Jo Reed"))


def test_real_letters_are_the_inspectorates_and_each_field_has_its_words():
    folder = os.environ.get("ASSISTANT_TEST_LETTERS")
    if not folder:
        pytest.skip("ASSISTANT_TEST_LETTERS names no folder of letters")
    files = find_files(Path(folder))
    assert files
    for file in files:
        found = outline(read_source("a", file.read_bytes()))
        meta = read_metadata(found)
        assert (meta.standing, bool(meta.authority), bool(meta.issuer)) == ("inspectorate", True, True), file.name
        assert meta.visits or meta.kind == "other", file.name
        assert meta.lead_inspector is None or meta.inspectors[0] == meta.lead_inspector, file.name
        for name, spans in meta.evidence.items():
            assert spans and all(found.text[span.start : span.end].strip() for span in spans), (file.name, name)
