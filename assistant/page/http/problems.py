"""Errors as programs read them: problem details (RFC 9457), one sentence each."""

from http import HTTPStatus
from typing import NotRequired

from typing_extensions import TypedDict

__all__ = ["PROBLEM", "Problem", "problem"]

PROBLEM = "application/problem+json"
"""The media type."""


class Problem(TypedDict):
    """What went wrong. `field` names what of the request is at fault; `error` repeats `detail`."""

    type: str
    title: str
    status: int
    detail: str
    field: NotRequired[str]
    error: str


def problem(status: int, detail: str, field: str = "") -> Problem:
    """An error.

    Args:
        status: Of HTTP.
        detail: What is wrong and what to do, in a sentence or two.
        field: Of the request that is at fault, where it is one.
    """
    line = " ".join(detail.split())
    found = Problem(type="about:blank", title=HTTPStatus(status).phrase, status=status, detail=line, error=line)
    return {**found, "field": field} if field else found
