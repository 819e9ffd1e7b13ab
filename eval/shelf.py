"""The letters to be measured on: found by any of their names, searched whatever the layout."""

from collections.abc import Iterable

from assistant.letters.letter import Letter
from eval.matching import squeeze, squeezed

__all__ = ["Shelf"]

SLACK_WORDS = 3  # an anchor's word count may be off by this or by a tenth: tools break words differently
LETTERHEAD_LETTERS = 20  # fewer letters at the end of a quote are no letterhead

Searchable = tuple[str, list[int]]  # squeezed text, and where each of its characters stood


class Shelf:
    """The letters by identifier and by all of their file names.

    Attributes:
        letters: Every letter.
    """

    def __init__(self, letters: Iterable[Letter]) -> None:
        self._letters: dict[str, Letter] = {}
        self.letters = tuple(letters)
        for letter in self.letters:
            for name in (letter.letter_id, letter.file, *letter.files):
                self._letters.setdefault(name, letter)
        self._searchable: dict[str, Searchable] = {}

    def letter(self, name: str) -> Letter | None:
        """The letter of that identifier or file name, or None."""
        return self._letters.get(name)

    def find(self, letter: Letter, quote: str) -> str | None:
        """A quote as it stands in a letter's text, or None.

        It may be a footnote or running header, which the text leaves out. It may end with the letterhead:
        many letters have it at the foot of the first page, and a tool that reads pages from top to bottom
        runs it on to the last sentence there.
        """
        wanted = squeezed(quote)
        text, offsets = self._text(letter)
        for words in (wanted, wanted[: _letterhead_at(letter, wanted)]):
            at = text.find(words) if words else -1
            if at >= 0:
                return _words(letter, offsets[at], offsets[at + len(words) - 1] + 1)
        left_out = [squeezed(line) for line in letter.furniture]
        return quote if wanted and any(wanted in line for line in left_out) else None

    def between(self, letter: Letter, first: str, last: str, count: int, page: int | None) -> str | None:
        """The words of a letter from some to others, about so many; None if there are none.

        Where several stretches fit, the one on the page comes first, then the one nearest to the count.
        """
        first, last = squeezed(first), squeezed(last)
        found: list[tuple[bool, int, int, int]] = []
        text, offsets = self._text(letter)
        ends = [begin + len(last) for begin in _places(text, last)]
        for begin in _places(text, first):
            for end in ends:
                if end >= begin + max(len(first), len(last)):
                    start, stop = offsets[begin], offsets[end - 1] + 1
                    words = letter.text[start:stop].split()
                    off = abs(sum(any(map(str.isalnum, word)) for word in words) - count)
                    found.append((not _on_page(letter, start, page), off, start, stop))
        near = [one for one in found if one[1] <= max(SLACK_WORDS, count // 10)]
        return _words(letter, *min(near)[2:]) if near else None

    def _text(self, letter: Letter) -> Searchable:
        if letter.letter_id not in self._searchable:
            self._searchable[letter.letter_id] = squeeze(letter.text)
        return self._searchable[letter.letter_id]


def _letterhead_at(letter: Letter, wanted: str) -> int:
    """Where a squeezed quote runs on into the letterhead, or its end."""
    heads = [squeezed(letter.text[one.start : one.end]) for one in letter.sections if one.kind == "letterhead"]
    for at in range(len(wanted) - LETTERHEAD_LETTERS):
        if any(wanted[at:] in head for head in heads):
            return at
    return len(wanted)


def _words(letter: Letter, start: int, end: int) -> str:
    """The words there, without the printed number of the paragraph that they begin: no passage has it."""
    for _, paragraph in letter.paragraphs():
        if start < paragraph.start < end and paragraph.label:
            printed = squeezed(letter.text[start : paragraph.start])
            start = paragraph.start if printed == squeezed(paragraph.label) else start
    return letter.text[start:end]


def _places(text: str, words: str) -> list[int]:
    places: list[int] = []
    at = text.find(words) if words else -1
    while at >= 0:
        places.append(at)
        at = text.find(words, at + 1)
    return places


def _on_page(letter: Letter, offset: int, page: int | None) -> bool:
    found = letter.paragraph_at(offset)
    if page is None or found is None or found[1].page_start is None:
        return True
    return found[1].page_start <= page <= (found[1].page_end or found[1].page_start)
