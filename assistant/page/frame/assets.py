"""Style sheets, scripts and pictures of our own, under addresses that change with their content."""

import hashlib
from functools import cache
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import Response

__all__ = ["READ", "add_assets", "asset"]

FOLDER = Path(__file__).parent.parent / "assets"
MEDIA_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".png": "image/png"}
READ = ["GET", "HEAD"]
"""The methods of whatever changes nothing."""
LASTING = "public, max-age=31536000, immutable"  # the address holds the content's hash
ASKED_EACH_TIME = "no-cache"


def add_assets(app: FastAPI) -> None:
    """Add `/assets/NAME` for each of our own style sheets, scripts and pictures, in front of Gradio's own.

    Args:
        app: The application.
    """
    for name in _assets():
        app.add_api_route(f"/assets/{name}", _send, methods=READ)


def asset(name: str) -> str:
    """The address of a style sheet or a script, with its content's hash: browsers may keep what it leads to.

    Like every address it is written from the root, and made relative where it is sent (`addresses`).

    Args:
        name: Of a file in `assets`.
    """
    return f"/assets/{name}?v={_assets()[name][1]}"


def _send(request: Request) -> Response:
    """One of our own files. Its route holds its name: nothing of a request leads to a file."""
    name = request.url.path.rpartition("/")[2]
    data, digest = _assets()[name]
    named = request.query_params.get("v") == digest
    headers = {"cache-control": LASTING if named else ASKED_EACH_TIME, "etag": f'"{digest}"'}
    if request.headers.get("if-none-match", "").removeprefix("W/") == headers["etag"]:
        return Response(status_code=304, headers=headers)
    return Response(data, media_type=MEDIA_TYPES[Path(name).suffix], headers=headers)


@cache
def _assets() -> dict[str, tuple[bytes, str]]:
    """The content and its hash of each file that a page may ask for."""
    files = [file for file in sorted(FOLDER.iterdir()) if file.suffix in MEDIA_TYPES]
    return {file.name: (data := file.read_bytes(), hashlib.sha256(data).hexdigest()[:16]) for file in files}
