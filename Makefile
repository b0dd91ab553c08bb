# Every command a developer needs. `make help` lists them.
.DEFAULT_GOAL := help
SHELL := /bin/bash

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.stamp
ARGS ?=
# Journeys wait two thirds of their time: three files at a time keep two cores at work.
THREE := --numprocesses 3 --dist loadfile

.PHONY: help setup demo test test-postgresql faults soak check format translations screens bench bench-panel bench-sweep lock clean

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP) ## Make the virtual environment (done by itself when a command needs it)

# The stamp is a copy of the lock file: another lock file means another environment.
$(STAMP): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Regulars needs Python 3.11 or newer as '$(PYTHON)'. Install it (Debian: apt-get install python3 python3-venv) or say make PYTHON=/path/to/python3."; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	  echo "Python's venv module is missing. Install it (Debian: apt-get install python3-venv)."; exit 1; }
	@cmp -s requirements.txt $(STAMP) || { \
	  echo "Making the virtual environment in $(VENV) (once, about a minute)..."; \
	  rm -rf $(VENV) && $(PYTHON) -m venv $(VENV) \
	  && $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt \
	  && $(BIN)/pip install --quiet --disable-pip-version-check --no-deps --editable . ; } \
	  || { echo "The packages could not be installed: see pip's message above (a package index must be reachable)."; exit 1; }
	@cp requirements.txt $(STAMP)

demo: $(STAMP) ## A simulated shop with a real purchase history, from install to tags (ARGS=--once: headless, then exits)
	@$(BIN)/regulars demo $(ARGS)

test: $(STAMP) ## Run every test
	@$(BIN)/pytest $(THREE) $(ARGS)

test-postgresql: $(STAMP) ## Run every test on PostgreSQL, whose server comes from a wheel
	@REGULARS_TEST_DATABASE=postgresql $(BIN)/pytest $(THREE) $(ARGS)

faults: $(STAMP) ## Everything that goes wrong, often, and what is left of it (ARGS='--only disk': some)
	@$(BIN)/python -m tests.faults $(ARGS)

soak: $(STAMP) ## Ten minutes under load: are memory, WAL and open files flat? (ARGS='--minutes 2')
	@$(BIN)/python -m tests.faults.soak $(ARGS)

check: $(STAMP) ## Lint, format, types and import rules
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(STAMP) ## Let ruff put the code in shape
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

translations: $(STAMP) ## Collect the panel's texts; what is new is then translated in plugin/translations
	@mkdir -p build
	@$(BIN)/pybabel -q extract -F babel.cfg -k N_ -k say -k many:1,2 -k GiveUp -k Retry -k UnfitName --no-location --sort-output --omit-header -o build/regulars.pot .
	@$(BIN)/pybabel -q update --no-fuzzy-matching --ignore-obsolete --omit-header -D regulars -i build/regulars.pot -d plugin/translations

screens: $(STAMP) ## A picture of every page of the panel into docs/screens (ARGS='--only home --languages fr': some)
	@$(BIN)/python -m tests.browser.screens $(ARGS)

bench: $(STAMP) ## Measure every number the README quotes (ARGS=--quick: a short run)
	@for script in ingest drain history tags; do $(BIN)/python -m benchmarks.$$script $(ARGS) || exit 1; done

bench-panel: $(STAMP) ## Measure every page of the panel: server, bytes, first look (ARGS=--quick: a smaller shop)
	@$(BIN)/python -m benchmarks.panel $(ARGS)

bench-sweep: $(STAMP) ## Measure a shop's nights and judging it anew (ARGS=--quick: a smaller shop)
	@$(BIN)/python -m benchmarks.sweep $(ARGS)

lock: $(STAMP) ## Pin the newest packages that pyproject.toml admits
	@$(BIN)/uv pip compile --quiet --upgrade pyproject.toml --group dev --python-version 3.11 --universal \
	  --generate-hashes --no-emit-index-url --no-header -o requirements.txt

clean: ## Remove the virtual environment and everything that was built or fetched
	rm -rf $(VENV) .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build *.egg-info
