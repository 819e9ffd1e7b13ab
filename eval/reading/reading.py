"""Reading a folder under neutral names, and checking each letter as it comes."""

import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pypdfium2

from assistant.errors import LetterError
from assistant.letters.letter import Letter
from assistant.reading.corpus import digest
from assistant.reading.workers import read_letters
from eval.measures import Tally
from eval.reading.checks import Check, check_letter, check_pair, is_pair
from eval.reading.references import Reference, References

__all__ = ["measure", "plain_pages"]

STEP = 50  # letters between two lines of progress


def measure(
    files: Sequence[Path], references: References, others: Sequence[Letter] = (), *, blind: bool = True, half: str = ""
) -> list[Check]:
    """Read files and check every letter against what is known of it.

    The reader sees copies in a folder of their own, so that neither a manifest nor, if blind, a name can help it.

    Args:
        files: What to read.
        references: What is known of them.
        others: Letters that may be among them in another format.
        blind: Whether each copy is named by its hash.
        half: Read one of the halves only.

    Returns:
        The checks, letter by letter.
    """
    known = {file: references.of(digest(file.read_bytes()), file.name) for file in files}
    chosen = [file for file in files if not half or known[file].half == half]
    checks: list[Check] = []
    with _copies(chosen, blind) as copies:
        for at, (copy, letter) in enumerate(read_letters(copies), 1):
            checks += _checks(copy, letter, known[chosen[at - 1]], others)
            if at % STEP == 0 or at == len(copies):
                print(f"read: {at} of {len(copies)}", file=sys.stderr)
    return checks


@contextmanager
def _copies(files: Sequence[Path], blind: bool) -> Iterator[list[Path]]:
    """Copies in a temporary folder, two levels down: a manifest is looked for in a folder and the one above."""
    with tempfile.TemporaryDirectory(prefix="reading-") as folder:
        copies = []
        for at, file in enumerate(files):
            name = digest(file.read_bytes()) + file.suffix if blind else file.name
            place = Path(folder) / str(at) / "letter"  # files of one name, or one content, may lie in two folders
            place.mkdir(parents=True)
            copies.append(Path(shutil.copyfile(file, place / name)))
        yield copies


def _checks(copy: Path, letter: Letter | LetterError, known: Reference, others: Sequence[Letter]) -> list[Check]:
    if isinstance(letter, LetterError):
        return [Check("read", known.file, known.half, Tally(0, 1), (letter.reason,))]
    checks = [Check("read", known.file, known.half, Tally(1, 1)), *check_letter(letter, plain_pages(copy), known)]
    for other in others:
        if other.sha256 != letter.sha256 and (other.pages is None) != (letter.pages is None) and is_pair(letter, other):
            checks += check_pair(letter, other, known)
    return checks


def plain_pages(file: Path) -> list[str] | None:
    """The plain text of each page of a PDF, by pypdfium2 alone; None for any other format."""
    if b"%PDF-" not in file.read_bytes()[:1024]:
        return None
    document = pypdfium2.PdfDocument(file)
    try:
        return [_plain(page) for page in document]
    finally:
        document.close()


def _plain(page: pypdfium2.PdfPage) -> str:
    textpage = page.get_textpage()
    try:
        return str(textpage.get_text_range(errors="replace"))
    finally:
        textpage.close()
        page.close()
