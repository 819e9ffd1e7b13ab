"""What `assistant check` says: settings in force, the state of the index, and what is wrong."""

import sys
from collections.abc import Mapping
from typing import Any

from assistant.errors import AssistantError, DamagedIndexError
from assistant.settings import SECRET, Settings

__all__ = ["check_json", "check_text"]


def check_json(settings: Settings) -> dict[str, Any]:
    """Settings in force, the state of the index, and what is wrong with how to mend it."""
    from importlib.metadata import PackageNotFoundError, version

    from assistant.index.catalogue import Catalogue
    from assistant.index.generation import damage
    from assistant.index.ready import is_current
    from assistant.index.state import load_state
    from assistant.llm.tokens import count_tokens
    from assistant.stores.opened import lost, reached

    def installed(name: str) -> str | None:
        try:
            return version(name)
        except PackageNotFoundError:
            return None

    found: dict[str, Any] = {
        "settings": settings.model_dump(mode="json", exclude=set(SECRET))
        | {name: "set" if getattr(settings, name).get_secret_value() else "not set" for name in SECRET},
        "python": sys.version.split()[0],
        "versions": {
            name: installed(name)
            for name in (
                "chromadb",
                "gradio",
                "llama-index-core",
                "llama-index-llms-openai-like",
                "sentence-transformers",
                "tantivy",
                "tiktoken",
                "torch",
            )
        },
        "index": None,
        "store": None,
        "language_model": {
            "writer": "extractive",
            "url": settings.llm_url or None,
            "models": [],
            "token_encoding": settings.token_encoding,
            "context_tokens": settings.context_tokens,
        },
        "problems": [],
    }
    try:
        with Catalogue(settings) as catalogue:
            longest = max((p.n_tokens for p in catalogue.passages.values()), default=0)
            texts = [p.text for p in catalogue.passages.values()][:200]
            mean = sum(count_tokens(text, settings.token_encoding) for text in texts) / max(1, len(texts))
            found["language_model"]["passages_that_fit"] = int(settings.context_tokens // max(mean, 1))
            found["index"] = {
                "folder": str(settings.index_dir),
                "letters": len(catalogue.letters),
                "passages": len(catalogue.passages),
                "longest_passage_tokens": longest,
                "fingerprint": catalogue.fingerprint,
                "corpus_hash": catalogue.corpus_hash,
            }
            state = load_state(settings.index_dir)
            damaged = damage(settings.index_dir, state, thorough=True) if state else ""
            found["store"] = reached(settings)
            damaged = damaged or (lost(settings, catalogue.folder) if state else "")
            if damaged:
                raise DamagedIndexError(damaged)
        if not is_current(settings):
            found["problems"].append("the corpus has changed since it was indexed; run: assistant index")
    except AssistantError as error:
        found["problems"].append(str(error))
    if settings.llm_url:
        _add_model(found, settings)
    return found


def _add_model(found: dict[str, Any], settings: Settings) -> None:
    """Whether the language model's server answers, and has the model."""
    from assistant.llm.endpoint import Endpoint

    model = found["language_model"]
    try:
        model["models"] = Endpoint(settings).models()
    except AssistantError as error:
        found["problems"].append(f"{error}. Until then answers are extractive.")
        return
    model["writer"] = settings.llm_model or next(iter(model["models"]), "extractive")
    if not model["models"] and not settings.llm_model:
        found["problems"].append("The language model's server lists no model: set ASSISTANT_LLM_MODEL")
    elif settings.llm_model and model["models"] and settings.llm_model not in model["models"]:
        listed = ", ".join(model["models"][:5])
        found["problems"].append(
            f"The language model's server does not list {settings.llm_model!r}; it lists: {listed}"
        )


def check_text(found: Mapping[str, Any]) -> str:
    """The same for a terminal."""
    index = found["index"]
    model = found["language_model"]
    lines = ["Settings"]
    lines += [f"  {name:20} {value}" for name, value in found["settings"].items()]
    lines += ["Versions", f"  {'python':20} {found['python']}"]
    lines += [f"  {name:20} {value or 'not installed'}" for name, value in found["versions"].items()]
    lines.append("Index")
    if index:
        lines += [
            f"  {'folder':20} {index['folder']}",
            f"  {'letters':20} {index['letters']}",
            f"  {'passages':20} {index['passages']} (the longest has {index['longest_passage_tokens']} tokens)",
            f"  {'model':20} {index['fingerprint']['model']} ({index['fingerprint']['revision']})",
            f"  {'corpus':20} {index['corpus_hash']}",
            f"  {'store':20} {found['store'] or 'cannot be reached'}",
        ]
    else:
        lines.append("  none")
    lines.append("Language model")
    used = f"asked at {model['url']}" if model["url"] else "no language model is used"
    lines.append(f"  {'writer':20} {model['writer']}: {used}")
    if "passages_that_fit" in model:
        lines.append(
            f"  {'budget':20} {model['context_tokens']} tokens of {model['token_encoding']}:"
            f" about {model['passages_that_fit']} passages"
        )
    problems = [f"  {problem}" for problem in found["problems"]]
    return "\n".join([*lines, "Problems", *(problems or ["  none"])])
