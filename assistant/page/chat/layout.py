"""The page's layout in Gradio, and the wiring of its controls to the callbacks."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.export.formats import FORMATS
from assistant.export.styles import STYLES
from assistant.letters.spoken import describe
from assistant.page.asking.log import QuestionLog
from assistant.page.asking.room import at_once
from assistant.page.chat.callbacks import Callbacks, SaveWish, View
from assistant.page.chat.conversation import Session
from assistant.page.chat.link import years_of
from assistant.page.frame import render
from assistant.page.http.addresses import served_at
from assistant.page.security.access import Access
from assistant.questions.scope import Filters

if TYPE_CHECKING:
    from assistant.engine import Assistant

__all__ = ["build", "theme"]

UNNARROWED = "All years, all authorities, all kinds"  # narrowed.js says what was chosen
SAVED_AT_ONCE = 4  # files made at the same time
FIRST_FORMAT = "docx"  # what most people want; the others follow in their own order
SAVED = (
    ("This answer", "answer"),
    ("Some of its sources", "sources"),
    ("The whole conversation", "conversation"),
)
ASSETS = Path(__file__).parent.parent / "assets"
FONTS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Liberation Sans", "Arial", "sans-serif")
MONO = ("ui-monospace", "Consolas", "Liberation Mono", "monospace")
QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}


@dataclass(frozen=True, slots=True)
class Parts:
    """The components that the wiring needs."""

    session: gr.State
    chat: gr.Chatbot
    welcome: gr.HTML
    question: gr.Textbox
    ask: gr.Button
    stop: gr.Button
    again: gr.Button
    history: gr.HTML
    status: gr.HTML
    narrowing: gr.Accordion
    years: gr.Dropdown
    authorities: gr.Dropdown
    kinds: gr.Dropdown
    evidence: gr.HTML
    export: gr.Column
    form: gr.Dropdown
    what: gr.Radio
    sources: gr.Dropdown
    style: gr.Dropdown
    download: gr.Button
    file: gr.HTML

    @property
    def choosers(self) -> list[gr.Dropdown]:
        """What narrows the letters."""
        return [self.years, self.authorities, self.kinds]


def theme() -> gr.themes.Base:
    """Gradio's plainest theme with the fonts of the reader's own machine; the colours are in `page.css`."""
    return gr.themes.Base(font=FONTS, font_mono=MONO)


def build(
    assistant: "Assistant", longest: int, access: Access, adding: bool = False, record: QuestionLog | None = None
) -> gr.Blocks:
    """Lay the page out and wire it.

    Args:
        assistant: Answers the questions.
        longest: Most characters of a question.
        access: Counts each visitor's questions.
        adding: Whether the header leads to the adding of letters.
        record: Of what was asked; by default none.
    """
    calls = Callbacks(assistant, longest, record)
    page: gr.Blocks
    with gr.Blocks(title=render.TITLE, fill_width=True, analytics_enabled=False) as page:
        header = render.header_html(adding, access.password_needed)
        gr.HTML(header, elem_id="header", apply_default_css=False, js_on_load=_script("page.js"))
        with gr.Row(elem_id="workspace"):
            with gr.Column(elem_id="conversation"):
                talk = _conversation(calls)
            with gr.Column(elem_id="evidence-column"):
                proof = _evidence(calls)
        parts = Parts(session=gr.State(Session()), **talk, **proof)
        _wire(parts, calls, access)
        _keep_fresh(page, parts, calls)
    return page


def _script(name: str) -> str:
    return (ASSETS / name).read_text(encoding="utf-8")


def _plain(value: str, name: str, template: str = "${value}", visible: bool = True) -> gr.HTML:
    return gr.HTML(
        value, elem_id=name, html_template=template, visible=visible, apply_default_css=False, js_on_load=None
    )


def _conversation(calls: Callbacks) -> dict[str, Any]:
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
    welcome = _plain(calls.welcome(), "welcome")
    with gr.Column(elem_id="asking"):
        with gr.Row(elem_id="state-row"):
            # The template keeps the paragraph in place while its words change: only so is it read out.
            status = _plain("", "status", '<p role="status">${value}</p>')
            history = _plain("", "history")
            stop = gr.Button("Stop", elem_id="stop", size="sm", visible=False)
            again = gr.Button("New conversation", elem_id="again", size="sm", visible=False)
        with gr.Row(elem_id="ask-row"):
            question = gr.Textbox(
                label="Your question",
                elem_id="question",
                lines=1,
                max_lines=6,
                autofocus=True,
                placeholder="Year, place or theme",
            )
            ask = gr.Button("Ask", variant="primary", elem_id="ask", min_width=80, scale=0)
        with gr.Accordion(UNNARROWED, open=False, elem_id="narrowing") as narrowing:
            filters = _filters(calls)
    return {
        "chat": chat,
        "welcome": welcome,
        "status": status,
        "history": history,
        "question": question,
        "ask": ask,
        "stop": stop,
        "narrowing": narrowing,
        "again": again,
        **filters,
    }


def _filters(calls: Callbacks) -> dict[str, gr.Dropdown]:
    years, authorities, kinds = _choices(calls)

    def chooser(label: str, choices: list[Any], name: str) -> gr.Dropdown:
        return gr.Dropdown(choices, value=[], multiselect=True, label=label, elem_id=name, min_width=140)

    with gr.Row(elem_id="filters"):
        return {
            "years": chooser("Years", years, "years"),
            "authorities": chooser("Authorities", authorities, "authorities"),
            "kinds": chooser("Kinds of document", kinds, "kinds"),
        }


def _choices(calls: Callbacks) -> tuple[list[Any], list[Any], list[Any]]:
    """What can be chosen: years, newest first, authorities and kinds."""
    letters = calls.assistant.letters
    years = [(str(year), year) for year in sorted(years_of(letters), reverse=True)]
    return years, sorted({lt.authority for lt in letters if lt.authority}), sorted({lt.kind for lt in letters})


def _evidence(calls: Callbacks) -> dict[str, Any]:
    panel = gr.HTML(
        calls.start().evidence,
        elem_id="evidence",
        apply_default_css=False,
        js_on_load=_script("evidence.js"),
    )
    with gr.Column(elem_id="export", visible=False) as column:
        with gr.Row(elem_id="export-row"):
            choices = [(form.label, name) for name, form in FORMATS.items()]
            choices.sort(key=lambda choice: choice[1] != FIRST_FORMAT)
            form = gr.Dropdown(choices, value=choices[0][1], label="Save this answer as", elem_id="format", scale=1)
            download = gr.Button("Download", elem_id="download", scale=0, min_width=110)
            gr.Button("Print", elem_id="print", scale=0, min_width=80)  # the page's script does it
        with gr.Accordion("More choices", open=False, elem_id="export-more"):
            what = gr.Radio(SAVED, value=SAVED[0][1], label="What to save", elem_id="export-what")
            sources = gr.Dropdown(
                [], value=[], multiselect=True, label="Which sources", elem_id="export-sources", visible=False
            )
            styles = [("The usual one", ""), *((style.label, name) for name, style in STYLES.items())]
            style = gr.Dropdown(styles, value="", label="Style of the list of letters", elem_id="export-style")
    file = gr.HTML(
        "",
        elem_id="file",
        apply_default_css=False,
        js_on_load=_script("download.js"),
    )
    return {
        "evidence": panel,
        "export": column,
        "form": form,
        "what": what,
        "sources": sources,
        "style": style,
        "download": download,
        "file": file,
    }


def _wire(parts: Parts, calls: Callbacks, access: Access) -> None:
    outputs = [
        parts.session, parts.chat, parts.welcome, parts.evidence, parts.export, parts.status, parts.history,
        parts.question, parts.stop, parts.again, parts.sources, *parts.choosers,
    ]  # fmt: skip

    def ask(
        question: str,
        years: Any,
        authorities: Any,
        kinds: Any,
        session: Session,
        event: gr.EventData,
        request: gr.Request,
    ) -> Iterator[list[Any]]:
        def wait() -> int:
            return access.may_ask(request.request.scope) if request.request else 0

        if getattr(event.target, "elem_id", None) == parts.evidence.elem_id:  # a user may have a copy of it
            views = calls.ask_again(_wish(event), session, wait)
        else:
            views = calls.ask(question or "", _chosen(years, authorities, kinds), session, wait)
        for view in views:
            yield _values(view)

    def show(session: Session, event: gr.EventData) -> tuple[Session, str, Any]:
        after, evidence = calls.show(_wish(event), session)
        return after, evidence, gr.skip() if after.looking_at == session.looking_at else _sources(after)

    def save(form: Any, what: Any, sources: Any, style: Any, session: Session, request: gr.Request) -> tuple[str, str]:
        numbers = tuple(int(number) for number in sources or ())
        address = served_at(request.headers.get("origin", ""), request.headers)
        return calls.save(SaveWish(str(form), str(what), numbers, str(style or ""), address), session)

    # One event for all three: while a question waits for its answer, no other is asked.
    gr.on(
        [parts.question.submit, parts.ask.click, parts.evidence.submit],
        ask,
        [parts.question, *parts.choosers, parts.session],
        outputs,
        trigger_mode="once",
        concurrency_limit=at_once(calls.assistant.settings),  # the rest wait their turn
        concurrency_id="ask",
        **QUIET,
    )
    parts.stop.click(calls.stop, parts.session, None, concurrency_limit=None, **QUIET)
    parts.again.click(lambda: _values(calls.start()), None, outputs, concurrency_limit=None, **QUIET).then(
        None, js=FOCUS_QUESTION
    )
    gr.on(
        [chooser.change for chooser in parts.choosers],
        None,
        parts.choosers,
        parts.narrowing,
        js=_script("narrowed.js"),
        trigger_mode="multiple",
    )
    parts.evidence.show(
        show, parts.session, [parts.session, parts.evidence, parts.sources], concurrency_limit=None, **QUIET
    )
    parts.what.change(
        None, parts.what, parts.sources, js="(what) => ({ __type__: 'update', visible: what === 'sources' })"
    )
    parts.download.click(
        save,
        [parts.form, parts.what, parts.sources, parts.style, parts.session],
        [parts.file, parts.status],
        concurrency_limit=SAVED_AT_ONCE,
        **QUIET,
    )


def _keep_fresh(page: gr.Blocks, parts: Parts, calls: Callbacks) -> None:
    """Where letters were added since the page was laid out, whoever opens it is offered the present ones."""
    laid_out = calls.assistant.letters
    outputs = [parts.welcome, parts.evidence, *parts.choosers]

    def fresh() -> Any:
        if calls.assistant.letters is laid_out:
            return [gr.skip()] * len(outputs)
        choices = [gr.Dropdown(choices=found) for found in _choices(calls)]
        return [calls.welcome(), calls.start().evidence, *choices]

    page.load(fresh, None, outputs, concurrency_limit=None, **QUIET)


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


def _sources(session: Session) -> Any:
    """The sources of the answer looked at, to choose from; none is chosen."""
    answer = session.answer(session.looking_at)
    cited = render.shown(answer) if answer else ()
    return gr.Dropdown(
        choices=[(f"{c.number} · {describe(c.letter)} · {c.locator}", c.number) for c in cited], value=[]
    )


def _values(view: View) -> list[Any]:
    """A view as the values of the outputs, in their order."""
    started, answering = bool(view.chat), view.session.asking is not None
    filters = view.filters
    chosen = (filters.years, filters.authorities, filters.kinds) if filters else ()
    return [
        view.session,
        gr.update(value=[dict(message) for message in view.chat], visible=started),
        gr.HTML(visible=not started),
        gr.skip() if view.evidence is None else view.evidence,
        gr.Column(visible=view.session.answer(view.session.looking_at) is not None),
        render.safe(view.status),
        view.history,
        gr.skip() if view.question is None else view.question,
        gr.Button(visible=answering),
        gr.Button(visible=started and not answering),
        _sources(view.session) if view.evidence is not None else gr.skip(),
        *([list(values) for values in chosen] if filters else [gr.skip()] * 3),
    ]
