"""Question answering with verbatim, checkable citations over inspection letters on children's services.

What other programs may build on stands here, and stays while the first number of the version does:

    from assistant import Assistant, Filters, load_settings

    with Assistant.open(load_settings()) as assistant:
        answer = assistant.ask("What did 2019 say about care leavers?", filters=Filters(years=(2019,)))

Nothing is imported before it is asked for. The components for llama-index are in `assistant.llama`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assistant.answers.answer import Answer, CitedSentence, Group, Refusal, answer_json
    from assistant.engine import Assistant, Search
    from assistant.errors import AssistantError, FilterError, IndexStateError, LetterError, QuestionError, SettingsError
    from assistant.export.formats import render
    from assistant.index.update import Report, update_index
    from assistant.letters.citations import Citation
    from assistant.letters.letter import Letter
    from assistant.questions.scope import Filters, Scope
    from assistant.settings import Settings, load_settings
    from assistant.stores.passages import Hit, Passage

__all__ = [
    "Answer",
    "Assistant",
    "AssistantError",
    "Citation",
    "CitedSentence",
    "FilterError",
    "Filters",
    "Group",
    "Hit",
    "IndexStateError",
    "Letter",
    "LetterError",
    "Passage",
    "QuestionError",
    "Refusal",
    "Report",
    "Scope",
    "Search",
    "Settings",
    "SettingsError",
    "answer_json",
    "load_settings",
    "render",
    "update_index",
]

_HOMES = {
    "answers.answer": ("Answer", "CitedSentence", "Group", "Refusal", "answer_json"),
    "letters.citations": ("Citation",),
    "engine": ("Assistant", "Search"),
    "errors": ("AssistantError", "FilterError", "IndexStateError", "LetterError", "QuestionError", "SettingsError"),
    "export.formats": ("render",),
    "letters.letter": ("Letter",),
    "stores.passages": ("Hit", "Passage"),
    "questions.scope": ("Filters", "Scope"),
    "settings": ("Settings", "load_settings"),
    "index.update": ("Report", "update_index"),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'assistant' has no attribute {name!r}")
    return getattr(import_module(f"assistant.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
