"""The cross-encoder: a small real model, made on the spot, orders the first passages."""

import pytest
from fakes import fake_settings

from assistant.errors import SettingsError
from assistant.index.rerank import RERANKED, Reranker
from assistant.stores.passages import Hit, Passage


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """A cross-encoder of one layer with random weights, saved as any other model is."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    folder = tmp_path_factory.mktemp("cross-encoder")
    words = [
        "[PAD]",
        "[UNK]",
        "[CLS]",
        "[SEP]",
        "[MASK]",
        *"abcdefghijklmnopqrstuvwxyz",
        *(f"word{n}" for n in range(60)),
    ]
    BertTokenizerFast(vocab={word: at for at, word in enumerate(words)}).save_pretrained(folder)
    torch.manual_seed(3)
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        num_labels=1,
        initializer_range=1.0,
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    return folder


def hits(count):
    made = [
        Passage(f"p{n}", "letter", "letter.txt", "Findings", "findings", (), 0, 5, f"word{n}", 1) for n in range(count)
    ]
    return [Hit(passage, rank, 1 / rank, dense_rank=rank) for rank, passage in enumerate(made, 1)]


@pytest.mark.model
def test_the_first_passages_are_ordered_by_the_models_score(model, tmp_path):
    from sentence_transformers import CrossEncoder

    given = hits(8)
    reranker = Reranker(fake_settings(tmp_path / "index", tmp_path, reranker=str(model)))
    found = reranker.ordered("word3 word5", given)
    scores = CrossEncoder(str(model), device="cpu").predict([("word3 word5", hit.passage.text) for hit in given])
    expected = [hit.passage.passage_id for _, hit in sorted(zip(-scores, given, strict=True), key=lambda pair: pair[0])]
    assert [hit.passage.passage_id for hit in found] == expected != [hit.passage.passage_id for hit in given]
    assert [hit.rank for hit in found] == list(range(1, 9))
    assert {(hit.passage.passage_id, hit.score, hit.dense_rank) for hit in found} == {
        (hit.passage.passage_id, hit.score, hit.dense_rank) for hit in given
    }


@pytest.mark.model
def test_what_is_behind_the_first_stays_behind_them(model, tmp_path):
    given = hits(RERANKED + 5)
    found = Reranker(fake_settings(tmp_path / "index", tmp_path, reranker=str(model))).ordered("word1", given)
    assert [hit.passage for hit in found[RERANKED:]] == [hit.passage for hit in given[RERANKED:]]
    assert {hit.passage for hit in found[:RERANKED]} == {hit.passage for hit in given[:RERANKED]}


def test_a_folder_without_a_model_is_one_line(tmp_path):
    with pytest.raises(SettingsError, match="cannot be loaded") as caught:
        Reranker(fake_settings(tmp_path / "index", tmp_path, reranker=str(tmp_path)))
    assert "\n" not in str(caught.value)
