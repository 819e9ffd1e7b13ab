"""What the writer's tests are made of: letters by hand, and questions asked of them without an index or a model."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from documents import a_letter
from fakes import fake_settings

from assistant.answers.brief import Brief
from assistant.answers.draft import Draft
from assistant.answers.evidence import Sentence
from assistant.answers.measures import Measures, Weights
from assistant.answers.writer import write
from assistant.letters.letter import EarlierInspection, Improvement, Judgement, Letter, Paragraph
from assistant.questions.question import understand
from assistant.questions.scope import Filters, resolve
from assistant.words.terms import stemmed

BULLET = "- "


def letter_of(
    name: str,
    *sections: tuple[str, str, Sequence[str]],
    grades: Mapping[str, tuple[str, str]] | None = None,
    earlier: Sequence[tuple[str, str | None, str | None, str]] = (),
    **changes: Any,
) -> Letter:
    """A letter of sections (kind, heading, paragraphs); a paragraph that begins with "- " is an item of a list.

    Args:
        name: The letter's identifier; its file's name begins with it.
        sections: As they stand.
        grades: By area the grade and the words that give it.
        earlier: Inspections mentioned beside its own: date, kind, grade and the whole sentence.
        changes: Other fields of the letter.
    """
    known = {"authority": "Swindon", "issuer": "Ofsted", "letter_id": name, "file": f"{name}.txt"} | changes
    letter = a_letter(sections, **known)
    listed = tuple(
        replace(section, paragraphs=tuple(_item(letter, paragraph) for paragraph in section.paragraphs))
        for section in letter.sections
    )
    judgements = tuple(
        Judgement(area, grade, quote, None, letter.text.index(quote), letter.text.index(quote) + len(quote))
        for area, (grade, quote) in (grades or {}).items()
    )
    mentions = tuple(
        EarlierInspection(date, kind, grade, letter.text.index(words), letter.text.index(words) + len(words))
        for date, kind, grade, words in earlier
    )
    return replace(letter, sections=listed, judgements=judgements, earlier=mentions)


def _item(letter: Letter, paragraph: Paragraph) -> Paragraph:
    if not letter.text.startswith(BULLET, paragraph.start):
        return paragraph
    return replace(paragraph, bullet=True, start=paragraph.start + len(BULLET))


def brief_of(
    question: str,
    letters: Sequence[Letter],
    *,
    before: str = "",
    filters: Filters = Filters(),
    page: int = 1,
    alike: Callable[[Sentence], float] = lambda _sentence: 0.0,
    **settings: Any,
) -> Brief:
    """A question read as the engine reads it; words are rare by the letters' own paragraphs, nothing is retrieved.

    Args:
        question: Spelt right.
        letters: Oldest first.
        before: The earlier questions that this one leans on.
        filters: Chosen beside the question.
        page: Of an answer in pages.
        alike: The cosine of a sentence with the question.
        settings: Other than the defaults.
    """
    scope = resolve(question, letters, filters=filters)
    asked = understand(question, before, scope.used, len(scope.letters))
    around = [stemmed(one.text[p.start : p.end]) for one in letters for _, p in one.paragraphs()]

    weights = Weights(len(around), lambda term: sum(term.matched(stems) > 0 for stems in around))
    measures = Measures(
        {one.letter_id: one for one in letters},
        weights.rarity,
        weights.strangeness,
        lambda found: [alike(s) for s in found],
    )
    return Brief(asked, scope, (), measures, fake_settings("unused", **settings), page)


def written(question: str, *letters: Letter, **more: Any) -> Draft:
    """What the writer makes of a question about these letters."""
    return write(brief_of(question, letters, **more))


def said(draft: Draft) -> list[str]:
    """The sentences of an answer."""
    assert draft.refusal is None, draft.refusal
    return [sentence.text for sentence in draft.sentences]


def refused(draft: Draft) -> tuple[str, str, list[str]]:
    """Kind and message of a refusal, and the quotes shown with it."""
    assert draft.refusal is not None, [sentence.text for sentence in draft.sentences]
    assert draft.sentences == []
    return draft.refusal.kind, draft.refusal.message, [citation.quote for citation in draft.refusal.nearest]


LEADERS = "The impact of leaders: {}."
OVERALL = "Overall effectiveness: {}."


def inspection(authority: str, day: str, overall: str | None, leaders: str, *items: str, **changes) -> Letter:
    """An inspection's report that grades the whole (unless None) and leaders, and lists what must improve."""
    graded_words = [OVERALL.format(overall)] if overall else []
    listed = ("improve", "What needs to improve", list(items)) if items else ("findings", "Findings", ["Work goes on."])
    name = f"{authority.lower()}-{day}"
    grades = {"leaders": (leaders, LEADERS.format(leaders))}
    grades |= {"overall": (overall, OVERALL.format(overall))} if overall else {}
    found = letter_of(
        name,
        ("judgements", "Judgements", [*graded_words, LEADERS.format(leaders)]),
        listed,
        grades=grades,
        **{"authority": authority, "kind": "ILACS inspection", "visit_start": day, "published": day} | changes,
    )
    records = tuple(
        Improvement("area for improvement", "What needs to improve", "p", at, at + len(item))
        for item in items
        if (at := found.text.index(item)) >= 0
    )
    return replace(found, improvements=records)


INSPECTIONS = [
    inspection("Bradford", "2018-09-17", "inadequate", "inadequate", "The quality of supervision."),
    inspection("Bradford", "2022-11-21", "inadequate", "inadequate", "Housing for care leavers."),
    inspection("Derby", "2022-03-21", "outstanding", "good", "Accommodation for care leavers."),
    inspection("Halton", "2022-12-05", "good", "good", published="2023-02-01"),
    inspection("Halton", "2024-05-13", "inadequate", "inadequate", "The supervision of staff."),
    inspection("Leeds", "2026-06-15", None, "outstanding", "Records of visits."),
    inspection("Leeds", "2022-02-21", "outstanding", "outstanding"),
]
"""Reports of four authorities whose numbers are plain to see; the last gives no overall grade."""
