"""The store of more than one machine: a Milvus server, or Milvus Lite in a file for trying the same calls.

All generations of an index share one collection. A row carries the version of its letter, a digest of all that is
written of it, and a generation names the versions that are its own; so an update adds rows that nobody sees until it
is in force, and a reader never sees another generation's. What no generation names any more is deleted later
(`versions`).

Candidates come from the server (HNSW by cosine, BM25 by its own function); BM25's are scored again by `bm25`, with
counts that are kept in the generation.
"""

import json
import secrets
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from hashlib import blake2b
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
from typing_extensions import override

from assistant.embedding.encoder import Vectors
from assistant.errors import DamagedIndexError, StoreError
from assistant.settings import Settings
from assistant.stores.bm25 import body, has_token, score, token
from assistant.stores.connection import calling, connected, is_file, shown
from assistant.stores.expressions import among, expression, in_parts, saying
from assistant.stores.filters import Among, Facts, Filter, enclosing, matches
from assistant.stores.passages import letter_of
from assistant.stores.store import LARGEST_TEXT, Found, Kept, Row, Store
from assistant.stores.versions import note, read_versions, write_versions
from assistant.words.terms import Term

__all__ = ["MilvusStore"]

PREFIX = "letters_"
BATCH = 500  # rows of some 4 kB a call: the server takes 64 MB
PARTS = 64  # partitions that the authorities are spread over
LINKS, EXPLORED_WRITING, EXPLORED = 32, 360, 400  # HNSW: M, efConstruction, ef
MOST = 16_384  # rows that Milvus gives back at a time
SPARE = 32  # rows asked for beside those wanted: some may be of another generation
CANDIDATES, FEWEST = 4, 400  # times as many are scored again as are wanted, and so many at least
NAMED = 1_000  # letters that a filter names one by one; of more the server is told what they have in common


class MilvusStore(Store):
    """Passages on a Milvus server (see `store.Store` for what the methods do).

    Args:
        settings: Address, token, certificate and patience.
        folder: The generation: what is its own of the collection is written down there.
        letters: What each letter can be filtered by, where passages are to be searched for.

    Raises:
        StoreError: If the server cannot be reached, refuses the token, is too old, or its collection is of another
            version; from every method.
    """

    def __init__(self, settings: Settings, folder: Path, letters: Mapping[str, Facts]) -> None:
        self._settings, self._folder, self._letters = settings, folder, letters
        self._collection, self._versions, self._counts = read_versions(folder)
        self._written: dict[str, int] = {}
        self._is_loaded = False
        self._client = connected(settings)
        try:
            if self._collection:
                self._check()
        except BaseException:
            self._client.close()
            raise

    # --- writing -----------------------------------------------------------------------------------------------------

    @override
    def upsert(self, rows: Sequence[Row], vectors: Sequence[Sequence[float]] | Vectors) -> None:
        if not rows:
            return
        if not self._collection:
            self._make(len(vectors[0]))
        together = sorted(zip(rows, vectors, strict=True), key=lambda pair: pair[0].passage.letter_id)
        letters = {
            letter_id: list(own) for letter_id, own in groupby(together, key=lambda pair: pair[0].passage.letter_id)
        }
        self.delete(letters)
        versions = {letter_id: _version([row for row, _ in own]) for letter_id, own in letters.items()}
        note(self._folder.parent, (f"{self._collection} {version}" for version in versions.values()))
        written = [
            _as_row(row, vector, versions[row.passage.letter_id]) for own in letters.values() for row, vector in own
        ]
        for at in range(0, len(written), BATCH):
            with calling(self._settings) as patience:
                self._client.upsert(self._collection, written[at : at + BATCH], **patience)
        self._counts.add(row["body"] for row in written)
        for letter_id, own in letters.items():
            self._versions[letter_id] = versions[letter_id]
            self._written[versions[letter_id]] = len(own)

    @override
    def delete(self, letter_ids: Collection[str]) -> None:
        gone = [self._versions[letter_id] for letter_id in letter_ids if letter_id in self._versions]
        for some in in_parts(gone):
            self._counts.add((row["body"] for row in self._rows(among("version", some), ["body"])), -1)
        for letter_id in letter_ids:
            self._written.pop(self._versions.pop(letter_id, ""), None)

    @override
    def settle(self, again: Callable[[], Iterator[list[Row]]]) -> None:
        """See that the server holds all that was written; write down which versions are this generation's."""
        if self._collection:
            with calling(self._settings) as patience:
                self._client.flush(self._collection, **patience)
            for some in in_parts(list(self._written)):
                held = self._count(among("version", some))
                if held != sum(self._written[version] for version in some):
                    raise StoreError(
                        f"the store at {shown(self._settings)} did not keep all that was written; run again"
                    )
        write_versions(self._folder, self._collection, self._versions, self._counts)
        self.close()

    def _make(self, dimension: int) -> None:
        from pymilvus import DataType, Function, FunctionType, MilvusClient

        text = {"datatype": DataType.VARCHAR, "max_length": 65_535}
        schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
        schema.add_field("id", DataType.VARCHAR, max_length=1024, is_primary=True)
        schema.add_field("version", DataType.VARCHAR, max_length=32)
        schema.add_field("letter_id", DataType.VARCHAR, max_length=1024)
        schema.add_field("authority", DataType.VARCHAR, max_length=512, is_partition_key=True)
        schema.add_field("kind", DataType.VARCHAR, max_length=256)
        schema.add_field("visited", DataType.INT64)
        schema.add_field("published", DataType.INT64)
        schema.add_field("about", DataType.JSON)
        schema.add_field("text", **text)
        schema.add_field(
            "body", **text, enable_analyzer=True, enable_match=True, analyzer_params={"tokenizer": "standard"}
        )
        schema.add_field("words", DataType.SPARSE_FLOAT_VECTOR)
        schema.add_field("vector", DataType.FLOAT_VECTOR, dim=dimension)
        schema.add_function(Function("bm25", FunctionType.BM25, ["body"], ["words"]))
        indexes = MilvusClient.prepare_index_params()
        indexes.add_index("words", index_type="SPARSE_INVERTED_INDEX", metric_type="BM25")
        if is_file(self._settings.store_uri):  # Lite's graph loses most of what a narrow filter lets through
            indexes.add_index("vector", index_type="FLAT", metric_type="COSINE")
        else:
            built = {"M": LINKS, "efConstruction": EXPLORED_WRITING}
            indexes.add_index("vector", index_type="HNSW", metric_type="COSINE", params=built)
        for name in ("version", "letter_id", "kind", "visited", "published"):
            indexes.add_index(name, index_type="INVERTED")
        name = f"{PREFIX}{secrets.token_hex(6)}"
        note(self._folder.parent, [f"{name} "])
        with calling(self._settings) as patience:
            self._client.create_collection(
                name,
                schema=schema,
                num_partitions=PARTS,
                consistency_level="Strong",
                **patience,
            )
            self._client.create_index(name, indexes, sync=False, **patience)  # of nothing: no need to wait for it
        self._collection = name

    # --- searching ---------------------------------------------------------------------------------------------------

    @override
    def dense(self, vector: Sequence[float] | Vectors, k: int, within: Filter | None = None) -> Found:
        question = np.asarray(vector, np.float32)
        hits = self._search("vector", [question], k, k, within, [], {"ef": EXPLORED})
        found = [(_passage_of(hit["id"]), float(hit["distance"])) for hit in hits]
        return sorted(found, key=lambda hit: (-hit[1], hit[0]))[:k]

    @override
    def lexical(self, terms: Sequence[Term], k: int, within: Filter | None = None) -> Found:
        asked = list(dict.fromkeys(token(way) for term in terms for way in term.alternatives if has_token(way)))
        if not asked:
            return []
        hits = self._search("words", [" ".join(asked)], k, max(CANDIDATES * k, FEWEST), within, ["body"], {})
        found = [(_passage_of(hit["id"]), score(terms, hit["entity"]["body"], self._counts)) for hit in hits]
        return sorted((hit for hit in found if hit[1]), key=lambda hit: (-hit[1], hit[0]))[:k]

    def _search(
        self,
        by: str,
        asked: list[Any],
        k: int,
        wide: int,
        within: Filter | None,
        fields: list[str],
        options: dict[str, Any],
    ) -> list[Any]:
        """At least k of the best rows of this generation that meet a condition, as far as there are so many."""
        condition, exact = self._narrowed(within)
        if k < 1 or not self._collection or condition is None:
            return []
        limit = min(MOST, wide + SPARE)
        while True:
            hits = self._loaded(
                partial(
                    self._client.search,
                    self._collection,
                    data=asked,
                    anns_field=by,
                    filter=condition,
                    limit=limit,
                    output_fields=fields,
                    search_params={"params": {**options, **({"ef": max(limit, EXPLORED)} if options else {})}},
                )
            )[0]
            own = [hit for hit in hits if self._is_own(hit["id"], exact)]
            if len(own) >= min(k, self._counts.passages) or len(hits) < limit or limit == MOST:
                return own
            limit = min(MOST, limit * 4)

    def _narrowed(self, within: Filter | None) -> tuple[str | None, Filter | None]:
        """A condition in the server's words (None: no letter meets it), and what has still to be looked at here."""
        if within is None:
            return "", None
        meeting = [facts for letter_id, facts in self._letters.items() if matches(facts, within)]
        if not meeting:
            return None, None
        if isinstance(within, Among) and within.field == "letter_id" and len(meeting) > NAMED:
            return expression(enclosing(meeting)), within
        return expression(within), None

    def _is_own(self, row_id: str, exact: Filter | None) -> bool:
        passage_id, _, version = row_id.rpartition("@")
        letter_id = letter_of(passage_id)
        return self._versions.get(letter_id) == version and (
            exact is None or matches(self._letters.get(letter_id, Facts(letter_id)), exact)
        )

    @override
    def holding(self, term: Term) -> int:
        counted = self._counts.of(term)
        return len(self._holding(term)) if counted is None else counted

    @override
    def letters_holding(self, term: Term, within: Filter | None = None) -> frozenset[str]:
        return frozenset(letter_of(passage_id) for passage_id in self._holding(term, within))

    def _holding(self, term: Term, within: Filter | None = None) -> list[str]:
        """Identifiers of the passages that hold a term or one of its synonyms."""
        condition, exact = self._narrowed(within)
        if not self._collection or condition is None:
            return []
        said = " or ".join(saying(way) for way in term.alternatives)
        known = all(map(has_token, term.alternatives))
        rows = self._rows(f"({said}) and {condition}" if condition else said, ["id"] if known else ["id", "body"])
        return [
            _passage_of(row["id"])
            for row in rows
            if self._is_own(row["id"], exact) and (known or score([term], row["body"], self._counts))
        ]

    @override
    def get(self, passage_ids: Sequence[str]) -> list[Kept]:
        if not self._collection:
            return []
        wanted = {
            f"{passage_id}@{self._versions[letter_of(passage_id)]}": passage_id
            for passage_id in passage_ids
            if letter_of(passage_id) in self._versions
        }
        found = {}
        for some in in_parts(list(wanted)):
            for row in self._rows(among("id", some), ["id", "letter_id", "about", "text"]):
                about = row["about"]
                passage_id = wanted[row["id"]]
                found[passage_id] = Kept(
                    passage_id, row["letter_id"], about["section"], about["start"], about["end"], row["text"]
                )
        return [found[passage_id] for passage_id in passage_ids if passage_id in found]

    @override
    def count(self) -> int:
        return self._counts.passages

    @override
    def warm(self) -> None:
        if self._collection:
            self._load()

    @override
    def close(self) -> None:
        self._client.close()

    # --- calls -------------------------------------------------------------------------------------------------------

    def _check(self) -> None:
        """See that the collection is there and as this version of the assistant makes it.

        Its fields are looked at; the model is part of the index's own fingerprint.
        """
        with calling(self._settings) as patience:
            there = self._client.has_collection(self._collection, **patience)
            fields = self._client.describe_collection(self._collection, **patience)["fields"] if there else []
        if not there:
            raise DamagedIndexError(f"collection {self._collection} at {shown(self._settings)}")
        if {field["name"] for field in fields} != FIELDS:
            raise StoreError(
                f"collection {self._collection} at {shown(self._settings)} was not made by this version of the"
                " assistant; run: assistant index --rebuild"
            )
        if self._count("") < self._counts.passages:
            raise DamagedIndexError(f"collection {self._collection}")

    def _load(self) -> None:
        with calling(self._settings) as patience:
            self._client.load_collection(self._collection, **patience)
        self._is_loaded = True

    def _loaded(self, call: Callable[..., Any]) -> Any:
        """What a call gives that needs the collection in the server's memory: a server that was restarted forgot it."""
        if not self._is_loaded:
            self._load()
        try:
            with calling(self._settings) as patience:
                return call(**patience)
        except StoreError as error:
            if not error.unloaded:
                raise
        self._load()
        with calling(self._settings) as patience:
            return call(**patience)

    def _count(self, condition: str) -> int:
        asked = {"filter": condition, "output_fields": ["count(*)"]}
        rows = self._loaded(partial(self._client.query, self._collection, **asked))
        return int(rows[0]["count(*)"])

    def _rows(self, condition: str, fields: list[str]) -> Iterator[dict[str, Any]]:
        """All rows that meet a condition, however many."""
        asked = {"batch_size": MOST // 4, "filter": condition, "output_fields": fields}
        turning = self._loaded(partial(self._client.query_iterator, self._collection, **asked))
        try:
            while True:
                with calling(self._settings):
                    rows = turning.next()
                if not rows:
                    break
                yield from rows
        finally:
            turning.close()


FIELDS = {*Facts.__slots__, "id", "version", "about", "text", "body", "words", "vector"}


# --- rows ------------------------------------------------------------------------------------------------------------


def _as_row(row: Row, vector: Any, version: str) -> dict[str, Any]:
    passage = row.passage
    return {
        **asdict(row.facts),
        "id": f"{passage.passage_id}@{version}",
        "version": version,
        "about": {"section": passage.section, "start": passage.start, "end": passage.end},
        "text": passage.text,
        "body": body(row.text)[:LARGEST_TEXT],
        "vector": np.asarray(vector, np.float32),
    }


def _version(rows: Sequence[Row]) -> str:
    """A digest of all that is written of a letter."""
    written = [(asdict(row.facts), row.passage.passage_id, row.text) for row in rows]
    return blake2b(json.dumps(written).encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def _passage_of(row_id: str) -> str:
    return row_id.rpartition("@")[0]
