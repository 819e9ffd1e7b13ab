"""Metadata of whole documents of each layout and generation, written for these tests in the ways that real ones are.

The authorities are real; the situations, the wording and the people are invented.
"""

import pytest

from assistant.reading.metadata import read_metadata
from assistant.reading.outline import outline
from assistant.reading.readers.files import read_source

LETTERHEAD = "Ofsted\nPiccadilly Gate\nStore Street\nManchester\nM1 2WD\n\nT 0300 123 1231\nTextphone 0161 618 8524\nenquiries@ofsted.gov.uk\nwww.gov.uk/ofsted\n\n"
BODY = """
Overview

Since the last inspection in March 2017, senior leaders in the authority have made steady progress in a difficult year. Social workers know their children well and write plans that families understand. The scrutiny committee and the cabinet member hear from young people, and Councillor Jones said that this would go on.

What needs to improve in this area of social work practice

- The timeliness of initial visits to children.
- The quality of written plans.

Findings

When contacts come in, they are answered on the same day. Managers record why they decided as they did. Strategy meetings are prompt and bring in the police and health.

Most assessments are thorough. Some are too long in the making, and children wait. Care leavers live in homes that suit them and see their personal advisers often.

Ofsted will take the findings from this visit into account when planning the next inspection or visit.

"""


def letter(
    date,
    addr,
    dear,
    title,
    first,
    body=BODY,
    sign="Yours sincerely\n\nAda Quill\nHer Majesty’s Inspector\n",
    lh=LETTERHEAD,
    foot="",
):
    return lh + date + "\n\n" + addr + "\n\n" + dear + "\n\n" + title + "\n\n" + first + "\n" + body + sign + foot


DOCUMENTS: dict[str, tuple[str, dict[str, object]]] = {}


def doc(name: str, text: str, **expected: object) -> None:
    """A document and what is expected of its metadata."""
    assert name not in DOCUMENTS
    DOCUMENTS[name] = (text, expected)


DCS = "Ms Jo Field\nDirector of Children’s Services\nRutland County Council\nCatmose House\nOakham LE15 6HP"
OFSTED = dict(standing="inspectorate", issuer="Ofsted")
for n, (d, iso) in enumerate(
    [
        ("1 March 2019", "2019-03-01"),
        ("01/03/2019", "2019-03-01"),
        ("March 1st, 2019", "2019-03-01"),
        ("1st March 2019", "2019-03-01"),
        ("01 March, 2019", "2019-03-01"),
        ("Friday 1 March 2019", "2019-03-01"),
        ("Date: 1 March 2019", "2019-03-01"),
        ("Date of letter: 01.03.2019", "2019-03-01"),
        ("Date\n1 March 2019", "2019-03-01"),
        ("1 MARCH 2019", "2019-03-01"),
    ]
):
    doc(
        f"date{n}",
        letter(
            d,
            DCS,
            "Dear Ms Field",
            "Focused visit to Rutland children’s services",
            "This letter summarises the findings of a focused visit to Rutland children’s services on 5 and 6 February 2019. The inspectors were Ada Quill, HMI, and Tom Marsh, HMI.",
        ),
        published=iso,
        visits=(("2019-02-05", "2019-02-06"),),
        kind="focused visit",
        framework="ILACS",
        authority="Rutland",
        lead_inspector="Ada Quill",
        inspectors=("Ada Quill", "Tom Marsh"),
        addressee="Ms Jo Field",
        **OFSTED,
    )
# monitoring visits, SIF generation
doc(
    "mon-sif",
    letter(
        "19 October 2016",
        "Mr Sam Poole\nInterim Director of Children’s Services\nSandwell Metropolitan Borough Council\nCouncil House\nFreeth Street\nOldbury\nB69 3DE",
        "Dear Sam",
        "Monitoring visit of Sandwell Metropolitan Borough Council children’s services",
        "This letter contains a summary of findings from a monitoring visit to Sandwell children’s services on 20 and 21 September 2016. The visit was the first monitoring visit since the local authority was judged inadequate in June 2015. The inspectors were Ada Quill HMI and Tom Marsh HMI.",
        sign="Yours sincerely\n\nAda Quill\nHer Majesty’s Inspector\n",
    ),
    published="2016-10-19",
    visits=(("2016-09-20", "2016-09-21"),),
    kind="monitoring visit",
    authority="Sandwell",
    lead_inspector="Ada Quill",
    inspectors=("Ada Quill", "Tom Marsh"),
    addressee="Mr Sam Poole",
    **OFSTED,
)
doc(
    "mon-earlier-first",
    letter(
        "7 June 2021",
        "Jo Field\nDirector of Children’s Services\nDevon County Council\nCounty Hall\nExeter EX2 4QD",
        "Dear Jo",
        "Monitoring visit to Devon children’s services",
        "Devon was judged inadequate following an inspection that ended on 31 January 2020. A focused visit took place on 3 and 4 November 2020. This letter summarises the findings of the monitoring visit to Devon children’s services on 5 and 6 May 2021. This was the second monitoring visit since the local authority was judged inadequate in January 2020. Her Majesty’s Inspectors for this visit were Ada Quill and Tom Marsh. This visit was carried out in line with the inspection of local authority children’s services (ILACS) framework.",
    ),
    published="2021-06-07",
    visits=(("2021-05-05", "2021-05-06"),),
    kind="monitoring visit",
    framework="ILACS",
    authority="Devon",
    addressee="Jo Field",
    **OFSTED,
)
doc(
    "mon-last",
    letter(
        "7 June 2021",
        DCS,
        "Dear Ms Field",
        "Monitoring visit to Rutland children’s services",
        "This letter summarises the findings of the sixth and last monitoring visit to Rutland children’s services on 5 May 2021. The visit was carried out by Ada Quill, Senior HMI, and Tom Marsh, Ofsted Inspector.",
        sign="Yours sincerely\n\nAda Quill\nSenior HMI\n",
    ),
    published="2021-06-07",
    visits=(("2021-05-05", "2021-05-05"),),
    kind="monitoring visit",
    authority="Rutland",
    lead_inspector="Ada Quill",
    inspectors=("Ada Quill", "Tom Marsh"),
    **OFSTED,
)
doc(
    "contact-2010",
    letter(
        "5 February 2010",
        "Mr Ian Wood\nExecutive Director, Children and Young People\nKent County Council\nSessions House\nMaidstone\nME14 1XQ",
        "Dear Mr Wood",
        "Annual unannounced inspection of contact, referral and assessment arrangements within Kent County Council children’s services",
        "This letter summarises the findings of the recent unannounced inspection of contact, referral and assessment arrangements within local authority children’s services in Kent County Council which was conducted on 12 and 13 January 2010. The inspection was carried out under section 138 of the Education and Inspections Act 2006. It will contribute to the annual review of the performance of the authority’s children’s services.",
        lh="Freshford House\nRedcliffe Way\nBristol BS1 6NL\n\nT 08456 404040\nenquiries@ofsted.gov.uk\nwww.ofsted.gov.uk\nDirect T 0117 945 6293\n\n",
        sign="Yours sincerely\n\nAda Quill\nHer Majesty’s Inspector\n\nCopy: Peter Gill, Chief Executive, Kent County Council\nMary Moss, Chair of Kent Safeguarding Children Board\nAnn Moor, Lead Member for Children’s Services, Kent County Council\n",
    ),
    published="2010-02-05",
    visits=(("2010-01-12", "2010-01-13"),),
    kind="contact and referral inspection",
    framework="contact and referral",
    authority="Kent",
    lead_inspector="Ada Quill",
    inspectors=("Ada Quill",),
    addressee="Mr Ian Wood",
    **OFSTED,
)
doc(
    "offsite",
    letter(
        "20 January 2021",
        DCS,
        "Dear Ms Field",
        "COVID-19 focused visit to Rutland children’s services",
        "Her Majesty’s Chief Inspector of Education, Children’s Services and Skills is leading Ofsted’s work into how England’s social care system has delivered child-centred practice within the context of the restrictions placed on society during the COVID-19 pandemic.\n\nThis letter summarises the findings of a focused visit to Rutland children’s services. The fieldwork was carried out remotely between 30 November and 4 December 2020, with a day on site on 8 December 2020. Her Majesty’s Inspectors were Ada Quill, Tom Marsh and Jo Reed.",
    ),
    published="2021-01-20",
    authority="Rutland",
    kind="focused visit",
    inspectors=("Ada Quill", "Tom Marsh", "Jo Reed"),
    **OFSTED,
)
doc(
    "noyear",
    letter(
        "14 January 2020",
        DCS,
        "Dear Ms Field",
        "Focused visit to Rutland children’s services",
        "This letter summarises the findings of a focused visit to Rutland children’s services on 10 and 11 December. The inspectors were Ada Quill and Tom Marsh, two of Her Majesty’s Inspectors.",
    ),
    published="2020-01-14",
    visits=(("2019-12-10", "2019-12-11"),),
    **OFSTED,
)
doc(
    "break",
    letter(
        "14 January 2020",
        DCS,
        "Dear Ms Field",
        "Focused visit to Rutland children’s services",
        "This letter summarises the findings of the focused visit to Rutland local authority\n\nchildren’s services on 10 and 11 December 2019. The inspectors were Ada Quill and Tom Marsh, two of Her Majesty’s Inspectors.",
    ),
    visits=(("2019-12-10", "2019-12-11"),),
    **OFSTED,
)
doc(
    "nohead",
    "Focused visit to Rutland children’s services\n\nThis letter summarises the findings of the focused visit to Rutland children’s services on 10 and 11 December 2019. The inspectors were Ada Quill and Tom Marsh, two of Her Majesty’s Inspectors.\n"
    + BODY
    + "Yours sincerely\n\nAda Quill\nHer Majesty’s Inspector\n",
    visits=(("2019-12-10", "2019-12-11"),),
    kind="focused visit",
    published=None,
    lead_inspector="Ada Quill",
    **OFSTED,
)
doc(
    "ceo-cc",
    letter(
        "14 January 2020",
        "Ms Jo Field, Chief Executive, Northamptonshire Children’s Trust\nMr Tom Brook, Director of Children’s Services, West Northamptonshire Council",
        "Dear Ms Field and Mr Brook",
        "Focused visit to West Northamptonshire children’s services",
        "This letter summarises the findings of the focused visit to West Northamptonshire on 10 December 2019. Northamptonshire Children’s Trust delivers the services for West Northamptonshire Council and North Northamptonshire Council. His Majesty’s Inspectors for this visit were lead inspector Ada Quill and team inspector Tom Marsh.",
    ),
    authority="West Northamptonshire",
    visits=(("2019-12-10", "2019-12-10"),),
    inspectors=("Ada Quill", "Tom Marsh"),
    addressee="Ms Jo Field",
    **OFSTED,
)


# reports
def ilacs(title, dates, lead="Lead inspector: Ada Quill, His Majesty’s Inspector", extra=""):
    return f"{title}\n\n{dates}\n\n{lead}\n\n{extra}Judgement Grade\n\nThe impact of leaders on social work practice with children and families Good\n\nThe experiences and progress of children who need help and protection Good\n\nThe experiences and progress of children in care Good\n\nThe experiences and progress of care leavers Good\n\nOverall effectiveness Good\n\nServices for children have improved since the last inspection on 3 March 2018, when they were judged to require improvement. Leaders know their services well. Since the focused visit in 2021 a new front door has opened. The cabinet and the scrutiny committee hold officers to account.\n\nWhat needs to improve?\n\n- Plans.\n\nThe experiences and progress of children who need help and protection: good\n\n1. Children are helped early. Families say that they are heard.\n\nThe Office for Standards in Education, Children’s Services and Skills (Ofsted) regulates and inspects to achieve excellence in the care of children and young people.\n"


REPORT = dict(standing="inspectorate", issuer="Ofsted", kind="ILACS inspection", framework="ILACS", published=None)
for n, (d, v) in enumerate(
    [
        ("Inspection dates: 28 November to 9 December 2022", [("2022-11-28", "2022-12-09")]),
        ("Inspection dates: 30 January - 3 February 2023", [("2023-01-30", "2023-02-03")]),
        ("Inspection dates:\n\n17 to 28 July 2023", [("2023-07-17", "2023-07-28")]),
        (
            "Dates of inspection: 5 to 9 June and 19 to 23 June 2023",
            [("2023-06-05", "2023-06-09"), ("2023-06-19", "2023-06-23")],
        ),
        ("Inspection dates: 12 December 2022 to 13 January 2023", [("2022-12-12", "2023-01-13")]),
        ("Inspection date: Monday 5 June 2023 to Friday 16 June 2023", [("2023-06-05", "2023-06-16")]),
        ("Inspection dates 5/6/2023 - 16/6/2023", [("2023-06-05", "2023-06-16")]),
        (
            "Inspection dates: 30 September to 11 October 2024 and 13 to 16 January 2025",
            [("2024-09-30", "2024-10-11"), ("2025-01-13", "2025-01-16")],
        ),
    ]
):
    doc(
        f"ilacs{n}",
        ilacs("Inspection of Rutland local authority children’s services", d),
        visits=tuple(v),
        authority="Rutland",
        lead_inspector="Ada Quill",
        inspectors=("Ada Quill",),
        **REPORT,
    )
doc(
    "ilacs-title",
    ilacs(
        "Royal Borough of Kensington\nand Chelsea\n\nInspection of children’s social care services",
        "Inspection dates: 3 to 14 February 2020",
    ),
    authority="Kensington and Chelsea",
    visits=(("2020-02-03", "2020-02-14"),),
    **REPORT,
)
doc(
    "ilacs-table",
    ilacs(
        "Inspection of Bournemouth, Christchurch\nand Poole local authority children’s\nservices",
        "Inspection dates\n\n6 to 17 December 2021",
        lead="Lead inspector\n\nAda Quill, Her Majesty’s Inspector",
    ),
    authority="Bournemouth, Christchurch and Poole",
    visits=(("2021-12-06", "2021-12-17"),),
    lead_inspector="Ada Quill",
    **REPORT,
)
doc(
    "sif",
    "London Borough of Barnet\n\nInspection of services for children in need of help and protection, children looked after and care leavers\n\nand\n\nReview of the effectiveness of the Local Safeguarding Children Board1\n\nInspection date: 25 April 2017 to 18 May 2017\n\nReport published: 7 July 2017\n\nChildren’s services in Barnet are inadequate\n\nThis is because there are serious failures that leave children at risk of harm and nobody puts them right.\n\n1 Children who need help and protection Inadequate\n\nExecutive summary\n\nServices in Barnet have got worse. The director of children’s services knows it, and the lead member has said so to the scrutiny committee. Plans are late.\n\nRecommendations\n\n1. Write plans.\n\nThe inspection team\n\nLead inspector: Ada Quill\n\nDeputy lead inspector: Tom Marsh\n\nTeam inspectors: Jo Reed, Ann Moor HMI, Pat Hill Contracted Inspector\n\nSenior data analyst: Lee Ford\n\nQuality assurance manager: Di Cross\n",
    standing="inspectorate",
    issuer="Ofsted",
    kind="SIF inspection",
    framework="SIF",
    authority="Barnet",
    published="2017-07-07",
    visits=(("2017-04-25", "2017-05-18"),),
    inspectors=("Ada Quill", "Tom Marsh", "Jo Reed", "Ann Moor", "Pat Hill"),
)
doc(
    "slac",
    "Inspection of safeguarding and\nlooked after children services\n\nCumbria County Council\n\nInspection dates: 19 – 30 March 2012\n\nReporting inspector: Ada Quill HMI\n\nAge group: All\n\nPublished: 4 May 2012\n\n© Crown copyright 2012\n\nAbout this inspection\n\n1. The purpose of the inspection is to evaluate the contribution made by relevant services in the local area towards ensuring that children are safe. The inspection team consisted of four of Her Majesty’s Inspectors (HMI) and one inspector from the Care Quality Commission. The annual unannounced inspection of contact, referral and assessment arrangements took place on 4 and 5 August 2010.\n",
    standing="inspectorate",
    kind="other",
    framework=None,
    authority="Cumbria",
    published="2012-05-04",
    visits=(("2012-03-19", "2012-03-30"),),
    lead_inspector="Ada Quill",
)
doc(
    "lapc",
    "Inspection of local authority arrangements for the protection of children\n\nRochdale Metropolitan Borough Council\n\nInspection dates: 1 – 10 October 2012\n\nLead inspector: Ada Quill HMI\n\nAge group: All\n\nThe inspection judgements and what they mean\n\n1. All inspection judgements are made using the following four point scale. Outstanding is a service that significantly exceeds minimum requirements.\n",
    standing="inspectorate",
    kind="other",
    authority="Rochdale",
    published=None,
    visits=(("2012-10-01", "2012-10-10"),),
    lead_inspector="Ada Quill",
)
SIGNATURES = "Yours sincerely\n\nYvette Stone\nNational Director Regulation and Social Care, Ofsted\n\nDr Ben Hall\nChief Inspector of Healthcare, CQC\n\nGill Wood CBE\nHis Majesty’s Inspector of Constabulary and Fire & Rescue Services\n"
doc(
    "jtai",
    letter(
        "31 March 2023",
        "Jo Field, Director of Children’s Services, Leeds City Council\nSam West, Chief Executive, NHS West Yorkshire Integrated Care Board\nPat Hill, Chief Constable, West Yorkshire Police",
        "Dear Leeds Safeguarding Children Partnership",
        "Joint targeted area inspection of Leeds",
        "This letter summarises the findings of the joint targeted area inspection (JTAI) of the multi-agency response to serious youth violence in Leeds.\n\nThis inspection took place from 13 to 17 February 2023. It was carried out by inspectors from Ofsted, the Care Quality Commission (CQC), His Majesty’s Inspectorate of Constabulary and Fire & Rescue Services (HMICFRS) and His Majesty’s Inspectorate of Probation (HMIP).",
        lh="",
        sign=SIGNATURES,
    ),
    standing="inspectorate",
    kind="JTAI",
    framework="JTAI",
    authority="Leeds",
    published="2023-03-31",
    visits=(("2023-02-13", "2023-02-17"),),
    lead_inspector=None,
    inspectors=(),
    addressee="Leeds Safeguarding Children Partnership",
)
doc(
    "send-letter",
    letter(
        "5 July 2018",
        "Ms Jo Field\nDirector of Children’s Services\nBury Metropolitan Borough Council\nKnowsley Street\nBury BL9 0SW\n\nSam West, Clinical Commissioning Group Chief Officer",
        "Dear Ms Field",
        "Joint local area SEND inspection in Bury",
        "Between 14 May 2018 and 18 May 2018, Ofsted and the Care Quality Commission (CQC) conducted a joint inspection of the local area of Bury to judge the effectiveness of the area in implementing the disability and special educational needs reforms as set out in the Children and Families Act 2014.\n\nThe inspection was led by one of Her Majesty’s Inspectors from Ofsted, with a team of inspectors including an Ofsted Inspector and a children’s services inspector from the CQC.",
        sign="Yours sincerely\n\nOfsted Care Quality Commission\n\nBen Hall HMI\nRegional Director\n\nUrsula Wood\nDeputy Chief Inspector, Primary Medical Services, Children Health and Justice\n\nAda Quill HMI\nLead Inspector\n\nTom Marsh\nCQC Inspector\n",
    ),
    standing="inspectorate",
    issuer="Ofsted and Care Quality Commission",
    kind="area SEND inspection",
    framework="area SEND",
    authority="Bury",
    published="2018-07-05",
    visits=(("2018-05-14", "2018-05-18"),),
    lead_inspector="Ada Quill",
    addressee="Ms Jo Field",
)
doc(
    "send-monitor",
    "Area SEND monitoring inspection of Torbay Local Area Partnership\n\nInspection dates: 4 to 6 March 2025\n\nDates of previous inspection: 15 to 19 November 2021\n\nInspection outcome\n\nThe local area partnership has taken effective action in some areas. Children in Torbay wait less.\n\nInformation about this inspection\n\nThe inspection was led by one of His Majesty’s Inspectors from Ofsted, with an inspector from the Care Quality Commission (CQC).\n\nInspection team\n\nOfsted Care Quality Commission\n\nAda Quill, Ofsted HMI lead inspector Tom Marsh, CQC lead inspector\n\nThe Office for Standards in Education, Children’s Services and Skills (Ofsted) regulates and inspects to achieve excellence.\n",
    standing="inspectorate",
    kind="area SEND inspection",
    framework="area SEND",
    authority="Torbay",
    published=None,
    visits=(("2025-03-04", "2025-03-06"),),
    lead_inspector="Ada Quill",
    inspectors=("Ada Quill", "Tom Marsh"),
)
QUOTE = (
    """Appendix A

Ofsted
Piccadilly Gate
Store Street
Manchester M1 2WD
T 0300 123 1231
enquiries@ofsted.gov.uk

1 March 2019

Dear Ms Field

Focused visit to Rutland children’s services

This letter summarises the findings of a focused visit to Rutland children’s services on 5 and 6 February 2019. The inspectors were Ada Quill, HMI, and Tom Marsh, HMI.
"""
    + BODY
    + "Yours sincerely\n\nAda Quill\nHer Majesty’s Inspector\n"
)
doc(
    "scrutiny",
    "Rutland County Council\n\nReport to: Children and Young People Scrutiny Committee\n\nDate: 4 April 2019\n\nSubject: Ofsted focused visit, February 2019\n\nReport of: Strategic Director for People\n\nPortfolio holder: Cllr Ann Moor\n\n1. Purpose of the report\n\n1.1 This report informs the committee of the outcome of the focused visit that Ofsted carried out on 5 and 6 February 2019. The letter is attached at Appendix A.\n\n2. Recommendations\n\n2.1 That the committee notes the letter.\n\n3. Financial implications\n\n3.1 None.\n\n"
    + QUOTE,
    standing="council",
    kind="council report",
    issuer="Rutland County Council",
    authority="Rutland",
    published="2019-04-04",
    visits=(("2019-02-05", "2019-02-06"),),
    lead_inspector=None,
    addressee=None,
)
doc(
    "cover",
    "Children’s Services Scrutiny Panel\n\n4 April 2019\n\nLetter from Ofsted: focused visit\n\nCity of York Council\n\nReport of the Corporate Director of Children, Education and Communities\n\n"
    + QUOTE.replace("Rutland", "York"),
    standing="council",
    kind="council report",
    issuer="City of York Council",
    authority="York",
    published="2019-04-04",
)
doc(
    "cabinet2",
    "London Borough of Sutton\n\nPeople Committee, 10 October 2018\n\nOfsted Inspection of Local Authority Children’s Services\n\nWard Location: Not ward specific\n\nAuthor(s) and Contact Phone Number(s): Jo Field, Director of Children’s Services\n\nReport Status: Open\n\nSummary\n\nOfsted inspected services in Sutton over two weeks commencing 3 September 2018, having last inspected on 8 June 2015. It compared Sutton with Merton, Merton, Croydon and Kingston, and with Kingston and Merton again. Inspectors found that services are good.\n\nRecommendations\n\nThe committee is asked to note the report.\n",
    standing="council",
    kind="council report",
    issuer="London Borough of Sutton",
    authority="Sutton",
    published="2018-10-10",
    visits=(("2018-09-03", "2018-09"),),
)
doc(
    "minutes",
    "MINUTES OF THE CHILDREN AND FAMILIES SCRUTINY COMMITTEE\n\nWiltshire Council\n\nMeeting held on Tuesday 12 March 2020 at 6.30pm in the Council Chamber\n\nPresent: Councillors A Moor (Chair), B Hill and C West\n\nApologies for absence were received from Councillor D Ford.\n\n1. Declarations of interest\n\nThere were none.\n\n2. Ofsted focused visit\n\nThe Director of Children’s Services said that Ofsted had carried out a focused visit on 14 and 15 January 2020. Inspectors had found that care leavers were well supported. Councillor Hill said that this was welcome.\n\nIt was RESOLVED that the letter be noted.\n",
    standing="council",
    kind="other",
    issuer="Wiltshire Council",
    authority="Wiltshire",
    published="2020-03-12",
)
doc(
    "press",
    "Rutland County Council\n\nNews release\n\n12 July 2024\n\nInspectors praise work with care leavers\n\nOfsted inspectors have praised the work of Rutland County Council with care leavers after a visit in May. In a letter published on www.gov.uk/ofsted today they say that young people are “well supported”.\n\nThe letter says: “This letter summarises the findings of the focused visit on 14 and 15 May 2024.”\n\nCouncillor Ann Moor, Cabinet Member for Children, said: “We are proud of our staff. The scrutiny committee will look at the letter, and cabinet too.”\n\nENDS\n",
    standing="council",
    kind="press release",
    issuer="Rutland County Council",
    authority="Rutland",
    published="2024-07-12",
)
doc(
    "press-end",
    "Bristol rated good for children’s services\n\nChildren’s services in Bristol have been rated good by Ofsted following an inspection by a team of inspectors in January.\n\nThe report by Her Majesty’s Inspectors praises social workers.\n\nCllr Ann Moor, Bristol City Council’s Cabinet Member for Children, said: “This is welcome.”\n\nNotes to editors: the report is at www.gov.uk/ofsted\n\nPublished: 20 March 2023\n",
    standing="council",
    kind="press release",
    issuer="Bristol City Council",
    authority="Bristol",
    published="2023-03-20",
)
doc(
    "press-ofsted",
    "Press release\n\nOfsted finds improvement for children in Rochdale\n\nFrom: Ofsted\n\nPublished 12 July 2024\n\nChildren in Rochdale are safer than they were, Ofsted said today. Inspectors visited Rochdale Borough Council in May.\n\nOfsted’s National Director for Social Care said: “Leaders have worked hard.”\n",
    standing="inspectorate",
    kind="press release",
    issuer="Ofsted",
    authority="Rochdale",
    published="2024-07-12",
)
doc(
    "position",
    "Plymouth City Council\n\nPosition statement: children’s services after the Ofsted inspection\n\nJune 2023\n\nOfsted inspected children’s services in Plymouth from 22 January to 2 February 2023. Her Majesty’s Inspectors judged the services to require improvement. We accept the findings and have written a plan.\n",
    standing="council",
    kind="council report",
    issuer="Plymouth City Council",
    authority="Plymouth",
    published="2023-06",
    visits=(("2023-01-22", "2023-02-02"),),
)
doc(
    "council-letter",
    "Slough Borough Council\n\n4 April 2019\n\nMs Ada Quill\nHer Majesty’s Inspector\nOfsted\n\nDear Ms Quill\n\nThank you for your letter on the focused visit to Slough children’s services. We found the inspectors helpful. We accept what the letter says of our plans and have begun to put them right, with our partners in Slough Children First.\n\nYours sincerely\n\nJo Field\nDirector of Children’s Services\nSlough Borough Council\n",
    standing="council",
    kind="other",
    issuer="Slough Borough Council",
    authority="Slough",
    published="2019-04-04",
)
doc(
    "news",
    "Council praised by Ofsted\n\nBy Mary Smith\n\n12 July 2024\n\nOfsted has praised Rutland County Council. Councillor Ann Moor said: “We are pleased.” Residents in Oakham were pleased as well, and one said that it had taken long enough.\n",
    standing="other",
    kind="other",
)
for n, (first, v) in enumerate(
    [
        (
            "This letter summarises the findings of our visit to Rutland, which took place on 3 June 2019.",
            [("2019-06-03", "2019-06-03")],
        ),
        (
            "I am writing to set out the findings of the focused visit that we carried out between 3 June 2019 and 4 June 2019.",
            [("2019-06-03", "2019-06-04")],
        ),
        (
            "Following the inspection of 3 July 2017, inspectors visited Rutland on 3 and 4 June 2019.",
            [("2019-06-03", "2019-06-04")],
        ),
        (
            "This letter summarises the findings of the focused visit to Rutland children’s services on 3, 4 and 11 June 2019.",
            [("2019-06-03", "2019-06-04"), ("2019-06-11", "2019-06-11")],
        ),
        (
            "This letter summarises the findings of the focused visit to Rutland children’s services from Monday 3rd June to Tuesday 4th June 2019.",
            [("2019-06-03", "2019-06-04")],
        ),
        (
            "This letter summarises the findings of the focused visit, held on June 3rd and 4th, 2019, to Rutland.",
            [("2019-06-03", "2019-06-04")],
        ),
        ("On 3 and 4 June 2019, Ofsted carried out a focused visit to Rutland.", [("2019-06-03", "2019-06-04")]),
        ("Ofsted visited Rutland on 3 and 4 June 2019 to look at care leavers.", [("2019-06-03", "2019-06-04")]),
        ("This is the letter about the focused visit in the week commencing 3 June 2019.", [("2019-06-03", "2019-06")]),
        (
            "Inspectors were on site from 3 to 4 June 2019. The visit was carried out under the ILACS framework.",
            [("2019-06-03", "2019-06-04")],
        ),
        (
            "The last inspection ended on 3 July 2017 and its report was published on 4 September 2017. The visit described here was completed on 4 June 2019.",
            [("2019-06-04", "2019-06-04")],
        ),
    ]
):
    doc(
        f"visit{n}",
        letter("1 July 2019", DCS, "Dear Ms Field", "Focused visit to Rutland children’s services", first),
        visits=tuple(v),
        published="2019-07-01",
        kind="focused visit",
        **OFSTED,
    )
COUNCIL = dict(standing="council", kind="council report")
doc(
    "herts",
    """HERTFORDSHIRE COUNTY COUNCIL

CHILDREN, YOUNG PEOPLE AND FAMILIES CABINET PANEL

THURSDAY, 8 NOVEMBER 2018 AT 10.00AM

INSPECTION OF LOCAL AUTHORITY CHILDREN’S SERVICES (ILACS)

Report of the Director of Children’s Services

Author: Jo Field, Head of Improvement (Tel: 01992 555555)

1. Purpose of report

1.1 To inform the Panel of the outcome of the inspection by Ofsted, which took place from 10 to 21 September 2018.

2. Background

2.1 Hertfordshire was last inspected on 7 September 2015. Inspectors wrote: “Children in Hertfordshire are safe. This letter summarises the findings of the visit.”
""",
    **COUNCIL,
    issuer="HERTFORDSHIRE COUNTY COUNCIL",
    authority="Hertfordshire",
    published="2018-11-08",
    visits=(("2018-09-10", "2018-09-21"),),
)
doc(
    "leeds",
    """Report of Director of Children and Families

Report to Executive Board

Date: 17 December 2018

Subject: Outcome of Ofsted inspection of children’s services in Leeds

Are specific electoral wards affected? No

Summary of main issues

1. Between 29 October and 9 November 2018 Ofsted inspected Leeds City Council’s services for children. The report was published on 18 December 2018.
""",
    **COUNCIL,
    issuer="Leeds City Council",
    authority="Leeds",
    published="2018-12-17",
    visits=(("2018-10-29", "2018-11-09"),),
)
doc(
    "croydon",
    """REPORT TO: CABINET 25 March 2019

SUBJECT: Ofsted monitoring visit to children’s services

LEAD OFFICER: Jo Field, Executive Director Children, Families and Education

CABINET MEMBER: Councillor Ann Moor

WARDS: All

CORPORATE PRIORITY/POLICY CONTEXT:

Croydon Council’s services for children were found inadequate by Ofsted in September 2017. This report tells Cabinet of the monitoring visit of 12 and 13 February 2019.
""",
    **COUNCIL,
    issuer="Croydon Council",
    authority="Croydon",
    published="2019-03-25",
    visits=(("2019-02-12", "2019-02-13"),),
)
doc(
    "md-table",
    """# Birmingham City Council

## Report to Cabinet

| | |
|---|---|
| **Date:** | 14 May 2019 |
| **Subject:** | Ofsted inspection of Birmingham Children’s Trust |
| **Report of:** | Director for Education and Skills |
| **Relevant Cabinet Member:** | Cllr Ann Moor |

## 1 Executive Summary

1.1 Ofsted carried out an inspection from 3 to 14 December 2018 of the services that Birmingham Children’s Trust provides.

## 2 Legal implications

2.1 None.
""",
    **COUNCIL,
    issuer="Birmingham City Council",
    authority="Birmingham",
    published="2019-05-14",
    visits=(("2018-12-03", "2018-12-14"),),
)
doc(
    "press-dir",
    """Services for children with SEND are improving

Posted on 12/07/2024

Services for children with special educational needs in Rutland are getting better, inspectors have said. Ofsted and the Care Quality Commission visited Rutland on 3 and 4 June 2024.

Jo Field, Rutland County Council’s Director of Children’s Services, said: “There is more to do.”
""",
    standing="council",
    kind="press release",
    issuer="Rutland County Council",
    authority="Rutland",
    published="2024-07-12",
    visits=(("2024-06-03", "2024-06-04"),),
)
doc(
    "press-us",
    """Camden’s children’s services rated outstanding

Friday, July 12, 2024

Ofsted has rated Camden Council’s children’s services as outstanding.

“This is wonderful news”, said Councillor Ann Moor, Cabinet Member for Best Start.
""",
    standing="council",
    kind="press release",
    issuer="Camden Council",
    authority="Camden",
    published="2024-07-12",
)
doc(
    "press-nocllr",
    """Media release: Ofsted report on children’s services

12 July 2024

A spokesperson for Sheffield City Council said: “We welcome the report, which follows the inspection of 5 to 16 June 2023.”
""",
    standing="council",
    kind="press release",
    authority="Sheffield",
    published="2024-07-12",
)
doc(
    "cc",
    letter(
        "14 January 2020",
        DCS,
        "Dear Ms Field",
        "Focused visit: Rutland children’s services",
        "This letter sets out the findings of the focused visit to Rutland on 10 December 2019. Her Majesty’s Inspectors for this visit were Ada Quill and Jo O’Neill-Smith.",
        foot="\ncc: Councillor Ann Moor, Cabinet Member for Children’s Services\nSam West, Chief Executive, Rutland County Council\nThe Chair, Children’s Scrutiny Committee\n",
    ),
    standing="inspectorate",
    issuer="Ofsted",
    kind="focused visit",
    published="2020-01-14",
    lead_inspector="Ada Quill",
    inspectors=("Ada Quill", "Jo O’Neill-Smith"),
    addressee="Ms Jo Field",
)
doc(
    "councillor",
    letter(
        "14 January 2020",
        "Councillor Ann Moor\nLeader of the Council\nRutland County Council",
        "Dear Councillor Moor",
        "Monitoring visit: Rutland County Council",
        "I am writing to tell you of the findings of the monitoring visit to Rutland on 10 December 2019.",
    ),
    standing="inspectorate",
    issuer="Ofsted",
    kind="monitoring visit",
    published="2020-01-14",
    visits=(("2019-12-10", "2019-12-10"),),
    addressee="Councillor Ann Moor",
)
doc(
    "date-after",
    "Ms Jo Field\nDirector of Children’s Services\nRutland County Council\n\nDear Ms Field\n\nFocused visit to Rutland children’s services\n\nThis letter summarises the findings of the focused visit to Rutland children’s services on 10 and 11 December 2019. His Majesty’s Inspectors for this visit were Ada Quill and Tom Marsh.\n"
    + BODY
    + "Yours sincerely\n\nAda Quill\nHis Majesty’s Inspector\n\nOfsted\nPiccadilly Gate\nStore Street\nManchester\nM1 2WD\n\nT 0300 123 1231\nenquiries@ofsted.gov.uk\n\n14 January 2020\n",
    standing="inspectorate",
    issuer="Ofsted",
    kind="focused visit",
    published="2020-01-14",
    visits=(("2019-12-10", "2019-12-11"),),
    lead_inspector="Ada Quill",
    addressee="Ms Jo Field",
)
doc(
    "nct",
    letter(
        "14 January 2022",
        "Jo Field\nChief Executive\nNorthamptonshire Children’s Trust\nOne Angel Square\nNorthampton",
        "Dear Jo",
        "Focused visit to North Northamptonshire and Northamptonshire Children’s Trust",
        "This letter summarises the findings of the focused visit to North Northamptonshire on 5 and 6 October 2021. Northamptonshire Children’s Trust, Northamptonshire Police and Northamptonshire Healthcare took part.",
    ),
    authority="North Northamptonshire",
    addressee="Jo Field",
    visits=(("2021-10-05", "2021-10-06"),),
)
doc(
    "afc",
    letter(
        "14 January 2022",
        "Jo Field\nDirector of Children’s Services\nAchieving for Children\nGuildhall 2\nKingston upon Thames KT1 1EU",
        "Dear Jo",
        "Focused visit to Richmond upon Thames children’s services",
        "This letter summarises the findings of the focused visit to Richmond on 5 and 6 October 2021. Achieving for Children provides services for Kingston, Richmond and for Windsor and Maidenhead.",
    ),
    authority="Richmond upon Thames",
)
doc(
    "tfc",
    letter(
        "14 January 2022",
        "Jo Field\nChief Executive and Director of Children’s Services\nTogether for Children\nCity Hall\nPlater Way",
        "Dear Ms Field",
        "Monitoring visit to Sunderland children’s services",
        "This letter summarises the findings of the monitoring visit to Sunderland children’s services, delivered by Together for Children, on 5 and 6 October 2021.",
    ),
    authority="Sunderland",
    addressee="Jo Field",
)
doc(
    "doncaster",
    letter(
        "14 January 2022",
        "Jo Field\nDirector of Children’s Services\nDoncaster Metropolitan Borough Council",
        "Dear Ms Field",
        "Focused visit to Doncaster Children’s Services Trust",
        "This letter summarises the findings of the focused visit to Doncaster on 5 and 6 October 2021.",
    ),
    authority="Doncaster",
    kind="focused visit",
)
doc(
    "scilly",
    letter(
        "14 January 2022",
        "Jo Field\nDirector of Children’s Services\nCouncil of the Isles of Scilly",
        "Dear Ms Field",
        "Focused visit to the Isles of Scilly children’s services",
        "This letter summarises the findings of the focused visit to the Council of the Isles of Scilly on 5 and 6 October 2021. Cornwall Council provides some services.",
    ),
    authority="Isles of Scilly",
)
doc(
    "bcp",
    letter(
        "14 January 2022",
        "Jo Field\nCorporate Director\nBCP Council",
        "Dear Ms Field",
        "Focused visit to Bournemouth, Christchurch\nand Poole (BCP) children’s services",
        "This letter summarises the findings of the focused visit to BCP on 5 and 6 October 2021. Bournemouth, Poole and Dorset had been judged before.",
    ),
    authority="Bournemouth, Christchurch and Poole",
)
doc(
    "cumbria",
    "Cumbria County Council\n\nRe-inspection of services for children in need of help and protection, children looked after and care leavers\n\nInspection date: 16 October 2017 – 9 November 2017\n\nReport published: 2 January 2018\n\nChildren’s services in Cumbria require improvement to be good\n\nServices have improved since the inspection of March 2015, and leaders have shown that they can go on. Barrow and Carlisle do well.\n",
    standing="inspectorate",
    kind="SIF inspection",
    authority="Cumbria",
    published="2018-01-02",
    visits=(("2017-10-16", "2017-11-09"),),
)
doc(
    "both-visits",
    letter(
        "14 January 2020",
        DCS,
        "Dear Ms Field",
        "Focused visit to Rutland children’s services",
        "This letter summarises the findings of the focused visit to Rutland children’s services on 3 and 4 December 2019, with a further day on 9 December 2019. The previous focused visit was on 6 and 7 March 2019. Her Majesty’s Inspectors for this visit were:\n\nAda Quill\n\nTom Marsh",
    ),
    visits=(("2019-12-03", "2019-12-04"), ("2019-12-09", "2019-12-09")),
    lead_inspector="Ada Quill",
)
doc(
    "regional",
    letter(
        "14 January 2020",
        DCS,
        "Dear Ms Field",
        "Monitoring visit to Rutland children’s services",
        "This letter summarises the findings of the monitoring visit to Rutland children’s services on 3 December 2019.",
        sign="Yours sincerely\n\nBen Hall\nRegional Director, East Midlands\n",
    ),
    lead_inspector="Ben Hall",
    inspectors=("Ben Hall",),
    standing="inspectorate",
)
doc(
    "senior",
    letter(
        "14 January 2020",
        DCS,
        "Dear Ms Field",
        "Monitoring visit to Rutland children’s services",
        "This letter summarises the findings of the monitoring visit to Rutland children’s services on 3 December 2019.",
        sign="Yours sincerely\n\nBen Hall\nSenior His Majesty’s Inspector\n",
    ),
    lead_inspector="Ben Hall",
    standing="inspectorate",
)
doc(
    "jtai-council",
    """Bury Council

Report to: Children and Young People Scrutiny Committee

Meeting date: 12 January 2024

Joint targeted area inspection of Bury: serious youth violence

Purpose

This paper tells the committee of the JTAI that Ofsted, the Care Quality Commission and HMICFRS carried out from 2 to 6 October 2023 in Bury.
""",
    **COUNCIL,
    issuer="Bury Council",
    authority="Bury",
    framework="JTAI",
    published="2024-01-12",
    visits=(("2023-10-02", "2023-10-06"),),
)
doc(
    "dfe",
    "Department for Education\n\nImprovement notice\n\nTo: Rutland County Council\n\n12 July 2019\n\nThis notice is issued to Rutland County Council following the Ofsted inspection of 5 to 16 June 2019, which found services inadequate. The council must appoint a commissioner and report each month.\n",
    standing="other",
    kind="other",
    authority="Rutland",
)
doc(
    "send-report",
    "Local area partnership report\n\nArea SEND inspection of Kingston upon Hull\nLocal Area Partnership\n\nInspection dates: 4 to 8 December 2023\n\nDate of previous inspection: 9 to 13 October 2017\n\nInspection outcome\n\nThe partnership’s arrangements lead to inconsistent experiences. Children in Hull wait too long.\n\nOfsted and Care Quality Commission (CQC) ask that the partnership updates its plan.\n",
    standing="inspectorate",
    issuer="Ofsted and Care Quality Commission",
    kind="area SEND inspection",
    authority="Kingston upon Hull",
    visits=(("2023-12-04", "2023-12-08"),),
    published=None,
)
doc(
    "self",
    "Gateshead Council\n\nSelf-evaluation of children’s social care, 2023\n\nThis self-evaluation tells Ofsted how we know our services. Ofsted last visited on 3 and 4 March 2021 and found that the front door works well. We have gone on from there.\n",
    standing="council",
    kind="council report",
    authority="Gateshead",
    issuer="Gateshead Council",
)
doc(
    "minutes2",
    "Brighton & Hove City Council\n\nChildren, Young People & Skills Committee\n\n4.00pm 14 January 2019\n\nCouncil Chamber, Hove Town Hall\n\nMinutes\n\nPresent: Councillor Moor (Chair), Councillor Hill\n\n50 Procedural business\n\n50(a) Declarations of substitutes\n\nOfsted’s letter of 1 October 2018 was noted.\n",
    standing="council",
    kind="other",
    authority="Brighton and Hove",
    issuer="Brighton & Hove City Council",
    published="2019-01-14",
)
doc(
    "jtai-members",
    letter(
        "31 March 2023",
        "Jo Field, Director of Children’s Services, Leeds City Council\nCouncillor Ann Moor, Cabinet Member and Lead Member for Children\nSam West, Chair of the Children’s Scrutiny Committee\nPat Hill, Chair, Cabinet Board for Health and Wellbeing Committee",
        "Dear Leeds Safeguarding Children Partnership",
        "Joint targeted area inspection of Leeds",
        "This letter summarises the findings of the joint targeted area inspection (JTAI) of the front door in Leeds.\n\nThis inspection took place from 13 to 17 February 2023. It was carried out by inspectors from Ofsted, the Care Quality Commission (CQC) and HMI Constabulary.",
        lh="",
        sign="",
    ),
    standing="inspectorate",
    kind="JTAI",
    authority="Leeds",
    visits=(("2023-02-13", "2023-02-17"),),
)


# --- pages of a council's website about its meetings ---------------------------------------------------------------

doc(
    "agenda item",
    """Agenda item

Third Ofsted monitoring visit

To share the letter from Ofsted on its third monitoring visit, carried out on 21 - 22 February 2023.

The cabinet member for children thanked the staff of Herefordshire Council and went through the letter.
""",
    standing="council",
    kind="council report",
    issuer="Herefordshire Council",
    authority="Herefordshire",
    published=None,
    visits=(("2023-02-21", "2023-02-22"),),
)
doc(
    "decision",
    """Decision details

Third Ofsted monitoring visit

Decision Maker: Cabinet

Is Key decision?: No

Purpose: to note the letter. Medway Council’s services were judged inadequate by Ofsted in the ILACS inspection of July.

Wards Affected: (All Wards);

Publication date: 28/03/2024
""",
    standing="council",
    kind="council report",
    framework="ILACS",
    issuer="Medway Council",
    published="2024-03-28",
)
doc(
    "latest",
    """Agenda item

Ofsted inspection

The report told the Committee that the last inspection of 22 February to 16 March 2016 had been under the previous single inspection framework, and that the recent inspection of 4 to 22 November 2019 had found that Thurrock Council did well. The report on it was published on 17 December 2019. The Chair asked for a plan.
""",
    standing="council",
    authority="Thurrock",
    published=None,
    visits=(("2019-11-04", "2019-11-22"),),
)
doc(
    "last week's news",
    """Ofsted: the latest visits

By Mary Smith

Wednesday, April 10, 2024

Inspectors visited Central Bedfordshire on 20 and 21 February 2024. The cabinet member said that it went well.

Scrutiny committee

Councillors noted the letter.
""",
    standing="other",
    kind="other",
    issuer=None,
    published="2024-04-10",
)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_what_a_document_says_of_itself(name):
    text, expected = DOCUMENTS[name]
    meta = read_metadata(outline(read_source(f"{name}.txt", text.encode())))
    assert {field: getattr(meta, field) for field in expected} == expected


@pytest.mark.parametrize("name", DOCUMENTS)
def test_each_field_has_its_words(name):
    found = outline(read_source(f"{name}.txt", DOCUMENTS[name][0].encode()))
    meta = read_metadata(found)
    known = {
        "standing": meta.standing != "other",
        "kind": meta.kind != "other",
        "visit": bool(meta.visits),
        **{field: bool(getattr(meta, field)) for field in ("issuer", "authority", "published", "framework")},
        **{field: bool(getattr(meta, field)) for field in ("lead_inspector", "inspectors", "addressee")},
    }
    words = {field: [found.text[span.start : span.end] for span in spans] for field, spans in meta.evidence.items()}
    assert {field for field, is_known in known.items() if is_known} == set(words)
    assert all(quotes and all(quotes) for quotes in words.values())
    assert [" ".join(name.split()) for name in words.get("inspectors", [])] == list(meta.inspectors)


# --- who speaks where an inspectorate's letter is put behind a cover -----------------------------------------------

COVERS = {
    "scrutiny": (
        "Rutland County Council\n\nChildren and Young People Scrutiny Committee\n\n4 April 2031\n\nReport of the Director of "
        "Children’s Services\n\nWards affected: all\n\n1. Purpose\n\nThe text of the letter is attached.\n\n",
        "council report",
    ),
    "cabinet": (
        "REPORT TO: CABINET 4 April 2031\nSUBJECT: Outcome of Ofsted visit\nLEAD OFFICER: Director of Children’s "
        "Services\nCABINET MEMBER: Councillor A Moor\n\nCabinet is asked to note the letter below.\n\n",
        "council report",
    ),
    "minutes": (
        "Rutland County Council\n\nMinutes of the meeting of the Children’s Services Committee held on 4 April 2031\n\n"
        "Present: Councillors A Moor, B Hill\n\nApologies for absence: none\n\n1. The letter below was noted.\n\n",
        "other",
    ),
    "agenda": ("Rutland County Council Scrutiny Committee - 4 April 2031 - Agenda item 5 - Ofsted letter\n\n", "council report"),
    "press release": (
        "Rutland County Council\n\nNews release\n\n4 April 2031\n\nCouncillor A Moor, Cabinet Member for Children, said: "
        "“We welcome the findings.”\n\nThe full text follows.\n\n",
        "press release",
    ),
    "briefing": (
        "Rutland County Council\n\nBriefing note: Ofsted’s findings\n\n4 April 2031\n\nThe full text for members.\n\n",
        "council report",
    ),
    "message": (
        "From: Director of Children’s Services, Rutland County Council\nTo: all councillors\nDate: 4 April 2031\n\n"
        "Dear colleagues\n\nBelow is the letter that Ofsted has sent us.\n\n",
        "other",
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    "quoted", ["date0", "mon-sif", "ilacs0", "sif", "jtai", "send-letter", "contact-2010", "date-after"]
)
@pytest.mark.parametrize("cover", COVERS)
def test_a_council_that_quotes_a_whole_letter_still_speaks(cover, quoted):
    text = COVERS[cover][0] + DOCUMENTS[quoted][0]
    meta = read_metadata(outline(read_source("a.txt", text.encode())))
    assert (meta.standing, meta.kind) == ("council", COVERS[cover][1])
    assert (meta.published, meta.lead_inspector, meta.inspectors) == ("2031-04-04", None, ())


@pytest.mark.parametrize(
    "name", [name for name, (_, expected) in DOCUMENTS.items() if expected.get("issuer") == "Ofsted"]
)
def test_an_inspectorates_document_is_never_a_councils(name):
    """Whatever members and committees its address and its findings name."""
    text = DOCUMENTS[name][0].replace(
        "Findings\n", "Findings\n\nThe cabinet member, Councillor Moor, said so to the scrutiny committee.\n", 1
    )
    assert read_metadata(outline(read_source("a.txt", text.encode()))).standing == "inspectorate"


@pytest.mark.parametrize("name", ["date0", "mon-sif", "contact-2010", "date-after", "mon-earlier-first", "ilacs0"])
def test_lines_without_space_between_them(name):
    """Text copied out of a page keeps its lines and loses the space between paragraphs."""
    text, expected = DOCUMENTS[name]
    lines = "\n".join(line for line in text.splitlines() if line.strip())
    meta = read_metadata(outline(read_source("a.txt", lines.encode())))
    fields = ("standing", "kind", "authority", "visits", "lead_inspector", "published")
    assert {f: getattr(meta, f) for f in fields if f in expected} == {f: expected[f] for f in fields if f in expected}
