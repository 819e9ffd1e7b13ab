"""The embedding model as an ONNX graph: exported once from its own weights, run without PyTorch.

PyTorch and sentence-transformers take seconds to import and more than twice as long to encode a question; batches of
passages cost the same in both (docs/explanation/performance.md). The folder of an export may be deleted at any time:

    graph.onnx       token numbers and mask in, unit vectors out, weights included
    tokenizer.json   the model's tokenizer; its truncation is the model's window
    prompts.json     what the model itself wants before a question ("query") and before a passage ("text")
    seal.json        digests of the three: a graph that a disk has spoilt would go on giving vectors, wrong ones
"""

import json
import logging
import os
import shutil
import warnings
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from assistant.system.seal import broken, seal

__all__ = ["Encoder", "Vectors"]

Vectors = NDArray[np.float32]
"""Unit vectors, one a row: shape (texts, dimensions)."""

SEAL = "seal.json"
EQUAL = 1e-4  # most that 1 - cosine of a vector with PyTorch's may be
TOKENS = 1024  # of a batch, padding included: more is slower, and takes memory (docs/explanation/performance.md)
OPSET = 17  # of ONNX: the newest that PyTorch's tracing exporter writes without conversion
SAMPLES = (
    "What did the inspectors say about care leavers?",
    "Leaders know their service well.",
    "Social workers visit children regularly, and most children are seen alone. " * 8,
)


class Encoder:
    """An exported model, ready to run. Safe to use from several threads.

    Args:
        folder: Holds the export.
        batch: Most texts at a time.

    Attributes:
        window: Most tokens of a text, special ones included; what is beyond is cut off.
        prompts: What the model itself wants before a text: "query" and "text", often empty.
    """

    def __init__(self, folder: Path, batch: int) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = _cores()  # its own count is the machine's, not what this process may use
        options.log_severity_level = 3
        self._session: Any = onnxruntime.InferenceSession(
            str(folder / "graph.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._whole = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._whole.no_truncation()
        self.prompts: dict[str, str] = json.loads((folder / "prompts.json").read_text(encoding="utf-8"))
        self.window = int((self._tokenizer.truncation or {})["max_length"])
        self._batch = batch

    @classmethod
    def load(cls, folder: Path, batch: int) -> Self | None:
        """The export in a folder, or None where there is none that can be run."""
        try:
            sealed = json.loads((folder / SEAL).read_text(encoding="utf-8"))
            return None if broken(folder, sealed) else cls(folder, batch)
        except Exception:  # ONNX Runtime's and the tokenizer's errors share no base: what cannot be run is made anew
            return None

    @classmethod
    def export(cls, model: Any, prompts: dict[str, str], folder: Path, batch: int) -> Self | None:
        """Export a sentence-transformers model into a folder and load it.

        Returns:
            None where the model cannot be exported, the folder cannot be written, or the vectors are not those of the
            model itself (1 - cosine above 1e-4): then the model has to be run as it is.
        """
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            draft = Path(mkdtemp(dir=folder.parent))
        except OSError:
            return None
        try:
            there = model.encode(list(SAMPLES), normalize_embeddings=True, show_progress_bar=False)
            _export(model, draft / "graph.onnx")
            model.tokenizer.backend_tokenizer.save(str(draft / "tokenizer.json"))
            _truncate(draft / "tokenizer.json", int(model.max_seq_length))
            (draft / "prompts.json").write_text(json.dumps(prompts), encoding="utf-8")
            made = cls(draft, batch)
            if float(np.min(np.sum(made.encode(SAMPLES) * there, axis=1))) < 1 - EQUAL:
                return None
            (draft / SEAL).write_text(json.dumps(seal(draft)), encoding="utf-8")
            shutil.rmtree(folder, ignore_errors=True)
            draft.chmod(0o755)
            draft.replace(folder)
            return made
        except Exception as error:  # whatever PyTorch's tracer or ONNX Runtime cannot do is no fault of the user's
            logging.getLogger(__name__).info("the embedding model is run by PyTorch: %s", error)
            return None
        finally:
            shutil.rmtree(draft, ignore_errors=True)

    def count(self, text: str) -> int:
        """Tokens of a text, special ones included, nothing cut off."""
        return len(self._whole.encode(text).ids)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, in order. Texts of like length go together, so that little is padded."""
        tokens = [encoded.ids for encoded in self._tokenizer.encode_batch([text.strip() for text in texts])]
        rows: list[tuple[list[int], Vectors]] = []
        for some in _batches([len(ids) for ids in tokens], self._batch):
            numbers = np.zeros((len(some), len(tokens[some[-1]])), np.int64)
            mask = np.zeros_like(numbers)
            for row, at in enumerate(some):
                numbers[row, : len(tokens[at])] = tokens[at]
                mask[row, : len(tokens[at])] = 1
            rows.append((some, self._session.run(None, {"input_ids": numbers, "attention_mask": mask})[0]))
        if not rows:
            return np.zeros((0, 0), np.float32)
        vectors = np.empty((len(texts), rows[0][1].shape[1]), np.float32)
        for some, made in rows:
            vectors[some] = made
        return vectors


def _batches(lengths: Sequence[int], most: int) -> Iterator[list[int]]:
    """Positions, shortest text first, in batches of few enough texts and tokens."""
    batch: list[int] = []
    for at in sorted(range(len(lengths)), key=lambda at: lengths[at]):
        if batch and (len(batch) == most or lengths[at] * (len(batch) + 1) > TOKENS):
            yield batch
            batch = []
        batch.append(at)
    if batch:
        yield batch


def _cores() -> int:
    """Cores that this process may use, or as many threads as `OMP_NUM_THREADS` says, as for PyTorch."""
    said = os.environ.get("OMP_NUM_THREADS", "")
    if said.isdecimal() and int(said):
        return int(said)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _export(model: Any, file: Path) -> None:
    """Trace the whole model, pooling and all.

    PyTorch's tracing exporter writes it in 2 s; its successor takes 7 and another dependency for the same vectors.
    """
    import torch

    with suppress(AttributeError):  # attention step by step: ONNX Runtime knows the pattern and runs it as one
        model[0].auto_model.set_attn_implementation("eager")

    class Unit(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            features = {"input_ids": input_ids, "attention_mask": attention_mask}
            return torch.nn.functional.normalize(self.model(features)["sentence_embedding"], dim=-1)

    example = model.tokenizer(list(SAMPLES[:2]), padding=True, return_tensors="pt")
    several = {0: "texts", 1: "tokens"}
    with warnings.catch_warnings(), torch.inference_mode():
        warnings.simplefilter("ignore")  # that it is deprecated, and what tracing takes for constant: see `EQUAL`
        torch.onnx.export(
            Unit().eval(),
            (example["input_ids"], example["attention_mask"]),
            str(file),
            input_names=["input_ids", "attention_mask"],
            output_names=["vectors"],
            dynamic_axes={"input_ids": several, "attention_mask": several, "vectors": {0: "texts"}},
            opset_version=OPSET,
            dynamo=False,
        )


def _truncate(file: Path, window: int) -> None:
    """Have a tokenizer cut texts off at the model's window and leave padding to us."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(file))
    tokenizer.no_padding()
    tokenizer.enable_truncation(window)
    tokenizer.save(str(file))
