"""Which letters mention something: every letter in scope is scanned, and the answer comes in pages."""

from collections.abc import Sequence

from assistant.answers.brief import Brief
from assistant.answers.draft import Draft
from assistant.answers.evidence import Sentence, core_terms
from assistant.answers.refusals import silent, too_broad
from assistant.letters.spoken import describe
from assistant.words.terms import Term

__all__ = ["says_what_it_is", "write_coverage", "write_letters"]

PAGE_LETTERS = 10  # on one page


def write_coverage(brief: Brief) -> Draft:
    """One best sentence from each letter that mentions all that is asked, oldest letter first."""
    terms = core_terms(brief.question.own_terms or brief.question.terms, brief.measures.rarity)
    unknown = not terms or any(term.field for term in brief.absent)
    holding = [] if unknown else brief.holding(terms)  # to read every sentence of every letter takes seconds
    if brief.is_too_much(len(holding)):
        return Draft(refusal=too_broad(brief, len(holding)))
    found = [best for letter in holding if (best := _best(brief.sentences(letter), terms))]
    if not found:
        return Draft(refusal=silent(brief, f"It was found in none of the {len(brief.letters)} letters searched."))
    return _paged(brief, found, f"{len(found)} of {len(brief.letters)} letters mention it; every one was read through.")


def write_letters(brief: Brief) -> Draft | None:
    """Which letters there are: of each in scope the sentence that says what it is, oldest first."""
    found = [told for letter in brief.dated if (told := says_what_it_is(brief.sentences(letter)))]
    return _paged(brief, found, f"Letters searched: {len(brief.dated)}.") if found else None


def says_what_it_is(sentences: Sequence[Sentence]) -> Sentence | None:
    """The first sentence of the introduction, or of the letter."""
    opening = [s for s in sentences if s.section.kind in ("introduction", "headline", "overall")]
    return next(iter(opening or sentences), None)


def _paged(brief: Brief, found: Sequence[Sentence], note: str) -> Draft:
    """One page of sentences, each of another letter."""
    pages = _pages(found, brief.settings.list_words)
    number = min(brief.page, len(pages))
    shown = pages[number - 1]
    draft = Draft(page=number, pages=len(pages))
    draft.note(note)
    draft.quote(shown)
    if len(pages) > 1:
        first = sum(map(len, pages[: number - 1]))
        draft.note(
            f"Letters {first + 1} to {first + len(shown)} of {len(found)}, oldest first: page {number} of {len(pages)}."
        )
    return draft


def _best(sentences: Sequence[Sentence], terms: Sequence[Term]) -> Sentence | None:
    """The shortest sentence that holds every term; else one whose paragraph does, with the most of them itself."""
    holding = [s for s in sentences if all(term.matched(s.stems) for term in terms)]
    if not holding and len(terms) > 1:
        holding = [s for s in sentences if all(term.matched(s.around) for term in terms)]
    return min(holding, key=lambda s: (-sum(term.matched(s.stems) for term in terms), len(s.text)), default=None)


def _pages(found: Sequence[Sentence], most_words: int) -> list[list[Sentence]]:
    """Sentences by pages, none with more letters or words than one answer may have."""
    pages: list[list[Sentence]] = [[]]
    words = 0
    for sentence in found:
        length = len(f"{describe(sentence.letter)} {sentence.text}".split())
        if pages[-1] and (len(pages[-1]) == PAGE_LETTERS or words + length > most_words):
            pages.append([])
            words = 0
        pages[-1].append(sentence)
        words += length
    return pages
