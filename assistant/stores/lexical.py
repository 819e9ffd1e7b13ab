"""The lexical index: BM25 over stems, in tantivy."""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from assistant.errors import DamagedIndexError
from assistant.stores.passages import Passage, letter_of
from assistant.words.terms import SYNONYM, Term, analyse

__all__ = ["LexicalIndex"]

HEAP = 50_000_000  # bytes for the writer: tantivy's least is 15 MB a thread


class LexicalIndex:
    """Passages by BM25 over their stems, headers included.

    Args:
        folder: Where tantivy keeps its files; made if missing.
    """

    def __init__(self, folder: Path) -> None:
        import tantivy

        builder = tantivy.SchemaBuilder()
        builder.add_text_field("passage_id", stored=True, tokenizer_name="raw")
        builder.add_text_field("letter_id", tokenizer_name="raw")
        builder.add_text_field("body", tokenizer_name="whitespace")  # stems: see `terms`
        folder.mkdir(parents=True, exist_ok=True)
        self._schema = builder.build()
        try:
            self._index = tantivy.Index(self._schema, path=str(folder))
        except ValueError as error:
            raise DamagedIndexError(f"{folder}: {str(error).splitlines()[0][:80]}") from None

    def add(self, passages: Sequence[tuple[Passage, str]]) -> None:
        """Write passages, each with the text to be searched (its header and its words).

        Raises:
            OSError: If they cannot be written.
        """
        import tantivy

        try:
            writer = self._index.writer(HEAP, 1)
            for passage, text in passages:
                document = tantivy.Document()
                document.add_text("passage_id", passage.passage_id)
                document.add_text("letter_id", passage.letter_id)
                document.add_text("body", " ".join(analyse(text)))
                writer.add_document(document)
            writer.commit()
            writer.wait_merging_threads()
            self._index.reload()
        except ValueError as error:  # whatever goes wrong in tantivy
            raise OSError(f"tantivy: {str(error).splitlines()[0][:200]}") from None

    def best(self, terms: Sequence[Term], k: int, letter_ids: Collection[str] | None = None) -> list[tuple[str, float]]:
        """Identifiers of the best passages with their BM25 score, best first.

        Args:
            terms: What to look for; a passage needs one of them. A term counts once, by its best alternative.
            k: How many.
            letter_ids: Only passages of these letters; all if None.
        """
        from tantivy import Occur, Query

        if not terms or k < 1 or (letter_ids is not None and not letter_ids):
            return []
        query = Query.boolean_query([(Occur.Should, self._term(term)) for term in terms])
        if letter_ids is not None:
            within = Query.const_score_query(Query.term_set_query(self._schema, "letter_id", sorted(letter_ids)), 0.0)
            query = Query.boolean_query([(Occur.Must, query), (Occur.Must, within)])
        searcher = self._index.searcher()
        found: list[tuple[Any, Any]] = searcher.search(query, k).hits
        hits = [(str(searcher.doc(address).get_first("passage_id")), float(score)) for score, address in found]
        return sorted(hits, key=lambda hit: (-hit[1], hit[0]))

    def holding(self, term: Term) -> int:
        """How many passages hold a term or one of its synonyms."""
        return int(self._index.searcher().search(self._term(term), 1, count=True).count or 0)

    def letters_holding(self, term: Term) -> frozenset[str]:
        """The letters of which some passage holds a term or one of its synonyms."""
        searcher = self._index.searcher()
        found: list[tuple[Any, Any]] = searcher.search(self._term(term), max(1, searcher.num_docs), count=False).hits
        return frozenset(letter_of(str(searcher.doc(address).get_first("passage_id"))) for _, address in found)

    def _term(self, term: Term) -> Any:
        from tantivy import Query

        ways = [self._alternative(alternative) for alternative in term.alternatives]
        weighted = [ways[0], *(Query.boost_query(way, SYNONYM) for way in ways[1:])]
        return weighted[0] if len(weighted) == 1 else Query.disjunction_max_query(weighted)

    def _alternative(self, stems: tuple[str, ...]) -> Any:
        from tantivy import Query

        if len(stems) == 1:
            return Query.term_query(self._schema, "body", stems[0])
        return Query.phrase_query(self._schema, "body", list(stems))

    def count(self) -> int:
        """How many passages are in."""
        return int(self._index.searcher().num_docs)
