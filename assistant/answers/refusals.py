"""Refusals: each a named check that can be explained to the user, in complete sentences, with the nearest passage."""

import re
from collections.abc import Sequence
from itertools import product

from assistant.answers.answer import Refusal, RefusalKind
from assistant.answers.brief import Brief
from assistant.answers.draft import cite
from assistant.answers.evidence import Evidence, Sentence
from assistant.answers.premises import contradicts, faultless
from assistant.answers.relevance import NEAR, VERY_ALIKE, relevant
from assistant.letters.letter import Letter, Span
from assistant.letters.spoken import describe
from assistant.questions.answer_type import BODY
from assistant.questions.scope import Scope
from assistant.words.forms import forms
from assistant.words.spelling import is_english
from assistant.words.terms import Term, analyse, fold, words

__all__ = ["NOTHING", "WANTED", "nearest", "no_letter", "out_of_remit", "refusal", "silence", "silent", "too_broad"]

NEAREST = 2  # passages shown with a refusal
NAMED = 4  # letters that a refusal names
ABOUT = 4  # sentences about the matter among which a presumed failing must be found
BLAMED = 3  # sentences among which the contrary of a presumed reason is looked for
MENTION_COVERAGE = 0.25  # for a year that is only mentioned the sentence itself must hold this share
FAINT = 1.0  # words that weigh less together are in every letter ("happens", "use"): no matter to go by
UNSAID = 0.9  # share of the matter, by weight, that no sentence in scope names
REASONED = 0.4  # share of the matter that the sentence itself must hold whose reason is asked for
PLACED = {"money": 0.45, "where": 0.45, "name": 0.45}  # a sum, a place or a name of something else is none of this
WHOSE = 0.7  # share of the matter that a sentence with its paragraph must hold that names the body asked for
NAME = re.compile(r"(?<=[a-z,;] )[A-Z][a-z]+\b")  # within a sentence
STRANGE = 0.6  # an absent word this uncommon in English is a matter of its own
NOTHING = "Nothing that answers this was found."
"""What is always true of a refusal: that the letters do not say it at all is more than a search can know."""
WANTED = {
    "number": "such a number",
    "percentage": "such a percentage",
    "money": "such a sum of money",
    "age": "such an age, length or frequency",
    "when": "such a date",
    "who": "who that is",
    "name": "such a name",
    "where": "such a place",
    "why": "such a reason",
}
"""For each type of answer that a sentence must hold, how a refusal names what is missing."""


Place = tuple[Letter, Span]
"""Where something stands."""


def refusal(kind: RefusalKind, message: str, places: Sequence[Place] = ()) -> Refusal:
    """A refusal with citations of places that are no answer but may help, or that prove a correction."""
    return Refusal(kind, message, tuple(cite(letter, span, number) for number, (letter, span) in enumerate(places, 1)))


def out_of_remit() -> Refusal:
    """Opinion, advice and private life are not what the letters are for."""
    return refusal(
        "out_of_remit",
        "This assistant only reports what the letters say. It gives no opinions, no advice about a child or a"
        " family, and no private details of people.",
    )


def too_broad(brief: Brief, letters: int) -> Refusal:
    """An answer that would have to be read out of more letters than are read for one answer."""
    return refusal(
        "letters_silent",
        f"To answer this, {letters:,} letters would have to be read one by one; for one answer no more than"
        f" {brief.settings.letters_read:,} are. Name an authority, a year or a kind of inspection.",
    )


def no_letter(brief: Brief) -> Refusal:
    """No letter fits the question; what is held instead."""
    scope = brief.scope
    held = _held_instead(sorted(brief.measures.letters.values(), key=lambda letter: letter.date), scope)
    if scope.narrowed:
        message = f"No letter fits both the question and the filters chosen ({scope.reading}). Widen the filters."
    elif scope.unheld and brief.is_unheld:
        message = f"No letter held is about {' and '.join(scope.unheld)}."
    else:
        message = f"No letter held fits: {scope.reading}."
    return refusal("no_letter_in_scope", f"{message} {held}")


def silent(brief: Brief, about: str, places: Sequence[Place] = ()) -> Refusal:
    """The letters searched do not answer: which were searched, and the nearest passages, marked as no answer.

    Args:
        brief: What was asked and searched.
        about: What they do not say, as a sentence.
        places: The nearest passages.
    """
    searched = len(brief.letters)
    names = "; ".join(describe(letter) for letter in brief.letters[:NAMED])
    more = f" and {searched - NAMED} more" if searched > NAMED else ""
    tail = " The nearest passage is shown; it is not an answer." if places else ""
    return refusal("letters_silent", f"{about} Searched: {names}{more}.{tail}", places)


def nearest(evidence: Sequence[Evidence]) -> list[Place]:
    """Where the best sentences stand that hold something of what is asked."""
    return [(e.sentence.letter, Span(e.sentence.start, e.sentence.end)) for e in evidence[:NEAREST] if e.nearby > 0]


def silence(brief: Brief, evidence: Sequence[Evidence]) -> Refusal | None:
    """Why the letters in scope do not answer, or None if they do. Named checks, in order."""
    absent = brief.absent
    missing = (
        [term for term in absent if term.field]
        or _unknown_names(brief)
        or _missing_heads(brief, evidence)
        or _missing_matter(brief, evidence)
    )
    if missing:
        return _unsaid(brief, missing, evidence)
    if not evidence:
        return silent(brief, NOTHING)
    return _false_premise(brief, evidence) or _no_answer(brief, evidence)


def _unsaid(brief: Brief, missing: Sequence[Term], evidence: Sequence[Evidence]) -> Refusal:
    """The refusal for want of some terms, which are named as not mentioned only where that is literally true.

    They were looked for in the sentences that may answer. The letters may hold them elsewhere, in another form, or only
    in boilerplate: then no more is said than that nothing was found.
    """
    named = [term.typed for term in missing if re.search(r"[a-z]", term.typed) and not _stands(brief, term)]
    if not named:
        return _not_found(brief, evidence)
    who = "The letters searched do not mention" if brief.is_few else "None of the passages searched mentions"
    return silent(brief, f"{who} {_listed(named)}.", nearest(evidence))


def _not_found(brief: Brief, evidence: Sequence[Evidence]) -> Refusal:
    """No sentence on the matter; for a year that is only mentioned, that this is all there is of it."""
    if brief.scope.mentioned and not brief.dated:
        about = f"No letter held is about {brief.unheld}, and those that mention it do not say."
        return silent(brief, about, nearest(evidence))
    return silent(brief, NOTHING, nearest(evidence))


def _stands(brief: Brief, term: Term) -> bool:
    """Whether the words of a term, as typed or in another form, stand anywhere in the letters in scope.

    Of a few letters every word is read; of many the index is asked, which holds all but the issuer's boilerplate.
    """
    said = list(product(*(forms(word) for word in words(term.typed))))
    if not brief.is_few:
        return bool(brief.holding([Term(term.typed, tuple(said))]))
    texts = (f" {' '.join(analyse(letter.text))} " for letter in brief.letters)
    return any(f" {' '.join(way)} " in text for text in texts for way in said)


def _unknown_names(brief: Brief) -> list[Term]:
    """Names that the question gives and no letter holds: whatever is like it, a name is not said in other words."""
    named = {fold(word) for word in NAME.findall(brief.question.text)}
    return [term for term in brief.absent if term.typed in named and not is_english(term.typed)]


def _missing_heads(brief: Brief, evidence: Sequence[Evidence]) -> list[Term]:
    """Nouns that the question is about and no sentence says, unless one says nearly the same in other words."""
    if max((item.similarity or 0.0 for item in evidence), default=0.0) >= VERY_ALIKE:
        return []
    heads = brief.question.heads
    if brief.is_few:
        return [t for t in heads if not any(t.matched(item.sentence.stems) for item in evidence)]
    return [term for term in heads if brief.measures.rarity(term) == 0]


def _missing_matter(brief: Brief, evidence: Sequence[Evidence]) -> list[Term]:
    """Matters of the field that the question names and no sentence in scope does; or all of its matters, if so.

    Whom the question is about is no matter of its own: a letter about children in care may be silent on their schools.
    """
    if not brief.is_few:
        return []
    rarity, own = brief.measures.rarity, brief.question.own_terms
    unsaid = [term for term in own if not any(term.matched(e.sentence.stems) for e in evidence)]
    named = [term for term in unsaid if term.field or (term.people and rarity(term) == 0)]
    if named:
        return named
    matter = [term for term in own if not term.people]
    alike = max((e.similarity or 0.0 for e in evidence), default=0.0) >= VERY_ALIKE
    most = sum(map(rarity, matter)) * UNSAID <= sum(rarity(term) for term in unsaid if not term.people)
    known = any(len(term.alternatives) > 1 for term in unsaid if not term.people)
    if len(matter) < len(own) and matter and unsaid and most and (known or not alike):
        return [term for term in matter if term in unsaid]
    return []


def _false_premise(brief: Brief, evidence: Sequence[Evidence]) -> Refusal | None:
    """A question that takes a failing for granted where the letter praises, "many" where it says "low", or so."""
    question = brief.question
    if question.claimed and _borne_out(brief):
        return None
    about: list[Sentence] = []
    if question.answer_type == "why":
        closest = sorted(evidence, key=lambda e: -(e.nearby + (e.similarity or 0.0)))[:BLAMED]
        about = [e.sentence for e in closest if e.core and e.nearby >= NEAR]
    matter = [e for e in sorted(evidence, key=lambda e: -e.nearby)[:ABOUT] if e.core and e.coverage > 0]
    if faultless(question.text, [e.sentence.text for e in matter]):
        about += [e.sentence for e in matter]
    for sentence in about:
        if contradicts(question.text, sentence.text):
            return refusal(
                "false_premise",
                f"The question takes something for granted that the letter contradicts:"
                f" “{sentence.text}” ({describe(sentence.letter)}).",
                [(sentence.letter, Span(sentence.start, sentence.end))],
            )
    return None


def _borne_out(brief: Brief) -> bool:
    """Whether a letter in scope gives, or mentions, the grade that the question takes for granted."""
    given = (judgement.grade for letter in brief.letters for judgement in letter.judgements)
    mentioned = (seen.grade for letter in brief.letters for seen in letter.earlier)
    return brief.question.claimed in (*given, *mentioned)


def _no_answer(brief: Brief, evidence: Sequence[Evidence]) -> Refusal | None:
    """Sentences on the matter, but none that holds what is asked."""
    question = brief.question
    best = evidence[0]
    if question.answer_type in WANTED:
        fitting = [e for e in evidence if e.suits and relevant(question, e)]
        if question.answer_type == "why":
            fitting = [e for e in fitting if e.coverage >= REASONED]
        least = WHOSE if BODY.search(question.text) else PLACED.get(question.answer_type, 0.0)
        fitting = [e for e in fitting if e.nearby >= least]
        if not fitting:
            about = f"{WANTED[question.answer_type].capitalize()} was not found."
            return silent(brief, about, nearest(evidence))
        best = fitting[0]
    if brief.scope.mentioned and not brief.dated and best.coverage < MENTION_COVERAGE:
        return silent(
            brief, f"No letter held is about {brief.unheld}, and those that mention it do not say.", nearest(evidence)
        )
    strange = [term for term in brief.absent if brief.measures.strangeness(term) >= STRANGE]
    rest = [term for term in question.own_terms if term not in brief.absent and not term.people]
    faint = sum(brief.measures.rarity(term) for term in rest) < FAINT
    if strange and faint and (best.similarity or 0.0) < VERY_ALIKE:
        return _unsaid(brief, strange, evidence)
    if not relevant(question, best):
        return silent(brief, NOTHING, nearest(evidence))
    return None


def _listed(items: Sequence[str]) -> str:
    """Words in quotation marks, with commas and "or"."""
    quoted = [f"\N{LEFT DOUBLE QUOTATION MARK}{item}\N{RIGHT DOUBLE QUOTATION MARK}" for item in items]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} or {quoted[-1]}"


def _held_instead(held: Sequence[Letter], scope: Scope) -> str:
    """What there is instead: of the same authority where there is one, else which authorities."""
    if not held:
        return "No letter is indexed."
    same = [letter for letter in held if letter.authority in scope.authorities]
    if same or len({letter.authority for letter in held}) == 1:
        shown = (same or held)[-6:]
        return f"Held: {'; '.join(describe(letter) for letter in shown)}."
    names = sorted({letter.authority for letter in held if letter.authority})
    years = sorted({year for letter in held for year in letter.years()})
    span = f", {years[0]} to {years[-1]}" if years else ""
    return f"Held: {len(held)} letters about {len(names)} authorities ({', '.join(names[:8])}, ...){span}."
