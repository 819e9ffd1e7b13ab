"""What became of areas for improvement, as an answer: those raised again or reported improved, with both quotes."""

import re
from collections.abc import Sequence

from assistant.answers.brief import Brief
from assistant.answers.concerns import NEWEST, Concern, comparable
from assistant.answers.draft import Draft
from assistant.answers.evidence import core_terms
from assistant.answers.facts import Fact
from assistant.answers.refusals import silent
from assistant.letters.letter import Span
from assistant.letters.spoken import describe
from assistant.words.terms import STOP, Term, expand, stemmed

__all__ = ["write_recurring"]

PAGE_CONCERNS = 6  # on one page, each with its quotes
FRAME = re.compile(
    r"\b(?:areas? for (?:improvement|priority action|development)|priority actions?|concerns?|problems?|issues?"
    r"|weakness(?:es)?|failings?|recommendations?|criticisms?|themes?|inspectors?|ofsted|wanted|same|keeps?|kept|com(?:e|es|ing)|came|back"
    r"|again|recur\w*|re-?occur\w*|resurfac\w*|return\w*|appear\w*|repeat\w*|persist\w*|long-?standing|rais(?:e|ed|es|ing)"
    r"|put right|resolved?|address(?:ed)?|fixed|sorted|improv(?:e|ed|ing|ement)|dealt|deal|acted|met|open|unresolved"
    r"|more than once|twice|time and again|over the years|far|later|earlier|before|since)\b",
    re.IGNORECASE,
)
"""Words that only ask what became of something; what is left is the matter."""


def write_recurring(brief: Brief) -> Draft | None:
    """The concerns of one authority that are in the state asked for, the latest raised first, in pages.

    None where no letter in scope lists an area for improvement.
    """
    state = "reported improved" if brief.question.stance > 0 else "raised again"
    held = {letter.authority for letter in brief.letters if letter.authority and letter.improvements}
    if not held:
        return None
    if len(held) > 1:
        about = (
            f"What became of areas for improvement is found for one authority at a time; name one of the {len(held)}."
        )
        return Draft(refusal=silent(brief, about))
    authority = held.pop()
    inside = {letter.letter_id for letter in brief.letters}
    own = comparable(brief.measures.letters.values(), authority)
    compared = {letter.letter_id for letter in own[-NEWEST:]}
    left = sum(letter.letter_id in inside for letter in own[:-NEWEST])
    if left and not inside & compared:
        about = f"What became of areas for improvement is found for the newest {NEWEST} of the {len(own)} letters about"
        return Draft(refusal=silent(brief, f"{about} {authority}; none of those searched is among them."))
    every = [one for one in brief.measures.concerns(authority) if one.letter.letter_id in inside]
    terms = core_terms(expand(FRAME.sub(" ", brief.question.text), brief.scope.used, STOP), brief.measures.rarity)
    found = [one for one in every if one.state == state and _about(one, terms)]
    searched = f"the letters searched that are among the newest {NEWEST}" if left else "the letters searched"
    total = f"{len(every)} areas for improvement or priority action in {searched}"
    were = "were" if len(found) > 1 else "was"
    if not found:
        about = f"None of the {total} is {state} in a later letter on what is asked, as far as the words show."
        return Draft(refusal=silent(brief, about))
    found.sort(key=lambda one: (one.later[-1].letter.first_day, one.letter.first_day), reverse=True)
    pages = -(-len(found) // PAGE_CONCERNS)
    draft = Draft(page=min(brief.page, pages), pages=pages)
    draft.note(f"Of {total}, {len(found)} {were} {state}. Found by comparing words, sometimes wrong: read both quotes.")
    if pages > 1:
        draft.note(f"Page {draft.page} of {pages}, the latest first.")
    for one in found[(draft.page - 1) * PAGE_CONCERNS : draft.page * PAGE_CONCERNS]:
        draft.add(
            one.letter,
            [Fact(Span(one.item.start, one.item.end))],
            f"{describe(one.letter)}: {one.item.heading.rstrip(':')}",
        )
        for echo in one.later:
            if echo.verdict == state:
                told = f"{describe(echo.letter)}: {state}, {echo.confidence} confidence"
                draft.add(echo.letter, [Fact(echo.quotes[0])], told)
    return draft


def _about(concern: Concern, terms: Sequence[Term]) -> bool:
    """Whether a concern names the matter that the question asks about, if it asks about one."""
    stems = stemmed(concern.text)
    return all(term.matched(stems) for term in terms)
