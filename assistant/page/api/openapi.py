"""The description of the interface for programs (OpenAPI 3.1), made from its routes."""

from http import HTTPStatus
from typing import Any

from fastapi import APIRouter
from fastapi.openapi.utils import get_openapi
from pydantic import TypeAdapter

from assistant.page.http.problems import PROBLEM, Problem, problem

__all__ = ["described", "problems"]

ABOUT = """Answers questions about inspection letters on children's services. Every sentence of an answer is quoted from
a letter, and its citation says where: `quote` equals `text[start:end]` of that letter's text. A refusal is an answer,
with its reason. Errors are problem details (RFC 9457) with one sentence in `detail`."""
LATER = {"Retry-After": {"description": "Seconds to wait", "schema": {"type": "integer"}}}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """How a route describes the errors that it may answer with.

    Args:
        statuses: Of HTTP.
    """
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {PROBLEM: {"schema": schema}},
            **({"headers": LATER} if status in (429, 503) else {}),
        }
        for status in statuses
    }


def described(router: APIRouter, version: str) -> dict[str, Any]:
    """The description.

    Args:
        router: Holds the routes of the interface.
        version: Of the product.
    """
    document = get_openapi(title="Inspection letters", version=version, description=ABOUT, routes=router.routes)
    shape = TypeAdapter(Problem).json_schema()
    shape["examples"] = [problem(422, "There is no authority 'Rutfort' among the letters.")]
    parts = document.setdefault("components", {})
    parts.setdefault("schemas", {})["Problem"] = shape
    parts["securitySchemes"] = {
        "bearer": {"type": "http", "scheme": "bearer", "description": "The page's password, or a program's key"},
        "key": {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": "A program's key"},
    }
    document["security"] = [{}, {"bearer": []}, {"key": []}]  # on a computer of one's own nothing is asked
    return document
