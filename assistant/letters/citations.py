"""A citation: the exact words of a letter, where they stand, and a check that they do."""

from dataclasses import dataclass
from urllib.parse import quote

from assistant.letters.letter import Letter, Paragraph, Section

__all__ = ["Citation", "letter_link", "passage_link"]


def letter_link(letter: Letter) -> str:
    """The address of a letter's own page, below the address that the assistant is served at."""
    return f"/letters/{quote(letter.letter_id, safe='')}"


def passage_link(letter: Letter, start: int, end: int) -> str:
    """The address of a letter opened at some of its words, below the address that the assistant is served at."""
    return f"{letter_link(letter)}?at={start}-{end}#hit"


@dataclass(frozen=True, slots=True)
class Citation:
    """A verbatim quote at checked offsets in a letter.

    Attributes:
        number: The marker in the answer, from 1.
        letter: The letter quoted.
        section: The section that the quote stands in.
        paragraph: Its paragraph (the first, where it runs over two).
        quote: The words.
        start: Offset in the letter's text.
        end: End offset.

    Raises:
        ValueError: If the quote is empty or is not what stands there: such a citation cannot exist.
    """

    number: int
    letter: Letter
    section: Section
    paragraph: Paragraph
    quote: str
    start: int
    end: int

    def __post_init__(self) -> None:
        if not self.quote or self.letter.text[self.start : self.end] != self.quote:
            raise ValueError(f"quote does not stand at {self.start}:{self.end} of {self.letter.letter_id}")

    @property
    def locator(self) -> str:
        """Where to find it: "Findings, para 4, p. 2"; pages only where the format has them."""
        first, last = self.paragraph.page_start, self.paragraph.page_end
        pages = "" if first is None else f"p. {first}" if first == last else f"pp. {first}-{last}"
        where = {"letterhead": "Letterhead", "sign-off": "Signature"}.get(self.section.kind)
        if where:
            return ", ".join(part for part in (where, pages) if part)
        heading = self.section.heading or ("Opening" if self.section.kind == "introduction" else "")
        return ", ".join(part for part in (heading, f"para {self.paragraph.name}", pages) if part)

    @property
    def link(self) -> str:
        """The address of the letter opened at these words, below the address that the assistant is served at."""
        return passage_link(self.letter, self.start, self.end)

    @property
    def file_link(self) -> str | None:
        """The public address of the file, at the page where it has pages; None where no address is known."""
        address, page = (self.letter.url or "").partition("#")[0], self.paragraph.page_start
        return f"{address}#page={page}" if address and page else address or None
