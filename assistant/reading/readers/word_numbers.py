"""The numbers of paragraphs, which Word keeps as rules and computes when it prints: the same is done here."""

import re
from dataclasses import dataclass
from typing import Any

from assistant.reading.readers.lines import closed, numeral, plain
from assistant.reading.readers.word_elements import W, element, setting, switch, whole
from assistant.reading.readers.word_styles import Style, Styles

__all__ = ["Numbers"]


@dataclass(frozen=True, slots=True)
class _Level:
    """One level of a list: how it counts and what it prints."""

    start: int = 1
    format: str = "decimal"
    text: str = ""
    restart: int | None = None  # the level, from 1, behind which it begins anew; 0 for never, None for any above
    legal: bool = False  # all levels are printed in digits
    style: str | None = None


@dataclass(frozen=True, slots=True)
class _List:
    """A list's levels, and the key of the count that it shares with its like."""

    count: str
    levels: dict[int, _Level]
    restarts: dict[int, int]  # where this list begins anew: level -> first number


class Numbers:
    """Counts the paragraphs of each list as they are met."""

    def __init__(self, root: Any, styles: Styles) -> None:
        self._styles = styles
        self._abstract = {} if root is None else {x.get(W + "abstractNumId"): x for x in root.iter(W + "abstractNum")}
        self._num = {} if root is None else {x.get(W + "numId"): x for x in root.iter(W + "num")}
        self._lists: dict[str, _List | None] = {}
        self._counts: dict[str, dict[int, int]] = {}
        self._begun: set[tuple[str, int]] = set()

    def mark(self, paragraph: Any, style: Style) -> tuple[str, bool] | None:
        """What is printed before a paragraph, and whether that makes it a list item and no numbered paragraph.

        Args:
            paragraph: It is counted: ask once for each.
            style: Its style.

        Returns:
            The number ("" for a bullet), or None if the paragraph is in no list.
        """
        own = element(paragraph, "pPr", "numPr")
        direct = setting(own, "numId")
        number = direct or style.list
        listed = self._list(number) if number else None
        if number is None or listed is None:
            return None
        if direct:
            at = whole(setting(own, "ilvl"), 0)
        else:  # a level names its style, or the style its level
            depth = whole(setting(own, "ilvl") or style.depth, 0)
            at = next((at for at, level in listed.levels.items() if level.style in style.ids), depth)
        if at not in listed.levels:
            return None
        count = self._count(number, listed, at)
        level = listed.levels[at]
        if level.format == "bullet":
            return "", True
        printed = plain(_printed(level, listed.levels, count))
        counted = bool(re.search(r"\d", printed))
        return (closed(printed), not counted) if printed else None

    def _count(self, number: str, listed: _List, at: int) -> dict[int, int]:
        count = self._counts.setdefault(listed.count, {})
        if at in listed.restarts and (number, at) not in self._begun:
            count[at] = listed.restarts[at] - 1
        self._begun.add((number, at))
        for above in range(at):  # a level that was left out counts as begun, as Word does
            count.setdefault(above, listed.levels.get(above, _Level()).start)
        count[at] = count[at] + 1 if at in count else listed.levels[at].start
        for below in [level for level in count if level > at]:
            restart = listed.levels.get(below, _Level()).restart
            if restart is None or at < restart:
                del count[below]
        return count

    def _list(self, number: str) -> _List | None:
        if number not in self._lists:
            self._lists[number] = self._read(number)
        return self._lists[number]

    def _read(self, number: str) -> _List | None:
        num = self._num.get(number)
        key = setting(num, "abstractNumId")
        abstract = self._abstract.get(key)
        for _ in range(3):  # a list may take its levels from a style, which names another list
            link = setting(abstract, "numStyleLink")
            if not link:
                break
            key = setting(self._num.get(self._styles.named(link).list), "abstractNumId")
            abstract = self._abstract.get(key)
        if num is None or abstract is None:
            return None
        levels = {whole(level.get(W + "ilvl"), 0): _level(level) for level in abstract.findall(W + "lvl")}
        restarts: dict[int, int] = {}
        for override in num.findall(W + "lvlOverride"):
            at = whole(override.get(W + "ilvl"), 0)
            if (level := override.find(W + "lvl")) is not None:
                levels[at] = _level(level)
            if (start := setting(override, "startOverride")) is not None:
                restarts[at] = whole(start, 1)
        return _List(str(key), levels, restarts)


def _level(node: Any) -> _Level:
    kind = next((found.get(W + "val") for found in node.iter(W + "numFmt")), None)
    restart = setting(node, "lvlRestart")
    return _Level(
        start=whole(setting(node, "start"), 0),  # as the format defines it: a level without a start begins at 0
        format=kind or "decimal",
        text=setting(node, "lvlText") or "",
        restart=None if restart is None else whole(restart, 0),
        legal=bool(switch(node, "isLgl")),
        style=setting(node, "pStyle"),
    )


def _printed(level: _Level, levels: dict[int, _Level], count: dict[int, int]) -> str:
    """A level's text with the numbers of the levels that it names: "%1.%2" is "3.1"."""

    def value(match: re.Match[str]) -> str:
        at = int(match[1]) - 1
        kind = "decimal" if level.legal else levels.get(at, _Level()).format
        return numeral(count.get(at, 0), kind)

    return re.sub(r"%([1-9])", value, level.text)
