"""Concerns that come back: verdicts with their quotes, never across authorities, never about the future."""

import json
from dataclasses import replace

import pytest
from fakes import made_letter

from assistant.answers.concerns import NEWEST, Concern, concerns_of, echo, statements_of
from assistant.letters.letter import Improvement, Letter
from assistant.records.concerns import concern_json, concern_text
from eval.concerns.__main__ import main
from eval.concerns.measure import HALVES, Label, LabelError, Share, measure, read_labels

MATTER = "The timeliness of return home interviews for missing children."


def near(text, sentences):
    """Likeness by shared words: enough to tell the sentences of these tests apart."""
    wanted = set(text.lower().replace(".", "").split())
    return [len(wanted & set(one.text.lower().replace(".", "").split())) / len(wanted) for one in sentences]


def rarity(term):
    return term.weight


def letter(letter_id: str, words: str, day: str, item: str = "", **more) -> Letter:
    """A letter of some sentences; one of them may be its area for improvement."""
    made = made_letter(letter_id, words=words, visit=(day, day), **more)
    if not item:
        return made
    start = made.text.index(item)
    listed = Improvement("area for improvement", "What needs to improve", "s1p1", start, start + len(item))
    return replace(made, improvements=(listed,))


FIRST = letter("first", MATTER, "2019-02-06", MATTER)


def said(words: str, **more):
    later = letter("later", words, "2021-02-06", **more)
    return echo(MATTER, later, statements_of(later), near, rarity)


def quoted(found) -> list[str]:
    return [found.letter.text[one.start : one.end] for one in found.quotes]


def test_a_fault_found_again_is_raised_again():
    words = "The timeliness of return home interviews for missing children is not good enough."
    found = said(f"Leaders are visible. {words} Plans are clear.")
    assert found.verdict == "raised again" and quoted(found) == [words]


def test_an_area_for_improvement_raises_it_whatever_its_words():
    words = "The timeliness of return home interviews for missing children."
    found = said(words, item=words)
    assert found.verdict == "raised again" and quoted(found) == [words]


def test_praise_says_that_it_improved():
    words = "Return home interviews for missing children have improved in timeliness."
    found = said(f"Caseloads are too high. {words}")
    assert found.verdict == "reported improved" and quoted(found) == [words]


def test_where_both_are_said_both_are_quoted_and_the_fault_comes_first():
    good = "The timeliness of return home interviews for missing children has improved."
    bad = "However, the timeliness of return home interviews for missing children is not always good."
    found = said(f"{good} {bad}")
    assert found.verdict == "raised again" and quoted(found) == [bad, good]


def test_another_matter_is_not_mentioned_and_nothing_is_quoted():
    found = said("Foster carers are well trained. Adoption is timely.")
    assert found.verdict == "not mentioned" and found.quotes == ()


def test_an_empty_letter_mentions_nothing():
    assert said("Findings").verdict == "not mentioned"


def test_only_later_letters_of_the_same_authority_and_of_the_inspectorate_are_asked():
    words = "The timeliness of return home interviews for missing children is not good enough."
    others = [
        letter("before", words, "2018-02-06"),
        letter("same day", words, "2019-02-06"),
        letter("elsewhere", words, "2021-02-06", authority="Rutford"),
        letter("council", words, "2021-02-06", standing="council"),
        letter("send", words, "2021-02-06", kind="area SEND inspection"),
        made_letter("undated", words=words),
    ]
    [found] = concerns_of([FIRST, *others], "Swindon", near, rarity)
    assert found.later == () and found.state == "new"
    [found] = concerns_of([FIRST, *others, letter("later", words, "2021-02-06")], "Swindon", near, rarity)
    assert [one.letter.letter_id for one in found.later] == ["later"]
    assert found.state == "raised again" and found.text == MATTER


def test_of_very_many_letters_the_newest_are_compared():
    words = "The timeliness of return home interviews for missing children is not good enough."
    many = [letter(f"n{day:02}", words, f"2021-02-{day:02}") for day in range(1, NEWEST + 1)]
    assert concerns_of([FIRST, *many], "Swindon", near, rarity) == ()
    [found] = concerns_of([FIRST, *many[1:]], "Swindon", near, rarity)
    assert len(found.later) == NEWEST - 1


@pytest.mark.parametrize(
    ("verdicts", "state"),
    [
        ([], "new"),
        (["not mentioned", "not mentioned"], "not mentioned since"),
        (["raised again", "reported improved", "not mentioned"], "reported improved"),
        (["reported improved", "unclear"], "reported improved"),
        (["not mentioned", "unclear"], "unclear"),
    ],
)
def test_state_is_the_last_clear_word(verdicts, state):
    blank = said("Findings")
    later = tuple(replace(blank, verdict=verdict) for verdict in verdicts)
    assert Concern(FIRST, FIRST.improvements[0], later).state == state


def test_records_and_text_hold_the_quotes_of_both_letters():
    words = "The timeliness of return home interviews for missing children is not good enough."
    later = letter("later", words, "2021-02-06")
    [found] = concerns_of([FIRST, later], "Swindon", near, rarity)
    body = concern_json(found)
    assert FIRST.text[body["start"] : body["end"]] == body["text"] == MATTER
    [one] = body["later"]
    [quote] = one["quotes"]
    assert later.text[quote["start"] : quote["end"]] == quote["text"] == words
    assert quote["link"] == f"/letters/later?at={quote['start']}-{quote['end']}#hit"
    text = concern_text(found)
    assert text.startswith(f"  RAISED AGAIN: {MATTER}") and words in text


# --- the labels, and the measure ------------------------------------------------------------------------------------


def test_labels_are_complete_and_the_halves_share_no_authority():
    halves = {half: read_labels(half) for half in HALVES}
    names = {half: {label.authority for label in labels} for half, labels in halves.items()}
    assert not names["tuning"] & names["heldout"]
    assert sum(map(len, names.values())) >= 12 and min(map(len, halves.values())) >= 60
    every = [label for labels in halves.values() for label in labels]
    assert len({label.id for label in every}) == len(every)
    for label in every:
        assert label.earlier.document != label.later_document
        assert all(anchor.document == label.later_document for anchor in label.later)
        assert bool(label.later) or label.label in ("not mentioned", "unclear")


def label_of(letters: tuple[Letter, Letter], verdict: str, proof: str) -> Label:
    earlier, later = letters

    def anchor(document: str, words: str) -> dict[str, object]:
        parts = words.split()
        return {"document": document, "from": " ".join(parts[:5]), "to": " ".join(parts[-5:]), "words": len(parts)}

    return Label.model_validate(
        {
            "id": f"{earlier.letter_id}-{later.letter_id}", "sampled": "random", "authority": str(earlier.authority),
            "earlier": anchor(earlier.file, MATTER), "later_document": later.file, "label": verdict,
            "later": [anchor(later.file, proof)] if proof else [],
        }
    )  # fmt: skip


def test_measure_by_hand():
    bad = "The timeliness of return home interviews for missing children is not good enough."
    good = "Return home interviews for missing children have improved in timeliness."
    again, better = letter("again", bad, "2021-02-06"), letter("better", good, "2022-02-06")
    silent = letter("silent", "Adoption is timely.", "2022-02-06", authority="Rutford")
    labels = [
        label_of((FIRST, again), "raised again", bad),
        label_of((FIRST, better), "both", good),
        label_of((FIRST, silent), "raised again", ""),
        label_of((FIRST, replace(again)), "not mentioned", ""),
    ]
    found = measure(labels, [FIRST, again, better, silent], near, rarity)
    assert found.shares["again_precision"] == Share(1, 2)
    assert found.shares["again_recall"] == Share(1, 2)
    assert found.shares["improved_precision"] == Share(1, 1)
    assert found.shares["proof"] == Share(2, 2)
    assert found.shares["shuffled"].of == 4
    assert found.table["not mentioned", "raised again"] == 1
    assert found.wrong == ("first-again",)
    assert str(Share(1, 2)) == "0.500 (1 of 2; 0.09 to 0.91)"
    with pytest.raises(LabelError, match="there is no letter again.txt"):
        measure(labels, [FIRST, silent], near, rarity)


def test_command_says_what_is_missing(tmp_path, capsys):
    assert main(["--index", str(tmp_path / "none" / "\0")]) == 1
    assert capsys.readouterr().err.startswith("eval.concerns: ")


def test_labels_hold_anchors_and_no_sentences():
    for half in HALVES:
        for label in read_labels(half):
            row = json.loads(label.model_dump_json(by_alias=True))
            for anchor in (row["earlier"], *row["later"]):
                assert len(anchor["from"].split()) <= 5 and len(anchor["to"].split()) <= 5
