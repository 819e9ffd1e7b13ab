"""What has been fetched of an address: a part of it or the whole, kept on the disk until it is a letter among others.

A folder of files that are named by their address alone, so that a run that was broken off is gone on with by the next.
"""

import hashlib
import json
import shutil
import time
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from assistant.system.files import write_whole

__all__ = ["Downloads", "Head"]

PIECE = 2**16  # bytes unpacked at a time
LEFT_OVER = 30 * 86_400  # seconds after which nobody goes on with a download
SUFFIXES = (".part", ".whole", ".json")


@dataclass(frozen=True, slots=True)
class Head:
    """What a server said of a document before it sent it.

    Attributes:
        address: As it was named.
        final: The address that sent it, after redirects.
        fetched: When, in UTC.
        kind: Its content type.
        etag: What names this version of it.
        modified: When it was changed last, in the server's words.
        encoding: "gzip" where it is sent packed.
        disposition: The header that may name its file.
    """

    address: str
    final: str = ""
    fetched: str = ""
    kind: str = ""
    etag: str = ""
    modified: str = ""
    encoding: str = ""
    disposition: str = ""

    @property
    def version(self) -> str:
        """What a server takes for a promise that it is still the same, byte for byte; empty where there is nothing."""
        return self.etag if self.etag and not self.etag.startswith("W/") else self.modified


class Downloads:
    """The downloads in a folder.

    Args:
        folder: Its name begins with a dot, so that it is no folder of letters; it is made when it is needed.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def whole(self, address: str) -> tuple[Head, Path] | None:
        """A download that is complete."""
        return self._held(address, ".whole")

    def part(self, address: str) -> tuple[Head, Path] | None:
        """A download that was broken off."""
        return self._held(address, ".part")

    def begin(self, head: Head) -> Path:
        """The empty file for a download.

        Raises:
            OSError: If it cannot be written.
        """
        self.drop(head.address)
        self.folder.mkdir(parents=True, exist_ok=True)
        part = self._file(head.address, ".part")
        write_whole(self._file(head.address, ".json"), json.dumps(asdict(head)).encode())
        part.touch()
        return part

    def unpack(self, address: str, most: int) -> bool:
        """Put the content in the place of a part that came packed by gzip.

        Args:
            address: Its address.
            most: Most bytes that it may unfold to; of more, nothing is written.

        Returns:
            Whether it is no larger.

        Raises:
            OSError: If it cannot be read or written.
            ValueError: If it is not what gzip makes.
        """
        part = self._file(address, ".part")
        draft = part.with_suffix(".unpacked")
        size = 0
        try:
            with part.open("rb") as packed, draft.open("wb") as out:
                for piece in _unpacked(iter(lambda: packed.read(PIECE), b"")):
                    size += len(piece)
                    if size > most:
                        return False
                    out.write(piece)
            draft.replace(part)
        finally:
            draft.unlink(missing_ok=True)
        return True

    def finish(self, address: str) -> Path:
        """Call a part the whole."""
        return self._file(address, ".part").replace(self._file(address, ".whole"))

    def drop(self, address: str) -> None:
        """Forget what was fetched of an address."""
        for suffix in SUFFIXES:
            self._file(address, suffix).unlink(missing_ok=True)

    def tidy(self) -> None:
        """Delete what nobody has come back for, and the folder where nothing is left in it."""
        with suppress(OSError):
            for file in self.folder.iterdir():
                if file.suffix in SUFFIXES and time.time() - file.stat().st_mtime > LEFT_OVER:
                    file.unlink()
            if not any(self.folder.glob("*.json")):
                shutil.rmtree(self.folder)

    def _held(self, address: str, suffix: str) -> tuple[Head, Path] | None:
        file = self._file(address, suffix)
        try:
            said = json.loads(self._file(address, ".json").read_bytes())
        except (OSError, ValueError):
            return None
        head = _head(said)
        return (head, file) if head and head.address == address and file.is_file() else None

    def _file(self, address: str, suffix: str) -> Path:
        return self.folder / f"{hashlib.sha256(address.encode()).hexdigest()[:32]}{suffix}"


def _head(said: Any) -> Head | None:
    names = {field.name for field in fields(Head)}
    if (
        not isinstance(said, Mapping)
        or set(said) != names
        or not all(isinstance(value, str) for value in said.values())
    ):
        return None
    return Head(**said)


def _unpacked(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """What gzip packed, never more than a piece at a time: a few bytes may unfold to any length."""
    unpacker = zlib.decompressobj(wbits=31)
    for piece in pieces:
        while piece:
            try:
                yield unpacker.decompress(piece, PIECE)
            except zlib.error:
                raise ValueError("not what gzip makes") from None
            piece = unpacker.unconsumed_tail
    if not unpacker.eof:
        raise ValueError("not the whole of it")
