"""The token budget: how many tokens a text has, counted by tiktoken, and how many passages fit."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from assistant.errors import SettingsError
from assistant.settings import Settings
from assistant.stores.passages import Hit

__all__ = ["Context", "context_for", "count_tokens"]


@dataclass(frozen=True, slots=True)
class Context:
    """The passages that fit into a language model's budget.

    Attributes:
        hits: Best first, whole; the first that does not fit ends the list.
        tokens: Their tokens together, in tiktoken's count.
        left_out: How many did not fit.
    """

    hits: tuple[Hit, ...]
    tokens: int
    left_out: int


def count_tokens(text: str, encoding: str) -> int:
    """Tokens of a text in one of tiktoken's encodings; special tokens in it count as plain text.

    Raises:
        SettingsError: If the encoding is unknown or not to be had offline.
    """
    return len(_encoding(encoding).encode(text, disallowed_special=()))


def context_for(hits: Sequence[Hit], settings: Settings) -> Context:
    """The best passages that fit into `context_tokens`.

    Raises:
        SettingsError: If the encoding is unknown or not to be had offline.
    """
    kept: list[Hit] = []
    total = 0
    for hit in hits:
        tokens = count_tokens(hit.passage.text, settings.token_encoding)
        if total + tokens > settings.context_tokens:
            break
        kept.append(hit)
        total += tokens
    return Context(tuple(kept), total, len(hits) - len(kept))


@lru_cache(maxsize=4)
def _encoding(name: str) -> Any:
    _offline_cache()
    import tiktoken

    try:
        return tiktoken.get_encoding(name)
    except ValueError:
        known = ", ".join(sorted(tiktoken.list_encoding_names()))
        raise SettingsError(f"ASSISTANT_TOKEN_ENCODING={name}: no such encoding; known: {known}") from None
    except Exception as error:  # tiktoken lets the errors of its downloader through
        raise SettingsError(
            f"ASSISTANT_TOKEN_ENCODING={name}: not available offline ({type(error).__name__}); use o200k_base"
        ) from None


def _offline_cache() -> None:
    """Point tiktoken at the encodings that llama-index ships, so that it never asks the network."""
    if "TIKTOKEN_CACHE_DIR" in os.environ:
        return
    from importlib.util import find_spec

    spec = find_spec("llama_index.core")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        cache = Path(folder) / "_static" / "tiktoken_cache"
        if cache.is_dir():
            os.environ["TIKTOKEN_CACHE_DIR"] = str(cache)
            return
