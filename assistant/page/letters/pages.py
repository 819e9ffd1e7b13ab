"""The pages of the letters: the list, each letter, and the files that they were read from. Plain HTML, no script."""

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response

from assistant.errors import FilterError
from assistant.export.formats import FORMATS, LETTER_FORMATS
from assistant.export.styles import STYLES
from assistant.letters.citations import letter_link
from assistant.letters.letter import Letter
from assistant.letters.spoken import spoken_date
from assistant.page.frame.assets import READ
from assistant.page.frame.saving import options_for, save_letters
from assistant.page.frame.site import Menu, attachment, page, problem, sealed
from assistant.page.http.addresses import relative, served_at
from assistant.page.letters.listing import ORDERS, Entry, Wanted, entries_of, fitting, listing, wanted_from
from assistant.page.letters.originals import ChangedError, GoneError, headers_for, original_bytes, originals
from assistant.page.letters.reading import reading

if TYPE_CHECKING:
    from assistant.engine import Assistant

__all__ = ["add_letters"]


def add_letters(app: FastAPI, assistant: "Assistant", *, adding: bool = False, leaving: bool = False) -> None:
    """Add the routes below `/letters`.

    Args:
        app: The application; Gradio is mounted behind these routes.
        assistant: Its letters are shown, those that it holds at the time of each request.
        adding: Whether the pages lead to the adding of letters.
        leaving: Whether the pages lead to signing out.
    """
    pages = _Pages(assistant, Menu(adding, leaving))
    app.add_api_route("/letters", pages.all, methods=READ)
    app.add_api_route("/letters/", pages.all_again, methods=READ)
    app.add_api_route("/letters/{letter_id}", pages.one, methods=READ)
    app.add_api_route("/letters/{letter_id}/file/{name}", pages.file, methods=READ)
    app.add_api_route("/letters/{rest:path}", pages.nothing, methods=READ)


PATIENCE = 5  # seconds to wait until another list has been saved


class _Shelf:
    """The letters that an assistant held, and what is worked out from them once."""

    def __init__(self, letters: Sequence[Letter]) -> None:
        self.letters = letters
        self.entries: tuple[Entry, ...] = entries_of(letters)
        self.by_id = {letter.letter_id: letter for letter in letters}

    def beside(self, letter: Letter) -> tuple[Letter | None, Letter | None]:
        """The letter before and the letter after, about the same authority."""
        if not letter.authority:
            return None, None
        same = sorted((x for x in self.letters if x.authority == letter.authority), key=lambda x: (x.date, x.letter_id))
        at = same.index(letter)
        return same[at - 1] if at else None, same[at + 1] if at + 1 < len(same) else None


class _Pages:
    """What each address answers."""

    def __init__(self, assistant: "Assistant", menu: Menu) -> None:
        self.assistant, self.menu = assistant, menu
        self._shelf = _Shelf(())
        self._saving = threading.Lock()  # hundreds of references in a style take seconds: one list at a time

    @property
    def shelf(self) -> _Shelf:
        """The letters as they are now; they change where letters are added."""
        letters, shelf = self.assistant.letters, self._shelf
        if shelf.letters is not letters:
            shelf = self._shelf = _Shelf(letters)
        return shelf

    def all(self, request: Request) -> Response:
        wanted = wanted_from(request.query_params)
        if "save" in request.query_params:
            return self._saved(wanted, request)
        shown = listing(self.shelf.entries, wanted)
        menu = self.menu
        return sealed(page("letters.html", list=shown, orders=ORDERS, saves=_saves(), menu=menu, current="letters"))

    def _saved(self, wanted: Wanted, request: Request) -> Response:
        """The whole list as a file, not only the page of it that is shown."""
        shelf = self.shelf
        letters = [shelf.by_id[entry.letter_id] for entry in fitting(shelf.entries, wanted)]
        form, _, style = request.query_params["save"].partition(":")
        if not self._saving.acquire(timeout=PATIENCE):
            return self._problem(503, "Another list is being saved", ["Please try again in a few seconds."])
        try:
            address = served_at(str(request.base_url), request.headers, request.url.path)
            options = options_for(self.assistant, style, address)
            return attachment(save_letters(letters, form, options, f"letters {' '.join(wanted.chosen.values())}"))
        except FilterError as error:
            line = " ".join(str(error).split())
            return self._problem(404, "The list cannot be saved so", [f"{line[:1].upper()}{line[1:]}."])
        finally:
            self._saving.release()

    def all_again(self, request: Request) -> Response:
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(relative(f"/letters{query}", request.scope), 308)

    def one(self, request: Request, letter_id: str) -> Response:
        shelf = self.shelf
        letter = shelf.by_id.get(letter_id)
        if letter is None:
            return self._no_letter()
        before, after = shelf.beside(letter)
        beside = [
            {"words": words, "rel": rel, "letter": other, "address": letter_link(other), "day": spoken_date(other.date)}
            for words, rel, other in (("Earlier", "prev", before), ("Later", "next", after))
            if other
        ]
        files = originals(letter)
        paged = next((file for file in files if file.paged), None)
        return sealed(
            page(
                "letter.html",
                reading=reading(letter, request.query_params.get("at", "")),
                letter=letter,
                files=files,
                paged=paged,
                beside=beside,
                menu=self.menu,
                current="letters",
                within=True,
            )
        )

    def file(self, letter_id: str, name: str) -> Response:
        letter = self.shelf.by_id.get(letter_id)
        if letter is None:
            return self._no_letter()
        back = letter_link(letter), "Read the letter"
        try:
            data = original_bytes(self.assistant.settings.index_dir, letter, name)
        except GoneError:
            lines = ["What was read from it is still here."]
            return self._problem(404, "The original is not here", lines, back)
        except ChangedError:
            lines = [
                "It is not shown, because its words and pages may differ from those that were read and quoted.",
                "What was read from it is still here. The file is shown again once it has been read again.",
            ]
            return self._problem(409, "The original has changed since it was read", lines, back)
        return Response(data, headers=headers_for(name, data))

    def nothing(self, rest: str) -> Response:
        return self._no_letter()

    def _no_letter(self) -> Response:
        lines = ["It may have been taken out, or it may have another address now."]
        return self._problem(404, "There is no such letter here", lines)

    def _problem(self, status: int, title: str, lines: Sequence[str], link: tuple[str, str] | None = None) -> Response:
        return sealed(problem(status, title, lines, link=link, menu=self.menu))


def _saves() -> list[tuple[str, str]]:
    """What a list of letters can be saved as: the words for an address, and those for people."""
    found = [(name, FORMATS[name].label) for name in LETTER_FORMATS if name not in ("csv", "references")]
    styled = [(f"references:{name}", f"List of references, {style.label}") for name, style in STYLES.items()]
    return [("csv", "Table, for Excel"), *found, *styled]
