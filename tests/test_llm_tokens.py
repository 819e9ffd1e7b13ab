"""The token budget: whole passages, counted by tiktoken, offline."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import tiktoken
from fakes import fake_environment, fake_settings, made_passage, refused_network

from assistant.errors import SettingsError
from assistant.llm import tokens
from assistant.llm.tokens import Context, context_for, count_tokens
from assistant.stores.passages import Hit

WORDS = "Care leavers are supported by personal advisers who know them well. "


def hits(*lengths: int) -> list[Hit]:
    return [Hit(made_passage("a", WORDS * length, number), number + 1, 1.0) for number, length in enumerate(lengths)]


def budget(tokens: int, encoding: str = "o200k_base"):
    return fake_settings(Path("unused"), context_tokens=tokens, token_encoding=encoding)


@pytest.fixture
def fresh(monkeypatch):
    """No encoding is loaded yet, and nobody has said where they lie."""
    monkeypatch.delenv("TIKTOKEN_CACHE_DIR", raising=False)
    monkeypatch.setattr(tiktoken.registry, "ENCODINGS", {})
    tokens._encoding.cache_clear()
    yield
    tokens._encoding.cache_clear()
    os.environ.pop("TIKTOKEN_CACHE_DIR", None)


@pytest.mark.parametrize("encoding", ["o200k_base", "cl100k_base"])
def test_counts_are_those_of_tiktoken_and_need_refused_network(fresh, encoding):
    with refused_network() as tried:
        assert count_tokens("", encoding) == 0
        assert count_tokens("hello world", encoding) == 2
        assert count_tokens(WORDS, encoding) == len(tiktoken.get_encoding(encoding).encode(WORDS))
    assert tried == []


def test_special_tokens_in_a_letter_are_plain_text():
    assert count_tokens("<|endoftext|>", "o200k_base") > 1


def test_whole_passages_best_first_until_one_does_not_fit():
    one = count_tokens(WORDS * 30, "o200k_base")
    assert 2 * one > 256
    context = context_for(hits(30, 30, 30), budget(2 * one))
    assert (len(context.hits), context.tokens, context.left_out) == (2, 2 * one, 1)
    assert [hit.rank for hit in context.hits] == [1, 2]
    context = context_for(hits(30, 30, 30), budget(2 * one - 1))
    assert (len(context.hits), context.tokens, context.left_out) == (1, one, 2)


def test_passages_are_never_cut_and_nothing_jumps_the_queue():
    found = hits(2, 1000, 1)
    context = context_for(found, budget(300))
    assert context.hits == (found[0],)
    assert context.left_out == 2


def test_nothing_fits_and_nothing_is_there():
    assert context_for(hits(1000), budget(256)) == Context((), 0, 1)
    assert context_for([], budget(256)) == Context((), 0, 0)


def test_everything_fits():
    context = context_for(hits(1, 2, 3), budget(3000))
    assert context.left_out == 0
    assert context.tokens == sum(count_tokens(WORDS * n, "o200k_base") for n in (1, 2, 3))


def test_unknown_encoding_is_one_line_with_the_known_ones():
    with pytest.raises(SettingsError, match=r"^ASSISTANT_TOKEN_ENCODING=nope: no such encoding; known: .*o200k_base"):
        count_tokens("x", "nope")
    with pytest.raises(SettingsError, match="nope"):
        context_for(hits(1), budget(3000, "nope"))


def test_encoding_that_would_need_the_network_is_one_line(fresh):
    with refused_network() as tried, pytest.raises(SettingsError, match=r"p50k_base: not available offline") as caught:
        count_tokens("x", "p50k_base")
    assert "\n" not in str(caught.value)
    assert tried, "the fake network was not in the way: the test proves nothing"


def test_users_own_cache_is_kept(fresh, monkeypatch, tmp_path):
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))
    tokens._offline_cache()
    assert os.environ["TIKTOKEN_CACHE_DIR"] == str(tmp_path)


def test_cache_is_found_before_llama_index_is_imported(tmp_path):
    code = (
        "import sys; from assistant.llm.tokens import count_tokens; print(count_tokens('hello world', 'o200k_base'),"
        " 'llama_index.core' in sys.modules)"
    )
    environment = fake_environment(tmp_path)
    environment.pop("TIKTOKEN_CACHE_DIR", None)
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60)
    assert done.stdout.split() == ["2", "False"], done.stderr
