"""The elements of a Word document: how one is found by its names, and what it is set to."""

import re
from typing import Any

__all__ = ["W", "element", "setting", "switch", "whole"]

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"  # before each element's name


def whole(text: str | None, default: int) -> int:
    """The whole number that a text is, or the default."""
    return int(text) if text and re.fullmatch(r"-?\d{1,9}", text) else default


def element(node: Any, *path: str) -> Any:
    """The element at the end of a path of names, or None."""
    for name in path:
        node = None if node is None else node.find(W + name)
    return node


def setting(node: Any, *path: str) -> str | None:
    """What the element at the end of a path is set to, or None where it is not there."""
    found = element(node, *path)
    return None if found is None else found.get(W + "val")


def switch(node: Any, *path: str) -> bool | None:
    """Whether a switch is on, or None where it is not set."""
    found = element(node, *path)
    return None if found is None else found.get(W + "val") not in ("0", "false", "off")
