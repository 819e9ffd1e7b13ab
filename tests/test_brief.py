"""What an answer is written from: which sentences may answer, and how they are scored."""

from dataclasses import replace

import pytest
from briefs import brief_of, letter_of

from assistant.answers.brief import FEW_LETTERS, MEASURED, PASSAGES, Brief
from assistant.letters.letter import Letter
from assistant.stores.passages import Hit, Passage

ASKED = "what is said about dental treatment?"
LATE, BOOKED, LENT = "Dental treatment comes late.", "Nurses book dental treatment.", "Bicycles are lent to all."


def letter(year: int, *paragraphs: str) -> Letter:
    return letter_of(f"visit-{year}", ("findings", "Findings", paragraphs), published=f"{year}-03-01")


def hit(one: Letter, words: str, rank: int) -> Hit:
    start = one.text.index(words)
    section = one.sections[0]
    found = Passage("p", one.letter_id, one.file, section.heading, "findings", (), start, start + len(words), words, 3)
    return Hit(found, rank, 1.0)


def with_hits(brief: Brief, *hits: Hit) -> Brief:
    return Brief(brief.question, brief.scope, hits, brief.measures, brief.settings, brief.page)


def texts(brief: Brief) -> list[str]:
    return [item.sentence.text for item in brief.evidence]


def test_every_sentence_of_a_few_letters_may_answer_the_best_first():
    brief = brief_of(ASKED, [letter(2011, LENT, LATE), letter(2019, BOOKED)])
    assert set(texts(brief)) == {LENT, LATE, BOOKED}
    assert texts(brief)[-1] == LENT
    assert brief.is_few


def test_of_many_letters_only_what_was_retrieved_may_answer():
    held = [letter(2000 + n, LATE, LENT) for n in range(FEW_LETTERS + 1)]
    brief = with_hits(brief_of(ASKED, held), hit(held[3], LENT, 1))
    assert not brief.is_few
    assert [(item.sentence.letter.letter_id, item.sentence.text) for item in brief.evidence] == [("visit-2003", LENT)]
    few = with_hits(brief_of(ASKED, held[:-1]), hit(held[3], LENT, 1))
    assert len(few.evidence) == 2 * FEW_LETTERS


def test_of_many_passages_retrieved_the_first_forty():
    held = [letter(1950 + n, LATE) for n in range(PASSAGES + 5)]
    hits = [hit(one, LATE, rank) for rank, one in enumerate(held, 1)]
    assert len(with_hits(brief_of(ASKED, held), *hits).evidence) == PASSAGES


def test_a_sentence_that_was_retrieved_scores_more_the_earlier_the_better():
    one = letter(2019, "Dental treatment is here.", "Dental treatment is there.")
    plain = brief_of(ASKED, [one])
    assert texts(plain) == ["Dental treatment is here.", "Dental treatment is there."]
    first = with_hits(plain, hit(one, "Dental treatment is there.", 1))
    assert texts(first)[0] == "Dental treatment is there."
    both = with_hits(plain, hit(one, "Dental treatment is there.", 1), hit(one, "Dental treatment is here.", 9))
    assert texts(both)[0] == "Dental treatment is there."
    assert both.evidence[1].score > plain.evidence[0].score


def test_only_the_best_are_measured_and_of_a_comparison_twice_as_many():
    asked: list[str] = []
    paragraphs = [f"Dental treatment {n}." for n in range(40)]
    list(brief_of(ASKED, [letter(2019, *paragraphs)], alike=lambda s: asked.append(s.text) or 0.5).evidence)
    assert len(asked) == MEASURED
    asked.clear()
    held = [letter(2011, *paragraphs), letter(2019, *paragraphs)]
    brief = brief_of("how has dental treatment changed?", held, alike=lambda s: asked.append(s.text) or 0.5)
    assert [item.similarity for item in brief.evidence].count(0.5) == 2 * MEASURED == len(asked)


def test_a_letter_as_a_whole_is_told_by_its_headline():
    one = letter_of(
        "visit", ("headline", "Headline findings", ["All is well."]), ("findings", "Findings", ["Bicycles are lent."])
    )
    assert texts(brief_of("summarise the letter", [one])) == ["All is well."]
    assert set(texts(brief_of("what about bicycles?", [one]))) == {"All is well.", "Bicycles are lent."}


def test_a_name_is_not_looked_for_in_the_letterhead():
    one = letter_of(
        "visit",
        ("letterhead", "", ["Piccadilly Gate"]),
        ("findings", "Findings", ["The Acorn Centre is open."]),
        ("sign-off", "", ["Ann Other"]),
    )
    question = "what is the name of the centre?"
    assert texts(brief_of(question, [one])) == ["The Acorn Centre is open."]
    assert "Ann Other" in texts(brief_of("who signed off the centre?", [one]))


def test_a_section_that_is_asked_for_and_a_year_that_is_only_mentioned():
    one = letter_of(
        "visit-2019",
        ("headline", "Headline findings", [LATE]),
        ("findings", "Main findings", [BOOKED, "The inspection in 2014 was short."]),
        published="2019-03-01",
    )
    assert texts(brief_of("what do the headline findings say about dental treatment?", [one])) == [LATE]
    assert texts(brief_of("what was said about dental treatment in 2014?", [one])) == [
        "The inspection in 2014 was short."
    ]


def test_words_that_no_letter_holds_count_as_not_covered():
    one = letter(2019, LATE)
    known = brief_of("what about dental treatment?", [one])
    strange = brief_of("what about dental treatment and zeppelins?", [one])
    detail = brief_of("where is dental treatment and zeppelins?", [one])
    assert [term.typed for term in strange.absent] == ["zeppelins"]
    assert known.absent == []
    assert detail.question.own_terms == strange.question.own_terms
    assert known.evidence[0].coverage == pytest.approx(1.0)
    assert detail.evidence[0].coverage < strange.evidence[0].coverage < 1.0, "for a detail they weigh more"


def test_letters_oldest_first_and_those_in_scope_for_themselves():
    told = letter(2019, "The inspection in 2014 was short.")
    held = [letter(2011, LATE), told]
    brief = brief_of("what was said in 2011 and in 2014?", held)
    assert [one.letter_id for one in brief.letters] == ["visit-2011", "visit-2019"]
    assert [one.letter_id for one in brief.dated] == ["visit-2011"]
    assert brief.unheld == "2014"


def test_the_second_visit_is_the_letter_that_says_so_in_its_opening():
    opening = "This was the second monitoring visit. "
    second = letter(2019, opening)
    far = letter(2024, LENT * 200, opening)
    brief = brief_of("when was the second visit?", [second, far])
    assert brief.is_ordinal(second)
    assert not brief.is_ordinal(far)
    assert not brief.is_ordinal(replace(second, text=second.text.replace("second", "secondary")))
    assert brief_of("when was the visit?", [second, far]).is_ordinal(far)
