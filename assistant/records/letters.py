"""Letters as the contract's JSON, and as text for a terminal."""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from assistant.contract.shapes import JudgementShape, ListedLetterShape
from assistant.letters.citations import passage_link
from assistant.letters.letter import Judgement, Letter, Span

__all__ = ["judgement_json", "letter_json", "letter_text", "listed_json", "quote_json"]


def judgement_json(judgement: Judgement) -> JudgementShape:
    """A graded area of an inspection."""
    return {"area": judgement.area, "grade": judgement.grade, "quote": judgement.quote, "note": judgement.note}


def quote_json(letter: Letter, quote: Span) -> dict[str, Any]:
    """Words of a letter, where they stand, and the address that opens them."""
    return {
        "text": letter.text[quote.start : quote.end],
        "start": quote.start,
        "end": quote.end,
        "link": passage_link(letter, quote.start, quote.end),
    }


def letter_json(letter: Letter, whole: bool = False) -> dict[str, Any]:
    """A letter's metadata; with `whole` its sections, paragraphs, offsets, evidence and text too."""
    body: dict[str, Any] = {
        name: getattr(letter, name)
        for name in (
            "letter_id",
            "file",
            "sha256",
            "title",
            "issuer",
            "standing",
            "kind",
            "framework",
            "authority",
            "published",
            "published_source",
            "visit_start",
            "visit_end",
            "lead_inspector",
            "addressee",
            "pages",
            "urn",
            "url",
        )
    }
    body["files"] = list(letter.files)
    body["inspectors"] = list(letter.inspectors)
    body["visit_periods"] = [{"start": first, "end": last} for first, last in letter.visit_periods]
    body["judgements"] = [judgement_json(judgement) for judgement in letter.judgements]
    body["sources"] = dict(letter.sources)
    body["warnings"] = list(letter.warnings)
    if not whole:
        return body
    body["improvements"] = [
        {
            "kind": item.kind,
            "heading": item.heading,
            "paragraph_id": item.paragraph_id,
            "quote": letter.text[item.start : item.end],
            "start": item.start,
            "end": item.end,
        }
        for item in letter.improvements
    ]
    body["earlier_inspections"] = [
        {
            "date": seen.date,
            "kind": seen.kind,
            "grade": seen.grade,
            "quote": letter.text[seen.start : seen.end],
            "start": seen.start,
            "end": seen.end,
        }
        for seen in letter.earlier
    ]
    body["evidence"] = {
        name: [{"start": s.start, "end": s.end, "quote": letter.text[s.start : s.end]} for s in spans]
        for name, spans in letter.evidence.items()
    }
    body["sections"] = [
        {
            "kind": section.kind,
            "heading": section.heading,
            "start": section.start,
            "end": section.end,
            "paragraphs": [
                {
                    "paragraph_id": p.paragraph_id,
                    "label": p.label,
                    "number": p.number,
                    "bullet": p.bullet,
                    "page_start": p.page_start,
                    "page_end": p.page_end,
                    "start": p.start,
                    "end": p.end,
                }
                for p in section.paragraphs
            ],
        }
        for section in letter.sections
    ]
    body["furniture"] = list(letter.furniture)
    body["text"] = letter.text
    return body


def letter_text(letter: Letter) -> str:
    """A letter as understood, for reading in a terminal: each field with the words that it was read from."""
    visit = " and ".join(" to ".join(dict.fromkeys(period)) for period in letter.visit_periods)
    kind = f"{letter.kind}{f', {letter.framework} framework' if letter.framework else ''}"
    lines = [
        letter.title,
        f"  identifier   {letter.letter_id}",
        f"  file         {', '.join(letter.files or (letter.file,))}",
        _field(letter, "authority", letter.authority or "unknown"),
        _field(letter, "issuer", f"{letter.issuer or 'unknown'} ({letter.standing})"),
        _field(letter, "kind", kind),
        _field(letter, "visit", visit or "unknown"),
        _field(letter, "published", letter.published or "unknown"),
        _field(letter, "inspectors", ", ".join(letter.inspectors) or "none named"),
        _field(letter, "addressee", letter.addressee or "none named"),
    ]
    for judgement in letter.judgements:
        note = f" ({judgement.note})" if judgement.note else ""
        lines.append(f"  judgement    {judgement.area}: {judgement.grade or 'not judged'}{note}")
    for number, item in enumerate(letter.improvements, 1):
        words = letter.text[item.start : item.end]
        lines.append(f"  {'to improve' if item.kind == 'area for improvement' else 'priority':12} {number}. {words}")
    for seen in letter.earlier:
        about = ", ".join(word for word in (seen.kind, seen.grade) if word)
        lines.append(f"  mentions     {seen.date}{f' ({about})' if about else ''}")
    lines += [f"  warning      {warning}" for warning in letter.warnings]
    for section in letter.sections:
        lines += ["", f"[{section.kind}] {section.heading}".rstrip()]
        for paragraph in section.paragraphs:
            first, last = paragraph.page_start, paragraph.page_end
            pages = "" if first is None else f" (p. {first})" if first == last else f" (pp. {first}-{last})"
            mark = "- " if paragraph.bullet else ""
            words = letter.text[paragraph.start : paragraph.end]
            lines.append(f"  {paragraph.name}{pages}  {mark}{words}")
    return "\n".join(lines)


def _field(letter: Letter, name: str, value: str) -> str:
    """A field with its source: the words in the letter, or the place outside it."""
    source = letter.sources.get(name)
    spans = letter.evidence.get(name, ())
    said = ""
    if source not in (None, "text"):
        said = f"  [from the {'file name' if source == 'filename' else source}]"
    elif spans and name not in ("inspectors", "addressee", "authority"):
        words = " … ".join(" ".join(letter.text[span.start : span.end].split()) for span in spans)
        said = f'  ["{words[:100]}"]'
    return f"  {name:12} {value}{said}"


def listed_json(letters: Iterable[Letter], sizes: Mapping[str, int]) -> list[ListedLetterShape]:
    """Letters for a list, each with the number of its passages.

    Args:
        letters: To be listed.
        sizes: The number of passages of each letter, by its identifier; of one that has just gone there is none.
    """
    return [cast(ListedLetterShape, letter_json(one) | {"passages": sizes.get(one.letter_id, 0)}) for one in letters]
