"""The pages of the authorities: which there are, and each one's inspections and judgements over time. No script."""

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from fastapi import FastAPI, Request
from fastapi.responses import Response

from assistant.answers.comparison import MOST, Told, told_of
from assistant.answers.concerns import NEWEST, STATES, Concern, comparable
from assistant.answers.matters import MATTERS, Matter
from assistant.answers.timeline import COLUMNS, Cell, Row, Timeline, timelines
from assistant.letters.citations import letter_link, passage_link
from assistant.letters.letter import Letter
from assistant.letters.spoken import describe, spoken_date
from assistant.page.frame.assets import READ
from assistant.page.frame.saving import options_for, save_timelines
from assistant.page.frame.site import Menu, attachment, page, problem, sealed
from assistant.page.http.addresses import served_at
from assistant.page.letters.chart import chart
from assistant.page.letters.listing import kind_words

if TYPE_CHECKING:
    from assistant.engine import Assistant

__all__ = ["add_authorities"]

HEADINGS = {
    "overall": "Overall",
    "leaders": "Leaders",
    "help and protection": "Help and protection",
    "in care": "Children in care",
    "care leavers": "Care leavers",
}
SOURCES = {
    "council": "as the council reports it; the inspectorate's own letter is not here",
    "mention": "mentioned in a later letter; its own letter is not here",
}


def add_authorities(app: FastAPI, assistant: "Assistant", *, adding: bool = False, leaving: bool = False) -> None:
    """Add the routes below `/authorities`.

    Args:
        app: The application; Gradio is mounted behind these routes.
        assistant: Its letters are shown, those that it holds at the time of each request.
        adding: Whether the pages lead to the adding of letters.
        leaving: Whether the pages lead to signing out.
    """
    pages = _Pages(assistant, Menu(adding, leaving))
    app.add_api_route("/authorities", pages.all, methods=READ)
    app.add_api_route("/authorities/{name}", pages.one, methods=READ)
    app.add_api_route("/authorities/{name}/concerns", pages.concerns, methods=READ)


class _Shelf:
    """The letters that an assistant held, and what is worked out from them once."""

    def __init__(self, letters: Sequence[Letter]) -> None:
        self.letters = letters
        self.timelines = {one.authority: one for one in timelines(letters)}
        self.improvable = {letter.authority for letter in letters if letter.improvements}


class _Pages:
    """What each address answers."""

    def __init__(self, assistant: "Assistant", menu: Menu) -> None:
        self.assistant, self.menu = assistant, menu
        self._shelf = _Shelf(())
        self._comparing = threading.Lock()  # an authority's concerns take seconds the first time: one at a time

    @property
    def shelf(self) -> _Shelf:
        """The letters as they are now; they change where letters are added."""
        letters, shelf = self.assistant.letters, self._shelf
        if shelf.letters is not letters:
            shelf = self._shelf = _Shelf(letters)
        return shelf

    def all(self, request: Request) -> Response:
        held = list(self.shelf.timelines.values())
        if "save" in request.query_params:
            return self._saved(held, "judgements", request)
        entries = [
            {
                "name": one.authority,
                "address": _address(one.authority),
                "count": len({row.letter.letter_id for row in one.rows}),
                "latest": _latest(one),
            }
            for one in held
        ]
        return sealed(page("authorities.html", entries=entries, menu=self.menu, current="authorities"))

    def one(self, request: Request, name: str) -> Response:
        shelf = self.shelf
        found = shelf.timelines.get(name)
        if found is None:
            return self._nowhere()
        if "save" in request.query_params:
            return self._saved([found], f"judgements {name}", request)
        return sealed(
            page(
                "authority.html",
                timeline=found,
                rows=[_row(row) for row in found.rows],
                comparable=len(_own(found)) > 1,
                most=MOST,
                chart=chart(found.rows),
                headings=list(HEADINGS.values()),
                before=[(one, _address(one)) for one in found.predecessors],
                after=[(one, _address(one) if one in shelf.timelines else "") for one in found.successors],
                letters=f"/letters?{urlencode({'authority': name})}",
                ask=f"/?{urlencode({'authority': name})}",
                save=f"{_address(name)}?save=csv",
                concerns=f"{_address(name)}/concerns" if name in shelf.improvable else "",
                wanted=_wanted(found),
                matters=_matters(found),
                describe=describe,
                link=passage_link,
                menu=self.menu,
                current="authorities",
                within=True,
            )
        )

    def concerns(self, name: str) -> Response:
        """What became of each area for improvement. Working it out takes a second or two the first time."""
        shelf = self.shelf
        if name not in shelf.timelines:
            return self._nowhere()
        with self._comparing:
            found = self.assistant.concerns(name)
        held = len(comparable(self.assistant.letters, name))
        letters: dict[str, list[Concern]] = {}
        for concern in found:
            letters.setdefault(concern.letter.letter_id, []).append(concern)
        return sealed(
            page(
                "concerns.html",
                authority=name,
                address=_address(name),
                groups=list(letters.values()),
                describe=describe,
                link=passage_link,
                newest=NEWEST if held > NEWEST else 0,
                held=held,
                counts=[(state, n) for state in STATES if (n := sum(one.state == state for one in found))],
                menu=self.menu,
                current="authorities",
                within=True,
            )
        )

    def _nowhere(self) -> Response:
        lines = ["No letter here is about it, or it is listed under another name."]
        link = ("/authorities", "See all authorities")
        return sealed(problem(404, "There is no such authority here", lines, link=link, menu=self.menu))

    def _saved(self, found: Sequence[Timeline], name: str, request: Request) -> Response:
        address = served_at(str(request.base_url), request.headers, request.url.path)
        options = options_for(self.assistant, "", address)
        return attachment(save_timelines(found, name, options))


def _address(authority: str) -> str:
    return f"/authorities/{quote(authority, safe='')}"


def _latest(found: Timeline) -> dict[str, str]:
    """The last overall grade and its date, in words."""
    graded = [row for row in found.rows if row.cells[0].grade]
    if not graded:
        return {"grade": "", "day": ""}
    return {"grade": graded[-1].cells[0].grade or "", "day": spoken_date(graded[-1].date[:7])}


def _own(found: Timeline) -> list[Letter]:
    """The inspectorate's own letters of a timeline, oldest first."""
    return [row.letter for row in found.rows if row.source == "own"]


def _wanted(found: Timeline) -> Letter | None:
    """The last letter that lists what must improve."""
    return next((letter for letter in reversed(_own(found)) if letter.improvements), None)


def _matters(found: Timeline) -> tuple[Letter, list[tuple[Matter, Told]]] | None:
    """The last inspection that gave grades, else the last letter, and what it says of each matter."""
    letters = _own(found)
    letter = next((letter for letter in reversed(letters) if letter.judgements), letters[-1] if letters else None)
    return (letter, list(zip(MATTERS, told_of(letter), strict=True))) if letter else None


def _row(row: Row) -> dict[str, object]:
    """An inspection as the table shows it."""
    return {
        "day": spoken_date(row.date) or "no date given",
        "kind": kind_words(row.kind),
        "address": letter_link(row.letter),
        "letter_id": row.letter.letter_id if row.source == "own" else "",
        "note": SOURCES.get(row.source, ""),
        "ungraded": "" if row.graded or len({cell.words for cell in row.cells}) > 1 else row.cells[0].words,
        "cells": [_shown(row, cell, HEADINGS[column]) for column, cell in zip(COLUMNS, row.cells, strict=True)],
        "others": [_shown(row, cell, cell.area) for cell in row.others],
    }


def _shown(row: Row, cell: Cell, heading: str) -> dict[str, str]:
    link = row.link(cell) if cell.proof else ""
    return {"heading": heading, "words": cell.words, "grade": cell.grade or "", "link": link}
