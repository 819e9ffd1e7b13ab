"""Signing in and out: two plain pages that need no script."""

from urllib.parse import parse_qs

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response

from assistant.page.frame.assets import READ
from assistant.page.frame.site import Menu, page
from assistant.page.http.addresses import relative
from assistant.page.security.access import Access, local_path, visitor_of
from assistant.page.security.guard import same_site
from assistant.page.security.sessions import COOKIE, LIFETIME

__all__ = ["add_login"]

WRONG = "This password is not right. Please try again."
EMPTY = "Type the password first."
ELSEWHERE = "This was sent from another page than this one. Please try again here."


def add_login(app: FastAPI, access: Access) -> None:
    """Add `/login` and `/logout`, where there is a password.

    Args:
        app: The application.
        access: Compares the passwords, and knows who has signed in.
    """
    if not access.signs_in:
        return
    pages = _Pages(access)
    app.add_api_route("/login", pages.form, methods=READ)
    app.add_api_route("/login", pages.sign_in, methods=["POST"])
    app.add_api_route("/logout", pages.leave, methods=READ)
    app.add_api_route("/logout", pages.sign_out, methods=["POST"])


class _Pages:
    """What each address answers."""

    def __init__(self, access: Access) -> None:
        self.access = access
        self.to_read = access.password_needed
        self.to_add = access.adds_by_password

    def form(self, request: Request) -> Response:
        return self._form(request.query_params.get("next", ""))

    async def sign_in(self, request: Request) -> Response:
        fields = await _fields(request)
        wanted, password = fields.get("next", ""), fields.get("password", "")
        if not same_site(request.headers):
            return self._form(wanted, ELSEWHERE, 403)
        if not password:
            return self._form(wanted, EMPTY, 422)
        checked = await self.access.passwords.check(password, self.access.address_of(request.scope))
        if checked.wait:
            answer = self._form(wanted, _too_often(checked.wait), 429)
            answer.headers["retry-after"] = str(checked.wait)
            return answer
        if not checked.grant:
            return self._form(wanted, WRONG, 401)
        self._end(request)  # who gives another password has one session, not two
        answer = RedirectResponse(relative(local_path(wanted), request.scope), 303)
        _set(answer, self.access.sessions.begin(checked.grant), LIFETIME, request.scope.get("scheme") == "https")
        return answer

    def leave(self, request: Request) -> Response:
        return page("logout.html", menu=self._menu(), signed_in=visitor_of(request.scope).session is not None)

    async def sign_out(self, request: Request) -> Response:
        if not same_site(request.headers):
            return self.leave(request)
        self._end(request)
        answer = RedirectResponse(relative("/login", request.scope), 303)
        _set(answer, "", 0)
        return answer

    def _end(self, request: Request) -> None:
        session = visitor_of(request.scope).session
        if session:
            self.access.sessions.end(session)

    def _form(self, wanted: str, problem: str = "", status: int = 200) -> Response:
        to_add = self.to_add and local_path(wanted).startswith("/add")
        return page(
            "login.html",
            status,
            menu=self._menu(),
            wanted=local_path(wanted),
            problem=problem,
            to_read=self.to_read,
            to_add=to_add,
        )

    def _menu(self) -> Menu:
        return Menu(shown=not self.to_read)


def _set(answer: Response, value: str, seconds: int, secure: bool = False) -> None:
    """Set the cookie for where the browser found this page, and below: its default where no path is named.

    So what else the same name serves, beside our path, does not get it.
    """
    answer.set_cookie(COOKIE, value, seconds, path=None, httponly=True, secure=secure, samesite="lax")


async def _fields(request: Request) -> dict[str, str]:
    """What a form says, the last value of each field."""
    try:
        found = parse_qs((await request.body()).decode("utf-8", "replace"), True, max_num_fields=10)
    except ValueError:
        return {}
    return {name: values[-1] for name, values in found.items()}


def _too_often(seconds: int) -> str:
    return f"Too many wrong passwords were tried. Please wait {seconds} second{'' if seconds == 1 else 's'}."
