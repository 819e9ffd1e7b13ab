"""The embedding store: a Chroma collection behind llama-index's vector store."""

import os
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from assistant.errors import IndexStateError
from assistant.passages import Passage

__all__ = ["VectorIndex"]

NAME = "passages"
BATCH = 5000  # Chroma refuses more than 5,461 rows at a time
EF_SEARCH = 400  # recall@10 of hard queries 0.605 at Chroma's 100, 0.999 at 400, for 0.4 ms


class VectorIndex:
    """Passages by the nearness of their embeddings.

    Args:
        folder: Where Chroma keeps its files; made if missing.
    """

    def __init__(self, folder: Path) -> None:
        os.environ.setdefault("ANONYMIZED_TELEMETRY", "False")
        import chromadb
        from chromadb.config import Settings as ChromaSettings

        folder.mkdir(parents=True, exist_ok=True)
        private = ChromaSettings(anonymized_telemetry=False)
        try:
            self._client: Any = chromadb.PersistentClient(str(folder), settings=private)
            self._collection: Any = self._client.get_or_create_collection(
                NAME,
                embedding_function=None,  # the default one would fetch a model
                configuration={"hnsw": {"space": "cosine", "ef_search": EF_SEARCH}},
            )
        except Exception as error:  # Chroma lets SQLite's and its own engine's errors through
            reason = f"{folder}: {type(error).__name__}"
            raise IndexStateError(f"the index is damaged ({reason}); run: assistant index --rebuild") from None
        self.store = _store(self._collection)

    def upsert(self, passages: Sequence[Passage], vectors: Sequence[Sequence[float]]) -> None:
        """Write passages with their vectors, replacing those with the same identifiers."""
        from llama_index.core.schema import NodeRelationship, RelatedNodeInfo, TextNode

        nodes = []
        for passage, vector in zip(passages, vectors, strict=True):
            node = TextNode(
                id_=passage.passage_id,
                text=passage.text,
                embedding=list(vector),
                metadata={"letter_id": passage.letter_id, "section": passage.section},
                start_char_idx=passage.start,
                end_char_idx=passage.end,
            )
            node.relationships[NodeRelationship.SOURCE] = RelatedNodeInfo(node_id=passage.letter_id)
            nodes.append(node)
        self.store.add(nodes)

    def delete(self, letter_ids: Collection[str]) -> None:
        """Remove every passage of these letters."""
        self._collection.delete(where={"letter_id": {"$in": sorted(letter_ids)}})

    def nearest(
        self, vector: Sequence[float], k: int, letter_ids: Collection[str] | None = None
    ) -> list[tuple[str, float]]:
        """Identifiers of the nearest passages with their cosine similarity (-1 to 1), best first.

        Args:
            vector: The question's unit vector.
            k: How many.
            letter_ids: Only passages of these letters; all if None.
        """
        import math

        from llama_index.core.vector_stores.types import (
            FilterOperator,
            MetadataFilter,
            MetadataFilters,
            VectorStoreQuery,
        )

        k = min(k, self.count())
        if k == 0 or (letter_ids is not None and not letter_ids):
            return []
        filters = letter_ids is not None and MetadataFilters(
            filters=[MetadataFilter(key="letter_id", value=sorted(letter_ids), operator=FilterOperator.IN)]
        )
        result = self.store.query(
            VectorStoreQuery(query_embedding=list(vector), similarity_top_k=k, filters=filters or None)
        )
        # llama-index gives exp(-distance); Chroma's cosine distance is 1 - cosine.
        pairs = zip(result.ids or [], result.similarities or [], strict=True)
        found = [(passage_id, 1 + math.log(max(similarity, 1e-9))) for passage_id, similarity in pairs]
        return sorted(found, key=lambda hit: (-hit[1], hit[0]))

    def count(self) -> int:
        """How many passages are in."""
        return int(self._collection.count())

    def close(self) -> None:
        """Let go of Chroma's files."""
        close = getattr(self._client, "close", None)
        if close:
            close()


def _store(collection: Any) -> Any:
    """llama-index's store over a collection, writing by upsert: its own `add` leaves a changed text as it was."""
    from llama_index.core.schema import MetadataMode
    from llama_index.core.vector_stores.utils import node_to_metadata_dict
    from llama_index.vector_stores.chroma import ChromaVectorStore

    class UpsertingStore(ChromaVectorStore):  # type: ignore[misc]
        def add(self, nodes: list[Any], **_: Any) -> list[str]:
            for start in range(0, len(nodes), BATCH):
                batch = nodes[start : start + BATCH]
                self._collection.upsert(
                    ids=[node.node_id for node in batch],
                    embeddings=[node.get_embedding() for node in batch],
                    metadatas=[node_to_metadata_dict(node, remove_text=True, flat_metadata=True) for node in batch],
                    documents=[node.get_content(metadata_mode=MetadataMode.NONE) for node in batch],
                )
            return [node.node_id for node in nodes]

    return UpsertingStore(chroma_collection=collection)
