"""A question and its answer in the conversation, as HTML on one line. Pure functions.

The chat strips attributes such as `data-*` and `aria-*`: what the page's script needs is in `href`, `name` and `value`,
and what a screen reader needs is text.
"""

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from assistant.answers.answer import Answer, CitedSentence, Refusal, Table, parts_of
from assistant.letters.citations import Citation
from assistant.letters.letter import Letter
from assistant.letters.spoken import describe, spoken_date
from assistant.page.asking.progress import Progress
from assistant.page.chat.conversation import Turn, chosen
from assistant.page.chat.link import link_for
from assistant.page.frame.render import DIRECTIONS, badge, button, counted, isolated, listed, safe, shown
from assistant.page.http.addresses import relative
from assistant.questions.scope import Filters, Scope

__all__ = ["Shelf", "answer_html", "problem_html", "progress_words", "question_html", "waiting_html"]

REASONS_LISTED = 12  # documents in scope whose reason an answer gives
ASIDE = "the question's own limits are set aside"
EVERY = "every letter held"
HIDDEN = '<span class="hidden">{}</span>'


@dataclass(frozen=True, slots=True)
class Shelf:
    """What an answer is shown beside.

    Attributes:
        held: Every letter by its identifier.
        offers: Questions that these letters answer.
        wider: Whether more letters would be searched without the limits that the question names.
    """

    held: Mapping[str, Letter] = field(default_factory=dict)
    offers: Sequence[str] = ()
    wider: bool = False


# The question


def question_html(turn: Turn) -> str:
    """A question in the conversation, with a remark where it was asked again or follows on from another."""
    asked = turn.question.translate(DIRECTIONS).strip().splitlines()
    lines = "<br>".join(html.escape(line, quote=True) for line in asked if line.strip())
    remarks = ["Asked again of all letters"] if turn.filters.widened else []
    remarks += [f"Page {turn.page}"] if turn.page > 1 else []
    remark = f'<p class="remark">{" · ".join(remarks)}</p>' if remarks else ""
    return f'<div class="asked"><h2>{lines}</h2>{remark}</div>'


def progress_words(progress: Progress) -> str:
    """How far an answer has come, as the status sentence says it."""
    if progress.stage == "search" and progress.number:
        return f"Searching {counted(progress.number, 'letter')}…"
    return "Writing the answer…" if progress.stage == "write" else "Reading the question…"


def waiting_html(progress: Progress) -> str:
    """What stands in the conversation until the answer comes: the stage, and the sentences checked so far."""
    said = "".join(f"<p>{safe(sentence)}</p>" for sentence in progress.said)
    early = f'<div class="group early">{said}</div>' if said else ""
    return f'<div class="answer waiting">{early}<p class="stage">{progress_words(progress)}</p></div>'


def problem_html(message: str) -> str:
    """An error in the conversation: one calm sentence."""
    return f'<div class="answer calm"><p>{safe(message)}</p></div>'


# The answer


def answer_html(turn: Turn, number: int, shelf: Shelf = Shelf()) -> str:
    """An answer or a refusal; each [n] is a link to `#cite-TURN-n`.

    Args:
        turn: With its answer.
        number: Of the turn in the conversation, from 1.
        shelf: What else is there.

    Raises:
        ValueError: If the turn has no answer.
    """
    if turn.answer is None:
        raise ValueError("there is no answer to show")
    answer = turn.answer
    said = _table(answer.table, answer, number) if answer.table else _groups(answer, number)
    body = _refusal(answer.refusal, turn, number, shelf) if answer.refusal else said
    notes = "".join(f'<p class="note">{safe(note)}</p>' for note in answer.notes)
    scope = f"{_scope(answer, turn, number, shelf)}{_chips(turn, number)}"
    writer = "" if answer.refusal else _writer(answer)
    foot = f'<p class="small writer"><span>{writer}</span>{button("copy", relative(link_for(turn)), "Copy link")}</p>'
    return (
        f'<div class="answer">{body}{notes}{_turning(answer, number)}<div class="foot">{scope}{foot}'
        f"{_why(answer, turn.found, shelf.held)}</div></div>"
    )


def _refusal(refusal: Refusal, turn: Turn, number: int, shelf: Shelf) -> str:
    pointer = ""
    if refusal.nearest:
        proof = refusal.kind == "false_premise"
        pointer = (
            "The evidence shows the passages behind this."
            if proof
            else "The evidence shows the nearest passages. They are not an answer."
        )
    more = f'<p class="pointer">{pointer}</p>' if pointer else ""
    return f'<div class="calm"><p>{safe(refusal.message)}</p>{more}{_instead(turn, number, refusal.kind, shelf)}</div>'


def _instead(turn: Turn, number: int, kind: str, shelf: Shelf) -> str:
    """What to try after a refusal: only what can help."""
    tries = []
    if kind in ("letters_silent", "no_letter_in_scope"):
        if shelf.wider:
            tries.append(_widen(turn, number))
        if chosen(turn.filters):
            tries.append(button("drop", f"{number}-0", "Search without my filters"))
    if kind == "letters_silent":
        tries.append("Use other words for the same thing, such as those of a heading in the letters.")
    if kind == "no_letter_in_scope":
        tries.append(f'<a href="{relative("/letters")}" target="_blank" rel="noopener">See which letters are here</a>')
    if kind == "out_of_remit" or (kind == "letters_silent" and not shelf.wider):
        tries += [button("offer", str(n), safe(question)) for n, question in enumerate(shelf.offers[:2], 1)]
    if not tries:
        return ""
    return f'<p class="try">You could try:</p><ul class="tries">{"".join(f"<li>{one}</li>" for one in tries)}</ul>'


def _groups(answer: Answer, turn: int) -> str:
    """The sentences under who says them, a heading for each document."""
    cited = {citation.number: citation for citation in answer.citations}
    return "".join(
        f'<div class="group">{_speaker(part.heading, part.letter)}{_lead(part.lead)}'
        f"{_said(part.sentences, cited, turn)}</div>"
        for part in parts_of(answer)
    )


def _table(table: Table, answer: Answer, turn: int) -> str:
    """What was counted: how many, then each with the citation that proves it behind its last cell."""
    cited = {citation.number: citation for citation in answer.citations}
    head = "".join(f'<th scope="col">{safe(column)}</th>' for column in table.columns)
    rows = "".join(
        f"<tr>{''.join(f'<td>{safe(cell)}</td>' for cell in row.cells[:-1])}"
        f"<td>{safe(row.cells[-1])} {_marker(cited[row.citation], turn)}</td></tr>"
        for row in table.rows
    )
    return (
        f'<p class="counted">{safe(table.caption)}</p>'
        f'<div class="counts"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
    )


def _lead(words: str) -> str:
    """Words of the letter that lead up to what is quoted."""
    return f'<p class="lead-in">{safe(words)}{"" if words.endswith((".", "?")) else ":"}</p>' if words else ""


def _speaker(title: str, letter: Letter | None) -> str:
    return f'<h3 class="speaker">{badge(letter) if letter else ""} <span>{safe(title)}</span></h3>' if title else ""


def _said(sentences: Sequence[CitedSentence], cited: Mapping[int, Citation], turn: int) -> str:
    return "".join(
        f"<p>{isolated(sentence.text)} {' '.join(_marker(cited[number], turn) for number in sentence.citations)}</p>"
        for sentence in sentences
    )


def _marker(citation: Citation, turn: int) -> str:
    source = safe(f"Source {citation.number}: {describe(citation.letter)}. {citation.locator}")
    return f'<a class="marker" href="#cite-{turn}-{citation.number}" title="{source}">[{citation.number}]</a>'


def _turning(answer: Answer, turn: int) -> str:
    """The buttons that turn the pages of an answer that goes through every letter."""
    buttons = [button("page", f"{turn}-{answer.page - 1}", "Show the letters before")] if answer.page > 1 else []
    if answer.page < answer.pages:
        buttons.append(button("page", f"{turn}-{answer.page + 1}", "Show the next letters"))
    return f'<p class="pages">{" ".join(buttons)}</p>' if buttons else ""


# How the question was read


def _scope(answer: Answer, turn: Turn, number: int, shelf: Shelf) -> str:
    """Which letters the question was taken to be about, in words, and the button that sets that aside."""
    searched, held = len(answer.scope.letters), len(shelf.held) or len(answer.scope.letters)
    many = f"all {counted(held, 'document')}" if searched == held and held > 1 else counted(searched, "document")
    many = f"{searched:,} of {counted(held, 'document')}" if searched < held else many
    read = _reading(turn.question, answer.scope, turn.filters)
    words = safe(f"{read} · {many}" if read else f"Searched {many}")
    control = _widen(turn, number) if shelf.wider and not answer.refusal else ""
    return f'<p class="scope"><span>{words}</span> {control}</p>'


def _reading(question: str, scope: Scope, filters: Filters) -> str:
    """How a question was read, "" where it names no limit: “Reading “2019” as inspected or published in 2019”."""
    said_by_chips = {listed(filters.authorities), listed(filters.kinds), " or ".join(filters.kinds), EVERY, ASIDE}
    parts = scope.reading.strip().rstrip(".").split("; ")
    parts = [part for part in parts if part and part not in said_by_chips and not part.endswith("(chosen)")]
    if not parts:
        return ""
    words = _words_used(question, scope.used)
    quoted = listed([f"“{one}”" for one in words])
    return f"Reading {quoted} as {'; '.join(parts)}" if quoted else f"Read as: {'; '.join(parts)}"


def _words_used(question: str, used: Sequence[str]) -> list[str]:
    """The words of a question that name its limits, as typed, those that stand together as one."""
    wanted = {word.lower() for text in used for word in text.split()}
    found: list[list[str]] = [[]]
    for word in re.findall(r"[\w’'-]+", question):
        if word.lower() in wanted or word.lower().removesuffix("'s").removesuffix("’s") in wanted:
            found[-1].append(word)
        elif found[-1]:
            found.append([])
    return list(dict.fromkeys(" ".join(words) for words in found if words))


def _widen(turn: Turn, number: int) -> str:
    """The button that asks the question again without its own limits."""
    where = " within my filters" if chosen(turn.filters) else ""
    return button("widen", str(number), f"Search all letters{where} instead")


def _chips(turn: Turn, number: int) -> str:
    """The filters that were chosen, each with the button that asks again without it."""
    chips = "".join(
        f"<li>{button('drop', f'{number}-{n}', HIDDEN.format('Remove the filter ') + safe(str(value)))}</li>"
        for n, (_, value) in enumerate(chosen(turn.filters), 1)
    )
    return f'<p class="small only">Only these, as you chose:</p><ul class="chips">{chips}</ul>' if chips else ""


def _writer(answer: Answer) -> str:
    if answer.writer == "extractive":
        return "In the letters’ own words; no language model was used."
    return safe(f"Worded by the language model {answer.writer} from the passages cited; check before quoting.")


# Why this answer


def _why(answer: Answer, found: int, held: Mapping[str, Letter]) -> str:
    """What was searched, what was found, who worded it and what was left out, folded away."""
    parts = [_reasons(answer, held), _found(answer, found), _worded(answer), _dropped(answer)]
    return f'<details class="why"><summary>Why this answer</summary>{"".join(parts)}</details>'


def _reasons(answer: Answer, held: Mapping[str, Letter]) -> str:
    """Why the documents searched were searched; where they are many, those quoted are named before others."""
    why = (reason.replace("; ", ", ") for reason in answer.scope.why)
    reasons = {i: reason for i, reason in zip(answer.scope.letters, why, strict=False) if i in held}
    if not reasons:
        return "<p>No letter was searched.</p>" if not answer.scope.letters else ""
    quoted = {citation.letter.letter_id for citation in shown(answer)}
    first = set(sorted(reasons, key=lambda letter_id: letter_id not in quoted)[:REASONS_LISTED])
    same = len(reasons) > 1 and len(set(reasons.values())) == 1
    lead = f"<p>{counted(len(reasons), 'document')} searched:</p>"
    if same:
        lead = f"<p>{counted(len(reasons), 'document')} searched, all for the same reason: "
        lead += f"{safe(next(iter(reasons.values())))}.</p>"
    if answer.scope.narrowed:
        lead += "<p>Letters outside the filters that you chose are left out.</p>"
    entries = "".join(_reason(held[i], "" if same else reason) for i, reason in reasons.items() if i in first)
    left = len(reasons) - len(first)
    more = f"<p>and {left:,} more</p>" if left else ""
    return f"{lead}<ul>{entries}</ul>{more}"


def _reason(letter: Letter, why: str) -> str:
    """A document by its title and, where the reason does not name it, its date; then the reason."""
    when = spoken_date(letter.date)
    name = safe(letter.title if when in why or not when else f"{letter.title}, {when}")
    return f"<li>{name}{f'<br>{safe(why[:1].upper() + why[1:])}' if why else ''}</li>"


def _found(answer: Answer, found: int) -> str:
    """How many passages were found and how many of them are shown."""
    if not answer.scope.letters:
        return ""
    passages = shown(answer)
    if answer.refusal and not passages:
        said = "None of them answers the question."
    elif answer.refusal:
        said = f"{counted(len(passages), 'passage')} came near."
    else:
        letters = len({citation.letter.letter_id for citation in passages})
        said = f"{counted(len(passages), 'passage')} from {counted(letters, 'document')} made this answer."
    read = f"{counted(found, 'passage')} that came closest to the question were read. " if found > 1 else ""
    return f"<p>{'The ' if read else ''}{read}{said}</p>"


def _worded(answer: Answer) -> str:
    if answer.refusal:
        return ""
    if answer.writer == "extractive":
        return "<p>The sentences are copied from the letters by rules; nobody and nothing has reworded them.</p>"
    return (
        f"<p>{safe(f'The language model {answer.writer}')} put the passages into words. Each sentence was checked "
        "against the letter that it cites; those that the letter does not bear out are not shown.</p>"
    )


def _dropped(answer: Answer) -> str:
    """What a language model said that is not shown, each with the check that it failed."""
    if not answer.dropped:
        return ""
    entries = "".join(f"<li>{safe(one.text)}<br>Not shown: {safe(one.reason)}</li>" for one in answer.dropped)
    return f"<p>What the language model said that is not shown:</p><ul>{entries}</ul>"
