"""What each module offers: the names exist, are listed in order, and say what they are."""

import ast
import dataclasses
import importlib
import inspect
import typing
from pathlib import Path

import pytest
from fakes import ROOT

FILES = {
    ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): file
    for file in sorted((ROOT / "assistant").rglob("*.py"))
}
MODULES = [name for name, file in FILES.items() if file.stem != "__init__"]


def tree(name: str) -> ast.Module:
    return ast.parse(FILES[name].read_text(encoding="utf-8"))


def described_values(file: Path, body: ast.Module) -> set[str]:
    """Module-level names with a string below, or a comment above or beside them."""
    lines = file.read_text(encoding="utf-8").splitlines()
    found = set()
    for at, node in enumerate(body.body):
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            below = body.body[at + 1] if at + 1 < len(body.body) else None
            string = isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant)
            first, last = lines[node.lineno - 1], lines[(node.end_lineno or node.lineno) - 1]
            comment = "#" in first or "#" in last or lines[node.lineno - 2].lstrip().startswith("#")
            if string or comment:
                found |= {target.id for target in targets if isinstance(target, ast.Name)}
    return found


@pytest.mark.parametrize("name", FILES)
def test_every_module_says_what_it_is(name):
    assert (ast.get_docstring(tree(name)) or "").strip()


@pytest.mark.parametrize("name", MODULES)
def test_names_are_listed_once_in_order_and_exist(name):
    module = importlib.import_module(name)
    assert module.__all__, f"{name} offers nothing"
    assert len(set(module.__all__)) == len(module.__all__)
    assert sorted(module.__all__) == sorted(name for name in module.__all__ if hasattr(module, name))
    constants = [n for n in module.__all__ if n.isupper()]
    classes = [n for n in module.__all__ if n[0].isupper() and not n.isupper()]
    others = [n for n in module.__all__ if not n[0].isupper()]
    assert list(module.__all__) == [*sorted(constants), *sorted(classes), *sorted(others)]


@pytest.mark.parametrize("name", MODULES)
def test_every_class_and_function_is_documented(name):
    module = importlib.import_module(name)
    for offered in module.__all__:
        value = getattr(module, offered)
        if inspect.isclass(value) or inspect.isroutine(value):
            text = inspect.getdoc(value) or ""
            assert text.strip(), f"{name}.{offered} has no docstring"
            if dataclasses.is_dataclass(value):
                assert not text.startswith(f"{offered}("), f"{name}.{offered} has only dataclass's own docstring"
            if inspect.isclass(value):
                _methods(value, str(value.__module__))


@pytest.mark.parametrize("name", MODULES)
def test_every_value_is_described(name):
    """By a string below it or a comment; a `Literal` lists its own meaning."""
    module = importlib.import_module(name)
    described = described_values(FILES[name], tree(name))
    for offered in module.__all__:
        literal = typing.get_origin(getattr(module, offered)) is typing.Literal
        assert offered in described or literal or not _assigned(name, offered), f"{name}.{offered}"


def _methods(value: type, home: str) -> None:
    for method, function in vars(value).items():
        plain = function.fget if isinstance(function, property) else getattr(function, "__func__", function)
        if not method.startswith("_") and inspect.isfunction(plain) and plain.__module__ == home:
            inherited = getattr(plain, "__override__", False)
            said = inspect.getdoc(getattr(value, method)) if inherited else plain.__doc__
            assert (said or "").strip(), f"{home}.{value.__name__}.{method} has no docstring"


def _assigned(name: str, offered: str) -> bool:
    return any(
        isinstance(target, ast.Name) and target.id == offered
        for node in tree(name).body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
    )


@pytest.mark.parametrize("name", MODULES)
def test_public_names_of_a_module_are_offered(name):
    """A class or function without an underscore that no other module needs had better be offered, or private."""
    offered = set(importlib.import_module(name).__all__)
    text = {other: file.read_text(encoding="utf-8") for other, file in FILES.items() if other != name}
    for node in tree(name).body:
        if (
            isinstance(node, ast.ClassDef | ast.FunctionDef)
            and not node.name.startswith("_")
            and node.name not in offered
        ):
            decorated = bool(node.decorator_list)  # a command of the command line
            used = any(node.name in other for other in text.values())
            assert decorated or used or _inside(name, node.name), f"{name}.{node.name}"


def _inside(name: str, function: str) -> bool:
    return FILES[name].read_text(encoding="utf-8").count(function) > 1


@pytest.mark.parametrize("name", MODULES)
def test_domain_types_are_frozen_and_have_slots(name):
    module = importlib.import_module(name)
    for offered in module.__all__:
        value = getattr(module, offered)
        if dataclasses.is_dataclass(value) and value.__module__ == name:
            assert hasattr(value, "__slots__"), f"{name}.{offered} has no slots"
            if offered not in (
                "Report",
                "Draft",
                "Metadata",
                "State",
                "Counts",
                "Embedded",
            ):  # filled in as the work goes on
                assert value.__dataclass_params__.frozen, f"{name}.{offered} can be changed"


def test_no_word_of_the_package_is_about_who_wrote_it():
    for file in FILES.values():
        text = file.read_text(encoding="utf-8").lower()
        for word in ("claude", "anthropic", "chatgpt", "openai assistant", "/work/", "todo", "fixme", "xxx"):
            assert word not in text, f"{file}: {word}"
