"""The intent of a question: which shape of answer it asks for."""

import re
from typing import Literal

from assistant.questions.answer_type import AnswerType
from assistant.questions.counts import TO_IMPROVE
from assistant.questions.grading import asks_grade

__all__ = ["COMPARE", "COVERAGE", "RECURRING", "RESOLVED", "Intent", "intent_of"]

Intent = Literal[
    "theme",
    "list",
    "compare",
    "coverage",
    "grade",
    "inspectors",
    "addressee",
    "copied",
    "visited",
    "published",
    "previous",
    "upcoming",
    "dates",
    "letters",
    "count",
    "recurring",
    "remit",
]
REMIT = re.compile(
    r"\b(?:do|did) you (?:think|believe|reckon|feel|agree)\b|\bin your (?:opinion|view)\b"
    r"|\byour (?:opinion|view|advice|guess|bet|prediction|hunch|verdict)\b|\bpredict\b"
    r"|^(?:please )?(?:ignore|disregard|forget)\b.{0,40}\b(?:instructions?|letters?|rules|above|previous|everything)\b"
    r"|\b(?:e-?mail|phone|ring|call|contact|write to|ask|tell) .{2,40} for me\b"
    r"|^please (?:e-?mail|phone|ring|call|book|arrange)\b"
    r"|\btell me a (?:joke|story)\b|^(?:please )?say\b.{0,60}\bnothing else\b|'s e-?mails?\b"
    r"|^will\b.{0,80}\b(?:next year|grade|rating|rated|pass)\b"
    r"|\bwill\b[^?]{0,80}\b(?:next time|in future|in the future|at (?:its|the|their) next)\b"
    r"|\bwhat should (?:i|we|my)\b|\bshould (?:i|we|people|residents|voters|anyone|the council"
    r"|councillors|parents|he|she|they)\b|\bcan you (?:advise|help me)\b|\bhow (?:do|can) i\b"
    r"|\bmy (?:own )?(?:\w+ )?(?:son|daughter|sister|brother|friend|neighbour|family|child|children"
    r"|kid|kids|grandson|granddaughter|nephew|niece|wife|husband|ex|partner|mum|dad"
    r"|mother|father|social worker|baby|foster (?:son|daughter|child))(?:'s|s)?\b"
    r"|\b(?:home|private|personal|mobile) (?:phone|address|telephone|number|email|life)\b|\bwhere does .{2,40} live\b"
    r"|\b(?:phone|telephone|mobile) number\b|\bemail address\b|\bsalary\b|\bhow old is (?!the )\b|\bmarried\b"
    r"|\b(?:up to the job|fit for the job|be sacked|be fired|resign|to blame)\b|\bwho should (?:i|we) vote\b"
    r"|\b(?:write|draft|compose) (?:me |us )?(?:a |an )?(?:\w+ ){0,2}(?:poem|song|story|letter|speech"
    r"|email|essay|article|tweet|post)\b|\bvote for\b"
    r"|\bwould you (?:say|call|rate|have|recommend|want|trust)\b|\bhow likely\b"
    r"|\bwhat(?:'s| is| are) the (?:odds|chances?|likelihood|probability)\b"
    r"|\b(?:write|draft|compose|prepare)\b.{2,80}\bfor (?:me|us)\b",
    re.IGNORECASE,
)
COVERAGE = re.compile(
    r"\b(?:(?:in )?which|what|how many|list (?:the|all)?)\s+(?:of\s+)?(?:the\s+|these\s+|our\s+)?(?:[\w-]+\s+){0,2}?"
    r"(?:letters?|documents?|reports?|papers?|inspections?|visits?|authorities|councils)\b(?:\s+(?:do"
    r"|does|did|that|which|we hold)\b)?"
    r"(?P<of>[^?]{0,40}?)\s(?:mention(?:s|ed)?|refer(?:s|red)? to|bring(?:s)? up|come(?:s)? up"
    r"|talk(?:s)? about|cover(?:s)?|discuss(?:es)?"
    r"|raise(?:s)?|touch(?:es)? on|get(?:s)? a mention|contain(?:s)?|say(?:s)? (?:anything"
    r"|something) (?:about|on)|speak(?:s)? (?:of|about)|deal(?:s)? with)\b"
    r"|\bwhere (?:is|are|do|does) (?P<at>.{2,60}) (?:mentioned|get a mention|come up|appear)\b",
    re.IGNORECASE,
)
"""Asks which letters speak of a matter, which is `of` or `at`, or stands behind the match."""
TELLING = (
    r"(?:says?|said|saying|tells?|told|finds?|found|reports?|reported|mention\w*|not(?:es?|ed)|judge[sd]?|conclud\w+|describ\w+"
    r"|identif\w+|prais\w+|critici[sz]\w+|raise[sd]?|rais\w+|saw|sees?|show(?:s|ed|n)?|gave|gives?|made|makes?|wants?|wanted"
    r"|needs?|needed|(?:was|were|are|is)(?! (?:there|held)\b)|about)"
)
"""In the words behind "the inspections of ...": it is asked what one says, not which there are."""
LETTERS = re.compile(
    r"^\s*(?:(?:show|list|give)(?: me)?|which|what|how many)\b"
    r"(?! (?:did|do|does|was|were|is|has|had|have|will|would|could|should)\b).{0,25}"
    r"\b(?:letters?|reports?|documents?|inspections?|visits?)\b"
    r"(?: (?:are|is) there\b| do(?:es)? (?:you|we|it) (?:have|hold)\b| (?:are )?held\b| (?:do )?you (?:have|hold)\b"
    rf"| (?:about|on|for|of) (?!.*\b{TELLING}\b)[A-Z][\w' -]{{2,40}}\??$)",
    re.IGNORECASE,
)
"""Asks which letters there are."""
WANTED = rf"(?:concerns?|problems?|issues?|weakness(?:es)?|failings?|criticisms?|{TO_IMPROVE})"
RECURRING = re.compile(
    rf"\b{WANTED}\b.{{0,60}}\b(?:(?:keeps?|kept|keep on) (?:coming|being|returning|recurring|appearing|getting)"
    r"|(?:come|came|comes|coming) (?:back|up again)|raised (?:again|before|repeatedly|more than once|twice)|recur\w*"
    r"|re-?occur\w*|resurfac\w*|repeated(?:ly)?|again and again|time and again|persist(?:s|ed|ent)?"
    r"|still (?:there|open|unresolved)|been (?:repeated|resolved|addressed|put right|dealt with|fixed|met)"
    r"|(?:were|was|are|is) (?:repeated|resolved|addressed|put right|dealt with|fixed|reported (?:as )?improved))\b"
    rf"|\b(?:same|recurring|repeat(?:ed)?|recurrent|persistent|long-?standing) {WANTED}\b",
    re.IGNORECASE,
)
"""Asks what became of areas for improvement."""
RESOLVED = re.compile(
    r"\b(?<!un)(?:resolved|addressed|put right|dealt with|fixed|met|reported (?:as )?improved)\b", re.IGNORECASE
)
"""Asks, of areas for improvement, for those that were put right."""
COMPARE = re.compile(
    r"\d{4} (?:against|and|or|to|with|v) (?:\w+ ){0,2}\d{4}|\bfrom the \d{4}\b.*\bto the \d{4}"
    r"|\bcompar(?:e|ed|es|ison|ing)\b|\bdiffer(?:ent|ence|ences|s|ed)?\b|\bchang(?:e|ed|es|ing)\b"
    r"|\bversus\b|\bvs\b|\bshift(?:ed)?\b|\bside by side\b"
    r"|\b(?:put|set|lay|place|read)\b.{0,60}\b(?:next to|beside|alongside|against)\b"
    r"|\b(?:better|worse|improved?|more|less|fewer|quicker|faster|higher|lower)\b.{0,120}\b(?:than|since|between)\b"
    r"|\bsince then\b|\bover (?:time|the years)\b|\b(?:two|both|each) .{0,30}(?:papers|letters"
    r"|documents|reports|say)\b|\btrend\b"
    r"|\bhas it got\b|\bthan (?:in|back)\b"
    r"|\b(?:get|got|gone|become|became) (?:any )?(?:better|worse|backwards|downhill)\b",
    re.IGNORECASE,
)
"""Sets letters or years against each other."""
INSPECTORS = re.compile(
    r"\b(?:who|whose|which (?:people|inspectors?|persons?)"
    r"|name(?:s)? (?:of )?(?:the )?(?:\w+ ){0,2}inspectors?)\b.{0,60}?"
    r"(?:\b(?:inspect(?:ed|ors?|ing|ion)?|visited|came|went|wrote|written|signed|signature|author|carried out|conducted"
    r"|did the|behind the (?:letter|visit|inspection)|(?:from|for|at|of) ofsted|ofsted (?:send|sent))\b"
    r"|(?<!sector )(?<!-)\b(?:led|lead|leads|leading)\b(?= (?:the|this|that|it|on|ofsted)\b)(?!.{0,60}"
    r"\b(?:board|service|services|panel|programme|partnership|council|hub|project|work|plan)\b))|\blead inspector\b",
    re.IGNORECASE,
)
INSPECTORS_TOLD = re.compile(
    r"\bhow many (?:of the |ofsted )?inspectors\b|\bnames? of (?:the )?(?:\w+ ){0,2}inspectors\b", re.IGNORECASE
)
NOT_INSPECTORS = re.compile(
    r"\bwho(?:m)? did (?:the )?(?:inspectors|ofsted|they)\b"
    r"|\b(?:lead (?:member|councillor)|describes?|agrees?|agreed|says|told|called|praised|thanked|said"
    r"|design\w*|chair|chairs|chairing|director|addressed|copied"
    r"|sent|minister)\b",
    re.I,
)
CASEWORK = re.compile(
    r"\b(?:child|baby|teenager|famil(?:y|ies)|parents?|young person)\b(?!'s services).{0,60}"
    r"\bwho (?:went|came|visited|led)\b|\bwho (?:went|came|visited|led).{0,40}"
    r"\b(?:a|an|the) (?:child|baby|teenager|famil(?:y|ies)|parents?|young person)\b",
    re.IGNORECASE,
)
"""Who visits a child is no question about the inspectors."""
ADDRESSEE = re.compile(
    r"\bwho(?:m)?\b.{0,60}\b(?:addressed|written to|sent to|letter to)\b|\baddressed to\b"
    r"|\bwho\b.{0,30}\b(?:director|dcs|in charge of (?:the )?(?:[\w']+ )?children|head of children"
    r"|(?:ran|runs?|running|heads?|head of|boss of) (?:[\w']+ ){0,2}children)\b(?!.s (?:homes?|centres?|hubs?)\b)",
    re.IGNORECASE,
)
ADDRESSED = re.compile(
    r"\b(?:name|names|head|director|person|whom?)\b.{0,60}\b(?:letters? (?:was|is|were) (?:written|addressed|sent) to"
    r"|addressed to)\b",
    re.IGNORECASE,
)
COPIED = re.compile(
    r"\b(?:copied|copy|cc'?d?|who else (?:was|were|got|is) (?:it )?sent|else was sent|else (?:got"
    r"|received|was given))\b",
    re.I,
)
VISITED = re.compile(
    r"\b(?:inspectors?|ofsted|they|visit(?:ed|ing)?|inspect(?:ed|ion|ions)?|fieldwork|on site"
    r"|in town)\b.{0,50}\b(?:in|at|to|come|came|visit(?:ed)?"
    r"|take place|took place|happen(?:ed)?|carried out|there|conducted|inspect(?:ed)?|physically|was|were|on)\b"
    r"|\b(?:was|did|were|is)\b.{0,40}\b(?:visit(?:ed)?|inspect(?:ed|ion)?|come|came)\b|\b(?:visit"
    r"|inspection) dates?\b"
    r"|\bhow long (?:was|did) the .{0,30}(?:inspection|visit)\b",
    re.IGNORECASE,
)
SINCE_WHEN = re.compile(r"\b(?:since|by|until) when\b|\bhow long ago\b", re.IGNORECASE)
PUBLISHED = re.compile(
    r"\b(?:published|publish|issued|released|go public|made public|come out|came out|dated|sent out"
    r"|written|date (?:of|on) the (?:letter|report))\b",
    re.IGNORECASE,
)
BOTH_DATES = re.compile(
    r"\band (?:what|when)\b|\bboth\b|\bbetween\b"
    r"|\bhow (?:soon|long|many (?:days|weeks)) (?:after|before|between|was it)\b",
    re.IGNORECASE,
)
PREVIOUS = re.compile(
    r"\b(?:previous|prior)\b.{0,25}\b(?:inspections?|visits?)\b"
    r"|\b(?:one before|came before|before the (?:19|20)\d\d|before (?:that|this|it)"
    r"|before the .{0,30}(?:inspection|visit|letter)"
    r"|previous (?:one|visit|inspection|letter|monitoring|focused)|(?:visit|inspection|one) before"
    r"|(?:last|previous) .{0,40}\bbefor(?:e)?\b)",
    re.IGNORECASE,
)
DAYS_THERE = re.compile(
    r"\bhow (?:many (?:days|weeks)|long)\b.{0,30}\b(?:inspectors?|ofsted|inspection|visit)\b.{0,30}"
    r"\b(?:on site|there|take|took|last|lasted|stay|stayed|spend|spent|in)\b",
    re.IGNORECASE,
)
UPCOMING = re.compile(
    r"\bwhen (?:will|is|are|do|does)\b.{0,60}\b(?:next|back|return|again|re-?inspect\w*)\b"
    r"|\bwhen .{0,40}\b(?:inspectors?|ofsted) .{0,20}\b(?:come|coming|go|going|be) (?:back|again)\b",
    re.IGNORECASE,
)


def intent_of(text: str, answer_type: AnswerType | None, lists: bool, n_letters: int) -> Intent:
    """The shape of the answer that a question asks for.

    Args:
        text: The question, spelling mended.
        answer_type: What an answering sentence must hold.
        lists: Whether it asks for a list of a letter.
        n_letters: How many letters are in scope: one letter alone cannot be compared.
    """
    if REMIT.search(text):
        return "remit"
    if COVERAGE.search(text):
        return "coverage"
    if LETTERS.search(text):
        return "letters"
    if COPIED.search(text):
        return "copied"
    if INSPECTORS_TOLD.search(text):
        return "inspectors"
    if ADDRESSED.search(text) and answer_type in (None, "who", "name"):
        return "addressee"
    if DAYS_THERE.search(text):
        return "visited"
    if answer_type == "who" or re.search(r"\blead inspector\b", text, re.IGNORECASE):
        if ADDRESSEE.search(text):
            return "addressee"
        if INSPECTORS.search(text) and not (NOT_INSPECTORS.search(text) or CASEWORK.search(text)):
            return "inspectors"
    if answer_type == "when":
        if UPCOMING.search(text):
            return "upcoming"
        if PREVIOUS.search(text):
            return "previous"
        lasting = SINCE_WHEN.search(text)
        published, visited = PUBLISHED.search(text), None if lasting else VISITED.search(text)
        if published and visited and BOTH_DATES.search(text):
            return "dates"
        if published:
            return "published"
        if visited:
            return "visited"
    if asks_grade(text, answer_type):
        return "grade"
    if lists and answer_type in (None, "who"):
        return "list"
    if COMPARE.search(text) and n_letters > 1:
        return "compare"
    return "theme"
