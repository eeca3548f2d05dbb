# The door of the workbench. `make` alone explains itself.
# Needs: Python 3.11 or newer, make and git. Everything else goes into .venv, from requirements.lock.

PYTHON ?= python3
UV ?= uv
LOCK_FLAGS ?=

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input

.DEFAULT_GOAL := help
.PHONY: help demo lab docs test test-full check format lock clean

help: ## show this text
	@echo "Better Together workbench: figures of neighbourhoods and of citizen collectives, joined into reports."
	@echo
	@echo "  New here?  make demo   makes a fictional municipality with 8 collectives and publishes their reports"
	@echo "  Then       make lab    opens the notebooks that made them"
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "The first command fills .venv (a few minutes, needs the network once). Another Python: make demo PYTHON=python3.12"

demo: $(STAMP) ## make the fictional municipality in demo/ and publish its reports
	@$(BIN)/bt demo --into demo

lab: $(STAMP) ## open the start page of notebooks/ in JupyterLab
	@$(BIN)/bt lab --notebooks notebooks

docs: $(STAMP) ## make the documentation in docs/_build, with the notebooks run on demo/ (a few minutes)
	@[ -d demo/data/processed/analysed ] || $(BIN)/bt demo --into demo
	@$(BIN)/python docs/site/build.py --workspace demo

test: check ## all checks and the tests (about half an hour on 2 cores)
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

test-full: check ## the same, with the slow suites at their full count
	@BT_FULL=1 $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

check: $(STAMP) ## format, lint and types, without changing a file
	@$(BIN)/python -m ruff format --check --quiet . >/dev/null || { echo "Some files are not formatted. Run: make format" >&2; exit 1; }
	@$(BIN)/python -m ruff check --quiet .
	@$(BIN)/python -m mypy --no-error-summary
	@echo "Format, lint and types are in order."

format: $(STAMP) ## format the code, and mend what the linter can mend
	@$(BIN)/python -m ruff check --quiet --fix-only .
	@$(BIN)/python -m ruff format --quiet .

lock: ## rewrite requirements.lock (needs uv); newest versions: make lock LOCK_FLAGS=--upgrade
	@command -v $(UV) >/dev/null || { echo "uv: not found; expected the program uv. Install it, or name it: make lock UV=path/to/uv" >&2; exit 1; }
	@UV_CUSTOM_COMPILE_COMMAND="make lock" $(UV) pip compile --quiet --universal --python-version 3.11 --group dev \
		--generate-hashes --no-emit-index-url --no-emit-find-links $(LOCK_FLAGS) --output-file requirements.lock pyproject.toml
	@echo "requirements.lock: $$(grep -c == requirements.lock) versions pinned."

clean: ## remove demo/, docs/_build and all caches; keeps .venv, data/ and reports/
	@rm -rf demo docs/_build .pytest_cache .mypy_cache .ruff_cache .hypothesis dist
	@find . -path ./$(VENV) -prune -o \( -name __pycache__ -o -name .ipynb_checkpoints \) -type d -exec rm -rf {} +

# One line each for the three ways in which a Python can be unfit, so that nobody reads a traceback here.
define CHECK_PYTHON
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON): not found; expected Python 3.11 or newer. Install it, or name it: make $(or $(MAKECMDGOALS),demo) PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON): got $$($(PYTHON) --version 2>&1); expected 3.11 or newer. Name a newer one: make $(or $(MAKECMDGOALS),demo) PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON): has no venv module; expected a complete Python. On Debian or Ubuntu: apt install python3-venv" >&2; exit 1; }
endef

# The stamp is newer than the lock and pyproject.toml as long as .venv holds what they ask for; then nothing is installed
# and no network is needed. A .venv that cannot run (a Python that went away) is made anew.
$(STAMP): requirements.lock pyproject.toml
	$(CHECK_PYTHON)
	@$(BIN)/python -c '' 2>/dev/null || { echo "[1/3] Making $(VENV) with $$($(PYTHON) --version)"; $(PYTHON) -m venv --clear $(VENV); }
	@echo "[2/3] Installing $$(grep -c == requirements.lock) packages, each checked against its hash: a few minutes the first time"
	@$(PIP) --require-hashes -r requirements.lock
	@echo "[3/3] Installing the workbench itself"
	@$(PIP) --no-build-isolation --no-deps --editable .
	@touch $@
