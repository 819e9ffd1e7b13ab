"""The page's layout in Gradio, and the wiring of its controls to the callbacks."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.page import render
from assistant.page.callbacks import Callbacks, Session, View
from assistant.page.examples import examples, headline
from assistant.scope import Filters

if TYPE_CHECKING:
    from assistant.engine import Assistant

__all__ = ["build", "theme"]

TITLE = "Ask the inspection letters"
FIRST_FORMAT = "docx"  # what most people want; the others follow in their own order
AT_ONCE = 16  # questions answered at the same time; the rest wait their turn
ASSETS = Path(__file__).parent / "assets"
FONTS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Liberation Sans", "Arial", "sans-serif")
MONO = ("ui-monospace", "Consolas", "Liberation Mono", "monospace")
QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}


@dataclass(frozen=True, slots=True)
class Parts:
    """The components that the wiring needs."""

    session: gr.State
    chat: gr.Chatbot
    offers: gr.Column
    offered: tuple[gr.Button, ...]
    question: gr.Textbox
    ask: gr.Button
    again: gr.Button
    status: gr.HTML
    narrowing: gr.Accordion
    years: gr.Dropdown
    authorities: gr.Dropdown
    kinds: gr.Dropdown
    evidence: gr.HTML
    export: gr.Column
    form: gr.Dropdown
    download: gr.Button
    file: gr.HTML


def theme() -> gr.themes.Base:
    """Gradio's plainest theme with the fonts of the reader's own machine; the colours are in `page.css`."""
    return gr.themes.Base(font=FONTS, font_mono=MONO)


def build(assistant: "Assistant", longest: int) -> gr.Blocks:
    """Lay the page out and wire it.

    Args:
        assistant: Answers the questions.
        longest: Most characters of a question.
    """
    calls = Callbacks(assistant, longest)
    page: gr.Blocks
    with gr.Blocks(title=TITLE, fill_width=True, analytics_enabled=False) as page:
        _plain(_header(assistant), "header")
        with gr.Row(elem_id="workspace"):
            with gr.Column(elem_id="conversation"):
                talk = _conversation(assistant)
            with gr.Column(elem_id="evidence-column"):
                proof = _evidence(calls)
        _wire(Parts(session=gr.State(Session()), **talk, **proof), calls)
    return page


def _header(assistant: "Assistant") -> str:
    known = render.safe(headline(assistant.letters))
    return (
        f"<h1>{TITLE}</h1><p>Short answers in the letters' own words, each with its source one click away: "
        f"<strong>{known}</strong>.</p>"
    )


def _plain(value: str, name: str) -> gr.HTML:
    return gr.HTML(value, elem_id=name, apply_default_css=False, js_on_load=None)


def _conversation(assistant: "Assistant") -> dict[str, Any]:
    chat = gr.Chatbot(
        elem_id="chat",
        show_label=False,
        container=False,
        visible=False,
        height=None,
        autoscroll=False,  # an answer is read from its beginning
        buttons=[],
        feedback_options=None,
        latex_delimiters=[],
        allow_tags=False,
        allow_file_downloads=False,
        layout="panel",
    )
    with gr.Column(elem_id="offers") as offers:
        _plain("<h2>You could ask</h2>", "offers-title")
        with gr.Row(elem_id="offered"):
            offered = tuple(gr.Button(text, elem_classes="offer") for text in examples(assistant.letters))
    with gr.Column(elem_id="asking"):
        with gr.Row(elem_id="state-row"):
            # The template keeps the paragraph in place while its words change: only so is it read out.
            status = gr.HTML(
                "",
                html_template='<p role="status">${value}</p>',
                elem_id="status",
                apply_default_css=False,
                js_on_load=None,
            )
            again = gr.Button("New conversation", elem_id="again", size="sm", visible=False)
        with gr.Row(elem_id="ask-row"):
            question = gr.Textbox(
                label="Your question",
                elem_id="question",
                lines=1,
                max_lines=6,
                autofocus=True,
                placeholder="Ask about an inspection, a year or a theme",
            )
            ask = gr.Button("Ask", variant="primary", elem_id="ask", min_width=80, scale=0)
        with gr.Accordion(narrowed((), (), ()), open=False, elem_id="narrowing") as narrowing:
            filters = _filters(assistant)
    return {
        "chat": chat,
        "offers": offers,
        "offered": offered,
        "status": status,
        "question": question,
        "ask": ask,
        "narrowing": narrowing,
        "again": again,
        **filters,
    }


def _filters(assistant: "Assistant") -> dict[str, gr.Dropdown]:
    letters = assistant.letters
    years = sorted({year for letter in letters for year in letter.years()}, reverse=True)
    authorities = sorted({letter.authority for letter in letters if letter.authority})
    kinds = sorted({letter.kind for letter in letters})

    def chooser(label: str, choices: list[Any], name: str) -> gr.Dropdown:
        return gr.Dropdown(choices, value=[], multiselect=True, label=label, elem_id=name, min_width=140)

    with gr.Row(elem_id="filters"):
        return {
            "years": chooser("Years", [(str(year), year) for year in years], "years"),
            "authorities": chooser("Authorities", authorities, "authorities"),
            "kinds": chooser("Kinds of document", kinds, "kinds"),
        }


def _evidence(calls: Callbacks) -> dict[str, Any]:
    from assistant import export

    panel = gr.HTML(
        calls.start().evidence,
        elem_id="evidence",
        apply_default_css=False,
        js_on_load=(ASSETS / "evidence.js").read_text(encoding="utf-8"),
    )
    with gr.Column(elem_id="export", visible=False) as column, gr.Row(elem_id="export-row"):
        choices = [(form.label, name) for name, form in export.FORMATS.items()]
        choices.sort(key=lambda choice: choice[1] != FIRST_FORMAT)
        form = gr.Dropdown(choices, value=choices[0][1], label="Save this answer as", elem_id="format", scale=1)
        download = gr.Button("Download", elem_id="download", scale=0, min_width=120)
    file = gr.HTML(
        "",
        elem_id="file",
        apply_default_css=False,
        js_on_load=(ASSETS / "download.js").read_text(encoding="utf-8"),
    )
    return {"evidence": panel, "export": column, "form": form, "download": download, "file": file}


def narrowed(years: object, authorities: object, kinds: object) -> str:
    """The filters in words, as the title of the closed panel: "All years, all authorities, all kinds"."""
    words = [
        ", ".join(str(value) for value in chosen) if isinstance(chosen, (list, tuple)) and chosen else f"all {noun}"
        for chosen, noun in ((years, "years"), (authorities, "authorities"), (kinds, "kinds"))
    ]
    line = ", ".join(words) if all(w.startswith("all ") for w in words) else " · ".join(words)
    return f"{line[:1].upper()}{line[1:]}"


def _wire(parts: Parts, calls: Callbacks) -> None:
    choosers = [parts.years, parts.authorities, parts.kinds]
    outputs = [
        parts.session, parts.chat, parts.offers, parts.evidence, parts.export, parts.status,
        parts.question, parts.again,
    ]  # fmt: skip

    def ask(
        question: str, years: Any, authorities: Any, kinds: Any, session: Session, event: gr.EventData
    ) -> Iterator[list[Any]]:
        if event.target is parts.evidence:
            views = calls.ask_again(_wish(event), session)
        else:
            views = calls.ask(question or "", _chosen(years, authorities, kinds), session)
        for view in views:
            yield _values(view)

    def show(session: Session, event: gr.EventData) -> tuple[Session, str]:
        return calls.show(_wish(event), session)

    asking: dict[str, Any] = {
        "inputs": [parts.question, *choosers, parts.session],
        "outputs": outputs,
        "concurrency_limit": AT_ONCE,
        "concurrency_id": "ask",
        **QUIET,
    }
    # One event for all three: while a question waits for its answer, no other is asked.
    gr.on([parts.question.submit, parts.ask.click, parts.evidence.submit], ask, trigger_mode="once", **asking)
    for offer in parts.offered:
        offer.click(ask, **asking | {"inputs": [offer, *choosers, parts.session]})
    parts.again.click(lambda: _values(calls.start()), None, outputs, concurrency_limit=None, **QUIET).then(
        None, js=FOCUS_QUESTION
    )
    for chooser in choosers:
        chooser.change(
            lambda *chosen: gr.Accordion(label=narrowed(*chosen)),
            choosers,
            parts.narrowing,
            concurrency_limit=None,
            **QUIET,
        )
    parts.evidence.show(show, parts.session, [parts.session, parts.evidence], concurrency_limit=None, **QUIET)
    parts.download.click(
        calls.save,
        [parts.form, parts.session],
        [parts.file, parts.status],
        concurrency_limit=AT_ONCE,
        **QUIET,
    )


FOCUS_QUESTION = "() => { document.querySelector('#question textarea')?.focus(); }"


def _chosen(years: Any, authorities: Any, kinds: Any) -> Filters:
    return Filters(
        authorities=tuple(str(value) for value in authorities or ()),
        years=tuple(int(value) for value in years or ()),
        kinds=tuple(str(value) for value in kinds or ()),
    )


def _wish(event: gr.EventData) -> dict[str, Any]:
    """What the browser asks for; anything but a dictionary is nothing."""
    return event._data if isinstance(event._data, dict) else {}


def _values(view: View) -> list[Any]:
    """A view as the values of the outputs, in their order."""
    started = bool(view.chat)
    return [
        view.session,
        gr.update(value=[dict(message) for message in view.chat], visible=started),
        gr.Column(visible=not started),
        view.evidence,
        gr.Column(visible=view.session.answer(view.session.looking_at) is not None),
        render.safe(view.status),
        gr.skip() if view.question is None else view.question,
        gr.Button(visible=started),
    ]
