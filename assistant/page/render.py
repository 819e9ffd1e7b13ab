"""The page's words and HTML, made from answers. Pure functions.

Everything that comes from a letter, a question or an error passes through `safe`; nothing here is a template
that the browser would evaluate.
"""

import html
from collections.abc import Iterable, Mapping, Sequence

from assistant.answer import Answer, CitedSentence
from assistant.citations import Citation, describe, spoken_date
from assistant.letters import Letter
from assistant.page.reader import reader

__all__ = [
    "answer_html",
    "card",
    "counted",
    "evidence_html",
    "facts",
    "library_html",
    "problem_html",
    "question_html",
    "safe",
    "shown",
    "status_words",
    "waiting_html",
]

NEWEST_LISTED = 12  # documents named on the empty page; more is a catalogue, not a welcome
REASONS_LISTED = 12  # documents in scope whose reason an answer gives
STANDING = {"inspectorate": "Inspector", "council": "Council", "other": "Other"}
STANDING_MEANS = {
    "inspectorate": "The inspectors are speaking",
    "council": "The council is speaking",
    "other": "Somebody else is speaking",
}


def safe(text: str) -> str:
    """Text as HTML on one line: markup is shown, never obeyed.

    Line breaks become white space, because an empty line would end the HTML block in the chat's Markdown.
    """
    return html.escape(" ".join(text.split()), quote=True)


def counted(number: int, noun: str) -> str:
    """A number with its noun: "1 passage", "4 passages"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def shown(answer: Answer) -> tuple[Citation, ...]:
    """The citations that the evidence shows: the answer's, or the nearest ones of a refusal."""
    return answer.refusal.nearest if answer.refusal else answer.citations


def badge(letter: Letter) -> str:
    """Who is speaking, as a small label."""
    standing = letter.standing if letter.standing in STANDING else "other"
    return f'<span class="badge {standing}" title="{STANDING_MEANS[standing]}">{STANDING[standing]}</span>'


def facts(letter: Letter) -> str:
    """Badge, date and kind of a letter on one line."""
    when = spoken_date(letter.published) or (
        f"inspected {spoken_date(letter.visit_end)}" if letter.visit_end else "no date given"
    )
    words = [when, letter.kind if letter.kind != "other" else "document"]
    if letter.authority:
        words.append(letter.authority)
    return f'<p class="facts">{badge(letter)} <span>{safe(" · ".join(words))}</span></p>'


# The chat


def question_html(question: str, *, widened: bool = False, page: int = 1) -> str:
    """A question in the chat; `widened` where it is asked again without its own limits, `page` of its answer."""
    lines = "<br>".join(html.escape(line, quote=True) for line in question.strip().splitlines() if line.strip())
    remarks = ["Asked again without its own limits"] if widened else []
    remarks += [f"Page {page}"] if page > 1 else []
    remark = f'<span class="remark">{" · ".join(remarks)}</span>' if remarks else ""
    return f'<div class="asked">{lines}{remark}</div>'


def waiting_html() -> str:
    """What stands in the chat until the answer comes."""
    return '<div class="answer waiting"><p>Reading the letters…</p></div>'


def problem_html(message: str) -> str:
    """An error in the chat: one calm sentence."""
    return f'<div class="answer calm"><p>{safe(message)}</p></div>'


def answer_html(answer: Answer, turn: int, held: Mapping[str, Letter] | None = None, *, wider: bool = False) -> str:
    """An answer or a refusal in the chat; each [n] is a link to `#cite-TURN-n`.

    Args:
        answer: What was answered.
        turn: Its number in the conversation, from 1.
        held: Every letter by its identifier.
        wider: Whether more letters would be searched without the limits that the question names.
    """
    body = _refusal(answer) if answer.refusal else _groups(answer, turn)
    notes = "".join(f'<p class="note">{safe(note)}</p>' for note in answer.notes)
    control = _widen(answer, turn) if wider else ""
    small_print = _small_print(answer, control)
    why = f"{_reasons(answer, held or {})}{_dropped(answer)}"
    return f'<div class="answer">{body}{notes}{_turning(answer, turn)}{small_print}{why}</div>'


def _refusal(answer: Answer) -> str:
    if answer.refusal is None:
        return ""
    pointer = ""
    if answer.refusal.nearest:
        proof = answer.refusal.kind == "false_premise"
        pointer = (
            "The evidence shows the passages behind this."
            if proof
            else "The evidence shows the nearest passages. They are not an answer."
        )
    more = f'<p class="pointer">{pointer}</p>' if pointer else ""
    return f'<div class="calm"><p>{safe(answer.refusal.message)}</p>{more}</div>'


def _groups(answer: Answer, turn: int) -> str:
    cited = {citation.number: citation for citation in answer.citations}
    grouped = {index for group in answer.groups for index in group.sentences}
    rest = [index for index in range(len(answer.sentences)) if index not in grouped]
    parts = [(group.heading, list(group.sentences)) for group in answer.groups]
    parts += [("", rest)] if rest else []
    return "".join(_group(heading, [answer.sentences[i] for i in chosen], cited, turn) for heading, chosen in parts)


def _group(heading: str, sentences: Sequence[CitedSentence], cited: dict[int, Citation], turn: int) -> str:
    speakers = {cited[number].letter.letter_id: cited[number].letter for s in sentences for number in s.citations}
    label = badge(next(iter(speakers.values()))) if len(speakers) == 1 else ""
    title = f'<p class="speaker">{label} <span>{safe(heading)}</span></p>' if heading else ""
    said = "".join(
        f"<p>{safe(s.text)} {' '.join(_marker(cited[number], turn) for number in s.citations)}</p>" for s in sentences
    )
    return f'<div class="group">{title}{said}</div>'


def _marker(citation: Citation, turn: int) -> str:
    source = safe(f"Source {citation.number}: {describe(citation.letter)}. {citation.locator}")
    return f'<a class="marker" href="#cite-{turn}-{citation.number}" title="{source}">[{citation.number}]</a>'


def _small_print(answer: Answer, control: str) -> str:
    """How the question was read, with the control that sets its limits aside, and who worded the answer."""
    scope = answer.scope
    writer = (
        "In the letters' own words; no language model was used."
        if answer.writer == "extractive"
        else f"Worded by the language model {answer.writer} from the passages cited; check before quoting."
    )
    number = counted(len(scope.letters), "document")
    reading = scope.reading.strip().rstrip(".")
    read = safe(f"Reading: {reading} · {number}" if reading else f"Reading: all {number}")
    lines = [f'<span class="reading">{read}</span> {control}' if control else read]
    lines += [] if answer.refusal else [safe(writer)]
    return "".join(f'<p class="small">{line}</p>' for line in lines)


def _turning(answer: Answer, turn: int) -> str:
    """The buttons that turn the pages of an answer that goes through every letter."""
    buttons = [_button("page", f"{turn}-{answer.page - 1}", "Show the letters before")] if answer.page > 1 else []
    if answer.page < answer.pages:
        buttons.append(_button("page", f"{turn}-{answer.page + 1}", "Show the next letters"))
    return f'<p class="pages">{" ".join(buttons)}</p>' if buttons else ""


def _widen(answer: Answer, turn: int) -> str:
    """The button that asks the question again without its own limits."""
    where = "within your filters " if answer.scope.narrowed else ""
    return _button("widen", str(turn), f"Search every letter {where}instead")


def _button(name: str, value: str, words: str) -> str:
    """A button that asks a question again; of its attributes the chat keeps `name` and `value`."""
    return f'<button type="button" name="{name}" value="{value}">{words}</button>'


def _reasons(answer: Answer, held: Mapping[str, Letter]) -> str:
    """Why the documents in scope are in it, folded away; where they are many, those quoted are named before others."""
    why = (reason.replace("; ", ", ") for reason in answer.scope.why)
    reasons = {i: reason for i, reason in zip(answer.scope.letters, why, strict=False) if i in held}
    if not reasons:
        return ""
    quoted = {citation.letter.letter_id for citation in shown(answer)}
    first = set(sorted(reasons, key=lambda letter_id: letter_id not in quoted)[:REASONS_LISTED])
    same = len(reasons) > 1 and len(set(reasons.values())) == 1
    lead = f"<p>The same reason for all: {safe(next(iter(reasons.values())))}.</p>" if same else ""
    if answer.scope.narrowed:
        lead += "<p>Letters outside the filters that you chose are left out.</p>"
    entries = "".join(_reason(held[i], "" if same else reason) for i, reason in reasons.items() if i in first)
    left = len(reasons) - len(first)
    more = f"<p>and {left:,} more</p>" if left else ""
    title = "Why this document?" if len(reasons) == 1 else "Why these documents?"
    return f'<details class="why"><summary>{title}</summary>{lead}<ul>{entries}</ul>{more}</details>'


def _dropped(answer: Answer) -> str:
    """What a language model said that is not shown, folded away: each with the check that it failed."""
    if not answer.dropped:
        return ""
    entries = "".join(f"<li>{safe(one.text)}<br>Not shown: {safe(one.reason)}</li>" for one in answer.dropped)
    title = "What the language model said that the letters do not bear out"
    return f'<details class="why"><summary>{title}</summary><ul>{entries}</ul></details>'


def _reason(letter: Letter, why: str) -> str:
    """A document by its title and, where the reason does not name it, its date; then the reason."""
    when = spoken_date(letter.date)
    name = safe(letter.title if when in why else f"{letter.title}, {when}")
    return f"<li>{name}{f'<br>{safe(why[:1].upper() + why[1:])}' if why else ''}</li>"


def status_words(answer: Answer) -> str:
    """The status sentence: "4 passages from 2 letters"."""
    citations = shown(answer)
    passages = counted(len(citations), "passage")
    letters = counted(len({citation.letter.letter_id for citation in citations}), "letter")
    if not answer.refusal:
        return f"{passages} from {letters}"
    return f"No answer; {passages} nearby" if citations else "No answer"


# The evidence


def evidence_html(answer: Answer, turn: int, opened: int | None = None, *, whole: bool = False, stamp: int = 0) -> str:
    """The evidence for one answer: a card for each citation, one of them opened in its letter.

    Args:
        answer: What was answered.
        turn: Its number in the conversation, from 1.
        opened: Position (from 1) of the citation whose letter is open, or None.
        whole: Whether the whole letter is shown, or the paragraphs around the quote.
        stamp: Differs each time, so that opening the same passage again scrolls to it again.
    """
    citations = shown(answer)
    cards = "".join(
        card(answer, citations, position, turn, opened=position == opened, whole=whole)
        for position in range(1, len(citations) + 1)
    )
    body = f'<ol class="cards">{cards}</ol>' if cards else '<p class="empty">There is no passage to show.</p>'
    return (
        f'<div class="evidence" data-stamp="{stamp}" data-focus="{"mark" if opened else "none"}">'
        f'<h2 tabindex="-1">Evidence</h2><p class="for">For: {safe(answer.question)}</p>{body}</div>'
    )


def card(
    answer: Answer,
    citations: Sequence[Citation],
    position: int,
    turn: int,
    *,
    opened: bool = False,
    whole: bool = False,
) -> str:
    """One citation: number, letter, date, kind, who speaks, and its quote or the opened letter."""
    citation = citations[position - 1]
    where = f"#cite-{turn}-{position}"
    inside = (
        reader(citation, position, len(citations), turn, whole=whole)
        if opened
        else f"<blockquote>{safe(citation.quote)}</blockquote>"
        f'<p class="locator">{safe(citation.locator)}</p>'
        f'<button type="button" class="open" data-go="{where}" '
        f'aria-label="Read source {position} in the letter">Read it in the letter</button>'
    )
    return (
        f'<li class="card{" opened" if opened else ""}" id="card-{turn}-{position}">{_not_an_answer(answer)}'
        f'<div class="title"><span class="number" aria-hidden="true">{position}</span>'
        f"<h3>{safe(citation.letter.title)}</h3></div>{facts(citation.letter)}{inside}</li>"
    )


def _not_an_answer(answer: Answer) -> str:
    if not answer.refusal:
        return ""
    words = "shows the correction" if answer.refusal.kind == "false_premise" else "not an answer"
    return f'<p class="nearby">{words}</p>'


def library_html(letters: Iterable[Letter], stamp: int = 0) -> str:
    """What the evidence shows before the first question: the newest documents, each of which opens."""
    newest = sorted(letters, key=lambda letter: (letter.date, letter.letter_id), reverse=True)
    if not newest:
        return (
            f'<div class="evidence" data-stamp="{stamp}" data-focus="none"><h2 tabindex="-1">Documents</h2>'
            '<p class="empty">There is no document yet. Add letters to the corpus folder and start again.'
            "</p></div>"
        )
    entries = "".join(
        '<li class="card"><h3><button type="button" class="letter-link" '
        f'data-letter="{safe(letter.letter_id)}">{safe(letter.title)}</button></h3>{facts(letter)}</li>'
        for letter in newest[:NEWEST_LISTED]
    )
    left = len(newest) - NEWEST_LISTED
    more = f'<p class="empty">and {counted(left, "older document")}.</p>' if left > 0 else ""
    return (
        f'<div class="evidence" data-stamp="{stamp}" data-focus="none"><h2 tabindex="-1">Documents</h2>'
        '<p class="for">The passages behind each answer will appear here. Until then you can read the '
        "documents.</p>"
        f'<ul class="cards library">{entries}</ul>{more}</div>'
    )
