"""Letters, judgements, search results and the assistant's own state as the contract's JSON, and as text."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from assistant.citations import Citation, describe, passage_link
from assistant.comparison import Comparison
from assistant.concerns import Concern, Echo
from assistant.engine import Search
from assistant.errors import AssistantError, DamagedIndexError
from assistant.letters import Judgement, Letter
from assistant.passages import Passage
from assistant.settings import SECRET, Settings
from assistant.shapes import (
    CellShape,
    InspectionShape,
    JudgementShape,
    JudgementsShape,
    ListedLetterShape,
    SearchShape,
    TimelineShape,
)
from assistant.timeline import NOT_STATED, Cell, Row, Timeline, timeline

__all__ = [
    "check_json",
    "check_text",
    "inspection_json",
    "judgements_json",
    "letter_json",
    "letter_text",
    "listed_json",
    "search_json",
    "write_output",
]


def _judgement(judgement: Judgement) -> JudgementShape:
    return {"area": judgement.area, "grade": judgement.grade, "quote": judgement.quote, "note": judgement.note}


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
    body["judgements"] = [_judgement(judgement) for judgement in letter.judgements]
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


def listed_json(letters: Iterable[Letter], passages: Mapping[str, Passage]) -> list[ListedLetterShape]:
    """Letters for a list, each with the number of its passages.

    Args:
        letters: To be listed.
        passages: Every passage by its identifier.
    """
    sizes = Counter(passage.letter_id for passage in passages.values())
    return [cast(ListedLetterShape, letter_json(one) | {"passages": sizes[one.letter_id]}) for one in letters]


def judgements_json(letters: Sequence[Letter], chosen: Sequence[Letter]) -> JudgementsShape:
    """The judgements of some letters, oldest inspection first, and the timelines of their authorities.

    Args:
        letters: All that are held.
        chosen: Those to be told about.
    """
    in_time = sorted(chosen, key=lambda letter: (letter.first_day, letter.letter_id))
    told = [one for one in in_time if one.judgements or one.kind.endswith(("inspection", "visit"))]
    names = sorted({letter.authority for letter in chosen if letter.authority})
    return {
        "inspections": [inspection_json(letter) for letter in told],
        "timelines": [timeline_json(timeline(letters, name)) for name in names],
    }


def inspection_json(letter: Letter) -> InspectionShape:
    """One row of the timeline of judgements."""
    return {
        "letter_id": letter.letter_id,
        "file": letter.file,
        "authority": letter.authority,
        "kind": letter.kind,
        "framework": letter.framework,
        "visit_start": letter.visit_start,
        "visit_end": letter.visit_end,
        "published": letter.published,
        "judgements": [_judgement(judgement) for judgement in letter.judgements],
    }


def timeline_json(told: Timeline) -> TimelineShape:
    """The timeline of an authority: each row with its letter, each cell with the words that prove it."""
    return {
        "authority": told.authority,
        "predecessors": list(told.predecessors),
        "successors": list(told.successors),
        "rows": [
            {
                "letter_id": row.letter.letter_id,
                "file": row.letter.file,
                "published": row.letter.published,
                "date": row.date or None,
                "last": row.last or None,
                "kind": row.kind,
                "framework": row.letter.framework if row.source != "mention" else None,
                "source": row.source,
                "cells": [_cell(row, cell) for cell in row.cells],
                "others": [_cell(row, cell) for cell in row.others],
            }
            for row in told.rows
        ],
    }


def _cell(row: Row, cell: Cell) -> CellShape:
    start, end = (cell.proof.start, cell.proof.end) if cell.proof else (None, None)
    return {
        "area": cell.area,
        "grade": cell.grade,
        "words": cell.words,
        "quote": row.letter.text[start:end] if cell.proof else None,
        "start": start,
        "end": end,
        "link": row.link(cell),
    }


def timeline_text(told: Timeline) -> str:
    """The timeline of an authority for a terminal."""
    lines = [told.authority]
    lines += [f"  took over from {', '.join(told.predecessors)}"] if told.predecessors else []
    lines += [f"  replaced by {', '.join(told.successors)}"] if told.successors else []
    for row in told.rows:
        days = " to ".join(dict.fromkeys(day for day in (row.date, row.last) if day)) or "no date given"
        said = {"own": "", "council": ", as the council reports it", "mention": ", as this letter mentions it"}
        lines.append(f"  {days}  {row.kind}{said[row.source]} ({row.letter.letter_id})")
        cells = [cell for cell in (*row.cells, *row.others) if cell.words != NOT_STATED]
        if len({cell.words for cell in cells}) == 1 and len(cells) > 1 and not row.graded:
            lines.append(f"      {cells[0].words}")
        else:
            lines += [f"      {cell.area}: {cell.words}" for cell in cells]
    return "\n".join(lines)


def concern_json(concern: Concern) -> dict[str, Any]:
    """An area for improvement and what each later letter says of it."""
    return {
        "letter_id": concern.letter.letter_id,
        "kind": concern.item.kind,
        "text": concern.text,
        "start": concern.item.start,
        "end": concern.item.end,
        "link": passage_link(concern.letter, concern.item.start, concern.item.end),
        "state": concern.state,
        "later": [
            {
                "letter_id": one.letter.letter_id,
                "verdict": one.verdict,
                "confidence": one.confidence or None,
                "score": round(one.score, 3),
                "quotes": [
                    {
                        "text": one.letter.text[quote.start : quote.end],
                        "start": quote.start,
                        "end": quote.end,
                        "link": passage_link(one.letter, quote.start, quote.end),
                    }
                    for quote in one.quotes
                ],
            }
            for one in concern.later
        ],
    }


def concern_text(concern: Concern) -> str:
    """An area for improvement and what became of it, for a terminal."""
    lines = [f"  {concern.state.upper()}: {' '.join(concern.text.split())}"]
    for one in concern.later:
        for number, quote in enumerate(one.quotes):
            words = " ".join(one.letter.text[quote.start : quote.end].split())
            lines.append(f"      {describe(one.letter)}: {_verdict(one) if not number else 'but also'}: “{words}”")
    return "\n".join(lines)


def _verdict(one: Echo) -> str:
    return f"{one.verdict} ({one.confidence} confidence)" if one.confidence else one.verdict


def comparison_json(found: Comparison) -> dict[str, Any]:
    """Letters side by side: by matter, of each letter its quotes; an empty list where it says nothing of it."""
    return {
        "letters": [letter.letter_id for letter in found.letters],
        "matters": [
            {
                "matter": matter.name,
                "letters": [
                    {
                        "letter_id": told.letter.letter_id,
                        "quotes": [
                            {
                                "text": told.letter.text[quote.start : quote.end],
                                "start": quote.start,
                                "end": quote.end,
                                "link": passage_link(told.letter, quote.start, quote.end),
                            }
                            for quote in told.quotes
                        ],
                    }
                    for told in each
                ],
            }
            for matter, each in found.rows
        ],
    }


def search_json(search: Search, letters: Mapping[str, Letter]) -> SearchShape:
    """Ranked passages in the shape of the contract, with both scores and why each letter is in scope."""
    why = dict(zip(search.scope.letters, search.scope.why, strict=False))
    return {
        "question": search.question,
        "scope": search.scope.as_json(),
        "hits": [
            {
                "rank": hit.rank,
                "letter_id": hit.passage.letter_id,
                "file": hit.passage.file,
                "section": hit.passage.section,
                "locator": _locator(letters[hit.passage.letter_id], hit.passage),
                "text": hit.passage.text,
                "score": round(hit.score, 6),
                "dense_rank": hit.dense_rank,
                "lexical_rank": hit.lexical_rank,
                "dense_score": None if hit.dense_score is None else round(hit.dense_score, 6),
                "lexical_score": None if hit.lexical_score is None else round(hit.lexical_score, 6),
                "why": why.get(hit.passage.letter_id),
            }
            for hit in search.hits
        ],
    }


def _locator(letter: Letter, passage: Passage) -> str:
    found = letter.paragraph_at(passage.start)
    return Citation(1, letter, *found, passage.text, passage.start, passage.end).locator if found else passage.section


def write_output(content: str | bytes, output: Path | None) -> None:
    """Write an export to a file, or to stdout.

    Raises:
        AssistantError: If the file cannot be written.
    """
    import sys

    if output is None:
        if isinstance(content, bytes):
            sys.stdout.buffer.write(content)
        else:
            sys.stdout.write(content if content.endswith("\n") else f"{content}\n")
        return
    data = content if isinstance(content, bytes) else content.encode("utf-8")
    try:
        output.write_bytes(data)
    except OSError as error:
        raise AssistantError(f"{output}: cannot be written ({error.strerror or error}); choose another file") from None


def check_json(settings: Settings) -> dict[str, Any]:
    """Settings in force, the state of the index, and what is wrong with how to mend it."""
    import sys
    from importlib.metadata import PackageNotFoundError, version

    from assistant.generation import damage
    from assistant.index import Catalogue, is_current
    from assistant.llm.tokens import count_tokens
    from assistant.state import load_state

    def installed(name: str) -> str | None:
        try:
            return version(name)
        except PackageNotFoundError:
            return None

    found: dict[str, Any] = {
        "settings": settings.model_dump(mode="json", exclude=set(SECRET))
        | {name: "set" if getattr(settings, name).get_secret_value() else "not set" for name in SECRET},
        "python": sys.version.split()[0],
        "versions": {
            name: installed(name)
            for name in (
                "chromadb",
                "gradio",
                "llama-index-core",
                "llama-index-llms-openai-like",
                "sentence-transformers",
                "tantivy",
                "tiktoken",
                "torch",
            )
        },
        "index": None,
        "language_model": {
            "writer": "extractive",
            "url": settings.llm_url or None,
            "models": [],
            "token_encoding": settings.token_encoding,
            "context_tokens": settings.context_tokens,
        },
        "problems": [],
    }
    try:
        with Catalogue(settings) as catalogue:
            longest = max((p.n_tokens for p in catalogue.passages.values()), default=0)
            texts = [p.text for p in catalogue.passages.values()][:200]
            mean = sum(count_tokens(text, settings.token_encoding) for text in texts) / max(1, len(texts))
            found["language_model"]["passages_that_fit"] = int(settings.context_tokens // max(mean, 1))
            found["index"] = {
                "folder": str(settings.index_dir),
                "letters": len(catalogue.letters),
                "passages": len(catalogue.passages),
                "longest_passage_tokens": longest,
                "fingerprint": catalogue.fingerprint,
                "corpus_hash": catalogue.corpus_hash,
            }
            state = load_state(settings.index_dir)
            damaged = damage(settings.index_dir, state, thorough=True) if state else ""
            if damaged:
                raise DamagedIndexError(damaged)
        if not is_current(settings):
            found["problems"].append("the corpus has changed since it was indexed; run: assistant index")
    except AssistantError as error:
        found["problems"].append(str(error))
    if settings.llm_url:
        _add_model(found, settings)
    return found


def _add_model(found: dict[str, Any], settings: Settings) -> None:
    """Whether the language model's server answers, and has the model."""
    from assistant.llm.endpoint import Endpoint

    model = found["language_model"]
    try:
        model["models"] = Endpoint(settings).models()
    except AssistantError as error:
        found["problems"].append(f"{error}. Until then answers are extractive.")
        return
    model["writer"] = settings.llm_model or next(iter(model["models"]), "extractive")
    if not model["models"] and not settings.llm_model:
        found["problems"].append("The language model's server lists no model: set ASSISTANT_LLM_MODEL")
    elif settings.llm_model and model["models"] and settings.llm_model not in model["models"]:
        listed = ", ".join(model["models"][:5])
        found["problems"].append(
            f"The language model's server does not list {settings.llm_model!r}; it lists: {listed}"
        )


def check_text(found: Mapping[str, Any]) -> str:
    """The same for a terminal."""
    index = found["index"]
    model = found["language_model"]
    lines = ["Settings"]
    lines += [f"  {name:20} {value}" for name, value in found["settings"].items()]
    lines += ["Versions", f"  {'python':20} {found['python']}"]
    lines += [f"  {name:20} {value or 'not installed'}" for name, value in found["versions"].items()]
    lines.append("Index")
    if index:
        lines += [
            f"  {'folder':20} {index['folder']}",
            f"  {'letters':20} {index['letters']}",
            f"  {'passages':20} {index['passages']} (the longest has {index['longest_passage_tokens']} tokens)",
            f"  {'model':20} {index['fingerprint']['model']} ({index['fingerprint']['revision']})",
            f"  {'corpus':20} {index['corpus_hash']}",
        ]
    else:
        lines.append("  none")
    lines.append("Language model")
    used = f"asked at {model['url']}" if model["url"] else "no language model is used"
    lines.append(f"  {'writer':20} {model['writer']}: {used}")
    if "passages_that_fit" in model:
        lines.append(
            f"  {'budget':20} {model['context_tokens']} tokens of {model['token_encoding']}:"
            f" about {model['passages_that_fit']} passages"
        )
    problems = [f"  {problem}" for problem in found["problems"]]
    return "\n".join([*lines, "Problems", *(problems or ["  none"])])
