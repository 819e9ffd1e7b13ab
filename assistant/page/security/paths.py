"""The paths that are open: what stands here is part of the page, anything else answers "not found"."""

__all__ = ["LASTING_FOLDERS", "STREAMED", "is_open"]

# Everything else that Gradio offers (uploads, files, proxying, named endpoints, monitoring, editing code) has
# no use here and answers "not found".
OPEN_PATHS = frozenset(
    (
        "/",
        "/add",
        "/authorities",
        "/compare",
        "/healthz",
        "/letters",
        "/mcp",
        "/api/v1/ask",
        "/api/v1/export",
        "/api/v1/judgements",
        "/api/v1/letters",
        "/api/v1/openapi.json",
        "/api/v1/search",
        "/config",
        "/favicon.ico",
        "/manifest.json",
        "/robots.txt",
        "/theme.css",
        "/gradio_api/app_id",
        "/gradio_api/cancel",
        "/gradio_api/info",
        "/gradio_api/queue/data",
        "/gradio_api/queue/join",
        "/gradio_api/reset",
        "/gradio_api/startup-events",
        "/gradio_api/theme.css",
    )
)
OPEN_FOLDERS = (
    "/add/",
    "/api/v1/letters/",
    "/assets/",
    "/authorities/",
    "/letters/",
    "/static/",
    "/svelte/",
    "/gradio_api/heartbeat/",
)
STREAMED = ("/add",)  # read piece by piece under limits of their own
LASTING_FOLDERS = ("/assets/", "/static/")  # program files; everything else may hold a question


def is_open(path: str) -> bool:
    """Whether a path is part of the page."""
    path = path.rstrip("/") or "/"
    known = path in OPEN_PATHS or path.startswith(OPEN_FOLDERS)
    return known and "\n" not in path  # a route would end there, and leave the rest to Gradio's
