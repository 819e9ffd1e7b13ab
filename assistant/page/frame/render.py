"""The page's small words and pieces of HTML, and what it shows before the first question. Pure functions.

Everything that comes from a letter, a question or an error passes through `safe`; nothing here is a template
that the browser would evaluate.
"""

import html
from collections.abc import Sequence

from assistant.answers.answer import Answer
from assistant.letters.citations import Citation, letter_link
from assistant.letters.letter import Letter
from assistant.letters.spoken import spoken_date
from assistant.page.http.addresses import relative

__all__ = [
    "DIRECTIONS",
    "STANDING",
    "STANDING_MEANS",
    "TITLE",
    "badge",
    "button",
    "counted",
    "facts",
    "header_html",
    "history_html",
    "isolated",
    "library_html",
    "listed",
    "safe",
    "shown",
    "status_words",
    "welcome_html",
    "when_and_what",
]

TITLE = "Ask the inspection letters"
"""The product's name."""
DIRECTIONS = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)))
"""Characters that nobody sees and that turn the direction of whatever follows; readers leave them out of a letter."""
NEWEST_LISTED = 12  # documents named on the empty page; more is a catalogue, not a welcome
STANDING = {"inspectorate": "Inspectors", "council": "Council", "other": "Others"}
"""Who is speaking, in a word."""
STANDING_MEANS = {
    "inspectorate": "The inspectors are speaking",
    "council": "The council is speaking",
    "other": "Somebody else is speaking",
}
"""What that word means."""


def safe(text: str) -> str:
    """Text as HTML on one line: markup is shown, never obeyed, and what turns directions is left out.

    Line breaks become white space, because an empty line would end the HTML block in the chat's Markdown.
    """
    return html.escape(" ".join(text.translate(DIRECTIONS).split()), quote=True)


def isolated(text: str) -> str:
    """Somebody else's words within a line: written from right to left, they do not turn what stands around them."""
    return f'<span dir="auto">{safe(text)}</span>'


def counted(number: int, noun: str) -> str:
    """A number with its noun: "1 passage", "4 passages"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def listed(items: Sequence[str]) -> str:
    """Items in words: "2019", "2019 and 2024"."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}" if items else ""


def shown(answer: Answer) -> tuple[Citation, ...]:
    """The citations that the evidence shows: the answer's, or the nearest ones of a refusal."""
    return answer.refusal.nearest if answer.refusal else answer.citations


def badge(letter: Letter) -> str:
    """Who is speaking, as a small label."""
    standing = letter.standing if letter.standing in STANDING else "other"
    return f'<span class="badge {standing}" title="{STANDING_MEANS[standing]}">{STANDING[standing]}</span>'


def when_and_what(letter: Letter) -> tuple[str, str]:
    """Date and kind of a letter, in words."""
    when = spoken_date(letter.published) or (
        f"inspected {spoken_date(letter.visit_end)}" if letter.visit_end else "no date given"
    )
    return when, letter.kind if letter.kind != "other" else "document"


def facts(letter: Letter) -> str:
    """Badge, date and kind of a letter on one line."""
    words = [*when_and_what(letter), *([letter.authority] if letter.authority else [])]
    return f'<p class="facts">{badge(letter)} <span>{" · ".join(isolated(part) for part in words)}</span></p>'


def button(name: str, value: str, words: str) -> str:
    """A button that the page's script looks after; of its attributes the chat keeps `name` and `value`."""
    return f'<button type="button" name="{name}" value="{html.escape(value, quote=True)}">{words}</button>'


# Around the conversation


def header_html(adding: bool, leaving: bool = False) -> str:
    """The product's name and the way to the other pages, the same on all of them."""
    wanted = {"/letters": "Letters", "/authorities": "Authorities"}
    wanted |= ({"/add": "Add letters"} if adding else {}) | ({"/logout": "Sign out"} if leaving else {})
    links = "".join(f'<a href="{relative(address)}">{words}</a>' for address, words in wanted.items())
    return (
        '<a class="skip" href="#question">Skip to your question</a>'
        f'<h1>{TITLE}</h1><nav aria-label="Pages of this site">'
        f'<a href="{relative("/")}" aria-current="page">Ask</a>{links}</nav>'
    )


def welcome_html(known: str, offers: Sequence[str], model: bool) -> str:
    """What the empty page says: what this is, what it knows, what to ask, how answers come about.

    Args:
        known: What is held, in words ("5 documents about Swindon, 2011 to 2024").
        offers: Questions that these letters answer.
        model: Whether a language model words the answers.
    """
    questions = "".join(f"<li>{button('offer', str(n), safe(question))}</li>" for n, question in enumerate(offers, 1))
    asking = f'<h2>You could ask</h2><ul class="offers">{questions}</ul>' if offers else ""
    how = (
        "The sentences that answer your question are found in the letters and put into words by a language model; "
        "each of its sentences is checked against the letter, and carries a number that opens the source."
        if model
        else "The sentences that answer your question are found in the letters and quoted as they stand; no language "
        "model is used. Each carries a number that opens the letter at that place."
    )
    return (
        f'<p class="lead">Ask what the letters about children’s services say: <strong>{safe(known)}</strong>. '
        "You get a short answer with its sources.</p>"
        f'{asking}<p class="how"><strong>How answers come about.</strong> {how} It knows nothing but these letters, '
        "gives no opinion or advice, and can overlook something: read the source before you rely on an answer.</p>"
    )


def history_html(questions: Sequence[str]) -> str:
    """The questions of this conversation, folded away; each leads to its place. Nothing before the second one."""
    if len(questions) < 2:
        return ""
    entries = "".join(f'<li><a href="#turn-{n}">{safe(text)}</a></li>' for n, text in enumerate(questions, 1))
    title = f"{counted(len(questions), 'question')} so far"
    return f'<details class="history"><summary>{title}</summary><ol>{entries}</ol></details>'


def status_words(answer: Answer) -> str:
    """The status sentence: "4 passages from 2 letters"."""
    citations = shown(answer)
    passages = counted(len(citations), "passage")
    letters = counted(len({citation.letter.letter_id for citation in citations}), "letter")
    if not answer.refusal:
        return f"{passages} from {letters}"
    return f"No answer; {passages} nearby" if citations else "No answer"


def library_html(letters: Sequence[Letter], stamp: int = 0) -> str:
    """What the evidence shows before the first question: the newest documents, each with its own page."""
    newest = sorted(letters, key=lambda letter: (letter.date, letter.letter_id), reverse=True)
    head = f'<div class="evidence" data-stamp="{stamp}" data-focus="none"><h2 tabindex="-1">Documents</h2>'
    if not newest:
        return f'{head}<p class="empty">There is no letter here yet.</p></div>'
    entries = "".join(
        f'<li class="card"><h3><a href="{relative(letter_link(letter))}">{safe(letter.title)}</a></h3>'
        f"{facts(letter)}</li>"
        for letter in newest[:NEWEST_LISTED]
    )
    every = f"All {len(newest):,} letters" if len(newest) > NEWEST_LISTED else "Search and sort the letters"
    return (
        f'{head}<p class="for">The passages behind each answer will appear here. Until then you can read the letters.'
        f'</p><ul class="cards library">{entries}</ul>'
        f'<p class="every"><a href="{relative("/letters")}">{every}</a></p></div>'
    )
