"""Words of the field that mean the same: people type the acronym where the letter has the words, and the reverse.

One group a line, alternatives separated by "|". The sources are the glossaries of the statutory guidance "Working
together to safeguard children", the Children Act 1989 guidance on care planning and on care leavers, and Ofsted's
inspection handbooks; plain English ways of saying the same were added by us. Matching is on word stems, so
"advocate" stands for "advocates" and "advocacy" has to be listed only where its stem differs.
"""

__all__ = ["GROUPS"]

TABLE = """
care leavers | leaving care | left care | care experienced young people | care leaver | young people leaving care
children in care | looked after children | children looked after | lac | cla | cared for children | looked after
unaccompanied asylum-seeking children | uasc | unaccompanied asylum seekers | unaccompanied children | separated children
multi-agency safeguarding hub | mash | front door | integrated front door | single point of access | first contact | first point of contact | contact and referral
local authority designated officer | lado | designated officer | allegations against professionals
ofsted team | inspection team | inspectors | team of inspectors
youngsters | young people | young persons
personal adviser | personal advisor
pathway plan | leaving care plan
education, health and care plan | ehc plan | ehcp
special educational needs | send
independent reviewing officer | iro | independent reviewing service
public law outline | plo | pre-proceedings | before court | before going to court | before care proceedings
care proceedings | court proceedings | family court | going to court
domestic abuse | domestic violence
home educated | home education | electively home educated | ehe | home schooled | home schooling | taught at home | educated at home
out of hours | emergency duty team | edt | at night | nights | weekends | evenings | daytime services | out-of-hours
foster carers | foster parents | fostering | foster placement | foster families | foster provision
accommodation | housing | place to live | places to live | somewhere to live
homeless | homelessness | without a home
teenagers | adolescents | teens | older children
agency staff | agency workers | agency social workers | temporary staff | locums | interim staff
caseloads | workloads | number of cases | cases each
recruit | recruitment | attract | hire | hiring
retain | retention | keeping staff | keep staff | staff turnover | turnover | stay
permanent | permanently employed | long-term staff
quality assurance | audit | auditing
education, employment and training | eet | employment | job | apprenticeship | in work
not in education, employment or training | neet
director of children's services | dcs | corporate director | children's services director | director of childrens services
elected members | councillors | politicians | political leaders | cabinet members
senior leaders | leaders | leadership | senior managers | senior leadership team | top managers
mental health | emotional well-being | emotional health | camhs | psychological
child sexual exploitation | cse | sexual exploitation | county lines | criminal exploitation
missing | go missing | runaway | running away | missing from home
early help | early intervention | preventative | prevention | preventive
child in need | cin | children in need
child protection | cp
common assessment framework | caf
personal education plan | pep
special guardianship | sgo
privately fostered | private fostering
disabled children | children with disabilities | children with disability | disability
voice of the child | children's views | wishes and feelings | listening to children | views of children
advocacy | advocates | independent advocates | someone independent
section 47 | s47 | child protection enquiries | section 47 enquiries
connected carers | kinship care | family and friends carers | kinship
sufficiency | shortage | enough placements | lack of | not enough
investment | invest | funding | money | budget | financial | spend | cost | resources
recording system | computer system | it system | ict system | case management system | database | software
partner agencies | partnership working | multi-agency | joint working | joined up | working together | other agencies | partners
workforce | staffing | staff | employees
sickness | sick leave | off sick | staff absence
delay | drift | slow | wait | late | behind schedule | timely | timeliness | quickly | quicker | swift
police | constabulary
volunteers | volunteering | unpaid helpers
health passport | health history | health histories | medical history
leaflet | booklet | pamphlet
council tax | tax exemption | tax discount
step down | stepped down | stepping down | step-down
parental substance misuse | drugs and alcohol | substance misuse | addiction | drug use
legacy | historic | inherited
morale | job satisfaction | happy at work
training | train | learning and development
supervision | supervised | oversight
thresholds | criteria | eligibility
placement | placed
birth parents | parents | mums and dads
school | education | schooling
stability | stable | settled
improve | improvement | get better | progress | better
plan | planning
design | designed | wrote | created | came up with
independent living | living independently | live independently | independence
assessment | assess | assessed
review | reviewed | look into | looked into
meeting | meetings
strength | strengths | doing well | positive
sorted out | sorted | addressed | met | resolved | put right | fixed | dealt with | tackled
pulled up | criticised | areas for improvement | areas for development | areas of development | told to improve
costly | expensive | high cost
rely | relying | reliance | depend | dependence
graded | judged | rated | judgement | grade
absent | absence | not there | without
lead | leading | in charge | responsible for
allowed | permitted | able to
worried | concerned | concern | worry
increase | rise | rising | grew | growing | higher
decrease | fall | falling | reduced | reduction | lower
start | started | begin | began | introduced | launched
successful | effective | working well
"""


def _groups() -> tuple[tuple[str, ...], ...]:
    lines = (line for line in TABLE.strip().splitlines())
    return tuple(tuple(part.strip() for part in line.split("|")) for line in lines)


GROUPS: tuple[tuple[str, ...], ...] = _groups()
"""Groups of alternatives, lower case."""
