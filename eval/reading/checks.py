"""One letter against what is known of it: a check for each row of the table that it bears on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.letters.letter import Judgement, Letter
from eval.measures import Tally
from eval.reading.comparing import (
    Anchor,
    alike,
    graded,
    invented,
    match_items,
    printed_date,
    same_authority,
    same_blocks,
    same_person,
)
from eval.reading.references import NOT_JUDGED, Reference
from eval.reading.structure import misplaced_furniture, numbering_gaps, paragraph_shapes, unaccounted

__all__ = ["Check", "check_letter", "check_pair", "is_pair"]

NOT_PRINTED = "not printed"
SAME_LETTER = 0.5  # runs of five words in common, of all: two letters of one authority share at most 0.3
FRONT = 2000  # characters of a text without pages in which its date may stand
LEAST_DOUBT = 0.002  # characters unaccounted for, above which a letter is listed
SHOWN = 90  # characters of words in a list of failures


@dataclass(frozen=True, slots=True)
class Check:
    """What one letter adds to a row of the table.

    Attributes:
        row: Name of the row.
        file: The letter's own name.
        half: The half that it is in.
        tally: So many right of so many; or, in rows that count faults, so many faults of so many.
        notes: What is wrong, a line each; empty where nothing is.
    """

    row: str
    file: str
    half: str
    tally: Tally
    notes: tuple[str, ...] = ()


def check_letter(letter: Letter, pages: Sequence[str] | None, known: Reference) -> list[Check]:
    """Every check of one letter.

    Args:
        letter: As read.
        pages: Plain text of its pages, or None for a format without a plain extraction.
        known: What is known of it.
    """
    every = [*_metadata(letter, pages, known), *_judgements(letter, known), *_items(letter, known)]
    every += _structure(letter, pages, known)
    return [Check(row, known.file, known.half, tally, notes) for row, tally, notes in every]


Found = tuple[str, Tally, tuple[str, ...]]


def _one(row: str, right: bool, wanted: str | None, found: str | None) -> Found:
    """A field that is right or wrong."""
    return row, Tally(right, 1), () if right else (f"{wanted or NOT_PRINTED!r} expected, {found!r} read",)


# --- metadata --------------------------------------------------------------------------------------------------------


def _metadata(letter: Letter, pages: Sequence[str] | None, known: Reference) -> Iterator[Found]:
    if known.authority:
        right = same_authority(letter.authority, known.authority)
        yield _one("authority", right, known.authority, letter.authority)
    if known.kind:
        yield _one("kind", letter.kind == known.kind, known.kind, letter.kind)
    if known.published or "published" in known.settled:
        yield _published(letter, pages, known)
    for row, found, wanted in (
        ("visit_start", letter.visit_start, known.visit_start),
        ("visit_end", letter.visit_end, known.visit_end),
    ):
        if wanted or row in known.settled:
            yield _one(row, found == wanted, wanted, found)
    if known.lead_inspector or "lead_inspector" in known.settled:
        right = same_person(letter.lead_inspector, known.lead_inspector)
        yield _one("lead_inspector", right, known.lead_inspector, letter.lead_inspector)


def _published(letter: Letter, pages: Sequence[str] | None, known: Reference) -> Found:
    """The date on the document; a date that a file name gave is not the document's."""
    found = None if letter.published_source == "filename" else letter.published
    if "published" in known.settled:
        printed = known.published
    else:
        printed = printed_date(pages[0] if pages else letter.text[:FRONT], known.published or "")
    if printed is None:
        return _one("published_null", found is None, None, found)
    return _one("published", found == known.published, known.published, found)


# --- judgements ------------------------------------------------------------------------------------------------------


def _judgements(letter: Letter, known: Reference) -> Iterator[Found]:
    for kind, wanted in (("ilacs", known.judgements), ("sif", known.labels)):
        if wanted is None:
            continue
        for area, grade in wanted.items():
            row = "sif" if kind == "sif" else f"ilacs: {area}"
            if grade == NOT_JUDGED:
                yield _one("not_judged", _says_not_judged(letter, area), f"{area}: {grade}", _said(letter, area))
            else:
                found = graded(letter.judgements, area)
                right = found == grade
                yield row, Tally(right, 1), () if right else (f"{area}: {grade!r} expected, {found!r} read",)
        graded_areas = {area: grade for area, grade in wanted.items() if grade != NOT_JUDGED}
        extra = invented(letter.judgements, graded_areas)
        given = sum(judgement.grade is not None for judgement in letter.judgements)
        yield f"{kind}_invented", Tally(len(extra), given), tuple(f"{area} (no such grade)" for area in extra)


def _of_area(letter: Letter, area: str) -> list[Judgement]:
    return [judgement for judgement in letter.judgements if judgement.area == area]


def _says_not_judged(letter: Letter, area: str) -> bool:
    """Whether an area that the framework no longer grades is left out, or noted as such, without a warning."""
    found = _of_area(letter, area)
    if found:
        return all(judgement.grade is None and judgement.note for judgement in found)
    return not any(area in warning.lower() for warning in letter.warnings)


def _said(letter: Letter, area: str) -> str:
    found = [judgement.grade or judgement.note or "no grade" for judgement in _of_area(letter, area)]
    return "; ".join(found) or "; ".join(warning for warning in letter.warnings if area in warning.lower())


# --- areas for improvement -------------------------------------------------------------------------------------------


def _items(letter: Letter, known: Reference) -> Iterator[Found]:
    """The items of kind "area for improvement": areas for priority action are another thing."""
    if known.items is None:
        return
    found = [letter.text[item.start : item.end] for item in letter.improvements if item.kind == "area for improvement"]
    extra, missing = match_items(found, known.items)
    lost = tuple(f"missed: {_short(item)}" for item in missing)
    yield "items_recall", Tally(len(known.items) - len(missing), len(known.items)), lost
    yield "items_precision", Tally(len(found) - len(extra), len(found)), tuple(f"extra: {_short(one)}" for one in extra)


def _short(words: str | Anchor) -> str:
    if isinstance(words, Anchor):
        return f"{words.first} ... {words.last} ({words.words} words)"
    return words if len(words) <= SHOWN else f"{words[:SHOWN]}... ({len(words.split())} words)"


# --- structure -------------------------------------------------------------------------------------------------------


def _structure(letter: Letter, pages: Sequence[str] | None, known: Reference) -> Iterator[Found]:
    kind = known.kind or letter.kind
    for row, numbered in (("numbering_ilacs", "ILACS inspection"), ("numbering_sif", "SIF inspection")):
        if kind == numbered:
            gaps = numbering_gaps(letter)
            yield row, Tally(not gaps, 1), gaps
    misplaced = misplaced_furniture(letter, pages or ())
    notes = tuple(f"{one.reason} in {one.paragraph_id}: {_short(one.words)}" for one in misplaced)
    yield "clean_letters", Tally(not misplaced, 1), notes
    yield "furniture", Tally(len(misplaced), sum(1 for _ in letter.paragraphs())), ()
    if pages is not None:
        account = unaccounted(letter, pages)
        wrong = account.missing_characters + account.doubled_characters
        doubtful = wrong > LEAST_DOUBT * account.characters
        words = f"missing {_few(account.missing)}; doubled {_few(account.doubled)}"
        yield "unaccounted", Tally(wrong, account.characters), (words,) if doubtful else ()
        yield "accounted_letters", Tally(not doubtful, 1), ()


def _few(words: Sequence[str]) -> str:
    shown = " ".join(words)
    return f"{len(words)} ({_short(shown)})" if words else "none"


# --- the same letter in two formats ----------------------------------------------------------------------------------


def is_pair(one: Letter, other: Letter) -> bool:
    """Whether two files hold the same letter, by their words alone."""
    return alike(one.text, other.text) >= SAME_LETTER


def check_pair(letter: Letter, other: Letter, known: Reference) -> list[Check]:
    """The same letter read from two formats: which headings and paragraphs are the same, white space aside.

    Args:
        letter: Read from the folder.
        other: The same one, read from another format.
        known: What is known of the first.
    """
    checks = []
    for row, letterhead in (("pair_body", False), ("pair_all", True)):
        same, alone = same_blocks(_blocks(letter, letterhead), _blocks(other, letterhead))
        of = same + max(sum(block.startswith(side) for block in alone) for side in "-+")
        notes = tuple(f"{_short(block)} [{other.file}]" for block in alone)
        checks.append(Check(row, known.file, known.half, Tally(same, of), notes))
    return checks


def _blocks(letter: Letter, letterhead: bool) -> list[str]:
    """Headings with what they mean, and paragraphs with their number or bullet."""
    blocks = []
    for kind, heading, paragraphs in paragraph_shapes(letter):
        if letterhead or kind != "letterhead":
            blocks.append(f"[{kind}] {heading}")
            blocks += [f"{label or ('*' if bullet else '')} {words}" for label, bullet, words in paragraphs]
    return blocks
