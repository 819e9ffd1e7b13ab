"""Writes the pages of docs/reference/ that the program itself can tell: commands, JSON, HTTP, tools, Python, licences.

    python .ci/docs_reference.py            # writes them
    python .ci/docs_reference.py --check    # exit 1 where one is not what would be written

They are plain Markdown and committed, so that they can be read where the code is.
"""

import ast
import inspect
import json
import re
import subprocess
import sys
import textwrap
import typing
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "reference"
WRITTEN = "<!-- Written by python .ci/docs_reference.py: change the code, not this page. -->"
OURS = "inspection-letters-assistant"
SECTIONS = {"Args": "Takes", "Attributes": "Holds", "Returns": "Gives", "Yields": "Gives", "Raises": "Raises"}
TOPS = {
    "AnswerShape": "`assistant ask --json`, each line of `ask --batch`, `POST /api/v1/ask`",
    "SearchShape": "`assistant search --json`, `POST /api/v1/search`",
    "LettersShape": "`GET /api/v1/letters`; `assistant letters --json` gives its `letters` alone",
    "WholeLetterShape": "`assistant show --json`, `GET /api/v1/letters/{letter_id}`",
    "JudgementsShape": "`assistant judgements --json`, `GET /api/v1/judgements`",
}  # the shapes that are given out whole, and by what; the others are parts of them
FOR = {"mcp": "chat clients", "milvus": "Milvus"}  # groups of optional dependencies that users may want
WORDS = {"str": "text", "int": "whole number", "float": "number", "bool": "true or false", "None": "null"}
MANY = {"text": "texts", "whole number": "whole numbers", "number": "numbers"}
JSON_WORDS = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "null": "null",
}


def commands() -> str:
    """The page of commands, from their own help."""
    import click

    from assistant.cli import main

    lines = [
        "# Commands",
        "",
        _prose(
            "What `assistant COMMAND --help` says. Results go to standard output, progress and errors to standard "
            "error. The exit code is 0 when all is done (a refusal is an answer), 1 for an error, which is one "
            "line that says what to do, and 2 for wrong usage."
        ),
        "",
        *(
            f"- [`assistant {name}`](#assistant-{name}): {told.get_short_help_str(200)}"
            for name, told in main.commands.items()
        ),
    ]
    for name, command in main.commands.items():
        group = click.Context(main, info_name="assistant", **main.context_settings)
        context = click.Context(command, parent=group, info_name=name, max_content_width=1000)
        usage = " ".join(command.collect_usage_pieces(context))
        lines += ["", f"## assistant {name}", "", f"`assistant {name} {usage}`", "", command.help or "", ""]
        records = [found for one in command.get_params(context) if (found := one.get_help_record(context)) and found[1]]
        lines += [f"- `{' '.join(option.split())}`: {' '.join(told.split())}" for option, told in records]
    return "\n".join(lines)


def _prose(text: str) -> str:
    return textwrap.fill(text, 120, break_long_words=False, break_on_hyphens=False)


def shapes() -> str:
    """The page of JSON, from the typed dictionaries and the words below each of their fields."""
    from assistant.contract import shapes as module

    classes = {node.name: node for node in ast.parse(inspect.getsource(module)).body if isinstance(node, ast.ClassDef)}
    lines = [
        "# JSON",
        "",
        _prose(
            "The shapes of what commands, the HTTP interface and chat clients' tools give out. What is unknown is "
            "null, never a guess. Dates are ISO dates, and reduced (`2024-07`, `2024`) where no more is known. "
            "Fields may be added; a program should pass over those that it does not know."
        ),
    ]
    for name in (*TOPS, *(one for one in classes if one not in TOPS)):
        node = classes[name]
        lines += ["", f"## {_plain(name)}", "", inspect.getdoc(getattr(module, name)) or ""]
        lines += ["", f"Given by {TOPS[name]}."] if name in TOPS else []
        bases = [base.id for base in node.bases if isinstance(base, ast.Name) and base.id in classes]
        lines += ["", f"It has the fields of [{_plain(bases[0])}](#{_plain(bases[0]).lower()}), and:"] if bases else []
        lines += ["", "| field | holds | what it is |", "|---|---|---|"]
        lines += [f"| `{field}` | {kind} | {told} |" for field, kind, told in _fields(node)]
    return "\n".join(lines)


def _plain(name: str) -> str:
    return name.removesuffix("Shape")


def _fields(node: ast.ClassDef) -> Iterator[tuple[str, str, str]]:
    """Each field of a class with its type in words and the text below it."""
    for at, one in enumerate(node.body):
        if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name):
            below = node.body[at + 1] if at + 1 < len(node.body) else None
            said = isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant) and below.value.value
            yield one.target.id, _in_words(one.annotation), str(said or "").strip()


def _in_words(kind: ast.expr) -> str:
    if isinstance(kind, ast.BinOp):
        return f"{_in_words(kind.left)} or {_in_words(kind.right)}"
    if isinstance(kind, ast.Subscript):
        outer, inner = ast.unparse(kind.value), kind.slice
        if outer == "NotRequired":
            return f"{_in_words(inner)}; may be missing"
        if outer == "dict" and isinstance(inner, ast.Tuple):
            return f"object: {_in_words(inner.elts[1])} by name"
        return f"list of {MANY.get(_in_words(inner), _in_words(inner))}"
    name = ast.unparse(kind)
    return WORDS.get(name) or f"[{_plain(name)}](#{_plain(name).lower()})"


def http() -> str:
    """The page of the HTTP interface, from its description."""
    from fastapi import FastAPI
    from fastapi.testclient import TestClient

    from assistant.page.api.routes import add_api

    app = FastAPI()
    add_api(app, typing.cast(Any, None), 2000)
    described = TestClient(app).get("/api/v1/openapi.json").json()
    known = described["components"]["schemas"]
    lines = [
        "# HTTP, call by call",
        "",
        _prose(
            "What the page's server describes at `/api/v1/openapi.json` (OpenAPI 3.1). How to use it, its errors "
            "and keys: [the interface for programs](api.md). What comes back: [JSON](json.md)."
        ),
    ]
    for path, ways in described["paths"].items():
        for method, told in ways.items():
            lines += ["", f"## {method.upper()} {path}", "", f"{told['summary']}."]
            lines += ["", told["description"]] if told.get("description") else []
            body = told.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
            if body:
                schema = _resolved(body, known)
                takes = [(name, one, name in schema.get("required", [])) for name, one in schema["properties"].items()]
            else:
                takes = [
                    (
                        one["name"],
                        one["schema"] | {"description": one.get("description") or one["schema"].get("description", "")},
                        one["required"],
                    )
                    for one in told.get("parameters", [])
                ]
            lines += ["", "| field | takes | what it is |", "|---|---|---|"] if takes else []
            lines += [
                f"| `{name}` | {_taken(one, known)}{'; needed' if needed else ''} | {one.get('description', '')} |"
                for name, one, needed in takes
            ]
            lines += ["", f"Answers with {_answers(told['responses'])}."]
    return "\n".join(lines)


def _answers(responses: dict[str, Any]) -> str:
    given = []
    for status, one in responses.items():
        schema = next(iter(one.get("content", {}).values()), {}).get("schema", {}).get("$ref", "")
        name = _plain(schema.rpartition("/")[2])
        link = f" ([{name}](json.md#{name.lower()}))" if f"{name}Shape" in TOPS else ""
        given.append(f"{status}{link}")
    return ", ".join(given)


def _resolved(schema: dict[str, Any], known: dict[str, Any]) -> dict[str, Any]:
    return known[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema


def _taken(schema: dict[str, Any], known: dict[str, Any]) -> str:
    """A JSON schema in a few words."""
    schema = _resolved(schema, known)
    if "anyOf" in schema:
        said = " or ".join(dict.fromkeys(_taken(one, known) for one in schema["anyOf"]))
    elif schema.get("type") == "array":
        each = _taken(schema.get("items", {}), known)
        bound = _bound(schema, "minItems", "maxItems").removeprefix(", ")
        each = re.sub("^(text|whole number|number)", r"\1s", each)
        said = f"list ({bound}) of {each}" if bound else f"list of {each}"
    elif schema.get("type") == "object":
        said = f"object with {', '.join(f'`{name}`' for name in schema.get('properties', {}))}"
    else:
        said = JSON_WORDS.get(schema.get("type", ""), "anything")
        said += _bound(schema, "minimum", "maximum") + _bound(schema, "minLength", "maxLength", " characters")
    default = schema.get("default")
    return f"{said}; {json.dumps(default)} by default" if default not in (None, [], "") else said


def _bound(schema: dict[str, Any], least: str, most: str, unit: str = "") -> str:
    low, high = (int(one) if isinstance(one := schema.get(name), float) else one for name in (least, most))
    if low is None and high is None:
        return ""
    said = (
        f"{low:,} to {high:,}"
        if low is not None and high is not None
        else f"at most {high:,}"
        if low is None
        else f"from {low:,}"
    )
    return f", {said}{unit}"


def tools() -> str:
    """The page of what a chat client's model may ask for."""
    from assistant.mcp.tools import INSTRUCTIONS, TOOLS

    lines = [
        "# Tools of chat clients",
        "",
        _prose(
            "What a chat client is told by `assistant mcp` (Model Context Protocol). How to connect one: [in a "
            "chat client](../how-to/mcp.md)."
        ),
        "",
        "## What a client tells its model",
        "",
        *(f"> {line}" if line else ">" for line in INSTRUCTIONS.splitlines()),
    ]
    for tool in TOOLS.values():
        schema = tool.arguments.model_json_schema()
        known, needed = schema.get("$defs", {}), schema.get("required", [])
        lines += [
            "",
            f"## {tool.name}",
            "",
            f"{tool.title}. {tool.description}",
            "",
            "| argument | takes | what it is |",
            "|---|---|---|",
        ]
        lines += [
            f"| `{name}` | {_taken(one, known)}{'; needed' if name in needed else ''} | {one.get('description', '')} |"
            for name, one in schema["properties"].items()
        ]
    return "\n".join(lines)


def python_names() -> str:
    """The page of the names that another program may import."""
    import assistant

    lines = [
        "# Python",
        "",
        _prose(
            "What `from assistant import ...` gives; it stays while the first number of the version does. How to "
            "use it: [from Python](../how-to/python.md). The components for llama-index are at the end."
        ),
    ]
    for name in assistant.__all__:
        lines += ["", f"## {name}", "", *_told(getattr(assistant, name))]
    import assistant.llama as llama

    for name in llama.__all__:
        lines += ["", f"## llama.{name}", "", *_told(getattr(llama, name))]
    return "\n".join(lines)


def _told(value: Any) -> Iterator[str]:
    """Signature, docstring and public members, as their source has them."""
    if not inspect.isclass(value):
        yield f"```text\n{value.__name__}{_signature(value)}\n```"
        yield ""
        yield from _docstring(value)
        return
    yield f"In `{value.__module__}`."
    yield ""
    yield from _docstring(value)
    if value.__name__ == "Settings":
        yield ""
        yield "The fields are those of [settings](settings.md), in lower case and without the prefix."
        return
    for name, member in vars(value).items():
        plain = member.fget if isinstance(member, property) else getattr(member, "__func__", member)
        if name.startswith("_") or not inspect.isfunction(plain) or plain.__module__ != value.__module__:
            continue
        yield ""
        yield f"### {value.__name__}.{name}"
        yield ""
        shown = _signature(plain)
        yield f"```text\n{name}{shown.replace('() ->', ':') if isinstance(member, property) else shown}\n```"
        yield ""
        yield from _docstring(plain)


def _signature(function: Callable[..., Any]) -> str:
    [node] = ast.parse(textwrap.dedent(inspect.getsource(function))).body
    assert isinstance(node, ast.FunctionDef)
    plain = ast.unparse(node.args)
    plain = re.sub(r"^(self|cls)(, |$)", "", plain)
    return f"({plain}) -> {ast.unparse(node.returns) if node.returns else 'None'}".replace("'", "")


def _docstring(value: Any) -> Iterator[str]:
    """A docstring in Google's style as Markdown: its sections become lists."""
    text = inspect.getdoc(value) or ""
    for part in re.split(r"\n(?=(?:Args|Attributes|Returns|Raises|Yields):\n)", text):
        head, _, body = part.partition("\n")
        if re.fullmatch(r"(Args|Attributes|Returns|Raises|Yields):", head):
            yield f"{SECTIONS[head.removesuffix(':')]}:"
            yield ""
            joined = re.sub(r"\n {5,}", " ", textwrap.dedent(body))
            for item in filter(None, (line.strip() for line in re.sub(r"\n(?= )", " ", joined).splitlines())):
                name, colon, told = item.partition(": ")
                yield f"- `{name}`: {' '.join(told.split())}" if colon and head != "Returns:" else f"- {item}"
        else:
            yield part.strip()
        yield ""


def needed(extra: str = "") -> set[str]:
    """Everything that is installed with the assistant, as canonical names.

    Args:
        extra: A group of optional dependencies that is wanted too.
    """
    found: set[str] = set()
    waiting = [(OURS, extra)]
    while waiting:
        name, extra = waiting.pop()
        try:
            requires = distribution(name).requires or ()
        except PackageNotFoundError:
            continue
        found.add(canonical(name))
        for one in map(Requirement, requires):
            if (one.marker is None or one.marker.evaluate({"extra": extra})) and canonical(one.name) not in found:
                waiting += [(one.name, ""), *((one.name, more) for more in one.extras)]
    return found - {OURS}


def canonical(name: str) -> str:
    """A package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def licences_said() -> dict[str, tuple[str, str, str]]:
    """Of every installed package: its name, version and licence, by its canonical name."""
    command = [sys.executable, "-m", "piplicenses", "--format=json", "--from=mixed", "--with-system"]
    rows = json.loads(subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout)
    return {canonical(row["Name"]): (row["Name"], row["Version"], row["License"]) for row in rows}


def licences() -> str:
    """The page of licences of everything that is installed with the assistant."""
    said, always = licences_said(), needed()
    wanted = {name: purpose for extra, purpose in FOR.items() for name in needed(extra) - always}
    lines = [
        "# Licences",
        "",
        _prose(
            "Everything that is installed with the assistant, in the versions of `constraints.txt`, as each "
            "package states it. All of it may be used and passed on by anybody; a test fails on a licence that is "
            "neither permissive nor protective of its own files only. What is there for developers alone is left "
            "out; `make licences` prints it too. The licence of the letters is another matter: [the "
            "datasheet](../../corpus/README.md)."
        ),
        "",
        "| package | version | licence | for |",
        "|---|---|---|---|",
    ]
    for name in sorted(always | set(wanted)):
        if re.match(r"nvidia-|triton$|cuda-", name) or name not in said:
            continue  # comes with PyTorch's build for graphics cards, which is not needed
        title, version, licence = said[name]
        first = licence.strip().splitlines()[0].replace("|", "or")
        lines.append(f"| {title} | {version} | {first} | {wanted.get(name, '')} |")
    return "\n".join(lines)


PAGES: dict[str, Callable[[], str]] = {
    "commands.md": commands,
    "json.md": shapes,
    "http.md": http,
    "tools.md": tools,
    "python.md": python_names,
    "licences.md": licences,
}


def page(name: str) -> str:
    """A page as it would be written."""
    text = PAGES[name]()
    title, _, rest = text.partition("\n")
    whole = f"{title}\n\n{WRITTEN}\n{rest}"
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in whole.splitlines())).strip() + "\n"


def main(argv: list[str]) -> int:
    """Write the pages, or look whether they are what would be written."""
    stale = [
        name for name in PAGES if not (FOLDER / name).is_file() or (FOLDER / name).read_text("utf-8") != page(name)
    ]
    if "--check" in argv:
        for name in stale:
            print(
                f"docs/reference/{name}: not what the program says; run python .ci/docs_reference.py", file=sys.stderr
            )
        return int(bool(stale))
    for name in stale:
        (FOLDER / name).write_text(page(name), encoding="utf-8")
        print(f"written: docs/reference/{name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
