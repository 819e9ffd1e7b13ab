"""Letters side by side, matter by matter: chosen in a form, read in a table, saved as a document. No script."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from fastapi import FastAPI, Request
from fastapi.responses import Response

from assistant.answers.comparison import MOST, Comparison, comparison
from assistant.errors import FilterError
from assistant.letters.citations import letter_link, passage_link
from assistant.letters.letter import Letter
from assistant.letters.spoken import describe
from assistant.page.frame.assets import READ
from assistant.page.frame.saving import options_for, save_comparison
from assistant.page.frame.site import Menu, attachment, page, problem, sealed
from assistant.page.http.addresses import served_at

if TYPE_CHECKING:
    from assistant.engine import Assistant

__all__ = ["add_comparing"]

FORMATS = {"docx": "a Word document", "html": "a web page", "csv": "a table, for Excel"}
LONGEST = 200  # characters of an identifier


def add_comparing(app: FastAPI, assistant: "Assistant", *, adding: bool = False, leaving: bool = False) -> None:
    """Add `/compare?letter=ID&letter=ID`.

    Args:
        app: The application; Gradio is mounted behind these routes.
        assistant: Its letters are compared, those that it holds at the time of each request.
        adding: Whether the pages lead to the adding of letters.
        leaving: Whether the pages lead to signing out.
    """
    app.add_api_route("/compare", _Page(assistant, Menu(adding, leaving)).compare, methods=READ)


class _Page:
    def __init__(self, assistant: "Assistant", menu: Menu) -> None:
        self.assistant, self.menu = assistant, menu

    def compare(self, request: Request) -> Response:
        """Up to `MOST` letters; with fewer than two the form alone."""
        named = dict.fromkeys(name for name in request.query_params.getlist("letter") if name)
        held = {letter.letter_id: letter for letter in self.assistant.letters}
        missing = [name for name in named if name not in held]
        if missing or len(named) > MOST:
            return self._wrong(missing, len(named))
        letters = sorted((held[name] for name in named), key=lambda one: (one.first_day, one.letter_id))
        found = comparison(letters) if len(letters) > 1 else None
        wanted = request.query_params.get("save")
        if wanted is not None:
            return self._saved(found, wanted, served_at(str(request.base_url), request.headers, request.url.path))
        return sealed(
            page(
                "compare.html",
                found=found,
                letters=[
                    (one, letter_link(one), _address(other for other in letters if other is not one)) for one in letters
                ],
                others=_by_authority([one for one in held.values() if one.letter_id not in named]),
                most=MOST,
                describe=describe,
                link=passage_link,
                saves=[(f"{_address(letters)}&save={name}", words) for name, words in FORMATS.items()],
                menu=self.menu,
                current="authorities",
                within=True,
            )
        )

    def _wrong(self, missing: Sequence[str], count: int) -> Response:
        if missing:
            title, lines = (
                "A letter is not here",
                [f"There is no letter “{missing[0][:LONGEST]}”. It may have been taken out."],
            )
        else:
            title, lines = "Too many letters", [f"{count} letters were chosen; up to {MOST} can be set side by side."]
        link = ("/compare", "Choose letters to compare")
        return sealed(problem(404 if missing else 400, title, lines, link=link, menu=self.menu))

    def _saved(self, found: Comparison | None, name: str, address: str) -> Response:
        if found is None or name not in FORMATS:
            known = ", ".join(FORMATS)
            lines = [f"Two letters and one of these formats are needed: {known}."]
            return sealed(
                problem(400, "This cannot be saved", lines, link=("/compare", "Choose letters"), menu=self.menu)
            )
        try:
            return attachment(save_comparison(found, name, options_for(self.assistant, "", address)))
        except FilterError as error:
            return sealed(problem(400, "This cannot be saved", [str(error)], menu=self.menu))


def _address(letters: Iterable[Letter]) -> str:
    return f"/compare?{urlencode([('letter', one.letter_id) for one in letters])}"


def _by_authority(letters: Sequence[Letter]) -> list[tuple[str, list[Letter]]]:
    """The letters that can still be chosen, by authority, the newest first."""
    found: dict[str, list[Letter]] = {}
    for letter in sorted(letters, key=lambda one: (one.authority or "~", one.first_day)):
        found.setdefault(letter.authority or "No authority named", []).insert(0, letter)
    return list(found.items())
