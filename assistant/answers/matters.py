"""The matters that inspections of children's services come back to, each with the words that letters use for it."""

from dataclasses import dataclass
from functools import cache

from assistant.words.terms import analyse

__all__ = ["MATTERS", "Matter"]


@dataclass(frozen=True, slots=True)
class Matter:
    """A matter and its words.

    Attributes:
        name: As it is shown.
        words: Phrases; a sentence that holds one speaks of the matter.
        headings: Phrases of headings of sections that are about it.
    """

    name: str
    words: str
    headings: str = ""

    @property
    def phrases(self) -> tuple[str, ...]:
        """The phrases stemmed, each between spaces, to be found in a stemmed text (`words.terms.stemmed`)."""
        return _stemmed(self.words)

    @property
    def heading_phrases(self) -> tuple[str, ...]:
        """The headings' phrases stemmed likewise."""
        return _stemmed(self.headings)

    def hits(self, stems: str) -> int:
        """How many of the phrases a stemmed text holds."""
        return sum(phrase in stems for phrase in self.phrases)

    def heads(self, stems: str) -> bool:
        """Whether a stemmed heading is about the matter."""
        return any(phrase in stems for phrase in self.heading_phrases)


@cache
def _stemmed(listed: str) -> tuple[str, ...]:
    phrases = (" ".join(analyse(phrase)) for phrase in listed.split("|") if phrase.strip())
    return tuple(dict.fromkeys(f" {phrase} " for phrase in phrases))


MATTERS = (
    Matter(
        "Leadership",
        "leaders | leadership | senior leaders | director of children's services | DCS | chief executive | lead member"
        " | elected members | councillors | corporate parents | corporate parenting | improvement board | governance"
        " | senior managers | strategic",
        "leaders | leadership | management and governance",
    ),
    Matter(
        "Front door",
        "front door | MASH | multi-agency safeguarding hub | contacts | referrals | referral | thresholds | threshold"
        " | initial contact | single point of access | screening | triage | out of hours | emergency duty"
        " | strategy discussions | strategy meetings | section 47",
        "front door | contact and referral | MASH",
    ),
    Matter(
        "Children in need and child protection planning",
        "child protection plans | child protection planning | child in need plans | child in need planning"
        " | children in need | child protection conferences | core groups | core group | child protection"
        " | public law outline | pre-proceedings | assessments | neglect | domestic abuse | step down | stepped down",
        "help and protection",
    ),
    Matter(
        "Children in care",
        "children in care | children looked after | looked after children | looked-after children | permanence"
        " | care plans | care planning | independent reviewing officers | IRO | life story | family time | adoption"
        " | special guardianship | reunification",
        "children in care | looked after | permanence",
    ),
    Matter(
        "Care leavers",
        "care leavers | care leaver | leaving care | care-experienced young people | pathway plans | pathway plan"
        " | pathway planning | personal advisers | personal adviser | staying put",
        "care leavers",
    ),
    Matter(
        "Homes and sufficiency",
        "placements | placement | sufficiency | foster carers | fostering | children's homes | residential"
        " | unregistered | accommodation | housing | homes for children | living arrangements | semi-independent"
        " | homeless | placement stability",
    ),
    Matter(
        "Workforce and caseloads",
        "workforce | caseloads | caseload | workloads | recruitment | retention | turnover | agency staff"
        " | agency social workers | vacancies | recruit | newly qualified | changes of social worker"
        " | changes in social worker | stability of the workforce | permanent staff | morale | training",
    ),
    Matter(
        "Supervision and audit",
        "supervision | management oversight | managerial oversight | audit | audits | auditing | quality assurance"
        " | performance management | performance information | performance data | dip sampling | learning from",
    ),
    Matter(
        "Partnership",
        "partners | partnership | partnership working | partner agencies | multi-agency | police | joint working"
        " | agencies | safeguarding partnership",
    ),
    Matter(
        "Education",
        "education | school | schools | virtual school | personal education plans | attendance | attainment"
        " | educational | EET | education, employment and training | exclusions | missing from education"
        " | electively home educated | elective home education | apprenticeships | university",
    ),
    Matter(
        "Health",
        "health | mental health | emotional well-being | CAMHS | health assessments | dental | health needs"
        " | therapeutic | nurses | substance misuse",
    ),
    Matter(
        "Missing and exploitation",
        "missing | go missing | exploitation | exploited | sexual exploitation | criminal exploitation | county lines"
        " | gangs | return home interviews | return interviews | trafficking",
    ),
    Matter(
        "Disabled children",
        "disabled children | children with disabilities | disabilities | disability | disabled | short breaks | SEND"
        " | special educational needs",
    ),
    Matter(
        "Voice of the child",
        "voice of the child | voices | children's views | views of children | wishes and feelings | listen to children"
        " | listened to | direct work | advocacy | advocates | independent visitors | participation | children's voices"
        " | children in care council | lived experience | lived experiences | their views | seen alone",
    ),
    Matter(
        "Early help",
        "early help | early intervention | family support | preventative | prevention | targeted support | family hubs"
        " | children's centres | early support | universal services",
        "early help",
    ),
)
"""In the order in which they are shown."""
