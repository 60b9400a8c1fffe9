PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help run test torture check lint types lock bench clean

help: ## list what there is
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /|/' | awk -F'|' '{printf "make %-8s %s\n", $$1, $$2}'

run: .venv/installed ## train the first version if there is none and label the shipped table
	@$(BIN)/wine-labels run

test: .venv/installed ## run the tests
	@$(BIN)/python -m pytest

torture: .venv/installed ## kill the program over a hundred times and look at what is left, in minutes
	@$(BIN)/python benchmarks/torture.py

check: lint types test ## all that must be green before a commit: ruff, mypy, tests

lint: .venv/installed
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: .venv/installed
	@$(BIN)/mypy

bench: .venv/installed ## measure ours beside others and write docs/benchmarks.md, in minutes
	@$(BIN)/python benchmarks/bench.py

lock: .venv/installed ## pin anew, from pyproject.toml, what `make` installs
	$(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --no-emit-index-url --no-emit-find-links \
		--custom-compile-command 'make lock' --extra dev pyproject.toml --output-file requirements.lock

clean: ## remove the environment and the caches, never data or models
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis dist build

# Bytecode is compiled here, whatever the environment says: without it Prefect starts twice as slowly.
.venv/installed: export PYTHONDONTWRITEBYTECODE :=
.venv/installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("wine-labels needs Python 3.11 or newer: make PYTHON=python3.11") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@
