"""What a question asks for: a fact, a list, a comparison, a grade, which letters mention something, ..."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from assistant.errors import QuestionError
from assistant.letters.dates import MONTH_NUMBERS
from assistant.letters.inspectorates import WHOLE, Inspectorate, in_force
from assistant.questions.counts import Count, read_count
from assistant.questions.named import plainly
from assistant.questions.topic import heads
from assistant.words.terms import FUNCTION, Term, expand

__all__ = ["AnswerType", "Intent", "Question", "checked", "claims", "understand"]

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
AnswerType = Literal["who", "when", "number", "percentage", "money", "age", "where", "name", "yes-no", "why"]


@dataclass(frozen=True, slots=True)
class Question:
    """A question understood.

    Attributes:
        text: As asked, spelling mended.
        search: With what a follow-up leaves unsaid put behind it.
        before: The earlier questions that a follow-up leans on, or "".
        intent: The shape of the answer.
        answer_type: What an answering sentence must hold, or None.
        terms: What it is about, the scope's words taken out.
        own_terms: Those of its own words, without the history's.
        asked: For "how many X": the stems of X.
        lists: For a list: the kinds of section that hold it.
        area: For a grade: the graded area, or None.
        areas: All of them, where several are asked for.
        claimed: A grade that the question takes for granted.
        compare: Whether two or more letters are set against each other.
        stance: 1 where strengths are asked for, -1 where weaknesses are, else 0.
        ordinals: "third", "next": words that an answering sentence must hold.
        count: What is counted over many letters, or None.
        heads: "clubs" of "what was said about youth clubs": nouns without which there is no answer.
    """

    text: str
    search: str
    intent: Intent
    answer_type: AnswerType | None
    terms: tuple[Term, ...]
    own_terms: tuple[Term, ...]
    asked: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    area: str | None = None
    areas: tuple[str, ...] = ()
    claimed: str | None = None
    compare: bool = False
    stance: int = 0
    ordinals: tuple[str, ...] = ()
    count: Count | None = None
    heads: tuple[Term, ...] = ()
    before: str = ""


def checked(question: str, longest: int) -> str:
    """The question without surrounding white space.

    Raises:
        QuestionError: If it is empty or longer than `longest` characters.
    """
    question = " ".join(question.encode("utf-8", "replace").decode("utf-8").split())  # no half surrogate pairs
    if not re.search(r"\w", question):
        what = "holds no words" if question else "is empty"
        raise QuestionError(f"the question {what}; ask something, for example: what needs to improve?")
    if len(question) > longest:
        raise QuestionError(f"the question has {len(question):,} characters; ask in at most {longest:,}")
    return question


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
GRADE_WORDS = re.compile(
    r"\bgrad(?:e|es|ed|ing|ings)\b|\bjudge(?:d|ment|ments)\b|\b(?:ofsted|inspectors?|they) judges?\b"
    r"|\bverdicts?\b"
    r"|\bwhat (?:was|is|were) the (?:result|outcome) (?:of|in|at|from) (?:the |that |this )?(?:\w+ ){0,2}inspection\b"
    r"|\brat(?:ed|ing|ings)\b|\boverall effectiveness\b|\b(?:what|which) marks?\b"
    r"|\b(?:get|got|given|receive[d]?|awarded|score[d]?) (?:overall|by ofsted)\b|\bofsted (?:grade"
    r"|score)\b|\bscored?\b",
    re.IGNORECASE,
)
GRADING = re.compile(r"\b(?:judge|grade|rat(?:ed|ing)|score)", re.IGNORECASE)
"""Speaks of grading, so that an everyday word is a grade."""
WHY = re.compile(
    r"^\s*(?:so |and |but )?(?:what (?:was|is|were|lay|lies) behind|how did (?:the )?(?:inspectors"
    r"|ofsted) explain|why|how come|for what reason"
    r"|what (?:made|led|caused|pushed|drove|drives|triggered|prompted|explain(?:s|ed)))\b"
    r"|\b(?:what|which) (?:reasons?|causes?|explanations?)\b"
    r"|\bwhy (?:was|were|is|are|did|do|does|has|have|had)\b|\bthe reasons? (?:why"
    r"|for)\b|\bput (?:it|this|that) down to\b"
    r"|\bwhat .{0,40}\b(?:blame|attribute)\w*\b",
    re.IGNORECASE,
)
RANKED = re.compile(
    r"\b(?:came|come|comes) (?:off|out) (?:the )?(?:better|best|worse|worst)\b"
    r"|\bdid (?:the )?(?:better|best|worse|worst)\b"
    r"|\bwhich (?:\w+ ){0,4}(?:better|best|worse|worst|stronger|strongest|weaker|weakest)\b",
    re.IGNORECASE,
)
"""Sets graded areas against each other."""
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
LETTERS = re.compile(
    r"^\s*(?:(?:show|list|give)(?: me)?|which|what|how many)\b.{0,25}"
    r"\b(?:letters?|reports?|documents?|inspections?|visits?)\b"
    r"(?: (?:are|is) there\b| do(?:es)? (?:you|we|it) (?:have|hold)\b| (?:are )?held\b| (?:do )?you (?:have|hold)\b"
    r"| (?:about|on|for|of) [A-Z][\w' -]{2,40}\??$)",
    re.IGNORECASE,
)
"""Asks which letters there are."""
WANTED = (
    r"(?:concerns?|problems?|issues?|weakness(?:es)?|failings?|criticisms?|recommendations?|areas? for (?:improvement"
    r"|priority action|development)|priority actions?)"
)
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
    r"|(?:ran|runs?|running|heads?|head of|boss of) (?:[\w']+ ){0,2}children)\b",
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
WHEN = re.compile(
    r"(?:^|[,;:.?!-]\s*|\b(?:and|so|but|or|by|since|until|know|say|tell me)\s+)when\b"
    r"|^(?!.*\bwhat\b).*(?<!to )(?<!to-)\bdates?\b|\bhow far back\b|\bdated\b|\b(?:start|end"
    r"|inspection|visit) dates?\b"
    r"|\b(?:last|first|final) days?\b|\bdates? of\b"
    r"|\bsince when\b|\bwhat (?:date|dates|day|days|month|year)\b|\bwhich (?:date|dates"
    r"|day|days|month|year)\b|\bhow long ago\b|\b(?:by|at) what point\b"
    r"|\bby when\b|\bwhat time\b|\bwich days?\b|\bwhat (?:was|were|is|are) the (?:\w+ ){0,2}dates?\b",
    re.IGNORECASE,
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
INSTEAD = re.compile(
    r"^\s*(?:and |but |so )?(?:what|how) about\b|^\s*and (?:for |on |their |the )?[\w' -]{3,40}\??$", re.IGNORECASE
)
"""A follow-up that puts another matter in the place of the one before."""
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
LISTS: tuple[tuple[tuple[str, ...], str], ...] = (
    (
        ("priority", "improve"),
        r"\bmost urgent\b|\bemergency action\b|\bimmediate(?:ly)? (?:action|put right|sort out|fix)",
    ),
    (("priority",), r"\bpriority actions?\b|\bareas? for priority\b|\burgent(?:ly)? (?:action|improve)"),
    (
        ("recommendations",),
        r"\brecommend(?:ation|ations|ed|s)?\b"
        r"|\b(?:asked|invited|requested|expected) to (?:do|agree|approve|note|decide|endorse)\b"
        r"|\b(?:being|were|was) (?:asked|invited) to\b",
    ),
    (
        ("strengths",),
        r"\bstrengths?\b|\bimpressed\b|\badmired\b"
        r"|\bdo(?:ing|es)? well\b|\bgood at\b|\b(?:going|went|works?|working) well\b"
        r"|\bwhat .{0,20} positive",
    ),
    (
        ("coverage",),
        r"\bscope of the\b|\b(?:inspectors?|visit|ofsted|they) (?:examine|look at|cover|review|focus"
        r"|consider)|\bareas? (?:of concern )?.{0,40}(?:cover|review|check|look|revisit|follow)"
        r"|\b(?:topics|themes|subjects|matters)\b.{0,40}\b(?:went back to|cover|look|revisit|review|follow)"
        r"|\bareas covered\b|\bfocus(?:ed)? on\b",
    ),
    (
        ("requirements",),
        r"\bmeets? (?:the )?requirements\b|\bmet (?:the )?requirements\b|\brequirements .{0,20}\bmet\b",
    ),
    (
        ("improve", "priority"),
        r"\bareas? for (?:further )?(?:improvement|development)\b|\bneed(?:s|ed)? to (?:be )?(?:improv"
        r"|get better|fix|chang|develop)"
        r"|\b(?:told|asked|had|have|has) .{0,30}\bto (?:improve|fix|put right|sort out|work on)\b"
        r"|\b(?:what|which).{0,50}(?:must|should|has to|have to|needs?|still) .{0,30}(?:improve|fix"
        r"|better|worked on|more work|work)"
        r"|\bneed(?:s|ed|ing)? (?:further |more |some )?(?:improv|fix|work|attention|develop)\w*"
        r"|\b(?:things|areas|points|issues|matters)\b.{0,40}\b(?:improv|fix|put right|better)\w*"
        r"|\bimprovements? (?:needed|required|asked)|\bareas? .{0,30}(?:more work|improve|improvement)"
        r"|\bhad to be worked on\b"
        r"|\bneeded more work\b|\bto improve\b|\bpoints? for improvement\b"
        r"|\bfall(?:s|ing)? short\b|\bfell short\b|\bweak (?:points?|spots?)\b|\boutstanding actions?\b"
        r"|\bactions? (?:still )?outstanding\b|\bweakness(?:es)?\b.{0,20}\blist|\bshortcomings\b"
        r"|\broom for improvement\b|\bto[ -]do list\b"
        r"|\b(?:could|must|should|can|needs? to)[ -]do[ -]better\b",
    ),
)
LIST_PATTERNS = tuple((kinds, re.compile(words, re.IGNORECASE)) for kinds, words in LISTS)
HOW_MANY = re.compile(
    r"\bhow (?P<much>many|much(?! (?:do|does|did|are|is|were|was|have|has|say|input|influence|support|help)\b)|big"
    r"|large|small|few|often|long|old|high|low)\b|\baverage (?!of)"
    r"|\b(?:what|which) (?P<share>percentage|share|proportion|per cent|percent|rate)\b"
    r"|\b(?P<part>how much) of the\b"
    r"|\bwhat (?:is|was|were|are) the (?:\w+ ){0,4}(?P<given>rate|percentage|proportion)\b"
    r"|\b(?P<of>percentage|proportion|per cent|percent) of\b"
    r"|\b(?:what|which) (?P<sign>%)|\bwhat (?:number|total)\b|\b(?:what|which) age\b|\bnumber of\b",
    re.IGNORECASE,
)
MONEY = re.compile(
    r"\b(?:what|how much) (?:does|did|do|will|would|has|have) .{2,80} cost\b|\bwhat (?:was|is"
    r"|were) the (?:cost|price|bill|budget)|how much (?:extra |more )?(?:money|funding|cash"
    r"|did .* (?:cost|spend|invest)|does .* cost|was (?:spent|invested))"
    r"|\bhow much\b.{0,60}\b(?:cost(?:s|ing)?|charged?|paid|pays?|paying|spent|spends?|spending|rents?|fees?|wages?)\b"
    r"|\bcost\b|\bbudget\b|£",
    re.I,
)
WHERE = re.compile(
    r"(?:^|[,;]\s*|\band\s+)where\b(?!.*\b(?:come from|comes from|came from)\b)(?!.*\bmentioned\b)"
    r"(?!.{0,40}\bcomes? in(?:to)?\b)"
    r"(?!.{0,60}\b(?:fall(?:s|ing)? short|fell short|weak(?:er|est)?|strong(?:er|est)?|better|best|worse|worst|well"
    r"|wrong|improv\w*|struggl\w+|lacking)\b)",
    re.IGNORECASE,
)
"""Asks for a place; "where was it falling short" asks for failings."""
YES_NO = re.compile(
    r"^\s*(?:and |so |but |then )?(?:did|was|were|is|are|has|have|had|do|does|can|could|will|would)\b", re.I
)
NAMED_THING = re.compile(
    r"\b(?:name of|names? of the|what'?s the name|what is the name|(?:is|are|was|were) (?:it |he "
    r"|she |they )?called|what(?:'s| is| was| were| are) (?:the |its |their )?[^?,]{2,60} called"
    r"|names?,? please"
    r"|(?:person|woman|man|boss|manager|director|leader)'s name"
    r"|(?:which|what) (?:company|companies|firm|supplier|provider|school|hospital"
    r"|charity|organisations?|agency|councils?|authorit(?:y|ies)|universit(?:y|ies)))\b|\bcalled\s*\??$",
    re.I,
)
WHO = re.compile(
    r"(?:^|[,;:.?!-]\s*|\b(?:and|so|but|or|by|to|tell me|know|see|find out)\s+)(?:who|whose|whom)\b"
    r"|\bwhich (?:councillor|person|people|inspector|member|officer|leader|politician)s?\b",
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
NOT_MEANT = re.compile(r"[,;(]?\s*(?:i )?(?:do not|don't|not) (?:mean|want|just|the date)\b.*$", re.IGNORECASE)
ORDINAL = re.compile(r"\b(?:next|average|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)\b", re.IGNORECASE)
NEGATIVE = re.compile(
    r"\b(?:wrong|problems?|weak(?:ness(?:es)?)?|concerns?|concerned|worr(?:y|ies|ied)|criticis\w*|bad"
    r"|badly|poor(?:ly)?|fail\w*|shortcoming\w*"
    r"|gaps?|issues?|not working|pulled up|difficult\w*|struggl\w*|lacking|missing from|barriers?)\b",
    re.IGNORECASE,
)
POSITIVE = re.compile(
    r"\b(?:strengths?|well|good|prais\w*|positives?|success\w*|pleased|best|working well|proud|impress\w*)\b",
    re.IGNORECASE,
)


BROAD = frozenset("summarise summary overview describe letter letters report reports document documents".split())
"""Words of a question about a letter as a whole; they are no matter to look for."""
VISITING = re.compile(
    r"\b(?:child|children|famil(?:y|ies)|social workers?)\b.{0,30}\bvisit|\bvisit\w* (?:to )?(?:child"
    r"|children|famil)",
    re.IGNORECASE,
)
DATED_VISIT = re.compile(r"\b(?:(?:19|20)\d\d|focused|monitoring|ofsted)(?:'s)? visits?\b", re.IGNORECASE)
NOT_GOOD = re.compile(
    r"(?:\b(?:not|never|nothing)\b|n't\b).{0,25}\b(?:well|good|work(?:ing|s|ed)?|lik(?:e|ed)|strong|right|great)\b",
    re.IGNORECASE,
)
"""Merit denied: "what did they not do well"."""
WEAKNESSES = ("improve", "priority")
IMPLIED = {"grade": "judged", "published": "published"}  # what a question of an intent asks, in the letters' word
OWN_ENOUGH = 2  # terms of its own with which a follow-up leans but lightly on the question before it
LEANING, LIGHTLY = 0.7, 0.2


def understand(text: str, before: str, used: Sequence[str], n_letters: int) -> Question:
    """What a question asks for.

    Args:
        text: The question, spelling mended.
        before: The earlier questions that a follow-up leans on, or "".
        used: Words that the scope has used up.
        n_letters: How many letters are in scope: one letter alone cannot be compared.
    """
    text, before = plainly(text), plainly(before)
    text = NOT_MEANT.sub("", text) or text
    answer_type = _answer_type(text)
    coverage = COVERAGE.search(text)
    if coverage:  # "which letters mention" is no matter of the question
        rest = f"{text[: coverage.start()]} {coverage['of'] or coverage['at'] or ''} {text[coverage.end() :]}"
    matter = rest if coverage else text
    own = expand(matter, used)
    if not own and not before:  # "who said there is still a long way to go": only common words, so these must do
        own = expand(matter, used, FUNCTION | BROAD)
    weight = LIGHTLY if len(own) >= OWN_ENOUGH else LEANING
    stance = -1 if NOT_GOOD.search(text) else bool(POSITIVE.search(text)) - bool(NEGATIVE.search(text))
    if stance:  # "what weaknesses were found" asks for a leaning, not for the word
        own = tuple(t for t in own if not (POSITIVE if stance > 0 else NEGATIVE).fullmatch(t.typed))
    if VISITING.search(DATED_VISIT.sub("", text)):
        own = (*own, *expand("visit", (), frozenset()))
    known = {term.alternatives[0] for term in own}
    inherited = [replace(term, weight=weight) for term in expand(before, used) if term.alternatives[0] not in known]
    if INSTEAD.search(text) and any(not term.people for term in own):  # "and what about their health?"
        inherited = [term for term in inherited if term.people]
    search = f"{text} {before}".strip() if weight == LEANING else text
    asking = text if own or not before else search  # "and who was with her?" asks what the question before asked
    if asking != text:
        answer_type = answer_type or _answer_type(before)
    lists = next((kinds for kinds, pattern in LIST_PATTERNS if pattern.search(asking)), ())
    bare = stance < 0 and not (lists or before or expand(NOT_GOOD.sub(" ", matter), used))
    if stance < 0 and answer_type is None and (bare or lists == ("strengths",)):
        lists = WEAKNESSES  # "what did they not do well", "what went wrong": what the letter lists to improve
    areas = _areas(text)
    count = read_count(text, any(re.fullmatch(r"\d{4}", word) for word in used))
    intent = _intent(asking, answer_type, bool(lists), n_letters)
    intent = "count" if count and intent not in ("remit", "coverage") else intent
    if RECURRING.search(text) and intent not in ("remit", "coverage", "count") and n_letters > 1:
        intent, stance = "recurring", 1 if RESOLVED.search(text) else -1
    return Question(
        text=text,
        search=search,
        intent=intent,
        answer_type=answer_type,
        terms=(*own, *inherited, *expand(IMPLIED.get(intent, ""))),
        own_terms=own,
        asked=_asked(text),
        lists=lists,
        area=next(iter(areas), None),
        areas=areas,
        claimed=next(iter(claims(text)), None),
        compare=bool(COMPARE.search(text)) and n_letters > 1,
        stance=stance,
        ordinals=tuple(dict.fromkeys(match.group().lower() for match in ORDINAL.finditer(text))),
        count=count,
        heads=heads(text, own),
        before=before,
    )


QUESTION_WORDS: tuple[tuple[re.Pattern[str], AnswerType], ...] = (
    (WHY, "why"),
    (NAMED_THING, "name"),
    (WHO, "who"),
    (WHEN, "when"),
    (WHERE, "where"),
)


@dataclass(frozen=True, slots=True)
class _Grading:
    """How questions speak of grades.

    Attributes:
        grade: A grade by its name.
        sure: Words that can only mean a grade.
        doubtful: Grades of added inspectorates that are everyday words too.
        areas: For each inspectorate its graded areas, by their words.
    """

    grade: re.Pattern[str]
    sure: re.Pattern[str]
    doubtful: frozenset[str]
    areas: tuple[tuple[tuple[str, re.Pattern[str]], ...], ...]


@cache
def _grading(of: tuple[Inspectorate, ...]) -> _Grading:
    grades = [grade for by in of for grade in by.grades]
    sure = (grade.as_sure for grade in grades)
    names = (re.escape(grade.name) for grade in grades)
    return _Grading(
        re.compile(rf"\b(?:{'|'.join(names)})\b", re.IGNORECASE),
        re.compile("|".join(sure)),
        frozenset(grade.name for by in of[1:] for grade in by.grades if grade.everyday),
        tuple(
            # The service as a whole comes last: "the overall grade for leaders" is that of leaders.
            tuple(
                (area.name, re.compile(rf"\b(?:{area.as_asked})"))
                for area in sorted(by.areas, key=lambda area: area.name == WHOLE)
            )
            for by in of
        ),
    )


def claims(text: str) -> tuple[str, ...]:
    """The grades that a text names, in order."""
    grading = _grading(in_force())
    found = tuple(match.group().lower() for match in grading.grade.finditer(text))
    return found if GRADING.search(text) else tuple(grade for grade in found if grade not in grading.doubtful)


def _areas(text: str) -> tuple[str, ...]:
    """The graded areas that a text names, the longest names first; what one has used up is no other's."""
    found: dict[str, None] = {}
    for areas in _grading(in_force()).areas:
        rest = text
        for area, names in areas:
            left = names.sub(" ", rest)
            if left != rest:
                found[area] = None
                rest = left
    return tuple(found)


CLAUSE = re.compile(
    r"^\s*(?:when|where|if|while|once|as)\b[^,?]{3,150},\s*"
    r"(?=(?:did|does|do|was|were|is|are|has|have|had|could|can|would|how|what|who|which|why)\b)",
    re.IGNORECASE,
)
"""A clause before the question: "When a child was in danger, did the police come?" asks for no date."""


CLAUSE_BEHIND = re.compile(
    r"(?<=\w), (?:when|where|while) (?:it|they|he|she|inspectors?|ofsted|the \w+)\b[^?,]{3,80}(?=\?*$)", re.IGNORECASE
)
"""A clause behind the question: "How were they doing, when it was visited in 2021?" asks for no date either."""


def _answer_type(text: str) -> AnswerType | None:
    """By the question word that comes first: "who was in charge when ..." asks who."""
    text = CLAUSE_BEHIND.sub("", CLAUSE.sub("", text))
    found: list[tuple[int, AnswerType]] = []
    for pattern, kind in QUESTION_WORDS:
        match = pattern.search(text)
        if match:
            found.append((match.start(), kind))
    many = HOW_MANY.search(text)
    if many:
        found.append((many.start(), _quantity(text, many)))
    money = MONEY.search(text)
    if money and not many and money.group().lower() not in ("cost", "budget"):
        found.append((money.start(), "money"))
    yes_no = YES_NO.match(text)
    if yes_no:
        found.append((0, "yes-no"))
    return min(found)[1] if found else None


def _quantity(text: str, many: re.Match[str]) -> AnswerType:
    much = (many["much"] or "").lower()
    if MONEY.search(text) and much in ("much", ""):
        return "money"
    if (
        many["share"]
        or many["of"]
        or many["sign"]
        or many["given"]
        or re.match(r"how much of", text[many.start() :], re.IGNORECASE)
    ):
        return "percentage"
    if much in ("old", "long", "often", "far") or re.search(r"\b(?:what|which) age\b", text, re.IGNORECASE):
        return "age"
    return "number"


def _intent(text: str, answer_type: AnswerType | None, lists: bool, n_letters: int) -> Intent:
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
    if GRADE_WORDS.search(text) and answer_type in (None, "yes-no", "who"):
        return "grade"
    if len(_areas(text)) > 1 and RANKED.search(text):
        return "grade"
    if len(set(claims(text))) > 1 and answer_type != "why":
        return "grade"  # "from outstanding down to inadequate, where did it land"
    if _grading(in_force()).sure.search(text) and answer_type in (None, "yes-no"):
        return "grade"
    if lists and answer_type in (None, "who"):
        return "list"
    if COMPARE.search(text) and n_letters > 1:
        return "compare"
    return "theme"


def _asked(text: str) -> tuple[str, ...]:
    """The noun that "how many" counts, as stems: up to three words behind it."""
    from assistant.words.terms import STOP, stem, words

    match = re.search(
        r"\b(?:how (?:many|few)|number of)\s+(?:of\s+(?:the\s+)?)?((?:[\w'-]+\s*){1,4})", text, re.IGNORECASE
    )
    if not match:
        return ()
    found: list[str] = []
    for word in words(match[1]):
        if found and word in STOP:
            break
        if word[:3] in MONTH_NUMBERS or word.isdigit():
            break
        if word in (
            "did",
            "were",
            "was",
            "are",
            "is",
            "have",
            "had",
            "do",
            "does",
            "in",
            "on",
            "at",
            "has",
            "there",
            "got",
            "spoke",
            "met",
            "told",
            "felt",
            "left",
            "went",
            "came",
            "took",
        ):
            break
        found.append(word)
    return tuple(
        stem(word) for word in found if word not in STOP or word in ("children", "inspectors", "people", "times")
    )
