# One command to run, one to test. Works with GNU make on Linux and macOS; the README gives the same steps without make.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
# Optional: PyTorch's own CPU index on machines whose package index offers only the CUDA build.
TORCH_INDEX ?=
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: install install-test run test test-model check eval eval-national figures faults licences audit docs reference format lock release clean

run: install
	$(BIN)/python app.py

install: $(VENV)/.installed

$(VENV)/.installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed (set PYTHON=...)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet $(if $(TORCH_INDEX),--index-url $(TORCH_INDEX)) -c constraints.txt torch
	$(BIN)/python -m pip install --quiet -c constraints.txt -e .
	@$(BIN)/python -m pip list 2>/dev/null | grep -q '^nvidia-' && echo "Note: a CUDA build of PyTorch was installed (over 2 GB). For the small CPU build: make clean install TORCH_INDEX=<PyTorch's CPU index>" || true
	@touch $@

install-test: $(VENV)/.installed-test

$(VENV)/.installed-test: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[test]'
	@touch $@

# Everything that CI checks: lint, types, tests (with a real browser where there is one), the evaluation gate.
# Two files of tests at a time; those that drive a browser one after another, since each starts several programs.
test: check
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not browser"
	$(BIN)/python -m pytest -m browser
	$(BIN)/python -m eval --gate

# The language-model writer against a real llama.cpp server; LLAMA_PYTHON is an interpreter that has it
# (docs/how-to/language-model.md says how to make one).
test-model: install-test
	ASSISTANT_TEST_LLAMA=$(or $(LLAMA_PYTHON),$(BIN)/python) $(BIN)/python -m pytest tests/test_llama_server.py

check: install-test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

eval: install
	$(BIN)/python -m eval

# Where 475 published letters and the questions about them lie; they are not part of this project.
NATIONAL ?= ../shared

eval-national: install
	@test -f $(NATIONAL)/gold/national_questions.jsonl || { echo "no $(NATIONAL)/gold/national_questions.jsonl; name the folder that holds letters/ and gold/: make eval-national NATIONAL=..."; exit 2; }
	$(BIN)/python -m eval --corpus $(NATIONAL)/letters --gold $(NATIONAL)/gold/national_questions.jsonl --baseline eval/baseline_national.json --floors eval/floors_national.toml --gate

# The README's figures, from the accepted baselines.
figures: install
	$(BIN)/python -m eval.figures

# What the assistant survives (docs/explanation/reliability.md), in full: hours. LETTERS is a folder of real letters, some dozens.
LETTERS ?= corpus/letters
faults: install
	$(BIN)/python -m eval.faults --letters $(LETTERS) --kills 200 --damage 200 --disks 40 --seconds 120 --json .faults.json
	$(BIN)/python -m eval.faults --only soak --minutes 30 --json .soak.json
	$(BIN)/python -m eval.faults --after .faults.json .soak.json

# The licence of everything that is installed; fails on one that is neither permissive nor weakly protective.
licences: install-test
	$(BIN)/pip-licenses --from=mixed --with-system --order=license
	$(BIN)/python -m pytest tests/test_licences.py

# Known weaknesses of the pinned versions; asks PyPI's and OSV's databases, so it needs the network.
audit: install
	$(BIN)/python -m pip install --quiet pip-audit
	$(BIN)/pip-audit --requirement constraints.txt --no-deps --disable-pip

# The documentation as a site, into site/; every link of it is looked at.
docs: install
	$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[docs]'
	$(BIN)/python .ci/docs_site.py

# The pages of docs/reference/ that the program itself can tell.
reference: install-test
	$(BIN)/python .ci/docs_reference.py

format: install-test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Pin what is installed now, after a deliberate upgrade.
lock: install-test
	$(BIN)/python -m pip freeze --exclude-editable | sed 's/+cpu$$//' | grep -v '^-e' > constraints.txt

# Looks whether all is in order, builds, checks; uploads and tags nothing (CONTRIBUTING.md).
release: install
	$(BIN)/python -m pip install --quiet build twine
	$(BIN)/python .ci/release.py

clean:
	rm -rf $(VENV) .index build dist site *.egg-info
