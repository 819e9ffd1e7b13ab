"""Which files hold which letter, and which files may be copies of each other, while an update changes it."""

from collections.abc import Iterable

from assistant.index.state import FileEntry

__all__ = ["Register"]


class Register:
    """The indexed files, found by their bytes, by what they are about and by the letter they hold.

    Going through all files for each new one would take hours for some hundred thousand.

    Args:
        files: Every file by absolute path; it is changed in place.
    """

    def __init__(self, files: dict[str, FileEntry]) -> None:
        self._files = files
        self._by_bytes: dict[str, dict[str, None]] = {}
        self._by_about: dict[str, dict[str, None]] = {}
        self._by_letter: dict[str, dict[str, None]] = {}
        self._changed: set[str] = set()
        for path, entry in files.items():
            self._add(path, entry)

    def put(self, path: str, entry: FileEntry) -> None:
        """Enter a file, or enter it anew."""
        if path in self._files:
            self._forget(path)
        self._files[path] = entry
        self._add(path, entry)
        self._changed.add(entry.letter_id)

    def drop(self, path: str) -> None:
        """Strike out a file."""
        self._forget(path)
        del self._files[path]

    def of(self, letter_id: str, without: str = "") -> dict[str, FileEntry]:
        """The files that hold a letter, by path, but for one path."""
        return self._entries(self._by_letter.get(letter_id, ()), without)

    def alike(self, entry: FileEntry, without: str = "") -> list[FileEntry]:
        """Files that may hold the same letter: first those of the same bytes, then those about the same."""
        same = self._entries(self._by_bytes.get(entry.sha256, ()), without)
        near = self._entries(self._by_about.get(entry.about, ()), without)
        return list(dict.fromkeys([*same.values(), *near.values()]))

    def emptied(self) -> set[str]:
        """Letters that no file holds any more since this was asked last."""
        changed, self._changed = self._changed, set()
        return {letter_id for letter_id in changed if letter_id not in self._by_letter}

    def _entries(self, paths: Iterable[str], without: str) -> dict[str, FileEntry]:
        return {path: self._files[path] for path in paths if path != without}

    def _add(self, path: str, entry: FileEntry) -> None:
        for places, key in self._places(entry):
            places.setdefault(key, {})[path] = None

    def _forget(self, path: str) -> None:
        entry = self._files[path]
        self._changed.add(entry.letter_id)
        for places, key in self._places(entry):
            del places[key][path]
            if not places[key]:
                del places[key]

    def _places(self, entry: FileEntry) -> Iterable[tuple[dict[str, dict[str, None]], str]]:
        yield self._by_bytes, entry.sha256
        yield self._by_about, entry.about
        yield self._by_letter, entry.letter_id
