"""The index, open for reading: passages in Chroma (embeddings, through llama-index) and tantivy (BM25).

Layout of the index folder, all of it rebuildable from the letters:

    state.json   what is in it, under which settings, and which generation is in force
    generation-x/       what one update made; never changed again
        letters.sqlite  the letters as parsed and their passages
        chroma/         the embedding store
        lexical/        the BM25 index
        state.json      a copy of the one above
        lock            held shared by readers, so that nobody deletes what they read
    models/      the embedding model's graph, exported from its weights
    embeddings.sqlite   embeddings of passages made before, by text and model
    sentences.sqlite    those of sentences that answers were written from
    lock         held by the one process that writes
"""

import os
import shutil
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

from assistant.embedding.embedder import Embedder
from assistant.errors import DamagedIndexError, FilterError, IndexStateError, printable
from assistant.index.database import FILE
from assistant.index.generation import damage, hold
from assistant.index.parsed import ParsedLetters, Passages
from assistant.index.state import fingerprint
from assistant.letters.inspectorates import use
from assistant.letters.letter import Letter
from assistant.reading.corpus import digest, letter_id_of
from assistant.settings import Settings
from assistant.stores.filters import facts_of
from assistant.stores.opened import open_store, own_folder

__all__ = ["Catalogue", "Index"]


class Catalogue:
    """The indexed letters and passages, without the means to search them. They stay as they are until `close`.

    Attributes:
        letters: Every indexed letter, oldest first. Their words are read when they are asked for (`KeptLetter`).
        by_id: The same by their identifiers.
        passages: Every passage by its identifier, read likewise.
        fingerprint: What the index was made under.
        corpus_hash: One hash over all files, for exports and results.
        folder: The generation that was opened.

    Raises:
        IndexStateError: If there is no index, or it was made under other settings.
        DamagedIndexError: If something of it is not as it was written.
    """

    def __init__(self, settings: Settings) -> None:
        use(settings.inspectorate)  # as it is now: its letters were read by it
        state, self._held = hold(settings.index_dir, fingerprint(settings))
        try:
            self.folder = settings.index_dir / state.generation
            found = damage(settings.index_dir, state)
            if found:
                raise DamagedIndexError(str(self.folder / found))
            self.fingerprint = state.fingerprint
            self.corpus_hash = digest("".join(sorted(entry.sha256 for entry in state.files.values())).encode())[:16]
            self._parsed = ParsedLetters(self.folder, state.names())
            counts: dict[str, int] = {}
            held: list[Letter] = []
            for letter, count in self._parsed.letters():
                held.append(letter)
                counts[letter.letter_id] = count
            if len(held) != len(state.letter_ids()):
                raise DamagedIndexError(str(self.folder / FILE))
            self.letters = tuple(sorted(held, key=lambda letter: (letter.date, letter.letter_id)))
            self.by_id: Mapping[str, Letter] = {letter.letter_id: letter for letter in self.letters}
            self.passages = Passages(self._parsed, self.by_id, counts)
        except BaseException:
            self._held.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def letter(self, name: str) -> Letter:
        """One letter by its identifier or by the name of one of its files.

        Raises:
            FilterError: If there is no such letter.
        """
        if name in self.by_id:
            return self.by_id[name]
        for letter in self.letters:
            if printable(name) in (
                letter.letter_id,
                *letter.files,
                *(letter_id_of(Path(file)) for file in letter.files),
            ):
                return letter
        raise FilterError(f"there is no letter {name!r}; list them with: assistant letters")

    def hand_over(self, later: "Catalogue") -> None:
        """Have the letters that were given out read from a later generation: an answer holds those that it quotes."""
        self._parsed.hand_over(later._parsed)

    def close(self) -> None:
        """Let go of the generation: once another is in force, this one can be deleted."""
        self._parsed.close()
        self._held.close()


class Index(Catalogue):
    """An index open for questions.

    Args:
        settings: Where it lies, and under which settings it was made.
        embedder: The settings' model, where it is loaded already.

    Attributes:
        embedder: The model that made the vectors.
        store: Where passages are searched.
        words: Every word that a letter holds, in lower case.

    Raises:
        IndexStateError: As for `Catalogue`.
    """

    def __init__(self, settings: Settings, embedder: Embedder | None = None) -> None:
        super().__init__(settings)
        self._opened = ExitStack()
        try:
            self.embedder = embedder or Embedder(settings)
            facts = {letter.letter_id: facts_of(letter) for letter in self.letters}
            self.store = open_store(settings, self._writable(own_folder(settings)), facts, self.passages.counts)
            self._opened.callback(self.store.close)
            if self.store.count() != len(self.passages):
                raise DamagedIndexError(str(self.folder))
            self.words = self._parsed.words()
        except OSError as error:
            self.close()
            reason = f"{self.folder}: {error.strerror or error}"
            raise IndexStateError(f"the index cannot be opened ({reason}); make room on the disk") from error
        except BaseException:
            self.close()
            raise

    def _writable(self, names: Sequence[str]) -> Path:
        """The folder of the store, or a copy where it can only be read: some leave a mark when they are opened."""
        if not names or os.access(self.folder, os.W_OK):
            return self.folder
        copy = Path(self._opened.enter_context(TemporaryDirectory(prefix="assistant-index-")))
        for name in names:
            shutil.copytree(self.folder / name, copy / name)
        return copy

    def close(self) -> None:
        """Let go of the generation: once another is in force, this one can be deleted."""
        self._opened.close()
        super().close()
