"""The words that decide whether two sentences say the same: what turns a statement, limits it, softens it, frames it.

Tables only. `claims` reads sentences with them.
"""

import re

__all__ = [
    "ASKED_FOR",
    "AUXILIARIES",
    "BOUNDS",
    "CLAUSE",
    "EQUAL",
    "FAULT",
    "FRAME",
    "GOVERNED",
    "GRADE",
    "GRADES_READ",
    "KEPT",
    "LEANING",
    "LITTLE",
    "NEGATIONS",
    "NUMBERS",
    "OPERATORS",
    "PARTICIPLES",
    "PAST",
    "PRAISE",
    "PRESENT",
    "RELATIVE",
    "UNLIKE",
    "VERBS",
    "WHOLES",
]

OPERATORS = {
    "most": r"almost all|nearly all|the (?:vast |large |great )?majority|majority|mostly|most|largely|generally|usually"
    r"|typically|mainly|predominantly|in the main|on the whole|tends? to",
    "few": r"a (?:very )?small (?:number|minority|proportion)|a minority|minority|(?<!a )few|(?<!a )little|rarely|rare"
    r"|seldom|hardly|scarcely|occasional(?:ly)?|limited",
    "some": r"a few|a little|a number of|some|sometimes|partly|partially|in part|in places|certain",
    "many": r"many|often|frequent(?:ly)?|several|numerous|much|too many",
    "all": r"all|every|each|everyone|everybody|entire(?:ly)?|whole|wholly|completely|fully|universal(?:ly)?",
    "always": r"always|invariably",
    "any": r"any|anyone|anybody",
    "no longer": r"no longer",
    "never": r"never|at no time",
    "without": r"without",
    "not": r"not yet|not|no|none|nor|neither|nobody|nothing|cannot|\w+n't",
    "fail": r"fail\w*|lack\w*|absen\w+|unable|insufficient\w*|not enough|too|far from"
    r"|less than(?= (?:good|outstanding|adequate|satisfactory|effective))",
    "may": r"may|might|could|can|able to|possibl[ey]|perhaps|potentially|appears?|seems?|likely",
    "will": r"will|would|shall",
    "plan": r"plans? to|planned|planning to|intend\w*|intent\w*|aim(?:s|ed|ing)?(?: to)?|expect\w*"
    r"|propos\w+|hop(?:es?|ing)|due to be|future|forthcoming|ambitions? to",
    "must": r"needs? to|needed|in need of|requir\w+|should|must|ought to|ha[sv]e? to",
    "start": r"start\w*|begin\w*|began|begun|in the process of|under ?way|working towards?|emerging|early stages?"
    r"|tr(?:y|ies|ied|ying) to|attempt\w*|seek(?:s|ing)? to",
    "said": r"according to|said|says?|saying|told|tells?|telling|reported|reports that|believ\w+|claim\w*|stated|states"
    r"|feel|feels|felt|think|thinks|thought|acknowledg\w+|recogni[sz]\w+|point(?:s|ed)? out|commented|added"
    r"|asserted|argued?|insist\w*|self-(?:assessment|evaluation)s?|writes?|wrote|describ\w+|declar\w+|alleg\w+"
    r"|promis(?:e|es|ed)",
    "if": r"if|unless|provided that|whether|until|except|apart from|other than|only (?:if|when|where)",
    "when": r"when|whenever|where|wherever|once",
    "past": r"previous(?:ly)?|former(?:ly)?|histori(?:c|cal|cally)|in the past|used to|had been|earlier|at the time of",
    "cause": r"because|therefore|thus|hence|consequently|as a result|result(?:s|ed|ing)? (?:in|from)|due to|owing to"
    r"|so that|lead(?:s|ing)? to|led to|means? that|meant that|caus(?:e|es|ed|ing)|thereby",
    "or more": r"at least|more than|over(?= [\d£])|above(?= [\d£])|in excess of|or more|minimum",
    "or less": r"at most|up to|less than|fewer than|under(?= [\d£])|below(?= [\d£])|or less|or fewer|maximum",
    "about": r"about(?= [\d£])|around(?= [\d£])|approximately|nearly|almost|roughly|close to",
}
"""Kinds of words that change what a statement claims; the first kind that matches counts."""

NEGATIONS = frozenset({"not", "without", "never", "no longer", "fail"})
"""Kinds that turn a statement round; they belong to the words behind them."""

BOUNDS = frozenset({"or more", "or less", "about"})
"""Kinds that belong to the number beside them."""

WHOLES = frozenset({"all", "always", "any"})
"""Kinds that say how far a statement goes: "not in all areas" is neither "not" nor "not in any area"."""

KEPT = frozenset(OPERATORS) - NEGATIONS - BOUNDS - WHOLES - {"when", "cause"}
"""Kinds that may not be left out of a clause: without them it would claim more."""

GRADE = re.compile(
    r"requir\w+ improvement(?: to be good)?|outstanding|(?<!to be )good|inadequate|adequate|satisfactory", re.IGNORECASE
)
"""Ofsted's grades, of today and before 2012; a whole phrase is one grade."""

GRADES_READ = {"requir": "requires improvement"}
"""Beginnings of a grade as printed, and the one name for it."""

LITTLE = frozenset(
    """a an the and or of in on at to for from by with as is are was were be been being am do does did doing have has
    had having that which who whom whose this these those it its they their them themselves he she his her him there
    here also both such so into onto than we our us i my me you your own however although though but while whereas
    moreover furthermore additionally well-being s re ve ll d t""".split()
)
"""Words that hold a sentence together and claim nothing."""

AUXILIARIES = frozenset("is are was were be been being get gets got".split())
"""Before a participle they make the passive voice: "supports" and "is supported" are two claims."""

PRESENT, PAST = frozenset("is are has have".split()), frozenset("was were had".split())
"""Whether a clause tells of now or of then."""

VERBS = frozenset("is are was were has have had do does did can could will would may might must should shall".split())
"""Where a clause says what it says with one of these, half of it without any says nothing."""

PARTICIPLES = frozenset(
    """given seen made known held kept told found met led built put set left taken done shown written brought taught
    sent spent lost paid run understood driven chosen""".split()
)
"""Participles that do not end in "ed"."""

UNLIKE = frozenset(
    "timely careful carefully careless likely unlikely lately shortly fairly barely experienced staffed".split()
)
"""Words whose stem is that of another word of another meaning: they equal only themselves."""

EQUAL = [
    [phrase.strip() for phrase in line.split("|")]
    for line in """
children in care | looked after children | looked-after children | children looked after | children who are looked after
care leavers | young people leaving care | care-experienced young people
multi-agency safeguarding hub | multi agency safeguarding hub | mash
common assessment framework | caf
public law outline | plo
local authority designated officer | lado
independent reviewing officers | iros
independent reviewing officer | iro
director of children's services | dcs
personal advisers | personal advisors | pas
personal adviser | personal advisor | pa
education, health and care plans | ehc plans | ehcps
special educational needs and disabilities | special educational needs and/or disabilities | send
child and adolescent mental health services | camhs
local authority | council
per cent | percent | %
far from | anything but
big | large
quick | prompt | swift
quickly | promptly | swiftly
shows | demonstrates | show | demonstrate
gets | receives | get | receive
adviser | advisor
enough | sufficient
""".strip().splitlines()
]
"""Ways of saying the same, on one line; the first stands for all."""

NUMBERS = {
    word: str(number)
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
        " seventeen eighteen nineteen twenty".split()
    )
} | dict(
    zip("thirty forty fifty sixty seventy eighty ninety".split(), map(str, range(30, 100, 10)), strict=True),
    hundred="100", thousand="1000", million="1000000", half="1/2", quarter="1/4", quarters="1/4", thirds="1/3",
    third="3rd", first="1st", second="2nd", fourth="4th", fifth="5th", sixth="6th",
)  # fmt: skip
"""Number words as digits; ordinals are numbers of their own."""

CLAUSE = re.compile(
    r"[;:]|\s[\N{EN DASH}\N{EM DASH}-]\s|[.!?](?=\s|$)"
    r"|,\s+(?=(?:but|and|while|whereas|although|though|however|yet|which|who|because|so)\b)"
    r"|\s(?=(?:but|although|whereas|though|because)\b)",
    re.IGNORECASE,
)
"""Where one clause ends and another begins."""

GOVERNED = re.compile(r"(?<!\d):|:(?!\d)|\b(?:that|which|who|whom|whose|whether|how|why)\b", re.IGNORECASE)
"""What makes a clause hang on the words before it: "confident that practice is good" says nothing of practice."""

RELATIVE = frozenset("which who whom whose".split())
"""Those of them that govern no further than to the next comma."""

FRAME = re.compile(
    r"^\s*(?:(?:in|during|at|on|following)\s+(?P<when>[^,;:.]{3,90}),\s+)?"
    r"(?:(?:the\s+|its\s+)?(?P<who>inspectors?|ofsted|letter|report|document|council)\s+(?:also\s+)?"
    r"(?:found|saw|noted|notes|said|says|reported|reports|stated|states|identified|observed|highlighted|highlights"
    r"|concluded|describes?|described)\s+(?:that\s+)?)?",
    re.IGNORECASE,
)
"""How a sentence may begin beyond what it claims: when, and who is speaking."""

ASKED_FOR = frozenset({"must", "improv", "improvement", "area", "prioriti", "action"})
"""What may be said of an item of a list of things to improve, beside its words: the list's heading says it."""

PRAISE = (
    r"(?:good|strong\w*|effective\w*|excellent|positive\w*|strength\w*|improved|improving|robust\w*|timely|prompt\w*"
    r"|clear\w*|well|outstanding|success\w*|appropriate\w*|thorough\w*|consistent\w*|stable|comprehensive|beneficial"
    r"|purposeful\w*|skilled|committed|increased|regular\w*|suitable|swift\w*|high(?:er)?|decreas\w+|reduc\w+)"
)
"""Words that praise."""

FAULT = (
    r"(?:poor\w*|weak\w*|inconsisten\w*|delay\w*|drift\w*|variab\w*|shortage\w*|shortfall\w*|deteriorat\w*|declin\w*"
    r"|inadequate\w*|ineffective\w*|slow\w*|late|worse\w*|unsafe|unsuitable|concern\w*|barrier\w*|gaps?|missed|overdue"
    r"|unclear|irregular\w*|insufficient\w*|lack\w*|fail\w*|limited|underdeveloped|low(?:er)?|high caseloads)"
)
"""Words that find fault."""

LEANING = re.compile(rf"\b(?:(?P<praise>{PRAISE})|(?P<fault>{FAULT}))\b", re.IGNORECASE)
"""A word that takes a side."""
