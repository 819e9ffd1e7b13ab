"""The programs of .ci/, which are no package, as modules."""

import importlib.util
from types import ModuleType

from fakes import ROOT

__all__ = ["script"]


def script(name: str) -> ModuleType:
    """A program of .ci/ by its name."""
    spec = importlib.util.spec_from_file_location(name, ROOT / ".ci" / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
