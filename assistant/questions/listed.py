"""Which lists of a letter a question asks for: what needs to improve, strengths, recommendations, ..."""

import re

__all__ = ["WEAKNESSES", "lists_named"]

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
WEAKNESSES = ("improve", "priority")
"""The kinds of section that list what needs to improve."""


def lists_named(text: str) -> tuple[str, ...]:
    """The kinds of section that hold the list a question asks for; none where it asks for no list."""
    return next((kinds for kinds, pattern in LIST_PATTERNS if pattern.search(text)), ())
