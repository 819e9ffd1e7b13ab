"""Embeddings kept in memory while the assistant is open; what several questions want at once is one batch."""

import threading
from collections.abc import Callable, Sequence

import numpy as np

from assistant.embedding.encoder import Vectors

__all__ = ["Embeddings"]


class Embeddings:
    """Vectors of texts, each encoded once. Safe to use from several threads.

    While one thread encodes, the others leave their texts with it; the next to have its turn encodes them all.

    Args:
        make: Encodes texts: shape (texts, dimensions).
        most: Vectors kept; beyond that all are forgotten.
    """

    def __init__(self, make: Callable[[Sequence[str]], Vectors], most: int) -> None:
        self._make = make
        self._most = most
        self._kept: dict[str, Vectors] = {}
        self._wanted: dict[str, None] = {}
        self._book = threading.Lock()  # of the two above
        self._turn = threading.Lock()  # of the model

    def of(self, texts: Sequence[str]) -> Vectors:
        """The vectors of texts, in order: shape (texts, dimensions)."""
        with self._book:
            known, missing = self._look_up(texts)
            self._wanted |= dict.fromkeys(missing)
        if missing:
            with self._turn:
                with self._book:
                    found, missing = self._look_up(texts)
                    known |= found
                    batch = list({**dict.fromkeys(missing), **self._wanted}) if missing else []
                    self._wanted = {} if batch else self._wanted
                made = self._encoded(batch, missing)
                known |= made
                with self._book:
                    if len(self._kept) > self._most:
                        self._kept.clear()
                    self._kept |= made
        return np.array([known[text] for text in texts], np.float32)

    def _look_up(self, texts: Sequence[str]) -> tuple[dict[str, Vectors], list[str]]:
        known = {text: self._kept[text] for text in texts if text in self._kept}
        return known, [text for text in dict.fromkeys(texts) if text not in known]

    def _encoded(self, batch: Sequence[str], own: Sequence[str]) -> dict[str, Vectors]:
        if not batch:
            return {}
        try:
            return dict(zip(batch, self._make(batch), strict=True))
        except Exception:
            if len(batch) == len(own):
                raise
            return dict(zip(own, self._make(own), strict=True))  # what another's text does is for the other to see
