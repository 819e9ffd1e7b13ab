"""Text on one clean line."""

import re

__all__ = ["one_line"]

# What no file may hold: XML forbids most of it, and a terminal obeys the escape character.
CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def one_line(text: str | None) -> str:
    """Text on one line: white space collapsed, control characters gone."""
    return " ".join(CONTROLS.sub(" ", text or "").split())
