"""What an export says beside the answers."""

from dataclasses import dataclass

from assistant.errors import FilterError
from assistant.letters.citations import letter_link
from assistant.letters.letter import Letter
from assistant.settings import WEB_ADDRESS

__all__ = ["Options"]


@dataclass(frozen=True, slots=True)
class Options:
    """What an export says beside the answers; with the defaults, the same answers always give the same bytes.

    Attributes:
        link_base: Address that the assistant is served at; without it documents hold no links to passages.
        style: One of `styles.STYLES`, for the list of letters; empty leaves it to the format.
        made: ISO date on which the export is made; empty leaves it out.
        corpus: Fingerprint of the letters held (`corpus_hash`); empty leaves it out.

    Raises:
        FilterError: If the link base is no web address.
    """

    link_base: str = ""
    style: str = ""
    made: str = ""
    corpus: str = ""

    def __post_init__(self) -> None:
        if self.link_base and not WEB_ADDRESS.fullmatch(self.link_base):
            raise FilterError(f"{self.link_base!r} is no address to begin links with: write http://server or https://…")
        object.__setattr__(self, "link_base", self.link_base.rstrip("/"))

    def letter_link(self, letter: Letter) -> str:
        """Where the assistant opens a letter, or empty where its address is not known."""
        return f"{self.link_base}{letter_link(letter)}" if self.link_base else ""
