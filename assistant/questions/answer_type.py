"""What an answering sentence must hold, by the question's words: a person, a day, a number, a place, a reason."""

import re
from typing import Literal

__all__ = ["BODY", "AnswerType", "answer_type_of"]

AnswerType = Literal["who", "when", "number", "percentage", "money", "age", "where", "name", "yes-no", "why"]
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
NAMED_THING = re.compile(
    r"\b(?:name of|names? of the|what'?s the name|what is the name|(?:is|are|was|were) (?:it |he "
    r"|she |they )?called|what(?:'s| is| was| were| are) (?:the |its |their )?[^?,]{2,60} called"
    r"|names?,? please"
    r"|(?:person|woman|man|boss|manager|director|leader)'s name"
    r"|(?:which|what) (?:company|companies|firm|supplier|provider|school|hospital"
    r"|charity|organisations?|agency|councils?|authorit(?:y|ies)|universit(?:y|ies)))\b|\bcalled\s*\??$",
    re.I,
)
BODY = re.compile(
    r"\bwhich (?:(?!(?:police|of|the|do|does|did|is|are|was|were|has|have|had|can|could|will|would)\b)[\w'-]+ ){0,2}?"
    r"(?P<what>company|companies|firm|supplier|provider|school|college|hospital|charity|charities|organisation|agency"
    r"|agencies|university|universities|police force|police forces|force|trust|association|union|club|church|contractor"
    r"|consultancy|developer|landlord|newspaper|bank|parish|parishes|ward|village|street|estate)s?\b",
    re.IGNORECASE,
)
"""Asks for a body or a place by its name: "which housing association", "which parishes"."""
WHO = re.compile(
    r"(?:^|[,;:.?!-]\s*|\b(?:and|so|but|or|by|to|tell me|know|see|find out)\s+)(?:who|whose|whom)\b"
    r"|\bwhich (?:councillor|person|people|inspector|member|officer|leader|politician)s?\b",
    re.IGNORECASE,
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
WHERE = re.compile(
    r"(?:^|[,;]\s*|\band\s+)where\b(?!.*\b(?:come from|comes from|came from)\b)(?!.*\bmentioned\b)"
    r"(?!.{0,40}\bcomes? in(?:to)?\b)"
    r"(?!.{0,60}\b(?:fall(?:s|ing)? short|fell short|weak(?:er|est)?|strong(?:er|est)?|better|best|worse|worst|well"
    r"|wrong|improv\w*|struggl\w+|lacking)\b)",
    re.IGNORECASE,
)
"""Asks for a place; "where was it falling short" asks for failings."""
QUESTION_WORDS: tuple[tuple[re.Pattern[str], AnswerType], ...] = (
    (WHY, "why"),
    (NAMED_THING, "name"),
    (BODY, "name"),
    (WHO, "who"),
    (WHEN, "when"),
    (WHERE, "where"),
)
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
YES_NO = re.compile(
    r"^\s*(?:and |so |but |then )?(?:did|was|were|is|are|has|have|had|do|does|can|could|will|would)\b", re.I
)
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


def answer_type_of(text: str) -> AnswerType | None:
    """By the question word that comes first: "who was in charge when ..." asks who.

    Returns:
        None where it need hold nothing of that sort.
    """
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
