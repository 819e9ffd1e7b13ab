"""The assistant as llama-index components: a node parser, a retriever and a query engine.

engine = CitedQueryEngine(assistant=assistant)
response = engine.query("what did 2019 say about care leavers?")
print(response.response, response.metadata["answer"]["citations"])
"""

from collections.abc import Sequence
from typing import Any

from llama_index.core.base.response.schema import Response
from llama_index.core.node_parser import NodeParser
from llama_index.core.query_engine import CustomQueryEngine
from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import BaseNode, NodeRelationship, NodeWithScore, QueryBundle, RelatedNodeInfo, TextNode

from assistant.answers.answer import answer_json
from assistant.engine import Assistant
from assistant.llm.tokens import context_for
from assistant.reading.outline import outline
from assistant.reading.readers.files import read_source
from assistant.stores.passages import Hit, Passage

__all__ = ["CitedQueryEngine", "LetterNodeParser", "PassageRetriever"]


def _node(passage: Passage) -> TextNode:
    node = TextNode(
        id_=passage.passage_id,
        text=passage.text,
        metadata={"letter_id": passage.letter_id, "file": passage.file, "section": passage.section},
        start_char_idx=passage.start,
        end_char_idx=passage.end,
        excluded_embed_metadata_keys=["letter_id", "file"],
        excluded_llm_metadata_keys=["letter_id"],
    )
    node.relationships[NodeRelationship.SOURCE] = RelatedNodeInfo(node_id=passage.letter_id)
    return node


def _scored(hits: Sequence[Hit]) -> list[NodeWithScore]:
    return [NodeWithScore(node=_node(hit.passage), score=hit.score) for hit in hits]


class PassageRetriever(BaseRetriever):  # type: ignore[misc]
    """Ranked passages in the question's scope, as nodes.

    Args:
        assistant: Open.
        k: How many passages.
    """

    def __init__(self, assistant: Assistant, k: int = 10) -> None:
        self._assistant = assistant
        self._k = k
        super().__init__()

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return _scored(self._assistant.search(query_bundle.query_str, k=self._k).hits)


class CitedQueryEngine(CustomQueryEngine):  # type: ignore[misc]
    """The cited answer as a llama-index response.

    The response's text is the answer or the refusal's message; `metadata["answer"]` is the whole answer as JSON;
    the source nodes are the retrieved passages that fit into the token budget of a language model.
    """

    assistant: Any

    def custom_query(self, query_str: str) -> Response:
        """Answer one question."""
        answer = self.assistant.ask(query_str)
        context = context_for(answer.hits, self.assistant.settings)
        return Response(
            response=answer.text, source_nodes=_scored(context.hits), metadata={"answer": answer_json(answer)}
        )


class LetterNodeParser(NodeParser):  # type: ignore[misc]
    """Cuts letters by section and paragraph: one node a paragraph, with heading, label and offsets.

    A document's text is read as the assistant reads a text file; the offsets are those in the clean text.
    """

    def _parse_nodes(self, nodes: Sequence[BaseNode], show_progress: bool = False, **_: Any) -> list[BaseNode]:
        return [piece for node in nodes for piece in self._pieces(node)]

    def _postprocess_parsed_nodes(self, nodes: list[BaseNode], parent_doc_map: dict[str, Any]) -> list[BaseNode]:
        """Link the nodes as llama-index does, but keep our offsets: it would look the words up in the raw text."""
        offsets = [(node.start_char_idx, node.end_char_idx) for node in nodes]
        linked: list[BaseNode] = super()._postprocess_parsed_nodes(nodes, parent_doc_map)
        for node, (start, end) in zip(linked, offsets, strict=True):
            node.start_char_idx, node.end_char_idx = start, end
        return linked

    @staticmethod
    def _pieces(node: BaseNode) -> list[BaseNode]:
        name = str(node.metadata.get("file_name") or node.node_id)
        read = outline(read_source(name, node.get_content().encode("utf-8")))
        return [
            TextNode(
                text=read.text[paragraph.start : paragraph.end],
                metadata={**node.metadata, "section": section.heading, "paragraph": paragraph.name},
                start_char_idx=paragraph.start,
                end_char_idx=paragraph.end,
                relationships={NodeRelationship.SOURCE: node.as_related_node_info()},
            )
            for section in read.sections
            for paragraph in section.paragraphs
        ]
