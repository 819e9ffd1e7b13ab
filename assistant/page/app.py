"""The FastAPI application: Gradio's page at "/", the JSON interface beside it, the guard in front of both."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

# Both are read when Gradio is imported: nothing is reported to anybody, and nothing is looked for on a hub.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import gradio as gr
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from assistant.mcp.installed import check_installed
from assistant.page.adding.pages import add_adding
from assistant.page.api.routes import add_api
from assistant.page.asking.log import QuestionLog
from assistant.page.asking.room import Room, at_once
from assistant.page.chat.forgetting import Conversations
from assistant.page.chat.layout import build, theme
from assistant.page.frame.assets import add_assets, asset
from assistant.page.http.addresses import relative
from assistant.page.letters.authorities import add_authorities
from assistant.page.letters.comparing import add_comparing
from assistant.page.letters.pages import add_letters
from assistant.page.login import add_login
from assistant.page.security.access import Access, adding_allowed, check_opening
from assistant.page.security.guard import Guard

if TYPE_CHECKING:
    from assistant.engine import Assistant
    from assistant.settings import Settings

__all__ = ["create_app"]

ASSETS = Path(__file__).parent / "assets"


def create_app(assistant: "Assistant", settings: "Settings", access: Access | None = None) -> FastAPI:
    """Make the application.

    Args:
        assistant: An open assistant; it is shared by all users and called from several threads.
        settings: Who may use the page, the longest question, and the address for Gradio's own use.
        access: Decides about every request; by default by the settings alone.

    Returns:
        An ASGI application that any server can run. The server leaves the address of who connects as it is: which
        proxies are believed is decided here.

    Raises:
        SettingsError: If it would be open to a network, and nothing says who may use it; or if chat clients are to be
            answered, and the library for it is missing.
    """
    check_opening(settings)
    app = FastAPI(title="Inspection letters", docs_url=None, redoc_url=None, openapi_url=None)
    access, adding = access or Access(settings), adding_allowed(settings)
    record, room = QuestionLog(settings.question_log, settings.question_log_days), Room(at_once(settings))
    add_login(app, access)
    add_api(app, assistant, settings.max_question_chars, room, access, record)
    if settings.mcp:
        check_installed()
        from assistant.page.api.mcp import add_mcp

        add_mcp(app, assistant, room, access, record)
    app.state.additions = add_adding(app, assistant, settings, access)
    app.state.questions = record
    add_letters(app, assistant, adding=adding, leaving=access.password_needed)
    add_authorities(app, assistant, adding=adding, leaving=access.password_needed)
    add_comparing(app, assistant, adding=adding, leaving=access.password_needed)
    add_assets(app)
    # Without a policy of its own Gradio would reflect any origin, with credentials.
    app.add_middleware(CORSMiddleware, allow_origins=[])
    app.add_middleware(Guard, door=access)
    page = build(assistant, settings.max_question_chars, access, adding, record)
    app.state.conversations = Conversations(page)
    mounted: FastAPI = gr.mount_gradio_app(
        app,
        page,
        path="/",
        server_name=settings.host,
        server_port=settings.port,
        footer_links=[],
        run_history=False,
        show_error=False,
        ssr_mode=False,
        enable_monitoring=False,
        pwa=False,
        mcp_server=False,
        theme=theme(),
        css=(ASSETS / "page.css").read_text(encoding="utf-8"),
        head=f'<link rel="stylesheet" href="{relative(asset("frame.css"))}">',
        favicon_path=str(ASSETS / "favicon.png"),
    )
    return mounted
