"""Conditions in Milvus's words."""

from collections.abc import Iterable, Iterator, Sequence

from assistant.stores.bm25 import Way, has_token, token
from assistant.stores.filters import Among, Between, Both, Either, Filter

__all__ = ["among", "expression", "in_parts", "saying"]

AT_ONCE = 200  # values named in one call


def expression(condition: Filter) -> str:
    """A condition in Milvus's words."""
    match condition:
        case Among(field, values):
            return among(field, sorted(values))
        case Between(field, first, last):
            return f"({field} >= {first} and {field} <= {last})"
        case Both(parts):
            return f"({' and '.join(map(expression, parts))})" if parts else "visited >= 0"
        case Either(parts):
            return f"({' or '.join(map(expression, parts))})" if parts else "visited < 0"


def among(field: str, values: Iterable[str]) -> str:
    """Rows whose field has one of some values."""
    return f"{field} in [{', '.join(map(_quoted, values))}]"


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    return f'"{escaped}"'


def saying(way: Way) -> str:
    """Passages that say something in one way; of a phrase that has no token, those that have all its words."""
    tokens = [token(way)] if has_token(way) else [token((stem,)) for stem in way]
    return f"({' and '.join(f'text_match(body, {_quoted(one)})' for one in tokens)})"


def in_parts(values: Sequence[str]) -> Iterator[Sequence[str]]:
    """So many values at a time as are named in one call."""
    return (values[at : at + AT_ONCE] for at in range(0, len(values), AT_ONCE))
