PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help run test torture fuzz check lint types lock bench clean

help: ## list what there is
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /|/' | awk -F'|' '{printf "make %-8s %s\n", $$1, $$2}'

run: .venv/installed ## train the first version if there is none and label the shipped table
	@$(BIN)/wine-labels run

test: .venv/dev ## run the tests
	@$(BIN)/python -m pytest --numprocesses logical --maxprocesses 4 --dist worksteal

torture: .venv/dev ## kill the program hundreds of times, on a disk and on object storage, and look at what is left
	@$(BIN)/python benchmarks/torture.py
	@$(BIN)/python benchmarks/object_torture.py

INPUTS ?= 100000
SEED ?= 0
MINUTES ?= 60

fuzz: .venv/dev ## label hostile inputs (INPUTS=100000 SEED=0 MINUTES=60) and hold each against what it was made from
	@$(BIN)/python benchmarks/fuzz.py --inputs $(INPUTS) --seed $(SEED) --minutes $(MINUTES)

check: lint types test ## all that must be green before a commit: ruff, mypy, tests

lint: .venv/dev
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: .venv/dev
	@$(BIN)/mypy

bench: .venv/dev ## measure ours beside others and write docs/benchmarks.md, in half an hour or more
	@$(BIN)/python benchmarks/bench.py

COMPILE := $(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --no-emit-index-url --no-emit-find-links \
	--custom-compile-command 'make lock'

lock: .venv/packages ## pin anew, from pyproject.toml, what `make` installs
	$(COMPILE) --group installer --output-file requirements-uv.lock
	$(COMPILE) --group editable pyproject.toml --output-file requirements.lock
	$(COMPILE) --extra dev pyproject.toml --constraint requirements.lock --output-file requirements-dev.lock \
		$$(sed -nE 's/^([a-z0-9._-]+)==.*/--no-emit-package \1/p' requirements.lock)
	$(COMPILE) --extra dask pyproject.toml --constraint requirements.lock --constraint requirements-dev.lock \
		--output-file requirements-dask.lock $$(sed -nE 's/^([a-z0-9._-]+)==.*/--no-emit-package \1/p' requirements.lock)

clean: ## remove the environment and the caches, never data or models
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis dist build

# What else pip may be set to (where, how and what to install) is not for this environment. Bytecode is compiled
# whatever the environment says: without it Prefect starts twice as slowly.
unexport PIP_TARGET PIP_PREFIX PIP_ROOT PIP_USER PIP_DRY_RUN PIP_REQUIREMENT PIP_CONSTRAINT PIP_NO_BINARY PIP_QUIET
unexport PIP_PYTHON PIP_REQUIRE_HASHES PIP_NO_COMPILE
.venv/packages .venv/installed .venv/dev: export PYTHONDONTWRITEBYTECODE :=
PIP := $(BIN)/python -m pip --disable-pip-version-check

# uv reads neither PIP_* nor pip.conf: the registry and the certificates that pip is set to are handed on to it.
setting = $$($(PIP) config list | sed -nE "s/^(:env:|global|install)\.$(1)='(.*)'$$/\2/p" | head -n 1)
UV = export UV_DEFAULT_INDEX="$${UV_DEFAULT_INDEX:-$(call setting,index-url)}" SSL_CERT_FILE="$${SSL_CERT_FILE:-$(call setting,cert)}"; \
	$(BIN)/uv --quiet

# Whatever keeps uv from it (none for this machine, a proxy or a password that only pip knows), pip does the same.
define install
	@echo "Installing about $$(grep -c '==' $(1)) packages $(2) and compiling them"
	@$(UV) pip install --python $(BIN)/python --compile-bytecode --no-deps --reinstall --require-hashes --requirement $(1) || { \
		echo 'uv could not; pip does it, which takes minutes'; \
		$(PIP) install --quiet --no-deps --force-reinstall --require-hashes --requirement $(1); }
endef

# Made from nothing whenever its lock changes, so that it holds what the lock says and nothing half installed.
.venv/packages: requirements-uv.lock requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit("wine-labels needs Python 3.11 or newer: make PYTHON=python3.11") if sys.version_info < (3, 11) else None'
	@echo 'Creating the environment .venv'
	@$(PYTHON) -m venv --clear .venv
	@echo 'Installing uv, which installs the rest'
	@$(PIP) install --quiet --no-deps --only-binary :all: --require-hashes --requirement requirements-uv.lock || true
	$(call install,requirements.lock,needed to run)
	@touch $@

.venv/installed: .venv/packages pyproject.toml
	@echo 'Installing wine-labels itself, to be run from this folder'
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev: .venv/packages requirements-dev.lock | .venv/installed
	$(call install,requirements-dev.lock,needed to test)
	@touch $@
