"""Every block of code in the docs is run, or parsed, or stands in a list with the reason why not."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner
from fakes import ROOT
from test_docs import PAGES

from assistant.cli import main
from assistant.contract.shapes import AnswerShape, CitationShape, SentenceShape
from assistant.page.http.problems import Problem
from assistant.reading.corrections import SIDECAR, given_for
from assistant.settings import PREFIX, load_settings

GENERATED = {f"docs/reference/{name}.md" for name in ("commands", "http", "json", "licences", "python", "tools")}
NETWORK = "fetches packages; CI does the same before any test runs"
PLACES = "needs root, or places of a real server"
ALIVE = "goes on until it is stopped: tests/browser and tests/test_mcp_server.py start it"
SERVER = "needs a Milvus server: tests/test_stores_milvus.py does the same on one of its own"
CALLED = "tests/test_page_openapi.py makes the call to a running page"

# What is not run here: the page, how the line begins, and why.
NOT_RUN = {
    ("README.md", "make run"): NETWORK,
    ("README.md", "make test"): "it is what runs these tests",
    ("README.md", ".venv/bin/assistant serve"): ALIVE,
    ("README.md", ".venv/bin/assistant mcp"): ALIVE,
    ("README.md", ".venv/bin/assistant add"): "asks a web server; tests/test_cli.py asks one of its own",
    ("README.md", "python -m venv .venv"): NETWORK,
    ("README.md", ".venv/bin/python -m pip install"): NETWORK,
    ("README.md", ".venv/bin/python app.py"): ALIVE,
    ("CONTRIBUTING.md", "make install-test"): NETWORK,
    ("CONTRIBUTING.md", ". .venv/bin/activate"): "changes the shell that one sits at",
    ("CONTRIBUTING.md", "python -m pip install pre-commit"): NETWORK,
    ("CONTRIBUTING.md", "python -m pytest tests/test_scope.py"): "that file is run with all others",
    ("docs/tutorial.md", "make install"): NETWORK,
    ("docs/how-to/adding-letters.md", ".venv/bin/assistant add letter.pdf"): "tests/test_intake.py adds files",
    ("docs/how-to/adding-letters.md", ".venv/bin/assistant add https:"): "asks a web server; tests/test_cli.py does",
    (
        "docs/how-to/adding-letters.md",
        ".venv/bin/assistant index path/to/our",
    ): "tests/test_index.py keeps folders in step",
    ("docs/how-to/adding-letters.md", "ASSISTANT_CORPUS_DIR"): ALIVE,
    ("docs/how-to/another-inspectorate.md", "ASSISTANT_INSPECTORATE"): "tests/test_inspectorates.py does the same",
    ("docs/how-to/exports.md", "curl"): CALLED,
    ("docs/how-to/installing.md", "python3 -m pip wheel"): f"{NETWORK}; tests/test_wheel.py builds the wheel",
    ("docs/how-to/installing.md", "python3 -m venv /opt"): PLACES,
    ("docs/how-to/installing.md", "/opt/letters-assistant/bin"): PLACES,
    ("docs/how-to/installing.md", "cd /srv"): PLACES,
    ("docs/how-to/installing.md", "export HTTPS_PROXY"): "needs a web proxy",
    ("docs/how-to/installing.md", "python3 -m pip install"): NETWORK,
    ("docs/how-to/installing.md", "install -m"): PLACES,
    ("docs/how-to/installing.md", "systemctl"): PLACES,
    ("docs/how-to/installing.md", "podman"): "needs podman and an image from elsewhere",
    ("docs/how-to/scale.md", ".venv/bin/python -m pip install"): NETWORK,
    ("docs/how-to/scale.md", "export ASSISTANT_"): SERVER,
    ("docs/how-to/scale.md", ".venv/bin/python -m pytest"): SERVER,
    ("docs/how-to/language-model.md", "python3 -m venv llama"): NETWORK,
    ("docs/how-to/language-model.md", "make test-model"): "needs what the line before it fetches",
    ("docs/how-to/mcp.md", ".venv/bin/python -m pip install"): NETWORK,
    ("docs/how-to/mcp.md", ".venv/bin/assistant mcp --http"): ALIVE,
    (
        "docs/how-to/serving-a-team.md",
        "curl",
    ): "needs a name and a certificate; tests/test_page_keys.py sends the header",
    ("docs/how-to/writing-questions.md", "mkdir my-letters"): "the letters lie there already",
    ("docs/how-to/writing-questions.md", ".venv/bin/python -m eval new --corpus my-letters"): (
        "asks at a terminal; tests/test_eval_new.py plays the dialogue"
    ),
    ("docs/reference/api.md", "curl"): CALLED,
    (
        "docs/explanation/evaluation.md",
        ".venv/bin/assistant index PATH/TO/PUBLISHED",
    ): "needs letters that are not ours",
    ("docs/explanation/evaluation.md", ".venv/bin/python -m eval.concerns"): "needs letters that are not ours",
}
# Languages of blocks that are looked at elsewhere, or not at all, page by page.
OTHERS = {
    ("README.md", "python"): "tests/test_docs.py runs it",
    ("docs/how-to/another-inspectorate.md", "toml"): "tests/test_inspectorates.py reads letters by it",
    ("docs/how-to/python.md", "python"): "tests/test_docs.py runs it",
    ("docs/how-to/adding-letters.md", "text"): "lists, which tests/test_sources.py reads, and what a command printed",
    ("docs/how-to/mcp.md", "json"): "tests/test_mcp.py reads it",
    ("docs/how-to/writing-questions.md", "json"): "tests/test_eval_gold.py reads it",
    ("docs/how-to/writing-questions.md", "text"): "tests/test_eval_new.py plays the dialogue",
    ("docs/how-to/serving-a-team.md", "caddy"): "Caddy is none of the programs that the tests drive",
    (
        "docs/explanation/evaluation.md",
        "text",
    ): "printed by python -m eval.ablation, partly over letters that are not ours",
}
LETTER = "corpus/letters/2019-03-01-swindon-focused-visit.txt"
GIVEN = (
    "path/to/more/letters/one.txt",
    "path/to/letters/one.txt",
    "one-letter.pdf",
    "my-letters/2019-03-01-swindon-focused-visit.txt",
)
KEYS_NEED = {"ASSISTANT_API_KEYS": {"ASSISTANT_PASSWORD": "a horse that reads letters"}}


@dataclass(frozen=True)
class Block:
    """A fenced block of a page."""

    page: str
    line: int
    language: str
    text: str

    @property
    def commands(self) -> list[str]:
        """Its lines without comments, continued ones joined."""
        joined = self.text.replace("\\\n", " ")
        return [line.strip() for line in joined.splitlines() if line.strip() and not line.lstrip().startswith("#")]


def blocks_of(page: Path) -> list[Block]:
    text = page.read_text(encoding="utf-8")
    name = page.relative_to(ROOT).as_posix()
    found = re.finditer(r"^```(\S*)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    return [Block(name, text.count("\n", 0, one.start()) + 1, one[1], one[2]) for one in found]


BLOCKS = [block for page in PAGES for block in blocks_of(page) if block.page not in GENERATED]


def reason(page: str, line: str) -> str:
    """Why a line is not run; empty for one that is."""
    return next((why for (where, begins), why in NOT_RUN.items() if where == page and line.startswith(begins)), "")


def settings_in(block: Block) -> dict[str, str]:
    """The settings that a block gives, where it gives nothing else."""
    if block.language != "sh":
        return {}
    lines = [shlex.split(line, comments=True) for line in block.commands]
    if not all(len(words) == 1 and words[0].startswith(PREFIX) for words in lines):
        return {}
    return {name: value for [words] in lines for name, _, value in [words.partition("=")]}


def runnable(page: str) -> list[str]:
    shell = [block for block in BLOCKS if block.page == page and block.language == "sh" and not settings_in(block)]
    return [line for block in shell for line in block.commands if not reason(page, line)]


def test_every_block_is_accounted_for():
    used = defaultdict(set)
    for block in BLOCKS:
        where = f"{block.page}:{block.line}"
        if (block.page, block.language) in OTHERS:
            used["others"].add((block.page, block.language))
        elif block.language == "sh":
            for line in block.commands:
                why = {key for key in NOT_RUN if key[0] == block.page and line.startswith(key[1])}
                used["not run"] |= why
                known = (".venv/bin/assistant ", ".venv/bin/python -m eval", "python3 -c ", PREFIX, "mkdir ", "cp ")
                assert why or line.startswith(known), f"{where}: {line}: is it run? tests/test_docs_blocks.py"
        else:
            text = block.language == "text" and block.page == "docs/tutorial.md"
            assert text or block.language in ("json", "nginx", "python"), f"{where}: a block of {block.language or '?'}"
    assert used["not run"] == set(NOT_RUN), "lines that are no longer there"
    assert used["others"] == set(OTHERS), "blocks that are no longer there"
    assert len(BLOCKS) > 45


def test_every_reason_names_a_test_that_is_there():
    for said in (*NOT_RUN.values(), *OTHERS.values()):
        for name in re.findall(r"tests/[\w/.]+\b", said):
            assert (ROOT / name).exists(), name


@pytest.mark.parametrize("block", [b for b in BLOCKS if settings_in(b)], ids=lambda b: f"{b.page}:{b.line}")
def test_settings_are_such_as_can_be_set(block, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    given = settings_in(block)
    for name in given:
        given = KEYS_NEED.get(name, {}) | given
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    shown = load_settings()
    assert all(name[len(PREFIX) :].lower() in shown.model_fields_set for name in given)


# --- JSON ------------------------------------------------------------------------------------------------------------


def test_answers_and_problems_are_such_as_are_given():
    answer, problem = (json.loads(b.text) for b in BLOCKS if b.page == "docs/reference/api.md" and b.language == "json")
    assert set(answer) < set(AnswerShape.__annotations__)
    assert all(set(one) == set(SentenceShape.__annotations__) for one in answer["sentences"])
    for one in answer["citations"]:
        assert set(one) < set(CitationShape.__annotations__)
        assert f"passage={one['start']}-{one['end']}" in one["link"]
    assert set(problem) <= set(Problem.__annotations__) and problem["error"] == problem["detail"]


def test_corrections_and_manifests_are_understood(tmp_path):
    """Put where the pages say, beside a letter."""
    found = [b.text for b in BLOCKS if b.language == "json" and b.page.endswith(("reading.md", "corpus/README.md"))]
    assert len(found) == 3
    for number, text in enumerate(found):
        letter = tmp_path / str(number) / "letter.pdf"
        letter.parent.mkdir()
        manifest = "documents" in json.loads(text)
        name = "manifest.json" if manifest else f"{letter.name}{SIDECAR}"
        (letter.parent / name).write_text(text, encoding="utf-8")
        given = given_for(letter, "…")
        assert (given.added if manifest else given.corrections)["published"], text


# --- commands --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a reader has: the program, its letters, and an environment in which it is installed."""
    folder: Path = tmp_path_factory.mktemp("checkout")
    for name in ("assistant", "eval", "corpus"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / ".venv").symlink_to(sys.prefix)
    for name in GIVEN:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / LETTER, folder / name)
    (folder / "questions.jsonl").write_text('{"id": "q1", "question": "what did 2019 say about care leavers?"}\n')
    return folder


def in_a_shell(script: str, folder: Path) -> str:
    """What the lines print, all of them having gone well."""
    environment = {name: value for name, value in os.environ.items() if not name.upper().startswith(PREFIX)}
    environment |= {"PYTHONPATH": str(folder), "COLUMNS": "100", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        ["bash", "-ec", script], cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True,
        encoding="utf-8", timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{script}\n{done.stdout[-500:]}\n{done.stderr[-1500:]}"
    return done.stdout


@pytest.mark.model
@pytest.mark.parametrize(
    "page",
    [name for name in dict.fromkeys(block.page for block in BLOCKS) if name != "docs/tutorial.md" and runnable(name)],
)
def test_the_commands_of_a_page_work(page, checkout, monkeypatch):
    """In this process where they are the assistant's: each start of Python would take seconds."""
    monkeypatch.chdir(checkout)
    for name in [name for name in os.environ if name.upper().startswith(PREFIX)]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("ASSISTANT_INDEX_DIR", str(checkout / "index"))  # one for all pages: making it takes a while
    (checkout / "my-questions.jsonl").unlink(missing_ok=True)
    for block in BLOCKS:
        if page == block.page == "docs/how-to/writing-questions.md" and block.language == "json":
            (checkout / "my-questions.jsonl").write_text(block.text, encoding="utf-8")
    for line in runnable(page):
        words = shlex.split(line, comments=True)
        given = dict(word.split("=", 1) for word in words if re.match(rf"{PREFIX}\w+=", word))
        words = words[len(given) :]
        if words[0] != ".venv/bin/assistant":
            in_a_shell(line, checkout)
            continue
        result = CliRunner(env=given).invoke(main, words[1:])
        assert result.exit_code == 0, f"{line}\n{result.output[-800:]}"
        assert result.stdout or "-o" in words, line
        for output in (words[at + 1] for at, word in enumerate(words) if word == "-o"):
            assert (checkout / output).stat().st_size > 100, output


@pytest.mark.model
def test_the_tutorial_goes_as_it_says(tmp_path, checkout):
    """Literally, block after block, in a folder where nothing was done before; what it shows is what comes."""
    folder = tmp_path / "letters"
    folder.mkdir()
    for name in ("assistant", "eval", "corpus", ".venv"):
        (folder / name).symlink_to(checkout / name)
    for name in ("assistant", "eval", "corpus"):  # a copy: the index lies beside the program
        (folder / name).unlink()
        shutil.copytree(checkout / name, folder / name)
    said = ""
    shown = 0
    for block in (block for block in BLOCKS if block.page == "docs/tutorial.md"):
        if block.language == "sh":
            if not all(reason(block.page, line) for line in block.commands):
                said = in_a_shell(block.text, folder)
            continue
        plain = " ".join(said.split())
        for line in block.text.splitlines():
            if line.strip() != "...":
                assert " ".join(line.split()) in plain, f"docs/tutorial.md:{block.line}: {line}"
                shown += 1
    assert shown > 25
    for name in ("brief.docx", "answer.json", "report.html", "my-questions.jsonl"):
        assert (folder / name).stat().st_size > 500, name
    assert len((folder / "my-questions.jsonl").read_text(encoding="utf-8").splitlines()) == 5


@pytest.mark.model
def test_the_python_of_the_language_models_page_runs(checkout, monkeypatch):
    from assistant import Assistant

    [block] = [b for b in BLOCKS if b.page == "docs/how-to/language-model.md" and b.language == "python"]
    monkeypatch.setenv("ASSISTANT_INDEX_DIR", str(checkout / "index"))
    with Assistant.open(load_settings()) as assistant:
        scope = {"assistant": assistant}
        exec(block.text, scope)
    assert scope["answer"].writer == "extractive"


# --- nginx -----------------------------------------------------------------------------------------------------------


def test_the_proxys_whole_configuration_is_understood(tmp_path):
    nginx = shutil.which("nginx") or ("/usr/sbin/nginx" if Path("/usr/sbin/nginx").exists() else None)
    if nginx is None:
        assert os.environ.get("CI", "").lower() != "true", "nginx is not installed"
        pytest.skip("nginx is not installed")
    whole, inside = (b.text for b in BLOCKS if b.language == "nginx")
    assert inside.lstrip().startswith("location")  # tests/browser/test_nginx.py drives it
    server = whole.replace("listen 443 ssl;", f"listen unix:{tmp_path}/socket;").replace(
        "/var/log/nginx", str(tmp_path)
    )
    temporary = "".join(
        f"{kind}_temp_path {tmp_path}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    file = tmp_path / "nginx.conf"
    file.write_text(f"pid {tmp_path}/pid;\nerror_log {tmp_path}/log;\nevents {{}}\nhttp {{\n{temporary}{server}}}\n")
    done = subprocess.run(
        [nginx, "-t", "-c", file, "-e", tmp_path / "log"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0 or 'unknown directive "auth_request"' in done.stderr, done.stderr
