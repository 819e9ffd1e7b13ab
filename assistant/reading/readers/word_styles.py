"""The styles of a Word document: what a paragraph is by its style, and how its text is set."""

import re
from dataclasses import dataclass
from typing import Any

from assistant.reading.readers.word_elements import W, element, setting, switch, whole

__all__ = ["Style", "Styles", "TextFace"]

HEADING_STYLE = re.compile(r"^(?:heading \d|title|subtitle)$", re.IGNORECASE)
CONTENTS_STYLE = re.compile(r"^toc (?:\d|heading)$", re.IGNORECASE)
BULLET_STYLE = re.compile(r"^list bullet", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TextFace:
    """How text is set; None where that is left open.

    Attributes:
        hidden: Not printed.
        bold: In bold.
        italic: In italics.
        size: In half points.
    """

    hidden: bool | None = None
    bold: bool | None = None
    italic: bool | None = None
    size: str | None = None

    def over(self, under: "TextFace") -> "TextFace":
        """This face, with what it leaves open as in another one."""
        return TextFace(
            under.hidden if self.hidden is None else self.hidden,
            under.bold if self.bold is None else self.bold,
            under.italic if self.italic is None else self.italic,
            under.size if self.size is None else self.size,
        )


@dataclass(frozen=True, slots=True)
class Style:
    """A style together with those that it is based on.

    Attributes:
        ids: Their identifiers.
        heading: Whether it sets a heading.
        contents: Whether it sets an entry of a table of contents.
        bullet: Whether it sets a bullet.
        list: The list that its paragraphs stand in, or None.
        depth: And its level.
        face: How its text is set.
    """

    ids: frozenset[str]
    heading: bool
    contents: bool
    bullet: bool
    list: str | None
    depth: str | None
    face: TextFace


class Styles:
    """The styles of a document."""

    def __init__(self, root: Any) -> None:
        self._by_id = {style.get(W + "styleId"): style for style in root.iter(W + "style")}
        self._styles: dict[str | None, Style] = {}
        self._defaults = _face(element(root, "docDefaults", "rPrDefault", "rPr"))
        self._paragraph = next(
            (
                key
                for key, style in self._by_id.items()
                if style.get(W + "type") == "paragraph" and style.get(W + "default") in ("1", "true", "on")
            ),
            None,
        )

    def of(self, paragraph: Any) -> Style:
        """The style of a paragraph."""
        return self.named(setting(paragraph, "pPr", "pStyle") or self._paragraph)

    def named(self, key: str | None) -> Style:
        """A style by its identifier; one that is not there sets nothing."""
        if key not in self._styles:
            self._styles[key] = self._read(key)
        return self._styles[key]

    def _read(self, key: str | None) -> Style:
        chain: list[Any] = []
        while (style := self._by_id.get(key)) is not None and style not in chain:
            chain.append(style)
            key = setting(style, "basedOn")
        names = [setting(style, "name") or "" for style in chain]
        outlined = next((value for style in chain if (value := setting(style, "pPr", "outlineLvl"))), None)
        face = TextFace()
        for style in chain:
            face = face.over(_face(element(style, "rPr")))
        return Style(
            ids=frozenset(style.get(W + "styleId") for style in chain),
            heading=any(HEADING_STYLE.match(name) for name in names) or whole(outlined, 9) < 9,
            contents=any(CONTENTS_STYLE.match(name) for name in names),
            bullet=any(BULLET_STYLE.match(name) for name in names),
            list=next((value for style in chain if (value := setting(style, "pPr", "numPr", "numId"))), None),
            depth=next((value for style in chain if (value := setting(style, "pPr", "numPr", "ilvl"))), None),
            face=face,
        )

    def face(self, run: Any, style: Style) -> TextFace:
        """The face of a run of text in a paragraph of a style."""
        face = style.face.over(self._defaults)
        own = element(run, "rPr")
        if own is None:
            return face
        named = setting(own, "rStyle")
        return _face(own).over(self.named(named).face.over(face) if named else face)


def _face(properties: Any) -> TextFace:
    return TextFace(
        switch(properties, "vanish"), switch(properties, "b"), switch(properties, "i"), setting(properties, "sz")
    )
