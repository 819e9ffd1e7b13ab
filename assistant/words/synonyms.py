"""Words of the field that mean the same: people type the acronym where the letter has the words, and the reverse.

One group a line, alternatives separated by "|". The sources are the glossaries of the statutory guidance "Working
together to safeguard children", the Children Act 1989 guidance on care planning and on care leavers, and Ofsted's
inspection handbooks; plain English ways of saying the same were added by us. Matching is on word stems, so
"advocate" stands for "advocates" and "advocacy" has to be listed only where its stem differs.
"""

from pathlib import Path

__all__ = ["FIELD_GROUPS", "PEOPLE", "PLAIN_GROUPS", "SPOKEN"]

FIELD = """
care leavers | leaving care | left care | care experienced young people | care leaver | young people leaving care
children in care | looked after children | children looked after | lac | cla | cared for children | looked after
unaccompanied asylum-seeking children | uasc | unaccompanied asylum seekers | unaccompanied children | separated children | arrived alone | came to this country alone | came here on their own
multi-agency safeguarding hub | mash | front door | integrated front door | single point of access | first contact | first point of contact | contact and referral
local authority designated officer | lado | designated officer | allegations against professionals | allegations
personal adviser | personal advisor | leaving care worker | leaving-care worker
pathway plan | leaving care plan
education, health and care plan | ehc plan | ehcp
special educational needs | special needs
independent reviewing officer | iro | independent reviewing service
public law outline | plo | pre-proceedings | before court | before going to court | before care proceedings
care proceedings | court proceedings | family court | going to court
domestic abuse | domestic violence | violence at home | violent homes | violence in the home | hurt by a partner | abusive partner | abusive relationship | violent partner
home educated | home education | electively home educated | ehe | home schooled | home schooling | taught at home | educated at home | taught by their parents | home-schooled | homeschooled
out of hours | emergency duty team | edt | at night | nights | weekends | evenings | daytime services | out-of-hours
foster carers | foster parents | fostering | foster placement | foster families | foster provision
accommodation | housing | place to live | places to live | somewhere to live | where they live | where they were living | where young people live
homeless | homelessness | without a home | nowhere to live | nowhere to stay | sofa surfing | rough sleeping
agency staff | agency workers | agency social workers | temporary staff | locums | interim staff | temps | temporary social workers | temporary workers
quality assurance | audit | auditing
education, employment and training | eet | employment | job | apprenticeship | in work
not in education, employment or training | neet
director of children's services | dcs | corporate director | children's services director | director of childrens services
elected members | councillors | politicians | political leaders | cabinet members
senior leaders | leaders | leadership | senior managers | senior leadership team | top managers
mental health | emotional well-being | emotional health | camhs | psychological | counselling | emotional troubles | emotional difficulties
child sexual exploitation | cse | sexual exploitation | county lines | criminal exploitation
missing | go missing | runaway | running away | missing from home | run away | ran away | ran off | run off | going missing | went missing
early help | early intervention | preventative | prevention | preventive
child in need | cin | children in need
child protection | cp
common assessment framework | caf
personal education plan | pep
special guardianship | sgo | legal guardian | legal guardians
privately fostered | private fostering
disabled children | children with disabilities | children with disability | disability
voice of the child | listen to children | listen to what children | listened to | what children say | children's views | wishes and feelings | listening to children | views of children | what they wanted | what children wanted | children's wishes
advocacy | advocates | independent advocates | someone independent
section 47 | s47 | child protection enquiries | section 47 enquiries
connected carers | kinship care | family and friends carers | kinship
recording system | computer system | it system | ict system | case management system | database | software | computer records | computer systems | electronic records | electronic recording
partner agencies | partnership working | multi-agency | joint working | joined up | working together | other agencies | partners
workforce | staffing | staff | employees
sickness | sick leave | off sick | staff absence
volunteers | volunteering | unpaid helpers
health passport | health history | health histories | medical history
council tax | tax exemption | tax discount
parental substance misuse | drugs and alcohol | substance misuse | addiction | drug use
morale | job satisfaction | happy at work
independent living | living independently | live independently | independence
young carers | young carer | caring responsibilities | care for a parent | caring for a parent
adoption | adopters | adoptive | adopted
youth offending | youth justice | young offenders | yot
special guardianship | special guardians | special guardian | sgo
return home interviews | return interviews | return home interview | return home conversations
secure accommodation | secure children's home | secure order
children's homes | residential care | residential home | residential children's home
short breaks | respite
online safety | online | internet | social media
radicalisation | prevent duty | violent extremism | radicalised
local offer | care leaver offer
female genital mutilation | fgm
honour-based abuse | forced marriage
modern slavery | trafficking | trafficked
gangs | gang | serious youth violence
knife crime | weapons
contextual safeguarding | extra-familial harm
supported lodgings | supported accommodation | semi-independent
unregistered | unregulated
life-story work | life story work
family group conferences | family group conference | family group decision-making
edge of care | edge-of-care
strategy meetings | strategy discussions | strategy discussion
private law | private proceedings
deprivation of liberty | dols
speech and language | speech therapy
exclusions | excluded from school | exclusion
attendance | absence from school
attainment | exam results | gcse | key stage
nursery | early years | childcare | nurseries | pre-school | early years settings
health visitors | health visiting | health visitor
dental | dentist | dentists
immunisations | vaccinations
university | higher education
mentoring | mentors
interpreters | translation | translators
travellers | roma | gypsy
young parents | teenage pregnancy | teenage parents
complaints | complaint | compliments
whistleblowing | whistleblowers
serious case review | serious case reviews | rapid review | rapid reviews
safeguarding partnership | safeguarding children board | lscb
corporate parenting | corporate parenting board | corporate parents
family hubs | children's centres | children's centre
covid | coronavirus | pandemic | lockdown
staying put | staying close
ehc plan needs assessment
autism | autistic | adhd | neurodevelopmental | neurodiverse | neurodiversity
bullying | bullied
self-harm | suicide | suicidal
refugees | refugee | asylum
"""

PLAIN = """
ofsted team | inspection team | inspectors | team of inspectors
social workers | social worker | caseworkers | case workers
teenagers | adolescents | teens | older children
caseloads | workloads | number of cases | cases each | on their books | workload | number of children each
recruit | recruitment | attract | hire | hiring
retain | retention | keeping staff | keep staff | staff turnover | turnover | stay | hang on to | hold on to | keep leaving | stay in post
permanent | permanently employed | long-term staff
sufficiency | shortage | enough placements | lack of | not enough
investment | invest | funding | money | budget | financial | spend | cost | resources
delay | drift | slow | wait | late | behind schedule | timely | timeliness | quickly | quicker | swift | prompt | promptly | soon enough | fast enough | early enough | in good time | queue
police | constabulary
leaflet | booklet | pamphlet
step down | stepped down | stepping down | step-down
legacy | historic | inherited
training | train | learning and development
supervision | supervised | one-to-one time | one to one time | time with managers | time with their managers
thresholds | criteria | eligibility
placement | placed
birth parents | parents | mums and dads
school | education | schooling
stability | stable | settled
improve | improvement | get better | progress | better
plan | planning
design | designed | wrote | created | came up with
assessment | assess | assessed
review | reviewed | look into | looked into
meeting | meetings
strength | strengths | doing well | positive
sorted out | sorted | addressed | met | resolved | put right | fixed | dealt with | tackled
pulled up | criticised | areas for improvement | areas for development | areas of development | told to improve
costly | expensive | high cost
rely | relying | reliance | depend | dependence
graded | judged | rated | judgement | grade | verdict
input | contributed | contribution | involved in | had a say
worse | declined | deteriorated | got worse
consult | consultees | consulted | consultation
absent | absence | not there | without
allowed | permitted | able to
worried | concerned | concern | worry
increase | rise | rising | grew | growing | higher
decrease | fewer | fall | falling | reduced | reduction | lower
start | started | begin | began | introduced | launched
successful | effective | working well
author | wrote | written by | prepared by | drafted
chief exec | chief executive | ceo
notes | record keeping | recordings | records | case notes | case records | recording | case files
moves | move | transition | transfer | transfers
government | statutory | ministers | department for education | dfe
formal | statutory | official
seen alone | spoken to alone | without their parents | on their own
proportion | majority | share
criticised | criticism
bad | poor | weak
easy | accessible | easily understood | plain
praise | praised | liked | commended | good practice
told | notified | notification
money | funding
urgency | pace
hours | hour
speak | spoke | spoken | meet | met | met with | discussions with | talked to | interviewed
aspirations | ambitions | ambitious | ambition | high hopes
difference | impact | effect
management oversight | managerial oversight
groups | kinds | types
exploitation | exploited | groomed | grooming | groomers | gangs
other relatives | grandparents | kinship | connected carers | family and friends | friends and family | family networks
neglect | neglected | neglectful | basic needs
custody | prison | jail | locked up | remand
unsuitable | not fit to live in | unfit | not suitable
audits | audit | quality assurance | file checks | case file checks | dip sampling
performance data | performance information | management information | statistics | figures
health assessments | health assessment | medicals | health checks | check-ups
reunification | reunified | return home | returned home | back to their parents | back home
court | courts | in front of a judge | legal proceedings
entitlements | entitlement | entitled | rights | claim
matched | matching | for good | permanence | permanently
capacity | cope | enough people | enough staff | short-staffed | understaffed | stretched
risk | danger | dangerous | harm
confident | confidence
look | examine | examined | scrutinise | consider | considered
"""


def _groups(table: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(part.strip() for part in line.split("|")) for line in table.strip().splitlines())


FIELD_GROUPS: tuple[tuple[str, ...], ...] = _groups(FIELD)
"""Matters of the field: a question about one that the letters never name is not answered."""

PEOPLE = tuple(
    phrase.strip()
    for phrase in """
children in care | looked after children | children looked after | care leavers | care leaver | care experienced young people
| young people | young person | young adults | teenagers | parents | parent | mothers | fathers | mums and dads | families
| family | carers | foster carers | social workers | social worker | workers | worker | staff | practitioners | managers
| team managers | senior managers | personal advisers | personal adviser | professionals | partners
""".split("|")
)
"""Whom a question is about: beside another matter, a sentence that only names them does not answer it."""

PLAIN_GROUPS: tuple[tuple[str, ...], ...] = _groups(PLAIN)
"""Plain English ways of saying the same."""


def _spoken(table: str) -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
    """Lines "said | said => written | written"; "#" begins a comment."""
    lines = [line for line in table.splitlines() if line.strip() and not line.startswith("#")]
    sides = [[tuple(part.strip() for part in side.split("|")) for side in line.split("=>")] for line in lines]
    return tuple((said, written) for said, written in sides)


SPOKEN: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = _spoken(
    Path(__file__).with_name("plain_english.txt").read_text(encoding="utf-8")
)
"""How people put a matter, and how letters write it. One way only: a question in the letters' words is not widened."""
