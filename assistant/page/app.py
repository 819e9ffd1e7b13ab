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

from assistant.page.adding import add_adding, adding_allowed
from assistant.page.api import Room, add_api, at_once
from assistant.page.authorities import add_authorities
from assistant.page.comparing import add_comparing
from assistant.page.layout import build, theme
from assistant.page.letters import add_letters
from assistant.page.security import Guard
from assistant.page.site import add_assets, asset

if TYPE_CHECKING:
    from assistant.engine import Assistant
    from assistant.settings import Settings

__all__ = ["create_app"]

ASSETS = Path(__file__).parent / "assets"


def create_app(assistant: "Assistant", settings: "Settings") -> FastAPI:
    """Make the application.

    Args:
        assistant: An open assistant; it is shared by all users and called from several threads.
        settings: The longest question, and the address for Gradio's own use.

    Returns:
        An ASGI application that any server can run.
    """
    app = FastAPI(title="Inspection letters", docs_url=None, redoc_url=None, openapi_url=None)
    add_api(app, assistant, settings.max_question_chars, Room(at_once(settings)))
    app.state.additions = add_adding(app, assistant, settings)
    add_letters(app, assistant, adding=adding_allowed(settings))
    add_authorities(app, assistant, adding=adding_allowed(settings))
    add_comparing(app, assistant, adding=adding_allowed(settings))
    add_assets(app)
    # Without a policy of its own Gradio would reflect any origin, with credentials.
    app.add_middleware(CORSMiddleware, allow_origins=[])
    app.add_middleware(Guard)
    mounted: FastAPI = gr.mount_gradio_app(
        app,
        build(assistant, settings.max_question_chars, adding_allowed(settings)),
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
        head=f'<link rel="stylesheet" href="{asset("frame.css")}">',
        favicon_path=str(ASSETS / "favicon.png"),
    )
    return mounted
