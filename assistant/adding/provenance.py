"""Where letters came from: rows of the manifest that stands beside them, written here and read with each letter.

A row is known by the SHA-256 of the file and says what any manifest says of a file (see `corrections`), and under
"sources" which addresses gave these very bytes, when, and what their servers called them.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.adding.downloads import Head
from assistant.adding.sources import GIVEN
from assistant.errors import LetterError
from assistant.system.files import write_whole

__all__ = ["Origin", "Provenance"]

SAID = {"final": "final", "fetched": "fetched", "content_type": "kind", "etag": "etag", "last_modified": "modified"}

OURS = frozenset(("url", "file", "sha256", "bytes", "sources", *GIVEN))


@dataclass(frozen=True, slots=True)
class Origin:
    """An address of which a letter is held.

    Attributes:
        head: What its server said.
        file: The file that holds what it gave.
        sha256: Of that file.
    """

    head: Head
    file: Path
    sha256: str


class Provenance:
    """A manifest.

    Args:
        file: Where it stands, or will: beside the letters or in the folder above them.

    Raises:
        LetterError: If there is a manifest that cannot be understood.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self._manifest: dict[str, Any] = {"documents": []}
        if self.file.exists():
            try:
                self._manifest = dict(json.loads(self.file.read_text(encoding="utf-8")))
                self._rows: dict[str, dict[str, Any]] = {r["sha256"]: dict(r) for r in self._manifest["documents"]}
            except (ValueError, KeyError, TypeError, OSError, RecursionError) as error:
                told = f"is no manifest ({type(error).__name__}); see corpus/README.md"
                raise LetterError(str(self.file), told) from None
        else:
            self._rows = {}

    def of(self, address: str) -> Origin | None:
        """What is held of an address: None where nothing is, or the file has gone or is another by now."""
        for row, source in self._sources():
            if source.get("address") == address:
                file = self._path(row)
                if file.is_file() and file.stat().st_size == row.get("bytes"):
                    head = Head(address, **{name: str(source.get(key) or "") for key, name in SAID.items()})
                    return Origin(head, file, str(row["sha256"]))
        return None

    def note(self, file: Path, sha256: str, size: int, given: Mapping[str, str], head: Head | None = None) -> None:
        """Say of a file where it came from, and what the list that named it says of it.

        Args:
            file: Where it is kept.
            sha256: Of its bytes.
            size: How many they are.
            given: Fields of a manifest's row (`GIVEN`), in the place of what the row said of them before.
            head: What the server of its address said; None for a file that was no download.
        """
        place = {"file": self._shown(file), "sha256": sha256, "bytes": size}
        row = self._rows.get(sha256) or self._before(file, sha256)
        sources = [source for source in row.get("sources", []) if head is None or source["address"] != head.address]
        if head:
            self._forget(head.address)
            said = {key: getattr(head, name) for key, name in SAID.items() if getattr(head, name)}
            sources.append({"address": head.address, **said})
        address = {"url": sources[0]["address"]} if sources else {}
        self._rows[sha256] = {**address, **row, **given, **place, "sources": sources}

    def _before(self, file: Path, sha256: str) -> dict[str, Any]:
        """The row of what a file held before it was replaced; what it says goes over to the new one."""
        for key, row in self._rows.items():
            if key != sha256 and "sources" in row and self._path(row) == file:
                return self._rows.pop(key)
        return {}

    def forget_gone(self) -> None:
        """Leave out the rows written here whose file has gone, unless somebody has written something into them."""
        gone = {key for key, row in self._rows.items() if "sources" in row and not self._path(row).is_file()}
        for key in gone:
            if set(self._rows[key]) <= OURS:
                del self._rows[key]
            else:
                del self._rows[key]["sources"]

    def save(self) -> None:
        """Write the manifest; where it has nothing to say, there is none.

        Raises:
            OSError: If it cannot be written; it is as it was then.
        """
        if not self._rows and set(self._manifest) == {"documents"}:
            write_whole(self.file, None)
            return
        rows = list(self._rows.values())
        text = json.dumps({**self._manifest, "documents": rows}, ensure_ascii=False, indent=1) + "\n"
        if text != (self.file.read_text(encoding="utf-8") if self.file.exists() else ""):
            write_whole(self.file, text.encode("utf-8"))

    def _sources(self) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
        for row in self._rows.values():
            for source in row.get("sources", []):
                yield row, source

    def _forget(self, address: str) -> None:
        """An address gives one file: what it gave before is no longer its own."""
        for row in self._rows.values():
            if "sources" in row:
                row["sources"] = [source for source in row["sources"] if source["address"] != address]

    def _shown(self, file: Path) -> str:
        """A path as the manifest gives it: from its own folder, where the file lies in it."""
        folder = self.file.parent
        return file.relative_to(folder).as_posix() if file.is_relative_to(folder) else str(file)

    def _path(self, row: Mapping[str, Any]) -> Path:
        return self.file.parent / str(row.get("file", ""))
