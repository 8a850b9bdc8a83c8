# consult: the commands of a checkout. `make help` lists them.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do command -v $$p >/dev/null && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
# Tests run shuffled, so that none leans on another; `make test` shuffles them in the same way each time.
ORDER := 1
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: help install run test test-all check bench translations tour lock clean

help: ## list these commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "consult needs Python 3.11 or newer; none was found."; exit 1; }
	$(PYTHON) -m venv $(VENV)

# The lock file names every package with its hash; the stamp is renewed when it or the package's own settings change.
$(VENV)/.installed: requirements.lock setup.cfg pyproject.toml | $(BIN)/python
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-deps -e .
	@touch $@

$(VENV)/.developing: requirements-dev.lock $(VENV)/.installed
	$(PIP) --require-hashes -r requirements-dev.lock
	@touch $@

install: $(VENV)/.installed ## prepare .venv and nothing else

run: install ## serve a furnished demonstration on http://127.0.0.1:8000 (PORT=… for another port)
	@$(BIN)/consult serve --prepare --demo

test: $(VENV)/.developing ## install what the tests need, and run everything
	@bash scripts/prepare-tests.sh
	$(BIN)/python -m pytest -n 2 --dist loadgroup --randomly-seed=$(ORDER) $(ARGS)

test-all: ## everything, with every page looked at in every width and colour scheme, in an order never tried before
	@CONSULT_TEST_MATRIX=1 $(MAKE) test ORDER=default

check: $(VENV)/.developing ## lint, types, import rules, templates
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy consult
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/house

bench: $(VENV)/.developing ## ratios against bare baselines, measured in one run, with a table at the end of what is met; ARGS=--full takes the stated sizes
	$(BIN)/python benchmarks/lines.py $(ARGS)

translations: $(VENV)/.developing ## bring the catalogues of translations up to date with the words, and compile them
	$(BIN)/python scripts/translations.py

tour: $(VENV)/.developing ## furnish a demonstration and take the ten pictures of docs/tour.md anew
	@folder=$$(mktemp -d) && trap "rm -rf $$folder" EXIT && CONSULT_INSTANCE=$$folder $(BIN)/consult demo && \
	CONSULT_TOUR=$$folder $(BIN)/python -m pytest -n 0 -q tests/browser/make_tour.py

lock: $(VENV)/.developing ## write the lock files anew from requirements*.in
	$(BIN)/uv pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate requirements.in -o requirements.lock
	$(BIN)/uv pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate requirements-dev.in -o requirements-dev.lock

clean: ## remove the virtual environment and what tests leave; never the instance folder
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache build *.egg-info
