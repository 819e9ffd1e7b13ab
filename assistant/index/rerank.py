"""A cross-encoder that reads question and passage together and orders the first passages anew; off by default."""

import os
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from assistant.errors import SettingsError
from assistant.settings import Settings
from assistant.stores.passages import Hit

__all__ = ["RERANKED", "Reranker"]

RERANKED = 30
"""How many passages, the best by the fused ranks, are read by the cross-encoder."""


class Reranker:
    """Orders hits by a cross-encoder's score, through llama-index.

    Args:
        settings: `reranker` names the model: a folder, or a hub's name (then the first use fetches it).

    Raises:
        SettingsError: If the model cannot be loaded.
    """

    def __init__(self, settings: Settings) -> None:
        if Path(settings.reranker).expanduser().is_dir():
            os.environ.setdefault("HF_HUB_OFFLINE", "1")
        from llama_index.core.postprocessor import SentenceTransformerRerank

        self._lock = threading.Lock()  # the model is not safe for several threads
        try:
            self._model = SentenceTransformerRerank(
                model=str(Path(settings.reranker).expanduser()),
                top_n=RERANKED,
                device="cpu",
                trust_remote_code=False,
            )
        except (OSError, ValueError, RuntimeError) as error:
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise SettingsError(f"reranker {settings.reranker!r} cannot be loaded: {reason:.200}") from None

    def ordered(self, question: str, hits: Sequence[Hit]) -> tuple[Hit, ...]:
        """Hits with the first `RERANKED` in the cross-encoder's order, ranked anew; their scores stay the fused ones.

        Args:
            question: As searched for.
            hits: Best first.
        """
        from llama_index.core.schema import NodeWithScore, TextNode

        first = {hit.passage.passage_id: hit for hit in hits[:RERANKED]}
        nodes = [NodeWithScore(node=TextNode(id_=name, text=hit.passage.text)) for name, hit in first.items()]
        with self._lock:
            best = self._model.postprocess_nodes(nodes, query_str=question)
        order = [first[node.node_id] for node in best]
        return tuple(replace(hit, rank=rank) for rank, hit in enumerate([*order, *hits[RERANKED:]], 1))
